/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of a chip: which there are, under which VP number, and which are
 * enabled.
 */
#include "ic_threads.h"
#include "xive/dispatch.h"

/*
 * The VP number of a thread: the chip is in the block, or else in the index of
 * block 0, each time behind a one.  docs/specs.
 */
static uint32_t phys_cam(const P9xIc *ic, uint32_t thread)
{
    uint32_t chip = p9x_ic_block(ic);

    if (p9x_ic_reg(&ic->base, P9X_PC_TCTXT_CFG) & P9X_TCTXT_CHIP_IS_BLOCK) {
        return p9x_cam((uint8_t)chip, P9X_IC_CHIP_THREADS | thread);
    }
    return p9x_cam(0, (P9X_IC_MAX_CHIPS | chip) * P9X_IC_CHIP_THREADS |
                      thread);
}

uint8_t p9x_ic_block(const P9xIc *ic)
{
    uint64_t config = p9x_ic_reg(&ic->base, P9X_PC_TCTXT_CFG);

    return config & P9X_TCTXT_CHIPID_OVR ?
           (uint8_t)p9x_get64(config, P9X_TCTXT_CHIPID) :
           (uint8_t)ic->base.chip_id;
}

P9xTctx *p9x_ic_find_thread(P9xIc *ic, uint32_t pir)
{
    return pir >> 8 == ic->base.chip_id ? p9x_ic_thread(ic, pir) : NULL;
}

bool p9x_ic_add_thread(P9xIc *ic, P9xTctx *tctx, uint32_t pir, void *host)
{
    uint32_t thread = pir % P9X_IC_CHIP_THREADS;

    if (p9x_ic_thread(ic, thread)) {
        return false;
    }
    p9x_tctx_init(tctx, &ic->router.unit, phys_cam(ic, thread), host);
    atomic_store_explicit(&ic->thread[thread], tctx, memory_order_release);
    return true;
}

void p9x_ic_remove_thread(P9xIc *ic, P9xTctx *tctx)
{
    atomic_store_explicit(&ic->thread[p9x_ic_thread_of(tctx)], NULL,
                          memory_order_release);
    p9x_tctx_destroy(tctx);
}

void p9x_ic_update_threads(P9xIc *ic)
{
    for (uint32_t i = 0; i < P9X_IC_CHIP_THREADS; i++) {
        P9xTctx *tctx = p9x_ic_thread(ic, i);

        if (tctx) {
            p9x_tctx_set_phys_cam(tctx, phys_cam(ic, i));
        }
    }
}

bool p9x_ic_thread_enabled(const P9xIc *ic, const P9xTctx *tctx)
{
    uint32_t thread = p9x_ic_thread_of(tctx);
    uint64_t enabled = p9x_ic_reg(&ic->base,
                                  thread < 64 ? P9X_PC_THREAD_EN_REG0 :
                                                P9X_PC_THREAD_EN_REG1);

    return enabled & P9X_BIT64(thread % 64);
}

void p9x_ic_enable_threads(P9xIc *ic, unsigned reg, uint64_t on,
                           uint64_t off)
{
    uint32_t first = reg == P9X_PC_THREAD_EN_REG0 ? 0 : 64;
    uint64_t gone = atomic_fetch_and(&ic->base.reg[reg / 8], ~off) & off;

    atomic_fetch_or(&ic->base.reg[reg / 8], on);
    for (unsigned i = 0; i < 64; i++) {
        P9xTctx *tctx = p9x_ic_thread(ic, first + i);

        /* Firmware turns a thread off and on again to reset its context. */
        if (tctx && (gone & P9X_BIT64(i))) {
            p9x_tctx_reset(tctx);
        }
    }
}
