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
#include "unsaved.h"

enum { TAG_RECOVER = -20 };

#define PATH_BYTES 8192
#define BESIDE_MOST 99 /* files of edits that could not be put on top of the plan */

/* --- text of a session that is gone --- */

/* What can become of it. */
enum way {
	WAY_NONE,   /* the plan has what was edited */
	WAY_WHOLE,  /* it takes the plan's place: that is still what it was made from, or what it was made from is not known */
	WAY_ON_TOP, /* what was edited, on top of what was saved since */
	WAY_APART,  /* it cannot be put on top of that */
};

struct found {
	struct unsaved unsaved;
	enum way way;
	char *merged;     /* ON_TOP; NULL */
	const char *text; /* as the plan would be; its own, or `merged` */
	size_t len;
	struct nm_error why; /* APART */
};

static bool is_plan(const struct app *app, const char *text, size_t text_len)
{
	return nm_texts_same(nm_document_texts(app->session->document), (struct nm_texts){text, text_len});
}

static void choose_way(const struct app *app, struct found *found)
{
	const struct unsaved *unsaved = &found->unsaved;

	found->text = unsaved->text;
	found->len = unsaved->len;
	if (is_plan(app, unsaved->text, unsaved->len)) {
		found->way = WAY_NONE;
	} else if (!unsaved->base || is_plan(app, unsaved->base, unsaved->base_len)) {
		found->way = WAY_WHOLE;
	} else if (session_on_top(app->session, unsaved, &found->merged, &found->len, &found->why)) {
		found->way = WAY_APART;
	} else {
		found->text = found->merged;
		found->way = is_plan(app, found->text, found->len) ? WAY_NONE : WAY_ON_TOP;
	}
}

static void found_clear(struct found *found)
{
	unsaved_clear(&found->unsaved);
	free(found->merged);
}

/* What was found; false, with a message, when it cannot be read: then it stays where it is. */
static bool read_found(struct app *app, struct found *found)
{
	struct nm_error err;

	*found = (struct found){0};
	if (unsaved_read(app->recovery.found, &found->unsaved, &err) == NM_OK) {
		choose_way(app, found);
		return true;
	}
	if (access(app->recovery.found, F_OK))
		app_message(app, STYLE_WARNING, "another session of this plan has dealt with those edits meanwhile");
	else
		app_error(app, &err);
	return false;
}

/* The file is not needed any more. */
static void forget_found(struct app *app)
{
	unlink(app->recovery.found);
	free(app->recovery.found);
	app->recovery.found = NULL;
}

/* --- the question --- */

/* Of a text of which nobody knows what it was made from: the lines that go with it may be anybody's. */
static void warn_of_lines(struct notes *notes, struct nm_texts plan, struct nm_texts texts)
{
	struct notes diff;
	size_t gone = 0;

	notes_init(&diff);
	notes_diff_texts(&diff, plan, texts);
	for (size_t i = 0; i < diff.n; i++)
		gone += diff.items[i].style == STYLE_REMOVED;
	if (gone)
		notes_addf(notes, STYLE_WARNING,
			   "an older nevermiss kept them: taking them up takes out %zu line%s of the plan as it is now, marked - below, "
			   "whoever wrote %s", gone, gone == 1 ? "" : "s", gone == 1 ? "it" : "them");
	notes_clear(&diff);
}

/* What it would change, and the lines of the file. */
static void notes_taken(struct notes *notes, struct figure *figure, struct app *app, const struct found *found)
{
	const struct nm_texts plan = nm_document_texts(app->session->document), taken = {found->text, found->len};
	struct nm_error err;

	if (!found->unsaved.base)
		warn_of_lines(notes, plan, taken);
	notes_add(notes, STYLE_HEAD, "what they change for callers");
	if (change_add_text(notes, figure, app->session, found->text, found->len, &err))
		notes_addf(notes, STYLE_WARNING, "it is not known: %s", err.text);
	notes_add(notes, STYLE_PLAIN, "");
	notes_add(notes, STYLE_HEAD, "in the file");
	notes_diff_texts(notes, plan, taken);
}

/* What became of the text that both sides began with. */
static void notes_apart(struct notes *notes, const struct app *app, const struct found *found)
{
	const struct nm_texts base = {found->unsaved.base, found->unsaved.base_len};

	notes_addf(notes, STYLE_WARNING, "they cannot be put on top of it: %s", found->why.text);
	notes_add(notes, STYLE_HEAD, "changed in the plan since");
	notes_diff_texts(notes, base, nm_document_texts(app->session->document));
	notes_add(notes, STYLE_PLAIN, "");
	notes_add(notes, STYLE_HEAD, "changed by these edits");
	notes_diff_texts(notes, base, (struct nm_texts){found->unsaved.text, found->unsaved.len});
}

static bool newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec > b->st_mtim.tv_sec ||
	       (a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec > b->st_mtim.tv_nsec);
}

/* when: the last of these edits was made. */
static void question_words(const struct app *app, const struct found *found, const struct stat *when,
			   char out[static APP_MESSAGE])
{
	char time[NM_TIME_TEXT];
	struct stat plan;
	bool since;

	nm_time_words(session_zone(app->session), (nm_time)when->st_mtim.tv_sec / 60 * 60, false, time);
	if (found->way == WAY_APART) {
		snprintf(out, APP_MESSAGE, "edits of %s were cut off, and clash with what was saved since: save them as a file beside the plan?",
			 time);
	} else if (found->way == WAY_ON_TOP) {
		snprintf(out, APP_MESSAGE, "edits of %s were cut off, and the plan was saved since: put them on top of it?", time);
	} else {
		since = !found->unsaved.base && stat(app->session->options.plan_file, &plan) == 0 && newer(&plan, when);
		snprintf(out, APP_MESSAGE, "edits of %s were cut off before they were saved%s: take them up again?", time,
			 since ? ", and the plan was saved since" : "");
	}
}

static void ask_found(struct app *app, const struct found *found)
{
	static const struct ways taken = {"take up", "drop", "later"}, apart = {"save beside", "drop for good", "later"};
	struct figure figure = {0};
	char question[APP_MESSAGE];
	struct stat about;
	struct notes notes;

	if (stat(app->recovery.found, &about))
		return;
	app->recovery.offered = app->session->generation;
	question_words(app, found, &about, question);
	notes_init(&notes);
	if (found->way == WAY_APART)
		notes_apart(&notes, app, found);
	else
		notes_taken(&notes, &figure, app, found);
	app_offer_with(app, TAG_RECOVER, question, found->way == WAY_APART ? &apart : &taken, &notes, &figure);
	figure_clear(&figure);
	notes_clear(&notes);
}

/* Asks about the file found, unless the plan has its edits: saved, and cut off before the file was taken away. */
static void offer_found(struct app *app)
{
	struct found found;

	if (!read_found(app, &found))
		return;
	if (found.way == WAY_NONE)
		forget_found(app);
	else
		ask_found(app, &found);
	found_clear(&found);
}

static void offer(struct app *app)
{
	struct recovery *recovery = &app->recovery;
	struct nm_buf path;

	nm_buf_init(&path, PATH_BYTES);
	while (!recovery->found && presence_left(&recovery->presence, &path)) {
		if (!recovery->presence.id) {
			app_message(app, STYLE_WARNING, "there are edits that were cut off before they were saved: "
							"without --read-only they can be taken up");
			break;
		}
		recovery->found = strdup(path.data);
		if (!recovery->found)
			break;
		offer_found(app);
	}
	nm_buf_clear(&path);
}

/* --- the answer --- */

/* Taken up, or dropped: then u still brings them back. */
static void take_up(struct app *app, const struct found *found, bool dropped)
{
	struct nm_error err;
	enum nm_code code =
		session_replace(app->session, found->text, found->len, "the edits that were cut off", &err);

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
	forget_found(app);
}

/* "plan.conf.mine", or the first of "plan.conf.mine-2" and so on that is free. */
static void name_beside(const struct app *app, struct nm_buf *out)
{
	const char *plan = nm_document_file(app->session->document);

	nm_buf_addf(out, "%s.mine", plan);
	for (int i = 2; i <= BESIDE_MOST && access(out->data, F_OK) == 0; i++) {
		nm_buf_clear(out);
		nm_buf_addf(out, "%s.mine-%d", plan, i);
	}
}

/* Neither side loses anything: their text is a file of its own, the plan is as it was saved. */
static void save_beside(struct app *app, const struct found *found)
{
	struct nm_error err;
	struct nm_buf name;

	nm_buf_init(&name, PATH_BYTES);
	name_beside(app, &name);
	if (name.failed) {
		app_message(app, STYLE_ERROR, "no room for the name of a file beside the plan: the edits are kept");
	} else if (session_write_beside(app->session, (struct nm_texts){found->unsaved.text, found->unsaved.len},
					(struct nm_texts){found->unsaved.base, found->unsaved.base_len}, name.data, &err)) {
		app_error(app, &err);
	} else {
		app_message(app, STYLE_GOOD, "%s has the text with those edits, the plan is as it was saved", name.data);
		forget_found(app);
	}
	nm_buf_clear(&name);
}

static void answer(struct app *app, bool yes)
{
	struct found found;

	if (!read_found(app, &found))
		return;
	if (found.way == WAY_NONE) {
		app_message(app, STYLE_GOOD, "the plan has those edits meanwhile");
		forget_found(app);
	} else if (app->recovery.offered != app->session->generation) { /* what was asked is not so any more */
		ask_found(app, &found);
	} else if (found.way != WAY_APART) {
		take_up(app, &found, !yes);
	} else if (yes) {
		save_beside(app, &found);
	} else {
		app_message(app, STYLE_GOOD, "dropped: the plan is as it was saved");
		forget_found(app);
	}
	found_clear(&found);
}

bool recovery_answer(struct app *app, const struct event *event)
{
	if (event->tag != TAG_RECOVER)
		return false;
	if (!event->text && event->index != ANSWER_NO)
		app_message(app, STYLE_GOOD, "those edits are kept: the next start offers them again");
	else if (app->recovery.found)
		answer(app, event->text);
	return true;
}

/* --- text of this session --- */

bool recovery_guard(struct app *app)
{
	struct recovery *recovery = &app->recovery;
	const bool dirty = recovery->presence.id && nm_document_dirty(app->session->document);
	struct nm_buf path;
	struct nm_error err;
	struct unsaved unsaved = {0};
	const struct nm_texts saved = nm_document_saved(app->session->document), now = nm_document_texts(app->session->document);

	if (dirty ? recovery->kept && recovery->generation == app->session->generation : !recovery->kept)
		return false;
	nm_buf_init(&path, PATH_BYTES);
	presence_unsaved(&recovery->presence, NULL, &path);
	unsaved.base = saved.bytes;
	unsaved.base_len = saved.len;
	unsaved.text = now.bytes;
	unsaved.len = now.len;
	if (!dirty)
		unlink(path.data);
	else if (unsaved_write(path.data, &unsaved, &err))
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
