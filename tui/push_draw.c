/* SPDX-License-Identifier: MIT */
/* Push drawn: the lines, and of the one at the cursor what a push would do and what was pushed. */
#include <stdio.h>

#include "answers.h"
#include "handwork.h"
#include "push.h"

const struct nm_line_status *push_status(const struct app *app, size_t line)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->status_known && i < session->status.n; i++) {
		if ((size_t)session->status.lines[i].line == line)
			return &session->status.lines[i];
	}
	return NULL;
}

bool push_waits(const struct app *app, size_t line)
{
	return app->session->reading && nm_status_waits(app->session->reading, (int)line);
}

bool push_by_hand(const struct nm_line_status *status)
{
	return status->carrier && status->carrier->traits.by_hand;
}

static const char *sync_words(const struct nm_line_status *status, char *room, size_t size)
{
	if (push_by_hand(status) && !status->refusal && status->as_assumed)
		return status->proof.kind == NM_PROOF_SAID ? "proved" : "assumed";
	if (push_by_hand(status))
		return status->refusal ? "cannot be done" : "to be done";
	switch (status->sync) {
	case NM_SYNC_SAME:
		return "in sync";
	case NM_SYNC_RENAMED:
		return "renamed";
	case NM_SYNC_DRIFT:
		snprintf(room, size, status->differences.n == 1 ? "drifts, %zu place" : "drifts, %zu places",
			 status->differences.n);
		return room;
	case NM_SYNC_NOTHING:
		return "nothing there";
	case NM_SYNC_FOREIGN:
		return "not ours";
	case NM_SYNC_UNKNOWN:
		break;
	}
	return "unknown";
}

static unsigned sync_style(const struct nm_line_status *status)
{
	const enum nm_sync sync = status->sync;

	if (push_by_hand(status))
		return status->as_assumed ? STYLE_PLAIN : STYLE_WARNING;
	return sync == NM_SYNC_SAME ? STYLE_GOOD : sync == NM_SYNC_UNKNOWN ? STYLE_DIM : STYLE_WARNING;
}

bool push_unreadable(const struct nm_line_status *status)
{
	return status->sync == NM_SYNC_UNKNOWN && status->carrier && status->carrier->traits.reads_back;
}

void push_add_consequences(struct notes *notes, const struct nm_line_status *status)
{
	if (status->refusal)
		notes_addf(notes, STYLE_ERROR, "cannot be pushed: %s", status->refusal);
	if (push_unreadable(status))
		notes_addf(notes, STYLE_ERROR, "cannot be read: %s", status->words);
	if (push_by_hand(status) && status->to_push && status->wanted.n)
		notes_lines(notes, status->wanted.parts[0].bytes);
	for (size_t i = 0; i < status->losses.n && !status->refusal; i++)
		notes_addf(notes, STYLE_WARNING, "lost: %s; instead: %s (%s, %s)", status->losses.items[i].text,
			   status->losses.items[i].instead, status->losses.items[i].when,
			   status->losses.items[i].callers);
	for (size_t i = 0; i < status->differences.n; i++) {
		const struct nm_difference *difference = &status->differences.items[i];

		notes_addf(notes, STYLE_BOLD, "%s, %s%s", difference->when ? difference->when : "always",
			   difference->callers, difference->key ? ", emergency key" : "");
		notes_addf(notes, STYLE_REMOVED, "- live %s", difference->b_words);
		notes_addf(notes, STYLE_ADDED, "+ plan %s", difference->a_words);
	}
	if (status->sync == NM_SYNC_NOTHING && status->pushed.id == 0)
		notes_add(notes, STYLE_PLAIN, "nothing is at the carrier yet: the whole line is new");
	else if (status->words && status->sync != NM_SYNC_SAME && status->differences.n == 0 &&
		 !push_unreadable(status))
		notes_add(notes, STYLE_PLAIN, status->words);
	if (status->note)
		notes_add(notes, STYLE_WARNING, status->note);
}

/* Of a push that is under way, and of one that has ended until the line is read anew. */
static bool tells_stage(const struct app *app, size_t i)
{
	const struct nm_line_status *status = push_status(app, i);

	return stages_words(&app->stages, i) &&
	       (app->stages.under_way || push_waits(app, i) || !status || push_unreadable(status));
}

static void draw_line(const struct app *app, struct canvas *canvas, int y, size_t i, bool cursor)
{
	const struct nm_plan *plan = app_plan(app);
	const struct nm_line *line = &plan->lines[i];
	const struct nm_line_status *status = push_status(app, i);
	const struct nm_line_fact *fact = app_fact(app, line->name);
	unsigned mark = cursor ? STYLE_CURSOR : 0;
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	char number[NM_NUMBER_TEXT], words[64], when[AGO_TEXT];

	nm_number_words(line->number, number);
	if (cursor)
		canvas_pointer(canvas, 0, y);
	pen_text(&pen, STYLE_BOLD | mark, line->name);
	pen_tab(&pen, 14);
	if (canvas->width >= 60) {
		pen_text(&pen, STYLE_PLAIN, number);
		pen_tab(&pen, 32);
	}
	pen_text(&pen, STYLE_PLAIN, plan->accounts[line->account].driver);
	pen_tab(&pen, canvas->width >= 60 ? 44 : 24);
	if (tells_stage(app, i))
		pen_text(&pen, stages_style(&app->stages, i), stages_words(&app->stages, i));
	else if (push_waits(app, i))
		pen_textf(&pen, STYLE_DIM, "reading%s", app_ascii(app) ? "..." : " …");
	else if (status)
		pen_text(&pen, sync_style(status), sync_words(status, words, sizeof words));
	else if (fact && fact->read_at)
		pen_textf(&pen, STYLE_DIM, "%s%s",
			  fact->known ? (fact->in_sync ? "in sync" : "drifts") : fact->in_sync ? "assumed" : "unknown",
			  fact->saved && (fact->known || fact->in_sync) ? " as saved" : "");
	else
		pen_text(&pen, STYLE_DIM, "not read");
	pen_tab(&pen, 64);
	ago_words(status && push_by_hand(status) ? status->assumed_at
		  : status			 ? app->session->status_at
		  : fact			 ? fact->read_at
						 : 0,
		  app_now(app), when);
	pen_text(&pen, STYLE_DIM, when);
}

static const char *push_state_words(enum nm_push_state state)
{
	switch (state) {
	case NM_PUSH_DONE:
		return "done";
	case NM_PUSH_FAILED:
		return "failed";
	case NM_PUSH_UNDONE:
		return "undone";
	case NM_PUSH_INTENT:
	case NM_PUSH_APPLYING:
	case NM_PUSH_VERIFYING:
		break;
	}
	return "cut off";
}

static const char *result_words(const struct nm_push_record *record)
{
	return record->result && record->result[0] ? record->result : push_state_words(record->state);
}

void push_record_words(const struct nm_push_record *record, nm_time now, char out[static PUSH_RECORD_TEXT])
{
	char when[80];

	ago_words(record->at, now, when);
	snprintf(out, PUSH_RECORD_TEXT, "#%lld  %s  %s  %s", (long long)record->id, when, record->who,
		 result_words(record));
}

static void draw_history(const struct push *push, const struct app *app, struct canvas *canvas, int y,
			 int end)
{
	for (size_t i = 0; push->records_known && i < push->records.n && y < end; i++, y++) {
		const struct nm_push_record *record = &push->records.items[i];
		struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
		char when[80];

		pen_text(&pen, STYLE_HEAD, i == 0 ? "history" : "");
		pen_tab(&pen, 10);
		ago_words(record->at, app_now(app), when);
		pen_textf(&pen, STYLE_PLAIN, "#%lld  %s  %s  ", (long long)record->id, when, record->who);
		pen_text(&pen, record->state == NM_PUSH_DONE ? STYLE_GOOD : STYLE_WARNING,
			 result_words(record));
	}
}

/* When a call from an unknown number gets something else; boundaries that change nothing are passed over. */
static nm_time next_treatment(const struct nm_route *route, nm_time now, const struct nm_treatment *treatment)
{
	nm_time next = nm_route_next(route, now);

	while (next != NM_TIME_MAX && next < route->until) {
		const struct nm_treatment *then =
			nm_route_treatment(route, next, (struct nm_caller){0}, false);

		if (!then || !nm_treatment_equal(treatment, then))
			return next;
		next = nm_route_next(route, next);
	}
	return NM_TIME_MAX;
}

/* What the line does now, as far as the plan goes, and until when. */
static void add_after(struct notes *notes, const struct app *app, const struct nm_line_status *status)
{
	const struct nm_zone *zone = session_zone(app->session);
	nm_time now = app_now(app), next;
	const struct nm_treatment *treatment;
	struct nm_buf words;
	char when[NM_TIME_TEXT];

	if (!status->plan_route || now < status->plan_route->from || now >= status->plan_route->until)
		return;
	treatment = nm_route_treatment(status->plan_route, now, (struct nm_caller){0}, false);
	if (!treatment)
		return;
	next = next_treatment(status->plan_route, now, treatment);
	nm_buf_init(&words, 1u << 16);
	nm_treatment_words(treatment, &words);
	if (next == NM_TIME_MAX) {
		notes_addf(notes, STYLE_PLAIN, "the plan now: %s", words.data);
	} else {
		nm_time_words(zone, next, false, when);
		notes_addf(notes, STYLE_PLAIN, "the plan now, until %s: %s", when, words.data);
	}
	nm_buf_clear(&words);
}

static const char *heading(const struct nm_line_status *status)
{
	if (push_by_hand(status) && status->proof.kind == NM_PROOF_SAID)
		return ": a call has shown that it forwards as the plan says";
	if (push_by_hand(status))
		return status->as_assumed ? ": assumed to do what the plan says" : ": to be done by hand, c shows how";
	switch (status->sync) {
	case NM_SYNC_SAME:
		return ": live is what the plan says";
	case NM_SYNC_FOREIGN:
		return ": something else is there, which a push would replace";
	case NM_SYNC_UNKNOWN:
		return ": what is live could not be read";
	case NM_SYNC_RENAMED:
		return ": live is what the plan says, but for its name";
	case NM_SYNC_NOTHING:
	case NM_SYNC_DRIFT:
		break;
	}
	return ": a push would do";
}

/* Of a line whose status is not known: what is under way. */
static const char *unread_words(const struct push *push, const struct app *app)
{
	if (push->err.code)
		return ": ";
	if (push_waits(app, push->list.at))
		return ": reading what is live, Esc stops";
	if (handwork_line(app_plan(app), (int)push->list.at))
		return ": done by hand, c shows how; other lines are being read, Esc stops";
	return app->session->reading ? ": read; other lines are not yet, Esc stops" : ": not read, r reads it";
}

static void draw_details(const struct push *push, const struct app *app, struct canvas *canvas, int y,
			 int end)
{
	const struct nm_line_status *status = push_status(app, push->list.at);
	const char *name = app_plan(app)->lines[push->list.at].name;
	struct pen pen = pen_at(canvas, 1, y++, canvas->width - 1);
	struct notes notes;
	/* What a push would do comes first; the history has a third of what is there, and three rows do. */
	int history = push->records_known && push->records.n ? (end - y) / 3 : 0;
	int most = end - y - (history < 3 ? history : 3);

	pen_text(&pen, STYLE_BOLD, name);
	if (!status) {
		pen_text(&pen, STYLE_DIM, unread_words(push, app));
		pen_text(&pen, STYLE_ERROR, push->err.text);
		draw_history(push, app, canvas, y + 1, end);
		return;
	}
	pen_text(&pen, STYLE_PLAIN, heading(status));
	notes_init(&notes);
	push_add_consequences(&notes, status);
	add_after(&notes, app, status);
	for (size_t i = 0; i < notes.n && most > 0; i++) {
		int rows = most > 5 ? 4 : most > 2 ? 2 : 1, used;

		if (most == 1 && i + 1 < notes.n) {
			canvas_text(canvas, 3, y++, canvas->width - 4, STYLE_DIM, "and more: P shows it all, and asks");
			break;
		}
		used = canvas_wrap(canvas, 3, y, canvas->width - 4, rows, notes.items[i].style,
				   notes.items[i].text);

		y += used;
		most -= used;
	}
	notes_clear(&notes);
	if (status->losses.needs_agent && !status->refusal && y < end)
		canvas_text(canvas, 3, y++, canvas->width - 4, STYLE_WARNING,
			    "its hours hold only if it is pushed at each change");
	draw_history(push, app, canvas, y + (end - y > 3), end);
}

/* What is told of one line below the list needs no more in a high window. */
static int list_rows(int height)
{
	return height < 12 ? 3 : height < 30 ? height * 2 / 5 : height * 3 / 5;
}

void push_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct push *push = state;
	struct list shown = push->list; /* while lines are pushed: around those at which something happens */
	int y = body.y, end = body.y + body.height, rows = list_rows(body.height);
	struct pen pen = pen_at(canvas, 1, y++, body.width - 1);
	size_t top;

	pen_text(&pen, STYLE_HEAD, "line");
	pen_tab(&pen, 14);
	pen_text(&pen, STYLE_HEAD, body.width >= 60 ? "number" : "carrier");
	pen_tab(&pen, body.width >= 60 ? 32 : 24);
	pen_text(&pen, STYLE_HEAD, body.width >= 60 ? "carrier" : "live");
	if (body.width >= 60) {
		pen_tab(&pen, 44);
		pen_text(&pen, STYLE_HEAD, "live");
		pen_tab(&pen, 64);
		pen_text(&pen, STYLE_HEAD, "read");
	}
	if (push->list.n == 0)
		return;
	if (rows > (int)push->list.n)
		rows = (int)push->list.n;
	shown.at = stages_at_work(&app->stages, shown.at);
	top = list_top(&shown, rows);
	for (int i = 0; i < rows && top + (size_t)i < push->list.n; i++)
		draw_line(app, canvas, y + i, top + (size_t)i, top + (size_t)i == push->list.at);
	y += rows;
	if (y + 1 >= end)
		return;
	list_rule(&shown, rows, canvas, y++);
	draw_details(push, app, canvas, y, end);
}
