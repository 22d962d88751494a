/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference's sources, and the way of an event to a thread. */
#include "ref-internal.h"

#include <errno.h>
#include <string.h>

void ref_write(Ref *m, uint64_t addr, const uint8_t *bytes, unsigned len)
{
    if (m->nr_writes < REF_MAX_WRITES) {
        m->write[m->nr_writes].addr = addr;
        m->write[m->nr_writes].len = len;
        memcpy(m->write[m->nr_writes].bytes, bytes, len);
    }
    m->nr_writes++;
}

unsigned ref_queue_shift(const uint32_t *end)
{
    unsigned field = end[0] >> 16 & 0xF;

    return 12 + (field > 12 ? 12 : field);
}

uint64_t ref_queue_addr(const uint32_t *end)
{
    uint64_t addr = (uint64_t)(end[2] & 0x0FFFFFFF) << 32 | end[3];
    uint64_t size = UINT64_C(1) << ref_queue_shift(end);

    return addr / size * size;
}

static void enqueue(Ref *m, uint32_t *end, uint32_t data)
{
    uint32_t entries = (1u << ref_queue_shift(end)) / 4;
    uint32_t at = (end[1] & 0x3FFFFF) % entries;
    uint32_t generation = end[1] >> 22 & 1;
    uint32_t entry = (generation << 31) | (data & 0x7FFFFFFF);
    uint8_t bytes[4] = { entry >> 24, entry >> 16, entry >> 8, entry };
    uint64_t addr = ref_queue_addr(end) + 4 * (uint64_t)at;

    if (!ref_in_ram(addr, 4)) {
        m->count[REF_BAD_QUEUE]++;
        return;
    }
    ref_write(m, addr, bytes, 4);
    m->count[REF_QUEUED]++;
    at++;
    if (at == entries) {
        at = 0;
        generation ^= 1;
    }
    end[1] = (end[1] & ~0x007FFFFFu) | generation << 22 | at;
}

static void tell_vp(Ref *m, const uint32_t *end)
{
    uint32_t cam = end[6] & 0x7FFFFF;
    unsigned priority = end[7] >> 16 & 0xFF;
    RefNvt *nvt;
    int ring;
    int thread = ref_runner(m, cam, &ring);

    if (thread >= 0) {
        m->thread[thread].b[16 * ring + IPB] |= 0x80 >> priority;
        m->count[REF_PRESENTED]++;
        ref_derive(m, thread);
        return;
    }
    nvt = ref_nvt_of(m, cam);
    if (!nvt || !nvt->valid) {
        m->count[REF_BAD_NVT]++;
        return;
    }
    if (end[0] & END_BACKLOG) {
        nvt->ipb |= 0x80 >> priority;
        m->count[REF_BACKLOGGED]++;
    }
}

/* True if it was undelivered, which only an event is counted for. */
static bool vp_is_nowhere(Ref *m, const uint32_t *end)
{
    uint32_t cam = end[6] & 0x7FFFFF;
    RefNvt *nvt = ref_nvt_of(m, cam);
    int ring;

    if (ref_runner(m, cam, &ring) >= 0) {
        return false;
    }
    return !(nvt && nvt->valid && (end[0] & END_BACKLOG));
}

static void end_event(Ref *m, uint64_t index, uint32_t data)
{
    uint32_t *end = index < REF_ENDS ? m->end[index] : NULL;
    bool nowhere;

    if (!end || !(end[0] & END_VALID)) {
        m->count[REF_BAD_END]++;
        return;
    }
    if (end[0] & END_ENQUEUE) {
        enqueue(m, end, data);
    }
    if (!(end[0] & END_UCOND)) {
        unsigned esn = end[1] >> 30;

        end[1] = (end[1] & 0x3FFFFFFF) |
                 (esn == 1 ? 1u : esn == 0 ? 2u : 3u) << 30;
        if (esn != 0) {
            m->count[REF_END_COALESCED]++;
            return;
        }
    }
    nowhere = vp_is_nowhere(m, end);
    tell_vp(m, end);
    m->count[REF_UNDELIVERED] += nowhere;
}

static void event(Ref *m, int lisn)
{
    uint64_t eas = m->source[lisn].eas;

    if (!(eas & EAS_VALID)) {
        m->count[REF_BAD_EAS]++;
        return;
    }
    if (eas & EAS_MASKED) {
        m->count[REF_EAS_MASKED]++;
        return;
    }
    if (eas >> 56 & 0xF) {
        m->count[REF_BAD_END]++;        /* there is one block, number 0 */
        return;
    }
    end_event(m, eas >> 32 & 0xFFFFFF, eas & 0x7FFFFFFF);
}

void ref_trigger(Ref *m, int lisn)
{
    RefSource *s = &m->source[lisn];

    m->count[REF_TRIGGERS]++;
    if (!s->p && s->q) {
        m->count[REF_OFF]++;
    } else if (s->p) {
        s->q = true;
        m->count[REF_COALESCED]++;
    } else {
        s->p = true;
        m->count[REF_EVENTS]++;
        event(m, lisn);
    }
}

static void raise_level(Ref *m, int lisn)
{
    RefSource *s = &m->source[lisn];

    s->level = true;
    m->count[REF_TRIGGERS]++;
    if (s->p) {
        m->count[REF_COALESCED]++;
    } else if (s->q) {
        m->count[REF_OFF]++;
    } else {
        s->p = true;
        m->count[REF_EVENTS]++;
        event(m, lisn);
    }
}

void ref_set_irq(Ref *m, uint32_t lisn, bool level)
{
    if (lisn >= REF_LISNS || !(m->source[lisn].eas & EAS_VALID)) {
        m->count[REF_NO_SOURCE]++;
    } else if (!m->source[lisn].lsi) {
        if (level) {
            ref_trigger(m, (int)lisn);
        }
    } else if (level) {
        raise_level(m, (int)lisn);
    } else {
        m->source[lisn].level = false;
    }
}

static bool eoi(Ref *m, int lisn)
{
    RefSource *s = &m->source[lisn];
    bool again;

    m->count[REF_EOIS]++;
    if (!s->p && s->q) {
        return false;
    }
    again = s->lsi ? s->level : s->p && s->q;
    s->p = again;
    s->q = false;
    if (again) {
        m->count[REF_REPLAYS]++;
        event(m, lisn);
    }
    return again;
}

void ref_set_pq(Ref *m, int lisn, unsigned pq)
{
    RefSource *s = &m->source[lisn];

    s->p = pq & 2;
    s->q = pq & 1;
    if (s->lsi && pq == 0 && s->level) {
        s->p = true;
        m->count[REF_REPLAYS]++;
        event(m, lisn);
    }
}

static unsigned pq_of(const RefSource *s)
{
    return (s->p ? 2 : 0) + (s->q ? 1 : 0);
}

uint64_t ref_page_load(Ref *m, int lisn, uint32_t op, unsigned size)
{
    uint64_t value;

    op &= 0xFFF;
    if (op < 0x800) {
        value = eoi(m, lisn);
    } else {
        value = pq_of(&m->source[lisn]);
        if (op >= 0xC00) {
            ref_set_pq(m, lisn, op >> 8 & 3);
        }
    }
    return ref_bytes(value, op % 8, size);
}

void ref_page_store(Ref *m, int lisn, uint32_t op)
{
    op &= 0xFFF;
    if (op < 0x400) {
        ref_trigger(m, lisn);
    } else if (op < 0x800) {
        eoi(m, lisn);
    } else if (op < 0xC00) {
        m->count[REF_BAD_ESB_STORE]++;
    } else {
        ref_set_pq(m, lisn, op >> 8 & 3);
    }
}

uint64_t ref_esb_load(Ref *m, uint64_t offset, unsigned size)
{
    uint64_t lisn = offset / 0x20000;

    if (lisn >= REF_LISNS) {
        m->count[REF_NO_SOURCE]++;
        return ref_ones(size);
    }
    if (offset % 0x20000 < 0x10000) {
        m->count[REF_BAD_ESB_LOAD]++;
        return ref_ones(size);
    }
    return ref_page_load(m, (int)lisn, (uint32_t)offset, size);
}

void ref_esb_store(Ref *m, uint64_t offset)
{
    uint64_t lisn = offset / 0x20000;

    if (lisn >= REF_LISNS) {
        m->count[REF_NO_SOURCE]++;
    } else if (offset % 0x20000 < 0x10000) {
        ref_trigger(m, (int)lisn);
    } else {
        ref_page_store(m, (int)lisn, (uint32_t)offset);
    }
}

/* ESn pages: the END, or NULL having counted why not. */
static uint32_t *esn_page(Ref *m, uint64_t offset, RefCount error)
{
    uint64_t index = offset / 0x20000;

    if (index >= REF_ENDS || offset % 0x20000 >= 0x10000) {
        m->count[error]++;
        return NULL;
    }
    return m->end[index];
}

static void set_esn(uint32_t *end, unsigned pq)
{
    end[1] = (end[1] & 0x3FFFFFFF) | pq << 30;
}

static bool esn_eoi(Ref *m, uint32_t *end)
{
    unsigned pq = end[1] >> 30;

    if (pq == 1) {
        return false;
    }
    set_esn(end, pq == 3 ? 2 : 0);
    if (pq == 3) {
        tell_vp(m, end);
    }
    return pq == 3;
}

uint64_t ref_end_load(Ref *m, uint64_t offset, unsigned size)
{
    uint32_t *end = esn_page(m, offset, REF_BAD_ESB_LOAD);
    unsigned op = offset & 0xFFF, pq;

    if (!end) {
        return ref_ones(size);
    }
    if (!(end[0] & END_VALID)) {
        m->count[REF_BAD_END] += op < 0x800 || op >= 0xC00;
        return ref_ones(size);
    }
    pq = end[1] >> 30;
    if (op < 0x800) {
        pq = esn_eoi(m, end);
    } else if (op >= 0xC00) {
        set_esn(end, op >> 8 & 3);
    }
    return ref_bytes(pq, op % 8, size);
}

void ref_end_store(Ref *m, uint64_t offset)
{
    uint32_t *end = esn_page(m, offset, REF_BAD_ESB_STORE);
    unsigned op = offset & 0xFFF, pq;

    if (!end) {
        return;
    }
    if (op >= 0x800 && op < 0xC00) {
        m->count[REF_BAD_ESB_STORE]++;
        return;
    }
    if (!(end[0] & END_VALID)) {
        m->count[REF_BAD_END]++;
        return;
    }
    pq = end[1] >> 30;
    if (op >= 0xC00) {
        set_esn(end, op >> 8 & 3);
    } else if (op >= 0x400) {
        esn_eoi(m, end);
    } else if (pq == 0) {
        set_esn(end, 2);
        tell_vp(m, end);
    } else if (pq == 2) {
        set_esn(end, 3);
    }
}

int ref_claim(Ref *m, uint32_t lisn, bool lsi)
{
    if (lisn >= REF_LISNS) {
        return -EINVAL;
    }
    if (m->source[lisn].eas & EAS_VALID) {
        return -EBUSY;
    }
    m->source[lisn].lsi = lsi;
    m->source[lisn].p = false;
    m->source[lisn].q = true;
    m->source[lisn].eas = EAS_VALID | EAS_MASKED | lisn;
    return 0;
}

void ref_free(Ref *m, uint32_t lisn)
{
    if (lisn < REF_LISNS && (m->source[lisn].eas & EAS_VALID)) {
        m->source[lisn] = (RefSource) { .q = true };
    }
}

uint8_t ref_esb_byte(const RefSource *s)
{
    return (uint8_t)(pq_of(s) + (s->level ? 4 : 0));
}

void ref_set_esb_byte(RefSource *s, uint8_t byte)
{
    s->p = byte & 2;
    s->q = byte & 1;
    s->level = byte & 4;
}
