/* SPDX-License-Identifier: MIT */
/*
 * A plan cut into files at random places: any edit makes of it what it makes of the plan in one file, and touches no byte
 * of a file that it does not concern.  What the files say together is read by putting each where it is included.
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
#include "nevermiss/plan_texts.h"

static uint32_t seed;

static size_t below(size_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* --- a plan in pieces --- */

static const char *const pieces[] = {
	"business = \"Smith\"\n",
	"timezone = \"America/Chicago\"   # ours\n",
	"\n# who answers\ndestination owner {\n  kind = personal\n  number = \"+15125550111\"\n}\n",
	"destination helper { kind = ai }\n",
	"\ndestination box {\n\tkind = voicemail   # the last\n\tgreeting = \"x\"\n}\n",
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\n",
	"\n\nschedule late {\n  hours = \"Mo-Fr 18:00-20:00\"\n}\n",
	"rotation team {\n  members = { owner, helper }\n}\n",
	"\npath daytime {\n  step { ring = owner  for = 15s }\n  step { ring = helper }\n  step { ring = box }\n}\n",
	"path night { step { ring = team } step { ring = box } }\n",
	"\n# by day\nrule day { during = open  path = daytime }\n",
	"rule evening {\n  during = late\n  path = daytime\n}\n",
	"/* else */\nrule rest { path = night }\n",
	"\nemergency {\n  alert = { owner }\n}\n",
	"# the end\n",
};
#define PIECES (sizeof pieces / sizeof *pieces)
#define FILES 4

struct cut {
	struct nm_buf one;             /* all in one file */
	struct nm_buf files[1 + FILES]; /* the plan's own, "f1" ... */
	struct nm_buf texts;
};

/* Runs of pieces go into included files, one of which may include another. */
static void cut_make(struct cut *cut)
{
	size_t used = 0, in = 0, left = 0;

	nm_buf_init(&cut->one, 1u << 20);
	nm_buf_init(&cut->texts, NM_TEXTS_BYTES);
	for (size_t i = 0; i <= FILES; i++)
		nm_buf_init(&cut->files[i], 1u << 20);
	for (size_t i = 0; i < PIECES; i++) {
		if (!left) {
			const bool nested = in && below(3) == 0;

			in = nested ? in : 0;
			left = 1 + below(4);
			if (used < FILES && below(3)) {
				used++;
				nm_buf_addf(&cut->files[in], "include(\"f%zu\")\n", used);
				in = used;
			}
		}
		left--;
		nm_buf_add(&cut->one, pieces[i]);
		nm_buf_add(&cut->files[in], pieces[i]);
	}
	nm_texts_add(&cut->texts, "", cut->files[0].data, cut->files[0].len);
	for (size_t i = 1; i <= used; i++) {
		char name[24];

		snprintf(name, sizeof name, "f%zu", i);
		nm_texts_add(&cut->texts, name, cut->files[i].data, cut->files[i].len);
	}
	assert_false(cut->texts.failed);
}

static void cut_clear(struct cut *cut)
{
	nm_buf_clear(&cut->one);
	nm_buf_clear(&cut->texts);
	for (size_t i = 0; i <= FILES; i++)
		nm_buf_clear(&cut->files[i]);
}

/* --- what they say --- */

static void flatten(struct nm_texts texts, const char *text, struct nm_buf *out)
{
	while (*text) {
		const size_t len = strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n');
		struct nm_file_text file;
		char name[24] = "";

		if (sscanf(text, "include(\"%7[^\"]\")", name) == 1) {
			assert_true(nm_texts_find(texts, name, &file));
			flatten(texts, file.text, out);
		} else {
			nm_buf_addn(out, text, len);
		}
		text += len;
	}
}

static void option_fact(const struct nm_written_option *option, struct nm_buf *out)
{
	if (!option)
		return;
	nm_buf_addf(out, " %s", option->name);
	for (size_t i = 0; i < option->n; i++)
		nm_buf_addf(out, " %s", option->values[i]);
}

/* Sections by kind in their order, and their options: where one of another kind or name stands says nothing. */
static void facts(const char *text, struct nm_buf *out)
{
	static const char *const options[] = { "business", "timezone", "country", "kind", "number", "greeting", "hours", "members",
					       "ring", "for", "during", "path", "alert", "qualifies" };
	enum { OPTIONS = sizeof options / sizeof *options };
	static const char *const kinds[] = { "", "destination", "schedule", "rotation", "path", "step", "rule", "emergency" };
	struct nm_written written;

	assert_int_equal(nm_written_read(text, strlen(text), &written, NULL), NM_OK);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		for (size_t i = 0; i < written.n; i++) {
			const struct nm_written_section *section = &written.sections[i];

			if (strcmp(section->kind, kinds[k]) != 0)
				continue;
			nm_buf_addf(out, "%s %s %d:", section->kind, section->title ? section->title : "", section->step);
			for (size_t j = 0; j < OPTIONS; j++)
				option_fact(nm_written_option(section, options[j]), out);
			nm_buf_add(out, "\n");
		}
	}
	nm_written_clear(&written);
}

static void assert_same_plan(struct nm_texts one, struct nm_texts many, const struct nm_edit *edit)
{
	struct nm_buf flat, a, b;

	nm_buf_init(&flat, 1u << 20);
	nm_buf_init(&a, 1u << 20);
	nm_buf_init(&b, 1u << 20);
	flatten(many, many.bytes, &flat);
	facts(one.bytes, &a);
	facts(flat.data, &b);
	if (strcmp(a.data, b.data) != 0)
		fail_msg("seed %u, edit %d of %s %s:\n%s\nin files:\n%s", seed, edit ? (int)edit->op : -1,
			 edit ? edit->place.section : "", edit && edit->place.title ? edit->place.title : "", a.data, b.data);
	nm_buf_clear(&flat);
	nm_buf_clear(&a);
	nm_buf_clear(&b);
}

/* --- edits --- */

static const char *const destinations[] = { "owner", "helper", "box", "new1" }, *const rules[] = { "day", "evening", "rest" };

static struct nm_edit random_edit(void)
{
	static const struct nm_edit edits[] = {
		{ NM_EDIT_SET, { "rule", "evening", -1 }, "path", "night", 0 },
		{ NM_EDIT_SET, { "emergency", NULL, -1 }, "qualifies", "\"water\"", 0 },
		{ NM_EDIT_SET, { "", NULL, -1 }, "business", "\"Jones\"", 0 },
		{ NM_EDIT_SET, { "", NULL, -1 }, "country", "US", 0 },
		{ NM_EDIT_SET, { "path", "daytime", 1 }, "for", "20s", 0 },
		{ NM_EDIT_UNSET, { "path", "daytime", 0 }, "for", NULL, 0 },
		{ NM_EDIT_UNSET, { "", NULL, -1 }, "timezone", NULL, 0 },
		{ NM_EDIT_ADD, { "rule", NULL, -1 }, NULL, "rule added { path = night }", 0 },
		{ NM_EDIT_ADD, { "rule", "day", -1 }, NULL, "rule between { path = night }", 0 },
		{ NM_EDIT_ADD, { "path", "night", -1 }, NULL, "step { ring = owner }", 0 },
		{ NM_EDIT_REMOVE, { "schedule", "late", -1 }, NULL, NULL, 0 },
		{ NM_EDIT_REMOVE, { "path", "daytime", 1 }, NULL, NULL, 0 },
		{ NM_EDIT_RENAME, { "schedule", "open", -1 }, NULL, "hours", 0 },
		{ NM_EDIT_RENAME, { "path", "daytime", -1 }, NULL, "by day", 0 },
		{ NM_EDIT_RENAME, { "destination", "owner", -1 }, NULL, "new1", 0 },
		{ NM_EDIT_RENAME, { "destination", "box", -1 }, NULL, "helper", 0 }, /* taken */
	};
	static const size_t n = sizeof edits / sizeof *edits;
	const size_t which = below(n + 3);

	if (which < n)
		return edits[which];
	if (which == n)
		return (struct nm_edit){ NM_EDIT_MOVE, { "rule", rules[below(3)], -1 }, NULL, NULL, (int)below(5) - 2 };
	if (which == n + 1)
		return (struct nm_edit){ NM_EDIT_MOVE, { "destination", destinations[below(4)], -1 }, NULL, NULL, (int)below(5) - 2 };
	return (struct nm_edit){ NM_EDIT_MOVE, { "path", "daytime", (int)below(3) }, NULL, NULL, (int)below(3) - 1 };
}

/* A section's own bytes are still there, but for the one that the edit is about. */
static void assert_others_kept(struct nm_texts before, struct nm_texts after, const struct nm_edit *edit)
{
	struct nm_written written;
	struct nm_file_text at = { 0 }, now;
	size_t changed = 0;

	while (nm_texts_next(before, &at)) {
		assert_true(nm_texts_find(after, at.name, &now));
		changed += at.len != now.len || memcmp(at.text, now.text, at.len) != 0;
	}
	if (edit->op == NM_EDIT_RENAME || edit->op == NM_EDIT_MOVE)
		return;
	assert_true(changed <= 1);
	assert_int_equal(nm_written_read(before.bytes, before.len, &written, NULL), NM_OK);
	for (size_t i = 1; i < written.n; i++) {
		const struct nm_written_section *section = &written.sections[i];
		char *bytes = strndup(before.bytes + section->from, section->until - section->from);

		assert_non_null(bytes);
		assert_true(nm_texts_find(after, section->file, &now));
		if (section->step < 0 && (!section->title || !edit->place.title || strcmp(section->title, edit->place.title) != 0) &&
		    strcmp(section->kind, "emergency") != 0)
			assert_non_null(strstr(now.text, bytes));
		free(bytes);
	}
	nm_written_clear(&written);
}

static struct nm_texts applied(const struct nm_edit *edit, struct nm_texts to, enum nm_code *code)
{
	char *out = NULL;
	size_t len = 0;
	struct nm_error err;

	*code = nm_edit_apply(edit, to.bytes, to.len, &out, &len, &err);
	return (struct nm_texts){ out, len };
}

static void an_edit_of_a_plan_in_files_is_that_of_the_plan_in_one(void **state)
{
	size_t made = 0;

	(void)state;
	for (uint32_t plan = 0; plan < 400; plan++) {
		struct nm_texts one, many;
		struct cut cut;

		seed = plan;
		cut_make(&cut);
		one = (struct nm_texts){ strdup(cut.one.data), cut.one.len };
		many = (struct nm_texts){ malloc(cut.texts.len + 1), cut.texts.len };
		assert_true(one.bytes && many.bytes);
		memcpy((char *)many.bytes, cut.texts.data, many.len + 1);
		assert_same_plan(one, many, NULL);
		for (size_t i = 0; i < 12; i++) {
			const struct nm_edit edit = random_edit();
			enum nm_code a, b;
			const struct nm_texts next_one = applied(&edit, one, &a), next_many = applied(&edit, many, &b);

			if (a != b)
				fail_msg("plan %u, edit %d of %s %s by %d: %d in one file, %d in files", plan, (int)edit.op,
					 edit.place.section, edit.place.title ? edit.place.title : "", edit.by, (int)a, (int)b);
			if (a)
				continue;
			made++;
			assert_same_plan(next_one, next_many, &edit);
			assert_others_kept(many, next_many, &edit);
			free((char *)one.bytes);
			free((char *)many.bytes);
			one = next_one;
			many = next_many;
		}
		free((char *)one.bytes);
		free((char *)many.bytes);
		cut_clear(&cut);
	}
	assert_true(made > 2000);
}

/* --- where things stand --- */

static void what_is_written_tells_its_file_and_the_line_there(void **state)
{
	static const char texts[] = "a = 1\ninclude(\"p\")\nrule r { x = 1 }\0p\0\n# c\nrule s {\n  y = 2\n}\nb = 2\n";
	const struct nm_place s = { "rule", "s", -1 }, top = { "", NULL, -1 };
	const struct nm_written_section *section;
	struct nm_written written;

	(void)state;
	assert_int_equal(nm_written_read(texts, sizeof texts - 1, &written, NULL), NM_OK);
	section = nm_written_find(&written, &s);
	assert_non_null(section);
	assert_string_equal(section->file, "p");
	assert_int_equal(section->line, 3);
	assert_int_equal(section->first_line, 2);
	assert_int_equal(section->end_line, 5);
	assert_int_equal(section->options[0].line, 4);
	assert_int_equal(memcmp(texts + section->from, "rule s {", 8), 0);
	section = nm_written_find(&written, &top);
	assert_string_equal(nm_written_option(section, "a")->file, "");
	assert_string_equal(nm_written_option(section, "b")->file, "p");
	assert_int_equal(nm_written_option(section, "b")->line, 6);
	nm_written_clear(&written);
}

/* --- hostile --- */

static void what_is_no_row_of_texts_is_refused(void **state)
{
	static const struct nm_texts bad[] = {
		{ "a\0", 2 }, { "a\0b", 3 }, { "a\0\0b", 4 }, { "a\0b\0c\0", 6 }, { "a\0b\0c\0b\0c", 9 }, { "\0", 1 },
	};
	const struct nm_texts good = { "a\0b\0c", 5 }, empty = { "", 0 }, last = { "a\0b\0", 4 };
	const struct nm_edit edit = { .op = NM_EDIT_SET, .place = { "", NULL, -1 }, .option = "a", .value = "2" };
	char *out = NULL;
	size_t len;
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(nm_texts_good(bad[i], &err), NM_INPUT);
		assert_int_equal(nm_edit_apply(&edit, bad[i].bytes, bad[i].len, &out, &len, &err), NM_INPUT);
	}
	assert_int_equal(nm_texts_good(good, &err), NM_OK);
	assert_int_equal(nm_texts_good(empty, &err), NM_OK);
	assert_int_equal(nm_texts_good(last, &err), NM_OK);
}

/* --- two people --- */

static void assert_merged(struct nm_texts base, struct nm_texts ours, struct nm_texts theirs, const char *wanted, size_t len)
{
	struct nm_buf out;
	struct nm_error err;

	nm_buf_init(&out, NM_TEXTS_BYTES);
	assert_int_equal(nm_texts_merge(base, ours, theirs, &out, &err), wanted ? NM_OK : NM_REFUSED);
	if (wanted) {
		assert_int_equal(out.len, len);
		assert_memory_equal(out.data, wanted, len);
	}
	nm_buf_clear(&out);
}

#define T(text) ((struct nm_texts){ text, sizeof(text) - 1 })

static void changes_of_two_people_in_two_files_are_both_kept(void **state)
{
	const struct nm_texts base = T("a = 1\n\0f\0b = 1\nc = 1\n");

	(void)state;
	assert_merged(base, T("a = 2\n\0f\0b = 1\nc = 1\n"), T("a = 1\n\0f\0b = 2\nc = 1\n"), "a = 2\n\0f\0b = 2\nc = 1\n", 21);
	assert_merged(base, T("a = 1\n\0f\0b = 1\nc = 2\n"), T("a = 1\n\0f\0b = 2\nc = 1\n"), "a = 1\n\0f\0b = 2\nc = 2\n", 21);
	/* One takes the file away, and puts another there. */
	assert_merged(base, T("a = 2\n\0f\0b = 1\nc = 1\n"), T("a = 1\n\0g\0d = 1\n"), "a = 2\n\0g\0d = 1\n", 15);
	assert_merged(base, T("a = 1\n\0f\0b = 2\nc = 1\n"), T("a = 1\n\0f\0b = 3\nc = 1\n"), NULL, 0);
	assert_merged(base, T("a = 1\n\0f\0b = 2\nc = 1\n"), T("a = 1\n"), NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_edit_of_a_plan_in_files_is_that_of_the_plan_in_one),
		cmocka_unit_test(what_is_written_tells_its_file_and_the_line_there),
		cmocka_unit_test(what_is_no_row_of_texts_is_refused),
		cmocka_unit_test(changes_of_two_people_in_two_files_are_both_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
