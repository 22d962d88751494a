/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host with a bridge, a VM on it with one of the two devices, and a guest
 * that does what Linux would: takes entries off its queues, EOIs, masks.
 *
 * Server n's queue for priority p is at krig_queue_addr(n, p).  Device
 * interrupt m is MSI m of the bridge, host interrupt KRIG_LIRQ + m, and its
 * handler signals eventfd m.
 */
#ifndef P9X_TEST_FIXTURE_KVM_H
#define P9X_TEST_FIXTURE_KVM_H

#include "fixture.h"
#include "xive/kvm/esbmap.h"
#include "xive/phb4/phb4_source.h"
#include "xive/kvm/vm.h"
#include "xive/kvm/xics.h"

enum {
    KRIG_MAX_VCPUS = 4,
    KRIG_NR_SERVERS = 8,
    KRIG_NR_IPIS = 128,
    KRIG_NR_VPS = 64,
    KRIG_NR_MSIS = 16,
    KRIG_MAX_VMAS = 4,
    KRIG_MAX_OPS = 256,
    KRIG_LIRQ = 100,
    KRIG_PE = 5,
    KRIG_PRIO = 6,
    KRIG_VMA_IRQS = 64,             /* the mapping covers that many */
    KRIG_MAX_PAGES = 64
};

typedef struct KRigOp {
    P9xHostOp op;
    uint32_t irq;
    uint64_t arg;
    uint32_t data;
} KRigOp;

typedef struct KRig KRig;

typedef struct KRigMsi {
    KRig *rig;
    unsigned n;                     /* its address is the eventfd */
    bool requested;
    P9xHostIrq irq;
} KRigMsi;

struct KRig {
    Host host;
    P9xHost h;
    P9xPhb4Source phb;
    uint32_t base;                  /* HW number of the bridge's MSI 0 */
    P9xVm vm;
    P9xKvmPorts ports;
    unsigned nr_vcpus;
    P9xKvmVcpu vcpu[KRIG_MAX_VCPUS];
    P9xTctx thread[KRIG_MAX_VCPUS];
    KRigMsi msi[KRIG_NR_MSIS];
    /* The guest's place in its queues (native). */
    struct { uint32_t idx, toggle; } at[KRIG_MAX_VCPUS][P9X_NR_PRIOS];
    P9xEsbVma *vma[KRIG_MAX_VMAS];
    P9xEsbVma guest;                /* the first, native only */
    atomic_uint nr_ops;
    KRigOp op[KRIG_MAX_OPS];
    /* What the ports were told. */
    unsigned zaps;
    uint64_t zap_first, zap_count;
    unsigned dirtied;
    uint64_t dirty_addr;
    bool page_used[KRIG_MAX_PAGES];
    unsigned pages_left;            /* XICS queue pages to be had */
};

/* A host and a bridge without a VM's device. */
KRig *krig_new_host(void);
/*
 * With a device and @nr_vcpus that run, CPPR open.  @quirks: P9X_QUIRK_* for
 * the device and P9X_PLANT_* for its host.
 */
KRig *krig_new(P9xKvmType type, unsigned quirks, unsigned nr_vcpus);
void krig_free(KRig *rig);
static inline P9xKvm *krig_kvm(KRig *rig)
{
    return rig->vm.device;
}

/* Attributes with a u64 or u32 value. */
int krig_set64(KRig *rig, unsigned group, uint64_t attr, uint64_t value);
int krig_set_servers(KRig *rig, uint32_t n);
void krig_run_vcpu(KRig *rig, unsigned n);

/* Native: SOURCE, a queue, SOURCE_CONFIG, PQ=00; all must succeed. */
void krig_source(KRig *rig, uint32_t girq, uint64_t flags);
uint64_t krig_queue_addr(unsigned server, uint8_t prio);
P9xKvmEq krig_eq(unsigned server, uint8_t prio);
int krig_set_eq(KRig *rig, unsigned server, uint8_t prio, const P9xKvmEq *eq);
void krig_queue(KRig *rig, unsigned server, uint8_t prio);
uint64_t krig_config_word(unsigned server, uint8_t prio, uint32_t eisn);
int krig_config(KRig *rig, uint32_t girq, unsigned server, uint8_t prio,
                uint32_t eisn);
void krig_route(KRig *rig, uint32_t girq, unsigned server, uint32_t eisn);
/* XICS: a source word that targets @server, unmasked; must succeed. */
uint64_t krig_word(unsigned server, uint8_t prio);
void krig_xics_source(KRig *rig, uint32_t girq, unsigned server);
int64_t krig_hcall(KRig *rig, unsigned vcpu, unsigned opcode, uint64_t a0,
                   uint64_t a1, uint64_t *r4);

/* The guest, native. */
uint64_t krig_load(KRig *rig, uint32_t girq, bool odd, uint64_t offset);
void krig_store(KRig *rig, uint32_t girq, bool odd, uint64_t offset);
/* EOI as Linux does it: PQ=00, and a trigger if Q was set. */
void krig_eoi(KRig *rig, uint32_t girq);
/* The next entry's data, 0 if there is none. */
uint32_t krig_take(KRig *rig, unsigned server, uint8_t prio);
/* Takes all entries; how many. */
unsigned krig_take_all(KRig *rig, unsigned server, uint8_t prio);

/* The device. */
P9xHostIrq *krig_request(KRig *rig, unsigned msi);
void krig_fire(KRig *rig, unsigned msi);
/* Joins device interrupt @msi and @girq by eventfd and irqbypass. */
void krig_map(KRig *rig, unsigned msi, uint32_t girq);
void krig_unmap(KRig *rig, unsigned msi);

/* PQ of a bridge's MSI and of a number's IPI; the entry itself. */
P9xPq krig_pt_pq(KRig *rig, unsigned msi);
void krig_set_pt_pq(KRig *rig, unsigned msi, P9xPq pq);
P9xPq krig_ipi_pq(KRig *rig, uint32_t girq);
void krig_set_ipi_pq(KRig *rig, uint32_t girq, P9xPq pq);
P9xKvmIrq *krig_irq(KRig *rig, uint32_t girq);
/* Route of @hw as OPAL says it. */
typedef struct KRigRoute {
    uint32_t vp;
    uint8_t prio;
    uint32_t data;
} KRigRoute;
KRigRoute krig_get_route(KRig *rig, uint32_t hw);

/* The log of host operations. */
void krig_log_clear(KRig *rig);
/*
 * As a line: "E00:n" a load at offset 0xE00, "st:n" a trigger store, "cfg:n",
 * "sync:n", "syncq:n"; n is "ipi" or "pt", or "other".
 */
char *krig_log_text(KRig *rig, uint32_t ipi, uint32_t pt);

void krig_add_vma(KRig *rig, P9xEsbVma *vma);

#endif
