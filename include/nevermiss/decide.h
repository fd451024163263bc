/* SPDX-License-Identifier: MIT */
/*
 * What happens to a call: decide (which rule), resolve (who is rung, in which order), play (how it ends).
 *
 *   plan + state --decide--> decision --resolve--> treatment --play--> outcome with its events
 *
 * A treatment names everybody it rings by itself, so that one read back from a carrier plays just
 * as one made from the plan.
 */
#ifndef NEVERMISS_DECIDE_H
#define NEVERMISS_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/plan.h"
#include "nevermiss/timeline.h"

/* --- classes of callers --- */

/* Bit i: the caller is in callers group i of the plan. */
uint64_t nm_caller_groups(const struct nm_plan *plan, struct nm_caller caller);
/* Stands as a whole number (or as anonymous) in some group, and so is known to whom beginnings say nothing. */
bool nm_caller_listed(const struct nm_plan *plan, struct nm_caller caller);

/* Callers that no rule of the plan can tell apart. */
struct nm_class {
	uint64_t groups;
	struct nm_caller witness; /* one of them, for counterexamples */
	bool listed;              /* the witness is: nm_caller_listed */
	const char *words;        /* "any other caller", "callers vip", "callers vip and family" */
};

struct nm_classes {
	size_t n; /* >= 1; the first one is in no group */
	struct nm_class *items;
	struct nm_arena *arena;
};

/* Every class that has a member; groups that only differ in ways no rule looks at are still apart. */
enum nm_code nm_classes_build(const struct nm_plan *plan, struct nm_classes *out, struct nm_error *err) NM_WARN_UNUSED;
/* The same with those of a class apart that are listed and that are not, for carriers that know whole numbers
 * only. */
enum nm_code nm_classes_build_listed(const struct nm_plan *plan, struct nm_classes *out,
				     struct nm_error *err) NM_WARN_UNUSED;
void nm_classes_clear(struct nm_classes *classes);

/* --- decide --- */

enum nm_verdict { NM_VERDICT_PATH, NM_VERDICT_REJECT, NM_VERDICT_LOST };
enum nm_by { NM_BY_NOTHING, NM_BY_RULE, NM_BY_EMERGENCY, NM_BY_OVERRIDE };

struct nm_decision {
	enum nm_verdict verdict;
	enum nm_by by;
	int index;             /* of the rule or override; -1 */
	int path;              /* -1 */
	enum nm_reject reject;
	bool emergency;        /* the call is one: asked for, by its line, or by its caller */
};

/* design.md 4.2.  emergency: the caller is known to have one (key, --emergency). */
struct nm_decision nm_decide(const struct nm_plan *plan, const struct nm_state *state, int line,
			     uint64_t groups, bool emergency);
/* "emergency", "override NAME", the rule's name; NULL when nothing matched.  Text from the arena. */
const char *nm_decision_rule(const struct nm_plan *plan, struct nm_decision decision, struct nm_arena *arena);

/* One line per rule that was looked at, in order, ending with the one that decided. */
struct nm_reason {
	const char *name; /* "blocked", "emergency", "override dentist" */
	bool matched;
	const char *text; /* "callers spam do not match" */
	struct nm_pos pos;
};

enum nm_code nm_decide_why(const struct nm_plan *plan, const struct nm_state *state, nm_time at, int line,
			   struct nm_caller caller, bool emergency, struct nm_arena *arena,
			   struct nm_reason **out, size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* --- resolve --- */

/* Why a destination is not rung now. */
enum nm_absence { NM_PRESENT, NM_AWAY, NM_OUTSIDE_HOURS };

/* Which schedule makes it so (away) is written to *schedule; NULL is allowed.  The emergency path
 * ignores `away`. */
enum nm_absence nm_destination_absence(const struct nm_destination *destination, const struct nm_state *state,
				       bool emergency, int *schedule);

/* Somebody rung by a step, told so that nothing else need be looked up. */
struct nm_party {
	const char *name;     /* of the destination or line */
	enum nm_kind kind;
	enum nm_role role;
	const char *number;   /* "+15125550111", a SIP address, or NULL for a voicemail */
	int own_voicemail_s;  /* or NM_OWN_VOICEMAIL_* */
	bool confirm;
	bool line_id;         /* shows the line's number, not the caller's */
	const char *greeting; /* of a voicemail; NULL */
	const char *line;     /* the leg is a call to this line: that line decides; NULL */
	bool on_busy, on_unreachable; /* its carrier then sends the call on, ahead of its own voicemail */
	bool native;          /* rings as the handset of the line the call came to: no leg of its own */
	const char *turn_of;  /* rotation through which it was rung; NULL */
};

struct nm_skip {
	const char *name; /* who is not rung */
	const char *why;  /* "away: on-a-job is on", "outside its hours: business is off", "not on turn" */
};

/* For how long a step rings whoever does not answer.  A plan knows the first and the last one. */
enum nm_ring_time {
	NM_RING_TIMED,    /* for_s, then the next step */
	NM_RING_OPEN,     /* no time is set: the next step comes when the carrier lets the call go on */
	NM_RING_ON,       /* no time is set, and the next step comes only when all who are rung drop out */
	NM_RING_HANDOVER  /* a line that has the call for good: nothing comes after it */
};

struct nm_treatment_step {
	int number;        /* of the plan's step, from 1 */
	int round;         /* from 1 */
	enum nm_ring_time ring_time;
	int for_s;         /* what an open one is played with; NM_FOR_MAX for one that rings on; 0 for a hand-over */
	struct nm_pos pos; /* {NULL,0,0} when it came from a carrier */
	size_t n;
	struct nm_party *parties; /* n == 0: skipped */
	size_t n_skips;
	struct nm_skip *skips;
};

#define NM_ALERTS_MAX (2 * NM_RING_MAX) /* of one call: alert and then_alert */
/* In the text of an alert: here the caller's number stands in what is sent. */
#define NM_ALERT_CALLER "{caller}"

/* Somebody who is texted because of the call. */
struct nm_alert {
	const char *name;   /* of the destination */
	const char *number; /* "+15125550111" */
	int after_s;        /* 0: as the call arrives; else when nobody has acknowledged it by then */
};

struct nm_alerts {
	size_t n; /* 0 for a call that is no emergency; those who are texted at once come first */
	struct nm_alert *items;
	const char *text;  /* that each of them gets, with NM_ALERT_CALLER in it; NULL when n is 0 */
	struct nm_pos pos; /* {NULL,0,0} when it came from a carrier */
};

struct nm_treatment {
	enum nm_verdict verdict;
	enum nm_reject reject;
	const char *rule; /* as nm_decision_rule */
	const char *path; /* NULL */
	bool emergency;
	const char *greeting; /* played before the first ring; NULL */
	int greeting_s;
	const char *text_back; /* that the line itself sends to a missed caller (text_in_flow); NULL */
	bool text_always;      /* each time: whoever had it a minute ago, or wants none */
	struct nm_alerts alerts;
	size_t n;
	struct nm_treatment_step *steps; /* rounds written out, skipped steps included */
};

/* Who is rung at this state by this decision for a call to `line`.  All memory from the arena.
 * With skips == false the reasons are left out (proofs do not need them). */
enum nm_code nm_resolve(const struct nm_plan *plan, const struct nm_state *state, int line,
			struct nm_decision decision, bool skips, struct nm_arena *arena,
			struct nm_treatment **out, struct nm_error *err) NM_WARN_UNUSED;

/* Same parties in the same order for the same time, and the same people alerted with the same text: what
 * somebody could notice.  Names of rules and paths, skipped steps and positions do not count. */
bool nm_treatment_equal(const struct nm_treatment *a, const struct nm_treatment *b);
/* The same, whatever the text to those who are alerted says: what a caller gets and who is alerted are the same. */
bool nm_treatment_equal_but_alert_text(const struct nm_treatment *a, const struct nm_treatment *b);
/* A greeting plays somewhere in it: there the emergency key can be pressed. */
bool nm_treatment_greets(const struct nm_treatment *treatment);
/* "owner 20 s, then office + sam 15 s, then Fixly 10 s, then mailbox"; "rejected (busy)"; "nobody"; of an
 * emergency "oncall 20 s, alerting owner + sam, and Ned if nobody acknowledges within 5 min". */
void nm_treatment_words(const struct nm_treatment *treatment, struct nm_buf *out);
/* The same for somebody who compares it with another (NULL: with none): what two parties of one name differ
 * in stands after the name, "Fixly (+15125550177) 10 s", so that unequal treatments never read alike. */
void nm_treatment_words_beside(const struct nm_treatment *treatment, const struct nm_treatment *other,
			       struct nm_buf *out);

/* --- play --- */

struct nm_script_setting {
	const char *name;
	enum nm_behaviour behaviour;
	int after_s; /* -1: the default of its kind */
};

/* A phone whose own voicemail is known to pick up no sooner than that in this call. */
struct nm_script_late {
	const char *name;
	int least_s; /* INT_MAX: it does not at all */
};

/* What everybody does in this call. */
struct nm_script {
	bool nobody;       /* no human answers */
	bool unknown_takes; /* an own voicemail that is unknown is there, and takes what cannot be delivered */
	bool busy_drops;   /* who is busy drops out: it is not sent to a voicemail of its own */
	bool drops_timed;  /* who is busy, declines or is unreachable is so after after_s, and not at once */
	size_t n;
	const struct nm_script_setting *settings; /* ahead of everything else */
	size_t n_late;
	const struct nm_script_late *late;
	int hangup_s;      /* the caller gives up; -1 */
};

enum nm_result { NM_ANSWERED, NM_TO_VOICEMAIL, NM_REJECTED, NM_SWALLOWED, NM_ABANDONED, NM_LOST };

/* clang-format off */
enum nm_event_kind {
	NM_EVENT_GREETING, NM_EVENT_RING, NM_EVENT_SKIP, NM_EVENT_ANSWER, NM_EVENT_NO_ANSWER, NM_EVENT_BUSY,
	NM_EVENT_DECLINED, NM_EVENT_UNREACHABLE, NM_EVENT_SWALLOW, NM_EVENT_VOICEMAIL, NM_EVENT_REJECT,
	NM_EVENT_LOST, NM_EVENT_KEY, NM_EVENT_ALERT, NM_EVENT_LINE, NM_EVENT_LOOP, NM_EVENT_HANGUP,
	NM_EVENT_LIMIT
};
/* clang-format on */

struct nm_event {
	int t; /* seconds from the call's arrival */
	enum nm_event_kind kind;
	size_t n;
	const char **to;
	int for_s;       /* of a ring; 0, also where no time is set */
	const char *why; /* never NULL */
	struct nm_pos pos;
	int depth;       /* 0; 1 for what happens on a line that a step rang, and so on */
};

struct nm_outcome {
	enum nm_result result;
	const char *answered_by; /* who took the call, voicemail and swallowing phones too; NULL */
	enum nm_kind kind;       /* of answered_by */
	int seconds;             /* from arrival; -1 for rejected and lost */
	int rings;               /* nm_rings of them; -1 likewise */
	int ended_s;             /* when the call ended, whatever the result */
	size_t step;             /* index of the treatment's step in which it ended; n behind the last */
	size_t n;
	struct nm_event *events;
};

/* How often it rang in so many seconds: one ring is 6 s, rounded up; -1 for seconds below 0, which are not known. */
int nm_rings(int seconds);

/* How a leg to a line goes on: returns the treatment of a call to that line at the same instant from
 * the same caller; NULL when nothing is known of the line (the leg rings until its time is over). */
struct nm_lines {
	void *context;
	const struct nm_treatment *(*treatment)(void *context, const char *line);
};

#define NM_LINES_DEEP 16       /* most lines that one call goes on to, each from the one before */
#define NM_STEPS_PLAYED 200000 /* most steps gone through for one call: lines may ring lines many times */

/* Plays a treatment to its end.  line is the name of the line called (a leg that comes back to a line
 * already passed is a loop and drops out, and so does one that passes more than NM_LINES_DEEP).  More than
 * NM_STEPS_PLAYED are NM_INPUT.  All memory from the arena. */
enum nm_code nm_play(const struct nm_treatment *treatment, const char *line, const struct nm_script *script,
		     const struct nm_lines *lines, bool events, struct nm_arena *arena,
		     struct nm_outcome *out, struct nm_error *err) NM_WARN_UNUSED;

const char *nm_result_name(enum nm_result result);         /* "answered", "voicemail", ... */
const char *nm_reject_name(enum nm_reject reject);         /* "busy", "silent" */
const char *nm_event_name(enum nm_event_kind kind);        /* "ring", "no-answer", ... */
/* Seconds after which one who answers does, told nothing else: people 6, AI and services 3. */
int nm_default_answer_s(enum nm_kind kind, enum nm_role role);

/* --- a whole call --- */

struct nm_call {
	nm_time at;
	int line;
	struct nm_caller caller;
	bool emergency;
	bool held; /* as the carriers can hold the plan, told anew at each change where they keep no hours */
	struct nm_script script;
};

struct nm_simulation {
	struct nm_arena *arena; /* owns everything below */
	struct nm_call call;
	struct nm_treatment *treatment;
	struct nm_outcome outcome;
	struct nm_reason *reasons;
	size_t n_reasons;
	const char *text_back;  /* the text the caller gets; NULL */
	bool after_hours;       /* it came outside all hours that rules name */
};

/* decide + resolve + play + text-back for one call on the plan. */
enum nm_code nm_simulate(const struct nm_plan *plan, const struct nm_call *call, struct nm_simulation **out,
			 struct nm_error *err) NM_WARN_UNUSED;
void nm_simulation_free(struct nm_simulation *simulation);
/* The same, on a timeline that holds call->at (for many calls). */
enum nm_code nm_simulate_on(const struct nm_timeline *timeline, const struct nm_call *call, bool events,
			    struct nm_simulation **out, struct nm_error *err) NM_WARN_UNUSED;

/* A plan's test section, played. */
struct nm_test_result {
	bool ok;
	const char *expected, *got; /* "fixly within 30 s"; "mailbox (voicemail) after 45 s" */
	struct nm_simulation *simulation; /* owned: nm_simulation_free */
};
enum nm_code nm_test_run(const struct nm_plan *plan, const struct nm_test *test, struct nm_test_result *out,
			 struct nm_error *err) NM_WARN_UNUSED;

#endif
