/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decisions of an END, as a table: each condition is in two rows that
 * differ in nothing else and have another outcome.  All rows are done with an
 * event from a source and with one that another END escalates, while the
 * recorder is off and on; the outcome has to be the same.
 */
#include "fixture.h"
#include "xive/recorder.h"

enum {
    END = 3, FIRST = 4, NEXT = 5,
    VP = 1, NO_VP = 2, OTHER_VP = 3,
    PRIO = 5, DATA = 0x77
};

#define ENQUEUE     P9X_END_W0_ENQUEUE
#define UCOND       P9X_END_W0_UCOND_NOTIFY
#define SILENT      P9X_END_W0_SILENT_ESC
#define ESCALATE    P9X_END_W0_ESCALATE
#define UCOND_ESC   P9X_END_W0_UCOND_ESC
#define PRECL       P9X_END_W0_PRECL_ESC
#define FOUND       P9X_END_W0_BACKLOG

/* What has become of the event. */
enum {
    QUEUED = 1,             /* an entry in the queue */
    BAD = 2,                /* a queue that is not in memory was counted */
    HELD = 4,               /* ESn has it */
    TOLD = 8,               /* the VP's thread */
    WAITS = 16,             /* in the VP's NVT */
    WENT_ON = 32,           /* to the next END */
    LOST = 64               /* counted as undelivered */
};

typedef struct EndRow {
    const char *what;
    uint32_t w0;
    P9xPq esn, ese;
    bool masked;            /* its priority is none */
    bool no_memory;         /* below the queue */
    bool no_vp;             /* its NVT is not valid */
    bool away;              /* no thread runs the VP */
    bool busy;              /* its thread's CPPR lets nothing through */
    uint32_t ignore;        /* flags that the controller doesn't look at */
    unsigned outcome;
} EndRow;

#define ROW(text, flags, ...) { .what = text, .w0 = (flags), __VA_ARGS__ }

static const EndRow rows[] = {
    ROW("base", ENQUEUE, .outcome = QUEUED | TOLD),
    ROW("no queue", 0, .outcome = TOLD),
    ROW("no memory", ENQUEUE, .no_memory = true, .outcome = BAD | TOLD),
    ROW("no memory that matters", 0, .no_memory = true, .outcome = TOLD),
    /* ESn, unless the notification is unconditional. */
    ROW("ESn is 10", ENQUEUE, .esn = P9X_PQ_10, .outcome = QUEUED | HELD),
    ROW("ESn is 11", ENQUEUE, .esn = P9X_PQ_11, .outcome = QUEUED | HELD),
    ROW("ESn is 01", ENQUEUE, .esn = P9X_PQ_01, .outcome = QUEUED | HELD),
    ROW("ESn does not matter", ENQUEUE | UCOND, .esn = P9X_PQ_10,
        .outcome = QUEUED | TOLD),
    /* A priority that is none stops the event. */
    ROW("masked", ENQUEUE, .outcome = QUEUED, .masked = true),
    ROW("masked, unconditional", ENQUEUE | UCOND, .outcome = QUEUED,
        .masked = true),
    /* Silent escalation goes before priority and VP. */
    ROW("silent", ENQUEUE | SILENT | ESCALATE, .outcome = QUEUED | WENT_ON),
    ROW("silent, masked", ENQUEUE | SILENT | ESCALATE,
        .masked = true, .outcome = QUEUED | WENT_ON),
    ROW("silent, to nowhere", ENQUEUE | SILENT, .outcome = QUEUED | LOST),
    ROW("silent ignored", ENQUEUE | SILENT | ESCALATE, .ignore = SILENT,
        .outcome = QUEUED | TOLD),
    /* What the VP does decides on the escalation. */
    ROW("told, so no escalation", ENQUEUE | ESCALATE,
        .outcome = QUEUED | TOLD),
    ROW("no VP", ENQUEUE, .no_vp = true, .outcome = QUEUED | LOST),
    ROW("no VP, escalates", ENQUEUE | ESCALATE, .no_vp = true,
        .outcome = QUEUED | WENT_ON),
    ROW("away", ENQUEUE | FOUND, .away = true, .outcome = QUEUED | WAITS),
    ROW("away, escalates", ENQUEUE | FOUND | ESCALATE, .away = true,
        .outcome = QUEUED | WAITS | WENT_ON),
    ROW("away without backlog", ENQUEUE, .away = true,
        .outcome = QUEUED | LOST),
    ROW("busy", ENQUEUE | ESCALATE, .busy = true, .outcome = QUEUED | TOLD),
    ROW("busy, precluded", ENQUEUE | ESCALATE | PRECL, .busy = true,
        .outcome = QUEUED | TOLD | WENT_ON),
    ROW("open, so not precluded", ENQUEUE | ESCALATE | PRECL,
        .outcome = QUEUED | TOLD),
    /* ESe lets one escalation through. */
    ROW("ESe is 10", ENQUEUE | ESCALATE, .no_vp = true, .ese = P9X_PQ_10,
        .outcome = QUEUED),
    ROW("ESe does not matter", ENQUEUE | ESCALATE | UCOND_ESC, .no_vp = true,
        .ese = P9X_PQ_10, .outcome = QUEUED | WENT_ON),
    ROW("unconditional ignored", ENQUEUE | ESCALATE | UCOND_ESC,
        .no_vp = true, .ese = P9X_PQ_10, .ignore = UCOND_ESC,
        .outcome = QUEUED),
};

static P9xEnd *new_end(Rig *rig, uint32_t end, unsigned vp, uint8_t priority,
                       uint32_t w0)
{
    P9xEnd *e = rig_end(rig, end, vp, priority, w0);

    if (!(w0 & ENQUEUE)) {
        e->w[0] &= ~p9x_be32(ENQUEUE);
    }
    return e;
}

static void escalate_to(P9xEnd *end, uint32_t to)
{
    p9x_end_set(end, 4, P9X_END_W4_ESC_BLOCK, RIG_BLOCK);
    p9x_end_set(end, 4, P9X_END_W4_ESC_INDEX, to);
    p9x_end_set(end, 5, P9X_END_W5_ESC_DATA, DATA);
}

static Rig *rig_for(const EndRow *row)
{
    Rig *rig = rig_new(2);
    P9xEnd *end = new_end(rig, END, row->no_vp ? NO_VP : VP,
                          row->masked ? P9X_PRIO_MASKED : PRIO, row->w0);

    if (!row->no_vp) {
        rig_nvt_valid(rig, VP);
    }
    if (!row->no_vp && !row->away) {
        rig_dispatch(rig, 0, VP, row->busy ? 0 : 0xFF);
    }
    p9x_end_set(end, 1, P9X_END_W1_ESN, row->esn);
    p9x_end_set(end, 1, P9X_END_W1_ESE, row->ese);
    escalate_to(end, NEXT);
    new_end(rig, NEXT, OTHER_VP, PRIO, ENQUEUE);
    rig_nvt_valid(rig, OTHER_VP);
    if (row->no_memory) {
        p9x_end_set(end, 2, UINT32_MAX, 0);
        p9x_end_set(end, 3, UINT32_MAX, HOST_HOLE);
    }
    return rig;
}

/* An END that passes on all that it gets. */
static void add_first(Rig *rig)
{
    escalate_to(new_end(rig, FIRST, NO_VP, PRIO, UCOND | ESCALATE), END);
}

static unsigned outcome_of(Rig *rig)
{
    P9xEnd *end = &rig->tables.end[END], *next = &rig->tables.end[NEXT];
    const P9xTctx *tctx = &rig->thread[0];
    unsigned outcome = 0;

    outcome |= p9x_end_get(end, 1, P9X_END_W1_OFFSET) ? QUEUED : 0;
    outcome |= rig_errors(rig, P9X_ERR_QUEUE_WRITE) ? BAD : 0;
    outcome |= rig_count(rig, P9X_COUNT_END_COALESCED) ? HELD : 0;
    outcome |= reg(tctx, P9X_RING_OS, P9X_TM_IPB) ? TOLD : 0;
    outcome |= p9x_nvt_ipb(rig_nvt(rig, VP)) ? WAITS : 0;
    outcome |= p9x_end_get(next, 1, P9X_END_W1_OFFSET) ? WENT_ON : 0;
    /* That of the last END has no VP to go to. */
    outcome |= rig_count(rig, P9X_COUNT_UNDELIVERED) >
               (unsigned)!!(outcome & WENT_ON) ? LOST : 0;
    return outcome;
}

static void check_row(const EndRow *row, bool escalated)
{
    Rig *rig = rig_for(row);

    p9x_router_ignore_end_flags(&rig->router, row->ignore);
    if (escalated) {
        add_first(rig);
    }
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, escalated ? FIRST : END,
                           DATA);
    if (outcome_of(rig) != row->outcome) {
        g_error("%s%s: outcome 0x%x, not 0x%x", row->what,
                escalated ? ", escalated" : "", outcome_of(rig),
                row->outcome);
    }
    rig_free(rig);
}

static void check_rows(bool escalated)
{
    char *error;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_row(&rows[i], escalated);
    }
    g_assert_true(p9x_recorder_start(P9X_RECORDER_MIN, &error));
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_row(&rows[i], escalated);
    }
    p9x_recorder_stop();
}

static void test_an_event_of_a_source_has_the_outcome_of_its_row(void)
{
    check_rows(false);
}

static void test_so_has_one_that_another_END_escalates(void)
{
    check_rows(true);
}

/* Software's EOI of ESe sends it on, whatever the END's own flag says. */
static void test_an_escalation_of_software_stops_where_flags_are_ignored(void)
{
    static const EndRow row = ROW("by software", ENQUEUE | ESCALATE,
                                  .ese = P9X_PQ_11, .no_vp = true);
    Rig *rig = rig_for(&row);
    P9xEnd *next = &rig->tables.end[NEXT];

    next->w[0] |= p9x_be32(ESCALATE);
    escalate_to(next, FIRST);
    new_end(rig, FIRST, VP, PRIO, ENQUEUE);
    p9x_router_ignore_end_flags(&rig->router, ESCALATE);
    p9x_router_end_esb_load(&rig->router, RIG_BLOCK, END, P9X_END_ESE, 0);
    g_assert_cmpuint(p9x_end_get(next, 1, P9X_END_W1_OFFSET), ==, 1);
    g_assert_cmpuint(p9x_end_get(&rig->tables.end[FIRST], 1,
                                 P9X_END_W1_OFFSET), ==, 0);
    rig_free(rig);
}

static void test_looking_at_the_ESB_of_no_END_is_all_ones_and_no_error(void)
{
    Rig *rig = rig_new(1);

    for (unsigned i = 0; i < 2; i++) {
        uint32_t end = i ? RIG_NR_ENDS : END;

        g_assert_cmphex(p9x_router_end_esb_load(&rig->router, RIG_BLOCK, end,
                                                P9X_END_ESN, P9X_ESB_GET), ==,
                        UINT64_MAX);
    }
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_END_INVALID), ==, 0);
    rig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(an_event_of_a_source_has_the_outcome_of_its_row),
        TEST(so_has_one_that_another_END_escalates),
        TEST(an_escalation_of_software_stops_where_flags_are_ignored),
        TEST(looking_at_the_ESB_of_no_END_is_all_ones_and_no_error),
    };

    return RUN_TESTS(argc, argv, "end-table", tests);
}
