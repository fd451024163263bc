/* SPDX-License-Identifier: MIT */
/*
 * The form of one section: its options as rows, a path's steps as the trade's own table, and beside them what
 * concerns the section: findings, who names it, what the edits change for callers.
 */
#ifndef TUI_PLAN_FORM_H
#define TUI_PLAN_FORM_H

#include "list.h"
#include "plan_findings.h"
#include "plan_parts.h"
#include "prompt.h"

enum step_column { COLUMN_RING, COLUMN_FOR, COLUMN_CONFIRM, STEP_COLUMNS };

/* A row: an option, or a step of a path. */
struct field {
	const struct nm_option_info *info;       /* NULL for a step */
	const struct nm_written_option *written; /* NULL: not given */
	int step;                                /* -1 for an option */
};

struct form {
	const struct nm_written_section *section; /* borrowed from the session; NULL: it stands in an included file */
	const struct nm_written *written;
	struct field *fields; /* owned */
	size_t n, capacity;
	struct list list;
	int column;
	struct notes aside; /* what concerns the section */
};

/* Makes the form of a section anew (pos: where the plan has it, as for finding_concerns); the cursor stays.  An option
 * that does not go with what the section is (plan_fit.h) has no row unless it is written. */
void form_build(struct form *form, const struct app *app, const struct nm_written_section *section,
		const struct nm_written *written, struct nm_pos pos);
void form_clear(struct form *form);
/* The row under the cursor; NULL. */
const struct field *form_field(const struct form *form);
/* The option under the cursor (of a step: in its column), and where it stands; NULL when there is none. */
const struct nm_option_info *form_option(const struct form *form, struct nm_place *place,
					 const struct nm_written_option **written);
/* What the section is and where it stands; `hidden` rows are told as not shown. */
void form_head_draw(const struct form *form, const struct app *app, struct canvas *canvas, struct box box, int hidden);
/* scroll: rows by which what is below the form has come up, over its rows but the one under the cursor. */
void form_draw(const struct form *form, const struct app *app, struct canvas *canvas, struct box box, bool focused,
	       int scroll);
/* The most that it can scroll: rows that are not shown without. */
int form_rows_over(const struct form *form, const struct app *app, struct box box, bool focused);

/* plan_path.c: the table of a path's steps, and the caller's wait. */
void path_head_draw(struct canvas *canvas, struct box box);
void path_step_draw(const struct form *form, const struct app *app, struct canvas *canvas, struct box box, int step,
		    bool focused);
/* The bar of the wait against the callers' patience: a row.  Not shown where the plan has no such path, or no room. */
bool path_wait_shown(const struct app *app, const char *path, int width);
void path_wait_draw(const struct app *app, const char *path, struct canvas *canvas, struct box box);

#endif
