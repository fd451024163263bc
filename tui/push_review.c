/* SPDX-License-Identifier: MIT */
/*
 * The question before a push of many lines: all of it in a few words, and below it a row for each line, the gravest first,
 * which Enter tells whole.  In: the status of lines when it is asked.  Out: a yes or no.  It pushes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"

#define ROWS_LEAST 3 /* of the list */

/* What a push does to a line, the gravest first. */
enum grade { GRADE_REFUSED, GRADE_FOREIGN, GRADE_UNREAD, GRADE_CHANGED, GRADE_NEW, GRADE_HAND, GRADES };

static const struct {
	const char *words; /* in a row */
	const char *all;   /* of how many, in the summary */
	unsigned style;
} grades[GRADES] = {
	[GRADE_REFUSED] = {"cannot be pushed", "cannot be pushed", STYLE_ERROR},
	[GRADE_FOREIGN] = {"replaces", "replace what is not ours", STYLE_WARNING},
	[GRADE_UNREAD] = {"not read", "not read, a yes reads them once more", STYLE_WARNING},
	[GRADE_CHANGED] = {"changes", "change", STYLE_WARNING},
	[GRADE_NEW] = {"new", "new", STYLE_PLAIN},
	[GRADE_HAND] = {"by hand", "left to be done by hand", STYLE_DIM},
};

struct review_row {
	size_t line; /* of the plan */
	enum grade grade;
	const char *text; /* name, what, and the gravest of it in words; the arena's */
};

struct review {
	int tag;
	char question[256];
	struct notes summary;
	struct nm_arena *arena;
	struct review_row *rows;
	size_t n;
	struct list list; /* its first row is the summary */
	unsigned generation; /* of the session: the plan that is asked about */
	unsigned readings;
};

/* A loss, and on how many lines. */
struct lost {
	const char *text, *instead;
	size_t lines;
};

/* --- what it says --- */

static enum grade grade_of(const struct nm_line_status *status)
{
	if (!status)
		return GRADE_UNREAD;
	if (push_by_hand(status))
		return GRADE_HAND;
	if (status->refusal)
		return GRADE_REFUSED;
	if (status->sync == NM_SYNC_FOREIGN)
		return GRADE_FOREIGN;
	if (push_unreadable(status))
		return GRADE_UNREAD;
	return status->sync == NM_SYNC_NOTHING ? GRADE_NEW : GRADE_CHANGED;
}

/* The gravest of it: why not, what is there, what is lost, what changes. */
static const char *gravest_words(const struct nm_line_status *status)
{
	if (!status)
		return "";
	if (status->refusal)
		return status->refusal;
	if (status->losses.n)
		return status->losses.items[0].text;
	return status->words && status->sync != NM_SYNC_NOTHING ? status->words : "";
}

static int by_gravity(const void *a, const void *b)
{
	const struct review_row *x = a, *y = b;

	if (x->grade != y->grade)
		return x->grade < y->grade ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static bool add_rows(struct review *review, const struct app *app)
{
	const struct nm_plan *plan = app_plan(app);

	for (size_t i = 0; i < plan->n_lines; i++) {
		const struct nm_line_status *status = push_status(app, i);
		struct review_row *row = &review->rows[review->n];
		const char *words = gravest_words(status);

		if (!push_takes_part(app, i))
			continue;
		*row = (struct review_row){.line = i, .grade = grade_of(status)};
		row->text = nm_arena_format(review->arena, "%s  %s%s%s", plan->lines[i].name, grades[row->grade].words,
					    *words ? ": " : "", words);
		if (!row->text)
			return false;
		review->n++;
	}
	qsort(review->rows, review->n, sizeof *review->rows, by_gravity);
	return true;
}

/* "200 lines: 3 cannot be pushed, 150 new; 10 more are in sync" */
static void add_counts(struct review *review, const struct nm_plan *plan)
{
	size_t counts[GRADES] = {0};
	struct nm_buf text;
	bool any = false;

	for (size_t i = 0; i < review->n; i++)
		counts[review->rows[i].grade]++;
	nm_buf_init(&text, 1024);
	nm_buf_addf(&text, "%zu lines: ", review->n);
	for (int grade = 0; grade < GRADES; grade++) {
		if (!counts[grade])
			continue;
		nm_buf_addf(&text, "%s%zu %s", any ? ", " : "", counts[grade], grades[grade].all);
		any = true;
	}
	if (review->n < plan->n_lines)
		nm_buf_addf(&text, "; in sync: %zu", plan->n_lines - review->n);
	notes_add(&review->summary, counts[GRADE_REFUSED] || counts[GRADE_FOREIGN] ? STYLE_WARNING : STYLE_BOLD, text.data);
	nm_buf_clear(&text);
}

/* Counts a line's losses: one that it has at two times is one. */
static void count_losses(const struct nm_losses *losses, struct lost *lost, size_t *n, size_t most)
{
	for (size_t i = 0; i < losses->n; i++) {
		const struct nm_loss *item = &losses->items[i];
		size_t at = 0;
		bool told = false;

		for (size_t j = 0; j < i && !told; j++)
			told = !strcmp(losses->items[j].text, item->text) && !strcmp(losses->items[j].instead, item->instead);
		while (at < *n && (strcmp(lost[at].text, item->text) || strcmp(lost[at].instead, item->instead)))
			at++;
		if (told || at == most)
			continue;
		if (at == *n)
			lost[(*n)++] = (struct lost){item->text, item->instead, 0};
		lost[at].lines++;
	}
}

static int by_lines(const void *a, const void *b)
{
	const struct lost *x = a, *y = b;

	return x->lines < y->lines ? 1 : x->lines > y->lines ? -1 : strcmp(x->text, y->text);
}

static bool add_losses(struct review *review, const struct app *app)
{
	size_t most = 0, n = 0;
	struct lost *lost;

	for (size_t i = 0; i < review->n; i++)
		most += push_status(app, review->rows[i].line) ? push_status(app, review->rows[i].line)->losses.n : 0;
	lost = calloc(most + 1, sizeof *lost);
	if (!lost)
		return false;
	for (size_t i = 0; i < review->n; i++) {
		const struct nm_line_status *status = push_status(app, review->rows[i].line);

		if (status && !status->refusal)
			count_losses(&status->losses, lost, &n, most);
	}
	qsort(lost, n, sizeof *lost, by_lines);
	for (size_t i = 0; i < n; i++)
		notes_addf(&review->summary, STYLE_WARNING, "lost on %zu line%s: %s; instead: %s", lost[i].lines,
			   lost[i].lines == 1 ? "" : "s", lost[i].text, lost[i].instead);
	free(lost);
	return true;
}

/* --- the dialog --- */

static void close_review(void *state)
{
	struct review *review = state;

	notes_clear(&review->summary);
	nm_arena_free(review->arena);
	free(review->rows);
	free(review);
}

static void add_before(struct review *review, const struct notes *before)
{
	for (size_t i = 0; i < before->n; i++)
		notes_add(&review->summary, before->items[i].style, before->items[i].text);
}

static void *open_review(struct app *app, const void *argument, struct nm_error *err)
{
	const struct push_question *asked = argument;
	struct review *review = calloc(1, sizeof *review);

	if (!review) {
		nm_fail_memory(err);
		return NULL;
	}
	review->tag = asked->tag;
	review->generation = app->session->generation;
	review->readings = app->session->readings;
	snprintf(review->question, sizeof review->question, "%s", asked->question);
	review->arena = nm_arena_new();
	review->rows = calloc(app_plan(app)->n_lines + 1, sizeof *review->rows);
	notes_init(&review->summary);
	if (!review->arena || !review->rows || !add_rows(review, app)) {
		nm_fail_memory(err);
		close_review(review);
		return NULL;
	}
	add_counts(review, app_plan(app));
	add_before(review, asked->before);
	if (!add_losses(review, app)) {
		nm_fail_memory(err);
		close_review(review);
		return NULL;
	}
	list_set(&review->list, review->n + 1);
	review->list.page = (size_t)(app_body(app).height / 2);
	return review;
}

static bool is_stale(const struct review *review, const struct app *app)
{
	return review->generation != app->session->generation || review->readings != app->session->readings;
}

/* All of what is under the cursor. */
static void show(const struct review *review, struct app *app)
{
	struct notes notes;
	size_t line;

	if (review->list.at == 0) {
		app_page(app, review->question, &review->summary);
		return;
	}
	line = review->rows[review->list.at - 1].line;
	notes_init(&notes);
	push_add_line(&notes, app, line, true);
	app_page(app, app_plan(app)->lines[line].name, &notes);
	notes_clear(&notes);
}

static const char *row_text(const void *context, size_t i)
{
	const struct review *review = context;

	return i ? review->rows[i - 1].text : "all of it";
}

static enum verdict take_search(struct review *review, struct app *app, const char *text)
{
	if (!text)
		return VERDICT_REDRAW;
	snprintf(review->list.search, sizeof review->list.search, "%s", text);
	if (!list_find(&review->list, false, true, row_text, review))
		app_message(app, STYLE_WARNING, "%s is on none of these lines", review->list.search);
	return VERDICT_REDRAW;
}

static enum verdict act_review(void *state, struct app *app, const struct event *event)
{
	struct review *review = state;

	switch (event->action) {
	case ACTION_NO:
		return app_answer(app, review->tag, NULL, 0);
	case ACTION_YES:
	case ACTION_ENTER:
		if (is_stale(review, app)) {
			app_message(app, STYLE_WARNING, "the plan or what is live changed meanwhile: ask again");
			return VERDICT_POP;
		}
		if (event->action == ACTION_YES)
			return app_answer(app, review->tag, "", 0);
		show(review, app);
		return VERDICT_REDRAW;
	case ACTION_SEARCH:
		app_ask(app, 0, "/", review->list.search, NULL);
		return VERDICT_REDRAW;
	case ACTION_ANSWER:
		return take_search(review, app, event->text);
	default:
		break;
	}
	return list_act(&review->list, event->action) ? VERDICT_REDRAW : VERDICT_STAY;
}

/* --- how it looks --- */

static void draw_row(const struct review *review, struct canvas *canvas, int y, int width, size_t i)
{
	const unsigned mark = i == review->list.at ? STYLE_CURSOR : 0;
	const unsigned style = i ? grades[review->rows[i - 1].grade].style : STYLE_HEAD;

	canvas_text(canvas, 2, y, width - 3, style | mark, row_text(review, i));
	if (mark) {
		canvas_mark(canvas, 1, y, width - 2);
		canvas_pointer(canvas, 0, y);
	}
}

static void draw_review(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct review *review = state;
	struct box box = {1, body.y, body.width - 2, body.height};
	int need, rows;
	size_t top;

	(void)app;
	for (int y = 0; y < body.height; y++)
		canvas_fill(canvas, 0, body.y + y, canvas->width, STYLE_PLAIN, ' ');
	box.y += canvas_wrap(canvas, box.x, box.y, box.width, 2, STYLE_BOLD, review->question);
	box.height = body.y + body.height - box.y - 1 - ROWS_LEAST;
	need = (int)notes_rows(&review->summary, box.width);
	if (box.height > need)
		box.height = need;
	if (box.height > body.height / 2)
		box.height = body.height / 2;
	if (box.height > 0) {
		notes_draw(&review->summary, canvas, box, 0);
		box.y += box.height;
	}
	canvas_fill(canvas, 0, box.y++, body.width, STYLE_RULE, 0x2500);
	rows = body.y + body.height - box.y;
	top = list_top(&review->list, rows);
	for (int i = 0; i < rows && top + (size_t)i < review->list.n; i++)
		draw_row(review, canvas, box.y + i, body.width, top + (size_t)i);
}

static const struct screen_ops review_ops = {
	.name = "lines",
	.title = "Lines",
	.context = CONTEXT_LINES,
	.dialog = true,
	.open = open_review,
	.close = close_review,
	.act = act_review,
	.draw = draw_review,
};

void push_review_ask(struct app *app, const struct push_question *question)
{
	app_push(app, &review_ops, question);
}
