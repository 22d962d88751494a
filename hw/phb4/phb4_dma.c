/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA: which PE the function belongs to, what it may do, where it goes.
 *
 *   RID --RTT--> PE --+ address bits--> TVE --> no translation, with bounds
 *                                          \--> TCE tables, 1 to 5 levels
 *
 * phb4_rtt.c finds the PE, phb4_tve.c knows what TVEs say, and phb4_source.c
 * whether a message's source belongs to the PE.
 */
#include "phb4_error.h"
#include "phb4_inject.h"
#include "phb4_iotlb.h"
#include "phb4_irq.h"
#include "phb4_rtt.h"
#include "phb4_settle.h"
#include "phb4_source_internal.h"
#include "phb4_tve.h"
#include "phb4_window.h"

/* Addresses with any of these set are not for translation. */
#define DMA_TOP_BITS    (UINT64_C(0xF) << 60)

/* One DMA access on its way. */
typedef struct Dma {
    P9xPhb4 *phb;
    P9xPhb4Changes *changes;
    uint16_t rid;
    unsigned pe;
    uint64_t iova;
    P9xPhb4Access access;
} Dma;

static bool fault(const Dma *dma, P9xPhb4Group group, unsigned bit,
                  uint64_t cause, const char *what)
{
    bool write = dma->access == P9X_PHB4_DMA_WRITE;
    uint64_t pesta = cause | p9x_set64(0, PESTA_RID, dma->rid) |
                     p9x_set64(0, PESTA_TTYPE, write ? TTYPE_DMA_WRITE :
                                                       TTYPE_DMA_READ);
    const P9xPhb4Error error = {
        .pe = (int)dma->pe,
        .pesta = pesta,
        .pestb = dma->iova & PESTB_FAIL_ADDR,
        .log0 = P9X_BIT64(1) | dma->pe,
        .log1 = dma->iova
    };

    if (dma->access == P9X_PHB4_DMA_PROBE) {
        return false;
    }
    p9x_phb4_guest_error(dma->phb, P9X_ERR_PHB_DMA, "%s: RID %04x PE %u, %s "
                         "0x%llx", what, dma->rid, dma->pe,
                         write ? "write" : "read",
                         (unsigned long long)dma->iova);
    p9x_phb4_count(dma->phb, P9X_PHB4_STAT_XLATE_FAULT);
    p9x_phb4_trace(dma->phb, P9X_PHB4_TRACE_FAULT, dma->pe, dma->iova, pesta,
                   0);
    p9x_phb4_raise(dma->phb, dma->changes, group, bit, &error);
    return false;
}

/* ---- the PE ---- */

static bool resolve_pe(Dma *dma)
{
    unsigned error;

    if (p9x_phb4_find_pe(dma->phb, dma->rid, &dma->pe, &error)) {
        return true;
    }
    /* The function has no PE that could be frozen for it. */
    dma->pe = dma->phb->nr_pes;
    return fault(dma, GROUP_ARB, error, PESTA_IODA_ERROR, "no PE");
}

/* ---- translation ---- */

static bool no_translation(const Dma *dma, const P9xPhb4Tve *tve,
                           P9xPhb4Dma *out)
{
    const uint64_t unit = PHB_NO_XLATE_UNIT - 1;
    uint64_t first, end;

    p9x_phb4_tve_bounds(tve->value, &first, &end);
    if (tve->offset < first || tve->offset >= end) {
        return fault(dma, GROUP_ARB, ARB_TVT_ADDRESS, PESTA_IODA_ERROR,
                     "outside of the window");
    }
    *out = (P9xPhb4Dma) {
        .iova = dma->iova & ~unit,
        .real = tve->offset & ~unit,
        .mask = unit,
        .read = true,
        .write = true
    };
    return true;
}

/* Reads down to the last level.  False: a table or entry isn't there. */
static bool walk(const Dma *dma, const P9xPhb4TceTable *g,
                 const P9xPhb4Tve *tve, uint64_t *tce)
{
    const P9xPorts *ports = dma->phb->config.ports;
    uint64_t table = g->addr;

    for (unsigned level = g->levels; level > 0; level--) {
        uint64_t index = p9x_phb4_tce_index(g, tve->offset, level - 1);
        P9xBe64 entry;

        if (!ports->mem_read(ports->host, table + index * 8, &entry,
                             sizeof(entry))) {
            return false;
        }
        *tce = p9x_be64(entry);
        if (!(*tce & (TCE_READ | TCE_WRITE))) {
            return false;
        }
        table = *tce & TCE_RPN;
    }
    return true;
}

static bool allowed(const Dma *dma, uint64_t tce)
{
    return dma->access == P9X_PHB4_DMA_PROBE ||
           (tce & (dma->access == P9X_PHB4_DMA_WRITE ? TCE_WRITE : TCE_READ));
}

static bool translation(const Dma *dma, const P9xPhb4Tve *tve, P9xPhb4Dma *out)
{
    P9xPhb4 *phb = dma->phb;
    uint64_t tce, generation, mask;
    P9xPhb4TceTable g;

    if (!p9x_phb4_tce_table(tve->value, &g)) {
        return fault(dma, GROUP_ARB, ARB_TVT_INVALID, PESTA_IODA_ERROR,
                     "invalid TVE");
    }
    if (tve->offset > p9x_phb4_tce_last(&g)) {
        return fault(dma, GROUP_ARB, ARB_TVT_ADDRESS, PESTA_IODA_ERROR,
                     "beyond the TCE table");
    }
    if (p9x_phb4_iotlb_find(phb, dma->pe, dma->iova, g.page_shift, &tce,
                       &generation)) {
        p9x_phb4_count(phb, P9X_PHB4_STAT_IOTLB_HIT);
    } else if (walk(dma, &g, tve, &tce)) {
        p9x_phb4_iotlb_add(phb, dma->pe, dma->iova, g.page_shift, tce,
                           generation);
    } else {
        return fault(dma, GROUP_TCE, TCE_PAGE_ACCESS, PESTA_IODA_ERROR |
                     PESTA_TCE_PAGE_FAULT | PESTA_TCE_ACCESS_FAULT,
                     "no TCE");
    }
    if (!allowed(dma, tce)) {
        return fault(dma, GROUP_TCE, TCE_PAGE_ACCESS, PESTA_IODA_ERROR |
                     PESTA_TCE_ACCESS_FAULT, "TCE forbids it");
    }
    mask = (UINT64_C(1) << g.page_shift) - 1;
    *out = (P9xPhb4Dma) {
        .iova = dma->iova & ~mask,
        .real = tce & TCE_RPN & ~mask,
        .mask = mask,
        .read = tce & TCE_READ,
        .write = tce & TCE_WRITE
    };
    return true;
}

/* ---- an access ---- */

static bool translate(Dma *dma, P9xPhb4Dma *out)
{
    P9xPhb4 *phb = dma->phb;
    P9xPhb4Tve tve;

    if (!p9x_phb4_open_to_dma(phb) || !resolve_pe(dma) ||
        (p9x_phb4_frozen(phb, dma->pe) & P9X_PHB4_FROZEN_DMA)) {
        return false;
    }
    if ((dma->iova & DMA_TOP_BITS) || p9x_phb4_is_msi32(phb, dma->iova)) {
        return fault(dma, GROUP_ARB, ARB_TVT_ADDRESS, PESTA_IODA_ERROR,
                     "not an address for DMA");
    }
    if (dma->access != P9X_PHB4_DMA_PROBE &&
        p9x_phb4_inject_dma(phb, dma->changes, dma->iova,
                            dma->access == P9X_PHB4_DMA_WRITE)) {
        return fault(dma, GROUP_ARB, ARB_PAPR_INBOUND, 0, "injected error");
    }
    p9x_phb4_tve_of(phb, dma->pe, dma->iova, &tve);
    if (p9x_phb4_tve_kind(tve.value) == TVE_NONE) {
        return fault(dma, GROUP_ARB, ARB_TVT_INVALID, PESTA_IODA_ERROR,
                     "no TVE");
    }
    return p9x_phb4_tve_kind(tve.value) == TVE_TABLE ?
           translation(dma, &tve, out) : no_translation(dma, &tve, out);
}

bool p9x_phb4_translate(P9xPhb4 *phb, uint16_t rid, uint64_t iova,
                        P9xPhb4Access access, P9xPhb4Dma *dma)
{
    P9xPhb4Changes changes;
    Dma d = {
        .phb = phb, .changes = &changes, .rid = rid, .iova = iova,
        .access = access
    };
    bool done;

    p9x_phb4_changed_nothing(&changes);
    if (access != P9X_PHB4_DMA_PROBE) {
        p9x_phb4_count(phb, P9X_PHB4_STAT_XLATE);
    }
    done = translate(&d, dma);
    p9x_phb4_settle(phb, &changes);
    if (done) {
        p9x_phb4_trace(phb, P9X_PHB4_TRACE_XLATE, rid, iova,
                       dma->real | (iova & dma->mask),
                       access == P9X_PHB4_DMA_WRITE);
    }
    return done;
}

/* ---- MSI ---- */

static void msi_fault(const Dma *dma, unsigned bit, uint32_t data,
                      const char *what)
{
    uint64_t pesta = p9x_set64(0, PESTA_TTYPE, TTYPE_MSI) |
                     p9x_set64(0, PESTA_RID, dma->rid) |
                     p9x_set64(0, PESTA_MSI_DATA, data);
    const P9xPhb4Error error = {
        .pe = (int)dma->pe,
        .pesta = pesta,
        .pestb = dma->iova & PESTB_FAIL_ADDR,
        .log0 = dma->iova,
        .log1 = data
    };

    p9x_phb4_guest_error(dma->phb, P9X_ERR_PHB_DMA, "%s: RID %04x PE %u, MSI "
                         "0x%x at 0x%llx", what, dma->rid, dma->pe, data,
                         (unsigned long long)dma->iova);
    p9x_phb4_raise(dma->phb, dma->changes, GROUP_ARB, bit, &error);
}

static void note_msi(const Dma *dma, uint32_t srcno)
{
    p9x_note(P9X_STEP_MSI, p9x_phb4_origin(dma->phb), dma->rid, dma->pe,
             srcno);
}

/* Always false. */
static bool refused(const Dma *dma, uint32_t srcno, P9xMsiWhy why, unsigned pe)
{
    p9x_note(P9X_STEP_MSI_REFUSED, p9x_phb4_origin(dma->phb), dma->rid,
             why << 16 | pe, srcno);
    return false;
}

static bool msi(Dma *dma, uint32_t srcno, uint32_t data)
{
    P9xPhb4 *phb = dma->phb;

    if (!p9x_phb4_open_to_dma(phb)) {
        return refused(dma, srcno, P9X_MSI_CLOSED, P9X_RECORDED_NO_PE);
    }
    if (!resolve_pe(dma)) {
        return refused(dma, srcno, P9X_MSI_NO_PE, P9X_RECORDED_NO_PE);
    }
    if (p9x_phb4_frozen(phb, dma->pe) & P9X_PHB4_FROZEN_DMA) {
        return refused(dma, srcno, P9X_MSI_PE_FROZEN, dma->pe);
    }
    switch (p9x_phb4_msi_check(&phb->source, srcno, dma->pe)) {
    case P9X_PHB4_MSI_NO_SOURCE:
        msi_fault(dma, ARB_MSI_ALIGN, data, "no such source");
        return refused(dma, srcno, P9X_MSI_NO_SOURCE, dma->pe);
    case P9X_PHB4_MSI_OTHER_PE:
        msi_fault(dma, ARB_MSI_PE_MISMATCH, data, "source of another PE");
        return refused(dma, srcno, P9X_MSI_OTHER_PE, dma->pe);
    default:
        note_msi(dma, srcno);
        p9x_phb4_msi_event(phb, srcno);
        return true;
    }
}

bool p9x_phb4_dma_msi(P9xPhb4 *phb, uint16_t rid, uint64_t addr,
                      uint32_t data)
{
    uint32_t srcno = p9x_phb4_msi_decode(addr, data);
    P9xPhb4Changes changes;
    Dma dma = {
        .phb = phb, .changes = &changes, .rid = rid, .iova = addr,
        .access = P9X_PHB4_DMA_WRITE
    };
    bool accepted;

    p9x_phb4_changed_nothing(&changes);
    accepted = msi(&dma, srcno, data);
    p9x_phb4_settle(phb, &changes);
    p9x_phb4_count(phb, accepted ? P9X_PHB4_STAT_MSI :
                                   P9X_PHB4_STAT_MSI_REFUSED);
    p9x_phb4_trace(phb, P9X_PHB4_TRACE_MSI, rid, srcno, dma.pe, accepted);
    return accepted;
}
