/* SPDX-License-Identifier: MIT */
/*
 * What the store knows of the lines (session.h): how each stood when it was read last, and was pushed.  In: a session.  Out:
 * facts, and what was live then.  A reading that was compared with another plan is compared anew with the one that stands
 * here (status_kept.c in core); it asks no carrier.
 */
#include <string.h>

#include "nevermiss/carrier.h"
#include "nevermiss/live_then.h"
#include "session.h"

/* The plan whose lines are asked about, and with which texts a reading may have been compared: with the plan's own, or else
 * with `other`. */
struct asked {
	const struct nm_plan *plan;
	uint64_t mark, other;
	const struct nm_status *fresh; /* what was read of the plan while it is not saved, and is kept when it is; NULL */
	struct nm_status kept; /* of a plan that is not the session's: what was read last, compared with it */
	bool compared;
};

void session_recall_forget(struct session *session)
{
	if (session->recalled.known)
		nm_status_clear(&session->recalled.status);
	session->recalled.known = false;
}

/* Is what was compared last still what there is to compare, by that plan? */
static bool recalled_holds(const struct session *session, uint64_t mark)
{
	return session->recalled.known && session->recalled.mark == mark && session->store &&
	       session->recalled.changes == nm_store_changes(session->store);
}

enum nm_code session_recall(struct session *session, struct nm_error *err)
{
	struct nm_push_context context;
	struct nm_status status;
	uint64_t changes;
	enum nm_code code = session_store_context(session, &context, err);

	if (code || recalled_holds(session, context.plan_mark))
		return code;
	changes = nm_store_changes(context.store);
	code = nm_status_kept(&context, &status, err);
	if (code)
		return code;
	session_recall_forget(session);
	session->recalled.known = true;
	session->recalled.mark = context.plan_mark;
	session->recalled.changes = changes;
	session->recalled.status = status;
	session->readings++;
	return NM_OK;
}

const struct nm_line_status *session_line_status(const struct session *session, int line)
{
	const bool kept = !session->status_known && session->recalled.known && session->recalled.mark == session_plan_mark(session);
	const struct nm_status *status = kept ? &session->recalled.status : &session->status;

	for (size_t i = 0; (kept || session->status_known) && i < status->n; i++) {
		if (status->lines[i].line == line)
			return &status->lines[i];
	}
	return NULL;
}

/* Plans may have changed since: what tells the line is its name. */
static const struct nm_line_status *named(const struct nm_status *status, const char *line)
{
	for (size_t i = 0; i < status->n; i++) {
		if (!strcmp(status->lines[i].plan_route->line, line))
			return &status->lines[i];
	}
	return NULL;
}

/* The session's own plan, whose comparisons it keeps; *mark: of the text that was compared. */
static const struct nm_status *compare_own(struct session *session, const struct asked *asked, uint64_t *mark)
{
	if (!recalled_holds(session, asked->mark) && !recalled_holds(session, asked->other) && session_recall(session, NULL))
		return NULL;
	*mark = session->recalled.mark;
	return &session->recalled.status;
}

static const struct nm_status *compare_other(struct session *session, struct asked *asked, uint64_t *mark)
{
	struct nm_push_context context;

	if (!asked->compared && (session_plan_context(session, asked->plan, &context, NULL) ||
				 nm_status_kept(&context, &asked->kept, NULL)))
		return NULL;
	asked->compared = true;
	*mark = asked->mark;
	return &asked->kept;
}

static bool take_status(const struct nm_status *status, const char *line, uint64_t mark, struct nm_reading *out)
{
	const struct nm_line_status *found = status ? named(status, line) : NULL;

	if (!found || !found->read_at)
		return false;
	*out = nm_line_status_reading(found);
	out->plan_mark = mark;
	return true;
}

/* What comes of a reading of another plan; false: nothing can be said of it. */
static bool compare_anew(struct session *session, const char *line, struct asked *asked, struct nm_reading *out)
{
	uint64_t mark = 0;
	const struct nm_status *compared = asked->plan == session->plan ? compare_own(session, asked, &mark)
									: compare_other(session, asked, &mark);

	return take_status(compared, line, mark, out);
}

static enum nm_code fill_fact(struct nm_line_fact *fact, const struct nm_reading *reading, uint64_t mark,
			      struct nm_arena *arena, struct nm_error *err)
{
	fact->known = reading->known;
	fact->in_sync = reading->in_sync;
	fact->saved = reading->plan_mark != mark;
	fact->unread = !reading->known && !reading->in_sync;
	fact->read_at = reading->at;
	fact->words = reading->words ? nm_arena_text(arena, reading->words) : NULL;
	return reading->words && !fact->words ? nm_fail_memory(err) : NM_OK;
}

/* A line's last reading without the artefact, which is most of it. */
static enum nm_code read_reading(struct session *session, const struct nm_line *line, struct asked *asked,
				 struct nm_arena *arena, struct nm_line_fact *fact, struct nm_error *err)
{
	struct nm_arena *scratch = nm_arena_new();
	struct nm_reading reading;
	bool found = false;
	enum nm_code code = scratch ? nm_store_reading_get(session->store, line->number, scratch, &reading, &found, err)
				    : nm_fail_memory(err);

	if (!code && take_status(asked->fresh, line->name, asked->mark, &reading))
		found = true;
	else if (!code && found && reading.plan_mark != asked->mark && reading.plan_mark != asked->other)
		found = compare_anew(session, line->name, asked, &reading);
	if (!code && found)
		code = fill_fact(fact, &reading, asked->mark, arena, err);
	nm_arena_free(scratch);
	return code;
}

/* What is in force where only the agent changes it: elsewhere nobody asks, and an artefact is large. */
static enum nm_code read_live(struct session *session, const struct nm_plan *plan, int line, struct nm_arena *arena,
			      struct nm_line_fact *fact, struct nm_error *err)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line].account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);
	struct nm_live_then *live;

	if (!carrier || nm_carrier_traits(carrier, account).keeps_time)
		return NM_OK;
	live = nm_arena_alloc(arena, 1, sizeof *live);
	fact->live = live;
	return live ? nm_live_then(session->store, plan->lines[line].number, session_now(session),
				   account->driver, arena, live, err)
		    : nm_fail_memory(err);
}

/* One line's fact, from its last reading and its newest push. */
static enum nm_code read_fact(struct session *session, const struct nm_line *line, struct asked *asked,
			      struct nm_arena *arena, struct nm_line_fact *fact, struct nm_error *err)
{
	struct nm_push_records pushes;
	enum nm_code code;

	*fact = (struct nm_line_fact){.line = line->name};
	code = read_reading(session, line, asked, arena, fact, err);
	if (!code)
		code = nm_store_pushes(session->store, line->number, false, 1, &pushes, err);
	if (code)
		return code;
	fact->pushed = pushes.n > 0 && pushes.items[0].state == NM_PUSH_DONE;
	if (fact->pushed)
		fact->horizon = pushes.items[0].horizon;
	nm_push_records_clear(&pushes);
	return NM_OK;
}

static enum nm_code read_facts(struct session *session, struct asked *asked, struct nm_arena *arena,
			       struct nm_line_fact **out, struct nm_error *err)
{
	struct nm_line_fact *facts;
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);

	if (code)
		return code;
	facts = nm_arena_alloc(arena, asked->plan->n_lines, sizeof *facts);
	if (!facts)
		return nm_fail_memory(err);
	for (size_t i = 0; i < asked->plan->n_lines && !code; i++)
		code = read_fact(session, &asked->plan->lines[i], asked, arena, &facts[i], err);
	for (size_t i = 0; i < asked->plan->n_lines && !code; i++)
		code = read_live(session, asked->plan, (int)i, arena, &facts[i], err);
	if (asked->compared)
		nm_status_clear(&asked->kept);
	if (!code)
		*out = facts;
	return code;
}

enum nm_code session_facts(struct session *session, struct nm_arena *arena, struct nm_line_fact **out,
			   size_t *n, struct nm_error *err)
{
	struct asked asked = {
		.plan = session->plan, .mark = session_plan_mark(session), .other = session->saved_mark};
	enum nm_code code = session_need_look(session, err);

	if (!code)
		code = read_facts(session, &asked, arena, out, err);
	if (!code)
		*n = session->plan->n_lines;
	return code;
}

enum nm_code session_facts_saved(struct session *session, const struct nm_plan *plan, uint64_t mark, struct nm_arena *arena,
				 struct nm_line_fact **out, struct nm_error *err)
{
	struct asked asked = {.plan = plan, .mark = mark, .other = mark};

	if (plan == session->plan && session->status_known)
		asked.fresh = &session->status;
	return read_facts(session, &asked, arena, out, err);
}
