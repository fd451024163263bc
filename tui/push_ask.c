/* SPDX-License-Identifier: MIT */
/*
 * What is told before a yes: what a push of a line does and what callers get then, what going back changes, what
 * takes handwork back.  In: the status of lines, a view of a rollback.  Out: notes.  It asks nobody.
 */
#include <stdio.h>
#include <string.h>

#include "forecast.h"
#include "found.h"
#include "handwork.h"
#include "push.h"

#define FORECAST_BYTES (1u << 18)
#define ERRORS_BYTES   (1u << 14)

bool push_add_refusal(struct app *app, struct notes *notes)
{
	struct nm_push_context context;
	struct nm_error err;

	if (session_push_context(app->session, &context, &err) || nm_push_check(&context, &err) != NM_REFUSED)
		return false;
	notes_addf(notes, STYLE_ERROR, "refused: %s", err.text);
	return true;
}

void push_add_errors(struct app *app, struct notes *notes)
{
	const struct nm_findings *findings;
	struct nm_buf text;
	struct nm_error err;

	if (session_findings(app->session, &findings, &err)) {
		notes_addf(notes, STYLE_WARNING, "whether check finds errors is not known: %s", err.text);
		return;
	}
	nm_buf_init(&text, ERRORS_BYTES);
	found_errors_add(&text, findings);
	if (text.len)
		notes_styled_lines(notes, STYLE_ERROR, text.data);
	nm_buf_clear(&text);
}

/* Is there nothing that a push would do, or could tell? */
static bool needs_nothing(const struct nm_line_status *status)
{
	return !status->to_push && (status->sync == NM_SYNC_SAME || status->as_assumed);
}

/* What callers get after it, hour by hour, and what of that is not certain. */
static void add_forecast(struct notes *notes, const struct app *app, const struct nm_line_status *status)
{
	struct nm_buf text;
	struct nm_error err;

	if (!status->carrier || status->refusal)
		return;
	nm_buf_init(&text, FORECAST_BYTES);
	if (forecast_add(&text, app_plan(app), status, app_now(app), &err))
		notes_add(notes, STYLE_ERROR, err.text);
	else
		notes_lines(notes, text.data);
	nm_buf_clear(&text);
}

void push_add_line(struct notes *notes, const struct app *app, size_t line, bool all)
{
	const struct nm_line_status *status = push_status(app, line);

	if (!status) {
		notes_add(notes, STYLE_WARNING, "it has not been read: a yes reads it first, and pushes what differs");
		return;
	}
	push_add_consequences(notes, status);
	if (push_unreadable(status))
		notes_add(notes, STYLE_WARNING,
			  "a yes reads it once more; if that fails too, nothing is changed");
	if (all && push_by_hand(status))
		notes_add(notes, STYLE_WARNING, "a push of all lines leaves it: c shows what to do, and keeps that it was done");
	add_forecast(notes, app, status);
}

bool push_add_cut_off(const struct app *app, struct notes *notes)
{
	const struct session *session = app->session;

	if (!session->status_known || !session->status.cut_off)
		return false;
	notes_addf(notes, STYLE_WARNING, "pushes that were cut off: %zu; a yes settles them", session->status.cut_off);
	return true;
}

bool push_takes_part(const struct app *app, size_t line)
{
	const struct nm_line_status *status = push_status(app, line);

	return !status || !needs_nothing(status);
}

bool push_add_lines(const struct app *app, struct notes *notes, int line)
{
	const struct nm_plan *plan = app_plan(app);
	bool any = false;

	for (size_t i = 0; i < plan->n_lines; i++) {
		if ((line >= 0 && (int)i != line) || !push_takes_part(app, i))
			continue;
		if (line < 0)
			notes_add(notes, STYLE_HEAD, plan->lines[i].name);
		push_add_line(notes, app, i, line < 0);
		any = true;
	}
	return push_add_cut_off(app, notes) || any;
}

void push_question(const struct app *app, int line, bool refused, char *out, size_t size)
{
	const struct nm_plan *plan = app_plan(app);
	const char *reason = refused ? ", with a reason" : "";

	if (line < 0 && plan->n_lines == 1)
		line = 0;
	if (line < 0)
		snprintf(out, size, "make live what the plan says, on all %zu lines%s?", plan->n_lines, reason);
	else
		snprintf(out, size, "make live what the plan says for %s%s?", plan->lines[line].name, reason);
}

void push_add_way_back(struct notes *notes, const struct nm_rollback_view *view)
{
	struct nm_buf found;

	if (view->refusal)
		notes_add(notes, STYLE_ERROR, view->refusal);
	nm_buf_init(&found, ERRORS_BYTES);
	found_back_add(&found, view);
	if (found.len)
		notes_styled_lines(notes, view->unproved ? STYLE_WARNING : STYLE_ERROR, found.data);
	nm_buf_clear(&found);
	if (view->empties)
		notes_add(notes, STYLE_WARNING, "nothing was there: the line will have nothing at the carrier");
	if (view->unknown)
		notes_addf(notes, STYLE_WARNING, "what changes is not known: %s", view->unknown);
	else if (!view->empties && view->differences.n == 0)
		notes_add(notes, STYLE_PLAIN, "nothing changes for callers");
	for (size_t i = 0; i < view->differences.n; i++) {
		const struct nm_difference *difference = &view->differences.items[i];

		notes_addf(notes, STYLE_BOLD, "%s, %s%s", difference->when, difference->callers,
			   difference->key ? ", emergency key" : "");
		notes_addf(notes, STYLE_REMOVED, "- live %s", difference->b_words);
		notes_addf(notes, STYLE_ADDED, "+ back %s", difference->a_words);
	}
}

void push_add_hand_back(struct app *app, int line, struct notes *notes)
{
	struct nm_status status;
	struct handwork work;
	struct nm_error err;

	if (session_hand_status(app->session, line, &status, &err)) {
		notes_add(notes, STYLE_ERROR, err.text);
		return;
	}
	if (handwork_build(app_plan(app), &status.lines[0], app_now(app), &work, &err)) {
		notes_add(notes, STYLE_ERROR, err.text);
	} else {
		if (work.back)
			notes_lines(notes, work.back);
		else
			notes_add(notes, STYLE_PLAIN, "set it by hand as it was before; no code is known that does it");
		notes_addf(notes, STYLE_DIM, "nevermiss rollback --line %s goes back a push, asks, and keeps that it was done",
			   app_plan(app)->lines[line].name);
		handwork_clear(&work);
	}
	nm_status_clear(&status);
}
