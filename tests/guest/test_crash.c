/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things that a guest must not be able to do to the program that runs it.
 * The result is that the line after the deed is printed at all.
 */
#include "console.h"
#include "pci.h"
#include "tests.h"
#include "xive.h"

#define WAIT_MS 5000
#define TCE_READ_WRITE 3
#define BUS_ADDRESS 0x10000

static bool open_edu(struct pci_device *edu)
{
    if (!pci_find(edu, PCI_EDU)) {
        ok(false, "there is an edu device");
        return false;
    }
    pci_enable(edu, 0);
    return true;
}

/* The device's own thread raises the interrupt: no vCPU is the context. */
static bool compute(const struct pci_device *edu)
{
    edu_write(edu, EDU_STATUS, EDU_STATUS_IRQ);
    edu_write(edu, EDU_FACTORIAL, 5);
    return WAIT_FOR(!(edu_read(edu, EDU_STATUS) & EDU_STATUS_COMPUTING),
                    WAIT_MS);
}

void test_queue_in_tima(void)
{
    struct pci_device edu;
    u32 lisn = 0;
    struct source s;

    if (!open_edu(&edu) || !pci_change_msi(&edu, 1, &lisn) ||
        !source_open(&s, lisn)) {
        ok(false, "the device has an MSI");
        return;
    }
    pci_enable_msi(&edu, true);
    hcall(H_INT_SET_QUEUE_CONFIG, EQ_ALWAYS_NOTIFY, this_cpu->server,
          PRIORITY, machine.tima_os, 12);
    hcall(H_INT_SET_SOURCE_CONFIG, SRC_SET_EISN, lisn, this_cpu->server,
          PRIORITY, 1);
    esb_set(&s, ESB_SET_00);
    ok(compute(&edu),
       "[C1] an event for a queue in the TIMA does no harm to the program");
}

void test_unclaimed_msi(void)
{
    static const u16 data[] = { 0x0fff, 0x1fff, 0xffff };
    struct pci_device edu;
    struct source s;
    struct queue q;
    u32 lisn = 0;

    if (!open_edu(&edu) || !pci_change_msi(&edu, 1, &lisn) ||
        !source_open(&s, lisn)) {
        ok(false, "the device has an MSI");
        return;
    }
    pci_enable_msi(&edu, true);
    for (u32 i = 0; i < ARRAY_SIZE(data); i++) {
        pci_set_msi_data(&edu, data[i]);
        edu_write(&edu, EDU_IRQ_RAISE, 1);
        edu_write(&edu, EDU_IRQ_ACK, 1);
        ok(true, "[C3] an MSI for unclaimed LISN 0x%x does no harm", data[i]);
    }
    pci_set_msi_data(&edu, lisn);
    queue_open(&q, this_cpu->server, PRIORITY);
    source_route(&s, this_cpu->server, PRIORITY, 1);
    edu_write(&edu, EDU_IRQ_RAISE, 1);
    ok_eq(queue_drain(&q), 1, "[C3] and the right LISN still works after it");
}

void test_dma_to_tima(void)
{
    struct pci_device edu;
    u64 *ram = arena_alloc(4096, 4096);

    if (!open_edu(&edu)) {
        return;
    }
    *ram = 0;
    tima_drain();
    store8(tima(TM_SET_OS_PENDING), 5);
    ok_rc(hcall(H_PUT_TCE, machine.pci_dma_liobn, BUS_ADDRESS,
                machine.tima_os | TCE_READ_WRITE), H_SUCCESS,
          "the TIMA can be given to a device as a DMA page");
    hcall(H_PUT_TCE, machine.pci_dma_liobn, BUS_ADDRESS + 0x1000,
          (u64)ram | TCE_READ_WRITE);
    ok(edu_dma(&edu, BUS_ADDRESS + TM_ACK_OS, EDU_BUFFER, 8, 0),
       "[C6] a device that reads the TIMA does no harm");
    ok(edu_dma(&edu, EDU_BUFFER, BUS_ADDRESS + TM_OS, 8, EDU_DMA_OUT),
       "[C6] a device that writes the TIMA does no harm");
    ok_eq(tima_ack(), NSR_EO << 8 | 5,
          "[C6] nor does it touch a thread's interrupts");
    edu_write(&edu, EDU_LIVENESS, 0);
    ok(edu_dma(&edu, EDU_BUFFER, BUS_ADDRESS + 0x1000, 8, EDU_DMA_OUT),
       "DMA to RAM works");
    tima_drain();
}

/*
 * The hypervisor page of the TIMA has raw stores for each byte of a ring.  A
 * guest must not reach that page; where it does, values that hardware never
 * makes get into the ring.
 */
static u64 hypervisor_ring(void)
{
    return machine.tima_os - ESB_PAGE + TM_OS;
}

static void open_ipi(struct source *s, struct queue *q)
{
    ok(source_open(s, 0), "there is an IPI");
    queue_open(q, this_cpu->server, PRIORITY);
    source_route(s, this_cpu->server, PRIORITY, 1);
}

void test_nsr_of_a_group(void)
{
    struct queue q;
    struct source s;

    open_ipi(&s, &q);
    probe_store(hypervisor_ring(), 4, 0x3f00ff00);
    set_cppr(0xff);
    set_cppr(0);
    ok(true, "[C17] NSR of a group that is not there, and a new CPPR, do no "
       "harm");
    tima_drain();
    esb_trigger(&s);
    ok_eq(queue_drain(&q), 1, "[C17] and an event arrives after it");
}

void test_ipb_all_ones(void)
{
    struct queue q;
    struct source s;

    open_ipi(&s, &q);
    probe_store(hypervisor_ring(), 4, 0x00ffffff);
    esb_trigger(&s);
    ok(true, "[C18] IPB of all ones, and an event, do no harm");
    ok_eq(queue_drain(&q), 1, "[C18] and the event is in its queue");
    tima_drain();
}

/*
 * A kernel that crashes resets all other vCPUs so that they stop.  One that
 * the kernel has not started yet, such as one that was just plugged, belongs to
 * firmware: the kernel that runs next starts it.
 */
void test_reset_of_stopped_vcpus(void)
{
    ok_eq(hcall(H_SIGNAL_SYS_RESET, (u64)-2), H_SUCCESS,
          "all others get a system reset");
    cpu_delay(10);
    ok(cpu_second() != NULL, "[S24] a vCPU that was never started starts "
       "after a system reset for all others");
}

/* ---- interrupt modes that change below the other vCPU ------------------ */

static volatile bool stop_touching;
static volatile u64 touches;

/* Each access may fault: the pages come and go. */
static void touch_pages(struct cpu *cpu)
{
    u64 value;

    (void)cpu;
    while (!stop_touching) {
        for (u32 lisn = 0; lisn < 4; lisn++) {
            u64 page = ESB_BASE + (u64)lisn * 2 * ESB_PAGE;

            probe_store(page, 8, 0);
            probe_load(page + ESB_PAGE + 0x400, 8, &value);
        }
        probe_load(machine.tima_os + 0x810, 2, &value);
        probe_store(machine.tima_os + 0x11, 1, 0xff);
        touches++;
        cpu_cede();
        irq_disable();
    }
}

/*
 * The call wants all others asleep.  The second vCPU is, but for moments, and
 * wakes up at any of them.
 */
void test_modes_change_under_accesses(void)
{
    struct cpu *second = cpu_second();
    u32 done = 0, refused = 0, other = 0;

    if (!second) {
        ok(false, "there is a second vCPU");
        return;
    }
    cpu_run(second, touch_pages);
    WAIT_FOR(touches, WAIT_MS);
    for (u32 i = 0; i < 600; i++) {
        long rc;

        cpu_wake(second);
        cpu_delay(i % 3);
        rc = of_negotiate_again(i & 1 ? MODE_XIVE : MODE_XICS);
        done += !rc;
        refused += rc == H_MULTI_THREADS_ACTIVE;
        other += rc && rc != H_MULTI_THREADS_ACTIVE;
    }
    ok(WAIT_FOR(!of_negotiate_again(MODE_XIVE), WAIT_MS),
       "after it, XIVE can be chosen again");
    stop_touching = true;
    ok(cpu_wait(second, WAIT_MS), "the other vCPU lives on");
    print("# %u changes of mode, %u refused, %u accesses\n", done, refused,
          (u32)touches);
    ok(done > 20, "interrupt modes change while the other vCPU wakes up");
    ok_eq(other, 0, "and are refused for no other reason than that it is up");
}
