/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core asks of QEMU (xive/ports.h).
 *
 * A guest names addresses for event queues and reporting lines, and the model
 * writes there later, from whatever thread an interrupt comes.  So an address
 * is looked up afresh with every access, and only plain RAM will do: a write
 * to a device could come back to us while we hold a lock, and ROM or a
 * device's own memory would not take part in migration as RAM does.
 *
 * Look-up and access use one view of the address space inside one RCU read
 * section: RAM that is being unplugged stays until we are done.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/exec-all.h"
#include "exec/ram_addr.h"
#include "hw/irq.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "system/tcg.h"

#include "spapr_xive_internal.h"

/* Part of a range that lies in one block of RAM. */
typedef struct RamPiece {
    MemoryRegion *mr;
    hwaddr offset;              /* in mr */
    hwaddr len;
} RamPiece;

static FlatView *memory_view(void)
{
    return address_space_to_flatview(&address_space_memory);
}

static bool ram_piece(FlatView *view, hwaddr addr, hwaddr len, RamPiece *piece)
{
    MemoryRegion *mr;

    piece->len = len;
    mr = flatview_translate(view, addr, &piece->offset, &piece->len, true,
                            MEMTXATTRS_UNSPECIFIED);
    piece->mr = mr;
    return piece->len > 0 && memory_region_is_ram(mr) && !mr->readonly &&
           !memory_region_is_romd(mr) && !memory_region_is_ram_device(mr);
}

static bool all_ram(FlatView *view, hwaddr addr, hwaddr len)
{
    RamPiece piece;

    for (; len > 0; addr += piece.len, len -= piece.len) {
        if (!ram_piece(view, addr, len, &piece)) {
            return false;
        }
    }
    return true;
}

static void *piece_host(const RamPiece *piece)
{
    return (uint8_t *)memory_region_get_ram_ptr(piece->mr) + piece->offset;
}

/* Tells migration and, where the guest had code there, the translator. */
static void piece_written(const RamPiece *piece)
{
    ram_addr_t start = memory_region_get_ram_addr(piece->mr) + piece->offset;
    uint8_t clients = memory_region_get_dirty_log_mask(piece->mr);

    if (clients) {
        clients = cpu_physical_memory_range_includes_clean(start, piece->len,
                                                           clients);
    }
    if (tcg_enabled() && (clients & (1 << DIRTY_MEMORY_CODE))) {
        tb_invalidate_phys_range(start, start + piece->len - 1);
        clients &= ~(1 << DIRTY_MEMORY_CODE);
    }
    cpu_physical_memory_set_dirty_range(start, piece->len, clients);
}

static bool mem_is_ram(void *host, uint64_t addr, uint64_t len)
{
    RCU_READ_LOCK_GUARD();

    return all_ram(memory_view(), addr, len);
}

static bool mem_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    RCU_READ_LOCK_GUARD();
    FlatView *view = memory_view();
    uint8_t *to = buf;
    RamPiece piece;

    if (!all_ram(view, addr, len)) {
        return false;
    }
    for (; len > 0; addr += piece.len, to += piece.len, len -= piece.len) {
        ram_piece(view, addr, len, &piece);
        memcpy(to, piece_host(&piece), piece.len);
    }
    return true;
}

static bool mem_write(void *host, uint64_t addr, const void *buf,
                      uint64_t len)
{
    RCU_READ_LOCK_GUARD();
    FlatView *view = memory_view();
    const uint8_t *from = buf;
    RamPiece piece;

    if (!all_ram(view, addr, len)) {
        return false;
    }
    for (; len > 0; addr += piece.len, from += piece.len, len -= piece.len) {
        ram_piece(view, addr, len, &piece);
        memcpy(piece_host(&piece), from, piece.len);
        piece_written(&piece);
    }
    return true;
}

static bool mem_store32(void *host, uint64_t addr, uint32_t value)
{
    RCU_READ_LOCK_GUARD();
    RamPiece piece;

    /* Aligned, so a whole word unless a region ends inside of it. */
    if (!ram_piece(memory_view(), addr, 4, &piece) || piece.len < 4) {
        return false;
    }
    qatomic_set((uint32_t *)piece_host(&piece), cpu_to_be32(value));
    piece_written(&piece);
    return true;
}

void spapr_xive_update_line(SpaprXiveTctx *tctx)
{
    /*
     * Two threads may have changed the level in one order and come here in
     * the other.  Sampling under the lock, the last one is right either way.
     */
    BQL_LOCK_GUARD();

    qemu_set_irq(tctx->os_line, !!(p9x_tctx_lines(&tctx->core) & P9X_LINE_OS));
}

static void line_changed(void *host, P9xTctx *core)
{
    spapr_xive_update_line(container_of(core, SpaprXiveTctx, core));
}

static void guest_error(void *host, P9xGuestError kind, const char *detail)
{
    qemu_log_mask(LOG_GUEST_ERROR, "xive: %s: %s\n",
                  p9x_guest_error_name(kind), detail);
}

void spapr_xive_ports_init(SpaprXive *xive)
{
    xive->ports = (P9xPorts) {
        .host = xive,
        .mem_is_ram = mem_is_ram,
        .mem_read = mem_read,
        .mem_write = mem_write,
        .mem_store32 = mem_store32,
        .line_changed = line_changed,
        .guest_error = guest_error,
        .trace = spapr_xive_trace,
    };
}
