/* SPDX-License-Identifier: MIT */
/* Lines of a plan by their numbers, as the store and the sandbox know them. */
#ifndef TESTS_NUMBERS_H
#define TESTS_NUMBERS_H

#include "nevermiss/number.h"
#include "nevermiss/plan.h"

/* 0: the plan has no such line. */
static inline nm_number line_number(const struct nm_plan *plan, const char *line)
{
	const int i = nm_plan_find_line(plan, line);

	return i < 0 ? 0 : plan->lines[i].number;
}

/* "+15125550100": valid until the next call. */
static inline const char *line_text(const struct nm_plan *plan, const char *line)
{
	static char text[NM_NUMBER_TEXT];

	nm_number_write(line_number(plan, line), text);
	return text;
}

#endif
