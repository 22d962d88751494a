/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One sequence of calls for two devices: the model's and Linux's own.
 *
 * A run is a seed and a device.  From the seed come calls of the backend port,
 * good ones and bad ones, and after each call the visible state is read: all
 * of it becomes one line of text.  The program with the model writes the lines,
 * the program on a ppc64 host makes the same calls to the kernel and compares.
 *
 *   driver.c         runs: lines of text, what both devices share
 *   native.c, xics.c calls to one of the devices, and its visible state
 *   scripted.c       sequences written by hand, for what chance seldom finds
 *   model_end.c      the model, on any machine
 *   kernel_end.c     Linux, on a ppc64 host (no guest code runs)
 *   main.c           the command line of both programs
 *
 * Nothing here needs more than the C library: the second program is static.
 */
#ifndef P9X_CONFORM_H
#define P9X_CONFORM_H

#include <stddef.h>

#include "xive/kvm/kvm_port.h"

enum {
    CONFORM_RAM_SIZE = 0x3000000,   /* 48 MiB, as the model's fixture has */
    CONFORM_VCPUS = 3,              /* servers 0, 1, 2 */
    CONFORM_SERVERS = 8,            /* NR_SERVERS */
    CONFORM_TOKENS = 2              /* eventfds */
};

/* One of the two ends. */
typedef struct ConformEnd {
    P9xKvmPort port;
    uint8_t *ram;                   /* the guest's, from address 0 */
    /* What EQ_CONFIG says to a queue at a second priority of a server. */
    int second_priority;
    /* A VM has one device at a time; -errno.  release: it is gone. */
    int (*create)(P9xKvmType type);
    void (*release)(void);
    /* KVM_REG_PPC_ICP_STATE. */
    int (*get_icp)(uint32_t server, uint64_t *value);
    int (*set_icp)(uint32_t server, uint64_t value);
    /*
     * KVM_IRQFD with eventfd @token, which is not used yet (assign), or is,
     * with that number; signal: the eventfd fires, and its event has arrived
     * on return.
     */
    int (*irqfd)(unsigned token, uint32_t girq, bool assign);
    void (*signal)(unsigned token);
} ConformEnd;

/* The end that the program is linked with.  @option is what only it knows. */
const ConformEnd *conform_end(const char *option);

typedef struct Conform {
    const ConformEnd *end;
    uint64_t random;                /* the generator's state */
    char line[4096];                /* what is being said of this step */
    size_t length;
    unsigned step;
    /* Takes a finished line; false: the run is over. */
    bool (*line_done)(void *opaque, unsigned step, const char *line);
    void *opaque;
    bool over;
    bool assigned[CONFORM_TOKENS];
    uint32_t girq[CONFORM_TOKENS];  /* the eventfd's, while assigned */
} Conform;

/* A number below @n; one of @set. */
uint32_t conform_below(Conform *c, uint32_t n);
uint64_t conform_random64(Conform *c);
#define CONFORM_ONE_OF(c, set) \
    ((set)[conform_below(c, sizeof(set) / sizeof((set)[0]))])

/* Adds to the line.  end_step: the step's line is complete. */
void conform_say(Conform *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void conform_end_step(Conform *c);

/* Calls with their result added to the line: "set 3/1300=12.. -22". */
int conform_set64(Conform *c, unsigned group, uint64_t attr, uint64_t value);
int conform_set(Conform *c, unsigned group, uint64_t attr, const void *addr);
int conform_connect(Conform *c, uint32_t server);
void conform_irq_line(Conform *c, uint32_t girq, int level);
void conform_irqfd(Conform *c, unsigned token, uint32_t girq);

/* Where queue @n of the guest is, of 64 KiB; what all of them hold, hashed. */
uint64_t conform_queue(unsigned n);
enum { CONFORM_QUEUES = 6 };
uint64_t conform_hash_queues(const Conform *c);

/* A random call, and the state that the guest and programs can see. */
void conform_native_step(Conform *c);
void conform_native_state(Conform *c);
void conform_xics_step(Conform *c);
void conform_xics_state(Conform *c);

/* Numbers that calls use: those of one set have a source most of the time. */
enum { CONFORM_NUMBERS = 24 };
extern const uint32_t conform_numbers[CONFORM_NUMBERS];

/*
 * The sequences written by hand for a device; each ends its own steps.  The
 * last ones leave a device that no longer does much.
 */
void conform_native_scripts(Conform *c);
void conform_native_last_scripts(Conform *c);
void conform_xics_scripts(Conform *c);

/*
 * A run: the device is made, scripts, @steps random calls and the last scripts
 * follow, the device is released.  Returns how many steps there were.
 */
unsigned conform_run(Conform *c, P9xKvmType type, uint64_t seed,
                     unsigned steps);

#endif
