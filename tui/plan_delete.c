/* SPDX-License-Identifier: MIT */
/*
 * Deleting a section: it goes, and its name out of every list that keeps others.  In: keys and answers.  Out: one
 * change, or who names it alone.
 */
#include <stdio.h>
#include <stdlib.h>

#include "plan_screen.h"

/* A section taken out, and its name out of every list that keeps others. */
struct removal {
	const char *name;
	struct nm_arena *arena; /* of the values */
	struct nm_edit *edits;  /* owned */
	size_t n, capacity;
	bool failed;          /* memory was out */
	struct notes holders; /* who names it and nothing else: it cannot go */
};

static void removal_clear(struct removal *removal)
{
	notes_clear(&removal->holders);
	nm_arena_free(removal->arena);
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

static void note_holder(struct removal *removal, const struct nm_place *place, const struct nm_written_option *option)
{
	char where[PLACE_TEXT];

	place_words(place, where);
	notes_addf(&removal->holders, STYLE_PLAIN, "%s  %s = %s  (line %d)", where, option->name, option->text,
		   option->line);
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
	if (n == 0) {
		note_holder(removal, &place, option);
		return;
	}
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
	notes_diff(&notes, nm_document_text(app->session->document, NULL), after);
	snprintf(question, sizeof question, "delete %s?", where);
	app_confirm(app, TAG_DELETE, question, &notes);
	notes_clear(&notes);
	free(after);
}

/* What is named alone somewhere is not taken out: who names it is told instead. */
void delete_ask(struct plan_screen *screen, struct app *app)
{
	struct nm_place place;
	char title[PLACE_TEXT + 64], where[PLACE_TEXT];
	struct removal removal;

	if (!plan_place(screen, app, &place))
		return;
	place_hold(&screen->place, &place);
	place_words(&place, where);
	if (removal_build(&removal, app, &place)) {
		snprintf(title, sizeof title, "%s is used: take it out there first, or rename it", where);
		if (removal.holders.n)
			app_page(app, title, &removal.holders);
		else
			ask_delete(app, &removal, where);
	}
	removal_clear(&removal);
}

void delete_answer(const struct plan_screen *screen, struct app *app)
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
