/* SPDX-License-Identifier: MIT */
/*
 * Explaining the whole log (explain_log.h).  In: an explainer, a store, a span.  Out: counts, the ways in which
 * calls part from the plan, and the worst calls.  Of the calls that are read only a rank is kept, and of no more of
 * them than are told: those are read and explained once more at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "core/explain_private.h"
#include "nevermiss/explain_log.h"

#define ASKS 256 /* calls from one question to the next: some milliseconds */

/* By which one call is worse than another. */
struct rank {
	int64_t id;
	nm_time began;
	enum nm_harm harm;
	int seconds;
};

struct reading {
	struct nm_explainer *explainer;
	const struct nm_explain_options *options;
	struct nm_explained_log *log;
	struct rank *worst; /* the worst first */
	size_t n_worst;
	size_t n; /* calls read */
};

const char *nm_harm_name(enum nm_harm harm)
{
	static const char *const names[NM_HARMS] = { "missed", "other", "later", "earlier", "none" };

	return names[harm];
}

/* --- what came of it --- */

static bool was_missed(const struct nm_became *became)
{
	return became->end != NM_CALL_ANSWERED && became->end != NM_CALL_UNKNOWN;
}

enum nm_harm nm_explain_harm(const struct nm_call_entry *call, const struct nm_explanation *explanation,
			     int *seconds)
{
	const struct nm_became *became = &call->became;
	const struct nm_outcome *expected = &explanation->expected;
	const bool timed = became->seconds >= 0 && expected->seconds >= 0;
	const int later = timed ? became->seconds - expected->seconds : 0;

	*seconds = 0;
	if (expected->result != NM_ANSWERED)
		return NM_HARM_NONE;
	if (was_missed(became))
		return NM_HARM_MISSED;
	if (became->by != NULL && expected->answered_by != NULL &&
	    strcmp(became->by, expected->answered_by) != 0)
		return NM_HARM_OTHER;
	if (abs(later) <= NM_EXPLAIN_SLACK_S || became->end != NM_CALL_ANSWERED)
		return NM_HARM_NONE;
	*seconds = abs(later);
	return later > 0 ? NM_HARM_LATER : NM_HARM_EARLIER;
}

/* --- the worst --- */

static bool is_worse(const struct rank *a, const struct rank *b)
{
	if (a->harm != b->harm)
		return a->harm < b->harm;
	if (a->seconds != b->seconds)
		return a->seconds > b->seconds;
	return a->began != b->began ? a->began > b->began : a->id > b->id;
}

static void add_worst(struct reading *run, const struct rank *rank)
{
	const size_t most = run->options->most;
	size_t i = run->n_worst < most ? run->n_worst++ : most;

	if (i == most && (most == 0 || !is_worse(rank, &run->worst[--i])))
		return;
	for (; i > 0 && is_worse(rank, &run->worst[i - 1]); i--)
		run->worst[i] = run->worst[i - 1];
	run->worst[i] = *rank;
}

/* --- how they part --- */

static bool same_who(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool add_group(struct nm_explained_log *log, const struct nm_explanation *explanation)
{
	const char *who = explanation->who;
	struct nm_departed *group;
	size_t i = 0;

	while (i < log->n_groups &&
	       (log->groups[i].departure != explanation->departure || !same_who(log->groups[i].who, who)))
		i++;
	if (i == NM_EXPLAIN_GROUPS) {
		log->ungrouped++;
		return true;
	}
	group = &log->groups[i];
	if (i == log->n_groups) {
		*group = (struct nm_departed){ .departure = explanation->departure };
		group->who = who != NULL ? nm_arena_text(log->arena, who) : NULL;
		if (who != NULL && group->who == NULL)
			return false;
		log->n_groups++;
	}
	group->calls++;
	return true;
}

/* The most calls first; as many stay in their order. */
static void sort_groups(struct nm_explained_log *log)
{
	for (size_t i = 1; i < log->n_groups; i++) {
		const struct nm_departed group = log->groups[i];
		size_t k = i;

		for (; k > 0 && log->groups[k - 1].calls < group.calls; k--)
			log->groups[k] = log->groups[k - 1];
		log->groups[k] = group;
	}
}

static void add_causes(struct nm_explained_log *log, const struct nm_explanation *explanation)
{
	for (size_t i = 0; i < explanation->n_likely; i++) {
		log->causes[explanation->likely[i].cause]++;
		log->drifted += explanation->likely[i].cause == NM_CAUSE_DRIFT && explanation->likely[i].certain;
	}
	log->uncaused += explanation->n_likely == 0;
}

/* --- a call --- */

static bool add_departed(struct reading *run, const struct nm_call_entry *call,
			 const struct nm_explanation *explanation)
{
	struct rank rank = { .id = call->id, .began = call->began };

	rank.harm = nm_explain_harm(call, explanation, &rank.seconds);
	run->log->differs++;
	run->log->harm[rank.harm]++;
	add_worst(run, &rank);
	add_causes(run->log, explanation);
	return add_group(run->log, explanation);
}

static bool add_driver(struct nm_explained_log *log, const char *driver)
{
	size_t i = 0;

	while (i < log->n_drivers && strcmp(log->drivers[i], driver) != 0)
		i++;
	if (i < log->n_drivers || i == NM_EXPLAIN_DRIVERS)
		return true;
	log->drivers[log->n_drivers++] = driver = nm_arena_text(log->arena, driver);
	return driver != NULL;
}

static bool add_call(struct reading *run, const struct nm_call_entry *call,
		     const struct nm_explanation *explanation)
{
	struct nm_explained_log *log = run->log;

	if (explanation->verdict == NM_EXPLAINED_UNTOLD) {
		log->untold++;
		return true;
	}
	if (!add_driver(log, call->driver))
		return false;
	log->by_today += explanation->version == 0;
	if (explanation->verdict == NM_EXPLAINED_DIFFERS)
		return add_departed(run, call, explanation);
	log->planned++;
	return true;
}

/* What was live decides whether drift lies behind a call that went another way. */
static enum nm_code explain(struct nm_explainer *explainer, const struct nm_call_entry *call, struct nm_arena *arena,
			    struct nm_explanation *out, struct nm_error *err)
{
	struct nm_explained_lives lives;
	enum nm_code code = nm_explain(explainer, call, true, arena, out, err);

	if (code == NM_OK && out->verdict == NM_EXPLAINED_DIFFERS)
		code = nm_explain_lives(explainer, call, arena, out, &lives, err);
	return code;
}

static enum nm_code take_call(void *context, const struct nm_call_entry *call, struct nm_error *err)
{
	struct reading *run = context;
	const struct nm_explain_options *options = run->options;
	struct nm_explained_log *log = run->log;
	struct nm_explanation explanation;
	struct nm_arena *arena;
	enum nm_code code;

	if (run->n++ % ASKS == 0 && options->goes_on != NULL &&
	    !options->goes_on(options->context, call->began))
		return nm_fail(err, NM_REFUSED, "stopped after %zu calls", run->n - 1);
	log->span = (struct nm_span){ run->n == 1 ? call->began : log->span.from, call->began + 1 };
	arena = nm_arena_new();
	code = arena != NULL ? explain(run->explainer, call, arena, &explanation, err) : nm_fail_memory(err);
	if (code == NM_OK && !add_call(run, call, &explanation))
		code = nm_fail_memory(err);
	nm_arena_free(arena);
	if (code != NM_INPUT)
		return code;
	log->no_line++;
	return NM_OK;
}

/* --- the log --- */

/* One that was forgotten since it was read is left out. */
static enum nm_code tell_worst(const struct reading *run, struct nm_store *store, struct nm_error *err)
{
	struct nm_explained_log *log = run->log;
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < run->n_worst && code == NM_OK; i++) {
		struct nm_worst *worst = &log->worst[log->n];

		worst->harm = run->worst[i].harm;
		worst->seconds = run->worst[i].seconds;
		code = nm_store_call_get(store, run->worst[i].id, log->arena, &worst->call, err);
		if (code == NM_OK)
			code = explain(run->explainer, &worst->call, log->arena, &worst->explanation, err);
		if (code == NM_OK)
			log->n++;
		else if (code == NM_INPUT)
			code = NM_OK;
	}
	return code;
}

static enum nm_code begin(struct reading *run, struct nm_error *err)
{
	struct nm_explained_log *log = run->log;
	const size_t most = run->options->most;

	if (most > NM_EXPLAIN_WORST)
		return nm_fail(err, NM_INPUT, "at most %d of the worst calls are told", NM_EXPLAIN_WORST);
	if (run->options->span.from >= run->options->span.until)
		return nm_fail(err, NM_INPUT, "a span must end after it begins");
	log->arena = nm_arena_new();
	if (log->arena == NULL)
		return nm_fail_memory(err);
	log->groups = nm_arena_alloc(log->arena, NM_EXPLAIN_GROUPS, sizeof(*log->groups));
	log->worst = nm_arena_alloc(log->arena, most, sizeof(*log->worst));
	run->worst = nm_arena_alloc(log->arena, most, sizeof(*run->worst));
	return log->groups != NULL && log->worst != NULL && run->worst != NULL ? NM_OK : nm_fail_memory(err);
}

enum nm_code nm_explain_log(struct nm_explainer *explainer, struct nm_store *store,
			    const struct nm_explain_options *options, struct nm_explained_log *out,
			    struct nm_error *err)
{
	struct nm_explained_log log = { .arena = NULL };
	struct reading run = { .explainer = explainer, .options = options, .log = &log };
	const struct nm_call_entry_reader reader = {
		.number = options->number,
		.span = options->span,
		.take = take_call,
		.context = &run,
	};
	enum nm_code code = begin(&run, err);

	if (code == NM_OK)
		code = nm_store_entries_each(store, &reader, err);
	if (code == NM_OK)
		code = tell_worst(&run, store, err);
	if (code != NM_OK) {
		nm_explained_log_clear(&log);
		return code;
	}
	sort_groups(&log);
	*out = log;
	return NM_OK;
}

void nm_explained_log_clear(struct nm_explained_log *log)
{
	nm_arena_free(log->arena);
	*log = (struct nm_explained_log){ 0 };
}
