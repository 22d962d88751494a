/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host and the KVM device ask of QEMU.
 *
 * A XICS guest's event queues are the host's memory, not the guest's.  Such a
 * page has an address with a bit that no guest address has, and only the
 * functions that read and write know it: asked whether it is RAM, as all
 * addresses that a guest names are, the answer is no.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/memalign.h"
#include "target/ppc/cpu.h"
#include "trace/trace-hw_intc_p9xive.h"

#include "../spapr/spapr_xive_internal.h"
#include "xive_kvm_internal.h"

#define HOST_PAGE_BIT (UINT64_C(1) << 59)

enum { PAGE_SIZE_64K = 1 << P9X_KVM_EQ_SHIFT };

/* Guest memory; the same for everybody, set once. */
static P9xPorts guest;

/* The host's memory at @addr; NULL: it is a guest's address. */
static void *host_page(uint64_t addr)
{
    return addr & HOST_PAGE_BIT ? (void *)(uintptr_t)(addr & ~HOST_PAGE_BIT) :
                                  NULL;
}

static bool mem_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    const void *page = host_page(addr);

    if (!page) {
        return guest.mem_read(host, addr, buf, len);
    }
    if (len == sizeof(uint32_t)) {
        uint32_t word = qatomic_read((const uint32_t *)page);

        memcpy(buf, &word, sizeof(word));
        return true;
    }
    memcpy(buf, page, len);
    return true;
}

static bool mem_store32(void *host, uint64_t addr, uint32_t value)
{
    uint32_t *page = host_page(addr);

    if (!page) {
        return guest.mem_store32(host, addr, value);
    }
    qatomic_set(page, cpu_to_be32(value));
    return true;
}

static uint64_t queue_page(void *host)
{
    void *page = qemu_try_memalign(PAGE_SIZE_64K, PAGE_SIZE_64K);

    if (!page) {
        return 0;
    }
    memset(page, 0, PAGE_SIZE_64K);
    return (uintptr_t)page | HOST_PAGE_BIT;
}

static void queue_page_free(void *host, uint64_t page)
{
    qemu_vfree(host_page(page));
}

static void zap(void *host, uint64_t first, uint64_t count)
{
    P9xiveKvm *k = host;

    trace_p9xive_kvm_zap(first, count);
    p9x_vma_zap(&k->vma, first, count);
}

/* The steps of a switch; see trace-events. */
static void switch_step(void *host, const char *point, uint32_t girq)
{
    trace_p9xive_kvm_switch(point, girq);
}

static uint64_t timebase(void *host)
{
    return cpu_ppc_load_tbl(&POWERPC_CPU(current_cpu)->env);
}

static void guest_error(void *host, P9xGuestError kind, const char *detail)
{
    qemu_log_mask(LOG_GUEST_ERROR, "p9xive-kvm: %s: %s\n",
                  p9x_guest_error_name(kind), detail);
}

void p9xive_kvm_ports_init(P9xiveKvm *k)
{
    p9xive_ports_init(&k->ports, k);
    guest = k->ports;
    k->ports.mem_read = mem_read;
    k->ports.mem_store32 = mem_store32;
    k->ports.line_changed = p9xive_kvm_line_changed;
    k->ports.guest_error = guest_error;
    k->kvm_ports = (P9xKvmPorts) {
        .host = k,
        .zap = zap,
        .timebase = timebase,
        .queue_page = queue_page,
        .queue_page_free = queue_page_free,
        .step = switch_step,
    };
}
