/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notify page: events that arrive by bus, and events that leave by it.
 *
 * A trigger is a doubleword.  It names a source, whose PQ bits were looked at
 * where it came from or are here; or it has the form of an EAS and names an
 * END.  A chip that finds the EAS or END to be another's stores the trigger to
 * the notify page in the VSD.
 *
 * Firmware can make VSDs that send an event round in a circle, so the way of
 * an event from chip to chip has an end.
 */
#include "ic_errors.h"
#include "ic_notify.h"
#include "xive/recorder.h"

/*
 * Chips that the event of this thread has passed.  Not an argument, since the
 * way from one chip to the next leads through the router of each.
 */
static _Thread_local unsigned forwards;

/* As p9x_ic_place() says, of which each event of a device needs this much. */
bool p9x_ic_in_notify_page(const P9xIc *ic, uint64_t addr, uint64_t *offset)
{
    uint64_t bar = p9x_ic_reg(&ic->base, P9X_CQ_IC_BAR);
    uint64_t page = UINT64_C(1) << (bar & P9X_BAR_64K ? 16 : 12);

    *offset = addr - (bar & P9X_BAR_ADDR & ~(8 * page - 1)) - page;
    return (bar & P9X_BAR_VALID) && *offset < page;
}

static void note_event(const P9xIc *ic, P9xStep step, uint32_t a,
                       uint64_t value)
{
    p9x_note(step, ic->base.origin, a, (uint32_t)(value >> 32),
             (uint32_t)value);
}

static P9xIc *notify_page_at(P9xIcFabric *fabric, uint64_t addr,
                             uint64_t *offset)
{
    for (unsigned i = 0; i < P9X_IC_MAX_CHIPS; i++) {
        P9xIc *ic = p9x_ic_of_chip(fabric, i);

        if (ic && p9x_ic_in_notify_page(ic, addr, offset)) {
            return ic;
        }
    }
    return NULL;
}

static bool bus_store(const P9xIcPorts *ports, uint64_t addr, uint64_t value)
{
    p9x_assert_under(P9X_UNDER_NONE, "bus_store64");
    return ports->bus_store64 && ports->bus_store64(ports->host, addr, value);
}

/*
 * Sends trigger @value to the notify page at @addr, on whichever chip.
 * @transit may be NULL.
 */
static void forward(P9xIc *ic, uint64_t addr, uint64_t value,
                    P9xTransit *transit)
{
    uint64_t offset;
    bool ok = true;
    P9xIc *to;

    /* A thread that drains this gate must not wait for the other chip. */
    p9x_transit_end(transit);
    if (forwards == P9X_MAX_ESCALATIONS) {
        p9x_ic_error(&ic->base, P9X_ERR_ESCALATION_LOOP, P9X_FIR_VC_INFO,
                     "chips forward event 0x%llx in a circle",
                     (unsigned long long)value);
        return;
    }
    forwards++;
    to = notify_page_at(ic->fabric, addr, &offset);
    note_event(ic, P9X_STEP_FORWARD,
               to ? to->base.chip_id : P9X_RECORDED_NO_CHIP, value);
    if (to) {
        p9x_ic_notify(to, offset, value);
    } else {
        ok = bus_store(ic->base.ic_ports, addr, value);
    }
    forwards--;
    if (!ok) {
        p9x_ic_error(&ic->base, P9X_ERR_IC_NOTIFY, P9X_FIR_VC_INFO,
                     "no notify page at 0x%llx for event 0x%llx",
                     (unsigned long long)addr, (unsigned long long)value);
    }
}

static uint64_t end_trigger(uint8_t block, uint32_t index, uint32_t data)
{
    uint64_t value = p9x_set64(P9X_TRIGGER_END | P9X_TRIGGER_PQ | data,
                               P9X_EAS_END_BLOCK, block);

    return p9x_set64(value, P9X_EAS_END_INDEX, index);
}

static bool forwarded(P9xIc *ic, P9xVstType type, uint8_t block,
                      uint64_t value)
{
    uint64_t vsd = p9x_vst_vsd(&ic->base, type, block);

    if (p9x_vsd_mode(vsd) != P9X_VSD_FORWARD) {
        return false;
    }
    forward(ic, vsd & P9X_VSD_ADDR, value, NULL);
    return true;
}

static void trigger_end(P9xIc *ic, uint64_t value)
{
    p9x_router_end_trigger(&ic->router,
                           (uint8_t)p9x_get64(value, P9X_EAS_END_BLOCK),
                           (uint32_t)p9x_get64(value, P9X_EAS_END_INDEX),
                           (uint32_t)p9x_get64(value, P9X_EAS_END_DATA));
}

/* PQ bits in our SBE table. */
static void trigger_here(P9xIc *ic, uint8_t block, uint32_t index,
                         uint64_t value)
{
    P9xIcBlock *b = p9x_sbe_block(&ic->sbe, block);

    if (b) {
        p9x_source_trigger(&b->source, index);
        return;
    }
    p9x_ic_error(&ic->base, P9X_ERR_IC_NOTIFY, P9X_FIR_VC_INFO,
                 "trigger 0x%llx for a block without PQ bits",
                 (unsigned long long)value);
}

/* Works trigger @value off, as if it had come out of its queue. */
static void work_off(P9xIc *ic, uint64_t value)
{
    uint8_t block = (uint8_t)p9x_get64(value, P9X_TRIGGER_BLOCK);
    uint32_t index = (uint32_t)p9x_get64(value, P9X_TRIGGER_INDEX);
    bool pq_done = value & P9X_TRIGGER_PQ;

    if (value & P9X_TRIGGER_END) {
        trigger_end(ic, value);
        return;
    }
    if (forwarded(ic, pq_done ? P9X_VST_EAT : P9X_VST_SBE, block, value)) {
        return;
    }
    if (pq_done) {
        p9x_router_notify(&ic->router, block, index, NULL);
    } else {
        trigger_here(ic, block, index, value);
    }
}

/* An event that has waited, now in a passage of its own. */
static void go_on(P9xIc *ic, unsigned queue, uint64_t value)
{
    uint64_t outer;

    if (!p9x_recording()) {
        work_off(ic, value);
        return;
    }
    outer = p9x_passage_begin();
    note_event(ic, P9X_STEP_GOES_ON, queue, value);
    work_off(ic, value);
    p9x_passage_end(outer);
}

/*
 * Event @value comes to @queue.  True: it waits there, for firmware holds the
 * queue back, and @transit, which may be NULL, is over.  The event that it
 * pushes out goes on.
 */
static bool waits(P9xIc *ic, unsigned queue, uint64_t value,
                  P9xTransit *transit)
{
    P9xFifoPut put;

    if (!p9x_fifo_holds(&ic->fifos, queue)) {
        return false;
    }
    put = p9x_fifo_put(&ic->fifos, queue, value);
    if (put.waits) {
        note_event(ic, P9X_STEP_WAITS, queue, value);
        p9x_transit_end(transit);
    }
    if (put.pushed_out) {
        go_on(ic, queue, put.oldest);
    }
    return put.waits;
}

/* An escalation: the first of an event has a queue of its own. */
static bool escalation_waits(P9xIc *ic, unsigned hops, uint8_t block,
                             uint32_t index, uint32_t data,
                             P9xTransit *transit)
{
    unsigned queue = hops == 1 ? P9X_FIFO_ESC1 : P9X_FIFO_ESC2;

    return hops && waits(ic, queue, end_trigger(block, index, data), transit);
}

bool p9x_ic_send_elsewhere(void *opaque, unsigned hops, uint8_t block,
                           uint32_t index, uint32_t data,
                           P9xTransit *transit)
{
    P9xIc *ic = opaque;
    uint64_t vsd = p9x_vst_vsd(&ic->base, P9X_VST_ENDT, block);

    if (__builtin_expect(p9x_vsd_mode(vsd) != P9X_VSD_FORWARD, 1)) {
        return escalation_waits(ic, hops, block, index, data, transit);
    }
    forward(ic, vsd & P9X_VSD_ADDR, end_trigger(block, index, data), transit);
    return true;
}

void p9x_ic_source_event(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    P9xIcBlock *b = opaque;

    if (!waits(b->ic, P9X_FIFO_IPI,
               P9X_TRIGGER_PQ | (uint64_t)b->block << 28 | srcno, transit)) {
        p9x_router_notify(&b->ic->router, b->block, srcno, transit);
    }
}

void p9x_ic_drain_queue(P9xIc *ic, unsigned queue)
{
    uint64_t value;

    while (p9x_fifo_take(&ic->fifos, queue, &value)) {
        go_on(ic, queue, value);
    }
    p9x_fifo_settle(&ic->fifos, queue);
}

/*
 * Events are in their queues when the store that made them is over; what a
 * sync has to wait for are those of other threads, and those that firmware
 * holds back.  PC's operations are over with the access that asked for them.
 */
static void sync_queue(P9xIc *ic, unsigned n)
{
    if (n > P9X_FIFO_REDI) {
        return;
    }
    p9x_sbe_sync(&ic->sbe);
    p9x_router_sync(&ic->router);
    p9x_fifo_sync(&ic->fifos, n);
}

/* Queue that an event at this port goes through. */
static unsigned queue_of(uint64_t offset)
{
    return offset < P9X_NOTIFY_FORWARD ? P9X_FIFO_HW :
           (unsigned)(offset - P9X_NOTIFY_FORWARD) / 0x80;
}

static void incoming(P9xIc *ic, unsigned queue, uint64_t value)
{
    if (!waits(ic, queue, value, NULL)) {
        work_off(ic, value);
    }
}

void p9x_ic_notify(P9xIc *ic, uint64_t offset, uint64_t value)
{
    if (offset < P9X_NOTIFY_RESERVED) {
        incoming(ic, queue_of(offset), value);
    } else if (offset >= P9X_NOTIFY_SYNC && offset < 0x1000) {
        sync_queue(ic, (unsigned)(offset - P9X_NOTIFY_SYNC) / 0x80);
    } else {
        p9x_ic_error(&ic->base, P9X_ERR_IC_NOTIFY, P9X_FIR_CI_ERROR,
                     "store at 0x%llx of the notify page",
                     (unsigned long long)offset);
    }
}
