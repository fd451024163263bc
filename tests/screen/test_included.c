/* SPDX-License-Identifier: MIT */
/*
 * A plan of several files, and calendars: a file of it that changed on disk is noticed and nothing is lost on either side;
 * what stands in an included file is shown, edited, renamed, saved and taken up again as what stands in the plan's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "saving.h"
#include "sessions.h"

#define SPARE "destination spare { kind = ai  number = \"+15125550178\" }\n"
#define LONG 250 /* a name that a temporary file of 7 bytes more cannot have */

static const struct stage_options plan_100x40 = {.screen = "plan", .width = 100, .height = 40};

/* --- files --- */

static void write_file(const char *file, const char *text, size_t len)
{
	struct nm_error err;

	if (nm_file_write(file, text, len, false, &err))
		fail_msg("%s", err.text);
}

static char *read_file(const char *file)
{
	struct nm_buf text;

	nm_buf_init(&text, NM_PLAN_BYTES);
	assert_int_equal(nm_file_read(file, NM_PLAN_BYTES, &text, NULL), NM_OK);
	return nm_buf_take(&text);
}

static void has(const char *file, const char *words, bool has)
{
	char *text = read_file(file);

	if ((strstr(text, words) != NULL) != has)
		fail_msg("%s has %s%s:\n%s", file, words, has ? " not" : "", text);
	free(text);
}

static void put_behind(const char *file, const char *lines)
{
	char *old = read_file(file);
	struct nm_buf text;

	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addf(&text, "%s%s", old, lines);
	write_file(file, text.data, text.len);
	nm_buf_clear(&text);
	free(old);
}

/* One text in a file becomes another. */
static void rewrite(const char *file, const char *from, const char *to)
{
	char *old = read_file(file), *at = strstr(old, from);
	struct nm_buf text;

	assert_non_null(at);
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addn(&text, old, (size_t)(at - old));
	nm_buf_addf(&text, "%s%s", to, at + strlen(from));
	write_file(file, text.data, text.len);
	nm_buf_clear(&text);
	free(old);
}

/* The destinations of the plan go into a file that it includes. */
static void cut(struct stage *stage, const char *file)
{
	char *plan = stage_plan(stage), *from = strstr(plan, "destination owner {"), *until = strstr(plan, "rotation oncall");
	struct nm_buf text;

	assert_true(from && until && from < until);
	write_file(file, from, (size_t)(until - from));
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addn(&text, plan, (size_t)(from - plan));
	nm_buf_addf(&text, "include(\"%s\")\n%s", file, until);
	write_file("plan.conf", text.data, text.len);
	nm_buf_clear(&text);
	free(plan);
}

static void open_cut_as(struct stage *stage, const struct stage_options *options)
{
	stage_open(stage, options);
	stage_stop(stage);
	cut(stage, "people.conf");
	stage_start(stage);
	app_settle(&stage->app);
	app_draw(&stage->app);
}

static void open_cut(struct stage *stage)
{
	open_cut_as(stage, &plan_100x40);
}

static void noticed(struct stage *stage, const char *words)
{
	assert_true(app_notice(&stage->app));
	app_settle(&stage->app);
	app_draw(&stage->app);
	stage_shows(stage, words);
	assert_false(app_notice(&stage->app));
}

static void rename_owner(struct stage *stage)
{
	const struct nm_edit edit = {
		.op = NM_EDIT_RENAME, .place = {.section = "destination", .title = "owner", .step = -1}, .value = "chief"};

	assert_true(app_edit(&stage->app, &edit, 1, "owner is now called chief"));
	app_settle(&stage->app);
	app_draw(&stage->app);
}

/* --- noticing --- */

static void a_change_of_an_included_file_is_noticed_at_once(void **state)
{
	struct stage stage;

	(void)state;
	open_cut(&stage);
	assert_false(app_notice(&stage.app));
	put_behind("people.conf", SPARE);
	noticed(&stage, "the plan changed on disk: it was read again");
	assert_true(nm_plan_find_destination(stage.session.plan, "spare") >= 0);
	rewrite("people.conf", "destination spare {", "destination spare { kind = ");
	noticed(&stage, "the plan changed on disk: it does not read");
	assert_int_equal(unlink("people.conf"), 0);
	noticed(&stage, "it does not read: plan.conf:");
	stage_close(&stage);
}

static void a_file_that_is_there_again_is_noticed(void **state)
{
	struct stage stage;
	char *people;

	(void)state;
	open_cut(&stage);
	people = read_file("people.conf");
	assert_int_equal(unlink("people.conf"), 0);
	noticed(&stage, "it does not read");
	write_file("people.conf", people, strlen(people));
	noticed(&stage, "it was read again");
	assert_int_equal(session_need_plan(&stage.session, NULL), NM_OK);
	free(people);
	stage_close(&stage);
}

static void what_others_wrote_there_and_our_edits_are_both_kept(void **state)
{
	struct stage stage;

	(void)state;
	open_cut(&stage);
	sessions_edit_jones(&stage);
	put_behind("people.conf", SPARE);
	noticed(&stage, "the file changed on disk, your text is still here: W says what can be done");
	stage_keys(&stage, "W Enter");
	stage_shows(&stage, "save 1 edit to plan.conf?");
	stage_keys(&stage, "y");
	has("plan.conf", "Jones Plumbing", true);
	has("people.conf", SPARE, true);
	stage_close(&stage);
}

/* Their deletion and our use of what they deleted: that is no plan, so both stay apart and it is said why. */
static void edits_that_name_what_others_deleted_there_are_not_put_on_top(void **state)
{
	struct stage stage;

	(void)state;
	open_cut(&stage);
	sessions_edit_jones(&stage);
	rewrite("people.conf", "destination sam ", "destination tom ");
	noticed(&stage, "your text is still here");
	stage_keys(&stage, "W");
	stage_shows(&stage, "The two cannot become one");
	stage_keys(&stage, "Escape");
	has("plan.conf", "Jones Plumbing", false);
	assert_true(nm_document_dirty(stage.session.document));
	stage_close(&stage);
}

static void a_change_of_a_calendar_is_noticed_with_and_without_edits(void **state)
{
	struct stage stage;

	(void)state;
	open_cut(&stage);
	assert_false(session_outdated(&stage.session));
	rewrite("holidays.ics", "20261225", "20261222");
	assert_true(session_outdated(&stage.session)); /* as the agent asks */
	noticed(&stage, "a file beside the plan changed on disk: the plan was read again");
	sessions_edit_jones(&stage);
	rewrite("holidays.ics", "20261222", "20261225");
	noticed(&stage, "the plan was read again, your edits stay");
	assert_int_equal(nm_document_edits(stage.session.document), 1);
	stage_keys(&stage, "W y");
	has("plan.conf", "Jones Plumbing", true);
	stage_close(&stage);
}

/* It may be why the plan does not read, from the start on. */
static void a_calendar_that_is_there_at_last_is_noticed(void **state)
{
	struct stage stage;
	char *calendar;

	(void)state;
	stage_open(&stage, &plan_100x40);
	stage_stop(&stage);
	cut(&stage, "people.conf");
	calendar = read_file("holidays.ics");
	assert_int_equal(unlink("holidays.ics"), 0);
	stage_start(&stage);
	app_settle(&stage.app);
	assert_int_equal(session_need_plan(&stage.session, NULL), NM_INPUT);
	write_file("holidays.ics", calendar, strlen(calendar));
	noticed(&stage, "a file beside the plan changed on disk: the plan was read again");
	assert_int_equal(unlink("holidays.ics"), 0);
	noticed(&stage, "a file beside the plan changed on disk: it does not read");
	write_file("holidays.ics", calendar, strlen(calendar));
	noticed(&stage, "a file beside the plan changed on disk: the plan was read again");
	free(calendar);
	stage_close(&stage);
}

static void a_session_that_only_looks_notices_too(void **state)
{
	const struct stage_options options = {.screen = "plan", .width = 100, .height = 40, .read_only = true};
	struct stage stage;

	(void)state;
	open_cut_as(&stage, &options);
	put_behind("people.conf", SPARE);
	noticed(&stage, "the plan changed on disk: it was read again");
	stage_keys(&stage, "/ s a m Enter Tab");
	stage_shows(&stage, "+15125550114");
	stage_close(&stage);
}

/* As the editor of `e` does: what it did is a step like any other. */
static void what_an_editor_did_to_it_is_told_and_taken_back(void **state)
{
	struct stage stage;
	struct nm_error err;
	const char *what;
	size_t now;

	(void)state;
	open_cut(&stage);
	rewrite("people.conf", "+15125550114", "+15125550115");
	assert_int_equal(session_reload(&stage.session, IN_EDITOR, &err), NM_OK);
	assert_int_equal(nm_document_steps(stage.session.document, &now), 2);
	assert_int_equal(now, 1);
	stage_keys(&stage, "w");
	stage_shows(&stage, "what you did in your editor changes for callers");
	stage_shows(&stage, "who answers first");
	stage_keys(&stage, "End");
	stage_shows(&stage, "in people.conf");
	stage_shows(&stage, "+15125550115");
	stage_keys(&stage, "Escape");
	assert_int_equal(session_undo(&stage.session, false, &what, &err), NM_OK);
	stage_keys(&stage, "W");
	stage_shows(&stage, "save 1 edit to people.conf?");
	stage_keys(&stage, "y");
	has("people.conf", "+15125550114", true);
	stage_close(&stage);
}

/* --- forms --- */

static void a_section_of_an_included_file_has_its_form(void **state)
{
	struct stage stage;
	char *before;

	(void)state;
	open_cut(&stage);
	before = stage_plan(&stage);
	stage_keys(&stage, "/ s a m Enter");
	stage_shows(&stage, "destination sam");
	stage_shows(&stage, "people.conf:");
	stage_shows(&stage, "used by  ");
	stage_keys(&stage, "Enter Home Down Down Down Down Down Down Down Enter Down Enter");
	stage_keys(&stage, "W");
	stage_shows(&stage, "save 1 edit to people.conf?");
	stage_keys(&stage, "y");
	has("people.conf", "+15125550114\"  confirm = no", true);
	has("plan.conf", before, true);
	free(before);
	stage_close(&stage);
}

/* One of which there is one at most, and which the plan keeps no place of: saving leaves it where it is. */
static void what_stands_once_is_found_in_its_file(void **state)
{
	const struct nm_edit edit = {
		.op = NM_EDIT_SET, .place = {.section = "text_back", .step = -1}, .option = "missed", .value = "\"On a job.\""};
	struct stage stage;

	(void)state;
	stage_open(&stage, &plan_100x40);
	stage_stop(&stage);
	rewrite("plan.conf", "\ntext_back { missed = \"", "\ninclude(\"back.conf\")\n# \"");
	write_file("back.conf", "\ntext_back { missed = \"We saw it.\" }\n", 37);
	stage_start(&stage);
	stage_keys(&stage, "/ b a c k Enter");
	stage_shows(&stage, "back.conf:2");
	assert_true(app_edit(&stage.app, &edit, 1, "what we text"));
	stage_keys(&stage, "W y");
	stage_keys(&stage, "Tab Tab v v");
	stage_shows(&stage, "back.conf:2");
	has("back.conf", "\ntext_back { missed = \"On a job.\" }\n", true);
	stage_close(&stage);
}

static void a_rename_follows_in_all_files(void **state)
{
	struct stage stage;

	(void)state;
	open_cut(&stage);
	rename_owner(&stage);
	stage_keys(&stage, "W");
	stage_shows(&stage, "save 1 edit to plan.conf, people.conf?");
	stage_keys(&stage, "y");
	has("people.conf", "destination chief {", true);
	has("plan.conf", "ring = chief", true);
	has("plan.conf", "owner", false);
	assert_false(app_notice(&stage.app));
	assert_false(nm_document_dirty(stage.session.document));
	stage_keys(&stage, "u W y");
	has("people.conf", "destination owner {", true);
	has("plan.conf", "chief", false);
	stage_close(&stage);
}

static void what_is_found_there_is_mended_there(void **state)
{
	const struct nm_findings *findings;
	struct stage stage;
	struct nm_error err;
	size_t mended = 0;

	(void)state;
	open_cut(&stage);
	rewrite("people.conf", "You've reached Smith Plumbing. Leave a message or text this number and we'll respond within 30 minutes.",
		"Hi.");
	noticed(&stage, "it was read again");
	assert_int_equal(session_findings(&stage.session, &findings, &err), NM_OK);
	for (size_t i = 0; i < findings->n && !mended; i++) {
		const struct nm_finding *finding = &findings->items[i];

		if (strcmp(finding->id, "greeting") != 0 || !finding->n_mends || !finding->mends[0].n)
			continue;
		assert_string_equal(finding->pos.file, "people.conf");
		mended = finding->mends[0].n;
		assert_true(app_edit(&stage.app, finding->mends[0].edits, mended, "mended"));
	}
	assert_true(mended > 0);
	assert_int_equal(session_findings(&stage.session, &findings, &err), NM_OK);
	for (size_t i = 0; i < findings->n; i++)
		assert_string_not_equal(findings->items[i].id, "greeting");
	stage_close(&stage);
}

/* --- saving --- */

/* The second of two files cannot be written: the first is as it was, the edits are there, and it is said. */
static void two_files_are_written_or_none(void **state)
{
	char file[LONG + 1], *plan;
	struct stage stage;

	(void)state;
	memset(file, 'p', LONG);
	file[LONG] = '\0';
	stage_open(&stage, &plan_100x40);
	stage_stop(&stage);
	cut(&stage, "people.conf");
	assert_int_equal(rename("people.conf", file), 0);
	rewrite("plan.conf", "people.conf", file);
	stage_start(&stage);
	plan = stage_plan(&stage);
	rename_owner(&stage);
	stage_keys(&stage, "W y");
	stage_shows(&stage, "cannot write");
	stage_shows(&stage, "File name too long");
	has("plan.conf", plan, true);
	has(file, "destination owner {", true);
	assert_int_equal(nm_document_edits(stage.session.document), 1);
	free(plan);
	stage_close(&stage);
}

static void a_version_has_the_included_texts_of_its_time(void **state)
{
	const struct nm_edit edit = {.op = NM_EDIT_SET,
				     .place = {.section = "destination", .title = "sam", .step = -1},
				     .option = "number",
				     .value = "\"+15125550115\""};
	struct nm_arena *arena = nm_arena_new();
	struct nm_versions versions;
	struct nm_plan_file *files;
	struct nm_store *store;
	struct stage stage;
	struct nm_error err;

	(void)state;
	assert_non_null(arena);
	open_cut(&stage);
	assert_true(app_edit(&stage.app, &edit, 1, "a number"));
	assert_int_equal(session_save(&stage.session, &err), NM_OK);
	assert_int_equal(session_store(&stage.session, &store, &err), NM_OK);
	assert_int_equal(nm_store_versions(store, 1, &versions, &err), NM_OK);
	assert_int_equal(versions.n, 1);
	assert_int_equal(nm_store_version_files(store, versions.items[0].id, arena, &files, &err), NM_OK);
	assert_non_null(nm_plan_find_file(files, "people.conf"));
	assert_non_null(strstr(nm_plan_find_file(files, "people.conf")->bytes, "+15125550115"));
	nm_versions_clear(&versions);
	nm_arena_free(arena);
	stage_close(&stage);
}

/* --- kill -9 --- */

static void edits_of_two_files_that_a_kill_cut_off_are_taken_up_again(void **state)
{
	struct stage stage;

	(void)state;
	open_cut(&stage);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, rename_owner));
	assert_int_equal(sessions_files(UNSAVED), 1);
	put_behind("people.conf", SPARE);
	sessions_start_again(&stage);
	stage_shows(&stage, "+ destination chief {");
	stage_keys(&stage, "y W y");
	has("people.conf", "destination chief {", true);
	has("people.conf", SPARE, true);
	has("plan.conf", "owner", false);
	assert_int_equal(sessions_files(UNSAVED), 0);
	stage_close(&stage);
}

/* Killed when one of two files had its new text: the rest is offered, and what is there already is not taken twice. */
static void a_kill_between_two_files_is_made_good(void **state)
{
	struct stage stage;

	(void)state;
	open_cut(&stage);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, rename_owner));
	rewrite("people.conf", "destination owner {", "destination chief {");
	sessions_start_again(&stage);
	stage_keys(&stage, "y W y");
	has("people.conf", "destination chief {", true);
	has("plan.conf", "owner", false);
	assert_int_equal(session_need_plan(&stage.session, NULL), NM_OK);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_of_an_included_file_is_noticed_at_once),
		cmocka_unit_test(a_file_that_is_there_again_is_noticed),
		cmocka_unit_test(what_others_wrote_there_and_our_edits_are_both_kept),
		cmocka_unit_test(edits_that_name_what_others_deleted_there_are_not_put_on_top),
		cmocka_unit_test(a_change_of_a_calendar_is_noticed_with_and_without_edits),
		cmocka_unit_test(a_calendar_that_is_there_at_last_is_noticed),
		cmocka_unit_test(a_session_that_only_looks_notices_too),
		cmocka_unit_test(what_an_editor_did_to_it_is_told_and_taken_back),
		cmocka_unit_test(a_section_of_an_included_file_has_its_form),
		cmocka_unit_test(what_stands_once_is_found_in_its_file),
		cmocka_unit_test(a_rename_follows_in_all_files),
		cmocka_unit_test(what_is_found_there_is_mended_there),
		cmocka_unit_test(two_files_are_written_or_none),
		cmocka_unit_test(a_version_has_the_included_texts_of_its_time),
		cmocka_unit_test(edits_of_two_files_that_a_kill_cut_off_are_taken_up_again),
		cmocka_unit_test(a_kill_between_two_files_is_made_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
