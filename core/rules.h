/* SPDX-License-Identifier: MIT */
/*
 * Core's own: the parts of a decision, for the words about it and for what is compiled from it.
 */
#ifndef CORE_RULES_H
#define CORE_RULES_H

#include "nevermiss/decide.h"

enum nm_field { NM_FIELD_NONE, NM_FIELD_LINES, NM_FIELD_CALLERS, NM_FIELD_DURING, NM_FIELD_OUTSIDE };

/* The first field of a rule that does not match; NM_FIELD_NONE when all do. */
enum nm_field nm_rule_mismatch(const struct nm_rule *rule, const struct nm_state *state, int line,
			       uint64_t groups);

/* A rule that rejects callers it names: looked at before everything else. */
bool nm_rule_screens(const struct nm_rule *rule);
/* On an emergency line such a rule must name the line: an anonymous caller must get through there. */
bool nm_rule_applies(const struct nm_plan *plan, const struct nm_rule *rule, int line);

/* The call is rejected by a rule or an override that names no callers: it is not these who are kept out,
 * but customers who are turned away. */
bool nm_decision_turns_away(const struct nm_plan *plan, const struct nm_decision *decision);

/* Outside all hours that rules name. */
bool nm_state_after_hours(const struct nm_plan *plan, const struct nm_state *state);

bool nm_line_is_emergency(const struct nm_plan *plan, int line);
/* emergency: the caller said so. */
bool nm_call_is_emergency(const struct nm_plan *plan, int line, uint64_t groups, bool emergency);

/* The text that a caller gets who is missed; NULL: none. */
const char *nm_text_back(const struct nm_plan *plan, const struct nm_state *state,
			 struct nm_decision decision);

/* Whom an emergency on this line alerts, those of a rotation who are on turn, and with what text.  Memory from the
 * arena; false: out of memory. */
bool nm_alerts_resolve(const struct nm_plan *plan, const struct nm_state *state, int line,
		       struct nm_arena *arena, struct nm_alerts *out) NM_WARN_UNUSED;
#endif
