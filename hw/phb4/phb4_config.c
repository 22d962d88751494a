/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space: the root complex by memory-mapped registers, all others by an
 * address register and a data register.
 *
 * PCI's config space is little-endian, the processor bus is not: the byte at
 * config offset n is the byte at bus offset n, so a value of more than one
 * byte has its bytes turned round on the way.
 *
 * A function that isn't there answers with an unsupported request.  That
 * freezes the PE that the address register names, if firmware enabled it;
 * firmware that scans a bus knows and unfreezes.
 */
#include "phb4_config.h"
#include "phb4_error.h"
#include "phb4_inject.h"
#include "phb4_link.h"

static uint32_t turn(uint32_t value, unsigned size)
{
    return P9X_BSWAP32(value) >> (8 * (4 - size));
}

static uint64_t all_ones(unsigned size)
{
    return p9x_lane_load(UINT64_MAX, 0, size);
}

static bool fits(unsigned lane, unsigned size)
{
    return (size == 1 || size == 2 || size == 4) && lane % size == 0;
}

typedef struct ConfigAccess {
    P9xPhb4Changes *changes;
    uint16_t rid;
    uint16_t offset;
    unsigned size;
    bool store;
} ConfigAccess;

static P9xPhb4Error config_error_of(const P9xPhb4 *phb,
                                   const ConfigAccess *access)
{
    uint64_t addr = p9x_phb4_reg(phb, PHB_CONFIG_ADDRESS);
    unsigned type = access->store ? TTYPE_MMIO_STORE : TTYPE_MMIO_LOAD;

    return (P9xPhb4Error) {
        .pe = (int)p9x_get64(addr, PHB_CA_PE),
        .pesta = p9x_set64(access->store ? PESTA_CFG_WRITE : PESTA_CFG_READ,
                           PESTA_TTYPE, type) | PESTA_MMIO_CAUSE | PESTA_UR |
                 p9x_set64(0, PESTA_RID, access->rid),
        .pestb = p9x_set64(0, PESTB_FAIL_ADDR, access->offset),
        .log0 = addr,
        .log1 = access->size
    };
}

static void set_status(P9xPhb4 *phb, unsigned status)
{
    p9x_phb4_set_reg(phb, PHB_CONFIG_ADDRESS,
                     p9x_set64(p9x_phb4_reg(phb, PHB_CONFIG_ADDRESS),
                               PHB_CA_STATUS, status));
}

static void config_error(P9xPhb4 *phb, const ConfigAccess *access,
                         P9xPhb4Group group, unsigned bit)
{
    const P9xPhb4Error error = config_error_of(phb, access);

    set_status(phb, PHB_CA_STATUS_UR);
    p9x_phb4_raise(phb, access->changes, group, bit, &error);
}

/* What the address register says; false with the error noted. */
static bool config_decode(P9xPhb4 *phb, unsigned lane, ConfigAccess *access)
{
    uint64_t addr = p9x_phb4_reg(phb, PHB_CONFIG_ADDRESS);

    access->rid = (uint16_t)p9x_get64(addr, PHB_CA_BDFN);
    access->offset = (uint16_t)((p9x_get64(addr, PHB_CA_REG) & 0xFFC) | lane);
    if (!fits(lane, access->size)) {
        config_error(phb, access, GROUP_TXE, TXE_CFG_SIZE);
        return false;
    }
    if (!(addr & PHB_CA_ENABLE)) {
        config_error(phb, access, GROUP_TXE, TXE_CFG_ENABLE);
        return false;
    }
    if (!atomic_load(&phb->link_up)) {
        config_error(phb, access, GROUP_TXE, TXE_CFG_LINK_DOWN);
        return false;
    }
    return true;
}

static bool pe_blocked(const P9xPhb4 *phb)
{
    unsigned pe = (unsigned)p9x_get64(p9x_phb4_reg(phb, PHB_CONFIG_ADDRESS),
                                      PHB_CA_PE);

    return (p9x_phb4_reg(phb, PHB_CTRLR) & PHB_CTRLR_CFG_EEH_BLOCK) &&
           (p9x_phb4_frozen(phb, pe) & P9X_PHB4_FROZEN_MMIO);
}

static void injected(P9xPhb4 *phb, const ConfigAccess *access)
{
    P9xPhb4Error error = config_error_of(phb, access);

    error.pesta &= ~PESTA_UR;
    p9x_phb4_raise(phb, access->changes, GROUP_TXE, TXE_PAPR_CONFIG, &error);
}

static void trace_config(P9xPhb4 *phb, const ConfigAccess *access,
                         uint32_t value)
{
    p9x_phb4_trace(phb, P9X_PHB4_TRACE_CONFIG, access->rid, access->offset,
                   value, access->store);
}

/* RID 0 has its own window; here it is a device that isn't on the link. */
static bool port_load(P9xPhb4 *phb, const ConfigAccess *access,
                      uint32_t *value)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    return access->rid && ports->config_load(ports->host, access->rid,
                                             access->offset, access->size,
                                             value);
}

static bool port_store(P9xPhb4 *phb, const ConfigAccess *access,
                       uint32_t value)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    return access->rid && ports->config_store(ports->host, access->rid,
                                              access->offset, access->size,
                                              value);
}

uint64_t p9x_phb4_config_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                              unsigned lane, unsigned size)
{
    ConfigAccess access = { .changes = changes, .size = size };
    uint32_t value = UINT32_MAX;

    if (!config_decode(phb, lane, &access) || pe_blocked(phb)) {
        return all_ones(size);
    }
    if (p9x_phb4_inject_config(phb, changes, access.rid, false)) {
        injected(phb, &access);
        return all_ones(size);
    }
    if (!port_load(phb, &access, &value)) {
        config_error(phb, &access, GROUP_ARB, ARB_UR);
        return all_ones(size);
    }
    set_status(phb, PHB_CA_STATUS_GOOD);
    trace_config(phb, &access, value);
    return turn(value, size);
}

void p9x_phb4_config_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                           unsigned lane, unsigned size, uint64_t value)
{
    ConfigAccess access = {
        .changes = changes, .size = size, .store = true
    };

    if (!config_decode(phb, lane, &access) || pe_blocked(phb)) {
        return;
    }
    if (p9x_phb4_inject_config(phb, changes, access.rid, true)) {
        injected(phb, &access);
        return;
    }
    trace_config(phb, &access, turn((uint32_t)value, size));
    if (!port_store(phb, &access, turn((uint32_t)value, size))) {
        config_error(phb, &access, GROUP_TXE, TXE_CFG_WRITE_UR);
        return;
    }
    set_status(phb, PHB_CA_STATUS_GOOD);
    p9x_phb4_update_link(phb, changes, false);
}

/* ---- root complex ---- */

static bool rc_reachable(P9xPhb4 *phb, P9xPhb4Changes *changes,
                         unsigned offset, unsigned size)
{
    const P9xPhb4Error error = { .pe = -1, .log0 = offset, .log1 = size };

    if (p9x_phb4_reg(phb, PHB_PCIE_CRESET) & PHB_CRESET_CFG_CORE) {
        p9x_phb4_raise(phb, changes, GROUP_REGB, REGB_CFG_IN_RESET, &error);
        return false;
    }
    if (!fits(offset % 4, size)) {
        p9x_phb4_guest_error(phb, P9X_ERR_PHB_ACCESS, "access of %u bytes at "
                             "0x%x of the root complex", size, offset);
        p9x_phb4_raise(phb, changes, GROUP_PHB, ERR_REG_ADDRESS_PCIE, &error);
        return false;
    }
    return true;
}

uint64_t p9x_phb4_rc_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                          unsigned offset, unsigned size)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;
    uint32_t value = UINT32_MAX;

    if (!rc_reachable(phb, changes, offset, size) ||
        !ports->config_load(ports->host, 0, (uint16_t)offset, size, &value)) {
        return all_ones(size);
    }
    return turn(value, size);
}

void p9x_phb4_rc_store(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned offset,
                       unsigned size, uint64_t value)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    if (rc_reachable(phb, changes, offset, size)) {
        ports->config_store(ports->host, 0, (uint16_t)offset, size,
                            turn((uint32_t)value, size));
        p9x_phb4_update_link(phb, changes, false);
    }
}
