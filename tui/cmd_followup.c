/* SPDX-License-Identifier: MIT */
/*
 * followup: whom to call back.  `list` has the most urgent first, `show` one with all that was done, `done`, `reopen`,
 * `call` and `text` do something about it; `add` is in cmd_followup_add.c.
 */
#include "followups.h"

#include <stdlib.h>
#include <string.h>

#include "canvas.h"

#define LIST_COUNT 50
#define LIST_MOST 100000 /* open ones that are put in order */

/* The number of a follow-up, the verb's second word. */
static enum nm_code read_id(const struct invocation *run, int64_t *id, struct nm_error *err)
{
	const char *text = run->args->n_words > 1 ? run->args->words[1] : "";
	const char *digits = *text == '#' ? text + 1 : text;

	if (!*digits || digits[strspn(digits, "0123456789")])
		return nm_fail(err, NM_INPUT,
			       "followup %s %s: the number of a follow-up; `nevermiss followup list` has them",
			       run->args->words[0], text);
	*id = strtoll(digits, NULL, 10);
	return NM_OK;
}

/* --- list --- */

#define STANDS_COLUMNS 53

/* Columns of how each stands: what nearly all take, or what the longest of these does. */
static int stands_columns(const struct session *session, const struct nm_followups *followups)
{
	int columns = STANDS_COLUMNS;
	struct nm_buf stands;

	nm_buf_init(&stands, 4096);
	for (size_t i = 0; i < followups->n; i++) {
		nm_buf_clear(&stands);
		followup_stands(session, &followups->items[i], &stands);
		columns = text_width(stands.data) > columns ? text_width(stands.data) : columns;
	}
	nm_buf_clear(&stands);
	return columns;
}

/* "#1     call back by Mon 23 Nov 2026 08:15, 12 min late         +1 512 555 0199   2 missed calls to main" */
static void list_text(struct invocation *run, const struct nm_followups *followups)
{
	const int columns = stands_columns(run->session, followups);
	struct nm_buf stands, who;

	nm_buf_init(&stands, 4096);
	nm_buf_init(&who, 4096);
	for (size_t i = 0; i < followups->n; i++) {
		const struct nm_followup *followup = &followups->items[i];

		nm_buf_clear(&stands);
		nm_buf_clear(&who);
		followup_stands(run->session, followup, &stands);
		followup_who(followup, &who);
		nm_buf_addf(run->out, "#%-5lld %s%*s %s%*s ", (long long)followup->id, stands.data,
			    text_gap(stands.data, columns), "", who.data, text_gap(who.data, 17), "");
		followup_about(followup, run->out);
		nm_buf_add(run->out, "\n");
	}
	nm_buf_clear(&stands);
	nm_buf_clear(&who);
	if (!followups->n)
		nm_buf_add(run->out, argument_given(run->args, "all") ? "no follow-ups\n"
								      : "nobody is to be called back\n");
	if (followups->more)
		nm_buf_addf(run->out, "and more: --count shows more than %zu\n", followups->n);
}

static void list_json(struct invocation *run, const struct nm_followups *followups)
{
	struct nm_json json;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "followups");
	nm_json_array(&json);
	for (size_t i = 0; i < followups->n; i++) {
		json_followup(&json, run->session, &followups->items[i]);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	nm_json_key(&json, "more");
	nm_json_bool(&json, followups->more);
	json_finish(&json, run->out);
}

/* Open ones, the most urgent first; or all, the newest first. */
static enum nm_code read_list(struct invocation *run, size_t count, struct nm_followups *out, struct nm_error *err)
{
	const bool all = argument_given(run->args, "all");
	const struct nm_followup_filter filter = {
		.open = !all,
		.since = NM_TIME_MIN,
		.until = NM_TIME_MAX,
		.most = all ? count : LIST_MOST,
		.now = session_now(run->session),
	};
	struct nm_store *store;
	enum nm_code code = session_store(run->session, &store, err);

	if (code == NM_OK)
		code = nm_store_followups(store, &filter, out, err);
	if (code != NM_OK || all)
		return code;
	nm_followups_sort(run->session->plan, out);
	if (out->n > count) {
		out->n = count;
		out->more = true;
	}
	return NM_OK;
}

static enum nm_code list(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_followups followups;
	size_t count;
	enum nm_code code = argument_count(run, LIST_COUNT, LIST_MOST, &count, err);

	(void)status;
	if (code == NM_OK)
		code = read_list(run, count, &followups, err);
	if (code != NM_OK)
		return code;
	if (run->json)
		list_json(run, &followups);
	else
		list_text(run, &followups);
	nm_followups_clear(&followups);
	return NM_OK;
}

/* --- one of them --- */

static void show_text(struct invocation *run, const struct nm_followup *followup)
{
	const struct nm_zone *zone = session_zone(run->session);
	char at[NM_TIME_TEXT];

	nm_buf_addf(run->out, "follow-up #%lld: ", (long long)followup->id);
	followup_who(followup, run->out);
	nm_buf_add(run->out, "\n  about    ");
	followup_about(followup, run->out);
	nm_time_words_zone(zone, followup->opened, true, at);
	nm_buf_addf(run->out, "\n  opened   %s", at);
	if (followup->call)
		nm_buf_addf(run->out, ", by call #%lld", (long long)followup->call);
	if (followup->newest != followup->opened) {
		nm_time_words(zone, followup->newest, true, at);
		nm_buf_addf(run->out, "\n  newest   %s", at);
	}
	if (followup->words) {
		nm_buf_add(run->out, "\n  said     ");
		add_one_line(run->out, followup->words);
	}
	nm_buf_add(run->out, "\n  stands   ");
	followup_stands(run->session, followup, run->out);
	nm_buf_add(run->out, "\n");
	for (size_t i = 0; i < followup->n_deeds; i++) {
		nm_time_words(zone, followup->deeds[i].at, true, at);
		nm_buf_addf(run->out, "  %s  %s ", at, followup->deeds[i].who);
		deed_words(&followup->deeds[i], run->out);
		nm_buf_add(run->out, "\n");
	}
}

static void show_json(struct invocation *run, const struct nm_followup *followup)
{
	struct nm_json json;

	nm_json_init(&json, run->out);
	json_followup(&json, run->session, followup);
	nm_json_key(&json, "deeds");
	nm_json_array(&json);
	for (size_t i = 0; i < followup->n_deeds; i++)
		json_deed(&json, session_zone(run->session), &followup->deeds[i]);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

/* A verb about one follow-up does its work on it; what is shown then is the follow-up as it stands after that. */
struct work {
	struct invocation *run;
	struct nm_store *store;
	struct nm_arena *arena;
	int64_t id;
	enum status *status;
};

static enum nm_code with_one(struct invocation *run, enum status *status,
			     enum nm_code (*does)(struct work *work, struct nm_error *err), struct nm_error *err)
{
	struct work work = { .run = run, .status = status };
	struct nm_followup followup;
	enum nm_code code = read_id(run, &work.id, err);

	if (code == NM_OK)
		code = session_store(run->session, &work.store, err);
	if (code != NM_OK)
		return code;
	work.arena = nm_arena_new();
	code = work.arena ? NM_OK : nm_fail_memory(err);
	if (code == NM_OK && does)
		code = does(&work, err);
	if (code == NM_OK)
		code = nm_store_followup_get(work.store, work.id, work.arena, &followup, err);
	if (code == NM_OK && run->json)
		show_json(run, &followup);
	else if (code == NM_OK)
		show_text(run, &followup);
	nm_arena_free(work.arena);
	return code;
}

static enum nm_code show(struct invocation *run, enum status *status, struct nm_error *err)
{
	return with_one(run, status, NULL, err);
}

/* --- how it ended --- */

static enum nm_code read_outcome(const struct invocation *run, enum nm_followup_end *out, struct nm_error *err)
{
	const char *name = argument(run->args, "outcome");

	if (name && nm_followup_end_find(name, out))
		return NM_OK;
	return nm_fail(err, NM_INPUT, "--outcome %s: booked, resolved, no-answer or lost", name ? name : "is missing");
}

static enum nm_code note(const struct work *work, struct nm_error *err)
{
	const struct nm_deed noted = { .at = session_now(work->run->session),
				       .who = work->run->options->who,
				       .kind = NM_DEED_NOTED,
				       .words = argument(work->run->args, "words") };

	if (!noted.words)
		return NM_OK;
	if (strlen(noted.words) > NM_LEAD_WORDS)
		return nm_fail(err, NM_INPUT, "--words: longer than %d bytes", NM_LEAD_WORDS);
	return nm_store_followup_deed(work->store, work->id, &noted, err);
}

/* The words and the outcome together, or neither. */
static enum nm_code end_it(struct work *work, struct nm_error *err)
{
	struct session *session = work->run->session;
	struct nm_followup followup;
	enum nm_followup_end outcome;
	enum nm_code code = read_outcome(work->run, &outcome, err);

	if (code == NM_OK)
		code = nm_store_begin(work->store, err);
	if (code != NM_OK)
		return code;
	code = note(work, err);
	if (code == NM_OK)
		code = nm_followup_outcome(session->plan, work->store, work->id, outcome, session_now(session),
					   work->run->options->who, work->arena, &followup, err);
	if (code == NM_OK)
		code = nm_store_commit(work->store, err);
	if (code != NM_OK)
		nm_store_abandon(work->store);
	return code;
}

static enum nm_code done(struct invocation *run, enum status *status, struct nm_error *err)
{
	enum nm_code code = need_write(run, err);

	return code == NM_OK ? with_one(run, status, end_it, err) : code;
}

static enum nm_code take_back(struct work *work, struct nm_error *err)
{
	const struct nm_deed reopened = { .at = session_now(work->run->session),
					  .who = work->run->options->who,
					  .kind = NM_DEED_REOPENED };

	return nm_store_followup_deed(work->store, work->id, &reopened, err);
}

static enum nm_code reopen(struct invocation *run, enum status *status, struct nm_error *err)
{
	enum nm_code code = need_write(run, err);

	return code == NM_OK ? with_one(run, status, take_back, err) : code;
}

/* --- text --- */

static enum nm_code ask(const struct work *work, const struct nm_outgoing *outgoing, struct nm_error *err)
{
	struct nm_buf words;

	if (argument_given(work->run->args, "yes"))
		return NM_OK;
	nm_buf_init(&words, 1u << 20);
	outgoing_words(work->run->session->plan, outgoing, NULL, &words);
	show_first(work->run, words.data);
	nm_buf_clear(&words);
	if (confirm_yes(work->run, "Send it?"))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "no text was sent: say yes, or give --yes");
}

static enum nm_code send_it(struct work *work, struct nm_error *err)
{
	struct session *session = work->run->session;
	struct nm_followup followup;
	struct nm_outgoing outgoing;
	struct nm_outbox sent;
	enum nm_code code = nm_store_followup_get(work->store, work->id, work->arena, &followup, err);

	if (code == NM_OK)
		code = followup_outgoing(session, &followup, &outgoing, err);
	if (code == NM_OK)
		code = ask(work, &outgoing, err);
	if (code == NM_OK)
		code = followup_send(session, work->id, &outgoing, &sent, err);
	if (code != NM_OK)
		return code;
	outbox_words(work->run->notes, sent.items);
	if (sent.items->state != NM_OUTBOX_SENT)
		*work->status = STATUS_CARRIER;
	nm_outbox_clear(&sent);
	return NM_OK;
}

static enum nm_code text(struct invocation *run, enum status *status, struct nm_error *err)
{
	enum nm_code code = need_write(run, err);

	return code == NM_OK ? with_one(run, status, send_it, err) : code;
}

/* --- call --- */

/* Who calls back, by --from; -1: whoever the plan says. */
static enum nm_code read_person(const struct invocation *run, int *out, struct nm_error *err)
{
	const char *name = argument(run->args, "from");

	*out = name ? nm_plan_find_destination(run->session->plan, name) : -1;
	if (!name || *out >= 0)
		return NM_OK;
	return nm_fail(err, NM_INPUT, "--from %s: no destination of the plan has that name", name);
}

static enum nm_code ask_call(const struct work *work, const struct nm_call_back *call, struct nm_error *err)
{
	struct nm_buf words;

	if (argument_given(work->run->args, "yes"))
		return NM_OK;
	nm_buf_init(&words, 1u << 16);
	followup_call_words(work->run->session->plan, call, session_now(work->run->session), &words);
	show_first(work->run, words.data);
	nm_buf_clear(&words);
	if (confirm_yes(work->run, "Call back?"))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "nobody was called: say yes, or give --yes");
}

static enum nm_code call_it(struct work *work, struct nm_error *err)
{
	struct session *session = work->run->session;
	struct nm_push_context context;
	struct nm_followup followup;
	struct nm_call_back call;
	enum nm_call_back_end end;
	int person;
	enum nm_code code = read_person(work->run, &person, err);

	if (code == NM_OK)
		code = nm_store_followup_get(work->store, work->id, work->arena, &followup, err);
	if (code == NM_OK)
		code = nm_call_back_plan(session->plan, &followup, person, session_now(session), &call, err);
	if (code == NM_OK)
		code = ask_call(work, &call, err);
	if (code == NM_OK)
		code = session_push_context(session, &context, err);
	if (code == NM_OK)
		code = nm_call_back_place(&context, &call, &end, err);
	if (code != NM_OK)
		return code;
	nm_buf_addf(work->run->notes, "%s\n", nm_call_back_words(end));
	if (end != NM_CALL_BACK_REACHED)
		*work->status = STATUS_WRONG;
	return NM_OK;
}

static enum nm_code call(struct invocation *run, enum status *status, struct nm_error *err)
{
	enum nm_code code = need_write(run, err);

	return code == NM_OK ? with_one(run, status, call_it, err) : code;
}

/* --- the verbs --- */

/* An option that stands with another word of `followup` would be ignored without a word. */
static enum nm_code check_options(const struct invocation *run, const char *verb, const char *const *own,
				  struct nm_error *err)
{
	static const char *const of_verbs[] = { "all",   "count", "channel", "number",  "name", "words",
						"line",  "at",    "jsonl",   "outcome", "from",   "yes" };

	for (size_t i = 0; i < sizeof of_verbs / sizeof of_verbs[0]; i++) {
		bool owned = false;

		for (size_t k = 0; own[k]; k++)
			owned = owned || !strcmp(own[k], of_verbs[i]);
		if (!owned && argument_given(run->args, of_verbs[i]))
			return nm_fail(err, NM_INPUT, "`followup %s` takes no --%s", verb, of_verbs[i]);
	}
	return NM_OK;
}

enum nm_code cmd_followup(struct invocation *run, enum status *status, struct nm_error *err)
{
	static const struct {
		const char *verb;
		const char *const own[8]; /* its options */
		size_t words;
		enum nm_code (*run)(struct invocation *run, enum status *status, struct nm_error *err);
	} verbs[] = {
		{ "list", { "all", "count" }, 1, list },
		{ "show", { NULL }, 2, show },
		{ "add", { "channel", "number", "name", "words", "line", "at", "jsonl" }, 1, followup_add },
		{ "done", { "outcome", "words" }, 2, done },
		{ "reopen", { NULL }, 2, reopen },
		{ "call", { "from", "yes" }, 2, call },
		{ "text", { "yes" }, 2, text },
	};
	const char *verb = run->args->words[0];
	enum nm_code code;

	*status = STATUS_GOOD;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(verbs[i].verb, verb))
			continue;
		if (run->args->n_words > verbs[i].words)
			return nm_fail(err, NM_INPUT, "`%s` is a word too many after `followup %s`",
				       run->args->words[verbs[i].words], verb);
		code = check_options(run, verb, verbs[i].own, err);
		return code ? code : verbs[i].run(run, status, err);
	}
	return nm_fail(err, NM_INPUT, "`followup %s` is nothing: list, show, add, done, reopen, call or text", verb);
}
