/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PQ bits in the SBE table.
 *
 * The table has two bits a source.  A block's P9xSource is its cache, a line
 * of 64 sources at a time.  A line is read when one of its sources is used and
 * goes back when it is scrubbed; beside it we keep what memory had, so that
 * a line in which nothing happened never overwrites what the guest stored.
 */
#include "ic_internal.h"

static bool line_addr(P9xIcBlock *b, uint32_t line, uint64_t *addr)
{
    return p9x_vst_find(b->ic, P9X_VST_SBE, b->block,
                        line * P9X_SOURCE_LINE_BYTES, addr);
}

static uint8_t *line_memory(P9xIcBlock *b, uint32_t line)
{
    return &b->memory[line * P9X_SOURCE_LINE_BYTES];
}

static bool load_line(void *opaque, uint32_t line)
{
    P9xIcBlock *b = opaque;
    const P9xPorts *ports = b->ic->ports;
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

static void notify(void *opaque, uint32_t srcno)
{
    P9xIcBlock *b = opaque;

    if (p9x_fifo_holds(b->ic, P9X_FIFO_IPI) &&
        p9x_fifo_hold(b->ic, P9X_FIFO_IPI, P9X_TRIGGER_PQ |
                      (uint64_t)b->block << 28 | srcno)) {
        return;
    }
    p9x_router_notify(&b->ic->router, b->block, srcno);
}

void p9x_sbe_software_write(P9xIc *ic, uint8_t block, uint32_t index,
                            uint64_t mask, uint64_t pq)
{
    P9xIcBlock *b = p9x_sbe_block(ic, block);

    for (unsigned i = 0; b && i < 32; i++) {
        if (mask & P9X_BIT64(i)) {
            p9x_source_set_pq(&b->source, index + i,
                              (P9xPq)(pq >> (62 - 2 * i) & P9X_ESB_PQ));
        }
    }
}

void p9x_sbe_make_block(P9xIc *ic, uint8_t block)
{
    P9xSourceConfig config = {
        .nr_sources = P9X_IC_MAX_SOURCES,
        .page_shift = 16,
        .layout = P9X_ESB_TWO_PAGES,
        .store_eoi = p9x_ic_reg(ic, P9X_VC_SBC_CONFIG) & P9X_SBC_STORE_EOI,
        .reset_pq = P9X_PQ_01,
        .load_line = load_line,
        .notify = notify,
        .ports = ic->ports,
        .counters = &ic->router.counters
    };
    P9xIcBlock *b;

    if (p9x_sbe_block(ic, block)) {
        return;
    }
    b = g_new0(P9xIcBlock, 1);
    p9x_lock_init(&b->lock, P9X_RANK_IC_BLOCK);
    b->ic = ic;
    b->block = block;
    b->memory = g_malloc0(P9X_IC_MAX_SOURCES / 4);
    config.opaque = b;
    p9x_source_init(&b->source, &config);
    atomic_store_explicit(&ic->block[block], b, memory_order_release);
}

void p9x_sbe_free_blocks(P9xIc *ic)
{
    for (unsigned i = 0; i < P9X_IC_NR_BLOCKS; i++) {
        P9xIcBlock *b = p9x_sbe_block(ic, (uint8_t)i);

        if (b) {
            p9x_source_destroy(&b->source);
            g_free(b->memory);
            g_free(b);
        }
    }
}

/* Runs @f for each block there is. */
static void each_block(P9xIc *ic, void (*f)(P9xIcBlock *b, uint64_t arg),
                       uint64_t arg)
{
    for (unsigned i = 0; i < P9X_IC_NR_BLOCKS; i++) {
        P9xIcBlock *b = p9x_sbe_block(ic, (uint8_t)i);

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

void p9x_sbe_reset(P9xIc *ic)
{
    each_block(ic, reset_block, 0);
}

static void set_store_eoi(P9xIcBlock *b, uint64_t store_eoi)
{
    p9x_source_set_store_eoi(&b->source, store_eoi);
}

void p9x_sbe_set_store_eoi(P9xIc *ic, bool store_eoi)
{
    each_block(ic, set_store_eoi, store_eoi);
}

static void sync_block(P9xIcBlock *b, uint64_t arg)
{
    (void)arg;
    p9x_source_sync(&b->source);
}

void p9x_sbe_sync(P9xIc *ic)
{
    each_block(ic, sync_block, 0);
}

static void write_line_locked(P9xIcBlock *b, uint32_t line,
                              const uint8_t *bits)
{
    const P9xPorts *ports = b->ic->ports;
    uint8_t *memory = line_memory(b, line);
    uint64_t addr;

    p9x_assert_held(&b->lock);
    if (memcmp(memory, bits, P9X_SOURCE_LINE_BYTES) == 0) {
        return;
    }
    if (!line_addr(b, line, &addr) ||
        !ports->mem_write(ports->host, addr, bits, P9X_SOURCE_LINE_BYTES)) {
        p9x_ic_error(b->ic, P9X_ERR_IC_TABLE, P9X_FIR_VC_INFO,
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

void p9x_sbe_scrub(P9xIc *ic, const P9xIcMatch *match, bool inval)
{
    for (unsigned i = 0; i < P9X_IC_NR_BLOCKS; i++) {
        P9xIcBlock *b = p9x_sbe_block(ic, (uint8_t)i);

        if (b && ((match->block ^ i) & match->block_mask) == 0) {
            scrub_block(b, match, inval);
        }
    }
}
