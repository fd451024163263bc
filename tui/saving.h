/* SPDX-License-Identifier: MIT */
/*
 * Edits that are not saved: what W, u, q and e make of them, and a file that changed underneath.
 *
 * An edit changes the session's text alone.  The file is written when the user has seen what changes for
 * callers and said yes; nothing that was typed is lost but by a plain answer.
 */
#ifndef TUI_SAVING_H
#define TUI_SAVING_H

#include "prompt.h"

enum saving_after { AFTER_NOTHING, AFTER_QUIT, AFTER_EDITOR };

/* Shows what changes for callers, and asks; goes on to `after` once it is saved, or when there is nothing to save. */
void saving_ask(struct app *app, enum saving_after after);
void saving_undo(struct app *app, bool redo);
/* Quits; with edits that are not saved, asks. */
void saving_leave(struct app *app);
void saving_discard(struct app *app);
/* What the edits change for callers, in words, and what check finds then that it did not: see session_changes. */
void notes_changes(struct notes *notes, struct session *session);
/* The page of all steps: what each changed, and what they change together. */
void saving_page(struct app *app);
/* "1 edit", "2 edits": those that are not saved. */
void edits_words(const struct app *app, char *out, size_t size);
/* saving_editor.c: opens the editor as was asked before the edits were saved. */
enum { SAVING_TAG_EDITOR = -8 };
#define IN_EDITOR "in your editor" /* words of the step that it makes */
void saving_editor(struct app *app);
/* Deals with the answer to one of these questions; false when it is somebody else's. */
bool saving_answer(struct app *app, const struct event *event);

#endif
