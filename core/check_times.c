/* SPDX-License-Identifier: MIT */
/*
 * Findings that hang on dates: calendars that end, focus blocks that last, what the store knows of
 * the lines, and the plan's tests.  Comes in: the plan, the timeline, the facts.  Goes out: drafts.
 */
#include "check_private.h"

#include <string.h>

#include "nevermiss/calendar.h"

#define SOON (60 * (nm_time)NM_DAY)
#define LOOK_AHEAD (400 * (nm_time)NM_DAY) /* a calendar of holidays comes again within a year */
#define FOCUS_S (2 * 3600)
#define TESTED (30 * (nm_time)NM_DAY)

/* --- calendars --- */

static void stale(struct nm_checker *checker, struct nm_pos pos, const char *sentence, const char *mend)
{
	nm_draft_mend(checker, nm_draft_add(checker, "calendar-stale", 0, 0, pos, sentence), mend, 0, NULL);
}

/* Start of its last event.  Rules that go on for ever are told within a year; only where none does, events
 * are looked for without an end. */
static nm_time calendar_last(const struct nm_checker *checker, const struct nm_calendar *calendar)
{
	const nm_time now = checker->options->now;
	const nm_time last = nm_ical_last(calendar->ical, checker->plan->zone, now + LOOK_AHEAD);

	return last >= now + SOON ? last : nm_ical_last(calendar->ical, checker->plan->zone, NM_TIME_MAX);
}

/* Nothing is known of it without a store. */
static const struct nm_calendar_fact *fact_of(const struct nm_checker *checker, const struct nm_calendar *calendar)
{
	for (size_t i = 0; i < checker->options->n_calendars; i++)
		if (!strcmp(checker->options->calendars[i].calendar, calendar->name))
			return &checker->options->calendars[i];
	return NULL;
}

/* True when it was told: then its events say nothing. */
static bool find_unfetched(struct nm_checker *checker, const struct nm_calendar *calendar)
{
	const struct nm_calendar_fact *fact = fact_of(checker, calendar);
	const char *trouble = fact && fact->trouble ? fact->trouble : NULL;
	const char *mend = nm_arena_format(checker->arena, "fetch it: nevermiss calendar refresh %s", calendar->name);
	char words[NM_TIME_TEXT];

	if (!calendar->ical) {
		stale(checker, calendar->pos,
		      nm_arena_format(checker->arena, "calendar %s was never fetched: it is empty until then%s%s%s",
				      calendar->name, trouble ? " (" : "", trouble ? trouble : "", trouble ? ")" : ""),
		      mend);
		return true;
	}
	if (!fact || checker->options->now - fact->fetched <= nm_calendar_patience(calendar))
		return false;
	nm_time_words(checker->plan->zone, fact->fetched, true, words);
	stale(checker, calendar->pos,
	      nm_arena_format(checker->arena, "calendar %s was last fetched on %s%s%s%s", calendar->name, words,
			      trouble ? " (" : "", trouble ? trouble : "", trouble ? ")" : ""),
	      mend);
	return true;
}

static bool gives_holidays(const struct nm_plan *plan, const struct nm_calendar *calendar)
{
	for (size_t i = 0; i < plan->n_schedules; i++)
		if (plan->schedules[i].holidays == calendar - plan->calendars)
			return true;
	return false;
}

static void find_calendar(struct nm_checker *checker, const struct nm_calendar *calendar)
{
	const nm_time now = checker->options->now;
	char words[NM_TIME_TEXT];
	nm_time last;

	if (!calendar->file && find_unfetched(checker, calendar))
		return;
	/* Jobs are written down as they come; holidays are known for long. */
	if (!calendar->ical || (!calendar->file && !gives_holidays(checker->plan, calendar)))
		return;
	last = calendar_last(checker, calendar);
	if (last >= now + SOON)
		return;
	nm_time_words(checker->plan->zone, last, true, words);
	stale(checker, calendar->pos,
	      last == NM_TIME_MIN
		      ? nm_arena_format(checker->arena, "calendar %s has no event", calendar->name)
		      : nm_arena_format(checker->arena, "the last event of calendar %s is %s", calendar->name,
					words),
	      calendar->file ? "put a newer file in its place" : "name one that goes on");
}

/* --- what the store knows --- */

/* A line that does something else, or of which nobody knows what it does. */
static void find_live(struct nm_checker *checker, int line, const struct nm_line_fact *fact)
{
	const struct nm_pos pos = checker->plan->lines[line].pos;
	struct nm_draft *draft;

	if (fact->known && !fact->in_sync) {
		draft = nm_draft_add(checker, "drift", line, 0, pos,
				     nm_arena_format(checker->arena,
						     "line %s does not do what the plan says: %s", fact->line,
						     fact->words ? fact->words : "it decides differently"));
		nm_draft_mend(checker, draft, "look at the difference, then push: nevermiss push", 0, NULL);
	}
	if (fact->unread) {
		draft = nm_draft_add(checker, "unread", line, 0, pos,
				     nm_arena_format(checker->arena,
						     "what is live on line %s is not known: %s", fact->line,
						     fact->words ? fact->words : "it could not be read"));
		nm_draft_mend(checker, draft, "read it again when the carrier answers: nevermiss diff", 0,
			      NULL);
	}
}

static void find_facts(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_check_options *options = checker->options;
	size_t i;

	for (i = 0; i < options->n_facts; i++) {
		const struct nm_line_fact *fact = &options->facts[i];
		const int line = nm_plan_find_line(plan, fact->line);
		char words[NM_TIME_TEXT];

		if (line < 0 || !fact->pushed)
			continue;
		find_live(checker, line, fact);
		if (fact->horizon >= options->now + SOON)
			continue;
		nm_time_words(plan->zone, fact->horizon, true, words);
		stale(checker, plan->lines[line].pos,
		      nm_arena_format(checker->arena, "what was pushed to line %s is exact until %s only",
				      fact->line, words),
		      "push again: nevermiss push");
	}
}

/* The plan has a line of that name, of which what was pushed then says nothing. */
static void note_other(struct nm_checker *checker, const struct nm_left_fact *left, int line, const char *pushed)
{
	char number[NM_NUMBER_TEXT];
	struct nm_draft *draft;

	nm_number_words(left->number, number);
	draft = nm_draft_add(
		checker, "left-behind", line, 0, checker->plan->lines[line].pos,
		nm_arena_format(checker->arena,
				"line %s had the number %s when it was pushed (%s, %s), which the plan has no more, and what was "
				"pushed there was not taken back",
				left->line, number, left->driver, pushed));
	nm_draft_mend(checker, draft,
		      "let a line have that number again, take its pushes back (nevermiss rollback --line NAME), and take "
		      "it out again",
		      0, NULL);
}

static void note_left(struct nm_checker *checker, const struct nm_left_fact *left, const char *pushed)
{
	struct nm_draft *draft = nm_draft_add(
		checker, "left-behind", 0, 0, (struct nm_pos){ checker->plan->file, 1, 1 },
		nm_arena_format(checker->arena,
				"line %s is not in the plan any more, and what was pushed there (%s, %s) was not taken back",
				left->line, left->driver, pushed));

	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena,
				      "put the line back, take its pushes back (nevermiss rollback --line %s), and take it "
				      "out again",
				      left->line),
		      0, NULL);
}

/* A push touches the lines of the plan alone, so nobody else would tell. */
static void find_left(struct nm_checker *checker)
{
	const struct nm_check_options *options = checker->options;
	char pushed[NM_TIME_TEXT];

	for (size_t i = 0; i < options->n_left; i++) {
		const struct nm_left_fact *left = &options->left[i];
		const int line = left->number != 0 ? nm_plan_find_line(checker->plan, left->line) : -1;

		nm_time_words(checker->plan->zone, left->pushed_at, true, pushed);
		if (line >= 0)
			note_other(checker, left, line, pushed);
		else
			note_left(checker, left, pushed);
	}
}

/* --- test calls --- */

static bool any_pushed(const struct nm_check_options *options)
{
	size_t i;

	for (i = 0; i < options->n_facts; i++)
		if (options->facts[i].pushed)
			return true;
	return false;
}

/* Nobody calls a plan that is at no carrier yet. */
static void find_untested(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_test_fact *tests = &checker->options->tests;
	const nm_time since = checker->options->now - TESTED;
	struct nm_draft *draft;

	if (!tests->known || !any_pushed(checker->options) ||
	    (tests->last >= since && tests->last_after_hours >= since))
		return;
	draft = nm_draft_add(checker, "untested", 0, 0, (struct nm_pos){ plan->file, 1, 1 },
			     tests->last < since ? "no test call was played in the last 30 days"
						 : "no test call after hours was played in the last 30 days");
	nm_draft_mend(
		checker, draft,
		plan->n_tests
			? "call each line from another phone, then play the plan's tests: nevermiss test, or on screen 4: t"
			: "call each line from another phone, and write down as a test what must come of it",
		0, NULL);
}

/* --- focus --- */

/* The stretches for which a schedule is on and that are too long on the wall clock; out NULL: only counts. */
static size_t long_spans(const struct nm_checker *checker, int schedule, struct nm_span *out)
{
	const struct nm_timeline *timeline = checker->timeline;
	const struct nm_zone *zone = checker->plan->zone;
	struct nm_span span = { 0 };
	bool on = false;
	size_t n = 0;
	size_t i;

	for (i = 0; i <= timeline->n; i++) {
		const bool now =
			i < timeline->n && nm_bit(timeline->states[timeline->state[i]].schedules, schedule);

		if (now && !on)
			span.from = timeline->start[i];
		span.until = timeline->start[i];
		if (!now && on &&
		    nm_zone_local(zone, span.until) - nm_zone_local(zone, span.from) > FOCUS_S) {
			if (out)
				out[n] = span;
			n++;
		}
		on = now;
	}
	return n;
}

int nm_check_kept_away(const struct nm_plan *plan, int schedule)
{
	size_t i;

	for (i = 0; i < plan->n_destinations; i++)
		if (plan->destinations[i].kind == NM_PERSONAL &&
		    nm_set_has(&plan->destinations[i].away, schedule))
			return (int)i;
	return -1;
}

static void find_long(struct nm_checker *checker, int schedule)
{
	const struct nm_plan *plan = checker->plan;
	const size_t n = long_spans(checker, schedule, NULL);
	const struct nm_hit hit = { .probe = NM_PROBE_PLAIN, .who = -1 };
	struct nm_draft *draft;
	struct nm_span *spans;

	if (!n)
		return;
	draft = nm_draft_add(checker, "focus-long", schedule, 0, plan->schedules[schedule].pos,
			     nm_arena_format(checker->arena, "%s keeps %s away for more than 2 h",
					     plan->schedules[schedule].name,
					     plan->destinations[nm_check_kept_away(plan, schedule)].name));
	spans = nm_arena_alloc(checker->arena, n, sizeof *spans);
	if (!draft || !spans) {
		checker->failed = true;
		return;
	}
	long_spans(checker, schedule, spans);
	draft->n_windows = n;
	draft->windows = spans;
	nm_draft_call(checker, draft, spans[0].from, hit);
	nm_draft_mend(checker, draft, "blocks of 1-2 h, in the lulls", 0, NULL);
}

/* --- tests --- */

static const char *test_setting(struct nm_checker *checker, const struct nm_setting *setting)
{
	const char *name = checker->plan->destinations[setting->destination].name;

	if (setting->behaviour == NM_ANSWERS && setting->after_s >= 0)
		return nm_arena_format(checker->arena, "%s=answer@%ds", name, setting->after_s);
	if (setting->behaviour == NM_ANSWERS)
		return nm_arena_format(checker->arena, "%s=answer", name);
	return nm_arena_format(checker->arena, "%s=%s", name, nm_behaviour_name(setting->behaviour));
}

static const char *caller_text(struct nm_checker *checker, struct nm_caller caller)
{
	char text[NM_NUMBER_TEXT];

	nm_caller_write(caller, text);
	return nm_arena_text(checker->arena, text);
}

static void test_call(struct nm_checker *checker, struct nm_draft *draft, const struct nm_test *test)
{
	const char **words = nm_arena_alloc(checker->arena, 10 + 2 * test->n_settings, sizeof *words);
	char at[NM_TIME_TEXT];
	size_t n = 0;
	size_t i;

	if (!words || !draft) {
		checker->failed = true;
		return;
	}
	nm_time_argument(checker->plan->zone, test->at, at);
	words[n++] = "--at";
	words[n++] = nm_arena_text(checker->arena, at);
	words[n++] = "--line";
	words[n++] = nm_arena_text(checker->arena, checker->plan->lines[test->line].name);
	if (test->from.anonymous || test->from.number) {
		words[n++] = "--from";
		words[n++] = caller_text(checker, test->from);
	}
	if (test->emergency)
		words[n++] = "--emergency";
	if (test->nobody)
		words[n++] = "--nobody";
	if (test->hangup_s >= 0) {
		words[n++] = "--hangup";
		words[n++] = nm_arena_format(checker->arena, "%ds", test->hangup_s);
	}
	for (i = 0; i < test->n_settings; i++) {
		words[n++] = "--set";
		words[n++] = test_setting(checker, &test->settings[i]);
	}
	for (i = 0; i < n; i++)
		checker->failed |= !words[i];
	draft->n_call = n;
	draft->call = words;
}

static enum nm_code find_test(struct nm_checker *checker, const struct nm_test *test, struct nm_error *err)
{
	struct nm_test_result result = { 0 };
	struct nm_draft *draft;
	enum nm_code code = nm_test_run(checker->plan, test, &result, err);

	/* What too-many-lines tells of: the test does not end at all. */
	if (code == NM_INPUT)
		result.expected = "an end";
	else if (code)
		return code;
	if (!result.ok) {
		draft = nm_draft_add(checker, "test-failed", 0, 0, test->pos,
				     nm_arena_format(checker->arena, "test \"%s\" expects %s, and gets %s",
						     test->name, result.expected,
						     result.got ? result.got : "none: too many lines"));
		nm_draft_mend(checker, draft, "change who is rung then, or what the test expects", 0, NULL);
		test_call(checker, draft, test);
	}
	nm_simulation_free(result.simulation);
	return NM_OK;
}

enum nm_code nm_check_times(struct nm_checker *checker, struct nm_error *err)
{
	const struct nm_plan *plan = checker->plan;
	size_t i;

	for (i = 0; i < plan->n_calendars; i++)
		find_calendar(checker, &plan->calendars[i]);
	find_facts(checker);
	find_left(checker);
	find_untested(checker);
	for (i = 0; i < plan->n_schedules; i++)
		if (plan->schedules[i].hours && nm_check_kept_away(plan, (int)i) >= 0)
			find_long(checker, (int)i);
	for (i = 0; i < plan->n_tests; i++) {
		enum nm_code code = find_test(checker, &plan->tests[i], err);

		if (code)
			return code;
	}
	return NM_OK;
}
