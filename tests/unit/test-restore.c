/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Migration: the bytes that a stream carries, filled into an object that has
 * been used before; then one kind of damage at a time.
 */
#include "fixture.h"
#include "xive/ppc/spapr_image.h"

enum {
    MSI = 0x20, LSI = 0x21, PRIO = 6, EISN = 0x1234, SERVER = 1,
    REPORT = 0x1F00
};

/* What the host program puts into a stream, in its units. */
typedef struct Stream {
    uint8_t esb[SRIG_NR_IRQS];
    uint64_t eas[SRIG_NR_IRQS];
    uint32_t end[SRIG_MAX_SERVERS * 8][8];
    uint64_t report[SRIG_MAX_SERVERS];
    uint8_t ring[2][P9X_TM_IMAGE_SIZE];
} Stream;

static SpaprRig *rig_new_claimed(void)
{
    SpaprRig *rig = srig_new(2);

    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LSI, true), ==, 0);
    return rig;
}

static SpaprRig *rig_busy(void)
{
    SpaprRig *rig = rig_new_claimed();

    srig_set_queue(rig, SERVER, PRIO);
    srig_route(rig, MSI, SERVER, PRIO, EISN);
    srig_route(rig, LSI, SERVER, PRIO, EISN + 1);
    srig_trigger(rig, MSI);
    srig_trigger(rig, MSI);
    p9x_spapr_set_irq(&rig->s, LSI, true);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_OS_REPORTING_LINE, 0,
                               REPORT, 0, 0, 0), ==, 0);
    p9x_tctx_set_pending(&rig->tctx[0], P9X_RING_OS, 2);
    p9x_tctx_set_cppr(&rig->tctx[0], P9X_RING_OS, 1);
    return rig;
}

static void save(SpaprRig *rig, Stream *st)
{
    P9xSpaprImage image;
    char *error;

    p9x_spapr_image_init(&image, &rig->s);
    p9x_spapr_save_sources(&rig->s, &image);
    g_assert_true(p9x_spapr_save_tables(&rig->s, &image, &error));
    for (unsigned i = 0; i < SRIG_NR_IRQS; i++) {
        st->esb[i] = image.esb[i];
        st->eas[i] = p9x_eas_read(&image.eas[i]);
    }
    for (unsigned i = 0; i < SRIG_MAX_SERVERS * 8; i++) {
        for (unsigned w = 0; w < 8; w++) {
            st->end[i][w] = p9x_be32(image.end[i].w[w]);
        }
    }
    memcpy(st->report, image.report, sizeof(st->report));
    for (unsigned i = 0; i < 2; i++) {
        p9x_tctx_save(&rig->tctx[i], st->ring[i]);
    }
    p9x_spapr_image_destroy(&image);
}

static void fill(P9xSpaprImage *image, const Stream *st)
{
    memcpy(image->esb, st->esb, sizeof(st->esb));
    for (unsigned i = 0; i < SRIG_NR_IRQS; i++) {
        p9x_eas_write(&image->eas[i], st->eas[i]);
    }
    for (unsigned i = 0; i < SRIG_MAX_SERVERS * 8; i++) {
        for (unsigned w = 0; w < 8; w++) {
            image->end[i].w[w] = p9x_be32(st->end[i][w]);
        }
    }
    memcpy(image->report, st->report, sizeof(st->report));
}

static bool load(SpaprRig *rig, const Stream *st, char **error)
{
    P9xSpaprImage image;
    bool good;

    *error = NULL;
    p9x_spapr_image_init(&image, &rig->s);
    fill(&image, st);
    good = p9x_spapr_restore_sources(&rig->s, &image, error);
    if (good) {
        p9x_spapr_restore_tables(&rig->s, &image);
    }
    p9x_spapr_image_destroy(&image);
    for (unsigned i = 0; i < 2; i++) {
        good = good && p9x_tctx_restore(&rig->tctx[i], st->ring[i]);
    }
    return good && p9x_spapr_restored(&rig->s, error);
}

static void test_a_running_machine_comes_over_whole(void)
{
    SpaprRig *from = rig_busy(), *to = rig_new_claimed();
    Stream *st = host_alloc(sizeof(*st)), *again = host_alloc(sizeof(*st));
    char *error;

    save(from, st);
    /* The destination has been used. */
    srig_set_queue(to, 0, 3);
    srig_route(to, MSI, 0, 3, 7);
    srig_trigger(to, MSI);
    g_assert_true(load(to, st, &error));
    g_assert_true(p9x_spapr_has_report(&to->s));
    save(to, again);
    g_assert_cmpmem(st, sizeof(*st), again, sizeof(*st));
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmphex(p9x_tctx_lines(&to->tctx[i]), ==,
                        p9x_tctx_lines(&from->tctx[i]));
    }
    /* Q still holds the second event, the queue goes on where it was. */
    g_assert_true(p9x_source_eoi(&to->s.source, MSI));
    g_assert_cmphex(srig_entry(to, SERVER, PRIO, 2), ==, 0x80000000 | EISN);
    g_assert_cmphex(srig_entry(to, SERVER, PRIO, 1), ==, 0);
    srig_free(from);
    srig_free(to);
    free(st);
    free(again);
}

/* Stock QEMU starts with 0, and a guest that has seen it goes on seeing it. */
static void test_the_eisn_is_what_the_stream_says_until_a_reset(void)
{
    SpaprRig *from = rig_new_claimed(), *to = rig_new_claimed();
    Stream *st = host_alloc(sizeof(*st));
    char *error;

    save(from, st);
    g_assert_cmphex(st->eas[MSI], ==, P9X_EAS_VALID | P9X_EAS_MASKED | MSI);
    st->eas[LSI] = P9X_EAS_VALID | P9X_EAS_MASKED;
    g_assert_true(load(to, st, &error));
    g_assert_cmpint(srig_hcall(to, P9X_H_INT_GET_SOURCE_CONFIG, 0, MSI, 0, 0,
                               0), ==, 0);
    g_assert_cmphex(to->r[2], ==, MSI);
    g_assert_cmpint(srig_hcall(to, P9X_H_INT_GET_SOURCE_CONFIG, 0, LSI, 0, 0,
                               0), ==, 0);
    g_assert_cmphex(to->r[2], ==, 0);
    g_assert_cmpint(srig_hcall(to, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==, 0);
    g_assert_cmpint(srig_hcall(to, P9X_H_INT_GET_SOURCE_CONFIG, 0, LSI, 0, 0,
                               0), ==, 0);
    g_assert_cmphex(to->r[2], ==, LSI);
    srig_free(from);
    srig_free(to);
    free(st);
}

typedef void Damage(Stream *st);

static uint32_t *the_end(Stream *st)
{
    return st->end[SERVER * 8 + PRIO];
}

static void unknown_esb_bits(Stream *st)
{
    st->esb[3] = 0x8;
}

static void level_on_an_msi(Stream *st)
{
    st->esb[MSI] |= P9X_ESB_ASSERTED;
}

static void eas_to_another_block(Stream *st)
{
    st->eas[MSI] |= p9x_set64(0, P9X_EAS_END_BLOCK, 1);
}

static void eas_to_an_end_past_the_last(Stream *st)
{
    st->eas[MSI] = p9x_set64(st->eas[MSI], P9X_EAS_END_INDEX,
                             SRIG_MAX_SERVERS * 8);
}

static void queue_size_out_of_range(Stream *st)
{
    the_end(st)[0] |= P9X_END_W0_QSIZE;
}

static void queue_offset_past_the_end(Stream *st)
{
    the_end(st)[1] |= 0x4000;
}

static void queue_in_a_hole(Stream *st)
{
    the_end(st)[3] = (uint32_t)HOST_HOLE;
}

static void queue_in_rom(Stream *st)
{
    the_end(st)[3] = (uint32_t)HOST_ROM_BASE;
}

static void queue_grown_past_memory(Stream *st)
{
    the_end(st)[0] = p9x_set32(the_end(st)[0], P9X_END_W0_QSIZE, 12);
    the_end(st)[3] = 0x2800000;
    the_end(st)[2] = 1;
}

static void end_of_another_server(Stream *st)
{
    the_end(st)[6] = P9X_SPAPR_NVT_BASE;
}

static void end_of_another_block(Stream *st)
{
    the_end(st)[6] |= p9x_set32(0, P9X_END_W6_NVT_BLOCK, 1);
}

static void end_of_user_format(Stream *st)
{
    the_end(st)[6] |= P9X_END_W6_FORMAT;
}

static void end_for_a_group(Stream *st)
{
    the_end(st)[7] |= P9X_END_W7_F0_IGNORE;
}

static void end_of_another_priority(Stream *st)
{
    the_end(st)[7] ^= 0x00010000;
}

static void end_that_escalates(Stream *st)
{
    the_end(st)[0] |= P9X_END_W0_ESCALATE;
}

static void end_that_escalates_silently(Stream *st)
{
    the_end(st)[0] |= P9X_END_W0_SILENT_ESC;
}

static void ring_with_an_impossible_cppr(Stream *st)
{
    st->ring[0][P9X_RING_OS * 16 + P9X_TM_CPPR] = 9;
}

static void ring_of_another_server(Stream *st)
{
    p9x_store_be(&st->ring[0][P9X_RING_OS * 16 + P9X_TM_WORD2], 4,
                 P9X_TM_OS_VALID | (P9X_SPAPR_NVT_BASE + 1));
}

static void ring_with_a_live_pool(Stream *st)
{
    st->ring[0][P9X_RING_POOL * 16 + P9X_TM_WORD2] = 0x80;
}

static void ring_with_a_live_hypervisor(Stream *st)
{
    st->ring[0][P9X_RING_PHYS * 16 + P9X_TM_WORD2] = 0x80;
}

static const struct {
    const char *name;
    Damage *damage;
} damages[] = {
#define D(what) { #what, what }
    D(unknown_esb_bits), D(level_on_an_msi), D(eas_to_another_block),
    D(eas_to_an_end_past_the_last), D(queue_size_out_of_range),
    D(queue_offset_past_the_end), D(queue_in_a_hole), D(queue_in_rom),
    D(queue_grown_past_memory), D(end_of_another_server),
    D(end_of_another_block), D(end_of_user_format), D(end_for_a_group),
    D(end_of_another_priority), D(end_that_escalates),
    D(end_that_escalates_silently), D(ring_with_an_impossible_cppr),
    D(ring_of_another_server), D(ring_with_a_live_pool),
    D(ring_with_a_live_hypervisor),
#undef D
};

/* Refused with a reason, and after a reset the machine is as good as new. */
static void check_damage(gconstpointer opaque)
{
    Damage *damage = damages[GPOINTER_TO_UINT(opaque)].damage;
    SpaprRig *rig = rig_busy();
    Stream *st = host_alloc(sizeof(*st));
    char *error;

    save(rig, st);
    damage(st);
    g_assert_false(load(rig, st, &error));
    if (error) {
        g_assert_cmpuint(strlen(error), >, 10);
        g_assert_null(strchr(error, '\n'));
        g_free(error);
    }
    p9x_spapr_reset(&rig->s);
    for (unsigned i = 0; i < 2; i++) {
        p9x_spapr_reset_server(&rig->s, i);
        p9x_tctx_set_cppr(&rig->tctx[i], P9X_RING_OS, 0xFF);
        g_assert_cmphex(p9x_tctx_lines(&rig->tctx[i]), ==, 0);
    }
    srig_set_queue(rig, SERVER, PRIO);
    srig_route(rig, MSI, SERVER, PRIO, EISN);
    srig_trigger(rig, MSI);
    g_assert_cmphex(p9x_tctx_lines(&rig->tctx[SERVER]), ==, P9X_LINE_OS);
    srig_free(rig);
    free(st);
}

/* What stock can have in a stream and ours can not make must be taken. */
static void size_12(Stream *st)
{
    the_end(st)[0] = p9x_set32(the_end(st)[0], P9X_END_W0_QSIZE, 0);
}

static void size_24(Stream *st)
{
    the_end(st)[0] = p9x_set32(the_end(st)[0], P9X_END_W0_QSIZE, 12);
    the_end(st)[3] = 0x1000000;
}

static void masked_eas_with_any_target(Stream *st)
{
    st->eas[MSI] = P9X_EAS_VALID | P9X_EAS_MASKED | P9X_EAS_END_INDEX;
}

static void unstarted_vcpu(Stream *st)
{
    memset(st->ring[1], 0, sizeof(st->ring[1]));
}

static void end_without_a_queue(Stream *st)
{
    the_end(st)[0] &= ~P9X_END_W0_ENQUEUE;
    the_end(st)[3] = (uint32_t)HOST_HOLE;
}

static const struct {
    const char *name;
    Damage *change;
} accepted[] = {
    { "queues-of-4-kib", size_12 }, { "queues-of-16-mib", size_24 },
    { "a-masked-eas-with-any-target", masked_eas_with_any_target },
    { "a-vcpu-that-has-not-started", unstarted_vcpu },
    { "an-end-without-a-queue", end_without_a_queue },
};

static void check_accepted(gconstpointer opaque)
{
    SpaprRig *rig = rig_busy();
    Stream *st = host_alloc(sizeof(*st));
    GString *out = g_string_new("");
    char *error;

    save(rig, st);
    accepted[GPOINTER_TO_UINT(opaque)].change(st);
    if (!load(rig, st, &error)) {
        g_error("%s", error);
    }
    p9x_spapr_print(&rig->s, out);
    g_string_free(out, TRUE);
    srig_free(rig);
    free(st);
}

static void test_a_restored_queues_size_reads_back(void)
{
    SpaprRig *rig = rig_busy();
    Stream *st = host_alloc(sizeof(*st));
    char *error;

    save(rig, st);
    size_12(st);
    g_assert_true(load(rig, st, &error));
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_CONFIG, 0, SERVER,
                               PRIO, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[2], ==, 12);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_INFO, 0, SERVER,
                               PRIO, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[1], ==, 12);
    srig_free(rig);
    free(st);
}

/* Random bytes: refused, or taken and then harmless. */
static void test_no_stream_whatsoever_harms(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(99);
    Stream *good = host_alloc(sizeof(*good)), *st = host_alloc(sizeof(*st));
    SpaprRig *rig = rig_busy();
    unsigned taken = 0;

    save(rig, good);
    for (unsigned i = 0; i < 2000; i++) {
        unsigned flips = g_rand_int_range(rand, 1, 4);
        char *error;

        memcpy(st, good, sizeof(*st));
        for (unsigned f = 0; f < flips; f++) {
            size_t at = (size_t)g_rand_int_range(rand, 0, sizeof(*st));

            if (i % 2) {
                at = offsetof(Stream, end) + at % sizeof(st->end);
            }
            ((uint8_t *)st)[at] ^= 1u << g_rand_int_range(rand, 0, 8);
        }
        if (load(rig, st, &error)) {
            taken++;
        }
        g_free(error);
        for (unsigned lisn = MSI; lisn <= LSI; lisn++) {
            srig_trigger(rig, lisn);
            p9x_source_eoi(&rig->s.source, lisn);
        }
        assert_ring_invariant(&rig->tctx[0]);
        assert_ring_invariant(&rig->tctx[1]);
    }
    g_assert_cmpuint(taken, >, 0);
    srig_free(rig);
    free(good);
    free(st);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/restore/a-running-machine-comes-over-whole",
                    test_a_running_machine_comes_over_whole);
    g_test_add_func("/restore/the-eisn-is-what-the-stream-says-until-a-reset",
                    test_the_eisn_is_what_the_stream_says_until_a_reset);
    for (unsigned i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autofree char *path = g_strdup_printf("/restore/refuses-%s",
                                                damages[i].name);

        g_strdelimit(path, "_", '-');
        g_test_add_data_func(path, GUINT_TO_POINTER(i), check_damage);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(accepted); i++) {
        g_autofree char *path = g_strdup_printf("/restore/takes-%s",
                                                accepted[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), check_accepted);
    }
    g_test_add_func("/restore/a-restored-queues-size-reads-back",
                    test_a_restored_queues_size_reads_back);
    g_test_add_func("/restore/no-stream-whatsoever-harms",
                    test_no_stream_whatsoever_harms);
    return g_test_run();
}
