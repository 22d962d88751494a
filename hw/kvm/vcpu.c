/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vCPUs: connecting, entering and leaving the guest, saved state.
 *
 * A vCPU is a VP of the host.  While it runs, a thread has its OS ring; the
 * rest of the time 8 bytes here are its ring, and its NVT collects events for
 * it.
 */
#include <string.h>

#include "irqspace.h"
#include "vcpu.h"
#include "xive/dispatch.h"

/* A block with a VP for each server there can be, on the first connect. */
static int alloc_vps(P9xKvm *kvm)
{
    unsigned order = 0;
    int rc;

    if (kvm->vp_base) {
        return 0;
    }
    while ((UINT32_C(1) << order) < kvm->nr_servers) {
        order++;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_allocate_vp_block(kvm->host, order,
                                                  &kvm->vp_base));
    if (rc) {
        kvm->vp_base = 0;
        return -ENOSPC;
    }
    return 0;
}

int p9x_kvm_set_nr_servers(P9xKvm *kvm, const void *addr)
{
    uint32_t n;
    int rc = 0;

    if (!addr) {
        return -EFAULT;
    }
    memcpy(&n, addr, sizeof(n));
    if (!n || n > P9X_KVM_MAX_VCPU_IDS) {
        return -EINVAL;
    }
    p9x_lock(&kvm->lock);
    if (kvm->vp_base) {
        rc = -EBUSY;
    } else {
        kvm->nr_servers = n > P9X_KVM_MAX_VCPUS ? P9X_KVM_MAX_VCPUS : n;
    }
    p9x_unlock(&kvm->lock);
    return rc;
}

static bool vp_taken(const P9xKvm *kvm, uint32_t vp)
{
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        if (kvm->vcpu[i]->vp == vp) {
            return true;
        }
    }
    return false;
}

static int set_vp_enabled(P9xKvmVcpu *vcpu, bool enabled)
{
    int rc;

    P9X_OPAL_RETRY(rc, p9x_opal_set_vp_info(vcpu->kvm->host, vcpu->vp,
                                            enabled ? P9X_OPAL_VP_ENABLED :
                                                      0));
    return rc ? -EIO : 0;
}

static int enable_vp(P9xKvmVcpu *vcpu)
{
    unsigned flags;
    uint32_t cam;
    int rc;

    P9X_OPAL_RETRY(rc, p9x_opal_get_vp_info(vcpu->kvm->host, vcpu->vp, &flags,
                                            &cam));
    if (rc) {
        return -EIO;
    }
    vcpu->cam_word = P9X_TM_OS_VALID | cam;
    return set_vp_enabled(vcpu, true);
}

/* NSR, CPPR, IPB, LSMFB 0: fully masked until the guest opens its CPPR. */
static void reset_w01(P9xKvmVcpu *vcpu)
{
    memset(vcpu->w01, 0, sizeof(vcpu->w01));
    vcpu->w01[P9X_TM_ACK_CNT] = 0xFF;
}

static bool server_fits(const P9xKvm *kvm, uint32_t server)
{
    return server < P9X_KVM_MAX_VCPU_IDS &&
           p9x_kvm_vp(kvm, server) - kvm->vp_base < kvm->nr_servers;
}

static int connect_locked(P9xKvm *kvm, P9xKvmVcpu *vcpu, uint32_t server)
{
    int rc;

    p9x_assert_held(&kvm->lock);
    if (!server_fits(kvm, server)) {
        return -EINVAL;
    }
    rc = alloc_vps(kvm);
    if (rc) {
        return rc;
    }
    if (vp_taken(kvm, p9x_kvm_vp(kvm, server))) {
        return -EEXIST;
    }
    memset(vcpu, 0, sizeof(*vcpu));
    vcpu->kvm = kvm;
    vcpu->server = server;
    vcpu->vp = p9x_kvm_vp(kvm, server);
    vcpu->mfrr = 0xFF;
    vcpu->valid = true;
    reset_w01(vcpu);
    rc = enable_vp(vcpu);
    if (!rc) {
        rc = kvm->ops->connect(vcpu);
        if (rc) {
            set_vp_enabled(vcpu, false);
        }
    }
    if (rc) {
        vcpu->kvm = NULL;
        return rc;
    }
    kvm->vcpu[kvm->nr_vcpus] = vcpu;
    atomic_fetch_add(&kvm->nr_vcpus, 1);
    return 0;
}

int p9x_kvm_connect(P9xKvm *kvm, P9xKvmVcpu *vcpu, uint32_t server)
{
    int rc;

    if (vcpu->kvm) {
        return -EBUSY;
    }
    p9x_lock(&kvm->lock);
    rc = connect_locked(kvm, vcpu, server);
    p9x_unlock(&kvm->lock);
    return rc;
}

/* A source that would interrupt this vCPU stops doing so. */
static void disable_source(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                           void *opaque)
{
    const P9xKvmVcpu *vcpu = opaque;

    p9x_lock(&block->lock);
    if (irq->act_priority != P9X_PRIO_MASKED &&
        irq->act_server == vcpu->server) {
        irq->act_priority = P9X_PRIO_MASKED;
        p9x_kvm_silence(kvm, irq);
    }
    p9x_unlock(&block->lock);
}

static void remove_from_list(P9xKvm *kvm, const P9xKvmVcpu *vcpu)
{
    unsigned i = 0;

    while (kvm->vcpu[i] != vcpu) {
        i++;
    }
    /* Order matters: a full queue falls back to the next in order. */
    memmove(&kvm->vcpu[i], &kvm->vcpu[i + 1],
            (kvm->nr_vcpus - i - 1) * sizeof(P9xKvmVcpu *));
    atomic_fetch_sub(&kvm->nr_vcpus, 1);
}

void p9x_kvm_disconnect(P9xKvmVcpu *vcpu)
{
    P9xKvm *kvm = vcpu->kvm;

    if (!kvm) {
        return;
    }
    p9x_kvm_pull(vcpu);
    p9x_lock(&kvm->lock);
    vcpu->valid = false;
    p9x_kvm_each_irq(kvm, disable_source, vcpu);
    kvm->ops->disconnect(vcpu);
    set_vp_enabled(vcpu, false);
    vcpu->cam_word = 0;
    remove_from_list(kvm, vcpu);
    vcpu->kvm = NULL;
    p9x_unlock(&kvm->lock);
}

/* Entry and exit. */

void p9x_kvm_push(P9xKvmVcpu *vcpu, P9xTctx *tctx)
{
    if (!vcpu->kvm || !vcpu->cam_word || vcpu->tctx) {
        return;
    }
    p9x_tctx_raw_store(tctx, P9X_RING_OS * P9X_TM_RING_SIZE, 8,
                       p9x_load_be(vcpu->w01, 8), 0xFF);
    p9x_tctx_set_word2(tctx, P9X_RING_OS, vcpu->cam_word);
    vcpu->tctx = tctx;
}

void p9x_kvm_pull(P9xKvmVcpu *vcpu)
{
    if (!vcpu->tctx) {
        return;
    }
    p9x_tctx_pull(vcpu->tctx, P9X_RING_OS);
    p9x_store_be(vcpu->w01, 8, p9x_tctx_raw_load(
        vcpu->tctx, P9X_RING_OS * P9X_TM_RING_SIZE, 8, 0xFF));
    vcpu->w01[P9X_TM_LSMFB] = 0;
    vcpu->w01[P9X_TM_ACK_CNT] = 0xFF;
    vcpu->tctx = NULL;
}

static int check_vp_state(const P9xKvmVcpu *vcpu)
{
    if (!vcpu->kvm) {
        return -ENXIO;
    }
    return vcpu->kvm->ops->has_pages ? 0 : -EPERM;
}

int p9x_kvm_get_vp_state(P9xKvmVcpu *vcpu, uint64_t value[2])
{
    int rc = check_vp_state(vcpu);
    uint8_t image[8];
    uint64_t state;

    if (rc) {
        return rc;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_get_vp_state(vcpu->kvm->host, vcpu->vp,
                                             &state));
    if (rc) {
        return -EIO;
    }
    memcpy(image, vcpu->w01, sizeof(image));
    image[P9X_TM_IPB] |= (uint8_t)(state >> 40);
    /* Raw bytes of the ring, whatever the host's byte order. */
    memcpy(&value[0], image, sizeof(image));
    value[1] = 0;
    return 0;
}

int p9x_kvm_set_vp_state(P9xKvmVcpu *vcpu, const uint64_t value[2])
{
    int rc = check_vp_state(vcpu);

    if (rc) {
        return rc;
    }
    if (vcpu->tctx) {
        return -EBUSY;
    }
    memcpy(vcpu->w01, &value[0], sizeof(vcpu->w01));
    return 0;
}

bool p9x_kvm_runnable(const P9xKvmVcpu *vcpu)
{
    uint64_t state = 0;
    uint8_t ipb = vcpu->w01[P9X_TM_IPB];
    int rc;

    if (!vcpu->kvm) {
        return false;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_get_vp_state(vcpu->kvm->host, vcpu->vp,
                                             &state));
    if (!rc) {
        ipb |= (uint8_t)(state >> 40);
    }
    return p9x_ipb_to_pipr(ipb) < vcpu->w01[P9X_TM_CPPR];
}
