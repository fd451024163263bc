/* SPDX-License-Identifier: MIT */
/*
 * The form: see plan_form.h.  In: the language's table, what is written, findings.  Out: rows.
 * Changes nothing: what a key does to an option is plan_change.c's.
 */
#include "plan_form.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_fit.h"
#include "saving.h"

#define NAME_COLUMNS 15

static void add_field(struct form *form, struct field field)
{
	void *fields = form->fields;

	if (!nm_grow(&fields, &form->capacity, form->n + 1, sizeof *form->fields))
		return;
	form->fields = fields;
	form->fields[form->n++] = field;
}

static void add_steps(struct form *form)
{
	const struct nm_written *written = form->written;

	for (size_t i = 0; i < written->n; i++) {
		const struct nm_written_section *step = &written->sections[i];

		if (step->step >= 0 && !strcmp(step->title, form->section->title))
			add_field(form, (struct field){.step = step->step});
	}
}

/* Not given, and of no use to what the section is. */
static bool idle(const struct nm_written_section *section, const struct nm_option_info *info)
{
	const char *value = fit_value(section);

	return value && !nm_written_option(section, info->name) && !fit_takes(section->kind, value, info->name);
}

static bool of_section(const struct nm_written_section *section, const struct nm_option_info *info)
{
	return !strcmp(info->section, section->kind) && info->type != NM_TYPE_SECTION;
}

static void add_options(struct form *form)
{
	for (size_t i = 0; i < nm_options_count; i++) {
		const struct nm_option_info *info = &nm_options[i];

		if (of_section(form->section, info) && !idle(form->section, info))
			add_field(form, (struct field){
						.info = info, .written = nm_written_option(form->section, info->name), .step = -1});
	}
}

/* --- what concerns the section --- */

static void note_findings(struct form *form, const struct app *app, struct nm_pos pos, bool apart)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->findings_known && i < session->findings.n; i++) {
		const struct nm_finding *finding = &session->findings.items[i];

		if (!finding_concerns(app, finding, pos))
			continue;
		if (apart)
			notes_add(&form->aside, STYLE_PLAIN, "");
		apart = false;
		notes_addf(&form->aside, severity_style(finding->severity), "%s %s  %s",
			   severity_sign(finding->severity), finding->id, finding->message);
		for (size_t m = 0; m < finding->n_mends; m++)
			notes_addf(&form->aside, STYLE_PLAIN, "  %s  %s", finding->mends[m].n || finding_misses(finding) ? "M:" : "or",
				   finding->mends[m].words);
	}
}

/* "rule open, step 2 of path daytime": each once. */
struct users {
	struct nm_buf words;
	const struct nm_written_section *last;
};

static void add_user(void *context, const struct nm_written_section *section, const struct nm_written_option *option)
{
	struct users *users = context;
	const struct nm_place place = place_of(section);
	char words[PLACE_TEXT];

	(void)option;
	if (users->last == section)
		return;
	users->last = section;
	place_words(&place, words);
	nm_buf_addf(&users->words, "%s%s", users->words.len ? ", " : "", words);
}

static void note_users(struct form *form)
{
	struct users users = {0};

	if (!form->section->title)
		return;
	nm_buf_init(&users.words, 1u << 16);
	plan_namings(form->written, form->section->kind, form->section->title, add_user, &users);
	if (users.words.len && !users.words.failed)
		notes_addf(&form->aside, STYLE_PLAIN, "used by  %s", users.words.data);
	nm_buf_clear(&users.words);
}

/* "includes  people.conf, rules.conf" */
static void note_includes(struct form *form, const struct session *session)
{
	struct nm_file_text at = {0};
	struct nm_buf words;

	nm_buf_init(&words, 1u << 14);
	nm_texts_next(session_texts(session), &at);
	while (nm_texts_next(session_texts(session), &at))
		nm_buf_addf(&words, "%s%s", words.len ? ", " : "", at.name);
	if (words.len && !words.failed)
		notes_addf(&form->aside, STYLE_PLAIN, "includes  %s", words.data);
	nm_buf_clear(&words);
}

/* "not with kind = ai: role" */
static void note_idle(struct form *form)
{
	struct nm_buf words;

	nm_buf_init(&words, 1u << 12);
	for (size_t i = 0; i < nm_options_count; i++) {
		const struct nm_option_info *info = &nm_options[i];

		if (of_section(form->section, info) && idle(form->section, info))
			nm_buf_addf(&words, "%s%s", words.len ? ", " : "", info->name);
	}
	if (words.len)
		notes_addf(&form->aside, STYLE_DIM, "not with %s = %s: %s", fit_decider(form->section->kind),
			   fit_value(form->section), words.data);
	nm_buf_clear(&words);
}

/* What a save changes comes before what was found, which may be long.  True: there is something. */
static bool note_changes(struct form *form, struct session *session)
{
	if (!session->changes_known || !nm_document_dirty(session->document))
		return false;
	if (form->aside.n)
		notes_add(&form->aside, STYLE_PLAIN, "");
	notes_add(&form->aside, STYLE_HEAD, "saving changes for callers");
	notes_changes(&form->aside, session);
	return true;
}

void form_build(struct form *form, const struct app *app, const struct nm_written_section *section,
		const struct nm_written *written, struct nm_pos pos)
{
	bool changes;

	form->section = section;
	form->written = written;
	form->n = 0;
	notes_clear(&form->aside);
	if (section) {
		if (!strcmp(section->kind, "path"))
			add_steps(form);
		add_options(form);
		note_users(form);
	}
	if (section && !section->kind[0])
		note_includes(form, app->session);
	changes = section && note_changes(form, app->session);
	note_findings(form, app, pos, changes);
	if (section)
		note_idle(form);
	list_set(&form->list, form->n);
}

void form_clear(struct form *form)
{
	notes_clear(&form->aside);
	free(form->fields);
	*form = (struct form){0};
}

const struct field *form_field(const struct form *form)
{
	return form->list.at < form->n ? &form->fields[form->list.at] : NULL;
}

const struct nm_option_info *form_option(const struct form *form, struct nm_place *place,
					 const struct nm_written_option **written)
{
	static const char *const columns[STEP_COLUMNS] = {"ring", "for", "confirm"};
	const struct field *field = form_field(form);
	const struct nm_written_section *step;

	if (!field)
		return NULL;
	*place = place_of(form->section);
	place->step = field->step;
	*written = field->written;
	if (field->step < 0)
		return field->info;
	step = nm_written_find(form->written, place);
	*written = step ? nm_written_option(step, columns[form->column]) : NULL;
	return nm_option_find("step", columns[form->column]);
}

/* --- drawing --- */

/* What a person would say of the value: the texts themselves, not how they are quoted. */
static void draw_value(struct pen *pen, unsigned mark, const struct nm_written_option *option)
{
	for (size_t i = 0; i < option->n; i++) {
		pen_text(pen, STYLE_PLAIN, i ? ", " : "");
		pen_text(pen, STYLE_PLAIN | mark, option->values[i]);
	}
	if (!option->n)
		pen_text(pen, STYLE_WARNING | mark, "none: matches nothing");
}

static const struct nm_finding *finding_at(const struct app *app, const struct nm_written_option *option)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->findings_known && i < session->findings.n; i++) {
		const struct nm_finding *finding = &session->findings.items[i];

		if (finding->pos.line == option->line && finding->pos.file &&
		    !strcmp(nm_texts_name(session->options.plan_file, finding->pos.file), option->file))
			return finding;
	}
	return NULL;
}

/* What holds when the option is not given; a cost or time of nothing is none. */
static const char *fallback_words(const struct nm_written_section *section, const struct nm_option_info *info)
{
	const char *fallback = fit_fallback(section, info);

	return fallback && strcmp(fallback, "0") != 0 && strcmp(fallback, "0s") != 0 ? fallback : "-";
}

static void draw_option(const struct form *form, const struct app *app, struct canvas *canvas, struct box box,
			const struct field *field, bool at)
{
	struct pen pen = pen_at(canvas, box.x + 1, box.y, box.x + box.width - 2);
	const unsigned mark = at ? STYLE_CURSOR : 0;
	const struct nm_finding *finding = field->written ? finding_at(app, field->written) : NULL;

	if (at)
		canvas_pointer(canvas, box.x, box.y);
	pen_text(&pen, (field->written ? STYLE_PLAIN : STYLE_DIM) | mark, field->info->name);
	pen_tab(&pen, box.x + NAME_COLUMNS);
	if (field->written)
		draw_value(&pen, mark, field->written);
	else
		pen_text(&pen, STYLE_DIM | mark, fallback_words(form->section, field->info));
	if (finding && finding->pos.line != form->section->line)
		canvas_text(canvas, box.x + box.width - 1, box.y, 1, severity_style(finding->severity),
			    severity_sign(finding->severity));
}

static bool is_path(const struct form *form)
{
	return form->section && !strcmp(form->section->kind, "path");
}

/* From the top-th row on.  What does not fit is said to be there, and, where the keys do not go there yet, how it is
 * come by. */
static void draw_aside(const struct form *form, struct canvas *canvas, struct box box, bool focused, int top)
{
	if (box.height < 1)
		return;
	if ((int)notes_rows(&form->aside, box.width) - top > box.height) {
		box.height--;
		canvas_text(canvas, box.x, box.y + box.height, box.width, STYLE_DIM,
			    focused ? "… and more: End, then Down" : "… and more: Tab, End, then Down");
	}
	notes_draw(&form->aside, canvas, box, (size_t)top);
}

/* What the option under the cursor is; in the last row. */
static void draw_help(const struct form *form, struct canvas *canvas, struct box box)
{
	const struct nm_written_option *written;
	struct nm_place place;
	const struct nm_option_info *info = form_option(form, &place, &written);

	if (info)
		canvas_text(canvas, box.x, box.y, box.width, STYLE_DIM, info->help);
}

#define WHERE_TEXT (NAME_MAX + 64)

/* How many rows are not shown, and where the section is; without the latter where there is no room for it. */
static void where_words(const struct form *form, const struct app *app, int hidden, int room, char out[static WHERE_TEXT])
{
	char more[32] = "", where[NAME_MAX + 16];

	if (hidden > 0)
		snprintf(more, sizeof more, "%d more", hidden);
	pos_words((struct nm_pos){nm_document_path(app->session->document, form->section->file), form->section->line, 0}, where,
		  sizeof where);
	snprintf(out, WHERE_TEXT, "%s%s%s", more, *more ? "  " : "", where);
	if (text_width(out) > room)
		snprintf(out, WHERE_TEXT, "%s", more);
}

/* Where it is stands at the end of the row, in which so the least changes from one section to the next. */
void form_head_draw(const struct form *form, const struct app *app, struct canvas *canvas, struct box box, int hidden)
{
	const struct nm_place place = place_of(form->section);
	char words[PLACE_TEXT], where[WHERE_TEXT];
	int width;

	place_words(&place, words);
	where_words(form, app, hidden, box.width - text_width(words) - 2, where);
	width = text_width(where);
	canvas_text(canvas, box.x + box.width - width, box.y, width, STYLE_DIM, where);
	canvas_text(canvas, box.x, box.y, box.width - width - (width ? 2 : 0), STYLE_BOLD, words);
}

static void draw_rows(const struct form *form, const struct app *app, struct canvas *canvas, struct box box, bool focused)
{
	size_t top = list_top(&form->list, box.height);

	for (int i = 0; i < box.height && top + (size_t)i < form->n; i++) {
		const struct field *field = &form->fields[top + (size_t)i];
		const bool at = focused && top + (size_t)i == form->list.at;
		const struct box row = {box.x, box.y + i, box.width, 1};

		if (field->step >= 0)
			path_step_draw(form, app, canvas, row, field->step, at);
		else
			draw_option(form, app, canvas, row, field, at);
	}
}

static void draw_included(const struct form *form, struct canvas *canvas, struct box box)
{
	canvas_text(canvas, box.x, box.y, box.width, STYLE_DIM, "stands in an included file that is not edited here: e opens it");
	box.y += 2;
	box.height -= 2;
	notes_draw(&form->aside, canvas, box, 0);
}

/* Of `room` rows those of the form: as many as there are, when what concerns the section has its place too; else two
 * thirds, or what that leaves. */
static int rows_of(const struct form *form, int width, int room)
{
	const int concerns = (int)notes_rows(&form->aside, width), rows = (int)form->n;
	int most = room - is_path(form) - (concerns ? concerns + 1 : 0);

	most = most > room * 2 / 3 ? most : room * 2 / 3;
	return rows < most ? rows : most;
}

/* Head, rows, the wait of a path, what concerns the section, and what the option under the cursor is. */
struct form_layout {
	int head, rows;
	bool wait, help;
	struct box aside;
};

static struct form_layout layout_of(const struct form *form, const struct app *app, struct box box, bool focused)
{
	const bool path = is_path(form), help = focused && box.height > 4;
	struct form_layout layout = {.head = 1 + path, .help = help, .aside = box};
	const int room = box.height - layout.head - help;

	layout.rows = rows_of(form, box.width, room);
	layout.wait = path && room - layout.rows > 1 && path_wait_shown(app, form->section->title, box.width);
	layout.aside.y += layout.head + layout.rows + layout.wait + 1;
	layout.aside.height = room - layout.rows - layout.wait - 1;
	return layout;
}

int form_rows_over(const struct form *form, const struct app *app, struct box box, bool focused)
{
	const struct form_layout layout = layout_of(form, app, box, focused);
	const int over = (int)notes_rows(&form->aside, box.width) - layout.aside.height;

	return form->aside.n && over > 0 ? over : 0;
}

void form_draw(const struct form *form, const struct app *app, struct canvas *canvas, struct box box, bool focused,
	       int scroll)
{
	struct form_layout layout;
	int given = 0; /* rows of the form in whose place something else is */

	if (!form->section) {
		draw_included(form, canvas, box);
		return;
	}
	layout = layout_of(form, app, box, focused);
	if (layout.rows > 1)
		given = scroll < layout.rows - 1 ? scroll : layout.rows - 1;
	layout.rows -= given;
	layout.aside.y -= given;
	layout.aside.height += given;
	form_head_draw(form, app, canvas, box, (int)form->n - layout.rows);
	if (is_path(form))
		path_head_draw(canvas, (struct box){box.x, box.y + 1, box.width, 1});
	draw_rows(form, app, canvas, (struct box){box.x, box.y + layout.head, box.width, layout.rows}, focused);
	if (layout.wait)
		path_wait_draw(app, form->section->title, canvas,
			       (struct box){box.x, box.y + layout.head + layout.rows, box.width, 1});
	draw_aside(form, canvas, layout.aside, focused, scroll - given);
	if (layout.help)
		draw_help(form, canvas, (struct box){box.x, box.y + box.height - 1, box.width, 1});
}
