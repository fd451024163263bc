/* SPDX-License-Identifier: MIT */
/*
 * The manual and the completion against the tables of the program: every command, option, default
 * and finding that there is stands in them, and nothing that there is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "nevermiss/check.h"
#include "nevermiss/edit.h"
#include "nevermiss/plan.h"
#include "report_words.h"

static char *source_file(const char *name)
{
	struct nm_error err;
	struct nm_buf path, text;

	nm_buf_init(&path, 4096);
	nm_buf_init(&text, 1u << 20);
	nm_buf_addf(&path, "%s/%s", getenv("NM_SRCDIR"), name);
	if (nm_file_read(path.data, 1u << 20, &text, &err) != NM_OK)
		fail_msg("%s", err.text);
	nm_buf_clear(&path);
	return nm_buf_take(&text);
}

/* Roff's escapes as the reader sees them. */
static char *plain(const char *roff)
{
	struct nm_buf out;

	nm_buf_init(&out, 1u << 20);
	for (; *roff; roff++) {
		if (*roff != '\\') {
			nm_buf_addn(&out, roff, 1);
		} else if (roff[1] == 'e') {
			nm_buf_add(&out, "\\");
			roff++;
		} else if (roff[1] == 'f') {
			roff += 2;
		} else if (roff[1] == '(' && !strncmp(roff + 2, "dq", 2)) {
			nm_buf_add(&out, "\"");
			roff += 3;
		} else if (roff[1] == '&') {
			roff++;
		}
	}
	return nm_buf_take(&out);
}

static char *manual(const char *name)
{
	char *roff = source_file(name);
	char *text = plain(roff);

	free(roff);
	return text;
}

/* The part between a line `.SS title...` or `.SH title` and the next heading; NULL when there is none. */
static char *part(const char *text, const char *heading)
{
	const char *at = text;
	const size_t len = strlen(heading);
	const char *end;

	while ((at = strstr(at, heading)) && !((at == text || at[-1] == '\n') && strchr(" \n", at[len])))
		at++;
	if (!at)
		return NULL;
	end = strstr(at + 1, "\n.S");
	return strndup(at, end ? (size_t)(end - at) : strlen(at));
}

static void expect_in(const char *text, const char *what, const char *where)
{
	if (!text || !strstr(text, what))
		fail_msg("the manual's part on `%s` does not say: %s", where, what);
}

static void every_command_and_option_stands_in_the_manual(void **state)
{
	char *text = manual("tui/man/nevermiss.1");
	size_t i, j;

	(void)state;
	for (i = 0; i < commands_count; i++) {
		struct nm_buf heading;
		char *section;

		nm_buf_init(&heading, 256);
		nm_buf_addf(&heading, ".SS %s", commands[i].name);
		section = part(text, heading.data);
		/* The first letter is a capital there. */
		expect_in(section, commands[i].summary + 1, commands[i].name);
		for (j = 0; commands[i].options[j].name; j++) {
			nm_buf_clear(&heading);
			nm_buf_addf(&heading, "--%s", commands[i].options[j].name);
			expect_in(section, heading.data, commands[i].name);
			expect_in(section, commands[i].options[j].help + 1, commands[i].name);
		}
		free(section);
		nm_buf_clear(&heading);
	}
	free(text);
}

/* What the Report screen says of its figures, whatever the manual's line breaks. */
static void every_figure_of_the_report_is_defined_as_on_the_screen(void **state)
{
	char *text = manual("tui/man/nevermiss.1");

	(void)state;
	for (char *at = strchr(text, '\n'); at; at = strchr(at, '\n'))
		*at = ' ';
	for (size_t i = 0; i < report_definitions_count; i++)
		expect_in(text, report_definitions[i].words, report_definitions[i].name);
	free(text);
}

static size_t count_headings(const char *text, const char *from, const char *until)
{
	const char *at = strstr(text, from), *end = strstr(text, until);
	size_t n = 0;

	assert_non_null(at);
	assert_non_null(end);
	while ((at = strstr(at + 1, "\n.SS ")) && at < end)
		n++;
	return n;
}

static void the_manual_has_no_command_that_is_not_there(void **state)
{
	char *text = manual("tui/man/nevermiss.1");

	(void)state;
	assert_int_equal(count_headings(text, ".SH COMMANDS", ".SH TIMES"), commands_count);
	free(text);
}

static void every_option_of_the_plan_stands_in_its_section(void **state)
{
	char *text = manual("tui/man/nevermiss-plan.5");
	size_t i;

	(void)state;
	for (i = 0; i < nm_options_count; i++) {
		const struct nm_option_info *option = &nm_options[i];
		struct nm_buf line;
		char *section;

		nm_buf_init(&line, 512);
		nm_buf_addf(&line, ".SS %s", *option->section ? option->section : "Top level");
		section = part(text, line.data);
		nm_buf_clear(&line);
		nm_buf_addf(&line, "\n.B %s\n", option->name);
		expect_in(section, line.data, option->section);
		expect_in(section, option->help, option->name);
		if (option->fallback) {
			nm_buf_clear(&line);
			nm_buf_addf(&line, "default %s", option->fallback);
			expect_in(section, line.data, option->name);
		}
		free(section);
		nm_buf_clear(&line);
	}
	assert_int_equal(count_headings(text, ".SH SECTIONS AND OPTIONS", ".SH WHAT A CALL DOES"), nm_sections_count + 1);
	free(text);
}

static void every_finding_stands_in_the_manual(void **state)
{
	char *text = manual("tui/man/nevermiss-plan.5");
	size_t i;

	(void)state;
	for (i = 0; i < nm_checks_count; i++) {
		struct nm_buf line;

		nm_buf_init(&line, 512);
		nm_buf_addf(&line, "\n.B %s\n", nm_checks[i].id);
		expect_in(text, line.data, "FINDINGS");
		expect_in(text, nm_checks[i].holds + 1, nm_checks[i].id);
		nm_buf_clear(&line);
	}
	free(text);
}

static void the_completion_is_made_from_the_table(void **state)
{
	char *text = source_file("tui/completion/nevermiss");
	struct nm_buf made;

	(void)state;
	nm_buf_init(&made, 1u << 20);
	command_completion(&made);
	assert_string_equal(text, made.data);
	nm_buf_clear(&made);
	free(text);
}

static void help_names_every_option_of_a_command(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < commands_count; i++) {
		struct nm_buf usage;

		nm_buf_init(&usage, 1u << 16);
		command_usage(&commands[i], &usage);
		for (j = 0; commands[i].options[j].name; j++)
			expect_in(usage.data, commands[i].options[j].name, commands[i].name);
		nm_buf_clear(&usage);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_and_option_stands_in_the_manual),
		cmocka_unit_test(every_figure_of_the_report_is_defined_as_on_the_screen),
		cmocka_unit_test(the_manual_has_no_command_that_is_not_there),
		cmocka_unit_test(every_option_of_the_plan_stands_in_its_section),
		cmocka_unit_test(every_finding_stands_in_the_manual),
		cmocka_unit_test(the_completion_is_made_from_the_table),
		cmocka_unit_test(help_names_every_option_of_a_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
