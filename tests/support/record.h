/* SPDX-License-Identifier: MIT */
/*
 * A call as a carrier's record has it, and what was played written down as one.
 */
#ifndef TESTS_RECORD_H
#define TESTS_RECORD_H

#include "nevermiss/calls.h"

#define RECORD_LEGS 16

struct record {
	struct nm_call_entry call; /* its legs are those below */
	struct nm_call_leg legs[RECORD_LEGS];
};

/* How it ended: after how many seconds somebody had it (-1: nobody), and when it was over. */
void record_ends(struct record *record, enum nm_call_end how, enum nm_call_reason reason, const char *by,
		 int seconds, int ended);
/* Legs and end of a call that was played, to a record that has begun.  False: a carrier's record of it could not be
 * told from another's. */
bool record_played(struct record *record, const struct nm_treatment *treatment,
		   const struct nm_outcome *outcome);
/* Some call within 300 days; everybody does something (settings has room for all destinations). */
struct nm_call record_random_call(uint64_t *state, const struct nm_plan *plan, nm_time from,
				  struct nm_script_setting *settings);

#endif
