/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event state machine.  Each function is one compare-and-swap loop. */
#include "xive/esb.h"

/* Replaces the PQ bits, given how @next derives the byte; returns the old. */
#define ESB_TRANSITION(esb, old, next)                                       \
    do {                                                                     \
        (old) = atomic_load_explicit((esb), memory_order_relaxed);           \
    } while (!atomic_compare_exchange_weak_explicit((esb), &(old), (next),   \
                                                    memory_order_acq_rel,    \
                                                    memory_order_relaxed))

static inline unsigned char with_pq(unsigned char byte, unsigned pq)
{
    return (unsigned char)((byte & ~P9X_ESB_PQ) | pq);
}

P9xPq p9x_esb_set(P9xEsb *esb, P9xPq pq)
{
    unsigned char old;

    ESB_TRANSITION(esb, old, with_pq(old, pq));
    return (P9xPq)(old & P9X_ESB_PQ);
}

static const unsigned char after_trigger[] = {
    [P9X_PQ_00] = P9X_PQ_10,
    [P9X_PQ_01] = P9X_PQ_01,
    [P9X_PQ_10] = P9X_PQ_11,
    [P9X_PQ_11] = P9X_PQ_11
};

static const P9xEsbOutcome trigger_outcome[] = {
    [P9X_PQ_00] = P9X_ESB_NOTIFY,
    [P9X_PQ_01] = P9X_ESB_IS_OFF,
    [P9X_PQ_10] = P9X_ESB_COALESCED,
    [P9X_PQ_11] = P9X_ESB_COALESCED
};

static const unsigned char after_eoi[] = {
    [P9X_PQ_00] = P9X_PQ_00,
    [P9X_PQ_01] = P9X_PQ_01,
    [P9X_PQ_10] = P9X_PQ_00,
    [P9X_PQ_11] = P9X_PQ_10
};

P9xEsbOutcome p9x_esb_trigger(P9xEsb *esb)
{
    unsigned char old;

    ESB_TRANSITION(esb, old, with_pq(old, after_trigger[old & P9X_ESB_PQ]));
    return trigger_outcome[old & P9X_ESB_PQ];
}

bool p9x_esb_eoi(P9xEsb *esb)
{
    unsigned char old;

    ESB_TRANSITION(esb, old, with_pq(old, after_eoi[old & P9X_ESB_PQ]));
    return (old & P9X_ESB_PQ) == P9X_PQ_11;
}

static unsigned char level_set(unsigned char byte, bool level)
{
    if (!level) {
        return (unsigned char)(byte & ~P9X_ESB_ASSERTED);
    }
    byte |= P9X_ESB_ASSERTED;
    return (byte & P9X_ESB_PQ) == P9X_PQ_00 ? with_pq(byte, P9X_PQ_10) : byte;
}

P9xEsbOutcome p9x_esb_set_level(P9xEsb *esb, bool level)
{
    unsigned char old;

    ESB_TRANSITION(esb, old, level_set(old, level));
    if (!level) {
        return P9X_ESB_LEVEL_ONLY;
    }
    switch (old & P9X_ESB_PQ) {
    case P9X_PQ_00:
        return P9X_ESB_NOTIFY;
    case P9X_PQ_01:
        return P9X_ESB_IS_OFF;
    default:
        return P9X_ESB_COALESCED;
    }
}

static unsigned char level_eoi(unsigned char byte)
{
    /* Q means nothing here: whether to notify again is the level's say. */
    if ((byte & P9X_ESB_PQ) == P9X_PQ_01) {
        return byte;
    }
    return with_pq(byte, byte & P9X_ESB_ASSERTED ? P9X_PQ_10 : P9X_PQ_00);
}

static unsigned char level_set_pq(unsigned char byte, P9xPq pq)
{
    bool fires = pq == P9X_PQ_00 && (byte & P9X_ESB_ASSERTED);

    return with_pq(byte, fires ? P9X_PQ_10 : pq);
}

P9xPq p9x_esb_set_pq_level(P9xEsb *esb, P9xPq pq, bool *notify)
{
    unsigned char old;

    ESB_TRANSITION(esb, old, level_set_pq(old, pq));
    *notify = pq == P9X_PQ_00 && (old & P9X_ESB_ASSERTED);
    return (P9xPq)(old & P9X_ESB_PQ);
}

bool p9x_esb_eoi_level(P9xEsb *esb)
{
    unsigned char old;

    ESB_TRANSITION(esb, old, level_eoi(old));
    return (old & P9X_ESB_ASSERTED) && (old & P9X_ESB_PQ) != P9X_PQ_01;
}
