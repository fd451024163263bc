/* SPDX-License-Identifier: MIT */
/*
 * calls explain: one call of the log beside the plan of then, what was live then and what is live now, and where it parts
 * from each.
 */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "call_words.h"
#include "canvas.h"
#include "nevermiss/explain.h"
#include "nevermiss/names.h"
#include "simulation.h"

/* --- in words --- */

static void plan_words(const struct nm_explanation *explanation, struct nm_buf *out)
{
	if (explanation->version)
		nm_buf_addf(out, "version %lld, pushed to the line then", (long long)explanation->version);
	else
		nm_buf_add(out, "today's: which one was live then is not known");
	if (explanation->rule)
		nm_buf_addf(out, "; rule %s", explanation->rule);
	if (explanation->path)
		nm_buf_addf(out, " -> path %s", explanation->path);
	nm_buf_add(out, "\n");
}

static void verdict_words(const struct nm_explanation *explanation, struct nm_buf *out)
{
	if (explanation->verdict == NM_EXPLAINED_PLANNED)
		nm_buf_add(out, explanation->unanswered ?
					"as planned, as far as the record tells: nobody answered, and it does not say who was rung\n" :
					"as planned, as far as the call went\n");
	else
		nm_buf_addf(out, "%s%s\n", explanation->verdict == NM_EXPLAINED_DIFFERS ? "not as planned: " : "",
			    explanation->words);
	for (size_t i = 0; i < explanation->n_likely; i++)
		nm_buf_addf(out, "  %s  %s\n", explanation->likely[i].certain ? "because" : "perhaps",
			    explanation->likely[i].words);
}

#define LEGS_TOLD 6 /* in one sentence */

/* What one phone did that did not take the call; false: the record does not say. */
static bool leg_words(const struct nm_call_entry *call, const struct nm_call_leg *leg, struct nm_buf *out)
{
	const char *name = leg->who ? leg->who : leg->leg.to;

	switch (leg->leg.end) {
	case NM_LEG_BUSY:
		nm_buf_addf(out, "%s was busy", name);
		return true;
	case NM_LEG_FAILED:
		nm_buf_addf(out, "%s could not be reached", name);
		return true;
	case NM_LEG_NO_ANSWER:
		nm_buf_addf(out, leg->leg.rang_s >= 0 ? "%s did not answer in %d s" : "%s did not answer", name,
			    leg->leg.rang_s);
		return true;
	case NM_LEG_ANSWERED:
		if (call->became.by && !strcmp(call->became.by, name))
			return false;
		nm_buf_addf(out, "%s picked up and did not take it", name);
		return true;
	case NM_LEG_CANCELED: /* by whoever took it, or the caller: that is told */
	case NM_LEG_OPEN:
		break;
	}
	return false;
}

/* Why it came to that, by the record: "owner was busy, office did not answer in 15 s; nobody who was rung took it". */
static void because_words(const struct nm_call_entry *call, struct nm_buf *out)
{
	struct nm_buf leg;
	size_t told = 0;

	nm_buf_add(out, "\n  because  ");
	nm_buf_init(&leg, NM_ERROR_TEXT);
	for (size_t i = 0; i < call->n && told < LEGS_TOLD; i++) {
		nm_buf_clear(&leg);
		if (leg_words(call, &call->legs[i], &leg))
			nm_buf_addf(out, "%s%s", told++ ? ", " : "", leg.data);
	}
	nm_buf_clear(&leg);
	if (!told || call->became.reason != NM_CALL_SAID)
		nm_buf_addf(out, "%s%s", told ? "; " : "", nm_call_reason_words(call->became.reason));
}

/* How the phones are played; of somebody who was not rung the record does not tell it. */
static void played_words(const struct nm_call_entry *call, const struct nm_explanation *explanation, struct nm_buf *out)
{
	const char *by = explanation->expected.answered_by;
	bool rung = explanation->verdict != NM_EXPLAINED_DIFFERS || explanation->expected.result != NM_ANSWERED;

	for (size_t i = 0; i < call->n && !rung; i++)
		rung = call->legs[i].who && !strcmp(call->legs[i].who, by);
	nm_buf_add(out, call_played_words(explanation));
	if (!rung && (!call->became.by || strcmp(call->became.by, by)))
		nm_buf_addf(out, ", and %s, who was not rung, answering", by);
}

static void live_words(const struct invocation *run, const char *when, const struct nm_explained_live *live)
{
	struct nm_buf parting;

	nm_buf_init(&parting, 1u << 16);
	nm_buf_addf(run->out, "live %-4s  ", when);
	call_live_words(run->session, live, run->out);
	nm_buf_add(run->out, "\n");
	if (live->known && live->match == NM_LIVE_OTHER)
		nm_buf_addf(run->out, "  live     %s\n  plan     %s\n", live->words, live->plan_words);
	call_live_parting(live, &parting);
	if (parting.len)
		nm_buf_addf(run->out, "  %s\n", parting.data);
	nm_buf_clear(&parting);
}

/* What is as planned was played above. */
static void live_played(const struct invocation *run, const struct nm_call_entry *call, const char *of,
			const struct nm_explained_live *live)
{
	if (!live->known || live->match == NM_LIVE_PLANNED)
		return;
	nm_buf_addf(run->out, "\nby what %s, ", of);
	played_words(call, live->beside, run->out);
	nm_buf_add(run->out, "\n");
	print_outcome(run->out, &live->beside->expected);
}

#define OTHERS 1000     /* at the most that are counted beside it */
#define OTHERS_TOLD 20 /* and told */

/* Which calls were asked for: one by its number in the log, or those of a caller, a minute or a day. */
struct asked {
	struct nm_call_entries calls; /* the newest first, which is explained; none: it was named by its number */
	char what[5 + NM_TIME_TEXT];  /* "from +1 512 555 0199", "of Thu 3 Dec 2026 14:05", "of Thu 3 Dec 2026" */
	char list[96];                /* options of `calls list` that show them all */
};

/* A call, explained. */
struct explained {
	const struct asked *asked;
	struct nm_call_entry call;
	struct nm_call_alert alert;
	bool alerted;
	struct nm_explanation explanation;
	struct nm_explained_lives lives;
};

static size_t others_told(const struct asked *asked)
{
	return asked->calls.n <= OTHERS_TOLD ? asked->calls.n : OTHERS_TOLD + 1;
}

/* The other calls that were asked for, so that each can be named. */
static void others_text(struct invocation *run, const struct asked *asked)
{
	const size_t others = asked->calls.n - (asked->calls.n > 0), told = others_told(asked);

	if (!others)
		return;
	nm_buf_addf(run->out, "\n%s%zu other %s %s", asked->calls.more ? "more than " : "", others,
		    others == 1 ? "call" : "calls", asked->what);
	nm_buf_add(run->out, told <= others ? ", of which these are the newest\n" : "\n");
	for (size_t i = 1; i < told; i++)
		call_row_words(run->session->plan, &asked->calls.items[i], run->out);
	nm_buf_addf(run->notes, "`nevermiss calls explain %lld` explains the next of these",
		    (long long)asked->calls.items[1].id);
	nm_buf_addf(run->notes, told <= others ? "; `nevermiss calls list %s` has all\n" : "\n", asked->list);
}

static void explain_text(struct invocation *run, const struct explained *explained)
{
	const struct nm_call_entry *call = &explained->call;
	const struct nm_explanation *explanation = &explained->explanation;
	char text[NM_TIME_TEXT];

	nm_time_words_zone(session_zone(run->session), call->began, true, text);
	nm_buf_addf(run->out, "call #%lld to %s, %s\n  from     ", (long long)call->id,
		    call_line(run->session->plan, call), text);
	call_who_words(call, run->out);
	nm_buf_add(run->out, "\n  plan     ");
	plan_words(explanation, run->out);
	nm_buf_add(run->out, "  outcome  ");
	call_became_words(&call->became, run->out);
	because_words(call, run->out);
	nm_buf_add(run->out, "\n");
	call_alert_words(run->session, explained->alerted ? &explained->alert : NULL, run->out);
	nm_buf_add(run->out, "\n");
	verdict_words(explanation, run->out);
	nm_buf_add(run->out, "\n");
	live_words(run, "then", &explained->lives.then);
	live_words(run, "now", &explained->lives.now);
	nm_buf_add(run->out, "\nreally\n");
	print_events(run->out, &explanation->real);
	if (!explanation->real.n)
		nm_buf_add(run->out, "  the record does not say\n");
	nm_buf_add(run->out, "\nby the plan, ");
	played_words(call, explanation, run->out);
	nm_buf_add(run->out, "\n");
	print_outcome(run->out, &explanation->expected);
	live_played(run, call, "was live then", &explained->lives.then);
	live_played(run, call, "is live now", &explained->lives.now);
	nm_buf_add(run->out, "\nwhy\n");
	print_reasons(run->out, explanation->reasons, explanation->n_reasons);
	others_text(run, explained->asked);
	if (call_doubt(call->driver))
		nm_buf_addf(run->notes, "of %s: %s\n", call->driver, call_doubt(call->driver));
}

/* --- in JSON --- */

/* Where the call parts from what it is beside; key: whether it does. */
static void json_parting(struct nm_json *json, const char *key, const struct nm_explanation *explanation)
{
	const bool differs = explanation->verdict == NM_EXPLAINED_DIFFERS;

	nm_json_key(json, key);
	if (explanation->verdict == NM_EXPLAINED_UNTOLD)
		nm_json_null(json);
	else
		nm_json_bool(json, !differs);
	nm_json_key(json, "difference");
	nm_json_text(json, differs ? nm_departure_name(explanation->departure) : NULL);
	nm_json_key(json, "about");
	nm_json_text(json, differs ? explanation->who : NULL);
	json_known(json, "parted_at", explanation->t, differs && explanation->t >= 0);
	nm_json_key(json, "words");
	nm_json_text(json, *explanation->words ? explanation->words : NULL);
}

static void json_live(struct nm_json *json, const struct session *session, const char *key,
		      const struct nm_explained_live *live)
{
	static const char *const matches[] = {
		[NM_LIVE_PLANNED] = "planned",
		[NM_LIVE_HELD] = "held",
		[NM_LIVE_OTHER] = "other",
	};

	nm_json_key(json, key);
	nm_json_object(json);
	nm_json_key(json, "known");
	nm_json_bool(json, live->known);
	nm_json_key(json, "unknown_because");
	nm_json_text(json, live->why);
	if (live->known) {
		json_time(json, session_zone(session), "at", live->at);
		json_known(json, "push", live->push, live->push != 0);
		nm_json_key(json, "gives");
		nm_json_text(json, matches[live->match]);
		nm_json_key(json, "what");
		nm_json_text(json, live->words);
		nm_json_key(json, "planned");
		nm_json_text(json, live->plan_words);
		json_parting(json, "as_live", live->beside);
		nm_json_key(json, "expected");
		nm_json_object(json);
		json_outcome(json, &live->beside->expected);
		nm_json_end(json, '}');
	}
	nm_json_end(json, '}');
}

/* Null where the call was named by its number: others were not looked for. */
static void others_json(struct nm_json *json, const struct session *session, const struct asked *asked)
{
	nm_json_key(json, "others");
	if (!asked->calls.n) {
		nm_json_null(json);
		return;
	}
	nm_json_object(json);
	nm_json_key(json, "count");
	nm_json_int(json, (int64_t)asked->calls.n - 1);
	nm_json_key(json, "more");
	nm_json_bool(json, asked->calls.more);
	nm_json_key(json, "newest");
	nm_json_array(json);
	for (size_t i = 1; i < others_told(asked); i++) {
		json_logged_call(json, session, &asked->calls.items[i]);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
	nm_json_end(json, '}');
}

static void explain_json(struct invocation *run, const struct explained *explained)
{
	const struct nm_call_entry *call = &explained->call;
	const struct nm_explanation *explanation = &explained->explanation;
	struct nm_json json;

	nm_json_init(&json, run->out);
	json_logged_call(&json, run->session, call);
	json_parting(&json, "as_planned", explanation);
	json_call_likely(&json, "because", explanation, true);
	json_call_likely(&json, "perhaps", explanation, false);
	json_known(&json, "compared_with", explanation->version, explanation->version != 0);
	nm_json_key(&json, "legs");
	nm_json_array(&json);
	for (size_t i = 0; i < call->n; i++)
		json_leg(&json, session_zone(run->session), &call->legs[i]);
	nm_json_end(&json, ']');
	nm_json_key(&json, "expected");
	nm_json_object(&json);
	nm_json_key(&json, "rule");
	nm_json_text(&json, explanation->rule);
	nm_json_key(&json, "path");
	nm_json_text(&json, explanation->path);
	json_outcome(&json, &explanation->expected);
	nm_json_key(&json, "why");
	json_reasons(&json, explanation->reasons, explanation->n_reasons);
	nm_json_end(&json, '}');
	json_live(&json, run->session, "live_then", &explained->lives.then);
	json_live(&json, run->session, "live_now", &explained->lives.now);
	json_call_alert(&json, run->session, explained->alerted ? &explained->alert : NULL);
	others_json(&json, run->session, explained->asked);
	nm_json_key(&json, "unverified");
	nm_json_text(&json, call_doubt(call->driver));
	json_finish(&json, run->out);
}

/* --- the command --- */

static enum nm_code explain_one(struct invocation *run, struct nm_store *store, int64_t id,
				const struct asked *asked, struct nm_arena *arena, enum status *status,
				struct nm_error *err)
{
	struct nm_explainer *explainer = NULL;
	struct explained e = {.asked = asked};
	enum nm_code code = nm_store_call_get(store, id, arena, &e.call, err);

	if (!code)
		code = nm_call_name(store, run->session->plan, arena, &e.call, err);
	if (!code)
		code = nm_store_alert_get(store, id, arena, &e.alert, &e.alerted, err);
	if (!code)
		code = nm_explainer_new(run->session->plan, store, &explainer, err);
	if (!code)
		code = nm_explain(explainer, &e.call, true, arena, &e.explanation, err);
	if (!code)
		code = nm_explain_lives(explainer, &e.call, arena, &e.explanation, &e.lives, err);
	if (!code) {
		*status = e.explanation.verdict == NM_EXPLAINED_DIFFERS ? STATUS_WRONG : STATUS_GOOD;
		(run->json ? explain_json : explain_text)(run, &e);
	}
	nm_explainer_free(explainer);
	return code;
}

static enum nm_code find_calls(struct nm_store *store, const struct nm_call_filter *filter, struct asked *asked,
			       int64_t *id, struct nm_error *err)
{
	enum nm_code code = nm_store_calls(store, filter, &asked->calls, err);

	if (code)
		return code;
	if (!asked->calls.n)
		return nm_fail(err, NM_INPUT, "no call %s is in the log; `nevermiss calls list` has them", asked->what);
	*id = asked->calls.items[0].id;
	return NM_OK;
}

/* A day, or the minute in which filter->since lies, in the filter and in words. */
static void ask_when(const char *text, const struct nm_zone *zone, struct nm_call_filter *filter, struct asked *asked)
{
	const int64_t day = nm_local_day(nm_zone_local(zone, filter->since));
	const struct nm_date date = nm_date_from_days(day);
	char words[NM_TIME_TEXT];

	if (strlen(text) == strlen("2026-12-03") && text[4] == '-') {
		filter->until = nm_zone_utc(zone, (day + 1) * NM_DAY, NULL);
		snprintf(asked->what, sizeof asked->what, "of %s %d %s %d", nm_weekday_names[nm_weekday(day)], date.day,
			 nm_month_names[date.month - 1], date.year);
		return;
	}
	filter->until = filter->since + 60;
	nm_time_words(zone, filter->since, true, words);
	snprintf(asked->what, sizeof asked->what, "of %s", words);
}

#define ID_DIGITS 9 /* at the most: more are a telephone number */

/* Which call is meant: its number in the log, whoever called, or the minute or day on which it came. */
static enum nm_code find_call(struct invocation *run, struct nm_store *store, const char *text, struct asked *asked,
			      int64_t *id, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	const struct nm_zone *zone = session_zone(run->session);
	struct nm_call_filter filter = {.since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = OTHERS + 1};
	const size_t digits = strspn(text, "0123456789");
	char words[NM_TIME_TEXT], until[NM_TIME_TEXT];
	struct nm_error why;

	if (*text == '#' || (!text[digits] && digits <= ID_DIGITS))
		return call_read_id("explain", text, id, err);
	if (nm_number_read(text, plan->country, &filter.caller, &why) == NM_OK) {
		nm_number_words(filter.caller, words);
		snprintf(asked->what, sizeof asked->what, "from %s", words);
		nm_number_write(filter.caller, words);
		snprintf(asked->list, sizeof asked->list, "--caller %.*s", NM_NUMBER_TEXT, words);
		return find_calls(store, &filter, asked, id, err);
	}
	if (nm_time_read(text, zone, session_now(run->session), &filter.since, &why) != NM_OK)
		return nm_fail(err, NM_INPUT,
			       "`%s` is no call: name one by its number in `nevermiss calls list`, by who called "
			       "(+15125550199) or by when (2026-12-03 14:05, 2026-12-03)",
			       text);
	ask_when(text, zone, &filter, asked);
	nm_time_rfc3339(zone, filter.since, words);
	nm_time_rfc3339(zone, filter.until, until);
	snprintf(asked->list, sizeof asked->list, "--since %.25s --until %.25s", words, until);
	return find_calls(store, &filter, asked, id, err);
}

enum nm_code calls_explain(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct asked asked = {.what = ""};
	struct nm_arena *arena;
	struct nm_store *store;
	int64_t id = 0;
	enum nm_code code;

	if (run->args->n_words < 2)
		return nm_fail(err, NM_INPUT,
			       "calls explain takes the number of a call (`nevermiss calls list` has them), whoever called, when it "
			       "came, or --all");
	code = session_store(run->session, &store, err);
	if (!code)
		code = find_call(run, store, run->args->words[1], &asked, &id, err);
	if (!code && asked.calls.n)
		code = nm_calls_name(store, run->session->plan, &asked.calls, err);
	arena = code ? NULL : nm_arena_new();
	if (!code)
		code = arena ? explain_one(run, store, id, &asked, arena, status, err) : nm_fail_memory(err);
	nm_arena_free(arena);
	nm_call_entries_clear(&asked.calls);
	return code;
}
