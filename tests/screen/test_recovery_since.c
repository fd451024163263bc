/* SPDX-License-Identifier: MIT */
/*
 * Edits that a kill cut off, offered after somebody else saved the plan: nothing is lost on either side, and nothing
 * that another saved passes for an edit.
 */
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "nevermiss/plan.h"
#include "sessions.h"
#include "unsaved.h"

#define ANA "callers regulars { numbers = { \"+15125550177\" } }\n"
#define BROWN "business = \"Brown Plumbing\"\n"
#define SMITH "business = \"Smith Plumbing\"\n"

static const struct stage_options now_100x40 = {.screen = "now", .width = 100, .height = 40};

/* --- the plan, as others leave it --- */

static void write_file(const char *file, const char *text)
{
	struct nm_error err;

	if (nm_file_write(file, text, strlen(text), false, &err))
		fail_msg("%s", err.text);
}

static void append(struct stage *stage, const char *lines)
{
	char *plan = stage_plan(stage);
	struct nm_buf text;

	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addf(&text, "%s%s", plan, lines);
	write_file("plan.conf", text.data);
	nm_buf_clear(&text);
	free(plan);
}

/* One line of the plan becomes another. */
static void rewrite(struct stage *stage, const char *line, const char *with)
{
	char *plan = stage_plan(stage), *at = strstr(plan, line);
	struct nm_buf text;

	assert_non_null(at);
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addn(&text, plan, (size_t)(at - plan));
	nm_buf_addf(&text, "%s%s", with, at + strlen(line));
	write_file("plan.conf", text.data);
	nm_buf_clear(&text);
	free(plan);
}

static void plan_has(struct stage *stage, const char *words, bool has)
{
	char *plan = stage_plan(stage);

	if ((strstr(plan, words) != NULL) != has)
		fail_msg("the plan has %s%s:\n%s", words, has ? " not" : "", plan);
	free(plan);
}

/* The plan is open, edited, and the program killed. */
static void cut_off(struct stage *stage)
{
	stage_open(stage, &now_100x40);
	stage_stop(stage);
	sessions_kill(sessions_somebody_else(stage, sessions_edit_jones));
	assert_int_equal(sessions_files(UNSAVED), 1);
}

/* --- both become one --- */

static void what_others_saved_since_stays(void **state)
{
	struct stage stage;

	(void)state;
	cut_off(&stage);
	append(&stage, ANA);
	sessions_start_again(&stage);
	stage_shows(&stage, "and the plan was saved since");
	stage_shows(&stage, "- business = \"Smith Plumbing\"");
	stage_shows(&stage, "+ business = \"Jones Plumbing\"");
	stage_hides(&stage, "callers regulars {"); /* it is no edit of the one who was cut off */
	stage_keys(&stage, "y");
	assert_int_equal(sessions_files(UNSAVED), 1);
	stage_keys(&stage, "W");
	stage_shows(&stage, "save 1 edit");
	stage_hides(&stage, "callers regulars {");
	stage_keys(&stage, "y");
	plan_has(&stage, "Jones Plumbing", true);
	plan_has(&stage, ANA, true);
	assert_int_equal(sessions_files(UNSAVED), 0);
	stage_close(&stage);
}

/* Killed again before they were saved, and again somebody saved meanwhile: what they are made from went along. */
static void a_second_kill_loses_nothing_either(void **state)
{
	struct stage stage;

	(void)state;
	cut_off(&stage);
	append(&stage, ANA);
	sessions_start_again(&stage);
	stage_keys(&stage, "y");
	recovery_end(&stage.app, true);
	stage_stop(&stage);
	append(&stage, "# added by pat\n");
	sessions_start_again(&stage);
	stage_shows(&stage, "+ business = \"Jones Plumbing\"");
	stage_hides(&stage, "callers regulars {");
	stage_hides(&stage, "added by pat");
	stage_keys(&stage, "y W y");
	plan_has(&stage, "Jones Plumbing", true);
	plan_has(&stage, ANA, true);
	plan_has(&stage, "# added by pat\n", true);
	stage_close(&stage);
}

/* Dropped, and brought back: as they were offered, on top of what was saved. */
static void what_is_dropped_comes_back_on_top(void **state)
{
	struct stage stage;

	(void)state;
	cut_off(&stage);
	append(&stage, ANA);
	sessions_start_again(&stage);
	stage_keys(&stage, "n u W");
	stage_shows(&stage, "+ business = \"Jones Plumbing\"");
	stage_keys(&stage, "y");
	plan_has(&stage, "Jones Plumbing", true);
	plan_has(&stage, ANA, true);
	stage_close(&stage);
}

static void what_others_did_too_is_not_asked(void **state)
{
	struct stage stage;

	(void)state;
	cut_off(&stage);
	rewrite(&stage, SMITH, "business = \"Jones Plumbing\"\n");
	append(&stage, ANA);
	sessions_start_again(&stage);
	stage_hides(&stage, "cut off");
	assert_int_equal(sessions_files(UNSAVED), 0);
	plan_has(&stage, ANA, true);
	stage_close(&stage);
}

/* The plan is saved while the question stands: the answer is not to what it has become. */
static void a_save_before_the_answer_is_asked_about(void **state)
{
	struct stage stage;

	(void)state;
	cut_off(&stage);
	sessions_start_again(&stage);
	stage_hides(&stage, "saved since");
	append(&stage, ANA);
	assert_true(app_notice(&stage.app));
	stage_keys(&stage, "y");
	stage_shows(&stage, "and the plan was saved since");
	stage_shows(&stage, "+ business = \"Jones Plumbing\"");
	stage_keys(&stage, "y W y");
	plan_has(&stage, "Jones Plumbing", true);
	plan_has(&stage, ANA, true);
	stage_close(&stage);
}

/* --- both changed the same --- */

static void both_changed_business(struct stage *stage)
{
	cut_off(stage);
	rewrite(stage, SMITH, BROWN);
	sessions_start_again(stage);
	stage_shows(stage, "both sides changed business");
	stage_shows(stage, "+ business = \"Brown Plumbing\"");
	stage_shows(stage, "+ business = \"Jones Plumbing\"");
	stage_shows(stage, "y save beside  n drop for good  q later");
}

static void edits_that_cannot_be_put_on_top_are_saved_beside(void **state)
{
	static const char *const names[] = {"plan.conf.mine", "plan.conf.mine-2"};
	struct stage stage;
	struct nm_buf text;

	(void)state;
	both_changed_business(&stage);
	write_file("plan.conf.mine", "of somebody\n");
	stage_keys(&stage, "y");
	stage_shows(&stage, "plan.conf.mine-2 has the text with those edits");
	stage_hides(&stage, "not saved");
	assert_int_equal(sessions_files(UNSAVED), 0);
	plan_has(&stage, "Jones", false);
	plan_has(&stage, BROWN, true);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		nm_buf_init(&text, NM_PLAN_BYTES);
		assert_int_equal(nm_file_read(names[i], NM_PLAN_BYTES, &text, NULL), NM_OK);
		assert_true((strstr(text.data, "Jones Plumbing") != NULL) == (i == 1));
		nm_buf_clear(&text);
		assert_int_equal(unlink(names[i]), 0);
	}
	stage_close(&stage);
}

static void they_are_kept_where_nobody_decides(void **state)
{
	struct stage stage;

	(void)state;
	both_changed_business(&stage);
	stage_keys(&stage, "q");
	stage_shows(&stage, "those edits are kept");
	assert_int_equal(sessions_files(UNSAVED), 1);
	assert_int_equal(sessions_files("plan.conf.*"), 0);
	stage_close(&stage);
}

/* What u brought back would be a text without what others saved. */
static void they_are_dropped_for_good(void **state)
{
	struct stage stage;

	(void)state;
	both_changed_business(&stage);
	stage_keys(&stage, "n u");
	stage_shows(&stage, "Brown Plumbing");
	assert_int_equal(sessions_files(UNSAVED), 0);
	assert_int_equal(sessions_files("plan.conf.*"), 0);
	stage_close(&stage);
}

/* --- files --- */

/* Of an older program: the text alone. */
static void what_an_older_program_kept_is_offered_with_what_it_takes_out(void **state)
{
	struct unsaved unsaved;
	struct stage stage;
	glob_t found;

	(void)state;
	cut_off(&stage);
	assert_int_equal(glob(UNSAVED, 0, NULL, &found), 0);
	assert_int_equal(unsaved_read(found.gl_pathv[0], &unsaved, NULL), NM_OK);
	write_file(found.gl_pathv[0], unsaved.text);
	unsaved_clear(&unsaved);
	globfree(&found);
	append(&stage, ANA);
	sessions_start_again(&stage);
	stage_shows(&stage, "an older nevermiss kept them: taking them up takes out 2 lines of");
	stage_shows(&stage, "- callers regulars");
	stage_keys(&stage, "y");
	stage_shows(&stage, "Jones Plumbing");
	stage_close(&stage);
}

static void both_texts_are_read_as_they_were_written(void **state)
{
	static const struct unsaved texts[] = {
		{.base = "", .base_len = 0, .text = "", .len = 0},
		{.base = "a = 1\n", .base_len = 6, .text = "a = 2", .len = 5},
		{.base = "\0\0", .base_len = 2, .text = "x\0y\n", .len = 4},
		{.base = "nevermiss unsaved, base of 3\n", .base_len = 29, .text = "nevermiss", .len = 9},
	};
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_100x40);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct unsaved got;

		assert_int_equal(unsaved_write("unsaved", &texts[i], NULL), NM_OK);
		assert_int_equal(unsaved_read("unsaved", &got, NULL), NM_OK);
		assert_int_equal(got.base_len, texts[i].base_len);
		assert_memory_equal(got.base, texts[i].base, got.base_len + 1);
		assert_int_equal(got.len, texts[i].len);
		assert_memory_equal(got.text, texts[i].text, got.len + 1);
		unsaved_clear(&got);
	}
	assert_int_equal(unlink("unsaved"), 0);
	stage_close(&stage);
}

/* Whatever the file holds, its texts stand within it or it is refused. */
static void a_file_that_is_not_whole_is_refused(void **state)
{
	static const char *const heads[] = {
		"nevermiss unsaved, base of 3\nabcx", "nevermiss unsaved, base of 4\nabc", "nevermiss unsaved, base of 3\n",
		"nevermiss unsaved, base of 3",       "nevermiss unsaved, base of -1\n",   "nevermiss unsaved, base of \n",
		"nevermiss unsaved, base of 99999999999999999999999\nabc",
	};
	struct unsaved got;
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_100x40);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct nm_error err;

		write_file("unsaved", heads[i]);
		if (unsaved_read("unsaved", &got, &err) == NM_OK)
			fail_msg("was read: %s", heads[i]);
		assert_string_equal(err.text, "unsaved is not whole: what was not saved cannot be told from it");
	}
	assert_int_equal(unlink("unsaved"), 0);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_others_saved_since_stays),
		cmocka_unit_test(a_second_kill_loses_nothing_either),
		cmocka_unit_test(what_is_dropped_comes_back_on_top),
		cmocka_unit_test(what_others_did_too_is_not_asked),
		cmocka_unit_test(a_save_before_the_answer_is_asked_about),
		cmocka_unit_test(edits_that_cannot_be_put_on_top_are_saved_beside),
		cmocka_unit_test(they_are_kept_where_nobody_decides),
		cmocka_unit_test(they_are_dropped_for_good),
		cmocka_unit_test(what_an_older_program_kept_is_offered_with_what_it_takes_out),
		cmocka_unit_test(both_texts_are_read_as_they_were_written),
		cmocka_unit_test(a_file_that_is_not_whole_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
