/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of all cases, and what the architecture wants of each: vectors in
 * their order, where they interrupted, SRR1's status bits, and what r14 counted
 * at the last of them. NULL where the architecture leaves it open, or where
 * QEMU's answer is another one than its: breakpoints (CIABR) stop in front of
 * their instruction, not behind it. A case with a row of docs/specs/gaps.rst is
 * one of a boot of its own, because upstream does not survive it.
 */
#include "matrix.h"

#define CODE(name) void case_##name(void)

CODE(nops); CODE(branches); CODE(set_se); CODE(clear_se);
CODE(se_rfid); CODE(se_rfid_se); CODE(se_rfid_narrow); CODE(se_rfid_swapped);
CODE(se_rfid_translated); CODE(se_rfid_user); CODE(rfid_translated);
CODE(be_rfid); CODE(se_hrfid); CODE(se_rfscv); CODE(rfebb); CODE(se_rfebb);
CODE(dec_rfid); CODE(dec_rfid_se); CODE(dec_se_rfid); CODE(dec_rfid_nowhere);
CODE(dec_rfid_breakpoint); CODE(dec_rfid_breakpoint_there); CODE(dec_hrfid);
CODE(dec_rfscv); CODE(dec_mtmsr); CODE(dec_mtmsrd); CODE(dec_mtmsr_se);
CODE(dec_masked); CODE(dec_spin); CODE(hdec_spin);
CODE(bell_masked); CODE(bell_mtmsr); CODE(bell_rfid); CODE(bell_open);
CODE(os_bell_rfid); CODE(os_bell_open); CODE(os_bell_masked);
CODE(ext_rfid); CODE(ext_mtmsrd); CODE(ext_se_rfid); CODE(ext_and_dec);
CODE(ext_open); CODE(ext_traced);
CODE(call); CODE(call_reservation); CODE(call_raises);
CODE(call_at_page_end); CODE(call_raises_at_page_end);
CODE(sc); CODE(scv); CODE(trap); CODE(td); CODE(illegal); CODE(privileged);
CODE(isync); CODE(float); CODE(reservation); CODE(load); CODE(nowhere);
CODE(machine_check); CODE(breakpoint); CODE(breakpoint_there);
CODE(breakpoint_rfid); CODE(breakpoint_rfid_there); CODE(watchpoint);
CODE(stop); CODE(stop_open); CODE(stop_awake); CODE(cede_awake);
CODE(nap); CODE(cede); CODE(reset_self); CODE(nmi); CODE(counted);

extern u32 watched_word;

#define USER (MSR_PR | MSR_IR | MSR_DR | MSR_EE)
#define MMU (MSR_IR | MSR_DR)
/* A data breakpoint on a store, in any state that we run in. */
#define DAWRX_STORE 0x40
#define DAWRX_TRANSLATED_OR_NOT 8
#define DAWRX_USER_OS 3
#define DAWRX_HV 4
#define PSSCR_EC_ESL 0x300000ULL

static void break_at(void (*place)(void))
{
    /* 3: hypervisor, 2: privileged. */
    set_ciabr((u64)place | (machine.has & HAS_HV ? 3 : 2));
}

static void set_breakpoint(const struct testcase *c)
{
    break_at(c->code == case_breakpoint_rfid ? case_breakpoint_rfid_there :
             c->code == case_breakpoint ? case_breakpoint_there :
             case_dec_rfid_breakpoint_there);
}

static void clear_breakpoint(const struct testcase *c)
{
    (void)c;
    set_ciabr(0);
}

static void set_watchpoint(const struct testcase *c)
{
    (void)c;
    set_dawr((u64)&watched_word,
             DAWRX_STORE | DAWRX_TRANSLATED_OR_NOT | DAWRX_USER_OS |
             (machine.has & HAS_HV ? DAWRX_HV : 0));
}

static void clear_watchpoint(const struct testcase *c)
{
    (void)c;
    set_dawr(0, 0);
}

static void raise(const struct testcase *c)
{
    (void)c;
    ext_raise();
}

static void psscr_light(const struct testcase *c)
{
    (void)c;
    MTSPR(SPR_PSSCR, 0ULL);
}

static void psscr_deep(const struct testcase *c)
{
    (void)c;
    MTSPR(SPR_PSSCR, PSSCR_EC_ESL);
}

static void forget_bescr(const struct testcase *c)
{
    (void)c;
    MTSPR(SPR_BESCR, 0ULL);
}

static void raise_light(const struct testcase *c)
{
    psscr_light(c);
    ext_raise();
}

static void raise_deep(const struct testcase *c)
{
    psscr_deep(c);
    ext_raise();
}

static void acknowledge(const struct testcase *c)
{
    (void)c;
    ext_ack();
}

static void ask_for_nmi(const struct testcase *c)
{
    static u64 asked = STATE_NMI;

    (void)c;
    asked++;
    mailbox->state = be64(asked);
}

#define ROW(n) ((n) << ROW_SHIFT)

const struct testcase cases[] = {
    { "se", case_nops, MSR_SE, 0, 0, 0, 0,
      "d00+4:4000 d00+8:4000 d00+c:4000 =0" },
    { "be-without-branch", case_nops, MSR_BE, 0, 0, 0, 0, "=0" },
    { "be", case_branches, MSR_BE, 0, 0, 0, 0,
      "d00+8:4000 d00+10:4000 d00+1c:4000 =0" },
    { "se-branches", case_branches, MSR_SE, 0, 0, 0, 0,
      "d00+4:4000 d00+8:4000 d00+c:4000 d00+10:4000 d00+14:4000 "
      "d00+18:4000 d00+1c:4000 d00+20:4000 =0" },
    { "mtmsr-sets-se", case_set_se, 0, 0, 0, 0, 0, 0 },
    { "mtmsr-clears-se", case_clear_se, MSR_SE, 0, 0, 0, 0, 0 },
    { "se-translated", case_nops, MSR_SE | MMU, HAS_MMU, 0, 0, 0,
      "d00+4:4000 d00+8:4000 d00+c:4000 =0" },
    { "se-user", case_nops, MSR_SE | USER, HAS_MMU, 0, 0, 0,
      "d00+4:4000 d00+8:4000 d00+c:4000 =0" },
    { "be-user", case_branches, MSR_BE | USER, HAS_MMU, 0, 0, 0,
      "d00+8:4000 d00+10:4000 d00+1c:4000 =0" },

    { "se-rfid", case_se_rfid, 0, 0, 0, 0, 0, "=1" },
    { "se-rfid-to-32-bit", case_se_rfid_narrow, 0, 0, 0, 0, 0, "=1" },
    { "se-rfid-translates", case_se_rfid_translated, 0, HAS_MMU, 0, 0, 0,
      "=1" },
    { "se-hrfid", case_se_hrfid, 0, HAS_HV, 0, 0, 0, "=1" },
    { "se-rfscv", case_se_rfscv, 0, HAS_ISA300, 0, 0, 0, "=1" },
    { "be-rfid", case_be_rfid, 0, 0, 0, 0, 0, "=1" },
    { "rfid-translates-and-back", case_rfid_translated, 0, HAS_MMU, 0, 0, 0,
      "=3" },
    { "rfebb", case_rfebb, 0, 0, 0, forget_bescr, 0, "=1" },
    { "rfid-counts", case_counted, 0, 0, 0, 0, 0, 0 },

    { "dec-rfid", case_dec_rfid, 0, 0, TIMED, 0, 0, "900+20 =1" },
    { "dec-rfid-to-se", case_dec_rfid_se, 0, 0, TIMED, 0, 0,
      "900+20 d00+24:4000 d00+28:4000 =1" },
    { "dec-rfid-to-nowhere", case_dec_rfid_nowhere, 0, HAS_MMU, TIMED, 0, 0,
      "900@4000000000 400@4000000000:4000 =0" },
    { "dec-rfid-to-breakpoint", case_dec_rfid_breakpoint, 0, HAS_DEBUG, TIMED,
      set_breakpoint, clear_breakpoint, 0 },
    { "dec-hrfid", case_dec_hrfid, 0, HAS_HV, TIMED, 0, 0, "900+20 =1" },
    { "dec-rfscv", case_dec_rfscv, 0, HAS_ISA300, TIMED, 0, 0, "900+20 =1" },
    { "dec-mtmsr", case_dec_mtmsr, 0, 0, TIMED, 0, 0, "900+10 =1" },
    { "dec-mtmsrd", case_dec_mtmsrd, 0, 0, TIMED, 0, 0, "900+14 =1" },
    { "dec-mtmsr-to-se", case_dec_mtmsr_se, 0, 0, TIMED, 0, 0,
      "900+10 d00+14:4000 d00+18:4000 =1" },
    { "dec-masked", case_dec_masked, 0, 0, TIMED, 0, 0, "=3" },
    { "dec-in-a-loop", case_dec_spin, MSR_EE, 0, TIMED, 0, 0, "900+8 =1" },
    { "dec-in-a-loop-translated", case_dec_spin, MSR_EE | MMU, HAS_MMU, TIMED,
      0, 0, "900+8 =1" },
    { "hdec-in-a-loop", case_hdec_spin, MSR_EE, HAS_HV, TIMED | HDEC, 0, 0,
      "980+8 =1" },

    { "doorbell-taken-back", case_bell_masked, 0, HAS_HV, TIMED, 0, 0, "=1" },
    { "doorbell-mtmsr", case_bell_mtmsr, 0, HAS_HV, TIMED, 0, 0,
      "e80+10 =1" },
    { "doorbell-rfid", case_bell_rfid, 0, HAS_HV, TIMED, 0, 0, "e80+20 =1" },
    { "doorbell-open", case_bell_open, MSR_EE, HAS_HV, TIMED | NOT_COUNTED,
      0, 0, "e80+8 =1" },
    { "os-doorbell-taken-back", case_os_bell_masked, 0, 0, TIMED, 0, 0,
      "=1" },
    { "os-doorbell-rfid", case_os_bell_rfid, 0, 0, TIMED, 0, 0,
      "a00+20 =1" },
    { "os-doorbell-open", case_os_bell_open, MSR_EE, 0, TIMED | NOT_COUNTED,
      0, 0, "a00+8 =1" },

    { "external-rfid", case_ext_rfid, 0, HAS_EXT | HAS_PAPR, TIMED, raise, 0,
      "500+18 =1" },
    { "external-mtmsrd", case_ext_mtmsrd, 0, HAS_EXT | HAS_PAPR, TIMED, raise,
      0, "500+c =1" },
    { "external-before-decrementer", case_ext_and_dec, 0, HAS_EXT | HAS_PAPR,
      TIMED, raise, 0, "500+20 900+20 =1" },
    { "hypervisor-virtualization-rfid", case_ext_rfid, 0, HAS_EXT | HAS_HV,
      TIMED, raise, 0, "ea0+18 =1" },
    { "hypervisor-virtualization-mtmsrd", case_ext_mtmsrd, 0,
      HAS_EXT | HAS_HV, TIMED, raise, 0, "ea0+c =1" },
    { "external-open", case_ext_open, MSR_EE, HAS_STORE | HAS_PAPR, TIMED, 0,
      0, "500+8 =1" },
    { "external-traced", case_ext_traced, MSR_EE | MSR_SE,
      HAS_STORE | HAS_PAPR, TIMED, 0, 0, 0 },
    { "hypervisor-virtualization-open", case_ext_open, MSR_EE,
      HAS_STORE | HAS_HV, TIMED, 0, 0, "ea0+8 =1" },
    { "hypervisor-virtualization-traced", case_ext_traced, MSR_EE | MSR_SE,
      HAS_STORE | HAS_HV, TIMED, 0, 0, 0 },

    { "sc", case_sc, 0, 0, 0, 0, 0, "c00+8 =1" },
    { "se-sc", case_sc, MSR_SE, 0, 0, 0, 0,
      "d00+4:4000 c00+8 d00+c:4000 d00+10:4000 =1" },
    { "hypercall", case_call, 0, HAS_STORE | HAS_PAPR, 0, 0, 0, "=1" },
    { "hypercall-translated", case_call, MMU, HAS_STORE | HAS_PAPR, 0, 0, 0,
      "=1" },
    { "hypercall-open", case_call, MSR_EE, HAS_STORE | HAS_PAPR, 0, 0, 0,
      "=1" },
    /* H_PRIVILEGE */
    { "hypercall-user", case_call, USER, HAS_MMU | HAS_PAPR, 0, 0, 0,
      "=fffffffffffffffe" },
    { "se-hypercall", case_call, MSR_SE, HAS_STORE | HAS_PAPR, 0, 0, 0,
      "d00+4:4000 d00+8:4000 d00+c:4000 d00+14:4000 d00+18:4000 "
      "d00+1c:4000 =1" },
    { "be-hypercall", case_call, MSR_BE, HAS_STORE | HAS_PAPR, 0, 0, 0,
      "=1" },
    { "hypercall-keeps-reservation", case_call_reservation, 0,
      HAS_STORE | HAS_PAPR, 0, 0, 0, 0 },
    { "hypercall-at-page-end", case_call_at_page_end, 0,
      HAS_STORE | HAS_PAPR, 0, 0, 0, "=1" },
    { "hypercall-raises-external", case_call_raises, MSR_EE, HAS_CALL, TIMED,
      0, 0, "500+10 =1" },
    { "hypercall-raises-external-traced", case_call_raises, MSR_EE | MSR_SE,
      HAS_CALL, TIMED, 0, 0, 0 },
    { "hypercall-raises-external-at-page-end", case_call_raises_at_page_end,
      MSR_EE, HAS_CALL, TIMED, 0, 0, "500+40 =1" },
    { "scv", case_scv, 0, HAS_ISA300, 0, 0, 0, "17000+4 =1" },
    { "se-scv", case_scv, MSR_SE, HAS_ISA300, 0, 0, 0,
      "17000+4 d00+8:4000 d00+c:4000 =1" },
    { "trap", case_trap, 0, 0, 0, 0, 0, "700+0:2 =1" },
    { "se-trap", case_trap, MSR_SE, 0, 0, 0, 0,
      "700+0:2 d00+8:4000 d00+c:4000 =1" },
    { "td", case_td, MSR_SE, 0, 0, 0, 0,
      "d00+4:4000 d00+8:4000 700+8:2 d00+10:4000 =0" },
    { "illegal", case_illegal, 0, HAS_PAPR, 0, 0, 0, "700+0:8 =1" },
    { "illegal-to-hypervisor", case_illegal, 0, HAS_HV, 0, 0, 0,
      "e40+0 =1" },
    { "se-illegal", case_illegal, MSR_SE, HAS_PAPR, 0, 0, 0,
      "700+0:8 d00+8:4000 d00+c:4000 =1" },
    { "privileged", case_privileged, USER, HAS_MMU, 0, 0, 0, "700+0:4 =1" },
    { "se-privileged", case_privileged, USER | MSR_SE, HAS_MMU, 0, 0, 0,
      "700+0:4 d00+8:4000 d00+c:4000 =1" },
    { "se-isync", case_isync, MSR_SE, 0, 0, 0, 0,
      "d00+4:4000 d00+8:4000 d00+c:4000 =0" },
    { "float", case_float, 0, 0, 0, 0, 0, "800+0 =1" },
    { "se-float", case_float, MSR_SE | MSR_FP, 0, 0, 0, 0,
      "d00+4:4000 d00+8:4000 d00+c:4000 =1" },
    { "reservation", case_reservation, 0, 0, 0, 0, 0, "=1" },
    { "load", case_load, MMU, HAS_MMU, 0, 0, 0, "300+0 =1" },
    { "se-load", case_load, MMU | MSR_SE, HAS_MMU, 0, 0, 0,
      "300+0 d00+8:4000 d00+c:4000 =1" },
    { "nowhere", case_nowhere, MMU, HAS_MMU, 0, 0, 0,
      "400@4000000000:4000 =0" },
    { "machine-check", case_machine_check, 0, HAS_MCE, 0, 0, 0, 0 },
    { "se-machine-check", case_machine_check, MSR_SE, HAS_MCE, 0, 0, 0, 0 },

    { "breakpoint", case_breakpoint, 0, HAS_DEBUG, 0, set_breakpoint,
      clear_breakpoint, 0 },
    { "breakpoint-rfid", case_breakpoint_rfid, 0, HAS_DEBUG, 0,
      set_breakpoint, clear_breakpoint, 0 },
    { "watchpoint", case_watchpoint, 0, HAS_DEBUG, 0, set_watchpoint,
      clear_watchpoint, 0 },
    { "se-watchpoint", case_watchpoint, MSR_SE, HAS_DEBUG, 0, set_watchpoint,
      clear_watchpoint, 0 },

    { "stop", case_stop, 0, HAS_STOP, TIMED, psscr_light, 0, "=1" },
    { "stop-open", case_stop_open, MSR_EE, HAS_STOP, TIMED, psscr_light,
      0, "900+c =1" },
    { "se-stop", case_stop, MSR_SE, HAS_STOP, TIMED, psscr_light, 0,
      "d00+4:4000 d00+8:4000 d00+10:4000 d00+14:4000 =1" },
    { "stop-deep", case_stop, 0, HAS_STOP, TIMED, psscr_deep, 0,
      "100+c:19 =1" },
    { "se-stop-deep", case_stop, MSR_SE, HAS_STOP, TIMED, psscr_deep, 0,
      "d00+4:4000 d00+8:4000 100+c:19 d00+10:4000 d00+14:4000 =1" },
    { "stop-external", case_stop_awake, 0, HAS_STOP | HAS_EXT, TIMED,
      raise_light, acknowledge, "=1" },
    { "stop-deep-external", case_stop_awake, 0, HAS_STOP | HAS_EXT, TIMED,
      raise_deep, acknowledge, 0 },
    { "cede-external", case_cede_awake, 0, HAS_PAPR | HAS_EXT, TIMED, raise, 0,
      "500+8 =1" },
    { "nap", case_nap, 0, HAS_NAP, TIMED, 0, 0, 0 },
    { "cede", case_cede, 0, HAS_PAPR, TIMED, 0, 0, "900+10 =1" },
    { "reset-of-itself", case_reset_self, 0, HAS_PAPR, 0, 0, 0, "100+c =1" },
    { "nmi", case_nmi, 0, HAS_TOP, NMI, ask_for_nmi, 0, 0 },
    { "nmi-open", case_nmi, MSR_EE, HAS_TOP, NMI, ask_for_nmi, 0, 0 },

    { "se-rfid-to-user", case_se_rfid_user, 0, HAS_MMU, ROW(1), 0, 0, "=1" },
    { "se-rfid-to-se", case_se_rfid_se, 0, 0, ROW(2), 0, 0,
      "d00+20:4000 d00+24:4000 =1" },
    { "se-rfid-to-other-byte-order", case_se_rfid_swapped, 0, 0, ROW(3), 0, 0,
      "=1" },
    { "se-rfebb", case_se_rfebb, 0, 0, ROW(4), forget_bescr, 0,
      "d00+18:4000 d00+1c:4000 d00+20:4000 =1" },
    { "dec-se-rfid", case_dec_se_rfid, 0, 0, TIMED | ROW(5), 0, 0,
      "900+28 =1" },
    { "external-se-rfid", case_ext_se_rfid, 0, HAS_EXT | HAS_PAPR,
      TIMED | ROW(6), raise, 0, "500+20 =1" },
    { "hypervisor-virtualization-se-rfid", case_ext_se_rfid, 0,
      HAS_EXT | HAS_HV, TIMED | ROW(6), raise, 0, "ea0+20 =1" },
};

const u32 nr_cases = sizeof(cases) / sizeof(cases[0]);
