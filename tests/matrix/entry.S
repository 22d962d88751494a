/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The start, the vectors, and the way into a case and back. The machine loads
 * all of this at 0 and starts it big-endian: powernv at 0x10, pseries at 0x100,
 * where the vector goes once it runs (set_vectors).
 */
#include "matrix.h"

        .machine "power9"

        /* Big-endian instructions, whatever the program is. */
        .macro  be_word, w
        .byte   ((\w) >> 24) & 0xff, ((\w) >> 16) & 0xff
        .byte   ((\w) >> 8) & 0xff, (\w) & 0xff
        .endm

        .macro  boot
#ifdef __LITTLE_ENDIAN__
        be_word 0x7ca000a6              /* mfmsr  r5 */
        be_word 0x60a50001              /* ori    r5,r5,MSR_LE */
        be_word 0x7cbb03a6              /* mtsrr1 r5 */
        be_word 0x38c00060              /* li     r6,0x60 */
        be_word 0x7cda03a6              /* mtsrr0 r6 */
        be_word 0x4c000024              /* rfid */
#else
        b       start
#endif
        .endm

        .macro  vector, off, number, kind
        . = \off
        mtsprg0 %r1
        mtsprg1 %r3
        li      %r3, (\number) | (\kind)
        ba      common
        .endm

        /* Hypervisor's interrupts have registers of their own. */
        .macro  either, off
        .if \off == 0x980 || (\off >= 0xe00 && \off < 0xf00) || \off == 0xf80
        vector  \off, \off, BY_HSRR
        .else
        vector  \off, \off, BY_SRR
        .endif
        .endm

        .section .head, "ax"
        .globl  _start
        . = 0x10
_start:
        boot
        . = 0x60
        b       start

        . = 0x100
        boot

        .irp    off, 0x200,0x300,0x380,0x400,0x480,0x500,0x600,0x700,0x800
        vector  \off, \off, BY_SRR
        .endr
        .irp    off, 0x900,0x980,0xa00,0xc00,0xd00,0xe00,0xe20,0xe40,0xe60
        either  \off
        .endr
        .irp    off, 0xe80,0xea0,0xf00,0xf20,0xf40,0xf60,0xf80
        either  \off
        .endr

        /* With translation on, if LPCR[AIL] says so; and scv's. */
        .section .ail, "ax"
        .irp    off, 0x300,0x380,0x400,0x480,0x500,0x600,0x700,0x800
        vector  \off, 0x4000 + \off, BY_SRR
        .endr
        .irp    off, 0x900,0xa00,0xc00,0xd00,0xf00,0xf20,0xf40,0xf60
        vector  \off, 0x4000 + \off, BY_SRR
        .endr
        .section .scv, "ax"
        vector  0, 0x3000, BY_SCV
        .section .scv_real, "ax"
        vector  0, SCV_REAL_SHORT, BY_SCV

        .text
        .globl  reset_vector
reset_vector:
        mtsprg0 %r1
        mtsprg1 %r3
        li      %r3, 0x100 | BY_SRR
        ba      common

        .macro  address, reg, symbol
        lis     \reg, \symbol@h
        ori     \reg, \reg, \symbol@l
        .endm

start:
        mfmsr   %r0
        li      %r1, 1
        rldimi  %r0, %r1, 63, 0         /* MSR[SF] */
        mtmsrd  %r0
        isync
        address %r1, stack_top
        li      %r0, 0
        stdu    %r0, -64(%r1)
        address %r2, .TOC.
        bl      matrix_main
        nop
        .globl  the_end
the_end:
        /*
         * With counted instructions QEMU hears nothing until the next timer is
         * due: so that one always is.
         */
        lis     %r3, 1
        mtdec   %r3
1:      mfdec   %r3
        extsw   %r3, %r3
        cmpdi   %r3, 0
        bge     1b
        b       the_end

        .globl  guest_entry
guest_entry:
        address %r1, guest_stack_top
        li      %r0, 0
        stdu    %r0, -64(%r1)
        address %r2, .TOC.
        bl      guest_main
        nop
        /* For our hypervisor, though its own would take it for H_INT_SYNC. */
        li      %r3, 0x3cc
        li      %r4, 0
        li      %r5, 0
        sc      1
2:      b       2b

        /* Far below 32 MiB: ba reaches it. */
common:
        address %r1, frame
        std     %r0, 0(%r1)
        .irp    n, 2,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23
        std     %r\n, (\n * 8)(%r1)
        .endr
        .irp    n, 24,25,26,27,28,29,30,31
        std     %r\n, (\n * 8)(%r1)
        .endr
        mfsprg0 %r4
        std     %r4, 8(%r1)
        mfsprg1 %r4
        std     %r4, 24(%r1)
        mfcr    %r4
        std     %r4, FRAME_CR(%r1)
        mflr    %r4
        std     %r4, FRAME_LR(%r1)
        mfctr   %r4
        std     %r4, FRAME_CTR(%r1)
        mfxer   %r4
        std     %r4, FRAME_XER(%r1)
        clrrdi  %r4, %r3, 4
        std     %r4, FRAME_VECTOR(%r1)
        clrldi  %r4, %r3, 60
        std     %r4, FRAME_KIND(%r1)
        cmpdi   %r4, BY_HSRR
        beq     1f
        cmpdi   %r4, BY_SCV
        beq     2f
        mfsrr0  %r5
        mfsrr1  %r6
        b       3f
1:      mfspr   %r5, SPR_HSRR0
        mfspr   %r6, SPR_HSRR1
        b       3f
2:      mflr    %r5
        mfctr   %r6
3:      std     %r5, FRAME_NIP(%r1)
        std     %r6, FRAME_MSR(%r1)
        mr      %r3, %r1
        address %r1, event_stack_top
        li      %r0, 0
        stdu    %r0, -64(%r1)
        address %r2, .TOC.
        bl      on_event
        nop
        cmpdi   %r3, 0
        bne     leave

        address %r1, frame
        ld      %r5, FRAME_NIP(%r1)
        ld      %r6, FRAME_MSR(%r1)
        ld      %r4, FRAME_CR(%r1)
        mtcr    %r4
        ld      %r4, FRAME_XER(%r1)
        mtxer   %r4
        ld      %r4, FRAME_LR(%r1)
        mtlr    %r4
        ld      %r4, FRAME_CTR(%r1)
        mtctr   %r4
        ld      %r3, FRAME_KIND(%r1)
        cmpdi   %r3, BY_HSRR
        beq     back_by_hsrr
        cmpdi   %r3, BY_SCV
        beq     back_by_scv
        mtsrr0  %r5
        mtsrr1  %r6
        ld      %r4, FRAME_CR(%r1)
        mtcr    %r4
        .macro  all_registers
        ld      %r0, 0(%r1)
        .irp    n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23
        ld      %r\n, (\n * 8)(%r1)
        .endr
        .irp    n, 24,25,26,27,28,29,30,31
        ld      %r\n, (\n * 8)(%r1)
        .endr
        ld      %r1, 8(%r1)
        .endm
        all_registers
        rfid
back_by_hsrr:
        mtspr   SPR_HSRR0, %r5
        mtspr   SPR_HSRR1, %r6
        ld      %r4, FRAME_CR(%r1)
        mtcr    %r4
        all_registers
        hrfid
back_by_scv:
        mtlr    %r5
        mtctr   %r6
        ld      %r4, FRAME_CR(%r1)
        mtcr    %r4
        all_registers
        rfscv

        .macro  save
        mflr    %r0
        std     %r0, 16(%r1)
        stdu    %r1, -256(%r1)
        std     %r2, 32(%r1)
        mfcr    %r0
        std     %r0, 40(%r1)
        .irp    n, 13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        std     %r\n, (48 + (\n - 13) * 8)(%r1)
        .endr
        mfmsr   %r0
        std     %r0, 208(%r1)
        .endm

        /*
         * void run_case(void (*code)(void), u64 msr): a case finds its address
         * in r20, its MSR in r21, the driver's in r22, an address that nothing
         * maps in r23, and counts in r14.
         */
        .globl  run_case
run_case:
        save
        address %r5, saved_stack
        std     %r1, 0(%r5)
        mr      %r20, %r3
        mr      %r21, %r4
        mfmsr   %r22
        li      %r23, 1
        sldi    %r23, %r23, 38
        li      %r27, 1
        sldi    %r27, %r27, 44
        address %r5, machine
        ld      %r25, 16(%r5)
        li      %r14, 0
        mtsrr0  %r3
        mtsrr1  %r4
        rfid

        .globl  run_below
run_below:
        save
        address %r5, saved_below
        std     %r1, 0(%r5)
        mtspr   SPR_HSRR0, %r3
        mtspr   SPR_HSRR1, %r4
        hrfid

        /* r3: 1 for a case, 2 for what runs below us. */
leave:
        address %r5, saved_stack
        cmpdi   %r3, 1
        beq     1f
        address %r5, saved_below
1:      ld      %r1, 0(%r5)
        ld      %r0, 208(%r1)
        mtmsrd  %r0
        isync
        ld      %r2, 32(%r1)
        ld      %r0, 40(%r1)
        mtcr    %r0
        .irp    n, 13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      %r\n, (48 + (\n - 13) * 8)(%r1)
        .endr
        addi    %r1, %r1, 256
        ld      %r0, 16(%r1)
        mtlr    %r0
        blr

        /* u64 hcall(u64 nr, a, b, c, d, e) */
        .globl  hcall
hcall:
        sc      1
        blr

        .bss
        .balign 256
        .globl  saved_stack
frame:  .space  512
saved_stack:
        .space  8
saved_below:
        .space  8
        .balign 256
        .space  0x2000
stack_top:
        .space  0x2000
guest_stack_top:
        .space  0x2000
event_stack_top:
