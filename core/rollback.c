/* SPDX-License-Identifier: MIT */
/*
 * Going back: what was live before a push is put back.
 *
 * Comes in: a line or a push, and the journal.  Goes out: what that would do, or a result as of a push.  What
 * was made in spite of a broken guarantee is not put back without a reason, nor what sends calls where they may
 * not go, and no line is emptied without one where guarantees are to hold.
 */
#include <stdlib.h>
#include <string.h>

#include "core/carrier/hand.h"
#include "core/push_private.h"
#include "core/toll.h"

/* --- which push --- */

/* The push to go back behind: the one named, or the line's newest that was not undone. */
static enum nm_code find_record(struct nm_push_run *push, int line, int64_t id, struct nm_arena *arena,
				struct nm_push_record *record, struct nm_error *err)
{
	const struct nm_line *of = &push->context->plan->lines[line];
	enum nm_code code;

	if (id == 0) {
		code = nm_store_push_newest(push->context->store, of->number, &id, err);
		if (code != NM_OK)
			return code;
		if (id == 0)
			return nm_fail(err, NM_INPUT, "%s was never pushed: there is nothing to go back to",
				       of->name);
	}
	code = nm_store_push_get(push->context->store, id, arena, record, err);
	if (code == NM_OK && record->number != of->number)
		return nm_fail(err, NM_INPUT, "push %lld is of line %s, not of %s", (long long)id,
			       record->line, of->name);
	return code;
}

static enum nm_code line_of_push(struct nm_push_run *push, int64_t id, int *line, struct nm_error *err)
{
	struct nm_push_record record;
	enum nm_code code = nm_store_push_get(push->context->store, id, push->results.arena, &record, err);

	if (code != NM_OK)
		return code;
	*line = nm_plan_find_number(push->context->plan, record.number);
	if (*line < 0)
		return nm_fail(err, NM_INPUT, "push %lld was of line %s, which the plan has no more",
			       (long long)id, record.line);
	return NM_OK;
}

/* --- what a rollback would do --- */

/* The push that made live what stood before `record`; its id is 0 when none of ours did.  Where it put back what an earlier
 * push had made, that one tells of which plan it is, if this one does not say (as rollbacks once did), and whether that plan
 * was forced upon its guarantees: whoever puts it back may not have been asked. */
static enum nm_code find_source(const struct nm_push_run *push, const struct nm_push_record *record,
				struct nm_push_brief *source, struct nm_error *err)
{
	struct nm_store *store = push->context->store;
	struct nm_push_brief earlier;
	enum nm_code code = nm_store_push_done(store, record->number, record->id, record->before, source, err);

	for (earlier = *source; code == NM_OK && earlier.id != 0;) {
		code = nm_store_push_done(store, record->number, earlier.id, record->before, &earlier, err);
		if (code != NM_OK || (source->version != 0 && earlier.version != 0 && earlier.version != source->version))
			break;
		if (source->version == 0)
			source->version = earlier.version;
		source->forced = source->forced || earlier.forced;
	}
	return code;
}

/* --- does what would be put back keep the guarantees? --- */

static const char *name_of(int id, const char *const *names)
{
	return id < 0 ? "" : names[id];
}

/* The same names in the same order; a set that is not given is another one than an empty set. */
static bool same_names(const struct nm_set *a, const char *const *a_names, const struct nm_set *b,
		       const char *const *b_names)
{
	if (a->given != b->given || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a_names[a->ids[i]], b_names[b->ids[i]]) != 0)
			return false;
	return true;
}

/* The names of a plan's things, by kind, so that two plans can be compared; lines are their numbers, however they are called. */
struct names {
	const char **lines, **callers, **schedules, **destinations;
};

static bool take_names(const struct nm_plan *plan, struct nm_arena *arena, struct names *out)
{
	out->lines = nm_arena_alloc(arena, plan->n_lines, sizeof(char *));
	out->callers = nm_arena_alloc(arena, plan->n_callers, sizeof(char *));
	out->schedules = nm_arena_alloc(arena, plan->n_schedules, sizeof(char *));
	out->destinations = nm_arena_alloc(arena, plan->n_destinations, sizeof(char *));
	if (!out->lines || !out->callers || !out->schedules || !out->destinations)
		return false;
	for (size_t i = 0; i < plan->n_lines; i++) {
		char number[NM_NUMBER_TEXT];

		nm_number_write(plan->lines[i].number, number);
		out->lines[i] = nm_arena_text(arena, number);
		if (!out->lines[i])
			return false;
	}
	for (size_t i = 0; i < plan->n_callers; i++)
		out->callers[i] = plan->callers[i].name;
	for (size_t i = 0; i < plan->n_schedules; i++)
		out->schedules[i] = plan->schedules[i].name;
	for (size_t i = 0; i < plan->n_destinations; i++)
		out->destinations[i] = plan->destinations[i].name;
	return true;
}

static bool same_guarantee(const struct nm_guarantee *a, const struct names *of_a, const struct nm_guarantee *b,
			   const struct names *of_b)
{
	return strcmp(a->name, b->name) == 0 && a->emergency == b->emergency && a->live == b->live &&
	       a->within_s == b->within_s && a->answered_by == b->answered_by &&
	       same_names(&a->lines, of_a->lines, &b->lines, of_b->lines) &&
	       same_names(&a->callers, of_a->callers, &b->callers, of_b->callers) &&
	       same_names(&a->during, of_a->schedules, &b->during, of_b->schedules) &&
	       same_names(&a->outside, of_a->schedules, &b->outside, of_b->schedules) &&
	       strcmp(name_of(a->first, of_a->destinations), name_of(b->first, of_b->destinations)) == 0 &&
	       strcmp(name_of(a->never, of_a->destinations), name_of(b->never, of_b->destinations)) == 0 &&
	       (a->answered_by != NM_ANSWERED_DESTINATION ||
		strcmp(of_a->destinations[a->answered_by_id], of_b->destinations[b->answered_by_id]) == 0);
}

/* The first guarantee of the plan that the other one had not; NULL: it had all of them. */
static const char *missing_guarantee(const struct nm_plan *plan, const struct nm_plan *then, struct nm_arena *arena)
{
	struct names now_names, then_names;

	if (!take_names(plan, arena, &now_names) || !take_names(then, arena, &then_names))
		return plan->guarantees[0].name;
	for (size_t i = 0; i < plan->n_guarantees; i++) {
		size_t k = 0;

		while (k < then->n_guarantees && !same_guarantee(&plan->guarantees[i], &now_names,
								 &then->guarantees[k], &then_names))
			k++;
		if (k == then->n_guarantees)
			return plan->guarantees[i].name;
	}
	return NULL;
}

/* The plan of a kept version, with the files that it had; NULL when it cannot be read any more. */
static struct nm_plan *plan_of_version(const struct nm_push_run *push, int64_t version)
{
	struct nm_store *store = push->context->store;
	struct nm_plan_file *kept = NULL;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	char *text = NULL;
	size_t len;

	nm_diags_init(&diags);
	if (nm_store_version_text(store, version, &text, &len, NULL) != NM_OK ||
	    nm_store_version_files(store, version, push->results.arena, &kept, NULL) != NM_OK ||
	    nm_plan_read_kept(push->context->plan->file, text, len, kept, &plan, &diags, NULL) != NM_OK)
		plan = NULL;
	nm_diags_clear(&diags);
	free(text);
	return plan;
}

/* A push that was proved to keep all of today's guarantees keeps them when it is put back: that one was made by
 * a push, not in spite of a broken guarantee, from a plan that had them.  Why it is not so; NULL. */
static const char *why_unproved(const struct nm_push_run *push, const struct nm_push_record *record,
				const struct nm_push_brief *source)
{
	struct nm_arena *arena = push->results.arena;
	const char *missing = NULL;
	struct nm_plan *then;

	if (source->id == 0)
		return nm_arena_format(arena, "what was there before push #%lld was put there by somebody else",
				       (long long)record->id);
	if (source->forced)
		return nm_arena_format(arena, "push #%lld was made in spite of a broken guarantee",
				       (long long)source->id);
	then = plan_of_version(push, source->version);
	if (then == NULL)
		return nm_arena_format(arena, "the plan of push #%lld cannot be read any more", (long long)source->id);
	missing = missing_guarantee(push->context->plan, then, arena);
	if (missing != NULL)
		missing = nm_arena_format(arena, "the plan of push #%lld had no such guarantee as \"%s\"",
					  (long long)source->id, missing);
	nm_plan_free(then);
	return missing;
}

/* Why this rollback needs a reason; NULL: it does not. */
static const char *why_refused(const struct nm_push_run *push, const struct nm_push_record *record,
			       const struct nm_push_brief *source, bool empties)
{
	struct nm_arena *arena = push->results.arena;
	const char *why;

	if (push->context->plan->n_guarantees == 0)
		return NULL;
	why = empties ? nm_arena_format(arena, "nothing was there before push #%lld: the line would be left empty",
					(long long)record->id)
		      : why_unproved(push, record, source);
	if (why == NULL)
		return NULL;
	return nm_arena_format(arena, "going back on %s may break a guarantee: %s; go back with a reason, which is recorded",
			       record->line, why);
}

/* --- may calls go where it sends them? --- */

/* Why calls may not go to a number as an artefact has it; what is none ("sip:...") costs nothing. */
static const char *number_words(const struct nm_push_run *push, const char *number, const char *who)
{
	const struct nm_plan *plan = push->context->plan;
	nm_number read;

	if (number == NULL || nm_number_read(number, plan->country, &read, NULL) != NM_OK)
		return "";
	return nm_toll_words(plan, read, who, push->results.arena);
}

/* The first of a route's numbers to which calls may not go; "", or NULL when memory is out. */
static const char *route_words(const struct nm_push_run *push, const struct nm_route *route)
{
	const char *words = number_words(push, route->fallback, "its fallback");

	for (size_t i = 0; i < route->n_treatments; i++) {
		const struct nm_treatment *treatment = route->treatments[i];

		for (size_t j = 0; j < treatment->n; j++)
			for (size_t k = 0; k < treatment->steps[j].n && words != NULL && *words == '\0'; k++)
				words = number_words(push, treatment->steps[j].parties[k].number,
						     treatment->steps[j].parties[k].name);
	}
	return words;
}

/* Why calls may not go where it sends them, as far as it is understood; NULL: they may. */
static enum nm_code why_forbidden(const struct nm_push_run *push, const struct nm_line_status *status,
				  const struct nm_artefact *back, const char **why, struct nm_error *err)
{
	const struct nm_part *target = nm_artefact_find(back, NM_HAND_TARGET);
	const char *foreign, *words = "";
	struct nm_route *route = NULL;
	enum nm_code code = NM_OK;

	*why = NULL;
	if (target != NULL)
		words = number_words(push, target->bytes, "who gets calls then");
	else if (back->n > 0 && status->carrier != NULL && status->carrier->lift != NULL)
		code = nm_artefact_lift(status->carrier, back, push->results.arena, &route, &foreign, err);
	if (code == NM_OK && route != NULL)
		words = route_words(push, route);
	nm_route_free(route);
	if (code == NM_OK && words != NULL && *words != '\0')
		words = *why =
			nm_arena_format(push->results.arena, "%s; go back with a reason, which is recorded", words);
	return code == NM_OK && words == NULL ? nm_fail_memory(err) : code;
}

/* What is known of going back on one line. */
struct way_back {
	struct nm_push_record record;
	struct nm_push_brief source;
	struct nm_artefact before;
	const char *refusal;
};

static enum nm_code find_way_back(struct nm_push_run *push, const struct nm_line_status *status, int64_t id,
				  struct way_back *way, struct nm_error *err)
{
	enum nm_code code = find_record(push, status->line, id, push->results.arena, &way->record, err);

	if (code == NM_OK && way->record.before == NULL)
		return nm_fail(err, NM_INPUT, "what was there before push %lld is not known",
			       (long long)way->record.id);
	if (code == NM_OK)
		code = find_source(push, &way->record, &way->source, err);
	if (code == NM_OK)
		code = nm_artefact_read(way->record.before, &way->before, err);
	if (code == NM_OK)
		code = why_forbidden(push, status, &way->before, &way->refusal, err);
	if (code == NM_OK && way->refusal == NULL)
		way->refusal = why_refused(push, &way->record, &way->source, way->before.n == 0);
	return code;
}

/* Why what is live cannot be compared with anything; NULL: it can. */
static const char *why_live_unknown(const struct nm_line_status *status, struct nm_arena *arena)
{
	if (status->live_route == NULL && status->live.n == 0 && status->sync == NM_SYNC_NOTHING)
		return "nothing of ours is there now";
	if (status->live_route == NULL)
		return nm_arena_format(arena, "what is live now is not understood: %s", status->words);
	return NULL;
}

/* What is put back against what is live, if both can be lifted. */
static enum nm_code compare_back(const struct nm_push_run *push, const struct nm_line_status *status,
				 const struct nm_artefact *before, struct nm_rollback_view *view, struct nm_error *err)
{
	struct nm_route *route = NULL;
	const char *foreign = NULL;
	enum nm_code code = NM_OK;

	if (status->carrier->lift == NULL || before->n == 0)
		return NM_OK;
	view->unknown = why_live_unknown(status, view->arena);
	if (view->unknown != NULL)
		return NM_OK;
	code = nm_artefact_lift(status->carrier, before, view->arena, &route, &foreign, err);
	if (code == NM_OK && foreign == NULL)
		code = nm_route_diff(route, status->live_route, push->context->now,
				     nm_push_window(push->context).until, &view->differences, err);
	else if (code == NM_OK)
		view->unknown = nm_arena_format(view->arena, "what is put back is not understood: %s", foreign);
	nm_route_free(route);
	return code;
}

/* What check finds in the plan of which that was made; or why that is not known. */
static enum nm_code check_back(const struct nm_push_run *push, const struct way_back *way,
			       struct nm_rollback_view *view, struct nm_error *err)
{
	const struct nm_check_options options = { .now = push->context->now,
						  .from = push->context->now,
						  .until = nm_push_window(push->context).until };
	struct nm_plan *then;
	enum nm_code code;

	if (way->before.n == 0)
		return NM_OK;
	view->source = way->source.id;
	then = way->source.id != 0 ? plan_of_version(push, way->source.version) : NULL;
	if (then != NULL) {
		code = nm_check(then, &options, &view->found, err);
		nm_plan_free(then);
		return code;
	}
	view->unproved = way->source.id == 0
				 ? "it was not made of a plan of ours, and nothing of it was proved"
				 : nm_arena_format(view->arena, "the plan of push #%lld, of which it was made, cannot be read any more",
						   (long long)way->source.id);
	return view->unproved == NULL ? nm_fail_memory(err) : NM_OK;
}

enum nm_code nm_rollback_look(const struct nm_push_context *context, int line, int64_t id,
			      struct nm_rollback_view *out, struct nm_error *err)
{
	struct nm_push_run push = { .context = context };
	struct nm_rollback_view view = { .arena = nm_arena_new() };
	struct way_back way = { 0 };
	enum nm_code code;

	push.results.arena = nm_arena_new();
	code = view.arena == NULL || push.results.arena == NULL ? nm_fail_memory(err) : NM_OK;
	if (code == NM_OK && line < 0 && id != 0)
		code = line_of_push(&push, id, &line, err);
	if (code == NM_OK)
		code = nm_status_lines(context, &line, 1, &push.status, err);
	if (code == NM_OK)
		code = find_way_back(&push, &push.status.lines[0], id, &way, err);
	if (code == NM_OK && push.status.lines[0].carrier != NULL)
		code = compare_back(&push, &push.status.lines[0], &way.before, &view, err);
	if (code == NM_OK)
		code = check_back(&push, &way, &view, err);
	if (code == NM_OK) {
		view.line = line;
		view.id = way.record.id;
		view.empties = way.before.n == 0;
		view.refusal = way.refusal == NULL ? NULL : nm_arena_text(view.arena, way.refusal);
		view.back = way.before;
		way.before = (struct nm_artefact){ 0 };
		*out = view;
	} else {
		nm_rollback_view_clear(&view);
	}
	nm_artefact_clear(&way.before);
	nm_status_clear(&push.status);
	nm_arena_free(push.results.arena);
	return code;
}

void nm_rollback_view_clear(struct nm_rollback_view *view)
{
	nm_differences_clear(&view->differences);
	nm_findings_clear(&view->found);
	nm_artefact_clear(&view->back);
	nm_arena_free(view->arena);
	*view = (struct nm_rollback_view){ 0 };
}

/* --- going back --- */

static enum nm_code add_way_back(struct nm_push_run *push, struct nm_line_status *status, struct way_back *way,
				 struct nm_error *err)
{
	struct nm_push_job *job;
	enum nm_code code;

	if (way->refusal != NULL && push->options->force == NULL)
		return nm_fail(err, NM_REFUSED, "%s", way->refusal);
	if (strcmp(status->carrier->name, way->record.driver) != 0)
		return nm_fail(err, NM_INPUT, "push %lld went to driver %s, but %s has %s now",
			       (long long)way->record.id, way->record.driver, way->record.line,
			       status->carrier->name);
	code = nm_push_run_job(push, status, NULL, &job, err);
	if (code != NM_OK)
		return code;
	nm_push_run_before(job, status);
	job->back = true;
	job->horizon = way->source.horizon;
	job->version = way->source.version;
	job->wanted = way->before;
	way->before = (struct nm_artefact){ 0 };
	return NM_OK;
}

static enum nm_code roll_back_line(struct nm_push_run *push, struct nm_line_status *status, int64_t id, bool *forced,
				   struct nm_error *err)
{
	struct way_back way = { 0 };
	enum nm_code code = find_way_back(push, status, id, &way, err);

	if (code == NM_OK)
		code = nm_push_run_wants(push, status) ? add_way_back(push, status, &way, err)
						  : nm_push_run_pass(push, status, err);
	*forced = way.refusal != NULL;
	nm_artefact_clear(&way.before);
	return code;
}

enum nm_code nm_rollback(const struct nm_push_context *context, int line, int64_t id, const char *force,
			 struct nm_push_results *out, struct nm_error *err)
{
	const struct nm_push_options options = { .line = line, .force = force, .even_if_same = true };
	struct nm_push_run push = { .context = context, .options = &options };
	bool forced = false;
	enum nm_code code = nm_push_reason_check(force, err);

	if (code == NM_OK)
		code = nm_push_run_open(&push, err);
	if (code == NM_OK && line < 0 && id != 0)
		code = line_of_push(&push, id, &line, err);
	if (code == NM_OK)
		code = nm_push_run_look(&push, line, err);
	for (size_t i = 0; i < push.n_asked && code == NM_OK; i++)
		code = roll_back_line(&push, &push.status.lines[i], id, &forced, err);
	if (code == NM_OK)
		code = nm_push_run_jobs(&push, forced ? force : NULL, err);
	if (code == NM_OK)
		code = nm_push_run_give(&push, out, err);
	nm_push_run_close(&push);
	return code;
}
