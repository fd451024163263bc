/* SPDX-License-Identifier: MIT */
/*
 * What keys of the Plan screen are called in the bar, and which do nothing where the cursor is.
 * In: the screen, what is written, findings.  Changes nothing.
 */
#include <string.h>

#include "plan_screen.h"

/* Can the section under the cursor be edited here, as one that has a place among others? */
static bool on_section(const struct plan_screen *screen)
{
	return screen->form.section && screen->form.section->kind[0];
}

/* Is there another of its kind to change places with: of a path's steps another step? */
static bool has_neighbour(const struct plan_screen *screen)
{
	const struct field *field = plan_field_chosen(screen);
	const struct nm_written_section *section = screen->form.section;
	const bool step = field && field->step >= 0;
	size_t n = 0;

	for (size_t i = 0; on_section(screen) && i < screen->form.written->n; i++) {
		const struct nm_written_section *other = &screen->form.written->sections[i];

		if (step)
			n += other->step >= 0 && !strcmp(other->title, section->title);
		else
			n += other->step < 0 && !strcmp(other->kind, section->kind);
	}
	return n > 1;
}

static const char *enter_label(const struct plan_screen *screen, const struct app *app)
{
	const struct plan_row *row = plan_row_chosen(screen);
	const struct field *field = plan_field_chosen(screen);

	if (row && !row->name)
		return screen->folded[row->kind - plan_kinds] ? "unfold" : "fold";
	if (!screen->form.section || (field && app->session->options.read_only))
		return "";
	return app->session->options.read_only ? "look" : NULL;
}

static const char *delete_label(const struct plan_screen *screen)
{
	const struct field *field = plan_field_chosen(screen);

	if (field && field->step < 0)
		return field->written && !field->info->required ? "leave out" : "";
	return on_section(screen) ? NULL : "";
}

const char *plan_label(const void *state, const struct app *app, enum action action)
{
	const struct plan_screen *screen = state;

	if (screen->generation != app->session->generation)
		return NULL; /* what the rows borrow from is gone */
	switch (action) {
	case ACTION_ENTER:
		return enter_label(screen, app);
	case ACTION_DELETE:
		return delete_label(screen);
	case ACTION_MOVE_DOWN:
		return has_neighbour(screen) ? NULL : "";
	case ACTION_RENAME:
		return on_section(screen) && screen->form.section->title ? NULL : "";
	case ACTION_SAVE:
		return nm_document_dirty(app->session->document) || app->session->stale ? NULL : "";
	case ACTION_MEND:
		return change_mends(screen, app) ? NULL : "";
	default:
		return NULL;
	}
}
