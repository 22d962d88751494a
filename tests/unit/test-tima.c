/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TIMA's pages: access rights by byte, and the special operations. */
#include "fixture.h"

#define PATTERN UINT64_C(0xA1B2C3D4E5F60718)

/*
 * Rights as the architecture's documents have them, written down a second
 * time: rows are pages, columns rings of 16 bytes; 1 stores, 2 loads.
 */
static const char *const rights[P9X_TIMA_PAGES] = {
    "3000000033330000" "3333330233330000" "0033033033330000"
    "3333030230033330",
    "3000000033330000" "3333330233330000" "0033033003330000"
    "3333030230030000",
    "3000000033330000" "2322220200000000" "0000000000000000"
    "0000000000000000",
    "3000000000000000" "0000000000000000" "0000000000000000"
    "0000000000000000",
};

static bool right(unsigned page, unsigned at, unsigned which)
{
    return (rights[page][at % P9X_TM_IMAGE_SIZE] - '0') & which;
}

static uint64_t errors(Rig *rig)
{
    return p9x_guest_errors_total(&rig->router.counters);
}

/*
 * No ring is live, so bytes are storage: what raw stores leave is what was
 * stored.  (PIPR is derived always; WORD2's first byte would make it live.)
 */
static uint8_t fill(unsigned at)
{
    return (uint8_t)(0x11 + 3 * (at & 0x3F)) & 0x7F;
}

static void fill_thread(P9xTctx *t)
{
    for (unsigned at = 0; at < P9X_TM_IMAGE_SIZE; at++) {
        t->regs[at] = fill(at);
    }
}

static void check_load(Rig *rig, unsigned page, unsigned at, unsigned size)
{
    P9xTctx *t = &rig->thread[0];
    uint64_t before = errors(rig);
    uint64_t want = 0, got;
    bool any = false;

    for (unsigned i = 0; i < size; i++) {
        bool may = right(page, at + i, 2);

        any |= may;
        want = want << 8 | (may ? fill(at + i) : 0);
    }
    if (!any) {
        want = UINT64_MAX >> (64 - 8 * size);
    }
    fill_thread(t);
    got = p9x_tima_load(t, (P9xTimaPage)page, at, size);
    g_assert_cmphex(got, ==, want);
    g_assert_cmpuint(errors(rig), ==, before + !any);
}

/* rows: T2 T12 */
static void test_raw_loads_follow_the_rights_of_each_byte(void)
{
    Rig *rig = rig_new(1);

    for (unsigned page = 0; page < P9X_TIMA_PAGES; page++) {
        for (unsigned at = 0; at < P9X_TM_IMAGE_SIZE; at += 4) {
            check_load(rig, page, at, 4);
            check_load(rig, page, at, 8);
        }
    }
    rig_free(rig);
}

static bool is_pipr(unsigned at)
{
    return at == P9X_RING_OS * 16 + P9X_TM_PIPR ||
           at == P9X_RING_PHYS * 16 + P9X_TM_PIPR;
}

static void check_store(Rig *rig, unsigned page, unsigned at, unsigned size)
{
    uint64_t value = PATTERN >> (64 - 8 * size) & 0x7F7F7F7F7F7F7F7F;
    uint64_t before = errors(rig);
    P9xTctx *t = &rig->thread[0];
    bool any = false;

    fill_thread(t);
    p9x_tima_store(t, (P9xTimaPage)page, at, size, value);
    for (unsigned i = 0; i < P9X_TM_IMAGE_SIZE; i++) {
        unsigned n = (i - at) % P9X_TM_IMAGE_SIZE;
        bool may = n < size && right(page, i, 1);
        uint8_t want = may ? (uint8_t)(value >> (8 * (size - 1 - n))) :
                             fill(i);

        any |= may;
        if (may && want > 7 && (i == 0x11 || i == 0x31)) {
            want = 0xFF;                /* CPPR knows 8 priorities */
        }
        if (!is_pipr(i)) {
            g_assert_cmphex(t->regs[i], ==, want);
        }
    }
    g_assert_cmpuint(errors(rig), ==, before + !any);
}

/* 4-byte stores that are operations are no raw accesses. */
static bool pushes(unsigned page, unsigned at, unsigned size)
{
    return size == 4 && page <= P9X_TIMA_HV && (at == 0x18 || at == 0x28);
}

/* rows: T2 T12 */
static void test_raw_stores_follow_the_rights_of_each_byte(void)
{
    Rig *rig = rig_new(1);

    for (unsigned page = 0; page < P9X_TIMA_PAGES; page++) {
        for (unsigned at = 0; at < P9X_TM_IMAGE_SIZE; at += 4) {
            if (!pushes(page, at, 4)) {
                check_store(rig, page, at, 4);
            }
            check_store(rig, page, at, 8);
        }
    }
    rig_free(rig);
}

/* The single bytes that can be loaded and stored, by page. */
static bool special_byte(unsigned page, unsigned at)
{
    return at == 0x00 || (at == 0x11 && page <= P9X_TIMA_OS) ||
           ((at == 0x31 || at == 0x38) && page <= P9X_TIMA_HV);
}

/* Every 1- and 2-byte access that is no operation, on all pages. */
/* rows: T3 */
static void test_small_raw_accesses_are_refused(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    for (unsigned page = 0; page < P9X_TIMA_PAGES; page++) {
        for (unsigned at = 0; at < P9X_TM_IMAGE_SIZE; at++) {
            for (unsigned size = 1; size <= 2; size++) {
                uint64_t before = errors(rig);
                uint8_t image[P9X_TM_IMAGE_SIZE];

                if (size == 1 && special_byte(page, at)) {
                    continue;
                }
                fill_thread(t);
                memcpy(image, t->regs, sizeof(image));
                g_assert_cmphex(p9x_tima_load(t, (P9xTimaPage)page, at, size),
                                ==, size == 1 ? 0xFF : 0xFFFF);
                p9x_tima_store(t, (P9xTimaPage)page, at, size, 0);
                g_assert_cmpuint(errors(rig), ==, before + 2);
                g_assert_cmpmem(image, sizeof(image), t->regs,
                                sizeof(image));
            }
        }
    }
    rig_free(rig);
}

static void check_byte_load(P9xTctx *t, unsigned page, unsigned at)
{
    /* Of the physical WORD2's first byte there are VT, LP and LE. */
    uint8_t want = at == 0x38 ? fill(at) & 0x83 : fill(at);
    uint8_t image[P9X_TM_IMAGE_SIZE];

    fill_thread(t);
    memcpy(image, t->regs, sizeof(image));
    g_assert_cmphex(p9x_tima_load(t, (P9xTimaPage)page, at, 1), ==, want);
    g_assert_cmpmem(image, sizeof(image), t->regs, sizeof(image));
}

static void check_byte_store(P9xTctx *t, unsigned page, unsigned at,
                             uint8_t value)
{
    bool cppr = at == 0x11 || at == 0x31;
    uint8_t want = at == 0x38 ? value & 0x83 :
                   cppr && value > 7 ? 0xFF : value;

    fill_thread(t);
    p9x_tima_store(t, (P9xTimaPage)page, at, 1,
                   UINT64_C(0x5A5A5A5A5A5A5A00) | value);
    for (unsigned i = 0; i < P9X_TM_IMAGE_SIZE; i++) {
        /* VT and VU make what was stored into NSR mean something. */
        if (!is_pipr(i) && i != 0x30) {
            g_assert_cmphex(t->regs[i], ==, i == at ? want : fill(i));
        }
    }
    g_assert_cmphex(p9x_tima_load(t, (P9xTimaPage)page, at, 1), ==, want);
    assert_ring_invariant(t);
    if (at == 0x38) {
        p9x_tctx_pull(t, P9X_RING_PHYS);
    }
}

/* rows: T2 */
static void test_some_single_bytes_are_registers(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];
    unsigned found = 0;

    for (unsigned page = 0; page < P9X_TIMA_PAGES; page++) {
        for (unsigned at = 0; at < P9X_TM_IMAGE_SIZE; at++) {
            if (!special_byte(page, at)) {
                continue;
            }
            found++;
            check_byte_load(t, page, at);
            for (unsigned value = 0; value < 256; value++) {
                check_byte_store(t, page, at, (uint8_t)value);
            }
        }
    }
    g_assert_cmpuint(found, ==, 4 + 3 + 2 + 2);
    g_assert_cmpuint(errors(rig), ==, 0);
    rig_free(rig);
}

/* The user ring has no CPPR: its NSR is all there is to it. */
static void test_a_stored_user_nsr_raises_and_takes_back_a_branch(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_dispatch(rig, 0, 5, 0xFF);
    p9x_tima_store(t, P9X_TIMA_USER, 0x00, 1, 0x80);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    p9x_tima_store(t, P9X_TIMA_OS, 0x808, 4, P9X_TM_USER_VALID | 7);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_EBB);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_USER, 0x00, 1), ==, 0x80);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_EBB);
    p9x_tima_store(t, P9X_TIMA_USER, 0x00, 1, 0);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    rig_free(rig);
}

typedef enum Presumes {
    NOTHING,
    RUNS,                       /* a context in the ring */
    EMPTY
} Presumes;

typedef struct OpRow {
    uint16_t offset;
    bool store;
    uint8_t sizes;
    P9xTimaPage page;           /* the least privileged that may */
    Presumes ring;
} OpRow;

static const OpRow ops[] = {
    { 0x000, true, 1, P9X_TIMA_USER, NOTHING },
    { 0x000, false, 1, P9X_TIMA_USER, NOTHING },
    { 0x011, true, 1, P9X_TIMA_OS, NOTHING },
    { 0x011, false, 1, P9X_TIMA_OS, NOTHING },
    { 0x018, true, 4, P9X_TIMA_HV, NOTHING },
    { 0x031, true, 1, P9X_TIMA_HV, NOTHING },
    { 0x031, false, 1, P9X_TIMA_HV, NOTHING },
    { 0x038, true, 1, P9X_TIMA_HV, EMPTY },
    { 0x038, false, 1, P9X_TIMA_HV, NOTHING },
    { 0x810, false, 2, P9X_TIMA_OS, RUNS },
    { 0x812, true, 1, P9X_TIMA_OS, RUNS },
    { 0x818, false, 4 | 8, P9X_TIMA_HV, RUNS },
    { 0x828, false, 4 | 8, P9X_TIMA_HV, RUNS },
    { 0x830, false, 2, P9X_TIMA_HV, RUNS },
    { 0x838, false, 1, P9X_TIMA_HV, RUNS },
    { 0x800, false, 1, P9X_TIMA_USER, RUNS },
    { 0x808, true, 4, P9X_TIMA_OS, NOTHING },
    { 0x808, false, 4, P9X_TIMA_OS, RUNS },
    { 0xC08, true, 1, P9X_TIMA_OS, RUNS },
    { 0xC10, true, 1, P9X_TIMA_OS, NOTHING },
    { 0xC20, true, 1, P9X_TIMA_HV, NOTHING },
    { 0xC30, true, 1, P9X_TIMA_HV, NOTHING },
};

static bool is_op(unsigned page, unsigned offset, unsigned size, bool store)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        if (ops[i].offset == offset && ops[i].store == store &&
            (ops[i].sizes & size) && page <= (unsigned)ops[i].page) {
            return true;
        }
    }
    return false;
}

/* All of 0x800-0xFFF, every page, size and direction. */
/* rows: T13 */
static void test_special_operations_exist_where_listed_and_nowhere_else(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    for (unsigned page = 0; page < P9X_TIMA_PAGES; page++) {
        for (unsigned offset = 0x800; offset < 0x1000; offset++) {
            for (unsigned size = 1; size <= 8; size *= 2) {
                uint64_t n = rig_errors(rig, P9X_ERR_TIMA_LOAD);
                bool listed = is_op(page, offset & 0xC3F, size, false);

                p9x_tima_load(t, (P9xTimaPage)page, offset, size);
                g_assert_cmpuint(rig_errors(rig, P9X_ERR_TIMA_LOAD), ==,
                                 n + !listed);
                n = rig_errors(rig, P9X_ERR_TIMA_STORE);
                listed = is_op(page, offset & 0xC3F, size, true);
                p9x_tima_store(t, (P9xTimaPage)page, offset, size, 0);
                g_assert_cmpuint(rig_errors(rig, P9X_ERR_TIMA_STORE), ==,
                                 n + !listed);
            }
        }
    }
    rig_free(rig);
}

static void check_ring_of(Rig *rig, const OpRow *op, unsigned size, bool runs)
{
    uint64_t told = rig_errors(rig, P9X_ERR_TIMA_RING);
    P9xRing ring = (P9xRing)((op->offset & 0x30) >> 4);
    P9xTctx *t = &rig->thread[0];
    bool wrong = op->ring == (runs ? EMPTY : RUNS);

    p9x_tctx_set_word2(t, ring, runs ? P9X_TM_OS_VALID | 5 : 5);
    if (op->store) {
        p9x_tima_store(t, op->page, op->offset, size, 6);
    } else {
        p9x_tima_load(t, op->page, op->offset, size);
    }
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_TIMA_RING), ==, told + wrong);
}

static void test_operations_on_a_ring_in_the_wrong_state_are_guest_errors(void)
{
    Rig *rig = rig_new(1);

    rig_nvt_valid(rig, 5);
    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        for (unsigned size = 1; size <= 8; size *= 2) {
            if (ops[i].sizes & size) {
                check_ring_of(rig, &ops[i], size, false);
                check_ring_of(rig, &ops[i], size, true);
            }
        }
    }
    g_assert_cmpuint(rig->host.error_calls[P9X_ERR_TIMA_RING], ==, 1);
    rig_free(rig);
}

static void test_an_operation_on_a_ring_in_the_wrong_state_is_put_in_words(
    void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x818, 4), ==, 0);
    g_assert_cmpstr(rig->host.error, ==,
                    "TIMA operation 0x818 on ring 1, which is not live");
    rig_free(rig);

    rig = rig_new(1);
    t = &rig->thread[0];
    p9x_tima_store(t, P9X_TIMA_HV, 0x38, 1, 0x80);
    g_assert_cmpuint(errors(rig), ==, 0);
    p9x_tima_store(t, P9X_TIMA_HV, 0x38, 1, 0x80);
    g_assert_cmpstr(rig->host.error, ==,
                    "TIMA operation 0x038 on ring 3, which is live");
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x838, 1), ==, 0x80);
    g_assert_cmpuint(errors(rig), ==, 1);
    rig_free(rig);
}

static Rig *rig_pending(uint8_t priority)
{
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0xFF);
    p9x_tctx_set_pending(&rig->thread[0], P9X_RING_OS, priority);
    return rig;
}

/* rows: T1 */
static void test_snoop_bits_are_not_decoded(void)
{
    static const unsigned same[] = { 0x810, 0x890, 0x910, 0x990, 0xB90,
                                     0xBD0, 0x850 };

    for (unsigned i = 0; i < G_N_ELEMENTS(same); i++) {
        Rig *rig = rig_pending(4);

        g_assert_cmphex(p9x_tima_load(&rig->thread[0], P9X_TIMA_OS, same[i],
                                      2), ==, 0x8004);
        rig_free(rig);
    }
}

static void test_ack_os_works_from_os_hv_and_hw(void)
{
    for (unsigned page = 0; page <= P9X_TIMA_OS; page++) {
        Rig *rig = rig_pending(6);
        P9xTctx *t = &rig->thread[0];

        g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
        g_assert_cmphex(p9x_tima_load(t, (P9xTimaPage)page, 0x810, 2), ==,
                        0x8006);
        g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
        g_assert_cmphex(p9x_tima_load(t, (P9xTimaPage)page, 0x810, 2), ==, 6);
        rig_free(rig);
    }
}

/* rows: T13 */
static void test_a_less_privileged_page_cannot_ack_or_pull(void)
{
    Rig *rig = rig_pending(6);
    P9xTctx *t = &rig->thread[0];

    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_USER, 0x810, 2), ==, 0xFFFF);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_OS, 0x818, 4), ==, 0xFFFFFFFF);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_OS, 0x830, 2), ==, 0xFFFF);
    p9x_tima_store(t, P9X_TIMA_OS, 0x18, 4, 0);
    g_assert_cmphex(word2(t, P9X_RING_OS), ==, P9X_TM_OS_VALID | rig_cam(5));
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    g_assert_cmpuint(errors(rig), ==, 4);
    rig_free(rig);
}

/* rows: T12 */
static void test_the_os_page_stores_cppr_and_nothing_else(void)
{
    Rig *rig = rig_pending(6);
    P9xTctx *t = &rig->thread[0];

    /* 8 bytes over the ring: only byte 1 arrives. */
    p9x_tima_store(t, P9X_TIMA_OS, 0x10, 8, UINT64_C(0x8007FF0000000000));
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_CPPR), ==, 7);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_IPB), ==, 0x80 >> 6);
    p9x_tima_store(t, P9X_TIMA_OS, 0x11, 1, 3);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    assert_ring_invariant(t);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_OS, 0x10, 8), ==,
                    UINT64_C(0x000302FFFF000006));
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_OS, 0x18, 4), ==, 0xFFFFFFFF);
    rig_free(rig);
}

static void test_a_raw_cppr_store_is_one_too(void)
{
    Rig *rig = rig_pending(6);
    P9xTctx *t = &rig->thread[0];

    for (unsigned v = 0; v < 256; v++) {
        p9x_tima_store(t, P9X_TIMA_OS, 0x10, 4, v << 16);
        g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_CPPR), ==,
                        v <= 7 ? v : 0xFF);
        assert_ring_invariant(t);
    }
    rig_free(rig);
}

/* rows: T7 */
static void test_set_os_pending_signals(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_dispatch(rig, 0, 5, 0xFF);
    p9x_tima_store(t, P9X_TIMA_OS, 0x812, 1, 2);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_OS, 0x810, 2), ==, 0x8002);
    p9x_tima_store(t, P9X_TIMA_OS, 0x812, 1, 0x88);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_IPB), ==, 0);
    rig_free(rig);
}

/* rows: T8 */
static void test_push_os_merges_the_nvt(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_nvt_valid(rig, 5);
    p9x_nvt_set_ipb(rig_nvt(rig, 5), 0x08);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    p9x_tima_store(t, P9X_TIMA_HV, 0x18, 4, P9X_TM_OS_VALID | rig_cam(5));
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x818, 4), ==,
                    P9X_TM_OS_VALID | rig_cam(5));
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    rig_free(rig);
}

/* A raw store to WORD2 must count as push and pull too. */
static void test_a_raw_word2_store_dispatches(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];
    uint64_t w2 = P9X_TM_OS_VALID | rig_cam(5);

    rig_nvt_valid(rig, 5);
    p9x_nvt_set_ipb(rig_nvt(rig, 5), 0x08);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    p9x_tima_store(t, P9X_TIMA_HV, 0x18, 8, w2 << 32);
    g_assert_cmphex(word2(t, P9X_RING_OS), ==, w2);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_IPB), ==, 0x08);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    p9x_tima_store(t, P9X_TIMA_HV, 0x18, 8, 0);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    g_assert_cmpint(p9x_tctx_present(t, P9X_RING_OS, rig_cam(5), 1),
                    ==, P9X_NOT_HERE);
    rig_free(rig);
}

/* rows: T9 */
static void test_pull_loads_of_8_bytes_return_word2(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];
    uint32_t w2 = P9X_TM_POOL_VALID | rig_cam(6);

    p9x_tima_store(t, P9X_TIMA_HV, 0x28, 4, w2);
    g_assert_cmphex(word2(t, P9X_RING_POOL), ==, w2);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HW, 0x828, 8), ==, w2);
    g_assert_cmphex(word2(t, P9X_RING_POOL), ==, w2 & 0x7FFFFFFF);
    rig_free(rig);
}

static void test_vt_is_set_polled_and_pulled(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x38, 1), ==, 0);
    p9x_tima_store(t, P9X_TIMA_HV, 0x38, 1, 0x80);
    g_assert_cmphex(word2(t, P9X_RING_PHYS), ==, P9X_TM_PHYS_VALID);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x38, 1), ==, 0x80);
    p9x_tima_store(t, P9X_TIMA_HV, 0x31, 1, 0xFF);
    g_assert_cmpint(p9x_tctx_present(t, P9X_RING_PHYS, RIG_PHYS_CAM, 3), ==,
                    P9X_PRESENTED);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_HV);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x830, 2), ==, 0x8003);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x838, 1), ==, 0x80);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_HV, 0x38, 1), ==, 0);
    rig_free(rig);
}

static void test_the_user_page_acks_its_branch(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_dispatch(rig, 0, 5, 0xFF);
    p9x_tima_store(t, P9X_TIMA_OS, 0x808, 4, P9X_TM_USER_VALID | 7);
    g_assert_cmpint(p9x_tctx_present_user(t, rig_cam(5), 7), ==,
                    P9X_PRESENTED);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_EBB);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_USER, 0x800, 1), ==, 0x80);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    g_assert_cmphex(p9x_tima_load(t, P9X_TIMA_OS, 0x808, 4), ==,
                    P9X_TM_USER_VALID | 7);
    g_assert_cmpint(p9x_tctx_present_user(t, rig_cam(5), 7), ==,
                    P9X_NOT_HERE);
    rig_free(rig);
}

static void test_ack_os_to_the_even_line_writes_memory(void)
{
    Rig *rig = rig_pending(6);
    uint64_t pair = 0x200000;

    p9x_nvt_set_report(rig_nvt(rig, 5), pair);
    p9x_tima_store(&rig->thread[0], P9X_TIMA_OS, 0xC10, 1, 0);
    g_assert_cmphex(p9x_load_be(rig->host.ram + pair + 8, 2), ==, 0x8006);
    g_assert_cmphex(p9x_tctx_lines(&rig->thread[0]), ==, 0);
    g_assert_cmphex(reg(&rig->thread[0], P9X_RING_OS, P9X_TM_CPPR), ==, 6);
    /* One line, and only what it is for. */
    g_assert_cmphex(p9x_load_be(rig->host.ram + pair + 16, 8), ==, 0);
    g_assert_cmphex(p9x_load_be(rig->host.ram + pair + 128, 8), ==, 0);
    g_assert_cmpuint(errors(rig), ==, 0);
    rig_free(rig);
}

static void test_pull_user_to_the_odd_line_writes_memory(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];
    uint64_t pair = 0x200000;

    rig_dispatch(rig, 0, 5, 0xFF);
    p9x_nvt_set_report(rig_nvt(rig, 5), pair);
    p9x_tima_store(t, P9X_TIMA_OS, 0x808, 4, P9X_TM_USER_VALID | 7);
    p9x_tima_store(t, P9X_TIMA_OS, 0xC08, 1, 0);
    g_assert_cmphex(p9x_load_be(rig->host.ram + pair, 8), ==, 0);
    g_assert_cmphex(p9x_load_be(rig->host.ram + pair + 128 + 8, 4), ==,
                    P9X_TM_USER_VALID | 7);
    g_assert_cmphex(word2(t, P9X_RING_USER), ==, 7);
    rig_free(rig);
}

static void test_pool_and_phys_report_to_their_own_lines(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_nvt_valid(rig, 6);
    p9x_nvt_set_report(rig_nvt(rig, 6), 0x200000);
    p9x_tima_store(t, P9X_TIMA_HV, 0x28, 4, P9X_TM_POOL_VALID | rig_cam(6));
    p9x_tima_store(t, P9X_TIMA_HV, 0x38, 1, 0x80);
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    g_assert_cmpint(p9x_tctx_present(t, P9X_RING_POOL, rig_cam(6), 3),
                    ==, P9X_PRESENTED);
    p9x_tima_store(t, P9X_TIMA_HV, 0xC20, 1, 0);
    g_assert_cmphex(p9x_load_be(rig->host.ram + 0x200008, 2), ==, 0x4003);
    g_assert_cmphex(reg(t, P9X_RING_POOL, P9X_TM_IPB), ==, 0);
    g_assert_cmpuint(errors(rig), ==, 0);
    /* The thread's own VP has no NVT here. */
    p9x_tima_store(t, P9X_TIMA_HV, 0xC30, 1, 0);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_REPORTING_LINE), ==, 1);
    rig_free(rig);
}

static void test_a_missing_reporting_line_is_a_guest_error(void)
{
    static const uint64_t bad[] = { 0, HOST_ROM_BASE, HOST_HOLE };
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_dispatch(rig, 0, 5, 0xFF);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        p9x_nvt_set_report(rig_nvt(rig, 5), bad[i]);
        p9x_tima_store(t, P9X_TIMA_OS, 0xC10, 1, 0);
        g_assert_cmpuint(rig_errors(rig, P9X_ERR_REPORTING_LINE), ==, i + 1);
    }
    p9x_tctx_pull(t, P9X_RING_OS);
    p9x_tima_store(t, P9X_TIMA_OS, 0xC10, 1, 0);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_REPORTING_LINE), ==, 4);
    rig_free(rig);
}

/* An interrupt that could not be reported must not be gone. */
static void test_a_missing_reporting_line_keeps_the_interrupt(void)
{
    Rig *rig = rig_pending(6);
    P9xTctx *t = &rig->thread[0];

    p9x_tima_store(t, P9X_TIMA_OS, 0xC10, 1, 0);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_IPB), ==, 0x80 >> 6);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    rig_free(rig);
}

static void test_an_access_from_no_thread_is_counted(void)
{
    Rig *rig = rig_new(1);

    g_assert_cmphex(p9x_tima_no_thread(&rig->router.unit, false, 0x20810), ==,
                    UINT64_MAX);
    p9x_tima_no_thread(&rig->router.unit, true, 0x20011);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_TIMA_NO_THREAD), ==, 2);
    g_assert_cmpuint(rig->host.error_calls[P9X_ERR_TIMA_NO_THREAD], ==, 1);
    rig_free(rig);
}

/* Any access at all, from any page: the promise of tctx.h holds after it. */
static void test_no_access_breaks_the_invariant(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    rig_dispatch(rig, 0, 5, 0xFF);
    rig_nvt_valid(rig, 6);
    p9x_nvt_set_report(rig_nvt(rig, 5), 0x200000);
    for (unsigned i = 0; i < 200000; i++) {
        P9xTimaPage page = (P9xTimaPage)g_rand_int_range(rand, 0, 4);
        unsigned offset = g_rand_int_range(rand, 0, 0x10000);
        unsigned size = 1u << g_rand_int_range(rand, 0, 4);
        uint64_t value = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);

        if (i % 3) {
            offset &= 0xC3F;
        }
        if (i & 1) {
            p9x_tima_load(t, page, offset, size);
        } else {
            p9x_tima_store(t, page, offset, size, value);
        }
        assert_ring_invariant(t);
    }
    rig_free(rig);
}

static const TestRow tests[] = {
    TEST(raw_loads_follow_the_rights_of_each_byte),
    TEST(raw_stores_follow_the_rights_of_each_byte),
    TEST(small_raw_accesses_are_refused),
    TEST(some_single_bytes_are_registers),
    TEST(a_stored_user_nsr_raises_and_takes_back_a_branch),
    TEST(special_operations_exist_where_listed_and_nowhere_else),
    TEST(operations_on_a_ring_in_the_wrong_state_are_guest_errors),
    TEST(an_operation_on_a_ring_in_the_wrong_state_is_put_in_words),
    TEST(snoop_bits_are_not_decoded),
    TEST(ack_os_works_from_os_hv_and_hw),
    TEST(a_less_privileged_page_cannot_ack_or_pull),
    TEST(the_os_page_stores_cppr_and_nothing_else),
    TEST(a_raw_cppr_store_is_one_too),
    TEST(set_os_pending_signals),
    TEST(push_os_merges_the_nvt),
    TEST(a_raw_word2_store_dispatches),
    TEST(pull_loads_of_8_bytes_return_word2),
    TEST(vt_is_set_polled_and_pulled),
    TEST(the_user_page_acks_its_branch),
    TEST(ack_os_to_the_even_line_writes_memory),
    TEST(pull_user_to_the_odd_line_writes_memory),
    TEST(pool_and_phys_report_to_their_own_lines),
    TEST(a_missing_reporting_line_is_a_guest_error),
    TEST(a_missing_reporting_line_keeps_the_interrupt),
    TEST(an_access_from_no_thread_is_counted),
    TEST(no_access_breaks_the_invariant),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "tima", tests);
}
