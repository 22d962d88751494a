/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts that hardware, firmware and guests agree on.
 *
 * Names follow what the field uses (XIVE: EAS, END, NVT; OPAL says IVE, EQ
 * descriptor, VP).  Bit numbers are PPC's: 0 is the most significant.
 */
#ifndef P9X_REGS_H
#define P9X_REGS_H

#include "xive/bits.h"

/* Priorities are 0 (most favoured) to 7; 0xFF masks. */
enum {
    P9X_PRIO_MAX = 7,
    P9X_NR_PRIOS = 8,
    P9X_PRIO_MASKED = 0xFF
};

/*
 * EAS, event assignment structure: where the event of one source goes.
 */
#define P9X_EAS_VALID           P9X_BIT64(0)
#define P9X_EAS_END_BLOCK       P9X_MASK64(4, 7)
#define P9X_EAS_END_INDEX       P9X_MASK64(8, 31)
#define P9X_EAS_MASKED          P9X_BIT64(32)
#define P9X_EAS_END_DATA        P9X_MASK64(33, 63)

/* Event data has 31 bits: bit 0 of a queue entry is the generation. */
#define P9X_DATA_MAX            UINT32_C(0x7FFFFFFF)

/*
 * END, event notification descriptor: one event queue, and whom to tell.
 */
#define P9X_END_W0_VALID        P9X_BIT32(0)
#define P9X_END_W0_ENQUEUE      P9X_BIT32(1)
#define P9X_END_W0_UCOND_NOTIFY P9X_BIT32(2)
#define P9X_END_W0_BACKLOG      P9X_BIT32(3)
#define P9X_END_W0_PRECL_ESC    P9X_BIT32(4)
#define P9X_END_W0_ESCALATE     P9X_BIT32(5)
#define P9X_END_W0_UCOND_ESC    P9X_BIT32(6)
#define P9X_END_W0_SILENT_ESC   P9X_BIT32(7)
#define P9X_END_W0_QSIZE        P9X_MASK32(12, 15)
#define P9X_END_W0_FIRMWARE     P9X_BIT32(16)
#define P9X_END_W1_ESN          P9X_MASK32(0, 1)
#define P9X_END_W1_ESE          P9X_MASK32(2, 3)
#define P9X_END_W1_GENERATION   P9X_BIT32(9)
#define P9X_END_W1_OFFSET       P9X_MASK32(10, 31)
#define P9X_END_W2_ADDR_HI      P9X_MASK32(4, 31)
#define P9X_END_W4_ESC_BLOCK    P9X_MASK32(4, 7)
#define P9X_END_W4_ESC_INDEX    P9X_MASK32(8, 31)
#define P9X_END_W5_ESC_DATA     P9X_MASK32(1, 31)
#define P9X_END_W6_FORMAT       P9X_BIT32(8)
#define P9X_END_W6_NVT_BLOCK    P9X_MASK32(9, 12)
#define P9X_END_W6_NVT_INDEX    P9X_MASK32(13, 31)
#define P9X_END_W7_F0_IGNORE    P9X_BIT32(0)
#define P9X_END_W7_F0_BLK_GROUP P9X_BIT32(1)
#define P9X_END_W7_F0_PRIORITY  P9X_MASK32(8, 15)
#define P9X_END_W7_F1_WAKEZ     P9X_BIT32(0)
#define P9X_END_W7_F1_LSERVER   P9X_MASK32(1, 31)

/* Queue size field 0 is one 4 KiB page; 12 is the largest, 16 MiB. */
enum { P9X_QSIZE_SHIFT_BASE = 12, P9X_QSIZE_MAX = 12 };

/*
 * NVT, notification virtual target: what a VP holds while no thread runs it.
 */
#define P9X_NVT_W0_VALID        P9X_BIT32(0)
#define P9X_NVT_W4_IPB          P9X_MASK32(16, 23)
/* Words 6 and 7: address of the reporting line pair (OS). */

/* A VP number in CAM form: NVT block and index side by side. */
enum { P9X_NVT_SHIFT = 19 };
#define P9X_CAM_BLOCK           P9X_MASK32(9, 12)
#define P9X_CAM_INDEX           P9X_MASK32(13, 31)
#define P9X_CAM_MASK            P9X_MASK32(8, 31)

static inline uint32_t p9x_cam(uint8_t nvt_block, uint32_t nvt_index)
{
    return (uint32_t)nvt_block << P9X_NVT_SHIFT | nvt_index;
}

/*
 * ESB pages.  Address bits 11:0 choose the operation.
 */
enum {
    P9X_ESB_EOI_END     = 0x800,    /* loads 0x000-0x7FF: EOI cycle */
    P9X_ESB_STORE_EOI   = 0x400,    /* stores 0x400-0x7FF: store EOI */
    P9X_ESB_GET         = 0x800,
    P9X_ESB_SET_PQ_00   = 0xC00,
    P9X_ESB_SET_PQ_01   = 0xD00,
    P9X_ESB_SET_PQ_10   = 0xE00,
    P9X_ESB_SET_PQ_11   = 0xF00,
    P9X_ESB_OFFSET_MASK = 0xFFF
};

/*
 * TIMA, thread interrupt management area: four pages, one per privilege.
 */
typedef enum P9xTimaPage {
    P9X_TIMA_HW = 0,
    P9X_TIMA_HV = 1,
    P9X_TIMA_OS = 2,
    P9X_TIMA_USER = 3,
    P9X_TIMA_PAGES = 4
} P9xTimaPage;

/* Rings, as indices.  A ring's image starts at 16 x its index. */
typedef enum P9xRing {
    P9X_RING_USER = 0,
    P9X_RING_OS = 1,
    P9X_RING_POOL = 2,
    P9X_RING_PHYS = 3,
    P9X_NR_RINGS = 4
} P9xRing;

/* Registers of a ring, by byte. */
enum {
    P9X_TM_NSR = 0,
    P9X_TM_CPPR = 1,
    P9X_TM_IPB = 2,
    P9X_TM_LSMFB = 3,
    P9X_TM_ACK_CNT = 4,
    P9X_TM_INC = 5,
    P9X_TM_AGE = 6,
    P9X_TM_PIPR = 7,
    P9X_TM_WORD2 = 8,
    P9X_TM_RING_SIZE = 16,
    P9X_TM_IMAGE_SIZE = P9X_NR_RINGS * P9X_TM_RING_SIZE
};

#define P9X_TM_USER_VALID       P9X_BIT32(0)    /* VU */
#define P9X_TM_USER_LSERVER     P9X_MASK32(1, 31)
#define P9X_TM_OS_VALID         P9X_BIT32(0)    /* VO */
#define P9X_TM_OS_CAM           P9X_MASK32(8, 31)
#define P9X_TM_POOL_VALID       P9X_BIT32(0)    /* VP */
#define P9X_TM_POOL_CAM         P9X_MASK32(8, 31)
#define P9X_TM_PHYS_VALID       P9X_BIT32(0)    /* VT */
/* The first byte of that word, which is all of it that there is. */
#define P9X_TM_PHYS_VT          P9X_BIT8(0)
#define P9X_TM_PHYS_LP          P9X_BIT8(6)     /* LSI pending */
#define P9X_TM_PHYS_LE          P9X_BIT8(7)     /* takes LSIs */

/* NSR: an exception is signalled.  The physical ring says from where. */
#define P9X_NSR_EO              P9X_BIT8(0)
#define P9X_NSR_USER_EB         P9X_BIT8(0)
#define P9X_NSR_HE              ((uint8_t)0xC0)
enum {
    P9X_NSR_HE_POOL = 0x40, P9X_NSR_HE_PHYS = 0x80, P9X_NSR_HE_LSI = 0xC0
};

/* Special operations: address bit 0x800.  Snoop bits are not decoded. */
enum {
    P9X_TM_SPC              = 0x800,
    P9X_TM_DECODE_MASK      = 0xC3F,
    P9X_TM_ACK_EBB          = 0x800,
    P9X_TM_PULL_USER        = 0x808,
    P9X_TM_ACK_OS           = 0x810,
    P9X_TM_SET_OS_PENDING   = 0x812,
    P9X_TM_PULL_OS          = 0x818,
    P9X_TM_PULL_POOL        = 0x828,
    P9X_TM_ACK_HV           = 0x830,
    P9X_TM_PULL_PHYS        = 0x838,
    P9X_TM_PULL_USER_OL     = 0xC08,
    P9X_TM_ACK_OS_EL        = 0xC10,
    P9X_TM_ACK_POOL_EL      = 0xC20,
    P9X_TM_ACK_PHYS_EL      = 0xC30
};

/* A reporting line pair: the even line first, then the odd one. */
enum {
    P9X_REPORT_LINE_SIZE = 128,
    P9X_REPORT_PAIR_SIZE = 256,
    P9X_REPORT_IMAGE = 16       /* bytes written by an operation */
};

/* IPB has one bit per priority, the most favoured leftmost. */
static inline uint8_t p9x_prio_to_ipb(uint8_t priority)
{
    return priority > P9X_PRIO_MAX ? 0 : P9X_BIT8(priority);
}

static inline uint8_t p9x_ipb_to_pipr(uint8_t ipb)
{
    return ipb ? (uint8_t)(__builtin_clz(ipb) - 24) : P9X_PRIO_MASKED;
}

#endif
