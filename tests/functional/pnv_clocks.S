/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware of a powernv9 machine that shows what a thread has besides its
 * registers. It sets its clocks, sends a doorbell to itself, which can't come
 * because interrupts are off, and then writes what its clocks say to memory,
 * over and over. A byte from the serial port is a command: "d" lets interrupts
 * through; "s" sleeps until the decrementer wakes it, 4 s later.
 *
 * Memory from 0x10000 on, doublewords: TB, VTB, PURR, HDEC, SCRATCH0, doorbells
 * taken, decrementer interrupts taken, times woken by a system reset, times
 * woken otherwise, rounds of the loop.
 */
        .machine "power9"

        .set    TBU40, 286
        .set    VTB, 849
        .set    PURR, 309
        .set    HDEC, 310
        .set    SPRC, 276
        .set    SPRD, 277
        .set    LPCR, 318
        .set    LPCR_DEE, 0x2000
        .set    PSSCR, 855
        .set    PSSCR_ESL_EC, 0x30
        .set    PIR, 1023
        .set    DOORBELL, 0x2800

        .macro  count, n
        ld      %r4, (8 * \n)(%r31)
        addi    %r4, %r4, 1
        std     %r4, (8 * \n)(%r31)
        .endm

        .macro  show, n, spr
        mfspr   %r4, \spr
        std     %r4, (8 * \n)(%r31)
        .endm

        .macro  far_decrementer
        li      %r4, -1
        rldicl  %r4, %r4, 0, 33
        mtdec   %r4
        .endm

        .section .head, "ax"
        .globl _start
        . = 0x10
_start:
        b       start

        . = 0x100
        count   7
        b       loop

        . = 0x900
        count   6
        far_decrementer
        rfid

        . = 0xe80
        count   5
        hrfid

        . = 0x1000
start:
        lis     %r31, 1
        /* Where QEMU's serial port is on the LPC bus. */
        lis     %r30, 0x0006
        ori     %r30, %r30, 0x0300
        sldi    %r30, %r30, 32
        oris    %r30, %r30, 0xd001
        ori     %r30, %r30, 0x03f8

        lis     %r4, 0x0123
        ori     %r4, %r4, 0x4567
        sldi    %r4, %r4, 32
        mtspr   TBU40, %r4
        sldi    %r4, %r4, 1
        mtspr   VTB, %r4
        sldi    %r4, %r4, 1
        mtspr   PURR, %r4
        li      %r4, 1
        sldi    %r4, %r4, 50
        mtspr   HDEC, %r4
        li      %r4, 0
        mtspr   SPRC, %r4
        lis     %r4, 0x5a5a
        mtspr   SPRD, %r4
        far_decrementer
        mfspr   %r4, PIR
        oris    %r4, %r4, DOORBELL
        msgsnd  %r4

loop:
        mftb    %r4
        std     %r4, 0(%r31)
        show    1, VTB
        show    2, PURR
        show    3, HDEC
        show    4, SPRD
        count   9
        addi    %r5, %r30, 5
        lbzcix  %r4, 0, %r5
        andi.   %r4, %r4, 1
        beq     loop
        lbzcix  %r4, 0, %r30
        cmpwi   %r4, 'd'
        beq     let_through
        cmpwi   %r4, 's'
        bne     loop

        far_decrementer
        mfspr   %r4, LPCR
        ori     %r4, %r4, LPCR_DEE
        mtspr   LPCR, %r4
        lis     %r4, PSSCR_ESL_EC
        mtspr   PSSCR, %r4
        stop
        count   8
        b       loop

let_through:
        mfmsr   %r4
        ori     %r4, %r4, 0x8000
        mtmsrd  %r4, 1
        b       loop
