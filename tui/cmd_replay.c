/* SPDX-License-Identifier: MIT */
/*
 * replay: the log of calls through this plan or another one: what would have been otherwise, as text or JSON.
 */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "call_words.h"
#include "canvas.h"
#include "nevermiss/replay.h"
#include "nevermiss/report.h"

#define LISTED 10 /* of each kind, where --count does not say */
#define LABEL 16
#define COLUMN 10

struct telling {
	const struct nm_plan *plan; /* that the calls go through */
	const char *name;           /* of it, as it was given; NULL: the session's */
	const char *line;           /* NULL: all */
	const struct nm_plan *own;  /* the session's, which has names for lines that the other does not have */
	bool no_log;                /* there is no call in it at all */
	const struct nm_replay *replay;
	struct nm_buf *out;
};

/* --- figures --- */

static int64_t won(const struct nm_replay_counts *counts)
{
	return counts->calls[NM_REPLAY_MISSED][NM_REPLAY_ANSWERED];
}

/* Who rings in vain and who is turned away are both missed for whom they were answered. */
static int64_t lost(const struct nm_replay_counts *counts)
{
	return counts->calls[NM_REPLAY_ANSWERED][NM_REPLAY_MISSED] +
	       counts->calls[NM_REPLAY_ANSWERED][NM_REPLAY_REJECTED];
}

static int64_t played(const struct nm_replay_counts *counts)
{
	int64_t n = 0;

	for (int end = 0; end < NM_REPLAY_ENDS; end++)
		n += nm_replay_then(counts, (enum nm_replay_end)end);
	return n;
}

static struct nm_figure percent(int64_t part, int64_t rest)
{
	return part + rest > 0 ? (struct nm_figure){ true, 100 * (double)part / (double)(part + rest) }
			       : (struct nm_figure){ 0 };
}

static struct nm_figure rate_then(const struct nm_replay_counts *counts)
{
	return percent(nm_replay_then(counts, NM_REPLAY_ANSWERED), nm_replay_then(counts, NM_REPLAY_MISSED));
}

static struct nm_figure rate_now(const struct nm_replay_counts *counts)
{
	return percent(nm_replay_now(counts, NM_REPLAY_ANSWERED), nm_replay_now(counts, NM_REPLAY_MISSED));
}

static struct nm_figure mean(int64_t sum, int64_t n)
{
	return n > 0 ? (struct nm_figure){ true, (double)sum / (double)n } : (struct nm_figure){ 0 };
}

/* --- in words --- */

static void add_left(struct nm_buf *out, const char *text, int width)
{
	const int blanks = width - text_width(text);

	nm_buf_addf(out, "%s%*s", text, blanks > 0 ? blanks : 0, "");
}

static void add_figure(struct nm_buf *out, struct nm_figure figure, const char *unit, int width)
{
	char text[32] = "-";

	if (figure.known)
		snprintf(text, sizeof text, "%.1f %s", figure.value, unit);
	nm_buf_addf(out, "%*s", width, text);
}

/* "left out: 417 to lines that the plan does not have: main +1 512 555 0100 (400), +1 512 555 0177 (17)" */
static void write_gone(const struct telling *telling)
{
	const struct nm_replay *replay = telling->replay;
	char number[NM_NUMBER_TEXT];
	int64_t others = replay->no_line;

	nm_buf_addf(telling->out, "left out: %" PRId64 " to lines that the plan does not have: ", others);
	for (size_t i = 0; i < replay->n_gone; i++) {
		const int line = nm_plan_find_number(telling->own, replay->gone[i].number);

		nm_number_words(replay->gone[i].number, number);
		nm_buf_addf(telling->out, "%s%s%s%s (%" PRId64 ")", i ? ", " : "",
			    line >= 0 ? telling->own->lines[line].name : "", line >= 0 ? " " : "", number,
			    replay->gone[i].calls);
		others -= replay->gone[i].calls;
	}
	if (others)
		nm_buf_addf(telling->out, ", others (%" PRId64 ")", others);
	nm_buf_add(telling->out, "\n");
}

static void write_head(const struct telling *telling)
{
	const struct nm_replay *replay = telling->replay;
	char from[NM_TIME_TEXT], until[NM_TIME_TEXT];

	nm_time_words(telling->plan->zone, replay->span.from, true, from);
	nm_time_words(telling->plan->zone, replay->span.until, true, until);
	nm_buf_addf(telling->out, "%s to %s, %s%s\n", from, until, telling->line ? "line " : "all lines",
		    telling->line ? telling->line : "");
	nm_buf_addf(telling->out,
		    played(&replay->counts) == 1 ? "%" PRId64 " call played through %s\n" :
						   "%" PRId64 " calls played through %s\n",
		    played(&replay->counts),
		    telling->name ? telling->name : "this plan");
	if (replay->at_once)
		nm_buf_addf(telling->out, "left out: %" PRId64 " that hung up within %d s\n", replay->at_once,
			    NM_SHORT_ABANDON_S);
	if (replay->untold)
		nm_buf_addf(telling->out, "left out: %" PRId64 " of which the records tell too little\n",
			    replay->untold);
	if (replay->no_line)
		write_gone(telling);
}

static void write_both(struct nm_buf *out, const char *what, int64_t then, int64_t now)
{
	add_left(out, what, LABEL);
	nm_buf_addf(out, "%*" PRId64 "%*" PRId64 "\n", COLUMN, then, COLUMN, now);
}

static void write_totals(const struct telling *telling)
{
	const struct nm_replay_counts *counts = &telling->replay->counts;
	struct nm_buf *out = telling->out;

	nm_buf_add(out, "\n                    really   by plan\n");
	for (int end = 0; end < NM_REPLAY_ENDS; end++) {
		static const char *const names[] = { "answered", "missed", "rejected" };
		const int64_t then = nm_replay_then(counts, (enum nm_replay_end)end);
		const int64_t now = nm_replay_now(counts, (enum nm_replay_end)end);

		if (end != NM_REPLAY_REJECTED || then || now)
			write_both(out, names[end], then, now);
	}
	add_left(out, "answer rate", LABEL);
	add_figure(out, rate_then(counts), "%", COLUMN);
	add_figure(out, rate_now(counts), "%", COLUMN);
	nm_buf_add(out, "\n");
	if (counts->timed) {
		add_left(out, "until an answer", LABEL);
		add_figure(out, mean(counts->seconds_then, counts->timed), "s", COLUMN);
		add_figure(out, mean(counts->seconds_now, counts->timed), "s", COLUMN);
		nm_buf_add(out, "  of those answered both times\n");
	}
	nm_buf_addf(out,
		    "%" PRId64 " missed would have been answered, %" PRId64
		    " answered would have been missed\n",
		    won(counts), lost(counts));
}

static void write_weeks(const struct telling *telling)
{
	const struct nm_replay *replay = telling->replay;
	struct nm_buf *out = telling->out;

	if (replay->n_weeks < 2)
		return;
	nm_buf_add(out, "\nweek of        calls    really   by plan  regained      lost\n");
	for (size_t i = 0; i < replay->n_weeks; i++) {
		const struct nm_replay_week *week = &replay->weeks[i];
		const nm_local local = nm_zone_local(telling->plan->zone, week->span.from);
		const struct nm_date date = nm_date_from_days(nm_local_day(local));

		if (!played(&week->counts))
			continue;
		nm_buf_addf(out, "%2d %s %d %8" PRId64, date.day, nm_month_names[date.month - 1], date.year,
			    played(&week->counts));
		add_figure(out, rate_then(&week->counts), "%", COLUMN);
		add_figure(out, rate_now(&week->counts), "%", COLUMN);
		nm_buf_addf(out, "%*" PRId64 "%*" PRId64 "\n", COLUMN, won(&week->counts), COLUMN,
			    lost(&week->counts));
	}
}

static void write_layers(const struct telling *telling)
{
	const struct nm_replay *replay = telling->replay;

	if (!replay->n_layers)
		return;
	nm_buf_add(telling->out, "\nwho took them       really   by plan\n");
	for (size_t i = 0; i < replay->n_layers; i++)
		write_both(telling->out, replay->layers[i].name, replay->layers[i].then,
			   replay->layers[i].now);
}

static const char *line_name(const struct nm_plan *plan, nm_number number)
{
	const int line = nm_plan_find_number(plan, number);

	return line >= 0 ? plan->lines[line].name : "";
}

static void write_result(struct nm_buf *out, const struct nm_replay_call *call)
{
	nm_buf_add(out, nm_result_name(call->result));
	if (call->by)
		nm_buf_addf(out, " by %s", call->by);
	if (call->seconds >= 0)
		nm_buf_addf(out, " after %d s", call->seconds);
}

static void write_call(const struct telling *telling, const struct nm_replay_call *call)
{
	const struct nm_call_entry entry = { .caller = call->caller };
	struct nm_buf *out = telling->out;
	char when[NM_TIME_TEXT];

	nm_time_words(telling->plan->zone, call->began, true, when);
	nm_buf_addf(out, "  #%" PRId64 " %s, to %s from ", call->id, when,
		    line_name(telling->plan, call->number));
	call_who_words(&entry, out);
	nm_buf_add(out, "\n    really   ");
	call_became_words(&call->became, out);
	nm_buf_add(out, "\n    by plan  ");
	write_result(out, call);
	nm_buf_add(out, "\n");
}

static void write_calls(const struct telling *telling, const char *what, const struct nm_replay_calls *calls,
			int64_t all)
{
	if (!calls->n)
		return;
	nm_buf_addf(telling->out, "\n%s", what);
	if (all > (int64_t)calls->n)
		nm_buf_addf(telling->out, " (%zu of %" PRId64 ")", calls->n, all);
	nm_buf_add(telling->out, "\n");
	for (size_t i = 0; i < calls->n; i++)
		write_call(telling, &calls->items[i]);
}

static void write_text(const struct telling *telling)
{
	const struct nm_replay *replay = telling->replay;

	write_head(telling);
	if (telling->no_log)
		nm_buf_add(telling->out, "calls import reads calls from a carrier or a file\n");
	if (!played(&replay->counts))
		return;
	write_totals(telling);
	write_weeks(telling);
	write_layers(telling);
	write_calls(telling, "would have been missed", &replay->lost, lost(&replay->counts));
	write_calls(telling, "would have been answered", &replay->won, won(&replay->counts));
	write_calls(telling, "would have been answered later, the most seconds first", &replay->later, 0);
}

/* --- in JSON --- */

static void json_both(struct nm_json *json, const char *key, int64_t then, int64_t now)
{
	nm_json_key(json, key);
	nm_json_object(json);
	nm_json_count(json, "really", then);
	nm_json_count(json, "by_plan", now);
	nm_json_end(json, '}');
}

static void json_figure(struct nm_json *json, const char *key, struct nm_figure figure)
{
	nm_json_key(json, key);
	if (figure.known)
		nm_json_double(json, figure.value, 2);
	else
		nm_json_null(json);
}

static void json_figures(struct nm_json *json, const char *key, struct nm_figure then, struct nm_figure now)
{
	nm_json_key(json, key);
	nm_json_object(json);
	json_figure(json, "really", then);
	json_figure(json, "by_plan", now);
	nm_json_end(json, '}');
}

static void json_counts(struct nm_json *json, const struct nm_replay_counts *counts)
{
	nm_json_count(json, "calls", played(counts));
	json_both(json, "answered", nm_replay_then(counts, NM_REPLAY_ANSWERED),
		  nm_replay_now(counts, NM_REPLAY_ANSWERED));
	json_both(json, "missed", nm_replay_then(counts, NM_REPLAY_MISSED),
		  nm_replay_now(counts, NM_REPLAY_MISSED));
	json_both(json, "rejected", nm_replay_then(counts, NM_REPLAY_REJECTED),
		  nm_replay_now(counts, NM_REPLAY_REJECTED));
	json_figures(json, "answer_rate", rate_then(counts), rate_now(counts));
	json_figures(json, "average_seconds", mean(counts->seconds_then, counts->timed),
		     mean(counts->seconds_now, counts->timed));
	nm_json_count(json, "regained", won(counts));
	nm_json_count(json, "lost", lost(counts));
}

static void json_weeks(const struct telling *telling, struct nm_json *json)
{
	nm_json_key(json, "by_week");
	nm_json_array(json);
	for (size_t i = 0; i < telling->replay->n_weeks; i++) {
		const struct nm_replay_week *week = &telling->replay->weeks[i];

		nm_json_object(json);
		json_time(json, telling->plan->zone, "from", week->span.from);
		json_time(json, telling->plan->zone, "until", week->span.until);
		json_counts(json, &week->counts);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void json_layers(const struct telling *telling, struct nm_json *json)
{
	nm_json_key(json, "by_layer");
	nm_json_array(json);
	for (size_t i = 0; i < telling->replay->n_layers; i++) {
		const struct nm_replay_layer *layer = &telling->replay->layers[i];

		nm_json_object(json);
		nm_json_key(json, "name");
		nm_json_text(json, layer->name);
		nm_json_key(json, "kind");
		nm_json_text(json, layer->kind >= 0 ? nm_kind_name((enum nm_kind)layer->kind) : NULL);
		nm_json_count(json, "really", layer->then);
		nm_json_count(json, "by_plan", layer->now);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void json_end(struct nm_json *json, const char *key, const char *outcome, const char *by, int seconds)
{
	nm_json_key(json, key);
	nm_json_object(json);
	nm_json_key(json, "outcome");
	nm_json_text(json, outcome);
	nm_json_key(json, "answered_by");
	nm_json_text(json, by);
	json_known(json, "seconds", seconds, seconds >= 0);
	nm_json_end(json, '}');
}

static void json_calls(const struct telling *telling, struct nm_json *json, const char *key,
		       const struct nm_replay_calls *calls)
{
	nm_json_key(json, key);
	nm_json_array(json);
	for (size_t i = 0; i < calls->n; i++) {
		const struct nm_replay_call *call = &calls->items[i];
		char from[NM_NUMBER_TEXT];

		nm_caller_write(call->caller, from);
		nm_json_object(json);
		nm_json_key(json, "id");
		nm_json_int(json, call->id);
		json_time(json, telling->plan->zone, "at", call->began);
		nm_json_key(json, "line");
		nm_json_text(json, line_name(telling->plan, call->number));
		nm_json_key(json, "from");
		nm_json_text(json, from);
		json_end(json, "really", nm_call_end_name(call->became.end), call->became.by,
			 call->became.seconds);
		json_end(json, "by_plan", nm_result_name(call->result), call->by, call->seconds);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

static void write_json(const struct telling *telling)
{
	const struct nm_replay *replay = telling->replay;
	struct nm_json json;

	nm_json_init(&json, telling->out);
	nm_json_object(&json);
	json_time(&json, telling->plan->zone, "from", replay->span.from);
	json_time(&json, telling->plan->zone, "until", replay->span.until);
	nm_json_key(&json, "plan");
	nm_json_text(&json, telling->name);
	nm_json_key(&json, "line");
	nm_json_text(&json, telling->line);
	json_counts(&json, &replay->counts);
	nm_json_count(&json, "left_out_at_once", replay->at_once);
	nm_json_count(&json, "left_out_untold", replay->untold);
	nm_json_count(&json, "left_out_no_line", replay->no_line);
	json_layers(telling, &json);
	json_weeks(telling, &json);
	json_calls(telling, &json, "lost_calls", &replay->lost);
	json_calls(telling, &json, "regained_calls", &replay->won);
	json_calls(telling, &json, "later_calls", &replay->later);
	json_finish(&json, telling->out);
}

/* --- the command --- */

static enum nm_code read_options(const struct invocation *run, struct nm_replay_options *out, int *line,
				 struct nm_error *err)
{
	enum nm_code code =
		argument_time(run, "until", session_now(run->session), &out->span.until, err);

	if (code == NM_OK)
		code = argument_time(run, "from", nm_report_30_days(out->span.until).from, &out->span.from, err);
	if (code == NM_OK)
		code = argument_line(run, line, err);
	if (code == NM_OK)
		code = argument_count(run, LISTED, NM_REPLAY_LISTED, &out->most, err);
	if (code == NM_OK)
		out->number = *line >= 0 ? run->session->plan->lines[*line].number : 0;
	return code;
}

static enum nm_code find_no_log(struct nm_store *store, bool *out, struct nm_error *err)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 1 };
	struct nm_call_entries calls;
	enum nm_code code = nm_store_calls(store, &filter, &calls, err);

	if (code)
		return code;
	*out = calls.n == 0;
	nm_call_entries_clear(&calls);
	return NM_OK;
}

struct going {
	const struct session *session;
	struct nm_span span;
};

static bool goes_on(void *context, nm_time reached)
{
	const struct going *going = context;
	const struct session *session = going->session;
	const size_t done = (size_t)((reached - going->span.from) / NM_DAY);
	const size_t all = (size_t)((going->span.until - going->span.from) / NM_DAY) + 1;

	return !session->working || session->working(session->progress_context, "days replayed", done, all);
}

static enum nm_code replay_through(struct invocation *run, const struct nm_plan *plan, struct nm_error *err)
{
	struct nm_replay_options options = { .most = LISTED };
	struct nm_replay replay;
	struct nm_store *store;
	bool no_log = false;
	int line;
	enum nm_code code = read_options(run, &options, &line, err);

	if (code == NM_OK)
		code = session_store(run->session, &store, err);
	if (code == NM_OK)
		code = find_no_log(store, &no_log, err);
	if (code == NM_OK) {
		struct going going = { run->session, options.span };

		options.goes_on = goes_on;
		options.context = &going;
		code = nm_replay(store, plan, &options, &replay, err);
	}
	if (code == NM_OK) {
		const struct telling telling = {
			.plan = plan,
			.name = run->args->n_words ? run->args->words[0] : NULL,
			.own = run->session->plan,
			.no_log = no_log,
			.line = line >= 0 ? run->session->plan->lines[line].name : NULL,
			.replay = &replay,
			.out = run->out,
		};

		(run->json ? write_json : write_text)(&telling);
		nm_replay_clear(&replay);
	}
	return code;
}

enum nm_code cmd_replay(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_plan *named = NULL;
	enum nm_code code = NM_OK;

	*status = STATUS_GOOD;
	if (run->args->n_words)
		code = plan_named(run, run->args->words[0], &named, err);
	if (code == NM_OK)
		code = replay_through(run, named ? named : run->session->plan, err);
	nm_plan_free(named);
	return code;
}
