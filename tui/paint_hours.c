/* SPDX-License-Identifier: MIT */
/*
 * The hours that are painted: taken out of the plan, and the expression in which they are others.
 * In: a schedule, which weeks, what was painted.  Out: a week, and an expression or why there is none.
 */
#include <stdlib.h>
#include <string.h>

#include "week_screen.h"

#define HOLIDAYS_AROUND 30 /* days: hours look at holidays a few days away */

static const struct nm_schedule *schedule_of(const struct app *app, const char *name)
{
	const struct nm_plan *plan = app_plan(app);

	for (size_t i = 0; plan && i < plan->n_schedules; i++) {
		if (!strcmp(plan->schedules[i].name, name))
			return &plan->schedules[i];
	}
	return NULL;
}

static struct nm_hours_subject subject_of(const struct paint *paint, const char *expression)
{
	return (struct nm_hours_subject){
		.expression = expression,
		.day = paint->date,
		.one_week = paint->one_week,
		.holidays = &paint->around,
	};
}

/* The expression of what is painted now. */
void paint_write(struct paint *paint)
{
	const struct nm_hours_subject subject = subject_of(paint, paint->old_text);
	struct nm_buf text;
	char *taken;

	nm_buf_init(&text, 4 * NM_HOURS_TEXT);
	paint->refused = (struct nm_error){ 0 };
	if (nm_hours_paint(&subject, &paint->now, &text, &paint->refused)) {
		nm_buf_clear(&text);
		return;
	}
	taken = nm_buf_take(&text);
	if (!taken) {
		nm_fail_memory(&paint->refused);
		return;
	}
	free(paint->text);
	paint->text = taken;
}

/* What PH means around the week. */
static enum nm_code take_holidays(struct paint *paint, struct app *app, const struct nm_schedule *schedule,
				  struct nm_error *err)
{
	const struct nm_plan *plan = app_plan(app);
	int32_t *days = NULL;
	size_t n = 0;
	enum nm_code code = NM_OK;

	if (schedule->holidays >= 0)
		code = nm_holidays_of(plan->calendars[schedule->holidays].ical, session_zone(app->session),
				      (paint->date - HOLIDAYS_AROUND) * NM_DAY, (paint->date + HOLIDAYS_AROUND) * NM_DAY,
				      &days, &n, err);
	if (code)
		return code;
	free(paint->holidays);
	paint->holidays = days;
	paint->around = (struct nm_holidays){ days, n };
	return NM_OK;
}

/* The week that an expression says, and of which season it is. */
static enum nm_code take_week(struct paint *paint, const char *expression, struct nm_error *err)
{
	const struct nm_hours_subject subject = subject_of(paint, expression);
	struct nm_buf season;
	char *taken = NULL;
	enum nm_code code = nm_hours_week_of(&subject, &paint->old, err);

	nm_buf_init(&season, NM_HOURS_TEXT + 1);
	if (code == NM_OK && !paint->one_week)
		code = nm_hours_season_of(&subject, &season, err);
	if (code == NM_OK) {
		nm_buf_add(&season, "");
		taken = nm_buf_take(&season);
		code = taken ? NM_OK : nm_fail_memory(err);
	}
	nm_buf_clear(&season);
	if (code)
		return code;
	free(paint->season);
	paint->season = taken;
	return NM_OK;
}

/* Takes over what the plan says now. */
enum nm_code paint_take(struct paint *paint, struct app *app, struct nm_error *err)
{
	const struct nm_schedule *schedule = schedule_of(app, paint->schedule);
	struct nm_error why;
	enum nm_code code;
	char *copy;

	if (!schedule || !schedule->expression)
		return nm_fail(err, NM_INPUT, "schedule %s has no hours any more: there is nothing to paint",
			       paint->schedule);
	code = take_holidays(paint, app, schedule, &why);
	if (code == NM_OK)
		code = take_week(paint, schedule->expression, &why);
	if (code)
		return nm_fail(err, code, "%s (screen 2, hours)", why.text);
	copy = strdup(schedule->expression);
	if (!copy)
		return nm_fail_memory(err);
	free(paint->old_text);
	paint->old_text = copy;
	paint->generation = app->session->generation;
	return NM_OK;
}
