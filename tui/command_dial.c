/* SPDX-License-Identifier: MIT */
/*
 * Asking on the terminal for what a person does for a push: each code large, whether it was dialled, and whom
 * every call would go to before it goes there.
 */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "large.h"

#define WIDTH 76

/* Reads a line from the terminal; false without one. */
static bool type_line(const char *question, char *typed, size_t size)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
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
		nm_buf_addf(why, "every call would go to %s, and \"%.60s\" is not that number (--every-call-to)", every,
			    given);
	else
		nm_buf_add(why, "the number that every call would go to was not given (--every-call-to)");
	return false;
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
	if (!argument_given(run->args, "yes") &&
	    !confirm_yes(run, question->code[0] ? "Dialled, and confirmed by the phone?" : "Done?"))
		return false;
	nm_time_rfc3339(session_zone(run->session), session_now(run->session), time);
	nm_buf_add(answer, time);
	return true;
}

void dial_on_terminal(struct invocation *run)
{
	run->session->network.dial.ask = ask_done;
	run->session->network.dial.context = run;
}
