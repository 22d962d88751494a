/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IC in words. */
#include <string.h>

#include "ic_entries.h"
#include "ic_place.h"
#include "ic_state.h"
#include "xive/print.h"
#include "xive/queue.h"

static void print_eas(P9xIc *ic, uint8_t block, uint32_t index,
                      const uint8_t *entry, GString *out)
{
    uint64_t eas = p9x_load_be(entry, 8);
    unsigned pq;

    if (!(eas & P9X_EAS_VALID) || (eas & P9X_EAS_MASKED)) {
        return;
    }
    pq = p9x_ic_stored_pq(ic, block, index);
    g_string_append_printf(out, "  %x%07x %c%c  end:%x/%06x data:%08x\n",
                           block, index, pq & P9X_ESB_P ? 'P' : '-',
                           pq & P9X_ESB_Q ? 'Q' : '-',
                           (unsigned)p9x_get64(eas, P9X_EAS_END_BLOCK),
                           (unsigned)p9x_get64(eas, P9X_EAS_END_INDEX),
                           (unsigned)p9x_get64(eas, P9X_EAS_END_DATA));
}

static const char *flags_of(const P9xEnd *end, char *text)
{
    static const char letters[] = "vqnbpeus";

    for (unsigned i = 0; i < 8; i++) {
        text[i] = letters[i];
        if (!p9x_end_flag(end, P9X_BIT32(i))) {
            text[i] = '-';
        }
    }
    text[8] = 0;
    return text;
}

static void print_end(P9xIc *ic, uint8_t block, uint32_t index,
                      const uint8_t *entry, GString *out)
{
    char text[9];
    P9xEnd end;

    (void)ic;
    memcpy(&end, entry, sizeof(end));
    if (!p9x_end_flag(&end, P9X_END_W0_VALID)) {
        return;
    }
    g_string_append_printf(out, "  %x/%06x %s ESn:%u ESe:%u prio:%u "
                           "nvt:%x/%05x eq:@%08" G_GINT64_MODIFIER
                           "x %u/%u ^%u",
                           block, index, flags_of(&end, text),
                           p9x_end_get(&end, 1, P9X_END_W1_ESN),
                           p9x_end_get(&end, 1, P9X_END_W1_ESE),
                           p9x_end_get(&end, 7, P9X_END_W7_F0_PRIORITY),
                           p9x_end_get(&end, 6, P9X_END_W6_NVT_BLOCK),
                           p9x_end_get(&end, 6, P9X_END_W6_NVT_INDEX),
                           p9x_queue_addr(&end),
                           p9x_end_get(&end, 1, P9X_END_W1_OFFSET),
                           p9x_queue_entries(&end),
                           p9x_end_get(&end, 1, P9X_END_W1_GENERATION));
    if (p9x_end_flag(&end, P9X_END_W0_ESCALATE)) {
        g_string_append_printf(out, " esc:%x/%06x data:%08x",
                               p9x_end_get(&end, 4, P9X_END_W4_ESC_BLOCK),
                               p9x_end_get(&end, 4, P9X_END_W4_ESC_INDEX),
                               p9x_end_get(&end, 5, P9X_END_W5_ESC_DATA));
    }
    g_string_append_c(out, '\n');
}

static void print_nvt(P9xIc *ic, uint8_t block, uint32_t index,
                      const uint8_t *entry, GString *out)
{
    P9xRing ring;
    P9xNvt nvt;

    memcpy(&nvt, entry, sizeof(nvt));
    if (!p9x_nvt_valid(&nvt)) {
        return;
    }
    g_string_append_printf(out, "  %x/%05x IPB:%02x%s\n", block, index,
                           p9x_nvt_ipb(&nvt),
                           p9x_vpmap_find(&ic->fabric->presenter.vpmap,
                                          p9x_cam(block, index), &ring) ?
                           " dispatched" : "");
}

static void print_windows(P9xIc *ic, GString *out)
{
    static const char *const names[P9X_IC_NR_WINDOWS] = {
        [P9X_IC_WINDOW_IC] = "IC",
        [P9X_IC_WINDOW_TM1] = "TM1",
        [P9X_IC_WINDOW_TM2] = "TM2",
        [P9X_IC_WINDOW_VC] = "VC",
        [P9X_IC_WINDOW_PC] = "PC"
    };

    for (unsigned w = 0; w < P9X_IC_NR_WINDOWS; w++) {
        P9xIcWindowPlace place = p9x_ic_place(&ic->base, (P9xIcWindow)w);

        if (place.enabled) {
            g_string_append_printf(out, "  %-3s @%013" G_GINT64_MODIFIER
                                   "x size %" G_GINT64_MODIFIER "x\n",
                                   names[w], place.base, place.size);
        }
    }
}

static void print_block(P9xIc *ic, uint8_t block, GString *out)
{
    static const struct {
        P9xVstType type;
        const char *name;
        P9xIcEntryFunc *print;
    } parts[] = {
        { P9X_VST_EAT, "EAT", print_eas },
        { P9X_VST_ENDT, "ENDT", print_end },
        { P9X_VST_NVTT, "NVTT", print_nvt }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (p9x_vst_entries(&ic->base, parts[i].type, block)) {
            g_string_append_printf(out, "XIVE[%x] #%d %s\n", ic->base.chip_id,
                                   block, parts[i].name);
            p9x_ic_each_entry(ic, parts[i].type, block, parts[i].print, out);
        }
    }
}

void p9x_ic_print(P9xIc *ic, GString *out)
{
    p9x_ic_flush(ic);
    g_string_append_printf(out, "XIVE[%x] block %d, FIR %016"
                           G_GINT64_MODIFIER "x\n", ic->base.chip_id,
                           p9x_ic_block(ic), atomic_load(&ic->base.fir));
    print_windows(ic, out);
    for (unsigned block = 0; block < P9X_IC_NR_BLOCKS; block++) {
        print_block(ic, (uint8_t)block, out);
    }
    p9x_print_counters(ic->base.counters, out);
}
