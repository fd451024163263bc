/* SPDX-License-Identifier: MIT */
/*
 * A replay (replay.h).  In: a store, a plan, a span.  Out: how the calls went and how they go by the plan, counted in the
 * whole, by week and by who has them, and the calls that go another way.  Calls are read once, the oldest first, and only
 * those that are told one by one are kept.
 */
#include <stdlib.h>
#include <string.h>

#include "core/replay_private.h"
#include "nevermiss/names.h"
#include "nevermiss/report.h"

#define ASKS 1024 /* calls from one question to the next: a few milliseconds */

/* Layers behind the plan's destinations. */
enum { OTHERS, VOICEMAIL, NOBODY, SPECIAL };

struct replaying {
	const struct nm_plan *plan;
	const struct nm_replay_options *options;
	struct nm_replay *replay;
	struct nm_replay_parties parties;
	struct nm_player *player;
	struct nm_replay_layer *layers; /* of each destination, and the special ones */
	nm_time *begins;                /* of each week */
	size_t week;                    /* that held the call before: calls come in the order of time */
	size_t n;                       /* calls read */
	struct nm_names names;          /* of who had them */
};

int64_t nm_replay_then(const struct nm_replay_counts *counts, enum nm_replay_end end)
{
	int64_t n = 0;

	for (int now = 0; now < NM_REPLAY_ENDS; now++)
		n += counts->calls[end][now];
	return n;
}

int64_t nm_replay_now(const struct nm_replay_counts *counts, enum nm_replay_end end)
{
	int64_t n = 0;

	for (int then = 0; then < NM_REPLAY_ENDS; then++)
		n += counts->calls[then][end];
	return n;
}

/* --- how a call ended --- */

static enum nm_replay_end end_then(const struct nm_became *became)
{
	if (became->end == NM_CALL_REJECTED)
		return NM_REPLAY_REJECTED;
	return became->end == NM_CALL_ANSWERED ? NM_REPLAY_ANSWERED : NM_REPLAY_MISSED;
}

static enum nm_replay_end end_now(enum nm_result result)
{
	if (result == NM_REJECTED)
		return NM_REPLAY_REJECTED;
	return result == NM_ANSWERED ? NM_REPLAY_ANSWERED : NM_REPLAY_MISSED;
}

static void add_gone(struct nm_replay *replay, nm_number number)
{
	size_t i = 0;

	replay->no_line++;
	while (i < replay->n_gone && replay->gone[i].number != number)
		i++;
	if (i == NM_REPLAY_GONE)
		return;
	if (i == replay->n_gone) {
		replay->gone[i].number = number;
		replay->n_gone++;
	}
	replay->gone[i].calls++;
}

/* Is there nothing to play? */
static bool left_out(struct nm_replay *replay, const struct nm_call_entry *call, int line)
{
	const struct nm_became *became = &call->became;
	const bool at_once = became->end == NM_CALL_ABANDONED && became->seconds >= 0 &&
			     became->seconds < NM_SHORT_ABANDON_S;

	if (became->end == NM_CALL_UNKNOWN || call->cut)
		replay->untold++;
	else if (line < 0)
		add_gone(replay, call->number);
	else if (at_once)
		replay->at_once++;
	else
		return false;
	return true;
}

/* --- counting --- */

static void add_counts(struct nm_replay_counts *counts, const struct nm_call_entry *call,
		       const struct nm_replay_outcome *outcome)
{
	const enum nm_replay_end then = end_then(&call->became), now = end_now(outcome->result);

	counts->calls[then][now]++;
	if (then != NM_REPLAY_ANSWERED || now != NM_REPLAY_ANSWERED || call->became.seconds < 0)
		return;
	counts->timed++;
	counts->seconds_then += call->became.seconds;
	counts->seconds_now += outcome->seconds;
}

static struct nm_replay_layer *layer_of(const struct replaying *run, enum nm_replay_end end, bool voicemail,
					int party)
{
	const size_t n = run->plan->n_destinations;

	if (end == NM_REPLAY_ANSWERED && party >= 0 && (size_t)party < n)
		return &run->layers[party];
	if (end == NM_REPLAY_ANSWERED)
		return &run->layers[n + OTHERS];
	return &run->layers[n + (voicemail ? VOICEMAIL : NOBODY)];
}

static void add_layers(struct replaying *run, const struct nm_call_entry *call,
		       const struct nm_replay_outcome *outcome)
{
	const enum nm_replay_end then = end_then(&call->became), now = end_now(outcome->result);
	const bool voicemail_then =
		call->became.end == NM_CALL_VOICEMAIL || call->became.end == NM_CALL_SWALLOWED;
	const bool voicemail_now = outcome->result == NM_TO_VOICEMAIL || outcome->result == NM_SWALLOWED;

	if (then != NM_REPLAY_REJECTED)
		layer_of(run, then, voicemail_then, nm_replay_taker(&run->parties, call))->then++;
	if (now != NM_REPLAY_REJECTED)
		layer_of(run, now, voicemail_now, outcome->party)->now++;
}

/* --- calls that go another way --- */

static bool keep(const struct replaying *run, const struct nm_call_entry *call,
		 const struct nm_replay_outcome *outcome, struct nm_replay_call *out)
{
	const struct nm_plan *plan = run->plan;
	const char *by = NULL;

	if (outcome->party >= 0 && (size_t)outcome->party < plan->n_destinations)
		by = plan->destinations[outcome->party].name;
	else if (outcome->party >= 0)
		by = plan->lines[(size_t)outcome->party - plan->n_destinations].name;
	*out = (struct nm_replay_call){ call->id,     call->number,    call->caller, call->began,
					call->became, outcome->result, by,           outcome->seconds };
	if (call->became.by == NULL)
		return true;
	out->became.by = nm_arena_text(run->replay->arena, call->became.by);
	return out->became.by != NULL;
}

static bool add_first(const struct replaying *run, struct nm_replay_calls *calls,
		      const struct nm_call_entry *call, const struct nm_replay_outcome *outcome)
{
	return calls->n == run->options->most || keep(run, call, outcome, &calls->items[calls->n++]);
}

static int later_by(const struct nm_replay_call *call)
{
	return call->seconds - call->became.seconds;
}

/* Kept in order, so that the last one is the least. */
static bool add_later(const struct replaying *run, struct nm_replay_calls *calls,
		      const struct nm_call_entry *call, const struct nm_replay_outcome *outcome)
{
	const int later = outcome->seconds - call->became.seconds;
	const size_t most = run->options->most;
	size_t i = calls->n < most ? calls->n : most - 1;

	if (most == 0 || (calls->n == most && later_by(&calls->items[most - 1]) >= later))
		return true;
	for (; i > 0 && later_by(&calls->items[i - 1]) < later; i--)
		calls->items[i] = calls->items[i - 1];
	calls->n += calls->n < most;
	return keep(run, call, outcome, &calls->items[i]);
}

static bool add_change(const struct replaying *run, const struct nm_call_entry *call,
		       const struct nm_replay_outcome *outcome)
{
	struct nm_replay *replay = run->replay;
	const enum nm_replay_end then = end_then(&call->became), now = end_now(outcome->result);

	if (then == NM_REPLAY_ANSWERED && now != NM_REPLAY_ANSWERED)
		return add_first(run, &replay->lost, call, outcome);
	if (then == NM_REPLAY_MISSED && now == NM_REPLAY_ANSWERED)
		return add_first(run, &replay->won, call, outcome);
	if (then == NM_REPLAY_ANSWERED && call->became.seconds >= 0 &&
	    outcome->seconds > call->became.seconds)
		return add_later(run, &replay->later, call, outcome);
	return true;
}

/* --- a call --- */

static struct nm_replay_week *week_of(struct replaying *run, nm_time t)
{
	while (run->week + 1 < run->replay->n_weeks && run->begins[run->week + 1] <= t)
		run->week++;
	return &run->replay->weeks[run->week];
}

static enum nm_code take_call(void *context, const struct nm_call_entry *kept, struct nm_error *err)
{
	struct replaying *run = context;
	const struct nm_replay_options *options = run->options;
	const int line = nm_plan_find_number(run->plan, kept->number);
	struct nm_call_leg legs[NM_LEGS_MAX];
	struct nm_call_entry call = *kept;
	struct nm_replay_outcome outcome;
	struct nm_replay_script script;
	enum nm_code code;

	if (run->n++ % ASKS == 0 && options->goes_on != NULL &&
	    !options->goes_on(options->context, call.began))
		return nm_fail(err, NM_REFUSED, "stopped after %zu calls", run->n - 1);
	if (left_out(run->replay, &call, line))
		return NM_OK;
	nm_names_call(&run->names, &call, legs);
	nm_replay_script_of(&run->parties, &call, &script);
	code = nm_player_play(run->player, &call, line, &script, &outcome, err);
	if (code != NM_OK)
		return code;
	add_counts(&run->replay->counts, &call, &outcome);
	add_counts(&week_of(run, call.began)->counts, &call, &outcome);
	add_layers(run, &call, &outcome);
	return add_change(run, &call, &outcome) ? NM_OK : nm_fail_memory(err);
}

/* --- the replay --- */

static enum nm_code check_options(const struct nm_replay_options *options, struct nm_error *err)
{
	const struct nm_span span = options->span;

	if (span.from >= span.until)
		return nm_fail(err, NM_INPUT, "a replay's span must end after it begins");
	if (span.until - span.from > NM_TIMELINE_YEARS * 366 * (int64_t)NM_DAY)
		return nm_fail(err, NM_INPUT, "a replay spans at most %d years", NM_TIMELINE_YEARS);
	if (options->most > NM_REPLAY_LISTED)
		return nm_fail(err, NM_INPUT, "a replay lists at most %d calls of each kind",
			       NM_REPLAY_LISTED);
	return NM_OK;
}

static bool make_weeks(struct replaying *run)
{
	const struct nm_zone *zone = run->plan->zone;
	struct nm_replay *replay = run->replay;
	const struct nm_span span = replay->span;
	const int64_t monday = nm_zone_monday(zone, span.from);
	const size_t n = (size_t)((nm_zone_monday(zone, span.until - 1) - monday) / 7) + 1;

	replay->weeks = nm_arena_alloc(replay->arena, n, sizeof(*replay->weeks));
	run->begins = nm_arena_alloc(replay->arena, n, sizeof(*run->begins));
	if (replay->weeks == NULL || run->begins == NULL)
		return false;
	replay->n_weeks = n;
	for (size_t i = 0; i < n; i++) {
		const nm_time begin = nm_zone_utc(zone, (monday + 7 * (int64_t)i) * NM_DAY, NULL);
		const nm_time end = nm_zone_utc(zone, (monday + 7 * (int64_t)(i + 1)) * NM_DAY, NULL);

		run->begins[i] = i == 0 ? span.from : begin;
		replay->weeks[i].span = (struct nm_span){ run->begins[i], i + 1 == n ? span.until : end };
	}
	return true;
}

static bool make_layers(struct replaying *run)
{
	static const char *const names[SPECIAL] = { "others", "voicemail", "nobody" };
	const struct nm_plan *plan = run->plan;
	const size_t n = plan->n_destinations;

	run->layers = nm_arena_alloc(run->replay->arena, n + SPECIAL, sizeof(*run->layers));
	if (run->layers == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		run->layers[i] = (struct nm_replay_layer){ .name = plan->destinations[i].name,
							   .kind = (int)plan->destinations[i].kind };
	for (size_t i = 0; i < SPECIAL; i++)
		run->layers[n + i] = (struct nm_replay_layer){
			.name = names[i],
			.kind = i == VOICEMAIL ? (int)NM_VOICEMAIL : -1,
		};
	return true;
}

static bool make_lists(struct replaying *run)
{
	struct nm_replay_calls *lists[] = { &run->replay->lost, &run->replay->won, &run->replay->later };
	bool ok = true;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && ok; i++) {
		lists[i]->items =
			nm_arena_alloc(run->replay->arena, run->options->most + 1, sizeof(*lists[i]->items));
		ok = lists[i]->items != NULL;
	}
	return ok;
}

static enum nm_code begin(struct replaying *run, struct nm_store *store, struct nm_error *err)
{
	struct nm_replay *replay = run->replay;
	enum nm_code code;

	replay->arena = nm_arena_new();
	if (replay->arena == NULL || !make_weeks(run) || !make_layers(run) || !make_lists(run))
		return nm_fail_memory(err);
	code = nm_names_read(store, run->plan, replay->arena, &run->names, err);
	return code == NM_OK ? nm_player_new(&run->parties, replay->span, &run->player, err) : code;
}

static void close_layers(struct replaying *run)
{
	struct nm_replay *replay = run->replay;

	replay->layers = run->layers;
	for (size_t i = 0; i < run->plan->n_destinations + SPECIAL; i++)
		if (run->layers[i].then > 0 || run->layers[i].now > 0)
			replay->layers[replay->n_layers++] = run->layers[i];
}

enum nm_code nm_replay(struct nm_store *store, const struct nm_plan *plan,
		       const struct nm_replay_options *options, struct nm_replay *out, struct nm_error *err)
{
	struct nm_replay replay = { .span = options->span };
	struct replaying run = { .plan = plan, .options = options, .replay = &replay, .parties.plan = plan };
	const struct nm_call_entry_reader reader = {
		.number = options->number,
		.span = options->span,
		.take = take_call,
		.context = &run,
	};
	enum nm_code code = check_options(options, err);

	if (code == NM_OK)
		code = begin(&run, store, err);
	if (code == NM_OK)
		code = nm_store_played_each(store, &reader, err);
	nm_player_free(run.player);
	if (code == NM_OK) {
		close_layers(&run);
		*out = replay;
	} else {
		nm_replay_clear(&replay);
	}
	return code;
}

void nm_replay_clear(struct nm_replay *replay)
{
	nm_arena_free(replay->arena);
	*replay = (struct nm_replay){ 0 };
}
