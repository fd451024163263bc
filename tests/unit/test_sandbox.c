/* SPDX-License-Identifier: MIT */
/*
 * The built-in carrier: what its driver asks for and makes of the answers, and that lifting takes only what
 * rendering can have made, whatever bytes come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/push.h"
#include "numbers.h"
#include "push_rig.h"
#include "random_plan.h"

#define PLAN                                                                                            \
	PUSH_HEAD                                                                                       \
	"callers vip { numbers = { \"+15125550142\", \"+1737555*\", anonymous } }\n"                    \
	"destination box { kind = voicemail greeting = \"caf\xc3\xa9 \\\"9\\\"\" }\n"                   \
	"path mail { greeting = \"Smith\" lasts = 4s step { ring = owner } step { ring = box } }\n"     \
	"rule vip { callers = vip path = mail }\n" PUSH_RULES "emergency { key = \"9\" path = mail alert = owner }\n" \
	"override off { from = \"2026-12-24 12:00\" until = \"2026-12-27 08:30\" path = night }\n"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static const struct nm_carrier *sandbox(void)
{
	const struct nm_carrier *carrier = nm_carrier_find("sandbox");

	assert_non_null(carrier);
	return carrier;
}

/* The first line's artefact. */
static struct nm_artefact artefact_of(struct push_rig *rig, struct nm_route **route)
{
	struct nm_timeline *timeline;
	struct nm_classes classes;
	struct nm_artefact artefact;
	struct nm_losses losses;
	struct nm_route *held;
	struct nm_error err;

	ok(nm_timeline_build(rig->plan, rig->context.now, rig->context.horizon, &timeline, &err), &err);
	ok(nm_classes_build(rig->plan, &classes, &err), &err);
	ok(nm_route_build(timeline, &classes, 0, route, &err), &err);
	ok(nm_carrier_hold(sandbox(), &rig->plan->accounts[0], *route, (*route)->from, &held, &losses, &err),
	   &err);
	assert_null(held); /* nothing is lost */
	assert_int_equal(losses.n, 0);
	nm_losses_clear(&losses);
	ok(sandbox()->render(*route, &rig->plan->accounts[0], (*route)->from, &artefact, &err), &err);
	nm_classes_clear(&classes);
	nm_timeline_free(timeline);
	return artefact;
}

static enum nm_code lift(const char *text, size_t len, struct nm_route **route, struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	const char *foreign = NULL;
	enum nm_code code;

	ok(nm_artefact_add(&artefact, "route", "application/json", text, len, err), err);
	code = sandbox()->lift(&artefact, route, &foreign, err);
	nm_artefact_clear(&artefact);
	return code;
}

/* "Nothing lost", and what is lifted decides as what was rendered. */
static void test_lift_is_the_inverse_of_render(void **state)
{
	struct push_rig rig;
	struct nm_route *route, *back;
	struct nm_artefact artefact;
	struct nm_differences differences;
	struct nm_error err;
	const char *foreign;

	(void)state;
	push_rig_open(&rig, PLAN);
	artefact = artefact_of(&rig, &route);
	assert_int_equal(artefact.n, 1);
	assert_string_equal(artefact.parts[0].name, "route");
	ok(sandbox()->lift(&artefact, &back, &foreign, &err), &err);
	assert_null(foreign);
	ok(nm_route_diff(route, back, route->from, route->until, &differences, &err), &err);
	assert_int_equal(differences.n, 0);
	nm_differences_clear(&differences);
	nm_route_free(route);
	nm_route_free(back);
	nm_artefact_clear(&artefact);
	push_rig_close(&rig);
}

/* An artefact kept as one text comes back whole. */
static void test_artefact_as_text(void **state)
{
	struct push_rig rig;
	struct nm_route *route;
	struct nm_artefact artefact, back;
	struct nm_error err;
	struct nm_buf text;

	(void)state;
	push_rig_open(&rig, PLAN);
	artefact = artefact_of(&rig, &route);
	ok(nm_artefact_add(&artefact, "other", "text/plain", "", 0, &err), &err);
	nm_buf_init(&text, 1u << 22);
	ok(nm_artefact_write(&artefact, &text, &err), &err);
	ok(nm_artefact_read(text.data, &back, &err), &err);
	assert_true(nm_artefact_equal(&artefact, &back));
	assert_string_equal(nm_artefact_find(&back, "other")->type, "text/plain");
	assert_null(nm_artefact_find(&back, "none"));
	nm_artefact_clear(&back);
	assert_int_equal(nm_artefact_read("[{\"name\":\"x\"}]", &back, &err), NM_INPUT);
	assert_int_equal(nm_artefact_read("{}", &back, &err), NM_INPUT);
	nm_buf_clear(&text);
	nm_route_free(route);
	nm_artefact_clear(&artefact);
	push_rig_close(&rig);
}

/* Replaces the first `from` in text; malloc'd. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out;

	if (at == NULL)
		fail_msg("no %s in the artefact", from);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) >= 0);
	return out;
}

/* "Strict validation": sizes, indices, order, names; each is refused and said. */
static void test_wrong_routes_are_refused(void **state)
{
	const struct {
		const char *from, *to;
	} wrong[] = {
		{ "nevermiss route 1", "nevermiss route 2" },
		{ "America/Chicago", "Mars/Base" },
		{ "America/Chicago", "../../../etc/passwd" },
		{ "\"key\":\"9\"", "\"key\":\"99\"" },
		{ "\"key\":\"9\"", "\"keys\":\"9\"" },
		{ "\"+1737555*\"", "\"+1737555**\"" },
		{ "\"+1737555*\"", "\"1737555*\"" },
		{ "\"+1737555*\"", "\"+99999999999999999999*\"" },
		{ "\"+1737555*\"", "7" },
		{ "\"in\":[]", "\"in\":[0]" },
		{ "\"in\":[0]", "\"in\":[64]" },
		{ "\"in\":[0]", "\"in\":[-1]" },
		{ "\"verdict\":\"path\"", "\"verdict\":\"maybe\"" },
		{ "\"verdict\":\"path\"", "\"verdict\":\"reject\"" },
		{ "\"alerts\":[{", "\"alerts\":[],\"alert_text\":[{" },
		{ "\"alerts\":[", "\"alerts\":[[" },
		{ "\"alert_text\":", "\"alert_texts\":" },
		{ "\"alert_text\":\"", "\"text_back\":\"" },
		{ "\"number\":\"+15125550111\"}],\"alert_text\"", "\"after\":5}],\"alert_text\"" },
		{ "\"number\":\"+15125550111\"}],\"alert_text\"",
		  "\"number\":\"+15125550111\",\"after\":-5}],\"alert_text\"" },
		{ "\"for\":10", "\"for\":-10" },
		{ "\"for\":10", "\"for\":1e9" },
		{ "\"for\":10", "\"for\":99999999999999999999" },
		{ "\"kind\":\"ai\"", "\"kind\":\"robot\"" },
		{ "\"kind\":\"ai\"", "\"kind\":\"ai\",\"extra\":1" },
		{ "\"kind\":\"ai\"", "\"kind\":\"ai\",\"kind\":\"ai\"" },
		{ "\"name\":\"fixly\",", "" },
		{ "\"fixly\"", "\"x\\nmain (sandbox): in sync\"" },
		{ "\"fixly\"", "\"x\\u001b[31m\"" },
		{ "\"calls\":[0", "\"calls\":[999" },
		{ "\"calls\":[0", "\"calls\":[-1" },
		{ "\"calls\":[0", "\"calls\":[0,0" },
		{ "\"00:00\"", "\"00:01\"" },
		{ "\"08:00\"", "\"00:00\"" },
		{ "\"08:00\"", "\"24:00\"" },
		{ "\"08:00\"", "\"8:00\"" },
		{ "\"08:00\":1", "\"08:00\":99" },
		{ "\"Mon\"", "\"Day\"" },
		{ "\"exceptions\":[{\"from\":\"2026", "\"exceptions\":[{\"from\":\"2036" },
		{ "\"exceptions\":[{\"from\":\"2026-12-24T", "\"exceptions\":[{\"from\":\"2026-12-24 " },
		{ "\"until\":\"2027", "\"until\":\"2025" },
		{ "\"until\":\"2027", "\"until\":\"2099" },
		{ "\"from\":\"2026-11-23", "\"from\":\"2026-12-25" },
		{ "\"situations\":[", "\"situations\":[[" },
		{ "caf\xc3\xa9", "caf\xff" },
	};
	struct push_rig rig;
	struct nm_route *route, *back;
	struct nm_artefact artefact;

	(void)state;
	push_rig_open(&rig, PLAN);
	artefact = artefact_of(&rig, &route);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *text = replaced(artefact.parts[0].bytes, wrong[i].from, wrong[i].to);
		struct nm_error err = { 0 };

		if (lift(text, strlen(text), &back, &err) != NM_INPUT)
			fail_msg("%s is taken for %s", wrong[i].to, wrong[i].from);
		assert_true(strlen(err.text) > 0);
		free(text);
	}
	nm_route_free(route);
	nm_artefact_clear(&artefact);
	push_rig_close(&rig);
}

/* What was pushed before alerts were part of a route reads as one that alerts nobody, which is a difference. */
static void test_a_route_without_alerts_reads(void **state)
{
	struct push_rig rig;
	struct nm_route *route, *back;
	struct nm_artefact artefact;
	struct nm_differences differences;
	struct nm_error err;
	char *text, *alerts;

	(void)state;
	push_rig_open(&rig, PLAN);
	artefact = artefact_of(&rig, &route);
	text = strdup(artefact.parts[0].bytes);
	alerts = strstr(text, "\"alerts\":");
	assert_non_null(alerts);
	memmove(alerts, strstr(alerts, "\"steps\":"), strlen(strstr(alerts, "\"steps\":")) + 1);
	assert_null(strstr(text, "\"alerts\":"));
	ok(lift(text, strlen(text), &back, &err), &err);
	ok(nm_route_diff(route, back, route->from, route->until, &differences, &err), &err);
	assert_true(differences.n > 0);
	for (size_t i = 0; i < differences.n; i++)
		assert_non_null(strstr(differences.items[i].a_words, ", alerting owner"));
	nm_differences_clear(&differences);
	nm_route_free(back);
	nm_route_free(route);
	nm_artefact_clear(&artefact);
	push_rig_close(&rig);
	free(text);
}

/* "Depth": a text nested a million deep is refused, and does not exhaust the stack. */
static void test_deep_nesting_is_refused(void **state)
{
	const size_t len = 1000000;
	char *text = malloc(len + 1);
	struct nm_route *back;
	struct nm_error err;

	(void)state;
	memset(text, '[', len);
	text[len] = '\0';
	assert_int_equal(lift(text, len, &back, &err), NM_INPUT);
	for (size_t i = 0; i + 5 <= len; i += 5)
		memcpy(text + i, "{\"a\":", 5);
	assert_int_equal(lift(text, len, &back, &err), NM_INPUT);
	free(text);
}

/* Damaged bytes: refused, or a route that can be gone through without harm. */
static void test_damaged_routes_do_no_harm(void **state)
{
	static const char spice[] = "0123456789\"[]{},:-+.eE\\ntfu*";
	struct push_rig rig;
	struct nm_route *route, *back;
	struct nm_artefact artefact;
	struct nm_error err;
	uint64_t seed = 11;
	size_t taken = 0;

	(void)state;
	push_rig_open(&rig, PLAN);
	artefact = artefact_of(&rig, &route);
	for (int round = 0; round < 3000; round++) {
		size_t len = artefact.parts[0].len;
		char *text = malloc(len + 1);

		memcpy(text, artefact.parts[0].bytes, len + 1);
		for (uint32_t hits = 1 + random_below(&seed, 3); hits > 0; hits--)
			text[random_below(&seed, (uint32_t)len)] =
				spice[random_below(&seed, sizeof(spice) - 1)];
		if (round % 7 == 0)
			len = random_below(&seed, (uint32_t)len);
		if (lift(text, len, &back, &err) == NM_OK) {
			struct nm_differences differences;

			taken++;
			if (nm_route_diff(route, back, route->from, route->until, &differences, &err) ==
			    NM_OK)
				nm_differences_clear(&differences);
			nm_route_free(back);
		}
		free(text);
	}
	assert_true(taken > 0 && taken < 3000);
	nm_route_free(route);
	nm_artefact_clear(&artefact);
	push_rig_close(&rig);
}

/* The conversation of an APPLY: looks for the revision, writes only over that one, looks again. */
static void test_apply_is_a_conversation(void **state)
{
	struct push_rig rig;
	struct nm_exchange exchange = { .operation = NM_OP_APPLY,
					.line = "front desk/2",
					.number = "+15125550101",
					.arena = nm_arena_new() };
	struct nm_route *route;
	struct nm_artefact artefact;
	struct nm_request request = { 0 };
	struct nm_response answer = { .status = 200, .body = "{\"revision\":\"abc\"}", .retry_after_s = -1 };

	(void)state;
	push_rig_open(&rig, PLAN);
	artefact = artefact_of(&rig, &route);
	answer.len = strlen(answer.body);
	exchange.wanted = &artefact;
	assert_int_equal(sandbox()->step(&exchange, NULL, &request), NM_STEP_SEND);
	assert_string_equal(request.method, "GET");
	assert_string_equal(request.url, "sandbox:/lines/+15125550101");
	assert_true(request.repeatable);
	assert_int_equal(sandbox()->step(&exchange, &answer, &request), NM_STEP_SEND);
	assert_string_equal(request.method, "PUT");
	assert_string_equal(request.url, "sandbox:/lines/+15125550101/route");
	assert_string_equal(request.headers[0], "If-Match: abc");
	assert_string_equal(request.body, artefact.parts[0].bytes);
	assert_false(request.repeatable);
	assert_int_equal(sandbox()->step(&exchange, &answer, &request), NM_STEP_SEND);
	assert_string_equal(request.method, "GET");
	assert_string_equal(nm_exchange_id(&exchange, "revision"), "abc");
	assert_int_equal(sandbox()->step(&exchange, &answer, &request), NM_STEP_DONE);
	nm_arena_free(exchange.arena);
	nm_route_free(route);
	nm_artefact_clear(&artefact);
	push_rig_close(&rig);
}

/* Somebody who writes at the same time is not overwritten. */
static void test_another_writer_is_noticed(void **state)
{
	struct push_rig rig;
	struct nm_exchange exchange = {
		.operation = NM_OP_APPLY, .line = "main", .number = "+15125550100", .arena = nm_arena_new()
	};
	struct nm_route *route;
	struct nm_artefact artefact;
	struct nm_request request = { 0 };
	struct nm_response answer = { 0 };
	struct nm_error err;
	char *live;
	int tag;

	(void)state;
	push_rig_open(&rig, PLAN);
	artefact = artefact_of(&rig, &route);
	exchange.wanted = &artefact;
	assert_int_equal(sandbox()->step(&exchange, NULL, &request), NM_STEP_SEND);
	ok(rig.sandbox.submit(rig.sandbox.context, 1, &request, &err), &err);
	ok(rig.sandbox.collect(rig.sandbox.context, 10, &tag, &answer, &err), &err);
	assert_int_equal(tag, 1);
	assert_int_equal(sandbox()->step(&exchange, &answer, &request), NM_STEP_SEND);
	ok(nm_store_sandbox_put(rig.store, line_text(rig.plan, "main"), "somebody else's", &err), &err);
	ok(rig.sandbox.submit(rig.sandbox.context, 2, &request, &err), &err);
	ok(rig.sandbox.collect(rig.sandbox.context, 10, &tag, &answer, &err), &err);
	assert_int_equal(answer.status, 412);
	assert_int_equal(sandbox()->step(&exchange, &answer, &request), NM_STEP_FAILED);
	assert_string_equal(exchange.note, "somebody changed the line at the same time");
	live = push_rig_live(&rig, "main");
	assert_string_equal(live, "somebody else's");
	free(live);
	nm_arena_free(exchange.arena);
	nm_route_free(route);
	nm_artefact_clear(&artefact);
	push_rig_close(&rig);
}

/* "Other accounts' URLs are NM_CARRIER." */
static void test_the_transport_goes_nowhere_else(void **state)
{
	const struct nm_request request = { .method = "GET", .url = "https://api.twilio.com/" };
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, PLAN);
	assert_int_equal(rig.sandbox.submit(rig.sandbox.context, 1, &request, &err), NM_CARRIER);
	push_rig_close(&rig);
}

/* Ids are kept by name, replaced, and bounded. */
static void test_ids(void **state)
{
	struct nm_exchange exchange = { .arena = nm_arena_new() };
	struct nm_error err;
	char name[8];

	(void)state;
	assert_null(nm_exchange_id(&exchange, "a"));
	ok(nm_exchange_set_id(&exchange, "a", "1", &err), &err);
	ok(nm_exchange_set_id(&exchange, "b", "2", &err), &err);
	ok(nm_exchange_set_id(&exchange, "a", "3", &err), &err);
	assert_string_equal(nm_exchange_id(&exchange, "a"), "3");
	assert_int_equal(exchange.n_ids, 2);
	for (int i = 2; i < 16; i++) {
		assert_true(snprintf(name, sizeof(name), "n%d", i) > 0);
		ok(nm_exchange_set_id(&exchange, name, "x", &err), &err);
	}
	assert_int_equal(nm_exchange_set_id(&exchange, "one too many", "x", &err), NM_INPUT);
	ok(nm_exchange_set_id(&exchange, "b", "still", &err), &err);
	nm_arena_free(exchange.arena);
}

/* The table: each driver by its exact name, complete. */
static void test_the_table_of_drivers(void **state)
{
	(void)state;
	assert_null(nm_carrier_find("sand"));
	assert_null(nm_carrier_find(""));
	for (size_t i = 0; i < nm_carriers_count; i++) {
		const struct nm_carrier *carrier = nm_carriers[i];

		assert_ptr_equal(nm_carrier_find(carrier->name), carrier);
		assert_non_null(carrier->summary);
		assert_non_null(carrier->keys);
		assert_non_null(carrier->render);
		if (carrier->traits.reads_back) {
			assert_non_null(carrier->lift);
			assert_non_null(carrier->step);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lift_is_the_inverse_of_render),
		cmocka_unit_test(test_artefact_as_text),
		cmocka_unit_test(test_wrong_routes_are_refused),
		cmocka_unit_test(test_a_route_without_alerts_reads),
		cmocka_unit_test(test_deep_nesting_is_refused),
		cmocka_unit_test(test_damaged_routes_do_no_harm),
		cmocka_unit_test(test_apply_is_a_conversation),
		cmocka_unit_test(test_another_writer_is_noticed),
		cmocka_unit_test(test_the_transport_goes_nowhere_else),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_the_table_of_drivers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
