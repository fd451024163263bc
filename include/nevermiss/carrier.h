/* SPDX-License-Identifier: MIT */
/*
 * What a driver is: a pure translator between a route and one kind of carrier.  It does no I/O, does
 * not log and does not sleep; push.c moves its requests through a transport.
 */
#ifndef NEVERMISS_CARRIER_H
#define NEVERMISS_CARRIER_H

#include "nevermiss/route.h"

#define NM_ARTEFACT_PARTS 8
#define NM_ARTEFACT_BYTES (4u << 20) /* most bytes of one part, and of one response */
#define NM_HEADERS_MAX    8

/* One document that the carrier should hold for a line: a flow, a script, a forwarding setting. */
struct nm_part {
	const char *name;  /* "route", "flow", "voice_url" */
	const char *type;  /* media type */
	const char *bytes; /* NUL-terminated text */
	size_t len;
};

struct nm_artefact {
	struct nm_arena *arena; /* owned */
	size_t n;
	struct nm_part parts[NM_ARTEFACT_PARTS];
};

/* Is it what lifting needs beside what a carrier holds ("facts", "facts-...")?  It never goes to one. */
bool nm_part_is_fact(const struct nm_part *part);

/* A fact in words, to be said beside how a line stands: it changes nothing that callers get. */
#define NM_NOTE_PART "facts-note"

void nm_artefact_clear(struct nm_artefact *artefact);
bool nm_artefact_equal(const struct nm_artefact *a, const struct nm_artefact *b);
/* Equal in all that a carrier holds: facts beside it do not count. */
bool nm_artefact_alike(const struct nm_artefact *a, const struct nm_artefact *b);
/* Adds a copy of a part; NM_INPUT beyond NM_ARTEFACT_PARTS or NM_ARTEFACT_BYTES. */
enum nm_code nm_artefact_add(struct nm_artefact *artefact, const char *name, const char *type,
			     const char *bytes, size_t len, struct nm_error *err) NM_WARN_UNUSED;
const struct nm_part *nm_artefact_find(const struct nm_artefact *artefact, const char *name); /* NULL */
/* As one text, for the store: JSON, same artefact, same bytes. */
enum nm_code nm_artefact_write(const struct nm_artefact *artefact, struct nm_buf *out,
			       struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_artefact_read(const char *text, struct nm_artefact *out, struct nm_error *err) NM_WARN_UNUSED;

#define NM_CARRIER_MAILBOX "the number's own mailbox" /* what mailbox_own is called in a route */

/* Something that the carrier cannot hold, said before the push. */
struct nm_loss {
	const char *text;    /* "nobody is asked to press 1 (path daytime, step 1: owner)" */
	const char *instead; /* what will happen: "whoever picks up has the call" */
	const char *callers; /* whom it concerns: "any caller", "callers vip" */
	const char *when;    /* "weekdays 08:00-18:00" */
	size_t n;            /* the same as instants, sorted and merged */
	const struct nm_span *windows;
};

struct nm_losses {
	struct nm_arena *arena;
	size_t n, capacity;
	struct nm_loss *items;
	bool needs_agent; /* the line's hours hold only while the agent pushes at boundaries */
};

enum nm_confirm { NM_CONFIRM_NONE, NM_CONFIRM_ONE, NM_CONFIRM_SEVERAL };

/* Texts to missed callers from what is pushed: none, to each of them each time, or as the plan says. */
enum nm_texting { NM_TEXTING_NONE, NM_TEXTING_EACH, NM_TEXTING_ALL };

/* Texts to the people whom an emergency alerts, in what is pushed: none; to be sent as the call arrives; or all, as the
 * plan says.  The last is the sandbox's, which keeps them and sends none: the agent does (alerts.h). */
enum nm_alerting { NM_ALERTING_NONE, NM_ALERTING_AT_ONCE, NM_ALERTING_ALL };

/* What becomes of a call while the line's own phone is busy, or not there: what the plan says of such a phone, the
 * call is sent on, or nobody knows. */
enum nm_failing { NM_FAILING_AS_PLANNED, NM_FAILING_SENT_ON, NM_FAILING_UNKNOWN };

enum nm_handset { NM_HANDSET_NEVER, NM_HANDSET_FIRST, NM_HANDSET_ANY };

/* What a carrier can be told, and how exactly it does what it is told. */
struct nm_traits {
	bool reads_back;      /* live can be read, and lifted */
	bool keeps_time;      /* hours are held at the carrier; else one situation at a time */
	bool remote;          /* reached over a network */
	bool by_hand;         /* a person does what is asked for: no agent can */
	bool callers;         /* tells callers apart by their numbers */
	bool beginnings;      /* also by how a number begins */
	bool several;         /* rings several phones at once */
	int several_max;      /* how many; 0: any number */
	bool mailbox;         /* can send a call to a voicemail that stands in the plan */
	bool mailbox_own;     /* that is one of its own, behind every phone that it rings */
	bool mailbox_alone;   /* but rings nobody beside it */
	bool greeting;        /* plays a text before the first ring */
	bool key;             /* hears the emergency key in a greeting */
	bool line_id;         /* can show the line's number to the phone that it rings */
	bool line_id_all;     /* but to all of a step or to none */
	bool addresses;       /* rings SIP addresses */
	bool ten_digits;      /* rings numbers of North America only */
	bool addresses_alone; /* but each in a step of its own */
	bool reject_busy, reject_silent;
	bool ring_times;      /* false: a phone rings until the caller or the phone's voicemail ends it */
	int steps_max;        /* steps that ring somebody beside the handset; 0: any number */
	int ring_min_s, ring_max_s; /* 0: any */
	bool handover_ends;         /* a line that gets the call for good rings for ring_max_s all the same */
	int ring_step_s;      /* ring times are rounded up to steps of this; 1 */
	int ring_extra_s;     /* a ring may last up to this much longer than told */
	int unanswered_max_s; /* longest it lets a call ring in all; 0: no limit */
	enum nm_confirm confirm;
	enum nm_handset handset; /* when the line's own phone can be rung */
	enum nm_failing busy, unreachable; /* declined counts as busy */
	bool handset_untimed; /* and how long it rings before the call goes on is the carrier's own affair */
	bool only_on_failure; /* what follows it comes when it declines or is not there, not when it just rings */
	bool handset_at_rest; /* it rings where nobody is to be rung, since a call cannot be ended */
	enum nm_texting texting;
	enum nm_alerting alerts;
	bool fallback;        /* can be given a number for when all else fails */
	int records_late_s;   /* how late its call records come, about; -1: it has none (NM_OP_RECORDS) */
	bool places;          /* can place a test call: NM_OP_PLACE, which nobody else is asked for */
	bool calls_back;      /* can ring somebody and put them through to a customer: NM_OP_PLACE with both, likewise */
	bool texts;           /* can send a text: NM_OP_TEXT, likewise */
	int text_max;         /* characters of one; 0: NM_TEXT_MAX */
	bool text_ends;       /* and tells later what became of it: NM_OP_TEXT of a text with an id asks for nothing else */
	bool inbound;         /* lists the texts that came to a line: NM_OP_INBOUND, likewise */
	bool forgets;         /* can tell what it keeps of a number, and delete it: NM_OP_FORGET, likewise */
	int at_once;          /* conversations that an account may have at once; 0: as many as any */
};

enum nm_operation { NM_OP_READ, NM_OP_APPLY, NM_OP_REMOVE, NM_OP_PLACE, NM_OP_RECORDS, NM_OP_TEXT, NM_OP_INBOUND, NM_OP_FORGET };

/* A real call to a line, to see what it does; or one through it, which calls a customer back. */
struct nm_placing {
	const char *from; /* a number of the same account: "+15125550199"; the line's own when calling back */
	nm_time now;
	int stay_s;           /* the caller of a line hangs up after so long */
	const char *person;   /* who calls back, and is rung first; NULL: it is a call to the line */
	const char *customer; /* whom that person is put through to; both see `from` */
	int person_s, customer_s; /* so long each of them is rung */
	bool confirm; /* the customer is rung only when the person has pressed 1; where the account's traits let it ask for that */
};

enum nm_leg_end {
	NM_LEG_OPEN,
	NM_LEG_ANSWERED,
	NM_LEG_NO_ANSWER,
	NM_LEG_BUSY,
	NM_LEG_FAILED,
	NM_LEG_CANCELED
};

#define NM_LEGS_MAX 100

/* A part of a call, as its carrier tells of it, on the carrier's clock. */
struct nm_leg {
	const char *id; /* the carrier's; NULL: there is no such leg */
	const char *to; /* as the carrier writes it: a number, a SIP address */
	enum nm_leg_end end;
	bool talking;         /* it is open, and was answered */
	nm_time began, ended; /* 0: not known */
	int rang_s;           /* -1: not known */
};

/* What became of a call that was placed, as far as it was followed.  Texts live in the exchange's arena. */
struct nm_placed {
	struct nm_leg caller; /* of the one who calls, or calls back */
	struct nm_leg line;   /* the same call where it reaches the line */
	size_t n;
	struct nm_leg *legs; /* what rang for it, in the order in which they began; the customer who is called back */
	bool ended;          /* all of these have; of calling back: what became of it is known */
	bool asked;          /* it was asked for, and not refused */
	int followed_s;      /* how long it was followed, answers not counted */
	int quiet;           /* the driver's: how often in a row nothing of it was under way */
};

#define NM_RECORDS_MAX 20000 /* calls that one conversation reads, at the most */

/* A call that came to a line, as its carrier's records tell of it, on the carrier's clock. */
struct nm_record {
	const char *id;           /* the carrier's; the same each time it is read */
	struct nm_caller caller;  /* anonymous: withheld, by the carrier's own mark; number 0: not told */
	nm_number forwarded_from; /* the number from which it says that it was forwarded; 0: it does not say */
	nm_time began, ended;     /* ended 0: not known */
	enum nm_leg_end end;      /* of the caller's own leg: NM_LEG_ANSWERED too when a mailbox took it */
	bool tells_legs;          /* it says who rang: without a leg, nobody did */
	bool cut;                 /* more rang than NM_LEGS_MAX: these are not all */
	bool own_phone;           /* but the line's own phone is no leg: it is what takes a call without one */
	size_t n;
	struct nm_leg *legs; /* in the order in which they began */
};

/* A call that was made from a number of the business's, on the carrier's clock. */
struct nm_made {
	nm_number from, to;             /* from 0: not told */
	nm_time began, answered, ended; /* answered and ended 0: not known */
	enum nm_leg_end end;
};

/* The calls that came to a line since an instant.  A conversation reads so many at the most (`cut`): then all
 * of those before `until`, so that the next one goes on from there.  Texts and items live in the exchange's
 * arena. */
struct nm_records {
	nm_time since, now; /* asked for; since < now */
	nm_time until;      /* all that began in [since, until) were read */
	bool cut;           /* until is short of now */
	size_t odd;         /* entries that did not describe a call */
	size_t n, capacity;
	struct nm_record *items; /* in no order */
	size_t n_made, made_capacity;
	struct nm_made *made; /* calls that were made from the line's number, where the driver's records tell; in no order */
	size_t at;               /* the driver's */
	void *own;               /* the driver's */
};

#define NM_TEXT_MAX 1600 /* characters */

/* A text that is to be sent, once, from the exchange's number. */
struct nm_text {
	const char *to; /* "+15125550111" */
	const char *body;
	nm_time begun; /* when it was first tried */
	const char *over; /* "after an hour": why it is looked for, and not sent any more; NULL: it may be sent */
	size_t n_known;
	const char *const *known; /* ids of other texts at the carrier: it is none of these */
	int follow_s;             /* how long to wait for what becomes of it, once the carrier has it */
};

enum nm_text_end {
	NM_TEXT_NOT_TAKEN, /* as far as is known */
	NM_TEXT_QUEUED,
	NM_TEXT_SENT, /* on its way; a carrier that tells no more ends so */
	NM_TEXT_DELIVERED,
	NM_TEXT_UNDELIVERED,
	NM_TEXT_LANDLINE, /* not delivered either, nor will any other to that number be */
	NM_TEXT_FAILED,
	NM_TEXT_OPTED_OUT /* whom it was for wants no texts from this number */
};

/* What is known of a text.  Filled by the driver; a conversation that begins again is given what the one before
 * knew, for there is no key that keeps a carrier from sending a text twice.  Texts live in the exchange's arena. */
struct nm_texted {
	const char *id; /* the carrier's; NULL */
	enum nm_text_end end;
	const char *words; /* why it was not delivered, in the carrier's words; NULL */
	bool asked;        /* it was asked for, and not refused: look before asking again */
	bool unsure;       /* and whether the carrier has it cannot be found out */
	bool taken;        /* the driver's: the carrier said yes, in whatever words */
	bool doubtful;     /* the driver's: a look met a text that may be this one */
	int looked_s, followed_s; /* the driver's: how long by now, answers not counted */
};

#define NM_INBOUND_MAX 20000   /* texts that one conversation keeps, at the most */
#define NM_INBOUND_STOPS 20000 /* and so many beyond that say that no more are wanted */

/* A text that came to a line, as its carrier tells of it, on the carrier's clock. */
struct nm_inbound_text {
	const char *id;   /* the carrier's; the same each time it is read */
	const char *from; /* a number in full, "+15125550111", or as the carrier writes it: a short code, a name */
	const char *body; /* cleaned: one line, no controls */
	nm_time at;
};

/* The texts that came to a line since an instant, or since some days before it.  Texts and items live in the
 * exchange's arena. */
struct nm_inbound {
	nm_time since, now; /* asked for; since < now */
	size_t odd;         /* entries that did not describe a text */
	bool full;          /* more came than were kept, or may have */
	size_t n, capacity;
	struct nm_inbound_text *items; /* in no order */
	nm_time at;                    /* the driver's: read until then */
	int step;                      /* the driver's */
	const char *page;              /* the driver's */
};

#define NM_KEPT_MAX 5000 /* calls and texts that one conversation finds, at the most, and so many recordings of them */

enum nm_kept_kind { NM_KEPT_CALL, NM_KEPT_RECORDING, NM_KEPT_TEXT };

/* Something that an account keeps of a number. */
struct nm_kept_item {
	enum nm_kept_kind kind;
	const char *id;
	const char *of;    /* the call's id, of a recording; NULL */
	bool gone;         /* it was deleted, or was not there any more */
	const char *words; /* why it was not, in the carrier's words; NULL */
};

/* What an account keeps of a number, of all its own numbers: found, or with `remove` what was found before deleted.  Texts
 * live in the arena of the exchange that has found them. */
struct nm_kept {
	const char *number; /* "+15125550199" */
	bool remove;
	bool cut; /* there is more than NM_KEPT_MAX */
	size_t n, capacity;
	struct nm_kept_item *items; /* malloc'd */
	size_t at, step;            /* the driver's */
	const char *page;           /* the driver's */
};

/* NM_AUTH_SIGNED: the secret stays here, and a header webhook-signature says that who sends it has it (core/webhook.h). */
enum nm_auth { NM_AUTH_NONE, NM_AUTH_BASIC, NM_AUTH_BEARER, NM_AUTH_FORM, NM_AUTH_QUERY, NM_AUTH_SIGNED };

/* One request, as data.  Secrets are named by auth and put in by the transport, never here. */
struct nm_request {
	/* "GET", "POST", "PATCH", "PUT", "DELETE"; "PUT-FILE": body goes into the server-side file `url`;
	 * "DIAL": a person dials what stands in the URL after dial:, "DO": does what the body says (url dial:) */
	const char *method;
	const char *url;
	const char *type; /* of the body; NULL */
	const char *body;
	size_t len;
	enum nm_auth auth;
	const struct nm_account *account; /* whose secret that is; put in by who moves the request (talk.c) */
	const char *sign_before; /* NM_AUTH_SIGNED: what is signed ahead of the body */
	bool repeatable; /* may be sent again after a timeout or a 5xx without harm */
	int timeout_s;
	size_t answer_max; /* bytes of the answer; 0: NM_ARTEFACT_BYTES */
	bool secret_url;   /* no error says the URL */
	size_t n_headers;
	const char *headers[NM_HEADERS_MAX];
};

struct nm_response {
	int status;       /* HTTP; 0 when there was no answer */
	const char *body; /* NUL-terminated, bounded */
	size_t len;
	const char *error; /* the transport's own words when status is 0 */
	int retry_after_s; /* -1 */
	const char *etag, *modified; /* the headers ETag and Last-Modified; NULL */
	const char *location;        /* where a redirect, which is not followed, leads: absolute; NULL */
};

enum nm_step_result { NM_STEP_SEND, NM_STEP_DONE, NM_STEP_FAILED };

/* A conversation with a carrier about one line, from the first request to the last answer.  What
 * earlier answers gave (ids, revisions) is kept in `ids`, which the journal stores.  A conversation that was
 * cut off is begun again (state 0, ids as they were): so a driver looks for what it may have made before
 * it makes anything, and an APPLY of what is already there does no harm. */
struct nm_exchange {
	enum nm_operation operation;
	const struct nm_plan *plan;
	const struct nm_account *account;
	const char *line, *number;
	struct nm_span window;            /* in which what is read will be compared */
	const struct nm_artefact *wanted; /* APPLY */
	struct nm_artefact live;          /* READ: filled by the driver */
	const struct nm_placing *place;   /* PLACE */
	struct nm_placed *placed;         /* PLACE: filled by the driver, also when it fails in the end */
	struct nm_records *records;       /* RECORDS: filled by the driver; of no use when it fails */
	const struct nm_text *text;       /* TEXT */
	struct nm_texted *texted;         /* TEXT: likewise */
	struct nm_inbound *inbound;       /* INBOUND: filled by the driver; of no use when it fails */
	struct nm_kept *kept;             /* FORGET: filled by the driver; what was deleted counts also when it fails */
	int state;                        /* the driver's own; 0 at the beginning */
	int pause_ms;                     /* set by the driver: so long before its request leaves */
	struct nm_arena *arena;           /* requests and ids live here */
	size_t n_ids;
	struct {
		const char *name, *value;
	} ids[16];
	const char *note; /* when failed: the carrier's own words */
};

const char *nm_exchange_id(const struct nm_exchange *exchange, const char *name);
/* The driver's end of a failed conversation: keeps the carrier's own words (a format) and returns FAILED. */
enum nm_step_result nm_exchange_fail(struct nm_exchange *exchange, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum nm_code nm_exchange_set_id(struct nm_exchange *exchange, const char *name, const char *value,
				struct nm_error *err) NM_WARN_UNUSED;

struct nm_account_key {
	const char *name, *type, *help;
	bool required;
};

struct nm_carrier {
	const char *name, *summary, *docs_url;
	const char *unverified; /* what it was never tried on, in a sentence for people; NULL: it was */
	const char *afterwards; /* what somebody has to do for a push to take effect, in a sentence's part; NULL: nothing */
	const char *records_unverified; /* what of its call records is believed, not known; NULL: nothing, or it has none */
	struct nm_traits traits;
	const struct nm_account_key *keys; /* ends with a NULL name */
	/* Are the values of an account that has all of its required keys some that the carrier takes?  NM_INPUT: what
	 * is wrong and what would be right, without the account's name.  May be NULL. */
	enum nm_code (*account)(const struct nm_account *account, struct nm_error *err);
	/* Where they depend on the account: changes the traits.  May be NULL. */
	void (*adapt)(const struct nm_account *account, struct nm_traits *traits);
	/* Of a route that its traits allow (nm_carrier_hold).  NM_INPUT: it is too large for this carrier, and why.
	 * Same route, same bytes.  A carrier that keeps no time gets what holds at the instant `at`: then also
	 * the same instant, or another one of the same situation.  What lift needs and the carrier does not keep
	 * (the zone, who has a number) is in the artefact as well; reading adds it from exchange->plan. */
	enum nm_code (*render)(const struct nm_route *route, const struct nm_account *account, nm_time at,
			       struct nm_artefact *out, struct nm_error *err);
	/* Live back into decisions.  *foreign (may be set, arena of out): what was not understood. NULL when
	 * the carrier cannot be read. */
	enum nm_code (*lift)(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			     struct nm_error *err);
	/* Takes the answer to the last request (NULL at first), gives the next one. */
	enum nm_step_result (*step)(struct nm_exchange *exchange, const struct nm_response *last,
				    struct nm_request *next);
};

/* All drivers of this build, by exact name; NULL when there is none. */
const struct nm_carrier *nm_carrier_find(const char *name);
/* The driver of an account of the plan; NULL when this build has none of that name. */
const struct nm_carrier *nm_carrier_of(const struct nm_plan *plan, int account);
extern const struct nm_carrier *const nm_carriers[];
extern const size_t nm_carriers_count;

/* Can the driver of an account work with it?  NM_INPUT: what is wrong with the account, and what would be right
 * ("account twilio: driver twilio needs `sid`: ...").  Its secret is not looked at. */
enum nm_code nm_account_check(const struct nm_account *account, struct nm_error *err) NM_WARN_UNUSED;

/* The names of those that can do something: "sandbox, twilio". */
void nm_carriers_that(bool (*can)(const struct nm_traits *traits), struct nm_buf *out);

/* The traits with this account (NULL: none). */
struct nm_traits nm_carrier_traits(const struct nm_carrier *carrier, const struct nm_account *account);

/* Do the line's hours, if it has any, hold only while an agent pushes them at each change? */
bool nm_carrier_needs_agent(const struct nm_plan *plan, int line);

/* What the carrier can hold of a route, and what of it is lost.  *held stays NULL when nothing is: the route
 * itself is held.  A carrier that keeps no time holds what is in force at the instant `at`. */
enum nm_code nm_carrier_hold(const struct nm_carrier *carrier, const struct nm_account *account,
			     const struct nm_route *route, nm_time at, struct nm_route **held,
			     struct nm_losses *losses, struct nm_error *err) NM_WARN_UNUSED;
void nm_losses_clear(struct nm_losses *losses);
/* What it holds over time when it is told anew at each change; *held NULL: the route itself. */
enum nm_code nm_carrier_hold_anew(const struct nm_carrier *carrier, const struct nm_account *account,
				  const struct nm_route *route, struct nm_route **held,
				  struct nm_error *err) NM_WARN_UNUSED;

/* A line as its carrier can hold it, for calls one by one. */
struct nm_holding {
	const struct nm_plan *plan; /* borrowed */
	int line;
	bool known; /* false: this build has no such driver, which then is taken to hold everything */
	struct nm_traits traits;
	struct nm_party handset; /* the line's own phone, as far as the plan knows it */
};
/* Texts come from the arena. */
enum nm_code nm_holding_init(struct nm_holding *holding, const struct nm_plan *plan, int line,
			     struct nm_arena *arena, struct nm_error *err) NM_WARN_UNUSED;
/* Does the carrier hear a key?  And why it does not know in which groups a caller is, NULL when it does; listed:
 * nm_caller_listed. */
bool nm_holding_hears(const struct nm_holding *holding);
const char *nm_holding_untold(const struct nm_holding *holding, bool listed);
/* nm_decide where callers and key count as far as the carrier can tell them. */
struct nm_decision nm_holding_decide(const struct nm_holding *holding, const struct nm_state *state,
				     uint64_t groups, bool listed, bool emergency);
/* nm_resolve, cut down to what the carrier can do (the text back aside).  *changed: that took something. */
enum nm_code nm_holding_resolve(const struct nm_holding *holding, const struct nm_state *state,
				struct nm_decision decision, bool skips, struct nm_arena *arena,
				struct nm_treatment **out, bool *changed, struct nm_error *err) NM_WARN_UNUSED;

/* What a carrier that keeps no time must be told next. */
struct nm_next {
	nm_time at; /* NM_TIME_MAX: nothing else */
	struct nm_artefact artefact;
	struct nm_route *held;   /* owned; what it holds then of the route; NULL: all of it */
	struct nm_error refusal; /* code not NM_OK: it cannot be told that, and why */
};
/* The first change within the span (its beginning, at which `now` is right, not counted). */
enum nm_code nm_carrier_next(const struct nm_carrier *carrier, const struct nm_account *account,
			     const struct nm_route *route, struct nm_span within, const struct nm_artefact *now,
			     struct nm_next *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_next_clear(struct nm_next *next);

/* Moves requests: several may be under way, each with the caller's tag. */
struct nm_transport {
	void *context;
	enum nm_code (*submit)(void *context, int tag, const struct nm_request *request,
			       struct nm_error *err);
	/* Waits at most timeout_ms for any answer, and that long when none comes: *tag is then -1.  The response
	 * is valid until the next call. */
	enum nm_code (*collect)(void *context, int timeout_ms, int *tag, struct nm_response *response,
				struct nm_error *err);
	/* Gives up all requests under way: none is answered any more, and what became of them is not known.  NULL:
	 * they can only be waited for. */
	void (*drop)(void *context);
};

#endif
