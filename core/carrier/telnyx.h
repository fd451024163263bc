/* SPDX-License-Identifier: MIT */
/* What the parts of the telnyx driver share: the setting of a number (telnyx.c), its call records
 * (telnyx_records.c), its texts (telnyx_text.c). */
#ifndef CORE_CARRIER_TELNYX_H
#define CORE_CARRIER_TELNYX_H

#include "nevermiss/carrier.h"

/* tail NULL: memory is out. */
enum nm_step_result nm_telnyx_ask(struct nm_exchange *exchange, struct nm_request *next, const char *method,
				  const char *tail, int state);
/* Ends the conversation in Telnyx's own words. */
enum nm_step_result nm_telnyx_refused(struct nm_exchange *exchange, const struct nm_response *last);

/* How a leg ended, by the cause that its record names (NULL: none); answered, ended: 0 where it does not say. */
enum nm_leg_end nm_telnyx_end(const char *cause, bool inbound, nm_time answered, nm_time ended);
/* RECORDS, all of it. */
enum nm_step_result nm_telnyx_records(struct nm_exchange *exchange, const struct nm_response *last,
				      struct nm_request *next);
/* TEXT, all of it. */
enum nm_step_result nm_telnyx_text(struct nm_exchange *exchange, const struct nm_response *last,
				   struct nm_request *next);

#endif
