/* SPDX-License-Identifier: MIT */
/*
 * What check finds: for each id a plan that shows it and a twin that does not, the call that a finding
 * names, the mend that takes it away, the order, and how a check is stopped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "called.h"
#include "nevermiss/edit.h"
#include "random_plan.h"

/* Sun 22 Nov 2026 05:11 in Chicago */
#define NOW ((nm_time)1795345860)

static const char *source(void)
{
	const char *dir = getenv("NM_SRCDIR");

	return dir ? dir : ".";
}

/* --- a plan of the golden pairs --- */

struct subject {
	struct nm_plan *plan;
	struct nm_findings findings;
	struct nm_line_fact facts[4];
	char names[4][32];
	size_t n_facts;
	struct nm_left_fact left;
	size_t n_left;
	struct nm_test_fact tests;
	struct nm_log_fact log;
	struct nm_agent_fact agent;
	struct nm_calendar_fact calendar;
	size_t n_calendars;
	int64_t crm_refused;
	struct nm_flood_fact flood;
	size_t n_floods;
	struct nm_optout_fact optout;
	size_t n_optouts;
};

static char *file_name(const char *id, const char *which)
{
	struct nm_buf name;

	nm_buf_init(&name, 4096);
	nm_buf_addf(&name, "%s/tests/golden/findings/%s/%s", source(), id, which);
	return nm_buf_take(&name);
}

/* What the store would know: lines `NAME drift|same|unread|untested|left|peaks|slow|silent|alive|refused|flooded`, and phones
 * `NAME opted-out`, as far as such a file is there. */
static void facts_read(struct subject *subject, const char *id, const char *which)
{
	char *name = file_name(id, which);
	FILE *file = fopen(name, "r");
	char word[32];

	free(name);
	/* A store that knows of lines knows of tests: `untested` says that they were never played. */
	subject->tests = (struct nm_test_fact){ true, NOW - 60, NOW - 60 };
	while (file && subject->n_facts < 4 &&
	       fscanf(file, "%31s %31s", subject->names[subject->n_facts], word) == 2) {
		subject->facts[subject->n_facts] = (struct nm_line_fact){
			.line = subject->names[subject->n_facts],
			.pushed = true,
			.known = strcmp(word, "unread") != 0,
			.in_sync = strcmp(word, "drift") != 0 && strcmp(word, "unread") != 0,
			.unread = !strcmp(word, "unread"),
			.read_at = NOW - 60,
			.horizon = NOW + NM_CHECK_HORIZON,
		};
		if (!strcmp(word, "left")) {
			subject->left =
				(struct nm_left_fact){ 15125550198, subject->names[subject->n_facts], "sandbox", NOW - 60 };
			subject->facts[subject->n_facts].line = "";
			subject->n_left = 1;
		}
		if (!strcmp(word, "untested"))
			subject->tests.last = subject->tests.last_after_hours = NM_TIME_MIN;
		if (!strcmp(word, "peaks")) /* 9-11 and 13-15 */
			subject->log.peaks = 3u << 9 | 3u << 13;
		if (!strcmp(word, "slow"))
			subject->log.callback_s = 34 * 60;
		if (!strcmp(word, "refused"))
			subject->crm_refused = 2;
		if (!strcmp(word, "flooded")) {
			subject->flood = (struct nm_flood_fact){ subject->names[subject->n_facts], NOW - 60 };
			subject->n_floods = 1;
		}
		if (!strcmp(word, "opted-out")) {
			subject->optout.destination = subject->names[subject->n_facts];
			subject->facts[subject->n_facts].line = "";
			subject->n_optouts = 1;
		}
		if (!strcmp(word, "silent") || !strcmp(word, "alive"))
			subject->agent = (struct nm_agent_fact){ .known = true, .ran = true, .last = NOW - 3600,
								 .alive = !strcmp(word, "alive") };
		subject->n_facts++;
	}
	if (file)
		fclose(file);
}

static void subject_check(struct subject *subject)
{
	const struct nm_check_options options = {
		.now = NOW,
		.from = NOW,
		.until = NOW + NM_CHECK_HORIZON,
		.n_facts = subject->n_facts,
		.facts = subject->facts,
		.n_left = subject->n_left,
		.left = &subject->left,
		.tests = subject->tests,
		.log = subject->log,
		.agent = subject->agent,
		.n_calendars = subject->n_calendars,
		.calendars = &subject->calendar,
		.crm_refused = subject->crm_refused,
		.n_floods = subject->n_floods,
		.floods = &subject->flood,
		.n_optouts = subject->n_optouts,
		.optouts = &subject->optout,
	};
	struct nm_error err;

	if (nm_check(subject->plan, &options, &subject->findings, &err))
		fail_msg("%s: %s", subject->plan->file, err.text);
}

static void plan_read(const char *file, struct nm_plan **out)
{
	struct nm_diags diags;
	struct nm_error err;

	nm_diags_init(&diags);
	if (nm_plan_read_file(file, out, &diags, &err))
		fail_msg("%s: %s: %s", file, err.text, diags.n ? diags.items[0].text : "");
	nm_diags_clear(&diags);
}

static void subject_read(struct subject *subject, const char *id, const char *which)
{
	char *file, *facts;
	struct nm_buf name;

	memset(subject, 0, sizeof *subject);
	nm_buf_init(&name, 4096);
	nm_buf_addf(&name, "%s.conf", which);
	file = file_name(id, name.data);
	plan_read(file, &subject->plan);
	free(file);
	nm_buf_clear(&name);
	nm_buf_addf(&name, "%s.facts", which);
	facts = nm_buf_take(&name);
	facts_read(subject, id, facts);
	free(facts);
	subject_check(subject);
}

static void subject_clear(struct subject *subject)
{
	nm_findings_clear(&subject->findings);
	nm_plan_free(subject->plan);
}

static const struct nm_finding *find(const struct nm_findings *findings, const char *id)
{
	size_t i;

	for (i = 0; i < findings->n; i++)
		if (!strcmp(findings->items[i].id, id))
			return &findings->items[i];
	return NULL;
}

/* --- the log --- */

static void late_callbacks_of_the_log_are_told(void **state)
{
	const struct nm_finding *finding;
	struct subject subject;

	(void)state;
	subject_read(&subject, "callback-slow", "good");
	nm_findings_clear(&subject.findings);
	subject.log.callback_s = 15 * 60;
	subject_check(&subject);
	assert_null(find(&subject.findings, "callback-slow"));
	nm_findings_clear(&subject.findings);
	subject.log.callback_s = 34 * 60;
	subject_check(&subject);
	finding = find(&subject.findings, "callback-slow");
	assert_non_null(finding);
	assert_string_equal(finding->message,
			    "half of those to call back in the last 30 days waited 34 min or longer");
	subject_clear(&subject);
}

/* Of a block of 9:00-10:30 in a peak of 9-11 all is told; on Saturdays there are no peaks. */
static void a_focus_block_in_a_peak_is_told_with_its_windows(void **state)
{
	const struct nm_finding *finding;
	struct subject subject;

	(void)state;
	subject_read(&subject, "focus-peak", "bad");
	finding = find(&subject.findings, "focus-peak");
	assert_non_null(finding);
	assert_string_equal(finding->message, "focus keeps owner away when most customers call");
	assert_int_equal(finding->n_windows, 4);
	assert_int_equal(finding->windows[0].until - finding->windows[0].from, 5400);
	subject_clear(&subject);
}

/* --- each id --- */

static void the_bad_plan_of_each_id_shows_it_and_its_twin_does_not(void **state)
{
	struct subject subject;
	size_t i;

	(void)state;
	for (i = 0; i < nm_checks_count; i++) {
		const char *id = nm_checks[i].id;

		subject_read(&subject, id, "bad");
		if (!find(&subject.findings, id))
			fail_msg("%s: its bad plan does not show it", id);
		subject_clear(&subject);
		subject_read(&subject, id, "good");
		if (find(&subject.findings, id))
			fail_msg("%s: its good plan shows it: %s", id, find(&subject.findings, id)->message);
		subject_clear(&subject);
	}
}

static void a_finding_says_what_why_where_and_how_to_mend_it(void **state)
{
	struct subject subject;
	size_t i, j;

	(void)state;
	for (i = 0; i < nm_checks_count; i++) {
		subject_read(&subject, nm_checks[i].id, "bad");
		for (j = 0; j < subject.findings.n; j++) {
			const struct nm_finding *finding = &subject.findings.items[j];

			assert_true(strlen(finding->message) > 10);
			assert_true(strlen(finding->why) > 10);
			assert_non_null(finding->pos.file);
			assert_true(finding->pos.line >= 1);
			assert_true(finding->n_mends >= 1);
			assert_true(strlen(finding->mends[0].words) > 5);
			assert_int_equal(!finding->when, !finding->n_windows);
		}
		subject_clear(&subject);
	}
}

static void assert_call_shows(const struct subject *subject, const struct nm_finding *finding)
{
	struct nm_simulation *simulation = called(subject->plan, finding);

	if (!called_shows(subject->plan, finding, simulation))
		fail_msg("%s: its call does not show it", finding->id);
	nm_simulation_free(simulation);
}

static void the_call_of_each_bad_plan_shows_it(void **state)
{
	struct subject subject;
	size_t i, j;

	(void)state;
	for (i = 0; i < nm_checks_count; i++) {
		subject_read(&subject, nm_checks[i].id, "bad");
		for (j = 0; j < subject.findings.n; j++)
			if (subject.findings.items[j].n_call)
				assert_call_shows(&subject, &subject.findings.items[j]);
		subject_clear(&subject);
	}
}

/* --- mends --- */

static char *edited(const char *text, const struct nm_mend *mend, const char *id)
{
	char *now = strdup(text);
	struct nm_error err;
	size_t len = strlen(text);
	size_t i;

	for (i = 0; i < mend->n; i++) {
		char *next;

		if (nm_edit_apply(&mend->edits[i], now, len, &next, &len, &err))
			fail_msg("%s: edit %zu of \"%s\": %s", id, i, mend->words, err.text);
		free(now);
		now = next;
	}
	return now;
}

static size_t count(const struct nm_findings *findings, const char *id)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < findings->n; i++)
		n += !strcmp(findings->items[i].id, id);
	return n;
}

/* Ringing for less time keeps a phone's own voicemail from being faster.  What it takes while the phone is off it
 * took before too: `swallowed` said the more. */
static bool was_there(const struct nm_findings *before, const struct nm_mend *mend, const char *id)
{
	return !strcmp(id, "failure-swallowed") && find(before, "swallowed") && mend->edits[0].option &&
	       !strcmp(mend->edits[0].option, "for");
}

/* A mend that opens the next hole is none; what it leaves without a use may be told. */
static void nothing_new(const struct nm_findings *after, const struct nm_findings *before,
			const struct nm_mend *mend)
{
	size_t i;

	for (i = 0; i < after->n; i++)
		if (after->items[i].severity != NM_SEVERITY_ADVICE && strcmp(after->items[i].id, "unused") &&
		    !find(before, after->items[i].id) && !was_there(before, mend, after->items[i].id))
			fail_msg("\"%s\" makes a new finding: %s", mend->words, after->items[i].message);
}

/* Applies the mend and checks the plan that it makes: less of the id, and nothing new. */
static void mend_try(const struct subject *subject, const struct nm_mend *mend, const char *id)
{
	struct subject mended = { .n_facts = 0 };
	struct nm_diags diags;
	struct nm_error err;
	struct nm_buf text;
	char *after;

	nm_buf_init(&text, NM_PLAN_BYTES);
	assert_int_equal(nm_file_read(subject->plan->file, NM_PLAN_BYTES, &text, &err), NM_OK);
	after = edited(text.data, mend, id);
	nm_diags_init(&diags);
	if (nm_plan_read(subject->plan->file, after, strlen(after), &mended.plan, &diags, &err))
		fail_msg("%s: \"%s\" makes a plan that is wrong: %s: %s", id, mend->words, err.text,
			 diags.n ? diags.items[0].text : "");
	nm_diags_clear(&diags);
	subject_check(&mended);
	nothing_new(&mended.findings, &subject->findings, mend);
	if (count(&mended.findings, id) >= count(&subject->findings, id))
		fail_msg("%s: \"%s\" does not mend it:\n%s", id, mend->words, after);
	subject_clear(&mended);
	nm_buf_clear(&text);
	free(after);
}

static void each_mend_that_edits_takes_its_finding_away(void **state)
{
	struct subject subject;
	size_t applied = 0;
	size_t i, j, k;

	(void)state;
	for (i = 0; i < nm_checks_count; i++) {
		const char *id = nm_checks[i].id;

		subject_read(&subject, id, "bad");
		for (j = 0; j < subject.findings.n; j++) {
			const struct nm_finding *finding = &subject.findings.items[j];

			for (k = 0; !strcmp(finding->id, id) && k < finding->n_mends; k++)
				if (finding->mends[k].n) {
					mend_try(&subject, &finding->mends[k], id);
					applied++;
				}
		}
		subject_clear(&subject);
	}
	assert_true(applied > 20);
}

/* The text with a blank in the name of each section of this kind. */
static char *spaced(char *text, const char *kind, size_t n, const char *(*name)(const struct nm_plan *, size_t),
		    const struct nm_plan *plan)
{
	char *next, longer[256];
	struct nm_edit edit = { .op = NM_EDIT_RENAME, .place = { kind, NULL, -1 }, .value = longer };
	struct nm_error err;
	size_t i, len;

	for (i = 0; i < n; i++) {
		edit.place.title = name(plan, i);
		snprintf(longer, sizeof longer, "my %s", edit.place.title);
		if (nm_edit_apply(&edit, text, strlen(text), &next, &len, &err))
			fail_msg("%s %s: %s", kind, edit.place.title, err.text);
		free(text);
		text = next;
	}
	return text;
}

static const char *name_of_destination(const struct nm_plan *plan, size_t i)
{
	return plan->destinations[i].name;
}

static const char *name_of_path(const struct nm_plan *plan, size_t i)
{
	return plan->paths[i].name;
}

static const char *name_of_schedule(const struct nm_plan *plan, size_t i)
{
	return plan->schedules[i].name;
}

/* The plan again, with a blank in the names that mends write. */
static void subject_spaced(struct subject *subject, struct nm_buf *text)
{
	const struct nm_plan *plan = subject->plan;
	struct nm_plan *spaced_plan;
	struct nm_diags diags;
	struct nm_error err;
	char *now;

	assert_int_equal(nm_file_read(plan->file, NM_PLAN_BYTES, text, &err), NM_OK);
	now = spaced(nm_buf_take(text), "destination", plan->n_destinations, name_of_destination, plan);
	now = spaced(now, "path", plan->n_paths, name_of_path, plan);
	now = spaced(now, "schedule", plan->n_schedules, name_of_schedule, plan);
	nm_buf_add(text, now);
	free(now);
	nm_diags_init(&diags);
	if (nm_plan_read(plan->file, text->data, text->len, &spaced_plan, &diags, &err))
		fail_msg("%s: %s", plan->file, diags.n ? diags.items[0].text : err.text);
	nm_diags_clear(&diags);
	subject_clear(subject);
	subject->plan = spaced_plan;
	subject_check(subject);
}

static void a_mend_quotes_the_names_that_need_it(void **state)
{
	struct subject subject;
	size_t applied = 0;
	size_t i, j, k;

	(void)state;
	for (i = 0; i < nm_checks_count; i++) {
		struct nm_buf text;

		nm_buf_init(&text, NM_PLAN_BYTES);
		subject_read(&subject, nm_checks[i].id, "bad");
		subject_spaced(&subject, &text);
		for (j = 0; j < subject.findings.n; j++)
			for (k = 0; k < subject.findings.items[j].n_mends; k++) {
				const struct nm_mend *mend = &subject.findings.items[j].mends[k];
				char *after = edited(text.data, mend, subject.findings.items[j].id);
				struct nm_plan *plan = NULL;
				struct nm_diags diags;
				struct nm_error err;

				nm_diags_init(&diags);
				if (nm_plan_read(subject.plan->file, after, strlen(after), &plan, &diags, &err))
					fail_msg("%s: \"%s\": %s", nm_checks[i].id, mend->words,
						 diags.n ? diags.items[0].text : err.text);
				applied += mend->n > 0;
				nm_diags_clear(&diags);
				nm_plan_free(plan);
				free(after);
			}
		subject_clear(&subject);
		nm_buf_clear(&text);
	}
	assert_true(applied > 20);
}

/* --- windows, exactly --- */

static void nights_and_weekends_are_told_to_the_second(void **state)
{
	struct subject subject;
	const struct nm_finding *finding;

	(void)state;
	subject_read(&subject, "no-rule", "bad");
	finding = find(&subject.findings, "no-rule");
	assert_int_equal(finding->windows[0].from, NOW);
	/* Mon 23 Nov 08:00 CST, then Mon 18:00 to Tue 08:00 */
	assert_int_equal(finding->windows[0].until, 1795442400);
	assert_int_equal(finding->windows[1].from, 1795442400 + 10 * 3600);
	assert_int_equal(finding->windows[1].until, 1795442400 + 24 * 3600);
	assert_true(finding->hours_per_week > 117 && finding->hours_per_week < 119);
	assert_int_equal(finding->pos.line, subject.plan->rules[0].pos.line);
	assert_string_equal(finding->call[0], "--at");
	assert_string_equal(finding->call[1], "2026-11-22 05:11");
	subject_clear(&subject);
}

/* Two years are not a whole number of weeks. */
static void weekdays_are_five_times_their_hours(void **state)
{
	static const char plan[] =
		"timezone = \"UTC\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"schedule night { hours = \"Mo-Fr 08:00-18:00\" }\n"
		"destination ai { kind = ai number = \"+15125550177\" }\n"
		"path p { step { ring = ai } }\nrule r { outside = night path = p }\n";
	char *folder = random_folder_new();
	struct subject subject = { .n_facts = 0 };

	(void)state;
	subject.plan = plan_of_text(plan, folder);
	subject_check(&subject);
	assert_true(find(&subject.findings, "no-rule")->hours_per_week > 49.999);
	assert_true(find(&subject.findings, "no-rule")->hours_per_week < 50.001);
	subject_clear(&subject);
	random_folder_free(folder);
}

/* What comes once is no matter of hours a week; what stays, or comes often, is. */
static void what_comes_once_is_told_in_all(void **state)
{
	static const struct {
		const char *hours, *amount;
	} cases[] = {
		{ "2026 Dec 24 10:00-12:00", "2 h in all" },
		{ "2026 Dec 20-2027 Jan 2", "14 days in all" },
		{ "Dec 24 10:00-10:30", "1 h in all" },
		{ "Tu 10:00-12:30", "2.5 h a week" },
		{ "24/7; 2026 Dec 24 10:00-12:00 off", "168.0 h a week" },
	};
	char *folder = random_folder_new();
	char plan[800];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct subject subject = { .n_facts = 0 };

		snprintf(plan, sizeof plan,
			 "timezone = \"UTC\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
			 "line main { number = \"+15125550100\" account = box }\n"
			 "schedule off { hours = \"%s\" }\n"
			 "destination ai { kind = ai number = \"+15125550177\" }\n"
			 "path p { step { ring = ai } }\nrule r { outside = off path = p }\n",
			 cases[i].hours);
		subject.plan = plan_of_text(plan, folder);
		subject_check(&subject);
		assert_string_equal(find(&subject.findings, "no-rule")->amount, cases[i].amount);
		subject_clear(&subject);
	}
	random_folder_free(folder);
}

static void an_emergency_by_the_key_is_tried_where_a_greeting_plays(void **state)
{
	static const char plan[] =
		"business = \"Smith Plumbing\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = "
		"sandbox }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"destination mailbox { kind = voicemail%s }\n"
		"path all { step { ring = fixly } step { ring = mailbox } }\n"
		"path escalate { step { ring = fixly } step { ring = mailbox } }\n"
		"rule all { path = all }\nemergency { key = \"9\" path = escalate }\n";
	static const char *const greetings[] = { "", " greeting = \"Hello\"" };
	char *folder = random_folder_new();
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct subject subject = { .n_facts = 0 };
		struct nm_buf text;

		nm_buf_init(&text, 4096);
		nm_buf_addf(&text, plan, greetings[i]);
		subject.plan = plan_of_text(text.data, folder);
		subject_check(&subject);
		assert_int_equal(!!find(&subject.findings, "emergency-no-human"), i == 1);
		assert_int_equal(!!find(&subject.findings, "key-unreachable"), i == 0);
		if (i == 1)
			assert_call_shows(&subject, find(&subject.findings, "emergency-no-human"));
		nm_buf_clear(&text);
		subject_clear(&subject);
	}
	random_folder_free(folder);
}

/* --- too many lines --- */

/* 30 lines, each of which rings the next two. */
static void a_plan_of_too_many_steps_is_told_where_and_breaks_its_guarantees(void **state)
{
	struct subject subject = { .n_facts = 0 };
	char *folder = random_folder_new();
	const struct nm_finding *finding;
	struct nm_buf text;
	size_t i, broken = 0;

	(void)state;
	nm_buf_init(&text, 1 << 16);
	nm_buf_add(
		&text,
		"business = \"Smith\"\ntimezone = \"America/Chicago\"\naccount sandbox { driver = sandbox }\n"
		"destination sam { kind = personal  number = \"+15125550114\"  own_voicemail = none }\n"
		"guarantee g { lines = k0  live = yes }\n"
		"test t { at = \"2026-12-01 10:00\"  line = k0  nobody = yes  expect = lost }\n");
	for (i = 0; i < 30; i++)
		nm_buf_addf(&text,
			    "line k%zu { number = \"+151255520%02zu\"  account = sandbox }\n"
			    "rule k%zu { lines = k%zu  path = k%zu }\n",
			    i, i, i, i, i);
	for (i = 0; i < 28; i++)
		nm_buf_addf(&text,
			    "path k%zu { step { ring = k%zu  for = 9s } step { ring = k%zu  for = 9s } }\n",
			    i, i + 1, i + 2);
	nm_buf_add(&text, "path k28 { step { ring = sam } }\npath k29 { step { ring = sam } }\n");
	subject.plan = plan_of_text(text.data, folder);
	subject_check(&subject);
	finding = find(&subject.findings, "too-many-lines");
	assert_non_null(finding);
	assert_non_null(strstr(finding->message, "line k0 goes through more than 200000 steps"));
	assert_int_equal(finding->pos.line, subject.plan->paths[0].pos.line);
	for (i = 0; i < subject.findings.n; i++)
		if (!strcmp(subject.findings.items[i].id, "guarantee-broken"))
			broken += !!strstr(subject.findings.items[i].message, "too many lines to tell");
	assert_int_equal(broken, 1);
	assert_non_null(find(&subject.findings, "test-failed"));
	nm_buf_clear(&text);
	subject_clear(&subject);
	random_folder_free(folder);
}

/* 20 lines in a circle: a call passes too many before it comes back. */
static void a_loop_longer_than_a_call_goes_is_a_loop_all_the_same(void **state)
{
	struct subject subject = { .n_facts = 0 };
	char *folder = random_folder_new();
	struct nm_buf text;
	size_t i;

	(void)state;
	nm_buf_init(&text, 1 << 16);
	nm_buf_add(
		&text,
		"business = \"Smith\"\ntimezone = \"America/Chicago\"\naccount sandbox { driver = sandbox }\n");
	for (i = 0; i < 20; i++)
		nm_buf_addf(&text,
			    "line k%zu { number = \"+151255520%02zu\"  account = sandbox }\n"
			    "path k%zu { step { ring = k%zu } }\nrule k%zu { lines = k%zu  path = k%zu }\n",
			    i, i, i, (i + 1) % 20, i, i, i);
	subject.plan = plan_of_text(text.data, folder);
	subject_check(&subject);
	assert_non_null(find(&subject.findings, "loop"));
	assert_non_null(
		strstr(find(&subject.findings, "loop")->message, "; simulate follows it over 16 lines"));
	assert_call_shows(&subject, find(&subject.findings, "loop"));
	assert_non_null(find(&subject.findings, "too-many-lines"));
	nm_buf_clear(&text);
	subject_clear(&subject);
	random_folder_free(folder);
}

/* --- the whole --- */

static void findings_are_ordered_by_severity_then_first_window_then_line(void **state)
{
	char *folder = random_folder_new();
	uint64_t seed;
	size_t i;

	(void)state;
	for (seed = 1; seed <= 30; seed++) {
		struct subject subject = { .plan = random_plan_read(seed, folder) };
		const struct nm_finding *items;

		subject_check(&subject);
		items = subject.findings.items;
		for (i = 1; i < subject.findings.n; i++) {
			const nm_time before =
				items[i - 1].n_windows ? items[i - 1].windows[0].from : NM_TIME_MIN;
			const nm_time after = items[i].n_windows ? items[i].windows[0].from : NM_TIME_MIN;

			assert_true(items[i - 1].severity <= items[i].severity);
			if (items[i - 1].severity != items[i].severity)
				continue;
			assert_true(before <= after);
			if (before == after)
				assert_true(items[i - 1].pos.line <= items[i].pos.line);
		}
		assert_int_equal(subject.findings.ok,
				 !subject.findings.n || items[0].severity != NM_SEVERITY_ERROR);
		subject_clear(&subject);
	}
	random_folder_free(folder);
}

static void findings_outlive_the_plan(void **state)
{
	struct subject subject;
	size_t n = 0;
	size_t i, j, k;

	(void)state;
	subject_read(&subject, "loop", "bad");
	nm_plan_free(subject.plan);
	for (i = 0; i < subject.findings.n; i++) {
		const struct nm_finding *finding = &subject.findings.items[i];

		n += strlen(finding->message) + strlen(finding->pos.file);
		for (j = 0; j < finding->n_call; j++)
			n += strlen(finding->call[j]);
		for (j = 0; j < finding->n_mends; j++)
			for (k = 0; k < finding->mends[j].n; k++)
				n += strlen(finding->mends[j].edits[k].place.title
						    ? finding->mends[j].edits[k].place.title
						    : "");
	}
	assert_true(n > 100);
	nm_findings_clear(&subject.findings);
}

static bool stop(void *context, size_t done, size_t all)
{
	int *calls = context;

	assert_true(done <= all);
	return ++*calls < 1;
}

static void progress_can_stop_the_check(void **state)
{
	struct subject subject;
	struct nm_findings findings;
	struct nm_error err;
	int calls = 0;
	struct nm_check_options options = {
		.now = NOW,
		.from = NOW,
		.until = NOW + NM_CHECK_HORIZON,
		.progress = stop,
		.progress_context = &calls,
	};

	(void)state;
	subject_read(&subject, "no-rule", "bad");
	assert_int_equal(nm_check(subject.plan, &options, &findings, &err), NM_REFUSED);
	assert_int_equal(calls, 1);
	subject_clear(&subject);
}

static bool count_asked(void *context, size_t done, size_t all)
{
	assert_true(done < all);
	++*(size_t *)context;
	return true;
}

/* "nothing blocks the keyboard": whoever waits for the proof of a plan of 200 lines is asked within a situation too. */
static void a_plan_of_many_lines_asks_within_a_situation(void **state)
{
	size_t asked = 0;
	struct nm_check_options options = { .now = NOW,
					    .from = NOW,
					    .until = NOW + 7 * (nm_time)NM_DAY,
					    .progress = count_asked,
					    .progress_context = &asked };
	struct nm_findings findings;
	struct nm_plan *plan;
	struct nm_buf text;
	struct nm_error err;

	(void)state;
	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, "business = \"Many\" timezone = \"America/Chicago\" country = \"US\"\n"
			  "account a { driver = sandbox }\n"
			  "destination box { kind = voicemail greeting = \"Many\" }\npath all { step { ring = box } }\n");
	for (int i = 0; i < 200; i++)
		nm_buf_addf(&text, "line l%d { number = \"+1512555%04d\" account = a }\n", i, 1000 + i);
	for (int i = 0; i < 60; i++)
		nm_buf_addf(&text, "callers c%d { numbers = { \"+1737555%04d\" } }\nrule r%d { callers = c%d path = all }\n", i,
			    i, i, i);
	nm_buf_add(&text, "rule rest { path = all }\n");
	plan = plan_of_text(text.data, "/tmp");
	assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
	assert_int_equal(findings.intervals, 1);
	assert_true(asked >= 3); /* 200 lines, 61 classes of callers */
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	nm_buf_clear(&text);
}

static void the_example_plans_have_no_error_and_no_warning(void **state)
{
	struct nm_buf pattern;
	glob_t files;
	size_t i, j;

	(void)state;
	nm_buf_init(&pattern, 4096);
	nm_buf_addf(&pattern, "%s/examples/*.conf", source());
	assert_int_equal(glob(pattern.data, 0, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc; i++) {
		struct subject subject = { .n_facts = 0 };

		plan_read(files.gl_pathv[i], &subject.plan);
		subject_check(&subject);
		for (j = 0; j < subject.findings.n; j++)
			if (subject.findings.items[j].severity != NM_SEVERITY_ADVICE)
				fail_msg("%s: %s: %s", files.gl_pathv[i], subject.findings.items[j].id,
					 subject.findings.items[j].message);
		subject_clear(&subject);
	}
	globfree(&files);
	nm_buf_clear(&pattern);
}

/* What check says of the agent begins so; NULL: nothing. */
static void assert_silent(struct subject *subject, struct nm_agent_fact agent, const char *told)
{
	const struct nm_finding *found = NULL;

	subject->agent = agent;
	subject_check(subject);
	for (size_t i = 0; i < subject->findings.n; i++)
		if (!strcmp(subject->findings.items[i].id, "agent-silent"))
			found = &subject->findings.items[i];
	assert_int_equal(found != NULL, told != NULL);
	assert_int_equal(count(&subject->findings, "agent-silent"), told != NULL);
	if (found && strncmp(found->message, told, strlen(told)))
		fail_msg("not \"%s...\": %s", told, found->message);
	nm_findings_clear(&subject->findings);
}

#define VOIPMS "driver = voipms user = \"u\""
#define TWILIO "driver = twilio sid = \"AC00000000000000000000000000000001\""
#define MISSED "text_back { missed = \"Smith\" }"
#define CRM    "crm { url = \"https://crm.example.org/calls\" }"

#define JOBS   "calendar jobs { url = \"https://example.org/jobs.ics\" refresh = 15m }"

static struct nm_plan *plan_with(const char *folder, const char *sections)
{
	struct nm_plan *plan;
	char *text;

	assert_true(asprintf(&text,
			     "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
			     "account toy { driver = sandbox }\n"
			     "line main { number = \"+15125550100\" account = toy }\n"
			     "destination owner { kind = personal number = \"+15125550111\" }\n"
			     "path all { step { ring = owner } }\nrule all { path = all }\n%s\n",
			     sections) > 0);
	plan = plan_of_text(text, folder);
	free(text);
	return plan;
}

/* A calendar that somebody else fetches needs no agent, until that is twice as long ago as it should be. */
static void a_calendar_that_is_fetched_needs_no_agent(void **state)
{
	static const struct {
		nm_time age;
		const char *told;
	} cases[] = { { 0, NULL }, { 30 * 60, NULL }, { 30 * 60 + 1, "calendar jobs is fetched by the agent, and none runs" } };
	char *folder = random_folder_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct subject subject = { .n_facts = 1, .facts = { { .line = "main", .pushed = true } } };

		subject.n_calendars = 1;
		subject.calendar = (struct nm_calendar_fact){ .calendar = "jobs", .fetched = NOW - cases[i].age };
		subject.plan = plan_with(folder, JOBS);
		assert_silent(&subject, (struct nm_agent_fact){ .known = true }, cases[i].told);
		subject_clear(&subject);
	}
	random_folder_free(folder);
}

/* Late follow-ups are told by nobody when the agent does not run; where nothing was ever pushed, it is not missed. */
static void late_follow_ups_need_the_agent(void **state)
{
	static const struct nm_agent_fact late = { .known = true, .late = true };
	struct subject subject = { .n_facts = 1, .facts = { { .line = "main", .pushed = true } } };
	char *folder = random_folder_new();

	(void)state;
	subject.plan = plan_with(folder, "follow_up { within = 15m }");
	assert_silent(&subject, late, "follow-ups are late of which the agent tells the owner, and none runs");
	assert_silent(&subject, (struct nm_agent_fact){ .known = true }, NULL);
	assert_silent(&subject, (struct nm_agent_fact){ .known = true, .ran = true, .alive = true, .late = true }, NULL);
	subject.facts[0].pushed = false;
	assert_silent(&subject, late, NULL);
	subject_clear(&subject);
	random_folder_free(folder);
}

/* What only the agent does, and for a line of which carrier: who needs an agent for it that was never begun. */
static void what_needs_the_agent(void **state)
{
	static const struct {
		const char *account, *of_line, *sections;
		const char *told; /* NULL: nobody */
	} cases[] = {
		{ VOIPMS, "", "emergency { lines = main path = all alert = owner }", "an emergency's people" },
		{ VOIPMS, "", "emergency { lines = other path = all alert = owner }", NULL },
		{ VOIPMS, "", "emergency { lines = main path = all }", NULL },
		{ "driver = sandbox", "", "emergency { lines = main path = all alert = owner }", NULL },
		{ TWILIO, "", "emergency { lines = main path = all alert = owner }", NULL },
		{ TWILIO, "", "emergency { lines = main path = all alert = owner acknowledge = 5m then_alert = sam }",
		  "an emergency's people" },
		{ VOIPMS, "", MISSED, "missed callers" },
		{ TWILIO, "", MISSED, "missed callers" },
		{ TWILIO, "text_in_flow = yes", MISSED, NULL },
		{ "driver = sandbox", "", MISSED, NULL },
		{ "driver = manual", "", MISSED CRM, NULL },
		{ VOIPMS, "", CRM, "the CRM" },
		{ TWILIO, "text_in_flow = yes", MISSED CRM, "the CRM" },
		{ "driver = sandbox", "", CRM, NULL },
		{ VOIPMS, "", "", NULL },
		{ VOIPMS, "", JOBS, "calendar jobs is fetched by the agent" },
		{ "driver = sandbox", "", JOBS, "calendar jobs is fetched by the agent" },
	};
	char *folder = random_folder_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct subject subject = { .n_facts = 1, .facts = { { .line = "main", .pushed = true } } };
		char *plan;

		assert_true(asprintf(&plan,
				     "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
				     "account a { %s }\naccount toy { driver = sandbox }\n"
				     "line main { number = \"+15125550100\" account = a %s }\n"
				     "line other { number = \"+15125550101\" account = toy }\n"
				     "destination owner { kind = personal number = \"+15125550111\" }\n"
				     "destination sam { kind = personal number = \"+15125550114\" }\n"
				     "path all { step { ring = owner } }\nrule all { path = all }\n%s\n",
				     cases[i].account, cases[i].of_line, cases[i].sections) > 0);
		subject.plan = plan_of_text(plan, folder);
		assert_silent(&subject, (struct nm_agent_fact){ .known = true }, cases[i].told);
		assert_silent(&subject, (struct nm_agent_fact){ .known = true, .ran = true, .stopped = true }, cases[i].told);
		assert_silent(&subject, (struct nm_agent_fact){ .known = true, .ran = true, .alive = true }, NULL);
		assert_silent(&subject, (struct nm_agent_fact){ .known = true, .alerts_open = 1 }, "an emergency is open");
		assert_silent(&subject, (struct nm_agent_fact){ .known = true, .alive = true, .alerts_open = 1 }, NULL);
		subject.facts[0].pushed = false;
		assert_silent(&subject, (struct nm_agent_fact){ .known = true }, NULL);
		subject_clear(&subject);
		free(plan);
	}
	random_folder_free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_needs_the_agent),
		cmocka_unit_test(a_calendar_that_is_fetched_needs_no_agent),
		cmocka_unit_test(late_follow_ups_need_the_agent),
		cmocka_unit_test(late_callbacks_of_the_log_are_told),
		cmocka_unit_test(a_focus_block_in_a_peak_is_told_with_its_windows),
		cmocka_unit_test(the_bad_plan_of_each_id_shows_it_and_its_twin_does_not),
		cmocka_unit_test(a_finding_says_what_why_where_and_how_to_mend_it),
		cmocka_unit_test(the_call_of_each_bad_plan_shows_it),
		cmocka_unit_test(each_mend_that_edits_takes_its_finding_away),
		cmocka_unit_test(a_mend_quotes_the_names_that_need_it),
		cmocka_unit_test(weekdays_are_five_times_their_hours),
		cmocka_unit_test(what_comes_once_is_told_in_all),
		cmocka_unit_test(nights_and_weekends_are_told_to_the_second),
		cmocka_unit_test(an_emergency_by_the_key_is_tried_where_a_greeting_plays),
		cmocka_unit_test(a_plan_of_too_many_steps_is_told_where_and_breaks_its_guarantees),
		cmocka_unit_test(a_loop_longer_than_a_call_goes_is_a_loop_all_the_same),
		cmocka_unit_test(findings_are_ordered_by_severity_then_first_window_then_line),
		cmocka_unit_test(findings_outlive_the_plan),
		cmocka_unit_test(progress_can_stop_the_check),
		cmocka_unit_test(a_plan_of_many_lines_asks_within_a_situation),
		cmocka_unit_test(the_example_plans_have_no_error_and_no_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
