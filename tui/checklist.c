/* SPDX-License-Identifier: MIT */
/*
 * The quick start as a table: an item, what it looks at, and what must be so for it to be done.
 * In: facts.  Out: done, open with what is missing, or not to be known by this version.
 */
#include "checklist.h"

#include <string.h>

#define MONTH_S (30 * (nm_time)NM_DAY)

static enum tick missing_words(struct nm_buf *missing, const char *words)
{
	nm_buf_add(missing, words);
	return TICK_OPEN;
}

static const struct nm_finding *find(const struct checklist_facts *facts, const char *id)
{
	for (size_t i = 0; facts->findings && i < facts->findings->n; i++) {
		if (!strcmp(facts->findings->items[i].id, id))
			return &facts->findings->items[i];
	}
	return NULL;
}

/* Done when none of these findings holds; what the first one says is missing. */
static enum tick without(const struct checklist_facts *facts, const char *const *ids, size_t n,
			 struct nm_buf *missing)
{
	if (!facts->findings)
		return missing_words(missing, "the plan is being proved");
	for (size_t i = 0; i < n; i++) {
		const struct nm_finding *finding = find(facts, ids[i]);

		if (finding)
			return missing_words(missing, finding->message);
	}
	return TICK_DONE;
}

static bool unread(const struct checklist_facts *facts, struct nm_buf *missing)
{
	if (!facts->store_read)
		nm_buf_add(missing, "the store is being read");
	return !facts->store_read;
}

static bool goes_on(const struct nm_plan *plan)
{
	for (size_t i = 0; i < plan->n_paths; i++) {
		if (plan->paths[i].n > 1)
			return true;
	}
	return false;
}

/* Pushed, or dialled and set by hand. */
static bool is_live(const struct checklist_facts *facts, const char *line)
{
	for (size_t i = 0; i < facts->n_lines; i++) {
		if (!strcmp(facts->lines[i].line, line))
			return facts->lines[i].pushed || facts->lines[i].in_sync;
	}
	return false;
}

static enum tick forwarding(const struct checklist_facts *facts, struct nm_buf *missing)
{
	const struct nm_plan *plan = facts->plan;

	if (!goes_on(plan))
		return missing_words(missing, "no path has a second step for calls that the first does not answer");
	if (unread(facts, missing))
		return TICK_OPEN;
	for (size_t i = 0; i < plan->n_lines; i++) {
		if (!is_live(facts, plan->lines[i].name)) {
			nm_buf_addf(missing, "line %s was never pushed: screen 6 makes the plan live",
				    plan->lines[i].name);
			return TICK_OPEN;
		}
	}
	return TICK_DONE;
}

static enum tick greeting(const struct checklist_facts *facts, struct nm_buf *missing)
{
	static const char *const ids[] = {"greeting"};

	for (size_t i = 0; i < facts->plan->n_destinations; i++) {
		if (facts->plan->destinations[i].greeting)
			return without(facts, ids, 1, missing);
	}
	return missing_words(missing, "no destination of kind voicemail has a greeting");
}

static enum tick text_back(const struct checklist_facts *facts, struct nm_buf *missing)
{
	static const char *const ids[] = {"text-unsent"};

	if (!facts->plan->text_back.given || !facts->plan->text_back.missed)
		return missing_words(missing, "no text_back section with a text for missed callers");
	for (size_t i = 0; i < facts->plan->n_lines; i++) {
		if (!facts->plan->lines[i].text_in_flow && !facts->agent_lives)
			return unread(facts, missing)
				       ? TICK_OPEN
				       : missing_words(missing, "`nevermiss agent` sends it, and does not run");
	}
	return without(facts, ids, 1, missing);
}

/* Of another kind, and its phone; NULL: it is nobody's but its own kind's. */
static const struct nm_destination *phone_shared_with(const struct nm_plan *plan, const struct nm_destination *who)
{
	for (size_t i = 0; i < plan->n_destinations; i++) {
		const struct nm_destination *other = &plan->destinations[i];

		if (other->kind != who->kind && nm_destination_same_phone(plan, who, other))
			return other;
	}
	return NULL;
}

/* One that answers on somebody else's phone stands in for nobody. */
static enum tick stands_in(const struct nm_plan *plan, enum nm_kind kind, struct nm_buf *missing)
{
	const struct nm_destination *shares = NULL, *with = NULL;

	for (size_t i = 0; i < plan->n_destinations; i++) {
		const struct nm_destination *who = &plan->destinations[i];
		const struct nm_destination *other = who->kind == kind ? phone_shared_with(plan, who) : NULL;

		if (who->kind == kind && !other)
			return TICK_DONE;
		if (other && !shares) {
			shares = who;
			with = other;
		}
	}
	if (shares)
		nm_buf_addf(missing, "%s is the phone of %s: it needs one of its own", shares->name, with->name);
	else
		nm_buf_addf(missing, "no destination of kind %s", nm_kind_name(kind));
	return TICK_OPEN;
}

static enum tick backup(const struct checklist_facts *facts, struct nm_buf *missing)
{
	return stands_in(facts->plan, NM_BACKUP, missing);
}

static enum tick after_hours(const struct checklist_facts *facts, struct nm_buf *missing)
{
	static const char *const ids[] = {"no-after-hours", "no-rule", "no-live-answer"};

	return without(facts, ids, sizeof ids / sizeof *ids, missing);
}

static enum tick ai_layer(const struct checklist_facts *facts, struct nm_buf *missing)
{
	return stands_in(facts->plan, NM_AI, missing);
}

static enum tick emergency(const struct checklist_facts *facts, struct nm_buf *missing)
{
	static const char *const ids[] = {"emergency-no-human", "emergency-too-slow"};

	if (!facts->plan->emergency.given)
		return missing_words(missing, "no emergency section");
	return without(facts, ids, sizeof ids / sizeof *ids, missing);
}

static enum tick calendar(const struct checklist_facts *facts, struct nm_buf *missing)
{
	const struct nm_plan *plan = facts->plan;

	for (size_t i = 0; i < plan->n_calendars; i++) {
		if (plan->calendars[i].ical)
			return TICK_DONE;
	}
	return missing_words(missing, plan->n_calendars ? "no calendar of the plan has been read"
							: "no calendar section");
}

static enum tick log_kept(const struct checklist_facts *facts, struct nm_buf *missing)
{
	if (unread(facts, missing))
		return TICK_OPEN;
	if (facts->newest_call == NM_TIME_MIN)
		return missing_words(missing, "no call was imported: nevermiss calls import --account NAME does it");
	if (facts->now - facts->newest_call > MONTH_S)
		return missing_words(missing, "the newest call is older than 30 days: import again");
	return TICK_DONE;
}

static bool was_lately(nm_time at, nm_time now)
{
	return at != NM_TIME_MIN && now - at <= MONTH_S;
}

static enum tick tests(const struct checklist_facts *facts, struct nm_buf *missing)
{
	static const char *const ids[] = {"test-failed"};

	if (facts->plan->n_tests == 0)
		return missing_words(missing, "the plan has no test: T on screen 4 saves a call as one");
	if (unread(facts, missing))
		return TICK_OPEN;
	if (!was_lately(facts->tests.last, facts->now) || !facts->tests.known)
		return missing_words(missing, "none was played in 30 days: t on screen 4 plays them");
	if (!was_lately(facts->tests.last_after_hours, facts->now))
		return missing_words(missing, "none that was played in 30 days came after hours");
	return without(facts, ids, 1, missing);
}

static enum tick follow_up(const struct checklist_facts *facts, struct nm_buf *missing)
{
	if (facts->plan->follow_up.given)
		return TICK_DONE;
	return missing_words(missing, "no follow_up section");
}

static enum tick peaks(const struct checklist_facts *facts, struct nm_buf *missing)
{
	static const char *const ids[] = {"focus-peak"};

	if (unread(facts, missing))
		return TICK_OPEN;
	if (!facts->peaks)
		return missing_words(missing, "no hours of the log's last 30 days stand out, or it has too few calls");
	return without(facts, ids, 1, missing);
}

#define TODAY "today, in 15 minutes"
#define WEEK "this week, in an hour"
#define MONTH "this month"

/* clang-format off */
const struct checklist_item checklist[] = {
	{TODAY, "calls go on to somebody else on busy and no answer",
	 "paths of more than one step; a push of every line, or what was dialled for it", forwarding},
	{TODAY, "a proper voicemail greeting",
	 "a greeting that names the business, promises when, and offers text", greeting},
	{TODAY, "the text-back to missed callers", "the text_back section, and who sends it", text_back},
	{WEEK, "a backup: family, staff or a receptionist", "destinations of kind backup that are no other's phone", backup},
	{WEEK, "coverage after hours", "the proof that a call at any minute reaches somebody live", after_hours},
	{WEEK, "an AI layer", "destinations of kind ai that are no other's phone", ai_layer},
	{WEEK, "the emergency protocol", "the emergency section, and the proof that it reaches a human in time", emergency},
	{WEEK, "a calendar: holidays, jobs", "calendars that were read", calendar},
	{MONTH, "the call log and its figures", "calls imported in the last 30 days", log_kept},
	{MONTH, "test calls at odd times", "tests of the plan, played in the last 30 days, after hours too", tests},
	{MONTH, "follow-up of missed calls", "the follow_up section", follow_up},
	{MONTH, "hours tuned to the peaks", "the peaks of the call log; focus blocks in them", peaks},
};
/* clang-format on */

const size_t checklist_count = sizeof checklist / sizeof *checklist;
