/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where things are; shared by the explored system's files. */
#ifndef P9X_TEST_EXPLORE_INTERNAL_H
#define P9X_TEST_EXPLORE_INTERNAL_H

#include "explore.h"

enum { PRIO = KRIG_PRIO };

static inline uint32_t girq_of(unsigned src)
{
    return src == SRC_A ? GIRQ_A : GIRQ_B;
}

static inline P9xKvmIrq *irq_of(unsigned src)
{
    return krig_irq(world.rig, girq_of(src));
}

static inline P9xHostIrq *pt(void)
{
    return &world.rig->msi[MSI_OF_A].irq;
}

static inline P9xEsbSlot *slot_of(unsigned src, unsigned odd)
{
    return &world.rig->guest.slot[2 * girq_of(src) + odd];
}

static inline bool step_applies(const Step *step)
{
    return (world.native ? step->native : step->xics) && step->can();
}

/* The source that a queue entry's data names, or ENTRY_OTHER. */
uint8_t source_of(uint32_t data);
/* Is there something in the queue that its consumer has not taken? */
bool has_entry(unsigned server);

#endif
