/* SPDX-License-Identifier: MIT */
/*
 * The calculation: what missed calls cost and what the system brings back, every number of it open to change.
 * In: the report's numbers, the owner's own.  Out: both formulas with their numbers; an edit of the plan's section
 * `value`.  Reckons nothing itself: nm_worth_reckon does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "prompt.h"
#include "report_screen.h"
#include "saving.h"
#include "search.h"

/* Where a number comes from that the owner did not set. */
static const char *source_of(size_t i, const struct nm_plan *plan)
{
	const bool of_value = i == WORTH_BOOKED || i == WORTH_JOB;

	return of_value && !plan->value.given ? worth_numbers[WORTH_DAYS].source : worth_numbers[i].source;
}

/* Before the owner's own. */
static struct nm_worth given(const struct report_screen *screen, const struct nm_plan *plan)
{
	struct nm_worth worth = screen->report.worth;

	worth.job = plan->value.job;
	worth.booked = plan->value.booked;
	return worth;
}

struct nm_worth worth_reckoned(const struct report_screen *screen, const struct nm_plan *plan)
{
	struct nm_worth worth = given(screen, plan);

	for (size_t i = 0; i < WORTH_NUMBERS; i++)
		if (screen->own.set[i])
			*worth_number(&worth, i) = screen->own.number[i];
	nm_worth_reckon(&worth);
	return worth;
}

bool worth_is_own(const struct worth_own *own)
{
	bool any = false;

	for (size_t i = 0; i < WORTH_NUMBERS; i++)
		any |= own->set[i];
	return any;
}

/* --- words --- */

static void words_of(size_t i, double number, const char *currency, char out[static MONEY_TEXT])
{
	char text[MEASURE_TEXT];

	if (worth_numbers[i].kind == WORTH_MONEY) {
		money_words(currency, number, out);
		return;
	}
	number_words(number, text);
	snprintf(out, MONEY_TEXT, worth_numbers[i].kind == WORTH_PERCENT ? "%.40s %%" : "%.40s", text);
}

#define TIMES " × "

/* One of the numbers that the owner can set. */
static struct factor own_factor(struct nm_worth *worth, enum worth_number i)
{
	static const enum factor_kind kinds[] = {
		[WORTH_PLAIN] = FACTOR_NUMBER, [WORTH_PERCENT] = FACTOR_PERCENT, [WORTH_MONEY] = FACTOR_MONEY};

	return (struct factor){.number = *worth_number(worth, i), .kind = kinds[worth_numbers[i].kind]};
}

void worth_loss_words(const struct nm_worth *worth, const char *currency, struct nm_buf *out)
{
	/* Of a month, which is a whole number where a day's is not. */
	const struct factor factors[] = {
		{.number = worth->missed_a_day * worth->days, .what = " a month"},
		{.number = worth->booked, .kind = FACTOR_PERCENT},
		{.number = worth->job, .kind = FACTOR_MONEY},
	};
	const struct factor lost = {.number = worth->lost_a_month, .kind = FACTOR_MONEY};

	nm_buf_add(out, "missed ");
	product_words(factors, sizeof factors / sizeof *factors, &lost, currency, TIMES, out);
}

void worth_return_words(const struct nm_worth *worth, const char *currency, struct nm_buf *out)
{
	const struct factor factors[] = {
		{.number = worth->recovered_calls},
		{.number = worth->booked, .kind = FACTOR_PERCENT},
		{.number = worth->job, .kind = FACTOR_MONEY},
	};
	const struct factor recovered = {.number = worth->recovered, .kind = FACTOR_MONEY};
	char cost[MONEY_TEXT], times[MEASURE_TEXT];

	nm_buf_add(out, "recovered ");
	product_words(factors, sizeof factors / sizeof *factors, &recovered, currency, TIMES, out);
	money_words(currency, worth->cost, cost);
	number_words(worth->roi, times);
	if (worth->cost > 0)
		nm_buf_addf(out, ", cost %s: %s times", cost, times);
	else
		nm_buf_add(out, ", at no cost");
}

/* --- the dialog --- */

struct reckoning {
	struct report_screen *screen; /* of the tab below: it outlives every dialog */
	struct list list;
};

static void *open_reckoning(struct app *app, const void *argument, struct nm_error *err)
{
	struct reckoning *reckoning = calloc(1, sizeof *reckoning);

	(void)app;
	if (!reckoning) {
		nm_fail_memory(err);
		return NULL;
	}
	reckoning->screen = *(struct report_screen *const *)argument;
	list_set(&reckoning->list, WORTH_NUMBERS);
	return reckoning;
}

/* As it is reckoned with, not as it is shown: whoever takes it over changes nothing. */
static void prefill(double number, char out[static MEASURE_TEXT])
{
	snprintf(out, MEASURE_TEXT, "%.10g", number);
}

static void ask_number(const struct reckoning *reckoning, struct app *app, const char *typed)
{
	const struct worth_number_info *info = &worth_numbers[reckoning->list.at];
	struct nm_worth worth = worth_reckoned(reckoning->screen, app_plan(app));
	char question[128], number[MEASURE_TEXT], most[MONEY_TEXT];

	prefill(*worth_number(&worth, reckoning->list.at), number);
	words_of(reckoning->list.at, info->most, app_plan(app)->currency, most);
	snprintf(question, sizeof question, "%s (0 to %s):", info->name, most);
	app_ask(app, (int)reckoning->list.at, question, number, typed);
}

static void take_number(struct reckoning *reckoning, struct app *app, const struct event *event)
{
	struct worth_own *own = &reckoning->screen->own;
	const size_t at = reckoning->list.at;
	double number;

	if (!event->text)
		return;
	if (!worth_number_read(at, event->text, strlen(event->text), &number)) {
		app_message(app, STYLE_ERROR,
			    "\"%s\" is no such number: 22, 13.5 or 1,200 would be one, within the bounds",
			    event->text);
		ask_number(reckoning, app, event->text);
		return;
	}
	own->set[at] = true;
	own->number[at] = number;
}

static void put_back(struct reckoning *reckoning, struct app *app)
{
	if (!reckoning->screen->own.set[reckoning->list.at])
		app_message(app, STYLE_PLAIN, "it is %s already",
			    source_of(reckoning->list.at, app_plan(app)));
	reckoning->screen->own.set[reckoning->list.at] = false;
}

/* Makes the plan say so: options of its section, or all of it. */
static bool edit_value(struct app *app, const struct worth_own *own, const char *job, const char *booked)
{
	const struct nm_place place = { "value", NULL, -1 };
	struct nm_edit edits[2], add = { .op = NM_EDIT_ADD, .place = place };
	const struct nm_written *written;
	char section[128];
	struct nm_error err;
	size_t n = 0;

	if (session_written(app->session, &written, &err)) {
		app_error(app, &err);
		return false;
	}
	if (own->set[WORTH_JOB])
		edits[n++] = (struct nm_edit){ NM_EDIT_SET, place, "job", job, 0 };
	if (own->set[WORTH_BOOKED])
		edits[n++] = (struct nm_edit){ NM_EDIT_SET, place, "booked", booked, 0 };
	if (nm_written_find(written, &place))
		return app_edit(app, edits, n, "what a job is worth");
	if (app_plan(app)->value.given) {
		app_message(app, STYLE_WARNING,
			    "section value stands in a file that is not edited here: e on the Plan screen opens it");
		return false;
	}
	snprintf(section, sizeof section, "value { job = %s  booked = %s }", job, booked);
	add.value = section;
	return app_edit(app, &add, 1, "what a job is worth");
}

/* Nothing that the owner set is to go into the plan. */
static void keep_nothing(const struct reckoning *reckoning, struct app *app)
{
	const size_t at = reckoning->list.at;

	if (nm_document_dirty(app->session->document))
		saving_ask(app, AFTER_NOTHING);
	else if (at != WORTH_BOOKED && at != WORTH_JOB)
		app_message(app, STYLE_PLAIN, "%s: not the plan's; the share that books and the average job are",
			    worth_numbers[at].name);
	else
		app_message(app, STYLE_PLAIN, "change the share that books or the average job first");
}

/* What the owner set of these two goes into the plan's text; when it is there already, the plan is saved. */
static void keep(struct reckoning *reckoning, struct app *app)
{
	struct worth_own *own = &reckoning->screen->own;
	struct nm_worth worth = worth_reckoned(reckoning->screen, app_plan(app));
	char job[MEASURE_TEXT], booked[MEASURE_TEXT];

	if (!app_may_change(app))
		return;
	if (!own->set[WORTH_JOB] && !own->set[WORTH_BOOKED]) {
		keep_nothing(reckoning, app);
		return;
	}
	snprintf(job, sizeof job, "%.10g", worth.job);
	snprintf(booked, sizeof booked, "%.10g", worth.booked);
	if (edit_value(app, own, job, booked))
		own->set[WORTH_JOB] = own->set[WORTH_BOOKED] = false;
}

static const char *number_name(const void *context, size_t i)
{
	(void)context;
	return worth_numbers[i].name;
}

static bool find_number(void *state, struct app *app, bool back, bool here)
{
	struct reckoning *reckoning = state;

	(void)app;
	return list_find(&reckoning->list, back, here, number_name, NULL);
}

static const struct search_ops number_search = { .where = "in the name of a number", .find = find_number };

static enum verdict act_reckoning(void *state, struct app *app, const struct event *event)
{
	struct reckoning *reckoning = state;

	if (!app_plan(app))
		return VERDICT_POP;
	if (list_act(&reckoning->list, event->action) ||
	    search_act(&number_search, reckoning, reckoning->list.search, app, event))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_ENTER:
		ask_number(reckoning, app, NULL);
		return VERDICT_REDRAW;
	case ACTION_AS_LOGGED:
		put_back(reckoning, app);
		return VERDICT_REDRAW;
	case ACTION_SAVE:
		keep(reckoning, app);
		return VERDICT_REDRAW;
	case ACTION_ANSWER:
		take_number(reckoning, app, event);
		return VERDICT_REDRAW;
	case ACTION_BACK:
		return VERDICT_POP;
	case ACTION_HELP:
	case ACTION_UNDO:
	case ACTION_REDO:
	case ACTION_REDRAW:
		return VERDICT_STAY;
	default:
		app_message(app, STYLE_PLAIN, "this is the calculation: Escape leaves it");
		return VERDICT_REDRAW;
	}
}

/* --- drawn --- */

#define VALUE_END 40 /* column at which numbers end, where there is room */

static void draw_number(const struct reckoning *reckoning, struct column *column, size_t i,
			struct nm_worth *worth)
{
	const struct worth_own *own = &reckoning->screen->own;
	const struct nm_plan *plan = app_plan(column->app);
	struct nm_worth before = given(reckoning->screen, plan);
	char words[MONEY_TEXT], was[MONEY_TEXT];
	const int room = column->end - column->x;
	const bool cursor = i == reckoning->list.at;
	unsigned mark = cursor ? STYLE_CURSOR : 0;
	struct pen pen = pen_at(column->canvas, column->x + 2, column->y, column->end);
	int at;

	words_of(i, *worth_number(worth, i), plan->currency, words);
	pen_textf(&pen, STYLE_PLAIN | mark, "%-26s", worth_numbers[i].name);
	at = column->x + (room < VALUE_END ? room : VALUE_END) - text_width(words);
	pen_textf(&pen, STYLE_PLAIN | mark, "%*s", at > pen.x ? at - pen.x : 1, "");
	pen_text(&pen, (own->set[i] ? STYLE_BOLD : STYLE_PLAIN) | mark, words);
	words_of(i, *worth_number(&before, i), plan->currency, was);
	if (own->set[i])
		pen_textf(&pen, STYLE_WARNING, "   yours; %s %s", was, source_of(i, plan));
	else
		pen_textf(&pen, STYLE_DIM, "   %s", source_of(i, plan));
	if (own->set[i]) /* where there is no room for the words */
		canvas_put(column->canvas, column->x + 1, column->y, STYLE_WARNING, '*');
	if (cursor)
		canvas_pointer(column->canvas, column->x, column->y);
	column->y++;
}

/* A number, one of the owner's, and what both make: "13.7 × 7 % = 0.96 missed a day". */
struct product {
	struct factor factor;
	enum worth_number by;
	struct factor result;
};

static void draw_product(struct column *column, struct nm_worth *worth, const struct product *product)
{
	const struct factor factors[] = {product->factor, own_factor(worth, product->by)};
	struct nm_buf words;

	nm_buf_init(&words, 1024);
	product_words(factors, 2, &product->result, app_plan(column->app)->currency, TIMES, &words);
	canvas_text(column->canvas, column->x + 4, column->y++, column->end - column->x - 4, STYLE_PLAIN,
		    words.data);
	nm_buf_clear(&words);
}

static void draw_loss(const struct reckoning *reckoning, struct column *column, struct nm_worth *worth)
{
	const struct product products[] = {
		{{.number = worth->calls_a_day}, WORTH_MISSED_SHARE, {.number = worth->missed_a_day, .what = " missed a day"}},
		{{.number = worth->missed_a_day}, WORTH_BOOKED, {.number = worth->lost_jobs_a_day, .what = " jobs lost a day"}},
		{{.number = worth->lost_jobs_a_day}, WORTH_JOB, {worth->lost_a_day, FACTOR_MONEY, " lost a day", false}},
		{{.number = worth->lost_a_day, .kind = FACTOR_MONEY},
		 WORTH_DAYS,
		 {worth->lost_a_month, FACTOR_MONEY, " lost a month", false}},
	};

	canvas_text(column->canvas, column->x, column->y++, column->end - column->x, STYLE_HEAD,
		    "what missed calls cost");
	for (size_t i = WORTH_CALLS_A_DAY; i <= WORTH_DAYS; i++)
		draw_number(reckoning, column, i, worth);
	for (size_t i = 0; i < sizeof products / sizeof *products; i++)
		draw_product(column, worth, &products[i]);
}

static void draw_return(const struct reckoning *reckoning, struct column *column, struct nm_worth *worth)
{
	const struct product products[] = {
		{{.number = worth->recovered_calls},
		 WORTH_BOOKED,
		 {.number = worth->recovered_jobs, .what = " jobs recovered a month"}},
		{{.number = worth->recovered_jobs}, WORTH_JOB, {worth->recovered, FACTOR_MONEY, " recovered a month", false}},
	};
	const int width = column->end - column->x - 4;
	char times[MEASURE_TEXT];

	canvas_text(column->canvas, column->x, column->y++, column->end - column->x, STYLE_HEAD,
		    "what the system brings back");
	for (size_t i = WORTH_RECOVERED; i < WORTH_NUMBERS; i++)
		draw_number(reckoning, column, i, worth);
	for (size_t i = 0; i < sizeof products / sizeof *products; i++)
		draw_product(column, worth, &products[i]);
	number_words(worth->roi, times);
	if (worth->cost > 0)
		canvas_textf(column->canvas, column->x + 4, column->y++, width, STYLE_PLAIN, "that is %s times its cost%s",
			     times, worth->roi >= 2 ? "; half of it would still pay, says the guide" : "");
	else
		canvas_text(column->canvas, column->x + 4, column->y++, width, STYLE_PLAIN,
			    "it costs nothing by the prices in the plan: there is no return to tell");
}

static int draw_all(const struct reckoning *reckoning, struct column column)
{
	struct nm_worth worth = worth_reckoned(reckoning->screen, app_plan(column.app));
	const int top = column.y;

	draw_loss(reckoning, &column, &worth);
	draw_return(reckoning, &column, &worth);
	return column.y - top;
}

#define RETURN_ROW (2 + WORTH_RECOVERED + 4) /* of the first number of the second formula */

/* A low window shows what is around the cursor. */
static void draw_reckoning(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct reckoning *reckoning = state;
	const struct box clip = canvas->clip;
	const int at = (int)reckoning->list.at;
	int row = at < WORTH_RECOVERED ? 1 + at : RETURN_ROW + at - WORTH_RECOVERED, rows, top;

	canvas_clip(canvas, body);
	for (int y = 0; y < body.height; y++)
		canvas_fill(canvas, 0, body.y + y, canvas->width, STYLE_PLAIN, ' ');
	if (app_plan(app)) {
		rows = draw_all(reckoning,
				(struct column){ app, canvas, 1, body.y + body.height, body.width - 1 });
		top = row - body.height / 2 < rows - body.height ? row - body.height / 2 : rows - body.height;
		draw_all(reckoning,
			 (struct column){ app, canvas, 1, body.y - (top > 0 ? top : 0), body.width - 1 });
	}
	canvas_clip(canvas, clip);
}

static const struct screen_ops reckoning_ops = {
	.name = "calculation",
	.title = "Calculation",
	.context = CONTEXT_WORTH,
	.dialog = true,
	.open = open_reckoning,
	.close = free,
	.act = act_reckoning,
	.draw = draw_reckoning,
};

void app_reckon(struct app *app, struct report_screen *screen)
{
	app_push(app, &reckoning_ops, &screen);
}
