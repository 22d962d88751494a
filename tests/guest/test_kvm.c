/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest sees of KVM's interrupt devices that QEMU's own controllers do
 * not have: pages that come by faults, and XICS calls that XIVE answers.
 */
#include "console.h"
#include "tests.h"
#include "xive.h"

#define IRQ_IN_USE 0x1000       /* the machine's power events */
#define IRQ_NOT_IN_USE 0x1fff
#define XICS_IPI 2
#define NO_MFRR 0xff
#define RTAS_FAILED ((u64)-3)

static u64 get_xive(u32 irq)
{
    u32 rets[3] = { 0 };

    return rtas("ibm,get-xive", 3, rets, irq) ?
           ALL_ONES : (u64)rets[1] << 32 | rets[2];
}

/* ---- XIVE --------------------------------------------------------------- */

static u64 page_of(u64 lisn, bool odd)
{
    return ESB_BASE + (2 * lisn + odd) * ESB_PAGE;
}

static u32 count_faults(u64 lisn)
{
    u32 faults = 0;

    for (u32 odd = 0; odd < 2; odd++) {
        for (int size = 1; size <= 8; size *= 2) {
            faults += !probe_load(page_of(lisn, odd) + ESB_GET, size, NULL);
            faults += !probe_store(page_of(lisn, odd), size, 0);
        }
    }
    return faults;
}

void test_kvm_pages(void)
{
    static const u64 unused[] = { 0xfff, 0x1080, IRQ_NOT_IN_USE };
    struct source s;
    u64 v = 0;

    for (u32 i = 0; i < ARRAY_SIZE(unused); i++) {
        ok_eq(count_faults(unused[i]), 16,
              "loads and stores to the pages of number 0x%lx, not in use, "
              "fault", unused[i]);
    }
    ok_eq(count_faults(IRQ_IN_USE), 0, "those of a number in use don't");
    source_open(&s, 0);
    esb_set(&s, ESB_SET_10);
    ok(probe_load(s.eoi + ESB_GET + 1, 2, &v) &&
       probe_load(s.eoi + ESB_GET + 7, 1, &v),
       "accesses of any size and place reach a page that is there");
    ok_eq(v, PQ_PENDING, "and see what is there");
    source_close(&s);
}

void test_kvm_first_eisn(void)
{
    u64 out[9] = { 0 };

    out[2] = ALL_ONES;
    hcall_out(H_INT_GET_SOURCE_CONFIG, out, 0, IRQ_IN_USE);
    ok_eq(out[2], 0, "a source that was never configured has EISN 0");
}

void test_kvm_xics_calls_refused(void)
{
    static const u64 calls[] = { H_EOI, H_CPPR, H_IPI, H_IPOLL, H_XIRR };
    u32 refused = 0;

    for (u32 i = 0; i < ARRAY_SIZE(calls); i++) {
        refused += hcall(calls[i], 0, 0) == H_HARDWARE;
    }
    ok_eq(refused, ARRAY_SIZE(calls), "XICS calls in XIVE mode are H_HARDWARE");
    ok_eq(get_xive(IRQ_IN_USE), ALL_ONES, "and RTAS calls fail");
}

/* ---- XICS --------------------------------------------------------------- */

static u64 xirr(void)
{
    u64 out[9] = { 0 };

    return hcall_out(H_XIRR, out, 0) ? ALL_ONES : out[0];
}

void test_kvm_xics_ipi(void)
{
    u64 self = this_cpu->server;
    u64 out[9] = { 0 };

    hcall(H_CPPR, 0xff);
    ok_eq(xirr(), 0xff000000, "H_XIRR with nothing pending gives CPPR alone");
    ok_rc(hcall(H_IPI, self, 4), H_SUCCESS, "H_IPI to oneself succeeds");
    ok_rc(hcall_out(H_IPOLL, out, self), H_SUCCESS, "H_IPOLL succeeds");
    ok_eq(out[0], 0xff000000 | XICS_IPI, "it shows the IPI");
    ok_eq(out[1], 4, "and MFRR");
    ok_eq(xirr(), 0xff000000 | XICS_IPI, "H_XIRR takes it");
    ok_eq(xirr(), 0x04000000, "once, CPPR is MFRR's priority then");
    hcall(H_IPI, self, NO_MFRR);
    ok_rc(hcall(H_EOI, 0xff000000 | XICS_IPI), H_SUCCESS, "H_EOI ends it");
    ok_eq(xirr(), 0xff000000, "and CPPR is open again");
    hcall(H_CPPR, 4);
    hcall(H_IPI, self, 4);
    ok_eq(xirr(), 0x04000000, "CPPR 4 holds back an IPI of priority 4");
    hcall(H_CPPR, 5);
    ok_eq(xirr(), 0x05000000 | XICS_IPI, "CPPR 5 lets it through");
    hcall(H_IPI, self, NO_MFRR);
    hcall(H_EOI, 0xff000000 | XICS_IPI);
    ok_rc(hcall(H_IPI, 0x3e8, 4), H_PARAMETER, "H_IPI wants a server that is");
    ok_rc(hcall(H_IPI, 1ULL << 32 | self, 4), H_PARAMETER,
          "and looks at all 64 bits of it");
    ok_rc(hcall(H_IPOLL, ALL_ONES), H_PARAMETER, "H_IPOLL does, too");
    ok_rc(hcall(H_EOI, 0xff000000 | IRQ_NOT_IN_USE), H_PARAMETER,
          "H_EOI wants a number in use");
    ok_rc(hcall(H_EOI, 0xffffffff), H_PARAMETER, "and one that can be");
}

void test_kvm_xics_sources(void)
{
    static const u32 bad[] = { 0, XICS_IPI, IRQ_NOT_IN_USE, 0x2000, 0xfffff,
                               0x100000, 0xffffffff };
    u64 self = this_cpu->server;
    u32 refused = 0;

    for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
        refused += get_xive(bad[i]) == ALL_ONES;
        refused += rtas("ibm,set-xive", 1, NULL, bad[i], self, 5) != 0;
        refused += rtas("ibm,int-off", 1, NULL, bad[i]) != 0;
        refused += rtas("ibm,int-on", 1, NULL, bad[i]) != 0;
    }
    ok_eq(refused, 4 * ARRAY_SIZE(bad), "RTAS refuses numbers not in use");
    ok_eq(get_xive(IRQ_IN_USE), 0xff, "a source starts masked");
    ok_eq(rtas("ibm,set-xive", 1, NULL, IRQ_IN_USE, 0x3e8, 5), RTAS_FAILED,
          "RTAS refuses a server that isn't there");
    ok_eq(rtas("ibm,set-xive", 1, NULL, IRQ_IN_USE, self, 5), 0,
          "a source is given a server and a priority");
    ok_eq(get_xive(IRQ_IN_USE), self << 32 | 5, "and tells them");
    ok_eq(rtas("ibm,int-off", 1, NULL, IRQ_IN_USE), 0, "it is masked");
    ok_eq(get_xive(IRQ_IN_USE), self << 32 | 0xff, "and says so");
    ok_eq(rtas("ibm,int-on", 1, NULL, IRQ_IN_USE), 0, "it is unmasked");
    ok_eq(get_xive(IRQ_IN_USE), self << 32 | 5, "with the priority it had");
    ok_eq(rtas("ibm,set-xive", 1, NULL, IRQ_IN_USE, self, 0xff), 0,
          "and masked for good");
}
