/* SPDX-License-Identifier: MIT */
/*
 * Texts of a calendar as they may be shown: they come from strangers and go to a terminal.
 */
#include <string.h>

#include "ical_model.h"

/* Bytes of the character at p that may be shown; 0 for a control, a direction mark or broken UTF-8. */
static size_t shown(const unsigned char *p)
{
	if (p[0] < 0x20 || p[0] == 0x7f)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if ((p[1] & 0xc0) != 0x80)
		return 0;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		return p[0] == 0xc2 && p[1] < 0xa0 ? 0 : 2;
	if ((p[2] & 0xc0) != 0x80)
		return 0;
	if (p[0] == 0xe2 && ((p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
			     (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)))
		return 0;
	if (p[0] >= 0xe0 && p[0] <= 0xef)
		return (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ? 0 : 3;
	if ((p[3] & 0xc0) != 0x80 || p[0] < 0xf0 || p[0] > 0xf4)
		return 0;
	return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
}

void nm_ical_clean(const char *text, char *out, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = 0;

	while (*p && n + 5 < size) {
		size_t len = shown(p);

		if (len)
			memcpy(out + n, p, len);
		else
			out[n] = *p < 0x80 ? ' ' : '?';
		n += len ? len : 1;
		p += len ? len : 1;
	}
	out[n] = 0;
}

enum nm_code nm_ical_refuse(const char *name, const struct ical_event *event, struct nm_error *err,
			    const char *why)
{
	char text[ICAL_NAME];

	nm_ical_clean(event->summary ? event->summary : event->uid ? event->uid : "", text, sizeof text);
	return nm_fail(err, NM_INPUT, "%s:%d: event \"%s\" %s", name, event->line, text, why);
}
