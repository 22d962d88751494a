/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PHB4 as an interrupt source.
 *
 * A host bridge owns a block of sources: MSIs first, 8 LSIs last unless
 * firmware puts them elsewhere (INTA to INTD are 0 to 3, 6 is information, 7
 * error).  Each shows one 64 KiB (or 4 KiB) ESB page in the bridge's own
 * window, for triggers and management alike.  PHB 0 and PHB 3 of a chip have
 * 4096 sources, the others 2048.
 *
 * MSIs arrive as stores that encode the source in address and data.  Firmware
 * gives each source a PE (SET_XIVE_PE); writing that entry clears P and Q.
 *
 * Facts: skiboot hw/phb4.c, OPAL calls 37, 39 and 40; register LSI_SOURCE_ID.
 */
#ifndef P9X_PHB4_SOURCE_H
#define P9X_PHB4_SOURCE_H

#include "xive/source.h"

enum {
    P9X_PHB4_BIG_SOURCES = 4096,
    P9X_PHB4_SMALL_SOURCES = 2048,
    P9X_PHB4_NR_LSIS = 8,
    P9X_PHB4_LSI_INF = 6,
    P9X_PHB4_LSI_ER = 7,
    P9X_PHB4_NR_PES = 512,
    P9X_PHB4_NO_PE = 0xFFFF
};

#define P9X_PHB4_MSI64_BASE (UINT64_C(1) << 60)
#define P9X_PHB4_MSI32_BASE UINT64_C(0xFFFF0000)
#define P9X_PHB4_MSI32_SIZE UINT64_C(0x10000)

typedef struct P9xPhb4Source {
    P9xSource source;
    uint32_t nr_msis;
    atomic_uint first_lsi;
    _Atomic uint16_t *pe;       /* by source; P9X_PHB4_NO_PE: none */
} P9xPhb4Source;

typedef struct P9xMsi {
    uint64_t addr;
    uint32_t data;
} P9xMsi;

/*
 * @nr_sources: P9X_PHB4_BIG_SOURCES or P9X_PHB4_SMALL_SOURCES.  @notify gets
 * the source's number within the bridge.  @ports and @counters outlive it.
 */
void p9x_phb4_source_init(P9xPhb4Source *phb, uint32_t nr_sources,
                          bool store_eoi, P9xSourceNotify *notify,
                          void *opaque, const P9xPorts *ports,
                          P9xCounters *counters);
void p9x_phb4_source_destroy(P9xPhb4Source *phb);
void p9x_phb4_source_reset(P9xPhb4Source *phb);

/* Its sources as the engine knows them, and how many of them are MSIs. */
static inline P9xSource *p9x_phb4_sources(P9xPhb4Source *phb)
{
    return &phb->source;
}

static inline uint32_t p9x_phb4_nr_msis(const P9xPhb4Source *phb)
{
    return phb->nr_msis;
}

/* Number of LSI @pin (0-7) within the bridge. */
uint32_t p9x_phb4_lsi(const P9xPhb4Source *phb, unsigned pin);

/* The message that makes MSI @srcno; 32-bit or 64-bit address. */
P9xMsi p9x_phb4_msi_encode(uint32_t srcno, bool wide);
/* The source that a store of @data to @addr names.  Any value is possible. */
uint32_t p9x_phb4_msi_decode(uint64_t addr, uint32_t data);

/*
 * A store to the MSI window by PE @pe.  False, counted as guest error, if it
 * names no MSI of this bridge or one that belongs to another PE.
 */
bool p9x_phb4_msi(P9xPhb4Source *phb, uint64_t addr, uint32_t data,
                  unsigned pe);
/* The same for callers that count; @outcome is set if true. */
bool p9x_phb4_msi_outcome(P9xPhb4Source *phb, uint64_t addr, uint32_t data,
                          unsigned pe, P9xEsbOutcome *outcome);

/* -1 (OPAL_PARAMETER) if @srcno is no MSI or @pe too large; clears P and Q. */
int p9x_phb4_set_pe(P9xPhb4Source *phb, uint32_t srcno, unsigned pe);

/* A fenced bridge reads as all ones and changes nothing. */
void p9x_phb4_source_fence(P9xPhb4Source *phb, bool fenced);

#endif
