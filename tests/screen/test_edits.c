/* SPDX-License-Identifier: MIT */
/*
 * Edits of the plan on the screens: nothing is written before it was shown and asked, nothing that was
 * typed is lost, and a file that others change is never overwritten unseen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "change.h"
#include "saving.h"
#include "stage.h"

static void open_plan(struct stage *stage)
{
	stage_open(stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24});
}

/* The owner rings for so long in the first step of daytime. */
static void edit(struct stage *stage, const char *seconds)
{
	const struct nm_edit ring = {
		.op = NM_EDIT_SET, .place = {"path", "daytime", 0}, .option = "for", .value = seconds};

	assert_true(app_edit(&stage->app, &ring, 1, "for of step 1 of path daytime"));
	stage_keys(stage, "2");
}

static void expect_file(struct stage *stage, const char *part, bool there)
{
	char *text = stage_plan(stage);

	if (!strstr(text, part) == there)
		fail_msg("\"%s\" is %sin the file\n%s", part, there ? "not " : "", text);
	free(text);
}

static void write_disk(const char *text)
{
	struct nm_error err;

	assert_int_equal(nm_file_write("plan.conf", text, strlen(text), false, &err), NM_OK);
}

/* The file as somebody else leaves it. */
static void others_edit(struct stage *stage)
{
	char *text = stage_plan(stage);

	memcpy(strstr(text, "Smith"), "Jones", 5);
	write_disk(text);
	free(text);
}

/* A long name is cut, and what is live left out: not that something is not saved. */
static void what_is_not_saved_is_seen_beside_any_name(void **state)
{
	static const int widths[] = { 80, 40 };
	const struct nm_edit name = { .op = NM_EDIT_SET, .place = { "", NULL, -1 }, .option = "business",
				      .value = "\"Smith and Daughters Plumbing and Heating\"" };
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		stage_open(&stage, &(struct stage_options){ .screen = "plan", .width = widths[i], .height = 24 });
		assert_true(app_edit(&stage.app, &name, 1, "business"));
		stage_keys(&stage, "2");
		stage_shows(&stage, "1 not saved");
		stage_shows(&stage, "Smith");
		stage_close(&stage);
	}
}

static void an_edit_is_not_saved_before_it_is_asked(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	stage_shows(&stage, "1 edit, not saved");
	expect_file(&stage, "for = 12s", false);
	stage_keys(&stage, "W");
	stage_golden(&stage, "plan-save-asked");
	stage_keys(&stage, "n");
	expect_file(&stage, "for = 12s", false);
	stage_keys(&stage, "W y");
	stage_shows(&stage, "plan saved");
	stage_shows(&stage, "saved: 1 edit");
	expect_file(&stage, "for = 12s", true);
	stage_keys(&stage, "W");
	stage_shows(&stage, "there is nothing to save");
	stage_close(&stage);
}

/* The hours of business end an hour earlier: another one answers first then, on weekdays. */
static void end_earlier(struct stage *stage)
{
	const struct nm_edit hours = {
		.op = NM_EDIT_SET,
		.place = {"schedule", "business", -1},
		.option = "hours",
		.value = "\"Mo-Fr 08:00-17:00; Sa 09:00-13:00; PH off\"",
	};

	assert_true(app_edit(&stage->app, &hours, 1, "hours of business"));
	stage_keys(stage, "2");
}

/* In every look, and in windows whose columns are of an hour. */
static void what_changes_is_shown_on_the_week(void **state)
{
	static const struct {
		const char *name;
		int width, height;
	} sizes[] = {{"change-week-66x24", 66, 24}, {"change-week-40x30", 40, 30}};

	(void)state;
	stage_golden_looks("change-week", &(struct stage_options){.screen = "plan", .keys = "W"}, end_earlier);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct stage stage;

		stage_open(&stage, &(struct stage_options){.screen = "plan", .width = sizes[i].width, .height = sizes[i].height});
		end_earlier(&stage);
		stage_keys(&stage, "W");
		stage_golden(&stage, sizes[i].name);
		stage_close(&stage);
	}
}

/* The business is named in what those who are alerted are texted, and no caller gets anything else. */
static void other_words_for_the_staff_are_nothing_to_callers(void **state)
{
	const struct nm_edit alert = {
		.op = NM_EDIT_SET, .place = {"emergency", NULL, -1}, .option = "alert", .value = "owner"};
	const struct nm_edit name = {
		.op = NM_EDIT_SET, .place = {"", NULL, -1}, .option = "business", .value = "\"Jones Plumbing\""};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	assert_true(app_edit(&stage.app, &alert, 1, "alert"));
	stage_keys(&stage, "2 W y");
	assert_true(app_edit(&stage.app, &name, 1, "business"));
	stage_keys(&stage, "2 W");
	stage_golden(&stage, "plan-save-staff");
	stage_hides(&stage, "who answers first");
	stage_hides(&stage, "h a week");
	stage_close(&stage);
}

/* An override that ends within a half hour: what is asked about is what the week then shows. */
static void what_is_asked_about_is_what_the_week_shows(void **state)
{
	const struct nm_edit add = {
		.op = NM_EDIT_ADD,
		.place = {.section = "override", .step = -1},
		.value = "override o { from = \"2026-11-22 21:00\"  until = \"2026-11-22 21:50\"  path = daytime }",
	};
	static const char before[] = "Sun 22   ......fffffffffffffffffffffffffffffffffffffffff";
	struct stage stage;

	(void)state;
	open_plan(&stage);
	assert_true(app_edit(&stage.app, &add, 1, "override o"));
	stage_keys(&stage, "2 w");
	stage_shows(&stage, before);
	stage_shows(&stage, "will be                                            O+");
	stage_keys(&stage, "Escape 3");
	stage_shows(&stage, "Sun 22 *......ffffffffffffffffffffffffffffffffffffOfffff");
	stage_close(&stage);
}

static void add_second_line(struct stage *stage)
{
	const struct nm_edit add = {
		.op = NM_EDIT_ADD,
		.place = {.section = "line", .step = -1},
		.value = "line second { number = \"+15125550144\"  account = sandbox }",
	};

	assert_true(app_edit(&stage->app, &add, 1, "line second"));
}

/* Its number is what people call: nothing is said to end or begin, and its week is that of both names. */
static void a_line_of_another_name_is_the_same(void **state)
{
	const struct nm_edit rename = {
		.op = NM_EDIT_RENAME, .place = {.section = "line", .title = "main", .step = -1}, .value = "front"};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	assert_true(app_edit(&stage.app, &rename, 1, "line front"));
	stage_keys(&stage, "2 W");
	stage_shows(&stage, "line main is now called front");
	stage_shows(&stage, "nothing changes for any caller");
	stage_hides(&stage, "no such line");
	stage_hides(&stage, "will be");
	stage_keys(&stage, "Escape");
	end_earlier(&stage);
	stage_keys(&stage, "w");
	stage_shows(&stage, "front · who answers first · 23-29 Nov 2026");
	stage_shows(&stage, "Mon-Wed  ffffff");
	stage_shows(&stage, "will be");
	stage_close(&stage);
}

/* Of a line that comes or goes there is one week, and no empty rows of the other. */
static void a_line_that_only_one_plan_has_has_one_week(void **state)
{
	const struct nm_edit gone = {
		.op = NM_EDIT_REMOVE, .place = {.section = "line", .title = "second", .step = -1}};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	add_second_line(&stage);
	stage_keys(&stage, "2 w");
	stage_shows(&stage, "second · who will answer first");
	stage_hides(&stage, "will be");
	stage_keys(&stage, "Escape W y");
	assert_true(app_edit(&stage.app, &gone, 1, "line second"));
	stage_keys(&stage, "2 w");
	stage_shows(&stage, "second · who answered first");
	stage_hides(&stage, "will be");
	stage_close(&stage);
}

/* From the first week with a change on, and not before now; a holiday's week has another day less. */
static void other_weeks_are_gone_to(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	end_earlier(&stage);
	stage_keys(&stage, "w");
	stage_shows(&stage, "main · who answers first · 23-29 Nov 2026");
	stage_shows(&stage, "Mon-Wed");
	stage_shows(&stage, "Fri 27"); /* Thursday is Thanksgiving */
	stage_keys(&stage, "Left");
	stage_shows(&stage, "16-22 Nov 2026");
	stage_shows(&stage, "nothing changes in this week");
	stage_keys(&stage, "Left");
	stage_shows(&stage, "16-22 Nov 2026");
	stage_keys(&stage, "Right Right");
	stage_shows(&stage, "30 Nov - 6 Dec 2026");
	stage_keys(&stage, "Escape W Right");
	stage_shows(&stage, "30 Nov - 6 Dec 2026");
	stage_keys(&stage, "L");
	stage_shows(&stage, "23-29 Nov 2026"); /* it is the only line that changes */
	stage_close(&stage);
}

/* What calls to each line get is its own week; one that is new had nobody before. */
static void each_line_has_its_week(void **state)
{
	const struct nm_edit rings = {
		.op = NM_EDIT_SET, .place = {"path", "escalate", 0}, .option = "for", .value = "15s"};
	const struct nm_edit line = {
		.op = NM_EDIT_ADD,
		.place = {.section = "line", .step = -1},
		.value = "line shop { number = \"+15125550191\"  account = sandbox }",
	};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	end_earlier(&stage);
	assert_true(app_edit(&stage.app, &rings, 1, "for of step 1 of path escalate"));
	assert_true(app_edit(&stage.app, &line, 1, "line shop"));
	stage_keys(&stage, "2 w");
	stage_shows(&stage, "L line");
	stage_golden(&stage, "change-week-lines");
	stage_keys(&stage, "L");
	stage_golden(&stage, "change-week-lines-2");
	stage_keys(&stage, "L");
	stage_golden(&stage, "change-week-lines-3");
	stage_close(&stage);
}

/* What an edit would break is said before it is saved. */
static void what_check_would_find_is_told_before_saving(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 40});
	edit(&stage, "60s");
	stage_keys(&stage, "W");
	stage_shows(&stage, "check then finds  warning  too-slow");
	stage_hides(&stage, "finds  error  swallowed"); /* that was so before */
	stage_close(&stage);
}

#define FILE_NAME "plan.conf"

static struct nm_finding at_line(int line, const char *id, const char *message)
{
	return (struct nm_finding){.id = id, .message = message, .severity = NM_SEVERITY_WARNING, .pos = {FILE_NAME, line, line}};
}

/* What is told of two texts and of what check finds with each, one row below the other. */
static void expect_told(const char *before, struct nm_finding *was, size_t n_was, const char *after, struct nm_finding *then,
			size_t n_then, const char *expected)
{
	const struct nm_findings findings[] = {{.n = n_was, .items = was}, {.n = n_then, .items = then}};
	const struct change change = {.before = {before, strlen(before)}, .after = {after, strlen(after)}, .was = &findings[0], .then = &findings[1]};
	struct notes notes;
	struct nm_buf told;

	notes_init(&notes);
	nm_buf_init(&told, 1u << 16);
	change_findings(&notes, FILE_NAME, &change);
	for (size_t i = 0; i < notes.n; i++)
		nm_buf_addf(&told, "%s\n", notes.items[i].text);
	assert_string_equal(told.data, expected);
	nm_buf_clear(&told);
	notes_clear(&notes);
}

/* The same finding is the one of the same place, wherever that stands now, however it is told; else the one told so. */
static void a_finding_is_followed_through_an_edit(void **state)
{
	static const char before[] = "rule a { path = p\n  during = d }\nrule b { path = p }\n";
	static const char below[] = "# more\nrule a { path = p\n  during = d }\nrule b { path = p }\n";
	static const char renamed[] = "rule a { path = p\n  during = d }\nrule c { path = p }\n";
	struct nm_finding was[] = {at_line(3, "shadowed", "rule b never decides")};
	struct nm_finding moved[] = {at_line(4, "shadowed", "rule b never decides")};
	struct nm_finding reworded[] = {at_line(4, "shadowed", "rule b hardly decides")};
	struct nm_finding other[] = {at_line(2, "shadowed", "rule a never decides")};
	struct nm_finding another[] = {at_line(3, "unused", "rule b never decides")};
	struct nm_finding two[] = {at_line(3, "shadowed", "rule b hardly decides"), at_line(3, "shadowed", "rule b never decides")};

	(void)state;
	expect_told(before, was, 1, below, moved, 1, "check finds the same 1 as before\n");
	expect_told(before, was, 1, renamed, was, 1, "check finds the same 1 as before\n");
	expect_told(before, was, 1, below, reworded, 1,
		    "check still finds, in other words  warning  shadowed  rule b hardly decides\n");
	expect_told(before, was, 1, before, other, 1,
		    "check then finds  warning  shadowed  rule a never decides\n"
		    "check no longer finds  warning  shadowed  rule b never decides\n");
	expect_told(before, was, 1, before, another, 1,
		    "check then finds  warning  unused  rule b never decides\n"
		    "check no longer finds  warning  shadowed  rule b never decides\n");
	/* One finding is the same as one other, and the one that is told alike is. */
	expect_told(before, was, 1, before, two, 2,
		    "check then finds  warning  shadowed  rule b hardly decides\ncheck still finds 1 more\n");
	expect_told(before, two, 2, before, was, 1,
		    "check no longer finds  warning  shadowed  rule b hardly decides\ncheck still finds 1 more\n");
	expect_told(before, was, 0, before, was, 0, "");
}

/* Two options of a section are two places; what another file says does not move. */
static void a_place_is_an_option_and_a_file(void **state)
{
	static const char before[] = "rule a { path = p\n  during = d }\n", below[] = "\nrule a { path = p\n  during = d }\n";
	struct nm_finding was[] = {at_line(1, "unused", "p"), at_line(2, "unused", "d")};
	struct nm_finding then[] = {at_line(3, "unused", "e")};

	(void)state;
	expect_told(before, was, 2, below, then, 1,
		    "check still finds, in other words  warning  unused  e\n"
		    "check no longer finds  warning  unused  p\n");
	was[0].pos.file = then[0].pos.file = "other.conf";
	expect_told(before, was, 1, below, then, 1,
		    "check then finds  warning  unused  e\ncheck no longer finds  warning  unused  p\n");
	then[0].pos.line = 1;
	expect_told(before, was, 1, below, then, 1, "check still finds, in other words  warning  unused  e\n");
}

static void expect_same_notes(const struct notes *a, const struct notes *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->lead, b->lead);
	for (size_t i = 0; i < a->n; i++)
		assert_string_equal(a->items[i].text, b->items[i].text);
}

/* What is told of edits before they are made is what saving tells of them: here of every mend that check knows. */
static void what_a_mend_does_is_told_as_saving_tells_it(void **state)
{
	const struct nm_findings *findings;
	struct stage stage;
	struct session *session = &stage.session;
	size_t told = 0;

	(void)state;
	open_plan(&stage);
	assert_int_equal(session_findings(session, &findings, NULL), NM_OK);
	for (size_t i = 0, m = 0; i < findings->n; m++) {
		struct notes before, after;
		const char *what;

		if (m == findings->items[i].n_mends) {
			m = (size_t)-1;
			i++;
			continue;
		}
		if (!findings->items[i].mends[m].n)
			continue;
		notes_init(&before);
		notes_init(&after);
		assert_int_equal(change_add(&before, NULL, session, findings->items[i].mends[m].edits,
					    findings->items[i].mends[m].n, NULL), NM_OK);
		assert_int_equal(session_edit(session, findings->items[i].mends[m].edits,
					      findings->items[i].mends[m].n, "a mend", NULL), NM_OK);
		notes_changes(&after, session);
		expect_same_notes(&before, &after);
		told += before.n;
		notes_clear(&before);
		notes_clear(&after);
		assert_int_equal(session_undo(session, false, &what, NULL), NM_OK);
		assert_int_equal(session_findings(session, &findings, NULL), NM_OK);
	}
	assert_true(told > 4);
	stage_close(&stage);
}

static void undo_and_redo_leave_the_file_alone(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	stage_keys(&stage, "W y u");
	stage_shows(&stage, "taken back: for of step 1 of path daytime (not saved yet: W saves)");
	stage_shows(&stage, "1 edit, not saved");
	expect_file(&stage, "for = 12s", true);
	stage_keys(&stage, "C-r");
	stage_shows(&stage, "plan saved");
	stage_close(&stage);
}

static void leaving_with_edits_asks(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	stage_keys(&stage, "q Escape");
	assert_false(stage.app.ended);
	stage_keys(&stage, "q G Enter");
	assert_false(stage.app.ended);
	stage_keys(&stage, "q Enter n");
	assert_false(stage.app.ended);
	stage_keys(&stage, "q Down Enter");
	assert_true(stage.app.ended);
	expect_file(&stage, "for = 12s", false);
	stage_close(&stage);
	open_plan(&stage);
	edit(&stage, "12s");
	stage_keys(&stage, "q Enter y");
	assert_true(stage.app.ended);
	expect_file(&stage, "for = 12s", true);
	stage_close(&stage);
}

static void the_editor_is_not_opened_over_edits(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	stage_keys(&stage, "e");
	stage_shows(&stage, "your editor would open the file without your 1 edit");
	stage_keys(&stage, "Enter y");
	expect_file(&stage, "for = 12s", true);
	stage_shows(&stage, "there is no terminal for an editor");
	stage_close(&stage);
}

/* What is asked and saved at once elsewhere takes no other edits with it. */
static void an_override_saves_no_other_edits(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	stage_keys(&stage, "1 O Enter Enter y");
	stage_shows(&stage, "one more edit that is not saved");
	stage_shows(&stage, " · 2 not saved · override to ");
	expect_file(&stage, "for = 12s", false);
	expect_file(&stage, "by-hand-1", false);
	stage_close(&stage);
}

static void a_changed_file_loses_nothing_on_either_side(void **state)
{
	struct stage stage;
	struct nm_buf mine;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	others_edit(&stage);
	assert_true(app_notice(&stage.app));
	app_draw(&stage.app);
	stage_shows(&stage, "the file changed on disk");
	stage_shows(&stage, "W says what can be done");
	stage_keys(&stage, "W G Enter");
	stage_shows(&stage, "the file changed on disk");
	expect_file(&stage, "Jones Plumbing", true);
	/* theirs, and ours back */
	stage_keys(&stage, "W End Up Enter");
	stage_shows(&stage, " Jones Plumbing · plan saved");
	stage_keys(&stage, "u");
	stage_shows(&stage, " Smith Plumbing · 1 edit, not saved");
	stage_keys(&stage, "C-r");
	stage_shows(&stage, " Jones Plumbing · plan saved");
	/* both, in two files */
	stage_keys(&stage, "u");
	others_edit(&stage);
	stage_keys(&stage, "W Down Down Enter C-u");
	stage_type(&stage, "plan.conf");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "new file plan.conf");
	stage_keys(&stage, "C-u");
	stage_type(&stage, "mine.conf");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "mine.conf has your text");
	nm_buf_init(&mine, 1u << 20);
	assert_int_equal(nm_file_read("mine.conf", 1u << 20, &mine, NULL), NM_OK);
	assert_non_null(strstr(mine.data, "for = 12s"));
	nm_buf_clear(&mine);
	expect_file(&stage, "Jones Plumbing", true);
	stage_close(&stage);
}

/* Moved away or deleted, with edits and without. */
static void a_file_that_is_gone_is_written_again(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	assert_int_equal(rename("plan.conf", "moved.conf"), 0);
	assert_true(app_notice(&stage.app));
	app_draw(&stage.app);
	stage_shows(&stage, " Smith Plumbing · the file is gone");
	stage_shows(&stage, "the plan's file is gone, what you see was read before: W can write it again");
	assert_false(app_notice(&stage.app));
	stage_keys(&stage, "W");
	stage_shows(&stage, "plan.conf is gone: somebody moved or deleted it");
	stage_hides(&stage, "read the file");
	stage_keys(&stage, "End Enter");
	assert_int_not_equal(access("plan.conf", F_OK), 0);
	stage_keys(&stage, "W Enter");
	stage_shows(&stage, "save 1 edit to ");
	expect_file(&stage, "for = 12s", false);
	stage_keys(&stage, "y");
	stage_shows(&stage, "plan saved");
	expect_file(&stage, "for = 12s", true);

	assert_int_equal(unlink("plan.conf"), 0);
	stage_keys(&stage, "W");
	stage_shows(&stage, "plan.conf is gone");
	write_disk("business = \"Somebody else's\"\n");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "is there already and is not overwritten");
	expect_file(&stage, "Somebody else's", true);
	assert_int_equal(unlink("plan.conf"), 0);
	stage_keys(&stage, "W Enter");
	stage_shows(&stage, "the file is there again, as it was");
	stage_shows(&stage, "plan saved");
	expect_file(&stage, "for = 12s", true);
	stage_close(&stage);
}

/* Between the question and the answer. */
static void a_file_that_changes_while_it_is_asked_is_not_overwritten(void **state)
{
	struct stage stage;

	(void)state;
	open_plan(&stage);
	edit(&stage, "12s");
	stage_keys(&stage, "W");
	others_edit(&stage);
	stage_keys(&stage, "y");
	stage_shows(&stage, "the file changed on disk since you began");
	expect_file(&stage, "for = 12s", false);
	expect_file(&stage, "Jones", true);
	stage_close(&stage);
}

/* The same plan in the session of somebody else, who has a name and saves. */
static void sam_saves(const struct stage *stage, const char *from, const char *to)
{
	struct session_options options = stage->session.options;
	struct nm_buf changed;
	struct session sam;
	const char *text, *at;

	options.who = "sam over ssh";
	assert_int_equal(session_open(&sam, &options, NULL), NM_OK);
	text = nm_document_text(sam.document, NULL);
	at = strstr(text, from);
	assert_non_null(at);
	nm_buf_init(&changed, NM_PLAN_BYTES);
	nm_buf_addf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	assert_int_equal(session_replace(&sam, changed.data, changed.len, "renamed", NULL), NM_OK);
	assert_int_equal(session_save(&sam, NULL), NM_OK);
	nm_buf_clear(&changed);
	session_close(&sam);
}

static void notice(struct stage *stage)
{
	app_notice(&stage->app);
	app_derive(&stage->app);
	app_draw(&stage->app);
}

/* Of a session of this program it is known; of any other one, of which the store has heard nothing, it is not, be the text
 * one that somebody saved before. */
static void who_saved_the_plan_is_told(void **state)
{
	struct stage stage;
	char *sams;

	(void)state;
	open_plan(&stage);
	app_settle(&stage.app);
	notice(&stage);
	sam_saves(&stage, "Smith Plumbing", "Sam Plumbing");
	notice(&stage);
	stage_shows(&stage, "sam over ssh saved the plan: it was read again");
	sams = stage_plan(&stage);
	others_edit(&stage);
	notice(&stage);
	stage_shows(&stage, "the plan changed on disk: it was read again");
	write_disk(sams);
	free(sams);
	notice(&stage);
	stage_shows(&stage, "the plan changed on disk: it was read again");
	sam_saves(&stage, "for = 10s", "for = 11s");
	others_edit(&stage);
	notice(&stage);
	stage_shows(&stage, "the plan changed on disk: it was read again");
	sam_saves(&stage, "for = 11s", "for = 14s");
	edit(&stage, "12s");
	notice(&stage);
	stage_shows(&stage, "sam over ssh saved the plan, your text is still here: W says what can be done");
	stage_keys(&stage, "W");
	stage_shows(&stage, "sam over ssh saved the plan since you began: nothing was saved");
	stage_keys(&stage, "End Up Enter");
	stage_shows(&stage, " Sam Plumbing · plan saved");
	edit(&stage, "13s");
	stage_keys(&stage, "W y");
	notice(&stage);
	stage_hides(&stage, "saved the plan");
	stage_close(&stage);
}

/* An edit of path daytime, asked to be saved when Sam has saved another one. */
static void save_after_sam(struct stage *stage, const char *old, const char *new)
{
	open_plan(stage);
	app_settle(&stage->app);
	notice(stage);
	edit(stage, "12s");
	sam_saves(stage, old, new);
	notice(stage);
	stage_keys(stage, "W");
}

static void two_sessions_edits_of_different_sections_become_one(void **state)
{
	struct stage stage;

	(void)state;
	save_after_sam(&stage, "Smith Plumbing", "Sam Plumbing");
	stage_shows(&stage, "sam over ssh saved the plan since you began: nothing was saved");
	stage_keys(&stage, "Down Enter");
	stage_shows(&stage, "changed in the file");
	stage_shows(&stage, "+ business = \"Sam Plumbing\"");
	stage_shows(&stage, "for = 12s");
	stage_keys(&stage, "Escape W Enter");
	stage_shows(&stage, "save 1 edit to ");
	expect_file(&stage, "for = 12s", false);
	stage_keys(&stage, "y");
	stage_shows(&stage, " Sam Plumbing · plan saved");
	expect_file(&stage, "for = 12s", true);
	expect_file(&stage, "Sam Plumbing", true);
	stage_keys(&stage, "u"); /* what is theirs alone, then what was ours alone */
	assert_null(strstr(nm_document_text(stage.session.document, NULL), "for = 12s"));
	assert_non_null(strstr(nm_document_text(stage.session.document, NULL), "Sam Plumbing"));
	stage_keys(&stage, "u");
	assert_non_null(strstr(nm_document_text(stage.session.document, NULL), "for = 12s"));
	assert_non_null(strstr(nm_document_text(stage.session.document, NULL), "Smith Plumbing"));
	stage_close(&stage);
}

/* Of the same section there is one text or the other, and both are shown. */
static void two_sessions_edits_of_one_section_are_refused_and_shown(void **state)
{
	struct stage stage;

	(void)state;
	save_after_sam(&stage, "for = 10s", "for = 11s");
	stage_shows(&stage, "both sides changed path daytime");
	stage_hides(&stage, "on top of it");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "for = 11s");
	stage_shows(&stage, "for = 12s");
	expect_file(&stage, "for = 11s", true);
	assert_non_null(strstr(nm_document_text(stage.session.document, NULL), "for = 12s"));
	stage_close(&stage);
}

#define SECOND "destination nobody { kind = personal  number = \"+15125550188\" }\n"

/* Each in a section of its own, which together are no plan. */
static void what_would_not_read_is_not_put_together(void **state)
{
	const struct nm_edit use = {
		.op = NM_EDIT_SET, .place = {"path", "daytime", 0}, .option = "ring", .value = "nobody"};
	struct stage stage;

	(void)state;
	open_plan(&stage);
	app_settle(&stage.app);
	notice(&stage);
	sam_saves(&stage, "business = ", SECOND "business = ");
	notice(&stage);
	assert_true(app_edit(&stage.app, &use, 1, "ring of step 1"));
	sam_saves(&stage, SECOND, "");
	notice(&stage);
	stage_keys(&stage, "W");
	stage_shows(&stage, "the change would not read: ");
	stage_hides(&stage, "on top of it");
	stage_close(&stage);
}

/* The words of a box as they are, wherever its lines are broken. */
static void unwrap(char *text)
{
	static const char side[] = "\u2502";
	char *to = text;

	for (const char *from = text; *from;) {
		if (!strncmp(from, side, sizeof side - 1))
			from += sizeof side - 1;
		else if (!strchr(" \n", *from))
			*to++ = *from++;
		else if (from++, to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
}

/* Why two texts cannot become one is read whole in the smallest window. */
static void why_two_texts_cannot_become_one_is_told_whole(void **state)
{
	struct stage stage;
	struct nm_buf ours;
	const char *text, *at;
	char *seen;

	(void)state;
	open_plan(&stage);
	app_settle(&stage.app);
	notice(&stage);
	text = nm_document_text(stage.session.document, NULL);
	at = strstr(text, "rule vip");
	nm_buf_init(&ours, NM_PLAN_BYTES);
	nm_buf_addf(&ours, "%.*sdestination somebody { kind = personal  number = \"+15125550187\" }\n%s", (int)(at - text), text, at);
	sam_saves(&stage, "rule vip", SECOND "rule vip");
	assert_int_equal(session_replace(&stage.session, ours.data, ours.len, "another", NULL), NM_OK);
	nm_buf_clear(&ours);
	notice(&stage);
	stage_keys(&stage, "W");
	seen = stage_text(&stage);
	unwrap(seen);
	if (!strstr(seen, "something was added in the same place on both sides: destination nobody"))
		fail_msg("%s", seen);
	free(seen);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(why_two_texts_cannot_become_one_is_told_whole),
		cmocka_unit_test(what_is_not_saved_is_seen_beside_any_name),
		cmocka_unit_test(an_edit_is_not_saved_before_it_is_asked),
		cmocka_unit_test(what_changes_is_shown_on_the_week),
		cmocka_unit_test(other_words_for_the_staff_are_nothing_to_callers),
		cmocka_unit_test(what_is_asked_about_is_what_the_week_shows),
		cmocka_unit_test(a_line_of_another_name_is_the_same),
		cmocka_unit_test(a_line_that_only_one_plan_has_has_one_week),
		cmocka_unit_test(other_weeks_are_gone_to),
		cmocka_unit_test(each_line_has_its_week),
		cmocka_unit_test(what_check_would_find_is_told_before_saving),
		cmocka_unit_test(a_finding_is_followed_through_an_edit),
		cmocka_unit_test(a_place_is_an_option_and_a_file),
		cmocka_unit_test(what_a_mend_does_is_told_as_saving_tells_it),
		cmocka_unit_test(undo_and_redo_leave_the_file_alone),
		cmocka_unit_test(leaving_with_edits_asks),
		cmocka_unit_test(the_editor_is_not_opened_over_edits),
		cmocka_unit_test(an_override_saves_no_other_edits),
		cmocka_unit_test(a_changed_file_loses_nothing_on_either_side),
		cmocka_unit_test(a_file_that_is_gone_is_written_again),
		cmocka_unit_test(a_file_that_changes_while_it_is_asked_is_not_overwritten),
		cmocka_unit_test(who_saved_the_plan_is_told),
		cmocka_unit_test(two_sessions_edits_of_different_sections_become_one),
		cmocka_unit_test(two_sessions_edits_of_one_section_are_refused_and_shown),
		cmocka_unit_test(what_would_not_read_is_not_put_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
