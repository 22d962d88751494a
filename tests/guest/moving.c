/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"
#include "moving.h"

struct moving moving[MOVING_SOURCES];
struct target targets[MOVING_TARGETS];

void moving_fire(struct moving *m)
{
    if (m->sent == m->received) {
        m->sent++;
        esb_trigger(&m->source);
    }
}

void moving_collect(struct target *t)
{
    u32 eisn;

    while (queue_next(&t->queue, &eisn)) {
        /* Once it counts as received, the next one may come. */
        esb_eoi(&moving[eisn].source);
        moving[eisn].received++;
    }
}

void moving_collect_own(struct target *t)
{
    if (tima_ack() >> 8) {
        moving_collect(t);
    }
    set_cppr(CPPR_OPEN);
}

void moving_move(u32 i, u32 where)
{
    const u64 lisn = moving[i].source.lisn;
    u64 out;

    if (quick_hcall(H_INT_SET_SOURCE_CONFIG, SRC_SET_EISN, lisn,
                    targets[where].server, PRIORITY, i, &out) ||
        quick_hcall(H_INT_SYNC, 0, lisn, 0, 0, 0, &out)) {
        die("source %u can't move", i);
    }
    moving[i].where = where;
}

void moving_open(void)
{
    if (machine.nr_servers < MOVING_TARGETS) {
        die("there have to be two vCPUs");
    }
    for (u32 t = 0; t < MOVING_TARGETS; t++) {
        targets[t].server = machine.servers[t];
        queue_open(&targets[t].queue, targets[t].server, PRIORITY);
    }
    for (u32 i = 0; i < MOVING_SOURCES; i++) {
        moving[i] = (struct moving){ .where = 0 };
        if (!source_open(&moving[i].source, i)) {
            die("there is no LISN %u: maxcpus= is too small", i);
        }
        source_route(&moving[i].source, targets[0].server, PRIORITY, i);
    }
    tima_drain();
}

void moving_counts(u64 *sent, u64 *received)
{
    *sent = *received = 0;
    for (u32 i = 0; i < MOVING_SOURCES; i++) {
        *sent += moving[i].sent;
        *received += moving[i].received;
    }
}

bool moving_all_received(void)
{
    u64 sent, received;

    moving_collect_own(&targets[0]);
    /* The second vCPU has stopped, and its queue is memory, too. */
    moving_collect(&targets[1]);
    moving_counts(&sent, &received);
    return sent == received;
}

void moving_close(void)
{
    for (u32 i = 0; i < MOVING_SOURCES; i++) {
        source_close(&moving[i].source);
    }
    for (u32 t = 0; t < MOVING_TARGETS; t++) {
        queue_close(&targets[t].queue);
    }
    tima_drain();
}
