/* SPDX-License-Identifier: MIT */
/* See fetched.h.  In: how a fetch ended.  Out: words. */
#include "fetched.h"

void fetched_add(struct nm_buf *out, const struct nm_plan *plan, const struct nm_refreshed *refreshed)
{
	static const char *const words[] = {[NM_REFRESH_SAME] = "nothing is new",
					    [NM_REFRESH_NEW] = "fetched",
					    [NM_REFRESH_FAILED] = "not fetched: ",
					    [NM_REFRESH_STOPPED] = "stopped"};

	nm_buf_addf(out, "%s: %s%s", plan->calendars[refreshed->calendar].name, words[refreshed->end],
		    refreshed->words ? refreshed->words : "");
}
