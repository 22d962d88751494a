/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H_INT_RESET, which a kernel calls before it hands over to the next one. */
#include "console.h"
#include "tests.h"
#include "xive.h"

void test_reset(void)
{
    u64 server = this_cpu->server;
    u64 out[9] = { 0 };
    struct source s;
    struct queue q;
    u32 before, changed = 0;

    source_open(&s, 1);
    queue_open(&q, server, PRIORITY);
    source_route(&s, server, PRIORITY, 7);
    tima_drain();
    hcall(H_INT_SET_OS_REPORTING_LINE, 0, (u64)arena_alloc(256, 256));
    esb_trigger(&s);
    before = queue_drain(&q);
    ok_rc(hcall(H_INT_RESET, 0), H_SUCCESS, "H_INT_RESET succeeds");
    ok_eq(esb_get(&s), PQ_OFF, "[S1] H_INT_RESET turns sources off");
    hcall_out(H_INT_GET_SOURCE_CONFIG, out, 0, s.lisn);
    ok_eq(out[1], 0xff, "[S1] H_INT_RESET masks sources");
    ok_eq(out[2], s.lisn, "[S23] H_INT_RESET makes the EISN the LISN again");
    hcall_out(H_INT_GET_QUEUE_CONFIG, out, 0, server, PRIORITY);
    ok_eq(out[2], 0, "[S1] H_INT_RESET takes queues away");
    ok_eq(os_byte(TM_OS_IPB), 0,
          "[S1] H_INT_RESET takes pending priorities away");
    ok(!hcall_out(H_INT_GET_OS_REPORTING_LINE, out, 0, server, 0) &&
       out[0] == ALL_ONES, "[S1] H_INT_RESET takes the reporting line away");
    esb_set(&s, ESB_SET_00);
    esb_trigger(&s);
    for (u32 i = 0; i < EQ_ENTRIES; i++) {
        changed += q.base[i] != 0;
    }
    ok_eq(changed, before,
          "[S1] a trigger after H_INT_RESET writes nothing to the old queue");

    /* And everything can be set up anew. */
    source_close(&s);
    queue_close(&q);
    tima_drain();
    queue_open(&q, server, PRIORITY);
    source_route(&s, server, PRIORITY, 9);
    esb_trigger(&s);
    ok_eq(queue_drain(&q), 1, "a source routed after H_INT_RESET works");
    source_close(&s);
    queue_close(&q);
    tima_drain();
}
