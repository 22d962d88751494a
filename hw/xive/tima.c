/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TIMA decode: a table of operations, and rights by byte for the rest.
 */
#include <stddef.h>

#include "tctx_internal.h"
#include "xive/dispatch.h"
#include "xive/presenter.h"
#include "xive/tima.h"

/*
 * Rights of a page, byte by byte: 0 none, 1 store, 2 load, 3 both.
 * One string a ring, 16 bytes each.
 */
static const char *const rights[P9X_TIMA_PAGES][P9X_NR_RINGS] = {
    [P9X_TIMA_HW] = {
        "3000" "0000" "3333" "0000",
        "3333" "3302" "3333" "0000",
        "0033" "0330" "3333" "0000",
        "3333" "0302" "3003" "3330"
    },
    [P9X_TIMA_HV] = {
        "3000" "0000" "3333" "0000",
        "3333" "3302" "3333" "0000",
        "0033" "0330" "0333" "0000",
        "3333" "0302" "3003" "0000"
    },
    [P9X_TIMA_OS] = {
        "3000" "0000" "3333" "0000",
        "2322" "2202" "0000" "0000",
        "0000" "0000" "0000" "0000",
        "0000" "0000" "0000" "0000"
    },
    [P9X_TIMA_USER] = {
        "3000" "0000" "0000" "0000",
        "0000" "0000" "0000" "0000",
        "0000" "0000" "0000" "0000",
        "0000" "0000" "0000" "0000"
    }
};

enum { RIGHT_STORE = 1, RIGHT_LOAD = 2 };

/* Bit i of the result: byte i of the access has @right. */
static unsigned rights_mask(P9xTimaPage page, unsigned reg, unsigned size,
                            unsigned right)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < size; i++) {
        unsigned at = (reg + i) % P9X_TM_IMAGE_SIZE;
        const char *ring = rights[page][at / P9X_TM_RING_SIZE];

        if ((unsigned)(ring[at % P9X_TM_RING_SIZE] - '0') & right) {
            mask |= 1u << i;
        }
    }
    return mask;
}

/*
 * Reporting lines: 16 bytes in guest memory that software reads instead of
 * registers.  Their address is in the NVT of the ring's VP; the even line
 * takes acknowledges, the odd one pulled contexts.
 */
static uint64_t report_address(P9xTctx *tctx, P9xRing ring)
{
    const P9xUnit *unit = tctx->unit;
    uint64_t addr = 0;
    P9xLock *lock;
    P9xNvt *nvt;
    uint32_t cam;

    if (!p9x_tctx_ring_cam(tctx, ring, (uint32_t)p9x_tctx_raw_load(
            tctx, ring * P9X_TM_RING_SIZE + P9X_TM_WORD2, 4, 0xF), &cam)) {
        return 0;
    }
    lock = p9x_nvt_lock(unit->presenter, cam);
    p9x_lock(lock);
    nvt = p9x_nvt_valid_of(&unit->tables, cam);
    if (nvt) {
        addr = p9x_nvt_report(nvt);
    }
    p9x_unlock(lock);
    return addr;
}

/*
 * Where @line of the pair is, or 0 and a guest error.  Asked before the
 * operation, whose result would be lost for good if it had no place to go.
 */
static uint64_t report_line(P9xTctx *tctx, P9xRing ring, unsigned line)
{
    const P9xUnit *u = tctx->unit;
    uint64_t addr = report_address(tctx, ring);

    if (addr && u->ports->mem_is_ram(u->ports->host, addr,
                                     P9X_REPORT_PAIR_SIZE)) {
        return addr + line * P9X_REPORT_LINE_SIZE;
    }
    p9x_guest_error(u->ports, u->counters, P9X_ERR_REPORTING_LINE,
                    "ring %d has no usable reporting line (0x%llx)",
                    ring, (unsigned long long)addr);
    return 0;
}

static void report(P9xTctx *tctx, uint64_t addr, const uint8_t *image)
{
    const P9xPorts *ports = tctx->unit->ports;

    ports->mem_write(ports->host, addr, image, P9X_REPORT_IMAGE);
}

static void report_ack(P9xTctx *tctx, P9xRing ring, P9xRing reports)
{
    uint64_t addr = report_line(tctx, reports, 0);
    uint8_t image[P9X_REPORT_IMAGE];
    uint16_t ack;

    if (!addr) {
        return;
    }
    ack = p9x_tctx_ack(tctx, ring);
    for (unsigned i = 0; i < sizeof(image); i++) {
        image[i] = 0xFF;
    }
    p9x_store_be(&image[8], 2, ack);
    report(tctx, addr, image);
}

/* Operations.  Loads get 0 as value; what a store returns is ignored. */
static uint64_t op_os_cppr(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_set_cppr(tctx, P9X_RING_OS, (uint8_t)value);
    return 0;
}

static uint64_t op_phys_cppr(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_set_cppr(tctx, P9X_RING_PHYS, (uint8_t)value);
    return 0;
}

static uint64_t op_push_user(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_set_word2(tctx, P9X_RING_USER, (uint32_t)value);
    return 0;
}

static uint64_t op_push_os(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_set_word2(tctx, P9X_RING_OS, (uint32_t)value);
    return 0;
}

static uint64_t op_push_pool(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_set_word2(tctx, P9X_RING_POOL, (uint32_t)value);
    return 0;
}

/* What there is of the first byte of the physical WORD2. */
enum { VT_BYTE = P9X_TM_PHYS_VT | P9X_TM_PHYS_LP | P9X_TM_PHYS_LE };

static uint64_t op_set_vt(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_set_word2(tctx, P9X_RING_PHYS,
                       (p9x_ring_word2(tctx, P9X_RING_PHYS) & 0x00FFFFFF) |
                       (uint32_t)(value & VT_BYTE) << 24);
    return 0;
}

static uint64_t op_poll_vt(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_ring_word2(tctx, P9X_RING_PHYS) >> 24 & VT_BYTE;
}

static uint64_t load_byte(P9xTctx *tctx, P9xRing ring, unsigned reg)
{
    return p9x_tctx_raw_load(tctx, ring * P9X_TM_RING_SIZE + reg, 1, 1);
}

static uint64_t op_load_user_nsr(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return load_byte(tctx, P9X_RING_USER, P9X_TM_NSR);
}

static uint64_t op_load_os_cppr(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return load_byte(tctx, P9X_RING_OS, P9X_TM_CPPR);
}

static uint64_t op_load_phys_cppr(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return load_byte(tctx, P9X_RING_PHYS, P9X_TM_CPPR);
}

static uint64_t op_user_nsr(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_raw_store(tctx, P9X_RING_USER * P9X_TM_RING_SIZE + P9X_TM_NSR, 1,
                       value, 1);
    return 0;
}

static uint64_t op_ack_ebb(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_tctx_ack_ebb(tctx);
}

static uint64_t op_ack_os(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_tctx_ack(tctx, P9X_RING_OS);
}

static uint64_t op_ack_hv(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_tctx_ack(tctx, P9X_RING_PHYS);
}

static uint64_t op_os_pending(P9xTctx *tctx, uint64_t value)
{
    p9x_tctx_set_pending(tctx, P9X_RING_OS, (uint8_t)value);
    return 0;
}

static uint64_t op_pull_user(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_tctx_pull(tctx, P9X_RING_USER);
}

static uint64_t op_pull_os(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_tctx_pull(tctx, P9X_RING_OS);
}

static uint64_t op_pull_pool(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_tctx_pull(tctx, P9X_RING_POOL);
}

static uint64_t op_pull_phys(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    return p9x_tctx_pull(tctx, P9X_RING_PHYS) >> 24;
}

static uint64_t op_pull_user_odd(P9xTctx *tctx, uint64_t value)
{
    uint64_t addr = report_line(tctx, P9X_RING_OS, 1);
    uint8_t image[P9X_TM_IMAGE_SIZE];

    (void)value;
    if (addr) {
        p9x_tctx_save(tctx, image);
        p9x_tctx_pull(tctx, P9X_RING_USER);
        report(tctx, addr, image);
    }
    return 0;
}

static uint64_t op_ack_os_even(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    report_ack(tctx, P9X_RING_OS, P9X_RING_OS);
    return 0;
}

static uint64_t op_ack_pool_even(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    report_ack(tctx, P9X_RING_PHYS, P9X_RING_POOL);
    return 0;
}

static uint64_t op_ack_phys_even(P9xTctx *tctx, uint64_t value)
{
    (void)value;
    report_ack(tctx, P9X_RING_PHYS, P9X_RING_PHYS);
    return 0;
}

typedef uint64_t TimaOp(P9xTctx *tctx, uint64_t value);

/* What an operation presumes of its ring, which its offset names. */
typedef enum RingState {
    ANY,
    LIVE,
    NOT_LIVE
} RingState;

/* @page: the least privileged one that may; @sizes: a mask of byte counts. */
typedef struct TimaRow {
    uint8_t page;
    uint8_t sizes;
    uint8_t state;      /* RingState */
    TimaOp *op;
} TimaRow;

/* The decoded address bits (P9X_TM_DECODE_MASK), packed to 0-255. */
#define ROW(offset) ((((offset) & P9X_TM_DECODE_MASK) >> 4 & 0xC0) | \
                     ((offset) & 0x3F))
enum { NR_ROWS = 256 };

static const TimaRow load_rows[NR_ROWS] = {
    [ROW(0x000)] = { P9X_TIMA_USER, 1, ANY, op_load_user_nsr },
    [ROW(0x011)] = { P9X_TIMA_OS, 1, ANY, op_load_os_cppr },
    [ROW(0x031)] = { P9X_TIMA_HV, 1, ANY, op_load_phys_cppr },
    [ROW(0x038)] = { P9X_TIMA_HV, 1, ANY, op_poll_vt },
    [ROW(P9X_TM_ACK_EBB)] = { P9X_TIMA_USER, 1, LIVE, op_ack_ebb },
    [ROW(P9X_TM_PULL_USER)] = { P9X_TIMA_OS, 4, LIVE, op_pull_user },
    [ROW(P9X_TM_ACK_OS)] = { P9X_TIMA_OS, 2, LIVE, op_ack_os },
    [ROW(P9X_TM_PULL_OS)] = { P9X_TIMA_HV, 4 | 8, LIVE, op_pull_os },
    [ROW(P9X_TM_PULL_POOL)] = { P9X_TIMA_HV, 4 | 8, LIVE, op_pull_pool },
    [ROW(P9X_TM_ACK_HV)] = { P9X_TIMA_HV, 2, LIVE, op_ack_hv },
    [ROW(P9X_TM_PULL_PHYS)] = { P9X_TIMA_HV, 1, LIVE, op_pull_phys }
};

static const TimaRow store_rows[NR_ROWS] = {
    [ROW(0x000)] = { P9X_TIMA_USER, 1, ANY, op_user_nsr },
    [ROW(0x011)] = { P9X_TIMA_OS, 1, ANY, op_os_cppr },
    [ROW(0x018)] = { P9X_TIMA_HV, 4, ANY, op_push_os },
    [ROW(0x028)] = { P9X_TIMA_HV, 4, ANY, op_push_pool },
    [ROW(0x031)] = { P9X_TIMA_HV, 1, ANY, op_phys_cppr },
    [ROW(0x038)] = { P9X_TIMA_HV, 1, NOT_LIVE, op_set_vt },
    [ROW(P9X_TM_PULL_USER)] = { P9X_TIMA_OS, 4, ANY, op_push_user },
    [ROW(P9X_TM_SET_OS_PENDING)] = { P9X_TIMA_OS, 1, LIVE, op_os_pending },
    [ROW(P9X_TM_PULL_USER_OL)] = { P9X_TIMA_OS, 1, LIVE, op_pull_user_odd },
    [ROW(P9X_TM_ACK_OS_EL)] = { P9X_TIMA_OS, 1, ANY, op_ack_os_even },
    [ROW(P9X_TM_ACK_POOL_EL)] = { P9X_TIMA_HV, 1, ANY, op_ack_pool_even },
    [ROW(P9X_TM_ACK_PHYS_EL)] = { P9X_TIMA_HV, 1, ANY, op_ack_phys_even }
};

/* The row of the operation that this access is, or NULL. */
static const TimaRow *find_row(const TimaRow *rows, P9xTimaPage page,
                               uint32_t offset, unsigned size)
{
    const TimaRow *row = &rows[ROW(offset)];

    return (row->sizes & size) && page <= row->page ? row : NULL;
}

static void __attribute__((noinline)) ring_error(const P9xTctx *tctx,
                                                 P9xRing ring, uint32_t offset,
                                                 bool wants_live)
{
    const P9xUnit *u = tctx->unit;

    p9x_guest_error(u->ports, u->counters, P9X_ERR_TIMA_RING,
                    "TIMA operation 0x%03x on ring %d, which is %slive", offset,
                    ring, wants_live ? "not " : "");
}

/*
 * The architecture leaves open what an operation does to a ring that is not in
 * the state for it.  Ours is carried out; the guest is told, because it has
 * lost count of what it pushed and pulled.
 */
static void check_state(const P9xTctx *tctx, const TimaRow *row,
                        uint32_t offset)
{
    P9xRing ring = (P9xRing)(offset % P9X_TM_IMAGE_SIZE / P9X_TM_RING_SIZE);

    if (row->state != ANY &&
        p9x_ring_live(tctx, ring) != (row->state == LIVE)) {
        ring_error(tctx, ring, offset, row->state == LIVE);
    }
}

static void tima_error(P9xTctx *tctx, bool store, P9xTimaPage page,
                       uint32_t offset, unsigned size)
{
    const P9xUnit *u = tctx->unit;

    p9x_guest_error(u->ports, u->counters,
                    store ? P9X_ERR_TIMA_STORE : P9X_ERR_TIMA_LOAD,
                    "%u-byte %s at 0x%03x of TIMA page %d", size,
                    store ? "store" : "load", offset, page);
}

uint64_t p9x_tima_load(P9xTctx *tctx, P9xTimaPage page, uint32_t offset,
                       unsigned size)
{
    uint32_t at = offset & P9X_TM_DECODE_MASK;
    const TimaRow *row = find_row(load_rows, page, at, size);
    unsigned mask;

    if (row) {
        check_state(tctx, row, at);
        return row->op(tctx, 0);
    }
    mask = rights_mask(page, at, size, RIGHT_LOAD);
    if ((at & P9X_TM_SPC) || size < 4 || !mask) {
        tima_error(tctx, false, page, at, size);
        return p9x_lane_load(UINT64_MAX, 0, size);
    }
    return p9x_tctx_raw_load(tctx, at % P9X_TM_IMAGE_SIZE, size, mask);
}

void p9x_tima_store(P9xTctx *tctx, P9xTimaPage page, uint32_t offset,
                    unsigned size, uint64_t value)
{
    uint32_t at = offset & P9X_TM_DECODE_MASK;
    const TimaRow *row = find_row(store_rows, page, at, size);
    unsigned mask;

    if (row) {
        check_state(tctx, row, at);
        row->op(tctx, value);
        return;
    }
    mask = rights_mask(page, at, size, RIGHT_STORE);
    if ((at & P9X_TM_SPC) || size < 4 || !mask) {
        tima_error(tctx, true, page, at, size);
        return;
    }
    p9x_tctx_raw_store(tctx, at % P9X_TM_IMAGE_SIZE, size, value, mask);
}

uint64_t p9x_tima_no_thread(const P9xUnit *unit, bool store, uint64_t offset)
{
    p9x_guest_error(unit->ports, unit->counters, P9X_ERR_TIMA_NO_THREAD,
                    "%s at TIMA offset 0x%llx from outside of any thread",
                    store ? "store" : "load", (unsigned long long)offset);
    return UINT64_MAX;
}
