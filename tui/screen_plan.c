/* SPDX-License-Identifier: MIT */
/*
 * Plan: the sections of the file as an outline, the text of one beside it, and what check found there.
 * In: the plan's sections with their places, the document's text.  Out: an outline, read-only; editing is
 * the editor's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "list.h"
#include "prompt.h"

enum { TAG_SEARCH };

enum kind {
	KIND_LINES,
	KIND_DESTINATIONS,
	KIND_ROTATIONS,
	KIND_PATHS,
	KIND_SCHEDULES,
	KIND_CALENDARS,
	KIND_CALLERS,
	KIND_RULES,
	KIND_OVERRIDES,
	KIND_EMERGENCY,
	KIND_TEXT_BACK,
	KIND_FOLLOW_UP,
	KIND_GUARANTEES,
	KIND_TESTS,
	KIND_ACCOUNTS,
	KINDS
};

static const char *const kind_titles[KINDS] = {
	"lines",     "destinations", "rotations", "paths",     "schedules",  "calendars", "callers",  "rules",
	"overrides", "emergency",    "text back", "follow up", "guarantees", "tests",	  "accounts",
};

/* A row of the outline: a kind of section, or one section of it (name not NULL). */
struct row {
	enum kind kind;
	const char *name; /* of the plan; NULL: the kind itself */
	size_t count;	  /* of the kind */
	struct nm_pos pos;
};

struct plan_screen {
	struct list list;
	bool folded[KINDS];
	unsigned generation;
	bool derived;
	struct row *rows; /* owned; names borrowed from the plan */
	size_t n, capacity;
	enum kind at_kind; /* what the cursor is on, to find it again */
	char at_name[128];
};

static void *open_plan(struct app *app, const void *argument, struct nm_error *err)
{
	struct plan_screen *screen = calloc(1, sizeof *screen);

	(void)app;
	(void)argument;
	if (!screen)
		nm_fail_memory(err);
	return screen;
}

static void close_plan(void *state)
{
	struct plan_screen *screen = state;

	free(screen->rows);
	free(screen);
}

/* --- the outline --- */

static void add_row(struct plan_screen *screen, struct row row)
{
	void *rows = screen->rows;

	if (!nm_grow(&rows, &screen->capacity, screen->n + 1, sizeof *screen->rows))
		return;
	screen->rows = rows;
	screen->rows[screen->n++] = row;
}

/* The sections of one kind: base and size of the plan's array, and where name and place are in an element. */
static void add_kind(struct plan_screen *screen, enum kind kind, const void *base, size_t n, size_t size,
		     size_t name, size_t pos)
{
	const char *at = base;

	if (n == 0)
		return;
	add_row(screen, (struct row){.kind = kind, .count = n});
	for (size_t i = 0; i < n && !screen->folded[kind]; i++, at += size) {
		struct row row = {.kind = kind};

		memcpy(&row.name, at + name, sizeof row.name);
		memcpy(&row.pos, at + pos, sizeof row.pos);
		add_row(screen, row);
	}
}

#define ADD_KIND(kind, array, type)                                                                          \
	add_kind(screen, kind, plan->array, plan->n_##array, sizeof(struct type),                            \
		 offsetof(struct type, name), offsetof(struct type, pos))

static void add_single(struct plan_screen *screen, enum kind kind, bool given, struct nm_pos pos)
{
	if (given)
		add_row(screen, (struct row){.kind = kind, .name = "", .pos = pos});
}

static void build_rows(struct plan_screen *screen, const struct nm_plan *plan)
{
	screen->n = 0;
	ADD_KIND(KIND_LINES, lines, nm_line);
	ADD_KIND(KIND_DESTINATIONS, destinations, nm_destination);
	ADD_KIND(KIND_ROTATIONS, rotations, nm_rotation);
	ADD_KIND(KIND_PATHS, paths, nm_path);
	ADD_KIND(KIND_SCHEDULES, schedules, nm_schedule);
	ADD_KIND(KIND_CALENDARS, calendars, nm_calendar);
	ADD_KIND(KIND_CALLERS, callers, nm_callers);
	ADD_KIND(KIND_RULES, rules, nm_rule);
	add_kind(screen, KIND_OVERRIDES, plan->overrides, plan->n_overrides, sizeof(struct nm_override),
		 offsetof(struct nm_override, rule.name), offsetof(struct nm_override, rule.pos));
	add_single(screen, KIND_EMERGENCY, plan->emergency.given, plan->emergency.pos);
	add_single(screen, KIND_TEXT_BACK, plan->text_back.given, plan->text_back.pos);
	add_single(screen, KIND_FOLLOW_UP, plan->follow_up.given, plan->follow_up.pos);
	ADD_KIND(KIND_GUARANTEES, guarantees, nm_guarantee);
	ADD_KIND(KIND_TESTS, tests, nm_test);
	ADD_KIND(KIND_ACCOUNTS, accounts, nm_account);
}

static const struct row *chosen(const struct plan_screen *screen)
{
	return screen->list.at < screen->n ? &screen->rows[screen->list.at] : NULL;
}

static void keep_place(struct plan_screen *screen)
{
	size_t kind = screen->n;

	list_set(&screen->list, screen->n);
	for (size_t i = 0; i < screen->n; i++) {
		if (screen->rows[i].kind != screen->at_kind)
			continue;
		if (kind == screen->n)
			kind = i;
		if (screen->rows[i].name && !strcmp(screen->rows[i].name, screen->at_name)) {
			screen->list.at = i;
			return;
		}
	}
	if (kind < screen->n)
		screen->list.at = kind;
}

static void remember_place(struct plan_screen *screen)
{
	const struct row *row = chosen(screen);

	if (!row)
		return;
	screen->at_kind = row->kind;
	snprintf(screen->at_name, sizeof screen->at_name, "%s", row->name ? row->name : "");
}

/* The rows of the plan with the kinds folded as they are now; the cursor stays on its section. */
static void lay_out(struct plan_screen *screen, const struct nm_plan *plan)
{
	build_rows(screen, plan);
	keep_place(screen);
}

static void derive_plan(void *state, struct app *app)
{
	struct plan_screen *screen = state;

	if (!screen->derived || screen->generation != app->session->generation) {
		lay_out(screen, app_plan(app));
		screen->generation = app->session->generation;
		screen->derived = true;
	}
	screen->list.page = (size_t)app_body(app).height;
	remember_place(screen);
}

/* --- acting --- */

static void fold(struct plan_screen *screen)
{
	const struct row *row = chosen(screen);

	if (!row)
		return;
	screen->folded[row->kind] = !screen->folded[row->kind];
	screen->derived = false;
}

static const char *row_text(const void *context, size_t i)
{
	const struct plan_screen *screen = context;

	return screen->rows[i].name && screen->rows[i].name[0] ? screen->rows[i].name
							       : kind_titles[screen->rows[i].kind];
}

/* Looks into what is folded too, and unfolds the kind that has it. */
static void search(struct plan_screen *screen, struct app *app, bool back, bool here)
{
	bool folded[KINDS];

	memcpy(folded, screen->folded, sizeof folded);
	memset(screen->folded, 0, sizeof screen->folded);
	lay_out(screen, app_plan(app));
	if (list_find(&screen->list, back, here, row_text, screen))
		folded[chosen(screen)->kind] &= chosen(screen)->name == NULL;
	else
		app_message(app, STYLE_PLAIN,
			    screen->list.search[0] ? "not found: %s" : "search with / first%s",
			    screen->list.search);
	remember_place(screen);
	memcpy(screen->folded, folded, sizeof folded);
	lay_out(screen, app_plan(app));
}

static enum verdict act_plan(void *state, struct app *app, const struct event *event)
{
	struct plan_screen *screen = state;

	if (list_act(&screen->list, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_ENTER:
		fold(screen);
		break;
	case ACTION_EDITOR:
		app_editor(app, chosen(screen) ? chosen(screen)->pos : (struct nm_pos){0});
		break;
	case ACTION_SEARCH:
		app_ask(app, TAG_SEARCH, "/", "", NULL);
		break;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BACK:
		search(screen, app, event->action == ACTION_SEARCH_BACK, false);
		break;
	case ACTION_ANSWER:
		if (event->text) {
			snprintf(screen->list.search, sizeof screen->list.search, "%s", event->text);
			search(screen, app, false, true);
		}
		break;
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* --- drawing --- */

static bool concerns(const struct nm_finding *finding, const struct row *row)
{
	return row->pos.file && finding->pos.file && !strcmp(finding->pos.file, row->pos.file) &&
	       finding->pos.line >= row->pos.line && finding->pos.line <= row->pos.end_line;
}

/* The worst finding about a row; NULL. */
static const struct nm_finding *worst_finding(const struct app *app, const struct row *row)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->findings_known && i < session->findings.n; i++) {
		if (concerns(&session->findings.items[i], row))
			return &session->findings.items[i];
	}
	return NULL;
}

static unsigned severity_style(enum nm_severity severity)
{
	return severity == NM_SEVERITY_ERROR	 ? STYLE_ERROR
	       : severity == NM_SEVERITY_WARNING ? STYLE_WARNING
						 : STYLE_DIM;
}

static void draw_row(const struct plan_screen *screen, const struct app *app, struct canvas *canvas, int y,
		     int width, size_t i)
{
	const struct row *row = &screen->rows[i];
	const struct nm_finding *finding = worst_finding(app, row);
	unsigned mark = i == screen->list.at ? STYLE_CURSOR : 0;
	struct pen pen = pen_at(canvas, 1, y, width - 2);

	if (mark)
		canvas_pointer(canvas, 0, y);
	if (!row->name) {
		pen_textf(&pen, STYLE_BOLD | mark, "%s %s", screen->folded[row->kind] ? "+" : "-",
			  kind_titles[row->kind]);
		pen_tab(&pen, 18);
		pen_textf(&pen, STYLE_DIM, "%zu", row->count);
		return;
	}
	pen_text(&pen, (row->name[0] ? STYLE_PLAIN : STYLE_BOLD) | mark, row->name[0] ? "    " : "  ");
	pen_text(&pen, (row->name[0] ? STYLE_PLAIN : STYLE_BOLD) | mark,
		 row->name[0] ? row->name : kind_titles[row->kind]);
	if (finding)
		canvas_text(canvas, width - 2, y, 1, severity_style(finding->severity),
			    finding->severity == NM_SEVERITY_ERROR     ? "✗"
			    : finding->severity == NM_SEVERITY_WARNING ? "!"
								       : "·");
}

#define LINE_BYTES 4000 /* of a line that are shown */

/* Returns the rows that the line needs. */
static int draw_source_line(struct canvas *canvas, struct box box, const char *text, size_t bytes)
{
	char line[LINE_BYTES + 1];

	snprintf(line, sizeof line, "%.*s", bytes < LINE_BYTES ? (int)bytes : LINE_BYTES, text);
	return canvas_hang(canvas, box, 0, STYLE_PLAIN, line);
}

/* The lines of the section as they stand in the file, long ones on several rows; says how many are left. */
static int draw_text(const struct app *app, const struct row *row, struct canvas *canvas, struct box box)
{
	size_t len;
	const char *text = nm_document_text(app->session->document, &len);
	int y = 0;

	if (!row->pos.file || strcmp(row->pos.file, app->session->options.plan_file)) {
		canvas_text(canvas, box.x, box.y, box.width, STYLE_DIM,
			    "stands in an included file: e opens it");
		return 1;
	}
	for (int line = 1; *text && line <= row->pos.end_line && y <= box.height; line++) {
		size_t bytes = strcspn(text, "\n");

		if (line >= row->pos.line)
			y += draw_source_line(canvas, (struct box){box.x, box.y + y, box.width, box.height - y},
					      text, bytes);
		text += bytes;
		text += *text == '\n';
	}
	if (y > box.height) {
		y = box.height;
		canvas_fill(canvas, box.x, box.y + y - 1, box.width, STYLE_PLAIN, ' ');
		canvas_text(canvas, box.x, box.y + y - 1, box.width, STYLE_DIM, "… and more: e opens it");
	}
	return y;
}

/* The kind itself: how many there are, and what sort of thing they are, in the language's own words. */
static void draw_kind(const struct row *row, struct canvas *canvas, struct box box)
{
	size_t len = strlen(kind_titles[row->kind]);

	canvas_textf(canvas, box.x, box.y, box.width, STYLE_BOLD, "%zu %s", row->count,
		     kind_titles[row->kind]);
	for (size_t i = 0; i < nm_sections_count; i++) {
		const char *name = nm_sections[i].name;

		if (!strncmp(name, kind_titles[row->kind], strlen(name)) && strlen(name) + 1 >= len)
			canvas_wrap(canvas, box.x, box.y + 2, box.width, box.height - 2, STYLE_PLAIN,
				    nm_sections[i].help);
	}
}

static void draw_details(const struct app *app, const struct row *row, struct canvas *canvas, struct box box)
{
	const struct session *session = app->session;
	int y = box.y, end = box.y + box.height;

	if (!row->name) {
		draw_kind(row, canvas, box);
		return;
	}
	if (row->pos.file)
		canvas_textf(canvas, box.x, y++, box.width, STYLE_DIM, "%s:%d", row->pos.file, row->pos.line);
	y += draw_text(
		app, row, canvas,
		(struct box){box.x, y, box.width, box.height > 8 ? box.height * 2 / 3 : box.height - 1});
	y++;
	for (size_t i = 0; session->findings_known && i < session->findings.n && y < end; i++) {
		const struct nm_finding *finding = &session->findings.items[i];

		if (!concerns(finding, row))
			continue;
		canvas_textf(canvas, box.x, y++, box.width, severity_style(finding->severity), "%s %s",
			     nm_severity_name(finding->severity), finding->id);
		if (y < end)
			y += canvas_wrap(canvas, box.x + 2, y, box.width - 2, end - y, STYLE_PLAIN,
					 finding->message);
	}
}

/* Wide enough for the longest name, as far as a third of the screen goes. */
static int outline_width(const struct plan_screen *screen, int width)
{
	int wanted = 26;

	for (size_t i = 0; i < screen->n; i++) {
		int needs = (screen->rows[i].name ? text_width(screen->rows[i].name) : 0) + 8;

		wanted = needs > wanted ? needs : wanted;
	}
	return wanted < width / 3 || wanted == 26 ? wanted : width / 3;
}

static void draw_plan(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct plan_screen *screen = state;
	int left = body.width >= 56 ? outline_width(screen, body.width) : body.width;
	size_t top = list_top(&screen->list, body.height);

	for (int i = 0; i < body.height && top + (size_t)i < screen->n; i++)
		draw_row(screen, app, canvas, body.y + i, left, top + (size_t)i);
	if (left == body.width || !chosen(screen))
		return;
	for (int i = 0; i < body.height; i++)
		canvas_put(canvas, left, body.y + i, STYLE_RULE, 0x2502);
	draw_details(app, chosen(screen), canvas,
		     (struct box){left + 2, body.y, body.width - left - 3, body.height});
}

const struct screen_ops screen_plan = {
	.name = "plan",
	.title = "Plan",
	.context = CONTEXT_PLAN,
	.open = open_plan,
	.close = close_plan,
	.act = act_plan,
	.derive = derive_plan,
	.draw = draw_plan,
};
