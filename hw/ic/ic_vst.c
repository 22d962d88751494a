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
#include "ic_internal.h"

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

static _Atomic uint64_t *vsd_slot(P9xIc *ic, bool pc, unsigned type,
                                  unsigned block)
{
    return pc ? &ic->pc_vsd[type][block] : &ic->vc_vsd[type][block];
}

uint64_t p9x_vst_vsd(const P9xIc *ic, P9xVstType type, uint8_t block)
{
    const _Atomic uint64_t *vsd = type == P9X_VST_NVTT ?
        &ic->pc_vsd[type][block % P9X_VST_BLOCKS] :
        &ic->vc_vsd[type][block % P9X_VST_BLOCKS];

    return atomic_load_explicit(vsd, memory_order_acquire);
}

static bool is_local(uint64_t vsd)
{
    return p9x_vsd_mode(vsd) == P9X_VSD_EXCLUSIVE ||
           p9x_vsd_mode(vsd) == P9X_VSD_SHARED;
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

static bool read_vsd(P9xIc *ic, uint64_t addr, uint64_t *vsd)
{
    P9xBe64 raw;

    if (!ic->ports->mem_read(ic->ports->host, addr, &raw, sizeof(raw))) {
        return false;
    }
    *vsd = p9x_be64(raw);
    return is_local(*vsd) && (*vsd & P9X_VSD_ADDR);
}

/* The VSD of page @n of the indirect table @table. */
static bool page_vsd(P9xIc *ic, P9xVstType type, uint8_t block,
                     uint64_t table, uint64_t n, uint64_t *vsd)
{
    uint64_t key = UINT64_C(1) << 63 | (uint64_t)block << 32 | n;
    unsigned slot = (unsigned)(n + block) % P9X_VST_SLOTS;
    bool ok;

    p9x_lock(&ic->vst.lock);
    ok = ic->vst.slot[type][slot].key == key;
    if (ok) {
        *vsd = ic->vst.slot[type][slot].vsd;
    } else {
        ok = read_vsd(ic, (table & P9X_VSD_ADDR) + n * sizeof(*vsd), vsd);
        if (ok) {
            ic->vst.slot[type][slot].key = key;
            ic->vst.slot[type][slot].vsd = *vsd;
        }
    }
    p9x_unlock(&ic->vst.lock);
    return ok;
}

static bool indirect_enabled(const P9xIc *ic, P9xVstType type)
{
    return p9x_ic_reg(ic, type == P9X_VST_NVTT ? P9X_PC_GLOBAL_CONFIG :
                                                 P9X_VC_GLOBAL_CONFIG) &
           P9X_GCONF_INDIRECT;
}

static bool find_indirect(P9xIc *ic, P9xVstType type, uint8_t block,
                          uint64_t table, uint32_t index, uint64_t *addr)
{
    unsigned shift = table_shift(table);
    uint64_t per_page, vsd;

    if (!indirect_enabled(ic, type) || !page_shift_allowed(shift)) {
        return false;
    }
    per_page = (UINT64_C(1) << shift) / p9x_vst_entry_size(type);
    return page_vsd(ic, type, block, table, index / per_page, &vsd) &&
           table_shift(vsd) == shift &&
           find_direct(type, vsd, index % per_page, addr);
}

bool p9x_vst_find(P9xIc *ic, P9xVstType type, uint8_t block, uint32_t index,
                  uint64_t *addr)
{
    uint64_t vsd = p9x_vst_vsd(ic, type, block);

    if (!is_local(vsd)) {
        return false;
    }
    return vsd & P9X_VSD_INDIRECT ?
           find_indirect(ic, type, block, vsd, index, addr) :
           find_direct(type, vsd, index, addr);
}

bool p9x_vst_direct(P9xIc *ic, uint64_t vsd, uint64_t *addr, uint64_t *size)
{
    *addr = table_addr(vsd);
    *size = UINT64_C(1) << table_shift(vsd);
    return is_local(vsd) && !(vsd & P9X_VSD_INDIRECT) && *addr &&
           ic->ports->mem_is_ram(ic->ports->host, *addr, *size);
}

uint64_t p9x_vst_entries(const P9xIc *ic, P9xVstType type, uint8_t block)
{
    uint64_t vsd = p9x_vst_vsd(ic, type, block);

    if (!is_local(vsd)) {
        return 0;
    }
    return vsd & P9X_VSD_INDIRECT ? UINT64_C(1) << 24 :
           (UINT64_C(1) << table_shift(vsd)) / p9x_vst_entry_size(type);
}

void p9x_vst_kill(P9xIc *ic, P9xVstType type)
{
    p9x_lock(&ic->vst.lock);
    for (unsigned i = 0; i < P9X_VST_SLOTS; i++) {
        ic->vst.slot[type][i].key = 0;
    }
    p9x_unlock(&ic->vst.lock);
}

/* ---- the registers through which VSDs are set ---- */

/* What caches hold of a block goes back to the table that it came from. */
static void leave_table(P9xIc *ic, unsigned type, unsigned block)
{
    P9xIcMatch match = { .block = block, .block_mask = ~UINT32_C(0) };

    switch (type) {
    case P9X_VST_EAT:
        p9x_ic_eas_scrub(&ic->eas, &match);
        break;
    case P9X_VST_SBE:
        p9x_sbe_scrub(ic, &match, true);
        break;
    case P9X_VST_ENDT:
        p9x_ic_cache_scrub(&ic->end, &match, true);
        break;
    case P9X_VST_NVTT:
        p9x_ic_cache_scrub(&ic->nvt, &match, true);
        break;
    default:
        break;
    }
}

static bool in_use(unsigned type, bool pc)
{
    return pc == (type == P9X_VST_NVTT);
}

/* A table that no entry can be found in: it is kept all the same. */
static void check_vsd(P9xIc *ic, unsigned type, unsigned block, uint64_t vsd)
{
    const char *why = NULL;

    if (p9x_vsd_mode(vsd) == P9X_VSD_INVALID) {
        return;
    }
    if (!(vsd & P9X_VSD_ADDR)) {
        why = "has no address";
    } else if (is_local(vsd) && (vsd & P9X_VSD_INDIRECT)) {
        why = !indirect_enabled(ic, (P9xVstType)type) ?
              "is indirect, which is not enabled" :
              !page_shift_allowed(table_shift(vsd)) ?
              "has pages of a size that there is not" : NULL;
    } else if (is_local(vsd) && (vsd & P9X_VSD_ADDR) != table_addr(vsd)) {
        why = "is not aligned to its size";
    }
    if (why) {
        p9x_ic_error(ic, P9X_ERR_IC_TABLE, 0, "table %u of block %u %s: 0x%llx",
                     type, block, why, (unsigned long long)vsd);
    }
}

static void set_vsd(P9xIc *ic, bool pc, unsigned type, unsigned block,
                    uint64_t vsd)
{
    if (in_use(type, pc)) {
        check_vsd(ic, type, block, vsd);
    }
    if (in_use(type, pc)) {
        leave_table(ic, type, block);
    }
    atomic_store_explicit(vsd_slot(ic, pc, type, block), vsd,
                          memory_order_release);
    if (!in_use(type, pc)) {
        return;
    }
    p9x_vst_kill(ic, (P9xVstType)type);
    if (type == P9X_VST_SBE && is_local(vsd) && block < P9X_IC_NR_BLOCKS) {
        p9x_sbe_make_block(ic, (uint8_t)block);
    }
    /* Entries that were read between the two are of no table. */
    leave_table(ic, type, block);
}

typedef struct Selected {
    unsigned reg;
    uint64_t addr;
    unsigned type;
    unsigned block;
} Selected;

static bool selected(P9xIc *ic, bool pc, Selected *s)
{
    static const uint8_t blocks[P9X_VST_TYPES] = {
        [P9X_VST_EAT] = P9X_IC_NR_BLOCKS,
        [P9X_VST_SBE] = P9X_IC_NR_BLOCKS,
        [P9X_VST_ENDT] = P9X_IC_NR_BLOCKS,
        [P9X_VST_NVTT] = P9X_VST_BLOCKS,
        [P9X_VST_FIFO] = P9X_IC_FIFOS
    };

    s->reg = pc ? P9X_PC_VSD_TABLE_ADDR : P9X_VC_VSD_TABLE_ADDR;
    s->addr = p9x_ic_reg(ic, s->reg);
    s->type = (unsigned)p9x_get64(s->addr, P9X_VST_SELECT);
    s->block = (unsigned)p9x_get64(s->addr, P9X_VST_BLOCK);
    if (s->type < P9X_VST_TYPES && s->block < blocks[s->type] &&
        !(pc && s->type == P9X_VST_FIFO)) {
        return true;
    }
    p9x_ic_error(ic, P9X_ERR_IC_REGISTER, 0, "%s has no table %u of block %u",
                 pc ? "PC" : "VC", s->type, s->block);
    return false;
}

static void advance(P9xIc *ic, const Selected *s)
{
    if (s->addr & P9X_VST_AUTOINC) {
        p9x_ic_set_reg(ic, s->reg, p9x_set64(s->addr, P9X_VST_BLOCK,
                                             s->block + 1));
    }
}

uint64_t p9x_vst_data_load(P9xIc *ic, bool pc)
{
    uint64_t vsd;
    Selected s;

    if (!selected(ic, pc, &s)) {
        return 0;
    }
    vsd = atomic_load_explicit(vsd_slot(ic, pc, s.type, s.block),
                               memory_order_acquire);
    advance(ic, &s);
    return vsd;
}

void p9x_vst_data_store(P9xIc *ic, bool pc, uint64_t vsd)
{
    Selected s;

    if (!selected(ic, pc, &s)) {
        return;
    }
    set_vsd(ic, pc, s.type, s.block, vsd);
    advance(ic, &s);
}
