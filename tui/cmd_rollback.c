/* SPDX-License-Identifier: MIT */
/* rollback: what was live before a push is put back. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "found.h"
#include "handwork.h"

/* What somebody must do to put it back. */
static void write_handwork(struct nm_buf *out, const struct nm_rollback_view *view)
{
	struct handwork_item *items;
	size_t n;

	if (handwork_items(&view->back, view->arena, &items, &n, NULL) != NM_OK)
		return;
	for (size_t i = 0; i < n; i++)
		nm_buf_addf(out, "  by hand: %s%s%s\n", items[i].code ? items[i].code : "",
			    items[i].code ? "  " : "", items[i].words);
}

/* A line each, below what going back does. */
static void write_errors(struct nm_buf *out, const struct nm_rollback_view *view)
{
	struct nm_buf errors;
	size_t len;

	nm_buf_init(&errors, out->max);
	found_back_add(&errors, view);
	for (const char *line = errors.data; line && *line; line += len + 1) {
		len = strcspn(line, "\n");
		nm_buf_addf(out, "  %.*s\n", (int)len, line);
	}
	nm_buf_clear(&errors);
}

/* They stand beside the result of going back unasked. */
static void note_errors(const struct invocation *run, const struct nm_rollback_view *view)
{
	struct nm_buf errors;

	nm_buf_init(&errors, run->notes->max);
	found_back_add(&errors, view);
	if (errors.len)
		nm_buf_addf(run->notes, "nevermiss: %s", errors.data);
	nm_buf_clear(&errors);
}

static void write_view(struct nm_buf *out, const struct nm_plan *plan, const struct nm_rollback_view *view)
{
	const struct nm_part *every = nm_artefact_find(&view->back, "every call to");

	nm_buf_addf(out, "%s, before push #%lld\n", plan->lines[view->line].name, (long long)view->id);
	if (every)
		nm_buf_addf(out, "  EVERY call will go to %s\n", every->bytes);
	if (handwork_line(plan, view->line))
		write_handwork(out, view);
	if (view->empties)
		nm_buf_add(out, "  nothing was there: the line will have nothing at the carrier\n");
	for (size_t i = 0; i < view->differences.n; i++) {
		const struct nm_difference *item = &view->differences.items[i];

		nm_buf_addf(out, "  %s, %s%s\n    put back %s\n    live now %s\n", item->when, item->callers,
			    item->key ? " pressing the emergency key" : "", item->a_words, item->b_words);
	}
	if (view->unknown)
		nm_buf_addf(out, "  what changes is not known: %s\n", view->unknown);
	else if (!view->empties && view->differences.n == 0 && !handwork_line(plan, view->line))
		nm_buf_add(out, "  nothing changes for callers\n");
	write_errors(out, view);
	if (view->refusal)
		nm_buf_addf(out, "  refused without --force REASON: %s\n", view->refusal);
}

static void show_view(const struct invocation *run, const struct nm_rollback_view *view)
{
	struct nm_buf shown;

	nm_buf_init(&shown, run->out->max);
	write_view(&shown, run->session->plan, view);
	show_first(run, shown.data);
	nm_buf_clear(&shown);
}

/* Says what going back would do, and waits for a yes.  A yes does not say that anybody dialled. */
static enum nm_code ask_back(struct invocation *run, const struct nm_push_context *context, int line, int64_t id,
			     struct nm_error *err)
{
	const bool yes = argument_given(run->args, "yes");
	struct nm_rollback_view view;
	char question[64], mark[HANDWORK_MARK];
	enum nm_code code;

	code = nm_rollback_look(context, line, id, &view, err);
	if (code != NM_OK)
		return code;
	handwork_mark(&view.back, mark);
	code = dialled_this(run, view.line, &view.back, err);
	if (code != NM_OK) {
		show_view(run, &view);
	} else if (lacks_hands(run, view.line)) {
		show_view(run, &view);
		code = nm_fail(
			err, NM_REFUSED,
			"not rolled back: it waits for somebody to do it by hand; when it is done, roll back with "
			"--dialled %s:%s",
			run->session->plan->lines[view.line].name, mark);
	} else if (!yes) {
		show_view(run, &view);
		snprintf(question, sizeof question, "Put back what was live before push #%lld?",
			 (long long)view.id);
		if (!confirm_yes(run, question))
			code = nm_fail(err, NM_REFUSED, "not rolled back: say yes, or give --yes");
	} else {
		note_errors(run, &view);
	}
	nm_rollback_view_clear(&view);
	return code;
}

enum nm_code cmd_rollback(struct invocation *run, enum status *status, struct nm_error *err)
{
	const char *text = argument(run->args, "to-before");
	char *end = NULL;
	const int64_t id = text ? strtoll(text, &end, 10) : 0;
	struct nm_push_context context;
	struct nm_push_results results = { .n = 0 };
	int line;
	enum nm_code code = need_write(run, err);

	*status = STATUS_GOOD;
	if (code == NM_OK && text && (id <= 0 || *end))
		code = nm_fail(err, NM_INPUT, "--to-before %s: the number of a push; `nevermiss history` lists them", text);
	if (code == NM_OK)
		code = argument_line(run, &line, err);
	if (code == NM_OK)
		code = session_push_context(run->session, &context, err);
	/* The number of a push says of which line it was. */
	if (code == NM_OK && line < 0 && id == 0)
		line = 0;
	if (code == NM_OK)
		code = dial_on_terminal(run, err);
	if (code == NM_OK)
		code = ask_back(run, &context, line, id, err);
	if (code != NM_OK)
		return code;
	code = nm_rollback(&context, line, id, argument(run->args, "force"), &results, err);
	write_results(run, &results);
	nm_push_results_clear(&results);
	return code;
}
