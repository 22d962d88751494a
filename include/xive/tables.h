/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where EAS, END and NVT entries live.
 *
 * On pseries the tables are arrays that the hypervisor (this program) owns.
 * On powernv they are in guest memory, found through VSDs.  The router works
 * on ENDs and NVTs in place, in both cases big-endian, so it can't tell which;
 * a table hands out a pointer, and is told when the entry has been changed.
 */
#ifndef P9X_TABLES_H
#define P9X_TABLES_H

#include "xive/bits.h"
#include "xive/lock.h"
#include "xive/regs.h"

typedef struct P9xEas {
    P9xBe64 w;
} P9xEas;

typedef struct P9xEnd {
    P9xBe32 w[8];
} P9xEnd;

typedef struct P9xNvt {
    P9xBe32 w[16];
} P9xNvt;

typedef struct P9xTableOps {
    /*
     * The EAS as a number (P9X_EAS_...), or 0, which is not valid, if there is
     * no such entry (index past the end, no VSD, not in memory).  Any @block
     * (0-15) and @index may be asked for.  No lock is held.
     */
    uint64_t (*eas)(void *opaque, uint8_t block, uint32_t index);
    /*
     * The entry, or NULL if there is none.  The caller holds the END or NVT
     * lock of the entry (lock.h), and the pointer is good until it lets go.
     */
    P9xEnd *(*end)(void *opaque, uint8_t block, uint32_t index);
    P9xNvt *(*nvt)(void *opaque, uint8_t block, uint32_t index);
    /*
     * An event for an END that another IC owns: it has been sent there, or
     * lost on the way for a counted reason; or it waits, and will come again
     * by p9x_router_end_trigger.  @hops: escalations it has behind it.  False:
     * the END is ours.  @transit ends before another IC gets the event, for a
     * thread that drains this IC's gates must not wait for another IC; it may
     * be NULL.  No lock is held.  Optional.
     */
    bool (*send_elsewhere)(void *opaque, unsigned hops, uint8_t block,
                           uint32_t index, uint32_t data,
                           P9xTransit *transit);
    /* The entry was changed.  Optional. */
    void (*end_changed)(void *opaque, uint8_t block, uint32_t index);
    void (*nvt_changed)(void *opaque, uint8_t block, uint32_t index);
} P9xTableOps;

typedef struct P9xTables {
    const P9xTableOps *ops;
    void *opaque;
} P9xTables;

/* Tables in arrays: one block, number @block. */
typedef struct P9xArrayTables {
    uint8_t block;
    uint32_t nr_eas;
    uint32_t nr_ends;
    uint32_t nvt_base;              /* index of nvt[0] */
    uint32_t nr_nvts;
    P9xEas *eas;
    P9xEnd *end;
    P9xNvt *nvt;
} P9xArrayTables;

extern const P9xTableOps p9x_array_table_ops;

/* All entries start zero (invalid). */
void p9x_array_tables_init(P9xArrayTables *t, uint8_t block, uint32_t nr_eas,
                           uint32_t nr_ends, uint32_t nvt_base,
                           uint32_t nr_nvts);
void p9x_array_tables_destroy(P9xArrayTables *t);
/* What a router works on.  @t outlives it. */
P9xTables p9x_array_tables(P9xArrayTables *t);

/*
 * The NVT of VP @cam, or NULL if there is none or it is not valid.  For this
 * and the next two the caller holds the NVT lock of @cam.
 */
P9xNvt *p9x_nvt_valid_of(const P9xTables *t, uint32_t cam);
/*
 * Takes the pending bits @which out of the NVT and returns those that were
 * there; 0 if there is no valid NVT.
 */
uint8_t p9x_nvt_take_ipb(const P9xTables *t, uint32_t cam, uint8_t which);
/* Puts @ipb to those of @nvt, which is @cam's; returns what it has now. */
uint8_t p9x_nvt_add_ipb(const P9xTables *t, uint32_t cam, P9xNvt *nvt,
                        uint8_t ipb);

static inline uint64_t p9x_eas_read(const P9xEas *eas)
{
    return p9x_be64(__atomic_load_n(&eas->w, __ATOMIC_ACQUIRE));
}

static inline void p9x_eas_write(P9xEas *eas, uint64_t value)
{
    __atomic_store_n(&eas->w, p9x_be64(value), __ATOMIC_RELEASE);
}

/* Those bits of @eas that are in @keep stay as they are; returns the result. */
static inline uint64_t p9x_eas_change(P9xEas *eas, uint64_t value,
                                      uint64_t keep)
{
    uint64_t was = __atomic_load_n(&eas->w, __ATOMIC_ACQUIRE);
    uint64_t now;

    do {
        now = (value & ~keep) | (p9x_be64(was) & keep);
    } while (!__atomic_compare_exchange_n(&eas->w, &was, p9x_be64(now), true,
                                          __ATOMIC_ACQ_REL,
                                          __ATOMIC_ACQUIRE));
    return now;
}

static inline uint32_t p9x_end_get(const P9xEnd *end, unsigned word,
                                   uint32_t mask)
{
    return p9x_get32(p9x_be32(end->w[word]), mask);
}

static inline bool p9x_end_flag(const P9xEnd *end, uint32_t w0_flag)
{
    return p9x_be32(end->w[0]) & w0_flag;
}

static inline void p9x_end_set(P9xEnd *end, unsigned word, uint32_t mask,
                               uint32_t value)
{
    end->w[word] = p9x_be32(p9x_set32(p9x_be32(end->w[word]), mask, value));
}

static inline bool p9x_nvt_valid(const P9xNvt *nvt)
{
    return p9x_be32(nvt->w[0]) & P9X_NVT_W0_VALID;
}

static inline uint8_t p9x_nvt_ipb(const P9xNvt *nvt)
{
    return (uint8_t)p9x_get32(p9x_be32(nvt->w[4]), P9X_NVT_W4_IPB);
}

static inline void p9x_nvt_set_ipb(P9xNvt *nvt, uint8_t ipb)
{
    nvt->w[4] = p9x_be32(p9x_set32(p9x_be32(nvt->w[4]), P9X_NVT_W4_IPB, ipb));
}

/* Address of the reporting line pair, 256-byte aligned; 0: there is none. */
static inline uint64_t p9x_nvt_report(const P9xNvt *nvt)
{
    return ((uint64_t)p9x_be32(nvt->w[6]) << 32 | p9x_be32(nvt->w[7])) &
           ~UINT64_C(0xFF);
}

static inline void p9x_nvt_set_report(P9xNvt *nvt, uint64_t addr)
{
    nvt->w[6] = p9x_be32((uint32_t)(addr >> 32));
    nvt->w[7] = p9x_be32((uint32_t)addr);
}

#endif
