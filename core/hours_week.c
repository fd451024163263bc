/* SPDX-License-Identifier: MIT */
/*
 * An expression and the week in it.  Comes in: an expression and a date.  Goes out: the week that it says; and back, the
 * expression with another week in it.  What is painted is every week's hours (hours_paint.c) or those of the one week with
 * that date (hours_dates.c).
 */
#include "hours_paint.h"

#include <string.h>

void nm_hours_separator(const struct nm_hours *hours, size_t rule, bool anew, struct nm_buf *out)
{
	const struct rule *before = rule ? &hours->rules[rule - 1] : NULL;
	size_t from;

	if (out->len == 0)
		return;
	if (anew || !before) {
		nm_buf_add(out, "; ");
		return;
	}
	from = (size_t)before->text_from + before->text_len;
	nm_buf_addn(out, hours->text + from, hours->rules[rule].text_from - from);
}

static enum nm_code week_take(const struct nm_hours_subject *subject, const struct nm_hours *hours,
			      struct nm_hours_week *out, struct nm_error *err)
{
	const int64_t monday = subject->day - nm_weekday(subject->day);
	struct painted painted;
	enum nm_code code;

	if (!subject->one_week) {
		code = nm_painted_find(hours, subject->day, &painted, err);
		return code ? code : nm_painted_shown(&painted, out, err);
	}
	for (int day = 0; day < WEEK_DAYS; day++)
		nm_hours_minutes(hours, monday + day, subject->holidays, out->open + day * MINUTES_DAY);
	return NM_OK;
}

enum nm_code nm_hours_week_of(const struct nm_hours_subject *subject, struct nm_hours_week *out, struct nm_error *err)
{
	struct nm_hours *hours;
	enum nm_code code = nm_hours_read(subject->expression, &hours, err);

	if (code)
		return code;
	code = week_take(subject, hours, out, err);
	nm_hours_free(hours);
	return code;
}

enum nm_code nm_hours_season_of(const struct nm_hours_subject *subject, struct nm_buf *out, struct nm_error *err)
{
	struct nm_hours *hours;
	struct painted painted;
	enum nm_code code = nm_hours_read(subject->expression, &hours, err);

	if (code)
		return code;
	code = nm_painted_find(hours, subject->day, &painted, err);
	if (code == NM_OK && painted.season)
		nm_buf_addn(out, hours->text + painted.season->text_from, painted.season->dates_len);
	nm_hours_free(hours);
	return code;
}

enum nm_code nm_hours_paint(const struct nm_hours_subject *subject, const struct nm_hours_week *week,
			    struct nm_buf *out, struct nm_error *err)
{
	struct nm_hours *hours;
	struct nm_hours_week old;
	enum nm_code code = nm_hours_read(subject->expression, &hours, err);

	if (code)
		return code;
	code = week_take(subject, hours, &old, err);
	if (code == NM_OK && !memcmp(&old, week, sizeof old))
		nm_buf_add(out, subject->expression); /* as it was written, be it longer */
	else if (code == NM_OK && subject->one_week)
		code = nm_hours_paint_dates(subject, hours, &old, week, out, err);
	else if (code == NM_OK)
		code = nm_hours_paint_weeks(subject, hours, &old, week, out, err);
	if (code == NM_OK && out->failed)
		code = nm_fail_memory(err);
	nm_hours_free(hours);
	return code;
}

enum nm_code nm_hours_week_write(const struct nm_hours_week *week, struct nm_buf *out, struct nm_error *err)
{
	const size_t before = out->len;
	struct nm_hours *read = NULL;
	enum nm_code code = NM_OK;

	if (memchr(week->open, 1, sizeof week->open))
		code = nm_hours_shortest(week, out, err);
	else
		nm_buf_add(out, "off");
	if (code == NM_OK && out->failed)
		code = nm_fail_memory(err);
	/* It may be more than an expression holds. */
	if (code == NM_OK)
		code = nm_hours_read(out->data + before, &read, err);
	nm_hours_free(read);
	return code;
}
