/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference: a pseries XIVE as one would write it on a rainy afternoon.
 *
 * It shares no line with the core: linear searches, fields taken apart with
 * its own shifts, everything derived anew from what it follows from.  It has
 * no threads and no speed.  What the core does must be what this says, for
 * every access; where the two differ one of them has misread the documents.
 */
#ifndef P9X_TEST_REF_H
#define P9X_TEST_REF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REF_LISNS = 16,
    REF_SERVERS = 4,
    REF_ENDS = REF_SERVERS * 8,
    REF_RAM = 0x3000000,
    REF_MAX_WRITES = 64
};

/* Outcomes, counted; the driver knows which counter of the core each is. */
typedef enum RefCount {
    REF_TRIGGERS, REF_COALESCED, REF_OFF, REF_EVENTS, REF_EAS_MASKED,
    REF_QUEUED, REF_END_COALESCED, REF_PRESENTED, REF_BACKLOGGED,
    REF_UNDELIVERED, REF_ACKS, REF_EOIS, REF_REPLAYS,
    REF_BAD_ESB_LOAD, REF_BAD_ESB_STORE, REF_BAD_TIMA_LOAD,
    REF_BAD_TIMA_STORE, REF_NO_SOURCE, REF_BAD_EAS, REF_BAD_END,
    REF_BAD_QUEUE, REF_BAD_NVT, REF_VP_TWICE, REF_BAD_LINE, REF_BAD_HCALL,
    REF_COUNTS
} RefCount;

typedef struct RefSource {
    bool p, q, level, lsi;
    uint64_t eas;
} RefSource;

typedef struct RefThread {
    bool present;               /* the server exists */
    uint8_t b[64];              /* ring bytes */
    bool os_line, hv_line, ebb_line;
} RefThread;

typedef struct RefNvt {
    bool valid;
    uint8_t ipb;
    uint64_t report;
} RefNvt;

/* Which thread runs a VP: a list that is never sorted. */
typedef struct RefRuns {
    bool used;
    uint32_t cam;
    int thread, ring;
} RefRuns;

typedef struct RefWrite {
    uint64_t addr;
    unsigned len;
    uint8_t bytes[16];
} RefWrite;

typedef struct Ref {
    RefSource source[REF_LISNS];
    uint32_t end[REF_ENDS][8];
    RefNvt nvt[REF_SERVERS];
    RefThread thread[REF_SERVERS];
    RefRuns runs[4 * REF_SERVERS];
    uint64_t count[REF_COUNTS];
    bool exploitation;
    /* Memory written since the driver last looked. */
    RefWrite write[REF_MAX_WRITES];
    unsigned nr_writes;
} Ref;

#define REF_VC_BASE UINT64_C(0x0006010000000000)

void ref_init(Ref *m);

int ref_claim(Ref *m, uint32_t lisn, bool lsi);
void ref_free(Ref *m, uint32_t lisn);
void ref_set_irq(Ref *m, uint32_t lisn, bool level);

uint64_t ref_esb_load(Ref *m, uint64_t offset, unsigned size);
void ref_esb_store(Ref *m, uint64_t offset);
uint64_t ref_end_load(Ref *m, uint64_t offset, unsigned size);
void ref_end_store(Ref *m, uint64_t offset);

uint64_t ref_tima_load(Ref *m, int thread, int page, uint32_t offset,
                       unsigned size);
void ref_tima_store(Ref *m, int thread, int page, uint32_t offset,
                    unsigned size, uint64_t value);

/* @arg: 6 in, up to 4 out. */
int64_t ref_hcall(Ref *m, uint32_t caller, unsigned opcode, uint64_t *arg);

void ref_add_server(Ref *m, int server);
void ref_remove_server(Ref *m, int server);
void ref_reset_server(Ref *m, int server);
void ref_reset(Ref *m);

/* A stream's 64 bytes for @thread.  False: refused, nothing changed. */
bool ref_restore_thread(Ref *m, int thread, const uint8_t *image);
/* The whole after all parts were filled in. */
bool ref_acceptable(const Ref *m);
uint8_t ref_esb_byte(const RefSource *s);
void ref_set_esb_byte(RefSource *s, uint8_t byte);
unsigned ref_lines(const Ref *m, int thread);

#endif
