/* SPDX-License-Identifier: MIT */
/*
 * The Check screen: from a finding to its call, or to its place in the plan.  The plans are those that the tests of
 * `check` have for each finding, and one that has findings of the plan as a whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "plan_screen.h"
#include "stage.h"

#define TAB_PLAN     1
#define TAB_SIMULATE 3
#define TAB_CHECK    4
#define PLAN_BYTES   (1u << 16)

static const char whole[] = "business = \"B\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
			    "account box { driver = sandbox }\n"
			    "line main { number = \"+15125550100\" account = box }\n"
			    "destination ai { kind = ai number = \"+15125550177\" }\n"
			    "destination spare { kind = ai number = \"+15125550178\" }\n"
			    "path p { step { ring = ai } }\nrule r { path = p }\n"
			    "follow_up { within = 1h }\n";

/* bad.conf of a finding; false: it is one that comes of another file too. */
static bool read_bad(const char *finding, char out[static PLAN_BYTES])
{
	const char *source = getenv("NM_SRCDIR");
	char path[4096];
	size_t n;
	FILE *file;

	snprintf(path, sizeof path, "%s/tests/golden/findings/%s/bad.conf", source ? source : ".", finding);
	file = fopen(path, "r");
	if (!file)
		return false;
	n = fread(out, 1, PLAN_BYTES - 1, file);
	assert_int_equal(fclose(file), 0);
	out[n] = '\0';
	return !strstr(out, "file =") && !strstr(out, "include");
}

/* Calls try with a stage on Check for each of these plans. */
static void on_each_plan(void (*try)(struct stage *stage))
{
	static char text[PLAN_BYTES];
	size_t tried = 0;

	for (size_t i = 0; i <= nm_checks_count; i++) {
		const char *plan = i < nm_checks_count ? text : whole;
		struct stage stage;

		if (i < nm_checks_count && !read_bad(nm_checks[i].id, text))
			continue;
		stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24, .plan = plan});
		assert_true(stage.session.findings_known);
		try(&stage);
		stage_close(&stage);
		tried++;
	}
	assert_true(tried > nm_checks_count / 2);
}

static void choose(struct stage *stage, size_t finding)
{
	stage_keys(stage, "5 Home");
	while (finding-- > 0)
		stage_keys(stage, "Down");
}

/* The section of the text in which a line lies, its path for a step; the top level where none does. */
static const struct nm_written_section *section_at(const struct nm_written *written, int line)
{
	const struct nm_written_section *found = &written->sections[0];

	for (size_t i = 1; i < written->n; i++) {
		const struct nm_written_section *section = &written->sections[i];

		if (section->step < 0 && section->line <= line && line <= section->end_line)
			found = section;
	}
	return found;
}

static size_t steps_reached;

static void expect_place(struct stage *stage, const struct nm_finding *finding)
{
	const struct plan_screen *screen = stage->app.tabs[TAB_PLAN].state;
	const struct plan_row *row = plan_row_chosen(screen);
	const struct nm_written_option *option = NULL;
	const struct nm_written_section *section;
	const struct nm_written *written;
	struct nm_place place;
	struct nm_error err;

	assert_int_equal(session_written(&stage->session, &written, &err), NM_OK);
	section = section_at(written, finding->pos.line);
	assert_non_null(row);
	assert_string_equal(row->kind->section, section->kind);
	assert_string_equal(row->name ? row->name : "the kind", section->title ? section->title : "");
	for (size_t i = 0; i < written->n && finding->pos.line != section->line; i++) {
		const struct nm_written_section *step = &written->sections[i];

		if (step->step < 0 || finding->pos.line < step->line || finding->pos.line > step->end_line)
			continue;
		assert_non_null(plan_field_chosen(screen));
		assert_int_equal(plan_field_chosen(screen)->step, step->step);
		steps_reached++;
	}
	for (size_t i = 0; i < section->n && section->options[i].line != section->line; i++) {
		if (section->options[i].line == finding->pos.line) {
			assert_non_null(form_option(&screen->form, &place, &option));
			assert_int_equal(option->line, finding->pos.line);
		}
	}
}

static void try_enter(struct stage *stage)
{
	for (size_t i = 0; i < stage->session.findings.n; i++) {
		const struct nm_finding *finding = &stage->session.findings.items[i];

		choose(stage, i);
		stage_keys(stage, "Enter");
		assert_int_equal(stage->app.tab, finding->n_call ? TAB_SIMULATE : TAB_PLAN);
		if (!finding->n_call)
			expect_place(stage, finding);
	}
}

/* What no call shows is shown where it stands in the plan. */
static void enter_leads_to_the_call_or_to_the_place(void **state)
{
	(void)state;
	steps_reached = 0;
	on_each_plan(try_enter);
	assert_true(steps_reached > 0);
}

static void try_rows(struct stage *stage)
{
	const struct plan_screen *screen;

	stage_keys(stage, "2");
	screen = stage->app.tabs[TAB_PLAN].state;
	for (size_t i = 0; i < stage->session.findings.n; i++) {
		size_t n = 0;

		for (size_t r = 0; r < screen->n; r++)
			n += screen->rows[r].name && finding_concerns(&stage->app, &stage->session.findings.items[i],
								      screen->rows[r].pos);
		if (n != 1)
			fail_msg("%s stands at %zu rows", stage->session.findings.items[i].id, n);
	}
}

/* Those of the plan as a whole too. */
static void each_finding_stands_at_one_row_of_the_plan(void **state)
{
	struct stage stage;

	(void)state;
	on_each_plan(try_rows);
	stage_open(&stage, &(struct stage_options){.screen = "plan", .width = 80, .height = 24, .plan = whole});
	stage_keys(&stage, "Home");
	stage_shows(&stage, "no-emergency");
	stage_shows(&stage, "no-text-back");
	stage_hides(&stage, "callback-slow");
	stage_close(&stage);
}

/* What only the owner can say is asked for, from Check and from the plan's own row. */
static void a_section_that_is_missed_is_asked_for(void **state)
{
	static const char *const ways[] = {"5 / s a y s Enter M", "2 Home M Enter"};
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24, .plan = whole});
		stage_keys(&stage, ways[i]);
		assert_int_equal(stage.app.tab, TAB_PLAN);
		assert_int_not_equal(stage.app.depth, 0);
		stage_keys(&stage, "Space Enter Enter");
		assert_non_null(strstr(nm_document_text(stage.session.document, NULL), "emergency {"));
		stage_hides(&stage, "no-emergency");
		stage_close(&stage);
	}
}

/* By its severity, id, sentence and place: all that the list shows of it. */
static void a_finding_is_found_by_what_is_shown_of_it(void **state)
{
	static const char *const words[] = {"no-text", "ADVICE", "missed callers", "plan.conf:1", "callback-slow"};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24, .plan = whole});
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		stage_keys(&stage, "Home /");
		stage_type(&stage, words[i]);
		stage_keys(&stage, "Enter");
		stage_hides(&stage, "is not in this list");
	}
	stage_shows(&stage, "▸· advice   callback-slow");
	stage_keys(&stage, "/");
	stage_type(&stage, "no such");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "no such is not in this list");
	stage_close(&stage);
}

/* What holds as the proof begins is told without its second, and the call that shows it is of a full minute. */
static void what_holds_now_is_said_so(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "check", .width = 80, .height = 24, .now = STAGE_NOW + 2,
						   .plan = "business = \"B\" timezone = \"UTC\"\n"
							   "account a { driver = sandbox } line main { number = \"+15125550100\" account = a }\n"
							   "destination owner { kind = personal number = \"+15125550111\" }\n"
							   "destination mailbox { kind = voicemail }\n"
							   "path p { step { ring = owner for = 60s } step { ring = mailbox } }\n"
							   "rule r { path = p }\n"});
	stage_keys(&stage, "Home");
	stage_shows(&stage, " first   now\n");
	stage_shows(&stage, "--at \"2026-11-22 11:12\" --line");
	stage_hides(&stage, ":02");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_holds_now_is_said_so),
		cmocka_unit_test(enter_leads_to_the_call_or_to_the_place),
		cmocka_unit_test(each_finding_stands_at_one_row_of_the_plan),
		cmocka_unit_test(a_finding_is_found_by_what_is_shown_of_it),
		cmocka_unit_test(a_section_that_is_missed_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
