/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices, guest CPUs and the switch at once; then the books.
 *
 * Each device interrupt stands for a register that counts: the device adds 1,
 * then sends.  The guest's handler reads it.  In the end each handler has seen
 * the last value (nothing lost), and there were no more interrupts than
 * events (nothing invented).
 *
 * P9X_STRESS_SECONDS sets the time of each test.
 */
#include <inttypes.h>

#include "fixture-kvm.h"
#include "loops.h"

enum { NR = 8, DEVICES = 2, CPUS = 2, FIRST = 0x20, PRIO = KRIG_PRIO };

typedef struct Line {
    atomic_ulong sent;          /* the device's register */
    atomic_ulong seen;          /* the handler's last look */
    atomic_ulong interrupts;
} Line;

typedef struct Stress Stress;

typedef struct Worker {
    Stress *stress;
    unsigned id;
    uint64_t random;
    unsigned long done;
} Worker;

struct Stress {
    KRig *rig;
    bool native;
    atomic_bool stop, drain;
    Line line[NR];
    Worker worker[DEVICES + CPUS + 2];
    GThread *thread[DEVICES + CPUS + 2];
};

static gpointer device(gpointer opaque)
{
    Worker *w = opaque;

    while (running(&w->stress->stop)) {
        /* A source has one device: two would share its register. */
        unsigned n = roll(&w->random, NR / DEVICES) * DEVICES + w->id;

        atomic_fetch_add(&w->stress->line[n].sent, 1);
        krig_fire(w->stress->rig, n);
        w->done++;
        if (!roll(&w->random, 64)) {
            g_usleep(50);
        }
    }
    return NULL;
}

static void handler(Stress *st, unsigned n)
{
    unsigned long now = atomic_load(&st->line[n].sent);
    unsigned long seen = atomic_load(&st->line[n].seen);

    /* Two CPUs may be in it while the number moves. */
    while (seen < now && !atomic_compare_exchange_weak(&st->line[n].seen,
                                                       &seen, now)) {
        continue;
    }
    atomic_fetch_add(&st->line[n].interrupts, 1);
}

static bool serve_native(Worker *w, unsigned server)
{
    uint32_t eisn = krig_take(w->stress->rig, server, PRIO);

    if (eisn) {
        handler(w->stress, eisn - 0x100);
        krig_eoi(w->stress->rig, FIRST + eisn - 0x100);
    }
    return eisn;
}

static bool serve_xics(Worker *w, unsigned server)
{
    uint64_t r4, none;
    uint32_t girq;

    krig_hcall(w->stress->rig, server, P9X_H_XIRR, 0, 0, &r4);
    girq = r4 & 0xFFFFFF;
    if (girq) {
        handler(w->stress, girq - FIRST);
        krig_hcall(w->stress->rig, server, P9X_H_EOI, 0xFF000000u | girq, 0,
                   &none);
    }
    return girq;
}

/* Ends when the others have and nothing comes any more. */
static gpointer cpu(gpointer opaque)
{
    Worker *w = opaque;
    Stress *st = w->stress;

    while (!atomic_load(&st->drain)) {
        w->done += st->native ? serve_native(w, w->id) :
                                serve_xics(w, w->id);
        if (!roll(&w->random, 100)) {
            p9x_kvm_pull(&st->rig->vcpu[w->id]);
            p9x_kvm_push(&st->rig->vcpu[w->id], &st->rig->thread[w->id]);
        }
    }
    while (st->native ? serve_native(w, w->id) : serve_xics(w, w->id)) {
        w->done++;
    }
    return NULL;
}

static gpointer switcher(gpointer opaque)
{
    Worker *w = opaque;
    Stress *st = w->stress;
    bool mapped[NR] = { false };

    while (running(&w->stress->stop)) {
        unsigned n = roll(&w->random, NR);

        if (mapped[n]) {
            krig_unmap(st->rig, n);
        } else {
            krig_map(st->rig, n, FIRST + n);
        }
        mapped[n] = !mapped[n];
        w->done++;
    }
    return NULL;
}

/* Moves numbers between CPUs, masks and unmasks, looks at the table. */
static gpointer administrator(gpointer opaque)
{
    Worker *w = opaque;
    Stress *st = w->stress;
    P9xKvm *kvm = krig_kvm(st->rig);

    while (running(&w->stress->stop)) {
        unsigned n = roll(&w->random, NR), to = roll(&w->random, CPUS);

        if (st->native) {
            krig_config(st->rig, FIRST + n, to, PRIO, 0x100 + n);
            p9x_kvm_set_attr(kvm, P9X_KVM_GRP_SOURCE_SYNC, FIRST + n, NULL);
        } else if (roll(&w->random, 2)) {
            p9x_xics_set_xive(kvm, FIRST + n, to, PRIO);
        } else {
            p9x_xics_int_off(kvm, FIRST + n);
            p9x_xics_int_on(kvm, FIRST + n);
        }
        w->done++;
        g_usleep(20);
    }
    return NULL;
}

static void set_up(Stress *st, P9xKvmType type)
{
    KRig *rig = krig_new(type, 0, CPUS);

    st->rig = rig;
    st->native = type == P9X_KVM_NATIVE;
    rig->h.plants.op = NULL;
    for (unsigned n = 0; n < NR; n++) {
        if (st->native) {
            krig_source(rig, FIRST + n, 0);
            krig_queue(rig, n % CPUS, PRIO);
            krig_config(rig, FIRST + n, n % CPUS, PRIO, 0x100 + n);
            krig_load(rig, FIRST + n, true, P9X_ESB_SET_PQ_00);
        } else {
            krig_xics_source(rig, FIRST + n, n % CPUS);
        }
        krig_request(rig, n);
        p9x_vm_irqfd(&rig->vm, &rig->msi[n], FIRST + n);
    }
}

static void start(Stress *st, unsigned i, unsigned id, GThreadFunc func)
{
    st->worker[i] = (Worker) { .stress = st, .id = id, .random = i + 1 };
    st->thread[i] = g_thread_new("stress", func, &st->worker[i]);
}

static void balance(Stress *st)
{
    unsigned long sent = 0, interrupts = 0;

    for (unsigned n = 0; n < NR; n++) {
        Line *line = &st->line[n];

        g_assert_cmpuint(atomic_load(&line->seen), ==,
                         atomic_load(&line->sent));
        g_assert_cmpuint(atomic_load(&line->interrupts), <=,
                         atomic_load(&line->sent));
        sent += atomic_load(&line->sent);
        interrupts += atomic_load(&line->interrupts);
    }
    g_assert_cmpuint(interrupts, >, 0);
    g_test_message("%lu events, %lu interrupts, %lu switches, %lu faults",
                   sent, interrupts, st->worker[DEVICES + CPUS].done,
                   atomic_load(&krig_kvm(st->rig)->stats.faults));
}

static void run(P9xKvmType type)
{
    const char *env = g_getenv("P9X_STRESS_SECONDS");
    double seconds = env ? g_ascii_strtod(env, NULL) : 2;
    Stress *st = g_new0(Stress, 1);

    set_up(st, type);
    for (unsigned i = 0; i < DEVICES; i++) {
        start(st, i, i, device);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        start(st, DEVICES + i, i, cpu);
    }
    start(st, DEVICES + CPUS, 0, switcher);
    start(st, DEVICES + CPUS + 1, 0, administrator);
    g_usleep((gulong)(seconds * G_USEC_PER_SEC));
    atomic_store(&st->stop, true);
    for (unsigned i = 0; i < DEVICES + CPUS + 2; i++) {
        if (i < DEVICES || i >= DEVICES + CPUS) {
            g_thread_join(st->thread[i]);
        }
    }
    atomic_store(&st->drain, true);
    for (unsigned i = 0; i < CPUS; i++) {
        g_thread_join(st->thread[DEVICES + i]);
    }
    /* What one CPU's last EOI sent to the other. */
    for (unsigned idle = 0; idle < 2 * CPUS;) {
        Worker *w = &st->worker[DEVICES + idle % CPUS];

        idle = (st->native ? serve_native(w, w->id) : serve_xics(w, w->id)) ?
               0 : idle + 1;
    }
    balance(st);
    krig_free(st->rig);
    g_free(st);
}

/* rows: S11.11-1 S11.11-2 S11.11-3 */
static void test_native_numbers_switch_under_load_and_nothing_is_lost(void)
{
    run(P9X_KVM_NATIVE);
}

/* rows: S11.11-1 S11.11-2 S11.11-3 */
static void test_xics_numbers_switch_under_load_and_nothing_is_lost(void)
{
    run(P9X_KVM_XICS);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(native_numbers_switch_under_load_and_nothing_is_lost),
        TEST(xics_numbers_switch_under_load_and_nothing_is_lost),
    };

    return RUN_TESTS(argc, argv, "kvm-stress", rows);
}
