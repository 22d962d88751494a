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
NEST = "hw/phb4/phb4_nest.c"
PE = "hw/phb4/phb4_pe.c"
REGS = "hw/phb4/phb4_regs.c"
STATE = "hw/phb4/phb4_state.c"

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
    ("phb4: an RTT entry outlives its invalidation", DMA,
     "    if (atomic_load(&phb->rtc_generation) != generation) {",
     "    if (0) {"),
    ("phb4: a PE beyond the last one will do", DMA,
     "    if (*pe >= phb->nr_pes) {", "    if (0) {"),
    ("phb4: a bypass window has no end", DMA,
     "tve->offset < first || tve->offset >= end", "tve->offset < first"),
    ("phb4: a bypass window has no start", DMA,
     "tve->offset < first || tve->offset >= end", "tve->offset >= end"),
    ("phb4: a table covers every address", DMA,
     "    if (tve->offset > phb_tce_last(&g)) {", "    if (0) {"),
    ("phb4: a hole above the last level is walked through", DMA,
     "        if (!(*tce & (TCE_READ | TCE_WRITE))) {",
     "        if (level == 1 && !(*tce & (TCE_READ | TCE_WRITE))) {"),
    ("phb4: a read-only page can be written", DMA,
     "    if (!allowed(dma, tce)) {", "    if (0) {"),
    ("phb4: a frozen PE's DMA goes on", DMA,
     FROZEN_DMA + "    if ((dma->iova", NO_FROZEN_DMA + "    if ((dma->iova"),
    ("phb4: a frozen PE's messages go on", DMA,
     FROZEN_DMA + "    if (!p9x_phb4_is_msi(",
     NO_FROZEN_DMA + "    if (!p9x_phb4_is_msi("),
    ("phb4: a probe freezes", DMA,
     "    if (dma->access == P9X_PHB4_DMA_PROBE) {\n        return false;",
     "    if (0) {\n        return false;"),
    ("phb4: a kill is not told", DMA,
     "    phb_iotlb_kill(phb, pe, iova, size);\n"
     "    tell(phb, pe, iova, size);\n",
     "    phb_iotlb_kill(phb, pe, iova, size);\n"),
    ("phb4: a kill leaves the IOTLB alone", DMA,
     "    phb_iotlb_kill(phb, pe, iova, size);\n", ""),
    ("phb4: a walk leaves behind what was killed", IOTLB,
     "    if (phb->iotlb.generation == generation) {", "    {"),
    ("phb4: a new TVE keeps old translations", IODA,
     "        phb_dma_flush_pe(phb, index / phb_tves_per_pe(phb));",
     "        ;"),
    # Interrupts
    ("phb4: any PE can raise any source", DMA,
     "    if (p9x_phb4_get_pe(src, srcno) != dma->pe) {", "    if (0) {"),
    ("phb4: a message can raise an LSI", DMA,
     "    if (!p9x_phb4_is_msi(src, srcno)) {",
     "    if (srcno >= src->source.config.nr_sources) {"),
    ("phb4: a MIST store changes all four", IODA,
     "        if (quarters & (8u >> i)) {", "        {"),
    ("phb4: LSIs leave their level behind", IRQ,
     "        apply_level(phb, lsi);\n    }\n}\n\n/* An LSI's level",
     "        ;\n    }\n}\n\n/* An LSI's level"),
    ("phb4: a PHB4 takes PHB5's control bits", IRQ,
     "    return phb->config.phb5 && (", "    return ("),
    ("phb4: the index is not the IC's", IRQ,
     "phb_reg(phb, PHB_INT_NOTIFY_INDEX) | srcno", "srcno"),
    # Errors
    ("phb4: the last error is the first", ERROR,
     "    if (!group_reg(phb, group, GRP_FIRST) &&", "    if ("),
    ("phb4: masked errors count", ERROR,
     "    if (group_reg(phb, group, GRP_STATUS_MASK) & mask) {",
     "    if (0) {"),
    ("phb4: errors freeze without being asked to", ERROR,
     "(group_reg(phb, group, GRP_FREEZE_ENABLE) & mask)) {", "mask) {"),
    ("phb4: errors never fence", ERROR,
     "    atomic_store(&phb->etu_fence, true);", "    ;"),
    ("phb4: information raises the error interrupt", ERROR,
     "    any &= ~inf;\n", ""),
    ("phb4: an enable does not raise the interrupt", REGS,
     "    phb_set_reg(phb, offset, value);\n    phb_update_error_lsis(phb);",
     "    phb_set_reg(phb, offset, value);"),
    ("phb4: a later error overwrites the PEST", PE,
     "    if (!old) {\n        write_pest", "    {\n        write_pest"),
    ("phb4: children stay when their parent freezes", PE,
     "            freeze_one(phb, child, 0, 0);", "            ;"),
    ("phb4: a freeze leaves translations with the host", PE,
     "    phb_dma_changed(phb, pe);\n    return true;", "    return true;"),
    ("phb4: a freeze by firmware leaves translations with the host", PE,
     "    phb_dma_changed(phb, pe);\n    phb_update_direct(phb);",
     "    phb_update_direct(phb);"),
    ("phb4: an injection is for ever", INJECT,
     "    if (ctl & PHB_INJ_STICKY) {", "    if (1) {"),
    ("phb4: an injection hits every address", INJECT,
     "           address_matches(phb, addr, valid) && use", "           use"),
    ("phb4: an empty slot is no error", CONFIG,
     "        config_error(phb, &access, GROUP_ARB, ARB_UR);", "        ;"),
    # MMIO, resets, link
    ("phb4: a frozen PE's MMIO goes on", MMIO,
     "                          P9X_PHB4_FROZEN_MMIO)) {", "0)) {"),
    ("phb4: windows stay direct when a PE freezes", MMIO,
     "           !atomic_load(&phb->nr_mmio_frozen) && ", "           "),
    ("phb4: a region may lie outside of the BARs", MMIO,
     "    if (!contains(&bar[0], base, size) && "
     "!contains(&bar[1], base, size)) {", "    if (0) {"),
    ("phb4: a BAR that moves is not told", NEST,
     "        phb->nest[reg] != old) {", "        0) {"),
    ("phb4: masked FIR bits fence", NEST,
     "    return regs[NEST_FIR] & ~regs[NEST_FIR_MSK];",
     "    return regs[NEST_FIR];"),
    ("phb4: an ETU in reset answers", NEST,
     "    if (!atomic_load(&phb->in_reset)) {\n        return true;",
     "    if (1) {\n        return true;"),
    ("phb4: an empty slot has a link", LINK,
     "    return slot->present && !", "    return !"),
    ("phb4: PERST resets nothing", LINK,
     "    phb_update_link(phb, asserted);", "    phb_update_link(phb, false);"),
    ("phb4: PERST goes with the ETU's reset", REGS,
     "PHB_CRESET_CORES | wires);",
     "PHB_CRESET_CORES | (wires & ~PHB_CRESET_PERST_N));"),
    ("phb4: the reference clock goes with the ETU's reset", REGS,
     "PHB_CRESET_CORES | wires);",
     "PHB_CRESET_CORES | (wires & ~PHB_CRESET_REFCLK_N));"),
    ("phb4: sources live through a reset", LINK,
     "    p9x_phb4_source_reset(&phb->source);\n", ""),
    ("phb4: a stream puts bits where there are none", STATE,
     "        return c->word[at] & mask;", "        return c->word[at];"),
    ("phb4: frozen PEs are not migrated", STATE,
     "    walk_frozen(phb, c);\n",
     "    c->at += phb->nr_pes;\n    (void)walk_frozen;\n"),
]
