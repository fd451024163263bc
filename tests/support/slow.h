/* SPDX-License-Identifier: MIT */
/*
 * The slow, obvious reading of a plan: design.md section 4 word by word, for one instant and one call.
 * It shares no code with the timeline, decide, resolve and play: it walks the rules, evaluates each
 * schedule at the local time, and plays a call second by second.
 */
#ifndef TESTS_SLOW_H
#define TESTS_SLOW_H

#include "nevermiss/decide.h"

/* A plan with its calendars expanded over a window, to be scanned event by event. */
struct slow {
	const struct nm_plan *plan;
	struct nm_ical_events *events; /* per calendar */
};

void slow_init(struct slow *slow, const struct nm_plan *plan, nm_time from, nm_time until);
void slow_clear(struct slow *slow);

bool slow_schedule_on(const struct slow *slow, int schedule, nm_time t);
bool slow_override_on(const struct slow *slow, int override, nm_time t);
int slow_turn(const struct slow *slow, int rotation, nm_time t);
bool slow_caller_in(const struct slow *slow, int group, struct nm_caller caller);

/* Which rule decides: the same numbers as in nm_decision. */
struct slow_decision {
	enum nm_by by;
	int index, path;
	enum nm_reject reject;
};

struct slow_decision slow_decide(const struct slow *slow, nm_time t, int line, struct nm_caller caller,
				 bool emergency);

struct slow_note {
	int t;
	const char *name;
	bool skipped; /* away or outside its hours; otherwise: began to ring */
};

#define SLOW_NOTES 1024

struct slow_outcome {
	struct slow_decision decision;
	enum nm_result result;
	const char *answered_by;
	int seconds; /* -1 for rejected and lost */
	int ended_s;
	const char *text_back;
	size_t n;
	struct slow_note notes[SLOW_NOTES];
};

/* *out is large: do not keep many. */
void slow_play(const struct slow *slow, const struct nm_call *call, struct slow_outcome *out);

#endif
