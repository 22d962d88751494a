/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XIVE as a guest of the sPAPR machine drives it: sources through their ESB
 * pages, queues in its own memory, and its thread context in the TIMA.
 */
#ifndef GUEST_XIVE_H
#define GUEST_XIVE_H

#include "cpu.h"
#ifndef __ASSEMBLER__
#include "hcall.h"
#include "of.h"
#endif

/* Offsets within an ESB management page; loads. */
#define ESB_EOI 0x000
#define ESB_GET 0x800
#define ESB_SET_00 0xc00
#define ESB_SET_01 0xd00
#define ESB_SET_10 0xe00
#define ESB_SET_11 0xf00
#define ESB_PAGE 0x10000
/* Where the machine puts the ESB pages: LISN 0's, then all others'. */
#define ESB_BASE 0x0006010000000000ULL

#define PQ_IDLE 0
#define PQ_OFF 1
#define PQ_PENDING 2
#define PQ_QUEUED 3

/* Offsets within the TIMA's OS page; the first one is in the user page, too. */
#define TM_USER_NSR 0x00
#define TM_OS 0x10
#define TM_OS_NSR 0x10
#define TM_OS_CPPR 0x11
#define TM_OS_IPB 0x12
#define TM_OS_PIPR 0x17
#define TM_OS_WORD2 0x18
#define TM_ACK_OS 0x810
#define TM_SET_OS_PENDING 0x812
#define TM_ACK_OS_LINE 0xc10

#define NSR_EO 0x80
#define CPPR_OPEN 0xff
#define PRIORITY 6           /* the one that Linux would choose */

#define SRC_STORE_EOI 1      /* of what GET_SOURCE_INFO returns */
#define SRC_SET_EISN 2       /* of what SET_SOURCE_CONFIG takes */
#define SRC_MASK 1
#define EQ_ALWAYS_NOTIFY 1
#define EQ_SHIFT 16
#define EQ_ENTRIES (1 << (EQ_SHIFT - 2))

/* Offsets that entry.S needs; irq.c asserts that they are right. */
#define SOURCE_EOI 16
#define SOURCE_SIZE 40
#define QUEUE_BASE 0
#define QUEUE_INDEX 16
#define QUEUE_GENERATION 20

#ifndef __ASSEMBLER__
struct source {
    u64 lisn;
    u64 flags, eoi, trigger, shift;
};

struct queue {
    volatile u32 *base;
    u32 server, priority;
    u32 index, generation;
};

static inline u8 load8(u64 a)
{
    u8 v;

    __asm__ volatile("lbz %0,0(%1)" : "=r"(v) : "b"(a) : "memory");
    return v;
}

static inline u16 load16(u64 a)
{
    u16 v;

    __asm__ volatile("lhz %0,0(%1)" : "=r"(v) : "b"(a) : "memory");
    return v;
}

static inline u32 load32(u64 a)
{
    u32 v;

    __asm__ volatile("lwz %0,0(%1)" : "=r"(v) : "b"(a) : "memory");
    return v;
}

static inline u64 load64(u64 a)
{
    u64 v;

    __asm__ volatile("ld %0,0(%1)" : "=r"(v) : "b"(a) : "memory");
    return v;
}

static inline void store8(u64 a, u8 v)
{
    __asm__ volatile("stb %0,0(%1)" :: "r"(v), "b"(a) : "memory");
}

static inline void store16(u64 a, u16 v)
{
    __asm__ volatile("sth %0,0(%1)" :: "r"(v), "b"(a) : "memory");
}

static inline void store32(u64 a, u32 v)
{
    __asm__ volatile("stw %0,0(%1)" :: "r"(v), "b"(a) : "memory");
}

static inline void store64(u64 a, u64 v)
{
    __asm__ volatile("std %0,0(%1)" :: "r"(v), "b"(a) : "memory");
}

static inline u64 tima(u64 offset)
{
    return machine.tima_os + offset;
}

static inline u8 esb_get(const struct source *s)
{
    return load64(s->eoi + ESB_GET);
}

static inline u8 esb_set(const struct source *s, u64 window)
{
    return load64(s->eoi + window);
}

static inline u8 esb_eoi(const struct source *s)
{
    return load64(s->eoi + ESB_EOI);
}

static inline void esb_trigger(const struct source *s)
{
    store64(s->trigger, 0);
}

/* ---- state that tests start from --------------------------------------- */

/* NSR in the high byte, CPPR in the low one. */
static inline u16 tima_ack(void)
{
    return load16(tima(TM_ACK_OS));
}

static inline void set_cppr(u8 cppr)
{
    store8(tima(TM_OS_CPPR), cppr);
}

static inline u8 os_byte(u32 offset)
{
    u64 w = load64(tima(TM_OS));

    return w >> (56 - (offset - TM_OS) * 8);
}

/* False, with the hcall's code in @rc if wanted, for an unknown LISN. */
bool source_open(struct source *s, u64 lisn);
/* Routes with EISN, then PQ=00. Dies when the hypervisor refuses. */
void source_route(const struct source *s, u32 server, u32 prio, u32 eisn);
/* PQ=01, EAS masked. */
void source_close(const struct source *s);

/* A zeroed 64 KiB queue, always notifying. */
void queue_open(struct queue *q, u32 server, u32 prio);
void queue_close(struct queue *q);
/* Takes the next event off the queue; false when it is empty. */
static inline bool queue_next(struct queue *q, u32 *eisn)
{
    u32 v = q->base[q->index];

    if (v >> 31 != q->generation) {
        return false;
    }
    *eisn = v & 0x7fffffff;
    if (++q->index == EQ_ENTRIES) {
        q->index = 0;
        q->generation ^= 1;
    }
    return true;
}
/* Entries in it; takes them all. */
u32 queue_drain(struct queue *q);

/* This thread has nothing pending, and CPPR is 0xff. */
void tima_drain(void);

#endif /* __ASSEMBLER__ */
#endif
