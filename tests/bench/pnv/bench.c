/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts on powernv9 without any software below. Lines as those of
 * tests/guest/bench.c; "bench-done" ends them.
 */
#include "ic.h"
#include "phb.h"

/* QEMU's UART on the LPC bus takes a byte at any time. */
#define UART (0x0006030000000000ULL + 0xD0010000ULL + 0x3F8)

#define OPS 20000
#define REPEATS 5
#define EE 0x8000ULL
#define SPR_LPCR 318
#define LPCR_HVICE 2

static volatile u64 interrupts, received;

static void put(const char *text)
{
    while (*text) {
        store8(UART, (u8)*text++);
    }
}

static void put_number(u64 n)
{
    char digits[24];
    u32 i = sizeof(digits) - 1;

    digits[i] = 0;
    do {
        digits[--i] = '0' + n % 10;
        n /= 10;
    } while (n);
    put(&digits[i]);
}

static void report(const char *name, u64 ticks, u64 sent, u64 got)
{
    const u64 value[] = { OPS, ticks, sent, got };
    const char *const label[] = { " ops=", " ticks=", " sent=", " received=" };

    put("bench ");
    put(name);
    for (u32 i = 0; i < 4; i++) {
        put(label[i]);
        put_number(value[i]);
    }
    put("\n");
}

#define TIMED(name, statement) do {                         \
        u64 begin_ = timebase();                            \
                                                            \
        for (u32 i_ = 0; i_ < OPS; i_++) {                  \
            statement;                                      \
        }                                                   \
        report(name, timebase() - begin_, 0, 0);            \
    } while (0)

static void accesses(void)
{
    TIMED("pnv-esb-load", load64(MANAGE_PAGE + ESB_GET));
    TIMED("pnv-tima-load", load32(TM_HV_RING));
    TIMED("pnv-cppr-store", store8(TM_HV_CPPR, 0xFF));
    TIMED("pnv-phb-esb-load", load64(MSI_PAGE + ESB_GET));
    TIMED("pnv-edu-store", store32(EDU_LIVENESS, 0));
}

/* Trigger, acknowledge, EOI, CPPR. */
static void self_ipi(void)
{
    u64 begin = timebase(), got = 0;

    for (u32 i = 0; i < OPS; i++) {
        store64(TRIGGER_PAGE, 0);
        load16(TM_HV_ACK);
        got += ic_queue_entries(EISN);
        load64(MANAGE_PAGE);
        store8(TM_HV_CPPR, 0xFF);
    }
    report("pnv-self-ipi-polled", timebase() - begin, OPS, got);
}

/* An event as a PHB sends it, PQ checked: store, acknowledge, CPPR. */
static void device_event(void)
{
    u64 begin = timebase(), got = 0;

    for (u32 i = 0; i < OPS; i++) {
        store64(NOTIFY, BIT(1) | SOURCE);
        load16(TM_HV_ACK);
        got += ic_queue_entries(EISN);
        store8(TM_HV_CPPR, 0xFF);
    }
    report("pnv-device-event", timebase() - begin, OPS, got);
}

/* A device's message, from the store that makes it send to the EOI. */
static void device_message(void)
{
    u64 begin = timebase(), got = 0;

    for (u32 i = 0; i < OPS; i++) {
        store32(EDU_IRQ_RAISE, 1);
        load16(TM_HV_ACK);
        got += ic_queue_entries(MSI_EISN);
        load64(MSI_PAGE);
        store8(TM_HV_CPPR, 0xFF);
    }
    report("pnv-msi", timebase() - begin, OPS, got);
}

void on_interrupt(void)
{
    load16(TM_HV_ACK);
    received += ic_queue_entries(EISN);
    load64(MANAGE_PAGE);
    store8(TM_HV_CPPR, 0xFF);
    interrupts++;
}

static void self_interrupt(void)
{
    u64 begin, before;

    received = 0;
    __asm__ volatile("mtmsrd %0,1" :: "r"(EE) : "memory");
    begin = timebase();
    for (u32 i = 0; i < OPS; i++) {
        before = interrupts;
        store64(TRIGGER_PAGE, 0);
        while (interrupts == before) {
        }
    }
    report("pnv-self-ipi-interrupt", timebase() - begin, OPS, received);
    __asm__ volatile("mtmsrd %0,1" :: "r"(0ULL) : "memory");
}

void bench_main(void)
{
    u64 lpcr;

    __asm__ volatile("mfspr %0,%1" : "=r"(lpcr) : "i"(SPR_LPCR));
    __asm__ volatile("mtspr %1,%0" :: "r"(lpcr | LPCR_HVICE), "i"(SPR_LPCR));
    ic_bring_up();
    ic_route(MSI_SOURCE, MSI_EISN);
    phb_bring_up();
    for (u32 i = 0; i < REPEATS; i++) {
        accesses();
        self_ipi();
        self_interrupt();
        device_event();
        device_message();
    }
    put("bench-done\n");
}
