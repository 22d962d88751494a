/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an access finds its register, and which accesses there are none for.
 *
 * Everything is 8 bytes wide and aligned but for CONFIG_DATA and the root
 * complex's config space, which are in phb4_config.c.
 */
#include "phb4_access.h"
#include "phb4_config.h"
#include "phb4_error.h"
#include "phb4_regs.h"
#include "phb4_settle.h"

typedef enum Special { NOT_SPECIAL, CONFIG_DATA, RC_CONFIG } Special;

static Special special(unsigned offset)
{
    if ((offset & ~3u) == PHB_CONFIG_DATA) {
        return CONFIG_DATA;
    }
    return offset - PHB_RC_CONFIG_BASE < PHB_RC_CONFIG_SIZE ? RC_CONFIG :
                                                              NOT_SPECIAL;
}

/* The error bit for an access that no register is there for, or too narrow. */
static unsigned access_error(unsigned offset, bool bad_size)
{
    if (offset >= PHB_RC_CONFIG_BASE) {
        return ERR_REG_ADDRESS_PCIE;
    }
    if (offset >= PHB_LEM_FIR_ACCUM) {
        return bad_size ? ERR_REG_SIZE_ERR : ERR_REG_ADDRESS_ERR;
    }
    if (offset >= PHB_VERSION) {
        return bad_size ? ERR_REG_SIZE_B : ERR_REG_ADDRESS_B;
    }
    return bad_size ? ERR_REG_SIZE_A : ERR_REG_ADDRESS_A;
}

/* False, with the error noted, if it is no access of 8 bytes to a register. */
static bool is_register(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned offset,
                        unsigned size, const char *what)
{
    bool there = p9x_phb4_has_reg(offset);
    bool bad_size = size != 8 || offset % 8;
    const P9xPhb4Error error = { .pe = -1, .log0 = offset, .log1 = size };

    if (there && !bad_size) {
        return true;
    }
    p9x_phb4_guest_error(phb, P9X_ERR_PHB_ACCESS, "%s of %u bytes at register "
                         "0x%x", what, size, offset);
    p9x_phb4_raise(phb, changes, GROUP_PHB,
                   access_error(offset, bad_size && there), &error);
    return false;
}

uint64_t p9x_phb4_access_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                              unsigned offset, unsigned size)
{
    switch (special(offset)) {
    case CONFIG_DATA:
        return p9x_phb4_config_load(phb, changes, offset & 3, size);
    case RC_CONFIG:
        return p9x_phb4_rc_load(phb, changes, offset - PHB_RC_CONFIG_BASE,
                                size);
    default:
        return is_register(phb, changes, offset, size, "load") ?
               p9x_phb4_regs_load(phb, changes, offset) :
               p9x_lane_load(UINT64_MAX, 0, size);
    }
}

void p9x_phb4_access_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                           unsigned offset, unsigned size, uint64_t value)
{
    switch (special(offset)) {
    case CONFIG_DATA:
        p9x_phb4_config_store(phb, changes, offset & 3, size, value);
        break;
    case RC_CONFIG:
        p9x_phb4_rc_store(phb, changes, offset - PHB_RC_CONFIG_BASE, size,
                          value);
        break;
    default:
        if (is_register(phb, changes, offset, size, "store")) {
            p9x_phb4_regs_store(phb, changes, offset, value);
        }
    }
}

/* The bridge's own window is smaller than what an offset can say. */
static unsigned clamp(uint64_t offset)
{
    return offset < PHB_NR_BYTES ? (unsigned)offset : PHB_NR_BYTES;
}

uint64_t p9x_phb4_reg_load(P9xPhb4 *phb, uint64_t offset, unsigned size)
{
    uint64_t value = p9x_lane_load(UINT64_MAX, 0, size);
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    if (!p9x_phb4_unreachable(phb)) {
        value = p9x_phb4_access_load(phb, &changes, clamp(offset), size);
    }
    p9x_phb4_settle(phb, &changes);
    p9x_phb4_trace(phb, P9X_PHB4_TRACE_REG_LOAD, offset, value, size, 0);
    return value;
}

void p9x_phb4_reg_store(P9xPhb4 *phb, uint64_t offset, unsigned size,
                        uint64_t value)
{
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    p9x_phb4_trace(phb, P9X_PHB4_TRACE_REG_STORE, offset, value, size, 0);
    if (!p9x_phb4_unreachable(phb)) {
        p9x_phb4_access_store(phb, &changes, clamp(offset), size, value);
    }
    p9x_phb4_settle(phb, &changes);
}
