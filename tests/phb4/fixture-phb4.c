/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture-phb4.h"

/* ---- the ports ---- */

static uint8_t *config_space(PRig *rig, uint16_t rid)
{
    return rid == 0 ? rig->rc :
           rid == PRIG_RID && rig->plugged ? rig->device : NULL;
}

static bool port_config_load(void *host, uint16_t rid, uint16_t offset,
                             unsigned size, uint32_t *value)
{
    const uint8_t *space = config_space(host, rid);

    g_assert_true(size == 1 || size == 2 || size == 4);
    g_assert_cmpuint(offset % size, ==, 0);
    g_assert_cmpuint(offset + size, <=, 0x1000);
    if (!space) {
        return false;
    }
    *value = 0;
    for (unsigned i = 0; i < size; i++) {
        *value |= (uint32_t)space[offset + i] << (8 * i);
    }
    return true;
}

static bool port_config_store(void *host, uint16_t rid, uint16_t offset,
                              unsigned size, uint32_t value)
{
    uint8_t *space = config_space(host, rid);

    g_assert_true(size == 1 || size == 2 || size == 4);
    g_assert_cmpuint(offset % size, ==, 0);
    g_assert_cmpuint(offset + size, <=, 0x1000);
    if (!space) {
        return false;
    }
    for (unsigned i = 0; i < size; i++) {
        space[offset + i] = (uint8_t)(value >> (8 * i));
    }
    return true;
}

static uint8_t *bar_at(PRig *rig, uint64_t addr, unsigned size)
{
    uint64_t offset = addr - PRIG_M32_PCI;

    return rig->plugged && offset < PRIG_BAR_SIZE &&
           size <= PRIG_BAR_SIZE - offset ? rig->bar + offset : NULL;
}

static bool port_pci_load(void *host, uint64_t addr, void *buf, unsigned size)
{
    const uint8_t *p = bar_at(host, addr, size);

    if (p) {
        memcpy(buf, p, size);
    }
    return p;
}

static bool port_pci_store(void *host, uint64_t addr, const void *buf,
                           unsigned size)
{
    uint8_t *p = bar_at(host, addr, size);

    if (p) {
        memcpy(p, buf, size);
    }
    return p;
}

static void port_windows_changed(void *host)
{
    PRig *rig = host;

    p9x_lock(&rig->lock);
    rig->window_calls++;
    p9x_unlock(&rig->lock);
}

static void port_iotlb_flush(void *host, unsigned pe, uint64_t iova,
                             uint64_t size)
{
    PRig *rig = host;

    p9x_lock(&rig->lock);
    rig->flushes++;
    rig->flush = (Flush) { pe, iova, size };
    p9x_unlock(&rig->lock);
}

static bool port_notify(void *host, uint64_t addr, uint64_t data)
{
    PRig *rig = host;

    if (rig->refuse_notify) {
        return false;
    }
    p9x_lock(&rig->lock);
    rig->notify_addr = addr;
    rig->notified[rig->nr_notified++ % PRIG_MAX_NOTIFIED] = data;
    p9x_unlock(&rig->lock);
    return true;
}

/* Link Control at 0x58, Bridge Control at 0x3E. */
static void port_slot(void *host, P9xPhb4Slot *slot)
{
    PRig *rig = host;

    *slot = (P9xPhb4Slot) {
        .present = rig->plugged,
        .link_disabled = rig->rc[0x58] & 0x10,
        .in_reset = rig->rc[0x3E] & 0x40,
        .speed = 3,
        .width = 8
    };
}

static void port_link_changed(void *host, const P9xPhb4Link *link, bool reset)
{
    PRig *rig = host;

    rig->link = *link;
    rig->link_calls++;
    rig->device_resets += reset;
}

static void port_root_port_reset(void *host)
{
    PRig *rig = host;

    rig->root_port_resets++;
    memset(rig->rc, 0, sizeof(rig->rc));
    rig->rc[0] = 0x14;
    rig->rc[1] = 0x10;
    rig->rc[2] = 0xC1;
    rig->rc[3] = 0x04;
}

static void port_trace(void *host, P9xPhb4TraceStep step,
                       const uint64_t arg[4])
{
    PRig *rig = host;

    (void)arg;
    g_assert_cmpuint(step, <, G_N_ELEMENTS(rig->traces));
    rig->traces[step]++;
}

PRig *prig_new_config(const P9xPhb4Config *config)
{
    P9xPhb4Config c = {
        .index = 0, .big = true, .max_width = 16, .max_speed = 4
    };
    PRig *rig = host_alloc(sizeof(*rig));

    if (config) {
        c = *config;
    }
    p9x_lock_init(&rig->lock, P9X_RANK_TEST);
    host_init(&rig->host);
    rig->ports = (P9xPhb4Ports) {
        .host = rig,
        .config_load = port_config_load,
        .config_store = port_config_store,
        .pci_load = port_pci_load,
        .pci_store = port_pci_store,
        .windows_changed = port_windows_changed,
        .iotlb_flush = port_iotlb_flush,
        .notify = port_notify,
        .slot = port_slot,
        .link_changed = port_link_changed,
        .root_port_reset = port_root_port_reset,
        .trace = port_trace
    };
    c.ports = &rig->host.ports;
    c.phb_ports = &rig->ports;
    c.counters = &rig->counters;
    rig->plugged = true;
    rig->device[0] = 0x86;
    rig->device[1] = 0x80;
    rig->phb = p9x_phb4_new(&c);
    return rig;
}

PRig *prig_new(void)
{
    return prig_new_config(NULL);
}

void prig_free(PRig *rig)
{
    p9x_phb4_free(rig->phb);
    host_destroy(&rig->host);
    free(rig);
}

/* ---- registers ---- */

uint64_t prig_load(PRig *rig, unsigned offset)
{
    return p9x_phb4_reg_load(rig->phb, offset, 8);
}

void prig_store(PRig *rig, unsigned offset, uint64_t value)
{
    p9x_phb4_reg_store(rig->phb, offset, 8, value);
}

void prig_arm(PRig *rig, uint64_t ctl, uint64_t addr, uint64_t mask)
{
    prig_store(rig, PHB_PAPR_ERR_INJ_ADDR, addr);
    prig_store(rig, PHB_PAPR_ERR_INJ_MASK, mask);
    prig_store(rig, PHB_PAPR_ERR_INJ_CTL, ctl);
}

uint64_t prig_etu(PRig *rig, unsigned offset)
{
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                         SCOM_IND_VALID | offset);
    return p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_DATA);
}

void prig_select(PRig *rig, unsigned table, unsigned index, bool autoinc)
{
    uint64_t addr = autoinc ? PHB_IODA_AUTOINC : 0;

    addr = p9x_set64(addr, PHB_IODA_TSEL, table);
    prig_store(rig, PHB_IODA_ADDR, p9x_set64(addr, PHB_IODA_TADR, index));
}

uint64_t prig_table(PRig *rig, unsigned table, unsigned index)
{
    prig_select(rig, table, index, false);
    return prig_load(rig, PHB_IODA_DATA0);
}

void prig_set_table(PRig *rig, unsigned table, unsigned index, uint64_t value)
{
    prig_select(rig, table, index, false);
    prig_store(rig, PHB_IODA_DATA0, value);
}

static uint32_t turned(uint32_t value, unsigned size)
{
    return __builtin_bswap32(value) >> (8 * (4 - size));
}

static void config_address(PRig *rig, uint16_t rid, unsigned pe,
                           unsigned offset)
{
    uint64_t addr = PHB_CA_ENABLE;

    addr = p9x_set64(addr, PHB_CA_BDFN, rid);
    addr = p9x_set64(addr, PHB_CA_REG, offset & ~3u);
    prig_store(rig, PHB_CONFIG_ADDRESS, p9x_set64(addr, PHB_CA_PE, pe));
}

uint32_t prig_config_load(PRig *rig, uint16_t rid, unsigned pe,
                          unsigned offset, unsigned size)
{
    config_address(rig, rid, pe, offset);
    return turned((uint32_t)p9x_phb4_reg_load(rig->phb, PHB_CONFIG_DATA +
                                              (offset & 3), size), size);
}

void prig_config_store(PRig *rig, uint16_t rid, unsigned pe, unsigned offset,
                       unsigned size, uint32_t value)
{
    config_address(rig, rid, pe, offset);
    p9x_phb4_reg_store(rig->phb, PHB_CONFIG_DATA + (offset & 3), size,
                       turned(value, size));
}

uint32_t prig_rc_load(PRig *rig, unsigned offset)
{
    return turned((uint32_t)p9x_phb4_reg_load(rig->phb, PHB_RC_CONFIG_BASE +
                                              offset, 4), 4);
}

void prig_rc_store(PRig *rig, unsigned offset, uint32_t value)
{
    p9x_phb4_reg_store(rig->phb, PHB_RC_CONFIG_BASE + offset, 4,
                       turned(value, 4));
}

/* ---- memory ---- */

uint64_t prig_be64(const PRig *rig, uint64_t addr)
{
    return p9x_load_be(rig->host.ram + addr, 8);
}

void prig_set_be64(PRig *rig, uint64_t addr, uint64_t value)
{
    p9x_store_be(rig->host.ram + addr, 8, value);
}

void prig_set_rte(PRig *rig, uint16_t rid, unsigned pe)
{
    p9x_store_be(rig->host.ram + PRIG_RTT + 2u * rid, 2, pe);
    prig_store(rig, PHB_RTC_INVALIDATE, PHB_RTC_INVALIDATE_ALL);
}

uint64_t prig_tve_of(uint64_t table, unsigned levels, unsigned size,
                     unsigned psize)
{
    uint64_t tve = p9x_set64(0, TVE_TABLE_ADDR, table >> 12);

    tve = p9x_set64(tve, TVE_LEVELS, levels - 1);
    tve = p9x_set64(tve, TVE_TABLE_SIZE, size);
    return p9x_set64(tve, TVE_IO_PSIZE, psize);
}

/* As skiboot spreads the bits. */
uint64_t prig_bypass_tve(uint64_t start, uint64_t end)
{
    uint64_t tve = P9X_BIT64(51) | TVE_NON_TRANSLATE_50;

    tve |= (start & 0xFFFFFF) << 40 | (start >> 24 & 3) << 10;
    return tve | (end & 0xFFFFFF) << 16 | (end >> 24 & 3) << 8;
}

void prig_set_tve(PRig *rig, unsigned index, uint64_t tve)
{
    prig_set_table(rig, TBL_TVT, index, tve);
}

void prig_tce_window(PRig *rig, unsigned pe)
{
    prig_set_tve(rig, pe * 2, prig_tve_of(PRIG_TCE, 1, 1, 5));
}

void prig_set_tce(PRig *rig, uint64_t table, unsigned index, uint64_t tce)
{
    prig_set_be64(rig, table + index * 8u, tce);
}

bool prig_dma(PRig *rig, uint64_t iova, P9xPhb4Access access)
{
    P9xPhb4Dma dma;

    return p9x_phb4_translate(rig->phb, PRIG_RID, iova, access, &dma);
}

void prig_give_msi(PRig *rig, uint32_t srcno, unsigned pe)
{
    unsigned quarter = srcno % 4;
    uint64_t addr = p9x_set64(0, PHB_IODA_TSEL, TBL_MIST);

    addr = p9x_set64(addr, PHB_IODA_TADR, srcno / 4);
    prig_store(rig, PHB_IODA_ADDR,
               p9x_set64(addr, PHB_IODA_MIST_PWV, 8u >> quarter));
    prig_store(rig, PHB_IODA_DATA0, (uint64_t)pe << (16 * (3 - quarter)));
}

bool prig_msi(PRig *rig, uint16_t rid, uint32_t srcno)
{
    P9xMsi msi = p9x_phb4_msi_encode(srcno, true);

    return p9x_phb4_dma_msi(rig->phb, rid, msi.addr, msi.data);
}

uint64_t prig_errors(const PRig *rig)
{
    return p9x_guest_errors_total(&rig->counters);
}

void prig_unfreeze(PRig *rig, unsigned pe)
{
    prig_set_table(rig, TBL_PESTA, pe, 0);
    prig_set_table(rig, TBL_PESTB, pe, 0);
}

/* ---- lists of mappings ---- */

GArray *prig_list(PRig *rig, uint16_t rid, bool *cut)
{
    GArray *list = g_array_new(false, false, sizeof(P9xPhb4Mapping));
    bool whole = p9x_phb4_list(rig->phb, rid, list);

    if (cut) {
        *cut = !whole;
    } else {
        g_assert_true(whole);
    }
    return list;
}

static const P9xPhb4Mapping *listed(const GArray *list, uint64_t iova)
{
    guint first = 0, end = list->len;

    while (first < end) {
        guint mid = (first + end) / 2;
        const P9xPhb4Mapping *m = &g_array_index(list, P9xPhb4Mapping, mid);

        if (iova - m->iova < m->size) {
            return m;
        }
        if (iova < m->iova) {
            end = mid;
        } else {
            first = mid + 1;
        }
    }
    return NULL;
}

static void check_address(PRig *rig, uint16_t rid, const GArray *list,
                          bool cut, uint64_t iova)
{
    const P9xPhb4Mapping *m = listed(list, iova);
    P9xPhb4Dma dma;
    bool found = p9x_phb4_translate(rig->phb, rid, iova, P9X_PHB4_DMA_PROBE,
                                    &dma);
    bool msi32 = iova - P9X_PHB4_MSI32_BASE < P9X_PHB4_MSI32_SIZE;

    if (m && found) {
        g_assert_cmphex(m->real + (iova - m->iova), ==,
                        dma.real | (iova & dma.mask));
        g_assert_true(m->read == dma.read && m->write == dma.write);
    } else if (!cut && !msi32) {
        g_assert_true(!m && !found);
    } else if (msi32) {
        g_assert_false(found);
    }
}

void prig_check_list(PRig *rig, uint16_t rid, const uint64_t *iova,
                     unsigned n)
{
    g_autoptr(GArray) list = NULL;
    uint64_t end = 0;
    bool cut;

    /* Also where registers can't be reached. */
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                         SCOM_IND_VALID | PHB_TCE_KILL);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_DATA,
                         PHB_TCE_KILL_ALL);
    list = prig_list(rig, rid, &cut);
    for (guint i = 0; i < list->len; i++) {
        const P9xPhb4Mapping *m = &g_array_index(list, P9xPhb4Mapping, i);

        g_assert_cmphex(m->size, !=, 0);
        g_assert_true(m->read || m->write);
        g_assert_cmphex(m->iova, >=, end);
        end = m->iova + m->size;
        if (i < 4 || i % 1021 == 0) {
            check_address(rig, rid, list, cut, m->iova);
            check_address(rig, rid, list, cut, m->iova - 1);
            check_address(rig, rid, list, cut, end - 1);
            check_address(rig, rid, list, cut, end);
        }
    }
    for (unsigned i = 0; i < n; i++) {
        check_address(rig, rid, list, cut, iova[i]);
    }
}

/* ---- firmware ---- */

typedef struct RegValue {
    uint16_t offset;
    uint64_t value;
} RegValue;

static void store_all(PRig *rig, const RegValue *list, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        prig_store(rig, list[i].offset, list[i].value);
    }
}

static void boot_nest(PRig *rig)
{
    const RegValue bars[] = {
        { NEST_PHB_REGS_BAR, PRIG_REGS << 8 },
        { NEST_INT_BAR, PRIG_ESB << 8 },
        { NEST_MMIO_BAR0, PRIG_MMIO0 << 8 },
        { NEST_MMIO_BAR0_MASK, ~(PRIG_MMIO0_SIZE - 1) << 8 },
        { NEST_MMIO_BAR1, PRIG_MMIO1 << 8 },
        { NEST_MMIO_BAR1_MASK, ~(PRIG_MMIO1_SIZE - 1) << 8 },
        { NEST_BAR_EN, P9X_MASK64(0, 3) },
        { NEST_FIR, 0 }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(bars); i++) {
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, bars[i].offset,
                             bars[i].value);
    }
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, NEST_FIR, 0);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, 0);
}

static void boot_core(PRig *rig)
{
    uint64_t creset;

    prig_store(rig, PHB_LEM_ERROR_MASK, UINT64_MAX);
    prig_store(rig, PHB_TCE_TAG_ENABLE, UINT64_MAX);
    prig_store(rig, PHB_PCIE_SCR, p9x_set64(prig_load(rig, PHB_PCIE_SCR),
                                            PHB_SCR_MAXLINKSPEED, 4));
    creset = prig_load(rig, PHB_PCIE_CRESET) & ~PHB_CRESET_CFG_CORE;
    prig_store(rig, PHB_PCIE_CRESET, creset);
    prig_rc_store(rig, 0x78, 0x07FE0004);
    creset &= ~(PHB_CRESET_TLDLP | PHB_CRESET_PBL);
    prig_store(rig, PHB_PCIE_CRESET, creset | PHB_CRESET_PIPE_N);
    g_assert_cmphex(prig_load(rig, PHB_PCIE_DLP_TRAIN_CTL) & PHB_DLP_PGRESET,
                    ==, 0);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K);
}

static void boot_tables(PRig *rig)
{
    const RegValue regs[] = {
        { PHB_INT_NOTIFY_ADDR, PRIG_PORT },
        { PHB_INT_NOTIFY_INDEX, PRIG_INDEX },
        { PHB_RTT_BAR, PRIG_RTT | PHB_BAR_ENABLE },
        { PHB_PELTV_BAR, PRIG_PELTV | PHB_BAR_ENABLE },
        { PHB_M32_START_ADDR, PRIG_M32_PCI },
        { PHB_PEST_BAR, PRIG_PEST | PHB_BAR_ENABLE },
        { PHB_M64_UPPER_BITS, 0 },
        { PHB_PHB4_CONFIG, PHB_CONFIG_32BIT_MSI | PHB_CONFIG_64BIT_MSI }
    };
    unsigned nr_pes = (unsigned)(prig_load(rig, PHB_EEH_CAP) >> 52);
    unsigned nr_irqs = prig_load(rig, PHB_IRQ_CAP) & 0xFFFF;

    store_all(rig, regs, G_N_ELEMENTS(regs));
    prig_store(rig, PHB_LSI_SOURCE_ID,
               p9x_set64(0, PHB_LSI_SRC_ID, (nr_irqs - 1) >> 3));
    prig_select(rig, TBL_MIST, 0, true);
    for (unsigned i = 0; i < nr_irqs / 4; i++) {
        prig_store(rig, PHB_IODA_DATA0, 0);
    }
    prig_select(rig, TBL_MBT, 0, true);
    prig_store(rig, PHB_IODA_DATA0, p9x_set64(0, MBT0_MODE, MBT_MODE_MDT) |
               MBT0_TYPE_M32 | PRIG_MMIO1);
    prig_store(rig, PHB_IODA_DATA0, MBT0_ENABLE |
               (~(PRIG_MMIO1_SIZE - 1) & MBT1_MASK));
    prig_select(rig, TBL_MDT, 0, true);
    for (unsigned i = 0; i < nr_pes; i++) {
        /* Column A is M32's: all of it belongs to the device's PE. */
        prig_store(rig, PHB_IODA_DATA0, (uint64_t)PRIG_PE << 48 |
                   (uint64_t)i << 32 | i << 16 | i);
    }
    for (unsigned rid = 0; rid < 0x10000; rid++) {
        p9x_store_be(rig->host.ram + PRIG_RTT + 2u * rid, 2, nr_pes - 1);
    }
    prig_set_rte(rig, PRIG_RID, PRIG_PE);
}

/* The enables that skiboot writes for a PHB4. */
static void boot_errors(PRig *rig)
{
    static const RegValue regs[] = {
        { 0x1900, UINT64_MAX }, { 0x1908, 0 }, { 0x1920, 0x4D1780F8 },
        { 0x1928, 0 }, { 0x1930, UINT64_C(0xFFFFFFFFB2F87F07) },
        { 0x1C00, UINT64_MAX }, { 0x1C08, 0 },
        { 0x1C20, UINT64_C(0x2130006EFCA8BC00) },
        { 0x1C28, UINT64_C(0x0080000000000000) },
        { 0x1C30, UINT64_C(0xDE0FFF91035743FF) },
        { 0x1C58, UINT64_C(0x0040000000000000) },
        { 0xD08, 0 }, { 0xD28, UINT64_C(0x0000000A00000000) },
        { 0xD00, UINT64_C(0xF3ACFF0FF7DDFFF0) },
        { 0xD18, UINT64_C(0xF3ACFF0FF7DDFFF0) },
        { 0xD30, UINT64_C(0xDFFFBD05F7DDFFF0) },
        { 0xD80, UINT64_MAX }, { 0xD88, 0 },
        { 0xD98, UINT64_C(0xFFFFFFFFFBFFFFFF) },
        { 0xDA8, UINT64_C(0xC00018B801000060) },
        { 0xDB0, UINT64_C(0x3BFFD703FA7FBF8F) },
        { 0xDD8, UINT64_C(0x0000000004000000) },
        { 0xE00, UINT64_MAX }, { 0xE08, 0 }, { 0xE18, UINT64_MAX },
        { 0xE28, UINT64_C(0x0000600000000000) },
        { 0xE30, UINT64_C(0xFFFFFEFFFF7FFF57) },
        { 0xE80, UINT64_MAX }, { 0xE88, 0 }, { 0xE98, UINT64_MAX },
        { 0xEA8, UINT64_C(0x60000000C0000000) },
        { 0xEB0, UINT64_C(0x9FAEFFAF3FFFFFFF) },
        { 0xC80, UINT64_MAX }, { 0xC88, 0 }, { 0xC98, UINT64_MAX },
        { 0xCA8, UINT64_C(0x0000004000000000) },
        { 0xCB0, UINT64_C(0x35777033FF000000) },
        { 0xC00, 0 }, { 0xC30, UINT64_C(0xF3FFFFFFFFFFFFFF) },
        { 0xC38, UINT64_C(0xF3FFFFFFFFFFFFFF) }, { 0xC40, 0 },
        { 0xCA0, UINT64_C(0xCA8880CC00000000) },
        { 0xD20, UINT64_C(0x2008400E08200000) },
        { 0xDA0, UINT64_C(0xC40038FC01804070) },
        { 0xE20, UINT64_C(0x00006100008000A8) },
        { 0xEA0, UINT64_C(0x60510050C0000000) },
        { 0xC18, 0 }, { 0x218, 0 },
        { 0x878, UINT64_C(0x0015150000150000) },
        { 0x880, UINT64_C(0x0000151500000000) },
        { 0x1810, UINT64_C(0x2013000000000000) }
    };

    store_all(rig, regs, G_N_ELEMENTS(regs));
}

void prig_boot(PRig *rig)
{
    boot_nest(rig);
    boot_core(rig);
    boot_tables(rig);
    prig_rc_store(rig, 0x18, 0x00FF0100);
    boot_errors(rig);
    prig_store(rig, PHB_PCIE_CRESET, prig_load(rig, PHB_PCIE_CRESET) |
               PHB_CRESET_PERST_N);
}

const PageSize prig_page_size[PRIG_NR_PAGE_SIZES] = {
    { 1, 12 }, { 5, 16 }, { 10, 21 }, { 19, 30 }
};

PRig *prig_with_page(void)
{
    PRig *rig = prig_booted();

    prig_tce_window(rig, PRIG_PE);
    prig_set_tce(rig, PRIG_TCE, 2, PRIG_FRAME | PRIG_RW);
    return rig;
}

PRig *prig_booted(void)
{
    PRig *rig = prig_new();

    prig_boot(rig);
    return rig;
}
