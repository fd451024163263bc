/* SPDX-License-Identifier: MIT */
/*
 * What the columns of a table of calls are: by the names that telephone systems give them, or as somebody says.
 */
#include <string.h>

#include "core/calls_file_private.h"
#include "core/utf8.h"

#define NAMES_MAX 16

/* As nm_words_plain leaves them; the first column that has a name is taken. */
static const struct {
	const char *name, *names[NAMES_MAX];
} columns[NM_COLUMN_COUNT] = {
	[NM_COLUMN_AT] = { "at",
			   { "at", "starttime", "start", "callstart", "calldate", "datetime", "timestamp",
			     "started", "startedat", "calltime", "created", "dateandtime",
			     "callstarttime", "createdat" } },
	[NM_COLUMN_DATE] = { "date", { "date", "day" } },
	[NM_COLUMN_TIME] = { "time", { "time", "timeofday" } },
	[NM_COLUMN_FROM] = { "from",
			     { "from", "caller", "callernumber", "callerid", "src", "ani", "cli",
			       "callingnumber", "fromnumber", "callerphone", "calleridnumber", "phonenumber",
			       /* at a telephone system the caller's number, to who tracks calls what was advertised */
			       "source" } },
	[NM_COLUMN_TO] = { "to",
			   { "to", "line", "called", "callednumber", "dst", "destination", "dialednumber",
			     "dialled", "did", "tonumber", "cld", "trackingnumber", "dnis" } },
	[NM_COLUMN_ID] = { "id",
			   { "id", "callsid", "sid", "callid", "uniqueid", "uuid", "linkedid", "calluuid" } },
	[NM_COLUMN_STATUS] = { "status",
			       { "status", "disposition", "result", "callstatus", "outcome", "callresult",
				 "actionresult" } },
	[NM_COLUMN_DURATION] = { "duration",
				 { "duration", "durationseconds", "callduration", "seconds", "length",
				   "totalduration", "callsec", "durationtotal" } },
	[NM_COLUMN_RANG] = { "rang",
			     { "rang", "ringtime", "ringseconds", "ringduration", "timetoanswer", "waittime",
			       "wait", "ringtimeseconds", "ringingtime", "secondstoanswer", "ring", "ringing" } },
	[NM_COLUMN_BY] = { "by",
			   { "by", "answeredby", "pickedupby", "takenby", "handledby", "agent", "agentname",
			     "extensionname", "forwardedto", "receiver", "extension", "destinationnumber" } },
	[NM_COLUMN_DIRECTION] = { "direction", { "direction", "calldirection", "calltype", "type" } },
	[NM_COLUMN_FORWARDED] = { "forwarded", { "forwardedfrom" } },
	[NM_COLUMN_PARENT] = { "parent",
			       { "parent", "parentcallsid", "parentsid", "parentcall", "parentcallid" } },
	[NM_COLUMN_SESSION] = { "session", { "telnyxsessionid", "callsessionid" } },
	[NM_COLUMN_CREATED] = { "created", { "datecreated" } },
	[NM_COLUMN_ANSWERED] = { "answered", { "answeredat", "answertime", "answeredtime" } },
	[NM_COLUMN_ENDED] = { "ended", { "endtime", "endedat", "finishedat", "callendtime",
				       "completedat" } },
	[NM_COLUMN_UPDATED] = { "updated", { "dateupdated" } },
	[NM_COLUMN_CAUSE] = { "cause", { "hangupcause" } },
};

const char *nm_calls_column_name(enum nm_calls_column column)
{
	return columns[column].name;
}

/* A time's name may end with the clock that it is on, "Date/Time (UTC)": which goes. */
static bool cut_utc(char *plain)
{
	const size_t n = strlen(plain);

	if (n <= 3 || (strcmp(plain + n - 3, "utc") != 0 && strcmp(plain + n - 3, "gmt") != 0))
		return false;
	plain[n - 3] = '\0';
	return true;
}

static bool is_time(int column)
{
	return column == NM_COLUMN_AT || column == NM_COLUMN_DATE || column == NM_COLUMN_TIME ||
	       (column >= NM_COLUMN_CREATED && column <= NM_COLUMN_UPDATED);
}

static void find_by_names(const struct nm_csv_row *first, struct nm_columns *out)
{
	char plain[NM_ROW_TEXT];

	for (int column = 0; column < NM_COLUMN_COUNT; column++)
		for (size_t i = 0; i < NAMES_MAX && columns[column].names[i] != NULL; i++)
			for (size_t field = 0; field < first->n && out->at[column] < 0; field++) {
				nm_words_plain(first->fields[field], plain, sizeof(plain));
				if (is_time(column))
					cut_utc(plain);
				if (strcmp(plain, columns[column].names[i]) == 0)
					out->at[column] = (int)field;
			}
}

static bool is_used(const struct nm_columns *found, size_t field)
{
	for (int column = 0; column < NM_COLUMN_COUNT; column++)
		if (found->at[column] == (int)field)
			return true;
	for (size_t i = 0; i < found->n_callers; i++)
		if (found->callers[i] == (int)field)
			return true;
	return false;
}

/* A name like "caller" may be that of people's names, and "source" of what was advertised. */
static void find_more_callers(const struct nm_csv_row *first, struct nm_columns *out)
{
	const char *const *names = columns[NM_COLUMN_FROM].names;
	char plain[NM_ROW_TEXT];

	for (size_t i = 0; i < NAMES_MAX && names[i] != NULL; i++)
		for (size_t field = 0; field < first->n && out->n_callers < NM_COLUMNS_CALLER; field++) {
			nm_words_plain(first->fields[field], plain, sizeof(plain));
			if (strcmp(plain, names[i]) == 0 && !is_used(out, field))
				out->callers[out->n_callers++] = (int)field;
		}
}

/* Is when a call came on UTC, by the name of what tells it? */
static bool tells_utc(const struct nm_csv_row *first, const struct nm_columns *found)
{
	static const enum nm_calls_column whens[] = { NM_COLUMN_AT, NM_COLUMN_DATE, NM_COLUMN_TIME };
	char plain[NM_ROW_TEXT];

	for (size_t i = 0; i < sizeof(whens) / sizeof(whens[0]); i++) {
		if (found->at[whens[i]] < 0)
			continue;
		nm_words_plain(first->fields[found->at[whens[i]]], plain, sizeof(plain));
		if (cut_utc(plain))
			return true;
	}
	return false;
}

bool nm_columns_tell_legs(const struct nm_columns *found)
{
	return found->at[NM_COLUMN_PARENT] >= 0 || found->at[NM_COLUMN_SESSION] >= 0;
}

/* What a name means depends on the others: "answered by" beside legs is what Twilio heard (a person, a machine), and
 * beside a date of its own an end is a time of day.  mapped: as somebody says, which holds. */
static void drop_misnamed(const struct nm_columns *mapped, struct nm_columns *out)
{
	static const enum nm_calls_column times[] = { NM_COLUMN_CREATED, NM_COLUMN_ANSWERED, NM_COLUMN_ENDED,
						      NM_COLUMN_UPDATED };

	if (nm_columns_tell_legs(out))
		out->at[NM_COLUMN_BY] = mapped->at[NM_COLUMN_BY];
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]) && out->at[NM_COLUMN_TIME] >= 0; i++)
		out->at[times[i]] = mapped->at[times[i]];
}

static int field_named(const struct nm_csv_row *first, const char *name)
{
	char wanted[NM_ROW_TEXT], plain[NM_ROW_TEXT];

	nm_words_plain(name, wanted, sizeof(wanted));
	for (size_t i = 0; i < first->n; i++) {
		nm_words_plain(first->fields[i], plain, sizeof(plain));
		if (strcmp(plain, wanted) == 0)
			return (int)i;
	}
	return -1;
}

static void add_columns(struct nm_buf *out)
{
	for (int i = 0; i < NM_COLUMN_COUNT; i++)
		nm_buf_addf(out, "%s%s", i ? ", " : "", columns[i].name);
}

static void add_fields(struct nm_buf *out, const struct nm_csv_row *first)
{
	char name[44];

	for (size_t i = 0; i < first->n && i < 20; i++) {
		nm_utf8_clean(first->fields[i], name, sizeof(name));
		nm_buf_addf(out, "%s%s", i ? ", " : "", name);
	}
}

/* "from=Caller ID" */
static enum nm_code map_one(const struct nm_csv_row *first, const char *pair, struct nm_columns *out,
			    struct nm_error *err)
{
	const char *equals = strchr(pair, '=');
	struct nm_buf words;
	int column = 0;

	nm_buf_init(&words, NM_ERROR_TEXT);
	while (equals != NULL && column < NM_COLUMN_COUNT &&
	       (strlen(columns[column].name) != (size_t)(equals - pair) ||
		strncmp(columns[column].name, pair, (size_t)(equals - pair)) != 0))
		column++;
	if (equals == NULL || column == NM_COLUMN_COUNT) {
		add_columns(&words);
		nm_fail(err, NM_INPUT, "columns are mapped as NAME=COLUMN, and `%s` is not: the names are %s",
			pair, words.data);
	} else {
		out->at[column] = field_named(first, equals + 1);
		add_fields(&words, first);
		if (out->at[column] < 0)
			nm_fail(err, NM_INPUT, "there is no column `%s`; there are %s", equals + 1,
				words.data);
	}
	nm_buf_clear(&words);
	return equals != NULL && column < NM_COLUMN_COUNT && out->at[column] >= 0 ? NM_OK : NM_INPUT;
}

static enum nm_code map_all(const struct nm_csv_row *first, const char *mapping, struct nm_columns *out,
			    struct nm_error *err)
{
	char pair[2 * NM_ROW_TEXT];
	enum nm_code code = NM_OK;

	while (*mapping != '\0' && code == NM_OK) {
		const size_t n = strcspn(mapping, ",");

		if (n >= sizeof(pair))
			return nm_fail(err, NM_INPUT, "the name of a column is too long");
		memcpy(pair, mapping, n);
		pair[n] = '\0';
		code = map_one(first, pair, out, err);
		mapping += n + (mapping[n] == ',');
	}
	return code;
}

static const char *driver_of(const struct nm_csv_row *first, const struct nm_columns *found)
{
	static const struct {
		enum nm_calls_column column;
		const char *name, *driver;
	} owns[] = {
		{ NM_COLUMN_PARENT, "parent_call_sid", "twilio" },
		{ NM_COLUMN_SESSION, "telnyx_session_id", "telnyx" },
	};

	for (size_t i = 0; i < sizeof(owns) / sizeof(owns[0]); i++)
		if (found->at[owns[i].column] >= 0 &&
		    found->at[owns[i].column] == field_named(first, owns[i].name))
			return owns[i].driver;
	return "table";
}

/* VoIP.ms's, an answer of its or a table, unless somebody says that these are something else. */
static bool is_voipms(const struct nm_csv_row *first, const struct nm_columns *found)
{
	static const struct {
		enum nm_calls_column column;
		const char *name;
	} owns[] = { { NM_COLUMN_ID, "uniqueid" }, { NM_COLUMN_FROM, "callerid" }, { NM_COLUMN_STATUS, "disposition" } };

	for (size_t i = 0; i < sizeof(owns) / sizeof(owns[0]); i++)
		if (found->at[owns[i].column] < 0 ||
		    found->at[owns[i].column] != field_named(first, owns[i].name))
			return false;
	return !nm_columns_tell_legs(found);
}

/* Whatever else it has, its driver reads the length in seconds. */
static void take_voipms(const struct nm_csv_row *first, const struct nm_columns *mapped, struct nm_columns *out)
{
	const int seconds = field_named(first, "seconds");

	out->voipms = is_voipms(first, out);
	if (!out->voipms)
		return;
	out->driver = "voipms";
	if (seconds >= 0 && mapped->at[NM_COLUMN_DURATION] < 0)
		out->at[NM_COLUMN_DURATION] = seconds;
}

enum nm_code nm_columns_find(const struct nm_csv_row *first, const char *mapping, bool to_needed,
			     struct nm_columns *out, struct nm_error *err)
{
	const char *missing = NULL;
	struct nm_columns mapped = { .n_callers = 0 };
	struct nm_buf words;
	enum nm_code code = NM_OK;

	for (int column = 0; column < NM_COLUMN_COUNT; column++)
		mapped.at[column] = -1;
	if (mapping != NULL)
		code = map_all(first, mapping, &mapped, err);
	if (code != NM_OK)
		return code;
	*out = mapped;
	find_by_names(first, out);
	drop_misnamed(&mapped, out);
	if (mapped.at[NM_COLUMN_FROM] < 0)
		find_more_callers(first, out);
	out->driver = driver_of(first, out);
	out->utc = strcmp(out->driver, "telnyx") == 0 || tells_utc(first, out);
	take_voipms(first, &mapped, out);
	/* A column "date" that has the time too is told by there being none for the time. */
	if (out->at[NM_COLUMN_AT] < 0 && out->at[NM_COLUMN_TIME] < 0) {
		out->at[NM_COLUMN_AT] = out->at[NM_COLUMN_DATE];
		out->at[NM_COLUMN_DATE] = -1;
	}
	if (out->at[NM_COLUMN_AT] < 0 && out->at[NM_COLUMN_DATE] < 0)
		missing = "when a call came (at, or date and time)";
	else if (out->at[NM_COLUMN_FROM] < 0)
		missing = "who called (from)";
	else if (to_needed && out->at[NM_COLUMN_TO] < 0)
		missing = "which line was called (to; or say it with --line)";
	if (missing == NULL)
		return NM_OK;
	nm_buf_init(&words, NM_ERROR_TEXT);
	add_fields(&words, first);
	code = nm_fail(err, NM_INPUT,
		       "no column tells %s; there are %s: --columns maps them, as in --columns \"at=%.*s\"",
		       missing, words.data, (int)strcspn(words.data, ","), words.data);
	nm_buf_clear(&words);
	return code;
}

/* Those for the time are never left: what is found of it is enough. */
static unsigned names_left(const struct nm_columns *found, bool to_needed)
{
	unsigned left = 0;
	/* Those of legs' own rows only where there are such rows. */
	const int end = nm_columns_tell_legs(found) ? NM_COLUMN_COUNT : NM_COLUMN_DIRECTION + 1;

	for (int column = NM_COLUMN_FROM; column < end; column++)
		if (found->at[column] < 0 && (to_needed || column != NM_COLUMN_TO))
			left |= 1u << column;
	return left;
}

bool nm_columns_unused(const struct nm_csv_row *first, const struct nm_columns *found, bool to_needed,
		       struct nm_calls_file *out)
{
	char name[44];

	if (found->voipms) /* nothing that it has beside tells of a call what is missed */
		return true;
	out->names_left = names_left(found, to_needed);
	for (size_t i = 0; i < first->n && out->n_unused < NM_CALLS_FILE_UNUSED; i++) {
		nm_utf8_clean(first->fields[i], name, sizeof(name));
		if (is_used(found, i) || name[strspn(name, " ")] == '\0')
			continue;
		out->unused[out->n_unused] = nm_arena_text(out->arena, name);
		if (out->unused[out->n_unused] == NULL)
			return false;
		out->n_unused++;
	}
	return true;
}
