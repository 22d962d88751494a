/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues of events on their way.
 *
 * An event is worked off by the access that caused it, so a queue is empty
 * but when firmware holds it back (VC_IRQ_CONFIG, queue disable).  Then events
 * wait: the oldest in the chip, the others in memory, where a VSD of type IRQ
 * says.  What no longer fits pushes the oldest out: nothing is lost, and no
 * sender has to wait.  The caller gets what is pushed out, and lets it go on.
 *
 * Guest memory is the guest's: what is read back is an event like any that a
 * store to the notify page brings.
 */
#include <glib.h>
#include <string.h>

#include "ic_errors.h"
#include "ic_fifo.h"

static unsigned config_offset(unsigned queue)
{
    return P9X_VC_IRQ_CONFIG_IPI + 8 * queue;
}

static bool is_disabled(const P9xIcBase *base, unsigned queue)
{
    return p9x_ic_reg(base, config_offset(queue)) & P9X_IRQ_QUEUE_DISABLE;
}

static unsigned mem_shift(uint64_t config)
{
    return 12 + (unsigned)p9x_get64(config, P9X_IRQ_MEM_SIZE);
}

/* ---- the part in memory ---- */

/* @vsd is one that p9x_vst_direct has found good when it came into use. */
static bool mem_entry(const P9xIcBase *base, const P9xIcFifo *f, uint64_t n,
                      uint64_t *addr)
{
    uint64_t size;

    if (!p9x_vst_direct(base, f->vsd, addr, &size)) {
        return false;
    }
    *addr += (f->first + n) * 8 % size;
    return true;
}

/* The VSD that firmware has set for @queue. */
static uint64_t queue_vsd(const P9xIcBase *base, unsigned queue)
{
    return p9x_vst_vsd(base, P9X_VST_FIFO, (uint8_t)queue);
}

/* A table that has the size that @config says. */
static bool fits(const P9xIcBase *base, uint64_t config, uint64_t vsd)
{
    uint64_t addr, size;

    return p9x_vst_direct(base, vsd, &addr, &size) &&
           size >> mem_shift(config) == 1;
}

/* The table in use, or that to be used from now on; 0: none. */
static uint64_t mem_vsd(const P9xIcFifos *fifos, unsigned queue)
{
    const P9xIcFifo *f = &fifos->fifo[queue];
    uint64_t config = p9x_ic_reg(fifos->base, config_offset(queue));
    uint64_t vsd;

    if (f->in_memory) {
        return f->vsd;
    }
    vsd = queue_vsd(fifos->base, queue);
    return (config & P9X_IRQ_MEM_ENABLE) && fits(fifos->base, config, vsd) ?
           vsd : 0;
}

static bool put_in_memory(P9xIcFifos *fifos, unsigned queue, uint64_t value)
{
    const P9xIcBase *base = fifos->base;
    P9xIcFifo *f = &fifos->fifo[queue];
    uint64_t vsd = mem_vsd(fifos, queue);
    P9xBe64 raw = p9x_be64(value);
    uint64_t addr, size;

    if (!vsd || !p9x_vst_direct(base, vsd, &addr, &size) ||
        f->in_memory >= size / 8) {
        return false;
    }
    if (!f->in_memory) {
        f->vsd = vsd;
        f->first = 0;
    }
    if (!mem_entry(base, f, f->in_memory, &addr) ||
        !base->ports->mem_write(base->ports->host, addr, &raw, sizeof(raw))) {
        return false;
    }
    f->in_memory++;
    return true;
}

static bool take_from_memory(const P9xIcBase *base, P9xIcFifo *f,
                             uint64_t *value)
{
    P9xBe64 raw;
    uint64_t addr;
    bool ok = mem_entry(base, f, 0, &addr) &&
              base->ports->mem_read(base->ports->host, addr, &raw,
                                    sizeof(raw));

    f->first++;
    f->in_memory--;
    *value = ok ? p9x_be64(raw) : 0;
    return ok;
}

/* ---- the whole ---- */

void p9x_fifo_init(P9xIcFifos *f, P9xIcBase *base)
{
    p9x_lock_init(&f->lock, P9X_RANK_IC_FIFO);
    f->base = base;
}

/* The oldest are in the chip: without them, memory has none either. */
static bool is_empty(const P9xIcFifo *f)
{
    return !f->in_chip;
}

static bool put_locked(P9xIcFifos *fifos, unsigned queue, uint64_t value)
{
    P9xIcFifo *f = &fifos->fifo[queue];

    p9x_assert_held(&fifos->lock);
    if (!f->in_memory && f->in_chip < P9X_FIFO_CHIP) {
        f->chip[f->in_chip++] = value;
        return true;
    }
    return put_in_memory(fifos, queue, value);
}

/* The oldest; the first of those in memory moves up. */
static bool take_locked(P9xIcFifos *fifos, unsigned queue, uint64_t *value)
{
    P9xIcFifo *f = &fifos->fifo[queue];
    uint64_t next;

    p9x_assert_held(&fifos->lock);
    if (!f->in_chip) {
        return false;
    }
    *value = f->chip[0];
    f->in_chip--;
    memmove(&f->chip[0], &f->chip[1], f->in_chip * sizeof(f->chip[0]));
    while (f->in_memory && f->in_chip < P9X_FIFO_CHIP) {
        if (take_from_memory(fifos->base, f, &next)) {
            f->chip[f->in_chip++] = next;
            continue;
        }
        p9x_ic_error(fifos->base, P9X_ERR_IC_TABLE, 0,
                     "overflow of queue %u has lost its memory", queue);
    }
    return true;
}

P9xFifoPut p9x_fifo_put(P9xIcFifos *f, unsigned queue, uint64_t value)
{
    P9xFifoPut put = { 0 };

    p9x_lock(&f->lock);
    put.waits = p9x_fifo_holds(f, queue);
    if (put.waits && !put_locked(f, queue, value)) {
        put.pushed_out = take_locked(f, queue, &put.oldest);
        put_locked(f, queue, value);
    }
    p9x_unlock(&f->lock);
    return put;
}

bool p9x_fifo_take(P9xIcFifos *f, unsigned queue, uint64_t *value)
{
    bool any;

    p9x_lock(&f->lock);
    any = take_locked(f, queue, value);
    p9x_unlock(&f->lock);
    return any;
}

static void note_syncs(P9xIcFifos *f, unsigned done)
{
    for (unsigned n = 0; n < P9X_IC_FIFOS; n++) {
        if (done >> n & 1) {
            atomic_fetch_or(&f->base->reg[P9X_VC_EQC_CONFIG / 8],
                            P9X_EQC_SYNC_BIT(n));
        }
    }
}

void p9x_fifo_settle(P9xIcFifos *f, unsigned queue)
{
    unsigned done = 0;

    p9x_lock(&f->lock);
    if (is_empty(&f->fifo[queue])) {
        done = f->syncs & 1u << queue;
        f->syncs &= ~done;
    }
    p9x_unlock(&f->lock);
    note_syncs(f, done);
}

void p9x_fifo_sync(P9xIcFifos *f, unsigned queue)
{
    unsigned bit = 1u << queue;
    bool empty;

    p9x_lock(&f->lock);
    empty = is_empty(&f->fifo[queue]);
    f->syncs |= empty ? 0 : bit;
    p9x_unlock(&f->lock);
    if (empty) {
        note_syncs(f, bit);
    }
}

/* ---- registers ---- */

/* Firmware that gives memory wants it used: say at once if it can't be. */
static void check_memory(P9xIcBase *base, unsigned queue, uint64_t config)
{
    uint64_t vsd = queue_vsd(base, queue);

    if ((config & P9X_IRQ_MEM_ENABLE) && !fits(base, config, vsd)) {
        p9x_ic_error(base, P9X_ERR_IC_TABLE, 0,
                     "queue %u has no memory of 2^%u bytes (0x%llx)", queue,
                     mem_shift(config), (unsigned long long)vsd);
    }
}

uint64_t p9x_fifo_load_config(P9xIcFifos *fifos, unsigned queue)
{
    const P9xIcFifo *f = &fifos->fifo[queue];
    uint64_t config = p9x_ic_reg(fifos->base, config_offset(queue));

    p9x_lock(&fifos->lock);
    if (!is_empty(f)) {
        config |= P9X_IRQ_NOT_EMPTY;
    }
    if (f->in_chip == P9X_FIFO_CHIP) {
        config |= P9X_IRQ_FULL;
    }
    p9x_unlock(&fifos->lock);
    return config;
}

void p9x_fifo_store_config(P9xIcFifos *f, unsigned queue, uint64_t value)
{
    unsigned bit = 1u << queue;

    check_memory(f->base, queue, value);
    p9x_lock(&f->lock);
    p9x_ic_set_reg(f->base, config_offset(queue), value);
    if (is_disabled(f->base, queue)) {
        atomic_fetch_or(&f->held, bit);
    } else {
        atomic_fetch_and(&f->held, ~bit);
    }
    p9x_unlock(&f->lock);
}

void p9x_fifo_reset(P9xIcFifos *f)
{
    p9x_lock(&f->lock);
    memset(f->fifo, 0, sizeof(f->fifo));
    f->syncs = 0;
    atomic_store(&f->held, 0);
    p9x_unlock(&f->lock);
}

/* ---- saving ---- */

void p9x_fifo_save(P9xIcFifos *f, P9xIcState *state)
{
    p9x_lock(&f->lock);
    memcpy(state->fifo, f->fifo, sizeof(f->fifo));
    state->syncs = f->syncs;
    p9x_unlock(&f->lock);
}

/* Whatever @state says: no more in memory than there is room for. */
static void restore_one(P9xIcFifos *fifos, unsigned queue)
{
    P9xIcFifo *f = &fifos->fifo[queue];
    uint64_t addr, size = 0;

    f->in_chip = MIN(f->in_chip, P9X_FIFO_CHIP);
    if (!p9x_vst_direct(fifos->base, f->vsd, &addr, &size)) {
        f->in_memory = 0;
    }
    f->in_memory = MIN(f->in_memory, size / 8);
    f->first &= UINT32_MAX;
    if (!f->in_chip) {
        /* The oldest are in the chip: that holds for what can be. */
        f->in_memory = 0;
    }
    if (is_disabled(fifos->base, queue)) {
        atomic_fetch_or(&fifos->held, 1u << queue);
    }
}

void p9x_fifo_restore(P9xIcFifos *f, const P9xIcState *state)
{
    p9x_lock(&f->lock);
    memcpy(f->fifo, state->fifo, sizeof(f->fifo));
    f->syncs = (unsigned)state->syncs & ((1u << P9X_IC_FIFOS) - 1);
    atomic_store(&f->held, 0);
    for (unsigned queue = 0; queue < P9X_IC_FIFOS; queue++) {
        restore_one(f, queue);
    }
    p9x_unlock(&f->lock);
}
