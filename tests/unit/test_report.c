/* SPDX-License-Identifier: MIT */
/*
 * The report against a slow oracle that counts by going through all calls again for each figure, over random logs with
 * both clock changes in them; and the guide's own examples.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/report.h"
#include "nevermiss/survey.h"
#include "random_plan.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\n" \
	"line over { number = \"+15125550101\" account = box }\n" \
	"destination owner { kind = personal number = \"+15125550111\" }\n" \
	"destination office { kind = backup number = \"+15125550112\" per_month = 300 per_call = 2 per_minute = 0.5 }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" per_booking = 1.5 }\n" \
	"destination idle { kind = ai number = \"+15125550178\" per_month = 60 }\n" \
	"destination box { kind = voicemail greeting = \"Smith\" }\n" \
	"path day { step { ring = owner } step { ring = office } step { ring = fixly } step { ring = idle } step { ring = box } }\n" \
	"rule all { path = day }\n" \
	"value { job = 500 booked = 50 }\n"

/* clang-format on */

#define WEEK (7 * (nm_time)NM_DAY)
#define CHANGE INT64_C(1793516400) /* 2026-11-01T07:00:00Z, when Chicago's clock goes back */
#define MOST 3000

static char *folder;
static struct nm_plan *plan;
static struct nm_store *store;

/* The log, in the order in which it came. */
static struct nm_call_entry calls[MOST];
static size_t n_calls;
static int said[MOST]; /* by the customer, of the follow-up that the call opened: 1 yes, -1 no, 0 nothing */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void open_store(void)
{
	char file[512];
	struct nm_error err;

	nm_store_close(store);
	store = NULL;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	remove(file);
	ok(nm_store_open(file, false, &store, &err), &err);
	n_calls = 0;
	memset(said, 0, sizeof(said));
}

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	plan = plan_of_text(PLAN, folder);
	open_store();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nm_store_close(store);
	store = NULL;
	nm_plan_free(plan);
	random_folder_free(folder);
	return 0;
}

static void log_call(struct nm_call_entry call)
{
	static char ids[MOST][16];
	enum nm_call_kept kept;
	struct nm_error err;

	assert_true(n_calls < MOST);
	snprintf(ids[n_calls], sizeof(ids[n_calls]), "c%zu", n_calls);
	call.driver = "sandbox";
	call.carrier_id = ids[n_calls];
	if (call.line == NULL)
		call.line = call.number == plan->lines[0].number ? "main" : "over";
	ok(nm_store_call_put(store, &call, &kept, &err), &err);
	calls[n_calls++] = call;
}

/* --- a random log --- */

static struct nm_became random_became(uint64_t *dice)
{
	static const char *const who[] = { "owner", "office", "fixly", "+442079460000", "gone" };
	static const enum nm_call_reason reasons[] = { NM_CALL_OTHER_LINE, NM_CALL_NO_END, NM_CALL_NOT_TOLD };
	struct nm_became became = { .end = (enum nm_call_end)random_below(dice, NM_CALL_UNKNOWN + 1),
				    .probably = random_below(dice, 3) == 0,
				    .seconds = (int)random_below(dice, random_below(dice, 4) == 0 ? 400 : 60) - 1 };

	if (random_below(dice, 2) == 0)
		became.end = NM_CALL_ANSWERED;
	if (became.end == NM_CALL_ANSWERED || became.end == NM_CALL_SWALLOWED)
		became.by = who[random_below(dice, 5)];
	if (became.end == NM_CALL_UNKNOWN)
		became.reason = reasons[random_below(dice, 3)];
	return became;
}

static void random_log(uint64_t *dice, nm_time from, nm_time until, int n)
{
	nm_time at = from;
	struct nm_error err;

	ok(nm_store_begin(store, &err), &err);
	for (int i = 0; i < n; i++) {
		const uint32_t who = random_below(dice, 40);

		at += random_below(dice, (uint32_t)(2 * (until - from) / n));
		log_call((struct nm_call_entry){
			.number = plan->lines[random_below(dice, 4) == 0].number,
			.caller = { .anonymous = who == 0,
				    .number = who < 2 ? 0 : UINT64_C(17375550100) + who },
			.began = at,
			.ended = random_below(dice, 10) == 0 ? 0 : at + random_below(dice, 400),
			.became = random_became(dice),
			.cut = random_below(dice, 20) == 0 });
	}
	ok(nm_store_commit(store, &err), &err);
}

/* What became of those whom nobody took: most are called back, some ring again before that. */
static void work_followups(uint64_t *dice, nm_time until)
{
	struct nm_followups open;
	struct nm_error err;

	ok(nm_store_followups(store, &(struct nm_followup_filter){ true, 0, until, SIZE_MAX, 0 }, &open, &err),
	   &err);
	ok(nm_store_begin(store, &err), &err);
	for (size_t i = 0; i < open.n; i++) {
		const nm_time at = open.items[i].opened + random_below(dice, 30 * 60);
		const bool tried = random_below(dice, 3) == 0;

		if (random_below(dice, 5) == 0)
			continue;
		ok(nm_store_followup_deed(store, open.items[i].id,
					  &(struct nm_deed){ .at = at,
							     .who = "pat",
							     .kind = tried ? NM_DEED_TRIED : NM_DEED_ENDED,
							     .end = NM_FOLLOWUP_BOOKED },
					  &err),
		   &err);
	}
	ok(nm_store_commit(store, &err), &err);
	nm_followups_clear(&open);
}

/* Leads that no call opened, of either line. */
static void add_leads(uint64_t *dice, nm_time until)
{
	struct nm_error err;
	int64_t id;

	for (int i = 0; i < 20; i++) {
		const struct nm_followup lead = { .channel = NM_CHANNEL_WEB,
						  .name = "Ann",
						  .line = plan->lines[random_below(dice, 2)].name,
						  .opened = until - random_below(dice, 6 * (uint32_t)WEEK) };

		ok(nm_store_followup_add(store, &lead, &id, &err), &err);
	}
}

/* Some customers answer; said has it by the calls in the order in which they came, whose ids count up from 1. */
static void answer_surveys(uint64_t *dice, nm_time until)
{
	struct nm_followups all;
	struct nm_error err;

	ok(nm_store_followups(store, &(struct nm_followup_filter){ false, 0, until, SIZE_MAX, 0 }, &all, &err), &err);
	for (size_t i = 0; i < all.n; i++) {
		const bool yes = random_below(dice, 2) == 0;
		const struct nm_deed deed = { .at = until,
					      .who = NM_SURVEY_CUSTOMER,
					      .kind = yes ? NM_DEED_SAID_YES : NM_DEED_SAID_NO };

		if (all.items[i].call == 0 || random_below(dice, 3) != 0)
			continue;
		ok(nm_store_survey_deed(store, all.items[i].id, &deed, &err), &err);
		said[all.items[i].call - 1] = yes ? 1 : -1;
	}
	nm_followups_clear(&all);
}

/* --- the oracle --- */

struct part {
	struct nm_span span;
	int line; /* -1 */
};

static bool is_of(const struct nm_call_entry *call, const struct part *part)
{
	return part->line < 0 || call->number == plan->lines[part->line].number;
}

static bool is_in(const struct nm_call_entry *call, const struct part *part)
{
	return is_of(call, part) && call->began >= part->span.from && call->began < part->span.until;
}

static bool counts(const struct nm_call_entry *call)
{
	return call->became.end != NM_CALL_REJECTED && call->became.end != NM_CALL_UNKNOWN;
}

static bool is_untold(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_UNKNOWN && call->became.reason == NM_CALL_NOT_TOLD;
}

static bool is_perhaps(const struct nm_call_entry *call)
{
	return counts(call) && (call->cut || (call->became.end == NM_CALL_ANSWERED && call->became.probably));
}

static bool is_swallowed(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_SWALLOWED && !call->cut && !call->became.probably;
}

static bool is_perhaps_swallowed(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_SWALLOWED && !call->cut && call->became.probably;
}

static bool is_answered(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_ANSWERED && !is_perhaps(call);
}

static bool is_short(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_ABANDONED && !call->cut && call->became.seconds >= 0 &&
	       call->became.seconds < 15;
}

static bool is_missed(const struct nm_call_entry *call)
{
	return counts(call) && !is_perhaps(call) && !is_answered(call) && !is_short(call);
}

static int64_t how_many(const struct part *part, bool (*which)(const struct nm_call_entry *))
{
	int64_t n = 0;

	for (size_t i = 0; i < n_calls; i++)
		n += is_in(&calls[i], part) && which(&calls[i]);
	return n;
}

static int64_t ended(const struct part *part, enum nm_call_end end)
{
	int64_t n = 0;

	for (size_t i = 0; i < n_calls; i++)
		n += is_in(&calls[i], part) && is_missed(&calls[i]) && calls[i].became.end == end;
	return n;
}

static bool any(const struct nm_call_entry *call)
{
	(void)call;
	return true;
}

static bool is_rejected(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_REJECTED;
}

static bool is_unknown(const struct nm_call_entry *call)
{
	return call->became.end == NM_CALL_UNKNOWN && !is_untold(call);
}

static void assert_near(double got, double value)
{
	if (!(fabs(got - value) < 1e-6))
		fail_msg("%.9f is not %.9f", got, value);
}

static void assert_figure(struct nm_figure got, bool known, double value)
{
	assert_int_equal(got.known, known);
	assert_near(got.value, known ? value : 0);
}

static void assert_percent(struct nm_figure got, int64_t part, int64_t whole)
{
	assert_figure(got, whole > 0, whole > 0 ? 100.0 * (double)part / (double)whole : 0);
}

/* The value with `rank` (from 1) of the seconds of answered calls. */
static double ranked(const struct part *part, int64_t rank)
{
	for (int value = 0;; value++) {
		int64_t below = 0;

		for (size_t i = 0; i < n_calls; i++)
			below += is_in(&calls[i], part) && is_answered(&calls[i]) &&
				 calls[i].became.seconds >= 0 && calls[i].became.seconds <= value;
		if (below >= rank)
			return value;
	}
}

static void check_seconds(const struct nm_figures *figures, const struct part *part)
{
	int64_t n = 0, rank = 1;
	double seconds = 0, rings = 0;

	for (size_t i = 0; i < n_calls; i++)
		if (is_in(&calls[i], part) && is_answered(&calls[i]) && calls[i].became.seconds >= 0) {
			n++;
			seconds += calls[i].became.seconds;
			rings += ceil(calls[i].became.seconds / 6.0);
		}
	while ((double)rank < 0.95 * (double)n)
		rank++;
	assert_figure(figures->seconds, n > 0, seconds / (double)n);
	assert_figure(figures->rings, n > 0, rings / (double)n);
	assert_figure(figures->seconds_median, n > 0,
		      n > 0 ? (ranked(part, (n + 1) / 2) + ranked(part, n / 2 + 1)) / 2 : 0);
	assert_figure(figures->seconds_95th, n > 0, n > 0 ? ranked(part, rank) : 0);
}

static int64_t fair_of(const struct part *part)
{
	return how_many(part, is_answered) + how_many(part, is_perhaps) + how_many(part, is_missed) +
	       how_many(part, is_untold);
}

/* Do more than half of them say who answered? */
static bool rates_told(const struct part *part)
{
	return how_many(part, is_untold) == 0 || 2 * how_many(part, is_untold) < fair_of(part);
}

/* The call of the same caller next to this one, before or after it; NULL when it is none of the same matter. */
static const struct nm_call_entry *neighbour(size_t i, int step, const struct part *part)
{
	for (size_t k = i + (size_t)step; k < n_calls; k += (size_t)step)
		if (is_of(&calls[k], part) && counts(&calls[k]) &&
		    calls[k].caller.number == calls[i].caller.number)
			return llabs(calls[k].began - calls[i].began) <= WEEK ? &calls[k] : NULL;
	return NULL;
}

/* The first call of the matter that a call belongs to. */
static size_t first_of(size_t i, const struct part *part)
{
	const struct nm_call_entry *before;

	while ((before = neighbour(i, -1, part)) != NULL)
		i = (size_t)(before - calls);
	return i;
}

/* What a customer said of the matter that begins with call i: 1 yes, -1 no, 0 nothing. */
static int said_of(size_t i, const struct part *part)
{
	for (size_t k = n_calls; k-- > 0;)
		if (said[k] != 0 && is_of(&calls[k], part) && counts(&calls[k]) &&
		    calls[k].caller.number == calls[i].caller.number && first_of(k, part) == i)
			return said[k];
	return 0;
}

static void check_matters(const struct nm_figures *figures, const struct part *part)
{
	int64_t matters = 0, single = 0, perhaps = 0;

	for (size_t i = 0; i < n_calls; i++) {
		if (!is_in(&calls[i], part) || !counts(&calls[i]) || calls[i].caller.number == 0 ||
		    neighbour(i, -1, part) != NULL)
			continue;
		matters++;
		if (said_of(i, part) != 0) {
			single += said_of(i, part) > 0;
			perhaps += said_of(i, part) > 0;
			continue;
		}
		single += neighbour(i, 1, part) == NULL && is_answered(&calls[i]);
		perhaps += neighbour(i, 1, part) == NULL && (is_answered(&calls[i]) || is_perhaps(&calls[i]) || is_perhaps_swallowed(&calls[i]));
	}
	assert_int_equal(figures->matters, matters);
	assert_percent(figures->first_call, single, rates_told(part) ? matters : 0);
	assert_percent(figures->first_call_possible, perhaps, rates_told(part) ? matters : 0);
}

struct tries {
	int64_t asked, n, ten, fifteen, again;
	double minutes[MOST];
};

static void read_tries(const struct part *part, struct tries *tries)
{
	struct nm_followups followups;
	struct nm_error err;

	*tries = (struct tries){ 0 };
	ok(nm_store_followups(
		   store, &(struct nm_followup_filter){ false, part->span.from, part->span.until, SIZE_MAX, 0 },
		   &followups, &err),
	   &err);
	for (size_t i = 0; i < followups.n; i++) {
		const struct nm_followup *one = &followups.items[i];
		const double minutes = (double)(one->first_try - one->opened) / 60;

		if (part->line >= 0 && strcmp(one->line, plan->lines[part->line].name) != 0)
			continue;
		if (one->first_try != 0) {
			tries->minutes[tries->n++] = minutes;
			tries->ten += minutes <= 10;
			tries->fifteen += minutes <= 15;
		}
		tries->again += one->first_try == 0 && one->end == NM_FOLLOWUP_RANG_AGAIN;
		tries->asked += one->first_try != 0 || one->end != NM_FOLLOWUP_RANG_AGAIN;
	}
	nm_followups_clear(&followups);
}

/* The one with `rank` (from 1) of them. */
static double ranked_minutes(const struct tries *tries, int64_t rank)
{
	for (int64_t i = 0;; i++) {
		int64_t less = 0, same = 0;

		for (int64_t k = 0; k < tries->n; k++) {
			less += tries->minutes[k] < tries->minutes[i];
			same += tries->minutes[k] <= tries->minutes[i];
		}
		if (less < rank && rank <= same)
			return tries->minutes[i];
	}
}

static void check_callbacks(const struct nm_figures *figures, const struct part *part)
{
	static struct tries tries;
	double sum = 0;

	read_tries(part, &tries);
	for (int64_t i = 0; i < tries.n; i++)
		sum += tries.minutes[i];
	assert_int_equal(figures->followups, tries.asked);
	assert_int_equal(figures->tried, tries.n);
	assert_int_equal(figures->rang_again, tries.again);
	assert_figure(figures->callback, tries.n > 0, sum / (double)tries.n);
	assert_figure(figures->callback_median, tries.n > 0,
		      tries.n > 0 ? (ranked_minutes(&tries, (tries.n + 1) / 2) +
				     ranked_minutes(&tries, tries.n / 2 + 1)) /
					    2
				  : 0);
	assert_percent(figures->callback_10, tries.ten, tries.asked);
	assert_percent(figures->callback_15, tries.fifteen, tries.asked);
}

/* Nobody has tried those whose minutes are not known yet: they wait until the report's end, if that is longer than the
 * plan gives (15 minutes). */
static void check_wait(const struct nm_report *report, const struct part *part)
{
	static struct tries waits;
	struct nm_followups all;
	struct nm_error err;

	waits = (struct tries){ 0 };
	ok(nm_store_followups(
		   store, &(struct nm_followup_filter){ false, part->span.from, part->span.until, SIZE_MAX, 0 }, &all,
		   &err),
	   &err);
	for (size_t i = 0; i < all.n; i++) {
		const struct nm_followup *one = &all.items[i];
		const nm_time until = one->first_try != 0 ? one->first_try : part->span.until;

		if ((part->line >= 0 && strcmp(one->line, plan->lines[part->line].name) != 0) ||
		    (one->first_try == 0 &&
		     (one->end == NM_FOLLOWUP_RANG_AGAIN || until - one->opened <= 15 * 60)))
			continue;
		waits.minutes[waits.n++] = (double)(until - one->opened) / 60;
	}
	nm_followups_clear(&all);
	assert_figure(report->wait_median, waits.n > 0,
		      waits.n > 0 ? (ranked_minutes(&waits, (waits.n + 1) / 2) + ranked_minutes(&waits, waits.n / 2 + 1)) / 2
				  : 0);
}

static void check_figures(const struct nm_figures *figures, const struct part *part)
{
	const int64_t fair = fair_of(part);

	assert_int_equal(figures->calls, how_many(part, any));
	assert_int_equal(figures->answered, how_many(part, is_answered));
	assert_int_equal(figures->perhaps, how_many(part, is_perhaps));
	assert_int_equal(figures->voicemail, ended(part, NM_CALL_VOICEMAIL));
	assert_int_equal(figures->swallowed, how_many(part, is_swallowed));
	assert_int_equal(figures->perhaps_swallowed, how_many(part, is_perhaps_swallowed));
	assert_int_equal(figures->lost, ended(part, NM_CALL_LOST));
	assert_int_equal(figures->abandoned, ended(part, NM_CALL_ABANDONED));
	assert_int_equal(figures->short_abandoned, how_many(part, is_short));
	assert_int_equal(figures->rejected, how_many(part, is_rejected));
	assert_int_equal(figures->unknown, how_many(part, is_unknown));
	assert_int_equal(figures->untold, how_many(part, is_untold));
	assert_percent(figures->answer_rate, figures->answered, rates_told(part) ? fair : 0);
	assert_percent(figures->answer_rate_possible,
		       figures->answered + figures->perhaps + how_many(part, is_perhaps_swallowed) + figures->untold, fair);
	check_seconds(figures, part);
	check_matters(figures, part);
	check_callbacks(figures, part);
}

static void check_weeks(const struct nm_report *report, int line)
{
	const nm_time until = report->span.until;

	assert_true(report->n_weeks > 0);
	for (size_t i = 0; i < report->n_weeks; i++) {
		const struct nm_span span = report->weeks[i].span;
		const struct part part = { span, line };
		const nm_local local = nm_zone_local(plan->zone, span.from);

		assert_true(span.from < span.until);
		assert_true(span.from == (i == 0 ? report->span.from : report->weeks[i - 1].span.until));
		if (i > 0)
			assert_true(local % NM_DAY == 0 && nm_weekday(local / NM_DAY) == 0);
		check_figures(&report->weeks[i].figures, &part);
	}
	assert_true(report->weeks[report->n_weeks - 1].span.until == until);
}

static void check_heat(const struct nm_report *report, int line)
{
	const struct part part = { report->span, line };
	int64_t heat[7][24] = { 0 }, missed[7][24] = { 0 };

	for (size_t i = 0; i < n_calls; i++) {
		const nm_local local = nm_zone_local(plan->zone, calls[i].began);
		const int day = nm_weekday(local / NM_DAY), hour = (int)(local % NM_DAY / 3600);

		if (!is_in(&calls[i], &part) || is_rejected(&calls[i]) ||
		    (is_unknown(&calls[i]) && calls[i].became.reason == NM_CALL_OTHER_LINE))
			continue;
		heat[day][hour]++;
		missed[day][hour] += is_missed(&calls[i]);
	}
	assert_memory_equal(report->heat, heat, sizeof(heat));
	assert_memory_equal(report->missed, missed, sizeof(missed));
}

/* --- layers --- */

static const char *layer_of(const struct nm_call_entry *call)
{
	if (is_untold(call))
		return "not told";
	if (is_answered(call) || is_perhaps(call))
		return call->became.by != NULL ? call->became.by : "others";
	return call->became.end == NM_CALL_VOICEMAIL || call->became.end == NM_CALL_SWALLOWED ? "voicemail"
											      : "nobody";
}

static double minutes_of(const struct nm_call_entry *call)
{
	const double waited = call->became.seconds > 0 ? call->became.seconds : 0;
	const double lasted = (double)(call->ended - call->began);

	return call->ended == 0 || lasted < waited ? 0 : (lasted - waited) / 60;
}

static void check_cost(const struct nm_layer *layer, const struct nm_report *report, double minutes)
{
	const double days = (double)(report->span.until - report->span.from) / NM_DAY;

	if (strcmp(layer->name, "office") == 0)
		assert_figure(layer->cost, true, 10 * days + 2 * (double)layer->calls + 0.5 * minutes);
	else if (strcmp(layer->name, "fixly") == 0)
		assert_figure(layer->cost, true, 0.75 * (double)layer->calls);
	else if (strcmp(layer->name, "idle") == 0)
		assert_figure(layer->cost, true, 2 * days);
	else
		assert_figure(layer->cost, false, 0);
}

static bool in_layers(const struct nm_call_entry *call)
{
	return counts(call) || is_untold(call);
}

static void check_layers(const struct nm_report *report, int line)
{
	const struct part part = { report->span, line };
	int64_t all = 0, layered = 0;

	for (size_t i = 0; i < n_calls; i++)
		all += is_in(&calls[i], &part) && in_layers(&calls[i]);
	for (size_t l = 0; l < report->n_layers; l++) {
		const struct nm_layer *layer = &report->layers[l];
		double minutes = 0, seconds = 0;
		int64_t n = 0, timed = 0;

		for (size_t i = 0; i < n_calls; i++) {
			if (!is_in(&calls[i], &part) || !in_layers(&calls[i]) ||
			    strcmp(layer_of(&calls[i]), layer->name) != 0)
				continue;
			n++;
			minutes += minutes_of(&calls[i]);
			timed += calls[i].became.seconds >= 0;
			seconds += calls[i].became.seconds >= 0 ? calls[i].became.seconds : 0;
		}
		layered += n;
		assert_int_equal(layer->calls, n);
		assert_percent(layer->share, n, all);
		assert_figure(layer->seconds, timed > 0 && layer->what != NM_LAYER_NOBODY,
			      seconds / (double)timed);
		check_cost(layer, report, minutes);
	}
	assert_int_equal(layered, all);
}

static void check_repeats(const struct nm_report *report, int line)
{
	const struct part part = { report->span, line };

	for (size_t r = 0; r < report->n_repeats; r++) {
		const struct nm_repeat *repeat = &report->repeats[r];
		int64_t missed = 0, again = 0;

		for (size_t i = 0; i < n_calls; i++) {
			if (!is_in(&calls[i], &part) || !counts(&calls[i]) ||
			    calls[i].caller.number != repeat->number)
				continue;
			again += missed > 0;
			missed += is_missed(&calls[i]);
		}
		assert_true(missed > 0);
		assert_int_equal(repeat->missed, missed);
		assert_int_equal(repeat->again, again);
		if (r > 0)
			assert_true(repeat->missed <= report->repeats[r - 1].missed);
	}
}

/* How many callers were missed: each by the first call that was. */
static int64_t missed_callers(const struct part *part)
{
	int64_t callers = 0;

	for (size_t i = 0; i < n_calls; i++) {
		bool before = false;

		if (calls[i].caller.number == 0 || !is_in(&calls[i], part) || !counts(&calls[i]) || !is_missed(&calls[i]))
			continue;
		for (size_t k = 0; k < i && !before; k++)
			before = calls[k].caller.number == calls[i].caller.number && is_in(&calls[k], part) &&
				 counts(&calls[k]) && is_missed(&calls[k]);
		callers += !before;
	}
	return callers;
}

/* --- tests --- */

static struct nm_report report_of(struct nm_span span, int line)
{
	struct nm_report report;
	struct nm_error err;

	ok(nm_report(store, plan, &(struct nm_report_options){ .span = span, .line = line }, &report, &err), &err);
	return report;
}

static void check_report(struct nm_span span, int line)
{
	struct nm_report report = report_of(span, line);

	check_figures(&report.figures, &(struct part){ span, line });
	check_wait(&report, &(struct part){ span, line });
	check_weeks(&report, line);
	check_heat(&report, line);
	check_layers(&report, line);
	check_repeats(&report, line);
	assert_int_equal(report.missed_callers, missed_callers(&(struct part){ span, line }));
	nm_report_clear(&report);
}

/* "--csv has all callers who were missed, and a report says how many there are": those that it names, and in their order. */
static void test_all_who_were_missed(void **state)
{
	enum { CALLERS = NM_REPORT_REPEATS + 37 };
	const nm_time from = CHANGE - WEEK / 2;
	const struct nm_report_options options = { .span = { from, from + WEEK }, .line = -1, .all_missed = true };
	struct nm_report few, all;
	struct nm_error err;

	(void)state;
	open_store();
	for (int i = 0; i < 2 * CALLERS; i++) /* of ten nine are missed twice */
		log_call((struct nm_call_entry){
			.number = plan->lines[i % 2].number,
			.caller = { .number = UINT64_C(17375550100) + (uint64_t)(i % CALLERS) },
			.began = from + (nm_time)i * 600,
			.became = { .end = i < CALLERS || i % CALLERS % 10 > 0 ? NM_CALL_LOST : NM_CALL_ANSWERED,
				    .by = i < CALLERS || i % CALLERS % 10 > 0 ? NULL : "owner",
				    .seconds = -1 } });
	few = report_of(options.span, -1);
	ok(nm_report(store, plan, &options, &all, &err), &err);
	assert_int_equal(few.n_repeats, NM_REPORT_REPEATS);
	assert_int_equal(few.missed_callers, CALLERS);
	assert_int_equal(all.n_repeats, CALLERS);
	assert_int_equal(all.missed_callers, CALLERS);
	check_repeats(&all, -1);
	for (size_t i = 0; i < few.n_repeats; i++) {
		assert_int_equal(few.repeats[i].number, all.repeats[i].number);
		assert_int_equal(few.repeats[i].missed, all.repeats[i].missed);
		assert_int_equal(few.repeats[i].again, all.repeats[i].again);
	}
	nm_report_clear(&few);
	nm_report_clear(&all);
}

static void test_against_the_oracle(void **state)
{
	uint64_t dice = 1;

	(void)state;
	for (int round = 0; round < random_few(6); round++) {
		const nm_time change = round % 2 == 0 ? CHANGE : CHANGE - INT64_C(20563200); /* 8 March */

		open_store();
		random_log(&dice, change - 6 * WEEK, change + 5 * WEEK, round == 5 ? 3 : 400);
		add_leads(&dice, change + 3 * WEEK);
		if (round % 2 == 0)
			work_followups(&dice, change + WEEK);
		answer_surveys(&dice, change + WEEK);
		check_report((struct nm_span){ change - 4 * WEEK - 5000, change + 3 * WEEK + 777 }, -1);
		check_report((struct nm_span){ change - 3600, change + 3601 }, -1);
		check_report((struct nm_span){ change - 2 * WEEK, change + 2 * WEEK },
			     (int)random_below(&dice, 2));
	}
}

/* Where the clock is off UTC by a part of an hour, always or in summer, an hour of it lies in two of the store's sums. */
static void test_zones_off_the_hour(void **state)
{
	static const char *const zones[] = { "Asia/Kathmandu", "Australia/Lord_Howe" };
	const nm_time change = INT64_C(1775314800); /* 2026-04-04T15:00:00Z, when Lord Howe's clock goes back */
	uint64_t dice = 2;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nm_arena *arena = nm_arena_new();

		assert_non_null(arena);
		nm_plan_free(plan);
		plan = plan_of_text(nm_arena_replaced(arena, PLAN, "America/Chicago", zones[i]), folder);
		nm_arena_free(arena);
		open_store();
		random_log(&dice, change - 3 * WEEK, change + 3 * WEEK, 300);
		check_report((struct nm_span){ change - 2 * WEEK - 1, change + 2 * WEEK + 4000 }, -1);
	}
	nm_plan_free(plan);
	plan = plan_of_text(PLAN, folder);
}

static void test_an_empty_log(void **state)
{
	(void)state;
	open_store();
	check_report((struct nm_span){ CHANGE - WEEK, CHANGE }, -1);
}

static void test_spans(void **state)
{
	const struct nm_span bad[] = { { CHANGE, CHANGE }, { CHANGE, CHANGE + 53 * WEEK + 1 } };
	const struct nm_span november = nm_report_month(plan->zone, CHANGE, NM_TIME_MAX);
	struct nm_report report;
	struct nm_error err;
	char text[NM_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
			nm_report(store, plan, &(struct nm_report_options){ .span = bad[i], .line = -1 }, &report, &err),
			NM_INPUT);
	assert_string_equal(err.text, "a report spans at most 53 weeks");
	report = report_of((struct nm_span){ CHANGE, CHANGE + 53 * WEEK }, -1);
	assert_int_equal(report.n_weeks, 54);
	nm_report_clear(&report);
	nm_time_rfc3339(plan->zone, november.from, text);
	assert_string_equal(text, "2026-11-01T00:00:00-05:00");
	nm_time_rfc3339(plan->zone, november.until, text);
	assert_string_equal(text, "2026-12-01T00:00:00-06:00");
	/* What of it is yet to come is no time in which nobody called. */
	assert_int_equal(nm_report_month(plan->zone, CHANGE, november.from + 12 * NM_DAY).until,
			 november.from + 12 * NM_DAY);
	assert_int_equal(nm_report_month(plan->zone, CHANGE, november.until + NM_DAY).until, november.until);
	assert_int_equal(nm_report_month(plan->zone, CHANGE, november.from - NM_DAY).until, november.until);
	assert_int_equal(nm_report_30_days(CHANGE).until - nm_report_30_days(CHANGE).from, 30 * NM_DAY);
	for (nm_time now = CHANGE; now < CHANGE + 3600; now++) {
		const struct nm_span last = nm_report_last_30_days(now);

		assert_int_equal(last.until - last.from, 30 * NM_DAY);
		assert_true(now < last.until && last.until <= now + 900);
		assert_int_equal(last.until % 900, 0);
	}
}

/* From half an hour before a Monday in winter to half an hour after one in summer: an hour more on the clock. */
static void test_weeks_over_a_clock_change(void **state)
{
	const nm_time from = INT64_C(1740979800); /* 2025-03-02T23:30:00-06:00, a Sunday */
	struct nm_report report;

	(void)state;
	open_store();
	report = report_of((struct nm_span){ from, from + NM_REPORT_WEEKS * WEEK }, -1);
	assert_int_equal(report.n_weeks, NM_REPORT_WEEKS_TOUCHED);
	check_weeks(&report, -1);
	nm_report_clear(&report);
}

/* --- the last that still counts --- */

static void log_answered(nm_time at, int caller, nm_time lasted)
{
	log_call((struct nm_call_entry){
		.number = plan->lines[0].number,
		.caller = { .number = UINT64_C(17375550100) + (unsigned)caller },
		.began = at,
		.ended = at + lasted,
		.became = { .end = NM_CALL_ANSWERED, .by = "office", .seconds = 0 } });
}

/* Seven days apart is one matter, a second more are two. */
static void test_when_a_matter_ends(void **state)
{
	const nm_time from = CHANGE;
	struct nm_report report;

	(void)state;
	open_store();
	log_answered(from, 1, 60);
	log_answered(from, 2, 60);
	log_answered(from + WEEK, 1, 60);
	log_answered(from + WEEK + 1, 2, 60);
	report = report_of((struct nm_span){ from, from + 2 * WEEK }, -1);
	assert_int_equal(report.figures.matters, 3);
	assert_percent(report.figures.first_call, 2, 3);
	nm_report_clear(&report);
}

/* A talk of a day is paid; a longer one is a record that never ended, and counts as no talk. */
static void test_how_long_a_talk_may_be(void **state)
{
	const nm_time from = CHANGE;
	struct nm_report report;

	(void)state;
	open_store();
	log_answered(from, 1, NM_DAY);
	log_answered(from + 1, 2, NM_DAY + 1);
	report = report_of((struct nm_span){ from, from + 30 * NM_DAY }, -1);
	assert_string_equal(report.layers[0].name, "office");
	assert_figure(report.layers[0].cost, true, 300 + 2 * 2 + 0.5 * 1440);
	nm_report_clear(&report);
}

/* --- how long callers wait --- */

static void log_missed(nm_time at, int caller)
{
	log_call((struct nm_call_entry){ .number = plan->lines[0].number,
					 .caller = { .number = UINT64_C(17375550100) + (unsigned)caller },
					 .began = at,
					 .became = { .end = NM_CALL_LOST, .seconds = -1 } });
}

static void assert_wait(nm_time until, bool known, double minutes)
{
	struct nm_report report = report_of((struct nm_span){ CHANGE, until }, -1);

	assert_figure(report.wait_median, known, minutes);
	nm_report_clear(&report);
}

/* Whom nobody calls back waits the longest. */
static void test_who_is_never_called_back_waits(void **state)
{
	const struct nm_deed tried = { .at = CHANGE + 120, .who = "pat", .kind = NM_DEED_TRIED };
	struct nm_error err;

	(void)state;
	open_store();
	log_missed(CHANGE, 1);
	log_missed(CHANGE, 2);
	log_missed(CHANGE, 3);
	assert_wait(CHANGE + 900, false, 0);
	assert_wait(CHANGE + 960, true, 16);
	ok(nm_store_followup_deed(store, 1, &tried, &err), &err);
	assert_wait(CHANGE + 900, true, 2);
	assert_wait(CHANGE + NM_DAY, true, 1440);
	log_call(
		(struct nm_call_entry){ .number = plan->lines[0].number,
					.caller = { .number = UINT64_C(17375550102) },
					.began = CHANGE + 300,
					.became = { .end = NM_CALL_ANSWERED, .by = "owner", .seconds = 5 } });
	assert_wait(CHANGE + NM_DAY, true, (2 + 1440) / 2.0);
}

/* Wherever the report ends among them, and whichever hour the middle one was missed in. */
static void test_the_middle_wait_of_few(void **state)
{
	uint64_t dice = 5;

	(void)state;
	for (int round = 0; round < random_few(20); round++) {
		open_store();
		for (int i = 0; i < 30; i++)
			log_missed(CHANGE + random_below(&dice, 3 * 3600), i);
		if (round % 2 == 0)
			work_followups(&dice, CHANGE + 3600);
		for (nm_time until = CHANGE + 300; until < CHANGE + 5 * 3600; until += 421) {
			const struct part part = { { CHANGE - 3600, until }, round % 3 - 1 };
			struct nm_report report = report_of(part.span, part.line);

			check_wait(&report, &part);
			nm_report_clear(&report);
		}
	}
}

/* A line that was called otherwise then, and that gave its name to another number. */
static void test_a_line_that_had_another_name(void **state)
{
	const struct nm_span span = { CHANGE, CHANGE + NM_DAY };

	(void)state;
	open_store();
	for (int line = 0; line < 2; line++)
		log_call((struct nm_call_entry){
			.number = plan->lines[line].number,
			.line = line == 0 ? "first" : "main",
			.caller = { .number = UINT64_C(17375550101) + (unsigned)line },
			.began = CHANGE + line,
			.became = { .end = NM_CALL_LOST, .seconds = -1 } });
	for (int line = 0; line < 2; line++) {
		struct nm_report report = report_of(span, line);

		assert_int_equal(report.figures.lost, 1);
		assert_int_equal(report.figures.followups, 1);
		nm_report_clear(&report);
	}
}

static int64_t calls_of_layer(const struct nm_report *report, const char *name)
{
	int64_t n = 0;

	for (size_t i = 0; i < report->n_layers; i++)
		n += strcmp(report->layers[i].name, name) == 0 ? 1000 + report->layers[i].calls : 0;
	return n; /* 1000 more for each layer of that name */
}

/* A record may name anybody, and a plan somebody "nobody". */
static void test_parties_called_as_other_layers_are(void **state)
{
	static const char *const who[] = { "nobody", "nobody (party)", "nobody (party)", "voicemail",
					   "nobodys" };
	struct nm_report report;

	(void)state;
	open_store();
	for (int i = 0; i < 5; i++)
		log_call((struct nm_call_entry){
			.number = plan->lines[0].number,
			.began = CHANGE + i,
			.became = { .end = NM_CALL_ANSWERED, .by = who[i], .seconds = -1 } });
	log_missed(CHANGE + 5, 1);
	report = report_of((struct nm_span){ CHANGE, CHANGE + NM_DAY }, -1);
	assert_int_equal(calls_of_layer(&report, "nobody"), 1001);
	assert_int_equal(calls_of_layer(&report, "nobody (party)"), 1001);
	assert_int_equal(calls_of_layer(&report, "nobody (party) (party)"), 1002);
	assert_int_equal(calls_of_layer(&report, "voicemail (party)"), 1001);
	assert_int_equal(calls_of_layer(&report, "nobodys"), 1001);
	nm_report_clear(&report);
}

/* Two calls an hour from Monday to Friday, eight and more in the peaks. */
static void test_peaks(void **state)
{
	static const int hours[] = { 8, 9, 9, 9, 10, 10, 10, 11, 12, 13, 13, 13, 14, 14, 14, 15, 16 };
	const nm_time monday = CHANGE + 23 * 3600; /* its midnight, local */
	struct nm_report report;

	(void)state;
	open_store();
	for (int day = 0; day < 5; day++)
		for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++)
			log_call((struct nm_call_entry){ .number = plan->lines[0].number,
							 .began = monday + day * NM_DAY + hours[i] * 3600 });
	report = report_of((struct nm_span){ monday, monday + WEEK }, -1);
	assert_int_equal(report.n_peaks, 2);
	assert_int_equal(report.peaks[0].from, 9);
	assert_int_equal(report.peaks[0].until, 11);
	assert_int_equal(report.peaks[0].calls, 30);
	assert_int_equal(report.peaks[1].from, 13);
	assert_int_equal(report.peaks[1].until, 15);
	nm_report_clear(&report);
	report = report_of((struct nm_span){ monday, monday + 2 * NM_DAY }, -1);
	assert_int_equal(report.n_peaks, 0); /* too few */
	nm_report_clear(&report);
}

/* "10 calls a day, 30 % missed, 60 % would book, $500": the guide rounds 1.8 jobs to 2.  "55 recovered, 60 %, $400,
 * for $100 a month". */
static void test_the_guides_examples(void **state)
{
	struct nm_worth loss = {
		.job = 500, .booked = 60, .days = 22, .calls_a_day = 10, .missed_share = 30
	};
	struct nm_worth system = { .job = 400, .booked = 60, .recovered_calls = 55, .cost = 100 };

	(void)state;
	nm_worth_reckon(&loss);
	assert_near(loss.missed_a_day, 3);
	assert_near(loss.lost_jobs_a_day, 1.8);
	assert_near(loss.lost_a_day, 900);
	assert_near(loss.lost_a_month, 19800);
	assert_near(loss.roi, 0);
	nm_worth_reckon(&system);
	assert_near(system.recovered_jobs, 33);
	assert_near(system.recovered, 13200);
	assert_near(system.roi, 132);
}

/* Ten calls in 30 days: two to the AI, one missed. */
static void test_what_the_log_is_worth(void **state)
{
	const nm_time from = CHANGE;
	struct nm_report report;

	(void)state;
	open_store();
	for (int i = 0; i < 10; i++)
		log_call((struct nm_call_entry){ .number = plan->lines[0].number,
						 .began = from + i * NM_DAY,
						 .became = { .end = i == 9 ? NM_CALL_LOST : NM_CALL_ANSWERED,
							     .by = i == 9  ? NULL
								   : i < 2 ? "fixly"
									   : "owner",
							     .seconds = -1 } });
	report = report_of((struct nm_span){ from, from + 30 * NM_DAY }, -1);
	assert_near(report.worth.job, 500);
	assert_near(report.worth.calls_a_day, 10.0 / 22);
	assert_near(report.worth.missed_share, 10);
	assert_near(report.worth.lost_a_month, 250);
	assert_near(report.worth.recovered_calls, 2);
	assert_near(report.worth.cost, 300 + 60 + 1.5);
	assert_near(report.worth.recovered, 500);
	nm_report_clear(&report);
}

/* --- while others write --- */

#define PAIR_HOUR ((nm_time)497222 * 3600)

/* Two calls in one step: one of an hour that is half in the span, one of an hour that is added up. */
static void write_pair(struct nm_store *to, int i)
{
	struct nm_error err;

	ok(nm_store_begin(to, &err), &err);
	for (int k = 0; k < 2; k++) {
		char id[40];
		const struct nm_call_entry call = {
			.number = plan->lines[0].number, .line = "main", .driver = "sandbox", .carrier_id = id,
			.caller = { .number = UINT64_C(17375560000) + (nm_number)(2 * i + k) },
			.began = PAIR_HOUR + (k == 0 ? 1800 : 5 * 3600), .ended = PAIR_HOUR + 6 * 3600,
			.became = { .end = NM_CALL_LOST, .seconds = -1 },
		};
		enum nm_call_kept kept;

		snprintf(id, sizeof(id), "pair%d-%d", i, k);
		ok(nm_store_call_put(to, &call, &kept, &err), &err);
	}
	ok(nm_store_commit(to, &err), &err);
}

static void write_pairs_and_exit(int n)
{
	char file[512];
	struct nm_store *own;
	struct nm_error err;

	snprintf(file, sizeof(file), "%s/store.db", folder);
	if (nm_store_open(file, false, &own, &err) != NM_OK)
		_exit(1);
	for (int i = 0; i < n; i++)
		write_pair(own, i);
	nm_store_close(own);
	nm_plan_free(plan);
	_exit(0);
}

static int64_t heat_of(const struct nm_report *report)
{
	int64_t all = 0;

	for (size_t day = 0; day < 7; day++)
		for (size_t hour = 0; hour < 24; hour++)
			all += report->heat[day][hour];
	return all;
}

/* A report is of one state of the store: who writes pairs is seen to have written pairs. */
static void test_while_others_write(void **state)
{
	const struct nm_report_options options = { .span = { PAIR_HOUR + 900, PAIR_HOUR + 9 * 3600 }, .line = -1 };
	char file[512];
	struct nm_error err;
	int64_t seen = 0;
	int status = 0;
	pid_t child;

	(void)state;
	open_store();
	nm_store_close(store); /* a child may not have it */
	store = NULL;
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		write_pairs_and_exit(500);
	snprintf(file, sizeof(file), "%s/store.db", folder);
	ok(nm_store_open(file, false, &store, &err), &err);
	while (waitpid(child, &status, WNOHANG) == 0) {
		struct nm_report report;

		ok(nm_report(store, plan, &options, &report, &err), &err);
		assert_int_equal(heat_of(&report) % 2, 0);
		assert_true(heat_of(&report) >= seen);
		seen = heat_of(&report);
		nm_report_clear(&report);
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_the_oracle),
		cmocka_unit_test(test_zones_off_the_hour),
		cmocka_unit_test(test_all_who_were_missed),
		cmocka_unit_test(test_an_empty_log),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_weeks_over_a_clock_change),
		cmocka_unit_test(test_who_is_never_called_back_waits),
		cmocka_unit_test(test_the_middle_wait_of_few),
		cmocka_unit_test(test_a_line_that_had_another_name),
		cmocka_unit_test(test_parties_called_as_other_layers_are),
		cmocka_unit_test(test_when_a_matter_ends),
		cmocka_unit_test(test_how_long_a_talk_may_be),
		cmocka_unit_test(test_peaks),
		cmocka_unit_test(test_the_guides_examples),
		cmocka_unit_test(test_what_the_log_is_worth),
		cmocka_unit_test(test_while_others_write),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
