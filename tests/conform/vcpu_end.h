/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU of Linux's that makes hypervisor calls: a few instructions in guest
 * memory, in real mode, with interrupts off.
 */
#ifndef CONFORM_VCPU_END_H
#define CONFORM_VCPU_END_H

#include <stdint.h>

/* What the kernel leaves to the program below is PAPR's "too hard". */
enum { CONFORM_TOO_HARD = 9999 };

/*
 * @kvm_fd: /dev/kvm; @ram is the guest's from address 0, of which what lies
 * below CONFORM_CODE_END is the vCPU's.  NULL, or what could not be done.
 */
enum { CONFORM_CODE_END = 0x10000 };
typedef struct ConformRunner {
    int fd;
    struct kvm_run *run;
    uint8_t *ram;
    int waits;                      /* in the code, for the next call */
} ConformRunner;

const char *conform_runner_init(ConformRunner *r, int kvm_fd, int vcpu_fd,
                                uint8_t *ram);
/* PAPR's code; @args as p9x_xics_hcall's.  -1 with errno: KVM_RUN failed. */
int64_t conform_runner_hcall(ConformRunner *r, unsigned opcode,
                             uint64_t args[2]);

#endif
