/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first PCI bridge of chip 0 as this program sets it up: one "edu" device
 * below its root port, one message of it, which is one source of the bridge.
 */
#ifndef PNV_PHB_H
#define PNV_PHB_H

#include "ic.h"

#define PHB_M32 0x000600C000000000ULL
#define PHB_ESB 0x000600C300000000ULL

/* The bridge's own number of its source, and the controller's. */
#define MSI 0x2B
#define MSI_FIRST_SOURCE 0x1000
#define MSI_SOURCE (MSI_FIRST_SOURCE + MSI)
#define MSI_PAGE (PHB_ESB + MSI * PAGE)

#define EDU_LIVENESS (PHB_M32 + 0x04)
#define EDU_IRQ_RAISE (PHB_M32 + 0x60)

/* Windows, tables, bus numbers, and the device ready to send its message. */
void phb_bring_up(void);

#endif
