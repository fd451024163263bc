/* SPDX-License-Identifier: MIT */
/*
 * The log as a list: see call_log.h.  In: the store, the words of a filter.  Out: rows by number.  Knows no screen.
 */
#include "call_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call_words.h"
#include "list.h"
#include "nevermiss/names.h"

#define HELD_ROWS 1000 /* in memory at the most, beside those that are looked at */

void call_log_begin(struct call_log *log, const char *filter, nm_time until)
{
	char words[CALL_LOG_FILTER];

	snprintf(words, sizeof words, "%s", filter); /* it may be the log's own */
	call_log_clear(log);
	memcpy(log->filter, words, sizeof words);
	log->began = until;
	log->id = 0; /* of those that begin at `until` none is older */
}

static void let_go(struct call_chunk *chunk)
{
	free(chunk->rows);
	chunk->rows = NULL;
}

void call_log_rest(struct call_log *log)
{
	for (size_t i = 0; i < log->n; i++)
		let_go(&log->chunks[i]);
}

void call_log_clear(struct call_log *log)
{
	call_log_rest(log);
	free(log->chunks);
	*log = (struct call_log){0};
}

/* --- the filter --- */

static bool has_words(const char *text, const char *words)
{
	char word[CALL_LOG_FILTER];

	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		size_t len = strcspn(words, " ");

		memcpy(word, words, len);
		word[len] = '\0';
		if (!text_contains(text, word))
			return false;
		words += len;
	}
	return true;
}

#define FEW_DIGITS 3 /* fewer are no part of a telephone number that anybody would look for */

/* The digits of a telephone number, or of a part of one, however it is written; "": the filter is none. */
static void number_digits(const char *filter, const char *country, char digits[static CALL_LOG_FILTER])
{
	nm_number number;
	struct nm_error why;
	size_t n = 0;

	for (const char *at = filter; *at; at++) {
		if (*at >= '0' && *at <= '9')
			digits[n++] = *at;
		else if (!strchr(" +-.()/", *at))
			n = CALL_LOG_FILTER; /* a word */
		if (n == CALL_LOG_FILTER)
			break;
	}
	digits[n >= FEW_DIGITS && n < CALL_LOG_FILTER ? n : 0] = '\0';
	if (digits[0] && nm_number_read(filter, country, &number, &why) == NM_OK)
		snprintf(digits, CALL_LOG_FILTER, "%llu", (unsigned long long)number);
}

static bool has_digits(const struct nm_call_entry *call, const char *digits)
{
	char number[NM_NUMBER_TEXT];

	nm_number_write(call->caller.number, number);
	return digits[0] && call->caller.number && text_contains(number, digits);
}

/* False when memory is out, too: *failed says so.  digits: of a telephone number that the filter is; or "". */
static bool matches(const struct call_log *log, const struct nm_plan *plan, const char *digits,
		    const struct nm_call_entry *call, struct nm_buf *text, bool *failed)
{
	if (!log->filter[0] || has_digits(call, digits))
		return true;
	nm_buf_clear(text);
	call_search_words(plan, call, text);
	*failed = *failed || text->failed;
	return !text->failed && has_words(text->data, log->filter);
}

/* --- a piece --- */

/* In the log's order: is the call older than the one at which a piece begins? */
static bool is_older(const struct nm_call_entry *call, nm_time began, int64_t id)
{
	return call->began < began || (call->began == began && call->id < id);
}

/* Calls that are older than one, at least one of them unless there is none: many may have begun in its second. */
static enum nm_code read_older(struct nm_store *store, nm_time began, int64_t id, struct nm_call_entries *out,
			       size_t *skip, struct nm_error *err)
{
	struct nm_call_filter filter = {.since = NM_TIME_MIN, .until = began, .most = CALL_LOG_PIECE};

	if (began < NM_TIME_MAX)
		filter.until++;
	for (;;) {
		enum nm_code code = nm_store_calls(store, &filter, out, err);

		if (code)
			return code;
		*skip = 0;
		while (*skip < out->n && !is_older(&out->items[*skip], began, id))
			++*skip;
		if (*skip < out->n || !out->more)
			return NM_OK;
		nm_call_entries_clear(out);
		filter.most *= 2;
	}
}

/* Where the next text of a chunk goes; NULL: it is only counted. */
struct texts {
	char *at;
	size_t bytes;
};

static const char *copy_text(struct texts *texts, const char *text)
{
	const size_t size = text ? strlen(text) + 1 : 0;
	char *copy = texts->at;

	texts->bytes += size;
	if (!text || !copy)
		return NULL;
	texts->at += size;
	return memcpy(copy, text, size);
}

static void copy_row(struct texts *texts, const struct nm_call_entry *call, struct nm_call_entry *row)
{
	*row = *call;
	row->line = copy_text(texts, call->line);
	row->driver = copy_text(texts, call->driver);
	row->carrier_id = copy_text(texts, call->carrier_id);
	row->became.by = copy_text(texts, call->became.by);
}

/* As much memory as the rows need, and no more: of a piece of calls a filter may leave one, and many such are held. */
static bool hold_rows(struct call_chunk *chunk, const struct nm_call_entry *const *calls, size_t n)
{
	struct nm_call_entry counted;
	struct texts texts = {0};

	for (size_t i = 0; i < n; i++)
		copy_row(&texts, calls[i], &counted);
	chunk->n = n;
	chunk->rows = malloc(n * sizeof *chunk->rows + texts.bytes + 1); /* also of no row it is something */
	if (!chunk->rows)
		return false;
	texts = (struct texts){.at = (char *)(chunk->rows + n)};
	for (size_t i = 0; i < n; i++)
		copy_row(&texts, calls[i], &chunk->rows[i]);
	return true;
}

/* A piece from there on, under the plan's names. */
static enum nm_code read_piece(struct nm_store *store, const struct nm_plan *plan, const struct call_chunk *from,
			       struct nm_call_entries *out, size_t *skip, struct nm_error *err)
{
	enum nm_code code = read_older(store, from->began, from->id, out, skip, err);

	if (code)
		return code;
	code = nm_calls_name(store, plan, out, err);
	if (code)
		nm_call_entries_clear(out);
	return code;
}

/* Takes those that match; the chunk says where the piece begins. */
static bool take_rows(const struct call_log *log, const struct nm_plan *plan, const struct nm_call_entries *calls,
		      size_t skip, struct call_chunk *chunk)
{
	const struct nm_call_entry **matching = malloc((calls->n - skip + 1) * sizeof *matching);
	char digits[CALL_LOG_FILTER];
	bool failed = !matching;
	struct nm_buf text;
	size_t n = 0;

	number_digits(log->filter, plan->country, digits);
	nm_buf_init(&text, 1u << 16);
	for (size_t i = skip; !failed && i < calls->n; i++) {
		if (matches(log, plan, digits, &calls->items[i], &text, &failed))
			matching[n++] = &calls->items[i];
	}
	nm_buf_clear(&text);
	failed = failed || !hold_rows(chunk, matching, n);
	free(matching);
	return !failed;
}

/* What was read of the log moves on behind the piece. */
static void move_on(struct call_log *log, const struct nm_call_entries *calls, size_t skip)
{
	log->read += calls->n - skip;
	log->ended = !calls->more;
	if (calls->n) {
		log->began = calls->items[calls->n - 1].began;
		log->id = calls->items[calls->n - 1].id;
	}
}

enum nm_code call_log_read(struct call_log *log, struct nm_store *store, const struct nm_plan *plan,
			   struct nm_error *err)
{
	struct call_chunk chunk = {.began = log->began, .id = log->id, .first = log->rows};
	struct nm_call_entries calls;
	enum nm_code code;
	size_t skip;

	if (log->ended)
		return NM_OK;
	code = read_piece(store, plan, &chunk, &calls, &skip, err);
	if (code)
		return code;
	if (!nm_grow((void **)&log->chunks, &log->capacity, log->n + 1, sizeof *log->chunks) ||
	    !take_rows(log, plan, &calls, skip, &chunk)) {
		nm_call_entries_clear(&calls);
		return nm_fail_memory(err);
	}
	move_on(log, &calls, skip);
	nm_call_entries_clear(&calls);
	if (!chunk.n) {
		let_go(&chunk);
		return NM_OK;
	}
	log->chunks[log->n++] = chunk;
	log->rows += chunk.n;
	return NM_OK;
}

/* --- rows --- */

/* Calls may have come between since, or become others: then there are fewer rows, or the first ones are shown. */
static enum nm_code read_again(const struct call_log *log, struct nm_store *store, const struct nm_plan *plan,
			       struct call_chunk *chunk, struct nm_error *err)
{
	const size_t n = chunk->n;
	struct nm_call_entries calls;
	size_t skip;
	bool taken;
	enum nm_code code = read_piece(store, plan, chunk, &calls, &skip, err);

	if (code)
		return code;
	taken = take_rows(log, plan, &calls, skip, chunk);
	nm_call_entries_clear(&calls);
	if (taken && chunk->n < n)
		let_go(chunk); /* rows that are not there are shown as such */
	chunk->n = n;
	return taken ? NM_OK : nm_fail_memory(err);
}

enum nm_code call_log_hold(struct call_log *log, struct nm_store *store, const struct nm_plan *plan, size_t from,
			   size_t n, struct nm_error *err)
{
	size_t held = 0;

	for (size_t i = 0; i < log->n; i++) {
		struct call_chunk *chunk = &log->chunks[i];
		const bool wanted = chunk->first < from + n && chunk->first + chunk->n > from;
		enum nm_code code = wanted && !chunk->rows ? read_again(log, store, plan, chunk, err) : NM_OK;

		if (code)
			return code;
		held += chunk->rows ? chunk->n : 0;
	}
	for (size_t i = 0; i < log->n && held > HELD_ROWS; i++) {
		struct call_chunk *chunk = &log->chunks[i];
		const bool wanted = chunk->first < from + n && chunk->first + chunk->n > from;

		if (chunk->rows && !wanted) {
			held -= chunk->n;
			let_go(chunk);
		}
	}
	return NM_OK;
}

const struct nm_call_entry *call_log_row(const struct call_log *log, size_t row)
{
	size_t low = 0, high = log->n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct call_chunk *chunk = &log->chunks[middle];

		if (row < chunk->first)
			high = middle;
		else if (row >= chunk->first + chunk->n)
			low = middle + 1;
		else
			return chunk->rows ? &chunk->rows[row - chunk->first] : NULL;
	}
	return NULL;
}
