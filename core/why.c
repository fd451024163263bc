/* SPDX-License-Identifier: MIT */
/*
 * The reasons for a decision, in words.  In: the same as for the decision, and the instant; out: one
 * sentence for each rule that was looked at, in the order in which they are, and for each schedule why
 * it is on or off.  Decides nothing: asks the same functions as decide.c.
 */
#include <stdlib.h>
#include <string.h>

#include "core/rules.h"
#include "core/spans.h"
#include "nevermiss/decide.h"

/* --- schedules --- */

static const char *const weekdays[7] = { "Monday", "Tuesday", "Wednesday", "Thursday",
					 "Friday", "Saturday", "Sunday" };

struct schedule_at {
	const struct nm_plan *plan;
	const struct nm_schedule *schedule;
	nm_time at;
	int64_t day;
	int minute; /* local, of that day */
};

static bool minute_on(const struct nm_hours *hours, const struct nm_holidays *holidays,
		      const struct schedule_at *s, bool *any)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	size_t n = nm_hours_day(hours, s->day, holidays, spans);

	*any = n > 0;
	for (size_t i = 0; i < n; i++)
		if (spans[i].from <= s->minute && s->minute < spans[i].until)
			return true;
	return false;
}

/* The last part of an expression that is on by itself: "Mo-Fr 08:00-18:00" of "...; PH off".  Without
 * memory `out` has failed. */
static bool part_on(const struct schedule_at *s, const struct nm_holidays *holidays, const char *part,
		    size_t len, struct nm_buf *out)
{
	char *text = strndup(part, len);
	struct nm_hours *hours = NULL;
	enum nm_code code = text ? nm_hours_read(text, &hours, NULL) : NM_NO_MEMORY;
	bool any, on = false;

	out->failed = out->failed || code == NM_NO_MEMORY;
	if (!code) {
		on = minute_on(hours, holidays, s, &any);
		nm_hours_free(hours);
	}
	free(text);
	return on;
}

static void expression_words(const struct schedule_at *s, const struct nm_holidays *holidays,
			     struct nm_buf *out)
{
	const char *best = s->schedule->expression, *part = best;
	size_t best_len = strlen(best);

	while (part) {
		const char *end = strchr(part, ';');
		size_t len = end ? (size_t)(end - part) : strlen(part);

		while (len > 0 && (*part == ' ' || *part == '\t')) {
			part++;
			len--;
		}
		if (len > 0 && part_on(s, holidays, part, len, out)) {
			best = part;
			best_len = len;
		}
		part = end ? end + 1 : NULL;
	}
	nm_buf_add(out, " (");
	nm_buf_addn(out, best, best_len);
	nm_buf_add(out, ")");
}

/* Name of the event that makes a date a holiday; NULL when it is none. */
static enum nm_code holiday_name(const struct schedule_at *s, struct nm_buf *out, bool *is,
				 struct nm_error *err)
{
	const struct nm_ical *ical =
		s->schedule->holidays >= 0 ? s->plan->calendars[s->schedule->holidays].ical : NULL;
	nm_time from = nm_zone_utc(s->plan->zone, s->day * NM_DAY, NULL);
	nm_time until = nm_zone_utc(s->plan->zone, (s->day + 1) * NM_DAY, NULL);
	struct nm_ical_events events = { NULL, 0 };
	enum nm_code code = NM_OK;

	*is = false;
	if (ical)
		code = nm_ical_expand(ical, s->plan->zone, from, until, &events, err);
	if (code)
		return code;
	if (events.n > 0) {
		*is = true;
		nm_buf_addf(out, ": PH %s", events.items[0].summary && *events.items[0].summary ?
					  events.items[0].summary : "without a name");
	}
	nm_ical_events_clear(&events);
	return NM_OK;
}

static enum nm_code hours_why(const struct schedule_at *s, struct nm_buf *out, struct nm_error *err)
{
	bool uses = nm_hours_uses_holidays(s->schedule->hours), is_holiday = false, any = false, on;
	struct nm_holidays holidays = { NULL, 0 };
	int32_t *days = NULL;
	enum nm_code code = NM_OK;

	if (uses && s->schedule->holidays >= 0)
		code = nm_holidays_of(s->plan->calendars[s->schedule->holidays].ical, s->plan->zone,
				      s->at - NM_HOLIDAY_MARGIN, s->at + NM_HOLIDAY_MARGIN, &days,
				      &holidays.n, err);
	if (code)
		return code;
	holidays.days = days;
	on = minute_on(s->schedule->hours, &holidays, s, &any);
	nm_buf_addf(out, "%s is %s", s->schedule->name, on ? "on" : "off");
	if (!on && uses)
		code = holiday_name(s, out, &is_holiday, err);
	if (on)
		expression_words(s, &holidays, out);
	else if (!is_holiday && !any)
		nm_buf_addf(out, ": %s", weekdays[nm_weekday(s->day)]);
	else if (!is_holiday)
		nm_buf_addf(out, " (%s)", s->schedule->expression);
	free(days);
	return code;
}

static enum nm_code calendar_why(const struct schedule_at *s, struct nm_buf *out, struct nm_error *err)
{
	const struct nm_ical *ical = s->plan->calendars[s->schedule->calendar].ical;
	struct nm_ical_events events = { NULL, 0 };
	enum nm_code code;

	if (!ical) {
		nm_buf_addf(out, "%s is off: its calendar was never read", s->schedule->name);
		return NM_OK;
	}
	code = nm_ical_expand(ical, s->plan->zone, s->at, s->at + 1, &events, err);
	if (code)
		return code;
	for (size_t i = 0; i < events.n; i++)
		if (!events.items[i].transparent && events.items[i].from <= s->at &&
		    s->at < events.items[i].until) {
			nm_buf_addf(out, "%s: event \"%s\"", s->schedule->name,
				    events.items[i].summary ? events.items[i].summary : "");
			nm_ical_events_clear(&events);
			return NM_OK;
		}
	nm_buf_addf(out, "%s is off: no event", s->schedule->name);
	nm_ical_events_clear(&events);
	return NM_OK;
}

enum nm_code nm_schedule_why(const struct nm_plan *plan, int schedule, nm_time t, struct nm_buf *out,
			     struct nm_error *err)
{
	nm_local local = nm_zone_local(plan->zone, t);
	struct schedule_at s = { .plan = plan, .schedule = &plan->schedules[schedule], .at = t,
				 .day = nm_local_day(local) };
	enum nm_code code;

	s.minute = (int)((local - s.day * NM_DAY) / 60);
	code = s.schedule->hours ? hours_why(&s, out, err) : calendar_why(&s, out, err);
	if (!code && out->failed)
		return nm_fail_memory(err);
	return code;
}

/* --- rules --- */

struct reasons {
	const struct nm_plan *plan;
	const struct nm_state *state;
	nm_time at;
	int line;
	uint64_t groups;
	struct nm_arena *arena;
	struct nm_reason *items;
	size_t n;
	struct nm_error *err;
};

/* "callers vip, family"; `schedules` are said with their reasons instead. */
static void names_words(const struct nm_set *set, const char *(*name)(const struct nm_plan *, int),
			const struct nm_plan *plan, struct nm_buf *out)
{
	for (size_t i = 0; i < set->n; i++) {
		nm_buf_add(out, i > 0 ? ", " : " ");
		nm_buf_add(out, name(plan, set->ids[i]));
	}
	if (set->n == 0)
		nm_buf_add(out, " {}");
}

static const char *line_name(const struct nm_plan *plan, int id)
{
	return plan->lines[id].name;
}

static const char *callers_name(const struct nm_plan *plan, int id)
{
	return plan->callers[id].name;
}

/* Why each of these schedules (only those that are on or off as asked) is so. */
static enum nm_code schedules_words(struct reasons *r, const struct nm_set *set, bool on, struct nm_buf *out)
{
	const char *between = out->len > 0 ? "; " : "";

	for (size_t i = 0; i < set->n; i++) {
		enum nm_code code;

		if (nm_bit(r->state->schedules, set->ids[i]) != on)
			continue;
		nm_buf_add(out, between);
		between = "; ";
		code = nm_schedule_why(r->plan, set->ids[i], r->at, out, r->err);
		if (code)
			return code;
	}
	return NM_OK;
}

static enum nm_code mismatch_words(struct reasons *r, const struct nm_rule *rule, enum nm_field field,
				   struct nm_buf *out)
{
	switch (field) {
	case NM_FIELD_LINES:
		nm_buf_addf(out, "line %s is not among", r->plan->lines[r->line].name);
		names_words(&rule->lines, line_name, r->plan, out);
		return NM_OK;
	case NM_FIELD_CALLERS:
		nm_buf_add(out, "callers");
		names_words(&rule->callers, callers_name, r->plan, out);
		nm_buf_add(out, " do not match");
		return NM_OK;
	case NM_FIELD_DURING:
		if (rule->during.n == 0)
			nm_buf_add(out, "during names no schedule");
		return schedules_words(r, &rule->during, false, out);
	case NM_FIELD_OUTSIDE:
		return schedules_words(r, &rule->outside, true, out);
	case NM_FIELD_NONE:
		break;
	}
	return NM_OK;
}

static enum nm_code match_words(struct reasons *r, const struct nm_rule *rule, struct nm_buf *out)
{
	enum nm_code code;

	if (rule->lines.given)
		nm_buf_addf(out, "line %s", r->plan->lines[r->line].name);
	if (rule->callers.given) {
		nm_buf_add(out, out->len > 0 ? "; callers" : "callers");
		names_words(&rule->callers, callers_name, r->plan, out);
		nm_buf_add(out, " match");
	}
	code = schedules_words(r, &rule->during, true, out);
	if (!code)
		code = schedules_words(r, &rule->outside, false, out);
	if (!code && out->len == 0)
		nm_buf_add(out, "matches every call");
	return code;
}

static enum nm_code reason_add(struct reasons *r, const char *name, bool matched, const char *text,
			       struct nm_pos pos)
{
	const char *copy = text ? nm_arena_text(r->arena, text) : NULL;

	if (!name || !copy)
		return nm_fail_memory(r->err);
	r->items[r->n++] = (struct nm_reason){ name, matched, copy, pos };
	return NM_OK;
}

static enum nm_code rule_why(struct reasons *r, const struct nm_rule *rule, const char *name, bool *matched)
{
	enum nm_field field = nm_rule_mismatch(rule, r->state, r->line, r->groups);
	struct nm_buf text;
	enum nm_code code;

	*matched = field == NM_FIELD_NONE;
	nm_buf_init(&text, 4 * NM_HOURS_TEXT);
	code = *matched ? match_words(r, rule, &text) : mismatch_words(r, rule, field, &text);
	if (!code)
		code = reason_add(r, name, *matched, text.failed ? NULL : text.data, rule->pos);
	nm_buf_clear(&text);
	return code;
}

static enum nm_code screens_why(struct reasons *r, bool *decided)
{
	for (size_t i = 0; i < r->plan->n_rules && !*decided; i++) {
		const struct nm_rule *rule = &r->plan->rules[i];
		enum nm_code code;

		if (!nm_rule_screens(rule))
			continue;
		if (nm_rule_applies(r->plan, rule, r->line))
			code = rule_why(r, rule, rule->name, decided);
		else
			code = reason_add(r, rule->name, false, "does not name this emergency line",
					  rule->pos);
		if (code)
			return code;
	}
	return NM_OK;
}

static enum nm_code emergency_why(struct reasons *r, bool asked, bool *decided)
{
	const struct nm_emergency *emergency = &r->plan->emergency;
	bool is = nm_call_is_emergency(r->plan, r->line, r->groups, asked);
	const char *text;

	if (!emergency->given && !asked)
		return NM_OK;
	*decided = emergency->given && is;
	if (!emergency->given)
		text = "the plan has no emergency protocol";
	else if (nm_line_is_emergency(r->plan, r->line))
		text = nm_arena_format(r->arena, "every call to line %s is one",
				       r->plan->lines[r->line].name);
	else if (asked)
		text = "the caller says so";
	else if (is)
		text = "the caller is in an emergency group";
	else
		text = nm_arena_format(r->arena, "line %s, caller in no emergency group",
				       r->plan->lines[r->line].name);
	return reason_add(r, "emergency", *decided, text, emergency->pos);
}

static enum nm_code overrides_why(struct reasons *r, bool *decided)
{
	bool any = false;

	for (size_t i = 0; i < r->plan->n_overrides && !*decided; i++) {
		const struct nm_rule *rule = &r->plan->overrides[i].rule;
		enum nm_code code;

		if (!nm_bit(r->state->overrides, (int)i))
			continue;
		any = true;
		code = rule_why(r, rule, nm_arena_format(r->arena, "override %s", rule->name), decided);
		if (code)
			return code;
	}
	if (any)
		return NM_OK;
	return reason_add(r, "override", false, "none in force", (struct nm_pos){ NULL, 0, 0 });
}

static enum nm_code rules_why(struct reasons *r, bool *decided)
{
	for (size_t i = 0; i < r->plan->n_rules && !*decided; i++) {
		const struct nm_rule *rule = &r->plan->rules[i];
		enum nm_code code;

		if (nm_rule_screens(rule))
			continue;
		code = rule_why(r, rule, rule->name, decided);
		if (code)
			return code;
	}
	return NM_OK;
}

enum nm_code nm_decide_why(const struct nm_plan *plan, const struct nm_state *state, nm_time at, int line,
			   struct nm_caller caller, bool emergency, struct nm_arena *arena,
			   struct nm_reason **out, size_t *n, struct nm_error *err)
{
	struct reasons r = {
		.plan = plan, .state = state, .at = at, .line = line, .arena = arena, .err = err
	};
	bool decided = false;
	enum nm_code code;

	r.groups = nm_caller_groups(plan, caller);
	r.items = nm_arena_alloc(arena, plan->n_rules + plan->n_overrides + 2, sizeof(*r.items));
	if (!r.items)
		return nm_fail_memory(err);
	code = screens_why(&r, &decided);
	if (!code && !decided)
		code = emergency_why(&r, emergency, &decided);
	if (!code && !decided)
		code = overrides_why(&r, &decided);
	if (!code && !decided)
		code = rules_why(&r, &decided);
	if (code)
		return code;
	*out = r.items;
	*n = r.n;
	return NM_OK;
}
