/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread's interrupt context. Events are made with the TIMA's own
 * set-pending operation where the way through a source is not the subject.
 */
#include "console.h"
#include "tests.h"
#include "xive.h"

static void set_pending(u8 priority)
{
    store8(tima(TM_SET_OS_PENDING), priority);
}

void test_tima_ack(void)
{
    static const u8 order[] = { 1, 3, 5, 6 };
    u64 before;
    u32 wrong = 0;

    tima_drain();
    before = load64(tima(TM_OS));
    ok_eq(tima_ack(), CPPR_OPEN, "an ack of nothing returns NSR 0 and CPPR");
    ok_eq(load64(tima(TM_OS)), before, "an ack of nothing changes nothing");

    set_pending(4);
    ok_eq(os_byte(TM_OS_IPB), 0x08, "a pending priority 4 sets its IPB bit");
    ok_eq(os_byte(TM_OS_PIPR), 4, "a pending priority 4 becomes the PIPR");
    ok_eq(os_byte(TM_OS_NSR), NSR_EO, "a pending priority is signalled");
    ok_eq(tima_ack(), NSR_EO << 8 | 4, "the ack returns NSR and priority");
    ok_eq(os_byte(TM_OS_CPPR), 4, "the ack sets CPPR to the priority");
    ok_eq(os_byte(TM_OS_NSR), 0, "the ack clears NSR");
    ok_eq(os_byte(TM_OS_IPB), 0, "the ack clears the IPB bit");
    ok_eq(os_byte(TM_OS_PIPR), 0xff,
          "[X2] with nothing left the ack sets PIPR to 0xff");

    set_pending(6);
    ok_eq(os_byte(TM_OS_NSR), 0, "a less favoured priority waits");
    set_pending(2);
    ok_eq(os_byte(TM_OS_NSR), NSR_EO, "a more favoured one does not");
    ok_eq(tima_ack(), NSR_EO << 8 | 2, "and is what the ack returns");
    ok_eq(os_byte(TM_OS_PIPR), 6,
          "[X2] with two pending the ack leaves the second as PIPR");
    set_cppr(CPPR_OPEN);
    ok_eq(tima_ack(), NSR_EO << 8 | 6,
          "the one that waited comes when CPPR opens");

    tima_drain();
    set_cppr(0);
    for (int i = ARRAY_SIZE(order); i--;) {
        set_pending(order[i]);
    }
    for (u32 i = 0; i < ARRAY_SIZE(order); i++) {
        set_cppr(CPPR_OPEN);
        wrong += tima_ack() != (NSR_EO << 8 | order[i]);
    }
    ok_eq(wrong, 0, "several priorities arrive most favoured first");
    tima_drain();
    set_pending(8);
    set_pending(0xff);
    ok_eq(os_byte(TM_OS_IPB), 0, "pending priorities beyond 7 are ignored");
}

static void count_external(struct cpu *cpu)
{
    /* What was signalled must go, or the vector is taken for ever. */
    set_cppr(0);
    tima_ack();
    (void)cpu;
}

static void test_retraction(void)
{
    u64 before;

    tima_drain();
    set_pending(6);
    set_cppr(3);
    ok_eq(os_byte(TM_OS_NSR), 0,
          "[X1] lowering CPPR below a signalled priority clears NSR");
    before = this_cpu->externals;
    this_cpu->on_external = count_external;
    irq_enable();
    for (int i = 0; i < 1000; i++) {
        barrier();
    }
    irq_disable();
    this_cpu->on_external = NULL;
    ok_eq(this_cpu->externals - before, 0,
          "[X1] a retracted interrupt is not taken");
    tima_drain();

    set_pending(6);
    set_cppr(3);
    ok_eq(tima_ack(), 3, "[X1] the ack of a retracted interrupt is no event");
    ok_eq(os_byte(TM_OS_CPPR), 3,
          "[X1] the ack of a retracted interrupt leaves CPPR alone");
    ok_eq(os_byte(TM_OS_IPB), 0x02, "[X1] a retracted priority stays pending");
    set_cppr(CPPR_OPEN);
    ok_eq(tima_ack(), NSR_EO << 8 | 6,
          "[X1] a retracted priority comes again when CPPR opens");
    tima_drain();
}

void test_tima_cppr(void)
{
    static const struct {
        u8 store, reads;
    } values[] = {
        { 0, 0 }, { 1, 1 }, { 6, 6 }, { 7, 7 }, { 8, 0xff }, { 0x7f, 0xff },
        { 0x80, 0xff }, { 0xfe, 0xff }, { 0xff, 0xff },
    };

    tima_drain();
    for (u32 i = 0; i < ARRAY_SIZE(values); i++) {
        set_cppr(values[i].store);
        ok_eq(os_byte(TM_OS_CPPR), values[i].reads,
              "a CPPR of 0x%x reads as 0x%x", values[i].store,
              values[i].reads);
    }
    set_cppr(6);
    set_pending(6);
    ok_eq(os_byte(TM_OS_NSR), 0, "a priority equal to CPPR waits");
    set_cppr(7);
    ok_eq(os_byte(TM_OS_NSR), NSR_EO,
          "raising CPPR above a waiting priority signals it");
    test_retraction();
}

/* CPPR and the user ring's NSR can be loaded and stored by the byte. */
static void test_single_bytes(void)
{
    u64 os = machine.tima_os, user = machine.tima_user;
    u64 v = ALL_ONES;
    u32 ones = 0;

    tima_drain();
    for (u32 cppr = 0; cppr < 8; cppr++) {
        set_cppr(cppr);
        ok_eq(load8(tima(TM_OS_CPPR)), cppr,
              "[X17] a byte load of CPPR %u gives it", cppr);
    }
    set_cppr(7);
    set_pending(5);
    ok_eq(load8(tima(TM_OS_CPPR)), 7,
          "[X17] a byte load of CPPR acknowledges nothing");
    ok_eq(tima_ack(), NSR_EO << 8 | 5, "so the acknowledge finds it");
    tima_drain();

    store8(user + TM_USER_NSR, 0x80);
    ok_eq(load8(os + TM_USER_NSR), 0x80,
          "[X17] a user NSR stored on its page reads back on the OS page");
    ok_eq(load8(user + TM_USER_NSR), 0x80, "[X17] and on its own");
    store8(os + TM_USER_NSR, 0);
    ok_eq(load8(user + TM_USER_NSR), 0,
          "[X17] one stored on the OS page reads back on the user's");
    for (u32 at = 1; at < 0x40; at++) {
        ones += probe_load(user + at, 1, &v) && v == 0xff;
    }
    ok_eq(ones, 0x3f, "the user page has no other byte to load");
}

static void test_hypervisor_operations(void)
{
    static const struct {
        u32 offset;
        int size;
        bool store;
    } ops[] = {
        { 0x018, 4, true }, { 0x818, 4, false }, { 0x818, 8, false },
        { 0x028, 4, true }, { 0x828, 4, false }, { 0x828, 8, false },
        { 0x031, 1, true }, { 0x830, 2, false }, { 0x838, 1, false },
        { 0x038, 1, true }, { 0xc20, 1, true }, { 0xc30, 1, true },
    };
    u32 answered = 0;
    u64 before;

    tima_drain();
    before = load64(tima(TM_OS));
    for (u32 i = 0; i < ARRAY_SIZE(ops); i++) {
        u64 ones = ops[i].size == 8 ? ALL_ONES : (1ULL << ops[i].size * 8) - 1;
        u64 v = ones;

        if (ops[i].store) {
            probe_store(tima(ops[i].offset), ops[i].size, 0);
        } else {
            probe_load(tima(ops[i].offset), ops[i].size, &v);
        }
        answered += v != ones;
    }
    ok_eq(answered, 0, "the hypervisor's operations do not answer an OS");
    ok_eq(load64(tima(TM_OS)), before, "nor do they change its context");
    set_pending(1);
    ok_eq(tima_ack(), NSR_EO << 8 | 1, "which still receives interrupts");
}

void test_tima_rights(void)
{
    u64 before, after;

    tima_drain();
    ok_eq(load32(tima(TM_OS_WORD2)), 0xffffffff, "the OS cannot read WORD2");
    ok_eq(load64(tima(TM_OS_WORD2)), ALL_ONES,
          "the OS cannot read WORD2 with its neighbour");
    ok_eq(load64(tima(0x20)), ALL_ONES, "the OS cannot read the pool ring");
    ok_eq(load64(tima(0x30)), ALL_ONES, "the OS cannot read the phys ring");

    set_pending(5);
    ok_eq(load8(tima(TM_OS_PIPR)), 0xff,
          "a raw load of one byte returns ones");
    ok_eq(load16(tima(0x16)), 0xffff, "a raw load of two bytes returns ones");
    before = load64(tima(TM_OS));
    store64(tima(TM_OS), ALL_ONES);
    ok_eq(load64(tima(TM_OS)), before,
          "the OS cannot write NSR, IPB or PIPR by ones");
    store64(tima(TM_OS), 0x00ff000000000000ULL);
    ok_eq(load64(tima(TM_OS)), before, "nor by zeroes");
    store8(tima(TM_OS_IPB), 0xff);
    store8(tima(TM_OS_NSR), 0);
    store8(tima(TM_OS_PIPR), 0);
    store32(tima(TM_OS_WORD2), 0);
    store64(tima(0x20), 0);
    store64(tima(0x30), 0);
    after = load64(tima(TM_OS));
    ok_eq(after, before, "nor by stores that are too small or elsewhere");
    ok_eq(load64(tima(0x90)), before, "raw offsets repeat: 0x90 is 0x10");
    ok_eq(load16(tima(0x890)), NSR_EO << 8 | 5,
          "operations repeat: 0x890 is 0x810");
    tima_drain();
    ok_eq(load16(tima(0x800 + 0x20)), 0xffff,
          "an operation that does not exist returns ones");
    test_hypervisor_operations();
    test_single_bytes();
}

void test_tima_pages(void)
{
    u64 hw = machine.tima_os - 2 * ESB_PAGE;
    u64 hv = machine.tima_os - ESB_PAGE;

    ok(probe_load(machine.tima_user, 8, NULL), "the user page is there");
    ok(probe_load(machine.tima_os + TM_OS, 8, NULL), "the OS page is there");
    ok(!probe_load(machine.tima_user + ESB_PAGE, 8, NULL),
       "there is nothing behind the user page");
    ok(!probe_load(hw + TM_OS, 8, NULL),
       "[S15] a load from the hardware page faults");
    ok(!probe_load(hv + TM_OS, 8, NULL),
       "[S15] a load from the hypervisor page faults");
    ok(!probe_store(hw + TM_OS_WORD2, 1, 0),
       "[S15] a store to the hardware page faults");
    ok(!probe_store(hv + TM_OS_WORD2, 1, 0),
       "[S15] a store to the hypervisor page faults");
}

/*
 * The user ring has no vCPU of its own here: any word with the valid bit
 * makes a context that can be pushed and pulled.
 */
#define TM_USER_CONTEXT 0x808
#define TM_PULL_USER_TO_LINE 0xc08
#define USER_VALID 0x80000000u
#define ODD_LINE 128

void test_tima_user_context(void)
{
    volatile u8 *line = arena_alloc(256, 256);
    u32 word = USER_VALID | 0x123;

    store32(tima(TM_USER_CONTEXT), word);
    ok_eq(load32(tima(TM_USER_CONTEXT)), word,
          "[X4] a user context that was pushed can be pulled");
    ok_eq(load32(tima(TM_USER_CONTEXT)), word & ~USER_VALID,
          "[X4] a pulled user context is no longer valid");

    memset((void *)line, 0, 256);
    hcall(H_INT_SET_OS_REPORTING_LINE, 0, (u64)line);
    store32(tima(TM_USER_CONTEXT), word);
    store8(tima(TM_PULL_USER_TO_LINE), 0);
    ok_eq(*(volatile u32 *)(line + ODD_LINE + 8), word,
          "[X4] a store at 0xc08 pulls the user context into the odd line");
    ok_eq(load32(tima(TM_USER_CONTEXT)), word & ~USER_VALID,
          "[X4] after it the user context is no longer valid");
    hcall(H_INT_SET_OS_REPORTING_LINE, 0, ALL_ONES);
}
