/* SPDX-License-Identifier: MIT */
/*
 * Derives a week.  In: the timeline of the week.  Out: a letter and a rank for each quarter of an
 * hour, and exact hours.  A state is played once however often it comes.
 */
#include "week.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_S (NM_DAY / WEEK_SLOTS)

/* What one state gives; the letter is 0 while it has not been played. */
struct answer {
	char letter;
	enum answer_rank rank;
};

void week_view_words(const struct nm_plan *plan, const struct week_subject *subject, struct nm_buf *out)
{
	static const char *const words[VIEWS] = {
		[VIEW_FIRST] = "first live answer",
		[VIEW_NOBODY] = "worst case: no human answers",
		[VIEW_FAILURE] = "worst case: one of them fails",
		[VIEW_EMERGENCY] = "emergency call",
		[VIEW_DESTINATION] = "hours of ",
	};

	nm_buf_add(out, words[subject->view]);
	if (subject->view == VIEW_DESTINATION)
		nm_buf_add(out, plan->destinations[subject->destination].name);
}

void week_init(struct week *week)
{
	*week = (struct week){0};
}

void week_clear(struct week *week)
{
	free(week->letters);
	*week = (struct week){0};
}

struct play week_play(nm_time at, const struct week_subject *subject)
{
	return (struct play){
		.at = at,
		.line = subject->line,
		.nobody = subject->view == VIEW_NOBODY,
		.emergency = subject->view == VIEW_EMERGENCY,
		.hangup_s = -1,
	};
}

char week_sign(enum answer_rank rank)
{
	static const char signs[RANKS] = {[RANK_VOICEMAIL] = '.', [RANK_REJECTED] = 'x', [RANK_NOBODY] = '!'};

	return signs[rank];
}

static char letter_of(const struct nm_plan *plan, const char *letters, const struct nm_outcome *outcome)
{
	char sign = week_sign(answer_rank(outcome));
	int destination;

	if (sign)
		return sign;
	destination = nm_plan_find_destination(plan, outcome->answered_by);
	return destination >= 0 && letters ? letters[destination] : '#';
}

/* Is the destination there, in this state? */
static struct answer presence_in(const struct nm_plan *plan, const struct nm_state *state, int destination,
				 const char *letters)
{
	const struct nm_destination *whose = &plan->destinations[destination];

	switch (nm_destination_absence(whose, state, false, NULL)) {
	case NM_AWAY:
		return (struct answer){WEEK_AWAY, RANK_NOBODY};
	case NM_OUTSIDE_HOURS:
		return (struct answer){WEEK_OUTSIDE, RANK_NOBODY};
	case NM_PRESENT:
		break;
	}
	return (struct answer){letters ? letters[destination] : '#',
			       nm_kind_human(whose->kind) ? RANK_PEOPLE : RANK_AI};
}

/* Plays a call, or, for the view of failures, the worst of what one failure makes of it. */
static enum nm_code play_view(const struct nm_timeline *timeline, const struct play *play, enum week_view view,
			      struct nm_simulation **out, struct nm_error *err)
{
	struct nm_simulation *usual, *worst;
	const char *who;
	enum nm_code code = play_simulate(timeline->plan, play, view == VIEW_FAILURE, timeline, &usual, err);

	if (!code && view == VIEW_FAILURE) {
		code = play_failing(timeline->plan, play, timeline, &usual->outcome, &worst, &who, err);
		if (code || worst) {
			nm_simulation_free(usual);
			usual = worst;
		}
	}
	if (!code)
		*out = usual;
	return code;
}

/* Plays the state of an interval, or remembers it. */
static enum nm_code answer_in(const struct nm_timeline *timeline, size_t interval,
			      const struct week_subject *subject, const char *letters, struct answer *answers,
			      struct nm_error *err)
{
	struct answer *answer = &answers[timeline->state[interval]];
	struct play play = week_play(timeline->start[interval], subject);
	struct nm_simulation *simulation;
	enum nm_code code;

	if (answer->letter)
		return NM_OK;
	if (subject->view == VIEW_DESTINATION) {
		*answer = presence_in(timeline->plan, &timeline->states[timeline->state[interval]],
				      subject->destination, letters);
		return NM_OK;
	}
	code = play_view(timeline, &play, subject->view, &simulation, err);
	if (code)
		return code;
	answer->rank = answer_rank(&simulation->outcome);
	answer->letter = letter_of(timeline->plan, letters, &simulation->outcome);
	nm_simulation_free(simulation);
	return NM_OK;
}

/* Who answers in [from, until): the first one, but a worse one is never hidden. */
static struct week_cell cell_of(const struct nm_timeline *timeline, const struct answer *answers,
				nm_time from, nm_time until)
{
	size_t i = nm_timeline_find(timeline, from);
	const struct answer *first = &answers[timeline->state[i]];
	struct week_cell cell = {first->letter, (uint8_t)first->rank};

	for (i++; i < timeline->n && timeline->start[i] < until; i++) {
		const struct answer *answer = &answers[timeline->state[i]];

		if (answer->rank > cell.rank && answer->rank != RANK_REJECTED)
			cell = (struct week_cell){answer->letter, (uint8_t)answer->rank};
	}
	return cell;
}

static void fill_cells(struct week *week, const struct nm_timeline *timeline, const struct answer *answers)
{
	const struct nm_zone *zone = timeline->plan->zone;

	for (int day = 0; day < 7; day++) {
		nm_local start = (week->monday + day) * NM_DAY;

		for (int slot = 0; slot < WEEK_SLOTS; slot++) {
			enum nm_local_kind kind;
			nm_time from = nm_zone_utc(zone, start + slot * (nm_local)SLOT_S, &kind);
			nm_time until = nm_zone_utc(zone, start + (slot + 1) * (nm_local)SLOT_S, NULL);

			week->cells[day][slot] = (struct week_cell){' ', RANK_PEOPLE};
			if (kind != NM_LOCAL_SKIPPED && from < until)
				week->cells[day][slot] = cell_of(timeline, answers, from, until);
		}
	}
}

static void count_hours(struct week *week, const struct nm_timeline *timeline, const struct answer *answers,
			nm_time from, nm_time until)
{
	memset(week->hours, 0, sizeof week->hours);
	for (size_t i = nm_timeline_find(timeline, from); i < timeline->n && timeline->start[i] < until;
	     i++) {
		nm_time a = timeline->start[i] > from ? timeline->start[i] : from;
		nm_time b = timeline->start[i + 1] < until ? timeline->start[i + 1] : until;

		week->hours[answers[timeline->state[i]].rank] += (double)(b - a) / 3600;
	}
}

/* The week's own letters of the destinations; NULL: memory is out. */
static char *letters_of(const struct nm_plan *plan, const char *given)
{
	char *letters = calloc(plan->n_destinations + 1, 1);

	if (letters && given)
		memcpy(letters, given, plan->n_destinations);
	else if (letters)
		letters_give(plan, letters);
	return letters;
}

enum nm_code week_read(struct week *week, const struct nm_timeline *timeline, int64_t monday,
		       const struct week_subject *subject, const char *letters, struct nm_error *err)
{
	const struct nm_plan *plan = timeline->plan;
	nm_time from = nm_zone_utc(plan->zone, monday * NM_DAY, NULL);
	nm_time until = nm_zone_utc(plan->zone, (monday + 7) * NM_DAY, NULL);
	struct answer *answers = calloc(timeline->n_states, sizeof *answers);
	enum nm_code code = NM_OK;

	week_clear(week);
	week->monday = monday;
	week->subject = *subject;
	week->letters = letters_of(plan, letters);
	week->n_letters = week->letters ? plan->n_destinations : 0;
	if (!answers || !week->letters)
		code = nm_fail_memory(err);
	for (size_t i = nm_timeline_find(timeline, from);
	     !code && i < timeline->n && timeline->start[i] < until; i++)
		code = answer_in(timeline, i, subject, week->letters, answers, err);
	if (!code) {
		fill_cells(week, timeline, answers);
		count_hours(week, timeline, answers, from, until);
		week_note(week, plan);
	}
	free(answers);
	return code;
}

static enum nm_code derive_all(struct week *week, struct session *session, int64_t monday,
			       const struct week_subject *subject, struct nm_error *err)
{
	const struct nm_zone *zone = session->plan->zone;
	const struct nm_timeline *timeline;
	enum nm_code code = session_timeline(session, nm_zone_utc(zone, monday * NM_DAY, NULL),
					     nm_zone_utc(zone, (monday + 7) * NM_DAY, NULL), &timeline, err);

	return code ? code : week_read(week, timeline, monday, subject, NULL, err);
}

void week_dates(int64_t monday, char out[static WEEK_DATES])
{
	const struct nm_date from = nm_date_from_days(monday), until = nm_date_from_days(monday + 6);

	if (from.month == until.month)
		snprintf(out, WEEK_DATES, "%d-%d %s %d", from.day, until.day, nm_month_names[until.month - 1],
			 until.year);
	else
		snprintf(out, WEEK_DATES, "%d %s - %d %s %d", from.day, nm_month_names[from.month - 1],
			 until.day, nm_month_names[until.month - 1], until.year);
}

static bool same_subject(const struct week_subject *a, const struct week_subject *b)
{
	return a->line == b->line && a->view == b->view &&
	       (a->view != VIEW_DESTINATION || a->destination == b->destination);
}

void week_derive(struct week *week, struct session *session, int64_t monday, const struct week_subject *subject)
{
	struct nm_error err;
	enum nm_code code;

	if (week->generation == session->generation && week->monday == monday &&
	    same_subject(&week->subject, subject))
		return;
	code = derive_all(week, session, monday, subject, &err);
	week->generation = session->generation;
	week->monday = monday;
	week->subject = *subject;
	week->err = code ? err : (struct nm_error){0};
}

struct week_cell week_cell_of(const struct week *week, int day, int slot, int n)
{
	const struct week_cell *cells = &week->cells[day][slot];
	struct week_cell worst = cells[0];

	for (int i = 1; i < n; i++) {
		if (cells[i].letter != ' ' && (worst.letter == ' ' || cells[i].rank > worst.rank))
			worst = cells[i];
	}
	return worst;
}

bool week_has(const struct week *week, char letter)
{
	for (int day = 0; day < 7; day++) {
		for (int slot = 0; slot < WEEK_SLOTS; slot++) {
			if (week->cells[day][slot].letter == letter)
				return true;
		}
	}
	return false;
}

nm_time week_next_gap(struct session *session, nm_time at, const struct week_subject *subject)
{
	const struct nm_timeline *timeline;
	struct answer *answers;
	nm_time found = NM_TIME_MAX;
	bool live = false;

	if (session_timeline(session, at, at + 400 * (nm_time)NM_DAY, &timeline, NULL))
		return NM_TIME_MAX;
	answers = calloc(timeline->n_states, sizeof *answers);
	for (size_t i = nm_timeline_find(timeline, at); answers && found == NM_TIME_MAX && i < timeline->n;
	     i++) {
		const struct answer *answer = &answers[timeline->state[i]];
		bool live_now;

		if (answer_in(timeline, i, subject, NULL, answers, NULL))
			break;
		live_now = answer->rank == RANK_PEOPLE || answer->rank == RANK_AI ||
			   answer->rank == RANK_REJECTED;
		if (live && !live_now)
			found = timeline->start[i];
		live = live_now;
	}
	free(answers);
	return found;
}

static bool is_there(const struct nm_timeline *timeline, size_t interval, int destination)
{
	return nm_destination_absence(&timeline->plan->destinations[destination],
				      &timeline->states[timeline->state[interval]], false, NULL) == NM_PRESENT;
}

/* When the destination comes or goes. */
static nm_time presence_boundary(struct session *session, nm_time at, int destination, bool back)
{
	const struct nm_timeline *timeline;
	const nm_time reach = 400 * (nm_time)NM_DAY;
	bool there;
	size_t i;

	if (session_timeline(session, back ? at - reach : at, back ? at : at + reach, &timeline, NULL))
		return NM_TIME_MAX;
	i = nm_timeline_find(timeline, back ? at - 1 : at);
	there = is_there(timeline, i, destination);
	for (; back && i > 0; i--) {
		if (is_there(timeline, i - 1, destination) != there)
			return timeline->start[i];
	}
	for (i++; !back && i < timeline->n; i++) {
		if (is_there(timeline, i, destination) != there)
			return timeline->start[i];
	}
	return NM_TIME_MAX;
}

nm_time week_boundary(struct session *session, nm_time at, const struct week_subject *subject, bool back)
{
	struct play play = week_play(at, subject);

	return subject->view == VIEW_DESTINATION
		       ? presence_boundary(session, at, subject->destination, back)
		       : boundary_find(session, &play, at, back, 400);
}
