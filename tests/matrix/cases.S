/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CPU is made to do. cases.c says with which MSR each starts, and what
 * has to come of it. r20: the case's address, r21: its MSR, r22: the driver's
 * MSR, r23: an address that nothing maps, r25: a store there is an interrupt,
 * r14 counts what was passed.
 */
#include "matrix.h"

        .machine "power9"
        .section .cases, "ax"

        .macro  case, name
        .balign 128
        .globl  case_\name
case_\name:
        .set    here, .
        .endm

        .macro  leave
        li      %r0, LEAVE_CASE
        sc
        .endm

        /* SRR0 or another register: a label of this case. */
        .macro  place, reg, label
        addi    \reg, %r20, \label - here
        .endm

        .macro  returns, label, msr
        place   %r4, \label
        mtsrr0  %r4
        mtsrr1  \msr
        .endm

        /* What must not be passed behind a return, and where it goes. */
        .macro  landing
        addi    %r14, %r14, 16
1:      addi    %r14, %r14, 1
        leave
        .endm

        /* It is negative at once: no timer has a part in it. */
        .macro  dec_pending
        li      %r6, -1
        mtdec   %r6
        .endm

        .macro  address_of_word, reg
        lis     \reg, watched_word@h
        ori     \reg, \reg, watched_word@l
        .endm

        .macro  trace_on
        ori     %r5, %r22, MSR_SE
        mtmsr   %r5
        .endm

        case    nops
        nop
        nop
        leave

        case    branches
        nop
        b       1f
1:      cmpwi   %r14, 1
        beq     2f
        place   %r4, 2f
        mtctr   %r4
        bctr
2:      leave

        case    set_se
        trace_on
        nop
        leave

        case    clear_se
        nop
        mtmsr   %r22
        nop
        leave

        /* rfid, hrfid, rfscv: traced, to what is not, or is. */
        case    se_rfid
        returns 1f, %r22
        trace_on
        rfid
        landing

        case    se_rfid_se
        ori     %r5, %r22, MSR_SE
        returns 1f, %r5
        mtmsr   %r5
        rfid
        landing

        case    se_rfid_narrow
        clrldi  %r5, %r22, 1
        returns 1f, %r5
        trace_on
        rfid
        landing

        /* To the other byte order, and back. */
        case    se_rfid_swapped
        xori    %r5, %r22, MSR_LE
        returns 1f, %r5
        place   %r7, 2f
        mr      %r8, %r22
        trace_on
        rfid
        addi    %r14, %r14, 16
#ifdef __LITTLE_ENDIAN__
1:      .byte   0x7c, 0xfa, 0x03, 0xa6, 0x7d, 0x1b, 0x03, 0xa6
        .byte   0x4c, 0x00, 0x00, 0x24
#else
1:      .byte   0xa6, 0x03, 0xfa, 0x7c, 0xa6, 0x03, 0x1b, 0x7d
        .byte   0x24, 0x00, 0x00, 0x4c
#endif
2:      addi    %r14, %r14, 1
        leave

        case    se_rfid_translated
        ori     %r5, %r22, MSR_IR | MSR_DR
        returns 1f, %r5
        trace_on
        rfid
        landing

        case    se_rfid_user
        ori     %r5, %r22, MSR_IR | MSR_DR | MSR_PR
        returns 1f, %r5
        trace_on
        rfid
        landing

        case    rfid_translated
        ori     %r5, %r22, MSR_IR | MSR_DR
        returns 1f, %r5
        rfid
1:      addi    %r14, %r14, 1
        returns 2f, %r22
        rfid
2:      addi    %r14, %r14, 1
        mtmsrd  %r5
        isync
        addi    %r14, %r14, 1
        mtmsrd  %r22
        isync
        leave

        case    be_rfid
        returns 1f, %r22
        ori     %r5, %r22, MSR_BE
        mtmsr   %r5
        rfid
        landing

        case    se_hrfid
        place   %r4, 1f
        mtspr   SPR_HSRR0, %r4
        mtspr   SPR_HSRR1, %r22
        trace_on
        hrfid
        landing

        case    se_rfscv
        place   %r4, 1f
        mtlr    %r4
        mtctr   %r22
        trace_on
        rfscv
        landing

        .macro  rfebb
        .long   0x4c000924              /* rfebb 1 */
        .endm

        case    rfebb
        place   %r4, 1f
        mtspr   SPR_EBBRR, %r4
        rfebb
        landing

        case    se_rfebb
        place   %r4, 1f
        mtspr   SPR_EBBRR, %r4
        trace_on
        rfebb
        landing

        /* An interrupt that waits, let through in each way. */
        case    dec_rfid
        dec_pending
        ori     %r5, %r22, MSR_EE
        returns 1f, %r5
        rfid
        landing

        case    dec_rfid_se
        dec_pending
        ori     %r5, %r22, MSR_EE | MSR_SE
        returns 1f, %r5
        rfid
        landing

        case    dec_se_rfid
        dec_pending
        ori     %r5, %r22, MSR_EE
        returns 1f, %r5
        trace_on
        rfid
        landing

        case    dec_rfid_nowhere
        dec_pending
        ori     %r5, %r22, MSR_EE | MSR_IR | MSR_DR
        mtsrr0  %r23
        mtsrr1  %r5
        rfid
        leave

        case    dec_rfid_breakpoint
        dec_pending
        ori     %r5, %r22, MSR_EE
        returns case_dec_rfid_breakpoint_there, %r5
        rfid
        addi    %r14, %r14, 16
        .globl  case_dec_rfid_breakpoint_there
case_dec_rfid_breakpoint_there:
        addi    %r14, %r14, 1
        leave

        case    dec_hrfid
        dec_pending
        ori     %r5, %r22, MSR_EE
        place   %r4, 1f
        mtspr   SPR_HSRR0, %r4
        mtspr   SPR_HSRR1, %r5
        hrfid
        landing

        case    dec_rfscv
        dec_pending
        ori     %r5, %r22, MSR_EE
        place   %r4, 1f
        mtlr    %r4
        mtctr   %r5
        rfscv
        landing

        case    dec_mtmsr
        dec_pending
        ori     %r5, %r22, MSR_EE
        mtmsr   %r5
        addi    %r14, %r14, 1
        leave

        case    dec_mtmsrd
        dec_pending
        li      %r5, 0
        ori     %r5, %r5, MSR_EE | MSR_RI
        mtmsrd  %r5, 1
        addi    %r14, %r14, 1
        leave

        case    dec_mtmsr_se
        dec_pending
        ori     %r5, %r22, MSR_EE | MSR_SE
        mtmsr   %r5
        addi    %r14, %r14, 1
        leave

        case    dec_masked
        dec_pending
        addi    %r14, %r14, 1
        b       1f
1:      addi    %r14, %r14, 1
        returns 2f, %r22
        rfid
2:      addi    %r14, %r14, 1
        leave

        case    dec_spin
        li      %r6, 0x2000
        mtdec   %r6
1:      b       1b
        addi    %r14, %r14, 1
        leave

        case    hdec_spin
        lis     %r6, 2
        mtspr   SPR_HDEC, %r6
1:      b       1b
        addi    %r14, %r14, 1
        leave

        /* Doorbells: r24 is the message. */
        .macro  doorbell
        lis     %r24, 0x2800
        .endm

        case    bell_masked
        doorbell
        msgsnd  %r24
        msgclr  %r24
        ori     %r5, %r22, MSR_EE
        mtmsr   %r5
        addi    %r14, %r14, 1
        leave

        case    bell_mtmsr
        doorbell
        msgsnd  %r24
        ori     %r5, %r22, MSR_EE
        mtmsr   %r5
        addi    %r14, %r14, 1
        leave

        case    bell_rfid
        doorbell
        msgsnd  %r24
        ori     %r5, %r22, MSR_EE
        returns 1f, %r5
        rfid
        landing

        case    bell_open
        doorbell
        msgsnd  %r24
1:      b       1b
        addi    %r14, %r14, 1
        leave

        /* msgsndp, msgclrp: of the OS. */
        case    os_bell_rfid
        doorbell
        .long   0x7c00c11c              /* msgsndp r24 */
        ori     %r5, %r22, MSR_EE
        returns 1f, %r5
        rfid
        landing

        case    os_bell_open
        doorbell
        .long   0x7c00c11c
1:      b       1b
        addi    %r14, %r14, 1
        leave

        case    os_bell_masked
        doorbell
        .long   0x7c00c11c
        .long   0x7c00c15c              /* msgclrp r24 */
        ori     %r5, %r22, MSR_EE
        mtmsr   %r5
        addi    %r14, %r14, 1
        leave

        /* The interrupt controller's; the driver has raised it, or r25. */
        case    ext_rfid
        ori     %r5, %r22, MSR_EE
        returns 1f, %r5
        rfid
        landing

        case    ext_mtmsrd
        li      %r5, 0
        ori     %r5, %r5, MSR_EE | MSR_RI
        mtmsrd  %r5, 1
        addi    %r14, %r14, 1
        leave

        case    ext_se_rfid
        ori     %r5, %r22, MSR_EE
        returns 1f, %r5
        trace_on
        rfid
        landing

        case    ext_and_dec
        dec_pending
        ori     %r5, %r22, MSR_EE
        returns 1f, %r5
        rfid
        landing

        case    ext_open
        li      %r5, 0
        std     %r5, 0(%r25)
1:      b       1b
        addi    %r14, %r14, 1
        leave

        case    ext_traced
        li      %r5, 0
        std     %r5, 0(%r25)
        nop
        leave

        /* System calls, traps, and what a CPU can't do. */
        case    sc
        li      %r0, 1
        sc
        addi    %r14, %r14, 1
        leave

        /* Hypervisor calls that upstream does with its lock, others without. */
        .macro  call_sync
        li      %r3, 0x3cc
        li      %r4, 0
        li      %r5, 0
        sc      1
        .endm

        .macro  call_ipi
        li      %r3, 0x6c
        li      %r4, 0
        li      %r5, 4
        sc      1
        .endm

        /* The call is the last instruction of its page. */
        .macro  case_at_page_end, name
        .balign 4096
        .space  4096 - 0x40
        .globl  case_\name
case_\name:
        .rept   12
        nop
        .endr
        .endm

        case    call
        call_sync
        add     %r14, %r14, %r3
        addi    %r14, %r14, 1
        leave

        case    call_reservation
        address_of_word %r6
        lwarx   %r7, 0, %r6
        call_sync
        stwcx.  %r7, 0, %r6
        bne     1f
        addi    %r14, %r14, 1
1:      leave

        case    call_raises
        call_ipi
        addi    %r14, %r14, 1
        leave

        case_at_page_end call_at_page_end
        call_sync
        add     %r14, %r14, %r3
        addi    %r14, %r14, 1
        leave

        case_at_page_end call_raises_at_page_end
        call_ipi
        addi    %r14, %r14, 1
        leave

        .macro  scv
        .long   0x44000001
        .endm

        case    scv
        scv
        addi    %r14, %r14, 1
        leave

        case    trap
        trap
        addi    %r14, %r14, 1
        leave

        case    td
        li      %r4, 5
        tdi     16, %r4, 4
        tdi     16, %r4, 6
        leave

        case    illegal
        .long   0
        addi    %r14, %r14, 1
        leave

        case    privileged
        mfmsr   %r4
        addi    %r14, %r14, 1
        leave

        case    isync
        isync
        sync
        leave

        case    float
        fmr     %f0, %f1
        addi    %r14, %r14, 1
        leave

        case    reservation
        address_of_word %r4
        lwarx   %r5, 0, %r4
        stwcx.  %r5, 0, %r4
        bne     1f
        addi    %r14, %r14, 1
1:      leave

        case    load
        ld      %r4, 0(%r23)
        addi    %r14, %r14, 1
        leave

        case    nowhere
        mtctr   %r23
        bctr
        leave

        case    machine_check
        ld      %r4, 0(%r27)
        addi    %r14, %r14, 1
        leave

        /* Debug registers; cases.c sets them to these places. */
        case    breakpoint
        nop
        .globl  case_breakpoint_there
case_breakpoint_there:
        addi    %r14, %r14, 1
        leave

        case    breakpoint_rfid
        returns case_breakpoint_rfid_there, %r22
        rfid
        addi    %r14, %r14, 16
        .globl  case_breakpoint_rfid_there
case_breakpoint_rfid_there:
        addi    %r14, %r14, 1
        leave

        case    watchpoint
        address_of_word %r4
        nop
        stw     %r14, 0(%r4)
        addi    %r14, %r14, 1
        leave

        /* Sleep. */
        .macro  soon
        lis     %r6, 1
        mtdec   %r6
        .endm

        case    stop
        soon
        stop
        addi    %r14, %r14, 1
        leave

        /* Late enough for a busy host to get as far as the sleep. */
        case    stop_open
        lis     %r6, 0x100
        mtdec   %r6
        stop
        addi    %r14, %r14, 1
        leave

        case    nap
        soon
        nap
        addi    %r14, %r14, 16
        leave

        case    cede
        soon
        li      %r3, 0xe0
        sc      1
        addi    %r14, %r14, 1
        leave

        /* The driver has raised what wakes it. */
        case    stop_awake
        stop
        addi    %r14, %r14, 1
        leave

        case    cede_awake
        li      %r3, 0xe0
        sc      1
        addi    %r14, %r14, 1
        leave

        case    reset_self
        li      %r3, 0x380
        li      %r4, -1
        sc      1
        addi    %r14, %r14, 1
        leave

        case    nmi
1:      b       1b
        addi    %r14, %r14, 1
        leave

        /* r14: instructions that PMC5 counts, with rfid at a block's end. */
        case    counted
        li      %r6, 0
        mtspr   SPR_PMC5, %r6
        li      %r7, 10
        returns 1f, %r22
        mtspr   SPR_MMCR0, %r6
1:      addi    %r7, %r7, -1
        cmpdi   %r7, 0
        beq     2f
        nop
        rfid
2:      lis     %r6, -0x8000
        mtspr   SPR_MMCR0, %r6
        mfspr   %r14, SPR_PMC5
        leave
