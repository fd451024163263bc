/* SPDX-License-Identifier: MIT */
/*
 * Push: what the carriers do now, what a push would do, and what was pushed.
 * In: the status of the lines (read when the screen is first quiet), the store's records.  Out: pushes and
 * roll-backs, which say what they change and ask first.  How it looks is push_draw.c's, pages over it are push_pages.c's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "codes.h"
#include "handwork.h"
#include "list.h"
#include "prompt.h"
#include "push.h"
#include "search.h"

enum { TAG_GO, TAG_FORCE, TAG_REASON, TAG_HISTORY };

#define HISTORY 100

const struct push_wish push_all_lines = {.ask_all = true};

/* What the lines did before the wish is not asked about: they are read anew. */
static void go_push(void *state, struct app *app, const void *argument)
{
	const struct push_wish *wish = argument;
	struct push *push = state;

	push->ask_all = wish->ask_all;
	push->tried = false;
	session_forget_status(app->session);
}

static void *open_push(struct app *app, const void *argument, struct nm_error *err)
{
	struct push *push = calloc(1, sizeof *push);

	if (!push)
		nm_fail_memory(err);
	else if (argument)
		go_push(push, app, argument);
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

/* The plan is another one, or has been saved: its lines are to be read once more. */
static void notice_plan(struct push *push, struct app *app)
{
	const struct session *session = app->session;
	const bool unsaved = nm_document_dirty(session->document);

	if (push->generation == session->generation && push->unsaved == unsaved)
		return;
	stages_clear(&app->stages);
	push->generation = session->generation;
	push->unsaved = unsaved;
	push->tried = false;
	forget_records(push);
}

static void derive_push(void *state, struct app *app)
{
	struct push *push = state;
	struct nm_store *store;

	list_set(&push->list, app_plan(app)->n_lines);
	push->list.page = (size_t)(app_body(app).height / 2);
	notice_plan(push, app);
	/* A page over this one may have pushed. */
	if (push->records_known && push->records_of == push->list.at && app->depth == 0)
		return;
	forget_records(push);
	if (push->list.n == 0 || session_store(app->session, &store, NULL))
		return;
	push->records_of = push->list.at;
	push->records_known = nm_store_pushes(store, app_plan(app)->lines[push->list.at].number, false, HISTORY,
					      &push->records, NULL) == NM_OK;
}

/* Has the lines read, from here on in quiet moments. */
static void read_live(struct push *push, struct app *app)
{
	push->tried = true;
	push->err = (struct nm_error){0};
	if (session_reading_begin(app->session, &push->err))
		app_error(app, &push->err);
}

/* The same for somebody who waits for what comes of it. */
static void read_again(struct push *push, struct app *app)
{
	stages_clear(&app->stages);
	push->read.mark = push_read_mark(app->session);
	push->read.readings = app->session->readings;
	read_live(push, app);
	push->read.asked = app->session->reading != NULL;
}

/* What failed, or was stopped, has been told. */
static void tell_read(struct push *push, struct app *app)
{
	struct nm_buf words;

	push->read.asked = false;
	if (!app->session->status_known || app->session->readings == push->read.readings)
		return;
	nm_buf_init(&words, APP_MESSAGE);
	push_read_words(app->session, push->read.mark, &words);
	app_message(app, STYLE_PLAIN, "%s", words.data);
	nm_buf_clear(&words);
}

static void stop_reading(struct push *push, struct app *app)
{
	struct nm_error err;

	push->read.asked = false;
	if (session_reading_stop(app->session, &err))
		app_error(app, &err);
	else
		app_message(app, STYLE_PLAIN, "stopped: what was not read is unknown, r reads it");
	app_forget_facts(app);
}

/* What needs the carriers, or what is read from them, has to wait; false, with a message, while it does. */
static bool may_go_on(struct app *app)
{
	if (!app->session->reading)
		return true;
	app_message(app, STYLE_PLAIN, "the lines are being read: wait for that, or stop it with Esc");
	return false;
}

static bool keeps_time(const struct nm_plan *plan, const struct nm_line_status *line)
{
	return nm_carrier_traits(line->carrier, &plan->accounts[plan->lines[line->line].account]).keeps_time;
}

/* A line whose carrier keeps no time is to do something else than when it was read. */
static bool time_has_passed(const struct app *app)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->status_known && i < session->status.n; i++) {
		const struct nm_line_status *line = &session->status.lines[i];

		if (line->carrier && line->plan_route && !keeps_time(session->plan, line) &&
		    nm_route_situation(line->plan_route, session->status_at) !=
			    nm_route_situation(line->plan_route, app_now(app)))
			return true;
	}
	return false;
}

/* --- acting --- */

/* What is about to be asked: `back` on this line (-1: all).  What is refused needs a reason, which is asked for
 * after the yes. */
static void ask_go(struct push *push, struct app *app, int line, bool back, bool refused, const char *question,
		   const struct notes *notes)
{
	push->asked_line = line;
	push->asked_back = back;
	app_confirm(app, refused ? TAG_FORCE : TAG_GO, question, notes);
}

/* How many lines a push of all would do something with. */
static size_t lines_taking_part(const struct app *app)
{
	size_t n = 0;

	for (size_t i = 0; i < app_plan(app)->n_lines; i++)
		n += push_takes_part(app, i);
	return n;
}

/* More lines than are told on a page: what is said before is said of all. */
static void ask_many(struct push *push, struct app *app, bool refused, struct notes *before)
{
	struct push_question question = {.tag = refused ? TAG_FORCE : TAG_GO, .before = before};
	char words[256];

	push->asked_line = -1;
	push->asked_back = false;
	push_add_cut_off(app, before);
	push_question(app, -1, refused, words, sizeof words);
	question.question = words;
	push_review_ask(app, &question);
}

static void ask_push(struct push *push, struct app *app, bool all)
{
	struct notes notes;
	char question[256];
	bool refused;

	if (!app_may_push(app) || push->list.n == 0 || !may_go_on(app))
		return;
	notes_init(&notes);
	push_add_errors(app, &notes);
	refused = push_add_refusal(app, &notes);
	if (all && lines_taking_part(app) > PUSH_FEW) {
		ask_many(push, app, refused, &notes);
	} else if (push_add_lines(app, &notes, all ? -1 : (int)push->list.at)) {
		push_question(app, all ? -1 : (int)push->list.at, refused, question, sizeof question);
		ask_go(push, app, all ? -1 : (int)push->list.at, false, refused, question, &notes);
	} else {
		app_message(app, STYLE_GOOD, all ? "in sync: nothing to push" : "this line is in sync: nothing to push");
	}
	notes_clear(&notes);
}

static bool idle_push(void *state, struct app *app)
{
	struct push *push = state;

	if (app->depth)
		return false;
	if ((!push->tried && !app->session->status_known) || time_has_passed(app)) {
		read_live(push, app);
		return true;
	}
	if (push->read.asked)
		tell_read(push, app);
	if (push->ask_all) {
		push->ask_all = false;
		if (app->session->status_known)
			ask_push(push, app, true);
		return true;
	}
	return false;
}

/* Somebody has to do what the line at the cursor needs. */
static bool at_hand_line(const struct push *push, const struct app *app)
{
	return push->list.n && handwork_line(app_plan(app), (int)push->list.at);
}

/* What going back would do, read from the carrier now. */
static bool look_back(struct push *push, struct app *app, int64_t id, struct nm_rollback_view *view)
{
	struct nm_push_context context;
	struct nm_error err;
	enum nm_code code = session_push_context(app->session, &context, &err);

	app_progress(app, "reading", "line", 0, 1);
	if (!code)
		code = nm_rollback_look(&context, (int)push->list.at, id, view, &err);
	if (code)
		app_error(app, &err);
	return code == NM_OK;
}

/* To before the push `id`; 0: the newest. */
static void ask_roll_back(struct push *push, struct app *app, int64_t id)
{
	struct nm_rollback_view view;
	struct notes notes;
	char question[256];

	if (!app_may_push(app) || push->list.n == 0 || !may_go_on(app))
		return;
	if (!push->records_known || push->records.n == 0) {
		app_message(app, STYLE_PLAIN, "nothing was ever pushed to this line");
		return;
	}
	if (!look_back(push, app, id, &view))
		return;
	push->asked_push = id;
	notes_init(&notes);
	push_add_way_back(&notes, &view);
	snprintf(question, sizeof question, "put back what was live on %s before push #%lld%s?",
		 app_plan(app)->lines[push->list.at].name, (long long)view.id,
		 view.refusal ? ", with a reason" : "");
	ask_go(push, app, (int)push->list.at, true, view.refusal != NULL, question, &notes);
	notes_clear(&notes);
	nm_rollback_view_clear(&view);
}

/* All pushes of the line: choosing one asks to go back to before it. */
static void ask_history(struct push *push, struct app *app)
{
	const size_t n = push->records_known ? push->records.n : 0;
	char (*rows)[PUSH_RECORD_TEXT] = calloc(n + 1, sizeof *rows);
	const char **items = calloc(n + 1, sizeof *items);
	char question[256];

	if (n == 0)
		app_message(app, STYLE_PLAIN, "nothing was ever pushed to this line");
	for (size_t i = 0; rows && items && i < n; i++) {
		push_record_words(&push->records.items[i], app_now(app), rows[i]);
		items[i] = rows[i];
	}
	snprintf(question, sizeof question, "pushes of %s: Enter looks at going back to before one",
		 push->list.n ? app_plan(app)->lines[push->list.at].name : "");
	if (rows && items && n)
		app_choose(app, TAG_HISTORY, question, items, n, 0);
	free(items);
	free(rows);
}

/* The lines that a push of all leaves to somebody: of each whether it does; NULL: memory. */
static bool *left_to_hands(const struct app *app)
{
	const struct nm_plan *plan = app_plan(app);
	bool *nobody = calloc(plan->n_lines + 1, sizeof *nobody);

	for (size_t i = 0; nobody && i < plan->n_lines; i++)
		nobody[i] = handwork_line(plan, (int)i);
	return nobody;
}

static void add_result(const struct app *app, struct notes *notes, const struct nm_push_result *result)
{
	const char *line = app_plan(app)->lines[result->line].name;

	notes_addf(notes, result->state == NM_PUSH_DONE ? STYLE_GOOD : STYLE_ERROR, "%s%*s %s%s", line, text_gap(line, 16), "",
		   result->words, result->waits ? ": c shows what it is" : "");
}

/* Says how it went, what did not go first: a line in the message, or a page when several lines took part. */
static void tell(struct app *app, const struct nm_push_results *results, enum nm_code code,
		 const struct nm_error *err)
{
	struct notes notes;
	size_t failed;
	char title[96];

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
		if (results->items[i].state != NM_PUSH_DONE)
			add_result(app, &notes, &results->items[i]);
	failed = notes.n;
	for (size_t i = 0; i < results->n; i++)
		if (results->items[i].state == NM_PUSH_DONE)
			add_result(app, &notes, &results->items[i]);
	snprintf(title, sizeof title, "push: %zu of %zu lines are done", results->n - failed, results->n);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

/* Pushes, or goes back, as was asked about. */
static enum nm_code carry_out(struct push *push, struct app *app, const char *force, struct nm_push_results *results,
			      struct nm_error *err)
{
	bool *nobody = left_to_hands(app);
	struct nm_push_options options = {.line = push->asked_line, .force = force, .nobody = nobody};
	struct nm_push_context context;
	enum nm_code code = nobody ? session_push_context(app->session, &context, err) : nm_fail_memory(err);

	options.plan_text = nm_document_text(app->session->document, &options.plan_len);
	if (!code)
		code = push->asked_back ? nm_rollback(&context, push->asked_line, push->asked_push, force, results, err)
					: nm_push(&context, &options, results, err);
	free(nobody);
	return code;
}

/* Does what was asked about; force: the reason that it needed, NULL. */
static void run(struct push *push, struct app *app, const char *force)
{
	const size_t n = push->asked_line < 0 ? app_plan(app)->n_lines : 1;
	struct nm_push_results results = {0};
	struct nm_error err;
	enum nm_code code;

	stages_begin(&app->stages, app_plan(app)->n_lines);
	for (size_t i = 0; i < app_plan(app)->n_lines; i++)
		if (push->asked_line < 0 || (size_t)push->asked_line == i)
			stages_tell(&app->stages, (int)i, NM_LINE_WAITS);
	if (!app_progress(app, "reading", n == 1 ? "line" : "lines", 0, n)) {
		stages_clear(&app->stages);
		app_message(app, STYLE_PLAIN, "nothing was done");
		return;
	}
	code = carry_out(push, app, force, &results, &err);
	stages_end(&app->stages);
	if (code && results.n == 0)
		app_error(app, &err);
	forget_records(push);
	session_forget_status(app->session);
	app_forget_facts(app);
	read_live(push, app);
	tell(app, &results, code, &err);
	nm_push_results_clear(&results);
}

static const char *row_text(const void *context, size_t i)
{
	const struct nm_plan *plan = context;

	return plan->lines[i].name;
}

static bool find_line(void *state, struct app *app, bool back, bool here)
{
	struct push *push = state;

	return list_find(&push->list, back, here, row_text, app_plan(app));
}

static const struct search_ops line_search = {.where = "in this list", .find = find_line};

static enum verdict take_answer(struct push *push, struct app *app, const struct event *event)
{
	if (!event->text) {
		app_message(app, STYLE_PLAIN, "nothing was done");
		return VERDICT_REDRAW;
	}
	switch (event->tag) {
	case TAG_GO:
		run(push, app, NULL);
		break;
	case TAG_FORCE:
		app_ask(app, TAG_REASON, "the reason, which is recorded: ", "", NULL);
		break;
	case TAG_REASON:
		run(push, app, event->text);
		break;
	case TAG_HISTORY:
		if (push->records_known && event->index < push->records.n)
			ask_roll_back(push, app, push->records.items[event->index].id);
		break;
	default:
		break;
	}
	return VERDICT_REDRAW;
}

static enum verdict act_push(void *state, struct app *app, const struct event *event)
{
	struct push *push = state;

	push->ask_all = false; /* no question comes between somebody's keys */
	if (list_act(&push->list, event->action) ||
	    search_act(&line_search, push, push->list.search, app, event))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_PUSH_LINE:
	case ACTION_PUSH_ALL:
		if (event->action == ACTION_PUSH_LINE && at_hand_line(push, app))
			app_codes(app, (int)push->list.at);
		else
			ask_push(push, app, event->action == ACTION_PUSH_ALL);
		break;
	case ACTION_CODES:
		if (push->list.n)
			app_codes(app, (int)push->list.at);
		break;
	case ACTION_ROLL_BACK:
		if (at_hand_line(push, app))
			push_show_hand_back(app, (int)push->list.at);
		else
			ask_roll_back(push, app, 0);
		break;
	case ACTION_READ_AGAIN:
		read_again(push, app);
		break;
	case ACTION_BACK:
		if (!app->session->reading)
			return VERDICT_STAY;
		stop_reading(push, app);
		break;
	case ACTION_ARTEFACT:
		push_show_artefact(app, push->list.at);
		break;
	case ACTION_HOURS:
		push_show_hours(app, push->list.at);
		break;
	case ACTION_HISTORY:
		ask_history(push, app);
		break;
	case ACTION_EDITOR:
		app_editor(app, push->list.n ? app_plan(app)->lines[push->list.at].pos : (struct nm_pos){0});
		break;
	case ACTION_ANSWER:
		return take_answer(push, app, event);
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* The bar has room for what does something on this line. */
static const char *label_push(const void *state, const struct app *app, enum action action)
{
	const struct push *push = state;
	const bool hand = at_hand_line(push, app), never = !push->records_known || !push->records.n;

	if ((action == ACTION_ROLL_BACK || action == ACTION_HISTORY) && never)
		return "";
	if (action == ACTION_CODES)
		return hand ? NULL : "";
	if (action == ACTION_PUSH_LINE || action == ACTION_ROLL_BACK || action == ACTION_ARTEFACT || action == ACTION_HISTORY)
		return hand ? "" : NULL;
	return NULL;
}

const struct screen_ops screen_push = {
	.name = "push",
	.title = "Push",
	.context = CONTEXT_PUSH,
	.open = open_push,
	.go = go_push,
	.close = close_push,
	.act = act_push,
	.derive = derive_push,
	.idle = idle_push,
	.label = label_push,
	.draw = push_draw,
};
