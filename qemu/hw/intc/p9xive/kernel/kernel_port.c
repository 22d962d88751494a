/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_port.h"

#include <endian.h>
#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Registers of a vCPU, by the kernel's numbers: asm/kvm.h has them on ppc64. */
#define REG_ICP_STATE   UINT64_C(0x103000000000008c)
#define REG_VP_STATE    UINT64_C(0x104000000000008d)

enum {
    PAGE_SHIFT = 16,
    TIMA_PAGES = 4,
    NR_SERVERS = 8 * 2048,          /* vCPU ids that the kernel can have */
    SET_PQ_01 = 0xD00               /* offset in a management page */
};

enum { NOT_CONNECTED, CONNECTED, PARKED };

static int call(int fd, unsigned long request, void *arg)
{
    int rc = ioctl(fd, request, arg);

    return rc < 0 ? -errno : rc;
}

/* ---- the device ---- */

static int create(int vm_fd, P9xKvmType type, uint32_t flags)
{
    struct kvm_create_device create = { .type = type, .flags = flags };
    int rc = call(vm_fd, KVM_CREATE_DEVICE, &create);

    return rc < 0 ? rc : (int)create.fd;
}

bool p9x_kernel_has_device(int vm_fd, P9xKvmType type)
{
    return create(vm_fd, type, KVM_CREATE_DEVICE_TEST) >= 0;
}

static void free_tables(P9xKernelPort *k)
{
    free(k->has_source);
    free(k->target);
    free(k->queues);
    free(k->server);
}

static bool make_tables(P9xKernelPort *k)
{
    k->has_source = calloc(k->nr_irqs, sizeof(*k->has_source));
    k->target = calloc(k->nr_irqs, sizeof(*k->target));
    k->queues = calloc(NR_SERVERS, sizeof(*k->queues));
    k->server = calloc(NR_SERVERS, sizeof(*k->server));
    return k->has_source && k->target && k->queues && k->server;
}

static size_t esb_size(const P9xKernelPort *k)
{
    return (size_t)k->nr_irqs << (PAGE_SHIFT + 1);
}

static void *map(const P9xKernelPort *k, off_t page, size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                    k->device_fd, page << PAGE_SHIFT);

    return at == MAP_FAILED ? NULL : at;
}

/* The kernel counts pages of its own size. */
static int map_esb(P9xKernelPort *k)
{
    if (sysconf(_SC_PAGESIZE) != 1 << PAGE_SHIFT) {
        return -EINVAL;
    }
    k->esb = map(k, P9X_KVM_ESB_PAGE_OFFSET, esb_size(k));
    return k->esb ? 0 : -errno;
}

int p9x_kernel_open(P9xKernelPort *k, int vm_fd, P9xKvmType type,
                    uint32_t nr_irqs)
{
    int rc = create(vm_fd, type, 0);

    if (rc < 0) {
        return rc;
    }
    k->vm_fd = vm_fd;
    k->device_fd = rc;
    k->type = type;
    k->nr_irqs = nr_irqs;
    k->esb = NULL;
    rc = make_tables(k) ? 0 : -ENOMEM;
    if (!rc && type == P9X_KVM_NATIVE) {
        rc = map_esb(k);
    }
    if (rc) {
        p9x_kernel_close(k);
    }
    return rc;
}

void p9x_kernel_close(P9xKernelPort *k)
{
    if (k->esb) {
        munmap(k->esb, esb_size(k));
    }
    k->esb = NULL;
    free_tables(k);
    close(k->device_fd);
    k->device_fd = -1;
}

void *p9x_kernel_map_tima(P9xKernelPort *k)
{
    return map(k, P9X_KVM_TIMA_PAGE_OFFSET, TIMA_PAGES << PAGE_SHIFT);
}

void p9x_kernel_unmap_tima(void *tima)
{
    munmap(tima, TIMA_PAGES << PAGE_SHIFT);
}

/* ---- attributes ---- */

static int attribute(void *opaque, unsigned long request, unsigned group,
                     uint64_t attr, const void *addr)
{
    P9xKernelPort *k = opaque;
    struct kvm_device_attr one = {
        .group = group, .attr = attr, .addr = (uintptr_t)addr
    };

    return call(k->device_fd, request, &one);
}

static int has_attr(void *opaque, unsigned group, uint64_t attr)
{
    return attribute(opaque, KVM_HAS_DEVICE_ATTR, group, attr, NULL);
}

static int get_attr(void *opaque, unsigned group, uint64_t attr, void *addr)
{
    return attribute(opaque, KVM_GET_DEVICE_ATTR, group, attr, addr);
}

static void remember_queue(P9xKernelPort *k, uint64_t attr, const P9xKvmEq *eq)
{
    if (eq->qshift && attr >> 3 < NR_SERVERS) {
        k->queues[attr >> 3] |= (uint8_t)(1u << (attr & 7));
    }
}

static void forget_targets(P9xKernelPort *k)
{
    memset(k->target, 0, k->nr_irqs * sizeof(*k->target));
    memset(k->queues, 0, NR_SERVERS);
}

static void remember(P9xKernelPort *k, unsigned group, uint64_t attr,
                     const void *addr)
{
    switch (group) {
    case P9X_KVM_GRP_CTRL:
        if (attr == P9X_KVM_CTRL_RESET) {
            forget_targets(k);
        }
        break;
    case P9X_KVM_GRP_SOURCE:
        if (attr < k->nr_irqs) {
            k->target[attr] = 0;
            atomic_store(&k->has_source[attr], 1);
        }
        break;
    case P9X_KVM_GRP_SOURCE_CONFIG:
        if (attr < k->nr_irqs) {
            memcpy(&k->target[attr], addr, sizeof(k->target[attr]));
        }
        break;
    case P9X_KVM_GRP_EQ_CONFIG:
        remember_queue(k, attr, addr);
        break;
    default:
        break;
    }
}

/*
 * A server's queues have one escalation interrupt, which the kernel requests
 * for the first of them and keeps until RESET, also when that queue is taken
 * away.  It can't request it for another priority; its way out of that failure
 * ends some kernels.
 */
static bool is_second_priority(const P9xKernelPort *k, unsigned group,
                               uint64_t attr, const P9xKvmEq *eq)
{
    unsigned prio = attr & 7;

    return k->type == P9X_KVM_NATIVE && group == P9X_KVM_GRP_EQ_CONFIG &&
           eq && eq->qshift && attr >> 3 < NR_SERVERS &&
           prio <= P9X_KVM_MAX_PRIO && k->queues[attr >> 3] & ~(1u << prio);
}

static int set_attr(void *opaque, unsigned group, uint64_t attr,
                    const void *addr)
{
    P9xKernelPort *k = opaque;
    int rc = is_second_priority(k, group, attr, addr) ? -EBUSY :
             attribute(k, KVM_SET_DEVICE_ATTR, group, attr, addr);

    if (!rc && k->type == P9X_KVM_NATIVE) {
        remember(k, group, attr, addr);
    }
    return rc;
}

/* ---- vCPUs ---- */

typedef struct Connect {
    const P9xKernelPort *k;
    uint32_t server;
} Connect;

static int enable_cap(int vcpu_fd, void *arg)
{
    const Connect *connect = arg;
    struct kvm_enable_cap cap = {
        .cap = connect->k->type == P9X_KVM_NATIVE ? KVM_CAP_PPC_IRQ_XIVE :
                                                    KVM_CAP_IRQ_XICS,
        .args = { (uint64_t)connect->k->device_fd, connect->server }
    };

    return call(vcpu_fd, KVM_ENABLE_CAP, &cap);
}

typedef struct Reg {
    unsigned long request;
    uint64_t id;
    void *value;
} Reg;

static int one_reg(int vcpu_fd, void *arg)
{
    const Reg *reg = arg;
    struct kvm_one_reg one = { .id = reg->id, .addr = (uintptr_t)reg->value };

    return call(vcpu_fd, reg->request, &one);
}

static int vcpu_reg(P9xKernelPort *k, uint32_t server, unsigned long request,
                    uint64_t id, void *value)
{
    Reg reg = { request, id, value };

    return k->on_vcpu(k->opaque, server, one_reg, &reg);
}

static int get_vp_state(void *opaque, uint32_t server,
                        uint64_t value[P9X_KVM_VP_STATE_WORDS])
{
    return vcpu_reg(opaque, server, KVM_GET_ONE_REG, REG_VP_STATE, value);
}

static int set_vp_state(void *opaque, uint32_t server,
                        const uint64_t value[P9X_KVM_VP_STATE_WORDS])
{
    return vcpu_reg(opaque, server, KVM_SET_ONE_REG, REG_VP_STATE,
                    (void *)value);
}

/* As a vCPU has it that is connected the first time. */
static int renew_vp(P9xKernelPort *k, uint32_t server)
{
    static const uint8_t fresh[16] = { [4] = 0xFF };        /* ACK_CNT */
    uint64_t value[P9X_KVM_VP_STATE_WORDS];

    memcpy(value, fresh, sizeof(value));
    return set_vp_state(k, server, value);
}

static int connect_vcpu(void *opaque, uint32_t server)
{
    P9xKernelPort *k = opaque;
    Connect arg = { k, server };
    bool known = server < NR_SERVERS;
    int rc;

    if (known && k->server[server] == PARKED) {
        rc = renew_vp(k, server);
    } else {
        rc = k->on_vcpu(k->opaque, server, enable_cap, &arg);
    }
    if (!rc && known) {
        k->server[server] = CONNECTED;
    }
    return rc;
}

static uint32_t server_of(uint64_t config)
{
    return (uint32_t)((config & P9X_KVM_CFG_SERVER) >>
                      P9X_KVM_CFG_SERVER_SHIFT);
}

static volatile uint8_t *esb_at(P9xKernelPort *k, uint64_t offset)
{
    uint64_t girq = offset >> (PAGE_SHIFT + 1);

    return k->esb && girq < k->nr_irqs && atomic_load(&k->has_source[girq]) ?
           k->esb + offset : NULL;
}

/*
 * The kernel takes a word that says what it has already for no change, whether
 * or not it is masked: so this one has another EISN.
 */
static void turn_off(P9xKernelPort *k, uint32_t girq)
{
    uint64_t word = (k->target[girq] ^
                     UINT64_C(1) << P9X_KVM_CFG_EISN_SHIFT) |
                    P9X_KVM_CFG_MASKED;

    (void)*(volatile uint64_t *)(k->esb + p9x_kvm_esb_offset(girq, true,
                                                             SET_PQ_01));
    attribute(k, KVM_SET_DEVICE_ATTR, P9X_KVM_GRP_SOURCE_CONFIG, girq, &word);
    k->target[girq] = 0;
}

static void drop_queues(P9xKernelPort *k, uint32_t server)
{
    const P9xKvmEq none = { 0 };

    for (uint8_t prio = 0; prio <= P9X_KVM_MAX_PRIO; prio++) {
        if (k->queues[server] >> prio & 1) {
            set_attr(k, P9X_KVM_GRP_EQ_CONFIG, p9x_kvm_eq_attr(server, prio),
                     &none);
        }
    }
}

static void disconnect_vcpu(void *opaque, uint32_t server)
{
    P9xKernelPort *k = opaque;

    if (server >= NR_SERVERS || k->server[server] != CONNECTED) {
        return;
    }
    for (uint32_t girq = 0; k->esb && girq < k->nr_irqs; girq++) {
        uint64_t word = k->target[girq];

        if (word && !(word & P9X_KVM_CFG_MASKED) &&
            server_of(word) == server) {
            turn_off(k, girq);
        }
    }
    drop_queues(k, server);
    k->server[server] = PARKED;
}

int p9x_kernel_get_icp(P9xKernelPort *k, uint32_t server, uint64_t *value)
{
    return vcpu_reg(k, server, KVM_GET_ONE_REG, REG_ICP_STATE, value);
}

int p9x_kernel_set_icp(P9xKernelPort *k, uint32_t server, uint64_t value)
{
    return vcpu_reg(k, server, KVM_SET_ONE_REG, REG_ICP_STATE, &value);
}

/* ---- lines and pages ---- */

static int irq_line(void *opaque, uint32_t girq, int level)
{
    P9xKernelPort *k = opaque;
    struct kvm_irq_level line = { .irq = girq, .level = (uint32_t)level };
    int rc = call(k->vm_fd, KVM_IRQ_LINE_STATUS, &line);

    if (rc < 0) {
        return rc;
    }
    /* The kernel adds up what its controllers say, and says -1 if none did. */
    return line.status < 0 ? -EINVAL : 0;
}

static bool esb_load(void *opaque, uint64_t offset, unsigned size,
                     uint64_t *value)
{
    volatile uint8_t *at = esb_at(opaque, offset);

    if (!at) {
        return false;
    }
    atomic_thread_fence(memory_order_seq_cst);
    switch (size) {
    case 1: *value = *at; break;
    case 2: *value = be16toh(*(volatile uint16_t *)at); break;
    case 4: *value = be32toh(*(volatile uint32_t *)at); break;
    default: *value = be64toh(*(volatile uint64_t *)at); break;
    }
    atomic_thread_fence(memory_order_seq_cst);
    return true;
}

static bool esb_store(void *opaque, uint64_t offset, unsigned size,
                      uint64_t value)
{
    volatile uint8_t *at = esb_at(opaque, offset);

    if (!at) {
        return false;
    }
    atomic_thread_fence(memory_order_seq_cst);
    switch (size) {
    case 1: *at = (uint8_t)value; break;
    case 2: *(volatile uint16_t *)at = htobe16((uint16_t)value); break;
    case 4: *(volatile uint32_t *)at = htobe32((uint32_t)value); break;
    default: *(volatile uint64_t *)at = htobe64(value); break;
    }
    atomic_thread_fence(memory_order_seq_cst);
    return true;
}

P9xKvmPort p9x_kernel_port(P9xKernelPort *k)
{
    return (P9xKvmPort) {
        .opaque = k,
        .has_attr = has_attr,
        .set_attr = set_attr,
        .get_attr = get_attr,
        .connect = connect_vcpu,
        .disconnect = disconnect_vcpu,
        .get_vp_state = get_vp_state,
        .set_vp_state = set_vp_state,
        .irq_line = irq_line,
        .esb_load = esb_load,
        .esb_store = esb_store
    };
}
