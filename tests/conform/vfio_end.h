/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that the host gave to vfio-pci: QEMU's "edu", whose MSI a store to a
 * register sends.  Needs no more than what the program's user may open.
 */
#ifndef CONFORM_VFIO_END_H
#define CONFORM_VFIO_END_H

#include <stdbool.h>

/*
 * Opens the first @wanted devices below vfio-pci, in the order of their names.
 * NULL, or what could not be done, with errno.
 */
const char *conform_vfio_open(unsigned wanted);
/* The MSI of device @n goes to @event_fd from now on, or is off.  -errno. */
int conform_vfio_msi(unsigned n, int event_fd);
int conform_vfio_msi_off(unsigned n);
/* Device @n sends one. */
void conform_vfio_fire(unsigned n);

#endif
