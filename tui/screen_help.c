/* SPDX-License-Identifier: MIT */
/*
 * Help: the keys of the screen that asks, then those that work everywhere.
 * In: the table of keys.  Out: a page.
 */
#include "prompt.h"

static void add_context(struct notes *notes, enum context context)
{
	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];

		if (row->context == context)
			notes_addf(notes, STYLE_PLAIN, "  %-20s %s", row->keys, row->help);
	}
}

void app_help(struct app *app)
{
	const struct screen_ops *tab = app->tabs[app->tab].ops;
	struct notes notes;

	notes_init(&notes);
	notes_add(&notes, STYLE_HEAD, tab->title);
	add_context(&notes, tab->context);
	notes_add(&notes, STYLE_PLAIN, "");
	notes_add(&notes, STYLE_HEAD, "everywhere");
	add_context(&notes, CONTEXT_GENERAL);
	notes_add(&notes, STYLE_PLAIN, "");
	notes_add(&notes, STYLE_DIM, "What changes the plan or a carrier is on a capital letter, and asks first.");
	notes_add(&notes, STYLE_DIM, "Who answers: people green, capitals; AI blue, small letters;");
	notes_add(&notes, STYLE_DIM, "voicemail yellow, a dot; nobody red, an exclamation mark.");
	app_page(app, "keys", &notes);
	notes_clear(&notes);
}
