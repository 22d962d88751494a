/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture-kvm.h"

enum { QUEUE_BASE = 0x100000, QUEUE_SIZE = 0x10000, XICS_PAGES = 0x1000000 };

/* ---- what the host program does ---- */

static void rig_zap(void *opaque, uint64_t first, uint64_t count)
{
    KRig *rig = opaque;

    rig->zaps++;
    rig->zap_first = first;
    rig->zap_count = count;
    for (unsigned i = 0; i < KRIG_MAX_VMAS; i++) {
        if (rig->vma[i]) {
            p9x_vma_zap(rig->vma[i], first, count);
        }
    }
}

static void rig_mark_dirty(void *opaque, uint64_t addr)
{
    KRig *rig = opaque;

    rig->dirtied++;
    rig->dirty_addr = addr;
}

static uint64_t rig_timebase(void *opaque)
{
    return 0x123456789;
}

static uint64_t rig_queue_page(void *opaque)
{
    KRig *rig = opaque;

    for (unsigned i = 0; i < KRIG_MAX_PAGES && rig->pages_left; i++) {
        uint64_t addr = XICS_PAGES + (uint64_t)i * QUEUE_SIZE;

        if (!rig->page_used[i]) {
            rig->page_used[i] = true;
            rig->pages_left--;
            memset(rig->host.ram + addr, 0, QUEUE_SIZE);
            return addr;
        }
    }
    return 0;
}

static void rig_queue_page_free(void *opaque, uint64_t page)
{
    KRig *rig = opaque;
    unsigned i = (unsigned)((page - XICS_PAGES) / QUEUE_SIZE);

    g_assert_cmpuint(i, <, KRIG_MAX_PAGES);
    g_assert_true(rig->page_used[i]);
    rig->page_used[i] = false;
    rig->pages_left++;
}

static void rig_op(void *opaque, P9xHostOp op, uint32_t irq, uint64_t arg,
                   uint32_t data)
{
    KRig *rig = opaque;
    unsigned at;

    if (rig->nr_ops >= KRIG_MAX_OPS) {
        return;
    }
    at = atomic_fetch_add(&rig->nr_ops, 1);
    if (at < KRIG_MAX_OPS) {
        rig->op[at] = (KRigOp) { op, irq, arg, data };
    }
}

static void phb_event(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    KRig *rig = opaque;

    p9x_host_source_event(&rig->h, rig->base + srcno, transit);
}

static void device_event(void *opaque)
{
    KRigMsi *msi = opaque;

    p9x_vm_signal(&msi->rig->vm, msi);
}

/* ---- life ---- */

KRig *krig_new_host(void)
{
    KRig *rig = host_alloc(sizeof(*rig));

    host_init(&rig->host);
    p9x_host_init(&rig->h, KRIG_NR_IPIS, KRIG_NR_VPS, &rig->host.ports);
    rig->h.plants.op = rig_op;
    rig->h.plants.op_opaque = rig;
    p9x_phb4_source_init(&rig->phb, P9X_PHB4_SMALL_SOURCES, false, phb_event,
                         rig, &rig->host.ports, &rig->h.router.counters);
    rig->base = p9x_host_add_source(&rig->h, &rig->phb.source);
    g_assert_cmpuint(rig->base, !=, 0);
    rig->ports = (P9xKvmPorts) {
        .host = rig,
        .zap = rig_zap,
        .mark_dirty = rig_mark_dirty,
        .timebase = rig_timebase,
        .queue_page = rig_queue_page,
        .queue_page_free = rig_queue_page_free
    };
    rig->pages_left = KRIG_MAX_PAGES;
    p9x_vm_init(&rig->vm);
    for (unsigned i = 0; i < KRIG_NR_MSIS; i++) {
        rig->msi[i].rig = rig;
        rig->msi[i].n = i;
    }
    for (unsigned i = 0; i < KRIG_MAX_VCPUS; i++) {
        p9x_tctx_init(&rig->thread[i], &rig->h.router.unit,
                      RIG_PHYS_CAM + i, rig);
    }
    return rig;
}

void krig_add_vma(KRig *rig, P9xEsbVma *vma)
{
    unsigned i = 0;

    while (rig->vma[i]) {
        g_assert_cmpuint(++i, <, KRIG_MAX_VMAS);
    }
    rig->vma[i] = vma;
}

void krig_run_vcpu(KRig *rig, unsigned n)
{
    uint64_t r4;

    p9x_kvm_push(&rig->vcpu[n], &rig->thread[n]);
    if (krig_kvm(rig)->type == P9X_KVM_NATIVE) {
        p9x_tctx_set_cppr(&rig->thread[n], P9X_RING_OS, 0xFF);
    } else {
        krig_hcall(rig, n, P9X_H_CPPR, 0xFF, 0, &r4);
    }
}

KRig *krig_new(P9xKvmType type, unsigned quirks, unsigned nr_vcpus)
{
    KRig *rig = krig_new_host();

    rig->h.plants.bugs = quirks & P9X_PLANTS;
    g_assert_cmpint(p9x_vm_create_device(&rig->vm, &rig->h, type, &rig->ports,
                                         quirks & ~(unsigned)P9X_PLANTS), ==,
                    0);
    g_assert_cmpint(krig_set_servers(rig, KRIG_NR_SERVERS), ==, 0);
    rig->nr_vcpus = nr_vcpus;
    for (unsigned i = 0; i < nr_vcpus; i++) {
        g_assert_cmpint(p9x_kvm_connect(krig_kvm(rig), &rig->vcpu[i], i), ==,
                        0);
        krig_run_vcpu(rig, i);
    }
    if (type == P9X_KVM_NATIVE) {
        g_assert_cmpint(p9x_vma_map(&rig->guest, krig_kvm(rig),
                                    P9X_KVM_ESB_PAGE_OFFSET,
                                    2 * KRIG_VMA_IRQS), ==, 0);
        krig_add_vma(rig, &rig->guest);
    }
    krig_log_clear(rig);
    return rig;
}

void krig_free(KRig *rig)
{
    if (rig->guest.slot) {
        p9x_vma_unmap(&rig->guest);
    }
    p9x_vm_destroy(&rig->vm);
    for (unsigned i = 0; i < KRIG_NR_MSIS; i++) {
        p9x_host_free_irq(&rig->h, &rig->msi[i].irq);
    }
    for (unsigned i = 0; i < KRIG_MAX_VCPUS; i++) {
        p9x_tctx_destroy(&rig->thread[i]);
    }
    for (unsigned i = 0; i < KRIG_MAX_PAGES; i++) {
        g_assert_false(rig->page_used[i]);
    }
    p9x_host_remove_source(&rig->h, rig->base);
    p9x_phb4_source_destroy(&rig->phb);
    p9x_host_destroy(&rig->h);
    host_destroy(&rig->host);
    free(rig);
}

/* ---- attributes ---- */

int krig_set64(KRig *rig, unsigned group, uint64_t attr, uint64_t value)
{
    return p9x_kvm_set_attr(krig_kvm(rig), group, attr, &value);
}

int krig_set_servers(KRig *rig, uint32_t n)
{
    bool native = krig_kvm(rig)->type == P9X_KVM_NATIVE;

    return p9x_kvm_set_attr(krig_kvm(rig), native ? P9X_KVM_GRP_CTRL :
                            P9X_KVM_XICS_GRP_CTRL,
                            native ? P9X_KVM_CTRL_NR_SERVERS :
                            P9X_KVM_XICS_NR_SERVERS, &n);
}

void krig_source(KRig *rig, uint32_t girq, uint64_t flags)
{
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE, girq, flags), ==, 0);
}

uint64_t krig_queue_addr(unsigned server, uint8_t prio)
{
    return QUEUE_BASE + (uint64_t)(server * P9X_NR_PRIOS + prio) * QUEUE_SIZE;
}

P9xKvmEq krig_eq(unsigned server, uint8_t prio)
{
    return (P9xKvmEq) {
        .flags = P9X_KVM_EQ_ALWAYS_NOTIFY, .qshift = 16,
        .qaddr = krig_queue_addr(server, prio), .qtoggle = 1
    };
}

int krig_set_eq(KRig *rig, unsigned server, uint8_t prio, const P9xKvmEq *eq)
{
    return p9x_kvm_set_attr(krig_kvm(rig), P9X_KVM_GRP_EQ_CONFIG,
                            server << 3 | prio, eq);
}

void krig_queue(KRig *rig, unsigned server, uint8_t prio)
{
    P9xKvmEq eq = krig_eq(server, prio);

    memset(rig->host.ram + eq.qaddr, 0, QUEUE_SIZE);
    g_assert_cmpint(krig_set_eq(rig, server, prio, &eq), ==, 0);
    rig->at[server][prio].idx = 0;
    rig->at[server][prio].toggle = 0;
}

uint64_t krig_config_word(unsigned server, uint8_t prio, uint32_t eisn)
{
    return (uint64_t)eisn << P9X_KVM_CFG_EISN_SHIFT |
           (uint64_t)server << P9X_KVM_CFG_SERVER_SHIFT | prio;
}

int krig_config(KRig *rig, uint32_t girq, unsigned server, uint8_t prio,
                uint32_t eisn)
{
    return krig_set64(rig, P9X_KVM_GRP_SOURCE_CONFIG, girq,
                      krig_config_word(server, prio, eisn));
}

void krig_route(KRig *rig, uint32_t girq, unsigned server, uint32_t eisn)
{
    krig_source(rig, girq, 0);
    krig_queue(rig, server, KRIG_PRIO);
    g_assert_cmpint(krig_config(rig, girq, server, KRIG_PRIO, eisn), ==, 0);
    krig_load(rig, girq, true, P9X_ESB_SET_PQ_00);
    krig_log_clear(rig);
}

uint64_t krig_word(unsigned server, uint8_t prio)
{
    return server | (uint64_t)prio << P9X_KVM_XICS_PRIO_SHIFT;
}

void krig_xics_source(KRig *rig, uint32_t girq, unsigned server)
{
    g_assert_cmpint(krig_set64(rig, P9X_KVM_XICS_GRP_SOURCES, girq,
                               krig_word(server, KRIG_PRIO)), ==, 0);
    krig_log_clear(rig);
}

int64_t krig_hcall(KRig *rig, unsigned vcpu, unsigned opcode, uint64_t a0,
                   uint64_t a1, uint64_t *r4)
{
    uint64_t args[2] = { a0, a1 };
    int64_t rc = p9x_xics_hcall(&rig->vcpu[vcpu], opcode, args);

    *r4 = args[0];
    return rc;
}

/* ---- the guest ---- */

uint64_t krig_load(KRig *rig, uint32_t girq, bool odd, uint64_t offset)
{
    uint64_t value = 0;

    g_assert_true(p9x_vma_load(&rig->guest, (2ull * girq + odd) << 16 | offset,
                               8, &value));
    return value;
}

void krig_store(KRig *rig, uint32_t girq, bool odd, uint64_t offset)
{
    g_assert_true(p9x_vma_store(&rig->guest,
                                (2ull * girq + odd) << 16 | offset, 8, 0));
}

void krig_eoi(KRig *rig, uint32_t girq)
{
    if (krig_load(rig, girq, true, P9X_ESB_SET_PQ_00) & 1) {
        krig_store(rig, girq, false, 0);
    }
}

uint32_t krig_take(KRig *rig, unsigned server, uint8_t prio)
{
    uint32_t *idx = &rig->at[server][prio].idx;
    uint32_t *toggle = &rig->at[server][prio].toggle;
    uint32_t entry = host_load32(&rig->host, krig_queue_addr(server, prio) +
                                             4ull * *idx);

    if (p9x_tctx_lines(&rig->thread[server]) & P9X_LINE_OS) {
        p9x_tctx_ack(&rig->thread[server], P9X_RING_OS);
        p9x_tctx_set_cppr(&rig->thread[server], P9X_RING_OS, 0xFF);
    }
    if (entry >> 31 == *toggle) {
        return 0;
    }
    *idx = (*idx + 1) % (QUEUE_SIZE / 4);
    *toggle ^= !*idx;
    return entry & P9X_DATA_MAX;
}

unsigned krig_take_all(KRig *rig, unsigned server, uint8_t prio)
{
    unsigned n = 0;

    while (krig_take(rig, server, prio)) {
        n++;
    }
    return n;
}

/* ---- the device ---- */

P9xHostIrq *krig_request(KRig *rig, unsigned msi)
{
    KRigMsi *m = &rig->msi[msi];

    if (!m->requested) {
        g_assert_cmpint(p9x_phb4_set_pe(&rig->phb, msi, KRIG_PE), ==, 0);
        g_assert_cmpint(p9x_host_request_irq(&rig->h, &m->irq,
                                             rig->base + msi, KRIG_LIRQ + msi,
                                             device_event, m), ==, 0);
        m->requested = true;
        krig_log_clear(rig);
    }
    return &m->irq;
}

void krig_fire(KRig *rig, unsigned msi)
{
    P9xMsi m = p9x_phb4_msi_encode(msi, msi & 1);

    g_assert_true(p9x_phb4_msi(&rig->phb, m.addr, m.data, KRIG_PE));
}

void krig_map(KRig *rig, unsigned msi, uint32_t girq)
{
    P9xHostIrq *irq = krig_request(rig, msi);

    p9x_vm_irqfd(&rig->vm, &rig->msi[msi], girq);
    g_assert_cmpint(p9x_vm_add_producer(&rig->vm, &rig->msi[msi], irq), ==, 0);
    g_assert_true(krig_irq(rig, girq)->pt == irq);
}

void krig_unmap(KRig *rig, unsigned msi)
{
    g_assert_cmpint(p9x_vm_del_producer(&rig->vm, &rig->msi[msi]), ==, 0);
}

/* ---- looking ---- */

P9xPq krig_pt_pq(KRig *rig, unsigned msi)
{
    return p9x_source_get_pq(&rig->phb.source, msi);
}

void krig_set_pt_pq(KRig *rig, unsigned msi, P9xPq pq)
{
    p9x_source_set_pq(&rig->phb.source, msi, pq);
}

P9xKvmIrq *krig_irq(KRig *rig, uint32_t girq)
{
    P9xKvmBlock *block = p9x_kvm_block(krig_kvm(rig), girq);

    g_assert_nonnull(block);
    return p9x_kvm_irq(block, girq);
}

P9xPq krig_ipi_pq(KRig *rig, uint32_t girq)
{
    return p9x_source_get_pq(&rig->h.ipi, krig_irq(rig, girq)->ipi.hw_irq);
}

void krig_set_ipi_pq(KRig *rig, uint32_t girq, P9xPq pq)
{
    p9x_source_set_pq(&rig->h.ipi, krig_irq(rig, girq)->ipi.hw_irq, pq);
}

KRigRoute krig_get_route(KRig *rig, uint32_t hw)
{
    KRigRoute r;

    g_assert_cmpint(p9x_opal_get_irq_config(&rig->h, hw, &r.vp, &r.prio,
                                            &r.data), ==, 0);
    return r;
}

void krig_log_clear(KRig *rig)
{
    rig->nr_ops = 0;
}

static void op_text(const KRigOp *op, const char *who, GString *s)
{
    switch (op->op) {
    case P9X_HOST_OP_ESB_LOAD:
        g_string_append_printf(s, "%03X:%s", (unsigned)op->arg, who);
        break;
    case P9X_HOST_OP_ESB_STORE:
        g_string_append_printf(s, "st:%s", who);
        break;
    case P9X_HOST_OP_CONFIG:
        g_string_append_printf(s, "cfg:%s", who);
        break;
    case P9X_HOST_OP_SYNC_EAS:
        g_string_append_printf(s, "sync:%s", who);
        break;
    case P9X_HOST_OP_SYNC_QUEUE:
        g_string_append_printf(s, "syncq:%s", who);
        break;
    }
}

char *krig_log_text(KRig *rig, uint32_t ipi, uint32_t pt)
{
    GString *s = g_string_new(NULL);

    for (unsigned i = 0; i < MIN(rig->nr_ops, KRIG_MAX_OPS); i++) {
        const KRigOp *op = &rig->op[i];

        g_string_append(s, i ? " " : "");
        op_text(op, op->irq == ipi ? "ipi" : op->irq == pt ? "pt" : "other",
                s);
    }
    return g_string_free(s, FALSE);
}
