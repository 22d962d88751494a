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

/* Senders: our own source; a PHB, PQ checked; a device below it. */
static void send_ipi(void)
{
    store64(TRIGGER_PAGE, 0);
}

static void send_event(void)
{
    store64(NOTIFY, BIT(1) | SOURCE);
}

static void send_message(void)
{
    store32(EDU_IRQ_RAISE, 1);
}

/* From what sends to the CPPR; @eoi_page 0: the source needs no EOI. */
static inline __attribute__((always_inline)) void
polled(const char *name, void (*send)(void), u64 eoi_page, u32 eisn)
{
    u64 begin = timebase(), got = 0;

    for (u32 i = 0; i < OPS; i++) {
        send();
        load16(TM_HV_ACK);
        got += ic_queue_entries(eisn);
        if (eoi_page) {
            load64(eoi_page);
        }
        store8(TM_HV_CPPR, 0xFF);
    }
    report(name, timebase() - begin, OPS, got);
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
        polled("pnv-self-ipi-polled", send_ipi, MANAGE_PAGE, EISN);
        self_interrupt();
        polled("pnv-device-event", send_event, 0, EISN);
        polled("pnv-msi", send_message, MSI_PAGE, MSI_EISN);
    }
    put("bench-done\n");
}
