/* SPDX-License-Identifier: MIT */
/*
 * Any keys in any order, at any size: nothing crashes, every row of every screen is exact, and the plan file
 * is at all times a plan, the one that the session holds when nothing is unsaved.  NM_KEYS says how many
 * keys (3,000); a session's number is its seed, so that one that fails can be repeated with NM_SEED.
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
#include "stage.h"

#define KEYS 3000
#define SESSION_KEYS 500

/* What somebody might type at a prompt, right and wrong. */
static const char *const typed[] = {
	"2026-12-25 10:00", "2h",   "+15125550142", "911",	"after-hours", "daytime",     "office", "Mo-Fr 08:00-18:00",
	"push",		    "plan", "\" } rule {",	"\xe6\xbc\xa2", "",	       "undo",	      "15s",	"check --at 2026-12-01",
	"zzz",		    "0",    "{ owner, sam }",	"week",	 "new-name",   "+2w",	      "screen", "no such thing \\",
};

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
	while (app_context(app) == CONTEXT_PROMPT && (ch = text_next(&text)) != 0)
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

	if (app_context(app) == CONTEXT_PROMPT && random_below(state, 3) == 0)
		type_something(state, app);
	else
		app_key(app, random_key(state, app));
	if (random_below(state, 10) == 0)
		app_click(app, random_below(state, 130), random_below(state, 50));
	if (random_below(state, 10) == 0)
		app_wheel(app, random_below(state, 2));
	if (random_below(state, 12) == 0)
		assert_true(app_resize(app, 1 + random_below(state, 130), 1 + random_below(state, 50)));
	if (random_below(state, 150) == 0)
		change_on_disk(stage);
	if (random_below(state, 20) == 0)
		stage->now += random_below(state, 3 * 86400);
	for (int i = random_below(state, 4); i > 0; i--)
		app_idle(app);
	app_derive(app);
	app->ended = false; /* q: as if it had been started again */
}

/* The file is a plan, and the one in memory when nothing is unsaved. */
static void the_file_is_the_plan(struct stage *stage)
{
	struct nm_document *document = stage->session.document;
	char *text = stage_plan(stage);
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;

	nm_diags_init(&diags);
	if (nm_plan_read("plan.conf", text, strlen(text), &plan, &diags, &err))
		fail_msg("%s\n%s", diags.n ? diags.items[0].text : err.text, text);
	if (!nm_document_dirty(document) && !nm_document_stale(document))
		assert_string_equal(text, nm_document_text(document, NULL));
	nm_plan_free(plan);
	nm_diags_clear(&diags);
	free(text);
}

static void play(uint64_t seed, int keys, bool read_only)
{
	static const char *const screens[] = {"now", "plan", "week", "simulate", "check", "push", "report", "help"};
	uint64_t state = 0x9e3779b97f4a7c15u * (seed + 1);
	struct stage stage;

	stage_open(&stage, &(struct stage_options){
				   .screen = screens[seed % (sizeof screens / sizeof *screens)],
				   .width = 20 + random_below(&state, 100),
				   .height = 5 + random_below(&state, 40),
				   .ascii = random_below(&state, 4) == 0,
				   .fixture = random_below(&state, 4) == 0 ? "hostile" : NULL,
				   .read_only = read_only,
			   });
	recovery_begin(&stage.app);
	for (int i = 0; i < keys; i++) {
		do_something(&state, &stage);
		app_draw(&stage.app);
		rows_are_exact(&stage.app.canvas);
		if (i % 50 == 0)
			the_file_is_the_plan(&stage);
	}
	app_settle(&stage.app);
	the_file_is_the_plan(&stage);
	recovery_end(&stage.app, random_below(&state, 2));
	stage_close(&stage);
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
		play((uint64_t)seed, SESSION_KEYS, seed % 5 == 4);
		return;
	}
	for (seed = 0; seed * SESSION_KEYS < keys; seed++) {
		print_message("session %d\n", seed);
		play((uint64_t)seed, SESSION_KEYS, seed % 5 == 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_keys_leave_the_plan_a_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
