/* SPDX-License-Identifier: MIT */
/*
 * The dialogs.  In: a question, actions.  Out: an answer for the screen that asked.
 * They know the app only to hand their answer over.
 */
#include "cut_line.h"
#include "dialog.h"
#include "search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>



/* --- a line to type --- */

/* Tab: the next of what may become of what was typed before the first Tab. */
static void complete(struct dialog *dialog)
{
	if (dialog->items.n)
		typing_set(&dialog->typing, dialog->items.items[dialog->tried++ % dialog->items.n].text);
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
		if (dialog->offer)
			complete(dialog);
		else
			app_message(app, STYLE_DIM, "there is nothing to complete here: type it");
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
	if (dialog->hear)
		dialog->hear(app, dialog->typing.text);
	return VERDICT_REDRAW;
}

/* The words that Tab goes through, but for the one that it has put there. */
static void draw_offers(const struct dialog *dialog, struct pen *pen)
{
	const char *typed = dialog->typing.text;
	const size_t before = cut_last(typed, dialog->stem); /* bytes before the last word */

	for (size_t i = 0; i < dialog->items.n && dialog->stem; i++) {
		const char *text = dialog->items.items[i].text;

		if (strcmp(text, typed) != 0)
			pen_textf(pen, STYLE_DIM, "%s ", text + before);
	}
}

#define TYPED 24 /* columns that are always left for what is typed; of a narrow window half */
#define ASKED 4  /* rows that a question may have above that, and above a message */

/* The question in front of what is typed, or on rows of its own above; the column where typing begins. */
static int draw_question(const struct dialog *dialog, const struct app *app, struct canvas *canvas, int y)
{
	const int end = canvas->width - (canvas->width < 2 * TYPED ? canvas->width / 2 : TYPED);
	const int above = y - app_message_rows(app), most = above - 2 < ASKED ? above - 2 : ASKED;
	struct pen pen = pen_at(canvas, 1, y, end);
	int rows;

	if (1 + text_width(dialog->question) + 1 <= end || most < 1) {
		pen_textf(&pen, STYLE_HEAD, "%s ", dialog->question);
		return pen.x;
	}
	rows = canvas_wrap(NULL, 1, 0, canvas->width - 2, most, STYLE_HEAD, dialog->question);
	for (int i = 1; i <= rows; i++)
		canvas_fill(canvas, 0, above - i, canvas->width, STYLE_PLAIN, ' ');
	canvas_wrap(canvas, 1, above - rows, canvas->width - 2, most, STYLE_HEAD, dialog->question);
	return pen.x;
}

/* Shows the end of a text that is longer than the row, and the words that would complete it. */
static void draw_prompt(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	const int y = body.y + body.height;
	struct pen pen;

	canvas_fill(canvas, 0, y, canvas->width, STYLE_PLAIN, ' ');
	pen = pen_at(canvas, draw_question(dialog, app, canvas, y), y, canvas->width);
	typing_draw(&dialog->typing, &pen, STYLE_BOLD);
	pen_tab(&pen, pen.x + 3);
	draw_offers(dialog, &pen);
}

/* Only the `:` line has words to complete. */
static const char *label_prompt(const void *state, const struct app *app, enum action action)
{
	const struct dialog *dialog = state;

	(void)app;
	return action == ACTION_COMPLETE && !dialog->offer ? "" : NULL;
}

static const struct screen_ops prompt_ops = {
	.name = "prompt",
	.title = "Prompt",
	.context = CONTEXT_PROMPT,
	.dialog = true,
	.open = dialog_open,
	.close = dialog_close,
	.act = act_prompt,
	.label = label_prompt,
	.draw = draw_prompt,
};

void app_ask(struct app *app, int tag, const char *question, const char *offered, const char *typed)
{
	struct request request = {.tag = tag, .question = question, .offered = offered, .typed = typed};

	app_push(app, &prompt_ops, &request);
}

void app_ask_offering(struct app *app, int tag, const char *question, const char *typed,
		      void (*offer)(const struct app *app, const char *typed, struct notes *out))
{
	struct request request = {.tag = tag, .question = question, .typed = typed, .offer = offer};

	app_push(app, &prompt_ops, &request);
}

void app_ask_heard(struct app *app, int tag, const struct heard_line *line)
{
	struct request request = {
		.tag = tag, .question = line->question, .offered = line->offered, .typed = line->typed, .hear = line->hear};

	app_push(app, &prompt_ops, &request);
}

/* --- a question with lines, or a list, in a frame --- */

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
	box.height = (int)(hang ? dialog_rows(dialog, box.width - 4, body.height) : dialog->items.n) +
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


static enum verdict act_confirm(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;
	struct box body = app_body(app);
	struct box box = lines_box(dialog, frame_box(dialog, body, CONFIRM_KEYS, true), CONFIRM_KEYS);

	if (event->action == ACTION_YES)
		return app_answer(app, dialog->tag, "", 0);
	if (event->action == ACTION_NO)
		return app_answer(app, dialog->tag, NULL, ANSWER_NO);
	if (event->action == ACTION_DISMISS)
		return app_answer(app, dialog->tag, NULL, 0);
	if (dialog_figure_acts(dialog, event->action))
		return VERDICT_REDRAW;
	dialog_scroll(dialog, dialog_rows(dialog, box.width, body.height), (size_t)box.height);
	dialog->list.page = (size_t)box.height;
	return list_act(&dialog->list, event->action) ? VERDICT_REDRAW : VERDICT_STAY;
}

static void draw_confirm(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct dialog *dialog = state;
	struct box frame = frame_box(dialog, body, CONFIRM_KEYS, true);
	struct box box = lines_box(dialog, frame, CONFIRM_KEYS);
	size_t n = dialog_rows(dialog, box.width, body.height), shown = (size_t)box.height;
	size_t top = n <= shown ? 0 : dialog->list.at < n - shown ? dialog->list.at : n - shown;
	struct pen keys;
	char more[32];

	(void)app;
	draw_frame(dialog, canvas, frame);
	dialog_draw_lines(dialog, canvas, box, top, body.height);
	keys = pen_at(canvas, box.x, frame.y + frame.height - 2, box.x + box.width);
	if (dialog->ways.later)
		pen_textf(&keys, STYLE_KEY, "y %s  n %s  q %s", dialog->ways.yes, dialog->ways.no, dialog->ways.later);
	else
		pen_text(&keys, STYLE_KEY, "y yes   n no");
	dialog_more_words(top + shown < n ? n - top - shown : 0, more, sizeof more);
	pen_textf(&keys, STYLE_DIM, "   %s", more);
}

/* Are there more lines than its frame has room for? */
static bool confirm_scrolls(const struct dialog *dialog, struct box body)
{
	const struct box box = lines_box(dialog, frame_box(dialog, body, CONFIRM_KEYS, true), CONFIRM_KEYS);

	return dialog_rows(dialog, box.width, body.height) > (size_t)box.height;
}

/* Of a plain question, leaving it is no. */
static const char *label_confirm(const void *state, const struct app *app, enum action action)
{
	const struct dialog *dialog = state;

	switch (action) {
	case ACTION_YES:
		return dialog->ways.yes;
	case ACTION_NO:
		return dialog->ways.no;
	case ACTION_DISMISS:
		return dialog->ways.later ? dialog->ways.later : "";
	case ACTION_UP:
		return confirm_scrolls(dialog, app_body(app)) ? NULL : "";
	default:
		return NULL;
	}
}

static const struct screen_ops confirm_ops = {
	.name = "confirm",
	.title = "Confirm",
	.context = CONTEXT_CONFIRM,
	.dialog = true,
	.open = dialog_open,
	.close = dialog_close,
	.act = act_confirm,
	.label = label_confirm,
	.draw = draw_confirm,
};

void app_confirm_with(struct app *app, int tag, const char *question, const struct notes *notes, struct figure *figure)
{
	struct request request = {.tag = tag, .question = question, .notes = notes, .figure = figure};

	app_push(app, &confirm_ops, &request);
}

void app_offer_with(struct app *app, int tag, const char *question, const struct ways *ways, const struct notes *notes,
		    struct figure *figure)
{
	struct request request = {.tag = tag, .question = question, .ways = ways, .notes = notes, .figure = figure};

	app_push(app, &confirm_ops, &request);
}

void app_confirm(struct app *app, int tag, const char *question, const struct notes *notes)
{
	app_confirm_with(app, tag, question, notes, NULL);
}

static const char *item_text(const void *context, size_t i)
{
	const struct dialog *dialog = context;

	return dialog->items.items[i].text;
}

static bool find_item(void *state, struct app *app, bool back, bool here)
{
	struct dialog *dialog = state;

	(void)app;
	return list_find(&dialog->list, back, here, item_text, dialog);
}

static const struct search_ops item_search = {.where = "in this list", .find = find_item};

static enum verdict act_choose(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;

	if (event->action == ACTION_ACCEPT && dialog->items.n)
		return app_answer(app, dialog->tag, dialog->items.items[dialog->list.at].text,
				  dialog->list.at);
	if (event->action == ACTION_DISMISS)
		return app_answer(app, dialog->tag, NULL, 0);
	if (search_act(&item_search, dialog, dialog->list.search, app, event))
		return VERDICT_REDRAW;
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
	.open = dialog_open,
	.close = dialog_close,
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
#define TAG_ONE_MORE (-61)

static void *open_several(struct app *app, const void *argument, struct nm_error *err)
{
	struct dialog *dialog = dialog_open(app, argument, err);

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

static enum verdict answer_several(const struct dialog *dialog, struct app *app, bool as_text)
{
	struct nm_buf names;
	enum verdict verdict;

	nm_buf_init(&names, 1u << 20);
	for (size_t i = 0; i < dialog->n_taken; i++)
		nm_buf_addf(&names, "%s%s", i ? "\n" : "", dialog->items.items[dialog->taken[i]].text);
	verdict = app_answer(app, dialog->tag, names.failed ? NULL : names.data, as_text ? SEVERAL_AS_TEXT : dialog->n_taken);
	nm_buf_clear(&names);
	return verdict;
}

/* The one under the cursor changes places with the next of those taken, or the one before. */
static void reorder(struct dialog *dialog, struct app *app, bool back)
{
	const size_t place = taken_as(dialog, dialog->list.at), other = back ? place - 1 : place + 1;

	if (!place) {
		app_message(app, STYLE_DIM, "it is not taken, and so has no place among those that are");
	} else if (!other || other > dialog->n_taken) {
		app_message(app, STYLE_DIM, "it is the %s already", back ? "first" : "last");
	} else {
		const size_t item = dialog->taken[other - 1];

		dialog->taken[other - 1] = dialog->taken[place - 1];
		dialog->taken[place - 1] = item;
	}
}

static void ask_one_more(const struct dialog *dialog, struct app *app)
{
	if (dialog->open)
		app_ask_heard(app, TAG_ONE_MORE,
			      &(struct heard_line){.question = "one more:", .offered = "", .hear = dialog->hear});
	else
		app_message(app, STYLE_DIM, "only what stands here can be taken");
}

static size_t item_called(const struct dialog *dialog, const char *text)
{
	size_t i = 0;

	while (i < dialog->items.n && strcmp(dialog->items.items[i].text, text))
		i++;
	return i;
}

/* Takes one that was typed, which may stand there already. */
static void take_one_more(struct dialog *dialog, struct app *app, const char *text)
{
	const size_t at = item_called(dialog, text);
	size_t *taken = realloc(dialog->taken, (dialog->items.n + 2) * sizeof *taken);

	if (taken)
		dialog->taken = taken;
	if (taken && at == dialog->items.n)
		notes_add(&dialog->items, STYLE_PLAIN, text);
	if (at >= dialog->items.n || !taken) {
		app_message(app, STYLE_ERROR, "out of memory: nothing was added");
		return;
	}
	list_set(&dialog->list, dialog->items.n);
	dialog->list.at = at;
	if (!taken_as(dialog, at))
		toggle(dialog, at);
}

/* What changes one of them, or which of them are taken. */
static bool change_several(struct dialog *dialog, struct app *app, const struct event *event)
{
	switch (event->action) {
	case ACTION_CYCLE:
		if (dialog->items.n)
			toggle(dialog, dialog->list.at);
		return true;
	case ACTION_DELETE:
		if (taken_as(dialog, dialog->list.at))
			toggle(dialog, dialog->list.at);
		else
			app_message(app, STYLE_DIM, "it is not taken");
		return true;
	case ACTION_MOVE_UP:
	case ACTION_MOVE_DOWN:
		reorder(dialog, app, event->action == ACTION_MOVE_UP);
		return true;
	case ACTION_ADD:
		ask_one_more(dialog, app);
		return true;
	case ACTION_ANSWER:
		if (event->tag != TAG_ONE_MORE)
			return false;
		if (event->text && *event->text)
			take_one_more(dialog, app, event->text);
		return true;
	default:
		return false;
	}
}

static enum verdict act_several(void *state, struct app *app, const struct event *event)
{
	struct dialog *dialog = state;

	if (event->action == ACTION_ACCEPT || event->action == ACTION_TYPE)
		return answer_several(dialog, app, event->action == ACTION_TYPE);
	if (event->action == ACTION_DISMISS)
		return app_answer(app, dialog->tag, NULL, 0);
	if (change_several(dialog, app, event))
		return VERDICT_REDRAW;
	if (search_act(&item_search, dialog, dialog->list.search, app, event))
		return VERDICT_REDRAW;
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

/* The bar has what can be done here. */
static const char *label_several(const void *state, const struct app *app, enum action action)
{
	const struct dialog *dialog = state;

	(void)app;
	if (action == ACTION_ADD && !dialog->open)
		return "";
	return action == ACTION_MOVE_DOWN && dialog->n_taken < 2 ? "" : NULL;
}

static const struct screen_ops several_ops = {
	.name = "several",
	.title = "Several",
	.context = CONTEXT_SEVERAL,
	.dialog = true,
	.open = open_several,
	.close = dialog_close,
	.act = act_several,
	.label = label_several,
	.draw = draw_several,
};

void app_choose_several(struct app *app, int tag, const struct several *several)
{
	struct request request = {.tag = tag,
				  .question = several->question,
				  .items = several->items,
				  .n = several->n,
				  .taken = several->taken,
				  .n_taken = several->n_taken,
				  .open = several->open,
				  .hear = several->hear};

	app_push(app, &several_ops, &request);
}
