/* SPDX-License-Identifier: MIT */
/*
 * Calling back through the built-in carrier, at which everybody answers and nobody is rung.
 *
 *   POST sandbox:/lines/NUMBER/calls   To: WHO CALLS BACK, the customer as body   201 {"customer":"answered"}
 *
 * It lists no calls: whether one was made that it did not answer for cannot be found out.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/json.h"
#include "core/carrier/sandbox.h"
#include "nevermiss/placing.h"

enum state { BEGIN, PLACING };

static enum nm_step_result place(struct nm_exchange *x, struct nm_request *next)
{
	const char *to;

	if (x->place->person == NULL)
		return nm_exchange_fail(x, "the sandbox rings no line");
	if (x->placed->asked)
		return nm_exchange_fail(x, "the sandbox lists no calls");
	to = nm_arena_format(x->arena, "To: %s", x->place->person);
	if (to == NULL || nm_sandbox_ask(x, next, "POST", "/calls", PLACING) != NM_STEP_SEND)
		return nm_exchange_fail(x, "out of memory");
	next->headers[next->n_headers++] = to;
	next->type = "text/plain";
	next->body = x->place->customer;
	next->len = strlen(x->place->customer);
	x->placed->asked = true;
	return NM_STEP_SEND;
}

static enum nm_step_result take_placed(struct nm_exchange *x, const struct nm_node *root)
{
	const char *answered = nm_node_member_text(root, "customer");
	struct nm_leg *leg = nm_arena_alloc(x->arena, 1, sizeof(*leg));

	if (leg == NULL)
		return nm_exchange_fail(x, "out of memory");
	if (answered == NULL || strcmp(answered, nm_leg_end_name(NM_LEG_ANSWERED)) != 0)
		return nm_exchange_fail(x, "its answer makes no sense");
	*leg = (struct nm_leg){
		.id = "customer", .to = x->place->customer, .end = NM_LEG_ANSWERED, .rang_s = -1
	};
	x->placed->caller = (struct nm_leg){
		.id = "person", .to = x->place->person, .end = NM_LEG_ANSWERED, .rang_s = -1
	};
	x->placed->legs = leg;
	x->placed->n = 1;
	x->placed->ended = true;
	return NM_STEP_DONE;
}

enum nm_step_result nm_sandbox_call_back(struct nm_exchange *x, const struct nm_response *last,
					 struct nm_request *next)
{
	struct nm_node *root = NULL;
	enum nm_step_result result;

	if (x->state == BEGIN || last == NULL)
		return place(x, next);
	if (last->status / 100 == 4)
		x->placed->asked = false;
	if (last->status / 100 != 2)
		return nm_ask_refused_here(x, last);
	if (nm_node_read(last->body, last->len, &root, NULL) != NM_OK)
		return nm_exchange_fail(x, "its answer makes no sense");
	result = take_placed(x, root);
	nm_node_free(root);
	return result;
}
