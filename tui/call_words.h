/* SPDX-License-Identifier: MIT */
/*
 * A call of the log in words, and in JSON: what the commands and the screens that show calls share.
 */
#ifndef TUI_CALL_WORDS_H
#define TUI_CALL_WORDS_H

#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/explain.h"
#include "nevermiss/json.h"
#include "session.h"

/* "+1 512 555 0199", "anonymous", "not told" */
void call_who_words(const struct nm_call_entry *call, struct nm_buf *out);
/* As the plan calls the line that has the number now, else as it was called then. */
const char *call_line(const struct nm_plan *plan, const struct nm_call_entry *call);
/* What is believed and not known of the driver's records; NULL: nothing. */
const char *call_doubt(const char *driver);
/* Who does what in what is expected: "everybody doing what they did". */
const char *call_played_words(const struct nm_explanation *explanation);
/* "probably swallowed by the voicemail of owner's own phone after 25 s" */
void call_became_words(const struct nm_became *became, struct nm_buf *out);

/* A row of a list of calls: "#12    Mon 23 Nov 2026 09:00     main       +1 512 555 0199   answered by owner after 9 s\n" */
void call_row_words(const struct nm_plan *plan, const struct nm_call_entry *call, struct nm_buf *out);
/* That no call is as was asked: "no such call in the log: from +1 512 555 0199, since Tue 3 Nov 2026 00:00\n", and of a filter
 * that asks nothing that the log is empty. */
void call_none_words(const struct session *session, const struct nm_call_filter *filter, struct nm_buf *out);
/* Everything by which somebody may look for a call: when, who, line, outcome, "#12". */
void call_search_words(const struct nm_plan *plan, const struct nm_call_entry *call, struct nm_buf *out);
/* The groups of callers in which a number is: "vip, family"; "" when in none. */
void call_groups_words(const struct nm_plan *plan, struct nm_caller caller, struct nm_buf *out);

/* The members of a call; the object stays open. */
void json_logged_call(struct nm_json *json, const struct session *session, const struct nm_call_entry *call);
void json_leg(struct nm_json *json, const struct nm_zone *zone, const struct nm_call_leg *leg);
/* Whom the call alerted, and who has answered: "  alert    ...\n" with a line for each; as "alert" in JSON, null without.
 * NULL: nobody. */
void call_alert_words(const struct session *session, const struct nm_call_alert *alert, struct nm_buf *out);
void json_call_alert(struct nm_json *json, const struct session *session, const struct nm_call_alert *alert);
/* What lies behind it for certain, or perhaps, as an array of sentences. */
void json_call_likely(struct nm_json *json, const char *key, const struct nm_explanation *explanation, bool certain);
/* What was live for the call: "as planned (push #1, Mon 31 Aug 2026 13:00 CDT, 84 days ago)". */
void call_live_words(const struct session *session, const struct nm_explained_live *live, struct nm_buf *out);
/* How the call went beside it; "" where that is as beside the plan, or not known. */
void call_live_parting(const struct nm_explained_live *live, struct nm_buf *out);
/* A number that is not known is null. */
void json_known(struct nm_json *json, const char *key, int64_t value, bool known);

/* "12" or "#12" after a word of `calls`. */
enum nm_code call_read_id(const char *verb, const char *text, int64_t *id, struct nm_error *err) NM_WARN_UNUSED;

#endif
