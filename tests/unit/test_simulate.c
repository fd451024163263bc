/* SPDX-License-Identifier: MIT */
/*
 * Whole calls against the slow reading of the plan: who decides, who rings when, how it ends; and the
 * words that go with it, on the plan of design.md section 3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/decide.h"
#include "nevermiss/edit.h"
#include "random_plan.h"
#include "slow.h"

static char *folder;

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	random_folder_free(folder);
	return 0;
}

static nm_time utc(int year, int month, int day, int hour, int minute)
{
	return nm_days_from_date(year, month, day) * NM_DAY + hour * 3600 + minute * 60;
}

/* --- against the slow reading --- */

/* What the random calls have come to: a test that never sees an outcome proves nothing about it. */
static size_t seen_results[NM_LOST + 1], seen_events[NM_EVENT_HANGUP + 1];

static int note_compare(const void *a, const void *b)
{
	const struct slow_note *x = a, *y = b;
	int order = (x->t > y->t) - (x->t < y->t);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order ? order : (int)x->skipped - (int)y->skipped;
}

/* Who began to ring when, and who was not rung because of absence: as the events tell it. */
static size_t notes_of(const struct nm_outcome *outcome, struct slow_note *notes)
{
	size_t n = 0;

	for (size_t i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];
		bool skip = event->kind == NM_EVENT_SKIP &&
			    (!strncmp(event->why, "away", 4) || !strncmp(event->why, "outside", 7));

		for (size_t k = 0; k < event->n && (skip || event->kind == NM_EVENT_RING); k++)
			notes[n++] = (struct slow_note){ event->t, event->to[k], skip };
	}
	qsort(notes, n, sizeof(*notes), note_compare);
	return n;
}

static void call_print(const struct nm_plan *plan, const struct nm_call *call,
		       const struct nm_outcome *outcome, const struct slow_outcome *slow)
{
	char number[NM_NUMBER_TEXT], at[NM_TIME_TEXT];

	nm_caller_write(call->caller, number);
	nm_time_argument(plan->zone, call->at, at);
	fprintf(stderr, "%s: call at %s to %s from %s%s, hang up %d\n", plan->business, at,
		plan->lines[call->line].name, number, call->emergency ? ", emergency" : "",
		call->script.hangup_s);
	for (size_t i = 0; i < call->script.n; i++)
		fprintf(stderr, "  %s %s %d\n", call->script.settings[i].name,
			nm_behaviour_name(call->script.settings[i].behaviour),
			call->script.settings[i].after_s);
	fprintf(stderr, "got %s by %s at %d\n", nm_result_name(outcome->result), outcome->answered_by,
		outcome->ended_s);
	for (size_t i = 0; i < outcome->n; i++)
		fprintf(stderr, "  %d %s %s (%s)\n", outcome->events[i].t,
			nm_event_name(outcome->events[i].kind),
			outcome->events[i].n ? outcome->events[i].to[0] : "", outcome->events[i].why);
	fprintf(stderr, "slow %s by %s at %d\n", nm_result_name(slow->result), slow->answered_by,
		slow->ended_s);
	for (size_t i = 0; i < slow->n; i++)
		fprintf(stderr, "  %d %s %s\n", slow->notes[i].t, slow->notes[i].skipped ? "skip" : "ring",
			slow->notes[i].name);
}

static bool text_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool notes_equal(const struct nm_outcome *outcome, struct slow_outcome *slow)
{
	static struct slow_note notes[SLOW_NOTES * 4];
	size_t n = notes_of(outcome, notes);

	qsort(slow->notes, slow->n, sizeof(*slow->notes), note_compare);
	if (n != slow->n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (note_compare(&notes[i], &slow->notes[i]))
			return false;
	return true;
}

static bool rule_equal(const struct nm_plan *plan, const char *rule, const struct slow_decision *slow)
{
	char words[128];

	switch (slow->by) {
	case NM_BY_RULE:
		return text_equal(rule, plan->rules[slow->index].name);
	case NM_BY_OVERRIDE:
		snprintf(words, sizeof words, "override %s", plan->overrides[slow->index].rule.name);
		return text_equal(rule, words);
	case NM_BY_EMERGENCY:
		return text_equal(rule, "emergency");
	case NM_BY_NOTHING:
		break;
	}
	return rule == NULL;
}

static void assert_call(const struct slow *slow, const struct nm_timeline *timeline,
			const struct nm_call *call)
{
	static struct slow_outcome expected;
	const struct nm_plan *plan = slow->plan;
	struct nm_simulation *simulation, *quick;
	const struct nm_outcome *outcome;
	struct nm_error err;
	bool same;

	slow_play(slow, call, &expected);
	assert_int_equal(nm_simulate_on(timeline, call, true, &simulation, &err), NM_OK);
	assert_int_equal(nm_simulate_on(timeline, call, false, &quick, &err), NM_OK);
	outcome = &simulation->outcome;
	same = rule_equal(plan, simulation->treatment->rule, &expected.decision) &&
	       outcome->result == expected.result && text_equal(outcome->answered_by, expected.answered_by) &&
	       outcome->seconds == expected.seconds && outcome->ended_s == expected.ended_s &&
	       text_equal(simulation->text_back, expected.text_back) && notes_equal(outcome, &expected) &&
	       quick->outcome.result == outcome->result && quick->outcome.ended_s == outcome->ended_s &&
	       text_equal(quick->outcome.answered_by, outcome->answered_by);
	if (!same) {
		call_print(plan, call, outcome, &expected);
		fail_msg("they differ");
	}
	seen_results[outcome->result]++;
	for (size_t i = 0; i < outcome->n; i++)
		seen_events[outcome->events[i].kind]++;
	if (outcome->seconds >= 0)
		assert_int_equal(outcome->rings, (outcome->seconds + 5) / 6);
	for (size_t i = 1; i < outcome->n; i++)
		assert_true(outcome->events[i - 1].t <= outcome->events[i].t);
	nm_simulation_free(simulation);
	nm_simulation_free(quick);
}

static const nm_number numbers[] = { 0,		  12125550100, 12125550199, 17375550142, 17375550143,
				     17375559999, 17370000000, 13125550001, 49301234567, 1737555 };

#define SETTINGS 6

static void random_call(const struct nm_plan *plan, uint64_t *random, nm_time at,
			struct nm_script_setting *settings, struct nm_call *call)
{
	size_t n = random_below(random, SETTINGS + 1);

	*call = (struct nm_call){ .at = at };
	call->line = (int)random_below(random, (uint32_t)plan->n_lines);
	call->caller.anonymous = random_below(random, 6) == 0;
	if (!call->caller.anonymous)
		call->caller.number = numbers[random_below(random, sizeof numbers / sizeof numbers[0])];
	call->emergency = random_below(random, 5) == 0;
	call->script.nobody = random_below(random, 2);
	call->script.hangup_s = random_below(random, 3) ? -1 : (int)random_below(random, 60);
	for (size_t i = 0; i < n; i++) {
		settings[i].name =
			plan->destinations[random_below(random, (uint32_t)plan->n_destinations)].name;
		settings[i].behaviour = (enum nm_behaviour)random_below(random, 5);
		settings[i].after_s = (int)random_below(random, 30) - 1;
	}
	call->script.n = n;
	call->script.settings = settings;
}

static void test_random_calls_equal_the_slow_reading(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 250; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		uint64_t random = seed * 77;
		nm_time from = utc(2026, 1, 1, 0, 0) + random_below(&random, 330 * NM_DAY);
		nm_time until = from + 20 * NM_DAY;
		struct nm_timeline *timeline;
		struct nm_error err;
		struct slow slow;

		assert_int_equal(nm_timeline_build(plan, from, until, &timeline, &err), NM_OK);
		slow_init(&slow, plan, from, until);
		for (int i = 0; i < 60; i++) {
			struct nm_script_setting settings[SETTINGS];
			nm_time at = from + random_below(&random, 20 * NM_DAY);
			struct nm_call call;

			/* every other one at a boundary, or a second before */
			if (i % 2 && timeline->n > 1)
				at = timeline->start[1 + random_below(&random, (uint32_t)timeline->n - 1)] -
				     i / 2 % 2;
			random_call(plan, &random, at, settings, &call);
			assert_call(&slow, timeline, &call);
		}
		slow_clear(&slow);
		nm_timeline_free(timeline);
		nm_plan_free(plan);
	}
	for (size_t i = 0; i <= NM_LOST; i++)
		assert_true(seen_results[i] > 20);
	for (size_t i = 0; i <= NM_EVENT_HANGUP; i++)
		assert_true(seen_events[i] > 20);
}

/* --- the words, on the plan of design.md section 3 --- */

static const char holidays[] =
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//nevermiss//tests//EN\r\n"
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20250101T000000Z\r\nSUMMARY:Thanksgiving Day\r\n"
	"DTSTART;VALUE=DATE:20261126\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static const char jobs[] =
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//nevermiss//tests//EN\r\n"
	"BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20250101T000000Z\r\nSUMMARY:Leak at Miller's\r\n"
	"DTSTART:20261124T150000Z\r\nDTEND:20261124T170000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static const char smith[] =
	"business = \"Smith Plumbing\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
	"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\"  account = sandbox }\n"
	"line hotline { number = \"+15125550190\"  account = sandbox }\n"
	"calendar us { file = \"us.ics\" }\ncalendar jobs { file = \"jobs.ics\" }\n"
	"schedule business { hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off\"  holidays = us }\n"
	"schedule on-a-job { calendar = jobs }\n"
	"callers spam { numbers = { anonymous, \"+1900*\" } }\n"
	"destination owner { kind = personal  number = \"+15125550111\"  away = { on-a-job }  own_voicemail = 25s  confirm = yes }\n"
	"destination sam { kind = personal  number = \"+15125550114\"  confirm = yes }\n"
	"destination office { kind = backup  role = staff  number = \"+15125550112\"  hours = business  own_voicemail = none }\n"
	"destination fixly { kind = ai  number = \"+15125550177\" }\n"
	"destination mailbox { kind = voicemail  greeting = \"Smith Plumbing. Text us.\" }\n"
	"rotation oncall { members = { owner, sam }  from = \"2026-11-23 08:00\"  every = 1w }\n"
	"path daytime { step { ring = owner  for = 15s } step { ring = { office, sam }  for = 15s }\n"
	"  step { ring = fixly  for = 10s } step { ring = mailbox } }\n"
	"path after-hours { step { ring = fixly  for = 10s } step { ring = mailbox } }\n"
	"path escalate { rounds = 2  step { ring = oncall  for = 20s  confirm = yes }\n"
	"  step { ring = { owner, sam }  for = 25s  confirm = yes } step { ring = fixly } step { ring = mailbox } }\n"
	"rule blocked { callers = spam  reject = busy }\nrule open { during = business  path = daytime }\n"
	"rule closed { path = after-hours }\n"
	"emergency { lines = hotline  key = \"9\"  path = escalate  alert = { owner, oncall } }\n"
	"text_back { missed = \"Missed you\"  away = \"On a job\"  account = sandbox }\n"
	"test \"holiday\" { at = \"2026-11-26 10:00\"  from = \"+15125550199\"  expect = fixly  within = 30s }\n"
	"test \"late\" { at = \"2026-11-23 10:00\"  nobody = yes  expect = fixly  within = 30s }\n"
	"test \"mailbox\" { at = \"2026-11-23 10:00\"  nobody = yes  set = \"fixly=busy\"  expect = mailbox }\n"
	"test \"spam\" { at = \"2026-11-23 10:00\"  from = anonymous  expect = rejected }\n"
	"test \"gone\" { at = \"2026-11-23 10:00\"  hangup = 4s  expect = abandoned  within = 4s }\n"
	"test \"box\" { at = \"2026-11-23 20:00\"  set = { \"fixly=unreachable\" }  expect = voicemail }\n";

static struct nm_plan *smith_plan(void)
{
	struct nm_error err;
	struct nm_buf path;

	nm_buf_init(&path, 4096);
	nm_buf_addf(&path, "%s/us.ics", folder);
	assert_int_equal(nm_file_write(path.data, holidays, strlen(holidays), false, &err), NM_OK);
	nm_buf_clear(&path);
	nm_buf_addf(&path, "%s/jobs.ics", folder);
	assert_int_equal(nm_file_write(path.data, jobs, strlen(jobs), false, &err), NM_OK);
	nm_buf_clear(&path);
	return plan_of_text(smith, folder);
}

static struct nm_simulation *simulate(const struct nm_plan *plan, const char *at, const char *line,
				      const char *from, bool nobody)
{
	struct nm_call call = { .line = nm_plan_find_line(plan, line),
				.script = { .nobody = nobody, .hangup_s = -1 } };
	struct nm_simulation *simulation;
	struct nm_error err;

	assert_int_equal(nm_time_read(at, plan->zone, 0, &call.at, &err), NM_OK);
	assert_int_equal(nm_caller_read(plan, from, &call.caller, &err), NM_OK);
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_OK);
	return simulation;
}

static void assert_events(const struct nm_simulation *simulation, const char *expected)
{
	struct nm_buf text;

	nm_buf_init(&text, 1 << 16);
	for (size_t i = 0; i < simulation->outcome.n; i++) {
		const struct nm_event *event = &simulation->outcome.events[i];

		nm_buf_addf(&text, "%d %s", event->t, nm_event_name(event->kind));
		for (size_t k = 0; k < event->n; k++)
			nm_buf_addf(&text, "%s%s", k > 0 ? "+" : " ", event->to[k]);
		nm_buf_addf(&text, ": %s\n", event->why);
	}
	assert_string_equal(text.data, expected);
	nm_buf_clear(&text);
}

static void test_events_carry_their_reasons(void **unused)
{
	struct nm_plan *plan = smith_plan();
	struct nm_simulation *simulation = simulate(plan, "2026-11-23 14:05", "main", "+15125550199", true);

	(void)unused;
	assert_events(
		simulation,
		"0 ring owner: rule open, step 1, press 1 to accept\n15 no-answer owner: 15 s are over\n"
		"15 ring office: step 2\n15 ring sam: press 1 to accept\n30 no-answer office: 15 s are over\n"
		"30 no-answer sam: 15 s are over\n30 ring fixly: step 3\n33 answer fixly: answers after 3 s\n");
	assert_null(simulation->text_back);
	assert_string_equal(simulation->reasons[simulation->n_reasons - 1].text,
			    "business is on (Mo-Fr 08:00-18:00)");
	nm_simulation_free(simulation);
	simulation = simulate(plan, "2026-11-26 10:00", "main", "unknown", false);
	assert_string_equal(simulation->reasons[3].text, "business is off: PH Thanksgiving Day");
	assert_string_equal(simulation->outcome.answered_by, "fixly");
	nm_simulation_free(simulation);
	simulation = simulate(plan, "2026-11-24 10:00", "main", "unknown", false);
	assert_events(simulation, "0 skip owner: away: on-a-job is on\n0 ring office: rule open, step 2\n"
				  "0 ring sam: press 1 to accept\n6 answer office: answers after 6 s\n");
	nm_simulation_free(simulation);
	nm_plan_free(plan);
}

static void test_an_emergency_alerts_at_once_and_ignores_away(void **unused)
{
	struct nm_plan *plan = smith_plan();
	struct nm_simulation *simulation = simulate(plan, "2026-11-24 10:00", "hotline", "anonymous", false);

	(void)unused;
	assert_events(simulation, "0 alert owner: texted at once\n0 skip sam: not on turn\n"
				  "0 ring owner: emergency, step 1, oncall's turn, press 1 to accept\n"
				  "6 answer owner: accepts after 6 s\n");
	assert_true(simulation->treatment->emergency);
	assert_true(simulation->treatment->steps[0].parties[0].line_id);
	assert_int_equal(simulation->treatment->n, 6);
	nm_simulation_free(simulation);
	nm_plan_free(plan);
}

/* On a line that is none by itself, the key in the greeting makes a call one; the hotline needs no key. */
static void test_an_emergency_on_another_line_begins_with_the_key(void **unused)
{
	struct nm_plan *plan = smith_plan();
	struct nm_call call = { .emergency = true, .script = { .hangup_s = -1 } };
	struct nm_simulation *simulation;
	struct nm_error err;

	(void)unused;
	assert_int_equal(nm_time_read("2026-11-24 10:00", plan->zone, 0, &call.at, &err), NM_OK);
	call.line = nm_plan_find_line(plan, "main");
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_OK);
	assert_events(simulation, "0 key: the caller presses 9 in the voicemail's greeting, and from then on is counted\n0 alert owner: texted at once\n"
				  "0 skip sam: not on turn\n"
				  "0 ring owner: emergency, step 1, oncall's turn, press 1 to accept\n"
				  "6 answer owner: accepts after 6 s\n");
	nm_simulation_free(simulation);
	call.line = nm_plan_find_line(plan, "hotline");
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_OK);
	assert_int_equal(simulation->outcome.events[0].kind, NM_EVENT_ALERT);
	nm_simulation_free(simulation);
	nm_plan_free(plan);
}

static void set_fixly_busy(struct nm_call *call)
{
	static const struct nm_script_setting busy = { "fixly", NM_BUSY, -1 };

	call->script = (struct nm_script){ .nobody = true, .n = 1, .settings = &busy, .hangup_s = -1 };
}

static const char *text_back_at(const struct nm_plan *plan, const char *at, const char *from)
{
	struct nm_call call = { .line = 0 };
	struct nm_simulation *simulation;
	struct nm_error err;
	const char *text;

	set_fixly_busy(&call);
	assert_int_equal(nm_time_read(at, plan->zone, 0, &call.at, &err), NM_OK);
	assert_int_equal(nm_caller_read(plan, from, &call.caller, &err), NM_OK);
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_OK);
	text = simulation->text_back;
	nm_simulation_free(simulation);
	return text;
}

static void test_a_missed_caller_gets_a_text_and_an_anonymous_one_none(void **unused)
{
	struct nm_plan *plan = smith_plan();

	(void)unused;
	assert_string_equal(text_back_at(plan, "2026-11-23 14:05", "+15125550199"), "Missed you");
	assert_string_equal(text_back_at(plan, "2026-11-24 10:00", "+15125550199"), "On a job");
	assert_null(text_back_at(plan, "2026-11-24 10:00", "anonymous"));
	nm_plan_free(plan);
}

static void test_the_plans_tests_are_played(void **unused)
{
	static const struct { bool ok; const char *expected, *got; } results[] = {
		{ true, "fixly within 30 s", "fixly after 3 s" },
		{ false, "fixly within 30 s", "fixly after 33 s" },
		{ true, "mailbox", "mailbox (voicemail) after 30 s" },
		{ true, "rejected", "rejected" },
		{ true, "abandoned within 4 s", "abandoned after 4 s" },
		{ true, "voicemail", "mailbox (voicemail) after 0 s" },
	};
	struct nm_plan *plan = smith_plan();

	(void)unused;
	assert_int_equal(plan->n_tests, sizeof results / sizeof results[0]);
	for (size_t i = 0; i < plan->n_tests; i++) {
		struct nm_test_result result;
		struct nm_error err;

		assert_int_equal(nm_test_run(plan, &plan->tests[i], &result, &err), NM_OK);
		assert_int_equal(result.ok, results[i].ok);
		assert_string_equal(result.expected, results[i].expected);
		assert_string_equal(result.got, results[i].got);
		nm_simulation_free(result.simulation);
	}
	nm_plan_free(plan);
}

static void test_a_call_that_cannot_be_is_refused(void **unused)
{
	struct nm_plan *plan = smith_plan();
	struct nm_simulation *simulation;
	struct nm_call call = { .line = 2 };
	struct nm_error err;

	(void)unused;
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_INPUT);
	call = (struct nm_call){ .line = 0, .at = NM_TIME_MAX };
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_INPUT);
	nm_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_calls_equal_the_slow_reading),
		cmocka_unit_test(test_events_carry_their_reasons),
		cmocka_unit_test(test_an_emergency_alerts_at_once_and_ignores_away),
		cmocka_unit_test(test_an_emergency_on_another_line_begins_with_the_key),
		cmocka_unit_test(test_a_missed_caller_gets_a_text_and_an_anonymous_one_none),
		cmocka_unit_test(test_the_plans_tests_are_played),
		cmocka_unit_test(test_a_call_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests_name("simulate", tests, setup, teardown);
}
