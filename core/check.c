/* SPDX-License-Identifier: MIT */
/*
 * Checks a plan: runs the parts, and makes findings of their drafts: windows, first call, order.
 * Comes in: a plan and a horizon.  Goes out: all findings, worst first.  It asks no network and no store.
 */
#include "check_private.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/route.h"

#define WHEN_MOST 4 /* windows told one by one in words */

const char *nm_severity_name(enum nm_severity severity)
{
	switch (severity) {
	case NM_SEVERITY_ERROR:
		return "error";
	case NM_SEVERITY_WARNING:
		return "warning";
	case NM_SEVERITY_ADVICE:
		return "advice";
	}
	return "advice";
}

/* --- windows --- */

/* Intervals touch, so a window begins where the interval before has no hit.  out NULL: only counts. */
static size_t windows_of(const struct nm_timeline *timeline, const struct nm_hit *hits, struct nm_span *out)
{
	bool before = false;
	size_t n = 0;
	size_t i;

	for (i = 0; i < timeline->n; i++) {
		const bool now = hits[timeline->state[i]].set;

		if (now && !before) {
			if (out)
				out[n].from = timeline->start[i];
			n++;
		}
		if (now && out)
			out[n - 1].until = timeline->start[i + 1];
		before = now;
	}
	return n;
}

static void windows_build(struct nm_checker *checker, struct nm_draft *draft)
{
	struct nm_span *spans;

	if (!draft->hits)
		return;
	draft->n_windows = windows_of(checker->timeline, draft->hits, NULL);
	spans = nm_arena_alloc(checker->arena, draft->n_windows, sizeof *spans);
	if (!spans) {
		checker->failed = true;
		draft->n_windows = 0;
		return;
	}
	windows_of(checker->timeline, draft->hits, spans);
	draft->windows = spans;
}

/* The first full minute of an interval, or where it has none its beginning: what holds now is no matter of seconds. */
static nm_time minute_of(const struct nm_timeline *timeline, size_t i)
{
	const nm_time from = timeline->start[i], until = i + 1 < timeline->n ? timeline->start[i + 1] : timeline->until;
	const nm_time minute = (from + 59) / 60 * 60;

	return minute < until ? minute : from;
}

static void first_call(struct nm_checker *checker, struct nm_draft *draft)
{
	const struct nm_timeline *timeline = checker->timeline;
	size_t i;

	if (!draft->hits || draft->n_call)
		return;
	for (i = 0; i < timeline->n; i++)
		if (draft->hits[timeline->state[i]].set)
			break;
	if (i < timeline->n)
		nm_draft_call(checker, draft, minute_of(timeline, i), draft->hits[timeline->state[i]]);
}

/* Each moment of the week is averaged over how often the horizon has it: with odd days at its end some come once
 * more, and "weekdays 8 to 18" is 50 hours all the same. */
static double hours_a_week(const struct nm_checker *checker, const struct nm_draft *draft)
{
	const nm_time week = 7 * (nm_time)NM_DAY;
	const nm_time from = checker->timeline->from, length = checker->timeline->until - from;
	const nm_time odd = length % week, weeks = length / week;
	double hours = 0;

	for (size_t i = 0; i < draft->n_windows; i++) {
		const nm_time until = draft->windows[i].until;
		nm_time t = draft->windows[i].from, next;

		for (; t < until; t = next) {
			const nm_time moment = (t - from) % week;
			const bool oftener = moment < odd;

			next = t - moment + (oftener ? odd : week);
			next = next < until ? next : until;
			hours += (double)(next - t) / 3600.0 / (double)(weeks + oftener);
		}
	}
	return hours;
}

/* An average says nothing of what comes less than every fourth week, unless it then stays. */
static bool seldom(const struct nm_checker *checker, const struct nm_draft *draft, nm_time sum)
{
	const nm_time length = checker->timeline->until - checker->timeline->from;

	return (nm_time)draft->n_windows * 28 * NM_DAY < length && 2 * sum < length;
}

/* "4.5 h a week", "2 h in all"; NULL without windows. */
static const char *amount_words(struct nm_checker *checker, const struct nm_draft *draft, double hours)
{
	char all[NM_TIME_TEXT];
	nm_time sum = 0;
	const char *text;

	if (!draft->n_windows)
		return NULL;
	for (size_t i = 0; i < draft->n_windows; i++)
		sum += draft->windows[i].until - draft->windows[i].from;
	nm_duration_words(sum, all);
	text = seldom(checker, draft, sum) || hours < 0.05
		       ? nm_arena_format(checker->arena, "%s in all", all)
		       : nm_arena_format(checker->arena, "%.1f h a week", hours);
	if (!text)
		checker->failed = true;
	return text;
}

static const char *when_words(struct nm_checker *checker, const struct nm_draft *draft)
{
	const struct nm_span horizon = { checker->timeline->from, checker->timeline->until };
	struct nm_buf words;

	if (!draft->n_windows)
		return NULL;
	nm_buf_init(&words, NM_WORDS_MOST);
	nm_windows_words(checker->plan->zone, draft->windows, draft->n_windows, horizon, WHEN_MOST, &words);
	return nm_check_text_of(checker, &words);
}

/* --- whom it concerns --- */

#define CONCERNED_MOST 3 /* named one by one */

static size_t count_of(const bool *set, size_t size)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < size; i++)
		n += set[i];
	return n;
}

static void lines_words(const struct nm_checker *checker, const bool *lines, struct nm_buf *out)
{
	const struct nm_plan *plan = checker->plan;
	const size_t n = count_of(lines, plan->n_lines);
	size_t named = 0;
	size_t i;

	if (n > 1 && n == plan->n_lines) {
		nm_buf_add(out, "any line");
		return;
	}
	nm_buf_add(out, n > 1 ? "lines " : "line ");
	for (i = 0; i < plan->n_lines && named < CONCERNED_MOST; i++)
		if (lines[i])
			nm_buf_addf(out, "%s%s", named++ ? ", " : "", plan->lines[i].name);
	if (n > named)
		nm_buf_addf(out, " and %zu more", n - named);
}

static void callers_words(const struct nm_checker *checker, const bool *callers, struct nm_buf *out)
{
	const struct nm_classes *classes = &checker->classes;
	const size_t n = count_of(callers, classes->n);
	size_t named = 0;
	size_t i;

	if (n == classes->n) {
		nm_buf_add(out, "any caller");
		return;
	}
	for (i = 0; i < classes->n && named < CONCERNED_MOST; i++)
		if (callers[i])
			nm_buf_addf(out, "%s%s", named++ ? ", " : "", classes->items[i].words);
	if (n > named)
		nm_buf_addf(out, " and %zu more", n - named);
}

/* The lines and callers of all windows are told together: does each of these lines show it for each of these
 * callers in every window? */
static bool holds_alike(const struct nm_checker *checker, const struct nm_draft *draft)
{
	return draft->n_calls == draft->n_states * count_of(draft->lines, checker->plan->n_lines) *
					 count_of(draft->callers, checker->classes.n);
}

static const char *message_of(struct nm_checker *checker, const struct nm_draft *draft)
{
	struct nm_buf words;

	if (!draft->hits || draft->plain)
		return draft->sentence;
	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_addf(&words, "%s (%s", draft->sentence, holds_alike(checker, draft) ? "" : "all in all: ");
	if (!draft->names_lines) {
		lines_words(checker, draft->lines, &words);
		nm_buf_add(&words, ", ");
	}
	callers_words(checker, draft->callers, &words);
	nm_buf_addf(&words, ")%s%s", draft->note ? "; " : "", draft->note ? draft->note : "");
	return nm_check_text_of(checker, &words);
}

/* --- findings --- */

/* The plan itself is right: no edit of it mends what its carrier cannot do. */
static void held_words(struct nm_checker *checker, struct nm_draft *draft)
{
	if (!draft->hits || draft->by_plan || draft->plain)
		return;
	draft->note = "not by the plan, but by what the line's carrier can hold of it";
	draft->n_mends = 0;
	nm_draft_mend(checker, draft,
		      "see with push --dry-run what is lost there; move the line to a carrier that can do it, or plan "
		      "what this one can",
		      0, NULL);
}

static struct nm_finding finding_of(struct nm_checker *checker, struct nm_draft *draft)
{
	struct nm_pos pos = draft->pos;
	double hours;

	held_words(checker, draft);
	windows_build(checker, draft);
	first_call(checker, draft);
	hours = hours_a_week(checker, draft);
	if (pos.file)
		pos.file = nm_arena_text(checker->arena, pos.file);
	if (draft->pos.file && !pos.file)
		checker->failed = true;
	return (struct nm_finding){
		.id = draft->info->id,
		.severity = draft->info->severity,
		.message = message_of(checker, draft),
		.why = draft->why ? draft->why : draft->info->why,
		.pos = pos,
		.n_windows = draft->n_windows,
		.windows = draft->windows,
		.hours_per_week = hours,
		.amount = amount_words(checker, draft, hours),
		.when = when_words(checker, draft),
		.n_call = draft->n_call,
		.call = draft->call,
		.n_mends = draft->n_mends,
		.mends = draft->mends,
	};
}

static int number_compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* What holds always comes first; a failed test last: it is a symptom of what stands before it. */
static int64_t finding_begins(const struct nm_finding *finding)
{
	if (!strcmp(finding->id, "test-failed"))
		return NM_TIME_MAX;
	return finding->n_windows ? finding->windows[0].from : NM_TIME_MIN;
}

/* Severity, first window, place in the file, id. */
static int finding_compare(const void *left, const void *right)
{
	const struct nm_finding *a = left;
	const struct nm_finding *b = right;
	int order = number_compare((int64_t)a->severity, (int64_t)b->severity);

	if (!order)
		order = number_compare(finding_begins(a), finding_begins(b));
	if (!order)
		order = strcmp(a->pos.file ? a->pos.file : "", b->pos.file ? b->pos.file : "");
	if (!order)
		order = number_compare(a->pos.line, b->pos.line);
	if (!order)
		order = strcmp(a->id, b->id);
	return order ? order : strcmp(a->message, b->message);
}

static enum nm_code finish(struct nm_checker *checker, struct nm_findings *out, struct nm_error *err)
{
	struct nm_finding *items = nm_arena_alloc(checker->arena, checker->n, sizeof *items);
	struct nm_draft *draft;
	size_t n = 0;

	if (!items)
		return nm_fail_memory(err);
	for (draft = checker->first; draft; draft = draft->next) {
		items[n++] = finding_of(checker, draft);
		if (!items[n - 1].message)
			checker->failed = true;
	}
	if (checker->failed)
		return nm_fail_memory(err);
	if (n)
		qsort(items, n, sizeof *items, finding_compare);
	*out = (struct nm_findings){
		.arena = checker->arena,
		.from = checker->timeline->from,
		.until = checker->timeline->until,
		.n = n,
		.items = items,
		.intervals = checker->timeline->n,
		.lines = checker->plan->n_lines,
		.classes = checker->classes.n,
		.ok = !n || items[0].severity != NM_SEVERITY_ERROR,
	};
	return NM_OK;
}

static enum nm_code run(struct nm_checker *checker, struct nm_error *err)
{
	enum nm_code code = nm_probes_init(checker, err);

	if (code)
		return code;
	code = nm_prove(checker, err);
	if (code || checker->guarantees_only)
		return code;
	nm_check_text(checker);
	nm_check_names(checker);
	nm_check_phones(checker);
	nm_check_behind(checker);
	nm_check_rules(checker);
	nm_check_log(checker);
	nm_check_agent(checker);
	nm_check_outside(checker);
	return nm_check_times(checker, err);
}

/* Apart where it matters to the carrier of a line. */
static enum nm_code classes_build(const struct nm_plan *plan, struct nm_classes *out, struct nm_error *err)
{
	size_t i;

	for (i = 0; i < plan->n_lines; i++) {
		const struct nm_account *account = &plan->accounts[plan->lines[i].account];
		const struct nm_carrier *carrier = nm_carrier_find(account->driver);

		if (carrier && !nm_carrier_traits(carrier, account).beginnings)
			return nm_classes_build_listed(plan, out, err);
	}
	return nm_classes_build(plan, out, err);
}

static enum nm_code check(const struct nm_plan *plan, const struct nm_check_options *options,
			  bool guarantees_only, struct nm_findings *out, struct nm_error *err)
{
	struct nm_checker checker = { .plan = plan, .options = options, .guarantees_only = guarantees_only };
	enum nm_code code;

	checker.last = &checker.first;
	checker.arena = nm_arena_new();
	if (!checker.arena)
		return nm_fail_memory(err);
	code = nm_timeline_build(plan, options->from, options->until, &checker.timeline, err);
	if (!code)
		code = classes_build(plan, &checker.classes, err);
	if (!code)
		code = run(&checker, err);
	if (!code)
		code = finish(&checker, out, err);
	nm_classes_clear(&checker.classes);
	nm_timeline_free(checker.timeline);
	if (code)
		nm_arena_free(checker.arena);
	return code;
}

enum nm_code nm_check(const struct nm_plan *plan, const struct nm_check_options *options,
		      struct nm_findings *out, struct nm_error *err)
{
	return check(plan, options, false, out, err);
}

enum nm_code nm_check_guarantees(const struct nm_plan *plan, const struct nm_check_options *options,
				 struct nm_findings *out, struct nm_error *err)
{
	return check(plan, options, true, out, err);
}

void nm_findings_clear(struct nm_findings *findings)
{
	nm_arena_free(findings->arena);
	*findings = (struct nm_findings){ 0 };
}
