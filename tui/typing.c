/* SPDX-License-Identifier: MIT */
/*
 * A line being typed.  In: actions.  Out: the text, cells.  Whole characters are erased and passed, never bytes.
 */
#include "typing.h"

#include <string.h>

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Bytes of the character that begins at i, or ends before i. */
static size_t char_on(const struct typing *typing, size_t i)
{
	size_t n = i < typing->len;

	while (i + n < typing->len && continues(typing->text[i + n]))
		n++;
	return n;
}

static size_t char_back(const struct typing *typing, size_t i)
{
	size_t n = i > 0;

	while (i > n && continues(typing->text[i - n]))
		n++;
	return n;
}

static void erase(struct typing *typing, size_t from, size_t n)
{
	memmove(typing->text + from, typing->text + from + n, typing->len - from - n + 1);
	typing->len -= n;
	typing->at = from;
}

static void insert(struct typing *typing, const char *text)
{
	size_t n = strlen(text);

	if (typing->len + n >= sizeof typing->text)
		return;
	memmove(typing->text + typing->at + n, typing->text + typing->at, typing->len - typing->at + 1);
	memcpy(typing->text + typing->at, text, n);
	typing->len += n;
	typing->at += n;
}

static void move_in(struct typing *typing, enum action action)
{
	if (action == ACTION_LEFT)
		typing->at -= char_back(typing, typing->at);
	else if (action == ACTION_RIGHT)
		typing->at += char_on(typing, typing->at);
	else
		typing->at = action == ACTION_FIRST ? 0 : typing->len;
}

bool typing_set(struct typing *typing, const char *text)
{
	const size_t len = strlen(text);

	if (len >= sizeof typing->text)
		return false;
	memcpy(typing->text, text, len + 1);
	typing->len = typing->at = len;
	typing->offered = false;
	return true;
}

bool typing_offer(struct typing *typing, const char *text)
{
	const bool fits = typing_set(typing, text);

	typing->offered = fits && *text;
	return fits;
}

static bool edit(struct typing *typing, const struct event *event)
{
	char bytes[CHAR_BYTES];

	switch (event->action) {
	case ACTION_TEXT:
		char_write(event->ch, bytes);
		insert(typing, bytes);
		return true;
	case ACTION_ERASE:
		erase(typing, typing->at - char_back(typing, typing->at), char_back(typing, typing->at));
		return true;
	case ACTION_ERASE_ON:
		erase(typing, typing->at, char_on(typing, typing->at));
		return true;
	case ACTION_ERASE_LINE:
		erase(typing, 0, typing->len);
		return true;
	case ACTION_LEFT:
	case ACTION_RIGHT:
	case ACTION_FIRST:
	case ACTION_LAST:
		move_in(typing, event->action);
		return true;
	default:
		return false;
	}
}

bool typing_act(struct typing *typing, const struct event *event)
{
	if (typing->offered && event->action == ACTION_TEXT)
		typing_set(typing, "");
	if (!edit(typing, event))
		return false;
	typing->offered = false;
	return true;
}

void typing_draw(const struct typing *typing, struct pen *pen, unsigned style)
{
	char before[TYPING_BYTES];
	const char *shown = before;
	struct canvas *canvas = pen->canvas;
	int width;

	memcpy(before, typing->text, typing->at);
	before[typing->at] = '\0';
	width = text_width(before);
	while (*shown && width > pen->end - pen->x - 2)
		width -= char_width(text_next(&shown));
	if (typing->offered)
		style |= STYLE_CURSOR;
	pen_text(pen, style, shown);
	canvas->cursor_x = pen->x < pen->end ? pen->x : pen->end - 1;
	canvas->cursor_y = pen->y;
	pen_text(pen, style, typing->text + typing->at);
}
