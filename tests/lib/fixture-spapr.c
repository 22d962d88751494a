/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pseries rig, on the direct path or with a KVM device behind. */
#include "fixture.h"

enum { NR_IPIS = 512, NR_VPS = 4096 };

bool srig_on_kvm;

static bool srig_exploitation(void *opaque)
{
    return ((Host *)opaque)->exploitation;
}

P9xSpaprConfig srig_config(void)
{
    return (P9xSpaprConfig) {
        .nr_irqs = SRIG_NR_IRQS,
        .nr_servers = SRIG_MAX_SERVERS,
        .vc_base = SRIG_VC_BASE,
        .tm_base = SRIG_TM_BASE,
        .hv_prio = 7,
        .store_eoi = true,
        .exploitation = srig_exploitation,
    };
}

/* ---- the KVM device ---- */

static void kvm_zap(void *opaque, uint64_t first, uint64_t count)
{
    SrigKvm *kvm = opaque;

    p9x_vma_zap(&kvm->vma, first, count);
}

static bool find_vcpu(void *opaque, uint32_t server, P9xKvmVcpu **vcpu,
                      P9xTctx **tctx)
{
    SrigKvm *kvm = opaque;

    if (server >= SRIG_MAX_SERVERS) {
        return false;
    }
    *vcpu = &kvm->vcpu[server];
    *tctx = &kvm->thread[server];
    return true;
}

void srig_kvm_prepare(SpaprRig *rig)
{
    SrigKvm *kvm = host_alloc(sizeof(*kvm));

    rig->kvm = kvm;
    p9x_host_init(&kvm->h, NR_IPIS, NR_VPS, &rig->host.ports);
    p9x_vm_init(&kvm->vm);
    kvm->ports = (P9xKvmPorts) { .host = kvm, .zap = kvm_zap };
    for (unsigned i = 0; i < SRIG_MAX_SERVERS; i++) {
        p9x_tctx_init(&kvm->thread[i], &kvm->h.router.unit, RIG_PHYS_CAM + i,
                      &rig->host);
    }
    kvm->model = (P9xKvmModelPort) {
        .vm = &kvm->vm, .vma = &kvm->vma, .find_vcpu = find_vcpu,
        .opaque = kvm
    };
    kvm->port = p9x_kvm_model_port(&kvm->model);
}

void srig_kvm_create(SpaprRig *rig, unsigned quirks)
{
    SrigKvm *kvm = rig->kvm;

    g_assert_cmpint(p9x_vm_create_device(&kvm->vm, &kvm->h, P9X_KVM_NATIVE,
                                         &kvm->ports, quirks), ==, 0);
    g_assert_cmpint(p9x_vma_map(&kvm->vma, kvm->vm.device,
                                P9X_KVM_ESB_PAGE_OFFSET,
                                2 * SRIG_NR_IRQS), ==, 0);
}

int srig_kvm_connect(SpaprRig *rig)
{
    return p9x_spapr_kvm_connect(&rig->s, &rig->kvm->port);
}

void srig_kvm_release(SpaprRig *rig)
{
    p9x_vma_unmap(&rig->kvm->vma);
    p9x_vm_release_device(&rig->kvm->vm);
}

static void kvm_free(SpaprRig *rig)
{
    SrigKvm *kvm = rig->kvm;

    srig_kvm_release(rig);
    p9x_vm_destroy(&kvm->vm);
    for (unsigned i = 0; i < SRIG_MAX_SERVERS; i++) {
        p9x_tctx_destroy(&kvm->thread[i]);
    }
    p9x_host_destroy(&kvm->h);
    free(kvm);
}

/* ---- life ---- */

static void add_servers(SpaprRig *rig, unsigned nr_servers)
{
    for (unsigned i = 0; i < nr_servers; i++) {
        p9x_tctx_init(&rig->tctx[i], &rig->s.router.unit, RIG_PHYS_CAM + i,
                      &rig->host);
        g_assert_cmpint(p9x_spapr_add_server(&rig->s, i, &rig->tctx[i]), ==,
                        0);
        p9x_spapr_reset_server(&rig->s, i);
    }
    srig_open_cppr(rig);
}

void srig_open_cppr(SpaprRig *rig)
{
    for (unsigned i = 0; i < SRIG_MAX_SERVERS; i++) {
        if (rig->s.server[i]) {
            p9x_tctx_set_cppr(srig_thread(rig, i), P9X_RING_OS, 0xFF);
        }
    }
}

SpaprRig *srig_new_config(unsigned nr_servers, const P9xSpaprConfig *config)
{
    SpaprRig *rig = host_alloc(sizeof(*rig));
    P9xSpaprConfig c = *config;
    char *error = NULL;

    host_init(&rig->host);
    c.ports = &rig->host.ports;
    if (!p9x_spapr_init(&rig->s, &c, &error)) {
        g_error("%s", error);
    }
    if (srig_on_kvm) {
        srig_kvm_prepare(rig);
        srig_kvm_create(rig, 0);
        g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    }
    add_servers(rig, nr_servers);
    return rig;
}

SpaprRig *srig_new(unsigned nr_servers)
{
    P9xSpaprConfig config = srig_config();

    return srig_new_config(nr_servers, &config);
}

void srig_free(SpaprRig *rig)
{
    for (unsigned i = 0; i < SRIG_MAX_SERVERS; i++) {
        if (rig->tctx[i].unit) {
            p9x_spapr_remove_server(&rig->s, i);
            p9x_tctx_destroy(&rig->tctx[i]);
        }
    }
    p9x_spapr_kvm_disconnect(&rig->s);
    if (rig->kvm) {
        kvm_free(rig);
    }
    p9x_spapr_destroy(&rig->s);
    host_destroy(&rig->host);
    free(rig);
}

/* ---- the guest ---- */

static bool is_connected(SpaprRig *rig)
{
    return p9x_spapr_on_kvm(&rig->s);
}

int64_t srig_hcall(SpaprRig *rig, unsigned opcode, uint64_t a0, uint64_t a1,
                   uint64_t a2, uint64_t a3, uint64_t a4)
{
    const uint64_t args[6] = { a0, a1, a2, a3, a4, 0 };

    memcpy(rig->r, args, sizeof(args));
    return p9x_spapr_hcall(&rig->s, 0, opcode, rig->r);
}

uint64_t srig_queue_addr(uint32_t server, uint8_t priority)
{
    return SRIG_QUEUE +
           (uint64_t)(server * P9X_NR_PRIOS + priority) * SRIG_QUEUE_SIZE;
}

void srig_set_queue(SpaprRig *rig, uint32_t server, uint8_t priority)
{
    uint64_t addr = srig_queue_addr(server, priority);

    memset(rig->host.ram + addr, 0, SRIG_QUEUE_SIZE);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG,
                               P9X_EQ_ALWAYS_NOTIFY, server, priority, addr,
                               P9X_SPAPR_EQ_SHIFT), ==, P9X_H_SUCCESS);
}

void srig_route(SpaprRig *rig, uint32_t lisn, uint32_t server,
                uint8_t priority, uint32_t eisn)
{
    if (!p9x_spapr_claimed(&rig->s, lisn)) {
        g_assert_cmpint(p9x_spapr_claim(&rig->s, lisn, false), ==, 0);
    }
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG,
                               P9X_SRC_SET_EISN, lisn, server, priority,
                               eisn), ==, P9X_H_SUCCESS);
    srig_set_pq(rig, lisn, P9X_PQ_00);
}

uint64_t srig_new_eas(const SpaprRig *rig, uint32_t lisn)
{
    return P9X_EAS_VALID | P9X_EAS_MASKED | (rig->kvm ? 0 : lisn);
}

uint32_t srig_entry(SpaprRig *rig, uint32_t server, uint8_t priority,
                    unsigned n)
{
    return host_load32(&rig->host, srig_queue_addr(server, priority) + 4 * n);
}

P9xTctx *srig_thread(SpaprRig *rig, unsigned server)
{
    return is_connected(rig) ? &rig->kvm->thread[server] :
                               &rig->tctx[server];
}

uint64_t srig_load(SpaprRig *rig, uint32_t lisn, bool mgmt, uint64_t offset)
{
    uint64_t value;

    if (!is_connected(rig)) {
        return p9x_source_page_load(&rig->s.source, lisn, mgmt, offset, 8);
    }
    g_assert_true(p9x_vma_load(&rig->kvm->vma,
                               p9x_kvm_esb_offset(lisn, mgmt, offset), 8,
                               &value));
    return value;
}

void srig_store(SpaprRig *rig, uint32_t lisn, bool mgmt, uint64_t offset)
{
    if (!is_connected(rig)) {
        p9x_source_page_store(&rig->s.source, lisn, mgmt, offset, 8, 0);
        return;
    }
    g_assert_true(p9x_vma_store(&rig->kvm->vma,
                                p9x_kvm_esb_offset(lisn, mgmt, offset), 8,
                                0));
}

void srig_trigger(SpaprRig *rig, uint32_t lisn)
{
    srig_store(rig, lisn, false, 0);
}

/* On the management page, in the way that the guest was told to use. */
static uint64_t manage(SpaprRig *rig, uint32_t lisn, uint64_t offset)
{
    if (!p9x_source_is_lsi(&rig->s.source, lisn)) {
        return srig_load(rig, lisn, true, offset);
    }
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_ESB, 0, lisn, offset, 0, 0), ==,
                    P9X_H_SUCCESS);
    return rig->r[0];
}

P9xPq srig_pq(SpaprRig *rig, uint32_t lisn)
{
    return (P9xPq)srig_load(rig, lisn, true, P9X_ESB_GET);
}

void srig_set_pq(SpaprRig *rig, uint32_t lisn, P9xPq pq)
{
    manage(rig, lisn, P9X_ESB_SET_PQ_00 + 0x100u * pq);
}

void srig_eoi(SpaprRig *rig, uint32_t lisn)
{
    manage(rig, lisn, 0);
}

uint64_t srig_count(SpaprRig *rig, P9xCounter kind)
{
    const P9xRouter *router = is_connected(rig) ? &rig->kvm->h.router :
                                                  &rig->s.router;

    return p9x_counter_read(&router->counters, kind);
}
