/* SPDX-License-Identifier: MIT */
/* What the parts of the sandbox driver share: its artefact and the conversations about it (sandbox.c), texts, calls. */
#ifndef CORE_CARRIER_SANDBOX_H
#define CORE_CARRIER_SANDBOX_H

#include "nevermiss/carrier.h"

#define NM_SANDBOX_INBOUND_LISTED 1000 /* of the texts that came to a line, the newest */

/* A request about the exchange's line; tail "", "/route", "/texts", "/inbound", "/calls". */
enum nm_step_result nm_sandbox_ask(struct nm_exchange *exchange, struct nm_request *next, const char *method,
				   const char *tail, int state);
/* TEXT, all of it. */
enum nm_step_result nm_sandbox_text(struct nm_exchange *x, const struct nm_response *last,
				    struct nm_request *next);
/* PLACE, all of it, of a customer who is called back. */
enum nm_step_result nm_sandbox_call_back(struct nm_exchange *x, const struct nm_response *last,
					 struct nm_request *next);
/* INBOUND, all of it. */
enum nm_step_result nm_sandbox_inbound(struct nm_exchange *x, const struct nm_response *last,
				       struct nm_request *next);

#endif
