/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error groups and the LEM: their registers, and what they ask for.
 *
 * @bit is 0 to 63, PPC's count, within @group; @offset a register's.  Any
 * thread; functions that change registers take error_lock, and call no port.
 */
#ifndef P9X_PHB4_ERROR_H
#define P9X_PHB4_ERROR_H

#include "phb4_internal.h"

/* Offset of a group's first register. */
extern const uint16_t p9x_phb4_group_base[NR_GROUPS];
/* An error happens.  One an entry, unless it settles in between. */
void p9x_phb4_raise(P9xPhb4 *phb, P9xPhb4Changes *changes, P9xPhb4Group group,
                    unsigned bit, const P9xPhb4Error *error);
/* Only its registers.  False if the bit is masked: then nothing happened. */
bool p9x_phb4_note_error(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit,
                         const P9xPhb4Error *error);
/* Whether register @enable (GRP_..._ENABLE) of the group has the bit. */
bool p9x_phb4_error_enabled(const P9xPhb4 *phb, P9xPhb4Group group,
                            unsigned bit, unsigned enable);
/* The bit of the LEM's FIR, 0 to 63, that an error of an ETU group is. */
unsigned p9x_phb4_lem_bit(P9xPhb4Group group, unsigned bit);
/* The level of error interrupt @lsi, P9X_PHB4_LSI_INF or _ER. */
bool p9x_phb4_wants_interrupt(const P9xPhb4 *phb, unsigned lsi);
/* PHB_CHAN_ANY_ERR and PHB_CHAN_ANY_ERR1, as they are now. */
uint64_t p9x_phb4_channel_errors(const P9xPhb4 *phb);
/* Bits 0 to 4: the ETU groups that have an error. */
uint64_t p9x_phb4_error_summary(const P9xPhb4 *phb);
/* A store that combines with errors that come meanwhile. */
void p9x_phb4_and_reg(P9xPhb4 *phb, unsigned offset, uint64_t value);
void p9x_phb4_or_reg(P9xPhb4 *phb, unsigned offset, uint64_t value);

#endif
