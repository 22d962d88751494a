/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread context as a QOM device, child "xive-tctx" of its CPU.
 *
 * It is a device for the sake of migration, which wants one section per CPU
 * in the order in which they were made.  The machines' own kinds of it add how
 * the core's context comes into being and how it ends.
 */
#ifndef P9XIVE_COMMON_TCTX_H
#define P9XIVE_COMMON_TCTX_H

#include "qemu/p9xive-compat.h"
#include "target/ppc/cpu-qom.h"
#include "xive/tctx.h"

#define TYPE_P9XIVE_TCTX "p9xive-tctx"
OBJECT_DECLARE_TYPE(P9xiveTctx, P9xiveTctxClass, P9XIVE_TCTX)

struct P9xiveTctx {
    DeviceState parent_obj;

    P9xTctx core;
    PowerPCCPU *cpu;                    /* NULL: not made by p9xive_tctx_new */
    uint8_t image[P9X_TM_IMAGE_SIZE];   /* for migration, as on the bus */
};

struct P9xiveTctxClass {
    DeviceClass parent_class;

    const char *controller;     /* its name in messages for people */
    /*
     * What a stream is to have goes into the image; it has the core's rings
     * already.  0, or -EINVAL after a line for people.  Optional.
     */
    int (*saving)(P9xiveTctx *tctx);
    /* The rings are what the stream says.  0, or -EINVAL to refuse that. */
    int (*restored)(P9xiveTctx *tctx);
};

/*
 * A context of the kind @type for @cpu, without a reference to it, and with no
 * core in it yet.  NULL with @errp set if @cpu can't have one.
 */
P9xiveTctx *p9xive_tctx_new(const char *type, PowerPCCPU *cpu, Error **errp);

/* The CPU takes a reference to @tctx, which takes part in migration now. */
void p9xive_tctx_realize(P9xiveTctx *tctx);

#endif
