/* SPDX-License-Identifier: MIT */
/*
 * Deleting a section: it goes, and its name out of every list that keeps others.  In: keys and answers.  Out: one
 * change, or where it is used, to be gone to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_screen.h"

/* An option that names the section; borrowed from what is written. */
struct use {
	const struct nm_written_section *section;
	const struct nm_written_option *option;
	bool alone; /* it names nothing else: as long as it stands the section cannot go */
};

/* A section taken out, and its name out of every list that keeps others. */
struct removal {
	const char *name;
	struct nm_arena *arena; /* of the values */
	struct nm_edit *edits;  /* owned */
	size_t n, capacity;
	struct use *uses;       /* owned; in the order of the text */
	size_t n_uses, uses_capacity, n_alone;
	bool failed; /* memory was out */
};

static void removal_clear(struct removal *removal)
{
	nm_arena_free(removal->arena);
	free(removal->uses);
	free(removal->edits);
}

static void removal_add(struct removal *removal, struct nm_edit edit)
{
	void *edits = removal->edits;

	if (!nm_grow(&edits, &removal->capacity, removal->n + 1, sizeof *removal->edits)) {
		removal->failed = true;
		return;
	}
	removal->edits = edits;
	removal->edits[removal->n++] = edit;
}

static void add_use(struct removal *removal, struct use use)
{
	void *uses = removal->uses;

	if (!nm_grow(&uses, &removal->uses_capacity, removal->n_uses + 1, sizeof *removal->uses)) {
		removal->failed = true;
		return;
	}
	removal->uses = uses;
	removal->uses[removal->n_uses++] = use;
	removal->n_alone += use.alone;
}

static void take_name_out(void *context, const struct nm_written_section *section,
			  const struct nm_written_option *option)
{
	struct removal *removal = context;
	const struct nm_option_info *info = nm_option_find(section->kind, option->name);
	const struct nm_place place = place_of(section);
	const char **values = nm_arena_alloc(removal->arena, option->n, sizeof *values);
	struct nm_edit edit = {.op = NM_EDIT_SET, .place = place, .option = option->name};
	size_t n = 0;
	struct nm_buf value;

	for (size_t i = 0; values && i < option->n; i++)
		if (!value_names(info, option->values[i], removal->name))
			values[n++] = option->values[i];
	add_use(removal, (struct use){section, option, n == 0});
	if (n == 0)
		return;
	nm_buf_init(&value, NM_PLAN_BYTES);
	nm_edit_value(info, values, n, &value);
	edit.value = nm_arena_text(removal->arena, value.data);
	removal->failed |= value.failed || !edit.value;
	removal_add(removal, edit);
	nm_buf_clear(&value);
}

/* False, with a message, when memory is out. */
static bool removal_build(struct removal *removal, struct app *app, const struct nm_place *place)
{
	const struct nm_written *written;

	*removal = (struct removal){.name = place->title, .arena = nm_arena_new()};
	removal->failed = !removal->arena || session_written(app->session, &written, NULL) != NM_OK;
	if (!removal->failed && place->step < 0 && place->title)
		plan_namings(written, place->section, place->title, take_name_out, removal);
	removal_add(removal, (struct nm_edit){.op = NM_EDIT_REMOVE, .place = *place});
	if (removal->failed)
		app_message(app, STYLE_ERROR, "out of memory: nothing was changed");
	return !removal->failed;
}

static void ask_delete(struct app *app, const struct removal *removal, const char *where)
{
	char question[PLACE_TEXT + 16], *after = NULL;
	struct notes notes;
	struct nm_error err;
	size_t len;

	if (session_edited(app->session, removal->edits, removal->n, &after, &len, &err)) {
		app_error(app, &err);
		return;
	}
	notes_init(&notes);
	notes_diff_texts(&notes, session_texts(app->session), (struct nm_texts){after, len});
	snprintf(question, sizeof question, "delete %s?", where);
	app_confirm(app, TAG_DELETE, question, &notes);
	notes_clear(&notes);
	free(after);
}

/* --- where it is used --- */

/* The i-th of the uses as they are listed: what must be done by hand first. */
static const struct use *use_listed(const struct removal *removal, size_t i)
{
	const bool alone = i < removal->n_alone;
	size_t left = alone ? i : i - removal->n_alone;

	for (size_t u = 0; u < removal->n_uses; u++)
		if (removal->uses[u].alone == alone && left-- == 0)
			return &removal->uses[u];
	return NULL;
}

static const char *use_words(struct nm_arena *arena, const struct use *use)
{
	const struct nm_place place = place_of(use->section);
	char where[PLACE_TEXT];
	struct nm_buf words;
	const char *kept;

	place_words(&place, where);
	nm_buf_init(&words, NM_PLAN_BYTES);
	nm_buf_addf(&words, "%s%s  %s = %s  (line %d)", use->alone ? "" : "goes by itself: ", where, use->option->name,
		    use->option->text, use->option->line);
	kept = nm_arena_text(arena, words.data);
	nm_buf_clear(&words);
	return kept;
}

static void ask_use(struct app *app, const struct removal *removal, const char *where)
{
	const char **items = nm_arena_alloc(removal->arena, removal->n_uses, sizeof *items);
	char question[PLACE_TEXT + 96];
	size_t n = 0;

	while (items && n < removal->n_uses && (items[n] = use_words(removal->arena, use_listed(removal, n))))
		n++;
	if (n < removal->n_uses) {
		app_message(app, STYLE_ERROR, "out of memory: nothing was changed");
		return;
	}
	snprintf(question, sizeof question, "%s is used: take it out there first, or rename it. Enter goes there", where);
	app_choose(app, TAG_USE, question, items, n, 0);
}

/* Into the form of the section, on the option, or the step that has it. */
static void go_to_use(struct plan_screen *screen, struct app *app, const struct use *use)
{
	const struct nm_written_section *section = use->section;
	struct form *form = &screen->form;

	plan_screen_go(screen, section->step < 0 ? section->kind : "path", section->title);
	pane_turn(screen, false, true);
	app_derive(app);
	for (size_t i = 0; i < form->n; i++) {
		const struct field *field = &form->fields[i];

		if (field->info ? section->step < 0 && !strcmp(field->info->name, use->option->name)
				: field->step == section->step)
			form->list.at = i;
	}
	form->column = COLUMN_RING;
}

static void take_use(struct plan_screen *screen, struct app *app, size_t index)
{
	const struct nm_place place = place_held(&screen->place);
	const struct use *use;
	struct removal removal;

	if (removal_build(&removal, app, &place)) {
		use = use_listed(&removal, index);
		if (use)
			go_to_use(screen, app, use);
		else
			app_message(app, STYLE_WARNING, "the plan has changed: it is not used there any more");
	}
	removal_clear(&removal);
}

/* --- the key, and the answers --- */

/* What is named alone somewhere is not taken out: all who name it are told instead. */
void delete_ask(struct plan_screen *screen, struct app *app)
{
	struct nm_place place;
	char where[PLACE_TEXT];
	struct removal removal;

	if (!plan_place(screen, app, &place))
		return;
	place_hold(&screen->place, &place);
	place_words(&place, where);
	if (removal_build(&removal, app, &place)) {
		if (removal.n_alone)
			ask_use(app, &removal, where);
		else
			ask_delete(app, &removal, where);
	}
	removal_clear(&removal);
}

static void take_delete(const struct plan_screen *screen, struct app *app)
{
	const struct nm_place place = place_held(&screen->place);
	char what[PLACE_TEXT + 16], where[PLACE_TEXT];
	struct removal removal;

	place_words(&place, where);
	snprintf(what, sizeof what, "%s deleted", where);
	if (removal_build(&removal, app, &place))
		app_edit(app, removal.edits, removal.n, what);
	removal_clear(&removal);
}

void delete_answer(struct plan_screen *screen, struct app *app, const struct event *event)
{
	if (event->tag == TAG_USE)
		take_use(screen, app, event->index);
	else
		take_delete(screen, app);
}
