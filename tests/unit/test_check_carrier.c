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
	"path day { step { ring = owner for = 13s } step { ring = fixly } }\nrule all { path = day }\n"

/* The same, where no line is the owner's phone. */
#define CALLED                                                                                        \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                     \
	"line main { number = \"+15125550100\" account = carrier }\n"                                 \
	"callers vip { numbers = \"+15125550142\" }\n"                                                \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"      \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                 \
	"destination mailbox { kind = voicemail }\n"                                                  \
	"path day { greeting = \"Hello, press 9 in an emergency\" lasts = 4s "                          \
	"step { ring = owner for = 13s } step { ring = fixly } step { ring = mailbox } }\n"            \
	"path short { step { ring = fixly } }\n"                                                      \
	"rule vip { callers = vip path = short }\nrule all { path = day }\n"                            \
	"emergency { key = \"9\" path = day reach_human = 60s }\n"

#define UNGREETED                                                                                            \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                           \
	"line main { number = \"+15125550100\" account = carrier }\n"                                        \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"             \
	"path day { step { ring = owner for = 13s } }\nrule all { path = day }\n"                            \
	"emergency { key = \"9\" path = day reach_human = 60s }\n"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* What check finds of a plan in fourteen days; the finding of this id, with texts of `findings`, or NULL. */
static const struct nm_finding *find(const char *id, const char *account, const char *rest,
				     struct nm_findings *findings)
{
	char *folder = random_folder_new();
	struct nm_check_options options = { 0 };
	const struct nm_finding *found = NULL;
	struct nm_plan *plan;
	struct nm_error err;
	struct nm_buf text;

	nm_buf_init(&text, 1 << 16);
	nm_buf_addf(&text, "account carrier { %s }\n%s", account, rest);
	plan = plan_of_text(text.data, folder);
	ok(nm_time_read("2026-11-23 12:00", plan->zone, 0, &options.now, &err), &err);
	options.from = options.now;
	options.until = options.now + 14 * NM_DAY;
	ok(nm_check(plan, &options, findings, &err), &err);
	for (size_t i = 0; i < findings->n && found == NULL; i++)
		if (strcmp(findings->items[i].id, id) == 0)
			found = &findings->items[i];
	nm_plan_free(plan);
	nm_buf_clear(&text);
	random_folder_free(folder);
	return found;
}

/* Is there such a finding of the owner's phone as a line on this carrier? */
static bool finds(const char *id, const char *account, const char *own_voicemail, const char *confirm)
{
	struct nm_findings findings;
	struct nm_buf rest;
	bool found;

	nm_buf_init(&rest, 1 << 16);
	nm_buf_addf(&rest, HEAD, own_voicemail, confirm);
	found = find(id, account, rest.data, &findings) != NULL;
	nm_findings_clear(&findings);
	nm_buf_clear(&rest);
	return found;
}

static bool says(const struct nm_finding *finding, const char *argument)
{
	for (size_t i = 0; i < finding->n_call; i++)
		if (strcmp(finding->call[i], argument) == 0)
			return true;
	return false;
}

/* A key to press stops a phone's own voicemail only where the carrier asks for it. */
static void test_a_lost_confirm_is_proved_without_it(void **state)
{
	(void)state;
	assert_false(finds("swallowed", "driver = sandbox", "10s", "yes"));
	assert_true(finds("swallowed", "driver = sandbox", "10s", "no"));
	assert_true(finds("swallowed", "driver = telnyx", "10s", "yes"));
}

/* A phone that rings for 13 s and whose voicemail picks up after 14 s is safe where 13 s are 13 s; star codes
 * count in steps of 5 s, so that it rings for 15, and a flow of Twilio may ring it for 18. */
static void test_ring_times_at_their_longest(void **state)
{
	(void)state;
	assert_false(finds("swallowed", "driver = sandbox", "14s", "no"));
	assert_true(finds("may-swallow", "driver = sandbox", "14s", "no"));
	assert_true(finds("swallowed", "driver = codes carrier = gsm", "14s", "no"));
	assert_false(finds("swallowed", "driver = codes carrier = gsm", "none", "no"));
	assert_true(finds("swallowed", "driver = telnyx", "14s", "no"));
	/* How long the phone rings is not known there, and so not whether its voicemail is first. */
	assert_true(finds("may-swallow", "driver = codes carrier = verizon", "40s", "no"));
	assert_false(finds("may-swallow", "driver = codes carrier = gsm", "40s", "no"));
}

/* A voicemail of the phone's own takes what the plan meant for those behind, also where the carrier rings none of
 * them. */
static void test_what_follows_is_lost_and_swallowed(void **state)
{
	static const char plan[] =
		"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"line main { number = \"+15125550100\" account = carrier }\n"
		"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"path day { step { ring = owner for = 20s } step { ring = fixly } }\nrule all { path = day }\n";
	const struct nm_finding *finding;
	struct nm_findings findings;

	(void)state;
	assert_null(find("swallowed", "driver = sandbox", plan, &findings));
	nm_findings_clear(&findings);
	finding = find("swallowed", "driver = telnyx", plan, &findings);
	assert_non_null(finding);
	assert_true(says(finding, "--held"));
	nm_findings_clear(&findings);
}

/* A carrier that forwards to one number loses the AI and the voicemail behind it: the plan would not. */
static void test_what_a_carrier_cannot_hold_is_proved_without_it(void **state)
{
	const struct nm_finding *finding;
	struct nm_findings findings;

	(void)state;
	assert_null(find("dead-end", "driver = sandbox", CALLED, &findings));
	nm_findings_clear(&findings);
	finding = find("dead-end", "driver = telnyx", CALLED, &findings);
	assert_non_null(finding);
	assert_non_null(strstr(finding->message, "any caller"));
	assert_non_null(strstr(finding->message, "not by the plan, but by what the line's carrier can hold of it"));
	assert_true(says(finding, "--held"));
	assert_int_equal(finding->n_mends, 1);
	assert_int_equal(finding->mends[0].n, 0);
	nm_findings_clear(&findings);
}

static void test_a_key_that_no_carrier_hears(void **state)
{
	static const char *const deaf[] = {
		"driver = telnyx",
		"driver = telnyx",
		"driver = voipms user = o",
		"driver = manual",
		"driver = codes carrier = gsm",
		"driver = cpl endpoint = \"http://127.0.0.1:1/RPC\" domain = \"example.org\"",
	};
	const struct nm_finding *finding;
	struct nm_findings findings;

	(void)state;
	assert_null(find("key-unreachable", "driver = sandbox", CALLED, &findings));
	nm_findings_clear(&findings);
	for (size_t i = 0; i < sizeof(deaf) / sizeof(deaf[0]); i++) {
		finding = find("key-unreachable", deaf[i], i % 2 ? CALLED : UNGREETED, &findings);
		assert_non_null(finding);
		assert_non_null(strstr(finding->message, "no line's carrier plays a greeting"));
		assert_int_equal(finding->n_mends, 1);
		assert_int_equal(finding->mends[0].n, 0);
		assert_non_null(strstr(finding->mends[0].words, "plays greetings"));
		nm_findings_clear(&findings);
	}
	finding = find("key-unreachable", "driver = sandbox", UNGREETED, &findings);
	assert_non_null(finding);
	assert_non_null(strstr(finding->mends[0].words, "begin with a greeting"));
	nm_findings_clear(&findings);
}

/* Both ends of a ring time count behind a line as well: there it may last 5 s longer. */
static void test_rings_at_their_longest_on_a_line(void **state)
{
#define BEHIND                                                                                          \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                     \
	"account box { driver = sandbox }\n"                                                            \
	"line main { number = \"+15125550100\" account = box }\n"                                      \
	"line over { number = \"+15125550101\" account = carrier }\n"                                  \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"       \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                  \
	"path a { step { ring = over } }\npath b { step { ring = owner for = 20s } step { ring = fixly } }\n" \
	"rule m { lines = main path = a }\nrule o { path = b }\n"                                       \
	"guarantee \"main\" { lines = main live = yes within = 25s }\n"
	struct nm_findings findings;

	(void)state;
	assert_null(find("guarantee-broken", "driver = sandbox", BEHIND, &findings));
	nm_findings_clear(&findings);
	assert_non_null(find("guarantee-broken", "driver = twilio sid = \"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
			     BEHIND, &findings));
	nm_findings_clear(&findings);
}

/* Guarantees that only hold while somebody pushes at each change are named where that is told. */
static void test_guarantees_that_hang_on_pushes(void **state)
{
	static const char plan[] =
		"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"line main { number = \"+15125550100\" account = carrier }\n"
		"schedule biz { hours = \"Mo-Fr 08:00-18:00\" }\n"
		"destination office { kind = backup number = \"+15125550115\" own_voicemail = none }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"path day { step { ring = office for = 600s } }\npath night { step { ring = fixly } }\n"
		"rule o { during = biz path = day }\nrule all { path = night }\n"
		"guarantee \"the office has its nights\" { outside = biz never = office }\n"
		"guarantee \"nobody is turned away\" { never = fixly during = biz }\n";
	const struct nm_finding *finding;
	struct nm_findings findings;

	(void)state;
	finding = find("agent-dependent", "driver = telnyx", plan, &findings);
	assert_non_null(finding);
	assert_non_null(strstr(finding->message, "guarantees are broken: \"the office has its nights\""));
	assert_null(strstr(finding->message, "turned away"));
	for (size_t i = 0; i < findings.n; i++)
		assert_string_not_equal(findings.items[i].id, "guarantee-broken");
	nm_findings_clear(&findings);
}

/* What is wrong with the plan itself is told as before, with its mends. */
static void test_the_plan_s_own_faults_stay_its_own(void **state)
{
	static const char plan[] =
		"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"line main { number = \"+15125550100\" account = carrier }\n"
		"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none confirm = yes }\n"
		"path day { step { ring = owner for = 20s } }\nrule all { path = day }\n";
	const struct nm_finding *finding;
	struct nm_findings findings;

	(void)state;
	finding = find("dead-end", "driver = telnyx", plan, &findings);
	assert_non_null(finding);
	assert_null(strstr(finding->message, "carrier"));
	assert_false(says(finding, "--held"));
	nm_findings_clear(&findings);
}

/* Hours that the carrier does not keep hold only while the agent runs. */
static void test_hours_that_nobody_keeps(void **state)
{
	(void)state;
	assert_false(finds("agent-dependent", "driver = telnyx", "none", "no")); /* it never changes */
}

/* Whoever is left the text has to send it. */
static void test_a_text_is_left_to_no_carrier_that_sends_none(void **state)
{
	static const char plan[] =
		"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"line main { number = \"+15125550100\" account = carrier %s }\n"
		"destination mailbox { kind = voicemail }\npath p { step { ring = mailbox } }\nrule all { path = p }\n"
		"text_back { missed = \"Smith: what can we do?\" }\n";
	char account[64], with[1024], without[1024];
	struct nm_findings findings;

	(void)state;
	snprintf(with, sizeof with, plan, "text_in_flow = yes");
	snprintf(without, sizeof without, plan, "");
	for (size_t i = 0; i < nm_carriers_count; i++) {
		const bool sends = nm_carriers[i]->traits.texting != NM_TEXTING_NONE;
		const struct nm_finding *finding;

		snprintf(account, sizeof account, "driver = %s", nm_carriers[i]->name);
		finding = find("text-unsent", account, with, &findings);
		assert_int_equal(finding == NULL, sends);
		assert_true(sends || strstr(finding->message, nm_carriers[i]->name));
		nm_findings_clear(&findings);
		assert_null(find("text-unsent", account, without, &findings));
		nm_findings_clear(&findings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lost_confirm_is_proved_without_it),
		cmocka_unit_test(test_ring_times_at_their_longest),
		cmocka_unit_test(test_what_a_carrier_cannot_hold_is_proved_without_it),
		cmocka_unit_test(test_rings_at_their_longest_on_a_line),
		cmocka_unit_test(test_guarantees_that_hang_on_pushes),
		cmocka_unit_test(test_what_follows_is_lost_and_swallowed),
		cmocka_unit_test(test_a_key_that_no_carrier_hears),
		cmocka_unit_test(test_the_plan_s_own_faults_stay_its_own),
		cmocka_unit_test(test_a_text_is_left_to_no_carrier_that_sends_none),
		cmocka_unit_test(test_hours_that_nobody_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
