/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host below KVM: an interrupt controller, and the OPAL calls with which
 * Linux works it.
 *
 * KVM's interrupt devices own no source.  Each guest interrupt number is backed
 * by an IPI that they allocate here, each vCPU by a VP, each guest queue by an
 * END.  A passed-through device adds a HW interrupt of a PHB4.  All of them
 * are sources and tables of the same kind that pseries and powernv use, behind
 * one router.
 *
 * HW interrupt numbers are OPAL's: block << 20 | index.  IPIs are handed out
 * from P9X_HOST_FIRST_IPI upwards; bridges take theirs from the top down.
 *
 * Every call may answer BUSY, which callers must retry, and every call may
 * fail.  Events may take time between their PQ bits and their queue: what a
 * sync waits for.  Tests plant both (plants.h).
 *
 * Facts: skiboot hw/xive.c and doc/xive.rst, Linux sysdev/xive/native.c.
 */
#ifndef P9X_HOST_H
#define P9X_HOST_H

#include <glib.h>

#include "xive/kvm/plants.h"
#include "xive/router.h"
#include "xive/source.h"

enum {
    P9X_HOST_BLOCK = 0,
    P9X_HOST_FIRST_IPI = 0x10,
    P9X_HOST_NR_EAS = 0x100000,         /* one chip */
    P9X_HOST_MAX_HW_SOURCES = 8,
    P9X_HOST_VP_BLOCK = 0x40000000,     /* a VP number of a VP block */
    P9X_HOST_CPU_PRIO = 7               /* the host's own events */
};

/* OPAL return codes. */
enum {
    P9X_OPAL_SUCCESS = 0,
    P9X_OPAL_PARAMETER = -1,
    P9X_OPAL_BUSY = -2,
    P9X_OPAL_HARDWARE = -6,
    P9X_OPAL_RESOURCE = -10,
    P9X_OPAL_INTERNAL = -11,
    P9X_OPAL_WRONG_STATE = -14,
    P9X_OPAL_PROVISIONING = -31,
    P9X_OPAL_FREE_ACTIVE = -32
};

/* GET_IRQ_INFO flags: TRIGGER_PAGE means a page apart from the EOI page. */
enum {
    P9X_OPAL_IRQ_TRIGGER_PAGE = 1,
    P9X_OPAL_IRQ_STORE_EOI = 2,
    P9X_OPAL_IRQ_LSI = 4
};

enum { P9X_OPAL_SYNC_EAS = 1, P9X_OPAL_SYNC_QUEUE = 2 };
enum {
    P9X_OPAL_EQ_ENABLED = 1,
    P9X_OPAL_EQ_ALWAYS_NOTIFY = 2,
    P9X_OPAL_EQ_ESCALATE = 4
};
enum { P9X_OPAL_VP_ENABLED = 1, P9X_OPAL_VP_SINGLE_ESCALATION = 2 };

/* One ESB page.  @source NULL: there is no such page. */
typedef struct P9xEsbPage {
    P9xSource *source;
    uint32_t srcno;
    bool mgmt;
} P9xEsbPage;

typedef struct P9xIrqInfo {
    uint32_t hw_irq;
    unsigned flags;
    P9xEsbPage eoi;
    P9xEsbPage trig;        /* LSIs of a bridge have none */
    unsigned esb_shift;
    uint32_t chip;
} P9xIrqInfo;

typedef struct P9xHwSource {
    uint32_t base;              /* HW number of source 0 */
    P9xSource *source;
} P9xHwSource;

typedef struct P9xHostIrq P9xHostIrq;

typedef struct P9xHost {
    const P9xPorts *ports;
    P9xSource ipi;
    uint32_t nr_cpus;           /* HW CPU numbers 0 to nr_cpus - 1 */
    uint32_t nr_ipis;
    P9xArrayTables tables;
    P9xPresenter presenter;
    P9xRouter router;
    P9xLock lock;                /* allocation and injection */
    uint8_t *ipi_used;
    uint8_t *vp_used;
    uint32_t nr_vps;
    bool *vp_single;
    unsigned nr_hw;
    P9xHwSource hw[P9X_HOST_MAX_HW_SOURCES];
    /*
     * Interrupts that Linux itself takes (passed-through devices' HW): one
     * handler at a time, whatever the CPU, run by whichever thread brought
     * the event.  All under lock.
     */
    P9xHostIrq *host_irq;       /* list */
    bool host_held;             /* the CPU takes no interrupts for now */
    bool host_runs;             /* some thread is in handlers */
    P9xHostIrq *handling;       /* the one whose handler runs */
    GQueue host_pending;        /* lirqs in the host's queue */
    /* Where the router's counters don't go: events that came there ever. */
    uint64_t host_events;
    P9xKvmPlants plants;        /* tests only */
} P9xHost;

/*
 * @nr_ipis: how many IPIs can be allocated; @nr_vps a power of 2, VPs in all
 * blocks.  @ports outlives the host.
 */
void p9x_host_init(P9xHost *h, uint32_t nr_ipis, uint32_t nr_vps,
                   const P9xPorts *ports);
void p9x_host_destroy(P9xHost *h);
/*
 * The host has one CPU, 0, and gets another one; returns its number.  Before
 * there are VP blocks or interrupts, and fewer than @nr_vps of them.
 */
uint32_t p9x_host_add_cpu(P9xHost *h);

/* Its IC, to which the thread contexts of vCPUs belong (p9x_tctx_init). */
static inline const P9xUnit *p9x_host_unit(const P9xHost *h)
{
    return &h->router.unit;
}

/* The counters of its IC; events that came to the host itself. */
P9xCounters *p9x_host_counters(P9xHost *h);
uint64_t p9x_host_events(P9xHost *h);

/*
 * A bridge's sources join the number space.  Returns the HW number of the
 * first, or 0 if there is no room.  @source's notify must call
 * p9x_host_source_event with that base added.
 *
 * remove: its interrupts have been freed and its device sends no more.
 */
uint32_t p9x_host_add_source(P9xHost *h, P9xSource *source);
void p9x_host_remove_source(P9xHost *h, uint32_t base);
void p9x_host_source_event(P9xHost *h, uint32_t hw_irq, P9xTransit *transit);

/*
 * Tests: the next @busy calls answer BUSY, @skip succeed, one fails with
 * @fail.
 */
void p9x_host_inject(P9xHost *h, P9xOpalCall call, unsigned busy,
                     unsigned skip, int fail);

/* Tests: while on, events wait behind their PQ until synced or released. */
void p9x_host_delay(P9xHost *h, bool on);
/* Lets the oldest delayed event go on.  False: there is none. */
bool p9x_host_release_one(P9xHost *h);

/* OPAL.  @vp is a HW CPU number or a VP number of a VP block. */
int p9x_opal_get_irq_info(P9xHost *h, uint32_t irq, P9xIrqInfo *info);
int p9x_opal_get_irq_config(P9xHost *h, uint32_t irq, uint32_t *vp,
                            uint8_t *prio, uint32_t *lirq);
/* prio 0xFF masks; @vp must be valid all the same.  Never touches PQ. */
int p9x_opal_set_irq_config(P9xHost *h, uint32_t irq, uint32_t vp,
                            uint8_t prio, uint32_t lirq);
int p9x_opal_allocate_irq(P9xHost *h, uint32_t *irq);
int p9x_opal_free_irq(P9xHost *h, uint32_t irq);
int p9x_opal_sync(P9xHost *h, unsigned type, uint32_t irq);

/* 2^@order VPs. */
int p9x_opal_allocate_vp_block(P9xHost *h, unsigned order, uint32_t *vp);
int p9x_opal_free_vp_block(P9xHost *h, uint32_t vp);
int p9x_opal_get_vp_info(P9xHost *h, uint32_t vp, unsigned *flags,
                         uint32_t *cam);
int p9x_opal_set_vp_info(P9xHost *h, uint32_t vp, unsigned flags);
/* IPB in bits 47 to 40, counted from the least significant. */
int p9x_opal_get_vp_state(P9xHost *h, uint32_t vp, uint64_t *state);

/* @order 12, 16, 21, 24, or 0: no page (events are only counted pending). */
int p9x_opal_set_queue_info(P9xHost *h, uint32_t vp, uint8_t prio,
                            uint64_t page, unsigned order, unsigned flags);
/* @esc_irq: the escalation's source number, for FREE and masking. */
int p9x_opal_get_queue_info(P9xHost *h, uint32_t vp, uint8_t prio,
                            uint64_t *page, unsigned *order, unsigned *flags,
                            uint32_t *esc_irq);
int p9x_opal_get_queue_state(P9xHost *h, uint32_t vp, uint8_t prio,
                             uint32_t *toggle, uint32_t *index);
int p9x_opal_set_queue_state(P9xHost *h, uint32_t vp, uint8_t prio,
                             uint32_t toggle, uint32_t index);

/* Linux retries BUSY until it is something else. */
#define P9X_OPAL_RETRY(rc, call)            \
    do {                                    \
        (rc) = (call);                      \
    } while ((rc) == P9X_OPAL_BUSY)

/* ESB pages of an interrupt, as its driver uses them. */
uint64_t p9x_esb_page_load(const P9xEsbPage *page, uint64_t offset,
                           unsigned size);
void p9x_esb_page_store(const P9xEsbPage *page, uint64_t offset,
                        unsigned size, uint64_t value);
/*
 * Load at SET_PQ_xx of the EOI page; returns the old PQ, 00 if the page reads
 * as all ones: nothing is known to be pending at a bridge that is cut off.
 */
P9xPq p9x_host_esb_set(P9xHost *h, const P9xIrqInfo *irq, P9xPq pq);
/* For diagnosis; 11 if the page gives all ones. */
P9xPq p9x_host_esb_get(P9xHost *h, const P9xIrqInfo *irq);
/* No trigger page: false. */
bool p9x_host_esb_trigger(P9xHost *h, const P9xIrqInfo *irq);
/* Linux's source EOI: by store, by load (LSI), or PQ=00 and a retrigger. */
void p9x_host_source_eoi(P9xHost *h, const P9xIrqInfo *irq);

/*
 * Host interrupts: what Linux knows of a HW interrupt that a driver (VFIO) has
 * requested, with the two flags behind irq_set_vcpu_affinity.
 */
struct P9xHostIrq {
    P9xHostIrq *next;
    P9xIrqInfo info;
    uint32_t lirq;              /* Linux's number */
    uint32_t cpu;               /* that takes it */
    /* The flags are under P9xHost.lock. */
    bool has_target;            /* that CPU does take it */
    bool forwarded;             /* to a guest */
    bool saved_p;
    bool stale_p;
    /* The event in the host's queue was sent to the guest instead. */
    bool resent;
    uint64_t taken;             /* events that the host handled */
    uint64_t passage;           /* of the last one that came (recorder.h) */
    void (*handler)(void *opaque);
    void *opaque;
};

/*
 * request: PQ=00 and routed to the host CPU; 0 or OPAL's error.  @lirq is
 * not 0, and no other interrupt has it.  @irq stays with the host until free
 * returns; its handler has returned by then.
 *
 * A handler is called with no lock of the host held, but by the thread that
 * brought the event: it must neither switch, nor free, nor wait for a thread
 * that does.
 */
int p9x_host_request_irq(P9xHost *h, P9xHostIrq *irq, uint32_t hw_irq,
                         uint32_t lirq, void (*handler)(void *opaque),
                         void *opaque);
void p9x_host_free_irq(P9xHost *h, P9xHostIrq *irq);

/*
 * Of an interrupt that is requested: its HW number; whether a guest has it; how
 * many of its events the host has handled.  The last two may be old when they
 * arrive, unless the caller keeps switches and events away.
 */
static inline uint32_t p9x_host_irq_number(const P9xHostIrq *irq)
{
    return irq->info.hw_irq;
}

static inline bool p9x_host_irq_is_forwarded(const P9xHostIrq *irq)
{
    return irq->forwarded;
}

static inline uint64_t p9x_host_irq_taken(const P9xHostIrq *irq)
{
    return irq->taken;
}

/*
 * irq_set_vcpu_affinity.  forward waits for the handler, then leaves the
 * source at PQ 10, or 11 if the event that the host has not seen to yet is to
 * be sent to the guest instead.  Failing, the host keeps it; an event that
 * was on its way is then taken once more than it came.
 *
 * Taking back has two halves: return routes the interrupt to the host CPU
 * (fails without effect), resume makes it the host's and lets it fire.  In
 * between nothing makes it fire, not even the EOI of an old event.  0 or
 * OPAL's error.
 */
int p9x_host_forward_irq(P9xHost *h, P9xHostIrq *irq);
int p9x_host_return_irq(P9xHost *h, P9xHostIrq *irq);
void p9x_host_resume_irq(P9xHost *h, P9xHostIrq *irq);

/*
 * irq_set_affinity: @cpu takes the next events.  While it is forwarded its
 * route is the guest's, and @cpu only where it comes back to.  0 or OPAL's
 * error, without effect.  Not beside a switch of the same interrupt.
 */
int p9x_host_set_affinity(P9xHost *h, P9xHostIrq *irq, uint32_t cpu);

/*
 * While held, events for the host stay in its queue; released, their handlers
 * run.  Stands for the time between an event and its handler.
 */
void p9x_host_hold(P9xHost *h, bool held);

#endif
