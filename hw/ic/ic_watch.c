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
#include "ic_errors.h"
#include "ic_watch.h"

void p9x_watch_init(P9xIcWatch *w, P9xIcCache *cache)
{
    bool end = cache->type == P9X_VST_ENDT;

    *w = (P9xIcWatch) {
        .cache = cache,
        .dwords = end ? 4 : P9X_WATCH_DWORDS,
        .spec = end ? P9X_VC_EQC_CWATCH_SPEC : P9X_PC_VPC_CWATCH_SPEC,
        .dat0 = end ? P9X_VC_EQC_CWATCH_DAT0 : P9X_PC_VPC_CWATCH_DAT0,
        .engine_word = end ? 1 : 4
    };
}

/* The entry that SPEC names. */
typedef struct Named {
    P9xLock *lock;
    uint64_t spec;
    uint8_t block;
    uint32_t index;
} Named;

static Named named_entry(const P9xIcWatch *w)
{
    bool end = w->cache->type == P9X_VST_ENDT;
    uint64_t spec = p9x_ic_reg(w->cache->vst->base, w->spec);
    Named n = {
        .spec = spec,
        .block = (uint8_t)(p9x_get64(spec, end ? P9X_VC_SCRUB_BLOCK :
                                                 P9X_PC_SCRUB_BLOCK) & 15),
        .index = (uint32_t)p9x_get64(spec, end ? P9X_VC_SCRUB_INDEX :
                                                 P9X_PC_SCRUB_INDEX)
    };

    n.lock = p9x_ic_cache_lock(w->cache, n.block, n.index);
    return n;
}

static void not_in_memory(const P9xIcWatch *w, const Named *n)
{
    p9x_ic_error(w->cache->vst->base, P9X_ERR_IC_TABLE, P9X_FIR_VC_INFO,
                 "cache watch of entry %u/0x%x, which is not in memory",
                 n->block, n->index);
}

static uint64_t dword(const P9xBe32 *w, unsigned n)
{
    return (uint64_t)p9x_be32(w[2 * n]) << 32 | p9x_be32(w[2 * n + 1]);
}

void p9x_watch_spec(P9xIcWatch *w, uint64_t value)
{
    p9x_ic_set_reg(w->cache->vst->base, w->spec, value & ~P9X_WATCH_CONFLICT);
}

static void look(P9xIcWatch *w)
{
    Named n = named_entry(w);
    P9xBe32 *entry;

    p9x_lock(n.lock);
    entry = p9x_ic_cache_get(w->cache, n.block, n.index);
    for (unsigned i = 0; i < w->dwords; i++) {
        w->seen[i] = entry ? dword(entry, i) : 0;
    }
    p9x_unlock(n.lock);
    if (!entry) {
        not_in_memory(w, &n);
    }
}

uint64_t p9x_watch_load(P9xIcWatch *w)
{
    look(w);
    for (unsigned i = 0; i < w->dwords; i++) {
        p9x_ic_set_reg(w->cache->vst->base, w->dat0 + 8 * i, w->seen[i]);
    }
    return w->seen[0];
}

static bool unchanged(const P9xIcWatch *w, const P9xBe32 *entry)
{
    for (unsigned i = 0; i < w->dwords; i++) {
        if (dword(entry, i) != w->seen[i]) {
            return false;
        }
    }
    return true;
}

/* @entry: locked.  False: the engine was faster. */
static bool write_entry(P9xIcWatch *w, bool full, P9xBe32 *entry)
{
    if (full && !unchanged(w, entry)) {
        return false;
    }
    for (unsigned i = 0; i < 2 * w->dwords; i++) {
        uint64_t dat = p9x_ic_reg(w->cache->vst->base,
                                  w->dat0 + 8 * (i / 2));

        if (full || i != w->engine_word) {
            entry[i] = p9x_be32((uint32_t)(i % 2 ? dat : dat >> 32));
        }
    }
    for (unsigned i = 0; i < w->dwords; i++) {
        w->seen[i] = dword(entry, i);
    }
    return true;
}

void p9x_watch_update(P9xIcWatch *w)
{
    Named n = named_entry(w);
    P9xBe32 *entry;
    bool ok = false;

    p9x_lock(n.lock);
    entry = p9x_ic_cache_get(w->cache, n.block, n.index);
    if (entry) {
        ok = write_entry(w, n.spec & P9X_WATCH_FULL, entry);
        if (ok) {
            p9x_ic_cache_changed(w->cache, n.block, n.index);
        }
    }
    p9x_unlock(n.lock);
    if (!entry) {
        not_in_memory(w, &n);
    }
    if (!ok) {
        p9x_ic_set_reg(w->cache->vst->base, w->spec,
                       n.spec | P9X_WATCH_CONFLICT);
    }
}
