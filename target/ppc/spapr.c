/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sPAPR interrupt controller: interrupt numbers, servers, reset.
 *
 * A claimed LISN is one whose EAS is valid; there is no second list.  Masked,
 * with itself as EISN and with PQ=01 is how it starts and what every reset goes
 * back to.
 */
#include <errno.h>
#include <string.h>

#include "spapr_internal.h"
#include "xive/dispatch.h"
#include "xive/ppc/spapr.h"
#include "xive/recorder.h"

static void spapr_notify(void *opaque, uint32_t lisn, P9xTransit *transit)
{
    P9xSpapr *s = opaque;

    p9x_router_notify(&s->router, P9X_SPAPR_BLOCK, lisn, transit);
}

static char *check_config(const P9xSpaprConfig *c)
{
    if (c->nr_irqs < 1 || c->nr_irqs > 0x100000) {
        return g_strdup_printf("%u interrupt numbers: 1 to 1048576 can be had",
                               c->nr_irqs);
    }
    if (c->nr_servers < 1 || c->nr_servers > P9X_SPAPR_MAX_SERVERS) {
        return g_strdup_printf("%u servers: 1 to %d can be had",
                               c->nr_servers, P9X_SPAPR_MAX_SERVERS);
    }
    if (c->hv_prio < 1 || c->hv_prio > P9X_PRIO_MAX) {
        return g_strdup_printf("hypervisor priority %u: 1 to 7 can be had",
                               c->hv_prio);
    }
    if ((c->vc_base | c->tm_base) & ((1 << P9X_SPAPR_PAGE_SHIFT) - 1)) {
        return g_strdup_printf("ESB base 0x%llx or TIMA base 0x%llx is not "
                               "a multiple of 64 KiB",
                               (unsigned long long)c->vc_base,
                               (unsigned long long)c->tm_base);
    }
    return NULL;
}

bool p9x_spapr_init(P9xSpapr *s, const P9xSpaprConfig *config, char **error)
{
    P9xSourceConfig source = {
        .nr_sources = config->nr_irqs,
        .page_shift = P9X_SPAPR_PAGE_SHIFT,
        .layout = P9X_ESB_TWO_PAGES,
        .store_eoi = config->store_eoi,
        .reset_pq = P9X_PQ_01,
        .notify = spapr_notify,
        .opaque = s,
        .ports = config->ports,
        .origin = p9x_recorder_origin("lisn")
    };

    *error = check_config(config);
    if (*error) {
        return false;
    }
    memset(s, 0, sizeof(*s));
    p9x_lock_init(&s->config_lock, P9X_RANK_CONFIG);
    s->config = *config;
    p9x_array_tables_init(&s->tables, P9X_SPAPR_BLOCK, config->nr_irqs,
                          config->nr_servers * P9X_NR_PRIOS,
                          P9X_SPAPR_NVT_BASE, config->nr_servers);
    p9x_presenter_init(&s->presenter);
    p9x_router_init(&s->router, &s->presenter, p9x_array_tables(&s->tables),
                    config->ports);
    source.counters = &s->router.counters;
    p9x_source_init(&s->source, &source);
    s->server = g_new0(P9xTctx *, config->nr_servers);
    return true;
}

void p9x_spapr_destroy(P9xSpapr *s)
{
    p9x_source_destroy(&s->source);
    p9x_presenter_destroy(&s->presenter);
    p9x_array_tables_destroy(&s->tables);
    g_free(s->server);
    s->server = NULL;
}

uint32_t p9x_spapr_server_cam(uint32_t server)
{
    return p9x_cam(P9X_SPAPR_BLOCK, P9X_SPAPR_NVT_BASE + server);
}

P9xTctx *p9x_spapr_server(const P9xSpapr *s, uint64_t server)
{
    return server < s->config.nr_servers ? s->server[server] : NULL;
}

/* A queue is configured while its END is valid. */
P9xEnd *p9x_spapr_end(P9xSpapr *s, uint64_t server, uint64_t priority)
{
    return &s->tables.end[server * P9X_NR_PRIOS + priority];
}

void p9x_spapr_clear_end(P9xSpapr *s, uint32_t index)
{
    P9xLock *lock = p9x_end_lock(&s->router, P9X_SPAPR_BLOCK, index);

    p9x_lock(lock);
    memset(&s->tables.end[index], 0, sizeof(s->tables.end[index]));
    p9x_unlock(lock);
}

static void disable_ends(P9xSpapr *s)
{
    for (uint32_t i = 0; i < s->tables.nr_ends; i++) {
        p9x_spapr_clear_end(s, i);
    }
}

/*
 * PAPR: the EISN is the LISN until H_INT_SET_SOURCE_CONFIG says otherwise.  A
 * KVM device has 0 there and can't be told but by routing the source.
 */
uint64_t p9x_spapr_new_eas(const P9xSpapr *s, uint32_t lisn)
{
    return P9X_EAS_VALID | P9X_EAS_MASKED |
           p9x_set64(0, P9X_EAS_END_DATA, p9x_spapr_on_kvm(s) ? 0 : lisn);
}

static void mask_sources(P9xSpapr *s)
{
    for (uint32_t i = 0; i < s->config.nr_irqs; i++) {
        P9xEas *eas = &s->tables.eas[i];

        if (p9x_eas_read(eas) & P9X_EAS_VALID) {
            p9x_eas_write(eas, p9x_spapr_new_eas(s, i));
        }
        p9x_source_set_pq(&s->source, i, P9X_PQ_01);
    }
}

/* Pending bits without an entry behind them would only be spurious. */
static void forget_pending(P9xSpapr *s)
{
    static const unsigned ipb_mask = 1u << P9X_TM_IPB;

    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        if (s->server[i]) {
            p9x_tctx_raw_store(s->server[i],
                               P9X_RING_OS * P9X_TM_RING_SIZE, 8, 0,
                               ipb_mask);
        }
    }
}

/* Reporting lines, and what a VP collected while it was nowhere. */
static void clear_nvts(P9xSpapr *s)
{
    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        P9xLock *lock = p9x_nvt_lock(&s->presenter, p9x_spapr_server_cam(i));

        p9x_lock(lock);
        p9x_nvt_set_report(&s->tables.nvt[i], 0);
        p9x_nvt_set_ipb(&s->tables.nvt[i], 0);
        p9x_unlock(lock);
    }
}

/*
 * In an order that leaves no event behind: first nothing new starts (PQ=01,
 * EAS masked), then what is on its way arrives, then queues and pending bits
 * go.
 */
void p9x_spapr_reset_interrupts(P9xSpapr *s)
{
    p9x_assert_held(&s->config_lock);
    atomic_store(&s->resetting, true);
    mask_sources(s);
    p9x_gate_drain(&s->source.gate);
    disable_ends(s);
    forget_pending(s);
    clear_nvts(s);
    atomic_store(&s->resetting, false);
}

void p9x_spapr_reset(P9xSpapr *s)
{
    p9x_lock(&s->config_lock);
    p9x_spapr_kvm_renew(s);
    p9x_spapr_reset_interrupts(s);
    p9x_source_reset(&s->source);
    p9x_unlock(&s->config_lock);
}

static void set_nvt_valid(P9xSpapr *s, uint32_t server, bool valid)
{
    P9xLock *lock = p9x_nvt_lock(&s->presenter, p9x_spapr_server_cam(server));
    P9xNvt *nvt = &s->tables.nvt[server];

    p9x_lock(lock);
    memset(nvt, 0, sizeof(*nvt));
    nvt->w[0] = p9x_be32(valid ? P9X_NVT_W0_VALID : 0);
    p9x_unlock(lock);
}

int p9x_spapr_add_server(P9xSpapr *s, uint32_t server, P9xTctx *tctx)
{
    int rc;

    if (server >= s->config.nr_servers) {
        return -EINVAL;
    }
    p9x_lock(&s->config_lock);
    rc = s->server[server] ? -EEXIST : p9x_spapr_kvm_add_server(s, server);
    if (!rc) {
        set_nvt_valid(s, server, true);
        s->server[server] = tctx;
    }
    p9x_unlock(&s->config_lock);
    return rc;
}

void p9x_spapr_remove_server(P9xSpapr *s, uint32_t server)
{
    if (server >= s->config.nr_servers) {
        return;
    }
    p9x_lock(&s->config_lock);
    if (s->server[server]) {
        s->server[server] = NULL;
        set_nvt_valid(s, server, false);
        p9x_spapr_kvm_remove_server(s, server);
    }
    p9x_unlock(&s->config_lock);
}

void p9x_spapr_reset_server(P9xSpapr *s, uint32_t server)
{
    P9xTctx *tctx = p9x_spapr_server(s, server);

    if (tctx) {
        p9x_tctx_reset(tctx);
        p9x_tctx_set_word2(tctx, P9X_RING_OS,
                           P9X_TM_OS_VALID | p9x_spapr_server_cam(server));
        p9x_spapr_kvm_reset_server(s, server);
    }
}

bool p9x_spapr_claimed(const P9xSpapr *s, uint32_t lisn)
{
    return lisn < s->config.nr_irqs &&
           (p9x_eas_read(&s->tables.eas[lisn]) & P9X_EAS_VALID);
}

int p9x_spapr_claim(P9xSpapr *s, uint32_t lisn, bool lsi)
{
    int rc;

    if (lisn >= s->config.nr_irqs) {
        return -EINVAL;
    }
    p9x_lock(&s->config_lock);
    rc = p9x_spapr_claimed(s, lisn) ? -EBUSY :
                                      p9x_spapr_kvm_claim(s, lisn, lsi);
    if (!rc) {
        p9x_source_set_lsi(&s->source, lisn, lsi);
        /* A guest can have played with the page of an unused number. */
        p9x_source_set_pq(&s->source, lisn, P9X_PQ_01);
        p9x_eas_write(&s->tables.eas[lisn], p9x_spapr_new_eas(s, lisn));
    }
    p9x_unlock(&s->config_lock);
    return rc;
}

void p9x_spapr_free(P9xSpapr *s, uint32_t lisn)
{
    if (lisn >= s->config.nr_irqs) {
        return;
    }
    p9x_lock(&s->config_lock);
    if (p9x_spapr_claimed(s, lisn)) {
        p9x_spapr_kvm_free(s, lisn);
        p9x_source_set_level(&s->source, lisn, false);
        p9x_source_set_pq(&s->source, lisn, P9X_PQ_01);
        p9x_eas_write(&s->tables.eas[lisn], 0);
        p9x_source_set_lsi(&s->source, lisn, false);
    }
    p9x_unlock(&s->config_lock);
}

void p9x_spapr_set_irq(P9xSpapr *s, uint32_t lisn, bool level)
{
    if (p9x_spapr_claimed(s, lisn)) {
        if (p9x_spapr_on_kvm(s)) {
            p9x_spapr_kvm_set_irq(s, lisn, level);
        } else {
            p9x_source_set_level(&s->source, lisn, level);
        }
        return;
    }
    p9x_guest_error(s->config.ports, &s->router.counters, P9X_ERR_NO_SOURCE,
                    "device interrupt 0x%x is not in use", lisn);
}

/*
 * The END window: 128 KiB an END, the even page its ESn.  The odd page, ESe,
 * is the hypervisor's.
 */
uint64_t p9x_spapr_end_window_offset(const P9xSpapr *s)
{
    return p9x_source_window_size(&s->source);
}

uint64_t p9x_spapr_end_window_size(const P9xSpapr *s)
{
    return (uint64_t)s->tables.nr_ends << (P9X_SPAPR_PAGE_SHIFT + 1);
}

static bool end_page(P9xSpapr *s, uint64_t offset, P9xGuestError kind,
                     uint32_t *index)
{
    uint64_t page = offset >> P9X_SPAPR_PAGE_SHIFT;

    *index = (uint32_t)(page / 2);
    if (page % 2 == 0 && page / 2 < s->tables.nr_ends) {
        return true;
    }
    p9x_guest_error(s->config.ports, &s->router.counters, kind,
                    "offset 0x%llx of the END window is not an ESn page",
                    (unsigned long long)offset);
    return false;
}

uint64_t p9x_spapr_end_load(P9xSpapr *s, uint64_t offset, unsigned size)
{
    uint64_t value = UINT64_MAX;
    uint32_t index;

    if (end_page(s, offset, P9X_ERR_ESB_LOAD, &index)) {
        value = p9x_router_end_esb_load(&s->router, P9X_SPAPR_BLOCK, index,
                                        P9X_END_ESN, (uint32_t)offset);
    }
    return p9x_lane_load(value, value == UINT64_MAX ? 0 : offset & 7, size);
}

void p9x_spapr_end_store(P9xSpapr *s, uint64_t offset, unsigned size,
                         uint64_t value)
{
    uint32_t index;

    (void)size;
    (void)value;
    if (end_page(s, offset, P9X_ERR_ESB_STORE, &index)) {
        p9x_router_end_esb_store(&s->router, P9X_SPAPR_BLOCK, index,
                                 P9X_END_ESN, (uint32_t)offset,
                                 s->config.store_eoi);
    }
}
