/* SPDX-License-Identifier: MIT */
/*
 * The Plan screen: everything that can be done by editing the file can be done by keyboard, and only the lines
 * that must change do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/carrier.h"
#include "nevermiss/edit.h"
#include "plan_fit.h"
#include "plan_screen.h"
#include "prompt.h"
#include "stage.h"
#include "zones.h"

static void open_plan(struct stage *stage)
{
	stage_open(stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24});
}

/* The cursor on a section, by a search for its name. */
static void find(struct stage *stage, const char *name)
{
	stage_keys(stage, "/");
	stage_type(stage, name);
	stage_keys(stage, "Enter");
}

/* In the form of a section, on the row of that number. */
static void form(struct stage *stage, const char *name, int row)
{
	find(stage, name);
	stage_keys(stage, "Enter Home");
	while (row-- > 0)
		stage_keys(stage, "Down");
}

static void type(struct stage *stage, const char *text)
{
	stage_keys(stage, "C-u");
	stage_type(stage, text);
	stage_keys(stage, "Enter");
}

/* What is edited, saved or not. */
static void expect_text(struct stage *stage, const char *part)
{
	const char *text = nm_document_text(stage->session.document, NULL);

	if (!strstr(text, part))
		fail_msg("the text has no \"%s\"\n%s", part, text);
}

static void expect_no_text(struct stage *stage, const char *part)
{
	if (strstr(nm_document_text(stage->session.document, NULL), part))
		fail_msg("the text has \"%s\"", part);
}

/* Lines by which the text differs from the file. */
static size_t lines_changed(struct stage *stage)
{
	struct notes notes;
	size_t n;

	notes_init(&notes);
	notes_diff_texts(&notes, nm_document_saved(stage->session.document), nm_document_texts(stage->session.document));
	n = notes.n;
	notes_clear(&notes);
	return n;
}

/* --- what is shown --- */

static void to_a_path(struct stage *stage)
{
	form(stage, "daytime", 1);
}

static void to_a_destination(struct stage *stage)
{
	form(stage, "owner", 0);
}

static void the_form_is_as_expected_in_every_look(void **state)
{
	static const struct stage_options options = {.screen = "plan"};

	(void)state;
	stage_golden_looks("plan-path", &options, to_a_path);
	stage_golden_looks("plan-owner", &options, to_a_destination);
}

static void any_form_can_be_drawn_at_any_size(void **state)
{
	static const int sizes[][2] = {{1, 1}, {10, 4}, {24, 7}, {39, 11}, {57, 14}, {80, 16}, {300, 100}};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		stage_keys(&stage, "Home");
		for (size_t down = 0; down < 50; down++) {
			assert_true(app_resize(&stage.app, sizes[i][0], sizes[i][1]));
			stage_keys(&stage, "Down Tab Down Right Tab");
		}
	}
	stage_close(&stage);
}

/* Every option of every kind is a row of the form of a section of that kind. */
static void every_option_has_its_row(void **state)
{
	static const char *const sections[][2] = {
		{"", "business"}, {"line", "main"},    {"calendar", "calendars"},  {"schedule", "focus"}, {"callers", "spam"},
		{"path", "escalate"}, {"override", "dentist"}, {"destination", "mailbox"}, {"rotation", "oncall"}};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 120, .height = 60});
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		find(&stage, sections[i][1]);
		if (!strcmp(sections[i][1], "calendars"))
			stage_keys(&stage, "Down");
		for (size_t o = 0; o < nm_options_count; o++)
			if (!strcmp(nm_options[o].section, sections[i][0]) && nm_options[o].type != NM_TYPE_SECTION)
				stage_shows(&stage, nm_options[o].name);
	}
	stage_close(&stage);
}

/* Turned to with the view key, and for every section after it. */
static void the_text_of_a_section_is_the_files(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "office");
	stage_keys(&stage, "v");
	stage_golden(&stage, "plan-text");
	stage_hides(&stage, "own_voicemail 12s");
	stage_keys(&stage, "Home");
	stage_shows(&stage, "│ 2  business = \"Smith Plumbing\"\n");
	stage_shows(&stage, "│ 4  country  = \"US\"\n");
	stage_hides(&stage, "account sandbox");
	find(&stage, "owner");
	stage_shows(&stage, "│ 20  destination owner {\n");
	stage_shows(&stage, "│ 25  }\n");
	stage_keys(&stage, "v");
	stage_hides(&stage, "20  destination owner");
	stage_shows(&stage, "own_voicemail 25s");
	find(&stage, "schedules");
	stage_keys(&stage, "v"); /* where there is no text it is said what the key did */
	stage_shows(&stage, "sections of this file are shown as they stand there");
	stage_close(&stage);
}

/* Whatever stands in the pane behind a number is that line of the file: at its beginning, and of one that is cut
 * into rows its first. */
static void each_line_of_the_text_has_its_number(void **state)
{
	struct stage stage;
	char *file, *lines[100];
	size_t n = 0, seen = 0;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 200, .height = 50});
	file = stage_plan(&stage);
	for (char *at = strtok(file, "\n"), *last = file; at && n < 100; last = at, at = strtok(NULL, "\n")) {
		for (const char *gap = last + strlen(last) + 1; n > 0 && gap < at && n < 100; gap++)
			lines[n++] = "";
		lines[n++] = at;
	}
	stage_keys(&stage, "v");
	for (size_t row = 0; row < 50; row++) {
		char *screen = stage_text(&stage);

		for (char *at = strstr(screen, "│ "); at; at = strstr(at, "│ ")) {
			char *end;
			long number = strtol(at += strlen("│ "), &end, 10);

			if (end == at || strncmp(end, "  ", 2) != 0)
				continue;
			assert_true((size_t)number <= n);
			assert_int_equal(strncmp(end + 2, lines[number - 1], strlen(lines[number - 1])), 0);
			seen++;
		}
		free(screen);
		stage_keys(&stage, "Down");
	}
	assert_true(seen > 50);
	free(file);
	stage_close(&stage);
}

/* No page leaves a line out. */
static void a_long_text_is_read_page_by_page(void **state)
{
	struct stage stage;
	struct nm_buf plan;
	bool seen[60] = {false};

	(void)state;
	nm_buf_init(&plan, 1u << 16);
	nm_buf_add(&plan, "timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
			  "line main { number = \"+15125550100\" account = box }\n"
			  "destination ai { kind = ai number = \"+15125550177\" }\nrule r { path = long }\npath long {\n");
	for (int i = 8; i < 58; i++)
		nm_buf_addf(&plan, "  step { ring = ai for = %ds }\n", i);
	nm_buf_add(&plan, "}\n");
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 40, .height = 12, .plan = plan.data});
	find(&stage, "long");
	stage_keys(&stage, "v");
	for (int page = 0; page < 20; page++) {
		char *screen = stage_text(&stage), line[64];

		for (int i = 8; i < 58; i++) {
			snprintf(line, sizeof line, "%d    step { ring = ai for = %ds }\n", i, i);
			seen[i] |= strstr(screen, line) != NULL;
		}
		free(screen);
		stage_keys(&stage, "PgDn");
	}
	for (int i = 8; i < 58; i++)
		if (!seen[i])
			fail_msg("line %d was on no page", i);
	nm_buf_clear(&plan);
	stage_close(&stage);
}

/* In a low and narrow window too all of it can be read, and Enter goes on to change it. */
static void a_long_text_scrolls_while_it_has_the_keys(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 40, .height = 12});
	find(&stage, "mailbox");
	stage_keys(&stage, "v");
	stage_shows(&stage, "30  destination mailbox {");
	stage_hides(&stage, "33  }");
	stage_keys(&stage, "PgDn");
	stage_hides(&stage, "30  destination mailbox {");
	stage_keys(&stage, "Down Down Down Down Down Down Down Down");
	stage_shows(&stage, "33  }");
	stage_keys(&stage, "Home");
	stage_shows(&stage, "30  destination mailbox {");
	stage_keys(&stage, "End D"); /* it is the section that is deleted, not an option that is not shown */
	stage_shows(&stage, "destination mailbox is used");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "33  }");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "▸kind");
	stage_keys(&stage, "v v Escape");
	stage_shows(&stage, "▸    mailbox");
	stage_close(&stage);
}

/* Words of the pane from a text on, as one line each; the caller frees them. */
static char *pane_words(struct stage *stage, const char *from)
{
	char *screen = stage_text(stage);
	const char *at = strstr(screen, from);
	struct nm_buf words;

	nm_buf_init(&words, 1u << 16);
	for (; at; at = strstr(at, "│ ")) {
		at += strncmp(at, "│ ", strlen("│ ")) ? 0 : strlen("│ ");
		for (size_t len; *(at += strspn(at, " ")) && *at != '\n'; at += len) {
			len = strcspn(at, " \n");
			nm_buf_addf(&words, "%.*s\n", (int)len, at);
		}
	}
	free(screen);
	return nm_buf_take(&words);
}

/* Takes the words out that are on the screen: as many as there are left. */
static size_t cross_out(struct stage *stage, char *words)
{
	char *screen = stage_text(stage);
	size_t left = 0;

	for (char *at = words; *at; at += strcspn(at, "\n") + 1) {
		const size_t len = strcspn(at, "\n");

		at[len] = '\0';
		if (strstr(screen, at))
			memset(at, ' ', len);
		left += *at != ' ';
		at[len] = '\n';
	}
	free(screen);
	return left;
}

/* What has no room below the form comes up when its cursor can go no further, in any window. */
static void all_that_concerns_a_section_can_be_read(void **state)
{
	static const int sizes[][2] = {{80, 24}, {40, 12}, {57, 16}};
	static const char *const sections[] = {"daytime", "owner", "fixly", "office"};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
			char *words, *before, *after;
			size_t left, downs = 0;

			stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 200, .height = 50});
			find(&stage, sections[i]);
			words = pane_words(&stage, "used by");
			assert_true(app_resize(&stage.app, sizes[s][0], sizes[s][1]));
			stage_keys(&stage, "Tab End");
			before = stage_text(&stage);
			while ((left = cross_out(&stage, words)) > 0 && downs++ < 60)
				stage_keys(&stage, "Down");
			if (left)
				fail_msg("of %s at %dx%d cannot be read:\n%s", sections[i], sizes[s][0], sizes[s][1],
					 words);
			while (downs-- > 0)
				stage_keys(&stage, "Up");
			after = stage_text(&stage);
			assert_string_equal(after, before);
			free(after);
			free(before);
			free(words);
			stage_close(&stage);
		}
	}
}

static void findings_stand_beside_what_they_concern(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "daytime");
	stage_shows(&stage, "swallowed  office's own voicemail");
	stage_shows(&stage, "used by  rule vip, rule open");
	stage_keys(&stage, "M Enter");
	stage_shows(&stage, "let step 2 of path daytime ring for 7 s?");
	stage_shows(&stage, "check no longer finds  error  swallowed");
	stage_keys(&stage, "y");
	expect_text(&stage, "step { ring = { office, sam }  for = 7s }");
	stage_hides(&stage, "swallowed  office's own voicemail");
	stage_shows(&stage, "failure-swallowed"); /* while the phone is off, which no ring time mends */
	stage_shows(&stage, "1 edit, not saved");
	stage_close(&stage);
}

/* --- options --- */

static void a_choice_is_chosen(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "office", 1);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "answering-service");
	stage_keys(&stage, "Down Enter");
	expect_text(&stage, "role = receptionist  number");
	assert_int_equal(lines_changed(&stage), 2);
	stage_keys(&stage, "Enter End Enter");
	expect_no_text(&stage, "role =");
	stage_close(&stage);
}

/* What is usual is offered, and what is not can still be typed. */
static void usual_values_are_chosen(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	stage_keys(&stage, "Home Enter Down Down Down Enter");
	stage_shows(&stage, "USD");
	stage_keys(&stage, "Home Down Enter");
	expect_text(&stage, "currency = \"CAD\"");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "▸CAD");
	find(&stage, "type it");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "currency = CAD");
	type(&stage, "dollars");
	stage_shows(&stage, "a currency's three capital");
	type(&stage, "XPF");
	expect_text(&stage, "currency = \"XPF\"");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "▸(type it)");
	stage_keys(&stage, "Escape Up Enter");
	stage_shows(&stage, "▸US");
	stage_keys(&stage, "Escape Escape");
	form(&stage, "emergency", 2);
	stage_keys(&stage, "Enter Home Down Enter");
	expect_text(&stage, "key = \"1\"");
	stage_keys(&stage, "Escape");
	form(&stage, "sandbox", 1);
	stage_keys(&stage, "Enter Home Down Enter");
	expect_text(&stage, "account sandbox { driver = sandbox  hours = no }");
	stage_close(&stage);
}

/* Of the plan's country; where the machine knows none of them, the name is typed. */
static void a_time_zone_is_one_of_the_country(void **state)
{
	struct zones zones;
	struct stage stage;

	(void)state;
	zones_read(&zones);
	open_plan(&stage);
	stage_keys(&stage, "Home Enter Down Enter");
	if (zones_find(&zones, "America/Chicago")) {
		stage_shows(&stage, "▸America/Chicago");
		stage_hides(&stage, "Europe/");
		find(&stage, "Denver");
		stage_keys(&stage, "Enter");
	} else {
		type(&stage, "America/Denver");
	}
	expect_text(&stage, "timezone = \"America/Denver\"");
	zones_clear(&zones);
	stage_close(&stage);
}

static void yes_and_no_are_chosen(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "fixly", 7);
	stage_keys(&stage, "Enter Home Enter");
	expect_text(&stage, "confirm = yes }\ndestination mailbox");
	stage_keys(&stage, "D");
	assert_int_equal(lines_changed(&stage), 0);
	stage_shows(&stage, "plan saved");
	stage_close(&stage);
}

static void a_reference_is_one_of_what_is_there(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "closed", 4);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "▸after-hours");
	stage_keys(&stage, "Home Enter");
	expect_text(&stage, "rule closed  { path = daytime }");
	stage_close(&stage);
}

static void several_are_chosen_in_their_order(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "daytime", 1);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "[1]  office");
	stage_keys(&stage, "Down Down Space Home Space Enter");
	expect_text(&stage, "step { ring = { sam, owner }  for = 15s }");
	/* nobody is no step: asked again, with the reader's words */
	stage_keys(&stage, "Enter Home Space Down Space Enter");
	stage_shows(&stage, "this step rings nobody");
	stage_shows(&stage, "[ ]  owner");
	stage_keys(&stage, "Escape");
	expect_text(&stage, "step { ring = { sam, owner }  for = 15s }");
	stage_close(&stage);
}

/* A rule without callers is for everybody, one with an empty list for nobody. */
static void no_choice_is_not_taken_for_any(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "blocked", 1);
	stage_keys(&stage, "Enter End Space Enter");
	stage_shows(&stage, "nothing is chosen: what is meant?");
	expect_text(&stage, "rule blocked { callers = spam");
	stage_keys(&stage, "Down Enter");
	expect_text(&stage, "rule blocked { callers = {}  reject = busy }");
	stage_shows(&stage, "none: matches nothing");
	stage_keys(&stage, "Enter Enter Enter");
	expect_text(&stage, "rule blocked { reject = busy }");
	stage_close(&stage);
}

static void a_wrong_value_keeps_the_question_open(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "daytime", 0);
	stage_keys(&stage, "Right Enter");
	stage_shows(&stage, "for = 20s");
	type(&stage, "0s");
	stage_golden(&stage, "plan-wrong-value");
	stage_shows(&stage, "10m is taken");
	stage_shows(&stage, "for = 0s");
	type(&stage, "25s");
	expect_text(&stage, "step { ring = owner  for = 25s }");
	stage_keys(&stage, "Enter");
	type(&stage, "");
	expect_text(&stage, "step { ring = owner }");
	stage_close(&stage);
}

/* Ringing is counted in seconds; of what else takes a time only its owner knows what a bare number is. */
static void bare_digits_of_a_ringing_time_are_seconds(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "daytime", 0);
	stage_keys(&stage, "Right Enter");
	type(&stage, "10");
	expect_text(&stage, "step { ring = owner  for = 10s }");
	stage_keys(&stage, "Enter");
	type(&stage, "3600");
	stage_shows(&stage, "10m is taken");
	stage_close(&stage);
	open_plan(&stage);
	form(&stage, "oncall", 3);
	stage_keys(&stage, "Enter");
	type(&stage, "20");
	stage_shows(&stage, "every: \"20\" has no unit: write 20s for seconds, 20m for minutes or 20h for");
	stage_close(&stage);
}

/* After each key what Enter would say of what stands there: nothing else, and no less. */
static void expect_told_before_enter(struct stage *stage, const char *text)
{
	char told[APP_MESSAGE];

	stage_keys(stage, "C-u");
	stage_type(stage, text);
	memcpy(told, stage->app.message, sizeof told);
	assert_int_equal(stage->app.message_style, STYLE_ERROR);
	stage_keys(stage, "Enter");
	assert_string_equal(stage->app.message, told);
	assert_int_equal(stage->app.depth, 1);
}

static void a_wrong_value_is_told_as_it_is_typed(void **state)
{
	static const struct {
		const char *section;
		int row;
		const char *wrong, *right, *kind, *option;
	} values[] = {
		{"main", 0, "abc", "+15125550142", "line", "number"},
		{"owner", 1, "911", "+15125550112", "destination", "number"},
		{"focus", 0, "Tu 6-8", "Tu 06:00-08:00", "schedule", "hours"},
		{"spam", 0, "anonymous, 911", "anonymous, +1900*", "callers", "numbers"},
		{"oncall", 3, "often", "2d", "rotation", "every"},
		{"main", 0, "+15125550190", "+15125550101", "line", "number"}, /* another line has it: told where that is */
	};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		form(&stage, values[i].section, values[i].row);
		stage_keys(&stage, strcmp(values[i].option, "numbers") ? "Enter" : "Enter t");
		expect_told_before_enter(&stage, values[i].wrong);
		stage_keys(&stage, "C-u");
		stage_type(&stage, values[i].right);
		assert_int_equal(stage.app.message_style, STYLE_DIM);
		assert_non_null(strstr(stage.app.message, nm_option_find(values[i].kind, values[i].option)->help));
		stage_keys(&stage, "Escape Escape");
	}
	assert_int_equal(lines_changed(&stage), 0);
	stage_close(&stage);
}

/* What is typed stands below it, and where it would stand in the file is nothing to who types. */
static void a_mistake_is_told_in_words_of_the_form(void **state)
{
	static const struct {
		const char *section;
		int row;
		const char *typed, *told;
		bool listed;
	} mistakes[] = {
		{"owner", 1, "911", "number: 911 is an emergency number, which no plan may call", false},
		{"focus", 0, "Tu 6-8", "hours: \"6-8\" could be in the morning", false},
		{"oncall", 3, "often", "every: ", false},
		{"oncall", 1, "soon", "from: a time is expected, as 2026-12-25 10:00", false},
		{"escalate", 4, "none", "rounds: a whole number from 1 to", false},
		{"Christmas", 0, "2026-13-01 10:00", "at: ", false},
		/* of several numbers it is told which */
		{"spam", 0, "anonymous, 911, +1900*", "numbers = \"911\" in callers 'spam': 911 is an", true},
	};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		form(&stage, mistakes[i].section, mistakes[i].row);
		stage_keys(&stage, mistakes[i].listed ? "Enter t" : "Enter");
		type(&stage, mistakes[i].typed);
		stage_shows(&stage, mistakes[i].told);
		stage_hides(&stage, "would not read");
		stage_keys(&stage, "Escape Escape");
	}
	find(&stage, "calendars");
	stage_keys(&stage, "Down Enter Home Down Enter");
	type(&stage, "ftp://x");
	stage_shows(&stage, "url: an https:// URL is expected");
	stage_keys(&stage, "Escape Escape");
	assert_int_equal(lines_changed(&stage), 0);
	find(&stage, "mailbox");
	stage_keys(&stage, "A Enter");
	type(&stage, "bob");
	stage_keys(&stage, "Enter");
	type(&stage, "12");
	stage_shows(&stage, "number: +1 2 is too short");
	stage_close(&stage);
}

static void hours_numbers_and_texts_are_typed(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "focus", 0);
	stage_keys(&stage, "Enter");
	type(&stage, "Tu 6-8");
	stage_shows(&stage, "could be in the morning");
	type(&stage, "Tu-We 06:30-08:00");
	expect_text(&stage, "schedule focus    { hours = \"Tu-We 06:30-08:00\" }");
	stage_keys(&stage, "Escape");
	form(&stage, "hotline", 0);
	stage_keys(&stage, "Enter");
	type(&stage, "911");
	stage_shows(&stage, "number = 911");
	type(&stage, "512 555 0191");
	expect_text(&stage, "number = \"512 555 0191\"");
	stage_keys(&stage, "Escape");
	form(&stage, "spam", 0);
	stage_keys(&stage, "Enter t");
	stage_shows(&stage, "numbers = anonymous, +1900*");
	type(&stage, "anonymous,+1900*, +1976*");
	expect_text(&stage, "numbers = { anonymous, \"+1900*\", \"+1976*\" }");
	stage_keys(&stage, "Escape");
	form(&stage, "owner", 5);
	stage_keys(&stage, "Down Enter");
	stage_shows(&stage, "▸(type it)");
	stage_keys(&stage, "Enter");
	type(&stage, "30s");
	expect_text(&stage, "own_voicemail = 30s");
	stage_close(&stage);
}

/* A text that would break the file if it were put in as it is typed. */
static void hostile_text_stays_text(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "mailbox", 2);
	stage_keys(&stage, "Enter");
	type(&stage, "\" } rule x { ${HOME} \\");
	expect_text(&stage, "notes = \"\\\" } rule x { \\${HOME} \\\\\"");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "notes = \" } rule x { ${HOME} \\");
	stage_close(&stage);
}

/* What cannot stand together changes together. */
static void alternatives_take_each_others_place(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "closed", 5);
	stage_keys(&stage, "Enter Home Enter");
	expect_text(&stage, "rule closed  { reject = busy }");
	stage_keys(&stage, "u Escape");
	form(&stage, "focus", 1);
	stage_keys(&stage, "Enter Home Enter");
	expect_text(&stage, "schedule focus    { calendar = us }");
	stage_keys(&stage, "u Escape");
	assert_int_equal(lines_changed(&stage), 0);
	stage_close(&stage);
}

/* From a phone to a voicemail and back, each one step. */
static void a_destination_can_become_another_kind(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "office", 0);
	stage_keys(&stage, "Enter End Enter");
	expect_text(&stage, "destination office  { kind = voicemail }");
	stage_keys(&stage, "Enter Home Down Enter");
	stage_shows(&stage, "number =");
	type(&stage, "12");
	stage_shows(&stage, "number = 12");
	type(&stage, "+15125550112");
	expect_text(&stage, "destination office  { kind = backup  number = \"+15125550112\" }");
	stage_close(&stage);
}

static bool has_row(const struct form *form, const char *option)
{
	for (size_t i = 0; i < form->n; i++)
		if (form->fields[i].info && !strcmp(form->fields[i].info->name, option))
			return true;
	return false;
}

/* Of a voicemail what only rings is asked for nowhere, but named. */
static void a_voicemail_is_asked_for_nothing_of_ringing(void **state)
{
	const struct plan_screen *screen;
	struct stage stage;

	(void)state;
	open_plan(&stage);
	screen = stage.app.tabs[1].state;
	find(&stage, "mailbox");
	stage_shows(&stage, "not with kind = voicemail: ");
	for (size_t i = 0; nm_ringing_options[i]; i++) {
		assert_false(has_row(&screen->form, nm_ringing_options[i]));
		stage_shows(&stage, nm_ringing_options[i]);
	}
	assert_true(has_row(&screen->form, "greeting"));
	find(&stage, "office");
	stage_hides(&stage, "not with");
	stage_close(&stage);
}

/* A section `probe` that is of this kind or driver, with an option beside. */
static void write_probe(struct nm_buf *out, const char *section, const char *value, const char *option, const char *given)
{
	const struct nm_carrier *carrier = strcmp(section, "account") ? NULL : nm_carrier_find(value);

	nm_buf_add(out, "business = \"B\"\ntimezone = \"UTC\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
			"line main { number = \"+15125550100\" account = box }\nschedule always { hours = \"24/7\" }\n");
	nm_buf_addf(out, "%s probe { %s = %s  %s = %s", section, fit_decider(section), value, option, given);
	if (!carrier && strcmp(value, "voicemail") != 0 && !nm_word_listed("number|line|address", option))
		nm_buf_add(out, "  number = \"+15125550111\"");
	for (const struct nm_account_key *key = carrier ? carrier->keys : NULL; key && key->name; key++)
		if (key->required && strcmp(key->name, option) != 0)
			nm_buf_addf(out, "  %s = \"%s\"", key->name,
				    strcmp(key->name, "carrier") ? "https://example.com" : "verizon");
	nm_buf_add(out, " }\n");
}

/* Can such a section have the option, whatever its value?  Those say it who read and check a plan. */
static bool taken(const char *section, const char *value, const char *option)
{
	static const char *const values[] = {"\"x\"",  "none", "yes", "line", "staff", "\"+15125550113\"", "always",
					     "main", "1",    "\"sip:a@example.com\"", "\"https://example.com\"", "\"own.codes\""};
	bool found = false;

	for (size_t i = 0; i < sizeof values / sizeof *values && !found; i++) {
		struct nm_plan *plan = NULL;
		struct nm_error err = {0};
		struct nm_diags diags;
		struct nm_buf text;

		nm_buf_init(&text, 1u << 14);
		write_probe(&text, section, value, option, values[i]);
		nm_diags_init(&diags);
		if (nm_plan_read("p.conf", text.data, text.len, &plan, &diags, &err) == NM_OK)
			found = strcmp(section, "account") || nm_account_check(&plan->accounts[1], &err) == NM_OK ||
				!strstr(err.text, "does not take");
		nm_plan_free(plan);
		nm_diags_clear(&diags);
		nm_buf_clear(&text);
	}
	return found;
}

/* What the forms take an option to go with is what a plan can have. */
static void an_option_goes_with_what_the_plan_can_have(void **state)
{
	static const char codes[] = "acme | all | *72{national} | *73 | the bill of May | yes\n";
	size_t go = 0, idle = 0;
	struct stage stage;
	struct nm_error err;

	(void)state;
	open_plan(&stage); /* in whose folder a file may lie */
	assert_int_equal(nm_file_write("own.codes", codes, strlen(codes), false, &err), NM_OK);
	for (size_t i = 0; i < nm_options_count; i++) {
		const struct nm_option_info *option = &nm_options[i];
		const char *decider = fit_decider(option->section);

		if (!decider || !strcmp(option->name, decider))
			continue;
		for (const char *at = nm_option_find(option->section, decider)->values; *at; at += *at == '|') {
			char value[32];

			snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "|"), at);
			if (fit_takes(option->section, value, option->name) != taken(option->section, value, option->name))
				fail_msg("%s of %s %s", option->name, option->section, value);
			go += fit_takes(option->section, value, option->name);
			idle += !fit_takes(option->section, value, option->name);
			at += strcspn(at, "|");
		}
	}
	assert_in_range(go, 20, 1000);
	assert_in_range(idle, 20, 1000);
	stage_close(&stage);
}

/* What is written has its row all the same: it is what is wrong. */
static void an_account_is_asked_for_what_its_driver_takes(void **state)
{
	static const char plan[] = "business = \"B\"\ntimezone = \"UTC\"\ncountry = \"US\"\n"
				   "account box { driver = sandbox  user = \"x\" }\n"
				   "line main { number = \"+15125550100\" account = box }\n"
				   "destination ai { kind = ai number = \"+15125550177\" }\n"
				   "path p { step { ring = ai } }\nrule r { path = p }\n";
	const struct plan_screen *screen;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24, .plan = plan});
	screen = stage.app.tabs[1].state;
	find(&stage, "box");
	assert_int_equal(screen->form.n, 3);
	assert_true(has_row(&screen->form, "driver"));
	assert_true(has_row(&screen->form, "hours"));
	assert_true(has_row(&screen->form, "user"));
	stage_shows(&stage, "not with driver = sandbox: sid, endpoint, ");
	stage_close(&stage);
}

/* It shows what holds, not what would for a person. */
static void an_ai_has_no_voicemail_unless_it_is_said(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "fixly");
	stage_shows(&stage, "own_voicemail none");
	stage_close(&stage);
}

/* --- sections --- */

static void what_is_added_takes_the_fewest_questions(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "vip");
	find(&stage, "open");
	stage_keys(&stage, "A");
	stage_shows(&stage, "▸rule");
	stage_keys(&stage, "Enter");
	type(&stage, "open");
	stage_shows(&stage, "there is a rule 'open' already");
	type(&stage, "lunch");
	stage_keys(&stage, "Down Enter");
	expect_text(&stage, "rule open    { during = business  path = daytime }\nrule lunch { path = after-hours }\n");
	stage_shows(&stage, "│ rule lunch ");
	stage_shows(&stage, "plan.conf:57\n");
	stage_shows(&stage, "1 edit, not saved");
	assert_int_equal(lines_changed(&stage), 1);
	stage_close(&stage);
}

/* A rule decides nothing behind one that takes every call, wherever the cursor is. */
static void a_new_rule_comes_before_the_one_that_takes_all(void **state)
{
	static const char *const cursors[] = {"vip", "otherwise", "rules"};
	static const char plan[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"callers vip { numbers = \"+15125550160\" }\n"
		"path day { step { ring = fixly } }\n%s# what is left\nrule otherwise { path = day }\n";
	static const char *const ahead[] = {"rule some { callers = vip path = day }\n", ""};
	struct stage stage;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		snprintf(text, sizeof text, plan, ahead[i / 3]);
		stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 40, .plan = text});
		find(&stage, cursors[i % 3]);
		stage_keys(&stage, "A Home");
		for (int down = 0; down < 7; down++) /* no step is offered here */
			stage_keys(&stage, "Down");
		stage_shows(&stage, "▸rule");
		stage_keys(&stage, "Enter");
		type(&stage, "lunch");
		stage_keys(&stage, "Enter");
		expect_text(&stage, i < 3 ? "rule some { callers = vip path = day }\nrule lunch { path = day }\n# what is"
					  : "path day { step { ring = fixly } }\nrule lunch { path = day }\n# what is");
		stage_close(&stage);
	}
}

/* On the row of a kind as on a section: what stands at most once is not offered again, and names are taken. */
static void a_kinds_own_row_knows_what_the_plan_has(void **state)
{
	static const char *const rows[] = {"destinations", "fixly"};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		open_plan(&stage);
		find(&stage, rows[i]);
		stage_keys(&stage, "A");
		stage_shows(&stage, "▸destination");
		for (size_t down = 0; down < nm_sections_count; down++) {
			stage_keys(&stage, "Down");
			stage_hides(&stage, "▸emergency");
			stage_hides(&stage, "▸text_back");
		}
		stage_keys(&stage, "Escape A Enter");
		type(&stage, "sam");
		stage_shows(&stage, "there is a destination 'sam' already");
		stage_close(&stage);
	}
}

static void a_wrong_answer_about_something_new_is_told_at_once(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "overrides");
	stage_keys(&stage, "A Enter");
	type(&stage, "my holiday");
	stage_shows(&stage, "from = 2026-11-22 05:11");
	type(&stage, "2026-13-01 08:00");
	stage_shows(&stage, "from = 2026-13-01 08:00");
	type(&stage, "2026-12-24 08:00");
	stage_shows(&stage, "until = 2026-12-25 08:00");
	expect_told_before_enter(&stage, "2026-12-23 08:00");
	stage_shows(&stage, "ends before it begins");
	type(&stage, "2026-12-27 08:00");
	stage_keys(&stage, "Down Enter");
	expect_text(&stage, "override \"my holiday\" {\n  from = \"2026-12-24 08:00\"\n");
	stage_close(&stage);
}

/* Where it can still be mended, and not at the questions behind it. */
static void a_name_that_cannot_be_is_told_where_it_is_typed(void **state)
{
	static const char *const wrong[] = {"bob {\"x} = ;", "a,b", "-b", "b'ob", "human", "lost"};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "fixly");
	stage_keys(&stage, "A");
	stage_shows(&stage, "▸destination");
	stage_keys(&stage, "Enter");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		type(&stage, wrong[i]);
		stage_shows(&stage, "this name ");
		stage_shows(&stage, "name of the new destination");
		stage_shows(&stage, wrong[i]);
	}
	type(&stage, "hotline"); /* what a step rings goes by one name */
	stage_shows(&stage, "there is a line 'hotline' already, and a step could mean either");
	stage_shows(&stage, "name of the new destination");
	type(&stage, "daytime"); /* a path has its names for itself */
	stage_shows(&stage, "kind: ");
	stage_close(&stage);
}

/* Each kind that can be added at all, by the defaults of its questions. */
static void every_kind_can_be_added(void **state)
{
	static const struct {
		const char *kind, *answers[5], *expected;
	} added[] = {
		{"line", {"shop", "+15125550101", "⏎", NULL}, "line shop {"},
		{"destination", {"ann", "⏎", "+15125550115", NULL}, "destination ann { kind = personal"},
		{"rotation", {"weekly", "␣", "2026-12-01 08:00", "1w", NULL}, "rotation weekly {"},
		{"path", {"short", "␣", NULL}, "path short { step { ring = owner } }"},
		{"schedule", {"nights", "22:00-06:00", NULL}, "schedule nights { hours = \"22:00-06:00\" }"},
		{"calendar", {"more", "⏎", "holidays.ics", NULL}, "calendar more { file = \"holidays.ics\" }"},
		{"callers", {"family", "+15125550160", NULL}, "callers family { numbers = \"+15125550160\" }"},
		{"guarantee", {"somebody", "⏎", NULL}, "guarantee somebody { live = yes }"},
		{"test", {"Noon", "2026-12-25 12:00", "⏎", NULL}, "test Noon { at = \"2026-12-25 12:00\"  expect = voicemail }"},
		{"account", {"other", "⏎", NULL}, "account other { driver = sandbox }"},
		{"targets", {"30s", NULL}, "targets { patience = 30s }"},
		{"value", {"500", NULL}, "value { job = 500 }"},
		{"follow_up", {"10m", NULL}, "follow_up { within = 10m }"},
		{"crm", {"https://crm.example.org/calls", NULL}, "crm { url = \"https://crm.example.org/calls\" }"},
	};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
		stage_keys(&stage, "A Home");
		for (int down = 0; down < 20; down++) {
			char row[64];
			char *text = stage_text(&stage);
			bool here;

			snprintf(row, sizeof row, "▸%s ", added[i].kind);
			here = strstr(text, row) != NULL;
			free(text);
			if (here)
				break;
			stage_keys(&stage, "Down");
		}
		stage_keys(&stage, "Enter");
		for (const char *const *answer = added[i].answers; *answer; answer++) {
			if (!strcmp(*answer, "⏎"))
				stage_keys(&stage, "Home Enter");
			else if (!strcmp(*answer, "␣"))
				stage_keys(&stage, "Home Space Enter");
			else
				type(&stage, *answer);
		}
		expect_text(&stage, added[i].expected);
		assert_int_equal(stage.app.depth, 0);
	}
	stage_close(&stage);
}

static void a_step_is_added_copied_moved_and_taken_out(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "after-hours", 0);
	stage_keys(&stage, "A");
	stage_shows(&stage, "▸step");
	stage_keys(&stage, "Enter Space Enter Enter");
	expect_text(&stage, "  step { ring = fixly  for = 10s }\n  step { ring = owner  for = 20s }\n  step { ring = mailbox }\n}\npath esc");
	stage_keys(&stage, "J");
	expect_text(&stage, "  step { ring = owner  for = 20s }\n  step { ring = fixly  for = 10s }\n");
	stage_keys(&stage, "K");
	expect_text(&stage, "  step { ring = fixly  for = 10s }\n  step { ring = owner  for = 20s }\n");
	stage_keys(&stage, "c");
	expect_text(&stage, "  step { ring = fixly  for = 10s }\n  step { ring = fixly  for = 10s }\n  step { ring = owner  for = 20s }\n");
	stage_keys(&stage, "D");
	stage_shows(&stage, "delete step 2 of path after-hours?");
	stage_keys(&stage, "y");
	expect_text(&stage, "path after-hours {\n  step { ring = fixly  for = 10s }\n  step { ring = owner  for = 20s }\n");
	stage_close(&stage);
}

/* What a move did is told in words, and not as the same lines taken out and put in. */
static void a_move_is_told_in_words(void **state)
{
	static const char plan[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"path day { step { ring = fixly for = 20s } }\n"
		"path lunch {\n  step { ring = fixly for = 10s }\n  step { ring = fixly for = 15s }\n}\nrule all { path = day }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 50, .plan = plan});
	find(&stage, "lunch");
	stage_keys(&stage, "K w");
	stage_shows(&stage, "1  path lunch moved before day");
	stage_hides(&stage, "- path");
	stage_hides(&stage, "+ path");
	stage_keys(&stage, "Escape J");
	stage_shows(&stage, "path lunch moved behind day");
	form(&stage, "lunch", 1);
	stage_keys(&stage, "K");
	stage_shows(&stage, "step 2 of path lunch moved before step 1");
	stage_keys(&stage, "w");
	stage_hides(&stage, "+   step");
	stage_keys(&stage, "Escape J");
	stage_shows(&stage, "step 1 of path lunch moved behind step 2");
	stage_close(&stage);
}

/* In the smaller window a finding may take all rows below a form: what a save does to callers comes before it. */
static void what_a_save_changes_comes_before_findings(void **state)
{
	static const char plan[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination owner { kind = personal number = \"+15125550111\" }\n"
		"path day { step { ring = owner for = 60s } }\nrule all { path = day }\n";
	const char *changes, *finding;
	struct stage stage;
	char *text;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24, .plan = plan});
	form(&stage, "day", 0);
	stage_shows(&stage, "dead-end");
	stage_keys(&stage, "Right Enter C-u");
	stage_type(&stage, "30s");
	stage_keys(&stage, "Enter");
	text = stage_text(&stage);
	changes = strstr(text, "saving changes for callers");
	finding = strstr(text, "dead-end");
	assert_non_null(changes);
	assert_true(!finding || finding > changes);
	free(text);
	stage_shows(&stage, "was  owner 60 s");
	stage_close(&stage);
}

/* Nothing rings behind a voicemail: what is added from the outline, or on its step, comes before it. */
static void a_new_step_comes_before_the_voicemail(void **state)
{
	static const char plan[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"destination mailbox { kind = voicemail greeting = \"Jones here\" }\n"
		"path day {\n  step { ring = mailbox }\n}\nrule all { path = day }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 40, .plan = plan});
	find(&stage, "day");
	stage_keys(&stage, "A Home Down Down Down Down");
	stage_shows(&stage, "▸step");
	stage_keys(&stage, "Enter Space Enter");
	stage_shows(&stage, "for = 20s");
	stage_keys(&stage, "Enter");
	expect_text(&stage, "path day {\n  step { ring = fixly  for = 20s }\n  step { ring = mailbox }\n}");
	find(&stage, "day");
	stage_keys(&stage, "A Home Down Down Down Down Enter Space Enter Enter");
	expect_text(&stage, "  step { ring = fixly  for = 20s }\n  step { ring = fixly  for = 20s }\n  step { ring = mailbox }\n}");
	stage_keys(&stage, "u A Home Down Down Down Down Enter Down Space Enter"); /* a voicemail has no time */
	expect_text(&stage, "  step { ring = fixly  for = 20s }\n  step { ring = mailbox }\n  step { ring = mailbox }\n}");
	stage_keys(&stage, "u u");
	expect_text(&stage, "path day {\n  step { ring = mailbox }\n}");
	stage_close(&stage);
}

static void rules_change_places(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "blocked");
	stage_keys(&stage, "J");
	expect_text(&stage, "rule vip     { callers = vip  outside = business  path = daytime }\nrule blocked {");
	stage_shows(&stage, "▸    blocked");
	stage_keys(&stage, "K");
	assert_int_equal(lines_changed(&stage), 0);
	stage_keys(&stage, "K");
	stage_shows(&stage, "cannot move that far");
	stage_close(&stage);
}

static void references_follow_a_name(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "fixly");
	stage_keys(&stage, "C");
	type(&stage, "owner");
	stage_shows(&stage, "there is a destination 'owner' already");
	stage_shows(&stage, "new name of destination fixly: owner");
	type(&stage, "main");
	stage_shows(&stage, "there is a line 'main' already, and a step could mean either");
	type(&stage, "robot");
	stage_shows(&stage, "▸    robot");
	expect_text(&stage, "destination robot   { kind = ai");
	expect_text(&stage, "step { ring = robot  for = 10s }");
	expect_text(&stage, "expect = robot");
	expect_no_text(&stage, "fixly");
	stage_close(&stage);
}

/* In the form it is the form that is searched. */
static void options_are_searched_in_the_form(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "owner");
	stage_keys(&stage, "Enter");
	find(&stage, "own_v");
	stage_keys(&stage, "D");
	expect_no_text(&stage, "own_voicemail = 25s");
	find(&stage, "fixly");
	stage_shows(&stage, "fixly is not among the options here");
	stage_close(&stage);
}

static void a_copy_has_another_name(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "sam");
	stage_keys(&stage, "c Enter");
	stage_shows(&stage, "there is a destination 'sam' already");
	type(&stage, "hotline");
	stage_shows(&stage, "there is a line 'hotline' already");
	type(&stage, "tom");
	expect_text(&stage, "destination tom     { kind = personal  number = \"+15125550114\"  confirm = yes }\n");
	stage_shows(&stage, "▸    tom");
	stage_close(&stage);
}

/* A line's number is its own, so a copy is asked for one; name and number come as one edit. */
static void a_copy_of_a_line_has_another_number(void **state)
{
	struct stage stage;
	char *before;

	(void)state;
	open_plan(&stage);
	before = strdup(session_texts(&stage.session).bytes);
	find(&stage, "hotline");
	stage_keys(&stage, "c");
	type(&stage, "spare");
	stage_shows(&stage, "the number that customers call to reach spare: no two lines have the same");
	type(&stage, "+15125550190");
	stage_shows(&stage, "number =");
	expect_no_text(&stage, "line spare");
	type(&stage, "+15125550195");
	expect_text(&stage, "line spare { number = \"+15125550195\"  account = sandbox }\n");
	stage_shows(&stage, "▸    spare");
	stage_keys(&stage, "u");
	assert_string_equal(session_texts(&stage.session).bytes, before);
	free(before);
	stage_keys(&stage, "c");
	type(&stage, "spare");
	stage_keys(&stage, "Escape");
	expect_no_text(&stage, "line spare");
	stage_close(&stage);
}

/* Out of lists that keep others it is taken, which is shown before. */
static void what_is_deleted_leaves_the_lists_that_name_it(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "A Monday");
	stage_keys(&stage, "D y");
	find(&stage, "sam");
	stage_keys(&stage, "D");
	stage_shows(&stage, "delete destination sam?");
	stage_shows(&stage, "+   step { ring = office  for = 15s }");
	stage_keys(&stage, "y");
	expect_text(&stage, "rotation oncall { members = owner  from");
	expect_text(&stage, "step { ring = owner  for = 25s  confirm = yes }");
	expect_no_text(&stage, "sam");
	stage_keys(&stage, "u");
	expect_text(&stage, "members = { owner, sam }");
	stage_close(&stage);
}

/* Enter on that row of the list of uses goes to this option. */
static void expect_use(struct stage *stage, const char *name, int down, const char *kind, const char *title, int step,
		       const char *option)
{
	const struct plan_screen *screen = stage->app.tabs[1].state;
	const struct nm_written_option *written;
	const struct nm_option_info *info;
	struct nm_place place;

	find(stage, name);
	stage_keys(stage, "D");
	while (down-- > 0)
		stage_keys(stage, "Down");
	stage_keys(stage, "Enter");
	assert_int_equal(stage->app.depth, 0);
	info = form_option(&screen->form, &place, &written);
	assert_non_null(info);
	assert_string_equal(info->name, option);
	assert_string_equal(place.section, kind);
	assert_string_equal(place.title, title);
	assert_int_equal(place.step, step);
	stage_keys(stage, "Escape");
}

/* Of a list that names others too it goes by itself; each use is gone to. */
static void a_use_is_gone_to(void **state)
{
	static const struct {
		const char *kind, *title;
		int step;
		const char *option;
	} uses[] = {
		{"path", "daytime", 0, "ring"},
		{"rotation", "oncall", -1, "members"},
		{"path", "escalate", 1, "ring"},
	};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 110, .height = 24});
	find(&stage, "owner");
	stage_keys(&stage, "D");
	stage_shows(&stage, "destination owner is used: take it out there first, or rename it. Enter goes there");
	stage_shows(&stage, "step 1 of path daytime  ring = owner  (line 38)");
	stage_shows(&stage, "goes by itself: rotation oncall  members = { owner, sam }  (line 35)");
	stage_shows(&stage, "goes by itself: step 2 of path escalate  ring = { owner, sam }");
	stage_keys(&stage, "Escape");
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
		expect_use(&stage, "owner", (int)i, uses[i].kind, uses[i].title, uses[i].step, uses[i].option);
	assert_int_equal(lines_changed(&stage), 0);
	stage_close(&stage);
}

static void what_is_used_is_not_deleted_but_told(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	find(&stage, "fixly");
	stage_keys(&stage, "D");
	stage_shows(&stage, "destination fixly is used: take it out there first");
	stage_shows(&stage, "step 3 of path daytime  ring = fixly  (line 40)");
	stage_shows(&stage, "test Christmas morning  expect = fixly");
	stage_keys(&stage, "Escape");
	find(&stage, "dentist");
	stage_keys(&stage, "D n");
	assert_int_equal(lines_changed(&stage), 0);
	stage_keys(&stage, "D y");
	expect_no_text(&stage, "dentist");
	stage_close(&stage);
}

/* The keys do there what they do in the plan's own file. */
static void what_stands_in_an_included_file_is_edited_there(void **state)
{
	static const char more[] = "rule extra { path = daytime }\n";
	struct stage stage;
	char *text;
	struct nm_buf with;

	(void)state;
	open_plan(&stage);
	assert_int_equal(nm_file_write("more.conf", more, strlen(more), true, NULL), NM_OK);
	text = stage_plan(&stage);
	nm_buf_init(&with, 1u << 20);
	nm_buf_addf(&with, "%sinclude(\"more.conf\")\n", text);
	assert_int_equal(nm_file_write("plan.conf", with.data, with.len, false, NULL), NM_OK);
	nm_buf_clear(&with);
	free(text);
	assert_true(app_notice(&stage.app));
	app_settle(&stage.app);
	find(&stage, "extra");
	stage_shows(&stage, "more.conf:1");
	stage_keys(&stage, "K"); /* up, into the plan's own file, and the one there down */
	assert_string_equal(stage.session.plan->rules[stage.session.plan->n_rules - 2].name, "extra");
	stage_keys(&stage, "u");
	find(&stage, "daytime");
	stage_keys(&stage, "C");
	type(&stage, "day");
	stage_keys(&stage, "W y");
	assert_int_equal(nm_file_read("more.conf", NM_PLAN_BYTES, &with, NULL), NM_OK);
	assert_string_equal(with.data, "rule extra { path = day }\n");
	nm_buf_clear(&with);
	find(&stage, "extra");
	stage_keys(&stage, "D");
	type(&stage, "y");
	stage_keys(&stage, "W y");
	assert_int_equal(nm_file_read("more.conf", NM_PLAN_BYTES, &with, NULL), NM_OK);
	assert_string_equal(with.data, "");
	nm_buf_clear(&with);
	stage_close(&stage);
}

/* Whatever is typed: no crash, and a file that reads. */
static void random_keys_leave_a_plan_that_reads(void **state)
{
	static const char *const keys[] = {"Up",    "Down",  "Left", "Right", "Enter", "Enter", "Enter", "Space", "Tab",
					   "Escape", "Home", "End",  "PgUp",  "PgDn",  "A",	"c",	 "D",	 "C",
					   "J",	    "K",     "M",    "w",     "W",     "X",	"u",	 "v",	 "C-r",	 "y",
					   "n",	    "/",     "C-u",  "1",     "a",     "\"",	"}",	 "Backspace"};
	const size_t n = sizeof keys / sizeof *keys;
	uint32_t random = 1;
	struct stage stage;
	struct nm_diags diags;
	char *text;

	(void)state;
	open_plan(&stage);
	for (int i = 0; i < 20000; i++) {
		const char *key;

		random = random * 1664525u + 1013904223u;
		key = keys[(random >> 16) % n];
		/* Only this screen's own keys: a digit is for what is typed. */
		if (*key == '1' && app_context(&stage.app) != CONTEXT_PROMPT)
			continue;
		app_key(&stage.app, key_read(key, strlen(key)));
		app_draw(&stage.app);
		if (i % 100 == 0)
			app_settle(&stage.app);
	}
	assert_false(stage.app.ended);
	assert_true(stage.session.generation > 100); /* they did something */
	text = stage_plan(&stage);
	nm_diags_init(&diags);
	assert_int_equal(session_try(&stage.session, text, strlen(text), &diags, NULL), NM_OK);
	nm_diags_clear(&diags);
	free(text);
	stage_close(&stage);
}

/* Rounds count in the wait: twice 45 s of people, 20 s of an AI. */
static void rounds_count_in_the_wait(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "escalate", 4);
	stage_keys(&stage, "Enter");
	type(&stage, "2");
	expect_text(&stage, "rounds = 2");
	stage_shows(&stage, "110 s, patience 40 s");
	stage_shows(&stage, "90-110 s");
	stage_hides(&stage, "not focus"); /* in an emergency nobody is away */
	stage_close(&stage);
}

/* --- the session --- */

static void each_step_of_the_session_can_be_looked_at(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "daytime", 0);
	stage_keys(&stage, "Right Enter");
	type(&stage, "25s");
	stage_keys(&stage, "Escape");
	find(&stage, "fixly");
	stage_keys(&stage, "C");
	type(&stage, "robot");
	stage_keys(&stage, "u w");
	stage_golden(&stage, "plan-changes");
	stage_keys(&stage, "Escape X");
	stage_shows(&stage, "discard 1 edit?");
	stage_keys(&stage, "y");
	assert_int_equal(lines_changed(&stage), 0);
	stage_keys(&stage, "u");
	expect_text(&stage, "for = 25s");
	stage_close(&stage);
}

static void a_read_only_session_changes_nothing(void **state)
{
	static const char *const keys[] = {"A", "c", "D", "C", "J", "K", "M", "X", "W", "Enter Enter", "D", "c"};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24, .read_only = true});
	find(&stage, "daytime");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		stage_keys(&stage, keys[i]);
		stage_shows(&stage, "this session is read-only");
		assert_int_equal(stage.app.depth, 0);
	}
	assert_int_equal(lines_changed(&stage), 0);
	stage_keys(&stage, "w");
	stage_shows(&stage, "no edit was made");
	stage_close(&stage);
}

/* The key asks, or changes something: then all is as it was. */
static bool key_acts(struct stage *stage, enum action action)
{
	bool acts;

	app_do(&stage->app, action);
	acts = stage->app.depth || nm_document_dirty(stage->session.document);
	while (stage->app.depth)
		stage_keys(stage, "Escape");
	if (nm_document_dirty(stage->session.document))
		app_do(&stage->app, ACTION_UNDO);
	app_settle(&stage->app);
	return acts;
}

/* What the bar names, and nothing else, does something where the cursor is: on each row of the outline, and on each of
 * the steps of a path. */
static void the_bar_names_what_does_something(void **state)
{
	static const enum action actions[] = {ACTION_DELETE, ACTION_RENAME, ACTION_MEND, ACTION_SAVE, ACTION_MOVE_DOWN};
	static const char plan[] =
		"business = \"B\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination ai { kind = ai number = \"+15125550177\" }\ndestination spare { kind = ai number = \"+15125550178\" }\n"
		"path onward { step { ring = ai for = 10s } step { ring = spare } }\n"
		"rule r { path = onward }\nrule s { path = onward }\n"
		"follow_up { within = 15m }\n";
	size_t named = 0, left_out = 0;
	const struct plan_screen *screen;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 200, .height = 50, .plan = plan});
	screen = stage.app.tabs[stage.app.tab].state;
	for (size_t i = 0; i < screen->n + 2; i++) {
		if (screen->in_pane)
			stage_keys(&stage, "Tab");
		if (i < screen->n) {
			stage_keys(&stage, "Home");
			for (size_t down = 0; down < i; down++)
				stage_keys(&stage, "Down");
		} else {
			form(&stage, "onward", (int)(i - screen->n));
		}
		for (size_t a = 0; a < sizeof actions / sizeof *actions; a++) {
			const char *label = screen_plan.label(screen, &stage.app, actions[a]);
			const bool acts = key_acts(&stage, actions[a]) ||
					  (actions[a] == ACTION_MOVE_DOWN && key_acts(&stage, ACTION_MOVE_UP));

			if (acts != (!label || *label))
				fail_msg("row %zu, action %d: %s", i, (int)actions[a], stage.app.message);
			named += acts;
			left_out += !acts;
		}
	}
	assert_in_range(named, 20, 1000);
	assert_in_range(left_out, 20, 1000);
	stage_close(&stage);
}

/* A list that no line has room for is not asked for as one: what was not shown would be lost. */
static void a_list_too_long_to_be_typed_is_left_as_it_is(void **state)
{
	struct stage stage;
	struct nm_buf plan;
	char *text;

	(void)state;
	nm_buf_init(&plan, 1u << 20);
	nm_buf_add(&plan, "business = \"B\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
			  "line main { number = \"+15125550100\" account = box }\n"
			  "destination ai { kind = ai number = \"+15125550177\" }\npath p { step { ring = ai } }\n"
			  "rule r { callers = big path = p }\ncallers big { numbers = { ");
	for (int i = 0; i < 2300; i++)
		nm_buf_addf(&plan, "%s\"+1737555%04d\"", i ? ", " : "", i);
	nm_buf_add(&plan, " } }\n");
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24, .plan = plan.data});
	form(&stage, "big", 0);
	stage_keys(&stage, "Enter End");
	stage_shows(&stage, "+17375552299");
	stage_keys(&stage, "t");
	stage_shows(&stage, "numbers is longer than can be typed here: e opens it in your editor");
	assert_int_equal(stage.app.depth, 0);
	stage_keys(&stage, "W y");
	text = stage_plan(&stage);
	assert_string_equal(text, plan.data);
	free(text);
	nm_buf_clear(&plan);
	stage_close(&stage);
}

/* A value that is wrong is told while it is typed, and the others are not to be typed again. */
static void a_list_is_changed_value_by_value(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "spam", 0);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "[1]  anonymous");
	stage_shows(&stage, "[2]  +1900*");
	stage_keys(&stage, "A");
	stage_type(&stage, "911");
	assert_int_equal(stage.app.message_style, STYLE_ERROR);
	assert_non_null(strstr(stage.app.message, "911 is an emergency number"));
	stage_keys(&stage, "C-u");
	stage_type(&stage, "+1976*");
	assert_int_equal(stage.app.message_style, STYLE_DIM);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "[3]  +1976*");
	stage_keys(&stage, "J");
	stage_shows(&stage, "it is the last already");
	stage_keys(&stage, "K");
	stage_shows(&stage, "[2]  +1976*");
	stage_keys(&stage, "Home D");
	stage_shows(&stage, "[ ]  anonymous");
	stage_keys(&stage, "K");
	stage_shows(&stage, "it is not taken, and so has no place");
	stage_keys(&stage, "Enter");
	expect_text(&stage, "numbers = { \"+1976*\", \"+1900*\" }");
	stage_close(&stage);
}

/* One that stands there already is taken and not written twice; what names sections takes no other value. */
static void what_is_added_to_a_list_stands_there_once(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	form(&stage, "spam", 0);
	stage_keys(&stage, "Enter Space A");
	stage_type(&stage, "anonymous");
	stage_keys(&stage, "Enter Enter");
	expect_text(&stage, "numbers = { \"+1900*\", anonymous }");
	stage_keys(&stage, "Escape");
	form(&stage, "daytime", 1);
	stage_keys(&stage, "Enter A");
	stage_shows(&stage, "only what stands here can be taken");
	stage_close(&stage);
}

/* On the row of an option in the form of a section that is no path. */
static void option(struct stage *stage, const char *name, const char *kind, const char *option)
{
	int row = 0;

	for (size_t i = 0; i < nm_options_count; i++) {
		if (strcmp(nm_options[i].section, kind) != 0 || nm_options[i].type == NM_TYPE_SECTION)
			continue;
		if (!strcmp(nm_options[i].name, option))
			break;
		row++;
	}
	form(stage, name, row);
}

/* What is known of countries and of destinations is there to be taken. */
static void known_values_of_a_list_are_offered(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	option(&stage, "business", "", "allow");
	stage_keys(&stage, "Enter / C A Enter");
	stage_shows(&stage, "[ ]  CA");
	stage_keys(&stage, "Space Enter");
	expect_text(&stage, "allow = \"CA\"");
	stage_keys(&stage, "Escape");
	option(&stage, "Christmas", "test", "set");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "=noanswer");
	stage_keys(&stage, "Escape Escape");
	stage_close(&stage);
}

/* A step of many says how many more it rings than it names. */
static void a_step_of_many_says_how_many_more(void **state)
{
	static const char head[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n";
	struct stage stage;
	struct nm_buf plan;
	char *text;

	(void)state;
	nm_buf_init(&plan, 1u << 16);
	nm_buf_add(&plan, head);
	for (int i = 0; i < 14; i++)
		nm_buf_addf(&plan, "destination technician-%02d { kind = backup role = staff number = \"+151255501%02d\" }\n", i, 20 + i);
	nm_buf_add(&plan, "path p { step { ring = { ");
	for (int i = 0; i < 14; i++)
		nm_buf_addf(&plan, "%s\"technician-%02d\"", i ? ", " : "", i);
	nm_buf_add(&plan, " } } }\nrule all { path = p }\n");
	text = nm_buf_take(&plan);
	stage_open(&stage, &(struct stage_options){ .screen = "plan", .width = 80, .height = 24, .plan = text });
	stage_keys(&stage, "/");
	stage_type(&stage, "paths");
	stage_keys(&stage, "Enter Down");
	stage_shows(&stage, "technic… +13");
	assert_true(app_resize(&stage.app, 200, 50));
	app_draw(&stage.app);
	stage_shows(&stage, "technician-00 + technician-01 +12");
	stage_close(&stage);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_of_many_says_how_many_more),
		cmocka_unit_test(the_form_is_as_expected_in_every_look),
		cmocka_unit_test(any_form_can_be_drawn_at_any_size),
		cmocka_unit_test(every_option_has_its_row),
		cmocka_unit_test(the_text_of_a_section_is_the_files),
		cmocka_unit_test(each_line_of_the_text_has_its_number),
		cmocka_unit_test(a_long_text_is_read_page_by_page),
		cmocka_unit_test(a_long_text_scrolls_while_it_has_the_keys),
		cmocka_unit_test(all_that_concerns_a_section_can_be_read),
		cmocka_unit_test(findings_stand_beside_what_they_concern),
		cmocka_unit_test(a_choice_is_chosen),
		cmocka_unit_test(usual_values_are_chosen),
		cmocka_unit_test(a_time_zone_is_one_of_the_country),
		cmocka_unit_test(yes_and_no_are_chosen),
		cmocka_unit_test(a_reference_is_one_of_what_is_there),
		cmocka_unit_test(several_are_chosen_in_their_order),
		cmocka_unit_test(no_choice_is_not_taken_for_any),
		cmocka_unit_test(a_wrong_value_keeps_the_question_open),
		cmocka_unit_test(bare_digits_of_a_ringing_time_are_seconds),
		cmocka_unit_test(a_wrong_value_is_told_as_it_is_typed),
		cmocka_unit_test(a_mistake_is_told_in_words_of_the_form),
		cmocka_unit_test(hours_numbers_and_texts_are_typed),
		cmocka_unit_test(hostile_text_stays_text),
		cmocka_unit_test(alternatives_take_each_others_place),
		cmocka_unit_test(a_destination_can_become_another_kind),
		cmocka_unit_test(a_voicemail_is_asked_for_nothing_of_ringing),
		cmocka_unit_test(an_option_goes_with_what_the_plan_can_have),
		cmocka_unit_test(an_account_is_asked_for_what_its_driver_takes),
		cmocka_unit_test(an_ai_has_no_voicemail_unless_it_is_said),
		cmocka_unit_test(what_is_added_takes_the_fewest_questions),
		cmocka_unit_test(a_new_rule_comes_before_the_one_that_takes_all),
		cmocka_unit_test(a_kinds_own_row_knows_what_the_plan_has),
		cmocka_unit_test(a_wrong_answer_about_something_new_is_told_at_once),
		cmocka_unit_test(a_name_that_cannot_be_is_told_where_it_is_typed),
		cmocka_unit_test(every_kind_can_be_added),
		cmocka_unit_test(a_step_is_added_copied_moved_and_taken_out),
		cmocka_unit_test(what_a_save_changes_comes_before_findings),
		cmocka_unit_test(a_move_is_told_in_words),
		cmocka_unit_test(a_new_step_comes_before_the_voicemail),
		cmocka_unit_test(rules_change_places),
		cmocka_unit_test(references_follow_a_name),
		cmocka_unit_test(options_are_searched_in_the_form),
		cmocka_unit_test(a_copy_has_another_name),
		cmocka_unit_test(a_copy_of_a_line_has_another_number),
		cmocka_unit_test(what_is_deleted_leaves_the_lists_that_name_it),
		cmocka_unit_test(what_is_used_is_not_deleted_but_told),
		cmocka_unit_test(a_use_is_gone_to),
		cmocka_unit_test(what_stands_in_an_included_file_is_edited_there),
		cmocka_unit_test(random_keys_leave_a_plan_that_reads),
		cmocka_unit_test(rounds_count_in_the_wait),
		cmocka_unit_test(each_step_of_the_session_can_be_looked_at),
		cmocka_unit_test(a_read_only_session_changes_nothing),
		cmocka_unit_test(the_bar_names_what_does_something),
		cmocka_unit_test(a_list_too_long_to_be_typed_is_left_as_it_is),
		cmocka_unit_test(a_list_is_changed_value_by_value),
		cmocka_unit_test(what_is_added_to_a_list_stands_there_once),
		cmocka_unit_test(known_values_of_a_list_are_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
