/* SPDX-License-Identifier: MIT */
/*
 * calls: the log of real calls.  `import` fills it from a carrier's records, `list` shows it, `show` tells one call
 * with all that rang for it, `explain` (cmd_explain.c, cmd_explain_log.c) where calls parted from the plan.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "call_words.h"
#include "canvas.h"
#include "nevermiss/calls.h"
#include "nevermiss/names.h"
#include "nevermiss/placing.h"

#define LIST_COUNT 50
#define LIST_MOST 1000000

/* --- list --- */

/* Who called; 0: whoever. */
static enum nm_code read_caller(const struct invocation *run, nm_number *caller, struct nm_error *err)
{
	const char *text = argument(run->args, "caller");
	struct nm_error why;

	*caller = 0;
	if (!text || nm_number_read(text, run->session->plan->country, caller, &why) == NM_OK)
		return NM_OK;
	return nm_fail(err, NM_INPUT, "--caller: %s", why.text);
}

static enum nm_code read_filter(const struct invocation *run, struct nm_call_filter *filter,
				struct nm_error *err)
{
	int line;
	enum nm_code code = argument_line(run, &line, err);

	*filter = (struct nm_call_filter){ .number = 0 };
	if (!code)
		code = argument_time(run, "since", NM_TIME_MIN, &filter->since, err);
	if (!code)
		code = argument_time(run, "until", NM_TIME_MAX, &filter->until, err);
	if (!code)
		code = argument_count(run, LIST_COUNT, LIST_MOST, &filter->most, err);
	if (!code)
		code = read_caller(run, &filter->caller, err);
	if (code)
		return code;
	if (filter->since >= filter->until)
		return nm_fail(err, NM_INPUT, "--until must be later than --since");
	filter->number = line >= 0 ? run->session->plan->lines[line].number : 0;
	return NM_OK;
}

/* The driver of a call of the list, where no newer one has the same; NULL. */
static const char *driver_first_at(const struct nm_call_entries *calls, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(calls->items[i].driver, calls->items[at].driver))
			return NULL;
	return calls->items[at].driver;
}

static void list_notes(struct invocation *run, const struct nm_call_entries *calls)
{
	for (size_t i = 0; i < calls->n; i++) {
		const char *driver = driver_first_at(calls, i);

		if (driver && call_doubt(driver))
			nm_buf_addf(run->notes, "of %s: %s\n", driver, call_doubt(driver));
	}
}

static void list_text(struct invocation *run, const struct nm_call_filter *filter,
		      const struct nm_call_entries *calls)
{
	for (size_t i = 0; i < calls->n; i++)
		call_row_words(run->session->plan, &calls->items[i], run->out);
	if (!calls->n)
		call_none_words(run->session, filter, run->out);
	if (calls->more)
		nm_buf_addf(run->out, "and older ones: --count shows more than %zu\n", calls->n);
	list_notes(run, calls);
}

static void list_json(struct invocation *run, const struct nm_call_entries *calls)
{
	struct nm_json json;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "calls");
	nm_json_array(&json);
	for (size_t i = 0; i < calls->n; i++) {
		json_logged_call(&json, run->session, &calls->items[i]);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	nm_json_key(&json, "more");
	nm_json_bool(&json, calls->more);
	nm_json_key(&json, "unverified");
	nm_json_object(&json);
	for (size_t i = 0; i < calls->n; i++) {
		const char *driver = driver_first_at(calls, i);

		if (driver && call_doubt(driver)) {
			nm_json_key(&json, driver);
			nm_json_text(&json, call_doubt(driver));
		}
	}
	nm_json_end(&json, '}');
	json_finish(&json, run->out);
}

static bool told_listed(void *context, size_t done, size_t all)
{
	const struct session *session = context;

	return session->working(session->progress_context, "calls looked up", done, all);
}

static enum nm_code list(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_call_entries calls;
	struct nm_call_filter filter;
	struct nm_store *store;
	enum nm_code code = read_filter(run, &filter, err);

	*status = STATUS_GOOD;
	if (!code)
		code = session_store(run->session, &store, err);
	if (code)
		return code;
	nm_store_ask(store, run->session->working ? told_listed : NULL, run->session);
	code = nm_store_calls(store, &filter, &calls, err);
	nm_store_ask(store, NULL, NULL);
	if (code)
		return code;
	code = nm_calls_name(store, run->session->plan, &calls, err);
	if (!code && run->json)
		list_json(run, &calls);
	else if (!code)
		list_text(run, &filter, &calls);
	nm_call_entries_clear(&calls);
	return code;
}

/* --- show --- */

/* Seconds from the call's arrival, in front of what happened then. */
static void rung_time(const struct nm_call_entry *call, nm_time t, struct nm_buf *out)
{
	if (t)
		nm_buf_addf(out, "  %4lld s  ", (long long)(t - call->began));
	else
		nm_buf_add(out, "       ?  ");
}

static void ladder_leg(const struct nm_call_entry *call, const struct nm_call_leg *leg, struct nm_buf *out)
{
	rung_time(call, leg->leg.began, out);
	nm_buf_addf(out, "%s", leg->who ? leg->who : leg->leg.to);
	if (leg->who)
		nm_buf_addf(out, " (%s)", leg->leg.to);
	if (leg->leg.rang_s >= 0)
		nm_buf_addf(out, " rings for %d s: %s", leg->leg.rang_s, nm_leg_end_name(leg->leg.end));
	else
		nm_buf_addf(out, " rings: %s", nm_leg_end_name(leg->leg.end));
	if (leg->leg.end == NM_LEG_ANSWERED && leg->leg.ended)
		nm_buf_addf(out, ", until %lld s", (long long)(leg->leg.ended - call->began));
	nm_buf_add(out, "\n");
}

static void ladder(const struct nm_call_entry *call, struct nm_buf *out)
{
	nm_buf_add(out, "     0 s  the call comes\n");
	for (size_t i = 0; i < call->n; i++)
		ladder_leg(call, &call->legs[i], out);
	if (!call->n)
		nm_buf_add(out, "          the record tells of no ring\n");
	if (call->cut)
		nm_buf_addf(out, "          and more rings than these %zu\n", call->n);
	if (call->ended) {
		rung_time(call, call->ended, out);
		nm_buf_add(out, "the call ends\n");
	}
}

static void show_text(struct invocation *run, const struct nm_call_entry *call, const struct nm_call_alert *alert)
{
	char text[NM_TIME_TEXT];

	nm_time_words_zone(session_zone(run->session), call->began, true, text);
	nm_buf_addf(run->out, "call #%lld to %s, %s\n  from     ", (long long)call->id,
		    call_line(run->session->plan, call), text);
	call_who_words(call, run->out);
	if (call->forwarded_from) {
		char number[NM_NUMBER_TEXT];

		nm_number_words(call->forwarded_from, number);
		nm_buf_addf(run->out, ", forwarded from %s", number);
	}
	nm_buf_add(run->out, "\n  outcome  ");
	call_became_words(&call->became, run->out);
	nm_buf_addf(run->out, "\n  because  %s\n  record   %s, %s\n",
		    nm_call_reason_words(call->became.reason), call->driver, call->carrier_id);
	if (call->version)
		nm_buf_addf(run->out, "  plan     version %lld was pushed to the line then\n",
			    (long long)call->version);
	call_alert_words(run->session, alert, run->out);
	ladder(call, run->out);
	if (call_doubt(call->driver))
		nm_buf_addf(run->notes, "of %s: %s\n", call->driver, call_doubt(call->driver));
}

static void show_json(struct invocation *run, const struct nm_call_entry *call, const struct nm_call_alert *alert)
{
	const struct nm_zone *zone = session_zone(run->session);
	struct nm_json json;

	nm_json_init(&json, run->out);
	json_logged_call(&json, run->session, call);
	nm_json_key(&json, "unverified");
	nm_json_text(&json, call_doubt(call->driver));
	nm_json_key(&json, "legs_cut");
	nm_json_bool(&json, call->cut);
	nm_json_key(&json, "legs");
	nm_json_array(&json);
	for (size_t i = 0; i < call->n; i++)
		json_leg(&json, zone, &call->legs[i]);
	nm_json_end(&json, ']');
	json_call_alert(&json, run->session, alert);
	json_finish(&json, run->out);
}

static enum nm_code show(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_arena *arena;
	struct nm_call_entry call;
	struct nm_call_alert alert;
	struct nm_store *store;
	bool alerted = false;
	int64_t id = 0;
	enum nm_code code = call_read_id("show", run->args->n_words > 1 ? run->args->words[1] : "", &id, err);

	*status = STATUS_GOOD;
	if (!code)
		code = session_store(run->session, &store, err);
	if (code)
		return code;
	arena = nm_arena_new();
	code = arena ? nm_store_call_get(store, id, arena, &call, err) : nm_fail_memory(err);
	if (!code)
		code = nm_call_name(store, run->session->plan, arena, &call, err);
	if (!code)
		code = nm_store_alert_get(store, id, arena, &alert, &alerted, err);
	if (!code)
		(run->json ? show_json : show_text)(run, &call, alerted ? &alert : NULL);
	nm_arena_free(arena);
	return code;
}

/* --- import --- */

static enum nm_code read_account(const struct invocation *run, int *account, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	const char *name = argument(run->args, "account");
	struct nm_buf known;
	enum nm_code code;

	nm_buf_init(&known, NM_ERROR_TEXT);
	for (size_t i = 0; i < plan->n_accounts; i++) {
		nm_buf_addf(&known, "%s%s", i ? ", " : "", plan->accounts[i].name);
		if (name && !strcmp(plan->accounts[i].name, name)) {
			*account = (int)i;
			nm_buf_clear(&known);
			return NM_OK;
		}
	}
	code = name ? nm_fail(err, NM_INPUT, "no account `%s` in the plan; its accounts are %s", name,
			      known.data)
		    : nm_fail(err, NM_INPUT, "whose calls? --account is one of %s", known.data);
	nm_buf_clear(&known);
	return code;
}

static bool is_empty(struct nm_span span)
{
	return span.from >= span.until;
}

/* Of which time the log has all calls to the line. */
static void reach_text(struct invocation *run, const struct nm_import_line *line)
{
	const struct nm_zone *zone = session_zone(run->session);
	char since[NM_TIME_TEXT], until[NM_TIME_TEXT];

	if (is_empty(line->whole))
		return;
	nm_time_words(zone, line->whole.from, true, since);
	nm_time_words(zone, line->whole.until, true, until);
	nm_buf_addf(run->out, "  without a gap: from %s to %s\n", since, until);
	if (is_empty(line->gap))
		return;
	nm_time_words(zone, line->gap.from, true, since);
	nm_time_words(zone, line->gap.until, true, until);
	nm_buf_addf(run->out, "  not read: from %s to %s; %s\n", since, until,
		    line->gap.from == line->whole.until ? "an import without --since reads that too"
							: "import again with the same --since");
}

static void import_line_text(struct invocation *run, const struct nm_import_line *line)
{
	const struct nm_zone *zone = session_zone(run->session);
	const char *name = run->session->plan->lines[line->line].name;
	char since[NM_TIME_TEXT], until[NM_TIME_TEXT];

	if (line->words && line->until == line->since) {
		nm_buf_addf(run->out, "%s: nothing was read: %s\n", name, line->words);
		return;
	}
	nm_time_words(zone, line->since, true, since);
	nm_time_words(zone, line->until, true, until);
	nm_buf_addf(run->out, "%s: %zu new, %zu mended, %zu known", name, line->fresh, line->mended,
		    line->known);
	if (line->under_way)
		nm_buf_addf(run->out, ", %zu under way and left for the next import", line->under_way);
	if (line->odd)
		nm_buf_addf(run->out, ", %zu entries that describe no call", line->odd);
	nm_buf_addf(run->out, "; read from %s to %s\n", since, until);
	if (line->cut)
		nm_buf_add(run->out, "  there is more: import again\n");
	if (line->words)
		nm_buf_addf(run->out, "  not read to the end: %s\n", line->words);
	reach_text(run, line);
}

/* An empty span is null. */
static void json_reach(struct nm_json *json, const struct nm_zone *zone, const char *key, struct nm_span span)
{
	nm_json_key(json, key);
	if (is_empty(span))
		nm_json_null(json);
	else
		json_span(json, zone, span);
}

static void import_line_json(struct nm_json *json, const struct session *session,
			     const struct nm_import_line *line)
{
	const struct nm_zone *zone = session_zone(session);

	nm_json_object(json);
	nm_json_key(json, "line");
	nm_json_text(json, session->plan->lines[line->line].name);
	json_time(json, zone, "since", line->since);
	json_time(json, zone, "until", line->until);
	json_known(json, "new", (int64_t)line->fresh, true);
	json_known(json, "mended", (int64_t)line->mended, true);
	json_known(json, "known", (int64_t)line->known, true);
	json_known(json, "under_way", (int64_t)line->under_way, true);
	json_known(json, "not_understood", (int64_t)line->odd, true);
	json_reach(json, zone, "read", line->whole);
	json_reach(json, zone, "gap", line->gap);
	nm_json_key(json, "cut");
	nm_json_bool(json, line->cut);
	nm_json_key(json, "error");
	nm_json_text(json, line->words);
	nm_json_end(json, '}');
}

static void import_words(struct invocation *run, int account, const struct nm_import *import,
			 const struct nm_expired *expired)
{
	const struct nm_account *from = &run->session->plan->accounts[account];
	const struct nm_carrier *carrier = nm_carrier_find(from->driver);
	struct nm_json json;

	if (!run->json) {
		for (size_t i = 0; i < import->n; i++)
			import_line_text(run, &import->lines[i]);
		calls_attempts_words(run, import->attempts);
		if (carrier->records_unverified)
			nm_buf_addf(run->notes, "of %s: %s\n", carrier->name, carrier->records_unverified);
		expired_words(run, expired);
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "account");
	nm_json_text(&json, from->name);
	nm_json_key(&json, "lines");
	nm_json_array(&json);
	for (size_t i = 0; i < import->n; i++)
		import_line_json(&json, run->session, &import->lines[i]);
	nm_json_end(&json, ']');
	nm_json_count(&json, "attempts", import->attempts);
	nm_json_key(&json, "unverified");
	nm_json_text(&json, carrier->records_unverified);
	expired_json(&json, expired);
	json_finish(&json, run->out);
}

/* How far reading is, to be told again while a carrier is waited for. */
struct reading {
	const struct session *session;
	size_t done, all; /* days */
};

static bool told(struct reading *reading)
{
	const struct session *session = reading->session;

	return session->working(session->progress_context, "days of calls read", reading->done, reading->all);
}

static bool read_days(void *context, const char *line, const char *what, size_t done, size_t all)
{
	struct reading *reading = context;

	(void)line;
	(void)what;
	reading->done = done;
	reading->all = all;
	return told(reading);
}

static bool waits(void *context)
{
	return told(context);
}

/* An import that the user stopped is none that failed, though lines were not read to their end. */
static enum nm_code import_from(struct invocation *run, int account, nm_time since, struct nm_import *import,
				struct nm_expired *expired, struct nm_error *err)
{
	struct reading reading = { .session = run->session };
	struct nm_push_context context;
	struct nm_error why;
	enum nm_code code = session_push_context(run->session, &context, err);

	if (code)
		return code;
	if (run->session->working) {
		context.progress = read_days;
		context.idle = waits;
		context.progress_context = &reading;
	}
	code = nm_calls_import(&context, account, since, import, err);
	run->stopped = run->goes_on = import->stopped;
	if (import->stopped && code == NM_CARRIER)
		code = NM_OK;
	else if (import->arena && expire_now(run->session, context.store, expired, &why) && !code)
		code = nm_fail(err, why.code, "%s", why.text);
	return code;
}

/* `calls import FILE`, or `calls import --account A`. */
static enum nm_code import(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_import import = { .n = 0 };
	struct nm_expired expired = { 0 };
	nm_time since;
	int account = -1;
	enum nm_code code = need_write(run, err);

	*status = STATUS_GOOD;
	if (!code && run->args->n_words > 1)
		return calls_import_file(run, run->args->words[1], status, err);
	if (!code)
		code = read_account(run, &account, err);
	if (!code)
		code = argument_time(run, "since", NM_TIME_MIN, &since, err);
	if (!code)
		code = import_from(run, account, since, &import, &expired, err);
	if (import.arena)
		import_words(run, account, &import, &expired);
	nm_import_clear(&import);
	return code;
}

#define IMPORTS "account", "columns", "dates", "timezone"
#define SPANS "since", "until", "line", "count"
#define LISTS SPANS, "caller"

/* An option that stands with another word of `calls` would be ignored without a word. */
static enum nm_code check_options(const struct invocation *run, const char *verb, const char *const *others,
				  struct nm_error *err)
{
	for (; *others; others++)
		if (argument_given(run->args, *others))
			return nm_fail(err, NM_INPUT, "`calls %s` takes no --%s", verb, *others);
	return NM_OK;
}

/* The first word; explaining one call and explaining all of them take different options. */
static const char *verb_of(const struct arguments *args)
{
	const bool all = !strcmp(args->words[0], "explain") && argument_given(args, "all");

	return all ? "explain --all" : args->words[0];
}

enum nm_code cmd_calls(struct invocation *run, enum status *status, struct nm_error *err)
{
	static const struct {
		const char *verb;
		const char *const others[13]; /* options that are not its own */
		size_t words;
		enum nm_code (*run)(struct invocation *run, enum status *status, struct nm_error *err);
	} verbs[] = {
		{ "import", { "until", "count", "caller", "all", "yes", "at-carriers" }, 2, import },
		{ "list", { IMPORTS, "all", "yes", "at-carriers" }, 1, list },
		{ "show", { IMPORTS, LISTS, "all", "yes", "at-carriers" }, 2, show },
		{ "explain", { IMPORTS, LISTS, "yes", "at-carriers" }, 2, calls_explain },
		{ "explain --all", { IMPORTS, "caller", "yes", "at-carriers" }, 1, calls_explain_all },
		{ "forget", { IMPORTS, LISTS, "all" }, 2, calls_forget },
		{ "expire", { IMPORTS, LISTS, "all", "yes", "at-carriers" }, 1, calls_expire },
	};
	const char *verb = verb_of(run->args);
	enum nm_code code;

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(verbs[i].verb, verb))
			continue;
		if (run->args->n_words > verbs[i].words)
			return nm_fail(err, NM_INPUT, "`%s` is a word too many after `calls %s`",
				       run->args->words[verbs[i].words], verb);
		code = check_options(run, verb, verbs[i].others, err);
		return code ? code : verbs[i].run(run, status, err);
	}
	return nm_fail(err, NM_INPUT, "`calls %s` is nothing: import, list, show, explain, forget or expire", verb);
}
