/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PHB4's interrupt sources: numbers, messages, ownership. */
#include <glib.h>
#include <string.h>

#include "phb4_source_internal.h"
#include "xive/recorder.h"

static void set_lsis(P9xPhb4Source *phb, bool lsi)
{
    for (unsigned pin = 0; pin < P9X_PHB4_NR_LSIS; pin++) {
        p9x_source_set_lsi(&phb->source, p9x_phb4_lsi(phb, pin), lsi);
    }
}

void p9x_phb4_source_init(P9xPhb4Source *phb, uint32_t nr_sources,
                          bool store_eoi, P9xSourceNotify *notify,
                          void *opaque, const P9xPorts *ports,
                          P9xCounters *counters)
{
    const P9xSourceConfig config = {
        .nr_sources = nr_sources,
        .page_shift = 16,
        .layout = P9X_ESB_ONE_PAGE,
        .store_eoi = store_eoi,
        .reset_pq = P9X_PQ_01,
        .lsi_p_only = true,
        .notify = notify,
        .opaque = opaque,
        .ports = ports,
        .counters = counters,
        .origin = p9x_recorder_origin("phb")
    };

    memset(phb, 0, sizeof(*phb));
    phb->nr_msis = nr_sources - P9X_PHB4_NR_LSIS;
    phb->first_lsi = phb->nr_msis;
    phb->pe = g_malloc_n(nr_sources, sizeof(phb->pe[0]));
    p9x_source_init(&phb->source, &config);
    set_lsis(phb, true);
    p9x_phb4_source_reset(phb);
}

void p9x_phb4_source_destroy(P9xPhb4Source *phb)
{
    p9x_source_destroy(&phb->source);
    g_free(phb->pe);
    phb->pe = NULL;
}

void p9x_phb4_source_reset(P9xPhb4Source *phb)
{
    p9x_source_fence(&phb->source, false);
    p9x_source_reset(&phb->source);
    for (uint32_t i = 0; i < phb->source.config.nr_sources; i++) {
        phb->pe[i] = P9X_PHB4_NO_PE;
    }
}

uint32_t p9x_phb4_lsi(const P9xPhb4Source *phb, unsigned pin)
{
    return phb->first_lsi + pin % P9X_PHB4_NR_LSIS;
}

void p9x_phb4_source_config(P9xPhb4Source *phb, unsigned page_shift,
                            bool store_eoi)
{
    phb->source.config.page_shift = page_shift;
    p9x_source_set_store_eoi(&phb->source, store_eoi);
}

/* A source that stops being an LSI forgets its level, which the owner knows. */
void p9x_phb4_set_first_lsi(P9xPhb4Source *phb, uint32_t first)
{
    first = first % phb->source.config.nr_sources & ~(P9X_PHB4_NR_LSIS - 1u);
    if (first == phb->first_lsi) {
        return;
    }
    for (unsigned pin = 0; pin < P9X_PHB4_NR_LSIS; pin++) {
        p9x_source_set_level(&phb->source, p9x_phb4_lsi(phb, pin), false);
    }
    set_lsis(phb, false);
    phb->first_lsi = first;
    set_lsis(phb, true);
}

bool p9x_phb4_is_msi(const P9xPhb4Source *phb, uint32_t srcno)
{
    return srcno < phb->source.config.nr_sources &&
           srcno - phb->first_lsi >= P9X_PHB4_NR_LSIS;
}

/*
 * The number's high part goes into address bits 4 to 19 (from the right) but
 * for 5 bits in its middle, which a device with several messages puts into
 * the data.
 */
enum { MSI_ADDR_BITS = 0xFFFFFE0F, MSI_DATA_BITS = 0x1F };

P9xMsi p9x_phb4_msi_encode(uint32_t srcno, bool wide)
{
    uint64_t base = wide ? P9X_PHB4_MSI64_BASE : P9X_PHB4_MSI32_BASE;

    return (P9xMsi) {
        .addr = base | ((srcno << 4) & MSI_ADDR_BITS),
        .data = srcno & MSI_DATA_BITS
    };
}

uint32_t p9x_phb4_msi_decode(uint64_t addr, uint32_t data)
{
    /* Above the 64 KiB of the 32-bit window are only its base's ones. */
    uint64_t span = addr >> 32 ? 0xFFFFF : 0xFFFF;

    return (uint32_t)((addr & span) >> 4) | (data & MSI_DATA_BITS);
}

P9xPhb4MsiCheck p9x_phb4_msi_check(const P9xPhb4Source *phb, uint32_t srcno,
                                   unsigned pe)
{
    if (!p9x_phb4_is_msi(phb, srcno)) {
        return P9X_PHB4_MSI_NO_SOURCE;
    }
    return phb->pe[srcno] == pe ? P9X_PHB4_MSI_GOOD : P9X_PHB4_MSI_OTHER_PE;
}

bool p9x_phb4_msi_outcome(P9xPhb4Source *phb, uint64_t addr, uint32_t data,
                          unsigned pe, P9xEsbOutcome *outcome)
{
    uint32_t srcno = p9x_phb4_msi_decode(addr, data);

    if (p9x_phb4_msi_check(phb, srcno, pe) == P9X_PHB4_MSI_GOOD) {
        *outcome = p9x_source_trigger(&phb->source, srcno);
        return true;
    }
    p9x_guest_error(phb->source.config.ports, phb->source.config.counters,
                    P9X_ERR_NO_SOURCE, "MSI 0x%x of PE %u: no source of its",
                    srcno, pe);
    return false;
}

bool p9x_phb4_msi(P9xPhb4Source *phb, uint64_t addr, uint32_t data,
                  unsigned pe)
{
    P9xEsbOutcome outcome;

    return p9x_phb4_msi_outcome(phb, addr, data, pe, &outcome);
}

int p9x_phb4_set_pe(P9xPhb4Source *phb, uint32_t srcno, unsigned pe)
{
    if (!p9x_phb4_is_msi(phb, srcno) || pe >= P9X_PHB4_NR_PES) {
        return -1;
    }
    p9x_phb4_set_mist(phb, srcno, pe, P9X_PQ_00);
    return 0;
}

void p9x_phb4_set_mist(P9xPhb4Source *phb, uint32_t srcno, unsigned pe,
                       P9xPq pq)
{
    if (srcno >= phb->source.config.nr_sources) {
        return;
    }
    phb->pe[srcno] = (uint16_t)pe;
    if (p9x_phb4_is_msi(phb, srcno)) {
        p9x_source_set_pq(&phb->source, srcno, pq);
    }
}

unsigned p9x_phb4_get_pe(const P9xPhb4Source *phb, uint32_t srcno)
{
    return srcno < phb->source.config.nr_sources ? phb->pe[srcno] :
                                                   P9X_PHB4_NO_PE;
}

void p9x_phb4_source_fence(P9xPhb4Source *phb, bool fenced)
{
    p9x_source_fence(&phb->source, fenced);
}
