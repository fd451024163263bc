/* SPDX-License-Identifier: MIT */
/*
 * What the sources of check share: findings in the making (drafts), the calls that are tried (probes),
 * and the cases that the proof walks over.
 */
#ifndef NEVERMISS_CHECK_PRIVATE_H
#define NEVERMISS_CHECK_PRIVATE_H

#include "graph.h"
#include "nevermiss/carrier.h"
#include "nevermiss/check.h"

#define NM_RACE_S 5  /* ring time and own voicemail nearer than this race */
#define NM_HUMAN_S 6 /* a human answers after this, design.md 4.3 */
#define NM_CHECK_CALLBACK_S (15 * 60) /* the guide's target for calling back */

/* What everybody does in a call that is tried. */
enum nm_probe {
	NM_PROBE_PLAIN,  /* nothing is said: everybody answers in their own time */
	NM_PROBE_NOBODY, /* no human answers */
	NM_PROBE_SILENT, /* nobody answers, no AI either */
	NM_PROBE_HUMANS, /* every human answers, after NM_HUMAN_S */
	NM_PROBE_GONE,   /* nobody can be reached; whose own voicemail takes calls then does not answer */
	NM_PROBE_UNREACHABLE, /* no human answers, and `who`'s phone, whatever names it has, cannot be reached */
	NM_PROBE_GUESSED, /* the same, and the own voicemail that nobody knows of `who` takes the call */
	NM_PROBE_BUSY,    /* no human answers, and that phone is busy */
	NM_PROBE_ONLY,        /* no human answers but `who` */
	NM_PROBE_ALONE,       /* nobody answers but `who`, no AI either */
	NM_PROBES
};

#define NM_PROBES_PLAIN (NM_PROBE_GONE + 1) /* those that need no `who` */

/* A call that shows a finding, for one state. */
struct nm_hit {
	bool set, emergency; /* emergency: it has to be said, --emergency */
	bool held;           /* the plan does not show it, what the line's carrier can hold of it does: --held */
	enum nm_probe probe;
	int line, caller, who; /* caller: class; who: destination, -1 */
};

#define NM_DRAFT_MENDS 3

/* A finding in the making. */
struct nm_draft {
	struct nm_draft *next;
	const struct nm_check_info *info;
	int subject, part; /* what it is about: with info, its identity */
	struct nm_pos pos;
	const char *why;       /* in place of the table's; NULL */
	const char *sentence;  /* whom it concerns is added when it has hits */
	const char *note;      /* stands behind that; NULL */
	bool plain;	       /* it says that already */
	bool names_lines;      /* it says which lines already, and not which callers */
	struct nm_hit *hits;   /* [n_states]; NULL: holds at no particular time */
	bool *lines, *callers; /* concerned: by line, by class; with hits */
	bool by_plan;          /* with hits: one of them at least is the plan's own */
	size_t n_states, n_calls; /* with hits: states, and of all states the pairs of line and caller */
	struct nm_hit last;       /* the hit counted last: one call may show a finding in several ways */
	size_t last_state;
	size_t n_windows;      /* given, where they do not follow from hits */
	const struct nm_span *windows;
	size_t n_call; /* given likewise */
	const char *const *call;
	size_t n_mends;
	struct nm_mend mends[NM_DRAFT_MENDS];
	int slowest_s; /* too-slow: of the cases that show it; the mend is made for that one */
};

struct nm_checker {
	const struct nm_plan *plan;
	const struct nm_check_options *options;
	bool guarantees_only;
	struct nm_arena *arena; /* of the findings */
	struct nm_timeline *timeline;
	struct nm_classes classes;
	struct nm_draft *first, **last;
	size_t n;
	struct nm_script scripts[NM_PROBES_PLAIN];
	size_t *n_names; /* [n_destinations]: destinations that are its phone, itself among them */
	bool failed; /* memory ran out: a draft is missing */
};

/* --- drafts; all take memory failure silently and set checker->failed --- */

struct nm_draft *nm_draft_find(const struct nm_checker *checker, const char *id, int subject, int part);
/* NULL sentence: memory ran out before. */
struct nm_draft *nm_draft_add(struct nm_checker *checker, const char *id, int subject, int part,
			      struct nm_pos pos, const char *sentence);
/* Takes a draft back that has turned out to be none. */
void nm_draft_drop(struct nm_checker *checker, struct nm_draft *draft);
void nm_draft_hit(struct nm_checker *checker, struct nm_draft *draft, size_t state, struct nm_hit hit);
/* Names the call of a hit: what has to be said to play it, and nothing that makes no difference. */
void nm_draft_call(struct nm_checker *checker, struct nm_draft *draft, nm_time at, struct nm_hit hit);
/* A mend in words; edits (copied) make it one that can be applied. */
void nm_draft_mend(struct nm_checker *checker, struct nm_draft *draft, const char *words, size_t n,
		   const struct nm_edit *edits);

struct nm_edit nm_edit_option(const char *section, const char *title, const char *option, const char *value);
struct nm_edit nm_edit_step(const char *path, int step, const char *option, const char *value);
struct nm_edit nm_edit_section(enum nm_edit_op op, const char *section, const char *title, const char *value);
#define NM_WORDS_MOST (4u << 20) /* bytes of a text of ours: more than a plan can make it */

/* Empties the buffer into the arena; NULL when memory is out. */
const char *nm_check_text_of(struct nm_checker *checker, struct nm_buf *buf);
/* A text, and names that an option refers to, as the plan writes them, from the arena: names in quotes where they need
 * them, other than one in braces. */
const char *nm_check_quoted(struct nm_checker *checker, const char *text);
const char *nm_check_named(struct nm_checker *checker, const char *const *names, size_t n);

/* --- probes --- */

enum nm_code nm_probes_init(struct nm_checker *checker, struct nm_error *err) NM_WARN_UNUSED;
/* setting: room for the one of `who`; what is said of others belongs to the checker. */
struct nm_script nm_probe_script(struct nm_checker *checker, enum nm_probe probe, int who,
				 struct nm_script_setting *setting);

/* Plays the call of a hit, with events; NM_INPUT when it cannot be played to its end. */
enum nm_code nm_hit_play(struct nm_checker *checker, nm_time at, struct nm_hit hit,
			 struct nm_simulation **out) NM_WARN_UNUSED;

/* --- cases: what one kind of call gets, tried once however many states and classes give it --- */

struct nm_mark { /* the case shows this finding */
	struct nm_mark *next;
	struct nm_draft *draft;
	struct nm_edge *edge; /* or has this way on; NULL */
	enum nm_probe probe;
	int who;
};

struct nm_tried { /* how a probe ended */
	enum nm_result result;
	int by; /* destination; -1 */
	int seconds;
	size_t step; /* index of the step in which it ended; n behind the last */
};

struct nm_rung {
	int destination, at_s;
};

enum nm_proof { NM_PROOF_NONE, NM_PROOF_HOLDS, NM_PROOF_BROKEN };

struct nm_case {
	int line;
	bool planned; /* as the plan has it, whatever the carriers can hold */
	struct nm_decision decision;
	uint32_t state;					  /* one of those that give this case */
	int caller;					  /* likewise a class */
	const struct nm_treatment *treatment, *stretched; /* as the carrier holds it; at its longest there */
	bool cut;     /* its carrier, or that of a line it rings, cannot hold all of it */
	bool judged;
	bool endless; /* it goes through too many lines to be played to its end: nothing is known of it */
	bool greets;  /* something is played in which a key can be pressed, and heard */
	struct nm_tried nobody, humans, silent, silent_long; /* long: every ring as long as it may last */
	size_t n_rung; /* with nobody answering, in order */
	const struct nm_rung *rung;
	struct nm_mark *marks;
	enum nm_proof *proofs;		 /* [n_guarantees] */
	struct nm_mark *guarantee_marks; /* [n_guarantees]: with NM_PROOF_BROKEN */
};

struct nm_prover {
	struct nm_checker *checker;
	struct nm_holding *holdings; /* [n_lines] */
	uint32_t **folded; /* [n_paths]: state -> first state alike for the path; NULL until needed */
	bool *far;	   /* [n_paths]: with folded: it rings lines, so that caller and state count */
	size_t walked;         /* calls that were proved */
	size_t n_cases, n_slots;
	struct nm_case **slots; /* hash table, n_slots a power of two */
	struct nm_graph graph;
	struct nm_arena *scratch; /* emptied case by case */
	bool *decides;		  /* [n_rules] */
	bool *overrides;          /* [n_overrides]: likewise */
	bool *endless;            /* [n_paths]: a call was found on it that cannot be played to its end */
	int *reached;             /* [n_paths]: number of the last step that a call gets to */
	bool leg_cut;             /* a line was rung whose carrier cannot hold all of it */
	bool longest;             /* calls are played with rings as long as they may last, on lines too */
	bool leg_stretched;       /* a line was rung on which rings may last longer than said */
	bool quiet;               /* the walk is over: cases are tried still, and nothing is found in them */
	bool unheard;             /* a greeting plays where the carrier does not hear the key */
	bool *passed;		  /* [n_lines]: room to mark the lines that a call has passed */
	struct nm_error *err;
	enum nm_code code; /* of a call back that cannot return it */
};

/* Is the guarantee about such a call in this state? */
bool nm_prover_covers(const struct nm_prover *prover, size_t guarantee, uint32_t state, int line, int caller,
		      bool emergency);
/* Rejected, and meant so: somebody named these callers. */
bool nm_case_kept_out(const struct nm_prover *prover, const struct nm_case *one);
/* The case of a call; NULL when prover->code says why. */
struct nm_case *nm_case_get(struct nm_prover *prover, uint32_t state, int line, int caller, bool emergency);
/* The case of calls for which that was decided. */
struct nm_case *nm_case_decided(struct nm_prover *prover, struct nm_decision decision, uint32_t state, int line, int caller);
/* The same as the plan has it, whatever the line's carrier can hold. */
struct nm_case *nm_case_planned(struct nm_prover *prover, uint32_t state, int line, int caller, bool emergency);
/* The call of this case as it goes on to a line. */
struct nm_case *nm_case_leg(struct nm_prover *prover, const struct nm_case *one, int line);
enum nm_code nm_case_judge(struct nm_prover *prover, struct nm_case *one) NM_WARN_UNUSED;
/* What is wrong with a case that has been tried. */
enum nm_code nm_case_find(struct nm_prover *prover, struct nm_case *one) NM_WARN_UNUSED;
/* Of these, steps behind the end of the call; nm_prove_behind drops those that another call gets to. */
void nm_case_find_behind(struct nm_prover *prover, struct nm_case *one);
/* Of these, own voicemails that take it; prover->code tells of a failure. */
void nm_case_find_swallows(struct nm_prover *prover, struct nm_case *one);
/* Of these, one destination whose failing alone ends the call badly. */
enum nm_code nm_case_find_failures(struct nm_prover *prover, struct nm_case *one) NM_WARN_UNUSED;
/* The path on which the call ends: that of the line which took it over for good, should one have. */
int nm_case_path_ending(struct nm_prover *prover, const struct nm_case *one);
enum nm_code nm_case_guarantee(struct nm_prover *prover, struct nm_case *one, int guarantee) NM_WARN_UNUSED;
/* The same, tried without a finding. */
enum nm_code nm_case_breaks(struct nm_prover *prover, struct nm_case *one, int guarantee, bool *breaks) NM_WARN_UNUSED;
/* Plays a probe on the case, with prover->longest as that says; with events when asked for. */
enum nm_code nm_case_play(struct nm_prover *prover, const struct nm_case *one,
			  const struct nm_treatment *treatment, enum nm_probe probe, int who, bool events,
			  struct nm_outcome *out) NM_WARN_UNUSED;
/* Both ends of what the carrier may make of the ring times: the worse of the two. */
enum nm_code nm_case_try(struct nm_prover *prover, const struct nm_case *one, enum nm_probe probe, int who,
			 struct nm_tried *out) NM_WARN_UNUSED;
void nm_case_mark(struct nm_prover *prover, struct nm_case *one, struct nm_draft *draft, enum nm_probe probe,
		  int who);
/* How much longer than said a ring may last on the line's carrier. */
int nm_line_stretch_s(const struct nm_prover *prover, int line);

/* The first (live: human or AI, human: human alone) that is rung and could answer; NULL. */
const struct nm_rung *nm_case_first_live(const struct nm_prover *prover, const struct nm_case *one,
					 bool human);
/* The first of them who is rung beside a voicemail, which takes the call before they can; NULL. */
const struct nm_rung *nm_case_in_vain(const struct nm_prover *prover, const struct nm_case *one, bool human);
/* Step i of the treatment takes the call for good: a voicemail, or a line that keeps it. */
bool nm_step_ends(const struct nm_treatment_step *step);

/* --- the parts of check --- */

enum nm_code nm_prove(struct nm_checker *checker, struct nm_error *err) NM_WARN_UNUSED;
void nm_prove_shadowed(struct nm_prover *prover);
void nm_prove_behind(struct nm_prover *prover);
/* The graph's scene of a state and a class of callers. */
size_t nm_prover_scene(const struct nm_prover *prover, size_t state, int caller);
enum nm_code nm_prove_loops(struct nm_prover *prover) NM_WARN_UNUSED;
/* What stays in force on a line when the agent stops. */
struct nm_frozen {
	struct nm_case **cases; /* [classes], judged */
	nm_time since;          /* NM_TIME_MIN: not known, and taken for what a push now would leave there */
	bool read_back;         /* since: of the reading that saw it, not of the push */
};
/* By what the store has of the line, else by the plan at options->now; prover->code tells of a failure. */
struct nm_frozen nm_prove_frozen(struct nm_prover *prover, int line);
/* The plan's state of now. */
uint32_t nm_checker_state(const struct nm_checker *checker);
/* The case, with its path, that could be left in force on a line at all times: it breaks no guarantee and leaves no hole,
 * and of those that do it protects most.  NULL: there is none, or prover->code tells of a failure. */
const struct nm_case *nm_prove_rest(struct nm_prover *prover, int line);
enum nm_code nm_prove_end(struct nm_prover *prover) NM_WARN_UNUSED; /* what needs the walk to be over */
void nm_check_text(struct nm_checker *checker);			    /* the plan's text alone */
void nm_check_names(struct nm_checker *checker);		    /* who names whom; what is over */
void nm_check_phones(struct nm_checker *checker);		    /* destinations that are one phone */
/* The first destination that is this one's phone, which may be itself. */
int nm_check_phone(const struct nm_plan *plan, int destination);
/* The names of that phone from this first one on: "owner and backup". */
void nm_check_phone_names(const struct nm_plan *plan, int first, struct nm_buf *out);
void nm_check_behind(struct nm_checker *checker);                   /* steps behind a voicemail */
void nm_check_rules(struct nm_checker *checker); /* rules that do the same, paths too long */
void nm_check_log(struct nm_checker *checker);   /* what the log of calls says */
void nm_check_agent(struct nm_checker *checker); /* is it there when it is needed?  After nm_prove */
void nm_check_outside(struct nm_checker *checker); /* what got lost between the store and others */
/* Whom the schedule keeps away, a person of their `away`; -1: nobody. */
int nm_check_kept_away(const struct nm_plan *plan, int schedule);
enum nm_code nm_check_times(struct nm_checker *checker,
			    struct nm_error *err) NM_WARN_UNUSED; /* calendars, focus, facts, tests */

/* --- mends that need more than words --- */

void nm_mend_ring_less(struct nm_checker *checker, struct nm_draft *draft, int path, int step);
void nm_mend_confirm(struct nm_checker *checker, struct nm_draft *draft, int path, int step, int destination);
void nm_mend_last_step(struct nm_checker *checker, struct nm_draft *draft, int path);
void nm_mend_live(struct nm_checker *checker, struct nm_draft *draft, int path);
/* Lets the rule or override that turns callers away lead somewhere. */
void nm_mend_admit(struct nm_checker *checker, struct nm_draft *draft, const struct nm_decision *decision);
void nm_mend_otherwise(struct nm_checker *checker, struct nm_draft *draft);
void nm_mend_faster(struct nm_prover *prover, struct nm_draft *draft, const struct nm_case *one);
/* Takes whoever makes the edge out of the step. */
void nm_mend_edge(struct nm_checker *checker, struct nm_draft *draft, const struct nm_edge *edge);

#endif
