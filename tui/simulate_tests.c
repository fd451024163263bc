/* SPDX-License-Identifier: MIT */
/*
 * The plan's tests from the Simulate screen: a call becomes one, and all of them are run.
 * In: the call and how it ended.  Out: a section of the plan, a page of results.
 */
#include <stdio.h>
#include <string.h>

#include "plan_parts.h"
#include "prompt.h"
#include "simulate.h"

/* set = { "owner=answer@14s" } */
static void add_settings(const struct play *play, const struct nm_plan *plan, struct nm_buf *out)
{
	for (size_t i = 0; i < play->n; i++) {
		const struct nm_setting *setting = &play->settings[i];
		struct nm_buf text;

		nm_buf_init(&text, 4096);
		nm_buf_addf(&text, "%s=%s", plan->destinations[setting->destination].name,
			    nm_behaviour_name(setting->behaviour));
		if (setting->behaviour == NM_ANSWERS && setting->after_s >= 0)
			nm_buf_addf(&text, "@%ds", setting->after_s);
		nm_buf_add(out, i ? ", " : "\tset = { ");
		nm_edit_quote(text.data, out);
		nm_buf_clear(&text);
	}
	nm_buf_add(out, play->n ? " }\n" : "");
}

/* The call and how it ended, as a test section; false when the language has no word for it. */
static bool test_text(const struct simulate *simulate, const struct app *app, struct nm_buf *out)
{
	const struct play *play = &simulate->play;
	const struct nm_plan *plan = app_plan(app);
	const struct nm_outcome *outcome = &simulate->call->outcome;
	char at[NM_TIME_TEXT], from[NM_NUMBER_TEXT];

	nm_time_argument(plan->zone, play->at, at);
	nm_buf_add(out, "test ");
	if (nm_edit_quote_name(simulate->test_name, out, NULL))
		return false;
	nm_buf_addf(out, " {\n\tat = \"%s\"\n\tline = ", at);
	if (title_write(plan->lines[play->line].name, out, NULL))
		return false;
	nm_buf_add(out, "\n");
	if (play->caller.anonymous || play->caller.number) {
		nm_caller_write(play->caller, from);
		nm_buf_addf(out, "\tfrom = \"%s\"\n", from);
	}
	nm_buf_add(out, play->emergency ? "\temergency = yes\n" : "");
	nm_buf_add(out, play->nobody ? "\tnobody = yes\n" : "");
	if (play->hangup_s >= 0)
		nm_buf_addf(out, "\thangup = %ds\n", play->hangup_s);
	add_settings(play, plan, out);
	if (outcome->result == NM_SWALLOWED)
		return false;
	nm_buf_add(out, "\texpect = ");
	if (outcome->result != NM_ANSWERED || !outcome->answered_by)
		nm_buf_add(out, nm_result_name(outcome->result));
	else if (title_write(outcome->answered_by, out, NULL))
		return false;
	nm_buf_add(out, "\n}");
	return !out->failed;
}

void simulate_test_name(struct app *app, const char *typed)
{
	app_ask(app, TAG_TEST, "name of the test:", "", typed);
}

static bool has_test(const struct nm_plan *plan, const char *name)
{
	for (size_t i = 0; plan && i < plan->n_tests; i++)
		if (strcmp(plan->tests[i].name, name) == 0)
			return true;
	return false;
}

void simulate_test_ask(struct simulate *simulate, struct app *app, const char *name)
{
	struct nm_buf text;
	struct nm_error err;
	struct notes notes;

	nm_buf_init(&text, 1u << 14);
	if (nm_edit_quote_name(name, &text, &err)) {
		app_message(app, STYLE_ERROR, "%s", err.text);
		simulate_test_name(app, name);
		return;
	}
	nm_buf_clear(&text);
	if (has_test(app_plan(app), name)) {
		app_message(app, STYLE_ERROR, "there is a test '%s' already: another name", name);
		simulate_test_name(app, name);
		return;
	}
	/* The file may have changed while the name was asked for. */
	if (!simulate->call) {
		app_error(app, &simulate->err);
		return;
	}
	snprintf(simulate->test_name, sizeof simulate->test_name, "%s", name);
	notes_init(&notes);
	if (test_text(simulate, app, &text)) {
		notes_diff(&notes, "", text.data);
		app_confirm(app, TAG_TEST_SURE, "write this test into the plan?", &notes);
	} else {
		app_message(app, STYLE_WARNING,
			    "no test can expect a phone's own voicemail: mend the plan first (screen 5)");
	}
	notes_clear(&notes);
	nm_buf_clear(&text);
}

void simulate_test_write(struct simulate *simulate, struct app *app)
{
	struct nm_edit edit = {.op = NM_EDIT_ADD, .place = {.section = "test", .step = -1}};
	struct nm_buf text;

	nm_buf_init(&text, 1u << 14);
	if (simulate->call && test_text(simulate, app, &text)) {
		edit.value = text.data;
		app_change(app, &edit, 1, "a test");
	}
	nm_buf_clear(&text);
}

/* How the tests went so far. */
struct tally {
	size_t played, passed, failed;
	bool after_hours;
};

static void run_test(const struct nm_plan *plan, const struct nm_test *test, struct tally *tally, struct notes *notes)
{
	struct nm_test_result result = {0};
	struct nm_error err;

	if (nm_test_run(plan, test, &result, &err)) {
		notes_addf(notes, STYLE_ERROR, "✗ %s: %s", test->name, err.text);
		tally->failed++;
		return;
	}
	tally->played++;
	tally->after_hours |= result.simulation->after_hours;
	*(result.ok ? &tally->passed : &tally->failed) += 1;
	if (result.ok)
		notes_addf(notes, STYLE_GOOD, "✓ %s: %s", test->name, result.got);
	else
		notes_addf(notes, STYLE_ERROR, "✗ %s: expected %s, got %s", test->name, result.expected, result.got);
	nm_simulation_free(result.simulation);
}

void simulate_tests_run(struct app *app)
{
	const struct nm_plan *plan = app_plan(app);
	struct tally tally = {0};
	struct notes notes;
	struct nm_error kept;
	size_t n = 0;
	char title[96];

	notes_init(&notes);
	while (n < plan->n_tests && app_progress(app, "", "tests played", n, plan->n_tests))
		run_test(plan, &plan->tests[n++], &tally, &notes);
	if (plan->n_tests == 0)
		notes_add(&notes, STYLE_DIM, "the plan has no tests: T saves a call as one");
	if (n < plan->n_tests)
		notes_addf(&notes, STYLE_WARNING, "stopped: %zu tests were not played", plan->n_tests - n);
	if (tally.played && session_tests_played(app->session, tally.after_hours, &kept))
		notes_addf(&notes, STYLE_WARNING, "that they were played is not kept: %s", kept.text);
	snprintf(title, sizeof title, "tests: %zu passed, %zu failed", tally.passed, tally.failed);
	app_page(app, title, &notes);
	notes_clear(&notes);
}
