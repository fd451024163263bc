/* SPDX-License-Identifier: MIT */
/*
 * A simulated call as the commands write it, in JSON and in words.
 */
#ifndef TUI_SIMULATION_H
#define TUI_SIMULATION_H

#include "command.h"

/* Begins the object, which is left open: who calls when, and which rule decides. */
void json_call(struct nm_json *json, const struct nm_plan *plan, const struct nm_call *call,
	       const struct nm_treatment *treatment);
void json_outcome(struct nm_json *json, const struct nm_outcome *outcome);
void json_number(struct nm_json *json, const char *key, bool known,
		 int value); /* null when it is not known */
void json_reasons(struct nm_json *json, const struct nm_reason *reasons, size_t n);

void print_head(struct nm_buf *out, const struct nm_plan *plan, const struct nm_call *call,
		const struct nm_treatment *treatment);
void print_events(struct nm_buf *out, const struct nm_outcome *outcome);
void print_reasons(struct nm_buf *out, const struct nm_reason *reasons, size_t n);
/* Its events, and how it ended. */
void print_outcome(struct nm_buf *out, const struct nm_outcome *outcome);

/* simulate --place: asks, places the call, and says what it showed. */
enum nm_code simulate_place(struct invocation *run, const struct nm_call *call, enum status *status,
			    struct nm_error *err);

#endif
