/* SPDX-License-Identifier: MIT */
/*
 * What conversations about the texts that came to a line (NM_OP_INBOUND) have in common: the list that grows, and that
 * what somebody else wrote is bounded and cleaned before anybody reads it.
 */
#ifndef CORE_CARRIER_INBOUND_H
#define CORE_CARRIER_INBOUND_H

#include "nevermiss/carrier.h"

/* As it is when nothing was read yet: a conversation that was cut off begins so again. */
void nm_inbound_begin(struct nm_inbound *inbound);
/* A cleaned copy in the list.  One without id, sender or words (NULL) is only counted, and where the list is full one that
 * opts out alone is kept still: a flood must not keep out who wants no texts.  False: the conversation is ended, for
 * memory is out. */
bool nm_inbound_add(struct nm_exchange *x, const struct nm_inbound_text *text);

#endif
