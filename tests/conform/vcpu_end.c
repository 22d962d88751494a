/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vcpu_end.h"

#include <endian.h>
#include <errno.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum {
    CODE = 0x3000,
    EXIT_CALL = 0x58                /* H_PUT_TERM_CHAR: always the program's */
};

#define MSR_SF (UINT64_C(1) << 63)
#define MSR_ME UINT64_C(0x1000)

/*
 * Each return from the exit's call brings an opcode in r3 and arguments from r4
 * on; the call's own results go out as the arguments of the next exit.
 */
static const uint32_t code[] = {
    0x38600000 | EXIT_CALL,         /* li r3, EXIT_CALL */
    0x44000022,                     /* sc 1: to the program and back */
    0x44000022,                     /* sc 1: the call that was asked for */
    0x7C661B78,                     /* mr r6, r3 */
    0x4BFFFFF0                      /* b back to the first */
};

static void write_code(uint8_t *ram)
{
    for (unsigned i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
        uint32_t word = htobe32(code[i]);

        memcpy(ram + CODE + 4 * i, &word, sizeof(word));
    }
}

/* Into the program, whatever else ends a turn. */
static int64_t turn(ConformRunner *r)
{
    for (;;) {
        if (ioctl(r->fd, KVM_RUN, NULL) && errno != EINTR && errno != EAGAIN) {
            return -1;
        }
        if (r->run->exit_reason == KVM_EXIT_PAPR_HCALL) {
            return (int64_t)r->run->papr_hcall.nr;
        }
        if (r->run->exit_reason != KVM_EXIT_INTR) {
            errno = EFAULT;
            return -1;
        }
    }
}

const char *conform_runner_init(ConformRunner *r, int kvm_fd, int vcpu_fd,
                                uint8_t *ram)
{
    int size = ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, NULL);

    r->fd = vcpu_fd;
    r->ram = ram;
    r->waits = 0;
    if (size < 0) {
        return "KVM_GET_VCPU_MMAP_SIZE";
    }
    r->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED,
                  vcpu_fd, 0);
    return r->run == MAP_FAILED ? "the mapping of a vCPU" : NULL;
}

/* Up to the first exit, from which each call starts. */
static int64_t start(ConformRunner *r)
{
    struct kvm_regs regs;

    if (ioctl(r->fd, KVM_GET_REGS, &regs)) {
        return -1;
    }
    regs.pc = CODE;
    regs.msr = MSR_SF | MSR_ME;
    if (ioctl(r->fd, KVM_SET_REGS, &regs)) {
        return -1;
    }
    return turn(r);
}

int64_t conform_runner_hcall(ConformRunner *r, unsigned opcode,
                             uint64_t args[2])
{
    int64_t nr;

    write_code(r->ram);
    if (!r->waits && start(r) != EXIT_CALL) {
        return -1;
    }
    r->waits = 1;
    r->run->papr_hcall.ret = opcode;
    r->run->papr_hcall.args[0] = args[0];
    r->run->papr_hcall.args[1] = args[1];
    nr = turn(r);
    if (nr == opcode) {
        /* It came through: back with what the kernel says of it. */
        r->run->papr_hcall.ret = CONFORM_TOO_HARD;
        nr = turn(r);
    }
    if (nr != EXIT_CALL) {
        return -1;
    }
    args[0] = r->run->papr_hcall.args[0];
    args[1] = r->run->papr_hcall.args[1];
    return (int64_t)r->run->papr_hcall.args[2];
}
