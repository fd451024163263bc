/* SPDX-License-Identifier: MIT */
/*
 * The places in an expression where rules of weekdays stand, or those of a season.  Comes in: which rules, the week before
 * and after, and a way to write it.  Goes out: the expression in which they say what was painted, right or not; every
 * other rule stands as it was written.
 */
#include "hours_paint.h"

#include <stdlib.h>
#include <string.h>

static const char *dates_text(const struct painted *painted, int *len)
{
	*len = painted->season ? painted->season->dates_len : 0;
	return painted->season ? painted->hours->text + painted->season->text_from : "";
}

/* --- places --- */

static unsigned days_of(const struct rule *rule)
{
	return rule->has_weekdays ? rule->weekdays : (1u << WEEK_DAYS) - 1;
}

static enum nm_code place_take(struct places *places, size_t first, size_t n, struct nm_error *err)
{
	struct place *place = &places->items[places->n++];
	bool rules[ITEMS_MAX] = { false };

	*place = (struct place){ .first = first, .n = n };
	for (size_t i = first; i < first + n; i++) {
		rules[i] = true;
		place->days |= days_of(&places->painted->hours->rules[i]);
	}
	return nm_painted_week(places->painted->hours, rules, &place->week, err);
}

/* In front of rules for dates is where hours of weekdays are overridden by these; behind all, where by nothing. */
enum nm_code nm_places_find(struct places *places, struct nm_error *err)
{
	const struct painted *painted = places->painted;
	const size_t n = painted->hours->n_rules;
	enum nm_code code = NM_OK;
	bool dates = false;
	size_t i, end, front = 0;

	for (i = 0; i < n && painted->kinds[i] != painted->own; i++)
		if (!dates && painted->kinds[i] == PAINTED_DATES) {
			dates = true;
			front = i;
		}
	if (dates || i == n)
		code = place_take(places, i == n ? 0 : front, 0, err);
	for (; i < n && code == NM_OK; i = end) {
		for (end = i; end < n && painted->kinds[end] == painted->own; end++)
			;
		if (end > i)
			code = place_take(places, i, end - i, err);
		else
			end++;
	}
	if (code == NM_OK && i == n && painted->kinds[n - 1] != painted->own)
		code = place_take(places, n, 0, err);
	return code;
}

/* --- a place written --- */

/* A rule behind another one in the same place. */
static void rule_add(const struct painted *painted, bool adds, struct nm_buf *out)
{
	int len;
	const char *dates = dates_text(painted, &len);

	if (out->len)
		nm_buf_add(out, adds ? ", " : "; ");
	nm_buf_addf(out, "%.*s%s", len, dates, len ? " " : "");
}

static void holidays_add(const struct nm_hours *hours, const struct rule *rule, struct nm_buf *out)
{
	const char *before = "";

	for (int shift = -SHIFT_MAX; shift <= SHIFT_MAX; shift++) {
		if (!(rule->weekday_holidays >> (SHIFT_MAX + shift) & 1))
			continue;
		nm_buf_addf(out, "%sPH", before);
		if (shift)
			nm_buf_addf(out, " %+d day%s", shift, abs(shift) == 1 ? "" : "s");
		before = ",";
	}
	for (size_t i = 0; i < rule->spans.n; i++) {
		const struct span *span = &hours->spans[rule->spans.first + i];

		nm_buf_add(out, i ? "," : " ");
		nm_hours_spans_write(&(struct nm_minutes){ span->from, span->until }, 1, out);
	}
	nm_buf_add(out, !rule->opens ? " off" : rule->spans.n ? "" : " open");
}

/* Days with the same spans, none of which goes past midnight. */
static void cut_add(const struct painted *painted, const struct nm_hours_week *week, struct nm_buf *out)
{
	unsigned done = 0;

	for (int day = 0; day < WEEK_DAYS; day++) {
		const bool *open = week->open + day * MINUTES_DAY;
		char days[HOURS_DAYS];
		unsigned same = 0;
		const char *comma = " ";

		for (int other = day; other < WEEK_DAYS; other++)
			same |= memcmp(open, week->open + other * MINUTES_DAY, MINUTES_DAY) ? 0 : 1u << other;
		if (done >> day & 1 || !memchr(open, true, MINUTES_DAY))
			continue;
		done |= same;
		nm_hours_days_write(same, days);
		rule_add(painted, false, out);
		nm_buf_add(out, days[0] ? days : "Mo-Su");
		for (int16_t from = 0, until; from < MINUTES_DAY; from = (int16_t)(until + 1)) {
			for (until = from; until < MINUTES_DAY && open[until]; until++)
				;
			if (until == from)
				continue;
			nm_buf_add(out, comma);
			comma = ",";
			nm_hours_spans_write(&(struct nm_minutes){ from, until }, 1, out);
		}
	}
}

/* The week as short as can be; lent until the next. */
static enum nm_code shortest_find(struct places *places, const struct nm_hours_week *week, const char **out,
				  struct nm_error *err)
{
	struct kept_week *kept;
	enum nm_code code;

	for (size_t i = 0; i < places->n_kept; i++)
		if (!memcmp(&places->kept[i].week, week, sizeof *week)) {
			*out = places->kept[i].text.data;
			return NM_OK;
		}
	if (places->n_kept == WEEKS_KEPT)
		nm_buf_clear(&places->kept[--places->n_kept].text);
	kept = &places->kept[places->n_kept];
	nm_buf_init(&kept->text, TEXT_MAX);
	code = nm_hours_shortest(week, &kept->text, err);
	if (code == NM_OK && kept->text.failed)
		code = nm_fail_memory(err);
	if (code) {
		nm_buf_clear(&kept->text);
		return code;
	}
	kept->week = *week;
	places->n_kept++;
	*out = kept->text.data;
	return NM_OK;
}

/* The shortest rules that say the week, each for the season. */
static enum nm_code shortest_add(struct places *places, const struct nm_hours_week *week, struct nm_buf *out,
				 struct nm_error *err)
{
	struct nm_hours *rules = NULL;
	const char *text;
	enum nm_code code = shortest_find(places, week, &text, err);

	if (code == NM_OK)
		code = nm_hours_read(text, &rules, err);
	for (size_t i = 0; code == NM_OK && i < rules->n_rules; i++) {
		rule_add(places->painted, rules->rules[i].additional, out);
		nm_buf_addn(out, rules->text + rules->rules[i].text_from, rules->rules[i].text_len);
	}
	nm_hours_free(rules);
	return code;
}

static unsigned days_without(const struct nm_hours_week *week)
{
	unsigned days = 0;

	for (int day = 0; day < WEEK_DAYS; day++)
		days |= memchr(week->open + day * MINUTES_DAY, true, MINUTES_DAY) ? 0 : 1u << day;
	return days;
}

/* `days`: of which its rules, as they are to be, say anything. */
static enum nm_code place_write(struct places *places, const struct place *place, const struct nm_hours_week *week,
				unsigned days, const struct way *way, struct nm_buf *out, struct nm_error *err)
{
	const struct painted *painted = places->painted;
	const struct nm_hours *hours = painted->hours;
	const unsigned off = way->offs ? days & days_without(week) : 0;
	char names[HOURS_DAYS];
	enum nm_code code = NM_OK;

	if (way->cut)
		cut_add(painted, week, out);
	else if (memchr(week->open, true, sizeof week->open))
		code = shortest_add(places, week, out, err);
	if (off) {
		nm_hours_days_write(off, names);
		rule_add(painted, false, out);
		nm_buf_addf(out, "%s%soff", names, names[0] ? " " : "");
	}
	/* Without its weekdays a rule of holidays is one of its own. */
	for (size_t i = place->first; i < place->first + place->n; i++)
		if (hours->rules[i].weekday_holidays) {
			rule_add(painted, hours->rules[i].additional, out);
			holidays_add(hours, &hours->rules[i], out);
		}
	return code;
}

/* --- the expression written --- */

/* Is something put off on a day that none of the places puts on? */
static bool is_shut_over(const struct places *places, size_t at)
{
	for (size_t i = at; i < at + MINUTES_DAY; i++) {
		bool says = !places->old->open[i] || places->now->open[i];

		for (size_t k = 0; k < places->n; k++)
			says |= places->items[k].week.open[i];
		if (!says)
			return true;
	}
	return false;
}

/* What a place is to say; returns the days of which it says anything. */
static unsigned place_paint(const struct places *places, const struct place *place, const struct way *way,
			    struct nm_hours_week *week)
{
	const bool on = place == &places->items[way->on];
	unsigned days = place->days;

	*week = place->week;
	for (int i = 0; i < NM_WEEK_MINUTES; i++)
		if (places->old->open[i] != places->now->open[i] && (on || !places->now->open[i]))
			week->open[i] = places->now->open[i];
	for (int day = 0; day < WEEK_DAYS && on; day++) {
		const size_t at = (size_t)day * MINUTES_DAY;

		if (!memcmp(places->old->open + at, places->now->open + at, MINUTES_DAY))
			continue;
		if (way->whole && !(place->days >> day & 1)) {
			memcpy(week->open + at, places->now->open + at, MINUTES_DAY);
			days |= 1u << day;
		}
		days |= is_shut_over(places, at) ? 1u << day : 0;
	}
	return days;
}

/* The place that begins before a rule; NULL. */
static const struct place *place_at(const struct places *places, size_t rule)
{
	for (size_t i = 0; i < places->n; i++)
		if (places->items[i].first == rule)
			return &places->items[i];
	return NULL;
}

static enum nm_code place_add(struct places *places, const struct place *place, const struct way *way, struct nm_buf *out,
			      struct nm_error *err)
{
	const bool anew = place->n == 0 || (way->replace && place == &places->items[way->on]);
	struct nm_hours_week week;
	const unsigned days = place_paint(places, place, way, &week);
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, TEXT_MAX);
	code = place_write(places, place, &week, days, way, &text, err);
	if (code == NM_OK && text.len) {
		nm_hours_separator(places->painted->hours, place->first, anew, out);
		nm_buf_addn(out, text.data, text.len);
	}
	out->failed |= text.failed;
	nm_buf_clear(&text);
	return code;
}

static bool place_changes(const struct places *places, const struct place *place, const struct way *way)
{
	struct nm_hours_week week;

	place_paint(places, place, way, &week);
	return memcmp(&week, &place->week, sizeof week) || (way->offs && place == &places->items[way->on]);
}

enum nm_code nm_places_write(struct places *places, const struct way *way, struct nm_buf *out, struct nm_error *err)
{
	const struct nm_hours *hours = places->painted->hours;
	enum nm_code code = NM_OK;
	size_t done = 0;

	for (size_t i = 0; i <= hours->n_rules && code == NM_OK; i++) {
		const struct place *place = place_at(places, i);

		if (place && place_changes(places, place, way)) {
			code = place_add(places, place, way, out, err);
			done = i + place->n;
		}
		if (i < done || i == hours->n_rules)
			continue;
		nm_hours_separator(hours, i, false, out);
		nm_buf_addn(out, hours->text + hours->rules[i].text_from, hours->rules[i].text_len);
	}
	if (out->len == 0)
		nm_buf_add(out, "off");
	return code == NM_OK && out->failed ? nm_fail_memory(err) : code;
}

void nm_places_clear(struct places *places)
{
	for (size_t i = 0; i < places->n_kept; i++)
		nm_buf_clear(&places->kept[i].text);
	places->n_kept = 0;
}
