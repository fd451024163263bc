/* SPDX-License-Identifier: MIT */
/* The `:` line: actions, screens, and every command of the program, with what may follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "command_line.h"
#include "cut_line.h"
#include "exact.h"
#include "nevermiss/carrier.h"
#include "records.h"
#include "stage.h"

static void open_stage(struct stage *stage)
{
	stage_open(stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
}

static void say(struct stage *stage, const char *line)
{
	stage_keys(stage, ":");
	stage_type(stage, line);
	stage_keys(stage, "Enter");
}

static void a_word_is_an_action_or_a_screen_before_a_command(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say(&stage, "week");
	stage_shows(&stage, "first live answer");
	say(&stage, "next-g");
	stage_shows(&stage, "gap");
	say(&stage, "nevermiss week");
	stage_shows(&stage, "nevermiss week");
	stage_golden(&stage, "command-week");
	stage_close(&stage);
}

static void a_command_runs_with_its_options_and_shows_a_page(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say(&stage, "simulate --at \"2026-11-23 10:00\" --line main --set owner=busy");
	stage_shows(&stage, "answered by");
	stage_keys(&stage, "Escape");
	say(&stage, "test 'A Monday'");
	stage_shows(&stage, "A Monday");
	stage_keys(&stage, "Escape");
	say(&stage, "next --help");
	stage_shows(&stage, "usage: nevermiss next");
	stage_close(&stage);
}

static bool stop_at_5000(void *context, const char *pieces, size_t done, size_t all)
{
	size_t *asked = context;

	assert_string_equal(pieces, "calls played");
	assert_int_equal(all, 10080);
	assert_int_equal(done, 1000 * (*asked)++);
	return done < 5000;
}

/* Long work asks now and then whether to go on, and leaves what it has. */
static void a_sweep_can_be_stopped(void **state)
{
	struct stage stage;
	size_t asked = 0;

	(void)state;
	open_stage(&stage);
	stage.session.working = stop_at_5000;
	stage.session.progress_context = &asked;
	say(&stage, "sweep --every 1m --from 2026-11-23");
	assert_int_equal(asked, 6);
	stage_shows(&stage, "answered by");
	stage_shows(&stage, "stopped after 5000 of 10080 calls");
	stage_close(&stage);
}

/* As the loop does on Esc, which leaves word of it. */
static bool stop_at_64k(void *context, const char *pieces, size_t done, size_t all)
{
	struct app *app = context;

	app_message(app, STYLE_BOLD, "stopping: what was begun comes to its end");
	app->progress.stands = true;
	assert_string_equal(pieces, "KiB imported");
	assert_true(all > 128 && done < all);
	return done < 64;
}

/* "importing a million calls": it stops too, what was read is kept, and again goes on. */
static void an_import_can_be_stopped(void **state)
{
	struct stage stage;
	struct nm_error err;
	struct nm_buf table;

	(void)state;
	open_stage(&stage);
	nm_buf_init(&table, 1u << 20);
	nm_buf_add(&table, "at,from,to,status\nyesterday,+15125550000,main,missed\n");
	for (int i = 0; i < 5000; i++)
		nm_buf_addf(&table, "%d,+1512555%04d,main,missed\n", 1767621600 + i * 60, i);
	assert_int_equal(nm_file_write("calls.csv", table.data, table.len, true, &err), NM_OK);
	nm_buf_clear(&table);
	stage.session.working = stop_at_64k;
	stage.session.progress_context = &stage.app;
	say(&stage, "calls import calls.csv");
	stage_shows(&stage, "stopped: what was read is kept, the same import goes on");
	stage_hides(&stage, "5000 calls");
	stage_hides(&stage, "stopping"); /* it is over */
	stage_shows(&stage, "calls import was stopped: what was done stays, the same again goes on");
	stage.session.working = NULL;
	stage_keys(&stage, "Escape");
	say(&stage, "calls import calls.csv");
	stage_shows(&stage, "5000 calls: ");
	stage_shows(&stage, "calls is done, and something is wrong"); /* the row that does not read */
	stage_close(&stage);
}

static bool stop_looking_up(void *context, const char *pieces, size_t done, size_t all)
{
	(void)context;
	assert_string_equal(pieces, "calls looked up");
	assert_int_equal(all, 100000);
	return done < 2000;
}

static void a_long_list_can_be_stopped(void **state)
{
	struct nm_call_entry call = { .driver = "sandbox", .line = "main", .number = UINT64_C(15125550100) };
	struct stage stage;
	struct nm_store *store;
	struct nm_error err;
	enum nm_call_kept kept;
	char id[24];

	(void)state;
	open_stage(&stage);
	assert_int_equal(session_store(&stage.session, &store, &err), NM_OK);
	assert_int_equal(nm_store_begin(store, &err), NM_OK);
	for (int i = 0; i < 3000; i++) {
		snprintf(id, sizeof id, "call-%d", i);
		call.carrier_id = id;
		call.began = 1767621600 + i;
		assert_int_equal(nm_store_call_put(store, &call, &kept, &err), NM_OK);
	}
	assert_int_equal(nm_store_commit(store, &err), NM_OK);
	stage.session.working = stop_looking_up;
	say(&stage, "calls list --count 100000");
	stage_shows(&stage, "stopped: nothing of it was done");
	stage.session.working = NULL;
	say(&stage, "calls list --count 100000");
	stage_shows(&stage, "#3000");
	stage_close(&stage);
}

static bool stop_at_1k(void *context, const char *pieces, size_t done, size_t all)
{
	(void)context;
	assert_string_equal(pieces, "KiB of leads added");
	assert_true(done < all);
	return done < 1;
}

/* Leads of a file are added one by one: those that were stay, and the same file goes on. */
static void leads_can_be_stopped(void **state)
{
	struct stage stage;
	struct nm_error err;
	struct nm_buf rows;

	(void)state;
	open_stage(&stage);
	nm_buf_init(&rows, 1u << 16);
	for (int i = 0; i < 60; i++)
		nm_buf_addf(&rows, "{\"number\":\"+1512555%04d\",\"channel\":\"web\"}\n", i);
	assert_int_equal(nm_file_write("leads.jsonl", rows.data, rows.len, true, &err), NM_OK);
	nm_buf_clear(&rows);
	stage.session.working = stop_at_1k;
	say(&stage, "followup add --jsonl leads.jsonl");
	stage_shows(&stage, "stopped: the same file goes on");
	stage_shows(&stage, "25 added, 0 known, 0 wrong");
	stage_shows(&stage, "followup add was stopped: what was done stays, the same again goes on");
	stage.session.working = NULL;
	stage_keys(&stage, "Escape");
	say(&stage, "followup add --jsonl leads.jsonl");
	stage_shows(&stage, "35 added, 25 known, 0 wrong");
	stage_close(&stage);
}

/* Each has a page or says why not, and leaves the screen as it was. */
static void every_command_can_be_run(void **state)
{
	static const char *const words[] = {"", " --help", " x", " --json", " --list", " main"};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	for (size_t i = 0; i < commands_count; i++) {
		for (size_t j = 0; j < sizeof words / sizeof *words; j++) {
			char line[64];

			snprintf(line, sizeof line, "nevermiss %s%s", commands[i].name, words[j]);
			command_line_run(&stage.app, line);
			app_settle(&stage.app);
			app_draw(&stage.app);
			rows_are_exact(&stage.app.canvas);
			assert_true(stage.app.depth > 0 || stage.app.message[0]);
			while (stage.app.depth)
				app_do(&stage.app, app_context(&stage.app) == CONTEXT_TEXT ? ACTION_BACK : app_context(&stage.app) == CONTEXT_CONFIRM ? ACTION_NO : ACTION_DISMISS);
			assert_false(stage.session.options.now == NULL);
			assert_int_equal(session_now(&stage.session), STAGE_NOW);
		}
	}
	stage_close(&stage);
}

static void what_a_command_asks_is_a_dialog(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say(&stage, "push --line main");
	stage_shows(&stage, "Push 1 line?");
	assert_int_equal(app_context(&stage.app), CONTEXT_CONFIRM);
	stage_keys(&stage, "n");
	stage_shows(&stage, "nothing was done");
	assert_int_equal(stage.app.depth, 0);
	stage_keys(&stage, "6");
	stage_shows(&stage, "nothing there");
	say(&stage, "push --line main");
	stage_keys(&stage, "y");
	assert_int_equal(app_context(&stage.app), CONTEXT_TEXT);
	stage_keys(&stage, "Escape");
	say(&stage, "rollback --line main");
	stage_shows(&stage, "Put back what was live before push");
	stage_keys(&stage, "n 6");
	stage_shows(&stage, "in sync");
	stage_close(&stage);
}

/* A yes is for what was seen: another question than that is asked again, and so is the same one the next time. */
static void a_yes_counts_once_and_for_what_was_shown(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say(&stage, "push --line main");
	free(stage.app.command.text);
	stage.app.command.text = strdup("something else");
	stage_keys(&stage, "y");
	assert_int_equal(app_context(&stage.app), CONTEXT_CONFIRM);
	stage_keys(&stage, "y Escape");
	say(&stage, "rollback --line main");
	stage_keys(&stage, "y Escape");
	say(&stage, "push --line main");
	assert_int_equal(app_context(&stage.app), CONTEXT_CONFIRM);
	stage_keys(&stage, "n");
	stage_close(&stage);
}

/* The one thing that is done without a question says how it is taken back. */
static void a_followup_that_is_ended_says_how_it_is_taken_back(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	log_lead(&stage);
	say(&stage, "followup done 1 --outcome lost");
	stage_shows(&stage, "followup reopen 1 takes it back");
	stage_keys(&stage, "Escape");
	say(&stage, "followup reopen 1");
	stage_hides(&stage, "takes it back");
	stage_close(&stage);
}

static void what_is_said_before_is_not_asked(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say(&stage, "push --line main --yes");
	stage_keys(&stage, "Escape 6");
	stage_shows(&stage, "in sync");
	stage_close(&stage);
}

static void what_is_wrong_is_told_and_asked_again(void **state)
{
	static const struct {
		const char *line, *told;
	} cases[] = {
		{"frobnicate", "neither an action nor a screen nor a command"},
		{"week --frob", "unknown option --frob"},
		{"simulate --at", "--at needs a value"},
		{"check \"open", "a quote is not closed"},
		{"check --plan x", "--plan is for the shell"},
		{"nevermiss demo", "start it from the shell"},
		{"agent", "until a signal ends it"},
		{"agent --once", "pushes and sends texts without asking"},
	};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		open_stage(&stage);
		say(&stage, cases[i].line);
		stage_shows(&stage, cases[i].told);
		stage_close(&stage);
	}
}

/* check sees the text as it is edited; push would not. */
static void edits_that_are_not_saved_are_looked_at_but_not_worked_on(void **state)
{
	const struct nm_edit edit = {.op = NM_EDIT_SET, .place = {.section = "", .step = -1}, .option = "business", .value = "\"Edited\""};
	struct stage stage;

	(void)state;
	open_stage(&stage);
	assert_true(app_edit(&stage.app, &edit, 1, "business"));
	say(&stage, "push --yes");
	stage_shows(&stage, "edits that are not saved");
	say(&stage, "nevermiss check");
	stage_shows(&stage, "swallowed");
	stage_close(&stage);
}

static void offers(struct stage *stage, const char *typed, const char *expected)
{
	struct notes notes;

	notes_init(&notes);
	command_line_offer(&stage->app, typed, &notes);
	for (size_t i = 0; i < notes.n; i++) {
		if (!strcmp(notes.items[i].text, expected)) {
			notes_clear(&notes);
			return;
		}
	}
	fail_msg("\"%s\" does not offer \"%s\" among %zu", typed, expected, notes.n);
}

/* Every word that the table of commands has one choose among. */
static void offers_all_choices(struct stage *stage)
{
	size_t choices = 0;

	for (size_t i = 0; i < commands_count; i++) {
		const char *at = commands[i].words, *end = at + strcspn(at, " ");

		if (!memchr(at, '|', (size_t)(end - at)))
			continue;
		for (; at < end; at += strcspn(at, "| ") + 1, choices++) {
			char typed[64], expected[64];

			snprintf(typed, sizeof typed, "%s ", commands[i].name);
			snprintf(expected, sizeof expected, "%s %.*s", commands[i].name, (int)strcspn(at, "| "), at);
			offers(stage, typed, expected);
		}
	}
	assert_true(choices > 10);
}

/* --- whatever is offered is taken --- */

/* Words that a command needs before any option can be tried. */
static const char *needed_words(const struct command *command)
{
	static const char *const needed[][2] = {
		{ "hours", "24/7" },	{ "compare", "1" },   { "calendar", "list" }, { "calls", "list" },
		{ "crm", "list" },	{ "followup", "list" }, { "export", "sandbox" }, { "screen", "now" },
	};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (!strcmp(needed[i][0], command->name))
			return needed[i][1];
	}
	return "";
}

/* Those that answer at once, ask nothing and do all that the line says. */
static bool is_run(const struct command *command)
{
	static const char *const names[] = { "simulate", "sweep", "hours", "week",   "next",   "compare", "history",
					     "test",  "report", "replay", "screen", "sandbox", "diff" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!strcmp(names[i], command->name))
			return true;
	}
	return false;
}

/* Is what is offered behind the line taken?  A folder is on the way to a file. */
static void assert_taken(struct stage *stage, const struct command *command, const char *line)
{
	struct arguments args;
	struct cut_line cut;
	struct nm_error err;

	assert_true(cut_line(line, &cut));
	if (cut.open || line[strlen(line) - 1] == '/') {
		free(cut.bytes);
		return;
	}
	if (arguments_read(command, cut.n - 1, cut.words + 1, &args, &err))
		fail_msg("%s: %s", line, err.text);
	arguments_clear(&args);
	free(cut.bytes);
	if (!strcmp(command->name, "export"))
		assert_non_null(nm_carrier_find(line + strlen("export ")) ? line : strstr(line, "--line"));
	/* What is in a file is another question. */
	if (!is_run(command) || strstr(line, " refresh") || strstr(line, "plan.conf") || strstr(line, ".ics"))
		return;
	stage->app.message_style = STYLE_PLAIN;
	command_line_run(&stage->app, line);
	if (stage->app.message_style == STYLE_ERROR)
		fail_msg("%s: %s", line, stage->app.message);
	while (stage->app.depth)
		app_pop(&stage->app);
	stage->app.tab = 0;
}

/* How many are offered behind the line, each taken. */
static size_t assert_offers_taken(struct stage *stage, const struct command *command, const char *typed, bool options)
{
	struct notes notes;
	size_t n = 0;

	notes_init(&notes);
	command_line_offer(&stage->app, typed, &notes);
	for (size_t i = 0; i < notes.n; i++) {
		if (!options && !strncmp(notes.items[i].text + strlen(typed), "--", 2))
			continue;
		assert_taken(stage, command, notes.items[i].text);
		n++;
	}
	notes_clear(&notes);
	return n;
}

/* "`:` runs any command with completion": wherever the table knows what a value may be, something is offered, and the
 * command takes each. */
static void what_is_offered_is_taken(void **state)
{
	struct stage stage;
	size_t values = 0, words = 0;

	(void)state;
	open_stage(&stage);
	say(&stage, "override --for 2h --path after-hours --no-push leave");
	stage_keys(&stage, "y W");
	say(&stage, "nevermiss push --yes");
	while (stage.app.depth)
		app_pop(&stage.app);
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *command = &commands[i];
		char typed[128];

		for (const struct command_option *option = command->options; option->name; option++) {
			if (!option->value || command_value(option->value, strlen(option->value)).kind == VALUE_FREE)
				continue;
			snprintf(typed, sizeof typed, "%s %s%s--%s ", command->name, needed_words(command),
				 *needed_words(command) ? " " : "", option->name);
			if (!assert_offers_taken(&stage, command, typed, true))
				fail_msg("nothing is offered behind \"%s\"", typed);
			values++;
		}
		snprintf(typed, sizeof typed, "%s ", command->name);
		if (*command->words && command_value(command->words, strcspn(command->words, " ")).kind != VALUE_FREE) {
			assert_true(assert_offers_taken(&stage, command, typed, false) > 0);
			words++;
		}
	}
	assert_true(values > 30);
	assert_true(words > 5);
	stage_close(&stage);
}

static void refuses(struct stage *stage, const char *typed, const char *not_expected)
{
	struct notes notes;

	notes_init(&notes);
	command_line_offer(&stage->app, typed, &notes);
	for (size_t i = 0; i < notes.n; i++)
		assert_string_not_equal(notes.items[i].text, not_expected);
	notes_clear(&notes);
}

static const char quoted_names[] =
	"business = \"Quoted\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
	"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\"  account = sandbox }\n"
	"destination owner { kind = personal  number = \"+15125550111\" }\n"
	"destination \"S\303\244m ONeil\" { kind = personal  number = \"+15125550112\" }\n"
	"callers vip { numbers = { \"+15125550142\", \"+1737555*\" } }\n"
	"path all { step { ring = { owner, \"S\303\244m ONeil\" } } }\nrule every { path = all }\n"
	"override \"at lunch\" { from = \"2026-11-22 05:00\"  until = \"2026-11-22 06:00\"  path = all }\n";

/* Names with blanks are offered in quotes, whether a quote is typed or not; values of a kind are of that kind. */
static void values_are_completed_by_their_kind(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24, .plan = quoted_names });
	offers(&stage, "simulate --set S", "simulate --set \"S\303\244m ONeil=busy\"");
	offers(&stage, "simulate --set \"S\303\244m O", "simulate --set \"S\303\244m ONeil=noanswer\"");
	offers(&stage, "simulate --set owner=", "simulate --set owner=answer@6s");
	refuses(&stage, "simulate --set owner=b", "simulate --set owner=noanswer");
	offers(&stage, "override --end ", "override --end \"at lunch\"");
	refuses(&stage, "override --end ", "override --end owner");
	offers(&stage, "export c", "export cpl");
	offers(&stage, "followup done 1 --outcome b", "followup done 1 --outcome booked");
	offers(&stage, "sandbox --fail ", "sandbox --fail hang");
	offers(&stage, "simulate --from +", "simulate --from +15125550142");
	offers(&stage, "sweep --caller ", "sweep --caller anonymous");
	refuses(&stage, "simulate --from ", "simulate --from +1737555");
	stage_keys(&stage, ":");
	stage_type(&stage, "simulate --set S");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, ": simulate --set \"S\303\244m ONeil=answer\"");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "ring owner + S\303\244m ONeil for 20 s");
	stage_close(&stage);
}

/* Files as a shell has them: a folder with its slash and what is in it, hidden ones only once the dot is typed. */
static void files_are_completed_as_a_shell_does(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	assert_int_equal(system("mkdir -p 'of may/inner' .hidden && touch 'of may/calls.csv' 'of may/odd\001' .dot plain.csv"), 0);
	offers(&stage, "calls import pl", "calls import plain.csv");
	offers(&stage, "calls import ./pl", "calls import ./plain.csv");
	offers(&stage, "calls import of", "calls import \"of may/");
	offers(&stage, "calls import \"of may/", "calls import \"of may/calls.csv\"");
	offers(&stage, "calls import \"of may/", "calls import \"of may/inner/");
	offers(&stage, "calls import .", "calls import .dot");
	refuses(&stage, "calls import ", "calls import .dot");
	refuses(&stage, "calls import \"of may/", "calls import \"of may/odd\001\"");
	refuses(&stage, "calls show ", "calls show plain.csv");
	offers(&stage, "test --file pl", "test --file plain.csv");
	offers(&stage, "hours 24/7 --holidays ", "hours 24/7 --holidays plain.csv");
	offers(&stage, "compare ", "compare plain.csv");
	offers(&stage, "check --data .h", "check --data .hidden/");
	refuses(&stage, "check --data pl", "check --data plain.csv");
	stage_close(&stage);
}

static void commands_options_and_names_are_completed(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	offers(&stage, "sim", "simulate");
	offers(&stage, "over", "override");
	offers(&stage, "simulate --e", "simulate --emergency");
	offers(&stage, "simulate --line ", "simulate --line main");
	offers(&stage, "simulate --line ho", "simulate --line hotline");
	offers(&stage, "simulate --line main --s", "simulate --line main --set");
	offers(&stage, "override --path ", "override --path after-hours");
	offers(&stage, "test \"Ch", "test \"Christmas morning\"");
	offers(&stage, "calendar r", "calendar refresh");
	offers(&stage, "calendar refresh ", "calendar refresh us");
	offers(&stage, "calls import --dates ", "calls import --dates dmy");
	offers(&stage, "calls imp", "calls import");
	offers_all_choices(&stage);
	offers(&stage, "nevermiss ch", "nevermiss check");
	offers(&stage, "the", "theme");
	offers(&stage, "theme ", "theme light");
	offers(&stage, "theme c", "theme contrast");
	offers(&stage, "nevermiss screen p", "nevermiss screen plan");
	stage_keys(&stage, ":");
	stage_type(&stage, "simulate --line h");
	stage_keys(&stage, "Tab");
	stage_shows(&stage, ": simulate --line hotline");
	stage_type(&stage, " --em");
	stage_keys(&stage, "Tab Enter");
	stage_shows(&stage, "simulate --line hotline --emergency");
	stage_keys(&stage, "Escape : c h Tab");
	stage_shows(&stage, ": check");
	stage_hides(&stage, "check   check");
	stage_keys(&stage, "Escape :");
	stage_type(&stage, "calendar ");
	stage_shows(&stage, ": calendar    list refresh callbacks");
	stage_keys(&stage, "Tab Tab"); /* the others stay in sight */
	stage_shows(&stage, ": calendar refresh   list callbacks");
	stage_close(&stage);
}

/* Of this session, and of no file: what is lasting is in keys.conf. */
static void a_theme_is_taken_by_name_or_by_key(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	say(&stage, "theme light");
	assert_int_equal(stage.session.options.theme, THEME_LIGHT);
	stage_shows(&stage, "theme light until you leave; `theme light` in keys.conf keeps it");
	say(&stage, "check --json"); /* which leaves it so */
	stage_keys(&stage, "Escape");
	assert_int_equal(stage.session.options.theme, THEME_LIGHT);
	say(&stage, "theme pink");
	stage_shows(&stage, "there is no theme `pink`: it is one of default, light, contrast, mono");
	stage_shows(&stage, ": theme pink");
	stage_keys(&stage, "Escape");
	for (int i = 0; i < THEME_COUNT; i++) {
		assert_int_equal(stage.session.options.theme, (THEME_LIGHT + i) % THEME_COUNT);
		stage_keys(&stage, "C-t");
	}
	assert_int_equal(stage.session.options.theme, THEME_LIGHT);
	say(&stage, "theme");
	assert_int_equal(stage.session.options.theme, THEME_CONTRAST);
	stage_close(&stage);
}

/* As in every list: / asks, n and N repeat it, round the end. */
static void a_page_is_searched(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 16});
	stage_keys(&stage, "? n");
	stage_shows(&stage, "nothing was searched for yet");
	stage_hides(&stage, "draw the whole screen again");
	stage_keys(&stage, "/");
	stage_type(&stage, "whole SCREEN");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "draw the whole screen again");
	stage_keys(&stage, "/ C-u");
	stage_type(&stage, "the plan");
	stage_keys(&stage, "Enter");
	for (int i = 0; i < 12; i++)
		stage_keys(&stage, i % 3 ? "n" : "N");
	stage_shows(&stage, "the plan");
	stage_keys(&stage, "/ C-u z z z Enter");
	stage_shows(&stage, "zzz is not on this page");
	stage_keys(&stage, "q");
	stage_hides(&stage, "zzz");
	stage_close(&stage);
}

/* Stops when it was asked so often, and keeps about what. */
struct stopper {
	size_t most;
	char pieces[32];
	size_t asked, done, all;
};

static bool stop_at_last(void *context, const char *pieces, size_t done, size_t all)
{
	struct stopper *stopper = context;

	snprintf(stopper->pieces, sizeof stopper->pieces, "%s", pieces);
	stopper->done = done;
	stopper->all = all;
	return ++stopper->asked < stopper->most;
}

/* A screen that is printed on a page is a program of its own for a moment, and leaves the session what it has. */
static void a_printed_screen_leaves_the_session_as_it_was(void **state)
{
	struct stopper stopper = {.most = 1};
	struct stage stage;
	struct nm_error err;

	(void)state;
	open_stage(&stage);
	stage.session.working = stop_at_last;
	stage.session.progress_context = &stopper;
	say(&stage, "screen week");
	stage_keys(&stage, "Escape");
	say(&stage, "sweep --from 2026-11-23 --until 2028-11-23 --every 5m");
	stage_shows(&stage, "stopped after");
	stage_keys(&stage, "Escape");
	assert_int_equal(nm_file_write("plan.conf", "line main {", 11, false, &err), NM_OK);
	assert_true(app_notice(&stage.app));
	stage_keys(&stage, "3");
	stage_shows(&stage, "first live answer");
	stage_close(&stage);
}

/* Esc ends long work behind a piece, and what it ended is said. */
static void long_work_is_stopped(void **state)
{
	static const struct {
		size_t most; /* a small plan is proved between two questions */
		const char *line, *pieces, *shows;
	} works[] = {
		{1, "check --until 2036-11-26", "situations proved", "the check was stopped"},
		{2, "test", "tests played", "stopped after 1 of 2 tests"},
		{2, "compare plan.conf", "lines of both plans", "stopped after 2 of 4 lines of both plans"},
		{2, "sweep --from 2026-11-23 --until 2028-11-23 --every 5m", "calls played", "stopped after"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
		struct stopper stopper = {.most = works[i].most};
		struct stage stage;

		stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
		stage.session.working = stop_at_last;
		stage.session.progress_context = &stopper;
		stage_keys(&stage, ":");
		stage_type(&stage, works[i].line);
		stage_keys(&stage, "Enter");
		stage_shows(&stage, works[i].shows);
		assert_string_equal(stopper.pieces, works[i].pieces);
		assert_int_equal(stopper.asked, works[i].most);
		assert_true(stopper.done < stopper.all);
		stage_close(&stage);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_an_action_or_a_screen_before_a_command),
		cmocka_unit_test(a_command_runs_with_its_options_and_shows_a_page),
		cmocka_unit_test(a_sweep_can_be_stopped),
		cmocka_unit_test(an_import_can_be_stopped),
		cmocka_unit_test(leads_can_be_stopped),
		cmocka_unit_test(a_long_list_can_be_stopped),
		cmocka_unit_test(every_command_can_be_run),
		cmocka_unit_test(what_a_command_asks_is_a_dialog),
		cmocka_unit_test(a_yes_counts_once_and_for_what_was_shown),
		cmocka_unit_test(a_followup_that_is_ended_says_how_it_is_taken_back),
		cmocka_unit_test(what_is_said_before_is_not_asked),
		cmocka_unit_test(what_is_wrong_is_told_and_asked_again),
		cmocka_unit_test(edits_that_are_not_saved_are_looked_at_but_not_worked_on),
		cmocka_unit_test(what_is_offered_is_taken),
		cmocka_unit_test(values_are_completed_by_their_kind),
		cmocka_unit_test(files_are_completed_as_a_shell_does),
		cmocka_unit_test(commands_options_and_names_are_completed),
		cmocka_unit_test(a_theme_is_taken_by_name_or_by_key),
		cmocka_unit_test(a_page_is_searched),
		cmocka_unit_test(a_printed_screen_leaves_the_session_as_it_was),
		cmocka_unit_test(long_work_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
