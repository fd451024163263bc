/* SPDX-License-Identifier: MIT */
/*
 * Texts of a calendar as they may be shown: they come from strangers and go to a terminal.
 */
#include "core/utf8.h"
#include "ical_model.h"

enum nm_code nm_ical_refuse(const char *name, const struct ical_event *event, struct nm_error *err,
			    const char *why)
{
	char text[ICAL_NAME];

	nm_utf8_clean(event->summary ? event->summary : event->uid ? event->uid : "", text, sizeof text);
	return nm_fail(err, NM_INPUT, "%s:%d: event \"%s\" %s", name, event->line, text, why);
}
