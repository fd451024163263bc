/* SPDX-License-Identifier: MIT */
/*
 * Tries a case: plays the calls that tell whether it is good.  Comes in: a case with its treatment.
 * Goes out: how each probe ended, who is rung when, and, by check_judge.c, what is wrong with it.
 */
#include "check_private.h"
#include "rules.h"

#include <string.h>

#include "nevermiss/carrier.h"

int nm_line_stretch_s(const struct nm_prover *prover, int line)
{
	return prover->holdings[line].known ? prover->holdings[line].traits.ring_extra_s : 0;
}

/* --- playing --- */

struct legs {
	struct nm_prover *prover;
	const struct nm_case *one;
};

static const struct nm_treatment *leg_treatment(void *context, const char *line)
{
	const struct legs *legs = context;
	const int id = nm_plan_find_line(legs->prover->checker->plan, line);
	const struct nm_case *leg;

	if (id < 0)
		return NULL;
	leg = nm_case_leg(legs->prover, legs->one, id);
	if (!leg)
		return NULL;
	legs->prover->leg_cut |= leg->cut;
	legs->prover->leg_stretched |= leg->stretched != leg->treatment;
	return legs->prover->longest ? leg->stretched : leg->treatment;
}

enum nm_code nm_case_play(struct nm_prover *prover, const struct nm_case *one,
			  const struct nm_treatment *treatment, enum nm_probe probe, int who, bool events,
			  struct nm_outcome *out)
{
	struct legs context = { prover, one };
	const struct nm_lines lines = { &context, leg_treatment };
	struct nm_script_setting setting;
	const struct nm_script script = nm_probe_script(prover->checker, probe, who, &setting);
	enum nm_code code;

	if (!prover->scratch)
		prover->scratch = nm_arena_new();
	if (!prover->scratch)
		return nm_fail_memory(prover->err);
	code = nm_play(treatment, prover->checker->plan->lines[one->line].name, &script, &lines, events,
		       prover->scratch, out, prover->err);
	return code ? code : prover->code;
}

static struct nm_tried tried_of(const struct nm_prover *prover, const struct nm_outcome *outcome)
{
	return (struct nm_tried){
		.result = outcome->result,
		.by = outcome->answered_by
			      ? nm_plan_find_destination(prover->checker->plan, outcome->answered_by)
			      : -1,
		.seconds = outcome->ended_s,
		.step = outcome->step,
	};
}

/* An answer is better than none, a voicemail than losing the call, and sooner than later. */
static int badness(enum nm_result result)
{
	switch (result) {
	case NM_ANSWERED:
		return 0;
	case NM_TO_VOICEMAIL:
		return 1;
	case NM_REJECTED:
	case NM_ABANDONED:
	case NM_SWALLOWED:
		return 2;
	case NM_LOST:
		return 3;
	}
	return 3;
}

static bool worse(const struct nm_tried *a, const struct nm_tried *b)
{
	if (badness(a->result) != badness(b->result))
		return badness(a->result) > badness(b->result);
	return a->seconds > b->seconds;
}

/* The same with rings as long as they may last, here and on the lines that were rung in the play before; *differs is
 * false, and nothing played, where none may last longer. */
static enum nm_code play_longest(struct nm_prover *prover, const struct nm_case *one, enum nm_probe probe, int who,
				 bool *differs, struct nm_outcome *out)
{
	enum nm_code code = NM_OK;

	*differs = one->stretched != one->treatment || prover->leg_stretched;
	if (!*differs)
		return NM_OK;
	prover->longest = true;
	code = nm_case_play(prover, one, one->stretched, probe, who, false, out);
	prover->longest = false;
	return code;
}

enum nm_code nm_case_try(struct nm_prover *prover, const struct nm_case *one, enum nm_probe probe, int who,
			 struct nm_tried *out)
{
	struct nm_outcome outcome;
	struct nm_tried longest;
	bool differs;
	enum nm_code code;

	prover->leg_stretched = false;
	code = nm_case_play(prover, one, one->treatment, probe, who, false, &outcome);
	if (code)
		return code;
	*out = tried_of(prover, &outcome);
	code = play_longest(prover, one, probe, who, &differs, &outcome);
	if (code || !differs)
		return code;
	longest = tried_of(prover, &outcome);
	if (worse(&longest, out))
		*out = longest;
	return NM_OK;
}

/* --- who is rung --- */

static size_t rings_count(const struct nm_outcome *outcome)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < outcome->n; i++)
		if (outcome->events[i].kind == NM_EVENT_RING)
			n += outcome->events[i].n;
	return n;
}

static enum nm_code rung_list(struct nm_prover *prover, struct nm_case *one, const struct nm_outcome *outcome)
{
	struct nm_rung *rung = nm_arena_alloc(prover->checker->arena, rings_count(outcome), sizeof *rung);
	size_t n = 0;
	size_t i, j;

	if (!rung)
		return nm_fail_memory(prover->err);
	for (i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		for (j = 0; event->kind == NM_EVENT_RING && j < event->n; j++) {
			const int id = nm_plan_find_destination(prover->checker->plan, event->to[j]);

			if (id >= 0)
				rung[n++] = (struct nm_rung){ .destination = id, .at_s = event->t };
		}
	}
	one->rung = rung;
	one->n_rung = n;
	return NM_OK;
}

static bool greeting_played(const struct nm_prover *prover, const struct nm_outcome *outcome)
{
	const struct nm_plan *plan = prover->checker->plan;
	size_t i;
	int id;

	for (i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		if (event->kind == NM_EVENT_GREETING)
			return true;
		if (event->kind != NM_EVENT_VOICEMAIL || !event->n)
			continue;
		id = nm_plan_find_destination(plan, event->to[0]);
		if (id >= 0 && plan->destinations[id].greeting)
			return true;
	}
	return false;
}

static bool is_live(const struct nm_prover *prover, const struct nm_rung *rung, bool human)
{
	const enum nm_kind kind = prover->checker->plan->destinations[rung->destination].kind;

	return human ? nm_kind_human(kind) : kind != NM_VOICEMAIL;
}

/* A voicemail in the same step takes the call at once: nobody beside it can answer. */
static bool is_beside_voicemail(const struct nm_case *one, const struct nm_rung *rung)
{
	return one->silent.result == NM_TO_VOICEMAIL && rung->at_s >= one->silent.seconds;
}

const struct nm_rung *nm_case_first_live(const struct nm_prover *prover, const struct nm_case *one,
					 bool human)
{
	size_t i;

	for (i = 0; i < one->n_rung; i++)
		if (is_live(prover, &one->rung[i], human) && !is_beside_voicemail(one, &one->rung[i]))
			return &one->rung[i];
	return NULL;
}

const struct nm_rung *nm_case_in_vain(const struct nm_prover *prover, const struct nm_case *one, bool human)
{
	size_t i;

	for (i = 0; i < one->n_rung; i++)
		if (is_live(prover, &one->rung[i], human) && is_beside_voicemail(one, &one->rung[i]))
			return &one->rung[i];
	return NULL;
}

bool nm_step_ends(const struct nm_treatment_step *step)
{
	size_t i;

	for (i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL && !step->parties[i].line)
			return true;
	return step->ring_time == NM_RING_HANDOVER && step->n > 0;
}

/* Lines that ring lines: more of them than one call goes through. */
static void find_too_many(struct nm_prover *prover, struct nm_case *one, struct nm_pos pos, const char *words)
{
	struct nm_checker *checker = prover->checker;
	struct nm_draft *draft = nm_draft_find(checker, "too-many-lines", one->line, pos.line);

	one->endless = true;
	if (prover->quiet)
		return;
	if (!draft) {
		draft = nm_draft_add(checker, "too-many-lines", one->line, pos.line, pos, words);
		nm_draft_mend(checker, draft, "let fewer lines ring lines", 0, NULL);
	}
	nm_case_mark(prover, one, draft, NM_PROBE_SILENT, -1);
}

static void find_limit(struct nm_prover *prover, struct nm_case *one, const struct nm_outcome *outcome)
{
	struct nm_checker *checker = prover->checker;
	size_t i;

	for (i = 0; i < outcome->n; i++)
		if (outcome->events[i].kind == NM_EVENT_LIMIT) {
			find_too_many(prover, one, outcome->events[i].pos,
				      nm_arena_format(
					      checker->arena,
					      "a call to line %s is to go on to %s, over more than %d lines",
					      checker->plan->lines[one->line].name, outcome->events[i].to[0],
					      NM_LINES_DEEP));
			return;
		}
}

static void find_endless(struct nm_prover *prover, struct nm_case *one)
{
	const struct nm_plan *plan = prover->checker->plan;

	find_too_many(prover, one, plan->paths[one->decision.path].pos,
		      nm_arena_format(prover->checker->arena,
				      "a call to line %s goes through more than %d steps of other lines",
				      plan->lines[one->line].name, NM_STEPS_PLAYED));
	one->silent = one->silent_long = (struct nm_tried){ .result = NM_LOST, .by = -1, .step = one->treatment->n };
}

static bool hears_key(const struct nm_prover *prover, const struct nm_case *one)
{
	return one->planned || nm_holding_hears(&prover->holdings[one->line]);
}

static enum nm_code silent_try(struct nm_prover *prover, struct nm_case *one)
{
	bool *endless = &prover->endless[one->decision.path], differs = false;
	struct nm_outcome outcome;
	enum nm_code code = NM_INPUT;

	prover->leg_stretched = false;
	/* Each such call costs its 200000 steps: after the first one, those of its path count as the same. */
	if (!*endless)
		code = nm_case_play(prover, one, one->treatment, NM_PROBE_SILENT, -1, true, &outcome);
	if (code == NM_INPUT) {
		*endless = true;
		find_endless(prover, one);
		return NM_OK;
	}
	if (code)
		return code;
	one->silent = one->silent_long = tried_of(prover, &outcome);
	one->greets = greeting_played(prover, &outcome);
	if (one->greets && !hears_key(prover, one)) {
		prover->unheard = true;
		one->greets = false;
	}
	find_limit(prover, one, &outcome);
	code = rung_list(prover, one, &outcome);
	if (!code)
		code = play_longest(prover, one, NM_PROBE_SILENT, -1, &differs, &outcome);
	if (!code && differs)
		one->silent_long = tried_of(prover, &outcome);
	return code;
}

void nm_case_mark(struct nm_prover *prover, struct nm_case *one, struct nm_draft *draft, enum nm_probe probe,
		  int who)
{
	struct nm_mark *mark = nm_arena_alloc(prover->checker->arena, 1, sizeof *mark);

	if (!mark || !draft) {
		prover->checker->failed = true;
		return;
	}
	*mark = (struct nm_mark){ .next = one->marks, .draft = draft, .probe = probe, .who = who };
	one->marks = mark;
}

bool nm_case_kept_out(const struct nm_prover *prover, const struct nm_case *one)
{
	return one->decision.verdict == NM_VERDICT_REJECT &&
	       !nm_decision_turns_away(prover->checker->plan, &one->decision);
}

enum nm_code nm_case_judge(struct nm_prover *prover, struct nm_case *one)
{
	enum nm_code code = NM_OK;

	one->judged = true;
	prover->leg_cut = false;
	if (nm_case_kept_out(prover, one))
		return NM_OK;
	nm_arena_free(prover->scratch);
	prover->scratch = NULL;
	if (one->decision.verdict == NM_VERDICT_PATH)
		code = silent_try(prover, one);
	if (!code && !one->endless)
		code = nm_case_try(prover, one, NM_PROBE_NOBODY, -1, &one->nobody);
	if (!code && !one->endless)
		code = nm_case_try(prover, one, NM_PROBE_HUMANS, -1, &one->humans);
	one->cut = one->cut || prover->leg_cut;
	if (code || prover->checker->guarantees_only || prover->quiet)
		return code;
	return nm_case_find(prover, one);
}

/* --- guarantees --- */

static bool in_time(const struct nm_guarantee *guarantee, const struct nm_tried *tried)
{
	return guarantee->within_s < 0 || tried->seconds <= guarantee->within_s;
}

static bool rings(const struct nm_case *one, int destination)
{
	size_t i;

	for (i = 0; i < one->n_rung; i++)
		if (one->rung[i].destination == destination)
			return true;
	return false;
}

static bool rings_first(const struct nm_case *one, int destination)
{
	size_t i;

	for (i = 0; i < one->n_rung && one->rung[i].at_s == one->rung[0].at_s; i++)
		if (one->rung[i].destination == destination)
			return true;
	return false;
}

/* The ways in which a guarantee can be broken: each is a finding of its own. */
enum breach {
	BREACH_NONE,
	BREACH_ENDLESS,
	BREACH_LIVE,
	BREACH_LATE,
	BREACH_HUMAN,
	BREACH_NAME,
	BREACH_FIRST,
	BREACH_NEVER
};

struct verdict {
	enum breach breach;
	enum nm_probe probe;
	int who;
};

/* Live and within: no human answers, the AI does. */
static enum breach breach_nobody(const struct nm_guarantee *guarantee, const struct nm_case *one)
{
	const struct nm_tried *tried = &one->nobody;

	if (guarantee->live && tried->result != NM_ANSWERED)
		return BREACH_LIVE;
	if (guarantee->within_s < 0 || (!guarantee->live && guarantee->answered_by != NM_ANSWERED_ANY))
		return BREACH_NONE;
	if (tried->result != NM_ANSWERED && tried->result != NM_TO_VOICEMAIL)
		return BREACH_LATE;
	return in_time(guarantee, tried) ? BREACH_NONE : BREACH_LATE;
}

static bool human_in_time(const struct nm_prover *prover, const struct nm_guarantee *guarantee,
			  const struct nm_tried *tried)
{
	return tried->result == NM_ANSWERED && tried->by >= 0 &&
	       nm_kind_human(prover->checker->plan->destinations[tried->by].kind) &&
	       in_time(guarantee, tried);
}

static enum nm_code guarantee_try(struct nm_prover *prover, struct nm_case *one,
				  const struct nm_guarantee *guarantee, struct verdict *out)
{
	struct nm_tried only;
	enum nm_code code;

	if (one->endless) {
		*out = (struct verdict){ BREACH_ENDLESS, NM_PROBE_SILENT, -1 };
		return NM_OK;
	}
	*out = (struct verdict){ breach_nobody(guarantee, one), NM_PROBE_NOBODY, -1 };
	if (out->breach)
		return NM_OK;
	if (guarantee->answered_by == NM_ANSWERED_HUMAN && !human_in_time(prover, guarantee, &one->humans)) {
		*out = (struct verdict){ BREACH_HUMAN, NM_PROBE_HUMANS, -1 };
		return NM_OK;
	}
	if (guarantee->answered_by == NM_ANSWERED_DESTINATION) {
		code = nm_case_try(prover, one, NM_PROBE_ONLY, guarantee->answered_by_id, &only);
		if (code)
			return code;
		*out = (struct verdict){ BREACH_NAME, NM_PROBE_ONLY, guarantee->answered_by_id };
		if (only.result != NM_ANSWERED || only.by != guarantee->answered_by_id ||
		    !in_time(guarantee, &only))
			return NM_OK;
	}
	*out = (struct verdict){ BREACH_NONE, NM_PROBE_SILENT, -1 };
	if (guarantee->first >= 0 && !rings_first(one, guarantee->first))
		out->breach = BREACH_FIRST;
	else if (guarantee->never >= 0 && rings(one, guarantee->never))
		out->breach = BREACH_NEVER;
	return NM_OK;
}

static const char *breach_words(struct nm_checker *checker, const struct nm_guarantee *guarantee,
				enum breach breach)
{
	const struct nm_destination *destinations = checker->plan->destinations;
	char time[NM_TIME_TEXT] = "";
	const char *within = guarantee->within_s < 0 ? "" : " within ";

	if (guarantee->within_s >= 0)
		nm_duration_words(guarantee->within_s, time);
	switch (breach) {
	case BREACH_ENDLESS:
		return "a call goes over too many lines to tell how it ends";
	case BREACH_LIVE:
		return "with no human answering, nobody live does";
	case BREACH_LATE:
		return nm_arena_format(checker->arena, "with no human answering, nobody takes the call%s%s",
				       within, time);
	case BREACH_HUMAN:
		return nm_arena_format(checker->arena, "no human answers%s%s", within, time);
	case BREACH_NAME:
		return nm_arena_format(checker->arena, "%s does not answer%s%s",
				       destinations[guarantee->answered_by_id].name, within, time);
	case BREACH_FIRST:
		return nm_arena_format(checker->arena, "%s is not rung first",
				       destinations[guarantee->first].name);
	case BREACH_NEVER:
		return nm_arena_format(checker->arena, "%s is rung", destinations[guarantee->never].name);
	case BREACH_NONE:
		break;
	}
	return NULL;
}

static struct nm_draft *guarantee_draft(struct nm_checker *checker, int id, enum breach breach)
{
	const struct nm_guarantee *guarantee = &checker->plan->guarantees[id];
	struct nm_draft *draft = nm_draft_find(checker, "guarantee-broken", id, (int)breach);
	const char *how;

	if (draft)
		return draft;
	how = breach_words(checker, guarantee, breach);
	draft = nm_draft_add(
		checker, "guarantee-broken", id, (int)breach, guarantee->pos,
		how ? nm_arena_format(checker->arena, "guarantee \"%s\" is broken: %s", guarantee->name, how)
		    : NULL);
	nm_draft_mend(checker, draft, "change who is rung at these times, or what is guaranteed", 0, NULL);
	return draft;
}

enum nm_code nm_case_breaks(struct nm_prover *prover, struct nm_case *one, int guarantee, bool *breaks)
{
	struct verdict verdict = { BREACH_NONE, NM_PROBE_PLAIN, -1 };
	enum nm_code code =
		guarantee_try(prover, one, &prover->checker->plan->guarantees[guarantee], &verdict);

	*breaks = verdict.breach != BREACH_NONE;
	return code;
}

enum nm_code nm_case_guarantee(struct nm_prover *prover, struct nm_case *one, int guarantee)
{
	struct verdict verdict;
	enum nm_code code =
		guarantee_try(prover, one, &prover->checker->plan->guarantees[guarantee], &verdict);

	if (code)
		return code;
	one->proofs[guarantee] = verdict.breach ? NM_PROOF_BROKEN : NM_PROOF_HOLDS;
	if (verdict.breach)
		one->guarantee_marks[guarantee] = (struct nm_mark){
			.draft = guarantee_draft(prover->checker, guarantee, verdict.breach),
			.probe = verdict.probe,
			.who = verdict.who,
		};
	return NM_OK;
}
