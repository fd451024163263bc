/* SPDX-License-Identifier: MIT */
/*
 * Calls for screen tests: a record is begun, gets its legs, and is put into the store of a stage.  And a log that
 * has one of each kind.
 */
#ifndef TESTS_RECORDS_H
#define TESTS_RECORDS_H

#include "nevermiss/calls.h"
#include "stage.h"

/* clang-format off */
#define OWNER "+15125550111"
#define SAM "+15125550114"
#define OFFICE "+15125550112"
#define FIXLY "+15125550177"
#define VIP UINT64_C(15125550142)
#define SPAM UINT64_C(19005550123)
#define SOMEBODY UINT64_C(15125550199)
#define FRIDAY (STAGE_NOW - 2 * 86400 + 6 * 3600) /* 20 November, 11:11 */
#define NIGHT (STAGE_NOW - 2 * 3600)
/* clang-format on */
#define RECORD_LEGS 8

struct record {
	struct nm_call_entry call;
	struct nm_call_leg legs[RECORD_LEGS];
	char id[32];
};

/* The record stays where it is: the call points into it.  One with the number of an older one takes its place. */
void record_begin(struct record *r, int number, nm_time at, nm_number caller);
/* who: a destination's name, or NULL; from: seconds after the call's beginning. */
void record_leg(struct record *r, const char *who, const char *to, enum nm_leg_end how, int from, int rang_s);
void record_put(struct stage *stage, struct record *r, struct nm_became became, int lasted);
struct nm_became record_answered(const char *by, int seconds);

/* A call of each kind, oldest first; and somebody to call back who did not ring. */
void log_fill(struct stage *stage);
void log_lead(struct stage *stage);

#endif
