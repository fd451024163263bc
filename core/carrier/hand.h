/* SPDX-License-Identifier: MIT */
/*
 * Carriers that a person works: what is to be done is a list, one thing a line, and the conversation goes
 * through it line by line with whoever does it.
 */
#ifndef CORE_CARRIER_HAND_H
#define CORE_CARRIER_HAND_H

#include "nevermiss/carrier.h"

#define NM_HAND_EVERY "every call to" /* part: who gets every call; not there when the phone itself rings first */

#define NM_HAND_TARGET "facts-target" /* part: the number that gets calls, all or some: "+15125550177" */

/* What the line does all the time, as far as a forward goes. */
struct nm_hand {
	const struct nm_party *handset, *target; /* NULL: it is not rung */
	const char *target_words;		 /* "fixly, +1 512 555 0177" */
	int ring_s;				 /* of the handset; 0: without an end of its own */
};

/* Of a route that is held: texts from the route and the arena. */
enum nm_code nm_hand_read(const struct nm_route *route, nm_time at, struct nm_arena *arena, struct nm_hand *out,
			  struct nm_error *err) NM_WARN_UNUSED;
/* Adds the list as a part of this name, who gets every call, and the number that gets any. */
enum nm_code nm_hand_write(const struct nm_hand *hand, const char *name, const struct nm_buf *list,
			   struct nm_artefact *out, struct nm_error *err) NM_WARN_UNUSED;
/* The conversation about the part `name` of what is wanted.  DIAL: a line is a code, blanks, words; DO: words.
 * Each thing done becomes an id, its value when. */
enum nm_step_result nm_hand_step(struct nm_exchange *exchange, const char *name, const char *method,
				 const struct nm_response *last, struct nm_request *next);

#endif
