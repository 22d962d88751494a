/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PAPR error injection: the next access that matches address and mask fails.
 *
 * Three registers: what kind of access (and whether once or until further
 * notice), which address, which bits of it count.  For config space the
 * address is a RID in bits 4 to 19, else a PCI address.
 */
#include "phb4_inject.h"

static bool kind_matches(uint64_t ctl, uint64_t kind, bool write)
{
    return (ctl & kind) && (ctl & (write ? PHB_INJ_WRITE : PHB_INJ_READ));
}

static bool address_matches(const P9xPhb4 *phb, uint64_t addr, uint64_t valid)
{
    uint64_t mask = p9x_phb4_reg(phb, PHB_PAPR_ERR_INJ_MASK) & valid;

    return ((addr ^ p9x_phb4_reg(phb, PHB_PAPR_ERR_INJ_ADDR)) & mask) == 0;
}

/* True for one caller only, unless the injection is sticky. */
static bool use(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t ctl)
{
    _Atomic uint64_t *reg = &phb->regs[PHB_PAPR_ERR_INJ_CTL / 8];

    if (ctl & PHB_INJ_STICKY) {
        return true;
    }
    if (!atomic_compare_exchange_strong(reg, &ctl, 0)) {
        return false;
    }
    changes->what |= PHB_CHANGED_STATE;
    return true;
}

static bool inject(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t kind,
                   bool write, uint64_t addr, uint64_t valid)
{
    uint64_t ctl = p9x_phb4_reg(phb, PHB_PAPR_ERR_INJ_CTL);

    return kind_matches(ctl, kind, write) &&
           address_matches(phb, addr, valid) && use(phb, changes, ctl);
}

bool p9x_phb4_inject_config(P9xPhb4 *phb, P9xPhb4Changes *changes,
                            uint16_t rid, bool store)
{
    return inject(phb, changes, PHB_INJ_CONFIG, store,
                  p9x_set64(0, PHB_INJ_CONFIG_RID, rid), PHB_INJ_CONFIG_RID);
}

bool p9x_phb4_inject_mmio(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t addr,
                          bool store)
{
    return inject(phb, changes, PHB_INJ_OUTBOUND, store, addr, PHB_INJ_ADDR);
}

bool p9x_phb4_inject_dma(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t iova,
                         bool write)
{
    return inject(phb, changes, PHB_INJ_INBOUND, write, iova, PHB_INJ_ADDR);
}

bool p9x_phb4_inject_mmio_armed(const P9xPhb4 *phb)
{
    uint64_t ctl = p9x_phb4_reg(phb, PHB_PAPR_ERR_INJ_CTL);

    return kind_matches(ctl, PHB_INJ_OUTBOUND, false) ||
           kind_matches(ctl, PHB_INJ_OUTBOUND, true);
}
