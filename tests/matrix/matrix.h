/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program without an operating system, which is the firmware of its machine,
 * that lets a CPU take interrupts in every way and writes down what happened.
 * Assembler and C share this file.
 */
#ifndef MATRIX_H
#define MATRIX_H

#define MSR_EE 0x8000
#define MSR_PR 0x4000
#define MSR_FP 0x2000
#define MSR_ME 0x1000
#define MSR_SE 0x400
#define MSR_BE 0x200
#define MSR_IR 0x20
#define MSR_DR 0x10
#define MSR_RI 0x2
#define MSR_LE 0x1

/* How an interrupt came: which registers say where it came from. */
#define BY_SRR 0
#define BY_HSRR 1
#define BY_SCV 2

/* A case ends with sc and this in r0. */
#define LEAVE_CASE 0x77
/* scv's vector with translation off is too big for an immediate operand. */
#define SCV_REAL 0x17000
#define SCV_REAL_SHORT 0x7000

/* Offsets in struct frame. */
#define FRAME_NIP 256
#define FRAME_MSR 264
#define FRAME_CR 272
#define FRAME_LR 280
#define FRAME_CTR 288
#define FRAME_XER 296
#define FRAME_VECTOR 304
#define FRAME_KIND 312

/* Where run.py finds what it asks and what it is told; all big-endian. */
#define CONTROL 0x6000
#define TRANSCRIPT 0x100000
#define TABLES 0x200000

#define SPR_FSCR 153
#define SPR_DAWR0 180
#define SPR_CIABR 187
#define SPR_DAWRX0 188
#define SPR_HDEC 310
#define SPR_HSRR0 314
#define SPR_HSRR1 315
#define SPR_LPCR 318
#define SPR_LPIDR 319
#define SPR_PTCR 464
#define SPR_PMC5 775
#define SPR_MMCR0 795
#define SPR_EBBRR 805
#define SPR_BESCR 806
#define SPR_PSSCR 855
#define SPR_PIDR 48
#define SPR_HID0 1008

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

struct frame {
    u64 gpr[32];
    u64 nip, msr, cr, lr, ctr, xer, vector, kind;
};

struct control {
    u64 row;        /* in: cases of which row; 0: those without one */
    u64 choice;     /* in: CHOOSE_... */
    u64 state;      /* out: STATE_... */
    u64 length;     /* out: bytes at TRANSCRIPT */
};

#define CHOOSE_COUNTED 1    /* no case that ends upstream with -icount */
#define CHOOSE_NMI 2        /* the cases that wait for one */
#define CHOOSE_XIVE 4       /* on a machine that has XICS, too */
#define CHOOSE_CONSOLE 8    /* the transcript goes to the console, too */

#define ALL_ROWS 255

#define STATE_DONE 1
#define STATE_NMI 0x100     /* plus n: wants the nth nmi */

#define mailbox ((volatile struct control *)CONTROL)

#ifdef __LITTLE_ENDIAN__
#define be64(x) __builtin_bswap64(x)
#else
#define be64(x) (x)
#endif

#define MTSPR(n, v) __asm__ volatile("mtspr %0,%1" :: "i"(n), "r"(v))
#define MFSPR(n) ({                                                  \
    u64 spr_;                                                        \
    __asm__ volatile("mfspr %0,%1" : "=r"(spr_) : "i"(n));           \
    spr_;                                                            \
})

static inline u64 read_msr(void)
{
    u64 msr;

    __asm__ volatile("mfmsr %0" : "=r"(msr));
    return msr;
}

/* What there is to try, of the machine and of where in it we run. */
enum {
    HAS_HV = 1 << 0,          /* MSR[HV] */
    HAS_PAPR = 1 << 1,        /* a hypervisor takes our calls */
    HAS_MMU = 1 << 2,         /* radix tables, identity, up to 1 GiB */
    HAS_ISA300 = 1 << 3,
    HAS_EXT = 1 << 4,         /* ext_raise() */
    HAS_STOP = 1 << 5,
    HAS_NAP = 1 << 6,
    HAS_DEBUG = 1 << 7,       /* CIABR and DAWR can be set */
    HAS_MCE = 1 << 8,         /* an address where nothing answers */
    HAS_TOP = 1 << 9,         /* no guest of a guest */
    HAS_STORE = 1 << 10,      /* a store is an external interrupt */
    HAS_CALL = 1 << 11,       /* a hypervisor call is one */
};

struct machine {
    u32 has;
    u64 msr;                  /* of the driver and, at first, of each case */
    u64 ext_store;            /* a store there is an interrupt, if not 0 */
    bool xics;
};

extern struct machine machine;

struct testcase {
    const char *name;
    void (*code)(void);
    u64 msr;                  /* besides machine.msr */
    u32 needs;                /* HAS_... */
    u32 flags;
    void (*before)(const struct testcase *);
    void (*after)(const struct testcase *);
    const char *expect;       /* NULL: what both say is right */
};

enum {
    TIMED = 1 << 0,           /* an interrupt comes by itself */
    NMI = 1 << 1,             /* run.py sends one */
    NOT_COUNTED = 1 << 3,     /* see CHOOSE_COUNTED */
    HDEC = 1 << 2,            /* the hypervisor decrementer's is its own */
    ROW_SHIFT = 8,            /* upstream can't: number of the row */
};

extern const struct testcase cases[];
extern const u32 nr_cases;

void put(const char *text);
void put_hex(u64 n);
void run_cases(void);

void machine_init(void);
void guests_run(void);
void console_write(const char *text, u64 length);
void ext_raise(void);
void ext_ack(void);
void set_ciabr(u64 value);
void set_dawr(u64 address, u64 how);

u64 hcall(u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e);
void run_case(void (*code)(void), u64 msr);
/* Enters at @code without MSR[HV]; returns when it says sc 1. */
void run_below(void (*code)(void), u64 msr);
void guest_main(void);
u64 on_event(struct frame *f);
void matrix_main(void);

#endif /* __ASSEMBLER__ */
#endif
