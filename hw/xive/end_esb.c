/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ESB pages of ENDs.
 *
 * An END has two more event state machines.  ESn sits between the queue and
 * the thread: software that polls a queue keeps it from being interrupted for
 * each entry.  ESe sits in front of the escalation END.  They are worked like
 * any source; what an EOI replays is the notification, or the escalation.
 */
#include "end_internal.h"

typedef enum EsOp { ES_NONE, ES_TRIGGER, ES_EOI, ES_GET, ES_SET } EsOp;

/* Applies @op to the bits under @mask.  True: they notify. */
static bool es_apply(P9xEnd *end, uint32_t mask, EsOp op, uint32_t offset,
                     uint64_t *value)
{
    P9xEsb es = (unsigned char)p9x_end_get(end, 1, mask);
    bool notify = false;

    *value = p9x_esb_get(&es);
    switch (op) {
    case ES_TRIGGER:
        notify = p9x_esb_trigger(&es) == P9X_ESB_NOTIFY;
        break;
    case ES_EOI:
        notify = p9x_esb_eoi(&es);
        *value = notify;
        break;
    case ES_SET:
        p9x_esb_set(&es, (P9xPq)(offset >> 8 & P9X_ESB_PQ));
        break;
    default:
        return false;
    }
    p9x_end_set(end, 1, mask, p9x_esb_get(&es));
    return notify;
}

static void es_notify(P9xRouter *r, const P9xEnd *end, P9xEndEs es)
{
    if (es == P9X_END_ESN) {
        p9x_end_notify_vp(r, end);
        return;
    }
    if (p9x_end_flag(end, P9X_END_W0_ESCALATE)) {
        p9x_end_escalate(r, end);
    }
}

static uint64_t es_access(P9xRouter *r, uint8_t block, uint32_t index,
                          P9xEndEs es, EsOp op, uint32_t offset)
{
    uint32_t mask = es == P9X_END_ESN ? P9X_END_W1_ESN : P9X_END_W1_ESE;
    P9xEnd *end = p9x_end_get_locked(r, block, index);
    uint64_t value;
    P9xEnd copy;
    bool notify;

    if (!end) {
        return UINT64_MAX;
    }
    notify = es_apply(end, mask, op, offset, &value);
    copy = *end;
    p9x_end_put_changed(r, block, index);
    if (notify) {
        es_notify(r, &copy, es);
    }
    return value;
}

/* Firmware looks at ENDs before it makes them valid, so that is no error. */
static uint64_t es_look(P9xRouter *r, uint8_t block, uint32_t index,
                        P9xEndEs es)
{
    uint32_t mask = es == P9X_END_ESN ? P9X_END_W1_ESN : P9X_END_W1_ESE;
    P9xLock *lock = p9x_end_lock(r, block, index);
    uint64_t value = UINT64_MAX;
    P9xEnd *end;

    p9x_lock(lock);
    end = r->unit.tables.ops->end(r->unit.tables.opaque, block, index);
    if (end && p9x_end_flag(end, P9X_END_W0_VALID)) {
        value = p9x_end_get(end, 1, mask);
    }
    p9x_unlock(lock);
    return value;
}

static EsOp load_op(uint32_t offset)
{
    if (offset < P9X_ESB_EOI_END) {
        return ES_EOI;
    }
    return offset < P9X_ESB_SET_PQ_00 ? ES_GET : ES_SET;
}

static EsOp store_op(uint32_t offset, bool store_eoi)
{
    if (offset < P9X_ESB_STORE_EOI) {
        return ES_TRIGGER;
    }
    if (offset < P9X_ESB_EOI_END) {
        return store_eoi ? ES_EOI : ES_NONE;
    }
    return offset < P9X_ESB_SET_PQ_00 ? ES_NONE : ES_SET;
}

uint64_t p9x_router_end_esb_load(P9xRouter *r, uint8_t block, uint32_t index,
                                 P9xEndEs es, uint32_t offset)
{
    EsOp op;
    uint64_t value;

    offset &= P9X_ESB_OFFSET_MASK;
    op = load_op(offset);
    value = op == ES_GET ? es_look(r, block, index, es) :
                           es_access(r, block, index, es, op, offset);
    p9x_trace(r->unit.ports, P9X_TRACE_END_ESB_LOAD, block, index, offset,
              value, NULL);
    return value;
}

void p9x_router_end_esb_store(P9xRouter *r, uint8_t block, uint32_t index,
                              P9xEndEs es, uint32_t offset, bool store_eoi)
{
    EsOp op;

    offset &= P9X_ESB_OFFSET_MASK;
    op = store_op(offset, store_eoi);
    if (op == ES_NONE) {
        p9x_guest_error(r->unit.ports, &r->counters, P9X_ERR_ESB_STORE,
                        "store at 0x%03x of END %u/0x%x", offset, block,
                        index);
        return;
    }
    es_access(r, block, index, es, op, offset);
}
