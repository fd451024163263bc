/* SPDX-License-Identifier: MIT */
/*
 * week: who answers first in each half hour of a week.  next: the times at which the answer changes.
 */
#include "answers.h"
#include "command.h"
#include "week.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HALF_HOUR 1800
#define SLOTS_MOST 400 /* a week with a repeated hour has 338 */

struct slot {
	struct nm_span span;
	const char *path, *first; /* of the plan's memory; NULL */
	enum nm_result result;
};

/* The plan's own string for a name that lives in a simulation's arena. */
static const char *own_name(const struct nm_plan *plan, const char *name)
{
	const int i = name ? nm_plan_find_destination(plan, name) : -1;

	return i >= 0 ? plan->destinations[i].name : NULL;
}

static const char *own_path(const struct nm_plan *plan, const char *name)
{
	const int i = name ? nm_plan_find_path(plan, name) : -1;

	return i >= 0 ? plan->paths[i].name : NULL;
}

static enum nm_code fill_slot(const struct nm_timeline *timeline, int line, struct slot *slot, struct nm_error *err)
{
	const struct nm_call call = { .at = slot->span.from, .line = line, .script = { .hangup_s = -1 } };
	struct nm_simulation *simulation;
	enum nm_code code = nm_simulate_on(timeline, &call, false, &simulation, err);

	if (code != NM_OK)
		return code;
	slot->path = own_path(timeline->plan, simulation->treatment->path);
	slot->first = own_name(timeline->plan, simulation->outcome.answered_by);
	slot->result = simulation->outcome.result;
	nm_simulation_free(simulation);
	return NM_OK;
}

/* All half hours of the week, by the wall clock: a clock change makes it longer or shorter. */
static enum nm_code fill_week(const struct nm_timeline *timeline, int line, struct slot *slots, size_t *n,
			      struct nm_error *err)
{
	enum nm_code code = NM_OK;
	nm_time t;

	*n = 0;
	for (t = timeline->from; t < timeline->until && *n < SLOTS_MOST && code == NM_OK; t += HALF_HOUR) {
		const nm_time end = t + HALF_HOUR < timeline->until ? t + HALF_HOUR : timeline->until;

		slots[*n].span = (struct nm_span){ t, end };
		code = fill_slot(timeline, line, &slots[(*n)++], err);
	}
	return code;
}

static void write_json(struct invocation *run, int line, int64_t monday, const struct slot *slots, size_t n)
{
	const struct nm_plan *plan = run->session->plan;
	const struct nm_date date = nm_date_from_days(monday);
	struct nm_json json;
	char of[NM_TIME_TEXT];
	size_t i;

	snprintf(of, sizeof of, "%04d-%02d-%02d", date.year, date.month, date.day);
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "of");
	nm_json_text(&json, of);
	nm_json_key(&json, "line");
	nm_json_text(&json, plan->lines[line].name);
	nm_json_key(&json, "slots");
	nm_json_array(&json);
	for (i = 0; i < n; i++) {
		nm_json_object(&json);
		json_time(&json, plan->zone, "from", slots[i].span.from);
		json_time(&json, plan->zone, "until", slots[i].span.until);
		nm_json_key(&json, "path");
		nm_json_text(&json, slots[i].path);
		nm_json_key(&json, "first");
		nm_json_text(&json, slots[i].first);
		nm_json_key(&json, "result");
		nm_json_text(&json, nm_result_name(slots[i].result));
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

static enum nm_code show_slots(struct invocation *run, int line, int64_t monday, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	struct slot *slots = calloc(SLOTS_MOST, sizeof *slots);
	struct nm_timeline *timeline = NULL;
	enum nm_code code;
	size_t n;

	if (!slots)
		code = nm_fail_memory(err);
	else
		code = nm_timeline_build(plan, nm_zone_utc(plan->zone, monday * NM_DAY, NULL),
					 nm_zone_utc(plan->zone, (monday + 7) * NM_DAY, NULL), &timeline, err);
	if (code == NM_OK)
		code = fill_week(timeline, line, slots, &n, err);
	if (code == NM_OK)
		write_json(run, line, monday, slots, n);
	nm_timeline_free(timeline);
	free(slots);
	return code;
}

/* --- the grid, as the Week screen has it --- */

#define GRID_COLUMNS 48
#define GRID_QUARTERS (WEEK_SLOTS / GRID_COLUMNS)

static void print_legend(struct nm_buf *out, const struct nm_plan *plan, const struct week *week)
{
	enum answer_rank rank;
	size_t i;

	for (i = 0; i < plan->n_destinations; i++)
		if (plan->destinations[i].kind != NM_VOICEMAIL && week_has(week, week->letters[i]))
			nm_buf_addf(out, "%c %s (%s)  ", week->letters[i], plan->destinations[i].name,
				    nm_kind_name(plan->destinations[i].kind));
	for (rank = RANK_VOICEMAIL; rank < RANK_NOBODY; rank++)
		if (week_has(week, week_sign(rank)))
			nm_buf_addf(out, "%c %s  ", week_sign(rank), answer_rank_words(rank));
	nm_buf_addf(out, "%c %s\n", week_sign(RANK_NOBODY), answer_rank_words(RANK_NOBODY));
}

static void print_day(struct nm_buf *out, const struct week *week, int day)
{
	const struct nm_date date = nm_date_from_days(week->monday + day);
	char row[GRID_COLUMNS];
	int i, end = 0;

	for (i = 0; i < GRID_COLUMNS; i++) {
		row[i] = week_cell_of(week, day, i * GRID_QUARTERS, GRID_QUARTERS).letter;
		end = row[i] == ' ' ? end : i + 1;
	}
	nm_buf_addf(out, "%s %2d  ", nm_weekday_names[day], date.day);
	nm_buf_addn(out, row, week->notes[day].text[0] ? GRID_COLUMNS : (size_t)end);
	nm_buf_addf(out, "%s%s\n", week->notes[day].text[0] ? "  " : "", week->notes[day].text);
}

static enum nm_code show_grid(struct invocation *run, int line, int64_t monday, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	struct week week;
	enum nm_code code;
	int day;

	week_init(&week);
	week_derive(&week, run->session, monday, &(struct week_subject){.line = line, .view = VIEW_FIRST});
	code = week.err.code ? nm_fail(err, week.err.code, "%s", week.err.text) : NM_OK;
	if (code == NM_OK) {
		nm_buf_addf(run->out, "%s: who answers first, each half hour\n", plan->lines[line].name);
		nm_buf_add(run->out, "        0     3     6     9     12    15    18    21\n");
		for (day = 0; day < 7; day++)
			print_day(run->out, &week, day);
		print_legend(run->out, plan, &week);
	}
	week_clear(&week);
	return code;
}

enum nm_code cmd_week(struct invocation *run, enum status *status, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	nm_time of;
	int line;
	enum nm_code code = argument_time(run, "of", session_now(run->session), &of, err);

	*status = STATUS_GOOD;
	if (code == NM_OK)
		code = argument_line(run, &line, err);
	if (code == NM_OK) {
		const int64_t day = nm_local_day(nm_zone_local(plan->zone, of));

		code = (run->json ? show_slots : show_grid)(run, line < 0 ? 0 : line, day - nm_weekday(day), err);
	}
	return code;
}

/* --- next --- */

#define NEXT_HORIZON (400 * (int64_t)NM_DAY)
#define NEXT_MOST 1000

struct changes {
	struct invocation *run;
	const struct nm_timeline *timeline;
	const struct nm_classes *classes;
	int line;
	struct nm_json json;
	size_t shown, most;
};

static enum nm_code treatment_at(const struct changes *changes, size_t interval, const struct nm_class *class,
				 struct nm_arena *arena, struct nm_treatment **out, struct nm_error *err)
{
	const struct nm_plan *plan = changes->timeline->plan;
	const struct nm_state *state = &changes->timeline->states[changes->timeline->state[interval]];

	return nm_resolve(plan, state, changes->line, nm_decide(plan, state, changes->line, class->groups, false), false,
			  arena, out, err);
}

static void show_change(struct changes *changes, nm_time t, const struct nm_class *class,
			const struct nm_treatment *before, const struct nm_treatment *after)
{
	const struct nm_plan *plan = changes->timeline->plan;
	struct nm_buf old, new;
	char when[NM_TIME_TEXT], in[NM_TIME_TEXT];

	nm_buf_init(&old, 4096);
	nm_buf_init(&new, 4096);
	nm_treatment_words(before, &old);
	nm_treatment_words(after, &new);
	changes->shown++;
	if (changes->run->json) {
		nm_json_object(&changes->json);
		json_time(&changes->json, plan->zone, "at", t);
		nm_json_key(&changes->json, "callers");
		nm_json_text(&changes->json, class->words);
		nm_json_key(&changes->json, "before");
		nm_json_text(&changes->json, old.data);
		nm_json_key(&changes->json, "after");
		nm_json_text(&changes->json, new.data);
		nm_json_key(&changes->json, "rule");
		nm_json_text(&changes->json, after->rule);
		nm_json_end(&changes->json, '}');
	} else {
		nm_time_words(plan->zone, t, true, when);
		nm_duration_words((t - changes->timeline->from) / 60 * 60, in);
		nm_buf_addf(changes->run->out, "%-24s in %-14s %s: %s\n", when, in, class->words, new.data);
	}
	nm_buf_clear(&old);
	nm_buf_clear(&new);
}

/* At one boundary: the first class of callers for whom something changes stands for all. */
static enum nm_code look_at(struct changes *changes, size_t interval, struct nm_arena *arena, struct nm_error *err)
{
	struct nm_treatment *before, *after;
	enum nm_code code;
	size_t i;

	for (i = 0; i < changes->classes->n; i++) {
		const struct nm_class *class = &changes->classes->items[i];

		code = treatment_at(changes, interval - 1, class, arena, &before, err);
		if (code == NM_OK)
			code = treatment_at(changes, interval, class, arena, &after, err);
		if (code != NM_OK)
			return code;
		if (!nm_treatment_equal(before, after)) {
			show_change(changes, changes->timeline->start[interval], class, before, after);
			return NM_OK;
		}
	}
	return NM_OK;
}

static enum nm_code show_changes(struct changes *changes, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	size_t i;

	for (i = 1; i < changes->timeline->n && changes->shown < changes->most && code == NM_OK; i++) {
		struct nm_arena *arena = nm_arena_new();

		code = arena ? look_at(changes, i, arena, err) : nm_fail_memory(err);
		nm_arena_free(arena);
	}
	return code;
}

static enum nm_code changes_prepare(struct changes *changes, struct nm_timeline **timeline, struct nm_error *err)
{
	struct invocation *run = changes->run;
	nm_time at;
	enum nm_code code = argument_count(run, 10, NEXT_MOST, &changes->most, err);

	if (code == NM_OK)
		code = argument_time(run, "at", session_now(run->session), &at, err);
	if (code == NM_OK)
		code = argument_line(run, &changes->line, err);
	if (code == NM_OK)
		code = session_classes(run->session, &changes->classes, err);
	if (code == NM_OK)
		code = nm_timeline_build(run->session->plan, at, at + NEXT_HORIZON, timeline, err);
	if (changes->line < 0)
		changes->line = 0;
	return code;
}

enum nm_code cmd_next(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct changes changes = { .run = run };
	struct nm_timeline *timeline = NULL;
	enum nm_code code = changes_prepare(&changes, &timeline, err);

	*status = STATUS_GOOD;
	changes.timeline = timeline;
	nm_json_init(&changes.json, run->out);
	if (code == NM_OK && run->json) {
		nm_json_object(&changes.json);
		nm_json_key(&changes.json, "next");
		nm_json_array(&changes.json);
	}
	if (code == NM_OK)
		code = show_changes(&changes, err);
	if (code == NM_OK && run->json) {
		nm_json_end(&changes.json, ']');
		json_finish(&changes.json, run->out);
	} else if (code == NM_OK && !changes.shown)
		nm_buf_add(run->out, "nothing changes within 400 days\n");
	nm_timeline_free(timeline);
	return code;
}
