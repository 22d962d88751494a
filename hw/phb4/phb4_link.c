/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link, and what resets it.
 *
 * The link is up when a device is present, all cores and PERST are out of
 * reset and the root port neither disables the link nor resets the bus.
 * Training takes no time: the state after the last access is the state one
 * sees.  Each of these ends with the link down and devices reset:
 *
 *   PERST      register CRESET                  "fundamental"
 *   cores      register CRESET
 *   ETU        XSCOM, also resets the bridge    "complete"
 *   bus reset  root port's Bridge Control       "hot"
 *
 * A link that goes down raises an error that can freeze PEs; firmware that
 * means it turns the error off before.
 */
#include "phb4_error.h"
#include "phb4_link.h"
#include "phb4_settle.h"

static void get_slot(P9xPhb4 *phb, P9xPhb4Slot *slot)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    *slot = (P9xPhb4Slot) { 0 };
    ports->slot(ports->host, slot);
}

static bool cores_run(uint64_t creset)
{
    return !(creset & PHB_CRESET_CORES) && (creset & PHB_CRESET_PIPE_N);
}

static bool perst(const P9xPhb4 *phb)
{
    return !(p9x_phb4_reg(phb, PHB_PCIE_CRESET) & PHB_CRESET_PERST_N);
}

static bool can_train(P9xPhb4 *phb, const P9xPhb4Slot *slot)
{
    return slot->present && !slot->link_disabled && !slot->in_reset &&
           !atomic_load(&phb->in_reset) && !perst(phb) &&
           cores_run(p9x_phb4_reg(phb, PHB_PCIE_CRESET)) &&
           !(p9x_phb4_reg(phb, PHB_PCIE_DLP_TRAIN_CTL) &
             PHB_DLP_DISABLE_DETECT);
}

static unsigned at_least_one(unsigned n)
{
    return n ? n : 1;
}

static void train(P9xPhb4 *phb, const P9xPhb4Slot *slot, P9xPhb4Link *link)
{
    unsigned max = (unsigned)p9x_get64(p9x_phb4_reg(phb, PHB_PCIE_SCR),
                                       PHB_SCR_MAXLINKSPEED);

    link->up = true;
    link->speed = MIN(at_least_one(slot->speed), phb->config.max_speed);
    link->speed = MIN(link->speed, at_least_one(max));
    link->width = MIN(at_least_one(slot->width), phb->config.max_width);
}

/* The PE of the first device below the root port, for want of a better. */
static int link_pe(P9xPhb4 *phb)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;
    uint32_t secondary = 0;

    if (!ports->config_load(ports->host, 0, 0x19, 1, &secondary)) {
        return -1;
    }
    return p9x_phb4_pe(phb, (uint16_t)(secondary << 8));
}

static void raise_link_error(P9xPhb4 *phb, P9xPhb4Changes *changes,
                             unsigned bit)
{
    const P9xPhb4Error error = {
        .pe = bit == REGB_LINK_DOWN ? link_pe(phb) : -1,
        .pesta = p9x_set64(0, PESTA_TTYPE, TTYPE_OTHER)
    };

    p9x_phb4_raise(phb, changes, GROUP_REGB, bit, &error);
}

static bool same_link(const P9xPhb4Link *a, const P9xPhb4Link *b)
{
    return a->up == b->up && a->speed == b->speed && a->width == b->width;
}

void p9x_phb4_update_link(P9xPhb4 *phb, P9xPhb4Changes *changes, bool reset)
{
    P9xPhb4Link link = { 0 }, old = phb->link;
    P9xPhb4Slot slot;

    get_slot(phb, &slot);
    if (can_train(phb, &slot)) {
        train(phb, &slot, &link);
    }
    if (same_link(&link, &old) && !reset) {
        return;
    }
    phb->link = link;
    atomic_store(&phb->link_up, link.up);
    changes->what |= PHB_CHANGED_STATE | PHB_CHANGED_LINK;
    if (reset && !link.up) {
        changes->what |= PHB_CHANGED_DEVICES;
    }
    if (link.up != old.up) {
        p9x_phb4_changed_dma(changes, P9X_PHB4_ALL_PES);
        raise_link_error(phb, changes,
                         link.up ? REGB_LINK_UP : REGB_LINK_DOWN);
    }
}

/* PERST or a core's reset. */
void p9x_phb4_creset_changed(P9xPhb4 *phb, P9xPhb4Changes *changes,
                             uint64_t old)
{
    uint64_t new = p9x_phb4_reg(phb, PHB_PCIE_CRESET);
    bool asserted = (old & ~new & (PHB_CRESET_PERST_N | PHB_CRESET_PIPE_N)) ||
                    (new & ~old & PHB_CRESET_CORES);

    p9x_phb4_update_link(phb, changes, asserted);
}

uint64_t p9x_phb4_hotplug_status(P9xPhb4 *phb)
{
    P9xPhb4Slot slot;

    get_slot(phb, &slot);
    return (slot.present ? 0 : PHB_HPSTAT_EMPTY) |
           (phb->link.up ? PHB_HPSTAT_LINKACT : 0);
}

/* Its commands, another width or a new training, are done at once. */
uint64_t p9x_phb4_link_management(P9xPhb4 *phb)
{
    return p9x_phb4_reg(phb, PHB_PCIE_LMR) |
           (phb->link.up ? PHB_LMR_LINKACT : 0);
}

static unsigned ltssm(P9xPhb4 *phb, const P9xPhb4Slot *slot)
{
    if (phb->link.up) {
        return LTSSM_L0;
    }
    if (perst(phb) || !cores_run(p9x_phb4_reg(phb, PHB_PCIE_CRESET))) {
        return LTSSM_RESET;
    }
    if (!slot->present) {
        return LTSSM_DETECT;
    }
    return slot->in_reset ? LTSSM_HOTRESET : LTSSM_DISABLED;
}

/* The LTSSM's state shows while its trace is on. */
uint64_t p9x_phb4_train_ctl(P9xPhb4 *phb)
{
    uint64_t value = p9x_phb4_reg(phb, PHB_PCIE_DLP_TRAIN_CTL);
    P9xPhb4Slot slot;

    get_slot(phb, &slot);
    if (p9x_phb4_reg(phb, PHB_PCIE_CRESET) & PHB_CRESET_TLDLP) {
        return value | PHB_DLP_PGRESET;
    }
    if (slot.present && !perst(phb) && !(value & PHB_DLP_DISABLE_DETECT)) {
        value |= PHB_DLP_INBAND_PRESENCE;
    }
    if (p9x_phb4_reg(phb, PHB_PCIE_DLP_TRWCTL) & PHB_DLP_TRACE_ENABLE) {
        value = p9x_set64(value, PHB_DLP_LTSSM, ltssm(phb, &slot));
    }
    if (phb->link.up) {
        value |= PHB_DLP_LINKACT;
        value = p9x_set64(value, PHB_DLP_SPEED, phb->link.speed);
        value = p9x_set64(value, PHB_DLP_WIDTH, phb->link.width);
    }
    return value;
}

void p9x_phb4_slot_changed(P9xPhb4 *phb)
{
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    p9x_phb4_update_link(phb, &changes, false);
    p9x_phb4_settle(phb, &changes);
}

void p9x_phb4_link(P9xPhb4 *phb, P9xPhb4Link *link)
{
    *link = phb->link;
}
