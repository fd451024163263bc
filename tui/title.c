/* SPDX-License-Identifier: MIT */
/*
 * The title bar.  In: the session's state, who else is there, the override in force, what is known of the lines.  Out:
 * one row of statements, of which no two run together.  Each has several wordings; one table says in which order they
 * get shorter where there is no room for all.
 */
#include "title.h"

#include <stdio.h>
#include <string.h>

#include "app.h"

#define NARROW 56      /* below, the clock has no date */
#define MARGIN 1       /* blanks at both ends */
#define LEFT_GAP 2     /* blanks behind what stands on the left */
#define CLOCK_GAP 3    /* blanks before the clock */
#define SEPARATOR " · "
#define SEPARATOR_WIDTH 3
#define NAME_KNOWN 10  /* columns of a business's name that tell which it is */
#define NAME_LEAST 4

#define TITLE_TEXT 160
#define FORMS 6

enum part { PART_NAME, PART_STATE, PART_OTHERS, PART_OVERRIDE, PART_SYNC, PART_CLOCK, PARTS };

/* A statement.  No form is wider than the one before it; "" says nothing. */
struct wording {
	unsigned style;
	int form;
	char forms[FORMS][TITLE_TEXT];
};

struct title {
	const char *name;
	struct wording parts[PARTS]; /* of PART_NAME only the form: it is cut */
};

/* What gives way, the first to go first: this part takes this form. */
static const struct {
	enum part part;
	int form;
} concessions[] = {
	{PART_OVERRIDE, 1}, /* without its name */
	{PART_OTHERS, 1},
	{PART_STATE, 1},    /* a plan that is saved is not spoken of */
	{PART_OVERRIDE, 2},
	{PART_STATE, 2},
	{PART_CLOCK, 1},    /* the date is known before who else is there */
	{PART_OTHERS, 2},
	{PART_NAME, 1},
	{PART_OTHERS, 3},
	{PART_SYNC, 1},     /* lines that need nobody are not spoken of */
	{PART_STATE, 3},
	{PART_OVERRIDE, 3},
	{PART_OTHERS, 4},
	{PART_NAME, 2},
	{PART_OTHERS, 5},
	{PART_SYNC, 2},
	{PART_OVERRIDE, 4},
};

#define CONCESSIONS (sizeof concessions / sizeof *concessions)

/* --- the plan --- */

/* What must be seen is said in every form. */
static void say_state(struct wording *out, unsigned style, const char *whole, const char *brief, const char *least)
{
	out->style = style;
	snprintf(out->forms[0], TITLE_TEXT, "%s", whole);
	snprintf(out->forms[1], TITLE_TEXT, "%s", whole);
	snprintf(out->forms[2], TITLE_TEXT, "%s", brief);
	snprintf(out->forms[3], TITLE_TEXT, "%s", least);
}

static void say_edits(struct wording *out, size_t edits)
{
	char whole[TITLE_TEXT], brief[TITLE_TEXT];

	snprintf(whole, sizeof whole, edits == 1 ? "%zu edit, not saved" : "%zu edits, not saved", edits);
	snprintf(brief, sizeof brief, "%zu not saved", edits);
	say_state(out, STYLE_WARNING, whole, brief, brief);
}

static void tell_state(const struct app *app, struct wording *out)
{
	const struct session *session = app->session;
	const bool dirty = nm_document_dirty(session->document);

	if (session->stale && session->gone)
		say_state(out, STYLE_WARNING, "the file is gone", "file gone", "file gone");
	else if (session->stale)
		say_state(out, STYLE_WARNING, "the file changed on disk", "changed on disk", "changed on disk");
	else if (!session->plan)
		say_state(out, STYLE_ERROR, "the plan does not read", "does not read", "does not read");
	else if (session->unread && dirty)
		say_state(out, STYLE_ERROR, "as last read, the text does not read", "the text does not read", "does not read");
	else if (session->unread)
		say_state(out, STYLE_ERROR, "as last read, the file does not read", "the file does not read", "does not read");
	else if (dirty)
		say_edits(out, nm_document_edits(session->document));
	else if (session->options.read_only)
		say_state(out, STYLE_PLAIN, "read-only", "read-only", "read-only");
	else
		snprintf(out->forms[0], TITLE_TEXT, "plan saved");
}

/* --- the lines --- */

struct counts {
	size_t drift, same, assumed, unread;
	bool saved; /* so many of the saved text, which the edits are not in */
};

static struct counts count_lines(const struct app *app)
{
	struct counts counts = {0};

	for (size_t i = 0; i < app->n_facts; i++) {
		const struct nm_line_fact *fact = &app->facts[i];

		counts.drift += fact->known && fact->pushed && !fact->in_sync;
		counts.same += fact->known && fact->in_sync;
		counts.assumed += !fact->known && fact->in_sync;
		counts.unread += fact->pushed && !fact->known && !fact->in_sync;
		counts.saved = counts.saved || fact->saved;
	}
	return counts;
}

static const char *of_saved(const struct counts *counts)
{
	return counts->saved ? " as saved" : "";
}

/* What needs somebody; false: nothing does. */
static bool tell_trouble(struct counts counts, size_t lines, struct wording *out)
{
	if (counts.drift) {
		const char *verb = counts.drift == 1 ? "drifts" : "drift", *of = of_saved(&counts);

		snprintf(out->forms[0], TITLE_TEXT, "%zu %s %s%s", counts.drift, counts.drift == 1 ? "line" : "lines", verb, of);
		snprintf(out->forms[1], TITLE_TEXT, "%zu %s%s", counts.drift, verb, of);
	} else if (counts.unread && counts.unread < lines) {
		snprintf(out->forms[0], TITLE_TEXT, "%zu of %zu unknown", counts.unread, lines);
		snprintf(out->forms[1], TITLE_TEXT, "%zu unknown", counts.unread);
	} else {
		return false;
	}
	out->style = STYLE_WARNING;
	return true;
}

/* What is known of the carriers, in a few words; nothing while nothing is. */
static void tell_sync(const struct app *app, struct wording *out)
{
	const struct counts counts = count_lines(app);
	const size_t lines = app->n_facts;
	const char *of = of_saved(&counts);

	if (!app->facts_known || lines == 0 || tell_trouble(counts, lines, out))
		return;
	if (counts.same == lines) {
		out->style = STYLE_GOOD;
		snprintf(out->forms[0], TITLE_TEXT, "in sync%s", of);
	} else if (counts.same + counts.assumed == lines) {
		snprintf(out->forms[0], TITLE_TEXT, "%zu assumed%s", counts.assumed, of);
	} else if (counts.same == 0 && counts.assumed) {
		snprintf(out->forms[0], TITLE_TEXT, "%zu of %zu assumed%s", counts.assumed, lines, of);
	} else if (counts.same == 0) {
		snprintf(out->forms[0], TITLE_TEXT, "%s", counts.unread ? "live not read" : "not pushed");
	} else {
		snprintf(out->forms[0], TITLE_TEXT, "%zu of %zu in sync%s", counts.same, lines, of);
	}
}

/* --- the override, the others, the clock --- */

/* The override in force now; NULL. */
static const struct nm_override *override_now(const struct app *app)
{
	const struct nm_plan *plan = app_plan(app);
	nm_time now = app_now(app);

	for (size_t i = 0; plan && i < plan->n_overrides; i++) {
		if (plan->overrides[i].from <= now && now < plan->overrides[i].until)
			return &plan->overrides[i];
	}
	return NULL;
}

/* The day of the week and the time as far as that is plain, else the date. */
static void short_until(const struct app *app, nm_time until, char *out, size_t size)
{
	const nm_local local = nm_zone_local(session_zone(app->session), until);
	const int64_t day = nm_local_day(local);
	const int minute = (int)((local - day * NM_DAY) / 60);
	const struct nm_date date = nm_date_from_days(day);

	if (until - app_now(app) < 6 * (nm_time)NM_DAY)
		snprintf(out, size, "%s %02d:%02d", nm_weekday_names[nm_weekday(day)], minute / 60, minute % 60);
	else
		snprintf(out, size, "%d %s %d", date.day, nm_month_names[date.month - 1], date.year);
}

/* Its name and end, less of that, or that there is one. */
static void tell_override(const struct app *app, struct wording *out)
{
	const struct nm_override *override = override_now(app);
	char until[NM_TIME_TEXT], end[NM_TIME_TEXT];

	if (!override)
		return;
	out->style = STYLE_WARNING;
	nm_time_words(session_zone(app->session), override->until, false, until);
	short_until(app, override->until, end, sizeof end);
	snprintf(out->forms[0], TITLE_TEXT, "override %.80s to %s", override->rule.name, until);
	snprintf(out->forms[1], TITLE_TEXT, "override to %s", until);
	snprintf(out->forms[2], TITLE_TEXT, "override to %s", end);
	snprintf(out->forms[3], TITLE_TEXT, "override");
}

/* others.h has their words; what comes after them says nothing. */
static void tell_others(const struct app *app, struct wording *out)
{
	_Static_assert(OTHERS_TEXT <= TITLE_TEXT, "their words have room");
	_Static_assert(OTHERS_FORMS < FORMS, "they can go without words");
	out->style = others_edits(app) ? STYLE_WARNING : STYLE_BOLD;
	for (int i = 0; i < FORMS; i++)
		others_words(app, i, out->forms[i]);
}

/* The clock; on a narrow terminal without what one knows anyhow. */
static void tell_clock(const struct app *app, int width, struct wording *out)
{
	const struct nm_zone *zone = session_zone(app->session);
	nm_time now = app_now(app) / 60 * 60;
	nm_local local = nm_zone_local(zone, now);
	int64_t day = nm_local_day(local);
	int minute = (int)((local - day * NM_DAY) / 60);

	snprintf(out->forms[1], TITLE_TEXT, "%s %02d:%02d", nm_weekday_names[nm_weekday(day)], minute / 60, minute % 60);
	if (width < NARROW)
		snprintf(out->forms[0], TITLE_TEXT, "%s", out->forms[1]);
	else
		nm_time_words_zone(zone, now, false, out->forms[0]);
}

/* --- the room --- */

static const char *words_of(const struct title *title, enum part part)
{
	return title->parts[part].forms[title->parts[part].form];
}

/* The columns that the name must have. */
static int name_columns(const struct title *title)
{
	static const int most[] = {CANVAS_MOST, NAME_KNOWN, NAME_LEAST};
	const int width = text_width(title->name), form = title->parts[PART_NAME].form;

	return width < most[form] ? width : most[form];
}

/* Of a statement behind the name, what parts it from the one before it included. */
static int part_columns(const struct title *title, enum part part)
{
	const int width = text_width(words_of(title, part));

	return width ? SEPARATOR_WIDTH + width : 0;
}

static int left_columns(const struct title *title)
{
	return part_columns(title, PART_STATE) + part_columns(title, PART_OTHERS) + part_columns(title, PART_OVERRIDE);
}

static int right_columns(const struct title *title)
{
	const int sync = text_width(words_of(title, PART_SYNC));

	return text_width(words_of(title, PART_CLOCK)) + (sync ? sync + CLOCK_GAP : 0);
}

static bool fits(const struct title *title, int width)
{
	return MARGIN + name_columns(title) + left_columns(title) + LEFT_GAP + right_columns(title) + MARGIN <= width;
}

/* Takes the forms for which there is room.  What gave way in vain, as something later had to all the same, comes back;
 * once the name is cut, what room is left is the name's. */
static void fit(struct title *title, int width)
{
	size_t n = 0;

	for (; n < CONCESSIONS && !fits(title, width); n++) {
		int *form = &title->parts[concessions[n].part].form;

		if (*form < concessions[n].form)
			*form = concessions[n].form;
	}
	while (n-- > 0) {
		int *form = &title->parts[concessions[n].part].form;

		if (*form != concessions[n].form)
			continue;
		--*form;
		if (fits(title, width))
			continue;
		++*form;
		if (concessions[n].part == PART_NAME)
			break;
	}
}

/* --- the row --- */

static void draw_part(struct pen *pen, unsigned style, const char *words)
{
	if (!words[0])
		return;
	pen_text(pen, STYLE_DIM, SEPARATOR);
	pen_text(pen, style, words);
}

/* Written from the right; returns where it begins. */
static int draw_right(const struct title *title, struct canvas *canvas)
{
	const char *clock = words_of(title, PART_CLOCK), *sync = words_of(title, PART_SYNC);
	int at = canvas->width - text_width(clock) - MARGIN;

	canvas_text(canvas, at, 0, text_width(clock), STYLE_PLAIN, clock);
	if (sync[0]) {
		at -= text_width(sync) + CLOCK_GAP;
		canvas_text(canvas, at, 0, text_width(sync), title->parts[PART_SYNC].style, sync);
	}
	return at;
}

static void draw_statements(const struct app *app, struct canvas *canvas)
{
	const struct nm_plan *plan = app_plan(app);
	struct title title = {.name = plan ? plan->business : app->session->options.plan_file};
	struct pen pen;
	int end;

	tell_state(app, &title.parts[PART_STATE]);
	tell_others(app, &title.parts[PART_OTHERS]);
	tell_override(app, &title.parts[PART_OVERRIDE]);
	tell_sync(app, &title.parts[PART_SYNC]);
	tell_clock(app, canvas->width, &title.parts[PART_CLOCK]);
	fit(&title, canvas->width);
	end = draw_right(&title, canvas) - LEFT_GAP;
	pen = pen_at(canvas, MARGIN, 0, end - left_columns(&title));
	pen_text(&pen, STYLE_TITLE, title.name);
	pen.end = end;
	for (enum part part = PART_STATE; part <= PART_OVERRIDE; part++)
		draw_part(&pen, title.parts[part].style, words_of(&title, part));
}

/* Of the screen that is alone, or of its page on top. */
static void draw_heading(const struct app *app, struct canvas *canvas)
{
	const struct layer *layer = &app->tabs[app->tab];
	struct title title = {0};
	struct heading heading;
	struct pen pen;
	int at;

	for (size_t i = 0; i < app->depth; i++) {
		if (app->stack[i].ops->heading)
			layer = &app->stack[i];
	}
	layer->ops->heading(layer->state, app, &heading);
	tell_clock(app, canvas->width, &title.parts[PART_CLOCK]);
	at = draw_right(&title, canvas);
	pen = pen_at(canvas, MARGIN, 0, at - LEFT_GAP - text_width(heading.words) - SEPARATOR_WIDTH);
	pen_text(&pen, STYLE_TITLE, heading.whose);
	pen.end = at - LEFT_GAP;
	draw_part(&pen, STYLE_PLAIN, heading.words);
}

void title_draw(const struct app *app, struct canvas *canvas)
{
	if (app_alone(app))
		draw_heading(app, canvas);
	else
		draw_statements(app, canvas);
}
