/* SPDX-License-Identifier: MIT */
/*
 * Editing the plan's text: what each edit promises, by example.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "nevermiss/plan.h"

static char *apply(const struct nm_edit *edit, const char *text)
{
	struct nm_error err = { NM_OK, "" };
	char *out = NULL;
	size_t len = 0;
	const enum nm_code code = nm_edit_apply(edit, text, strlen(text), &out, &len, &err);

	if (code)
		print_error("%s\n", err.text);
	assert_int_equal(code, NM_OK);
	assert_int_equal(strlen(out), len);
	return out;
}

static void becomes(struct nm_edit edit, const char *before, const char *after)
{
	char *out = apply(&edit, before);

	assert_string_equal(out, after);
	free(out);
}

static void refused(struct nm_edit edit, const char *text, const char *why)
{
	struct nm_error err = { NM_OK, "" };
	char *out = NULL;
	size_t len = 0;

	assert_int_equal(nm_edit_apply(&edit, text, strlen(text), &out, &len, &err), NM_INPUT);
	assert_null(out);
	assert_non_null(strstr(err.text, why));
}

#define PLACE(s, t, n)                                                                                       \
	{                                                                                                    \
		.section = (s), .title = (t), .step = (n)                                                    \
	}
#define SET(s, t, o, v)                                                                                      \
	((struct nm_edit){ .op = NM_EDIT_SET, .place = PLACE(s, t, -1), .option = (o), .value = (v) })
#define SET_STEP(t, n, o, v)                                                                                 \
	((struct nm_edit){ .op = NM_EDIT_SET, .place = PLACE("path", t, n), .option = (o), .value = (v) })
#define UNSET(s, t, o) ((struct nm_edit){ .op = NM_EDIT_UNSET, .place = PLACE(s, t, -1), .option = (o) })
#define UNSET_STEP(t, n, o)                                                                                  \
	((struct nm_edit){ .op = NM_EDIT_UNSET, .place = PLACE("path", t, n), .option = (o) })
#define ADD(s, t, n, v) ((struct nm_edit){ .op = NM_EDIT_ADD, .place = PLACE(s, t, n), .value = (v) })
#define ADD_FIRST(s, v)                                                                                      \
	((struct nm_edit){ .op = NM_EDIT_ADD_FIRST, .place = PLACE(s, NULL, -1), .value = (v) })
#define REMOVE(s, t, n) ((struct nm_edit){ .op = NM_EDIT_REMOVE, .place = PLACE(s, t, n) })
#define MOVE(s, t, n, b) ((struct nm_edit){ .op = NM_EDIT_MOVE, .place = PLACE(s, t, n), .by = (b) })
#define RENAME(s, t, v) ((struct nm_edit){ .op = NM_EDIT_RENAME, .place = PLACE(s, t, -1), .value = (v) })

static void set_keeps_spacing_and_comments(void **state)
{
	(void)state;
	becomes(SET("", NULL, "country", "\"GB\""), "country  =   \"US\"   # where\n",
		"country  =   \"GB\"   # where\n");
	becomes(SET("rule", "open", "path", "b"), "rule open { during = x path=a  } // a\n",
		"rule open { during = x path=b  } // a\n");
	becomes(SET("destination", "o", "away", "{ x, y }"),
		"destination 'o' {\r\n\taway = {\r\n\t\ta,\r\n\t\tb\r\n\t} # c\r\n}",
		"destination 'o' {\r\n\taway = { x, y } # c\r\n}");
	becomes(SET_STEP("p", 1, "for", "9s"),
		"path p { step { ring = a for = 1s } step { ring = b for = 2s } }",
		"path p { step { ring = a for = 1s } step { ring = b for = 9s } }");
	becomes(SET("text_back", NULL, "missed", "\"x\""), "text_back { missed = \"a } # {\n// b\" }\n",
		"text_back { missed = \"x\" }\n");
}

/* A word without quotes where braces or quotes stood apart by themselves. */
static void set_runs_into_nothing(void **state)
{
	(void)state;
	becomes(SET_STEP("p", 0, "ring", "a"), "path p { step { ring = {b}for = 9s } }",
		"path p { step { ring = a for = 9s } }");
	becomes(SET_STEP("p", 0, "ring", "a"), "path p { step { ring = \"b\"# who\n } }",
		"path p { step { ring = a # who\n } }");
	becomes(SET_STEP("p", 0, "ring", "a"), "path p { step { ring = {b}} }", "path p { step { ring = a} }");
	becomes(SET_STEP("p", 0, "ring", "{ a }"), "path p { step { ring = {b}for = 9s } }",
		"path p { step { ring = { a }for = 9s } }");
}

static void set_adds_to_a_one_line_section_in_its_style(void **state)
{
	(void)state;
	becomes(SET("rule", "x", "path", "p"), "rule x { a = b  c = d }\n",
		"rule x { a = b  c = d  path = p }\n");
	becomes(SET("rule", "x", "path", "p"), "rule x { a=b c=d } # e\n", "rule x { a=b c=d path=p } # e\n");
	becomes(SET("rule", "x", "path", "p"), "rule x {a = b}", "rule x {a = b  path = p}");
	becomes(SET("rule", "x", "path", "p"), "rule x { }\n", "rule x { path = p }\n");
	becomes(SET("rule", "x", "path", "p"), "rule x {}\n", "rule x { path = p }\n");
	becomes(SET("rule", "x", "path", "p"), "rule x { a = b /* c */ }\n",
		"rule x { a = b /* c */  path = p }\n");
	becomes(SET("path", "x", "rounds", "2"), "path x { step { ring = a } }\n",
		"path x { rounds = 2  step { ring = a } }\n");
	/* The comment belongs to what comes after it. */
	becomes(SET("path", "x", "lasts", "5s"), "path x { rounds = 2 /* then */ step { ring = a } }\n",
		"path x { rounds = 2  lasts = 5s /* then */ step { ring = a } }\n");
	becomes(SET("path", "x", "lasts", "5s"), "path x { rounds=\"2\"step { ring = a } }\n",
		"path x { rounds=\"2\"  lasts=5s  step { ring = a } }\n");
	becomes(SET_STEP("x", 0, "for", "5s"), "path x { step { ring = a } }\n",
		"path x { step { ring = a  for = 5s } }\n");
}

static void set_adds_a_line_with_its_neighbours_indentation(void **state)
{
	(void)state;
	becomes(SET("destination", "x", "away", "f"), "destination x {\n\tkind = ai # k\n\t# away\n}\n",
		"destination x {\n\tkind = ai # k\n\taway = f\n\t# away\n}\n");
	becomes(SET("destination", "x", "away", "f"), "destination x {\r\n    kind = ai\r\n}\r\n",
		"destination x {\r\n    kind = ai\r\n    away = f\r\n}\r\n");
	becomes(SET("destination", "x", "away", "f"), "destination x {\n   kind = ai }\n",
		"destination x {\n   kind = ai\n   away = f }\n");
	becomes(SET("destination", "x", "away", "f"), "line y {\n\tnumber = 1\n}\ndestination x { // c\n}\n",
		"line y {\n\tnumber = 1\n}\ndestination x { // c\n\taway = f\n}\n");
	becomes(SET("path", "x", "rounds", "2"), "path x {\n  # first\n  step { ring = a }\n}\n",
		"path x {\n  rounds = 2\n  # first\n  step { ring = a }\n}\n");
	becomes(SET("destination", "x", "away", "f"),
		"destination x { kind = ai\n  number = 1\n  line = {\n    a }\n}",
		"destination x { kind = ai\n  number = 1\n  line = {\n    a }\n  away = f\n}");
	becomes(SET("", NULL, "currency", "\"USD\""), "# plan\nbusiness = 'x' # b\n\nrule x { }\n",
		"# plan\nbusiness = 'x' # b\ncurrency = \"USD\"\n\nrule x { }\n");
	becomes(SET("", NULL, "business", "'x'"), "", "business = 'x'\n");
	becomes(SET("", NULL, "business", "'x'"), "# c", "# c\nbusiness = 'x'");
}

static void set_takes_one_value_and_nothing_that_hides_more(void **state)
{
	static const char *const bad[] = { "",        "a b",      "a }",   "a } rule evil { path = b",
					   "{ a",     "\"a",      "a # c", "a // c",
					   "{ a } b", "a\nb = c", "= a",   "/* c */" };
	const char *text = "rule x { path = a }\n";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		refused(SET("rule", "x", "path", bad[i]), text, "one value or one list");
		refused(SET("rule", "x", "lines", bad[i]), text, "one value or one list");
	}
	refused(SET("rule", "y", "path", "a"), text, "no rule 'y'");
	refused(SET_STEP("x", 0, "path", "a"), text, "no step 1");
	refused(SET("rule", "y", "path", "a"), "rule x { path = a }\nrule y { path = }\n", "line 2");
	becomes(SET("rule", "x", "path", "b"), "rule x { path = a }\nrule y { path = }\n",
		"rule x { path = b }\nrule y { path = }\n");
}

static void unset_takes_out_the_option_and_its_line(void **state)
{
	(void)state;
	becomes(UNSET("rule", "x", "a"), "rule x { a = b  c = d }\n", "rule x { c = d }\n");
	becomes(UNSET("rule", "x", "c"), "rule x { a = b  c = d }\n", "rule x { a = b }\n");
	becomes(UNSET("rule", "x", "c"), "rule x { a = b  c = d  e = f }\n", "rule x { a = b  e = f }\n");
	becomes(UNSET("rule", "x", "a"), "rule x { a = b }\n", "rule x { }\n");
	becomes(UNSET("rule", "x", "a"),
		"rule x {\r\n\t# why\r\n\ta = {\r\n\t\tb }  # gone\r\n\tc = d\r\n}\r\n",
		"rule x {\r\n\t# why\r\n\tc = d\r\n}\r\n");
	becomes(UNSET("rule", "x", "c"), "rule x {\n  a = b  c = d  # stays\n}\n",
		"rule x {\n  a = b  # stays\n}\n");
	becomes(UNSET("rule", "x", "a"), "rule x {\n  a = b  c = d\n}\n", "rule x {\n  c = d\n}\n");
	becomes(UNSET("rule", "x", "a"), "rule x {\n  a = b /* on\n and on */\n}\n",
		"rule x {\n  /* on\n and on */\n}\n");
	becomes(UNSET("", NULL, "a"), "b = 1\na = 2", "b = 1");
	becomes(UNSET_STEP("p", 0, "for"), "path p { step { ring = a for = 1s } }",
		"path p { step { ring = a } }");
	refused(UNSET("rule", "x", "c"), "rule x { a = b }\n", "no option 'c'");
}

static void add_stands_after_its_place(void **state)
{
	(void)state;
	becomes(ADD("rule", "a", -1, "rule n { path = p }"), "rule a { } # c\nrule b { }\n",
		"rule a { } # c\nrule n { path = p }\nrule b { }\n");
	becomes(ADD("rule", NULL, -1, "rule n { }\n"), "rule a { }\n\nrule b { }\n\nline l { }\n",
		"rule a { }\n\nrule b { }\n\nrule n { }\n\nline l { }\n");
	becomes(ADD("rule", NULL, -1, "rule n {\n\tpath = p\n}"), "line l { }\r\n",
		"line l { }\r\n\r\nrule n {\r\n\tpath = p\r\n}\r\n");
	becomes(ADD("rule", NULL, -1, "# c\nrule n { }"), "rule a { }", "rule a { }\n# c\nrule n { }");
	becomes(ADD("rule", NULL, -1, "rule n { }"), "", "rule n { }\n");
	becomes(ADD("rule", "a", -1, "rule n { }"), "rule a { } rule b { }\n",
		"rule a { }  rule n { } rule b { }\n");
	becomes(ADD("path", "p", 0, "step { ring = n }"), "path p { step { ring = a }  step { ring = b } }\n",
		"path p { step { ring = a }  step { ring = n }  step { ring = b } }\n");
	becomes(ADD("path", "p", -1, "step { ring = n }"), "path p {\n\tstep { ring = a } # c\n}\n",
		"path p {\n\tstep { ring = a } # c\n\tstep { ring = n }\n}\n");
	becomes(ADD("path", "p", -1, "step { ring = n }"), "path p { }\n", "path p { step { ring = n } }\n");
	becomes(ADD("path", "p", -1, "path q { }"), "path p { }\nrule a { }\n",
		"path p { }\npath q { }\nrule a { }\n");
	refused(ADD("rule", "a", -1, "rule n { } rule m { }"), "rule a { }\n", "one whole section");
	refused(ADD("rule", "a", -1, "rule n { } # c"), "rule a { }\n", "one whole section");
	refused(ADD("rule", "a", -1, "a = b"), "rule a { }\n", "one whole section");
	refused(ADD("rule", "a", -1, "step { }"), "rule a { }\n", "step");
	refused(ADD("path", "a", 0, "rule b { }"), "path a { step { } }\n", "step");
	refused(ADD("rule", "z", -1, "rule n { }"), "rule a { }\n", "no rule 'z'");
}

static void add_first_stands_before_all_of_its_kind(void **state)
{
	(void)state;
	becomes(ADD_FIRST("override", "override n { }\n"), "a = 1\n\n# why\noverride o { }\noverride p { }\n",
		"a = 1\n\noverride n { }\n# why\noverride o { }\noverride p { }\n");
	becomes(ADD_FIRST("override", "override n { }"), "a = 1\r\n\r\noverride o { }\r\n\r\nb = 2\r\n",
		"a = 1\r\n\r\noverride n { }\r\n\r\noverride o { }\r\n\r\nb = 2\r\n");
	/* Whatever shares its line stays where it is, and so does the line's comment. */
	becomes(ADD_FIRST("override", "override n { }"),
		"path x {\n} /* a\n b */ override o { } # it hurts\n",
		"override n { }\n\npath x {\n} /* a\n b */ override o { } # it hurts\n");
	becomes(ADD_FIRST("override", "override n { }"), "a = 1\n\n\n\n", "a = 1\n\noverride n { }\n\n\n\n");
	becomes(ADD_FIRST("override", "override n { }"), "", "override n { }\n");
	becomes(ADD_FIRST("include", "override n { }"), "a = 1\ninclude(\"i.conf\")\noverride o { }\n",
		"a = 1\noverride n { }\ninclude(\"i.conf\")\noverride o { }\n");
	refused(ADD_FIRST("path", "step { }"), "path p { }\n", "step");
	refused(ADD_FIRST("override", "override n { }"), "path p {\n", "closing brace");
}

static void remove_takes_the_comment_lines_of_the_section_alone(void **state)
{
	(void)state;
	becomes(REMOVE("rule", "b", -1),
		"# head\n\n# of a\nrule a { }\n# of b\n/* and\n b */\nrule b {\n} # too\n# of c\nrule c { }\n",
		"# head\n\n# of a\nrule a { }\n# of c\nrule c { }\n");
	/* A heading of both, the head of the file. */
	becomes(REMOVE("rule", "b", -1), "a = 1\n\n# both\nrule b { }\nrule c { }\n", "a = 1\n\n# both\nrule c { }\n");
	becomes(REMOVE("rule", "b", -1), "# head\nrule b { }\n\nrule c { }\n", "# head\n\nrule c { }\n");
	becomes(REMOVE("rule", "b", -1), "rule a { } # of a\nrule b { }\n", "rule a { } # of a\n");
	becomes(REMOVE("rule", "b", -1), "# stays\n\nrule b { }\n\nrule c { }\n", "# stays\n\nrule c { }\n");
	becomes(REMOVE("rule", "b", -1), "rule a { }\r\n\r\n// b\r\nrule b { }", "rule a { }");
	becomes(REMOVE("rule", "b", -1), "rule b { }\n\nrule c { }\n", "rule c { }\n");
	becomes(REMOVE("rule", "b", -1), "rule a { } rule b { } rule c { }\n", "rule a { } rule c { }\n");
	becomes(REMOVE("path", "p", 1),
		"path p { step { ring = a }\n  step { ring = b }  step { ring = c } }\n",
		"path p { step { ring = a }\n  step { ring = c } }\n");
	becomes(REMOVE("emergency", NULL, -1), "a = 1\nemergency {\n}\n", "a = 1\n");
	refused(REMOVE("", NULL, -1), "a = 1\n", "section");
}

static void move_changes_places_with_its_own_kind(void **state)
{
	(void)state;
	becomes(MOVE("rule", "a", -1, 1),
		"# of a\nrule a { } # a\n\nline l { }\n\n  # of b\n  rule b {\n  }\n",
		"# of b\n  rule b {\n  }\n\nline l { }\n\n  # of a\nrule a { } # a\n");
	becomes(MOVE("rule", "c", -1, -2), "rule a { }\r\nrule b { }\r\nrule c { }",
		"rule c { }\r\nrule a { }\r\nrule b { }");
	becomes(MOVE("path", "p", 0, 1),
		"path p { step { ring = a }  step { ring = b for = 1s } }\npath q { step { ring = c } }\n",
		"path p { step { ring = b for = 1s }  step { ring = a } }\npath q { step { ring = c } }\n");
	becomes(MOVE("rule", "a", -1, 0), "rule a { }\n", "rule a { }\n");
	refused(MOVE("rule", "a", -1, -1), "rule a { }\nrule b { }\n", "0 of its kind above");
	refused(MOVE("rule", "a", -1, 2), "rule a { }\nrule b { }\n", "1 of its kind below");
	refused(MOVE("rule", "a", -1, INT32_MIN), "rule a { }\nrule b { }\n", "0 of its kind above");
}

static void rename_changes_every_reference_and_no_text(void **state)
{
	(void)state;
	becomes(RENAME("destination", "owner", "boss"),
		"# owner\ndestination owner { greeting = \"owner\" notes = owner }\ndestination sam { away = owner }\n"
		"rotation r { members = { sam, \"owner\", 'owner' } }\npath owner { step { ring = {owner, sam} } }\n"
		"rule owner { path = owner }\nemergency { alert = owner flagged_by = {owner} callers = owner }\n"
		"test owner { set = { \"owner=busy\", 'sam=busy', 'owner=answer@6s' } expect = owner }\n"
		"line l { handset = owner }\nguarantee g { first = owner answered_by = owner never = { owner } }\n",
		"# owner\ndestination boss { greeting = \"owner\" notes = owner }\ndestination sam { away = owner }\n"
		"rotation r { members = { sam, \"boss\", 'boss' } }\npath owner { step { ring = {boss, sam} } }\n"
		"rule owner { path = owner }\nemergency { alert = boss flagged_by = {boss} callers = owner }\n"
		"test owner { set = { \"boss=busy\", 'sam=busy', 'boss=answer@6s' } expect = boss }\n"
		"line l { handset = boss }\nguarantee g { first = boss answered_by = boss never = { boss } }\n");
	becomes(RENAME("schedule", "x", "a b"),
		"schedule x { }\nrule r { during = x outside = { y, x } callers = x }\n",
		"schedule \"a b\" { }\nrule r { during = \"a b\" outside = { y, \"a b\" } callers = x }\n");
	becomes(RENAME("guarantee", "a \"b\"", "c"), "guarantee \"a \\\"b\\\"\" { }\n",
		"guarantee \"c\" { }\n");
	becomes(RENAME("line", "l", "m"),
		"line l { }\npath p { step { ring = l } }\ntext_back { from = l }\ntest t { line = l }\n",
		"line m { }\npath p { step { ring = m } }\ntext_back { from = m }\ntest t { line = m }\n");
	refused(RENAME("destination", "a", "b"), "destination a { }\nrotation b { }\n", "taken");
	refused(RENAME("destination", "a", ""), "destination a { }\n", "not empty");
	refused(RENAME("destination", "a", "b\nc"), "destination a { }\n", "one line");
	refused(RENAME("emergency", NULL, "b"), "emergency { }\n", "no name");
	refused(RENAME("rule", "a", "b"), "rule a { }\nrule b {", "closing brace");
	becomes(RENAME("rule", "a", "b"), "destination b { }\nrule a { }\n",
		"destination b { }\nrule b { }\n");
}

static void quoting_is_read_back_as_it_was(void **state)
{
	struct nm_buf out;

	(void)state;
	nm_buf_init(&out, 1000);
	nm_edit_quote("a \"b\" \\ ${HOME} $x\n\tc", &out);
	assert_string_equal(out.data, "\"a \\\"b\\\" \\\\ \\${HOME} $x\\n\\tc\"");
	nm_buf_clear(&out);
}

static void a_name_stands_in_quotes_that_it_does_not_hold(void **state)
{
	static const char *const good[][2] = {
		{ "plain words", "\"plain words\"" },
		{ "My \"odd\" test", "'My \"odd\" test'" },
		{ "it's", "\"it's\"" },
		{ "${HOME}", "'${HOME}'" },
	};
	static const char *const bad[][2] = {
		{ "", "is empty" },
		{ "a\\b", "backslash" },
		{ "it's \"odd\"", "quotes of both kinds" },
		{ "it's ${HOME}", "holds ' and ${" },
	};
	struct nm_error err;
	struct nm_buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++) {
		nm_buf_init(&out, 1000);
		assert_int_equal(nm_edit_quote_name(good[i][0], &out, &err), NM_OK);
		assert_string_equal(out.data, good[i][1]);
		nm_buf_clear(&out);
	}
	nm_buf_init(&out, 1000);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(nm_edit_quote_name(bad[i][0], &out, &err), NM_INPUT);
		assert_non_null(strstr(err.text, bad[i][1]));
	}
	assert_int_equal(out.len, 0);
}

static void hostile_texts_are_refused_or_edited_but_never_harm(void **state)
{
	const struct nm_edit edit = SET("rule", "x", "a", "b");
	struct nm_error err;
	char *out = NULL, *deep = malloc(100001);
	size_t len, i;

	(void)state;
	assert_non_null(deep);
	memset(deep, '{', 100000);
	deep[100000] = '\0';
	assert_int_equal(nm_edit_apply(&edit, deep, 100000, &out, &len, &err), NM_INPUT);
	for (i = 0; i + 1 < 100000; i += 2)
		memcpy(deep + i, "a{", 2);
	assert_int_equal(nm_edit_apply(&edit, deep, 100000, &out, &len, &err), NM_INPUT);
	free(deep);
	assert_int_equal(nm_edit_apply(&edit, "a\0b", 3, &out, &len, &err), NM_INPUT);
	deep = calloc(1, NM_PLAN_BYTES);
	assert_non_null(deep);
	memset(deep, ' ', NM_PLAN_BYTES - 1);
	memcpy(deep, "rule x { }", 10);
	assert_int_equal(nm_edit_apply(&edit, deep, NM_PLAN_BYTES - 1, &out, &len, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "too large"));
	free(deep);
}

/* --- as the plan's reader sees it --- */

static struct nm_plan *read_plan(const char *file, const char *text)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err = { NM_OK, "" };

	nm_diags_init(&diags);
	if (nm_plan_read(file, text, strlen(text), &plan, &diags, &err))
		fail_msg("%s: %s", file, err.text);
	nm_diags_clear(&diags);
	return plan;
}

static void set_write(struct nm_buf *out, const char *what, struct nm_set set)
{
	size_t i;

	nm_buf_addf(out, " %s%s", what, set.given ? "=" : "-");
	for (i = 0; i < set.n; i++)
		nm_buf_addf(out, " %d", set.ids[i]);
}

static void targets_write(struct nm_buf *out, const char *what, struct nm_targets targets)
{
	size_t i;

	nm_buf_addf(out, " %s", what);
	for (i = 0; i < targets.n; i++)
		nm_buf_addf(out, " %d:%d", (int)targets.items[i].kind, targets.items[i].id);
}

static void rule_write(struct nm_buf *out, const struct nm_rule *rule)
{
	nm_buf_addf(out, "rule %d %d", rule->path, (int)rule->reject);
	set_write(out, "lines", rule->lines);
	set_write(out, "callers", rule->callers);
	set_write(out, "during", rule->during);
	set_write(out, "outside", rule->outside);
	nm_buf_add(out, "\n");
}

/* Who refers to whom, without names: what a rename must not change.  One thing a line. */
static char *bones(const struct nm_plan *plan)
{
	struct nm_buf out;
	size_t i, j;

	nm_buf_init(&out, 1u << 20);
	for (i = 0; i < plan->n_lines; i++)
		nm_buf_addf(&out, "line %d %d\n", plan->lines[i].account, plan->lines[i].handset);
	for (i = 0; i < plan->n_schedules; i++)
		nm_buf_addf(&out, "schedule %d %d\n", plan->schedules[i].calendar,
			    plan->schedules[i].holidays);
	for (i = 0; i < plan->n_destinations; i++) {
		nm_buf_addf(&out, "destination %d %d", (int)plan->destinations[i].kind,
			    plan->destinations[i].line);
		set_write(&out, "hours", plan->destinations[i].hours);
		set_write(&out, "away", plan->destinations[i].away);
		nm_buf_add(&out, "\n");
	}
	for (i = 0; i < plan->n_rotations; i++)
		for (j = 0; j < plan->rotations[i].n; j++)
			nm_buf_addf(&out, "member %d\n", plan->rotations[i].members[j]);
	for (i = 0; i < plan->n_paths; i++)
		for (j = 0; j < plan->paths[i].n; j++) {
			nm_buf_addf(&out, "step %d of %d for %d", (int)j, (int)i,
				    plan->paths[i].steps[j].for_s);
			targets_write(&out, "ring", plan->paths[i].steps[j].ring);
			nm_buf_add(&out, "\n");
		}
	for (i = 0; i < plan->n_rules; i++)
		rule_write(&out, &plan->rules[i]);
	for (i = 0; i < plan->n_overrides; i++)
		rule_write(&out, &plan->overrides[i].rule);
	for (i = 0; i < plan->n_guarantees; i++)
		nm_buf_addf(&out, "guarantee %d %d %d\n", plan->guarantees[i].answered_by_id,
			    plan->guarantees[i].first, plan->guarantees[i].never);
	for (i = 0; i < plan->n_tests; i++) {
		nm_buf_addf(&out, "test %d %d", plan->tests[i].line, plan->tests[i].expect_id);
		for (j = 0; j < plan->tests[i].n_settings; j++)
			nm_buf_addf(&out, " %d", plan->tests[i].settings[j].destination);
		nm_buf_add(&out, "\n");
	}
	nm_buf_addf(&out, "emergency %d", plan->emergency.path);
	set_write(&out, "lines", plan->emergency.lines);
	set_write(&out, "callers", plan->emergency.callers);
	set_write(&out, "flagged", plan->emergency.flagged_by);
	targets_write(&out, "alert", plan->emergency.alert);
	targets_write(&out, "then", plan->emergency.then_alert);
	nm_buf_addf(&out, "\ntext %d %d %d\n", plan->text_back.account, plan->text_back.from,
		    plan->follow_up.from);
	assert_false(out.failed);
	return nm_buf_take(&out);
}

static void rename_keeps_the_plan(const char *file, const char *text, const char *wanted, const char *section,
				  const char *title)
{
	const struct nm_edit edit = RENAME(section, title, "renamed-x");
	char *after = apply(&edit, text), *got;
	struct nm_plan *plan = read_plan(file, after);

	got = bones(plan);
	assert_string_equal(got, wanted);
	assert_null(strstr(text, "renamed-x"));
	nm_plan_free(plan);
	free(got);
	free(after);
}

/* The lines of the two that differ. */
static size_t lines_differ(const char *a, const char *b)
{
	size_t n = 0;

	while (*a && *b) {
		const size_t m = strcspn(a, "\n"), o = strcspn(b, "\n");

		n += m != o || memcmp(a, b, m) != 0;
		a += m + (a[m] != '\0');
		b += o + (b[o] != '\0');
	}
	return n + (*a || *b ? 1000 : 0);
}

static void a_step_set_changes_that_step_only(const char *file, const char *text, const char *before,
					      const char *path)
{
	const struct nm_edit edit = SET_STEP(path, 0, "for", "37s");
	char *after = apply(&edit, text), *got;
	struct nm_plan *plan = read_plan(file, after);

	got = bones(plan);
	assert_int_equal(lines_differ(before, got), 1);
	nm_plan_free(plan);
	free(got);
	free(after);
}

static void the_plan_read_again_has_just_that_change(void **state)
{
	static const char *const names[] = { "alone", "plumber", "team" };
	const char *folder = getenv("NM_SRCDIR");
	char file[4096], *wanted;
	struct nm_plan *plan;
	struct nm_buf text;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(file, sizeof file, "%s/examples/%s.conf", folder ? folder : ".", names[i]);
		nm_buf_init(&text, NM_PLAN_BYTES);
		assert_int_equal(nm_file_read(file, NM_PLAN_BYTES, &text, NULL), NM_OK);
		plan = read_plan(file, text.data);
		wanted = bones(plan);
		for (j = 0; j < plan->n_destinations; j++)
			rename_keeps_the_plan(file, text.data, wanted, "destination",
					      plan->destinations[j].name);
		for (j = 0; j < plan->n_schedules; j++)
			rename_keeps_the_plan(file, text.data, wanted, "schedule", plan->schedules[j].name);
		for (j = 0; j < plan->n_callers; j++)
			rename_keeps_the_plan(file, text.data, wanted, "callers", plan->callers[j].name);
		for (j = 0; j < plan->n_lines; j++)
			rename_keeps_the_plan(file, text.data, wanted, "line", plan->lines[j].name);
		for (j = 0; j < plan->n_rotations; j++)
			rename_keeps_the_plan(file, text.data, wanted, "rotation", plan->rotations[j].name);
		for (j = 0; j < plan->n_accounts; j++)
			rename_keeps_the_plan(file, text.data, wanted, "account", plan->accounts[j].name);
		for (j = 0; j < plan->n_calendars; j++)
			rename_keeps_the_plan(file, text.data, wanted, "calendar", plan->calendars[j].name);
		for (j = 0; j < plan->n_paths; j++) {
			rename_keeps_the_plan(file, text.data, wanted, "path", plan->paths[j].name);
			a_step_set_changes_that_step_only(file, text.data, wanted, plan->paths[j].name);
		}
		nm_plan_free(plan);
		nm_buf_clear(&text);
		free(wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_keeps_spacing_and_comments),
		cmocka_unit_test(set_runs_into_nothing),
		cmocka_unit_test(set_adds_to_a_one_line_section_in_its_style),
		cmocka_unit_test(set_adds_a_line_with_its_neighbours_indentation),
		cmocka_unit_test(set_takes_one_value_and_nothing_that_hides_more),
		cmocka_unit_test(unset_takes_out_the_option_and_its_line),
		cmocka_unit_test(add_stands_after_its_place),
		cmocka_unit_test(add_first_stands_before_all_of_its_kind),
		cmocka_unit_test(remove_takes_the_comment_lines_of_the_section_alone),
		cmocka_unit_test(move_changes_places_with_its_own_kind),
		cmocka_unit_test(rename_changes_every_reference_and_no_text),
		cmocka_unit_test(quoting_is_read_back_as_it_was),
		cmocka_unit_test(a_name_stands_in_quotes_that_it_does_not_hold),
		cmocka_unit_test(hostile_texts_are_refused_or_edited_but_never_harm),
		cmocka_unit_test(the_plan_read_again_has_just_that_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
