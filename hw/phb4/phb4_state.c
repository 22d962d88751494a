/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole state as doublewords, for migration.
 *
 * One function, walk(), goes over everything; a cursor says whether it counts,
 * saves or restores, so what is saved is also restored, in the same order.
 * Registers have their rows and on-chip tables are one array, so that a new
 * one is in the walk by being there.  A stream may have been tampered with:
 * each word is cut to the bits that it can have.
 */
#include "phb4_iotlb.h"
#include "phb4_irq.h"
#include "phb4_regs.h"
#include "phb4_rtt.h"
#include "phb4_settle.h"
#include "phb4_stack.h"

#define STATE_VERSION   UINT64_C(0x5048423400000002)    /* "PHB4", 2 */

typedef struct Cursor {
    uint64_t *word;             /* NULL: only count */
    size_t at;
    bool restore;
} Cursor;

/* The next word: @value, or when restoring what the stream has for it. */
static uint64_t next(Cursor *c, uint64_t value, uint64_t mask)
{
    size_t at = c->at++;

    if (!c->word) {
        return value;
    }
    if (c->restore) {
        return c->word[at] & mask;
    }
    c->word[at] = value;
    return value;
}

static void walk_regs(P9xPhb4 *phb, Cursor *c)
{
    for (unsigned offset = 0; offset < PHB_NR_BYTES; offset += 8) {
        uint64_t mask = p9x_phb4_reg_state_mask(offset);

        if (mask) {
            p9x_phb4_set_reg(phb, offset,
                             next(c, p9x_phb4_reg(phb, offset), mask));
        }
    }
}

static void walk_tables(P9xPhb4 *phb, Cursor *c)
{
    for (unsigned i = 0; i < PHB_NR_TABLE_WORDS; i++) {
        atomic_store(&phb->tables.word[i],
                     next(c, atomic_load(&phb->tables.word[i]), UINT64_MAX));
    }
}

static void walk_frozen(P9xPhb4 *phb, Cursor *c)
{
    for (unsigned pe = 0; pe < phb->nr_pes; pe++) {
        unsigned frozen = (unsigned)next(c, p9x_phb4_frozen(phb, pe),
                                         P9X_PHB4_FROZEN_MMIO |
                                         P9X_PHB4_FROZEN_DMA);

        atomic_store(&phb->frozen[pe], (unsigned char)frozen);
    }
}

/* PQ, level and PE of a source in one word. */
static void walk_sources(P9xPhb4 *phb, Cursor *c)
{
    P9xPhb4Source *src = &phb->source;

    for (uint32_t i = 0; i < src->source.config.nr_sources; i++) {
        uint64_t word = next(c, (uint64_t)src->pe[i] << 8 |
                             atomic_load(p9x_source_esb(&src->source, i)),
                             0xFFFFu << 8 | P9X_ESB_ALL);

        src->pe[i] = (uint16_t)(word >> 8);
        atomic_store(p9x_source_esb(&src->source, i), (unsigned char)word);
    }
    for (unsigned lsi = 0; lsi < P9X_PHB4_NR_LSIS; lsi++) {
        atomic_store(&phb->level[lsi], (unsigned char)
                     next(c, atomic_load(&phb->level[lsi]), 1));
    }
}

static void walk_link(P9xPhb4 *phb, Cursor *c)
{
    uint64_t word = next(c, (uint64_t)phb->link.up << 16 |
                         phb->link.speed << 8 | phb->link.width, 0x10F1F);

    phb->link.up = word >> 16;
    phb->link.speed = word >> 8 & 0xF;
    phb->link.width = word & 0x1F;
    atomic_store(&phb->link_up, phb->link.up);
}

static void walk_stack(P9xPhb4 *phb, Cursor *c)
{
    for (unsigned i = 0; i < P9X_PHB4_XSCOM_NEST_REGS; i++) {
        phb->nest[i] = next(c, phb->nest[i], p9x_phb4_nest_state_mask(i));
    }
    for (unsigned i = 0; i < P9X_PHB4_XSCOM_PCI_REGS; i++) {
        phb->pci[i] = next(c, phb->pci[i], p9x_phb4_pci_state_mask(i));
    }
    phb->scom_ind_addr = next(c, phb->scom_ind_addr,
                              SCOM_IND_FLAGS | SCOM_IND_OFFSET);
}

static uint64_t geometry_word(const P9xPhb4 *phb)
{
    return (uint64_t)phb->config.phb5 << 32 | phb->nr_pes;
}

static void walk(P9xPhb4 *phb, Cursor *c)
{
    /* p9x_phb4_restore has compared these two before anything changes. */
    next(c, STATE_VERSION, UINT64_MAX);
    next(c, geometry_word(phb), UINT64_MAX);
    walk_regs(phb, c);
    if (c->restore) {
        /* The LSIs' place decides what the sources' bytes mean. */
        p9x_phb4_place_sources(phb);
    }
    walk_stack(phb, c);
    walk_tables(phb, c);
    walk_frozen(phb, c);
    walk_sources(phb, c);
    walk_link(phb, c);
}

size_t p9x_phb4_state_words(const P9xPhb4 *phb)
{
    Cursor c = { .word = NULL };

    /* Counting changes nothing. */
    walk((P9xPhb4 *)phb, &c);
    return c.at;
}

void p9x_phb4_save(P9xPhb4 *phb, uint64_t *words)
{
    Cursor c = { .word = words };

    walk(phb, &c);
}

/* What follows from the state and is not part of it. */
static void derive(P9xPhb4 *phb)
{
    P9xPhb4Changes changes;     /* settle_restored acts on everything */
    unsigned mmio = 0;

    for (unsigned pe = 0; pe < phb->nr_pes; pe++) {
        mmio += !!(p9x_phb4_frozen(phb, pe) & P9X_PHB4_FROZEN_MMIO);
    }
    atomic_store(&phb->nr_mmio_frozen, mmio);
    atomic_store(&phb->in_reset, phb->pci[PCI_ETU_RESET] & PCI_ETU_IN_RESET);
    p9x_phb4_changed_nothing(&changes);
    p9x_phb4_rtc_invalidate(phb, &changes, PHB_RTC_INVALIDATE_ALL);
    p9x_phb4_iotlb_kill_pe(phb, &changes, P9X_PHB4_ALL_PES);
}

bool p9x_phb4_restore(P9xPhb4 *phb, const uint64_t *words, size_t nr_words)
{
    Cursor c = { .word = (uint64_t *)words, .restore = true };

    if (nr_words != p9x_phb4_state_words(phb) || words[0] != STATE_VERSION ||
        words[1] != geometry_word(phb)) {
        p9x_phb4_reset(phb);
        return false;
    }
    /* A source must not be fenced, nor send anything, while it is filled. */
    p9x_phb4_source_fence(&phb->source, true);
    walk(phb, &c);
    derive(phb);
    p9x_phb4_settle_restored(phb);
    return true;
}
