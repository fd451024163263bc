/* SPDX-License-Identifier: MIT */
/*
 * From carriers' lists of texts into the store (inbound.h).  Comes in: a plan, a transport, a store.  Goes out: texts,
 * each kept once, and with it whether its sender wants any and what it answers, in one transaction a line.
 */
#include "nevermiss/inbound.h"

#include <stdlib.h>

#include "core/talk.h"
#include "nevermiss/forget.h"
#include "nevermiss/optout.h"
#include "nevermiss/survey.h"
#include "nevermiss/texting.h"

#define FIRST_DAYS 90
#define TOLD_S 3600 /* how far was read is written so often when nothing came: the disk of a small machine wears */

struct reading {
	const struct nm_push_context *context;
	struct nm_inbound_reading *out;
	struct nm_talk *talks; /* one a line, likewise the rest */
	struct nm_inbound *inbound;
	size_t done;
};

/* --- which lines --- */

static enum nm_code add_line(struct reading *run, struct nm_sender sender, struct nm_error *err)
{
	const struct nm_push_context *context = run->context;
	const struct nm_carrier *carrier = nm_carrier_of(context->plan, sender.account);
	struct nm_inbound_line *line = &run->out->lines[run->out->n];
	nm_time until;
	enum nm_code code;

	if (carrier == NULL || !carrier->traits.texts)
		return NM_OK;
	code = nm_store_inbound_until(context->store, context->plan->lines[sender.line].number, carrier->name,
				      &until, err);
	if (code != NM_OK)
		return code;
	if (until > context->now)
		until = context->now;
	*line = (struct nm_inbound_line){ .line = sender.line,
					  .account = sender.account,
					  .listed = carrier->traits.inbound };
	/* A day more: lists come late, and a text is not there before it has wholly come. */
	line->since = until != NM_TIME_MIN ? until - NM_DAY : context->now - FIRST_DAYS * (nm_time)NM_DAY;
	run->out->n++;
	return NM_OK;
}

/* Every line through its own account, and that one through text_back's where that is another. */
static enum nm_code take_lines(struct reading *run, struct nm_error *err)
{
	const struct nm_plan *plan = run->context->plan;
	struct nm_sender sender;
	enum nm_code code = NM_OK;

	run->out->lines = nm_arena_alloc(run->out->arena, plan->n_lines + 1, sizeof(*run->out->lines));
	if (run->out->lines == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < plan->n_lines && code == NM_OK; i++)
		code = add_line(run, (struct nm_sender){ (int)i, plan->lines[i].account }, err);
	if (code == NM_OK && nm_texting_sender(plan, -1, &sender, NULL) == NM_OK &&
	    sender.account != plan->lines[sender.line].account)
		code = add_line(run, sender, err);
	return code;
}

/* --- what was read --- */

/* Who wants no texts, whether or not the text itself is kept: one of a number that was to be forgotten is not. */
static enum nm_code take_word(const struct reading *run, struct nm_inbound_line *line, const struct nm_inbound_text *text,
			      struct nm_error *err)
{
	struct nm_store *store = run->context->store;
	enum nm_optout_how how;
	nm_number from;
	bool known;
	enum nm_code code;

	if (nm_number_read(text->from, run->context->plan->country, &from, NULL) != NM_OK ||
	    !nm_optout_by(run->context->plan, from, text->body))
		return NM_OK;
	code = nm_store_optout_find(store, from, &known, &how, err);
	if (code != NM_OK || known)
		return code;
	line->optouts++;
	return nm_store_optout_add(store, from, run->context->now, NM_OPTOUT_REPLY, err);
}

/* What would be taken out again is not kept, but for what its sender wants. */
static enum nm_code keep_text(const struct reading *run, struct nm_inbound_line *line,
			      const struct nm_inbound_text *text, struct nm_error *err)
{
	const struct nm_plan *plan = run->context->plan;
	const struct nm_inbound_entry entry = { .number = plan->lines[line->line].number,
						.line = plan->lines[line->line].name,
						.driver = plan->accounts[line->account].driver,
						.carrier_id = text->id,
						.from = text->from,
						.body = text->body,
						.at = text->at };
	nm_number from;
	bool fresh = false;
	enum nm_code code = take_word(run, line, text, err);

	if (code == NM_OK && text->at >= nm_expire_before(plan, run->context->now))
		code = nm_store_inbound_put(run->context->store, &entry, &fresh, err);
	if (code != NM_OK || !fresh)
		return code;
	line->fresh++;
	if (nm_number_read(text->from, plan->country, &from, NULL) != NM_OK || nm_optout_by(plan, from, text->body))
		return NM_OK;
	return nm_survey_take(run->context->store, from, text->at, text->body, err);
}

/* The next reading begins a day before what is written here. */
static enum nm_code keep_until(const struct reading *run, const struct nm_inbound_line *line, nm_time now,
			       struct nm_error *err)
{
	const struct nm_plan *plan = run->context->plan;
	const nm_number number = plan->lines[line->line].number;
	const char *driver = plan->accounts[line->account].driver;
	nm_time until;
	enum nm_code code = nm_store_inbound_until(run->context->store, number, driver, &until, err);

	if (code != NM_OK || (line->fresh == 0 && until <= now && until > now - TOLD_S))
		return code;
	return nm_store_inbound_until_put(run->context->store, number, driver, now, err);
}

static enum nm_code keep_texts(const struct reading *run, size_t i, struct nm_error *err)
{
	const struct nm_plan *plan = run->context->plan;
	struct nm_store *store = run->context->store;
	struct nm_inbound_line *line = &run->out->lines[i];
	const struct nm_inbound *inbound = &run->inbound[i];
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	for (size_t k = 0; k < inbound->n && code == NM_OK; k++)
		code = keep_text(run, line, &inbound->items[k], err);
	if (code == NM_OK)
		code = keep_until(run, line, inbound->now, err);
	if (code == NM_OK && inbound->full)
		code = nm_store_inbound_flood_put(store, plan->lines[line->line].number,
						  plan->accounts[line->account].driver, run->context->now, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	line->odd = inbound->odd;
	line->full = inbound->full;
	return code;
}

static enum nm_code take_talk(const struct reading *run, size_t i, struct nm_error *err)
{
	struct nm_inbound_line *line = &run->out->lines[i];
	const struct nm_talk *talk = &run->talks[i];

	if (talk->end == NM_TALK_DONE)
		return keep_texts(run, i, err);
	line->words = talk->end == NM_TALK_OPEN ? "stopped"
						: nm_arena_text(run->out->arena, talk->exchange.note);
	return line->words != NULL ? NM_OK : nm_fail_memory(err);
}

/* --- the conversations --- */

static bool ended(void *context, struct nm_talk *talk)
{
	struct reading *run = context;

	run->done++;
	if (run->context->progress != NULL &&
	    !run->context->progress(run->context->progress_context, talk->exchange.line, "reading texts",
				    run->done, run->out->n))
		run->out->stopped = true;
	return !run->out->stopped;
}

static bool idle(void *context)
{
	struct reading *run = context;

	if (!run->context->idle(run->context->progress_context))
		run->out->stopped = true;
	return !run->out->stopped;
}

static bool begin_talk(struct reading *run, size_t i)
{
	const struct nm_push_context *context = run->context;
	const struct nm_inbound_line *line = &run->out->lines[i];

	run->inbound[i] = (struct nm_inbound){ .since = line->since, .now = context->now };
	if (!nm_talk_init(&run->talks[i], nm_carrier_of(context->plan, line->account), context->plan, line->line,
			  (struct nm_span){ 0 }, NM_OP_INBOUND, NULL))
		return false;
	run->talks[i].exchange.account = &context->plan->accounts[line->account];
	run->talks[i].exchange.inbound = &run->inbound[i];
	return true;
}

/* The items are as many as the lines. */
static enum nm_code converse(struct reading *run, struct nm_talk **items, struct nm_error *err)
{
	struct nm_talks talks = { .transport = run->context->transport,
				  .items = items,
				  .context = run,
				  .ended = ended,
				  .idle = run->context->idle != NULL ? idle : NULL,
				  .seed = (uint64_t)run->context->now,
				  .may_drop = true };
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < run->out->n && code == NM_OK; i++) {
		if (!run->out->lines[i].listed)
			continue;
		items[talks.n++] = &run->talks[i];
		if (!begin_talk(run, i))
			code = nm_fail_memory(err);
	}
	if (code == NM_OK && talks.n > 0)
		code = nm_talks_run(&talks, NULL, err);
	for (size_t i = 0; i < run->out->n; i++) {
		if (run->out->lines[i].listed && code == NM_OK)
			code = take_talk(run, i, err);
		nm_talk_clear(&run->talks[i]);
	}
	return code;
}

static enum nm_code read_lines(struct reading *run, struct nm_error *err)
{
	const size_t n = run->out->n;
	struct nm_talk **items = calloc(n + 1, sizeof(struct nm_talk *));
	enum nm_code code;

	run->talks = calloc(n + 1, sizeof(*run->talks));
	run->inbound = calloc(n + 1, sizeof(*run->inbound));
	code = items != NULL && run->talks != NULL && run->inbound != NULL ? converse(run, items, err)
									   : nm_fail_memory(err);
	free(run->inbound);
	free(run->talks);
	free(items);
	return code;
}

/* NM_CARRIER when a line failed. */
static enum nm_code tell_failure(const struct nm_plan *plan, const struct nm_inbound_reading *reading,
				 struct nm_error *err)
{
	for (size_t i = 0; i < reading->n; i++)
		if (reading->lines[i].words != NULL)
			return nm_fail(err, NM_CARRIER, "the texts that came to line %s could not be read: %s",
				       plan->lines[reading->lines[i].line].name, reading->lines[i].words);
	return NM_OK;
}

enum nm_code nm_inbound_read(const struct nm_push_context *context, struct nm_inbound_reading *out,
			     struct nm_error *err)
{
	struct nm_inbound_reading reading = { .arena = nm_arena_new() };
	struct reading run = { .context = context, .out = &reading };
	enum nm_code code = reading.arena != NULL ? take_lines(&run, err) : nm_fail_memory(err);

	if (code == NM_OK)
		code = read_lines(&run, err);
	if (code != NM_OK) {
		nm_inbound_reading_clear(&reading);
		return code;
	}
	*out = reading;
	return tell_failure(context->plan, out, err);
}

int nm_inbound_full(const struct nm_inbound_reading *reading)
{
	for (size_t i = 0; i < reading->n; i++)
		if (reading->lines[i].full)
			return reading->lines[i].line;
	return -1;
}

enum nm_code nm_inbound_read_first(const struct nm_push_context *context, int *full, struct nm_error *err)
{
	struct nm_inbound_reading reading = { 0 };
	struct nm_error why;
	enum nm_code code = nm_inbound_read(context, &reading, &why);

	if (code == NM_OK && full != NULL)
		*full = nm_inbound_full(&reading);
	nm_inbound_reading_clear(&reading);
	return code == NM_OK ? NM_OK
			     : nm_fail(err, code, "nothing is sent, for somebody may want no texts: %s",
				       why.text);
}

void nm_inbound_reading_clear(struct nm_inbound_reading *reading)
{
	nm_arena_free(reading->arena);
	*reading = (struct nm_inbound_reading){ 0 };
}
