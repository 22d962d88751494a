/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ENDs and NVTs: set-associative, written back late (ic_cache.h). */
#include <glib.h>
#include <string.h>

#include "ic_cache.h"
#include "ic_errors.h"

#define TAG_USED    (UINT64_C(1) << 63)

static uint64_t tag_of(uint8_t block, uint32_t index)
{
    return TAG_USED | (uint64_t)block << 32 | index;
}

static uint8_t tag_block(uint64_t tag)
{
    return (uint8_t)(tag >> 32);
}

void p9x_ic_cache_init(P9xIcCache *c, P9xIcVst *vst, P9xVstType type,
                       unsigned sets, P9xLockStripe *locks)
{
    *c = (P9xIcCache) {
        .vst = vst,
        .type = type,
        .sets = sets,
        .locks = locks,
        .line = g_new0(P9xIcLine, sets * P9X_IC_WAYS),
        .victim = g_new0(uint8_t, sets)
    };
}

void p9x_ic_cache_destroy(P9xIcCache *c)
{
    g_free(c->line);
    g_free(c->victim);
}

/* The set that one lock of the router guards: see p9x_end_lock, nvt_lock. */
static unsigned set_of(const P9xIcCache *c, uint8_t block, uint32_t index)
{
    uint32_t hash = c->type == P9X_VST_ENDT ? p9x_end_hash(block, index) :
                                              p9x_cam(block, index);

    return hash % c->sets;
}

P9xLock *p9x_ic_cache_lock(P9xIcCache *c, uint8_t block, uint32_t index)
{
    return &c->locks[set_of(c, block, index) % P9X_LOCK_STRIPES].lock;
}

static P9xIcLine *find(P9xIcCache *c, unsigned set, uint64_t tag)
{
    P9xIcLine *line = &c->line[set * P9X_IC_WAYS];

    for (unsigned way = 0; way < P9X_IC_WAYS; way++) {
        if (line[way].tag == tag) {
            return &line[way];
        }
    }
    return NULL;
}

static void write_back(P9xIcCache *c, P9xIcLine *line)
{
    const P9xPorts *ports = c->vst->base->ports;
    uint8_t block = tag_block(line->tag);
    uint32_t index = (uint32_t)line->tag;
    unsigned size = p9x_vst_entry_size(c->type);
    uint64_t addr;

    if (!line->changed) {
        return;
    }
    line->changed = false;
    if (!p9x_vst_find(c->vst, c->type, block, index, &addr) ||
        !ports->mem_write(ports->host, addr, line->w, size)) {
        p9x_ic_error(c->vst->base, P9X_ERR_IC_TABLE, P9X_FIR_VC_INFO,
                     "changed entry %u/0x%x of table %d has lost its memory",
                     block, index, (int)c->type);
    }
}

static bool fill(P9xIcCache *c, P9xIcLine *line, uint8_t block,
                 uint32_t index)
{
    const P9xPorts *ports = c->vst->base->ports;
    uint64_t addr;

    line->tag = 0;
    line->changed = false;
    if (!p9x_vst_find(c->vst, c->type, block, index, &addr) ||
        !ports->mem_read(ports->host, addr, line->w,
                         p9x_vst_entry_size(c->type))) {
        return false;
    }
    line->tag = tag_of(block, index);
    return true;
}

static P9xIcLine *victim(P9xIcCache *c, unsigned set)
{
    P9xIcLine *line = find(c, set, 0);

    if (!line) {
        line = &c->line[set * P9X_IC_WAYS + c->victim[set]];
        c->victim[set] = (c->victim[set] + 1) % P9X_IC_WAYS;
        write_back(c, line);
    }
    return line;
}

static bool settled(const P9xIcLine *line)
{
    /* The valid bit is the first bit of both kinds of entries. */
    return line->changed || (p9x_be32(line->w[0]) & P9X_END_W0_VALID);
}

P9xBe32 *p9x_ic_cache_get(P9xIcCache *c, uint8_t block, uint32_t index)
{
    unsigned set = set_of(c, block, index);
    P9xIcLine *line = find(c, set, tag_of(block, index));

    p9x_assert_held(p9x_ic_cache_lock(c, block, index));
    if (__builtin_expect(line && settled(line), 1)) {
        return line->w;
    }
    if (!line) {
        line = victim(c, set);
    }
    return fill(c, line, block, index) ? line->w : NULL;
}

void p9x_ic_cache_changed(P9xIcCache *c, uint8_t block, uint32_t index)
{
    P9xIcLine *line = find(c, set_of(c, block, index), tag_of(block, index));

    p9x_assert_held(p9x_ic_cache_lock(c, block, index));
    if (line) {
        line->changed = true;
    }
}

static void scrub_line(P9xIcCache *c, P9xIcLine *line,
                       const P9xIcMatch *match, bool inval)
{
    if (!line->tag ||
        !p9x_ic_matches(match, tag_block(line->tag), (uint32_t)line->tag)) {
        return;
    }
    write_back(c, line);
    if (inval) {
        line->tag = 0;
    }
}

static void scrub_set(P9xIcCache *c, unsigned set, const P9xIcMatch *match,
                      bool inval)
{
    P9xLock *lock = &c->locks[set % P9X_LOCK_STRIPES].lock;

    p9x_lock(lock);
    for (unsigned way = 0; way < P9X_IC_WAYS; way++) {
        scrub_line(c, &c->line[set * P9X_IC_WAYS + way], match, inval);
    }
    p9x_unlock(lock);
}

void p9x_ic_cache_scrub(P9xIcCache *c, const P9xIcMatch *match, bool inval)
{
    /* Firmware names one entry; a mask that leaves out bits names many. */
    if (p9x_ic_match_is_exact(match, c->type == P9X_VST_ENDT ? 24 : 19)) {
        scrub_set(c, set_of(c, (uint8_t)match->block, match->index), match,
                  inval);
        return;
    }
    for (unsigned set = 0; set < c->sets; set++) {
        scrub_set(c, set, match, inval);
    }
}

void p9x_ic_cache_reset(P9xIcCache *c)
{
    for (unsigned set = 0; set < c->sets; set++) {
        P9xLock *lock = &c->locks[set % P9X_LOCK_STRIPES].lock;

        p9x_lock(lock);
        memset(&c->line[set * P9X_IC_WAYS], 0,
               P9X_IC_WAYS * sizeof(c->line[0]));
        p9x_unlock(lock);
    }
}
