/* SPDX-License-Identifier: MIT */
/*
 * A real call beside a treatment (explain.h), step by step: whose legs these are, whether they are what the step says,
 * and what the step comes to where each phone does what its leg did.
 *
 * Comes in: a call with its legs, a treatment, what its carrier does to ring times.  Goes out: the first place at which
 * they part, and the expected events.  Times are compared within a step only: what a carrier needs to get from one
 * step to the next is nobody's plan.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/explain_private.h"

struct walk {
	const struct nm_comparison *comparison;
	const struct nm_call_entry *call;
	const struct nm_treatment *treatment;
	struct nm_arena *arena;
	struct nm_explanation *out;
	bool *used;              /* of each leg: some step has it */
	size_t taker;            /* the leg that had the call; n: none */
	int ended_s;             /* when it was taken, or over, on the call's own clock; INT_MAX: not known */
	int real_s;              /* on the call's own clock: when the steps behind were over */
	int slack_s;             /* how much later that may have been: more where the record has no times */
	int played_s;            /* the same on the plan's */
	bool over;               /* more of it cannot be told */
	bool unanswered;         /* nm_explain_unanswered */
	int late_s;              /* so much more than planned the steps behind may have taken */
	struct nm_event *events; /* malloc'd */
	size_t n, capacity;
	bool failed; /* memory */
};

/* --- where they part --- */

static bool parted(const struct walk *w)
{
	return w->out->departure != NM_DEPARTURE_NONE;
}

/* The first one counts.  Texts are the arena's: NULL says that memory was out. */
static void depart(struct walk *w, enum nm_departure departure, size_t step, int t, const char *who,
		   const char *words, const char *brief)
{
	if (words == NULL || brief == NULL)
		w->failed = true;
	if (w->failed || parted(w))
		return;
	w->out->verdict = NM_EXPLAINED_DIFFERS;
	w->out->departure = departure;
	w->out->step = step;
	w->out->t = t;
	w->out->who = who;
	w->out->words = words;
	w->out->brief = brief;
}

/* "step 2 of daytime, round 2" */
static const char *step_words(const struct walk *w, const struct nm_treatment_step *step)
{
	const char *path = w->treatment->path;
	const char *words =
		step->round > 1
			? nm_arena_format(w->arena, "step %d%s%s, round %d", step->number,
					  path != NULL ? " of " : "", path != NULL ? path : "", step->round)
			: nm_arena_format(w->arena, "step %d%s%s", step->number, path != NULL ? " of " : "",
					  path != NULL ? path : "");

	return words != NULL ? words : "";
}

/* --- whose leg it is --- */

static bool is_leg_of(const struct nm_call_leg *leg, const struct nm_party *party)
{
	return (party->number != NULL && leg->leg.to != NULL && strcmp(leg->leg.to, party->number) == 0) ||
	       (leg->who != NULL && strcmp(leg->who, party->name) == 0);
}

/* Does ringing it leave a leg in the records? */
static bool has_leg(const struct nm_party *party)
{
	return !party->native && party->kind != NM_VOICEMAIL;
}

static size_t first_unused(const struct walk *w)
{
	size_t i = 0;

	while (i < w->call->n && w->used[i])
		i++;
	return i;
}

static const char *leg_name(const struct walk *w, size_t leg)
{
	return nm_explain_leg_name(&w->call->legs[leg]);
}

static bool rung_later(const struct walk *w, size_t step, size_t leg)
{
	for (size_t i = step + 1; i < w->treatment->n; i++)
		for (size_t k = 0; k < w->treatment->steps[i].n; k++)
			if (is_leg_of(&w->call->legs[leg], &w->treatment->steps[i].parties[k]))
				return true;
	return false;
}

/* --- a step's rings --- */

/* A step and the leg of each of its parties; n of the call: none. */
struct match {
	const struct nm_treatment_step *step;
	size_t index;
	size_t *legs;
	size_t first;   /* the party that rang first, of those that did; step->n: none did */
	size_t missing; /* the first party without a leg that would have one; step->n: none */
	int until;      /* when all of them were let go; -1: not known, or none was rung */
};

/* When the phone was let go; -1: not known.  Somebody who picked up and pressed no 1 was not as it rang no longer. */
static int let_go(const struct walk *w, size_t leg)
{
	const struct nm_call_leg *one = &w->call->legs[leg];

	return leg != w->taker && one->leg.end == NM_LEG_ANSWERED ? nm_explain_ended(w->call, one)
								  : nm_explain_rang_until(w->call, one);
}

static void match_step(struct walk *w, size_t index, struct match *m)
{
	const struct nm_treatment_step *step = &w->treatment->steps[index];

	*m = (struct match){
		.step = step, .index = index, .first = step->n, .missing = step->n, .until = -1
	};
	m->legs = nm_arena_alloc(w->arena, step->n, sizeof(*m->legs));
	if (m->legs == NULL) {
		w->failed = true;
		return;
	}
	for (size_t p = 0; p < step->n; p++) {
		size_t i = has_leg(&step->parties[p]) ? 0 : w->call->n;

		while (i < w->call->n && (w->used[i] || !is_leg_of(&w->call->legs[i], &step->parties[p])))
			i++;
		m->legs[p] = i;
		if (i < w->call->n) {
			const int until = let_go(w, i);

			w->used[i] = true;
			m->until = until > m->until ? until : m->until;
			m->first = m->first == step->n || i < m->legs[m->first] ? p : m->first;
		} else if (has_leg(&step->parties[p]) && m->missing == step->n) {
			m->missing = p;
		}
	}
}

/* Somebody rang before the step's own did. */
static void check_order(struct walk *w, const struct match *m)
{
	const size_t stranger = first_unused(w);
	const char *name, *own;
	int began, own_began;

	if (m->first == m->step->n || stranger >= w->call->n || stranger > m->legs[m->first])
		return;
	name = leg_name(w, stranger);
	own = m->step->parties[m->first].name;
	began = nm_explain_began(w->call, &w->call->legs[stranger]);
	own_began = nm_explain_began(w->call, &w->call->legs[m->legs[m->first]]);
	if (began >= 0 && own_began >= 0 && own_began - began <= NM_EXPLAIN_SLACK_S)
		return;
	if (rung_later(w, m->index, stranger))
		depart(w, NM_DEPARTURE_ORDER, m->index, began, name,
		       nm_arena_format(w->arena, "%s was rung before %s, whom %s rings first (%s)", name, own,
				       w->comparison->by, step_words(w, m->step)),
		       nm_arena_format(w->arena, "%s before %s", name, own));
	else
		depart(w, NM_DEPARTURE_RUNG, m->index, began, name,
		       nm_arena_format(w->arena, "%s was rung; %s rings %s then (%s)", name,
				       w->comparison->by, own, step_words(w, m->step)),
		       nm_arena_format(w->arena, "%s rung", name));
}

static void check_missing(struct walk *w, const struct match *m)
{
	const struct nm_party *party;
	const char *instead = "nobody else was";
	size_t other;

	/* A mailbox in the same step has the call before a phone can ring. */
	if (m->missing == m->step->n || nm_explain_takes_at_once(m->step))
		return;
	if (w->call->cut) {
		w->over = true;
		return;
	}
	party = &m->step->parties[m->missing];
	other = first_unused(w);
	if (m->first < m->step->n)
		instead = nm_arena_format(w->arena, "%s was", m->step->parties[m->first].name);
	else if (other < w->call->n)
		instead = nm_arena_format(w->arena, "%s was instead", leg_name(w, other));
	if (instead == NULL)
		w->failed = true;
	else
		depart(w, NM_DEPARTURE_NOT_RUNG, m->index, w->real_s, party->name,
		       nm_arena_format(w->arena, "%s was not rung, whom %s rings in %s; %s", party->name,
				       w->comparison->by, step_words(w, m->step), instead),
		       nm_arena_format(w->arena, "%s not rung", party->name));
}

/* The longest that the carrier lets it ring. */
static int longest(const struct nm_traits *traits, int for_s)
{
	const int step_s = traits->ring_step_s > 1 ? traits->ring_step_s : 1;
	int most = (for_s + step_s - 1) / step_s * step_s;

	if (most < traits->ring_min_s)
		most = traits->ring_min_s;
	return most + traits->ring_extra_s;
}

/* Dropped out before its time, as a phone may whose own voicemail is not let in, or that the call left with. */
static bool may_be_short(const struct walk *w, const struct nm_party *party, const struct nm_call_leg *leg)
{
	const int until = nm_explain_rang_until(w->call, leg);

	return party->line != NULL || until < 0 || until + NM_EXPLAIN_SLACK_S >= w->ended_s ||
	       (party->own_voicemail_s >= 0 &&
		abs(leg->leg.rang_s - party->own_voicemail_s) <= NM_EXPLAIN_SLACK_S);
}

static void check_ring_time(struct walk *w, const struct match *m, size_t p)
{
	const struct nm_party *party = &m->step->parties[p];
	const struct nm_call_leg *leg = &w->call->legs[m->legs[p]];
	const int for_s = m->step->for_s, most = longest(w->comparison->traits, for_s);
	const int rang_s = leg->leg.rang_s, until = nm_explain_rang_until(w->call, leg);
	const char *adds = "";

	if (most > for_s)
		adds = nm_arena_format(w->arena, ", which this carrier may make %d s", most);
	if (adds == NULL)
		w->failed = true;
	else if (rang_s > most + NM_EXPLAIN_SLACK_S)
		depart(w, NM_DEPARTURE_LONGER, m->index, until, party->name,
		       nm_arena_format(w->arena, "%s rang for %d s; %s says %d s%s (%s)", party->name, rang_s,
				       w->comparison->by, for_s, adds, step_words(w, m->step)),
		       nm_arena_format(w->arena, "%s %d s, not %d", party->name, rang_s, for_s));
	else if (leg->leg.end == NM_LEG_NO_ANSWER && rang_s < for_s - NM_EXPLAIN_SLACK_S &&
		 !may_be_short(w, party, leg))
		depart(w, NM_DEPARTURE_SHORTER, m->index, until, party->name,
		       nm_arena_format(w->arena, "%s rang for %d s only; %s says %d s (%s)", party->name,
				       rang_s, w->comparison->by, for_s, step_words(w, m->step)),
		       nm_arena_format(w->arena, "%s %d s, not %d", party->name, rang_s, for_s));
}

static void check_ring_times(struct walk *w, const struct match *m)
{
	for (size_t p = 0; p < m->step->n && m->step->ring_time == NM_RING_TIMED; p++)
		if (m->legs[p] < w->call->n && w->call->legs[m->legs[p]].leg.rang_s >= 0)
			check_ring_time(w, m, p);
}

/* --- what the step comes to --- */

static int hangup_s(const struct walk *w)
{
	const struct nm_became *became = &w->call->became;

	if (became->end != NM_CALL_ABANDONED || became->seconds < 0)
		return -1;
	return became->seconds > w->played_s ? became->seconds - w->played_s : 0;
}

static void add_event(struct walk *w, const struct nm_event *event)
{
	if (!nm_grow((void **)&w->events, &w->capacity, w->n + 1, sizeof(*w->events))) {
		w->failed = true;
		return;
	}
	w->events[w->n] = *event;
	w->events[w->n++].t += w->played_s;
}

/* *ended: with this step. */
static enum nm_code play_step(struct walk *w, const struct match *m, bool first, bool *ended,
			      struct nm_error *err)
{
	const struct nm_explain_step step = { .step = m->step,
					      .legs = m->legs,
					      .first = first,
					      .lasted_s = m->until > w->real_s ? m->until - w->real_s : -1,
					      .hangup_s = hangup_s(w) };
	struct nm_outcome *outcome = &w->out->expected;
	enum nm_code code = nm_explain_play(w->comparison, &step, outcome, err);

	if (code != NM_OK)
		return code;
	*ended = outcome->result != NM_LOST || m->step->ring_time == NM_RING_HANDOVER;
	for (size_t i = 0; i < outcome->n; i++)
		if (*ended || outcome->events[i].kind != NM_EVENT_LOST)
			add_event(w, &outcome->events[i]);
	w->played_s += outcome->ended_s;
	return NM_OK;
}

/* --- how it ends --- */

static const char *end_words(const struct walk *w)
{
	const struct nm_became *became = &w->call->became;
	const char *by = became->by;

	if (became->end == NM_CALL_SWALLOWED && by != NULL)
		return nm_arena_format(w->arena, "the voicemail of %s's own phone took the call", by);
	if (became->end == NM_CALL_ANSWERED && by != NULL)
		return nm_arena_format(w->arena, "%s answered", by);
	if (became->end == NM_CALL_VOICEMAIL)
		return "a mailbox took the call";
	return nm_arena_format(w->arena, "the call was %s", nm_call_end_name(became->end));
}

static const char *expected_words(const struct walk *w)
{
	const struct nm_outcome *outcome = &w->out->expected;

	switch (outcome->result) {
	case NM_ANSWERED:
		return nm_arena_format(w->arena, "%s answers", outcome->answered_by);
	case NM_TO_VOICEMAIL:
		return nm_arena_format(w->arena, "%s takes the call", outcome->answered_by);
	case NM_SWALLOWED:
		return nm_arena_format(w->arena, "the voicemail of %s's own phone takes the call",
				       outcome->answered_by);
	case NM_REJECTED:
		return "the call is rejected";
	case NM_ABANDONED:
		return "the caller gives up";
	case NM_LOST:
		break;
	}
	return "nobody takes the call";
}

static void depart_end(struct walk *w, size_t step, const char *expected)
{
	const struct nm_became *became = &w->call->became;
	const char *words = end_words(w);
	const bool swallowed = became->end == NM_CALL_SWALLOWED && became->by != NULL;

	if (words == NULL || expected == NULL) {
		w->failed = true;
		return;
	}
	depart(w, NM_DEPARTURE_OUTCOME, step, w->ended_s != INT_MAX ? w->ended_s : -1, became->by,
	       nm_arena_format(w->arena, "%s%s; by %s %s", became->probably ? "probably " : "", words,
			       w->comparison->by, expected),
	       swallowed ? nm_arena_format(w->arena, "%s's own voicemail", became->by)
			 : nm_arena_format(w->arena, "%s", nm_call_end_name(became->end)));
}

/* Was the call taken by an earlier leg, or did the caller leave? */
static bool had_by_then(const struct walk *w, size_t leg)
{
	return (w->taker < w->call->n && w->used[w->taker] && leg > w->taker) ||
	       w->call->became.end == NM_CALL_ABANDONED;
}

/* Somebody rang whom no step has, and before the call was taken. */
static void check_left(struct walk *w, size_t step)
{
	const size_t leg = first_unused(w);
	const char *name;
	int began;

	if (leg >= w->call->n || parted(w))
		return;
	began = nm_explain_began(w->call, &w->call->legs[leg]);
	if (had_by_then(w, leg) && (began < 0 || began + NM_EXPLAIN_SLACK_S >= w->ended_s))
		return;
	name = leg_name(w, leg);
	depart(w, NM_DEPARTURE_RUNG, step, began, name,
	       nm_arena_format(w->arena, "%s was rung, whom %s does not ring then", name, w->comparison->by),
	       nm_arena_format(w->arena, "%s rung", name));
}

/* Is what became of it what the plan comes to?  Who had it is known to be right: a leg of the step. */
static bool same_end(const struct walk *w)
{
	const enum nm_call_end real = w->call->became.end;
	const enum nm_call_reason reason = w->call->became.reason;
	/* The caller, too, may have been gone before it came to that. */
	const bool gone = real == NM_CALL_ABANDONED && w->ended_s <= w->real_s + w->slack_s;

	/* Whether the caller gave up or a mailbox had the call these do not say. */
	if (w->unanswered && (reason == NM_CALL_MISSED || reason == NM_CALL_BUSY))
		return w->out->expected.result != NM_ANSWERED && w->out->expected.result != NM_REJECTED;
	switch (w->out->expected.result) {
	case NM_ANSWERED:
		return real == NM_CALL_ANSWERED || real == NM_CALL_UNKNOWN || gone;
	case NM_TO_VOICEMAIL:
		return real == NM_CALL_VOICEMAIL || real == NM_CALL_UNKNOWN || gone;
	case NM_SWALLOWED:
		return real == NM_CALL_SWALLOWED || real == NM_CALL_UNKNOWN || gone;
	case NM_REJECTED:
		return real == NM_CALL_REJECTED || real == NM_CALL_UNKNOWN;
	case NM_ABANDONED:
	case NM_LOST:
		break;
	}
	return real == NM_CALL_LOST || real == NM_CALL_ABANDONED || real == NM_CALL_UNKNOWN;
}

/* Of a call without legs: how long it took to come to the mailbox that the plan has there. */
static void check_mailbox_time(struct walk *w, size_t step)
{
	const struct nm_outcome *expected = &w->out->expected;
	const int real_s = w->call->became.seconds;
	const bool later = real_s > expected->seconds + w->late_s;

	if (!w->unanswered || parted(w) || w->call->became.end != NM_CALL_VOICEMAIL || real_s < 0 ||
	    expected->result != NM_TO_VOICEMAIL)
		return;
	if (later || real_s < expected->seconds - NM_EXPLAIN_SLACK_S)
		depart(w, later ? NM_DEPARTURE_LONGER : NM_DEPARTURE_SHORTER, step, real_s, NULL,
		       nm_arena_format(w->arena,
				       "a mailbox took the call after %d s; by %s %s takes it after %d s, "
				       "nobody answering",
				       real_s, w->comparison->by, expected->answered_by, expected->seconds),
		       nm_arena_format(w->arena, "mailbox at %d s, not %d", real_s, expected->seconds));
}

static void check_end(struct walk *w, size_t step)
{
	check_left(w, step);
	check_mailbox_time(w, step);
	if (!parted(w) && !w->over && !same_end(w))
		depart_end(w, step, expected_words(w));
}

/* The record ends before this step could begin, and says no more. */
static bool is_over(const struct walk *w)
{
	const enum nm_call_end end = w->call->became.end;

	if (first_unused(w) < w->call->n || w->ended_s > w->real_s + w->slack_s)
		return false;
	return end == NM_CALL_ABANDONED || (end == NM_CALL_UNKNOWN && w->call->became.by == NULL);
}

static enum nm_code finish(struct walk *w, size_t step, bool ended, struct nm_error *err)
{
	struct nm_outcome *expected = &w->out->expected;
	const bool gone = !ended && w->over;
	const struct nm_event last = { .kind = gone ? NM_EVENT_HANGUP : NM_EVENT_LOST,
				       .why = gone ? "the caller is gone, or no more is told"
						   : "the path ends and nobody took the call" };

	/* In a greeting, or in what a carrier needs from one step to the next. */
	if (gone && hangup_s(w) > 0)
		w->played_s += hangup_s(w);
	if (!ended) {
		*expected = (struct nm_outcome){ .result = gone ? NM_ABANDONED : NM_LOST };
		add_event(w, &last);
	}
	expected->ended_s = w->played_s;
	expected->seconds = expected->result == NM_LOST || expected->result == NM_REJECTED ? -1 : w->played_s;
	expected->rings = nm_rings(expected->seconds);
	expected->step = step;
	check_end(w, step);
	expected->events = nm_arena_alloc(w->arena, w->n, sizeof(*expected->events));
	if (w->failed || expected->events == NULL)
		return nm_fail_memory(err);
	expected->n = w->n;
	if (w->n > 0)
		memcpy(expected->events, w->events, w->n * sizeof(*w->events));
	return NM_OK;
}

/* --- the walk --- */

static enum nm_code walk_step(struct walk *w, size_t i, bool first, bool *ended, struct nm_error *err)
{
	const int before_s = w->played_s;
	int late_s = NM_EXPLAIN_SLACK_S;
	struct match m;
	enum nm_code code;

	match_step(w, i, &m);
	if (m.step->ring_time == NM_RING_TIMED)
		late_s += longest(w->comparison->traits, m.step->for_s) - m.step->for_s;
	if (m.first < m.step->n && m.until < 0)
		late_s += m.step->for_s;
	w->late_s += late_s;
	if (!w->failed && !w->unanswered) {
		check_order(w, &m);
		check_missing(w, &m);
		check_ring_times(w, &m);
	}
	code = w->failed ? nm_fail_memory(err) : play_step(w, &m, first, ended, err);
	if (code != NM_OK)
		return code;
	/* Whoever really took the call took it in this step: the plan does not go on from here as the call did. */
	if (!*ended && w->taker < w->call->n && w->used[w->taker] && !parted(w))
		depart_end(w, i, "the call goes on");
	w->real_s = m.until >= 0 ? m.until : w->real_s + w->played_s - before_s;
	w->slack_s = m.until >= 0 ? NM_EXPLAIN_SLACK_S : w->slack_s + late_s;
	return NM_OK;
}

static enum nm_code walk_steps(struct walk *w, struct nm_error *err)
{
	bool ended = false, first = true;
	size_t i = 0;

	w->real_s = w->treatment->greeting_s;
	w->slack_s = NM_EXPLAIN_SLACK_S;
	for (; i < w->treatment->n && !ended && !w->over; i++) {
		enum nm_code code;

		w->over = is_over(w);
		code = w->over ? NM_OK : walk_step(w, i, first, &ended, err);
		if (code != NM_OK)
			return code;
		first = first && w->treatment->steps[i].n == 0;
	}
	return finish(w, i > 0 ? i - 1 : 0, ended, err);
}

/* The plan rings nobody: it rejects the call, or no rule is about it. */
static enum nm_code walk_nowhere(struct walk *w, struct nm_error *err)
{
	const struct nm_script script = { .hangup_s = -1 };
	struct nm_outcome *outcome = &w->out->expected;
	enum nm_code code = nm_play(w->treatment, NULL, &script, NULL, true, w->arena, outcome, err);

	for (size_t i = 0; code == NM_OK && i < outcome->n; i++)
		add_event(w, &outcome->events[i]);
	return code == NM_OK ? finish(w, 0, true, err) : code;
}

/* These say that nobody answered, and not whether a mailbox had the call, which by the plan one had before it ended. */
static bool mailbox_untold(const struct walk *w)
{
	const struct nm_outcome *expected = &w->out->expected;
	const enum nm_call_reason reason = w->call->became.reason;

	return w->unanswered && !parted(w) && (reason == NM_CALL_MISSED || reason == NM_CALL_BUSY) &&
	       (expected->result == NM_TO_VOICEMAIL || expected->result == NM_SWALLOWED) &&
	       expected->seconds < w->ended_s;
}

static void leave_untold(struct walk *w, const char *words)
{
	w->out->verdict = NM_EXPLAINED_UNTOLD;
	w->out->departure = NM_DEPARTURE_NONE;
	w->out->t = -1;
	w->out->who = NULL;
	w->out->words = words;
	w->out->brief = "not told";
}

static enum nm_code judge_telling(struct walk *w, struct nm_error *err)
{
	const char *expected = expected_words(w), *words;

	w->out->unanswered = w->unanswered;
	if (mailbox_untold(w)) {
		words = expected == NULL ? NULL
					 : nm_arena_format(w->arena,
							   "the record says that nobody answered, not whether a mailbox had the "
							   "call: by %s %s after %d s%s",
							   w->comparison->by, expected, w->out->expected.seconds,
							   w->ended_s == INT_MAX ? "" : ", before it ended");
		if (words == NULL)
			return nm_fail_memory(err);
		leave_untold(w, words);
	} else if (!w->unanswered && !nm_explain_tells(w->call)) {
		leave_untold(w, "the record does not say who was rung: there is nothing to compare with the plan");
	}
	return NM_OK;
}

static int ended_s(const struct nm_call_entry *call)
{
	if (call->became.seconds >= 0)
		return call->became.seconds;
	if (call->ended < call->began || call->ended - call->began >= NM_DAY)
		return INT_MAX;
	return (int)(call->ended - call->began);
}

enum nm_code nm_explain_compare(const struct nm_comparison *comparison, struct nm_explanation *out,
				struct nm_error *err)
{
	const struct nm_call_entry *call = comparison->call;
	struct walk w = { .comparison = comparison,
			  .call = call,
			  .treatment = comparison->treatment,
			  .arena = comparison->arena,
			  .out = out,
			  .taker = nm_explain_taker(call),
			  .unanswered = nm_explain_unanswered(call),
			  .ended_s = ended_s(call),
			  .used = nm_arena_alloc(comparison->arena, call->n, sizeof(*w.used)) };
	enum nm_code code;

	if (w.used == NULL)
		return nm_fail_memory(err);
	*out = (struct nm_explanation){ .verdict = NM_EXPLAINED_PLANNED, .t = -1, .words = "", .brief = "" };
	code = w.treatment->verdict == NM_VERDICT_PATH ? walk_steps(&w, err) : walk_nowhere(&w, err);
	free(w.events);
	return code == NM_OK ? judge_telling(&w, err) : code;
}
