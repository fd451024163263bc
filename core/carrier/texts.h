/* SPDX-License-Identifier: MIT */
/*
 * What all drivers that send texts do alike.  No carrier has a key that keeps a text from being sent twice: one
 * that may have been asked for is looked for among those that the carrier has, for a while, since a list may be
 * behind; and once it is there, its carrier is asked what became of it.  That a list is never behind for longer
 * is not verified for any carrier: one that is would make a text go out twice.
 */
#ifndef CORE_CARRIER_TEXTS_H
#define CORE_CARRIER_TEXTS_H

#include "nevermiss/carrier.h"

/* The text is asked for now. */
void nm_texts_asking(struct nm_exchange *x);
/* A look begins at the list's first page. */
void nm_texts_begin_look(struct nm_exchange *x);
/* Is it the id of another text, of which it is known that it is none of the one that is looked for? */
bool nm_texts_known(const struct nm_exchange *x, const char *id);
/* A text from the exchange's number to the text's, with its whole body (NULL: not told), made at that time on the carrier's clock (0: not known).
 * True: it is the one that is looked for, and its id is kept; false too when memory is out. */
bool nm_texts_is(struct nm_exchange *x, const char *id, const char *body, nm_time made);
/* The look has found nothing. */
enum nm_texts_absence {
	NM_TEXTS_LOOK_AGAIN, /* after a pause, which is set */
	NM_TEXTS_ABSENT,     /* looked for long enough: the carrier does not have it */
	NM_TEXTS_UNSURE /* the same, but one that may be it is there, or it may be sent no more: the conversation is over */
};
enum nm_texts_absence nm_texts_absent(struct nm_exchange *x);
/* The answer to the request that sends is a refusal: what it says of whether the text was taken is kept. */
void nm_texts_refused(struct nm_exchange *x, const struct nm_response *last);
/* Ends the conversation about a text of which it cannot be found out whether the carrier has it; a format. */
enum nm_step_result nm_texts_unsure(struct nm_exchange *x, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Ask what became of it, after a pause that is set now?  False: it is known, or was waited for long enough. */
bool nm_texts_follow(struct nm_exchange *x);

#endif
