/* SPDX-License-Identifier: MIT */
/*
 * The ladder.  In: the events of a call.  Out: cells.  Knows no plan: whoever an event names gets a
 * column, in the order in which they first appear.
 */
#include "ladder.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "plan_parts.h"
#include "spoken.h"
#include "style.h"

#define REASON_LEAST 16 /* columns of a reason beside the line of the plan */
#define MOST_PARTIES 12
#define CALLER_X 6
#define COLUMN_MIN (SPOKEN_WIDTH + 2) /* the word, and the ends of its arrow */
#define COLUMN_MAX 16
#define REASON_MIN 18
#define REASON_NEAR 72 /* columns from where reasons begin to where the plan's line stands beside most of them */

struct ladder {
	struct canvas *canvas;
	struct box box;
	const char *parties[MOST_PARTIES];
	int n;
	int column; /* width of one */
};

/* Events that name parties one by one take a row for each; the others one row. */
static bool for_each_party(enum nm_event_kind kind)
{
	return kind == NM_EVENT_RING || kind == NM_EVENT_NO_ANSWER || kind == NM_EVENT_BUSY ||
	       kind == NM_EVENT_DECLINED || kind == NM_EVENT_UNREACHABLE;
}

static int event_rows(const struct nm_event *event)
{
	if (event->kind == NM_EVENT_SKIP)
		return 0; /* who is not rung is told elsewhere */
	return for_each_party(event->kind) && event->n > 1 ? (int)event->n : 1;
}

int ladder_rows(const struct nm_outcome *outcome)
{
	int rows = 1;

	for (size_t i = 0; i < outcome->n; i++)
		rows += event_rows(&outcome->events[i]);
	return rows;
}

const struct nm_event *ladder_event(const struct nm_outcome *outcome, int row)
{
	for (size_t i = 0; i < outcome->n; i++) {
		row -= event_rows(&outcome->events[i]);
		if (row < 0)
			return &outcome->events[i];
	}
	return NULL;
}

static int party_index(const struct ladder *ladder, const char *name)
{
	for (int i = 0; i < ladder->n; i++) {
		if (!strcmp(ladder->parties[i], name))
			return i;
	}
	return -1;
}

/* False when there are more parties than columns. */
static bool collect(struct ladder *ladder, const struct nm_outcome *outcome)
{
	for (size_t i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		for (size_t j = 0;
		     j < event->n && event->kind != NM_EVENT_SKIP && event->kind != NM_EVENT_ALERT; j++) {
			if (party_index(ladder, event->to[j]) >= 0)
				continue;
			if (ladder->n == MOST_PARTIES)
				return false;
			ladder->parties[ladder->n++] = event->to[j];
		}
	}
	return true;
}

static bool fit(struct ladder *ladder)
{
	int room = ladder->box.width - CALLER_X - REASON_MIN;
	int longest = 0;

	if (ladder->n == 0)
		return false;
	for (int i = 0; i < ladder->n; i++) {
		int width = text_width(ladder->parties[i]);

		if (width > longest)
			longest = width;
	}
	ladder->column = room / ladder->n;
	if (ladder->column > COLUMN_MAX)
		ladder->column = longest + 3 > COLUMN_MAX ? COLUMN_MAX : longest + 3 > 12 ? longest + 3 : 12;
	return ladder->column >= COLUMN_MIN;
}

int ladder_row_of(const struct nm_outcome *outcome, size_t event, int width)
{
	struct ladder ladder = {.box = {.width = width}};
	int row = collect(&ladder, outcome) && fit(&ladder) ? 1 : 0;

	for (size_t i = 0; i < event && i < outcome->n; i++)
		row += event_rows(&outcome->events[i]);
	return row;
}

static int party_x(const struct ladder *ladder, int i)
{
	return ladder->box.x + CALLER_X + (i + 1) * ladder->column;
}

static unsigned event_style(enum nm_event_kind kind)
{
	switch (kind) {
	case NM_EVENT_ANSWER:
		return STYLE_BOLD; /* by people or by an AI: the colours of these say which */
	case NM_EVENT_VOICEMAIL:
	case NM_EVENT_SWALLOW:
		return STYLE_VOICEMAIL;
	case NM_EVENT_LOST:
	case NM_EVENT_LOOP:
	case NM_EVENT_LIMIT:
		return STYLE_ERROR;
	case NM_EVENT_RING:
	case NM_EVENT_GREETING:
		return STYLE_PLAIN;
	default:
		return STYLE_DIM;
	}
}

static void lifelines(const struct ladder *ladder, int y)
{
	canvas_put(ladder->canvas, ladder->box.x + CALLER_X, y, STYLE_RULE, 0x2502);
	for (int i = 0; i < ladder->n; i++)
		canvas_put(ladder->canvas, party_x(ladder, i), y, STYLE_RULE, 0x2502);
}

/* A line between the caller and a party, with the word on it; towards the party or back. */
static void arrow(const struct ladder *ladder, int y, int party, enum nm_event_kind kind)
{
	struct canvas *canvas = ladder->canvas;
	bool there = kind == NM_EVENT_RING || kind == NM_EVENT_VOICEMAIL;
	bool twice = kind == NM_EVENT_ANSWER || kind == NM_EVENT_SWALLOW || kind == NM_EVENT_VOICEMAIL;
	int from = ladder->box.x + CALLER_X, to = party_x(ladder, party);
	unsigned style = event_style(kind);
	const char *word = spoken_event(kind);
	const int width = text_width(word), room = ladder->column - 3;
	int x = from + (there && width > room ? 1 : 2);

	canvas_fill(canvas, from + 1, y, to - from - 1, style, twice ? 0x2550 : 0x2500);
	for (int i = 0; i < party; i++)
		canvas_put(canvas, party_x(ladder, i), y, STYLE_RULE, 0x253c);
	canvas_put(canvas, there ? to - 1 : from + 1, y, style, there ? 0x25b6 : 0x25c0);
	if (width + 2 <= room) {
		canvas_put(canvas, x, y, style, ' ');
		canvas_put(canvas, x + 1 + width, y, style, ' ');
		x++;
	}
	canvas_text(canvas, x, y, width, style, word);
	if (there)
		canvas_put(canvas, from, y, style, 0x251c);
	else
		canvas_put(canvas, to, y, style, 0x2524);
}

static int reason_x(const struct ladder *ladder)
{
	return party_x(ladder, ladder->n - 1) + 2;
}

/* What does not pass between the caller and one column: "alert owner, sam: " */
static void aside(struct pen *pen, const struct nm_event *event)
{
	unsigned style = event_style(event->kind);

	pen_text(pen, style, spoken_event(event->kind));
	for (size_t i = 0; i < event->n; i++)
		pen_textf(pen, style, "%s %s", i ? "," : "", event->to[i]);
	pen_text(pen, style, ": ");
}

/* Not far from the reasons, however wide the window is, and where the row ends where it takes more. */
static int place_end(const struct pen *pen, const char *why, int width, int near)
{
	const int needed = pen->x + text_width(why) + 2 + width;
	const int end = needed > near ? needed : near;

	return end < pen->end ? end : pen->end;
}

/* The reason, and at the end of the row the line of the plan.  Where both have no room the reason is cut, for a step that
 * is played tells it whole, unless too little of it would be left. */
static void add_reason(struct pen *pen, const struct nm_event *event, unsigned style, int near)
{
	char place[64];
	int end, width;

	pos_words(event->pos, place, sizeof place);
	width = text_width(place);
	end = place_end(pen, event->why, width, near);
	pen->end = end;
	if (place[0] && end - width - 2 - pen->x >= REASON_LEAST)
		pen->end = end - width - 2;
	pen_text(pen, style, event->why);
	pen->end = end;
	if (!place[0] || pen->x + 2 + width > end)
		return;
	pen_tab(pen, end - width);
	pen_text(pen, STYLE_DIM, place);
}

static void row(const struct ladder *ladder, int y, const struct nm_event *event, size_t i, unsigned mark)
{
	int x = reason_x(ladder), party = i < event->n ? party_index(ladder, event->to[i]) : -1;
	struct pen pen = pen_at(ladder->canvas, x, y, ladder->box.x + ladder->box.width - 1);

	canvas_textf(ladder->canvas, ladder->box.x, y, 5, STYLE_PLAIN | mark, "%4d", event->t);
	lifelines(ladder, y);
	if (party >= 0 && event->kind != NM_EVENT_ALERT)
		arrow(ladder, y, party, event->kind);
	else
		aside(&pen, event);
	if (i > 0)
		return;
	add_reason(&pen, event, (mark ? STYLE_PLAIN : STYLE_DIM) | mark, x + REASON_NEAR);
}

static void heads(const struct ladder *ladder, int y)
{
	canvas_text(ladder->canvas, ladder->box.x + CALLER_X - 3, y, 8, STYLE_HEAD, "caller");
	for (int i = 0; i < ladder->n; i++) {
		int width = text_width(ladder->parties[i]);

		if (width > ladder->column - 2)
			width = ladder->column - 2;
		canvas_text(ladder->canvas, party_x(ladder, i) - width / 2, y, width, STYLE_HEAD,
			    ladder->parties[i]);
	}
}

/* It is said of whom it happens to: "owner no answer", and not "ring owner". */
static bool follows_name(enum nm_event_kind kind)
{
	return kind == NM_EVENT_ANSWER || kind == NM_EVENT_SWALLOW ||
	       (for_each_party(kind) && kind != NM_EVENT_RING);
}

/* The one whose row it is, or all of them. */
static void list_names(struct pen *pen, const struct nm_event *event, size_t i)
{
	if (for_each_party(event->kind) && i < event->n) {
		pen_textf(pen, STYLE_BOLD, " %s", event->to[i]);
		return;
	}
	for (size_t j = 0; j < event->n; j++)
		pen_textf(pen, STYLE_BOLD, " %s", event->to[j]);
}

static void list_row(struct canvas *canvas, struct box box, int y, const struct nm_event *event, size_t i,
		     unsigned mark)
{
	struct pen pen = pen_at(canvas, box.x, y, box.x + box.width - 1);

	pen_textf(&pen, STYLE_PLAIN | mark, "%4d s", event->t);
	if (follows_name(event->kind))
		list_names(&pen, event, i);
	pen_textf(&pen, event_style(event->kind), " %s", spoken_event(event->kind));
	if (!follows_name(event->kind))
		list_names(&pen, event, i);
	if (event->for_s > 0)
		pen_textf(&pen, STYLE_PLAIN, " %d s", event->for_s);
	pen_textf(&pen, (mark ? STYLE_PLAIN : STYLE_DIM) | mark, "  %s", event->why);
}

void ladder_draw(const struct nm_outcome *outcome, struct canvas *canvas, struct box box, int top)
{
	ladder_draw_until(outcome, canvas, box, top, INT_MAX);
}

void ladder_draw_until(const struct nm_outcome *outcome, struct canvas *canvas, struct box box, int top, int last)
{
	struct ladder ladder = {.canvas = canvas, .box = box};
	bool columns = collect(&ladder, outcome) && fit(&ladder);
	int y = 0, r = 0;

	if (columns && top == 0)
		heads(&ladder, box.y);
	y = columns ? 1 - top : -top;
	for (size_t i = 0; i < outcome->n; i++) {
		for (int j = 0; j < event_rows(&outcome->events[i]) && r <= last; j++, y++, r++) {
			unsigned mark = r == last ? STYLE_CURSOR : 0;

			if (y < 0 || y >= box.height || (columns && y == 0 && top == 0))
				continue;
			if (mark)
				canvas_pointer(canvas, box.x, box.y + y);
			if (columns)
				row(&ladder, box.y + y, &outcome->events[i], (size_t)j, mark);
			else
				list_row(canvas, box, box.y + y, &outcome->events[i], (size_t)j, mark);
		}
	}
}
