/* SPDX-License-Identifier: MIT */
/*
 * Findings from the log of calls: focus blocks in hours when most customers call, and people who are called back late.
 * Comes in: the plan, the timeline, what the log says.  Goes out: drafts.
 */
#include "check_private.h"

#define LOOKED_AT (28 * (nm_time)NM_DAY)
#define STEP_S 900 /* hours of a schedule mostly begin and end at a quarter */
#define WEEKDAYS 5

static bool in_peak(const struct nm_checker *checker, nm_time t)
{
	const nm_local local = nm_zone_local(checker->plan->zone, t);
	const int64_t day = nm_local_day(local);

	return nm_weekday(day) < WEEKDAYS &&
	       checker->options->log.peaks >> ((local - day * NM_DAY) / 3600) & 1;
}

/* The stretches of the next weeks in which a schedule is on in a peak; out NULL: only counts. */
static size_t peak_spans(const struct nm_checker *checker, int schedule, struct nm_span *out)
{
	const struct nm_timeline *timeline = checker->timeline;
	nm_time until = timeline->from + LOOKED_AT;
	size_t n = 0;
	bool on = false;

	until = until < timeline->until ? until : timeline->until;
	for (nm_time t = timeline->from - timeline->from % STEP_S + STEP_S; t < until; t += STEP_S) {
		const bool was = on;

		on = nm_bit(nm_timeline_state(timeline, t)->schedules, schedule) && in_peak(checker, t);
		n += on && !was;
		if (!on || out == NULL)
			continue;
		if (!was)
			out[n - 1].from = t;
		out[n - 1].until = t + STEP_S;
	}
	return n;
}

static void find_peak(struct nm_checker *checker, int schedule)
{
	const struct nm_plan *plan = checker->plan;
	const int away = nm_check_kept_away(plan, schedule);
	const size_t n = away >= 0 ? peak_spans(checker, schedule, NULL) : 0;
	struct nm_draft *draft;
	struct nm_span *spans;

	if (n == 0)
		return;
	draft = nm_draft_add(checker, "focus-peak", schedule, 0, plan->schedules[schedule].pos,
			     nm_arena_format(checker->arena, "%s keeps %s away when most customers call",
					     plan->schedules[schedule].name, plan->destinations[away].name));
	spans = nm_arena_alloc(checker->arena, n, sizeof *spans);
	if (!draft || !spans) {
		checker->failed = true;
		return;
	}
	peak_spans(checker, schedule, spans);
	draft->n_windows = n;
	draft->windows = spans;
	nm_draft_mend(checker, draft, "move it into a lull: nevermiss report shows the hours", 0, NULL);
}

static void find_slow(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const int64_t callback_s = checker->options->log.callback_s;
	const struct nm_pos top = { plan->file, 1, 1 };
	char words[NM_TIME_TEXT];

	if (callback_s <= NM_CHECK_CALLBACK_S)
		return;
	nm_duration_words(callback_s / 60 * 60, words);
	nm_draft_mend(
		checker,
		nm_draft_add(
			checker, "callback-slow", 1, 0, plan->follow_up.given ? plan->follow_up.pos : top,
			nm_arena_format(checker->arena,
					"half of those to call back in the last 30 days waited %s or longer",
					words)),
		"call back sooner: nevermiss followup list says who waits", 0, NULL);
}

void nm_check_log(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;

	for (size_t i = 0; i < plan->n_schedules && checker->options->log.peaks != 0; i++)
		if (plan->schedules[i].hours)
			find_peak(checker, (int)i);
	find_slow(checker);
}
