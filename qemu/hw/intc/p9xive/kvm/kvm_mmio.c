/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ESB and TIMA windows of a guest on KVM's XIVE device.
 *
 * They lie over those of spapr-xive, at the same addresses.  On a real host
 * the ESB window is an mmap of the device.  Here it is direct I/O into a
 * table with the pages that are put in (P9xEsbVma).  QEMU's own means for a
 * mapping that changes, an IOMMU region, would flush the whole TLB of every
 * vCPU when one page is zapped, and some time later: a switch couldn't count
 * on it.  A slot's lock it can count on.
 *
 * A page that isn't there is put in under the BQL, by way of the common path
 * of MMIO.  The device is created and released under the BQL, too, so a fault
 * finds it or finds none, and accesses to present pages need nothing but their
 * slot.  What the kernel would answer with SIGBUS is a machine check.
 */
#include "qemu/osdep.h"
#include "qemu/p9xive-compat.h"
#include "trace/trace-hw_intc.h"
#include "trace/trace-hw_intc_p9xive.h"

#include "../common/window.h"
#include "../spapr/os_windows.h"
#include "../spapr/spapr_xive_internal.h"
#include "xive_kvm_internal.h"

static bool esb_direct_read(void *opaque, CPUState *cpu, hwaddr offset,
                            unsigned size, uint64_t *value)
{
    P9xiveKvm *k = opaque;
    bool present;

    p9xive_kvm_enter();
    present = p9x_vma_load_present(&k->vma, offset, size, value);
    p9xive_kvm_leave();
    if (present) {
        trace_xive_source_esb_read(offset, p9xive_os_lisn_of(offset), *value);
    }
    return present;
}

static bool esb_direct_write(void *opaque, CPUState *cpu, hwaddr offset,
                             uint64_t value, unsigned size)
{
    P9xiveKvm *k = opaque;
    bool present;

    p9xive_kvm_enter();
    present = p9x_vma_store_present(&k->vma, offset, size, value);
    p9xive_kvm_leave();
    if (present) {
        trace_xive_source_esb_write(offset, p9xive_os_lisn_of(offset), value);
    }
    return present;
}

static uint64_t faults(const P9xiveKvm *k)
{
    return p9x_kvm_counts(p9x_vm_device(&k->vm)).faults;
}

static void trace_if_fault(const P9xiveKvm *k, uint64_t before,
                           hwaddr offset, bool ok)
{
    if (faults(k) != before) {
        trace_p9xive_kvm_fault(P9X_KVM_ESB_PAGE_OFFSET +
                               (offset >> P9X_SPAPR_PAGE_SHIFT), !ok);
    }
}

static MemTxResult sigbus(P9xiveKvm *k, P9xGuestError kind, hwaddr offset)
{
    p9x_guest_error(&k->ports, p9x_host_counters(&k->host), kind,
                    "interrupt 0x%x has no ESB page at offset 0x%"
                    HWADDR_PRIx, p9xive_os_lisn_of(offset), offset);
    return MEMTX_ERROR;
}

static MemTxResult esb_read(void *opaque, hwaddr offset, uint64_t *value,
                            unsigned size, MemTxAttrs attrs)
{
    P9xiveKvm *k = opaque;
    uint64_t before = faults(k);
    bool ok;

    p9xive_kvm_enter();
    ok = p9x_vma_load(&k->vma, offset, size, value);
    p9xive_kvm_leave();
    trace_if_fault(k, before, offset, ok);
    if (!ok) {
        *value = UINT64_MAX;
        return sigbus(k, P9X_ERR_ESB_LOAD, offset);
    }
    trace_xive_source_esb_read(offset, p9xive_os_lisn_of(offset), *value);
    return MEMTX_OK;
}

static MemTxResult esb_write(void *opaque, hwaddr offset, uint64_t value,
                             unsigned size, MemTxAttrs attrs)
{
    P9xiveKvm *k = opaque;
    uint64_t before = faults(k);
    bool ok;

    trace_xive_source_esb_write(offset, p9xive_os_lisn_of(offset), value);
    p9xive_kvm_enter();
    ok = p9x_vma_store(&k->vma, offset, size, value);
    p9xive_kvm_leave();
    trace_if_fault(k, before, offset, ok);
    return ok ? MEMTX_OK : sigbus(k, P9X_ERR_ESB_STORE, offset);
}

/* Context of the vCPU that executes the access; see os_windows.h. */
static P9xTctx *issuing_vcpu(CPUState *cpu)
{
    SpaprCpuState *state = p9xive_os_cpu_state(cpu);
    P9xiveKvmVcpu *vcpu = state ? qatomic_read(&state->kvm_vcpu) : NULL;

    return vcpu ? &vcpu->tctx : NULL;
}

static uint64_t tima_load(void *opaque, CPUState *cpu, hwaddr offset,
                          unsigned size)
{
    P9xiveKvm *k = opaque;
    uint64_t value;

    p9xive_kvm_enter();
    value = p9xive_os_tima_load(p9x_host_unit(&k->host), issuing_vcpu(cpu), cpu,
                                offset, size);
    p9xive_kvm_leave();
    return value;
}

static void tima_store(void *opaque, CPUState *cpu, hwaddr offset,
                       uint64_t value, unsigned size)
{
    P9xiveKvm *k = opaque;

    p9xive_kvm_enter();
    p9xive_os_tima_store(p9x_host_unit(&k->host), issuing_vcpu(cpu), cpu,
                         offset, value, size);
    p9xive_kvm_leave();
}

static const MemoryRegionOps esb_ops =
    P9XIVE_REFUSING_OPS(esb_read, esb_write, P9XIVE_ANY_SIZE);
static const MemoryRegionDirectOps esb_direct = {
    .try_read = esb_direct_read,
    .try_write = esb_direct_write,
};
static const P9xiveWindowKind esb_kind = { &esb_ops, &esb_direct };

P9XIVE_DIRECT_WINDOW(tima);

static void init_window(P9xiveKvm *k, MemoryRegion *mr,
                        const P9xiveWindowKind *kind, const char *name,
                        hwaddr base, uint64_t size)
{
    p9xive_window_init(mr, OBJECT(k), kind, k, name, size);
    memory_region_add_subregion_overlap(get_system_memory(), base, mr, 1);
}

void p9xive_kvm_mmio_init(P9xiveKvm *k)
{
    SpaprXive *xive = k->spapr->xive;

    if (!xive) {
        return;
    }
    init_window(k, &k->esb_mmio, &esb_kind, "p9xive-kvm.esb", xive->vc_base,
                p9x_source_window_size(p9x_spapr_source(&xive->core)));
    init_window(k, &k->tima_mmio, &tima_kind, "p9xive-kvm.tima",
                xive->tm_base + P9X_TIMA_OS * P9XIVE_OS_PAGE,
                2 * P9XIVE_OS_PAGE);
}

static void set_reachable(P9xiveKvm *k, bool reachable)
{
    memory_region_transaction_begin();
    memory_region_set_enabled(&k->esb_mmio, reachable);
    memory_region_set_enabled(&k->tima_mmio, reachable);
    /* The windows beside ours: ESn, and the TIMA's hypervisor pages. */
    spapr_xive_mmio_set_reachable(k->spapr->xive, reachable);
    memory_region_transaction_commit();
}

void p9xive_kvm_mmio_open(P9xiveKvm *k)
{
    const uint64_t pages = memory_region_size(&k->esb_mmio) / P9XIVE_OS_PAGE;

    if (p9x_vma_is_mapped(&k->vma)) {
        p9x_vma_attach(&k->vma, p9x_vm_device(&k->vm));
    } else {
        p9x_vma_map(&k->vma, p9x_vm_device(&k->vm), P9X_KVM_ESB_PAGE_OFFSET,
                    pages);
    }
    set_reachable(k, true);
}

void p9xive_kvm_mmio_close(P9xiveKvm *k)
{
    set_reachable(k, false);
    p9x_vma_detach(&k->vma);
}
