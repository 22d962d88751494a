/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of the flight recorder on a host that has no room for them: neither on
 * the disk nor in memory.
 */
#include "fixture.h"
#include "xive/recorder.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* What stdio keeps back before it writes. */
enum { BUFFER = 4096, STEP = 8 };

typedef struct Place {
    char *dir, *path, *part;
} Place;

static Place place_new(void)
{
    char *dir = g_dir_make_tmp("p9xrec-XXXXXX", NULL);

    return (Place) {
        .dir = dir,
        .path = g_build_filename(dir, "file", NULL),
        .part = g_build_filename(dir, "file.part", NULL)
    };
}

static void place_free(Place *place)
{
    g_unlink(place->path);
    g_assert_cmpint(g_unlink(place->part), ==, -1);
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    g_free(place->dir);
    g_free(place->path);
    g_free(place->part);
}

static void say_nothing(void *opaque, GString *out)
{
    g_string_append(out, opaque);
}

/* Says as many characters as it is told. */
static void describe(void *opaque, GString *out)
{
    const unsigned *length = opaque;

    for (unsigned i = 0; i < *length; i++) {
        g_string_append_c(out, 'x');
    }
}

static void check_no_room(const Place *place)
{
    char *error;

    g_assert_cmpint(symlink("/dev/full", place->part), ==, 0);
    g_assert_false(p9x_recorder_save(place->path, &error));
    g_assert_true(g_str_has_prefix(error, place->path));
    g_assert_nonnull(strstr(error, g_strerror(ENOSPC)));
    g_free(error);
    /* Nothing is left of it. */
    g_assert_cmpint(g_unlink(place->part), ==, -1);
}

/*
 * The first write that fails may be in any part of the file: the text moves
 * each of them over the end of the buffer.
 */
static void check_each_part(void)
{
    Place place = place_new();
    unsigned length;
    char *error;

    p9x_recorder_describe(describe, &length);
    for (length = 0; length < BUFFER; length += STEP) {
        check_no_room(&place);
    }
    g_assert_true(p9x_recorder_save(place.path, &error));
    p9x_recorder_forget(describe, &length);
    place_free(&place);
}

static void test_a_full_disk_is_an_error_wherever_it_is_met(void)
{
    check_each_part();
}

static void note(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        p9x_note(P9X_STEP_CLAIM, 0, i, 0, 0);
    }
}

static gpointer note_one(gpointer opaque)
{
    note(1);
    return opaque;
}

/* With rings, of which the first has more and more records. */
static void test_so_it_is_while_rings_are_written(void)
{
    Place place = place_new();
    char *error;

    g_assert_true(p9x_recorder_start(256, &error));
    for (unsigned i = 0; i < 2; i++) {
        g_thread_join(g_thread_new("other", note_one, NULL));
    }
    for (unsigned i = 0; i < BUFFER / 32; i++) {
        char name[17] = "";

        if (i % 2) {
            memset(name, 'a' + (int)i / 2 % 26, sizeof(name) - 1 - i / 60);
            p9x_recorder_origin(name);
        }
        note(1);
        check_no_room(&place);
    }
    check_each_part();
    p9x_recorder_stop();
    place_free(&place);
}

static void test_a_file_that_cant_be_renamed_is_an_error(void)
{
    Place place = place_new();
    char *error;

    g_assert_cmpint(g_mkdir(place.path, 0700), ==, 0);
    g_assert_false(p9x_recorder_save(place.path, &error));
    g_assert_true(g_str_has_prefix(error, place.path));
    g_free(error);
    g_assert_cmpint(g_rmdir(place.path), ==, 0);
    place_free(&place);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* False: the limit has no effect, as under qemu-user. */
static bool limit_memory(rlim_t most)
{
    const struct rlimit limit = { most, RLIM_INFINITY };
    void *all;

    g_assert_cmpint(setrlimit(RLIMIT_AS, &limit), ==, 0);
    all = mmap(NULL, (size_t)1 << 28, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
               MAP_NORESERVE, -1, 0);
    if (all != MAP_FAILED) {
        munmap(all, (size_t)1 << 28);
    }
    return all == MAP_FAILED;
}

static void check_without_memory(const Place *place)
{
    char *error;

    g_assert_false(p9x_recorder_start(P9X_RECORDER_MAX / 2, &error));
    g_assert_nonnull(strstr(error, "no address space for "));
    g_free(error);
    g_assert_cmpuint(p9x_recorder_size(), ==, P9X_RECORDER_MAX);
    g_assert_false(p9x_recorder_save(place->path, &error));
    g_assert_nonnull(strstr(error, g_strerror(ENOMEM)));
    g_free(error);
}

static void test_no_memory_is_an_error_and_all_goes_on(void)
{
    Place place = place_new();
    char *error;

    if (SANITIZED) {
        g_test_skip("a sanitizer needs the address space itself");
        place_free(&place);
        return;
    }
    g_assert_true(p9x_recorder_start(P9X_RECORDER_MAX, &error));
    if (limit_memory(1)) {
        check_without_memory(&place);
    } else {
        g_test_skip("the limit of address space is not kept");
    }
    g_assert_false(limit_memory(RLIM_INFINITY));
    g_assert_true(p9x_recorder_save(place.path, &error));
    p9x_recorder_stop();
    place_free(&place);
}

static gpointer passage_without_ring(gpointer opaque)
{
    g_assert_cmpuint(p9x_passage_begin(), ==, 0);
    g_assert_cmpuint(p9x_passage_now(), ==, 0);
    p9x_passage_end(0);
    return opaque;
}

static void test_a_thread_without_a_ring_has_no_passages(void)
{
    uint64_t dropped = p9x_recorder_dropped();
    char *error;

    g_assert_true(p9x_recorder_start(P9X_RECORDER_MAX + 1, &error));
    g_assert_cmpuint(p9x_recorder_size(), ==, P9X_RECORDER_MAX);
    for (unsigned i = 0; i < P9X_RECORDER_THREADS; i++) {
        g_thread_join(g_thread_new("one", note_one, NULL));
    }
    g_assert_cmpuint(p9x_recorder_dropped(), >, dropped);
    g_thread_join(g_thread_new("late", passage_without_ring, NULL));
    p9x_recorder_stop();
}

static void test_there_is_room_for_so_many_states_and_no_more(void)
{
    static unsigned length[P9X_RECORDER_STATES + 1];
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i <= P9X_RECORDER_STATES; i++) {
        length[i] = i < P9X_RECORDER_STATES;
        p9x_recorder_describe(describe, &length[i]);
    }
    /* Another function with the same, and none that was told: no harm. */
    p9x_recorder_forget(say_nothing, &length[0]);
    p9x_recorder_state(text);
    /* Brackets and ends of lines; an x and a comma for each. */
    g_assert_cmpuint(text->len, ==, 3 * P9X_RECORDER_STATES + 3);
    for (unsigned i = 0; i <= P9X_RECORDER_STATES; i++) {
        p9x_recorder_forget(describe, &length[i]);
    }
    g_string_truncate(text, 0);
    p9x_recorder_state(text);
    g_assert_cmpstr(text->str, ==, "[\n]\n");
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        /* Without rings first, which nothing takes away again. */
        TEST(a_full_disk_is_an_error_wherever_it_is_met),
        TEST(there_is_room_for_so_many_states_and_no_more),
        TEST(so_it_is_while_rings_are_written),
        TEST(a_file_that_cant_be_renamed_is_an_error),
        TEST(no_memory_is_an_error_and_all_goes_on),
        TEST(a_thread_without_a_ring_has_no_passages),
    };

    return RUN_TESTS(argc, argv, "recorder-file", tests);
}
