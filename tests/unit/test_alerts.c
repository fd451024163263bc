/* SPDX-License-Identifier: MIT */
/*
 * "alert = { owner, oncall }  # texted at once": whom an emergency texts, with what, and what of it is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/decide.h"
#include "nevermiss/route.h"
#include "random_plan.h"

/* clang-format off */
#define HEAD \
	"business = \"Smith Plumbing\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n" \
	"account sandbox { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = sandbox }\n" \
	"line hotline { number = \"+15125550190\" account = sandbox }\n" \
	"line cell { number = \"+15125550110\" account = sandbox handset = ann }\n" \
	"destination owner { kind = personal number = \"+15125550111\" }\n" \
	"destination sam { kind = personal number = \"+15125550114\" }\n" \
	"destination ann { kind = personal line = cell }\n" \
	"destination \"owner at night\" { kind = personal number = \"+15125550111\" }\n" \
	"callers vip { numbers = \"+15125550142\" }\n" \
	"rotation oncall { members = { owner, sam } from = \"2026-11-23 08:00\" every = 1w\n" \
	"  until = \"2026-12-07 08:00\" }\n" \
	"path day { step { ring = owner for = 15s } }\npath urgent { step { ring = sam for = 20s } }\n" \
	"path over { greeting = \"Wait\" lasts = 3s step { ring = hotline } }\n" \
	"rule vip { callers = vip path = over }\nrule all { path = day }\n"
/* clang-format on */

static const struct nm_caller anybody = { false, 15125550199 }, vip = { false, 15125550142 };

struct called {
	struct nm_plan *plan;
	struct nm_simulation *simulation;
	struct nm_alerts alerts; /* of its treatment */
};

/* Closed with hang_up. */
static struct called call_of(const char *text, const char *line, const char *at,
			      struct nm_caller caller, bool emergency)
{
	char *folder = random_folder_new();
	struct called called = { .plan = plan_of_text(text, folder) };
	struct nm_call call = { .line = nm_plan_find_line(called.plan, line),
				.caller = caller,
				.emergency = emergency,
				.script = { .hangup_s = -1 } };
	struct nm_error err;

	random_folder_free(folder);
	assert_int_equal(nm_time_read(at, called.plan->zone, 0, &call.at, &err), NM_OK);
	assert_int_equal(nm_simulate(called.plan, &call, &called.simulation, &err), NM_OK);
	called.alerts = called.simulation->treatment->alerts;
	return called;
}

static void hang_up(struct called *called)
{
	nm_simulation_free(called->simulation);
	nm_plan_free(called->plan);
}

/* "owner +15125550111, sam +15125550114 after 300" */
static void assert_alerts(const char *emergency, const char *at, const char *expected)
{
	struct called called;
	struct nm_buf plan, got;

	nm_buf_init(&plan, 1 << 16);
	nm_buf_addf(&plan, HEAD "emergency { lines = hotline path = urgent %s }\n", emergency);
	called = call_of(plan.data, "hotline", at, anybody, false);
	nm_buf_init(&got, 1 << 16);
	for (size_t i = 0; i < called.alerts.n; i++) {
		const struct nm_alert *alert = &called.alerts.items[i];

		nm_buf_addf(&got, "%s%s %s", i > 0 ? ", " : "", alert->name, alert->number);
		if (alert->after_s > 0)
			nm_buf_addf(&got, " after %d", alert->after_s);
	}
	assert_string_equal(got.data, expected);
	assert_int_equal(called.alerts.n == 0, called.alerts.text == NULL);
	nm_buf_clear(&got);
	nm_buf_clear(&plan);
	hang_up(&called);
}

static void test_who_is_alerted(void **state)
{
	static const char first[] = "2026-11-24 10:00", second[] = "2026-12-01 10:00", over[] = "2026-12-08 10:00";

	(void)state;
	assert_alerts("alert = { owner, sam }", first, "owner +15125550111, sam +15125550114");
	/* whoever is on turn; named twice, texted once; nobody when the rotation is over */
	assert_alerts("alert = { owner, oncall }", first, "owner +15125550111");
	assert_alerts("alert = { owner, oncall }", second, "owner +15125550111, sam +15125550114");
	assert_alerts("alert = { oncall }", over, "");
	assert_alerts("alert = { owner, \"owner at night\" }", first, "owner +15125550111");
	assert_alerts("alert = ann", first, "ann +15125550110");
	assert_alerts("alert = sam acknowledge = 5m then_alert = { sam, oncall }", first,
		      "sam +15125550114, sam +15125550114 after 300, owner +15125550111 after 300");
	assert_alerts("", first, "");
	assert_alerts("alert = {}", first, "");
}

static void test_only_an_emergency_alerts(void **state)
{
	static const char plan[] = HEAD "emergency { lines = hotline path = urgent alert = owner }\n";
	struct called called = call_of(plan, "main", "2026-11-24 10:00", anybody, false);

	(void)state;
	assert_int_equal(called.alerts.n, 0);
	hang_up(&called);
	called = call_of(plan, "main", "2026-11-24 10:00", anybody, true);
	assert_int_equal(called.alerts.n, 1);
	hang_up(&called);
}

static void test_the_text_says_who_calls_where(void **state)
{
	static const char emergency[] = "emergency { lines = hotline path = urgent alert = owner }\n";
	struct called called;
	struct nm_buf plan;

	(void)state;
	nm_buf_init(&plan, 1 << 16);
	nm_buf_addf(&plan, "%s%s", HEAD, emergency);
	called = call_of(plan.data, "hotline", "2026-11-24 10:00", anybody, false);
	assert_string_equal(called.alerts.text, "Smith Plumbing: emergency call to line hotline from {caller}");
	hang_up(&called);
	nm_buf_clear(&plan);
	nm_buf_addf(&plan, "%s%s", strchr(HEAD, '\n') + 1, emergency); /* without a name */
	called = call_of(plan.data, "hotline", "2026-11-24 10:00", anybody, false);
	assert_string_equal(called.alerts.text, "Emergency call to line hotline from {caller}");
	hang_up(&called);
	nm_buf_clear(&plan);
}

/* The first event of this kind; NULL. */
static const struct nm_event *event_of(const struct called *called, enum nm_event_kind kind)
{
	for (size_t i = 0; i < called->simulation->outcome.n; i++)
		if (called->simulation->outcome.events[i].kind == kind)
			return &called->simulation->outcome.events[i];
	return NULL;
}

/* Who is texted at once is an event of the call, also where a step rings a line that alerts; then_alert is none. */
static void test_a_call_tells_of_it(void **state)
{
	static const char plan[] = HEAD "emergency { lines = hotline path = urgent alert = { owner, sam }\n"
					"  acknowledge = 5m then_alert = ann }\n";
	struct called called = call_of(plan, "hotline", "2026-11-24 10:00", anybody, false);
	const struct nm_event *event = called.simulation->outcome.events;

	(void)state;
	assert_int_equal(event->kind, NM_EVENT_ALERT);
	assert_int_equal(event->t, 0);
	assert_int_equal(event->n, 2);
	assert_string_equal(event->to[1], "sam");
	assert_non_null(event->pos.file);
	hang_up(&called);
	called = call_of(plan, "main", "2026-11-24 10:00", anybody, false);
	assert_null(event_of(&called, NM_EVENT_ALERT));
	hang_up(&called);
	called = call_of(plan, "main", "2026-11-24 10:00", vip, false);
	event = event_of(&called, NM_EVENT_ALERT);
	assert_non_null(event);
	assert_int_equal(event->depth, 1);
	assert_int_equal(event->t, 3);
	hang_up(&called);
}

/* --- two of them --- */

static struct nm_treatment treatment_of(struct nm_alert *items, size_t n, const char *text)
{
	return (struct nm_treatment){ .verdict = NM_VERDICT_PATH,
				      .alerts = { .n = n, .items = items, .text = n > 0 ? text : NULL } };
}

static void assert_beside(const struct nm_treatment *a, const struct nm_treatment *b, bool equal, const char *words)
{
	struct nm_buf out;

	assert_int_equal(nm_treatment_equal(a, b), equal);
	assert_int_equal(nm_treatment_equal(b, a), equal);
	nm_buf_init(&out, 4096);
	nm_treatment_words_beside(a, b, &out);
	assert_string_equal(out.data, words);
	nm_buf_clear(&out);
}

static void test_what_differs_is_told(void **state)
{
	struct nm_alert one[] = { { "owner", "+15125550111", 0 }, { "sam", "+15125550114", 0 } };
	struct nm_alert number[] = { { "owner", "+15125550119", 0 }, { "sam", "+15125550114", 0 } };
	struct nm_alert renamed[] = { { "boss", "+15125550111", 0 }, { "sam", "+15125550114", 0 } };
	struct nm_alert later[] = { { "owner", "+15125550111", 0 }, { "sam", "+15125550114", 300 } };
	const struct nm_treatment a = treatment_of(one, 2, "Help"), other = treatment_of(number, 2, "Help"),
				  boss = treatment_of(renamed, 2, "Help"), slow = treatment_of(later, 2, "Help"),
				  alone = treatment_of(one, 1, "Help"), text = treatment_of(one, 2, "Come"),
				  none = treatment_of(one, 0, NULL);

	(void)state;
	assert_beside(&a, &a, true, "nobody, alerting owner + sam");
	assert_beside(&a, &boss, true, "nobody, alerting owner + sam");
	assert_beside(&a, &other, false, "nobody, alerting owner (+15125550111) + sam");
	assert_beside(&a, &alone, false, "nobody, alerting owner + sam");
	assert_beside(&a, &text, false, "nobody, alerting owner + sam (Help)");
	assert_beside(&a, &none, false, "nobody, alerting owner + sam");
	assert_beside(&none, &a, false, "nobody");
	assert_true(nm_treatment_equal_but_alert_text(&a, &text));
	assert_false(nm_treatment_equal_but_alert_text(&a, &other));
	assert_false(nm_treatment_equal_but_alert_text(&a, &none));
	assert_beside(&slow, &a, false, "nobody, alerting owner, and sam if nobody acknowledges within 5 min");
}

/* A copy stands on its own. */
static void test_a_copy_has_them(void **state)
{
	char name[] = "owner", number[] = "+15125550111", text[] = "Help";
	struct nm_alert item = { name, number, 60 };
	struct nm_treatment from = treatment_of(&item, 1, text), *copy;
	struct nm_arena *arena = nm_arena_new();

	(void)state;
	from.alerts.pos = (struct nm_pos){ "plan.conf", 1, 1 };
	copy = nm_treatment_copy(&from, arena);
	assert_non_null(copy);
	name[0] = number[1] = text[0] = '?';
	item.after_s = 0;
	assert_string_equal(copy->alerts.items[0].name, "owner");
	assert_string_equal(copy->alerts.items[0].number, "+15125550111");
	assert_int_equal(copy->alerts.items[0].after_s, 60);
	assert_string_equal(copy->alerts.text, "Help");
	assert_null(copy->alerts.pos.file);
	nm_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_alerted),
		cmocka_unit_test(test_only_an_emergency_alerts),
		cmocka_unit_test(test_the_text_says_who_calls_where),
		cmocka_unit_test(test_a_call_tells_of_it),
		cmocka_unit_test(test_what_differs_is_told),
		cmocka_unit_test(test_a_copy_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
