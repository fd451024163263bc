/* SPDX-License-Identifier: MIT */
/*
 * The session's edits.  In: edits of the text, steps back and on.  Out: a text that reads, or why it
 * would not; what is written in it; what it changes for callers.  The file is written by session_save alone.
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/names.h"
#include "unsaved.h"

void session_forget_changes(struct session *session)
{
	if (session->changes_known) {
		nm_differences_clear(&session->changes);
		nm_findings_clear(&session->saved_findings);
	}
	session->changes_known = false;
}

void session_forget_written(struct session *session)
{
	session_forget_changes(session);
	if (session->written_known)
		nm_written_clear(&session->written);
	session->written_known = false;
}

enum nm_code session_written(struct session *session, const struct nm_written **out, struct nm_error *err)
{
	const struct nm_texts texts = session_texts(session);
	enum nm_code code = NM_OK;

	if (!session->written_known)
		code = nm_written_read(texts.bytes, texts.len, &session->written, err);
	session->written_known = code == NM_OK;
	*out = &session->written;
	return code;
}

static bool told(void *context, size_t done, size_t all)
{
	const struct session *session = context;

	return session->deriving(session->deriving_context, "lines compared with what is saved", done, all);
}

const char *session_path(struct session *session, const char *name)
{
	char *path = session->written_known && *name ? nm_texts_path(session->options.plan_file, name) : NULL;
	const char *kept = path ? nm_arena_text(session->written.arena, path) : NULL;

	free(path);
	return *name ? kept : session->options.plan_file;
}

/* Both or neither. */
static enum nm_code compare(struct session *session, const struct nm_plan *saved, const char *text, size_t len,
			    struct nm_error *err)
{
	const nm_time now = session_now(session);
	const struct nm_plan_pair pair = {
		.old = saved,
		.new_plan = session->plan,
		.from = now,
		.until = now + NM_CHECK_HORIZON,
		.go_on = session->deriving ? told : NULL,
		.context = session};
	enum nm_code code = session_check(session, saved, text, len, &session->saved_findings, err);

	if (code)
		return code;
	code = nm_plan_compare(&pair, &session->changes, err);
	if (code)
		nm_findings_clear(&session->saved_findings);
	return code;
}

enum nm_code session_changes(struct session *session, const struct nm_differences **out, const struct nm_findings **saved,
			     struct nm_error *err)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	const struct nm_texts saved_texts = nm_document_saved(session->document);
	enum nm_code code = session_need_plan(session, err);

	*out = &session->changes;
	*saved = &session->saved_findings;
	if (code || session->changes_known)
		return code;
	nm_diags_init(&diags);
	code = session_plan_read(session, session->options.plan_file, saved_texts.bytes, saved_texts.len, &plan, &diags, err);
	if (!code)
		code = compare(session, plan, saved_texts.bytes, saved_texts.len, err);
	session->changes_known = code == NM_OK;
	nm_plan_free(plan);
	nm_diags_clear(&diags);
	return code;
}

enum nm_code session_try(const struct session *session, const char *text, size_t len, struct nm_diags *diags,
			 struct nm_error *err)
{
	struct nm_plan *plan = NULL;
	enum nm_code code = session_plan_read(session, session->options.plan_file, text, len, &plan, diags, err);

	if (code && diags->n)
		nm_fail(err, code, "the change would not read: %s", diags->items[0].text);
	nm_plan_free(plan);
	return code;
}

enum nm_code session_edited(const struct session *session, const struct nm_edit *edits, size_t n, char **out,
			    size_t *out_len, struct nm_error *err)
{
	const struct nm_texts texts = session_texts(session);
	size_t len = texts.len;
	char *edited = malloc(len + 1);
	enum nm_code code = edited ? NM_OK : nm_fail_memory(err);

	if (edited)
		memcpy(edited, texts.bytes, len + 1);

	for (size_t i = 0; i < n && !code; i++) {
		char *next = NULL;

		code = nm_edit_apply(&edits[i], edited, len, &next, &len, err);
		if (code)
			break;
		free(edited);
		edited = next;
	}
	if (code) {
		free(edited);
		return code;
	}
	*out = edited;
	*out_len = len;
	return NM_OK;
}

/* All edits are one step of undo: half a change is none.  One that changes nothing is no step. */
enum nm_code session_edit(struct session *session, const struct nm_edit *edits, size_t n, const char *what,
			  struct nm_error *err)
{
	struct nm_diags diags;
	char *edited = NULL;
	size_t len = 0;
	enum nm_code code;

	if (session->options.read_only)
		return nm_fail(err, NM_REFUSED, "this session is read-only");
	if (session->unread)
		return session_need_plan(session, err);
	nm_diags_init(&diags);
	code = session_edited(session, edits, n, &edited, &len, err);
	if (!code)
		code = session_try(session, edited, len, &diags, err);
	if (!code && !nm_texts_same((struct nm_texts){edited, len}, nm_document_texts(session->document))) {
		code = nm_document_replace(session->document, edited, len, what, err);
		if (!code)
			session_read_plan(session);
	}
	nm_diags_clear(&diags);
	free(edited);
	return code;
}

struct nm_edit session_override(const struct session *session, const char *section)
{
	const struct nm_plan *plan = session->plan;
	/* Where included files hold the first of them, none that is in this text can be ahead of it. */
	const bool included =
		plan->n_overrides && strcmp(plan->overrides[0].rule.pos.file, session->options.plan_file) != 0;

	return (struct nm_edit){
		.op = NM_EDIT_ADD_FIRST,
		.place = { .section = included ? "include" : "override", .step = -1 },
		.value = section,
	};
}

void session_drop(struct session *session)
{
	nm_document_drop(session->document);
	session_read_plan(session);
}

enum nm_code session_undo(struct session *session, bool redo, const char **what, struct nm_error *err)
{
	if (session->options.read_only)
		return nm_fail(err, NM_REFUSED, "this session is read-only");
	*what = redo ? nm_document_redo(session->document) : nm_document_undo(session->document);
	if (*what)
		session_read_plan(session);
	return NM_OK;
}

enum nm_code session_replace(struct session *session, const char *text, size_t len, const char *what,
			     struct nm_error *err)
{
	enum nm_code code;

	if (session->options.read_only)
		return nm_fail(err, NM_REFUSED, "this session is read-only");
	code = nm_document_replace(session->document, text, len, what, err);
	if (!code)
		session_read_plan(session);
	return code;
}

enum nm_code session_discard(struct session *session, const char *what, struct nm_error *err)
{
	enum nm_code code;

	if (session->options.read_only)
		return nm_fail(err, NM_REFUSED, "this session is read-only");
	code = nm_document_discard(session->document, what, err);
	if (!code)
		session_read_plan(session);
	return code;
}

/* NM_OK when the text would read. */
static enum nm_code reads(const struct session *session, const char *text, size_t len, struct nm_error *err)
{
	struct nm_diags diags;
	enum nm_code code;

	nm_diags_init(&diags);
	code = session_try(session, text, len, &diags, err);
	nm_diags_clear(&diags);
	return code;
}

/* Both texts as one that reads; the caller clears it. */
static enum nm_code merged(const struct session *session, struct nm_document_merged *out, struct nm_error *err)
{
	enum nm_code code = nm_document_merged(session->document, out, err);

	if (code)
		return code;
	code = reads(session, out->texts.data, out->texts.len, err);
	if (code)
		nm_document_merged_clear(out);
	return code;
}

enum nm_code session_may_merge(const struct session *session, struct nm_error *err)
{
	struct nm_document_merged both;
	enum nm_code code = merged(session, &both, err);

	if (!code)
		nm_document_merged_clear(&both);
	return code;
}

enum nm_code session_merge(struct session *session, const char *their_words, const char *our_words, struct nm_error *err)
{
	struct nm_document_merged both;
	enum nm_code code;

	if (session->options.read_only)
		return nm_fail(err, NM_REFUSED, "this session is read-only");
	code = merged(session, &both, err);
	if (code)
		return code;
	code = nm_document_merge(session->document, &both, their_words, our_words, err);
	nm_document_merged_clear(&both);
	session->stale = session->gone = false;
	session_know_versions(session);
	session_read_plan(session);
	session_notice(session);
	return code;
}

enum nm_code session_on_top(const struct session *session, const struct unsaved *ours, char **out, size_t *len,
			    struct nm_error *err)
{
	struct nm_buf texts;
	enum nm_code code;

	nm_buf_init(&texts, NM_TEXTS_BYTES);
	code = nm_texts_merge((struct nm_texts){ours->base, ours->base_len}, (struct nm_texts){ours->text, ours->len},
			      nm_document_texts(session->document), &texts, err);
	if (!code)
		code = reads(session, texts.data, texts.len, err);
	if (!code) {
		*len = texts.len;
		*out = nm_buf_take(&texts);
		code = *out ? NM_OK : nm_fail_memory(err);
	}
	nm_buf_clear(&texts);
	return code;
}

/* The text as a version, and what was renamed on the way to it: both or neither. */
static enum nm_code keep(struct session *session, const struct nm_renames *renames, struct nm_error *err)
{
	struct nm_store *store;
	size_t len;
	const char *text = nm_document_text(session->document, &len);
	int64_t id;
	enum nm_code code = session_store(session, &store, err);

	if (!code)
		code = nm_store_begin(store, err);
	if (code)
		return code;
	code = nm_store_keep(store, session_now(session), session->options.who, "saved", text, len, &id, err);
	if (!code)
		code = nm_store_renames_put(store, renames, err);
	if (!code)
		code = nm_store_commit(store, err);
	if (code)
		nm_store_abandon(store);
	return code;
}

/* What was compared with the text while nobody had saved it is kept now that somebody has. */
static enum nm_code keep_status(struct session *session, struct nm_error *err)
{
	struct nm_push_context context;
	enum nm_code code;

	session_reading_abandon(session);
	if (!session->status_known)
		return NM_OK;
	code = session_store_context(session, &context, err);
	return code ? code : nm_status_keep(&context, &session->status, err);
}

enum nm_code session_save(struct session *session, struct nm_error *err)
{
	const bool was_unsaved = nm_document_dirty(session->document);
	struct nm_renames renames;
	struct nm_error failure;
	enum nm_code code;

	if (session->options.read_only)
		return nm_fail(err, NM_REFUSED, "this session is read-only");
	code = nm_document_renames(session->document, &renames, err);
	if (code)
		return code;
	code = nm_document_save(session->document, err);
	if (code) {
		nm_renames_clear(&renames);
		return code;
	}
	session_forget_changes(session);
	session_mark_saved(session);
	if (was_unsaved)
		code = keep_status(session, &failure);
	if (!code && session->options.data_dir) {
		code = keep(session, &renames, &failure);
		session_know_versions(session);
	}
	nm_renames_clear(&renames);
	if (code)
		return nm_fail(err, code, "the plan is saved, but not as a version, nor pushed: %s", failure.text);
	return NM_OK;
}
