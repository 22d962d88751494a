# SPDX-License-Identifier: GPL-2.0-or-later
"""What is broken in the POWER9 interrupt controller; see mutants.py."""

CACHE = "hw/ic/ic_cache.c"
EAS = "hw/ic/ic_eas.c"
ERRORS = "hw/ic/ic_errors.c"
FIFO = "hw/ic/ic_fifo.c"
LIFE = "hw/ic/ic_life.c"
LSI = "hw/ic/ic_lsi.c"
NOTIFY = "hw/ic/ic_notify.c"
LIST = "hw/ic/ic_reg_list.inc"
PLACE = "hw/ic/ic_place.c"
REGS = "hw/ic/ic_regs.c"
ROUTER = "hw/xive/router.c"
SAVE = "hw/ic/ic_save.c"
SBE = "hw/ic/ic_sbe.c"
SETS = "hw/ic/ic_sets.c"
SOURCE = "hw/xive/source.c"
TABLES = "hw/ic/ic_tables.c"
TCTX = "hw/xive/tctx.c"
THREADS = "hw/ic/ic_threads.c"
TIMA = "hw/ic/ic_tima.c"
RINGS = "hw/xive/tctx_internal.h"
DISPATCH = "hw/xive/dispatch.c"
VC = "hw/ic/ic_vc.c"
VSD = "hw/ic/ic_vsd.c"
VST = "hw/ic/ic_vst.c"
WATCH = "hw/ic/ic_watch.c"

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
     "value & ~P9X_WATCH_CONFLICT",
     "value | (p9x_ic_reg(w->cache->vst->base, w->spec) & "
     "P9X_WATCH_CONFLICT)"),
    ("ic: watched changes never get to memory", WATCH,
     "            p9x_ic_cache_changed(w->cache, n.block, n.index);",
     "            ;"),
    # Tables
    ("ic: a table is one entry too long", VST,
     "    if (offset >> table_shift(vsd)) {",
     "    if ((offset - 1) >> table_shift(vsd)) {"),
    ("ic: kills are ignored", VST,
     "        vst->slot[type][i].key = 0;", "        ;"),
    ("ic: pages of any size will do", VST,
     "           table_shift(vsd) == shift &&\n", ""),
    ("ic: indirect tables need no permission", VST,
     "!indirect_enabled(vst->base, type) || ", ""),
    ("ic: a new table inherits the old one's entries", VSD,
     "    if (in_use(type, pc)) {\n        leave_table(ic, type, block);",
     "    if (0) {\n        leave_table(ic, type, block);"),
    ("ic: VSDs don't advance", VSD,
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
     "    p9x_gate_drain(&src->gate);\n    p9x_source_read_line",
     "    p9x_source_read_line"),
    ("ic: a line may go between a look and the gate", SOURCE,
     "        wait_for_line(src, srcno);", "        ;"),
    ("ic: PQ from the wrong end of the byte", SOURCE,
     "bits[i / 4] >> (6 - 2 * (i % 4))", "bits[i / 4] >> (2 * (i % 4))"),
    # Windows
    ("ic: sets all start at 0", SETS,
     "    set->page |= within;", "    set->page = within;"),
    ("ic: moved windows are not announced", PLACE,
     "    return a->enabled == b->enabled && a->base == b->base &&",
     "    return a->enabled == b->enabled &&"),
    ("ic: set tables don't advance", SETS,
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
     "    return p9x_ic_reg(&ic->base, P9X_VC_SBC_CONFIG) & P9X_SBC_STORE_EOI;",
     "    return true;"),
    ("ic: an NVT may have two numbers", TABLES,
     "set.block == block &&\n               set.page == index ? ic : NULL;",
     "true ? ic : NULL;"),
    # Notify pages
    ("ic: events are never forwarded", NOTIFY,
     "p9x_vsd_mode(vsd) != P9X_VSD_FORWARD, 1)", "1, 1)"),
    ("ic: PQ is not looked at for a trigger", NOTIFY,
     "    if (pq_done) {", "    if (1) {"),
    ("ic: a sync is never done", FIFO,
     "                            P9X_EQC_SYNC_BIT(n));",
     "                            0);"),
    ("ic: a sync forgets escalations", NOTIFY,
     "    p9x_router_sync(&ic->router);", "    ;"),
    # Queues that are held back
    ("ic: queues can't be held back", FIFO,
     "        atomic_fetch_or(&f->held, bit);", "        ;"),
    ("ic: what was held back is not let go", REGS,
     "        p9x_ic_drain_queue(ic, row->arg);", "        ;"),
    ("ic: a sync does not mind held events", FIFO,
     "    f->syncs |= empty ? 0 : bit;", "    empty = true;"),
    ("ic: a wish for a sync is forgotten", FIFO,
     "        done = f->syncs & 1u << queue;", "        done = 0;"),
    ("ic: a full queue drops", FIFO,
     "        put_locked(f, queue, value);\n    }", "        ;\n    }"),
    ("ic: what is pushed out is lost", NOTIFY,
     "        go_on(ic, queue, put.oldest);", "        ;"),
    ("ic: the overflow is read from its start", FIFO,
     "    f->first++;", "    ;"),
    ("ic: memory of any size will do", FIFO,
     "           size >> mem_shift(config) == 1;", "           true;"),
    ("ic: bad memory is not told", FIFO,
     "    if ((config & P9X_IRQ_MEM_ENABLE) && !fits(base, config, vsd)) {",
     "    if (0) {"),
    ("ic: a full queue does not say so", FIFO,
     "        config |= P9X_IRQ_FULL;", "        ;"),
    ("ic: held events are not restored", FIFO,
     "    memcpy(f->fifo, state->fifo, sizeof(f->fifo));", "    ;"),
    ("ic: escalations have one queue", NOTIFY,
     "hops == 1 ? P9X_FIFO_ESC1 : P9X_FIFO_ESC2", "P9X_FIFO_ESC1"),
    ("ic: forwarded events are all hardware's", NOTIFY,
     "           (unsigned)(offset - P9X_NOTIFY_FORWARD) / 0x80;",
     "           P9X_FIFO_HW;"),
    # LSI pages
    ("ic: an LSI finds no thread", LSI,
     "            p9x_tctx_present_lsi(tctx)) {", "            0) {"),
    ("ic: an LSI goes to all", LSI,
     "            p9x_tctx_present_lsi(tctx)) {\n            return;",
     "            p9x_tctx_present_lsi(tctx)) {\n            ;"),
    ("ic: an LSI does not wait", LSI,
     "    atomic_store(&ic->lsi_waits, true);\n}\n\nstatic void notify",
     "}\n\nstatic void notify"),
    ("ic: a waiting LSI stays", TIMA,
     "        p9x_lsi_present(ic);", "        ;"),
    ("ic: CPPR holds LSIs back", RINGS,
     "    if (__builtin_expect((r[P9X_TM_WORD2] & lsi) == lsi, 0)) {",
     "    if (r[P9X_TM_CPPR] && (r[P9X_TM_WORD2] & lsi) == lsi) {"),
    ("ic: an LSI stays after its acknowledge", TCTX,
     "    r[P9X_TM_WORD2] &= (uint8_t)~P9X_TM_PHYS_LP;", "    ;"),
    # Errors
    ("ic: every bad access is kept", ERRORS,
     "    uint64_t none = 0;\n", "    uint64_t none = "
     "p9x_ic_reg(base, offset);\n"),
    ("ic: masked errors are first", ERRORS,
     "bits & ~p9x_ic_reg(base, P9X_CQ_FIRMASK)", "bits"),
    ("ic: errors of events are not collected", ERRORS,
     "            set_detail(base, &rows[i]);", "            ;"),
    ("ic: a reset remembers errors", ERRORS,
     "        atomic_store(&base->errors_seen[kind], p9x_guest_error_read(\n"
     "            base->counters, (P9xGuestError)kind));",
     "        ;"),
    ("ic: error registers stay when they are read", REGS,
     "    if (row->flags & ROW_LOAD_CLEARS) {", "    if (0) {"),
    ("ic: error registers stay when they are stored to", REGS,
     "    if (row->flags & ROW_STORE_CLEARS) {", "    if (0) {"),
    ("ic: bad tables are not told", VSD,
     "        check_vsd(ic, type, block, vsd);", "        ;"),
    ("ic: a type has as many blocks as any", VSD,
     "s->block < blocks[s->type] &&", "1 &&"),
    # Registers
    ("ic: commands of software go on for ever", REGS,
     "P9X_BIT64(row->arg) | P9X_SWI_RSP_NONE", "P9X_SWI_RSP_NONE"),
    ("ic: the bridge does not get idle", REGS,
     "P9X_RST_QUIESCE | P9X_RST_IDLE : 0", "P9X_RST_QUIESCE : 0"),
    ("ic: a unit reset takes the windows", LIFE,
     "        p9x_ic_set_reg(&ic->base, p9x_ic_bars[i], bars[i]);",
     "        ;"),
    ("ic: a unit reset leaves thread contexts", LIFE,
     "    p9x_ic_enable_threads(ic, P9X_PC_THREAD_EN_REG0, 0, UINT64_MAX);",
     "    ;"),
    ("ic: registers by XSCOM alone are in the window", REGS,
     "    return row && row->xscom < XSCOM_ALONE ? row : NULL;",
     "    return row;"),
    ("ic: counters can be set", LIST,
     "    READS(name, offset, xscom, 0, 0)",
     "    KEEPS(name, offset, xscom)"),
    ("ic: a register is one place further", LIST,
     "KEEPS(VC_AIB_TIMEOUT, 0x880,", "KEEPS(VC_AIB_TIMEOUT, 0x878,"),
    ("ic: a scrub looks at the mask of another cache", LIST,
     "VC_SBC_SCRUB_MASK, P9X_VST_SBE", "VC_IVC_SCRUB_MASK, P9X_VST_SBE"),
    ("ic: a unit reset is not reported", REGS,
     "    return row->offset == P9X_CQ_RST_CTL && (value & P9X_RST_UNIT);",
     "    return false;"),
    ("ic: PQ by register goes to the wrong source", SBE,
     "pq >> (62 - 2 * i)", "pq >> (2 * i)"),
    ("ic: s counts, enabled or not", TABLES,
     "config & P9X_EQC_END_S ? 0 : P9X_END_W0_SILENT_ESC", "0"),
    ("ic: u counts, enabled or not", TABLES,
     "config & P9X_EQC_END_U ? 0 : P9X_END_W0_UCOND_ESC", "0"),
    ("ic: escalation can't be turned off", TABLES,
     "config & P9X_EQC_NO_ESCALATION ? P9X_END_W0_ESCALATE : 0", "0"),
    ("router: a sync does not wait for escalations", ROUTER,
     "    p9x_gate_drain(&r->escalations);", "    (void)r;"),
    ("router: an escalation to nowhere never leaves its gate", ROUTER,
     "        p9x_transit_end(&transit);\n", ""),
    ("ic: threads are always in block group mode", THREADS,
     "    if (p9x_ic_reg(&ic->base, P9X_PC_TCTXT_CFG) & "
     "P9X_TCTXT_CHIP_IS_BLOCK) {",
     "    if (1) {"),
    # Threads
    ("ic: threads that are off answer", THREADS,
     "    return enabled & P9X_BIT64(thread % 64);",
     "    return enabled | P9X_BIT64(thread % 64);"),
    ("ic: a thread turned off keeps its context", THREADS,
     "            p9x_tctx_reset(tctx);", "            ;"),
    ("ic: the chip id override is ignored", THREADS,
     "    return config & P9X_TCTXT_CHIPID_OVR ?", "    return 0 ?"),
    ("ic: a thread keeps its old number", DISPATCH,
     "    atomic_store_explicit(&tctx->phys_cam, phys_cam, "
     "memory_order_relaxed);", "    (void)phys_cam;"),
    # The whole
    ("ic: a reset leaves VSDs", LIFE,
     "    clear(&ic->base.vc_vsd[0][0], P9X_VST_TYPES * P9X_VST_BLOCKS);", ""),
    ("ic: a reset leaves windows", LIFE,
     "    reset_state(ic);\n    p9x_ic_update_threads(ic);\n"
     "    p9x_ic_announce(&ic->base, before);",
     "    reset_state(ic);"),
    ("ic: restored sources have no PQ bits", SAVE,
     "            p9x_sbe_make_block(&ic->sbe, (uint8_t)block);",
     "            ;"),
    ("ic: a scrub stays busy", REGS,
     "    store_plain(ic, row, value & ~P9X_SCRUB_VALID);",
     "    store_plain(ic, row, value);"),
    ("ic: a FIR mask bit can't be set", REGS,
     "p9x_ic_reg(&ic->base, P9X_CQ_FIRMASK) | value",
     "p9x_ic_reg(&ic->base, P9X_CQ_FIRMASK) & value"),
]
