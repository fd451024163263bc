/* SPDX-License-Identifier: MIT */
/*
 * The twilio driver's conversations: where they stand, what is asked, and what they remember.  Kept among the
 * exchange's ids: number_sid, voice_url, voice_fallback_url, trunk_sid, voice_application_sid (of the number, as
 * last read), flow_name, and those that struct nm_twilio_flow names.
 */
#ifndef CORE_CARRIER_TWILIO_TALK_H
#define CORE_CARRIER_TWILIO_TALK_H

#include "core/carrier/json.h"
#include "core/carrier/twilio_private.h"

#define NM_TWILIO_API "https://api.twilio.com"
#define NM_TWILIO_STUDIO "https://studio.twilio.com"

/* What was asked last; the pages of a list seen so far stand above it. */
enum nm_twilio_asked {
	NM_ASKED_NOTHING,
	NM_ASKED_NUMBERS,
	NM_ASKED_PUBLISHED,
	NM_ASKED_VALIDATION,
	NM_ASKED_FLOWS,
	NM_ASKED_WRITING,
	NM_ASKED_WRITTEN,
	NM_ASKED_POINTING,
	NM_ASKED_NUMBER,
	NM_ASKED_LATEST,   /* revision, a draft too */
	NM_ASKED_STANDING, /* of a fallback: as it is before anything is done about it */
	NM_ASKED_DELETION
};
#define NM_ASKED_ALL 16
#define NM_OF_FALLBACK 16 /* added: it is about the second flow */
#define NM_ASKED_PAGE 32

/* One of a line's two flows: its part of the artefact, the number's member that has its URL, that in a form, and
 * the ids under which it is remembered. */
struct nm_twilio_flow {
	const char *part, *member, *form_url, *form_method, *sid, *url, *previous, *again;
};
/* The one that the state is about. */
const struct nm_twilio_flow *nm_twilio_flow_at(int state);

/* Requests; a NULL url says that memory is out. */
enum nm_step_result nm_twilio_ask(struct nm_exchange *x, struct nm_request *next, const char *url, int state);
/* Takes the form over. */
enum nm_step_result nm_twilio_post(struct nm_exchange *x, struct nm_request *next, const char *url,
				   struct nm_buf *form, bool repeatable, int state);
/* The account's sid can stand in a URL; false: the conversation is ended with the reason. */
/* NM_INPUT: a value of the account is none that Twilio takes, and what would be right. */
enum nm_code nm_twilio_account(const struct nm_account *account, struct nm_error *err) NM_WARN_UNUSED;
bool nm_twilio_has_sid(struct nm_exchange *x);
/* The account's numbers of which one is this. */
enum nm_step_result nm_twilio_ask_numbers(struct nm_exchange *x, struct nm_request *next, const char *number);
/* The one of the list that an answer has; NULL. */
const struct nm_node *nm_twilio_find_number(const struct nm_node *list, const char *number);
/* "LatestPublished", "LatestRevision", of the flow that the state is about. */
enum nm_step_result nm_twilio_ask_revision(struct nm_exchange *x, struct nm_request *next,
					   const char *revision, int state);
enum nm_step_result nm_twilio_turn_page(struct nm_exchange *x, struct nm_request *next, const char *url);
const char *nm_twilio_number_url(struct nm_exchange *x);
/* Of the page that a list's answer names: a path, or a whole URL of which only the path is taken; NULL: there
 * is none. */
const char *nm_twilio_next_page(struct nm_exchange *x, const char *host, const char *link);

/* The document of a good answer; NULL when there is none, and *result says how that ends. */
struct nm_node *nm_twilio_document(struct nm_exchange *x, const struct nm_response *last,
				   enum nm_step_result *result);
/* What an answer says went wrong; NULL. */
const char *nm_twilio_complaint(struct nm_exchange *x, const struct nm_node *root);
/* A carrier's text, cut and without control characters; "" when memory is out. */
const char *nm_twilio_shown(struct nm_exchange *x, const char *text);
/* Letters of the kind, then 32 hexadecimal digits: nothing else may stand in a URL. */
bool nm_twilio_is_sid(const char *text, const char *kind);
bool nm_twilio_is_link(const char *text);

/* Remembers; NULL as "".  False: memory. */
bool nm_twilio_keep(struct nm_exchange *x, const char *name, const char *value);
/* It remembers that, and not as "". */
bool nm_twilio_knows(const struct nm_exchange *x, const char *name);
/* Keeps where the number's calls go. */
bool nm_twilio_take_number(struct nm_exchange *x, const struct nm_node *number);
/* Calls do not go to the number's voice URL at all: ends the conversation with the reason. */
bool nm_twilio_elsewhere(struct nm_exchange *x);
/* Twilio prints http and https for the same. */
bool nm_twilio_same_url(const char *a, const char *b);
/* The flow of the account that one of the number's URLs leads to; NULL: to none, or to another account's. */
const char *nm_twilio_flow_of(struct nm_exchange *x, const char *member);
/* By which a flow is found again: "nevermiss:+15125550100", "nevermiss fallback:+15125550100"; NULL: memory. */
const char *nm_twilio_flow_name(struct nm_exchange *x, const struct nm_twilio_flow *flow);

/* PLACE, all of it. */
enum nm_step_result nm_twilio_place(struct nm_exchange *x, const struct nm_response *last,
				    struct nm_request *next);
/* RECORDS, all of it. */
enum nm_step_result nm_twilio_records(struct nm_exchange *x, const struct nm_response *last,
				      struct nm_request *next);
/* TEXT, all of it. */
enum nm_step_result nm_twilio_text(struct nm_exchange *x, const struct nm_response *last,
				   struct nm_request *next);
/* INBOUND, all of it. */
enum nm_step_result nm_twilio_inbound(struct nm_exchange *x, const struct nm_response *last,
				      struct nm_request *next);

/* FORGET, all of it. */
enum nm_step_result nm_twilio_forget(struct nm_exchange *x, const struct nm_response *last,
				     struct nm_request *next);

/* APPLY and REMOVE, from the number on. */
enum nm_step_result nm_twilio_apply(struct nm_exchange *x, struct nm_request *next);
enum nm_step_result nm_twilio_remove(struct nm_exchange *x, struct nm_request *next);
/* A good answer to what they asked. */
enum nm_step_result nm_twilio_take(struct nm_exchange *x, struct nm_request *next,
				   const struct nm_node *root);
/* What was asked for is not there. */
enum nm_step_result nm_twilio_take_absence(struct nm_exchange *x, struct nm_request *next);

#endif
