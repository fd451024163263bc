/* SPDX-License-Identifier: MIT */
/*
 * The part of Liquid in which a flow tells the time: what it prints, until when, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carrier/liquid.h"
#include "random_plan.h"

#define CLOCK "{% assign t = 'now' | date: '%s' | plus: 0 %}"

static struct nm_liquid *liquid_of(struct nm_arena *arena, const char *text)
{
	struct nm_liquid *liquid;
	struct nm_error err;

	if (nm_liquid_read(text, arena, &liquid, &err) != NM_OK)
		fail_msg("%s: %s", text, err.text);
	return liquid;
}

static void assert_prints(const char *text, nm_time t, const char *wanted, nm_time wanted_until)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	const char *printed;
	nm_time until;

	if (nm_liquid_print(liquid_of(arena, text), t, &printed, &until, &err) != NM_OK)
		fail_msg("%s: %s", text, err.text);
	assert_string_equal(printed, wanted);
	assert_int_equal(until, wanted_until);
	nm_arena_free(arena);
}

static void test_what_is_printed_and_until_when(void **state)
{
	(void)state;
	assert_prints("", 5, "", NM_TIME_MAX);
	assert_prints("  front desk  ", 5, "front desk", NM_TIME_MAX);
	assert_prints(CLOCK "{% if t < 100 %}a{% else %}b{% endif %}", 5, "a", 100);
	assert_prints(CLOCK "{% if t < 100 %}a{% else %}b{% endif %}", 100, "b", 101);
	assert_prints(CLOCK "{% if t <= 100 %}a{% else %}b{% endif %}", 100, "a", 101);
	assert_prints(CLOCK "{% if t > 100 %}a{% elsif t == 7 %}b{% endif %}", 7, "b", 8);
	assert_prints(CLOCK "{% if 100 > t %}a{% else %}b{% endif %}", 5, "a", 100);
	assert_prints(CLOCK "{% if t >= 10 and t < 20 %}a{% else %}b{% endif %}", 5, "b", 10);
	assert_prints(CLOCK "{% if t >= 10 and t < 20 %}a{% else %}b{% endif %}", 15, "a", 20);
	assert_prints(CLOCK "{% if t != 10 %}a{% endif %}", 10, "", 11);
	assert_prints(CLOCK "{% assign m = t | plus: 3 | modulo: 10 %}{% if m < 5 %}a{% else %}b{% endif %}",
		      8, "a", 12);
	assert_prints(CLOCK "{% assign m = t | minus: 1 | modulo: 10 %}{% if m < 5 %}a{% else %}b{% endif %}",
		      9, "b", 11);
	assert_prints(
		"{% assign o = -5 %}{% if o < 0 %}{% assign o = 7 %}{% endif %}{% if o == 7 %}a{% endif %}",
		0, "a", NM_TIME_MAX);
	assert_prints(CLOCK "{% if t < 9 %}{% if t < 3 %}a{%else%}b{%endif%}{% endif %}", 2, "a", 3);
}

/* Going from change to change misses none. */
static void test_no_change_is_missed(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	uint64_t random = 3;

	(void)state;
	for (int round = 0; round < 300; round++) {
		const char *relations[] = { "<", "<=", ">", ">=", "==", "!=" };
		struct nm_liquid *liquid;
		const char *now, *then;
		struct nm_error err;
		nm_time until, ignored;
		struct nm_buf text;

		nm_buf_init(&text, 4096);
		nm_buf_add(&text, CLOCK);
		nm_buf_addf(&text, "{%% assign w = t | plus: %u | modulo: %u %%}", random_below(&random, 50),
			    1 + random_below(&random, 60));
		for (int i = 0; i < 4; i++)
			nm_buf_addf(&text, "{%% %s %c %s %u and %u %s w %%}s%d", i == 0 ? "if" : "elsif",
				    random_below(&random, 2) ? 't' : 'w', relations[random_below(&random, 6)],
				    random_below(&random, 200), random_below(&random, 60),
				    relations[random_below(&random, 6)], i);
		nm_buf_add(&text, "{% endif %}");
		liquid = liquid_of(arena, text.data);
		for (nm_time t = 0; t < 200; t = until) {
			assert_int_equal(nm_liquid_print(liquid, t, &now, &until, &err), NM_OK);
			assert_true(until > t);
			for (nm_time u = t; u < until && u < 200; u++) {
				assert_int_equal(nm_liquid_print(liquid, u, &then, &ignored, &err), NM_OK);
				assert_string_equal(now, then);
			}
		}
		nm_buf_clear(&text);
	}
	nm_arena_free(arena);
}

static void test_what_is_refused(void **state)
{
	static const char *const wrong[] = {
		"{{ x }}",
		"{% for i in x %}{% endfor %}",
		"{% endif %}",
		"{% else %}",
		"text {%",
		"{% if 1 < 2 %}",
		"{% if 1 < 2 %}a{% else %}b{% elsif 1 < 3 %}c{% endif %}",
		"{% if 1 < 2 %}a{% else %}b{% else %}c{% endif %}",
		"{% if x < 2 %}a{% endif %}",
		"{% if 1 ~ 2 %}a{% endif %}",
		"{% if 1 < 2 or 1 < 3 %}a{% endif %}",
		"{% assign t = 'now' | date: '%s' %}",
		"{% assign t = 'now' %}",
		"{% assign t = 'now' | date: '%H' | plus: 0 %}",
		"{% assign t = 'then' | date: '%s' | plus: 0 %}",
		"{% assign t = 1 | times: 2 %}",
		"{% assign t = t %}",
		"{% assign t = 99999999999999999999 %}",
		"{% assign t = 1",
		"{% assign 9 = 1 %}",
		"{% assign t = 1 | plus %}",
		"{% assign t = 1.5 %}",
		"{% if 1 < 2 and %}a{% endif %}",
		"{% ifx 1 < 2 %}a{% endif %}",
		"{% assign a=1 %}{% assign b=1 %}{% assign c=1 %}{% assign d=1 %}{% assign e=1 %}{% assign f=1 %}{% assign g=1 %}"
		"{% assign h=1 %}{% assign i=1 %}{% assign j=1 %}{% assign k=1 %}{% assign l=1 %}{% assign m=1 %}{% assign n=1 %}"
		"{% assign o=1 %}{% assign p=1 %}{% assign q=1 %}"
	};
	static const char *const unprintable[] = {
		"a{% if 1 < 2 %}b{% endif %}",
		"{% if 1 > 2 %}{% assign x = 1 %}{% endif %}{% if x < 2 %}a{% endif %}",
		"{% assign x = 1 | modulo: 0 %}",
		"{% assign x = -1 | modulo: 5 %}",
		CLOCK "{% assign x = 1 | plus: t %}",
		"{% assign x = 999999999999 | plus: 999999999999 | plus: 999999999999 | plus: 999999999999 | plus: 999999999999 %}"
	};
	struct nm_arena *arena = nm_arena_new();
	struct nm_liquid *liquid;
	const char *printed;
	struct nm_error err;
	nm_time until;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (nm_liquid_read(wrong[i], arena, &liquid, &err) != NM_INPUT)
			fail_msg("%s is taken", wrong[i]);
	for (size_t i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++)
		if (nm_liquid_print(liquid_of(arena, unprintable[i]), 100, &printed, &until, &err) !=
		    NM_INPUT)
			fail_msg("%s is printed", unprintable[i]);
	nm_arena_free(arena);
}

static void test_nesting_is_bounded(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_liquid *liquid;
	struct nm_error err;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, 1 << 24);
	for (int i = 0; i < 100000; i++)
		nm_buf_add(&text, "{% if 1 < 2 %}");
	assert_int_equal(nm_liquid_read(text.data, arena, &liquid, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "too deep"));
	nm_buf_clear(&text);
	nm_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_printed_and_until_when),
		cmocka_unit_test(test_no_change_is_missed),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_nesting_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
