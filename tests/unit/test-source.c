/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

enum { NR = 70, PAGE = 0x10000 };

typedef struct Box {
    Host host;
    P9xCounters counters;
    P9xSource src;
    unsigned notified[NR];
    unsigned total;
    atomic_bool hold, entered;
} Box;

static void box_notify(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    Box *box = opaque;

    g_assert_cmpuint(srcno, <, NR);
    box->notified[srcno]++;
    atomic_store(&box->entered, true);
    while (atomic_load(&box->hold)) {
        sched_yield();
    }
    box->total++;
}

static Box *box_new(P9xEsbLayout layout, bool store_eoi, unsigned shift)
{
    Box *box = host_alloc(sizeof(*box));

    host_init(&box->host);
    p9x_source_init(&box->src, &(P9xSourceConfig) {
        .nr_sources = NR,
        .page_shift = shift,
        .layout = layout,
        .store_eoi = store_eoi,
        .reset_pq = P9X_PQ_01,
        .notify = box_notify,
        .opaque = box,
        .ports = &box->host.ports,
        .counters = &box->counters,
    });
    return box;
}

static void box_free(Box *box)
{
    p9x_source_destroy(&box->src);
    host_destroy(&box->host);
    free(box);
}

static uint64_t box_errors(Box *box, P9xGuestError kind)
{
    return p9x_guest_error_read(&box->counters, kind);
}

static uint64_t box_count(Box *box, P9xCounter kind)
{
    return p9x_counter_read(&box->counters, kind);
}

static void test_all_sources_start_off_and_edge(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    for (unsigned i = 0; i < NR; i++) {
        g_assert_cmpint(p9x_source_get_pq(&box->src, i), ==, P9X_PQ_01);
        g_assert_false(p9x_source_is_lsi(&box->src, i));
    }
    box_free(box);
}

static void test_windows_and_offsets_follow_the_layout(void)
{
    Box *two = box_new(P9X_ESB_TWO_PAGES, true, 16);
    Box *one = box_new(P9X_ESB_ONE_PAGE, true, 12);

    g_assert_cmphex(p9x_source_window_size(&two->src), ==, NR * 0x20000);
    g_assert_cmphex(p9x_source_trigger_offset(&two->src, 3), ==, 0x60000);
    g_assert_cmphex(p9x_source_mgmt_offset(&two->src, 3), ==, 0x70000);
    g_assert_cmphex(p9x_source_window_size(&one->src), ==, NR * 0x1000);
    g_assert_cmphex(p9x_source_trigger_offset(&one->src, 3), ==, 0x3000);
    g_assert_cmphex(p9x_source_mgmt_offset(&one->src, 3), ==, 0x3000);
    box_free(two);
    box_free(one);
}

/* rows: E2 */
static void test_loads_below_0x800_are_eois(void)
{
    static const unsigned offsets[] = { 0, 8, 0x3F8, 0x400, 0x440, 0x7F8 };
    Box *box = box_new(P9X_ESB_TWO_PAGES, false, 16);

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        p9x_source_set_pq(&box->src, 1, P9X_PQ_11);
        box->total = 0;
        g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, offsets[i],
                                             8), ==, 1);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_10);
        g_assert_cmpuint(box->total, ==, 1);
        g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, offsets[i],
                                             8), ==, 0);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_00);
        g_assert_cmpuint(box->total, ==, 1);
    }
    g_assert_cmpuint(box_count(box, P9X_COUNT_EOIS), ==,
                     2 * G_N_ELEMENTS(offsets));
    g_assert_cmpuint(box_count(box, P9X_COUNT_REPLAYS), ==,
                     G_N_ELEMENTS(offsets));
    box_free(box);
}

/* rows: E3 E5 */
static void test_get_has_no_side_effect(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, false, 16);

    for (unsigned pq = 0; pq < 4; pq++) {
        p9x_source_set_pq(&box->src, 1, pq);
        for (unsigned offset = 0x800; offset < 0xC00; offset += 0x40) {
            g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, offset,
                                                 8), ==, pq);
            g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, pq);
        }
    }
    g_assert_cmpuint(box->total, ==, 0);
    box_free(box);
}

/* Windows of 0x100, with the load-after-store variants at + 0x40. */
/* rows: E4 E5 */
static void test_set_pq_loads_return_the_old_and_never_notify(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, false, 16);

    for (unsigned old = 0; old < 4; old++) {
        for (unsigned offset = 0xC00; offset < 0x1000; offset += 0x20) {
            p9x_source_set_pq(&box->src, 1, old);
            g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, offset,
                                                 8), ==, old);
            g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==,
                            (offset - 0xC00) / 0x100);
        }
    }
    g_assert_cmpuint(box->total, ==, 0);
    box_free(box);
}

/* rows: E8 */
static void test_offsets_mirror_through_a_64k_page(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);
    uint64_t base = p9x_source_mgmt_offset(&box->src, 2);

    for (uint64_t mirror = 0; mirror < PAGE; mirror += 0x1000) {
        p9x_source_set_pq(&box->src, 2, P9X_PQ_10);
        g_assert_cmphex(p9x_source_load(&box->src, base + mirror + 0xD00, 8),
                        ==, P9X_PQ_10);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 2), ==, P9X_PQ_01);
    }
    box_free(box);
}

static void test_narrow_loads_get_their_byte_lanes(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_source_set_pq(&box->src, 1, P9X_PQ_11);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0x807, 1), ==, 3);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0x800, 1), ==, 0);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0x806, 2), ==, 3);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0x804, 4), ==, 3);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0x800, 4), ==, 0);
    box_free(box);
}

/* rows: E6 */
static void test_stores_below_0x400_trigger(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, false, 16);

    for (unsigned offset = 0; offset < 0x400; offset += 0xF8) {
        p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
        box->total = 0;
        p9x_source_page_store(&box->src, 1, true, offset, 8, 0x1234);
        g_assert_cmpuint(box->total, ==, 1);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_10);
    }
    box_free(box);
}

/* rows: E6 */
static void test_a_store_eoi_is_an_eoi_where_enabled(void)
{
    static const unsigned offsets[] = { 0x400, 0x440, 0x7F8 };
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        p9x_source_set_pq(&box->src, 1, P9X_PQ_11);
        box->total = 0;
        p9x_source_page_store(&box->src, 1, true, offsets[i], 8, 0);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_10);
        g_assert_cmpuint(box->total, ==, 1);
    }
    g_assert_cmpuint(box_errors(box, P9X_ERR_ESB_STORE), ==, 0);
    box_free(box);
}

/* rows: E6 */
static void test_a_store_eoi_is_a_guest_error_where_not_enabled(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, false, 16);

    p9x_source_set_pq(&box->src, 1, P9X_PQ_11);
    p9x_source_page_store(&box->src, 1, true, 0x400, 8, 0);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_11);
    g_assert_cmpuint(box->total, ==, 0);
    g_assert_cmpuint(box_errors(box, P9X_ERR_ESB_STORE), ==, 1);
    box_free(box);
}

static void test_a_store_to_0x800_does_nothing(void)
{
    static const unsigned offsets[] = { 0x800, 0x900, 0xBF8 };
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        p9x_source_page_store(&box->src, 1, true, offsets[i], 8, 0);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_00);
        g_assert_cmpuint(box_errors(box, P9X_ERR_ESB_STORE), ==, i + 1);
    }
    g_assert_cmpuint(box->total, ==, 0);
    box_free(box);
}

static void test_stores_from_0xc00_set_pq(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    for (unsigned offset = 0xC00; offset < 0x1000; offset += 0x80) {
        p9x_source_set_pq(&box->src, 1, ~(offset >> 8) & 3);
        p9x_source_page_store(&box->src, 1, true, offset, 8, 0);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, offset >> 8 & 3);
    }
    g_assert_cmpuint(box->total, ==, 0);
    box_free(box);
}

/* rows: E7 */
static void test_the_trigger_page_triggers_at_any_offset(void)
{
    static const unsigned offsets[] = { 0, 0x400, 0x800, 0xC00, 0xD00, 0xFFF8 };
    static const unsigned sizes[] = { 1, 2, 4, 8 };
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);
    uint64_t base = p9x_source_trigger_offset(&box->src, NR - 1);

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        for (unsigned s = 0; s < G_N_ELEMENTS(sizes); s++) {
            p9x_source_set_pq(&box->src, NR - 1, P9X_PQ_00);
            box->notified[NR - 1] = 0;
            p9x_source_store(&box->src, base + offsets[i], sizes[s], 0);
            g_assert_cmpuint(box->notified[NR - 1], ==, 1);
        }
    }
    box_free(box);
}

/* rows: E7 */
static void test_the_trigger_page_loads_all_ones(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_source_set_pq(&box->src, 1, P9X_PQ_11);
    for (unsigned size = 1; size <= 8; size *= 2) {
        g_assert_cmphex(p9x_source_page_load(&box->src, 1, false, 0xD00,
                                             size), ==,
                        UINT64_MAX >> (64 - 8 * size));
    }
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_11);
    g_assert_cmpuint(box_errors(box, P9X_ERR_ESB_LOAD), ==, 4);
    box_free(box);
}

static void test_a_single_page_does_both(void)
{
    Box *box = box_new(P9X_ESB_ONE_PAGE, true, 16);
    uint64_t base = p9x_source_mgmt_offset(&box->src, 5);

    p9x_source_set_pq(&box->src, 5, P9X_PQ_00);
    p9x_source_store(&box->src, base, 8, 0);
    g_assert_cmpuint(box->notified[5], ==, 1);
    g_assert_cmphex(p9x_source_load(&box->src, base + 0x800, 8), ==,
                    P9X_PQ_10);
    g_assert_cmphex(p9x_source_load(&box->src, base, 8), ==, 0);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 5), ==, P9X_PQ_00);
    /* There is no second page to ask for. */
    g_assert_cmphex(p9x_source_page_load(&box->src, 5, false, 0x800, 8), ==,
                    P9X_PQ_00);
    g_assert_cmpuint(p9x_guest_errors_total(&box->counters), ==, 0);
    box_free(box);
}

static void test_a_window_access_reaches_its_own_source_only(void)
{
    static const P9xEsbLayout layouts[] = { P9X_ESB_ONE_PAGE,
                                            P9X_ESB_TWO_PAGES };

    for (unsigned l = 0; l < G_N_ELEMENTS(layouts); l++) {
        Box *box = box_new(layouts[l], true, 12);

        for (unsigned i = 0; i < NR; i++) {
            p9x_source_load(&box->src,
                            p9x_source_mgmt_offset(&box->src, i) + 0xC00, 8);
            p9x_source_store(&box->src,
                             p9x_source_trigger_offset(&box->src, i), 4, 0);
            for (unsigned j = 0; j < NR; j++) {
                g_assert_cmpuint(box->notified[j], ==, j <= i);
            }
        }
        box_free(box);
    }
}

static void test_past_the_end_nothing_happens(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);
    uint64_t end = p9x_source_window_size(&box->src);
    P9xSource *src = &box->src;

    g_assert_cmphex(p9x_source_load(src, end, 8), ==, UINT64_MAX);
    g_assert_cmphex(p9x_source_load(src, UINT64_MAX - 7, 4), ==, 0xFFFFFFFF);
    p9x_source_store(src, end, 8, 0);
    p9x_source_store(src, UINT64_MAX - 7, 8, 0);
    p9x_source_trigger(src, NR);
    p9x_source_trigger(src, UINT32_MAX);
    p9x_source_set_level(src, NR, true);
    g_assert_false(p9x_source_eoi(src, NR));
    p9x_source_set_pq(src, NR, P9X_PQ_00);
    g_assert_false(p9x_source_set_lsi(src, NR, true));
    g_assert_false(p9x_source_is_lsi(src, NR));
    p9x_source_get_pq(src, UINT32_MAX);
    g_assert_cmpuint(box->total, ==, 0);
    g_assert_cmpuint(box_count(box, P9X_COUNT_TRIGGERS), ==, 0);
    g_assert_cmpuint(p9x_guest_errors_total(&box->counters), >=, 6);
    box_free(box);
}

static void test_every_trigger_has_one_outcome(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_source_trigger(&box->src, 3);                   /* 01: off */
    p9x_source_set_pq(&box->src, 3, P9X_PQ_00);
    p9x_source_trigger(&box->src, 3);                   /* event */
    p9x_source_trigger(&box->src, 3);                   /* into Q */
    p9x_source_trigger(&box->src, 3);                   /* Q was set */
    g_assert_cmpuint(box_count(box, P9X_COUNT_TRIGGERS), ==, 4);
    g_assert_cmpuint(box_count(box, P9X_COUNT_OFF), ==, 1);
    g_assert_cmpuint(box_count(box, P9X_COUNT_EVENTS), ==, 1);
    g_assert_cmpuint(box_count(box, P9X_COUNT_COALESCED), ==, 2);
    g_assert_true(p9x_source_eoi(&box->src, 3));
    g_assert_false(p9x_source_eoi(&box->src, 3));
    g_assert_cmpuint(box->notified[3], ==, 2);
    g_assert_cmpuint(box_count(box, P9X_COUNT_REPLAYS), ==, 1);
    box_free(box);
}

static void test_an_msi_takes_a_rising_call_as_one_event(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    p9x_source_set_level(&box->src, 1, true);
    p9x_source_set_level(&box->src, 1, false);
    g_assert_cmpuint(box->notified[1], ==, 1);
    g_assert_false(p9x_source_eoi(&box->src, 1));
    g_assert_cmpuint(box->notified[1], ==, 1);
    box_free(box);
}

/* rows: E10 */
static void test_an_lsi_comes_back_until_its_level_falls(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    g_assert_true(p9x_source_set_lsi(&box->src, 1, true));
    g_assert_true(p9x_source_is_lsi(&box->src, 1));
    g_assert_false(p9x_source_is_lsi(&box->src, 0));
    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    p9x_source_set_level(&box->src, 1, true);
    p9x_source_set_level(&box->src, 1, true);
    g_assert_cmpuint(box->notified[1], ==, 1);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_10);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0, 8), ==, 1);
    g_assert_cmpuint(box->notified[1], ==, 2);
    p9x_source_set_level(&box->src, 1, false);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_10);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0, 8), ==, 0);
    g_assert_cmpuint(box->notified[1], ==, 2);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_00);
    box_free(box);
}

static void test_an_lsi_raised_while_off_comes_when_opened(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_source_set_lsi(&box->src, 1, true);
    p9x_source_set_level(&box->src, 1, true);
    g_assert_cmpuint(box->notified[1], ==, 0);
    g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, 0xC00, 8), ==,
                    P9X_PQ_01);
    g_assert_cmpuint(box->notified[1], ==, 1);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_10);
    box_free(box);
}

static void test_an_lsi_can_become_an_msi_again(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    g_assert_true(p9x_source_set_lsi(&box->src, 65, true));
    g_assert_true(p9x_source_set_lsi(&box->src, 65, false));
    g_assert_false(p9x_source_is_lsi(&box->src, 65));
    g_assert_false(p9x_source_is_lsi(&box->src, 1));
    box_free(box);
}

static void test_reset_turns_all_off_and_keeps_kinds(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_source_set_lsi(&box->src, 1, true);
    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    p9x_source_set_pq(&box->src, 2, P9X_PQ_11);
    p9x_source_set_level(&box->src, 1, true);
    p9x_source_reset(&box->src);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_01);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 2), ==, P9X_PQ_01);
    g_assert_true(p9x_source_is_lsi(&box->src, 1));
    /* The level went down with it: opening brings nothing. */
    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    g_assert_cmpuint(box->notified[1], ==, 1);
    box_free(box);
}

static gpointer trigger_source_1(gpointer opaque)
{
    p9x_source_trigger(&((Box *)opaque)->src, 1);
    return NULL;
}

static gpointer release_soon(gpointer opaque)
{
    g_usleep(20000);
    atomic_store(&((Box *)opaque)->hold, false);
    return NULL;
}

/* rows: E15 */
static void test_sync_waits_for_an_event_on_its_way(void)
{
    Box *box = box_new(P9X_ESB_TWO_PAGES, true, 16);
    GThread *trigger, *release;

    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    atomic_store(&box->hold, true);
    trigger = g_thread_new("trigger", trigger_source_1, box);
    while (!atomic_load(&box->entered)) {
        sched_yield();
    }
    release = g_thread_new("release", release_soon, box);
    p9x_source_sync(&box->src);
    g_assert_cmpuint(box->total, ==, 1);
    g_thread_join(trigger);
    g_thread_join(release);
    box_free(box);
}

/* rows: E13 */
static void test_a_fenced_bridge_answers_all_ones_and_changes_nothing(void)
{
    Box *box = box_new(P9X_ESB_ONE_PAGE, true, 16);

    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    p9x_source_fence(&box->src, true);
    for (unsigned offset = 0; offset < 0x1000; offset += 0x100) {
        g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, offset, 8),
                        ==, UINT64_MAX);
        g_assert_cmphex(p9x_source_page_load(&box->src, 1, true, offset, 2),
                        ==, 0xFFFF);
        p9x_source_page_store(&box->src, 1, true, offset, 8, 0);
        g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_00);
    }
    p9x_source_trigger(&box->src, 1);
    g_assert_cmpuint(box->total, ==, 0);
    p9x_source_fence(&box->src, false);
    p9x_source_trigger(&box->src, 1);
    g_assert_cmpuint(box->total, ==, 1);
    box_free(box);
}

/* A bridge's LSIs have no Q: 01 is 00 there, only P=1 holds them. */
/* rows: E11 */
static void test_a_bridges_lsi_is_masked_by_p_alone(void)
{
    Box *box = box_new(P9X_ESB_ONE_PAGE, true, 16);

    box->src.config.lsi_p_only = true;
    p9x_source_set_lsi(&box->src, 1, true);
    p9x_source_set_pq(&box->src, 1, P9X_PQ_01);
    p9x_source_set_level(&box->src, 1, true);
    g_assert_cmpuint(box->notified[1], ==, 1);
    p9x_source_set_level(&box->src, 1, false);
    p9x_source_eoi(&box->src, 1);
    p9x_source_set_pq(&box->src, 1, P9X_PQ_10);
    p9x_source_set_level(&box->src, 1, true);
    g_assert_cmpuint(box->notified[1], ==, 1);
    /* Its MSIs are as anybody's. */
    p9x_source_set_pq(&box->src, 2, P9X_PQ_01);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 2), ==, P9X_PQ_01);
    p9x_source_reset(&box->src);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 1), ==, P9X_PQ_00);
    g_assert_cmpint(p9x_source_get_pq(&box->src, 2), ==, P9X_PQ_01);
    box_free(box);
}

/* The host may wait for a lock there whose holder waits for the gate. */
static Box *waiting;

static void drain_in_handler(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    (void)srcno;
    p9x_transit_end(transit);
    p9x_transit_end(transit);           /* once is enough: no effect */
    p9x_source_sync(&waiting->src);
    waiting->total++;
}

static void test_the_gate_is_left_when_the_event_is_queued(void)
{
    Box *box = waiting = box_new(P9X_ESB_TWO_PAGES, true, 16);

    p9x_transit_end(NULL);              /* no event on its way: no effect */
    box->src.config.notify = drain_in_handler;
    p9x_source_set_pq(&box->src, 1, P9X_PQ_00);
    p9x_source_trigger(&box->src, 1);
    g_assert_cmpuint(box->total, ==, 1);
    p9x_source_sync(&box->src);
    box_free(box);
}

static const TestRow tests[] = {
    TEST(a_fenced_bridge_answers_all_ones_and_changes_nothing),
    TEST(a_bridges_lsi_is_masked_by_p_alone),
    TEST(the_gate_is_left_when_the_event_is_queued),
    TEST(all_sources_start_off_and_edge),
    TEST(windows_and_offsets_follow_the_layout),
    TEST(loads_below_0x800_are_eois),
    TEST(get_has_no_side_effect),
    TEST(set_pq_loads_return_the_old_and_never_notify),
    TEST(offsets_mirror_through_a_64k_page),
    TEST(narrow_loads_get_their_byte_lanes),
    TEST(stores_below_0x400_trigger),
    TEST(a_store_eoi_is_an_eoi_where_enabled),
    TEST(a_store_eoi_is_a_guest_error_where_not_enabled),
    TEST(a_store_to_0x800_does_nothing),
    TEST(stores_from_0xc00_set_pq),
    TEST(the_trigger_page_triggers_at_any_offset),
    TEST(the_trigger_page_loads_all_ones),
    TEST(a_single_page_does_both),
    TEST(a_window_access_reaches_its_own_source_only),
    TEST(past_the_end_nothing_happens),
    TEST(every_trigger_has_one_outcome),
    TEST(an_msi_takes_a_rising_call_as_one_event),
    TEST(an_lsi_comes_back_until_its_level_falls),
    TEST(an_lsi_raised_while_off_comes_when_opened),
    TEST(an_lsi_can_become_an_msi_again),
    TEST(reset_turns_all_off_and_keeps_kinds),
    TEST(sync_waits_for_an_event_on_its_way),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "source", tests);
}
