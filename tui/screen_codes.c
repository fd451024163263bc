/* SPDX-License-Identifier: MIT */
/*
 * Codes: what somebody dials or sets by hand for one line, one after the other, with a QR code or large letters.
 * In: the line's status.  Out: what was done when; as soon as all is, or when it is left half done, a push
 * that keeps it.
 */
#include "codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handwork.h"
#include "large.h"
#include "list.h"
#include "prompt.h"
#include "qr.h"
#include "search.h"

enum { TAG_NUMBER, TAG_LEAVE };

#define TITLE_BYTES 256

struct codes {
	int line;
	unsigned generation; /* of the session it was opened in */
	char title[TITLE_BYTES], state[TITLE_BYTES], next[TITLE_BYTES];
	bool assumed;
	struct handwork work;
	struct list list;
	char (*done)[NM_TIME_TEXT]; /* when each was done since it was opened; "" */
	bool number_given;          /* of who gets every call */
	bool large;                 /* letters in place of the QR code */
	size_t skip;                /* rows of the words that have scrolled away */
	struct qr qr;               /* of the code at qr_of */
	size_t qr_of;
	struct nm_error qr_error;
};

/* The QR code of the row under the cursor. */
static void make_qr(struct codes *codes)
{
	const char *code = codes->work.n ? codes->work.items[codes->list.at].code : NULL;

	if (codes->qr.dark && codes->qr_of == codes->list.at)
		return;
	qr_clear(&codes->qr);
	codes->qr_error = (struct nm_error){ 0 };
	codes->qr_of = codes->list.at;
	if (code && qr_make(code, &codes->qr, &codes->qr_error))
		codes->qr = (struct qr){ 0 };
}

static void take_words(struct codes *codes, const struct nm_plan *plan, const struct nm_line_status *status)
{
	char number[NM_NUMBER_TEXT];
	struct nm_buf words;

	nm_number_words(plan->lines[codes->line].number, number);
	snprintf(codes->title, sizeof codes->title, "%s, %s", plan->lines[codes->line].name, number);
	snprintf(codes->state, sizeof codes->state, "%s", status->words ? status->words : "");
	nm_buf_init(&words, 1u << 16);
	handwork_next_words(plan, status, &codes->work, &words);
	snprintf(codes->next, sizeof codes->next, "%s%s", words.len ? "again " : "", words.data);
	nm_buf_clear(&words);
}

/* Takes over what the line's status says. */
static enum nm_code take_status(struct codes *codes, struct app *app, const struct nm_line_status *status,
				struct nm_error *err)
{
	struct handwork work;
	enum nm_code code = handwork_build(app_plan(app), status, app_now(app), &work, err);

	if (code)
		return code;
	handwork_clear(&codes->work);
	codes->work = work;
	free(codes->done);
	codes->done = calloc(work.n + 1, sizeof *codes->done);
	if (!codes->done)
		return nm_fail_memory(err);
	codes->assumed = status->as_assumed;
	list_set(&codes->list, work.n);
	qr_clear(&codes->qr);
	take_words(codes, app_plan(app), status);
	make_qr(codes);
	return NM_OK;
}

/* How the line stands now. */
static enum nm_code look(struct codes *codes, struct app *app, struct nm_error *err)
{
	struct nm_status status;
	enum nm_code code = session_hand_status(app->session, codes->line, &status, err);

	if (code)
		return code;
	code = take_status(codes, app, &status.lines[0], err);
	nm_status_clear(&status);
	return code;
}

static void close_codes(void *state)
{
	struct codes *codes = state;

	handwork_clear(&codes->work);
	qr_clear(&codes->qr);
	free(codes->done);
	free(codes);
}

static void *open_codes(struct app *app, const void *argument, struct nm_error *err)
{
	struct codes *codes = calloc(1, sizeof *codes);

	if (!codes) {
		nm_fail_memory(err);
		return NULL;
	}
	codes->line = *(const int *)argument;
	codes->generation = app->session->generation;
	codes->work.next.at = NM_TIME_MAX;
	if (look(codes, app, err)) {
		close_codes(codes);
		return NULL;
	}
	return codes;
}

/* --- acting --- */

static const char *item_name(const struct handwork_item *item)
{
	return item->code ? item->code : item->words;
}

static size_t count_done(const struct codes *codes)
{
	size_t n = 0;

	for (size_t i = 0; i < codes->work.n; i++)
		n += codes->done[i][0] != '\0';
	return n;
}

/* A session's dial: what was ticked off was done. */
static bool was_done(void *context, const struct dial_question *question, struct nm_buf *answer)
{
	const struct codes *codes = context;

	for (size_t i = 0; i < codes->work.n; i++) {
		const struct handwork_item *item = &codes->work.items[i];

		if (strcmp(item->code ? item->code : "", question->code) ||
		    strcmp(item->words, question->words))
			continue;
		nm_buf_add(answer, codes->done[i]);
		return codes->done[i][0] != '\0';
	}
	return false;
}

/* Keeps what was done as a push, and shows how the line stands then. */
static void keep(struct codes *codes, struct app *app)
{
	struct nm_push_options options = { .line = codes->line };
	struct nm_push_results results = { 0 };
	struct nm_push_context context;
	struct nm_error err, again;
	enum nm_code code = session_push_context(app->session, &context, &err);

	if (!code) {
		app->session->network.dial.ask = was_done;
		app->session->network.dial.context = codes;
		options.plan_text = nm_document_text(app->session->document, &options.plan_len);
		code = nm_push(&context, &options, &results, &err);
		app->session->network.dial.ask = NULL;
	}
	session_forget_status(app->session);
	if (look(codes, app, &again) || session_reading_begin(app->session, &again))
		app_error(app, &again);
	else if (results.n == 1)
		app_message(app, code ? STYLE_WARNING : STYLE_GOOD, "%s", results.items[0].words);
	else if (code)
		app_error(app, &err);
	nm_push_results_clear(&results);
	app_forget_facts(app);
}

/* They work in their order only: the first that is not done comes next. */
static size_t next_of(const struct codes *codes)
{
	size_t i = 0;

	while (i + 1 < codes->work.n && codes->done[i][0])
		i++;
	return i;
}

static void tick(struct codes *codes, struct app *app)
{
	const size_t next = next_of(codes);

	if (codes->list.at != next) {
		app_message(app, STYLE_WARNING, codes->done[codes->list.at][0] ? "%s is done; %zu comes next"
										: "%s comes later: %zu comes first",
			    item_name(&codes->work.items[codes->list.at]), next + 1);
		codes->list.at = next;
		make_qr(codes);
		return;
	}
	nm_time_rfc3339(session_zone(app->session), app_now(app), codes->done[codes->list.at]);
	if (count_done(codes) == codes->work.n) {
		keep(codes, app);
		return;
	}
	codes->list.at = next_of(codes);
	make_qr(codes);
}

/* Who gets every call is in the message: it is longer than what a line that is typed leaves room for. */
static void ask_number(const struct codes *codes, struct app *app, const char *typed)
{
	if (typed[0])
		app_message(app, STYLE_ERROR, "%s is not that number: EVERY call will go to %s", typed,
			    codes->work.every);
	else
		app_message(app, STYLE_WARNING, "EVERY call will go to %s", codes->work.every);
	app_ask(app, TAG_NUMBER, "type that number:", "", typed);
}

/* What is ticked off is what was to be done when it was looked at. */
static bool in_time(const struct codes *codes, struct app *app)
{
	if (codes->work.next.at > app_now(app))
		return true;
	app_message(app, STYLE_WARNING, "it is time for something else now: close this, and look again");
	return false;
}

static void done(struct codes *codes, struct app *app)
{
	if (codes->work.n == 0 || !app_may_push(app) || !in_time(codes, app))
		return;
	if (codes->assumed) {
		app_message(app, STYLE_PLAIN, "all of it is done already, as far as anybody knows");
	} else if (codes->work.every && !codes->number_given) {
		ask_number(codes, app, "");
	} else {
		tick(codes, app);
	}
}

static void ask_leave(struct codes *codes, struct app *app)
{
	char question[TITLE_BYTES];

	snprintf(question, sizeof question,
		 "%zu of %zu are done: leave it there? What is in force is then not known", count_done(codes),
		 codes->work.n);
	app_confirm(app, TAG_LEAVE, question, NULL);
}

static enum verdict take_answer(struct codes *codes, struct app *app, const struct event *event)
{
	if (!event->text)
		return VERDICT_REDRAW;
	if (event->tag == TAG_LEAVE) {
		keep(codes, app);
		return VERDICT_POP;
	}
	codes->number_given = dial_same_number(codes->work.every, event->text, app_plan(app)->country);
	if (codes->number_given)
		done(codes, app);
	else
		ask_number(codes, app, event->text);
	return VERDICT_REDRAW;
}

/* --- drawing --- */

/* Lines of text as they are; how many. */
static int draw_lines(struct canvas *canvas, struct box box, const char *text)
{
	int y = 0;

	for (; *text && y < box.height; y++) {
		const size_t len = strcspn(text, "\n");

		canvas_textf(canvas, box.x, box.y + y, box.width, STYLE_BOLD, "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
	return y;
}

static int qr_columns(const struct codes *codes)
{
	return codes->qr.side + 2 * QR_QUIET;
}

#define PICTURE_LEAST 60 /* columns of a window that has one beside the words */
#define FRAME_ROWS    5  /* around the body of a window that is high enough for one */

static bool qr_fits(const struct codes *codes, const struct canvas *canvas, struct box body)
{
	return codes->qr.dark && !canvas->ascii && body.width >= 2 * qr_columns(codes) &&
	       body.height >= (qr_columns(codes) + 1) / 2;
}

/* Columns of the right half, where the QR code stands, or the code in large letters; 0: there is none. */
static int picture_width(const struct codes *codes, const struct canvas *canvas, struct box body)
{
	if (!codes->work.n || !codes->work.items[codes->list.at].code || body.width < PICTURE_LEAST)
		return 0;
	return qr_fits(codes, canvas, body) ? qr_columns(codes) : body.width * 2 / 5;
}

/* Why there is nothing to change between. */
static void tell_no_view(const struct codes *codes, struct app *app)
{
	const int columns = qr_columns(codes);

	if (!codes->qr.dark)
		app_message(app, STYLE_DIM, "here is no code that a phone could read");
	else if (app->canvas.ascii)
		app_message(app, STYLE_DIM, "a QR code cannot be drawn in ASCII");
	else
		app_message(app, STYLE_DIM, "the QR code needs a window of %d columns and %d rows",
			    2 * columns > PICTURE_LEAST ? 2 * columns : PICTURE_LEAST, FRAME_ROWS + (columns + 1) / 2);
}

static void draw_picture(const struct codes *codes, struct canvas *canvas, struct box body)
{
	const int width = picture_width(codes, canvas, body);
	struct box box = { body.x + body.width - width, body.y, width, body.height };
	struct nm_buf picture;

	if (!width)
		return;
	nm_buf_init(&picture, 1u << 16);
	if (qr_fits(codes, canvas, body) && !codes->large)
		qr_print(&codes->qr, false, &picture);
	else
		large_print(codes->work.items[codes->list.at].code, width, canvas->ascii, &picture);
	draw_lines(canvas, box, picture.data);
	nm_buf_clear(&picture);
}

static void draw_items(const struct codes *codes, const struct app *app, struct canvas *canvas, struct box box)
{
	const size_t most = (size_t)box.height;

	for (size_t i = 0; i < codes->work.n && i < most; i++) {
		const struct handwork_item *item = &codes->work.items[i];
		const bool ticked = codes->done[i][0] || (codes->assumed && item->when);
		const bool cursor = i == codes->list.at;
		struct pen pen = pen_at(canvas, box.x, box.y + (int)i, box.x + box.width);

		if (cursor)
			canvas_pointer(canvas, 0, box.y + (int)i);
		pen_textf(&pen, ticked ? STYLE_GOOD : STYLE_DIM, "%s %zu ",
			  ticked ? (app_ascii(app) ? "x" : "✓") : "-", i + 1);
		pen_text(&pen, (ticked ? STYLE_DIM : STYLE_BOLD) | (cursor ? STYLE_CURSOR : 0),
			 item_name(item));
	}
}

/* What was done before the rest was left counts for nothing any more, but should not be forgotten. */
static void add_when(const struct codes *codes, const struct app *app, struct notes *notes)
{
	const struct handwork_item *item = &codes->work.items[codes->list.at];
	char words[NM_TIME_TEXT];
	nm_time at;

	if (codes->assumed || !item->when || nm_time_read(item->when, session_zone(app->session), 0, &at, NULL))
		return;
	nm_time_words(session_zone(app->session), at, true, words);
	notes_addf(notes, STYLE_DIM, "done %s, but the others were not: all are done again, in order", words);
}

/* All that is told beside the codes; the caller clears them. */
static void collect_words(const struct codes *codes, const struct app *app, struct notes *notes)
{
	const struct handwork *work = &codes->work;

	notes_init(notes);
	if (work->refusal)
		notes_add(notes, STYLE_ERROR, work->refusal);
	if (work->n) {
		notes_add(notes, STYLE_PLAIN, work->items[codes->list.at].words);
		add_when(codes, app, notes);
	}
	if (codes->qr_error.text[0])
		notes_add(notes, STYLE_DIM, codes->qr_error.text);
	notes_add(notes, STYLE_PLAIN, "");
	if (!codes->assumed && work->every)
		notes_add(notes, STYLE_WARNING, "Look at the number: it gets EVERY call.");
	notes_add(notes, codes->assumed ? STYLE_GOOD : STYLE_PLAIN, codes->state);
	if (codes->next[0])
		notes_add(notes, STYLE_PLAIN, codes->next);
	notes_lines(notes, work->notes ? work->notes : "");
	if (work->back) {
		notes_add(notes, STYLE_HEAD, "to take it back");
		notes_lines(notes, work->back);
	}
}

/* Where the words stand. */
static struct box words_box(const struct codes *codes, const struct canvas *canvas, struct box body)
{
	const int picture = picture_width(codes, canvas, body), above = (int)codes->work.n + 2;

	return (struct box){ 1, body.y + above, body.width - 2 - (picture ? picture + 1 : 0),
			     body.height > above ? body.height - above : 0 };
}

/* The words from row `skip` on; how many rows all of them have. */
static size_t draw_words(const struct codes *codes, const struct app *app, struct canvas *canvas, struct box box)
{
	size_t rows = 0;
	struct notes notes;

	collect_words(codes, app, &notes);
	for (size_t i = 0; i < notes.n; i++) {
		const struct note_line *line = &notes.items[i];
		const size_t need = (size_t)canvas_hang(NULL, box, 0, STYLE_PLAIN, line->text);
		const size_t hidden = rows < codes->skip ? codes->skip - rows : 0;
		const int y = (int)(rows + hidden - codes->skip);
		const struct box left = { box.x, box.y + y, box.width, box.height - y };

		if (canvas && hidden < need && left.height > 0)
			canvas_hang(canvas, left, (int)hidden, line->style, line->text);
		rows += need;
	}
	notes_clear(&notes);
	return rows;
}

/* Rows that can scroll away. */
static size_t rows_over(const struct codes *codes, const struct app *app)
{
	const struct box box = words_box(codes, &app->canvas, app_body(app));
	const size_t rows = draw_words(codes, app, NULL, box), room = (size_t)box.height;

	return rows > room ? rows - room : 0;
}

static void scroll(struct codes *codes, const struct app *app, bool back)
{
	const size_t page = (size_t)words_box(codes, &app->canvas, app_body(app)).height, over = rows_over(codes, app);
	const size_t step = page > 1 ? page - 1 : 1;

	if (back)
		codes->skip -= codes->skip < step ? codes->skip : step;
	else
		codes->skip = codes->skip + step < over ? codes->skip + step : over;
}

/* The bar says what v shows next, and whether there is more to read. */
static const char *label_codes(const void *state, const struct app *app, enum action action)
{
	const struct codes *codes = state;

	if (action == ACTION_VIEW && !qr_fits(codes, &app->canvas, app_body(app)))
		return "";
	if (action == ACTION_VIEW)
		return codes->large ? "QR code" : "large";
	if (action == ACTION_PAGE_DOWN && rows_over(codes, app) == 0)
		return "";
	return NULL;
}

static void draw_codes(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct codes *codes = state;
	struct box box = { 1, body.y, body.width - 2, body.height };
	struct pen pen;

	for (int y = 0; y < body.height; y++)
		canvas_fill(canvas, 0, body.y + y, canvas->width, STYLE_PLAIN, ' ');
	draw_picture(codes, canvas, body);
	box.width = words_box(codes, canvas, body).width;
	pen = pen_at(canvas, box.x, body.y, box.x + box.width);
	pen_text(&pen, STYLE_BOLD, codes->title);
	pen_text(&pen, codes->assumed ? STYLE_GOOD : STYLE_WARNING,
		 codes->assumed ? ": done" : ": now, in order");
	box.y++;
	box.height--;
	draw_items(codes, app, canvas, box);
	draw_words(codes, app, canvas, words_box(codes, canvas, body));
}

/* --- searching --- */

struct item_rows {
	const struct handwork *work;
	struct nm_buf *text; /* of the row that was asked for last */
};

static const char *item_text(const void *context, size_t i)
{
	const struct item_rows *rows = context;
	const struct handwork_item *item = &rows->work->items[i];

	nm_buf_clear(rows->text);
	nm_buf_addf(rows->text, "%s %s", item->code ? item->code : "", item->words);
	return rows->text->data;
}

static bool find_item(void *state, struct app *app, bool back, bool here)
{
	struct codes *codes = state;
	struct nm_buf text;
	const struct item_rows rows = { &codes->work, &text };
	bool found;

	(void)app;
	nm_buf_init(&text, 1u << 16);
	found = list_find(&codes->list, back, here, item_text, &rows);
	nm_buf_clear(&text);
	if (found) {
		codes->skip = 0;
		make_qr(codes);
	}
	return found;
}

static const struct search_ops item_search = { .where = "in this list", .find = find_item };

static enum verdict act_codes(void *state, struct app *app, const struct event *event)
{
	struct codes *codes = state;

	if (codes->generation != app->session->generation || !app_plan(app)) {
		app_message(app, STYLE_WARNING, "the plan has changed: look again at what is to be done");
		return VERDICT_POP;
	}
	if (event->action == ACTION_PAGE_UP || event->action == ACTION_PAGE_DOWN) {
		scroll(codes, app, event->action == ACTION_PAGE_UP);
		return VERDICT_REDRAW;
	}
	if (list_act(&codes->list, event->action)) {
		codes->skip = 0;
		make_qr(codes);
		return VERDICT_REDRAW;
	}
	if (search_act(&item_search, codes, codes->list.search, app, event))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_DONE:
		done(codes, app);
		return VERDICT_REDRAW;
	case ACTION_VIEW:
		if (qr_fits(codes, &app->canvas, app_body(app)))
			codes->large = !codes->large;
		else
			tell_no_view(codes, app);
		return VERDICT_REDRAW;
	case ACTION_BACK:
		if (count_done(codes) == 0)
			return VERDICT_POP;
		ask_leave(codes, app);
		return VERDICT_REDRAW;
	case ACTION_ANSWER:
		return take_answer(codes, app, event);
	default:
		return VERDICT_STAY;
	}
}

static const struct screen_ops codes_ops = {
	.name = "codes",
	.title = "Codes",
	.context = CONTEXT_CODES,
	.dialog = true,
	.open = open_codes,
	.close = close_codes,
	.act = act_codes,
	.label = label_codes,
	.draw = draw_codes,
};

/* Of a line that no person works. */
static void tell_pushed(struct app *app, int line)
{
	const struct nm_plan *plan = app_plan(app);

	app_message(app, STYLE_PLAIN, "%s has no codes: nothing is dialled for a line on %s, P pushes it",
		    plan->lines[line].name, plan->accounts[plan->lines[line].account].driver);
}

void app_codes(struct app *app, int line)
{
	if (handwork_line(app_plan(app), line))
		app_push(app, &codes_ops, &line);
	else
		tell_pushed(app, line);
}
