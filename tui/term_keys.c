/* SPDX-License-Identifier: MIT */
/*
 * See term_keys.h.  In: what ncurses makes of the bytes from the keyboard.  Out: keys, clicks and the wheel.  Shows
 * nothing.
 */
#include "term_keys.h"

#include <curses.h>

#include "keymap.h"

static const struct {
	wint_t curses;
	uint32_t key;
} special[] = {
	{KEY_UP, K_UP}, {KEY_DOWN, K_DOWN}, {KEY_LEFT, K_LEFT}, {KEY_RIGHT, K_RIGHT}, {KEY_SLEFT, K_SHIFT_LEFT},
	{KEY_SRIGHT, K_SHIFT_RIGHT}, {KEY_SR, K_SHIFT_UP}, {KEY_SF, K_SHIFT_DOWN}, {KEY_PPAGE, K_PAGE_UP},
	{KEY_NPAGE, K_PAGE_DOWN}, {KEY_HOME, K_HOME}, {KEY_END, K_END}, {KEY_ENTER, K_ENTER}, {KEY_BTAB, K_SHIFT_TAB},
	{KEY_BACKSPACE, K_BACKSPACE}, {KEY_DC, K_DELETE},
};

/* Home, End and the first function keys as xterm, PuTTY, rxvt, tmux and the consoles have sent them: what TERM says is
 * often another of these. */
static const struct {
	const char *sequence;
	int curses;
} variants[] = {
	{"\033[H", KEY_HOME}, {"\033OH", KEY_HOME}, {"\033[1~", KEY_HOME}, {"\033[7~", KEY_HOME},
	{"\033[F", KEY_END}, {"\033OF", KEY_END}, {"\033[4~", KEY_END}, {"\033[8~", KEY_END},
	{"\033OP", KEY_F(1)}, {"\033[11~", KEY_F(1)}, {"\033[[A", KEY_F(1)},
	{"\033OQ", KEY_F(2)}, {"\033[12~", KEY_F(2)}, {"\033[[B", KEY_F(2)},
};

void term_know_keys(void)
{
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
		if (key_defined(variants[i].sequence) == 0) /* else the terminal's description has another use for it */
			define_key(variants[i].sequence, variants[i].curses);
}

static struct input mouse_input(void)
{
	struct input input = {.kind = INPUT_CLICK};
	MEVENT event;

	if (getmouse(&event) != OK)
		return (struct input){.kind = INPUT_NONE};
	if (event.bstate & BUTTON4_PRESSED)
		input.kind = INPUT_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		input.kind = INPUT_WHEEL_DOWN;
	input.x = event.x;
	input.y = event.y;
	return input;
}

static struct input special_key(wint_t code)
{
	struct input input = {.kind = INPUT_KEY};

	if (code == KEY_MOUSE)
		return mouse_input();
	if (code == KEY_RESIZE)
		return (struct input){.kind = INPUT_RESIZE};
	if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12)) {
		input.key = K_F1 + (uint32_t)(code - (wint_t)KEY_F(1));
		return input;
	}
	for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
		if (special[i].curses == code)
			input.key = special[i].key;
	}
	return input.key ? input : (struct input){.kind = INPUT_NONE};
}

static uint32_t plain_key(wint_t ch)
{
	switch (ch) {
	case '\r':
	case '\n':
		return K_ENTER;
	case '\t':
		return K_TAB;
	case 27:
		return K_ESCAPE;
	case 127:
	case 8:
		return K_BACKSPACE;
	default:
		break;
	}
	return ch < ' ' ? K_CONTROL + 'a' - 1 + (uint32_t)ch : (uint32_t)ch;
}

#define SEQUENCE_MOST 32 /* characters of a key's sequence */

/* After an escape: is a key's sequence behind it (ECMA-48 5.4) which the terminal's description does not know?  Takes
 * all of it, so that it is not read as keys of its own. */
static bool take_sequence(void)
{
	wint_t ch;

	if (get_wch(&ch) != OK)
		return false;
	if (ch != '[') {
		unget_wch((wchar_t)ch);
		return false;
	}
	for (int n = 0; n < SEQUENCE_MOST; n++) {
		if (get_wch(&ch) != OK) {
			if (n == 0) /* somebody typed that sign */
				unget_wch(L'[');
			return n > 0;
		}
		if (ch < ' ' || ch > '?')
			return true;
	}
	return true;
}

struct input term_take_key(void)
{
	wint_t ch;
	int got = get_wch(&ch);

	while (got == OK && ch == 27 && take_sequence())
		got = get_wch(&ch);
	if (got == KEY_CODE_YES)
		return special_key(ch);
	if (got == OK && ch != 0)
		return (struct input){.kind = INPUT_KEY, .key = plain_key(ch)};
	return (struct input){.kind = INPUT_NONE};
}
