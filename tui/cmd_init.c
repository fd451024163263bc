/* SPDX-License-Identifier: MIT */
/*
 * init: asks for a first plan on the command line, and writes it.  Never overwrites.
 */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "first_plan.h"

#define ANSWER_BYTES 512

struct answers {
	struct nm_buf typed[QUESTIONS];
};

static struct first_answers texts_of(const struct answers *answers)
{
	struct first_answers texts;

	for (size_t i = 0; i < QUESTIONS; i++)
		texts.texts[i] = answers->typed[i].data;
	return texts;
}

static enum nm_code judge(const struct answers *answers, size_t n, struct nm_error *err)
{
	const struct first_answers texts = texts_of(answers);

	return first_plan_judge(&texts, n, err);
}

/* False at the end of the input. */
static bool ask_one(const struct question_row *row, struct nm_buf *answer)
{
	char line[512];
	const char *first = line;

	fprintf(stderr, "%s%s%s%s: ", row->words, row->fallback && *row->fallback ? " [" : "",
		row->fallback ? row->fallback : "", row->fallback && *row->fallback ? "]" : "");
	fflush(stderr);
	if (!fgets(line, sizeof line, stdin))
		return false;
	first += strspn(line, " \t");
	nm_buf_addn(answer, first, strcspn(first, "\r\n"));
	return true;
}

/* Asks until the answer is a good one: a slip must not cost the answers before it. */
static void ask(struct answers *answers, size_t i)
{
	struct nm_buf *answer = &answers->typed[i];
	struct nm_error err;

	while (ask_one(&questions[i], answer)) {
		if (!answer->len && questions[i].fallback)
			return;
		if (!answer->len)
			fprintf(stderr, "  this one must be answered\n");
		else if (judge(answers, i + 1, &err) == NM_OK)
			return;
		else
			fprintf(stderr, "  %s\n", err.text);
		nm_buf_clear(answer);
		nm_buf_init(answer, ANSWER_BYTES);
	}
}

/* Answers from the options, else from the terminal, else the fallbacks; what is still missing is named. */
static enum nm_code collect(const struct invocation *run, struct answers *answers, struct nm_error *err)
{
	const bool terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	enum nm_code code = NM_OK;
	size_t i;

	for (i = 0; i < QUESTIONS && code == NM_OK; i++) {
		const char *given = argument(run->args, questions[i].option);
		struct nm_buf *answer = &answers->typed[i];

		if (given)
			nm_buf_add(answer, given);
		else if (terminal)
			ask(answers, i);
		if (!answer->len && questions[i].fallback)
			nm_buf_add(answer, questions[i].fallback);
		if (!answer->len && !questions[i].fallback)
			return nm_fail(err, NM_INPUT, "--%s is missing: %s", questions[i].option, questions[i].words);
		if (given && terminal)
			code = judge(answers, i + 1, err);
	}
	return code;
}

/* Nothing is written that does not read: every mistake in the answers is told in their own words. */
static enum nm_code try_and_write(struct invocation *run, const struct answers *answers, const struct nm_buf *text,
				  struct nm_error *err)
{
	const char *file = run->options->plan_file;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	enum nm_code code;
	size_t i;

	nm_diags_init(&diags);
	code = nm_plan_read_kept(file, text->data, text->len, first_plan_files(), &plan, &diags, err);
	for (i = 0; i < diags.n; i++)
		nm_buf_addf(run->notes, "nevermiss: %s\n", diags.items[i].text);
	if (code != NM_OK && diags.n)
		code = nm_fail(err, NM_INPUT, "no plan written: mend the answers above");
	if (code == NM_OK)
		code = judge(answers, QUESTIONS, err);
	if (code == NM_OK)
		code = first_plan_write(file, text->data, text->len, plan->files, err);
	nm_diags_clear(&diags);
	nm_plan_free(plan);
	return code;
}

static enum nm_code make_plan(struct invocation *run, struct answers *answers, struct nm_error *err)
{
	struct first_answers texts;
	struct nm_buf text;
	enum nm_code code = collect(run, answers, err);

	if (code != NM_OK)
		return code;
	nm_buf_init(&text, NM_PLAN_BYTES);
	texts = texts_of(answers);
	code = first_plan_text(&texts, &text, err);
	if (code == NM_OK)
		code = try_and_write(run, answers, &text, err);
	nm_buf_clear(&text);
	if (code != NM_OK)
		return code;
	if (run->json) {
		struct nm_json json;

		nm_json_init(&json, run->out);
		nm_json_object(&json);
		nm_json_key(&json, "plan");
		nm_json_text(&json, run->options->plan_file);
		json_finish(&json, run->out);
	} else
		nm_buf_addf(run->out, "wrote %s\nnext: check, week, push, or no command for the interface%s%s\n",
			    run->options->plan_file, argument_given(run->args, "plan") ? ", each with -p " : "",
			    argument_given(run->args, "plan") ? run->options->plan_file : "");
	return NM_OK;
}

enum nm_code cmd_init(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct answers answers;
	enum nm_code code = need_write(run, err);
	size_t i;

	*status = STATUS_GOOD;
	if (code == NM_OK)
		code = first_plan_absent(run->options->plan_file, err);
	if (code != NM_OK)
		return code;
	for (i = 0; i < QUESTIONS; i++)
		nm_buf_init(&answers.typed[i], ANSWER_BYTES);
	code = make_plan(run, &answers, err);
	for (i = 0; i < QUESTIONS; i++)
		nm_buf_clear(&answers.typed[i]);
	return code;
}
