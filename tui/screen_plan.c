/* SPDX-License-Identifier: MIT */
/*
 * Plan: the sections of the file as an outline, and beside it the form of one, or its text.
 * In: the plan's sections with their places, what is written, findings.  Out: an outline and a pane; what a
 * key changes is plan_change.c's and plan_add.c's.
 */
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_screen.h"
#include "saving.h"
#include "search.h"

/* Of a value that is typed it is said at once what Enter would say. */
static void hear_typed(struct app *app, const char *typed)
{
	struct layer *tab = &app->tabs[app->tab];
	struct plan_screen *screen = tab->state;

	if (tab->ops != &screen_plan)
		return;
	if (screen->ask.tag >= TAG_ADD_KIND)
		add_hear(screen, app, typed);
	else
		change_hear(screen, app, typed);
}

static void close_plan(void *state)
{
	struct plan_screen *screen = state;

	draft_clear(&screen->draft);
	form_clear(&screen->form);
	section_text_clear(&screen->text);
	free(screen->rows);
	free(screen);
}

/* --- the outline --- */

static void add_row(struct plan_screen *screen, struct plan_row row)
{
	void *rows = screen->rows;

	if (!nm_grow(&rows, &screen->capacity, screen->n + 1, sizeof *screen->rows))
		return;
	screen->rows = rows;
	screen->rows[screen->n++] = row;
}

/* One that stands at most once: where the text has it, else where the plan says. */
static void add_single(struct plan_screen *screen, struct app *app, const struct plan_kind *kind)
{
	const struct nm_place place = {kind->section, NULL, -1};
	const struct nm_written *written;
	const struct nm_written_section *section =
		session_written(app->session, &written, NULL) ? NULL : nm_written_find(written, &place);
	struct plan_row row = {.kind = kind, .name = "", .pos = {app->session->options.plan_file, 0, 0}};

	if (section && kind->section[0]) {
		row.pos.line = section->line;
		row.pos.end_line = section->end_line;
		row.pos.file = session_path(app->session, section->file);
	} else if (!section && plan_parts(app_plan(app), kind)) {
		row.pos = plan_part(app_plan(app), kind, 0).pos;
	} else if (!section) {
		return;
	}
	add_row(screen, row);
}

static void add_kind(struct plan_screen *screen, const struct nm_plan *plan, const struct plan_kind *kind)
{
	size_t n = plan_parts(plan, kind);

	if (n == 0)
		return;
	add_row(screen, (struct plan_row){.kind = kind, .count = n});
	for (size_t i = 0; i < n && !screen->folded[kind - plan_kinds]; i++) {
		struct plan_part part = plan_part(plan, kind, i);

		add_row(screen, (struct plan_row){.kind = kind, .name = part.name, .pos = part.pos});
	}
}

const struct plan_row *plan_row_chosen(const struct plan_screen *screen)
{
	return screen->list.at < screen->n ? &screen->rows[screen->list.at] : NULL;
}

const struct field *plan_field_chosen(const struct plan_screen *screen)
{
	return screen->in_pane && !screen->as_text ? form_field(&screen->form) : NULL;
}

static void remember_place(struct plan_screen *screen)
{
	const struct plan_row *row = plan_row_chosen(screen);

	if (!row)
		return;
	screen->at_kind = row->kind;
	screen->at_part = row->name != NULL;
	snprintf(screen->at_name, sizeof screen->at_name, "%s", row->name ? row->name : "");
}

void plan_screen_go(struct plan_screen *screen, const char *section, const char *title)
{
	screen->at_kind = plan_kind_of(section);
	screen->at_part = true;
	snprintf(screen->at_name, sizeof screen->at_name, "%s", title ? title : "");
	screen->folded[screen->at_kind - plan_kinds] = false;
	screen->derived = false;
}

/* The rows anew; the cursor stays on what it was on, or goes to its kind. */
static void lay_out(struct plan_screen *screen, struct app *app)
{
	bool part = false;

	screen->n = 0;
	for (size_t i = 0; i < plan_kinds_count; i++) {
		if (plan_kinds[i].single)
			add_single(screen, app, &plan_kinds[i]);
		else
			add_kind(screen, app_plan(app), &plan_kinds[i]);
	}
	list_set(&screen->list, screen->n);
	for (size_t i = 0; i < screen->n && !part; i++) {
		const struct plan_row *row = &screen->rows[i];

		if (row->kind != screen->at_kind)
			continue;
		part = row->name && screen->at_part && !strcmp(row->name, screen->at_name);
		if (part || !row->name)
			screen->list.at = i;
	}
}

/* The form of the section under the cursor, and its text; of another one they begin at their top. */
static void lay_pane(struct plan_screen *screen, struct app *app, bool kept)
{
	const struct plan_row *row = plan_row_chosen(screen);
	const struct nm_written *written;
	const struct nm_written_section *section = NULL;
	struct nm_place place = {.step = -1};

	if (!row || !row->name || session_written(app->session, &written, NULL)) {
		form_clear(&screen->form);
		section_text_clear(&screen->text);
		screen->in_pane = false;
		return;
	}
	place.section = row->kind->section;
	place.title = row->name[0] ? row->name : NULL;
	section = nm_written_find(written, &place);
	if (!kept) {
		screen->form.list.at = 0;
		screen->form.column = COLUMN_RING;
		screen->scroll = 0;
	}
	form_build(&screen->form, app, section, written, row->pos);
	if (screen->as_text && section)
		section_text_build(&screen->text, session_texts(app->session), section);
	screen->in_pane &= section != NULL;
	if (!screen->as_text && (!screen->in_pane || screen->form.list.at + 1 < screen->form.n))
		screen->scroll = 0;
}

static void derive_plan(void *state, struct app *app)
{
	struct plan_screen *screen = state;
	const struct plan_kind *kind = screen->at_kind;
	char name[NAME_BYTES];
	const bool fresh = screen->generation == app->session->generation;

	memcpy(name, screen->at_name, sizeof name);
	if (!screen->derived || !fresh)
		lay_out(screen, app);
	screen->generation = app->session->generation;
	screen->derived = true;
	remember_place(screen);
	lay_pane(screen, app, kind == screen->at_kind && !strcmp(name, screen->at_name));
}

/* The cursor to the row of a place, what is folded there unfolded; the plan as a whole is behind all sections. */
static void go_to_row(struct plan_screen *screen, struct app *app, struct nm_pos pos)
{
	memset(screen->folded, 0, sizeof screen->folded);
	lay_out(screen, app);
	screen->list.at = 0;
	for (size_t i = 0; i < screen->n; i++) {
		const struct nm_pos row = screen->rows[i].pos;

		if (row.file && pos.file && !strcmp(row.file, pos.file) && row.line <= pos.line && pos.line <= row.end_line)
			screen->list.at = i;
	}
	remember_place(screen);
	screen->in_pane = false;
	derive_plan(screen, app);
}

/* Into the form, to the option or step that stands on the line; false: it is the section itself. */
static bool go_to_field(struct plan_screen *screen, const char *file, int line)
{
	const struct form *form = &screen->form;

	for (size_t i = 0; form->section && line != form->section->line && i < form->n; i++) {
		const struct nm_written_option *written = form->fields[i].written;
		const struct nm_place step = {form->section->kind, form->section->title, form->fields[i].step};
		const struct nm_written_section *section = step.step < 0 ? NULL : nm_written_find(form->written, &step);

		if ((written && written->line == line && !strcmp(written->file, file)) || (section && section->line <= line && line <= section->end_line)) {
			screen->form.list.at = i;
			return true;
		}
	}
	return false;
}

static void go_plan(void *state, struct app *app, const void *argument)
{
	struct plan_screen *screen = state;
	const struct plan_visit *visit = argument;

	go_to_row(screen, app, visit->pos);
	if (visit->added)
		add_begin(screen, app, visit->added);
	else if (go_to_field(screen, visit->pos.file ? nm_texts_name(app->session->options.plan_file, visit->pos.file) : "",
			     visit->pos.line))
		pane_turn(screen, false, true);
}

static void *open_plan(struct app *app, const void *argument, struct nm_error *err)
{
	struct plan_screen *screen = calloc(1, sizeof *screen);

	if (!screen) {
		nm_fail_memory(err);
		return NULL;
	}
	screen->ask.hear = hear_typed;
	if (argument)
		go_plan(screen, app, argument);
	return screen;
}

/* What the edits change for callers is found out when the keyboard is quiet. */
static bool idle_plan(void *state, struct app *app)
{
	struct plan_screen *screen = state;
	const struct nm_differences *changes;
	const struct nm_findings *saved, *then;

	if (!nm_document_dirty(app->session->document) || app->session->changes_known ||
	    screen->changes_tried == app->session->generation)
		return false;
	if (session_findings_then(app->session, &then, NULL) == NM_OK &&
	    session_changes(app->session, &changes, &saved, NULL) == NM_OK)
		return true;
	if (app_interrupted(app))
		return true;
	screen->changes_tried = app->session->generation;
	return false;
}

bool plan_place(const struct plan_screen *screen, struct app *app, struct nm_place *out)
{
	const struct plan_row *row = plan_row_chosen(screen);
	const struct field *field = plan_field_chosen(screen);

	if (!app_may_change(app))
		return false;
	if (!row || !row->name || !row->kind->section[0]) {
		app_message(app, STYLE_PLAIN, "the cursor is on no section that this could be done to");
		return false;
	}
	if (!screen->form.section) {
		app_message(app, STYLE_WARNING, "this stands in %s, which is not edited here: e opens it", row->pos.file);
		return false;
	}
	*out = place_of(screen->form.section);
	if (field)
		out->step = field->step;
	return true;
}

/* --- keys --- */

static void fold(struct plan_screen *screen)
{
	const struct plan_row *row = plan_row_chosen(screen);

	if (!row || row->kind->single)
		return;
	screen->folded[row->kind - plan_kinds] = !screen->folded[row->kind - plan_kinds];
	screen->derived = false;
}

static const char *row_text(const void *context, size_t i)
{
	const struct plan_screen *screen = context;

	return screen->rows[i].name && screen->rows[i].name[0] ? screen->rows[i].name : screen->rows[i].kind->title;
}

/* Looks into what is folded too, and unfolds the kind that has it. */
static bool find_row(void *state, struct app *app, bool back, bool here)
{
	struct plan_screen *screen = state;
	bool folded[PLAN_KINDS], found;

	memcpy(folded, screen->folded, sizeof folded);
	memset(screen->folded, 0, sizeof screen->folded);
	lay_out(screen, app);
	found = list_find(&screen->list, back, here, row_text, screen);
	if (found)
		folded[plan_row_chosen(screen)->kind - plan_kinds] &= plan_row_chosen(screen)->name == NULL;
	remember_place(screen);
	memcpy(screen->folded, folded, sizeof folded);
	lay_out(screen, app);
	return found;
}

static const struct search_ops row_search = {.where = "among the sections", .find = find_row};

static const char *field_text(const void *context, size_t i)
{
	const struct form *form = context;

	return form->fields[i].info ? form->fields[i].info->name : "step";
}

/* The words are the same as in the outline. */
static bool find_field(void *state, struct app *app, bool back, bool here)
{
	struct plan_screen *screen = state;

	(void)app;
	memcpy(screen->form.list.search, screen->list.search, sizeof screen->list.search);
	return list_find(&screen->form.list, back, here, field_text, &screen->form);
}

static const struct search_ops field_search = {.where = "among the options here: Tab goes to the sections",
					       .find = find_field};

/* Enter: into the form, and there the option under the cursor. */
static void enter(struct plan_screen *screen, struct app *app)
{
	const struct plan_row *row = plan_row_chosen(screen);

	if (plan_field_chosen(screen))
		change_value(screen, app);
	else if (row && !row->name)
		fold(screen);
	else if (screen->form.section)
		pane_turn(screen, false, true);
	else if (row)
		app_message(app, STYLE_WARNING, "this stands in %s, which is not edited here: e opens it", row->pos.file);
}

static void open_editor(const struct plan_screen *screen, struct app *app)
{
	const struct plan_row *row = plan_row_chosen(screen);
	struct nm_pos pos = row ? row->pos : (struct nm_pos){0};
	const struct nm_written_option *written = NULL;
	struct nm_place place;

	if (plan_field_chosen(screen) && form_option(&screen->form, &place, &written) && written) {
		pos.line = written->line;
		pos.file = nm_document_path(app->session->document, written->file);
	}
	app_editor(app, pos);
}

/* What has no text here is shown as it was: then it is said for what the keys now are. */
static void turn_view(struct plan_screen *screen, struct app *app)
{
	pane_turn(screen, !screen->as_text, screen->in_pane || !pane_beside(app_body(app)));
	if (!screen->form.section)
		app_message(app, STYLE_DIM, "%s", screen->as_text ? "sections of this file are shown as they stand there"
								   : "sections are shown as forms");
}

static bool move_column(struct form *form, enum action action)
{
	const struct field *field = form_field(form);

	if ((action != ACTION_LEFT && action != ACTION_RIGHT) || !field || field->step < 0)
		return false;
	form->column += action == ACTION_LEFT ? -1 : 1;
	form->column = form->column < 0 ? 0 : form->column >= STEP_COLUMNS ? STEP_COLUMNS - 1 : form->column;
	return true;
}

static bool move(struct plan_screen *screen, const struct app *app, enum action action)
{
	if (!screen->in_pane)
		return list_act(&screen->list, action);
	if (pane_scroll(screen, app, action))
		return true;
	return move_column(&screen->form, action) || list_act(&screen->form.list, action);
}

static void take_answer(struct plan_screen *screen, struct app *app, const struct event *event)
{
	if (event->tag >= TAG_ADD_KIND)
		add_answer(screen, app, event);
	else
		change_answer(screen, app, event);
}

/* Keys that change the plan. */
static bool change(struct plan_screen *screen, struct app *app, enum action action)
{
	const struct field *field = plan_field_chosen(screen);

	switch (action) {
	case ACTION_ADD:
		add_ask(screen, app);
		return true;
	case ACTION_COPY:
		change_copy(screen, app);
		return true;
	case ACTION_DELETE:
		if (field && field->step < 0)
			change_leave_out(screen, app);
		else
			delete_ask(screen, app);
		return true;
	case ACTION_RENAME:
		change_rename(screen, app);
		return true;
	case ACTION_MOVE_UP:
	case ACTION_MOVE_DOWN:
		change_move(screen, app, action == ACTION_MOVE_UP ? -1 : 1);
		return true;
	case ACTION_MEND:
		change_mend(screen, app);
		return true;
	case ACTION_DISCARD:
		saving_discard(app);
		return true;
	default:
		return false;
	}
}

static enum verdict act_plan(void *state, struct app *app, const struct event *event)
{
	struct plan_screen *screen = state;

	if (move(screen, app, event->action) || change(screen, app, event->action) ||
	    search_act(plan_field_chosen(screen) ? &field_search : &row_search, screen, screen->list.search, app, event))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_ENTER:
		enter(screen, app);
		break;
	case ACTION_NEXT_PANE:
		screen->in_pane = !screen->in_pane && screen->form.section;
		break;
	case ACTION_VIEW:
		turn_view(screen, app);
		break;
	case ACTION_BACK:
		if (!screen->in_pane)
			return VERDICT_STAY;
		screen->in_pane = false;
		break;
	case ACTION_FOLD:
		fold(screen);
		break;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		app_message(app, STYLE_DIM, "left and right move along a step, in the form of a path");
		break;
	case ACTION_CHANGES:
		saving_page(app);
		break;
	case ACTION_EDITOR:
		open_editor(screen, app);
		break;
	case ACTION_ANSWER:
		take_answer(screen, app, event);
		break;
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* --- drawing --- */

/* The worst finding about a row; NULL. */
static const struct nm_finding *worst_finding(const struct app *app, const struct plan_row *row)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->findings_known && i < session->findings.n; i++) {
		if (finding_concerns(app, &session->findings.items[i], row->pos))
			return &session->findings.items[i];
	}
	return NULL;
}

static void draw_row(const struct plan_screen *screen, const struct app *app, struct canvas *canvas, int y, int width,
		     size_t i)
{
	const struct plan_row *row = &screen->rows[i];
	const struct nm_finding *finding = worst_finding(app, row);
	unsigned mark = i == screen->list.at && !screen->in_pane ? STYLE_CURSOR : 0;
	struct pen pen = pen_at(canvas, 1, y, width - 2);

	if (i == screen->list.at)
		canvas_pointer(canvas, 0, y);
	if (!row->name) {
		pen_textf(&pen, STYLE_BOLD | mark, "%s %s", screen->folded[row->kind - plan_kinds] ? "+" : "-",
			  row->kind->title);
		pen_tab(&pen, 18);
		pen_textf(&pen, STYLE_DIM, "%zu", row->count);
		return;
	}
	pen_text(&pen, (row->name[0] ? STYLE_PLAIN : STYLE_BOLD) | mark, row->name[0] ? "    " : "  ");
	pen_text(&pen, (row->name[0] ? STYLE_PLAIN : STYLE_BOLD) | mark, row->name[0] ? row->name : row->kind->title);
	if (finding)
		canvas_text(canvas, width - 2, y, 1, severity_style(finding->severity),
			    severity_sign(finding->severity));
}

static void draw_plan(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct plan_screen *screen = state;
	const struct box pane = pane_box(screen, body);
	const bool wide = pane_beside(body);
	const int left = wide ? pane.x - 2 : body.width;
	size_t top = list_top(&screen->list, body.height);

	if (screen->generation != app->session->generation)
		return; /* what the rows borrow from is gone */
	for (int i = 0; (wide || !screen->in_pane) && i < body.height && top + (size_t)i < screen->n; i++)
		draw_row(screen, app, canvas, body.y + i, left, top + (size_t)i);
	for (int i = 0; wide && i < body.height; i++)
		canvas_put(canvas, left, body.y + i, STYLE_RULE, 0x2502);
	if (wide || screen->in_pane)
		pane_draw(screen, app, canvas, pane);
}

const struct screen_ops screen_plan = {
	.name = "plan",
	.title = "Plan",
	.context = CONTEXT_PLAN,
	.open = open_plan,
	.go = go_plan,
	.close = close_plan,
	.act = act_plan,
	.derive = derive_plan,
	.idle = idle_plan,
	.label = plan_label,
	.pane_at = pane_at,
	.draw = draw_plan,
};
