/* SPDX-License-Identifier: MIT */
/*
 * Named styles: what a cell means, and what that looks like in each theme.
 * Colour has one meaning everywhere: people green, AI blue, voicemail yellow, nobody red.
 */
#ifndef TUI_STYLE_H
#define TUI_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "nevermiss/plan.h"

enum style {
	STYLE_PLAIN,
	STYLE_DIM,      /* not in force, or beside the point */
	STYLE_BOLD,
	STYLE_TITLE,
	STYLE_TAB,      /* the screen that is shown, among the others */
	STYLE_RULE,
	STYLE_KEY,      /* a key's name in the bar */
	STYLE_HEAD,     /* heads of columns and panes */
	STYLE_PEOPLE,
	STYLE_AI,
	STYLE_VOICEMAIL,
	STYLE_NOBODY,
	STYLE_GOOD,
	STYLE_WARNING,
	STYLE_ERROR,
	STYLE_ADDED,
	STYLE_REMOVED,
	STYLE_COUNT
};

/* Added to a style: the cursor stands here. */
#define STYLE_CURSOR 0x100u

enum theme {
	THEME_DEFAULT,
	THEME_MONO,     /* no colour at all */
	THEME_LIGHT,    /* on a light ground: nothing bright, nothing pale, each colour at least 4.5:1 on white */
	THEME_CONTRAST, /* bright on dark, nothing dim, each colour at least 7:1 on black */
	THEME_COUNT
};

#define THEME_NAMES "it is one of default, light, contrast, mono"
bool theme_named(const char *name, enum theme *out);
const char *theme_name(enum theme theme);

struct look {
	int colour; /* 0-255 of the terminal's palette; -1: its own */
	bool bold, dim, reverse;
};

struct look style_look(unsigned style, enum theme theme);
/* What stands for it in a palette with fewer colours, of which each terminal has its own; -1: nothing that could be read on
 * the ground that the theme is for. */
int colour_among(int colour, int colours);
/* 0xRRGGBB, the same in every terminal; -1: it is the terminal's own. */
int colour_rgb(int colour);
/* How one who answers is shown. */
unsigned style_of_kind(enum nm_kind kind);

#define STYLE_SGR 32
/* The SGR sequence that turns on a style and nothing else: "\033[0;1;32m". */
void style_sgr(unsigned style, enum theme theme, char out[static STYLE_SGR]);
bool look_same(const struct look *a, const struct look *b);
/* The shortest SGR sequence (ECMA-48 8.3.117) that makes one look into another; "" when it is the same. */
void look_change(const struct look *from, const struct look *to, char out[static STYLE_SGR]);

#endif
