/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cache watch: how firmware changes ENDs and NVTs that are in use.
 *
 * Firmware names an entry, reads it, writes the new words, the first one last,
 * and that store makes the change.  A full watch fails, with CONFLICT, if the
 * engine changed the entry in between; firmware starts again.  A light watch
 * never fails: it leaves alone the word that the engine changes.
 *
 * There is no version to compare: we keep the entry as it was read, and an
 * entry that equals it has not been changed, or has been changed back.
 */
#include <string.h>

#include "ic_internal.h"

enum { MAX_DWORDS = 8 };

typedef struct Watch {
    P9xIcCache *cache;
    uint64_t *seen;
    unsigned dwords;
    unsigned dat0;
    unsigned engine_word;       /* words are 32 bits */
    uint8_t block;
    uint32_t index;
    uint64_t spec;
} Watch;

static Watch watch_of(P9xIc *ic, unsigned spec)
{
    uint64_t value = p9x_ic_reg(ic, spec);

    if (spec == P9X_VC_EQC_CWATCH_SPEC) {
        return (Watch) {
            .cache = &ic->end, .seen = ic->end_watch, .dwords = 4,
            .dat0 = P9X_VC_EQC_CWATCH_DAT0, .engine_word = 1,
            .block = (uint8_t)p9x_get64(value, P9X_VC_SCRUB_BLOCK),
            .index = (uint32_t)p9x_get64(value, P9X_VC_SCRUB_INDEX),
            .spec = value
        };
    }
    return (Watch) {
        .cache = &ic->nvt, .seen = ic->nvt_watch, .dwords = 8,
        .dat0 = P9X_PC_VPC_CWATCH_DAT0, .engine_word = 4,
        .block = (uint8_t)(p9x_get64(value, P9X_PC_SCRUB_BLOCK) & 15),
        .index = (uint32_t)p9x_get64(value, P9X_PC_SCRUB_INDEX),
        .spec = value
    };
}

static uint64_t dword(const P9xBe32 *w, unsigned n)
{
    return (uint64_t)p9x_be32(w[2 * n]) << 32 | p9x_be32(w[2 * n + 1]);
}

static void look(Watch *w)
{
    P9xLock *lock = p9x_ic_cache_lock(w->cache, w->block, w->index);
    P9xBe32 *entry;
    P9xIc *ic = w->cache->ic;

    p9x_lock(lock);
    entry = p9x_ic_cache_get(w->cache, w->block, w->index);
    for (unsigned i = 0; i < w->dwords; i++) {
        w->seen[i] = entry ? dword(entry, i) : 0;
    }
    p9x_unlock(lock);
    if (!entry) {
        p9x_ic_error(ic, P9X_ERR_IC_TABLE, P9X_FIR_VC_INFO,
                     "cache watch of entry %u/0x%x, which is not in memory",
                     w->block, w->index);
    }
}

void p9x_watch_spec(P9xIc *ic, unsigned spec, uint64_t value)
{
    p9x_ic_set_reg(ic, spec, value & ~P9X_WATCH_CONFLICT);
}

uint64_t p9x_watch_load(P9xIc *ic, unsigned spec)
{
    Watch w = watch_of(ic, spec);

    look(&w);
    for (unsigned i = 0; i < w.dwords; i++) {
        p9x_ic_set_reg(ic, w.dat0 + 8 * i, w.seen[i]);
    }
    return w.seen[0];
}

static bool unchanged(const Watch *w, const P9xBe32 *entry)
{
    for (unsigned i = 0; i < w->dwords; i++) {
        if (dword(entry, i) != w->seen[i]) {
            return false;
        }
    }
    return true;
}

/* @entry: locked.  False: the engine was faster. */
static bool write_entry(P9xIc *ic, Watch *w, P9xBe32 *entry)
{
    bool full = w->spec & P9X_WATCH_FULL;

    if (full && !unchanged(w, entry)) {
        return false;
    }
    for (unsigned i = 0; i < 2 * w->dwords; i++) {
        uint64_t dat = p9x_ic_reg(ic, w->dat0 + 8 * (i / 2));

        if (full || i != w->engine_word) {
            entry[i] = p9x_be32((uint32_t)(i % 2 ? dat : dat >> 32));
        }
    }
    for (unsigned i = 0; i < w->dwords; i++) {
        w->seen[i] = dword(entry, i);
    }
    return true;
}

void p9x_watch_update(P9xIc *ic, unsigned spec)
{
    Watch w = watch_of(ic, spec);
    P9xLock *lock = p9x_ic_cache_lock(w.cache, w.block, w.index);
    P9xBe32 *entry;
    bool ok = false;

    p9x_lock(lock);
    entry = p9x_ic_cache_get(w.cache, w.block, w.index);
    if (entry) {
        ok = write_entry(ic, &w, entry);
        if (ok) {
            p9x_ic_cache_changed(w.cache, w.block, w.index);
        }
    }
    p9x_unlock(lock);
    if (!entry) {
        p9x_ic_error(ic, P9X_ERR_IC_TABLE, P9X_FIR_VC_INFO,
                     "cache watch of entry %u/0x%x, which is not in memory",
                     w.block, w.index);
    }
    if (!ok) {
        p9x_ic_set_reg(ic, spec, w.spec | P9X_WATCH_CONFLICT);
    }
}
