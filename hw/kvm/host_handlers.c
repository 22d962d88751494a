/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host CPU's queue, and handlers of the interrupts that Linux takes itself.
 *
 * While an interrupt is forwarded, the host may still find one event of it in
 * its queue: the one that was there at the switch.  The guest gets that one
 * from the source (PQ=11), so the host's copy is void.  Its EOI must not touch
 * the source then, which is the guest's; it only notes that what the host
 * saved of P is stale.
 *
 * A handler and its EOI are one step for the switch, which waits for it: there
 * is no moment at which an event has been handled but P still says it hasn't.
 */
#include "host_internal.h"
#include "xive/recorder.h"

static P9xHostIrq *find_irq(P9xHost *h, uint32_t lirq)
{
    for (P9xHostIrq *irq = h->host_irq; irq; irq = irq->next) {
        if (irq->lirq == lirq) {
            return irq;
        }
    }
    return NULL;
}

/* What the host's EOI comes to.  True: the source wants it.  lock held. */
static bool note_eoi(P9xHostIrq *irq)
{
    if (irq->forwarded) {
        irq->stale_p = true;
        irq->saved_p = false;
        return false;
    }
    return true;
}

/* Any thread may run the handler: the event keeps its own passage. */
static void call_handler(P9xHost *h, P9xHostIrq *irq, uint64_t passage)
{
    uint64_t outer;

    if (!p9x_recording()) {
        irq->handler(irq->opaque);
        return;
    }
    outer = p9x_passage_resume(passage);
    p9x_record(P9X_STEP_HOST_IRQ, h->ipi.config.origin, irq->info.hw_irq, 0, 0);
    irq->handler(irq->opaque);
    p9x_passage_end(outer);
}

/* Sees to one event of @irq.  Called with the lock, which it drops. */
static void handle(P9xHost *h, P9xHostIrq *irq)
{
    uint64_t passage = irq->passage;
    bool is_void = irq->resent;
    bool eoi;

    p9x_assert_held(&h->lock);
    h->handling = irq;
    irq->resent = false;
    irq->taken += !is_void;
    p9x_unlock(&h->lock);
    if (!is_void) {
        call_handler(h, irq, passage);
    }
    p9x_lock(&h->lock);
    eoi = note_eoi(irq);
    p9x_unlock(&h->lock);
    if (eoi) {
        p9x_host_source_eoi(h, &irq->info);
    }
    p9x_lock(&h->lock);
    h->handling = NULL;
}

/* Empties the host's queue unless a thread does so already.  lock held. */
static void run_handlers(P9xHost *h)
{
    p9x_assert_held(&h->lock);
    if (h->host_runs) {
        return;
    }
    h->host_runs = true;
    while (!h->host_held && !g_queue_is_empty(&h->host_pending)) {
        P9xHostIrq *irq = find_irq(
            h, GPOINTER_TO_UINT(g_queue_pop_head(&h->host_pending)));

        if (irq) {
            handle(h, irq);
        }
    }
    h->host_runs = false;
}

static void note_passage(P9xHost *h, uint32_t lirq)
{
    P9xHostIrq *irq = find_irq(h, lirq);

    p9x_assert_held(&h->lock);
    if (irq) {
        irq->passage = p9x_passage_now();
    }
}

void p9x_host_take_event(P9xHost *h, uint32_t lirq, P9xTransit *transit)
{
    p9x_lock(&h->lock);
    if (p9x_recording()) {
        note_passage(h, lirq);
    }
    g_queue_push_tail(&h->host_pending, GUINT_TO_POINTER(lirq));
    h->host_events++;
    /* A sync waits for it to get here, not for the handlers. */
    p9x_transit_end(transit);
    run_handlers(h);
    p9x_unlock(&h->lock);
}

void p9x_host_hold(P9xHost *h, bool held)
{
    p9x_lock(&h->lock);
    h->host_held = held;
    run_handlers(h);
    p9x_unlock(&h->lock);
}

void p9x_host_wait_handled(P9xHost *h, const P9xHostIrq *irq)
{
    p9x_assert_held(&h->lock);
    while (h->handling == irq) {
        p9x_unlock(&h->lock);
        sched_yield();
        p9x_lock(&h->lock);
    }
}
