/* SPDX-License-Identifier: MIT */
/*
 * Every week's hours painted.  Comes in: an expression and its week before and after.  Goes out: the expression in which the
 * rules of weekdays, or those of the season, are written anew where they stand; every other rule stays as it is.
 *
 * Such rules stand in one place or in several, with rules of dates between.  What is put off goes from all places; what
 * is put on goes into one, the first that it can be in.  Which that is, and how it must be written there, is not
 * reasoned about: the ways are tried, the plain ones first, and the first is taken of which hours_same.c says that it
 * changes what was painted and nothing else.
 */
#include "hours_paint.h"

#include <stdlib.h>
#include <string.h>

/* --- is it that? --- */

/* Painted again on the same date, it is the week that was painted. */
static enum nm_code shows(const struct nm_hours *hours, int64_t day, const struct nm_hours_week *now, bool *out,
			  struct nm_error *err)
{
	struct nm_hours_week week;
	struct painted painted;
	enum nm_code code = nm_painted_find(hours, day, &painted, err);

	if (code == NM_OK)
		code = nm_painted_shown(&painted, &week, err);
	*out = code == NM_OK && !memcmp(&week, now, sizeof week);
	return code;
}

static enum nm_code text_check(const struct places *places, int64_t day, const char *text, bool *good, struct nm_error *err)
{
	struct same same = { places->painted->hours, NULL, places->painted, 0, places->old, places->now };
	struct nm_hours *read = NULL;
	enum nm_code code = nm_hours_read(text, &read, err);

	*good = false;
	if (code == NM_OK)
		code = shows(read, day, places->now, good, err);
	if (code == NM_OK && *good) {
		same.after = read;
		code = nm_hours_differ_as_painted(&same, good, err);
	}
	nm_hours_free(read);
	return code;
}

#define WAYS 16 /* of one place */

static struct way way_of(size_t on, unsigned bits)
{
	return (struct way){ .on = on,
			     .replace = bits & 1,
			     .offs = bits >> 1 & 1,
			     .whole = bits >> 2 & 1,
			     .cut = bits >> 3 & 1 };
}

/* Adds the first that is right; none: good is false. */
static enum nm_code ways_try(struct places *places, int64_t day, struct nm_buf *out, bool *good, struct nm_error *err)
{
	enum nm_code code = NM_OK, first = NM_OK;
	struct nm_error ignored;
	struct nm_buf text;

	*good = false;
	nm_buf_init(&text, TEXT_MAX);
	for (unsigned bits = 0; bits < WAYS && !*good; bits++)
		for (size_t on = 0; on < places->n && !*good; on++) {
			const struct way way = way_of(on, bits);
			struct nm_error *to = first ? &ignored : err;

			code = nm_places_write(places, &way, &text, to);
			if (code == NM_OK)
				code = text_check(places, day, text.data, good, to);
			if (*good)
				nm_buf_add(out, text.data);
			nm_buf_clear(&text);
			if (code == NM_NO_MEMORY)
				return nm_fail_memory(err);
			first = first ? first : code; /* more than an expression holds */
		}
	return *good ? NM_OK : first;
}

static enum nm_code weeks_try(const struct nm_hours *hours, int64_t day, const struct nm_hours_week *old,
			      const struct nm_hours_week *now, struct nm_buf *out, bool *good, struct nm_error *err)
{
	struct places *places = malloc(sizeof *places + (hours->n_rules + 2) * sizeof *places->items);
	struct painted painted;
	enum nm_code code;

	if (!places)
		return nm_fail_memory(err);
	*places = (struct places){ .painted = &painted, .old = old, .now = now };
	code = nm_painted_find(hours, day, &painted, err);
	if (code == NM_OK)
		code = nm_places_find(places, err);
	if (code == NM_OK)
		code = ways_try(places, day, out, good, err);
	nm_places_clear(places);
	free(places);
	return code;
}

/* One day of the week after the other: each may have another place.  What is right of each, is of all. */
static enum nm_code days_try(const struct nm_hours *hours, int64_t day, const struct nm_hours_week *old,
			     const struct nm_hours_week *now, struct nm_buf *out, bool *good, struct nm_error *err)
{
	struct nm_hours_week before = *old, after = *old;
	enum nm_code code = NM_OK;
	struct nm_hours *read = NULL;
	struct nm_buf text;

	nm_buf_init(&text, TEXT_MAX);
	nm_buf_add(&text, hours->text);
	*good = true;
	for (size_t at = 0; at < NM_WEEK_MINUTES && code == NM_OK && *good; at += MINUTES_DAY) {
		memcpy(after.open + at, now->open + at, MINUTES_DAY);
		if (!memcmp(&before, &after, sizeof after))
			continue;
		code = text.failed ? nm_fail_memory(err) : nm_hours_read(text.data, &read, err);
		nm_buf_clear(&text);
		if (code == NM_OK)
			code = weeks_try(read, day, &before, &after, &text, good, err);
		nm_hours_free(read);
		read = NULL;
		before = after;
	}
	if (code == NM_OK && *good)
		nm_buf_add(out, text.data);
	nm_buf_clear(&text);
	return code;
}

enum nm_code nm_hours_paint_weeks(const struct nm_hours_subject *subject, const struct nm_hours *hours,
				  const struct nm_hours_week *old, const struct nm_hours_week *now, struct nm_buf *out,
				  struct nm_error *err)
{
	bool good;
	enum nm_code code = weeks_try(hours, subject->day, old, now, out, &good, err);

	if (code == NM_OK && !good)
		code = days_try(hours, subject->day, old, now, out, &good, err);
	if (code == NM_OK && !good)
		code = nm_fail(err, NM_INPUT,
			       "so painted, other dates would change too: write rules for weekdays first, then those for "
			       "seasons, then those for dates and holidays");
	return code;
}
