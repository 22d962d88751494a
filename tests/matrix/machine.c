/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the machine is, its tables, its interrupt controller, and guests below
 * us: of the hypervisor that we are on powernv, and nested on pseries.
 */
#include "matrix.h"
#include "ic.h"

#define MSR_HV (1ULL << 60)
#define LPCR_ILE (1ULL << 25)
#define LPCR_UPRT (1ULL << 22)
#define LPCR_HR (1ULL << 20)
#define LPCR_WAKE (0x1FULL << 12)
#define LPCR_HVEE (1ULL << 46)
#define LPCR_LPES0 8
#define LPCR_HVICE 2
#define LPCR_HDICE 1
#define HID0_HILE_POWER8 (1ULL << 44)
#define HID0_HILE (1ULL << 59)
/* On the LPC bus of POWER9 and 10. */
#define UART (0x0006030000000000ULL + 0xD0010000ULL + 0x3F8)
#define FSCR_SCV (1ULL << 12)
#define MMCR0_FC 0x80000000ULL

#define H_PUT_TERM_CHAR 0x58
#define H_EOI 0x64
#define H_CPPR 0x68
#define H_IPI 0x6c
#define H_XIRR 0x74
#define H_SET_MODE 0x31c
#define H_REGISTER_PROC_TBL 0x37c
#define H_INT_SET_SOURCE_CONFIG 0x3ac
#define H_INT_SET_QUEUE_CONFIG 0x3b8
#define H_CAS 0xf002
#define H_SET_PARTITION_TABLE 0xf800
#define H_ENTER_NESTED 0xf804
#define SET_MODE_CIABR 1
#define SET_MODE_DAWR0 2
#define SET_MODE_LE 4
#define NEW_RADIX_TABLE 0x1c

/* LISN 0 and the TIMA's OS page, as pseries has them. */
#define ESB_TRIGGER 0x0006010000000000ULL
#define ESB_MANAGE (ESB_TRIGGER + 0x10000)
#define TIMA_OS (0x0006030203180000ULL + 0x20000)
#define TIMA_CPPR 0x11
#define TIMA_ACK 0x810
#define EQ (TABLES + 0x60000)

#define ROOT TABLES
#define SECOND (TABLES + 0x10000)
#define PROCESS (TABLES + 0x20000)
#define PARTITION (TABLES + 0x30000)
#define GUEST_STATE (TABLES + 0x40000)
#define GUEST_REGS (TABLES + 0x41000)

#define CAS_TREE (TABLES + 0x200000)
#define CAS_TREE_BYTES 0x200000

#define VALID (1ULL << 63)
#define LEAF (1ULL << 62)
#define ALL_RIGHTS 0x187
/* 52 bits of address: 13 by the root, 9 by what is below it, 30 by a leaf. */
#define RADIX_52 0x40000000000000A0ULL
#define ROOT_BITS 13
#define SECOND_BITS 9

struct machine machine;

static void store_be64(u64 address, u64 value)
{
    *(volatile u64 *)address = be64(value);
}

static u32 cpu_version(void)
{
    u64 pvr;

    __asm__ volatile("mfpvr %0" : "=r"(pvr));
    return pvr >> 16;
}

static bool is_power8(void)
{
    u32 version = cpu_version();

    return version == 0x4B || version == 0x4C || version == 0x4D;
}

static void clear(u64 address, u64 size)
{
    for (u64 i = 0; i < size; i += 8) {
        store_be64(address + i, 0);
    }
}

static void make_tables(void)
{
    clear(ROOT, 0x40000);
    store_be64(ROOT, VALID | SECOND | SECOND_BITS);
    store_be64(SECOND, VALID | LEAF | ALL_RIGHTS);
    store_be64(PROCESS, RADIX_52 | ROOT | ROOT_BITS);
    for (u32 i = 0; i < 2; i++) {
        store_be64(PARTITION + i * 16,
                   VALID | RADIX_52 | ROOT | ROOT_BITS);
        store_be64(PARTITION + i * 16 + 8, VALID | PROCESS);
    }
}

static void papr_xive_init(void)
{
    volatile u8 *tima = (u8 *)TIMA_OS;

    clear(EQ, 0x10000);
    if (hcall(H_INT_SET_QUEUE_CONFIG, 1, 0, 6, EQ, 16) ||
        hcall(H_INT_SET_SOURCE_CONFIG, 0, 0, 0, 6, 5)) {
        return;
    }
    /* PQ 00 */
    (void)*(volatile u64 *)(ESB_MANAGE + 0xC00);
    tima[TIMA_CPPR] = 0xFF;
    machine.ext_store = ESB_TRIGGER;
    machine.has |= HAS_EXT | HAS_STORE;
}

/*
 * XIVE has to be asked for: our own processor, five vectors, of which the first
 * says ISA 3.00, and the fifth's bytes 23, 24 and 26 XIVE, radix and GTSE.
 */
static void ask_for_xive(void)
{
    static u8 vector[64];
    u8 *p = vector;
    u32 version = cpu_version();

    *p++ = 0xFF; *p++ = 0xFF; *p++ = 0; *p++ = 0;
    *p++ = (u8)(version >> 8); *p++ = (u8)version; *p++ = 0; *p++ = 0;
    for (u32 i = 0; i < 8; i++) {
        *p++ = i < 4 ? 0 : 0xFF;        /* the last processor */
    }
    *p++ = 5 - 1;
    *p++ = 3 - 1; *p++ = 0; *p++ = 0; *p++ = 0x80;
    for (u32 i = 0; i < 3; i++) {
        *p++ = 0; *p++ = 0;
    }
    *p++ = 26 - 1;
    p[23 - 1] = 0x40;
    p[24 - 1] = 0x40;
    p[26 - 1] = 0x40;
    hcall(H_CAS, (u64)vector, CAS_TREE, CAS_TREE_BYTES, 0, 0);
}

static void papr_ext_init(void)
{
    if (machine.xics) {
        machine.has |= HAS_EXT | HAS_CALL;
    } else if (machine.has & HAS_MMU) {
        /* Real mode reaches all addresses since then. */
        papr_xive_init();
    }
}

static void papr_init(void)
{
    machine.has |= HAS_PAPR | HAS_DEBUG;
#ifdef __LITTLE_ENDIAN__
    hcall(H_SET_MODE, 1, SET_MODE_LE, 0, 0, 0);
#endif
    machine.xics = !(be64(mailbox->choice) & CHOOSE_XIVE) &&
                   hcall(H_CPPR, 0xFF, 0, 0, 0, 0) == 0;
    if (!machine.xics) {
        ask_for_xive();
    }
    if (machine.has & HAS_ISA300 &&
        !hcall(H_REGISTER_PROC_TBL, NEW_RADIX_TABLE, PROCESS, 0, 0, 0)) {
        machine.has |= HAS_MMU;
        MTSPR(SPR_PIDR, 0ULL);
    }
    papr_ext_init();
}

static void pnv_endian(void)
{
#ifdef __LITTLE_ENDIAN__
    u64 hid0 = MFSPR(SPR_HID0);

    MTSPR(SPR_HID0, hid0 | (is_power8() ? HID0_HILE_POWER8 : HID0_HILE));
#endif
}

static void pnv_init(void)
{
    u64 lpcr = MFSPR(SPR_LPCR) | LPCR_LPES0 | LPCR_HDICE | LPCR_WAKE;

    machine.has |= HAS_HV | HAS_DEBUG;
    pnv_endian();
    MTSPR(SPR_HDEC, 0x7FFFFFFFULL);
#ifdef __LITTLE_ENDIAN__
    lpcr |= LPCR_ILE;
#endif
    if (is_power8()) {
        machine.has |= HAS_NAP;
    } else {
        machine.has |= HAS_MMU | HAS_STOP | HAS_MCE;
        lpcr |= LPCR_HR | LPCR_UPRT | LPCR_HVICE | LPCR_HVEE;
        MTSPR(SPR_PTCR, PARTITION);
        MTSPR(SPR_LPIDR, 0ULL);
        MTSPR(SPR_PIDR, 0ULL);
    }
    MTSPR(SPR_LPCR, lpcr);
    if ((cpu_version() & 0xFF) == 0x4E) {
        ic_bring_up();
        machine.ext_store = TRIGGER_PAGE;
        machine.has |= HAS_EXT | HAS_STORE;
    }
}

/* The vector at 0x100 was the start until now. */
static void set_vectors(void)
{
    extern u32 reset_vector[];
    volatile u32 *to = (u32 *)0x100;

    for (u32 i = 0; i < 4; i++) {
        to[i] = reset_vector[i];
        __asm__ volatile("dcbst 0,%0; sync; icbi 0,%0; isync"
                         :: "r"(&to[i]) : "memory");
    }
}

void machine_init(void)
{
    set_vectors();
    make_tables();
    machine.has = HAS_TOP | (is_power8() ? 0 : HAS_ISA300);
    machine.msr = (read_msr() | MSR_ME) & ~(u64)MSR_FP;
    __asm__ volatile("mtmsrd %0; isync" :: "r"(machine.msr));
    if (machine.msr & MSR_HV) {
        pnv_init();
    } else {
        papr_init();
    }
    if (machine.has & HAS_ISA300) {
        MTSPR(SPR_FSCR, MFSPR(SPR_FSCR) | FSCR_SCV);
    }
    MTSPR(SPR_MMCR0, MMCR0_FC);
}

static void papr_console(const char *text, u64 length)
{
    for (u64 at = 0; at < length; at += 16) {
        u64 now = length - at < 16 ? length - at : 16;
        u64 word[2] = { 0, 0 };

        for (u64 i = 0; i < now; i++) {
            word[i / 8] |= (u64)(u8)text[at + i] << (56 - i % 8 * 8);
        }
        while (hcall(H_PUT_TERM_CHAR, 0, now, word[0], word[1], 0)) {
        }
    }
}

void console_write(const char *text, u64 length)
{
    if (!(read_msr() & MSR_HV)) {
        papr_console(text, length);
        return;
    }
    for (u64 i = 0; i < length; i++) {
        store8(UART, (u8)text[i]);
    }
}

void ext_raise(void)
{
    if (machine.xics) {
        hcall(H_IPI, 0, 4, 0, 0, 0);
    } else {
        *(volatile u64 *)machine.ext_store = 0;
    }
}

static u64 xirr(void)
{
    register u64 r3 __asm__("r3") = H_XIRR;
    register u64 r4 __asm__("r4") = 0;

    __asm__ volatile("sc 1" : "+r"(r3), "+r"(r4) ::
                     "r0", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12",
                     "ctr", "cr0", "memory");
    return r4;
}

void ext_ack(void)
{
    if (machine.has & HAS_HV) {
        load16(TM_HV_ACK);
        ic_queue_entries(EISN);
        load64(MANAGE_PAGE);
        store8(TM_HV_CPPR, 0xFF);
    } else if (machine.xics) {
        u64 what = xirr();

        hcall(H_IPI, 0, 0xFF, 0, 0, 0);
        hcall(H_EOI, what, 0, 0, 0, 0);
    } else {
        volatile u8 *tima = (u8 *)TIMA_OS;

        (void)*(volatile u16 *)(tima + TIMA_ACK);
        (void)*(volatile u64 *)ESB_MANAGE;
        tima[TIMA_CPPR] = 0xFF;
    }
}

void set_ciabr(u64 value)
{
    if (!(machine.has & HAS_DEBUG)) {
        return;
    }
    if (machine.has & HAS_PAPR) {
        hcall(H_SET_MODE, 0, SET_MODE_CIABR, value, 0, 0);
    } else {
        MTSPR(SPR_CIABR, value);
    }
}

void set_dawr(u64 address, u64 how)
{
    if (machine.has & HAS_PAPR) {
        hcall(H_SET_MODE, 0, SET_MODE_DAWR0, address, how, 0);
    } else {
        MTSPR(SPR_DAWR0, address);
        MTSPR(SPR_DAWRX0, how);
    }
}

/* ------------------------------------------------------ guests below us */

extern void guest_entry(void);

#define SPR_HFSCR 190
/* What a guest below us does not have, or must not. */
#define OF_THE_TOP (HAS_HV | HAS_PAPR | HAS_EXT | HAS_STORE | HAS_CALL | \
                    HAS_STOP | HAS_NAP | HAS_DEBUG | HAS_MCE | HAS_TOP)

/* Fields of the structures that H_ENTER_NESTED takes, by their offsets. */
#define STATE_VERSION 0
#define STATE_LPID 8
#define STATE_LPCR 16
#define STATE_HFSCR 48
#define STATE_HDEC_EXPIRY 88
#define REGS_NIP 256
#define REGS_MSR 264
#define NESTED_SYSCALL 0xC00

static u64 timebase_now(void)
{
    u64 tb;

    __asm__ volatile("mftb %0" : "=r"(tb));
    return tb;
}

static void field(u64 base, u32 offset, u64 value)
{
    *(volatile u64 *)(base + offset) = value;
}

/*
 * By PAPR a guest's numbers are in its hypervisor's byte order. QEMU takes them
 * in its host's, so that this is refused to a big-endian one.
 */
static void nested_run(void)
{
    u64 why;

    if (hcall(H_SET_PARTITION_TABLE, PARTITION, 0, 0, 0, 0)) {
        return;
    }
    clear(GUEST_STATE, 0x2000);
    field(GUEST_STATE, STATE_VERSION, 1);
    *(volatile u32 *)(GUEST_STATE + STATE_LPID) = 1;
#ifdef __LITTLE_ENDIAN__
    field(GUEST_STATE, STATE_LPCR, LPCR_ILE);
#endif
    field(GUEST_STATE, STATE_HFSCR, ~0ULL);
    field(GUEST_STATE, STATE_HDEC_EXPIRY, timebase_now() + (1ULL << 40));
    field(GUEST_REGS, REGS_NIP, (u64)guest_entry);
    field(GUEST_REGS, REGS_MSR, machine.msr);
    machine.has &= ~OF_THE_TOP;
    why = hcall(H_ENTER_NESTED, GUEST_STATE, GUEST_REGS, 0, 0, 0);
    if (why != NESTED_SYSCALL) {
        put("the nested guest ended with ");
        put_hex(why);
        put("\n");
    }
}

static void hv_guest_run(void)
{
    MTSPR(SPR_HFSCR, ~0ULL);
    MTSPR(SPR_LPCR, MFSPR(SPR_LPCR) & ~(u64)LPCR_HDICE);
    MTSPR(SPR_LPIDR, 1ULL);
    __asm__ volatile("isync");
    machine.has &= ~OF_THE_TOP;
    machine.msr &= ~MSR_HV;
    run_below(guest_entry, machine.msr);
}

void guests_run(void)
{
    if (!(machine.has & HAS_MMU)) {
        return;
    }
    if (machine.has & HAS_HV) {
        hv_guest_run();
    } else {
        nested_run();
    }
}
