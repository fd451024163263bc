/* SPDX-License-Identifier: MIT */
/*
 * override: for a while, calls go another way.  Writes the section into the plan's text, saves, and
 * pushes; lists and ends overrides.  An override always has an end.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "override.h"

static void list_text(struct invocation *run, const struct nm_plan *plan, nm_time now)
{
	char from[NM_TIME_TEXT], until[NM_TIME_TEXT], age[NM_TIME_TEXT];
	size_t i;

	for (i = 0; i < plan->n_overrides; i++) {
		const struct nm_override *override = &plan->overrides[i];

		nm_time_words(plan->zone, override->from, true, from);
		nm_time_words(plan->zone, override->until, true, until);
		nm_duration_words(override_age(override, now), age);
		nm_buf_addf(run->out, "%s%*s %-9s %s - %s, %s%s: %s\n", override->rule.name,
			    text_gap(override->rule.name, 16), "", override_state(override, now), from,
			    until, now >= override->from ? "age " : "not yet begun",
			    now >= override->from ? age : "",
			    override->rule.path >= 0 ? plan->paths[override->rule.path].name : "rejected");
	}
	if (!plan->n_overrides)
		nm_buf_add(run->out, "no override in the plan\n");
}

static void list_json(struct invocation *run, const struct nm_plan *plan, nm_time now)
{
	struct nm_json json;
	size_t i;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "overrides");
	nm_json_array(&json);
	for (i = 0; i < plan->n_overrides; i++) {
		const struct nm_override *override = &plan->overrides[i];

		nm_json_object(&json);
		nm_json_key(&json, "name");
		nm_json_text(&json, override->rule.name);
		nm_json_key(&json, "state");
		nm_json_text(&json, override_state(override, now));
		json_time(&json, plan->zone, "from", override->from);
		json_time(&json, plan->zone, "until", override->until);
		nm_json_key(&json, "age");
		nm_json_int(&json, override_age(override, now));
		nm_json_key(&json, "path");
		nm_json_text(&json, override->rule.path >= 0 ? plan->paths[override->rule.path].name : NULL);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

/* --- writing one --- */

enum nm_code override_wished(const struct arguments *args, struct override_wish *wish, struct nm_error *err)
{
	const char *length = argument(args, "for");
	enum nm_code code;

	*wish = (struct override_wish){
		.name = args->n_words ? args->words[0] : NULL,
		.path = argument(args, "path"),
		.reject = argument(args, "reject"),
		.line = argument(args, "line"),
		.callers = argument(args, "callers"),
	};
	if (!length)
		return nm_fail(err, NM_INPUT, "an override has an end: give --for TIME, such as --for 2h");
	if (!wish->path == !wish->reject)
		return nm_fail(err, NM_INPUT, "give either --path P or --reject busy|silent");
	code = of_option(nm_duration_read(length, &wish->length_s, err), "for", err);
	if (code == NM_OK && wish->length_s <= 0)
		return nm_fail(err, NM_INPUT, "--for %s: longer than nothing", length);
	return code;
}

static enum nm_code push_all(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_push_options options = { .line = -1 };
	struct nm_push_results results = { .n = 0 };
	struct nm_push_context context;
	struct nm_error failure;
	bool *nobody = NULL;
	enum nm_code code;
	size_t i;

	if (argument_given(run->args, "no-push"))
		return NM_OK;
	options.plan_text = nm_document_text(run->session->document, &options.plan_len);
	code = session_push_context(run->session, &context, &failure);
	if (code == NM_OK)
		code = dial_on_terminal(run, &failure);
	if (code == NM_OK)
		code = lines_without_hands(run, &nobody, &failure);
	options.nobody = nobody;
	if (code == NM_OK)
		code = nm_push(&context, &options, &results, &failure);
	for (i = 0; i < results.n; i++) {
		const struct nm_push_result *item = &results.items[i];

		if (item->waits)
			*status = STATUS_WRONG;
		if (!run->json)
			nm_buf_addf(run->out, "%s: %s%s\n", run->session->plan->lines[item->line].name,
				    item->words, item->waits ? " (nevermiss codes, nevermiss push)" : "");
	}
	nm_push_results_clear(&results);
	free(nobody);
	if (code != NM_OK)
		return nm_fail(err, code, "the plan is saved, but not pushed: %s", failure.text);
	return NM_OK;
}

static enum nm_code change_and_push(struct invocation *run, struct nm_edit edit, const char *what,
				    enum status *status, struct nm_error *err)
{
	enum nm_code code = session_edit(run->session, &edit, 1, what, err);

	if (code == NM_OK)
		code = session_save(run->session, err);
	if (code == NM_OK && !run->json)
		nm_buf_addf(run->out, "%s: saved\n", what);
	if (code == NM_OK)
		code = push_all(run, status, err);
	if (code == NM_OK && run->json)
		list_json(run, run->session->plan, session_now(run->session));
	return code;
}

static enum nm_code add_override(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct override_wish wish;
	struct nm_buf name, section, what;
	struct nm_edit edit;
	enum nm_code code = override_wished(run->args, &wish, err);

	if (code)
		return code;
	nm_buf_init(&name, 256);
	nm_buf_init(&section, 4096);
	nm_buf_init(&what, 512);
	code = override_begin(run->session, &wish, &name, &section, &edit, err);
	if (code == NM_OK) {
		nm_buf_addf(&what, "override %s", name.data);
		code = change_and_push(run, edit, what.data, status, err);
	}
	nm_buf_clear(&what);
	nm_buf_clear(&section);
	nm_buf_clear(&name);
	return code;
}

static enum nm_code end_override(struct invocation *run, const char *name, enum status *status,
				 struct nm_error *err)
{
	struct nm_buf what;
	struct nm_edit edit;
	enum nm_code code = override_end(run->session, name, &edit, err);

	if (code)
		return code;
	nm_buf_init(&what, 512);
	nm_buf_addf(&what, "end of override %s", name);
	code = change_and_push(run, edit, what.data, status, err);
	nm_buf_clear(&what);
	return code;
}

enum nm_code cmd_override(struct invocation *run, enum status *status, struct nm_error *err)
{
	const char *end = argument(run->args, "end");
	const nm_time now = session_now(run->session);
	enum nm_code code;

	*status = STATUS_GOOD;
	if (argument_given(run->args, "list")) {
		if (run->json)
			list_json(run, run->session->plan, now);
		else
			list_text(run, run->session->plan, now);
		return NM_OK;
	}
	code = need_write(run, err);
	if (code == NM_OK)
		code = end ? end_override(run, end, status, err) : add_override(run, status, err);
	return code;
}
