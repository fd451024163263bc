/* SPDX-License-Identifier: MIT */
/*
 * Changing what is there: an option, a section's name, its place.  In: keys and answers.
 * Out: edits of the session's text, each with words for the list of changes.  A value that does not read is
 * asked for again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "plan_fit.h"
#include "plan_screen.h"

#define EDITS_MOST 16 /* of one change: the option, and those it takes out */

void place_hold(struct held_place *held, const struct nm_place *place)
{
	const struct nm_section_info *info = nm_section_find(place->section);

	held->section = info ? info->name : ""; /* the table's, not a text's that is read again */
	snprintf(held->title, sizeof held->title, "%s", place->title ? place->title : "");
	held->step = place->step;
}

struct nm_place place_held(const struct held_place *held)
{
	return (struct nm_place){held->section, held->title[0] ? held->title : NULL, held->step};
}

/* "for of step 2 of path daytime" */
static void option_words(const struct nm_place *place, const char *option, char *out, size_t size)
{
	char where[PLACE_TEXT];

	place_words(place, where);
	snprintf(out, size, "%s of %s", option, where);
}

/* --- options --- */

struct edits {
	struct nm_edit items[EDITS_MOST];
	size_t n;
};

static void add_edit(struct edits *edits, enum nm_edit_op op, struct nm_place place, const char *option, const char *value)
{
	if (edits->n < EDITS_MOST)
		edits->items[edits->n++] = (struct nm_edit){.op = op, .place = place, .option = option, .value = value};
}

static const struct nm_written_section *written_at(struct app *app, const struct nm_place *place)
{
	const struct nm_written *written;

	return session_written(app->session, &written, NULL) ? NULL : nm_written_find(written, place);
}

/* Takes out what cannot stand beside the option. */
static void take_out(struct edits *edits, const struct nm_written_section *section, struct nm_place place,
		     const char *option, const char *value)
{
	const char *decider = fit_decider(section->kind);
	const bool decides = decider && !strcmp(option, decider);

	for (size_t i = 0; i < section->n; i++) {
		const char *other = section->options[i].name;
		bool goes = decides && !fit_takes(section->kind, value, other);

		for (size_t a = 0; a < nm_alternatives_count; a++)
			goes |= !strcmp(nm_alternatives[a].section, section->kind) && strcmp(other, option) != 0 &&
				nm_word_listed(nm_alternatives[a].options, option) &&
				nm_word_listed(nm_alternatives[a].options, other);
		if (goes)
			add_edit(edits, NM_EDIT_UNSET, place, other, NULL);
	}
}

/* What cannot be made is told in words of the form, when it is the option's value that is wrong. */
static bool make(struct app *app, const struct edits *edits, const struct nm_place *place,
		 const struct nm_option_info *info, const char *what)
{
	if (app_edit(app, edits->items, edits->n, what))
		return true;
	plan_value_wrong(app, edits->items, edits->n, place, info);
	return false;
}

/* Those that give an option a value. */
static struct edits value_edits(struct app *app, struct nm_place place, const char *option, const char *value)
{
	const struct nm_written_section *section = written_at(app, &place);
	struct edits edits = {0};

	if (section)
		take_out(&edits, section, place, option, value);
	add_edit(&edits, NM_EDIT_SET, place, option, value);
	return edits;
}

static bool set_option(struct app *app, const struct nm_place *place, const struct nm_option_info *info,
		       const char *value)
{
	const struct edits edits = value_edits(app, *place, info->name, value);
	char what[2 * PLACE_TEXT];

	option_words(place, info->name, what, sizeof what);
	return make(app, &edits, place, info, what);
}

static bool leave_out(struct app *app, const struct nm_place *place, const char *option)
{
	const struct nm_edit edit = {.op = NM_EDIT_UNSET, .place = *place, .option = option};
	const struct nm_written_section *section = written_at(app, place);
	char what[2 * PLACE_TEXT];

	option_words(place, option, what, sizeof what);
	if (section && !nm_written_option(section, option)) {
		app_message(app, STYLE_PLAIN, "%s is not given", option);
		return true;
	}
	return app_edit(app, &edit, 1, what);
}

void change_value(struct plan_screen *screen, struct app *app)
{
	const struct nm_written_option *written;
	struct nm_place place;
	const struct nm_option_info *info = form_option(&screen->form, &place, &written);

	if (!info || !app_may_change(app))
		return;
	place_hold(&screen->place, &place);
	ask_value(app, TAG_VALUE, &screen->ask, info, !info->required, written ? written->values : NULL,
		  written ? written->n : 0);
}

void change_leave_out(struct plan_screen *screen, struct app *app)
{
	const struct nm_written_option *written;
	struct nm_place place;
	const struct nm_option_info *info = form_option(&screen->form, &place, &written);

	if (info && app_may_change(app))
		leave_out(app, &place, info->name);
}

/* A voicemail that is to ring needs somewhere to ring: asked for before either is written. */
static bool needs_number(struct app *app, const struct nm_place *place, const char *option, const char *value)
{
	const struct nm_written_section *section = written_at(app, place);

	return section && !strcmp(section->kind, "destination") && !strcmp(option, "kind") &&
	       strcmp(value, "voicemail") != 0 && !nm_written_option(section, "number") &&
	       !nm_written_option(section, "line") && !nm_written_option(section, "address");
}

static void ask_number(struct plan_screen *screen, struct app *app, const char *kind)
{
	snprintf(screen->kind, sizeof screen->kind, "%s", kind);
	ask_value(app, TAG_RING_NUMBER, &screen->ask, nm_option_find("destination", "number"), false, NULL, 0);
}

static void take_value(struct plan_screen *screen, struct app *app, const struct event *event)
{
	const struct nm_place place = place_held(&screen->place);
	const char *option = screen->ask.info->name;
	bool good = true;
	struct nm_buf value;

	nm_buf_init(&value, NM_PLAN_BYTES);
	switch (ask_take(app, TAG_VALUE, &screen->ask, event, &value)) {
	case ASK_LEAVE_OUT:
		good = leave_out(app, &place, option);
		break;
	case ASK_VALUE:
		if (needs_number(app, &place, option, value.data))
			ask_number(screen, app, value.data);
		else
			good = set_option(app, &place, screen->ask.info, value.data);
		break;
	case ASK_DISMISSED:
	case ASK_MORE:
		break;
	}
	nm_buf_clear(&value);
	if (!good)
		ask_again(app, TAG_VALUE, &screen->ask);
}

/* Those that make it ring, at this number. */
static struct edits number_edits(const struct plan_screen *screen, struct nm_place place, const char *number)
{
	struct edits edits = {0};

	add_edit(&edits, NM_EDIT_SET, place, "kind", screen->kind);
	add_edit(&edits, NM_EDIT_SET, place, "number", number);
	return edits;
}

static void take_number(struct plan_screen *screen, struct app *app, const struct event *event)
{
	const struct nm_place place = place_held(&screen->place);
	struct nm_buf value;
	char what[2 * PLACE_TEXT];

	nm_buf_init(&value, NM_PLAN_BYTES);
	if (ask_take(app, TAG_RING_NUMBER, &screen->ask, event, &value) == ASK_VALUE) {
		const struct edits edits = number_edits(screen, place, value.data);

		option_words(&place, "kind", what, sizeof what);
		if (!make(app, &edits, &place, screen->ask.info, what))
			ask_again(app, TAG_RING_NUMBER, &screen->ask);
	}
	nm_buf_clear(&value);
}

/* The edits that Enter would make of what it is; none where it makes none. */
static struct edits edits_of(const struct plan_screen *screen, struct app *app, enum ask_result result, const char *value)
{
	const struct nm_place place = place_held(&screen->place);
	const char *option = screen->ask.info->name;
	const struct nm_written_section *section = written_at(app, &place);
	struct edits edits = {0};

	if (result == ASK_VALUE && screen->ask.tag == TAG_RING_NUMBER)
		return number_edits(screen, place, value);
	if (result == ASK_VALUE)
		return value_edits(app, place, option, value);
	if (result == ASK_LEAVE_OUT && section && nm_written_option(section, option))
		add_edit(&edits, NM_EDIT_UNSET, place, option, NULL);
	return edits;
}

void change_hear(const struct plan_screen *screen, struct app *app, const char *typed)
{
	const struct nm_place place = place_held(&screen->place);
	enum ask_result result;
	struct edits edits;
	struct nm_buf value;

	nm_buf_init(&value, NM_PLAN_BYTES);
	result = ask_read(&screen->ask, typed, &value);
	edits = edits_of(screen, app, result, value.data);
	if (!edits.n || !plan_edits_wrong(app, edits.items, edits.n, &place, screen->ask.info))
		ask_help(app, &screen->ask);
	nm_buf_clear(&value);
}

/* --- sections --- */

/* "path night moved before lunch": the section or step beside it, in whose place it comes. */
static void move_words(const struct plan_screen *screen, const struct nm_place *place, int by, char *out, size_t size)
{
	const size_t at = screen->list.at + (size_t)by;
	const struct plan_row *beside = at < screen->n ? &screen->rows[at] : NULL;
	const char *side = by < 0 ? "before" : "behind";
	char where[PLACE_TEXT];

	place_words(place, where);
	if (place->step >= 0)
		snprintf(out, size, "%s" MOVED "%s step %d", where, side, place->step + 1 + by);
	else if (beside && beside->name && *beside->name)
		snprintf(out, size, "%s" MOVED "%s %s", where, side, beside->name);
	else
		snprintf(out, size, "%s" MOVED "%s", where, by < 0 ? "up" : "down");
}

void change_move(struct plan_screen *screen, struct app *app, int by)
{
	struct nm_edit edit = {.op = NM_EDIT_MOVE, .by = by};
	char what[2 * PLACE_TEXT];

	if (!plan_place(screen, app, &edit.place))
		return;
	move_words(screen, &edit.place, by, what, sizeof what);
	if (app_edit(app, &edit, 1, what) && edit.place.step >= 0)
		screen->form.list.at += (size_t)by;
}

/* A section with another name: its bytes but for the title. */
static char *copied(const struct app *app, const struct nm_written_section *section, const char *title)
{
	const char *text = session_texts(app->session).bytes;
	struct nm_buf copy;

	nm_buf_init(&copy, NM_PLAN_BYTES);
	if (title) {
		nm_buf_addn(&copy, text + section->from, section->title_from - section->from);
		nm_buf_add(&copy, title);
		nm_buf_addn(&copy, text + section->title_until, section->until - section->title_until);
	} else {
		nm_buf_addn(&copy, text + section->from, section->until - section->from);
	}
	return nm_buf_take(&copy);
}

static bool add_copy(struct app *app, const struct nm_place *place, const char *title)
{
	struct nm_edit edit = {.op = NM_EDIT_ADD, .place = *place};
	const struct nm_written_section *section = written_at(app, place);
	char *text = section ? copied(app, section, title) : NULL, where[PLACE_TEXT], what[PLACE_TEXT + 16];
	bool good = false;

	place_words(place, where);
	snprintf(what, sizeof what, "a copy of %s", where);
	edit.value = text;
	if (text)
		good = app_edit(app, &edit, 1, what);
	free(text);
	return good;
}

void change_copy(struct plan_screen *screen, struct app *app)
{
	struct nm_place place;
	char question[PLACE_TEXT + 32], where[PLACE_TEXT];

	if (!plan_place(screen, app, &place))
		return;
	if (place.step >= 0) {
		if (add_copy(app, &place, NULL))
			screen->form.list.at++;
		return;
	}
	if (!place.title) {
		app_message(app, STYLE_WARNING, "there can only be one %s", place.section);
		return;
	}
	place_hold(&screen->place, &place);
	place_words(&place, where);
	snprintf(question, sizeof question, "name of the copy of %s:", where);
	app_ask(app, TAG_COPY, question, place.title, NULL);
}

/* A copy of a line and its number, as one step back. */
static bool add_line(struct plan_screen *screen, struct app *app, const struct nm_place *place, const char *title,
		     const char *number)
{
	const struct nm_place copy = {place->section, screen->copy, -1};
	const struct nm_written_section *section = written_at(app, place);
	char *text = section ? copied(app, section, title) : NULL, where[PLACE_TEXT], what[PLACE_TEXT + 16];
	struct edits edits = {0};
	bool good;

	if (!text)
		return false;
	place_words(place, where);
	snprintf(what, sizeof what, "a copy of %s", where);
	add_edit(&edits, NM_EDIT_ADD, *place, NULL, text);
	add_edit(&edits, NM_EDIT_SET, copy, "number", number);
	good = make(app, &edits, &copy, screen->ask.info, what);
	free(text);
	return good;
}

static void ask_copy_number(struct plan_screen *screen, struct app *app, const char *name)
{
	snprintf(screen->copy, sizeof screen->copy, "%s", name);
	app_message(app, STYLE_DIM, "the number that customers call to reach %s: no two lines have the same", name);
	ask_value(app, TAG_COPY_NUMBER, &screen->ask, nm_option_find("line", "number"), false, NULL, 0);
}

static void take_copy_number(struct plan_screen *screen, struct app *app, const struct event *event)
{
	const struct nm_place place = place_held(&screen->place);
	const char *name = screen->copy;
	bool good = true;
	struct nm_buf value, title;

	nm_buf_init(&value, NM_PLAN_BYTES);
	nm_buf_init(&title, 4096);
	if (ask_take(app, TAG_COPY_NUMBER, &screen->ask, event, &value) == ASK_VALUE)
		good = title_write(name, &title, NULL) == NM_OK && add_line(screen, app, &place, title.data, value.data);
	if (good && value.len)
		plan_screen_go(screen, place.section, name);
	nm_buf_clear(&title);
	nm_buf_clear(&value);
	if (!good)
		ask_again(app, TAG_COPY_NUMBER, &screen->ask);
}

static void take_copy(struct plan_screen *screen, struct app *app, const char *name)
{
	const struct nm_place place = place_held(&screen->place);
	struct nm_buf title;
	struct nm_error err;

	nm_buf_init(&title, 4096);
	if (!plan_name_refused(app, place.section, name) && title_write(name, &title, &err))
		app_error(app, &err);
	if (title.len && !strcmp(place.section, "line"))
		ask_copy_number(screen, app, name);
	else if (title.len && add_copy(app, &place, title.data))
		plan_screen_go(screen, place.section, name);
	else
		app_ask(app, TAG_COPY, "name of the copy:", "", name);
	nm_buf_clear(&title);
}

/* typed: a name that would not do; NULL: it is asked for the first time. */
static void ask_name(struct app *app, const struct nm_place *place, const char *typed)
{
	char question[PLACE_TEXT + 32], where[PLACE_TEXT];

	place_words(place, where);
	snprintf(question, sizeof question, "new name of %s:", where);
	app_ask(app, TAG_RENAME, question, typed ? "" : place->title, typed);
}

void change_rename(struct plan_screen *screen, struct app *app)
{
	struct nm_place place;

	if (!plan_place(screen, app, &place))
		return;
	place.step = -1;
	if (!place.title) {
		app_message(app, STYLE_WARNING, "this section has no name");
		return;
	}
	place_hold(&screen->place, &place);
	ask_name(app, &place, NULL);
}

static bool rename_now(struct plan_screen *screen, struct app *app, const char *name)
{
	const struct nm_edit edit = {.op = NM_EDIT_RENAME, .place = place_held(&screen->place), .value = name};
	char what[2 * PLACE_TEXT], where[PLACE_TEXT];

	place_words(&edit.place, where);
	snprintf(what, sizeof what, "%s is now %s", where, name);
	if (!app_edit(app, &edit, 1, what))
		return false;
	plan_screen_go(screen, edit.place.section, name);
	return true;
}

static void take_rename(struct plan_screen *screen, struct app *app, const char *name)
{
	const struct nm_place place = place_held(&screen->place);
	const bool same = !strcmp(name, place.title);

	if (!same && plan_name_refused(app, place.section, name))
		ask_name(app, &place, name);
	else if (!rename_now(screen, app, name))
		ask_name(app, &place, name);
}

/* --- mends --- */

/* How something found is mended: by these edits, or by a section of this kind, which is asked for. */
struct way {
	const struct nm_mend *mend; /* NULL: there is none */
	const char *missed;	    /* NULL: edits do */
};

/* The way with these words (NULL: any) to mend what is found at the section; *n counts all. */
static struct way find_way(const struct app *app, struct nm_pos pos, const char *words, const char **all, size_t most,
			   size_t *n)
{
	const struct session *session = app->session;
	struct way way = {0};

	*n = 0;
	for (size_t i = 0; session->findings_known && i < session->findings.n; i++) {
		const struct nm_finding *finding = &session->findings.items[i];
		const char *missed = finding_misses(finding);

		for (size_t m = 0; m < finding->n_mends && finding_concerns(app, finding, pos); m++) {
			const struct nm_mend *mend = &finding->mends[m];

			if ((!mend->n && !missed) || *n == most)
				continue;
			all[(*n)++] = mend->words;
			if (!way.mend && (!words || !strncmp(mend->words, words, PLACE_TEXT - 1)))
				way = (struct way){mend, missed};
		}
	}
	return way;
}

#define MENDS_MOST 64

static void ask_mend(struct plan_screen *screen, struct app *app, struct way way)
{
	char question[PLACE_TEXT + 1];

	if (way.missed) {
		add_begin(screen, app, way.missed);
		return;
	}
	snprintf(screen->mend, sizeof screen->mend, "%s", way.mend->words);
	snprintf(question, sizeof question, "%s?", screen->mend);
	change_ask(app, TAG_MEND, question, way.mend->edits, way.mend->n);
}

void change_mend(struct plan_screen *screen, struct app *app)
{
	const struct plan_row *row = plan_row_chosen(screen);
	const char *all[MENDS_MOST];
	struct way way;
	size_t n = 0;

	if (!row || !app_may_change(app))
		return;
	way = find_way(app, row->pos, NULL, all, MENDS_MOST, &n);
	if (!way.mend)
		app_message(app, STYLE_PLAIN, "there is nothing here that a key could mend");
	else if (n == 1)
		ask_mend(screen, app, way);
	else
		app_choose(app, TAG_MEND_CHOICE, "how shall it be mended?", all, n, 0);
}

bool change_mends(const struct plan_screen *screen, const struct app *app)
{
	const struct plan_row *row = plan_row_chosen(screen);
	const char *all[MENDS_MOST];
	size_t n;

	return row && find_way(app, row->pos, NULL, all, MENDS_MOST, &n).mend;
}

static void take_mend(struct plan_screen *screen, struct app *app, const char *words, bool sure)
{
	const struct plan_row *row = plan_row_chosen(screen);
	const char *all[MENDS_MOST];
	size_t n;
	const struct way way = row ? find_way(app, row->pos, words, all, MENDS_MOST, &n) : (struct way){0};
	char what[PLACE_TEXT];

	snprintf(what, sizeof what, "%s", words);
	if (!way.mend)
		app_message(app, STYLE_WARNING, "the plan has changed: this is mended, or another thing now");
	else if (sure)
		app_edit(app, way.mend->edits, way.mend->n, what);
	else
		ask_mend(screen, app, way);
}

void change_answer(struct plan_screen *screen, struct app *app, const struct event *event)
{
	if (!event->text)
		app_message(app, STYLE_PLAIN, "nothing was changed");
	else if (event->tag == TAG_VALUE)
		take_value(screen, app, event);
	else if (event->tag == TAG_RING_NUMBER)
		take_number(screen, app, event);
	else if (event->tag == TAG_COPY)
		take_copy(screen, app, event->text);
	else if (event->tag == TAG_COPY_NUMBER)
		take_copy_number(screen, app, event);
	else if (event->tag == TAG_RENAME)
		take_rename(screen, app, event->text);
	else if (event->tag == TAG_DELETE || event->tag == TAG_USE)
		delete_answer(screen, app, event);
	else if (event->tag == TAG_MEND_CHOICE)
		take_mend(screen, app, event->text, false);
	else if (event->tag == TAG_MEND)
		take_mend(screen, app, screen->mend, true);
}
