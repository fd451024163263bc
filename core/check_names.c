/* SPDX-License-Identifier: MIT */
/*
 * Who names whom: sections that nobody names, that change nothing, that are over, and that do the same.
 * Comes in: the plan and the time.  Goes out: drafts that hold at no particular time.
 */
#include "check_private.h"

#include <stdlib.h>
#include <string.h>

#define LAYERS_MOST 4 /* the guide's four */

/* --- unused --- */

struct uses {
	bool *destinations, *schedules, *paths, *callers, *calendars;
};

static void set_uses(bool *used, const struct nm_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		used[set->ids[i]] = true;
}

static void use(bool *used, int id)
{
	if (id >= 0)
		used[id] = true;
}

static void targets_use(struct uses *uses, const struct nm_targets *targets)
{
	size_t i;

	for (i = 0; i < targets->n; i++)
		if (targets->items[i].kind == NM_TARGET_DESTINATION)
			uses->destinations[targets->items[i].id] = true;
}

static void rule_uses(struct uses *uses, const struct nm_rule *rule)
{
	set_uses(uses->callers, &rule->callers);
	set_uses(uses->schedules, &rule->during);
	set_uses(uses->schedules, &rule->outside);
	use(uses->paths, rule->path);
}

static void rules_use(struct uses *uses, const struct nm_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_rules; i++)
		rule_uses(uses, &plan->rules[i]);
	for (i = 0; i < plan->n_overrides; i++)
		rule_uses(uses, &plan->overrides[i].rule);
	set_uses(uses->callers, &plan->emergency.callers);
	set_uses(uses->destinations, &plan->emergency.flagged_by);
	if (plan->emergency.given)
		use(uses->paths, plan->emergency.path);
	targets_use(uses, &plan->emergency.alert);
	targets_use(uses, &plan->emergency.then_alert);
	set_uses(uses->schedules, &plan->text_back.during);
	set_uses(uses->schedules, &plan->follow_up.during);
}

static void people_use(struct uses *uses, const struct nm_plan *plan)
{
	size_t i, j;

	for (i = 0; i < plan->n_lines; i++)
		use(uses->destinations, plan->lines[i].handset);
	for (i = 0; i < plan->n_schedules; i++) {
		use(uses->calendars, plan->schedules[i].calendar);
		use(uses->calendars, plan->schedules[i].holidays);
	}
	for (i = 0; i < plan->n_destinations; i++) {
		set_uses(uses->schedules, &plan->destinations[i].hours);
		set_uses(uses->schedules, &plan->destinations[i].away);
	}
	for (i = 0; i < plan->n_rotations; i++)
		for (j = 0; j < plan->rotations[i].n; j++)
			uses->destinations[plan->rotations[i].members[j]] = true;
	for (i = 0; i < plan->n_paths; i++)
		for (j = 0; j < plan->paths[i].n; j++)
			targets_use(uses, &plan->paths[i].steps[j].ring);
}

/* A guarantee or a test that names somebody would dangle without them. */
static void proofs_use(struct uses *uses, const struct nm_plan *plan)
{
	size_t i, j;

	for (i = 0; i < plan->n_guarantees; i++) {
		const struct nm_guarantee *guarantee = &plan->guarantees[i];

		set_uses(uses->callers, &guarantee->callers);
		set_uses(uses->schedules, &guarantee->during);
		set_uses(uses->schedules, &guarantee->outside);
		use(uses->destinations, guarantee->first);
		use(uses->destinations, guarantee->never);
		if (guarantee->answered_by == NM_ANSWERED_DESTINATION)
			use(uses->destinations, guarantee->answered_by_id);
	}
	for (i = 0; i < plan->n_tests; i++) {
		for (j = 0; j < plan->tests[i].n_settings; j++)
			use(uses->destinations, plan->tests[i].settings[j].destination);
		if (plan->tests[i].expect == NM_EXPECT_DESTINATION)
			use(uses->destinations, plan->tests[i].expect_id);
	}
}

static void unused(struct nm_checker *checker, bool used, const char *section, const char *name,
		   struct nm_pos pos)
{
	const struct nm_edit edit = nm_edit_section(NM_EDIT_REMOVE, section, name, NULL);
	struct nm_draft *draft;

	if (used)
		return;
	draft = nm_draft_add(checker, "unused", 0, 0, pos,
			     nm_arena_format(checker->arena, "nobody names %s %s", section, name));
	nm_draft_mend(checker, draft, nm_arena_format(checker->arena, "remove %s %s", section, name), 1,
		      &edit);
}

static bool uses_init(struct nm_checker *checker, struct uses *uses)
{
	const struct nm_plan *plan = checker->plan;

	uses->destinations = nm_arena_alloc(checker->arena, plan->n_destinations, sizeof(bool));
	uses->schedules = nm_arena_alloc(checker->arena, plan->n_schedules, sizeof(bool));
	uses->paths = nm_arena_alloc(checker->arena, plan->n_paths, sizeof(bool));
	uses->callers = nm_arena_alloc(checker->arena, plan->n_callers, sizeof(bool));
	uses->calendars = nm_arena_alloc(checker->arena, plan->n_calendars, sizeof(bool));
	return uses->destinations && uses->schedules && uses->paths && uses->callers && uses->calendars;
}

static void find_unused(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	struct uses uses;
	size_t i;

	if (!uses_init(checker, &uses)) {
		checker->failed = true;
		return;
	}
	rules_use(&uses, plan);
	people_use(&uses, plan);
	proofs_use(&uses, plan);
	for (i = 0; i < plan->n_destinations; i++)
		unused(checker, uses.destinations[i], "destination", plan->destinations[i].name,
		       plan->destinations[i].pos);
	for (i = 0; i < plan->n_schedules; i++)
		unused(checker, uses.schedules[i], "schedule", plan->schedules[i].name,
		       plan->schedules[i].pos);
	for (i = 0; i < plan->n_paths; i++)
		unused(checker, uses.paths[i], "path", plan->paths[i].name, plan->paths[i].pos);
	for (i = 0; i < plan->n_callers; i++)
		unused(checker, uses.callers[i], "callers", plan->callers[i].name, plan->callers[i].pos);
	for (i = 0; i < plan->n_calendars; i++)
		unused(checker, uses.calendars[i], "calendar", plan->calendars[i].name, plan->calendars[i].pos);
}

/* --- holidays that change nothing --- */

/* The hours with the holidays taken out of them, as the plan writes it; NULL: they would not be read. */
static const char *hours_shut(struct nm_checker *checker, const char *expression)
{
	const char *text = nm_arena_format(checker->arena, "%s; PH off", expression);
	struct nm_hours *hours;
	struct nm_error err;
	enum nm_code code;

	if (!text) {
		checker->failed = true;
		return NULL;
	}
	code = nm_hours_read(text, &hours, &err);
	checker->failed |= code == NM_NO_MEMORY;
	if (code)
		return NULL;
	nm_hours_free(hours);
	return nm_check_quoted(checker, text);
}

static void find_idle_holidays(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_draft *draft;
	struct nm_edit edit;
	size_t i;

	for (i = 0; i < plan->n_schedules; i++) {
		const struct nm_schedule *schedule = &plan->schedules[i];

		if (schedule->holidays < 0 || !schedule->hours || nm_hours_uses_holidays(schedule->hours))
			continue;
		edit = nm_edit_option("schedule", schedule->name, "hours", hours_shut(checker, schedule->expression));
		draft = nm_draft_add(checker, "unused", 0, 2, schedule->pos,
				     nm_arena_format(checker->arena,
						     "the holidays of schedule %s change nothing: its hours do not name PH",
						     schedule->name));
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "let %s be off on them: add `; PH off` to its hours",
					      schedule->name),
			      edit.value ? 1 : 0, &edit);
		nm_draft_mend(checker, draft, "take `holidays` out, if these are days like any other", 0, NULL);
	}
}

/* --- an emergency protocol that no call comes to --- */

static void find_untriggered(struct nm_checker *checker)
{
	const struct nm_emergency *emergency = &checker->plan->emergency;
	struct nm_draft *draft;

	if (!emergency->given || emergency->lines.n || emergency->callers.n || emergency->key)
		return;
	draft = nm_draft_add(
		checker, "unused", 0, 1, emergency->pos,
		"nothing makes a call an emergency: the section names no line, no callers and no key");
	nm_draft_mend(checker, draft,
		      emergency->flagged_by.n
			      ? "name the line that those of `flagged_by` call to hand an emergency over"
			      : "name a line, callers, or a key to be pressed in a greeting",
		      0, NULL);
}

/* --- expired --- */

static void find_expired(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const nm_time now = checker->options->now;
	struct nm_draft *draft;
	struct nm_edit edit;
	char words[NM_TIME_TEXT];
	size_t i;

	for (i = 0; i < plan->n_overrides; i++) {
		const struct nm_override *override = &plan->overrides[i];

		if (override->until > now)
			continue;
		nm_time_words(plan->zone, override->until, true, words);
		edit = nm_edit_section(NM_EDIT_REMOVE, "override", override->rule.name, NULL);
		draft = nm_draft_add(checker, "expired", (int)i, 0, override->rule.pos,
				     nm_arena_format(checker->arena, "override %s ended on %s",
						     override->rule.name, words));
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "remove override %s", override->rule.name), 1,
			      &edit);
	}
	for (i = 0; i < plan->n_rotations; i++) {
		const struct nm_rotation *rotation = &plan->rotations[i];

		if (rotation->until_at > now)
			continue;
		nm_time_words(plan->zone, rotation->until_at, true, words);
		edit = nm_edit_option("rotation", rotation->name, "until", NULL);
		draft = nm_draft_add(
			checker, "expired", (int)i, 1, rotation->pos,
			nm_arena_format(checker->arena, "rotation %s ended on %s: nobody is on turn",
					rotation->name, words));
		nm_draft_mend(checker, draft, "let it go on: take `until` out", 1, &edit);
	}
}

/* --- the emergency path names one human --- */

/* The first of those named whose phone it is. */
static size_t phone_of(const struct nm_plan *plan, const bool *named, size_t id)
{
	size_t i;

	for (i = 0; i < id; i++)
		if (named[i] && nm_destination_same_phone(plan, &plan->destinations[i], &plan->destinations[id]))
			break;
	return i;
}

/* Adds a human to those named; false when whom a target means cannot be told. */
static bool humans_add(const struct nm_plan *plan, struct nm_target target, bool *named)
{
	size_t i;

	if (target.kind == NM_TARGET_LINE)
		return false;
	if (target.kind == NM_TARGET_DESTINATION) {
		named[target.id] |= nm_kind_human(plan->destinations[target.id].kind);
		return true;
	}
	for (i = 0; i < plan->rotations[target.id].n; i++)
		named[plan->rotations[target.id].members[i]] |=
			nm_kind_human(plan->destinations[plan->rotations[target.id].members[i]].kind);
	return true;
}

static bool rings(const struct nm_step *step, int destination)
{
	size_t i;

	for (i = 0; i < step->ring.n; i++)
		if (step->ring.items[i].kind == NM_TARGET_DESTINATION &&
		    step->ring.items[i].id == destination)
			return true;
	return false;
}

static void mend_single(struct nm_checker *checker, struct nm_draft *draft, const struct nm_path *path,
			int only)
{
	const struct nm_plan *plan = checker->plan;
	const char *other = NULL;
	const char **names;
	struct nm_edit edit;
	size_t step = 0;
	size_t i;

	/* What has a line's own number would ring that line again. */
	for (i = 0; i < plan->n_destinations && !other; i++)
		if (nm_kind_human(plan->destinations[i].kind) &&
		    !nm_destination_same_phone(plan, &plan->destinations[i], &plan->destinations[only]) &&
		    nm_plan_find_number(plan, plan->destinations[i].number) < 0)
			other = plan->destinations[i].name;
	while (step < path->n && !rings(&path->steps[step], only))
		step++;
	if (!other || step == path->n) {
		nm_draft_mend(checker, draft, "let a second person be rung", 0, NULL);
		return;
	}
	names = nm_arena_alloc(checker->arena, path->steps[step].ring.n + 1, sizeof *names);
	if (!names) {
		checker->failed = true;
		return;
	}
	for (i = 0; i < path->steps[step].ring.n; i++)
		names[i] = nm_plan_target_name(plan, path->steps[step].ring.items[i]);
	names[i] = other;
	edit = nm_edit_step(path->name, (int)step, "ring", nm_check_named(checker, names, i + 1));
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "let step %zu of path %s ring %s as well", step + 1,
				      path->name, other),
		      1, &edit);
}

/* All names of the one phone. */
static const char *single_words(struct nm_checker *checker, const struct nm_path *path, const bool *named, size_t only)
{
	const struct nm_plan *plan = checker->plan;
	const char *lead = ": the same phone is ";
	struct nm_buf words;
	size_t i;

	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_addf(&words, "the emergency path %s names one human, %s", path->name, plan->destinations[only].name);
	for (i = only + 1; i < plan->n_destinations; i++)
		if (named[i]) {
			nm_buf_addf(&words, "%s%s", lead, plan->destinations[i].name);
			lead = ", ";
		}
	return nm_check_text_of(checker, &words);
}

static void find_single_human(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_path *path;
	struct nm_draft *draft;
	bool told = true;
	bool *named;
	size_t n = 0;
	size_t only = 0;
	size_t i, j;

	if (!plan->emergency.given || plan->emergency.path < 0)
		return;
	named = nm_arena_alloc(checker->arena, plan->n_destinations, sizeof *named);
	if (!named) {
		checker->failed = true;
		return;
	}
	path = &plan->paths[plan->emergency.path];
	for (i = 0; i < path->n; i++)
		for (j = 0; j < path->steps[i].ring.n; j++)
			told &= humans_add(plan, path->steps[i].ring.items[j], named);
	for (i = 0; i < plan->n_destinations; i++)
		if (named[i] && phone_of(plan, named, i) == i) {
			only = i;
			n++;
		}
	if (!told || n != 1)
		return;
	draft = nm_draft_add(checker, "single-human", 0, 0, path->pos, single_words(checker, path, named, only));
	mend_single(checker, draft, path, (int)only);
}

void nm_check_names(struct nm_checker *checker)
{
	find_unused(checker);
	find_idle_holidays(checker);
	find_untriggered(checker);
	find_expired(checker);
	find_single_human(checker);
}

/* --- rules that do the same, paths too long --- */

static bool sets_equal(const struct nm_set *a, const struct nm_set *b)
{
	size_t i;

	if (a->given != b->given || a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!nm_set_has(b, a->ids[i]))
			return false;
	return true;
}

/* The one field in which two rules differ and that one rule could hold both of. */
struct union_field {
	const char *option; /* NULL: they differ in none */
	const struct nm_set *a, *b;
	bool possible;
};

static void union_look(struct union_field *field, const char *option, const struct nm_set *a,
		       const struct nm_set *b)
{
	if (sets_equal(a, b))
		return;
	if (field->option || !a->given || !b->given || !strcmp(option, "outside"))
		field->possible = false;
	field->option = option;
	field->a = a;
	field->b = b;
}

static const char *id_name(const struct nm_plan *plan, const char *option, int id)
{
	if (!strcmp(option, "lines"))
		return plan->lines[id].name;
	return !strcmp(option, "callers") ? plan->callers[id].name : plan->schedules[id].name;
}

/* The names of both sets as one value; NULL when memory is out. */
static const char *union_value(struct nm_checker *checker, const struct union_field *field)
{
	const char **names = nm_arena_alloc(checker->arena, field->a->n + field->b->n, sizeof *names);
	size_t n = 0;
	size_t i;

	if (!names) {
		checker->failed = true;
		return NULL;
	}
	for (i = 0; i < field->a->n; i++)
		names[n++] = id_name(checker->plan, field->option, field->a->ids[i]);
	for (i = 0; i < field->b->n; i++)
		if (!nm_set_has(field->a, field->b->ids[i]))
			names[n++] = id_name(checker->plan, field->option, field->b->ids[i]);
	return nm_check_named(checker, names, n);
}

static void mend_union(struct nm_checker *checker, struct nm_draft *draft, const struct nm_rule *first,
		       const struct nm_rule *second, const struct union_field *field)
{
	const char *value = field->option ? union_value(checker, field) : NULL;
	struct nm_edit edits[2];
	size_t n = 0;

	if (value)
		edits[n++] = nm_edit_option("rule", first->name, field->option, value);
	edits[n++] = nm_edit_section(NM_EDIT_REMOVE, "rule", second->name, NULL);
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "let rule %s stand for both", first->name), n, edits);
}

static void find_alike(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	size_t i;

	for (i = 0; i + 1 < plan->n_rules; i++) {
		const struct nm_rule *a = &plan->rules[i];
		const struct nm_rule *b = &plan->rules[i + 1];
		struct union_field field = { .possible = true };
		struct nm_draft *draft;

		if (a->path != b->path || a->reject != b->reject)
			continue;
		union_look(&field, "lines", &a->lines, &b->lines);
		union_look(&field, "callers", &a->callers, &b->callers);
		union_look(&field, "during", &a->during, &b->during);
		union_look(&field, "outside", &a->outside, &b->outside);
		if (!field.possible)
			continue;
		draft = nm_draft_add(
			checker, "over-engineered", (int)i, 1, b->pos,
			nm_arena_format(checker->arena, "rules %s and %s do the same: one is enough", a->name,
					b->name));
		mend_union(checker, draft, a, b, &field);
	}
}

void nm_check_rules(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_draft *draft;
	size_t i;

	for (i = 0; i < plan->n_paths; i++) {
		if (plan->paths[i].n <= LAYERS_MOST)
			continue;
		draft = nm_draft_add(checker, "over-engineered", (int)i, 0, plan->paths[i].pos,
				     nm_arena_format(checker->arena, "path %s has %zu layers: %d are enough",
						     plan->paths[i].name, plan->paths[i].n, LAYERS_MOST));
		nm_draft_mend(checker, draft, "ring several at once, or leave somebody out", 0, NULL);
	}
	find_alike(checker);
}
