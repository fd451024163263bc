/* SPDX-License-Identifier: MIT */
/*
 * Check: what is wrong, when, and the mend.
 * In: the findings of the session.  Out: a list by severity, the details of one, mends shown before they
 * are applied.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "change.h"
#include "list.h"
#include "plan_findings.h"
#include "plan_parts.h"
#include "prompt.h"
#include "search.h"

enum { TAG_MEND };

#define MOST_WINDOWS 1000
#define NAME_BYTES 256
#define WIDE 60 /* columns in which a row has more than the message */

struct check {
	struct list list;
	size_t mend;		 /* which of the finding's */
	char chosen[NAME_BYTES]; /* id and message of the finding under the cursor, so that it stays there */
	unsigned generation;
	const struct nm_finding *items; /* of the session when last derived */
	/* the mend that is shown: '-' and '+' lines */
	struct notes diff;
	size_t diff_of, diff_mend;
	bool diff_known;
	struct nm_error diff_err;
};

static void *open_check(struct app *app, const void *argument, struct nm_error *err)
{
	struct check *check = calloc(1, sizeof *check);

	(void)app;
	(void)argument;
	if (!check)
		nm_fail_memory(err);
	return check;
}

static void close_check(void *state)
{
	struct check *check = state;

	notes_clear(&check->diff);
	free(check);
}

static const struct nm_findings *known(const struct app *app)
{
	return app->session->findings_known ? &app->session->findings : NULL;
}

static const struct nm_finding *chosen(const struct check *check, const struct app *app)
{
	const struct nm_findings *findings = known(app);

	return findings && check->list.at < findings->n ? &findings->items[check->list.at] : NULL;
}

static void name_of(const struct nm_finding *finding, char out[static NAME_BYTES])
{
	snprintf(out, NAME_BYTES, "%s %s", finding->id, finding->message);
}

static void derive_diff(struct check *check, struct app *app)
{
	const struct nm_finding *finding = chosen(check, app);
	const struct nm_mend *mend;
	char *after = NULL;
	size_t len;

	if (check->diff_known && check->diff_of == check->list.at && check->diff_mend == check->mend)
		return;
	notes_clear(&check->diff);
	check->diff_known = true;
	check->diff_of = check->list.at;
	check->diff_mend = check->mend;
	check->diff_err = (struct nm_error){0};
	if (!finding || check->mend >= finding->n_mends || finding->mends[check->mend].n == 0)
		return;
	mend = &finding->mends[check->mend];
	if (session_edited(app->session, mend->edits, mend->n, &after, &len, &check->diff_err) == NM_OK)
		notes_diff_texts(&check->diff, session_texts(app->session), (struct nm_texts){after, len});
	free(after);
}

/* Finds the finding again that the cursor was on. */
static void keep_place(struct check *check, const struct nm_findings *findings)
{
	char name[NAME_BYTES];

	list_set(&check->list, findings->n);
	for (size_t i = 0; i < findings->n && check->chosen[0]; i++) {
		name_of(&findings->items[i], name);
		if (!strcmp(name, check->chosen))
			check->list.at = i;
	}
}

static void derive_check(void *state, struct app *app)
{
	struct check *check = state;
	const struct nm_findings *findings = known(app);

	if (!findings)
		return;
	if (check->generation != app->session->generation || check->items != findings->items) {
		keep_place(check, findings);
		check->diff_known = false;
		check->generation = app->session->generation;
		check->items = findings->items;
	}
	list_set(&check->list, findings->n);
	check->list.page = (size_t)(app_body(app).height / 2);
	if (chosen(check, app))
		name_of(chosen(check, app), check->chosen);
	derive_diff(check, app);
}

/* --- acting --- */

/* The call that shows the finding; where none does, the place of the plan that it is about. */
static void play(struct check *check, struct app *app)
{
	const struct nm_finding *finding = chosen(check, app);
	struct play call;
	struct nm_error err;

	if (!finding)
		return;
	if (finding->n_call == 0)
		app_go(app, &screen_plan, &(struct plan_visit){.pos = finding->pos});
	else if (play_from_arguments(app_plan(app), app_now(app), finding->call, finding->n_call, &call,
				     &err))
		app_error(app, &err);
	else
		app_go(app, &screen_simulate, &call);
}

static void ask_mend(struct check *check, struct app *app)
{
	const struct nm_finding *finding = chosen(check, app);
	char question[512];

	if (!app_may_change(app) || !finding)
		return;
	if (finding_misses(finding)) {
		app_go(app, &screen_plan, &(struct plan_visit){.pos = finding->pos, .added = finding_misses(finding)});
		return;
	}
	if (finding->n_mends == 0) {
		app_message(app, STYLE_PLAIN, "no mend is known for this finding: e opens the place");
		return;
	}
	if (finding->mends[check->mend].n == 0) {
		app_message(app, STYLE_PLAIN, "this mend is words only: e opens the place");
		return;
	}
	if (check->diff_err.code) {
		app_error(app, &check->diff_err);
		return;
	}
	snprintf(question, sizeof question, "%s?", finding->mends[check->mend].words);
	change_ask(app, TAG_MEND, question, finding->mends[check->mend].edits, finding->mends[check->mend].n);
}

static void apply_mend(struct check *check, struct app *app)
{
	const struct nm_finding *finding = chosen(check, app);
	char what[512];

	if (!finding || check->mend >= finding->n_mends)
		return;
	snprintf(what, sizeof what, "%s", finding->mends[check->mend].words);
	app_change(app, finding->mends[check->mend].edits, finding->mends[check->mend].n, what);
	check->mend = 0;
}

static void show_windows(struct check *check, struct app *app)
{
	const struct nm_finding *finding = chosen(check, app);
	const struct nm_zone *zone = session_zone(app->session);
	struct notes notes;
	char from[NM_TIME_TEXT], until[NM_TIME_TEXT], title[128];

	if (!finding)
		return;
	if (finding->n_windows == 0) {
		app_message(app, STYLE_PLAIN, "this finding does not come and go: it holds always");
		return;
	}
	notes_init(&notes);
	for (size_t i = 0; i < finding->n_windows && i < MOST_WINDOWS; i++) {
		nm_time_words(zone, finding->windows[i].from, true, from);
		nm_time_words(zone, finding->windows[i].until, true, until);
		notes_addf(&notes, STYLE_PLAIN, "%s  to  %s", from, until);
	}
	if (finding->n_windows > MOST_WINDOWS)
		notes_addf(&notes, STYLE_DIM, "and %zu more", finding->n_windows - MOST_WINDOWS);
	snprintf(title, sizeof title, "%s: %zu windows, %s", finding->id, finding->n_windows, finding->amount);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

static void call_words(const struct nm_finding *finding, struct nm_buf *out)
{
	nm_buf_add(out, "simulate");
	for (size_t i = 0; i < finding->n_call; i++)
		nm_buf_addf(out, strchr(finding->call[i], ' ') ? " \"%s\"" : " %s", finding->call[i]);
}

static void add_labelled(struct notes *notes, const char *name, const char *text)
{
	if (text)
		notes_addf(notes, STYLE_PLAIN, "%-6s  %s", name, text);
}

/* When it is so for the first time; false: it does not come and go. */
static bool first_words(const struct app *app, const struct nm_finding *finding, char out[static NM_TIME_TEXT])
{
	if (!finding->n_windows)
		return false;
	if (finding->windows[0].from <= known(app)->from)
		snprintf(out, NM_TIME_TEXT, "now");
	else
		nm_time_words(session_zone(app->session), finding->windows[0].from, true, out);
	return true;
}

static void add_mends(struct notes *notes, const struct check *check, const struct nm_finding *finding)
{
	for (size_t i = 0; i < finding->n_mends; i++)
		add_labelled(notes, i ? "or" : "mend", finding->mends[i].words);
	if (check->diff.n)
		notes_addf(notes, STYLE_HEAD, "%s:", finding->mends[check->mend].words);
	for (size_t i = 0; i < check->diff.n; i++)
		notes_add(notes, check->diff.items[i].style, check->diff.items[i].text);
	if (check->diff_err.code)
		notes_add(notes, STYLE_ERROR, check->diff_err.text);
}

/* What a low window cuts beside the list. */
static void show_details(const struct check *check, struct app *app)
{
	const struct nm_finding *finding = chosen(check, app);
	struct notes notes;
	struct nm_buf call;
	char when[NM_TIME_TEXT], title[128], where[PLACE_TEXT];

	notes_init(&notes);
	notes_add(&notes, STYLE_PLAIN, finding->message);
	pos_words(finding->pos, where, sizeof where);
	if (where[0])
		notes_add(&notes, STYLE_DIM, where);
	notes_add(&notes, STYLE_PLAIN, "");
	add_labelled(&notes, "why", finding->why);
	add_labelled(&notes, "when", finding->when);
	add_labelled(&notes, "", finding->amount);
	if (first_words(app, finding, when))
		add_labelled(&notes, "first", when);
	nm_buf_init(&call, 1u << 14);
	if (finding->n_call)
		call_words(finding, &call);
	add_labelled(&notes, "call", call.len ? call.data : NULL);
	nm_buf_clear(&call);
	add_mends(&notes, check, finding);
	snprintf(title, sizeof title, "%s: %s", nm_severity_name(finding->severity), finding->id);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

/* Finds in all that the list and the head of the details tell of a finding. */
struct searched {
	const struct nm_findings *findings;
	struct nm_buf *text; /* of the row last asked for */
};

static const char *row_text(const void *context, size_t i)
{
	const struct searched *searched = context;
	const struct nm_finding *finding = &searched->findings->items[i];
	char where[PLACE_TEXT];

	pos_words(finding->pos, where, sizeof where);
	nm_buf_clear(searched->text);
	nm_buf_addf(searched->text, "%s %s %s %s", nm_severity_name(finding->severity), finding->id, finding->message, where);
	return searched->text->data;
}

static bool find_finding(void *state, struct app *app, bool back, bool here)
{
	struct check *check = state;
	const struct nm_findings *findings = known(app);
	struct nm_buf text;
	const struct searched searched = {findings, &text};
	bool found;

	check->mend = 0;
	nm_buf_init(&text, 1u << 16);
	found = findings && list_find(&check->list, back, here, row_text, &searched);
	nm_buf_clear(&text);
	return found;
}

static const struct search_ops finding_search = {.where = "in this list", .find = find_finding};

static enum verdict take_answer(struct check *check, struct app *app, const struct event *event)
{
	if (event->tag == TAG_MEND && event->text)
		apply_mend(check, app);
	return VERDICT_REDRAW;
}

/* Is about the finding under the cursor. */
static bool needs_finding(enum action action)
{
	return action == ACTION_ENTER || action == ACTION_MEND || action == ACTION_OTHER_MEND ||
	       action == ACTION_WINDOWS || action == ACTION_DETAILS;
}

static enum verdict act_check(void *state, struct app *app, const struct event *event)
{
	struct check *check = state;
	const struct nm_finding *finding = chosen(check, app);

	if (list_act(&check->list, event->action)) {
		check->mend = 0;
		if (!finding)
			app_message(app, STYLE_DIM, known(app) ? "nothing is listed here" : "the plan is still being proved");
		return VERDICT_REDRAW;
	}
	if (search_act(&finding_search, check, check->list.search, app, event))
		return VERDICT_REDRAW;
	if (!finding && needs_finding(event->action)) {
		app_message(app, STYLE_PLAIN, known(app) ? "nothing was found: there is nothing to play or to mend"
							 : "the plan is still being proved");
		return VERDICT_REDRAW;
	}
	switch (event->action) {
	case ACTION_ENTER:
		play(check, app);
		break;
	case ACTION_MEND:
		ask_mend(check, app);
		break;
	case ACTION_OTHER_MEND:
		if (finding->n_mends < 2)
			app_message(app, STYLE_PLAIN, "there is no other mend");
		else
			check->mend = (check->mend + 1) % finding->n_mends;
		break;
	case ACTION_WINDOWS:
		show_windows(check, app);
		break;
	case ACTION_DETAILS:
		show_details(check, app);
		break;
	case ACTION_EDITOR:
		app_editor(app, finding ? finding->pos : (struct nm_pos){0});
		break;
	case ACTION_ANSWER:
		return take_answer(check, app, event);
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* --- drawing --- */

static const struct {
	const char *glyph;
	unsigned style;
} severities[] = {
	[NM_SEVERITY_ERROR] = {"✗", STYLE_ERROR},
	[NM_SEVERITY_WARNING] = {"!", STYLE_WARNING},
	[NM_SEVERITY_ADVICE] = {"·", STYLE_DIM},
};

static void draw_row(const struct nm_finding *finding, struct canvas *canvas, int y, int width, bool cursor)
{
	unsigned mark = cursor ? STYLE_CURSOR : 0;
	const char *amount = finding->amount;
	int end = width - 1;
	struct pen pen;

	if (amount && width >= WIDE) {
		canvas_text(canvas, end - text_width(amount), y, text_width(amount), STYLE_PLAIN, amount);
		end -= text_width(amount) + 2;
	}
	pen = pen_at(canvas, 1, y, end);
	pen_textf(&pen, severities[finding->severity].style | mark, "%s ",
		  severities[finding->severity].glyph);
	if (width >= WIDE) {
		pen_textf(&pen, severities[finding->severity].style | mark, "%-8s ",
			  nm_severity_name(finding->severity));
		pen_textf(&pen, STYLE_PLAIN | mark, "%-18s ", finding->id);
	}
	pen_text(&pen, STYLE_PLAIN | mark, finding->message);
	if (cursor)
		canvas_pointer(canvas, 0, y);
}

static void labelled(struct canvas *canvas, int *y, int end, const char *name, const char *text)
{
	if (*y >= end || !text)
		return;
	canvas_text(canvas, 1, *y, 7, STYLE_HEAD, name);
	*y += canvas_wrap(canvas, 9, *y, canvas->width - 10, end - *y > 3 ? 3 : end - *y, STYLE_PLAIN, text);
}

static void draw_mend(const struct check *check, const struct nm_finding *finding, struct canvas *canvas,
		      int y, int end)
{
	char text[1024];
	const struct nm_mend *mend;

	if (finding->n_mends == 0)
		return;
	mend = &finding->mends[check->mend];
	snprintf(text, sizeof text, finding->n_mends > 1 ? "%s   (%zu of %zu: m)" : "%s", mend->words,
		 check->mend + 1, finding->n_mends);
	labelled(canvas, &y, end, "mend", text);
	for (size_t i = 0; i < check->diff.n && y < end; i++, y++)
		canvas_text(canvas, 9, y, canvas->width - 10, check->diff.items[i].style,
			    check->diff.items[i].text);
	if (check->diff_err.code && y < end)
		canvas_text(canvas, 9, y, canvas->width - 10, STYLE_ERROR, check->diff_err.text);
}

static void draw_details(const struct check *check, const struct app *app, const struct nm_finding *finding,
			 struct canvas *canvas, int y, int end)
{
	struct pen pen = pen_at(canvas, 1, y++, canvas->width - 1);
	char where[PLACE_TEXT], when[NM_TIME_TEXT];
	struct nm_buf call;

	pen_text(&pen, STYLE_BOLD, finding->id);
	pos_words(finding->pos, where, sizeof where);
	pen_textf(&pen, STYLE_DIM, "   %s", where);
	y += canvas_wrap(canvas, 1, y, canvas->width - 2, end - y > 3 ? 3 : end - y, STYLE_PLAIN,
			 finding->message);
	labelled(canvas, &y, end, "why", finding->why);
	labelled(canvas, &y, end, "when", finding->when);
	if (first_words(app, finding, when))
		labelled(canvas, &y, end, "first", when);
	if (finding->n_call) {
		nm_buf_init(&call, 1u << 14);
		call_words(finding, &call);
		labelled(canvas, &y, end, "call", call.data);
		nm_buf_clear(&call);
	}
	draw_mend(check, finding, canvas, y, end);
}

/* How far, and what was looked at. */
static void draw_proof(const struct nm_findings *findings, const struct app *app, struct canvas *canvas, int y)
{
	const struct nm_zone *zone = session_zone(app->session);
	const struct nm_date until = nm_date_from_days(nm_local_day(nm_zone_local(zone, findings->until)));
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);

	pen_textf(&pen, STYLE_DIM, "proved to %d %s %d", until.day, nm_month_names[until.month - 1], until.year);
	if (canvas->width < WIDE)
		pen_text(&pen, STYLE_DIM, ", N-1 too");
	else
		pen_textf(&pen, STYLE_DIM, ": %zu interval%s, lines: %zu, classes of callers: %zu, N-1", findings->intervals,
			  findings->intervals == 1 ? "" : "s", findings->lines, findings->classes);
}

static void draw_check(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct check *check = state;
	const struct nm_findings *findings = known(app);
	int y = body.y, end = body.y + body.height, rows;
	size_t top;

	if (!findings) {
		canvas_text(canvas, 1, y, body.width - 2, STYLE_DIM, "proving the plan …");
		return;
	}
	draw_proof(findings, app, canvas, y++);
	if (findings->n == 0) {
		canvas_wrap(canvas, 1, y, body.width - 2, end - y, app_reads(app) ? STYLE_GOOD : STYLE_DIM,
			    app_reads(app) ? "✓ nothing is wrong, and there is nothing to advise"
					   : "nothing was wrong in the plan that was last read");
		return;
	}
	rows = body.height < 12 ? 3 : body.height * 2 / 5;
	if (rows > (int)findings->n)
		rows = (int)findings->n;
	top = list_top(&check->list, rows);
	for (int i = 0; i < rows && top + (size_t)i < findings->n; i++)
		draw_row(&findings->items[top + (size_t)i], canvas, y + i, body.width,
			 top + (size_t)i == check->list.at);
	y += rows;
	if (y + 1 >= end)
		return;
	list_rule(&check->list, rows, canvas, y++);
	if (chosen(check, app))
		draw_details(check, app, chosen(check, app), canvas, y, end);
}

/* What would do something for the finding; a wide window tells the details below the list. */
static bool does_something(const struct check *check, const struct app *app, const struct nm_finding *finding,
			   enum action action)
{
	switch (action) {
	case ACTION_MEND:
		return finding_misses(finding) || (check->mend < finding->n_mends && finding->mends[check->mend].n > 0);
	case ACTION_OTHER_MEND:
		return finding->n_mends > 1;
	case ACTION_WINDOWS:
		return finding->n_windows > 0;
	case ACTION_DETAILS:
		return app->canvas.width < WIDE;
	default:
		return true;
	}
}

/* While the plan is being proved nothing is known of the findings: then the table's words stay. */
static const char *label_check(const void *state, const struct app *app, enum action action)
{
	const struct nm_finding *finding = chosen(state, app);

	if (!known(app) || !needs_finding(action))
		return action == ACTION_DETAILS && app->canvas.width >= WIDE ? "" : NULL;
	if (finding && action == ACTION_ENTER && !finding->n_call)
		return "to its place";
	return finding && does_something(state, app, finding, action) ? NULL : "";
}

const struct screen_ops screen_check = {
	.name = "check",
	.title = "Check",
	.context = CONTEXT_CHECK,
	.open = open_check,
	.close = close_check,
	.act = act_check,
	.derive = derive_check,
	.label = label_check,
	.draw = draw_check,
};
