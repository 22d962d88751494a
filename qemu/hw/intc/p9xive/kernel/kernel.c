/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "kernel.h"

#include "hw/ppc/spapr.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "qapi/error.h"
#include "qemu/p9xive-compat.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "target/ppc/cpu.h"
#include "target/ppc/kvm_ppc.h"

#include "../common/window.h"

/*
 * Of the thread that asks, not the vCPU's: the kernel makes it wait while the
 * vCPU executes guest code, and the callers see to it that it does not.  To
 * have the vCPU's thread do it would let go of the BQL with the core's lock
 * held.
 */
static int on_vcpu(void *opaque, uint32_t server, P9xKernelVcpuCall *f,
                   void *arg)
{
    PowerPCCPU *cpu = spapr_find_cpu(server);

    return cpu ? f(CPU(cpu)->kvm_fd, arg) : -EINVAL;
}

/* ---- pages ---- */

/*
 * The guest's accesses go to the pages without us.  These are of devices' DMA
 * and of the monitor: a number without a source has no page, and touching it
 * would be a SIGBUS.
 */
static uint64_t esb_read(void *opaque, hwaddr offset, unsigned size)
{
    SpaprXiveKernel *k = opaque;
    uint64_t value = UINT64_MAX;

    QEMU_LOCK_GUARD(&k->pages_lock);
    if (!k->closed) {
        k->port.esb_load(k->port.opaque, offset, size, &value);
    }
    return value;
}

static void esb_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    SpaprXiveKernel *k = opaque;

    QEMU_LOCK_GUARD(&k->pages_lock);
    if (!k->closed) {
        k->port.esb_store(k->port.opaque, offset, size, value);
    }
}

static const MemoryRegionOps esb_ops =
    P9XIVE_WINDOW_OPS(esb_read, esb_write, P9XIVE_ANY_SIZE);

/* Only a vCPU in the guest has a context behind these pages. */
static uint64_t tima_read(void *opaque, hwaddr offset, unsigned size)
{
    return UINT64_MAX;
}

static void tima_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
}

static const MemoryRegionOps tima_ops =
    P9XIVE_WINDOW_OPS(tima_read, tima_write, P9XIVE_ANY_SIZE);

static void init_pages(SpaprXiveKernel *k, MemoryRegion *mr, const char *name,
                       uint64_t size, void *pages, const MemoryRegionOps *ops)
{
    memory_region_init_ram_device_ptr(mr, OBJECT(k->xive), name, size, pages);
    mr->ops = ops;
    mr->opaque = k;
}

/* In the memory map, over the windows of the direct path. */
static void map_pages(SpaprXiveKernel *k)
{
    SpaprXive *xive = k->xive;

    init_pages(k, &k->esb, "xive.esb.kvm",
               p9x_source_window_size(p9x_spapr_source(&xive->core)),
               k->kernel.esb, &esb_ops);
    /*
     * The kernel tells TIMA pages by their place in the mapping, and QEMU's
     * madvise on a region cuts the mapping: so the region is all of it.
     */
    init_pages(k, &k->tima, "xive.tima.kvm",
               (uint64_t)P9X_TIMA_PAGES << P9X_SPAPR_PAGE_SHIFT, k->tima_pages,
               &tima_ops);
    memory_region_init_alias(&k->tima_os, OBJECT(xive), "xive.tima-os.kvm",
                             &k->tima, P9X_TIMA_OS << P9X_SPAPR_PAGE_SHIFT,
                             1 << P9X_SPAPR_PAGE_SHIFT);
    memory_region_transaction_begin();
    memory_region_add_subregion_overlap(get_system_memory(), xive->vc_base,
                                        &k->esb, 1);
    memory_region_add_subregion_overlap(
        get_system_memory(), xive->tm_base +
        ((uint64_t)P9X_TIMA_OS << P9X_SPAPR_PAGE_SHIFT), &k->tima_os, 1);
    memory_region_transaction_commit();
}

static void unmap_pages(SpaprXiveKernel *k)
{
    memory_region_transaction_begin();
    memory_region_del_subregion(get_system_memory(), &k->esb);
    memory_region_del_subregion(get_system_memory(), &k->tima_os);
    memory_region_transaction_commit();
    object_unparent(OBJECT(&k->esb));
    object_unparent(OBJECT(&k->tima_os));
    object_unparent(OBJECT(&k->tima));
}

/* ---- life ---- */

static void kernel_irqchip(bool on)
{
    kvm_kernel_irqchip = on;
    kvm_msi_via_irqfd_allowed = on;
    kvm_gsi_direct_mapping = on;
}

static bool open_device(SpaprXiveKernel *k, Error **errp)
{
    int rc;

    if (!kvmppc_has_cap_xive()) {
        error_setg(errp, "IRQ_XIVE capability must be present for KVM");
        return false;
    }
    rc = p9x_kernel_open(&k->kernel, kvm_state->vmfd, P9X_KVM_NATIVE,
                         k->xive->nr_irqs);
    if (rc < 0) {
        error_setg_errno(errp, -rc, "XIVE: KVM's device can't be had");
        return false;
    }
    k->tima_pages = p9x_kernel_map_tima(&k->kernel);
    if (!k->tima_pages) {
        error_setg_errno(errp, errno, "XIVE: no TIMA pages from KVM");
        p9x_kernel_close(&k->kernel);
        return false;
    }
    return true;
}

static void close_device(SpaprXiveKernel *k)
{
    QEMU_LOCK_GUARD(&k->pages_lock);
    k->closed = true;
    p9x_kernel_unmap_tima(k->tima_pages);
    p9x_kernel_close(&k->kernel);
}

static bool connect_core(SpaprXiveKernel *k, Error **errp)
{
    int rc;

    k->port = p9x_kernel_port(&k->kernel);
    rc = p9x_spapr_kvm_connect(&k->xive->core, &k->port);
    if (rc < 0) {
        error_setg_errno(errp, -rc, "XIVE: KVM's device refuses");
    }
    return rc >= 0;
}

static void free_kernel(struct rcu_head *rcu)
{
    SpaprXiveKernel *k = container_of(rcu, SpaprXiveKernel, rcu);

    qemu_mutex_destroy(&k->pages_lock);
    g_free(k);
}

int spapr_xive_kernel_connect(SpaprInterruptController *intc,
                              uint32_t nr_servers, Error **errp)
{
    SpaprXive *xive = SPAPR_XIVE(intc);
    SpaprXiveKernel *k = g_new0(SpaprXiveKernel, 1);

    k->xive = xive;
    k->kernel.on_vcpu = on_vcpu;
    k->kernel.opaque = k;
    qemu_mutex_init(&k->pages_lock);
    if (!open_device(k, errp)) {
        goto free;
    }
    if (!connect_core(k, errp)) {
        goto close;
    }
    map_pages(k);
    kernel_irqchip(true);
    xive->kernel = k;
    return 0;

close:
    close_device(k);
free:
    free_kernel(&k->rcu);
    return -1;
}

void spapr_xive_kernel_disconnect(SpaprXive *xive)
{
    SpaprXiveKernel *k = xive->kernel;

    if (!k) {
        return;
    }
    xive->kernel = NULL;
    kernel_irqchip(false);
    unmap_pages(k);
    p9x_spapr_kvm_disconnect(&xive->core);
    close_device(k);
    /* Another thread may have found the regions in an old view of memory. */
    call_rcu1(&k->rcu, free_kernel);
}
