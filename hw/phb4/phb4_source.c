/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PHB4's interrupt sources: numbers, messages, ownership. */
#include <glib.h>
#include <string.h>

#include "xive/phb4_source.h"

void p9x_phb4_source_init(P9xPhb4Source *phb, uint32_t nr_sources,
                          bool store_eoi,
                          void (*notify)(void *opaque, uint32_t srcno),
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
        .counters = counters
    };

    memset(phb, 0, sizeof(*phb));
    phb->nr_msis = nr_sources - P9X_PHB4_NR_LSIS;
    phb->pe = g_new(uint16_t, phb->nr_msis);
    p9x_source_init(&phb->source, &config);
    for (unsigned pin = 0; pin < P9X_PHB4_NR_LSIS; pin++) {
        p9x_source_set_lsi(&phb->source, p9x_phb4_lsi(phb, pin), true);
    }
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
    for (uint32_t i = 0; i < phb->nr_msis; i++) {
        phb->pe[i] = P9X_PHB4_NO_PE;
    }
}

uint32_t p9x_phb4_lsi(const P9xPhb4Source *phb, unsigned pin)
{
    return phb->nr_msis + pin % P9X_PHB4_NR_LSIS;
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

bool p9x_phb4_msi_outcome(P9xPhb4Source *phb, uint64_t addr, uint32_t data,
                          unsigned pe, P9xEsbOutcome *outcome)
{
    uint32_t srcno = p9x_phb4_msi_decode(addr, data);

    if (srcno < phb->nr_msis && phb->pe[srcno] == pe) {
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
    if (srcno >= phb->nr_msis || pe >= P9X_PHB4_NR_PES) {
        return -1;
    }
    phb->pe[srcno] = (uint16_t)pe;
    p9x_source_set_pq(&phb->source, srcno, P9X_PQ_00);
    return 0;
}

void p9x_phb4_source_fence(P9xPhb4Source *phb, bool fenced)
{
    p9x_source_fence(&phb->source, fenced);
}
