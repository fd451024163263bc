/* SPDX-License-Identifier: MIT */
/*
 * A plan that has been read: freeing it, finding things by name, and reading what people say about it
 * on a command line (a caller, what a destination does).  Knows nothing of the plan's text.
 */
#include "nevermiss/plan.h"

#include <stdlib.h>
#include <string.h>

#define DESTINATIONS_LISTED 4 /* told where one is not there */

void nm_plan_free(struct nm_plan *plan)
{
	size_t i;

	if (!plan)
		return;
	for (i = 0; i < plan->n_schedules; i++)
		nm_hours_free((struct nm_hours *)plan->schedules[i].hours);
	for (i = 0; i < plan->n_calendars; i++)
		nm_ical_free(plan->calendars[i].ical);
	nm_zone_free(plan->zone);
	nm_arena_free(plan->arena);
	free(plan);
}

int nm_plan_find_line(const struct nm_plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->n_lines; i++)
		if (!strcmp(plan->lines[i].name, name))
			return (int)i;
	return -1;
}

int nm_plan_find_number(const struct nm_plan *plan, nm_number number)
{
	for (size_t i = 0; number != 0 && i < plan->n_lines; i++)
		if (plan->lines[i].number == number)
			return (int)i;
	return -1;
}

bool nm_plan_owns(const struct nm_plan *plan, nm_number number)
{
	bool ours = number != 0 && nm_plan_find_number(plan, number) >= 0;

	for (size_t i = 0; i < plan->n_destinations && number != 0 && !ours; i++)
		ours = nm_destination_number(plan, &plan->destinations[i]) == number;
	return ours;
}

int nm_plan_find_destination(const struct nm_plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->n_destinations; i++)
		if (!strcmp(plan->destinations[i].name, name))
			return (int)i;
	return -1;
}

int nm_plan_find_schedule(const struct nm_plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->n_schedules; i++)
		if (!strcmp(plan->schedules[i].name, name))
			return (int)i;
	return -1;
}

int nm_plan_find_callers(const struct nm_plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->n_callers; i++)
		if (!strcmp(plan->callers[i].name, name))
			return (int)i;
	return -1;
}

int nm_plan_find_path(const struct nm_plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->n_paths; i++)
		if (!strcmp(plan->paths[i].name, name))
			return (int)i;
	return -1;
}

int nm_plan_find_rotation(const struct nm_plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->n_rotations; i++)
		if (!strcmp(plan->rotations[i].name, name))
			return (int)i;
	return -1;
}

const char *nm_plan_target_name(const struct nm_plan *plan, struct nm_target target)
{
	switch (target.kind) {
	case NM_TARGET_DESTINATION:
		return plan->destinations[target.id].name;
	case NM_TARGET_ROTATION:
		return plan->rotations[target.id].name;
	case NM_TARGET_LINE:
		return plan->lines[target.id].name;
	}
	return "";
}

bool nm_set_has(const struct nm_set *set, int id)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->ids[i] == id)
			return true;
	return false;
}

enum nm_code nm_caller_read(const struct nm_plan *plan, const char *text, struct nm_caller *out,
			    struct nm_error *err)
{
	struct nm_caller caller = { .anonymous = !strcmp(text, "anonymous") };
	enum nm_code code;

	if (!caller.anonymous && strcmp(text, "unknown")) {
		if (nm_number_is_emergency(text, plan->country))
			return nm_fail(err, NM_INPUT,
				       "an emergency number does not call, and %s is one: give the number "
				       "of somebody who could",
				       text);
		code = nm_number_read(text, plan->country, &caller.number, err);
		if (code)
			return code;
	}
	*out = caller;
	return NM_OK;
}

void nm_caller_write(struct nm_caller caller, char out[static NM_NUMBER_TEXT])
{
	static const char anonymous[] = "anonymous", unknown[] = "unknown";

	if (caller.anonymous)
		memcpy(out, anonymous, sizeof anonymous);
	else if (!caller.number)
		memcpy(out, unknown, sizeof unknown);
	else
		nm_number_write(caller.number, out);
}

static const char *const behaviour_names[] = {
	[NM_ANSWERS] = "answer",    [NM_NO_ANSWER] = "noanswer",      [NM_BUSY] = "busy",
	[NM_DECLINED] = "declined", [NM_UNREACHABLE] = "unreachable",
};

const char *nm_behaviour_name(enum nm_behaviour behaviour)
{
	return behaviour_names[behaviour];
}

/* "answer@6s": the time is at most an hour. */
static enum nm_code behaviour_read(const char *text, struct nm_setting *out, struct nm_error *err)
{
	const size_t len = strcspn(text, "@");
	size_t i;
	int64_t seconds;
	enum nm_code code;

	out->after_s = -1;
	for (i = 0; i < sizeof behaviour_names / sizeof behaviour_names[0]; i++)
		if (strlen(behaviour_names[i]) == len && !memcmp(behaviour_names[i], text, len))
			break;
	if (i == sizeof behaviour_names / sizeof behaviour_names[0])
		return nm_fail(err, NM_INPUT,
			       "'%.40s' is not what a destination can do: answer, answer@6s, noanswer, busy, "
			       "declined or unreachable",
			       text);
	out->behaviour = (enum nm_behaviour)i;
	if (!text[len])
		return NM_OK;
	if (out->behaviour != NM_ANSWERS)
		return nm_fail(err, NM_INPUT, "'%.40s': only answer takes a time, as answer@6s", text);
	code = nm_duration_read(text + len + 1, &seconds, err);
	if (code)
		return code;
	if (seconds > 3600)
		return nm_fail(err, NM_INPUT, "'%.40s': nobody rings for longer than an hour", text);
	out->after_s = (int)seconds;
	return NM_OK;
}

/* With the first few that there are, so that the right one is at hand. */
static enum nm_code no_destination(const struct nm_plan *plan, const char *text, int len,
				   struct nm_error *err)
{
	struct nm_buf names;
	size_t i;

	nm_buf_init(&names, 256);
	for (i = 0; i < plan->n_destinations && i < DESTINATIONS_LISTED; i++)
		nm_buf_addf(&names, "%s'%s'", i ? ", " : "", plan->destinations[i].name);
	if (i < plan->n_destinations)
		nm_buf_addf(&names, " and %zu more", plan->n_destinations - i);
	nm_fail(err, NM_INPUT, "'%.40s': there is no destination '%.*s'; the plan has %s", text, len, text,
		i && !names.failed ? names.data : "none yet");
	nm_buf_clear(&names);
	return NM_INPUT;
}

enum nm_code nm_setting_read(const struct nm_plan *plan, const char *text, struct nm_setting *out,
			     struct nm_error *err)
{
	const char *equals = strchr(text, '=');
	struct nm_setting setting;
	enum nm_code code;
	size_t i;

	if (!equals)
		return nm_fail(err, NM_INPUT, "'%.40s': what a destination does is written owner=busy", text);
	for (i = 0; i < plan->n_destinations; i++)
		if (strlen(plan->destinations[i].name) == (size_t)(equals - text) &&
		    !memcmp(plan->destinations[i].name, text, (size_t)(equals - text)))
			break;
	if (i == plan->n_destinations)
		return no_destination(plan, text, equals - text < 40 ? (int)(equals - text) : 40, err);
	setting.destination = (int)i;
	code = behaviour_read(equals + 1, &setting, err);
	if (!code)
		*out = setting;
	return code;
}

const char *nm_kind_name(enum nm_kind kind)
{
	static const char *const names[] = {
		[NM_PERSONAL] = "personal",
		[NM_BACKUP] = "backup",
		[NM_AI] = "ai",
		[NM_VOICEMAIL] = "voicemail",
	};

	return names[kind];
}

bool nm_kind_human(enum nm_kind kind)
{
	return kind == NM_PERSONAL || kind == NM_BACKUP;
}

nm_number nm_destination_number(const struct nm_plan *plan, const struct nm_destination *destination)
{
	return destination->line >= 0 ? plan->lines[destination->line].number : destination->number;
}

bool nm_destination_same_phone(const struct nm_plan *plan, const struct nm_destination *a,
			       const struct nm_destination *b)
{
	const nm_number number = nm_destination_number(plan, a);

	if (number)
		return number == nm_destination_number(plan, b);
	return a->address && b->address && !strcmp(a->address, b->address);
}

bool nm_plan_allows(const struct nm_plan *plan, const char *country)
{
	if (!strcmp(country, plan->country))
		return true;
	for (size_t i = 0; i < plan->n_allow; i++)
		if (!strcmp(country, plan->allow[i]))
			return true;
	return false;
}

enum nm_toll nm_plan_toll(const struct nm_plan *plan, nm_number number)
{
	const enum nm_number_kind kind = nm_number_kind(number);
	const char *country = nm_number_country(number);

	if (kind == NM_NUMBER_PREMIUM)
		return NM_TOLL_PREMIUM;
	if (nm_plan_allows(plan, country) || (kind == NM_NUMBER_TOLL_FREE && *country == '\0'))
		return NM_TOLL_FINE;
	return NM_TOLL_ABROAD;
}

enum nm_textable nm_plan_textable(const struct nm_plan *plan, nm_number number)
{
	switch (nm_plan_toll(plan, number)) {
	case NM_TOLL_PREMIUM:
		return NM_TEXTABLE_PREMIUM;
	case NM_TOLL_ABROAD:
		return NM_TEXTABLE_ABROAD;
	case NM_TOLL_FINE:
		break;
	}
	return nm_number_kind(number) == NM_NUMBER_TOLL_FREE && !nm_plan_owns(plan, number) ? NM_TEXTABLE_TOLL_FREE
											       : NM_TEXTABLE;
}

static bool is_person(const struct nm_plan *plan, int id)
{
	return plan->destinations[id].kind == NM_PERSONAL &&
	       nm_destination_number(plan, &plan->destinations[id]) != 0;
}

int nm_plan_owner(const struct nm_plan *plan)
{
	const struct nm_targets *alert = &plan->emergency.alert;

	for (size_t i = 0; plan->emergency.given && i < alert->n; i++)
		if (alert->items[i].kind == NM_TARGET_DESTINATION && is_person(plan, alert->items[i].id))
			return alert->items[i].id;
	for (size_t i = 0; i < plan->n_destinations; i++)
		if (is_person(plan, (int)i))
			return (int)i;
	return -1;
}
