/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of the PHB4: register offsets, fields, table numbers, error bits.
 *
 * Names and numbers are the hardware's, from skiboot's phb4-regs.h and what
 * skiboot programs.  Error bits are those that PHB4 diagnostic data shows on
 * machines; only the ones that the model raises by itself have a name.
 */
#ifndef P9X_PHB4_FIELDS_H
#define P9X_PHB4_FIELDS_H

#include "xive/bits.h"

enum {
    /* Fundamental set A */
    PHB_LSI_SOURCE_ID = 0x100,
    PHB_DMA_CHAN_STATUS = 0x110,
    PHB_CPU_LOADSTORE_STATUS = 0x120,
    PHB_CONFIG_DATA = 0x130,
    PHB_LOCK0 = 0x138,
    PHB_CONFIG_ADDRESS = 0x140,
    PHB_LOCK1 = 0x148,
    PHB_PHB4_CONFIG = 0x160,
    PHB_RTT_BAR = 0x168,
    PHB_PELTV_BAR = 0x188,
    PHB_M32_START_ADDR = 0x1A0,
    PHB_PEST_BAR = 0x1A8,
    PHB_ASN_CMPM = 0x1C0,
    PHB_CAPI_CMPM = 0x1C8,
    PHB_M64_AOMASK = 0x1D0,
    PHB_M64_UPPER_BITS = 0x1F0,
    PHB_NXLATE_PREFIX = 0x1F8,
    PHB_DMA_SYNC = 0x200,
    PHB_RTC_INVALIDATE = 0x208,
    PHB_TCE_KILL = 0x210,
    PHB_TCE_SPEC_CTL = 0x218,
    PHB_IODA_ADDR = 0x220,
    PHB_IODA_DATA0 = 0x228,
    PHB_GEN_CAP = 0x250,
    PHB_TCE_CAP = 0x258,
    PHB_IRQ_CAP = 0x260,
    PHB_EEH_CAP = 0x268,
    PHB_PAPR_ERR_INJ_CTL = 0x2B0,
    PHB_PAPR_ERR_INJ_ADDR = 0x2B8,
    PHB_PAPR_ERR_INJ_MASK = 0x2C0,
    PHB_ETU_ERR_SUMMARY = 0x2C8,
    PHB_INT_NOTIFY_ADDR = 0x300,
    PHB_INT_NOTIFY_INDEX = 0x308,
    /* Fundamental set B */
    PHB_VERSION = 0x800,
    PHB_CTRLR = 0x810,
    PHB_AIB_FENCE_CTRL = 0x860,
    PHB_TCE_TAG_ENABLE = 0x868,
    PHB_TCE_WATERMARK = 0x870,
    PHB_TIMEOUT_CTRL1 = 0x878,
    PHB_TIMEOUT_CTRL2 = 0x880,
    PHB_Q_DMA_R = 0x888,
    PHB_TCE_TAG_STATUS = 0x908,
    /* LEM: the local error macro, first collector of all error groups */
    PHB_LEM_FIR_ACCUM = 0xC00,
    PHB_LEM_FIR_AND_MASK = 0xC08,
    PHB_LEM_FIR_OR_MASK = 0xC10,
    PHB_LEM_ERROR_MASK = 0xC18,
    PHB_LEM_ERROR_AND_MASK = 0xC20,
    PHB_LEM_ERROR_OR_MASK = 0xC28,
    PHB_LEM_ACTION0 = 0xC30,
    PHB_LEM_ACTION1 = 0xC38,
    PHB_LEM_WOF = 0xC40,
    /* Error groups of the ETU; registers within a group below */
    PHB_ERR = 0xC80,
    PHB_TXE_ERR = 0xD00,
    PHB_RXE_ARB_ERR = 0xD80,
    PHB_RXE_MRG_ERR = 0xE00,
    PHB_RXE_TCE_ERR = 0xE80,
    PHB_TRACE_CONTROL = 0xF80,
    PHB_PERFMON_CONFIG = 0xF88,
    PHB_PERFMON_CTR0 = 0xF90,
    /* Root complex config space */
    PHB_RC_CONFIG_BASE = 0x1000,
    PHB_RC_CONFIG_SIZE = 0x800,
    /* REGB: PCIe core */
    PHB_PBL_CONTROL = 0x1800,
    PHB_PBL_TIMEOUT_CTRL = 0x1810,
    PHB_PBL_NPTAG_ENABLE = 0x1820,
    PHB_PBL_NBW_CMP_MASK = 0x1830,
    PHB_PBL_SYS_LINK_INIT = 0x1838,
    PHB_PBL_BUF_STATUS = 0x1840,
    PHB_PBL_ERR = 0x1900,
    PHB_PCIE_SCR = 0x1A00,
    PHB_PCIE_BNR = 0x1A08,
    PHB_PCIE_CRESET = 0x1A10,
    PHB_PCIE_DLP_STR = 0x1A18,
    PHB_PCIE_HOTPLUG_STATUS = 0x1A20,
    PHB_PCIE_LMR = 0x1A30,
    PHB_PCIE_DLP_LANE_PWR = 0x1A38,
    PHB_PCIE_DLP_TRAIN_CTL = 0x1A40,
    PHB_PCIE_DLP_LSR = 0x1A48,              /* and RXMGN */
    PHB_PCIE_DLP_LANEZEROCTL = 0x1A70,      /* and DLP_CTL */
    PHB_PCIE_DLP_TRWCTL = 0x1A80,
    PHB_PCIE_DLP_TRCRDDATA = 0x1A88,
    PHB_PCIE_DLP_ERRLOG1 = 0x1AA0,
    PHB_PCIE_DLP_ERRLOG2 = 0x1AA8,
    PHB_PCIE_DLP_ERR_STATUS = 0x1AB0,
    PHB_PCIE_DLP_ERR_COUNTERS = 0x1AB8,
    PHB_PCIE_DLP_EIC = 0x1AC8,
    PHB_PCIE_LANE_EQ_CNTL0 = 0x1AD0,        /* and 7 more */
    PHB_PCIE_TRACE_CTRL = 0x1B20,
    PHB_PCIE_MISC_STRAP = 0x1B30,
    PHB_PCIE_PDL_PHY_EQ_CNTL = 0x1B38,
    PHB_PCIE_PHY_RXEQ_STAT = 0x1B40,        /* and 11 more */
    PHB_REGB_ERR = 0x1C00,

    PHB_NR_BYTES = 0x3000,
    PHB_NR_REGS = PHB_NR_BYTES / 8
};

/* Registers of an error group, relative to its base. */
enum {
    GRP_STATUS = 0x00,
    GRP_FIRST = 0x08,
    GRP_INJECT = 0x10,
    GRP_LEM_ENABLE = 0x18,      /* ETU groups */
    GRP_IRQ_ENABLE = 0x20,      /* ETU groups */
    GRP_FREEZE_ENABLE = 0x28,   /* ETU groups */
    GRP_FENCE_ENABLE = 0x30,    /* ETU groups */
    GRP_INF_ENABLE = 0x20,      /* PBL and REGB */
    GRP_ERC_ENABLE = 0x28,      /* PBL and REGB */
    GRP_FAT_ENABLE = 0x30,      /* PBL and REGB */
    GRP_LOG_0 = 0x40,
    GRP_LOG_1 = 0x48,
    GRP_STATUS_MASK = 0x50,
    GRP_FIRST_MASK = 0x58
};

#define PHB_LSI_SRC_ID              P9X_MASK64(4, 12)
#define PHB_CHAN_ANY_ERR            P9X_BIT64(27)
#define PHB_CHAN_ANY_ERR1           P9X_BIT64(28)
#define PHB_CHAN_ANY_FREEZE         P9X_BIT64(29)
#define PHB_CA_ENABLE               P9X_BIT64(0)
#define PHB_CA_STATUS               P9X_MASK64(1, 3)
enum { PHB_CA_STATUS_GOOD = 0, PHB_CA_STATUS_UR = 1, PHB_CA_STATUS_CA = 4 };
#define PHB_CA_BDFN                 P9X_MASK64(4, 19)
#define PHB_CA_REG                  P9X_MASK64(20, 31)
#define PHB_CA_PE                   P9X_MASK64(39, 47)
#define PHB_CONFIG_32BIT_MSI        P9X_BIT64(8)
#define PHB_CONFIG_64BIT_MSI        P9X_BIT64(14)
#define PHB_BAR_ENABLE              P9X_BIT64(0)
#define PHB_RTT_BASE                P9X_MASK64(8, 46)
#define PHB_PELTV_BASE              P9X_MASK64(8, 50)
#define PHB_PEST_BASE               P9X_MASK64(8, 51)
#define PHB_M64_UPPER               P9X_MASK64(0, 7)
#define PHB_SYNC_READ_START         P9X_BIT64(0)
#define PHB_SYNC_READ_COMPLETE      P9X_BIT64(1)
#define PHB_SYNC_WRITE_START        P9X_BIT64(2)
#define PHB_SYNC_WRITE_COMPLETE     P9X_BIT64(3)
#define PHB_RTC_INVALIDATE_ALL      P9X_BIT64(0)
#define PHB_RTC_INVALIDATE_RID      P9X_MASK64(16, 31)
#define PHB_TCE_KILL_ALL            P9X_BIT64(0)
#define PHB_TCE_KILL_PE             P9X_BIT64(1)
#define PHB_TCE_KILL_ONE            P9X_BIT64(2)
#define PHB_TCE_KILL_PSEL           P9X_BIT64(3)
#define PHB_TCE_KILL_ADDR           P9X_MASK64(4, 51)
#define PHB_TCE_KILL_PSIZE          P9X_MASK64(50, 51)
#define PHB_TCE_KILL_PENUM          P9X_MASK64(55, 63)
#define PHB_IODA_AUTOINC            P9X_BIT64(0)
#define PHB_IODA_TSEL               P9X_MASK64(11, 15)
#define PHB_IODA_MIST_PWV           P9X_MASK64(28, 31)
#define PHB_IODA_TADR               P9X_MASK64(54, 63)
#define PHB_INJ_INBOUND             P9X_BIT64(0)
#define PHB_INJ_OUTBOUND            P9X_BIT64(1)
#define PHB_INJ_STICKY              P9X_BIT64(2)
#define PHB_INJ_CONFIG              P9X_BIT64(3)
#define PHB_INJ_READ                P9X_BIT64(4)
#define PHB_INJ_WRITE               P9X_BIT64(5)
#define PHB_INJ_FREEZE              P9X_BIT64(6)
#define PHB_INJ_CTL                 P9X_MASK64(0, 6)
#define PHB_INJ_CONFIG_RID          P9X_MASK64(4, 19)
#define PHB_INJ_ADDR                P9X_MASK64(16, 63)
#define PHB_NOTIFY_64K              P9X_BIT64(1)

#define PHB_CTRLR_PQ_DISABLE        P9X_BIT64(9)    /* PHB5 */
#define PHB_CTRLR_ABT_MODE          P9X_BIT64(10)   /* PHB5 */
#define PHB_CTRLR_PGSZ_64K          P9X_BIT64(11)
#define PHB_CTRLR_STORE_EOI         P9X_BIT64(12)
#define PHB_CTRLR_MMIO_EEH_DISABLE  P9X_BIT64(14)
#define PHB_CTRLR_CFG_EEH_BLOCK     P9X_BIT64(15)
#define PHB_CTRLR_TVT_ADDR_SEL      P9X_MASK64(17, 19)
#define PHB_CTRLR_TVE1_4GB          P9X_BIT64(24)
#define PHB_Q_DMA_QUIESCE           P9X_BIT64(0)
#define PHB_Q_DMA_AUTORESET         P9X_BIT64(1)

#define PHB_SCR_MAXLINKSPEED        P9X_MASK64(32, 35)
#define PHB_CRESET_CFG_CORE         P9X_BIT64(0)
#define PHB_CRESET_TLDLP            P9X_BIT64(1)
#define PHB_CRESET_PBL              P9X_BIT64(2)
#define PHB_CRESET_PERST_N          P9X_BIT64(3)
#define PHB_CRESET_PIPE_N           P9X_BIT64(4)
#define PHB_CRESET_REFCLK_N         P9X_BIT64(8)
#define PHB_CRESET_CORES            P9X_MASK64(0, 2)
#define PHB_HPSTAT_EMPTY            P9X_BIT64(10)
#define PHB_HPSTAT_LINKACT          P9X_BIT64(12)
#define PHB_LMR_COMMANDS            P9X_MASK64(0, 1)
#define PHB_LMR_LINKACT             P9X_BIT64(8)
#define PHB_DLP_DISABLE_DETECT      P9X_BIT64(12)
#define PHB_DLP_INBAND_PRESENCE     P9X_BIT64(19)
#define PHB_DLP_TRAINING            P9X_BIT64(20)
#define PHB_DLP_PGRESET             P9X_BIT64(22)
#define PHB_DLP_LINKACT             P9X_BIT64(23)
#define PHB_DLP_LTSSM               P9X_MASK64(24, 27)
#define PHB_DLP_WIDTH               P9X_MASK64(30, 35)
#define PHB_DLP_SPEED               P9X_MASK64(36, 39)
#define PHB_DLP_TRACE_ENABLE        P9X_BIT64(0)
#define PHB_DLP_TRACE_WREN          P9X_BIT64(1)
enum {
    LTSSM_RESET = 0,
    LTSSM_DETECT = 1,
    LTSSM_L0 = 4,
    LTSSM_HOTRESET = 8,
    LTSSM_DISABLED = 9
};

/* On-chip tables */
enum {
    TBL_LIST = 1,
    TBL_MIST = 2,
    TBL_PCT = 3,
    TBL_RCAM = 5,
    TBL_MRT = 6,
    TBL_PESTA = 7,
    TBL_PESTB = 8,
    TBL_TVT = 9,
    TBL_TCR = 10,
    TBL_TDR = 11,
    TBL_MBT = 16,
    TBL_MDT = 17,
    TBL_PEEV = 20,
    NR_TBLS = 32
};

#define LIST_P                      P9X_BIT64(6)
#define LIST_Q                      P9X_BIT64(7)
#define LIST_STATE                  P9X_BIT64(14)
#define TVE_TABLE_ADDR              P9X_MASK64(0, 47)
#define TVE_LEVELS                  P9X_MASK64(48, 50)
#define TVE_TABLE_SIZE              P9X_MASK64(51, 55)
#define TVE_NON_TRANSLATE_50        P9X_BIT64(56)
#define TVE_IO_PSIZE                P9X_MASK64(59, 63)
#define TVE_START_LOW               P9X_MASK64(0, 23)
#define TVE_END_LOW                 P9X_MASK64(24, 47)
#define TVE_START_HIGH              P9X_MASK64(52, 53)
#define TVE_END_HIGH                P9X_MASK64(54, 55)
#define TCE_READ                    UINT64_C(1)
#define TCE_WRITE                   UINT64_C(2)
#define TCE_RPN                     P9X_MASK64(8, 51)
#define PEST_FROZEN                 P9X_BIT64(0)
#define MBT0_ENABLE                 P9X_BIT64(0)
#define MBT0_TYPE_M32               P9X_BIT64(1)
#define MBT0_MODE                   P9X_MASK64(2, 3)
enum { MBT_MODE_PE_SEG, MBT_MODE_MDT, MBT_MODE_SINGLE_PE };
#define MBT0_SEG_DIV                P9X_MASK64(4, 5)
#define MBT0_MDT_COLUMN             P9X_MASK64(4, 5)
#define MBT0_BASE                   P9X_MASK64(8, 51)
#define MBT1_MASK                   P9X_MASK64(8, 51)
#define MBT1_PE                     P9X_MASK64(55, 63)

/* PEST entry A in memory: what happened; B: where */
#define PESTA_MMIO_CAUSE            P9X_BIT64(2)
#define PESTA_CFG_READ              P9X_BIT64(3)
#define PESTA_CFG_WRITE             P9X_BIT64(4)
#define PESTA_TTYPE                 P9X_MASK64(5, 7)
enum {
    TTYPE_DMA_WRITE = 0,
    TTYPE_MSI = 1,
    TTYPE_DMA_READ = 2,
    TTYPE_MMIO_LOAD = 4,
    TTYPE_MMIO_STORE = 5,
    TTYPE_OTHER = 7
};
#define PESTA_UR                    P9X_BIT64(9)
#define PESTA_IODA_ERROR            P9X_BIT64(16)
#define PESTA_TCE_PAGE_FAULT        P9X_BIT64(18)
#define PESTA_TCE_ACCESS_FAULT      P9X_BIT64(19)
#define PESTA_LEM_BIT               P9X_MASK64(26, 31)
#define PESTA_RID                   P9X_MASK64(32, 47)
#define PESTA_MSI_DATA              P9X_MASK64(48, 63)
#define PESTB_FAIL_ADDR             P9X_MASK64(3, 63)

/* Error bits that the model raises by itself, by number within a group */
enum {
    ERR_REG_ADDRESS_A = 1,
    ERR_REG_SIZE_A = 2,
    ERR_IODA_ACCESS = 4,
    ERR_REG_ADDRESS_ERR = 6,
    ERR_REG_SIZE_ERR = 7,
    ERR_REG_ADDRESS_B = 8,
    ERR_REG_SIZE_B = 9,
    ERR_REG_ADDRESS_PCIE = 11,
    ERR_OR_ARB = 20,
    ERR_OR_MRG = 21,
    ERR_OR_TCE = 22,
    ERR_OR_TXE = 23,
    ERR_REGB_INF = 24,
    ERR_REGB_ERC = 25,
    ERR_REGB_FAT = 26,
    ERR_SCOM_INDIRECT = 28,

    TXE_ADDRESS_DECODE = 2,
    TXE_CFG_WRITE_UR = 17,
    TXE_CFG_ENABLE = 24,
    TXE_CFG_SIZE = 25,
    TXE_CFG_LINK_DOWN = 27,
    TXE_PAPR_CONFIG = 28,
    TXE_PAPR_MMIO = 30,

    ARB_UR = 1,
    ARB_MSI_ALIGN = 3,
    ARB_TVT_INVALID = 26,
    ARB_MSI_PE_MISMATCH = 27,
    ARB_TVT_ADDRESS = 28,
    ARB_PELTV_BAR_DISABLED = 32,
    ARB_PAPR_INBOUND = 39,
    ARB_RTE_PE = 40,
    ARB_RTT_BAR_DISABLED = 41,

    MRG_PEST_BAR_DISABLED = 51,

    TCE_PAGE_ACCESS = 1,

    REGB_CFG_IN_RESET = 7,
    REGB_LINK_DOWN = 8,
    REGB_LINK_UP = 9
};

/* XSCOM registers of the stack, nest side */
enum {
    NEST_FIR = 0x00,
    NEST_FIR_CLR = 0x01,
    NEST_FIR_SET = 0x02,
    NEST_FIR_MSK = 0x03,
    NEST_FIR_MSKC = 0x04,
    NEST_FIR_MSKS = 0x05,
    NEST_FIR_ACT0 = 0x06,
    NEST_FIR_ACT1 = 0x07,
    NEST_FIR_WOF = 0x08,
    NEST_ERR_REPORT_0 = 0x0A,
    NEST_ERR_REPORT_1 = 0x0B,
    NEST_GNRL_STATUS = 0x0C,
    NEST_MODE = 0x0D,
    NEST_MMIO_BAR0 = 0x0E,
    NEST_MMIO_BAR0_MASK = 0x0F,
    NEST_MMIO_BAR1 = 0x10,
    NEST_MMIO_BAR1_MASK = 0x11,
    NEST_PHB_REGS_BAR = 0x12,
    NEST_INT_BAR = 0x13,
    NEST_BAR_EN = 0x14,
    NEST_DATA_FRZ_TYPE = 0x15,
    NEST_TUNNEL_BAR = 0x16,         /* PHB5: sparse pages */
    NEST_CACHE_INJ = 0x17           /* PHB5 */
};
#define NEST_BAR_EN_MMIO0           P9X_BIT64(0)
#define NEST_BAR_EN_MMIO1           P9X_BIT64(1)
#define NEST_BAR_EN_PHB             P9X_BIT64(2)
#define NEST_BAR_EN_INT             P9X_BIT64(3)
#define NEST_FIR_PFIR_FREEZE        P9X_BIT64(16)
/* What a running machine shows, left there by Hostboot. */
#define NEST_FIR_MSK_RESET          UINT64_C(0x0030001C00000000)

/* PCI side: a FIR at the same numbers, then */
enum {
    PCI_ETU_RESET = 0x0A,
    PCI_AIB_ERR_REPORT = 0x0B,
    PCI_TX_CMD_CRED = 0x0D,
    PCI_TX_DAT_CRED = 0x0E
};
#define PCI_FIR_AIB_INTERFACE       P9X_BIT64(2)
#define PCI_FIR_ETU_RESET           P9X_BIT64(3)
#define PCI_ETU_IN_RESET            P9X_BIT64(0)

/* ETU range */
enum {
    SCOM_IND_ADDR = 0x00,
    SCOM_IND_DATA = 0x01,
    SCOM_LEM_FIRST = 0x08,
    SCOM_LEM_LAST = 0x10,
    SCOM_PMON_FIRST = 0x17,
    SCOM_PMON_LAST = 0x1B
};
#define SCOM_IND_VALID              P9X_BIT64(0)
#define SCOM_IND_4B                 P9X_BIT64(1)
#define SCOM_IND_AUTOINC            P9X_BIT64(2)
#define SCOM_IND_FLAGS              P9X_MASK64(0, 2)
#define SCOM_IND_OFFSET             P9X_MASK64(50, 63)

/* A store to the IC's notify port */
#define NOTIFY_PQ_CHECKED           P9X_BIT64(1)

#endif
