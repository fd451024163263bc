/* SPDX-License-Identifier: MIT */
/*
 * Derives a week.  In: the timeline of the week.  Out: a letter and a rank for each quarter of an
 * hour, exact hours, notes of the days.  A state is played once however often it comes.
 */
#include "week.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_S (NM_DAY / WEEK_SLOTS)

const char *const week_view_names[VIEWS] = {"first live answer", "worst case: no human answers",
					    "emergency call"};

/* What one state gives; the letter is 0 while it has not been played. */
struct answer {
	char letter;
	enum answer_rank rank;
};

void week_init(struct week *week)
{
	*week = (struct week){0};
}

void week_clear(struct week *week)
{
	free(week->letters);
	*week = (struct week){0};
}

struct play week_play(nm_time at, int line, enum week_view view)
{
	return (struct play){
		.at = at,
		.line = line,
		.nobody = view == VIEW_WORST,
		.emergency = view == VIEW_EMERGENCY,
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

/* Plays the state of an interval, or remembers it. */
static enum nm_code answer_in(const struct nm_timeline *timeline, size_t interval, int line,
			      enum week_view view, const char *letters, struct answer *answers,
			      struct nm_error *err)
{
	struct answer *answer = &answers[timeline->state[interval]];
	struct play play = week_play(timeline->start[interval], line, view);
	struct nm_simulation *simulation;
	enum nm_code code;

	if (answer->letter)
		return NM_OK;
	code = play_simulate(timeline->plan, &play, false, timeline, &simulation, err);
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

static void add_note(struct week *week, int64_t day, const char *mark, const char *text)
{
	char *note;
	size_t len;

	if (day < week->monday || day >= week->monday + 7)
		return;
	note = week->notes[day - week->monday];
	len = strlen(note);
	if (!strstr(note, text))
		snprintf(note + len, WEEK_NOTE - len, "%s%s %s", len ? ", " : "", mark, text);
}

static void note_holidays(struct week *week, const struct nm_plan *plan, nm_time from, nm_time until)
{
	for (size_t i = 0; i < plan->n_schedules; i++) {
		int calendar = plan->schedules[i].holidays;
		struct nm_ical_events events;

		if (calendar < 0 || !plan->calendars[calendar].ical ||
		    nm_ical_expand(plan->calendars[calendar].ical, plan->zone, from, until, &events, NULL))
			continue;
		for (size_t j = 0; j < events.n; j++) {
			int64_t day = nm_local_day(nm_zone_local(plan->zone, events.items[j].from));
			int64_t last = nm_local_day(nm_zone_local(plan->zone, events.items[j].until - 1));

			if (day < week->monday)
				day = week->monday;
			for (; day <= last && day < week->monday + 7; day++)
				add_note(week, day, "PH", events.items[j].summary);
		}
		nm_ical_events_clear(&events);
	}
}

static void note_days(struct week *week, const struct nm_plan *plan, nm_time from, nm_time until)
{
	memset(week->notes, 0, sizeof week->notes);
	note_holidays(week, plan, from, until);
	for (int64_t day = week->monday; day < week->monday + 7; day++) {
		nm_time a = nm_zone_utc(plan->zone, day * NM_DAY, NULL);
		nm_time b = nm_zone_utc(plan->zone, (day + 1) * NM_DAY, NULL);
		/* A change at midnight itself is of the day that begins with it. */
		int32_t shift = nm_zone_offset(plan->zone, b - 1) - nm_zone_offset(plan->zone, a - 1);
		char text[WEEK_NOTE];

		for (size_t i = 0; i < plan->n_overrides; i++) {
			if (plan->overrides[i].from < b && a < plan->overrides[i].until)
				add_note(week, day, "override", plan->overrides[i].rule.name);
		}
		if (shift) {
			snprintf(text, sizeof text, "%s %d min", shift > 0 ? "on" : "back", abs(shift) / 60);
			add_note(week, day, "clock", text);
		}
	}
}

static enum nm_code derive_all(struct week *week, struct session *session, struct nm_error *err)
{
	const struct nm_plan *plan = session->plan;
	nm_time from = nm_zone_utc(plan->zone, week->monday * NM_DAY, NULL);
	nm_time until = nm_zone_utc(plan->zone, (week->monday + 7) * NM_DAY, NULL);
	const struct nm_timeline *timeline;
	struct answer *answers;
	enum nm_code code = session_timeline(session, from, until, &timeline, err);

	if (code)
		return code;
	week->letters = calloc(plan->n_destinations + 1, 1);
	answers = calloc(timeline->n_states, sizeof *answers);
	if (week->letters && answers) {
		week->n_letters = plan->n_destinations;
		letters_give(plan, week->letters);
	} else {
		code = nm_fail_memory(err);
	}
	for (size_t i = nm_timeline_find(timeline, from);
	     !code && i < timeline->n && timeline->start[i] < until; i++)
		code = answer_in(timeline, i, week->line, week->view, week->letters, answers, err);
	if (!code) {
		fill_cells(week, timeline, answers);
		count_hours(week, timeline, answers, from, until);
		note_days(week, plan, from, until);
	}
	free(answers);
	return code;
}

void week_derive(struct week *week, struct session *session, int64_t monday, int line, enum week_view view)
{
	if (week->generation == session->generation && week->monday == monday && week->line == line &&
	    week->view == view)
		return;
	week_clear(week);
	week->generation = session->generation;
	week->monday = monday;
	week->line = line;
	week->view = view;
	if (derive_all(week, session, &week->err) == NM_OK)
		week->err.code = NM_OK;
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

nm_time week_next_gap(struct session *session, nm_time at, int line, enum week_view view)
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

		if (answer_in(timeline, i, line, view, NULL, answers, NULL))
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
