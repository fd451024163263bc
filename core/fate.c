/* SPDX-License-Identifier: MIT */
/*
 * What a call counts as (fate.h).  In: what is kept of a call.  Out: one of a few words that the figures count.
 */
#include "core/fate.h"

static enum nm_fate unknown_fate(const struct nm_became *became)
{
	switch (became->reason) {
	case NM_CALL_OTHER_LINE:
		return NM_FATE_WENT_ON;
	case NM_CALL_NOT_TOLD:
		return NM_FATE_UNTOLD;
	default:
		return NM_FATE_UNKNOWN;
	}
}

enum nm_fate nm_fate_of(const struct nm_call_brief *call)
{
	const struct nm_became *became = &call->became;

	if (became->end == NM_CALL_UNKNOWN)
		return unknown_fate(became);
	if (became->end == NM_CALL_REJECTED)
		return NM_FATE_REJECTED;
	if (call->cut)
		return NM_FATE_PERHAPS;
	switch (became->end) {
	case NM_CALL_ANSWERED:
		return became->probably ? NM_FATE_PERHAPS : NM_FATE_ANSWERED;
	case NM_CALL_VOICEMAIL:
		return NM_FATE_VOICEMAIL;
	case NM_CALL_SWALLOWED:
		return became->probably ? NM_FATE_PERHAPS_SWALLOWED : NM_FATE_SWALLOWED;
	case NM_CALL_ABANDONED:
		return became->seconds >= 0 && became->seconds < NM_SHORT_ABANDON_S ? NM_FATE_SHORT
										    : NM_FATE_ABANDONED;
	default:
		return NM_FATE_LOST;
	}
}

int64_t nm_call_talked_s(const struct nm_call_brief *call)
{
	const int waited = call->became.seconds > 0 ? call->became.seconds : 0;

	if (call->ended <= call->began || call->ended - call->began > NM_DAY ||
	    call->ended - call->began < waited)
		return 0;
	return call->ended - call->began - waited;
}
