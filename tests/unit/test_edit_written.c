/* SPDX-License-Identifier: MIT */
/* What stands in a plan's text, as it is written, and how a value is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "nevermiss/plan.h"

static const char plan[] = "business = \"Smith\"  # us\n"
			   "rule \"a b\" {\n"
			   "  callers = { vip, 'old \"pals\"' }\n"
			   "  path = day\n"
			   "}\n"
			   "path day { step { ring = owner for = 20s }\n"
			   "  step { ring = { sam } }\n"
			   "  rounds = 2 }\n"
			   "path night { step { ring = mailbox } }\n"
			   "value { }\n";

static struct nm_written written_of(const char *text)
{
	struct nm_written written;

	assert_int_equal(nm_written_read(text, strlen(text), &written, NULL), NM_OK);
	return written;
}

static void sections_are_read_in_order_with_their_places(void **state)
{
	static const struct {
		const char *kind, *title;
		int step, line, end_line;
	} expected[] = {
		{ "", NULL, -1, 1, 11 },     { "rule", "a b", -1, 2, 5 },     { "path", "day", -1, 6, 8 },
		{ "step", "day", 0, 6, 6 },  { "step", "day", 1, 7, 7 },      { "path", "night", -1, 9, 9 },
		{ "step", "night", 0, 9, 9 }, { "value", NULL, -1, 10, 10 },
	};
	struct nm_written written = written_of(plan);

	(void)state;
	assert_int_equal(written.n, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < written.n; i++) {
		assert_string_equal(written.sections[i].kind, expected[i].kind);
		if (expected[i].title)
			assert_string_equal(written.sections[i].title, expected[i].title);
		else
			assert_null(written.sections[i].title);
		assert_int_equal(written.sections[i].step, expected[i].step);
		assert_int_equal(written.sections[i].line, expected[i].line);
		assert_int_equal(written.sections[i].end_line, expected[i].end_line);
	}
	assert_memory_equal(plan + written.sections[1].from, "rule \"a b\" {", 12);
	assert_memory_equal(plan + written.sections[1].title_from, "\"a b\"",
			    written.sections[1].title_until - written.sections[1].title_from);
	nm_written_clear(&written);
}

static void comment_lines_directly_above_are_counted(void **state)
{
	static const int expected[] = { 1, 4, 8, 11, 13, 17 };
	struct nm_written written = written_of("# far away\n\nbusiness = \"B\"\n# of a,\n// and more\nrule a { } # behind it\n\n"
					       "/* of\n   day */\npath day {\n  # first\n  step { }\n  step { }\n}\n# gone\n\n"
					       "value { }\n");

	(void)state;
	assert_int_equal(written.n, 6);
	for (size_t i = 0; i < written.n; i++)
		assert_int_equal(written.sections[i].first_line, expected[i]);
	nm_written_clear(&written);
}

static void options_have_their_text_and_what_it_means(void **state)
{
	struct nm_written written = written_of(plan);
	const struct nm_written_section *rule = nm_written_find(&written, &(struct nm_place){ "rule", "a b", -1 });
	const struct nm_written_section *day = nm_written_find(&written, &(struct nm_place){ "path", "day", -1 });
	const struct nm_written_section *step = nm_written_find(&written, &(struct nm_place){ "path", "day", 1 });
	const struct nm_written_option *callers;

	(void)state;
	assert_non_null(rule);
	callers = nm_written_option(rule, "callers");
	assert_non_null(callers);
	assert_string_equal(callers->text, "{ vip, 'old \"pals\"' }");
	assert_int_equal(callers->n, 2);
	assert_int_equal(callers->line, 3);
	assert_string_equal(callers->values[1], "old \"pals\"");
	assert_null(nm_written_option(rule, "lines"));
	/* A step's options are not its path's. */
	assert_non_null(day);
	assert_int_equal(day->n, 1);
	assert_string_equal(nm_written_option(day, "rounds")->text, "2");
	assert_non_null(step);
	assert_string_equal(nm_written_option(step, "ring")->text, "{ sam }");
	assert_null(nm_written_find(&written, &(struct nm_place){ "path", "day", 2 }));
	assert_string_equal(nm_written_option(&written.sections[0], "business")->values[0], "Smith");
	nm_written_clear(&written);
}

static void a_text_that_breaks_off_is_read_up_to_there(void **state)
{
	struct nm_written written = written_of("a = 1\nline x { number = 2 }\nrule y { path = ");

	(void)state;
	assert_int_equal(written.n, 2);
	assert_string_equal(written.sections[1].title, "x");
	nm_written_clear(&written);
	assert_int_equal(nm_written_read("a\0b", 3, &written, NULL), NM_INPUT);
}

static void writes(const char *section, const char *option, const char *const *values, size_t n, const char *expected)
{
	const struct nm_option_info *info = nm_option_find(section, option);
	struct nm_buf out;

	assert_non_null(info);
	nm_buf_init(&out, 1000);
	nm_edit_value(info, values, n, &out);
	assert_string_equal(out.data, expected);
	nm_buf_clear(&out);
}

static void values_are_written_as_people_write_them(void **state)
{
	static const char *const two[] = { "owner", "Ann B." }, *const numbers[] = { "anonymous", "+1900*" };

	(void)state;
	writes("step", "ring", two, 2, "{ owner, \"Ann B.\" }");
	writes("step", "ring", two, 1, "owner");
	writes("rule", "callers", two, 0, "{}");
	writes("callers", "numbers", numbers, 2, "{ anonymous, \"+1900*\" }");
	writes("step", "for", &(const char *){ "20s" }, 1, "20s");
	writes("step", "for", &(const char *){ "20s }" }, 1, "\"20s }\"");
	writes("line", "number", &(const char *){ "15125550100" }, 1, "\"15125550100\"");
	writes("destination", "notes", &(const char *){ "a \"b\" ${c}" }, 1, "\"a \\\"b\\\" \\${c}\"");
	writes("destination", "notes", &(const char *){ "unknown" }, 1, "\"unknown\"");
	writes("test", "from", &(const char *){ "unknown" }, 1, "unknown");
}

static void alternatives_and_words_are_of_the_language(void **state)
{
	(void)state;
	assert_true(nm_word_listed("a|bc|d", "bc"));
	assert_false(nm_word_listed("a|bc|d", "b"));
	assert_false(nm_word_listed(NULL, "b"));
	for (size_t i = 0; i < nm_alternatives_count; i++)
		for (const char *at = nm_alternatives[i].options; *at; at += strcspn(at, "|"), at += *at == '|') {
			char name[64] = "";

			strncat(name, at, strcspn(at, "|"));
			assert_non_null(nm_option_find(nm_alternatives[i].section, name));
		}
	for (size_t i = 0; nm_ringing_options[i]; i++)
		assert_non_null(nm_option_find("destination", nm_ringing_options[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_are_read_in_order_with_their_places),
		cmocka_unit_test(comment_lines_directly_above_are_counted),
		cmocka_unit_test(options_have_their_text_and_what_it_means),
		cmocka_unit_test(a_text_that_breaks_off_is_read_up_to_there),
		cmocka_unit_test(values_are_written_as_people_write_them),
		cmocka_unit_test(alternatives_and_words_are_of_the_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
