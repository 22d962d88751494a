/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recorder's file: header, then chunks; docs/specs/recorder.rst has the
 * format.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "recorder_internal.h"

enum { VERSION = 1, ENDIAN_MARK = 0x01020304 };

typedef struct FileHeader {
    char magic[8];
    uint32_t endian;
    uint32_t version;
    uint32_t header_bytes;
    uint32_t record_bytes;
    uint64_t first_ticks, first_ns;
    uint64_t last_ticks, last_ns;
} FileHeader;

typedef struct ChunkHeader {
    char tag[4];
    uint32_t reserved;
    uint64_t bytes;             /* that follow */
} ChunkHeader;

/* In front of the records of a ring's chunk. */
typedef struct RingHeader {
    uint64_t thread;
    uint64_t first;             /* number of the first record: older are gone */
    uint64_t count;
    char name[P9X_RECORDER_NAME];
} RingHeader;

static const char *const step_names[][4] = {
#define X(id, name, a, b, c) { name, a, b, c },
    P9X_STEPS(X)
#undef X
};

/* Number 0 is the nameless one. */
static char origin_names[P9X_RECORDER_ORIGINS][P9X_RECORDER_NAME];
static unsigned origins = 1;

static struct {
    P9xDescribe *describe;
    void *opaque;
} states[P9X_RECORDER_STATES];
static unsigned nr_states;

uint16_t p9x_recorder_origin(const char *name)
{
    for (unsigned i = 1; i < origins; i++) {
        if (!strcmp(origin_names[i], name)) {
            return (uint16_t)i;
        }
    }
    if (origins == P9X_RECORDER_ORIGINS) {
        return 0;
    }
    g_strlcpy(origin_names[origins], name, P9X_RECORDER_NAME);
    return (uint16_t)origins++;
}

void p9x_recorder_describe(P9xDescribe *describe, void *opaque)
{
    if (nr_states < P9X_RECORDER_STATES) {
        states[nr_states].describe = describe;
        states[nr_states++].opaque = opaque;
    }
}

void p9x_recorder_forget(P9xDescribe *describe, void *opaque)
{
    for (unsigned i = 0; i < nr_states; i++) {
        if (states[i].describe == describe && states[i].opaque == opaque) {
            states[i] = states[--nr_states];
            return;
        }
    }
}

static bool put(FILE *f, const void *data, size_t bytes)
{
    return fwrite(data, 1, bytes, f) == bytes;
}

static bool put_chunk_header(FILE *f, const char *tag, uint64_t bytes)
{
    ChunkHeader h = { .bytes = bytes };

    memcpy(h.tag, tag, sizeof(h.tag));
    return put(f, &h, sizeof(h));
}

static bool put_text(FILE *f, const char *tag, GString *text)
{
    bool ok = put_chunk_header(f, tag, text->len) &&
              put(f, text->str, text->len);

    g_string_free(text, TRUE);
    return ok;
}

static bool put_header(FILE *f)
{
    FileHeader h = {
        .magic = "P9XREC\r\n", .endian = ENDIAN_MARK, .version = VERSION,
        .header_bytes = sizeof(h), .record_bytes = P9X_RECORD_BYTES
    };

    p9x_recorder_first_moment(&h.first_ticks, &h.first_ns);
    p9x_recorder_moment(&h.last_ticks, &h.last_ns);
    return put(f, &h, sizeof(h));
}

static bool put_names(FILE *f)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < P9X_STEP_MAX; i++) {
        g_string_append_printf(text, "step %u %s %s %s %s\n", i,
                               step_names[i][0], step_names[i][1],
                               step_names[i][2], step_names[i][3]);
    }
    for (unsigned i = 1; i < origins; i++) {
        g_string_append_printf(text, "origin %u %s\n", i, origin_names[i]);
    }
    g_string_append_printf(text, "dropped %" G_GUINT64_FORMAT "\n",
                           p9x_recorder_dropped());
    return put_text(f, "NAME", text);
}

void p9x_recorder_state(GString *out)
{
    g_string_append_c(out, '[');
    for (unsigned i = 0; i < nr_states; i++) {
        g_string_append(out, i ? ",\n" : "\n");
        states[i].describe(states[i].opaque, out);
    }
    g_string_append(out, "\n]\n");
}

static bool put_states(FILE *f)
{
    GString *text = g_string_new(NULL);

    p9x_recorder_state(text);
    return put_text(f, "STAT", text);
}

static bool put_ring(FILE *f, const P9xRecorderRing *ring, uint32_t size,
                     uint64_t (*copy)[P9X_RECORD_WORDS])
{
    RingHeader h = {
        .thread = atomic_load_explicit(&ring->thread, memory_order_acquire)
    };

    if (!h.thread) {
        return true;
    }
    h.count = p9x_recorder_copy(ring, size, copy, &h.first);
    memcpy(h.name, ring->name, sizeof(h.name));
    return put_chunk_header(f, "RING",
                            sizeof(h) + h.count * P9X_RECORD_BYTES) &&
           put(f, &h, sizeof(h)) &&
           put(f, copy, (size_t)h.count * P9X_RECORD_BYTES);
}

static bool put_rings(FILE *f)
{
    const P9xRecorderArena *a = p9x_recorder_arena();
    uint64_t (*copy)[P9X_RECORD_WORDS];
    bool ok = true;

    if (!a) {
        return true;
    }
    /* 128 MiB at most, in a program that a guest needs. */
    copy = g_try_malloc((size_t)a->size * P9X_RECORD_BYTES);
    if (!copy) {
        errno = ENOMEM;
        return false;
    }
    for (unsigned i = 0; i < P9X_RECORDER_THREADS && ok; i++) {
        ok = put_ring(f, &a->ring[i], a->size, copy);
    }
    g_free(copy);
    return ok;
}

/* The states come last: they are to be no older than the last record. */
static bool put_all(FILE *f)
{
    return put_header(f) && put_names(f) && put_rings(f) && put_states(f) &&
           put_chunk_header(f, "END.", 0);
}

/* 0, or the errno of what failed. */
static int write_file(const char *path)
{
    FILE *f = g_fopen(path, "wb");
    int failed = 0;

    if (!f) {
        return errno;
    }
    if (!put_all(f)) {
        failed = errno ? errno : EIO;
    }
    if (fclose(f) && !failed) {
        failed = errno;
    }
    return failed;
}

bool p9x_recorder_save(const char *path, char **error)
{
    char *temporary = g_strconcat(path, ".part", NULL);
    int failed = write_file(temporary);

    *error = NULL;
    if (!failed && g_rename(temporary, path)) {
        failed = errno;
    }
    if (failed) {
        g_unlink(temporary);
        *error = g_strdup_printf("%s: %s", path, g_strerror(failed));
    }
    g_free(temporary);
    return !failed;
}
