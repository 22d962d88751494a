/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The H_INT_* hypervisor calls.
 *
 * Every argument is a full 64-bit register: it is checked as such before it is
 * narrowed.  Checks come in the order in which upstream makes them, so that a
 * guest which tests error codes sees the same ones.
 */
#include <string.h>

#include "spapr_backend.h"
#include "xive/queue.h"
#include "xive/recorder.h"

typedef struct Hcall {
    P9xSpapr *s;
    uint32_t caller;
    uint64_t *arg;              /* in: arguments; out: results */
    bool inside;                /* of P9xSpapr.calls */
} Hcall;

/*
 * What follows may call the host program or waits, as a load or store does.  It
 * is carried out by the backend of now: the next one may come, and go with its
 * device, before the call ends.
 */
static const P9xSpaprBackend *leave_calls(Hcall *h)
{
    const P9xSpaprBackend *backend = p9x_spapr_backend(h->s);

    if (h->inside) {
        p9x_calls_leave(&h->s->calls);
        h->inside = false;
    }
    return backend;
}

static bool lisn_ok(const Hcall *h, uint64_t lisn)
{
    return lisn < h->s->config.nr_irqs &&
           p9x_spapr_claimed(h->s, (uint32_t)lisn);
}

static bool priority_ok(const Hcall *h, uint64_t priority)
{
    return priority < h->s->config.hv_prio;
}

static bool target_ok(const Hcall *h, uint64_t target)
{
    return p9x_spapr_server(h->s, target) != NULL;
}

static int64_t get_source_info(Hcall *h)
{
    P9xSource *src = &h->s->source;
    uint64_t flags = h->arg[0], lisn = h->arg[1];
    uint64_t base = h->s->config.vc_base;

    if (flags) {
        return P9X_H_PARAMETER;
    }
    if (!lisn_ok(h, lisn)) {
        return P9X_H_P2;
    }
    /* A PHB's source may take the number over, and not every one has it. */
    h->arg[0] = src->config.store_eoi && p9x_spapr_backend(h->s)->store_eoi ?
                P9X_SRC_STORE_EOI : 0;
    h->arg[1] = base + p9x_source_mgmt_offset(src, (uint32_t)lisn);
    h->arg[2] = base + p9x_source_trigger_offset(src, (uint32_t)lisn);
    h->arg[3] = P9X_SPAPR_PAGE_SHIFT;
    if (p9x_source_is_lsi(src, (uint32_t)lisn)) {
        /* Levels live here, so the guest must work LSIs by H_INT_ESB. */
        h->arg[0] |= P9X_SRC_LSI | P9X_SRC_H_INT_ESB;
        h->arg[1] = UINT64_MAX;
        h->arg[2] = UINT64_MAX;
    }
    return P9X_H_SUCCESS;
}

/* The queue that @target and @priority name is there to be written. */
static bool queue_configured(Hcall *h, uint64_t target, uint64_t priority)
{
    P9xEnd *end = p9x_spapr_end(h->s, target, priority);

    return p9x_end_flag(end, P9X_END_W0_VALID) &&
           p9x_end_flag(end, P9X_END_W0_ENQUEUE);
}

static int64_t set_source_config(Hcall *h)
{
    uint64_t flags = h->arg[0], lisn = h->arg[1], target = h->arg[2];
    uint64_t priority = h->arg[3], eisn = h->arg[4];
    const P9xSpaprBackend *backend = p9x_spapr_backend(h->s);
    uint64_t w, keep;

    if (flags & ~(uint64_t)(P9X_SRC_SET_EISN | P9X_SRC_MASK)) {
        return P9X_H_PARAMETER;
    }
    if (!lisn_ok(h, lisn)) {
        return P9X_H_P2;
    }
    if (priority == P9X_PRIO_MASKED) {
        return backend->configure(h->s, (uint32_t)lisn,
                                  p9x_spapr_new_eas(h->s, (uint32_t)lisn), 0);
    }
    if (!priority_ok(h, priority)) {
        return P9X_H_P4;
    }
    if (!target_ok(h, target)) {
        return P9X_H_P3;
    }
    if ((flags & P9X_SRC_SET_EISN) && eisn > P9X_DATA_MAX) {
        return P9X_H_P5;
    }
    /* Unmasked onto no queue, every event would be lost without a word. */
    if (!(flags & P9X_SRC_MASK) && !queue_configured(h, target, priority)) {
        return P9X_H_HARDWARE;
    }
    keep = flags & P9X_SRC_SET_EISN ? 0 : P9X_EAS_END_DATA;
    w = keep ? 0 : eisn;
    w |= P9X_EAS_VALID | (flags & P9X_SRC_MASK ? P9X_EAS_MASKED : 0);
    w = p9x_set64(w, P9X_EAS_END_BLOCK, P9X_SPAPR_BLOCK);
    w = p9x_set64(w, P9X_EAS_END_INDEX, target * P9X_NR_PRIOS + priority);
    return backend->configure(h->s, (uint32_t)lisn, w, keep);
}

static int64_t get_source_config(Hcall *h)
{
    uint64_t flags = h->arg[0], lisn = h->arg[1], index, w;

    if (flags) {
        return P9X_H_PARAMETER;
    }
    if (!lisn_ok(h, lisn)) {
        return P9X_H_P2;
    }
    w = p9x_eas_read(&h->s->tables.eas[lisn]);
    index = p9x_get64(w, P9X_EAS_END_INDEX);
    h->arg[0] = index / P9X_NR_PRIOS;
    h->arg[1] = w & P9X_EAS_MASKED ? P9X_PRIO_MASKED : index % P9X_NR_PRIOS;
    h->arg[2] = w & P9X_EAS_END_DATA;
    return P9X_H_SUCCESS;
}

static int64_t check_queue_name(Hcall *h, uint64_t target, uint64_t priority)
{
    if (!priority_ok(h, priority)) {
        return P9X_H_P3;
    }
    return target_ok(h, target) ? P9X_H_SUCCESS : P9X_H_P2;
}

/* Not always the size we advertise: stock's streams bring others. */
static uint64_t queue_shift(const P9xEnd *end)
{
    return (uint64_t)__builtin_ctz(p9x_queue_entries(end)) + 2;
}

static int64_t get_queue_info(Hcall *h)
{
    uint64_t flags = h->arg[0], target = h->arg[1], priority = h->arg[2];
    P9xSpapr *s = h->s;
    const P9xEnd *end;
    int64_t rc;

    if (flags) {
        return P9X_H_PARAMETER;
    }
    rc = check_queue_name(h, target, priority);
    if (rc) {
        return rc;
    }
    end = p9x_spapr_end(s, target, priority);
    h->arg[0] = s->config.vc_base + p9x_spapr_end_window_offset(s) +
                ((target * P9X_NR_PRIOS + priority) <<
                 (P9X_SPAPR_PAGE_SHIFT + 1));
    h->arg[1] = p9x_end_flag(end, P9X_END_W0_ENQUEUE) ? queue_shift(end) : 0;
    return P9X_H_SUCCESS;
}

static bool queue_memory_ok(Hcall *h, uint64_t addr)
{
    const P9xPorts *ports = h->s->config.ports;
    const uint64_t len = UINT64_C(1) << P9X_SPAPR_EQ_SHIFT;

    /* The END has 60 bits of address. */
    return addr % len == 0 && addr < UINT64_C(1) << 60 &&
           ports->mem_is_ram(ports->host, addr, len);
}

/* The call succeeds: these warn the guest's author, as guest errors. */
static void warn_of_queue(Hcall *h, const P9xEnd *end, uint64_t addr)
{
    P9xSpapr *s = h->s;
    const P9xPorts *ports = s->config.ports;
    uint8_t page[256];

    for (uint64_t at = 0; at < 1 << P9X_SPAPR_EQ_SHIFT; at += sizeof(page)) {
        static const uint8_t zero[sizeof(page)];

        if (ports->mem_read(ports->host, addr + at, page, sizeof(page)) &&
            memcmp(page, zero, sizeof(page)) != 0) {
            p9x_guest_error(ports, &s->router.counters,
                            P9X_ERR_QUEUE_NOT_ZERO, "event queue at 0x%llx "
                            "is not zero: old words may pass for events",
                            (unsigned long long)addr);
            break;
        }
    }
    for (uint32_t i = 0; i < s->tables.nr_ends; i++) {
        const P9xEnd *other = &s->tables.end[i];

        if (other != end && p9x_end_flag(other, P9X_END_W0_ENQUEUE) &&
            p9x_queue_addr(other) == addr) {
            p9x_guest_error(ports, &s->router.counters,
                            P9X_ERR_QUEUE_OVERLAP, "event queue at 0x%llx is "
                            "that of server %u priority %u already",
                            (unsigned long long)addr, i / P9X_NR_PRIOS,
                            i % P9X_NR_PRIOS);
            break;
        }
    }
}

/* The END that tells @target at @priority of entries at @addr. */
static void make_end(P9xEnd *end, uint64_t target, uint64_t priority,
                     uint64_t flags, uint64_t addr)
{
    memset(end, 0, sizeof(*end));
    p9x_queue_set(end, addr, P9X_SPAPR_EQ_SHIFT);
    end->w[0] |= p9x_be32(P9X_END_W0_VALID | P9X_END_W0_ENQUEUE);
    if (flags & P9X_EQ_ALWAYS_NOTIFY) {
        end->w[0] |= p9x_be32(P9X_END_W0_UCOND_NOTIFY);
    }
    p9x_end_set(end, 6, P9X_END_W6_NVT_BLOCK, P9X_SPAPR_BLOCK);
    p9x_end_set(end, 6, P9X_END_W6_NVT_INDEX,
                P9X_SPAPR_NVT_BASE + (uint32_t)target);
    p9x_end_set(end, 7, P9X_END_W7_F0_PRIORITY, (uint32_t)priority);
}

static int64_t set_queue_config(Hcall *h)
{
    uint64_t flags = h->arg[0], target = h->arg[1], priority = h->arg[2];
    uint64_t addr = h->arg[3], shift = h->arg[4];
    P9xEnd end = { 0 };
    int64_t rc;

    if (flags & ~(uint64_t)P9X_EQ_ALWAYS_NOTIFY) {
        return P9X_H_PARAMETER;
    }
    rc = check_queue_name(h, target, priority);
    if (rc) {
        return rc;
    }
    if (shift && shift != P9X_SPAPR_EQ_SHIFT) {
        return P9X_H_P5;
    }
    if (shift) {
        if (!queue_memory_ok(h, addr)) {
            return P9X_H_P4;
        }
        warn_of_queue(h, p9x_spapr_end(h->s, target, priority), addr);
        make_end(&end, target, priority, flags, addr);
    }
    return p9x_spapr_backend(h->s)->set_queue(h->s, (uint32_t)target,
                                              (uint8_t)priority, &end);
}

static int64_t get_queue_config(Hcall *h)
{
    uint64_t flags = h->arg[0], target = h->arg[1], priority = h->arg[2];
    P9xEnd end;
    P9xLock *lock;
    int64_t rc;

    if (flags & ~(uint64_t)P9X_EQ_DEBUG) {
        return P9X_H_PARAMETER;
    }
    rc = check_queue_name(h, target, priority);
    if (rc) {
        return rc;
    }
    lock = p9x_end_lock(&h->s->router, P9X_SPAPR_BLOCK,
                        p9x_spapr_end_index(target, priority));
    p9x_lock(lock);
    end = *p9x_spapr_end(h->s, target, priority);
    p9x_unlock(lock);
    rc = flags & P9X_EQ_DEBUG ?
         p9x_spapr_backend(h->s)->refresh_queue(
             h->s, (uint32_t)target, (uint8_t)priority, &end) : P9X_H_SUCCESS;
    if (rc) {
        return rc;
    }

    memset(h->arg, 0, 4 * sizeof(h->arg[0]));
    if (p9x_end_flag(&end, P9X_END_W0_UCOND_NOTIFY)) {
        h->arg[0] |= P9X_EQ_ALWAYS_NOTIFY;
    }
    if (!p9x_end_flag(&end, P9X_END_W0_ENQUEUE)) {
        return P9X_H_SUCCESS;
    }
    h->arg[1] = p9x_queue_addr(&end);
    h->arg[2] = queue_shift(&end);
    if (flags & P9X_EQ_DEBUG) {
        h->arg[0] |= p9x_end_get(&end, 1, P9X_END_W1_GENERATION) ?
                     P9X_EQ_GENERATION : 0;
        h->arg[3] = p9x_end_get(&end, 1, P9X_END_W1_OFFSET);
    }
    return P9X_H_SUCCESS;
}

static bool reporting_line_ok(Hcall *h, uint64_t addr)
{
    const P9xPorts *ports = h->s->config.ports;

    return addr && addr % P9X_REPORT_PAIR_SIZE == 0 &&
           addr < UINT64_C(1) << 60 &&
           ports->mem_is_ram(ports->host, addr, P9X_REPORT_PAIR_SIZE);
}

static int64_t set_os_reporting_line(Hcall *h)
{
    uint64_t flags = h->arg[0], addr = h->arg[1];

    if (flags) {
        return P9X_H_PARAMETER;
    }
    if (addr != UINT64_MAX && !reporting_line_ok(h, addr)) {
        return P9X_H_P2;
    }
    return p9x_spapr_backend(h->s)->set_report(h->s, h->caller,
                                               addr == UINT64_MAX ? 0 : addr);
}

static int64_t get_os_reporting_line(Hcall *h)
{
    uint64_t flags = h->arg[0], target = h->arg[1], addr;
    P9xLock *lock;

    if (flags) {
        return P9X_H_PARAMETER;
    }
    if (!target_ok(h, target)) {
        return P9X_H_P2;
    }
    lock = p9x_nvt_lock(&h->s->presenter,
                        p9x_spapr_server_cam((uint32_t)target));
    p9x_lock(lock);
    addr = p9x_nvt_report(&h->s->tables.nvt[target]);
    p9x_unlock(lock);
    h->arg[0] = addr ? addr : UINT64_MAX;
    return P9X_H_SUCCESS;
}

static int64_t esb(Hcall *h)
{
    uint64_t flags = h->arg[0], lisn = h->arg[1], offset = h->arg[2];
    uint64_t value = h->arg[3];
    P9xSpapr *s = h->s;
    int64_t rc;

    if (flags & ~(uint64_t)P9X_ESB_STORE) {
        return P9X_H_PARAMETER;
    }
    /* Only for sources whose GET_SOURCE_INFO says so. */
    if (!lisn_ok(h, lisn) || !p9x_source_is_lsi(&s->source, (uint32_t)lisn)) {
        return P9X_H_P2;
    }
    /* A cache-inhibited access of 8 bytes there can be made. */
    if (offset % sizeof(uint64_t) || offset >> P9X_SPAPR_PAGE_SHIFT) {
        return P9X_H_P3;
    }
    rc = leave_calls(h)->esb(s, (uint32_t)lisn, flags & P9X_ESB_STORE, offset,
                             &value);
    if (!rc) {
        h->arg[0] = value;
    }
    return rc;
}

static int64_t int_sync(Hcall *h)
{
    uint64_t flags = h->arg[0], lisn = h->arg[1];

    if (flags) {
        return P9X_H_PARAMETER;
    }
    if (!lisn_ok(h, lisn)) {
        return P9X_H_P2;
    }
    return leave_calls(h)->sync(h->s, (uint32_t)lisn);
}

static int64_t int_reset(Hcall *h)
{
    return h->arg[0] ? P9X_H_PARAMETER : p9x_spapr_backend(h->s)->reset(h->s);
}

/*
 * shared: with the direct path, any number of them at once.  Those that aren't
 * change several sources, or what a shared one reads more than a word of.
 */
static const struct {
    uint16_t opcode;
    bool shared;
    const char *name;
    int64_t (*call)(Hcall *h);
} hcalls[] = {
    { P9X_H_INT_GET_SOURCE_INFO, true, "H_INT_GET_SOURCE_INFO",
      get_source_info },
    { P9X_H_INT_SET_SOURCE_CONFIG, true, "H_INT_SET_SOURCE_CONFIG",
      set_source_config },
    { P9X_H_INT_GET_SOURCE_CONFIG, true, "H_INT_GET_SOURCE_CONFIG",
      get_source_config },
    { P9X_H_INT_GET_QUEUE_INFO, true, "H_INT_GET_QUEUE_INFO",
      get_queue_info },
    { P9X_H_INT_SET_QUEUE_CONFIG, false, "H_INT_SET_QUEUE_CONFIG",
      set_queue_config },
    { P9X_H_INT_GET_QUEUE_CONFIG, true, "H_INT_GET_QUEUE_CONFIG",
      get_queue_config },
    { P9X_H_INT_SET_OS_REPORTING_LINE, true, "H_INT_SET_OS_REPORTING_LINE",
      set_os_reporting_line },
    { P9X_H_INT_GET_OS_REPORTING_LINE, true, "H_INT_GET_OS_REPORTING_LINE",
      get_os_reporting_line },
    { P9X_H_INT_ESB, true, "H_INT_ESB", esb },
    { P9X_H_INT_SYNC, true, "H_INT_SYNC", int_sync },
    { P9X_H_INT_RESET, false, "H_INT_RESET", int_reset }
};

enum { NR_HCALLS = sizeof(hcalls) / sizeof(hcalls[0]) };

/* Opcodes are 4 apart and the table is in their order. */
static unsigned hcall_row(unsigned opcode)
{
    unsigned row = (opcode - P9X_H_INT_GET_SOURCE_INFO) / 4;

    return opcode % 4 == 0 && row < NR_HCALLS ? row : NR_HCALLS;
}

const char *p9x_spapr_hcall_name(unsigned opcode)
{
    unsigned row = hcall_row(opcode);

    return row < NR_HCALLS ? hcalls[row].name : NULL;
}

bool p9x_spapr_hcall_is_shared(unsigned opcode)
{
    unsigned row = hcall_row(opcode);

    return row < NR_HCALLS && hcalls[row].shared;
}

static bool negotiated(P9xSpapr *s)
{
    return s->config.exploitation(s->config.ports->host);
}

/* False: it has to be done alone. */
static bool run_shared(P9xSpapr *s, uint32_t caller, unsigned row,
                       uint64_t *args, int64_t *rc)
{
    Hcall h = { .s = s, .caller = caller, .arg = args, .inside = true };

    if (!p9x_calls_enter(&s->calls)) {
        return false;
    }
    if (!p9x_spapr_backend(s)->shares || !p9x_spapr_server(s, caller)) {
        p9x_calls_leave(&s->calls);
        return false;
    }
    *rc = hcalls[row].call(&h);
    leave_calls(&h);
    return true;
}

static int64_t run_alone(P9xSpapr *s, uint32_t caller, unsigned row,
                         uint64_t *args)
{
    Hcall h = { .s = s, .caller = caller, .arg = args };
    int64_t rc;

    if (!negotiated(s)) {
        return P9X_H_FUNCTION;
    }
    if (atomic_load(&s->resetting)) {
        return P9X_H_STATE;
    }
    p9x_spapr_change(s);
    rc = hcalls[row].call(&h);
    p9x_spapr_changed(s);
    return rc;
}

static void tell_of_hcall(P9xSpapr *s, uint32_t caller, unsigned opcode,
                          uint32_t second, int64_t rc)
{
    p9x_note(P9X_STEP_HCALL, s->source.config.origin, opcode, second,
             (uint32_t)rc);
    if (rc != P9X_H_SUCCESS) {
        const char *name = p9x_spapr_hcall_name(opcode);

        p9x_guest_error(s->config.ports, &s->router.counters, P9X_ERR_HCALL,
                        "hcall 0x%x (%s) of server %u fails with %lld",
                        opcode, name ? name : "?", caller, (long long)rc);
    }
}

bool p9x_spapr_try_hcall(P9xSpapr *s, uint32_t caller, unsigned opcode,
                         uint64_t *args, int64_t *rc)
{
    unsigned row = hcall_row(opcode);
    uint32_t second = (uint32_t)args[1];

    if (row == NR_HCALLS || !hcalls[row].shared || !negotiated(s) ||
        !run_shared(s, caller, row, args, rc)) {
        return false;
    }
    tell_of_hcall(s, caller, opcode, second, *rc);
    return true;
}

int64_t p9x_spapr_hcall(P9xSpapr *s, uint32_t caller, unsigned opcode,
                        uint64_t *args)
{
    unsigned row = hcall_row(opcode);
    uint32_t second = (uint32_t)args[1];
    int64_t rc = P9X_H_FUNCTION;

    if (p9x_spapr_try_hcall(s, caller, opcode, args, &rc)) {
        return rc;
    }
    if (row < NR_HCALLS && p9x_spapr_server(s, caller)) {
        rc = run_alone(s, caller, row, args);
    }
    tell_of_hcall(s, caller, opcode, second, rc);
    return rc;
}
