/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the CPL driver agree on: how a route is written as a script, and read back.
 */
#ifndef CORE_CARRIER_CPL_H
#define CORE_CARRIER_CPL_H

#include "core/ascii.h"
#include "nevermiss/carrier.h"

#define NM_CPL_FOREIGN "a script that nevermiss did not write"

#define NM_CPL_PART   "script"
#define NM_CPL_DOMAIN "facts-domain" /* of the account */

/* How long a line that takes a call over for good may ring, seconds. */
#define NM_CPL_FOREVER_S 3600

/* And how long a call may ring in all: max_inv_lifetime of examples/kamailio/kamailio.cfg. */
#define NM_CPL_TOTAL_S 7200

#define NM_CPL_BUSY   486
#define NM_CPL_SILENT 603
#define NM_CPL_NOBODY 480

/* A voicemail is called sip:voicemail-NAME@DOMAIN. */
#define NM_CPL_VOICEMAIL "voicemail-"

/* Stands for itself in the name of a file and in a URL. */
static inline bool nm_cpl_is_plain(char c)
{
	return nm_ascii_is_letter(c) || nm_ascii_is_digit(c) || c == '-';
}

enum nm_code nm_cpl_render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err);
enum nm_code nm_cpl_lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			 struct nm_error *err);

#endif
