/* SPDX-License-Identifier: MIT */
/* What stands in a flow, worked out from the route before it is written: who is told apart, who gets what
 * when, and the paths that takes. */
#ifndef CORE_CARRIER_TWILIO_FLOW_H
#define CORE_CARRIER_TWILIO_FLOW_H

#include "core/carrier/twilio_private.h"
#include "nevermiss/json.h"

#define NM_NOWHERE (-1)

/* A treatment with what the key gives in its greetings; both indices, or NM_NOWHERE. */
struct nm_flow_chain {
	int treatment, key;
	const char *name; /* with which its widgets' names begin */
};

/* Callers who are told apart: a class of the route that somebody can be in. */
struct nm_flow_list {
	size_t class, n, capacity;
	nm_number *numbers; /* malloc'd; sorted */
	bool anonymous;
};

/* Which chain callers get in each situation (NM_NOWHERE: nobody is rung); classes may share one. */
struct nm_flow_timetable {
	const int *chains; /* [n_situations] */
};

/* A flow in the making. */
struct nm_flow {
	const struct nm_route *route;
	struct nm_arena *arena;
	const char *document; /* that asks to press 1; NULL */
	struct nm_buf text;
	struct nm_json json;
	size_t n_states;
	int commonest; /* situation */
	struct nm_flow_chain *chains;
	size_t n_chains, chains_capacity;
	struct nm_flow_timetable *timetables; /* the first one is that of callers on no list */
	size_t n_timetables, timetables_capacity;
	size_t *timetable_of; /* [n_classes]: its number from 1; 0: not looked at yet */
	struct nm_flow_list *lists;
	size_t n_lists, lists_capacity;
	struct nm_error *err;
	enum nm_code code; /* the first that went wrong */
};

void nm_flow_gather(struct nm_flow *flow);
/* The first chain that ends with the same text to a missed caller; chain itself when none before does. */
const struct nm_flow_chain *nm_flow_texts_as(const struct nm_flow *flow, const struct nm_flow_chain *chain);
void nm_flow_clear(struct nm_flow *flow);
/* Keeps the first failure. */
void nm_flow_fail(struct nm_flow *flow, enum nm_code code);
/* The text, or "" and the failure kept when it is NULL. */
const char *nm_flow_kept(struct nm_flow *flow, const char *text);
/* Only letters, digits and _, not many: Liquid looks widgets up by name. */
const char *nm_flow_plain(struct nm_flow *flow, const char *text);
int nm_flow_chain(struct nm_flow *flow, int treatment, int key);
size_t nm_flow_timetable(struct nm_flow *flow, size_t class);

/* Writing (twilio_widget.c): members, and widgets, whose members come in the order of the alphabet. */
void nm_flow_member(struct nm_flow *flow, const char *key, const char *value);
void nm_flow_int(struct nm_flow *flow, const char *key, int64_t value);
void nm_flow_bool(struct nm_flow *flow, const char *key, bool value);
/* Text that Twilio prints or speaks: in it, `{{` and `{%` would not be themselves, so it is refused then. */
void nm_flow_check_plain(struct nm_flow *flow, const char *text);
void nm_flow_spoken(struct nm_flow *flow, const char *key, const char *text);
/* Where the canvas of Studio's editor shows a widget: one below the other. */
void nm_flow_offset(struct nm_flow *flow);
void nm_flow_state(struct nm_flow *flow, const char *name);
void nm_flow_exits(struct nm_flow *flow);
/* next == NULL: the flow, and with it the call, ends there. */
void nm_flow_exit(struct nm_flow *flow, const char *event, const char *next);
void nm_flow_match(struct nm_flow *flow, const char *input, const char *type, const char *value,
		   const char *label, const char *next);
void nm_flow_state_end(struct nm_flow *flow, const char *type);
/* A split, up to its exits. */
void nm_flow_split(struct nm_flow *flow, const char *name, const char *input);
/* A flow that a call comes into at `first`, up to its other widgets; and its end. */
void nm_flow_begin(struct nm_flow *flow, const char *description, const char *first);
void nm_flow_end(struct nm_flow *flow);

#endif
