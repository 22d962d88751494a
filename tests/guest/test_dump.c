/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware-assisted dump (PAPR 7.4.9): the guest registers what is to be kept
 * of its memory.  When it terminates with events in all stages, the hypervisor
 * copies that and starts the guest again, which finds a controller as after any
 * reset, and the copy.  QEMU has this since 10.2.
 */
#include "console.h"
#include "irq.h"
#include "tests.h"

#define CONFIGURE "ibm,configure-kernel-dump"
enum dump_command { DUMP_REGISTER = 1, DUMP_UNREGISTER, DUMP_INVALIDATE };

#define DUMP_FORMAT 1
#define DUMP_DONE 0xc000        /* triggered and performed */
#define SECTION_CPUS 0x0001
#define SECTION_MEMORY 0x0011
#define SECTION_REQUESTED 1

/* Above everything that firmware and the loader of this image write. */
#define KEPT_AT 0xc000000
#define CPUS_AT 0xd000000
#define CPUS_SIZE 0x10000
#define CPUS_MAGIC 0x5245475341564500ULL        /* REGSAVE */

#define SCRATCH_AT 0xe000000
#define WINDOW_SIZE (2 * ESB_PAGE)

#define MAGIC 0x7039786976652121ULL
#define FOREVER_MS 600000

struct dump_section {
    u32 request;
    u16 type, errors;
    u64 source, length, dumped, destination;
};

enum { NR_SECTIONS = 5 };

struct dump {
    u32 format;
    u16 nr_sections, status;
    u32 first;
    u32 disk[7];
    struct dump_section section[NR_SECTIONS];
};

/* What the guest after this one goes on with. */
struct kept {
    u64 magic;
    u32 tests;
};

static struct kept kept;

static struct dump dump = {
    .format = DUMP_FORMAT,
    .nr_sections = NR_SECTIONS,
    .first = __builtin_offsetof(struct dump, section),
    .section = {
        { .request = SECTION_REQUESTED, .type = SECTION_CPUS,
          .length = CPUS_SIZE, .destination = CPUS_AT },
        { .request = SECTION_REQUESTED, .type = SECTION_MEMORY,
          .length = sizeof(struct kept), .destination = KEPT_AT },
        /* And what no guest should ask for: QEMU has to come through it. */
        { .request = SECTION_REQUESTED, .type = SECTION_MEMORY,
          .source = ESB_BASE, .length = WINDOW_SIZE,
          .destination = SCRATCH_AT },
        { .request = SECTION_REQUESTED, .type = SECTION_MEMORY,
          .source = SCRATCH_AT, .length = WINDOW_SIZE,
          .destination = ESB_BASE },
        { .request = SECTION_REQUESTED, .type = SECTION_MEMORY,
          .source = SCRATCH_AT, .length = ESB_PAGE },
    },
};

static int configure(enum dump_command command)
{
    bool describes = command == DUMP_REGISTER;

    return rtas(CONFIGURE, 1, NULL, command, describes ? (u64)&dump : 0,
                describes ? sizeof(dump) : 0);
}

/* One event is signalled, and another waits in Q. */
static void leave_events(void)
{
    irq_open(this_cpu, PRIORITY);
    irq_source(0, 0, this_cpu, PRIORITY);
    irq_source(1, 1, this_cpu, PRIORITY);
    tima_drain();
    esb_trigger(&irq_sources[0]);
    esb_trigger(&irq_sources[1]);
    esb_trigger(&irq_sources[1]);
    ok_eq(os_byte(TM_OS_NSR), NSR_EO, "a vCPU that will crash is signalled");
    ok_eq(esb_get(&irq_sources[1]), PQ_QUEUED, "and an event waits in Q");
}

static void crash(void)
{
    static const char reason[] = "the guest's test of a dump";

    ok(cpu_second() != NULL, "two vCPUs run");
    leave_events();
    dump.section[1].source = (u64)&kept;
    dump.section[4].destination = machine.tima_os;
    ok_eq(configure(DUMP_REGISTER), 0, "the hypervisor will make a dump");
    kept.magic = MAGIC;
    kept.tests = tap_tests();
    barrier();
    rtas("ibm,os-term", 1, NULL, (u32)(u64)reason);
    WAIT_FOR(false, FOREVER_MS);
    die("a guest with a dump does not start again");
}

static void check_controller(void)
{
    u64 server = this_cpu->server;
    u64 out[9] = { 0 };
    struct source s;
    u32 left = 0;

    ok_eq(load64(tima(TM_OS)) >> 40, 0, "no event of the time before the dump "
          "is signalled or pending");
    for (u32 lisn = 0; lisn < 2; lisn++) {
        source_open(&s, lisn);
        hcall_out(H_INT_GET_SOURCE_CONFIG, out, 0, lisn);
        left += esb_get(&s) != PQ_OFF || out[1] != 0xff;
    }
    ok_eq(left, 0, "sources are off and masked");
    hcall_out(H_INT_GET_QUEUE_CONFIG, out, 0, server, PRIORITY);
    ok_eq(out[2], 0, "queues are gone");
}

static void look_at_dump(const struct dump *made)
{
    const struct kept *copy = (const struct kept *)KEPT_AT;
    const u64 *registers = (const u64 *)CPUS_AT;

    tap_go_on(copy->tests);
    ok_eq(copy->magic, MAGIC, "the memory that was registered has been kept");
    ok_eq(kept.magic, 0, "where it was is the new guest's");
    ok_eq(made->status, DUMP_DONE, "firmware says that it made a dump");
    ok_eq(made->section[1].dumped, sizeof(struct kept), "of all that memory");
    ok_eq(registers[0], CPUS_MAGIC, "there are the vCPUs' registers");
    ok_eq(registers[2] >> 32, 2, "of both");
    check_controller();
    test_external_interrupts();
    test_cross_cpu();
    ok_eq(configure(DUMP_INVALIDATE), 0, "the guest gives the dump back");
}

void test_dump(void)
{
    const struct dump *made = (const struct dump *)machine.dump;

    if (machine.dump_size >= sizeof(*made)) {
        look_at_dump(made);
    } else if (configure(DUMP_UNREGISTER) == 0) {
        crash();
    } else {
        ok(true, "a dump # SKIP this QEMU has no " CONFIGURE);
    }
}
