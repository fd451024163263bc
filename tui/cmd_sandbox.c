/* SPDX-License-Identifier: MIT */
/*
 * sandbox: the built-in carrier played by hand.  Shows what is live there, puts something else in its
 * place behind the plan's back, or tells it to fail: so drift and faults can be met before a real
 * carrier makes them.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

static enum nm_code sandbox_line(struct invocation *run, const struct nm_line **out, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	const char *driver;
	int line;
	enum nm_code code = argument_line(run, &line, err);

	if (code != NM_OK)
		return code;
	line = line < 0 ? 0 : line;
	driver = plan->accounts[plan->lines[line].account].driver;
	*out = &plan->lines[line];
	if (strcmp(driver, "sandbox"))
		return nm_fail(err, NM_INPUT, "line `%s` is on %s, not on the sandbox", (*out)->name, driver);
	return NM_OK;
}

static void show(struct invocation *run, const char *line, const char *text)
{
	struct nm_json json;

	if (!run->json) {
		if (text)
			nm_buf_addf(run->out, "%s\n", text);
		else
			nm_buf_addf(run->notes, "nothing is live on %s\n", line);
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "line");
	nm_json_text(&json, line);
	nm_json_key(&json, "live");
	nm_json_text(&json, text);
	json_finish(&json, run->out);
}

static enum nm_code put_file(struct nm_store *store, const char *number, const char *file, struct nm_error *err)
{
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	code = nm_file_read(file, NM_ARTEFACT_BYTES, &text, err);
	if (code == NM_OK && strlen(text.data) != text.len)
		code = nm_fail(err, NM_INPUT, "%s is no text: it holds a NUL byte", file);
	while (code == NM_OK && text.len && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	if (code == NM_OK)
		code = nm_store_sandbox_put(store, number, text.data, err);
	nm_buf_clear(&text);
	return code;
}

static enum nm_code receive(struct invocation *run, struct nm_store *store, const char *number, struct nm_error *err)
{
	struct nm_sandbox_inbound text = {.body = argument(run->args, "words"), .at = session_now(run->session)};
	char from[NM_NUMBER_TEXT];
	nm_number sender;
	enum nm_code code = of_option(nm_number_read(argument(run->args, "receive"), run->session->plan->country,
						     &sender, err),
				      "receive", err);

	if (code != NM_OK)
		return code;
	if (!text.body || strlen(text.body) > NM_TEXT_MAX)
		return nm_fail(err, NM_INPUT, "--receive: say with --words what the text says, in at most %d bytes",
			       NM_TEXT_MAX);
	nm_number_write(sender, from);
	text.from = from;
	return nm_store_sandbox_inbound_add(store, number, &text, err);
}

static enum nm_code change(struct invocation *run, struct nm_store *store, const char *number, struct nm_error *err)
{
	const char *put = argument(run->args, "put"), *fault = argument(run->args, "fail");
	enum nm_code code = need_write(run, err);

	if (code == NM_OK && fault && strcmp(fault, "nothing"))
		code = nm_sandbox_fault_check(fault, err);
	if (code == NM_OK && put)
		code = put_file(store, number, put, err);
	if (code == NM_OK && argument_given(run->args, "clear"))
		code = nm_store_sandbox_put(store, number, NULL, err);
	if (code == NM_OK && fault)
		code = nm_store_sandbox_fail(store, number, strcmp(fault, "nothing") ? fault : "", err);
	if (code == NM_OK && argument_given(run->args, "receive"))
		code = receive(run, store, number, err);
	return code;
}

enum nm_code cmd_sandbox(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_store *store;
	const struct nm_line *line;
	char *text = NULL, number[NM_NUMBER_TEXT];
	enum nm_code code = sandbox_line(run, &line, err);

	*status = STATUS_GOOD;
	if (code == NM_OK)
		code = session_store(run->session, &store, err);
	if (code != NM_OK)
		return code;
	nm_number_write(line->number, number);
	if (argument_given(run->args, "put") || argument_given(run->args, "clear") ||
	    argument_given(run->args, "fail") || argument_given(run->args, "receive"))
		return change(run, store, number, err);
	code = nm_store_sandbox_get(store, number, &text, err);
	if (code == NM_OK)
		show(run, line->name, text);
	free(text);
	return code;
}
