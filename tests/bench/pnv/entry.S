/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * powernv9 starts here: 64-bit, big-endian, hypervisor state, translation off.
 * The vector saves what a call may change, below the interrupted code's red
 * zone.
 */
        .machine "power9"
        .section .head, "ax"
        .globl _start
        . = 0x10
_start:
        b       start

        /* The decrementer can't be turned off; it comes every 4 s. */
        . = 0x900
        mtsprg0 %r0
        li      %r0, -1
        rldicl  %r0, %r0, 0, 33
        mtdec   %r0
        mfsprg0 %r0
        rfid

        /* Hypervisor virtualization interrupt: the controller's. */
        . = 0xea0
        stdu    %r1, -512(%r1)
        std     %r0, 112(%r1)
        mflr    %r0
        std     %r0, 120(%r1)
        b       interrupted

        . = 0x1000
start:
        lis     %r1, stack_top@ha
        addi    %r1, %r1, stack_top@l
        li      %r0, 0
        stdu    %r0, -64(%r1)
        lis     %r2, .TOC.@ha
        addi    %r2, %r2, .TOC.@l
        bl      bench_main
        nop
1:      b       1b

interrupted:
        .irp    n, 3,4,5,6,7,8,9,10,11,12
        std     %r\n, (128 + \n * 8)(%r1)
        .endr
        mfctr   %r0
        std     %r0, 256(%r1)
        mfcr    %r0
        std     %r0, 264(%r1)
        bl      on_interrupt
        nop
        ld      %r0, 264(%r1)
        mtcr    %r0
        ld      %r0, 256(%r1)
        mtctr   %r0
        ld      %r0, 120(%r1)
        mtlr    %r0
        .irp    n, 3,4,5,6,7,8,9,10,11,12
        ld      %r\n, (128 + \n * 8)(%r1)
        .endr
        ld      %r0, 112(%r1)
        addi    %r1, %r1, 512
        hrfid

        .bss
        .balign 256
        .space  0x4000
stack_top:
