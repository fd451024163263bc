/* SPDX-License-Identifier: MIT */
/*
 * Any keys in any order, at any size: nothing crashes, every row of every screen is exact, and the plan file
 * is at all times a plan, the one that the session holds when nothing is unsaved.  So on an empty store and on one with
 * a log, follow-ups and pushes; in the wizard, where there is no plan until it writes one; and read-only, where no file
 * changes.  NM_KEYS says how many keys (3,000); a session's number is its seed, so that one that fails can be repeated
 * with NM_SEED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "random.h"
#include "records.h"
#include "stage.h"

#define KEYS 3000
#define SESSION_KEYS 500

/* What somebody might type at a prompt, right and wrong. */
static const char *const typed[] = {
	"2026-12-25 10:00", "2h",   "+15125550142", "911",	"after-hours", "daytime",     "office", "Mo-Fr 08:00-18:00",
	"push",		    "plan", "\" } rule {",	"\xe6\xbc\xa2", "",	       "undo",	      "15s",	"check --at 2026-12-01",
	"zzz",		    "0",    "{ owner, sam }",	"week",	 "new-name",   "+2w",	      "screen", "no such thing \\",
	"calls import calls.csv", "(512) 555-0100", "chicago", "Sam 512 555 0112", "24/7", "none",
};

/* Somebody has saved it from a carrier's web page. */
static const char records[] = "Start time,From,To,Answered by,Duration,Disposition\n"
			      "2026-11-20 09:00:00,+15125550142,+15125550100,+15125550111,61,ANSWERED\n"
			      "2026-11-20 10:00:00,\033[31m,+15125550100,,0,NO ANSWER\n";

static uint32_t key_of_a_row(uint64_t *state, enum context context, bool any)
{
	for (int tries = 0; tries < 400; tries++) {
		const struct key_row *row = &key_rows[random_below(state, (int)key_rows_count)];
		size_t len = strcspn(row->keys, " ");

		if (any || row->context == context || row->context == CONTEXT_GENERAL)
			return key_read(row->keys, len);
	}
	return K_ESCAPE;
}

static uint32_t random_key(uint64_t *state, const struct app *app)
{
	switch (random_below(state, 10)) {
	case 0:
		return (uint32_t)(' ' + random_below(state, 95));
	case 1:
		return (uint32_t)random_below(state, 8) ? K_ENTER : 1 + (uint32_t)random_below(state, 0x2ffff);
	case 2:
		return key_of_a_row(state, app_context(app), true);
	default:
		return key_of_a_row(state, app_context(app), false);
	}
}

static void type_something(uint64_t *state, struct app *app)
{
	const char *text = typed[random_below(state, (int)(sizeof typed / sizeof *typed))];
	uint32_t ch;

	app_key(app, K_CONTROL + 'u');
	while (context_types(app_context(app)) && (ch = text_next(&text)) != 0)
		app_key(app, ch);
	app_key(app, random_below(state, 4) ? K_ENTER : K_TAB);
}

/* Somebody else saves the plan meanwhile. */
static void change_on_disk(struct stage *stage)
{
	char *text = stage_plan(stage);
	struct nm_buf next;

	nm_buf_init(&next, 1u << 22);
	nm_buf_addf(&next, "%s# seen by somebody else\n", text);
	assert_int_equal(nm_file_write("plan.conf", next.data, next.len, false, NULL), NM_OK);
	nm_buf_clear(&next);
	free(text);
	session_notice(&stage->session);
	app_derive(&stage->app);
}

static void do_something(uint64_t *state, struct stage *stage)
{
	struct app *app = &stage->app;

	if (context_types(app_context(app)) && random_below(state, 3) == 0)
		type_something(state, app);
	else
		app_key(app, random_key(state, app));
	if (random_below(state, 10) == 0)
		app_click(app, random_below(state, 130), random_below(state, 50));
	if (random_below(state, 10) == 0)
		app_wheel(app, random_below(state, 2));
	if (random_below(state, 12) == 0)
		assert_true(app_resize(app, 1 + random_below(state, 130), 1 + random_below(state, 50)));
	if (random_below(state, 150) == 0 && !app_alone(app) && !stage->options->read_only)
		change_on_disk(stage);
	if (random_below(state, 20) == 0)
		stage->now += random_below(state, 3 * 86400);
	for (int i = random_below(state, 4); i > 0; i--)
		app_idle(app);
	app_derive(app);
}

static bool is_plan(const char *text)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;
	bool is;

	nm_diags_init(&diags);
	is = nm_plan_read("plan.conf", text, strlen(text), &plan, &diags, &err) == NM_OK;
	if (!is)
		print_error("%s\n%s", diags.n ? diags.items[0].text : err.text, text);
	nm_plan_free(plan);
	nm_diags_clear(&diags);
	return is;
}

/* The file is a plan, and the one in memory when nothing is unsaved. */
static void the_file_is_the_plan(struct stage *stage)
{
	struct nm_document *document = stage->session.document;
	char *text = stage_plan(stage);

	assert_true(is_plan(text));
	if (!nm_document_dirty(document) && !nm_document_stale(document))
		assert_string_equal(text, nm_document_text(document, NULL));
	free(text);
}

/* One key, or another event, and what must hold after it. */
static void play_one(uint64_t *state, struct stage *stage)
{
	do_something(state, stage);
	app_draw(&stage->app);
	rows_are_exact(&stage->app.canvas);
}

static struct stage_options random_look(uint64_t *state)
{
	return (struct stage_options){
		.width = 20 + random_below(state, 100),
		.height = 5 + random_below(state, 40),
		.ascii = random_below(state, 4) == 0,
	};
}

/* --- kinds of sessions --- */

static void play_keys(uint64_t *state, struct stage *stage, int keys)
{
	for (int i = 0; i < keys; i++) {
		play_one(state, stage);
		stage->app.ended = false; /* q: as if it had been started again */
		if (i % 50 == 0)
			the_file_is_the_plan(stage);
	}
	app_settle(&stage->app);
	the_file_is_the_plan(stage);
}

/* A store with calls, some of them imported, people to call back, and pushes, of which one is of an older plan. */
static void fill_store(struct stage *stage)
{
	const struct nm_call_filter all = {.since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 100};
	struct nm_call_entries calls;
	struct nm_store *store;
	size_t filled;

	assert_int_equal(nm_file_write("calls.csv", records, strlen(records), false, NULL), NM_OK);
	log_fill(stage);
	log_lead(stage);
	assert_int_equal(session_store(&stage->session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_calls(store, &all, &calls, NULL), NM_OK);
	filled = calls.n;
	nm_call_entries_clear(&calls);
	stage_keys(stage, "6 A y Escape 1 O Enter Enter y Escape :");
	stage_type(stage, "calls import calls.csv");
	stage_keys(stage, "Enter Escape");
	assert_int_equal(nm_store_calls(store, &all, &calls, NULL), NM_OK);
	assert_int_equal(calls.n, filled + 1);
	nm_call_entries_clear(&calls);
}

static void open_one(uint64_t *state, struct stage *stage, struct stage_options *options, bool filled)
{
	static const char *const screens[] = {"now", "plan", "week", "simulate", "check", "push", "calls", "report", "help"};
	const bool read_only = options->read_only;

	options->screen = screens[random_below(state, (int)(sizeof screens / sizeof *screens))];
	options->fixture = random_below(state, 4) == 0 ? "hostile" : NULL;
	options->read_only = false;
	stage_open(stage, options);
	if (filled)
		fill_store(stage);
	if (!filled && !read_only)
		return;
	stage_stop(stage);
	options->read_only = read_only;
	stage_start(stage);
}

static void play_plan(uint64_t *state, int keys, bool filled)
{
	struct stage_options options = random_look(state);
	struct stage stage;

	open_one(state, &stage, &options, filled);
	recovery_begin(&stage.app);
	play_keys(state, &stage, keys);
	recovery_end(&stage.app, random_below(state, 2));
	stage_close(&stage);
}

static void play_empty(uint64_t *state, int keys)
{
	play_plan(state, keys, false);
}

static void play_filled(uint64_t *state, int keys)
{
	play_plan(state, keys, true);
}

/* Whatever is pressed, the files are what they were. */
static void play_read_only(uint64_t *state, int keys)
{
	struct stage_options options = random_look(state);
	struct stage stage;
	char *before, *after;
	size_t len_before, len_after;

	options.read_only = true;
	open_one(state, &stage, &options, true);
	stage_stop(&stage);
	before = stage_files(&len_before);
	stage_start(&stage);
	recovery_begin(&stage.app);
	play_keys(state, &stage, keys);
	recovery_end(&stage.app, random_below(state, 2));
	stage_stop(&stage);
	after = stage_files(&len_after);
	stage_start(&stage);
	assert_int_equal(len_before, len_after);
	assert_memory_equal(before, after, len_before);
	free(before);
	free(after);
	stage_close(&stage);
}

/* Answers with which a plan can be written, as far as the questions go. */
static void answer_questions(struct stage *stage)
{
	static const char *const answers[] = {"Smith Plumbing", "chicago", "", "(512) 555-0100", "512 555 0111", "", "Sam 512 555 0112"};

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		stage_type(stage, answers[i]);
		stage_keys(stage, "Enter");
	}
	stage_keys(stage, "F2");
}

/* No plan: there is no file at all until the wizard is told to write one, and then that is a plan. */
static void play_first_run(uint64_t *state, int keys)
{
	struct stage_options options = random_look(state);
	struct stage stage;
	struct nm_buf text;

	options.first_run = random_below(state, 3) ? "America/Chicago" : "\033nowhere";
	stage_open(&stage, &options);
	if (random_below(state, 3))
		answer_questions(&stage);
	nm_buf_init(&text, NM_PLAN_BYTES);
	for (int i = 0; i < keys / 5; i++) { /* each key makes a plan of the answers: they are slow */
		play_one(state, &stage);
		if (nm_file_read("plan.conf", NM_PLAN_BYTES, &text, NULL) == NM_OK)
			break;
		stage.app.ended = false;
	}
	assert_true(text.len == 0 || is_plan(text.data));
	nm_buf_clear(&text);
	stage_close(&stage);
}

static void play(uint64_t seed, int keys)
{
	static void (*const kinds[])(uint64_t *state, int keys) = {play_filled, play_first_run, play_read_only, play_filled, play_empty};
	uint64_t state = 0x9e3779b97f4a7c15u * (seed + 1);

	kinds[seed % (sizeof kinds / sizeof *kinds)](&state, keys);
}

static int number_of(const char *name, int fallback)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : fallback;
}

static void any_keys_leave_the_plan_a_plan(void **state)
{
	int keys = number_of("NM_KEYS", KEYS), seed = number_of("NM_SEED", -1);

	(void)state;
	if (seed >= 0) {
		play((uint64_t)seed, SESSION_KEYS);
		return;
	}
	for (seed = 0; seed * SESSION_KEYS < keys; seed++) {
		print_message("session %d\n", seed);
		play((uint64_t)seed, SESSION_KEYS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_keys_leave_the_plan_a_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
