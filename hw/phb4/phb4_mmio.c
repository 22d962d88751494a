/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MMIO that is not direct: each access is looked at.
 *
 * An access that fails freezes its PE.  In a frozen PE loads give all ones and
 * stores vanish.
 */
#include <string.h>

#include "phb4_error.h"
#include "phb4_inject.h"
#include "phb4_settle.h"
#include "phb4_window.h"

typedef struct Mmio {
    uint64_t pci;
    int pe;
    bool store;
} Mmio;

static void mmio_error(P9xPhb4 *phb, P9xPhb4Changes *changes,
                       const Mmio *mmio, P9xPhb4Group group, unsigned bit,
                       uint64_t cause)
{
    unsigned type = mmio->store ? TTYPE_MMIO_STORE : TTYPE_MMIO_LOAD;
    const P9xPhb4Error error = {
        .pe = mmio->pe,
        .pesta = p9x_set64(cause | PESTA_MMIO_CAUSE, PESTA_TTYPE, type),
        .pestb = mmio->pci & PESTB_FAIL_ADDR,
        .log0 = (uint64_t)(int64_t)mmio->pe,
        .log1 = mmio->pci
    };

    p9x_phb4_raise(phb, changes, group, bit, &error);
}

/* A store is posted: no device answers it, so none can refuse it. */
static void unclaimed(P9xPhb4 *phb, P9xPhb4Changes *changes, const Mmio *mmio)
{
    if (!mmio->store &&
        !(p9x_phb4_reg(phb, PHB_CTRLR) & PHB_CTRLR_MMIO_EEH_DISABLE)) {
        mmio_error(phb, changes, mmio, GROUP_ARB, ARB_UR, PESTA_UR);
    }
}

void p9x_phb4_mmio_unclaimed(P9xPhb4 *phb, uint64_t addr, bool store)
{
    const Mmio mmio = {
        .pci = addr, .pe = p9x_phb4_mmio_pe(phb, addr), .store = store
    };
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    if (!p9x_phb4_unreachable(phb)) {
        unclaimed(phb, &changes, &mmio);
    }
    p9x_phb4_settle(phb, &changes);
}

/* True if the access goes on to PCI memory at mmio->pci. */
static bool admit(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned bar,
                  uint64_t offset, Mmio *mmio)
{
    P9xPhb4Window window;

    p9x_phb4_count(phb, P9X_PHB4_STAT_MMIO_SLOW);
    if (p9x_phb4_unreachable(phb) || bar > 1) {
        return false;
    }
    p9x_phb4_window(phb, P9X_PHB4_WIN_MMIO0 + bar, &window);
    mmio->pe = -1;
    mmio->pci = window.base + offset;
    if (!p9x_phb4_find_region(phb, window.base + offset, &mmio->pci,
                              &mmio->pe)) {
        mmio_error(phb, changes, mmio, GROUP_TXE, TXE_ADDRESS_DECODE, 0);
        return false;
    }
    if (mmio->pe >= 0 && (p9x_phb4_frozen(phb, (unsigned)mmio->pe) &
                          P9X_PHB4_FROZEN_MMIO)) {
        return false;
    }
    if (p9x_phb4_inject_mmio(phb, changes, mmio->pci, mmio->store)) {
        mmio_error(phb, changes, mmio, GROUP_TXE, TXE_PAPR_MMIO, 0);
        return false;
    }
    return true;
}

void p9x_phb4_mmio_load(P9xPhb4 *phb, unsigned bar, uint64_t offset,
                        void *buf, unsigned size)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;
    Mmio mmio = { .store = false };
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    memset(buf, 0xFF, size);
    if (admit(phb, &changes, bar, offset, &mmio) &&
        (!atomic_load(&phb->link_up) ||
         !ports->pci_load(ports->host, mmio.pci, buf, size))) {
        memset(buf, 0xFF, size);
        unclaimed(phb, &changes, &mmio);
    }
    p9x_phb4_settle(phb, &changes);
}

void p9x_phb4_mmio_store(P9xPhb4 *phb, unsigned bar, uint64_t offset,
                         const void *buf, unsigned size)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;
    Mmio mmio = { .store = true };
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    if (admit(phb, &changes, bar, offset, &mmio) &&
        atomic_load(&phb->link_up)) {
        ports->pci_store(ports->host, mmio.pci, buf, size);
    }
    p9x_phb4_settle(phb, &changes);
}
