/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From 16 bytes to an operation on both models.
 *
 * b[0] chooses it; b[1] to b[15] are what it does it with.  Random numbers hit
 * nothing of a 2^64 wide interface, so most choices go to places that exist
 * and a few to their edges and beyond.
 */
#include "diff.h"

static uint64_t raw64(const uint8_t *b)
{
    return p9x_load_be(b + 8, 8);
}

static uint32_t raw32(const uint8_t *b)
{
    return (uint32_t)p9x_load_be(b + 4, 4);
}

static unsigned size_of(uint8_t v)
{
    return 1u << (v & 3);
}

static uint32_t pick_lisn(uint8_t v, uint32_t other)
{
    if (v < 240) {
        return v % REF_LISNS;
    }
    return v < 250 ? REF_LISNS + v % 4u : other;
}

static uint64_t wide(uint8_t v, uint64_t value, uint64_t other)
{
    return v < 245 ? value : v < 252 ? value | UINT64_C(1) << 32 : other;
}

static uint32_t pick_op(const uint8_t *b)
{
    static const uint16_t ops[] = { 0x000, 0x400, 0x800, 0xC00, 0xD00, 0xE00,
                                    0xF00, 0x000 };

    return b[3] < 200 ? ops[b[3] % G_N_ELEMENTS(ops)] + b[2] / 64 :
                        raw32(b) & 0xFFFF;
}

static void compare(Diff *d, uint64_t core, uint64_t ref)
{
    diff_say(d, " = 0x%llx", (unsigned long long)core);
    if (core != ref) {
        diff_fail(d, "core returned 0x%llx, reference 0x%llx",
                  (unsigned long long)core, (unsigned long long)ref);
    }
}

static void op_set_irq(Diff *d, const uint8_t *b)
{
    uint32_t lisn = pick_lisn(b[1], raw32(b));

    diff_say(d, "set_irq %u %u", lisn, b[2] & 1);
    p9x_spapr_set_irq(&d->s, lisn, b[2] & 1);
    ref_set_irq(&d->ref, lisn, b[2] & 1);
}

static uint64_t esb_offset(const uint8_t *b)
{
    if (b[1] == 255) {
        return raw64(b);
    }
    return pick_lisn(b[1], 3) * UINT64_C(0x20000) +
           (b[2] & 4 ? 0 : 0x10000) + pick_op(b);
}

static void op_esb_load(Diff *d, const uint8_t *b)
{
    uint64_t offset = esb_offset(b);
    unsigned size = size_of(b[2]);

    diff_say(d, "esb load 0x%llx/%u", (unsigned long long)offset, size);
    compare(d, p9x_source_load(&d->s.source, offset, size),
            ref_esb_load(&d->ref, offset, size));
}

static void op_esb_store(Diff *d, const uint8_t *b)
{
    uint64_t offset = esb_offset(b);

    diff_say(d, "esb store 0x%llx", (unsigned long long)offset);
    p9x_source_store(&d->s.source, offset, size_of(b[2]), raw64(b));
    ref_esb_store(&d->ref, offset);
}

static uint64_t end_offset(const uint8_t *b)
{
    if (b[1] == 255) {
        return raw64(b);
    }
    return (b[1] % (REF_ENDS + 1)) * UINT64_C(0x20000) +
           (b[2] >= 240 ? 0x10000 : 0) + pick_op(b);
}

static void op_end_load(Diff *d, const uint8_t *b)
{
    uint64_t offset = end_offset(b);
    unsigned size = size_of(b[2]);

    diff_say(d, "esn load 0x%llx/%u", (unsigned long long)offset, size);
    compare(d, p9x_spapr_end_load(&d->s, offset, size),
            ref_end_load(&d->ref, offset, size));
}

static void op_end_store(Diff *d, const uint8_t *b)
{
    uint64_t offset = end_offset(b);

    diff_say(d, "esn store 0x%llx", (unsigned long long)offset);
    p9x_spapr_end_store(&d->s, offset, size_of(b[2]), raw64(b));
    ref_end_store(&d->ref, offset);
}

/* A thread that is there: the one asked for, or the next. */
static int pick_thread(Diff *d, uint8_t v)
{
    for (unsigned i = 0; i < REF_SERVERS; i++) {
        int t = (int)((v + i) % REF_SERVERS);

        if (d->ref.thread[t].present) {
            return t;
        }
    }
    return -1;
}

typedef struct TimaWay {
    uint16_t offset;
    uint8_t size;
} TimaWay;

/* Accesses that mean something; the rest are drawn at random. */
static const TimaWay loads[] = {
    { 0x810, 2 }, { 0x810, 2 }, { 0x810, 2 }, { 0x830, 2 }, { 0x818, 4 },
    { 0x828, 8 }, { 0x838, 1 }, { 0x038, 1 }, { 0x800, 1 }, { 0x808, 4 },
    { 0x010, 8 }, { 0x010, 4 }, { 0x018, 4 }, { 0x030, 8 }, { 0x020, 8 },
};
static const TimaWay stores[] = {
    { 0x011, 1 }, { 0x011, 1 }, { 0x011, 1 }, { 0x812, 1 }, { 0x018, 4 },
    { 0x028, 4 }, { 0x031, 1 }, { 0x038, 1 }, { 0x808, 4 }, { 0xC08, 1 },
    { 0xC10, 1 }, { 0xC20, 1 }, { 0xC30, 1 }, { 0x010, 4 }, { 0x010, 8 },
    { 0x018, 8 }, { 0x020, 8 }, { 0x030, 8 }, { 0x000, 4 }, { 0x008, 8 },
};

/* Mostly the pages that a guest has; a hypervisor's in one run of four. */
static P9xTimaPage pick_page(const uint8_t *b)
{
    return (P9xTimaPage)(b[2] < 192 ? P9X_TIMA_OS + (b[2] >= 160) :
                                      b[2] % P9X_TIMA_PAGES);
}

static TimaWay pick_way(const uint8_t *b, const TimaWay *ways, unsigned n)
{
    if (b[3] < 220) {
        return ways[b[3] % n];
    }
    return (TimaWay) { (uint16_t)raw32(b), (uint8_t)size_of(b[3]) };
}

static uint64_t pick_value(const uint8_t *b, unsigned size)
{
    static const uint8_t cppr[] = { 0, 1, 3, 5, 6, 7, 8, 0xFF };

    if (b[4] < 100 && size == 1) {
        return cppr[b[4] % 8];
    }
    if (b[4] < 160 && size == 4) {
        return 0x80000400u + b[4] % REF_SERVERS;
    }
    return raw64(b);
}

static void op_tima_load(Diff *d, const uint8_t *b)
{
    TimaWay way = pick_way(b, loads, G_N_ELEMENTS(loads));
    P9xTimaPage page = pick_page(b);
    int t = pick_thread(d, b[1]);

    if (t >= 0) {
        diff_say(d, "tima %d load page %d 0x%x/%u", t, page, way.offset,
                 way.size);
        compare(d, p9x_tima_load(&d->tctx[t], page, way.offset, way.size),
                ref_tima_load(&d->ref, t, (int)page, way.offset, way.size));
    }
}

static void op_tima_store(Diff *d, const uint8_t *b)
{
    TimaWay way = pick_way(b, stores, G_N_ELEMENTS(stores));
    uint64_t value = pick_value(b, way.size);
    P9xTimaPage page = pick_page(b);
    int t = pick_thread(d, b[1]);

    if (t >= 0) {
        diff_say(d, "tima %d store page %d 0x%x/%u 0x%llx", t, page,
                 way.offset, way.size, (unsigned long long)value);
        p9x_tima_store(&d->tctx[t], page, way.offset, way.size, value);
        ref_tima_store(&d->ref, t, (int)page, way.offset, way.size, value);
    }
}

static uint64_t pick_addr(const uint8_t *b)
{
    static const uint64_t odd[] = {
        0, HOST_RAM_SIZE - 0x10000, HOST_RAM_SIZE, HOST_ROM_BASE, HOST_HOLE,
        0x101000, 0x100080, UINT64_MAX, UINT64_C(1) << 60, 0x200000,
    };

    if (b[7] < 200) {
        return 0x100000 + UINT64_C(0x10000) * (b[7] % 16);
    }
    return b[7] < 240 ? odd[b[7] % G_N_ELEMENTS(odd)] : raw64(b);
}

/* The arguments that each call has, drawn near what it takes. */
static void pick_args(const uint8_t *b, unsigned opcode, uint64_t *a)
{
    static const uint8_t shifts[] = { 16, 16, 16, 16, 16, 0, 12, 13 };
    uint64_t lisn = wide(b[9], pick_lisn(b[3], raw32(b)), raw64(b));
    uint64_t server = wide(b[10], b[4] % (REF_SERVERS + 1), raw64(b));
    uint64_t prio = wide(b[11], b[5] < 240 ? b[5] % 7 : b[5], raw64(b));

    a[0] = b[12] < 220 ? b[12] & 1 : UINT64_C(1) << (b[12] % 64);
    a[1] = lisn;
    switch (opcode) {
    case P9X_H_INT_SET_SOURCE_CONFIG:
        a[0] = b[12] < 220 ? b[12] & 3 : a[0];
        a[2] = server;
        a[3] = prio;
        a[4] = b[13] < 220 ? b[13] : raw64(b);
        break;
    case P9X_H_INT_GET_QUEUE_INFO:
    case P9X_H_INT_SET_QUEUE_CONFIG:
    case P9X_H_INT_GET_QUEUE_CONFIG:
        a[1] = server;
        a[2] = prio;
        a[3] = pick_addr(b);
        a[4] = wide(b[13], shifts[b[6] % 8], raw64(b));
        break;
    case P9X_H_INT_SET_OS_REPORTING_LINE:
        a[1] = pick_addr(b);
        break;
    case P9X_H_INT_GET_OS_REPORTING_LINE:
        a[1] = server;
        break;
    default:
        a[2] = wide(b[13], raw32(b) & (b[14] < 240 ? 0xFFF8 : 0xFFFF),
                    raw64(b));
        a[3] = raw64(b);
        break;
    }
    if (opcode != P9X_H_INT_SET_SOURCE_CONFIG && b[12] < 160 &&
        opcode != P9X_H_INT_SET_QUEUE_CONFIG &&
        opcode != P9X_H_INT_GET_QUEUE_CONFIG && opcode != P9X_H_INT_ESB) {
        a[0] = 0;
    }
}

static void op_hcall(Diff *d, const uint8_t *b)
{
    /* Those that build something come more often. */
    static const uint16_t opcodes[] = {
        0x3A8, 0x3AC, 0x3AC, 0x3AC, 0x3AC, 0x3B0, 0x3B4, 0x3B8, 0x3B8, 0x3B8,
        0x3B8, 0x3BC, 0x3C0, 0x3C0, 0x3C4, 0x3C8, 0x3C8, 0x3CC,
    };
    unsigned opcode = b[2] < 250 ? opcodes[b[2] % G_N_ELEMENTS(opcodes)] :
                      b[2] < 252 ? P9X_H_INT_RESET : 0x3A0 + b[3];
    uint32_t caller = b[1] < 250 ? b[1] % 2 : b[1];
    uint64_t core[6] = { 0 }, ref[6];

    pick_args(b, opcode, core);
    memcpy(ref, core, sizeof(ref));
    diff_say(d, "hcall 0x%x by %u: 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx",
             opcode, caller, (unsigned long long)core[0],
             (unsigned long long)core[1], (unsigned long long)core[2],
             (unsigned long long)core[3], (unsigned long long)core[4]);
    compare(d, (uint64_t)p9x_spapr_hcall(&d->s, caller, opcode, core),
            (uint64_t)ref_hcall(&d->ref, caller, opcode, ref));
    for (unsigned i = 0; i < 6; i++) {
        if (core[i] != ref[i]) {
            diff_fail(d, "result %u: core 0x%llx, reference 0x%llx", i,
                      (unsigned long long)core[i],
                      (unsigned long long)ref[i]);
        }
    }
}

static void op_claim(Diff *d, const uint8_t *b)
{
    uint32_t lisn = pick_lisn(b[1], raw32(b));

    if (b[2] < 200) {
        diff_say(d, "claim %u lsi %u", lisn, b[3] % 4 == 0);
        compare(d, (uint64_t)p9x_spapr_claim(&d->s, lisn, b[3] % 4 == 0),
                (uint64_t)ref_claim(&d->ref, lisn, b[3] % 4 == 0));
    } else {
        diff_say(d, "free %u", lisn);
        p9x_spapr_free(&d->s, lisn);
        ref_free(&d->ref, lisn);
    }
}

static void op_server(Diff *d, const uint8_t *b)
{
    unsigned i = b[1] % REF_SERVERS;

    if (!d->ref.thread[i].present) {
        diff_say(d, "add server %u", i);
        diff_add_server(d, i);
    } else if (b[2] < 60 && i > 0) {
        diff_say(d, "remove server %u", i);
        p9x_spapr_remove_server(&d->s, i);
        p9x_tctx_destroy(&d->tctx[i]);
        ref_remove_server(&d->ref, (int)i);
    } else {
        diff_say(d, "reset server %u", i);
        p9x_spapr_reset_server(&d->s, i);
        ref_reset_server(&d->ref, (int)i);
    }
}

static void op_rare(Diff *d, const uint8_t *b)
{
    g_autoptr(GString) out = NULL;

    if (b[1] < 60) {
        diff_say(d, "machine reset");
        diff_reset_all(d);
    } else if (b[1] < 100) {
        diff_say(d, "interrupts reset");
        p9x_spapr_reset(&d->s);
        ref_reset(&d->ref);
    } else if (b[1] < 110) {
        d->ref.exploitation = !d->ref.exploitation;
        diff_say(d, "exploitation %d", d->ref.exploitation);
    } else if (b[1] < 120) {
        diff_say(d, "print");
        out = g_string_new("");
        p9x_spapr_print(&d->s, out);
        diff_copy_counts(d);
    } else if (b[1] < 190) {
        diff_say(d, "migrate");
        diff_migrate(d, b, 0);
    } else {
        diff_say(d, "migrate with damage");
        diff_migrate(d, b, 1 + b[1] % 3);
    }
}

/* Upper bounds of b[0], and what is done below each. */
static const struct {
    unsigned below;
    void (*func)(Diff *d, const uint8_t *b);
} kinds[] = {
    { 40, op_set_irq }, { 70, op_esb_load }, { 100, op_esb_store },
    { 108, op_end_load }, { 114, op_end_store }, { 144, op_tima_load },
    { 184, op_tima_store }, { 224, op_hcall }, { 240, op_claim },
    { 248, op_server }, { 256, op_rare },
};

void diff_op(Diff *d, const uint8_t *b)
{
    unsigned i = 0;

    while (b[0] >= kinds[i].below) {
        i++;
    }
    kinds[i].func(d, b);
}
