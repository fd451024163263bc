/* SPDX-License-Identifier: MIT */
/*
 * Pushing a plan, and going back: what is to be changed at which line, and why not.
 *
 * Comes in: a plan, a store, a transport.  Goes out: one result a line.  A plan that breaks one of its
 * own guarantees, or sends calls where they may not go, is refused; what an earlier push left unfinished is
 * settled first.
 */
#include <stdlib.h>
#include <string.h>

#include "core/push_private.h"
#include "core/toll.h"
#include "nevermiss/check.h"

/* --- results --- */

/* Where a line is left; what was sent and not read back is no more than that. */
static enum nm_line_stage last_stage(enum nm_push_state state)
{
	switch (state) {
	case NM_PUSH_DONE:
		return NM_LINE_DONE;
	case NM_PUSH_FAILED:
		return NM_LINE_FAILED;
	case NM_PUSH_INTENT:
	case NM_PUSH_UNDONE:
		return NM_LINE_NOT_DONE;
	case NM_PUSH_APPLYING:
	case NM_PUSH_VERIFYING:
		break;
	}
	return NM_LINE_SENT;
}

static enum nm_code add_result(struct nm_push_run *push, int line, int64_t id, enum nm_push_state state,
			       const char *words, struct nm_error *err)
{
	struct nm_push_results *results = &push->results;
	const char *copy = words != NULL ? nm_arena_text(results->arena, words) : NULL;

	if (copy == NULL || !nm_grow((void **)&results->items, &push->results_capacity, results->n + 1,
				     sizeof(*results->items)))
		return nm_fail_memory(err);
	results->items[results->n++] =
		(struct nm_push_result){ .line = line, .id = id, .state = state, .words = copy };
	nm_push_stage(push->context, line, last_stage(state));
	return NM_OK;
}

void nm_push_results_clear(struct nm_push_results *results)
{
	free(results->items);
	nm_arena_free(results->arena);
	*results = (struct nm_push_results){ 0 };
}

void nm_push_run_close(struct nm_push_run *push)
{
	nm_store_unlock(push->context->store);
	nm_push_records_clear(&push->unfinished);
	nm_status_clear(&push->status);
	nm_push_jobs_clear(&push->jobs);
	nm_push_results_clear(&push->results);
	free(push->lines);
}

/* Hands the results over; how many lines failed decides the code. */
enum nm_code nm_push_run_give(struct nm_push_run *push, struct nm_push_results *out, struct nm_error *err)
{
	size_t failed = 0;

	for (size_t i = 0; i < push->results.n; i++)
		failed += push->results.items[i].state != NM_PUSH_DONE && !push->results.items[i].waits;
	*out = push->results;
	push->results = (struct nm_push_results){ 0 };
	if (failed == 0)
		return NM_OK;
	if (push->jobs.stopped)
		return nm_fail(err, NM_REFUSED, "stopped: %zu of %zu lines %s not pushed", failed, out->n,
			       failed == 1 ? "was" : "were");
	/* Why not, each result says. */
	if (out->n == 1)
		return nm_fail(err, NM_CARRIER, "the line was not pushed");
	return nm_fail(err, NM_CARRIER, "%zu of %zu lines %s not pushed", failed, out->n, failed == 1 ? "was" : "were");
}

/* --- which lines --- */

static bool looked_at(const struct nm_push_run *push, int line)
{
	for (size_t i = 0; i < push->n_lines; i++)
		if (push->lines[i] == line)
			return true;
	return false;
}

/* Is it settled when its line's turn comes? */
static bool is_in_turn(const struct nm_push_run *push, const char *name)
{
	const int line = nm_plan_find_line(push->context->plan, name);

	return push->options->in_turn && line >= 0 && nm_carrier_needs_agent(push->context->plan, line);
}

/* The lines asked for, then those of unfinished pushes; these come in the hundreds at most. */
static enum nm_code choose_lines(struct nm_push_run *push, int line, struct nm_error *err)
{
	const struct nm_plan *plan = push->context->plan;
	enum nm_code code =
		nm_store_pushes(push->context->store, 0, true, SIZE_MAX, &push->unfinished, err);

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
		int other = nm_plan_find_number(plan, push->unfinished.items[i].number);

		if (other >= 0 && !looked_at(push, other) && !is_in_turn(push, push->unfinished.items[i].line))
			push->lines[push->n_lines++] = other;
	}
	return NM_OK;
}

enum nm_code nm_push_run_job(struct nm_push_run *push, const struct nm_line_status *status, const char *ids,
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
	nm_push_stage(push->context, job->line, NM_LINE_WAITS);
	return NM_OK;
}

/* Takes what was read of a line as what is there before the job; false: it is not known. */
void nm_push_run_before(struct nm_push_job *job, struct nm_line_status *status)
{
	struct nm_artefact *before = status->assumed_at != 0 ? &status->assumed : &status->live;

	job->before_known = status->sync != NM_SYNC_UNKNOWN || status->assumed_at != 0;
	job->before = *before;
	*before = (struct nm_artefact){ 0 };
}

/* --- what was cut off --- */

static enum nm_code close_record(struct nm_push_run *push, const struct nm_push_record *record,
				 enum nm_push_state state, const char *words, struct nm_error *err)
{
	return nm_store_push_update(push->context->store, record->id, state, push->context->now, words, NULL,
				    err);
}

/* It had not come to an end, and what is there is neither what it wanted nor what was before: the push
 * that follows replaces it, or else it is done again. */
static enum nm_code redo_record(struct nm_push_run *push, const struct nm_push_record *record,
				struct nm_line_status *status, bool asked, struct nm_artefact *wanted,
				struct nm_artefact *before, struct nm_error *err)
{
	struct nm_push_job *job;
	enum nm_code code;

	if (asked)
		return close_record(push, record, NM_PUSH_FAILED,
				    "cut off half way; the next push replaced what it left", err);
	code = nm_push_run_job(push, status, record->ids, &job, err);
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
static enum nm_code settle_known(struct nm_push_run *push, const struct nm_push_record *record,
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

static struct nm_line_status *status_of(struct nm_push_run *push, nm_number number, bool *asked)
{
	int line = nm_plan_find_number(push->context->plan, number);

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
		if (records->items[j].number == records->items[i].number)
			return true;
	return false;
}

static enum nm_code settle_record(struct nm_push_run *push, size_t i, struct nm_error *err)
{
	const struct nm_push_record *record = &push->unfinished.items[i];
	bool asked = false;
	struct nm_line_status *status = status_of(push, record->number, &asked);

	if (status == NULL && is_in_turn(push, record->line))
		return NM_OK;
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

static enum nm_code settle_unfinished(struct nm_push_run *push, struct nm_error *err)
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
static const char *ids_left(const struct nm_push_run *push, int line)
{
	for (size_t i = 0; i < push->unfinished.n; i++)
		if (push->unfinished.items[i].number == push->context->plan->lines[line].number)
			return push->unfinished.items[i].ids;
	return NULL;
}

/* --- push --- */

static enum nm_code check_guarantees(const struct nm_push_context *context, struct nm_error *err)
{
	struct nm_span window = nm_push_window(context);
	struct nm_check_options check = { .now = context->now, .from = context->now, .until = window.until };
	struct nm_findings findings = { 0 };
	enum nm_code code = NM_OK;

	if (context->plan->n_guarantees == 0)
		return NM_OK;
	code = nm_check_guarantees(context->plan, &check, &findings, err);
	if (code != NM_OK)
		return code;
	if (findings.n > 0)
		code = nm_fail(err, NM_REFUSED, "%s%s: mend the plan, or push it with a reason, which is recorded",
			       findings.items[0].message, findings.n > 1 ? " (and other guarantees)" : "");
	nm_findings_clear(&findings);
	return code;
}

/* Calls to some numbers cost whoever forwards them, which is what those who defraud are after. */
static enum nm_code check_numbers(const struct nm_plan *plan, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	const struct nm_toll_number *tolls;
	size_t n;
	enum nm_code code;

	if (arena == NULL)
		return nm_fail_memory(err);
	code = nm_toll_find(plan, arena, &tolls, &n, err);
	if (code == NM_OK && n > 0)
		code = nm_fail(err, NM_REFUSED,
			       "%s%s: mend the plan, or push it with a reason, which is recorded",
			       tolls[0].words, n > 1 ? " (and other numbers)" : "");
	nm_arena_free(arena);
	return code;
}

enum nm_code nm_push_check(const struct nm_push_context *context, struct nm_error *err)
{
	enum nm_code code = check_numbers(context->plan, err);

	return code == NM_OK ? check_guarantees(context, err) : code;
}

/* A reason is one line of words. */
enum nm_code nm_push_reason_check(const char *reason, struct nm_error *err)
{
	const char *at = reason;

	if (reason == NULL)
		return NM_OK;
	while (*at == ' ' || *at == '\t')
		at++;
	if (*at == '\0')
		return nm_fail(err, NM_INPUT, "a reason is needed, in words: it is recorded");
	for (; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			return nm_fail(err, NM_INPUT, "a reason is one line of text");
	return NM_OK;
}

/* May it be pushed?  *forced is the reason where one was needed. */
static enum nm_code permit(const struct nm_push_context *context, const struct nm_push_options *options,
			   const char **forced, struct nm_error *err)
{
	enum nm_code code = nm_push_reason_check(options->force, err);

	*forced = NULL;
	if (code == NM_OK)
		code = nm_push_check(context, err);
	if (code != NM_REFUSED || options->force == NULL)
		return code;
	*forced = options->force;
	return NM_OK;
}

/* Nothing is done about a line: why. */
enum nm_code nm_push_run_pass(struct nm_push_run *push, const struct nm_line_status *status, struct nm_error *err)
{
	const char *words;

	if (status->sync == NM_SYNC_SAME)
		return add_result(push, status->line, 0, NM_PUSH_DONE, "already in force", err);
	if (status->as_assumed)
		return add_result(push, status->line, 0, NM_PUSH_DONE, status->words, err);
	words = status->refusal != NULL ? status->refusal
		: status->carrier == NULL
			? status->words
			: nm_arena_format(push->results.arena,
					  "it could not be read, so nothing was changed: %s", status->words);
	return add_result(push, status->line, 0, NM_PUSH_FAILED, words, err);
}

bool nm_push_run_wants(const struct nm_push_run *push, const struct nm_line_status *status)
{
	if (status->carrier == NULL || status->refusal != NULL)
		return false;
	if (status->sync == NM_SYNC_UNKNOWN && status->carrier->traits.reads_back)
		return false;
	return status->to_push || push->options->even_if_same;
}

/* Nobody is there to do what is to be done for it: that is not asked for, and so not taken for done. */
static bool lacks_hands(const struct nm_push_run *push, const struct nm_line_status *status)
{
	const bool *nobody = push->options->nobody;

	return nobody != NULL && nobody[status->line] && status->carrier->traits.by_hand;
}

static enum nm_code leave_line(struct nm_push_run *push, const struct nm_line_status *status,
			       struct nm_error *err)
{
	enum nm_code code =
		add_result(push, status->line, 0, NM_PUSH_UNDONE,
			   "not done: it waits for somebody to do it by hand, and to say so", err);

	if (code == NM_OK)
		push->results.items[push->results.n - 1].waits = true;
	return code;
}

static enum nm_code choose_jobs(struct nm_push_run *push, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < push->n_asked && code == NM_OK; i++) {
		struct nm_line_status *status = &push->status.lines[i];
		struct nm_push_job *job;

		if (!nm_push_run_wants(push, status)) {
			code = nm_push_run_pass(push, status, err);
			continue;
		}
		if (lacks_hands(push, status)) {
			code = leave_line(push, status, err);
			continue;
		}
		code = nm_push_run_job(push, status, ids_left(push, status->line), &job, err);
		if (code != NM_OK)
			break;
		nm_push_run_before(job, status);
		job->of_plan = true;
		job->version = push->version;
		job->wanted = status->wanted;
		status->wanted = (struct nm_artefact){ 0 };
	}
	return code;
}

enum nm_code nm_push_run_jobs(struct nm_push_run *push, const char *forced, struct nm_error *err)
{
	enum nm_code code;

	if (push->jobs.n == 0)
		return NM_OK;
	code = nm_push_jobs_begin(&push->jobs, forced, err);
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

enum nm_code nm_push_run_open(struct nm_push_run *push, struct nm_error *err)
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
enum nm_code nm_push_run_look(struct nm_push_run *push, int line, struct nm_error *err)
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
	struct nm_push_run push = { .context = context, .options = options };
	const char *forced = NULL;
	enum nm_code code = nm_push_run_open(&push, err);

	if (code == NM_OK)
		code = permit(context, options, &forced, err);
	if (code == NM_OK && options->plan_text != NULL)
		code = nm_store_keep(context->store, context->now, context->who, "pushed", options->plan_text,
				     options->plan_len, &push.version, err);
	if (code == NM_OK)
		code = nm_push_run_look(&push, options->line, err);
	if (code == NM_OK)
		code = choose_jobs(&push, err);
	if (code == NM_OK)
		code = nm_push_run_jobs(&push, forced, err);
	if (code == NM_OK) {
		if (push.results.n > 1)
			qsort(push.results.items, push.results.n, sizeof(*push.results.items),
			      compare_results);
		code = nm_push_run_give(&push, out, err);
	}
	nm_push_run_close(&push);
	return code;
}
