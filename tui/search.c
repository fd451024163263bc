/* SPDX-License-Identifier: MIT */
/*
 * Searching: see search.h.  In: keys, words, what a screen has drawn.  Out: a place, or a sentence that there is none.
 */
#include "search.h"

#include <stdio.h>

#include "prompt.h"

static void search(const struct search_ops *ops, void *state, const char *words, struct app *app, bool back, bool here)
{
	if (words[0] == '\0')
		app_message(app, STYLE_PLAIN, "nothing was searched for yet: / asks");
	else if (!ops->find(state, app, back, here))
		app_message(app, STYLE_WARNING, "%s is not %s", words, ops->where);
}

bool search_act(const struct search_ops *ops, void *state, char words[static LIST_SEARCH], struct app *app,
		const struct event *event)
{
	switch (event->action) {
	case ACTION_SEARCH:
		app_ask(app, TAG_SEARCH, "/", words, NULL);
		return true;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BACK:
		search(ops, state, words, app, event->action == ACTION_SEARCH_BACK, false);
		return true;
	case ACTION_ANSWER:
		if (event->tag != TAG_SEARCH)
			return false;
		if (event->text) {
			snprintf(words, LIST_SEARCH, "%s", event->text);
			search(ops, state, words, app, false, true);
		}
		return true;
	default:
		return false;
	}
}

/* --- rows of a picture --- */

static bool row_has(const struct canvas *picture, int y, const char *words)
{
	struct nm_buf text;
	bool has;

	nm_buf_init(&text, 1u << 14);
	for (int x = 0; x < picture->width; x++) {
		const struct cell *cell = canvas_cell(picture, x, y);
		char bytes[CHAR_BYTES];

		if (cell->ch == 0) /* the second half of a wide one */
			continue;
		char_write(cell->ch, bytes);
		nm_buf_add(&text, bytes);
	}
	has = text_contains(text.data, words);
	nm_buf_clear(&text);
	return has;
}

bool search_picture(struct search_row *row, const struct canvas *picture, const char *words, bool back, bool here)
{
	const int n = picture->height, at = row->at >= 0 && row->at < n ? row->at : back ? n : -1;
	const int from = here && row->at >= 0 ? 0 : 1;

	for (int i = from; i <= n; i++) {
		const int y = ((back ? at - i : at + i) % n + n) % n;

		if (row_has(picture, y, words)) {
			row->at = y;
			return true;
		}
	}
	return false;
}

void search_mark(const struct search_row *row, struct canvas *canvas, int y)
{
	if (row->at < 0 || row->width != canvas->width || row->height != canvas->height)
		return;
	canvas_mark(canvas, 1, y + row->at, canvas->width - 2);
	canvas_pointer(canvas, 0, y + row->at);
}
