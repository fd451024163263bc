/* SPDX-License-Identifier: MIT */
/*
 * The week's view "one of them fails" and the proof agree on random plans: where the worst that one failure makes of a
 * call is that the phone's own voicemail has it, check says so of the same path and the same phone at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/check.h"
#include "nevermiss/timeline.h"
#include "random_plan.h"
#include "week.h"

#define PLANS 96
#define MONDAY nm_days_from_date(2026, 11, 16)

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

struct looked {
	const struct nm_timeline *timeline;
	const struct nm_findings *findings;
	const struct week *week;
	size_t swallowed, found; /* calls; of them those that check has a finding for */
};

static bool told(const struct nm_findings *findings, const char *path, const char *who, nm_time at)
{
	char phone[64], where[64];
	size_t i, j;

	snprintf(phone, sizeof phone, "if %s's phone ", who);
	snprintf(where, sizeof where, " path %s gets no further", path);
	for (i = 0; i < findings->n; i++) {
		const struct nm_finding *finding = &findings->items[i];

		if (strcmp(finding->id, "failure-swallowed") || !strstr(finding->message, where) ||
		    strncmp(finding->message, phone, strlen(phone)))
			continue;
		for (j = 0; j < finding->n_windows; j++)
			if (finding->windows[j].from <= at && at < finding->windows[j].until)
				return true;
	}
	return false;
}

/* With no human answering the call is lost, or has the end that the failure gives it: other findings are about that,
 * or nobody stands behind the phone. */
static bool ends_so_anyway(const struct nm_timeline *timeline, struct play play, const char *who)
{
	struct nm_simulation *nobody;
	struct nm_error err;
	bool so;

	play.nobody = true;
	assert_int_equal(play_simulate(timeline->plan, &play, false, timeline, &nobody, &err), NM_OK);
	so = nobody->outcome.result == NM_LOST ||
	     (nobody->outcome.result == NM_SWALLOWED && !strcmp(nobody->outcome.answered_by, who));
	nm_simulation_free(nobody);
	return so;
}

static struct week_cell cell_at(const struct looked *looked, nm_time at)
{
	const nm_local local = nm_zone_local(looked->timeline->plan->zone, at);
	const int64_t day = nm_local_day(local);

	assert_in_range(day - looked->week->monday, 0, 6);
	return looked->week->cells[day - looked->week->monday][(local - day * NM_DAY) * WEEK_SLOTS / NM_DAY];
}

static void instant_look(struct looked *looked, nm_time at)
{
	const struct nm_plan *plan = looked->timeline->plan;
	struct play play = week_play(at, &looked->week->subject);
	struct nm_simulation *usual, *worst;
	struct nm_error err;
	const char *who;

	assert_int_equal(play_simulate(plan, &play, true, looked->timeline, &usual, &err), NM_OK);
	assert_int_equal(play_failing(plan, &play, looked->timeline, &usual->outcome, &worst, &who, &err), NM_OK);
	play.n = 0;
	if (worst && worst->outcome.result == NM_SWALLOWED && !strcmp(worst->outcome.answered_by, who)) {
		looked->swallowed++;
		assert_true(cell_at(looked, at).rank >= RANK_VOICEMAIL);
		if (!ends_so_anyway(looked->timeline, play, who)) {
			if (!told(looked->findings, worst->treatment->path, who, at))
				fail_msg("%s on path %s at %lld: the week shows it, check does not", who,
					 worst->treatment->path, (long long)at);
			looked->found++;
		}
	}
	nm_simulation_free(worst);
	nm_simulation_free(usual);
}

static void line_look(struct looked *looked, int line)
{
	const struct nm_timeline *timeline = looked->timeline;
	const struct week_subject subject = { line, VIEW_FAILURE, -1 };
	struct week week;
	struct nm_error err;
	size_t i;

	week_init(&week);
	assert_int_equal(week_read(&week, timeline, MONDAY, &subject, NULL, &err), NM_OK);
	looked->week = &week;
	for (i = 0; i < timeline->n; i++)
		instant_look(looked, timeline->start[i]);
	week_clear(&week);
}

static void a_voicemail_that_the_week_shows_of_a_failure_is_found(void **state)
{
	struct looked looked = { 0 };
	uint64_t seed;
	int line;

	(void)state;
	for (seed = 1; seed <= (uint64_t)random_few(PLANS); seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		const nm_time from = nm_zone_utc(plan->zone, MONDAY * NM_DAY, NULL);
		const nm_time until = nm_zone_utc(plan->zone, (MONDAY + 7) * NM_DAY, NULL);
		const struct nm_check_options options = { .now = from, .from = from, .until = until };
		struct nm_timeline *timeline;
		struct nm_findings findings;
		struct nm_error err;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		assert_int_equal(nm_timeline_build(plan, from, until, &timeline, &err), NM_OK);
		looked.timeline = timeline;
		looked.findings = &findings;
		for (line = 0; line < (int)plan->n_lines; line++)
			line_look(&looked, line);
		nm_timeline_free(timeline);
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
	assert_true(looked.swallowed > looked.found);
	if (random_few(PLANS) == PLANS) /* a tenth of the plans may have none */
		assert_true(looked.found > 50);
}

/* --- one phone under two names --- */

#define PHONES                                                                                                     \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                                  \
	"account a { driver = sandbox }\nline l { number = \"+15125550100\"  account = a }\n"                        \
	"destination owner { kind = personal  number = \"+15125550111\"  own_voicemail = none }\n"                  \
	"destination mailbox { kind = voicemail }\nrule all { path = all }\n"                                        \
	"path all { step { ring = owner } step { ring = backup } step { ring = mailbox } }\n"                       \
	"destination backup { kind = backup  own_voicemail = none  number = "

static enum answer_rank worst_rank(const char *text)
{
	const struct week_subject subject = { 0, VIEW_FAILURE, -1 };
	struct play play = week_play(MONDAY * NM_DAY, &subject);
	struct nm_plan *plan = plan_of_text(text, folder);
	struct nm_simulation *usual, *worst;
	enum answer_rank rank;
	struct nm_error err;
	const char *who;

	assert_int_equal(play_simulate(plan, &play, true, NULL, &usual, &err), NM_OK);
	assert_int_equal(play_failing(plan, &play, NULL, &usual->outcome, &worst, &who, &err), NM_OK);
	assert_string_equal(who, "owner");
	rank = answer_rank(&worst->outcome);
	nm_simulation_free(worst);
	nm_simulation_free(usual);
	nm_plan_free(plan);
	return rank;
}

static void a_phone_that_is_off_answers_under_none_of_its_names(void **state)
{
	(void)state;
	assert_int_equal(worst_rank(PHONES "\"+15125550112\" }\n"), RANK_PEOPLE);
	assert_int_equal(worst_rank(PHONES "\"512 555 0111\" }\n"), RANK_VOICEMAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phone_that_is_off_answers_under_none_of_its_names),
		cmocka_unit_test(a_voicemail_that_the_week_shows_of_a_failure_is_found),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
