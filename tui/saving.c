/* SPDX-License-Identifier: MIT */
/*
 * Saving: see saving.h.  In: the session's edits, answers.  Out: questions, a saved file.
 * Does not know what was edited, nor on which screen.
 */
#include "saving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "prompt.h"
#include "term.h"

enum { TAG_SAVE = -2, TAG_LEAVE = -3, TAG_DISCARD = -4, TAG_STALE = -5, TAG_BESIDE = -6, TAG_GONE = -7, TAG_EDITOR = SAVING_TAG_EDITOR, TAG_MERGE = -9 };

#define STEPS_SHOWN 100 /* the newest ones; u goes further back */

static bool dirty(const struct app *app)
{
	return nm_document_dirty(app->session->document);
}

void edits_words(const struct app *app, char *out, size_t size)
{
	const size_t n = nm_document_edits(app->session->document);

	snprintf(out, size, n == 1 ? "%zu edit" : "%zu edits", n);
}

/* --- what is shown --- */

/* What the edits change for callers; figure NULL: in words alone. */
static void tell_changes(struct notes *notes, struct figure *figure, struct session *session)
{
	struct change change = {0};
	const struct nm_differences *changes;
	struct nm_error err;

	if (session_changes(session, &changes, &change.was, &err) || session_findings_then(session, &change.then, &err)) {
		notes_addf(notes, STYLE_WARNING, "what changes for callers is not known: %s", err.text);
		return;
	}
	change.before = nm_document_saved(session->document);
	change.after = nm_document_texts(session->document);
	change.differences = changes;
	change_tell(notes, figure, session, &change);
}

void notes_changes(struct notes *notes, struct session *session)
{
	tell_changes(notes, NULL, session);
}

/* The lines by which the text differs from the saved one. */
static void notes_unsaved(struct notes *notes, const struct session *session, bool back)
{
	const struct nm_texts now = nm_document_texts(session->document), saved = nm_document_saved(session->document);

	notes_add(notes, STYLE_PLAIN, "");
	notes_addf(notes, STYLE_HEAD, "in the file");
	notes_diff_texts(notes, back ? now : saved, back ? saved : now);
}

/* Does a diff take out the same lines, in the same order, as it puts in? */
static bool moves_only(const struct notes *diff)
{
	size_t out = 0, in = 0;

	for (;; out++, in++) {
		while (out < diff->n && diff->items[out].style != STYLE_REMOVED)
			out++;
		while (in < diff->n && diff->items[in].style != STYLE_ADDED)
			in++;
		if (out == diff->n || in == diff->n)
			return out == diff->n && in == diff->n;
		if (strcmp(diff->items[out].text + 1, diff->items[in].text + 1) != 0)
			return false;
	}
}

/* The lines that a step changed; of a section that was moved its words say it all. */
static void step_lines(struct notes *notes, const char *what, struct nm_texts before, struct nm_texts after)
{
	struct notes diff;

	notes_init(&diff);
	notes_diff_texts(&diff, before, after);
	for (size_t i = 0; i < diff.n && !(strstr(what, MOVED) && moves_only(&diff)); i++)
		notes_add(notes, diff.items[i].style, diff.items[i].text);
	notes_clear(&diff);
}

static void step_notes(struct notes *notes, const struct nm_document *document, size_t i, size_t now)
{
	const char *what, *before_what;
	const struct nm_texts after = nm_document_step(document, i, &what), before = nm_document_step(document, i - 1, &before_what);

	notes_add(notes, STYLE_PLAIN, "");
	notes_addf(notes, i > now ? STYLE_DIM : STYLE_BOLD, "%zu  %s%s", i, what,
		   i > now ? " (taken back: C-r makes it again)" : "");
	step_lines(notes, what, before, after);
}

/* The editor saves by itself, unseen by anybody: what that changed is told once it is done. */
static void tell_editor(struct notes *notes, struct figure *figure, struct session *session, size_t now)
{
	const char *what;
	struct nm_error err;

	if (!now)
		return;
	nm_document_step(session->document, now, &what);
	if (strcmp(what, IN_EDITOR) != 0)
		return;
	notes_add(notes, STYLE_HEAD, "what you did in your editor changes for callers");
	if (change_add_since(notes, figure, session, nm_document_step(session->document, now - 1, &what), &err))
		notes_addf(notes, STYLE_WARNING, "it is not known: %s", err.text);
}

void saving_page(struct app *app)
{
	const struct nm_document *document = app->session->document;
	size_t now, n = nm_document_steps(document, &now);
	struct figure figure = {0};
	struct notes notes;

	notes_init(&notes);
	if (dirty(app)) {
		notes_add(&notes, STYLE_HEAD, "saving changes for callers");
		tell_changes(&notes, &figure, app->session);
	} else {
		notes_add(&notes, STYLE_PLAIN, "the file is as you see it: nothing to save");
		tell_editor(&notes, &figure, app->session, now);
	}
	others_notes(&notes, app);
	for (size_t i = n; i-- > 1 && n - i <= STEPS_SHOWN;)
		step_notes(&notes, document, i, now);
	if (n == 1)
		notes_add(&notes, STYLE_PLAIN, "no edit was made in this session");
	app_page_with(app, dirty(app) ? "what saving changes, then the edits, the newest first"
					: "the edits of this session, the newest first", &notes, &figure);
	figure_clear(&figure);
	notes_clear(&notes);
}

/* --- a file that changed underneath --- */

static void ask_gone(struct app *app)
{
	const char *const ways[] = { dirty(app) ? "write it again as it was, then save my edits" : "write it again",
				     dirty(app) ? "keep editing" : "not now" };
	const char *file = app->session->options.plan_file, *slash = strrchr(file, '/');
	char question[APP_MESSAGE];

	snprintf(question, sizeof question, "%s is gone: somebody moved or deleted it", slash ? slash + 1 : file);
	app_choose(app, TAG_GONE, question, ways, sizeof ways / sizeof *ways, 0);
}

/* "sam saved the plan"; of what nobody can tell who it was, these words. */
static void saver_words(const char *saver, const char *words, char out[static APP_MESSAGE])
{
	snprintf(out, APP_MESSAGE, "%s%s", saver[0] ? saver : words, saver[0] ? " saved the plan" : "");
}

/* The first stands only where both texts can become one. */
enum { WAY_MERGE, WAY_LOOK, WAY_BESIDE, WAY_READ, WAY_KEEP };

static void ask_stale(struct app *app)
{
	const char *ways[] = {
		[WAY_MERGE] = "put my edits on top of it: nothing is saved before you say so",
		[WAY_LOOK] = "look at both: what changed there, what I changed",
		[WAY_BESIDE] = "save my text as a new file beside it, then read the file",
		[WAY_READ] = "read the file: u brings my text back",
		[WAY_KEEP] = "keep editing",
	};
	const size_t n = sizeof ways / sizeof *ways;
	char who[SESSION_WHO], what[APP_MESSAGE], question[APP_MESSAGE + sizeof(struct nm_error) + 96];
	struct nm_error err;

	if (app->session->gone) {
		ask_gone(app);
		return;
	}
	session_saver(app->session, who);
	saver_words(who, "the file changed on disk", what);
	snprintf(question, sizeof question, "%s since you began: nothing was saved", what);
	if (session_may_merge(app->session, &err) == NM_OK) {
		app_choose(app, TAG_MERGE, question, ways, n, 0);
		return;
	}
	snprintf(question, sizeof question, "%s since you began: nothing was saved. The two cannot become one: %s", what, err.text);
	app_choose(app, TAG_STALE, question, ways + WAY_LOOK, n - WAY_LOOK, 0);
}

/* Of a calendar's file or an account's codes, which are not edited here. */
static void say_beside(struct app *app)
{
	static const char what[] = "a file beside the plan changed on disk";
	struct nm_error err;

	if (session_need_plan(app->session, &err))
		app_message(app, STYLE_ERROR, "%s: it does not read: %s", what, err.text);
	else
		app_message(app, STYLE_PLAIN, "%s: the plan was read again%s", what,
			    dirty(app) ? ", your edits stay" : "");
}

bool app_notice(struct app *app)
{
	char what[APP_MESSAGE];
	struct nm_error err;

	if (session_copies_notice(app->session)) {
		app_forget_facts(app);
		app_message(app, STYLE_PLAIN, "a calendar was fetched, and the plan was read with it");
		return true;
	}
	if (!session_notice(app->session))
		return false;
	app_forget_facts(app);
	if (app->session->noticed_beside) {
		say_beside(app);
		return true;
	}
	saver_words(app->session->saver,
		    app->session->stale ? "the file changed on disk" : "the plan changed on disk", what);
	if (app->session->gone)
		app_message(app, STYLE_WARNING, "the plan's file is gone, what you see was read before%s",
			    app->session->options.read_only ? "" : ": W can write it again");
	else if (app->session->stale && dirty(app))
		app_message(app, STYLE_WARNING, "%s, your text is still here: W says what can be done", what);
	else if (app->session->stale)
		app_message(app, STYLE_WARNING, "the plan's file changed and cannot be read: this was read before");
	else if (session_need_plan(app->session, &err))
		app_message(app, STYLE_ERROR, "%s: it does not read: %s", what, err.text);
	else
		app_message(app, STYLE_PLAIN, "%s: it was read again", what);
	return true;
}

static void take_disk(struct app *app, const char *kept)
{
	struct nm_error err;

	if (session_reload(app->session, "changed on disk", &err))
		app_error(app, &err);
	else
		app_message(app, STYLE_GOOD, "%s%sthis is the file as it is on disk: u brings your text back",
			    kept ? kept : "", kept ? " has your text; " : "");
}

static void save_beside(struct app *app, const char *file)
{
	const struct nm_document *document = app->session->document;
	struct nm_error err;

	if (session_write_beside(app->session, nm_document_texts(document), nm_document_saved(document), file, &err)) {
		app_error(app, &err);
		app_ask(app, TAG_BESIDE, "new file", "", file);
		return;
	}
	take_disk(app, file);
}

/* What became of the text that both began with, on either side. */
static void show_both(struct app *app)
{
	const struct nm_document *document = app->session->document;
	const struct nm_texts saved = nm_document_saved(document);
	struct nm_texts_disk theirs;
	struct notes notes;
	struct nm_error err;
	bool read;

	notes_init(&notes);
	notes_add(&notes, STYLE_HEAD, "changed in the file");
	read = nm_texts_read(nm_document_file(document), &theirs, &err) == NM_OK;
	if (read)
		notes_diff_texts(&notes, saved, (struct nm_texts){theirs.texts.data, theirs.texts.len});
	else
		notes_addf(&notes, STYLE_WARNING, "%s", err.text);
	notes_add(&notes, STYLE_PLAIN, "");
	notes_add(&notes, STYLE_HEAD, "changed by you, not saved");
	notes_diff_texts(&notes, saved, nm_document_texts(document));
	app_page(app, "the file and your text, against what you began with: W asks again", &notes);
	notes_clear(&notes);
	if (read)
		nm_texts_disk_clear(&theirs);
}

/* How that is saved is asked as of any edit. */
static void merge(struct app *app)
{
	struct nm_error err;

	if (session_merge(app->session, "changed on disk", "my edits on top of it", &err)) {
		app_error(app, &err);
		return;
	}
	app_forget_facts(app);
	saving_ask(app, (enum saving_after)app->after);
}

static void answer_stale(struct app *app, size_t way)
{
	char file[PROMPT_BYTES];

	if (way == WAY_MERGE)
		merge(app);
	else if (way == WAY_LOOK)
		show_both(app);
	else if (way == WAY_READ)
		take_disk(app, NULL);
	if (way != WAY_BESIDE)
		return;
	snprintf(file, sizeof file, "%s.mine", nm_document_file(app->session->document));
	app_ask(app, TAG_BESIDE, "new file", file, NULL);
}

/* --- saving --- */

static void go_on(struct app *app)
{
	if (app->after == AFTER_QUIT)
		app->ended = true;
	else if (app->after == AFTER_EDITOR)
		saving_editor(app);
	app->after = AFTER_NOTHING;
}

/* "plan.conf, people.conf": those that saving writes. */
static void changed_files(const struct app *app, char *out, size_t size)
{
	const struct nm_document *document = app->session->document;
	struct nm_file_text at = {0}, was;
	int used = 0;

	out[0] = '\0';
	while (nm_texts_next(nm_document_texts(document), &at) && (size_t)used < size) {
		if (nm_texts_find(nm_document_saved(document), at.name, &was) && !strcmp(was.text, at.text))
			continue;
		used += snprintf(out + used, size - (size_t)used, "%s%s", used ? ", " : "",
				 *at.name ? at.name : app->session->options.plan_file);
	}
}

void saving_ask(struct app *app, enum saving_after after)
{
	char question[APP_MESSAGE], edits[32], files[APP_MESSAGE - 64];
	struct figure figure = {0};
	struct notes notes;

	if (!app_may_write(app))
		return;
	app->after = (int)after;
	session_notice(app->session);
	if (app->session->stale) {
		ask_stale(app);
		return;
	}
	if (!dirty(app)) {
		app_message(app, STYLE_PLAIN, "there is nothing to save: the file is as you see it");
		go_on(app);
		return;
	}
	edits_words(app, edits, sizeof edits);
	changed_files(app, files, sizeof files);
	snprintf(question, sizeof question, "save %s to %s?", edits, files);
	notes_init(&notes);
	others_warn(&notes, app);
	tell_changes(&notes, &figure, app->session);
	notes_unsaved(&notes, app->session, false);
	app_confirm_with(app, TAG_SAVE, question, &notes, &figure);
	figure_clear(&figure);
	notes_clear(&notes);
}

/* Others may have put one there meanwhile: that is not overwritten. */
static void write_again(struct app *app)
{
	const char *saved = nm_document_saved(app->session->document).bytes;
	struct nm_error err;

	if (nm_file_write(nm_document_file(app->session->document), saved, strlen(saved), true, &err)) {
		app_error(app, &err);
		return;
	}
	session_notice(app->session);
	app_message(app, STYLE_GOOD, "the file is there again, as it was");
	if (dirty(app))
		saving_ask(app, (enum saving_after)app->after);
	else
		go_on(app);
}

static void save(struct app *app)
{
	char edits[32];
	struct nm_error err;

	edits_words(app, edits, sizeof edits);
	if (session_save(app->session, &err)) {
		app_error(app, &err);
		session_notice(app->session);
		if (app->session->stale)
			ask_stale(app);
		return;
	}
	app_forget_facts(app);
	app_message(app, STYLE_GOOD, "saved: %s", edits);
	go_on(app);
}

bool app_edit(struct app *app, const struct nm_edit *edits, size_t n, const char *what)
{
	const unsigned before = app->session->generation;
	struct nm_error err;

	if (!app_may_change(app))
		return false;
	if (session_edit(app->session, edits, n, what, &err)) {
		app_error(app, &err);
		return false;
	}
	if (app->session->generation == before)
		app_message(app, STYLE_PLAIN, "nothing changed: it was so already");
	else
		app_message(app, STYLE_GOOD, "%s: not saved yet, W saves, u takes it back", what);
	return true;
}

bool app_change(struct app *app, const struct nm_edit *edits, size_t n, const char *what)
{
	const bool others = dirty(app);
	struct nm_error err;

	if (!app_edit(app, edits, n, what))
		return false;
	if (others) {
		app_message(app, STYLE_WARNING, "%s: one more edit that is not saved, W saves them all", what);
		return false;
	}
	if (session_save(app->session, &err)) {
		app_error(app, &err);
		if (dirty(app))
			session_drop(app->session);
		return false;
	}
	app_message(app, STYLE_GOOD, "saved: %s (u takes it back)", what);
	return true;
}

void saving_undo(struct app *app, bool redo)
{
	const char *what = NULL;
	struct nm_error err;

	if (!app_may_write(app))
		return;
	if (session_undo(app->session, redo, &what, &err)) {
		app_error(app, &err);
		return;
	}
	if (!what)
		app_message(app, STYLE_PLAIN,
			    redo ? "there is nothing to make again" : "there is nothing to take back");
	else
		app_message(app, STYLE_GOOD, "%s: %s%s", redo ? "made again" : "taken back", what,
			    dirty(app) ? " (not saved yet: W saves)" : "");
}

void saving_discard(struct app *app)
{
	char question[64], edits[32];
	struct notes notes;

	if (!app_may_write(app))
		return;
	if (!dirty(app)) {
		app_message(app, STYLE_PLAIN, "there is nothing to discard: the file is as you see it");
		return;
	}
	edits_words(app, edits, sizeof edits);
	snprintf(question, sizeof question, "discard %s?", edits);
	notes_init(&notes);
	notes_unsaved(&notes, app->session, true);
	app_confirm(app, TAG_DISCARD, question, &notes);
	notes_clear(&notes);
}

static void discard(struct app *app)
{
	struct nm_error err;

	if (session_discard(app->session, "discarded", &err))
		app_error(app, &err);
	else
		app_message(app, STYLE_GOOD, "discarded: u brings the edits back");
}

void saving_leave(struct app *app)
{
	static const char *const ways[] = { "save them and leave", "leave without them", "stay" };
	const size_t n = nm_document_edits(app->session->document);
	char question[64];

	if (!dirty(app)) {
		app->ended = true;
		return;
	}
	snprintf(question, sizeof question, n == 1 ? "%zu edit is not saved" : "%zu edits are not saved", n);
	app_choose(app, TAG_LEAVE, question, ways, sizeof ways / sizeof *ways, 0);
}

static void answer_leave(struct app *app, const struct event *event)
{
	if (event->index == 0)
		saving_ask(app, AFTER_QUIT);
	else if (event->index == 1)
		app->ended = true;
}

bool saving_answer(struct app *app, const struct event *event)
{
	if (event->tag > TAG_SAVE || event->tag < TAG_MERGE)
		return false;
	if (!event->text)
		app->after = AFTER_NOTHING;
	else if (event->tag == TAG_SAVE)
		save(app);
	else if (event->tag == TAG_LEAVE)
		answer_leave(app, event);
	else if (event->tag == TAG_DISCARD)
		discard(app);
	else if (event->tag == TAG_STALE)
		answer_stale(app, event->index + WAY_LOOK);
	else if (event->tag == TAG_MERGE)
		answer_stale(app, event->index);
	else if (event->tag == TAG_GONE && event->index == 0)
		write_again(app);
	else if (event->tag == TAG_GONE)
		app->after = AFTER_NOTHING;
	else if (event->tag == TAG_BESIDE)
		save_beside(app, event->text);
	else if (event->index == 0)
		saving_ask(app, AFTER_EDITOR);
	return true;
}
