/* SPDX-License-Identifier: MIT */
/* A row of a table of calls: see calls_file.h.  In: fields, and what they are.  Out: a call, or why there is none. */
#include <stdio.h>
#include <string.h>

#include "core/calls_file_private.h"
#include "core/carrier/records.h"
#include "core/carrier/telnyx.h"
#include "core/carrier/voipms.h"

struct row {
	const struct nm_plan *plan;
	const struct nm_calls_file_options *options;
	const struct nm_columns *columns;
	const struct nm_csv_row *fields;
	struct nm_row_call *out;
};

#define AHEAD_S 300 /* so far clocks may be apart */

/* "" where the table has no such column, or the row ends before it. */
static const char *field(const struct row *r, enum nm_calls_column column)
{
	const int at = r->columns->at[column];

	return at >= 0 && (size_t)at < r->fields->n ? r->fields->fields[at] : "";
}

const char *nm_calls_fault_name(enum nm_calls_fault fault)
{
	static const char *const names[NM_FAULTS] = {
		[NM_FAULT_ROW] = "row",       [NM_FAULT_TIME] = "time",         [NM_FAULT_CALLER] = "caller",
		[NM_FAULT_STATUS] = "status", [NM_FAULT_DURATION] = "duration", [NM_FAULT_RANG] = "ring time",
		[NM_FAULT_PARENT] = "parent",
	};

	return names[fault];
}

static enum nm_row_kind wrong(struct nm_row_call *out, enum nm_calls_fault fault, const char *text, const char *right)
{
	out->fault = fault;
	snprintf(out->words, sizeof(out->words), "the %s is `%.60s` %s", nm_calls_fault_name(fault), text, right);
	return NM_ROW_WRONG;
}

int nm_row_line(const struct nm_plan *plan, const char *text)
{
	struct nm_caller called;
	const bool number = nm_words_caller(plan, text, &called) && called.number != 0;

	for (size_t i = 0; i < plan->n_lines; i++)
		if ((number && plan->lines[i].number == called.number) ||
		    strcmp(plan->lines[i].name, text) == 0)
			return (int)i;
	return -1;
}

/* The clock that it ends with is none of the zone's then. */
static enum nm_row_kind other_zone(const struct nm_zone *zone, const char *text, nm_time t, struct nm_row_call *out)
{
	char right[200];

	snprintf(right, sizeof(right), "and the clock of %.60s is %.15s then: --timezone says another zone",
		 nm_zone_name(zone), nm_zone_abbreviation(zone, t));
	return wrong(out, NM_FAULT_TIME, text, right);
}

enum nm_row_kind nm_row_when(const struct nm_calls_file_options *options, const char *text, nm_time *at,
			     struct nm_row_call *out)
{
	const bool day_first = options->dates == NM_DATE_DAY_FIRST;
	const enum nm_date_order other = day_first ? NM_DATE_MONTH_FIRST : NM_DATE_DAY_FIRST;
	nm_time ignored;

	switch (nm_words_when(text, options->zone, options->dates, at)) {
	case NM_ROW_NO_TIME:
		if (nm_words_when(text, options->zone, other, &ignored) != NM_ROW_NO_TIME)
			return wrong(out, NM_FAULT_TIME, text,
				     day_first ? "and has no such month: --dates mdy reads the month first"
					       : "and has no such month: --dates dmy reads the day first");
		return wrong(out, NM_FAULT_TIME, text,
			     "and not one like 2026-11-25 14:05, or 11/25/2026 2:05 PM");
	case NM_ROW_SKIPPED:
		return wrong(out, NM_FAULT_TIME, text, "and clocks skip that one");
	case NM_ROW_OTHER_ZONE:
		return other_zone(options->zone, text, *at, out);
	case NM_ROW_TIME:
		break;
	}
	return *at <= options->now + AHEAD_S ? NM_ROW_CALL
					     : wrong(out, NM_FAULT_TIME, text, "and yet to come");
}

/* A time that a row need not have: then *at is 0. */
static enum nm_row_kind read_some_time(const struct row *r, enum nm_calls_column column, nm_time *at)
{
	const char *text = field(r, column);

	*at = 0;
	return *text != '\0' ? nm_row_when(r->options, text, at, r->out) : NM_ROW_CALL;
}

/* Whether a leg's time is when it began to ring or when somebody answered is not verified of Twilio: it began when it was
 * made, if that was earlier. */
static enum nm_row_kind read_when(const struct row *r)
{
	const char *when = field(r, NM_COLUMN_AT);
	nm_time created, *began = &r->out->record.began;
	enum nm_row_kind kind = read_some_time(r, NM_COLUMN_CREATED, &created);
	char text[NM_ROW_TEXT];

	if (kind != NM_ROW_CALL)
		return kind;
	if (r->columns->at[NM_COLUMN_AT] < 0) {
		snprintf(text, sizeof(text), "%.100s %.100s", field(r, NM_COLUMN_DATE),
			 field(r, NM_COLUMN_TIME));
		when = text;
	}
	*began = created;
	if (*when != '\0' || created == 0)
		kind = nm_row_when(r->options, when, began, r->out);
	if (created != 0 && created < *began)
		*began = created;
	return kind;
}

static enum nm_leg_end end_of(enum nm_row_status status)
{
	switch (status) {
	case NM_STATUS_ANSWERED:
	case NM_STATUS_MAILBOX:
		return NM_LEG_ANSWERED;
	case NM_STATUS_MISSED:
		return NM_LEG_NO_ANSWER;
	case NM_STATUS_BUSY:
		return NM_LEG_BUSY;
	case NM_STATUS_FAILED:
		return NM_LEG_FAILED;
	case NM_STATUS_HUNG_UP:
		return NM_LEG_CANCELED;
	case NM_STATUS_UNKNOWN:
		break;
	}
	return NM_LEG_OPEN;
}

static bool is_mailbox(const struct nm_plan *plan, const char *by)
{
	const struct nm_destination *destination = nm_words_destination(plan, by);
	enum nm_row_status status;

	if (nm_words_status(by, &status) && status == NM_STATUS_MAILBOX)
		return true;
	return destination != NULL && destination->kind == NM_VOICEMAIL;
}

/* How the row's leg ended: by its status, or as Telnyx tells it. */
static enum nm_row_kind put_end(const struct row *r, nm_time answered, nm_time ended)
{
	const char *said = field(r, NM_COLUMN_STATUS);
	const bool outgoing = nm_words_outgoing(field(r, NM_COLUMN_DIRECTION));
	/* A file without ends is of calls that are over. */
	const nm_time over = r->columns->at[NM_COLUMN_ENDED] >= 0 ? ended : r->out->record.began;
	const bool tells_answer = r->columns->at[NM_COLUMN_ANSWERED] >= 0;
	enum nm_row_status status = NM_STATUS_UNKNOWN;

	if (!nm_words_status(said, &status))
		return wrong(
			r->out, NM_FAULT_STATUS, said,
			"and not one that is known: answered, no answer, busy, failed, canceled, voicemail");
	r->out->record.end = end_of(status);
	r->out->mailbox = status == NM_STATUS_MAILBOX;
	if (*said == '\0')
		r->out->record.end = nm_telnyx_end(field(r, NM_COLUMN_CAUSE), !outgoing, answered,
						   tells_answer ? over : 0);
	return NM_ROW_CALL;
}

/* How long it rang, of a leg whose end is told: up to its answer, or to its end without what was talked; -1: not told. */
static int rang_of(const struct nm_record *record, bool tells_answer, nm_time answered, int64_t talked)
{
	nm_time until = tells_answer && answered != 0 ? answered : record->ended;

	if (until == 0 || (record->end == NM_LEG_ANSWERED && !tells_answer && talked < 0))
		return -1;
	if (record->end == NM_LEG_ANSWERED && !tells_answer)
		until = until - talked > record->began ? until - talked : record->began;
	return until >= record->began && until - record->began < NM_DAY ? (int)(until - record->began) : -1;
}

/* The end of a whole call, by what lasted how long (-1: not told).  What is shorter than the ringing was counted from its
 * end: the length of a message, or nothing where nobody answered. */
static void put_duration(struct nm_row_call *out, int64_t seconds)
{
	struct nm_record *record = &out->record;

	if (seconds < 0 && (out->rang_s < 0 || record->end == NM_LEG_ANSWERED || record->end == NM_LEG_OPEN))
		return;
	record->ended = record->began + (seconds > 0 ? seconds : 0) +
			(seconds < out->rang_s ? out->rang_s : 0);
}

/* How it ended, when, and how long it rang. */
static enum nm_row_kind put_ends(const struct row *r, int *rang_s)
{
	const char *duration = field(r, NM_COLUMN_DURATION), *rang = field(r, NM_COLUMN_RANG);
	struct nm_record *record = &r->out->record;
	int64_t seconds = -1, ringing = -1;
	nm_time answered, ended, updated;
	enum nm_row_kind kind;

	if (*duration != '\0' && !nm_words_seconds(duration, &seconds))
		return wrong(r->out, NM_FAULT_DURATION, duration, "and not seconds or m:ss");
	if (*rang != '\0' && !nm_words_seconds(rang, &ringing))
		return wrong(r->out, NM_FAULT_RANG, rang, "and not seconds or m:ss");
	kind = read_some_time(r, NM_COLUMN_ANSWERED, &answered);
	if (kind == NM_ROW_CALL)
		kind = read_some_time(r, NM_COLUMN_ENDED, &ended);
	if (kind == NM_ROW_CALL)
		kind = read_some_time(r, NM_COLUMN_UPDATED, &updated);
	if (kind == NM_ROW_CALL)
		kind = put_end(r, answered, ended);
	if (kind != NM_ROW_CALL)
		return kind;
	record->ended = ended != 0 || record->end == NM_LEG_OPEN ? ended : updated;
	if (!nm_records_lasts(record->began, answered))
		return wrong(r->out, NM_FAULT_TIME, field(r, NM_COLUMN_ANSWERED),
			     "at the answer, and no call is answered before it began or after a week");
	if (!nm_records_lasts(record->began, record->ended))
		return wrong(r->out, NM_FAULT_TIME, field(r, NM_COLUMN_ENDED),
			     "at the end, and no call ends before it began or lasts longer than a week");
	*rang_s = *rang != '\0' ? (int)ringing
				: rang_of(record, r->columns->at[NM_COLUMN_ANSWERED] >= 0, answered, seconds);
	/* Of a leg it is not told whether the ringing is in it. */
	if (!r->out->is_leg)
		r->out->rang_s = (int)ringing;
	if (record->ended == 0 && !r->out->is_leg)
		put_duration(r->out, seconds);
	return NM_ROW_CALL;
}

static void put_leg(const struct row *r, const char *to, int rang_s)
{
	const struct nm_record *record = &r->out->record;
	struct nm_row_leg *leg = &r->out->legs[0];

	nm_words_who(r->plan, to, leg->to, sizeof(leg->to));
	nm_words_put(r->out->is_leg ? r->out->id : "", leg->id, sizeof(leg->id));
	leg->row = r->fields->line;
	leg->leg = (struct nm_leg){
		.end = record->end, .began = record->began, .ended = record->ended, .rang_s = rang_s
	};
	r->out->record.n = 1;
}

/* The leg of whoever answered, when the row names one and legs have no rows. */
static void put_taker(const struct row *r, int rang_s)
{
	const char *by = field(r, NM_COLUMN_BY);
	struct nm_record *record = &r->out->record;

	if (r->out->key[0] == '\0')
		record->tells_legs = *by != '\0';
	r->out->mailbox = r->out->mailbox || is_mailbox(r->plan, by);
	if (*by != '\0' && !r->out->mailbox && record->end == NM_LEG_ANSWERED && r->out->key[0] == '\0')
		put_leg(r, by, rang_s);
}

/* What the row's call is known by, and whether the row is a leg of it. */
static void put_key(const struct row *r)
{
	const char *parent = field(r, NM_COLUMN_PARENT), *key = parent;
	const bool out = nm_words_outgoing(field(r, NM_COLUMN_DIRECTION));

	nm_words_put(field(r, NM_COLUMN_ID), r->out->id, sizeof(r->out->id));
	r->out->is_leg = *parent != '\0';
	if (r->columns->at[NM_COLUMN_PARENT] < 0) {
		key = field(r, NM_COLUMN_SESSION);
		r->out->is_leg = *key != '\0' && out;
	} else if (*parent == '\0') {
		key = r->out->id;
	}
	nm_words_put(key, r->out->key, sizeof(r->out->key));
	r->out->record.tells_legs = *key != '\0';
	/* The line's own phone has no row at Telnyx. */
	r->out->record.own_phone = r->columns->at[NM_COLUMN_PARENT] < 0 && *key != '\0';
}

static enum nm_row_kind read_leg(const struct row *r)
{
	enum nm_row_kind kind = read_when(r);
	int rang_s;

	if (kind == NM_ROW_CALL)
		kind = put_ends(r, &rang_s);
	if (kind != NM_ROW_CALL)
		return kind;
	r->out->mailbox = r->out->mailbox || is_mailbox(r->plan, field(r, NM_COLUMN_TO));
	put_leg(r, field(r, NM_COLUMN_TO), rang_s);
	return NM_ROW_CALL;
}

static int line_of(const struct row *r, const char *to)
{
	const nm_number number = r->columns->voipms ? voipms_number(to) : 0;

	return number != 0 ? nm_plan_find_number(r->plan, number) : nm_row_line(r->plan, to);
}

static bool has_number(const struct row *r, const char *text)
{
	struct nm_caller caller;

	return !nm_words_cut_short(text) && nm_words_caller(r->plan, text, &caller) && (caller.number != 0 || caller.anonymous);
}

/* What the row calls its caller: a number of another column goes before a text that is none. */
static const char *caller_of(const struct row *r)
{
	const struct nm_columns *columns = r->columns;
	const char *from = field(r, NM_COLUMN_FROM);

	if (*from == '\0' || columns->voipms || has_number(r, from))
		return from;
	for (size_t i = 0; i < columns->n_callers; i++) {
		const size_t at = (size_t)columns->callers[i];

		if (at < r->fields->n && has_number(r, r->fields->fields[at]))
			return r->fields->fields[at];
	}
	return from;
}

/* Why a caller is not told of a call that is kept. */
static const char *odd_words(const char *from)
{
	if (nm_words_cut_short(from))
		return "of which a spreadsheet left out digits (make the column text there)";
	return nm_words_named(from) ? "which is a name and no number" : "which is no number in full";
}

/* What is a name, or dialled and no number in full, is a caller that is not told. */
static enum nm_row_kind read_caller(const struct row *r, const char *from)
{
	struct nm_caller *caller = &r->out->record.caller;

	if (r->columns->voipms) {
		*caller = voipms_caller(from);
		return NM_ROW_CALL;
	}
	if (!nm_words_cut_short(from) && nm_words_caller(r->plan, from, caller)) {
		r->out->odd_caller = nm_words_named(from);
		return NM_ROW_CALL;
	}
	if (!nm_words_cut_short(from) && !nm_words_dialled(from))
		return wrong(r->out, NM_FAULT_CALLER, from, "and not a number, anonymous or unknown");
	*caller = (struct nm_caller){ 0 };
	r->out->odd_caller = true;
	return NM_ROW_CALL;
}

static enum nm_row_kind read_call(const struct row *r)
{
	const char *from = caller_of(r), *to = field(r, NM_COLUMN_TO);
	struct nm_caller forwarded;
	enum nm_row_kind kind;
	int rang_s;

	if (nm_words_outgoing(field(r, NM_COLUMN_DIRECTION)))
		return NM_ROW_OUTGOING;
	kind = read_when(r);
	if (kind != NM_ROW_CALL)
		return kind;
	kind = read_caller(r, from);
	if (kind != NM_ROW_CALL)
		return kind;
	r->out->line = r->options->line >= 0 ? r->options->line : line_of(r, to);
	if (r->out->line < 0)
		return nm_row_line(r->plan, from) >= 0 ? NM_ROW_OUTGOING : NM_ROW_ELSEWHERE;
	if (nm_words_caller(r->plan, field(r, NM_COLUMN_FORWARDED), &forwarded))
		r->out->record.forwarded_from = forwarded.number;
	kind = put_ends(r, &rang_s);
	if (kind != NM_ROW_CALL)
		return kind;
	put_taker(r, rang_s);
	if (r->out->odd_caller)
		snprintf(r->out->words, sizeof(r->out->words), "the caller is `%.60s`, %s: the call is kept, its caller not told",
			 from, odd_words(from));
	return NM_ROW_CALL;
}

/* Of a line or a destination, by its number or name; 0: it is none of these. */
static nm_number own_number(const struct nm_plan *plan, const char *text)
{
	const int line = nm_row_line(plan, text);
	const struct nm_destination *destination = nm_words_destination(plan, text);
	struct nm_caller caller;

	if (line >= 0)
		return plan->lines[line].number;
	if (nm_words_caller(plan, text, &caller) && nm_plan_owns(plan, caller.number))
		return caller.number;
	return destination != NULL ? nm_destination_number(plan, destination) : 0;
}

void nm_row_put_made(const struct nm_plan *plan, const char *from, const char *to, bool outgoing, nm_time answered,
		     struct nm_row_call *out)
{
	const nm_number ours = own_number(plan, from);
	struct nm_caller whom;

	if (!nm_words_caller(plan, to, &whom) || whom.number == 0)
		return;
	if (ours != 0 || outgoing)
		out->made = (struct nm_made){ .from = ours,
					      .to = whom.number,
					      .began = out->record.began,
					      .answered = answered,
					      .ended = out->record.ended,
					      .end = out->record.end };
}

/* Of a row that is no call to a line, or a leg: legs go out for calls that came, too, but not from the plan's numbers to
 * any other. */
static void read_made(const struct row *r, enum nm_row_kind kind)
{
	const bool whole = kind == NM_ROW_OUTGOING || kind == NM_ROW_ELSEWHERE;
	int rang_s = -1;

	if (whole && (read_when(r) != NM_ROW_CALL || put_ends(r, &rang_s) != NM_ROW_CALL))
		return;
	if (r->out->is_leg && kind == NM_ROW_CALL)
		rang_s = r->out->legs[0].leg.rang_s;
	if (whole || (r->out->is_leg && kind == NM_ROW_CALL))
		nm_row_put_made(r->plan, field(r, NM_COLUMN_FROM), field(r, NM_COLUMN_TO), kind == NM_ROW_OUTGOING,
				rang_s >= 0 ? r->out->record.began + rang_s : 0, r->out);
}

enum nm_row_kind nm_table_row(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			      const struct nm_columns *columns, const struct nm_csv_row *row,
			      struct nm_row_call *out)
{
	const struct row r = { plan, options, columns, row, out };
	enum nm_row_kind kind;

	out->made = (struct nm_made){ 0 };
	out->record = (struct nm_record){ .end = NM_LEG_OPEN };
	out->mailbox = out->is_leg = out->odd_caller = false;
	out->rang_s = -1;
	out->id[0] = out->key[0] = '\0';
	if (row->wrong != NULL) {
		out->fault = NM_FAULT_ROW;
		snprintf(out->words, sizeof(out->words), "%s", row->wrong);
		return NM_ROW_WRONG;
	}
	put_key(&r);
	kind = out->is_leg ? read_leg(&r) : read_call(&r);
	read_made(&r, kind);
	return kind;
}
