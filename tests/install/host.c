/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest host program: one vCPU of a pseries guest gets one interrupt.
 * test_install.py builds it with what "make install" has put into a directory.
 */
#include <stdio.h>
#include <string.h>

#include "xive/bits.h"
#include "xive/dispatch.h"
#include "xive/ppc/spapr.h"
#include "xive/tima.h"

enum { LISN = 0x1000, PRIORITY = 6, EISN = 0x42, QUEUE = 0x10000 };

#define PAGE (UINT64_C(1) << P9X_SPAPR_PAGE_SHIFT)

static uint8_t ram[0x20000];

static bool mem_is_ram(void *host, uint64_t addr, uint64_t len)
{
    return addr < sizeof(ram) && len <= sizeof(ram) - addr;
}

static bool mem_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    if (!mem_is_ram(host, addr, len)) {
        return false;
    }
    memcpy(buf, &ram[addr], len);
    return true;
}

static bool mem_write(void *host, uint64_t addr, const void *buf,
                      uint64_t len)
{
    if (!mem_is_ram(host, addr, len)) {
        return false;
    }
    memcpy(&ram[addr], buf, len);
    return true;
}

static bool mem_store32(void *host, uint64_t addr, uint32_t value)
{
    value = p9x_be32(value);
    return mem_write(host, addr, &value, sizeof(value));
}

static void line_changed(void *host, P9xTctx *tctx)
{
    printf("line %s\n", p9x_tctx_lines(tctx) & P9X_LINE_OS ? "up" : "down");
}

static bool exploitation(void *host)
{
    return true;
}

static void hcall(P9xSpapr *s, unsigned opcode, const uint64_t *args)
{
    uint64_t results[6];

    memcpy(results, args, sizeof(results));
    printf("%s: %d\n", p9x_spapr_hcall_name(opcode),
           (int)p9x_spapr_hcall(s, 0, opcode, results));
}

static void guest(P9xSpapr *s, P9xTctx *tctx)
{
    hcall(s, P9X_H_INT_SET_QUEUE_CONFIG, (const uint64_t[6]) {
        P9X_EQ_ALWAYS_NOTIFY, 0, PRIORITY, QUEUE, P9X_SPAPR_EQ_SHIFT });
    hcall(s, P9X_H_INT_SET_SOURCE_CONFIG, (const uint64_t[6]) {
        P9X_SRC_SET_EISN, LISN, 0, PRIORITY, EISN });
    /* PQ := 00 by a load of the management page, which is the second. */
    p9x_source_load(&s->source, (2 * LISN + 1) * PAGE + P9X_ESB_SET_PQ_00, 8);
    p9x_tima_store(tctx, P9X_TIMA_OS,
                   P9X_RING_OS * P9X_TM_RING_SIZE + P9X_TM_CPPR, 1, 0xFF);

    p9x_spapr_set_irq(s, LISN, true);
    printf("acknowledge: %04x\n",
           (unsigned)p9x_tima_load(tctx, P9X_TIMA_OS, P9X_TM_ACK_OS, 2));
    printf("queue: %02x%02x%02x%02x\n", ram[QUEUE], ram[QUEUE + 1],
           ram[QUEUE + 2], ram[QUEUE + 3]);
}

int main(void)
{
    static const P9xPorts ports = {
        .mem_is_ram = mem_is_ram, .mem_read = mem_read,
        .mem_write = mem_write, .mem_store32 = mem_store32,
        .line_changed = line_changed
    };
    static const P9xSpaprConfig config = {
        .nr_irqs = 0x2000, .nr_servers = 1, .hv_prio = 7,
        .vc_base = UINT64_C(0x6010000000000),
        .tm_base = UINT64_C(0x6030203180000),
        .exploitation = exploitation, .ports = &ports
    };
    static P9xSpapr s;
    static P9xTctx tctx;
    char *error;

    if (!p9x_spapr_init(&s, &config, &error)) {
        printf("%s\n", error);
        return 1;
    }
    p9x_tctx_init(&tctx, &s.router.unit, 0, NULL);
    p9x_spapr_add_server(&s, 0, &tctx);
    p9x_spapr_reset_server(&s, 0);
    p9x_spapr_claim(&s, LISN, false);
    guest(&s, &tctx);
    p9x_spapr_remove_server(&s, 0);
    p9x_tctx_destroy(&tctx);
    p9x_spapr_destroy(&s);
    return 0;
}
