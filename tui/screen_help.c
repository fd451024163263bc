/* SPDX-License-Identifier: MIT */
/*
 * Help: the keys of the screen that asks, then those of the general ones that work there.
 * In: the table of keys.  Out: a page.
 */
#include <string.h>

#include "prompt.h"

/* Of a row's keys, those that mean it there: the screen may have others of them for itself. */
static void add_row(struct notes *notes, enum context context, const struct key_row *row)
{
	struct nm_buf keys;

	nm_buf_init(&keys, 256);
	for (const char *at = key_row_keys(row); *at; at += strspn(at, " ")) {
		const size_t len = strcspn(at, " ");

		if (keymap_find(context, key_read(at, len)) == row)
			nm_buf_addf(&keys, "%s%.*s", keys.len ? " " : "", (int)len, at);
		at += len;
	}
	if (keys.len)
		notes_addf(notes, STYLE_PLAIN, "  %-20s %s", keys.data, row->help);
	nm_buf_clear(&keys);
}

/* Rows of `of` that mean something in the context, and that the session does not refuse. */
static void add_rows(struct notes *notes, const struct app *app, enum context context, enum context of)
{
	for (size_t i = 0; i < key_rows_count; i++) {
		if (key_rows[i].context == of && !(app->session->options.read_only && keymap_writes(&key_rows[i])))
			add_row(notes, context, &key_rows[i]);
	}
}

/* The one screen on which capitals do not ask. */
static void add_calls(struct notes *notes)
{
	static const char *const names[] = {"booked", "no-answer", "lost", "resolved"};
	struct nm_buf keys;

	nm_buf_init(&keys, 256);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		nm_buf_addf(&keys, "%s%s", i ? ", " : "", key_row_keys(keymap_named(CONTEXT_CALLS, names[i])));
	notes_addf(notes, STYLE_DIM, "What became of calling back (%s) is kept at once; %s takes it back.", keys.data,
		   key_row_keys(keymap_named(CONTEXT_CALLS, "take-back")));
	notes_add(notes, STYLE_PLAIN, "");
	nm_buf_clear(&keys);
}

/* How keys that write are told from others. */
static void add_writing(struct notes *notes, const struct app *app)
{
	if (app->session->options.read_only) {
		notes_add(notes, STYLE_DIM, "This session is read-only: the keys that write are left out here.");
		return;
	}
	notes_add(notes, STYLE_DIM, "What changes the plan or a carrier is on a capital letter, and asks first;");
	notes_add(notes, STYLE_DIM, "u takes the last change of the plan back, C-r makes it again, both at once.");
}

void app_help(struct app *app)
{
	enum context context = app_context(app) == CONTEXT_TEXT ? app_tab_context(app) : app_context(app);
	struct notes notes;

	notes_init(&notes);
	if (context != CONTEXT_GENERAL) {
		notes_add(&notes, STYLE_HEAD, context == app_context(app) ? app_top(app)->title : app->tabs[app->tab].ops->title);
		add_rows(&notes, app, context, context);
		notes_add(&notes, STYLE_PLAIN, "");
	}
	if (context == CONTEXT_CALLS && !app->session->options.read_only)
		add_calls(&notes);
	notes_add(&notes, STYLE_HEAD, "everywhere");
	add_rows(&notes, app, context, CONTEXT_GENERAL);
	notes_add(&notes, STYLE_PLAIN, "");
	add_writing(&notes, app);
	notes_add(&notes, STYLE_DIM, "Who answers: people green, capitals; AI blue, small letters;");
	notes_add(&notes, STYLE_DIM, "voicemail yellow, a dot; nobody red, an exclamation mark.");
	app_page(app, "keys", &notes);
	notes_clear(&notes);
}
