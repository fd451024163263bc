/* SPDX-License-Identifier: MIT */
/*
 * What the store knows of surveys: they stand among the deeds of follow-ups (store_followups.c); and what their answers
 * say of matters (sums.h).
 */
#include <stdlib.h>

#include "core/store_private.h"
#include "core/sums.h"
#include "nevermiss/survey.h"

enum nm_code nm_store_surveys_ended(struct nm_store *store, nm_time from, nm_time until, int64_t **ids, size_t *n,
				    struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SURVEYS_ENDED, err);
	int64_t *items = NULL;
	size_t capacity = 0, found = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, from);
	sqlite3_bind_int64(statement, 2, until);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)&items, &capacity, found + 1, sizeof(*items));
		if (ok)
			items[found++] = sqlite3_column_int64(statement, 0);
	}
	sqlite3_reset(statement);
	if (ok && result == SQLITE_DONE) {
		*ids = items;
		*n = found;
		return NM_OK;
	}
	free(items);
	return ok ? nm_store_fail(store, "reading its follow-ups", err) : nm_fail_memory(err);
}

enum nm_code nm_store_survey_newest(struct nm_store *store, nm_number number, nm_time *out, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SURVEY_NEWEST, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	*out = NM_TIME_MIN;
	return nm_store_int(store, statement, "reading its follow-ups", out, err);
}

enum nm_code nm_store_survey_open(struct nm_store *store, nm_number number, nm_time from, nm_time until, int64_t *out,
				  struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SURVEY_OPEN, err);

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
	sqlite3_bind_int64(statement, 2, from);
	sqlite3_bind_int64(statement, 3, until);
	*out = 0;
	return nm_store_int(store, statement, "reading its follow-ups", out, err);
}

enum nm_code nm_store_survey_deed(struct nm_store *store, int64_t followup, const struct nm_deed *deed,
				  struct nm_error *err)
{
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = nm_store_deed_add(store, followup, deed, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}

/* --- what answers say of matters --- */

/* An answer, and the call that opened its follow-up. */
struct answer {
	int64_t call;
	sqlite3_int64 caller;
	bool yes;
};

/* Malloc'd; those of one matter follow each other, the newest follow-up first. */
static enum nm_code read_answers(struct nm_store *store, const struct nm_sums_reader *reader, struct answer **out,
				 size_t *n, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_SURVEY_ANSWERS, err);
	size_t capacity = 0;
	bool ok = true;
	int result = SQLITE_DONE;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, reader->span.from);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)reader->number);
	while (ok && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		ok = nm_grow((void **)out, &capacity, *n + 1, sizeof(**out));
		if (ok)
			(*out)[(*n)++] = (struct answer){ sqlite3_column_int64(statement, 0),
							  sqlite3_column_int64(statement, 1),
							  sqlite3_column_int(statement, 2) != 0 };
	}
	sqlite3_reset(statement);
	if (!ok)
		return nm_fail_memory(err);
	return result == SQLITE_DONE ? NM_OK : nm_store_fail(store, "reading its follow-ups", err);
}

/* Tells of the matter of an answer, unless its first call is that of *last: then a newer answer has spoken. */
static enum nm_code take_answer(struct nm_store *store, const struct nm_sums_reader *reader,
				const struct answer *answer, int64_t *last, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_MATTER_FIRST, err);
	struct nm_matter_sum sum = { 0 };
	bool told = false, ok = true;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	sqlite3_bind_int64(statement, 1, answer->call);
	sqlite3_bind_int64(statement, 2, answer->caller);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)reader->number);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		const struct nm_call_brief first = nm_store_brief(statement);
		const enum nm_fate fate = nm_fate_of(&first);
		const bool alone = sqlite3_column_int(statement, 11) == 0;
		const bool proved = alone && fate == NM_FATE_ANSWERED;
		const bool perhaps = alone && nm_fate_possible(fate);

		told = *last != sqlite3_column_int64(statement, 10) && first.began >= reader->span.from &&
		       first.began < reader->span.until;
		*last = sqlite3_column_int64(statement, 10);
		sum = (struct nm_matter_sum){ first.began, 0, answer->yes - proved, answer->yes - perhaps };
	}
	sqlite3_reset(statement);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return nm_store_fail(store, "reading its calls", err);
	if (told)
		ok = reader->taker.matter(reader->taker.context, &sum);
	return ok ? NM_OK : nm_fail_memory(err);
}

enum nm_code nm_store_matters_answered(struct nm_store *store, const struct nm_sums_reader *reader,
				       struct nm_error *err)
{
	struct answer *answers = NULL;
	int64_t last = 0;
	size_t n = 0;
	enum nm_code code = read_answers(store, reader, &answers, &n, err);

	for (size_t i = 0; i < n && code == NM_OK; i++)
		code = take_answer(store, reader, &answers[i], &last, err);
	free(answers);
	return code;
}
