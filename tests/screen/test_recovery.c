/* SPDX-License-Identifier: MIT */
/*
 * No edit is lost with a connection, a crash or a kill, and two people on one plan see each other: sessions in
 * processes of their own, killed.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "prompt.h"
#include "sessions.h"

static const struct stage_options now_80x24 = {.screen = "now", .width = 80, .height = 24};

static const struct stage_options plan_100x24 = {.screen = "plan", .width = 100, .height = 24};

static void edits_hours(struct stage *stage)
{
	const struct nm_edit hours = {.op = NM_EDIT_SET,
				      .place = {"schedule", "business", -1},
				      .option = "hours",
				      .value = "\"Mo-Fr 08:00-17:00; Sa 09:00-13:00; PH off\""};

	assert_true(app_edit(&stage->app, &hours, 1, "hours of business"));
	app_settle(&stage->app);
}

static void does_nothing(struct stage *stage)
{
	(void)stage;
}

/* What they change is seen as before saving. */
static void what_was_cut_off_is_shown_on_the_week(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, edits_hours));
	sessions_start_again(&stage);
	stage_shows(&stage, "main · who answers first · 23-29 Nov 2026");
	stage_keys(&stage, "Right");
	stage_shows(&stage, "30 Nov - 6 Dec 2026");
	stage_keys(&stage, "n");
	stage_close(&stage);
}

static void edits_that_were_killed_are_offered_and_taken_up(void **state)
{
	struct stage stage;
	struct stat about;
	glob_t found;
	char *plan;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, sessions_edit_jones));
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "Smith Plumbing"));
	free(plan);
	assert_int_equal(glob(UNSAVED, 0, NULL, &found), 0);
	assert_int_equal(stat(found.gl_pathv[0], &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	globfree(&found);

	sessions_start_again(&stage);
	stage_shows(&stage, "cut off before they were saved");
	stage_shows(&stage, "nothing changes for any caller");
	stage_shows(&stage, "+ business = \"Jones Plumbing\"");
	assert_int_equal(sessions_files(OPEN), 1); /* that of the dead is taken away */
	stage_keys(&stage, "y");
	stage_shows(&stage, "Jones Plumbing");
	stage_shows(&stage, "not saved");
	assert_int_equal(sessions_files(UNSAVED), 1); /* kept on, by this session */
	stage_keys(&stage, "W y");
	assert_int_equal(sessions_files(UNSAVED), 0);
	plan = stage_plan(&stage);
	assert_non_null(strstr(plan, "Jones Plumbing"));
	free(plan);
	recovery_end(&stage.app, false);
	assert_int_equal(sessions_files(OPEN), 0);
	stage_close(&stage);
}

/* Two sessions are offered the same edits; whoever answers last is told that the other one has them. */
static void edits_that_another_session_took_up_are_gone(void **state)
{
	struct stage stage;
	glob_t found;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, sessions_edit_jones));
	sessions_start_again(&stage);
	assert_int_equal(glob(UNSAVED, 0, NULL, &found), 0);
	assert_int_equal(unlink(found.gl_pathv[0]), 0);
	globfree(&found);
	stage_keys(&stage, "y");
	stage_shows(&stage, "another session of this plan has dealt with those edits meanwhile");
	stage_close(&stage);
}

/* No key but y and n decides about them. */
static void edits_that_nobody_decides_on_are_offered_again(void **state)
{
	static const char *const keys[] = {"q", "Escape", "C-c", "x"};
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, sessions_edit_jones));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		sessions_start_again(&stage);
		stage_shows(&stage, "cut off before they were saved");
		stage_shows(&stage, "y take up  n drop  q later");
		stage_keys(&stage, keys[i]);
		if (i < 3)
			stage_shows(&stage, "those edits are kept: the next start offers them again");
		assert_int_equal(sessions_files(UNSAVED), 1);
		recovery_end(&stage.app, false);
		stage_stop(&stage);
	}
	sessions_start_again(&stage);
	stage_keys(&stage, "q");
	sessions_edit(&stage, "\"Brown Plumbing\""); /* edits of this session have a file of their own */
	assert_int_equal(sessions_files(UNSAVED), 2);
	stage_keys(&stage, "W y");
	assert_int_equal(sessions_files(UNSAVED), 1);
	stage_stop(&stage);
	sessions_start_again(&stage);
	stage_shows(&stage, "y save beside  n drop for good  q later");
	stage_close(&stage);
}

static void edits_that_are_dropped_can_be_brought_back(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, sessions_edit_jones));
	sessions_start_again(&stage);
	stage_keys(&stage, "n");
	stage_shows(&stage, "Smith Plumbing");
	assert_int_equal(sessions_files(UNSAVED), 0);
	stage_keys(&stage, "u");
	stage_shows(&stage, "Jones Plumbing");
	assert_int_equal(sessions_files(UNSAVED), 1);
	recovery_end(&stage.app, false); /* left without them, said so */
	assert_int_equal(sessions_files(UNSAVED), 0);
	stage_close(&stage);
}

static void a_connection_that_is_cut_off_keeps_the_edits(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_80x24);
	recovery_begin(&stage.app);
	sessions_edit(&stage, "\"One\"");
	app_idle(&stage.app);
	sessions_edit(&stage, "\"Two\"");
	recovery_end(&stage.app, true);
	stage_stop(&stage);
	sessions_start_again(&stage);
	stage_shows(&stage, "+ business = \"Two\"");
	/* Cut off again, before the question was answered: it is asked again. */
	recovery_end(&stage.app, true);
	stage_stop(&stage);
	sessions_start_again(&stage);
	stage_shows(&stage, "+ business = \"Two\"");
	stage_close(&stage);
}

static void what_was_taken_back_or_saved_is_not_offered(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_80x24);
	recovery_begin(&stage.app);
	sessions_edit(&stage, "\"One\"");
	assert_int_equal(sessions_files(UNSAVED), 1);
	stage_keys(&stage, "u");
	assert_int_equal(sessions_files(UNSAVED), 0);
	recovery_end(&stage.app, true);
	stage_stop(&stage);
	sessions_start_again(&stage);
	stage_hides(&stage, "cut off");
	stage_close(&stage);
}

/* The newest of several comes last, and none is lost by the others. */
static void several_are_offered_one_after_another(void **state)
{
	struct stage stage;
	pid_t first, second;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	first = sessions_somebody_else(&stage, sessions_edit_jones);
	second = sessions_somebody_else(&stage, sessions_edit_jones);
	sessions_kill(first);
	sessions_kill(second);
	sessions_start_again(&stage);
	stage_keys(&stage, "n");
	assert_int_equal(sessions_files(UNSAVED), 1);
	recovery_end(&stage.app, false);
	stage_stop(&stage);
	sessions_start_again(&stage);
	stage_shows(&stage, "cut off before they were saved");
	stage_close(&stage);
}

static void two_people_see_each_other(void **state)
{
	struct stage stage;
	pid_t other;

	(void)state;
	stage_open(&stage, &now_80x24);
	recovery_begin(&stage.app);
	assert_false(others_notice(&stage.app));
	{
		struct stage theirs = stage;

		other = sessions_somebody_else(&theirs, does_nothing);
	}
	assert_true(others_notice(&stage.app));
	app_draw(&stage.app);
	stage_shows(&stage, "pat has this plan open since Sun 22 Nov 05:11: ");
	assert_false(others_notice(&stage.app));
	sessions_kill(other);
	assert_true(others_notice(&stage.app));
	app_draw(&stage.app);
	stage_shows(&stage, "pat has closed this plan");
	recovery_end(&stage.app, false);
	stage_close(&stage);
}

/* Somebody in this process, for a lock is a file's that was opened, not a process's. */
static void come(struct stage *stage, const char *who, const char *terminal, struct presence *presence)
{
	const struct presence_self self = {who, terminal, STAGE_NOW};
	struct nm_buf path;
	struct nm_error err;

	nm_buf_init(&path, 4096);
	if (session_store_path(&stage->session, &path, &err) || presence_begin(presence, path.data, &self, &err))
		fail_msg("%s", err.text);
	nm_buf_clear(&path);
}

static void look(struct stage *stage, bool changed)
{
	assert_int_equal(others_notice(&stage->app), changed);
	app_draw(&stage->app);
}

/* The title bar, as long as it is so, and no longer. */
static void who_else_is_there_stands_in_the_title_bar(void **state)
{
	struct presence ana, pat;
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_80x24);
	recovery_begin(&stage.app);
	come(&stage, "ana over ssh", "pts/3", &ana);
	look(&stage, true);
	stage_shows(&stage, "ana over ssh on pts/3 has this plan open since Sun 22 Nov 05:11: ");
	stage_shows(&stage, " Smith Plumbing · also open: ana ");
	presence_tell(&ana, 3);
	look(&stage, true);
	stage_shows(&stage, " Smith Plumbing · ana, 3 not saved ");
	stage_keys(&stage, "O Enter Enter y n"); /* an override has its place beside it */
	stage_shows(&stage, " Smith Plum… · ana, 3 not saved · override to Sun 07:11 ");
	stage_keys(&stage, "O End Enter y n");
	look(&stage, false);
	assert_true(app_resize(&stage.app, 100, 24));
	look(&stage, false);
	stage_shows(&stage, " Smith Plumbing · plan saved · also open: ana, 3 edits not saved ");
	presence_tell(&ana, 0);
	look(&stage, true);
	stage_shows(&stage, " · also open: ana ");
	come(&stage, "pat", "pts/4", &pat);
	look(&stage, true);
	stage_shows(&stage, " · also open: 2 others ");
	presence_end(&ana);
	look(&stage, true);
	stage_shows(&stage, "ana over ssh on pts/3 has closed this plan");
	stage_shows(&stage, " · also open: pat on pts/4 "); /* our own name tells nobody apart */
	presence_end(&pat);
	look(&stage, true);
	stage_hides(&stage, "also open");
	stage_close(&stage);
}

/* Whoever only looks sees the others, and writes no file by which they would see it. */
static void a_session_that_only_looks_sees_the_others(void **state)
{
	static const struct stage_options looking = {.screen = "now", .width = 100, .height = 24, .read_only = true};
	struct presence ana;
	struct stage stage;

	(void)state;
	stage_open(&stage, &plan_100x24);
	come(&stage, "ana", "pts/3", &ana);
	presence_tell(&ana, 2);
	stage_stop(&stage);
	stage.options = &looking;
	sessions_start_again(&stage);
	stage_shows(&stage, " Smith Plumbing · read-only · also open: ana, 2 edits not saved ");
	assert_int_equal(sessions_files(OPEN), 1);
	presence_end(&ana);
	look(&stage, true);
	stage_shows(&stage, "ana on pts/3 has closed this plan");
	assert_int_equal(sessions_files(OPEN), 0);
	stage_close(&stage);
}

/* Their text stands beside the list of one's own edits. */
static void what_others_have_not_saved_is_shown_with_the_changes(void **state)
{
	static const char theirs[] = "business = \"Jones Plumbing\"\n";
	struct presence ana;
	struct stage stage;
	struct nm_buf path;
	struct nm_error err;

	(void)state;
	stage_open(&stage, &plan_100x24);
	recovery_begin(&stage.app);
	come(&stage, "ana", "pts/3", &ana);
	presence_tell(&ana, 1);
	look(&stage, true);
	stage_keys(&stage, "w");
	stage_shows(&stage, "not saved by ana on pts/3: 1 edit");
	stage_shows(&stage, "their text cannot be read from here");
	stage_keys(&stage, "Escape");
	nm_buf_init(&path, 4096);
	presence_unsaved(&ana, NULL, &path);
	assert_int_equal(nm_file_write(path.data, theirs, sizeof theirs - 1, false, &err), NM_OK);
	stage_keys(&stage, "w");
	stage_shows(&stage, "- business = \"Smith Plumbing\"");
	stage_keys(&stage, "Escape");
	sessions_edit(&stage, "\"Smith and Jones\"");
	stage_keys(&stage, "W");
	stage_shows(&stage, "ana has 1 edit not saved too: a save here loses none of that");
	stage_keys(&stage, "n");
	assert_int_equal(unlink(path.data), 0);
	nm_buf_clear(&path);
	presence_end(&ana);
	stage_close(&stage);
}

/* Whatever stands in the file of another session, it is cut to what can be shown, and nothing of it acts. */
static void what_others_say_of_themselves_is_bounded(void **state)
{
	static const struct {
		const char *text, *shows; /* NULL: nobody is there */
	} files[] = {
		{"", NULL},
		{"\n", NULL},
		{"17", NULL},
		{"1795345860 5 ana\n", ": ana, 5 edits not saved "},
		{"99999999999999999999999 99999999999999999999999 ana", " ana, 999999999 not saved "},
		{"-1 -1 ana\npts/3\n", " · also open: ana "},
		{"1 0 a\033[31mna\npts/3\n", " · also open: a�[31mna "},
		{"1 0 \377\376\n\377\n", " · also open: �� "},
		{"1 0 0123456789012345678901234567890123456789012345678901234567890123456789\n", " · also 012345678901234567890123456789012345678901234567890123456789012 "},
	};
	struct presence ana;
	struct stage stage;

	(void)state;
	stage_open(&stage, &plan_100x24);
	recovery_begin(&stage.app);
	come(&stage, "ana", NULL, &ana);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const size_t len = strlen(files[i].text);

		assert_int_equal(ftruncate(ana.fd, 0), 0);
		assert_int_equal(pwrite(ana.fd, files[i].text, len, 0), (ssize_t)len);
		others_notice(&stage.app);
		stage.app.message[0] = '\0';
		app_draw(&stage.app);
		assert_int_equal(stage.app.others.n, files[i].shows != NULL);
		if (files[i].shows)
			stage_shows(&stage, files[i].shows);
	}
	presence_end(&ana);
	stage_close(&stage);
}

/* What must be seen is seen in the smallest window, beside all else that may stand there. */
static void who_else_is_there_is_seen_in_a_narrow_window(void **state)
{
	static const struct stage_options narrow = {.screen = "now", .width = 40, .height = 12, .ascii = true, .mono = true};
	struct presence ana;
	struct stage stage;

	(void)state;
	stage_open(&stage, &narrow);
	recovery_begin(&stage.app);
	come(&stage, "ana", NULL, &ana);
	look(&stage, true);
	stage_shows(&stage, " Smith Plumbing - also ana ");
	sessions_edit(&stage, "\"A name that fills the whole of a title bar\"");
	stage_shows(&stage, "1 not saved");
	stage_shows(&stage, " +1 ");
	presence_end(&ana);
	stage_close(&stage);
}

/* What a living session has not saved is its own. */
static void nobody_is_offered_the_edits_of_one_who_is_there(void **state)
{
	struct stage stage;
	pid_t other;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	other = sessions_somebody_else(&stage, sessions_edit_jones);
	sessions_start_again(&stage);
	stage_shows(&stage, "pat has this plan open");
	stage_hides(&stage, "cut off before they were saved");
	sessions_kill(other);
	recovery_end(&stage.app, false);
	stage_close(&stage);
}

static void a_session_that_only_looks_writes_nothing_and_is_told(void **state)
{
	const struct stage_options looking = {.screen = "now", .width = 80, .height = 24, .read_only = true};
	struct stage stage;

	(void)state;
	stage_open(&stage, &now_80x24);
	stage_stop(&stage);
	sessions_kill(sessions_somebody_else(&stage, sessions_edit_jones));
	stage.options = &looking;
	sessions_start_again(&stage);
	stage_shows(&stage, "there are edits that were cut off");
	assert_int_equal(sessions_files(OPEN), 1); /* that of the dead stays */
	assert_int_equal(sessions_files(UNSAVED), 1);
	recovery_end(&stage.app, true);
	assert_int_equal(sessions_files(UNSAVED), 1);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_that_were_killed_are_offered_and_taken_up),
		cmocka_unit_test(what_was_cut_off_is_shown_on_the_week),
		cmocka_unit_test(edits_that_another_session_took_up_are_gone),
		cmocka_unit_test(edits_that_nobody_decides_on_are_offered_again),
		cmocka_unit_test(edits_that_are_dropped_can_be_brought_back),
		cmocka_unit_test(a_connection_that_is_cut_off_keeps_the_edits),
		cmocka_unit_test(what_was_taken_back_or_saved_is_not_offered),
		cmocka_unit_test(several_are_offered_one_after_another),
		cmocka_unit_test(two_people_see_each_other),
		cmocka_unit_test(who_else_is_there_stands_in_the_title_bar),
		cmocka_unit_test(a_session_that_only_looks_sees_the_others),
		cmocka_unit_test(what_others_have_not_saved_is_shown_with_the_changes),
		cmocka_unit_test(what_others_say_of_themselves_is_bounded),
		cmocka_unit_test(who_else_is_there_is_seen_in_a_narrow_window),
		cmocka_unit_test(nobody_is_offered_the_edits_of_one_who_is_there),
		cmocka_unit_test(a_session_that_only_looks_writes_nothing_and_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
