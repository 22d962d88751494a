/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of tables in guest memory, a piece at a time. */
#include "ic_entries.h"

enum {
    PIECE = 4096,
    LONGEST = 4 << 20       /* characters; tables can be longer than patience */
};

void p9x_ic_each_entry(P9xIc *ic, P9xVstType type, uint8_t block,
                       P9xIcEntryFunc *func, GString *out)
{
    const P9xPorts *ports = ic->base.ports;
    unsigned size = p9x_vst_entry_size(type);
    uint64_t most = UINT64_C(1) << (type == P9X_VST_NVTT ? P9X_NVT_SHIFT : 24);
    uint64_t entries = p9x_vst_entries(&ic->base, type, block);
    uint8_t piece[PIECE];
    uint64_t addr;

    if (entries > most) {
        entries = most;
    }
    for (uint32_t first = 0; first < entries && out->len < LONGEST;
         first += PIECE / size) {
        if (!p9x_vst_find(&ic->vst, type, block, first, &addr) ||
            !ports->mem_read(ports->host, addr, piece, PIECE)) {
            continue;
        }
        for (unsigned i = 0; i < PIECE / size; i++) {
            func(ic, block, first + i, &piece[i * size], out);
        }
    }
}

unsigned p9x_ic_stored_pq(P9xIc *ic, uint8_t block, uint32_t index)
{
    const P9xPorts *ports = ic->base.ports;
    uint64_t addr;
    uint8_t byte;

    if (!p9x_vst_find(&ic->vst, P9X_VST_SBE, block, index / 4, &addr) ||
        !ports->mem_read(ports->host, addr, &byte, 1)) {
        return P9X_PQ_01;
    }
    return byte >> (6 - 2 * (index % 4)) & P9X_ESB_PQ;
}
