/* SPDX-License-Identifier: MIT */
/*
 * The pane beside the outline of the Plan screen: the form of a section or its text, where it is, and what it shows of
 * them.  In: the screen's state.  Out: rows.  Changes nothing but how far it is scrolled.
 */
#include <limits.h>

#include "plan_screen.h"

#define BESIDE_LEAST 56 /* columns from which outline and pane stand side by side */

/* --- where it is --- */

/* Wide enough for the longest name, as far as a third of the screen goes. */
static int outline_width(const struct plan_screen *screen, int width)
{
	int wanted = 26;

	for (size_t i = 0; i < screen->n; i++) {
		int needs = (screen->rows[i].name ? text_width(screen->rows[i].name) : 0) + 8;

		wanted = needs > wanted ? needs : wanted;
	}
	return wanted < width / 3 || wanted == 26 ? wanted : width / 3;
}

bool pane_beside(struct box body)
{
	return body.width >= BESIDE_LEAST;
}

struct box pane_box(const struct plan_screen *screen, struct box body)
{
	const int left = pane_beside(body) ? outline_width(screen, body.width) + 2 : 1;

	return (struct box){left, body.y, body.width - left - 1, body.height};
}

enum pane_at pane_at(const void *state, const struct app *app, int x, int y)
{
	const struct plan_screen *screen = state;
	const struct box body = app_body(app);
	const bool over_pane = pane_beside(body) ? x >= pane_box(screen, body).x - 1 : screen->in_pane;

	(void)y;
	if (over_pane == screen->in_pane)
		return PANE_KEYS;
	return over_pane && !screen->form.section ? PANE_NONE : PANE_OTHER;
}

/* Below the head. */
static struct box text_box(struct box pane)
{
	return (struct box){pane.x, pane.y + 2, pane.width, pane.height - 2};
}

/* Rows that do not fit into the pane: of the text, or below the form. */
static int rows_over(const struct plan_screen *screen, const struct app *app, struct box pane)
{
	const struct box box = text_box(pane);
	int over;

	if (!screen->as_text)
		return form_rows_over(&screen->form, app, pane, screen->in_pane);
	over = section_text_rows(&screen->text, box.width) - box.height;
	return over > 0 ? over : 0;
}

/* By how many it is scrolled: never further than its end, which a larger window has nearer. */
static int scrolled(const struct plan_screen *screen, const struct app *app, struct box pane)
{
	const int over = screen->scroll ? rows_over(screen, app, pane) : 0;

	return screen->scroll < over ? screen->scroll : over;
}

void pane_turn(struct plan_screen *screen, bool as_text, bool in_pane)
{
	screen->as_text = as_text;
	screen->in_pane = in_pane;
	screen->scroll = 0;
}

/* --- scrolling --- */

/* Rows of the pane for an action that moves. */
static int rows_moved(enum action action, int page)
{
	switch (action) {
	case ACTION_UP:
		return -1;
	case ACTION_DOWN:
		return 1;
	case ACTION_PAGE_UP:
		return -page;
	case ACTION_PAGE_DOWN:
		return page;
	case ACTION_FIRST:
		return INT_MIN / 2;
	case ACTION_LAST:
		return INT_MAX / 2;
	default:
		return 0;
	}
}

/* A page leaves a row to read on from; below a form there are fewer, as it gives way row by row. */
static int page_of(const struct plan_screen *screen, struct box pane)
{
	const int rows = screen->as_text ? text_box(pane).height - 1 : pane.height / 3;

	return rows > 1 ? rows : 1;
}

/* The form scrolls when its cursor can go no further down, until that can go up again. */
bool pane_scroll(struct plan_screen *screen, const struct app *app, enum action action)
{
	const struct box pane = pane_box(screen, app_body(app));
	const int by = rows_moved(action, page_of(screen, pane)), most = rows_over(screen, app, pane);
	const int from = scrolled(screen, app, pane);

	if (!by || (!screen->as_text && (by > 0 ? screen->form.list.at + 1 < screen->form.n : !from)))
		return false;
	screen->scroll = by > most - from ? most : from + by < 0 ? 0 : from + by;
	return screen->as_text || action != ACTION_FIRST;
}

/* --- drawing --- */

/* The kind itself: how many there are, and what sort of thing they are, in the language's own words. */
static void draw_kind(const struct plan_row *row, bool folded, struct canvas *canvas, struct box box)
{
	const struct nm_section_info *info = nm_section_find(row->kind->section);
	int y = box.y + 2;

	canvas_textf(canvas, box.x, box.y, box.width, STYLE_BOLD, "%zu %s", row->count,
		     row->count == 1 ? row->kind->section : row->kind->title);
	y += canvas_wrap(canvas, box.x, y, box.width, box.height - 2, STYLE_PLAIN, info ? info->help : "");
	if (y + 1 < box.y + box.height)
		canvas_text(canvas, box.x, y + 1, box.width, STYLE_DIM,
			    folded ? "A adds one, Enter shows them" : "A adds one, Enter folds them away");
}

static void draw_text(const struct plan_screen *screen, const struct app *app, struct canvas *canvas, struct box box)
{
	form_head_draw(&screen->form, app, canvas, box, 0);
	section_text_draw(&screen->text, canvas, text_box(box), scrolled(screen, app, box));
}

void pane_draw(const struct plan_screen *screen, const struct app *app, struct canvas *canvas, struct box box)
{
	const struct plan_row *row = plan_row_chosen(screen);

	if (row && !row->name)
		draw_kind(row, screen->folded[row->kind - plan_kinds], canvas, box);
	else if (row && screen->as_text && screen->form.section)
		draw_text(screen, app, canvas, box);
	else if (row)
		form_draw(&screen->form, app, canvas, box, screen->in_pane, scrolled(screen, app, box));
}
