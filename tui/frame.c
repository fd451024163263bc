/* SPDX-License-Identifier: MIT */
/*
 * The frame around every screen.  In: the session's state and what is known of the lines.  Out: title
 * bar, tabs, message line, key bar.  Decides nothing.
 */
#include <stdio.h>
#include <string.h>

#include "app.h"

#define NARROW 56 /* below, the clock has no date */

/* Of a plan that stayed when its text did not read any more. */
static const char *unread_words(const struct app *app)
{
	if (app->canvas.width < NARROW)
		return "does not read";
	return nm_document_dirty(app->session->document) ? "as last read, the text does not read"
							 : "as last read, the file does not read";
}

/* "plan saved", or what else the text is. */
static const char *plan_words(const struct app *app, unsigned *style, char *room, size_t size)
{
	const struct session *session = app->session;
	size_t edits = nm_document_edits(session->document);

	*style = STYLE_WARNING;
	if (session->stale)
		return session->gone ? "the file is gone" : "the file changed on disk";
	if (!session->plan) {
		*style = STYLE_ERROR;
		return "the plan does not read";
	}
	if (session->unread) {
		*style = STYLE_ERROR;
		return unread_words(app);
	}
	if (nm_document_dirty(session->document)) {
		snprintf(room, size, edits == 1 ? "%zu edit, not saved" : "%zu edits, not saved", edits);
		return room;
	}
	*style = STYLE_PLAIN;
	return session->options.read_only ? "read-only" : "plan saved";
}

/* What is known of the carriers, in a few words; "" while nothing is. */
static const char *sync_words(const struct app *app, unsigned *style, char *room, size_t size)
{
	size_t drift = 0, same = 0, assumed = 0, unread = 0;

	*style = STYLE_PLAIN;
	if (!app->facts_known || app->n_facts == 0)
		return "";
	for (size_t i = 0; i < app->n_facts; i++) {
		drift += app->facts[i].known && app->facts[i].pushed && !app->facts[i].in_sync;
		same += app->facts[i].known && app->facts[i].in_sync;
		assumed += !app->facts[i].known && app->facts[i].in_sync;
		unread += app->facts[i].pushed && !app->facts[i].known && !app->facts[i].in_sync;
	}
	if (drift) {
		*style = STYLE_WARNING;
		snprintf(room, size, drift == 1 ? "%zu line drifts" : "%zu lines drift", drift);
		return room;
	}
	if (same == app->n_facts) {
		*style = STYLE_GOOD;
		return "in sync";
	}
	if (same + assumed == app->n_facts) {
		snprintf(room, size, "%zu assumed", assumed);
		return room;
	}
	if (same == 0 && assumed && !unread) {
		snprintf(room, size, "%zu of %zu assumed", assumed, app->n_facts);
		return room;
	}
	if (unread && unread < app->n_facts) {
		*style = STYLE_WARNING;
		snprintf(room, size, "%zu of %zu unknown", unread, app->n_facts);
		return room;
	}
	if (same == 0)
		return unread ? "live not read" : "not pushed";
	snprintf(room, size, "%zu of %zu in sync", same, app->n_facts);
	return room;
}

/* The override in force now; NULL. */
static const struct nm_override *override_now(const struct app *app)
{
	const struct nm_plan *plan = app_plan(app);
	nm_time now = app_now(app);

	for (size_t i = 0; plan && i < plan->n_overrides; i++) {
		if (plan->overrides[i].from <= now && now < plan->overrides[i].until)
			return &plan->overrides[i];
	}
	return NULL;
}

/* The clock; on a narrow terminal without what one knows anyhow. */
static void clock_words(const struct app *app, int width, char *out, size_t size)
{
	const struct nm_zone *zone = session_zone(app->session);
	nm_time now = app_now(app) / 60 * 60;
	nm_local local = nm_zone_local(zone, now);
	int64_t day = nm_local_day(local);
	int minute = (int)((local - day * NM_DAY) / 60);
	char words[NM_TIME_TEXT];

	if (width < NARROW) {
		snprintf(out, size, "%s %02d:%02d", nm_weekday_names[nm_weekday(day)], minute / 60, minute % 60);
		return;
	}
	nm_time_words_zone(zone, now, false, words);
	snprintf(out, size, "%s", words);
}

/* Must it be seen: that the text of the plan is not saved, or does not read, or that nothing can be written? */
static bool matters(const struct app *app, unsigned style)
{
	return style != STYLE_PLAIN || app->session->options.read_only;
}

/* The business, and the state of the plan: for what matters the name is cut, "plan saved" comes if it fits. */
static void draw_business(const struct app *app, struct pen *pen, unsigned style, const char *words)
{
	const struct nm_plan *plan = app_plan(app);
	const int width = text_width(words) + 3, end = pen->end;

	if (matters(app, style))
		pen->end -= width;
	pen_text(pen, STYLE_TITLE, plan ? plan->business : app->session->options.plan_file);
	pen->end = end;
	if (!matters(app, style) && pen->x + width > end)
		return;
	if (pen->x > 1)
		pen_text(pen, STYLE_DIM, " · ");
	pen_text(pen, style, words);
}

#define OVERRIDE_TEXT 160
#define SHORT_TEXT    32

/* The day of the week and the time as far as that is plain, else the date. */
static void short_until(const struct app *app, nm_time until, char out[static SHORT_TEXT])
{
	const nm_local local = nm_zone_local(session_zone(app->session), until);
	const int64_t day = nm_local_day(local);
	const int minute = (int)((local - day * NM_DAY) / 60);
	const struct nm_date date = nm_date_from_days(day);

	if (until - app_now(app) < 6 * (nm_time)NM_DAY)
		snprintf(out, SHORT_TEXT, "%s %02d:%02d", nm_weekday_names[nm_weekday(day)], minute / 60, minute % 60);
	else
		snprintf(out, SHORT_TEXT, "%d %s %d", date.day, nm_month_names[date.month - 1], date.year);
}

/* Of an override its name and end, less of that, or that there is one: the most that fits; "": there is no room. */
static void override_words(const struct app *app, const struct nm_override *override, int width,
			   char out[static OVERRIDE_TEXT])
{
	char until[NM_TIME_TEXT], end[SHORT_TEXT];

	nm_time_words(session_zone(app->session), override->until, false, until);
	short_until(app, override->until, end);
	snprintf(out, OVERRIDE_TEXT, "override %.80s to %s", override->rule.name, until);
	if (text_width(out) > width)
		snprintf(out, OVERRIDE_TEXT, "override to %s", until);
	if (text_width(out) > width)
		snprintf(out, OVERRIDE_TEXT, "override to %s", end);
	if (text_width(out) > width)
		snprintf(out, OVERRIDE_TEXT, "override");
	if (text_width(out) > width)
		out[0] = '\0';
}

/* Columns, with the " · " before them. */
#define OVERRIDE_KEPT  24 /* "override to Sun 07:11" */
#define OVERRIDE_LEAST 11 /* "override" */
#define OTHERS_KEPT    30 /* "also open: pat on pts/14" */
#define OTHERS_LEAST   5  /* "+1" */
#define BUSINESS_KEPT  10

static void draw_part(struct pen *pen, unsigned style, const char *words)
{
	if (!words[0])
		return;
	pen_text(pen, STYLE_DIM, " · ");
	pen_text(pen, style, words);
}

/* Columns of the title bar that are kept free behind the business and the state of the plan, for who else is there and
 * for the override: of each as much as it is worth, or its least. */
struct kept {
	int others, override;
};

static struct kept keep_columns(const struct app *app, int room, bool overridden)
{
	const int least = app->others.n ? OTHERS_LEAST : 0;
	char others[OTHERS_TEXT];
	struct kept kept = {0};
	int most;

	if (overridden && room - least >= OVERRIDE_KEPT)
		kept.override = OVERRIDE_KEPT;
	else if (overridden && room - least >= OVERRIDE_LEAST)
		kept.override = OVERRIDE_LEAST;
	most = room - kept.override < OTHERS_KEPT ? room - kept.override : OTHERS_KEPT;
	others_words(app, most - 3, others);
	if (others[0])
		kept.others = text_width(others) + 3;
	return kept;
}

/* Behind the business, up to `end`: who else is there, and the override in force (NULL: none). */
static void draw_rest(const struct app *app, struct pen *pen, int end, int override_kept, const struct nm_override *override)
{
	char others[OTHERS_TEXT], words[OVERRIDE_TEXT];

	pen->end = end - override_kept;
	others_words(app, pen->end - pen->x - 3, others);
	draw_part(pen, others_edits(app) ? STYLE_WARNING : STYLE_BOLD, others);
	pen->end = end;
	if (!override)
		return;
	override_words(app, override, end - pen->x - 3, words);
	draw_part(pen, STYLE_WARNING, words);
}

/* From the right: the clock keeps its place, what is live too where it leaves one for what matters. */
static void draw_title(const struct app *app, struct canvas *canvas)
{
	char clock[NM_TIME_TEXT + 16], room[80], sync_room[80];
	unsigned style, sync_style;
	const char *words = plan_words(app, &style, room, sizeof room);
	const struct nm_override *override = override_now(app);
	const char *sync = sync_words(app, &sync_style, sync_room, sizeof sync_room);
	const int needed = matters(app, style) ? text_width(words) + 4 : BUSINESS_KEPT;
	struct kept kept;
	struct pen pen;
	int at;

	clock_words(app, canvas->width, clock, sizeof clock);
	at = canvas->width - text_width(clock) - 1;
	canvas_text(canvas, at, 0, canvas->width - at, STYLE_PLAIN, clock);
	if (sync[0] && at > text_width(sync) + 4 + (matters(app, style) ? text_width(words) + 1 : 0)) {
		at -= text_width(sync) + 3;
		canvas_text(canvas, at, 0, text_width(sync), sync_style, sync);
	}
	kept = keep_columns(app, at - 1 - needed, override != NULL);
	pen = pen_at(canvas, 1, 0, at - 1 - kept.others - kept.override);
	draw_business(app, &pen, style, words);
	draw_rest(app, &pen, at - 1, kept.override, override);
}

/* Of the screen that is alone, or of its page on top. */
static void draw_heading(const struct app *app, struct canvas *canvas)
{
	const struct layer *layer = &app->tabs[app->tab];
	char clock[NM_TIME_TEXT + 16];
	struct heading heading;
	struct pen pen;
	int at;

	for (size_t i = 0; i < app->depth; i++) {
		if (app->stack[i].ops->heading)
			layer = &app->stack[i];
	}
	layer->ops->heading(layer->state, app, &heading);
	clock_words(app, canvas->width, clock, sizeof clock);
	at = canvas->width - text_width(clock) - 1;
	canvas_text(canvas, at, 0, canvas->width - at, STYLE_PLAIN, clock);
	pen = pen_at(canvas, 1, 0, at - 1 - text_width(heading.words) - 3);
	pen_text(&pen, STYLE_TITLE, heading.whose);
	pen.end = at - 1;
	draw_part(&pen, STYLE_PLAIN, heading.words);
}

/* Is there room for all their names?  Else tabs that are not shown have only their number. */
static bool tabs_have_names(const struct app *app)
{
	int width = 1;

	for (size_t i = 0; i < APP_TABS; i++)
		width += (i ? 2 : 0) + 2 + (int)strlen(app_screens[i]->title);
	return width <= app->canvas.width;
}

/* Columns of a tab, its number included. */
static int tab_width(const struct app *app, size_t i)
{
	bool shown = i == app->tab || tabs_have_names(app);

	return 1 + (shown ? 1 + (int)strlen(app_screens[i]->title) : 0);
}

static void draw_tabs(const struct app *app, struct canvas *canvas)
{
	int x = 1;

	for (size_t i = 0; i < APP_TABS; i++) {
		unsigned style = i == app->tab ? STYLE_TAB : STYLE_PLAIN;
		int width = tab_width(app, i);

		canvas_textf(canvas, x, 1, width, style, width > 1 ? "%zu %s" : "%zu", i + 1,
			     app_screens[i]->title);
		x += width + 2;
	}
}

size_t frame_tab_at(const struct app *app, int x)
{
	int from = 1;

	for (size_t i = 0; i < APP_TABS && !app_alone(app); i++) {
		int width = tab_width(app, i);

		if (x >= from && x < from + width)
			return i;
		from += width + 2;
	}
	return APP_TABS;
}

/* What a row is called in the bar by whoever has the keys; NULL: it is not there. */
static const char *bar_words(const struct app *app, const struct key_row *row)
{
	const struct layer *top = app->depth ? &app->stack[app->depth - 1] : &app->tabs[app->tab];
	const bool asked = row->bar && top->ops->label && (app->depth || app_plan(app));
	const bool refused = app->session->options.read_only && keymap_writes(row);
	const char *words = asked && !refused ? top->ops->label(top->state, app, row->action) : NULL;

	if (refused)
		return NULL;
	if (!words)
		return row->bar;
	return words[0] ? words : NULL;
}

/* One entry of the bar; false when it does not fit. */
static bool bar_entry(struct pen *pen, const struct key_row *row, const char *words, bool ascii)
{
	char label[2 * KEY_TEXT];

	if (!*key_row_keys(row))
		return true; /* on no key: nothing to tell */
	key_label(row, ascii, label);
	if (pen->x + text_width(label) + 1 + text_width(words) > pen->end)
		return false;
	pen_text(pen, STYLE_KEY, label);
	pen_textf(pen, STYLE_PLAIN, " %s", words);
	pen->x += 2;
	return true;
}

/* Help always has its place, on all but narrow terminals quit too; what is left goes to the others. */
static void draw_bar(const struct app *app, struct canvas *canvas)
{
	enum context context = app_context(app);
	const struct key_row *help = keymap_named(CONTEXT_GENERAL, "help");
	const struct key_row *quit = keymap_named(CONTEXT_GENERAL, "quit");
	bool general = !context_modal(context) && context != CONTEXT_TEXT && context != CONTEXT_CALL &&
		       context != CONTEXT_CODES && context != CONTEXT_PAINT && context != CONTEXT_WORTH;
	int kept = !general ? 0 : canvas->width < NARROW ? 8 : 16;
	struct pen pen = pen_at(canvas, 1, canvas->height - 1, canvas->width - kept);

	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];
		const bool own = row->context == context && context != CONTEXT_GENERAL;
		const char *words = own ? bar_words(app, row) : NULL;

		if (words && !bar_entry(&pen, row, words, canvas->ascii))
			break;
	}
	if (!general)
		return;
	pen.end = canvas->width;
	bar_entry(&pen, help, help->bar, canvas->ascii);
	bar_entry(&pen, quit, quit->bar, canvas->ascii);
	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];

		if (row->context == CONTEXT_GENERAL && row->bar && row != help && row != quit &&
		    !(app->session->options.read_only && keymap_writes(row)) &&
		    keymap_named(context, row->name) == row) /* not one that the screen has its own of */
			bar_entry(&pen, row, row->bar, canvas->ascii);
	}
}

int app_message_rows(const struct app *app)
{
	const struct canvas *canvas = &app->canvas;

	if (app->message[0] == '\0')
		return 0;
	return canvas_wrap(NULL, 0, 0, canvas->width - 2, canvas->height < 8 ? 1 : canvas->height / 4, STYLE_PLAIN, app->message);
}

/* A message that is longer than its row gets rows of the body; over a line that is typed it stands too. */
static void draw_message(const struct app *app, struct canvas *canvas)
{
	const int rows = app_message_rows(app);
	int width = canvas->width - 2, y = canvas->height - 2;

	if (app->message[0] == '\0' && app_alone(app))
		return;
	if (app->message[0] == '\0') {
		canvas_fill(canvas, 0, y, canvas->width, STYLE_RULE, 0x2500);
		return;
	}
	y -= app_top(app)->context == CONTEXT_PROMPT;
	y -= rows > 1 ? rows - 1 : 0;
	for (int i = 0; i < rows; i++)
		canvas_fill(canvas, 0, y + i, canvas->width, STYLE_PLAIN, ' ');
	canvas_wrap(canvas, 1, y, width, rows, app->message_style, app->message);
}

/* The mistakes of the text that have room in the box, long ones on several rows; how many rows.  With canvas NULL only
 * counts. */
static int draw_diags(const struct app *app, struct canvas *canvas, struct box box, unsigned style)
{
	const struct nm_diags *diags = &app->session->diags;
	int y = box.y;

	if (diags->n == 0)
		return canvas_wrap(canvas, 1, y, box.width - 2, box.height, style, app->session->plan_error.text);
	for (size_t i = 0; i < diags->n && y < box.y + box.height; i++) {
		const char *file = diags->items[i].file, *slash = strrchr(file, '/');
		char text[4 * CANVAS_MOST];

		snprintf(text, sizeof text, "%s:%d: %s", slash ? slash + 1 : file, diags->items[i].line,
			 diags->items[i].text);
		y += canvas_wrap(canvas, 1, y, box.width - 2, box.y + box.height - y, style, text);
	}
	return y - box.y;
}

/* What stands instead of every screen while the text is no plan. */
static void draw_mistakes(const struct app *app, struct canvas *canvas, struct box body)
{
	canvas_text(canvas, 1, body.y, body.width - 2, STYLE_ERROR, app->session->plan_error.text);
	canvas_text(canvas, 1, body.y + 1, body.width - 2, STYLE_DIM,
		    "e opens it in your editor; what is saved there is read at once");
	if (app->session->diags.n)
		draw_diags(app, canvas, (struct box){body.x, body.y + 3, body.width, body.height - 3}, STYLE_PLAIN);
}

/* Between the tabs and the row of messages.  A screen that is alone has that row too, as long as there is none. */
static struct box whole_body(const struct app *app)
{
	const struct canvas *canvas = &app->canvas;
	const bool alone = app_alone(app);
	const int top = alone ? 1 : canvas->height >= 16 ? 3 : 2, below = alone ? 1 : 2;

	return (struct box){0, top, canvas->width, canvas->height > top + below ? canvas->height - top - below : 0};
}

/* Rows of the mistakes over a plan that stayed, where one mends it. */
static int mistake_rows(const struct app *app, struct box body)
{
	const enum context context = app_tab_context(app);

	if (!app->session->unread || (context != CONTEXT_PLAN && context != CONTEXT_CHECK))
		return 0;
	body.height /= 3;
	return draw_diags(app, NULL, body, STYLE_ERROR);
}

struct box app_body(const struct app *app)
{
	struct box body = whole_body(app);
	const int rows = mistake_rows(app, body);

	body.y += rows;
	body.height -= rows;
	return body;
}

void frame_draw(const struct app *app, struct canvas *canvas)
{
	const struct box whole = whole_body(app), body = app_body(app);
	const struct layer *tab = &app->tabs[app->tab];

	canvas_wipe(canvas);
	if (app_alone(app)) {
		draw_heading(app, canvas);
	} else {
		draw_title(app, canvas);
		draw_tabs(app, canvas);
	}
	if (whole.y > 2)
		canvas_fill(canvas, 0, 2, canvas->width, STYLE_RULE, 0x2500);
	canvas_clip(canvas, whole);
	if (body.y > whole.y)
		draw_diags(app, canvas, (struct box){whole.x, whole.y, whole.width, body.y - whole.y}, STYLE_ERROR);
	canvas_clip(canvas, body);
	if (app_plan(app) || app_alone(app))
		tab->ops->draw(tab->state, app, canvas, body);
	else
		draw_mistakes(app, canvas, body);
	canvas_clip(canvas, (struct box){0, whole.y, canvas->width, canvas->height - whole.y});
	/* What the dialog on top is about may be a dialog itself: that does not hide why it is asked. */
	for (size_t i = 0; i + 1 < app->depth; i++)
		app->stack[i].ops->draw(app->stack[i].state, app, canvas, body);
	if (!app_top(app)->alone)
		draw_message(app, canvas);
	if (app->depth)
		app->stack[app->depth - 1].ops->draw(app->stack[app->depth - 1].state, app, canvas, body);
	if (app_top(app)->alone) /* it fills the body, into which a long message reaches */
		draw_message(app, canvas);
	draw_bar(app, canvas);
}
