/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Migration as an operation: what the host program's stream carries is taken
 * out of the core, the core is used for something else, and the stream goes
 * back in - as it was, or with a few bits flipped.  The reference predicts
 * whether it is accepted and what it means.
 */
#include "diff.h"

typedef struct Stream {
    uint8_t esb[REF_LISNS];
    uint64_t eas[REF_LISNS];
    uint32_t end[REF_ENDS][8];
    uint8_t ring[REF_SERVERS][P9X_TM_IMAGE_SIZE];
} Stream;

static void save(Diff *d, Stream *st)
{
    memset(st, 0, sizeof(*st));
    for (unsigned i = 0; i < REF_LISNS; i++) {
        st->esb[i] = atomic_load(p9x_source_esb(&d->s.source, i));
        st->eas[i] = p9x_eas_read(&d->s.tables.eas[i]);
    }
    for (unsigned i = 0; i < REF_ENDS * 8; i++) {
        st->end[i / 8][i % 8] = p9x_be32(d->s.tables.end[i / 8].w[i % 8]);
    }
    for (unsigned i = 0; i < REF_SERVERS; i++) {
        if (d->ref.thread[i].present) {
            p9x_tctx_save(&d->tctx[i], st->ring[i]);
        }
    }
}

static void flip(Stream *st, const uint8_t *b, unsigned flips)
{
    for (unsigned i = 0; i < flips; i++) {
        uint32_t where = (uint32_t)p9x_load_be(b + 4 + 3 * i, 3);

        ((uint8_t *)st)[where / 8 % sizeof(*st)] ^= 1u << where % 8;
    }
}

/* Uses the core for other things.  NVTs are no part of a stream: kept. */
static void make_dirty(Diff *d, const uint8_t *b)
{
    P9xNvt nvt[REF_SERVERS];

    memcpy(nvt, d->s.tables.nvt, sizeof(nvt));
    for (unsigned i = 0; i < 8; i++) {
        uint64_t args[6] = { 1, i % 2, b[8 + i % 8] % 7,
                             0x300000 + UINT64_C(0x10000) * i, 16 };

        p9x_source_store(&d->s.source, (b[i] % 16) * UINT64_C(0x20000) +
                         0x10000 + (b[i] & 0xF0) * 16, 8, 0);
        p9x_spapr_hcall(&d->s, 0, P9X_H_INT_SET_QUEUE_CONFIG, args);
        if (d->ref.thread[i % 4].present) {
            p9x_tctx_set_pending(&d->tctx[i % 4], P9X_RING_OS, b[i] % 8);
            p9x_tctx_set_cppr(&d->tctx[i % 4], P9X_RING_OS, b[i + 4]);
        }
    }
    memcpy(d->s.tables.nvt, nvt, sizeof(nvt));
}

static bool load_core(Diff *d, const Stream *st)
{
    bool ok = true;
    char *error = NULL;

    for (unsigned i = 0; i < REF_LISNS; i++) {
        atomic_store(p9x_source_esb(&d->s.source, i), st->esb[i]);
        p9x_eas_write(&d->s.tables.eas[i], st->eas[i]);
    }
    for (unsigned i = 0; i < REF_ENDS * 8; i++) {
        d->s.tables.end[i / 8].w[i % 8] = p9x_be32(st->end[i / 8][i % 8]);
    }
    for (unsigned i = 0; i < REF_SERVERS; i++) {
        if (d->ref.thread[i].present) {
            ok &= p9x_tctx_restore(&d->tctx[i], st->ring[i]);
        }
    }
    ok &= p9x_spapr_restored(&d->s, &error);
    if (error) {
        diff_say(d, " (%s)", error);
        g_free(error);
    }
    return ok;
}

static bool load_ref(Diff *d, const Stream *st)
{
    bool ok = true;

    for (unsigned i = 0; i < REF_LISNS; i++) {
        ref_set_esb_byte(&d->ref.source[i], st->esb[i]);
        d->ref.source[i].eas = st->eas[i];
        ok &= st->esb[i] < 8;
    }
    memcpy(d->ref.end, st->end, sizeof(st->end));
    for (unsigned i = 0; i < REF_SERVERS; i++) {
        if (d->ref.thread[i].present) {
            ok &= ref_restore_thread(&d->ref, (int)i, st->ring[i]);
        }
    }
    return ref_acceptable(&d->ref) && ok;
}

void diff_migrate(Diff *d, const uint8_t *b, unsigned flips)
{
    bool core, ref;
    Stream st;

    save(d, &st);
    flip(&st, b, flips);
    make_dirty(d, b);
    core = load_core(d, &st);
    ref = load_ref(d, &st);
    diff_copy_counts(d);
    diff_say(d, core ? ", taken" : ", refused");
    if (core != ref) {
        diff_fail(d, "stream: core %s, reference %s",
                  core ? "takes it" : "refuses",
                  ref ? "takes it" : "refuses");
    }
    if (!core) {
        diff_reset_all(d);
        diff_copy_counts(d);
    }
}
