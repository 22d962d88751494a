/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A source whose PQ bits are elsewhere: lines that come and go at bad times. */
#include "fixture-ic.h"
#include "xive/source.h"

typedef struct Owner {
    Host host;
    P9xCounters counters;
    P9xSource source;
    uint8_t memory[P9X_SOURCE_LINE_BYTES];
    unsigned loads;
    unsigned take_back;         /* that many loads are undone at once */
    bool gone;                  /* after those, there is no such line */
    unsigned events;
    atomic_bool hold, held, taken;
} Owner;

static bool load_line(void *opaque, uint32_t line)
{
    Owner *o = opaque;

    o->loads++;
    if (o->gone && !o->take_back) {
        return false;
    }
    p9x_source_fill_line(&o->source, line, o->memory);
    if (o->take_back) {
        o->take_back--;
        p9x_source_take_line(&o->source, line, o->memory);
    }
    return true;
}

static void notify(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    Owner *o = opaque;

    o->events++;
    atomic_store(&o->held, true);
    while (atomic_load(&o->hold)) {
        sched_yield();
    }
}

static Owner *owner_new(void)
{
    Owner *o = host_alloc(sizeof(*o));
    P9xSourceConfig config = {
        .nr_sources = 2 * P9X_SOURCE_LINE,
        .page_shift = 16,
        .layout = P9X_ESB_TWO_PAGES,
        .load_line = load_line,
        .notify = notify,
        .opaque = o,
        .counters = &o->counters
    };

    host_init(&o->host);
    config.ports = &o->host.ports;
    p9x_source_init(&o->source, &config);
    return o;
}

static void owner_free(Owner *o)
{
    p9x_source_destroy(&o->source);
    host_destroy(&o->host);
    free(o);
}

static void test_are_loaded_again_when_they_go_before_the_gate(void)
{
    Owner *o = owner_new();

    o->take_back = 3;
    p9x_source_trigger(&o->source, 5);
    g_assert_cmpuint(o->loads, ==, 4);
    g_assert_cmpuint(o->events, ==, 1);
    g_assert_true(p9x_source_has_line(&o->source, 0));
    g_assert_false(p9x_source_has_line(&o->source, 1));
    p9x_source_take_line(&o->source, 0, o->memory);
    g_assert_cmphex(o->memory[1], ==, 0x20);
    /* A look and a setting as well. */
    o->take_back = 1;
    g_assert_cmpuint(p9x_source_page_load(&o->source, 5, true, 0x800, 8), ==,
                     P9X_PQ_10);
    p9x_source_take_line(&o->source, 0, o->memory);
    o->take_back = 1;
    g_assert_cmpuint(p9x_source_page_load(&o->source, 5, true, 0xF00, 8), ==,
                     P9X_PQ_10);
    p9x_source_read_line(&o->source, 0, o->memory);
    g_assert_cmphex(o->memory[1], ==, 0x30);
    owner_free(o);
}

static void test_are_off_when_they_cant_be_loaded_again(void)
{
    Owner *o = owner_new();

    o->take_back = 1;
    o->gone = true;
    p9x_source_trigger(&o->source, 5);
    g_assert_cmpuint(o->events, ==, 0);
    g_assert_cmpuint(p9x_counter_read(&o->counters, P9X_COUNT_OFF), ==, 1);
    p9x_source_trigger(&o->source, 5);
    g_assert_cmpuint(p9x_guest_error_read(&o->counters, P9X_ERR_NO_SOURCE),
                     ==, 1);
    owner_free(o);
}

static gpointer trigger(gpointer opaque)
{
    p9x_source_trigger(&((Owner *)opaque)->source, 5);
    return NULL;
}

static gpointer take(gpointer opaque)
{
    Owner *o = opaque;

    p9x_source_take_line(&o->source, 0, o->memory);
    atomic_store(&o->taken, true);
    return NULL;
}

static void test_are_not_taken_while_an_event_is_on_its_way(void)
{
    Owner *o = owner_new();
    GThread *device, *firmware;

    atomic_store(&o->hold, true);
    device = g_thread_new("device", trigger, o);
    while (!atomic_load(&o->held)) {
        sched_yield();
    }
    firmware = g_thread_new("firmware", take, o);
    while (p9x_source_has_line(&o->source, 0)) {
        sched_yield();
    }
    g_usleep(5000);
    g_assert_false(atomic_load(&o->taken));
    atomic_store(&o->hold, false);
    g_thread_join(device);
    g_thread_join(firmware);
    g_assert_cmphex(o->memory[1], ==, 0x20);
    owner_free(o);
}

static void test_are_dropped_by_a_reset(void)
{
    Owner *o = owner_new();

    p9x_source_trigger(&o->source, 5);
    p9x_source_reset(&o->source);
    g_assert_false(p9x_source_has_line(&o->source, 0));
    g_assert_cmpuint(p9x_source_page_load(&o->source, 5, true, 0x800, 8), ==,
                     P9X_PQ_00);
    owner_free(o);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(are_loaded_again_when_they_go_before_the_gate),
        TEST(are_off_when_they_cant_be_loaded_again),
        TEST(are_not_taken_while_an_event_is_on_its_way),
        TEST(are_dropped_by_a_reset),
    };

    return RUN_TESTS(argc, argv, "source-lines", rows);
}
