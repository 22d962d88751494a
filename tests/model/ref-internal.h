/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the reference's files. */
#ifndef P9X_TEST_REF_INTERNAL_H
#define P9X_TEST_REF_INTERNAL_H

#include "ref.h"

enum { USER, OS, POOL, PHYS };                      /* rings */
enum { NSR, CPPR, IPB, LSMFB, ACK, INC, AGE, PIPR, W2 };

/* END word 0, bits from the left: 0 valid, 1 enqueue, 2 notify, 3 backlog. */
#define END_VALID       0x80000000u
#define END_ENQUEUE     0x40000000u
#define END_UCOND       0x20000000u
#define END_BACKLOG     0x10000000u
#define END_ESCALATE    0x04000000u
#define END_SILENT      0x01000000u

#define EAS_VALID       (UINT64_C(1) << 63)
#define EAS_MASKED      (UINT64_C(1) << 31)

static inline uint32_t ref_be32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
           b[3];
}

/* Bytes that a load of @size at @lane sees of an 8-byte register. */
static inline uint64_t ref_bytes(uint64_t value, unsigned lane, unsigned size)
{
    uint64_t got = 0;

    for (unsigned i = lane; i < lane + size && i < 8; i++) {
        got = got << 8 | ((value >> (56 - 8 * i)) & 0xFF);
    }
    return got;
}

static inline uint64_t ref_ones(unsigned size)
{
    return ref_bytes(UINT64_MAX, 0, size);
}

static inline bool ref_in_ram(uint64_t addr, uint64_t len)
{
    return addr <= REF_RAM && len <= REF_RAM - addr;
}

void ref_write(Ref *m, uint64_t addr, const uint8_t *bytes, unsigned len);

unsigned ref_queue_shift(const uint32_t *end);
uint64_t ref_queue_addr(const uint32_t *end);

/* Sources and the way of an event. */
void ref_trigger(Ref *m, int lisn);
uint64_t ref_page_load(Ref *m, int lisn, uint32_t op, unsigned size);
void ref_page_store(Ref *m, int lisn, uint32_t op);
void ref_set_pq(Ref *m, int lisn, unsigned pq);

/* Threads. */
void ref_derive(Ref *m, int thread);
bool ref_ring_cam(const Ref *m, int thread, int ring, uint32_t *cam);
int ref_runner(const Ref *m, uint32_t cam, int *ring);
void ref_set_word2(Ref *m, int thread, int ring, uint32_t word2);
uint32_t ref_pull(Ref *m, int thread, int ring);
RefNvt *ref_nvt_of(Ref *m, uint32_t cam);
void ref_reset_thread(Ref *m, int thread);

#endif
