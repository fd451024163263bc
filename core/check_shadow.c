/* SPDX-License-Identifier: MIT */
/*
 * Rules and overrides that can never decide.  Comes in: which of them did in the walk.  Goes out: drafts for
 * those that by the plan alone cannot: in every combination of schedules that the hours ever give, with
 * calendars free to be on or off.  The horizon of the check proves nothing of the time behind it.
 */
#include "check_private.h"
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#define VECTORS_MOST 512 /* combinations of schedules of hours; with more little is claimed */
#define CALENDARS_MOST 5 /* schedules of calendars, each on or off in every combination */
#define WORDS (NM_PLAN_SCHEDULES / 64)
#define WORDS_OVERRIDES (NM_PLAN_OVERRIDES / 64)

/* A rule or override that did not decide, and who decides the calls for which it speaks. */
struct candidate {
	const struct nm_rule *rule;
	int override; /* index; -1 */
	int id;       /* of the rule or override */
	bool any, several, decides;
	struct nm_decision by;
};

struct shadow {
	struct nm_checker *checker;
	struct candidate *candidates;
	size_t n;
	uint64_t relevant[WORDS];      /* schedules that rules name */
	const struct nm_hours **hours; /* [n_schedules]; NULL: a calendar's, or nobody looks */
	struct nm_minutes *spans;      /* [n_schedules * NM_HOURS_SPANS], of the day looked at */
	size_t *n_spans;               /* [n_schedules] */
	uint64_t (*vectors)[WORDS];
	size_t n_vectors;
	bool failed; /* too many combinations */
};

/* --- every combination of schedules --- */

static void relevant_add(struct shadow *shadow, const struct nm_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->during.n; i++)
		shadow->relevant[rule->during.ids[i] / 64] |= UINT64_C(1) << (rule->during.ids[i] % 64);
	for (i = 0; i < rule->outside.n; i++)
		shadow->relevant[rule->outside.ids[i] / 64] |= UINT64_C(1) << (rule->outside.ids[i] % 64);
}

static void vector_add(struct shadow *shadow, const uint64_t *bits)
{
	size_t i;

	for (i = shadow->n_vectors; i-- > 0;)
		if (!memcmp(shadow->vectors[i], bits, sizeof *shadow->vectors))
			return;
	if (shadow->n_vectors == VECTORS_MOST) {
		shadow->failed = true;
		return;
	}
	memcpy(shadow->vectors[shadow->n_vectors++], bits, sizeof *shadow->vectors);
}

/* What is on at a minute of the day looked at; *next is the next one at which that may change. */
static void minute_add(struct shadow *shadow, int minute, int *next)
{
	const size_t n_schedules = shadow->checker->plan->n_schedules;
	uint64_t bits[WORDS] = { 0 };
	size_t i, k;

	*next = NM_DAY / 60;
	for (i = 0; i < n_schedules; i++)
		for (k = 0; k < shadow->n_spans[i]; k++) {
			const struct nm_minutes span = shadow->spans[i * NM_HOURS_SPANS + k];
			const int edge = span.from > minute ? span.from : span.until;

			if (edge > minute && edge < *next)
				*next = edge;
			if (span.from <= minute && minute < span.until)
				bits[i / 64] |= UINT64_C(1) << (i % 64);
		}
	vector_add(shadow, bits);
}

static bool day_look(void *context, int64_t day, const struct nm_holidays *holidays)
{
	struct shadow *shadow = context;
	const size_t n_schedules = shadow->checker->plan->n_schedules;
	int minute, next;
	size_t i;

	for (i = 0; i < n_schedules; i++)
		shadow->n_spans[i] = shadow->hours[i] ? nm_hours_day(shadow->hours[i], day, holidays,
								     &shadow->spans[i * NM_HOURS_SPANS])
						      : 0;
	for (minute = 0; minute < NM_DAY / 60 && !shadow->failed; minute = next)
		minute_add(shadow, minute, &next);
	return !shadow->failed;
}

/* Each combination again with the calendar's schedule on: there is room for CALENDARS_MOST of these. */
static void vectors_double(struct shadow *shadow, size_t schedule)
{
	uint64_t(*again)[WORDS] = shadow->vectors + shadow->n_vectors;
	size_t i;

	memcpy(again, shadow->vectors, shadow->n_vectors * sizeof *again);
	for (i = 0; i < shadow->n_vectors; i++)
		again[i][schedule / 64] |= UINT64_C(1) << (schedule % 64);
	shadow->n_vectors *= 2;
}

/* Holidays of two calendars would be told apart: nothing is claimed then. */
static bool hours_choose(struct shadow *shadow, const struct nm_hours **list, size_t *n)
{
	const struct nm_plan *plan = shadow->checker->plan;
	int holidays = -1;
	size_t calendars = 0;
	size_t i;

	for (i = 0; i < plan->n_schedules; i++) {
		const struct nm_schedule *schedule = &plan->schedules[i];

		if (!nm_bit(shadow->relevant, (int)i))
			continue;
		calendars += schedule->calendar >= 0;
		if (!schedule->hours)
			continue;
		shadow->hours[i] = schedule->hours;
		list[(*n)++] = schedule->hours;
		if (schedule->holidays < 0 || !nm_hours_uses_holidays(schedule->hours))
			continue;
		if (holidays >= 0 && holidays != schedule->holidays)
			return false;
		holidays = schedule->holidays;
	}
	return calendars <= CALENDARS_MOST;
}

/* False when they cannot all be told. */
static bool vectors_find(struct shadow *shadow)
{
	const struct nm_checker *checker = shadow->checker;
	const struct nm_plan *plan = checker->plan;
	const int64_t today = nm_local_day(nm_zone_local(plan->zone, checker->options->now));
	const struct nm_hours **list = nm_arena_alloc(checker->arena, plan->n_schedules, sizeof *list);
	size_t n = 0;
	size_t i;

	if (!list) {
		shadow->checker->failed = true;
		return false;
	}
	if (!hours_choose(shadow, list, &n) || !nm_hours_tell(list, n, today, day_look, shadow))
		return false;
	for (i = 0; i < plan->n_schedules && !shadow->failed; i++)
		if (nm_bit(shadow->relevant, (int)i) && plan->schedules[i].calendar >= 0)
			vectors_double(shadow, i);
	return !shadow->failed;
}

/* --- who decides in each --- */

static void cover_add(struct candidate *candidate, struct nm_decision decision)
{
	if (candidate->any && (candidate->by.by != decision.by || candidate->by.index != decision.index))
		candidate->several = true;
	candidate->any = true;
	candidate->by = decision;
	candidate->decides |= decision.by == (candidate->override >= 0 ? NM_BY_OVERRIDE : NM_BY_RULE) &&
			      decision.index == candidate->id;
}

/* Each call is decided once for all candidates: with thousands of them the other way round takes for ever. */
static void state_look(struct shadow *shadow, const struct nm_state *state, bool overrides)
{
	const struct nm_checker *checker = shadow->checker;
	size_t line, caller, i;

	for (line = 0; line < checker->plan->n_lines; line++)
		for (caller = 0; caller < checker->classes.n; caller++) {
			const uint64_t groups = checker->classes.items[caller].groups;
			const struct nm_decision by =
				nm_decide(checker->plan, state, (int)line, groups, false);

			for (i = 0; i < shadow->n; i++) {
				struct candidate *one = &shadow->candidates[i];

				if (one->decides || (one->override >= 0) != overrides ||
				    (overrides && !nm_bit(state->overrides, one->override)))
					continue;
				if (nm_rule_mismatch(one->rule, state, (int)line, groups) == NM_FIELD_NONE)
					cover_add(one, by);
			}
		}
}

static void vectors_look(struct shadow *shadow, const uint64_t *overrides, bool for_overrides)
{
	struct nm_state state = { .overrides = overrides };
	size_t i;

	for (i = 0; i < shadow->n_vectors; i++) {
		state.schedules = shadow->vectors[i];
		state_look(shadow, &state, for_overrides);
	}
}

/* The overrides in force at an instant. */
static void overrides_at(const struct nm_plan *plan, nm_time at, uint64_t bits[WORDS_OVERRIDES])
{
	size_t i;

	memset(bits, 0, WORDS_OVERRIDES * sizeof *bits);
	for (i = 0; i < plan->n_overrides; i++)
		if (plan->overrides[i].from <= at && at < plan->overrides[i].until)
			bits[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Which are in force changes where one begins, and where one that is ahead ends. */
static void overrides_look(struct shadow *shadow)
{
	const struct nm_plan *plan = shadow->checker->plan;
	const nm_time now = shadow->checker->options->now;
	uint64_t bits[WORDS_OVERRIDES];
	size_t i;

	for (i = 0; i < 2 * plan->n_overrides; i++) {
		const struct nm_override *override = &plan->overrides[i / 2];
		const nm_time at = i % 2 ? override->until : override->from;

		overrides_at(plan, at < now ? now : at, bits);
		vectors_look(shadow, bits, true);
	}
}

/* --- drafts --- */

/* A rule that would speak for somebody, were its times to come. */
static bool speaks_to_somebody(const struct nm_checker *checker, const struct nm_rule *rule)
{
	size_t i, j;

	if (rule->lines.given && !rule->lines.n)
		return false;
	for (i = 0; rule->callers.given && i < checker->classes.n; i++)
		for (j = 0; j < rule->callers.n; j++)
			if (checker->classes.items[i].groups >> rule->callers.ids[j] & 1)
				return true;
	return !rule->callers.given;
}

static const char *shadow_words(struct nm_checker *checker, const struct candidate *one)
{
	const char *what = one->override >= 0 ? "override" : "rule";
	const char *by;

	if (!one->any)
		return nm_arena_format(checker->arena, "%s %s never matches: %s", what, one->rule->name,
				       speaks_to_somebody(checker, one->rule)
					       ? "its times never come"
					       : "it names no line or nobody's number");
	if (one->several)
		return nm_arena_format(checker->arena,
				       "%s %s never decides: those ahead of it take all its calls", what,
				       one->rule->name);
	by = nm_decision_rule(checker->plan, one->by, checker->arena);
	return nm_arena_format(checker->arena, "%s %s never decides: %s%s takes all its calls", what,
			       one->rule->name, one->by.by == NM_BY_RULE ? "rule " : "", by ? by : "nothing");
}

static int conditions(const struct nm_rule *rule)
{
	return rule->lines.given + rule->callers.given + rule->during.given + rule->outside.given;
}

/* A rule behind a broader one was meant to stand before it. */
static void mend_move(struct nm_checker *checker, struct nm_draft *draft, const struct candidate *one)
{
	struct nm_edit edit = nm_edit_section(NM_EDIT_MOVE, "rule", one->rule->name, NULL);
	const struct nm_rule *ahead;

	if (!one->any || one->several || one->override >= 0 || one->by.by != NM_BY_RULE ||
	    one->by.index >= one->id)
		return;
	ahead = &checker->plan->rules[one->by.index];
	edit.by = one->by.index - one->id;
	if (conditions(ahead) < conditions(one->rule))
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "move rule %s up, before rule %s",
					      one->rule->name, ahead->name),
			      1, &edit);
}

static void shadow_found(struct nm_checker *checker, const struct candidate *one)
{
	const char *what = one->override >= 0 ? "override" : "rule";
	const struct nm_edit edit = nm_edit_section(NM_EDIT_REMOVE, what, one->rule->name, NULL);
	struct nm_draft *draft = nm_draft_add(checker, "shadowed", one->id, one->override >= 0,
					      one->rule->pos, shadow_words(checker, one));

	mend_move(checker, draft, one);
	nm_draft_mend(checker, draft, nm_arena_format(checker->arena, "remove %s %s", what, one->rule->name),
		      1, &edit);
}

/* --- candidates --- */

static void candidates_find(const struct nm_prover *prover, struct shadow *shadow)
{
	const struct nm_plan *plan = prover->checker->plan;
	size_t i;

	for (i = 0; i < plan->n_rules; i++)
		if (!prover->decides[i])
			shadow->candidates[shadow->n++] = (struct candidate){
				.rule = &plan->rules[i],
				.override = -1,
				.id = (int)i,
			};
	for (i = 0; i < plan->n_overrides; i++)
		if (!prover->overrides[i] && plan->overrides[i].until > prover->checker->options->now)
			shadow->candidates[shadow->n++] = (struct candidate){
				.rule = &plan->overrides[i].rule,
				.override = (int)i,
				.id = (int)i,
			};
	for (i = 0; i < plan->n_rules; i++)
		relevant_add(shadow, &plan->rules[i]);
	for (i = 0; i < plan->n_overrides; i++)
		relevant_add(shadow, &plan->overrides[i].rule);
}

static bool shadow_init(struct shadow *shadow)
{
	struct nm_arena *arena = shadow->checker->arena;
	const struct nm_plan *plan = shadow->checker->plan;

	shadow->candidates =
		nm_arena_alloc(arena, plan->n_rules + plan->n_overrides, sizeof *shadow->candidates);
	shadow->hours = nm_arena_alloc(arena, plan->n_schedules, sizeof *shadow->hours);
	shadow->n_spans = nm_arena_alloc(arena, plan->n_schedules, sizeof *shadow->n_spans);
	return shadow->candidates && shadow->hours && shadow->n_spans;
}

/* Only a plan that has a candidate needs these, and not in what it keeps. */
static bool shadow_room(struct shadow *shadow)
{
	shadow->spans =
		malloc((shadow->checker->plan->n_schedules + 1) * NM_HOURS_SPANS * sizeof *shadow->spans);
	shadow->vectors = malloc(((size_t)VECTORS_MOST << CALENDARS_MOST) * sizeof *shadow->vectors);
	return shadow->spans && shadow->vectors;
}

void nm_prove_shadowed(struct nm_prover *prover)
{
	static const uint64_t no_overrides[WORDS_OVERRIDES];
	struct nm_checker *checker = prover->checker;
	struct shadow shadow = { .checker = checker };
	size_t i;

	if (!shadow_init(&shadow)) {
		checker->failed = true;
		return;
	}
	candidates_find(prover, &shadow);
	if (!shadow.n)
		return;
	if (!shadow_room(&shadow)) {
		checker->failed = true;
	} else {
		const bool told = vectors_find(&shadow);

		if (told)
			vectors_look(&shadow, no_overrides, false);
		if (told)
			overrides_look(&shadow);
		for (i = 0; i < shadow.n; i++)
			if (told ? !shadow.candidates[i].decides
				 : !speaks_to_somebody(checker, shadow.candidates[i].rule))
				shadow_found(checker, &shadow.candidates[i]);
	}
	free(shadow.spans);
	free(shadow.vectors);
}
