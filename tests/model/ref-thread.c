/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference's threads and their TIMA. */
#include "ref-internal.h"

#include <string.h>

/* What may be done to each byte, by page: 1 stores, 2 loads. */
static const char *const rights[4] = {
    "3000000033330000" "3333330233330000" "0033033033330000"
    "3333030230033330",
    "3000000033330000" "3333330233330000" "0033033003330000"
    "3333030230030000",
    "3000000033330000" "2322220200000000" "0000000000000000"
    "0000000000000000",
    "3000000000000000" "0000000000000000" "0000000000000000"
    "0000000000000000",
};

static bool live(const RefThread *t, int ring)
{
    return t->b[16 * ring + W2] & 0x80;
}

static unsigned best(uint8_t ipb)
{
    for (unsigned p = 0; p < 8; p++) {
        if (ipb & 0x80 >> p) {
            return p;
        }
    }
    return 0xFF;
}

/* PIPR, NSR and lines follow from the rest. */
void ref_derive(Ref *m, int thread)
{
    RefThread *t = &m->thread[thread];
    uint8_t *os = t->b + 16, *phys = t->b + 48;
    unsigned of_pool = live(t, POOL) ? best(t->b[32 + IPB]) : 0xFF;
    unsigned of_phys = best(phys[IPB]);

    t->ebb_line = live(t, USER) && (t->b[NSR] & 0x80);
    os[PIPR] = (uint8_t)best(os[IPB]);
    t->os_line = false;
    if (live(t, OS)) {
        t->os_line = os[PIPR] < os[CPPR];
        os[NSR] = (uint8_t)((os[NSR] & 0x7F) | (t->os_line ? 0x80 : 0));
    }
    phys[PIPR] = (uint8_t)(of_pool < of_phys ? of_pool : of_phys);
    t->hv_line = false;
    if (live(t, PHYS) || live(t, POOL)) {
        t->hv_line = phys[PIPR] < phys[CPPR];
        phys[NSR] &= 0x3F;
        if ((phys[W2] & 0x83) == 0x83) {
            /* An LSI, and the ring takes them: VT, LP, LE. */
            t->hv_line = true;
            phys[NSR] |= 0xC0;
        } else if (t->hv_line) {
            phys[NSR] |= of_pool < of_phys ? 0x40 : 0x80;
        }
    }
}

unsigned ref_lines(const Ref *m, int thread)
{
    const RefThread *t = &m->thread[thread];

    return (t->os_line ? 1u : 0u) | (t->hv_line ? 2u : 0u) |
           (t->ebb_line ? 4u : 0u);
}

/* The driver gives thread n the physical VP number 0x80000 + n. */
bool ref_ring_cam(const Ref *m, int thread, int ring, uint32_t *cam)
{
    const RefThread *t = &m->thread[thread];

    *cam = ref_be32(t->b + 16 * ring + W2) & 0xFFFFFF;
    if (ring == PHYS) {
        *cam = 0x80000 + (uint32_t)thread;
    }
    return ring != USER && live(t, ring);
}

int ref_runner(const Ref *m, uint32_t cam, int *ring)
{
    for (unsigned i = 0; i < sizeof(m->runs) / sizeof(m->runs[0]); i++) {
        if (m->runs[i].used && m->runs[i].cam == cam) {
            *ring = m->runs[i].ring;
            return m->runs[i].thread;
        }
    }
    return -1;
}

static void runs_no_more(Ref *m, uint32_t cam, int thread, int ring)
{
    for (unsigned i = 0; i < sizeof(m->runs) / sizeof(m->runs[0]); i++) {
        RefRuns *r = &m->runs[i];

        if (r->used && r->cam == cam && r->thread == thread &&
            r->ring == ring) {
            r->used = false;
        }
    }
}

static void runs_now(Ref *m, uint32_t cam, int thread, int ring)
{
    unsigned i = 0;
    int other;

    if (ref_runner(m, cam, &other) >= 0) {
        m->count[REF_VP_TWICE]++;
        while (!m->runs[i].used || m->runs[i].cam != cam) {
            i++;
        }
    } else {
        while (m->runs[i].used) {
            i++;
        }
    }
    m->runs[i] = (RefRuns) { true, cam, thread, ring };
}

RefNvt *ref_nvt_of(Ref *m, uint32_t cam)
{
    uint32_t block = cam >> 19 & 0xF, index = cam & 0x7FFFF;

    if (block || index < 0x400 || index >= 0x400 + REF_SERVERS) {
        return NULL;
    }
    return &m->nvt[index - 0x400];
}

static void put_word2(Ref *m, int thread, int ring, uint32_t word2)
{
    uint8_t *w = m->thread[thread].b + 16 * ring + W2;

    for (unsigned i = 0; i < 4; i++) {
        w[i] = (uint8_t)(word2 >> (24 - 8 * i));
    }
}

void ref_set_word2(Ref *m, int thread, int ring, uint32_t word2)
{
    uint32_t cam;

    if (ref_ring_cam(m, thread, ring, &cam)) {
        runs_no_more(m, cam, thread, ring);
    }
    put_word2(m, thread, ring, word2);
    if (ref_ring_cam(m, thread, ring, &cam)) {
        RefNvt *nvt = ref_nvt_of(m, cam);

        runs_now(m, cam, thread, ring);
        if (nvt && nvt->valid) {
            m->thread[thread].b[16 * ring + IPB] |= nvt->ipb;
            nvt->ipb = 0;
        }
    }
    ref_derive(m, thread);
}

uint32_t ref_pull(Ref *m, int thread, int ring)
{
    uint32_t old = ref_be32(m->thread[thread].b + 16 * ring + W2);
    uint32_t cam;

    if (ref_ring_cam(m, thread, ring, &cam)) {
        runs_no_more(m, cam, thread, ring);
    }
    put_word2(m, thread, ring, old & 0x7FFFFFFF);
    ref_derive(m, thread);
    return old;
}

static uint8_t cppr_of(uint64_t value)
{
    return (uint8_t)((value & 0xFF) > 7 ? 0xFF : value);
}

static void store_cppr(Ref *m, int thread, int ring, uint64_t value)
{
    m->thread[thread].b[16 * ring + CPPR] = cppr_of(value);
    ref_derive(m, thread);
}

static uint16_t ack(Ref *m, int thread, int ring)
{
    RefThread *t = &m->thread[thread];
    uint8_t *r = t->b + 16 * ring;
    uint8_t nsr = r[NSR];
    bool signalled = ring == OS ? nsr & 0x80 : nsr & 0xC0;

    if (ring == PHYS && (nsr & 0xC0) == 0xC0) {
        r[W2] &= 0xFD;
        r[NSR] &= 0x3F;
        m->count[REF_ACKS]++;
        ref_derive(m, thread);
    } else if (signalled) {
        int owner = ring == PHYS && (nsr & 0xC0) == 0x40 ? POOL : ring;

        r[CPPR] = r[PIPR];
        if (r[PIPR] < 8) {
            t->b[16 * owner + IPB] &= (uint8_t)~(0x80 >> r[PIPR]);
        }
        r[NSR] &= ring == OS ? 0x7F : 0x3F;
        m->count[REF_ACKS]++;
        ref_derive(m, thread);
    }
    return (uint16_t)(nsr << 8 | r[CPPR]);
}

/* Where reports of @ring go, or 0 having counted that there is no place. */
static uint64_t report_to(Ref *m, int thread, int ring)
{
    uint32_t cam;

    if (ref_ring_cam(m, thread, ring, &cam)) {
        RefNvt *nvt = ref_nvt_of(m, cam);

        if (nvt && nvt->valid && nvt->report &&
            ref_in_ram(nvt->report, 256)) {
            return nvt->report;
        }
    }
    m->count[REF_BAD_LINE]++;
    return 0;
}

static void ack_to_line(Ref *m, int thread, int ring, int line_of)
{
    uint64_t line = report_to(m, thread, line_of);
    uint8_t bytes[16];
    uint16_t got;

    if (!line) {
        return;
    }
    got = ack(m, thread, ring);
    memset(bytes, 0xFF, sizeof(bytes));
    bytes[8] = (uint8_t)(got >> 8);
    bytes[9] = (uint8_t)got;
    ref_write(m, line, bytes, 16);
}

static void pull_user_to_line(Ref *m, int thread)
{
    uint64_t line = report_to(m, thread, OS);

    if (line) {
        ref_write(m, line + 128, m->thread[thread].b, 16);
        ref_pull(m, thread, USER);
    }
}

/* Loads that are operations.  False: it is none on this page. */
static bool load_op(Ref *m, int thread, int page, uint32_t at, unsigned size,
                    uint64_t *value)
{
    RefThread *t = &m->thread[thread];
    bool hv = page <= 1, os = page <= 2;

    if (at == 0x810 && size == 2 && os) {
        *value = ack(m, thread, OS);
    } else if (at == 0x830 && size == 2 && hv) {
        *value = ack(m, thread, PHYS);
    } else if (at == 0x818 && size >= 4 && hv) {
        *value = ref_pull(m, thread, OS);
    } else if (at == 0x828 && size >= 4 && hv) {
        *value = ref_pull(m, thread, POOL);
    } else if (at == 0x838 && size == 1 && hv) {
        *value = ref_pull(m, thread, PHYS) >> 24;
    } else if (at == 0x038 && size == 1 && hv) {
        *value = t->b[48 + W2] & 0x83;
    } else if (at == 0x000 && size == 1) {
        *value = t->b[NSR];
    } else if (at == 0x011 && size == 1 && os) {
        *value = t->b[16 + CPPR];
    } else if (at == 0x031 && size == 1 && hv) {
        *value = t->b[48 + CPPR];
    } else if (at == 0x800 && size == 1) {
        *value = t->b[NSR];
        t->b[NSR] = 0;
        ref_derive(m, thread);
    } else if (at == 0x808 && size == 4 && os) {
        *value = ref_pull(m, thread, USER);
    } else {
        return false;
    }
    return true;
}

static bool any_right(int page, uint32_t at, unsigned size, int which)
{
    for (unsigned i = 0; i < size; i++) {
        if ((rights[page][(at + i) % 64] - '0') & which) {
            return true;
        }
    }
    return false;
}

uint64_t ref_tima_load(Ref *m, int thread, int page, uint32_t offset,
                       unsigned size)
{
    uint32_t at = offset & 0xC3F;
    uint64_t value = 0;

    if (load_op(m, thread, page, at, size, &value)) {
        return value;
    }
    if (at & 0x800 || size < 4 || !any_right(page, at, size, 2)) {
        m->count[REF_BAD_TIMA_LOAD]++;
        return ref_ones(size);
    }
    for (unsigned i = 0; i < size; i++) {
        unsigned b = (at + i) % 64;
        bool may = (rights[page][b] - '0') & 2;

        value = value << 8 | (may ? m->thread[thread].b[b] : 0);
    }
    return value;
}

static bool store_op(Ref *m, int thread, int page, uint32_t at, unsigned size,
                     uint64_t value)
{
    RefThread *t = &m->thread[thread];
    bool hv = page <= 1, os = page <= 2;
    bool byte = size == 1, word = size == 4;

    if (at == 0x000 && byte) {
        t->b[NSR] = (uint8_t)value;
        ref_derive(m, thread);
    } else if (at == 0x011 && byte && os) {
        store_cppr(m, thread, OS, value);
    } else if (at == 0x031 && byte && hv) {
        store_cppr(m, thread, PHYS, value);
    } else if (at == 0x812 && byte && os) {
        if ((value & 0xFF) < 8) {
            t->b[16 + IPB] |= 0x80 >> (value & 0xFF);
        }
        ref_derive(m, thread);
    } else if (at == 0x018 && word && hv) {
        ref_set_word2(m, thread, OS, (uint32_t)value);
    } else if (at == 0x028 && word && hv) {
        ref_set_word2(m, thread, POOL, (uint32_t)value);
    } else if (at == 0x038 && byte && hv) {
        ref_set_word2(m, thread, PHYS, (uint32_t)(value & 0x83) << 24 |
                      (ref_be32(t->b + 48 + W2) & 0xFFFFFF));
    } else if (at == 0x808 && word && os) {
        ref_set_word2(m, thread, USER, (uint32_t)value);
    } else if (at == 0xC08 && byte && os) {
        pull_user_to_line(m, thread);
    } else if (at == 0xC10 && byte && os) {
        ack_to_line(m, thread, OS, OS);
    } else if (at == 0xC20 && byte && hv) {
        ack_to_line(m, thread, PHYS, POOL);
    } else if (at == 0xC30 && byte && hv) {
        ack_to_line(m, thread, PHYS, PHYS);
    } else {
        return false;
    }
    return true;
}

/* A raw store that touches a WORD2 dispatches, or takes off. */
static void raw_store(Ref *m, int thread, int page, uint32_t at,
                      unsigned size, uint64_t value)
{
    uint8_t *b = m->thread[thread].b;
    uint32_t word2[4];
    bool touched[4] = { false };

    for (int ring = 0; ring < 4; ring++) {
        word2[ring] = ref_be32(b + 16 * ring + W2);
    }
    for (unsigned i = 0; i < size; i++) {
        unsigned n = (at + i) % 64, in_ring = n % 16;
        uint8_t byte = (uint8_t)(value >> (8 * (size - 1 - i)));

        if (!((rights[page][n] - '0') & 1)) {
            continue;
        }
        if (in_ring >= W2 && in_ring < W2 + 4) {
            unsigned shift = 24 - 8 * (in_ring - W2);

            word2[n / 16] &= ~(0xFFu << shift);
            word2[n / 16] |= (uint32_t)byte << shift;
            touched[n / 16] = true;
        } else {
            b[n] = n == 16 + CPPR || n == 48 + CPPR ? cppr_of(byte) : byte;
        }
    }
    ref_derive(m, thread);
    for (int ring = 0; ring < 4; ring++) {
        if (touched[ring]) {
            ref_set_word2(m, thread, ring, word2[ring]);
        }
    }
}

void ref_tima_store(Ref *m, int thread, int page, uint32_t offset,
                    unsigned size, uint64_t value)
{
    uint32_t at = offset & 0xC3F;

    if (store_op(m, thread, page, at, size, value)) {
        return;
    }
    if (at & 0x800 || size < 4 || !any_right(page, at, size, 1)) {
        m->count[REF_BAD_TIMA_STORE]++;
        return;
    }
    raw_store(m, thread, page, at, size, value);
}

void ref_reset_thread(Ref *m, int thread)
{
    uint8_t *b = m->thread[thread].b;

    for (int ring = 0; ring < 4; ring++) {
        ref_pull(m, thread, ring);
    }
    memset(b, 0, 64);
    b[16 + LSMFB] = b[16 + ACK] = b[16 + AGE] = 0xFF;
    ref_derive(m, thread);
}

static bool cppr_possible(uint8_t cppr)
{
    return cppr < 8 || cppr == 0xFF;
}

bool ref_restore_thread(Ref *m, int thread, const uint8_t *image)
{
    uint8_t *b = m->thread[thread].b;

    if (!cppr_possible(image[16 + CPPR]) || !cppr_possible(image[48 + CPPR])) {
        return false;
    }
    ref_reset_thread(m, thread);
    for (unsigned i = 0; i < 64; i++) {
        if (i % 16 < W2 || i % 16 >= W2 + 4) {
            b[i] = image[i];
        }
    }
    for (int ring = 0; ring < 4; ring++) {
        ref_set_word2(m, thread, ring, ref_be32(image + 16 * ring + W2));
    }
    return true;
}
