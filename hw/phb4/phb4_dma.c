/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA: which PE the function belongs to, what it may do, where it goes.
 *
 *   RID --RTT--> PE --+ address bits--> TVE --> no translation, with bounds
 *                                          \--> TCE tables, 1 to 5 levels
 *
 * The RTT is an array of PE numbers in memory, cached until firmware says
 * otherwise.  What TVEs say is in phb4_tve.c.
 */
#include "phb4_internal.h"

/* Addresses with any of these set are not for translation. */
#define DMA_TOP_BITS    (UINT64_C(0xF) << 60)

/* One DMA access on its way; faults fill in the rest of an ErrorInfo. */
typedef struct Dma {
    P9xPhb4 *phb;
    uint16_t rid;
    unsigned pe;
    uint64_t iova;
    P9xPhb4Access access;
} Dma;

static bool fault(const Dma *dma, ErrorGroup group, unsigned bit,
                  uint64_t cause, const char *what)
{
    bool write = dma->access == P9X_PHB4_DMA_WRITE;
    uint64_t pesta = cause | p9x_set64(0, PESTA_RID, dma->rid) |
                     p9x_set64(0, PESTA_TTYPE, write ? TTYPE_DMA_WRITE :
                                                       TTYPE_DMA_READ);
    const ErrorInfo info = {
        .pe = (int)dma->pe,
        .pesta = pesta,
        .pestb = dma->iova & PESTB_FAIL_ADDR,
        .log0 = P9X_BIT64(1) | dma->pe,
        .log1 = dma->iova
    };

    if (dma->access == P9X_PHB4_DMA_PROBE) {
        return false;
    }
    phb_guest_error(dma->phb, P9X_ERR_PHB_DMA, "%s: RID %04x PE %u, %s 0x%llx",
                    what, dma->rid, dma->pe, write ? "write" : "read",
                    (unsigned long long)dma->iova);
    phb_count(dma->phb, P9X_PHB4_STAT_XLATE_FAULT);
    phb_trace(dma->phb, P9X_PHB4_TRACE_FAULT, dma->pe, dma->iova, pesta, 0);
    phb_raise(dma->phb, group, bit, &info);
    return false;
}

/* ---- RTT ---- */

void phb_rtc_invalidate(P9xPhb4 *phb, uint64_t value)
{
    uint16_t rid = (uint16_t)p9x_get64(value, PHB_RTC_INVALIDATE_RID);

    atomic_fetch_add(&phb->rtc_generation, 1);
    if (value & PHB_RTC_INVALIDATE_ALL) {
        for (unsigned i = 0; i < PHB_NR_RIDS; i++) {
            if (atomic_load_explicit(&phb->rtc[i], memory_order_relaxed)) {
                atomic_store(&phb->rtc[i], 0);
            }
        }
    } else {
        atomic_store(&phb->rtc[rid], 0);
    }
    phb_dma_changed(phb, P9X_PHB4_ALL_PES);
}

/* An entry that was read while the cache was invalidated is not kept. */
static void rtc_fill(P9xPhb4 *phb, uint16_t rid, unsigned pe,
                     unsigned generation)
{
    atomic_store(&phb->rtc[rid], (uint16_t)(pe + 1));
    if (atomic_load(&phb->rtc_generation) != generation) {
        atomic_store(&phb->rtc[rid], 0);
    }
}

/* False, with error bit @error, if memory gives no PE. */
static bool rtt_read(P9xPhb4 *phb, uint16_t rid, unsigned *pe,
                     unsigned *error)
{
    unsigned generation = atomic_load(&phb->rtc_generation);
    uint64_t bar = phb_reg(phb, PHB_RTT_BAR);
    const P9xPorts *ports = phb->config.ports;
    uint8_t entry[2];

    *error = ARB_RTT_BAR_DISABLED;
    if (!(bar & PHB_BAR_ENABLE)) {
        return false;
    }
    *error = ARB_RTE_PE;
    if (!ports->mem_read(ports->host, (bar & PHB_RTT_BASE) + 2u * rid, entry,
                         sizeof(entry))) {
        return false;
    }
    *pe = (unsigned)p9x_load_be(entry, 2);
    if (*pe >= phb->nr_pes) {
        return false;
    }
    rtc_fill(phb, rid, *pe, generation);
    return true;
}

static bool find_pe(P9xPhb4 *phb, uint16_t rid, unsigned *pe, unsigned *error)
{
    unsigned cached = atomic_load(&phb->rtc[rid]);

    if (cached) {
        *pe = cached - 1;
        return true;
    }
    return rtt_read(phb, rid, pe, error);
}

int p9x_phb4_pe(P9xPhb4 *phb, uint16_t rid)
{
    unsigned pe, error;

    return find_pe(phb, rid, &pe, &error) ? (int)pe : -1;
}

static bool resolve_pe(Dma *dma)
{
    unsigned error;

    if (find_pe(dma->phb, dma->rid, &dma->pe, &error)) {
        return true;
    }
    /* The function has no PE that could be frozen for it. */
    dma->pe = dma->phb->nr_pes;
    return fault(dma, GROUP_ARB, error, PESTA_IODA_ERROR, "no PE");
}

/* ---- translation ---- */

static bool no_translation(const Dma *dma, const PhbTve *tve, P9xPhb4Dma *out)
{
    const uint64_t unit = PHB_NO_XLATE_UNIT - 1;
    uint64_t first, end;

    phb_tve_bounds(tve->value, &first, &end);
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
static bool walk(const Dma *dma, const PhbTceTable *g, const PhbTve *tve,
                 uint64_t *tce)
{
    const P9xPorts *ports = dma->phb->config.ports;
    uint64_t table = g->addr;

    for (unsigned level = g->levels; level > 0; level--) {
        uint64_t index = phb_tce_index(g, tve->offset, level - 1);
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

static bool translation(const Dma *dma, const PhbTve *tve, P9xPhb4Dma *out)
{
    P9xPhb4 *phb = dma->phb;
    uint64_t tce, generation, mask;
    PhbTceTable g;

    if (!phb_tce_table(tve->value, &g)) {
        return fault(dma, GROUP_ARB, ARB_TVT_INVALID, PESTA_IODA_ERROR,
                     "invalid TVE");
    }
    if (tve->offset > phb_tce_last(&g)) {
        return fault(dma, GROUP_ARB, ARB_TVT_ADDRESS, PESTA_IODA_ERROR,
                     "beyond the TCE table");
    }
    if (phb_iotlb_find(phb, dma->pe, dma->iova, g.page_shift, &tce,
                       &generation)) {
        phb_count(phb, P9X_PHB4_STAT_IOTLB_HIT);
    } else if (walk(dma, &g, tve, &tce)) {
        phb_iotlb_add(phb, dma->pe, dma->iova, g.page_shift, tce, generation);
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

/* Can devices get through at all? */
bool phb_open_to_dma(const P9xPhb4 *phb)
{
    return !phb_unreachable(phb) && atomic_load(&phb->link_up) &&
           !(phb_reg(phb, PHB_Q_DMA_R) & PHB_Q_DMA_QUIESCE);
}

bool phb_is_msi32(const P9xPhb4 *phb, uint64_t iova)
{
    return (phb_reg(phb, PHB_PHB4_CONFIG) & PHB_CONFIG_32BIT_MSI) &&
           iova >> 16 == P9X_PHB4_MSI32_BASE >> 16;
}

static bool translate(Dma *dma, P9xPhb4Dma *out)
{
    P9xPhb4 *phb = dma->phb;
    PhbTve tve;

    if (!phb_open_to_dma(phb) || !resolve_pe(dma) ||
        (p9x_phb4_frozen(phb, dma->pe) & P9X_PHB4_FROZEN_DMA)) {
        return false;
    }
    if ((dma->iova & DMA_TOP_BITS) || phb_is_msi32(phb, dma->iova)) {
        return fault(dma, GROUP_ARB, ARB_TVT_ADDRESS, PESTA_IODA_ERROR,
                     "not an address for DMA");
    }
    if (dma->access != P9X_PHB4_DMA_PROBE &&
        phb_inject_dma(phb, dma->iova, dma->access == P9X_PHB4_DMA_WRITE)) {
        return fault(dma, GROUP_ARB, ARB_PAPR_INBOUND, 0, "injected error");
    }
    phb_tve_of(phb, dma->pe, dma->iova, &tve);
    if (phb_tve_kind(tve.value) == TVE_NONE) {
        return fault(dma, GROUP_ARB, ARB_TVT_INVALID, PESTA_IODA_ERROR,
                     "no TVE");
    }
    return phb_tve_kind(tve.value) == TVE_TABLE ?
           translation(dma, &tve, out) : no_translation(dma, &tve, out);
}

bool p9x_phb4_translate(P9xPhb4 *phb, uint16_t rid, uint64_t iova,
                        P9xPhb4Access access, P9xPhb4Dma *dma)
{
    Dma d = { .phb = phb, .rid = rid, .iova = iova, .access = access };

    if (access != P9X_PHB4_DMA_PROBE) {
        phb_count(phb, P9X_PHB4_STAT_XLATE);
    }
    if (!translate(&d, dma)) {
        return false;
    }
    phb_trace(phb, P9X_PHB4_TRACE_XLATE, rid, iova,
              dma->real | (iova & dma->mask), access == P9X_PHB4_DMA_WRITE);
    return true;
}

/* ---- invalidation ---- */

static void tell(P9xPhb4 *phb, unsigned pe, uint64_t iova, uint64_t size)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    ports->iotlb_flush(ports->host, pe, iova, size);
}

/* What DMA of @pe may reach changed, but not by a TCE or TVE. */
void phb_dma_changed(P9xPhb4 *phb, unsigned pe)
{
    tell(phb, pe, 0, 0);
}

static void invalidate(P9xPhb4 *phb, unsigned pe, uint64_t iova, uint64_t size)
{
    phb_count(phb, P9X_PHB4_STAT_IOTLB_KILL);
    phb_iotlb_kill(phb, pe, iova, size);
    tell(phb, pe, iova, size);
}

void phb_dma_flush_pe(P9xPhb4 *phb, unsigned pe)
{
    invalidate(phb, pe, 0, 0);
}

/* The page size to kill stands in address bits that its alignment frees. */
static void kill_one(P9xPhb4 *phb, uint64_t value)
{
    static const uint8_t shift[4] = { 12, 16, 21, 30 };
    uint64_t psize = value & PHB_TCE_KILL_PSEL ?
                     p9x_get64(value, PHB_TCE_KILL_PSIZE) : 0;
    uint64_t size = UINT64_C(1) << shift[psize];

    invalidate(phb, (unsigned)p9x_get64(value, PHB_TCE_KILL_PENUM),
               value & PHB_TCE_KILL_ADDR & ~(size - 1), size);
}

void phb_tce_kill(P9xPhb4 *phb, uint64_t value)
{
    if (value & PHB_TCE_KILL_ALL) {
        phb_dma_flush_pe(phb, P9X_PHB4_ALL_PES);
    } else if (value & PHB_TCE_KILL_PE) {
        phb_dma_flush_pe(phb, (unsigned)p9x_get64(value, PHB_TCE_KILL_PENUM));
    } else if (value & PHB_TCE_KILL_ONE) {
        kill_one(phb, value);
    }
}

/* ---- MSI ---- */

static void msi_fault(const Dma *dma, unsigned bit, uint32_t data,
                      const char *what)
{
    uint64_t pesta = p9x_set64(0, PESTA_TTYPE, TTYPE_MSI) |
                     p9x_set64(0, PESTA_RID, dma->rid) |
                     p9x_set64(0, PESTA_MSI_DATA, data);
    const ErrorInfo info = {
        .pe = (int)dma->pe,
        .pesta = pesta,
        .pestb = dma->iova & PESTB_FAIL_ADDR,
        .log0 = dma->iova,
        .log1 = data
    };

    phb_guest_error(dma->phb, P9X_ERR_PHB_DMA, "%s: RID %04x PE %u, MSI "
                    "0x%x at 0x%llx", what, dma->rid, dma->pe, data,
                    (unsigned long long)dma->iova);
    phb_raise(dma->phb, GROUP_ARB, bit, &info);
}

bool p9x_phb4_is_message(const P9xPhb4 *phb, uint64_t addr)
{
    if (addr & 3) {
        return false;
    }
    return addr >> 20 == P9X_PHB4_MSI64_BASE >> 20 ?
           phb_reg(phb, PHB_PHB4_CONFIG) & PHB_CONFIG_64BIT_MSI :
           phb_is_msi32(phb, addr);
}

static bool msi(Dma *dma, uint32_t data)
{
    P9xPhb4 *phb = dma->phb;
    P9xPhb4Source *src = &phb->source;
    uint32_t srcno = p9x_phb4_msi_decode(dma->iova, data);

    if (!phb_open_to_dma(phb) || !resolve_pe(dma) ||
        (p9x_phb4_frozen(phb, dma->pe) & P9X_PHB4_FROZEN_DMA)) {
        return false;
    }
    if (!p9x_phb4_is_msi(src, srcno)) {
        msi_fault(dma, ARB_MSI_ALIGN, data, "no such source");
        return false;
    }
    if (p9x_phb4_get_pe(src, srcno) != dma->pe) {
        msi_fault(dma, ARB_MSI_PE_MISMATCH, data, "source of another PE");
        return false;
    }
    phb_msi_event(phb, srcno);
    return true;
}

bool p9x_phb4_dma_msi(P9xPhb4 *phb, uint16_t rid, uint64_t addr,
                      uint32_t data)
{
    Dma dma = {
        .phb = phb, .rid = rid, .iova = addr, .access = P9X_PHB4_DMA_WRITE
    };
    bool accepted = msi(&dma, data);

    phb_count(phb, accepted ? P9X_PHB4_STAT_MSI : P9X_PHB4_STAT_MSI_REFUSED);
    phb_trace(phb, P9X_PHB4_TRACE_MSI, rid, p9x_phb4_msi_decode(addr, data),
              dma.pe, accepted);
    return accepted;
}
