/* SPDX-License-Identifier: MIT */
/* The alert of an emergency call (alerts.h) in words, and in JSON: what `calls` and `agent --status` share. */
#ifndef TUI_ALERT_WORDS_H
#define TUI_ALERT_WORDS_H

#include "nevermiss/alerts.h"
#include "nevermiss/clock.h"
#include "nevermiss/json.h"

/* How it stands now, without a full stop: "pat answered Mon 23 Nov 09:04". */
void alert_state_words(const struct nm_zone *zone, nm_time now, const struct nm_call_alert *alert, struct nm_buf *out);
/* The same of its i-th person: "owner: texted Mon 23 Nov 09:01". */
void alert_person_words(const struct nm_zone *zone, nm_time now, const struct nm_call_alert *alert, size_t i,
			struct nm_buf *out);
/* All of them, a line each, indented by so much. */
void alert_people_words(const struct nm_zone *zone, nm_time now, const struct nm_call_alert *alert, int indent,
			struct nm_buf *out);
/* The members of an alert, within an object. */
void json_alert(struct nm_json *json, const struct nm_zone *zone, const struct nm_call_alert *alert);

#endif
