/* SPDX-License-Identifier: MIT */
/* A row of a table of calls: see calls_file.h.  In: fields, and what they are.  Out: a call, or why there is none. */
#include <stdio.h>
#include <string.h>

#include "core/calls_file_private.h"

/* "" where the table has no such column, or the row ends before it. */
static const char *field(const struct nm_columns *columns, const struct nm_csv_row *row,
			 enum nm_calls_column column)
{
	const int at = columns->at[column];

	return at >= 0 && (size_t)at < row->n ? row->fields[at] : "";
}

const char *nm_calls_fault_name(enum nm_calls_fault fault)
{
	static const char *const names[NM_FAULTS] = {
		[NM_FAULT_ROW] = "row",           [NM_FAULT_TIME] = "time",
		[NM_FAULT_CALLER] = "caller",     [NM_FAULT_STATUS] = "status",
		[NM_FAULT_DURATION] = "duration", [NM_FAULT_RANG] = "ring time",
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

enum nm_row_kind nm_row_when(const struct nm_calls_file_options *options, const char *text,
			     struct nm_row_call *out)
{
	const bool day_first = options->dates == NM_DATE_DAY_FIRST;
	const enum nm_date_order other = day_first ? NM_DATE_MONTH_FIRST : NM_DATE_DAY_FIRST;
	nm_time *began = &out->record.began, ignored;

	switch (nm_words_when(text, options->zone, options->dates, began)) {
	case NM_ROW_NO_TIME:
		if (nm_words_when(text, options->zone, other, &ignored) != NM_ROW_NO_TIME)
			return wrong(out, NM_FAULT_TIME, text,
				     day_first ? "and has no such month: --dates mdy reads the month first"
					       : "and has no such month: --dates dmy reads the day first");
		return wrong(out, NM_FAULT_TIME, text,
			     "and not one like 2026-11-25 14:05, or 11/25/2026 2:05 PM");
	case NM_ROW_SKIPPED:
		return wrong(out, NM_FAULT_TIME, text, "and clocks skip that one");
	case NM_ROW_TIME:
		break;
	}
	return *began <= options->now + NM_DAY ? NM_ROW_CALL
					       : wrong(out, NM_FAULT_TIME, text, "and yet to come");
}

static enum nm_row_kind read_when(const struct nm_calls_file_options *options,
				  const struct nm_columns *columns, const struct nm_csv_row *row,
				  struct nm_row_call *out)
{
	char text[NM_ROW_TEXT];

	if (columns->at[NM_COLUMN_AT] >= 0)
		return nm_row_when(options, field(columns, row, NM_COLUMN_AT), out);
	snprintf(text, sizeof(text), "%.100s %.100s", field(columns, row, NM_COLUMN_DATE),
		 field(columns, row, NM_COLUMN_TIME));
	return nm_row_when(options, text, out);
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

/* Who is meant: a destination's number where the plan knows it, else as it is written. */
static void put_who(const struct nm_plan *plan, const char *text, char *out, size_t size)
{
	const struct nm_destination *destination = nm_words_destination(plan, text);
	const nm_number number = destination != NULL ? nm_destination_number(plan, destination) : 0;
	struct nm_caller caller;

	if (number != 0)
		snprintf(out, size, "+%llu", (unsigned long long)number);
	else if (destination != NULL)
		nm_words_put(destination->address != NULL ? destination->address : destination->name, out, size);
	else if (nm_words_caller(plan, text, &caller) && caller.number != 0)
		snprintf(out, size, "+%llu", (unsigned long long)caller.number);
	else
		nm_words_put(text, out, size);
}

static bool is_mailbox(const struct nm_plan *plan, const char *by)
{
	const struct nm_destination *destination = nm_words_destination(plan, by);
	enum nm_row_status status;

	if (nm_words_status(by, &status) && status == NM_STATUS_MAILBOX)
		return true;
	return destination != NULL && destination->kind == NM_VOICEMAIL;
}

/* The leg of whoever answered, when the row names one. */
static enum nm_row_kind put_leg(const struct nm_plan *plan, const struct nm_columns *columns,
				const struct nm_csv_row *row, struct nm_row_call *out)
{
	const char *by = field(columns, row, NM_COLUMN_BY), *rang = field(columns, row, NM_COLUMN_RANG);
	struct nm_record *record = &out->record;
	int64_t seconds = -1;

	if (*rang != '\0' && !nm_words_seconds(rang, &seconds))
		return wrong(out, NM_FAULT_RANG, rang, "and not seconds or m:ss");
	record->tells_legs = *by != '\0';
	out->mailbox = out->mailbox || is_mailbox(plan, by);
	if (*by == '\0' || out->mailbox || record->end != NM_LEG_ANSWERED)
		return NM_ROW_CALL;
	put_who(plan, by, out->to[0], sizeof(out->to[0]));
	out->legs[0] = (struct nm_leg){ .id = out->id,
					.to = out->to[0],
					.end = NM_LEG_ANSWERED,
					.began = record->began,
					.ended = record->ended,
					.rang_s = (int)seconds };
	record->n = 1;
	return NM_ROW_CALL;
}

static enum nm_row_kind put_ends(const struct nm_columns *columns, const struct nm_csv_row *row,
				 struct nm_row_call *out)
{
	const char *duration = field(columns, row, NM_COLUMN_DURATION),
		   *said = field(columns, row, NM_COLUMN_STATUS);
	enum nm_row_status status = NM_STATUS_UNKNOWN;
	int64_t seconds = 0;

	if (*duration != '\0' && !nm_words_seconds(duration, &seconds))
		return wrong(out, NM_FAULT_DURATION, duration, "and not seconds or m:ss");
	if (!nm_words_status(said, &status))
		return wrong(
			out, NM_FAULT_STATUS, said,
			"and not one that is known: answered, no answer, busy, failed, canceled, voicemail");
	out->record.ended = *duration != '\0' ? out->record.began + seconds : 0;
	out->record.end = end_of(status);
	out->mailbox = status == NM_STATUS_MAILBOX;
	return NM_ROW_CALL;
}

enum nm_row_kind nm_table_row(const struct nm_plan *plan, const struct nm_calls_file_options *options,
			      const struct nm_columns *columns, const struct nm_csv_row *row,
			      struct nm_row_call *out)
{
	const char *from = field(columns, row, NM_COLUMN_FROM), *to = field(columns, row, NM_COLUMN_TO);
	struct nm_record *record = &out->record;
	enum nm_row_kind kind;

	*record = (struct nm_record){ .id = out->id, .legs = out->legs };
	out->mailbox = false;
	if (row->wrong != NULL) {
		out->fault = NM_FAULT_ROW;
		snprintf(out->words, sizeof(out->words), "%s", row->wrong);
		return NM_ROW_WRONG;
	}
	if (nm_words_outgoing(field(columns, row, NM_COLUMN_DIRECTION)))
		return NM_ROW_OUTGOING;
	kind = read_when(options, columns, row, out);
	if (kind != NM_ROW_CALL)
		return kind;
	if (!nm_words_caller(plan, from, &record->caller))
		return wrong(out, NM_FAULT_CALLER, from, "and not a number, anonymous or unknown");
	out->line = options->line >= 0 ? options->line : nm_row_line(plan, to);
	if (out->line < 0)
		return nm_row_line(plan, from) >= 0 ? NM_ROW_OUTGOING : NM_ROW_ELSEWHERE;
	nm_words_put(field(columns, row, NM_COLUMN_ID), out->id, sizeof(out->id));
	kind = put_ends(columns, row, out);
	return kind == NM_ROW_CALL ? put_leg(plan, columns, row, out) : kind;
}
