/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processor sees of a bridge: XSCOM registers, and the windows that
 * firmware places on the bus.
 *
 *   registers    to the core
 *   ESB pages    to the core, without the BQL
 *   MBT entries  aliases of PCI memory, on top of
 *   MMIO BARs    to the core, which decides with each access
 *
 * As long as nothing is wrong the aliases are shown, and a device's registers
 * are as near as on any other machine.  When a PE is frozen, an error is to be
 * injected and so on, the core takes the "direct" off the windows, all aliases
 * are hidden, and what is below them answers.
 *
 * Firmware can place windows anywhere.  They lie below everything that has a
 * fixed place, such as RAM and XSCOM, and above each other in the order of the
 * list from its end.
 */
#include "qemu/osdep.h"
#include "hw/ppc/pnv_xscom.h"
#include "qemu/main-loop.h"

#include "../common/window.h"
#include "phb4_internal.h"
#include "qemu/p9xive-compat.h"

/* Devices below a bridge are within this much PCI memory. */
#define PCI_MEMORY_SIZE (UINT64_C(1) << 60)

enum { REGS_SIZE = 0x3000 };
/* Below all that has a fixed place. */
enum { PRIORITY_BAR = -3, PRIORITY_MBT, PRIORITY_OWN };

static uint64_t reg_read(void *opaque, hwaddr offset, unsigned size)
{
    return p9x_phb4_reg_load(opaque, offset, size);
}

static void reg_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    p9x_phb4_reg_store(opaque, offset, size, value);
}

static uint64_t esb_load(void *opaque, CPUState *cpu, hwaddr offset,
                         unsigned size)
{
    return p9x_phb4_esb_load(opaque, offset, size);
}

static void esb_store(void *opaque, CPUState *cpu, hwaddr offset,
                      uint64_t value, unsigned size)
{
    p9x_phb4_esb_store(opaque, offset, size, value);
}

/* PCI memory is bytes: the first is the most significant on this bus. */
static uint64_t bar_read(void *opaque, hwaddr offset, unsigned size)
{
    PnvPhb4Bar *bar = opaque;
    uint8_t buf[8];

    p9x_phb4_mmio_load(bar->phb->core, bar->index, offset, buf, size);
    return ldn_be_p(buf, size);
}

static void bar_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    PnvPhb4Bar *bar = opaque;
    uint8_t buf[8];

    stn_be_p(buf, size, value);
    p9x_phb4_mmio_store(bar->phb->core, bar->index, offset, buf, size);
}

static uint64_t unclaimed_read(void *opaque, hwaddr addr, unsigned size)
{
    PnvPHB4 *phb = opaque;

    p9x_phb4_mmio_unclaimed(phb->core, addr, false);
    return UINT64_MAX;
}

static void unclaimed_write(void *opaque, hwaddr addr, uint64_t value,
                            unsigned size)
{
    PnvPHB4 *phb = opaque;

    p9x_phb4_mmio_unclaimed(phb->core, addr, true);
}

static uint64_t xscom_read(void *opaque, hwaddr offset, unsigned size)
{
    PnvPhb4XscomRange *r = opaque;

    return p9x_phb4_xscom_load(r->phb->core, r->range, offset >> 3);
}

static void xscom_write(void *opaque, hwaddr offset, uint64_t value,
                        unsigned size)
{
    PnvPhb4XscomRange *r = opaque;

    p9x_phb4_xscom_store(r->phb->core, r->range, offset >> 3, value);
}

P9XIVE_DIRECT_WINDOW(esb);

static const MemoryRegionOps reg_ops =
    P9XIVE_WINDOW_OPS(reg_read, reg_write, P9XIVE_ANY_SIZE);
static const MemoryRegionOps bar_ops =
    P9XIVE_WINDOW_OPS(bar_read, bar_write, P9XIVE_ANY_PLACE);
static const MemoryRegionOps xscom_ops =
    P9XIVE_WINDOW_OPS(xscom_read, xscom_write, P9XIVE_DOUBLEWORD);

static const MemoryRegionOps unclaimed_ops = {
    .read = unclaimed_read,
    .write = unclaimed_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = P9XIVE_ANY_PLACE,
    .impl = P9XIVE_ANY_PLACE,
};

/* ------------------------------------------------------------- windows */

static void show_window(PnvPHB4 *phb, P9xPhb4WindowId id)
{
    MemoryRegion *mr = &phb->window[id];
    P9xPhb4Window w;
    bool shown;

    p9x_phb4_window(phb->core, id, &w);
    shown = w.size && (id < P9X_PHB4_WIN_MBT || w.direct);
    if (shown) {
        memory_region_set_size(mr, w.size);
        memory_region_set_address(mr, w.base);
        if (id >= P9X_PHB4_WIN_MBT) {
            memory_region_set_alias_offset(mr, w.pci);
        }
    }
    memory_region_set_enabled(mr, shown);
}

static void show_windows(void *opaque)
{
    PnvPHB4 *phb = opaque;

    memory_region_transaction_begin();
    for (unsigned id = 0; id < P9X_PHB4_NR_WINDOWS; id++) {
        show_window(phb, id);
    }
    pnv_phb4_msi_windows_changed(phb);
    memory_region_transaction_commit();
}

/*
 * An I/O thread whose DMA was refused can't change the memory map.  The main
 * loop does it then; until it has, the frozen PE's registers can be reached.
 */
void pnv_phb4_windows_changed(void *host)
{
    PnvPHB4 *phb = host;

    if (!phb->core) {
        return;
    }
    if (bql_locked()) {
        show_windows(phb);
        return;
    }
    qemu_bh_schedule(phb->windows_bh);
}

static void init_window(PnvPHB4 *phb, P9xPhb4WindowId id, int priority)
{
    memory_region_set_enabled(&phb->window[id], false);
    memory_region_add_subregion_overlap(get_system_memory(), 0,
                                        &phb->window[id], priority);
}

static char *window_name(PnvPHB4 *phb, const char *what)
{
    return g_strdup_printf("phb4-%u.%u-%s", phb->chip_id, phb->phb_id, what);
}

static void init_own_window(PnvPHB4 *phb, P9xPhb4WindowId id,
                            const MemoryRegionOps *ops, const char *what)
{
    g_autofree char *name = window_name(phb, what);

    memory_region_init_io(&phb->window[id], OBJECT(phb), ops, phb->core, name,
                          REGS_SIZE);
    init_window(phb, id, PRIORITY_OWN);
}

static void init_bar(PnvPHB4 *phb, unsigned index)
{
    P9xPhb4WindowId id = P9X_PHB4_WIN_MMIO0 + index;
    PnvPhb4Bar *bar = &phb->bar[index];
    g_autofree char *name = window_name(phb, index ? "mmio1" : "mmio0");

    bar->phb = phb;
    bar->index = index;
    memory_region_init_io(&phb->window[id], OBJECT(phb), &bar_ops, bar, name,
                          REGS_SIZE);
    init_window(phb, id, PRIORITY_BAR);
}

static void init_mbt(PnvPHB4 *phb, P9xPhb4WindowId id)
{
    g_autofree char *name = g_strdup_printf("phb4-%u.%u-mbt%u", phb->chip_id,
                                            phb->phb_id,
                                            id - P9X_PHB4_WIN_MBT);

    memory_region_init_alias(&phb->window[id], OBJECT(phb), name,
                             &phb->pci_mmio, 0, REGS_SIZE);
    init_window(phb, id, PRIORITY_MBT);
}

void pnv_phb4_mmio_init(PnvPHB4 *phb)
{
    g_autofree char *mmio = window_name(phb, "pci-mmio");
    g_autofree char *io = window_name(phb, "pci-io");

    memory_region_init_io(&phb->pci_mmio, OBJECT(phb), &unclaimed_ops, phb,
                          mmio, PCI_MEMORY_SIZE);
    /* DMA from one device to another passes through while a CPU may wait. */
    phb->pci_mmio.disable_reentrancy_guard = true;
    address_space_init(&phb->pci_as, &phb->pci_mmio, mmio);
    memory_region_init(&phb->pci_io, OBJECT(phb), io, 0x10000);

    init_own_window(phb, P9X_PHB4_WIN_REGS, &reg_ops, "regs");
    init_own_window(phb, P9X_PHB4_WIN_ESB, esb_kind.ops, "esb");
    phb->window[P9X_PHB4_WIN_ESB].direct = esb_kind.direct;
    for (unsigned i = 0; i < PNV_PHB4_MMIO_BARS; i++) {
        init_bar(phb, i);
    }
    for (unsigned id = P9X_PHB4_WIN_MBT; id < P9X_PHB4_NR_WINDOWS; id++) {
        init_mbt(phb, id);
    }
    phb->windows_bh = qemu_bh_new(show_windows, phb);
}

/* --------------------------------------------------------------- XSCOM */

void pnv_phb4_xscom_init(PnvPHB4 *phb, unsigned stack)
{
    PnvPhb4PecClass *pecc = PNV_PHB4_PEC_GET_CLASS(phb->pec);
    uint32_t nest = pecc->xscom_nest_base(phb->pec);
    uint32_t pci = pecc->xscom_pci_base(phb->pec);
    const struct {
        const char *name;
        uint32_t base, nr_regs;
    } range[PNV_PHB4_XSCOM_RANGES] = {
        [P9X_PHB4_XSCOM_NEST] = { "nest", nest + 0x40 * (stack + 1),
                                  P9X_PHB4_XSCOM_NEST_REGS },
        [P9X_PHB4_XSCOM_PCI] = { "pci", pci + 0x40 * (stack + 1),
                                 P9X_PHB4_XSCOM_PCI_REGS },
        [P9X_PHB4_XSCOM_ETU] = { "etu", pci + PNV9_XSCOM_PEC_PCI_STK0 +
                                        0x40 * stack,
                                 P9X_PHB4_XSCOM_ETU_REGS },
    };

    for (unsigned i = 0; i < PNV_PHB4_XSCOM_RANGES; i++) {
        PnvPhb4XscomRange *r = &phb->xscom[i];
        g_autofree char *name =
            g_strdup_printf("xscom-phb-%u.%u-%s", phb->chip_id, phb->phb_id,
                            range[i].name);

        r->phb = phb;
        r->range = i;
        pnv_xscom_region_init(&r->mr, OBJECT(phb), &xscom_ops, r, name,
                              range[i].nr_regs);
        pnv_xscom_add_subregion(phb->pec->chip, range[i].base, &r->mr);
    }
}
