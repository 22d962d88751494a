/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the machine stops, goes on, and has its memory saved, a KVM device
 * behind spapr-xive is told (xive/ppc/spapr_image.h).
 *
 * QEMU lets devices finish what they were doing after it has stopped the
 * machine, and they interrupt.  It saves memory before devices, so that such an
 * interrupt has to be in its queue before QEMU looks for dirty pages the last
 * time: it is settled each time that QEMU looks.
 */
#include "qemu/osdep.h"
#include "migration/misc.h"
#include "system/runstate.h"

#include "spapr_xive_internal.h"

static void state_changed(void *opaque, bool running, RunState state)
{
    SpaprXive *xive = opaque;

    (running ? p9x_spapr_go_on : p9x_spapr_stop)(&xive->core);
}

bool spapr_xive_is_last_look(const void *precopy)
{
    const PrecopyNotifyData *what = precopy;

    return what->reason == PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC &&
           !runstate_is_running();
}

static int memory_is_saved(NotifierWithReturn *notifier, void *data,
                           Error **errp)
{
    SpaprXive *xive = container_of(notifier, SpaprXive, memory_notifier);

    if (spapr_xive_is_last_look(data)) {
        p9x_spapr_settle(&xive->core);
    }
    return 0;
}

void spapr_xive_stop_init(SpaprXive *xive)
{
    qemu_add_vm_change_state_handler(state_changed, xive);
    xive->memory_notifier.notify = memory_is_saved;
    precopy_add_notifier(&xive->memory_notifier);
}
