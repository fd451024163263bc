/* SPDX-License-Identifier: MIT */
/* Twilio's calls as it lists them: a parent, which came from outside, and its children, which rang for it. */
#ifndef CORE_CARRIER_TWILIO_LEG_H
#define CORE_CARRIER_TWILIO_LEG_H

#include "core/carrier/twilio_talk.h"

/* Does it describe a call? */
bool nm_twilio_is_leg(const struct nm_node *call);
/* False: it does not describe a call, or memory is out.  Texts go into the exchange's arena. */
bool nm_twilio_read_leg(struct nm_exchange *x, const struct nm_node *call, struct nm_leg *out);
/* A member of a call that is a time, as Twilio writes them; 0. */
nm_time nm_twilio_leg_time(const struct nm_node *call, const char *name);
/* Does its direction begin so ("inbound", "outbound")? */
bool nm_twilio_leg_goes(const struct nm_node *call, const char *direction);
/* The children of a call. */
enum nm_step_result nm_twilio_ask_legs(struct nm_exchange *x, struct nm_request *next, const char *parent,
				       int state);
/* What follows the page of calls that was read; NULL: it was the last one. */
const char *nm_twilio_next_calls(struct nm_exchange *x, const struct nm_node *root);

#endif
