/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread contexts as bytes: raw register access, save and restore.
 *
 * Bytes may have any value; tctx.c derives what follows from them.  WORD2 is
 * the exception that needs care: it decides which events reach the ring, so a
 * store to it goes the same way as a push.
 */
#include <string.h>

#include "group.h"
#include "tctx_internal.h"
#include "xive/dispatch.h"

static bool in_word2(unsigned at)
{
    return at % P9X_TM_RING_SIZE >= P9X_TM_WORD2 &&
           at % P9X_TM_RING_SIZE < P9X_TM_WORD2 + 4;
}

/* The rings that have one: OS and physical. */
static bool is_cppr(unsigned at)
{
    return at == P9X_RING_OS * P9X_TM_RING_SIZE + P9X_TM_CPPR ||
           at == P9X_RING_PHYS * P9X_TM_RING_SIZE + P9X_TM_CPPR;
}

uint64_t p9x_tctx_raw_load(P9xTctx *tctx, unsigned offset, unsigned size,
                           unsigned mask)
{
    uint64_t value = 0;

    p9x_lock(&tctx->lock);
    for (unsigned i = 0; i < size; i++) {
        unsigned at = (offset + i) % P9X_TM_IMAGE_SIZE;

        value = value << 8 | (mask >> i & 1 ? tctx->regs[at] : 0);
    }
    p9x_unlock(&tctx->lock);
    return value;
}

void p9x_tctx_raw_store(P9xTctx *tctx, unsigned offset, unsigned size,
                        uint64_t value, unsigned mask)
{
    uint8_t image[P9X_TM_IMAGE_SIZE];
    unsigned word2_rings = 0;
    bool cppr = false;
    bool changed;

    p9x_lock(&tctx->lock);
    memcpy(image, tctx->regs, sizeof(image));
    for (unsigned i = 0; i < size; i++) {
        unsigned at = (offset + i) % P9X_TM_IMAGE_SIZE;

        if (!(mask >> i & 1)) {
            continue;
        }
        image[at] = (uint8_t)(value >> (8 * (size - 1 - i)));
        if (in_word2(at)) {
            word2_rings |= 1u << at / P9X_TM_RING_SIZE;
        } else {
            tctx->regs[at] = is_cppr(at) ? p9x_cppr_of(image[at]) : image[at];
            cppr |= is_cppr(at);
        }
    }
    changed = p9x_tctx_refresh(tctx);
    p9x_unlock(&tctx->lock);
    if (changed) {
        p9x_tctx_lines_changed(tctx);
    }
    for (unsigned ring = 0; ring < P9X_NR_RINGS; ring++) {
        if (word2_rings >> ring & 1) {
            p9x_tctx_set_word2(tctx, (P9xRing)ring, (uint32_t)p9x_load_be(
                &image[ring * P9X_TM_RING_SIZE + P9X_TM_WORD2], 4));
        }
    }
    if (cppr && p9x_groups_wait(tctx->unit->presenter)) {
        p9x_group_serve(tctx);
    }
}

void p9x_tctx_save(P9xTctx *tctx, uint8_t *image)
{
    p9x_lock(&tctx->lock);
    memcpy(image, tctx->regs, P9X_TM_IMAGE_SIZE);
    p9x_unlock(&tctx->lock);
}

static bool cppr_possible(const uint8_t *image, P9xRing ring)
{
    uint8_t cppr = image[ring * P9X_TM_RING_SIZE + P9X_TM_CPPR];

    return cppr <= P9X_PRIO_MAX || cppr == P9X_PRIO_MASKED;
}

bool p9x_tctx_restore(P9xTctx *tctx, const uint8_t *image)
{
    if (!cppr_possible(image, P9X_RING_OS) ||
        !cppr_possible(image, P9X_RING_PHYS)) {
        return false;
    }
    p9x_tctx_reset(tctx);
    p9x_lock(&tctx->lock);
    for (unsigned at = 0; at < P9X_TM_IMAGE_SIZE; at++) {
        if (!in_word2(at)) {
            tctx->regs[at] = image[at];
        }
    }
    p9x_unlock(&tctx->lock);
    for (unsigned ring = 0; ring < P9X_NR_RINGS; ring++) {
        p9x_tctx_set_word2(tctx, (P9xRing)ring, (uint32_t)p9x_load_be(
            &image[ring * P9X_TM_RING_SIZE + P9X_TM_WORD2], 4));
    }
    return true;
}
