/* SPDX-License-Identifier: MIT */
/*
 * A conversation with a carrier as it was written down: what is asked, what is answered.  A driver that asks
 * anything else fails the test.
 */
#ifndef TESTS_RECORDED_H
#define TESTS_RECORDED_H

#include "nevermiss/carrier.h"

struct recorded {
	const char *method, *url; /* what must be asked */
	const char *body;         /* NULL: none */
	int status;               /* what is answered; 0: nothing, with `answer` as the transport's words */
	const char *answer;
};

/* An exchange about the line "main", +1 512 555 0100, of a plan, with its first account. */
struct recorded_line {
	char *folder;
	struct nm_plan *plan;
	struct nm_artefact wanted;
	struct nm_exchange exchange;
};

/* Takes over `wanted`. */
void recorded_open(struct recorded_line *line, enum nm_operation operation, const char *plan,
		   struct nm_artefact wanted);
void recorded_close(struct recorded_line *line);

/* Speaks until the driver ends it, which must be at the end of the list (an item without a method). */
enum nm_step_result recorded_speak(const struct nm_carrier *carrier, struct nm_exchange *exchange,
				   const struct recorded *talk);
/* The same with one answer cut to each length and each of its bytes changed: it must end, whatever comes. */
void recorded_damage(const struct nm_carrier *carrier, const struct nm_exchange *exchange,
		     const struct recorded *talk, size_t damaged);

/* lift() of an artefact of which each part is cut and changed likewise: it must not crash. */
void recorded_damage_live(const struct nm_carrier *carrier, const struct nm_artefact *artefact);

#endif
