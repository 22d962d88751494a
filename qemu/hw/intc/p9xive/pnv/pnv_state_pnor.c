/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flash of a powernv machine (PNOR) and the window that its BMC opens to it.
 *
 * QEMU keeps the content in host memory of its own, which is neither RAM nor,
 * without a writable drive, on disk; firmware's NVRAM is in it.  Most of it is
 * blank as a rule, so blocks that are not go into the stream with their
 * numbers, in ascending order, and a last number that no block has.
 */
#include "qemu/osdep.h"
#include "hw/ppc/pnv_pnor.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"

#include "pnv_damaged.h"
#include "pnv_state_pnor.h"

#define BLOCK   4096
#define BLANK   0xff
#define END     UINT32_MAX

typedef struct {
    PnvPnor *parent;
    bool open;
    bool readonly;
} WindowImage;

static int window_pre_save(void *opaque)
{
    WindowImage *image = opaque;

    image->open = image->parent->mmio.enabled;
    image->readonly = image->parent->mmio.readonly;
    return 0;
}

static int window_post_load(void *opaque, int version_id)
{
    WindowImage *image = opaque;

    memory_region_set_readonly(&image->parent->mmio, image->readonly);
    memory_region_set_enabled(&image->parent->mmio, image->open);
    return 0;
}

static const VMStateDescription vmstate_window = {
    .name = "pnv-pnor/window",
    .pre_save = window_pre_save,
    .post_load = window_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(open, WindowImage),
        VMSTATE_BOOL(readonly, WindowImage),
        VMSTATE_END_OF_LIST()
    },
};

static uint32_t nr_blocks(const PnvPnor *pnor)
{
    return DIV_ROUND_UP(pnor->size, BLOCK);
}

static size_t block_size(const PnvPnor *pnor, uint32_t number)
{
    return MIN(BLOCK, pnor->size - (int64_t)number * BLOCK);
}

static int put_content(QEMUFile *file, void *opaque, size_t size,
                       const VMStateField *field, JSONWriter *vmdesc)
{
    const PnvPnor *pnor = opaque;
    uint8_t blank[BLOCK];

    memset(blank, BLANK, sizeof(blank));
    qemu_put_be64(file, pnor->size);
    for (uint32_t n = 0; n < nr_blocks(pnor); n++) {
        const uint8_t *block = pnor->storage + (int64_t)n * BLOCK;

        if (memcmp(block, blank, block_size(pnor, n))) {
            qemu_put_be32(file, n);
            qemu_put_buffer(file, block, block_size(pnor, n));
        }
    }
    qemu_put_be32(file, END);
    return 0;
}

static int get_content(QEMUFile *file, void *opaque, size_t size,
                       const VMStateField *field)
{
    PnvPnor *pnor = opaque;
    uint32_t next = 0, n;

    if (qemu_get_be64(file) != pnor->size) {
        return pnv_state_damaged("size of the PNOR");
    }
    memset(pnor->storage, BLANK, pnor->size);
    while ((n = qemu_get_be32(file)) != END) {
        if (qemu_file_get_error(file)) {
            return qemu_file_get_error(file);
        }
        if (n < next || n >= nr_blocks(pnor)) {
            return pnv_state_damaged("block of the PNOR");
        }
        qemu_get_buffer(file, pnor->storage + (int64_t)n * BLOCK,
                        block_size(pnor, n));
        next = n + 1;
    }
    return 0;
}

static const VMStateInfo vmstate_info_content = {
    .name = "blocks",
    .get = get_content,
    .put = put_content,
};

static const VMStateDescription vmstate_pnor = {
    .name = "pnv-pnor",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_WITH_TMP(PnvPnor, WindowImage, vmstate_window),
        {
            .name = "content",
            .info = &vmstate_info_content,
            .flags = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    },
};

void pnv_state_register_pnor(PnvPnor *pnor)
{
    vmstate_register(NULL, 0, &vmstate_pnor, pnor);
}
