/* SPDX-License-Identifier: MIT */
/*
 * codes: what somebody must dial or set by hand so that a line does what the plan says now, large, and as QR
 * codes; what was done when; when it changes next.  It changes nothing: `push` asks for each and keeps it.
 */
#include "command.h"

#include <string.h>

#include "handwork.h"
#include "large.h"
#include "qr.h"

#define WIDTH 76

/* One line of the plan, ready to be told. */
struct told {
	const struct nm_plan *plan;
	const struct nm_line_status *status;
	struct handwork work;
};

static const char *state_words(const struct nm_line_status *status)
{
	return status->as_assumed ? "done already" : "to be done now, in this order";
}

/* --- JSON --- */

static void json_items(struct nm_json *json, const struct handwork_item *items, size_t n)
{
	nm_json_array(json);
	for (size_t i = 0; i < n; i++) {
		nm_json_object(json);
		nm_json_key(json, "code");
		nm_json_text(json, items[i].code);
		nm_json_key(json, "does");
		nm_json_text(json, items[i].words);
		nm_json_key(json, "done_at");
		nm_json_text(json, items[i].when);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static enum nm_code json_next(struct nm_json *json, const struct told *told, struct nm_error *err)
{
	const struct nm_next *next = &told->work.next;
	struct handwork_item *items;
	size_t n;
	enum nm_code code;

	nm_json_key(json, "next");
	if (next->at == NM_TIME_MAX) {
		nm_json_null(json);
		return NM_OK;
	}
	code = handwork_items(&next->artefact, told->work.arena, &items, &n, err);
	if (code)
		return code;
	nm_json_object(json);
	json_time(json, told->plan->zone, "at", next->at);
	nm_json_key(json, "codes");
	json_items(json, items, n);
	nm_json_key(json, "refusal");
	nm_json_text(json, next->refusal.code ? next->refusal.text : NULL);
	nm_json_end(json, '}');
	return NM_OK;
}

static void json_lines(struct nm_json *json, const char *key, const char *text)
{
	struct nm_buf line;

	nm_json_key(json, key);
	nm_json_array(json);
	nm_buf_init(&line, NM_ARTEFACT_BYTES);
	while (text && *text) {
		const size_t len = strcspn(text, "\n");

		nm_buf_clear(&line);
		nm_buf_addn(&line, text, len);
		nm_json_text(json, line.data);
		text += len + (text[len] == '\n');
	}
	nm_buf_clear(&line);
	nm_json_end(json, ']');
}

/* What takes it back: objects like those of `codes`, which nobody has done. */
static enum nm_code json_back(struct nm_json *json, const struct told *told, struct nm_error *err)
{
	struct handwork_item *items = NULL;
	size_t n = 0;
	enum nm_code code = NM_OK;

	if (told->work.back)
		code = handwork_lines(told->work.back, true, told->work.arena, &items, &n, err);
	if (code)
		return code;
	nm_json_key(json, "back");
	json_items(json, items, n);
	return NM_OK;
}

static enum nm_code write_json(struct nm_json *json, const struct told *told, struct nm_error *err)
{
	const struct nm_line *line = &told->plan->lines[told->status->line];
	char number[NM_NUMBER_TEXT];
	enum nm_code code;

	nm_number_write(line->number, number);
	nm_json_object(json);
	nm_json_key(json, "line");
	nm_json_text(json, line->name);
	nm_json_key(json, "number");
	nm_json_text(json, number);
	nm_json_key(json, "driver");
	nm_json_text(json, told->status->carrier->name);
	nm_json_key(json, "assumed");
	nm_json_bool(json, told->status->as_assumed);
	json_proof(json, told->plan->zone, &told->status->proof);
	nm_json_key(json, "words");
	nm_json_text(json, told->status->words);
	nm_json_key(json, "refusal");
	nm_json_text(json, told->work.refusal);
	nm_json_key(json, "every_call_to");
	nm_json_text(json, told->work.every);
	nm_json_key(json, "codes");
	json_items(json, told->work.items, told->work.n);
	code = json_back(json, told, err);
	json_lines(json, "notes", told->work.notes);
	if (!code)
		code = json_next(json, told, err);
	nm_json_end(json, '}');
	return code;
}

/* --- text --- */

/* Lines of text, each so far in. */
static void indent(struct nm_buf *out, const char *blanks, const char *text)
{
	while (*text) {
		const size_t len = strcspn(text, "\n");

		if (len)
			nm_buf_add(out, blanks);
		nm_buf_addn(out, text, len);
		nm_buf_add(out, "\n");
		text += len + (text[len] == '\n');
	}
}

static enum nm_code write_code(struct invocation *run, const struct handwork_item *item, struct nm_error *err)
{
	const bool ascii = run->options->ascii;
	struct nm_buf drawn;
	struct qr qr;
	enum nm_code code = NM_OK;

	if (!item->code)
		return NM_OK;
	nm_buf_init(&drawn, 1u << 16);
	nm_buf_add(&drawn, "\n");
	large_print(item->code, WIDTH, ascii, &drawn);
	if (argument_given(run->args, "qr")) {
		code = qr_make(item->code, &qr, err);
		if (!code) {
			nm_buf_add(&drawn, "\n");
			qr_print(&qr, ascii, &drawn);
			qr_clear(&qr);
		}
	}
	indent(run->out, "    ", drawn.data);
	nm_buf_clear(&drawn);
	return code;
}

static void write_when(struct invocation *run, const char *when)
{
	const struct nm_zone *zone = session_zone(run->session);
	char words[NM_TIME_TEXT];
	nm_time at;

	if (when && nm_time_read(when, zone, 0, &at, NULL) == NM_OK) {
		nm_time_words(zone, at, true, words);
		nm_buf_addf(run->out, "    done %s\n", words);
	}
}

static enum nm_code write_next(struct invocation *run, const struct told *told, struct nm_error *err)
{
	const struct nm_next *next = &told->work.next;
	struct handwork_item *items;
	size_t n;
	enum nm_code code;

	if (next->at == NM_TIME_MAX) {
		nm_buf_addf(run->out, "next change: none in %d days\n", HANDWORK_DAYS);
		return NM_OK;
	}
	code = handwork_items(&next->artefact, told->work.arena, &items, &n, err);
	if (code)
		return code;
	nm_buf_add(run->out, "next change: ");
	handwork_next_words(told->plan, told->status, &told->work, run->out);
	nm_buf_add(run->out, "\n");
	for (size_t i = 0; i < n; i++)
		nm_buf_addf(run->out, items[i].code ? "  %-28s  %s\n" : "  %s%s\n",
			    items[i].code ? items[i].code : "", items[i].words);
	return NM_OK;
}

static enum nm_code write_text(struct invocation *run, const struct told *told, struct nm_error *err)
{
	const struct nm_line *line = &told->plan->lines[told->status->line];
	const struct handwork *work = &told->work;
	char number[NM_NUMBER_TEXT];
	enum nm_code code = NM_OK;

	nm_number_words(line->number, number);
	nm_buf_addf(run->out, "%s, %s: %s\n", line->name, number,
		    work->refusal ? work->refusal : state_words(told->status));
	nm_buf_addf(run->out, "  %s\n", told->status->words);
	if (work->every && !told->status->as_assumed)
		nm_buf_addf(run->out, "  EVERY call will go to %s; look at the number before you do it\n",
			    work->every);
	for (size_t i = 0; i < work->n && !code; i++) {
		nm_buf_addf(run->out, "\n%2zu  %s%s%s\n", i + 1,
			    work->items[i].code ? work->items[i].code : "", work->items[i].code ? "  " : "",
			    work->items[i].words);
		write_when(run, work->items[i].when);
		code = write_code(run, &work->items[i], err);
	}
	nm_buf_add(run->out, "\n");
	if (!code)
		code = write_next(run, told, err);
	if (work->back) {
		nm_buf_add(run->out, "to take it back\n");
		indent(run->out, "  ", work->back);
	}
	if (work->notes) {
		nm_buf_add(run->out, "notes\n");
		indent(run->out, "  ", work->notes);
	}
	return code;
}

/* --- the lines --- */

static enum nm_code tell_line(struct invocation *run, const struct nm_push_context *context, int line,
			      struct nm_json *json, enum status *status, struct nm_error *err)
{
	struct told told = { .plan = run->session->plan };
	struct nm_status found;
	enum nm_code code = nm_status_read(context, line, &found, err);

	if (code)
		return code;
	told.status = &found.lines[0];
	code = handwork_build(told.plan, told.status, context->now, &told.work, err);
	if (!code) {
		code = json ? write_json(json, &told, err) : write_text(run, &told, err);
		if (!told.status->as_assumed)
			*status = STATUS_WRONG;
		handwork_clear(&told.work);
	}
	nm_status_clear(&found);
	return code;
}

static enum nm_code tell_lines(struct invocation *run, int line, struct nm_json *json, enum status *status,
			       struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	struct nm_push_context context;
	size_t told = 0;
	enum nm_code code = session_push_context(run->session, &context, err);

	for (int i = 0; i < (int)plan->n_lines && !code; i++) {
		if ((line >= 0 && i != line) || !handwork_line(plan, i))
			continue;
		if (told++ && !json)
			nm_buf_add(run->out, "\n");
		code = tell_line(run, &context, i, json, status, err);
	}
	if (!code && !told)
		code = line >= 0
			       ? nm_fail(err, NM_INPUT,
					 "line `%s` is on %s, which needs nobody to dial anything",
					 plan->lines[line].name,
					 plan->accounts[plan->lines[line].account].driver)
			       : nm_fail(err, NM_INPUT,
					 "no line of the plan is worked by hand (drivers codes and manual)");
	return code;
}

enum nm_code cmd_codes(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_json json;
	int line;
	enum nm_code code = argument_line(run, &line, err);

	*status = STATUS_GOOD;
	if (code)
		return code;
	if (!run->json)
		return tell_lines(run, line, NULL, status, err);
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "lines");
	nm_json_array(&json);
	code = tell_lines(run, line, &json, status, err);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
	return code;
}
