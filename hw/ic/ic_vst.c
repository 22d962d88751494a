/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual structure tables: where in guest memory an entry is.
 *
 * A descriptor (VSD) for each type and block says: a table here, an indirect
 * table here (of VSDs, one for each page of entries), or another chip.  VC and
 * PC have a set each.  EAT, SBE, ENDT are looked up in VC's, NVTT in PC's.
 *
 * The size in an indirect VSD is that of the pages, and those say it again.
 * What is read from indirect tables is kept until killed; a page that is not
 * there yet is looked for again each time, for firmware adds them at run time.
 */
#include "ic_vst.h"

void p9x_vst_init(P9xIcVst *vst, P9xIcBase *base)
{
    p9x_lock_init(&vst->lock, P9X_RANK_IC_VST);
    vst->base = base;
}

unsigned p9x_vst_entry_size(P9xVstType type)
{
    static const uint8_t sizes[P9X_VST_TYPES] = {
        [P9X_VST_EAT] = 8,
        [P9X_VST_SBE] = 1,
        [P9X_VST_ENDT] = 32,
        [P9X_VST_NVTT] = 64,
        [P9X_VST_FIFO] = 1
    };

    return sizes[type];
}

uint64_t p9x_vst_vsd(const P9xIcBase *base, P9xVstType type, uint8_t block)
{
    const _Atomic uint64_t *vsd = type == P9X_VST_NVTT ?
        &base->pc_vsd[type][block % P9X_VST_BLOCKS] :
        &base->vc_vsd[type][block % P9X_VST_BLOCKS];

    return atomic_load_explicit(vsd, memory_order_acquire);
}

static unsigned table_shift(uint64_t vsd)
{
    return 12 + (unsigned)p9x_get64(vsd, P9X_VSD_TSIZE);
}

/* Tables are aligned to their size: lower bits don't count. */
static uint64_t table_addr(uint64_t vsd)
{
    return vsd & P9X_VSD_ADDR & ~((UINT64_C(1) << table_shift(vsd)) - 1);
}

static bool page_shift_allowed(unsigned shift)
{
    return shift == 12 || shift == 16 || shift == 21 || shift == 24;
}

static bool find_direct(P9xVstType type, uint64_t vsd, uint64_t index,
                        uint64_t *addr)
{
    uint64_t offset = index * p9x_vst_entry_size(type);

    if (offset >> table_shift(vsd)) {
        return false;
    }
    *addr = table_addr(vsd) + offset;
    return true;
}

static bool read_vsd(const P9xIcBase *base, uint64_t addr, uint64_t *vsd)
{
    P9xBe64 raw;

    if (!base->ports->mem_read(base->ports->host, addr, &raw,
                               sizeof(raw))) {
        return false;
    }
    *vsd = p9x_be64(raw);
    return p9x_vsd_is_local(*vsd) && (*vsd & P9X_VSD_ADDR);
}

/* The VSD of page @n of the indirect table @table. */
static bool page_vsd(P9xIcVst *vst, P9xVstType type, uint8_t block,
                     uint64_t table, uint64_t n, uint64_t *vsd)
{
    uint64_t key = UINT64_C(1) << 63 | (uint64_t)block << 32 | n;
    unsigned slot = (unsigned)(n + block) % P9X_VST_SLOTS;
    bool ok;

    p9x_lock(&vst->lock);
    ok = vst->slot[type][slot].key == key;
    if (ok) {
        *vsd = vst->slot[type][slot].vsd;
    } else {
        ok = read_vsd(vst->base, (table & P9X_VSD_ADDR) + n * sizeof(*vsd),
                      vsd);
        if (ok) {
            vst->slot[type][slot].key = key;
            vst->slot[type][slot].vsd = *vsd;
        }
    }
    p9x_unlock(&vst->lock);
    return ok;
}

static bool indirect_enabled(const P9xIcBase *base, P9xVstType type)
{
    return p9x_ic_reg(base, type == P9X_VST_NVTT ? P9X_PC_GLOBAL_CONFIG :
                                                   P9X_VC_GLOBAL_CONFIG) &
           P9X_GCONF_INDIRECT;
}

static bool find_indirect(P9xIcVst *vst, P9xVstType type, uint8_t block,
                          uint64_t table, uint32_t index, uint64_t *addr)
{
    unsigned shift = table_shift(table);
    uint64_t per_page, vsd;

    if (!indirect_enabled(vst->base, type) || !page_shift_allowed(shift)) {
        return false;
    }
    per_page = (UINT64_C(1) << shift) / p9x_vst_entry_size(type);
    return page_vsd(vst, type, block, table, index / per_page, &vsd) &&
           table_shift(vsd) == shift &&
           find_direct(type, vsd, index % per_page, addr);
}

bool p9x_vst_find(P9xIcVst *vst, P9xVstType type, uint8_t block,
                  uint32_t index, uint64_t *addr)
{
    uint64_t vsd = p9x_vst_vsd(vst->base, type, block);

    if (!p9x_vsd_is_local(vsd)) {
        return false;
    }
    return vsd & P9X_VSD_INDIRECT ?
           find_indirect(vst, type, block, vsd, index, addr) :
           find_direct(type, vsd, index, addr);
}

bool p9x_vst_direct(const P9xIcBase *base, uint64_t vsd, uint64_t *addr,
                    uint64_t *size)
{
    *addr = table_addr(vsd);
    *size = UINT64_C(1) << table_shift(vsd);
    return p9x_vsd_is_local(vsd) && !(vsd & P9X_VSD_INDIRECT) && *addr &&
           base->ports->mem_is_ram(base->ports->host, *addr, *size);
}

uint64_t p9x_vst_entries(const P9xIcBase *base, P9xVstType type,
                         uint8_t block)
{
    uint64_t vsd = p9x_vst_vsd(base, type, block);

    if (!p9x_vsd_is_local(vsd)) {
        return 0;
    }
    return vsd & P9X_VSD_INDIRECT ? UINT64_C(1) << 24 :
           (UINT64_C(1) << table_shift(vsd)) / p9x_vst_entry_size(type);
}

void p9x_vst_kill(P9xIcVst *vst, P9xVstType type)
{
    p9x_lock(&vst->lock);
    for (unsigned i = 0; i < P9X_VST_SLOTS; i++) {
        vst->slot[type][i].key = 0;
    }
    p9x_unlock(&vst->lock);
}

const char *p9x_vst_flaw(const P9xIcBase *base, P9xVstType type, uint64_t vsd)
{
    if (p9x_vsd_mode(vsd) == P9X_VSD_INVALID) {
        return NULL;
    }
    if (!(vsd & P9X_VSD_ADDR)) {
        return "has no address";
    }
    if (!p9x_vsd_is_local(vsd)) {
        return NULL;
    }
    if (vsd & P9X_VSD_INDIRECT) {
        return !indirect_enabled(base, type) ?
               "is indirect, which is not enabled" :
               !page_shift_allowed(table_shift(vsd)) ?
               "has pages of a size that there is not" : NULL;
    }
    return (vsd & P9X_VSD_ADDR) != table_addr(vsd) ?
           "is not aligned to its size" : NULL;
}
