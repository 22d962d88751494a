/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bridge's life, from new to free, and its two large resets.
 *
 * The ETU's reset by XSCOM ("complete") leaves nest and PCI side alone, and
 * the wires to the slot; at power on everything is new.
 */
#include "phb4_ioda.h"
#include "phb4_iotlb.h"
#include "phb4_irq.h"
#include "phb4_link.h"
#include "phb4_regs.h"
#include "phb4_reset.h"
#include "phb4_rtt.h"
#include "phb4_settle.h"
#include "phb4_stack.h"
#include "xive/recorder.h"

static void name_in_records(P9xPhb4 *phb)
{
    char name[P9X_RECORDER_NAME];

    g_snprintf(name, sizeof(name), "phb%u.%u", phb->config.chip_id,
               phb->config.index);
    phb->source.source.config.origin = p9x_recorder_origin(name);
}

P9xPhb4 *p9x_phb4_new(const P9xPhb4Config *config)
{
    uint32_t nr_sources = config->big ? P9X_PHB4_BIG_SOURCES :
                                        P9X_PHB4_SMALL_SOURCES;
    P9xPhb4 *phb = g_new0(P9xPhb4, 1);

    p9x_lock_init(&phb->error_lock, P9X_RANK_PHB_ERROR);
    p9x_lock_init(&phb->iotlb.lock, P9X_RANK_PHB_IOTLB);
    phb->config = *config;
    phb->nr_pes = config->big ? P9X_PHB4_NR_PES : P9X_PHB4_NR_PES / 2;
    phb->rtc = g_malloc0_n(PHB_NR_RIDS, sizeof(phb->rtc[0]));
    p9x_phb4_source_init(&phb->source, nr_sources, false,
                         p9x_phb4_source_notify, phb, config->ports,
                         config->counters);
    name_in_records(phb);
    p9x_phb4_reset(phb);
    return phb;
}

void p9x_phb4_free(P9xPhb4 *phb)
{
    if (!phb) {
        return;
    }
    p9x_phb4_source_destroy(&phb->source);
    g_free(phb->rtc);
    g_free(phb);
}

/* Registers, tables and sources as after power on; the nest stays. */
static void reset_etu(P9xPhb4 *phb, P9xPhb4Changes *changes)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    p9x_phb4_regs_reset(phb);
    p9x_phb4_ioda_reset(phb);
    p9x_phb4_reset_sources(phb);
    p9x_phb4_rtc_invalidate(phb, changes, PHB_RTC_INVALIDATE_ALL);
    p9x_phb4_iotlb_kill_pe(phb, changes, P9X_PHB4_ALL_PES);
    changes->what |= PHB_CHANGED_STATE | PHB_CHANGED_WINDOWS;
    /* It may move INTx, which sources behind the fence do not hear. */
    ports->root_port_reset(ports->host);
}

void p9x_phb4_etu_reset(P9xPhb4 *phb, P9xPhb4Changes *changes, bool assert)
{
    if (atomic_exchange(&phb->in_reset, assert) == assert) {
        return;
    }
    changes->what |= PHB_CHANGED_STATE;
    p9x_phb4_update_link(phb, changes, assert);
    if (assert) {
        /* An error of the link is one of the bridge as it was. */
        p9x_phb4_settle(phb, changes);
        reset_etu(phb, changes);
    }
}

void p9x_phb4_reset(P9xPhb4 *phb)
{
    bool was_up = phb->link.up;
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    atomic_store(&phb->in_reset, false);
    p9x_phb4_set_reg(phb, PHB_PCIE_CRESET, 0);
    p9x_phb4_stack_reset(phb);
    phb->scom_ind_addr = 0;
    phb->link = (P9xPhb4Link) { 0 };
    atomic_store(&phb->link_up, false);
    reset_etu(phb, &changes);
    if (was_up) {
        changes.what |= PHB_CHANGED_LINK;
    }
    p9x_phb4_settle(phb, &changes);
}
