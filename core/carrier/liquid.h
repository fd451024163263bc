/* SPDX-License-Identifier: MIT */
/*
 * The part of the template language Liquid in which a flow can tell the time: whole numbers made from the
 * clock by plus, minus and modulo, compared with each other, and one text printed for each case.
 */
#ifndef CORE_CARRIER_LIQUID_H
#define CORE_CARRIER_LIQUID_H

#include "nevermiss/clock.h"

struct nm_liquid;

/* Memory from the arena.  NM_INPUT: it is more than that part, and what. */
enum nm_code nm_liquid_read(const char *text, struct nm_arena *arena, struct nm_liquid **out,
			    struct nm_error *err) NM_WARN_UNUSED;
/* What it prints at t, outer blanks taken off (the arena's), and an instant until which it prints the same. */
enum nm_code nm_liquid_print(const struct nm_liquid *liquid, nm_time t, const char **out, nm_time *until,
			     struct nm_error *err) NM_WARN_UNUSED;

#endif
