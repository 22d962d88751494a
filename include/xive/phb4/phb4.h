/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PHB4: the PCI host bridge of POWER9, one object a bridge (stack).
 *
 * What flows through it, and where to look for it here:
 *
 *   firmware    -> registers     p9x_phb4_reg_*, p9x_phb4_xscom_*
 *   CPU         -> PCI memory    windows (P9xPhb4Window), p9x_phb4_mmio_*
 *   CPU         -> config space  through the registers, out by port config_*
 *   CPU         -> ESB pages     p9x_phb4_esb_*
 *   PCI device  -> memory        p9x_phb4_translate (RTT, TVT, TCEs, IOTLB),
 *                                p9x_phb4_list for listeners with copies
 *   PCI device  -> interrupt     p9x_phb4_dma_msi, p9x_phb4_intx -> notify
 *
 * Everything is judged by partitionable endpoint (PE).  A PE that did
 * something wrong is frozen: its loads give all ones, its stores and DMA are
 * dropped, until firmware unfreezes it (EEH).  A fenced bridge does so for all
 * PEs and its registers, XSCOM excepted.
 *
 * PHB5 (POWER10) differs in what its version register and two bits of its
 * control register say; P9xPhb4Config.phb5 chooses it.
 *
 * Threads: the host program serialises all calls (QEMU: BQL) but for those
 * marked [any], which any thread may make at any time, beside others.  No lock
 * is held when a port is called.
 *
 * Byte order: register values are numbers as the big-endian bus carries them,
 * so that byte 0 of a register is its most significant.  Config space values
 * at the ports are numbers as PCI defines them.  PCI memory data at the ports
 * are bytes.
 *
 * Facts: skiboot hw/phb4.c and include/phb4-regs.h (programming sequences and
 * register names), the PHB4 register names of QEMU.  docs/specs/phb4.rst lists
 * each register and says which of its effects are the model's own choice.
 */
#ifndef P9X_PHB4_H
#define P9X_PHB4_H

#include <glib.h>

#include "xive/phb4/phb4_source.h"

typedef struct P9xPhb4 P9xPhb4;

/*
 * Windows on the processor bus.  Four come from the stack's nest registers
 * (BARs); the 32 MBT entries are regions inside the two MMIO BARs, which give
 * access to PCI memory.  PCI memory outside of all MBT entries can't be
 * reached: loads give all ones, stores are dropped.
 */
typedef enum P9xPhb4WindowId {
    P9X_PHB4_WIN_REGS,          /* p9x_phb4_reg_* */
    P9X_PHB4_WIN_ESB,           /* p9x_phb4_esb_* */
    P9X_PHB4_WIN_MMIO0,         /* p9x_phb4_mmio_* */
    P9X_PHB4_WIN_MMIO1,
    P9X_PHB4_WIN_MBT,           /* MBT entry 0; entry n is this + n */
    P9X_PHB4_NR_WINDOWS = P9X_PHB4_WIN_MBT + 32
} P9xPhb4WindowId;

typedef struct P9xPhb4Window {
    uint64_t base;              /* address on the processor bus */
    uint64_t size;              /* bytes; 0: the window is off */
    uint64_t pci;               /* MBT: PCI memory address of base */
    /*
     * MBT: true if every access may go to PCI memory as it is, without
     * p9x_phb4_mmio_*.  False while something that concerns MMIO is frozen,
     * fenced, in reset or about to be injected; all MBT windows change
     * together.
     */
    bool direct;
} P9xPhb4Window;

/* Link below the root port, see P9xPhb4Ports.slot. */
typedef struct P9xPhb4Slot {
    bool present;               /* a device is plugged below the root port */
    bool link_disabled;         /* root port: Link Control, Link Disable */
    bool in_reset;              /* root port: Bridge Control, Bus Reset */
    unsigned speed;             /* 1-4: best of the device (Gen) */
    unsigned width;             /* 1-16 lanes of the device */
} P9xPhb4Slot;

typedef struct P9xPhb4Link {
    bool up;
    unsigned speed;             /* Gen; 0 when down */
    unsigned width;             /* lanes; 0 when down */
} P9xPhb4Link;

/* PE argument of iotlb_flush: every PE. */
enum { P9X_PHB4_ALL_PES = 0xFFFF };

typedef enum P9xPhb4TraceStep {
    P9X_PHB4_TRACE_REG_LOAD,    /* offset, value, size */
    P9X_PHB4_TRACE_REG_STORE,   /* offset, value, size */
    P9X_PHB4_TRACE_CONFIG,      /* RID, offset, value, 1 if a store */
    P9X_PHB4_TRACE_MSI,         /* RID, source, PE, 1 if accepted */
    P9X_PHB4_TRACE_NOTIFY,      /* address, data */
    P9X_PHB4_TRACE_XLATE,       /* RID, IOVA, real address, 1 if a write */
    P9X_PHB4_TRACE_FAULT,       /* PE, IOVA, PEST A */
    P9X_PHB4_TRACE_FREEZE,      /* PE, PEST A, PEST B */
    P9X_PHB4_TRACE_UNFREEZE,    /* PE, what is still frozen: 1 MMIO, 2 DMA */
    P9X_PHB4_TRACE_FENCE,       /* nest FIR, PCI FIR */
    P9X_PHB4_TRACE_LINK         /* 1 if up, speed, width */
} P9xPhb4TraceStep;

/*
 * What a bridge needs beside P9xPorts (whose mem_read and mem_write reach the
 * tables in guest memory).  None may be NULL but where it says so.
 */
typedef struct P9xPhb4Ports {
    void *host;

    /*
     * Config space.  @rid is bus << 8 | device << 3 | function; RID 0 is the
     * root port.  @offset is 0 to 0xFFF, @size 1, 2 or 4, aligned.  False if
     * no function has this RID (an offset beyond its config space is not such
     * a case: it reads as all ones and takes no store).
     */
    bool (*config_load)(void *host, uint16_t rid, uint16_t offset,
                        unsigned size, uint32_t *value);
    bool (*config_store)(void *host, uint16_t rid, uint16_t offset,
                         unsigned size, uint32_t value);

    /*
     * PCI memory, @size 1 to 8 bytes.  False if no device claims the address.
     * Only for accesses that did not go through a direct window.
     */
    bool (*pci_load)(void *host, uint64_t addr, void *buf, unsigned size);
    bool (*pci_store)(void *host, uint64_t addr, const void *buf,
                      unsigned size);

    /*
     * Some of the windows, or whether they are direct, or the MSI windows,
     * changed: read them with p9x_phb4_window and p9x_phb4_msi_window.  [any]:
     * a DMA fault on an I/O thread can freeze a PE, so a host program that
     * needs a lock for this defers it.
     */
    void (*windows_changed)(void *host);

    /*
     * Translations of @pe (P9X_PHB4_ALL_PES: of all) in [@iova, @iova + @size)
     * may not be valid any more, or there may be new ones; @size 0 means the
     * whole space.  Called when firmware kills TCEs, and when anything else
     * that p9x_phb4_list looks at changed: RTT, TVT, a PE frozen or unfrozen,
     * the fence, the link, resets.  Not called when memory changes: hardware
     * doesn't see that either.  [any], as above.
     */
    void (*iotlb_flush)(void *host, unsigned pe, uint64_t iova,
                        uint64_t size);

    /* A store of the doubleword @data, big-endian, to bus address @addr; the
     * IC's notify port is there.  False if nothing took it.  [any] */
    bool (*notify)(void *host, uint64_t addr, uint64_t data);

    /* What is below the root port now.  Cheap: called often. */
    void (*slot)(void *host, P9xPhb4Slot *slot);

    /*
     * The link changed; the root port's Link Status should say so.  When it
     * went down, devices have lost their state: reset what is below the root
     * port (@reset true, at PERST, PHB and ETU resets; false when the root
     * port's own registers did it, which PCI code does already).
     */
    void (*link_changed)(void *host, const P9xPhb4Link *link, bool reset);

    /* The ETU was reset: the root port's config space goes to reset values. */
    void (*root_port_reset)(void *host);

    /* Optional; NULL costs nothing.  [any] */
    void (*trace)(void *host, P9xPhb4TraceStep step, const uint64_t arg[4]);
} P9xPhb4Ports;

typedef struct P9xPhb4Config {
    uint32_t chip_id;
    uint32_t index;             /* 0-5 within the chip */
    bool big;                   /* 512 PEs, 4096 sources; else half */
    bool phb5;
    unsigned max_width;         /* lanes of this stack: 4, 8 or 16 */
    unsigned max_speed;         /* 4 on PHB4 */
    const P9xPorts *ports;      /* outlives the bridge, as do the next two */
    const P9xPhb4Ports *phb_ports;
    P9xCounters *counters;
} P9xPhb4Config;

/* How often what happened since p9x_phb4_new.  See p9x_phb4_stat_name. */
typedef enum P9xPhb4Stat {
    P9X_PHB4_STAT_XLATE,        /* translations asked for by devices */
    P9X_PHB4_STAT_IOTLB_HIT,    /* those answered without a table walk */
    P9X_PHB4_STAT_IOTLB_KILL,   /* invalidations */
    P9X_PHB4_STAT_XLATE_FAULT,  /* translations refused */
    P9X_PHB4_STAT_MSI,          /* MSIs accepted */
    P9X_PHB4_STAT_MSI_REFUSED,  /* MSIs of a wrong PE or source, or frozen */
    P9X_PHB4_STAT_FREEZE,       /* PEs frozen */
    P9X_PHB4_STAT_FENCE,        /* fences */
    P9X_PHB4_STAT_MMIO_SLOW,    /* accesses by p9x_phb4_mmio_* */
    P9X_PHB4_STAT_NOTIFY,       /* events sent to the IC */
    P9X_PHB4_STAT_LIST,         /* lists of mappings made */
    P9X_PHB4_STAT_LIST_CUT,     /* those that ended before all was in them */
    P9X_PHB4_NR_STATS
} P9xPhb4Stat;

/* @config is copied.  The bridge starts as after p9x_phb4_reset. */
P9xPhb4 *p9x_phb4_new(const P9xPhb4Config *config);
/* NULL is allowed.  No other call is under way. */
void p9x_phb4_free(P9xPhb4 *phb);

/*
 * Power-on reset: registers, tables, nest and PCI registers, windows off,
 * errors gone, sources off (PQ 01).  Calls windows_changed, iotlb_flush and,
 * if the link was up or comes up, link_changed with @reset false: the host
 * program resets its devices itself at a machine reset.
 */
void p9x_phb4_reset(P9xPhb4 *phb);

/* The sources; their PQ bits are those of the MIST and LIST tables. */
P9xPhb4Source *p9x_phb4_source(P9xPhb4 *phb);

/* Registers.  @offset 0 to 0x2FFF, @size 1, 2, 4 or 8.  What isn't there gives
 * all ones, takes no store and is a guest error. */
uint64_t p9x_phb4_reg_load(P9xPhb4 *phb, uint64_t offset, unsigned size);
void p9x_phb4_reg_store(P9xPhb4 *phb, uint64_t offset, unsigned size,
                        uint64_t value);

/*
 * XSCOM registers of this stack, in three ranges; @reg is a register number
 * (an XSCOM address, not bytes) relative to the range.
 */
typedef enum P9xPhb4Xscom {
    P9X_PHB4_XSCOM_NEST,        /* at nest base + 0x40 * (stack + 1) */
    P9X_PHB4_XSCOM_PCI,         /* at PCI base + 0x40 * (stack + 1) */
    P9X_PHB4_XSCOM_ETU          /* at PCI base + 0x100 + 0x40 * stack */
} P9xPhb4Xscom;

enum {
    P9X_PHB4_XSCOM_NEST_REGS = 0x18,
    P9X_PHB4_XSCOM_PCI_REGS = 0xF,
    P9X_PHB4_XSCOM_ETU_REGS = 0x40
};

uint64_t p9x_phb4_xscom_load(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg);
void p9x_phb4_xscom_store(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg,
                          uint64_t value);

/* The state of a window now. */
void p9x_phb4_window(P9xPhb4 *phb, P9xPhb4WindowId id,
                     P9xPhb4Window *window);

/*
 * An access through MMIO BAR @bar (0 or 1) at byte @offset of its window.
 * Decides by MBT and MDT where it goes and which PE it belongs to.
 */
void p9x_phb4_mmio_load(P9xPhb4 *phb, unsigned bar, uint64_t offset,
                        void *buf, unsigned size);
void p9x_phb4_mmio_store(P9xPhb4 *phb, unsigned bar, uint64_t offset,
                         const void *buf, unsigned size);

/*
 * An access that went through a direct window and that no device claimed at
 * PCI address @addr: an unsupported request.  Freezes the PE that owns the
 * address if firmware asked for that.  The load's value is all ones.
 */
void p9x_phb4_mmio_unclaimed(P9xPhb4 *phb, uint64_t addr, bool store);

/* The PE that MBT and MDT give to PCI memory address @addr; -1: none. */
int p9x_phb4_mmio_pe(P9xPhb4 *phb, uint64_t addr);

/* ESB window, @offset from its start.  [any] */
uint64_t p9x_phb4_esb_load(P9xPhb4 *phb, uint64_t offset, unsigned size);
void p9x_phb4_esb_store(P9xPhb4 *phb, uint64_t offset, unsigned size,
                        uint64_t value);

/* PE of the requester @rid by the RTT (cached); -1 if there is none.  [any] */
int p9x_phb4_pe(P9xPhb4 *phb, uint16_t rid);

typedef enum P9xPhb4Access {
    P9X_PHB4_DMA_READ,          /* device reads memory */
    P9X_PHB4_DMA_WRITE,
    P9X_PHB4_DMA_PROBE          /* what is mapped; no error, no effect */
} P9xPhb4Access;

typedef struct P9xPhb4Dma {
    uint64_t iova;              /* page-aligned */
    uint64_t real;              /* page-aligned bus address */
    uint64_t mask;              /* page size - 1 */
    bool read;                  /* what the page allows */
    bool write;
} P9xPhb4Dma;

/*
 * Where DMA of @rid to @iova goes.  False, @dma untouched, if it is refused;
 * then the access gets all ones or is dropped, and what firmware asked for
 * has happened to the PE.  MSI addresses are not translated: they are refused
 * (the host program sends them to p9x_phb4_dma_msi).  [any]
 */
bool p9x_phb4_translate(P9xPhb4 *phb, uint16_t rid, uint64_t iova,
                        P9xPhb4Access access, P9xPhb4Dma *dma);

/* Consecutive DMA addresses that a device may use. */
typedef struct P9xPhb4Mapping {
    uint64_t iova;
    uint64_t real;              /* bus address of iova; maybe no memory */
    uint64_t size;              /* bytes; a TCE's page, or a window's all */
    bool read;                  /* at least one of these is true */
    bool write;
} P9xPhb4Mapping;

/*
 * Appends all mappings of @rid to @out, a GArray of P9xPhb4Mapping, in order
 * of address; they don't overlap.  An MSI window may lie within one, and is
 * no part of it.  Tables in memory are read as they are now, not as the IOTLB
 * remembers them.  False if the tables are larger than what a list may cost
 * (4 Mi entries looked at, 1 Mi mappings): then some are missing.
 */
bool p9x_phb4_list(P9xPhb4 *phb, uint16_t rid, GArray *out);

/*
 * Calls @f for each mapping of @here that is not in @there just the same: what
 * ended or began between two lists.
 */
void p9x_phb4_each_only_in(const GArray *here, const GArray *there,
                           void (*f)(void *opaque,
                                     const P9xPhb4Mapping *mapping),
                           void *opaque);

/*
 * The MSI window in PCI memory space as devices see it: 64 KiB for @wide
 * false, 1 MiB for true.  @size 0: off, the addresses are ordinary.
 */
void p9x_phb4_msi_window(P9xPhb4 *phb, bool wide, P9xPhb4Window *window);

/* Whether a store to @addr goes to an MSI window.  [any] */
bool p9x_phb4_is_message(const P9xPhb4 *phb, uint64_t addr);

/* A store by @rid to an MSI window.  False: refused, PE frozen.  [any] */
bool p9x_phb4_dma_msi(P9xPhb4 *phb, uint16_t rid, uint64_t addr,
                      uint32_t data);

/* INTA to INTD (0-3) below the root port; other pins are ignored.  [any] */
void p9x_phb4_intx(P9xPhb4 *phb, unsigned pin, bool level);

/*
 * What the slot port says has changed (plug, unplug, root port's own reset
 * without a register access).  Config stores through the registers look by
 * themselves.
 */
void p9x_phb4_slot_changed(P9xPhb4 *phb);
void p9x_phb4_link(P9xPhb4 *phb, P9xPhb4Link *link);

/* [any] */
bool p9x_phb4_is_fenced(const P9xPhb4 *phb);
enum { P9X_PHB4_FROZEN_MMIO = 1, P9X_PHB4_FROZEN_DMA = 2 };
unsigned p9x_phb4_frozen(const P9xPhb4 *phb, unsigned pe);

/*
 * The whole state as words, for migration: as many as p9x_phb4_state_words,
 * a constant for a geometry.  Restoring calls windows_changed and
 * iotlb_flush, and neither link_changed nor notify.  False, state as after a
 * reset, if @words can't be a state of this bridge.
 */
size_t p9x_phb4_state_words(const P9xPhb4 *phb);
void p9x_phb4_save(P9xPhb4 *phb, uint64_t *words);
bool p9x_phb4_restore(P9xPhb4 *phb, const uint64_t *words, size_t nr_words);

/* [any] */
uint64_t p9x_phb4_stat(const P9xPhb4 *phb, P9xPhb4Stat stat);
const char *p9x_phb4_stat_name(P9xPhb4Stat stat);

/*
 * Appends a description for people: notify port, sources in use, frozen PEs,
 * TVEs, windows, errors.  Ends with a newline.
 */
void p9x_phb4_print(P9xPhb4 *phb, GString *out);

#endif
