/* SPDX-License-Identifier: MIT */
/* The frame: what a message of several rows keeps, whatever stands over the screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "stage.h"

#define LONG_MESSAGE                                                                                              \
	"calls.csv: no column tells when a call came (at, or date and time); there are time, from, duration: " \
	"--columns maps them, as in --columns \"at=time\""

static const struct {
	int width, height;
} sizes[] = {{40, 12}, {60, 16}, {80, 24}, {200, 50}};
#define SIZES (sizeof sizes / sizeof *sizes)

/* The rows of the message are those of it on an empty canvas. */
static void message_is_whole(struct stage *stage)
{
	const struct canvas *drawn = &stage->app.canvas;
	const int rows = app_message_rows(&stage->app), top = drawn->height - 1 - rows;
	struct canvas alone;

	assert_true(rows > 1 || drawn->width > (int)strlen(LONG_MESSAGE));
	assert_true(canvas_init(&alone, drawn->width, drawn->height, false));
	canvas_wipe(&alone);
	canvas_wrap(&alone, 1, top, drawn->width - 2, rows, STYLE_WARNING, LONG_MESSAGE);
	for (int y = top; y < top + rows; y++)
		for (int x = 0; x < drawn->width; x++)
			assert_int_equal(canvas_cell(drawn, x, y)->ch, canvas_cell(&alone, x, y)->ch);
	canvas_clear(&alone);
}

static void a_long_message_is_whole_over_every_layer(void **state)
{
	static const struct {
		const char *screen, *keys;
	} layers[] = {
		{"now", ""},		{"now", "?"},		 {"push", "D"},	      {"push", "P"},
		{"report", "$"},	{"push", "c"},		 {"week", "P"},	      {"plan", "A"},
		{"simulate", "Tab Enter"}, {"push", "t"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
		for (size_t size = 0; size < SIZES; size++) {
			struct stage stage;

			stage_open(&stage, &(struct stage_options){.screen = layers[i].screen,
								   .width = sizes[size].width,
								   .height = sizes[size].height});
			stage_keys(&stage, layers[i].keys);
			app_message(&stage.app, STYLE_WARNING, "%s", LONG_MESSAGE);
			app_draw(&stage.app);
			message_is_whole(&stage);
			stage_close(&stage);
		}
	}
}

static void a_refused_import_shows_its_error_and_no_summary(void **state)
{
	static const char table[] = "time,from,to,duration\n2026-11-02 10:00,+15125550100,main,30\n";
	struct stage stage;
	struct nm_error err;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	assert_int_equal(nm_file_write("calls.csv", table, strlen(table), true, &err), NM_OK);
	stage_keys(&stage, ":");
	stage_type(&stage, "calls import calls.csv");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "calls.csv: no column tells when a call came");
	stage_hides(&stage, "0 calls");
	assert_int_equal(stage.app.depth, 0);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_message_is_whole_over_every_layer),
		cmocka_unit_test(a_refused_import_shows_its_error_and_no_summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
