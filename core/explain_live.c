/* SPDX-License-Identifier: MIT */
/*
 * A real call beside what was at the line's carrier (explain.h): the last that the store has of it, lifted and played.
 *
 * Comes in: an explainer, a call that it explained.  Goes out: what was live then and what is live now for that call, and
 * whether that is why it went another way than by the plan.  Nothing is asked of a carrier.
 */
#include <string.h>

#include "core/explain_private.h"
#include "core/push_private.h"
#include "nevermiss/live_then.h"

#define WORDS_MAX (1u << 20)

/* What all of it is about. */
struct context {
	struct nm_explainer *explainer;
	const struct nm_call_entry *call;
	const struct nm_plan *plan;                /* that the call is beside */
	const struct nm_treatment *planned, *held; /* by that plan; what its carrier can hold */
	struct nm_arena *arena;
};

/* --- what a call gets by the plan --- */

/* What a caller hears: a text back comes later. */
static const struct nm_treatment *without_text(const struct nm_treatment *treatment, struct nm_arena *arena)
{
	struct nm_treatment *copy = nm_treatment_copy(treatment, arena);

	if (copy != NULL)
		copy->text_back = NULL;
	return copy;
}

static enum nm_code treat(const struct context *c, bool held, const struct nm_treatment **out,
			  struct nm_error *err)
{
	const struct nm_explain_variant variant = { .store = c->explainer->store,
						    .plan = c->plan,
						    .held = held };
	struct nm_simulation *simulation;
	enum nm_code code = nm_explain_simulate(&variant, c->call, &simulation, err);

	if (code != NM_OK)
		return code;
	*out = without_text(simulation->treatment, c->arena);
	nm_simulation_free(simulation);
	return *out != NULL ? NM_OK : nm_fail_memory(err);
}

/* --- what the store has of the line --- */

/* An artefact as it is kept, and where it is from. */
struct source {
	const char *text;   /* NULL: it is not known */
	const char *driver; /* that can lift it */
	nm_time at;
	int64_t push;    /* 0: it was read back */
	const char *why; /* it is not known; NULL: memory */
};

/* The driver of the line's account, by today's plan. */
static const char *driver_now(const struct nm_plan *today, const struct nm_call_entry *call)
{
	const int line = nm_explain_line(today, call);

	return line >= 0 ? today->accounts[today->lines[line].account].driver : call->driver;
}

static struct source read_back(const struct context *c, const struct nm_reading *reading)
{
	return (struct source){ .text = reading->live,
				.driver = driver_now(c->explainer->today, c->call),
				.at = reading->at };
}

static const char *push_words(const struct context *c, const struct nm_live_then *then, const char *rest)
{
	char at[NM_TIME_TEXT];

	nm_time_words_zone(c->explainer->today->zone, then->at, true, at);
	return nm_arena_format(c->arena, "push #%lld of %s %s", (long long)then->push, at, rest);
}

/* Why it is not known what was live; NULL: memory. */
static const char *why_unknown(const struct context *c, const struct nm_live_then *then, nm_time until)
{
	switch (then->known) {
	case NM_LIVE_UNDER_WAY:
		return push_words(c, then, "was under way");
	case NM_LIVE_FAILED:
		return push_words(c, then, "failed, and something of it may have been in force");
	case NM_LIVE_TAKEN_BACK:
		return push_words(c, then, "was taken back, and what had been there before is not known");
	case NM_LIVE_NOTHING:
	case NM_LIVE_KNOWN:
		break;
	}
	return until == NM_TIME_MAX ? "nothing was pushed to the line or read back of it yet"
				    : "nothing that was pushed or read back before is kept";
}

/* The newest that was pushed or read back of the line by then. */
static enum nm_code find_until(const struct context *c, nm_time until, struct source *out, struct nm_error *err)
{
	struct nm_live_then then;
	enum nm_code code = nm_live_then(c->explainer->store, c->call->number, until,
					 driver_now(c->explainer->today, c->call), c->arena, &then, err);

	if (code != NM_OK)
		return code;
	*out = (struct source){ .driver = then.driver, .at = then.at, .push = then.push };
	if (then.known == NM_LIVE_KNOWN)
		out->text = then.text;
	else
		out->why = why_unknown(c, &then, until);
	return out->text != NULL || out->why != NULL ? NM_OK : nm_fail_memory(err);
}

/* The first that was read back after the call and ahead of any other push: text NULL where nothing was. */
static enum nm_code find_after(const struct context *c, struct source *out, struct nm_error *err)
{
	struct nm_store *store = c->explainer->store;
	const nm_number line = c->call->number;
	struct nm_push_record push;
	struct nm_reading reading;
	bool was_pushed = false, was_read = false;
	enum nm_code code =
		nm_store_push_after(store, line, c->call->began, c->arena, &push, &was_pushed, err);

	if (code == NM_OK && !was_pushed)
		code = nm_store_reading_get(store, line, c->arena, &reading, &was_read, err);
	if (code != NM_OK)
		return code;
	*out = (struct source){ .why = "" };
	if (was_pushed)
		*out = (struct source){
			.text = push.before, .driver = push.driver, .at = push.at, .push = push.id
		};
	else if (was_read && reading.at > c->call->began)
		*out = read_back(c, &reading);
	return NM_OK;
}

/* --- played --- */

/* *route NULL: it cannot be lifted, and *why is what stands against it. */
static enum nm_code lift(const struct context *c, const struct source *source, struct nm_route **route,
			 const char **why, struct nm_error *err)
{
	const struct nm_carrier *carrier = nm_carrier_find(source->driver);
	struct nm_artefact artefact = { 0 };
	struct nm_error unread;
	enum nm_code code;

	*route = NULL;
	if (carrier == NULL || carrier->lift == NULL) {
		*why = nm_arena_format(c->arena, "nothing can be read back from %s", source->driver);
		return *why != NULL ? NM_OK : nm_fail_memory(err);
	}
	code = nm_artefact_read(source->text, &artefact, &unread);
	if (code == NM_INPUT) {
		*why = "what is kept of it does not read any more";
		return NM_OK;
	}
	if (code != NM_OK)
		return nm_fail(err, code, "%s", unread.text);
	if (artefact.n == 0)
		*why = "nothing of ours was there";
	else
		code = nm_artefact_lift(carrier, &artefact, c->arena, route, why, err);
	nm_artefact_clear(&artefact);
	return code;
}

static const char *words_beside(const struct context *c, const struct nm_treatment *a,
				const struct nm_treatment *b)
{
	const char *text = NULL;
	struct nm_buf words;

	nm_buf_init(&words, WORDS_MAX);
	nm_treatment_words_beside(a, b, &words);
	if (!words.failed)
		text = nm_arena_text(c->arena, words.data);
	nm_buf_clear(&words);
	return text;
}

/* What the call gets on the route. */
static enum nm_code play(const struct context *c, const struct nm_route *route, const char *by,
			 struct nm_explained_live *out, struct nm_error *err)
{
	const struct nm_explain_variant variant = { .store = c->explainer->store, .plan = c->plan };
	const struct nm_treatment *treatment =
		without_text(nm_route_treatment(route, c->call->began, c->call->caller, false), c->arena);
	struct nm_explanation *beside = nm_arena_alloc(c->arena, 1, sizeof(*beside));

	if (treatment != NULL)
		treatment = nm_treatment_unnamed(treatment, c->arena);
	if (treatment == NULL || beside == NULL)
		return nm_fail_memory(err);
	out->known = true;
	out->match = nm_treatment_equal(treatment, c->planned) ? NM_LIVE_PLANNED
		     : nm_treatment_equal(treatment, c->held)  ? NM_LIVE_HELD
							       : NM_LIVE_OTHER;
	out->words = words_beside(c, treatment, c->planned);
	out->plan_words = words_beside(c, c->planned, treatment);
	out->beside = beside;
	if (out->words == NULL || out->plan_words == NULL)
		return nm_fail_memory(err);
	return nm_explain_beside(&variant, c->call, treatment, by, c->arena, beside, err);
}

static enum nm_code explain_source(const struct context *c, const struct source *source, const char *by,
				   struct nm_explained_live *out, struct nm_error *err)
{
	struct nm_route *route = NULL;
	enum nm_code code = NM_OK;

	*out = (struct nm_explained_live){ .at = source->at, .push = source->push, .why = source->why };
	if (source->text != NULL)
		code = lift(c, source, &route, &out->why, err);
	if (code == NM_OK && route != NULL && out->why == NULL)
		code = play(c, route, by, out, err);
	nm_route_free(route);
	return code;
}

static enum nm_code explain_until(const struct context *c, nm_time until, const char *by,
				  struct nm_explained_live *out, struct nm_error *err)
{
	struct source source;
	enum nm_code code = find_until(c, until, &source, err);

	return code == NM_OK ? explain_source(c, &source, by, out, err) : code;
}

/* --- is that why? --- */

static bool does_what_happened(const struct nm_explained_live *live)
{
	return live->known && live->match == NM_LIVE_OTHER && live->beside->verdict == NM_EXPLAINED_PLANNED;
}

static void drop_drift(struct nm_explanation *explanation)
{
	size_t n = 0;

	for (size_t i = 0; i < explanation->n_likely; i++)
		if (explanation->likely[i].cause != NM_CAUSE_DRIFT)
			explanation->likely[n++] = explanation->likely[i];
	explanation->n_likely = n;
}

/* Ahead of what is only likely. */
static enum nm_code add_certain(struct nm_explanation *explanation, const char *words, struct nm_error *err)
{
	if (words == NULL)
		return nm_fail_memory(err);
	drop_drift(explanation);
	memmove(&explanation->likely[1], &explanation->likely[0],
		explanation->n_likely * sizeof(explanation->likely[0]));
	explanation->likely[0] =
		(struct nm_likely){ .cause = NM_CAUSE_DRIFT, .words = words, .certain = true };
	explanation->n_likely++;
	return NM_OK;
}

static const char *drift_words(const struct context *c, const struct nm_explained_live *live, bool then,
			       bool by_today)
{
	const char *plan = by_today ? "today's plan does not" : "the plan does not: drift";
	char at[NM_TIME_TEXT];

	nm_time_words_zone(c->explainer->today->zone, live->at, true, at);
	if (then)
		return nm_arena_format(c->arena, "what was live then does just this, and %s", plan);
	if (live->push != 0)
		return nm_arena_format(
			c->arena,
			"what push #%lld found live on %s, the first since the call, does just this, and %s",
			(long long)live->push, at, plan);
	return nm_arena_format(
		c->arena,
		"what is live, read back on %s and not pushed since the call, does just this, and %s", at,
		plan);
}

/* What was live before the call, or else what was found behind it. */
static enum nm_code judge(const struct context *c, const struct nm_explained_lives *lives,
			  struct nm_explanation *explanation, struct nm_error *err)
{
	const bool then = does_what_happened(&lives->then), by_today = explanation->version == 0;
	struct nm_explained_live after = { .known = false };
	struct source source;
	enum nm_code code;

	if (explanation->verdict != NM_EXPLAINED_DIFFERS)
		return NM_OK;
	code = find_after(c, &source, err);
	if (code == NM_OK)
		code = explain_source(c, &source, "live then", &after, err);
	if (code != NM_OK)
		return code;
	if (then || does_what_happened(&after))
		return add_certain(explanation, drift_words(c, then ? &lives->then : &after, then, by_today),
				   err);
	if (lives->now.known && lives->now.match != NM_LIVE_OTHER)
		drop_drift(explanation);
	return NM_OK;
}

enum nm_code nm_explain_lives(struct nm_explainer *explainer, const struct nm_call_entry *call,
			      struct nm_arena *arena, struct nm_explanation *explanation,
			      struct nm_explained_lives *out, struct nm_error *err)
{
	struct context c = { .explainer = explainer, .call = call, .arena = arena };
	struct nm_explained_lives lives;
	int64_t version = explanation->version;
	enum nm_code code = nm_explainer_plan(explainer, &version, &c.plan, err);

	if (code == NM_OK)
		code = treat(&c, false, &c.planned, err);
	if (code == NM_OK)
		code = treat(&c, true, &c.held, err);
	if (code == NM_OK)
		code = explain_until(&c, call->began, "live then", &lives.then, err);
	if (code == NM_OK)
		code = explain_until(&c, NM_TIME_MAX, "live now", &lives.now, err);
	if (code == NM_OK)
		code = judge(&c, &lives, explanation, err);
	if (code == NM_OK)
		*out = lives;
	return code;
}
