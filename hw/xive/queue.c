/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event queues in guest memory. */
#include "xive/lock.h"
#include "xive/queue.h"

static unsigned queue_shift(const P9xEnd *end)
{
    unsigned field = p9x_end_get(end, 0, P9X_END_W0_QSIZE);

    /* The field could say more than the largest queue has. */
    return P9X_QSIZE_SHIFT_BASE +
           (field > P9X_QSIZE_MAX ? P9X_QSIZE_MAX : field);
}

uint32_t p9x_queue_entries(const P9xEnd *end)
{
    return UINT32_C(1) << (queue_shift(end) - 2);
}

uint64_t p9x_queue_addr(const P9xEnd *end)
{
    uint64_t hi = p9x_end_get(end, 2, P9X_END_W2_ADDR_HI);
    uint64_t addr = hi << 32 | p9x_be32(end->w[3]);

    /* Hardware takes the bits above the queue's size, nothing below. */
    return addr & ~((UINT64_C(1) << queue_shift(end)) - 1);
}

void p9x_queue_set(P9xEnd *end, uint64_t addr, unsigned shift)
{
    p9x_end_set(end, 0, P9X_END_W0_QSIZE, shift - P9X_QSIZE_SHIFT_BASE);
    p9x_end_set(end, 1, P9X_END_W1_GENERATION, 1);
    p9x_end_set(end, 1, P9X_END_W1_OFFSET, 0);
    p9x_end_set(end, 2, P9X_END_W2_ADDR_HI, (uint32_t)(addr >> 32));
    end->w[3] = p9x_be32((uint32_t)addr);
}

bool p9x_queue_push(P9xEnd *end, uint32_t data, const P9xPorts *ports)
{
    uint32_t generation = p9x_end_get(end, 1, P9X_END_W1_GENERATION);
    uint32_t last = p9x_queue_entries(end) - 1;
    uint32_t at = p9x_end_get(end, 1, P9X_END_W1_OFFSET) & last;
    uint32_t entry = generation << 31 | (data & P9X_DATA_MAX);

    p9x_assert_under(P9X_UNDER_MEMORY, "mem_store32");
    if (!ports->mem_store32(ports->host, p9x_queue_addr(end) + 4ull * at,
                            entry)) {
        return false;
    }
    if (at == last) {
        p9x_end_set(end, 1, P9X_END_W1_GENERATION, !generation);
    }
    p9x_end_set(end, 1, P9X_END_W1_OFFSET, (at + 1) & last);
    return true;
}

bool p9x_queue_peek(const P9xEnd *end, uint32_t ahead, const P9xPorts *ports,
                    uint32_t *entry)
{
    uint32_t mask = p9x_queue_entries(end) - 1;
    uint32_t at = p9x_end_get(end, 1, P9X_END_W1_OFFSET) - ahead;
    P9xBe32 raw;

    if (!ports->mem_read(ports->host,
                         p9x_queue_addr(end) + 4ull * (at & mask), &raw,
                         sizeof(raw))) {
        return false;
    }
    *entry = p9x_be32(raw);
    return true;
}
