/* SPDX-License-Identifier: MIT */
/*
 * Carriers that send texts, as often as they are asked: Twilio, Telnyx and VoIP.ms, told apart by where they are
 * asked, with a clock of their own that moves while they are waited for.  They can be made to fail, and whoever
 * speaks to them can be killed.
 */
#ifndef TESTS_FAKE_TEXTS_H
#define TESTS_FAKE_TEXTS_H

#include "fake_twilio.h"
#include "nevermiss/clock.h"

#define FAKE_TEXTS_FROM "+15125550100"
#define FAKE_TEXTS_TO "+15125550111"
#define FAKE_TEXTS_BODY "a test of Smith" /* of all texts */

struct fake_texts {
	const char *status; /* of a text that was sent; NULL: it is on its way for ever */
	const char *error;  /* code of that text's failure; NULL */
	const char *other;  /* words of a text that somebody else has sent; NULL */
	int listed_s;       /* a text is listed so long after it was sent */
	bool deaf;          /* it sends nothing, whatever it answers */
	bool opted_out;     /* Twilio: whom it is for wants none */
	int fault_at, fault_times;
	enum fake_fault fault;
	int kill_before, kill_after; /* number of the request before or after which everything ends; 0 */
	/* seen */
	int asked, made; /* requests, texts */
	int64_t now_ms, made_ms;
	char log[65536];
	int tag, answer_status;
	char *body; /* malloc'd */
	bool waiting;
};

struct nm_transport fake_texts_transport(struct fake_texts *fake);
/* As for a process that begins anew: requests are counted from 1, and nothing fails; what was sent stays. */
void fake_texts_restart(struct fake_texts *fake);
void fake_texts_clear(struct fake_texts *fake);

#endif
