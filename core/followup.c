/* SPDX-License-Identifier: MIT */
/*
 * What the plan says of follow-ups: when each is due, in which order, and what an outcome does.  Knows no tables.
 */
#include "nevermiss/followup.h"

#include <string.h>

static const char *const channels[] = {
	[NM_CHANNEL_PHONE] = "phone",
	[NM_CHANNEL_TEXT] = "text",
	[NM_CHANNEL_WEB] = "web",
};

static const char *const ends[] = {
	[NM_FOLLOWUP_OPEN] = "open",           [NM_FOLLOWUP_BOOKED] = "booked",
	[NM_FOLLOWUP_RESOLVED] = "resolved",   [NM_FOLLOWUP_NO_ANSWER] = "no-answer",
	[NM_FOLLOWUP_LOST] = "lost",           [NM_FOLLOWUP_RANG_AGAIN] = "rang-again",
};

const char *nm_channel_name(enum nm_channel channel)
{
	return (size_t)channel <= NM_CHANNEL_WEB ? channels[channel] : "unknown";
}

const char *nm_followup_end_name(enum nm_followup_end end)
{
	return (size_t)end <= NM_FOLLOWUP_RANG_AGAIN ? ends[end] : "unknown";
}

bool nm_channel_find(const char *name, enum nm_channel *out)
{
	for (size_t i = 0; i <= NM_CHANNEL_WEB; i++)
		if (strcmp(channels[i], name) == 0) {
			*out = (enum nm_channel)i;
			return true;
		}
	return false;
}

bool nm_followup_end_find(const char *name, enum nm_followup_end *out)
{
	for (size_t i = NM_FOLLOWUP_OPEN + 1; i < NM_FOLLOWUP_RANG_AGAIN; i++)
		if (strcmp(ends[i], name) == 0) {
			*out = (enum nm_followup_end)i;
			return true;
		}
	return false;
}
