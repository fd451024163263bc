/* SPDX-License-Identifier: MIT */
/*
 * Handing a call to a document of the owner's, which rings and asks to press 1: no widget of Studio's can.
 *
 *   DOCUMENT?flow=FLOW&to=NUMBERS&confirm=NUMBERS&timeout=SECONDS&caller_id=caller|line
 */
#ifndef CORE_CARRIER_TWILIO_WHISPER_H
#define CORE_CARRIER_TWILIO_WHISPER_H

#include "nevermiss/carrier.h"

struct nm_twilio_whisper {
	const char *document;
	const char *to, *confirm; /* lists between commas: who is rung, and who of them is asked */
	int for_s;
	bool line_id;
};

/* The account names a document that can be asked: an https URL without a query; NULL: it does not. */
const char *nm_twilio_document_of(const struct nm_account *account);
/* Somebody in the step is to be asked. */
bool nm_twilio_asks(const struct nm_treatment_step *step);
void nm_twilio_whisper_write(const char *document, const struct nm_treatment_step *step, int for_s,
			     struct nm_buf *out);
/* False: it is not such a URL, or memory is out. */
bool nm_twilio_whisper_read(const char *url, struct nm_arena *arena, struct nm_twilio_whisper *out);

#endif
