/* SPDX-License-Identifier: MIT */
/*
 * What was read of lines last, kept in the store: written there, and compared anew with a plan that changed since.
 *
 * Comes in: a plan, the store.  Goes out: one status a line, as status.c judges it.  Asks no carrier.  What is kept says how
 * live and plan were when it was read; what it comes to with another plan is not written over that.
 */
#include <stdlib.h>
#include <string.h>

#include "core/status_private.h"

/* FNV-1a; NULL is no empty text. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	if (text == NULL)
		return (hash ^ 0xff) * 0x100000001b3u;
	do
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	while (*text++ != '\0');
	return hash;
}

uint64_t nm_line_place(const struct nm_plan *plan, int line)
{
	const struct nm_account *account = &plan->accounts[plan->lines[line].account];
	const char *const whose[] = { account->name,   account->driver, account->sid,    account->endpoint,
				      account->domain, account->user,   account->carrier };
	char number[NM_NUMBER_TEXT];
	uint64_t hash = 0xcbf29ce484222325u;

	nm_number_write(plan->lines[line].number, number);
	hash = hash_text(hash, number);
	for (size_t i = 0; i < sizeof(whose) / sizeof(whose[0]); i++)
		hash = hash_text(hash, whose[i]);
	return hash != 0 ? hash : 1;
}

/* --- keeping --- */

struct nm_reading nm_line_status_reading(const struct nm_line_status *line)
{
	/* Of what cannot be read one thing is certain: that it was told something else than the plan wants now. */
	return (struct nm_reading){ .at = line->read_at,
				    .known = line->sync != NM_SYNC_UNKNOWN || (line->assumed_at != 0 && !line->as_assumed),
				    .in_sync = line->sync == NM_SYNC_SAME || line->sync == NM_SYNC_RENAMED || line->as_assumed,
				    .words = line->words };
}

static enum nm_code keep_line(const struct nm_push_context *context, const struct nm_line_status *line, struct nm_error *err)
{
	struct nm_reading reading = nm_line_status_reading(line);
	struct nm_buf text;
	enum nm_code code = NM_OK;

	reading.plan_mark = context->plan_mark;
	reading.place = nm_line_place(context->plan, line->line);
	nm_buf_init(&text, (size_t)NM_ARTEFACT_PARTS * 6 * NM_ARTEFACT_BYTES);
	if (line->live.n > 0) {
		code = nm_artefact_write(&line->live, &text, err);
		reading.live = text.data;
	}
	if (code == NM_OK)
		code = nm_store_reading_put(context->store, context->plan->lines[line->line].number, &reading, err);
	nm_buf_clear(&text);
	return code;
}

enum nm_code nm_status_keep(const struct nm_push_context *context, const struct nm_status *status, struct nm_error *err)
{
	struct nm_store *store = context->store;
	enum nm_code code;

	if (store == NULL || nm_store_read_only(store))
		return NM_OK;
	code = nm_store_begin(store, err);
	for (size_t i = 0; i < status->n && code == NM_OK; i++)
		if (status->lines[i].carrier != NULL)
			code = keep_line(context, &status->lines[i], err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* --- what is kept --- */

/* A text that does not read is one that nobody read. */
static enum nm_code take_live(struct nm_status_reading *r, struct nm_line_status *line, const char *text,
			      struct nm_error *err)
{
	struct nm_error why;
	enum nm_code code = text != NULL ? nm_artefact_read(text, &line->live, &why) : NM_OK;

	if (code == NM_OK)
		return nm_status_judge(r, line, err);
	if (code != NM_INPUT)
		return nm_fail(err, code, "%s", why.text);
	line->words = nm_arena_text(r->status.arena, why.text);
	return line->words == NULL ? nm_fail_memory(err) : NM_OK;
}

static enum nm_code judge_kept(struct nm_status_reading *r, struct nm_line_status *line, struct nm_error *err)
{
	const struct nm_plan *plan = r->context.plan;
	struct nm_reading reading;
	bool found = false;
	enum nm_code code;

	if (line->carrier == NULL)
		return NM_OK;
	code = nm_store_reading_get(r->context.store, plan->lines[line->line].number, r->status.arena, &reading, &found, err);
	if (code != NM_OK)
		return code;
	line->words = "not read";
	if (!found || reading.place != nm_line_place(plan, line->line))
		return NM_OK;
	line->read_at = reading.at;
	if (!nm_status_readable(line))
		return nm_status_assume(r, line, err);
	if (reading.known)
		return take_live(r, line, reading.live, err);
	if (reading.words != NULL)
		line->words = reading.words;
	return NM_OK;
}

enum nm_code nm_status_kept(const struct nm_push_context *context, struct nm_status *out, struct nm_error *err)
{
	struct nm_status_reading *r;
	size_t n;
	int *lines = nm_status_asked(context->plan, -1, &n);
	enum nm_code code = lines == NULL ? nm_fail_memory(err) : nm_status_open(context, lines, n, &r, err);

	free(lines);
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < n && code == NM_OK; i++)
		code = judge_kept(r, &r->status.lines[i], err);
	if (code == NM_OK) {
		*out = r->status;
		r->status = (struct nm_status){ 0 };
	}
	nm_status_abandon(r);
	return code;
}
