/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of the POWER9 interrupt controller: offsets in the IC window's
 * first page, and fields.  Facts: skiboot include/xive-p9-regs.h, QEMU
 * hw/intc/pnv_xive_regs.h.
 */
#ifndef P9X_IC_FIELDS_H
#define P9X_IC_FIELDS_H

#include "xive/bits.h"

enum {
    P9X_CQ_SWI_CMD = 0x020,         /* five of them */
    P9X_CQ_SWI_RSP = 0x048,
    P9X_CQ_CFG_PB_GEN = 0x050,
    P9X_CQ_MSGSND = 0x058,
    P9X_CQ_IC_BAR = 0x080,
    P9X_CQ_TM1_BAR = 0x090,
    P9X_CQ_TM2_BAR = 0x0A0,
    P9X_CQ_PC_BAR = 0x0B0,
    P9X_CQ_PC_BARM = 0x0B8,
    P9X_CQ_VC_BAR = 0x0C0,
    P9X_CQ_VC_BARM = 0x0C8,
    P9X_CQ_TAR = 0x0F0,
    P9X_CQ_TDR = 0x0F8,
    P9X_CQ_PBI_CTL = 0x100,
    P9X_CQ_RST_CTL = 0x118,
    P9X_CQ_FIR = 0x180,             /* and 0x188 AND, 0x190 OR */
    P9X_CQ_FIRMASK = 0x198,         /* and 0x1A0 AND, 0x1A8 OR */
    P9X_CQ_WOF = 0x1C0,
    P9X_CQ_ERR_INFO1 = 0x1D8,
    P9X_PC_TCTXT_CFG = 0x400,
    P9X_PC_TCTXT_INDIR0 = 0x420,
    P9X_PC_THREAD_EN_REG0 = 0x440,  /* and 0x448 SET, 0x450 CLR */
    P9X_PC_THREAD_EN_REG1 = 0x460,  /* and 0x468 SET, 0x470 CLR */
    P9X_PC_GLOBAL_CONFIG = 0x480,
    P9X_PC_VSD_TABLE_ADDR = 0x488,
    P9X_PC_VSD_TABLE_DATA = 0x490,
    P9X_PC_AT_KILL = 0x4B0,
    P9X_PC_AT_KILL_MASK = 0x4B8,
    P9X_PC_VPC_SCRUB_TRIG = 0x710,
    P9X_PC_VPC_SCRUB_MASK = 0x718,
    P9X_PC_VPC_CWATCH_SPEC = 0x738,
    P9X_PC_VPC_CWATCH_DAT0 = 0x740,
    P9X_PC_VPC_WOF_ERR = 0x7D0,
    P9X_PC_VPC_INFO_ERR = 0x7F0,
    P9X_VC_GLOBAL_CONFIG = 0x800,
    P9X_VC_VSD_TABLE_ADDR = 0x808,
    P9X_VC_VSD_TABLE_DATA = 0x810,
    P9X_VC_IRQ_CONFIG = 0x840,      /* six of them */
    P9X_VC_AT_MACRO_KILL = 0x8B0,
    P9X_VC_AT_MACRO_KILL_MASK = 0x8B8,
    P9X_VC_EQC_SCRUB_TRIG = 0x910,
    P9X_VC_EQC_SCRUB_MASK = 0x918,
    P9X_VC_EQC_CONFIG = 0x920,
    P9X_VC_EQC_CWATCH_SPEC = 0x928,
    P9X_VC_EQC_CWATCH_DAT0 = 0x930,
    P9X_VC_IVC_SCRUB_TRIG = 0x990,
    P9X_VC_IVC_SCRUB_MASK = 0x998,
    P9X_VC_SBC_SCRUB_TRIG = 0xA10,
    P9X_VC_SBC_SCRUB_MASK = 0xA18,
    P9X_VC_SBC_CONFIG = 0xA20,
    P9X_VC_SBC_SOFTWR_ADDR = 0xA38,
    P9X_VC_SBC_SOFTWR_MASK = 0xA40,
    P9X_VC_SBC_SOFTWR_DATA = 0xA48,
    /* Not in the window; where they are kept. */
    P9X_VC_WOF_ERR_G0 = 0xC20,
    P9X_VC_INFO_ERR_G0 = 0xC50
};

/* Commands of software: none is carried out, so no unit has answered. */
#define P9X_SWI_RSP_NONE        P9X_BIT64(5)

/* BARs.  Bits 8-51 of an address are what the bus has. */
#define P9X_BAR_VALID           P9X_BIT64(0)
#define P9X_BAR_64K             P9X_BIT64(1)    /* IC and TM */
#define P9X_BAR_ADDR            P9X_MASK64(8, 51)
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
