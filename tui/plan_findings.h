/* SPDX-License-Identifier: MIT */
/*
 * Findings beside the plan: which section each concerns, and which section would be its mend.
 */
#ifndef TUI_PLAN_FINDINGS_H
#define TUI_PLAN_FINDINGS_H

#include "app.h"

/* What the Plan screen is given: where its cursor goes, and what is asked for there. */
struct plan_visit {
	struct nm_pos pos;
	const char *added; /* the kind of a new section, of the language's table; NULL: nothing is asked */
};

/* Is the finding about something between these lines?  A place without a line is the plan as a whole: what lies in no
 * section. */
bool finding_concerns(const struct app *app, const struct nm_finding *finding, struct nm_pos pos);
/* The kind of section that the finding misses and that only the owner can fill; NULL: none. */
const char *finding_misses(const struct nm_finding *finding);

unsigned severity_style(enum nm_severity severity);
const char *severity_sign(enum nm_severity severity);

#endif
