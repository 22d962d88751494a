/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is common to the eleven H_INT_* calls: that they are there only once
 * the client has chosen exploitation, that reserved flags are refused one by
 * one, and that every argument counts with all its 64 bits.
 */
#include "console.h"
#include "tests.h"
#include "xive.h"

static const struct call {
    u64 nr;
    const char *name;
    u64 flags;               /* those that are defined */
    bool takes_lisn;
    const char *row;         /* of the gap that hides the flag check */
} calls[] = {
    { H_INT_GET_SOURCE_INFO, "H_INT_GET_SOURCE_INFO", 0, true, "" },
    { H_INT_SET_SOURCE_CONFIG, "H_INT_SET_SOURCE_CONFIG", 3, true, "" },
    { H_INT_GET_SOURCE_CONFIG, "H_INT_GET_SOURCE_CONFIG", 0, true, "" },
    { H_INT_GET_QUEUE_INFO, "H_INT_GET_QUEUE_INFO", 0, false, "" },
    { H_INT_SET_QUEUE_CONFIG, "H_INT_SET_QUEUE_CONFIG", 1, false, "" },
    { H_INT_GET_QUEUE_CONFIG, "H_INT_GET_QUEUE_CONFIG", 1, false, "" },
    { H_INT_SET_OS_REPORTING_LINE, "H_INT_SET_OS_REPORTING_LINE", 0, false,
      "[S12] " },
    { H_INT_GET_OS_REPORTING_LINE, "H_INT_GET_OS_REPORTING_LINE", 0, false,
      "[S12] " },
    { H_INT_ESB, "H_INT_ESB", 1, true, "" },
    { H_INT_SYNC, "H_INT_SYNC", 0, true, "" },
    { H_INT_RESET, "H_INT_RESET", 0, false, "" },
};

void test_all_calls_refused(void)
{
    for (u32 i = 0; i < ARRAY_SIZE(calls); i++) {
        ok_rc(hcall(calls[i].nr, 0, 0, 0, 0, 0), H_FUNCTION,
              "%s is H_FUNCTION while exploitation is not chosen",
              calls[i].name);
    }
}

void test_reserved_flags(void)
{
    for (u32 i = 0; i < ARRAY_SIZE(calls); i++) {
        u64 accepted = 0;

        for (int bit = 0; bit < 64; bit++) {
            u64 flag = 1ULL << bit;

            if (!(flag & calls[i].flags) &&
                hcall(calls[i].nr, flag, 0, 0, 0, 0) != H_PARAMETER) {
                accepted |= flag;
            }
        }
        ok_eq(accepted, 0, "%s%s refuses each reserved flag with H_PARAMETER",
              calls[i].row, calls[i].name);
    }
}

void test_bad_lisns(void)
{
    static const struct {
        u64 lisn;
        const char *what;
    } bad[] = {
        { 0x2000, "just past the last LISN" },
        { 0x1fff, "never allocated" },
        { 0xffffffff, "of 32 ones" },
        { ALL_ONES, "of 64 ones" },
        { 1ULL << 32, "whose low 32 bits alone are good" },
        { 1ULL << 63, "with only the top bit" },
    };

    for (u32 i = 0; i < ARRAY_SIZE(calls); i++) {
        if (!calls[i].takes_lisn) {
            continue;
        }
        for (u32 b = 0; b < ARRAY_SIZE(bad); b++) {
            ok_rc(hcall(calls[i].nr, 0, bad[b].lisn, 0, 0xff, 0), H_P2,
                  "%s refuses a LISN %s with H_P2", calls[i].name,
                  bad[b].what);
        }
    }
    ok_rc(hcall(H_INT_SYNC, 0, 0), H_SUCCESS, "H_INT_SYNC takes a good LISN");
}

void test_device_tree(void)
{
    ok(machine.has_xive_node, "the tree has a power-ivpe node");
    ok(string_eq(machine.xive_compatible, "ibm,power-ivpe"),
       "the node is compatible with ibm,power-ivpe");
    ok_eq(machine.tima_page_size, ESB_PAGE, "TIMA pages are 64 KiB");
    ok_eq(machine.tima_user - machine.tima_os, ESB_PAGE,
          "the user page follows the OS page");
    ok_eq(machine.nr_eq_sizes, 1, "one queue size is advertised");
    ok_eq(machine.eq_sizes[0], EQ_SHIFT, "queues are 64 KiB");
    ok_eq(machine.lisn_first, 0, "IPIs start at LISN 0");
    ok(machine.lisn_count >= machine.nr_servers,
       "there is an IPI for each server");
    ok_eq(machine.interrupt_cells, 2, "an interrupt takes two cells");
    ok_eq(machine.reserved_prio_first, 7, "priority 7 and up are reserved");
}
