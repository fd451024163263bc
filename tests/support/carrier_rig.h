/* SPDX-License-Identifier: MIT */
/*
 * The promise that every driver makes, tried on random plans: what it reads back decides as the plan does,
 * except exactly where the losses that it stated say otherwise.
 */
#ifndef TESTS_CARRIER_RIG_H
#define TESTS_CARRIER_RIG_H

#include "nevermiss/carrier.h"

/* A line of a plan on its way to a carrier. */
struct carrier_line {
	struct nm_plan *plan;
	struct nm_timeline *timeline;
	struct nm_classes classes;
	int line;
	nm_time at;
	struct nm_route *route, *held; /* held: NULL when nothing is lost */
	struct nm_losses losses;
	struct nm_artefact artefact; /* empty when refused */
	char *refusal;               /* malloc'd: why it could not be rendered; NULL */
};

/* Takes the plan over.  From `at` (a T of design.md 6) for so many days; account NULL: none. */
void carrier_line_open(struct carrier_line *line, const struct nm_carrier *carrier,
		       const struct nm_account *account, struct nm_plan *plan, int index, const char *at, int days);
void carrier_line_close(struct carrier_line *line);
/* What is left of the plan for this carrier. */
const struct nm_route *carrier_line_held(const struct carrier_line *line);

/* At every change and for every class: the same treatment in the plan and in what is held, or a loss says so. */
void assert_losses_tell_all(const struct carrier_line *line, const struct nm_carrier *carrier);
/* lift(render(held)) decides as held does, at every instant of the window and for all callers. */
void assert_lifts_back(const struct carrier_line *line, const struct nm_carrier *carrier);
/* A call that is played as held gets, at every change and for every class, what is live there once the plan is
 * pushed, anew at each change where the carrier keeps no hours; its text back aside. */
void assert_played_as_held(const struct carrier_line *line, const struct nm_carrier *carrier,
			   const struct nm_account *account);
/* All of these, on `plans` random plans from this seed on and all their lines; returns how many lines were rendered
 * (the rest was refused as too large). */
size_t assert_carrier_keeps_plans(const struct nm_carrier *carrier, const struct nm_account *account,
				  uint64_t seed, int plans);

#endif
