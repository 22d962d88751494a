/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event queues: rings of 32-bit big-endian entries in guest memory.
 *
 * An entry is the generation bit and 31 bits of event data.  The generation
 * starts at 1 over zeroed memory and flips when the ring wraps, so a consumer
 * tells new entries from old ones without a shared index.  Nothing stops the
 * producer from lapping a slow consumer: sources coalesce (PQ), and a guest
 * gives a queue more entries than it has sources.
 *
 * The END holds address, size, generation and offset.  Functions here want
 * its lock held.
 */
#ifndef P9X_QUEUE_H
#define P9X_QUEUE_H

#include "xive/ports.h"
#include "xive/tables.h"

/* Entries in the ring, a power of 2: 1024 (4 KiB) to 4 Mi (16 MiB). */
uint32_t p9x_queue_entries(const P9xEnd *end);
/* Guest physical address of entry 0. */
uint64_t p9x_queue_addr(const P9xEnd *end);

/*
 * Points the END at a queue of 2^@shift bytes (12 to 24) at @addr, aligned to
 * its size, and rewinds it: generation 1, offset 0.
 */
void p9x_queue_set(P9xEnd *end, uint64_t addr, unsigned shift);

/*
 * Writes @data (31 bits) and moves on.  False: the memory could not be
 * written; the END is unchanged.
 */
bool p9x_queue_push(P9xEnd *end, uint32_t data, const P9xPorts *ports);

/*
 * Entry @ahead places behind the next one to be written (1: the newest).
 * False if memory can't be read.  For diagnosis, not for guests.
 */
bool p9x_queue_peek(const P9xEnd *end, uint32_t ahead, const P9xPorts *ports,
                    uint32_t *entry);

#endif
