/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The search: breadth first, so that the trace of a violation is shortest. */
#include "explore.h"

enum { BUCKETS = 1 << 21 };

typedef struct Node {
    Snap snap;
    uint32_t parent;
    uint32_t step;
} Node;

/* A set of states, in the order of their discovery. */
typedef struct Set {
    GArray *node;
    uint32_t *bucket;               /* index + 1; open addressing */
    uint32_t mask;
} Set;

static void set_init(Set *set, uint32_t buckets)
{
    set->node = g_array_new(FALSE, FALSE, sizeof(Node));
    set->bucket = g_new0(uint32_t, buckets);
    set->mask = buckets - 1;
}

static void set_free(Set *set)
{
    g_array_unref(set->node);
    g_free(set->bucket);
}

static uint64_t hash_of(const Snap *snap)
{
    const uint64_t *word = (const uint64_t *)snap;
    uint64_t h = 0x9E3779B97F4A7C15;

    G_STATIC_ASSERT(sizeof(*snap) % sizeof(*word) == 0);
    for (unsigned i = 0; i < sizeof(*snap) / sizeof(*word); i++) {
        h = (h ^ word[i]) * 0xFF51AFD7ED558CCD;
        h ^= h >> 32;
    }
    return h;
}

static bool set_add(Set *set, const Node *node)
{
    uint32_t at = (uint32_t)hash_of(&node->snap) & set->mask;

    while (set->bucket[at]) {
        const Node *other = &g_array_index(set->node, Node,
                                           set->bucket[at] - 1);

        if (!memcmp(&other->snap, &node->snap, sizeof(Snap))) {
            return false;
        }
        at = (at + 1) & set->mask;
    }
    g_array_append_vals(set->node, node, 1);
    set->bucket[at] = set->node->len;
    g_assert_cmpuint(set->node->len, <, set->mask / 2);
    return true;
}

typedef struct Search {
    Set states;
    Result result;
    uint32_t from;              /* the state being expanded */
} Search;

static char *trace_of(Search *search, Node last)
{
    GPtrArray *path = g_ptr_array_new();
    GString *text = g_string_new(NULL);

    for (;;) {
        g_ptr_array_add(path, (void *)steps[last.step].name);
        if (!last.parent) {
            break;
        }
        last = g_array_index(search->states.node, Node, last.parent);
    }
    for (unsigned i = path->len; i > 0; i--) {
        g_string_append_printf(text, "%s%s", (char *)path->pdata[i - 1],
                               i > 1 ? ", " : "");
    }
    g_ptr_array_unref(path);
    return g_string_free(text, FALSE);
}

/* The world is where a step has left it: a state, new or known. */
static void arrive(Search *search, unsigned step)
{
    Node node = { .parent = search->from, .step = step };
    const char *what = world.broken;

    search->result.transitions++;
    world_save(&node.snap);
    world_balance(&node.snap);
    if (!what && set_add(&search->states, &node)) {
        search->result.order = (search->result.order ^ hash_of(&node.snap)) *
                               UINT64_C(0x100000001B3);
        what = world_check();
        if (!what) {
            what = world_quiesce();
        }
    }
    if (what) {
        search->result.broken = what;
        search->result.trace = trace_of(search, node);
    }
}

static void expand(Search *search)
{
    for (unsigned s = 0; s < nr_steps && !search->result.broken; s++) {
        world_load(&g_array_index(search->states.node, Node,
                                  search->from).snap);
        if ((world.native ? steps[s].native : steps[s].xics) &&
            steps[s].can()) {
            steps[s].run();
            arrive(search, s);
        }
    }
}

Result explore(P9xKvmType type, unsigned quirks, unsigned max_states)
{
    Search search = { .from = 0 };
    Node first = { 0 };

    world_new(type, quirks);
    set_init(&search.states, BUCKETS);
    world_save(&first.snap);
    set_add(&search.states, &first);
    for (; search.from < search.states.node->len && !search.result.broken;
         search.from++) {
        g_assert_cmpuint(search.states.node->len, <, max_states);
        expand(&search);
    }
    search.result.states = search.states.node->len;
    set_free(&search.states);
    world_free();
    return search.result;
}
