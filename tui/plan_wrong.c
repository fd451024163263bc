/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a value that was given in a form, in words of the form: whoever typed it has the option before
 * his eyes, not the file.  In: edits that may not read.  Out: a message.  Judges nothing itself: the reader does.
 */
#include <stdlib.h>
#include <string.h>

#include "plan_screen.h"

/* Does it begin with the option's name? */
static bool tells_of(const struct nm_diag *diag, const char *option)
{
	const size_t len = strlen(option);

	return !strncmp(diag->text, option, len) && diag->text[len] == ' ';
}

/* The mistake that tells of the option, or one that stands on its line; NULL. */
static const struct nm_diag *mistake_of(const struct app *app, const struct nm_diags *diags,
					const struct nm_written_option *option)
{
	const struct nm_diag *found = NULL;

	for (size_t i = 0; i < diags->n; i++) {
		const struct nm_diag *diag = &diags->items[i];

		if (diag->line == option->line &&
		    !strcmp(nm_texts_name(app->session->options.plan_file, diag->file), option->file) &&
		    (!found || (!tells_of(found, option->name) && tells_of(diag, option->name))))
			found = diag;
	}
	return found;
}

/* That of the option of a place in these texts. */
static const struct nm_diag *mistake_at(const struct app *app, const struct nm_diags *diags, struct nm_texts texts,
					const struct nm_place *place, const char *option)
{
	const struct nm_written_section *section;
	const struct nm_written_option *found = NULL;
	const struct nm_diag *mistake = NULL;
	struct nm_written written;

	if (nm_written_read(texts.bytes, texts.len, &written, NULL))
		return NULL;
	section = nm_written_find(&written, place);
	if (section)
		found = nm_written_option(section, option);
	if (found)
		mistake = mistake_of(app, diags, found);
	nm_written_clear(&written);
	return mistake;
}

/* Of a list it is said which of its values is meant. */
static void tell(struct app *app, const struct nm_diag *diag, const struct nm_option_info *info)
{
	if (tells_of(diag, info->name) && diag->problem != diag->text && !nm_option_is_list(info->type))
		app_message(app, STYLE_ERROR, "%s: %s", info->name, diag->problem);
	else
		app_message(app, STYLE_ERROR, "%s", diag->text);
}

/* Tells what is wrong with the option's value; false: nothing, and err says what is wrong elsewhere. */
static bool tried_wrong(struct app *app, const struct nm_edit *edits, size_t n, const struct nm_place *place,
			const struct nm_option_info *info, struct nm_error *err)
{
	const struct nm_diag *mistake = NULL;
	struct nm_diags diags;
	char *text = NULL;
	size_t len = 0;

	if (session_edited(app->session, edits, n, &text, &len, err)) {
		app_error(app, err);
		return true;
	}
	nm_diags_init(&diags);
	if (session_try(app->session, text, len, &diags, err))
		mistake = mistake_at(app, &diags, (struct nm_texts){text, len}, place, info->name);
	if (mistake)
		tell(app, mistake, info);
	nm_diags_clear(&diags);
	free(text);
	return mistake != NULL;
}

bool plan_value_wrong(struct app *app, const struct nm_edit *edits, size_t n, const struct nm_place *place,
		      const struct nm_option_info *info)
{
	struct nm_error err;

	return tried_wrong(app, edits, n, place, info, &err);
}

bool plan_edits_wrong(struct app *app, const struct nm_edit *edits, size_t n, const struct nm_place *place,
		      const struct nm_option_info *info)
{
	struct nm_error err = {NM_OK, ""};

	if (tried_wrong(app, edits, n, place, info, &err))
		return true;
	if (err.code)
		app_error(app, &err);
	return err.code != NM_OK;
}
