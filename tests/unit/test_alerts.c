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
	assert_beside(&slow, &a, false, "nobody, alerting owner, and sam if nobody acknowledges within 300 s");
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
		cmocka_unit_test(test_what_differs_is_told),
		cmocka_unit_test(test_a_copy_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
