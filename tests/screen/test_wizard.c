/* SPDX-License-Identifier: MIT */
/*
 * The first run: from an empty folder to a plan that passes check, by keys; wrong answers in every field; nothing
 * written before the last key, and nothing overwritten.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "exact.h"
#include "random.h"
#include "stage.h"
#include "wizard.h"

static const struct stage_options first_80x24 = {.width = 80, .height = 24, .first_run = "America/Chicago"};

/* What somebody types who has a backup and an AI, from the first question to the last one. */
static void answer_all(struct stage *stage)
{
	stage_type(stage, "Smith Plumbing");
	stage_keys(stage, "Enter Enter Enter");
	stage_type(stage, "(512) 555-0100");
	stage_keys(stage, "Enter");
	stage_type(stage, "512 555 0111");
	stage_keys(stage, "Enter Enter");
	stage_type(stage, "Sam Lee 512 555 0112");
	stage_keys(stage, "Enter");
	stage_type(stage, "Fixly 512 555 0177");
	stage_keys(stage, "Enter C-u");
	stage_type(stage, "Mo-Fr 08:00-18:00; Sa 09:00-13:00");
	stage_keys(stage, "Enter Enter");
	stage_type(stage, "yes");
}

static void to_the_review(struct stage *stage)
{
	answer_all(stage);
	stage_keys(stage, "Enter");
}

/* The form at its beginning, filled in, and what it makes. */
static void it_is_as_expected_in_every_look(void **state)
{
	(void)state;
	stage_golden_looks("wizard", &first_80x24, NULL);
	stage_golden_looks("wizard-answered", &first_80x24, answer_all);
	stage_golden_looks("wizard-review", &first_80x24, to_the_review);
}

/* Hours without anybody who answers outside of them are told to change little, where they are asked and in the end. */
static void the_owner_alone_is_told_of_the_night(void **state)
{
	static const char *const services[] = {"", "none", "Fixly 512 555 0177"};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		void (*const told)(struct stage *, const char *) = i < 2 ? stage_shows : stage_hides;

		stage_open(&stage, &first_80x24);
		answer_all(&stage);
		stage_keys(&stage, "Up Up Up C-u");
		stage_type(&stage, services[i]);
		stage_keys(&stage, "Down");
		told(&stage, "your own phone rings outside these hours too");
		stage_keys(&stage, "Down");
		told(&stage, "your own phone rings on holidays too");
		stage_keys(&stage, "F2");
		told(&stage, "your own phone rings outside the open hours too");
		stage_close(&stage);
	}
}

static size_t files(const char *pattern)
{
	glob_t found;
	size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;

	globfree(&found);
	return n;
}

/* The same by init, as another file of the folder; the caller frees it. */
static char *init_writes(void)
{
	static char *words[] = {"--business", "Smith Plumbing", "--timezone", "America/Chicago", "--country", "US",
				"--number", "(512) 555-0100", "--mobile", "512 555 0111", "--voicemail-after", "25s",
				"--backup", "Sam Lee 512 555 0112", "--ai", "Fixly 512 555 0177", "--hours",
				"Mo-Fr 08:00-18:00; Sa 09:00-13:00", "--holidays", "us", "--emergency", "yes"};
	const struct session_options options = {.plan_file = "init.conf"};
	const struct command *command = command_find("init");
	struct arguments args;
	struct nm_buf out, notes, text;
	enum status status;
	struct nm_error err;

	nm_buf_init(&out, 1u << 16);
	nm_buf_init(&notes, 1u << 16);
	nm_buf_init(&text, NM_PLAN_BYTES);
	assert_int_equal(arguments_read(command, sizeof words / sizeof *words, words, &args, &err), NM_OK);
	assert_int_equal(command->run(&(struct invocation){.args = &args, .options = &options, .out = &out, .notes = &notes},
				      &status, &err),
			 NM_OK);
	assert_int_equal(nm_file_read("init.conf", NM_PLAN_BYTES, &text, NULL), NM_OK);
	arguments_clear(&args);
	nm_buf_clear(&out);
	nm_buf_clear(&notes);
	return nm_buf_take(&text);
}

static void it_writes_what_init_writes_for_the_same_answers(void **state)
{
	struct stage stage;
	char *plan, *same;

	(void)state;
	stage_open(&stage, &first_80x24);
	answer_all(&stage);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "check: no errors");
	assert_int_equal(files("*"), 0); /* nothing yet */
	stage_keys(&stage, "W");
	assert_true(stage.app.ended);
	assert_int_equal(files("*"), 2); /* the plan, and the calendar of its holidays */
	plan = stage_plan(&stage);
	same = init_writes();
	assert_string_equal(plan, same);
	free(plan);
	free(same);
	stage_close(&stage);
}

/* Each wrong answer is told at once in words of its own, kept, and nothing is written with it. */
static void a_wrong_answer_is_told_as_it_is_typed(void **state)
{
	static const struct {
		enum question question;
		const char *typed, *told;
	} wrong[] = {
		{QUESTION_TIMEZONE, "Mars/Base", "no time zone \"Mars/Base\""},
		{QUESTION_COUNTRY, "USA", "two letters are expected"},
		{QUESTION_NUMBER, "911", "911 is an emergency number"},
		{QUESTION_MOBILE, "12", "is too short: 10 digits follow +1"},
		{QUESTION_VOICEMAIL, "5s", "too early to ring the phone at all"},
		{QUESTION_VOICEMAIL, "12s", "too early to ring the phone at all"},
		{QUESTION_VOICEMAIL, "soon", "own voicemail: \"soon\" is not a duration"},
		{QUESTION_BACKUP, "sam", "sam: a number is expected too, as in Sam +15125550112"},
		{QUESTION_AI, "+", "+: a number is expected too"},
		{QUESTION_AI, "+442079460000", "is in GB, not in the plan's country"},
		{QUESTION_BACKUP, "Ann +19005550100", "destination Ann is a premium number"},
		{QUESTION_BACKUP, "owner 512 555 0112", "owner"},
		{QUESTION_BACKUP, "S\"am 512 555 0112", "a name without quotes"},
		{QUESTION_BACKUP, "Ann (512) 555-0111", "is your own phone: who steps in needs another one"},
		{QUESTION_AI, "+15125550111", "is your own phone: an AI service has a number of its own"},
		{QUESTION_HOURS, "8-18", "hours"},
		{QUESTION_HOLIDAYS, "uk", "it is us or none"},
		{QUESTION_EMERGENCY, "maybe", "it is yes or no"},
	};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		stage_open(&stage, &first_80x24);
		answer_all(&stage);
		for (size_t row = QUESTIONS - 1; wizard_rows[row].question != wrong[i].question; row--)
			stage_keys(&stage, "Up");
		stage_keys(&stage, "C-u");
		stage_type(&stage, wrong[i].typed);
		stage_shows(&stage, wrong[i].told);
		stage_keys(&stage, "Up Up Up F2"); /* from elsewhere: it goes there */
		stage_shows(&stage, wrong[i].told);
		stage_shows(&stage, wrong[i].typed);
		assert_int_equal(stage.app.depth, 0);
		assert_int_equal(files("*"), 0);
		stage_close(&stage);
	}
}

/* Enter goes on, and says what it leaves wrong behind; of what is right it says nothing. */
static void what_is_left_wrong_is_told(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "Business: this one must be answered");
	stage_keys(&stage, "Enter");
	assert_string_equal(stage.app.message, ""); /* the time zone that is offered is right */
	stage_keys(&stage, "Enter");
	stage_type(&stage, "12");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "Customers call: +1 2 is too short");
	assert_int_equal(stage.app.message_style, STYLE_WARNING);
	stage_keys(&stage, "Up C-u");
	stage_type(&stage, "512 555 0100");
	stage_keys(&stage, "Enter");
	assert_string_equal(stage.app.message, "");
	stage_close(&stage);
}

static void what_must_be_answered_is_asked_for(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "F2");
	stage_shows(&stage, "Business: this one must be answered");
	stage_type(&stage, "Ann");
	stage_keys(&stage, "C-o");
	stage_shows(&stage, "Customers call: this one must be answered");
	stage_close(&stage);
}

static void answers_are_offered(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "PgDn");
	stage_shows(&stage, "nothing is offered here");
	stage_keys(&stage, "Tab C-u");
	stage_type(&stage, "puerto");
	stage_keys(&stage, "PgDn");
	stage_shows(&stage, "America/Puerto_Rico");
	stage_keys(&stage, "C-u");
	stage_type(&stage, "berlin");
	stage_shows(&stage, "Europe/Berlin"); /* offered */
	stage_keys(&stage, "PgDn");
	stage_shows(&stage, "Country         DE"); /* follows, and its holidays are not shipped */
	stage_shows(&stage, "Closed on       none");
	stage_keys(&stage, "Tab C-u");
	stage_type(&stage, "us");
	stage_keys(&stage, "S-Tab C-u");
	stage_type(&stage, "new yor");
	stage_hides(&stage, "no time zone"); /* it is good enough */
	stage_hides(&stage, "!Time zone");
	stage_shows(&stage, "⏎ takes it as America/New_York");
	stage_keys(&stage, "Tab"); /* there is but one */
	stage_shows(&stage, "Time zone       America/New_York");
	stage_shows(&stage, "Country         us"); /* as it was typed */
	stage_keys(&stage, "Tab Tab");
	stage_type(&stage, "512 555 0100");
	stage_keys(&stage, "Tab PgDn F2");
	stage_shows(&stage, "Your own phone  512 555 0100");
	stage_close(&stage);
}

static void at_question(const struct stage *stage, const char *label)
{
	const struct wizard *wizard = stage->app.tabs[stage->app.tab].state;

	assert_string_equal(wizard_rows[wizard->list.at].label, label);
}

static size_t row_now(const struct stage *stage)
{
	const struct wizard *wizard = stage->app.tabs[stage->app.tab].state;

	return wizard->list.at;
}

/* An answer that was offered and gone by with Enter stays, whatever zone is named later. */
static void an_answer_that_was_taken_follows_nothing(void **state)
{
	struct stage stage;
	size_t zone;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Tab C-u");
	zone = row_now(&stage);
	stage_type(&stage, "berlin");
	stage_keys(&stage, "PgDn");
	while (strcmp(wizard_rows[row_now(&stage)].label, "Closed on") != 0)
		stage_keys(&stage, "Down");
	stage_shows(&stage, "Closed on       none");
	stage_keys(&stage, "Enter");
	while (row_now(&stage) != zone)
		stage_keys(&stage, "Up");
	stage_keys(&stage, "C-u");
	stage_type(&stage, "denver");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "Time zone       America/Denver");
	stage_shows(&stage, "Country         US"); /* nobody went by it */
	stage_shows(&stage, "Closed on       none");
	stage_close(&stage);
}

/* Tab ends what is begun, where an offer has it; an answer that is whole, missing or nothing's beginning it leaves. */
static void tab_completes_what_is_begun(void **state)
{
	static const struct {
		const char *label, *typed, *completed; /* NULL: it is gone on from as it stands */
	} rows[] = {
		{"Time zone", "America/Chi", "America/Chicago"},
		{"Time zone", "new yor", "America/New_York"},
		{"Time zone", "America/Denver", NULL},
		{"Time zone", "nowhere", NULL},
		{"Time zone", "", NULL},
		{"Its voicemail", "un", "unknown"},
		{"Its voicemail", "30s", NULL},
		{"AI service", "Fix", NULL},
		{"Open", "mo-sa", NULL},
		{"Open", "mo-fr 09", "Mo-Fr 09:00-17:00"},
		{"Open", "8-18", NULL},
		{"Closed on", "u", "us"},
		{"Emergencies", "ye", "yes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *stands = rows[i].completed ? rows[i].completed : rows[i].typed;
		struct stage stage;
		size_t row;

		stage_open(&stage, &first_80x24);
		answer_all(&stage);
		for (row = QUESTIONS - 1; strcmp(wizard_rows[row].label, rows[i].label) != 0; row--)
			stage_keys(&stage, "Up");
		stage_keys(&stage, "C-u");
		stage_type(&stage, rows[i].typed);
		stage_keys(&stage, "Tab");
		assert_string_equal(wizard_field(stage.app.tabs[stage.app.tab].state, row)->typing.text, stands);
		at_question(&stage, wizard_rows[row + (rows[i].completed ? 0 : 1)].label);
		if (rows[i].completed && row + 1 < QUESTIONS) {
			stage_keys(&stage, "Tab");
			at_question(&stage, wizard_rows[row + 1].label);
			assert_string_equal(stage.app.message, "");
		}
		stage_close(&stage);
	}
}

/* However long a message: where the window has room for the form and the week, it takes no row of either. */
static void a_message_leaves_the_week_whole(void **state)
{
	static const char *const days[] = {" Mon 16", " Tue 17", " Wed 18", " Thu 19", " Fri 20", " Sat 21", " Sun 22", "O owner"};
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	answer_all(&stage);
	for (size_t row = QUESTIONS; row-- > 0;) {
		for (int rows = 0; rows <= 2; rows++) {
			app_message(&stage.app, STYLE_PLAIN, "%.*s", 70 * rows,
				    "first row first row first row first row first row first row first row "
				    "other row other row other row other row other row other row other row ");
			app_draw(&stage.app);
			assert_int_equal(app_message_rows(&stage.app), rows);
			for (size_t i = 0; i < sizeof days / sizeof *days; i++)
				stage_shows(&stage, days[i]);
			for (size_t i = 0; i < QUESTIONS; i++)
				stage_shows(&stage, wizard_rows[i].label);
		}
		stage_keys(&stage, "Up");
	}
	stage_close(&stage);
}

/* The text on the canvas so many times. */
static size_t times_shown(struct stage *stage, const char *text)
{
	char *shown = stage_text(stage);
	size_t n = 0;

	for (const char *at = shown; (at = strstr(at, text)); at++)
		n++;
	free(shown);
	return n;
}

static void what_is_wrong_at_the_cursor_is_told_once(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	answer_all(&stage);
	stage_keys(&stage, "Up C-u");
	stage_type(&stage, "uk");
	stage_keys(&stage, "Enter");
	assert_int_equal(times_shown(&stage, "it is us or none"), 1); /* left behind */
	stage_keys(&stage, "F2");
	at_question(&stage, "Closed on");
	assert_int_equal(times_shown(&stage, "it is us or none"), 1);
	stage_close(&stage);
}

/* Two rows of the narrowest window that is promised, above what is offered. */
static void why_it_is_asked_fits_a_narrow_window(void **state)
{
	(void)state;
	for (size_t row = 0; row < QUESTIONS; row++) {
		if (canvas_wrap(NULL, 0, 0, 38, 9, STYLE_PLAIN, wizard_rows[row].why) > 2)
			fail_msg("%s", wizard_rows[row].why);
	}
}

/* What no answer means stands where answers do, under the cursor too. */
static void nothing_jumps_as_the_cursor_passes(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	for (size_t row = 0; row < QUESTIONS; row++) {
		stage_shows(&stage, "Who steps in    nobody");
		stage_shows(&stage, "AI service      none");
		stage_shows(&stage, "Emergencies     no");
		stage_keys(&stage, "Down");
	}
	stage_close(&stage);
}

/* Of no zone the country's are offered, the machine's own first if it is there. */
static void zones_of_the_country_are_offered(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Tab C-u");
	stage_shows(&stage, "PgDn  America/Chicago  America/New_York");
	stage_hides(&stage, "Europe/");
	stage_keys(&stage, "Tab");
	stage_type(&stage, "de");
	stage_keys(&stage, "Up");
	stage_shows(&stage, "PgDn  Europe/Berlin  Europe/Busingen");
	stage_hides(&stage, "America/");
	stage_keys(&stage, "Tab C-u Up"); /* no country is the one that is taken then */
	stage_shows(&stage, "PgDn  America/Chicago  America/New_York");
	stage_keys(&stage, "Tab");
	stage_type(&stage, "zz");
	stage_keys(&stage, "Up PgDn");
	stage_shows(&stage, "nothing is offered here");
	stage_close(&stage);
}

/* An answer that is missing spoils none behind it, whatever country's numbers stand for it until it comes. */
static void only_what_is_wrong_is_marked(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Tab C-u");
	stage_type(&stage, "berlin");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, "  ?Your own phone");
	stage_shows(&stage, "   Country         DE");
	for (size_t row = 5; row < QUESTIONS; row++)
		assert_string_equal(wizard_field(stage.app.tabs[stage.app.tab].state, row)->error, "");
	stage_close(&stage);
}

/* What stands in the form for nobody may be typed as well, and seconds go without saying. */
static void the_words_of_the_form_are_answers(void **state)
{
	static const char *const words[] = {"nobody", "none", "No"};
	struct stage stage;
	char *plan;

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		stage_open(&stage, &first_80x24);
		stage_type(&stage, "Smith");
		stage_keys(&stage, "Tab Tab Tab");
		stage_type(&stage, "512 555 0100");
		stage_keys(&stage, "Tab");
		stage_type(&stage, "512 555 0111");
		stage_keys(&stage, "Tab");
		stage_type(&stage, "20");
		stage_keys(&stage, "Tab");
		stage_type(&stage, words[i]);
		stage_keys(&stage, "Tab");
		stage_type(&stage, words[i]);
		stage_keys(&stage, "F2 W");
		assert_true(stage.app.ended);
		plan = stage_plan(&stage);
		assert_null(strstr(plan, "kind = backup"));
		assert_null(strstr(plan, "kind = ai"));
		assert_non_null(strstr(plan, "own_voicemail = 20s\n"));
		free(plan);
		stage_close(&stage);
	}
}

static void a_character_replaces_what_is_offered(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Tab Tab d e Tab Tab Tab 2 0 s");
	stage_shows(&stage, "Country         de");
	stage_shows(&stage, "Its voicemail   20s");
	stage_keys(&stage, "Tab S-Tab 5");
	stage_shows(&stage, "20s5"); /* what was typed is gone on with */
	stage_keys(&stage, "Tab Tab Tab End ; x");
	stage_shows(&stage, "Mo-Fr 08:00-18:00;x"); /* as is what is edited */
	stage_keys(&stage, "PgDn 2");
	stage_shows(&stage, "\"2\" where a weekday");
	stage_close(&stage);
}

/* No flag of the command line, and no end that is missing. */
static void what_is_wrong_is_told_whole(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Tab Tab Tab 1 2 Tab PgDn");
	stage_shows(&stage, "nothing is offered here");
	stage_keys(&stage, "Tab 5");
	stage_shows(&stage, "switch it off and say none");
	stage_keys(&stage, "Tab Tab Tab Tab u k");
	stage_shows(&stage, "holidays uk: it is us or none; give the plan a calendar later for others");
	stage_close(&stage);
}

/* However long: it is told or written whole, never cut. */
static void a_long_answer_is_not_cut(void **state)
{
	struct stage stage;
	char *plan;

	(void)state;
	stage_open(&stage, &first_80x24);
	answer_all(&stage);
	stage_keys(&stage, "Up Up C-u");
	for (int i = 0; i < 500; i++)
		stage_type(&stage, "Mo 08:00;");
	stage_keys(&stage, "F2");
	assert_int_equal(stage.app.depth, 0);
	stage_keys(&stage, "C-u PgDn Up Up Up Up Up Up Up Up Up Up");
	for (int i = 0; i < 100; i++)
		stage_type(&stage, "0123456789");
	stage_keys(&stage, "F2 W");
	assert_true(stage.app.ended);
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "0123456789. We're helping"));
	assert_non_null(strstr(plan, "0123456789. If this is"));
	free(plan);
	stage_close(&stage);
}

/* However small the window: the question that is answered is in it. */
static void the_question_is_seen_in_any_window(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Tab Tab Tab Tab Tab Tab");
	for (int height = 3; height < 30; height++) {
		assert_true(app_resize(&stage.app, 30, height));
		app_draw(&stage.app);
		stage_shows(&stage, "Who steps in");
	}
	stage_close(&stage);
}

static void leaving_asks_before_it_throws_answers_away(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	stage_keys(&stage, "Escape");
	assert_true(stage.app.ended); /* nothing was typed */
	stage_close(&stage);
	stage_open(&stage, &first_80x24);
	stage_type(&stage, "q? :1 Smith");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "Leave without a plan?");
	stage_keys(&stage, "n");
	stage_shows(&stage, "q? :1 Smith");
	assert_false(stage.app.ended);
	stage_keys(&stage, "C-c y");
	assert_true(stage.app.ended);
	assert_int_equal(files("*"), 0);
	stage_close(&stage);
}

static void going_back_loses_nothing(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	answer_all(&stage);
	stage_keys(&stage, "Enter PgDn End k Escape Up Up");
	stage_shows(&stage, "512 555 0177");
	stage_shows(&stage, "Sa 09:00-13:00");
	stage_keys(&stage, "F1");
	stage_shows(&stage, "the question before");
	stage_keys(&stage, "3 q"); /* there is no other screen to go to */
	stage_shows(&stage, "Smith Plumbing");
	assert_false(stage.app.ended);
	stage_close(&stage);
}

/* Somebody wrote a plan meanwhile, or something else stands where the calendar belongs. */
static void nothing_is_overwritten(void **state)
{
	static const char *const names[] = {"plan.conf", "us-federal-holidays.ics"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct stage stage;
		struct nm_buf text;

		stage_open(&stage, &first_80x24);
		answer_all(&stage);
		assert_int_equal(nm_file_write(names[i], "theirs", 6, true, NULL), NM_OK);
		stage_keys(&stage, "Enter W");
		stage_shows(&stage, "is there");
		assert_false(stage.app.ended);
		assert_int_equal(files("*"), 1);
		nm_buf_init(&text, 64);
		assert_int_equal(nm_file_read(names[i], 64, &text, NULL), NM_OK);
		assert_string_equal(text.data, "theirs");
		nm_buf_clear(&text);
		stage_close(&stage);
	}
}

/* A file that holds nothing, or comments alone, is no plan: what stands in it stays, above the plan. */
static void comments_of_an_empty_file_are_kept_above(void **state)
{
	static const struct {
		const char *there, *above, *says, *writes;
	} rows[] = {{"", "", "plan.conf is empty: these answers make a first plan in it", "W writes it to plan.conf"},
		    {"# Ann's phones", "# Ann's phones\n\n", "plan.conf has no plan yet: these answers make one below what stands in it",
		     "W adds it below what stands in plan.conf"},
		    {"\n// one\r\n/* two\n lines */\n", "\n// one\r\n/* two\n lines */\n\n", "these answers make one below what stands in it",
		     "W adds it below what stands in plan.conf"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const size_t len = strlen(rows[i].above);
		const struct nm_findings *findings;
		struct stage_options options = first_80x24;
		char *plan, *same;
		struct stage stage;
		struct nm_error err;

		options.plan = rows[i].there;
		stage_open(&stage, &options);
		stage_shows(&stage, rows[i].says);
		answer_all(&stage);
		stage_keys(&stage, "Enter");
		stage_shows(&stage, rows[i].writes);
		stage_keys(&stage, "W");
		assert_true(stage.app.ended);
		plan = stage_plan(&stage);
		same = init_writes();
		assert_memory_equal(plan, rows[i].above, len);
		assert_string_equal(plan + len, same);
		free(plan);
		free(same);
		stage_stop(&stage);
		stage.options = &(struct stage_options){.screen = "check", .width = 80, .height = 24};
		stage_start(&stage);
		assert_int_equal(session_findings(&stage.session, &findings, &err), NM_OK);
		assert_true(findings->ok);
		stage_close(&stage);
	}
}

/* A file whose owner began with options alone loses none of them, and need not answer them again. */
static void options_without_a_section_are_kept_above(void **state)
{
	static const struct {
		const char *there, *keys, *above, *not_again;
	} rows[] = {
		{"# Ann\nbusiness = \"Ann's\" # hers\ntimezone = 'America/Denver'\ncurrency = \"USD\"\n", "",
		 "# Ann\nbusiness = \"Ann's\" # hers\ntimezone = 'America/Denver'\ncurrency = \"USD\"\n\n", "timezone ="},
		{"business = \"Ann's\" # hers\nallow = { \"MX\" }", "C-u B o b",
		 "business = \"Bob\" # hers\nallow = { \"MX\" }\n\n", "business ="},
		{"country = \"US\"\nretention = 4w", "A n n", "country = \"US\"\nretention = 4w\n\n", "country  ="},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const size_t len = strlen(rows[i].above);
		struct stage_options options = first_80x24;
		struct stage stage;
		char *plan;

		options.plan = rows[i].there;
		stage_open(&stage, &options);
		stage_shows(&stage, "these answers make one below what stands in it");
		stage_keys(&stage, rows[i].keys);
		stage_keys(&stage, "Enter Enter Enter");
		stage_type(&stage, "+1 512 555 0100");
		stage_keys(&stage, "Enter");
		stage_type(&stage, "+1 512 555 0111");
		stage_keys(&stage, "F2 W");
		assert_true(stage.app.ended);
		plan = stage_plan(&stage);
		assert_memory_equal(plan, rows[i].above, len);
		assert_null(strstr(plan + len, rows[i].not_again));
		free(plan);
		stage_stop(&stage);
		stage.options = &(struct stage_options){.screen = "now", .width = 80, .height = 24};
		stage_start(&stage);
		stage_shows(&stage, "A call to main now");
		stage_close(&stage);
	}
}

/* Whoever steps in has the number that customers call: a loop, whether the caller presses 9 or not. */
static void errors_are_told_once_and_asked_about(void **state)
{
	struct stage stage;
	char *text, *row;

	(void)state;
	stage_open(&stage, &first_80x24);
	answer_all(&stage);
	stage_keys(&stage, "Up Up Up Up C-u");
	stage_type(&stage, "Sam 512 555 0100");
	stage_keys(&stage, "F2");
	stage_shows(&stage, "check finds 1 error");
	stage_hides(&stage, "check finds 1 errors");
	text = stage_text(&stage);
	row = strstr(text, "error: ");
	assert_non_null(row);
	assert_null(strstr(row + 1, "error: "));
	free(text);
	stage_keys(&stage, "W");
	stage_shows(&stage, "Write a plan that does not pass check?");
	stage_keys(&stage, "n");
	assert_false(stage.app.ended);
	assert_int_equal(files("*"), 0);
	stage_keys(&stage, "W y");
	assert_true(stage.app.ended);
	assert_int_equal(files("*"), 2);
	stage_close(&stage);
}

/* --- any answers --- */

#define ANY(words) ((words)[random_below(random, (int)(sizeof(words) / sizeof *(words)))])

static struct first_answers random_answers(uint64_t *random)
{
	static const char *const businesses[] = {"Smith", "Smith \"Best\" Plumbing", "M\xc3\xbcller ${HOME} \\", "a'b # }"};
	static const char *const zones[] = {"America/Chicago", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "UTC"};
	static const char *const numbers[] = {"+15125550100", "+1 (512) 555-0100"};
	static const char *const mobiles[] = {"+15125550100", "+15125550111"};
	static const char *const voicemails[] = {"25s", "13s", "18s", "60s", "none", "unknown"};
	static const char *const backups[] = {"", "+15125550112", "Sam Lee: +15125550112", "J\xc3\xbcrgen (512) 555-0112", "human +15125550112", "main +15125550112"};
	static const char *const ais[] = {"", "+15125550177", "Fixly +15125550177", "voicemail +15125550177", "lost +15125550177"};
	static const char *const hours[] = {"Mo-Fr 08:00-18:00", "24/7", "Mo-Su 22:00-06:00", "Mo-Fr 08:00-18:00; PH off",
					    "Sa[1] 09:00-13:00", "off"};
	static const char *const holidays[] = {"us", "none", "US"};
	static const char *const yes_no[] = {"yes", "no", "No", "y", "N"};

	return (struct first_answers){{
		[QUESTION_BUSINESS] = ANY(businesses),
		[QUESTION_COUNTRY] = random_below(random, 2) ? "US" : "de",
		[QUESTION_TIMEZONE] = ANY(zones),
		[QUESTION_NUMBER] = ANY(numbers),
		[QUESTION_MOBILE] = ANY(mobiles),
		[QUESTION_VOICEMAIL] = ANY(voicemails),
		[QUESTION_BACKUP] = ANY(backups),
		[QUESTION_AI] = ANY(ais),
		[QUESTION_HOLIDAYS] = ANY(holidays),
		[QUESTION_HOURS] = ANY(hours),
		[QUESTION_EMERGENCY] = ANY(yes_no),
	}};
}

static void passes_check(const struct nm_buf *text)
{
	const struct nm_check_options options = {.now = STAGE_NOW, .from = STAGE_NOW, .until = STAGE_NOW + 400 * (nm_time)NM_DAY};
	struct nm_findings findings;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;

	nm_diags_init(&diags);
	if (nm_plan_read_kept("plan.conf", text->data, text->len, first_plan_files(), &plan, &diags, &err) ||
	    nm_check(plan, &options, &findings, &err))
		fail_msg("%s\n%s", diags.n ? diags.items[0].text : err.text, text->data);
	if (!findings.ok)
		fail_msg("%s\n%s", findings.items[0].message, text->data);
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	nm_diags_clear(&diags);
}

/* Holidays that the hours name must be somebody's, phones are in the plan's country, and some names are taken. */
static bool is_a_reason(const char *text)
{
	static const char *const reasons[] = {"PH", "is in US, not in the plan's country", "the name 'main' is that of a line",
					      "cannot be a destination's", "can be called 'voicemail'"};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		if (strstr(text, reasons[i]))
			return true;
	}
	return false;
}

static void whatever_is_answered_passes_check(void **state)
{
	int passed = 0;
	uint64_t seed = 0x9e3779b97f4a7c15u;

	(void)state;
	for (int i = 0; i < 500; i++) {
		const struct first_answers answers = random_answers(&seed);
		struct nm_error err = {NM_OK, ""};
		struct nm_buf text;

		if (first_plan_judge(&answers, QUESTIONS, &err)) {
			if (!is_a_reason(err.text))
				fail_msg("%s", err.text);
			continue;
		}
		nm_buf_init(&text, NM_PLAN_BYTES);
		assert_int_equal(first_plan_text(&answers, &text, &err), NM_OK);
		passes_check(&text);
		nm_buf_clear(&text);
		passed++;
	}
	assert_true(passed > 100);
}

/* Any keys: the rows are exact, the draft is a plan, and nothing is on disk but what W wrote. */
static void any_keys_leave_a_draft_that_reads(void **state)
{
	static const char *const typed[] = {"\" } rule {", "911", "\xe6\xbc\xa2", "+15125550111", "yes", "us", "PH off", "${HOME}", "\\", "chicago"};
	static const uint32_t keys[] = {K_ENTER, K_TAB, K_UP, K_DOWN, K_PAGE_DOWN, K_PAGE_UP, K_F1 + 1, K_ESCAPE, 'n', 'q', K_F1,
					K_CONTROL + 'u', K_BACKSPACE, K_LEFT, K_HOME, K_DELETE, K_END, K_RIGHT};
	uint64_t seed = 0x2545f4914f6cdd1du, *random = &seed;
	struct stage stage;

	(void)state;
	stage_open(&stage, &first_80x24);
	for (int i = 0; i < 1500; i++) {
		if (random_below(random, 6) == 0)
			stage_type(&stage, ANY(typed));
		app_key(&stage.app, ANY(keys));
		if (random_below(random, 10) == 0)
			app_click(&stage.app, random_below(random, 90), random_below(random, 26));
		if (random_below(random, 20) == 0)
			assert_true(app_resize(&stage.app, 1 + random_below(random, 130), 1 + random_below(random, 50)));
		stage.app.ended = false;
		app_draw(&stage.app);
		rows_are_exact(&stage.app.canvas);
		assert_non_null(stage.session.plan);
	}
	assert_int_equal(files("*"), 0);
	stage_close(&stage);
}

static void zones_of_a_strange_table_are_left_out(void **state)
{
	static const char table[] = "# comment\nUS\t+41-087\tAmerica/Chicago\tCentral\nXYZ\t+1\tNo/Country\nDE\tonly two\n\n\t\t\t\nDE\t+52+013\tEurope/Berlin";
	struct zones zones;
	struct nm_buf own;

	(void)state;
	zones_parse(table, &zones);
	assert_int_equal(zones.n, 2);
	assert_string_equal(zones_find(&zones, "Europe/Berlin")->country, "DE");
	assert_null(zones_find(&zones, "No/Country"));
	nm_buf_init(&own, 64);
	zones_own(&zones, "UTC", &own); /* says nothing of where its owner lives */
	assert_string_equal(own.data, "");
	zones_own(&zones, ":Europe/Berlin", &own);
	assert_string_equal(own.data, "Europe/Berlin");
	nm_buf_clear(&own);
	zones_clear(&zones);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_that_was_taken_follows_nothing),
		cmocka_unit_test(it_is_as_expected_in_every_look),
		cmocka_unit_test(the_owner_alone_is_told_of_the_night),
		cmocka_unit_test(it_writes_what_init_writes_for_the_same_answers),
		cmocka_unit_test(a_wrong_answer_is_told_as_it_is_typed),
		cmocka_unit_test(what_is_left_wrong_is_told),
		cmocka_unit_test(what_must_be_answered_is_asked_for),
		cmocka_unit_test(answers_are_offered),
		cmocka_unit_test(tab_completes_what_is_begun),
		cmocka_unit_test(a_message_leaves_the_week_whole),
		cmocka_unit_test(what_is_wrong_at_the_cursor_is_told_once),
		cmocka_unit_test(why_it_is_asked_fits_a_narrow_window),
		cmocka_unit_test(nothing_jumps_as_the_cursor_passes),
		cmocka_unit_test(zones_of_the_country_are_offered),
		cmocka_unit_test(only_what_is_wrong_is_marked),
		cmocka_unit_test(the_words_of_the_form_are_answers),
		cmocka_unit_test(a_character_replaces_what_is_offered),
		cmocka_unit_test(what_is_wrong_is_told_whole),
		cmocka_unit_test(a_long_answer_is_not_cut),
		cmocka_unit_test(the_question_is_seen_in_any_window),
		cmocka_unit_test(leaving_asks_before_it_throws_answers_away),
		cmocka_unit_test(going_back_loses_nothing),
		cmocka_unit_test(nothing_is_overwritten),
		cmocka_unit_test(comments_of_an_empty_file_are_kept_above),
		cmocka_unit_test(options_without_a_section_are_kept_above),
		cmocka_unit_test(errors_are_told_once_and_asked_about),
		cmocka_unit_test(whatever_is_answered_passes_check),
		cmocka_unit_test(any_keys_leave_a_draft_that_reads),
		cmocka_unit_test(zones_of_a_strange_table_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
