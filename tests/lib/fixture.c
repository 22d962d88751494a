/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- the host program ---- */

static bool inside(uint64_t addr, uint64_t len, uint64_t base, uint64_t size)
{
    return addr >= base && len <= size && addr - base <= size - len;
}

static bool host_mem_is_ram(void *opaque, uint64_t addr, uint64_t len)
{
    g_assert_cmpuint(addr + len, >=, addr);
    p9x_assert_under(P9X_UNDER_MEMORY, "a port for memory");
    return inside(addr, len, 0, HOST_RAM_SIZE);
}

static bool host_mem_read(void *opaque, uint64_t addr, void *buf,
                          uint64_t len)
{
    Host *host = opaque;

    if (!host_mem_is_ram(opaque, addr, len)) {
        return false;
    }
    /* By bytes that may be changing: a guest's memory has no lock. */
    for (uint64_t i = 0; i < len; i++) {
        ((uint8_t *)buf)[i] = __atomic_load_n(host->ram + addr + i,
                                              __ATOMIC_RELAXED);
    }
    return true;
}

static bool host_mem_write(void *opaque, uint64_t addr, const void *buf,
                           uint64_t len)
{
    Host *host = opaque;

    if (host->refuse_stores || !host_mem_is_ram(opaque, addr, len)) {
        return false;
    }
    memcpy(host->ram + addr, buf, len);
    return true;
}

static bool host_mem_store32(void *opaque, uint64_t addr, uint32_t value)
{
    Host *host = opaque;

    g_assert_cmpuint(addr % 4, ==, 0);
    if (host->refuse_stores || !host_mem_is_ram(opaque, addr, 4)) {
        return false;
    }
    __atomic_store_n((uint32_t *)(host->ram + addr), p9x_be32(value),
                     __ATOMIC_RELEASE);
    return true;
}

static void host_line_changed(void *opaque, P9xTctx *tctx)
{
    Host *host = opaque;

    /* The contract: no lock is held. */
    p9x_lock(&tctx->lock);
    p9x_unlock(&tctx->lock);
    atomic_fetch_add(&host->line_calls, 1);
}

static void host_guest_error(void *opaque, P9xGuestError kind,
                             const char *detail)
{
    Host *host = opaque;

    __atomic_fetch_add(&host->error_calls[kind], 1, __ATOMIC_RELAXED);
    g_assert_null(strchr(detail, '\n'));
    if (__atomic_load_n(&host->error_calls[kind], __ATOMIC_RELAXED) == 1) {
        g_strlcpy(host->error, detail, sizeof(host->error));
    }
}

static void host_trace_step(void *opaque, P9xTraceStep step,
                            const uint64_t arg[4], const P9xTctx *tctx)
{
    Host *host = opaque;

    g_assert_cmpuint(step, <, HOST_TRACES);
    host->traces[step]++;
    memcpy(host->trace_arg[step], arg, sizeof(host->trace_arg[step]));
}

void host_init(Host *host)
{
    memset(host, 0, sizeof(*host));
    host->ram = mmap(NULL, HOST_RAM_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    g_assert_true(host->ram != MAP_FAILED);
    host->exploitation = true;
    host->ports = (P9xPorts) {
        .host = host,
        .mem_is_ram = host_mem_is_ram,
        .mem_read = host_mem_read,
        .mem_write = host_mem_write,
        .mem_store32 = host_mem_store32,
        .line_changed = host_line_changed,
        .guest_error = host_guest_error,
    };
}

void host_destroy(Host *host)
{
    munmap(host->ram, HOST_RAM_SIZE);
}

void host_clear(Host *host, uint64_t addr, uint64_t len)
{
    g_assert_cmpint(madvise(host->ram + addr, len, MADV_DONTNEED), ==, 0);
}

void host_trace(Host *host)
{
    host->ports.trace = host_trace_step;
}

uint32_t host_load32(const Host *host, uint64_t addr)
{
    g_assert_true(inside(addr, 4, 0, HOST_RAM_SIZE));
    return p9x_be32(__atomic_load_n((uint32_t *)(host->ram + addr),
                                    __ATOMIC_ACQUIRE));
}

void host_store32(Host *host, uint64_t addr, uint32_t value)
{
    g_assert_true(host_mem_store32(host, addr, value));
}

void *host_alloc(size_t size)
{
    size_t rounded = (size + 63) & ~(size_t)63;
    void *p = aligned_alloc(64, rounded);

    g_assert_nonnull(p);
    return memset(p, 0, rounded);
}

/* ---- a router and threads ---- */

Rig *rig_new(unsigned nr_threads)
{
    Rig *rig = host_alloc(sizeof(*rig));

    g_assert_cmpuint(nr_threads, <=, RIG_MAX_THREADS);
    host_init(&rig->host);
    p9x_array_tables_init(&rig->tables, RIG_BLOCK, RIG_NR_EAS, RIG_NR_ENDS,
                          RIG_NVT_BASE, RIG_NR_NVTS);
    p9x_presenter_init(&rig->presenter);
    p9x_router_init(&rig->router, &rig->presenter,
                    p9x_array_tables(&rig->tables), &rig->host.ports);
    rig->nr_threads = nr_threads;
    for (unsigned i = 0; i < nr_threads; i++) {
        p9x_tctx_init(&rig->thread[i], &rig->router.unit, RIG_PHYS_CAM + i,
                      &rig->host);
    }
    return rig;
}

void rig_free(Rig *rig)
{
    for (unsigned i = 0; i < rig->nr_threads; i++) {
        p9x_tctx_destroy(&rig->thread[i]);
    }
    p9x_presenter_destroy(&rig->presenter);
    p9x_array_tables_destroy(&rig->tables);
    host_destroy(&rig->host);
    free(rig);
}

uint32_t rig_cam(unsigned vp)
{
    return p9x_cam(RIG_BLOCK, RIG_NVT_BASE + vp);
}

P9xNvt *rig_nvt(Rig *rig, unsigned vp)
{
    return &rig->tables.nvt[vp];
}

void rig_nvt_valid(Rig *rig, unsigned vp)
{
    rig->tables.nvt[vp].w[0] = p9x_be32(P9X_NVT_W0_VALID);
}

void rig_dispatch(Rig *rig, unsigned thread, unsigned vp, uint8_t cppr)
{
    P9xTctx *tctx = &rig->thread[thread];

    rig_nvt_valid(rig, vp);
    p9x_tctx_set_word2(tctx, P9X_RING_OS, P9X_TM_OS_VALID | rig_cam(vp));
    p9x_tctx_set_cppr(tctx, P9X_RING_OS, cppr);
}

void rig_route(Rig *rig, uint32_t eas, uint32_t end, uint32_t data)
{
    uint64_t w = P9X_EAS_VALID;

    w = p9x_set64(w, P9X_EAS_END_BLOCK, RIG_BLOCK);
    w = p9x_set64(w, P9X_EAS_END_INDEX, end);
    w = p9x_set64(w, P9X_EAS_END_DATA, data);
    p9x_eas_write(&rig->tables.eas[eas], w);
}

uint64_t rig_queue_addr(uint32_t end)
{
    return 0x100000 + UINT64_C(0x1000) * end;
}

P9xEnd *rig_end(Rig *rig, uint32_t end, unsigned vp, uint8_t priority,
                uint32_t w0)
{
    P9xEnd *e = &rig->tables.end[end];

    memset(e, 0, sizeof(*e));
    p9x_queue_set(e, rig_queue_addr(end), 12);
    e->w[0] |= p9x_be32(P9X_END_W0_VALID | P9X_END_W0_ENQUEUE | w0);
    p9x_end_set(e, 6, P9X_END_W6_NVT_BLOCK, RIG_BLOCK);
    p9x_end_set(e, 6, P9X_END_W6_NVT_INDEX, RIG_NVT_BASE + vp);
    p9x_end_set(e, 7, P9X_END_W7_F0_PRIORITY, priority);
    return e;
}

uint64_t rig_count(const Rig *rig, P9xCounter kind)
{
    return p9x_counter_read(&rig->router.counters, kind);
}

uint64_t rig_errors(const Rig *rig, P9xGuestError kind)
{
    return p9x_guest_error_read(&rig->router.counters, kind);
}

/* ---- looking at a thread ---- */

uint8_t reg(const P9xTctx *tctx, P9xRing ring, unsigned byte)
{
    return p9x_tctx_reg(tctx, ring, byte);
}

uint32_t word2(const P9xTctx *tctx, P9xRing ring)
{
    return (uint32_t)p9x_load_be(tctx->regs + ring * P9X_TM_RING_SIZE +
                                 P9X_TM_WORD2, 4);
}

static void assert_line(P9xTctx *tctx, unsigned line, bool up)
{
    g_assert_cmpuint(!!(p9x_tctx_lines(tctx) & line), ==, up);
}

void assert_ring_invariant(P9xTctx *tctx)
{
    bool os = word2(tctx, P9X_RING_OS) & P9X_TM_OS_VALID;
    bool phys = word2(tctx, P9X_RING_PHYS) & P9X_TM_PHYS_VALID;
    bool pool = word2(tctx, P9X_RING_POOL) & P9X_TM_POOL_VALID;
    uint8_t pipr, cppr;

    if (os) {
        pipr = reg(tctx, P9X_RING_OS, P9X_TM_PIPR);
        cppr = reg(tctx, P9X_RING_OS, P9X_TM_CPPR);
        g_assert_cmpuint(pipr, ==,
                         p9x_ipb_to_pipr(reg(tctx, P9X_RING_OS, P9X_TM_IPB)));
        g_assert_cmpuint(!!(reg(tctx, P9X_RING_OS, P9X_TM_NSR) &
                            P9X_NSR_EO), ==, pipr < cppr);
        assert_line(tctx, P9X_LINE_OS, pipr < cppr);
    } else {
        assert_line(tctx, P9X_LINE_OS, false);
    }
    if (phys || pool) {
        uint8_t best = p9x_ipb_to_pipr(reg(tctx, P9X_RING_PHYS, P9X_TM_IPB));
        uint8_t of_pool = pool ?
            p9x_ipb_to_pipr(reg(tctx, P9X_RING_POOL, P9X_TM_IPB)) : 0xFF;

        bool lsi = (reg(tctx, P9X_RING_PHYS, P9X_TM_WORD2) & 0x83) == 0x83;
        bool up;

        pipr = reg(tctx, P9X_RING_PHYS, P9X_TM_PIPR);
        cppr = reg(tctx, P9X_RING_PHYS, P9X_TM_CPPR);
        up = lsi || pipr < cppr;
        g_assert_cmpuint(pipr, ==, MIN(best, of_pool));
        g_assert_cmpuint(!!(reg(tctx, P9X_RING_PHYS, P9X_TM_NSR) &
                            P9X_NSR_HE), ==, up);
        assert_line(tctx, P9X_LINE_HV, up);
    } else {
        assert_line(tctx, P9X_LINE_HV, false);
    }
}
