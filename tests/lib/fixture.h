/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every core test stands on: a host program in miniature, and rigs that
 * put a router or a whole pseries interrupt controller on it.
 *
 * Guest memory has the three things a queue address can hit: RAM, a ROM that
 * can be read but not written, and nothing at all.
 */
#ifndef P9X_TEST_FIXTURE_H
#define P9X_TEST_FIXTURE_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "xive/kvm/model_port.h"
#include "xive/queue.h"
#include "xive/dispatch.h"
#include "xive/router.h"
#include "xive/ppc/spapr.h"
#include "xive/tima.h"

#include "run.h"

#define HOST_RAM_SIZE   UINT64_C(0x3000000)     /* from 0, 48 MiB */
#define HOST_ROM_BASE   UINT64_C(0x3000000)
#define HOST_ROM_SIZE   UINT64_C(0x1000000)
#define HOST_HOLE       UINT64_C(0x8000000)     /* nothing there */
#define HOST_TRACES     (P9X_TRACE_GROUP_TAKE + 1)

typedef struct Host {
    P9xPorts ports;
    uint8_t *ram;
    bool exploitation;                  /* CAS has been answered */
    bool refuse_stores;                 /* RAM went away under a queue */
    atomic_uint line_calls;
    unsigned error_calls[P9X_GUEST_ERROR_MAX];
    char error[256];                    /* the last one, in words */
    unsigned traces[HOST_TRACES];
    uint64_t trace_arg[HOST_TRACES][4];
} Host;

void host_init(Host *host);
void host_destroy(Host *host);
/* Zero whole pages without touching them. */
void host_clear(Host *host, uint64_t addr, uint64_t len);
/* Also record each step; costs time, so it is asked for. */
void host_trace(Host *host);
uint32_t host_load32(const Host *host, uint64_t addr);
void host_store32(Host *host, uint64_t addr, uint32_t value);

/* Zeroed memory of any alignment the core's types ask for. */
void *host_alloc(size_t size);

enum {
    RIG_MAX_THREADS = 16,
    RIG_BLOCK = 1,
    RIG_NR_EAS = 64,
    RIG_NR_ENDS = 64,
    RIG_NVT_BASE = 0x40,
    RIG_NR_NVTS = 64,
    RIG_PHYS_CAM = 0x80000
};

/*
 * A router over array tables, and threads.  Thread n's physical ring answers
 * to RIG_PHYS_CAM + n; no VP is dispatched until a test does it.
 */
typedef struct Rig {
    Host host;
    P9xArrayTables tables;
    P9xPresenter presenter;
    P9xRouter router;
    unsigned nr_threads;
    P9xTctx thread[RIG_MAX_THREADS];
} Rig;

Rig *rig_new(unsigned nr_threads);
void rig_free(Rig *rig);
uint32_t rig_cam(unsigned vp);          /* CAM of NVT RIG_NVT_BASE + vp */
void rig_dispatch(Rig *rig, unsigned thread, unsigned vp, uint8_t cppr);
void rig_nvt_valid(Rig *rig, unsigned vp);
P9xNvt *rig_nvt(Rig *rig, unsigned vp);
/* EAS @eas: valid, to END @end with @data. */
void rig_route(Rig *rig, uint32_t eas, uint32_t end, uint32_t data);
/*
 * END @end: valid and enqueueing to a 4 KiB queue of its own, notifying
 * @vp at @priority with the flags @w0 on top.
 */
P9xEnd *rig_end(Rig *rig, uint32_t end, unsigned vp, uint8_t priority,
                uint32_t w0);
uint64_t rig_queue_addr(uint32_t end);
uint64_t rig_count(const Rig *rig, P9xCounter kind);
uint64_t rig_errors(const Rig *rig, P9xGuestError kind);

/* Shorthands for one register of a ring. */
uint8_t reg(const P9xTctx *tctx, P9xRing ring, unsigned byte);
uint32_t word2(const P9xTctx *tctx, P9xRing ring);
/* PIPR, NSR and lines must follow from IPB and CPPR: tctx.h's promise. */
void assert_ring_invariant(P9xTctx *tctx);

enum {
    SRIG_NR_IRQS = 0x400,
    SRIG_MAX_SERVERS = 8,
    SRIG_QUEUE = 0x100000,              /* a good place for a queue */
    SRIG_QUEUE_SIZE = 0x10000
};
#define SRIG_VC_BASE    UINT64_C(0x0006010000000000)
#define SRIG_TM_BASE    UINT64_C(0x0006030203180000)

/* A KVM device, its host and its vCPUs behind a pseries rig. */
typedef struct SrigKvm {
    P9xHost h;
    P9xVm vm;
    P9xKvmPorts ports;
    P9xEsbVma vma;
    P9xKvmVcpu vcpu[SRIG_MAX_SERVERS];
    P9xTctx thread[SRIG_MAX_SERVERS];
    P9xKvmModelPort model;
    P9xKvmPort port;
} SrigKvm;

typedef struct SpaprRig {
    Host host;
    P9xSpapr s;
    P9xTctx tctx[SRIG_MAX_SERVERS];
    SrigKvm *kvm;                       /* NULL: the direct path */
    uint64_t r[6];                      /* results of the last hcall */
} SpaprRig;

/* Rigs that are made from now on have a KVM device behind. */
extern bool srig_on_kvm;

/* @nr_servers of SRIG_MAX_SERVERS are present, dispatched and open. */
SpaprRig *srig_new(unsigned nr_servers);
SpaprRig *srig_new_config(unsigned nr_servers, const P9xSpaprConfig *config);
P9xSpaprConfig srig_config(void);
void srig_free(SpaprRig *rig);
int64_t srig_hcall(SpaprRig *rig, unsigned opcode, uint64_t a0, uint64_t a1,
                   uint64_t a2, uint64_t a3, uint64_t a4);
uint64_t srig_queue_addr(uint32_t server, uint8_t priority);
/* Queue of 64 KiB for (@server, @priority), zeroed; must succeed. */
void srig_set_queue(SpaprRig *rig, uint32_t server, uint8_t priority);
/* LISN claimed, routed there with @eisn, PQ=00; must succeed. */
void srig_route(SpaprRig *rig, uint32_t lisn, uint32_t server,
                uint8_t priority, uint32_t eisn);
/* The EAS of a LISN that is claimed and not configured: EISN as PAPR has it. */
uint64_t srig_new_eas(const SpaprRig *rig, uint32_t lisn);
/* Entry @n of that queue. */
uint32_t srig_entry(SpaprRig *rig, uint32_t server, uint8_t priority,
                    unsigned n);

/*
 * What a guest does, whichever backend there is.  The context that answers its
 * TIMA accesses; loads and stores on an ESB page, which must be there; and by
 * them or, for an LSI, by H_INT_ESB: PQ bits and EOI.
 */
P9xTctx *srig_thread(SpaprRig *rig, unsigned server);
uint64_t srig_load(SpaprRig *rig, uint32_t lisn, bool mgmt, uint64_t offset);
void srig_store(SpaprRig *rig, uint32_t lisn, bool mgmt, uint64_t offset);
void srig_trigger(SpaprRig *rig, uint32_t lisn);
P9xPq srig_pq(SpaprRig *rig, uint32_t lisn);
void srig_set_pq(SpaprRig *rig, uint32_t lisn, P9xPq pq);
void srig_eoi(SpaprRig *rig, uint32_t lisn);
/* Counted where events are routed. */
uint64_t srig_count(SpaprRig *rig, P9xCounter kind);

/*
 * In steps: a host and threads for a rig that has none; a device newly made,
 * with its mapping; then connect.  release may come after disconnect.
 */
void srig_kvm_prepare(SpaprRig *rig);
void srig_kvm_create(SpaprRig *rig, unsigned quirks);
int srig_kvm_connect(SpaprRig *rig);
void srig_kvm_release(SpaprRig *rig);
void srig_open_cppr(SpaprRig *rig);

#endif
