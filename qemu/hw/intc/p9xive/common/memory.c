/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory for the core (xive/ports.h).
 *
 * A guest names addresses for event queues and reporting lines, and the model
 * writes there later, from whatever thread an interrupt comes.  Only plain RAM
 * will do: a write to a device could come back to us while we hold a lock, and
 * ROM or a device's own memory would not take part in migration as RAM does.
 *
 * Look-up and access use one view of the address space inside one RCU read
 * section: RAM that is being unplugged stays until we are done.
 *
 * Event queues are written with each interrupt, so each thread remembers the
 * pages of the queues that it has written to.  A listener takes the memory's
 * generation to an odd number before any view changes and to the next even
 * one when all have.  A page is good while the generation is the one that it
 * was looked up in: then the view that it comes from was current at some time
 * in this read section, and what it points to stays until the section ends.
 */
#include "qemu/osdep.h"
#include "qemu/p9xive-compat.h"
#include "exec/target_page.h"
#include "system/tcg.h"
#if QEMU_SINCE(10, 2)
#include "exec/translation-block.h"
#include "system/physmem.h"
#include "system/ram_addr.h"
#else
#include "exec/exec-all.h"
#include "exec/ram_addr.h"
#endif

#include "adapter.h"
#include "xive/lock.h"

/* Part of a range that lies in one block of RAM. */
typedef struct RamPiece {
    MemoryRegion *mr;
    hwaddr offset;              /* in mr */
    hwaddr len;
} RamPiece;

/* A page of guest memory as this thread knows it. */
typedef struct KnownPage {
    uint64_t generation;        /* 0: none */
    hwaddr addr;
    MemoryRegion *mr;
    uint8_t *host;
    ram_addr_t ram;
} KnownPage;

/* More queues than this that share a slot are looked up each time. */
enum { KNOWN_PAGES = 64 };

static uint64_t memory_generation = 2;
static __thread KnownPage known_pages[KNOWN_PAGES];

static void memory_changing(MemoryListener *listener)
{
    qatomic_set_mb(&memory_generation, memory_generation | 1);
}

static void memory_changed(MemoryListener *listener)
{
    qatomic_store_release(&memory_generation, (memory_generation | 1) + 1);
}

static MemoryListener memory_listener = {
    .name = "p9xive",
    .begin = memory_changing,
    .commit = memory_changed,
};

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
static void tell_of_write(ram_addr_t start, hwaddr len, uint8_t clients)
{
    clients = physical_memory_range_includes_clean(start, len, clients);
    if (tcg_enabled() && (clients & (1 << DIRTY_MEMORY_CODE))) {
        p9xive_tb_invalidate(start, start + len - 1);
        clients &= ~(1 << DIRTY_MEMORY_CODE);
    }
    physical_memory_set_dirty_range(start, len, clients);
}

static void piece_written(const RamPiece *piece)
{
    ram_addr_t start = memory_region_get_ram_addr(piece->mr) + piece->offset;
    uint8_t clients = memory_region_get_dirty_log_mask(piece->mr);

    if (clients) {
        tell_of_write(start, piece->len, clients);
    }
}

static bool mem_is_ram(void *host, uint64_t addr, uint64_t len)
{
    RCU_READ_LOCK_GUARD();

    p9x_assert_under(P9X_UNDER_MEMORY, "mem_is_ram");
    return all_ram(memory_view(), addr, len);
}

static bool mem_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    RCU_READ_LOCK_GUARD();
    FlatView *view = memory_view();
    uint8_t *to = buf;
    RamPiece piece;

    p9x_assert_under(P9X_UNDER_MEMORY, "mem_read");
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

    p9x_assert_under(P9X_UNDER_MEMORY, "mem_write");
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

/* ---- one word, into a page that may be known ----------------------------- */

static bool look_up_page(KnownPage *page, hwaddr addr, uint64_t generation)
{
    RamPiece piece;

    if (!ram_piece(memory_view(), addr, TARGET_PAGE_SIZE, &piece) ||
        piece.len < TARGET_PAGE_SIZE) {
        return false;
    }
    *page = (KnownPage) {
        /* While memory changes, what was found is good for once. */
        .generation = generation & 1 ? 0 : generation,
        .addr = addr,
        .mr = piece.mr,
        .host = piece_host(&piece),
        .ram = memory_region_get_ram_addr(piece.mr) + piece.offset,
    };
    return true;
}

static KnownPage *page_of(hwaddr addr)
{
    uint64_t generation = qatomic_load_acquire(&memory_generation);
    KnownPage *page;

    addr &= TARGET_PAGE_MASK;
    /* Queues start at multiples of their size: spread those of 64 KiB. */
    page = &known_pages[(addr ^ addr >> 4 ^ addr >> 10) / TARGET_PAGE_SIZE %
                        KNOWN_PAGES];
    if (likely(page->generation == generation && page->addr == addr)) {
        return page;
    }
    return look_up_page(page, addr, generation) ? page : NULL;
}

/* One of the dirty bitmaps' bits, as it is now. */
static bool page_is_dirty(ram_addr_t ram, unsigned client)
{
    unsigned long page = ram >> TARGET_PAGE_BITS;
    DirtyMemoryBlocks *blocks =
        qatomic_rcu_read(&ram_list.dirty_memory[client]);

    return test_bit(page % DIRTY_MEMORY_BLOCK_SIZE,
                    blocks->blocks[page / DIRTY_MEMORY_BLOCK_SIZE]);
}

/*
 * Most pages have never held code and are not being migrated: only the
 * translator asks, and its bit is set.
 */
static void word_written(const KnownPage *page, ram_addr_t ram)
{
    uint8_t clients = memory_region_get_dirty_log_mask(page->mr);

    if (clients == 1 << DIRTY_MEMORY_CODE &&
        page_is_dirty(ram, DIRTY_MEMORY_CODE)) {
        return;
    }
    if (clients) {
        tell_of_write(ram, sizeof(uint32_t), clients);
    }
}

/* A word that is not in a whole page of RAM: the smallest regions. */
static bool store_unpaged(uint64_t addr, uint32_t value)
{
    RamPiece piece;

    /* Aligned, so a whole word unless a region ends inside of it. */
    if (!ram_piece(memory_view(), addr, sizeof(value), &piece) ||
        piece.len < sizeof(value)) {
        return false;
    }
    qatomic_set((uint32_t *)piece_host(&piece), cpu_to_be32(value));
    piece_written(&piece);
    return true;
}

static bool mem_store32(void *host, uint64_t addr, uint32_t value)
{
    RCU_READ_LOCK_GUARD();
    hwaddr offset = addr & ~TARGET_PAGE_MASK;
    KnownPage *page = page_of(addr);

    if (!page) {
        return store_unpaged(addr, value);
    }
    qatomic_set((uint32_t *)(page->host + offset), cpu_to_be32(value));
    word_written(page, page->ram + offset);
    return true;
}

void p9xive_memory_ports(P9xPorts *ports)
{
    static bool listening;

    if (!listening) {
        memory_listener_register(&memory_listener, &address_space_memory);
        listening = true;
    }
    ports->mem_is_ram = mem_is_ram;
    ports->mem_read = mem_read;
    ports->mem_write = mem_write;
    ports->mem_store32 = mem_store32;
}
