/* SPDX-License-Identifier: MIT */
/*
 * The title bar, whatever stands in it and however wide it is: no two statements run together, none is broken off, what
 * is most urgent is said, and words get shorter before the name does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"
#include "title.h"

#define LEAST 40
#define MOST 200
#define KNOWN 10 /* columns of a name */
#define PIECES 8

static const struct stage_options now_80x24 = {.screen = "now", .width = 80, .height = 24};

/* One way in which a part of the bar may be, and all that may be said of it, from the longest to the shortest. */
struct way {
	const char *words[6];
	bool urgent; /* in every width */
	bool stale, gone, unread, read_only, dirty, drift, saved;
	size_t people, edits, lines, same, assumed, unknown;
	const char *person;
	int nameless; /* of the words, the first that say nothing of who it is */
};

static const char *const names[] = {"Bo", "Smith Plumbing", "Lakeside Heating, Cooling and Daughters of Springfield"};

static const struct way states[] = {
	{.words = {"plan saved"}},
	{.words = {"read-only"}, .urgent = true, .read_only = true},
	{.words = {"1 edit, not saved", "1 not saved"}, .urgent = true, .dirty = true},
	{.words = {"the file changed on disk", "changed on disk"}, .urgent = true, .stale = true},
	{.words = {"the file is gone", "file gone"}, .urgent = true, .stale = true, .gone = true},
	{.words = {"as last read, the file does not read", "the file does not read", "does not read"}, .urgent = true, .unread = true},
};

/* pat goes by our own name, so that only the terminal says which. */
static const struct way peoples[] = {
	{.words = {NULL}},
	{.words = {"also open: ana", "also ana", "+ana", "+1"}, .person = "ana over ssh", .people = 1, .nameless = 3},
	{.words = {"also open: ana, 3 edits not saved", "ana, 3 not saved", "+1, 3 unsaved", "+1"},
	 .person = "ana over ssh", .people = 1, .edits = 3, .nameless = 2},
	{.words = {"also open: pat on pts/3", "also pat on pts/3", "+pat on pts/3", "+1"},
	 .person = "pat", .people = 1, .nameless = 3},
	{.words = {"also open: pat on pts/3, 1 edit not saved", "pat on pts/3, 1 not saved", "+1, 1 unsaved", "+1"},
	 .person = "pat", .people = 1, .edits = 1, .nameless = 2},
	{.words = {"also open: 3 others, 36 edits not saved", "3 others, 36 not saved", "+3, 36 unsaved", "+3"},
	 .person = "ana over ssh", .people = 3, .edits = 12, .nameless = 2},
};

static const struct way overrides[] = {
	{.words = {NULL}},
	{.words = {"override snow to Sun 22 Nov 20:00", "override to Sun 22 Nov 20:00", "override to Sun 20:00", "override"}},
};

static const struct way syncs[] = {
	{.words = {NULL}},
	{.words = {"in sync"}, .lines = 2, .same = 2},
	{.words = {"not pushed"}, .lines = 2},
	{.words = {"1 of 2 assumed"}, .lines = 2, .assumed = 1},
	{.words = {"1 line drifts", "1 drifts"}, .lines = 2, .same = 1, .drift = true},
	{.words = {"in sync as saved"}, .lines = 2, .same = 2, .saved = true},
	{.words = {"1 line drifts as saved", "1 drifts as saved"}, .lines = 2, .same = 1, .drift = true, .saved = true},
	{.words = {"1 of 2 unknown", "1 unknown"}, .lines = 2, .same = 1, .unknown = 1},
};

#define N(list) (sizeof(list) / sizeof *(list))

/* --- a bar is put up --- */

struct scene {
	const char *name;
	const struct way *state, *people, *override, *sync;
};

static void set_people(struct app *app, const struct way *way)
{
	app->others.n = way->people;
	for (size_t i = 0; i < way->people; i++) {
		app->others.list[i] = (struct presence_other){.terminal = "pts/3"};
		snprintf(app->others.list[i].who, PRESENCE_WHO, "%s", way->person);
		app->others.list[i].edits = way->edits;
	}
}

static void set_lines(struct app *app, struct nm_line_fact facts[static 2], const struct way *way)
{
	facts[0] = facts[1] = (struct nm_line_fact){0};
	for (size_t i = 0; i < way->same; i++)
		facts[i] = (struct nm_line_fact){.pushed = true, .known = true, .in_sync = true};
	if (way->assumed)
		facts[1] = (struct nm_line_fact){.pushed = true, .in_sync = true};
	if (way->drift || way->unknown)
		facts[1] = (struct nm_line_fact){.pushed = true, .known = way->drift};
	for (size_t i = 0; i < way->lines; i++)
		facts[i].saved = way->saved;
	app->facts = facts;
	app->n_facts = way->lines;
	app->facts_known = way->lines > 0;
}

static void set_scene(struct stage *stage, struct nm_line_fact facts[static 2], const struct scene *scene)
{
	struct session *session = &stage->session;

	session->plan->business = scene->name;
	session->plan->n_overrides = scene->override->words[0] != NULL;
	session->stale = scene->state->stale;
	session->gone = scene->state->gone;
	session->unread = scene->state->unread;
	session->options.read_only = scene->state->read_only;
	set_people(&stage->app, scene->people);
	set_lines(&stage->app, facts, scene->sync);
}

/* The bar as text; the caller frees it. */
static char *draw(struct stage *stage, int width)
{
	struct canvas canvas;
	struct nm_buf out;

	assert_true(canvas_init(&canvas, width, 1, false));
	title_draw(&stage->app, &canvas);
	nm_buf_init(&out, 4096);
	canvas_print(&canvas, false, THEME_DEFAULT, &out);
	canvas_clear(&canvas);
	return nm_buf_take(&out);
}

/* --- and read --- */

/* Cuts the text at each `gap`, which is taken out, blanks behind it too; returns how many pieces there are. */
static size_t cut(char *text, const char *gap, char *pieces[static PIECES])
{
	size_t n = 0;

	for (char *at = text; at && n < PIECES; n++) {
		pieces[n] = at;
		at = strstr(at, gap);
		if (at) {
			*at = '\0';
			at += strlen(gap);
			at += strspn(at, " ");
		}
	}
	return n;
}

/* Which of its forms a part is said in; -1: none. */
static int form_of(const struct way *way, const char *words)
{
	for (int i = 0; i < (int)N(way->words) && way->words[i]; i++) {
		if (!strcmp(way->words[i], words))
			return i;
	}
	return -1;
}

static bool is_clock(const char *words, int width)
{
	return !strcmp(words, "Sun 05:11") || (width >= 56 && !strcmp(words, "Sun 22 Nov 05:11 CST"));
}

/* The name, or its beginning and a mark. */
static bool is_name(const char *name, const char *words)
{
	const size_t len = strlen(words), mark = strlen("…");

	if (!strcmp(name, words))
		return true;
	return len > mark && !strcmp(words + len - mark, "…") && !strncmp(name, words, len - mark);
}

/* What the bar says. */
struct read {
	const char *wrong; /* NULL: nothing is */
	const char *name;
	int state, people, override, sync; /* the forms; -1: not said */
	bool date;
};

static struct read read_bar(const struct scene *scene, char *text, int width)
{
	struct read read = {.state = -1, .people = -1, .override = -1, .sync = -1};
	char *sides[PIECES], *parts[PIECES];
	size_t n, n_parts, at = 1;

	text[strcspn(text, "\n")] = '\0';
	if (text[0] != ' ' || text[1] == ' ' || text_width(text) != width - 1)
		read.wrong = "the margins are not blank, or wider than one column";
	n = cut(text + 1, "  ", sides);
	if (n < 2 || n > 3 || !is_clock(sides[n - 1], width)) {
		read.wrong = "the clock is not parted from what stands before it";
		return read;
	}
	read.date = strlen(sides[n - 1]) > strlen("Sun 05:11");
	read.sync = n == 3 ? form_of(scene->sync, sides[1]) : -1;
	if (n == 3 && read.sync < 0)
		read.wrong = "the lines are not parted from the left";
	n_parts = cut(sides[0], " · ", parts);
	read.name = parts[0];
	if (!is_name(scene->name, parts[0]))
		read.wrong = "the name is not the business's";
	if (at < n_parts && (read.state = form_of(scene->state, parts[at])) >= 0)
		at++;
	if (at < n_parts && (read.people = form_of(scene->people, parts[at])) >= 0)
		at++;
	if (at < n_parts && (read.override = form_of(scene->override, parts[at])) >= 0)
		at++;
	if (at != n_parts)
		read.wrong = "something is said that is none of the statements";
	return read;
}

static bool shortest(const struct way *way, int form)
{
	return form < 0 || form + 1 == (int)N(way->words) || !way->words[form + 1];
}

/* The most urgent one: the plan's state, else the override, else lines that drift. */
static bool urgent_is_said(const struct scene *scene, const struct read *read)
{
	if (scene->state->urgent)
		return read->state >= 0;
	if (scene->override->words[0])
		return read->override >= 0;
	return !scene->sync->drift || read->sync >= 0;
}

/* Does the date have the room in which it could be said who else is there? */
static bool date_before_people(const struct way *way, const struct read *read)
{
	static const int date = sizeof "Sun 22 Nov 05:11 CST" - sizeof "Sun 05:11";

	return read->date && way->nameless && read->people >= way->nameless &&
	       text_width(way->words[way->nameless - 1]) - text_width(way->words[read->people]) <= date;
}

static const char *judge(const struct scene *scene, const struct read *read)
{
	const bool cut_off = strcmp(read->name, scene->name) != 0;

	if (read->wrong)
		return read->wrong;
	if (!urgent_is_said(scene, read))
		return "what is most urgent is not said";
	if (text_width(read->name) < 4 && cut_off)
		return "nothing is left of the name";
	if (date_before_people(scene->people, read))
		return "the date is said in the place of who else is there";
	if (cut_off && (read->state == 0 && !shortest(scene->state, 0)))
		return "the name is cut before the plan's words are shortened";
	if (cut_off && (read->people == 0 || read->override == 0 || read->override == 1))
		return "the name is cut before others' words or the override's are shortened";
	if (cut_off && text_width(read->name) < KNOWN &&
	    (read->date || !shortest(scene->state, read->state) || !shortest(scene->override, read->override) ||
	     !shortest(scene->sync, read->sync)))
		return "the name is not known while words could be shorter";
	return NULL;
}

static void check_scene(struct stage *stage, const struct scene *scene)
{
	struct nm_line_fact facts[2];

	set_scene(stage, facts, scene);
	for (int width = LEAST; width <= MOST; width++) {
		char *text = draw(stage, width), *shown = strdup(text);
		const struct read read = read_bar(scene, text, width);
		const char *wrong = judge(scene, &read);

		if (wrong)
			fail_msg("%d columns: %s\n%s", width, wrong, shown);
		free(shown);
		free(text);
	}
	set_lines(&stage->app, facts, &syncs[0]);
	stage->app.facts = NULL;
}

/* Every combination of the others, for these states and names. */
static void check_all(struct stage *stage, const struct way *state)
{
	const size_t all = N(names) * N(peoples) * N(overrides) * N(syncs);

	for (size_t i = 0; i < all; i++) {
		size_t rest = i;
		struct scene scene = {.state = state};

		scene.name = names[rest % N(names)], rest /= N(names);
		scene.people = &peoples[rest % N(peoples)], rest /= N(peoples);
		scene.override = &overrides[rest % N(overrides)], rest /= N(overrides);
		scene.sync = &syncs[rest];
		check_scene(stage, &scene);
	}
}

static void no_statement_runs_into_another(void **state)
{
	const struct nm_edit country = {.op = NM_EDIT_SET, .place = {"", NULL, -1}, .option = "country", .value = "\"CA\""};
	struct nm_override snow = {.rule = {.name = "snow"}, .from = STAGE_NOW - 60};
	struct nm_override *own;
	struct stage stage;

	(void)state;
	snow.until = STAGE_NOW + 14 * 3600 + 49 * 60;
	for (size_t i = 0; i < N(states); i++) {
		stage_open(&stage, &now_80x24);
		if (states[i].dirty)
			assert_true(app_edit(&stage.app, &country, 1, "country"));
		nm_arena_free(stage.app.facts_arena);
		stage.app.facts_arena = NULL;
		own = stage.session.plan->overrides;
		stage.session.plan->overrides = &snow;
		check_all(&stage, &states[i]);
		stage.session.plan->overrides = own;
		stage.session.plan->n_overrides = 0;
		stage_close(&stage);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_statement_runs_into_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
