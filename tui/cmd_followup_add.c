/* SPDX-License-Identifier: MIT */
/*
 * followup add: a lead that came otherwise than by a call, from the command line or, one JSON object a line, from what
 * takes a web form's answers.  A row that is wrong is told with its line and does not stop the others, and one that is there
 * already is not added again, so that a file that was cut off can be given once more.
 */
#include "followups.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum nm_code add_one(struct invocation *run, struct nm_store *store, struct nm_error *err)
{
	const struct arguments *args = run->args;
	const struct nm_lead_text text = { .channel = argument(args, "channel"),
					   .number = argument(args, "number"),
					   .name = argument(args, "name"),
					   .words = argument(args, "words"),
					   .line = argument(args, "line"),
					   .at = argument(args, "at") };
	struct nm_followup lead;
	struct nm_json json;
	int64_t id = 0;
	enum nm_code code = nm_lead_read(run->session->plan, &text, session_now(run->session), &lead, err);

	if (code == NM_OK)
		code = nm_store_followup_add(store, &lead, &id, err);
	if (code != NM_OK)
		return code;
	lead.id = id;
	lead.newest = lead.opened;
	if (!run->json) {
		nm_buf_addf(run->out, "#%lld: ", (long long)id);
		followup_stands(run->session, &lead, run->out);
		nm_buf_add(run->out, "\n");
		return NM_OK;
	}
	nm_json_init(&json, run->out);
	json_followup(&json, run->session, &lead);
	json_finish(&json, run->out);
	return NM_OK;
}

/* --- many --- */

struct leads {
	struct invocation *run;
	struct nm_store *store;
	const char *name; /* of the file, for messages */
	FILE *file;
	size_t line, added, known, wrong;
	size_t read, size; /* bytes; size 0: it is no file, and nobody knows how much will come */
};

/* The next line without its end, as far as a row may go; false: there is none.  *len is what the whole has. */
static bool next_row(FILE *file, char row[static NM_LEAD_ROW + 1], size_t *len)
{
	int c = getc(file);

	if (c == EOF)
		return false;
	for (*len = 0; c != EOF && c != '\n'; c = getc(file)) {
		if (*len < NM_LEAD_ROW)
			row[*len] = (char)c;
		++*len;
	}
	row[*len < NM_LEAD_ROW ? *len : NM_LEAD_ROW] = '\0';
	return true;
}

static enum nm_code add_row(struct leads *leads, const char *row, size_t len, struct nm_error *err)
{
	struct session *session = leads->run->session;
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup lead;
	int64_t id = 0;
	enum nm_code code = arena ? NM_OK : nm_fail_memory(err);

	if (code == NM_OK && len > NM_LEAD_ROW)
		code = nm_fail(err, NM_INPUT, "longer than %d bytes", NM_LEAD_ROW);
	if (code == NM_OK)
		code = nm_lead_read_json(session->plan, row, len, session_now(session), arena, &lead, err);
	if (code == NM_OK)
		code = nm_store_lead_find(leads->store, &lead, &id, err);
	if (code == NM_OK && id) {
		leads->known++;
	} else if (code == NM_OK) {
		code = nm_store_followup_add(leads->store, &lead, &id, err);
		leads->added += code == NM_OK;
	}
	nm_arena_free(arena);
	return code;
}

/* Each row is durable, and takes as long as the disk does: so whoever waits is asked at each. */
static bool goes_on(struct leads *leads)
{
	const struct session *session = leads->run->session;

	if (session->working && leads->size)
		leads->run->stopped = !session->working(session->progress_context, "KiB of leads added", leads->read >> 10,
							(leads->size >> 10) + 1);
	leads->run->goes_on = leads->run->stopped;
	return !leads->run->stopped;
}

/* Each row is kept at once: what writes them may go on for days. */
static enum nm_code add_rows(struct leads *leads, struct nm_error *err)
{
	static const char blanks[] = " \t\r";
	char row[NM_LEAD_ROW + 1];
	size_t len;
	enum nm_code code = NM_OK;

	while (code == NM_OK && goes_on(leads) && next_row(leads->file, row, &len)) {
		leads->line++;
		leads->read += len + 1;
		if (strspn(row, blanks) == len)
			continue;
		code = add_row(leads, row, len, err);
		if (code == NM_INPUT) {
			nm_buf_addf(leads->run->notes, "%s:%zu: %s\n", leads->name, leads->line, err->text);
			leads->wrong++;
			code = NM_OK;
		}
	}
	if (code == NM_OK && ferror(leads->file))
		code = nm_fail(err, NM_SYSTEM, "cannot read %s", leads->name);
	return code;
}

static void tell_added(struct leads *leads)
{
	struct nm_buf *out = leads->run->out;
	struct nm_json json;

	if (!leads->run->json) {
		nm_buf_addf(out, "%zu added, %zu known, %zu wrong\n", leads->added, leads->known,
			    leads->wrong);
		if (leads->run->stopped)
			nm_buf_add(out, "stopped: the same file goes on, what is there already is not added again\n");
		return;
	}
	nm_json_init(&json, out);
	nm_json_object(&json);
	nm_json_key(&json, "added");
	nm_json_int(&json, (int64_t)leads->added);
	nm_json_key(&json, "known");
	nm_json_int(&json, (int64_t)leads->known);
	nm_json_key(&json, "wrong");
	nm_json_int(&json, (int64_t)leads->wrong);
	json_finish(&json, out);
}

static enum nm_code open_file(struct leads *leads, const char *name, struct nm_error *err)
{
	struct stat about;

	leads->name = name;
	leads->file = stdin;
	if (!strcmp(name, "-"))
		return isatty(STDIN_FILENO) ? nm_fail(err, NM_INPUT,
						      "--jsonl - reads leads from a pipe, and there is none")
					    : NM_OK;
	leads->file = fopen(name, "re");
	if (!leads->file)
		return nm_fail(err, NM_INPUT, "cannot open %s: %s", name, strerror(errno));
	if (!fstat(fileno(leads->file), &about) && S_ISREG(about.st_mode))
		leads->size = (size_t)about.st_size;
	return NM_OK;
}

static enum nm_code add_many(struct invocation *run, struct nm_store *store, enum status *status,
			     struct nm_error *err)
{
	static const char *const others[] = { "channel", "number", "name", "words", "line", "at" };
	struct leads leads = { .run = run, .store = store };
	enum nm_code code;

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (argument_given(run->args, others[i]))
			return nm_fail(err, NM_INPUT, "--%s is of one lead: with --jsonl each row has its own",
				       others[i]);
	code = open_file(&leads, argument(run->args, "jsonl"), err);
	if (code == NM_OK)
		code = add_rows(&leads, err);
	if (leads.file && leads.file != stdin)
		fclose(leads.file);
	if (code == NM_OK) {
		tell_added(&leads);
		*status = leads.wrong ? STATUS_WRONG : STATUS_GOOD;
	}
	return code;
}

enum nm_code followup_add(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_store *store;
	enum nm_code code = need_write(run, err);

	if (code == NM_OK)
		code = session_store(run->session, &store, err);
	if (code != NM_OK)
		return code;
	return argument_given(run->args, "jsonl") ? add_many(run, store, status, err) : add_one(run, store, err);
}
