/* SPDX-License-Identifier: MIT */
/*
 * Others: see others.h.  In: files of other sessions that live.  Out: messages, words, lines.  Writes nothing.
 */
#include "others.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "prompt.h"
#include "unsaved.h"

#define PATH_BYTES 8192
#define NAME_TEXT (PRESENCE_WHO + PRESENCE_TERMINAL + sizeof " on ")

static const struct presence_other *find(const struct others *others, const char *id)
{
	for (size_t i = 0; i < others->n; i++) {
		if (!strcmp(others->list[i].id, id))
			return &others->list[i];
	}
	return NULL;
}

/* "ana over ssh on pts/3" */
static void whole_name(const struct presence_other *other, char out[static NAME_TEXT])
{
	snprintf(out, NAME_TEXT, "%s%s%s", other->who, other->terminal[0] ? " on " : "", other->terminal);
}

/* "ana"; of one who goes by our own name, whom that would not tell apart, "pat on pts/3". */
static void short_name(const struct app *app, const struct presence_other *other, char out[static NAME_TEXT])
{
	const char *own = app->session->options.who;
	const size_t len = strcspn(other->who, " ");

	if (own && strcspn(own, " ") == len && !strncmp(own, other->who, len) && other->terminal[0])
		snprintf(out, NAME_TEXT, "%.*s on %s", (int)len, other->who, other->terminal);
	else
		snprintf(out, NAME_TEXT, "%.*s", (int)len, other->who);
}

/* --- who came and went --- */

static void tell_came(struct app *app, const struct presence_other *other)
{
	char name[NAME_TEXT], since[NM_TIME_TEXT];

	whole_name(other, name);
	nm_time_words(session_zone(app->session), other->since, false, since);
	app_message(app, STYLE_WARNING,
		    "%s has this plan open since %s: what one saves, the other sees at once", name, since);
}

static void tell_went(struct app *app, const struct presence_other *other)
{
	char name[NAME_TEXT];

	whole_name(other, name);
	app_message(app, STYLE_PLAIN, "%s has closed this plan", name);
}

bool others_notice(struct app *app)
{
	struct others *others = &app->others, before = *others;
	bool changed = false;

	if (!app->recovery.begun)
		return false;
	others->n = presence_others(&app->recovery.presence, others->list, OTHERS_MOST);
	for (size_t i = 0; i < before.n; i++) {
		if (!find(others, before.list[i].id)) {
			tell_went(app, &before.list[i]);
			changed = true;
		}
	}
	for (size_t i = 0; i < others->n; i++) {
		const struct presence_other *was = find(&before, others->list[i].id);

		if (!was)
			tell_came(app, &others->list[i]);
		changed = changed || !was || was->edits != others->list[i].edits;
	}
	return changed;
}

/* --- for the title bar --- */

size_t others_edits(const struct app *app)
{
	size_t edits = 0;

	for (size_t i = 0; i < app->others.n; i++)
		edits += app->others.list[i].edits;
	return edits;
}

/* "ana", "2 others" */
static void who_words(const struct app *app, char out[static NAME_TEXT])
{
	if (app->others.n == 1)
		short_name(app, &app->others.list[0], out);
	else
		snprintf(out, NAME_TEXT, "%zu others", app->others.n);
}

/* A name is whole or not there: what is left of "pat on pts/14" without its end may be anybody. */
void others_words(const struct app *app, int form, char out[static OTHERS_TEXT])
{
	const size_t n = app->others.n, edits = others_edits(app);
	char who[NAME_TEXT];

	out[0] = '\0';
	if (!n || form >= OTHERS_FORMS)
		return;
	who_words(app, who);
	if (form == OTHERS_FORMS - 1)
		snprintf(out, OTHERS_TEXT, "+%zu", n);
	else if (edits && form == 0)
		snprintf(out, OTHERS_TEXT, "also open: %s, %zu edit%s not saved", who, edits, edits == 1 ? "" : "s");
	else if (edits && form < 3)
		snprintf(out, OTHERS_TEXT, "%s, %zu not saved", who, edits);
	else if (edits)
		snprintf(out, OTHERS_TEXT, "+%zu, %zu unsaved", n, edits);
	else
		snprintf(out, OTHERS_TEXT, "%s%s", form < 2 ? "also open: " : form < 3 ? "also " : "+", who);
}

/* --- for the questions and the list of changes --- */

void others_warn(struct notes *notes, const struct app *app)
{
	const size_t edits = others_edits(app);
	char who[NAME_TEXT];

	if (!edits)
		return;
	who_words(app, who);
	notes_addf(notes, STYLE_WARNING, "%s %s %zu %s not saved too: a save here loses none of that: W there puts it on top, or shows both",
		   who, app->others.n == 1 ? "has" : "have", edits, edits == 1 ? "edit" : "edits");
}

static void notes_of(struct notes *notes, const struct app *app, const struct presence_other *other)
{
	char name[NAME_TEXT];
	struct unsaved unsaved;
	struct nm_buf path;
	struct nm_error err;

	whole_name(other, name);
	notes_add(notes, STYLE_PLAIN, "");
	notes_addf(notes, STYLE_HEAD,
		   other->edits == 1 ? "not saved by %s: %zu edit" : "not saved by %s: %zu edits", name,
		   other->edits);
	nm_buf_init(&path, PATH_BYTES);
	presence_unsaved(&app->recovery.presence, other->id, &path);
	if (path.failed || unsaved_read(path.data, &unsaved, &err)) {
		notes_add(notes, STYLE_DIM, "their text cannot be read from here");
	} else {
		notes_diff_texts(notes, unsaved.base ? (struct nm_texts){unsaved.base, unsaved.base_len}
						     : nm_document_saved(app->session->document),
				 (struct nm_texts){unsaved.text, unsaved.len});
		unsaved_clear(&unsaved);
	}
	nm_buf_clear(&path);
}

void others_notes(struct notes *notes, const struct app *app)
{
	for (size_t i = 0; i < app->others.n; i++) {
		if (app->others.list[i].edits)
			notes_of(notes, app, &app->others.list[i]);
	}
}
