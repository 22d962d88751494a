# SPDX-License-Identifier: GPL-2.0-or-later
"""What is broken in the POWER9 interrupt controller; see mutants.py."""

CACHE = "hw/xive/ic_cache.c"
CQ = "hw/xive/ic_cq.c"
EAS = "hw/xive/ic_eas.c"
IC = "hw/xive/ic.c"
NOTIFY = "hw/xive/ic_notify.c"
PC = "hw/xive/ic_pc.c"
REGS = "hw/xive/ic_regs.c"
SBE = "hw/xive/ic_sbe.c"
SOURCE = "hw/xive/source.c"
TCTX = "hw/xive/tctx.c"
VC = "hw/xive/ic_vc.c"
VST = "hw/xive/ic_vst.c"
WATCH = "hw/xive/ic_watch.c"

IC_MUTANTS = [
    # Caches
    ("ic: what falls out of a cache is lost", CACHE,
     "        write_back(c, line);\n    }\n    return line;",
     "    }\n    return line;"),
    ("ic: a scrub writes nothing back", CACHE,
     "    write_back(c, line);\n    if (inval)", "    if (inval)"),
    ("ic: a scrub always drops the entry", CACHE,
     "    if (inval) {\n        line->tag = 0;",
     "    {\n        line->tag = 0;"),
    ("ic: an invalid entry stays cached", CACHE,
     "return line->changed || (", "return true || ("),
    ("ic: changes are not noted", CACHE,
     "        line->changed = true;", "        line->changed = false;"),
    ("ic: a scrub of an EAS does nothing", EAS,
     "        scrub_one(c, match->block", "        (void)(match->block"),
    ("ic: an invalid EAS stays cached", EAS,
     "    if (ok && (p9x_be64(eas->w) & P9X_EAS_VALID)) {", "    if (ok) {"),
    ("ic: a mask scrubs no EAS", EAS,
     "            if (((match->block ^ block) & match->block_mask) == 0) {",
     "            if (match->block_mask) {"),
    # Watch
    ("ic: a full watch overwrites what the engine did", WATCH,
     "    if (full && !unchanged(w, entry)) {", "    if (0) {"),
    ("ic: a light watch takes the engine's word", WATCH,
     "if (full || i != w->engine_word) {", "if (1) {"),
    ("ic: a conflict stays for the next watch", WATCH,
     "value & ~P9X_WATCH_CONFLICT", "value | (p9x_ic_reg(ic, spec) & "
     "P9X_WATCH_CONFLICT)"),
    ("ic: watched changes never get to memory", WATCH,
     "            p9x_ic_cache_changed(w.cache, w.block, w.index);",
     "            ;"),
    # Tables
    ("ic: a table is one entry too long", VST,
     "    if (offset >> table_shift(vsd)) {",
     "    if ((offset - 1) >> table_shift(vsd)) {"),
    ("ic: kills are ignored", VST,
     "        ic->vst.slot[type][i].key = 0;", "        ;"),
    ("ic: pages of any size will do", VST,
     "           table_shift(vsd) == shift &&\n", ""),
    ("ic: indirect tables need no permission", VST,
     "!indirect_enabled(ic, type) || ", ""),
    ("ic: a new table inherits the old one's entries", VST,
     "    if (in_use(type, pc)) {\n        leave_table(ic, type, block);",
     "    if (0) {\n        leave_table(ic, type, block);"),
    ("ic: VSDs don't advance", VST,
     "s->block + 1", "s->block"),
    # PQ bits
    ("ic: lines are never written", SBE,
     "    if (memcmp(memory, bits, P9X_SOURCE_LINE_BYTES) == 0) {",
     "    if (1) {"),
    ("ic: idle lines are written as well", SBE,
     "    if (memcmp(memory, bits, P9X_SOURCE_LINE_BYTES) == 0) {",
     "    if (0) {"),
    ("ic: a line is not dropped", SBE,
     "        if (inval) {", "        if (0) {"),
    ("ic: a line is taken while events pass", SOURCE,
     "        p9x_gate_drain(&src->gate, lane);\n    }\n    "
     "p9x_source_read_line", "    }\n    p9x_source_read_line"),
    ("ic: a line may go between a look and the gate", SOURCE,
     "        wait_for_line(src, srcno);", "        ;"),
    ("ic: PQ from the wrong end of the byte", SOURCE,
     "bits[i / 4] >> (6 - 2 * (i % 4))", "bits[i / 4] >> (2 * (i % 4))"),
    # Windows
    ("ic: sets all start at 0", CQ,
     "    set->page |= within;", "    set->page = within;"),
    ("ic: moved windows are not announced", CQ,
     "    return a->enabled == b->enabled && a->base == b->base &&",
     "    return a->enabled == b->enabled &&"),
    ("ic: set tables don't advance", CQ,
     "p9x_get64(tar, P9X_TAR_INDEX) + 1", "p9x_get64(tar, P9X_TAR_INDEX)"),
    ("ic: byte loads get the first lane", VC,
     "    return value & p9x_ic_all_ones(size);",
     "    return p9x_lane_load(value, offset & 7, size);"),
    ("ic: END pages change places", VC,
     "        value = p9x_router_end_esb_load(&ic->router, page.block, "
     "page.index,\n                                        page.odd ?",
     "        value = p9x_router_end_esb_load(&ic->router, page.block, "
     "page.index,\n                                        !page.odd ?"),
    ("ic: store EOIs are always on", VC,
     "    return p9x_ic_reg(ic, P9X_VC_SBC_CONFIG) & P9X_SBC_STORE_EOI;",
     "    return true;"),
    ("ic: an NVT may have two numbers", VC,
     "               set.block == block && set.page == index ? ic : NULL;",
     "               true ? ic : NULL;"),
    # Notify pages
    ("ic: events are never forwarded", NOTIFY,
     "p9x_vsd_mode(vsd) != P9X_VSD_FORWARD, 1)", "1, 1)"),
    ("ic: PQ is not looked at for a trigger", NOTIFY,
     "    if (pq_done) {", "    if (1) {"),
    ("ic: a sync is never done", NOTIFY,
     "config | P9X_EQC_SYNC_BIT(n)", "config"),
    # Threads
    ("ic: threads that are off answer", PC,
     "    return enabled & P9X_BIT64(thread % 64);",
     "    return enabled | P9X_BIT64(thread % 64);"),
    ("ic: a thread turned off keeps its context", PC,
     "            p9x_tctx_reset(tctx);", "            ;"),
    ("ic: the chip id override is ignored", PC,
     "    return config & P9X_TCTXT_CHIPID_OVR ?", "    return 0 ?"),
    ("ic: a thread keeps its old number", TCTX,
     "    atomic_store_explicit(&tctx->phys_cam, phys_cam, "
     "memory_order_relaxed);", "    (void)phys_cam;"),
    # The whole
    ("ic: a reset leaves VSDs", IC,
     "    clear(&ic->vc_vsd[0][0], P9X_VST_TYPES * P9X_VST_BLOCKS);", ""),
    ("ic: a reset leaves windows", IC,
     "    p9x_sbe_set_store_eoi(ic, false);\n    p9x_ic_update_threads(ic);\n"
     "    p9x_ic_announce(ic, before);",
     "    p9x_sbe_set_store_eoi(ic, false);"),
    ("ic: restored sources have no PQ bits", IC,
     "            p9x_sbe_make_block(ic, (uint8_t)block);", "            ;"),
    ("ic: a scrub stays busy", REGS,
     "    store_plain(ic, row, value & ~P9X_SCRUB_VALID);",
     "    store_plain(ic, row, value);"),
    ("ic: a FIR mask bit can't be set", REGS,
     "p9x_ic_reg(ic, P9X_CQ_FIRMASK) | value", "p9x_ic_reg(ic, "
     "P9X_CQ_FIRMASK) & value"),
]
