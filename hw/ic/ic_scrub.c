/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work on all caches of an IC: scrubs by type of table, flush, drop. */
#include "ic_scrub.h"

static const P9xIcMatch everything;

void p9x_ic_scrub(P9xIc *ic, P9xVstType type, const P9xIcMatch *match,
                  bool inval)
{
    switch (type) {
    case P9X_VST_EAT:
        p9x_ic_eas_scrub(&ic->eas, match);
        break;
    case P9X_VST_SBE:
        p9x_sbe_scrub(&ic->sbe, match, inval);
        break;
    case P9X_VST_ENDT:
        p9x_ic_cache_scrub(&ic->end, match, inval);
        break;
    case P9X_VST_NVTT:
        p9x_ic_cache_scrub(&ic->nvt, match, inval);
        break;
    default:
        break;
    }
}

void p9x_ic_flush(P9xIc *ic)
{
    p9x_ic_cache_scrub(&ic->end, &everything, false);
    p9x_ic_cache_scrub(&ic->nvt, &everything, false);
    p9x_sbe_scrub(&ic->sbe, &everything, false);
}

void p9x_ic_drop_caches(P9xIc *ic)
{
    p9x_ic_eas_scrub(&ic->eas, &everything);
    p9x_ic_cache_reset(&ic->end);
    p9x_ic_cache_reset(&ic->nvt);
    p9x_sbe_reset(&ic->sbe);
    for (unsigned type = 0; type < P9X_VST_TYPES; type++) {
        p9x_vst_kill(&ic->vst, (P9xVstType)type);
    }
}
