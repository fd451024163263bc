/* SPDX-License-Identifier: MIT */
/* What several commands share: their common arguments, times in JSON, an outcome in words. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "canvas.h"

nm_time clock_fixed(void *context)
{
	return *(const nm_time *)context;
}

enum nm_code of_option(enum nm_code code, const char *option, struct nm_error *err)
{
	struct nm_error was;

	if (code == NM_OK || !err)
		return code;
	was = *err;
	return nm_fail(err, code, "--%s: %s", option, was.text);
}

enum nm_code argument_time(const struct invocation *run, const char *name, nm_time fallback, nm_time *out,
			   struct nm_error *err)
{
	const char *text = argument(run->args, name);

	if (!text) {
		*out = fallback;
		return NM_OK;
	}
	return of_option(nm_time_read(text, session_zone(run->session), session_now(run->session), out, err), name, err);
}

enum nm_code argument_count(const struct invocation *run, size_t fallback, size_t most, size_t *out,
			    struct nm_error *err)
{
	const char *text = argument(run->args, "count");
	char *end;
	long count;

	*out = fallback;
	if (!text)
		return NM_OK;
	count = strtol(text, &end, 10);
	if (*end || end == text || count < 1 || (size_t)count > most)
		return nm_fail(err, NM_INPUT, "--count %s: a number from 1 to %zu", text, most);
	*out = (size_t)count;
	return NM_OK;
}

enum nm_code argument_line(const struct invocation *run, int *line, struct nm_error *err)
{
	const char *name = argument(run->args, "line");
	const struct nm_plan *plan = run->session->plan;
	struct nm_buf known;
	enum nm_code code;
	size_t i;

	*line = name ? nm_plan_find_line(plan, name) : -1;
	if (!name || *line >= 0)
		return NM_OK;
	nm_buf_init(&known, NM_ERROR_TEXT);
	for (i = 0; i < plan->n_lines; i++)
		nm_buf_addf(&known, "%s%s", i ? ", " : "", plan->lines[i].name);
	code = nm_fail(err, NM_INPUT, "no line `%s` in the plan; its lines are %s", name, known.data);
	nm_buf_clear(&known);
	return code;
}

/* Of two settings for one destination one would be dropped without a word. */
static bool said_before(const struct nm_script *script, const char *name)
{
	size_t i;

	for (i = 0; i < script->n; i++)
		if (!strcmp(script->settings[i].name, name))
			return true;
	return false;
}

static enum nm_code read_settings(const struct invocation *run, struct nm_arena *arena, struct nm_script *script,
				  struct nm_error *err)
{
	const struct arguments *args = run->args;
	struct nm_script_setting *settings = nm_arena_alloc(arena, args->n_options + 1, sizeof *settings);
	struct nm_setting read;
	enum nm_code code;
	size_t i;

	if (!settings)
		return nm_fail_memory(err);
	script->settings = settings;
	for (i = 0; i < args->n_options; i++) {
		if (strcmp(args->options[i].name, "set"))
			continue;
		code = of_option(nm_setting_read(run->session->plan, args->options[i].value, &read, err), "set", err);
		if (code != NM_OK)
			return code;
		settings[script->n].name = run->session->plan->destinations[read.destination].name;
		if (said_before(script, settings[script->n].name))
			return nm_fail(err, NM_INPUT, "--set says twice what %s does; name it once",
				       settings[script->n].name);
		settings[script->n].behaviour = read.behaviour;
		settings[script->n++].after_s = read.after_s;
	}
	return NM_OK;
}

enum nm_code argument_call(const struct invocation *run, const char *at, const char *caller, struct nm_arena *arena,
			   struct nm_call *call, struct nm_error *err)
{
	const char *from = argument(run->args, caller);
	const char *hangup = argument(run->args, "hangup");
	int64_t hangup_s = -1;
	enum nm_code code;

	*call = (struct nm_call){ .emergency = argument_given(run->args, "emergency"),
				  .held = argument_given(run->args, "held"),
				  .script = { .nobody = argument_given(run->args, "nobody") } };
	code = argument_time(run, at, session_now(run->session), &call->at, err);
	if (code == NM_OK)
		code = argument_line(run, &call->line, err);
	if (code == NM_OK && from)
		code = of_option(nm_caller_read(run->session->plan, from, &call->caller, err), caller, err);
	if (code == NM_OK && hangup)
		code = of_option(nm_duration_read(hangup, &hangup_s, err), "hangup", err);
	if (code == NM_OK)
		code = read_settings(run, arena, &call->script, err);
	call->script.hangup_s = (int)hangup_s;
	if (call->line < 0)
		call->line = 0;
	return code;
}

void json_time(struct nm_json *json, const struct nm_zone *zone, const char *key, nm_time t)
{
	char text[NM_TIME_TEXT];

	nm_time_rfc3339(zone, t, text);
	nm_json_key(json, key);
	nm_json_text(json, text);
}

void json_span(struct nm_json *json, const struct nm_zone *zone, struct nm_span span)
{
	nm_json_object(json);
	json_time(json, zone, "from", span.from);
	json_time(json, zone, "until", span.until);
	nm_json_end(json, '}');
}

void json_finish(struct nm_json *json, struct nm_buf *out)
{
	nm_json_end(json, '}');
	nm_buf_add(out, "\n");
}

void json_proof(struct nm_json *json, const struct nm_zone *zone, const struct nm_proof *proof)
{
	nm_json_key(json, "proved");
	if (proof->kind == NM_PROOF_NONE) {
		nm_json_null(json);
		return;
	}
	nm_json_object(json);
	json_time(json, zone, "at", proof->at);
	nm_json_key(json, "call");
	nm_json_int(json, proof->call);
	nm_json_key(json, "line");
	nm_json_text(json, proof->line);
	nm_json_key(json, "certain");
	nm_json_bool(json, proof->kind == NM_PROOF_SAID);
	nm_json_end(json, '}');
}

void outcome_words(const struct nm_outcome *outcome, struct nm_buf *out)
{
	switch (outcome->result) {
	case NM_ANSWERED:
		nm_buf_addf(out, "answered by %s after %d s (%d ring%s)", outcome->answered_by, outcome->seconds,
			    outcome->rings, outcome->rings == 1 ? "" : "s");
		break;
	case NM_TO_VOICEMAIL:
		nm_buf_addf(out, "voicemail: %s takes the call after %d s", outcome->answered_by, outcome->seconds);
		break;
	case NM_REJECTED:
		nm_buf_add(out, "rejected");
		break;
	case NM_SWALLOWED:
		nm_buf_addf(out, "swallowed: the voicemail of %s's own phone takes the call after %d s",
			    outcome->answered_by, outcome->seconds);
		break;
	case NM_ABANDONED:
		nm_buf_addf(out, "abandoned: the caller hangs up after %d s", outcome->ended_s);
		break;
	case NM_LOST:
		nm_buf_addf(out, "lost after %d s: nobody and nothing takes the call", outcome->ended_s);
		break;
	}
}

void add_safe(struct nm_buf *out, const char *text)
{
	while (*text) {
		const char *from = text;

		if (text_next(&text) == CHAR_REPLACED)
			nm_buf_add(out, "\xef\xbf\xbd"); /* as on the screen */
		else
			nm_buf_addn(out, from, (size_t)(text - from));
	}
}

void print_diags(const struct nm_diags *diags, struct nm_buf *out)
{
	size_t i;

	for (i = 0; i < diags->n; i++) {
		if (diags->items[i].line > 0)
			nm_buf_addf(out, "%s:%d: %s\n", diags->items[i].file, diags->items[i].line, diags->items[i].text);
		else
			nm_buf_addf(out, "%s: %s\n", diags->items[i].file, diags->items[i].text);
	}
}

enum nm_code need_write(const struct invocation *run, struct nm_error *err)
{
	if (run->options->unwritable)
		return nm_fail(err, NM_REFUSED, "nothing is written: %s is on a file system that is read-only",
			       run->options->data_dir);
	if (run->options->read_only)
		return nm_fail(err, NM_REFUSED, "read-only: nothing is written");
	return NM_OK;
}

void show_first(const struct invocation *run, const char *text)
{
	struct nm_buf safe;

	if (run->ask) {
		nm_buf_add(run->first, text);
		return;
	}
	nm_buf_init(&safe, 1u << 24);
	add_safe(&safe, text);
	fputs(safe.data, stderr);
	nm_buf_clear(&safe);
}

bool confirm_on_terminal(const char *question)
{
	char answer[16];

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

bool confirm_yes(const struct invocation *run, const char *question)
{
	if (run->ask)
		return run->ask(run->ask_context, run->first->data ? run->first->data : "", question);
	return confirm_on_terminal(question);
}

void add_losses(struct nm_buf *out, const struct nm_losses *losses)
{
	for (size_t i = 0; i < losses->n; i++) {
		const struct nm_loss *loss = &losses->items[i];

		nm_buf_addf(out, "  lost: %s\n    when    %s, %s\n    instead %s\n", loss->text, loss->when,
			    loss->callers, loss->instead);
	}
	if (losses->needs_agent)
		nm_buf_add(out, "  its hours hold only if it is pushed at each change\n");
}
