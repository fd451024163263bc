/* SPDX-License-Identifier: MIT */
/*
 * A new section: its kind, its name, and the fewest questions that make one that reads.  In: answers.  Out:
 * one edit, when the last question is answered; until then each answer is tried, so that a wrong one is told
 * at once and in the reader's words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_screen.h"

/* What is asked for, beside a name: what must be given, and without which the section says nothing. */
static const struct {
	const char *section, *options; /* separated by '|' */
} questions[] = {
	{"line", "number|account"},
	{"destination", "kind|number"},
	{"rotation", "members|from|every"},
	{"path", "ring"},
	{"step", "ring|for"},
	{"schedule", "hours"},
	{"calendar", "file"}, /* or what its way asks for: plan_calendar.c */
	{"callers", "numbers"},
	{"rule", "path"},
	{"override", "from|until|path"},
	{"emergency", "lines|path"},
	{"text_back", "missed"},
	{"follow_up", "within"},
	{"guarantee", "live"},
	{"test", "at|expect"},
	{"account", "driver"},
	{"targets", "patience"},
	{"value", "job"},
	{"crm", "url"},
};

#define QUESTIONS (sizeof questions / sizeof *questions)
#define ONE_LINE  80 /* a section that is not longer stands on one */

void draft_clear(struct draft *draft)
{
	for (size_t i = 0; i < DRAFT_QUESTIONS; i++)
		free(draft->values[i]);
	*draft = (struct draft){0};
}

static bool of_step(const struct draft *draft)
{
	return !strcmp(draft->section, "step");
}

static bool is_calendar(const struct draft *draft)
{
	return !strcmp(draft->section, "calendar");
}

/* The text of the section so far, an option a line. */
static void compose(const struct draft *draft, bool lines, struct nm_buf *out)
{
	const char *gap = lines ? "\n  " : " ";
	const bool path = !strcmp(draft->section, "path");
	size_t given = 0;

	nm_buf_add(out, draft->section);
	if (draft->name[0]) {
		nm_buf_add(out, " ");
		if (title_write(draft->name, out, NULL))
			out->failed = true;
	}
	nm_buf_add(out, " {");
	for (size_t i = 0; i < draft->n; i++) {
		if (!draft->values[i])
			continue;
		nm_buf_addf(out, path ? "%s%sstep { %s = %s }" : "%s%s%s = %s", given && !lines ? " " : "", gap,
			    draft->asked[i]->name, draft->values[i]);
		given++;
	}
	nm_buf_add(out, lines ? "\n}" : " }");
}

static struct nm_edit edit_of(const struct draft *draft, const char *text)
{
	struct nm_edit edit = {.op = NM_EDIT_ADD, .place = {draft->section, NULL, -1}, .value = text};

	if (draft->behind.section)
		edit.place = place_held(&draft->behind);
	else if (draft->first)
		edit.op = NM_EDIT_ADD_FIRST;
	return edit;
}

/* --- trying an answer --- */

/* Where the newest answer stands, once it is in the text. */
static struct nm_place answered_place(const struct draft *draft)
{
	struct nm_place place = {draft->section, draft->name[0] ? draft->name : NULL, -1};

	if (of_step(draft)) {
		place = place_held(&draft->behind);
		place.step++; /* it comes behind that one */
	} else if (!strcmp(draft->section, "path")) {
		place.step = 0;
	}
	return place;
}

/* What is wrong with the newest answer, as far as that can be said before the others, with the last one with all;
 * false: nothing. */
static bool wrong(const struct draft *draft, struct app *app, const struct nm_option_info *info)
{
	const struct nm_place place = answered_place(draft);
	struct nm_buf section;
	struct nm_edit edit;
	bool found = true;

	nm_buf_init(&section, NM_PLAN_BYTES);
	compose(draft, true, &section);
	edit = edit_of(draft, section.data);
	if (section.failed)
		app_message(app, STYLE_ERROR, "the section is too long");
	else
		found = (draft->at + 1 < draft->n ? plan_value_wrong : plan_edits_wrong)(app, &edit, 1, &place, info);
	nm_buf_clear(&section);
	return found;
}

/* --- questions --- */

/* Behind where it was added, and one up if it is to stand before that. */
static bool apply(const struct draft *draft, struct app *app, const char *text, const char *what)
{
	struct nm_edit edits[2] = {edit_of(draft, text), {.op = NM_EDIT_MOVE, .by = -1}};

	edits[1].place = edits[0].place;
	edits[1].place.step++;
	return app_edit(app, edits, draft->up ? 2 : 1, what);
}

static void finish(struct plan_screen *screen, struct app *app)
{
	struct draft *draft = &screen->draft;
	char what[PLACE_TEXT];
	struct nm_buf section;

	nm_buf_init(&section, NM_PLAN_BYTES);
	compose(draft, false, &section);
	if (section.len > ONE_LINE) {
		nm_buf_clear(&section);
		compose(draft, true, &section);
	}
	snprintf(what, sizeof what, "new %s%s%s", draft->section, draft->name[0] ? " " : "", draft->name);
	if (apply(draft, app, section.data, what)) {
		if (!of_step(draft))
			plan_screen_go(screen, draft->section, draft->name[0] ? draft->name : NULL);
		snprintf(screen->fetched, sizeof screen->fetched, "%s", draft->name);
		if (is_calendar(draft))
			calendar_offer_fetch(app, screen->fetched);
		draft_clear(draft);
	} else {
		draft->at = draft->n - 1;
		ask_again(app, TAG_ADD_VALUE, &screen->ask);
	}
	nm_buf_clear(&section);
}

/* Is this, as the plan writes it, the name of a voicemail? */
static bool names_voicemail(const struct nm_plan *plan, const char *written)
{
	bool found = false;

	for (size_t i = 0; i < plan->n_destinations && !found; i++) {
		const char *const name = plan->destinations[i].name;
		struct nm_buf value;

		nm_buf_init(&value, NM_PLAN_BYTES);
		nm_edit_value(nm_option_find("step", "ring"), &name, 1, &value);
		found = plan->destinations[i].kind == NM_VOICEMAIL && !strcmp(value.data, written);
		nm_buf_clear(&value);
	}
	return found;
}

/* A voicemail is not rung: it has no number, and no time. */
static bool skipped(const struct draft *draft, const struct nm_plan *plan)
{
	if (of_step(draft))
		return draft->at == 1 && draft->values[0] && names_voicemail(plan, draft->values[0]);
	return !strcmp(draft->section, "destination") && draft->at == 1 && draft->values[0] &&
	       !strcmp(draft->values[0], "voicemail");
}

/* A time begins as now, one behind another a day after it. */
static void offer_time(const struct draft *draft, const struct app *app, char out[static NM_TIME_TEXT])
{
	const struct nm_zone *zone = app_plan(app)->zone;
	const char *before = draft->at > 0 ? draft->values[draft->at - 1] : NULL;
	nm_time t = app_now(app) / 60 * 60, from;
	char text[NM_TIME_TEXT];

	if (before && *before == '"') {
		snprintf(text, sizeof text, "%.*s", (int)strcspn(before + 1, "\""), before + 1);
		if (nm_time_read(text, zone, app_now(app), &from, NULL) == NM_OK)
			t = nm_zone_utc(zone, nm_zone_local(zone, from) + NM_DAY, NULL);
	}
	nm_time_argument(zone, t, out);
}

/* A time has one offered, how long a step rings what it would be, a calendar what its way brings. */
static void ask_next(struct plan_screen *screen, struct app *app)
{
	struct draft *draft = &screen->draft;
	char offered[NM_TIME_TEXT];
	const char *initial = NULL;
	const struct nm_option_info *info;

	if (draft->at < draft->n && skipped(draft, app_plan(app)))
		draft->at++;
	if (draft->at == draft->n) {
		finish(screen, app);
		return;
	}
	info = draft->asked[draft->at];
	offer_time(draft, app, offered);
	if (info->type == NM_TYPE_LOCAL_TIME)
		initial = offered;
	else if (of_step(draft))
		initial = info->fallback;
	else if (draft->at == 0)
		initial = draft->offered;
	ask_value(app, TAG_ADD_VALUE, &screen->ask, info, false, &initial, initial != NULL);
}

static void ask_name(struct app *app, const struct draft *draft, const char *typed)
{
	char question[64];

	snprintf(question, sizeof question, "name of the new %s:", draft->section);
	app_ask(app, TAG_ADD_NAME, question, "", typed);
}

/* Is it in the outline already, in which no single section is folded away? */
static bool outlined(const struct plan_screen *screen, const char *single)
{
	for (size_t i = 0; i < screen->n; i++) {
		if (!strcmp(screen->rows[i].kind->section, single))
			return true;
	}
	return false;
}

/* Kinds that may still come; a step only where there is a path. */
static size_t kinds_offered(const struct plan_screen *screen, const char **out)
{
	size_t n = 0;

	for (size_t i = 0; i < QUESTIONS; i++) {
		const struct nm_section_info *info = nm_section_find(questions[i].section);
		const bool step = !strcmp(questions[i].section, "step");

		if (step && !(screen->form.section && !strcmp(screen->form.section->kind, "path")))
			continue;
		if (info->single && outlined(screen, questions[i].section))
			continue;
		out[n++] = questions[i].section;
	}
	return n;
}

void add_ask(struct plan_screen *screen, struct app *app)
{
	const struct plan_row *row = plan_row_chosen(screen);
	const struct field *field = plan_field_chosen(screen);
	const char *kinds[QUESTIONS], *here = row ? row->kind->section : "";
	size_t n, first = 0;

	if (!app_may_change(app))
		return;
	if (field && field->step >= 0)
		here = "step";
	n = kinds_offered(screen, kinds);
	for (size_t i = 0; i < n; i++)
		first = !strcmp(kinds[i], here) ? i : first;
	app_choose(app, TAG_ADD_KIND, "add a new", kinds, n, first);
}

static int last_step(const struct form *form)
{
	int last = -1;

	for (size_t i = 0; i < form->n; i++)
		last = form->fields[i].step > last ? form->fields[i].step : last;
	return last;
}

static bool rings_voicemail(const struct nm_plan *plan, const struct nm_step *step)
{
	for (size_t i = 0; i < step->ring.n; i++) {
		const struct nm_target target = step->ring.items[i];

		if (target.kind == NM_TARGET_DESTINATION && plan->destinations[target.id].kind == NM_VOICEMAIL)
			return true;
	}
	return false;
}

/* The first step of the path that ends every call, behind which nothing rings; -1. */
static int ending_step(const struct nm_plan *plan, const char *title)
{
	const int path = title ? nm_plan_find_path(plan, title) : -1;

	for (size_t i = 0; path >= 0 && i < plan->paths[path].n; i++)
		if (rings_voicemail(plan, &plan->paths[path].steps[i]))
			return (int)i;
	return -1;
}

/* Behind the step under the cursor, or last, but before a voicemail. */
static void choose_step_place(struct plan_screen *screen, const struct nm_plan *plan)
{
	const struct field *field = plan_field_chosen(screen);
	struct nm_place place = place_of(screen->form.section);
	const int ending = ending_step(plan, place.title), last = last_step(&screen->form);

	place.step = field && field->step >= 0 ? field->step : last;
	screen->draft.up = ending >= 0 && place.step >= ending && ending <= last;
	if (screen->draft.up)
		place.step = ending;
	place_hold(&screen->draft.behind, &place);
}

/* What the plan's files have of it: the cursor need not be on a section. */
static bool stands_written(const struct app *app, const struct nm_place *place)
{
	const struct nm_written *written;

	return session_written(app->session, &written, NULL) == NM_OK && nm_written_find(written, place);
}

static bool takes_all(const struct nm_rule *rule)
{
	return !rule->lines.given && !rule->callers.given && !rule->during.given && !rule->outside.given;
}

/* A rule behind one that takes all calls would decide nothing: it comes before that, and behind the one under the
 * cursor if that is there already.  One of a file that is not edited here cannot be stood behind. */
static void choose_rule_place(struct plan_screen *screen, const struct app *app, const char *chosen)
{
	const struct nm_plan *plan = app_plan(app);
	struct nm_place place = {"rule", NULL, -1};
	bool passed = false;
	size_t n;

	for (n = 0; n < plan->n_rules && !passed && !takes_all(&plan->rules[n]); n++)
		passed = chosen && !strcmp(plan->rules[n].name, chosen);
	if (n == plan->n_rules && !passed)
		return;
	if (n == 0) {
		screen->draft.first = plan->n_rules > 0;
		return;
	}
	place.title = plan->rules[n - 1].name;
	if (stands_written(app, &place))
		place_hold(&screen->draft.behind, &place);
}

/* A section comes behind the one of its kind under the cursor. */
static void choose_place(struct plan_screen *screen, const struct app *app)
{
	const struct plan_row *row = plan_row_chosen(screen);
	struct draft *draft = &screen->draft;
	struct nm_place place = {draft->section, NULL, -1};

	if (of_step(draft)) {
		choose_step_place(screen, app_plan(app));
	} else if (!strcmp(draft->section, "rule")) {
		choose_rule_place(screen, app,
				  row && row->name && !strcmp(row->kind->section, "rule") ? row->name : NULL);
	} else if (row && row->name && screen->form.section && !strcmp(row->kind->section, draft->section)) {
		place.title = row->name;
		place_hold(&draft->behind, &place);
	}
}

/* What is asked for: these options, separated by '|'. */
static void set_questions(struct draft *draft, const char *options)
{
	const char *section = !strcmp(draft->section, "path") ? "step" : draft->section;
	size_t len;

	draft->n = 0;
	for (const char *at = options; at; at = at[len] ? at + len + 1 : NULL) {
		char option[64];

		len = strcspn(at, "|");
		snprintf(option, sizeof option, "%.*s", (int)len, at);
		draft->asked[draft->n++] = nm_option_find(section, option);
	}
}

void add_begin(struct plan_screen *screen, struct app *app, const char *section)
{
	struct draft *draft = &screen->draft;
	const struct nm_section_info *info = nm_section_find(section);

	draft_clear(draft);
	for (size_t i = 0; i < QUESTIONS; i++) {
		if (strcmp(questions[i].section, section) != 0)
			continue;
		draft->section = questions[i].section;
		set_questions(draft, questions[i].options);
	}
	if (!draft->section)
		return;
	choose_place(screen, app);
	if (info->titled)
		ask_name(app, draft, "");
	else
		ask_next(screen, app);
}

/* The kind of the section that has this name, where one of `kind` may not have it too; NULL. */
static const char *named_already(const struct app *app, const char *kind, const char *name)
{
	for (size_t i = 0; i < nm_sections_count; i++) {
		const struct nm_place place = {nm_sections[i].name, name, -1};

		if (nm_sections[i].titled && nm_kinds_share_names(kind, nm_sections[i].name) &&
		    stands_written(app, &place))
			return nm_sections[i].name;
	}
	return NULL;
}

bool plan_name_refused(struct app *app, const char *kind, const char *name)
{
	const char *problem = nm_section_name_problem(kind, name), *other = named_already(app, kind, name);

	if (problem)
		app_message(app, STYLE_ERROR, "this name %s", problem);
	else if (other && !strcmp(other, kind))
		app_message(app, STYLE_ERROR, "there is a %s '%s' already", kind, name);
	else if (other)
		app_message(app, STYLE_ERROR,
			    "there is a %s '%s' already, and a step could mean either", other, name);
	return problem || other;
}

static void take_name(struct plan_screen *screen, struct app *app, const char *name)
{
	if (plan_name_refused(app, screen->draft.section, name)) {
		ask_name(app, &screen->draft, name);
		return;
	}
	snprintf(screen->draft.name, sizeof screen->draft.name, "%s", name);
	if (is_calendar(&screen->draft))
		calendar_ask_way(app, name);
	else
		ask_next(screen, app);
}

static void take_way(struct plan_screen *screen, struct app *app, size_t way)
{
	struct draft *draft = &screen->draft;

	set_questions(draft, calendar_way_options(way));
	if (calendar_way_offer(app, way, &draft->offered))
		ask_next(screen, app);
	else
		draft_clear(draft);
}

static void take_value(struct plan_screen *screen, struct app *app, const struct event *event)
{
	struct draft *draft = &screen->draft;
	struct nm_buf value;

	nm_buf_init(&value, NM_PLAN_BYTES);
	if (ask_take(app, TAG_ADD_VALUE, &screen->ask, event, &value) == ASK_VALUE) {
		free(draft->values[draft->at]);
		draft->values[draft->at] = nm_buf_take(&value);
		if (draft->values[draft->at] && wrong(draft, app, draft->asked[draft->at])) {
			ask_again(app, TAG_ADD_VALUE, &screen->ask);
		} else {
			draft->at++;
			ask_next(screen, app);
		}
	}
	nm_buf_clear(&value);
}

void add_hear(struct plan_screen *screen, struct app *app, const char *typed)
{
	struct draft *draft = &screen->draft;
	char *const answered = draft->values[draft->at];
	bool bad = false;
	struct nm_buf value;

	nm_buf_init(&value, NM_PLAN_BYTES);
	if (ask_read(&screen->ask, typed, &value) == ASK_VALUE) {
		draft->values[draft->at] = value.data;
		bad = wrong(draft, app, draft->asked[draft->at]);
		draft->values[draft->at] = answered;
	}
	if (!bad)
		ask_help(app, &screen->ask);
	nm_buf_clear(&value);
}

void add_answer(struct plan_screen *screen, struct app *app, const struct event *event)
{
	if (event->tag == TAG_ADD_FETCH) {
		if (event->text)
			calendar_fetch(app, screen->fetched);
		else
			app_message(app, STYLE_PLAIN, "it is empty until it is fetched: `:calendar refresh` does that");
	} else if (!event->text) {
		draft_clear(&screen->draft);
		app_message(app, STYLE_PLAIN, "nothing was added");
	} else if (event->tag == TAG_ADD_KIND) {
		add_begin(screen, app, event->text);
	} else if (event->tag == TAG_ADD_NAME) {
		take_name(screen, app, event->text);
	} else if (event->tag == TAG_ADD_WAY) {
		take_way(screen, app, event->index);
	} else {
		take_value(screen, app, event);
	}
}
