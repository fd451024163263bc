/* SPDX-License-Identifier: MIT */
/*
 * Which lines go with a section that is taken out, against a slow reading of all small files: of each line it is
 * known what it is, and no more.
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

#define LINES 6

enum line { LINE_BLANK, LINE_COMMENT, LINE_OPTION, LINE_SECTION, LINE_CALL, LINE_KINDS };

/* The n-th of all files of so many lines. */
static void file_of(size_t n, enum line out[static LINES])
{
	for (int i = 0; i < LINES; i++, n /= LINE_KINDS)
		out[i] = (enum line)(n % LINE_KINDS);
}

static size_t files(void)
{
	size_t n = 1;

	for (int i = 0; i < LINES; i++)
		n *= LINE_KINDS;
	return n;
}

static void write_line(enum line line, int i, struct nm_buf *out)
{
	static const char *const forms[][2] = { { "", "" },
						{ "# ", "\n" },
						{ "o", " = 1\n" },
						{ "rule r", " { path = p }\n" },
						{ "include(\"i", "\")\n" } };

	if (line == LINE_BLANK)
		nm_buf_add(out, "\n");
	else
		nm_buf_addf(out, "%s%d%s", forms[line][0], i, forms[line][1]);
}

/* Lines [from, until) left out; blank ones too with `filled`. */
static char *text_without(const enum line *lines, int from, int until, bool filled)
{
	struct nm_buf text;

	nm_buf_init(&text, 1000);
	for (int i = 0; i < LINES; i++)
		if ((i < from || i >= until) && !(filled && lines[i] == LINE_BLANK))
			write_line(lines[i], i, &text);
	return nm_buf_take(&text);
}

/* The first line that goes with a section. */
static int first_gone(const enum line *lines, int section)
{
	int first = section;

	while (first > 0 && lines[first - 1] == LINE_COMMENT)
		first--;
	if (first == 0 || (lines[first - 1] != LINE_BLANK && lines[first - 1] != LINE_SECTION))
		return section;
	if (section + 1 < LINES && lines[section + 1] == LINE_SECTION)
		return section;
	return first;
}

/* Cuts the blank lines out, in place; how many there were. */
static int squeeze(char *text)
{
	char *to = text;
	int n = 0;

	for (const char *at = text; *at; at++) {
		const bool blank = *at == '\n' && (at == text || at[-1] == '\n');

		n += blank;
		if (!blank)
			*to++ = *at;
	}
	*to = '\0';
	return n;
}

static bool one_cut(const char *shorter, const char *longer)
{
	const size_t n = strlen(shorter), m = strlen(longer);
	size_t head = 0, tail = 0;

	while (head < n && shorter[head] == longer[head])
		head++;
	while (tail < n - head && shorter[n - 1 - tail] == longer[m - 1 - tail])
		tail++;
	return n < m && head + tail == n;
}

static void try_remove(const enum line *lines, int section)
{
	char title[16], *text = text_without(lines, 0, 0, false), *after = NULL;
	char *expected = text_without(lines, first_gone(lines, section), section + 1, true);
	const struct nm_edit edit = { .op = NM_EDIT_REMOVE, .place = { "rule", title, -1 } };
	struct nm_error err = { NM_OK, "" };
	size_t len;
	int blanks = 0;

	snprintf(title, sizeof title, "r%d", section);
	for (int i = 0; i < LINES; i++)
		blanks += lines[i] == LINE_BLANK;
	if (nm_edit_apply(&edit, text, strlen(text), &after, &len, &err))
		fail_msg("%s\n%s", err.text, text);
	if (!one_cut(after, text))
		fail_msg("more than one place changed\n%s---\n%s", text, after);
	blanks -= squeeze(after);
	if (blanks < 0 || blanks > 1 || strcmp(after, expected) != 0)
		fail_msg("of\n%s---\nwithout r%d is left\n%s---\nand %d blank lines fewer, not\n%s", text,
			 section, after, blanks, expected);
	free(after);
	free(expected);
	free(text);
}

static void what_goes_with_a_section_is_about_it_alone(void **state)
{
	enum line lines[LINES];

	(void)state;
	for (size_t n = 0; n < files(); n++) {
		file_of(n, lines);
		for (int i = 0; i < LINES; i++)
			if (lines[i] == LINE_SECTION)
				try_remove(lines, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_with_a_section_is_about_it_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
