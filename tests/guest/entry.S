/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First instructions, calls into firmware and hypervisor, and the vectors.
 * Everything runs big-endian; the firmware is 32-bit code, so a call to it
 * keeps the upper halves of the registers that it would lose.
 */
#include "irq.h"

        .machine "power9"
        .section .head, "ax"
        .globl _start
_start:
        /* r5: the firmware's client interface; SF may still be off */
        mfmsr   %r0
        li      %r6, 1
        sldi    %r6, %r6, 63
        or      %r0, %r0, %r6
        mtmsrd  %r0
        isync
        mr      %r31, %r5
        lis     %r13, cpus@ha
        addi    %r13, %r13, cpus@l
        lis     %r1, boot_stack_top@ha
        addi    %r1, %r1, boot_stack_top@l
        li      %r0, 0
        stdu    %r0, -64(%r1)
        lis     %r2, .TOC.@ha
        addi    %r2, %r2, .TOC.@l
        mr      %r3, %r31
        bl      guest_main
        nop
1:      b       1b

        /* A started vCPU: r3 is its struct cpu. */
        .globl secondary_start
secondary_start:
        mr      %r13, %r3
        ld      %r1, CPU_STACK(%r13)
        li      %r0, 0
        stdu    %r0, -64(%r1)
        lis     %r2, .TOC.@ha
        addi    %r2, %r2, .TOC.@l
        bl      secondary_main
        nop
2:      b       2b

        .text
        .macro SAVE_NONVOLATILE
        mflr    %r0
        std     %r0, 16(%r1)
        stdu    %r1, -256(%r1)
        std     %r2, 32(%r1)
        std     %r13, 40(%r1)
        .irp    n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        std     %r\n, (48 + (\n - 14) * 8)(%r1)
        .endr
        .endm

        .macro RESTORE_NONVOLATILE
        ld      %r2, 32(%r1)
        ld      %r13, 40(%r1)
        .irp    n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      %r\n, (48 + (\n - 14) * 8)(%r1)
        .endr
        addi    %r1, %r1, 256
        ld      %r0, 16(%r1)
        mtlr    %r0
        .endm

        /*
         * u64 call_firmware(u64 arg, u64 entry, u64 arg2): 32-bit mode,
         * translation off (the firmware's addresses are physical).
         */
        .globl call_firmware
call_firmware:
        SAVE_NONVOLATILE
        mr      %r30, %r1
        mfmsr   %r31
        mr      %r0, %r31
        rldicl  %r0, %r0, 0, 1
        li      %r6, MSR_IR | MSR_DR
        andc    %r0, %r0, %r6
        mtctr   %r4
        mr      %r4, %r5
        std     %r31, 200(%r1)
        std     %r30, 208(%r1)
        mtmsrd  %r0
        isync
        bctrl
        mfmsr   %r0
        li      %r6, 1
        sldi    %r6, %r6, 63
        or      %r0, %r0, %r6
        mtmsrd  %r0
        isync
        rldicl  %r1, %r1, 0, 32
        ld      %r0, 200(%r1)
        mtmsrd  %r0
        isync
        rldicl  %r3, %r3, 0, 32
        RESTORE_NONVOLATILE
        blr

        /*
         * long hcall_raw(u64 nr, const u64 in[9], u64 out[9]): r4-r12 carry
         * the arguments and bring the results.
         */
        .globl hcall_raw
hcall_raw:
        mflr    %r0
        std     %r0, 16(%r1)
        stdu    %r1, -64(%r1)
        std     %r5, 48(%r1)
        mr      %r11, %r4
        ld      %r4, 0(%r11)
        ld      %r5, 8(%r11)
        ld      %r6, 16(%r11)
        ld      %r7, 24(%r11)
        ld      %r8, 32(%r11)
        ld      %r9, 40(%r11)
        ld      %r10, 48(%r11)
        ld      %r12, 64(%r11)
        ld      %r11, 56(%r11)
        sc      1
        ld      %r0, 48(%r1)
        mtctr   %r12
        mr      %r12, %r0
        std     %r4, 0(%r12)
        std     %r5, 8(%r12)
        std     %r6, 16(%r12)
        std     %r7, 24(%r12)
        std     %r8, 32(%r12)
        std     %r9, 40(%r12)
        std     %r10, 48(%r12)
        std     %r11, 56(%r12)
        mfctr   %r0
        std     %r0, 64(%r12)
        addi    %r1, %r1, 64
        ld      %r0, 16(%r1)
        mtlr    %r0
        blr

        /* void set_msr_by_rfid(u64 msr) */
        .globl set_msr_by_rfid
set_msr_by_rfid:
        mflr    %r0
        mtsrr0  %r0
        mtsrr1  %r3
        rfid

        /*
         * The vectors, copied to 0 (taken with translation off) and 0x4000
         * (translation on). Only position-independent code until the jump.
         */
        .globl vectors_begin, vectors_end
        .balign 256
vectors_begin:
        .macro TO_COMMON off
        mfctr   %r0
        std     %r0, CPU_SCRATCH2(%r13)
        lis     %r3, vector_common@ha
        addi    %r3, %r3, vector_common@l
        mtctr   %r3
        li      %r3, \off
        bctr
        .endm
        .macro VECTOR off
        . = vectors_begin + \off
        std     %r0, CPU_SCRATCH0(%r13)
        std     %r3, CPU_SCRATCH1(%r13)
        TO_COMMON \off
        .endm
        .irp    off, 0x100,0x200,0x300,0x380,0x400,0x480
        VECTOR  \off
        .endr
        . = vectors_begin + 0x500
        std     %r0, CPU_SCRATCH0(%r13)
        std     %r3, CPU_SCRATCH1(%r13)
        mfcr    %r0
        ld      %r3, CPU_LEAN(%r13)
        cmpdi   %r3, 0
        bne     irq_lean
        mtcr    %r0
        TO_COMMON 0x500
        .irp    off, 0x600,0x700,0x800,0x900,0xa00
        VECTOR  \off
        .endr

        /*
         * 0x500 with nothing in it but the interrupt: acknowledge, take the
         * events from the queue, EOI each, open CPPR.  What irq_external()
         * does in C takes as long again for saving registers and for calls,
         * which would measure the translator.  r3 is the CPU's struct irq_cpu,
         * r0 has CR.  Interrupts stay off until rfid.
         */
        . = vectors_begin + 0xa80
irq_lean:
        std     %r4, (CPU_SAVED + 0)(%r13)
        std     %r5, (CPU_SAVED + 8)(%r13)
        std     %r6, (CPU_SAVED + 16)(%r13)
        std     %r7, (CPU_SAVED + 24)(%r13)
        std     %r8, (CPU_SAVED + 32)(%r13)
        std     %r9, (CPU_SAVED + 40)(%r13)
        std     %r0, (CPU_SAVED + 48)(%r13)
        ld      %r4, LEAN_TIMA(%r3)
        ld      %r5, LEAN_QUEUE(%r3)
        lhz     %r0, TM_ACK_OS(%r4)
        andi.   %r0, %r0, NSR_EO << 8
        beq     spurious
        ld      %r6, QUEUE_BASE(%r5)
        lwz     %r7, QUEUE_INDEX(%r5)
        lwz     %r8, QUEUE_GENERATION(%r5)
next:
        sldi    %r0, %r7, 2
        lwzx    %r9, %r6, %r0
        srwi    %r0, %r9, 31
        cmpw    %r0, %r8
        bne     empty
        addi    %r7, %r7, 1
        andi.   %r7, %r7, EQ_ENTRIES - 1
        bne     1f
        xori    %r8, %r8, 1
1:      clrldi  %r9, %r9, 33
        cmpldi  %r9, IRQ_MAX_SOURCES
        bge     next                    /* its count stays missing */
        mulli   %r9, %r9, SOURCE_SIZE
        ld      %r0, LEAN_SOURCES(%r3)
        add     %r9, %r9, %r0
        ld      %r9, SOURCE_EOI(%r9)
        ld      %r0, ESB_EOI(%r9)
        ld      %r9, LEAN_EVENTS(%r3)
        addi    %r9, %r9, 1
        std     %r9, LEAN_EVENTS(%r3)
        ld      %r9, LEAN_ANSWER(%r3)
        cmpdi   %r9, 0
        beq     next
        std     %r0, 0(%r9)
        b       next
empty:
        stw     %r7, QUEUE_INDEX(%r5)
        stw     %r8, QUEUE_GENERATION(%r5)
        li      %r0, CPPR_OPEN
        stb     %r0, TM_OS_CPPR(%r4)
out:
        ld      %r0, (CPU_SAVED + 48)(%r13)
        mtcr    %r0
        ld      %r4, (CPU_SAVED + 0)(%r13)
        ld      %r5, (CPU_SAVED + 8)(%r13)
        ld      %r6, (CPU_SAVED + 16)(%r13)
        ld      %r7, (CPU_SAVED + 24)(%r13)
        ld      %r8, (CPU_SAVED + 32)(%r13)
        ld      %r9, (CPU_SAVED + 40)(%r13)
        ld      %r3, CPU_SCRATCH1(%r13)
        ld      %r0, CPU_SCRATCH0(%r13)
        rfid
spurious:
        ld      %r9, LEAN_SPURIOUS(%r3)
        addi    %r9, %r9, 1
        std     %r9, LEAN_SPURIOUS(%r3)
        b       out

        .irp    off, 0xc00,0xd00,0xe00,0xe60,0xea0,0xf00,0xf60
        VECTOR  \off
        .endr
        . = vectors_begin + 0x1000
vectors_end:

vector_common:
        stdu    %r1, -FRAME_SIZE(%r1)
        ld      %r0, CPU_SCRATCH0(%r13)
        std     %r0, (FRAME_GPR + 0)(%r1)
        ld      %r0, CPU_SCRATCH1(%r13)
        std     %r0, (FRAME_GPR + 24)(%r1)
        ld      %r0, CPU_SCRATCH2(%r13)
        std     %r0, FRAME_CTR(%r1)
        std     %r2, (FRAME_GPR + 16)(%r1)
        .irp    n, 4,5,6,7,8,9,10,11,12
        std     %r\n, (FRAME_GPR + \n * 8)(%r1)
        .endr
        mflr    %r0
        std     %r0, FRAME_LR(%r1)
        mfcr    %r0
        std     %r0, FRAME_CR(%r1)
        mfxer   %r0
        std     %r0, FRAME_XER(%r1)
        mfsrr0  %r0
        std     %r0, FRAME_SRR0(%r1)
        mfsrr1  %r0
        std     %r0, FRAME_SRR1(%r1)
        lis     %r2, .TOC.@ha
        addi    %r2, %r2, .TOC.@l
        mr      %r4, %r1
        bl      cpu_exception
        nop
        ld      %r0, FRAME_SRR0(%r1)
        mtsrr0  %r0
        ld      %r0, FRAME_SRR1(%r1)
        mtsrr1  %r0
        ld      %r0, FRAME_LR(%r1)
        mtlr    %r0
        ld      %r0, FRAME_CTR(%r1)
        mtctr   %r0
        ld      %r0, FRAME_CR(%r1)
        mtcr    %r0
        ld      %r0, FRAME_XER(%r1)
        mtxer   %r0
        .irp    n, 2,3,4,5,6,7,8,9,10,11,12
        ld      %r\n, (FRAME_GPR + \n * 8)(%r1)
        .endr
        ld      %r0, FRAME_GPR(%r1)
        addi    %r1, %r1, FRAME_SIZE
        rfid

        .bss
        .balign 256
        .space  GUEST_STACK
boot_stack_top:
