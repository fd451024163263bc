/* SPDX-License-Identifier: MIT */
/*
 * What is frozen when the agent stops: check says "what would be frozen if it stopped now", against the slow reading of
 * what the plan said when the line was pushed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carrier_rig.h"
#include "nevermiss/carrier.h"
#include "nevermiss/check.h"
#include "nevermiss/live_then.h"
#include "random_plan.h"
#include "slow.h"

#define DAYS 9

#define PLAN                                                                                          \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                     \
	"account tx { driver = sandbox hours = no }\n"                                                \
	"line main { number = \"+15125550100\" account = tx }\n"                                      \
	"schedule day { hours = \"Mo-Fr 08:00-18:00\" }\n"                                            \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"      \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                 \
	"destination box { kind = voicemail }\n"                                                      \
	"path a { step { ring = owner for = 15s } step { ring = box } }\n"                            \
	"path b { step { ring = fixly for = 15s } step { ring = box } }\n"                            \
	"rule open { during = day path = a }\nrule closed { path = b }\n"                             \
	"guarantee \"night live\" { outside = day live = yes within = 10s }\n"

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

static nm_time time_of(const struct nm_plan *plan, const char *text)
{
	struct nm_error err;
	nm_time t = 0;

	if (nm_time_read(text, plan->zone, 0, &t, &err))
		fail_msg("%s", err.text);
	return t;
}

/* A line as the sandbox has it, pushed at `at` by this plan's text. */
struct live {
	struct carrier_line line;
	struct nm_buf text;
	struct nm_live_then then;
	struct nm_line_fact fact;
};

static void live_open(struct live *live, const char *text, const char *at)
{
	struct nm_plan *plan = plan_of_text(text, folder);
	struct nm_error err;

	carrier_line_open(&live->line, nm_carrier_find("sandbox"), &plan->accounts[0], plan, 0, at, 14);
	assert_null(live->line.refusal);
	nm_buf_init(&live->text, 1 << 20);
	assert_int_equal(nm_artefact_write(&live->line.artefact, &live->text, &err), NM_OK);
	live->then = (struct nm_live_then){ .known = NM_LIVE_KNOWN, .text = live->text.data, .driver = "sandbox",
					    .at = live->line.at, .push = 7 };
	live->fact = (struct nm_line_fact){ .line = "main", .pushed = true, .known = true, .in_sync = true,
					    .horizon = NM_TIME_MAX, .live = &live->then };
}

static void live_close(struct live *live)
{
	nm_buf_clear(&live->text);
	carrier_line_close(&live->line);
}

static const struct nm_finding *find(const struct nm_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (!strcmp(findings->items[i].id, "agent-dependent"))
			return &findings->items[i];
	return NULL;
}

static void check_at(const struct nm_plan *plan, const struct live *live, const char *now, struct nm_findings *out)
{
	const nm_time at = time_of(plan, now);
	const struct nm_check_options options = { .now = at, .from = at, .until = at + DAYS * (nm_time)NM_DAY,
						  .n_facts = live ? 1 : 0, .facts = live ? &live->fact : NULL };
	struct nm_error err;

	if (nm_check(plan, &options, out, &err))
		fail_msg("%s", err.text);
}

static bool in_windows(const struct nm_finding *finding, nm_time t)
{
	for (size_t i = 0; i < finding->n_windows; i++)
		if (t >= finding->windows[i].from && t < finding->windows[i].until)
			return true;
	return false;
}

/* Frozen is what held when it was pushed, at whatever time somebody asks: the windows are those in which the slow reading
 * takes another path than it took then. */
static void what_was_pushed_is_what_is_frozen(void **state)
{
	static const char *const pushed[] = { "2026-11-25 10:00", "2026-11-25 20:00", "2026-11-21 12:00", "2026-11-25 17:59" };
	static const char *const asked[] = { "2026-11-25 20:00", "2026-11-26 09:00", "2026-11-29 03:00" };

	(void)state;
	for (size_t p = 0; p < 4; p++) {
		for (size_t a = 0; a < 3; a++) {
			struct nm_findings findings;
			const struct nm_finding *finding;
			const struct nm_plan *plan;
			struct slow slow;
			struct live live;
			int then;

			live_open(&live, PLAN, pushed[p]);
			plan = live.line.plan;
			check_at(plan, &live, asked[a], &findings);
			finding = find(&findings);
			assert_non_null(finding);
			slow_init(&slow, plan, live.line.at - NM_DAY, findings.until + NM_DAY);
			then = slow_decide(&slow, live.line.at, 0, (struct nm_caller){ 0 }, false).path;
			assert_non_null(strstr(finding->message, then == 0 ? "force: owner 15 s" : "force: fixly 15 s"));
			assert_non_null(strstr(finding->message, "what was pushed "));
			assert_int_equal(strstr(finding->message, "\"night live\"") != NULL, then == 0);
			for (nm_time t = findings.from; t < findings.until; t += 10 * 60)
				assert_int_equal(in_windows(finding, t),
						 slow_decide(&slow, t, 0, (struct nm_caller){ 0 }, false).path != then);
			slow_clear(&slow);
			nm_findings_clear(&findings);
			live_close(&live);
		}
	}
}

/* What no state of the plan does any more is frozen all the same, and at no time what the plan says. */
static void what_an_older_text_pushed_is_frozen(void **state)
{
	static const char older[] = "15125550199";
	struct nm_buf text;
	struct nm_findings findings;
	const struct nm_finding *finding;
	struct nm_plan *plan;
	struct live live;
	char *number;

	(void)state;
	nm_buf_init(&text, 1 << 16);
	nm_buf_add(&text, PLAN);
	number = strstr(text.data, "15125550111");
	memcpy(number, older, sizeof older - 1);
	live_open(&live, text.data, "2026-11-25 10:00");
	plan = plan_of_text(PLAN, folder);
	check_at(plan, &live, "2026-11-25 20:00", &findings);
	finding = find(&findings);
	assert_non_null(finding);
	assert_non_null(strstr(finding->message, "\"night live\""));
	for (nm_time t = findings.from; t < findings.until; t += 60 * 60)
		assert_true(in_windows(finding, t));
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	live_close(&live);
	nm_buf_clear(&text);
}

/* Where nothing is known to be live, it is what a push now would leave. */
static void what_nobody_pushed_is_what_is_pushed_now(void **state)
{
	static const enum nm_live_known unknown[] = { NM_LIVE_NOTHING, NM_LIVE_UNDER_WAY, NM_LIVE_FAILED, NM_LIVE_TAKEN_BACK };
	struct nm_findings findings;
	struct live live;

	(void)state;
	live_open(&live, PLAN, "2026-11-25 10:00");
	for (size_t i = 0; i < 4; i++) {
		live.then.known = unknown[i];
		check_at(live.line.plan, &live, "2026-11-25 20:00", &findings);
		assert_non_null(find(&findings));
		assert_non_null(strstr(find(&findings)->message, "what is pushed now stays in force: fixly 15 s"));
		nm_findings_clear(&findings);
	}
	live_close(&live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_pushed_is_what_is_frozen),
		cmocka_unit_test(what_an_older_text_pushed_is_frozen),
		cmocka_unit_test(what_nobody_pushed_is_what_is_pushed_now),
	};

	return cmocka_run_group_tests_name("frozen", tests, setup, teardown);
}
