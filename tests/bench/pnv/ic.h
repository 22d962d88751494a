/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chip 0's interrupt controller as this program sets it up: one thread, one
 * END with a queue of 4 KiB, and what is routed to it. Bit 0 is the most
 * significant.
 *
 * QEMU's smallest TLB has 64 entries, chosen by bits 12 to 17 of an address
 * (from the right). What is used together is placed so that no two pages want
 * the same one, or the figures would be those of TLB misses.
 */
#ifndef PNV_IC_H
#define PNV_IC_H

#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define BIT(n) (1ULL << (63 - (n)))

#define IC_BASE 0x0006030203100000ULL
#define TM_BASE 0x0006030203180000ULL
#define VC_BASE 0x0006010000000000ULL
#define PAGE 0x10000ULL

#define TM_HV (TM_BASE + PAGE)
#define TM_HV_RING (TM_HV + 0x30)
#define TM_HV_CPPR (TM_HV + 0x31)
#define TM_HV_WORD2 (TM_HV + 0x38)
#define TM_HV_ACK (TM_HV + 0x830)
#define NOTIFY (IC_BASE + PAGE)

#define SOURCE 0x23
#define TRIGGER_PAGE (VC_BASE + SOURCE * 2 * PAGE)
#define MANAGE_PAGE (TRIGGER_PAGE + PAGE)
#define ESB_GET 0x800
#define ESB_SET_00 0xC00

#define EISN 0x1234
#define MSI_EISN 0x2345

/* Registers and tables are big-endian, the program may be either. */
#ifdef __LITTLE_ENDIAN__
#define BIG(bits, x) __builtin_bswap##bits(x)
#else
#define BIG(bits, x) (x)
#endif

static inline u64 load64(u64 addr)
{
    return BIG(64, *(volatile u64 *)addr);
}

static inline u32 load32(u64 addr)
{
    return BIG(32, *(volatile u32 *)addr);
}

static inline u16 load16(u64 addr)
{
    return BIG(16, *(volatile u16 *)addr);
}

static inline void store64(u64 addr, u64 value)
{
    *(volatile u64 *)addr = BIG(64, value);
}

static inline void store32(u64 addr, u32 value)
{
    *(volatile u32 *)addr = BIG(32, value);
}

static inline void store16(u64 addr, u16 value)
{
    *(volatile u16 *)addr = BIG(16, value);
}

static inline void store8(u64 addr, u8 value)
{
    *(volatile u8 *)addr = value;
}

static inline u64 timebase(void)
{
    u64 tb;

    __asm__ volatile("mftb %0" : "=r"(tb));
    return tb;
}

/* Windows, tables, SOURCE's route, this thread ready to take interrupts. */
void ic_bring_up(void);
/* Events of @source go to the queue as @eisn. */
void ic_route(u32 source, u32 eisn);
/* Entries written to the queue since it was last asked that are @eisn. */
u32 ic_queue_entries(u32 eisn);

#endif
