/* SPDX-License-Identifier: MIT */
/*
 * Changing the text of a plan: an edit touches the lines it must and no other byte.
 *
 * An edit is data, so that a mend can be shown before it is applied, undone, and repeated.
 */
#ifndef NEVERMISS_EDIT_H
#define NEVERMISS_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"
#include "nevermiss/plan_texts.h"

/* A section of the file: `rule open { ... }`, `emergency { ... }`, the 2nd step of `path daytime`;
 * section "" is the top level. */
struct nm_place {
	const char *section; /* "rule" */
	const char *title;   /* "open"; NULL for a section that has none */
	int step;            /* 0-based step of a path; -1 */
};

enum nm_edit_op {
	NM_EDIT_SET,    /* option = value, added as the section's last option when it is not there */
	NM_EDIT_UNSET,  /* takes the option out */
	NM_EDIT_ADD,    /* value is a whole section's text; stands after `place` (title NULL: after the last of its
	                   kind, or at the end of the plan's own file; step: after that step, -1 with section "path": as last step) */
	NM_EDIT_ADD_FIRST, /* value is a whole section's text; stands before the first `section` of the text ("include": before the
	                      first include), on lines of its own, or at the end of the file when there is none */
	NM_EDIT_REMOVE, /* the section, and the comment lines directly above it when they speak of it alone: behind a blank line
	                   or the end of another section, and with no section directly below it; a step's always */
	NM_EDIT_MOVE,   /* by positions among its own kind (its comment lines go with it), from file to file too; negative: up */
	NM_EDIT_RENAME  /* value is the new title; every reference of the plan follows */
};

struct nm_edit {
	enum nm_edit_op op;
	struct nm_place place;
	const char *option; /* SET, UNSET */
	const char *value;  /* SET: in the plan's own syntax ("\"Mo-Fr 08:00-18:00\"", "{ a, b }", "15s") */
	int by;             /* MOVE */
};

/* Applies an edit to a plan's texts (plan_texts.h): in the file in which the section or the option stands.  *out is malloc'd and
 * NUL-terminated.  NM_INPUT when the place or the option is not there, or the text does not parse that far. */
enum nm_code nm_edit_apply(const struct nm_edit *edit, const char *text, size_t len, char **out, size_t *out_len,
			   struct nm_error *err) NM_WARN_UNUSED;

/* A text that two people changed: what both began with, and what each made of it. */
struct nm_edit_sides {
	const char *base, *ours, *theirs;
};

/* The text with the changes of both, where no two of them are in one section or top-level option: malloc'd and
 * NUL-terminated.  Whether it still reads is for who reads the plan.  NM_REFUSED, and which, when both changed the same
 * one differently or added something in one place, where the order may count; NM_INPUT when a text does not parse. */
enum nm_code nm_edit_merge(const struct nm_edit_sides *sides, char **out, size_t *out_len,
			   struct nm_error *err) NM_WARN_UNUSED;

/* A text value as the plan writes it: quoted, with escapes ("${" too, which is refused in double quotes). */
void nm_edit_quote(const char *text, struct nm_buf *out);

/* A section's name as the plan writes it: names have no escapes, so in quotes of which it holds none.  NM_INPUT
 * when the plan can have no such name. */
enum nm_code nm_edit_quote_name(const char *name, struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;

struct nm_option_info;
/* An option's values as the plan writes them: words, names and quantities bare where they can be, all else quoted; a
 * list of other than one in braces. */
void nm_edit_value(const struct nm_option_info *option, const char *const *values, size_t n, struct nm_buf *out);

/* What stands in a plan's texts (plan_texts.h), as it is written.  Lines are 1-based, of the file; all memory is the arena's. */
struct nm_written_option {
	const char *name;
	const char *text; /* of the value, braces and all */
	size_t n;
	const char *const *values; /* what each of them means */
	const char *file; /* as of the section */
	int line;
};

struct nm_written_section {
	const char *kind;  /* "rule"; "" for the options that stand in no section */
	const char *title; /* of a step its path's; NULL when it has none */
	int step;          /* 0-based, of a step; -1 */
	const char *file;   /* in which it stands, as seen from the plan's folder; "": the plan's own */
	size_t from, until; /* its bytes in the texts */
	size_t title_from, title_until; /* of its title, quotes and all; equal without one */
	int line, end_line;
	int first_line; /* of the comment lines directly above it; its own without them */
	size_t n;
	const struct nm_written_option *options;
};

struct nm_written {
	struct nm_arena *arena;
	size_t n; /* in the order of the texts; the first is the top level of all of them; steps follow their path */
	const struct nm_written_section *sections;
};

/* text[len] must be a NUL.  A text that breaks off is read up to there. */
enum nm_code nm_written_read(const char *text, size_t len, struct nm_written *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_written_clear(struct nm_written *written);
/* NULL when it is not there; a place without a title means the first of its kind. */
const struct nm_written_section *nm_written_find(const struct nm_written *written, const struct nm_place *place);
const struct nm_written_option *nm_written_option(const struct nm_written_section *section, const char *name);

/* The plan being edited, with the files that it includes (plan_texts.h): its texts now, those before and after (undo, redo), and
 * what was on disk. */
struct nm_document;

enum nm_code nm_document_open(const char *file, struct nm_document **out, struct nm_error *err) NM_WARN_UNUSED;
/* A document of a file that is not there yet: an empty text, and the disk is never looked at. */
enum nm_code nm_document_new(const char *file, struct nm_document **out, struct nm_error *err) NM_WARN_UNUSED;
void nm_document_free(struct nm_document *document);
const char *nm_document_file(const struct nm_document *document);
/* The path of the text of that name, as places of the plan have it; NULL when no such file was looked at.  Valid until the
 * document is reloaded, merged or saved. */
const char *nm_document_path(const struct nm_document *document, const char *name);
/* The plan's own text, and all of them. */
const char *nm_document_text(const struct nm_document *document, size_t *len);
struct nm_texts nm_document_texts(const struct nm_document *document);
/* Differs from what was last read or saved. */
bool nm_document_dirty(const struct nm_document *document);
/* Steps between the texts that were last read or saved and these, back or on: 0 when they are the same. */
size_t nm_document_edits(const struct nm_document *document);
/* what: words for the list of changes ("hours of business"). */
enum nm_code nm_document_apply(struct nm_document *document, const struct nm_edit *edit, const char *what,
			       struct nm_error *err) NM_WARN_UNUSED;
/* Puts whole new texts in place, as one step of undo.  Of an included file that is not among them the text stays. */
enum nm_code nm_document_replace(struct nm_document *document, const char *texts, size_t len, const char *what,
				 struct nm_error *err) NM_WARN_UNUSED;
/* Words of the step taken back or redone; NULL when there is none. */
const char *nm_document_undo(struct nm_document *document);
const char *nm_document_redo(struct nm_document *document);
/* Takes the newest step back for good: one that must not stand is not made again either. */
void nm_document_drop(struct nm_document *document);
/* All steps, those that redo makes again among them: the first is the plan as it was opened, `now` the index of the
 * one that stands.  what is "" for the first. */
size_t nm_document_steps(const struct nm_document *document, size_t *now);
struct nm_texts nm_document_step(const struct nm_document *document, size_t i, const char **what);
/* The index of the step that led to the texts as last read or saved; where that is no step any more, of the one that came
 * before it. */
size_t nm_document_saved_step(const struct nm_document *document);
/* The texts as last read or saved, and they put back as one step of undo. */
struct nm_texts nm_document_saved(const struct nm_document *document);
enum nm_code nm_document_discard(struct nm_document *document, const char *what, struct nm_error *err) NM_WARN_UNUSED;
/* Reads the files again: what others made of them becomes a step of undo, so that nothing of ours is lost.  Files that
 * did not change leave edits alone. */
enum nm_code nm_document_reload(struct nm_document *document, const char *what, struct nm_error *err) NM_WARN_UNUSED;
/* Our texts and those of files that changed underneath, as one (nm_texts_merge): looks only. */
struct nm_document_merged {
	struct nm_texts_disk theirs; /* as they are on disk */
	struct nm_buf texts;         /* with what we changed as well */
};
enum nm_code nm_document_merged(const struct nm_document *document, struct nm_document_merged *out,
				struct nm_error *err) NM_WARN_UNUSED;
void nm_document_merged_clear(struct nm_document_merged *merged);
/* Makes of it two steps of undo, so that nothing of ours is lost: the files' texts, which are known then, and ours on top. */
enum nm_code nm_document_merge(struct nm_document *document, const struct nm_document_merged *merged,
			       const char *their_words, const char *our_words, struct nm_error *err) NM_WARN_UNUSED;
/* Has a file changed on disk since they were read or saved?  (a look at each; their bytes when one looks otherwise) */
bool nm_document_stale(const struct nm_document *document);
/* Was there a plan, and is there no file of that name any more? */
bool nm_document_gone(const struct nm_document *document);
/* Writes the files whose text changed: temporary files in the same folders, fsync, rename, fsync of the folders; mode and
 * owner kept, a symbolic link followed (nm_files_write).  NM_REFUSED when one of the plan's files changed underneath. */
enum nm_code nm_document_save(struct nm_document *document, struct nm_error *err) NM_WARN_UNUSED;

/* Reads a whole file of at most max bytes. */
enum nm_code nm_file_read(const char *file, size_t max, struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;
/* Writes a file as nm_document_save does.  With `fresh`, refuses one that exists. */
enum nm_code nm_file_write(const char *file, const char *bytes, size_t len, bool fresh, struct nm_error *err) NM_WARN_UNUSED;
/* Several that belong together: none is changed when one of them cannot be written; only a failure while they take their
 * places, one by one, leaves the rest as it was, and err says so. */
struct nm_file_bytes {
	const char *file, *bytes;
	size_t len;
};
enum nm_code nm_files_write(const struct nm_file_bytes *files, size_t n, struct nm_error *err) NM_WARN_UNUSED;

#endif
