/* SPDX-License-Identifier: MIT */
/*
 * The session.  In: the plan file, the store, a clock.  Out: the plan and everything derived from it,
 * made when first asked for.  Does not know who asks, and shows nothing.
 */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BESIDE_BYTES (1u << 20) /* of paths */

void session_timelines_clear(struct session_timelines *timelines)
{
	for (size_t i = 0; i < SESSION_TIMELINES; i++) {
		nm_timeline_free(timelines->items[i].timeline);
		timelines->items[i].timeline = NULL;
	}
}

static void forget_status(struct session *session)
{
	if (session->status_known)
		nm_status_clear(&session->status);
	session->status_known = false;
}

static void forget_findings(struct session *session)
{
	if (session->findings_known)
		nm_findings_clear(&session->findings);
	session->findings_known = false;
	if (session->then_known)
		nm_findings_clear(&session->then_findings);
	session->then_known = false;
	session_forget_changes(session);
	session->proofs++;
}

/* Everything made from the plan, which must still be there. */
static void forget_derived(struct session *session)
{
	session_reading_abandon(session);
	session_timelines_clear(&session->timelines);
	session_timelines_clear(&session->beside.timelines);
	forget_status(session);
	forget_findings(session);
	if (session->classes_known)
		nm_classes_clear(&session->classes);
	session->classes_known = false;
	session_forget_written(session);
	nm_due_times_free(session->due_times);
	session->due_times = NULL;
}

/* FNV-1a */
static uint64_t hash_more(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
	return hash;
}

uint64_t session_text_mark(const struct nm_plan *plan, const char *text, size_t len)
{
	const struct nm_plan_file *file = plan ? plan->files : NULL;
	uint64_t hash = hash_more(0xcbf29ce484222325u, text, strnlen(text, len)); /* included ones are among the files */

	for (; file; file = file->next)
		hash = hash_more(hash, file->bytes, file->len);
	return hash;
}

uint64_t session_plan_mark(const struct session *session)
{
	const struct nm_texts texts = session_texts(session);

	return session_text_mark(session->plan, texts.bytes, texts.len);
}

void session_mark_saved(struct session *session)
{
	session->saved_mark = session_plan_mark(session);
}

static void give_files(struct session *session)
{
	const struct nm_plan_file *files = session->plan ? session->plan->files : NULL;

	if (session->store)
		nm_store_files(session->store, files);
	if (session->beside.store)
		nm_store_files(session->beside.store, files);
}

struct nm_texts session_texts(const struct session *session)
{
	if (!session->unread)
		return nm_document_texts(session->document);
	return (struct nm_texts){session->read_text, session->read_len};
}

/* The plan's texts, for when the document has some that do not read. */
static void keep_text(struct session *session, struct nm_texts texts)
{
	free(session->read_text);
	session->read_text = session->plan ? malloc(texts.len + 1) : NULL;
	session->read_len = texts.len;
	if (session->read_text)
		memcpy(session->read_text, texts.bytes, texts.len + 1);
}

void session_read_plan(struct session *session)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	const struct nm_texts texts = nm_document_texts(session->document);
	const uint64_t beside = nm_files_stamp(&session->beside_paths);

	nm_diags_init(&diags);
	session->plan_error = (struct nm_error){0};
	if (session_plan_read(session, session->options.plan_file, texts.bytes, texts.len, &plan, &diags, &session->plan_error))
		plan = NULL;
	if (plan && session_copies(session, plan)) {
		nm_plan_free(plan);
		plan = NULL;
		if (session_plan_read(session, session->options.plan_file, texts.bytes, texts.len, &plan, &diags, &session->plan_error))
			plan = NULL;
	}
	forget_derived(session);
	session->unread = !plan && session->keeps && session->plan && session->read_text;
	if (!session->unread) {
		nm_plan_free(session->plan);
		session->plan = plan;
		keep_text(session, texts);
	}
	nm_diags_clear(&session->diags);
	session->due_times = session->plan ? nm_due_times_new(session->plan) : NULL;
	session->diags = diags;
	session->generation++;
	session_beside_keep(session, beside);
	if (!nm_document_dirty(session->document))
		session_mark_saved(session);
	give_files(session);
}

/* Opens it on the document that open() makes. */
static enum nm_code begin(struct session *session, const struct session_options *options,
			  enum nm_code (*open)(const char *file, struct nm_document **out, struct nm_error *err),
			  const struct nm_plan_file *kept, struct nm_error *err)
{
	enum nm_code code;

	*session = (struct session){.options = *options, .kept = kept};
	nm_buf_init(&session->beside_paths, BESIDE_BYTES);
	nm_diags_init(&session->diags);
	code = nm_zone_load("UTC", &session->utc, err);
	if (code)
		return code;
	code = open(options->plan_file, &session->document, err);
	if (code) {
		session_close(session);
		return code;
	}
	session_calendars_open(session);
	session_read_plan(session);
	return NM_OK;
}

enum nm_code session_open(struct session *session, const struct session_options *options,
			  struct nm_error *err)
{
	return begin(session, options, nm_document_open, NULL, err);
}

enum nm_code session_draft(struct session *session, const struct session_options *options,
			   const struct nm_plan_file *kept, struct nm_error *err)
{
	return begin(session, options, nm_document_new, kept, err);
}

/* The text before is nobody's to go back to. */
enum nm_code session_draft_text(struct session *session, const char *text, size_t len, struct nm_error *err)
{
	enum nm_code code;

	nm_document_drop(session->document);
	code = nm_document_replace(session->document, text, len, "", err);
	session_read_plan(session);
	return code;
}

void session_close(struct session *session)
{
	forget_derived(session);
	session_recall_forget(session);
	session_calendars_close(session);
	session_copies_forget(session);
	network_close(&session->network);
	session_beside_close(session);
	nm_store_close(session->store);
	nm_plan_free(session->plan);
	free(session->read_text);
	nm_buf_clear(&session->beside_paths);
	nm_diags_clear(&session->diags);
	nm_document_free(session->document);
	nm_zone_free(session->utc);
	*session = (struct session){0};
}

struct nm_followup_due session_due(const struct session *session, const struct nm_followup *followup)
{
	return session->due_times ? nm_due_times_of(session->due_times, followup)
				  : nm_followup_due(session->plan, followup);
}

nm_time session_now(const struct session *session)
{
	return session->options.now(session->options.now_context);
}

const struct nm_zone *session_zone(const struct session *session)
{
	return session->plan ? session->plan->zone : session->utc;
}

enum nm_code session_need_plan(const struct session *session, struct nm_error *err)
{
	if (session->plan && !session->unread)
		return NM_OK;
	if (session->diags.n)
		return nm_fail(err, NM_INPUT, "%s:%d: %s", session->diags.items[0].file,
			       session->diags.items[0].line, session->diags.items[0].text);
	return nm_fail(err, session->plan_error.code, "%s", session->plan_error.text);
}

enum nm_code session_need_look(const struct session *session, struct nm_error *err)
{
	return session->unread ? NM_OK : session_need_plan(session, err);
}

/* mkdir -p, for the data directory. */
static enum nm_code make_folders(const char *path, struct nm_error *err)
{
	char *copy = strdup(path);
	enum nm_code code = NM_OK;

	if (!copy)
		return nm_fail_memory(err);
	for (char *p = copy + 1; !code; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			code = nm_fail(err, NM_SYSTEM, "%s: %s", copy, strerror(errno));
		*p = was;
		if (was == '\0')
			break;
	}
	free(copy);
	return code;
}

enum nm_code session_store_path(struct session *session, struct nm_buf *out, struct nm_error *err)
{
	const struct session_options *options = &session->options;
	enum nm_code code;

	if (!options->data_dir)
		return nm_fail(err, NM_INPUT, "there is no data directory: give one with --data");
	code = options->read_only ? NM_OK : make_folders(options->data_dir, err);
	return code ? code : nm_store_path(options->data_dir, options->plan_file, out, err);
}

enum nm_code session_store(struct session *session, struct nm_store **out, struct nm_error *err)
{
	struct nm_buf path;
	enum nm_code code;

	if (session->store) {
		*out = session->store;
		return NM_OK;
	}
	nm_buf_init(&path, 1u << 16);
	code = session_store_path(session, &path, err);
	if (!code)
		code = nm_store_open(path.data, session->options.read_only, &session->store, err);
	nm_buf_clear(&path);
	if (!code && session->plan)
		code = nm_store_know_lines(session->store, session->plan, err);
	give_files(session);
	*out = session->store;
	return code;
}

void session_rest_store(struct session *session)
{
	if (session->store)
		nm_store_rest(session->store);
}

enum nm_code session_plan_context(struct session *session, const struct nm_plan *plan, struct nm_push_context *out,
				  struct nm_error *err)
{
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);
	nm_time now;

	if (code)
		return code;
	now = session_now(session);
	*out = (struct nm_push_context){
		.plan = plan,
		.store = store,
		.now = now,
		.horizon = now + NM_CHECK_HORIZON,
		.who = session->options.who,
		.progress = session->progress,
		.idle = session->idle,
		.progress_context = session->progress_context,
		.stage = session->stage,
		.stage_context = session->stage_context,
		.clock = session->options.now,
		.clock_context = session->options.now_context,
	};
	return NM_OK;
}

enum nm_code session_store_context(struct session *session, struct nm_push_context *out, struct nm_error *err)
{
	enum nm_code code = session_need_plan(session, err);

	if (!code)
		code = session_plan_context(session, session->plan, out, err);
	if (code)
		return code;
	out->plan_mark = session_plan_mark(session);
	out->unsaved = nm_document_dirty(session->document);
	return NM_OK;
}

enum nm_code session_quiet_context(struct session *session, struct nm_push_context *out, struct nm_error *err)
{
	struct nm_push_context context;
	enum nm_code code = session_store_context(session, &context, err);

	if (!code)
		code = network_open(&session->network, session->plan, context.store, err);
	if (code)
		return code;
	*out = context;
	out->transport = session->network.ways;
	return NM_OK;
}

enum nm_code session_push_context(struct session *session, struct nm_push_context *out, struct nm_error *err)
{
	session_reading_abandon(session);
	return session_quiet_context(session, out, err);
}

enum nm_code session_timeline(struct session *session, nm_time from, nm_time until,
			      const struct nm_timeline **out, struct nm_error *err)
{
	size_t slot = 0;
	struct session_timelines *timelines = &session->timelines;
	struct nm_timeline *timeline;
	enum nm_code code = session_need_look(session, err);

	if (code)
		return code;
	for (size_t i = 0; i < SESSION_TIMELINES; i++) {
		const struct nm_timeline *held = timelines->items[i].timeline;

		if (held && held->from <= from && until <= held->until) {
			timelines->items[i].used = ++timelines->clock;
			*out = held;
			return NM_OK;
		}
		if (timelines->items[i].used < timelines->items[slot].used)
			slot = i;
	}
	code = nm_timeline_build(session->plan, from, until, &timeline, err);
	if (code)
		return code;
	nm_timeline_free(timelines->items[slot].timeline);
	timelines->items[slot].timeline = timeline;
	timelines->items[slot].used = ++timelines->clock;
	*out = timeline;
	return NM_OK;
}

enum nm_code session_classes(struct session *session, const struct nm_classes **out, struct nm_error *err)
{
	enum nm_code code = session_need_look(session, err);

	if (!code && !session->classes_known) {
		code = nm_classes_build(session->plan, &session->classes, err);
		session->classes_known = code == NM_OK;
	}
	*out = &session->classes;
	return code;
}

enum nm_code session_tests_played(struct session *session, bool after_hours, struct nm_error *err)
{
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);

	if (code || session->unread || nm_store_read_only(store))
		return code;
	code = nm_store_tests_add(store, session_now(session), after_hours, err);
	/* What was found may have been `untested`. */
	if (!code)
		forget_findings(session);
	return code;
}

void session_take_status(struct session *session, const struct nm_status *status, nm_time at)
{
	forget_status(session);
	forget_findings(session); /* drift is one of them */
	session->status = *status;
	session->readings++;
	session->status_known = true;
	session->status_at = at;
}

void session_forget_status(struct session *session)
{
	forget_status(session);
	session->readings++;
}

enum nm_code session_status(struct session *session, bool again, const struct nm_status **out,
			    struct nm_error *err)
{
	struct nm_push_context context;
	struct nm_status status;
	enum nm_code code = NM_OK;

	*out = &session->status;
	if (session->status_known && !again)
		return NM_OK;
	code = session_push_context(session, &context, err);
	if (!code)
		code = nm_status_read(&context, -1, &status, err);
	if (code)
		return code;
	session_take_status(session, &status, context.now);
	return NM_OK;
}
