/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference's hypervisor: calls, reset, servers, what it restores. */
#include "ref-internal.h"

#include <string.h>

enum { OK = 0, FUNCTION = -2, PARAMETER = -4, HARDWARE = -1,
       P2 = -55, P3 = -56, P4 = -57, P5 = -58 };

void ref_init(Ref *m)
{
    memset(m, 0, sizeof(*m));
    m->exploitation = true;
    for (int i = 0; i < REF_LISNS; i++) {
        m->source[i].q = true;
    }
}

void ref_add_server(Ref *m, int server)
{
    m->nvt[server] = (RefNvt) { .valid = true };
    m->thread[server].present = true;
    ref_reset_thread(m, server);
}

void ref_remove_server(Ref *m, int server)
{
    m->nvt[server] = (RefNvt) { .valid = false };
    m->thread[server].present = false;
    for (int ring = 0; ring < 4; ring++) {
        ref_pull(m, server, ring);
    }
}

void ref_reset_server(Ref *m, int server)
{
    if (m->thread[server].present) {
        ref_reset_thread(m, server);
        ref_set_word2(m, server, OS, 0x80000400u + (uint32_t)server);
    }
}

static void reset_interrupts(Ref *m)
{
    for (int i = 0; i < REF_LISNS; i++) {
        if (m->source[i].eas & EAS_VALID) {
            m->source[i].eas = EAS_VALID | EAS_MASKED | (uint64_t)i;
        }
        m->source[i].p = false;
        m->source[i].q = true;
    }
    memset(m->end, 0, sizeof(m->end));
    for (int i = 0; i < REF_SERVERS; i++) {
        if (m->thread[i].present) {
            m->thread[i].b[16 + IPB] = 0;
            ref_derive(m, i);
        }
        m->nvt[i].report = 0;
        m->nvt[i].ipb = 0;
    }
}

void ref_reset(Ref *m)
{
    reset_interrupts(m);
    for (int i = 0; i < REF_LISNS; i++) {
        m->source[i].level = false;
    }
}

static bool claimed(const Ref *m, uint64_t lisn)
{
    return lisn < REF_LISNS && (m->source[lisn].eas & EAS_VALID);
}

static bool exists(const Ref *m, uint64_t server)
{
    return server < REF_SERVERS && m->thread[server].present;
}

static int64_t source_info(Ref *m, uint64_t *a)
{
    uint64_t lisn = a[1];

    if (a[0]) {
        return PARAMETER;
    }
    if (!claimed(m, lisn)) {
        return P2;
    }
    a[0] = 1;
    a[1] = REF_VC_BASE + lisn * 0x20000 + 0x10000;
    a[2] = REF_VC_BASE + lisn * 0x20000;
    a[3] = 16;
    if (m->source[lisn].lsi) {
        a[0] = 1 + 4 + 8;
        a[1] = a[2] = UINT64_MAX;
    }
    return OK;
}

static int64_t set_source(Ref *m, const uint64_t *a)
{
    uint64_t flags = a[0], lisn = a[1], target = a[2], prio = a[3];
    uint64_t eisn = a[4];
    const uint32_t *end;

    if (flags > 3) {
        return PARAMETER;
    }
    if (!claimed(m, lisn)) {
        return P2;
    }
    if (prio == 0xFF) {
        m->source[lisn].eas = EAS_VALID | EAS_MASKED | lisn;
        return OK;
    }
    if (prio > 6) {
        return P4;
    }
    if (!exists(m, target)) {
        return P3;
    }
    if (flags & 2) {
        if (eisn > 0x7FFFFFFF) {
            return P5;
        }
    } else {
        eisn = m->source[lisn].eas & 0x7FFFFFFF;
    }
    end = m->end[8 * target + prio];
    if (!(flags & 1) && (!(end[0] & END_VALID) || !(end[0] & END_ENQUEUE))) {
        return HARDWARE;
    }
    m->source[lisn].eas = EAS_VALID | (8 * target + prio) << 32 |
                          (flags & 1 ? EAS_MASKED : 0) | eisn;
    return OK;
}

static int64_t get_source(Ref *m, uint64_t *a)
{
    uint64_t eas;

    if (a[0]) {
        return PARAMETER;
    }
    if (!claimed(m, a[1])) {
        return P2;
    }
    eas = m->source[a[1]].eas;
    a[0] = (eas >> 32 & 0xFFFFFF) / 8;
    a[1] = eas & EAS_MASKED ? 0xFF : (eas >> 32 & 7);
    a[2] = eas & 0x7FFFFFFF;
    return OK;
}

static int64_t queue_name(const Ref *m, uint64_t target, uint64_t prio)
{
    if (prio > 6) {
        return P3;
    }
    return exists(m, target) ? OK : P2;
}

static int64_t queue_info(Ref *m, uint64_t *a)
{
    uint64_t target = a[1], prio = a[2];
    const uint32_t *end;

    if (a[0]) {
        return PARAMETER;
    }
    if (queue_name(m, target, prio) != OK) {
        return queue_name(m, target, prio);
    }
    end = m->end[8 * target + prio];
    a[0] = REF_VC_BASE + REF_LISNS * 0x20000 + (8 * target + prio) * 0x20000;
    a[1] = end[0] & END_ENQUEUE ? ref_queue_shift(end) : 0;
    return OK;
}

static int64_t set_queue(Ref *m, const uint64_t *a)
{
    uint64_t target = a[1], prio = a[2], addr = a[3], shift = a[4];
    uint32_t *end;

    if (a[0] > 1) {
        return PARAMETER;
    }
    if (queue_name(m, target, prio) != OK) {
        return queue_name(m, target, prio);
    }
    if (shift != 0 && shift != 16) {
        return P5;
    }
    if (shift && (addr % 65536 || !ref_in_ram(addr, 65536))) {
        return P4;
    }
    end = m->end[8 * target + prio];
    memset(end, 0, 32);
    if (shift) {
        end[0] = END_VALID | END_ENQUEUE | (a[0] ? END_UCOND : 0) | 4u << 16;
        end[1] = 1u << 22;
        end[2] = (uint32_t)(addr >> 32);
        end[3] = (uint32_t)addr;
        end[6] = 0x400 + (uint32_t)target;
        end[7] = (uint32_t)prio << 16;
    }
    return OK;
}

static int64_t get_queue(Ref *m, uint64_t *a)
{
    uint64_t flags = a[0], target = a[1], prio = a[2];
    const uint32_t *end;

    if (flags > 1) {
        return PARAMETER;
    }
    if (queue_name(m, target, prio) != OK) {
        return queue_name(m, target, prio);
    }
    end = m->end[8 * target + prio];
    a[0] = end[0] & END_UCOND ? 1 : 0;
    a[1] = a[2] = a[3] = 0;
    if (end[0] & END_ENQUEUE) {
        a[1] = ref_queue_addr(end);
        a[2] = ref_queue_shift(end);
        if (flags) {
            a[0] += end[1] >> 22 & 1 ? 2 : 0;
            a[3] = end[1] & 0x3FFFFF;
        }
    }
    return OK;
}

static int64_t set_line(Ref *m, uint32_t caller, const uint64_t *a)
{
    if (a[0]) {
        return PARAMETER;
    }
    if (a[1] == UINT64_MAX) {
        m->nvt[caller].report = 0;
        return OK;
    }
    if (a[1] == 0 || a[1] % 256 || !ref_in_ram(a[1], 256)) {
        return P2;
    }
    m->nvt[caller].report = a[1];
    return OK;
}

static int64_t get_line(Ref *m, uint64_t *a)
{
    if (a[0]) {
        return PARAMETER;
    }
    if (!exists(m, a[1])) {
        return P2;
    }
    a[0] = m->nvt[a[1]].report ? m->nvt[a[1]].report : UINT64_MAX;
    return OK;
}

static int64_t h_esb(Ref *m, uint64_t *a)
{
    uint64_t lisn = a[1], offset = a[2];

    if (a[0] > 1) {
        return PARAMETER;
    }
    if (!claimed(m, lisn) || !m->source[lisn].lsi) {
        return P2;
    }
    if (offset > 0xFFF8 || offset % 8) {
        return P3;
    }
    if (a[0]) {
        ref_page_store(m, (int)lisn, (uint32_t)offset);
        a[0] = UINT64_MAX;
    } else {
        a[0] = ref_page_load(m, (int)lisn, (uint32_t)offset, 8);
    }
    return OK;
}

static int64_t sync(Ref *m, const uint64_t *a)
{
    if (a[0]) {
        return PARAMETER;
    }
    return claimed(m, a[1]) ? OK : P2;
}

static int64_t h_reset(Ref *m, const uint64_t *a)
{
    if (a[0]) {
        return PARAMETER;
    }
    reset_interrupts(m);
    return OK;
}

static int64_t call(Ref *m, uint32_t caller, unsigned opcode, uint64_t *a)
{
    if (!m->exploitation || !exists(m, caller)) {
        return FUNCTION;
    }
    switch (opcode) {
    case 0x3A8:
        return source_info(m, a);
    case 0x3AC:
        return set_source(m, a);
    case 0x3B0:
        return get_source(m, a);
    case 0x3B4:
        return queue_info(m, a);
    case 0x3B8:
        return set_queue(m, a);
    case 0x3BC:
        return get_queue(m, a);
    case 0x3C0:
        return set_line(m, caller, a);
    case 0x3C4:
        return get_line(m, a);
    case 0x3C8:
        return h_esb(m, a);
    case 0x3CC:
        return sync(m, a);
    case 0x3D0:
        return h_reset(m, a);
    default:
        return FUNCTION;
    }
}

int64_t ref_hcall(Ref *m, uint32_t caller, unsigned opcode, uint64_t *arg)
{
    int64_t rc = call(m, caller, opcode, arg);

    if (rc != OK) {
        m->count[REF_BAD_HCALL]++;
    }
    return rc;
}

static bool source_acceptable(const RefSource *s)
{
    if (s->level && !s->lsi) {
        return false;
    }
    if (!(s->eas & EAS_VALID) || (s->eas & EAS_MASKED)) {
        return true;
    }
    return !(s->eas >> 56 & 0xF) && (s->eas >> 32 & 0xFFFFFF) < REF_ENDS;
}

static bool end_acceptable(const uint32_t *end, uint32_t index)
{
    uint64_t size = UINT64_C(1) << ref_queue_shift(end);

    if (!(end[0] & END_VALID)) {
        return true;
    }
    if ((end[0] >> 16 & 0xF) > 12 || (end[1] & 0x3FFFFF) >= size / 4) {
        return false;
    }
    /* Format, block and index; then the group flag and the priority. */
    if ((end[6] & 0x00FFFFFF) != 0x400 + index / 8 || end[7] >> 31 ||
        (end[7] >> 16 & 0xFF) != index % 8) {
        return false;
    }
    if (end[0] & (END_ESCALATE | END_SILENT)) {
        return false;
    }
    return !(end[0] & END_ENQUEUE) || ref_in_ram(ref_queue_addr(end), size);
}

static bool thread_acceptable(const Ref *m, int server)
{
    const uint8_t *b = m->thread[server].b;
    uint32_t os = ref_be32(b + 16 + W2);

    if (os >> 31 && os != 0x80000400u + (uint32_t)server) {
        return false;
    }
    return !(b[32 + W2] >> 7) && !(b[48 + W2] >> 7);
}

bool ref_acceptable(const Ref *m)
{
    for (int i = 0; i < REF_LISNS; i++) {
        if (!source_acceptable(&m->source[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < REF_ENDS; i++) {
        if (!end_acceptable(m->end[i], i)) {
            return false;
        }
    }
    for (int i = 0; i < REF_SERVERS; i++) {
        if (m->thread[i].present && !thread_acceptable(m, i)) {
            return false;
        }
    }
    return true;
}
