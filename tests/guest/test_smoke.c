/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"
#include "tests.h"
#include "xive.h"

void test_smoke(void)
{
    struct source s;
    struct queue q;
    u32 eisn = 0;
    u16 ack;

    if (!ok(source_open(&s, machine.lisn_first), "the first IPI exists")) {
        return;
    }
    queue_open(&q, this_cpu->server, PRIORITY);
    source_route(&s, this_cpu->server, PRIORITY, 0x1234);
    tima_drain();
    esb_trigger(&s);
    ok_eq(esb_get(&s), PQ_PENDING, "a trigger leaves the source pending");
    ok_eq(queue_next(&q, &eisn), 1, "a self-IPI writes one queue entry");
    ok_eq(eisn, 0x1234, "the queue entry holds the EISN");
    ack = tima_ack();
    ok_eq(ack, NSR_EO << 8 | PRIORITY,
          "the acknowledge returns NSR and the new CPPR");
    esb_eoi(&s);
    set_cppr(CPPR_OPEN);
    ok_eq(esb_get(&s), PQ_IDLE, "the EOI leaves the source idle");
    source_close(&s);
    queue_close(&q);
}
