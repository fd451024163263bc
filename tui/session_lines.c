/* SPDX-License-Identifier: MIT */
/*
 * What the store knows of the lines (session.h): how each stood when it was read last, and was pushed.  In: a session.  Out:
 * facts, and what was live then.  A reading that was compared with another plan is compared anew with the one that stands
 * here (status_kept.c in core); it asks no carrier.
 */
#include <string.h>

#include "session.h"

/* Which plans a reading may have been compared with: the one that stands here, and the one that is saved. */
struct marks {
	uint64_t here, saved;
};

static struct marks marks_of(const struct session *session)
{
	return (struct marks){session_plan_mark(session), session->saved_mark};
}

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
static const struct nm_line_status *recalled_named(const struct session *session, const char *line)
{
	const struct nm_status *status = &session->recalled.status;

	for (size_t i = 0; i < status->n; i++) {
		if (!strcmp(status->lines[i].plan_route->line, line))
			return &status->lines[i];
	}
	return NULL;
}

/* What comes of a reading of another plan; false: nothing can be said of it. */
static bool compare_anew(struct session *session, const char *line, struct marks marks, struct nm_reading *out)
{
	const struct nm_line_status *status;

	if (!recalled_holds(session, marks.here) && !recalled_holds(session, marks.saved) && session_recall(session, NULL))
		return false;
	status = recalled_named(session, line);
	if (!status || !status->read_at)
		return false;
	*out = nm_line_status_reading(status);
	out->plan_mark = session->recalled.mark;
	return true;
}

static enum nm_code fill_fact(struct nm_line_fact *fact, const struct nm_reading *reading, struct marks marks,
			      struct nm_arena *arena, struct nm_error *err)
{
	fact->known = reading->known;
	fact->in_sync = reading->in_sync;
	fact->saved = reading->plan_mark != marks.here;
	fact->unread = !reading->known && !reading->in_sync;
	fact->read_at = reading->at;
	fact->words = reading->words ? nm_arena_text(arena, reading->words) : NULL;
	return reading->words && !fact->words ? nm_fail_memory(err) : NM_OK;
}

/* A line's last reading without the artefact, which is most of it. */
static enum nm_code read_reading(struct session *session, const char *line, struct marks marks, struct nm_arena *arena,
				 struct nm_line_fact *fact, struct nm_error *err)
{
	struct nm_arena *scratch = nm_arena_new();
	struct nm_reading reading;
	bool found = false;
	enum nm_code code = scratch ? nm_store_reading_get(session->store, line, scratch, &reading, &found, err)
				    : nm_fail_memory(err);

	if (!code && found && reading.plan_mark != marks.here && reading.plan_mark != marks.saved)
		found = compare_anew(session, line, marks, &reading);
	if (!code && found)
		code = fill_fact(fact, &reading, marks, arena, err);
	nm_arena_free(scratch);
	return code;
}

/* One line's fact, from its last reading and its newest push. */
static enum nm_code read_fact(struct session *session, const char *line, struct marks marks, struct nm_arena *arena,
			      struct nm_line_fact *fact, struct nm_error *err)
{
	struct nm_push_records pushes;
	enum nm_code code;

	*fact = (struct nm_line_fact){.line = line};
	code = read_reading(session, line, marks, arena, fact, err);
	if (!code)
		code = nm_store_pushes(session->store, line, false, 1, &pushes, err);
	if (code)
		return code;
	fact->pushed = pushes.n > 0 && pushes.items[0].state == NM_PUSH_DONE;
	if (fact->pushed)
		fact->horizon = pushes.items[0].horizon;
	nm_push_records_clear(&pushes);
	return NM_OK;
}

enum nm_code session_facts(struct session *session, struct nm_arena *arena, struct nm_line_fact **out,
			   size_t *n, struct nm_error *err)
{
	const struct marks marks = marks_of(session);
	struct nm_store *store;
	struct nm_line_fact *facts;
	enum nm_code code = session_need_look(session, err);

	if (!code)
		code = session_store(session, &store, err);
	if (code)
		return code;
	facts = nm_arena_alloc(arena, session->plan->n_lines, sizeof *facts);
	if (!facts)
		return nm_fail_memory(err);
	for (size_t i = 0; i < session->plan->n_lines && !code; i++)
		code = read_fact(session, session->plan->lines[i].name, marks, arena, &facts[i], err);
	if (code)
		return code;
	*out = facts;
	*n = session->plan->n_lines;
	return NM_OK;
}
