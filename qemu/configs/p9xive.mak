# SPDX-License-Identifier: GPL-2.0-or-later
#
# The devices of p9xive's qemu-system-ppc64, on top of
# --without-default-devices: the machines with a XIVE, and what guests and
# tests plug into them. Everything the machines need of themselves (vty, vlan,
# vscsi, IPMI, SPI flash) they select on their own.
#
# ./configure copies this file to configs/devices/ppc64-softmmu/p9xive.mak,
# for a --stock build too, so that both binaries are compared like for like.

CONFIG_PSERIES=y
CONFIG_SPAPR_RNG=y
CONFIG_POWERNV=y
# powernv selects I2C expanders, but not the bus that they depend on.
CONFIG_I2C=y
# Its IPMI device has code for ACPI tables and wants it linked, used or not.
CONFIG_ACPI=y

# Bridges: more slots than the host bridge has, and hot-plug below it.
CONFIG_PCI_BRIDGE=y
CONFIG_PCIE_PORT=y
CONFIG_PCIE_PCI_BRIDGE=y

# Networks.
CONFIG_E1000_PCI=y
CONFIG_E1000E_PCI_EXPRESS=y
CONFIG_VIRTIO_NET=y

# Disks.
CONFIG_NVME_PCI=y
CONFIG_SPDM_SOCKET=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_SCSI=y
CONFIG_MEGASAS_SCSI_PCI=y
CONFIG_LSI_SCSI_PCI=y
CONFIG_AHCI_ICH9=y

# Devices that keep translations of the IOMMU: a disk that another process
# serves, and devices of the host.
CONFIG_VHOST_USER_BLK=y
CONFIG_VFIO_PCI=y

# USB.
CONFIG_USB=y
CONFIG_USB_XHCI_PCI=y
CONFIG_USB_XHCI_NEC=y
CONFIG_USB_OHCI_PCI=y
CONFIG_USB_STORAGE_CORE=y
CONFIG_USB_STORAGE_CLASSIC=y
CONFIG_USB_STORAGE_BOT=y
CONFIG_USB_HID=y
CONFIG_USB_HUB=y

# Other virtio devices.
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_RNG=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_BALLOON=y
# QEMU's own tests of hot-plug take it.
CONFIG_VIRTIO_INPUT=y

# Devices made for tests: interrupts on demand (edu), doorbells, DMA.
CONFIG_TEST_DEVICES=y
CONFIG_EDU=y
CONFIG_PCI_TESTDEV=y
CONFIG_PCI_DEVICES=y
