/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bridge and the one that its state was moved to do the same ever after.
 *
 * A bridge lives for a while, then a second one gets its state.  From then on
 * both are driven in step, and after each step the transcripts of both have to
 * be the same: what was returned, each port call with what the host program
 * sees from inside of it, and the state.  A part of the state that is not
 * saved, or saved and not restored, makes them differ when it matters.
 *
 * P9X_FUZZ_SECONDS says how long; the seed of a failure is printed.  With
 * P9X_TRANSCRIPT=1 the life before the move is printed as well: two builds of
 * the core that mean the same print the same.
 */
#include <stdio.h>

#include "fuzz-loop.h"
#include "ops-phb4.h"
#include "transcript-phb4.h"

enum { LIFE = 600, AFTER = 600 };

static void print_step(Transcript *t, unsigned step)
{
    transcript_look(t);
    printf("step %u\n%s", step, t->text->str);
    g_string_truncate(t->text, 0);
}

static void live(Ops *ops, uint64_t seed)
{
    bool print = g_getenv("P9X_TRANSCRIPT");
    Transcript t;

    transcript_start(&t, ops->rig, seed & 1, true);
    ops->log = t.text;
    for (unsigned i = 0; i < LIFE; i++) {
        ops_step(ops);
        if (print) {
            print_step(&t, i);
        }
        g_string_truncate(t.text, 0);
    }
    ops->log = NULL;
    transcript_stop(&t);
}

/* The old one forgets its caches, too, which are no state. */
static PRig *move(PRig *from, const P9xPhb4Config *config)
{
    size_t n = p9x_phb4_state_words(from->phb);
    g_autofree uint64_t *words = g_new(uint64_t, n);
    PRig *to = prig_new_config(config);

    p9x_phb4_save(from->phb, words);
    memcpy(to->host.ram, from->host.ram, HOST_RAM_SIZE);
    memcpy(to->rc, from->rc, sizeof(to->rc));
    memcpy(to->device, from->device, sizeof(to->device));
    memcpy(to->bar, from->bar, sizeof(to->bar));
    to->plugged = from->plugged;
    g_assert_true(p9x_phb4_restore(to->phb, words, n));
    g_assert_true(p9x_phb4_restore(from->phb, words, n));
    return to;
}

static void one_run(uint64_t seed)
{
    P9xPhb4Config config;
    Ops ops[2] = { { .rig = ops_rig(seed, &config), .random = seed } };
    Transcript t[2];

    live(&ops[0], seed);
    ops[1] = ops[0];
    ops[1].rig = move(ops[0].rig, &config);
    for (unsigned n = 0; n < 2; n++) {
        transcript_start(&t[n], ops[n].rig, seed & 1, false);
        ops[n].log = t[n].text;
    }
    for (unsigned i = 0; i < AFTER; i++) {
        fuzz_at("again: twin-phb4 %" G_GUINT64_FORMAT ", step %u\n", seed, i);
        for (unsigned n = 0; n < 2; n++) {
            g_string_truncate(t[n].text, 0);
            ops_step(&ops[n]);
            transcript_look(&t[n]);
        }
        g_assert_cmpstr(t[0].text->str, ==, t[1].text->str);
    }
    for (unsigned n = 0; n < 2; n++) {
        transcript_stop(&t[n]);
        prig_free(ops[n].rig);
    }
}

int main(int argc, char **argv)
{
    static const FuzzDriver driver = {
        "twin-phb4", "a bridge that was moved does as it would have done", 10,
        LIFE + 2 * AFTER, one_run
    };

    return fuzz_loop(argc, argv, &driver);
}
