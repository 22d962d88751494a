/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"
#include "xive.h"

/* Queue pages are reused: RAM is small and scenarios open hundreds. */
#define MAX_QUEUE_PAGES 64
static void *free_pages[MAX_QUEUE_PAGES];
static u32 nr_free;

bool source_open(struct source *s, u64 lisn)
{
    u64 out[9];

    if (hcall_out(H_INT_GET_SOURCE_INFO, out, 0, lisn)) {
        return false;
    }
    *s = (struct source){ lisn, out[0], out[1], out[2], out[3] };
    return true;
}

void source_route(const struct source *s, u32 server, u32 prio, u32 eisn)
{
    long rc = hcall(H_INT_SET_SOURCE_CONFIG, SRC_SET_EISN, s->lisn, server,
                    prio, eisn);

    if (rc) {
        die("lisn 0x%lx to %u/%u: %s", s->lisn, server, prio,
            hcall_code_name(rc));
    }
    esb_set(s, ESB_SET_00);
}

void source_close(const struct source *s)
{
    esb_set(s, ESB_SET_01);
    hcall(H_INT_SET_SOURCE_CONFIG, SRC_SET_EISN, s->lisn, 0, 0xff, 0);
}

void queue_open(struct queue *q, u32 server, u32 prio)
{
    long rc;

    q->base = nr_free ? free_pages[--nr_free]
                      : arena_alloc(1u << EQ_SHIFT, 1u << EQ_SHIFT);
    memset((void *)q->base, 0, 1u << EQ_SHIFT);
    q->server = server;
    q->priority = prio;
    q->index = 0;
    q->generation = 1;
    rc = hcall(H_INT_SET_QUEUE_CONFIG, EQ_ALWAYS_NOTIFY, server, prio,
               (u64)q->base, EQ_SHIFT);
    if (rc) {
        die("queue %u/%u: %s", server, prio, hcall_code_name(rc));
    }
}

void queue_close(struct queue *q)
{
    hcall(H_INT_SET_QUEUE_CONFIG, 0, q->server, q->priority, 0, 0);
    if (nr_free < MAX_QUEUE_PAGES) {
        free_pages[nr_free++] = (void *)q->base;
    }
}

u32 queue_drain(struct queue *q)
{
    u32 n = 0;
    u32 eisn;

    while (queue_next(q, &eisn)) {
        n++;
    }
    return n;
}

void tima_drain(void)
{
    irq_disable();
    for (int i = 0; i < 16; i++) {
        set_cppr(CPPR_OPEN);
        if (!(tima_ack() >> 8)) {
            break;
        }
    }
    set_cppr(CPPR_OPEN);
}
