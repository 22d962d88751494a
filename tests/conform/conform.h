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
 *   steps.c          the steps of sequences that are written by hand
 *   scripted.c       sequences written by hand, for what chance seldom finds
 *   passthrough.c    the same for devices that are passed through
 *   hcalls.c         the calls of a guest with XICS
 *   model_end.c      the model, on any machine
 *   kernel_end.c     Linux, on a ppc64 host
 *   vfio_end.c       its devices, below vfio-pci
 *   vcpu_end.c       its vCPUs, which make hypervisor calls and nothing else
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
    CONFORM_DEVICES = 2,
    /* Eventfds: those of each device are the last ones. */
    CONFORM_TOKENS = 2 + CONFORM_DEVICES,
    CONFORM_DEVICE_TOKEN = CONFORM_TOKENS - CONFORM_DEVICES
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
    /*
     * Device @n of the host sends its MSI to its token's eventfd, or has none:
     * that eventfd is used by no other.  With a number assigned to it, the
     * kernel takes the device's interrupt for the number's.  fire: it sends
     * one, which has arrived on return.
     */
    int (*device)(unsigned n, bool on);
    void (*fire)(unsigned n);
    /* Of vCPU @server: PAPR's code, results in @args (xics.h of the model). */
    int64_t (*hcall)(uint32_t server, unsigned opcode, uint64_t args[2]);
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
    bool has_devices;
    bool device_on[CONFORM_DEVICES];
    uint32_t xirr[CONFORM_VCPUS];   /* as taken last, not ended yet */
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
 * Those of the devices are among them.  They always have a source, which is
 * never an LSI: Linux would not survive the first, and takes the second.
 */
extern const uint32_t conform_device_number[CONFORM_DEVICES];
bool conform_is_device(uint32_t girq);

/*
 * The sequences written by hand for a device; each ends its own steps.  The
 * last ones leave a device that no longer does much.
 */
void conform_native_scripts(Conform *c);
void conform_native_last_scripts(Conform *c);
void conform_xics_scripts(Conform *c);
void conform_native_passthrough(Conform *c);
void conform_xics_passthrough(Conform *c);
void conform_xics_hcalls(Conform *c);

/* Device @n is given its number's eventfd, which must be in use. */
void conform_assign_device(Conform *c, unsigned n);
/* On and off; a message.  Each adds to the line. */
void conform_device(Conform *c, unsigned n, bool on);
void conform_fire(Conform *c, unsigned n);
/* A random one of these, of a run that has devices. */
void conform_device_step(Conform *c);
/* A random call of a guest with XICS. */
void conform_hcall_step(Conform *c);
enum {
    CONFORM_H_EOI = 0x64,
    CONFORM_H_CPPR = 0x68,
    CONFORM_H_IPI = 0x6C,
    CONFORM_H_IPOLL = 0x70,
    CONFORM_H_XIRR = 0x74
};
/* One call: opcode, arguments and results are added to the line. */
uint64_t conform_hcall(Conform *c, uint32_t server, unsigned opcode,
                       uint64_t a, uint64_t b);

/*
 * A run: the device is made, scripts, @steps random calls and the last scripts
 * follow, the device is released.  Returns how many steps there were.
 */
unsigned conform_run(Conform *c, P9xKvmType type, uint64_t seed,
                     unsigned steps);

#endif
