/* SPDX-License-Identifier: MIT */
/* The twilio driver's own: what its flow is called inside, and the parts that its files share. */
#ifndef CORE_CARRIER_TWILIO_PRIVATE_H
#define CORE_CARRIER_TWILIO_PRIVATE_H

#include "nevermiss/carrier.h"

#define NM_TWILIO_FLOW "flow"         /* part: the definition */
#define NM_TWILIO_DESCRIBED "nevermiss, line " /* and the line's name: its description */
#define NM_TWILIO_FALLBACK "fallback" /* part: the definition of the second flow */
#define NM_TWILIO_NUMBER "number"     /* part, of what was read only: where the number's calls go */

#define NM_TWILIO_CALLER "{{contact.channel.address}}"
#define NM_TWILIO_LINE "{{flow.channel.address}}"
#define NM_TWILIO_UNANSWERED "busy,no-answer,failed,canceled"
/* How a withheld number is shown; not verified. */
#define NM_TWILIO_WITHHELD "anonymous"
#define NM_TWILIO_WITHHELD_DIGITS "+266696687"

/* Parts of a caller's address: of one that is no number, and of one that is. */
#define NM_TWILIO_ADDRESS "@"
#define NM_TWILIO_PLUS "+"

/* Variables of the flow. */
#define NM_TWILIO_SITUATION "situation"
#define NM_TWILIO_GREETING "greeting_seconds"
#define NM_TWILIO_MAILBOX "mailbox"

#define NM_TWILIO_RING_MAX 600 /* seconds; also how long a line rings that takes a call over for good */

enum nm_code nm_twilio_render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			      struct nm_artefact *out, struct nm_error *err);
enum nm_code nm_twilio_lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			    struct nm_error *err);

/* The part of a line that has a fallback, and back; without that part the route has none. */
enum nm_code nm_twilio_fallback_render(const struct nm_route *route, struct nm_artefact *out,
				       struct nm_error *err);
enum nm_code nm_twilio_fallback_lift(const struct nm_artefact *live, struct nm_route *route,
				     struct nm_error *err);

/* The template that prints "s0", "s1", ... for the situation in force, or "clock_unknown". */
#define NM_TWILIO_CLOCK_UNKNOWN "clock_unknown"
void nm_twilio_clock(const struct nm_route *route, struct nm_buf *out);
/* The situation that holds most of the time; -1: memory. */
int nm_twilio_commonest(const struct nm_route *route, struct nm_arena *arena);

#endif
