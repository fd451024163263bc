/* SPDX-License-Identifier: MIT */
/*
 * Making live what is wanted, line by line but all lines together: journal, apply, read back, verify, record.
 *
 * Comes in: jobs, each with what is wanted and what was there before.  Goes out: how each ended, and
 * a journal that says so.  No request leaves before the journal has it; no end is told before the journal
 * has it.  Stopped anywhere, the journal's unfinished rows say what the next run must look at.
 */
#include <stdlib.h>
#include <string.h>

#include "core/carrier/json.h"
#include "core/push_private.h"
#include "nevermiss/json.h"

#define ROUNDS_MAX     3
#define ROUND_PAUSE_MS 1000
/* An artefact, every byte escaped. */
#define TEXT_MAX ((size_t)NM_ARTEFACT_PARTS * 6 * NM_ARTEFACT_BYTES)

static const struct nm_line *line_of(const struct nm_push_jobs *jobs, const struct nm_push_job *job)
{
	return &jobs->context->plan->lines[job->line];
}

void nm_push_jobs_clear(struct nm_push_jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++) {
		nm_artefact_clear(&jobs->items[i].wanted);
		nm_artefact_clear(&jobs->items[i].before);
		nm_talk_clear(&jobs->items[i].talk);
		free(jobs->items[i].ids);
	}
	free(jobs->items);
	*jobs = (struct nm_push_jobs){ 0 };
}

/* --- ids: what a conversation learnt, for one that begins again --- */

static char *write_ids(const struct nm_exchange *exchange)
{
	struct nm_json json;
	struct nm_buf out;
	char *text;

	nm_buf_init(&out, 65536);
	nm_json_init(&json, &out);
	nm_json_object(&json);
	for (size_t i = 0; i < exchange->n_ids; i++) {
		nm_json_key(&json, exchange->ids[i].name);
		nm_json_text(&json, exchange->ids[i].value);
	}
	nm_json_end(&json, '}');
	text = nm_buf_take(&out);
	nm_buf_clear(&out);
	return text;
}

enum nm_code nm_push_ids_read(const char *text, struct nm_exchange *exchange, struct nm_error *err)
{
	struct nm_node *root;
	enum nm_code code;

	if (text == NULL)
		return NM_OK;
	code = nm_node_read(text, strlen(text), &root, err);
	if (code != NM_OK)
		return code;
	for (const char *key = nm_node_first(root); key != NULL && code == NM_OK;
	     key = nm_node_after(root, key))
		if (nm_node_member_text(root, key) != NULL)
			code = nm_exchange_set_id(exchange, key, nm_node_member_text(root, key), err);
	nm_node_free(root);
	return code;
}

/* --- the journal --- */

static enum nm_code begin_job(struct nm_push_jobs *jobs, struct nm_push_job *job, const char *forced,
			      struct nm_error *err)
{
	struct nm_push_record record = { .version = job->version,
					 .at = jobs->context->now,
					 .number = line_of(jobs, job)->number,
					 .line = line_of(jobs, job)->name,
					 .driver = job->carrier->name,
					 .who = jobs->context->who,
					 .forced = forced,
					 .state = NM_PUSH_INTENT,
					 .ids = job->ids };
	struct nm_buf wanted, before;
	enum nm_code code;

	record.horizon = job->horizon > 0 ? job->horizon : nm_push_window(jobs->context).until;
	nm_buf_init(&wanted, TEXT_MAX);
	nm_buf_init(&before, TEXT_MAX);
	code = nm_artefact_write(&job->wanted, &wanted, err);
	if (code == NM_OK && job->before_known)
		code = nm_artefact_write(&job->before, &before, err);
	record.wanted = wanted.data;
	record.before = job->before_known ? before.data : NULL;
	if (code == NM_OK)
		code = nm_store_push_begin(jobs->context->store, &record, &job->id, err);
	nm_buf_clear(&wanted);
	nm_buf_clear(&before);
	job->state = NM_PUSH_INTENT;
	return code;
}

enum nm_code nm_push_jobs_begin(struct nm_push_jobs *jobs, const char *forced, struct nm_error *err)
{
	struct nm_store *store = jobs->context->store;
	enum nm_code code = nm_store_begin(store, err);

	for (size_t i = 0; i < jobs->n && code == NM_OK; i++)
		if (jobs->items[i].id == 0)
			code = begin_job(jobs, &jobs->items[i], forced, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

static bool over(const struct nm_push_job *job)
{
	return job->state == NM_PUSH_DONE || job->state == NM_PUSH_FAILED || job->state == NM_PUSH_UNDONE;
}

/* Before requests leave: that they do, and all that is known by then, is written down as one step. */
static enum nm_code journal_leaving(void *context, struct nm_talk *const *talks, size_t n,
				    struct nm_error *err)
{
	struct nm_push_jobs *jobs = context;
	struct nm_store *store = jobs->context->store;
	enum nm_code code = NM_OK;
	bool begun = false;

	for (size_t i = 0; i < n && code == NM_OK; i++) {
		struct nm_push_job *job = talks[i]->owner;
		char *ids = write_ids(&talks[i]->exchange);

		if (ids == NULL) {
			code = nm_fail_memory(err);
		} else if (job->state != NM_PUSH_APPLYING || job->ids == NULL || strcmp(ids, job->ids) != 0) {
			code = begun ? NM_OK : nm_store_begin(store, err);
			begun = true;
			if (code == NM_OK)
				code = nm_store_push_update(store, job->id, NM_PUSH_APPLYING, 0, NULL, ids,
							    err);
			job->state = NM_PUSH_APPLYING;
			free(job->ids);
			job->ids = ids;
			ids = NULL;
		}
		free(ids);
	}
	for (size_t i = 0; i < n && code == NM_OK; i++)
		nm_push_stage(jobs->context, ((struct nm_push_job *)talks[i]->owner)->line, NM_LINE_SENDING);
	if (begun && code == NM_OK)
		code = nm_store_commit(store, err);
	if (begun && code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* The state of a job, and what its conversation learnt from the last answer. */
static enum nm_code write_state(const struct nm_push_jobs *jobs, const struct nm_push_job *job, struct nm_error *err)
{
	const struct nm_push_context *context = jobs->context;
	char *ids = job->talk.exchange.n_ids > 0 ? write_ids(&job->talk.exchange) : NULL;
	enum nm_code code = NM_OK;

	if (ids == NULL && job->talk.exchange.n_ids > 0)
		return nm_fail_memory(err);
	code = nm_store_push_update(context->store, job->id, job->state, context->now, job->words, ids, err);
	free(ids);
	return code;
}

/* Writes the state of every job that was sent since the last time. */
static enum nm_code write_states(struct nm_push_jobs *jobs, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < jobs->n && code == NM_OK; i++)
		if (!jobs->items[i].recorded && jobs->items[i].state != NM_PUSH_INTENT)
			code = write_state(jobs, &jobs->items[i], err);
	return code;
}

static enum nm_code keep_reading(struct nm_push_jobs *jobs, const struct nm_push_job *job,
				 const struct nm_talk *read, struct nm_error *err)
{
	struct nm_reading reading = { .at = jobs->context->now,
				      .known = read->end == NM_TALK_DONE,
				      .in_sync = job->of_plan && job->state == NM_PUSH_DONE,
				      .plan_mark = jobs->context->plan_mark,
				      .place = nm_line_place(jobs->context->plan, job->line),
				      .words = job->words };
	struct nm_buf text;
	enum nm_code code;

	if (read->end == NM_TALK_OPEN && (job->carrier->traits.reads_back || job->pending))
		return NM_OK;
	nm_buf_init(&text, TEXT_MAX);
	code = nm_artefact_write(&read->exchange.live, &text, err);
	reading.live = reading.known && read->exchange.live.n > 0 ? text.data : NULL;
	if (code == NM_OK)
		code = nm_store_reading_put(jobs->context->store, line_of(jobs, job)->number, &reading, err);
	nm_buf_clear(&text);
	return code;
}

/* How the jobs stand, with what was read back of them (NULL: nothing was), as one step of the journal. */
static enum nm_code record(struct nm_push_jobs *jobs, const struct nm_talk *reads, struct nm_error *err)
{
	struct nm_store *store = jobs->context->store;
	enum nm_code code = nm_store_begin(store, err);

	for (size_t i = 0; i < jobs->n && code == NM_OK && reads != NULL; i++)
		if (!jobs->items[i].recorded)
			code = keep_reading(jobs, &jobs->items[i], &reads[i], err);
	if (code == NM_OK)
		code = write_states(jobs, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	for (size_t i = 0; i < jobs->n && code == NM_OK; i++)
		jobs->items[i].recorded = over(&jobs->items[i]);
	return code;
}

/* --- applying --- */

static bool tell(struct nm_push_jobs *jobs, const struct nm_talk *talk, const char *what)
{
	const struct nm_push_context *push = jobs->context;
	bool go_on;

	jobs->done++;
	go_on = push->progress == NULL ||
		push->progress(push->progress_context, talk->exchange.line, what, jobs->done, jobs->all);
	jobs->stopped = jobs->stopped || !go_on;
	return go_on; /* what was sent before it was stopped is still read back */
}

static bool tell_sent(void *context, struct nm_talk *talk)
{
	const struct nm_push_jobs *jobs = context;
	const struct nm_push_job *job = talk->owner;

	nm_push_stage(jobs->context, job->line, talk->end == NM_TALK_DONE ? NM_LINE_SENT : NM_LINE_NOT_TAKEN);
	return tell(context, talk, "pushing");
}

static bool idle(void *context)
{
	struct nm_push_jobs *jobs = context;
	const bool go_on = jobs->context->idle(jobs->context->progress_context);

	jobs->stopped = jobs->stopped || !go_on;
	return go_on;
}

/* Moves the talks, which tell of themselves. */
static enum nm_code run_talks(struct nm_push_jobs *jobs, struct nm_talks *talks, struct nm_error *err)
{
	talks->transport = jobs->context->transport;
	talks->context = jobs;
	talks->idle = jobs->context->idle != NULL ? idle : NULL;
	talks->seed = (uint64_t)jobs->context->now;
	jobs->done = 0;
	jobs->all = talks->n;
	return nm_talks_run(talks, NULL, err);
}

static enum nm_code ready_job(struct nm_push_jobs *jobs, struct nm_push_job *job, struct nm_error *err)
{
	nm_talk_clear(&job->talk);
	if (!nm_talk_init(&job->talk, job->carrier, jobs->context->plan, job->line,
			  nm_push_window(jobs->context),
			  job->wanted.n > 0 ? NM_OP_APPLY : NM_OP_REMOVE, &job->wanted))
		return nm_fail_memory(err);
	job->talk.owner = job;
	job->talk.pause_ms = job->rounds++ > 0 ? ROUND_PAUSE_MS : 0;
	return nm_push_ids_read(job->ids, &job->talk.exchange, err);
}

/* Sends all that is pending; a job that was begun is then to be verified, whatever its carrier said. */
static enum nm_code apply(struct nm_push_jobs *jobs, struct nm_error *err)
{
	struct nm_talks talks = { .before = journal_leaving, .ended = tell_sent };
	enum nm_code code = NM_OK;

	talks.items = calloc(jobs->n + 1, sizeof(struct nm_talk *));
	if (talks.items == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < jobs->n && code == NM_OK; i++)
		if (jobs->items[i].pending) {
			talks.items[talks.n++] = &jobs->items[i].talk;
			code = ready_job(jobs, &jobs->items[i], err);
		}
	if (code == NM_OK)
		code = run_talks(jobs, &talks, err);
	free(talks.items);
	for (size_t i = 0; i < jobs->n && code == NM_OK; i++) {
		struct nm_push_job *job = &jobs->items[i];

		if (job->pending && job->talk.end != NM_TALK_OPEN)
			job->state = NM_PUSH_VERIFYING;
	}
	return code == NM_OK ? record(jobs, NULL, err) : code;
}

/* --- verifying --- */

static enum nm_code end_job(struct nm_push_job *job, enum nm_push_state state, const char *words,
			    struct nm_error *err)
{
	job->pending = false;
	job->state = state;
	job->words = words;
	return words == NULL ? nm_fail_memory(err) : NM_OK;
}

/* What somebody did before the rest was left, and that nobody knows what is in force then; NULL: memory. */
static const char *half_done_words(struct nm_push_jobs *jobs, const struct nm_push_job *job)
{
	const struct nm_exchange *exchange = &job->talk.exchange;
	struct nm_buf done;
	const char *words;

	nm_buf_init(&done, NM_ARTEFACT_BYTES);
	for (size_t i = 0; i < exchange->n_ids; i++)
		nm_buf_addf(&done, "%s%s", i > 0 ? ", " : "", exchange->ids[i].name);
	words = done.failed ? NULL
			    : nm_arena_format(jobs->arena, "done: %s; %s; what is in force now is not known",
					      done.data, exchange->note);
	nm_buf_clear(&done);
	return words;
}

/* A carrier that cannot be read: its own word is all there is. */
static enum nm_code trust(struct nm_push_jobs *jobs, struct nm_push_job *job, struct nm_error *err)
{
	if (job->talk.end == NM_TALK_DONE)
		return end_job(job, NM_PUSH_DONE,
			       job->back ? "put back; this carrier cannot be read back, so it is assumed"
					 : "pushed; this carrier cannot be read back, so it is assumed",
			       err);
	if (job->carrier->traits.by_hand && job->talk.exchange.n_ids == 0)
		return end_job(job, NM_PUSH_UNDONE,
			       nm_arena_format(jobs->arena, "%s; nothing was changed", job->talk.exchange.note), err);
	if (job->carrier->traits.by_hand)
		return end_job(job, NM_PUSH_FAILED, half_done_words(jobs, job), err);
	return end_job(job, NM_PUSH_FAILED,
		       nm_arena_format(jobs->arena, "%s; what is in force now is not known",
				       job->talk.exchange.note),
		       err);
}

/* It is not as wanted: what the carrier said, and what is in force now.  Where that is what was there before, there
 * is nothing of this push to go back from. */
static enum nm_code fail_job(struct nm_push_jobs *jobs, struct nm_push_job *job, bool as_before,
			     const char *foreign, struct nm_error *err)
{
	const char *said = job->talk.end == NM_TALK_DONE
				   ? "the carrier said that it was done, but what is read back differs"
			   : job->talk.end == NM_TALK_OPEN ? "stopped"
							   : job->talk.exchange.note;
	const char *now = as_before ? "in force now: what was there before"
			  : foreign != NULL
				  ? "what is in force now is not known: what was read back is not understood"
				  : "in force now: neither what was there before nor what was pushed";

	return end_job(job, as_before ? NM_PUSH_UNDONE : NM_PUSH_FAILED,
		       nm_arena_format(jobs->arena, "%s; %s%s%s", said, now, foreign != NULL ? ": " : "",
				       foreign != NULL ? foreign : ""),
		       err);
}

/* Why what was read back cannot be lifted, if it cannot; NULL. */
static enum nm_code why_foreign(struct nm_push_jobs *jobs, const struct nm_push_job *job,
				const struct nm_artefact *live, const char **foreign, struct nm_error *err)
{
	struct nm_route *route;
	enum nm_code code;

	*foreign = NULL;
	if (live->n == 0)
		return NM_OK;
	code = nm_artefact_lift(job->carrier, live, jobs->arena, &route, foreign, err);
	if (code == NM_OK)
		nm_route_free(route);
	return code;
}

/* What is live is what was wanted; and where that is not all, what is left for somebody. */
static enum nm_code end_same(struct nm_push_jobs *jobs, struct nm_push_job *job, struct nm_error *err)
{
	const char *words = job->wanted.n == 0 ? "removed, read back, gone"
			    : job->back	       ? "put back, read back, same"
					       : "pushed, read back, same";

	if (job->carrier->afterwards != NULL)
		words = nm_arena_format(jobs->arena, "%s; %s", words, job->carrier->afterwards);
	return words != NULL ? end_job(job, NM_PUSH_DONE, words, err) : nm_fail_memory(err);
}

static enum nm_code judge_job(struct nm_push_jobs *jobs, struct nm_push_job *job, const struct nm_talk *read,
			      struct nm_error *err)
{
	const struct nm_artefact *live = &read->exchange.live;
	const char *foreign;
	bool same, as_before = false;
	enum nm_code code;

	if (read->end != NM_TALK_DONE) {
		/* The journal's row stays open: the next run looks again. */
		job->pending = false;
		job->words = nm_arena_format(
			jobs->arena, "sent, but it could not be read back: %s; the next push looks again",
			read->end == NM_TALK_OPEN ? "it was stopped" : read->exchange.note);
		return job->words == NULL ? nm_fail_memory(err) : NM_OK;
	}
	code = nm_artefacts_same(jobs->context, job->carrier, &job->wanted, live, &same, err);
	if (code == NM_OK && !same && job->before_known)
		code = nm_artefacts_same(jobs->context, job->carrier, &job->before, live, &as_before, err);
	if (code != NM_OK)
		return code;
	if (same)
		return end_same(jobs, job, err);
	if (job->talk.end == NM_TALK_UNSURE && job->rounds < ROUNDS_MAX && !jobs->stopped)
		return NM_OK; /* once more */
	code = why_foreign(jobs, job, live, &foreign, err);
	return code == NM_OK ? fail_job(jobs, job, as_before, foreign, err) : code;
}

static enum nm_code tell_reading(void *context, struct nm_talk *const *talks, size_t n, struct nm_error *err)
{
	const struct nm_push_jobs *jobs = context;

	(void)err;
	for (size_t i = 0; i < n; i++)
		nm_push_stage(jobs->context, ((struct nm_push_job *)talks[i]->owner)->line, NM_LINE_READING_BACK);
	return NM_OK;
}

static bool tell_read(void *context, struct nm_talk *talk)
{
	const struct nm_push_jobs *jobs = context;

	nm_push_stage(jobs->context, ((struct nm_push_job *)talk->owner)->line, NM_LINE_READ_BACK);
	return tell(context, talk, "reading back");
}

/* Reads back the lines of all jobs that are to be verified, into `reads`. */
static enum nm_code read_back(struct nm_push_jobs *jobs, struct nm_talk *reads, struct nm_error *err)
{
	struct nm_talks talks = { .before = tell_reading, .ended = tell_read };
	enum nm_code code = NM_OK;

	talks.items = calloc(jobs->n + 1, sizeof(struct nm_talk *));
	if (talks.items == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < jobs->n && code == NM_OK; i++) {
		struct nm_push_job *job = &jobs->items[i];

		if (!job->pending || job->state != NM_PUSH_VERIFYING || !job->carrier->traits.reads_back)
			continue;
		talks.items[talks.n++] = &reads[i];
		if (!nm_talk_init(&reads[i], job->carrier, jobs->context->plan, job->line,
				  nm_push_window(jobs->context), NM_OP_READ, NULL))
			code = nm_fail_memory(err);
		reads[i].owner = job;
	}
	if (code == NM_OK)
		code = run_talks(jobs, &talks, err);
	free(talks.items);
	return code;
}

static enum nm_code verify(struct nm_push_jobs *jobs, struct nm_error *err)
{
	struct nm_talk *reads = calloc(jobs->n + 1, sizeof(*reads));
	enum nm_code code = reads == NULL ? nm_fail_memory(err) : read_back(jobs, reads, err);

	for (size_t i = 0; i < jobs->n && code == NM_OK; i++) {
		struct nm_push_job *job = &jobs->items[i];

		if (!job->pending || job->state != NM_PUSH_VERIFYING)
			continue;
		code = job->carrier->traits.reads_back ? judge_job(jobs, job, &reads[i], err)
						       : trust(jobs, job, err);
	}
	if (code == NM_OK)
		code = record(jobs, reads, err);
	for (size_t i = 0; i < jobs->n && reads != NULL; i++)
		nm_talk_clear(&reads[i]);
	free(reads);
	return code;
}

/* The work was stopped: for jobs that were never begun nothing was sent. */
static enum nm_code stop_jobs(struct nm_push_jobs *jobs, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < jobs->n && code == NM_OK; i++) {
		struct nm_push_job *job = &jobs->items[i];

		if (job->pending && job->state == NM_PUSH_INTENT)
			code = end_job(job, NM_PUSH_UNDONE, "stopped before anything was sent", err);
		else if (job->pending)
			job->words = "stopped before it was known how it ended; the next push looks again";
	}
	return code == NM_OK ? record(jobs, NULL, err) : code;
}

enum nm_code nm_push_jobs_run(struct nm_push_jobs *jobs, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	bool any = jobs->n > 0;

	for (size_t i = 0; i < jobs->n; i++)
		jobs->items[i].pending = true;
	while (any && code == NM_OK && !jobs->stopped) {
		code = apply(jobs, err);
		if (code == NM_OK)
			code = verify(jobs, err);
		any = false;
		for (size_t i = 0; i < jobs->n; i++)
			any = any || jobs->items[i].pending;
	}
	return code == NM_OK ? stop_jobs(jobs, err) : code;
}
