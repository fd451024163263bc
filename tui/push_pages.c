/* SPDX-License-Identifier: MIT */
/*
 * Pages over the Push screen.  In: the status of a line.  Out: its artefact against what is there, what callers get hour
 * by hour, how to take back what was done by hand.
 */
#include <stdio.h>
#include <string.h>

#include "forecast.h"
#include "outline.h"
#include "push.h"

#define PAGE_BYTES (1u << 20)

static void not_read(struct app *app)
{
	app_message(app, STYLE_PLAIN, "the lines have not been read: r reads them");
}

/* What was done by hand is taken back by hand: how. */
void push_show_hand_back(struct app *app, int line)
{
	struct notes notes;
	char title[256];

	notes_init(&notes);
	push_add_hand_back(app, line, &notes);
	snprintf(title, sizeof title, "%s: to take back what was done by hand",
		 app_plan(app)->lines[line].name);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

static bool same_part(const struct nm_line_status *status, const struct nm_part *wanted)
{
	const struct nm_part *live = nm_artefact_find(&status->live, wanted->name);

	return live && !strcmp(live->bytes, wanted->bytes);
}

/* Why a line that is in sync is not written as a push would write it: mostly both reach to another day. */
static void add_horizon(const struct nm_plan *plan, const struct nm_line_status *status, struct notes *notes)
{
	const nm_time pushed = status->pushed.horizon, planned = status->plan_route->until;
	char now[NM_TIME_TEXT], then[NM_TIME_TEXT], from[NM_TIME_TEXT];
	bool differs = false;

	for (size_t i = 0; i < status->wanted.n; i++)
		differs |= !nm_part_is_fact(&status->wanted.parts[i]) && !same_part(status, &status->wanted.parts[i]);
	if (!differs || status->sync != NM_SYNC_SAME)
		return;
	notes_add(notes, STYLE_GOOD, "In sync: callers get what the plan says.");
	if (status->pushed.id > 0 && pushed < planned) {
		nm_time_words(plan->zone, pushed, true, now);
		nm_time_words(plan->zone, planned, true, then);
		nm_time_words(plan->zone, pushed - NM_HORIZON_LOW, true, from);
		notes_addf(notes, STYLE_PLAIN,
			   "What was pushed is exact until %s; written today it would be until %s, and that is the "
			   "difference below. %s%s a push extends it.",
			   now, then, status->to_push ? "Now" : "From ", status->to_push ? "" : from);
	} else {
		notes_add(notes, STYLE_PLAIN, "What differs below is only how it is written.");
	}
	notes_add(notes, STYLE_PLAIN, "");
}

void push_show_artefact(struct app *app, size_t line)
{
	const struct nm_line_status *status = push_status(app, line);
	struct notes notes;
	char title[256];

	if (!status) {
		not_read(app);
		return;
	}
	notes_init(&notes);
	add_horizon(app_plan(app), status, &notes);
	for (size_t i = 0; i < status->wanted.n; i++) {
		const struct nm_part *part = nm_artefact_find(&status->live, status->wanted.parts[i].name);
		const char *live = part ? part->bytes : NULL;

		if (nm_part_is_fact(&status->wanted.parts[i]))
			continue;

		notes_addf(&notes, STYLE_HEAD, "%s (%s, %zu bytes)", status->wanted.parts[i].name,
			   status->wanted.parts[i].type, status->wanted.parts[i].len);
		if (same_part(status, &status->wanted.parts[i])) {
			notes_add(&notes, STYLE_GOOD, "the same is there now");
			notes_lines(&notes, live);
		} else {
			notes_diff(&notes, live ? live : "", status->wanted.parts[i].bytes);
		}
	}
	snprintf(title, sizeof title, "%s: what the carrier should hold, against what is there",
		 app_plan(app)->lines[line].name);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

/* What callers get now, where that is known. */
static enum nm_code add_live(struct nm_buf *out, const struct nm_line_status *status, nm_time now, struct nm_error *err)
{
	const struct nm_route *live = nm_line_status_live(status);

	if (status->sync == NM_SYNC_NOTHING) {
		nm_buf_add(out, "  nothing of the plan is at the carrier now\n");
		return NM_OK;
	}
	if (!live) {
		nm_buf_addf(out, "  what callers get now is not known%s%s\n", status->words ? ": " : "",
			    status->words ? status->words : "");
		return NM_OK;
	}
	return outline_add(out, status->sync == NM_SYNC_SAME ? "what callers get now, which is what the plan says"
							      : "what callers get now",
			   live, now, err);
}

void push_show_hours(struct app *app, size_t line)
{
	const struct nm_line_status *status = push_status(app, line);
	struct nm_buf text;
	struct nm_error err;
	struct notes notes;
	char title[256];
	enum nm_code code;

	if (!status) {
		not_read(app);
		return;
	}
	nm_buf_init(&text, PAGE_BYTES);
	code = add_live(&text, status, app_now(app), &err);
	if (!code && status->carrier && !status->refusal && status->sync != NM_SYNC_SAME) {
		nm_buf_add(&text, "\n  after a push\n");
		code = forecast_add(&text, app_plan(app), status, app_now(app), &err);
	}
	notes_init(&notes);
	if (code)
		notes_add(&notes, STYLE_ERROR, err.text);
	else
		notes_lines(&notes, text.data);
	if (status->refusal)
		notes_addf(&notes, STYLE_ERROR, "  cannot be pushed: %s", status->refusal);
	snprintf(title, sizeof title, "%s, hour by hour", app_plan(app)->lines[line].name);
	app_page(app, title, &notes);
	notes_clear(&notes);
	nm_buf_clear(&text);
}
