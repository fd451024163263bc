/* SPDX-License-Identifier: MIT */
/*
 * The call that a finding names, read back from its arguments as `simulate` reads them, and played.
 */
#ifndef TESTS_CALLED_H
#define TESTS_CALLED_H

#include "nevermiss/check.h"

/* Plays the finding's call; ends the test program when the arguments are not what simulate takes. */
struct nm_simulation *called(const struct nm_plan *plan, const struct nm_finding *finding);

/* Does the call show what the finding says?  (Judged from the played call and the plan alone.) */
bool called_shows(const struct nm_plan *plan, const struct nm_finding *finding,
		  const struct nm_simulation *simulation);

#endif
