/* SPDX-License-Identifier: MIT */
/*
 * What check finds (session.h).  In: a session, a plan with its text.  Out: findings.  What is known of lines is told of the plan
 * that is checked: by the names that it has, and compared with what it says.
 */
#include "session.h"

#include <string.h>

enum nm_code session_left(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			  struct nm_left_fact **out, size_t *n, struct nm_error *err)
{
	struct nm_pushed_line *pushed;
	struct nm_left_fact *left;
	struct nm_store *store;
	size_t n_pushed, n_left = 0;
	enum nm_code code = session_store(session, &store, err);

	if (!code)
		code = nm_store_pushed_lines(store, arena, &pushed, &n_pushed, err);
	if (code)
		return code;
	left = nm_arena_alloc(arena, n_pushed, sizeof *left);
	if (!left)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n_pushed; i++)
		if (nm_plan_find_number(plan, pushed[i].number) < 0)
			left[n_left++] = (struct nm_left_fact){pushed[i].number, pushed[i].line, pushed[i].driver, pushed[i].at};
	*out = left;
	*n = n_left;
	return NM_OK;
}

static bool told(void *context, size_t done, size_t all)
{
	const struct session *session = context;

	return session->deriving(session->deriving_context, "situations proved", done, all);
}

/* With what is known of its lines; without a store there are no facts, and the plan is proved all the same. */
static enum nm_code check_with(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			       struct nm_check_options *options, struct nm_findings *out, struct nm_error *err)
{
	struct nm_left_fact *left;
	struct nm_calendar_fact *calendars;
	struct nm_flood_fact *floods;
	struct nm_optout_fact *optouts;

	options->now = options->from = session_now(session);
	options->until = options->from + NM_CHECK_HORIZON;
	if (session_left(session, plan, arena, &left, &options->n_left, NULL) == NM_OK)
		options->left = left;
	if (session_calendars(session, plan, arena, &calendars, &options->n_calendars, NULL) == NM_OK)
		options->calendars = calendars;
	if (session_floods(session, plan, arena, &floods, &options->n_floods, NULL) == NM_OK)
		options->floods = floods;
	if (session_optouts(session, plan, arena, &optouts, &options->n_optouts, NULL) == NM_OK)
		options->optouts = optouts;
	options->tests = session_tests(session);
	options->log = session_log(session);
	options->agent = session_agent(session, plan);
	options->crm_refused = session_crm_refused(session);
	options->progress = session->deriving ? told : NULL;
	options->progress_context = session;
	return nm_check(plan, options, out, err);
}

enum nm_code session_check(struct session *session, const struct nm_plan *plan, const char *text, size_t len,
			   struct nm_findings *out, struct nm_error *err)
{
	struct nm_check_options options = {0};
	struct nm_line_fact *facts;
	struct nm_arena *arena = nm_arena_new();
	enum nm_code code;

	if (!arena)
		return nm_fail_memory(err);
	if (session_facts_saved(session, plan, session_text_mark(plan, text, len), arena, &facts, NULL) == NM_OK) {
		options.facts = facts;
		options.n_facts = plan->n_lines;
	}
	code = check_with(session, plan, arena, &options, out, err);
	nm_arena_free(arena);
	return code;
}

/* The plan that stands here, with what is known of its lines now. */
static enum nm_code check_here(struct session *session, struct nm_findings *out, struct nm_error *err)
{
	struct nm_check_options options = {0};
	struct nm_line_fact *facts;
	struct nm_arena *arena = nm_arena_new();
	enum nm_code code;

	if (!arena)
		return nm_fail_memory(err);
	if (session_facts(session, arena, &facts, &options.n_facts, NULL) == NM_OK)
		options.facts = facts;
	code = check_with(session, session->plan, arena, &options, out, err);
	nm_arena_free(arena);
	return code;
}

enum nm_code session_findings(struct session *session, const struct nm_findings **out, struct nm_error *err)
{
	enum nm_code code = session_need_look(session, err);

	*out = &session->findings;
	if (code || session->findings_known)
		return code;
	code = check_here(session, &session->findings, err);
	session->findings_known = code == NM_OK;
	return code;
}

enum nm_code session_findings_then(struct session *session, const struct nm_findings **out, struct nm_error *err)
{
	const struct nm_texts texts = session_texts(session);
	enum nm_code code = session_need_look(session, err);

	if (code || !nm_document_dirty(session->document))
		return code ? code : session_findings(session, out, err);
	*out = &session->then_findings;
	if (session->then_known)
		return NM_OK;
	code = session_check(session, session->plan, texts.bytes, texts.len, &session->then_findings, err);
	session->then_known = code == NM_OK;
	return code;
}
