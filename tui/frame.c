/* SPDX-License-Identifier: MIT */
/*
 * The frame around every screen.  In: the session's state, the screens and their keys.  Out: the title bar (title.c),
 * tabs, message line, key bar.  Decides nothing.
 */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "title.h"

#define NARROW 56 /* below, quitting has no place in the bar */

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

/* Where nothing was begun there are no mistakes to mend. */
static void draw_no_plan(const struct app *app, struct canvas *canvas, struct box body)
{
	const bool refused = app->session->options.read_only;
	int y = body.y;

	y += canvas_wrap(canvas, 1, y, body.width - 2, body.height, STYLE_BOLD, "There is no plan in this file yet.");
	if (refused)
		y += canvas_wrap(canvas, 1, y, body.width - 2, body.y + body.height - y, STYLE_PLAIN,
				 "This session is read-only: nothing can be written here.");
	canvas_wrap(canvas, 1, y, body.width - 2, body.y + body.height - y, STYLE_PLAIN,
		    refused ? "Its owner starts nevermiss without --read-only, and is asked what a first plan needs. "
			      "What is saved then is read here at once."
			    : "Leave and start nevermiss again: it asks what a first plan needs.");
}

/* What stands instead of every screen while the text is no plan. */
static void draw_mistakes(const struct app *app, struct canvas *canvas, struct box body)
{
	const struct session *session = app->session;
	size_t len = 0;
	const char *text = session->document ? nm_document_text(session->document, &len) : "";

	if (nm_plan_has_no_section(text, len)) {
		draw_no_plan(app, canvas, body);
		return;
	}
	canvas_text(canvas, 1, body.y, body.width - 2, STYLE_ERROR, session->plan_error.text);
	canvas_text(canvas, 1, body.y + 1, body.width - 2, STYLE_DIM,
		    session->options.read_only ? "whoever may write mends it; what is saved is read here at once"
					       : "e opens it in your editor; what is saved there is read at once");
	if (session->diags.n)
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

/* What the dialog on top has of the body: not the rows that a long message reaches into.  A line that is typed stands below
 * the body, and the message above it; what has the window to itself has it drawn over its last rows. */
static struct box top_body(const struct app *app, struct box body)
{
	const struct screen_ops *top = app_top(app);
	const int until = app->canvas.height - 1 - app_message_rows(app);

	if (!top->alone && top->context != CONTEXT_PROMPT && body.y + body.height > until)
		body.height = until > body.y ? until - body.y : 0;
	return body;
}

void frame_draw(const struct app *app, struct canvas *canvas)
{
	const struct box whole = whole_body(app), body = app_body(app);
	const struct layer *tab = &app->tabs[app->tab];

	canvas_wipe(canvas);
	title_draw(app, canvas);
	if (!app_alone(app))
		draw_tabs(app, canvas);
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
		app->stack[app->depth - 1].ops->draw(app->stack[app->depth - 1].state, app, canvas, top_body(app, body));
	if (app_top(app)->alone) /* it fills the body, into which a long message reaches */
		draw_message(app, canvas);
	draw_bar(app, canvas);
}
