/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts of an emulated PCI device: its INTA, then its MSI. */
#include "console.h"
#include "pci.h"
#include "tests.h"
#include "xive.h"

#define SRC_LSI 4
#define SRC_H_INT_ESB 8
#define ESB_STORE 1
#define MSI_COUNT 100
#define MSI_ADDRESS 0x40000000000ULL
#define BUS_ADDRESS 0x10000
#define TCE_READ_WRITE 3

static bool open_edu(struct pci_device *edu)
{
    static struct pci_device found;

    if (!found.bar0) {
        if (!pci_find(&found, PCI_EDU)) {
            return false;
        }
        pci_enable(&found, 0);
    }
    *edu = found;
    return true;
}

/* ---- level interrupts --------------------------------------------------- */

static u32 lsi;

/*
 * A hypervisor that returns the value byte-swapped has its own test; the
 * others see PQ where they look for it.
 */
static u64 lsi_esb(u64 offset)
{
    u64 out[9] = { 0 };
    long rc = hcall_out(H_INT_ESB, out, 0, lsi, offset, 0);

    if (rc) {
        return ALL_ONES;
    }
    return out[0] << 8 ? out[0] : out[0] >> 56;
}

static void test_lsi_interface(void)
{
    struct source s;
    u64 out[9] = { 0 };

    if (!ok(source_open(&s, lsi), "the LSI has information")) {
        return;
    }
    ok_eq(s.flags, SRC_LSI | SRC_H_INT_ESB, "an LSI wants H_INT_ESB");
    ok(s.eoi == ALL_ONES && s.trigger == ALL_ONES, "an LSI has no pages");
    hcall_out(H_INT_ESB, out, 0, lsi, ESB_SET_10, 0);
    hcall_out(H_INT_ESB, out, 0, lsi, ESB_GET, 0);
    ok_eq(out[0], PQ_PENDING, "[S3] H_INT_ESB returns PQ in the low bits");
    hcall_out(H_INT_ESB, out, 0, lsi, ESB_SET_01, 0);
    ok_eq(out[0], PQ_PENDING,
          "[S3] H_INT_ESB returns the old PQ in the low bits");
    ok_rc(hcall_out(H_INT_ESB, out, ESB_STORE, lsi, ESB_SET_01, 0), H_SUCCESS,
          "H_INT_ESB stores");
    ok_eq(out[0], ALL_ONES, "H_INT_ESB returns all ones for a store");
    ok_rc(hcall(H_INT_ESB, 0, lsi, 0xfff8), H_SUCCESS,
          "H_INT_ESB takes the last offset of the page");
    ok_rc(hcall(H_INT_ESB, 0, lsi, 0x10000), H_P3,
          "[Q2] H_INT_ESB refuses the first offset behind the page with H_P3");
    ok_rc(hcall(H_INT_ESB, 0, lsi, 0x20000), H_P3,
          "[Q2] H_INT_ESB refuses an offset of two pages with H_P3");
    ok_rc(hcall(H_INT_ESB, 0, lsi, 0x20008), H_P3,
          "H_INT_ESB refuses an offset beyond two pages with H_P3");
    ok_rc(hcall(H_INT_ESB, 0, lsi, ALL_ONES), H_P3,
          "H_INT_ESB refuses an offset of all ones with H_P3");
    hcall(H_INT_ESB, 0, lsi, ESB_SET_10);
    for (u32 i = 1; i < 8; i++) {
        ok_rc(hcall(H_INT_ESB, 0, lsi, ESB_SET_01 + i), H_P3,
              "[Q3] H_INT_ESB refuses to load at an offset of 8 n + %u", i);
        ok_rc(hcall(H_INT_ESB, ESB_STORE, lsi, ESB_SET_01 + i), H_P3,
              "[Q3] H_INT_ESB refuses to store at an offset of 8 n + %u", i);
    }
    ok_eq(lsi_esb(ESB_SET_01), PQ_PENDING,
          "[Q3] a refused offset changes nothing");
    ok_rc(hcall(H_INT_ESB, 0, 0, ESB_GET), H_P2,
          "[S5] H_INT_ESB refuses a source that has pages with H_P2");
}

static void test_lsi_level(const struct pci_device *edu, struct queue *q)
{
    lsi_esb(ESB_SET_00);
    ok_eq(queue_drain(q), 0, "an idle LSI sends nothing");
    edu_write(edu, EDU_IRQ_RAISE, 1);
    ok_eq(lsi_esb(ESB_GET), PQ_PENDING, "asserting an LSI sets P");
    ok_eq(queue_drain(q), 1, "asserting an LSI sends one event");
    edu_write(edu, EDU_IRQ_RAISE, 2);
    ok_eq(queue_drain(q), 0, "an LSI that is asserted already sends nothing");
    for (u32 i = 0; i < 3; i++) {
        lsi_esb(ESB_EOI);
        ok_eq(queue_drain(q), 1,
              "an EOI while the level is asserted sends again (%u)", i + 1);
    }
    ok_eq(lsi_esb(ESB_GET), PQ_PENDING, "and leaves P set");
    edu_write(edu, EDU_IRQ_ACK, 3);
    ok_eq(lsi_esb(ESB_GET), PQ_PENDING, "deasserting leaves P alone");
    lsi_esb(ESB_EOI);
    ok_eq(lsi_esb(ESB_GET), PQ_IDLE, "an EOI after that ends it");
    ok_eq(queue_drain(q), 0, "and sends nothing");

    lsi_esb(ESB_SET_01);
    edu_write(edu, EDU_IRQ_RAISE, 1);
    ok_eq(queue_drain(q), 0, "an LSI that is off sends nothing");
    lsi_esb(ESB_EOI);
    ok_eq(lsi_esb(ESB_GET), PQ_OFF, "an EOI does not turn it on");
    ok_eq(queue_drain(q), 0, "nor does it send anything");
    edu_write(edu, EDU_IRQ_ACK, 1);
}

void test_lsi(void)
{
    struct pci_device edu;
    struct queue q;
    u32 sense = 0;

    if (!open_edu(&edu) || !pci_intx(&edu, &lsi, &sense)) {
        ok(false, "there is an edu device with an INTA");
        return;
    }
    ok_eq(sense, 1, "the INTA is described as level-sensitive");
    queue_open(&q, this_cpu->server, PRIORITY);
    test_lsi_interface();
    hcall(H_INT_SET_SOURCE_CONFIG, SRC_SET_EISN, lsi, this_cpu->server,
          PRIORITY, 0x77);
    test_lsi_level(&edu, &q);
    lsi_esb(ESB_SET_01);
    hcall(H_INT_SET_SOURCE_CONFIG, 0, lsi, 0, 0xff, 0);
    queue_close(&q);
    tima_drain();
}

/* ---- messages ----------------------------------------------------------- */

void test_msi(void)
{
    struct pci_device edu;
    struct source s;
    struct queue q;
    u32 lisn = 0, granted, eisn = 0, sent = 0, wrong = 0;

    if (!open_edu(&edu)) {
        ok(false, "there is an edu device with MSI");
        return;
    }
    granted = pci_change_msi(&edu, 1, &lisn);
    ok_eq(granted, 1, "RTAS grants one MSI");
    if (!ok(source_open(&s, lisn), "the MSI's LISN has a source")) {
        return;
    }
    ok_eq(s.flags, 0, "an MSI has pages");
    pci_enable_msi(&edu, true);
    queue_open(&q, this_cpu->server, PRIORITY);
    source_route(&s, this_cpu->server, PRIORITY, 0x4d5349);
    for (; sent < MSI_COUNT; sent++) {
        edu_write(&edu, EDU_IRQ_RAISE, 1);
        wrong += !queue_next(&q, &eisn) || eisn != 0x4d5349;
        wrong += esb_eoi(&s) != 0;
        edu_write(&edu, EDU_IRQ_ACK, 1);
    }
    ok_eq(wrong, 0, "100 messages bring 100 events");
    ok_eq(queue_drain(&q), 0, "and none more");
    edu_write(&edu, EDU_IRQ_RAISE, 1);
    edu_write(&edu, EDU_IRQ_RAISE, 1);
    ok_eq(queue_drain(&q), 1, "two messages before an EOI coalesce");
    ok_eq(esb_eoi(&s), 1, "the EOI sends the second");
    ok_eq(queue_drain(&q), 1, "which arrives");
    edu_write(&edu, EDU_IRQ_ACK, 1);
    source_close(&s);
    queue_close(&q);
    tima_drain();
    pci_enable_msi(&edu, false);
    pci_change_msi(&edu, 0, &lisn);
    ok_rc(hcall(H_INT_SYNC, 0, s.lisn), H_P2,
          "the LISN of a released MSI is unknown");
}

/*
 * A device sends by its own MSI logic or by DMA to the same address; neither
 * gets anywhere while it may not write to the bus.
 */
void test_msi_ways(void)
{
    struct pci_device edu;
    struct source s;
    struct queue q;
    u32 *ram = arena_alloc(4096, 4096);
    u32 lisn = 0;

    if (!open_edu(&edu) || !pci_change_msi(&edu, 1, &lisn) ||
        !source_open(&s, lisn)) {
        ok(false, "the edu device has an MSI");
        return;
    }
    pci_enable_msi(&edu, true);
    queue_open(&q, this_cpu->server, PRIORITY);
    source_route(&s, this_cpu->server, PRIORITY, 1);

    pci_set_master(&edu, false);
    edu_write(&edu, EDU_IRQ_RAISE, 1);
    ok_eq(queue_drain(&q), 0, "a device that may not write sends no message");
    ok_eq(esb_get(&s), PQ_IDLE, "and its source has seen none");
    pci_set_master(&edu, true);
    edu_write(&edu, EDU_IRQ_RAISE, 1);
    ok_eq(queue_drain(&q), 1, "it does when it may again");
    esb_eoi(&s);
    edu_write(&edu, EDU_IRQ_ACK, 1);

    *ram = __builtin_bswap32(lisn);
    hcall(H_PUT_TCE, machine.pci_dma_liobn, BUS_ADDRESS,
          (u64)ram | TCE_READ_WRITE);
    ok(edu_dma(&edu, BUS_ADDRESS, EDU_BUFFER, 4, 0),
       "the device reads the message's data");
    ok(edu_dma(&edu, EDU_BUFFER, MSI_ADDRESS, 4, EDU_DMA_OUT),
       "the device writes it to the message's address");
    ok_eq(queue_drain(&q), 1, "a message written by DMA brings one event");
    ok_eq(esb_eoi(&s), 0, "and no more");

    hcall(H_PUT_TCE, machine.pci_dma_liobn, BUS_ADDRESS, 0);
    source_close(&s);
    queue_close(&q);
    tima_drain();
    pci_enable_msi(&edu, false);
    pci_change_msi(&edu, 0, &lisn);
}

/* A device of 16 vectors puts the vector's number into the data's low bits. */
void test_multi_msi(void)
{
    struct pci_device edu, xhci;
    struct source s;
    u32 first = 0, base = 0, missing = 0;

    if (!open_edu(&edu) || !pci_find(&xhci, PCI_NEC_XHCI) || !xhci.msi) {
        ok(false, "there are devices of one MSI and of sixteen");
        return;
    }
    pci_change_msi(&edu, 1, &first);
    pci_set_msi_vectors(&xhci, 4);
    ok_eq(pci_change_msi(&xhci, 16, &base), 16, "RTAS grants 16 MSIs");
    ok_eq(base & 15, 0, "[S18] the first of 16 MSIs is a multiple of 16");
    for (u32 i = 0; i < 16; i++) {
        missing += !source_open(&s, base + i);
    }
    ok_eq(missing, 0, "each of the 16 has a source");
    ok(first < base || first >= base + 16, "none is another device's");
    pci_change_msi(&xhci, 0, &base);
    pci_change_msi(&edu, 0, &first);
}
