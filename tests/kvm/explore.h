/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every interleaving of a small system, to closure.
 *
 * The system is the real code: number A is an MSI that can be passed through,
 * number B a level-sensitive one on its IPI; two servers.  A state is what is
 * in the objects, copied out and in; queues are rewound to their start after
 * each step, so that the same situation is the same bytes.
 *
 * A step is one access or call of the guest, the device, the host or KVM.
 * Calls that pass a hook are several steps, with those of others in between:
 * a state says at which hook a call waits (phase), and to go on is to make the
 * call again and, at the hook, to put the state in.
 *
 * Beside the objects a state has books: is an event owed to the guest, and how
 * many interrupts can there still be without one coming from nowhere.
 */
#ifndef P9X_TEST_EXPLORE_H
#define P9X_TEST_EXPLORE_H

#include "fixture-kvm.h"

enum {
    SRC_A, SRC_B, NR_SRC,
    NR_SERVER = 2,
    GIRQ_B = 0x20, GIRQ_A = GIRQ_B + 2,     /* 2n meets B's pages */
    EISN_OF_A = 0x111, EISN_OF_B = 0x222,
    MSI_OF_A = 3,
    MAX_ENTRIES = 6, MAX_LIST = 8,
    MAX_CREDIT = 3
};

/* All of it bytes without gaps: compared and hashed as they are. */
typedef struct Snap {
    uint64_t eas_ipi[NR_SRC], eas_pt;
    uint8_t ring[NR_SERVER][P9X_TM_RING_SIZE];
    uint8_t lines[NR_SERVER];
    uint8_t nr_entries[NR_SERVER];
    uint8_t entry[NR_SERVER][MAX_ENTRIES];  /* source, or OTHER */
    uint8_t delayed[MAX_LIST];              /* events between PQ and queue */
    uint8_t nr_delayed, host_pending;
    uint8_t ipi[NR_SRC], pt;                /* ESB bytes */
    uint8_t mapped, forwarded, saved_p, stale_p, resent;
    uint8_t guest_priority, saved_priority, old_p, old_q;
    uint8_t act_server, act_priority;
    uint8_t asserted;                       /* B */
    uint8_t slot[NR_SRC][2];                /* 0, 1 IPI, 2 PT */
    uint8_t cppr[NR_SERVER], hw_cppr[NR_SERVER], pending[NR_SERVER];
    /* The guest, and the books. */
    uint8_t masked, kept_p, in_service[NR_SRC], retrigger;
    uint8_t serving[NR_SERVER];             /* XICS: source + 1 */
    uint8_t owed, credit;
    /* The call that waits: where, the PQ it has read, its argument. */
    uint8_t phase, phase_pq, phase_arg;
    uint8_t pad[3];
} Snap;

enum { ENTRY_OTHER = 0xEE };

typedef enum Phase {
    NO_PHASE,
    SET_FORWARDED, SET_TAKEN, CLR_RETURNED, CLR_FLIPPED,
    EOI_CHOSEN, FAULT_CHOSEN        /* planted bugs only */
} Phase;

typedef struct Step {
    const char *name;
    bool (*can)(void);
    void (*run)(void);
    bool native, xics;
    bool begins;            /* something new: not done to come to rest */
} Step;

/* The system that is explored; one at a time. */
typedef struct World {
    KRig *rig;
    Snap s;                 /* books are current, the rest as last saved */
    bool native;
    const char *broken;     /* what a step found wrong */
    bool quiescing;         /* nothing new begins, */
    bool neighbour_seen;    /* B's level falls when it has been seen */
} World;
extern World world;

extern const Step steps[];
extern const unsigned nr_steps;

void world_new(P9xKvmType type, unsigned quirks);
void world_free(void);
void world_save(Snap *snap);
void world_load(const Snap *snap);
/* Between two steps: the books forget what has merged with something else. */
void world_balance(Snap *snap);
/* What must hold in every state between steps; NULL or what doesn't. */
const char *world_check(void);
/* Lets everything finish; NULL, or how the books don't balance. */
const char *world_quiesce(void);

typedef struct Result {
    unsigned states, transitions;
    uint64_t order;         /* a hash of the states, first one first */
    const char *broken;     /* first violation, NULL: none */
    char *trace;            /* the steps that lead there; g_free */
} Result;

Result explore(P9xKvmType type, unsigned quirks, unsigned max_states);

#endif
