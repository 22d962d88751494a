/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recording; see recorder.h.  The file is made in recorder_file.c.
 *
 * A ring has one writer.  It stores the words of record n with release and then
 * n + 1 into head, also with release.  A reader that has loaded a word of
 * record n (acquire) sees at least n in head afterwards, and so learns that
 * record n - size, which was there before, is not whole any more.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* for the name of a thread */
#endif
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "recorder_internal.h"

atomic_bool p9x_recorder_on;

static P9xRecorderArena *_Atomic arena;
static atomic_uint threads;
static _Atomic uint64_t dropped;
static uint64_t first_ticks, first_ns;
/* Of arenas that are gone. */
static uint64_t written_before;

/* The calling thread. */
typedef struct Mine {
    P9xRecorderArena *arena;        /* to which ring belongs */
    P9xRecorderRing *ring;          /* NULL: there was none left */
    unsigned number_plus_1;
    uint64_t passages;              /* begun so far */
    uint64_t passage;
    uint64_t time;                  /* when that began */
} Mine;

static _Thread_local Mine mine;

uint64_t p9x_recorder_ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;

    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) +
           (uint64_t)now.tv_nsec;
#endif
}

void p9x_recorder_moment(uint64_t *ticks, uint64_t *ns)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *ticks = p9x_recorder_ticks();
    *ns = (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void p9x_recorder_first_moment(uint64_t *ticks, uint64_t *ns)
{
    *ticks = first_ticks;
    *ns = first_ns;
}

P9xRecorderArena *p9x_recorder_arena(void)
{
    return atomic_load_explicit(&arena, memory_order_acquire);
}

/* ---- writing ---- */

/* Once for each thread, and again after the rings have got another size. */
static void __attribute__((noinline)) take_ring(P9xRecorderArena *now)
{
    if (!mine.number_plus_1) {
        mine.number_plus_1 = atomic_fetch_add(&threads, 1) + 1;
    }
    mine.arena = now;
    mine.ring = NULL;
    if (mine.number_plus_1 > P9X_RECORDER_THREADS) {
        return;
    }
    mine.ring = &now->ring[mine.number_plus_1 - 1];
    pthread_getname_np(pthread_self(), mine.ring->name,
                       sizeof(mine.ring->name));
    atomic_store_explicit(&mine.ring->thread, (uint64_t)syscall(SYS_gettid),
                          memory_order_release);
}

static inline P9xRecorderRing *my_ring(void)
{
    P9xRecorderArena *now = p9x_recorder_arena();

    if (__builtin_expect(mine.arena != now, 0)) {
        take_ring(now);
    }
    return mine.ring;
}

static void push(uint64_t time, uint64_t passage, uint64_t what, uint64_t more)
{
    P9xRecorderRing *ring = my_ring();
    _Atomic uint64_t *word;
    uint64_t head;

    if (__builtin_expect(!ring, 0)) {
        atomic_fetch_add_explicit(&dropped, 1, memory_order_relaxed);
        return;
    }
    head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    word = ring->record[head & (mine.arena->size - 1)].word;
    atomic_store_explicit(&word[0], time, memory_order_release);
    atomic_store_explicit(&word[1], passage, memory_order_release);
    atomic_store_explicit(&word[2], what, memory_order_release);
    atomic_store_explicit(&word[3], more, memory_order_release);
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

static inline uint64_t what_of(P9xStep step, uint16_t origin, uint32_t a)
{
    return (uint64_t)step << 48 | (uint64_t)origin << 32 | a;
}

void p9x_record(P9xStep step, uint16_t origin, uint32_t a, uint32_t b,
                uint32_t c)
{
    push(mine.passage ? mine.time : p9x_recorder_ticks(), mine.passage,
         what_of(step, origin, a), (uint64_t)b << 32 | c);
}

void p9x_record_of(uint64_t passage, P9xStep step, uint16_t origin,
                   uint32_t a, uint32_t b, uint32_t c)
{
    push(p9x_recorder_ticks(), passage, what_of(step, origin, a),
         (uint64_t)b << 32 | c);
}

uint64_t p9x_passage_begin(void)
{
    uint64_t outer = mine.passage;

    if (my_ring()) {
        mine.time = p9x_recorder_ticks();
        mine.passage = (uint64_t)mine.number_plus_1 << 40 | ++mine.passages;
    }
    return outer;
}

uint64_t p9x_passage_resume(uint64_t passage)
{
    uint64_t outer = mine.passage;

    mine.time = p9x_recorder_ticks();
    mine.passage = passage;
    return outer;
}

void p9x_passage_end(uint64_t outer)
{
    mine.passage = outer;
}

uint64_t p9x_passage_now(void)
{
    return mine.passage;
}

/* ---- reading ---- */

uint32_t p9x_recorder_copy(const P9xRecorderRing *ring, uint32_t size,
                           uint64_t (*out)[P9X_RECORD_WORDS], uint64_t *first)
{
    uint64_t end = atomic_load_explicit(&ring->head, memory_order_acquire);
    uint64_t begin = end > size ? end - size : 0;
    uint64_t whole, head;

    for (uint64_t n = begin; n < end; n++) {
        const P9xRecord *record = &ring->record[n & (size - 1)];

        for (unsigned w = 0; w < P9X_RECORD_WORDS; w++) {
            out[n - begin][w] = atomic_load_explicit(&record->word[w],
                                                     memory_order_acquire);
        }
    }
    head = atomic_load_explicit(&ring->head, memory_order_acquire);
    /* Record head may be half written, over record head - size. */
    whole = head >= size ? head - size + 1 : 0;
    if (whole > end) {
        whole = end;
    }
    if (whole > begin) {
        memmove(out, out[whole - begin],
                (size_t)(end - whole) * P9X_RECORD_BYTES);
        begin = whole;
    }
    *first = begin;
    return (uint32_t)(end - begin);
}

static uint64_t written_in(const P9xRecorderArena *a)
{
    uint64_t sum = 0;

    for (unsigned i = 0; a && i < P9X_RECORDER_THREADS; i++) {
        sum += atomic_load_explicit(&a->ring[i].head, memory_order_relaxed);
    }
    return sum;
}

uint64_t p9x_recorder_written(void)
{
    return written_before + written_in(p9x_recorder_arena());
}

uint64_t p9x_recorder_dropped(void)
{
    return atomic_load_explicit(&dropped, memory_order_relaxed);
}

/* ---- on and off ---- */

static size_t arena_bytes(uint32_t size)
{
    return (size_t)size * P9X_RECORD_BYTES * P9X_RECORDER_THREADS;
}

static uint32_t round_up(uint32_t size)
{
    uint32_t power = P9X_RECORDER_MIN;

    while (power < size && power < P9X_RECORDER_MAX) {
        power *= 2;
    }
    return power;
}

/* Address space only: memory comes page by page, as threads write to it. */
static P9xRecorderArena *new_arena(uint32_t size, char **error)
{
    P9xRecorderArena *a;
    P9xRecord *records = mmap(NULL, arena_bytes(size),
                              PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                              -1, 0);

    if (records == MAP_FAILED) {
        *error = g_strdup_printf("no address space for %u rings of %u records",
                                 P9X_RECORDER_THREADS, size);
        return NULL;
    }
    a = g_new0(P9xRecorderArena, 1);
    a->size = size;
    for (unsigned i = 0; i < P9X_RECORDER_THREADS; i++) {
        a->ring[i].record = records + (size_t)i * size;
    }
    return a;
}

/*
 * A thread may be writing its last record to it, at any later moment: it is
 * never freed or unmapped, and the newer arena keeps it in a list.
 */
static void retire(P9xRecorderArena *old)
{
    if (old) {
        written_before += written_in(old);
        madvise(old->ring[0].record, arena_bytes(old->size), MADV_DONTNEED);
    }
}

bool p9x_recorder_start(uint32_t size, char **error)
{
    P9xRecorderArena *old = p9x_recorder_arena();
    P9xRecorderArena *a = old;

    *error = NULL;
    if (!old || old->size != round_up(size)) {
        a = new_arena(round_up(size), error);
        if (!a) {
            return false;
        }
    }
    if (!old) {
        p9x_recorder_moment(&first_ticks, &first_ns);
    }
    if (a != old) {
        a->older = old;
        atomic_store_explicit(&arena, a, memory_order_release);
        retire(old);
    }
    atomic_store(&p9x_recorder_on, true);
    return true;
}

void p9x_recorder_stop(void)
{
    atomic_store(&p9x_recorder_on, false);
}

uint32_t p9x_recorder_size(void)
{
    P9xRecorderArena *a = p9x_recorder_arena();

    return a ? a->size : 0;
}
