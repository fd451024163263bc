/* SPDX-License-Identifier: MIT */
/*
 * Calls from files: a table in any dialect says what was written into it, each call is kept once, a wrong row stops
 * nothing, and an import that is cut off goes on where it stopped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "log_rig.h"
#include "nevermiss/followup.h"
#include "random_plan.h"
#include "text_file.h"

/* clang-format off */
#define PLAN(country) \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"" country "\"\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\nline over { number = \"+15125550101\" account = box }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"destination mailbox { kind = voicemail greeting = \"Smith\" }\n" \
	"path day { step { ring = owner for = 15s } step { ring = fixly } step { ring = mailbox } }\n" \
	"rule all { path = day }\n"
/* clang-format on */

static struct books books;

static int setup(void **state)
{
	(void)state;
	books_open(&books, PLAN("US"));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	books_close(&books);
	return 0;
}

static struct nm_calls_file_options usual(void)
{
	return log_rig_options(&books);
}

static enum nm_code import_with(const struct nm_calls_file_options *options, const char *text,
				struct nm_calls_file *out, struct nm_error *err)
{
	return log_rig_import_with(&books, options, text, strlen(text), out, err);
}

static struct nm_calls_file import(const char *text)
{
	return log_rig_import(&books, text);
}

static void log_says(size_t i, const char *expected)
{
	log_rig_says(&books, i, expected);
}

static size_t log_size(void)
{
	return log_rig_size(&books);
}

/* How long the i-th call was, the newest first. */
static void log_lasts(size_t i, int64_t seconds)
{
	struct nm_arena *arena = nm_arena_new();
	const struct nm_call_entry call = log_rig_call(&books, i, arena);

	assert_int_equal(call.ended - call.began, seconds);
	nm_arena_free(arena);
}

/* "columns named or mapped, the usual exports" */
static void the_usual_exports_are_read(void **state)
{
	struct nm_calls_file file;

	(void)state;
	file = import("Call Sid,Start Time,Direction,From,To,Status,Duration\r\n"
		      "CA1,2026-01-05T14:00:00Z,inbound,+15125550199,+15125550100,completed,65\r\n"
		      "CA2,2026-01-05T15:00:00Z,outbound-api,+15125550100,+15125550199,completed,65\r\n");
	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.outgoing, 1);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:00;+15125550199;main;unknown;-;-1"); /* by what it does not say */
	file = import("Date;Time;Caller ID;Called Number;Result;Answered By;Ring Time\n"
		      "1/6/2026;2:05 PM;(512) 555-0142;512 555 0101;Answered;fixly;0:08\n");
	assert_int_equal(file.fresh, 1);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-06 14:05;+15125550142;over;answered;fixly;8");
	file = import("\xef\xbb\xbf\"calldate\"\t\"src\"\t\"dst\"\t\"disposition\"\n"
		      "2026-01-07 09:00:00\tanonymous\tmain\tNO ANSWER\n"
		      "1767800000\tunknown\tmain\tvoicemail\n");
	assert_int_equal(file.fresh, 2);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-07 09:33:20;unknown;main;voicemail;-;-1");
	log_says(1, "2026-01-07 09:00;anonymous;main;lost;-;-1");
}

static void columns_are_mapped_and_what_is_missing_is_named(void **state)
{
	struct nm_calls_file_options options = usual();
	struct nm_calls_file file;
	struct nm_error err;

	(void)state;
	assert_int_equal(import_with(&options, "When,Who\n2026-01-05 08:00,+15125550199\n", &file, &err),
			 NM_INPUT);
	nm_calls_file_clear(&file);
	assert_string_equal(err.text,
			    "calls.csv: no column tells when a call came (at, or date and time); there are "
			    "When, Who: --columns maps them, as in --columns \"at=When\"");
	options.columns = "at=When,from=who";
	assert_int_equal(import_with(&options, "When,Who\n2026-01-05 08:00,+15125550199\n", &file, &err),
			 NM_INPUT);
	nm_calls_file_clear(&file);
	assert_non_null(strstr(err.text, "which line was called"));
	options.line = 1;
	assert_int_equal(import_with(&options, "When,Who\n2026-01-05 08:00,+15125550199\n", &file, &err),
			 NM_OK);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:00;+15125550199;over;unknown;-;-1");
	options.columns = "at=Then,from=Who";
	assert_int_equal(import_with(&options, "When,Who\n", &file, &err), NM_INPUT);
	nm_calls_file_clear(&file);
	assert_string_equal(err.text, "calls.csv: there is no column `Then`; there are When, Who");
	options.columns = "when=When";
	assert_int_equal(import_with(&options, "When,Who\n", &file, &err), NM_INPUT);
	nm_calls_file_clear(&file);
	assert_non_null(strstr(err.text, "the names are at, date, time, from"));
	assert_int_equal(import_with(&options, "", &file, &err), NM_INPUT);
	nm_calls_file_clear(&file);
	assert_string_equal(err.text, "calls.csv: it is empty");
}

/* "A bad row is reported with its line and does not stop the rest" */
static void a_bad_row_is_told_with_its_line(void **state)
{
	struct nm_calls_file file = import("at,from,to,status,by\n"
					   "yesterday,+15125550199,main,answered,owner\n"
					   "2026-01-05 08:00,\"2\nlines\",main,answered,owner\n"
					   "2026-01-05 08:00,+15125550199,main,sideways,owner\n"
					   "2026-03-08 02:30,+15125550199,main,answered,owner\n"
					   "2026-01-05 08:01,+15125550199,main,no answer,\n");

	(void)state;
	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.n_wrong, 5);
	assert_int_equal(file.wrong[0].line, 2);
	assert_string_equal(
		file.wrong[0].words,
		"the time is `yesterday` and not one like 2026-11-25 14:05, or 11/25/2026 2:05 PM");
	assert_int_equal(file.wrong[1].line, 3);
	assert_string_equal(file.wrong[1].words,
			    "lines 3 to 4 are one row, and the caller is `2 lines` and not a number, "
			    "anonymous or unknown: is a quotation mark missing?");
	assert_int_equal(file.wrong[2].line, 4); /* the second of these, read by itself */
	assert_int_equal(file.wrong[3].line, 5);
	assert_int_equal(file.wrong[4].line, 6);
	assert_string_equal(file.wrong[4].words, "the time is `2026-03-08 02:30` and clocks skip that one");
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:01;+15125550199;main;lost;-;-1");
}

/* Of very many the first are told in the order of the file, and all are counted by what is wrong with them. */
static void very_many_bad_rows_are_counted_by_what_is_wrong(void **state)
{
	static const char *const rows[] = { "never,+15125550199,main,answered,,\n", "2026-01-05 08:00,12ab,main,answered,,\n",
					    "2026-01-05 08:00,+15125550199,main,sideways,,\n",
					    "2026-01-05 08:00,+15125550199,main,answered,long,\n",
					    "2026-01-05 08:00,+15125550199,main,answered,10,soon\n" };
	static const enum nm_calls_fault faults[] = { NM_FAULT_TIME, NM_FAULT_CALLER, NM_FAULT_STATUS,
						      NM_FAULT_DURATION, NM_FAULT_RANG };
	int64_t expected[NM_FAULTS] = { 0 };
	uint64_t seed = 5;
	struct nm_calls_file file;
	struct nm_buf text;
	int64_t told = 0, i;

	(void)state;
	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, "at,from,to,status,duration,ring time\n");
	for (i = 0; i < 3000; i++) {
		const uint32_t k = random_below(&seed, 5);

		nm_buf_add(&text, rows[k]);
		expected[faults[k]]++;
	}
	file = import(text.data);
	assert_int_equal(file.n_wrong, 3000);
	for (i = 0; i < NM_CALLS_FILE_WRONG; i++)
		assert_int_equal(file.wrong[i].line, i + 2);
	for (i = 0; i < NM_FAULTS; i++) {
		assert_int_equal(file.faults[i], expected[i]);
		told += file.faults[i];
	}
	assert_int_equal(told, file.n_wrong);
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

static void lines_of_any_length_are_counted(void **state)
{
	struct nm_calls_file file;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, "at,from,to,notes\n");
	for (int i = 0; i < 10; i++)
		nm_buf_addf(&text, "2026-01-05 08:%02d,+15125550199,main,%0*d\n", i, 4000 * (i + 1), 0);
	nm_buf_addf(&text, "never,+15125550199,main,\n2026-01-05 08:00,+15125550199,main,%070000d\n", 0);
	file = import(text.data);
	assert_int_equal(file.fresh, 10);
	assert_int_equal(file.n_wrong, 2);
	assert_int_equal(file.wrong[0].line, 12);
	assert_int_equal(file.wrong[1].line, 13);
	assert_string_equal(file.wrong[1].words, "it is longer than 64 KiB");
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

/* "Imported twice, stored once": also where the table has no ids, and calls look alike. */
static void imported_twice_is_kept_once(void **state)
{
	static const char text[] = "at,from,to,status\n"
				   "2026-01-05 08:00,+15125550199,main,missed\n"
				   "2026-01-05 08:00,+15125550199,main,busy\n"
				   "2026-01-05 08:00,anonymous,main,missed\n"
				   "2026-01-05 08:00,anonymous,main,missed\n"
				   "2026-01-05 08:00,,main,missed\n"
				   "2026-01-05 08:00,,main,missed\n";
	struct nm_calls_file file = import(text);

	(void)state;
	assert_int_equal(file.fresh, 6);
	nm_calls_file_clear(&file);
	file = import(text);
	assert_int_equal(file.fresh + file.mended, 0);
	assert_int_equal(file.known, 6);
	nm_calls_file_clear(&file);
	assert_int_equal(log_size(), 6);
}

/* "Two rows that say the same of a numbered caller are one call": two exports that were joined have each call once, in
 * one import or in three, whichever comes first. */
static void joined_exports_have_each_call_once(void **state)
{
#define NAMES "at,from,to,status,by,rang,duration\n"
#define FIRST "2026-01-05 08:00:00,+15125550199,main,missed,,20,25\n"
#define SECOND "2026-01-05 09:00:00,+15125550142,main,answered,owner,8,60\n"
	static const char *const files[][3] = {
		{ NAMES FIRST, NAMES FIRST SECOND, NAMES FIRST FIRST SECOND },
		{ NAMES FIRST SECOND FIRST SECOND, NAMES FIRST, NAMES SECOND },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		teardown(NULL);
		setup(NULL);
		for (size_t k = 0; k < 3; k++) {
			struct nm_calls_file file = import(files[i][k]);

			assert_int_equal(file.mended, 0);
			nm_calls_file_clear(&file);
		}
		assert_int_equal(log_size(), 2);
	}
#undef NAMES
#undef FIRST
#undef SECOND
}

#define CDR(dst, app, data, peer, start, answer, end, how, id)                                               \
	"\"\",\"15125550199\",\"" dst "\",\"in\",\"\"\"Ann\"\" <15125550199>\",\"PJSIP/t-1\",\"" peer        \
	"\",\"" app "\",\"" data "\",\"2026-01-05 " start "\",\"" answer "\",\"2026-01-05 " end              \
	"\",20,0,\"" how "\",\"DOCUMENTATION\",\"" id "\",\"\"\n"

/* A call has a row for each phone that was dialled. */
static void rows_of_master_csv_are_one_call(void **state)
{
	struct nm_calls_file file = import(
		CDR("15125550100", "Dial", "PJSIP/+15125550111@t,15", "PJSIP/t-2", "10:00:00", "", "10:00:15",
		    "NO ANSWER", "1.1") CDR("15125550100", "Dial", "PJSIP/t/15125550177,20", "PJSIP/t-3",
					    "10:00:15", "2026-01-05 10:00:18", "10:01:20", "ANSWERED", "1.1")
			CDR("15125550101", "VoiceMail", "100@default", "", "11:00:00", "2026-01-05 11:00:00",
			    "11:00:40", "ANSWERED", "1.4") CDR("15125559999", "Dial", "PJSIP/x", "PJSIP/x-1",
							       "12:00:00", "", "12:00:15", "BUSY", "1.5"));

	(void)state;
	assert_string_equal(file.format, "Master.csv");
	assert_int_equal(file.fresh, 2);
	assert_int_equal(file.elsewhere, 1);
	assert_int_equal(file.n_wrong, 0);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 11:00;+15125550199;over;voicemail;-;0");
	log_says(1, "2026-01-05 10:00;+15125550199;main;answered;fixly;18");
}

/* A server that answers before it dials has its voicemail answer as soon: no sooner than the last phone was let go. */
static void a_voicemail_of_master_csv_comes_after_the_phones(void **state)
{
	struct nm_calls_file file = import(
		CDR("15125550100", "Dial", "PJSIP/+15125550111@t,15", "PJSIP/t-2", "10:00:00", "2026-01-05 10:00:00",
		    "10:00:21", "NO ANSWER", "1.1")
			CDR("15125550100", "VoiceMail", "100@default", "", "10:00:00", "2026-01-05 10:00:00",
			    "10:01:20", "ANSWERED", "1.1"));

	(void)state;
	assert_int_equal(file.fresh, 1);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 10:00;+15125550199;main;voicemail;-;21");
}

/* Rows of calls that went on at the same time are mixed; read again, they add nothing. */
static void calls_of_master_csv_may_be_mixed(void **state)
{
	static const char text[] = CDR("15125550100", "Dial", "PJSIP/+15125550111@t,15", "PJSIP/t-2",
				       "10:00:00", "", "10:00:15", "NO ANSWER", "2.1")
		CDR("15125550101", "Dial", "PJSIP/+15125550111@t,15", "PJSIP/t-4", "10:00:05", "", "10:00:20",
		    "BUSY", "2.2") CDR("15125550100", "Dial", "PJSIP/+15125550177@t,15", "PJSIP/t-3",
				       "10:00:15", "2026-01-05 10:00:18", "10:01:20", "ANSWERED", "2.1");
	struct nm_calls_file file = import(text);

	(void)state;
	assert_int_equal(file.fresh, 2);
	nm_calls_file_clear(&file);
	log_says(1, "2026-01-05 10:00;+15125550199;main;answered;fixly;18");
	file = import(text);
	assert_int_equal(file.known, 2);
	assert_int_equal(file.mended, 0);
	nm_calls_file_clear(&file);
}

static void impossible_times_are_wrong(void **state)
{
	struct nm_calls_file file =
		import(CDR("15125550100", "Dial", "PJSIP/+15125550111@t,15", "PJSIP/t-2", "10:00:00",
			   "2026-01-05 09:00:00", "10:00:15", "ANSWERED", "3.1")
			       CDR("15125550100", "Dial", "PJSIP/+15125550111@t,15", "PJSIP/t-2", "10:00:00",
				   "", "09:00:15", "NO ANSWER", "3.2"));

	(void)state;
	assert_int_equal(file.n_wrong, 2);
	assert_int_equal(file.rows, 0);
	nm_calls_file_clear(&file);
	file = import(
		"at,from,to,status,duration\n2060-01-05 08:00,+15125550199,main,missed,1\n"
		"2026-01-05 08:00,+15125550199,main,missed,9999999\n1767621600123,+15125550199,main,missed,5\n");
	assert_int_equal(file.n_wrong, 2);
	assert_string_equal(file.wrong[0].words, "the time is `2060-01-05 08:00` and yet to come");
	assert_int_equal(file.fresh, 1);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:00;+15125550199;main;lost;-;-1");
}

/* A call from the plan's own numbers is nobody's to call back, wherever it was imported from. */
static void own_numbers_open_no_follow_up(void **state)
{
	const struct nm_followup_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 9 };
	struct nm_calls_file file = import("at,from,to,status\n2026-01-05 08:00,+15125550111,main,missed\n"
					   "2026-01-05 09:00,+15125550199,main,missed\n");
	struct nm_followups followups;
	struct nm_error err;

	(void)state;
	assert_int_equal(file.fresh, 2);
	nm_calls_file_clear(&file);
	assert_int_equal(nm_store_followups(books.store, &filter, &followups, &err), NM_OK);
	assert_int_equal(followups.n, 1);
	assert_int_equal(followups.items[0].number, UINT64_C(15125550199));
	nm_followups_clear(&followups);
}

/* What another process finds while the pipe has nothing to say: the first row, and a store that it can write to. */
static void look_from_outside(void)
{
	const struct nm_followup lead = { .channel = NM_CHANNEL_WEB, .name = "Dana", .opened = 1767621600 };
	struct nm_store *mine = books.store;
	struct nm_error err;
	int64_t id;

	books.store = NULL;
	books_reopen(&books, false);
	assert_int_equal(log_size(), 1);
	assert_int_equal(nm_store_followup_add(books.store, &lead, &id, &err), NM_OK);
	nm_store_close(books.store);
	books.store = mine;
}

static void write_some(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(1);
}

/* Leaves nothing behind that a leak checker would speak of: it holds what its parent held. */
static _Noreturn void child_ends(bool good)
{
	nm_store_close(books.store);
	nm_plan_free(books.plan);
	_exit(good ? 0 : 1);
}

/* Its pieces wait for each other: a byte comes over `go` when the next one may be written. */
static pid_t writes_in_pieces(int out, int go)
{
	static const char *const pieces[] = {
		"\xef\xbb\xbfst", "art;from;to;status\n2026-01-05 08:00;+15125550199;main;missed\n",
		"2026-01-05 09:00;+15125550199;main;missed\n"
	};
	const pid_t pid = fork();
	char byte;

	if (pid != 0)
		return pid;
	write_some(out, pieces[0]);
	write_some(out, pieces[1]);
	if (read(go, &byte, 1) == 1)
		write_some(out, pieces[2]);
	child_ends(true);
}

static bool reads_two(int fd)
{
	struct nm_calls_file_options options = usual();
	struct nm_calls_file file;
	struct nm_error err;
	bool read = nm_calls_file_import(books.store, books.plan, fd, &options, &file, &err) == NM_OK && file.fresh == 2;

	nm_calls_file_clear(&file);
	return read;
}

/* A pipe may bring its first line in pieces, and then nothing for long: the store is nobody's then. */
static void a_pipe_is_read_as_it_comes(void **state)
{
	int out[2], go[2], seen = -1;
	pid_t writer, reader;

	(void)state;
	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(go), 0);
	writer = writes_in_pieces(out[1], go[0]);
	close(out[1]);
	reader = fork();
	if (reader == 0) {
		alarm(60);
		child_ends(reads_two(out[0]));
	}
	close(out[0]);
	for (int i = 0; i < 500 && log_size() == 0; i++)
		usleep(10000);
	look_from_outside();
	write_some(go[1], "x");
	assert_int_equal(waitpid(reader, &seen, 0), reader);
	assert_int_equal(seen, 0);
	assert_int_equal(waitpid(writer, &seen, 0), writer);
	close(go[0]);
	close(go[1]);
	assert_int_equal(log_size(), 2);
}

static bool until_64k(void *context, int64_t done)
{
	*(int *)context += 1;
	return done < 65536;
}

/* "a cut-off import goes on where it stopped" */
static void an_import_that_was_stopped_goes_on(void **state)
{
	struct nm_calls_file_options options = usual();
	struct nm_calls_file file;
	struct nm_buf text;
	struct nm_error err;
	int calls = 0;

	(void)state;
	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, "at,from,to,status\n");
	for (int i = 0; i < 3000; i++)
		nm_buf_addf(&text, "%d,+1512555%04d,main,missed\n", 1767621600 + i * 60, i);
	options.progress = until_64k;
	options.progress_context = &calls;
	assert_int_equal(import_with(&options, text.data, &file, &err), NM_OK);
	assert_true(file.stopped && file.fresh > 100 && file.fresh < 3000);
	assert_int_equal(log_size(), file.fresh);
	nm_calls_file_clear(&file);
	options.progress = NULL;
	assert_int_equal(import_with(&options, text.data, &file, &err), NM_OK);
	assert_int_equal(file.rows, 3000);
	assert_int_equal(file.mended, 0);
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
	assert_int_equal(log_size(), 3000);
}

struct steps {
	int64_t last, widest; /* bytes */
};

static bool measure(void *context, int64_t done)
{
	struct steps *steps = context;

	if (done - steps->last > steps->widest)
		steps->widest = done - steps->last;
	steps->last = done;
	return true;
}

/* "nothing blocks the keyboard": whoever waits is asked every few hundred rows, and for the last time at the end. */
static void an_import_asks_every_few_hundred_rows(void **state)
{
	struct nm_calls_file_options options = usual();
	struct steps steps = { 0, 0 };
	struct nm_calls_file file;
	struct nm_buf text;
	struct nm_error err;

	(void)state;
	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, "\xef\xbb\xbf""at,from,to,status\n");
	for (int i = 0; i < 3000; i++)
		nm_buf_addf(&text, "%d,+1512555%04d,main,missed\n", 1767621600 + i * 60, i);
	options.progress = measure;
	options.progress_context = &steps;
	assert_int_equal(import_with(&options, text.data, &file, &err), NM_OK);
	assert_int_equal(file.fresh, 3000);
	assert_int_equal(steps.last, text.len);
	assert_true(steps.widest <= (int64_t)(300 * text.len / 3000));
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
}

static bool not_now(void *context, size_t done, size_t all)
{
	(void)context;
	return done >= all;
}

/* Stopped while it lets go of what is older than the plan's retention, an import has kept what it read; the next lets go. */
static void what_is_old_goes_with_the_next_import(void **state)
{
	static const char table[] = "at,from,to,status\n"
				    "1700000000,+15125550142,main,missed\n1799990000,+15125550143,main,missed\n";
	struct nm_calls_file_options options = usual();
	struct nm_calls_file file;
	struct nm_error err;

	(void)state;
	books_plan(&books, "retention = 52w\n" PLAN("US"));
	options = usual();
	options.expiring = not_now;
	assert_int_equal(import_with(&options, table, &file, &err), NM_OK);
	assert_true(file.unexpired && !file.stopped && file.fresh == 2 && file.expired.calls == 0);
	nm_calls_file_clear(&file);
	assert_int_equal(log_size(), 2);
	options.expiring = NULL;
	assert_int_equal(import_with(&options, table, &file, &err), NM_OK);
	assert_true(!file.unexpired && file.fresh == 0 && file.expired.calls == 1);
	nm_calls_file_clear(&file);
	assert_int_equal(log_size(), 1);
}

/* --- any dialect --- */

static uint64_t seed = 5;

static unsigned draw(unsigned n)
{
	return random_below(&seed, n);
}

struct said {
	int64_t day;
	int minute, second, from, rang, line;
};

static void add_when(struct nm_buf *out, const struct said *call, int dialect)
{
	const struct nm_date date = nm_date_from_days(call->day);
	const int hour = call->minute / 60, minute = call->minute % 60;

	if (dialect == 0)
		nm_buf_addf(out, "%04d-%02d-%02d %02d:%02d:%02d", date.year, date.month, date.day, hour,
			    minute, call->second);
	else if (dialect == 1)
		nm_buf_addf(out, "%d/%d/%d %d:%02d:%02d %s", date.month, date.day, date.year,
			    (hour + 11) % 12 + 1, minute, call->second, hour < 12 ? "AM" : "pm");
	else
		nm_buf_addf(out, "%d.%d.%02d %d:%02d:%02d", date.day, date.month, date.year % 100, hour,
			    minute, call->second);
}

static void add_field(struct nm_buf *out, int column, const struct said *call, int dialect, bool quoted)
{
	static const char *const lines[] = { "main", "+1 (512) 555-0101" };
	const char *mark = quoted ? "\"" : "";

	nm_buf_add(out, mark);
	switch (column) {
	case 0:
		add_when(out, call, dialect);
		break;
	case 1:
		nm_buf_addf(out, dialect == 1 ? "512-555-%04d" : "+1512555%04d", call->from);
		break;
	case 2:
		nm_buf_add(out, lines[call->line]);
		break;
	case 3:
		nm_buf_add(out, dialect == 2 ? "ANSWERED" : "completed");
		break;
	case 4:
		nm_buf_add(out, dialect == 2 ? "+15125550177" : "fixly");
		break;
	case 5:
		nm_buf_addf(out, dialect == 1 ? "0:%02d" : "%d", call->rang);
		break;
	default:
		nm_buf_add(out, quoted ? "a, \"\"b\"\"; c\n\td" : "x");
		break;
	}
	nm_buf_add(out, mark);
}

/* A table of the calls with its columns in any order, and one that means nothing. */
static void add_table(struct nm_buf *out, const struct said *calls, size_t n, int dialect)
{
	static const char *const names[3][7] = {
		{ "Start Time", "From", "To", "Status", "Answered By", "Ring Time", "Notes" },
		{ "call_date", "Caller", "Line", "Disposition", "agent", "Wait", "Notes" },
		{ "Datum", "ANI", "DID", "Result", "Forwarded To", "rang", "Notes" },
	};
	const char delimiter = ",;\t"[draw(3)];
	int order[7] = { 0, 1, 2, 3, 4, 5, 6 };

	for (int i = 6; i > 0; i--) {
		const unsigned j = draw((unsigned)i + 1);
		const int other = order[j];

		order[j] = order[i];
		order[i] = other;
	}
	for (int i = 0; i < 7; i++)
		nm_buf_addf(out, "%s%.1s", names[dialect][order[i]], i < 6 ? &delimiter : "\n");
	for (size_t c = 0; c < n; c++)
		for (int i = 0; i < 7; i++) {
			add_field(out, order[i], &calls[c], dialect, draw(2));
			nm_buf_addf(out, "%.1s", i < 6 ? &delimiter : "\n");
		}
}

static void check_call(const struct nm_call_entry *entry, const struct said *call)
{
	const nm_local local = call->day * NM_DAY + call->minute * 60 + call->second;

	assert_int_equal(entry->began, nm_zone_utc(books.plan->zone, local, NULL));
	assert_int_equal(entry->caller.number, UINT64_C(15125550000) + (unsigned)call->from);
	assert_string_equal(entry->line, call->line == 0 ? "main" : "over");
	assert_int_equal(entry->became.end, NM_CALL_ANSWERED);
	assert_string_equal(entry->became.by, "fixly");
	assert_int_equal(entry->became.seconds, call->rang);
}

static void a_table_in_any_dialect_says_what_was_written(void **state)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 1000 };

	(void)state;
	for (int round = 0; round < random_few(60); round++) {
		struct nm_calls_file_options options = usual();
		const int dialect = (int)draw(3);
		struct said calls[20];
		struct nm_call_entries kept;
		struct nm_calls_file file;
		struct nm_error err;
		struct nm_buf text;

		teardown(NULL);
		setup(NULL);
		options.zone = books.plan->zone;
		options.dates = dialect == 2 ? NM_DATE_DAY_FIRST : NM_DATE_MONTH_FIRST;
		options.columns = dialect == 2 ? "at=Datum" : NULL;
		for (int i = 0; i < 20; i++) /* not in the hours that clocks skip or repeat */
			calls[i] = (struct said){ 20454 + 20 - i,   240 + (int)draw(1200), (int)draw(60),
						  (int)draw(10000), (int)draw(60),         (int)draw(2) };
		nm_buf_init(&text, 1u << 20);
		add_table(&text, calls, 20, dialect);
		if (import_with(&options, text.data, &file, &err) != NM_OK)
			fail_msg("%s in\n%s", err.text, text.data);
		if (file.fresh != 20)
			fail_msg("line %d: %s in\n%s", (int)file.wrong[0].line, file.wrong[0].words,
				 text.data);
		assert_int_equal(nm_store_calls(books.store, &filter, &kept, &err), NM_OK);
		assert_int_equal(kept.n, 20);
		for (size_t i = 0; i < 20; i++)
			check_call(&kept.items[i], &calls[i]);
		nm_call_entries_clear(&kept);
		nm_calls_file_clear(&file);
		nm_buf_clear(&text);
	}
}

/* Outside input is hostile: no bytes crash it, and it stays within its bounds. */
static void no_bytes_do_harm(void **state)
{
	static const char good[] = "at,from,to,status,by,rang,duration\n"
				   "2026-01-05 08:00,+15125550199,main,answered,owner,8,0:40\n";
	const struct nm_calls_file_options options = usual();

	(void)state;
	for (int round = 0; round < random_few(3000); round++) {
		char text[sizeof(good) * 2];
		size_t len = sizeof(good) - 1;
		struct nm_calls_file file;
		struct nm_error err;
		int fd;

		memcpy(text, good, len);
		for (unsigned i = draw(6); i > 0; i--)
			text[draw((unsigned)len)] = (char)draw(256);
		fd = text_file(text, len);
		(void)!nm_calls_file_import(books.store, books.plan, fd, &options, &file, &err);
		close(fd);
		for (int64_t i = 0; i < file.n_wrong && i < NM_CALLS_FILE_WRONG; i++)
			for (const char *c = file.wrong[i].words; *c != '\0'; c++)
				assert_true((unsigned char)*c >= ' ');
		nm_calls_file_clear(&file);
	}
}

/* Whatever capitals and blanks a telephone system puts into a name, it is the destination's. */
static void names_are_known_in_any_capitals(void **state)
{
	static const char *const names[] = { "owner", "Owner", " OWNER", "o wner ", "OWNER" };
	struct nm_calls_file file;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, 4096);
	nm_buf_add(&text, "at,from,to,status,by\n");
	for (int i = 0; i < 5; i++)
		nm_buf_addf(&text, "2026-01-05 08:0%d,+15125550199,main,answered,%s\n", i, names[i]);
	nm_buf_add(&text, "2026-01-05 08:05,+15125550199,main,answered,Mail Box\n"
			  "2026-01-05 08:06,+15125550199,main,answered,owners\n");
	file = import(text.data);
	nm_calls_file_clear(&file);
	nm_buf_clear(&text);
	log_says(0, "2026-01-05 08:06;+15125550199;main;answered;owners;-1");
	log_says(1, "2026-01-05 08:05;+15125550199;main;voicemail;-;-1");
	for (size_t i = 0; i < 5; i++) {
		char expected[80];

		snprintf(expected, sizeof(expected), "2026-01-05 08:0%zu;+15125550199;main;answered;owner;-1",
			 4 - i);
		log_says(2 + i, expected);
	}
}

/* Two that differ in their capitals alone are told apart by these, and by nothing else. */
static void capitals_tell_two_of_a_name_apart(void **state)
{
	struct nm_calls_file file;

	(void)state;
	books_plan(&books, PLAN("US") "destination Owner { kind = personal number = \"+15125550112\" }\n");
	file = import("at,from,to,status,by\n2026-01-05 08:00,+15125550199,main,answered,OWNER\n"
		      "2026-01-05 08:01,+15125550199,main,answered,Owner\n"
		      "2026-01-05 08:02,+15125550199,main,answered,owner\n");
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:02;+15125550199;main;answered;owner;-1");
	log_says(1, "2026-01-05 08:01;+15125550199;main;answered;Owner;-1");
	log_says(2, "2026-01-05 08:00;+15125550199;main;answered;OWNER;-1");
}

/* How long it rang is told of every call, and is the wait of whoever was not answered, whatever the duration counts. */
static void the_ring_time_is_the_wait(void **state)
{
	struct nm_calls_file file = import("at,from,to,status,duration,ring time\n"
					   "2026-01-05 08:00,+15125550199,main,abandoned,0,40\n"
					   "2026-01-05 08:01,+15125550199,main,abandoned,,4\n"
					   "2026-01-05 08:02,+15125550199,main,missed,0,30\n"
					   "2026-01-05 08:03,+15125550199,main,voicemail,20,46\n"
					   "2026-01-05 08:04,+15125550199,main,abandoned,12,\n"
					   "2026-01-05 08:05,+15125550199,main,answered,60,6\n");

	(void)state;
	assert_int_equal(file.fresh, 6);
	nm_calls_file_clear(&file);
	log_says(0, "2026-01-05 08:05;+15125550199;main;unknown;-;-1");
	log_says(1, "2026-01-05 08:04;+15125550199;main;abandoned;-;12");
	log_says(2, "2026-01-05 08:03;+15125550199;main;voicemail;-;46");
	log_says(3, "2026-01-05 08:02;+15125550199;main;lost;-;30");
	log_says(4, "2026-01-05 08:01;+15125550199;main;abandoned;-;4");
	log_says(5, "2026-01-05 08:00;+15125550199;main;abandoned;-;40");
	log_lasts(0, 60);
	log_lasts(2, 66);
	log_lasts(5, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_usual_exports_are_read, setup, teardown),
		cmocka_unit_test_setup_teardown(columns_are_mapped_and_what_is_missing_is_named, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_bad_row_is_told_with_its_line, setup, teardown),
		cmocka_unit_test_setup_teardown(very_many_bad_rows_are_counted_by_what_is_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_of_any_length_are_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(imported_twice_is_kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(joined_exports_have_each_call_once, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_of_master_csv_are_one_call, setup, teardown),
		cmocka_unit_test_setup_teardown(a_voicemail_of_master_csv_comes_after_the_phones, setup, teardown),
		cmocka_unit_test_setup_teardown(calls_of_master_csv_may_be_mixed, setup, teardown),
		cmocka_unit_test_setup_teardown(impossible_times_are_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(own_numbers_open_no_follow_up, setup, teardown),
		cmocka_unit_test_setup_teardown(a_pipe_is_read_as_it_comes, setup, teardown),
		cmocka_unit_test_setup_teardown(an_import_that_was_stopped_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(an_import_asks_every_few_hundred_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_old_goes_with_the_next_import, setup, teardown),
		cmocka_unit_test_setup_teardown(a_table_in_any_dialect_says_what_was_written, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_bytes_do_harm, setup, teardown),
		cmocka_unit_test_setup_teardown(the_ring_time_is_the_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(names_are_known_in_any_capitals, setup, teardown),
		cmocka_unit_test_setup_teardown(capitals_tell_two_of_a_name_apart, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
