/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's interface to its two interrupt devices, as numbers.
 *
 * What KVM_CREATE_DEVICE, KVM_*_DEVICE_ATTR, KVM_IRQ_LINE, mmap and the two
 * vCPU registers take and give.  The kernel is on the other side, or the model
 * of it (kvm.h): both mean the same by these numbers.  This header needs
 * nothing but the C library, so that a program for a ppc64 host can use it
 * alone.
 *
 * Values are numbers in the host's byte order, but for P9X_KVM_REG_VP_STATE.
 *
 * Facts: Linux Documentation/virt/kvm/devices/xive.rst and xics.rst,
 * Documentation/virt/kvm/api.rst.
 */
#ifndef P9X_KVM_ABI_H
#define P9X_KVM_ABI_H

#include <stdbool.h>
#include <stdint.h>

typedef enum P9xKvmType {
    P9X_KVM_XICS = 3,               /* KVM_DEV_TYPE_XICS: XICS-over-XIVE */
    P9X_KVM_NATIVE = 9              /* KVM_DEV_TYPE_XIVE */
} P9xKvmType;

/* Interrupt numbers, priorities, queues. */
enum {
    P9X_KVM_NR_IRQS = 0x100000,     /* numbers 0 to this - 1 */
    P9X_KVM_XICS_FIRST_IRQ = 16,    /* of a XICS source */
    P9X_KVM_XICS_IPI = 2,           /* the number of every server's IPI */
    P9X_KVM_MAX_PRIO = 6,           /* the last one a guest may use */
    P9X_KVM_EQ_SHIFT = 16           /* the one size of a native queue */
};

/* Attribute groups of the native device, and CTRL's attributes. */
enum {
    P9X_KVM_GRP_CTRL = 1,
    P9X_KVM_GRP_SOURCE = 2,         /* attribute: number; u64 */
    P9X_KVM_GRP_SOURCE_CONFIG = 3,  /* attribute: number; u64 */
    P9X_KVM_GRP_EQ_CONFIG = 4,      /* p9x_kvm_eq_attr; P9xKvmEq */
    P9X_KVM_GRP_SOURCE_SYNC = 5     /* attribute: number; nothing */
};
enum {
    P9X_KVM_CTRL_RESET = 1,         /* nothing */
    P9X_KVM_CTRL_EQ_SYNC = 2,       /* nothing */
    P9X_KVM_CTRL_NR_SERVERS = 3     /* u32 */
};

/* Those of the XICS device. */
enum {
    P9X_KVM_XICS_GRP_SOURCES = 1,   /* attribute: number; u64 */
    P9X_KVM_XICS_GRP_CTRL = 2
};
enum { P9X_KVM_XICS_NR_SERVERS = 1 };       /* u32 */

/* SOURCE */
#define P9X_KVM_SRC_LEVEL           UINT64_C(1)
#define P9X_KVM_SRC_ASSERTED        UINT64_C(2)

/* SOURCE_CONFIG: the EISN has the bits from its shift on. */
#define P9X_KVM_CFG_PRIORITY        UINT64_C(0x7)
#define P9X_KVM_CFG_SERVER_SHIFT    3
#define P9X_KVM_CFG_SERVER          UINT64_C(0xFFFFFFF8)
#define P9X_KVM_CFG_MASKED          (UINT64_C(1) << 32)
#define P9X_KVM_CFG_EISN_SHIFT      33

/* EQ_CONFIG: the attribute of @server's queue for @priority. */
static inline uint64_t p9x_kvm_eq_attr(uint32_t server, uint8_t priority)
{
    return (uint64_t)server << 3 | (priority & 7u);
}

enum { P9X_KVM_EQ_ALWAYS_NOTIFY = 1 };      /* P9xKvmEq.flags */

typedef struct P9xKvmEq {
    uint32_t flags;
    uint32_t qshift;                /* 0: no queue */
    uint64_t qaddr;                 /* in guest memory */
    uint32_t qtoggle;               /* of the entry that is written next, */
    uint32_t qindex;                /* and its index */
    uint8_t pad[40];
} P9xKvmEq;

/* A XICS source: server in the low half. */
#define P9X_KVM_XICS_PRIO_SHIFT     32
#define P9X_KVM_XICS_LEVEL          (UINT64_C(1) << 40)
#define P9X_KVM_XICS_MASKED         (UINT64_C(1) << 41)
#define P9X_KVM_XICS_PENDING        (UINT64_C(1) << 42)
#define P9X_KVM_XICS_PRESENTED      (UINT64_C(1) << 43)
#define P9X_KVM_XICS_QUEUED         (UINT64_C(1) << 44)

/* KVM_IRQ_LINE: 1 is LEVEL_UP on an LSI, 0 is LEVEL_DOWN, all else an event. */
enum {
    P9X_KVM_LINE_LEVEL_DOWN = -2,   /* KVM_INTERRUPT_UNSET */
    P9X_KVM_LINE_LEVEL_UP = -3      /* KVM_INTERRUPT_SET_LEVEL */
};

/*
 * KVM_REG_PPC_VP_STATE: bytes 0 to 7 of the OS ring as they lie in memory (NSR,
 * CPPR, IPB, LSMFB, ACK_CNT, INC, AGE, PIPR), then 8 bytes that are not used.
 */
enum { P9X_KVM_VP_STATE_WORDS = 2 };

/* KVM_REG_PPC_ICP_STATE: CPPR 63:56, XISR 55:32, MFRR 31:24, PPRI 23:16. */
enum {
    P9X_KVM_ICP_CPPR_SHIFT = 56,
    P9X_KVM_ICP_XISR_SHIFT = 32,
    P9X_KVM_ICP_MFRR_SHIFT = 24,
    P9X_KVM_ICP_PPRI_SHIFT = 16
};

/* mmap of the native device, in pages of 64 KiB. */
enum {
    P9X_KVM_TIMA_PAGE_OFFSET = 0,   /* 4 pages, of which one is the guest's: */
    P9X_KVM_TIMA_OS_PAGE = 2,
    P9X_KVM_ESB_PAGE_OFFSET = 4     /* 2 pages a number: trigger, management */
};

/* Where @girq has @offset of one of its pages, from ESB_PAGE_OFFSET on. */
static inline uint64_t p9x_kvm_esb_offset(uint32_t girq, bool mgmt,
                                          uint64_t offset)
{
    return (2ull * girq + mgmt) << 16 | (offset & 0xFFFF);
}

#endif
