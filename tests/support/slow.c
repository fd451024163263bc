/* SPDX-License-Identifier: MIT */
/*
 * See slow.h.  Written to be read beside design.md section 4: no cleverness, no tables, no speed.
 */
#include "slow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
	fprintf(stderr, "slow: %s\n", what);
	abort();
}

static void *room(size_t n, size_t size)
{
	void *memory = calloc(n + 1, size);

	if (!memory)
		die("out of memory");
	return memory;
}

/* --- 4.1 time --- */

void slow_init(struct slow *slow, const struct nm_plan *plan, nm_time from, nm_time until)
{
	struct nm_error err;

	slow->plan = plan;
	slow->events = room(plan->n_calendars, sizeof(*slow->events));
	for (size_t i = 0; i < plan->n_calendars; i++)
		if (plan->calendars[i].ical &&
		    nm_ical_expand(plan->calendars[i].ical, plan->zone, from - 30 * (nm_time)NM_DAY,
				   until + 30 * (nm_time)NM_DAY, &slow->events[i], &err))
			die(err.text);
}

void slow_clear(struct slow *slow)
{
	for (size_t i = 0; i < slow->plan->n_calendars; i++)
		nm_ical_events_clear(&slow->events[i]);
	free(slow->events);
}

static bool slow_holiday(const struct slow *slow, int calendar, int64_t day)
{
	const struct nm_ical_events *events = &slow->events[calendar];

	for (size_t i = 0; i < events->n; i++) {
		int64_t first = nm_local_day(nm_zone_local(slow->plan->zone, events->items[i].from));
		int64_t last = nm_local_day(nm_zone_local(slow->plan->zone, events->items[i].until - 1));

		if (first <= day && day <= last)
			return true;
	}
	return false;
}

/* The wall clock's date, the holidays around it, and is the wall clock's minute in a span of that date? */
static bool hours_on(const struct slow *slow, const struct nm_schedule *schedule, nm_time t)
{
	nm_local local = nm_zone_local(slow->plan->zone, t);
	int64_t day = nm_local_day(local), minute = (local - day * NM_DAY) / 60;
	struct nm_minutes spans[NM_HOURS_SPANS];
	int32_t days[17];
	struct nm_holidays holidays = { days, 0 };
	size_t n;

	for (int64_t d = day - 8; schedule->holidays >= 0 && d <= day + 8; d++)
		if (slow_holiday(slow, schedule->holidays, d))
			days[holidays.n++] = (int32_t)d;
	n = nm_hours_day(schedule->hours, day, &holidays, spans);
	for (size_t i = 0; i < n; i++)
		if (spans[i].from <= minute && minute < spans[i].until)
			return true;
	return false;
}

bool slow_schedule_on(const struct slow *slow, int id, nm_time t)
{
	const struct nm_schedule *schedule = &slow->plan->schedules[id];
	const struct nm_ical_events *events;

	if (schedule->hours)
		return hours_on(slow, schedule, t);
	events = &slow->events[schedule->calendar];
	for (size_t i = 0; i < events->n; i++)
		if (!events->items[i].transparent && events->items[i].from <= t && t < events->items[i].until)
			return true;
	return false;
}

bool slow_override_on(const struct slow *slow, int id, nm_time t)
{
	return slow->plan->overrides[id].from <= t && t < slow->plan->overrides[id].until;
}

/* Counts the turns from the rotation's beginning, one by one, forwards or backwards. */
int slow_turn(const struct slow *slow, int id, nm_time t)
{
	const struct nm_rotation *rotation = &slow->plan->rotations[id];
	const struct nm_zone *zone = slow->plan->zone;
	int n = (int)rotation->n, who = 0;
	bool wall = rotation->every_s % NM_DAY == 0;
	nm_time begins = rotation->from_at, ends;

	if (n == 0 || t >= rotation->until_at)
		return -1;
	for (int64_t k = 1;; k++) {
		ends = wall ? nm_zone_utc(zone, rotation->from + k * rotation->every_s, NULL)
			    : rotation->from_at + k * rotation->every_s;
		if (t < ends)
			break;
		begins = ends;
		who = (who + 1) % n;
	}
	for (int64_t k = -1; t < begins; k--) {
		begins = wall ? nm_zone_utc(zone, rotation->from + k * rotation->every_s, NULL)
			      : rotation->from_at + k * rotation->every_s;
		who = (who + n - 1) % n;
	}
	return rotation->members[who];
}

/* --- 4.2 decide --- */

bool slow_caller_in(const struct slow *slow, int group, struct nm_caller caller)
{
	const struct nm_callers *callers = &slow->plan->callers[group];
	char digits[32], pattern[32];

	snprintf(digits, sizeof digits, "%llu", (unsigned long long)caller.number);
	for (size_t i = 0; i < callers->n; i++) {
		snprintf(pattern, sizeof pattern, "%llu", (unsigned long long)callers->patterns[i].number);
		if (callers->patterns[i].anonymous) {
			if (caller.anonymous)
				return true;
		} else if (caller.anonymous || caller.number == 0) {
			continue;
		} else if (callers->patterns[i].prefix ? !strncmp(digits, pattern, strlen(pattern))
						       : !strcmp(digits, pattern)) {
			return true;
		}
	}
	return false;
}

static bool set_has(const struct nm_set *set, int id)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->ids[i] == id)
			return true;
	return false;
}

static bool any_on(const struct slow *slow, const struct nm_set *schedules, nm_time t)
{
	for (size_t i = 0; i < schedules->n; i++)
		if (slow_schedule_on(slow, schedules->ids[i], t))
			return true;
	return false;
}

static bool caller_in_any(const struct slow *slow, const struct nm_set *groups, struct nm_caller caller)
{
	for (size_t i = 0; i < groups->n; i++)
		if (slow_caller_in(slow, groups->ids[i], caller))
			return true;
	return false;
}

static bool rule_matches(const struct slow *slow, const struct nm_rule *rule, nm_time t, int line,
			 struct nm_caller caller)
{
	if (rule->lines.given && !set_has(&rule->lines, line))
		return false;
	if (rule->callers.given && !caller_in_any(slow, &rule->callers, caller))
		return false;
	if (rule->during.given && !any_on(slow, &rule->during, t))
		return false;
	if (rule->outside.given && any_on(slow, &rule->outside, t))
		return false;
	return true;
}

struct slow_decision slow_decide(const struct slow *slow, nm_time t, int line, struct nm_caller caller,
				 bool emergency)
{
	const struct nm_plan *plan = slow->plan;
	bool emergency_line = plan->emergency.given && set_has(&plan->emergency.lines, line);

	/* rules with both `callers` and `reject`, in order */
	for (size_t i = 0; i < plan->n_rules; i++) {
		const struct nm_rule *rule = &plan->rules[i];

		if (!rule->callers.given || rule->reject == NM_REJECT_NONE)
			continue;
		if (emergency_line && !(rule->lines.given && set_has(&rule->lines, line)))
			continue;
		if (rule_matches(slow, rule, t, line, caller))
			return (struct slow_decision){ NM_BY_RULE, (int)i, -1, rule->reject };
	}
	/* the emergency protocol */
	if (plan->emergency.given &&
	    (emergency || emergency_line || caller_in_any(slow, &plan->emergency.callers, caller)))
		return (struct slow_decision){ NM_BY_EMERGENCY, -1, plan->emergency.path, NM_REJECT_NONE };
	/* overrides in order */
	for (size_t i = 0; i < plan->n_overrides; i++) {
		const struct nm_rule *rule = &plan->overrides[i].rule;

		if (slow_override_on(slow, (int)i, t) && rule_matches(slow, rule, t, line, caller))
			return (struct slow_decision){ NM_BY_OVERRIDE, (int)i, rule->path, rule->reject };
	}
	/* the other rules in order */
	for (size_t i = 0; i < plan->n_rules; i++) {
		const struct nm_rule *rule = &plan->rules[i];

		if (rule->callers.given && rule->reject != NM_REJECT_NONE)
			continue;
		if (rule_matches(slow, rule, t, line, caller))
			return (struct slow_decision){ NM_BY_RULE, (int)i, rule->path, rule->reject };
	}
	return (struct slow_decision){ NM_BY_NOTHING, -1, -1, NM_REJECT_NONE };
}

/* --- 4.3 run a path --- */

enum status { RUNNING, ANSWERED, SWALLOWED, VOICEMAIL, DEAD };

struct leg {
	int destination; /* -1: a line called as such */
	bool confirm, gone;
	struct line_call *nested;
	bool loop;
};

/* One call on one line, as it stands at the present second. */
struct line_call {
	int line, entered;
	struct slow_decision decision;
	struct line_call *outer;
	const struct nm_path *path;
	int rounds_left;
	size_t step; /* the next one to begin */
	bool ringing, unlimited, greeted;
	int began, for_s;
	struct leg legs[NM_RING_MAX];
	size_t n_legs;
	const char *who;
};

struct world {
	const struct slow *slow;
	const struct nm_call *call;
	struct slow_outcome *out;
};

static void note(struct world *world, int t, const char *name, bool skipped)
{
	if (world->out->n == SLOW_NOTES)
		die("too many notes");
	world->out->notes[world->out->n++] = (struct slow_note){ t, name, skipped };
}

static bool human(const struct nm_destination *destination)
{
	return destination->kind == NM_PERSONAL || destination->kind == NM_BACKUP;
}

static bool rings_only_people(const struct nm_plan *plan, const struct nm_step *step)
{
	for (size_t i = 0; i < step->ring.n; i++) {
		struct nm_target target = step->ring.items[i];

		if (target.kind == NM_TARGET_DESTINATION && !human(&plan->destinations[target.id]))
			return false;
		if (target.kind == NM_TARGET_LINE &&
		    (plan->lines[target.id].handset < 0 ||
		     !human(&plan->destinations[plan->lines[target.id].handset])))
			return false;
		/* The random plans' rotations have people only. */
	}
	return true;
}

static size_t leading_steps(const struct nm_plan *plan, const struct nm_path *path)
{
	size_t n = 0;

	while (n < path->n && rings_only_people(plan, &path->steps[n]))
		n++;
	return n;
}

static struct line_call *line_call_new(struct world *world, int line, bool emergency, struct line_call *outer,
				       int now)
{
	struct line_call *call = room(1, sizeof(*call));

	call->line = line;
	call->entered = now;
	call->outer = outer;
	call->decision = slow_decide(world->slow, world->call->at, line, world->call->caller, emergency);
	if (call->decision.path >= 0 && call->decision.reject == NM_REJECT_NONE) {
		call->path = &world->slow->plan->paths[call->decision.path];
		call->rounds_left = call->path->rounds - 1;
	}
	return call;
}

static void line_call_free(struct line_call *call)
{
	for (size_t i = 0; i < call->n_legs; i++)
		if (call->legs[i].nested)
			line_call_free(call->legs[i].nested);
	free(call);
}

static bool available(struct world *world, struct line_call *call, int id, int now)
{
	const struct nm_destination *destination = &world->slow->plan->destinations[id];
	nm_time at = world->call->at; /* the moment the call arrives */

	if (call->decision.by != NM_BY_EMERGENCY && destination->away.given &&
	    any_on(world->slow, &destination->away, at)) {
		note(world, now, destination->name, true);
		return false;
	}
	if (destination->hours.given && !any_on(world->slow, &destination->hours, at)) {
		note(world, now, destination->name, true);
		return false;
	}
	return true;
}

static bool was_passed(const struct line_call *call, int line)
{
	for (; call; call = call->outer)
		if (call->line == line)
			return true;
	return false;
}

static void leg_add(struct world *world, struct line_call *call, struct leg leg, int line, int now)
{
	if (line >= 0 && was_passed(call, line))
		leg.gone = true;
	else if (line >= 0)
		leg.nested = line_call_new(world, line, false, call, now);
	call->legs[call->n_legs++] = leg;
}

static void ring_destination(struct world *world, struct line_call *call, const struct nm_step *step, int id,
			     int now)
{
	const struct nm_destination *destination = &world->slow->plan->destinations[id];
	struct leg leg = { .destination = id,
			   .confirm = step->confirm < 0 ? destination->confirm : step->confirm };

	if (!available(world, call, id, now))
		return;
	for (size_t i = 0; i < call->n_legs; i++)
		if (call->legs[i].destination == id)
			return;
	if (destination->kind == NM_VOICEMAIL) {
		leg.confirm = false;
		leg_add(world, call, leg, -1, now);
	} else if (destination->line >= 0 &&
		   (destination->line != call->line ||
		    (destination->number && world->slow->plan->lines[call->line].handset != id))) {
		leg_add(world, call, leg, destination->line, now);
	} else {
		note(world, now, destination->name, false);
		leg_add(world, call, leg, -1, now);
	}
}

static void legs_clear(struct line_call *call)
{
	for (size_t i = 0; i < call->n_legs; i++)
		if (call->legs[i].nested)
			line_call_free(call->legs[i].nested);
	call->n_legs = 0;
}

/* Begins the next step; false when there is none. A step with nobody left is skipped. */
static bool step_begin(struct world *world, struct line_call *call, int now)
{
	const struct nm_plan *plan = world->slow->plan;
	const struct nm_step *step;

	legs_clear(call);
	if (call->rounds_left > 0 && call->step == leading_steps(plan, call->path) && call->step > 0) {
		call->rounds_left--;
		call->step = 0;
	}
	if (call->step >= call->path->n)
		return false;
	step = &call->path->steps[call->step++];
	call->began = now;
	call->for_s = step->for_s;
	call->unlimited = step->ring.n == 1 && step->ring.items[0].kind == NM_TARGET_LINE && !step->for_given;
	for (size_t i = 0; i < step->ring.n; i++) {
		struct nm_target target = step->ring.items[i];
		int turn;

		if (target.kind == NM_TARGET_DESTINATION) {
			ring_destination(world, call, step, target.id, now);
		} else if (target.kind == NM_TARGET_ROTATION) {
			turn = slow_turn(world->slow, target.id, world->call->at);
			if (turn >= 0)
				ring_destination(world, call, step, turn, now);
		} else {
			leg_add(world, call, (struct leg){ .destination = -1, .confirm = step->confirm == 1 },
				target.id, now);
		}
	}
	call->ringing = call->n_legs > 0;
	return true;
}

static void behaviour(struct world *world, const struct nm_destination *destination, enum nm_behaviour *what,
		      int *after)
{
	const struct nm_script *script = &world->call->script;

	*what = script->nobody && human(destination) ? NM_NO_ANSWER : NM_ANSWERS;
	*after = human(destination) && destination->role != NM_ROLE_ANSWERING_SERVICE ? 6 : 3;
	for (size_t i = 0; i < script->n; i++)
		if (!strcmp(script->settings[i].name, destination->name)) {
			*what = script->settings[i].behaviour;
			if (script->settings[i].after_s >= 0)
				*after = script->settings[i].after_s;
			return;
		}
}

/* What a phone does in its n-th second of ringing. */
static enum status phone_second(struct world *world, struct leg *leg, int n)
{
	const struct nm_destination *destination = &world->slow->plan->destinations[leg->destination];
	int own = destination->own_voicemail_s;
	enum nm_behaviour what;
	int after;

	behaviour(world, destination, &what, &after);
	if (what == NM_BUSY || what == NM_DECLINED || what == NM_UNREACHABLE) {
		if (own >= 0 && !leg->confirm && destination->kind != NM_VOICEMAIL)
			return SWALLOWED;
		return DEAD;
	}
	if (destination->kind == NM_VOICEMAIL)
		return VOICEMAIL;
	if (own >= 0 && n >= own)
		return leg->confirm ? DEAD : SWALLOWED;
	if (what == NM_ANSWERS && n >= after)
		return ANSWERED;
	return RUNNING;
}

static enum status line_second(struct world *world, struct line_call *call, int now);

/* Everybody who rings, in this second; *who took the call. */
static enum status step_second(struct world *world, struct line_call *call, int now)
{
	enum status taken = RUNNING;
	bool all_gone = true;

	for (size_t i = 0; i < call->n_legs; i++) {
		struct leg *leg = &call->legs[i];
		enum status status;
		const char *who;

		if (leg->gone)
			continue;
		if (leg->nested) {
			status = line_second(world, leg->nested, now);
			who = leg->nested->who;
			if (leg->confirm && (status == SWALLOWED || status == VOICEMAIL))
				status = DEAD;
		} else {
			status = phone_second(world, leg, now - call->began);
			who = world->slow->plan->destinations[leg->destination].name;
		}
		leg->gone = status == DEAD;
		all_gone = all_gone && leg->gone;
		if (status == RUNNING || status == DEAD)
			continue;
		/* the first answer; else the first that takes the call */
		if (taken == RUNNING || (status == ANSWERED && taken != ANSWERED)) {
			taken = status;
			call->who = who;
		}
	}
	if (taken != RUNNING)
		return taken;
	return all_gone ? DEAD : RUNNING;
}

/* Everything that happens on a line in this second. */
static enum status line_second(struct world *world, struct line_call *call, int now)
{
	if (!call->path)
		return DEAD;
	if (now < call->entered + call->path->lasts_s)
		return RUNNING;
	for (;;) {
		if (call->ringing && (call->unlimited || now - call->began < call->for_s)) {
			enum status status = step_second(world, call, now);

			/* a call that was handed over for good does not come back */
			if (status != DEAD || call->unlimited)
				return status;
		}
		/* its time is over, or all have dropped out: the next step starts at once */
		if (!step_begin(world, call, now))
			return DEAD;
	}
}

/* --- 4.4 outcome --- */

static bool path_rings_away(const struct slow *slow, const struct nm_path *path, nm_time t)
{
	for (size_t i = 0; i < path->n; i++)
		for (size_t k = 0; k < path->steps[i].ring.n; k++) {
			struct nm_target target = path->steps[i].ring.items[k];
			int id = target.id;

			if (target.kind == NM_TARGET_ROTATION)
				id = slow_turn(slow, target.id, t);
			if (target.kind == NM_TARGET_LINE || id < 0)
				continue;
			if (slow->plan->destinations[id].kind == NM_PERSONAL &&
			    any_on(slow, &slow->plan->destinations[id].away, t))
				return true;
		}
	return false;
}

static const char *text_back(const struct slow *slow, const struct nm_call *call,
			     const struct slow_outcome *out)
{
	const struct nm_text_back *text = &slow->plan->text_back;

	if (!text->given || call->caller.anonymous)
		return NULL;
	if (out->result == NM_ANSWERED || out->result == NM_REJECTED)
		return NULL;
	if (text->during.given && !any_on(slow, &text->during, call->at))
		return NULL;
	if (text->away && out->decision.by != NM_BY_EMERGENCY && out->decision.path >= 0 &&
	    path_rings_away(slow, &slow->plan->paths[out->decision.path], call->at))
		return text->away;
	return text->missed;
}

static enum nm_result result_of(enum status status)
{
	switch (status) {
	case ANSWERED:
		return NM_ANSWERED;
	case SWALLOWED:
		return NM_SWALLOWED;
	case VOICEMAIL:
		return NM_TO_VOICEMAIL;
	case RUNNING:
	case DEAD:
		break;
	}
	return NM_LOST;
}

void slow_play(const struct slow *slow, const struct nm_call *call, struct slow_outcome *out)
{
	struct world world = { slow, call, out };
	struct line_call *line;
	enum status status;
	int now = 0, hangup = call->script.hangup_s;

	out->n = 0;
	line = line_call_new(&world, call->line, call->emergency, NULL, 0);
	out->decision = line->decision;
	for (;; now++) {
		status = line_second(&world, line, now);
		if (status == ANSWERED || now == hangup || status != RUNNING)
			break;
	}
	out->ended_s = now;
	out->answered_by = status == DEAD || status == RUNNING ? NULL : line->who;
	out->result = line->decision.reject != NM_REJECT_NONE ? NM_REJECTED : result_of(status);
	if (now == hangup && status != ANSWERED && out->result != NM_REJECTED) {
		out->result = NM_ABANDONED;
		out->answered_by = NULL;
	}
	out->seconds = out->result == NM_REJECTED || out->result == NM_LOST ? -1 : now;
	out->text_back = text_back(slow, call, out);
	line_call_free(line);
}
