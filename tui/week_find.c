/* SPDX-License-Identifier: MIT */
/*
 * Searching the weeks.  In: words, the timeline around the cursor.  Out: the time from which they stand on the screen.
 */
#include "week_screen.h"

#define REACH (400 * (nm_time)NM_DAY)

/* The weeks being gone through, piece by piece: each ends where an interval or a day does. */
struct search {
	const char *words;
	const struct nm_timeline *timeline;
	const struct week_subject *subject;
	struct week week;   /* its notes are those of the week last looked at */
	size_t interval;    /* of the piece */
	nm_time from, until; /* the piece */
	bool always;         /* all pieces looked at have the words */
};

static const struct nm_plan *plan_of(const struct search *search)
{
	return search->timeline->plan;
}

/* The piece that holds t. */
static void take_piece(struct search *search, nm_time t)
{
	const struct nm_timeline *timeline = search->timeline;
	const struct nm_zone *zone = plan_of(search)->zone;
	const int64_t day = nm_local_day(nm_zone_local(zone, t));
	const nm_time midnight = nm_zone_utc(zone, day * NM_DAY, NULL), next = nm_zone_utc(zone, (day + 1) * NM_DAY, NULL);

	search->interval = nm_timeline_find(timeline, t);
	search->from = timeline->start[search->interval];
	search->until = timeline->start[search->interval + 1];
	search->from = midnight <= t && midnight > search->from ? midnight : search->from;
	search->until = next > t && next < search->until ? next : search->until;
}

static bool note_has(struct search *search)
{
	const int64_t day = nm_local_day(nm_zone_local(plan_of(search)->zone, search->from));
	const int64_t monday = day - nm_weekday(day);

	if (search->week.monday != monday) {
		search->week.monday = monday;
		week_note(&search->week, plan_of(search));
	}
	return text_contains(search->week.notes[day - monday].text, search->words);
}

/* What the screen tells of a call at the cursor. */
static void call_words(const struct search *search, const struct nm_simulation *call, struct nm_buf *out)
{
	const struct nm_treatment *treatment = call->treatment;
	const int schedule = deciding_schedule(plan_of(search), call);

	nm_buf_addf(out, "%s → %s (%s) ", treatment->rule ? treatment->rule : "no rule",
		    treatment->path ? treatment->path : "", deciding_words(plan_of(search), call));
	nm_treatment_words(treatment, out);
	if (schedule >= 0)
		nm_buf_addf(out, " hours of %s", plan_of(search)->schedules[schedule].name);
}

static bool call_has(const struct search *search)
{
	const struct week_subject usual = {
		.line = search->subject->line,
		.view = search->subject->view == VIEW_EMERGENCY ? VIEW_EMERGENCY : VIEW_FIRST,
	};
	const struct play play = week_play(search->from, &usual);
	struct nm_simulation *call;
	struct nm_buf words;
	bool has;

	if (play_simulate(plan_of(search), &play, true, search->timeline, &call, NULL))
		return false;
	nm_buf_init(&words, 1u << 16);
	call_words(search, call, &words);
	has = text_contains(words.data, search->words);
	nm_buf_clear(&words);
	nm_simulation_free(call);
	return has;
}

/* Goes to the piece that holds t: has it the words? */
static bool look(struct search *search, nm_time t)
{
	bool has;

	take_piece(search, t);
	has = note_has(search) || call_has(search);
	search->always = search->always && has;
	return has;
}

/* The next piece that has them behind one that has not; here: at, when its own has them.  NM_TIME_MAX: none. */
static nm_time search_on(struct search *search, nm_time at, bool here)
{
	bool had = look(search, at);
	const bool stay = here && had;

	while (search->until < search->timeline->until && !(stay && !search->always)) {
		const bool has = look(search, search->until);

		if (has && !had)
			return search->from;
		had = has;
	}
	return stay ? at : NM_TIME_MAX;
}

/* Where the latest pieces before the cursor that have them begin. */
static nm_time search_back(struct search *search, nm_time at)
{
	nm_time found = NM_TIME_MAX;

	look(search, at);
	while (at > search->timeline->from) {
		if (look(search, at - 1))
			found = search->from;
		else if (found != NM_TIME_MAX)
			break;
		at = search->from;
	}
	return found;
}

bool week_find(void *state, struct app *app, bool back, bool here)
{
	struct week_screen *week = state;
	struct search search = {.words = week->search, .subject = &week->subject, .always = true};
	nm_time found;

	if (session_timeline(app->session, back ? week->at - REACH : week->at, back ? week->at + 1 : week->at + REACH,
			     &search.timeline, NULL))
		return false;
	week_init(&search.week);
	found = back ? search_back(&search, week->at) : search_on(&search, week->at, here);
	week_clear(&search.week);
	if (search.always)
		app_message(app, STYLE_PLAIN, "%s is in what is told of every time", week->search);
	else if (found == NM_TIME_MAX)
		return false;
	else
		week->at = found;
	return true;
}
