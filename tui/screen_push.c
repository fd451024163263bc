/* SPDX-License-Identifier: MIT */
/*
 * Push: what the carriers do now, what a push would do, and what was pushed.
 * In: the status of the lines (read when the screen is first quiet), the store's records.  Out: a list of
 * lines, the details of one, pushes and roll-backs that ask first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "list.h"
#include "prompt.h"

enum { TAG_SEARCH, TAG_PUSH, TAG_PUSH_ALL, TAG_ROLL_BACK };

#define HISTORY 100

struct push {
	struct list list;
	unsigned generation;
	bool tried;	     /* to read what is live */
	struct nm_error err; /* why it is not known */
	/* history of the line under the cursor */
	struct nm_push_records records;
	bool records_known;
	size_t records_of;
};

static void *open_push(struct app *app, const void *argument, struct nm_error *err)
{
	struct push *push = calloc(1, sizeof *push);

	(void)app;
	(void)argument;
	if (!push)
		nm_fail_memory(err);
	return push;
}

static void forget_records(struct push *push)
{
	if (push->records_known)
		nm_push_records_clear(&push->records);
	push->records_known = false;
}

static void close_push(void *state)
{
	forget_records(state);
	free(state);
}

/* The status of a line of the plan; NULL while it is not known. */
static const struct nm_line_status *status_of(const struct app *app, size_t line)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->status_known && i < session->status.n; i++) {
		if ((size_t)session->status.lines[i].line == line)
			return &session->status.lines[i];
	}
	return NULL;
}

static void derive_push(void *state, struct app *app)
{
	struct push *push = state;
	struct nm_store *store;

	list_set(&push->list, app_plan(app)->n_lines);
	push->list.page = (size_t)(app_body(app).height / 2);
	if (push->generation != app->session->generation) {
		push->generation = app->session->generation;
		push->tried = false;
		forget_records(push);
	}
	if (push->records_known && push->records_of == push->list.at)
		return;
	forget_records(push);
	if (push->list.n == 0 || session_store(app->session, &store, NULL))
		return;
	push->records_of = push->list.at;
	push->records_known = nm_store_pushes(store, app_plan(app)->lines[push->list.at].name, false, HISTORY,
					      &push->records, NULL) == NM_OK;
}

static void read_live(struct push *push, struct app *app)
{
	const struct nm_status *status;
	char message[APP_MESSAGE];
	unsigned style = app->message_style;

	memcpy(message, app->message, sizeof message);
	push->tried = true;
	push->err = (struct nm_error){0};
	if (session_status(app->session, true, &status, &push->err))
		app_error(app, &push->err);
	else
		app_message(app, style, "%s", message); /* no progress is left standing */
	app_forget_facts(app);
}

static bool idle_push(void *state, struct app *app)
{
	struct push *push = state;

	if (push->tried || app->session->status_known)
		return false;
	read_live(push, app);
	return true;
}

/* --- words --- */

static const char *sync_words(const struct nm_line_status *status, char *room, size_t size)
{
	switch (status->sync) {
	case NM_SYNC_SAME:
		return "in sync";
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

static unsigned sync_style(enum nm_sync sync)
{
	return sync == NM_SYNC_SAME ? STYLE_GOOD : sync == NM_SYNC_UNKNOWN ? STYLE_DIM : STYLE_WARNING;
}

/* What stands in a push's way or is lost by it, and what it changes. */
static void add_consequences(struct notes *notes, const struct nm_line_status *status)
{
	for (size_t i = 0; i < status->losses.n; i++)
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
	if (status->sync == NM_SYNC_NOTHING)
		notes_add(notes, STYLE_PLAIN, "nothing is at the carrier yet: the whole line is new");
	else if (status->words && status->sync != NM_SYNC_SAME && status->differences.n == 0)
		notes_add(notes, STYLE_PLAIN, status->words);
}

/* --- acting --- */

static bool may_push(struct app *app)
{
	if (!app_may_change(app))
		return false;
	if (!nm_document_dirty(app->session->document))
		return true;
	app_message(app, STYLE_WARNING, "the plan has edits that are not saved: u takes them back");
	return false;
}

static void ask_push(struct push *push, struct app *app, bool all)
{
	const struct nm_plan *plan = app_plan(app);
	struct notes notes;
	char question[256];

	if (!may_push(app) || push->list.n == 0)
		return;
	notes_init(&notes);
	for (size_t i = 0; i < plan->n_lines; i++) {
		const struct nm_line_status *status = status_of(app, i);

		if (!all && i != push->list.at)
			continue;
		if (all)
			notes_add(&notes, STYLE_HEAD, plan->lines[i].name);
		if (status && status->sync == NM_SYNC_SAME)
			notes_add(&notes, STYLE_DIM, "live is the plan already: nothing to do");
		else if (status)
			add_consequences(&notes, status);
		else
			notes_add(&notes, STYLE_DIM, "what is live is not known");
	}
	if (all)
		snprintf(question, sizeof question, "make live what the plan says, on all %zu lines?",
			 plan->n_lines);
	else
		snprintf(question, sizeof question, "make live what the plan says for %s?",
			 plan->lines[push->list.at].name);
	app_confirm(app, all ? TAG_PUSH_ALL : TAG_PUSH, question, &notes);
	notes_clear(&notes);
}

static void ask_roll_back(struct push *push, struct app *app)
{
	char question[256];

	if (!may_push(app) || push->list.n == 0)
		return;
	if (!push->records_known || push->records.n == 0) {
		app_message(app, STYLE_PLAIN, "nothing was ever pushed to this line");
		return;
	}
	snprintf(question, sizeof question, "put back what was live on %s before push #%lld?",
		 app_plan(app)->lines[push->list.at].name, (long long)push->records.items[0].id);
	app_confirm(app, TAG_ROLL_BACK, question, NULL);
}

/* Says how it went: a line in the message, or a page when several lines took part. */
static void tell(struct app *app, const struct nm_push_results *results, enum nm_code code,
		 const struct nm_error *err)
{
	struct notes notes;

	if (results->n == 1) {
		app_message(app, code ? STYLE_ERROR : STYLE_GOOD, "%s: %s",
			    app_plan(app)->lines[results->items[0].line].name, results->items[0].words);
		return;
	}
	if (code)
		app_error(app, err);
	if (results->n == 0)
		return;
	notes_init(&notes);
	for (size_t i = 0; i < results->n; i++)
		notes_addf(&notes, results->items[i].state == NM_PUSH_DONE ? STYLE_GOOD : STYLE_ERROR,
			   "%-16s %s", app_plan(app)->lines[results->items[i].line].name,
			   results->items[i].words);
	app_page(app, "push", &notes);
	notes_clear(&notes);
}

static void run(struct push *push, struct app *app, int line, bool back)
{
	struct nm_push_context context;
	struct nm_push_results results = {0};
	struct nm_push_options options = {.line = line};
	struct nm_error err;
	enum nm_code code = session_push_context(app->session, &context, &err);

	if (code) {
		app_error(app, &err);
		return;
	}
	if (!app_progress(app, "reading", 0, line < 0 ? app_plan(app)->n_lines : 1)) {
		app_message(app, STYLE_PLAIN, "nothing was done");
		return;
	}
	options.plan_text = nm_document_text(app->session->document, &options.plan_len);
	code = back ? nm_rollback(&context, line, 0, NULL, &results, &err)
		    : nm_push(&context, &options, &results, &err);
	if (code && results.n == 0)
		app_error(app, &err);
	forget_records(push);
	read_live(push, app);
	tell(app, &results, code, &err);
	nm_push_results_clear(&results);
}

static void show_artefact(struct push *push, struct app *app)
{
	const struct nm_line_status *status = status_of(app, push->list.at);
	struct notes notes;
	char title[256];

	if (!status) {
		app_message(app, STYLE_PLAIN, "the lines have not been read: r reads them");
		return;
	}
	notes_init(&notes);
	for (size_t i = 0; i < status->wanted.n; i++) {
		const char *live = i < status->live.n ? status->live.parts[i].bytes : NULL;

		notes_addf(&notes, STYLE_HEAD, "%s (%s, %zu bytes)", status->wanted.parts[i].name,
			   status->wanted.parts[i].type, status->wanted.parts[i].len);
		if (live && !strcmp(live, status->wanted.parts[i].bytes)) {
			notes_add(&notes, STYLE_GOOD, "the same is there now");
			notes_lines(&notes, live);
		} else {
			notes_diff(&notes, live ? live : "", status->wanted.parts[i].bytes);
		}
	}
	snprintf(title, sizeof title, "%s: what the carrier should hold, against what is there",
		 app_plan(app)->lines[push->list.at].name);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

static const char *row_text(const void *context, size_t i)
{
	const struct nm_plan *plan = context;

	return plan->lines[i].name;
}

static void search(struct push *push, struct app *app, bool back, bool here)
{
	if (!list_find(&push->list, back, here, row_text, app_plan(app)))
		app_message(app, STYLE_PLAIN,
			    push->list.search[0] ? "not found: %s" : "search with / first%s",
			    push->list.search);
}

static enum verdict take_answer(struct push *push, struct app *app, const struct event *event)
{
	if (!event->text) {
		app_message(app, STYLE_PLAIN, "nothing was done");
		return VERDICT_REDRAW;
	}
	switch (event->tag) {
	case TAG_SEARCH:
		snprintf(push->list.search, sizeof push->list.search, "%s", event->text);
		search(push, app, false, true);
		break;
	case TAG_PUSH:
		run(push, app, (int)push->list.at, false);
		break;
	case TAG_PUSH_ALL:
		run(push, app, -1, false);
		break;
	case TAG_ROLL_BACK:
		run(push, app, (int)push->list.at, true);
		break;
	default:
		break;
	}
	return VERDICT_REDRAW;
}

static enum verdict act_push(void *state, struct app *app, const struct event *event)
{
	struct push *push = state;

	if (list_act(&push->list, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_PUSH_LINE:
	case ACTION_PUSH_ALL:
		ask_push(push, app, event->action == ACTION_PUSH_ALL);
		break;
	case ACTION_ROLL_BACK:
		ask_roll_back(push, app);
		break;
	case ACTION_READ_AGAIN:
		read_live(push, app);
		break;
	case ACTION_ARTEFACT:
		show_artefact(push, app);
		break;
	case ACTION_EDITOR:
		app_editor(app, push->list.n ? app_plan(app)->lines[push->list.at].pos : (struct nm_pos){0});
		break;
	case ACTION_SEARCH:
		app_ask(app, TAG_SEARCH, "/", "", NULL);
		break;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BACK:
		search(push, app, event->action == ACTION_SEARCH_BACK, false);
		break;
	case ACTION_ANSWER:
		return take_answer(push, app, event);
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* --- drawing --- */

static void ago(nm_time then, nm_time now, char *out, size_t size)
{
	char words[NM_TIME_TEXT];

	if (then == 0)
		snprintf(out, size, "never");
	else if (now - then < 60)
		snprintf(out, size, "now");
	else {
		nm_duration_words((now - then) / 60 * 60, words);
		snprintf(out, size, "%s ago", words);
	}
}

static void draw_line(const struct app *app, struct canvas *canvas, int y, size_t i, bool cursor)
{
	const struct nm_plan *plan = app_plan(app);
	const struct nm_line *line = &plan->lines[i];
	const struct nm_line_status *status = status_of(app, i);
	const struct nm_line_fact *fact = app_fact(app, line->name);
	unsigned mark = cursor ? STYLE_CURSOR : 0;
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	char number[NM_NUMBER_TEXT], words[64];

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
	if (status)
		pen_text(&pen, sync_style(status->sync), sync_words(status, words, sizeof words));
	else if (fact && fact->read_at)
		pen_text(&pen, STYLE_DIM, !fact->known ? "unknown" : fact->in_sync ? "in sync" : "drifts");
	else
		pen_text(&pen, STYLE_DIM, "not read");
	pen_tab(&pen, 64);
	ago(status ? app->session->status_at : fact ? fact->read_at : 0, app_now(app), words, sizeof words);
	pen_text(&pen, STYLE_DIM, words);
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

static void draw_history(const struct push *push, const struct app *app, struct canvas *canvas, int y,
			 int end)
{
	for (size_t i = 0; push->records_known && i < push->records.n && y < end; i++, y++) {
		const struct nm_push_record *record = &push->records.items[i];
		struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
		char when[80];

		pen_text(&pen, STYLE_HEAD, i == 0 ? "history" : "");
		pen_tab(&pen, 10);
		ago(record->at, app_now(app), when, sizeof when);
		pen_textf(&pen, STYLE_PLAIN, "#%lld  %s  %s  ", (long long)record->id, when, record->who);
		pen_text(&pen, record->state == NM_PUSH_DONE ? STYLE_GOOD : STYLE_WARNING,
			 record->result && record->result[0] ? record->result
							     : push_state_words(record->state));
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

static const char *heading(enum nm_sync sync)
{
	switch (sync) {
	case NM_SYNC_SAME:
		return ": live is what the plan says";
	case NM_SYNC_FOREIGN:
		return ": something else is there, which a push would replace";
	case NM_SYNC_UNKNOWN:
		return ": what is live could not be read";
	case NM_SYNC_NOTHING:
	case NM_SYNC_DRIFT:
		break;
	}
	return ": a push would do";
}

static void draw_details(const struct push *push, const struct app *app, struct canvas *canvas, int y,
			 int end)
{
	const struct nm_line_status *status = status_of(app, push->list.at);
	const char *name = app_plan(app)->lines[push->list.at].name;
	struct pen pen = pen_at(canvas, 1, y++, canvas->width - 1);
	struct notes notes;
	/* What a push would do comes first; the history has a third of what is there, and three rows do. */
	int history = push->records_known && push->records.n ? (end - y) / 3 : 0;
	int most = end - y - (history < 3 ? history : 3);

	pen_text(&pen, STYLE_BOLD, name);
	if (!status) {
		pen_text(&pen, STYLE_DIM, push->err.code ? ": " : ": reading what is live …");
		pen_text(&pen, STYLE_ERROR, push->err.text);
		draw_history(push, app, canvas, y + 1, end);
		return;
	}
	pen_text(&pen, STYLE_PLAIN, heading(status->sync));
	notes_init(&notes);
	add_consequences(&notes, status);
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
	if (status->losses.needs_agent && y < end)
		canvas_text(canvas, 3, y++, canvas->width - 4, STYLE_WARNING,
			    "its hours hold only while the agent pushes at boundaries");
	draw_history(push, app, canvas, y + (end - y > 3), end);
}

static void draw_push(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct push *push = state;
	int y = body.y, end = body.y + body.height, rows = body.height < 12 ? 3 : body.height * 2 / 5;
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
	top = list_top(&push->list, rows);
	for (int i = 0; i < rows && top + (size_t)i < push->list.n; i++)
		draw_line(app, canvas, y + i, top + (size_t)i, top + (size_t)i == push->list.at);
	y += rows;
	if (y + 1 >= end)
		return;
	canvas_fill(canvas, 0, y++, body.width, STYLE_RULE, 0x2500);
	draw_details(push, app, canvas, y, end);
}

const struct screen_ops screen_push = {
	.name = "push",
	.title = "Push",
	.context = CONTEXT_PUSH,
	.open = open_push,
	.close = close_push,
	.act = act_push,
	.derive = derive_push,
	.idle = idle_push,
	.draw = draw_push,
};
