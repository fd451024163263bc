/* SPDX-License-Identifier: MIT */
/*
 * What conversations about call records (NM_OP_RECORDS) have in common: instants and numbers as records write
 * them, and the list that grows.  What a carrier sends is bounded and cleaned here.
 */
#ifndef CORE_CARRIER_RECORDS_H
#define CORE_CARRIER_RECORDS_H

#include "nevermiss/carrier.h"

#define NM_RECORDS_ENOUGH 1000 /* calls after which a conversation ends at the next good place */

/* As it is when nothing was read yet: a conversation that was cut off begins so again. */
void nm_records_begin(struct nm_records *records);
/* "2026-01-05T14:00:00Z", with a blank in place of the T or a fraction, with or without Z, in UTC; 0: it is none. */
nm_time nm_records_instant(const char *text);
/* "2026-01-05" of a UTC day; NULL: memory is out. */
const char *nm_records_day(struct nm_arena *arena, nm_time t);
/* A number as carriers write it: "+15125550100", or without the plus, ten digits meaning North America; 0: it is
 * none. */
nm_number nm_records_number(const char *text);
/* The caller of such a number; anonymous when it is none. */
struct nm_caller nm_records_caller(const char *text);
/* A copy in the list, which must have room (NM_RECORDS_MAX); false: memory is out. */
bool nm_records_add(struct nm_exchange *exchange, const struct nm_record *record);
/* Puts a leg in the order in which they began; the array must have room. */
void nm_records_put_leg(struct nm_leg *legs, size_t *n, const struct nm_leg *leg);
/* Ends the conversation when all was read (until is now), or enough; false: it goes on from `until`. */
bool nm_records_end(struct nm_records *records);

#endif
