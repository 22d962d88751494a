/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event queues: the calls that set them up, and what lands in them. */
#include "console.h"
#include "tests.h"
#include "xive.h"

#define EQ_DEBUG 1
#define EQ_GENERATION 2

static u64 scratch_queue(void)
{
    static void *page;

    if (!page) {
        page = arena_alloc(1u << EQ_SHIFT, 1u << EQ_SHIFT);
    }
    memset(page, 0, 1u << EQ_SHIFT);
    return (u64)page;
}

static long set_queue(u64 flags, u64 target, u64 prio, u64 addr, u64 size)
{
    return hcall(H_INT_SET_QUEUE_CONFIG, flags, target, prio, addr, size);
}

/* As set_queue(), but what was accepted is taken back at once. */
static long try_queue(u64 flags, u64 target, u64 prio, u64 addr, u64 size)
{
    long rc = set_queue(flags, target, prio, addr, size);

    if (!rc) {
        set_queue(0, target, prio, 0, 0);
    }
    return rc;
}

static void test_queue_targets(void)
{
    static const struct {
        u64 target, prio;
        long rc;
        const char *row, *what;
    } bad[] = {
        { 0, 7, H_P3, "", "priority 7 is H_P3" },
        { 0, 0xff, H_P3, "", "priority 0xff is H_P3" },
        { 0, 0x106, H_P3, "[N1] ",
          "a priority whose low byte alone is good is H_P3" },
        { 0xfff, 6, H_P2, "", "an unknown target is H_P2" },
        { 1ULL << 32, 6, H_P2, "[N1] ",
          "a target whose low word alone is good is H_P2" },
        { 0xfff, 7, H_P3, "", "the priority is looked at before the target" },
    };
    u64 page = scratch_queue();

    for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
        u64 t = bad[i].target, p = bad[i].prio;

        ok_rc(try_queue(1, t, p, page, EQ_SHIFT), bad[i].rc,
              "%sH_INT_SET_QUEUE_CONFIG: %s", bad[i].row, bad[i].what);
        ok_rc(hcall(H_INT_GET_QUEUE_CONFIG, 0, t, p), bad[i].rc,
              "%sH_INT_GET_QUEUE_CONFIG: %s", bad[i].row, bad[i].what);
        ok_rc(hcall(H_INT_GET_QUEUE_INFO, 0, t, p), bad[i].rc,
              "%sH_INT_GET_QUEUE_INFO: %s", bad[i].row, bad[i].what);
    }
}

static void test_queue_sizes(void)
{
    static const struct {
        u64 size;
        const char *row, *what;
    } bad[] = {
        { 12, "[S11] ", "4 KiB" },
        { 21, "[S11] ", "2 MiB" },
        { 24, "[S11] ", "16 MiB" },
        { 1, "", "2 bytes" },
        { 13, "", "8 KiB" },
        { 15, "", "32 KiB" },
        { 17, "", "128 KiB" },
        { 64, "", "2^64 bytes" },
        { 1ULL << 32 | 16, "", "2^16 with a high bit set" },
        { 1ULL << 32, "", "a high bit alone" },
        { ALL_ONES, "", "all ones" },
    };
    u64 aligned_16m = 0x1000000;

    for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
        ok_rc(try_queue(1, 0, PRIORITY, aligned_16m, bad[i].size), H_P5,
              "%sa queue of %s is H_P5", bad[i].row, bad[i].what);
    }
}

void test_queue_addresses(void)
{
    u64 ram = machine.ram_size;
    const struct {
        u64 addr;
        const char *what;
    } bad[] = {
        { machine.tima_os, "in the TIMA" },
        { ESB_BASE, "in an ESB page" },
        { 0x400000 + 0x1000, "misaligned by 4 KiB" },
        { 0x400000 + 4, "misaligned by one entry" },
        { ram, "just past RAM" },
        { ram + 0x10000, "past RAM" },
        { ram - 0x8000, "across the end of RAM" },
        { 1ULL << 60, "at 2^60" },
        { 0xffffffffffff0000ULL, "in the last 64 KiB of all" },
        { machine.pci_mem_cpu, "in a PCI window" },
    };
    /* What QEMU can map through a bounce buffer of one page. */
    const struct {
        u64 addr;
        const char *what;
    } small[] = {
        { machine.tima_os, "the TIMA" },
        { ESB_BASE, "an ESB page" },
    };

    /*
     * These first: upstream never gives back the bounce buffer of a queue
     * that it refuses, so that it would refuse any other one after it.
     */
    for (u32 i = 0; i < ARRAY_SIZE(small); i++) {
        ok(try_queue(1, 0, PRIORITY, small[i].addr, 12) != H_SUCCESS,
           "[C1] a queue of 4 KiB in %s is refused", small[i].what);
    }
    for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
        if (bad[i].addr) {
            ok_rc(try_queue(1, 0, PRIORITY, bad[i].addr, EQ_SHIFT), H_P4,
                  "a queue %s is H_P4", bad[i].what);
        }
    }
    ok_rc(try_queue(1, 0, PRIORITY, ram - 0x10000, EQ_SHIFT), H_SUCCESS,
          "a queue in the last 64 KiB of RAM is taken");
}

static void check_config(u64 flags_in, u64 flags, u64 addr, u64 size,
                         u64 offset, const char *what)
{
    u64 out[9] = { 0 };
    long rc = hcall_out(H_INT_GET_QUEUE_CONFIG, out, flags_in, 0, PRIORITY);

    ok(rc == H_SUCCESS && out[0] == flags && out[1] == addr &&
       out[2] == size && out[3] == offset, "%s", what);
    if (rc || out[0] != flags || out[1] != addr || out[3] != offset) {
        print("#   rc %ld flags 0x%lx address 0x%lx size %lu offset %lu\n",
              rc, out[0], out[1], out[2], out[3]);
    }
}

void test_queue_config(void)
{
    u64 page = scratch_queue();
    struct source s;
    struct queue q;
    u64 out[9];

    test_queue_targets();
    test_queue_sizes();

    check_config(0, 0, 0, 0, 0, "an unset queue reads as nothing");
    set_queue(EQ_ALWAYS_NOTIFY, 0, PRIORITY, page, EQ_SHIFT);
    check_config(0, EQ_ALWAYS_NOTIFY, page, EQ_SHIFT, 0,
                 "a queue's configuration reads back");
    hcall_out(H_INT_GET_QUEUE_INFO, out, 0, 0, PRIORITY);
    ok_eq(out[1], EQ_SHIFT, "a queue that is set up has its size as "
          "information");
    set_queue(0, 0, PRIORITY, page, EQ_SHIFT);
    check_config(0, 0, page, EQ_SHIFT, 0,
                 "ALWAYS_NOTIFY is not set when it was not asked for");
    set_queue(0, 0, PRIORITY, 0, 0);
    check_config(0, 0, 0, 0, 0, "size 0 takes the queue away");
    hcall_out(H_INT_GET_QUEUE_INFO, out, 0, 0, PRIORITY);
    ok_eq(out[1], 0, "a queue that is not set up has size 0 as information");

    queue_open(&q, 0, PRIORITY);
    check_config(EQ_DEBUG, EQ_ALWAYS_NOTIFY | EQ_GENERATION, (u64)q.base,
                 EQ_SHIFT, 0,
                 "[Q1] DEBUG returns the generation in flag bit 62");
    source_open(&s, 0);
    source_route(&s, 0, PRIORITY, 1);
    for (int i = 0; i < 3; i++) {
        esb_trigger(&s);
        esb_eoi(&s);
    }
    hcall_out(H_INT_GET_QUEUE_CONFIG, out, EQ_DEBUG, 0, PRIORITY);
    ok_eq(out[3], 3, "DEBUG returns the number of the next entry");
    source_close(&s);
    queue_close(&q);
    tima_drain();
}

/* One whole turn and one entry more: the generation flips, nothing is lost. */
void test_queue_events(void)
{
    struct source s;
    struct queue q;
    u32 bad_data = 0, missing = 0, received = 0, eisn;
    u32 total = EQ_ENTRIES + 1;
    u64 out[9] = { 0 };

    source_open(&s, 0);
    queue_open(&q, 0, PRIORITY);
    source_route(&s, 0, PRIORITY, 0x5a5a5a5a);
    ok_eq(q.base[0], 0, "an open queue is empty");
    for (u32 sent = 0; sent < total; sent++) {
        esb_trigger(&s);
        if (!queue_next(&q, &eisn)) {
            missing++;
        } else {
            received++;
            bad_data += eisn != 0x5a5a5a5a;
        }
        esb_eoi(&s);
    }
    ok_eq(received, total, "16385 triggers write 16385 entries");
    ok_eq(missing, 0, "each entry is there when the trigger's store is done");
    ok_eq(bad_data, 0, "every entry holds the EISN");
    ok_eq(queue_drain(&q), 0, "there is no entry without a trigger");
    ok_eq(q.base[0] >> 31, 0, "the second turn writes the other generation");
    ok_eq(q.base[1] >> 31, 1, "the rest of the first turn is still there");
    hcall_out(H_INT_GET_QUEUE_CONFIG, out, EQ_DEBUG, 0, PRIORITY);
    ok_eq(out[3], 1, "the offset counter has wrapped");
    ok_eq(out[0], EQ_ALWAYS_NOTIFY,
          "the generation that DEBUG returns has flipped");
    source_close(&s);
    queue_close(&q);
    tima_drain();
}

/* ---- the notification page (the END's ESn) ------------------------------ */

static void test_coalesced_notification(const struct queue *q, u64 page)
{
    struct source s;
    u64 v = 0;
    u32 entries;

    set_queue(0, 0, PRIORITY, (u64)q->base, EQ_SHIFT);
    memset((void *)q->base, 0, 1u << EQ_SHIFT);
    if (!probe_load(page + ESB_SET_00, 8, &v)) {
        ok(false, "[S13] a queue without ALWAYS_NOTIFY coalesces");
        ok(false, "[X9] an EOI at the notification page notifies again");
        ok(false, "[X9] a store to the notification page notifies without an "
           "entry");
        return;
    }
    source_open(&s, 0);
    source_route(&s, 0, PRIORITY, 3);
    tima_drain();
    esb_trigger(&s);
    tima_ack();
    esb_eoi(&s);
    esb_trigger(&s);
    probe_load(page + ESB_GET, 8, &v);
    ok(v == PQ_QUEUED && os_byte(TM_OS_NSR) == 0 && q->base[1] >> 31,
       "[S13] a queue without ALWAYS_NOTIFY coalesces");
    probe_load(page + ESB_EOI, 8, &v);
    ok(os_byte(TM_OS_IPB) == 0x80 >> PRIORITY,
       "[X9] an EOI at the notification page notifies again");
    tima_drain();
    probe_load(page + ESB_SET_00, 8, &v);
    entries = q->base[2];
    probe_store(page, 8, 0);
    probe_load(page + ESB_GET, 8, &v);
    ok(v == PQ_PENDING && os_byte(TM_OS_IPB) == 0x80 >> PRIORITY &&
       q->base[2] == entries,
       "[X9] a store to the notification page notifies without an entry");
    source_close(&s);
    tima_drain();
}

void test_queue_notify_page(void)
{
    struct queue q;
    u64 out[9] = { 0 };
    u64 v = 0;

    queue_open(&q, 0, PRIORITY);
    hcall_out(H_INT_GET_QUEUE_INFO, out, 0, 0, PRIORITY);
    ok_eq(out[0] & (ESB_PAGE - 1), 0, "the notification page is a page");
    ok(probe_load(out[0] + ESB_GET, 8, &v) && v <= PQ_QUEUED,
       "[S13] a load from the notification page returns ESn");
    ok(probe_load(out[0] + ESB_SET_11, 8, NULL) &&
       probe_load(out[0] + ESB_GET, 8, &v) && v == PQ_QUEUED,
       "[S13] ESn can be set through the notification page");
    test_coalesced_notification(&q, out[0]);
    queue_close(&q);
}

/* A vCPU whose number is beyond a quarter of the LISNs' count. */
void test_high_server(void)
{
    u32 server = machine.servers[machine.nr_servers - 1];
    u64 out[9] = { 0 };
    u64 v = 0;
    struct queue q;

    ok(server > 1024, "there is a server beyond 1024");
    queue_open(&q, server, PRIORITY);
    hcall_out(H_INT_GET_QUEUE_INFO, out, 0, server, PRIORITY);
    ok(probe_load(out[0] + ESB_SET_10, 8, &v) &&
       probe_load(out[0] + ESB_GET, 8, &v) && v == PQ_PENDING,
       "[S14] the notification page of a server beyond 1024 is there");
    queue_close(&q);
}
