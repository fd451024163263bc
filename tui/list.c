/* SPDX-License-Identifier: MIT */
/*
 * The list widget.  In: actions and the number of rows.  Out: which row the cursor is on and which
 * are shown.  Does not know what a row is.
 */
#include "list.h"

#include <stdio.h>
#include <string.h>

bool list_act(struct list *list, enum action action)
{
	size_t last = list->n ? list->n - 1 : 0;
	size_t page = list->page ? list->page : 10;

	switch (action) {
	case ACTION_UP:
		list->at -= list->at > 0;
		return true;
	case ACTION_DOWN:
		list->at += list->at < last;
		return true;
	case ACTION_PAGE_UP:
		list->at = list->at > page ? list->at - page : 0;
		return true;
	case ACTION_PAGE_DOWN:
		list->at = list->at + page < last ? list->at + page : last;
		return true;
	case ACTION_FIRST:
		list->at = 0;
		return true;
	case ACTION_LAST:
		list->at = last;
		return true;
	default:
		return false;
	}
}

void list_set(struct list *list, size_t n)
{
	list->n = n;
	if (list->at >= n)
		list->at = n ? n - 1 : 0;
}

size_t list_top(const struct list *list, int height)
{
	size_t rows = height > 0 ? (size_t)height : 1;
	size_t top;

	if (list->n <= rows)
		return 0;
	top = list->at / rows * rows; /* whole pages: only the cursor's rows change while it moves */
	return top + rows > list->n ? list->n - rows : top;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_contains(const char *text, const char *part)
{
	for (; *text; text++) {
		size_t i = 0;

		while (part[i] && lower(text[i]) == lower(part[i]))
			i++;
		if (!part[i])
			return true;
	}
	return *part == '\0';
}

void list_rule(const struct list *list, int height, struct canvas *canvas, int y)
{
	char text[64];
	int width;

	canvas_fill(canvas, 0, y, canvas->width, STYLE_RULE, 0x2500);
	if (list->n <= (size_t)height)
		return;
	width = snprintf(text, sizeof text, " %zu of %zu ", list->at + 1, list->n);
	canvas_text(canvas, canvas->width - width - 1, y, width, STYLE_DIM, text);
}

bool list_find(struct list *list, bool back, bool here, const char *(*text)(const void *context, size_t i),
	       const void *context)
{
	if (list->search[0] == '\0' || list->n == 0)
		return false;
	for (size_t i = here ? 0 : 1; i <= list->n; i++) {
		size_t row = back ? (list->at + list->n - i % list->n) % list->n : (list->at + i) % list->n;

		if (text_contains(text(context, row), list->search)) {
			list->at = row;
			return true;
		}
	}
	return false;
}
