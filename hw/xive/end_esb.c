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
#include "xive/recorder.h"

typedef enum EsOp { ES_NONE, ES_TRIGGER, ES_EOI, ES_GET, ES_SET } EsOp;

/* One of the two pages of an END. */
typedef struct EsPage {
    uint8_t block;
    uint32_t index;
    P9xEndEs es;
} EsPage;

static uint32_t es_mask(P9xEndEs es)
{
    return es == P9X_END_ESN ? P9X_END_W1_ESN : P9X_END_W1_ESE;
}

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

static void es_notify(P9xRouter *r, const EsPage *page, const P9xEnd *end)
{
    if (page->es == P9X_END_ESN) {
        p9x_end_notify_vp(r, end);
        return;
    }
    if (p9x_end_flag(end, P9X_END_W0_ESCALATE)) {
        p9x_end_escalate(r, page->block, page->index, end);
    }
}

/* What an access sends is a passage of its own, as what a source replays. */
static void __attribute__((noinline)) es_recorded(P9xRouter *r,
                                                 const EsPage *page,
                                                 const P9xEnd *end, EsOp op,
                                                 uint32_t before, bool notify)
{
    bool esn = page->es == P9X_END_ESN;
    uint32_t after = p9x_end_get(end, 1, es_mask(page->es));
    P9xStep step = op == ES_EOI ?
        (esn ? P9X_STEP_ESN_EOI : P9X_STEP_ESE_EOI) :
        (esn ? P9X_STEP_ESN_STORE : P9X_STEP_ESE_STORE);
    uint64_t outer;

    if (op == ES_SET && before == after) {
        return;
    }
    outer = p9x_passage_begin();
    p9x_record(step, r->unit.origin,
               (uint32_t)page->block << 24 | page->index, before << 8 | after,
               notify);
    if (notify) {
        es_notify(r, page, end);
    }
    p9x_passage_end(outer);
}

static uint64_t es_access(P9xRouter *r, const EsPage *page, EsOp op,
                          uint32_t offset)
{
    uint32_t mask = es_mask(page->es), before;
    P9xEnd *end = p9x_end_get_locked(r, page->block, page->index);
    uint64_t value;
    P9xEnd copy;
    bool notify;

    if (!end) {
        return UINT64_MAX;
    }
    before = p9x_end_get(end, 1, mask);
    notify = es_apply(end, mask, op, offset, &value);
    copy = *end;
    p9x_end_put_changed(r, page->block, page->index);
    if (p9x_recording()) {
        es_recorded(r, page, &copy, op, before, notify);
    } else if (notify) {
        es_notify(r, page, &copy);
    }
    return value;
}

/* Firmware looks at ENDs before it makes them valid, so that is no error. */
static uint64_t es_look(P9xRouter *r, const EsPage *page)
{
    P9xLock *lock = p9x_end_lock(r, page->block, page->index);
    uint64_t value = UINT64_MAX;
    P9xEnd *end;

    p9x_lock(lock);
    end = r->unit.tables.ops->end(r->unit.tables.opaque, page->block,
                                  page->index);
    if (end && p9x_end_flag(end, P9X_END_W0_VALID)) {
        value = p9x_end_get(end, 1, es_mask(page->es));
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
    const EsPage page = { block, index, es };
    EsOp op;
    uint64_t value;

    offset &= P9X_ESB_OFFSET_MASK;
    op = load_op(offset);
    value = op == ES_GET ? es_look(r, &page) :
                           es_access(r, &page, op, offset);
    p9x_trace(r->unit.ports, P9X_TRACE_END_ESB_LOAD, block, index, offset,
              value, NULL);
    return value;
}

void p9x_router_end_esb_store(P9xRouter *r, uint8_t block, uint32_t index,
                              P9xEndEs es, uint32_t offset, bool store_eoi)
{
    const EsPage page = { block, index, es };
    EsOp op;

    offset &= P9X_ESB_OFFSET_MASK;
    op = store_op(offset, store_eoi);
    if (op == ES_NONE) {
        p9x_guest_error(r->unit.ports, &r->counters, P9X_ERR_ESB_STORE,
                        "store at 0x%03x of END %u/0x%x", offset, block,
                        index);
        return;
    }
    es_access(r, &page, op, offset);
}
