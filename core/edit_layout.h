/* SPDX-License-Identifier: MIT */
/*
 * Where an edit must cut and what it must put there, so that the text looks as its owner would have
 * written it.  Knows lines, blanks and comments; knows nothing of what sections mean.
 */
#ifndef CORE_EDIT_LAYOUT_H
#define CORE_EDIT_LAYOUT_H

#include "core/edit_scan.h"
#include "nevermiss/mem.h"

/* Bytes of the text that something else stands for. */
struct splice {
	struct span span;
	struct nm_buf text;
};

size_t edit_line_start(const struct outline *outline, size_t at);
/* Only blanks stand before it on its line. */
bool edit_first_on_line(const struct outline *outline, size_t at);
/* Nothing but comments comes after `at` on its line; *end is where the last of them ends. */
bool edit_last_on_line(const struct outline *outline, size_t at, size_t *end);
/* Nothing but comments stands on its lines beside it. */
bool edit_alone(const struct outline *outline, const struct item *item);
/* Start of the line of the first of the comment lines directly above; of its own line without any. */
size_t edit_attached(const struct outline *outline, const struct item *item);

/* Puts text after, before or into something that is there, on a line of its own or on the line. */
void edit_insert_after(const struct outline *outline, const struct item *item, const char *text, struct splice *out);
void edit_insert_before(const struct outline *outline, const struct item *item, const char *text, struct splice *out);
void edit_insert_into(const struct outline *outline, const struct item *section, const char *text, struct splice *out);
/* On lines of its own above an item of the top level, whatever shares that one's line, and above its comments. */
void edit_insert_above(const struct outline *outline, const struct item *item, const char *text, struct splice *out);
/* After the last line of the file that is not blank, behind a blank line when `apart`. */
void edit_append(const struct outline *outline, const char *text, bool apart, struct splice *out);
/* What must go for an item to be gone: of comment lines directly above it those that speak of nothing else. */
struct span edit_removal(const struct outline *outline, const struct item *item, bool with_comments);
/* Does a blank line stand before what begins at `at`? */
bool edit_blank_before(const struct outline *outline, size_t at);
/* Does a blank line, or none at all, come after the one that `at` is on? */
bool edit_blank_after(const struct outline *outline, size_t at);
/* "\n" or "\r\n", as the text has it. */
const char *edit_line_end(const struct outline *outline);

#endif
