/* SPDX-License-Identifier: MIT */
/*
 * The page of text.  In: lines.  Out: rows that scroll and are searched.  Answers nothing.
 */
#include <string.h>

#include "dialog.h"
#include "search.h"

static size_t hanging_height(const struct dialog *dialog, size_t line, int width)
{
	return (size_t)canvas_hang(NULL, (struct box){.width = width}, 0, STYLE_PLAIN, dialog->items.items[line].text);
}

static const char *page_line(const void *context, size_t i)
{
	const struct dialog *dialog = context;

	return dialog->items.items[i].text;
}

/* The page's row on which a line begins. */
static size_t row_of(const struct dialog *dialog, size_t line, int width, int window)
{
	size_t row = line < dialog->items.lead ? 0 : dialog_figure_rows(dialog, width, window);

	for (size_t i = 0; i < line; i++)
		row += hanging_height(dialog, i, width);
	return row;
}

/* Scrolls to the next line that has what is searched for. */
static bool find_line(void *state, struct app *app, bool back, bool here)
{
	struct dialog *dialog = state;
	const struct box body = app_body(app);
	const int width = body.width - 2;
	struct list lines = {.n = dialog->items.n};
	size_t row;

	while (lines.at + 1 < lines.n && row_of(dialog, lines.at + 1, width, body.height) <= dialog->found)
		lines.at++;
	memcpy(lines.search, dialog->list.search, sizeof lines.search);
	if (!list_find(&lines, back, here, page_line, dialog))
		return false;
	row = row_of(dialog, lines.at, width, body.height);
	dialog->found = row;
	dialog->list.at = row < dialog->list.n ? row : dialog->list.n - 1;
	return true;
}

static const struct search_ops line_search = {.where = "on this page", .find = find_line};

static enum verdict act_page(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;
	struct box body = app_body(app);

	if (event->action == ACTION_BACK)
		return VERDICT_POP;
	if (dialog_figure_acts(dialog, event->action))
		return VERDICT_REDRAW;
	dialog_scroll(dialog, dialog_rows(dialog, body.width - 2, body.height), body.height > 1 ? (size_t)body.height - 1 : 0);
	if (search_act(&line_search, dialog, dialog->list.search, app, event))
		return VERDICT_REDRAW;
	if (!list_act(&dialog->list, event->action))
		return VERDICT_STAY;
	dialog->found = dialog->list.at;
	return VERDICT_REDRAW;
}

static void draw_page(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	struct box box = {1, body.y + 1, body.width - 2, body.height > 1 ? body.height - 1 : 0};
	size_t n = dialog_rows(dialog, box.width, body.height), shown = (size_t)box.height;
	size_t top = n <= shown ? 0 : dialog->list.at < n - shown ? dialog->list.at : n - shown;
	char more[32];
	int at;

	(void)app;
	for (int y = 0; y < body.height; y++)
		canvas_fill(canvas, 0, body.y + y, canvas->width, STYLE_PLAIN, ' ');
	dialog_more_words(top + shown < n ? n - top - shown : 0, more, sizeof more);
	at = body.width - text_width(more) - 2;
	canvas_text(canvas, 1, body.y, more[0] ? at - 3 : box.width, STYLE_BOLD, dialog->question);
	canvas_text(canvas, at, body.y, text_width(more), STYLE_DIM, more);
	dialog_draw_lines(dialog, canvas, box, top, body.height);
}

static const struct screen_ops page_ops = {
	.name = "page",
	.title = "Page",
	.context = CONTEXT_TEXT,
	.dialog = true,
	.open = dialog_open,
	.close = dialog_close,
	.act = act_page,
	.draw = draw_page,
};

void app_page_with(struct app *app, const char *title, const struct notes *notes, struct figure *figure)
{
	struct request request = {.question = title, .notes = notes, .figure = figure};

	app_push(app, &page_ops, &request);
}

void app_page(struct app *app, const char *title, const struct notes *notes)
{
	app_page_with(app, title, notes, NULL);
}
