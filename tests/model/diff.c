/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both models set up, run and compared. */
#include "diff.h"

#include <stdarg.h>

static const int counter_of[REF_COUNTS] = {
    [REF_TRIGGERS] = P9X_COUNT_TRIGGERS,
    [REF_COALESCED] = P9X_COUNT_COALESCED,
    [REF_OFF] = P9X_COUNT_OFF,
    [REF_EVENTS] = P9X_COUNT_EVENTS,
    [REF_EAS_MASKED] = P9X_COUNT_EAS_MASKED,
    [REF_QUEUED] = P9X_COUNT_QUEUED,
    [REF_END_COALESCED] = P9X_COUNT_END_COALESCED,
    [REF_PRESENTED] = P9X_COUNT_PRESENTED,
    [REF_BACKLOGGED] = P9X_COUNT_BACKLOGGED,
    [REF_UNDELIVERED] = P9X_COUNT_UNDELIVERED,
    [REF_ACKS] = P9X_COUNT_ACKS,
    [REF_EOIS] = P9X_COUNT_EOIS,
    [REF_REPLAYS] = P9X_COUNT_REPLAYS,
#define E(kind) P9X_COUNTER_MAX + P9X_ERR_##kind
    [REF_BAD_ESB_LOAD] = E(ESB_LOAD),
    [REF_BAD_ESB_STORE] = E(ESB_STORE),
    [REF_BAD_TIMA_LOAD] = E(TIMA_LOAD),
    [REF_BAD_TIMA_STORE] = E(TIMA_STORE),
    [REF_NO_SOURCE] = E(NO_SOURCE),
    [REF_BAD_EAS] = E(EAS_INVALID),
    [REF_BAD_END] = E(END_INVALID),
    [REF_BAD_QUEUE] = E(QUEUE_WRITE),
    [REF_BAD_NVT] = E(NVT_INVALID),
    [REF_VP_TWICE] = E(VP_TWICE),
    [REF_BAD_LINE] = E(REPORTING_LINE),
    [REF_BAD_HCALL] = E(HCALL),
#undef E
};

void diff_fail(Diff *d, const char *fmt, ...)
{
    va_list ap;

    if (d->error[0]) {
        return;
    }
    va_start(ap, fmt);
    g_vsnprintf(d->error, sizeof(d->error), fmt, ap);
    va_end(ap);
}

void diff_say(Diff *d, const char *fmt, ...)
{
    va_list ap;

    if (d->log) {
        va_start(ap, fmt);
        g_string_append_vprintf(d->log, fmt, ap);
        va_end(ap);
    }
}

/* ---- what the host program is told ---- */

static void note_write(Diff *d, uint64_t addr, const void *buf, uint64_t len)
{
    if (d->nr_writes < REF_MAX_WRITES && len <= sizeof(d->write[0].bytes)) {
        d->write[d->nr_writes].addr = addr;
        d->write[d->nr_writes].len = (unsigned)len;
        memcpy(d->write[d->nr_writes].bytes, buf, len);
    }
    d->nr_writes++;
}

static bool is_ram(void *opaque, uint64_t addr, uint64_t len)
{
    return addr <= HOST_RAM_SIZE && len <= HOST_RAM_SIZE - addr;
}

static bool diff_write(void *opaque, uint64_t addr, const void *buf,
                       uint64_t len)
{
    Diff *d = opaque;

    if (!is_ram(d, addr, len)) {
        return false;
    }
    note_write(d, addr, buf, len);
    memcpy(d->host.ram + addr, buf, len);
    return true;
}

static bool diff_store32(void *opaque, uint64_t addr, uint32_t value)
{
    uint32_t be = p9x_be32(value);

    return diff_write(opaque, addr, &be, sizeof(be));
}

static bool diff_read(void *opaque, uint64_t addr, void *buf, uint64_t len)
{
    Diff *d = opaque;

    if (!is_ram(d, addr, len)) {
        return false;
    }
    memcpy(buf, d->host.ram + addr, len);
    return true;
}

static void diff_line_changed(void *opaque, P9xTctx *tctx)
{
    Diff *d = opaque;

    d->sampled[tctx - d->tctx] = p9x_tctx_lines(tctx);
}

static bool diff_exploitation(void *opaque)
{
    return ((Diff *)opaque)->ref.exploitation;
}

/* ---- life ---- */

void diff_add_server(Diff *d, unsigned i)
{
    p9x_tctx_init(&d->tctx[i], &d->s.router.unit, 0x80000 + i, d);
    d->sampled[i] = 0;
    if (p9x_spapr_add_server(&d->s, i, &d->tctx[i]) != 0) {
        diff_fail(d, "server %u can't be added", i);
    }
    ref_add_server(&d->ref, (int)i);
}

void diff_reset_all(Diff *d)
{
    p9x_spapr_reset(&d->s);
    ref_reset(&d->ref);
    for (unsigned i = 0; i < REF_SERVERS; i++) {
        p9x_spapr_reset_server(&d->s, i);
        ref_reset_server(&d->ref, (int)i);
    }
}

static Diff *diff_new(GString *log)
{
    Diff *d = host_alloc(sizeof(*d));
    P9xSpaprConfig config;
    char *error = NULL;

    host_init(&d->host);
    d->log = log;
    d->host.ports = (P9xPorts) {
        .host = d, .mem_is_ram = is_ram, .mem_read = diff_read,
        .mem_write = diff_write, .mem_store32 = diff_store32,
        .line_changed = diff_line_changed,
    };
    config = (P9xSpaprConfig) {
        .nr_irqs = REF_LISNS, .nr_servers = REF_SERVERS,
        .vc_base = REF_VC_BASE, .tm_base = SRIG_TM_BASE, .hv_prio = 7,
        .store_eoi = true, .exploitation = diff_exploitation,
        .ports = &d->host.ports,
    };
    if (!p9x_spapr_init(&d->s, &config, &error)) {
        g_error("%s", error);
    }
    ref_init(&d->ref);
    /* Two are there from the start, the others come and go. */
    for (unsigned i = 0; i < 2; i++) {
        diff_add_server(d, i);
    }
    diff_reset_all(d);
    return d;
}

static void diff_free(Diff *d)
{
    for (unsigned i = 0; i < REF_SERVERS; i++) {
        if (d->ref.thread[i].present) {
            p9x_spapr_remove_server(&d->s, i);
            p9x_tctx_destroy(&d->tctx[i]);
        }
    }
    p9x_spapr_destroy(&d->s);
    host_destroy(&d->host);
    free(d);
}

/* ---- comparing ---- */

/* This program has one thread, so one row of the counters has them all. */
static uint64_t core_count(Diff *d, int i)
{
    const P9xCounters *c = &d->s.router.counters;

    return atomic_load_explicit(&c->row[p9x_row()].slot[i],
                                memory_order_relaxed);
}

void diff_copy_counts(Diff *d)
{
    for (unsigned i = 0; i < REF_COUNTS; i++) {
        d->ref.count[i] = core_count(d, counter_of[i]);
    }
    d->nr_writes = d->ref.nr_writes = 0;
}

static void check_counts(Diff *d)
{
    for (unsigned i = 0; i < REF_COUNTS; i++) {
        uint64_t got = core_count(d, counter_of[i]);

        if (got != d->ref.count[i]) {
            int c = counter_of[i];

            diff_fail(d, "%s: core %u, reference %u", c < P9X_COUNTER_MAX ?
                      p9x_counter_name((P9xCounter)c) : p9x_guest_error_name(
                      (P9xGuestError)(c - P9X_COUNTER_MAX)), (unsigned)got,
                      (unsigned)d->ref.count[i]);
        }
    }
}

static void check_writes(Diff *d)
{
    if (d->nr_writes != d->ref.nr_writes) {
        diff_fail(d, "core wrote %u times, reference %u", d->nr_writes,
                  d->ref.nr_writes);
    }
    for (unsigned i = 0; i < MIN(d->nr_writes, REF_MAX_WRITES); i++) {
        const RefWrite *a = &d->write[i], *b = &d->ref.write[i];

        if (a->addr != b->addr || a->len != b->len ||
            memcmp(a->bytes, b->bytes, a->len)) {
            diff_fail(d, "write %u: core to 0x%llx (%02x%02x..), "
                      "reference to 0x%llx (%02x%02x..)", i,
                      (unsigned long long)a->addr, a->bytes[0], a->bytes[1],
                      (unsigned long long)b->addr, b->bytes[0], b->bytes[1]);
        }
    }
    d->nr_writes = d->ref.nr_writes = 0;
}

static void check_tables(Diff *d)
{
    for (unsigned i = 0; i < REF_LISNS; i++) {
        const RefSource *s = &d->ref.source[i];
        unsigned esb = atomic_load(p9x_source_esb(&d->s.source, i));
        uint64_t eas = p9x_eas_read(&d->s.tables.eas[i]);

        if (esb != ref_esb_byte(s) || eas != s->eas ||
            p9x_source_is_lsi(&d->s.source, i) != s->lsi) {
            diff_fail(d, "source %u: core %x %016llx, reference %x %016llx",
                      i, esb, (unsigned long long)eas, ref_esb_byte(s),
                      (unsigned long long)s->eas);
        }
    }
    for (unsigned i = 0; i < REF_ENDS * 8; i++) {
        uint32_t w = p9x_be32(d->s.tables.end[i / 8].w[i % 8]);

        if (w != d->ref.end[i / 8][i % 8]) {
            diff_fail(d, "END %u word %u: core %08x, reference %08x", i / 8,
                      i % 8, w, d->ref.end[i / 8][i % 8]);
        }
    }
}

static void check_nvt(Diff *d, unsigned i)
{
    const P9xNvt *nvt = &d->s.tables.nvt[i];
    const RefNvt *want = &d->ref.nvt[i];

    if (p9x_nvt_valid(nvt) != want->valid || p9x_nvt_ipb(nvt) != want->ipb ||
        p9x_nvt_report(nvt) != want->report) {
        diff_fail(d, "NVT %u: core %d %02x %llx, reference %d %02x %llx", i,
                  p9x_nvt_valid(nvt), p9x_nvt_ipb(nvt),
                  (unsigned long long)p9x_nvt_report(nvt), want->valid,
                  want->ipb, (unsigned long long)want->report);
    }
}

static void check_thread(Diff *d, unsigned i)
{
    uint8_t image[P9X_TM_IMAGE_SIZE];
    unsigned lines = p9x_tctx_lines(&d->tctx[i]);

    p9x_tctx_save(&d->tctx[i], image);
    for (unsigned b = 0; b < sizeof(image); b++) {
        if (image[b] != d->ref.thread[i].b[b]) {
            diff_fail(d, "thread %u byte 0x%02x: core %02x, reference %02x",
                      i, b, image[b], d->ref.thread[i].b[b]);
        }
    }
    if (lines != ref_lines(&d->ref, (int)i)) {
        diff_fail(d, "thread %u lines: core %x, reference %x", i, lines,
                  ref_lines(&d->ref, (int)i));
    }
    if (lines != d->sampled[i]) {
        diff_fail(d, "thread %u lines are %x, the host was told of %x", i,
                  lines, d->sampled[i]);
    }
}

void diff_check(Diff *d)
{
    check_writes(d);
    check_tables(d);
    for (unsigned i = 0; i < REF_SERVERS; i++) {
        check_nvt(d, i);
        if (d->ref.thread[i].present) {
            check_thread(d, i);
        }
    }
    check_counts(d);
}

bool diff_run(const uint8_t *data, size_t nr_ops, GString *log,
              DiffResult *result)
{
    Diff *d = diff_new(log);
    bool same = true;

    diff_check(d);
    for (size_t i = 0; i < nr_ops && same; i++) {
        diff_say(d, "  %3zu ", i);
        diff_op(d, data + i * DIFF_OP_SIZE);
        diff_check(d);
        diff_say(d, "\n");
        result->failed_op = i;
        same = !d->error[0];
    }
    memcpy(result->error, d->error, sizeof(d->error));
    diff_free(d);
    return same;
}

size_t diff_minimise(uint8_t *data, size_t nr_ops)
{
    DiffResult r;

    if (diff_run(data, nr_ops, NULL, &r)) {
        return nr_ops;
    }
    nr_ops = r.failed_op + 1;
    for (size_t chunk = nr_ops / 2; chunk > 0; chunk /= 2) {
        size_t at = 0;

        while (at + chunk <= nr_ops) {
            size_t left = nr_ops - chunk;
            uint8_t *try = g_malloc(left * DIFF_OP_SIZE + 1);

            memcpy(try, data, at * DIFF_OP_SIZE);
            memcpy(try + at * DIFF_OP_SIZE,
                   data + (at + chunk) * DIFF_OP_SIZE,
                   (left - at) * DIFF_OP_SIZE);
            if (!diff_run(try, left, NULL, &r)) {
                nr_ops = r.failed_op + 1;
                memcpy(data, try, nr_ops * DIFF_OP_SIZE);
            } else {
                at += chunk;
            }
            g_free(try);
        }
    }
    return nr_ops;
}
