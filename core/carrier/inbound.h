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
/* A cleaned copy in the list.  One without id, sender or words (NULL) is only counted.  False: the conversation is
 * ended, for there are more than NM_INBOUND_MAX, or memory is out. */
bool nm_inbound_add(struct nm_exchange *x, const struct nm_inbound_text *text);

#endif
