/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of the POWER9 interrupt controller: offsets in the IC window's
 * first page, and fields.  Facts: skiboot include/xive-p9-regs.h, QEMU
 * hw/intc/pnv_xive_regs.h.
 */
#ifndef P9X_IC_FIELDS_H
#define P9X_IC_FIELDS_H

#include "xive/bits.h"

/* P9X_<name>: the offset of each register of the list. */
enum {
#define ROW(name, offset, ...) P9X_##name = offset,
#include "ic_reg_list.inc"
};

/* Commands of software: none is carried out, so no unit has answered. */
#define P9X_SWI_RSP_NONE        P9X_BIT64(5)

/* Cores 0 to 23 take messages. */
#define P9X_MSGSND_CORES        P9X_MASK64(0, 23)

/* BARs.  Bits 8-51 of an address are what the bus has. */
#define P9X_BAR_VALID           P9X_BIT64(0)
#define P9X_BAR_64K             P9X_BIT64(1)    /* IC and TM */
#define P9X_BAR_ADDR            P9X_MASK64(8, 51)
#define P9X_IC_BAR_BITS         (P9X_BAR_VALID | P9X_BAR_64K | P9X_BAR_ADDR)
#define P9X_BAR_BITS            (P9X_BAR_VALID | P9X_BAR_ADDR)
#define P9X_PC_BARM_BITS        P9X_MASK64(26, 38)
#define P9X_VC_BARM_BITS        P9X_MASK64(21, 37)
#define P9X_PBI_PC_64K          P9X_BIT64(5)
#define P9X_PBI_VC_64K          P9X_BIT64(6)
#define P9X_PBI_LNX_TRIG        P9X_BIT64(7)

/* Set translation: table address and data. */
#define P9X_TAR_AUTOINC         P9X_BIT64(0)
#define P9X_TAR_SELECT          P9X_MASK64(12, 15)
#define P9X_TAR_INDEX           P9X_MASK64(26, 31)
#define P9X_VDT_VALID           P9X_BIT64(0)
#define P9X_VDT_BLOCK           P9X_MASK64(11, 15)
#define P9X_VDT_INDEX           P9X_MASK64(28, 31)
#define P9X_EDT_TYPE            P9X_MASK64(0, 1)
#define P9X_EDT_BLOCK           P9X_MASK64(12, 15)
#define P9X_EDT_INDEX           P9X_MASK64(26, 31)
enum { P9X_EDT_IPI = 1, P9X_EDT_END = 2 };

/* Errors.  Informational ones of VC and PC; stores or loads to nowhere. */
#define P9X_FIR_CI_ERROR        P9X_BIT64(19)
#define P9X_FIR_PC_INFO         P9X_BIT64(57)
#define P9X_FIR_VC_INFO         P9X_BIT64(62)
/* What the first store or load to nowhere was. */
#define P9X_INFO_CAPTURED       P9X_BIT64(0)
#define P9X_INFO_CI_STORE       P9X_BIT64(1)
#define P9X_INFO_CI_LOAD        P9X_BIT64(2)
#define P9X_INFO_SIZE           P9X_MASK64(4, 6)    /* log2 of bytes */
#define P9X_INFO_ADDR           P9X_MASK64(8, 63)

#define P9X_RST_UNIT            P9X_BIT64(0)
#define P9X_RST_QUIESCE         P9X_BIT64(1)
#define P9X_RST_IDLE            P9X_MASK64(2, 3)
#define P9X_RST_BARS            P9X_BIT64(4)

/* Thread contexts. */
#define P9X_TCTXT_BLOCK_GROUP   P9X_BIT64(0)
#define P9X_TCTXT_CHIP_IS_BLOCK P9X_BIT64(8)
#define P9X_TCTXT_CHIPID_OVR    P9X_BIT64(9)
#define P9X_TCTXT_CHIPID        P9X_MASK64(12, 15)
#define P9X_INDIR_VALID         P9X_BIT64(0)
#define P9X_INDIR_THREAD        P9X_MASK64(9, 15)
#define P9X_GCONF_INDIRECT      P9X_BIT64(32)   /* PC and VC */

/* Virtual structure tables. */
#define P9X_VST_AUTOINC         P9X_BIT64(0)
#define P9X_VST_SELECT          P9X_MASK64(13, 15)
#define P9X_VST_BLOCK           P9X_MASK64(27, 31)
#define P9X_VSD_MODE            P9X_MASK64(0, 1)
enum {
    P9X_VSD_INVALID = 0, P9X_VSD_SHARED = 1, P9X_VSD_EXCLUSIVE = 2,
    P9X_VSD_FORWARD = 3
};
#define P9X_VSD_ADDR            UINT64_C(0x0FFFFFFFFFFFF000)
#define P9X_VSD_INDIRECT        P9X_BIT64(56)
#define P9X_VSD_TSIZE           P9X_MASK64(59, 63)  /* 4 KiB << n */

/* Kill: translations; scrub: entries. */
#define P9X_KILL_VALID          P9X_BIT64(0)
#define P9X_KILL_TYPE           P9X_MASK64(14, 15)
enum { P9X_KILL_FIFO, P9X_KILL_EAT, P9X_KILL_SBE, P9X_KILL_ENDT };
#define P9X_SCRUB_VALID         P9X_BIT64(0)
#define P9X_SCRUB_INVAL         P9X_BIT64(2)
#define P9X_VC_SCRUB_BLOCK      P9X_MASK64(28, 31)
#define P9X_VC_SCRUB_INDEX      P9X_MASK64(40, 63)
#define P9X_PC_SCRUB_BLOCK      P9X_MASK64(27, 31)
#define P9X_PC_SCRUB_INDEX      P9X_MASK64(45, 63)
#define P9X_WATCH_CONFLICT      P9X_BIT64(0)
#define P9X_WATCH_FULL          P9X_BIT64(8)

/* Events on their way wait in queues, when these are held back. */
#define P9X_IRQ_QUEUE_DISABLE   P9X_BIT64(43)
#define P9X_IRQ_MEM_ENABLE      P9X_BIT64(45)
#define P9X_IRQ_MEM_SIZE        P9X_MASK64(46, 51)  /* 4 KiB << n */
#define P9X_IRQ_NOT_EMPTY       P9X_BIT64(61)
#define P9X_IRQ_FULL            P9X_BIT64(63)
#define P9X_IRQ_CONFIG_BITS     P9X_MASK64(0, 60)

/* Sync done, one bit a queue: IPI, HW, ESC1, ESC2, REDI. */
#define P9X_EQC_SYNC            P9X_MASK64(32, 36)
#define P9X_EQC_SYNC_BIT(n)     P9X_BIT64(32 + (n))
#define P9X_EQC_END_S           P9X_BIT64(39)
#define P9X_EQC_END_U           P9X_BIT64(40)
#define P9X_EQC_NO_ESCALATION   P9X_BIT64(43)
#define P9X_SOFTWR_BLOCK        P9X_MASK64(28, 31)
#define P9X_SOFTWR_LINE         P9X_MASK64(36, 58)  /* of 32 sources */
#define P9X_SBC_STORE_EOI       (P9X_BIT64(44) | P9X_BIT64(45))

/* Stores to the notify page. */
enum {
    P9X_NOTIFY_FORWARD = 0x800,     /* to 0xA7F: events of other chips */
    P9X_NOTIFY_RESERVED = 0xA80,
    P9X_NOTIFY_SYNC = 0xC00         /* to 0xFFF: 5 for VC, 3 for PC */
};
#define P9X_TRIGGER_END         P9X_BIT64(0)
#define P9X_TRIGGER_PQ          P9X_BIT64(1)
#define P9X_TRIGGER_BLOCK       P9X_MASK64(32, 35)
#define P9X_TRIGGER_INDEX       P9X_MASK64(36, 63)

#endif
