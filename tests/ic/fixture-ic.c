/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture-ic.h"
#include "ic_state.h"

/* ---- the host program ---- */

static void window_changed(void *opaque, P9xIcWindow w,
                           const P9xIcWindowPlace *place)
{
    IcChip *chip = opaque;

    g_assert_cmpint(place->enabled, ==, place->size != 0);
    g_assert_cmpuint(place->base + place->size, >=, place->base);
    chip->place[w] = *place;
    chip->announced[w]++;
}

static bool bus_store64(void *opaque, uint64_t addr, uint64_t value)
{
    IcRig *rig = ((IcChip *)opaque)->rig;

    rig->bus_stores++;
    rig->bus_addr = addr;
    rig->bus_value = value;
    return !rig->bus_refuses;
}

static void chip_init(IcRig *rig, unsigned n)
{
    IcChip *chip = &rig->chip[n];

    chip->rig = rig;
    chip->ports = (P9xIcPorts) {
        .host = chip,
        .window_changed = window_changed,
        .bus_store64 = bus_store64
    };
    chip->ic = p9x_ic_new(rig->fabric, n, &rig->host.ports, &chip->ports);
    g_assert_nonnull(chip->ic);
    for (unsigned i = 0; i < IC_THREADS; i++) {
        g_assert_true(p9x_ic_add_thread(chip->ic, &chip->thread[i],
                                        n << 8 | i, NULL));
    }
}

IcRig *icrig_new_cold(void)
{
    IcRig *rig = host_alloc(sizeof(*rig));

    host_init(&rig->host);
    rig->fabric = p9x_ic_fabric_new();
    for (unsigned n = 0; n < IC_CHIPS; n++) {
        chip_init(rig, n);
    }
    return rig;
}

void icrig_free(IcRig *rig)
{
    for (unsigned n = 0; n < IC_CHIPS; n++) {
        for (unsigned i = 0; i < IC_THREADS; i++) {
            p9x_ic_remove_thread(rig->chip[n].ic, &rig->chip[n].thread[i]);
        }
        p9x_ic_free(rig->chip[n].ic);
    }
    p9x_ic_fabric_free(rig->fabric);
    host_destroy(&rig->host);
    free(rig);
}

/* ---- registers ---- */

uint64_t ic_get(IcRig *rig, unsigned chip, unsigned offset)
{
    return p9x_ic_load(rig->chip[chip].ic, P9X_IC_WINDOW_IC, NULL, offset, 8);
}

void ic_set(IcRig *rig, unsigned chip, unsigned offset, uint64_t value)
{
    p9x_ic_store(rig->chip[chip].ic, P9X_IC_WINDOW_IC, NULL, offset, 8,
                 value);
}

void ic_xscom_set(IcRig *rig, unsigned chip, uint32_t reg, uint64_t value)
{
    p9x_ic_xscom_store(rig->chip[chip].ic, reg, value);
}

uint64_t ic_xscom_get(IcRig *rig, unsigned chip, uint32_t reg)
{
    return p9x_ic_xscom_load(rig->chip[chip].ic, reg);
}

void ic_set_vsd(IcRig *rig, unsigned chip, unsigned type, unsigned block,
                uint64_t vsd)
{
    uint64_t select = p9x_set64(p9x_set64(0, P9X_VST_SELECT, type),
                                P9X_VST_BLOCK, block);

    ic_set(rig, chip, P9X_VC_VSD_TABLE_ADDR, select);
    ic_set(rig, chip, P9X_VC_VSD_TABLE_DATA, vsd);
    ic_set(rig, chip, P9X_PC_VSD_TABLE_ADDR, select);
    ic_set(rig, chip, P9X_PC_VSD_TABLE_DATA, vsd);
}

uint64_t ic_vsd(uint64_t addr, unsigned shift)
{
    return p9x_set64(addr, P9X_VSD_MODE, P9X_VSD_EXCLUSIVE) | (shift - 12);
}

/* ---- firmware ---- */

void firmware_windows(IcRig *rig, unsigned chip)
{
    ic_xscom_set(rig, chip, 0x10, IC_IC_BASE(chip) | P9X_BAR_VALID |
                                  P9X_BAR_64K);
    ic_xscom_set(rig, chip, 0x12, IC_TM_BASE | P9X_BAR_VALID | P9X_BAR_64K);
    ic_xscom_set(rig, chip, 0x17, ~(IC_PC_SIZE - 1));
    ic_xscom_set(rig, chip, 0x16, IC_PC_BASE(chip) | P9X_BAR_VALID);
    ic_xscom_set(rig, chip, 0x19, ~(IC_VC_SIZE - 1));
    ic_xscom_set(rig, chip, 0x18, IC_VC_BASE(chip) | P9X_BAR_VALID);
    ic_xscom_set(rig, chip, 0x20, P9X_PBI_PC_64K | P9X_PBI_VC_64K);
}

static void firmware_sets(IcRig *rig, unsigned chip)
{
    ic_set(rig, chip, P9X_CQ_TAR, P9X_TAR_AUTOINC | P9X_BIT64(15));
    for (unsigned i = 0; i < 64; i++) {
        bool esb = i < IC_ESB_SETS;

        ic_set(rig, chip, P9X_CQ_TDR,
               (uint64_t)(esb ? P9X_EDT_IPI : P9X_EDT_END) << 62 |
               (uint64_t)chip << 48 |
               (uint64_t)(esb ? i : i - IC_ESB_SETS) << 32);
    }
    ic_set(rig, chip, P9X_CQ_TAR, P9X_TAR_AUTOINC | P9X_BIT64(14));
    for (unsigned i = 0; i < 16; i++) {
        ic_set(rig, chip, P9X_CQ_TDR, P9X_VDT_VALID | (uint64_t)chip << 48 |
                                      (uint64_t)i << 32);
    }
}

void firmware_tables(IcRig *rig, unsigned chip)
{
    uint64_t m = IC_MEMORY(chip);

    host_clear(&rig->host, m, 0x1000000);
    memset(rig->host.ram + m + IC_SBE, 0x55, IC_SOURCES / 4);
    store64(rig, m + IC_END_VSDS, ic_vsd(m + IC_ENDS, 16));
    store64(rig, m + IC_NVT_VSDS, ic_vsd(m + IC_NVTS, 16));
    ic_set(rig, chip, P9X_PC_TCTXT_CFG, P9X_TCTXT_BLOCK_GROUP |
                                        P9X_TCTXT_CHIP_IS_BLOCK);
    ic_set(rig, chip, P9X_VC_EQC_CONFIG, P9X_EQC_END_S | P9X_EQC_END_U);
    ic_set(rig, chip, P9X_VC_GLOBAL_CONFIG, P9X_GCONF_INDIRECT);
    ic_set(rig, chip, P9X_PC_GLOBAL_CONFIG, P9X_GCONF_INDIRECT);
    ic_set_vsd(rig, chip, 0, chip, ic_vsd(m + IC_EAT, 16));
    ic_set_vsd(rig, chip, 1, chip, ic_vsd(m + IC_SBE, 12));
    ic_set_vsd(rig, chip, 2, chip, ic_vsd(m + IC_END_VSDS, 16) |
                                   P9X_VSD_INDIRECT);
    ic_set_vsd(rig, chip, 3, chip, ic_vsd(m + IC_NVT_VSDS, 16) |
                                   P9X_VSD_INDIRECT);
    firmware_sets(rig, chip);
}

static uint64_t forward_vsd(uint64_t addr)
{
    return p9x_set64(addr, P9X_VSD_MODE, P9X_VSD_FORWARD);
}

void firmware_forward(IcRig *rig, unsigned from, unsigned to)
{
    uint64_t port = IC_IC_BASE(to) + IC_PAGE;

    for (unsigned type = 0; type < 3; type++) {
        ic_set_vsd(rig, from, type, to, forward_vsd(port));
    }
    ic_set_vsd(rig, from, 3, to, forward_vsd(IC_PC_BASE(to)) | (36 - 12));
}

IcRig *icrig_new(void)
{
    IcRig *rig = icrig_new_cold();

    for (unsigned n = 0; n < IC_CHIPS; n++) {
        firmware_windows(rig, n);
        firmware_tables(rig, n);
        ic_set(rig, n, P9X_PC_THREAD_EN_REG0_SET, P9X_MASK64(0, 3));
        for (unsigned i = 0; i < IC_THREADS; i++) {
            tima_store(rig, n, i, P9X_TIMA_HV, 0x38, 1, 0x80);
        }
    }
    firmware_forward(rig, 0, 1);
    firmware_forward(rig, 1, 0);
    return rig;
}

/* ---- tables in memory ---- */

uint64_t load64(IcRig *rig, uint64_t addr)
{
    return (uint64_t)host_load32(&rig->host, addr) << 32 |
           host_load32(&rig->host, addr + 4);
}

void store64(IcRig *rig, uint64_t addr, uint64_t value)
{
    host_store32(&rig->host, addr, (uint32_t)(value >> 32));
    host_store32(&rig->host, addr + 4, (uint32_t)value);
}

uint64_t eas_addr(unsigned chip, uint32_t index)
{
    return IC_MEMORY(chip) + IC_EAT + 8ull * index;
}

uint64_t end_addr(unsigned chip, uint32_t index)
{
    return IC_MEMORY(chip) + IC_ENDS + 32ull * index;
}

uint64_t nvt_addr(unsigned chip, uint32_t index)
{
    return IC_MEMORY(chip) + IC_NVTS + 64ull * index;
}

uint64_t queue_addr(unsigned chip, uint32_t end)
{
    return IC_MEMORY(chip) + IC_QUEUES + 0x1000ull * end;
}

uint32_t queue_entry(IcRig *rig, unsigned chip, uint32_t end, unsigned n)
{
    return host_load32(&rig->host, queue_addr(chip, end) + 4 * n);
}

void write_eas(IcRig *rig, unsigned chip, uint32_t index, uint8_t end_block,
               uint32_t end, uint32_t data)
{
    uint64_t eas = p9x_set64(P9X_EAS_VALID | data, P9X_EAS_END_BLOCK,
                             end_block);

    store64(rig, eas_addr(chip, index),
            p9x_set64(eas, P9X_EAS_END_INDEX, end));
}

void write_end(IcRig *rig, unsigned chip, uint32_t index, uint8_t nvt_block,
               uint32_t nvt, uint8_t priority, uint32_t w0)
{
    P9xEnd end = { 0 };

    end.w[0] = p9x_be32(P9X_END_W0_VALID | P9X_END_W0_ENQUEUE | w0);
    p9x_queue_set(&end, queue_addr(chip, index), 12);
    p9x_end_set(&end, 6, P9X_END_W6_NVT_BLOCK, nvt_block);
    p9x_end_set(&end, 6, P9X_END_W6_NVT_INDEX, nvt);
    p9x_end_set(&end, 7, P9X_END_W7_F0_PRIORITY, priority);
    memcpy(rig->host.ram + end_addr(chip, index), &end, sizeof(end));
}

void write_escalation(IcRig *rig, unsigned chip, uint32_t index,
                      uint8_t to_block, uint32_t to, uint32_t data)
{
    host_store32(&rig->host, end_addr(chip, index) + 16,
                 (uint32_t)to_block << 24 | to);
    host_store32(&rig->host, end_addr(chip, index) + 20, data);
}

void write_nvt(IcRig *rig, unsigned chip, uint32_t index)
{
    host_store32(&rig->host, nvt_addr(chip, index), P9X_NVT_W0_VALID);
}

/* ---- pages ---- */

uint64_t ipi_offset(uint32_t source, unsigned page, unsigned op)
{
    return (2ull * source + page) * IC_PAGE + op;
}

uint64_t end_offset(uint32_t end, unsigned page, unsigned op)
{
    return IC_ESB_SETS * (IC_VC_SIZE / 64) + ipi_offset(end, page, op);
}

uint64_t ipi_load(IcRig *rig, unsigned chip, uint32_t source, unsigned op)
{
    return p9x_ic_vc_load(rig->chip[chip].ic,
                          ipi_offset(source, ESB_MGMT, op), 8);
}

void ipi_trigger(IcRig *rig, unsigned chip, uint32_t source)
{
    p9x_ic_vc_store(rig->chip[chip].ic, ipi_offset(source, ESB_TRIGGER, 0),
                    8, 0);
}

void ic_scrub(IcRig *rig, unsigned chip, ScrubKind kind, uint8_t block,
              uint32_t index, bool inval)
{
    ic_set(rig, chip, kind + 8, UINT64_MAX);
    ic_set(rig, chip, kind, P9X_SCRUB_VALID | (uint64_t)block << 32 | index |
                            (inval ? P9X_SCRUB_INVAL : 0));
    g_assert_cmpuint(ic_get(rig, chip, kind) & P9X_SCRUB_VALID, ==, 0);
}

uint64_t tima_load(IcRig *rig, unsigned chip, unsigned thread,
                   unsigned page, unsigned offset, unsigned size)
{
    return p9x_ic_tima_load(rig->chip[chip].ic,
                            &rig->chip[chip].thread[thread],
                            page * IC_PAGE + offset, size);
}

void tima_store(IcRig *rig, unsigned chip, unsigned thread, unsigned page,
                unsigned offset, unsigned size, uint64_t value)
{
    p9x_ic_tima_store(rig->chip[chip].ic, &rig->chip[chip].thread[thread],
                      page * IC_PAGE + offset, size, value);
}

void dispatch(IcRig *rig, unsigned chip, unsigned thread, uint8_t block,
              uint32_t nvt)
{
    tima_store(rig, chip, thread, P9X_TIMA_HV, 0x28, 4,
               P9X_TM_POOL_VALID | p9x_cam(block, nvt));
    tima_store(rig, chip, thread, P9X_TIMA_HV, 0x31, 1, 0xFF);
}

uint16_t ack_hv(IcRig *rig, unsigned chip, unsigned thread)
{
    return (uint16_t)tima_load(rig, chip, thread, P9X_TIMA_HV, 0x830, 2);
}

P9xRouter *ic_router(IcRig *rig, unsigned chip)
{
    return &rig->chip[chip].ic->router;
}

uint64_t ic_errors(IcRig *rig, unsigned chip, P9xGuestError kind)
{
    return p9x_guest_error_read(p9x_ic_counters(rig->chip[chip].ic),
                                kind);
}

uint64_t ic_count(IcRig *rig, unsigned chip, P9xCounter kind)
{
    return p9x_counter_read(p9x_ic_counters(rig->chip[chip].ic),
                            kind);
}

void route(IcRig *rig, unsigned chip, uint32_t source, unsigned end_chip,
           uint32_t end, uint32_t nvt, uint32_t data)
{
    write_eas(rig, chip, source, (uint8_t)end_chip, end, data);
    write_end(rig, end_chip, end, (uint8_t)end_chip, nvt, 6,
              P9X_END_W0_UCOND_NOTIFY | P9X_END_W0_BACKLOG);
    write_nvt(rig, end_chip, nvt);
    dispatch(rig, end_chip, 0, (uint8_t)end_chip, nvt);
    g_assert_cmpuint(ipi_load(rig, chip, source, P9X_ESB_SET_PQ_00), ==,
                     P9X_PQ_01);
}
