/* SPDX-License-Identifier: MIT */
/*
 * Asking on the terminal for what a person does for a push: each code large, whether it was dialled, and whom
 * every call would go to before it goes there.
 */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handwork.h"
#include "large.h"

#define WIDTH 76

static bool on_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Length of the line's name in "cell:4f2a". */
static size_t dialled_name(const char *value)
{
	const char *colon = strrchr(value, ':');

	return colon ? (size_t)(colon - value) : strlen(value);
}

/* What --dialled says of this line, "cell:4f2a"; NULL: nothing. */
static const char *said_dialled(const struct invocation *run, const char *line, size_t len)
{
	for (size_t i = 0; i < run->args->n_options; i++) {
		const char *value = run->args->options[i].value;

		if (!strcmp(run->args->options[i].name, "dialled") && dialled_name(value) == len &&
		    !strncmp(value, line, len))
			return value;
	}
	return NULL;
}

enum nm_code dialled_this(const struct invocation *run, int line, const struct nm_artefact *list,
			  struct nm_error *err)
{
	const char *name = run->session->plan->lines[line].name;
	const char *said = said_dialled(run, name, strlen(name));
	char mark[HANDWORK_MARK];

	if (!said)
		return NM_OK;
	handwork_mark(list, mark);
	said += strlen(name);
	if (*said == ':' && !strcmp(said + 1, mark))
		return NM_OK;
	if (*said == ':')
		return nm_fail(err, NM_REFUSED,
			       "--dialled %s%s: what is to be dialled now is another list than that one: do that, and "
			       "say --dialled %s:%s",
			       name, said, name, mark);
	return nm_fail(err, NM_INPUT,
		       "--dialled %s: say which list was dialled, as it is shown: --dialled %s:%s is the one of now",
		       name, name, mark);
}

bool lacks_hands(const struct invocation *run, int line)
{
	const struct nm_plan *plan = run->session->plan;
	const char *name = plan->lines[line].name;

	return handwork_line(plan, line) && !on_terminal() && !said_dialled(run, name, strlen(name));
}

static int find_line(const struct nm_plan *plan, const char *name, size_t len)
{
	for (size_t i = 0; i < plan->n_lines; i++)
		if (strlen(plan->lines[i].name) == len && !strncmp(plan->lines[i].name, name, len))
			return (int)i;
	return -1;
}

/* Each --dialled names a line that somebody works. */
enum nm_code check_dialled(const struct invocation *run, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;

	for (size_t i = 0; i < run->args->n_options; i++) {
		const char *value = run->args->options[i].value;
		const int len = value ? (int)dialled_name(value) : 0;
		int line;

		if (strcmp(run->args->options[i].name, "dialled"))
			continue;
		line = find_line(plan, value, (size_t)len);
		if (line < 0)
			return nm_fail(err, NM_INPUT, "--dialled: no line `%.*s` in the plan", len, value);
		if (!handwork_line(plan, line))
			return nm_fail(err, NM_INPUT, "--dialled: nobody needs to dial anything for line `%.*s`", len,
				       value);
	}
	return NM_OK;
}

enum nm_code lines_without_hands(const struct invocation *run, bool **out, struct nm_error *err)
{
	const size_t n = run->session->plan->n_lines;
	bool *lines = calloc(n + 1, sizeof *lines);

	if (!lines)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		lines[i] = lacks_hands(run, (int)i);
	*out = lines;
	return NM_OK;
}

/* Reads a line from the terminal; false without one. */
static bool type_line(const char *question, char *typed, size_t size)
{
	if (!on_terminal())
		return false;
	fprintf(stderr, "%s", question);
	fflush(stderr);
	if (!fgets(typed, (int)size, stdin))
		return false;
	typed[strcspn(typed, "\n")] = '\0';
	return true;
}

/* Giving every call away: the target is named, and asked for.  Otherwise `why` gets what was wrong. */
static bool every_call_meant(const struct invocation *run, const char *every, struct nm_buf *why)
{
	const char *given = argument(run->args, "every-call-to");
	char typed[64];

	fprintf(stderr, "EVERY call will go to %s, and this phone will ring no more.\n", every);
	if (!given && type_line("Type that number to go on: ", typed, sizeof typed))
		given = typed;
	if (given && dial_same_number(every, given, run->session->plan->country))
		return true;
	if (given)
		nm_buf_addf(why, "\"%.60s\" is not whom every call would go to", given);
	else
		nm_buf_add(why, "--every-call-to was not given");
	return false;
}

/* Of the name in "cell, +15125550111", which may have commas itself. */
static size_t name_length(const char *line)
{
	const char *comma = strrchr(line, ',');

	return comma ? (size_t)(comma - line) : strlen(line);
}

/* A session's dial: shows what is to be done, and asks whether it was. */
static bool ask_done(void *context, const struct dial_question *question, struct nm_buf *answer)
{
	const struct invocation *run = context;
	char time[NM_TIME_TEXT];
	struct nm_buf shown, safe;

	nm_buf_init(&shown, 1u << 16);
	nm_buf_init(&safe, 1u << 16);
	nm_buf_addf(&shown, "\n%s\n", question->line);
	large_print(question->code, WIDTH, run->options->ascii, &shown);
	nm_buf_addf(&shown, "\n%s  %s\n\n", question->code, question->words);
	add_safe(&safe, shown.data);
	fputs(safe.data, stderr);
	nm_buf_clear(&safe);
	nm_buf_clear(&shown);
	if (question->every && !every_call_meant(run, question->every, answer))
		return false;
	if (!said_dialled(run, question->line, name_length(question->line)) &&
	    !confirm_on_terminal(question->code[0] ? "Dialled, and confirmed by the phone?" : "Done?"))
		return false;
	nm_time_rfc3339(session_zone(run->session), session_now(run->session), time);
	nm_buf_add(answer, time);
	return true;
}

enum nm_code dial_on_terminal(struct invocation *run, struct nm_error *err)
{
	run->session->network.dial.ask = ask_done;
	run->session->network.dial.context = run;
	return check_dialled(run, err);
}
