/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requesting interrupts for Linux itself, and handing them to a guest. */
#include "host_internal.h"

static int route_host_irq(P9xHost *h, P9xHostIrq *irq, uint8_t prio)
{
    int rc;

    P9X_OPAL_RETRY(rc, p9x_opal_set_irq_config(h, irq->info.hw_irq, irq->cpu,
                                               prio, irq->lirq));
    return rc;
}

static int sync_eas(P9xHost *h, P9xHostIrq *irq)
{
    int rc;

    P9X_OPAL_RETRY(rc, p9x_opal_sync(h, P9X_OPAL_SYNC_EAS,
                                     irq->info.hw_irq));
    return rc;
}

int p9x_host_request_irq(P9xHost *h, P9xHostIrq *irq, uint32_t hw_irq,
                         uint32_t lirq, void (*handler)(void *opaque),
                         void *opaque)
{
    int rc;

    *irq = (P9xHostIrq) {
        .lirq = lirq, .has_target = true, .handler = handler,
        .opaque = opaque
    };
    P9X_OPAL_RETRY(rc, p9x_opal_get_irq_info(h, hw_irq, &irq->info));
    if (rc) {
        return rc;
    }
    rc = route_host_irq(h, irq, P9X_HOST_CPU_PRIO);
    if (rc) {
        return rc;
    }
    p9x_lock(&h->lock);
    irq->next = h->host_irq;
    h->host_irq = irq;
    p9x_unlock(&h->lock);
    p9x_host_esb_set(h, &irq->info, P9X_PQ_00);
    return 0;
}

static P9xHostIrq **find_link(P9xHost *h, const P9xHostIrq *irq)
{
    P9xHostIrq **at = &h->host_irq;

    while (*at && *at != irq) {
        at = &(*at)->next;
    }
    return at;
}

void p9x_host_free_irq(P9xHost *h, P9xHostIrq *irq)
{
    P9xHostIrq **at;
    bool known;

    p9x_lock(&h->lock);
    known = *find_link(h, irq);
    p9x_unlock(&h->lock);
    if (!known) {
        return;
    }
    p9x_host_esb_set(h, &irq->info, P9X_PQ_01);
    route_host_irq(h, irq, P9X_PRIO_MASKED);
    sync_eas(h, irq);
    p9x_lock(&h->lock);
    p9x_host_wait_handled(h, irq);
    g_queue_remove_all(&h->host_pending, GUINT_TO_POINTER(irq->lirq));
    at = find_link(h, irq);
    *at = irq->next;
    irq->has_target = false;
    p9x_unlock(&h->lock);
}

/* Notes what forwarding finds.  True: the event is to be sent again. */
static bool save_p(P9xHostIrq *irq, P9xPq pq)
{
    if (irq->resent) {
        /* P is that of a void event; only Q stands for a real one. */
        return pq & P9X_ESB_Q;
    }
    if (!irq->stale_p) {
        irq->saved_p = pq & P9X_ESB_P;
        irq->stale_p = !irq->saved_p;
    }
    irq->resent = irq->has_target && irq->saved_p;
    return irq->resent;
}

static void forward_failed(P9xHost *h, P9xHostIrq *irq, bool was_resent)
{
    p9x_lock(&h->lock);
    irq->forwarded = false;
    irq->resent = was_resent;
    p9x_unlock(&h->lock);
}

int p9x_host_forward_irq(P9xHost *h, P9xHostIrq *irq)
{
    bool resend, was_resent;
    int rc;

    p9x_lock(&h->lock);
    p9x_host_wait_handled(h, irq);
    irq->forwarded = true;
    was_resent = irq->resent;
    resend = save_p(irq, p9x_host_esb_set(h, &irq->info, P9X_PQ_10));
    p9x_unlock(&h->lock);
    if (!resend) {
        return 0;
    }
    /* The guest is to have it: Q resends, the host's own copy is void. */
    p9x_host_esb_set(h, &irq->info, P9X_PQ_11);
    rc = sync_eas(h, irq);
    if (rc) {
        forward_failed(h, irq, was_resent);
    }
    return rc;
}

int p9x_host_return_irq(P9xHost *h, P9xHostIrq *irq)
{
    int rc = 0;

    if (irq->has_target) {
        rc = sync_eas(h, irq);
        if (!rc) {
            rc = route_host_irq(h, irq, P9X_HOST_CPU_PRIO);
        }
    }
    return rc;
}

void p9x_host_resume_irq(P9xHost *h, P9xHostIrq *irq)
{
    bool eoi;

    p9x_lock(&h->lock);
    irq->forwarded = false;
    /* With P saved the handler is still to come, and will EOI. */
    eoi = !irq->saved_p;
    if (eoi) {
        irq->stale_p = false;
    }
    p9x_unlock(&h->lock);
    if (!irq->has_target) {
        p9x_host_esb_set(h, &irq->info, P9X_PQ_01);
        return;
    }
    if (eoi) {
        p9x_host_source_eoi(h, &irq->info);
    }
}

int p9x_host_set_affinity(P9xHost *h, P9xHostIrq *irq, uint32_t cpu)
{
    uint32_t before = irq->cpu;
    bool forwarded;
    int rc = 0;

    if (cpu >= h->nr_cpus) {
        return P9X_OPAL_PARAMETER;
    }
    p9x_lock(&h->lock);
    forwarded = irq->forwarded;
    p9x_unlock(&h->lock);
    irq->cpu = cpu;
    if (!forwarded) {
        rc = route_host_irq(h, irq, P9X_HOST_CPU_PRIO);
    }
    if (rc) {
        irq->cpu = before;
    }
    return rc;
}
