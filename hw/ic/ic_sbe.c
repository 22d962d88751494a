/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PQ bits in the SBE table.
 *
 * The table has two bits a source.  A block's P9xSource is its cache, a line
 * of 64 sources at a time.  A line is read when one of its sources is used and
 * goes back when it is scrubbed; beside it we keep what memory had, so that
 * a line in which nothing happened never overwrites what the guest stored.
 */
#include <glib.h>
#include <string.h>

#include "ic_errors.h"
#include "ic_sbe.h"

static bool line_addr(P9xIcBlock *b, uint32_t line, uint64_t *addr)
{
    return p9x_vst_find(b->sbe->vst, P9X_VST_SBE, b->block,
                        line * P9X_SOURCE_LINE_BYTES, addr);
}

static uint8_t *line_memory(P9xIcBlock *b, uint32_t line)
{
    return &b->memory[line * P9X_SOURCE_LINE_BYTES];
}

static bool load_line(void *opaque, uint32_t line)
{
    P9xIcBlock *b = opaque;
    const P9xPorts *ports = b->sbe->vst->base->ports;
    bool ok = true;
    uint64_t addr;

    p9x_lock(&b->lock);
    if (!p9x_source_has_line(&b->source, line)) {
        ok = line_addr(b, line, &addr) &&
             ports->mem_read(ports->host, addr, line_memory(b, line),
                             P9X_SOURCE_LINE_BYTES);
        if (ok) {
            p9x_source_fill_line(&b->source, line, line_memory(b, line));
        }
    }
    p9x_unlock(&b->lock);
    return ok;
}

void p9x_sbe_software_write(P9xIcSbe *sbe, uint8_t block, uint32_t index,
                            uint64_t mask, uint64_t pq)
{
    P9xIcBlock *b = p9x_sbe_block(sbe, block);

    for (unsigned i = 0; b && i < 32; i++) {
        if (mask & P9X_BIT64(i)) {
            p9x_source_set_pq(&b->source, index + i,
                              (P9xPq)(pq >> (62 - 2 * i) & P9X_ESB_PQ));
        }
    }
}

void p9x_sbe_init(P9xIcSbe *sbe, P9xIcVst *vst, P9xIc *ic,
                  P9xSourceNotify *notify)
{
    sbe->vst = vst;
    sbe->ic = ic;
    sbe->notify = notify;
}

void p9x_sbe_make_block(P9xIcSbe *sbe, uint8_t block)
{
    P9xIcBase *base = sbe->vst->base;
    P9xSourceConfig config = {
        .nr_sources = P9X_IC_MAX_SOURCES,
        .page_shift = 16,
        .layout = P9X_ESB_TWO_PAGES,
        .store_eoi = p9x_ic_reg(base, P9X_VC_SBC_CONFIG) & P9X_SBC_STORE_EOI,
        .reset_pq = P9X_PQ_01,
        .load_line = load_line,
        .notify = sbe->notify,
        .ports = base->ports,
        .counters = base->counters,
        .origin = base->origin
    };
    P9xIcBlock *b;

    if (p9x_sbe_block(sbe, block)) {
        return;
    }
    b = g_new0(P9xIcBlock, 1);
    p9x_lock_init(&b->lock, P9X_RANK_IC_BLOCK);
    b->sbe = sbe;
    b->ic = sbe->ic;
    b->block = block;
    b->memory = g_malloc0(P9X_IC_MAX_SOURCES / 4);
    config.opaque = b;
    p9x_source_init(&b->source, &config);
    atomic_store_explicit(&sbe->block[block], b, memory_order_release);
}

void p9x_sbe_destroy(P9xIcSbe *sbe)
{
    for (unsigned i = 0; i < P9X_IC_NR_BLOCKS; i++) {
        P9xIcBlock *b = p9x_sbe_block(sbe, (uint8_t)i);

        if (b) {
            p9x_source_destroy(&b->source);
            g_free(b->memory);
            g_free(b);
        }
    }
}

/* Runs @f for each block there is. */
static void each_block(P9xIcSbe *sbe, void (*f)(P9xIcBlock *b, uint64_t arg),
                       uint64_t arg)
{
    for (unsigned i = 0; i < P9X_IC_NR_BLOCKS; i++) {
        P9xIcBlock *b = p9x_sbe_block(sbe, (uint8_t)i);

        if (b) {
            f(b, arg);
        }
    }
}

static void reset_block(P9xIcBlock *b, uint64_t arg)
{
    (void)arg;
    p9x_source_reset(&b->source);
}

void p9x_sbe_reset(P9xIcSbe *sbe)
{
    each_block(sbe, reset_block, 0);
}

static void set_store_eoi(P9xIcBlock *b, uint64_t store_eoi)
{
    p9x_source_set_store_eoi(&b->source, store_eoi);
}

void p9x_sbe_set_store_eoi(P9xIcSbe *sbe, bool store_eoi)
{
    each_block(sbe, set_store_eoi, store_eoi);
}

static void sync_block(P9xIcBlock *b, uint64_t arg)
{
    (void)arg;
    p9x_source_sync(&b->source);
}

void p9x_sbe_sync(P9xIcSbe *sbe)
{
    each_block(sbe, sync_block, 0);
}

static void write_line_locked(P9xIcBlock *b, uint32_t line,
                              const uint8_t *bits)
{
    const P9xPorts *ports = b->sbe->vst->base->ports;
    uint8_t *memory = line_memory(b, line);
    uint64_t addr;

    p9x_assert_held(&b->lock);
    if (memcmp(memory, bits, P9X_SOURCE_LINE_BYTES) == 0) {
        return;
    }
    if (!line_addr(b, line, &addr) ||
        !ports->mem_write(ports->host, addr, bits, P9X_SOURCE_LINE_BYTES)) {
        p9x_ic_error(b->sbe->vst->base, P9X_ERR_IC_TABLE, P9X_FIR_VC_INFO,
                     "PQ bits of sources %u/0x%x have lost their memory",
                     b->block, line * P9X_SOURCE_LINE);
        return;
    }
    memcpy(memory, bits, P9X_SOURCE_LINE_BYTES);
}

static void scrub_line(P9xIcBlock *b, uint32_t line, bool inval)
{
    uint8_t bits[P9X_SOURCE_LINE_BYTES];

    p9x_lock(&b->lock);
    if (p9x_source_has_line(&b->source, line)) {
        if (inval) {
            p9x_source_take_line(&b->source, line, bits);
        } else {
            p9x_source_read_line(&b->source, line, bits);
        }
        write_line_locked(b, line, bits);
    }
    p9x_unlock(&b->lock);
}

/* Does any source of @line match? */
static bool line_matches(const P9xIcMatch *match, uint32_t line)
{
    return ((match->index ^ line * P9X_SOURCE_LINE) & match->index_mask) <
           P9X_SOURCE_LINE;
}

static void scrub_block(P9xIcBlock *b, const P9xIcMatch *match, bool inval)
{
    const uint32_t lines = P9X_IC_MAX_SOURCES / P9X_SOURCE_LINE;

    if (p9x_ic_match_is_exact(match, 24)) {
        if (match->index < P9X_IC_MAX_SOURCES) {
            scrub_line(b, match->index / P9X_SOURCE_LINE, inval);
        }
        return;
    }
    for (uint32_t line = 0; line < lines; line++) {
        if (p9x_source_has_line(&b->source, line) &&
            line_matches(match, line)) {
            scrub_line(b, line, inval);
        }
    }
}

void p9x_sbe_scrub(P9xIcSbe *sbe, const P9xIcMatch *match, bool inval)
{
    for (unsigned i = 0; i < P9X_IC_NR_BLOCKS; i++) {
        P9xIcBlock *b = p9x_sbe_block(sbe, (uint8_t)i);

        if (b && ((match->block ^ i) & match->block_mask) == 0) {
            scrub_block(b, match, inval);
        }
    }
}
