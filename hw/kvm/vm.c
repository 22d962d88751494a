/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VM's device, its irqfds, and joining them with what VFIO offers. */
#include <string.h>

#include "xive/kvm/vm.h"
#include "xive/recorder.h"

void p9x_vm_init(P9xVm *vm)
{
    memset(vm, 0, sizeof(*vm));
    p9x_lock_init(&vm->lock, P9X_RANK_VM);
    p9x_lock_init(&vm->list_lock, P9X_RANK_VM_LIST);
    vm->bypass = true;
    vm->consumers = g_ptr_array_new_with_free_func(g_free);
    vm->producers = g_ptr_array_new_with_free_func(g_free);
}

void p9x_vm_set_bypass(P9xVm *vm, bool on)
{
    vm->bypass = on;
}

void p9x_vm_destroy(P9xVm *vm)
{
    p9x_vm_release_device(vm);
    g_ptr_array_unref(vm->consumers);
    g_ptr_array_unref(vm->producers);
}

int p9x_vm_create_device(P9xVm *vm, P9xHost *host, P9xKvmType type,
                         const P9xKvmPorts *ports, unsigned quirks)
{
    if (vm->device) {
        return -EEXIST;
    }
    vm->device = p9x_kvm_create(host, type, ports, quirks);
    return 0;
}

void p9x_vm_release_device(P9xVm *vm)
{
    P9xKvm *device = vm->device;

    vm->device = NULL;
    if (device) {
        p9x_kvm_release(device);
    }
}

/* The passthrough table. */

static P9xPassthru *find_passthru(P9xVm *vm, uint32_t girq)
{
    for (unsigned i = 0; i < vm->nr_passthru; i++) {
        if (vm->passthru[i].irq && vm->passthru[i].girq == girq) {
            return &vm->passthru[i];
        }
    }
    return NULL;
}

static P9xPassthru *free_entry(P9xVm *vm)
{
    for (unsigned i = 0; i < vm->nr_passthru; i++) {
        if (!vm->passthru[i].irq) {
            return &vm->passthru[i];
        }
    }
    return vm->nr_passthru < P9X_VM_MAX_PASSTHRU ?
           &vm->passthru[vm->nr_passthru++] : NULL;
}

/* Only the MSIs of a bridge can go to a guest: one page, no level. */
static bool is_pci_msi(const P9xHostIrq *irq)
{
    return !(irq->info.flags & (P9X_OPAL_IRQ_LSI |
                                P9X_OPAL_IRQ_TRIGGER_PAGE));
}

static int set_passthru_locked(P9xVm *vm, P9xHostIrq *irq, uint32_t girq)
{
    P9xPassthru *entry;

    p9x_assert_held(&vm->lock);
    if (!vm->bypass) {
        return 1;
    }
    if (!irq) {
        return -EIO;
    }
    vm->mapped_once = true;
    if (!is_pci_msi(irq)) {
        return -ENOENT;
    }
    if (find_passthru(vm, girq)) {
        return -EINVAL;
    }
    entry = free_entry(vm);
    if (!entry) {
        return -EAGAIN;
    }
    *entry = (P9xPassthru) { girq, irq };
    if (p9x_kvm_set_mapped(vm->device, girq, irq)) {
        entry->irq = NULL;
    }
    return 0;
}

int p9x_vm_set_passthru(P9xVm *vm, P9xHostIrq *irq, uint32_t girq)
{
    int rc;

    p9x_lock(&vm->lock);
    rc = set_passthru_locked(vm, irq, girq);
    p9x_unlock(&vm->lock);
    return rc;
}

static int clr_passthru_locked(P9xVm *vm, P9xHostIrq *irq, uint32_t girq)
{
    P9xPassthru *entry;
    int rc;

    p9x_assert_held(&vm->lock);
    if (!vm->bypass) {
        return 0;
    }
    if (!irq) {
        return -EIO;
    }
    if (!vm->mapped_once) {
        return 0;
    }
    entry = find_passthru(vm, girq);
    if (!entry) {
        return -ENODEV;
    }
    rc = p9x_kvm_clr_mapped(vm->device, girq, irq);
    if (!rc || !vm->device) {
        entry->irq = NULL;
    }
    return rc;
}

int p9x_vm_clr_passthru(P9xVm *vm, P9xHostIrq *irq, uint32_t girq)
{
    int rc;

    p9x_lock(&vm->lock);
    rc = clr_passthru_locked(vm, irq, girq);
    p9x_unlock(&vm->lock);
    return rc;
}

/* Joining. */

static P9xVmConsumer *find_consumer(P9xVm *vm, const void *token)
{
    for (unsigned i = 0; i < vm->consumers->len; i++) {
        P9xVmConsumer *c = vm->consumers->pdata[i];

        if (c->token == token) {
            return c;
        }
    }
    return NULL;
}

static P9xVmProducer *find_producer(P9xVm *vm, const void *token)
{
    for (unsigned i = 0; i < vm->producers->len; i++) {
        P9xVmProducer *p = vm->producers->pdata[i];

        if (p->token == token) {
            return p;
        }
    }
    return NULL;
}

/* Not joined on any error: events keep taking the way of the eventfd. */
static void join(P9xVm *vm, P9xVmConsumer *c, P9xVmProducer *p)
{
    if (c && p && !set_passthru_locked(vm, p->irq, c->girq)) {
        c->producer = p->irq;
        p->joined = true;
    }
}

static int part(P9xVm *vm, P9xVmConsumer *c, P9xVmProducer *p)
{
    int rc = 0;

    if (c && p && p->joined) {
        rc = clr_passthru_locked(vm, p->irq, c->girq);
        /*
         * Without a device there is nothing left that could hold it; nor is
         * there if mapping it failed, which had been reported as done.
         */
        if (!rc || rc == -ENODEV || !vm->device) {
            c->producer = NULL;
            p->joined = false;
            rc = 0;
        }
    }
    return rc;
}

static void list_add(P9xVm *vm, GPtrArray *list, void *entry)
{
    p9x_lock(&vm->list_lock);
    g_ptr_array_add(list, entry);
    p9x_unlock(&vm->list_lock);
}

static void list_remove(P9xVm *vm, GPtrArray *list, void *entry)
{
    p9x_lock(&vm->list_lock);
    g_ptr_array_remove(list, entry);
    p9x_unlock(&vm->list_lock);
}

static int irqfd_locked(P9xVm *vm, const void *token, uint32_t girq)
{
    P9xVmConsumer *c;

    p9x_assert_held(&vm->lock);
    if (!vm->device) {
        return -EAGAIN;
    }
    if (find_consumer(vm, token)) {
        return -EBUSY;
    }
    c = g_new0(P9xVmConsumer, 1);
    c->token = token;
    c->girq = girq;
    list_add(vm, vm->consumers, c);
    join(vm, c, find_producer(vm, token));
    return 0;
}

int p9x_vm_irqfd(P9xVm *vm, const void *token, uint32_t girq)
{
    int rc;

    p9x_lock(&vm->lock);
    rc = irqfd_locked(vm, token, girq);
    p9x_unlock(&vm->lock);
    return rc;
}

int p9x_vm_irqfd_deassign(P9xVm *vm, const void *token)
{
    P9xVmConsumer *c;
    int rc = 0;

    p9x_lock(&vm->lock);
    c = find_consumer(vm, token);
    if (c) {
        rc = part(vm, c, find_producer(vm, token));
    }
    if (c && !rc) {
        list_remove(vm, vm->consumers, c);
    }
    p9x_unlock(&vm->lock);
    return rc;
}

void p9x_vm_signal(P9xVm *vm, const void *token)
{
    P9xKvm *device = vm->device;
    P9xVmConsumer *c;
    uint32_t girq = 0;

    p9x_lock(&vm->list_lock);
    c = find_consumer(vm, token);
    if (c) {
        girq = c->girq;
    }
    p9x_unlock(&vm->list_lock);
    if (c && device) {
        p9x_note(P9X_STEP_EVENTFD, device->host->ipi.config.origin, girq, 0,
                 0);
        p9x_kvm_set_irq(device, girq, 1);
        p9x_kvm_set_irq(device, girq, 0);
    }
}

static int add_producer_locked(P9xVm *vm, const void *token, P9xHostIrq *irq)
{
    P9xVmProducer *p;

    p9x_assert_held(&vm->lock);
    if (find_producer(vm, token)) {
        return -EBUSY;
    }
    p = g_new0(P9xVmProducer, 1);
    p->token = token;
    p->irq = irq;
    list_add(vm, vm->producers, p);
    join(vm, find_consumer(vm, token), p);
    return 0;
}

int p9x_vm_add_producer(P9xVm *vm, const void *token, P9xHostIrq *irq)
{
    int rc;

    p9x_lock(&vm->lock);
    rc = add_producer_locked(vm, token, irq);
    p9x_unlock(&vm->lock);
    return rc;
}

int p9x_vm_del_producer(P9xVm *vm, const void *token)
{
    P9xVmProducer *p;
    int rc = 0;

    p9x_lock(&vm->lock);
    p = find_producer(vm, token);
    if (p) {
        rc = part(vm, find_consumer(vm, token), p);
    }
    if (p && !rc) {
        list_remove(vm, vm->producers, p);
    }
    p9x_unlock(&vm->lock);
    return rc;
}
