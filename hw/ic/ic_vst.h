/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual structure tables: where in guest memory an entry is, as the VSDs of
 * ic_base.h say.  Any thread; P9xIcVst.lock is taken inside.
 */
#ifndef P9X_IC_VST_H
#define P9X_IC_VST_H

#include "ic_base.h"

enum { P9X_VST_SLOTS = 64 };        /* indirect VSDs kept for each type */

/* VSDs read from indirect tables, until they are killed. */
typedef struct P9xIcVst {
    P9xIcBase *base;
    P9xLock lock;
    struct {
        uint64_t key;               /* 0: empty */
        uint64_t vsd;
    } slot[P9X_VST_TYPES][P9X_VST_SLOTS];
} P9xIcVst;

/* @vst, all zero, starts empty.  @base outlives it. */
void p9x_vst_init(P9xIcVst *vst, P9xIcBase *base);

/* The VSD that counts for @type: NVTs have PC's, all others VC's. */
uint64_t p9x_vst_vsd(const P9xIcBase *base, P9xVstType type, uint8_t block);
static inline unsigned p9x_vsd_mode(uint64_t vsd)
{
    return (unsigned)p9x_get64(vsd, P9X_VSD_MODE);
}

/* A table of this chip's, in memory. */
static inline bool p9x_vsd_is_local(uint64_t vsd)
{
    return p9x_vsd_mode(vsd) == P9X_VSD_EXCLUSIVE ||
           p9x_vsd_mode(vsd) == P9X_VSD_SHARED;
}

/* What is wrong with @vsd, to follow "the table"; NULL: nothing. */
const char *p9x_vst_flaw(const P9xIcBase *base, P9xVstType type, uint64_t vsd);

/*
 * Where entry @index is in guest memory.  SBE, FIFO: @index counts bytes.
 * False: no table has it.  Reads guest memory where the table is indirect.
 */
bool p9x_vst_find(P9xIcVst *vst, P9xVstType type, uint8_t block,
                  uint32_t index, uint64_t *addr);
/* Bytes. */
unsigned p9x_vst_entry_size(P9xVstType type);
/* Is @vsd a direct table in RAM, as an overflow queue must be?  Its bytes. */
bool p9x_vst_direct(const P9xIcBase *base, uint64_t vsd, uint64_t *addr,
                    uint64_t *size);
/* Entries that a direct table has; an indirect one may have all. */
uint64_t p9x_vst_entries(const P9xIcBase *base, P9xVstType type,
                         uint8_t block);
/* Forgets VSDs of @type read from indirect tables. */
void p9x_vst_kill(P9xIcVst *vst, P9xVstType type);

#endif
