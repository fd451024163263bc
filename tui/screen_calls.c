/* SPDX-License-Identifier: MIT */
/*
 * Calls: whom to call back, and the log of calls.
 * In: the store, the plan.  Out: the two lists, and a page for one row of either.  Only the part of the log that is
 * looked at is read; a filter goes through all of it while the keyboard is quiet.
 */
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nevermiss/report.h"
#include "prompt.h"

static void *open_calls(struct app *app, const void *argument, struct nm_error *err)
{
	struct calls *calls = calloc(1, sizeof *calls);

	(void)app;
	(void)argument;
	if (!calls) {
		nm_fail_memory(err);
		return NULL;
	}
	calls->until = NM_TIME_MAX;
	call_log_begin(&calls->log, "", NM_TIME_MAX);
	return calls;
}

static void leave_calls(void *state)
{
	struct calls *calls = state;

	nm_followups_clear(&calls->queue);
	call_log_rest(&calls->log);
}

static void close_calls(void *state)
{
	struct calls *calls = state;

	nm_explainer_free(calls->explainer);
	nm_followups_clear(&calls->queue);
	call_log_clear(&calls->log);
	call_page_clear(&calls->page);
	free(calls);
}

const struct nm_followup *calls_chosen_followup(const struct calls *calls)
{
	return calls->queue_list.at < calls->queue.n ? &calls->queue.items[calls->queue_list.at] : NULL;
}

const struct nm_call_entry *calls_chosen_call(const struct calls *calls)
{
	return call_log_row(&calls->log, calls->log_list.at);
}

const struct calls_seen *calls_seen(const struct calls *calls, int64_t id)
{
	for (size_t i = 0; i < CALLS_SEEN; i++) {
		if (calls->seen[i].id == id)
			return &calls->seen[i];
	}
	return NULL;
}

/* --- reading --- */

static void begin_log(struct calls *calls, const char *filter)
{
	call_log_begin(&calls->log, filter, calls->until);
	calls->log_list.at = 0;
	calls->this_month = 0;
	calls->to_end = false;
	calls->resume = 0;
}

static enum nm_code read_queue(struct calls *calls, struct app *app, struct nm_store *store, struct nm_error *err)
{
	const struct nm_followup_filter filter = {
		.open = true,
		.since = NM_TIME_MIN,
		.until = NM_TIME_MAX,
		.most = CALLS_QUEUE,
		.now = app_now(app)};
	struct nm_followups queue;
	enum nm_code code = nm_store_followups(store, &filter, &queue, err);

	if (code)
		return code;
	nm_followups_clear(&calls->queue);
	calls->queue = queue;
	nm_followups_sort(app_plan(app), &calls->queue);
	list_set(&calls->queue_list, queue.n);
	for (size_t i = 0; i < queue.n && calls->chosen; i++) {
		if (calls->queue.items[i].id == calls->chosen)
			calls->queue_list.at = i;
	}
	if (!calls->known)
		calls->in_queue = queue.n > 0;
	return NM_OK;
}

/* Everything anew where plan or store are others now, and what was given back. */
static enum nm_code refresh(struct calls *calls, struct app *app, struct nm_store *store, struct nm_error *err)
{
	const uint64_t changes = nm_store_changes(store);
	const bool same_plan = calls->explainer && calls->generation == app->session->generation;
	const size_t at = calls->resume ? calls->resume : calls->log_list.at;
	enum nm_code code = NM_OK;

	if (calls->known && same_plan && calls->changes == changes)
		return calls->queue.arena ? NM_OK : read_queue(calls, app, store, err);
	nm_explainer_free(calls->explainer);
	calls->explainer = NULL;
	memset(calls->seen, 0, sizeof calls->seen);
	call_page_clear(&calls->page);
	begin_log(calls, calls->log.filter);
	calls->resume = at;
	code = read_queue(calls, app, store, err);
	if (!code)
		code = nm_explainer_new(app_plan(app), store, &calls->explainer, err);
	calls->known = !code;
	calls->generation = app->session->generation;
	calls->changes = changes;
	return code;
}

/* How many calls this month has, as far as was read; all of them when what was read goes back beyond it. */
static void count_month(struct calls *calls, const struct app *app)
{
	const struct nm_call_entry *call;

	calls->month = nm_report_month(session_zone(app->session), app_now(app), NM_TIME_MAX).from;
	while ((call = call_log_row(&calls->log, calls->this_month)) && call->began >= calls->month)
		calls->this_month++;
}

/* Reads as far as the rows that are looked at; a filter may find none of them for long, and goes on in quiet moments. */
static enum nm_code read_log(struct calls *calls, struct app *app, struct nm_store *store, struct nm_error *err)
{
	const size_t page = calls->log_list.page + 1;
	const bool filtered = calls->log.filter[0];
	enum nm_code code = NM_OK;

	do {
		if (calls->log.rows > calls->log_list.at + page || calls->log.ended)
			break;
		code = call_log_read(&calls->log, store, app_plan(app), err);
		count_month(calls, app);
	} while (!code && !filtered);
	return code;
}

/* Where the log is still being read for the cursor, it stands on the last row found. */
static void place_cursor(struct calls *calls)
{
	const size_t rows = calls->log.rows;

	if (rows && (calls->to_end || calls->resume))
		calls->log_list.at = calls->resume && calls->resume < rows ? calls->resume : rows - 1;
	if (calls->resume < rows || calls->log.ended)
		calls->resume = 0;
	list_set(&calls->log_list, rows);
}

static enum nm_code derive_all(struct calls *calls, struct app *app, struct nm_error *err)
{
	const struct calls_layout layout = calls_layout(calls, app_body(app));
	struct nm_store *store;
	enum nm_code code = session_store(app->session, &store, err);

	if (!code)
		code = refresh(calls, app, store, err);
	if (code)
		return code;
	calls->queue_list.page = layout.queue.height > 1 ? (size_t)layout.queue.height - 1 : 1;
	calls->log_list.page = layout.log.height > 1 ? (size_t)layout.log.height - 1 : 1;
	code = read_log(calls, app, store, err);
	if (code)
		return code;
	place_cursor(calls);
	return call_log_hold(&calls->log, store, app_plan(app),
			     list_top(&calls->log_list, (int)calls->log_list.page), calls->log_list.page, err);
}

static void derive_calls(void *state, struct app *app)
{
	struct calls *calls = state;

	calls->err = (struct nm_error){0};
	if (derive_all(calls, app, &calls->err))
		return;
	calls->chosen = calls_chosen_followup(calls) ? calls_chosen_followup(calls)->id : 0;
}

/* --- in quiet moments --- */

static void explain_row(struct calls *calls, struct nm_store *store, const struct nm_call_entry *row)
{
	struct calls_seen *seen = &calls->seen[calls->n_seen++ % CALLS_SEEN];
	struct nm_arena *arena = nm_arena_new();
	struct nm_explanation explanation = {.brief = ""};
	struct nm_call_entry call;

	*seen = (struct calls_seen){.id = row->id, .failed = true};
	if (arena && nm_store_call_get(store, row->id, arena, &call, NULL) == NM_OK &&
	    nm_explain(calls->explainer, &call, false, arena, &explanation, NULL) == NM_OK) {
		seen->failed = false;
		seen->verdict = explanation.verdict;
		snprintf(seen->brief, sizeof seen->brief, "%s", explanation.brief);
	}
	nm_arena_free(arena);
}

/* The next row in sight of which it is not known whether it went as planned. */
static bool explain_next(struct calls *calls, struct nm_store *store)
{
	const size_t rows = calls->log_list.page, top = list_top(&calls->log_list, (int)rows);

	for (size_t i = top; i < top + rows && i < top + CALLS_SIGHT; i++) {
		const struct nm_call_entry *row = call_log_row(&calls->log, i);

		if (!row || calls_seen(calls, row->id))
			continue;
		explain_row(calls, store, row);
		return true;
	}
	return false;
}

/* The call under the cursor, beside the lists. */
static bool read_page(struct calls *calls, struct app *app)
{
	const struct nm_call_entry *row = calls_chosen_call(calls);

	if (!row || !calls_layout(calls, app_body(app)).detail.width || calls->page.id == row->id)
		return false;
	call_page_clear(&calls->page);
	if (call_page_read(&calls->page, app->session, row->id, NULL))
		calls->page.id = row->id; /* nothing is shown of it, and it is not tried again */
	return true;
}

static bool wants_more(const struct calls *calls)
{
	if (calls->log.ended)
		return false;
	if (calls->to_end || calls->resume || calls->log.filter[0])
		return true;
	return calls->until == NM_TIME_MAX && calls->log.began >= calls->month && calls->log.read < CALLS_MONTH;
}

/* Is the cursor on its way through the log?  The rows in sight are not those at which it will stand. */
static bool passes_by(const struct calls *calls)
{
	return (calls->to_end || calls->resume) && !calls->log.ended;
}

static bool idle_calls(void *state, struct app *app)
{
	struct calls *calls = state;
	struct nm_store *store;

	if (!calls->known || calls->err.code || session_store(app->session, &store, NULL))
		return false;
	if (!passes_by(calls) && (explain_next(calls, store) || read_page(calls, app)))
		return true;
	if (!wants_more(calls) || call_log_read(&calls->log, store, app_plan(app), &calls->err))
		return false;
	count_month(calls, app);
	return true;
}

/* --- acting --- */

static void hear_filter(struct app *app, const char *typed)
{
	struct layer *tab = &app->tabs[app->tab];

	if (tab->ops == &screen_calls)
		begin_log(tab->state, typed);
}

static void ask_filter(struct calls *calls, struct app *app)
{
	calls->in_queue = false;
	app_ask_heard(app, TAG_FILTER,
		      &(struct heard_line){.question = "/", .offered = calls->log.filter, .hear = hear_filter});
}

static void ask_date(struct app *app, const char *typed)
{
	app_ask(app, TAG_DATE, "calls until (2026-11-20, 2026-11-20 17:00, now):", "", typed);
}

/* A day alone is meant to its end. */
static void take_date(struct calls *calls, struct app *app, const char *text)
{
	const struct nm_zone *zone = session_zone(app->session);
	const bool day = strlen(text) == strlen("2026-11-20");
	struct nm_error err;
	nm_time t;

	if (nm_time_read(text, zone, app_now(app), &t, &err)) {
		app_error(app, &err);
		ask_date(app, text);
		return;
	}
	calls->until = day ? nm_zone_utc(zone, nm_zone_local(zone, t) + NM_DAY, NULL) : t;
	begin_log(calls, calls->log.filter);
}

/* False when there is neither filter nor date to take away. */
static bool widen(struct calls *calls)
{
	if (calls->log.filter[0]) {
		begin_log(calls, "");
		return true;
	}
	if (calls->until == NM_TIME_MAX)
		return false;
	calls->until = NM_TIME_MAX;
	begin_log(calls, "");
	return true;
}

static void enter(struct calls *calls, struct app *app)
{
	const struct nm_call_entry *call = calls_chosen_call(calls);

	if (calls->in_queue)
		calls_history(calls, app);
	else if (call)
		app_call(app, call->id);
	else
		app_message(app, STYLE_PLAIN, "there is no call here");
}

/* Of somebody to call back, the call that opened it. */
static void play(struct calls *calls, struct app *app)
{
	const struct nm_call_entry *call = calls->in_queue ? NULL : calls_chosen_call(calls);
	const struct nm_followup *followup = calls->in_queue ? calls_chosen_followup(calls) : NULL;
	const int64_t id = call ? call->id : followup ? followup->call : 0;

	if (id)
		app_call_play(app, id);
	else
		app_message(app, STYLE_PLAIN, "there is no call here");
}

/* Every call of the log has the words of the filter: the next one is the next row. */
static void next_match(struct calls *calls, struct app *app, bool back)
{
	const size_t at = calls->log_list.at;

	if (calls->log.filter[0] == '\0') {
		app_message(app, STYLE_PLAIN, "nothing was searched for yet: / asks");
		return;
	}
	if (!calls->log.rows) {
		app_message(app, STYLE_WARNING, calls->log.ended ? "no call has these words: %s" : "no call with %s yet, reading on",
			    calls->log.filter);
		return;
	}
	calls->in_queue = false;
	calls->resume = 0;
	if (!list_act(&calls->log_list, back ? ACTION_UP : ACTION_DOWN) || calls->log_list.at == at)
		app_message(app, STYLE_WARNING, back ? "this is the first call with %s" : "this is the last call with %s",
			    calls->log.filter);
}

static bool move(struct calls *calls, struct app *app, enum action action)
{
	struct list *list = calls->in_queue ? &calls->queue_list : &calls->log_list;

	if (!list_act(list, action))
		return false;
	if (list->n == 0)
		app_message(app, STYLE_DIM, "nothing is listed here");
	calls->to_end = !calls->in_queue && action == ACTION_LAST;
	calls->resume = 0;
	if (calls->in_queue && calls_chosen_followup(calls))
		calls->chosen = calls_chosen_followup(calls)->id;
	return true;
}

static enum verdict take_answer(struct calls *calls, struct app *app, const struct event *event)
{
	if (event->tag == TAG_FILTER)
		begin_log(calls, event->text ? event->text : "");
	else if (event->tag == TAG_DATE && event->text)
		take_date(calls, app, event->text);
	else if (event->tag != TAG_DATE)
		calls_queue_answer(calls, app, event);
	return VERDICT_REDRAW;
}

static enum verdict act_calls(void *state, struct app *app, const struct event *event)
{
	struct calls *calls = state;

	if (move(calls, app, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_NEXT_PANE:
		calls->in_queue = !calls->in_queue;
		break;
	case ACTION_ENTER:
		enter(calls, app);
		break;
	case ACTION_PLAY:
		play(calls, app);
		break;
	case ACTION_SEARCH:
		ask_filter(calls, app);
		break;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BACK:
		next_match(calls, app, event->action == ACTION_SEARCH_BACK);
		break;
	case ACTION_DATE:
		ask_date(app, "");
		break;
	case ACTION_BACK:
		return widen(calls) ? VERDICT_REDRAW : VERDICT_STAY;
	case ACTION_BOOKED:
	case ACTION_RESOLVED:
	case ACTION_NOT_REACHED:
	case ACTION_CUSTOMER_LOST:
		calls_outcome(calls, app, event->action);
		break;
	case ACTION_CALL_CUSTOMER:
		calls_call_ask(calls, app);
		break;
	case ACTION_TEXT_CUSTOMER:
		calls_text_ask(calls, app);
		break;
	case ACTION_TAKE_BACK:
		calls_take_back(calls, app);
		break;
	case ACTION_LEAD:
		calls_lead_ask(calls, app);
		break;
	case ACTION_ANSWER:
		return take_answer(calls, app, event);
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

static bool holds(const struct box *box, int x, int y)
{
	return x >= box->x && x < box->x + box->width && y >= box->y && y < box->y + box->height;
}

static enum pane_at pane_at(const void *state, const struct app *app, int x, int y)
{
	const struct calls *calls = state;
	const struct calls_layout layout = calls_layout(calls, app_body(app));

	if (holds(calls->in_queue ? &layout.queue : &layout.log, x, y))
		return PANE_KEYS;
	return holds(calls->in_queue ? &layout.log : &layout.queue, x, y) ? PANE_OTHER : PANE_NONE;
}

/* What does nothing in this part is not named. */
static const char *label_calls(const void *state, const struct app *app, enum action action)
{
	const struct calls *calls = state;
	const bool empty = calls->in_queue ? !calls->queue.n : !calls->log.rows;

	(void)app;
	switch (action) {
	case ACTION_ENTER:
		return empty ? "" : calls->in_queue ? "history" : NULL;
	case ACTION_NEXT_PANE:
		return calls->in_queue ? "log" : "call back";
	case ACTION_SEARCH:
		return calls->in_queue ? "" : NULL;
	case ACTION_BOOKED:
	case ACTION_RESOLVED:
	case ACTION_NOT_REACHED:
	case ACTION_CUSTOMER_LOST:
	case ACTION_CALL_CUSTOMER:
	case ACTION_TEXT_CUSTOMER:
		return calls->in_queue && calls->queue.n ? NULL : "";
	case ACTION_TAKE_BACK:
		return calls->in_queue ? NULL : "";
	default:
		return NULL;
	}
}

const struct screen_ops screen_calls = {
	.name = "calls",
	.title = "Calls",
	.context = CONTEXT_CALLS,
	.open = open_calls,
	.leave = leave_calls,
	.close = close_calls,
	.act = act_calls,
	.derive = derive_calls,
	.idle = idle_calls,
	.idle_beside = true,
	.label = label_calls,
	.pane_at = pane_at,
	.draw = calls_draw,
};
