/* SPDX-License-Identifier: MIT */
/*
 * The loop: one input at a time, quiet work when there is none, and then the screen.
 * In: keys, the clock, the file's changes.  Out: calls of app.c, canvases for the terminal.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "command.h"
#include "heap.h"
#include "meanwhile.h"
#include "prompt.h"
#include "term.h"

#define TICK_MS 1000 /* how often the file and the clock are looked at */
#define HELD_MS 1000 /* how long the answer to a key stands beside a bar */
#define PAUSE_MS 1   /* before quiet work: the terminal, which may share our processor, draws first */
#define SHOWN_MS 100 /* how often quiet work is shown before its end: a line of a few KiB a second carries that */
#define BESIDE_MS 10 /* of quiet work, each time that long work looks at the keyboard */
#define MISTAKES_BYTES (8u << 20) /* more than a file of keys can bring about */

static void show(struct app *app)
{
	app_draw(app);
	term_show(app->term, &app->canvas);
}

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What came from the user since the last look. */
struct heard {
	bool any, keys, stop; /* any: something must be drawn; keys: some meant nothing */
	bool taken;           /* some were dealt with, and may have something to say */
};

/* All of it, so that nothing waits for the end of the work and acts then. */
static struct heard hear(struct app *app)
{
	struct heard heard = {0};
	struct input input;

	while (!app->ended && (input = term_wait(app->term, 0)).kind != INPUT_NONE) {
		heard.any = true;
		if (input.kind == INPUT_END) {
			app->ended = app->cut_off = true;
		} else if (!heard.stop && meanwhile_take(app, &input)) {
			heard.taken = true;
			heard.stop = app->meanwhile.stop;
		} else if (input.kind == INPUT_RESIZE) {
			app_resize(app, term_width(app->term), term_height(app->term));
		} else {
			heard.keys = true;
			heard.stop |= input.kind == INPUT_KEY && (input.key == K_ESCAPE || input.key == K_CONTROL + 'c');
		}
	}
	return heard;
}

static void tell_progress(struct app *app, int64_t now)
{
	char words[APP_MESSAGE];

	progress_words(&app->progress, now, app->canvas.width, words, sizeof words);
	app_message(app, STYLE_BOLD, "%s", words);
	app->progress.stands = true;
}

/* What is said of keys stands beside the bar for a while; with nothing to say the bar is there again at once. */
static void answer(struct app *app, const char *words)
{
	const int64_t now = clock_ms();

	app->progress.held_ms = *words ? now + HELD_MS : 0;
	snprintf(app->progress.answer, sizeof app->progress.answer, "%s", words);
	if (*words || app->progress.pieces)
		tell_progress(app, now);
}

/* What a screen reads in quiet moments, while a command works; true: some was. */
static bool read_beside(struct app *app)
{
	const bool some = app->meanwhile.quiet_left;
	const int64_t until = clock_ms() + BESIDE_MS;

	while (meanwhile_idle(app) && clock_ms() < until)
		;
	return some;
}

/* Looks at the keyboard in the middle of long work; false when the user wants it to stop. */
static bool look(struct app *app)
{
	struct heard heard;

	if (app->meanwhile.acting)
		return true;
	heard = hear(app);
	if (heard.stop)
		answer(app, "stopping: what was begun comes to its end");
	else if (heard.keys)
		answer(app, "Esc stops it: other keys do nothing before its end");
	else if (heard.taken)
		answer(app, app->message);
	if ((heard.any || read_beside(app)) && !app->ended)
		show(app);
	return !app->ended && !heard.stop;
}

/* Keys that came when work was shown, and was about to end: they were for nothing that is on the screen now. */
static void end_work(struct app *app)
{
	if (!app->progress.shown)
		return;
	app->progress.shown = false;
	if (hear(app).keys && !app->message[0])
		app_message(app, STYLE_DIM, "keys that were pressed before the end did nothing");
}

bool app_listen(struct app *app)
{
	return !app->term || look(app);
}

bool app_wait(struct app *app, const char *who)
{
	int64_t now;

	if (!app->term || app->meanwhile.acting)
		return true;
	now = clock_ms();
	if (progress_tell(&app->progress, who, (struct progress_step){0}, now) && now >= app->progress.held_ms) {
		app_message(app, STYLE_BOLD, "%s has waited %d s for an answer, Esc stops", who,
			    (int)((now - app->progress.began_ms) / 1000));
		app->progress.stands = app->progress.shown = true;
		show(app);
	}
	return look(app);
}

bool app_progress(struct app *app, const char *doing, const char *pieces, size_t done, size_t all)
{
	int64_t now;

	if (!app->term || app->meanwhile.acting)
		return true;
	now = clock_ms();
	app->progress.passes = false;
	if (progress_tell(&app->progress, doing, (struct progress_step){pieces, done, all}, now)) {
		tell_progress(app, now);
		app->progress.shown = true;
		show(app);
	}
	return look(app);
}

bool app_interrupted(const struct app *app)
{
	return app->held.kind != INPUT_NONE;
}

bool app_progress_quietly(struct app *app, const char *pieces, size_t done, size_t all)
{
	int64_t now;

	if (!app->term)
		return true;
	now = clock_ms();
	app->progress.passes = true;
	if (progress_tell(&app->progress, "", (struct progress_step){pieces, done, all}, now) &&
	    (app->progress.stands || !app->message[0])) {
		tell_progress(app, now);
		show(app);
	}
	if (!app_interrupted(app))
		app->held = term_wait(app->term, 0);
	return !app_interrupted(app);
}

/* True when there is something new to show. */
static bool tick(struct app *app)
{
	const bool others = others_notice(app), noticed = app_notice(app) || others;

	if (!noticed && app->generation == app->session->generation && app->minute == app_now(app) / 60)
		return false;
	app_derive(app);
	return true;
}

/* What is done when no key comes. */
struct pace {
	bool quiet;       /* nothing is, but looking at the file and the clock */
	bool worked;      /* a piece of work was done since it last was */
	int64_t shown_ms; /* when the screen was drawn last */
};

/* Does a piece of quiet work; true when the screen must be drawn: of many small pieces not each is seen. */
static bool work(struct app *app, struct pace *pace)
{
	pace->quiet = !app_idle(app);
	app_derive(app);
	if (pace->quiet && pace->worked)
		heap_return();
	pace->worked = !pace->quiet;
	return pace->quiet || clock_ms() >= pace->shown_ms + SHOWN_MS;
}

/* Deals with one input; true when the screen must be drawn. */
static bool take(struct app *app, const struct input *input, struct pace *pace)
{
	switch (input->kind) {
	case INPUT_END:
		app->ended = app->cut_off = true;
		return false;
	case INPUT_RESIZE:
		app_resize(app, term_width(app->term), term_height(app->term));
		return true;
	case INPUT_CLICK:
		app_click(app, input->x, input->y);
		pace->quiet = false;
		return true;
	case INPUT_WHEEL_UP:
	case INPUT_WHEEL_DOWN:
		app_wheel(app, input->kind == INPUT_WHEEL_UP);
		pace->quiet = false;
		return true;
	case INPUT_KEY:
		app_key(app, input->key);
		pace->quiet = false;
		return true;
	case INPUT_NONE:
		break;
	}
	if (!pace->quiet)
		return work(app, pace);
	if (!tick(app))
		return false;
	pace->quiet = false;
	return true;
}

static void show_mistakes(struct app *app, const struct nm_buf *text)
{
	const size_t n = app->session->options.mistakes->n;
	struct notes notes;
	char title[64];

	notes_init(&notes);
	notes_lines(&notes, text->data);
	notes_add(&notes, STYLE_PLAIN, "");
	notes_add(&notes, STYLE_DIM, "The rest of the file holds; `nevermiss keys` lists the keys as they are.");
	snprintf(title, sizeof title, "your keys and theme: %zu mistakes", n);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

void app_tell_mistakes(struct app *app)
{
	const struct nm_diags *mistakes = app->session->options.mistakes;
	struct nm_buf text;

	if (!mistakes || mistakes->n == 0)
		return;
	nm_buf_init(&text, MISTAKES_BYTES);
	print_diags(mistakes, &text);
	if (mistakes->n > 1)
		show_mistakes(app, &text);
	else
		app_message(app, STYLE_WARNING, "%.*s", (int)strcspn(text.data, "\n"), text.data);
	nm_buf_clear(&text);
}

/* What ended quiet work comes first. */
static struct input next_input(struct app *app, int timeout_ms)
{
	const struct input held = app->held;

	app->held = (struct input){.kind = INPUT_NONE};
	return held.kind != INPUT_NONE ? held : term_wait(app->term, timeout_ms);
}

/* One input after another, until something ends it. */
static void loop(struct app *app)
{
	struct pace pace = {.shown_ms = clock_ms()};

	app_tell_mistakes(app);
	show(app);
	while (!app->ended) {
		const struct input input = next_input(app, pace.quiet ? TICK_MS : PAUSE_MS);
		const bool draw = take(app, &input, &pace);

		end_work(app);
		if (!draw || app->ended)
			continue;
		show(app);
		pace.shown_ms = clock_ms();
	}
}

static int refuse(struct term *term, const struct nm_error *err)
{
	term_close(term);
	fprintf(stderr, "nevermiss: %s\n", err->text);
	return 2;
}

int app_run(struct session *session, const char *first_screen)
{
	struct app app;
	struct term *term = NULL;
	struct nm_error err;
	enum nm_code code;

	heap_begin();
	code = term_open(session->options.theme, &term, &err);
	if (!code)
		code = app_init(&app, session, term_width(term), term_height(term), first_screen, &err);
	if (code)
		return refuse(term, &err);
	app.term = term;
	recovery_begin(&app);
	loop(&app);
	recovery_end(&app, app.cut_off);
	app_clear(&app);
	term_close(term);
	return 0;
}

int app_run_alone(struct session *session, const struct screen_ops *screen, const void *argument)
{
	struct app app;
	struct term *term = NULL;
	struct nm_error err;
	enum nm_code code = term_open(session->options.theme, &term, &err);

	if (!code)
		code = app_init_alone(&app, session, term_width(term), term_height(term), screen, argument, &err);
	if (code)
		return refuse(term, &err);
	app.term = term;
	loop(&app);
	app_clear(&app);
	term_close(term);
	return 0;
}
