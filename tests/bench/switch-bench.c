/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cost of one switch in the core: with 1, 64 and 8192 numbers in use and
 * mapped it must be the same.
 *
 *   switch-bench [--smoke]
 *
 * A line a figure, the median of several rounds in nanoseconds of the
 * processor's time: map and unmap alone, and with the fault on each page and
 * an event that passes. Each round counts the events that it sent and those
 * that arrived and fails on a difference; it fails, too, if 8192 numbers cost
 * more than twice what one does.
 */
#include <stdio.h>
#include <time.h>

#include "fixture-kvm.h"

enum { ROUNDS = 7, MAX_IRQS = 8192, PRIO = KRIG_PRIO };

typedef struct Bench {
    Host host;
    P9xHost h;
    P9xPhb4Source phb;
    uint32_t base;
    P9xKvm *kvm;
    P9xKvmPorts ports;
    P9xKvmVcpu vcpu;
    P9xTctx thread;
    P9xEsbVma vma;
    P9xHostIrq irq;
    unsigned nr_irqs;
    uint64_t sent, received;
    uint32_t next;
} Bench;

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void phb_event(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    Bench *b = opaque;

    p9x_host_source_event(&b->h, b->base + srcno, transit);
}

static void host_event(void *opaque)
{
    g_error("an event went to the host");
}

static void zap(void *opaque, uint64_t first, uint64_t count)
{
    p9x_vma_zap(&((Bench *)opaque)->vma, first, count);
}

static void must(bool ok)
{
    if (!ok) {
        g_error("set-up fails");
    }
}

static void set64(Bench *b, unsigned group, uint64_t attr, uint64_t value)
{
    must(!p9x_kvm_set_attr(b->kvm, group, attr, &value));
}

static void touch(Bench *b, uint32_t girq)
{
    uint64_t value;

    for (unsigned odd = 0; odd < 2; odd++) {
        must(p9x_vma_load(&b->vma, (2ull * girq + odd) << 16 | P9X_ESB_GET, 8,
                          &value));
    }
}

static Bench *bench_new(unsigned nr_irqs)
{
    Bench *b = host_alloc(sizeof(*b));
    P9xKvmEq eq = { .flags = P9X_KVM_EQ_ALWAYS_NOTIFY, .qshift = 16,
                    .qaddr = 0x100000, .qtoggle = 1 };
    uint32_t servers = 1;

    b->nr_irqs = nr_irqs;
    host_init(&b->host);
    p9x_host_init(&b->h, MAX_IRQS, 64, &b->host.ports);
    p9x_phb4_source_init(&b->phb, P9X_PHB4_SMALL_SOURCES, false, phb_event, b,
                         &b->host.ports, &b->h.router.counters);
    b->base = p9x_host_add_source(&b->h, &b->phb.source);
    b->ports = (P9xKvmPorts) { .host = b, .zap = zap };
    b->kvm = p9x_kvm_create(&b->h, P9X_KVM_NATIVE, &b->ports, 0);
    must(!p9x_kvm_set_attr(b->kvm, P9X_KVM_GRP_CTRL, P9X_KVM_CTRL_NR_SERVERS,
                           &servers));
    must(!p9x_kvm_connect(b->kvm, &b->vcpu, 0));
    p9x_tctx_init(&b->thread, &b->h.router.unit, RIG_PHYS_CAM, b);
    p9x_kvm_push(&b->vcpu, &b->thread);
    must(!p9x_kvm_set_attr(b->kvm, P9X_KVM_GRP_EQ_CONFIG, PRIO, &eq));
    must(!p9x_vma_map(&b->vma, b->kvm, P9X_KVM_ESB_PAGE_OFFSET,
                      2 * MAX_IRQS));
    for (uint32_t girq = 0; girq < nr_irqs; girq++) {
        set64(b, P9X_KVM_GRP_SOURCE, girq, 0);
        set64(b, P9X_KVM_GRP_SOURCE_CONFIG, girq,
              (uint64_t)(girq + 1) << P9X_KVM_CFG_EISN_SHIFT | PRIO);
        touch(b, girq);
        p9x_source_set_pq(&b->h.ipi, p9x_kvm_irq(
            p9x_kvm_block(b->kvm, girq), girq)->ipi.hw_irq, P9X_PQ_00);
    }
    must(!p9x_phb4_set_pe(&b->phb, 0, KRIG_PE));
    must(!p9x_host_request_irq(&b->h, &b->irq, b->base, 1, host_event, b));
    return b;
}

static void bench_free(Bench *b)
{
    p9x_vma_unmap(&b->vma);
    p9x_kvm_release(b->kvm);
    p9x_host_free_irq(&b->h, &b->irq);
    p9x_tctx_destroy(&b->thread);
    p9x_host_remove_source(&b->h, b->base);
    p9x_phb4_source_destroy(&b->phb);
    p9x_host_destroy(&b->h);
    host_destroy(&b->host);
    free(b);
}

static void switch_only(Bench *b, uint32_t girq)
{
    p9x_kvm_set_mapped(b->kvm, girq, &b->irq);
    p9x_kvm_clr_mapped(b->kvm, girq, &b->irq);
}

/* One event of the device to the guest, which EOIs through the new page. */
static void switch_and_use(Bench *b, uint32_t girq)
{
    uint64_t queued = p9x_counter_read(&b->h.router.counters,
                                       P9X_COUNT_QUEUED);
    P9xMsi m = p9x_phb4_msi_encode(0, true);
    uint64_t value;

    p9x_kvm_set_mapped(b->kvm, girq, &b->irq);
    touch(b, girq);
    b->sent++;
    p9x_phb4_msi(&b->phb, m.addr, m.data, KRIG_PE);
    b->received += p9x_counter_read(&b->h.router.counters,
                                    P9X_COUNT_QUEUED) - queued;
    p9x_vma_load(&b->vma, (2ull * girq + 1) << 16 | P9X_ESB_SET_PQ_00, 8,
                 &value);
    p9x_kvm_clr_mapped(b->kvm, girq, &b->irq);
    touch(b, girq);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double measure(Bench *b, void (*one)(Bench *b, uint32_t girq),
                      unsigned iterations)
{
    double round[ROUNDS];

    for (unsigned r = 0; r < ROUNDS; r++) {
        double start = cpu_ns();

        for (unsigned i = 0; i < iterations; i++) {
            /* A stride that visits all and stays in no cache. */
            b->next = (b->next + 2657) % b->nr_irqs;
            one(b, b->next);
        }
        round[r] = (cpu_ns() - start) / iterations;
    }
    qsort(round, ROUNDS, sizeof(round[0]), compare);
    return round[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    static const unsigned count[] = { 1, 64, MAX_IRQS };
    bool smoke = argc > 1 && strcmp(argv[1], "--smoke") == 0;
    unsigned iterations = smoke ? 500 : 100000;
    double first = 0, last = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(count); i++) {
        Bench *b = bench_new(count[i]);
        double bare = measure(b, switch_only, iterations) / 2;
        double used = measure(b, switch_and_use, iterations);

        printf("switch irqs=%u: %.0f ns\n", count[i], bare);
        printf("map, 2 faults, event, EOI, unmap, 2 faults irqs=%u: %.0f "
               "ns\n", count[i], used);
        if (b->sent != b->received) {
            fprintf(stderr, "sent %llu, received %llu\n",
                    (unsigned long long)b->sent,
                    (unsigned long long)b->received);
            return 1;
        }
        first = i ? first : bare;
        last = bare;
        bench_free(b);
    }
    /* A smoke run is too short to judge by. */
    if (!smoke && last > 2 * first) {
        fprintf(stderr, "a switch costs more with more numbers in use\n");
        return 1;
    }
    return 0;
}
