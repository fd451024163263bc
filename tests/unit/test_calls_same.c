/* SPDX-License-Identifier: MIT */
/*
 * The same records through a driver and through files: whatever a carrier lists, its export says the same of each call.  The
 * driver is the oracle: what it put into the log, no file mends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "books.h"
#include "nevermiss/calls_file.h"
#include "random_plan.h"
#include "text_file.h"

/* clang-format off */
#define SID "AC00000000000000000000000000000000"
#define PLAN(driver) \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account tel { driver = " driver " }\n" \
	"line main { number = \"+15125550100\" account = tel }\nline over { number = \"+15125550101\" account = tel }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s confirm = no }\n" \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = 20s confirm = yes }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"path day { step { ring = owner for = 15s } step { ring = sam } step { ring = fixly } }\nrule all { path = day }\n"
/* clang-format on */

#define DAY INT64_C(1767571200) /* 5 January 2026, midnight in UTC */
#define NOW (DAY + 3 * NM_DAY)
#define CALLS 8 /* with their legs on one page of Telnyx's */
#define LEGS 4
#define ENTRIES (CALLS * (LEGS + 2))

/* A leg of a caller's, or one that rang; times 0: not told. */
struct entry {
	int call; /* those of one belong together */
	bool inbound;
	bool alone; /* and it does not say so */
	char id[40];
	const char *from, *to, *how;
	nm_time created, began, answered, ended, updated;
	int talked;
};

static struct books books;
static struct entry entries[ENTRIES];
static size_t n_entries;
static uint64_t seed = 5;

static unsigned draw(unsigned n)
{
	return random_below(&seed, n);
}

/* --- entries --- */

static nm_time end_entry(struct entry *entry, nm_time at, bool answered)
{
	entry->answered = answered ? at : 0;
	entry->talked = answered ? (int)draw(60) : 0;
	entry->ended = entry->updated = at + entry->talked;
	return entry->ended;
}

static void add_entry(int call, bool inbound, const char *to, nm_time began)
{
	static const char *const callers[] = { "+15125550199", "+15125550142", "anonymous", "+266696687" };
	struct entry *entry = &entries[n_entries];

	*entry = (struct entry){ .call = call,
				 .inbound = inbound,
				 .from = callers[inbound ? draw(4) : 0],
				 .to = to,
				 .created = began,
				 .began = began };
	snprintf(entry->id, sizeof(entry->id), "CA%032zx", ++n_entries);
}

static void draw_entries(const char *const hows[5])
{
	static const char *const targets[] = { "+15125550111", "+15125550114", "+15125550177",
					       "+15125550155" };

	n_entries = 0;
	for (int call = 0; call < CALLS; call++) {
		struct entry *parent = &entries[n_entries];
		nm_time at = DAY + call * 7200 + draw(3600);
		unsigned how = draw(5);

		add_entry(call, true, draw(2) ? "+15125550100" : "+15125550101", at);
		for (unsigned i = call == 0 ? LEGS : draw(LEGS + 1); i > 0; i--) {
			struct entry *leg = &entries[n_entries];
			const unsigned end = draw(5);

			add_entry(call, false, targets[draw(4)], at + 1 + draw(4));
			leg->how = hows[end];
			at = end_entry(leg, leg->began + draw(40), end == 0);
		}
		parent->how = hows[how];
		end_entry(parent, at + draw(30), how == 0);
	}
}

/* --- as carriers write them --- */

static void add_mail_time(struct nm_buf *out, const char *name, nm_time t)
{
	const struct nm_date date = nm_date_from_days(nm_local_day(t));
	const int second = (int)(t % NM_DAY);

	nm_buf_addf(out, ",\"%s\":", name);
	if (t == 0)
		nm_buf_add(out, "null");
	else
		nm_buf_addf(out, "\"Mon, %02d Jan %d %02d:%02d:%02d +0000\"", date.day, date.year,
			    second / 3600, second / 60 % 60, second % 60);
}

static const struct entry *parent_of(const struct entry *entry)
{
	for (size_t i = 0; i < n_entries; i++)
		if (entries[i].inbound && entries[i].call == entry->call)
			return &entries[i];
	return NULL;
}

static void add_twilio(struct nm_buf *out, const struct entry *entry)
{
	const char *mark = entry->inbound ? "" : "\"";

	nm_buf_addf(
		out,
		"{\"sid\":\"%s\",\"parent_call_sid\":%s%s%s,\"from\":\"%s\",\"to\":\"%s\",\"direction\":\"%s\","
		"\"status\":\"%s\",\"duration\":\"%d\",\"answered_by\":\"human\"",
		entry->id, mark, entry->inbound ? "null" : parent_of(entry)->id, mark, entry->from, entry->to,
		entry->inbound ? "inbound" : "outbound-dial", entry->how, entry->talked);
	add_mail_time(out, "date_created", entry->created);
	add_mail_time(out, "start_time", entry->began);
	add_mail_time(out, "end_time", entry->ended);
	add_mail_time(out, "date_updated", entry->updated);
	nm_buf_add(out, "}");
}

static void add_instant(struct nm_buf *out, const char *before, nm_time t, const char *after)
{
	const struct nm_date date = nm_date_from_days(nm_local_day(t));
	const int second = (int)(t % NM_DAY);

	nm_buf_add(out, before);
	if (t != 0)
		nm_buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month, date.day,
			    second / 3600, second / 60 % 60, second % 60);
	nm_buf_add(out, after);
}

static void add_telnyx(struct nm_buf *out, const struct entry *entry)
{
	nm_buf_addf(
		out,
		"{\"id\":\"%s\",\"direction\":\"%s\",\"cli\":\"%s\",\"cld\":\"%s\",\"hangup_cause\":\"%s\"",
		entry->id, entry->inbound ? "inbound" : "outbound", entry->from, entry->to, entry->how);
	if (!entry->alone)
		nm_buf_addf(out, ",\"telnyx_session_id\":\"s%d\"", entry->call);
	add_instant(out, ",\"started_at\":\"", entry->began, "\"");
	add_instant(out, ",\"answered_at\":\"", entry->answered, "\"");
	add_instant(out, ",\"finished_at\":\"", entry->ended, "\"}");
}

static void add_voipms_time(struct nm_buf *out, nm_time t)
{
	const struct nm_date date = nm_date_from_days(nm_local_day(t));
	const int second = (int)(t % NM_DAY);

	nm_buf_addf(out, ",\"date\":\"%04d-%02d-%02d %02d:%02d:%02d\"", date.year, date.month, date.day, second / 3600,
		    second / 60 % 60, second % 60);
}

static void add_voipms(struct nm_buf *out, const struct entry *entry)
{
	nm_buf_addf(out, "{\"callerid\":\"%s\",\"destination\":\"%s\",\"description\":\"Inbound DID\",\"account\":\"1\","
			 "\"disposition\":\"%s\",\"duration\":\"00:%02d:%02d\",\"seconds\":%s%d%s,\"uniqueid\":\"%s\"",
		    entry->from, entry->to, entry->how, entry->talked / 60, entry->talked % 60,
		    entry->alone ? "\"" : "", entry->talked, entry->alone ? "\"" : "", entry->id);
	add_voipms_time(out, entry->began);
	nm_buf_add(out, "}");
}

static void add_twilio_row(struct nm_buf *out, const struct entry *entry)
{
	nm_buf_addf(out, "%s,%s,%s,%s,%s,%s,%d", entry->id, entry->inbound ? "" : parent_of(entry)->id,
		    entry->from, entry->to, entry->inbound ? "inbound" : "outbound-dial", entry->how,
		    entry->talked);
	add_instant(out, ",", entry->created, "");
	add_instant(out, ",", entry->began, "");
	add_instant(out, ",", entry->ended, "");
	add_instant(out, ",", entry->updated, "\n");
}

static void add_telnyx_row(struct nm_buf *out, const struct entry *entry)
{
	nm_buf_addf(out, "%s,%s,%s,%s,%s,", entry->id, entry->inbound ? "inbound" : "outbound", entry->from,
		    entry->to, entry->how);
	if (!entry->alone)
		nm_buf_addf(out, "s%d", entry->call);
	add_instant(out, ",", entry->began, "");
	add_instant(out, ",", entry->answered, "");
	add_instant(out, ",", entry->ended, "\n");
}

/* Their table is on the plan's clock, where nobody says another one: six hours behind UTC in winter. */
static void add_voipms_row(struct nm_buf *out, const struct entry *entry)
{
	const nm_time at = entry->began - 6 * 3600;
	const struct nm_date date = nm_date_from_days(nm_local_day(at));
	const int second = (int)(at % NM_DAY);
	const char *from = entry->from;

	nm_buf_addf(out, "%04d-%02d-%02d %02d:%02d:%02d,\"", date.year, date.month, date.day, second / 3600,
		    second / 60 % 60, second % 60);
	for (; *from != '\0'; from++) /* what JSON escapes a table doubles */
		nm_buf_addn(out, *from == '\\' ? "\"" : from, 1);
	nm_buf_addf(out, "\",%s,Inbound DID,1,%s,00:%02d:%02d,%d,0,0,%s\n", entry->to, entry->how, entry->talked / 60,
		    entry->talked % 60, entry->talked, entry->id);
}

struct format {
	const char *list; /* the member that is one, with what stands before it */
	const char *names;
	void (*add)(struct nm_buf *out, const struct entry *entry);
	void (*add_row)(struct nm_buf *out, const struct entry *entry);
	const char *hows[5]; /* answered first */
};

static const struct format twilio = {
	"{\"next_page_uri\":null,\"calls\":[",
	"Call Sid,Parent Call Sid,From,To,Direction,Status,Duration,Date Created,Start Time,End Time,Date Updated\n",
	add_twilio,
	add_twilio_row,
	{ "completed", "no-answer", "busy", "failed", "canceled" },
};
static const struct format telnyx = {
	"{\"meta\":{\"total_pages\":1},\"data\":[",
	"id,direction,cli,cld,hangup_cause,telnyx_session_id,started_at,answered_at,finished_at\n",
	add_telnyx,
	add_telnyx_row,
	{ "NORMAL_CLEARING", "NO_ANSWER", "USER_BUSY", "CALL_REJECTED", "ORIGINATOR_CANCEL" },
};
static const struct format voipms = {
	"{\"status\":\"success\",\"cdr\":[",
	"date,callerid,destination,description,account,disposition,duration,seconds,rate,total,uniqueid\n",
	add_voipms,
	add_voipms_row,
	{ "ANSWERED", "NO ANSWER", "BUSY", "FAILED", "NO ANSWER" },
};

/* Of those that are asked for: of one call the legs, or only calls (Twilio's), or all. */
static char *list_of(const struct format *format, const char *url)
{
	const char *parent = strstr(url, "ParentCallSid=");
	bool some = false;
	struct nm_buf out;

	nm_buf_init(&out, 1u << 20);
	nm_buf_add(&out, format->list);
	for (size_t i = 0; i < n_entries; i++) {
		const struct entry *entry = &entries[i];

		if (format == &twilio && url[0] != '\0' &&
		    (parent != NULL ? entry->inbound || strncmp(parent + 14, parent_of(entry)->id, 34) != 0
				    : !entry->inbound))
			continue;
		nm_buf_add(&out, some ? "," : "");
		format->add(&out, entry);
		some = true;
	}
	nm_buf_add(&out, "]}");
	return nm_buf_take(&out);
}

/* --- a carrier that answers from the entries --- */

static struct {
	const struct format *format;
	int tags[8], n;
	char *bodies[8]; /* malloc'd, of the tags */
	char *last;
} carrier;

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	(void)context;
	(void)err;
	assert_true(carrier.n < 8);
	carrier.bodies[carrier.n] = list_of(carrier.format, request->url);
	carrier.tags[carrier.n++] = tag;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	(void)context;
	(void)timeout_ms;
	(void)err;
	free(carrier.last);
	carrier.last = NULL;
	*tag = -1;
	if (carrier.n == 0)
		return NM_OK;
	*tag = carrier.tags[--carrier.n];
	carrier.last = carrier.bodies[carrier.n];
	*response = (struct nm_response){
		.status = 200, .body = carrier.last, .len = strlen(carrier.last), .retry_after_s = -1
	};
	return NM_OK;
}

/* How many calls the driver found. */
static size_t import_from_carrier(const struct format *format)
{
	const struct nm_push_context context = { .plan = books.plan,
						 .store = books.store,
						 .now = NOW,
						 .transport = { .submit = submit, .collect = collect } };
	struct nm_import import;
	struct nm_error err;
	size_t n = 0;

	carrier.format = format;
	if (nm_calls_import(&context, 0, NM_TIME_MIN, &import, &err) != NM_OK)
		fail_msg("%s: %s", err.text, import.n > 0 ? import.lines[0].words : "");
	for (size_t i = 0; i < import.n; i++) {
		assert_int_equal(import.lines[i].odd + import.lines[i].under_way, 0);
		n += import.lines[i].fresh;
	}
	nm_import_clear(&import);
	free(carrier.last);
	carrier.last = NULL;
	return n;
}

/* The log has them all already (or they are new to it), and nothing to mend. */
static void file_says_the_same(const char *text, size_t calls, bool new)
{
	const struct nm_calls_file_options options = {
		.name = "export", .zone = books.plan->zone, .now = NOW, .line = -1
	};
	const int file = text_file(text, strlen(text));
	struct nm_calls_file out;
	struct nm_error err;

	if (nm_calls_file_import(books.store, books.plan, file, &options, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	if (out.n_wrong + out.mended > 0 || (new ? out.fresh : out.known) != (int64_t)calls ||
	    out.rows != (int64_t)calls)
		fail_msg("%d wrong (%s), %d new, %d mended, %d of %zu known in\n%s", (int)out.n_wrong,
			 out.n_wrong > 0 ? out.wrong[0].words : "", (int)out.fresh, (int)out.mended,
			 (int)out.known, calls, text);
	nm_calls_file_clear(&out);
	close(file);
}

static enum nm_code add_outcome(void *context, const struct nm_call_entry *call, struct nm_error *err)
{
	(void)err;
	nm_buf_addf(context, "%s %s to %s: %s%s by %s after %d, for %s\n", call->driver, call->carrier_id,
		    call->line, call->became.probably ? "probably " : "", nm_call_end_name(call->became.end),
		    call->became.by != NULL ? call->became.by : "-", call->became.seconds,
		    nm_call_reason_words(call->became.reason));
	return NM_OK;
}

/* What the log says became of the calls, in the order in which they came. */
static struct nm_buf outcomes(void)
{
	struct nm_buf text;
	const struct nm_call_entry_reader reader = { .span = { NM_TIME_MIN, NM_TIME_MAX },
						     .take = add_outcome,
						     .context = &text };
	struct nm_error err;

	nm_buf_init(&text, 1u << 20);
	assert_int_equal(nm_store_entries_each(books.store, &reader, &err), NM_OK);
	return text;
}

static char *table_of(const struct format *format)
{
	struct nm_buf table;

	nm_buf_init(&table, 1u << 20);
	nm_buf_add(&table, format->names);
	for (size_t i = n_entries; i-- > 0;)
		format->add_row(&table, &entries[i]);
	return nm_buf_take(&table);
}

/* Neither is a record mended, nor comes to something else in a log that has no other. */
static void files_say_the_same(const struct format *format, const char *text)
{
	char *forms[] = { list_of(format, ""), table_of(format) };
	struct nm_buf expected, got;
	size_t calls;

	books_open(&books, text);
	calls = import_from_carrier(format);
	expected = outcomes();
	file_says_the_same(forms[0], calls, false);
	file_says_the_same(forms[1], calls, false);
	books_close(&books);
	for (size_t i = 0; i < 2; i++) {
		books_open(&books, text);
		file_says_the_same(forms[i], calls, true);
		got = outcomes();
		assert_string_equal(got.data, expected.data);
		nm_buf_clear(&got);
		free(forms[i]);
		books_close(&books);
	}
	nm_buf_clear(&expected);
}

static void what_twilio_lists_its_exports_say(void **state)
{
	(void)state;
	for (int round = 0; round < random_few(20); round++) {
		draw_entries(twilio.hows);
		for (size_t i = 0; i < n_entries; i++) {
			if (draw(4) == 0)
				entries[i].created -= 1 + draw(3);
			if (draw(4) == 0)
				entries[i].ended = 0;
		}
		files_say_the_same(&twilio, PLAN("twilio sid = \"" SID "\""));
	}
}

static void what_telnyx_lists_its_exports_say(void **state)
{
	(void)state;
	for (int round = 0; round < random_few(20); round++) {
		draw_entries(telnyx.hows);
		for (size_t i = 0; i < n_entries; i++) {
			entries[i].alone = draw(8) == 0;
			entries[i].from = "+15125550199"; /* how a withheld number is told is not known */
		}
		/* A call that went on to the other line: both are calls, of the same legs. */
		if (round % 2 == 0) {
			struct entry *also = &entries[n_entries];

			add_entry(0, true, entries[0].to[11] == '0' ? "+15125550101" : "+15125550100",
				  entries[0].began + 1);
			also->from = "+15125550199";
			also->how = telnyx.hows[1];
			end_entry(also, also->began + 20, false);
		}
		files_say_the_same(&telnyx, PLAN("telnyx"));
	}
}

/* A table without legs, as the console exports it. */
static char *bare_table(void)
{
	struct nm_buf table;

	nm_buf_init(&table, 1u << 20);
	nm_buf_add(&table, "Call Sid,From,To,Start Time,End Time,Duration,Status,Direction\n");
	for (size_t i = 0; i < n_entries; i++) {
		if (!entries[i].inbound)
			continue;
		nm_buf_addf(&table, "%s,%s,%s", entries[i].id, entries[i].from, entries[i].to);
		add_instant(&table, ",", entries[i].began, "");
		add_instant(&table, ",", entries[i].ended, "");
		nm_buf_addf(&table, ",%d,%s,inbound\n", entries[i].talked, entries[i].how);
	}
	return nm_buf_take(&table);
}

/* A table without legs adds no call to those that the account gave, and takes nothing from them; it before them comes to
 * the same. */
static void a_table_without_legs_is_twilios(void **state)
{
	const char *text = PLAN("twilio sid = \"" SID "\"");

	(void)state;
	for (int round = 0; round < random_few(20); round++) {
		struct nm_buf expected, got;
		size_t calls;
		char *bare;

		draw_entries(twilio.hows);
		bare = bare_table();
		books_open(&books, text);
		calls = import_from_carrier(&twilio);
		expected = outcomes();
		file_says_the_same(bare, calls, false);
		books_close(&books);
		books_open(&books, text);
		file_says_the_same(bare, calls, true);
		assert_int_equal(import_from_carrier(&twilio), 0);
		file_says_the_same(bare, calls, false);
		got = outcomes();
		assert_string_equal(got.data, expected.data);
		nm_buf_clear(&got);
		nm_buf_clear(&expected);
		books_close(&books);
		free(bare);
	}
}

/* No legs, callers with and without names, and a line's number with and without its country's code. */
static void what_voipms_lists_its_answers_say(void **state)
{
	static const char *const callers[] = { "\\\"Ann\\\" <5125550199>", "5125550142", "15125550142", "0", "anonymous",
					       "Unknown", "\\\"Bob\\\" <0>" };

	(void)state;
	for (int round = 0; round < random_few(20); round++) {
		size_t n = 0;

		draw_entries(voipms.hows);
		for (size_t i = 0; i < n_entries; i++) {
			if (!entries[i].inbound)
				continue;
			entries[n] = entries[i];
			entries[n].from = callers[draw(7)];
			entries[n].to += draw(3); /* "+1", "1" or nothing before it */
			entries[n++].alone = draw(2) == 0;
		}
		n_entries = n;
		files_say_the_same(&voipms, PLAN("voipms user = \"o\""));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_twilio_lists_its_exports_say),
		cmocka_unit_test(a_table_without_legs_is_twilios),
		cmocka_unit_test(what_telnyx_lists_its_exports_say),
		cmocka_unit_test(what_voipms_lists_its_answers_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
