/* SPDX-License-Identifier: MIT */
/*
 * From a raw plan to a plan: the options of the top, the names of everything, then each section by its
 * own function (plan_places.c, plan_rules.c), then what must hold between sections.
 */
#include <stdlib.h>

#include "plan_private.h"

static void no_memory(struct nm_build *build)
{
	build->raw->no_memory = true;
}

/* --- options that stand in no section --- */

/* Nothing says where the business is: then it is where its first line's number is. */
static const char *guess_country(struct nm_build *build)
{
	const struct nm_raw_section *section;
	const struct nm_raw_option *number;
	nm_number value;

	for (section = build->raw->sections; section; section = section->next) {
		if (strcmp(section->info->name, "line"))
			continue;
		number = nm_raw_find(section, "number");
		if (number && number->n && number->values[0][0] == '+' &&
		    !nm_number_read(number->values[0], "", &value, NULL))
			return nm_number_country(value);
	}
	return "";
}

static void build_country(struct nm_build *build, struct nm_raw_section *top)
{
	const bool given = nm_value_given(top, "country");
	const char *country = given ? nm_value_text(build, top, "country") : guess_country(build);

	build->plan->country = nm_arena_text(build->arena, country ? country : "");
	if (!build->plan->country) {
		no_memory(build);
		return;
	}
	build->country_known = nm_country_known(build->plan->country);
	if (build->country_known)
		return;
	if (given && country)
		nm_raw_wrong(build->raw, nm_value_pos(top, "country"),
			     nm_arena_format(build->raw->arena, "country = \"%s\"", nm_raw_quote(build->raw, country)),
			     "that is no country; its two letters are expected, as \"US\"");
	else if (!given && !build->raw->partial)
		nm_raw_mistake(build->raw, top->pos,
			       "the plan has no country, by which national numbers are read: write "
			       "country = \"US\"");
}

static void build_currency(struct nm_build *build, struct nm_raw_section *top)
{
	const bool given = nm_value_given(top, "currency");
	const char *currency =
		given ? nm_value_text(build, top, "currency") : nm_country_currency(build->plan->country);

	if (!currency)
		return;
	if (strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		nm_raw_wrong(build->raw, nm_value_pos(top, "currency"),
			     nm_arena_format(build->raw->arena, "currency = \"%s\"",
					     nm_raw_quote(build->raw, currency)),
			     "a currency's three capital letters are expected, as \"USD\"");
	build->plan->currency = nm_arena_text(build->arena, currency);
	if (!build->plan->currency)
		no_memory(build);
}

static void build_allow(struct nm_build *build, struct nm_raw_section *top)
{
	struct nm_raw_option *allow = nm_raw_find(top, "allow");
	const char **countries;
	size_t i;

	if (!allow)
		return;
	allow->used = true;
	countries = nm_arena_alloc(build->arena, allow->n, sizeof *countries);
	if (!countries) {
		no_memory(build);
		return;
	}
	for (i = 0; i < allow->n; i++) {
		if (!nm_country_known(allow->values[i]))
			nm_raw_mistake(
				build->raw, allow->pos,
				"allow = { \"%s\" }: that is no country; its two letters are expected, as \"MX\"",
				nm_raw_quote(build->raw, allow->values[i]));
		countries[i] = nm_arena_text(build->arena, allow->values[i]);
		if (!countries[i])
			no_memory(build);
	}
	build->plan->allow = countries;
	build->plan->n_allow = allow->n;
}

static void build_zone(struct nm_build *build, struct nm_raw_section *top)
{
	struct nm_error err = { .code = NM_OK };
	const char *name = nm_value_text(build, top, "timezone");
	enum nm_code code;

	if (!name)
		return;
	build->plan->timezone = name;
	code = nm_zone_load(name, &build->plan->zone, &err);
	if (code && !nm_raw_starved(build->raw, code))
		nm_raw_wrong(build->raw, nm_value_pos(top, "timezone"),
			     nm_arena_format(build->raw->arena, "timezone = \"%s\"", nm_raw_quote(build->raw, name)),
			     err.text);
}

static void build_top(struct nm_build *build)
{
	struct nm_raw_section *top = &build->raw->top;
	const char *business = nm_value_text(build, top, "business");

	build->plan->business = business ? business : "";
	build_zone(build, top);
	build_country(build, top);
	if (build->raw->no_memory)
		return;
	build_currency(build, top);
	build_allow(build, top);
	build->plan->retention_s = nm_value_duration(build, top, "retention", 0, 10 * 366 * (int64_t)NM_DAY);
}

/* --- every section: its name, and that nothing is missing --- */

const char *nm_build_name(struct nm_build *build, const struct nm_raw_section *section)
{
	const char *name = nm_arena_text(build->arena, section->title);

	if (!name)
		no_memory(build);
	return name ? name : "";
}

size_t nm_build_given(const struct nm_raw_section *section, const char *const *names, size_t n)
{
	size_t i, given = 0;

	for (i = 0; i < n; i++)
		given += nm_value_given(section, names[i]);
	return given;
}

static const char *example_of(const struct nm_option_info *info)
{
	switch (info->type) {
	case NM_TYPE_ZONE:
		return "\"America/Chicago\"";
	case NM_TYPE_PHONE:
		return "\"+15125550100\"";
	case NM_TYPE_LOCAL_TIME:
		return "\"2026-12-25 10:00\"";
	case NM_TYPE_DURATION:
		return "1w";
	case NM_TYPE_REFERENCES:
	case NM_TYPE_TARGETS:
	case NM_TYPE_PATTERNS:
		return "{ ... }";
	default:
		return info->type == NM_TYPE_CHOICE ? info->values : "...";
	}
}

static void check_required(struct nm_build *build, const struct nm_raw_section *section)
{
	const char *name = section->info ? section->info->name : "";
	size_t i;

	for (i = 0; i < nm_options_count && !build->raw->partial; i++) {
		const struct nm_option_info *info = &nm_options[i];

		if (!info->required || strcmp(info->section, name))
			continue;
		if (info->type == NM_TYPE_SECTION ? section->n_children > 0
						  : nm_value_given(section, info->name))
			continue;
		if (info->type == NM_TYPE_SECTION)
			nm_raw_mistake(build->raw, section->pos, "%s has no %s: write %s { ring = ... }",
				       nm_raw_where(build->raw, section), info->name, info->name);
		else
			nm_raw_mistake(build->raw, section->pos, "%s has no %s: write %s = %s",
				       nm_raw_where(build->raw, section), info->name, info->name,
				       example_of(info));
	}
}

static void check_title(struct nm_build *build, const struct nm_raw_section *section)
{
	const char *problem = nm_section_name_problem(section->info->name, section->title);

	if (problem)
		nm_raw_mistake(build->raw, section->pos, "the name '%s' %s", nm_raw_quote(build->raw, section->title),
			       problem);
}

static void check_used(struct nm_build *build, const struct nm_raw_section *section)
{
	const struct nm_raw_option *option;

	for (option = section->options; option; option = option->next)
		if (!option->used && !build->raw->no_memory)
			nm_raw_mistake(build->raw, option->pos, "%s in %s has no meaning here",
				       option->info->name, nm_raw_where(build->raw, section));
}

/* --- names --- */

static int compare_names(const void *a, const void *b)
{
	const struct nm_name *x = a, *y = b;
	const int order = strcmp(x->name, y->name);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static void collect_names(struct nm_build *build, const struct nm_section_info *info)
{
	struct nm_names *names = &build->names[info - nm_sections];
	struct nm_raw_section *section;
	size_t n = 0, i;

	for (section = build->raw->sections; section; section = section->next)
		n += section->info == info;
	names->items = nm_arena_alloc(build->raw->arena, n, sizeof *names->items);
	if (!names->items) {
		no_memory(build);
		return;
	}
	for (section = build->raw->sections; section; section = section->next) {
		if (section->info != info)
			continue;
		names->items[names->n] =
			(struct nm_name){ section->title ? section->title : "", (int)names->n, section->pos };
		names->n++;
	}
	qsort(names->items, names->n, sizeof *names->items, compare_names);
	for (i = 1; i < names->n; i++) {
		const struct nm_name *item = &names->items[i];
		size_t first = i - 1;

		if (strcmp(item->name, names->items[first].name))
			continue;
		while (first > 0 && !strcmp(item->name, names->items[first - 1].name))
			first--;
		nm_raw_mistake(build->raw, item->pos, "%s%s%s%s is given twice, first on line %d%s%s",
			       info->name, *item->name ? " '" : "", nm_raw_quote(build->raw, item->name),
			       *item->name ? "'" : "", names->items[first].pos.line,
			       names->items[first].pos.file == item->pos.file ? "" : " of ",
			       names->items[first].pos.file == item->pos.file ? ""
									      : names->items[first].pos.file);
	}
}

/* They share the space of what a step rings. */
static const char *const rung_kinds[] = { "destination", "rotation", "line" };

static bool is_rung(const char *kind)
{
	size_t i;

	for (i = 0; i < sizeof rung_kinds / sizeof rung_kinds[0]; i++)
		if (!strcmp(rung_kinds[i], kind))
			return true;
	return false;
}

bool nm_kinds_share_names(const char *a, const char *b)
{
	return !strcmp(a, b) || (is_rung(a) && is_rung(b));
}

static void check_shared_names(struct nm_build *build)
{
	const char *const *kinds = rung_kinds;
	size_t a, b, i;

	for (a = 0; a < sizeof rung_kinds / sizeof rung_kinds[0]; a++) {
		const struct nm_names *names = &build->names[nm_section_find(kinds[a]) - nm_sections];

		for (b = 0; b < a; b++)
			for (i = 0; i < names->n; i++)
				if (nm_names_find(build, kinds[b], names->items[i].name) >= 0)
					nm_raw_mistake(build->raw, names->items[i].pos,
						       "the name '%s' is that of a %s and of a %s: "
						       "where a step names it, it must be one of them only",
						       nm_raw_quote(build->raw, names->items[i].name),
						       kinds[a], kinds[b]);
	}
}

/* --- sections --- */

static void *room(struct nm_build *build, const char *kind, size_t size)
{
	void *items = nm_arena_alloc(build->arena, build->names[nm_section_find(kind) - nm_sections].n, size);

	if (!items)
		no_memory(build);
	return items;
}

static void make_room(struct nm_build *build)
{
	struct nm_plan *plan = build->plan;

	plan->accounts = room(build, "account", sizeof *plan->accounts);
	plan->lines = room(build, "line", sizeof *plan->lines);
	plan->calendars = room(build, "calendar", sizeof *plan->calendars);
	plan->schedules = room(build, "schedule", sizeof *plan->schedules);
	plan->callers = room(build, "callers", sizeof *plan->callers);
	plan->destinations = room(build, "destination", sizeof *plan->destinations);
	plan->rotations = room(build, "rotation", sizeof *plan->rotations);
	plan->paths = room(build, "path", sizeof *plan->paths);
	plan->rules = room(build, "rule", sizeof *plan->rules);
	plan->overrides = room(build, "override", sizeof *plan->overrides);
	plan->guarantees = room(build, "guarantee", sizeof *plan->guarantees);
	plan->tests = room(build, "test", sizeof *plan->tests);
}

/* Kinds in the order in which they need one another. */
static const struct kind {
	const char *name;
	void (*build)(struct nm_build *build, struct nm_raw_section *section);
} kinds[] = {
	{"targets",	     nm_build_targets    },
	{ "account",     nm_build_account    },
	{ "line",	  nm_build_line	},
	{ "calendar",    nm_build_calendar	},
	{ "schedule",    nm_build_schedule	},
	{ "callers",     nm_build_callers    },
	{ "destination", nm_build_destination},
	{ "rotation",    nm_build_rotation	},
	{ "path",	  nm_build_path	},
	{ "rule",	  nm_build_rule	},
	{ "override",    nm_build_override	},
	{ "emergency",   nm_build_emergency  },
	{ "text_back",   nm_build_text_back  },
	{ "follow_up",   nm_build_follow_up  },
	{ "crm",	 nm_build_crm	      },
	{ "value",	   nm_build_value	  },
	{ "guarantee",   nm_build_guarantee  },
	{ "test",	  nm_build_test	},
};

static void build_kind(struct nm_build *build, const struct kind *kind)
{
	struct nm_raw_section *section, *child;

	for (section = build->raw->sections; section && !build->raw->no_memory; section = section->next) {
		if (strcmp(section->info->name, kind->name))
			continue;
		check_required(build, section);
		if (section->title)
			check_title(build, section);
		for (child = section->children; child; child = child->next)
			check_required(build, child);
		kind->build(build, section);
		check_used(build, section);
		for (child = section->children; child; child = child->next)
			check_used(build, child);
	}
}

/* Defaults of the sections that may be left out: an empty one says them all. */
static void build_absent(struct nm_build *build)
{
	static const struct kind kinds_with_defaults[] = {
		{ "targets", nm_build_targets },
		{ "value", nm_build_value },
		{ "follow_up", nm_build_follow_up },
	};

	for (size_t i = 0; i < sizeof(kinds_with_defaults) / sizeof(kinds_with_defaults[0]); i++) {
		struct nm_raw_section section = { .info = nm_section_find(kinds_with_defaults[i].name) };

		kinds_with_defaults[i].build(build, &section);
	}
	build->plan->follow_up.given = false;
	build->plan->value.given = false;
	build->plan->emergency.path = -1;
	build->plan->text_back.account = build->plan->text_back.from = -1;
}

/* --- between sections --- */

static void check_lines(struct nm_build *build)
{
	const struct nm_plan *plan = build->plan;
	size_t i, j;

	if (!plan->n_lines && !build->raw->partial)
		nm_raw_mistake(build->raw, build->raw->top.pos,
			       "the plan has no line: write line NAME { number = \"...\" account = "
			       "... }");
	for (i = 0; i < plan->n_lines; i++) {
		const struct nm_line *line = &plan->lines[i];
		const struct nm_destination *handset =
			line->handset >= 0 ? &plan->destinations[line->handset] : NULL;

		for (j = 0; j < i && line->number; j++)
			if (plan->lines[j].number == line->number)
				nm_raw_mistake(build->raw, line->pos,
					       "line '%s' has the number of line '%s': write its own, or "
					       "take one of them out",
					       line->name, plan->lines[j].name);
		if (line->text_in_flow && !plan->text_back.given && !build->raw->partial)
			nm_raw_mistake(build->raw, line->pos,
				       "text_in_flow of line '%s': write a section text_back, whose text it is",
				       line->name);
		if (handset && !build->raw->partial && handset->line != (int)i &&
		    handset->number != line->number)
			nm_raw_mistake(
				build->raw, line->pos,
				"handset of line '%s': write line = %s in destination '%s', whose phone "
				"it is",
				line->name, line->name, handset->name);
	}
}

static void check_people(struct nm_build *build)
{
	const struct nm_plan *plan = build->plan;
	size_t i, j;

	for (i = 0; i < plan->n_rotations; i++)
		for (j = 0; j < plan->rotations[i].n; j++)
			if (plan->destinations[plan->rotations[i].members[j]].kind == NM_VOICEMAIL)
				nm_raw_mistake(build->raw, plan->rotations[i].pos,
					       "rotation '%s': a voicemail ('%s') takes no turns",
					       plan->rotations[i].name,
					       plan->destinations[plan->rotations[i].members[j]].name);
}

/* Who can be sent a text: neither a voicemail nor a SIP address. */
static void check_alerted(struct nm_build *build, const char *name, int id)
{
	const struct nm_plan *plan = build->plan;
	const struct nm_destination *who = &plan->destinations[id];

	if (who->kind == NM_VOICEMAIL || who->address)
		nm_raw_mistake(build->raw, plan->emergency.pos,
			       "%s in emergency: '%s' has no number that takes texts", name, who->name);
}

static void check_alerts(struct nm_build *build, const char *name, const struct nm_targets *alert)
{
	size_t i, j;

	for (i = 0; i < alert->n; i++) {
		const struct nm_target target = alert->items[i];
		const struct nm_rotation *rotation;

		if (target.kind == NM_TARGET_DESTINATION) {
			check_alerted(build, name, target.id);
			continue;
		}
		rotation = &build->plan->rotations[target.id];
		for (j = 0; j < rotation->n; j++)
			check_alerted(build, name, rotation->members[j]);
	}
}

void nm_plan_build(struct nm_raw *raw, struct nm_plan *plan)
{
	struct nm_build build = { .raw = raw, .plan = plan, .arena = plan->arena };
	size_t i;

	check_required(&build, &raw->top);
	build_top(&build);
	for (i = 0; i < nm_sections_count; i++)
		collect_names(&build, &nm_sections[i]);
	if (!raw->no_memory)
		make_room(&build);
	if (raw->no_memory)
		return;
	check_used(&build, &raw->top);
	check_shared_names(&build);
	build_absent(&build);
	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		build_kind(&build, &kinds[i]);
	if (raw->no_memory)
		return;
	check_lines(&build);
	check_people(&build);
	check_alerts(&build, "alert", &plan->emergency.alert);
	check_alerts(&build, "then_alert", &plan->emergency.then_alert);
}
