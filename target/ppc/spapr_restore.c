/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checking a restored controller.
 *
 * What a migration stream says has been copied into ESB bytes, tables and
 * rings; now it must make sense, or the stream is refused.  Afterwards nothing
 * derived from a table can lead out of one, and a queue is in memory.
 */
#include "spapr_rows.h"
#include "xive/queue.h"
#include "xive/ppc/spapr.h"

static char *check_source(P9xSpapr *s, uint32_t lisn)
{
    unsigned esb = atomic_load(p9x_source_esb(&s->source, lisn));
    uint64_t w = p9x_eas_read(&s->tables.eas[lisn]);

    if (esb & ~(unsigned)P9X_ESB_ALL) {
        return g_strdup_printf("source 0x%x: state 0x%x has unknown bits",
                               lisn, esb);
    }
    if ((esb & P9X_ESB_ASSERTED) && !p9x_source_is_lsi(&s->source, lisn)) {
        return g_strdup_printf("source 0x%x: a level on an edge interrupt",
                               lisn);
    }
    if (!(w & P9X_EAS_VALID) || (w & P9X_EAS_MASKED)) {
        return NULL;
    }
    if (p9x_get64(w, P9X_EAS_END_BLOCK) != P9X_SPAPR_BLOCK ||
        p9x_get64(w, P9X_EAS_END_INDEX) >= s->tables.nr_ends) {
        return g_strdup_printf("source 0x%x: EAS 0x%016llx leads nowhere",
                               lisn, (unsigned long long)w);
    }
    return NULL;
}

static char *check_end(P9xSpapr *s, uint32_t index)
{
    const P9xPorts *ports = s->config.ports;
    const P9xEnd *end = &s->tables.end[index];
    uint32_t size = p9x_end_get(end, 0, P9X_END_W0_QSIZE);
    uint64_t addr;

    if (!p9x_end_flag(end, P9X_END_W0_VALID)) {
        return NULL;
    }
    if (size > P9X_QSIZE_MAX) {
        return g_strdup_printf("END 0x%x: queue size %u", index, size);
    }
    if (p9x_end_get(end, 1, P9X_END_W1_OFFSET) >= p9x_queue_entries(end)) {
        return g_strdup_printf("END 0x%x: offset past the end of its queue",
                               index);
    }
    if (p9x_end_get(end, 6, P9X_END_W6_FORMAT) ||
        p9x_end_get(end, 6, P9X_END_W6_NVT_BLOCK) != P9X_SPAPR_BLOCK ||
        p9x_end_get(end, 6, P9X_END_W6_NVT_INDEX) !=
        P9X_SPAPR_NVT_BASE + index / P9X_NR_PRIOS ||
        (p9x_be32(end->w[7]) & P9X_END_W7_F0_IGNORE)) {
        return g_strdup_printf("END 0x%x: not for server %u", index,
                               index / P9X_NR_PRIOS);
    }
    if (p9x_end_get(end, 7, P9X_END_W7_F0_PRIORITY) != index % P9X_NR_PRIOS) {
        return g_strdup_printf("END 0x%x: not for priority %u", index,
                               index % P9X_NR_PRIOS);
    }
    if (p9x_end_flag(end, P9X_END_W0_ESCALATE | P9X_END_W0_SILENT_ESC)) {
        return g_strdup_printf("END 0x%x: escalates", index);
    }
    addr = p9x_queue_addr(end);
    if (p9x_end_flag(end, P9X_END_W0_ENQUEUE) &&
        !ports->mem_is_ram(ports->host, addr, 4ull * p9x_queue_entries(end))) {
        return g_strdup_printf("END 0x%x: queue at 0x%llx is not in memory",
                               index, (unsigned long long)addr);
    }
    return NULL;
}

static char *check_server(P9xSpapr *s, uint32_t server)
{
    uint8_t image[P9X_TM_IMAGE_SIZE];
    uint32_t os;

    if (!s->server[server]) {
        return NULL;
    }
    p9x_tctx_save(s->server[server], image);
    os = (uint32_t)p9x_load_be(&image[P9X_RING_OS * P9X_TM_RING_SIZE +
                                      P9X_TM_WORD2], 4);
    /* Not live is fine: a vCPU that has not been started yet. */
    if ((os & P9X_TM_OS_VALID) &&
        os != (P9X_TM_OS_VALID | p9x_spapr_server_cam(server))) {
        return g_strdup_printf("server %u: OS ring runs VP 0x%x", server, os);
    }
    for (unsigned ring = P9X_RING_POOL; ring <= P9X_RING_PHYS; ring++) {
        if (image[ring * P9X_TM_RING_SIZE + P9X_TM_WORD2] & P9X_BIT8(0)) {
            return g_strdup_printf("server %u: a hypervisor ring is live",
                                   server);
        }
    }
    return NULL;
}

static char *check_all(P9xSpapr *s, uint32_t count,
                       char *(*check)(P9xSpapr *s, uint32_t i))
{
    for (uint32_t i = 0; i < count; i++) {
        char *error = check(s, i);

        if (error) {
            return error;
        }
    }
    return NULL;
}

bool p9x_spapr_restored(P9xSpapr *s, char **error)
{
    *error = check_all(s, s->config.nr_irqs, check_source);
    if (!*error) {
        *error = check_all(s, s->tables.nr_ends, check_end);
    }
    if (!*error) {
        *error = check_all(s, s->config.nr_servers, check_server);
    }
    return !*error;
}
