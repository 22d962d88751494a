/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recorder by itself: rings, passages, files.  The steps that the engine
 * records are checked in test-recorded.c.
 */
#include "fixture.h"
#include "recorder_internal.h"

#include <glib/gstdio.h>
#include <stdio.h>

enum { SIZE = 64, WRITERS = 3, COPIES = 600 };

static uint64_t copied[P9X_RECORDER_MAX / 64][P9X_RECORD_WORDS];

static void start(uint32_t size)
{
    char *error;

    g_assert_true(p9x_recorder_start(size, &error));
    g_assert_null(error);
}

static P9xRecorderRing *ring_of(unsigned thread)
{
    return &p9x_recorder_arena()->ring[thread];
}

/* The main thread takes the first ring. */
static uint32_t copy_mine(uint64_t *first)
{
    return p9x_recorder_copy(ring_of(0), p9x_recorder_size(), copied, first);
}

static void test_nothing_is_recorded_while_it_is_off(void)
{
    uint64_t before = p9x_recorder_written();

    p9x_recorder_stop();
    p9x_note(P9X_STEP_CLAIM, 0, 1, 0, 0);
    g_assert_cmpuint(p9x_recorder_written(), ==, before);
    start(SIZE);
    p9x_note(P9X_STEP_CLAIM, 0, 1, 0, 0);
    g_assert_cmpuint(p9x_recorder_written(), ==, before + 1);
    p9x_recorder_stop();
    p9x_note(P9X_STEP_CLAIM, 0, 1, 0, 0);
    g_assert_cmpuint(p9x_recorder_written(), ==, before + 1);
}

static void test_a_record_holds_what_was_noted(void)
{
    uint64_t first, before, after;
    uint32_t n;

    start(SIZE);
    before = p9x_recorder_ticks();
    p9x_note(P9X_STEP_QUEUE, 0x1234, 0x89abcdef, 0xfedcba98, 0x76543210);
    after = p9x_recorder_ticks();
    n = copy_mine(&first);
    g_assert_cmpuint(n, >=, 1);
    g_assert_cmpuint(copied[n - 1][0], >=, before);
    g_assert_cmpuint(copied[n - 1][0], <=, after);
    g_assert_cmphex(copied[n - 1][1], ==, 0);
    g_assert_cmphex(copied[n - 1][2], ==,
                    (uint64_t)P9X_STEP_QUEUE << 48 |
                    UINT64_C(0x123489abcdef));
    g_assert_cmphex(copied[n - 1][3], ==, UINT64_C(0xfedcba9876543210));
    p9x_recorder_stop();
}

static void test_a_full_ring_keeps_the_last_records(void)
{
    uint64_t first;
    uint32_t n;

    start(SIZE * 2);
    for (uint32_t i = 0; i < 1000; i++) {
        p9x_note(P9X_STEP_CLAIM, 0, i, 0, 0);
    }
    n = copy_mine(&first);
    /* The place of the next record may be half written at any time. */
    g_assert_cmpuint(n, ==, SIZE * 2 - 1);
    g_assert_cmpuint(first, ==, 1000 - n);
    for (uint32_t i = 0; i < n; i++) {
        g_assert_cmpuint((uint32_t)copied[i][2], ==, first + i);
    }
    p9x_recorder_stop();
}

static void test_sizes_are_rounded_up_and_bounded(void)
{
    start(1);
    g_assert_cmpuint(p9x_recorder_size(), ==, P9X_RECORDER_MIN);
    start(P9X_RECORDER_MIN + 1);
    g_assert_cmpuint(p9x_recorder_size(), ==, 2 * P9X_RECORDER_MIN);
    start(SIZE);
    g_assert_cmpuint(p9x_recorder_size(), ==, SIZE);
    p9x_recorder_stop();
}

static void test_a_new_size_starts_with_empty_rings_and_keeps_the_count(void)
{
    uint64_t first, before;

    start(SIZE);
    p9x_note(P9X_STEP_CLAIM, 0, 1, 0, 0);
    before = p9x_recorder_written();
    start(SIZE);
    g_assert_cmpuint(copy_mine(&first), >, 0);
    start(SIZE * 4);
    g_assert_cmpuint(copy_mine(&first), ==, 0);
    g_assert_cmpuint(p9x_recorder_written(), ==, before);
    p9x_recorder_stop();
}

static void test_records_of_a_passage_share_number_and_time(void)
{
    uint64_t first, outer, inner;
    uint32_t n;

    start(SIZE);
    g_assert_cmpuint(p9x_passage_now(), ==, 0);
    outer = p9x_passage_begin();
    g_assert_cmpuint(outer, ==, 0);
    p9x_note(P9X_STEP_TRIGGER, 0, 1, 0, 0);
    inner = p9x_passage_begin();
    g_assert_cmpuint(inner, !=, 0);
    p9x_note(P9X_STEP_TRIGGER, 0, 2, 0, 0);
    p9x_passage_end(inner);
    p9x_note(P9X_STEP_EAS, 0, 1, 0, 0);
    p9x_passage_end(outer);
    g_assert_cmpuint(p9x_passage_now(), ==, 0);
    n = copy_mine(&first);
    g_assert_cmpuint(copied[n - 3][1], ==, inner);
    g_assert_cmpuint(copied[n - 2][1], !=, inner);
    g_assert_cmpuint(copied[n - 2][1], !=, 0);
    g_assert_cmpuint(copied[n - 1][1], ==, inner);
    g_assert_cmpuint(copied[n - 3][0], <, copied[n - 2][0]);
    g_assert_cmpuint(copied[n - 2][0], ==, copied[n - 1][0]);
    p9x_recorder_stop();
}

/* ---- threads ---- */

typedef struct Writer {
    GThread *thread;
    atomic_bool stop;
    uint64_t count;
} Writer;

/* Each word follows from the number, so that a torn record shows. */
static gpointer write_records(gpointer opaque)
{
    Writer *w = opaque;

    while (!atomic_load_explicit(&w->stop, memory_order_relaxed)) {
        uint32_t n = (uint32_t)++w->count;

        p9x_record_of(n, P9X_STEP_CLAIM, 0, n, ~n, n * 3);
    }
    return NULL;
}

static uint32_t check_copy(const P9xRecorderRing *ring)
{
    uint64_t first;
    uint32_t n = p9x_recorder_copy(ring, p9x_recorder_size(), copied, &first);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t number = (uint32_t)copied[i][1];

        g_assert_cmpuint(number, ==, (uint32_t)(first + i + 1));
        g_assert_cmphex(copied[i][2], ==,
                        (uint64_t)P9X_STEP_CLAIM << 48 | number);
        g_assert_cmphex(copied[i][3], ==,
                        (uint64_t)~number << 32 | number * 3);
    }
    return n;
}

static void test_copies_beside_writers_have_no_gap_and_no_torn_record(void)
{
    Writer writer[WRITERS] = { { 0 } };
    uint64_t before, sum = 0;

    start(SIZE * 8);
    /* The main thread's ring is the first, also if this test runs alone. */
    p9x_note(P9X_STEP_RESET, 0, 0, 0, 0);
    before = p9x_recorder_written();
    for (unsigned i = 0; i < WRITERS; i++) {
        writer[i].thread = g_thread_new("writer", write_records, &writer[i]);
    }
    for (unsigned copies = 0; copies < COPIES;) {
        for (unsigned t = 1; t <= WRITERS; t++) {
            copies += check_copy(ring_of(t)) > 0;
        }
        g_thread_yield();
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        atomic_store(&writer[i].stop, true);
        g_thread_join(writer[i].thread);
        sum += writer[i].count;
    }
    p9x_recorder_stop();
    g_assert_cmpuint(p9x_recorder_written() - before, ==, sum);
}

static gpointer write_once(gpointer opaque)
{
    p9x_note(P9X_STEP_CLAIM, 0, 1, 0, 0);
    return opaque;
}

static void test_threads_without_a_ring_are_counted(void)
{
    uint64_t before = p9x_recorder_dropped();

    start(P9X_RECORDER_MIN);
    g_assert_cmpuint(before, ==, 0);
    for (unsigned i = 0; i < P9X_RECORDER_THREADS; i++) {
        g_thread_join(g_thread_new("once", write_once, NULL));
    }
    p9x_recorder_stop();
    g_assert_cmpuint(p9x_recorder_dropped(), >, before);
}

/* ---- files ---- */

static void describe(void *opaque, GString *out)
{
    g_string_append_printf(out, "{\"is\": \"%s\"}", (const char *)opaque);
}

static char *save(gsize *bytes)
{
    g_autofree char *dir = g_dir_make_tmp("p9xrec-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "file", NULL);
    char *error, *data;

    g_assert_true(p9x_recorder_save(path, &error));
    g_assert_null(error);
    g_assert_true(g_file_get_contents(path, &data, bytes, NULL));
    g_unlink(path);
    g_rmdir(dir);
    return data;
}

static uint64_t word_at(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* The chunk with @tag from @at on, or NULL. */
static const char *find_chunk(const char *data, gsize bytes, const char *tag)
{
    const char *at = data + 56;

    while (at + 16 <= data + bytes) {
        if (!memcmp(at, tag, 4)) {
            return at;
        }
        at += 16 + word_at(at + 8);
    }
    return NULL;
}

/* The text of a chunk, to be freed. */
static char *chunk_text(const char *data, gsize bytes, const char *tag)
{
    const char *chunk = find_chunk(data, bytes, tag);

    g_assert_nonnull(chunk);
    return g_strndup(chunk + 16, word_at(chunk + 8));
}

static void test_a_file_has_names_rings_states_and_an_end(void)
{
    static char what[] = "state";
    g_autofree char *data = NULL, *names = NULL, *state = NULL, *none = NULL;
    const char *ring, *end;
    gsize bytes;
    uint64_t count;

    start(SIZE);
    p9x_recorder_describe(describe, what);
    p9x_note(P9X_STEP_CLAIM, p9x_recorder_origin("here"), 77, 0, 0);
    data = save(&bytes);
    p9x_recorder_forget(describe, what);
    g_assert_cmpmem(data, 8, "P9XREC\r\n", 8);
    names = chunk_text(data, bytes, "NAME");
    g_assert_nonnull(strstr(names, " here\n"));
    g_assert_nonnull(strstr(names, "step 1 trigger source how passage\n"));
    ring = find_chunk(data, bytes, "RING");
    g_assert_nonnull(ring);
    count = word_at(ring + 16 + 16);
    g_assert_cmpuint(word_at(ring + 8), ==, 56 + count * P9X_RECORD_BYTES);
    g_assert_cmpuint((uint32_t)word_at(ring + 16 + 56 + (count - 1) * 32 + 16),
                     ==, 77);
    state = chunk_text(data, bytes, "STAT");
    g_assert_nonnull(strstr(state, "{\"is\": \"state\"}"));
    end = find_chunk(data, bytes, "END.");
    g_assert_nonnull(end);
    g_assert_true(end + 16 == data + bytes);
    g_free(data);
    data = save(&bytes);
    none = chunk_text(data, bytes, "STAT");
    g_assert_null(strstr(none, "{"));
    p9x_recorder_stop();
}

static void test_a_file_that_cannot_be_written_is_an_error_in_words(void)
{
    char *error;

    g_assert_false(p9x_recorder_save("/nowhere/at/all", &error));
    g_assert_nonnull(strstr(error, "/nowhere/at/all: "));
    g_free(error);
}

static void test_an_origin_has_one_number_and_the_table_ends(void)
{
    char name[32];
    unsigned i;

    g_assert_cmpuint(p9x_recorder_origin("one"), ==,
                     p9x_recorder_origin("one"));
    g_assert_cmpuint(p9x_recorder_origin("one"), !=,
                     p9x_recorder_origin("two"));
    for (i = 0; i < P9X_RECORDER_ORIGINS; i++) {
        g_snprintf(name, sizeof(name), "object %u", i);
        if (!p9x_recorder_origin(name)) {
            break;
        }
    }
    g_assert_cmpuint(i, <, P9X_RECORDER_ORIGINS);
    g_assert_cmpuint(p9x_recorder_origin("one"), !=, 0);
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(nothing_is_recorded_while_it_is_off),
        TEST(a_record_holds_what_was_noted),
        TEST(a_full_ring_keeps_the_last_records),
        TEST(sizes_are_rounded_up_and_bounded),
        TEST(a_new_size_starts_with_empty_rings_and_keeps_the_count),
        TEST(records_of_a_passage_share_number_and_time),
        TEST(copies_beside_writers_have_no_gap_and_no_torn_record),
        TEST(a_file_has_names_rings_states_and_an_end),
        TEST(a_file_that_cannot_be_written_is_an_error_in_words),
        TEST(an_origin_has_one_number_and_the_table_ends),
        /* Uses up the rings: last. */
        TEST(threads_without_a_ring_are_counted),
    };

    return RUN_TESTS(argc, argv, "recorder", tests);
}
