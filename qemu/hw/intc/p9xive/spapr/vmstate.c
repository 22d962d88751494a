/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The migration stream.  It is byte for byte that of upstream QEMU, so that
 * guests move between the two:
 *
 *   xive-source   number of LISNs, a byte of PQ and level for each
 *   spapr-xive    number of LISNs, their EASs, the ENDs of all servers
 *   xive-tctx     64 bytes of rings, once a vCPU (../common/tctx.c)
 *
 * The words of tables go out as numbers of the host's byte order that hold
 * big-endian words, which is what upstream does.
 *
 * What upstream doesn't have goes into a subsection that is sent only when it
 * says something: the OS reporting lines.  Event counters, the LSI bitmap and
 * the NVTs are not sent: counters are of this process, the other two follow
 * from the devices and vCPUs.
 *
 * It is the same stream whether the sources work themselves or a KVM device
 * does, which is asked and told by the core.
 *
 * A stream is not believed.  Each section is read into a copy, and its last
 * step looks at everything restored so far; sections may come in any order,
 * and that of a hot-plugged vCPU comes after the machine's own.
 */
#include "qemu/osdep.h"
#include "hw/ppc/spapr.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"

#include "spapr_xive_internal.h"

int spapr_xive_check_restored(SpaprXive *xive)
{
    g_autofree char *why = NULL;

    if (p9x_spapr_restored(&xive->core, &why)) {
        return 0;
    }
    error_report("spapr-xive: damaged migration stream: %s", why);
    p9x_spapr_reset(&xive->core);
    return -EINVAL;
}

int spapr_xive_restore_device(SpaprXive *xive)
{
    g_autofree char *why = NULL;

    if (p9x_spapr_restore_device(&xive->core, &why)) {
        return 0;
    }
    error_report("spapr-xive: can't load this guest: %s", why);
    p9x_spapr_reset(&xive->core);
    return -EINVAL;
}

static int source_pre_save(void *opaque)
{
    SpaprXive *xive = opaque;

    p9x_spapr_save_sources(&xive->core, &xive->image);
    return 0;
}

static int source_post_load(void *opaque, int version_id)
{
    SpaprXive *xive = opaque;
    g_autofree char *why = NULL;

    if (p9x_spapr_restore_sources(&xive->core, &xive->image, &why)) {
        return 0;
    }
    error_report("spapr-xive: damaged migration stream: %s", why);
    return -EINVAL;
}

static const VMStateDescription vmstate_source = {
    .name = "xive-source",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = source_pre_save,
    .post_load = source_post_load,
    .fields = (const VMStateField[]) {
        P9XIVE_VMSTATE_UINT32_EQUAL(nr_irqs, SpaprXive, NULL),
        VMSTATE_VBUFFER_UINT32(image.esb, SpaprXive, 1, NULL, nr_irqs),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_eas = {
    .name = TYPE_SPAPR_XIVE "/eas",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(w, P9xEas),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_end = {
    .name = TYPE_SPAPR_XIVE "/end",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(w, P9xEnd, 8),
        VMSTATE_END_OF_LIST()
    },
};

static bool report_needed(void *opaque)
{
    SpaprXive *xive = opaque;

    return p9x_spapr_has_report(&xive->core);
}

static const VMStateDescription vmstate_report = {
    .name = TYPE_SPAPR_XIVE "/reporting-lines",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = report_needed,
    .fields = (const VMStateField[]) {
        P9XIVE_VMSTATE_UINT32_EQUAL(image.nr_servers, SpaprXive,
                             "maxcpus must be equal on both sides"),
        VMSTATE_VARRAY_UINT32(image.report, SpaprXive, image.nr_servers, 0,
                              vmstate_info_uint64, uint64_t),
        VMSTATE_END_OF_LIST()
    },
};

static int tables_pre_save(void *opaque)
{
    SpaprXive *xive = opaque;
    g_autofree char *why = NULL;

    if (p9x_spapr_save_tables(&xive->core, &xive->image, &why)) {
        return 0;
    }
    error_report("spapr-xive: %s", why);
    return -EINVAL;
}

/* A stream without the subsection leaves no reporting line set. */
static int tables_pre_load(void *opaque)
{
    SpaprXive *xive = opaque;

    memset(xive->image.report, 0,
           xive->image.nr_servers * sizeof(*xive->image.report));
    return 0;
}

static int tables_post_load(void *opaque, int version_id)
{
    SpaprXive *xive = opaque;

    p9x_spapr_restore_tables(&xive->core, &xive->image);
    return spapr_xive_check_restored(xive);
}

const VMStateDescription vmstate_spapr_xive = {
    .name = TYPE_SPAPR_XIVE,
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = tables_pre_save,
    .pre_load = tables_pre_load,
    .post_load = tables_post_load,
    .fields = (const VMStateField[]) {
        P9XIVE_VMSTATE_UINT32_EQUAL(nr_irqs, SpaprXive, NULL),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(image.eas, SpaprXive, nr_irqs,
                                             vmstate_eas, P9xEas),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(image.end, SpaprXive, nr_ends,
                                             vmstate_end, P9xEnd),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_report,
        NULL
    },
};

void spapr_xive_vmstate_init(SpaprXive *xive)
{
    p9x_spapr_image_init(&xive->image, &xive->core);
    /* Upstream's source is a device of its own, realized before the other. */
    vmstate_register(NULL, 0, &vmstate_source, xive);
    spapr_xive_stop_init(xive);
}
