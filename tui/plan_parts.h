/* SPDX-License-Identifier: MIT */
/*
 * The sections of a plan by their kinds, as one table: what the outline shows, what a reference can name,
 * and where a section is named.
 */
#ifndef TUI_PLAN_PARTS_H
#define TUI_PLAN_PARTS_H

#include "nevermiss/edit.h"
#include "nevermiss/plan.h"

struct plan_kind {
	const char *section; /* as the file has it: "line"; "" for what stands in no section */
	const char *title;   /* as the outline has it: "lines" */
	bool single;         /* stands at most once, without a name */
	/* Of the plan's array: where it is, how many there are, and in an element its size, name and place.  Of a single
	 * one: where `given` and the place are. */
	size_t array, count, size, name, pos;
};

extern const struct plan_kind plan_kinds[];
extern const size_t plan_kinds_count;

struct plan_part {
	const char *name; /* "" for one that has none; borrowed from the plan */
	struct nm_pos pos; /* file NULL: not known to the plan, only to the text */
};

/* NULL: the language has no such section, or it is a step. */
const struct plan_kind *plan_kind_of(const char *section);
/* Sections of a kind, included files' among them; singles that a plan does not know the place of count as none. */
size_t plan_parts(const struct nm_plan *plan, const struct plan_kind *kind);
struct plan_part plan_part(const struct nm_plan *plan, const struct plan_kind *kind, size_t i);

/* Are its values names of sections? */
bool plan_names_sections(const struct nm_option_info *info);
/* Does this value of an option that can name a section name this one?  A setting does before its equal sign. */
bool value_names(const struct nm_option_info *info, const char *value, const char *name);
/* Calls found for each option of the text that names this section. */
typedef void plan_naming(void *context, const struct nm_written_section *section, const struct nm_written_option *option);
void plan_namings(const struct nm_written *written, const char *kind, const char *name, plan_naming *found,
		  void *context);

/* "step 2 of path daytime", "rule open", "emergency", "the plan" */
#define PLACE_TEXT 256
void place_words(const struct nm_place *place, char out[static PLACE_TEXT]);
/* "plan.conf:41", without the folder; "" when it is no line of a file, or of one of a very long name. */
void pos_words(struct nm_pos pos, char *out, size_t size);
/* A section's name as it is written behind its kind: bare where it can be.  NM_INPUT when there can be no such name. */
enum nm_code title_write(const char *name, struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;
struct nm_place place_of(const struct nm_written_section *section);

#endif
