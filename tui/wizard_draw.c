/* SPDX-License-Identifier: MIT */
/*
 * The wizard's form drawn: questions, help for the one at the cursor, and the week that the answers make.
 * In: the wizard's state.  Out: cells.  Derives nothing.
 */
#include "week_screen.h"
#include "wizard.h"

#define LABELS 3     /* where they begin */
#define ANSWERS 19   /* where the answers do */
#define WIDE 70      /* a window in which help fits one row */
#define WRONG_ROWS 4 /* at most, of what is wrong with an answer */

static void draw_row(const struct wizard *wizard, struct canvas *canvas, int y, size_t row)
{
	const struct wizard_field *field = wizard_field(wizard, row);
	const bool here = row == wizard->list.at, typed = field->typing.len > 0;
	const bool wrong = field->error[0] && !(here && wizard_taken_for(wizard));
	struct pen pen = pen_at(canvas, ANSWERS, y, canvas->width - 1);

	if (wrong)
		canvas_text(canvas, LABELS - 1, y, 1, typed ? STYLE_ERROR : STYLE_DIM, typed ? "!" : "?");
	canvas_text(canvas, LABELS, y, ANSWERS - LABELS - 1, here ? STYLE_BOLD : STYLE_HEAD, wizard_rows[row].label);
	if (here) {
		canvas_mark(canvas, LABELS, y, text_width(wizard_rows[row].label));
		canvas_pointer(canvas, 0, y);
		typing_draw(&field->typing, &pen, wrong ? STYLE_ERROR : STYLE_BOLD);
	} else {
		pen_text(&pen, wrong ? STYLE_ERROR : STYLE_PLAIN, field->typing.text);
	}
	if (!typed && wizard_rows[row].empty)
		canvas_text(canvas, ANSWERS, y, canvas->width - ANSWERS - 1, STYLE_DIM, wizard_rows[row].empty);
}

/* What the answer may become, from the one taken on; or the only one, which Enter takes. */
static void draw_offers(const struct wizard *wizard, struct canvas *canvas, int y)
{
	const struct key_row *row = keymap_named(CONTEXT_WIZARD, wizard_taken_for(wizard) ? "next" : "offer");
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	char key[2 * KEY_TEXT];

	if (wizard->offers.n == 0 || !*key_row_keys(row))
		return;
	key_label(row, canvas->ascii, key);
	pen_textf(&pen, STYLE_KEY, "%s", key);
	if (wizard_taken_for(wizard))
		pen_text(&pen, STYLE_PLAIN, " takes it as");
	for (size_t i = 0; i < wizard->offers.n && pen.x + 1 < pen.end; i++) {
		const size_t from = wizard->offer == SIZE_MAX ? 0 : wizard->offer, at = (from + i) % wizard->offers.n;

		pen.x += wizard_taken_for(wizard) ? 1 : 2;
		pen_text(&pen, at == wizard->offer ? STYLE_BOLD : STYLE_DIM, wizard->offers.items[at].text);
	}
}

bool wizard_wrong(const struct wizard *wizard)
{
	const struct wizard_field *field = wizard_field(wizard, wizard->list.at);

	return field->error[0] && field->typing.len && !wizard_taken_for(wizard);
}

/* Hours that change nothing at night are not to be answered in the belief that they do. */
static const char *why_asked(const struct wizard *wizard)
{
	const struct wizard_row *row = &wizard_rows[wizard->list.at];

	if (wizard->rings_always && row->question == QUESTION_HOURS)
		return "Without an AI service your own phone rings outside these hours too";
	if (wizard->rings_always && row->question == QUESTION_HOLIDAYS)
		return "us or none. Without an AI service your own phone rings on holidays too";
	return row->why;
}

/* What is wrong with the answer goes before why it is asked. */
static const char *help_text(const struct wizard *wizard)
{
	return wizard_wrong(wizard) ? wizard_field(wizard, wizard->list.at)->error : why_asked(wizard);
}

/* Rows of the help where nothing is wrong: always the same, but where a message would take one of the week, whose hours
 * stand above it. */
static int usual_rows(const struct wizard *wizard, struct box body, int message)
{
	const int most = body.width < WIDE ? 3 : 2;
	const int left = body.height - message - QUESTIONS - WEEK_ROWS - (wizard->offers.n == 0);

	if (message == 0 || left < 0 || left >= most)
		return most;
	return left > 0 ? left : 1;
}

/* A sentence about what is wrong may need more. */
static int help_rows(const struct wizard *wizard, struct box body, int message)
{
	const int usual = usual_rows(wizard, body, message);
	const int needed = canvas_wrap(NULL, 0, 0, body.width - 2, WRONG_ROWS, STYLE_PLAIN, help_text(wizard)) +
			   (wizard->offers.n > 0);

	return wizard_wrong(wizard) && needed > usual ? needed : usual;
}

/* What the answer may become has the last row, when there are two. */
static void draw_help(const struct wizard *wizard, struct canvas *canvas, int y, int rows)
{
	const int left = wizard->offers.n && rows > 1 ? rows - 1 : rows;

	canvas_wrap(canvas, 1, y, canvas->width - 2, left, wizard_wrong(wizard) ? STYLE_ERROR : STYLE_DIM, help_text(wizard));
	if (left < rows)
		draw_offers(wizard, canvas, y + rows - 1);
}

/* The body reaches down to the keys: a message stands in it. */
void wizard_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct wizard *wizard = state;
	const int message = app_message_rows(app), end = body.y + body.height - message;
	const int height = end > body.y ? end - body.y : 0, wanted = help_rows(wizard, body, message);
	const int help = wanted < height ? wanted : height > 1;
	const int room = height - help, shown = room < QUESTIONS ? room : QUESTIONS;
	const size_t top = list_top(&wizard->list, shown > 0 ? shown : 1);
	int y = body.y;

	if (height > QUESTIONS + help + WEEK_ROWS + 2)
		canvas_text(canvas, 1, y++, body.width - 2, STYLE_TITLE, "Who answers when a customer calls?");
	for (int i = 0; i < shown; i++)
		draw_row(wizard, canvas, y++, top + (size_t)i);
	if (help > 0)
		draw_help(wizard, canvas, y, help);
	y += help;
	if (end - y >= WEEK_ROWS && app_plan(app) && !wizard->week.err.code)
		week_draw_days(&wizard->week, app_plan(app), canvas, y, end);
}
