/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "pnv-xive": the XIVE interrupt controller of a POWER9 chip.
 *
 * Each chip of the powernv9 machine has one.  Firmware finds its registers by
 * XSCOM, and places windows, tables and set translation with them; a bus store
 * to the notify page is how devices and other chips bring events.
 *
 * All behaviour is in the core (xive/ic/ic.h); see p9xive/ beside this file for
 * how it is joined to QEMU.  The ICs of all chips share the core's fabric.
 */
#include "qemu/osdep.h"
#include "hw/ppc/fdt.h"
#include "hw/ppc/pnv_chip.h"
#include "hw/ppc/pnv_xscom.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/p9xive-compat.h"
#include "system/runstate.h"

#include <libfdt.h>

#include "p9xive/common/adapter.h"
#include "p9xive/common/window.h"
#include "p9xive/pnv/pnv_xive_internal.h"

/* The machine's chips; there is one machine. */
static struct {
    P9xIcFabric *fabric;
    unsigned users;
    PnvXive *chip[P9X_IC_MAX_CHIPS];
} machine;

static P9xIcFabric *fabric_get(void)
{
    if (machine.users++ == 0) {
        machine.fabric = p9x_ic_fabric_new();
    }
    return machine.fabric;
}

static void fabric_put(void)
{
    if (--machine.users == 0) {
        p9x_ic_fabric_free(machine.fabric);
        machine.fabric = NULL;
    }
}

bool pnv_xive_notify_store(hwaddr addr, uint64_t value)
{
    for (unsigned i = 0; i < P9X_IC_MAX_CHIPS; i++) {
        PnvXive *xive = qatomic_read(&machine.chip[i]);

        if (xive && pnv_xive_device_event(xive, addr, value)) {
            return true;
        }
    }
    value = cpu_to_be64(value);
    return address_space_write(&address_space_memory, addr,
                               MEMTXATTRS_UNSPECIFIED, &value,
                               sizeof(value)) == MEMTX_OK;
}

/* ---------------------------------------------------------- life and death */

static void guest_error(void *host, P9xGuestError kind, const char *detail)
{
    PnvXive *xive = host;

    qemu_log_mask(LOG_GUEST_ERROR, "xive[%x]: %s: %s\n", xive->chip->chip_id,
                  p9x_guest_error_name(kind), detail);
}

/*
 * The tables in memory are brought up to date when the machine stops: memory
 * is sent for the last time after that, and before our own section.
 */
static void run_state_changed(void *opaque, bool running, RunState state)
{
    PnvXive *xive = opaque;

    if (!running) {
        p9x_ic_flush(xive->parts->ic);
    }
}

static void init_ports(PnvXive *xive)
{
    PnvXiveParts *parts = xive->parts;

    p9xive_ports_init(&parts->ports, xive);
    parts->ports.line_changed = pnv_xive_line_changed;
    parts->ports.guest_error = guest_error;
    /*
     * No bus_store64: all notify pages of this machine are in the fabric, and
     * an event must not become an access to anything else.
     */
    parts->ic_ports = (P9xIcPorts) {
        .host = xive,
        .window_changed = pnv_xive_window_changed,
    };
}

static bool make_ic(PnvXive *xive, Error **errp)
{
    PnvXiveParts *parts = xive->parts;
    unsigned chip_id = xive->chip->chip_id;

    init_ports(xive);
    if (chip_id < P9X_IC_MAX_CHIPS) {
        parts->ic = p9x_ic_new(fabric_get(), chip_id, &parts->ports,
                               &parts->ic_ports);
        if (parts->ic) {
            return true;
        }
        fabric_put();
    }
    error_setg(errp, "pnv-xive: can't have a chip %u", chip_id);
    return false;
}

static uint64_t xscom_read(void *opaque, hwaddr offset, unsigned size)
{
    PnvXive *xive = opaque;

    return p9x_ic_xscom_load(xive->parts->ic, offset >> 3);
}

static void xscom_write(void *opaque, hwaddr offset, uint64_t value,
                        unsigned size)
{
    PnvXive *xive = opaque;

    p9x_ic_xscom_store(xive->parts->ic, offset >> 3, value);
}

static const MemoryRegionOps xscom_ops =
    P9XIVE_WINDOW_OPS(xscom_read, xscom_write, P9XIVE_DOUBLEWORD);

static void pnv_xive_realize(DeviceState *dev, Error **errp)
{
    PnvXive *xive = PNV_XIVE(dev);
    PnvXiveParts *parts = xive->parts;

    if (!xive->chip) {
        error_setg(errp, "pnv-xive is a part of a POWER9 chip");
        return;
    }
    if (!make_ic(xive, errp) || !pnv_xive_connect_threads(xive, errp)) {
        return;
    }
    memory_region_init_io(&xive->xscom_regs, OBJECT(dev), &xscom_ops, xive,
                          "xscom-xive", P9X_IC_XSCOM_REGS << 3);
    pnv_xive_mmio_init(xive);
    parts->stop_handler =
        qemu_add_vm_change_state_handler(run_state_changed, xive);
    qatomic_set(&machine.chip[xive->chip->chip_id], xive);
}

static void pnv_xive_init(Object *obj)
{
    PNV_XIVE(obj)->parts = g_new0(PnvXiveParts, 1);
    p9xive_watch_machine();
}

static void pnv_xive_finalize(Object *obj)
{
    PnvXive *xive = PNV_XIVE(obj);
    PnvXiveParts *parts = xive->parts;

    if (parts->ic) {
        qatomic_set(&machine.chip[xive->chip->chip_id], NULL);
        pnv_xive_disconnect_threads(xive);
        p9x_ic_free(parts->ic);
        fabric_put();
    }
    if (parts->stop_handler) {
        qemu_del_vm_change_state_handler(parts->stop_handler);
    }
    g_free(parts);
}

static void pnv_xive_reset_hold(Object *obj, ResetType type)
{
    p9x_ic_reset(PNV_XIVE(obj)->parts->ic);
}

/* ---------------------------------------------------- what people look at */

void pnv_xive_pic_print_info(PnvXive *xive, GString *buf)
{
    p9x_ic_print(xive->parts->ic, buf);
}

static const P9xCounters *counters_of(Object *obj)
{
    P9xIc *ic = PNV_XIVE(obj)->parts->ic;

    return ic ? p9x_ic_counters(ic) : NULL;
}

static int pnv_xive_dt_xscom(PnvXScomInterface *dev, void *fdt, int parent)
{
    static const char compatible[] = "ibm,power9-xive-x";
    const uint32_t reg[] = {
        cpu_to_be32(PNV9_XSCOM_XIVE_BASE), cpu_to_be32(P9X_IC_XSCOM_REGS)
    };
    g_autofree char *name = g_strdup_printf("xive@%x", PNV9_XSCOM_XIVE_BASE);
    int node = fdt_add_subnode(fdt, parent, name);

    _FDT(node);
    _FDT((fdt_setprop(fdt, node, "reg", reg, sizeof(reg))));
    _FDT((fdt_setprop(fdt, node, "compatible", compatible,
                      sizeof(compatible))));
    return 0;
}

static const Property pnv_xive_properties[] = {
    /* Of the board; firmware knows its own. */
    DEFINE_PROP_UINT64("ic-bar", PnvXive, bar[0], 0),
    DEFINE_PROP_UINT64("vc-bar", PnvXive, bar[1], 0),
    DEFINE_PROP_UINT64("pc-bar", PnvXive, bar[2], 0),
    DEFINE_PROP_UINT64("tm-bar", PnvXive, bar[3], 0),
    DEFINE_PROP_LINK("chip", PnvXive, chip, TYPE_PNV_CHIP, PnvChip *),
    DEFINE_PROP_LINK("xive-fabric", PnvXive, fabric, TYPE_XIVE_FABRIC,
                     Object *),
};

static void pnv_xive_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    PnvXScomInterfaceClass *xdc = PNV_XSCOM_INTERFACE_CLASS(klass);

    dc->desc = "XIVE interrupt controller of a POWER9 chip (p9xive)";
    dc->realize = pnv_xive_realize;
    dc->vmsd = &vmstate_pnv_xive;
    device_class_set_props(dc, pnv_xive_properties);
    rc->phases.hold = pnv_xive_reset_hold;
    xdc->dt_xscom = pnv_xive_dt_xscom;

    p9xive_class_add_stats(klass, counters_of);
    p9xive_class_add_recorder(klass);
}

static const TypeInfo pnv_xive_info = {
    .name = TYPE_PNV_XIVE,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(PnvXive),
    .instance_init = pnv_xive_init,
    .instance_finalize = pnv_xive_finalize,
    .class_init = pnv_xive_class_init,
    .interfaces = (P9xiveInterfaceInfo[]) {
        { TYPE_PNV_XSCOM_INTERFACE },
        { }
    },
};

static void pnv_xive_register_types(void)
{
    type_register_static(&pnv_xive_info);
}

type_init(pnv_xive_register_types)
