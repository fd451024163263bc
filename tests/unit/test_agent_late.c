/* SPDX-License-Identifier: MIT */
/*
 * How late a missed caller gets their text, at a carrier that tells of calls late: what `agent --status` says of that is
 * held against what is measured.
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

#include "agent_rig.h"
#include "nevermiss/calls.h"
#include "random_plan.h"

#define PLAN                                                                                         \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                     \
	"account office { driver = voipms user = \"o@example.org\" }\naccount toy { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = office }\n"                                 \
	"line texts { number = \"+15125550101\" account = toy }\n"                                   \
	"destination fixly { kind = ai number = \"+15125550177\" }\npath day { step { ring = fixly } }\n" \
	"rule all { path = day }\n"                                                                  \
	"text_back { missed = \"Smith here: what can we help with?\" account = toy from = texts }\n"
#define BEGIN  "2026-01-12 07:00"
#define CALLS  80
#define LASTS_S 20 /* of a call */
#define CALLER UINT64_C(17375550000) /* the first; each calls once */

static struct {
	size_t n;
	struct {
		nm_time ended, listed, texted;
	} items[CALLS];
	char page[CALLS * 256];
} calls;

/* VoIP.ms: the records that it has by now, and of nothing else. */
static const char *serves(struct agent_rig *rig, const struct nm_request *request)
{
	const nm_time now = agent_rig_now(rig);
	size_t len = (size_t)snprintf(calls.page, sizeof(calls.page), "{\"status\":\"success\",\"cdr\":["), n = 0;

	if (request->body == NULL || strstr(request->body, "method=getCDR") == NULL)
		return request->body != NULL && strstr(request->body, "method=getSMS") != NULL ? "{\"status\":\"no_sms\"}"
											     : "{\"status\":\"no_did\"}";
	for (size_t i = 0; i < calls.n; i++) {
		const nm_time began = calls.items[i].ended - LASTS_S;
		const struct nm_date date = nm_date_from_days(began / NM_DAY);

		if (calls.items[i].listed > now)
			continue;
		len += (size_t)snprintf(calls.page + len, sizeof(calls.page) - len,
					"%s{\"date\":\"%04d-%02d-%02d %02d:%02d:%02d\",\"callerid\":\"%llu\",\"destination\":"
					"\"5125550100\",\"disposition\":\"NO ANSWER\",\"seconds\":\"%d\",\"uniqueid\":\"u%zu\"}",
					n++ > 0 ? "," : "", date.year, date.month, date.day, (int)(began % NM_DAY / 3600),
					(int)(began % 3600 / 60), (int)(began % 60), (unsigned long long)(CALLER + i), LASTS_S, i);
		assert_true(len < sizeof(calls.page) - 4);
	}
	strcpy(calls.page + len, "]}");
	return n > 0 ? calls.page : "{\"status\":\"no_cdr\"}";
}

static void reached(struct agent_rig *rig, const struct nm_request *request)
{
	if (strcmp(request->method, "POST") != 0 || strstr(request->url, "/texts") == NULL)
		return;
	for (size_t i = 0; i < request->n_headers; i++) {
		const char *number = strstr(request->headers[i], "+1737555");
		const size_t caller = number != NULL ? (size_t)(strtoull(number + 1, NULL, 10) - CALLER) : CALLS;

		if (caller < calls.n)
			calls.items[caller].texted = agent_rig_now(rig);
	}
}

/* A call, whose record is there soon, or as late as the carrier says. */
static void miss_call(const struct agent_rig *rig, int late_s, uint64_t *seed)
{
	calls.items[calls.n].ended = agent_rig_now(rig);
	calls.items[calls.n].listed = agent_rig_now(rig) + (random_below(seed, 2) == 0 ? late_s : (int)random_below(seed, (uint32_t)late_s));
	calls.n++;
}

static void test_a_text_is_so_late_as_is_said(void **state)
{
	const struct nm_carrier *carrier = nm_carrier_find("voipms");
	const int64_t said = nm_agent_text_late_s(carrier);
	const size_t all = (size_t)random_few(CALLS);
	nm_time latest = 0;
	struct agent_rig rig;
	uint64_t seed = 4;

	(void)state;
	agent_rig_open(&rig, PLAN, BEGIN);
	rig.serves = serves;
	rig.reached = reached;
	agent_rig_begin(&rig);
	while (calls.n < all) {
		agent_rig_live(&rig, agent_rig_now(&rig) + 3600 + random_below(&seed, 3600));
		miss_call(&rig, carrier->traits.records_late_s, &seed);
	}
	agent_rig_live(&rig, agent_rig_now(&rig) + 3600);
	for (size_t i = 0; i < all; i++) {
		const nm_time late = calls.items[i].texted - calls.items[i].ended;

		if (calls.items[i].texted == 0)
			fail_msg("call %zu got no text: %s", i, rig.log.data);
		latest = late > latest ? late : latest;
	}
	print_message("%lld s late at the most; %lld are said\n", (long long)latest, (long long)said);
	assert_true(latest <= said);
	if (all == CALLS)
		assert_true(latest > said * 8 / 10); /* nor is more said than may be */
	agent_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_is_so_late_as_is_said),
	};

	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
