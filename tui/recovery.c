/* SPDX-License-Identifier: MIT */
/*
 * Recovery: see recovery.h.  In: the session's text, files of sessions that are gone.  Out: the file of this one, a
 * question, messages.  Does not know what was edited.
 */
#include "recovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "change.h"
#include "prompt.h"
#include "saving.h"

enum { TAG_RECOVER = -20 };

#define PATH_BYTES 8192

/* --- text of a session that is gone --- */

/* What the text would change, and the lines of the file. */
static void notes_found(struct notes *notes, struct figure *figure, struct app *app, const struct nm_buf *text)
{
	struct nm_error err;
	size_t len;

	notes_add(notes, STYLE_HEAD, "what they change for callers");
	if (change_add_text(notes, figure, app->session, text->data, text->len, &err))
		notes_addf(notes, STYLE_WARNING, "it is not known: %s", err.text);
	notes_add(notes, STYLE_PLAIN, "");
	notes_add(notes, STYLE_HEAD, "in the file");
	notes_diff(notes, nm_document_text(app->session->document, &len), text->data);
}

static bool newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec > b->st_mtim.tv_sec ||
	       (a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec > b->st_mtim.tv_nsec);
}

static void ask_found(struct app *app, const struct nm_buf *text)
{
	static const struct ways ways = {"take up", "drop", "later"};
	char question[APP_MESSAGE], when[NM_TIME_TEXT];
	struct figure figure = {0};
	struct stat found, plan;
	struct notes notes;
	bool since;

	if (stat(app->recovery.found, &found))
		return;
	since = stat(app->session->options.plan_file, &plan) == 0 && newer(&plan, &found);
	nm_time_words(session_zone(app->session), (nm_time)found.st_mtim.tv_sec / 60 * 60, false, when);
	snprintf(question, sizeof question, "edits of %s were cut off before they were saved%s: take them up again?", when,
		 since ? ", and the plan was saved since" : "");
	notes_init(&notes);
	notes_found(&notes, &figure, app, text);
	app_offer_with(app, TAG_RECOVER, question, &ways, &notes, &figure);
	figure_clear(&figure);
	notes_clear(&notes);
}

static bool same_as_plan(const struct app *app, const struct nm_buf *text)
{
	size_t len;
	const char *plan = nm_document_text(app->session->document, &len);

	return len == text->len && !memcmp(plan, text->data, len);
}

/* The text of the file found; false, with a message, when it cannot be read: then it stays where it is. */
static bool read_found(struct app *app, struct nm_buf *text)
{
	struct nm_error err;

	nm_buf_init(text, NM_PLAN_BYTES);
	if (nm_file_read(app->recovery.found, NM_PLAN_BYTES, text, &err) == NM_OK)
		return true;
	if (access(app->recovery.found, F_OK))
		app_message(app, STYLE_WARNING, "another session of this plan has dealt with those edits meanwhile");
	else
		app_error(app, &err);
	nm_buf_clear(text);
	return false;
}

static void offer(struct app *app)
{
	struct recovery *recovery = &app->recovery;
	struct nm_buf path, text;

	nm_buf_init(&path, PATH_BYTES);
	while (!recovery->found && presence_left(&recovery->presence, &path)) {
		if (!recovery->presence.id) {
			app_message(app, STYLE_WARNING, "there are edits that were cut off before they were saved: "
							"without --read-only they can be taken up");
			break;
		}
		recovery->found = strdup(path.data);
		if (!recovery->found || !read_found(app, &text))
			break;
		if (same_as_plan(app, &text)) { /* saved, and cut off before the file was taken away */
			unlink(recovery->found);
			free(recovery->found);
			recovery->found = NULL;
		} else {
			ask_found(app, &text);
		}
		nm_buf_clear(&text);
	}
	nm_buf_clear(&path);
}

/* Taken up, or dropped: then u still brings them back. */
static void take_up(struct app *app, const struct nm_buf *text, bool dropped)
{
	struct nm_error err;
	enum nm_code code =
		session_replace(app->session, text->data, text->len, "the edits that were cut off", &err);

	if (!code && dropped)
		code = session_discard(app->session, "dropped the edits that were cut off", &err);
	if (code) {
		app_error(app, &err);
		return;
	}
	if (dropped)
		app_message(app, STYLE_GOOD, "dropped: u brings them back, as long as nevermiss is open");
	else
		app_message(app, STYLE_GOOD, "here they are again, not saved yet: W saves them");
	app->recovery.kept = false;
	recovery_guard(app); /* what was taken up is kept before the file it came from goes */
	unlink(app->recovery.found);
}

bool recovery_answer(struct app *app, const struct event *event)
{
	struct nm_buf text;

	if (event->tag != TAG_RECOVER)
		return false;
	if (!event->text && event->index != ANSWER_NO) {
		app_message(app, STYLE_GOOD, "those edits are kept: the next start offers them again");
	} else if (app->recovery.found && read_found(app, &text)) {
		take_up(app, &text, !event->text);
		nm_buf_clear(&text);
	}
	free(app->recovery.found);
	app->recovery.found = NULL;
	return true;
}

/* --- text of this session --- */

bool recovery_guard(struct app *app)
{
	struct recovery *recovery = &app->recovery;
	const bool dirty = recovery->presence.id && nm_document_dirty(app->session->document);
	struct nm_buf path;
	struct nm_error err;
	const char *text;
	size_t len;

	if (dirty ? recovery->kept && recovery->generation == app->session->generation : !recovery->kept)
		return false;
	nm_buf_init(&path, PATH_BYTES);
	presence_unsaved(&recovery->presence, NULL, &path);
	text = nm_document_text(app->session->document, &len);
	if (!dirty)
		unlink(path.data);
	else if (nm_file_write(path.data, text, len, false, &err))
		app_message(app, STYLE_WARNING, "these edits would be lost with the connection: %s", err.text);
	presence_tell(&recovery->presence, dirty ? nm_document_edits(app->session->document) : 0);
	recovery->kept = dirty;
	recovery->generation = app->session->generation;
	nm_buf_clear(&path);
	return true;
}

static enum nm_code begin(struct app *app, struct nm_error *err)
{
	const struct session_options *options = &app->session->options;
	const struct presence_self self = {options->who, options->terminal, session_now(app->session)};
	struct nm_buf path;
	enum nm_code code;

	nm_buf_init(&path, PATH_BYTES);
	code = session_store_path(app->session, &path, err);
	if (!code)
		code = presence_begin(&app->recovery.presence, path.data, options->read_only ? NULL : &self, err);
	nm_buf_clear(&path);
	return code;
}

void recovery_begin(struct app *app)
{
	struct nm_error err;

	if (!app->session->options.data_dir)
		return;
	if (begin(app, &err)) {
		app_message(app, STYLE_WARNING, "edits are lost with the connection until they are saved: %s", err.text);
		return;
	}
	app->recovery.begun = true;
	others_notice(app);
	offer(app);
}

void recovery_end(struct app *app, bool cut_off)
{
	struct recovery *recovery = &app->recovery;
	struct nm_buf path;

	if (!recovery->begun)
		return;
	if (cut_off) {
		recovery_guard(app);
	} else if (recovery->kept) {
		nm_buf_init(&path, PATH_BYTES);
		presence_unsaved(&recovery->presence, NULL, &path);
		unlink(path.data);
		nm_buf_clear(&path);
	}
	presence_end(&recovery->presence);
	free(recovery->found);
	*recovery = (struct recovery){ .presence = { .fd = -1 } };
}
