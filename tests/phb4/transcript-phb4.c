/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript-phb4.h"

#define HEX "%" G_GINT64_MODIFIER "x"

static void say(Transcript *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(Transcript *t, const char *format, ...)
{
    va_list args;

    for (unsigned i = 0; i < t->depth; i++) {
        g_string_append_c(t->text, ' ');
    }
    va_start(args, format);
    g_string_append_vprintf(t->text, format, args);
    va_end(args);
    g_string_append_c(t->text, '\n');
}

/* ---- what a lively host program does inside of a port ---- */

static bool enter(Transcript *t)
{
    if (!t->lively || t->depth > 1 || !t->rig->phb) {
        return false;
    }
    t->depth++;
    return true;
}

static void look_at_windows(Transcript *t)
{
    P9xPhb4Window w;
    uint64_t sum = 0;

    for (unsigned id = 0; id < P9X_PHB4_NR_WINDOWS; id++) {
        p9x_phb4_window(t->rig->phb, (P9xPhb4WindowId)id, &w);
        sum = sum * 31 + w.base + w.size * 3 + w.pci * 5;
    }
    for (unsigned wide = 0; wide < 2; wide++) {
        P9xPhb4Window msi;

        p9x_phb4_msi_window(t->rig->phb, wide, &msi);
        sum = sum * 31 + msi.base + msi.size;
    }
    say(t, "windows " HEX " direct %d", sum, w.direct);
}

static void look_at_translations(Transcript *t)
{
    static const uint64_t iova[] = {
        0, 0x20000, 0x1FF0000, UINT64_C(1) << 59, 0xFFFF0000
    };
    P9xPhb4Dma dma;

    say(t, "pe %d", p9x_phb4_pe(t->rig->phb, PRIG_RID));
    for (unsigned i = 0; i < G_N_ELEMENTS(iova); i++) {
        if (p9x_phb4_translate(t->rig->phb, PRIG_RID, iova[i],
                               P9X_PHB4_DMA_PROBE, &dma)) {
            say(t, "probe " HEX " " HEX, iova[i], dma.real);
        }
    }
}

/* Something was stored to it. */
static void device_acts(Transcript *t)
{
    P9xPhb4Dma dma;

    switch (t->stores++ % 5) {
    case 0:
        say(t, "msi %d", prig_msi(t->rig, PRIG_RID, t->stores % 64));
        break;
    case 1:
        say(t, "write %d", p9x_phb4_translate(t->rig->phb, PRIG_RID,
                                              t->stores << 14,
                                              P9X_PHB4_DMA_WRITE, &dma));
        break;
    case 2:
        p9x_phb4_intx(t->rig->phb, t->stores % 4, t->stores & 8);
        break;
    default:
        break;
    }
}

static void device_is_reset(Transcript *t)
{
    for (unsigned pin = 0; pin < 4; pin++) {
        p9x_phb4_intx(t->rig->phb, pin, false);
    }
}

/* ---- the ports ---- */

static bool log_config_load(void *host, uint16_t rid, uint16_t offset,
                            unsigned size, uint32_t *value)
{
    Transcript *t = host;
    bool there = t->to.config_load(t->to.host, rid, offset, size, value);

    say(t, "config_load %x %x %u: %d %x", rid, offset, size, there,
        there ? *value : 0);
    return there;
}

static bool log_config_store(void *host, uint16_t rid, uint16_t offset,
                             unsigned size, uint32_t value)
{
    Transcript *t = host;
    bool there = t->to.config_store(t->to.host, rid, offset, size, value);

    say(t, "config_store %x %x %u %x: %d", rid, offset, size, value, there);
    if (there && rid && enter(t)) {
        device_acts(t);
        t->depth--;
    }
    return there;
}

static bool log_pci_load(void *host, uint64_t addr, void *buf, unsigned size)
{
    Transcript *t = host;
    bool claimed = t->to.pci_load(t->to.host, addr, buf, size);

    say(t, "pci_load " HEX " %u: %d", addr, size, claimed);
    return claimed;
}

static bool log_pci_store(void *host, uint64_t addr, const void *buf,
                          unsigned size)
{
    Transcript *t = host;
    bool claimed = t->to.pci_store(t->to.host, addr, buf, size);

    say(t, "pci_store " HEX " %u: %d", addr, size, claimed);
    if (claimed && enter(t)) {
        device_acts(t);
        t->depth--;
    }
    return claimed;
}

static void log_windows_changed(void *host)
{
    Transcript *t = host;

    say(t, "windows_changed");
    t->to.windows_changed(t->to.host);
    if (enter(t)) {
        look_at_windows(t);
        t->depth--;
    }
}

static void log_iotlb_flush(void *host, unsigned pe, uint64_t iova,
                            uint64_t size)
{
    Transcript *t = host;

    say(t, "iotlb_flush %x " HEX " " HEX, pe, iova, size);
    t->to.iotlb_flush(t->to.host, pe, iova, size);
    if (enter(t)) {
        look_at_translations(t);
        t->depth--;
    }
}

static bool log_notify(void *host, uint64_t addr, uint64_t data)
{
    Transcript *t = host;

    say(t, "notify " HEX " " HEX, addr, data);
    return t->to.notify(t->to.host, addr, data);
}

static void log_slot(void *host, P9xPhb4Slot *slot)
{
    Transcript *t = host;

    t->to.slot(t->to.host, slot);
}

static void log_link_changed(void *host, const P9xPhb4Link *link, bool reset)
{
    Transcript *t = host;

    say(t, "link_changed %d %u %u reset %d", link->up, link->speed,
        link->width, reset);
    t->to.link_changed(t->to.host, link, reset);
    if (reset && enter(t)) {
        device_is_reset(t);
        t->depth--;
    }
}

static void log_root_port_reset(void *host)
{
    Transcript *t = host;

    say(t, "root_port_reset");
    t->to.root_port_reset(t->to.host);
    if (enter(t)) {
        device_is_reset(t);
        t->depth--;
    }
}

static void log_trace(void *host, P9xPhb4TraceStep step, const uint64_t arg[4])
{
    Transcript *t = host;

    say(t, "trace %u " HEX " " HEX " " HEX " " HEX, step, arg[0], arg[1],
        arg[2], arg[3]);
    t->to.trace(t->to.host, step, arg);
}

static bool log_mem_is_ram(void *host, uint64_t addr, uint64_t len)
{
    Transcript *t = host;

    return t->memory.mem_is_ram(t->memory.host, addr, len);
}

static bool log_mem_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    Transcript *t = host;
    bool done = t->memory.mem_read(t->memory.host, addr, buf, len);

    say(t, "mem_read " HEX " " HEX ": %d", addr, len, done);
    return done;
}

static bool log_mem_write(void *host, uint64_t addr, const void *buf,
                          uint64_t len)
{
    Transcript *t = host;
    bool done = t->memory.mem_write(t->memory.host, addr, buf, len);

    say(t, "mem_write " HEX " " HEX ": %d " HEX, addr, len, done,
        p9x_load_be(buf, 8));
    return done;
}

static void log_guest_error(void *host, P9xGuestError kind, const char *detail)
{
    Transcript *t = host;

    if (t->counts) {
        say(t, "guest_error %u %s", kind, detail);
    }
    t->memory.guest_error(t->memory.host, kind, detail);
}

void transcript_start(Transcript *t, PRig *rig, bool lively, bool counts)
{
    *t = (Transcript) {
        .rig = rig,
        .text = g_string_new(""),
        .lively = lively,
        .counts = counts,
        .to = rig->ports,
        .memory = rig->host.ports
    };
    rig->ports = (P9xPhb4Ports) {
        .host = t,
        .config_load = log_config_load,
        .config_store = log_config_store,
        .pci_load = log_pci_load,
        .pci_store = log_pci_store,
        .windows_changed = log_windows_changed,
        .iotlb_flush = log_iotlb_flush,
        .notify = log_notify,
        .slot = log_slot,
        .link_changed = log_link_changed,
        .root_port_reset = log_root_port_reset,
        .trace = log_trace
    };
    rig->host.ports = (P9xPorts) {
        .host = t,
        .mem_is_ram = log_mem_is_ram,
        .mem_read = log_mem_read,
        .mem_write = log_mem_write,
        .guest_error = log_guest_error
    };
}

void transcript_stop(Transcript *t)
{
    t->rig->ports = t->to;
    t->rig->host.ports = t->memory;
    g_string_free(t->text, true);
}

/* ---- at rest ---- */

static uint64_t state_sum(PRig *rig)
{
    size_t n = p9x_phb4_state_words(rig->phb);
    g_autofree uint64_t *words = g_new(uint64_t, n);
    uint64_t sum = n;

    p9x_phb4_save(rig->phb, words);
    for (size_t i = 0; i < n; i++) {
        sum = (sum ^ words[i]) * UINT64_C(0x9E3779B97F4A7C15);
        sum ^= sum >> 29;
    }
    return sum;
}

static unsigned lsi_levels(PRig *rig)
{
    const P9xPhb4Source *src = p9x_phb4_source(rig->phb);
    unsigned levels = 0;

    for (unsigned pin = 0; pin < P9X_PHB4_NR_LSIS; pin++) {
        uint32_t n = p9x_phb4_lsi(src, pin);

        levels = levels << 1 | !!(atomic_load(p9x_source_esb(&src->source, n)) &
                                  P9X_ESB_ASSERTED);
    }
    return levels;
}

static void look_at_counts(Transcript *t)
{
    say(t, "errors " HEX, prig_errors(t->rig));
    for (unsigned i = 0; i < P9X_PHB4_NR_STATS; i++) {
        say(t, "%s " HEX, p9x_phb4_stat_name((P9xPhb4Stat)i),
            p9x_phb4_stat(t->rig->phb, (P9xPhb4Stat)i));
    }
}

void transcript_look(Transcript *t)
{
    say(t, "state " HEX " fenced %d levels %02x", state_sum(t->rig),
        p9x_phb4_is_fenced(t->rig->phb), lsi_levels(t->rig));
    look_at_windows(t);
    if (t->counts) {
        look_at_counts(t);
    }
}
