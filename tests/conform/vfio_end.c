/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vfio_end.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MOST = 4,
    EDU_BAR_SIZE = 0x1000,              /* of it what is used */
    EDU_IRQ_RAISE = 0x60,
    EDU_IRQ_ACK = 0x64
};

#define BELOW "/sys/bus/pci/drivers/vfio-pci"

typedef struct Device {
    int fd;
    volatile uint8_t *bar;
} Device;

static Device device[MOST];
static int container = -1;

/* Names of devices have colons, the driver's other files have none. */
static int is_device(const struct dirent *entry)
{
    return strchr(entry->d_name, ':') != NULL;
}

static int group_of(const char *name)
{
    char link[512], target[512], path[64];
    ssize_t length;

    snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/iommu_group", name);
    length = readlink(link, target, sizeof(target) - 1);
    if (length < 0) {
        return -1;
    }
    target[length] = 0;
    snprintf(path, sizeof(path), "/dev/vfio/%.40s", strrchr(target, '/') + 1);
    return open(path, O_RDWR);
}

/* The kernel turned it off: a device without it sends no message. */
static bool set_master(int fd)
{
    struct vfio_region_info config = {
        .argsz = sizeof(config), .index = VFIO_PCI_CONFIG_REGION_INDEX
    };
    uint16_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

    return !ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &config) &&
           pwrite(fd, &command, sizeof(command),
                  (off_t)config.offset + PCI_COMMAND) == sizeof(command);
}

static bool map_bar(Device *d)
{
    struct vfio_region_info bar = {
        .argsz = sizeof(bar), .index = VFIO_PCI_BAR0_REGION_INDEX
    };

    if (ioctl(d->fd, VFIO_DEVICE_GET_REGION_INFO, &bar)) {
        return false;
    }
    d->bar = mmap(NULL, EDU_BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
                  d->fd, (off_t)bar.offset);
    return d->bar != MAP_FAILED;
}

static const char *open_device(Device *d, const char *name)
{
    int group = group_of(name);

    if (group < 0) {
        return "a group of /dev/vfio";
    }
    if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container)) {
        return "VFIO_GROUP_SET_CONTAINER";
    }
    /* The second group finds it set. */
    if (ioctl(container, VFIO_SET_IOMMU, VFIO_SPAPR_TCE_v2_IOMMU) &&
        errno != EINVAL && errno != EBUSY) {
        return "VFIO_SET_IOMMU";
    }
    d->fd = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name);
    if (d->fd < 0) {
        return "VFIO_GROUP_GET_DEVICE_FD";
    }
    if (!set_master(d->fd)) {
        return "the device's configuration space";
    }
    return map_bar(d) ? NULL : "the device's BAR";
}

const char *conform_vfio_open(unsigned wanted)
{
    struct dirent **names;
    int n = scandir(BELOW, &names, is_device, alphasort);

    if (n < 0 || (unsigned)n < wanted || wanted > MOST) {
        return "devices below vfio-pci";
    }
    container = open("/dev/vfio/vfio", O_RDWR);
    if (container < 0) {
        return "/dev/vfio/vfio";
    }
    for (unsigned i = 0; i < wanted; i++) {
        const char *what = open_device(&device[i], names[i]->d_name);

        if (what) {
            return what;
        }
    }
    return NULL;
}

static int set_irqs(unsigned n, uint32_t flags, uint32_t count, int event_fd)
{
    union {
        struct vfio_irq_set set;
        uint8_t room[sizeof(struct vfio_irq_set) + sizeof(int32_t)];
    } irqs = {
        .set = {
            .argsz = sizeof(irqs), .flags = flags,
            .index = VFIO_PCI_MSI_IRQ_INDEX, .count = count
        }
    };

    memcpy(irqs.set.data, &event_fd, sizeof(event_fd));
    return ioctl(device[n].fd, VFIO_DEVICE_SET_IRQS, &irqs) ? -errno : 0;
}

int conform_vfio_msi(unsigned n, int event_fd)
{
    return set_irqs(n, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
                    1, event_fd);
}

int conform_vfio_msi_off(unsigned n)
{
    return set_irqs(n, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER, 0,
                    -1);
}

/* Little-endian registers, as this host is. */
static void edu_store(unsigned n, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(device[n].bar + offset) = value;
    __sync_synchronize();
}

void conform_vfio_fire(unsigned n)
{
    edu_store(n, EDU_IRQ_RAISE, 1);
    edu_store(n, EDU_IRQ_ACK, 1);
}
