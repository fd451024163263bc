/* SPDX-License-Identifier: MIT */
/*
 * What comes from outside cannot act on the terminal nor spoil its columns: names, titles of events and
 * messages of carriers with escapes and odd characters, on every screen; and any bytes at all, on a canvas.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "nevermiss/followup.h"
#include "exact.h"
#include "prompt.h"
#include "random.h"
#include "records.h"
#include "stage.h"

#define NASTY "a\033]0;owned\a\x9b" "31m\xc2\x9b\xe2\x80\xaez\xe2\x80\x8b\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\xff\r\b"
#define WIDEST 40
#define LONGEST 120
#define ROUNDS 20000

/* Characters at which something is decided: ends of ranges of UTF-8, wide, joining, hidden. */
static const uint32_t telling[] = {0x01, 0x1b, 0x7f, 0x80, 0x9b, 0xad, 0x301, 0x5d0, 0x61c, 0x7ff, 0x800, 0x1100, 0x1161, 0x11a8, 0x200d,
				   0x202e, 0x2066, 0x3000, 0x6f22, 0xfe0f, 0xfeff, 0xffff, 0x10000, 0x1f44d, 0x1f3fd, 0xe0101, 0x10ffff};

static void random_text(uint64_t *state, char out[static LONGEST + 1])
{
	int n = random_below(state, LONGEST - CHAR_BYTES), at = 0;

	while (at < n) {
		char bytes[CHAR_BYTES];
		int kind = random_below(state, 4);

		if (kind == 0)
			snprintf(bytes, sizeof bytes, "%c", 1 + random_below(state, 255));
		else if (kind == 1)
			char_write(telling[(size_t)random_below(state, sizeof telling / sizeof *telling)], bytes);
		else
			char_write((uint32_t)(kind == 2 ? ' ' + random_below(state, 95) : 1 + random_below(state, 0x2ffff)), bytes);
		memcpy(out + at, bytes, strlen(bytes));
		at += (int)strlen(bytes);
	}
	out[at] = '\0';
}

static void write_somewhere(struct canvas *canvas, uint64_t *state, const char *text)
{
	int x = random_below(state, WIDEST + 8) - 4, y = random_below(state, 5) - 1, max = random_below(state, WIDEST);
	struct box clip = {random_below(state, WIDEST), random_below(state, 3), random_below(state, WIDEST), 1 + random_below(state, 3)};

	canvas_clip(canvas, random_below(state, 2) ? clip : (struct box){0, 0, canvas->width, canvas->height});
	switch (random_below(state, 4)) {
	case 0:
		assert_in_range(canvas_text(canvas, x, y, max, STYLE_PLAIN, text), 0, max);
		break;
	case 1:
		canvas_wrap(canvas, x, y, max, 3, STYLE_PLAIN, text);
		break;
	case 2:
		canvas_hang(canvas, (struct box){x, y, max, 3}, random_below(state, 2), STYLE_PLAIN, text);
		break;
	default:
		canvas_put(canvas, x, y, STYLE_PLAIN, text_next(&text));
		break;
	}
}

static void any_bytes_leave_rows_exact_and_harmless(void **test)
{
	uint64_t state = 0x9e3779b97f4a7c15u;
	char text[LONGEST + 1];

	(void)test;
	for (int round = 0; round < ROUNDS; round++) {
		struct canvas canvas;

		assert_true(canvas_init(&canvas, 1 + random_below(&state, WIDEST), 3, round % 4 == 0));
		for (int i = 0; i < 8; i++) {
			random_text(&state, text);
			write_somewhere(&canvas, &state, text);
		}
		rows_are_exact(&canvas);
		canvas_clear(&canvas);
	}
}

/* What people read of a command, too, reaches a terminal. */
static void printed_text_has_nothing_that_acts(void **test)
{
	uint64_t state = 0x2545f4914f6cdd1du;
	char text[LONGEST + 1];

	(void)test;
	for (int round = 0; round < ROUNDS; round++) {
		struct nm_buf out;
		const char *at;

		random_text(&state, text);
		nm_buf_init(&out, 1u << 12);
		add_safe(&out, text);
		at = out.data;
		while (*at) {
			const char *from = at;
			uint32_t ch = text_next(&at);

			if (ch == CHAR_REPLACED)
				assert_memory_equal(from, "\xef\xbf\xbd", 3);
			assert_true(*from == '\n' || *from == '\t' || (unsigned char)*from >= ' ');
		}
		nm_buf_clear(&out);
	}
}

/* And in one way: what stands on a screen for a byte that must not reach it stands in what is printed too. */
static void printed_text_replaces_as_the_screen_does(void **test)
{
	static const char text[] = "a\033[31m\x9b\u202e?b";
	struct canvas canvas;
	struct nm_buf printed, shown;

	(void)test;
	assert_true(canvas_init(&canvas, 20, 1, false));
	canvas_text(&canvas, 0, 0, 20, STYLE_PLAIN, text);
	nm_buf_init(&shown, 1u << 12);
	nm_buf_init(&printed, 1u << 12);
	canvas_print(&canvas, false, THEME_DEFAULT, &shown);
	add_safe(&printed, text);
	shown.data[strcspn(shown.data, " \n")] = '\0';
	assert_string_equal(printed.data, shown.data);
	nm_buf_clear(&printed);
	nm_buf_clear(&shown);
	canvas_clear(&canvas);
}

static void hostile_names_and_titles_line_up_on_every_screen(void **test)
{
	static const char *const names[] = {"now", "plan", "week", "simulate", "check", "push"};
	struct stage stage;
	char golden[32];

	(void)test;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			stage_open(&stage, &(struct stage_options){.screen = names[i], .width = 80, .height = 24, .ascii = ascii,
								   .now = STAGE_NOW + 4 * NM_DAY, .fixture = "hostile"});
			rows_are_exact(&stage.app.canvas);
			snprintf(golden, sizeof golden, "hostile-%s%s", names[i], ascii ? "-ascii" : "");
			stage_golden(&stage, golden);
			stage_close(&stage);
		}
	}
}

/* What a carrier, a form on the web and a colleague may have written. */
#define NAME "a\033]0;owned\a\x9b" "31mR.\u202ez\u200b\U0001f44d\U0001f3fd"
#define PHONE "sip:\033[2J\u202e\u6c34\u7ba1\u5de5@\u0301example.org"

static void hostile_lead(struct stage *stage)
{
	const struct nm_followup lead = {.channel = NM_CHANNEL_WEB, .name = NAME, .words = "my \033[31msink\u2066 leaks\r\b", .opened = stage->now - 180};
	const struct nm_deed tried = {.at = stage->now - 60, .who = NAME, .kind = NM_DEED_TRIED, .words = "\033c" NAME};
	struct nm_store *store;
	struct nm_error err;
	int64_t id;

	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	if (nm_store_followup_add(store, &lead, &id, &err) || nm_store_followup_deed(store, id, &tried, &err))
		fail_msg("%s", err.text);
}

/* Names of the plan, as they are written there, and whatever else a record may have. */
static void hostile_log(struct stage *stage)
{
	const struct nm_plan *plan = stage->session.plan;
	struct record r;

	for (size_t i = 0; i < plan->n_destinations; i++) {
		const char *name = plan->destinations[i].name;

		record_begin(&r, 1 + (int)i, stage->now - 3600 * (nm_time)(i + 2), UINT64_C(15125550142) + i);
		record_leg(&r, name, PHONE, NM_LEG_NO_ANSWER, 1, 20);
		record_leg(&r, NULL, PHONE, NM_LEG_ANSWERED, 22, 3);
		record_put(stage, &r, record_answered(i % 2 ? name : PHONE, 25), 90);
	}
	record_begin(&r, 100, stage->now - 1800, UINT64_C(15125550199));
	record_leg(&r, plan->destinations[0].name, PHONE, NM_LEG_NO_ANSWER, 1, 20);
	record_put(stage, &r, (struct nm_became){.end = NM_CALL_LOST, .reason = NM_CALL_HUNG_UP, .seconds = -1}, 21);
	hostile_lead(stage);
	stage_stop(stage);
	stage_start(stage);
}

static void what_a_log_has_lines_up(void **test)
{
	static const struct {
		const char *keys, *name;
	} pictures[] = {{"7", "calls"}, {"7 Tab Enter", "call"}, {"7 Down Enter", "history"}, {"8", "report"}, {"8 $", "worth"}};

	(void)test;
	for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			struct stage stage;
			char golden[32];

			stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .ascii = ascii,
								   .now = STAGE_NOW + 4 * NM_DAY, .fixture = "hostile"});
			hostile_log(&stage);
			stage_keys(&stage, pictures[i].keys);
			rows_are_exact(&stage.app.canvas);
			snprintf(golden, sizeof golden, "hostile-%s%s", pictures[i].name, ascii ? "-ascii" : "");
			stage_golden(&stage, golden);
			for (int width = 1; width < 130; width += 7) {
				assert_true(app_resize(&stage.app, width, 3 + width / 3));
				app_settle(&stage.app);
				app_draw(&stage.app);
				rows_are_exact(&stage.app.canvas);
			}
			stage_close(&stage);
		}
	}
}

/* Answers that somebody pasted. */
static void answers_of_the_wizard_line_up(void **test)
{
	(void)test;
	for (int ascii = 0; ascii < 2; ascii++) {
		struct stage stage;

		stage_open(&stage, &(struct stage_options){.width = 80, .height = 24, .ascii = ascii, .first_run = NAME});
		stage_type(&stage, "Sm\u202eith \u6f22\u5b57 \u200b\U0001f44d\U0001f3fd e\u0301");
		stage_keys(&stage, "Enter");
		stage_type(&stage, "chicago");
		stage_keys(&stage, "Enter Enter");
		stage_type(&stage, "(512) 555-0100");
		stage_keys(&stage, "Enter");
		stage_type(&stage, "512 555 0111");
		stage_keys(&stage, "Enter Enter");
		stage_type(&stage, "S\u00e1\u0302m \u2067 512 555 0112");
		rows_are_exact(&stage.app.canvas);
		stage_golden(&stage, ascii ? "hostile-wizard-ascii" : "hostile-wizard");
		stage_keys(&stage, "F2");
		rows_are_exact(&stage.app.canvas);
		stage_golden(&stage, ascii ? "hostile-review-ascii" : "hostile-review");
		stage_close(&stage);
	}
}

/* As a carrier's refusal would be told, in the message line, in a dialog and on a page. */
static void a_hostile_message_is_shown_harmless(void **test)
{
	struct stage stage;
	struct notes notes;

	(void)test;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
	app_message(&stage.app, STYLE_ERROR, "%s", NASTY);
	app_draw(&stage.app);
	rows_are_exact(&stage.app.canvas);
	stage_shows(&stage, "a\xef\xbf\xbd]0;owned\xef\xbf\xbd\xef\xbf\xbd" "31m\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd");
	notes_init(&notes);
	notes_add(&notes, STYLE_PLAIN, NASTY);
	app_confirm(&stage.app, 1, NASTY, &notes);
	app_draw(&stage.app);
	rows_are_exact(&stage.app.canvas);
	app_page(&stage.app, NASTY, &notes);
	app_draw(&stage.app);
	rows_are_exact(&stage.app.canvas);
	notes_clear(&notes);
	stage_close(&stage);
}

/* A plan that does not read is quoted in its mistakes. */
static void a_hostile_text_that_is_no_plan_is_told_harmless(void **test)
{
	struct stage stage;

	(void)test;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 60, .height = 16,
						   .plan = "business = \"x\"\n\xe2\x80\xae" "boss\xc2\x9b = 1\n\033[2J"});
	rows_are_exact(&stage.app.canvas);
	stage_shows(&stage, "plan.conf:");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_bytes_leave_rows_exact_and_harmless),
		cmocka_unit_test(printed_text_has_nothing_that_acts),
		cmocka_unit_test(printed_text_replaces_as_the_screen_does),
		cmocka_unit_test(hostile_names_and_titles_line_up_on_every_screen),
		cmocka_unit_test(what_a_log_has_lines_up),
		cmocka_unit_test(answers_of_the_wizard_line_up),
		cmocka_unit_test(a_hostile_message_is_shown_harmless),
		cmocka_unit_test(a_hostile_text_that_is_no_plan_is_told_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
