/* SPDX-License-Identifier: MIT */
/*
 * The sections that say what happens: paths, rules, overrides, the emergency protocol, texts and
 * follow-ups, goals, guarantees and tests.  In: one raw section; out: an element of the plan, or
 * mistakes.
 */
#include "plan_private.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- paths --- */

static void build_step(struct nm_build *build, struct nm_raw_section *section, struct nm_step *step)
{
	const int64_t for_s = nm_value_duration(build, section, "for", 1, NM_FOR_MAX);

	step->pos = section->pos;
	step->ring = nm_value_targets(build, section, "ring");
	step->for_given = nm_value_given(section, "for");
	step->for_s = for_s < 0 ? NM_FOR_DEFAULT : (int)for_s;
	step->confirm = nm_value_yes(build, section, "confirm");
	if (step->ring.given && !nm_raw_find(section, "ring")->n)
		nm_raw_mistake(build->raw, nm_value_pos(section, "ring"),
			       "this step rings nobody: name somebody, or take the step "
			       "out");
}

static void build_greeting(struct nm_build *build, struct nm_raw_section *section, struct nm_path *path)
{
	const int64_t lasts = nm_value_duration(build, section, "lasts", 1, NM_FOR_MAX);

	path->greeting = nm_value_text(build, section, "greeting");
	if (path->greeting)
		path->lasts_s = lasts < 0 ? NM_GREETING_S : (int)lasts;
	else if (nm_value_given(section, "lasts") && !nm_value_given(section, "greeting"))
		nm_raw_mistake(build->raw, nm_value_pos(section, "lasts"),
			       "lasts in path '%s' is the length of a greeting, which is "
			       "not there",
			       path->name);
}

void nm_build_path(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_path *path = &build->plan->paths[build->plan->n_paths++];
	struct nm_raw_section *child;
	struct nm_step *steps;
	size_t n = 0;

	for (child = section->children; child; child = child->next)
		n++;
	path->name = nm_build_name(build, section);
	path->pos = section->pos;
	path->rounds = nm_value_count(build, section, "rounds", NM_ROUNDS_MAX);
	build_greeting(build, section, path);
	steps = nm_arena_alloc(build->arena, n, sizeof *steps);
	if (!steps) {
		build->raw->no_memory = true;
		return;
	}
	for (child = section->children; child; child = child->next)
		build_step(build, child, &steps[path->n++]);
	path->steps = steps;
}

/* --- rules --- */

static void read_match(struct nm_build *build, struct nm_raw_section *section, struct nm_set *lines,
		       struct nm_set *callers, struct nm_set *during, struct nm_set *outside)
{
	*lines = nm_value_references(build, section, "lines");
	*callers = nm_value_references(build, section, "callers");
	*during = nm_value_references(build, section, "during");
	*outside = nm_value_references(build, section, "outside");
}

static void read_rule(struct nm_build *build, struct nm_raw_section *section, struct nm_rule *rule)
{
	static const char *const ends[] = { "path", "reject" };
	const int reject = nm_value_choice(build, section, "reject");

	rule->name = nm_build_name(build, section);
	rule->pos = section->pos;
	read_match(build, section, &rule->lines, &rule->callers, &rule->during, &rule->outside);
	rule->path = nm_value_reference(build, section, "path");
	rule->reject = reject < 0 ? NM_REJECT_NONE : reject ? NM_REJECT_SILENT : NM_REJECT_BUSY;
	if (nm_build_given(section, ends, COUNT(ends)) != 1 && !build->raw->partial)
		nm_raw_mistake(build->raw, section->pos, "%s takes exactly one of path and reject",
			       nm_raw_where(build->raw, section));
}

void nm_build_rule(struct nm_build *build, struct nm_raw_section *section)
{
	read_rule(build, section, &build->plan->rules[build->plan->n_rules++]);
}

void nm_build_override(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_override *override = &build->plan->overrides[build->plan->n_overrides++];
	bool from, until;

	read_rule(build, section, &override->rule);
	from = nm_value_time(build, section, "from", &override->from);
	until = nm_value_time(build, section, "until", &override->until);
	if (from && until && override->until <= override->from)
		nm_raw_mistake(build->raw, nm_value_pos(section, "until"),
			       "override '%s' ends before it begins: until must be later "
			       "than from",
			       override->rule.name);
}

void nm_build_emergency(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_emergency *emergency = &build->plan->emergency;
	const int64_t acknowledge = nm_value_duration(build, section, "acknowledge", 1, NM_DAY);

	emergency->given = true;
	emergency->pos = section->pos;
	emergency->lines = nm_value_references(build, section, "lines");
	emergency->callers = nm_value_references(build, section, "callers");
	emergency->key = nm_value_key(build, section, "key");
	emergency->flagged_by = nm_value_references(build, section, "flagged_by");
	emergency->path = nm_value_reference(build, section, "path");
	emergency->alert = nm_value_targets(build, section, "alert");
	emergency->acknowledge_s = acknowledge < 0 ? 0 : acknowledge;
	emergency->then_alert = nm_value_targets(build, section, "then_alert");
	emergency->reach_human_s = nm_value_duration(build, section, "reach_human", 1, 3600);
	if (nm_value_given(section, "then_alert") && !nm_value_given(section, "acknowledge") &&
	    !build->raw->partial)
		nm_raw_mistake(build->raw, nm_value_pos(section, "then_alert"),
			       "then_alert in emergency: write acknowledge = 5m, the "
			       "time in which somebody must reply");
}

/* --- texts --- */

static const char *read_message(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const char *text = nm_value_text(build, section, name);

	if (text && strlen(text) > NM_MESSAGE_BYTES)
		nm_raw_mistake(build->raw, nm_value_pos(section, name),
			       "%s in %s has %zu bytes: a text message holds %d", name,
			       nm_raw_where(build->raw, section), strlen(text), NM_MESSAGE_BYTES);
	return text;
}

void nm_build_text_back(struct nm_build *build, struct nm_raw_section *section)
{
	static const char *const texts[] = { "missed", "away" };
	struct nm_text_back *text_back = &build->plan->text_back;

	text_back->given = true;
	text_back->pos = section->pos;
	text_back->missed = read_message(build, section, "missed");
	text_back->away = read_message(build, section, "away");
	text_back->once_per_s = nm_value_duration(build, section, "once_per", 0, 366 * (int64_t)NM_DAY);
	text_back->account = nm_value_reference(build, section, "account");
	text_back->from = nm_value_reference(build, section, "from");
	text_back->during = nm_value_references(build, section, "during");
	if (!nm_build_given(section, texts, COUNT(texts)) && !build->raw->partial)
		nm_raw_mistake(build->raw, section->pos,
			       "text_back has no text: write missed = \"...\" (or away)");
}

void nm_build_follow_up(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_follow_up *follow_up = &build->plan->follow_up;

	follow_up->given = true;
	follow_up->pos = section->pos;
	follow_up->within_s = nm_value_duration(build, section, "within", 60, 30 * (int64_t)NM_DAY);
	follow_up->retry_s = nm_value_duration(build, section, "retry", 60, 30 * (int64_t)NM_DAY);
	follow_up->attempts = nm_value_count(build, section, "attempts", 100);
	follow_up->then_text = read_message(build, section, "then_text");
	follow_up->survey = read_message(build, section, "survey");
	follow_up->during = nm_value_references(build, section, "during");
	follow_up->from = nm_value_reference(build, section, "from");
}

/* --- goals --- */

void nm_build_targets(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_targets_set *targets = &build->plan->targets;

	targets->answer_rate = nm_value_decimal(build, section, "answer_rate");
	targets->rings = nm_value_decimal(build, section, "rings");
	targets->first_call = nm_value_decimal(build, section, "first_call");
	targets->callback_s = nm_value_duration(build, section, "callback", 1, 30 * (int64_t)NM_DAY);
	targets->patience_s = nm_value_duration(build, section, "patience", 1, NM_FOR_MAX);
}

void nm_build_value(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_value *value = &build->plan->value;

	value->given = true;
	value->job = nm_value_decimal(build, section, "job");
	value->booked = nm_value_decimal(build, section, "booked");
}

/* --- what must hold --- */

void nm_build_guarantee(struct nm_build *build, struct nm_raw_section *section)
{
	static const char *const claims[] = { "live", "within", "answered_by", "first", "never" };
	struct nm_guarantee *guarantee = &build->plan->guarantees[build->plan->n_guarantees++];
	const struct nm_raw_option *by = nm_raw_find(section, "answered_by");

	guarantee->name = nm_build_name(build, section);
	guarantee->pos = section->pos;
	read_match(build, section, &guarantee->lines, &guarantee->callers, &guarantee->during,
		   &guarantee->outside);
	guarantee->emergency = nm_value_yes(build, section, "emergency");
	guarantee->live = nm_value_yes(build, section, "live") == 1;
	guarantee->within_s = nm_value_duration(build, section, "within", 1, 3600);
	guarantee->first = nm_value_reference(build, section, "first");
	guarantee->never = nm_value_reference(build, section, "never");
	guarantee->answered_by_id = -1;
	if (by && nm_value_word(section, "answered_by", "human")) {
		guarantee->answered_by = NM_ANSWERED_HUMAN;
	} else if (by) {
		guarantee->answered_by = NM_ANSWERED_DESTINATION;
		guarantee->answered_by_id = nm_value_reference(build, section, "answered_by");
	}
	if (!nm_build_given(section, claims, COUNT(claims)) && !build->raw->partial)
		nm_raw_mistake(build->raw, section->pos,
			       "guarantee '%s' claims nothing: write live = yes, within, answered_by, first "
			       "or never",
			       guarantee->name);
}

/* --- tests --- */

/* Of two settings for one destination one would be dropped without a word. */
static bool said_before(const struct nm_setting *settings, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (settings[i].destination == settings[n].destination)
			return true;
	return false;
}

static void read_settings(struct nm_build *build, struct nm_raw_section *section, struct nm_test *test)
{
	struct nm_raw_option *option = nm_raw_find(section, "set");
	struct nm_error err = { .code = NM_OK };
	struct nm_setting *settings;
	size_t i;

	if (!option)
		return;
	option->used = true;
	settings = nm_arena_alloc(build->arena, option->n, sizeof *settings);
	if (!settings) {
		build->raw->no_memory = true;
		return;
	}
	for (i = 0; i < option->n; i++) {
		const int destination =
			nm_setting_read(build->plan, option->values[i], &settings[test->n_settings], &err)
				? -1
				: settings[test->n_settings].destination;

		if (destination >= 0 && !said_before(settings, test->n_settings))
			test->n_settings++;
		else if (destination >= 0)
			nm_raw_mistake(build->raw, option->pos,
				       "set in test '%s' says twice what '%s' does: name it once",
				       nm_raw_quote(build->raw, test->name),
				       nm_raw_quote(build->raw, build->plan->destinations[destination].name));
		else if (!build->raw->partial)
			nm_raw_mistake(build->raw, option->pos, "set in test '%s': %s",
				       nm_raw_quote(build->raw, test->name), err.text);
	}
	test->settings = settings;
}

static void read_expect(struct nm_build *build, struct nm_raw_section *section, struct nm_test *test)
{
	static const struct {
		const char *word;
		enum nm_expect expect;
	} outcomes[] = {
		{"voicemail",  NM_EXPECT_VOICEMAIL},
		{ "rejected",  NM_EXPECT_REJECTED },
		{ "lost",	  NM_EXPECT_LOST	 },
		{ "abandoned", NM_EXPECT_ABANDONED},
	};
	size_t i;

	test->expect_id = -1;
	for (i = 0; i < COUNT(outcomes); i++)
		if (nm_value_word(section, "expect", outcomes[i].word) &&
		    nm_names_find(build, "destination", outcomes[i].word) < 0) {
			test->expect = outcomes[i].expect;
			return;
		}
	test->expect = NM_EXPECT_DESTINATION;
	test->expect_id = nm_value_reference(build, section, "expect");
}

void nm_build_test(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_test *test = &build->plan->tests[build->plan->n_tests++];
	const int64_t hangup = nm_value_duration(build, section, "hangup", 0, 3600);

	test->name = nm_build_name(build, section);
	test->pos = section->pos;
	nm_value_time(build, section, "at", &test->at);
	test->line = nm_value_given(section, "line") ? nm_value_reference(build, section, "line") : 0;
	test->from.anonymous = nm_value_word(section, "from", "anonymous");
	if (!test->from.anonymous && !nm_value_word(section, "from", "unknown"))
		test->from.number = nm_value_phone(build, section, "from");
	test->emergency = nm_value_yes(build, section, "emergency") == 1;
	test->nobody = nm_value_yes(build, section, "nobody") == 1;
	read_settings(build, section, test);
	test->hangup_s = (int)hangup;
	read_expect(build, section, test);
	test->within_s = nm_value_duration(build, section, "within", 1, 3600);
}
