/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sPAPR interrupt controller: interrupt numbers, servers, reset, the ESn
 * window.  What is asked for is checked here; the backend carries it out.
 */
#include <errno.h>
#include <string.h>

#include "spapr_direct.h"
#include "xive/recorder.h"

static void spapr_notify(void *opaque, uint32_t lisn, P9xTransit *transit)
{
    P9xSpapr *s = opaque;

    p9x_router_notify(&s->router, P9X_SPAPR_BLOCK, lisn, transit);
}

static void describe(void *opaque, GString *out)
{
    p9x_spapr_state(opaque, out);
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
    p9x_calls_init(&s->calls, P9X_RANK_CALLS);
    s->config = *config;
    atomic_init(&s->backend, &p9x_spapr_direct);
    p9x_array_tables_init(&s->tables, P9X_SPAPR_BLOCK, config->nr_irqs,
                          config->nr_servers * P9X_NR_PRIOS,
                          P9X_SPAPR_NVT_BASE, config->nr_servers);
    p9x_presenter_init(&s->presenter);
    p9x_router_init(&s->router, &s->presenter, p9x_array_tables(&s->tables),
                    config->ports);
    s->router.unit.origin = source.origin;
    source.counters = &s->router.counters;
    p9x_source_init(&s->source, &source);
    s->server = g_new0(P9xTctx *, config->nr_servers);
    p9x_recorder_describe(describe, s);
    return true;
}

void p9x_spapr_destroy(P9xSpapr *s)
{
    p9x_recorder_forget(describe, s);
    p9x_source_destroy(&s->source);
    p9x_presenter_destroy(&s->presenter);
    p9x_array_tables_destroy(&s->tables);
    g_free(s->server);
    s->server = NULL;
}

void p9x_spapr_reset(P9xSpapr *s)
{
    p9x_spapr_change(s);
    s->loaded = false;
    p9x_spapr_backend(s)->renew(s);
    p9x_spapr_changed(s);
}

int p9x_spapr_add_server(P9xSpapr *s, uint32_t server, P9xTctx *tctx)
{
    int rc;

    if (server >= s->config.nr_servers) {
        return -EINVAL;
    }
    p9x_spapr_change(s);
    rc = s->server[server] ? -EEXIST :
         p9x_spapr_backend(s)->add_server(s, server, tctx);
    p9x_spapr_changed(s);
    return rc;
}

void p9x_spapr_remove_server(P9xSpapr *s, uint32_t server)
{
    if (server >= s->config.nr_servers) {
        return;
    }
    p9x_spapr_change(s);
    if (s->server[server]) {
        p9x_spapr_backend(s)->remove_server(s, server);
    }
    p9x_spapr_changed(s);
}

void p9x_spapr_reset_server(P9xSpapr *s, uint32_t server)
{
    P9xTctx *tctx = p9x_spapr_server(s, server);

    if (tctx) {
        p9x_spapr_backend(s)->reset_server(s, server, tctx);
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
    p9x_spapr_change(s);
    rc = p9x_spapr_claimed(s, lisn) ? -EBUSY :
         p9x_spapr_backend(s)->claim(s, lisn, lsi);
    p9x_spapr_changed(s);
    return rc;
}

void p9x_spapr_free(P9xSpapr *s, uint32_t lisn)
{
    if (lisn >= s->config.nr_irqs) {
        return;
    }
    p9x_spapr_change(s);
    if (p9x_spapr_claimed(s, lisn)) {
        p9x_spapr_backend(s)->free(s, lisn);
    }
    p9x_spapr_changed(s);
}

void p9x_spapr_set_irq(P9xSpapr *s, uint32_t lisn, bool level)
{
    if (p9x_spapr_claimed(s, lisn)) {
        p9x_spapr_backend(s)->set_irq(s, lisn, level);
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
