# SPDX-License-Identifier: GPL-2.0-or-later
"""What is broken in the PHB4 host bridge; see mutants.py."""

CONFIG = "hw/phb4/phb4_config.c"
DMA = "hw/phb4/phb4_dma.c"
ERROR = "hw/phb4/phb4_error.c"
INJECT = "hw/phb4/phb4_inject.c"
IODA = "hw/phb4/phb4_ioda.c"
IOTLB = "hw/phb4/phb4_iotlb.c"
IRQ = "hw/phb4/phb4_irq.c"
LINK = "hw/phb4/phb4_link.c"
MMIO = "hw/phb4/phb4_mmio.c"
PE = "hw/phb4/phb4_pe.c"
REGS = "hw/phb4/phb4_regs.c"
RESET = "hw/phb4/phb4_reset.c"
RTT = "hw/phb4/phb4_rtt.c"
SETTLE = "hw/phb4/phb4_settle.c"
SOURCE = "hw/phb4/phb4_source.c"
STACK = "hw/phb4/phb4_stack.c"
STATE = "hw/phb4/phb4_state.c"
WINDOW = "hw/phb4/phb4_window.c"
XSCOM = "hw/phb4/phb4_xscom.c"

FROZEN_DMA = """ ||
        (p9x_phb4_frozen(phb, dma->pe) & P9X_PHB4_FROZEN_DMA)) {
        return false;
    }
"""
NO_FROZEN_DMA = """) {
        return false;
    }
"""

PHB4_MUTANTS = [
    # DMA
    ("phb4: an RTT entry outlives its invalidation", RTT,
     "    if (atomic_load(&phb->rtc_generation) != generation) {",
     "    if (0) {"),
    ("phb4: a PE beyond the last one will do", RTT,
     "    if (*pe >= phb->nr_pes) {", "    if (0) {"),
    ("phb4: a bypass window has no end", DMA,
     "tve->offset < first || tve->offset >= end", "tve->offset < first"),
    ("phb4: a bypass window has no start", DMA,
     "tve->offset < first || tve->offset >= end", "tve->offset >= end"),
    ("phb4: a table covers every address", DMA,
     "    if (tve->offset > p9x_phb4_tce_last(&g)) {", "    if (0) {"),
    ("phb4: a hole above the last level is walked through", DMA,
     "        if (!(*tce & (TCE_READ | TCE_WRITE))) {",
     "        if (level == 1 && !(*tce & (TCE_READ | TCE_WRITE))) {"),
    ("phb4: a read-only page can be written", DMA,
     "    if (!allowed(dma, tce)) {", "    if (0) {"),
    ("phb4: a frozen PE's DMA goes on", DMA,
     FROZEN_DMA + "    if ((dma->iova", NO_FROZEN_DMA + "    if ((dma->iova"),
    ("phb4: a frozen PE's messages go on", DMA,
     "    if (p9x_phb4_frozen(phb, dma->pe) & P9X_PHB4_FROZEN_DMA) {",
     "    if (0) {"),
    ("phb4: a probe freezes", DMA,
     "    if (dma->access == P9X_PHB4_DMA_PROBE) {\n        return false;",
     "    if (0) {\n        return false;"),
    ("phb4: a kill is not told", IOTLB,
     "    p9x_phb4_changed_range(changes, pe, iova, size);\n", ""),
    ("phb4: a kill leaves the IOTLB alone", IOTLB,
     "            entry->shift = 0;", "            ;"),
    ("phb4: what DMA may reach changes and is not told", SETTLE,
     "        flush(phb, changes->pe, changes->iova, changes->size);",
     "        ;"),
    ("phb4: a walk leaves behind what was killed", IOTLB,
     "    if (phb->iotlb.generation == generation) {", "    {"),
    ("phb4: a new TVE keeps old translations", IODA,
     "        p9x_phb4_iotlb_kill_pe(phb, changes,\n"
     "                               access->index / "
     "p9x_phb4_tves_per_pe(phb));", "        ;"),
    # Interrupts
    ("phb4: any PE can raise any source", SOURCE,
     "    return phb->pe[srcno] == pe ?", "    return 1 ?"),
    ("phb4: a message can raise an LSI", SOURCE,
     "    if (!p9x_phb4_is_msi(phb, srcno)) {\n"
     "        return P9X_PHB4_MSI_NO",
     "    if (srcno >= phb->source.config.nr_sources) {\n"
     "        return P9X_PHB4_MSI_NO"),
    ("phb4: a MIST store changes all four", IODA,
     "        if (quarters & (8u >> i)) {", "        {"),
    ("phb4: LSIs leave their level behind", IRQ,
     "        apply_level(phb, lsi);\n    }\n}\n\nvoid p9x_phb4_reset",
     "        ;\n    }\n}\n\nvoid p9x_phb4_reset"),
    ("phb4: LSIs that move do so without their level", SETTLE,
     "        p9x_phb4_apply_levels(phb);", "        ;"),
    ("phb4: a reset keeps the error interrupts' levels", IRQ,
     "    atomic_store(&phb->level[P9X_PHB4_LSI_ER], false);\n", ""),

    ("phb4: a PHB4 takes PHB5's control bits", IRQ,
     "    return phb->config.phb5 && (", "    return ("),
    ("phb4: the index is not the IC's", IRQ,
     "p9x_phb4_reg(phb, PHB_INT_NOTIFY_INDEX) | srcno", "srcno"),
    # Errors
    ("phb4: the last error is the first", ERROR,
     "    if (!group_reg(phb, group, GRP_FIRST) &&", "    if ("),
    ("phb4: masked errors count", ERROR,
     "    if (group_reg(phb, group, GRP_STATUS_MASK) & mask) {",
     "    if (0) {"),
    ("phb4: errors freeze without being asked to", SETTLE,
     "        p9x_phb4_error_enabled(phb, group, bit, GRP_FREEZE_ENABLE) &&",
     "        1 &&"),
    ("phb4: errors never fence", SETTLE,
     "        p9x_phb4_pci_fir(phb, PCI_FIR_AIB_INTERFACE);", "        ;"),
    ("phb4: only the first of several injected errors happens", REGS,
     "            p9x_phb4_settle(a->phb, a->changes);",
     "            p9x_phb4_settle(a->phb, a->changes);\n            break;"),
    ("phb4: a PCIe error is none of group PHB", SETTLE,
     "    if (changes->group < NR_ETU_GROUPS) {", "    if (1) {"),
    ("phb4: a missing table is no error of a freeze", SETTLE,
     "    if (p9x_phb4_note_error(phb, group, bit, &error)) {\n"
     "        fence_if", "    if (0) {\n        fence_if"),
    ("phb4: information raises the error interrupt", ERROR,
     "    any &= ~inf;\n", ""),
    ("phb4: an enable does not raise the interrupt", REGS,
     "    keep(a, a->value);\n    a->changes->what |= PHB_CHANGED_STATE;\n"
     "}\n\nstatic uint64_t load_hotplug",
     "    keep(a, a->value);\n}\n\nstatic uint64_t load_hotplug"),
    ("phb4: a later error overwrites the PEST", SETTLE,
     "    if (!old && !p9x_phb4_write_pest", "    if (!p9x_phb4_write_pest"),
    ("phb4: children stay when their parent freezes", SETTLE,
     "            freeze_one(phb, child, 0, 0);", "            ;"),
    ("phb4: a freeze leaves translations with the host", SETTLE,
     "    flush(phb, pe, 0, 0);\n    return true;", "    return true;"),
    ("phb4: a freeze by firmware leaves translations with the host", PE,
     "    p9x_phb4_changed_dma(changes, pe);\n", ""),
    ("phb4: an injection is for ever", INJECT,
     "    if (ctl & PHB_INJ_STICKY) {", "    if (1) {"),
    ("phb4: an injection hits every address", INJECT,
     "           address_matches(phb, addr, valid) && use", "           use"),
    ("phb4: an empty slot is no error", CONFIG,
     "        config_error(phb, &access, GROUP_ARB, ARB_UR);", "        ;"),
    # MMIO, resets, link
    ("phb4: a frozen PE's MMIO goes on", MMIO,
     "                          P9X_PHB4_FROZEN_MMIO)) {", "0)) {"),
    ("phb4: windows stay direct when a PE freezes", WINDOW,
     "           !atomic_load(&phb->nr_mmio_frozen) &&\n", ""),
    ("phb4: windows that are not direct any more are not told", SETTLE,
     "            moved = true;", "            ;"),
    ("phb4: a region may lie outside of the BARs", WINDOW,
     "    if (!contains(&bar[0], base, size) && "
     "!contains(&bar[1], base, size)) {", "    if (0) {"),
    ("phb4: a BAR that moves is not told", STACK,
     "        phb->nest[reg] != old) {", "        0) {"),
    ("phb4: masked FIR bits fence", STACK,
     "    return regs[NEST_FIR] & ~regs[NEST_FIR_MSK];",
     "    return regs[NEST_FIR];"),
    ("phb4: an ETU in reset answers", XSCOM,
     "    if (!atomic_load(&phb->in_reset)) {\n        return true;",
     "    if (1) {\n        return true;"),
    ("phb4: an empty slot has a link", LINK,
     "    return slot->present && !", "    return !"),
    ("phb4: PERST resets nothing", LINK,
     "    p9x_phb4_update_link(phb, changes, asserted);",
     "    p9x_phb4_update_link(phb, changes, false);"),
    ("phb4: PERST goes with the ETU's reset", REGS,
     "PHB_CRESET_CORES | wires);",
     "PHB_CRESET_CORES | (wires & ~PHB_CRESET_PERST_N));"),
    ("phb4: the reference clock goes with the ETU's reset", REGS,
     "PHB_CRESET_CORES | wires);",
     "PHB_CRESET_CORES | (wires & ~PHB_CRESET_REFCLK_N));"),
    ("phb4: sources live through a reset", IRQ,
     "    p9x_phb4_source_reset(&phb->source);\n", ""),
    ("phb4: a link that goes down with the ETU is no error of its own", RESET,
     "        p9x_phb4_settle(phb, changes);\n", ""),
    ("phb4: a stream puts bits where there are none", STATE,
     "        return c->word[at] & mask;", "        return c->word[at];"),
    ("phb4: frozen PEs are not migrated", STATE,
     "    walk_frozen(phb, c);\n",
     "    c->at += phb->nr_pes;\n    (void)walk_frozen;\n"),
    ("phb4: tables are not migrated", STATE,
     "    walk_tables(phb, c);\n",
     "    c->at += PHB_NR_TABLE_WORDS;\n    (void)walk_tables;\n"),
    ("phb4: the last table is not migrated", STATE,
     "        atomic_store(&phb->tables.word[i],\n",
     "        if (i >= PHB_NR_TABLE_WORDS - PHB_MAX_PCT) {\n"
     "            c->at++;\n            continue;\n        }\n"
     "        atomic_store(&phb->tables.word[i],\n"),
    ("phb4: the stack's registers are not migrated", STATE,
     "    walk_stack(phb, c);\n",
     "    c->at += P9X_PHB4_XSCOM_NEST_REGS + P9X_PHB4_XSCOM_PCI_REGS + 1;\n"
     "    (void)walk_stack;\n"),
    ("phb4: a restored bridge can still be reached through its old windows",
     SETTLE,
     "    update_windows(phb, true);", "    update_windows(phb, false);"),
]
