/* SPDX-License-Identifier: MIT */
/*
 * The user's editor.  In: a place in one of the plan's files.  Out: the editor on that file, once nothing is unsaved, and
 * what it made of the plan.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "saving.h"
#include "term.h"

/* What became of the plan, for whom the editor hid it. */
static void say_edited(struct app *app, bool same)
{
	struct nm_error err;

	if (session_need_plan(app->session, &err))
		app_message(app, STYLE_ERROR, "after your editor the plan does not read: %s", err.text);
	else if (same)
		app_message(app, STYLE_PLAIN, "your editor changed nothing");
	else
		app_message(app, STYLE_PLAIN, "the plan was read as your editor left it: w tells what changed");
}

static void open_editor(struct app *app, const char *file, int at)
{
	const char *editor = app->session->options.editor ? app->session->options.editor : "vi";
	const struct nm_document *document = app->session->document;
	const uint64_t before = session_plan_mark(app->session);
	size_t now;
	const size_t steps = nm_document_steps(document, &now);
	char line[16];
	struct nm_error err;

	if (!app->term) {
		app_message(app, STYLE_WARNING, "there is no terminal for an editor");
		return;
	}
	snprintf(line, sizeof line, "+%d", at > 0 ? at : 1);
	if (term_run(app->term, editor, line, file, &err) || session_reload(app->session, IN_EDITOR, &err))
		app_error(app, &err);
	else
		say_edited(app, nm_document_steps(document, &now) == steps && session_plan_mark(app->session) == before);
}

/* Where the text has its first mistake; else the place given. */
static struct nm_pos mistake_or(const struct app *app, struct nm_pos pos)
{
	const struct nm_diags *diags = &app->session->diags;

	if (app_reads(app) || diags->n == 0)
		return pos;
	return (struct nm_pos){.file = diags->items[0].file, .line = diags->items[0].line};
}

/* Which of the plan's texts stands in the file; 0, its own, when none does. */
static size_t text_of(const struct app *app, const char *file)
{
	const char *plan = app->session->options.plan_file;
	struct nm_file_text at = {0};

	for (size_t i = 0; nm_texts_next(nm_document_texts(app->session->document), &at); i++)
		if (!strcmp(nm_texts_name(plan, file), at.name))
			return i;
	return 0;
}

void saving_editor(struct app *app)
{
	struct nm_file_text at = {0};
	char *file;

	for (size_t i = 0; nm_texts_next(nm_document_texts(app->session->document), &at) && i < app->editor_text; i++)
		;
	file = nm_texts_path(app->session->options.plan_file, at.name);
	if (file)
		open_editor(app, file, app->editor_line);
	free(file);
}

void app_editor(struct app *app, struct nm_pos pos)
{
	static const char *const ways[] = { "save them first, then open the editor", "not now" };
	const char *plan_file = app->session->options.plan_file, *file;
	char question[128], edits[32];

	if (!app_may_write(app))
		return;
	pos = mistake_or(app, pos);
	file = pos.file && access(pos.file, R_OK) == 0 ? pos.file : plan_file;
	if (!nm_document_dirty(app->session->document)) {
		open_editor(app, file, pos.line);
		return;
	}
	app->editor_line = pos.line;
	app->editor_text = text_of(app, file);
	edits_words(app, edits, sizeof edits);
	snprintf(question, sizeof question, "your editor would open the file without your %s", edits);
	app_choose(app, SAVING_TAG_EDITOR, question, ways, 2, 0);
}
