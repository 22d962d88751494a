/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of EASs: they are only read, so it is a sparse array of
 * doublewords, looked up without a lock.
 */
#ifndef P9X_IC_EAS_H
#define P9X_IC_EAS_H

#include "ic_match.h"
#include "ic_vst.h"
#include "xive/tables.h"

enum {
    P9X_EAS_PAGE = 512,             /* entries */
    P9X_EAS_PAGES = (1 << 24) / P9X_EAS_PAGE,       /* of a block */
    P9X_EAS_MAX_PAGES = 4096        /* of an IC; more are not cached */
};

typedef struct P9xEasPage {
    _Atomic P9xBe64 w[P9X_EAS_PAGE];
} P9xEasPage;

typedef struct P9xIcEas {
    P9xIcVst *vst;
    P9xLock lock;                   /* filling and scrubbing */
    unsigned nr_pages;
    _Atomic(P9xEasPage *) *page[P9X_IC_NR_BLOCKS];
} P9xIcEas;

/* @vst outlives it. */
void p9x_ic_eas_init(P9xIcEas *c, P9xIcVst *vst);
void p9x_ic_eas_destroy(P9xIcEas *c);
/* Any thread, no lock.  False: it has no place in memory. */
bool p9x_ic_eas_get(P9xIcEas *c, uint8_t block, uint32_t index, P9xEas *eas);
/* Drops what matches.  No lock of an entry held. */
void p9x_ic_eas_scrub(P9xIcEas *c, const P9xIcMatch *match);

#endif
