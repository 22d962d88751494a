/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PQ machine through the pages of one source. */
#include "console.h"
#include "tests.h"
#include "xive.h"

static const u64 set_window[] = { ESB_SET_00, ESB_SET_01, ESB_SET_10,
                                  ESB_SET_11 };
static const char *const pq_name[] = { "00", "01", "10", "11" };

static void test_triggers(const struct source *s, struct queue *q)
{
    static const struct {
        u8 after, events;
    } want[4] = { { 2, 1 }, { 1, 0 }, { 3, 0 }, { 3, 0 } };

    for (int pq = 0; pq < 4; pq++) {
        u8 after;
        u32 events;

        esb_set(s, set_window[pq]);
        esb_trigger(s);
        after = esb_get(s);
        events = queue_drain(q);
        ok(after == want[pq].after && events == want[pq].events,
           "a trigger at PQ=%s leads to PQ=%s with %u events", pq_name[pq],
           pq_name[want[pq].after], want[pq].events);
    }
}

static void test_eois(const struct source *s, struct queue *q)
{
    static const struct {
        u8 after, events;
    } want[4] = { { 0, 0 }, { 1, 0 }, { 0, 0 }, { 2, 1 } };

    for (int pq = 0; pq < 4; pq++) {
        u64 value;
        u32 events;
        u8 after;

        esb_set(s, set_window[pq]);
        value = load64(s->eoi + ESB_EOI);
        after = esb_get(s);
        events = queue_drain(q);
        ok(after == want[pq].after && events == want[pq].events &&
           value == want[pq].events,
           "an EOI at PQ=%s leads to PQ=%s with %u events and returns that",
           pq_name[pq], pq_name[want[pq].after], want[pq].events);
    }
}

static void test_set_windows(const struct source *s, struct queue *q)
{
    u32 wrong_old = 0, wrong_new = 0, wrong_get = 0, events;

    for (int old = 0; old < 4; old++) {
        for (int pq = 0; pq < 4; pq++) {
            for (u64 off = 0; off < 0x100; off += 8) {
                u64 v;

                esb_set(s, set_window[old]);
                v = load64(s->eoi + set_window[pq] + off);
                wrong_old += v != (u64)old;
                wrong_new += esb_get(s) != pq;
            }
        }
        esb_set(s, set_window[old]);
        for (u64 off = 0; off < 0x400; off += 8) {
            wrong_get += load64(s->eoi + ESB_GET + off) != (u64)old;
        }
    }
    events = queue_drain(q);
    ok_eq(wrong_old, 0, "a load in each SET_PQ window returns the old PQ");
    ok_eq(wrong_new, 0, "a load in each SET_PQ window sets the new PQ");
    ok_eq(wrong_get, 0, "loads at 0x800-0xbff return PQ and change nothing");
    ok_eq(events, 0, "setting PQ sends no event");
}

static void test_eoi_window(const struct source *s, struct queue *q)
{
    u32 wrong = 0, events;

    for (u64 off = 0; off < 0x800; off += 8) {
        esb_set(s, ESB_SET_11);
        wrong += load64(s->eoi + off) != 1;
        wrong += esb_get(s) != PQ_PENDING;
    }
    events = queue_drain(q);
    ok_eq(wrong, 0, "loads at 0x000-0x7ff are EOIs");
    ok_eq(events, 256, "each of those 256 EOIs sent its queued event");
}

void test_esb_states(void)
{
    struct source s;
    struct queue q;

    source_open(&s, 0);
    ok_eq(esb_get(&s), PQ_OFF, "a source starts with PQ=01");
    queue_open(&q, 0, PRIORITY);
    source_route(&s, 0, PRIORITY, 1);
    test_triggers(&s, &q);
    test_eois(&s, &q);
    test_set_windows(&s, &q);
    test_eoi_window(&s, &q);
    source_close(&s);
    queue_close(&q);
    tima_drain();
}

/* Stores of each size and place at the trigger page, with PQ=00 before. */
static u32 count_trigger_stores(const struct source *s, struct queue *q,
                                u64 page, u64 end)
{
    u32 sent = 0;

    for (u64 off = 0; off < end; off += 0xf8) {
        u64 a = page + (off & ~7ULL);

        for (int size = 1; size <= 8; size *= 2) {
            esb_set(s, ESB_SET_00);
            if (!probe_store(a, size, 0)) {
                return 0;
            }
            sent += esb_get(s) == PQ_PENDING;
        }
    }
    return queue_drain(q) == sent ? sent : 0;
}

static void test_sizes(const struct source *s)
{
    u32 wrong = 0;
    u64 v;

    for (int size = 1; size <= 8; size *= 2) {
        esb_set(s, ESB_SET_10);
        /*
         * PQ is at the low end of a big-endian doubleword. (Narrow loads of
         * its high end are left alone: upstream returns PQ there as well,
         * p9xive the zeroes that are there.)
         */
        wrong += !probe_load(s->eoi + ESB_SET_01 + 8 - size, size, &v) ||
                 v != PQ_PENDING;
        wrong += esb_get(s) != PQ_OFF;
    }
    ok_eq(wrong, 0, "loads of 1, 2, 4 and 8 bytes work alike");
}

static void test_mirrors(const struct source *s, struct queue *q)
{
    esb_set(s, ESB_SET_10);
    ok_eq(load64(s->eoi + 0x1c00), PQ_PENDING,
          "the operations repeat each 4 KiB: 0x1c00 is 0xc00");
    ok_eq(esb_get(s), PQ_IDLE, "the mirrored operation took effect");
    esb_set(s, ESB_SET_11);
    ok_eq(load64(s->eoi + 0xf000), 1, "0xf000 is an EOI");
    queue_drain(q);
    esb_set(s, ESB_SET_11);
    ok_eq(load64(s->eoi + ESB_SET_10 + 0x40), PQ_QUEUED,
          "the ordered variant at +0x40 returns the old PQ");
    ok_eq(esb_get(s), PQ_PENDING, "the ordered variant at +0x40 sets PQ");
}

void test_esb_pages(void)
{
    struct source s, other;
    struct queue q;

    source_open(&s, 0);
    source_open(&other, 1);
    queue_open(&q, 0, PRIORITY);
    source_route(&s, 0, PRIORITY, 1);
    ok_eq(load64(s.trigger), ALL_ONES, "the trigger page loads as all ones");
    ok_eq(load64(s.trigger + 0xc00), ALL_ONES,
          "the trigger page has no operations");
    esb_set(&s, ESB_SET_10);
    load64(s.trigger + 0xc00);
    ok_eq(esb_get(&s), PQ_PENDING, "loads from the trigger page do nothing");
    ok_eq(count_trigger_stores(&s, &q, s.trigger, 0x10000), 1060,
          "a store of any size anywhere in the trigger page triggers");
    ok_eq(count_trigger_stores(&s, &q, s.eoi, 0x400), 20,
          "a store at 0x000-0x3ff of the management page triggers");
    esb_set(&s, ESB_SET_11);
    store64(s.eoi + 0x400, 0);
    ok_eq(esb_get(&s), PQ_QUEUED,
          "a store at 0x400 is no EOI where store-EOI is not advertised");
    test_sizes(&s);
    test_mirrors(&s, &q);
    esb_set(&s, ESB_SET_00);
    esb_trigger(&s);
    ok_eq(esb_get(&other), PQ_OFF, "a neighbour's PQ is its own");
    source_close(&s);
    queue_close(&q);
    tima_drain();
}

void test_esb_coalescing(void)
{
    struct source s;
    struct queue q;
    u32 n;

    source_open(&s, 0);
    queue_open(&q, 0, PRIORITY);
    source_route(&s, 0, PRIORITY, 1);
    for (int i = 0; i < 100; i++) {
        esb_trigger(&s);
    }
    n = queue_drain(&q);
    ok_eq(n, 1, "a hundred triggers without EOI make one event");
    ok_eq(esb_eoi(&s), 1, "the EOI says that it sent another");
    ok_eq(queue_drain(&q), 1, "the EOI after them makes one more");
    ok_eq(esb_eoi(&s), 0, "the second EOI sends nothing");
    ok_eq(queue_drain(&q), 0, "and leaves no event");

    hcall(H_INT_SET_SOURCE_CONFIG, SRC_MASK, s.lisn, 0, PRIORITY, 0);
    tima_drain();
    esb_trigger(&s);
    ok_eq(esb_get(&s), PQ_PENDING, "with a masked EAS the source keeps P");
    ok_eq(queue_drain(&q), 0, "with a masked EAS the event is dropped");
    hcall(H_INT_SET_SOURCE_CONFIG, 0, s.lisn, 0, PRIORITY, 0);
    ok_eq(queue_drain(&q), 0, "unmasking brings no dropped event back");
    esb_trigger(&s);
    ok_eq(esb_eoi(&s), 1, "but what came since the drop is still queued");
    ok_eq(queue_drain(&q), 1, "and arrives once");
    source_close(&s);
    queue_close(&q);
    tima_drain();
}

/* On a machine that was told to have it: a store that is an EOI. */
void test_esb_store_eoi(void)
{
    struct source s;
    struct queue q;

    source_open(&s, 0);
    ok_eq(s.flags, SRC_STORE_EOI, "[S17] store-EOI is advertised");
    queue_open(&q, 0, PRIORITY);
    source_route(&s, 0, PRIORITY, 1);
    esb_set(&s, ESB_SET_11);
    store64(s.eoi + 0x400, 0);
    ok(esb_get(&s) == PQ_PENDING && queue_drain(&q) == 1,
       "[S17] a store at 0x400 with PQ=11 sends the queued event");
    store64(s.eoi + 0x7f8, 0);
    ok(esb_get(&s) == PQ_IDLE && queue_drain(&q) == 0,
       "[S17] a store at 0x7f8 with PQ=10 ends it");
    store64(s.eoi + 0x3f8, 0);
    ok(esb_get(&s) == PQ_PENDING && queue_drain(&q) == 1,
       "[S17] a store at 0x3f8 still triggers");
    source_close(&s);
    queue_close(&q);
    tima_drain();
}
