/* SPDX-License-Identifier: MIT */
/* screen: a screen of the interface as text.  keys: the table of keys. */
#include "app.h"
#include "command.h"
#include "keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_LEAST 20
#define SIZE_MOST 1000

static enum nm_code read_size(const struct invocation *run, int *width, int *height, struct nm_error *err)
{
	const char *text = argument(run->args, "size");
	char *x, *end;
	long w, h;

	*width = 80;
	*height = 24;
	if (!text)
		return NM_OK;
	w = strtol(text, &x, 10);
	h = *x == 'x' ? strtol(x + 1, &end, 10) : 0;
	if (*x != 'x' || *end || w < SIZE_LEAST || h < 5 || w > SIZE_MOST || h > SIZE_MOST)
		return nm_fail(err, NM_INPUT, "--size %s: columns and rows, such as 80x24", text);
	*width = (int)w;
	*height = (int)h;
	return NM_OK;
}

static enum nm_code find_screen(const char *name, struct nm_error *err)
{
	struct nm_buf known;
	enum nm_code code;
	size_t i;

	if (app_screen_named(name))
		return NM_OK;
	nm_buf_init(&known, NM_ERROR_TEXT);
	for (i = 0; i < APP_TABS; i++)
		nm_buf_addf(&known, "%s%s", i ? ", " : "", app_screens[i]->name);
	code = nm_fail(err, NM_INPUT, "no screen `%s`; there are %s", name, known.data);
	nm_buf_clear(&known);
	return code;
}

enum nm_code cmd_screen(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct session *session = run->session;
	const char *name = run->args->words[0];
	int width, height;
	nm_time at;
	enum nm_code code = find_screen(name, err);

	*status = STATUS_GOOD;
	if (code == NM_OK)
		code = read_size(run, &width, &height, err);
	if (code == NM_OK)
		code = argument_time(run, "at", session_now(session), &at, err);
	if (code != NM_OK)
		return code;
	session->options.now = clock_fixed;
	session->options.now_context = &at;
	session->options.ascii |= argument_given(run->args, "ascii");
	session->options.escapes = argument_given(run->args, "colour");
	run->raw = session->options.escapes;
	if (!run->json)
		return app_print(session, name, width, height, run->out, err);
	struct nm_buf text;
	struct nm_json json;

	nm_buf_init(&text, run->out->max);
	code = app_print(session, name, width, height, &text, err);
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "screen");
	nm_json_text(&json, name);
	nm_json_key(&json, "text");
	nm_json_text(&json, text.data);
	json_finish(&json, run->out);
	nm_buf_clear(&text);
	return code;
}

enum nm_code cmd_keys(struct invocation *run, enum status *status, struct nm_error *err)
{
	const struct nm_diags *mistakes = run->options->mistakes;

	(void)err;
	*status = mistakes && mistakes->n ? STATUS_WRONG : STATUS_GOOD;
	if (mistakes)
		print_diags(mistakes, run->notes);
	if (run->json)
		keys_print_json(run->out);
	else
		keys_print(run->out);
	return NM_OK;
}
