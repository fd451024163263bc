/* SPDX-License-Identifier: MIT */
/* A report as text for people, 80 columns wide. */
#ifndef TUI_REPORT_TEXT_H
#define TUI_REPORT_TEXT_H

#include "nevermiss/plan.h"
#include "nevermiss/report.h"

struct report_text {
	const struct nm_report *report;
	const struct nm_plan *plan;
	bool ascii;
	struct nm_buf *out;
};

/* All of it. */
void report_text(const struct report_text *text);
/* The two formulas alone, with every number that goes into them. */
void report_reckoning(const struct report_text *text);

#endif
