/* SPDX-License-Identifier: MIT */
/* Where the cursor of a list stands and which row is its first shown.  A widget, never a loop. */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "keymap.h"

#define LIST_SEARCH 128

struct list {
	size_t n, at;
	size_t page;               /* rows a page moves */
	char search[LIST_SEARCH];  /* what was last searched for; "" */
};

/* Moves the cursor; false when the action is not one of a list's. */
bool list_act(struct list *list, enum action action);
void list_set(struct list *list, size_t n);
/* First row to show so that the cursor is on the screen: rows around it stay put while it moves. */
size_t list_top(const struct list *list, int height);
/* The rule below a list of which `height` rows are shown: where the cursor is among all, if there are more. */
void list_rule(const struct list *list, int height, struct canvas *canvas, int y);
/* Next or earlier row whose text has `search`, case of ASCII letters aside, round the end; false when
 * there is none.  text(context, i) gives a row's text. */
bool list_find(struct list *list, bool back, bool here, const char *(*text)(const void *context, size_t i), const void *context);
bool text_contains(const char *text, const char *part);

#endif
