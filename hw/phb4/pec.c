/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PEC's own registers: storage with holes. */
#include <string.h>

#include "xive/bits.h"
#include "xive/phb4/pec.h"

/* Bits that each register has. */
static const uint64_t nest_mask[P9X_PEC_NEST_REGS] = {
    [0x00] = UINT64_MAX,                /* PBCQ_HW_CONFIG */
    [0x01] = P9X_MASK64(0, 25),         /* DROP_PRIO_CTRL */
    [0x02] = P9X_MASK64(0, 11),         /* PBCQ_ERR_INJECT */
    [0x03] = P9X_MASK64(0, 16),         /* PCI_NEST_CLK_TRACE_CTL */
    [0x04] = P9X_MASK64(0, 37),         /* PBCQ_PMON_CTRL */
    [0x05] = P9X_MASK64(0, 6),          /* PBCQ_PBUS_ADDR_EXT */
    [0x06] = P9X_MASK64(0, 15),         /* PBCQ_PRED_VEC_TIMEOUT */
    [0x07] = UINT64_MAX,                /* CAPP_CTRL */
    [0x08] = P9X_MASK64(0, 48),         /* PBCQ_READ_STK_OVR */
    [0x09] = P9X_MASK64(0, 24),         /* PBCQ_WRITE_STK_OVR */
    [0x0A] = P9X_MASK64(0, 24),         /* PBCQ_STORE_STK_OVR */
    [0x0B] = P9X_MASK64(0, 41)          /* PBCQ_RETRY_BKOFF_CTRL */
};

static const uint64_t pci_mask[P9X_PEC_PCI_REGS] = {
    [0x00] = P9X_MASK64(0, 42),         /* PBAIB_HW_CONFIG */
    [0x01] = P9X_MASK64(0, 15),         /* PBAIB_HW_OVR */
    [0x02] = P9X_MASK64(0, 48)          /* PBAIB_READ_STK_OVR */
};

void p9x_pec_init(P9xPec *pec, const P9xPorts *ports, P9xCounters *counters)
{
    pec->ports = ports;
    pec->counters = counters;
    p9x_pec_reset(pec);
}

void p9x_pec_reset(P9xPec *pec)
{
    memset(pec->nest, 0, sizeof(pec->nest));
    memset(pec->pci, 0, sizeof(pec->pci));
}

/* NULL, counted, if there is no such register; else where, and its bits. */
static uint64_t *find(P9xPec *pec, P9xPecRange range, uint32_t reg,
                      uint64_t *mask)
{
    bool nest = range == P9X_PEC_NEST;
    uint32_t nr = nest ? P9X_PEC_NEST_REGS : P9X_PEC_PCI_REGS;

    *mask = reg < nr ? (nest ? nest_mask[reg] : pci_mask[reg]) : 0;
    if (!*mask) {
        p9x_guest_error(pec->ports, pec->counters, P9X_ERR_PHB_ACCESS,
                        "PEC: no %s register 0x%x", nest ? "nest" : "PCI",
                        reg);
        return NULL;
    }
    return nest ? &pec->nest[reg] : &pec->pci[reg];
}

uint64_t p9x_pec_load(P9xPec *pec, P9xPecRange range, uint32_t reg)
{
    uint64_t mask;
    const uint64_t *p = find(pec, range, reg, &mask);

    return p ? *p : 0;
}

void p9x_pec_store(P9xPec *pec, P9xPecRange range, uint32_t reg,
                   uint64_t value)
{
    uint64_t mask;
    uint64_t *p = find(pec, range, reg, &mask);

    if (p) {
        *p = value & mask;
    }
}

void p9x_pec_save(const P9xPec *pec, uint64_t words[P9X_PEC_STATE_WORDS])
{
    memcpy(words, pec->nest, sizeof(pec->nest));
    memcpy(words + P9X_PEC_NEST_REGS, pec->pci, sizeof(pec->pci));
}

void p9x_pec_restore(P9xPec *pec, const uint64_t words[P9X_PEC_STATE_WORDS])
{
    for (unsigned i = 0; i < P9X_PEC_NEST_REGS; i++) {
        pec->nest[i] = words[i] & nest_mask[i];
    }
    for (unsigned i = 0; i < P9X_PEC_PCI_REGS; i++) {
        pec->pci[i] = words[P9X_PEC_NEST_REGS + i] & pci_mask[i];
    }
}

static const struct {
    uint8_t first, nr;
} stacks[] = {
    { 0, 1 }, { 1, 2 }, { 3, 3 }
};

unsigned p9x_pec_first_phb(unsigned pec)
{
    return pec < 3 ? stacks[pec].first : 0;
}

unsigned p9x_pec_nr_phbs(unsigned pec)
{
    return pec < 3 ? stacks[pec].nr : 0;
}

unsigned p9x_pec_phb_width(unsigned index)
{
    static const uint8_t width[] = { 16, 8, 8, 8, 4, 4 };

    return index < 6 ? width[index] : 4;
}
