/* SPDX-License-Identifier: MIT */
/*
 * What a carrier does to a plan counts in its proof: "check proves swallowing and waiting for both ends" of what
 * a carrier may make of a ring time, "and a lowering that loses confirm is proved without it".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/carrier.h"
#include "nevermiss/check.h"
#include "random_plan.h"

#define HEAD                                                                                          \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                     \
	"line main { number = \"+15125550100\" account = carrier handset = owner }\n"                  \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                  \
	"destination owner { kind = personal line = main own_voicemail = %s confirm = %s }\n"          \
	"path day { step { ring = owner for = 15s } step { ring = fixly } }\nrule all { path = day }\n"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* Is there such a finding of this plan on this carrier? */
static bool finds(const char *id, const char *account, const char *own_voicemail, const char *confirm)
{
	char *folder = random_folder_new();
	struct nm_check_options options = { 0 };
	struct nm_findings findings;
	struct nm_plan *plan;
	struct nm_error err;
	bool found = false;
	struct nm_buf text;

	nm_buf_init(&text, 1 << 16);
	nm_buf_addf(&text, "account carrier { %s }\n", account);
	nm_buf_addf(&text, HEAD, own_voicemail, confirm);
	plan = plan_of_text(text.data, folder);
	ok(nm_time_read("2026-11-23 12:00", plan->zone, 0, &options.now, &err), &err);
	options.from = options.now;
	options.until = options.now + 14 * NM_DAY;
	ok(nm_check(plan, &options, &findings, &err), &err);
	for (size_t i = 0; i < findings.n; i++)
		found = found || strcmp(findings.items[i].id, id) == 0;
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	nm_buf_clear(&text);
	random_folder_free(folder);
	return found;
}

/* A key to press stops a phone's own voicemail only where the carrier asks for it. */
static void test_a_lost_confirm_is_proved_without_it(void **state)
{
	(void)state;
	assert_false(finds("swallowed", "driver = sandbox", "10s", "yes"));
	assert_true(finds("swallowed", "driver = sandbox", "10s", "no"));
	assert_true(finds("swallowed", "driver = telnyx", "10s", "yes"));
}

/* A phone that rings for 15 s and whose voicemail picks up after 17 s is safe where 15 s are 15 s; star codes
 * count in steps of 5 s, so that it may ring for 19. */
static void test_ring_times_at_their_longest(void **state)
{
	(void)state;
	assert_false(finds("swallowed", "driver = sandbox", "17s", "no"));
	assert_true(finds("may-swallow", "driver = sandbox", "17s", "no"));
	assert_true(finds("swallowed", "driver = codes carrier = gsm", "17s", "no"));
	assert_false(finds("swallowed", "driver = codes carrier = gsm", "none", "no"));
}

/* Hours that the carrier does not keep hold only while the agent runs. */
static void test_hours_that_nobody_keeps(void **state)
{
	(void)state;
	assert_false(finds("agent-dependent", "driver = telnyx", "none", "no")); /* it never changes */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lost_confirm_is_proved_without_it),
		cmocka_unit_test(test_ring_times_at_their_longest),
		cmocka_unit_test(test_hours_that_nobody_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
