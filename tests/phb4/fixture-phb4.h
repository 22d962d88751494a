/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bridge with a root port, one device below it and memory around it, and
 * firmware that sets it up as skiboot does.
 */
#ifndef P9X_TEST_FIXTURE_PHB4_H
#define P9X_TEST_FIXTURE_PHB4_H

#include "fixture.h"
#include "xive/phb4/phb4.h"

#include "../../hw/phb4/phb4_fields.h"

/* Tables in guest memory */
#define PRIG_RTT        UINT64_C(0x100000)
#define PRIG_PELTV      UINT64_C(0x120000)
#define PRIG_PEST       UINT64_C(0x140000)
#define PRIG_TCE        UINT64_C(0x200000)

/* The stack's windows */
#define PRIG_MMIO0      UINT64_C(0x0006000000000000)    /* M64 */
#define PRIG_MMIO0_SIZE UINT64_C(0x0000004000000000)
#define PRIG_MMIO1      UINT64_C(0x000600C000000000)    /* M32 */
#define PRIG_MMIO1_SIZE UINT64_C(0x0000000080000000)
#define PRIG_REGS       UINT64_C(0x000600C3C0100000)
#define PRIG_ESB        UINT64_C(0x0006013000000000)
#define PRIG_M32_PCI    UINT64_C(0x80000000)

#define PRIG_PORT       UINT64_C(0x0006030203102000)    /* notify port */
#define PRIG_INDEX      UINT64_C(0x10000)

enum {
    PRIG_RID = 0x0100,          /* the device: bus 1, device 0 */
    PRIG_PE = 5,
    PRIG_BAR_SIZE = 0x1000,     /* its BAR, at PRIG_M32_PCI */
    PRIG_MAX_NOTIFIED = 256
};

typedef struct Flush {
    unsigned pe;
    uint64_t iova;
    uint64_t size;
} Flush;

typedef struct PRig {
    Host host;
    P9xCounters counters;
    P9xPhb4Ports ports;
    P9xPhb4 *phb;

    uint8_t rc[0x1000];                 /* root port's config space */
    uint8_t device[0x1000];             /* the device's */
    uint8_t bar[PRIG_BAR_SIZE];
    bool plugged;
    bool refuse_notify;
    unsigned device_resets;
    unsigned root_port_resets;
    unsigned link_calls;
    P9xPhb4Link link;                   /* as last told */
    P9xLock lock;                       /* what ports of any thread change */
    unsigned window_calls;
    unsigned flushes;
    Flush flush;                        /* the last one */
    unsigned nr_notified;
    uint64_t notified[PRIG_MAX_NOTIFIED];   /* data */
    uint64_t notify_addr;
    unsigned traces[P9X_PHB4_TRACE_LINK + 1];
} PRig;

/* A bridge out of the box, device plugged.  NULL config: big PHB4. */
PRig *prig_new_config(const P9xPhb4Config *config);
PRig *prig_new(void);
/* The same after firmware set it up: link up, PRIG_RID in PE PRIG_PE. */
PRig *prig_booted(void);
void prig_boot(PRig *rig);
void prig_free(PRig *rig);

uint64_t prig_load(PRig *rig, unsigned offset);
void prig_store(PRig *rig, unsigned offset, uint64_t value);
uint64_t prig_etu(PRig *rig, unsigned offset);      /* by the back door */
/* PAPR's injection of errors; @ctl, @addr, @mask: its registers. */
void prig_arm(PRig *rig, uint64_t ctl, uint64_t addr, uint64_t mask);

/* IODA tables. */
void prig_select(PRig *rig, unsigned table, unsigned index, bool autoinc);
uint64_t prig_table(PRig *rig, unsigned table, unsigned index);
void prig_set_table(PRig *rig, unsigned table, unsigned index,
                    uint64_t value);

/* Config space the way firmware reaches it; values little-endian numbers. */
uint32_t prig_config_load(PRig *rig, uint16_t rid, unsigned pe,
                          unsigned offset, unsigned size);
void prig_config_store(PRig *rig, uint16_t rid, unsigned pe, unsigned offset,
                       unsigned size, uint32_t value);
uint32_t prig_rc_load(PRig *rig, unsigned offset);
void prig_rc_store(PRig *rig, unsigned offset, uint32_t value);

void prig_set_rte(PRig *rig, uint16_t rid, unsigned pe);
/* TVE 0 of @pe: one level of 512 TCEs of 64 KiB at PRIG_TCE. */
void prig_tce_window(PRig *rig, unsigned pe);
void prig_set_tve(PRig *rig, unsigned index, uint64_t tve);
/* @levels 1 to 8; @size, @psize: as in a TVE. */
uint64_t prig_tve_of(uint64_t table, unsigned levels, unsigned size,
                     unsigned psize);
/* No translation between @start and @end, in 16 MiB units. */
uint64_t prig_bypass_tve(uint64_t start, uint64_t end);
void prig_set_tce(PRig *rig, uint64_t table, unsigned index, uint64_t tce);
/* What hardware calls the sizes of pages that it has. */
typedef struct PageSize {
    unsigned psize, shift;
} PageSize;
enum { PRIG_NR_PAGE_SIZES = 4 };
extern const PageSize prig_page_size[PRIG_NR_PAGE_SIZES];

/* prig_booted(), and PRIG_PE's table maps 0x20000 to PRIG_FRAME. */
#define PRIG_FRAME      UINT64_C(0x1230000)
enum { PRIG_RW = TCE_READ | TCE_WRITE };
PRig *prig_with_page(void);
/* Only the answer. */
bool prig_dma(PRig *rig, uint64_t iova, P9xPhb4Access access);
uint64_t prig_be64(const PRig *rig, uint64_t addr);
void prig_set_be64(PRig *rig, uint64_t addr, uint64_t value);
/* MSI @srcno belongs to @pe and is on. */
void prig_give_msi(PRig *rig, uint32_t srcno, unsigned pe);
bool prig_msi(PRig *rig, uint16_t rid, uint32_t srcno);
uint64_t prig_errors(const PRig *rig);          /* guest errors, all kinds */
void prig_unfreeze(PRig *rig, unsigned pe);

/* Mappings of @rid, to be freed; @cut (may be NULL): some are missing. */
GArray *prig_list(PRig *rig, uint16_t rid, bool *cut);
/*
 * Kills the IOTLB and asserts that list and translation agree: at the ends of
 * each mapping, beside them, and at the @n addresses of @iova.
 */
void prig_check_list(PRig *rig, uint16_t rid, const uint64_t *iova,
                     unsigned n);

#endif
