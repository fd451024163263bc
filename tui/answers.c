/* SPDX-License-Identifier: MIT */
/*
 * Questions that several screens ask of the plan.  In: the session, a call.  Out: outcomes, boundaries,
 * letters.  Derives no rule of its own: every answer is decide.h's.
 */
#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool play_equal(const struct play *a, const struct play *b)
{
	if (a->at != b->at || a->line != b->line || a->caller.anonymous != b->caller.anonymous ||
	    a->caller.number != b->caller.number || a->emergency != b->emergency || a->nobody != b->nobody ||
	    a->held != b->held || a->hangup_s != b->hangup_s || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->settings[i].destination != b->settings[i].destination ||
		    a->settings[i].behaviour != b->settings[i].behaviour ||
		    a->settings[i].after_s != b->settings[i].after_s)
			return false;
	}
	return true;
}

/* One argument of simulate with its value; *used is how many words it took. */
static enum nm_code read_argument(const struct nm_plan *plan, nm_time now, const char *name,
				  const char *value, struct play *play, size_t *used, struct nm_error *err)
{
	int64_t seconds;
	enum nm_code code = NM_OK;

	*used = 1;
	if (!strcmp(name, "--emergency")) {
		play->emergency = true;
		return NM_OK;
	}
	if (!strcmp(name, "--held")) {
		play->held = true;
		return NM_OK;
	}
	if (!strcmp(name, "--nobody")) {
		play->nobody = true;
		return NM_OK;
	}
	*used = 2;
	if (!strcmp(name, "--at"))
		return nm_time_read(value, plan->zone, now, &play->at, err);
	if (!strcmp(name, "--from"))
		return nm_caller_read(plan, value, &play->caller, err);
	if (!strcmp(name, "--line")) {
		play->line = nm_plan_find_line(plan, value);
		return play->line < 0 ? nm_fail(err, NM_INPUT, "no line %s", value) : NM_OK;
	}
	if (!strcmp(name, "--hangup")) {
		code = nm_duration_read(value, &seconds, err);
		play->hangup_s = code ? -1 : (int)seconds;
		return code;
	}
	if (!strcmp(name, "--set") && play->n < PLAY_SETTINGS)
		return nm_setting_read(plan, value, &play->settings[play->n++], err);
	return nm_fail(err, NM_INPUT, "a call with %s cannot be shown here", name);
}

enum nm_code play_from_arguments(const struct nm_plan *plan, nm_time now, const char *const *arguments,
				 size_t n, struct play *out, struct nm_error *err)
{
	struct play play = {.at = now, .hangup_s = -1};
	size_t used;

	for (size_t i = 0; i < n; i += used) {
		enum nm_code code = read_argument(plan, now, arguments[i], i + 1 < n ? arguments[i + 1] : "",
						  &play, &used, err);

		if (code)
			return code;
	}
	*out = play;
	return NM_OK;
}

enum nm_code play_simulate(const struct nm_plan *plan, const struct play *play, bool events,
			   const struct nm_timeline *timeline, struct nm_simulation **out,
			   struct nm_error *err)
{
	struct nm_script_setting settings[PLAY_SETTINGS];
	struct nm_call call = {
		.at = play->at,
		.line = play->line,
		.caller = play->caller,
		.emergency = play->emergency,
		.held = play->held,
		.script = {.nobody = play->nobody,
			   .n = play->n,
			   .settings = settings,
			   .hangup_s = play->hangup_s},
	};
	enum nm_code code;

	for (size_t i = 0; i < play->n; i++) {
		const struct nm_setting *setting = &play->settings[i];

		settings[i] = (struct nm_script_setting){plan->destinations[setting->destination].name,
							 setting->behaviour, setting->after_s};
	}
	if (timeline)
		code = nm_simulate_on(timeline, &call, events, out, err);
	else
		code = nm_simulate(plan, &call, out, err);
	if (!code)
		(*out)->call.script.settings = NULL; /* they were this function's own */
	return code;
}

enum answer_rank answer_rank(const struct nm_outcome *outcome)
{
	switch (outcome->result) {
	case NM_ANSWERED:
		return nm_kind_human(outcome->kind) ? RANK_PEOPLE
		       : outcome->kind == NM_AI	    ? RANK_AI
						    : RANK_VOICEMAIL;
	case NM_TO_VOICEMAIL:
	case NM_SWALLOWED:
		return RANK_VOICEMAIL;
	case NM_REJECTED:
		return RANK_REJECTED;
	case NM_ABANDONED:
	case NM_LOST:
		break;
	}
	return RANK_NOBODY;
}

const char *answer_rank_words(enum answer_rank rank)
{
	static const char *const words[RANKS] = {"people", "AI", "voicemail", "rejected", "nobody"};

	return words[rank];
}

unsigned answer_style(enum answer_rank rank)
{
	static const unsigned styles[RANKS] = {STYLE_PEOPLE, STYLE_AI, STYLE_VOICEMAIL, STYLE_DIM,
					       STYLE_NOBODY};

	return styles[rank];
}

static bool is_worse(const struct nm_outcome *a, const struct nm_outcome *b)
{
	if (answer_rank(a) != answer_rank(b))
		return answer_rank(a) > answer_rank(b);
	return a->seconds > b->seconds;
}

bool play_set(struct play *play, struct nm_setting setting)
{
	for (size_t i = 0; i < play->n; i++) {
		if (play->settings[i].destination == setting.destination) {
			play->settings[i] = setting;
			return true;
		}
	}
	if (play->n == PLAY_SETTINGS)
		return false;
	play->settings[play->n++] = setting;
	return true;
}

void play_fail(struct play *play, const struct nm_plan *plan, int destination)
{
	const struct nm_destination *who = &plan->destinations[destination];

	for (size_t i = 0; i < plan->n_destinations && play->n < PLAY_SETTINGS; i++) {
		if ((int)i == destination || nm_destination_same_phone(plan, who, &plan->destinations[i]))
			play->settings[play->n++] =
				(struct nm_setting){.destination = (int)i, .behaviour = NM_UNREACHABLE};
	}
}

/* The call once more, with one of them unreachable: it takes the place of the worst so far when it is worse. */
static enum nm_code try_failing(const struct nm_plan *plan, const struct play *play,
				const struct nm_timeline *timeline, int destination,
				struct nm_simulation **worst, const char **who, struct nm_error *err)
{
	struct play failing = *play;
	struct nm_simulation *one;
	enum nm_code code;

	play_fail(&failing, plan, destination);
	code = play_simulate(plan, &failing, false, timeline, &one, err);
	if (code)
		return code;
	if (*worst && !is_worse(&one->outcome, &(*worst)->outcome)) {
		nm_simulation_free(one);
		return NM_OK;
	}
	nm_simulation_free(*worst);
	*worst = one;
	*who = plan->destinations[destination].name;
	return NM_OK;
}

enum nm_code play_failing(const struct nm_plan *plan, const struct play *play, const struct nm_timeline *timeline,
			  const struct nm_outcome *usual, struct nm_simulation **worst, const char **who,
			  struct nm_error *err)
{
	enum nm_code code = NM_OK;

	*worst = NULL;
	*who = NULL;
	for (size_t i = 0; i < usual->n && play->n < PLAY_SETTINGS; i++) {
		const struct nm_event *event = &usual->events[i];

		for (size_t j = 0; event->kind == NM_EVENT_RING && j < event->n && !code; j++) {
			int destination = nm_plan_find_destination(plan, event->to[j]);

			if (destination >= 0)
				code = try_failing(plan, play, timeline, destination, worst, who, err);
		}
	}
	if (code) {
		nm_simulation_free(*worst);
		*worst = NULL;
	}
	return code;
}

/* What a call gets in one interval of a timeline. */
static const struct nm_treatment *treatment_in(const struct nm_timeline *timeline, size_t interval,
					       const struct play *play, struct nm_arena *arena)
{
	const struct nm_plan *plan = timeline->plan;
	const struct nm_state *state = &timeline->states[timeline->state[interval]];
	struct nm_decision decision =
		nm_decide(plan, state, play->line, nm_caller_groups(plan, play->caller), play->emergency);
	struct nm_treatment *treatment;

	if (nm_resolve(plan, state, play->line, decision, false, arena, &treatment, NULL))
		return NULL;
	return treatment;
}

static nm_time walk_on(const struct nm_timeline *timeline, const struct play *play, nm_time at,
		       struct nm_arena *arena)
{
	size_t i = nm_timeline_find(timeline, at);
	const struct nm_treatment *now = treatment_in(timeline, i, play, arena);

	for (i++; now && i < timeline->n; i++) {
		const struct nm_treatment *then = treatment_in(timeline, i, play, arena);

		if (then && !nm_treatment_equal(now, then))
			return timeline->start[i];
	}
	return NM_TIME_MAX;
}

static nm_time walk_back(const struct nm_timeline *timeline, const struct play *play, nm_time at,
			 struct nm_arena *arena)
{
	size_t i = nm_timeline_find(timeline, at - 1);
	const struct nm_treatment *later = treatment_in(timeline, i, play, arena);

	for (; later && i > 0; i--) {
		const struct nm_treatment *before = treatment_in(timeline, i - 1, play, arena);

		if (before && !nm_treatment_equal(later, before))
			return timeline->start[i];
	}
	return NM_TIME_MAX;
}

/* Looks a week far first: mostly that is enough, and the week is at hand. */
nm_time boundary_find(struct session *session, const struct play *play, nm_time at, bool back, int days)
{
	nm_time found = NM_TIME_MAX;

	for (int reach = 8; found == NM_TIME_MAX; reach *= 8) {
		const struct nm_timeline *timeline;
		struct nm_arena *arena = nm_arena_new();
		nm_time span = (nm_time)(reach < days ? reach : days) * NM_DAY;
		nm_time from = back ? at - span : at, until = back ? at : at + span;

		if (!arena)
			return NM_TIME_MAX;
		if (session_timeline(session, from, until, &timeline, NULL) == NM_OK)
			found = back ? walk_back(timeline, play, at, arena)
				     : walk_on(timeline, play, at, arena);
		nm_arena_free(arena);
		if (reach >= days)
			break;
	}
	return found;
}

/* Whatever its case: F beside f would be read as the same one.  x is for rejected calls. */
static bool letter_taken(const char *letters, size_t n, char letter)
{
	if ((letter | 0x20) == 'x')
		return true;
	for (size_t i = 0; i < n; i++) {
		if (letters[i] && (letters[i] | 0x20) == (letter | 0x20))
			return true;
	}
	return false;
}

static char in_case(char c, bool capital)
{
	if (c >= 'a' && c <= 'z' && capital)
		return (char)(c - 'a' + 'A');
	if (c >= 'A' && c <= 'Z' && !capital)
		return (char)(c - 'A' + 'a');
	return c;
}

/* The first letter of the name's first `most` bytes that may stand for it; 0 when there is none. */
static char letter_of(const struct nm_destination *destination, size_t most, const char *letters, size_t n)
{
	const bool capital = nm_kind_human(destination->kind);

	for (const char *p = destination->name; *p && most > 0; p++, most--) {
		const char c = in_case(*p, capital);

		if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && !letter_taken(letters, n, c))
			return c;
	}
	return 0;
}

void letters_give(const struct nm_plan *plan, char *letters)
{
	const size_t n = plan->n_destinations;

	memset(letters, 0, n);
	/* Initials first, so that a name whose own is taken takes nobody else's. */
	for (size_t i = 0; i < n; i++)
		letters[i] = letter_of(&plan->destinations[i], 1, letters, n);
	for (size_t i = 0; i < n; i++) {
		if (!letters[i])
			letters[i] = letter_of(&plan->destinations[i], SIZE_MAX, letters, n);
		for (char c = 'a'; !letters[i] && c <= 'z'; c++) {
			if (!letter_taken(letters, n, c))
				letters[i] = in_case(c, nm_kind_human(plan->destinations[i].kind));
		}
		if (!letters[i])
			letters[i] = '#';
	}
}

bool same_stretch(const struct nm_timeline *timeline, nm_time a, nm_time b)
{
	const struct nm_zone *zone = timeline->plan->zone;

	if (a < timeline->from || a >= timeline->until || b < timeline->from || b >= timeline->until)
		return false;
	return nm_timeline_find(timeline, a) == nm_timeline_find(timeline, b) &&
	       nm_local_day(nm_zone_local(zone, a)) == nm_local_day(nm_zone_local(zone, b));
}

enum nm_code timeline_around(struct session *session, nm_time t, const struct nm_timeline **out,
			     struct nm_error *err)
{
	nm_time day = t - ((t % NM_DAY) + NM_DAY) % NM_DAY;

	return session_timeline(session, day - NM_DAY, day + 9 * (nm_time)NM_DAY, out, err);
}

void age_words(int64_t seconds, char out[static NM_TIME_TEXT])
{
	const int64_t unit = seconds >= 2 * NM_DAY ? NM_DAY : seconds >= 2 * 3600 ? 3600 : 60;

	nm_duration_words(seconds / unit * unit, out);
}

void ago_words(nm_time then, nm_time now, char out[static AGO_TEXT])
{
	char words[NM_TIME_TEXT];

	if (then != 0 && now - then >= 60)
		age_words(now - then, words);
	else
		snprintf(words, sizeof words, then ? "now" : "never");
	snprintf(out, AGO_TEXT, then != 0 && now - then >= 60 ? "%s ago" : "%s", words);
}

const char *kind_words(enum nm_kind kind, enum nm_role role)
{
	switch (role) {
	case NM_ROLE_STAFF:
		return "staff";
	case NM_ROLE_RECEPTIONIST:
		return "receptionist";
	case NM_ROLE_ANSWERING_SERVICE:
		return "service";
	case NM_ROLE_NONE:
		break;
	}
	return kind == NM_AI ? "AI" : nm_kind_name(kind);
}

static int rule_find(const struct nm_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_rules; i++) {
		if (!strcmp(plan->rules[i].name, name))
			return (int)i;
	}
	return -1;
}

/* It asks for nothing: that it matches says nothing. */
static bool matches_all(const struct nm_rule *rule)
{
	return !rule->lines.given && !rule->callers.given && !rule->during.given && !rule->outside.given;
}

/* The reason that tells most: of a rule that matches everything, why the one before it did not. */
static const struct nm_reason *deciding_reason(const struct nm_plan *plan, const struct nm_simulation *simulation)
{
	size_t n = simulation ? simulation->n_reasons : 0;
	int last = n > 1 ? rule_find(plan, simulation->reasons[n - 1].name) : -1;

	if (n == 0)
		return NULL;
	if (last >= 0 && matches_all(&plan->rules[last]))
		n--;
	return &simulation->reasons[n - 1];
}

const char *deciding_words(const struct nm_plan *plan, const struct nm_simulation *simulation)
{
	const struct nm_reason *reason = deciding_reason(plan, simulation);

	return reason ? reason->text : "";
}

int deciding_schedule(const struct nm_plan *plan, const struct nm_simulation *simulation)
{
	const struct nm_reason *reason = deciding_reason(plan, simulation);
	int rule = reason ? rule_find(plan, reason->name) : -1;

	if (rule >= 0 && plan->rules[rule].during.n)
		return plan->rules[rule].during.ids[0];
	return rule >= 0 && plan->rules[rule].outside.n ? plan->rules[rule].outside.ids[0] : -1;
}

struct nm_pos deciding_place(const struct nm_simulation *simulation)
{
	if (!simulation || simulation->n_reasons == 0)
		return (struct nm_pos){0};
	return simulation->reasons[simulation->n_reasons - 1].pos;
}

static bool skipped_before(const struct nm_treatment *treatment, size_t step, size_t skip)
{
	const char *name = treatment->steps[step].skips[skip].name;

	for (size_t i = 0; i <= step; i++) {
		for (size_t j = 0; j < treatment->steps[i].n_skips && (i < step || j < skip); j++) {
			if (!strcmp(treatment->steps[i].skips[j].name, name))
				return true;
		}
	}
	return false;
}

static bool rung_in(const struct nm_treatment *treatment, const char *name)
{
	for (size_t i = 0; i < treatment->n; i++) {
		for (size_t j = 0; j < treatment->steps[i].n; j++) {
			if (!strcmp(treatment->steps[i].parties[j].name, name))
				return true;
		}
	}
	return false;
}

static bool skipped_in(const struct nm_treatment_step *step, const char *name)
{
	for (size_t i = 0; i < step->n_skips; i++) {
		if (!strcmp(step->skips[i].name, name))
			return true;
	}
	return false;
}

/* " in step 1, 3": the plan's steps that leave out one whom others ring.  A step that rounds repeat is told once. */
static void skipped_steps(const struct nm_treatment *treatment, const char *name, struct nm_buf *out)
{
	const char *before = " in step ";
	int told = 0;

	for (size_t i = 0; i < treatment->n; i++) {
		if (treatment->steps[i].number > told && skipped_in(&treatment->steps[i], name)) {
			told = treatment->steps[i].number;
			nm_buf_addf(out, "%s%d", before, told);
			before = ", ";
		}
	}
}

void skips_words(const struct nm_treatment *treatment, struct nm_buf *out)
{
	for (size_t i = 0; i < treatment->n; i++) {
		const struct nm_treatment_step *step = &treatment->steps[i];

		for (size_t j = 0; j < step->n_skips; j++) {
			const char *name = step->skips[j].name;

			if (skipped_before(treatment, i, j))
				continue;
			nm_buf_addf(out, "%s%s", out->len ? ", " : "", name);
			if (rung_in(treatment, name))
				skipped_steps(treatment, name, out);
			nm_buf_addf(out, " (%s)", step->skips[j].why);
		}
	}
}

static size_t rung_parties(const struct nm_treatment *treatment)
{
	size_t n = 0;

	for (size_t i = 0; i < treatment->n; i++)
		n += treatment->steps[i].n;
	return n;
}

void chain_words(const struct nm_treatment *treatment, int width, struct nm_buf *out)
{
	size_t left = rung_parties(treatment);

	for (size_t i = 0; i < treatment->n; i++) {
		for (size_t j = 0; j < treatment->steps[i].n; j++, left--) {
			const char *name = treatment->steps[i].parties[j].name;
			const char *before = !out->len ? "" : j ? " + " : " → ";
			char more[32] = "";

			if (left > 1)
				snprintf(more, sizeof more, ", +%zu", left - 1);
			if (out->len &&
			    text_width(out->data) + text_width(before) + text_width(name) + text_width(more) > width) {
				nm_buf_addf(out, ", +%zu", left);
				return;
			}
			nm_buf_addf(out, "%s%s", before, name);
		}
	}
}
