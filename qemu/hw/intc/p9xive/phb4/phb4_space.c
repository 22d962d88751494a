/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The views of memory that the functions below a bridge have asked for.
 */
#include "qemu/osdep.h"

#include "phb4_space.h"

void pnv_phb4_each_space(PnvPHB4 *phb,
                         void (*f)(DmaSpace *space, void *opaque),
                         void *opaque)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, phb->dma_buses);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        DmaBus *bus = value;

        for (unsigned devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
            if (bus->space[devfn]) {
                f(bus->space[devfn], opaque);
            }
        }
    }
}
