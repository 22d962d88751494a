/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XIVE as a pseries guest sees it: interrupt numbers, hypervisor calls, the
 * device tree.
 *
 * A guest in exploitation mode configures through eleven hcalls and then works
 * on pages: the ESB pages of its sources (LISN n has two, at vc_base + n x
 * 128 KiB), the ESn pages of its event queues behind them, and the OS and
 * user pages of the TIMA.  This object owns the sources, the tables and the
 * router; the host program maps the windows and routes the hcalls.
 *
 * Each server (vCPU id) has 8 ENDs, number server x 8 + priority, and one NVT,
 * number P9X_SPAPR_NVT_BASE + server.
 *
 * Threads: claim, free, reset, plugging, and hcalls that change more than one
 * source, serialise on config_lock.  Any number of the other hcalls run at once
 * (calls.h), but not beside one of those.  set_irq and the windows take no lock
 * (source.h).
 *
 * Facts: PAPR, "External interrupt exploitation"; upstream's names for QOM,
 * trace and migration.
 */
#ifndef P9X_SPAPR_H
#define P9X_SPAPR_H

#include <glib.h>

#include "xive/calls.h"
#include "xive/papr.h"
#include "xive/router.h"
#include "xive/source.h"

enum {
    P9X_SPAPR_BLOCK = 0,
    P9X_SPAPR_NVT_BASE = 0x400,
    P9X_SPAPR_PAGE_SHIFT = 16,
    P9X_SPAPR_EQ_SHIFT = 16,            /* the one queue size advertised */
    P9X_SPAPR_MAX_SERVERS = 0x10000
};

/* Hypervisor call numbers. */
enum {
    P9X_H_INT_GET_SOURCE_INFO = 0x3A8,
    P9X_H_INT_SET_SOURCE_CONFIG = 0x3AC,
    P9X_H_INT_GET_SOURCE_CONFIG = 0x3B0,
    P9X_H_INT_GET_QUEUE_INFO = 0x3B4,
    P9X_H_INT_SET_QUEUE_CONFIG = 0x3B8,
    P9X_H_INT_GET_QUEUE_CONFIG = 0x3BC,
    P9X_H_INT_SET_OS_REPORTING_LINE = 0x3C0,
    P9X_H_INT_GET_OS_REPORTING_LINE = 0x3C4,
    P9X_H_INT_ESB = 0x3C8,
    P9X_H_INT_SYNC = 0x3CC,
    P9X_H_INT_RESET = 0x3D0
};

/* Flag arguments and results. */
enum {
    /* GET_SOURCE_INFO results */
    P9X_SRC_STORE_EOI = 1,
    P9X_SRC_TRIGGER = 2,                /* trigger on the management page */
    P9X_SRC_LSI = 4,
    P9X_SRC_H_INT_ESB = 8,
    /* SET_SOURCE_CONFIG */
    P9X_SRC_MASK = 1,
    P9X_SRC_SET_EISN = 2,
    /* SET_QUEUE_CONFIG, GET_QUEUE_CONFIG */
    P9X_EQ_ALWAYS_NOTIFY = 1,
    P9X_EQ_DEBUG = 1,
    P9X_EQ_GENERATION = 2,
    /* H_INT_ESB */
    P9X_ESB_STORE = 1
};

typedef struct P9xSpaprConfig {
    uint32_t nr_irqs;                   /* LISNs 0 to nr_irqs - 1 */
    uint32_t nr_servers;                /* servers 0 to nr_servers - 1 */
    uint64_t vc_base;                   /* ESB pages, then END ESn pages */
    uint64_t tm_base;                   /* TIMA: HW page; OS is + 2 pages */
    uint8_t hv_prio;                    /* this and higher are reserved */
    bool store_eoi;
    /* The guest has negotiated exploitation mode (CAS). */
    bool (*exploitation)(void *host);
    const P9xPorts *ports;
} P9xSpaprConfig;

typedef struct P9xKvmPort P9xKvmPort;
typedef struct P9xSpaprBackend P9xSpaprBackend;

typedef struct P9xSpapr {
    P9xSpaprConfig config;
    P9xSource source;
    P9xArrayTables tables;
    P9xPresenter presenter;
    P9xRouter router;
    P9xTctx **server;                   /* by server number, NULL: absent */
    P9xLock config_lock;
    P9xCalls calls;
    atomic_bool resetting;
    const P9xSpaprBackend *_Atomic backend;
    const P9xKvmPort *port;             /* of the KVM backend; else NULL */
    /* While stopped, on a KVM device: PQ by LISN as the guest left it. */
    uint8_t *held;
    bool loaded; /* tables of a stream, not in use yet */
} P9xSpapr;

/*
 * Limits: nr_irqs 1 to 0x100000, nr_servers 1 to P9X_SPAPR_MAX_SERVERS,
 * hv_prio 1 to 7.  False with a message for people in @error (to be freed with
 * g_free) otherwise; then there is nothing to destroy.
 */
bool p9x_spapr_init(P9xSpapr *s, const P9xSpaprConfig *config, char **error);
void p9x_spapr_destroy(P9xSpapr *s);

/*
 * As at power-on: claimed LISNs stay claimed but masked and PQ=01, queues are
 * gone, nothing is pending in any server's OS ring.  Levels go down.
 */
void p9x_spapr_reset(P9xSpapr *s);

/*
 * A vCPU.  @tctx stays the caller's; it must have been initialised with
 * p9x_spapr_unit.  -EINVAL: no such server number; -EEXIST: taken.
 */
int p9x_spapr_add_server(P9xSpapr *s, uint32_t server, P9xTctx *tctx);
void p9x_spapr_remove_server(P9xSpapr *s, uint32_t server);
/* Reset @server's rings and dispatch its VP: a vCPU is always dispatched. */
void p9x_spapr_reset_server(P9xSpapr *s, uint32_t server);

/* -EINVAL: out of range; -EBUSY: claimed already. */
int p9x_spapr_claim(P9xSpapr *s, uint32_t lisn, bool lsi);
/* Not claimed, or out of range: no effect. */
void p9x_spapr_free(P9xSpapr *s, uint32_t lisn);
bool p9x_spapr_claimed(const P9xSpapr *s, uint32_t lisn);

/* Input of a device.  Not claimed: guest error, nothing happens. */
void p9x_spapr_set_irq(P9xSpapr *s, uint32_t lisn, bool level);

/*
 * A KVM device does the work from now on (kvm_port.h).  It is a native one,
 * newly created and without vCPUs; @port stays the caller's until disconnect.
 *
 * The device is told how many servers there can be, each server that there is
 * and each claimed LISN, and from then on what is claimed, freed, plugged,
 * unplugged, reset and configured.  The guest starts as after
 * p9x_spapr_reset, but levels stay as they are; or, between a restore of tables
 * and its end (spapr_image.h), the tables stay as well.  They remember what the
 * device was told: P9xSource and the thread contexts of this object are idle,
 * the ESB and TIMA windows must lead to the device.  The ESn window stays here.
 *
 * What a guest sees of the difference: no source offers StoreEOI; queues notify
 * always; there are no OS reporting lines (H_FUNCTION); H_INT_RESET leaves what
 * is pending in a server's ring, as KVM does.  A call that the device refuses
 * changes nothing in the tables.  Its errno becomes PAPR's word for the same
 * thing where there is one (no queue has room for another source: H_RESOURCE;
 * the device doesn't know the server or can't use the queue: the code of that
 * parameter), and H_HARDWARE where not.
 *
 * 0, or the device's negative errno: then nothing is connected and the device
 * is to be thrown away.  -EBUSY: there is a port already.
 *
 * disconnect: back to the direct path, as after p9x_spapr_reset with levels as
 * they are.  To be called before the device is released.  During both no
 * p9x_spapr_set_irq and no p9x_spapr_reset_server may be under way; hcalls are
 * kept out here.
 */
int p9x_spapr_kvm_connect(P9xSpapr *s, const P9xKvmPort *port);
void p9x_spapr_kvm_disconnect(P9xSpapr *s);
/* Between the two.  Any thread may ask. */
bool p9x_spapr_on_kvm(const P9xSpapr *s);

/*
 * A hypervisor call of server @caller.  @args: up to 6 arguments in, up to 4
 * results out (unused ones are left alone).  Returns PAPR's code; an unknown
 * @opcode gives H_FUNCTION.
 */
int64_t p9x_spapr_hcall(P9xSpapr *s, uint32_t caller, unsigned opcode,
                        uint64_t *args);
/*
 * The same with the code in @rc, for callers without the host program's lock:
 * it waits for no thread that may hold that, but P9xPorts.line_changed may want
 * it (as when a guest loads and stores).  False: nothing has happened, and
 * p9x_spapr_hcall has to do it, with that lock.
 */
bool p9x_spapr_try_hcall(P9xSpapr *s, uint32_t caller, unsigned opcode,
                         uint64_t *args, int64_t *rc);
/* Whether p9x_spapr_try_hcall ever does @opcode. */
bool p9x_spapr_hcall_is_shared(unsigned opcode);
/* "H_INT_ESB" and so on; NULL if @opcode is none of the eleven. */
const char *p9x_spapr_hcall_name(unsigned opcode);

/* The ESn window behind the ESB window.  @offset from its start. */
uint64_t p9x_spapr_end_window_offset(const P9xSpapr *s);
uint64_t p9x_spapr_end_window_size(const P9xSpapr *s);
uint64_t p9x_spapr_end_load(P9xSpapr *s, uint64_t offset, unsigned size);
void p9x_spapr_end_store(P9xSpapr *s, uint64_t offset, unsigned size,
                         uint64_t value);

/*
 * Adds the interrupt-controller node and the root's priority reservation.
 * @nr_servers: how many LISNs from 0 on are for IPIs.  Returns 0 or libfdt's
 * negative error.
 */
int p9x_spapr_dt(P9xSpapr *s, void *fdt, uint32_t nr_servers,
                 uint32_t phandle);

/*
 * After ESB bytes, tables and rings were filled from a migration stream:
 * believes nothing.  False with a message in @error if a value could not have
 * been saved by a working machine; the machine must then be reset or thrown
 * away.
 */
bool p9x_spapr_restored(P9xSpapr *s, char **error);

/*
 * For people.  Upstream's columns first: threads, then one row a claimed LISN,
 * then the counters.
 */
void p9x_spapr_print(P9xSpapr *s, GString *out);
void p9x_spapr_print_server(P9xSpapr *s, uint32_t server, GString *out);

/*
 * For programs: one JSON object with all claimed LISNs, ENDs in use, threads
 * and counters; docs/specs/recorder.rst has its shape.
 */
void p9x_spapr_state(P9xSpapr *s, GString *out);

/* For the host program, good as long as @s: what its windows lead to, ... */
static inline P9xSource *p9x_spapr_source(P9xSpapr *s)
{
    return &s->source;
}

/* ... where LISN @lisn, below nr_irqs, leads to as a P9X_EAS_* word, ... */
static inline uint64_t p9x_spapr_eas(const P9xSpapr *s, uint32_t lisn)
{
    return p9x_eas_read(&s->tables.eas[lisn]);
}

/* ... what its thread contexts belong to (p9x_tctx_init), ... */
static inline const P9xUnit *p9x_spapr_unit(const P9xSpapr *s)
{
    return &s->router.unit;
}

/* ... and what it shows. */
static inline P9xCounters *p9x_spapr_counters(P9xSpapr *s)
{
    return &s->router.counters;
}

#endif
