/* SPDX-License-Identifier: MIT */
/* A Studio flow as it was read: its widgets, as far as they are understood. */
#ifndef CORE_CARRIER_TWILIO_LOAD_H
#define CORE_CARRIER_TWILIO_LOAD_H

#include "core/carrier/json.h"
#include "core/carrier/lifter.h"
#include "core/carrier/liquid.h"
#include "core/carrier/twilio_private.h"

#define NM_FLOW_END (-1)     /* of an exit: the flow is over */
#define NM_FLOW_NOWHERE (-2) /* it names a widget that is not there */
#define NM_FLOW_VARIABLES 16

enum nm_widget_kind {
	NM_WIDGET_TRIGGER,
	NM_WIDGET_SET,
	NM_WIDGET_SPLIT,
	NM_WIDGET_CONNECT,
	NM_WIDGET_SAY,
	NM_WIDGET_GATHER,
	NM_WIDGET_RECORD,
	NM_WIDGET_ASK,
	NM_WIDGET_SEND,
	NM_WIDGET_OTHER,
	NM_WIDGET_GUARD /* a split on a part of the caller's address */
};

/* What a split looks at. */
enum nm_split_input { NM_INPUT_CALLER, NM_INPUT_VARIABLE, NM_INPUT_STATUS, NM_INPUT_DIGITS };

struct nm_widget_exit {
	const char *event;
	int next; /* index of a widget, or one of the above */
	size_t n; /* of a match: the values of which one must be the input */
	const char **values;
	bool part; /* the input need only contain it */
	int group; /* of a match on the caller: the lifter's group; -1 */
};

struct nm_widget_setting {
	size_t variable;
	struct nm_liquid *liquid;
	size_t len; /* of the template */
	nm_time at; /* when it was printed last, and what */
	const char *printed;
};

struct nm_widget {
	const char *name, *type;
	enum nm_widget_kind kind;
	const char *wrong; /* why it is not understood, told only when a call can come to it; NULL */
	size_t n_exits;
	struct nm_widget_exit *exits;
	size_t n_settings; /* SET */
	struct nm_widget_setting *settings;
	enum nm_split_input input; /* SPLIT */
	size_t variable;
	const char *of; /* whose status or digits */
	size_t n;       /* CONNECT, ASK; SEND: 1, or 0 for a text to the caller */
	struct nm_party *parties;
	int for_s;
	const char *said; /* SAY, GATHER, SEND */
};

struct nm_live_flow {
	struct nm_arena *arena;
	size_t n;
	struct nm_widget *widgets;
	int start; /* where a call comes in */
	size_t n_variables;
	const char *variables[NM_FLOW_VARIABLES];
};

/* The widgets of a definition; memory from the lifter's route.  Tells the lifter who is told apart.  document:
 * the only one that may ask to press 1; NULL: any. */
enum nm_code nm_flow_read(const struct nm_node *definition, const char *document, struct nm_lifter *lifter,
			  struct nm_live_flow *out, struct nm_error *err) NM_WARN_UNUSED;
/* Values in it (twilio_value.c).  What is left of a text without blanks around it: *from is moved, the length
 * returned. */
size_t nm_flow_trimmed(const char **from, size_t len);
/* The texts between commas, trimmed, each a copy in the arena; false: memory. */
bool nm_flow_list(const char *text, struct nm_arena *arena, const char ***out, size_t *n);
/* "+15125550100"; false: it is no such number. */
bool nm_flow_phone(const char *text, nm_number *out);

/* NULL when it has no such exit. */
const struct nm_widget_exit *nm_widget_exit(const struct nm_widget *widget, const char *event);
/* Where it leads; NM_FLOW_END when it has no such exit. */
int nm_widget_next(const struct nm_widget *widget, const char *event);

#endif
