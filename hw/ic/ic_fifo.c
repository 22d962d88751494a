/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues of events on their way.
 *
 * An event is worked off by the access that caused it, so a queue is empty
 * but when firmware holds it back (VC_IRQ_CONFIG, queue disable).  Then events
 * wait: the oldest in the chip, the others in memory, where a VSD of type IRQ
 * says.  What no longer fits pushes the oldest out: nothing is lost, and no
 * sender has to wait.
 *
 * Guest memory is the guest's: what is read back is an event like any that a
 * store to the notify page brings.
 */
#include <glib.h>
#include <string.h>

#include "ic_internal.h"

static unsigned config_offset(unsigned queue)
{
    return P9X_VC_IRQ_CONFIG + 8 * queue;
}

static bool is_disabled(const P9xIc *ic, unsigned queue)
{
    return p9x_ic_reg(ic, config_offset(queue)) & P9X_IRQ_QUEUE_DISABLE;
}

static unsigned mem_shift(uint64_t config)
{
    return 12 + (unsigned)p9x_get64(config, P9X_IRQ_MEM_SIZE);
}

/* ---- the part in memory ---- */

/* @vsd is one that p9x_vst_direct has found good when it came into use. */
static bool mem_entry(P9xIc *ic, const P9xIcFifo *f, uint64_t n,
                      uint64_t *addr)
{
    uint64_t size;

    if (!p9x_vst_direct(ic, f->vsd, addr, &size)) {
        return false;
    }
    *addr += (f->first + n) * 8 % size;
    return true;
}

/* The table in use, or that to be used from now on; 0: none. */
static uint64_t mem_vsd(P9xIc *ic, unsigned queue)
{
    P9xIcFifo *f = &ic->fifo[queue];
    uint64_t config = p9x_ic_reg(ic, config_offset(queue));
    uint64_t addr, size, vsd;

    if (f->in_memory) {
        return f->vsd;
    }
    vsd = atomic_load(&ic->vc_vsd[P9X_VST_FIFO][queue]);
    if (!(config & P9X_IRQ_MEM_ENABLE) ||
        !p9x_vst_direct(ic, vsd, &addr, &size) ||
        size >> mem_shift(config) != 1) {
        return 0;
    }
    return vsd;
}

static bool put_in_memory(P9xIc *ic, unsigned queue, uint64_t value)
{
    P9xIcFifo *f = &ic->fifo[queue];
    uint64_t vsd = mem_vsd(ic, queue);
    P9xBe64 raw = p9x_be64(value);
    uint64_t addr, size;

    if (!vsd || !p9x_vst_direct(ic, vsd, &addr, &size) ||
        f->in_memory >= size / 8) {
        return false;
    }
    if (!f->in_memory) {
        f->vsd = vsd;
        f->first = 0;
    }
    if (!mem_entry(ic, f, f->in_memory, &addr) ||
        !ic->ports->mem_write(ic->ports->host, addr, &raw, sizeof(raw))) {
        return false;
    }
    f->in_memory++;
    return true;
}

static bool take_from_memory(P9xIc *ic, P9xIcFifo *f, uint64_t *value)
{
    P9xBe64 raw;
    uint64_t addr;
    bool ok = mem_entry(ic, f, 0, &addr) &&
              ic->ports->mem_read(ic->ports->host, addr, &raw, sizeof(raw));

    f->first++;
    f->in_memory--;
    *value = ok ? p9x_be64(raw) : 0;
    return ok;
}

/* ---- the whole ---- */

static bool is_empty(const P9xIcFifo *f)
{
    return !f->in_chip && !f->in_memory;
}

static bool put_locked(P9xIc *ic, unsigned queue, uint64_t value)
{
    P9xIcFifo *f = &ic->fifo[queue];

    p9x_assert_held(&ic->fifo_lock);
    if (!f->in_memory && f->in_chip < P9X_FIFO_CHIP) {
        f->chip[f->in_chip++] = value;
        return true;
    }
    return put_in_memory(ic, queue, value);
}

/* The oldest; the first of those in memory moves up. */
static bool take_locked(P9xIc *ic, unsigned queue, uint64_t *value)
{
    P9xIcFifo *f = &ic->fifo[queue];
    uint64_t next;

    p9x_assert_held(&ic->fifo_lock);
    if (!f->in_chip) {
        return false;
    }
    *value = f->chip[0];
    f->in_chip--;
    memmove(&f->chip[0], &f->chip[1], f->in_chip * sizeof(f->chip[0]));
    while (f->in_memory && f->in_chip < P9X_FIFO_CHIP) {
        if (take_from_memory(ic, f, &next)) {
            f->chip[f->in_chip++] = next;
            continue;
        }
        p9x_ic_error(ic, P9X_ERR_IC_TABLE, 0,
                     "overflow of queue %u has lost its memory", queue);
    }
    return true;
}

static void note_syncs(P9xIc *ic, unsigned done)
{
    for (unsigned n = 0; n < P9X_IC_FIFOS; n++) {
        if (done >> n & 1) {
            atomic_fetch_or(&ic->reg[P9X_VC_EQC_CONFIG / 8],
                            P9X_EQC_SYNC_BIT(n));
        }
    }
}

bool p9x_fifo_hold(P9xIc *ic, unsigned queue, uint64_t value)
{
    uint64_t oldest = 0;
    bool full = false, held;

    p9x_lock(&ic->fifo_lock);
    held = p9x_fifo_holds(ic, queue);
    if (held && !put_locked(ic, queue, value)) {
        full = take_locked(ic, queue, &oldest);
        put_locked(ic, queue, value);
    }
    p9x_unlock(&ic->fifo_lock);
    if (full) {
        p9x_ic_trigger(ic, oldest);
    }
    return held;
}

/* Works off what waits.  Events that come meanwhile go past. */
static void drain(P9xIc *ic, unsigned queue)
{
    unsigned done = 0;
    uint64_t value;
    bool more;

    do {
        p9x_lock(&ic->fifo_lock);
        more = take_locked(ic, queue, &value);
        p9x_unlock(&ic->fifo_lock);
        if (more) {
            p9x_ic_trigger(ic, value);
        }
    } while (more);
    p9x_lock(&ic->fifo_lock);
    if (is_empty(&ic->fifo[queue])) {
        done = ic->syncs & 1u << queue;
        ic->syncs &= ~done;
    }
    p9x_unlock(&ic->fifo_lock);
    note_syncs(ic, done);
}

void p9x_fifo_sync(P9xIc *ic, unsigned queue)
{
    unsigned bit = 1u << queue;
    bool empty;

    p9x_lock(&ic->fifo_lock);
    empty = is_empty(&ic->fifo[queue]);
    ic->syncs |= empty ? 0 : bit;
    p9x_unlock(&ic->fifo_lock);
    if (empty) {
        note_syncs(ic, bit);
    }
}

/* ---- registers ---- */

/* Firmware that gives memory wants it used: say at once if it can't be. */
static void check_memory(P9xIc *ic, unsigned queue, uint64_t config)
{
    uint64_t addr, size;
    uint64_t vsd = atomic_load(&ic->vc_vsd[P9X_VST_FIFO][queue]);

    if ((config & P9X_IRQ_MEM_ENABLE) &&
        (!p9x_vst_direct(ic, vsd, &addr, &size) ||
         size >> mem_shift(config) != 1)) {
        p9x_ic_error(ic, P9X_ERR_IC_TABLE, 0,
                     "queue %u has no memory of 2^%u bytes (0x%llx)", queue,
                     mem_shift(config), (unsigned long long)vsd);
    }
}

uint64_t p9x_fifo_load_config(P9xIc *ic, unsigned queue)
{
    const P9xIcFifo *f = &ic->fifo[queue];
    uint64_t config = p9x_ic_reg(ic, config_offset(queue));

    p9x_lock(&ic->fifo_lock);
    if (!is_empty(f)) {
        config |= P9X_IRQ_NOT_EMPTY;
    }
    if (f->in_chip == P9X_FIFO_CHIP) {
        config |= P9X_IRQ_FULL;
    }
    p9x_unlock(&ic->fifo_lock);
    return config;
}

void p9x_fifo_store_config(P9xIc *ic, unsigned queue, uint64_t value)
{
    unsigned bit = 1u << queue;

    check_memory(ic, queue, value);
    p9x_lock(&ic->fifo_lock);
    p9x_ic_set_reg(ic, config_offset(queue), value);
    if (is_disabled(ic, queue)) {
        atomic_fetch_or(&ic->held, bit);
    } else {
        atomic_fetch_and(&ic->held, ~bit);
    }
    p9x_unlock(&ic->fifo_lock);
    if (!(value & P9X_IRQ_QUEUE_DISABLE)) {
        drain(ic, queue);
    }
}

void p9x_fifo_reset(P9xIc *ic)
{
    p9x_lock(&ic->fifo_lock);
    memset(ic->fifo, 0, sizeof(ic->fifo));
    ic->syncs = 0;
    atomic_store(&ic->held, 0);
    p9x_unlock(&ic->fifo_lock);
}

/* ---- saving ---- */

void p9x_fifo_save(P9xIc *ic, P9xIcState *state)
{
    p9x_lock(&ic->fifo_lock);
    memcpy(state->fifo, ic->fifo, sizeof(ic->fifo));
    state->syncs = ic->syncs;
    p9x_unlock(&ic->fifo_lock);
}

/* Whatever @state says: no more in memory than there is room for. */
static void restore_one(P9xIc *ic, unsigned queue)
{
    P9xIcFifo *f = &ic->fifo[queue];
    uint64_t addr, size = 0;

    f->in_chip = MIN(f->in_chip, P9X_FIFO_CHIP);
    if (!p9x_vst_direct(ic, f->vsd, &addr, &size)) {
        f->in_memory = 0;
    }
    f->in_memory = MIN(f->in_memory, size / 8);
    f->first &= UINT32_MAX;
    if (!f->in_chip) {
        /* The oldest are in the chip: that holds for what can be. */
        f->in_memory = 0;
    }
    if (is_disabled(ic, queue)) {
        atomic_fetch_or(&ic->held, 1u << queue);
    }
}

void p9x_fifo_restore(P9xIc *ic, const P9xIcState *state)
{
    p9x_lock(&ic->fifo_lock);
    memcpy(ic->fifo, state->fifo, sizeof(ic->fifo));
    ic->syncs = (unsigned)state->syncs & ((1u << P9X_IC_FIFOS) - 1);
    atomic_store(&ic->held, 0);
    for (unsigned queue = 0; queue < P9X_IC_FIFOS; queue++) {
        restore_one(ic, queue);
    }
    p9x_unlock(&ic->fifo_lock);
}
