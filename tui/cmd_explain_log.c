/* SPDX-License-Identifier: MIT */
/*
 * calls explain --all: the log beside the plan that was live at each call: how many went as planned, how the others
 * part from it, and the worst of those.
 */
#include "command.h"

#include <inttypes.h>

#include "call_words.h"
#include "nevermiss/explain_log.h"

#define LISTED 10 /* of the worst, where --count does not say */

struct telling {
	const struct session *session;
	const char *line; /* NULL: all */
	const struct nm_explain_options *asked;
	const struct nm_explained_log *log;
	struct nm_buf *out;
};

static int64_t compared(const struct nm_explained_log *log)
{
	return log->planned + log->differs;
}

/* In percent, of those that were compared, of which there must be some. */
static double share(const struct nm_explained_log *log, int64_t calls)
{
	return 100 * (double)calls / (double)compared(log);
}

/* --- in words --- */

static void write_count(const struct telling *telling, const char *what, int64_t calls)
{
	nm_buf_addf(telling->out, "%8" PRId64 " %5.1f %%  %s\n", calls, share(telling->log, calls), what);
}

static void write_left_out(const struct telling *telling)
{
	const struct nm_explained_log *log = telling->log;

	if (log->untold)
		nm_buf_addf(telling->out, "left out: %" PRId64 " of which the record does not say who was rung, or whether a mailbox had the call\n",
			    log->untold);
	if (log->no_line)
		nm_buf_addf(telling->out, "left out: %" PRId64 " to a line that the plan does not have any more\n",
			    log->no_line);
}

/* Beside which plans, as far as that is known. */
static void write_beside(const struct telling *telling)
{
	const struct nm_explained_log *log = telling->log;
	const int64_t all = compared(log);
	const char *calls = all == 1 ? "call" : "calls";

	if (!all)
		return;
	if (!log->by_today)
		nm_buf_addf(telling->out, "%" PRId64 " %s, %sbeside the plan that was live then\n", all, calls,
			    all == 1 ? "" : "each ");
	else if (log->by_today == all)
		nm_buf_addf(telling->out, "%" PRId64 " %s, %sbeside today's plan: which one was live then is not known\n",
			    all, calls, all == 1 ? "" : "each ");
	else
		nm_buf_addf(telling->out,
			    "%" PRId64 " calls: %" PRId64 " beside the plan that was live then\n"
			    "%" PRId64 " beside today's: which one was live then is not known\n",
			    all, all - log->by_today, log->by_today);
}

/* The span that was asked for, and where it was not that of the calls. */
static void write_head(const struct telling *telling)
{
	const struct nm_explained_log *log = telling->log;
	const struct nm_zone *zone = session_zone(telling->session);
	const struct nm_span asked = telling->asked->span;
	char from[NM_TIME_TEXT], until[NM_TIME_TEXT];

	nm_time_words_zone(zone, asked.from > NM_TIME_MIN ? asked.from : log->span.from, true, from);
	nm_time_words_zone(zone, asked.until < NM_TIME_MAX ? asked.until : log->span.until - 1, true, until);
	nm_buf_addf(telling->out, "%s to %s, %s%s\n", from, until, telling->line ? "line " : "all lines",
		    telling->line ? telling->line : "");
	write_beside(telling);
	write_left_out(telling);
}

static void write_harms(const struct telling *telling)
{
	static const char *const words[NM_HARMS] = {
		[NM_HARM_MISSED] = "missed; by the plan somebody answers",
		[NM_HARM_OTHER] = "answered by somebody else than by the plan",
		[NM_HARM_LATER] = "answered later than by the plan",
		[NM_HARM_EARLIER] = "answered earlier than by the plan",
		[NM_HARM_NONE] = "no worse for the caller, or not told",
	};

	nm_buf_add(telling->out, "\nwhat came of it for the callers\n");
	for (int harm = 0; harm < NM_HARMS; harm++)
		if (telling->log->harm[harm])
			write_count(telling, words[harm], telling->log->harm[harm]);
}

/* "owner not rung, whom the plan rings" */
static void departed_words(const struct nm_departed *group, struct nm_buf *out)
{
	static const char *const words[] = {
		[NM_DEPARTURE_NONE] = "",
		[NM_DEPARTURE_NOT_RUNG] = "not rung, whom the plan rings",
		[NM_DEPARTURE_RUNG] = "rung, whom the plan does not ring then",
		[NM_DEPARTURE_ORDER] = "rung before others whom the plan rings first",
		[NM_DEPARTURE_LONGER] = "rang for longer than the plan says",
		[NM_DEPARTURE_SHORTER] = "rang for less than the plan says",
		[NM_DEPARTURE_OUTCOME] = "had the call in the end, and not by the plan",
	};

	if (group->who)
		nm_buf_addf(out, "%s %s", group->who, words[group->departure]);
	else
		nm_buf_add(out, "ended in another way than by the plan");
}

static void write_groups(const struct telling *telling)
{
	const struct nm_explained_log *log = telling->log;
	struct nm_buf words;

	nm_buf_add(telling->out, "\nwhere they first part from the plan\n");
	nm_buf_init(&words, NM_ERROR_TEXT);
	for (size_t i = 0; i < log->n_groups; i++) {
		nm_buf_clear(&words);
		departed_words(&log->groups[i], &words);
		write_count(telling, words.data, log->groups[i].calls);
	}
	nm_buf_clear(&words);
	if (log->ungrouped)
		write_count(telling, "in yet other ways", log->ungrouped);
}

static void write_causes(const struct telling *telling)
{
	static const char *const words[NM_CAUSES] = {
		[NM_CAUSE_DECLINED] = "a phone that declined the call",
		[NM_CAUSE_OWN_VOICEMAIL] = "a phone's own voicemail",
		[NM_CAUSE_RING_TIMES] = "a carrier that sets no ring times",
		[NM_CAUSE_HELD] = "what the carrier can hold of the plan",
		[NM_CAUSE_EMERGENCY] = "the emergency key",
		[NM_CAUSE_CHANGED_LATE] = "hours that changed late at the carrier",
		[NM_CAUSE_CHANGED_EARLY] = "hours that changed early at the carrier",
		[NM_CAUSE_TODAY] = "today's plan, live without a push",
		[NM_CAUSE_DRIFT] = "drift, when the line was last read back",
		[NM_CAUSE_CALLER] = "a rule for callers: who called is not told",
		[NM_CAUSE_UNNAMED] = "a number that is nobody's in the plan",
	};
	const struct nm_explained_log *log = telling->log;

	nm_buf_add(telling->out, "\nwhat may lie behind it\n");
	if (log->drifted)
		write_count(telling, "drift for certain: what was live does just this", log->drifted);
	for (int cause = 0; cause < NM_CAUSES; cause++) {
		const int64_t perhaps = log->causes[cause] - (cause == NM_CAUSE_DRIFT ? log->drifted : 0);

		if (perhaps)
			write_count(telling, words[cause], perhaps);
	}
	if (log->uncaused)
		write_count(telling, "nothing was found", log->uncaused);
}

static void write_worst(const struct telling *telling, const struct nm_worst *worst)
{
	const struct nm_explanation *explanation = &worst->explanation;
	struct nm_buf *out = telling->out;
	char when[NM_TIME_TEXT];

	nm_time_words_zone(session_zone(telling->session), worst->call.began, true, when);
	nm_buf_addf(out, "  #%" PRId64 " %s, to %s from ", worst->call.id, when,
		    call_line(telling->session->plan, &worst->call));
	call_who_words(&worst->call, out);
	nm_buf_add(out, "\n    really   ");
	call_became_words(&worst->call.became, out);
	nm_buf_add(out, "\n    by plan  ");
	outcome_words(&explanation->expected, out);
	nm_buf_addf(out, "\n    parted   %s\n", explanation->words);
	for (size_t i = 0; i < explanation->n_likely; i++)
		nm_buf_addf(out, "    %s  %s\n", explanation->likely[i].certain ? "because" : "perhaps",
			    explanation->likely[i].words);
}

/* What is believed and not known of the records that all this is told from. */
static void write_doubts(const struct telling *telling, struct nm_buf *notes)
{
	const struct nm_explained_log *log = telling->log;

	for (size_t i = 0; i < log->n_drivers; i++)
		if (call_doubt(log->drivers[i]))
			nm_buf_addf(notes, "of %s: %s\n", log->drivers[i], call_doubt(log->drivers[i]));
}

static void write_text(const struct telling *telling)
{
	const struct nm_explained_log *log = telling->log;

	if (!compared(log) && !log->untold && !log->no_line) {
		const struct nm_call_filter asked = { .number = telling->asked->number,
						      .since = telling->asked->span.from,
						      .until = telling->asked->span.until };

		call_none_words(telling->session, &asked, telling->out);
		return;
	}
	write_head(telling);
	if (!compared(log))
		return;
	nm_buf_add(telling->out, "\n");
	write_count(telling, "as planned, as far as they went", log->planned);
	write_count(telling, "not as planned", log->differs);
	if (!log->differs)
		return;
	write_harms(telling);
	write_groups(telling);
	write_causes(telling);
	nm_buf_addf(telling->out, "\nthe worst first (%zu of %" PRId64 "); calls explain ID tells one whole\n", log->n,
		    log->differs);
	for (size_t i = 0; i < log->n; i++)
		write_worst(telling, &log->worst[i]);
}

/* --- in JSON --- */

static void json_share(struct nm_json *json, const struct nm_explained_log *log)
{
	nm_json_key(json, "as_planned_share");
	if (compared(log))
		nm_json_double(json, share(log, log->planned), 2);
	else
		nm_json_null(json);
}

static void json_groups(struct nm_json *json, const struct nm_explained_log *log)
{
	nm_json_key(json, "by_harm");
	nm_json_object(json);
	for (int harm = 0; harm < NM_HARMS; harm++)
		nm_json_count(json, nm_harm_name((enum nm_harm)harm), log->harm[harm]);
	nm_json_end(json, '}');
	nm_json_key(json, "by_difference");
	nm_json_array(json);
	for (size_t i = 0; i < log->n_groups; i++) {
		nm_json_object(json);
		nm_json_key(json, "difference");
		nm_json_text(json, nm_departure_name(log->groups[i].departure));
		nm_json_key(json, "about");
		nm_json_text(json, log->groups[i].who);
		nm_json_count(json, "calls", log->groups[i].calls);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
	nm_json_count(json, "other_differences", log->ungrouped);
}

static void json_causes(struct nm_json *json, const struct nm_explained_log *log)
{
	nm_json_key(json, "by_cause");
	nm_json_object(json);
	for (int cause = 0; cause < NM_CAUSES; cause++)
		nm_json_count(json, nm_cause_name((enum nm_cause)cause), log->causes[cause]);
	nm_json_end(json, '}');
	nm_json_count(json, "drift_for_certain", log->drifted);
	nm_json_count(json, "no_cause_found", log->uncaused);
}

static void json_expected(struct nm_json *json, const struct nm_outcome *expected)
{
	nm_json_key(json, "by_plan");
	nm_json_object(json);
	nm_json_key(json, "outcome");
	nm_json_text(json, nm_result_name(expected->result));
	nm_json_key(json, "answered_by");
	nm_json_text(json, expected->answered_by);
	json_known(json, "seconds", expected->seconds, expected->seconds >= 0);
	nm_json_end(json, '}');
}

static void json_worst(struct nm_json *json, const struct telling *telling, const struct nm_worst *worst)
{
	const struct nm_explanation *explanation = &worst->explanation;

	json_logged_call(json, telling->session, &worst->call);
	nm_json_key(json, "harm");
	nm_json_text(json, nm_harm_name(worst->harm));
	nm_json_key(json, "difference");
	nm_json_text(json, nm_departure_name(explanation->departure));
	nm_json_key(json, "about");
	nm_json_text(json, explanation->who);
	nm_json_key(json, "words");
	nm_json_text(json, explanation->words);
	json_call_likely(json, "because", explanation, true);
	json_call_likely(json, "perhaps", explanation, false);
	json_known(json, "compared_with", explanation->version, explanation->version != 0);
	json_expected(json, &explanation->expected);
	nm_json_end(json, '}');
}

static void json_doubts(struct nm_json *json, const struct nm_explained_log *log)
{
	nm_json_key(json, "unverified");
	nm_json_object(json);
	for (size_t i = 0; i < log->n_drivers; i++) {
		if (!call_doubt(log->drivers[i]))
			continue;
		nm_json_key(json, log->drivers[i]);
		nm_json_text(json, call_doubt(log->drivers[i]));
	}
	nm_json_end(json, '}');
}

static void write_json(const struct telling *telling)
{
	const struct nm_explained_log *log = telling->log;
	struct nm_json json;

	nm_json_init(&json, telling->out);
	nm_json_object(&json);
	nm_json_key(&json, "line");
	nm_json_text(&json, telling->line);
	nm_json_count(&json, "calls", compared(log));
	nm_json_count(&json, "as_planned", log->planned);
	json_share(&json, log);
	nm_json_count(&json, "differ", log->differs);
	nm_json_count(&json, "compared_with_today", log->by_today);
	nm_json_count(&json, "left_out_untold", log->untold);
	nm_json_count(&json, "left_out_no_line", log->no_line);
	json_groups(&json, log);
	json_causes(&json, log);
	nm_json_key(&json, "worst");
	nm_json_array(&json);
	for (size_t i = 0; i < log->n; i++)
		json_worst(&json, telling, &log->worst[i]);
	nm_json_end(&json, ']');
	json_doubts(&json, log);
	json_finish(&json, telling->out);
}

/* --- the command --- */

static enum nm_code read_options(const struct invocation *run, struct nm_explain_options *out, int *line,
				 struct nm_error *err)
{
	enum nm_code code = argument_time(run, "since", NM_TIME_MIN, &out->span.from, err);

	if (!code)
		code = argument_time(run, "until", NM_TIME_MAX, &out->span.until, err);
	if (!code)
		code = argument_line(run, line, err);
	if (!code)
		code = argument_count(run, LISTED, NM_EXPLAIN_WORST, &out->most, err);
	if (code)
		return code;
	if (out->span.from >= out->span.until)
		return nm_fail(err, NM_INPUT, "--until must be later than --since");
	out->number = *line >= 0 ? run->session->plan->lines[*line].number : 0;
	return NM_OK;
}

struct going {
	const struct session *session;
	struct nm_span span; /* from: the first call's, once there was one */
	bool begun;
};

static bool goes_on(void *context, nm_time reached)
{
	struct going *going = context;
	const struct session *session = going->session;
	size_t done, all;

	if (!session->working)
		return true;
	if (!going->begun)
		going->span.from = reached;
	going->begun = true;
	done = (size_t)((reached - going->span.from) / NM_DAY);
	all = reached < going->span.until ? (size_t)((going->span.until - going->span.from) / NM_DAY) : done;
	return session->working(session->progress_context, "days explained", done, all + 1);
}

static enum nm_code explain_log(struct invocation *run, struct nm_explain_options *options, const char *line,
				enum status *status, struct nm_error *err)
{
	struct going going = { .session = run->session, .span = options->span };
	struct nm_explainer *explainer = NULL;
	struct nm_explained_log log;
	struct nm_store *store;
	enum nm_code code = session_store(run->session, &store, err);

	if (going.span.until > session_now(run->session))
		going.span.until = session_now(run->session);
	options->goes_on = goes_on;
	options->context = &going;
	if (!code)
		code = nm_explainer_new(run->session->plan, store, &explainer, err);
	if (!code)
		code = nm_explain_log(explainer, store, options, &log, err);
	if (!code) {
		const struct telling telling = { run->session, line, options, &log, run->out };

		*status = log.differs ? STATUS_WRONG : STATUS_GOOD;
		(run->json ? write_json : write_text)(&telling);
		if (!run->json)
			write_doubts(&telling, run->notes);
		nm_explained_log_clear(&log);
	}
	nm_explainer_free(explainer);
	return code;
}

enum nm_code calls_explain_all(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_explain_options options = { .most = LISTED };
	int line;
	enum nm_code code = read_options(run, &options, &line, err);

	if (code)
		return code;
	return explain_log(run, &options, line >= 0 ? run->session->plan->lines[line].name : NULL, status, err);
}
