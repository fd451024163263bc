/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the voipms driver share: the artefact (voipms.c), the conversations (voipms_step.c) and
 * how answers are read (voipms_answer.c).
 */
#ifndef CORE_CARRIER_VOIPMS_H
#define CORE_CARRIER_VOIPMS_H

#include "core/carrier/json.h"
#include "nevermiss/carrier.h"

#define VOIPMS_BASE "https://voip.ms/api/v1/rest.php"
#define VOIPMS_PART "routing"
#define VOIPMS_MARK "nm:" /* begins the names of all that nevermiss makes there */
#define VOIPMS_MAILBOX "vm:own"
#define VOIPMS_MEMBERS_MAX 64
#define VOIPMS_ID_TEXT 24
#define VOIPMS_TEXT_MAX 160 /* characters of a text; beyond, it says sms_toolong */

/* One who is rung by a ring group: a number, or (number NULL) what else the carrier rings. */
struct voipms_member {
	const char *number; /* "+15125550111" */
	const char *route;  /* "account:100001_desk" */
	int for_s;
	bool press_1;
};

/* How a call can end where it was sent first, so that it goes on elsewhere. */
#define VOIPMS_FAILOVERS 3
struct voipms_failover {
	const char *key;   /* the carrier's name of it, and ours: "failover_busy" */
	const char *calls; /* which calls: "calls while it is busy" */
};
extern const struct voipms_failover voipms_failovers[VOIPMS_FAILOVERS];

/* What a number does with its calls.  Identifiers of the carrier stand only in what was not made here. */
struct voipms_setting {
	const char *routing; /* "grp:nm:5125550100", VOIPMS_MAILBOX, "sys:busy", "ivr:12" */
	const char *mailbox; /* behind the group, when that is not the number's own; NULL */
	const char *failovers[VOIPMS_FAILOVERS]; /* routings, as above; NULL: none is set */
	int64_t dial_s;  /* the number's own dial time, where that is shorter than a ring of the group; 0 */
	int64_t filters; /* caller filters that go before all this */
	size_t n;        /* members, when it is a group that was read or is to be made */
	const struct voipms_member *members;
};

bool voipms_is_ten_digits(const char *number);
bool voipms_is_group(const struct voipms_setting *setting);
enum nm_code voipms_add(const struct voipms_setting *setting, struct nm_artefact *artefact,
			struct nm_error *err) NM_WARN_UNUSED;
/* Of the artefact's part; texts go into the arena.  NM_INPUT when it cannot be understood. */
enum nm_code voipms_read(const struct nm_artefact *artefact, struct nm_arena *arena,
			 struct voipms_setting *out, struct nm_error *err) NM_WARN_UNUSED;

/* A member that is a text or a number, as text; NULL when it is neither. */
const char *voipms_text(const struct nm_node *object, const char *key, char out[static VOIPMS_ID_TEXT]);
bool voipms_is(const struct nm_node *object, const char *key, const char *value);
/* The one in a list of which `key` is `value`; NULL.  Of two that are alike the first. */
const struct nm_node *voipms_find(const struct nm_node *list, const char *key, const char *value);
/* A forwarding that does nothing but ring its number. */
bool voipms_rings_plainly(const struct nm_node *forwarding);
/* The members of a ring group in the carrier's words, "fwd:16006,20,1;...": at most how many, and which.
 * False: memory is out. */
size_t voipms_count_members(const char *text);
bool voipms_read_members(const char *text, const struct nm_node *forwardings, struct nm_arena *arena,
			 struct voipms_setting *setting);

/* Fields of a form; one without a name ends them. */
struct voipms_field {
	const char *name, *value;
};
enum nm_step_result voipms_ask(struct nm_exchange *exchange, struct nm_request *next, const char *method,
			       const struct voipms_field *fields, int state);
/* The document of an answer, and its status; NULL: the conversation is ended with the reason. */
struct nm_node *voipms_document(struct nm_exchange *exchange, const struct nm_response *last,
				const char **status);
/* Ends the conversation with a status that is no success, and with what it means where that is known. */
enum nm_step_result voipms_refused(struct nm_exchange *exchange, const char *status);

/* A number in full; ten digits are VoIP.ms's own way to write those of North America; 0: it is none. */
nm_number voipms_number(const char *text);
/* The number in `"Name" <5551112222>`, or of the text as it is (NULL: none); a withheld one is 0, as in VoIP.ms's own
 * filters, or told in a word. */
struct nm_caller voipms_caller(const char *text);
/* RECORDS, all of it. */
enum nm_step_result voipms_records(struct nm_exchange *exchange, const struct nm_response *last,
				   struct nm_request *next);
/* TEXT, all of it. */
enum nm_step_result voipms_text_step(struct nm_exchange *exchange, const struct nm_response *last,
				     struct nm_request *next);
/* INBOUND, all of it. */
enum nm_step_result voipms_inbound(struct nm_exchange *exchange, const struct nm_response *last,
				   struct nm_request *next);
enum nm_step_result voipms_step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next);

#endif
