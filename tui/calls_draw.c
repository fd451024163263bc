/* SPDX-License-Identifier: MIT */
/*
 * The Calls screen on the canvas: above whom to call back, below the log, on wide terminals the call under the cursor
 * beside them.
 */
#include "calls.h"

#include <limits.h>
#include <stdio.h>

#include "call_words.h"
#include "followups.h"

#define WIDE 60    /* columns below which only the most telling ones are shown */
#define WIDER 100  /* and from which on there is room for groups and lengths */
#define LOW 12     /* rows below which the part with the cursor comes first */
#define LOG_LEAST 3 /* rows of the log with a call: the rule above it, its head */
#define DETAIL 95  /* columns of the call beside the lists */

/* People to call back that are shown at once; -1: no log beside them, or, where that has the cursor, only it. */
static int queue_rows(const struct calls *calls, int height)
{
	const int n = calls->queue.n < (size_t)height ? (int)calls->queue.n : height;

	if (height < LOW)
		return calls->in_queue && n > 0 && 1 + n + LOG_LEAST <= height ? n : -1;
	if (n > height / 3)
		return height / 3;
	return n;
}

struct calls_layout calls_layout(const struct calls *calls, struct box body)
{
	struct calls_layout layout = {.rule = -1};
	int queue;

	if (body.width > DETAIL + WIDE) {
		layout.detail = (struct box){body.x + body.width - DETAIL, body.y, DETAIL, body.height};
		body.width -= DETAIL + 1;
	}
	queue = queue_rows(calls, body.height);
	if (queue < 0) {
		*(calls->in_queue ? &layout.queue : &layout.log) = body;
		return layout;
	}
	layout.queue = (struct box){body.x, body.y, body.width, 1 + queue};
	layout.rule = body.y + 1 + queue;
	layout.log = (struct box){body.x, layout.rule + 1, body.width, body.height - queue - 2};
	return layout;
}

/* --- words --- */

void calls_when(const struct nm_zone *zone, nm_time t, nm_time now, bool is_short, char *out, size_t size)
{
	const nm_local local = nm_zone_local(zone, t);
	const int64_t day = nm_local_day(local);
	const struct nm_date date = nm_date_from_days(day);
	const struct nm_date today = nm_date_from_days(nm_local_day(nm_zone_local(zone, now)));
	const int minute = (int)((local - day * NM_DAY) / 60);
	const char *month = nm_month_names[date.month - 1];

	if (date.year != today.year)
		snprintf(out, size, is_short ? "%2d %s %d" : "%2d %s %d %02d:%02d", date.day, month, date.year,
			 minute / 60, minute % 60);
	else if (is_short)
		snprintf(out, size, "%2d %s %02d:%02d", date.day, month, minute / 60, minute % 60);
	else
		snprintf(out, size, "%s %2d %s %02d:%02d", nm_weekday_names[nm_weekday(day)], date.day, month,
			 minute / 60, minute % 60);
}

/* "17 min", "3 h", "2 d" */
static void span_words(nm_time seconds, char *out, size_t size)
{
	if (seconds < 60)
		snprintf(out, size, "%d s", (int)(seconds > 0 ? seconds : 0));
	else if (seconds < 2 * 3600)
		snprintf(out, size, "%d min", (int)(seconds / 60));
	else if (seconds < 2 * NM_DAY)
		snprintf(out, size, "%d h", (int)(seconds / 3600));
	else
		snprintf(out, size, "%lld d", (long long)(seconds / NM_DAY));
}

void calls_who(const struct nm_plan *plan, const struct nm_followup *followup, struct nm_buf *out)
{
	const struct nm_caller caller = {.number = followup->number};
	char number[NM_NUMBER_TEXT];

	if (followup->name)
		nm_buf_add(out, followup->name);
	if (!followup->number) {
		nm_buf_add(out, followup->name ? "" : "not known");
		return;
	}
	nm_number_words(followup->number, number);
	nm_buf_addf(out, "%s%s", followup->name ? ", " : "", number);
	if (nm_caller_groups(plan, caller)) {
		nm_buf_add(out, " (");
		call_groups_words(plan, caller, out);
		nm_buf_add(out, ")");
	}
}

static const char *last_words(const struct nm_followup *followup)
{
	if (nm_followup_awaits_end(followup))
		return "reached";
	if (followup->texted && followup->texted >= followup->last_try)
		return "texted";
	return followup->tries ? "no answer" : "-";
}

/* "2 min late", "in 12 min", "text in 3 h" */
static unsigned due_words(const struct nm_followup_due *due, nm_time now, char *out, size_t size)
{
	const char *text = due->next == NM_NEXT_TEXT ? "text " : "";
	char span[32];

	if (due->next == NM_NEXT_NONE || due->at == NM_TIME_MAX) {
		snprintf(out, size, "waits");
		return STYLE_DIM;
	}
	span_words(due->at > now ? due->at - now : now - due->at, span, sizeof span);
	if (due->at > now)
		snprintf(out, size, "%sin %s", text, span);
	else
		snprintf(out, size, "%s%s late", text, span);
	return due->at > now ? STYLE_PLAIN : STYLE_WARNING;
}

static void became_cell(const struct nm_became *became, char *out, size_t size)
{
	const char *end = nm_call_end_name(became->end), *doubt = became->probably ? "?" : "";

	if (became->by && became->end == NM_CALL_ANSWERED)
		snprintf(out, size, "%s%s", became->by, doubt);
	else if (became->by)
		snprintf(out, size, "%s %s%s", became->by, end, doubt);
	else if (became->end == NM_CALL_ABANDONED && became->seconds >= 0)
		snprintf(out, size, "%s%s, %d s", end, doubt, became->seconds);
	else
		snprintf(out, size, "%s%s", end, doubt);
}

unsigned calls_style(const struct nm_plan *plan, const struct nm_became *became)
{
	const int id = became->by ? nm_plan_find_destination(plan, became->by) : -1;

	switch (became->end) {
	case NM_CALL_ANSWERED:
		return id >= 0 ? style_of_kind(plan->destinations[id].kind) : STYLE_PLAIN;
	case NM_CALL_VOICEMAIL:
	case NM_CALL_SWALLOWED:
		return STYLE_VOICEMAIL;
	case NM_CALL_ABANDONED:
	case NM_CALL_LOST:
		return STYLE_NOBODY;
	case NM_CALL_REJECTED:
	case NM_CALL_UNKNOWN:
		break;
	}
	return STYLE_DIM;
}

/* --- whom to call back --- */

/* Where the columns of the queue begin; 0: not shown. */
struct queue_columns {
	int who, since, tries, last, due;
};

static struct queue_columns queue_columns(struct box box)
{
	const int end = box.x + box.width;

	if (box.width < WIDE)
		return (struct queue_columns){.who = box.x + 2, .due = end - 14};
	return (struct queue_columns){box.x + 9, end - 41, end - 32, end - 26, end - 15};
}

/* What follows who rang. */
static void draw_waiting(const struct app *app, const struct nm_followup *followup, struct canvas *canvas,
			 const struct queue_columns *at, int end, int y)
{
	const struct nm_followup_due due = session_due(app->session, followup);
	char text[64];
	const unsigned style = due_words(&due, app_now(app), text, sizeof text);

	canvas_text(canvas, at->due, y, end - at->due, style, text);
	if (!at->since)
		return;
	span_words(app_now(app) - followup->opened, text, sizeof text);
	canvas_text(canvas, at->since, y, at->tries - at->since - 1, STYLE_PLAIN, text);
	canvas_textf(canvas, at->tries, y, at->last - at->tries - 1, STYLE_PLAIN, "%d", followup->tries);
	canvas_text(canvas, at->last, y, at->due - at->last - 1, STYLE_PLAIN, last_words(followup));
}

static void draw_followup(const struct app *app, const struct nm_followup *followup, struct canvas *canvas,
			  struct box box, int y)
{
	const struct queue_columns at = queue_columns(box);
	const int end = box.x + box.width, then = at.since ? at.since : at.due;
	struct nm_buf who, toll;

	nm_buf_init(&who, 1u << 16);
	nm_buf_init(&toll, 1u << 16);
	calls_who(app_plan(app), followup, &who);
	canvas_text(canvas, at.who, y, then - at.who - 1, STYLE_PLAIN, who.data);
	if (at.since)
		canvas_text(canvas, box.x + 2, y, 6, STYLE_PLAIN, nm_channel_name(followup->channel));
	if (followup_toll(app_plan(app), followup, &toll))
		canvas_text(canvas, then, y, end - then, STYLE_DIM, at.since ? toll.data : "do not call");
	else
		draw_waiting(app, followup, canvas, &at, end, y);
	nm_buf_clear(&who);
	nm_buf_clear(&toll);
}

static void draw_queue(const struct calls *calls, const struct app *app, struct canvas *canvas, struct box box)
{
	const struct queue_columns at = queue_columns(box);
	const int rows = box.height - 1;
	const size_t top = list_top(&calls->queue_list, rows);
	char more[32] = "";

	if (!calls->queue.n) {
		canvas_text(canvas, box.x + 1, box.y, box.width - 2, STYLE_GOOD, "nobody is to be called back");
		return;
	}
	if (calls->queue.more)
		snprintf(more, sizeof more, " (%zu, more)", calls->queue.n);
	canvas_textf(canvas, at.since ? box.x + 1 : at.who, box.y, at.since ? 10 : at.due - at.who - 1, STYLE_HEAD,
		     "call back%s", at.since ? "" : more);
	canvas_text(canvas, at.due, box.y, 14, STYLE_HEAD, "due");
	if (at.since) {
		canvas_textf(canvas, at.who + 3, box.y, at.since - at.who - 4, STYLE_HEAD, "who%s", more);
		canvas_text(canvas, at.since, box.y, 8, STYLE_HEAD, "since");
		canvas_text(canvas, at.tries, box.y, 6, STYLE_HEAD, "tries");
		canvas_text(canvas, at.last, box.y, 10, STYLE_HEAD, "last");
	}
	for (int i = 0; i < rows && top + (size_t)i < calls->queue.n; i++) {
		const size_t row = top + (size_t)i;

		draw_followup(app, &calls->queue.items[row], canvas, box, box.y + 1 + i);
		if (row != calls->queue_list.at || !calls->in_queue)
			continue;
		canvas_mark(canvas, box.x + 1, box.y + 1 + i, box.width - 1);
		canvas_pointer(canvas, box.x, box.y + 1 + i);
	}
}

/* --- the log --- */

/* Where the columns of the log begin; 0: not shown. */
struct log_columns {
	int when, from, group, line, by, rings, lasted, planned;
};

static struct log_columns log_columns(struct box box)
{
	const int x = box.x;

	if (box.width < WIDE)
		return (struct log_columns){.when = x + 2, .from = x + 15, .by = x + 31};
	if (box.width < WIDER)
		return (struct log_columns){.when = x + 2,
					    .from = x + 20,
					    .line = x + 36,
					    .by = x + 44,
					    .rings = x + 61,
					    .planned = x + 67};
	return (struct log_columns){x + 2, x + 20, x + 37, x + 48, x + 57, x + 74, x + 81, x + 90};
}

static void planned_cell(const struct calls *calls, const struct nm_call_entry *call, struct canvas *canvas, int x,
			 int y, int width)
{
	const struct calls_seen *seen = calls_seen(calls, call->id);

	if (!seen)
		canvas_text(canvas, x, y, width, STYLE_DIM, "…");
	else if (!seen->failed && seen->verdict == NM_EXPLAINED_UNTOLD && call->became.end == NM_CALL_LOST)
		canvas_text(canvas, x, y, width, STYLE_DIM, "?"); /* missed, or in a mailbox: Enter tells why it is not known */
	else if (seen->failed || seen->verdict == NM_EXPLAINED_UNTOLD)
		canvas_text(canvas, x, y, width, STYLE_DIM, "-");
	else if (seen->verdict == NM_EXPLAINED_PLANNED)
		canvas_text(canvas, x, y, width, STYLE_PLAIN, "yes");
	else
		canvas_textf(canvas, x, y, width, STYLE_WARNING, "no: %s", seen->brief);
}

static void draw_wide_cells(const struct app *app, const struct nm_call_entry *call, struct canvas *canvas,
			    const struct log_columns *at, int y)
{
	const struct nm_plan *plan = app_plan(app);
	char text[64];
	struct nm_buf groups;

	canvas_text(canvas, at->line, y, at->by - at->line - 1, STYLE_PLAIN, call_line(plan, call));
	if (call->became.seconds >= 0)
		canvas_textf(canvas, at->rings, y, 5, STYLE_PLAIN, "%5d", nm_rings(call->became.seconds));
	if (!at->group)
		return;
	nm_buf_init(&groups, 1u << 16);
	call_groups_words(plan, call->caller, &groups);
	canvas_text(canvas, at->group, y, at->line - at->group - 1, STYLE_PLAIN, groups.data);
	nm_buf_clear(&groups);
	if (call->ended < call->began)
		return;
	span_words(call->ended - call->began, text, sizeof text);
	canvas_text(canvas, at->lasted, y, at->planned - at->lasted - 1, STYLE_PLAIN, text);
}

static void draw_call(const struct calls *calls, const struct app *app, const struct nm_call_entry *call,
		      struct canvas *canvas, struct box box, int y)
{
	const struct log_columns at = log_columns(box);
	const int end = box.x + box.width;
	char text[128];
	struct nm_buf who;

	calls_when(session_zone(app->session), call->began, app_now(app), !at.rings, text, sizeof text);
	canvas_text(canvas, at.when, y, at.from - at.when - 1, STYLE_PLAIN, text);
	nm_buf_init(&who, 1024);
	call_who_words(call, &who);
	canvas_text(canvas, at.from, y, (at.group ? at.group : at.line ? at.line : at.by) - at.from - 1,
		    STYLE_PLAIN, who.data);
	nm_buf_clear(&who);
	became_cell(&call->became, text, sizeof text);
	canvas_text(canvas, at.by, y, (at.rings ? at.rings - 1 : end) - at.by, calls_style(app_plan(app), &call->became),
		    text);
	if (!at.rings)
		return;
	draw_wide_cells(app, call, canvas, &at, y);
	planned_cell(calls, call, canvas, at.planned, y, end - at.planned - 1);
}

/* Those that end before what stands on their row from a column on. */
static void draw_log_head(struct canvas *canvas, struct box box, int end)
{
	const struct log_columns at = log_columns(box);
	const struct {
		int x;
		const char *words;
	} heads[] = {
		{at.when, "when"},   {at.from, "from"},     {at.group, "group"},   {at.line, "line"},
		{at.by, "answered by"}, {at.rings, "rings"}, {at.lasted, "lasted"}, {at.planned, "as planned"},
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (heads[i].x && heads[i].x + text_width(heads[i].words) + 1 < end)
			canvas_text(canvas, heads[i].x, box.y, box.x + box.width - heads[i].x, STYLE_HEAD,
				    heads[i].words);
	}
}

/* Where in the log the cursor is, and how much there is, as far as that was read. */
static void place_words(const struct calls *calls, char *out, size_t size)
{
	const struct call_log *log = &calls->log;
	const size_t at = calls->log_list.at + 1;
	const char *more = log->ended ? "" : "+";
	const bool month = calls->until == NM_TIME_MAX && (log->ended || log->began < calls->month);

	if (log->filter[0] && log->ended)
		snprintf(out, size, "%zu of %zu with: %.40s", log->rows ? at : 0, log->rows, log->filter);
	else if (log->filter[0])
		snprintf(out, size, "%zu of %zu so far, %zu calls read", log->rows ? at : 0, log->rows, log->read);
	else if (month && at <= calls->this_month)
		snprintf(out, size, "%zu of %zu this month", at, calls->this_month);
	else
		snprintf(out, size, "%zu of %zu%s", log->rows ? at : 0, log->rows, more);
}

/* ", until 20 Nov 2026": up to which call the log goes; "" where nobody asked for less than all. */
static void until_words(const struct calls *calls, const struct nm_zone *zone, char *out, size_t size)
{
	const nm_local local = nm_zone_local(zone, calls->until == NM_TIME_MAX ? 0 : calls->until);
	const int64_t day = nm_local_day(local);
	const int minute = (int)((local - day * NM_DAY) / 60);
	const struct nm_date date = nm_date_from_days(minute ? day : day - 1);
	const char *month = nm_month_names[date.month - 1];

	if (calls->until == NM_TIME_MAX)
		snprintf(out, size, "%s", "");
	else if (minute)
		snprintf(out, size, ", until %d %s %d %02d:%02d", date.day, month, date.year, minute / 60, minute % 60);
	else
		snprintf(out, size, ", until %d %s %d", date.day, month, date.year);
}

static void hint(struct canvas *canvas, struct box box, int *y, unsigned style, const char *text)
{
	if (*y < box.y + box.height)
		*y += canvas_wrap(canvas, box.x + 1, *y, box.width - 2, box.y + box.height - *y, style, text);
}

/* No calls: what to do about it. */
static void draw_empty(const struct calls *calls, const struct app *app, struct canvas *canvas, struct box box)
{
	const struct nm_plan *plan = app_plan(app);
	int y = box.y + 1;
	char text[512];

	if (calls->log.filter[0] || calls->until != NM_TIME_MAX) {
		hint(canvas, box, &y, STYLE_DIM,
		     calls->log.ended ? "no call has these words; Escape shows all" : "no call yet, reading on …");
		return;
	}
	hint(canvas, box, &y, STYLE_PLAIN, "There are no calls in the log yet.");
	y++;
	for (size_t i = 0; i < plan->n_accounts; i++) {
		const struct nm_carrier *carrier = nm_carrier_find(plan->accounts[i].driver);

		if (!carrier || carrier->traits.records_late_s < 0)
			continue;
		snprintf(text, sizeof text, ":calls import --account %s   reads them from %s", plan->accounts[i].name,
			 carrier->name);
		hint(canvas, box, &y, STYLE_BOLD, text);
	}
	hint(canvas, box, &y, STYLE_DIM,
	     ":calls import reads them from a carrier that has records: twilio, telnyx, voipms.");
	hint(canvas, box, &y, STYLE_BOLD, ":calls import FILE.csv   reads what a telephone system exported");
	hint(canvas, box, &y, STYLE_DIM, "`nevermiss demo` shows this screen with twelve weeks of calls.");
}

/* heads_end: the column from which on the row of the heads has other words. */
static void draw_log(const struct calls *calls, const struct app *app, struct canvas *canvas, struct box box, int heads_end)
{
	const int rows = box.height - 1;
	const size_t top = list_top(&calls->log_list, rows);

	if (!calls->log.rows) {
		draw_empty(calls, app, canvas, box);
		return;
	}
	draw_log_head(canvas, box, heads_end);
	for (int i = 0; i < rows && top + (size_t)i < calls->log.rows; i++) {
		const size_t row = top + (size_t)i;
		const struct nm_call_entry *call = call_log_row(&calls->log, row);

		if (call)
			draw_call(calls, app, call, canvas, box, box.y + 1 + i);
		if (row != calls->log_list.at || calls->in_queue)
			continue;
		canvas_mark(canvas, box.x + 1, box.y + 1 + i, box.width - 1);
		canvas_pointer(canvas, box.x, box.y + 1 + i);
	}
}

/* --- all of it --- */

/* At the end of a row; from which column on. */
static int draw_place(const struct calls *calls, const struct app *app, struct canvas *canvas, struct box row)
{
	char text[224], place[160], until[48];
	int width;

	place_words(calls, place, sizeof place);
	until_words(calls, session_zone(app->session), until, sizeof until);
	snprintf(text, sizeof text, " %s%s ", place, until);
	width = text_width(text) < row.width ? text_width(text) : row.width;
	canvas_text(canvas, row.x + row.width - width, row.y, width, STYLE_DIM, text);
	return row.x + row.width - width;
}

/* The log, and where in it one is: on the rule above it, else on the row of its heads. */
static void draw_log_place(const struct calls *calls, const struct app *app, struct canvas *canvas,
			   const struct calls_layout *layout)
{
	const bool told = calls->log.rows || calls->log.filter[0] || calls->until != NM_TIME_MAX;
	struct box row = layout->log;
	int heads_end = INT_MAX;

	if (layout->rule >= 0)
		row.y = layout->rule;
	if (told) {
		const int place = draw_place(calls, app, canvas, row);

		heads_end = layout->rule >= 0 ? INT_MAX : place;
	}
	draw_log(calls, app, canvas, layout->log, heads_end);
}

static void draw_detail(const struct calls *calls, struct canvas *canvas, struct box box)
{
	for (int y = box.y; y < box.y + box.height; y++)
		canvas_put(canvas, box.x - 1, y, STYLE_RULE, 0x2502);
	if (calls->page.id)
		call_page_draw(&calls->page, canvas, box, 0);
}

void calls_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct calls *calls = state;
	const struct calls_layout layout = calls_layout(calls, body);

	if (calls->err.code) {
		canvas_wrap(canvas, body.x + 1, body.y, body.width - 2, body.height, STYLE_ERROR, calls->err.text);
		return;
	}
	if (layout.queue.height)
		draw_queue(calls, app, canvas, layout.queue);
	if (layout.rule >= 0)
		canvas_fill(canvas, body.x, layout.rule, layout.log.width, STYLE_RULE, 0x2500);
	if (layout.log.height)
		draw_log_place(calls, app, canvas, &layout);
	if (layout.detail.width)
		draw_detail(calls, canvas, layout.detail);
}
