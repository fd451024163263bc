/* SPDX-License-Identifier: MIT */
/*
 * Routes: a plan lowered to a week and exceptions decides as the plan does at every instant, survives
 * being written as JSON, and is compared exactly.  The oracle is decide + resolve on the timeline.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/carrier/route_json.h"
#include "core/rules.h"
#include "nevermiss/route.h"
#include "random_plan.h"

#define PLANS 60

struct compiled {
	struct nm_plan *plan;
	struct nm_timeline *timeline;
	struct nm_classes classes;
};

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static nm_time instant(const struct nm_plan *plan, const char *text)
{
	struct nm_error err;
	nm_time t;

	ok(nm_time_read(text, plan->zone, 0, &t, &err), &err);
	return t;
}

/* Takes the plan over. */
static struct compiled compile(struct nm_plan *plan, nm_time from, nm_time until)
{
	struct compiled compiled = { .plan = plan };
	struct nm_error err;

	ok(nm_timeline_build(plan, from, until, &compiled.timeline, &err), &err);
	ok(nm_classes_build(plan, &compiled.classes, &err), &err);
	return compiled;
}

static void release(struct compiled *compiled)
{
	nm_classes_clear(&compiled->classes);
	nm_timeline_free(compiled->timeline);
	nm_plan_free(compiled->plan);
}

static struct nm_route *route_of(const struct compiled *compiled, int line)
{
	struct nm_route *route;
	struct nm_error err;

	ok(nm_route_build(compiled->timeline, &compiled->classes, line, &route, &err), &err);
	return route;
}

static bool greets(const struct nm_treatment *treatment)
{
	bool voice = treatment->greeting != NULL;

	for (size_t i = 0; i < treatment->n; i++)
		for (size_t j = 0; j < treatment->steps[i].n; j++)
			voice = voice || (treatment->steps[i].parties[j].kind == NM_VOICEMAIL &&
					  treatment->steps[i].parties[j].greeting != NULL);
	return voice;
}

static void assert_same(const struct nm_treatment *got, const struct nm_treatment *wanted, nm_time t)
{
	struct nm_buf a, b;

	if (got != NULL && wanted != NULL && nm_treatment_equal(got, wanted))
		return;
	if (got == NULL && wanted == NULL)
		return;
	nm_buf_init(&a, 65536);
	nm_buf_init(&b, 65536);
	if (got != NULL)
		nm_treatment_words(got, &a);
	if (wanted != NULL)
		nm_treatment_words(wanted, &b);
	fail_msg("at %lld: got `%s`, not `%s`", (long long)t, a.data, b.data);
}

/* What the plan itself says at one instant, for one class, against what the route says. */
static void assert_decides(const struct compiled *compiled, int line, const struct nm_route *route, nm_time t)
{
	const struct nm_plan *plan = compiled->plan;
	const struct nm_state *state = nm_timeline_state(compiled->timeline, t);
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;

	for (size_t c = 0; c < compiled->classes.n; c++) {
		const struct nm_class *class = &compiled->classes.items[c];
		struct nm_decision decision = nm_decide(plan, state, line, class->groups, false);
		struct nm_treatment *plain, *key = NULL;

		ok(nm_resolve(plan, state, line, decision, false, arena, &plain, &err), &err);
		assert_same(nm_route_treatment(route, t, class->witness, false), plain, t);
		if (plan->emergency.given && plan->emergency.key != 0 && !decision.emergency &&
		    greets(plain)) {
			decision = nm_decide(plan, state, line, class->groups, true);
			ok(nm_resolve(plan, state, line, decision, false, arena, &key, &err), &err);
		}
		assert_same(nm_route_treatment(route, t, class->witness, true), key, t);
	}
	nm_arena_free(arena);
}

/* At every boundary of the timeline, the second before it, and halfway to the next one. */
static void assert_decides_always(const struct compiled *compiled, int line, const struct nm_route *route)
{
	const struct nm_timeline *timeline = compiled->timeline;

	for (size_t i = 0; i < timeline->n; i++) {
		assert_decides(compiled, line, route, timeline->start[i]);
		assert_decides(compiled, line, route,
			       timeline->start[i] + (timeline->start[i + 1] - timeline->start[i]) / 2);
		assert_decides(compiled, line, route, timeline->start[i + 1] - 1);
	}
}

static void assert_well_formed(const struct nm_route *route)
{
	for (int w = 0; w < 7; w++) {
		assert_true(route->week[w].n > 0);
		assert_int_equal(route->week[w].changes[0].minute, 0);
		for (size_t i = 1; i < route->week[w].n; i++) {
			assert_true(route->week[w].changes[i].minute > route->week[w].changes[i - 1].minute);
			assert_true(route->week[w].changes[i].situation !=
				    route->week[w].changes[i - 1].situation);
		}
	}
	for (size_t i = 0; i < route->n_exceptions; i++) {
		const struct nm_exception *at = &route->exceptions[i];

		assert_true(at->span.from < at->span.until);
		assert_true(at->span.from >= route->from && at->span.until <= route->until);
		if (i > 0)
			assert_true(
				at[-1].span.until < at->span.from ||
				(at[-1].span.until == at->span.from && at[-1].situation != at->situation));
	}
}

/* "Route lowering is exact over the horizon", and so is what its next change is said to be. */
static void test_lowering_is_exact(void **state)
{
	char *folder = random_folder_new();

	(void)state;
	for (uint64_t seed = 1; seed <= PLANS; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		/* Beginnings at odd seconds; clock changes of both halves of the year. */
		nm_time from = instant(plan, "2026-10-20 00:00") + (nm_time)(seed % 3 * 12345);
		struct compiled compiled = compile(plan, from, from + (nm_time)(20 + seed % 4 * 50) * NM_DAY);

		for (size_t line = 0; line < plan->n_lines; line++) {
			struct nm_route *route = route_of(&compiled, (int)line);

			assert_well_formed(route);
			assert_decides_always(&compiled, (int)line, route);
			nm_route_free(route);
		}
		release(&compiled);
	}
	random_folder_free(folder);
}

/* Nothing changes between t and nm_route_next(t). */
static void test_next_misses_nothing(void **state)
{
	char *folder = random_folder_new();

	(void)state;
	for (uint64_t seed = 100; seed < 120; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time from = instant(plan, "2026-10-28 00:00"), next;
		struct compiled compiled = compile(plan, from, from + 9 * NM_DAY);
		struct nm_route *route = route_of(&compiled, 0);

		for (nm_time t = from; t < route->until; t = next) {
			next = nm_route_next(route, t);
			assert_true(next > t);
			for (nm_time at = t; at < next && at < route->until; at += 300)
				assert_int_equal(nm_route_situation(route, at), nm_route_situation(route, t));
		}
		nm_route_free(route);
		release(&compiled);
	}
	random_folder_free(folder);
}

static char *write_route(const struct nm_route *route)
{
	struct nm_buf out;
	struct nm_error err;
	char *text;

	nm_buf_init(&out, 4u << 20);
	ok(nm_route_write(route, &out, &err), &err);
	text = nm_buf_take(&out);
	assert_non_null(text);
	return text;
}

/* "A route as JSON and back": the same decisions and the same bytes, by a second builder too. */
/* Also what only a carrier can make of a step. */
static void assert_ring_times_kept(struct nm_route *route)
{
	struct nm_route *back;
	struct nm_error err;
	char *text;

	for (size_t t = 0; t < route->n_treatments; t++)
		for (size_t s = 0; s < route->treatments[t]->n; s++)
			route->treatments[t]->steps[s].ring_time = (enum nm_ring_time)((t + s) % 4);
	text = write_route(route);
	ok(nm_route_read(text, strlen(text), &back, &err), &err);
	assert_int_equal(back->n_treatments, route->n_treatments);
	for (size_t t = 0; t < route->n_treatments; t++)
		for (size_t s = 0; s < route->treatments[t]->n; s++)
			assert_int_equal(back->treatments[t]->steps[s].ring_time,
					 route->treatments[t]->steps[s].ring_time);
	free(text);
	nm_route_free(back);
}

static void test_json_and_back(void **state)
{
	char *folder = random_folder_new();
	struct nm_error err;

	(void)state;
	for (uint64_t seed = 200; seed < 220; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time from = instant(plan, "2026-10-20 00:00");
		struct compiled compiled = compile(plan, from, from + 60 * NM_DAY);
		struct nm_route *route = route_of(&compiled, 0), *again = route_of(&compiled, 0), *back;
		char *text = write_route(route), *same = write_route(again), *third;

		assert_string_equal(text, same);
		ok(nm_route_read(text, strlen(text), &back, &err), &err);
		third = write_route(back);
		assert_string_equal(text, third);
		assert_well_formed(back);
		assert_decides_always(&compiled, 0, back);
		free(text);
		free(same);
		free(third);
		assert_ring_times_kept(again);
		nm_route_free(route);
		nm_route_free(again);
		nm_route_free(back);
		release(&compiled);
	}
	random_folder_free(folder);
}

static const char small[] =
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
	"account sandbox { driver = sandbox }\n"
	"line main { number = \"+15125550100\" account = sandbox }\n"
	"schedule open { hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00\" }\n"
	"callers vip { numbers = { \"+15125550142\" } }\n"
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"
	"destination sam { kind = personal number = \"+15125550112\" own_voicemail = none }\n"
	"destination fixly { kind = ai number = \"+15125550177\" }\n"
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"
	"path night { step { ring = fixly for = 10s } }\n";

static struct nm_plan *small_plan(const char *more)
{
	char text[4096];

	assert_true(snprintf(text, sizeof(text), "%s%s", small, more) < (int)sizeof(text));
	return plan_of_text(text, "/tmp");
}

#define RULES "rule open { during = open path = day }\nrule closed { path = night }\n"

/* "The weekly pattern is the commonest"; without holidays or overrides nothing else is needed, clock
 * changes included. */
static void test_plain_week_has_no_exceptions(void **state)
{
	struct nm_plan *plan = small_plan(RULES);
	nm_time from = instant(plan, "2026-11-23 05:11");
	struct compiled compiled = compile(plan, from, from + 731 * (nm_time)NM_DAY);
	struct nm_route *route = route_of(&compiled, 0);

	(void)state;
	assert_int_equal(route->n_exceptions, 0);
	assert_int_equal(route->n_situations, 2);
	assert_int_equal(route->week[0].n, 3);
	assert_int_equal(route->week[0].changes[1].minute, 8 * 60);
	assert_int_equal(route->week[0].changes[2].minute, 18 * 60);
	assert_int_equal(route->week[6].n, 1);
	nm_route_free(route);
	release(&compiled);
}

/* "Exceptions are few": a week's holiday is one span, not one a day. */
static void test_neighbours_are_one_exception(void **state)
{
	struct nm_plan *plan =
		small_plan("override away { from = \"2027-03-01 00:00\" until = \"2027-03-08 00:00\""
			   " path = night }\n" RULES);
	nm_time from = instant(plan, "2026-11-23 00:00");
	struct compiled compiled = compile(plan, from, from + 365 * (nm_time)NM_DAY);
	struct nm_route *route = route_of(&compiled, 0);

	(void)state;
	assert_int_equal(route->n_exceptions, 1);
	assert_int_equal(route->exceptions[0].span.from, instant(plan, "2027-03-01 08:00"));
	assert_int_equal(route->exceptions[0].span.until, instant(plan, "2027-03-06 13:00"));
	nm_route_free(route);
	release(&compiled);
}

/* A rotation makes weeks alternate: the commonest whole week is the pattern, the others are exceptions. */
static void test_rotation_is_every_second_week(void **state)
{
	struct nm_plan *plan = small_plan(
		"rotation turn { members = { owner, sam } from = \"2026-11-23 00:00\" every = 1w }\n"
		"path on { step { ring = turn for = 20s } }\nrule all { path = on }\n");
	nm_time from = instant(plan, "2026-11-23 00:00");
	struct compiled compiled = compile(plan, from, from + 20 * 7 * (nm_time)NM_DAY);
	struct nm_route *route = route_of(&compiled, 0);

	(void)state;
	for (int w = 0; w < 7; w++)
		assert_int_equal(route->week[w].n, 1);
	assert_int_equal(route->n_exceptions, 10);
	assert_decides_always(&compiled, 0, route);
	nm_route_free(route);
	release(&compiled);
}

/* Holidays do not mix the weeks of a rotation up: a whole week is the pattern if that spares exceptions. */
static void test_a_rotation_keeps_whole_weeks(void **state)
{
	struct nm_plan *plan = small_plan(
		"override h1 { from = \"2026-11-26 00:00\" until = \"2026-11-27 00:00\" path = night }\n"
		"override h2 { from = \"2026-12-10 00:00\" until = \"2026-12-11 00:00\" path = night }\n"
		"rotation turn { members = { owner, sam } from = \"2026-11-23 00:00\" every = 1w }\n"
		"path on { step { ring = turn for = 20s } }\nrule all { path = on }\n");
	nm_time from = instant(plan, "2026-11-23 00:00"), until = instant(plan, "2027-04-12 00:00");
	struct compiled compiled = compile(plan, from, until);
	struct nm_route *route = route_of(&compiled, 0);

	(void)state;
	/* The ten weeks of the one whose weeks are not whole, two of them in three parts. */
	assert_int_equal(route->n_exceptions, 8 + 2 * 3);
	nm_route_free(route);
	release(&compiled);
}

/* Changes within a minute are exceptions to the second; the week has whole minutes. */
static void test_seconds_are_exceptions(void **state)
{
	static const char event[] =
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
		"DTSTAMP:20260101T000000Z\r\nDTSTART:20261101T160010Z\r\n"
		"DTEND:20261101T160040Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
	char *folder = random_folder_new(), text[4096], name[512];
	struct compiled compiled;
	struct nm_route *route;
	nm_time from;
	FILE *out;

	(void)state;
	assert_true(snprintf(name, sizeof(name), "%s/short.ics", folder) > 0);
	out = fopen(name, "w");
	assert_non_null(out);
	assert_true(fputs(event, out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_true(snprintf(text, sizeof(text),
			     "%scalendar short { file = \"short.ics\" }\n"
			     "schedule moment { calendar = short }\n"
			     "rule m { during = moment path = day }\nrule closed { path = night }\n",
			     small) < (int)sizeof(text));
	compiled.plan = plan_of_text(text, folder);
	from = instant(compiled.plan, "2026-11-23 00:00");
	compiled = compile(compiled.plan, from, from + 21 * NM_DAY);
	route = route_of(&compiled, 0);
	assert_well_formed(route);
	assert_int_equal(route->n_exceptions, 21);
	assert_int_equal(route->exceptions[0].span.until - route->exceptions[0].span.from, 30);
	assert_decides_always(&compiled, 0, route);
	nm_route_free(route);
	release(&compiled);
	random_folder_free(folder);
}

/* An hour that comes twice, and one that does not come: nm_route_next stops where the clock is changed. */
static void test_next_stops_at_clock_changes(void **state)
{
	static const char *const dates[] = { "2026-11-01 00:00", "2027-03-14 00:00" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct nm_plan *plan = small_plan("schedule early { hours = \"00:00-01:30,02:30-03:30\" }\n"
						  "rule e { during = early path = day }\n" RULES);
		nm_time from = instant(plan, dates[i]), next;
		struct compiled compiled = compile(plan, from - 30 * NM_DAY, from + 30 * NM_DAY);
		struct nm_route *route = route_of(&compiled, 0);

		assert_int_equal(route->n_exceptions, 0);
		for (nm_time t = from; t < from + NM_DAY; t = next) {
			next = nm_route_next(route, t);
			for (nm_time at = t; at < next; at += 60)
				assert_int_equal(nm_route_situation(route, at), nm_route_situation(route, t));
		}
		assert_decides_always(&compiled, 0, route);
		nm_route_free(route);
		release(&compiled);
	}
}

/* The emergency key works where a greeting plays, and only there. */
static void test_the_key_needs_a_greeting(void **state)
{
	const struct {
		const char *path;
		bool works;
	} cases[] = {
		{ "greeting = \"Smith\" lasts = 4s step { ring = owner }", true },
		{ "step { ring = owner } step { ring = box }", true },
		{ "step { ring = owner } step { ring = mute }", false },
		{ "step { ring = owner }", false },
	};
	const struct nm_caller caller = { false, 15125550199 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1024];
		struct compiled compiled;
		struct nm_route *route;
		nm_time from;

		assert_true(snprintf(text, sizeof(text),
				     "destination box { kind = voicemail greeting = \"Smith\" }\n"
				     "destination mute { kind = voicemail }\npath p { %s }\n"
				     "path e { step { ring = sam } }\n"
				     "rule all { path = p }\nemergency { key = \"9\" path = e }\n",
				     cases[i].path) < (int)sizeof(text));
		compiled.plan = small_plan(text);
		from = instant(compiled.plan, "2026-11-23 00:00");
		compiled = compile(compiled.plan, from, from + NM_DAY);
		route = route_of(&compiled, 0);
		assert_int_equal(nm_route_treatment(route, from, caller, true) != NULL, cases[i].works);
		nm_route_free(route);
		release(&compiled);
	}
}

/* --- diff --- */

static const struct nm_difference *covering(const struct nm_differences *differences, nm_time t, bool key,
					    const char *callers)
{
	for (size_t i = 0; i < differences->n; i++) {
		const struct nm_difference *item = &differences->items[i];

		if (item->key != key ||
		    (strcmp(item->callers, "any caller") != 0 && strstr(item->callers, callers) == NULL))
			continue;
		for (size_t w = 0; w < item->n; w++)
			if (item->windows[w].from <= t && t < item->windows[w].until)
				return item;
	}
	return NULL;
}

/* "nm_route_diff is exact": at sampled instants, for callers of all kinds, a difference is reported
 * if and only if the two plans give that caller something else. */
static void test_diff_is_exact(void **state)
{
	char *folder = random_folder_new();
	struct nm_error err;

	(void)state;
	for (uint64_t seed = 300; seed < 330; seed++) {
		struct nm_plan *plans[2] = { random_plan_read(seed, folder),
					     random_plan_read(seed + 1, folder) };
		nm_time from = instant(plans[0], "2026-10-25 00:00"), until = from + 30 * NM_DAY;
		struct compiled a = compile(plans[0], from, until), b = compile(plans[1], from, until);
		struct nm_route *x = route_of(&a, 0), *y = route_of(&b, 0);
		struct nm_differences differences;

		ok(nm_route_diff(x, y, from, until, &differences, &err), &err);
		for (size_t i = 0; i < differences.n; i++) {
			const struct nm_difference *item = &differences.items[i];

			assert_string_not_equal(item->a_words, item->b_words);
			for (size_t w = 0; w < item->n; w++) {
				nm_time t = item->windows[w].from;

				assert_true(w == 0 || item->windows[w - 1].until < t);
				assert_same(nm_route_treatment(x, t, item->witness, item->key), item->a, t);
				assert_same(nm_route_treatment(y, t, item->witness, item->key), item->b, t);
				t = item->windows[w].until - 1;
				assert_same(nm_route_treatment(x, t, item->witness, item->key), item->a, t);
				assert_same(nm_route_treatment(y, t, item->witness, item->key), item->b, t);
			}
		}
		for (nm_time t = from; t < until; t += 1777) {
			const struct nm_caller nobody = { false, 0 };
			const struct nm_treatment *p = nm_route_treatment(x, t, nobody, false);
			const struct nm_treatment *q = nm_route_treatment(y, t, nobody, false);
			bool reported = covering(&differences, t, false, "any other caller") != NULL;

			assert_int_equal(reported, !nm_treatment_equal(p, q));
		}
		nm_differences_clear(&differences);
		nm_route_free(x);
		nm_route_free(y);
		release(&a);
		release(&b);
	}
	random_folder_free(folder);
}

/* A route never differs from itself, nor from itself read back. */
static void test_no_difference_from_itself(void **state)
{
	char *folder = random_folder_new();
	struct nm_error err;

	(void)state;
	for (uint64_t seed = 400; seed < 410; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time from = instant(plan, "2026-10-25 00:00");
		struct compiled compiled = compile(plan, from, from + 30 * NM_DAY);
		struct nm_route *route = route_of(&compiled, 0), *back;
		char *text = write_route(route);
		struct nm_differences differences;

		ok(nm_route_read(text, strlen(text), &back, &err), &err);
		ok(nm_route_diff(route, back, from, from + 30 * NM_DAY, &differences, &err), &err);
		assert_int_equal(differences.n, 0);
		nm_differences_clear(&differences);
		free(text);
		nm_route_free(route);
		nm_route_free(back);
		release(&compiled);
	}
	random_folder_free(folder);
}

/* Beyond its horizon a route goes on as its week does, and is compared so: what is live may have been pushed
 * long ago. */
static void test_compared_beyond_the_horizon_of_one(void **state)
{
	char *folder = random_folder_new();
	struct nm_error err;

	(void)state;
	for (uint64_t seed = 500; seed < 520; seed++) {
		struct nm_plan *plan = random_plan_read(seed, folder);
		nm_time from = instant(plan, "2026-10-20 00:00"), until = from + 60 * NM_DAY;
		struct compiled old = compile(plan, from, from + 20 * NM_DAY);
		struct compiled new = compile(random_plan_read(seed, folder), from, until);
		struct nm_route *x = route_of(&new, 0), *y = route_of(&old, 0);
		struct nm_differences differences;
		size_t at = 0;

		ok(nm_route_diff(x, y, from, until, &differences, &err), &err);
		for (nm_time t = from; t < until; t += 1777) {
			const struct nm_caller nobody = { false, 0 };
			bool same = nm_treatment_equal(nm_route_treatment(x, t, nobody, false),
						       nm_route_treatment(y, t, nobody, false));

			assert_int_equal(covering(&differences, t, false, "any other caller") == NULL, same);
			at += same ? 0 : 1;
		}
		assert_true(at == 0 || differences.items[0].windows[0].from >= y->until);
		nm_differences_clear(&differences);
		nm_route_free(x);
		nm_route_free(y);
		release(&old);
		release(&new);
	}
	random_folder_free(folder);
}

static struct nm_differences compare(const char *old, const char *new)
{
	struct nm_plan *a = small_plan(old), *b = small_plan(new);
	nm_time from = instant(a, "2026-11-23 05:11");
	struct nm_differences differences;
	struct nm_error err;

	ok(nm_plan_compare(&(struct nm_plan_pair){ .old = a, .new_plan = b, .from = from, .until = from + 364 * (nm_time)NM_DAY },
			   &differences, &err), &err);
	nm_plan_free(a);
	nm_plan_free(b);
	return differences;
}

static void assert_difference(const struct nm_difference *item, const char *when, const char *callers,
			      const char *a, const char *b)
{
	assert_string_equal(item->when, when);
	assert_string_equal(item->callers, callers);
	assert_string_equal(item->a_words, a);
	assert_string_equal(item->b_words, b);
}

/* "Not the text but what changes for callers": plans read and freed, the words remain. */
static void test_compare_says_what_changes(void **state)
{
	struct nm_differences d = compare(RULES, "schedule late { hours = \"Th 12:00-13:00\" }\n"
						 "rule lunch { during = late path = night }\n" RULES);

	(void)state;
	assert_int_equal(d.n, 1);
	assert_difference(&d.items[0], "Thursdays 12:00-13:00", "any caller", "owner 20 s, then fixly 10 s",
			  "fixly 10 s");
	nm_differences_clear(&d);
}

/* A phone that only has another number reads differently: nothing else shows a call that is led astray. */
static void test_compare_names_a_number_that_changed(void **state)
{
	struct nm_differences d = compare("destination eve { kind = ai number = \"+15125550178\" }\n"
					  "path p { step { ring = eve for = 9s } }\nrule all { path = p }\n",
					  "destination eve { kind = ai number = \"+15125550179\" }\n"
					  "path p { step { ring = eve for = 9s } }\nrule all { path = p }\n");

	(void)state;
	assert_int_equal(d.n, 1);
	assert_difference(&d.items[0], "always", "any caller", "eve (+15125550178) 9 s",
			  "eve (+15125550179) 9 s");
	nm_differences_clear(&d);
}

/* Two texts that mean the same are no difference. */
static void test_compare_sees_through_text(void **state)
{
	struct nm_differences d =
		compare(RULES, "schedule weekend { hours = \"Sa-Su 00:00-24:00\" }\n"
			       "rule w { during = open outside = weekend path = day }\n" RULES);

	(void)state;
	assert_int_equal(d.n, 0);
	nm_differences_clear(&d);
}

#define TEXTING "text_back { missed = \"Smith: what can we help with?\" account = sandbox }\n" RULES

/* What a plan has come after a call that nobody answers at `t`: the text, and whether somebody calls back. */
static bool same_after(const struct nm_plan *old, const struct nm_plan *plan, nm_time t)
{
	const struct nm_plan *both[] = { old, plan };
	const char *texts[2];
	bool back[2];

	for (int i = 0; i < 2; i++) {
		const struct nm_set *during = &both[i]->follow_up.during;
		struct nm_timeline *timeline;
		struct nm_error err;

		ok(nm_timeline_build(both[i], t, t + 1, &timeline, &err), &err);
		texts[i] = nm_text_back(both[i], nm_timeline_state(timeline, t),
					(struct nm_decision){ .verdict = NM_VERDICT_LOST });
		back[i] = !during->given;
		for (size_t j = 0; j < during->n; j++)
			back[i] = back[i] || nm_bit(nm_timeline_state(timeline, t)->schedules, during->ids[j]);
		nm_timeline_free(timeline);
	}
	return back[0] == back[1] &&
	       (texts[0] == NULL || texts[1] == NULL ? texts[0] == texts[1] : strcmp(texts[0], texts[1]) == 0);
}

/* "Before saving: what changes for callers": the text to those who are missed and the call back are told, with the times. */
static void test_compare_tells_what_comes_after_a_missed_call(void **state)
{
	static const struct {
		const char *plan, *callers, *when, *a, *b;
	} cases[] = {
		{ RULES, "callers who are missed", "always",
		  "text \"Smith: what can we help with?\"; at most once in 4 h", "no text" },
		{ "text_back { missed = \"Jones: sorry\" account = sandbox }\n" RULES, "callers who are missed", "always",
		  "text \"Smith: what can we help with?\"; at most once in 4 h",
		  "text \"Jones: sorry\"; at most once in 4 h" },
		{ "text_back { missed = \"Smith: what can we help with?\" account = sandbox once_per = 1h }\n" RULES,
		  "callers who are missed", "always", "text \"Smith: what can we help with?\"; at most once in 4 h",
		  "text \"Smith: what can we help with?\"; at most once in 1 h" },
		{ "schedule noon { hours = \"Th 12:00-13:00\" }\n"
		  "text_back { missed = \"Smith: what can we help with?\" account = sandbox during = noon }\n" RULES,
		  "callers who are missed", "Thu 13:00-Thu 12:00",
		  "text \"Smith: what can we help with?\"; at most once in 4 h", "no text" },
		{ "follow_up { within = 45m then_text = \"Smith: when?\" }\n" TEXTING, "callers to be called back", "always",
		  "called back within 15 min, 3 attempts 30 min apart",
		  "called back within 45 min, 3 attempts 30 min apart, then text \"Smith: when?\"" },
	};
	struct nm_plan *old = small_plan(TEXTING);
	const nm_time from = instant(old, "2026-11-23 05:11"), until = from + 28 * (nm_time)NM_DAY;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nm_plan *plan = small_plan(cases[i].plan);
		struct nm_differences d;
		struct nm_error err;

		ok(nm_plan_compare(&(struct nm_plan_pair){ .old = old, .new_plan = plan, .from = from, .until = until }, &d, &err),
		   &err);
		assert_int_equal(d.n, 1);
		assert_true(d.items[0].after);
		assert_true(nm_differences_for_callers(&d));
		assert_difference(&d.items[0], cases[i].when, cases[i].callers, cases[i].a, cases[i].b);
		for (nm_time t = from; i == 3 && t < until; t += 1800) {
			bool told = false;

			for (size_t k = 0; k < d.items[0].n; k++)
				told = told || (d.items[0].windows[k].from <= t && t < d.items[0].windows[k].until);
			assert_int_equal(told, !same_after(old, plan, t));
		}
		nm_differences_clear(&d);
		nm_plan_free(plan);
	}
	nm_plan_free(old);
}

#define ALERTING "emergency { callers = vip path = night alert = sam }\n" RULES

/* The name of the business stands in the text to those who are alerted, and no caller notices it: one difference of the
 * line, which comes at no time of the week, beside what callers get in any other way. */
static void test_compare_tells_the_text_of_alerts_by_itself(void **state)
{
	static const char later[] = "schedule late { hours = \"Th 12:00-13:00\" }\nrule l { during = late path = night }\n";
	struct nm_plan *old = small_plan(ALERTING), *named, *both;
	char text[4096];
	nm_time from = instant(old, "2026-11-23 05:11");
	struct nm_differences d;
	struct nm_error err;

	(void)state;
	assert_true(snprintf(text, sizeof(text), "business = \"Jones\" %s%s", strstr(small, "timezone"), ALERTING) <
		    (int)sizeof(text));
	named = plan_of_text(text, "/tmp");
	assert_true(snprintf(text, sizeof(text), "business = \"Jones\" %s%s%s", strstr(small, "timezone"), later, ALERTING) <
		    (int)sizeof(text));
	both = plan_of_text(text, "/tmp");
	ok(nm_plan_compare(&(struct nm_plan_pair){ .old = old, .new_plan = named, .from = from, .until = from + 364 * (nm_time)NM_DAY },
			   &d, &err), &err);
	assert_int_equal(d.n, 1);
	assert_true(d.items[0].staff);
	assert_false(nm_differences_for_callers(&d));
	assert_int_equal(d.items[0].n, 0);
	assert_difference(&d.items[0], "in every alert", "those who are alerted",
			  "Smith: emergency call to line main from {caller}",
			  "Jones: emergency call to line main from {caller}");
	nm_differences_clear(&d);
	ok(nm_plan_compare(&(struct nm_plan_pair){ .old = old, .new_plan = both, .from = from, .until = from + 364 * (nm_time)NM_DAY },
			   &d, &err), &err);
	assert_int_equal(d.n, 2);
	assert_true(nm_differences_for_callers(&d));
	assert_difference(&d.items[0], "Thursdays 12:00-13:00", "any other caller", "owner 20 s, then fixly 10 s",
			  "fixly 10 s");
	assert_true(d.items[1].staff);
	nm_differences_clear(&d);
	nm_plan_free(old);
	nm_plan_free(named);
	nm_plan_free(both);
}

/* Only the callers concerned are named. */
static void test_compare_names_the_callers(void **state)
{
	struct nm_differences d = compare(RULES, "rule vip { callers = vip path = day }\n" RULES);

	(void)state;
	assert_int_equal(d.n, 1);
	assert_string_equal(d.items[0].callers, "callers vip");
	assert_int_equal(d.items[0].witness.number, 15125550142);
	nm_differences_clear(&d);
}

/* A caller who only comes into, or leaves, a group is found though the groups have the same name. */
static void test_compare_finds_who_changed_groups(void **state)
{
	static const char old[] =
		"callers k { numbers = { \"+15125550180\" } } rule k { callers = k reject = busy }\n" RULES;
	static const char new[] = "callers k { numbers = { \"+15125550180\", \"+1737555*\" } }\n"
				  "rule k { callers = k reject = busy }\n" RULES;
	struct nm_differences d = compare(old, new);

	(void)state;
	assert_int_equal(d.n, 2);
	for (size_t i = 0; i < d.n; i++) {
		assert_int_equal(d.items[i].witness.number / 10000, 1737555);
		assert_string_equal(d.items[i].b_words, "rejected (busy)");
		assert_non_null(strstr(d.items[i].callers, "callers such as +1737555"));
	}
	nm_differences_clear(&d);
}

/* "A line only one plan has." */
static void test_compare_says_which_lines_are_gone(void **state)
{
	struct nm_differences d =
		compare("line two { number = \"+15125550101\" account = sandbox }\n" RULES,
			"line three { number = \"+15125550102\" account = sandbox }\n" RULES);

	(void)state;
	assert_int_equal(d.n, 6);
	for (size_t i = 0; i < d.n; i++)
		assert_string_equal(d.items[i].line, i < 3 ? "two" : "three");
	assert_difference(&d.items[0], "always", "any caller", "+15125550101", "no such line");
	assert_string_equal(d.items[1].a_words, "fixly 10 s");
	assert_string_equal(d.items[1].b_words, "no such line");
	assert_difference(&d.items[3], "always", "any caller", "no such line", "+15125550102");
	assert_string_equal(d.items[4].a_words, "no such line");
	assert_string_equal(d.items[4].b_words, "fixly 10 s");
	nm_differences_clear(&d);
}

/* A number is what people call: its line is the same under another name, and what changes is told of the new one. */
static void test_compare_knows_a_line_by_its_number(void **state)
{
	static const char old[] = "line two { number = \"+15125550101\" account = sandbox }\n" RULES;
	static const char named[] = "line duo { number = \"+15125550101\" account = sandbox }\n" RULES;
	static const char later[] = "line duo { number = \"+15125550101\" account = sandbox }\n"
				    "schedule late { hours = \"Th 12:00-13:00\" }\n"
				    "rule l { lines = duo during = late path = night }\n" RULES;
	struct nm_differences d = compare(old, named);

	(void)state;
	assert_int_equal(d.n, 1);
	assert_true(d.items[0].renamed);
	assert_int_equal(d.items[0].n, 0);
	assert_false(nm_differences_for_callers(&d));
	assert_string_equal(d.items[0].line, "duo");
	assert_string_equal(d.items[0].a_words, "two");
	assert_string_equal(d.items[0].b_words, "duo");
	nm_differences_clear(&d);
	d = compare(old, later);
	assert_int_equal(d.n, 2);
	assert_true(d.items[0].renamed);
	assert_string_equal(d.items[1].line, "duo");
	assert_difference(&d.items[1], "Thursdays 12:00-13:00", "any caller", "owner 20 s, then fixly 10 s",
			  "fixly 10 s");
	nm_differences_clear(&d);
}

/* The same line rings under its new name, in a path and as a phone of its own; one that is another line is told. */
static void test_compare_knows_a_line_that_is_rung(void **state)
{
#define RUNG(name, number, rung)                                                                                           \
	"line " name " { number = \"" number "\" account = sandbox }\n"                                                     \
	"line three { number = \"+15125550102\" account = sandbox }\n"                                                      \
	"destination cell { kind = personal line = " name " own_voicemail = none }\n"                                      \
	"path ring { step { ring = " rung " for = 20s } step { ring = cell for = 10s } }\n"                                \
	"rule r { lines = main path = ring }\n" RULES
	static const char old[] = RUNG("two", "+15125550101", "two");
	struct nm_differences d = compare(old, RUNG("duo", "+15125550101", "duo"));

	(void)state;
	assert_int_equal(d.n, 1);
	assert_true(d.items[0].renamed);
	assert_false(nm_differences_for_callers(&d));
	nm_differences_clear(&d);
	d = compare(old, RUNG("duo", "+15125550101", "three"));
	assert_int_equal(d.n, 2);
	assert_true(nm_differences_for_callers(&d));
	nm_differences_clear(&d);
	d = compare(old, RUNG("duo", "+15125550103", "duo"));
	assert_true(nm_differences_for_callers(&d));
	nm_differences_clear(&d);
#undef RUNG
}

/* A name that both plans have is the line, whatever its number: lines that exchange their numbers are not renamed, and
 * neither is one whose number the other plan gives to a line of a name known to both. */
static void test_compare_knows_a_line_by_its_name_first(void **state)
{
	static const char old[] = "line two { number = \"+15125550101\" account = sandbox }\n"
				  "line three { number = \"+15125550102\" account = sandbox }\n" RULES;
	struct nm_differences d = compare(old, "line two { number = \"+15125550102\" account = sandbox }\n"
					       "line three { number = \"+15125550101\" account = sandbox }\n" RULES);

	(void)state;
	assert_int_equal(d.n, 2);
	assert_difference(&d.items[0], "always", "any caller", "+15125550101", "+15125550102");
	assert_difference(&d.items[1], "always", "any caller", "+15125550102", "+15125550101");
	nm_differences_clear(&d);
	d = compare(old, "line three { number = \"+15125550101\" account = sandbox }\n" RULES);
	for (size_t i = 0; i < d.n; i++)
		assert_false(d.items[i].renamed);
	assert_difference(&d.items[0], "always", "any caller", "+15125550102", "+15125550101");
	assert_difference(&d.items[1], "always", "any caller", "+15125550101", "no such line");
	nm_differences_clear(&d);
}

/* Both plans say the same of which lines are the same. */
static void test_same_lines_are_the_same_both_ways(void **state)
{
	struct nm_plan *a = small_plan("line two { number = \"+15125550101\" account = sandbox }\n"
				       "line four { number = \"+15125550103\" account = sandbox }\n" RULES);
	struct nm_plan *b = small_plan("line three { number = \"+15125550102\" account = sandbox }\n"
				       "line duo { number = \"+15125550101\" account = sandbox }\n" RULES);
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < a->n_lines; i++)
		for (size_t j = 0; j < b->n_lines; j++) {
			const bool same = nm_plan_same_line(a, (int)i, b) == (int)j;

			assert_int_equal(same, nm_plan_same_line(b, (int)j, a) == (int)i);
			pairs += same;
		}
	assert_int_equal(pairs, 2); /* main, and two that is called duo */
	nm_plan_free(a);
	nm_plan_free(b);
}

/* Every instant of a new line is told once, as what the plan itself decides for a call then. */
static void test_compare_tells_all_that_a_new_line_does(void **state)
{
	static const char three[] = "line three { number = \"+15125550102\" account = sandbox }\n" RULES;
	struct nm_differences d = compare(RULES, three);
	struct nm_plan *plan = small_plan(three);
	const nm_time from = instant(plan, "2026-11-23 05:11");
	struct compiled compiled = compile(plan, from, from + 364 * (nm_time)NM_DAY);
	const int line = nm_plan_find_line(plan, "three");

	(void)state;
	for (nm_time t = from; t < from + 364 * (nm_time)NM_DAY; t += 3599) {
		const struct nm_state *then = nm_timeline_state(compiled.timeline, t);
		struct nm_arena *arena = nm_arena_new();
		struct nm_treatment *decided;
		struct nm_error err;
		size_t told = 0;

		ok(nm_resolve(plan, then, line, nm_decide(plan, then, line, 0, false), false, arena, &decided, &err),
		   &err);
		for (size_t i = 1; i < d.n; i++)
			for (size_t w = 0; w < d.items[i].n; w++)
				if (t >= d.items[i].windows[w].from && t < d.items[i].windows[w].until) {
					assert_same(d.items[i].b, decided, t);
					told++;
				}
		assert_int_equal(told, 1);
		nm_arena_free(arena);
	}
	nm_differences_clear(&d);
	release(&compiled);
}

/* What the emergency key gives is compared too. */
static void test_compare_sees_the_key(void **state)
{
	static const char mail[] = "destination box { kind = voicemail greeting = \"press 9\" }\n"
				   "path p { step { ring = box } } path e { step { ring = owner } }\n"
				   "path f { step { ring = sam } }\n"
				   "rule all { path = p }\n";
	char old[1024], new[1024];
	struct nm_differences d;

	(void)state;
	assert_true(snprintf(old, sizeof(old), "%semergency { key = \"9\" path = e }\n", mail) > 0);
	assert_true(snprintf(new, sizeof(new), "%semergency { key = \"9\" path = f }\n", mail) > 0);
	d = compare(old, new);
	assert_int_equal(d.n, 1);
	assert_true(d.items[0].key);
	assert_int_equal(d.items[0].n, 1);
	assert_difference(&d.items[0], "always", "any caller", "key 9: owner 20 s", "key 9: sam 20 s");
	nm_differences_clear(&d);
	assert_true(snprintf(new, sizeof(new), "%semergency { key = \"5\" path = e }\n", mail) > 0);
	d = compare(old, new);
	assert_int_equal(d.n, 1);
	assert_difference(&d.items[0], "always", "any caller", "key 9: owner 20 s", "key 5: owner 20 s");
	nm_differences_clear(&d);
	d = compare(old, mail);
	assert_int_equal(d.n, 1);
	assert_difference(&d.items[0], "always", "any caller", "key 9: owner 20 s", "no emergency key works");
	nm_differences_clear(&d);
}

/* --- outline --- */

/* How many items of the outline hold for this caller at t, and is the one what the route says? */
static void assert_outlined(const struct nm_route *route, const struct nm_differences *outline, nm_time t)
{
	for (size_t c = 0; c < route->n_classes; c++) {
		const struct nm_treatment *says =
			nm_route_treatment(route, t, route->classes[c].witness, false);
		size_t right = 0;

		for (size_t i = 0; i < outline->n; i++)
			for (size_t w = 0; w < outline->items[i].n && !outline->items[i].key; w++)
				if (outline->items[i].windows[w].from <= t && t < outline->items[i].windows[w].until)
					right += nm_treatment_equal(outline->items[i].a, says);
		assert_true(right >= 1);
	}
}

/* "What each carrier will do, hour by hour": every instant of every caller is in the outline. */
static void test_outline_tells_all(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		char *folder = random_folder_new();
		struct nm_plan *plan = random_plan_read(seed, folder);
		const nm_time from = instant(plan, "2026-10-20T00:00:00Z");
		struct compiled compiled = compile(plan, from, from + 60 * NM_DAY);
		struct nm_route *route = route_of(&compiled, 0);
		struct nm_differences outline;
		nm_time seconds = 0;
		struct nm_error err;

		ok(nm_route_outline(route, route->from, route->until, &outline, &err), &err);
		for (nm_time t = route->from; t < route->until; t = nm_route_next(route, t))
			assert_outlined(route, &outline, t);
		for (size_t i = 0; i < outline.n && route->n_classes == 1; i++)
			for (size_t w = 0; w < outline.items[i].n && !outline.items[i].key; w++)
				seconds += outline.items[i].windows[w].until - outline.items[i].windows[w].from;
		assert_true(route->n_classes > 1 || seconds == route->until - route->from);
		nm_differences_clear(&outline);
		nm_route_free(route);
		release(&compiled);
		random_folder_free(folder);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outline_tells_all),
		cmocka_unit_test(test_lowering_is_exact),
		cmocka_unit_test(test_next_misses_nothing),
		cmocka_unit_test(test_json_and_back),
		cmocka_unit_test(test_plain_week_has_no_exceptions),
		cmocka_unit_test(test_neighbours_are_one_exception),
		cmocka_unit_test(test_rotation_is_every_second_week),
		cmocka_unit_test(test_a_rotation_keeps_whole_weeks),
		cmocka_unit_test(test_seconds_are_exceptions),
		cmocka_unit_test(test_next_stops_at_clock_changes),
		cmocka_unit_test(test_the_key_needs_a_greeting),
		cmocka_unit_test(test_diff_is_exact),
		cmocka_unit_test(test_no_difference_from_itself),
		cmocka_unit_test(test_compared_beyond_the_horizon_of_one),
		cmocka_unit_test(test_compare_says_what_changes),
		cmocka_unit_test(test_compare_names_a_number_that_changed),
		cmocka_unit_test(test_compare_sees_through_text),
		cmocka_unit_test(test_compare_tells_what_comes_after_a_missed_call),
		cmocka_unit_test(test_compare_tells_the_text_of_alerts_by_itself),
		cmocka_unit_test(test_compare_names_the_callers),
		cmocka_unit_test(test_compare_finds_who_changed_groups),
		cmocka_unit_test(test_compare_says_which_lines_are_gone),
		cmocka_unit_test(test_compare_knows_a_line_by_its_number),
		cmocka_unit_test(test_compare_knows_a_line_that_is_rung),
		cmocka_unit_test(test_compare_knows_a_line_by_its_name_first),
		cmocka_unit_test(test_same_lines_are_the_same_both_ways),
		cmocka_unit_test(test_compare_tells_all_that_a_new_line_does),
		cmocka_unit_test(test_compare_sees_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
