/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `info pic`: what Linux's device has, as far as it tells.
 *
 * P and Q come from the ESB pages, queues from the device, rings from each
 * vCPU's own thread, because the kernel gives them only while the vCPU is out
 * of the guest.  Targets are what the device was told.
 */
#include "qemu/osdep.h"
#include "kernel.h"

#include "hw/core/cpu.h"
#include "hw/ppc/spapr.h"
#include "target/ppc/cpu.h"

typedef struct Ring {
    SpaprXive *xive;
    uint32_t server;
    int rc;
    uint64_t value[P9X_KVM_VP_STATE_WORDS];
} Ring;

static void read_ring(CPUState *cs, run_on_cpu_data data)
{
    Ring *ring = data.host_ptr;
    SpaprXiveKernel *k = ring->xive->kernel;

    /* The guest may have changed to XICS while this was waiting. */
    ring->rc = k ? k->port.get_vp_state(k->port.opaque, ring->server,
                                        ring->value) : -ENODEV;
}

static void print_ring(SpaprXive *xive, PowerPCCPU *cpu, GString *out)
{
    Ring ring = { .xive = xive, .server = spapr_get_vcpu_id(cpu) };
    const uint8_t *byte = (const uint8_t *)ring.value;

    run_on_cpu(CPU(cpu), read_ring, RUN_ON_CPU_HOST_PTR(&ring));
    g_string_append_printf(out, "CPU[%04x]:   OS ", ring.server);
    if (ring.rc) {
        g_string_append_printf(out, "   not to be had (%d)\n", ring.rc);
        return;
    }
    g_string_append_printf(out, "   %02x   %02x  %02x    %02x   %02x  %02x  "
                           "%02x   %02x\n", byte[0], byte[1], byte[2], byte[3],
                           byte[4], byte[5], byte[6], byte[7]);
}

static void print_queue(SpaprXiveKernel *k, uint32_t index, GString *out)
{
    P9xKvmEq eq = { 0 };

    /* END index and attribute: server x 8 + priority. */
    if (k->port.get_attr(k->port.opaque, P9X_KVM_GRP_EQ_CONFIG, index, &eq) ||
        !eq.qshift) {
        return;
    }
    g_string_append_printf(out, "%3u/%u % 6d/%5u @%" PRIx64 " ^%u", index >> 3,
                           index & 7, (int)eq.qindex, 1u << (eq.qshift - 2),
                           eq.qaddr, eq.qtoggle);
}

static void print_lisn(SpaprXiveKernel *k, uint32_t lisn, GString *out)
{
    P9xSpapr *core = &k->xive->core;
    uint64_t eas = p9x_spapr_eas(core, lisn), pq = 0;
    bool there = k->port.esb_load(k->port.opaque, p9x_kvm_esb_offset(
                                      lisn, true, P9X_ESB_GET), 8, &pq);

    if (!p9x_spapr_claimed(core, lisn)) {
        return;
    }
    g_string_append_printf(out, "  %08x %s %c%c  %s %08x ", lisn,
                           p9x_source_is_lsi(p9x_spapr_source(core), lisn) ?
                           "LSI" : "MSI",
                           !there ? '?' : pq & 2 ? 'P' : '-',
                           !there ? '?' : pq & 1 ? 'Q' : '-',
                           eas & P9X_EAS_MASKED ? "M" : " ",
                           (uint32_t)p9x_get64(eas, P9X_EAS_END_DATA));
    if (!(eas & P9X_EAS_MASKED)) {
        print_queue(k, (uint32_t)p9x_get64(eas, P9X_EAS_END_INDEX), out);
    }
    g_string_append_c(out, '\n');
}

void spapr_xive_kernel_print(SpaprXive *xive, GString *out)
{
    CPUState *cs;

    g_string_append(out, "KVM's XIVE device of the host's kernel\n"
                    "             QW   NSR CPPR IPB LSMFB ACK# INC AGE PIPR\n");
    CPU_FOREACH(cs) {
        print_ring(xive, POWERPC_CPU(cs), out);
    }
    g_string_append(out, "  LISN         PQ    EISN     CPU/PRIO EQ\n");
    for (uint32_t lisn = 0; xive->kernel && lisn < xive->nr_irqs; lisn++) {
        print_lisn(xive->kernel, lisn, out);
    }
}
