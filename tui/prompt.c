/* SPDX-License-Identifier: MIT */
/*
 * The dialogs.  In: a question, actions.  Out: an answer for the screen that asked.
 * They know the app only to hand their answer over.
 */
#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

enum { TAG_SEARCH = -30 }; /* a page's own */

/* What all dialogs are opened with. */
struct request {
	int tag;
	const char *question, *initial;
	const char *const *items;
	size_t n, first;
	const struct notes *notes;
	struct figure *figure; /* taken; NULL */
	const size_t *taken; /* items that are chosen already, in their order */
	size_t n_taken;
	void (*offer)(const struct app *app, const char *typed, struct notes *out);
};

struct dialog {
	int tag;
	char *question;
	struct typing typing;
	struct notes items; /* of a choice or page; words of a prompt */
	struct figure figure; /* above the lines of a question or page */
	struct list list;
	size_t *taken; /* of several: items chosen, in their order */
	size_t n_taken;
	int marks;    /* columns in front of each item */
	size_t found; /* row of a page from which a search goes on: its line may be too low to be the first */
	void (*offer)(const struct app *app, const char *typed, struct notes *out); /* makes the words; NULL */
	size_t stem;  /* bytes of the word typed before Tab */
	size_t tried; /* next word that Tab offers */
};

void figure_clear(struct figure *figure)
{
	if (figure->state)
		figure->close(figure->state);
	*figure = (struct figure){0};
}

static void close_dialog(void *state)
{
	struct dialog *dialog = state;

	figure_clear(&dialog->figure);
	notes_clear(&dialog->items);
	free(dialog->taken);
	free(dialog->question);
	free(dialog);
}

static void *open_dialog(struct app *app, const void *argument, struct nm_error *err)
{
	const struct request *request = argument;
	struct dialog *dialog = calloc(1, sizeof *dialog);

	if (dialog) {
		dialog->question = strdup(request->question);
		dialog->taken = calloc(request->n + 1, sizeof *dialog->taken);
	}
	if (!dialog || !dialog->question || !dialog->taken) {
		if (dialog)
			close_dialog(dialog);
		nm_fail_memory(err);
		return NULL;
	}
	dialog->tag = request->tag;
	if (request->initial)
		typing_set(&dialog->typing, request->initial);
	for (size_t i = 0; i < request->n; i++)
		notes_add(&dialog->items, STYLE_PLAIN, request->items[i]);
	for (size_t i = 0; request->notes && i < request->notes->n; i++)
		notes_add(&dialog->items, request->notes->items[i].style, request->notes->items[i].text);
	if (request->figure) {
		dialog->figure = *request->figure;
		*request->figure = (struct figure){0};
	}
	dialog->offer = request->offer;
	if (dialog->offer)
		dialog->offer(app, dialog->typing.text, &dialog->items);
	list_set(&dialog->list, dialog->items.n);
	dialog->list.at = request->first < dialog->items.n ? request->first : 0;
	for (; dialog->n_taken < request->n_taken; dialog->n_taken++)
		dialog->taken[dialog->n_taken] = request->taken[dialog->n_taken];
	return dialog;
}

/* --- a line to type --- */

/* Tab: the next word that begins with what was typed before the first Tab. */
static void complete(struct dialog *dialog)
{
	size_t n = dialog->items.n;

	for (size_t i = 0; i < n; i++) {
		size_t word = (dialog->tried + i) % n;
		const char *text = dialog->items.items[word].text;

		if (strncmp(text, dialog->typing.text, dialog->stem))
			continue;
		dialog->tried = word + 1;
		typing_set(&dialog->typing, text);
		return;
	}
}

static enum verdict act_prompt(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;

	switch (event->action) {
	case ACTION_ACCEPT:
		return app_answer(app, dialog->tag, dialog->typing.text, 0);
	case ACTION_DISMISS:
		return app_answer(app, dialog->tag, NULL, 0);
	case ACTION_COMPLETE:
		complete(dialog);
		return VERDICT_REDRAW;
	default:
		if (!typing_act(&dialog->typing, event))
			return VERDICT_STAY;
	}
	dialog->stem = dialog->typing.len;
	dialog->tried = 0;
	if (dialog->offer) {
		notes_clear(&dialog->items);
		dialog->offer(app, dialog->typing.text, &dialog->items);
	}
	return VERDICT_REDRAW;
}

#define TYPED 24 /* columns that are always left for what is typed; of a narrow window half */

/* Shows the end of a text that is longer than the row, and the words that would complete it. */
static void draw_prompt(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	int y = body.y + body.height;
	/* A narrow window cuts the question, not what is typed. */
	struct pen pen = pen_at(canvas, 1, y, canvas->width - (canvas->width < 2 * TYPED ? canvas->width / 2 : TYPED));

	(void)app;
	canvas_fill(canvas, 0, y, canvas->width, STYLE_PLAIN, ' ');
	pen_textf(&pen, STYLE_HEAD, "%s ", dialog->question);
	pen = pen_at(canvas, pen.x, y, canvas->width);
	typing_draw(&dialog->typing, &pen, STYLE_BOLD);
	pen_tab(&pen, pen.x + 3);
	for (size_t i = 0; i < dialog->items.n && dialog->typing.len; i++) {
		const char *text = dialog->items.items[i].text, *blank = strrchr(dialog->typing.text, ' ');

		if (!strncmp(text, dialog->typing.text, dialog->typing.len))
			pen_textf(&pen, STYLE_DIM, "%s ", text + (blank ? blank + 1 - dialog->typing.text : 0));
	}
}

static const struct screen_ops prompt_ops = {
	.name = "prompt",
	.title = "Prompt",
	.context = CONTEXT_PROMPT,
	.dialog = true,
	.open = open_dialog,
	.close = close_dialog,
	.act = act_prompt,
	.draw = draw_prompt,
};

void app_ask(struct app *app, int tag, const char *question, const char *initial, const char *const *words)
{
	struct request request = {.tag = tag, .question = question, .initial = initial, .items = words};

	while (words && words[request.n])
		request.n++;
	app_push(app, &prompt_ops, &request);
}

void app_ask_offering(struct app *app, int tag, const char *question, const char *initial,
		      void (*offer)(const struct app *app, const char *typed, struct notes *out))
{
	struct request request = {.tag = tag, .question = question, .initial = initial, .offer = offer};

	app_push(app, &prompt_ops, &request);
}

/* --- a question with lines, or a list, in a frame --- */

/* Rows of what stands above the lines; window: rows of the body. */
static size_t figure_rows(const struct dialog *dialog, int width, int window)
{
	return dialog->figure.state ? (size_t)dialog->figure.rows(dialog->figure.state, width, window) : 0;
}

/* Rows that it and all lines need at this width. */
static size_t hanging_rows(const struct dialog *dialog, int width, int window)
{
	return figure_rows(dialog, width, window) + notes_rows(&dialog->items, width);
}

/* The figure, whose first `top` rows are scrolled away. */
static void draw_figure(const struct dialog *dialog, struct canvas *canvas, struct box box, size_t top, int window)
{
	const struct box clip = canvas->clip;

	canvas_clip(canvas, box);
	dialog->figure.draw(dialog->figure.state, canvas,
			    (struct box){box.x, box.y - (int)top, box.width, window});
	canvas_clip(canvas, clip);
}

/* All from row `top` on, long lines on several rows. */
static void draw_hanging(const struct dialog *dialog, struct canvas *canvas, struct box box, size_t top, int window)
{
	const size_t above = figure_rows(dialog, box.width, window);

	if (above > top) {
		draw_figure(dialog, canvas, box, top, window);
		box.y += (int)(above - top);
		box.height -= (int)(above - top);
	}
	notes_draw(&dialog->items, canvas, box, top > above ? top - above : 0);
}

/* "9 more", lines below; "" when there are none. */
static void more_words(size_t n, char *out, size_t size)
{
	out[0] = '\0';
	if (n)
		snprintf(out, size, "%zu more", n);
}

/* The row that moves is the first one shown; the last line ends at the bottom. */
static void set_rows(struct dialog *dialog, size_t n, size_t shown)
{
	list_set(&dialog->list, n > shown ? n - shown + 1 : 1);
}

static int widest(const struct dialog *dialog)
{
	int width = text_width(dialog->question);

	if (width < dialog->figure.width)
		width = dialog->figure.width;
	for (size_t i = 0; i < dialog->items.n; i++) {
		int w = text_width(dialog->items.items[i].text) + dialog->marks;

		if (w > width)
			width = w;
	}
	return width;
}

#define QUESTION_ROWS 3 /* a question is about a line or a rule by its name: that must not be cut off */

/* Rows of the question in a frame of this width. */
static int question_rows(const struct dialog *dialog, int width)
{
	return canvas_wrap(NULL, 0, 0, width - 4, QUESTION_ROWS, STYLE_BOLD, dialog->question);
}

/* The frame in the middle of the body, `more` rows below its lines; long lines take rows when `hang`. */
static struct box frame_box(const struct dialog *dialog, struct box body, int more, bool hang)
{
	struct box box = {0, 0, widest(dialog) + 6, 0};

	if (box.width > body.width)
		box.width = body.width;
	if (box.width < 24)
		box.width = 24;
	box.height = (int)(hang ? hanging_rows(dialog, box.width - 4, body.height) : dialog->items.n) +
		     question_rows(dialog, box.width) + 3 + more;
	if (box.height > body.height)
		box.height = body.height;
	box.x = body.x + (body.width - box.width) / 2;
	box.y = body.y + (body.height - box.height) / 2;
	return box;
}

static void draw_frame(const struct dialog *dialog, struct canvas *canvas, struct box box)
{
	canvas_box(canvas, box.x, box.y, box.width, box.height, STYLE_BOLD);
	canvas_wrap(canvas, box.x + 2, box.y + 1, box.width - 4, QUESTION_ROWS, STYLE_BOLD, dialog->question);
}

#define CONFIRM_KEYS 2 /* a blank row, and "y yes   n no" */

/* Where a question's lines stand in its frame. */
static struct box lines_box(const struct dialog *dialog, struct box frame, int more)
{
	int question = question_rows(dialog, frame.width), height = frame.height - 2 - question - more;

	return (struct box){frame.x + 2, frame.y + 1 + question, frame.width - 4, height > 0 ? height : 0};
}

static bool figure_acts(struct dialog *dialog, enum action action)
{
	return dialog->figure.state && dialog->figure.act(dialog->figure.state, action);
}

static enum verdict act_confirm(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;
	struct box body = app_body(app);
	struct box box = lines_box(dialog, frame_box(dialog, body, CONFIRM_KEYS, true), CONFIRM_KEYS);

	if (event->action == ACTION_YES)
		return app_answer(app, dialog->tag, "", 0);
	if (event->action == ACTION_NO)
		return app_answer(app, dialog->tag, NULL, 0);
	if (figure_acts(dialog, event->action))
		return VERDICT_REDRAW;
	set_rows(dialog, hanging_rows(dialog, box.width, body.height), (size_t)box.height);
	dialog->list.page = (size_t)box.height;
	return list_act(&dialog->list, event->action) ? VERDICT_REDRAW : VERDICT_STAY;
}

static void draw_confirm(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	struct box frame = frame_box(dialog, body, CONFIRM_KEYS, true);
	struct box box = lines_box(dialog, frame, CONFIRM_KEYS);
	size_t n = hanging_rows(dialog, box.width, body.height), shown = (size_t)box.height;
	size_t top = n <= shown ? 0 : dialog->list.at < n - shown ? dialog->list.at : n - shown;
	struct pen keys;
	char more[32];

	(void)app;
	draw_frame(dialog, canvas, frame);
	draw_hanging(dialog, canvas, box, top, body.height);
	keys = pen_at(canvas, box.x, frame.y + frame.height - 2, box.x + box.width);
	pen_text(&keys, STYLE_KEY, "y yes   n no");
	more_words(top + shown < n ? n - top - shown : 0, more, sizeof more);
	pen_textf(&keys, STYLE_DIM, "   %s", more);
}

static const struct screen_ops confirm_ops = {
	.name = "confirm",
	.title = "Confirm",
	.context = CONTEXT_CONFIRM,
	.dialog = true,
	.open = open_dialog,
	.close = close_dialog,
	.act = act_confirm,
	.draw = draw_confirm,
};

void app_confirm_with(struct app *app, int tag, const char *question, const struct notes *notes, struct figure *figure)
{
	struct request request = {.tag = tag, .question = question, .notes = notes, .figure = figure};

	app_push(app, &confirm_ops, &request);
}

void app_confirm(struct app *app, int tag, const char *question, const struct notes *notes)
{
	app_confirm_with(app, tag, question, notes, NULL);
}

static enum verdict act_choose(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;

	if (event->action == ACTION_ACCEPT && dialog->items.n)
		return app_answer(app, dialog->tag, dialog->items.items[dialog->list.at].text,
				  dialog->list.at);
	if (event->action == ACTION_DISMISS)
		return app_answer(app, dialog->tag, NULL, 0);
	return list_act(&dialog->list, event->action) ? VERDICT_REDRAW : VERDICT_STAY;
}

static void draw_choose(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	struct box frame = frame_box(dialog, body, 0, false), box = lines_box(dialog, frame, 0);
	size_t top = list_top(&dialog->list, box.height);

	(void)app;
	draw_frame(dialog, canvas, frame);
	for (int i = 0; i < box.height && top + (size_t)i < dialog->items.n; i++) {
		const struct note_line *line = &dialog->items.items[top + (size_t)i];

		canvas_text(canvas, box.x + dialog->marks, box.y + i, box.width - dialog->marks, line->style,
			    line->text);
	}
	box.y += (int)(dialog->list.at - top);
	canvas_mark(canvas, frame.x + 1, box.y, frame.width - 2);
	canvas_pointer(canvas, frame.x + 1, box.y);
}

static const struct screen_ops choose_ops = {
	.name = "choose",
	.title = "Choose",
	.context = CONTEXT_CHOOSE,
	.dialog = true,
	.open = open_dialog,
	.close = close_dialog,
	.act = act_choose,
	.draw = draw_choose,
};

void app_choose(struct app *app, int tag, const char *question, const char *const *items, size_t n,
		size_t first)
{
	struct request request = {.tag = tag, .question = question, .items = items, .n = n, .first = first};

	app_push(app, &choose_ops, &request);
}

/* --- several of a list --- */

#define MARK 5 /* "[12] " */

static void *open_several(struct app *app, const void *argument, struct nm_error *err)
{
	struct dialog *dialog = open_dialog(app, argument, err);

	if (dialog)
		dialog->marks = MARK;
	return dialog;
}

/* Place of an item among those chosen, from 1; 0 when it is not. */
static size_t taken_as(const struct dialog *dialog, size_t item)
{
	for (size_t i = 0; i < dialog->n_taken; i++)
		if (dialog->taken[i] == item)
			return i + 1;
	return 0;
}

static void toggle(struct dialog *dialog, size_t item)
{
	size_t place = taken_as(dialog, item);

	if (!place) {
		dialog->taken[dialog->n_taken++] = item;
		return;
	}
	memmove(dialog->taken + place - 1, dialog->taken + place,
		(dialog->n_taken - place) * sizeof *dialog->taken);
	dialog->n_taken--;
}

static enum verdict answer_several(const struct dialog *dialog, struct app *app)
{
	struct nm_buf names;
	enum verdict verdict;

	nm_buf_init(&names, 1u << 20);
	for (size_t i = 0; i < dialog->n_taken; i++)
		nm_buf_addf(&names, "%s%s", i ? "\n" : "", dialog->items.items[dialog->taken[i]].text);
	verdict = app_answer(app, dialog->tag, names.failed ? NULL : names.data, dialog->n_taken);
	nm_buf_clear(&names);
	return verdict;
}

static enum verdict act_several(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;

	if (event->action == ACTION_ACCEPT)
		return answer_several(dialog, app);
	if (event->action == ACTION_DISMISS)
		return app_answer(app, dialog->tag, NULL, 0);
	if (event->action == ACTION_CYCLE && dialog->items.n) {
		toggle(dialog, dialog->list.at);
		return VERDICT_REDRAW;
	}
	return list_act(&dialog->list, event->action) ? VERDICT_REDRAW : VERDICT_STAY;
}

static void draw_several(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	struct box box = lines_box(dialog, frame_box(dialog, body, 0, false), 0);
	size_t top = list_top(&dialog->list, box.height);

	draw_choose(state, app, canvas, body);
	for (int i = 0; i < box.height && top + (size_t)i < dialog->items.n; i++) {
		size_t place = taken_as(dialog, top + (size_t)i);
		unsigned mark = top + (size_t)i == dialog->list.at ? STYLE_CURSOR : 0;

		if (place)
			canvas_textf(canvas, box.x, box.y + i, MARK, STYLE_BOLD | mark, "[%zu]", place);
		else
			canvas_text(canvas, box.x, box.y + i, MARK, STYLE_PLAIN | mark, "[ ]");
	}
}

static const struct screen_ops several_ops = {
	.name = "several",
	.title = "Several",
	.context = CONTEXT_SEVERAL,
	.dialog = true,
	.open = open_several,
	.close = close_dialog,
	.act = act_several,
	.draw = draw_several,
};

void app_choose_several(struct app *app, int tag, const char *question, const char *const *items, size_t n,
			const size_t *taken, size_t n_taken)
{
	struct request request = {
		.tag = tag, .question = question, .items = items, .n = n, .taken = taken, .n_taken = n_taken};

	app_push(app, &several_ops, &request);
}

/* --- a page of text --- */

static size_t hanging_height(const struct dialog *dialog, size_t line, int width)
{
	return (size_t)canvas_hang(NULL, (struct box){.width = width}, 0, STYLE_PLAIN, dialog->items.items[line].text);
}

static const char *page_line(const void *context, size_t i)
{
	const struct dialog *dialog = context;

	return dialog->items.items[i].text;
}

/* Scrolls to the next line that has what is searched for. */
static void search_page(struct dialog *dialog, struct app *app, bool back, bool here)
{
	const struct box body = app_body(app);
	const int width = body.width - 2;
	const size_t above = figure_rows(dialog, width, body.height);
	struct list lines = {.n = dialog->items.n};
	size_t row = above;

	if (dialog->list.search[0] == '\0') {
		app_message(app, STYLE_PLAIN, "nothing was searched for yet: / asks");
		return;
	}
	while (lines.at + 1 < lines.n && row + hanging_height(dialog, lines.at, width) <= dialog->found)
		row += hanging_height(dialog, lines.at++, width);
	snprintf(lines.search, sizeof lines.search, "%s", dialog->list.search);
	if (!list_find(&lines, back, here, page_line, dialog)) {
		app_message(app, STYLE_WARNING, "%s is not on this page", lines.search);
		return;
	}
	row = above;
	for (size_t i = 0; i < lines.at; i++)
		row += hanging_height(dialog, i, width);
	dialog->found = row;
	dialog->list.at = row < dialog->list.n ? row : dialog->list.n - 1;
}

static enum verdict act_search(struct dialog *dialog, struct app *app, const struct event *event)
{
	if (event->action == ACTION_SEARCH) {
		app_ask(app, TAG_SEARCH, "/", dialog->list.search, NULL);
	} else if (event->action != ACTION_ANSWER) {
		search_page(dialog, app, event->action == ACTION_SEARCH_BACK, false);
	} else if (event->text) {
		snprintf(dialog->list.search, sizeof dialog->list.search, "%s", event->text);
		search_page(dialog, app, false, true);
	}
	return VERDICT_REDRAW;
}

static enum verdict act_page(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;
	struct box body = app_body(app);

	if (event->action == ACTION_BACK)
		return VERDICT_POP;
	if (figure_acts(dialog, event->action))
		return VERDICT_REDRAW;
	set_rows(dialog, hanging_rows(dialog, body.width - 2, body.height), body.height > 1 ? (size_t)body.height - 1 : 0);
	if (event->action == ACTION_SEARCH || event->action == ACTION_SEARCH_NEXT ||
	    event->action == ACTION_SEARCH_BACK || event->action == ACTION_ANSWER)
		return act_search(dialog, app, event);
	if (!list_act(&dialog->list, event->action))
		return VERDICT_STAY;
	dialog->found = dialog->list.at;
	return VERDICT_REDRAW;
}

static void draw_page(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	struct box box = {1, body.y + 1, body.width - 2, body.height > 1 ? body.height - 1 : 0};
	size_t n = hanging_rows(dialog, box.width, body.height), shown = (size_t)box.height;
	size_t top = n <= shown ? 0 : dialog->list.at < n - shown ? dialog->list.at : n - shown;
	char more[32];
	int at;

	(void)app;
	for (int y = 0; y < body.height; y++)
		canvas_fill(canvas, 0, body.y + y, canvas->width, STYLE_PLAIN, ' ');
	more_words(top + shown < n ? n - top - shown : 0, more, sizeof more);
	at = body.width - text_width(more) - 2;
	canvas_text(canvas, 1, body.y, more[0] ? at - 3 : box.width, STYLE_BOLD, dialog->question);
	canvas_text(canvas, at, body.y, text_width(more), STYLE_DIM, more);
	draw_hanging(dialog, canvas, box, top, body.height);
}

static const struct screen_ops page_ops = {
	.name = "page",
	.title = "Page",
	.context = CONTEXT_TEXT,
	.dialog = true,
	.open = open_dialog,
	.close = close_dialog,
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
