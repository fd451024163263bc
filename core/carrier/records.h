/* SPDX-License-Identifier: MIT */
/*
 * What conversations about call records (NM_OP_RECORDS) have in common: instants and numbers as records write
 * them, and the list that grows.  What a carrier sends is bounded and cleaned here.
 */
#ifndef CORE_CARRIER_RECORDS_H
#define CORE_CARRIER_RECORDS_H

#include "nevermiss/carrier.h"

#define NM_RECORDS_LONGEST_S (7 * NM_DAY) /* no call lasts longer */
#define NM_RECORDS_ENOUGH 1000            /* calls after which a conversation ends at the next good place */

/* As it is when nothing was read yet: a conversation that was cut off begins so again. */
void nm_records_begin(struct nm_records *records);
/* "2026-01-05T14:00:00Z", with a blank in place of the T or a fraction, with or without Z, in UTC; 0: it is none. */
nm_time nm_records_instant(const char *text);
/* "Mon, 05 Jan 2026 14:00:00 +0000" (RFC 5322), as Twilio writes times, in UTC only; 0: it is none. */
nm_time nm_records_mail_time(const char *text);
/* "2026-01-05" of a UTC day; NULL: memory is out. */
const char *nm_records_day(struct nm_arena *arena, nm_time t);
/* A number in full, "+15125550100", also without the plus unless it has ten digits, which may be a whole one of
 * Denmark or a national one of North America; 0: it is none.  A short code and a SIP address are none either: of such
 * a caller nothing is told. */
nm_number nm_records_number(const char *text);
/* May a call or a leg have lasted from then till then?  ended 0: not known, and it may. */
bool nm_records_lasts(nm_time began, nm_time ended);
/* A copy in the list, which must have room (NM_RECORDS_MAX); false: memory is out. */
bool nm_records_add(struct nm_exchange *exchange, const struct nm_record *record);
/* The same of a call that was made, up to NM_RECORDS_MAX: more are left out. */
bool nm_records_add_made(struct nm_exchange *exchange, const struct nm_made *made);
/* Puts a leg, once by its id, in the order in which they began, then of their ids.  The array must have room, up to NM_LEGS_MAX; false:
 * there are so many already. */
bool nm_records_put_leg(struct nm_leg *legs, size_t *n, const struct nm_leg *leg);
/* Ends the conversation when all was read (until is now), or enough; false: it goes on from `until`. */
bool nm_records_end(struct nm_records *records);

#endif
