/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's interrupt controller: sources, the way of an event, IRQ calls.
 *
 * Tables: VP n has NVT n and ENDs n x 8 to n x 8 + 7.  The first VPs are the
 * host's CPUs; their events don't go to a queue in guest memory but to
 * host_handlers.c.
 */
#include <string.h>

#include "host_internal.h"
#include "xive/recorder.h"

static void ipi_event(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    p9x_host_source_event(opaque, srcno, transit);
}

void p9x_host_init(P9xHost *h, uint32_t nr_ipis, uint32_t nr_vps,
                   const P9xPorts *ports)
{
    P9xSourceConfig config = {
        .nr_sources = P9X_HOST_FIRST_IPI + nr_ipis,
        .page_shift = 16,
        .layout = P9X_ESB_TWO_PAGES,
        .reset_pq = P9X_PQ_01,
        .notify = ipi_event,
        .opaque = h,
        .ports = ports,
        .origin = p9x_recorder_origin("host")
    };

    memset(h, 0, sizeof(*h));
    p9x_lock_init(&h->lock, P9X_RANK_HOST);
    h->ports = ports;
    h->nr_ipis = nr_ipis;
    h->nr_vps = nr_vps;
    g_queue_init(&h->plants.delayed);
    g_queue_init(&h->host_pending);
    p9x_array_tables_init(&h->tables, P9X_HOST_BLOCK, P9X_HOST_NR_EAS,
                          nr_vps * P9X_NR_PRIOS, 0, nr_vps);
    p9x_presenter_init(&h->presenter);
    p9x_router_init(&h->router, &h->presenter, p9x_array_tables(&h->tables),
                    ports);
    h->router.unit.origin = config.origin;
    config.counters = &h->router.counters;
    p9x_source_init(&h->ipi, &config);
    h->ipi_used = g_new0(uint8_t, nr_ipis);
    h->vp_used = g_new0(uint8_t, nr_vps);
    h->vp_single = g_new0(bool, nr_vps);
    p9x_host_add_cpu(h);
}

uint32_t p9x_host_add_cpu(P9xHost *h)
{
    uint32_t cpu = h->nr_cpus++;

    h->vp_used[cpu] = 1;
    h->tables.nvt[cpu].w[0] = p9x_be32(P9X_NVT_W0_VALID);
    return cpu;
}

P9xCounters *p9x_host_counters(P9xHost *h)
{
    return &h->router.counters;
}

uint64_t p9x_host_events(P9xHost *h)
{
    uint64_t events;

    p9x_lock(&h->lock);
    events = h->host_events;
    p9x_unlock(&h->lock);
    return events;
}

void p9x_host_destroy(P9xHost *h)
{
    g_queue_clear(&h->plants.delayed);
    g_queue_clear(&h->host_pending);
    p9x_source_destroy(&h->ipi);
    p9x_presenter_destroy(&h->presenter);
    p9x_array_tables_destroy(&h->tables);
    g_free(h->ipi_used);
    g_free(h->vp_used);
    g_free(h->vp_single);
}

/* Number space. */

static P9xSource *find_source(P9xHost *h, uint32_t irq, uint32_t *srcno)
{
    for (unsigned i = 0; i < h->nr_hw; i++) {
        /* Below the base the difference wraps to a number past the end. */
        if (irq - h->hw[i].base < h->hw[i].source->config.nr_sources) {
            *srcno = irq - h->hw[i].base;
            return h->hw[i].source;
        }
    }
    *srcno = irq;
    return irq >= P9X_HOST_FIRST_IPI && irq < P9X_HOST_FIRST_IPI + h->nr_ipis
           ? &h->ipi : NULL;
}

static void init_eas(P9xHost *h, uint32_t irq)
{
    p9x_eas_write(&h->tables.eas[irq],
                  P9X_EAS_VALID | P9X_EAS_MASKED | irq);
}

static uint32_t hw_size(const P9xHwSource *hw)
{
    return hw->source->config.nr_sources;
}

/* Are the @n numbers that end before @end free, and no IPI's? */
static bool numbers_free(const P9xHost *h, uint32_t end, uint32_t n)
{
    if (end < n + P9X_HOST_FIRST_IPI + h->nr_ipis) {
        return false;
    }
    for (unsigned i = 0; i < h->nr_hw; i++) {
        if (h->hw[i].base < end && end - n < h->hw[i].base +
                                             hw_size(&h->hw[i])) {
            return false;
        }
    }
    return true;
}

/* From the top down: the first room is at the top or below a neighbour. */
static uint32_t find_room(const P9xHost *h, uint32_t n)
{
    uint32_t best = numbers_free(h, P9X_HOST_NR_EAS, n) ?
                    P9X_HOST_NR_EAS - n : 0;

    for (unsigned i = 0; i < h->nr_hw; i++) {
        if (h->hw[i].base > best + n && numbers_free(h, h->hw[i].base, n)) {
            best = h->hw[i].base - n;
        }
    }
    return best;
}

uint32_t p9x_host_add_source(P9xHost *h, P9xSource *source)
{
    uint32_t n = source->config.nr_sources;
    uint32_t base = h->nr_hw < P9X_HOST_MAX_HW_SOURCES ? find_room(h, n) : 0;

    if (!base) {
        return 0;
    }
    h->hw[h->nr_hw++] = (P9xHwSource) { base, source };
    for (uint32_t i = 0; i < n; i++) {
        init_eas(h, base + i);
    }
    return base;
}

void p9x_host_remove_source(P9xHost *h, uint32_t base)
{
    for (unsigned i = 0; i < h->nr_hw; i++) {
        if (h->hw[i].base != base) {
            continue;
        }
        for (uint32_t n = 0; n < hw_size(&h->hw[i]); n++) {
            p9x_eas_write(&h->tables.eas[base + n], 0);
        }
        h->hw[i] = h->hw[--h->nr_hw];
        return;
    }
}

/* Events. */

/* The first VPs' ENDs are the host CPUs' queues. */
static bool is_for_host(const P9xHost *h, uint64_t eas)
{
    return (eas & P9X_EAS_VALID) && !(eas & P9X_EAS_MASKED) &&
           p9x_get64(eas, P9X_EAS_END_INDEX) < h->nr_cpus * P9X_NR_PRIOS;
}

static void route(P9xHost *h, uint32_t irq, P9xTransit *transit)
{
    uint64_t eas = p9x_eas_read(&h->tables.eas[irq]);

    if (is_for_host(h, eas)) {
        p9x_host_take_event(h, (uint32_t)(eas & P9X_EAS_END_DATA), transit);
        return;
    }
    p9x_router_notify(&h->router, P9X_HOST_BLOCK, irq, transit);
}

void p9x_host_source_event(P9xHost *h, uint32_t irq, P9xTransit *transit)
{
    bool delayed;

    if (!atomic_load_explicit(&h->plants.delay, memory_order_acquire)) {
        route(h, irq, transit);
        return;
    }
    p9x_lock(&h->lock);
    delayed = atomic_load(&h->plants.delay);
    if (delayed) {
        g_queue_push_tail(&h->plants.delayed, GUINT_TO_POINTER(irq));
    }
    p9x_unlock(&h->lock);
    if (!delayed) {
        route(h, irq, transit);
    }
}

/* The same for an event that was delayed, in the passage that it began. */
static void route_delayed(P9xHost *h, uint32_t irq)
{
    uint32_t srcno;
    P9xSource *src = find_source(h, irq, &srcno);
    uint64_t outer = p9x_passage_resume(
        src ? atomic_load_explicit(&src->passage[srcno],
                                   memory_order_relaxed) : 0);

    route(h, irq, NULL);
    p9x_passage_end(outer);
}

bool p9x_host_release_one(P9xHost *h)
{
    uint32_t irq;

    p9x_lock(&h->lock);
    irq = GPOINTER_TO_UINT(g_queue_pop_head(&h->plants.delayed));
    p9x_unlock(&h->lock);
    if (irq) {
        route_delayed(h, irq);
    }
    return irq;
}

void p9x_host_delay(P9xHost *h, bool on)
{
    p9x_lock(&h->lock);
    atomic_store(&h->plants.delay, on);
    p9x_unlock(&h->lock);
    while (!on && p9x_host_release_one(h)) {
        continue;
    }
}

/* Injection. */

void p9x_host_inject(P9xHost *h, P9xOpalCall call, unsigned busy,
                     unsigned skip, int fail)
{
    p9x_lock(&h->lock);
    h->plants.inject[call].busy = busy;
    h->plants.inject[call].skip = skip;
    h->plants.inject[call].fail = fail;
    atomic_store(&h->plants.injecting, true);
    p9x_unlock(&h->lock);
}

int p9x_host_injected(P9xHost *h, P9xOpalCall call)
{
    int rc = P9X_OPAL_SUCCESS;

    if (!atomic_load_explicit(&h->plants.injecting, memory_order_acquire)) {
        return rc;
    }
    p9x_lock(&h->lock);
    if (h->plants.inject[call].busy) {
        h->plants.inject[call].busy--;
        rc = P9X_OPAL_BUSY;
    } else if (h->plants.inject[call].skip) {
        h->plants.inject[call].skip--;
    } else {
        rc = h->plants.inject[call].fail;
        h->plants.inject[call].fail = P9X_OPAL_SUCCESS;
    }
    p9x_unlock(&h->lock);
    return rc;
}

/* IRQ calls. */

int p9x_opal_get_irq_info(P9xHost *h, uint32_t irq, P9xIrqInfo *info)
{
    int rc = p9x_host_injected(h, P9X_OPAL_GET_IRQ_INFO);
    uint32_t srcno;
    P9xSource *src;
    bool pair, lsi;

    if (rc) {
        return rc;
    }
    src = find_source(h, irq, &srcno);
    if (!src) {
        return P9X_OPAL_PARAMETER;
    }
    pair = src->config.layout == P9X_ESB_TWO_PAGES;
    lsi = p9x_source_is_lsi(src, srcno);
    *info = (P9xIrqInfo) {
        .hw_irq = irq,
        .flags = (pair ? P9X_OPAL_IRQ_TRIGGER_PAGE : 0) |
                 (src->config.store_eoi ? P9X_OPAL_IRQ_STORE_EOI : 0) |
                 (lsi ? P9X_OPAL_IRQ_LSI : 0),
        .eoi = { src, srcno, true },
        .trig = { lsi && !pair ? NULL : src, srcno, !pair },
        /* The pair of an IPI is described as one piece of twice the size. */
        .esb_shift = src->config.page_shift + (pair ? 1 : 0),
        .chip = 0
    };
    return P9X_OPAL_SUCCESS;
}

/* END 0 of @vp; false if @vp names none. */
static bool vp_to_index(P9xHost *h, uint32_t vp, uint32_t *index)
{
    if (vp < P9X_HOST_VP_BLOCK) {
        *index = vp;
        return vp < h->nr_cpus;
    }
    *index = p9x_vp_index(vp);
    return *index && *index < h->nr_vps && h->vp_used[*index];
}

int p9x_opal_get_irq_config(P9xHost *h, uint32_t irq, uint32_t *vp,
                            uint8_t *prio, uint32_t *lirq)
{
    int rc = p9x_host_injected(h, P9X_OPAL_GET_IRQ_CONFIG);
    uint32_t srcno, index;
    uint64_t eas;

    if (rc) {
        return rc;
    }
    if (!find_source(h, irq, &srcno)) {
        return P9X_OPAL_PARAMETER;
    }
    eas = p9x_eas_read(&h->tables.eas[irq]);
    index = (uint32_t)p9x_get64(eas, P9X_EAS_END_INDEX);
    *vp = index / P9X_NR_PRIOS;
    if (*vp >= h->nr_cpus) {
        *vp |= P9X_HOST_VP_BLOCK;
    }
    *prio = eas & P9X_EAS_MASKED ? P9X_PRIO_MASKED :
            (uint8_t)(index % P9X_NR_PRIOS);
    *lirq = (uint32_t)(eas & P9X_EAS_END_DATA);
    return P9X_OPAL_SUCCESS;
}

int p9x_opal_set_irq_config(P9xHost *h, uint32_t irq, uint32_t vp,
                            uint8_t prio, uint32_t lirq)
{
    int rc = p9x_host_injected(h, P9X_OPAL_SET_IRQ_CONFIG);
    uint32_t srcno, index;
    uint64_t eas;

    if (rc) {
        return rc;
    }
    if (!find_source(h, irq, &srcno) || !vp_to_index(h, vp, &index) ||
        (prio > P9X_PRIO_MAX && prio != P9X_PRIO_MASKED)) {
        return P9X_OPAL_PARAMETER;
    }
    p9x_host_log(h, P9X_HOST_OP_CONFIG, irq, (uint64_t)vp << 32 | prio, lirq);
    eas = P9X_EAS_VALID | (lirq & P9X_EAS_END_DATA);
    if (prio == P9X_PRIO_MASKED) {
        eas |= P9X_EAS_MASKED;
        prio = P9X_PRIO_MAX;
    }
    eas = p9x_set64(eas, P9X_EAS_END_BLOCK, P9X_HOST_BLOCK);
    eas = p9x_set64(eas, P9X_EAS_END_INDEX, index * P9X_NR_PRIOS + prio);
    p9x_eas_write(&h->tables.eas[irq], eas);
    return P9X_OPAL_SUCCESS;
}

int p9x_opal_allocate_irq(P9xHost *h, uint32_t *irq)
{
    int rc = p9x_host_injected(h, P9X_OPAL_ALLOCATE_IRQ);

    if (rc) {
        return rc;
    }
    p9x_lock(&h->lock);
    rc = P9X_OPAL_RESOURCE;
    for (uint32_t i = 0; i < h->nr_ipis && rc; i++) {
        if (!h->ipi_used[i]) {
            h->ipi_used[i] = 1;
            *irq = P9X_HOST_FIRST_IPI + i;
            rc = P9X_OPAL_SUCCESS;
        }
    }
    p9x_unlock(&h->lock);
    if (!rc) {
        init_eas(h, *irq);
    }
    return rc;
}

int p9x_opal_free_irq(P9xHost *h, uint32_t irq)
{
    int rc = p9x_host_injected(h, P9X_OPAL_FREE_IRQ);
    uint32_t at = irq - P9X_HOST_FIRST_IPI;

    if (rc) {
        return rc;
    }
    if (at >= h->nr_ipis || !h->ipi_used[at]) {
        return P9X_OPAL_PARAMETER;
    }
    p9x_source_set_pq(&h->ipi, irq, P9X_PQ_01);
    init_eas(h, irq);
    p9x_lock(&h->lock);
    h->ipi_used[at] = 0;
    p9x_unlock(&h->lock);
    return P9X_OPAL_SUCCESS;
}

/* Takes the delayed events of @irq out of the line, then routes them. */
static void drain_delayed(P9xHost *h, uint32_t irq)
{
    unsigned events = 0;

    p9x_lock(&h->lock);
    while (g_queue_remove(&h->plants.delayed, GUINT_TO_POINTER(irq))) {
        events++;
    }
    p9x_unlock(&h->lock);
    while (events--) {
        route_delayed(h, irq);
    }
}

int p9x_opal_sync(P9xHost *h, unsigned type, uint32_t irq)
{
    int rc = p9x_host_injected(h, P9X_OPAL_SYNC);
    uint32_t srcno;
    P9xSource *src = find_source(h, irq, &srcno);

    if (rc) {
        return rc;
    }
    if (!src || (type != P9X_OPAL_SYNC_EAS && type != P9X_OPAL_SYNC_QUEUE)) {
        return P9X_OPAL_PARAMETER;
    }
    p9x_host_log(h, type == P9X_OPAL_SYNC_EAS ? P9X_HOST_OP_SYNC_EAS :
           P9X_HOST_OP_SYNC_QUEUE, irq, 0, 0);
    p9x_source_sync(src);
    drain_delayed(h, irq);
    return P9X_OPAL_SUCCESS;
}
