/* SPDX-License-Identifier: MIT */
/*
 * calls import FILE: calls that a telephone system or a carrier exported, into the log.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "call_words.h"
#include "command.h"
#include "nevermiss/calls_file.h"

static enum nm_code read_dates(const struct invocation *run, enum nm_date_order *out, struct nm_error *err)
{
	const char *text = argument(run->args, "dates");

	*out = NM_DATE_BY_COUNTRY;
	if (!text)
		return NM_OK;
	if (strcmp(text, "mdy") && strcmp(text, "dmy"))
		return nm_fail(err, NM_INPUT, "--dates is mdy (11/25/2026) or dmy (25/11/2026), not `%s`", text);
	*out = text[0] == 'm' ? NM_DATE_MONTH_FIRST : NM_DATE_DAY_FIRST;
	return NM_OK;
}

/* The file, and how many bytes it has; 0: nobody knows.  The interface, which waits for nothing, takes no pipes. */
static enum nm_code open_file(const struct session *session, const char *name, int *fd, size_t *size,
			      struct nm_error *err)
{
	struct stat about;

	*size = 0;
	*fd = -1;
	if (!strcmp(name, "-") && isatty(STDIN_FILENO))
		return nm_fail(err, NM_INPUT, "- is standard input, and that is a terminal: name a file");
	*fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | (session->working ? O_NONBLOCK : 0))
				: STDIN_FILENO;
	if (*fd < 0 || fstat(*fd, &about))
		return nm_fail(err, NM_INPUT, "cannot open %s: %s", name, strerror(errno));
	if (S_ISREG(about.st_mode))
		*size = (size_t)about.st_size;
	else if (session->working)
		return nm_fail(err, NM_INPUT, "%s is not a regular file", name);
	return NM_OK;
}

struct reading {
	const struct session *session;
	size_t size;
};

static bool told(void *context, int64_t done)
{
	const struct reading *reading = context;
	const struct session *session = reading->session;

	return !session->working ||
	       session->working(session->progress_context, "KiB imported", (size_t)done >> 10, (reading->size >> 10) + 1);
}

static bool told_expiring(void *context, size_t done, size_t all)
{
	const struct reading *reading = context;

	return reading->session->working(reading->session->progress_context, "calls and follow-ups let go", done, all);
}

/* "time 120, caller 3": how many rows could not be read for each. */
static const char *faults_words(const struct nm_calls_file *file, struct nm_buf *out)
{
	for (enum nm_calls_fault fault = 0; fault < NM_FAULTS; fault++)
		if (file->faults[fault])
			nm_buf_addf(out, "%s%s %lld", out->len ? ", " : "", nm_calls_fault_name(fault),
				    (long long)file->faults[fault]);
	return out->data;
}

/* What a table has that was not read, and what of it is missed. */
static void unused_text(struct invocation *run, const struct nm_calls_file *file)
{
	const char *before = "; --columns can map them to ";

	for (size_t i = 0; i < file->n_unused; i++)
		nm_buf_addf(run->out, "%s%s", i ? ", " : "not used: ", file->unused[i]);
	for (int column = 0; file->n_unused && column < NM_COLUMN_COUNT; column++) {
		if (!(file->names_left & 1u << column))
			continue;
		nm_buf_addf(run->out, "%s%s", before, nm_calls_column_name((enum nm_calls_column)column));
		before = ", ";
	}
	if (file->n_unused)
		nm_buf_add(run->out, "\n");
	if (!file->untold)
		return;
	nm_buf_addf(run->out,
		    file->untold == 1 ? "%lld answered call does not say who answered" :
					"%lld answered calls do not say who answered",
		    (long long)file->untold);
	nm_buf_add(run->out, file->tells_by ? "\n" : ": --columns by=NAME maps the column that does\n");
}

/* What the file says of itself. */
static void notice_text(struct invocation *run, const struct nm_calls_file *file)
{
	if (file->utc)
		nm_buf_add(run->notes, "its times were read as UTC, as VoIP.ms is asked for them: --timezone says another zone\n");
	if (file->zone_doubtful)
		nm_buf_addf(run->notes,
			    "its times were read on the clock of %s; on which one VoIP.ms writes a table is not verified: --timezone says it\n",
			    nm_zone_name(session_zone(run->session)));
	if (file->pages)
		nm_buf_addf(run->notes, "this is page %lld of %lld of a list: the calls of the other pages are not in it\n",
			    (long long)file->page, (long long)file->pages);
	else if (file->goes_on)
		nm_buf_add(run->notes, "this is one page of a longer list: the calls of its next page are not in it\n");
}

void calls_attempts_words(struct invocation *run, int64_t attempts)
{
	if (attempts)
		nm_buf_addf(run->out, attempts == 1 ?
				"calls back: %lld to somebody who waited for it, an attempt of the follow-up now\n" :
				"calls back: %lld to callers who waited for it, attempts of their follow-ups now\n",
			    (long long)attempts);
}

/* The first of n rows of which there is something to say. */
static void rows_text(struct invocation *run, const struct nm_calls_file *file, const struct nm_calls_wrong *rows,
		      int64_t n, int64_t most)
{
	for (int64_t i = 0; i < n && i < most; i++)
		nm_buf_addf(run->notes, file->entries ? "%s: entry %lld: %s\n" : "%s:%lld: %s\n", run->args->words[1],
			    (long long)rows[i].line, rows[i].words);
}

static void file_text(struct invocation *run, const struct nm_calls_file *file)
{
	struct nm_buf faults;

	nm_buf_init(&faults, NM_ERROR_TEXT);
	nm_buf_addf(run->out, "%lld call%s: %lld new, %lld mended, %lld known\n", (long long)file->rows,
		    file->rows == 1 ? "" : "s", (long long)file->fresh, (long long)file->mended, (long long)file->known);
	if (file->apart)
		nm_buf_addf(run->out, "ids begin anew: %lld call%s told apart by time and caller\n", (long long)file->apart,
			    file->apart == 1 ? " was" : "s were");
	if (file->outgoing)
		nm_buf_addf(run->out, "left out: %lld that were made, not received\n", (long long)file->outgoing);
	calls_attempts_words(run, file->attempts);
	if (file->elsewhere)
		nm_buf_addf(run->out, "left out: %lld to numbers that are no line of the plan\n",
			    (long long)file->elsewhere);
	unused_text(run, file);
	notice_text(run, file);
	if (call_doubt(file->driver))
		nm_buf_addf(run->notes, "of %s: %s\n", file->driver, call_doubt(file->driver));
	expired_words(run, &file->expired);
	if (file->stopped)
		nm_buf_add(run->out, "stopped: what was read is kept, the same import goes on\n");
	if (file->unexpired)
		nm_buf_add(run->out, "stopped when all was read: what is older than the plan's retention stays until the next import\n");
	rows_text(run, file, file->odd, file->n_odd, NM_CALLS_FILE_ODD);
	if (file->n_odd > NM_CALLS_FILE_ODD)
		nm_buf_addf(run->notes, "and %lld more calls whose caller is no number in full\n",
			    (long long)(file->n_odd - NM_CALLS_FILE_ODD));
	rows_text(run, file, file->wrong, file->n_wrong, NM_CALLS_FILE_WRONG);
	if (file->n_wrong > NM_CALLS_FILE_WRONG)
		nm_buf_addf(run->notes, "and %lld more rows that could not be read; of all %lld: %s\n",
			    (long long)(file->n_wrong - NM_CALLS_FILE_WRONG), (long long)file->n_wrong,
			    faults_words(file, &faults));
	nm_buf_clear(&faults);
}

static void json_faults(struct nm_json *json, const struct nm_calls_file *file)
{
	nm_json_key(json, "wrong_by");
	nm_json_array(json);
	for (enum nm_calls_fault fault = 0; fault < NM_FAULTS; fault++) {
		if (!file->faults[fault])
			continue;
		nm_json_object(json);
		nm_json_key(json, "what");
		nm_json_text(json, nm_calls_fault_name(fault));
		nm_json_count(json, "rows", file->faults[fault]);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void json_rows(struct nm_json *json, const char *name, const char *what, const struct nm_calls_wrong *rows, int64_t n)
{
	nm_json_key(json, name);
	nm_json_array(json);
	for (int64_t i = 0; i < n; i++) {
		nm_json_object(json);
		nm_json_count(json, "line", rows[i].line);
		nm_json_key(json, what);
		nm_json_text(json, rows[i].words);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void json_unused(struct nm_json *json, const struct nm_calls_file *file)
{
	nm_json_key(json, "unused");
	nm_json_array(json);
	for (size_t i = 0; i < file->n_unused; i++)
		nm_json_text(json, file->unused[i]);
	nm_json_end(json, ']');
}

static void file_json(struct invocation *run, const struct nm_calls_file *file)
{
	struct nm_json json;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "format");
	nm_json_text(&json, file->format);
	nm_json_count(&json, "calls", file->rows);
	nm_json_count(&json, "new", file->fresh);
	nm_json_count(&json, "mended", file->mended);
	nm_json_count(&json, "known", file->known);
	nm_json_count(&json, "told_apart", file->apart);
	nm_json_count(&json, "answered_untold", file->untold);
	json_unused(&json, file);
	nm_json_key(&json, "unverified");
	nm_json_text(&json, call_doubt(file->driver));
	nm_json_key(&json, "read_as_utc");
	nm_json_bool(&json, file->utc);
	nm_json_key(&json, "zone_unverified");
	nm_json_bool(&json, file->zone_doubtful);
	json_known(&json, "page", file->page, file->pages > 0);
	json_known(&json, "pages", file->pages, file->pages > 0);
	nm_json_key(&json, "more_pages");
	nm_json_bool(&json, file->goes_on);
	nm_json_count(&json, "outgoing", file->outgoing);
	nm_json_count(&json, "attempts", file->attempts);
	nm_json_count(&json, "elsewhere", file->elsewhere);
	nm_json_count(&json, "callers_untold_total", file->n_odd);
	json_rows(&json, "callers_untold", "note", file->odd, file->n_odd < NM_CALLS_FILE_ODD ? file->n_odd : NM_CALLS_FILE_ODD);
	nm_json_count(&json, "wrong_total", file->n_wrong);
	json_faults(&json, file);
	json_rows(&json, "wrong", "error", file->wrong, file->n_wrong < NM_CALLS_FILE_WRONG ? file->n_wrong : NM_CALLS_FILE_WRONG);
	expired_json(&json, &file->expired);
	json_finish(&json, run->out);
}

static void file_result(struct invocation *run, const struct nm_calls_file *file)
{
	if (run->json)
		file_json(run, file);
	else
		file_text(run, file);
}

/* An import by hand of what is not asked of a carrier takes none of its options.  *zone: to be freed; left as it is where
 * none was said. */
static enum nm_code read_options(struct invocation *run, const char *name, struct nm_calls_file_options *out,
				 struct nm_zone **zone, struct nm_error *err)
{
	const char *zone_name = argument(run->args, "timezone");
	enum nm_code code = NM_OK;

	if (argument_given(run->args, "account") || argument_given(run->args, "since"))
		return nm_fail(err, NM_INPUT, "calls are imported from a file, or with --account and --since from a carrier");
	*out = (struct nm_calls_file_options){ .name = name,
					       .zone = session_zone(run->session),
					       .zone_said = zone_name != NULL,
					       .now = session_now(run->session),
					       .line = -1,
					       .columns = argument(run->args, "columns") };
	if (zone_name)
		code = nm_zone_load(zone_name, zone, err);
	if (zone_name && !code)
		out->zone = *zone;
	if (!code)
		code = read_dates(run, &out->dates, err);
	return code || !argument_given(run->args, "line") ? code : argument_line(run, &out->line, err);
}

enum nm_code calls_import_file(struct invocation *run, const char *name, enum status *status, struct nm_error *err)
{
	struct reading reading = { .session = run->session };
	struct nm_calls_file_options options;
	struct nm_calls_file file = { .n_wrong = 0 };
	struct nm_store *store;
	struct nm_zone *zone = NULL;
	int fd = -1;
	enum nm_code code = read_options(run, name, &options, &zone, err);

	if (!code)
		code = session_store(run->session, &store, err);
	if (!code)
		code = open_file(run->session, name, &fd, &reading.size, err);
	if (!code) {
		options.progress = told;
		options.expiring = run->session->working ? told_expiring : NULL;
		options.progress_context = &reading;
		told(&reading, 0);
		code = nm_calls_file_import(store, run->session->plan, fd, &options, &file, err);
	}
	if (fd >= 0 && fd != STDIN_FILENO)
		close(fd);
	if (file.arena && (!code || file.rows || file.n_wrong)) /* refused before the first row: its error says all */
		file_result(run, &file);
	if (code == NM_INPUT && file.rows && !run->json)
		nm_buf_add(run->notes, run->out->data); /* what was kept before the mistake: a result is not printed then */
	if (file.n_wrong)
		*status = STATUS_WRONG;
	run->stopped = file.stopped || file.unexpired;
	run->goes_on = file.stopped;
	nm_calls_file_clear(&file);
	nm_zone_free(zone);
	return code;
}
