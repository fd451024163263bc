/* SPDX-License-Identifier: MIT */
/*
 * The way out that is a person: requests to dial a code or to set something by hand become questions.
 */
#ifndef TUI_DIAL_H
#define TUI_DIAL_H

#include "nevermiss/transport.h"

struct dial_question {
	const char *line;  /* for which line, "cell, +15125550111" */
	const char *code;  /* to be dialled; "": what `words` say is to be done */
	const char *words; /* what that does */
	const char *every; /* who will get every call, "fixly, +1 512 555 0177"; NULL */
};

struct dial {
	/* Was it done?  Adds to answer when (RFC 3339), or why not.  NULL: nobody is there. */
	bool (*ask)(void *context, const struct dial_question *question, struct nm_buf *answer);
	void *context;

	/* Its own. */
	struct {
		int tag;
		struct nm_request request;
	} *queue; /* malloc'd */
	size_t n, capacity;
	struct nm_buf answer;
	char line[128]; /* that was asked about last: its next question comes next */
};

/* The dial must stay where it is in memory until dial_clear. */
struct nm_transport dial_transport(struct dial *dial);
void dial_clear(struct dial *dial);

/* Is this who `every` names?  Any way of writing the number that the plan's country has. */
bool dial_same_number(const char *every, const char *typed, const char *country);

#endif
