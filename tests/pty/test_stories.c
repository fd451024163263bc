/* SPDX-License-Identifier: MIT */
/*
 * Whole sessions at the terminal, one for each kind of user.  In: a plan, a clock that stands, keys.  Out: whole
 * screens at named moments, compared with tests/golden/stories, from which the tutorial takes its pictures.
 */
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "terminal.h"

#define QUIET_MS   1500 /* after which a golden is written */
#define FILE_BYTES (1u << 22)

struct story {
	struct terminal terminal;
	char folder[32]; /* the working directory while it runs */
	char *home, *golden;
};

/* --- a folder of its own --- */

static void story_begin(struct story *story)
{
	const char *source = getenv("NM_SRCDIR");
	struct nm_buf golden;

	memset(story, 0, sizeof *story);
	story->home = getcwd(NULL, 0);
	nm_buf_init(&golden, 4096);
	nm_buf_addf(&golden, "%s/tests/golden/stories", source && source[0] == '/' ? source : story->home);
	story->golden = nm_buf_take(&golden);
	snprintf(story->folder, sizeof story->folder, "/tmp/nm-story-XXXXXX");
	assert_non_null(mkdtemp(story->folder));
	assert_int_equal(chdir(story->folder), 0);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void story_end(struct story *story)
{
	assert_int_equal(chdir(story->home), 0);
	assert_int_equal(nftw(story->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(story->home);
	free(story->golden);
}

static char *read_text(const char *file)
{
	struct nm_buf text;

	nm_buf_init(&text, FILE_BYTES);
	if (nm_file_read(file, FILE_BYTES, &text, NULL)) {
		nm_buf_clear(&text);
		return NULL;
	}
	return nm_buf_take(&text);
}

/* A file of the golden folder, copied into the story's under a name. */
static void take_file(const struct story *story, const char *from, const char *to)
{
	struct nm_buf path;
	char *text;

	nm_buf_init(&path, 4096);
	nm_buf_addf(&path, "%s/%s", story->golden, from);
	text = read_text(path.data);
	if (!text)
		fail_msg("cannot read %s", path.data);
	assert_int_equal(nm_file_write(to, text, strlen(text), true, NULL), NM_OK);
	nm_buf_clear(&path);
	free(text);
}

/* A command on the story's plan that must end with this status. */
static void run(const char *arguments, int expected)
{
	struct nm_buf command;
	int status;

	nm_buf_init(&command, 4096);
	nm_buf_addf(&command, "\"$NM_PROGRAM\" -p plan.conf --data data %s >out 2>&1", arguments);
	status = system(command.data);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != expected) {
		char *out = read_text("out");

		fail_msg("%s: status %d\n%s", arguments, WEXITSTATUS(status), out ? out : "");
	}
	assert_int_equal(remove("out"), 0);
	nm_buf_clear(&command);
}

/* --- the terminal --- */

static void start(struct story *story, const char *now, bool read_only)
{
	const char *const arguments[] = {"nevermiss", "-p",	  "plan.conf", "--data", "data", "--now", now,
					 read_only ? "--read-only" : NULL, NULL};

	setenv("TZ", "America/Chicago", 1); /* what the first run offers */
	terminal_start(&story->terminal, 80, 24, arguments);
}

/* The screen; whoever runs the tests is pat in it. */
static char *screen_text(const struct story *story)
{
	const struct passwd *user = getpwuid(getuid());
	const size_t len = user ? strlen(user->pw_name) : 0;
	struct nm_buf raw, out;

	nm_buf_init(&raw, FILE_BYTES);
	nm_buf_init(&out, FILE_BYTES);
	terminal_text(&story->terminal, &raw);
	for (const char *at = raw.data; *at;) {
		if (len && !strncmp(at, user->pw_name, len) && at > raw.data && at[-1] == ' ' && at[len] == ' ') {
			nm_buf_add(&out, "pat");
			at += len;
		} else {
			nm_buf_addn(&out, at++, 1);
		}
	}
	nm_buf_clear(&raw);
	return nm_buf_take(&out);
}

/* Takes output until the program has written nothing for a while, and keeps the screen as what is expected. */
static void write_golden(struct story *story, const char *file)
{
	size_t before;
	char *text;

	do {
		const int64_t end = now_ms() + QUIET_MS;

		before = story->terminal.wrote.len;
		while (now_ms() < end)
			terminal_take(&story->terminal, 50);
	} while (story->terminal.wrote.len != before);
	text = screen_text(story);
	assert_int_equal(nm_file_write(file, text, strlen(text), false, NULL), NM_OK);
	free(text);
}

/* Whole, for a message of the test library ends after a thousand bytes. */
static void fail_story(const char *name, const char *expected, const char *got)
{
	fprintf(stderr, "%s: expected\n%s\ngot\n%s\n", name, expected, got);
	fail_msg("the screen %s did not come", name);
}

/* Types, and waits for the whole screen of this name. */
static void scene(struct story *story, const char *keys, const char *name)
{
	const int64_t end = now_ms() + PATIENCE_MS;
	struct nm_buf file;
	char *expected, *got;

	nm_buf_init(&file, 4096);
	nm_buf_addf(&file, "%s/%s.txt", story->golden, name);
	terminal_type(&story->terminal, keys);
	if (getenv("NM_GOLDEN_UPDATE"))
		write_golden(story, file.data);
	expected = read_text(file.data);
	if (!expected)
		fail_msg("there is no %s: make golden-update writes it", file.data);
	for (;;) {
		got = screen_text(story);
		if (!strcmp(got, expected))
			break;
		if (now_ms() > end)
			fail_story(name, expected, got);
		free(got);
		terminal_take(&story->terminal, 50);
	}
	free(got);
	free(expected);
	nm_buf_clear(&file);
}

static void leave(struct story *story)
{
	int status;

	terminal_type(&story->terminal, "q");
	status = terminal_wait(&story->terminal);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	terminal_close(&story->terminal);
}

/* --- the stories --- */

#define HOME   "\033OH"
#define MONDAY "2026-11-23T08:05:00-06:00"
#define EVENING "2026-11-24T17:50:00-06:00"
#define SUNDAY "2026-11-22T05:11:00-06:00"

static void plan_has(const char *text, bool there)
{
	char *plan = read_text("plan.conf");

	assert_non_null(plan);
	if ((strstr(plan, text) != NULL) != there)
		fail_msg("the plan %s \"%s\":\n%s", there ? "has not" : "has", text, plan);
	free(plan);
}

/* Today: a few answers make a plan, which is made live. */
static void owner_begins(struct story *story)
{
	scene(story, "", "owner-first-run");
	terminal_type(&story->terminal, "Smith Plumbing\t\t\t512 555 0100\r512 555 0111\r\r\r");
	scene(story, "512 555 0177\r", "owner-answers");
	scene(story, "\r\r\r", "owner-review");
	scene(story, "W", "owner-now");
	scene(story, "c", "owner-quick-start");
	scene(story, "q6", "owner-not-pushed");
	scene(story, "P", "owner-push-asked");
	scene(story, "y", "owner-pushed");
	scene(story, "1", "owner-live");
	scene(story, "c", "owner-today");
}

/* This week: somebody in the office as a second layer, and a line for emergencies. */
static void owner_edits(struct story *story)
{
	scene(story, "q2A", "owner-add");
	scene(story, "j\roffice\rj\r512 555 0112\r", "owner-backup");
	terminal_type(&story->terminal, "\rjjjjjjj\rk\r\177"); /* its phone has no voicemail of its own */
	scene(story, "jj\rA\rjjj \r\02510s\rjl", "owner-path");
	scene(story, "W", "owner-save-asked");
	scene(story, "y", "owner-saved");
	terminal_type(&story->terminal, "\177" HOME "A\rhotline\r512 555 0190\r\r"); /* on the only account */
	scene(story, HOME "Ajjjjjjjjj\rj \r\r", "owner-emergency");
	scene(story, "Wy5", "owner-check");
}

/* The next day's calls, and whom to call back. */
static void owner_reads_the_log(struct story *story)
{
	take_file(story, "owner-calls.csv", "calls.csv");
	run("--now " EVENING " calls import calls.csv", 0);
	start(story, EVENING, false);
	scene(story, "7", "owner-calls");
	scene(story, "B", "owner-booked");
	scene(story, "8", "owner-report");
	leave(story);
}

static void the_owner_sets_up_and_pushes(void **state)
{
	struct story story;

	(void)state;
	story_begin(&story);
	start(&story, MONDAY, false);
	owner_begins(&story);
	owner_edits(&story);
	scene(&story, "6", "owner-drifts");
	scene(&story, "Ay", "owner-all-pushed");
	scene(&story, "q", "owner-in-sync");
	scene(&story, "3", "owner-week");
	scene(&story, "4", "owner-simulate");
	scene(&story, "t", "owner-tests");
	scene(&story, "q5", "owner-clean");
	scene(&story, "1", "owner-done");
	leave(&story);
	plan_has("ring = office", true);
	run("--now " MONDAY " diff", 0);
	run("--now " MONDAY " check --strict", 0);
	owner_reads_the_log(&story);
	story_end(&story);
}

/* What is in the folder, but for what SQLite shares between those who have a store open. */
static char *everything(const struct story *story)
{
	struct nm_buf command;
	FILE *sums;
	char line[512];
	struct nm_buf out;

	nm_buf_init(&command, 4096);
	nm_buf_init(&out, FILE_BYTES);
	nm_buf_addf(&command, "cd %s && find . -type f ! -name '*-shm' -size +0 -exec cksum {} + | sort", story->folder);
	sums = popen(command.data, "r");
	assert_non_null(sums);
	while (fgets(line, sizeof line, sums))
		nm_buf_add(&out, line);
	assert_int_equal(pclose(sums), 0);
	nm_buf_clear(&command);
	return nm_buf_take(&out);
}

/* The plan was pushed, and somebody has edited it since: what is live is older. */
static void push_and_edit(const struct story *story)
{
	char *plan, *rings;

	take_file(story, "../screen/plan.conf", "plan.conf");
	take_file(story, "../screen/holidays.ics", "holidays.ics");
	run("--now " SUNDAY " push --yes", 0);
	plan = read_text("plan.conf");
	assert_non_null(plan);
	rings = strstr(plan, "ring = owner  for = 20s");
	assert_non_null(rings);
	memcpy(rings, "ring = owner  for = 15s", strlen("ring = owner  for = 15s"));
	assert_int_equal(nm_file_write("plan.conf", plan, strlen(plan), false, NULL), NM_OK);
	free(plan);
}

static void support_explains_a_call_and_writes_nothing(void **state)
{
	struct story story;
	char *before, *after;

	(void)state;
	story_begin(&story);
	push_and_edit(&story);
	before = everything(&story);
	start(&story, SUNDAY, true);
	scene(&story, "5", "support-check");
	scene(&story, "\r", "support-call");
	scene(&story, "6", "support-drift");
	scene(&story, "4v", "support-live");
	scene(&story, "T", "support-refused");
	leave(&story);
	after = everything(&story);
	assert_string_equal(before, after);
	free(before);
	free(after);
	story_end(&story);
}

static void the_tester_plays_saves_and_runs(void **state)
{
	struct story story;

	(void)state;
	story_begin(&story);
	take_file(&story, "../screen/plan.conf", "plan.conf");
	take_file(&story, "../screen/holidays.ics", "holidays.ics");
	start(&story, SUNDAY, false);
	scene(&story, "4", "tester-now");
	scene(&story, "bb", "tester-boundary");
	scene(&story, "lld", "tester-later");
	scene(&story, "\t ", "tester-no-answer");
	scene(&story, "T", "tester-save-asked");
	scene(&story, "Tuesday, nobody picks up\r", "tester-test");
	scene(&story, "y", "tester-saved");
	scene(&story, "t", "tester-tests");
	scene(&story, "q5", "tester-check");
	scene(&story, "/A Monday\r", "tester-finding");
	scene(&story, "\r", "tester-failing");
	leave(&story);
	plan_has("test \"Tuesday, nobody picks up\"", true);
	run("--now " SUNDAY " test", 1);
	story_end(&story);
}

/* Waits until edits that are not saved are kept, as they are within a moment, and kills the program. */
static void kill_it(struct story *story)
{
	const struct timespec sunday[2] = {{.tv_sec = 1795345860}, {.tv_sec = 1795345860}};
	const struct timespec before[2] = {{.tv_sec = 1795345800}, {.tv_sec = 1795345800}};
	const int64_t end = now_ms() + PATIENCE_MS;
	glob_t found;

	while (glob("data/*.unsaved-*", 0, NULL, &found) != 0) {
		globfree(&found);
		assert_true(now_ms() < end);
		terminal_take(&story->terminal, 20);
	}
	assert_int_equal(kill(story->terminal.child, SIGKILL), 0);
	assert_true(WIFSIGNALED(terminal_wait(&story->terminal)));
	terminal_close(&story->terminal);
	/* The offer tells when it was, and whether the plan is newer. */
	assert_int_equal(utimensat(AT_FDCWD, "plan.conf", before, 0), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		assert_int_equal(utimensat(AT_FDCWD, found.gl_pathv[i], sunday, 0), 0);
	globfree(&found);
}

static void edits_outlive_a_kill(void **state)
{
	struct story story;

	(void)state;
	story_begin(&story);
	take_file(&story, "../screen/plan.conf", "plan.conf");
	take_file(&story, "../screen/holidays.ics", "holidays.ics");
	start(&story, SUNDAY, false);
	scene(&story, "", "killed-before");
	scene(&story, "2\r\r\025Jones Plumbing\r", "killed-editing");
	kill_it(&story);
	plan_has("Jones Plumbing", false);
	start(&story, SUNDAY, false);
	scene(&story, "", "killed-offered");
	scene(&story, "y", "killed-back");
	terminal_type(&story.terminal, "Wy");
	scene(&story, "1", "killed-saved");
	leave(&story);
	plan_has("Jones Plumbing", true);
	story_end(&story);
}

/* Somebody else's line, below the plan. */
static void append_to_plan(const char *line)
{
	FILE *plan = fopen("plan.conf", "a");

	assert_non_null(plan);
	assert_true(fputs(line, plan) >= 0);
	assert_int_equal(fclose(plan), 0);
}

/* What another saved between the kill and the start is neither shown as an edit nor taken out. */
static void edits_outlive_a_kill_and_anothers_save(void **state)
{
	static const char ana[] = "callers regulars { numbers = { \"+15125550177\" } }";
	struct story story;

	(void)state;
	story_begin(&story);
	take_file(&story, "../screen/plan.conf", "plan.conf");
	take_file(&story, "../screen/holidays.ics", "holidays.ics");
	start(&story, SUNDAY, false);
	scene(&story, "2\r\r\025Jones Plumbing\r", "killed-editing");
	kill_it(&story);
	append_to_plan(ana);
	start(&story, SUNDAY, false);
	scene(&story, "", "killed-offered-on-top");
	terminal_type(&story.terminal, "yWy");
	scene(&story, "1", "killed-saved-on-top");
	leave(&story);
	plan_has("Jones Plumbing", true);
	plan_has(ana, true);
	story_end(&story);
}

static int have_program(void **state)
{
	(void)state;
	if (getenv("NM_PROGRAM"))
		return 0;
	fprintf(stderr, "NM_PROGRAM is not set: it names the program to be run\n");
	return 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_owner_sets_up_and_pushes),
		cmocka_unit_test(support_explains_a_call_and_writes_nothing),
		cmocka_unit_test(edits_outlive_a_kill),
		cmocka_unit_test(edits_outlive_a_kill_and_anothers_save),
		cmocka_unit_test(the_tester_plays_saves_and_runs),
	};

	return cmocka_run_group_tests(tests, have_program, NULL);
}
