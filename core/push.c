/* SPDX-License-Identifier: MIT */
/*
 * Pushing a plan, and going back: what is to be changed at which line, and why not.
 *
 * Comes in: a plan, a store, a transport.  Goes out: one result a line.  A plan that breaks one of its
 * own guarantees is refused; what an earlier push left unfinished is settled first.
 */
#include <stdlib.h>
#include <string.h>

#include "core/push_private.h"
#include "nevermiss/check.h"

/* A push or a rollback under way. */
struct push {
	const struct nm_push_context *context;
	const struct nm_push_options *options;
	struct nm_push_records unfinished; /* newest first */
	int *lines; /* those that are looked at: asked for, or with something unfinished */
	size_t n_lines, n_asked;
	struct nm_status status;
	struct nm_push_jobs jobs;
	struct nm_push_results results;
	size_t results_capacity;
	int64_t version;
};

/* --- results --- */

static enum nm_code add_result(struct push *push, int line, int64_t id, enum nm_push_state state,
			       const char *words, struct nm_error *err)
{
	struct nm_push_results *results = &push->results;
	const char *copy = words != NULL ? nm_arena_text(results->arena, words) : NULL;

	if (copy == NULL || !nm_grow((void **)&results->items, &push->results_capacity, results->n + 1,
				     sizeof(*results->items)))
		return nm_fail_memory(err);
	results->items[results->n++] = (struct nm_push_result){ line, id, state, copy };
	return NM_OK;
}

void nm_push_results_clear(struct nm_push_results *results)
{
	free(results->items);
	nm_arena_free(results->arena);
	*results = (struct nm_push_results){ 0 };
}

static void close_push(struct push *push)
{
	nm_store_unlock(push->context->store);
	nm_push_records_clear(&push->unfinished);
	nm_status_clear(&push->status);
	nm_push_jobs_clear(&push->jobs);
	nm_push_results_clear(&push->results);
	free(push->lines);
}

/* Hands the results over; how many lines failed decides the code. */
static enum nm_code give_results(struct push *push, struct nm_push_results *out, struct nm_error *err)
{
	size_t failed = 0;
	const char *words = NULL;

	for (size_t i = 0; i < push->results.n; i++)
		if (push->results.items[i].state != NM_PUSH_DONE) {
			words = words != NULL ? words : push->results.items[i].words;
			failed++;
		}
	*out = push->results;
	push->results = (struct nm_push_results){ 0 };
	if (failed == 0)
		return NM_OK;
	if (push->jobs.stopped)
		return nm_fail(err, NM_REFUSED, "stopped: %zu of %zu lines were not pushed", failed, out->n);
	return nm_fail(err, NM_CARRIER, "%zu of %zu lines were not pushed: %s", failed, out->n, words);
}

/* --- which lines --- */

static bool looked_at(const struct push *push, int line)
{
	for (size_t i = 0; i < push->n_lines; i++)
		if (push->lines[i] == line)
			return true;
	return false;
}

/* The lines asked for, then those of unfinished pushes; these come in the hundreds at most. */
static enum nm_code choose_lines(struct push *push, int line, struct nm_error *err)
{
	const struct nm_plan *plan = push->context->plan;
	enum nm_code code =
		nm_store_pushes(push->context->store, NULL, true, SIZE_MAX, &push->unfinished, err);

	if (code != NM_OK)
		return code;
	push->lines = calloc(plan->n_lines + 1, sizeof(*push->lines));
	if (push->lines == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_lines; i++)
		if (line < 0 || (int)i == line)
			push->lines[push->n_lines++] = (int)i;
	push->n_asked = push->n_lines;
	for (size_t i = 0; i < push->unfinished.n && line >= 0; i++) {
		int other = nm_plan_find_line(plan, push->unfinished.items[i].line);

		if (other >= 0 && !looked_at(push, other))
			push->lines[push->n_lines++] = other;
	}
	return NM_OK;
}

static enum nm_code add_job(struct push *push, const struct nm_line_status *status, const char *ids,
			    struct nm_push_job **out, struct nm_error *err)
{
	struct nm_push_job *job;

	if (!nm_grow((void **)&push->jobs.items, &push->jobs.capacity, push->jobs.n + 1,
		     sizeof(*push->jobs.items)))
		return nm_fail_memory(err);
	job = &push->jobs.items[push->jobs.n];
	*job = (struct nm_push_job){ .line = status->line, .carrier = status->carrier };
	if (ids != NULL && (job->ids = strdup(ids)) == NULL)
		return nm_fail_memory(err);
	push->jobs.n++;
	*out = job;
	return NM_OK;
}

/* Takes what was read of a line as what is there before the job; false: it is not known. */
static void take_before(struct nm_push_job *job, struct nm_line_status *status)
{
	job->before_known = status->sync != NM_SYNC_UNKNOWN;
	job->before = status->live;
	status->live = (struct nm_artefact){ 0 };
}

/* --- what was cut off --- */

static enum nm_code close_record(struct push *push, const struct nm_push_record *record,
				 enum nm_push_state state, const char *words, struct nm_error *err)
{
	return nm_store_push_update(push->context->store, record->id, state, push->context->now, words, NULL,
				    err);
}

/* It had not come to an end, and what is there is neither what it wanted nor what was before: the push
 * that follows replaces it, or else it is done again. */
static enum nm_code redo_record(struct push *push, const struct nm_push_record *record,
				struct nm_line_status *status, bool asked, struct nm_artefact *wanted,
				struct nm_artefact *before, struct nm_error *err)
{
	struct nm_push_job *job;
	enum nm_code code;

	if (asked)
		return close_record(push, record, NM_PUSH_FAILED,
				    "cut off half way; the next push replaced what it left", err);
	code = add_job(push, status, record->ids, &job, err);
	if (code != NM_OK)
		return code;
	job->id = record->id;
	job->state = record->state;
	job->before_known = record->before != NULL;
	job->wanted = *wanted;
	job->before = *before;
	*wanted = *before = (struct nm_artefact){ 0 };
	return NM_OK;
}

/* Settles a push of a line whose live state is known. */
static enum nm_code settle_known(struct push *push, const struct nm_push_record *record,
				 struct nm_line_status *status, bool asked, struct nm_error *err)
{
	struct nm_artefact wanted = { 0 }, before = { 0 };
	bool as_wanted = false, as_before = false;
	enum nm_code code = nm_artefact_read(record->wanted, &wanted, err);

	if (code == NM_OK && record->before != NULL)
		code = nm_artefact_read(record->before, &before, err);
	if (code == NM_OK)
		code = nm_artefacts_same(push->context, status->carrier, &wanted, &status->live, &as_wanted,
					 err);
	if (code == NM_OK && record->before != NULL)
		code = nm_artefacts_same(push->context, status->carrier, &before, &status->live, &as_before,
					 err);
	if (code != NM_OK)
		as_wanted = as_before = false;
	else if (as_wanted)
		code = close_record(push, record, NM_PUSH_DONE,
				    "cut off, but it had taken effect: read back, same", err);
	else if (as_before)
		code = close_record(push, record, NM_PUSH_UNDONE, "cut off before it took effect", err);
	else
		code = redo_record(push, record, status, asked, &wanted, &before, err);
	nm_artefact_clear(&wanted);
	nm_artefact_clear(&before);
	return code;
}

static struct nm_line_status *status_of(struct push *push, const char *name, bool *asked)
{
	int line = nm_plan_find_line(push->context->plan, name);

	for (size_t i = 0; i < push->status.n; i++)
		if (push->status.lines[i].line == line) {
			*asked = i < push->n_asked;
			return &push->status.lines[i];
		}
	return NULL;
}

static bool newer_of_line(const struct nm_push_records *records, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(records->items[j].line, records->items[i].line) == 0)
			return true;
	return false;
}

static enum nm_code settle_record(struct push *push, size_t i, struct nm_error *err)
{
	const struct nm_push_record *record = &push->unfinished.items[i];
	bool asked = false;
	struct nm_line_status *status = status_of(push, record->line, &asked);

	if (record->state == NM_PUSH_INTENT)
		return close_record(push, record, NM_PUSH_UNDONE, "cut off before anything was sent", err);
	if (status == NULL)
		return close_record(push, record, NM_PUSH_FAILED,
				    "cut off, and the plan has no such line any more", err);
	if (newer_of_line(&push->unfinished, i))
		return close_record(push, record, NM_PUSH_FAILED, "cut off; a later push went ahead", err);
	if (status->carrier == NULL || strcmp(status->carrier->name, record->driver) != 0)
		return close_record(push, record, NM_PUSH_FAILED,
				    "cut off, and the line has another driver now", err);
	if (!status->carrier->traits.reads_back)
		return close_record(push, record, NM_PUSH_FAILED, "cut off; what is in force is not known",
				    err);
	if (status->sync == NM_SYNC_UNKNOWN)
		return NM_OK; /* it stays open until the line can be read */
	return settle_known(push, record, status, asked, err);
}

static enum nm_code settle_unfinished(struct push *push, struct nm_error *err)
{
	struct nm_store *store = push->context->store;
	enum nm_code code = NM_OK;

	if (push->unfinished.n == 0)
		return NM_OK;
	code = nm_store_begin(store, err);
	for (size_t i = 0; i < push->unfinished.n && code == NM_OK; i++)
		code = settle_record(push, i, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* The ids that a push of this line had when it was cut off. */
static const char *ids_left(const struct push *push, int line)
{
	for (size_t i = 0; i < push->unfinished.n; i++)
		if (strcmp(push->unfinished.items[i].line, push->context->plan->lines[line].name) == 0)
			return push->unfinished.items[i].ids;
	return NULL;
}

/* --- push --- */

static enum nm_code check_guarantees(const struct nm_push_context *context,
				     const struct nm_push_options *options, struct nm_error *err)
{
	struct nm_span window = nm_push_window(context);
	struct nm_check_options check = { .now = context->now, .from = context->now, .until = window.until };
	struct nm_findings findings = { 0 };
	enum nm_code code = NM_OK;

	if (context->plan->n_guarantees == 0 || options->force != NULL)
		return NM_OK;
	code = nm_check_guarantees(context->plan, &check, &findings, err);
	if (code != NM_OK)
		return code;
	if (findings.n > 0)
		code = nm_fail(err, NM_REFUSED, "%s%s: mend the plan, or push it with a reason",
			       findings.items[0].message, findings.n > 1 ? " (and other guarantees)" : "");
	nm_findings_clear(&findings);
	return code;
}

/* Nothing is done about a line: why. */
static enum nm_code pass_line(struct push *push, const struct nm_line_status *status, struct nm_error *err)
{
	const char *words;

	if (status->sync == NM_SYNC_SAME)
		return add_result(push, status->line, 0, NM_PUSH_DONE, "already in force", err);
	words = status->refusal != NULL ? status->refusal
		: status->carrier == NULL
			? status->words
			: nm_arena_format(push->results.arena,
					  "it could not be read, so nothing was changed: %s", status->words);
	return add_result(push, status->line, 0, NM_PUSH_FAILED, words, err);
}

static bool to_be_pushed(const struct push *push, const struct nm_line_status *status)
{
	if (status->carrier == NULL || status->refusal != NULL)
		return false;
	if (status->sync == NM_SYNC_UNKNOWN)
		return !status->carrier->traits.reads_back;
	return status->sync != NM_SYNC_SAME || push->options->even_if_same;
}

static enum nm_code choose_jobs(struct push *push, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < push->n_asked && code == NM_OK; i++) {
		struct nm_line_status *status = &push->status.lines[i];
		struct nm_push_job *job;

		if (!to_be_pushed(push, status)) {
			code = pass_line(push, status, err);
			continue;
		}
		code = add_job(push, status, ids_left(push, status->line), &job, err);
		if (code != NM_OK)
			break;
		take_before(job, status);
		job->of_plan = true;
		job->wanted = status->wanted;
		status->wanted = (struct nm_artefact){ 0 };
	}
	return code;
}

static enum nm_code run_jobs(struct push *push, const char *forced, struct nm_error *err)
{
	enum nm_code code;

	if (push->jobs.n == 0)
		return NM_OK;
	code = nm_push_jobs_begin(&push->jobs, push->version, forced, err);
	if (code == NM_OK)
		code = nm_push_jobs_run(&push->jobs, err);
	for (size_t i = 0; i < push->jobs.n && code == NM_OK; i++) {
		const struct nm_push_job *job = &push->jobs.items[i];

		code = add_result(push, job->line, job->id, job->state, job->words, err);
	}
	return code;
}

static int compare_results(const void *a, const void *b)
{
	return ((const struct nm_push_result *)a)->line - ((const struct nm_push_result *)b)->line;
}

static enum nm_code open_push(struct push *push, struct nm_error *err)
{
	const struct nm_push_context *context = push->context;

	if (nm_store_read_only(context->store))
		return nm_fail(err, NM_REFUSED, "the store is open read-only: a push must be journalled");
	push->results.arena = nm_arena_new();
	push->jobs.context = context;
	push->jobs.arena = push->results.arena;
	if (push->results.arena == NULL)
		return nm_fail_memory(err);
	/* What somebody else has under way is not cut off, and is not to be written over. */
	return nm_store_lock(context->store, err);
}

/* From the lines to the end of the reading: what is unfinished is settled. */
static enum nm_code look(struct push *push, int line, struct nm_error *err)
{
	enum nm_code code = choose_lines(push, line, err);

	if (code == NM_OK)
		code = nm_status_lines(push->context, push->lines, push->n_lines, &push->status, err);
	if (code == NM_OK && push->status.stopped)
		code = nm_fail(err, NM_REFUSED, "stopped: nothing was sent");
	return code == NM_OK ? settle_unfinished(push, err) : code;
}

enum nm_code nm_push(const struct nm_push_context *context, const struct nm_push_options *options,
		     struct nm_push_results *out, struct nm_error *err)
{
	struct push push = { .context = context, .options = options };
	enum nm_code code = open_push(&push, err);

	if (code == NM_OK)
		code = check_guarantees(context, options, err);
	if (code == NM_OK && options->plan_text != NULL)
		code = nm_store_keep(context->store, context->now, context->who, "pushed", options->plan_text,
				     options->plan_len, &push.version, err);
	if (code == NM_OK)
		code = look(&push, options->line, err);
	if (code == NM_OK)
		code = choose_jobs(&push, err);
	if (code == NM_OK)
		code = run_jobs(&push, options->force, err);
	if (code == NM_OK) {
		if (push.results.n > 1)
			qsort(push.results.items, push.results.n, sizeof(*push.results.items),
			      compare_results);
		code = give_results(&push, out, err);
	}
	close_push(&push);
	return code;
}

/* --- rollback --- */

/* The push to go back behind: the one named, or the line's newest that was not undone. */
static enum nm_code find_record(struct push *push, int line, int64_t id, struct nm_arena *arena,
				struct nm_push_record *record, struct nm_error *err)
{
	const char *name = push->context->plan->lines[line].name;
	enum nm_code code;

	if (id == 0) {
		code = nm_store_push_newest(push->context->store, name, &id, err);
		if (code != NM_OK)
			return code;
		if (id == 0)
			return nm_fail(err, NM_INPUT, "%s was never pushed: there is nothing to go back to",
				       name);
	}
	code = nm_store_push_get(push->context->store, id, arena, record, err);
	if (code == NM_OK && strcmp(record->line, name) != 0)
		return nm_fail(err, NM_INPUT, "push %lld is of line %s, not of %s", (long long)id,
			       record->line, name);
	return code;
}

static enum nm_code line_of_push(struct push *push, int64_t id, int *line, struct nm_error *err)
{
	struct nm_push_record record;
	enum nm_code code = nm_store_push_get(push->context->store, id, push->results.arena, &record, err);

	if (code != NM_OK)
		return code;
	*line = nm_plan_find_line(push->context->plan, record.line);
	if (*line < 0)
		return nm_fail(err, NM_INPUT, "push %lld was of line %s, which the plan has no more",
			       (long long)id, record.line);
	return NM_OK;
}

static enum nm_code roll_back_line(struct push *push, size_t i, int64_t id, struct nm_error *err)
{
	struct nm_line_status *status = &push->status.lines[i];
	struct nm_arena *arena = push->results.arena;
	struct nm_push_record record;
	struct nm_push_job *job;
	enum nm_code code = find_record(push, status->line, id, arena, &record, err);

	if (code != NM_OK)
		return code;
	if (record.before == NULL)
		return nm_fail(err, NM_INPUT, "what was there before push %lld is not known",
			       (long long)record.id);
	if (!to_be_pushed(push, status))
		return pass_line(push, status, err);
	if (strcmp(status->carrier->name, record.driver) != 0)
		return nm_fail(err, NM_INPUT, "push %lld went to driver %s, but %s has %s now",
			       (long long)record.id, record.driver, record.line, status->carrier->name);
	code = add_job(push, status, NULL, &job, err);
	if (code != NM_OK)
		return code;
	take_before(job, status);
	job->back = true;
	return nm_artefact_read(record.before, &job->wanted, err);
}

enum nm_code nm_rollback(const struct nm_push_context *context, int line, int64_t id,
			 struct nm_push_results *out, struct nm_error *err)
{
	const struct nm_push_options options = { .line = line, .even_if_same = true };
	struct push push = { .context = context, .options = &options };
	enum nm_code code = open_push(&push, err);

	if (code == NM_OK && line < 0 && id != 0)
		code = line_of_push(&push, id, &line, err);
	if (code == NM_OK)
		code = look(&push, line, err);
	for (size_t i = 0; i < push.n_asked && code == NM_OK; i++)
		code = roll_back_line(&push, i, id, err);
	if (code == NM_OK)
		code = run_jobs(&push, NULL, err);
	if (code == NM_OK)
		code = give_results(&push, out, err);
	close_push(&push);
	return code;
}
