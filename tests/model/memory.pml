/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that several threads share, and the global lock, for the models that
 * include this.  They define THREADS (4), WORDS and, as bugs that may be
 * planted, names for drained_or().
 *
 * A thread's stores wait in a queue of its own; "memory" carries them
 * out at any time later, in order, and an atomic operation waits until the
 * queue is empty: x86.  With P9X_WEAK, stores to different words overtake each
 * other, and others see an atomic operation late, too: the worst that acquire
 * and release leave room for on Arm.
 */

typedef Queue {
    byte n;
    byte at[2];
    bit value[2]
};

bit word[WORDS];
byte taken[WORDS];              /* 1 + thread in an atomic operation */
Queue queue[THREADS];

byte bql;                       /* 1 + thread that has it */
hidden byte bug, weak, slots;

#define value_of(x) \
    ((queue[me].n == 2 && queue[me].at[1] == x) -> queue[me].value[1] : \
     ((queue[me].n && queue[me].at[0] == x) -> queue[me].value[0] : word[x]))

#define room            (queue[me].n < slots)
#define drained         (queue[me].n == 0)
#define drained_or(b)   (queue[me].n == 0 || bug == b)
#define free(x)         (queue[me].n == 0 && !taken[x])

/* There has to be room. */
inline store(x, v)
{
    queue[me].at[queue[me].n] = x;
    queue[me].value[queue[me].n] = v;
    queue[me].n++
}

/* The word has to be free. */
inline exchange(x, v, old)
{
    old = word[x];
    if
    :: weak ->
        taken[x] = me + 1;
        store(x, v)
    :: else ->
        word[x] = v
    fi
}

#define may_go(t, i) \
    (!taken[queue[t].at[i]] || taken[queue[t].at[i]] == t + 1)
#define may_overtake(t) \
    (weak && queue[t].n == 2 && queue[t].at[0] != queue[t].at[1] && \
     may_go(t, 1))

inline carry_out(t, i)
{
    word[queue[t].at[i]] = queue[t].value[i];
    if
    :: taken[queue[t].at[i]] == t + 1 -> taken[queue[t].at[i]] = 0
    :: else
    fi;
    if
    :: i == 0 ->
        queue[t].at[0] = queue[t].at[1];
        queue[t].value[0] = queue[t].value[1]
    :: else
    fi;
    queue[t].at[1] = 0;
    queue[t].value[1] = 0;
    queue[t].n--
}

active proctype memory()
{
end:
    do
    :: d_step { queue[0].n && may_go(0, 0) -> carry_out(0, 0) }
    :: d_step { may_overtake(0) -> carry_out(0, 1) }
    :: d_step { queue[1].n && may_go(1, 0) -> carry_out(1, 0) }
    :: d_step { may_overtake(1) -> carry_out(1, 1) }
    :: d_step { queue[2].n && may_go(2, 0) -> carry_out(2, 0) }
    :: d_step { may_overtake(2) -> carry_out(2, 1) }
    :: d_step { queue[3].n && may_go(3, 0) -> carry_out(3, 0) }
    :: d_step { may_overtake(3) -> carry_out(3, 1) }
    od
}

/* To take a lock is an acquire, to give it back a release. */
#define lock_is_free    (!bql && (weak || drained))

inline unlock_bql()
{
    atomic { drained -> bql = 0 }
}

/* What the program that runs the model chooses. */
c_code {
    static int setting(const char *name, int otherwise)
    {
        const char *text = getenv(name);

        return text ? atoi(text) : otherwise;
    }
}

#define READ_SETTINGS \
    bug = setting("P9X_BUG", 0); \
    weak = setting("P9X_WEAK", 0); \
    slots = weak ? 2 : 1
