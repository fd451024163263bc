/* SPDX-License-Identifier: MIT */
/*
 * The figures over the log (report.h).  In: a store and a plan.  Out: a report.  Whole hours come from the sums that the
 * store keeps, what is left of the span at both ends from its calls: each is counted in the whole, in its week, in its
 * hour and with whoever took it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/report_private.h"

/* An hour of the span, as UTC has it: where it lies on the plan's clock, and in which of the report's weeks. */
struct place {
	unsigned char day, hour, week;
};

struct reporting {
	const struct nm_plan *plan;
	int line; /* -1: all */
	bool all_missed;
	struct nm_report *report;
	struct nm_tallies tallies;
	struct nm_names names;
	struct nm_layers *layers;
	struct nm_waiting waiting; /* who were to be called back */
	nm_time hours_from;        /* the first second of the first of places */
	const struct place *places; /* of each hour whose sums are read; NULL before */
};

/* --- spans --- */

struct nm_span nm_report_30_days(nm_time now)
{
	return (struct nm_span){ now - 30 * (nm_time)NM_DAY, now };
}

#define QUARTER_S 900

struct nm_span nm_report_last_30_days(nm_time now)
{
	return nm_report_30_days((now / QUARTER_S + 1) * QUARTER_S);
}

struct nm_span nm_report_course(const struct nm_zone *zone, nm_time until)
{
	const int64_t monday = nm_zone_monday(zone, until - 1);

	return (struct nm_span){ nm_zone_utc(zone, (monday - 7 * (NM_REPORT_COURSE_WEEKS - 1)) * NM_DAY, NULL), until };
}

struct nm_span nm_report_month(const struct nm_zone *zone, nm_time at, nm_time now)
{
	const struct nm_date date = nm_date_from_days(nm_local_day(nm_zone_local(zone, at)));
	const int64_t first = nm_days_from_date(date.year, date.month, 1);
	const int64_t next = first + nm_month_days(date.year, date.month);
	struct nm_span month = { nm_zone_utc(zone, first * NM_DAY, NULL),
				 nm_zone_utc(zone, next * NM_DAY, NULL) };

	if (month.from < now && now < month.until)
		month.until = now;
	return month;
}

static enum nm_code check_span(struct nm_span span, struct nm_error *err)
{
	if (span.from >= span.until)
		return nm_fail(err, NM_INPUT, "a report's span must end after it begins");
	if (span.from < span.until - NM_REPORT_WEEKS * 7 * (nm_time)NM_DAY)
		return nm_fail(err, NM_INPUT, "a report spans at most %d weeks", NM_REPORT_WEEKS);
	return NM_OK;
}

/* --- weeks --- */

static enum nm_code make_weeks(struct reporting *run, struct nm_error *err)
{
	const struct nm_zone *zone = run->plan->zone;
	struct nm_report *report = run->report;
	const int64_t monday = nm_zone_monday(zone, report->span.from);
	const size_t most = (size_t)((nm_zone_monday(zone, report->span.until - 1) - monday) / 7) + 1;
	nm_time *begins = nm_arena_alloc(report->arena, most, sizeof(*begins));

	assert(most <= NM_REPORT_WEEKS_TOUCHED);
	report->weeks = nm_arena_alloc(report->arena, most, sizeof(*report->weeks));
	run->tallies = (struct nm_tallies){
		.span = report->span,
		.begins = begins,
		.weeks = nm_arena_alloc(report->arena, most, sizeof(struct nm_tally)),
	};
	if (report->weeks == NULL || begins == NULL || run->tallies.weeks == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < most; i++) {
		const nm_time begin = nm_zone_utc(zone, (monday + 7 * (int64_t)i) * NM_DAY, NULL);
		const nm_time end = nm_zone_utc(zone, (monday + 7 * (int64_t)(i + 1)) * NM_DAY, NULL);

		begins[i] = i == 0 ? report->span.from : begin;
		report->weeks[i].span =
			(struct nm_span){ begins[i], i + 1 == most ? report->span.until : end };
	}
	report->n_weeks = run->tallies.n = most;
	return NM_OK;
}

/* --- calls --- */

static struct nm_week_hour week_hour(nm_local local)
{
	const int64_t day = nm_local_day(local);

	return (struct nm_week_hour){ nm_weekday(day), (int)((local - day * NM_DAY) / 3600) };
}

static struct nm_week_hour at_of_second(struct reporting *run, nm_time t, struct nm_tally **week)
{
	*week = nm_tallies_week(&run->tallies, t);
	return week_hour(nm_zone_local(run->plan->zone, t));
}

/* Where in the week, and in which of the report's, an instant lies; of a whole hour that is looked up. */
static inline struct nm_week_hour at_of(struct reporting *run, nm_time t, struct nm_tally **week)
{
	const struct place *place;

	if (run->places == NULL)
		return at_of_second(run, t, week);
	place = &run->places[(t - run->hours_from) / NM_SUM_S];
	*week = &run->tallies.weeks[place->week];
	return (struct nm_week_hour){ place->day, place->hour };
}

/* Half a million sums lie in nine thousand hours. */
static enum nm_code make_places(struct reporting *run, struct nm_span span, struct nm_error *err)
{
	const struct nm_zone *zone = run->plan->zone;
	const size_t n = (size_t)((span.until - span.from) / NM_SUM_S);
	struct place *places = nm_arena_alloc(run->report->arena, n, sizeof(*places));
	nm_time change = span.from, offset = 0;
	size_t week = 0;

	if (places == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n; i++) {
		const nm_time t = span.from + (nm_time)i * NM_SUM_S;
		struct nm_week_hour at;

		if (t >= change) {
			offset = nm_zone_local(zone, t) - t;
			change = nm_zone_next_change(zone, t);
		}
		while (week + 1 < run->tallies.n && run->tallies.begins[week + 1] <= t)
			week++;
		at = week_hour(t + offset);
		places[i] = (struct place){ (unsigned char)at.day, (unsigned char)at.hour, (unsigned char)week };
	}
	run->hours_from = span.from;
	run->places = places;
	return NM_OK;
}

static void add_heat(struct nm_report *report, struct nm_week_hour at, const struct nm_call_sum *sum)
{
	if (sum->fate == NM_FATE_REJECTED || sum->fate == NM_FATE_WENT_ON)
		return;
	report->heat[at.day][at.hour] += sum->calls;
	report->missed[at.day][at.hour] += nm_fate_missed(sum->fate) ? sum->calls : 0;
}

static bool take_calls(void *context, const struct nm_call_sum *sum)
{
	struct reporting *run = context;
	struct nm_tally *week;
	const struct nm_week_hour at = at_of(run, sum->hour, &week);

	add_heat(run->report, at, sum);
	nm_tally_calls(week, sum->fate, sum->calls);
	return nm_layers_calls(run->layers, at, sum);
}

static bool take_waits(void *context, const struct nm_wait_sum *sum)
{
	struct nm_tally *week;

	at_of(context, sum->began, &week);
	return nm_tally_waits(week, sum->seconds, sum->calls);
}

static bool take_matters(void *context, const struct nm_matter_sum *sum)
{
	struct nm_tally *week;

	at_of(context, sum->began, &week);
	nm_tally_matters(week, sum);
	return true;
}

/* One call is a sum of one, at its own second. */
static enum nm_code take_call(void *context, const struct nm_call_brief *call, struct nm_error *err)
{
	const int seconds = call->became.seconds;
	const struct nm_call_sum sum = {
		.hour = call->began,
		.fate = nm_fate_of(call),
		.by = call->became.by,
		.calls = 1,
		.timed = seconds >= 0,
		.waited = seconds >= 0 ? seconds : 0,
		.talked_s = nm_call_talked_s(call),
	};
	const struct nm_wait_sum wait = { call->began, seconds, 1 };
	bool ok = take_calls(context, &sum);

	if (ok && sum.fate == NM_FATE_ANSWERED && seconds >= 0)
		ok = take_waits(context, &wait);
	return ok ? NM_OK : nm_fail_memory(err);
}

/* --- follow-ups --- */

/* A line may have had another name when somebody called it; a lead knows no more than the name. */
static bool of_line(const struct reporting *run, const struct nm_followup *followup)
{
	const struct nm_line *line = run->line >= 0 ? &run->plan->lines[run->line] : NULL;

	if (line == NULL)
		return true;
	if (followup->called != 0)
		return followup->called == line->number;
	return followup->line != NULL && strcmp(followup->line, line->name) == 0;
}

static bool add_followups(struct reporting *run, const struct nm_followup_sum *sum)
{
	struct nm_tally *week;

	at_of(run, sum->opened, &week);
	return nm_tally_followups(week, sum);
}

static bool take_followups(void *context, const struct nm_followup_sum *sum)
{
	struct reporting *run = context;

	return add_followups(run, sum) && nm_waiting_add_hour(&run->waiting, sum);
}

static enum nm_code take_followup(void *context, const struct nm_followup *followup, struct nm_error *err)
{
	struct reporting *run = context;
	const struct nm_followup_sum sum =
		nm_followup_stands(followup->opened, (int)followup->end, followup->first_try);

	if (!of_line(run, followup))
		return NM_OK;
	return add_followups(run, &sum) && nm_waiting_add(&run->waiting, &sum) ? NM_OK : nm_fail_memory(err);
}

/* uncalled: only those that no call opened. */
static enum nm_code read_followups(struct reporting *run, struct nm_store *store, struct nm_span span, bool uncalled,
				   struct nm_error *err)
{
	const struct nm_followup_reader reader = {
		.span = span, .uncalled = uncalled, .take = take_followup, .context = run
	};

	return nm_store_followups_each(store, &reader, err);
}

/* --- from sums, and one by one --- */

static struct nm_sums_reader reader_of(struct reporting *run, struct nm_span span)
{
	return (struct nm_sums_reader){
		.number = run->line >= 0 ? run->plan->lines[run->line].number : 0,
		.span = span,
		.n_cuts = run->tallies.n,
		.cuts = run->tallies.begins,
		.taker = { .call = take_calls,
			   .wait = take_waits,
			   .matter = take_matters,
			   .followup = take_followups,
			   .context = run },
	};
}

static enum nm_code read_one_by_one(struct reporting *run, struct nm_store *store, struct nm_span span,
				    struct nm_error *err)
{
	const struct nm_sums_reader sums = reader_of(run, span);
	const struct nm_call_reader calls = { sums.number, span, take_call, run };
	enum nm_code code;

	if (span.from >= span.until)
		return NM_OK;
	code = nm_store_calls_each(store, &calls, err);
	if (code == NM_OK)
		code = nm_store_matters_each(store, &sums, err);
	return code == NM_OK ? read_followups(run, store, span, false, err) : code;
}

/* Where a clock stands off UTC by half an hour, an hour of it lies in two sums. */
static bool whole_hours(const struct nm_zone *zone, struct nm_span span)
{
	for (nm_time t = span.from; t < span.until + NM_DAY; t += NM_DAY)
		if ((nm_zone_local(zone, t) - t) % NM_SUM_S != 0)
			return false;
	return true;
}

/* Follow-ups that no call opened are in no line's sums. */
static enum nm_code read_sums(struct reporting *run, struct nm_store *store, struct nm_span span,
			      struct nm_error *err)
{
	const struct nm_sums_reader sums = reader_of(run, span);
	enum nm_code code = make_places(run, span, err);

	if (code == NM_OK)
		code = nm_store_sums_each(store, &sums, err);
	run->places = NULL;
	return code == NM_OK && sums.number != 0 ? read_followups(run, store, span, true, err) : code;
}

static enum nm_code read_span(struct reporting *run, struct nm_store *store, struct nm_error *err)
{
	const struct nm_span span = run->report->span;
	const nm_time from = (span.from + NM_SUM_S - 1) / NM_SUM_S * NM_SUM_S;
	const nm_time until = span.until / NM_SUM_S * NM_SUM_S;
	enum nm_code code;

	if (span.from < 0 || from >= until || !whole_hours(run->plan->zone, span))
		return read_one_by_one(run, store, span, err);
	code = read_one_by_one(run, store, (struct nm_span){ span.from, from }, err);
	if (code == NM_OK)
		code = read_sums(run, store, (struct nm_span){ from, until }, err);
	return code == NM_OK ? read_one_by_one(run, store, (struct nm_span){ until, span.until }, err) : code;
}

/* --- the report --- */

/* What is counted is counted in its week alone: the whole is what the weeks come to. */
static bool close_tallies(struct reporting *run)
{
	struct nm_tallies *tallies = &run->tallies;
	bool ok = true;

	for (size_t i = 0; i < tallies->n && ok; i++) {
		ok = nm_tally_add(&tallies->total, &tallies->weeks[i]);
		nm_tally_close(&tallies->weeks[i]);
		run->report->weeks[i].figures = tallies->weeks[i].figures;
	}
	nm_tally_close(&tallies->total);
	run->report->figures = tallies->total.figures;
	return ok;
}

static void clear_tallies(struct nm_tallies *tallies)
{
	nm_tally_clear(&tallies->total);
	for (size_t i = 0; i < tallies->n; i++)
		nm_tally_clear(&tallies->weeks[i]);
}

static enum nm_code finish(struct reporting *run, struct nm_error *err)
{
	struct nm_report *report = run->report;

	if (!close_tallies(run) || !nm_layers_close(run->layers, report))
		return nm_fail_memory(err);
	nm_report_worth(run->plan, report);
	nm_report_peaks(report);
	return NM_OK;
}

static enum nm_code begin(struct reporting *run, struct nm_store *store, struct nm_error *err)
{
	struct nm_report *report = run->report;
	enum nm_code code;

	report->arena = nm_arena_new();
	if (report->arena == NULL)
		return nm_fail_memory(err);
	if (run->line >= 0) {
		report->line = nm_arena_text(report->arena, run->plan->lines[run->line].name);
		if (report->line == NULL)
			return nm_fail_memory(err);
	}
	code = make_weeks(run, err);
	if (code == NM_OK)
		code = nm_names_read(store, run->plan, report->arena, &run->names, err);
	if (code != NM_OK)
		return code;
	run->waiting = (struct nm_waiting){
		.number = run->line >= 0 ? run->plan->lines[run->line].number : 0,
		.until = report->span.until,
		.late = report->span.until - run->plan->targets.callback_s,
	};
	run->layers = nm_layers_new(run->plan, &run->names, report->arena);
	return run->layers != NULL ? NM_OK : nm_fail_memory(err);
}

/* All of it from one state of the store: an import in between would give figures that do not add up. */
static enum nm_code read_all(struct reporting *run, struct nm_store *store, struct nm_error *err)
{
	const struct nm_sums_reader whole = reader_of(run, run->report->span);
	enum nm_code code = nm_store_read_begin(store, err);

	if (code != NM_OK)
		return code;
	code = read_span(run, store, err);
	if (code == NM_OK)
		code = nm_store_matters_answered(store, &whole, err);
	if (code == NM_OK)
		code = nm_waiting_median(&run->waiting, store, &run->report->wait_median, err);
	if (code == NM_OK)
		code = nm_report_repeats(store, &whole, run->all_missed, run->report, err);
	nm_store_read_end(store);
	return code;
}

static enum nm_code make(struct nm_store *store, const struct nm_plan *plan, const struct nm_report_options *options,
			 struct nm_report *out, struct nm_error *err)
{
	struct nm_report report = { .span = options->span };
	struct reporting run = { .plan = plan, .line = options->line, .all_missed = options->all_missed, .report = &report };
	enum nm_code code = check_span(options->span, err);

	if (code == NM_OK)
		code = begin(&run, store, err);
	if (code == NM_OK)
		code = read_all(&run, store, err);
	if (code == NM_OK)
		code = finish(&run, err);
	clear_tallies(&run.tallies);
	nm_waiting_clear(&run.waiting);
	nm_layers_free(run.layers);
	if (code == NM_OK)
		*out = report;
	else
		nm_report_clear(&report);
	return code;
}

enum nm_code nm_report(struct nm_store *store, const struct nm_plan *plan,
		       const struct nm_report_options *options, struct nm_report *out, struct nm_error *err)
{
	enum nm_code code = make(store, plan, options, out, err);
	bool mended = false;

	if (code != NM_SYSTEM)
		return code;
	code = nm_store_sums_mend(store, &mended, err);
	if (code != NM_OK)
		return code;
	return mended ? make(store, plan, options, out, err) : NM_SYSTEM;
}

void nm_report_clear(struct nm_report *report)
{
	nm_arena_free(report->arena);
	*report = (struct nm_report){ 0 };
}
