/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device threads against a firmware thread: DMA, MSIs and wires on one side;
 * kills, freezes, unfreezes and error handling on the other.
 */
#include "fixture-phb4.h"

enum { DEVICES = 2, STEPS = 200, DMA_PER_STEP = 20, PAGE = 2 };

#define FRAME(n)    (UINT64_C(0x1000000) | (uint64_t)(n) << 16)

typedef struct Stress {
    PRig *rig;
    atomic_uint step;           /* mapping of this step is the oldest valid */
    atomic_uint translated;     /* since the last step */
    atomic_bool stop;
    atomic_uint refused;
} Stress;

static void map_frame(PRig *rig, unsigned n)
{
    uint64_t *tce = (uint64_t *)(rig->host.ram + PRIG_TCE + PAGE * 8);

    __atomic_store_n(tce, p9x_be64(FRAME(n) | TCE_READ | TCE_WRITE),
                     __ATOMIC_RELEASE);
}

/* After a kill has returned, no device may see what was there before. */
static gpointer dma_thread(gpointer opaque)
{
    Stress *s = opaque;

    while (!atomic_load(&s->stop)) {
        unsigned oldest = atomic_load(&s->step);
        P9xPhb4Dma dma;

        if (p9x_phb4_translate(s->rig->phb, PRIG_RID, PAGE << 16,
                               P9X_PHB4_DMA_READ, &dma)) {
            g_assert_cmphex(dma.real, >=, FRAME(oldest));
            g_assert_cmphex(dma.real, <=, FRAME(STEPS));
        } else {
            atomic_fetch_add(&s->refused, 1);
        }
        prig_msi(s->rig, PRIG_RID, 8);
        p9x_phb4_esb_load(s->rig->phb, 8 << 16, 8);
        atomic_fetch_add(&s->translated, 1);
    }
    return NULL;
}

/* A device that does wrong, again and again. */
static gpointer fault_thread(gpointer opaque)
{
    Stress *s = opaque;
    P9xPhb4Dma dma;

    while (!atomic_load(&s->stop)) {
        p9x_phb4_translate(s->rig->phb, 0x0200, 0x770000, P9X_PHB4_DMA_WRITE,
                           &dma);
        p9x_phb4_intx(s->rig->phb, 1, true);
        p9x_phb4_intx(s->rig->phb, 1, false);
        g_thread_yield();
    }
    return NULL;
}

static void wait_for_devices(Stress *s)
{
    atomic_store(&s->translated, 0);
    while (atomic_load(&s->translated) < DMA_PER_STEP) {
        g_thread_yield();
    }
}

static void handle_errors(PRig *rig)
{
    prig_load(rig, PHB_ETU_ERR_SUMMARY);
    prig_store(rig, PHB_RXE_ARB_ERR, UINT64_MAX);
    prig_store(rig, PHB_RXE_TCE_ERR, UINT64_MAX);
    prig_store(rig, PHB_ERR, UINT64_MAX);
    prig_store(rig, PHB_LEM_FIR_AND_MASK, 0);
    prig_unfreeze(rig, 9);
}

static void run_threads(Stress *s)
{
    GThread *thread[DEVICES + 1];
    PRig *rig = s->rig;

    for (unsigned i = 0; i < DEVICES; i++) {
        thread[i] = g_thread_new("dma", dma_thread, s);
    }
    thread[DEVICES] = g_thread_new("fault", fault_thread, s);
    for (unsigned n = 1; n <= STEPS; n++) {
        map_frame(rig, n);
        prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_PE | PRIG_PE);
        atomic_store(&s->step, n);
        wait_for_devices(s);
        handle_errors(rig);
    }
    atomic_store(&s->stop, true);
    for (unsigned i = 0; i < G_N_ELEMENTS(thread); i++) {
        g_thread_join(thread[i]);
    }
}

static void test_no_translation_outlives_its_kill(void)
{
    Stress s = { .rig = prig_booted() };
    PRig *rig = s.rig;
    P9xPhb4Window window;

    rig->ports.trace = NULL;
    prig_tce_window(rig, PRIG_PE);
    map_frame(rig, 0);
    prig_set_rte(rig, 0x0200, 9);
    prig_give_msi(rig, 8, PRIG_PE);
    run_threads(&s);

    /* Device 2's errors were not device 1's. */
    g_assert_cmpuint(atomic_load(&s.refused), ==, 0);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    g_assert_cmpuint(rig->nr_notified, ==,
                     p9x_counter_read(&rig->counters, P9X_COUNT_EVENTS) +
                     p9x_counter_read(&rig->counters, P9X_COUNT_REPLAYS));
    /* When all is handled, nothing is left that looks like an error. */
    handle_errors(rig);
    p9x_phb4_window(rig->phb, P9X_PHB4_WIN_MBT, &window);
    g_assert_true(window.direct);
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==, 0);
    g_assert_cmphex(prig_table(rig, TBL_LIST, 7) & LIST_STATE, ==, 0);
    g_assert_cmphex(prig_table(rig, TBL_LIST, 1) & LIST_STATE, ==, 0);
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(no_translation_outlives_its_kill),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-stress", rows);
}
