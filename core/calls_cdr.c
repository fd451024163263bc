/* SPDX-License-Identifier: MIT */
/*
 * Rows of Asterisk's Master.csv, which names no columns, and of the same table with names, as databases export it
 * (https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/).  A call has a row for each phone that was
 * dialled for it, all with the same id; the times are those of the server's clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/calls_file_private.h"

enum {
	SRC = 1,
	DST = 2,
	CLID = 4,
	DST_CHANNEL = 6,
	LAST_APP = 7,
	LAST_DATA = 8,
	START = 9,
	ANSWER = 10,
	END = 11,
	DURATION = 12,
	BILLED = 13,
	DISPOSITION = 14,
	LEAST = 16,
	UNIQUE_ID = 16,
	MOST = 20
};

#define LONGEST_S (7 * NM_DAY) /* no call lasts longer */
#define TOOK_S 2 /* so soon a server takes a call, and nobody who is rung does */

/* As nm_words_plain leaves them; a database has the first time alone, as the date of the call. */
static const char *const names[NM_CDR_COLUMNS] = {
	"accountcode", "src",     "dst",         "dcontext", "clid",     "channel",
	"dstchannel",  "lastapp", "lastdata",    "start",    "answer",   "end",
	"duration",    "billsec", "disposition", "amaflags", "uniqueid", "userfield",
};

static int find_name(const struct nm_csv_row *first, const char *name)
{
	char plain[NM_ROW_TEXT];

	for (size_t i = 0; i < first->n; i++) {
		nm_words_plain(first->fields[i], plain, sizeof(plain));
		if (strcmp(plain, name) == 0)
			return (int)i;
	}
	return -1;
}

bool nm_cdr_header(const struct nm_csv_row *first, struct nm_cdr_layout *out)
{
	static const int needed[] = { SRC, DST, DST_CHANNEL, LAST_APP, START, DISPOSITION };

	for (int column = 0; column < NM_CDR_COLUMNS; column++)
		out->at[column] = find_name(first, names[column]);
	if (out->at[START] < 0)
		out->at[START] = find_name(first, "calldate");
	out->did = find_name(first, "did");
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (out->at[needed[i]] < 0)
			return false;
	return out->at[END] >= 0 || out->at[DURATION] >= 0;
}

static const char *field(const struct nm_csv_row *row, int at)
{
	return at >= 0 && (size_t)at < row->n ? row->fields[at] : "";
}

void nm_cdr_arrange(const struct nm_cdr_layout *layout, const struct nm_csv_row *row, struct nm_csv_row *out)
{
	out->line = row->line;
	out->last = row->last;
	out->wrong = row->wrong;
	out->n = row->wrong != NULL ? 0 : NM_CDR_COLUMNS;
	for (size_t i = 0; i < out->n; i++)
		out->fields[i] = field(row, layout->at[i]);
	if (out->n > 0 && field(row, layout->did)[0] != '\0')
		out->fields[DST] = field(row, layout->did);
}

/* Not before the call began, if that may be. */
static bool when(const struct nm_csv_row *row, int column, const struct nm_zone *zone, nm_time began, nm_time *out)
{
	if (nm_words_when(row->fields[column], zone, NM_DATE_MONTH_FIRST, out) != NM_ROW_TIME)
		return false;
	if (*out < began)
		*out = nm_words_second_time(zone, *out);
	return true;
}

/* When the row began, which is t or comes once more: a unique id begins with the seconds at which the call came. */
static nm_time nearest_to_id(const struct nm_csv_row *row, const struct nm_zone *zone, nm_time t)
{
	const nm_time second = nm_words_second_time(zone, t);
	const char *id = row->n > UNIQUE_ID ? row->fields[UNIQUE_ID] : "";
	const size_t digits = strspn(id, "0123456789");
	nm_time came;

	if (digits < 9 || digits > 11 || id[digits] != '.')
		return t;
	came = strtoll(id, NULL, 10);
	return llabs(second - came) < llabs(t - came) ? second : t;
}

/* When it ended, and was answered (0: it was not), where the row has times of these, and else by its seconds. */
static bool later_times(const struct nm_csv_row *row, const struct nm_zone *zone, nm_time began,
			nm_time *answered, nm_time *ended)
{
	int64_t seconds;

	if (row->fields[END][0] == '\0' && nm_words_seconds(row->fields[DURATION], &seconds))
		*ended = began + seconds;
	else if (!when(row, END, zone, began, ended))
		return false;
	*answered = 0;
	if (row->fields[ANSWER][0] != '\0')
		return when(row, ANSWER, zone, began, answered);
	if (strcmp(row->fields[DISPOSITION], "ANSWERED") == 0 &&
	    nm_words_seconds(row->fields[BILLED], &seconds))
		*answered = *ended - seconds;
	return true;
}

/* began <= answered <= ended, and no longer than a call lasts; *answered 0: it was not. */
static bool times_of(const struct nm_csv_row *row, const struct nm_zone *zone, nm_time *began,
		     nm_time *answered, nm_time *ended)
{
	if (!when(row, START, zone, NM_TIME_MIN, began))
		return false;
	*began = nearest_to_id(row, zone, *began);
	if (!later_times(row, zone, *began, answered, ended))
		return false;
	if (*answered != 0 && (*answered < *began || *answered > *ended))
		return false;
	return *ended >= *began && *ended - *began <= LONGEST_S;
}

static enum nm_leg_end end_of(const struct nm_csv_row *row)
{
	enum nm_row_status status;

	if (!nm_words_status(row->fields[DISPOSITION], &status))
		return NM_LEG_OPEN;
	switch (status) {
	case NM_STATUS_ANSWERED:
		return NM_LEG_ANSWERED;
	case NM_STATUS_MISSED:
		return NM_LEG_NO_ANSWER;
	case NM_STATUS_BUSY:
		return NM_LEG_BUSY;
	default:
		return NM_LEG_FAILED;
	}
}

bool nm_cdr_is(const struct nm_csv_row *row)
{
	static const char *const dispositions[] = { "ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION" };

	if (row->n < LEAST || row->n > MOST || strlen(row->fields[START]) != strlen("2026-11-25 14:05:00"))
		return false;
	for (size_t i = 0; i < sizeof(dispositions) / sizeof(dispositions[0]); i++)
		if (strcmp(row->fields[DISPOSITION], dispositions[i]) == 0)
			return true;
	return false;
}

/* Servers that keep no unique id write calls whose rows hang together by these three. */
static void id_of(const struct nm_csv_row *row, char out[static NM_ROW_TEXT])
{
	if (row->n > UNIQUE_ID && row->fields[UNIQUE_ID][0] != '\0')
		nm_words_put(row->fields[UNIQUE_ID], out, NM_ROW_TEXT);
	else
		snprintf(out, NM_ROW_TEXT, "%s/%s/%s", row->fields[START], row->fields[SRC],
			 row->fields[DST]);
}

void nm_cdr_key(const struct nm_csv_row *row, char out[static NM_ROW_TEXT])
{
	out[0] = '\0';
	if (nm_cdr_is(row))
		id_of(row, out);
}

static bool is_last(const struct nm_csv_row *row, const char *application)
{
	return strcmp(row->fields[LAST_APP], application) == 0;
}

/* "PJSIP/+15125550111@trunk,20" and "PJSIP/trunk/+15125550111" name the number dialled, "PJSIP/owner-0000002a" the
 * phone that rang. */
static void who_rang(const struct nm_plan *plan, const struct nm_csv_row *row, char *out, size_t size)
{
	const size_t dialled = strcspn(row->fields[LAST_DATA], ",&");
	const bool one = is_last(row, "Dial") && row->fields[LAST_DATA][dialled] != '&';
	const char *text = one && dialled > 0 ? row->fields[LAST_DATA] : row->fields[DST_CHANNEL];
	char target[NM_ROW_TEXT];
	char *slash, *dash;

	snprintf(target, sizeof(target), "%.*s", (int)strcspn(text, ",@"), text);
	slash = strrchr(target, '/');
	dash = one ? NULL : strrchr(target, '-');
	if (dash != NULL)
		*dash = '\0';
	nm_words_who(plan, slash != NULL ? slash + 1 : target, out, size);
}

/* It had the call since it answered, and no sooner than the last phone was let go. */
static void put_mailbox(nm_time since, struct nm_row_call *out)
{
	for (size_t i = 0; i < out->record.n; i++)
		since = out->legs[i].leg.ended > since ? out->legs[i].leg.ended : since;
	out->mailbox = true;
	if (since >= out->record.began && since - out->record.began <= LONGEST_S)
		out->rang_s = (int)(since - out->record.began);
}

/* The answer is the caller's: where the server took the call before, as one does for a queue, it is the beginning of each
 * row, and of one that nobody took, too.  -1: when the phone was picked up is not told. */
static int rang_of(const struct nm_csv_row *row, bool held, nm_time began, nm_time answered, nm_time ended)
{
	if (end_of(row) != NM_LEG_ANSWERED || answered == 0)
		return (int)(ended - began);
	if ((is_last(row, "Queue") && answered - began <= TOOK_S) || (held && answered == began))
		return -1;
	return (int)(answered - began);
}

/* Nobody is rung in a row of Queue without a phone, and what follows a queue would be the last application: whoever
 * waited there hung up. */
static enum nm_leg_end end_of_call(const struct nm_csv_row *row)
{
	return is_last(row, "Queue") && row->fields[DST_CHANNEL][0] == '\0' ? NM_LEG_CANCELED : end_of(row);
}

enum nm_row_kind nm_cdr_add(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			    const struct nm_csv_row *row, struct nm_row_call *out)
{
	struct nm_record *record = &out->record;
	struct nm_row_leg *leg;
	nm_time began, ended, answered;

	if (!times_of(row, options->zone, &began, &answered, &ended)) {
		out->fault = NM_FAULT_TIME;
		snprintf(out->words, sizeof(out->words),
			 "its times are none of a call: `%.40s`, `%.40s`, `%.40s`", row->fields[START],
			 row->fields[ANSWER], row->fields[END]);
		return NM_ROW_WRONG;
	}
	record->ended = ended > record->ended ? ended : record->ended;
	record->end = record->end == NM_LEG_ANSWERED ? NM_LEG_ANSWERED : end_of_call(row);
	out->held = out->held || (answered != 0 && end_of(row) != NM_LEG_ANSWERED);
	if (is_last(row, "VoiceMail") && end_of(row) == NM_LEG_ANSWERED)
		put_mailbox(answered != 0 ? answered : began, out);
	if (row->fields[DST_CHANNEL][0] == '\0')
		return NM_ROW_CALL;
	if (record->n == NM_LEGS_MAX) {
		record->cut = true;
		return NM_ROW_CALL;
	}
	leg = &out->legs[record->n++];
	leg->id[0] = '\0';
	who_rang(plan, row, leg->to, sizeof(leg->to));
	leg->leg = (struct nm_leg){ .end = end_of(row),
				    .began = began,
				    .ended = ended,
				    .rang_s = rang_of(row, out->held, began, answered, ended) };
	return NM_ROW_CALL;
}

/* Which rows are of calls that were made is told by the caller's number alone. */
static void read_made(const struct nm_plan *plan, const struct nm_calls_file_options *options,
		      const struct nm_csv_row *row, struct nm_row_call *out)
{
	struct nm_record *record = &out->record;
	nm_time began, answered, ended;

	if (!times_of(row, options->zone, &began, &answered, &ended))
		return;
	record->began = began;
	record->ended = ended;
	record->end = end_of(row);
	nm_row_put_made(plan, row->fields[SRC], row->fields[DST], false, answered, out);
}

enum nm_row_kind nm_cdr_begin(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			      const struct nm_csv_row *row, struct nm_row_call *out)
{
	struct nm_record *record = &out->record;

	*record = (struct nm_record){ .tells_legs = true, .end = NM_LEG_OPEN };
	out->mailbox = out->is_leg = out->held = false;
	out->made = (struct nm_made){ 0 };
	out->rang_s = -1;
	if (row->wrong != NULL || !nm_cdr_is(row)) {
		out->fault = NM_FAULT_ROW;
		snprintf(out->words, sizeof(out->words), "%s",
			 row->wrong != NULL ? row->wrong : "it is no row of Master.csv");
		return NM_ROW_WRONG;
	}
	id_of(row, out->id);
	memcpy(out->key, out->id, sizeof(out->key));
	if (nm_row_when(options, row->fields[START], &record->began, out) != NM_ROW_CALL)
		return NM_ROW_WRONG;
	record->began = nearest_to_id(row, options->zone, record->began);
	if (!nm_words_caller(plan, row->fields[SRC], &record->caller))
		record->caller = (struct nm_caller){ 0 }; /* an extension, or a name */
	out->line = options->line >= 0 ? options->line : nm_row_line(plan, row->fields[DST]);
	if (out->line < 0) {
		read_made(plan, options, row, out);
		return nm_row_line(plan, row->fields[SRC]) >= 0 ? NM_ROW_OUTGOING : NM_ROW_ELSEWHERE;
	}
	return nm_cdr_add(plan, options, row, out);
}
