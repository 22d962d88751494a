/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H_INT_GET_SOURCE_INFO and the two SOURCE_CONFIG calls. */
#include "console.h"
#include "tests.h"
#include "xive.h"

#define NEW_IPI 9
#define POWER_EVENT 0x1000

static long set_config(u64 flags, u64 lisn, u64 target, u64 prio, u64 eisn)
{
    return hcall(H_INT_SET_SOURCE_CONFIG, flags, lisn, target, prio, eisn);
}

void test_source_info(void)
{
    struct source a, b;

    ok(source_open(&a, 0) && source_open(&b, 1), "two IPIs have information");
    ok_eq(a.flags, 0, "an IPI has its trigger on a page of its own");
    ok_eq(a.shift, 16, "ESB pages are 64 KiB");
    ok_eq(a.eoi - a.trigger, ESB_PAGE,
          "the management page follows the trigger page");
    ok_eq(b.trigger - a.trigger, 2 * ESB_PAGE,
          "neighbours are two pages apart");
}

static void check_get(u64 lisn, u64 prio, u64 eisn, const char *what)
{
    u64 out[9] = { 0 };
    long rc = hcall_out(H_INT_GET_SOURCE_CONFIG, out, 0, lisn);

    ok(rc == H_SUCCESS && out[0] == this_cpu->server && out[1] == prio &&
       out[2] == eisn, "%s", what);
    if (rc || out[1] != prio || out[2] != eisn) {
        print("#   rc %ld target %lu priority 0x%lx eisn 0x%lx\n", rc, out[0],
              out[1], out[2]);
    }
}

static u64 eisn_of(u64 lisn)
{
    u64 out[9] = { 0 };

    hcall_out(H_INT_GET_SOURCE_CONFIG, out, 0, lisn);
    return out[2];
}

/* Nothing has configured these before. */
static void test_first_eisn(u64 server)
{
    struct source s;
    struct queue q;
    u32 eisn = 0;

    ok_eq(eisn_of(NEW_IPI), NEW_IPI,
          "[S23] the EISN of an IPI that was never configured is its LISN");
    ok_eq(eisn_of(POWER_EVENT), POWER_EVENT,
          "[S23] so is that of a device's interrupt");
    source_open(&s, NEW_IPI);
    queue_open(&q, server, PRIORITY);
    set_config(0, NEW_IPI, server, PRIORITY, 0x42);
    esb_set(&s, ESB_SET_00);
    esb_trigger(&s);
    ok(queue_next(&q, &eisn) && eisn == NEW_IPI,
       "[S23] routed without SET_EISN its events carry the LISN");
    set_config(SRC_SET_EISN, NEW_IPI, server, PRIORITY, 0x42);
    set_config(SRC_SET_EISN, NEW_IPI, server, 0xff, 0x42);
    ok_eq(eisn_of(NEW_IPI), NEW_IPI,
          "[S23] priority 0xff makes it the LISN again");
    source_close(&s);
    queue_close(&q);
    tima_drain();
}

static void test_eisn(u64 server)
{
    set_config(SRC_SET_EISN, 0, server, PRIORITY, 0x12345678);
    check_get(0, PRIORITY, 0x12345678, "the configuration reads back");
    set_config(0, 0, server, PRIORITY, 0x42);
    check_get(0, PRIORITY, 0x12345678, "without SET_EISN the EISN is kept");
    set_config(SRC_MASK, 0, server, PRIORITY, 0x42);
    check_get(0, 0xff, 0x12345678, "a masked source reads as priority 0xff");
    set_config(SRC_MASK | SRC_SET_EISN, 0, server, PRIORITY, 0x77);
    check_get(0, 0xff, 0x77, "MASK and SET_EISN work together");
    set_config(0, 0, server, PRIORITY, 0);
    check_get(0, PRIORITY, 0x77, "a source without MASK is unmasked again");
    ok_rc(set_config(SRC_SET_EISN, 0, server, PRIORITY, 0x7fffffff), H_SUCCESS,
          "an EISN of 31 ones is taken");
    ok_rc(set_config(SRC_SET_EISN, 0, server, PRIORITY, 0x80000000), H_P5,
          "[S7] an EISN of more than 31 bits is H_P5");
    ok_rc(set_config(SRC_SET_EISN, 0, server, PRIORITY, 1ULL << 32 | 5), H_P5,
          "[S7] an EISN whose low bits alone are good is H_P5");
    set_config(SRC_SET_EISN, 0, server, PRIORITY, 0x77);
    set_config(SRC_SET_EISN, 0, server, PRIORITY, 0x80000001);
    check_get(0, PRIORITY, 0x77, "[S7] a refused EISN changes nothing");
    ok_rc(set_config(0, 0, server, PRIORITY, ALL_ONES), H_SUCCESS,
          "without SET_EISN the EISN argument is not looked at");
}

static void test_target(u64 server)
{
    static const struct {
        u64 target, prio;
        long rc;
        const char *row, *what;
    } bad[] = {
        { 0, 7, H_P4, "", "priority 7 is H_P4" },
        { 0, 8, H_P4, "", "priority 8 is H_P4" },
        { 0, 0xfe, H_P4, "", "priority 0xfe is H_P4" },
        { 0, 0x106, H_P4, "[N1] ",
          "a priority whose low byte alone is good is H_P4" },
        { 0, 1ULL << 32 | 6, H_P4, "[N1] ",
          "a priority whose low word alone is good is H_P4" },
        { 0, 0x1ff, H_P4, "", "priority 0x1ff is not taken for 0xff" },
        { 0xfff, 6, H_P3, "", "an unknown target is H_P3" },
        { 0xffffffff, 6, H_P3, "", "a target of 32 ones is H_P3" },
        { 1ULL << 32, 6, H_P3, "[N1] ",
          "a target whose low word alone is good is H_P3" },
        { 1ULL << 63, 6, H_P3, "[N1] ",
          "a target with only the top bit is H_P3" },
        { 0xfff, 7, H_P4, "", "the priority is looked at before the target" },
    };

    for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
        ok_rc(set_config(SRC_SET_EISN, 0, bad[i].target, bad[i].prio, 9),
              bad[i].rc, "%sH_INT_SET_SOURCE_CONFIG: %s", bad[i].row,
              bad[i].what);
        set_config(SRC_SET_EISN, 0, server, PRIORITY, 0x77);
    }
}

static void test_unset_queue(const struct source *s, u64 server)
{
    u64 before;

    set_config(0, s->lisn, 0, 0xff, 0);
    ok_rc(set_config(SRC_SET_EISN, s->lisn, server, 3, 9), H_HARDWARE,
          "[S8] routing to a queue that is not set up is H_HARDWARE");
    set_config(0, s->lisn, 0, 0xff, 0);
    esb_set(s, ESB_SET_00);
    esb_trigger(s);
    before = os_byte(TM_OS_IPB);
    ok_eq(before, 0, "a masked source presents nothing");
    esb_set(s, ESB_SET_01);
}

void test_source_config(void)
{
    u64 server = this_cpu->server;
    struct queue q;
    struct source s;

    test_first_eisn(server);
    source_open(&s, 0);
    queue_open(&q, server, PRIORITY);
    test_eisn(server);
    test_target(server);
    ok_rc(set_config(SRC_SET_EISN, 0, 0xfff, 0xff, 0), H_SUCCESS,
          "priority 0xff resets a source whatever the target");
    {
        u64 out[9] = { 0 };

        hcall_out(H_INT_GET_SOURCE_CONFIG, out, 0, 0);
        ok_eq(out[1], 0xff, "a reset source reads as priority 0xff");
    }
    test_unset_queue(&s, server);
    queue_close(&q);
}
