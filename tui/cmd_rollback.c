/* SPDX-License-Identifier: MIT */
/* rollback: what was live before a push is put back. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>

static void write_view(struct nm_buf *out, const struct nm_plan *plan, const struct nm_rollback_view *view)
{
	const struct nm_part *every = nm_artefact_find(&view->back, "every call to");

	nm_buf_addf(out, "%s, before push #%lld\n", plan->lines[view->line].name, (long long)view->id);
	if (every)
		nm_buf_addf(out, "  EVERY call will go to %s\n", every->bytes);
	if (view->empties)
		nm_buf_add(out, "  nothing was there: the line will have nothing at the carrier\n");
	for (size_t i = 0; i < view->differences.n; i++) {
		const struct nm_difference *item = &view->differences.items[i];

		nm_buf_addf(out, "  %s, %s%s\n    put back %s\n    live now %s\n", item->when, item->callers,
			    item->key ? " pressing the emergency key" : "", item->a_words, item->b_words);
	}
	if (view->refusal)
		nm_buf_addf(out, "  refused without a reason: %s\n", view->refusal);
}

/* Says what going back would do, and waits for a yes. */
static enum nm_code ask_back(struct invocation *run, const struct nm_push_context *context, int line, int64_t id,
			     struct nm_error *err)
{
	struct nm_rollback_view view;
	struct nm_buf shown;
	char question[64];
	enum nm_code code;

	if (argument_given(run->args, "yes"))
		return NM_OK;
	code = nm_rollback_look(context, line, id, &view, err);
	if (code != NM_OK)
		return code;
	nm_buf_init(&shown, run->out->max);
	write_view(&shown, run->session->plan, &view);
	show_first(shown.data);
	nm_buf_clear(&shown);
	snprintf(question, sizeof question, "Put back what was live before push #%lld?", (long long)view.id);
	nm_rollback_view_clear(&view);
	if (confirm_yes(run, question))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "not rolled back: say yes, or give --yes");
}

enum nm_code cmd_rollback(struct invocation *run, enum status *status, struct nm_error *err)
{
	const char *text = argument(run->args, "to-before");
	const int64_t id = text ? strtoll(text, NULL, 10) : 0;
	struct nm_push_context context;
	struct nm_push_results results = { .n = 0 };
	int line;
	enum nm_code code = need_write(run, err);

	*status = STATUS_GOOD;
	if (code == NM_OK && text && id <= 0)
		code = nm_fail(err, NM_INPUT, "--to-before %s: the number of a push; `nevermiss history` lists them", text);
	if (code == NM_OK)
		code = argument_line(run, &line, err);
	if (code == NM_OK)
		code = session_push_context(run->session, &context, err);
	/* The number of a push says of which line it was. */
	if (code == NM_OK && line < 0 && id == 0)
		line = 0;
	if (code == NM_OK)
		code = ask_back(run, &context, line, id, err);
	if (code != NM_OK)
		return code;
	dial_on_terminal(run);
	code = nm_rollback(&context, line, id, argument(run->args, "force"), &results, err);
	write_results(run, &results);
	nm_push_results_clear(&results);
	return code;
}
