/* SPDX-License-Identifier: MIT */
/*
 * How lines stand: the plan's route, what is live, and in which ways the two decide differently.
 *
 * Comes in: a plan and a transport.  Goes out: one status a line; a line that cannot be read is unknown,
 * never "in sync".  What was read is kept in the store (status_kept.c), unless the plan is one that nobody saved.
 */
#include <stdlib.h>
#include <string.h>

#include "core/carrier/ask.h"
#include "core/status_private.h"
#include "nevermiss/check.h"

#define WAIT_MS 1000

struct nm_span nm_push_window(const struct nm_push_context *context)
{
	const struct nm_zone *zone = context->plan->zone;
	nm_local day = nm_local_day(nm_zone_local(zone, nm_push_instant(context))) * NM_DAY;
	nm_time horizon =
		context->horizon > context->now ? context->horizon : context->now + NM_CHECK_HORIZON;
	nm_local last = nm_local_day(nm_zone_local(zone, horizon) + NM_DAY - 1) * NM_DAY;

	return (struct nm_span){ nm_zone_utc(zone, day, NULL), nm_zone_utc(zone, last, NULL) };
}

const char *nm_differences_text(const struct nm_differences *differences, struct nm_arena *arena)
{
	const struct nm_difference *first = &differences->items[0];

	if (differences->n == 1)
		return nm_arena_format(arena, "%s, %s: plan %s, live %s", first->when, first->callers,
				       first->a_words, first->b_words);
	return nm_arena_format(arena, "%s, %s: plan %s, live %s (and %zu more)", first->when, first->callers,
			       first->a_words, first->b_words, differences->n - 1);
}

enum nm_code nm_artefact_lift(const struct nm_carrier *carrier, const struct nm_artefact *artefact,
			      struct nm_arena *arena, struct nm_route **route, const char **foreign,
			      struct nm_error *err)
{
	const char *said = NULL;
	struct nm_error why;
	enum nm_code code;

	*route = NULL;
	*foreign = NULL;
	code = carrier->lift(artefact, route, &said, &why);
	if (code == NM_INPUT)
		said = why.text;
	else if (code != NM_OK)
		return nm_fail(err, code, "%s", why.text);
	if (said == NULL)
		return NM_OK;
	*foreign = nm_arena_text(arena, said);
	if (*foreign != NULL)
		return NM_OK;
	nm_route_free(*route);
	*route = NULL;
	return nm_fail_memory(err);
}

enum nm_code nm_artefacts_same(const struct nm_push_context *context, const struct nm_carrier *carrier,
			       const struct nm_artefact *a, const struct nm_artefact *b, bool *same,
			       struct nm_error *err)
{
	struct nm_span window = nm_push_window(context);
	struct nm_route *x = NULL, *y = NULL;
	struct nm_differences differences = { 0 };
	struct nm_arena *arena;
	const char *foreign = NULL;
	enum nm_code code;

	*same = nm_artefact_alike(a, b);
	if (*same || a->n == 0 || b->n == 0 || carrier->lift == NULL)
		return NM_OK;
	arena = nm_arena_new();
	if (arena == NULL)
		return nm_fail_memory(err);
	code = nm_artefact_lift(carrier, a, arena, &x, &foreign, err);
	if (code == NM_OK && foreign == NULL)
		code = nm_artefact_lift(carrier, b, arena, &y, &foreign, err);
	if (code == NM_OK && foreign == NULL) {
		code = nm_route_diff(x, y, nm_push_instant(context), window.until, &differences, err);
		*same = code == NM_OK && differences.n == 0;
	}
	nm_differences_clear(&differences);
	nm_route_free(x);
	nm_route_free(y);
	nm_arena_free(arena);
	return code;
}

/* --- what the plan wants --- */

bool nm_status_readable(const struct nm_line_status *line)
{
	return line->carrier != NULL && line->carrier->traits.reads_back && line->carrier->lift != NULL;
}

/* What the carrier can hold of the plan. */
static const struct nm_route *held(const struct nm_line_status *line)
{
	return line->held_route != NULL ? line->held_route : line->plan_route;
}

const struct nm_route *nm_line_status_live(const struct nm_line_status *line)
{
	return line->as_assumed ? held(line) : line->live_route;
}

/* The artefact; or why the carrier cannot be given one, which stops this line alone. */
static enum nm_code render_line(struct nm_status_reading *r, struct nm_line_status *line,
				const struct nm_account *account, struct nm_error *err)
{
	struct nm_error why;
	enum nm_code code = nm_account_check(account, &why);

	if (code == NM_OK)
		code = line->carrier->render(held(line), account, nm_push_instant(&r->context), &line->wanted,
					     &why);
	if (code == NM_OK)
		return NM_OK;
	if (code != NM_INPUT)
		return nm_fail(err, code, "%s", why.text);
	line->refusal = nm_arena_text(r->status.arena, why.text);
	return line->refusal == NULL ? nm_fail_memory(err) : NM_OK;
}

static enum nm_code refuse_driver(struct nm_status_reading *r, struct nm_line_status *line,
				  const struct nm_account *account, struct nm_error *err)
{
	struct nm_error why;

	if (nm_account_check(account, &why) != NM_OK)
		line->words = nm_arena_text(r->status.arena, why.text);
	return line->words == NULL ? nm_fail_memory(err) : NM_OK;
}

static enum nm_code prepare_line(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	const struct nm_plan *plan = r->context.plan;
	const struct nm_account *account = &plan->accounts[plan->lines[line->line].account];
	enum nm_code code = nm_route_build(r->timeline, &r->classes, line->line, &line->plan_route, err);

	if (code != NM_OK)
		return code;
	line->sync = NM_SYNC_UNKNOWN;
	line->carrier = nm_carrier_find(account->driver);
	if (line->carrier == NULL)
		return refuse_driver(r, line, account, err);
	code = nm_carrier_hold(line->carrier, account, line->plan_route, nm_push_instant(&r->context),
			       &line->held_route, &line->losses, err);
	return code == NM_OK ? render_line(r, line, account, err) : code;
}

/* --- what is live --- */

/* Until when live is to be compared: beyond the horizon of its push nobody said what it should do. */
static nm_time compared_until(const struct nm_status_reading *r, const struct nm_line_status *line)
{
	const nm_time now = r->context.now;
	nm_time until = r->window.until;

	if (line->pushed.id > 0 && line->pushed.horizon > now && line->pushed.horizon < until)
		until = line->pushed.horizon;
	return until;
}

/* "in sync", and until when that was pushed where a push would extend it. */
static const char *sync_words(const struct nm_status_reading *r, const struct nm_line_status *line)
{
	char until[NM_TIME_TEXT];

	if (!line->to_push)
		return "in sync";
	nm_time_words(r->context.plan->zone, line->pushed.horizon, true, until);
	return nm_arena_format(r->status.arena, "in sync; what was pushed ends %s, and a push extends it", until);
}

/* Carriers that know a line's name keep the one by which it was pushed. */
static bool is_renamed(const struct nm_line_status *line)
{
	return line->live_route->line != NULL && strcmp(line->live_route->line, line->plan_route->line) != 0;
}

static const char *renamed_words(const struct nm_status_reading *r, const struct nm_line_status *line)
{
	const char *name = nm_ask_words(r->status.arena, line->live_route->line);

	return name == NULL ? NULL
			    : nm_arena_format(r->status.arena,
					      "renamed: called %s there until the next push, and does what the plan says", name);
}

/* Compares live with what the carrier can hold of the plan. */
static enum nm_code compare_line(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	const nm_time soon = r->context.now + NM_HORIZON_LOW;
	enum nm_code code = nm_route_diff(held(line), line->live_route, nm_push_instant(&r->context),
					  compared_until(r, line), &line->differences, err);

	if (code != NM_OK)
		return code;
	line->sync = line->differences.n > 0 ? NM_SYNC_DRIFT : is_renamed(line) ? NM_SYNC_RENAMED : NM_SYNC_SAME;
	line->to_push = line->sync != NM_SYNC_SAME ||
			(line->pushed.id > 0 && line->pushed.horizon < soon && r->window.until > line->pushed.horizon);
	line->words = line->sync == NM_SYNC_DRIFT     ? nm_differences_text(&line->differences, r->status.arena)
		      : line->sync == NM_SYNC_RENAMED ? renamed_words(r, line)
						      : sync_words(r, line);
	return line->words == NULL ? nm_fail_memory(err) : NM_OK;
}

/* Nothing is there: was there ever? */
static enum nm_code miss_line(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	char at[NM_TIME_TEXT];

	line->sync = NM_SYNC_NOTHING;
	line->to_push = true;
	line->words = "nothing was pushed yet";
	if (line->pushed.id == 0)
		return NM_OK;
	nm_time_words(r->context.plan->zone, line->pushed.at, true, at);
	line->words = nm_arena_format(r->status.arena,
				      line->pushed.removed
					      ? "nothing of ours is there since push #%lld of %s took it away"
					      : "push #%lld of %s is gone: nothing of ours is there, at any time",
				      (long long)line->pushed.id, at);
	return line->words == NULL ? nm_fail_memory(err) : NM_OK;
}

/* What was done by hand is assumed, until a call shows it. */
static enum nm_code take_proof(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (line->carrier->traits.by_hand)
		code = nm_proof_find(&r->context, line->line, held(line), line->assumed_at, &line->proof, err);
	if (code != NM_OK)
		return code;
	line->words = nm_proof_words(r->context.plan, &line->proof, line->assumed_at, r->status.arena);
	return line->words == NULL ? nm_fail_memory(err) : NM_OK;
}

/* What nothing can be read of is as it was last pushed, as far as anybody knows. */
static enum nm_code take_assumed(struct nm_status_reading *r, struct nm_line_status *line,
				 const struct nm_push_record *record, struct nm_error *err)
{
	char when[NM_TIME_TEXT];
	enum nm_code code;

	if (record->state != NM_PUSH_DONE || strcmp(record->driver, line->carrier->name) != 0) {
		line->words = "what is in force is not known: the last push came to no end, and nothing can be read back";
		return NM_OK;
	}
	code = nm_artefact_read(record->wanted, &line->assumed, err);
	if (code != NM_OK)
		return code;
	line->assumed_at = record->ended;
	line->as_assumed = nm_artefact_equal(&line->assumed, &line->wanted);
	line->to_push = !line->as_assumed;
	if (line->as_assumed)
		return take_proof(r, line, err);
	nm_time_words(r->context.plan->zone, record->ended, true, when);
	line->words = nm_arena_format(
		r->status.arena, "what was pushed %s is not what the plan wants now; nothing can be read back", when);
	return line->words == NULL ? nm_fail_memory(err) : NM_OK;
}

/* What a person did for the push, in order. */
static enum nm_code take_done(struct nm_status_reading *r, struct nm_line_status *line, const char *ids, struct nm_error *err)
{
	struct nm_exchange exchange = { .arena = r->status.arena };
	struct nm_done *done;
	enum nm_code code = nm_push_ids_read(ids, &exchange, err);

	if (code != NM_OK || !line->carrier->traits.by_hand)
		return code;
	done = nm_arena_alloc(r->status.arena, exchange.n_ids, sizeof(*done));
	if (done == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < exchange.n_ids; i++)
		done[i] = (struct nm_done){ exchange.ids[i].name, exchange.ids[i].value };
	line->done = done;
	line->n_done = exchange.n_ids;
	return NM_OK;
}

enum nm_code nm_status_assume(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	struct nm_store *store = r->context.store;
	const nm_number number = r->context.plan->lines[line->line].number;
	struct nm_push_record record;
	int64_t id = 0;
	enum nm_code code = store == NULL ? NM_OK : nm_store_push_newest(store, number, &id, err);

	line->to_push = true;
	line->words = "nothing was pushed yet, and nothing can be read back from this carrier";
	if (code != NM_OK || id == 0)
		return code;
	code = nm_store_push_get(store, id, r->status.arena, &record, err);
	if (code == NM_OK)
		code = take_done(r, line, record.ids, err);
	return code == NM_OK ? take_assumed(r, line, &record, err) : code;
}

enum nm_code nm_status_judge(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	const struct nm_part *note = nm_artefact_find(&line->live, NM_NOTE_PART);
	const char *foreign;
	enum nm_code code;

	line->note = note != NULL ? note->bytes : NULL;
	if (line->live.n == 0)
		return miss_line(r, line, err);
	code = nm_artefact_lift(line->carrier, &line->live, r->status.arena, &line->live_route, &foreign, err);
	if (code == NM_OK && foreign != NULL) {
		line->sync = NM_SYNC_FOREIGN;
		line->to_push = true;
		line->words = foreign;
		return NM_OK;
	}
	return code == NM_OK ? compare_line(r, line, err) : code;
}

static enum nm_code judge_talk(struct nm_status_reading *r, struct nm_line_status *line, struct nm_talk *talk,
			       struct nm_error *err)
{
	line->read_at = r->context.now;
	if (line->carrier == NULL)
		return NM_OK;
	if (!nm_status_readable(line))
		return nm_status_assume(r, line, err);
	if (talk->end != NM_TALK_DONE) {
		line->words = talk->end == NM_TALK_OPEN ? "not read: it was stopped"
							: nm_arena_text(r->status.arena, talk->exchange.note);
		return line->words == NULL ? nm_fail_memory(err) : NM_OK;
	}
	line->live = talk->exchange.live;
	talk->exchange.live = (struct nm_artefact){ 0 };
	return nm_status_judge(r, line, err);
}

static void tell_stage(const struct nm_status_reading *r, const struct nm_talk *talk, enum nm_line_stage stage)
{
	nm_push_stage(&r->context, r->status.lines[talk - r->items].line, stage);
}

static enum nm_code tell_leaving(void *context, struct nm_talk *const *talks, size_t n, struct nm_error *err)
{
	(void)err;
	for (size_t i = 0; i < n; i++)
		tell_stage(context, talks[i], NM_LINE_READING);
	return NM_OK;
}

static bool count_read(void *context, struct nm_talk *talk)
{
	struct nm_status_reading *r = context;

	tell_stage(r, talk, NM_LINE_READ);
	r->done++;
	if (r->context.progress != NULL &&
	    !r->context.progress(r->context.progress_context, talk->exchange.line, "reading", r->done,
				 r->talks.n))
		r->status.stopped = true;
	return !r->status.stopped;
}

static bool idle(void *context)
{
	struct nm_status_reading *r = context;

	if (!r->context.idle(r->context.progress_context))
		r->status.stopped = true;
	return !r->status.stopped;
}

static enum nm_code prepare_talks(struct nm_status_reading *r, struct nm_error *err)
{
	const size_t n = r->status.n;

	r->items = calloc(n + 1, sizeof(*r->items));
	r->talks = (struct nm_talks){ .transport = r->context.transport,
				      .items = calloc(n + 1, sizeof(struct nm_talk *)),
				      .context = r,
				      .before = tell_leaving,
				      .ended = count_read,
				      .idle = r->context.idle != NULL ? idle : NULL,
				      .seed = (uint64_t)r->context.now,
				      .may_drop = true };
	if (r->items == NULL || r->talks.items == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct nm_line_status *line = &r->status.lines[i];

		if (!nm_status_readable(line))
			continue;
		r->talks.items[r->talks.n++] = &r->items[i];
		if (!nm_talk_init(&r->items[i], line->carrier, r->context.plan, line->line, r->window,
				  NM_OP_READ, NULL))
			return nm_fail_memory(err);
		tell_stage(r, &r->items[i], NM_LINE_WAITS);
	}
	return nm_talks_begin(&r->talks, &r->runner, err);
}

/* What the journal knows of the line. */
static enum nm_code find_pushed(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	if (r->context.store == NULL)
		return NM_OK;
	return nm_store_push_done(r->context.store, r->context.plan->lines[line->line].number, 0, NULL,
				  &line->pushed, err);
}

static enum nm_code prepare_lines(struct nm_status_reading *r, struct nm_error *err)
{
	enum nm_code code =
		nm_timeline_build(r->context.plan, r->window.from, r->window.until, &r->timeline, err);

	if (code == NM_OK)
		code = nm_classes_build(r->context.plan, &r->classes, err);
	for (size_t i = 0; i < r->status.n && code == NM_OK; i++)
		if ((code = find_pushed(r, &r->status.lines[i], err)) == NM_OK)
			code = prepare_line(r, &r->status.lines[i], err);
	return code;
}

enum nm_code nm_status_open(const struct nm_push_context *context, const int *lines, size_t n,
			    struct nm_status_reading **out, struct nm_error *err)
{
	struct nm_status_reading *r = calloc(1, sizeof(*r));
	enum nm_code code;

	if (r == NULL)
		return nm_fail_memory(err);
	r->context = *context;
	r->window = nm_push_window(context);
	r->status.arena = nm_arena_new();
	if (r->status.arena != NULL)
		r->status.lines = nm_arena_alloc(r->status.arena, n, sizeof(*r->status.lines));
	if (r->status.lines == NULL) {
		nm_status_abandon(r);
		return nm_fail_memory(err);
	}
	r->status.n = n;
	for (size_t i = 0; i < n; i++)
		r->status.lines[i].line = lines[i];
	code = prepare_lines(r, err);
	if (code == NM_OK)
		*out = r;
	else
		nm_status_abandon(r);
	return code;
}

static enum nm_code begin_lines(const struct nm_push_context *context, const int *lines, size_t n,
				struct nm_status_reading **out, struct nm_error *err)
{
	struct nm_status_reading *r;
	enum nm_code code = nm_status_open(context, lines, n, &r, err);

	if (code != NM_OK)
		return code;
	code = prepare_talks(r, err);
	if (code == NM_OK)
		*out = r;
	else
		nm_status_abandon(r);
	return code;
}

enum nm_code nm_status_move(struct nm_status_reading *r, int wait_ms, bool *more, struct nm_error *err)
{
	return nm_talks_move(r->runner, wait_ms, more, err);
}

bool nm_status_waits(const struct nm_status_reading *r, int line)
{
	for (size_t i = 0; i < r->status.n; i++)
		if (r->status.lines[i].line == line)
			return r->items[i].carrier != NULL && r->items[i].end == NM_TALK_OPEN;
	return false;
}

/* What was begun is over; what was not answered by then is not read. */
static void end_talks(struct nm_status_reading *r)
{
	bool stopped;

	nm_talks_end(r->runner, &stopped);
	r->runner = NULL;
	r->status.stopped = r->status.stopped || stopped;
}

static enum nm_code count_cut_off(struct nm_store *store, size_t *n, struct nm_error *err)
{
	struct nm_push_records records = { 0 };
	enum nm_code code = nm_store_pushes(store, 0, true, SIZE_MAX, &records, err);

	*n = records.n;
	nm_push_records_clear(&records);
	return code;
}

enum nm_code nm_status_end(struct nm_status_reading *r, struct nm_status *out, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	end_talks(r);
	for (size_t i = 0; i < r->status.n && code == NM_OK; i++)
		code = judge_talk(r, &r->status.lines[i], &r->items[i], err);
	/* Who reads them would take them for a comparison with the plan as it is saved. */
	if (code == NM_OK && !r->context.unsaved)
		code = nm_status_keep(&r->context, &r->status, err);
	if (code == NM_OK && r->context.store != NULL)
		code = count_cut_off(r->context.store, &r->status.cut_off, err);
	if (code == NM_OK) {
		*out = r->status;
		r->status = (struct nm_status){ 0 };
	}
	nm_status_abandon(r);
	return code;
}

void nm_status_abandon(struct nm_status_reading *r)
{
	if (r == NULL)
		return;
	if (r->runner != NULL)
		end_talks(r);
	for (size_t i = 0; i < r->talks.n; i++)
		nm_talk_clear(r->talks.items[i]);
	free(r->items);
	free(r->talks.items);
	nm_classes_clear(&r->classes);
	nm_timeline_free(r->timeline);
	nm_status_clear(&r->status);
	free(r);
}

enum nm_code nm_status_lines(const struct nm_push_context *context, const int *lines, size_t n,
			     struct nm_status *out, struct nm_error *err)
{
	struct nm_status_reading *r;
	bool more = true;
	enum nm_code code = begin_lines(context, lines, n, &r, err);

	if (code != NM_OK)
		return code;
	while (more && code == NM_OK)
		code = nm_status_move(r, context->idle != NULL ? NM_TALKS_IDLE_MS : WAIT_MS, &more, err);
	if (code == NM_OK)
		return nm_status_end(r, out, err);
	nm_status_abandon(r);
	return code;
}

int *nm_status_asked(const struct nm_plan *plan, int line, size_t *n)
{
	int *lines;

	*n = line >= 0 ? 1 : plan->n_lines;
	lines = calloc(*n + 1, sizeof(*lines));
	for (size_t i = 0; i < *n && lines != NULL; i++)
		lines[i] = line >= 0 ? line : (int)i;
	return lines;
}

enum nm_code nm_status_begin(const struct nm_push_context *context, int line, struct nm_status_reading **out,
			     struct nm_error *err)
{
	size_t n;
	int *lines = nm_status_asked(context->plan, line, &n);
	enum nm_code code = lines == NULL ? nm_fail_memory(err) : begin_lines(context, lines, n, out, err);

	free(lines);
	return code;
}

enum nm_code nm_status_read(const struct nm_push_context *context, int line, struct nm_status *out,
			    struct nm_error *err)
{
	size_t n;
	int *lines = nm_status_asked(context->plan, line, &n);
	enum nm_code code = lines == NULL ? nm_fail_memory(err) : nm_status_lines(context, lines, n, out, err);

	free(lines);
	return code;
}

void nm_status_clear(struct nm_status *status)
{
	for (size_t i = 0; i < status->n; i++) {
		struct nm_line_status *line = &status->lines[i];

		nm_differences_clear(&line->differences);
		nm_losses_clear(&line->losses);
		nm_artefact_clear(&line->wanted);
		nm_artefact_clear(&line->live);
		nm_artefact_clear(&line->assumed);
		nm_route_free(line->plan_route);
		nm_route_free(line->live_route);
		nm_route_free(line->held_route);
	}
	nm_arena_free(status->arena);
	*status = (struct nm_status){ 0 };
}
