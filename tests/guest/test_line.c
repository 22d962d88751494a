/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The OS reporting line: a place in RAM into which a store at the TIMA's
 * 0xc10 acknowledges, so that the acknowledge is no load that waits.
 */
#include "console.h"
#include "tests.h"
#include "xive.h"

#define LINE_SIZE 256

static u64 get_line(u64 target)
{
    u64 out[9] = { 0 };
    long rc = hcall_out(H_INT_GET_OS_REPORTING_LINE, out, 0, target, 0);

    return rc ? (u64)rc : out[0];
}

static long set_line(u64 addr)
{
    return hcall(H_INT_SET_OS_REPORTING_LINE, 0, addr);
}

static u64 second_line;
static volatile long second_rc;

static void set_second_line(struct cpu *cpu)
{
    (void)cpu;
    second_rc = set_line(second_line);
}

static void test_each_thread(u64 line)
{
    struct cpu *second = cpu_second();

    if (!second) {
        return;
    }
    ok(get_line(second->server) == ALL_ONES && !set_line(line),
       "[S12] a line is set for the calling thread only");
    second_line = line + LINE_SIZE;
    cpu_run(second, set_second_line);
    cpu_wait(second, 5000);
    ok(second_rc == 0 && get_line(second->server) == second_line &&
       get_line(this_cpu->server) == line, "[S12] each thread has its own");
    second_line = ALL_ONES;
    cpu_run(second, set_second_line);
    cpu_wait(second, 5000);
}

static void test_refusals(u64 line)
{
    const struct {
        u64 addr;
        const char *what;
    } bad[] = {
        { line + 4, "misaligned by four" },
        { line + 16, "misaligned by sixteen" },
        { machine.tima_os, "in the TIMA" },
        { ESB_BASE, "in an ESB page" },
        { machine.ram_size, "just past RAM" },
        { ALL_ONES - 0xff, "in the last line of all" },
    };

    for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
        ok_rc(set_line(bad[i].addr), H_P2,
              "[S12] a reporting line %s is H_P2", bad[i].what);
        ok(get_line(this_cpu->server) == line,
           "[S12] a reporting line %s does not replace a good one",
           bad[i].what);
    }
    ok_rc(hcall(H_INT_GET_OS_REPORTING_LINE, 0, 0xfff, 0), H_P2,
          "[S12] asking for the line of an unknown target is H_P2");
    ok_rc(hcall(H_INT_GET_OS_REPORTING_LINE, 0, 1ULL << 32, 0), H_P2,
          "[S12] the target counts with all its bits");
}

static void test_ack_into_line(volatile u8 *line)
{
    u32 wrong = 0;

    memset((void *)line, 0, LINE_SIZE);
    tima_drain();
    store8(tima(TM_SET_OS_PENDING), 5);
    store8(tima(TM_ACK_OS_LINE), 0);
    for (int i = 0; i < 16; i++) {
        u8 want = i == 8 ? NSR_EO : i == 9 ? 5 : 0xff;

        wrong += line[i] != want;
    }
    ok_eq(wrong, 0, "[S12] a store at 0xc10 acknowledges into the line");
    for (int i = 16; i < LINE_SIZE; i++) {
        wrong += line[i] != 0;
    }
    ok(wrong == 0 && line[9] == 5, "[S12] and writes no more than 16 bytes");
    ok_eq(os_byte(TM_OS_CPPR), 5, "[S12] the acknowledge sets CPPR");
    ok(os_byte(TM_OS_NSR) == 0 && os_byte(TM_OS_IPB) == 0,
       "[S12] the acknowledge takes the interrupt away");
    store8(tima(TM_ACK_OS_LINE), 0);
    ok(line[8] == 0 && line[9] == 5,
       "[S12] with nothing pending the line reports NSR 0");
}

void test_reporting_line(void)
{
    volatile u8 *line = arena_alloc(2 * LINE_SIZE, LINE_SIZE);
    u64 server = this_cpu->server;

    ok(get_line(server) == ALL_ONES && set_line((u64)line) == 0,
       "[S12] a thread starts without a reporting line");
    ok_rc(set_line((u64)line), H_SUCCESS, "[S12] a reporting line can be set");
    ok(get_line(server) == (u64)line, "[S12] the reporting line reads back");
    test_each_thread((u64)line);
    test_refusals((u64)line);
    test_ack_into_line(line);
    ok_rc(set_line(ALL_ONES), H_SUCCESS, "[S12] all ones take the line away");
    ok(get_line(server) == ALL_ONES && hcall(H_INT_SET_OS_REPORTING_LINE, 0,
                                             ALL_ONES) == H_SUCCESS,
       "[S12] and it reads back as all ones");
    memset((void *)line, 0, LINE_SIZE);
    tima_drain();
    store8(tima(TM_SET_OS_PENDING), 5);
    store8(tima(TM_ACK_OS_LINE), 0);
    ok_eq(line[8] | line[9], 0,
          "without a line a store at 0xc10 writes nothing");
    ok_eq(tima_ack(), NSR_EO << 8 | 5,
          "without a line a store at 0xc10 leaves the interrupt");
    tima_drain();
}
