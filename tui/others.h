/* SPDX-License-Identifier: MIT */
/*
 * Nobody is alone unawares: who else has the plan open, and what they have not saved, in words.  A session that only
 * looks sees the others, who do not see it: it writes nothing.
 */
#ifndef TUI_OTHERS_H
#define TUI_OTHERS_H

#include <stdbool.h>
#include <stddef.h>

#include "presence.h"

#define OTHERS_MOST 32
#define OTHERS_TEXT 160

struct app;
struct notes;

struct others {
	struct presence_other list[OTHERS_MOST]; /* as last seen */
	size_t n;
};

/* Looks who came and went, and what they have not saved; true when there is something new to show. */
bool others_notice(struct app *app);
/* For the title bar: "also open: ana, 3 edits not saved", each form with less of it, the last "+1"; "": nobody is there, or
 * it is none of these forms. */
#define OTHERS_FORMS 5
void others_words(const struct app *app, int form, char out[static OTHERS_TEXT]);
/* How many edits they have not saved, all together. */
size_t others_edits(const struct app *app);
/* Before a save, when they have some: what becomes of those. */
void others_warn(struct notes *notes, const struct app *app);
/* For each who has some: whose they are, and the lines of the file they change. */
void others_notes(struct notes *notes, const struct app *app);

#endif
