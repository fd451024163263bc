/* SPDX-License-Identifier: MIT */
/*
 * A Twilio that places calls, with a clock of its own that moves while it is waited for: one call from a number
 * of the account to a line, and the legs that ring for it; or to somebody who is put through to the leg.  It can be made to fail (fake_twilio.h says how).
 */
#ifndef TESTS_FAKE_CALLS_H
#define TESTS_FAKE_CALLS_H

#include "fake_twilio.h"
#include "nevermiss/clock.h"

#define FAKE_CALLS_FROM "+15125550199"
#define FAKE_CALLS_LINE "+15125550100"

/* A leg of the line's end, or of a call that is put through.  Seconds from the time at which the call came to the line, or
 * was answered. */
struct fake_leg {
	const char *to;
	const char *status; /* in the end: "completed", "no-answer", ... */
	int begins_s, rings_s, talks_s;
	int shows_s; /* listed so much later than it begins */
};

struct fake_calls {
	nm_time clock; /* what Twilio's shows at the beginning; need not be ours */
	size_t n_legs;
	const struct fake_leg *legs;
	int comes_s;  /* from the making of the call until it is at the line; -1: it never comes there */
	int lasts_s;  /* from then on */
	int listed_s; /* the call is listed so long after it was made */
	const char *status;  /* of both ends afterwards; NULL: completed */
	bool no_end_time;    /* of calls that nobody took */
	bool puts_through;   /* the call has one end, and the legs are its own: `comes_s` later they begin */
	bool foreign_number; /* the account has not the number that calls */
	bool earlier;        /* there was such a call, an hour before, with a leg */
	bool still;          /* and it is under way */
	bool deaf;           /* it makes no call, whatever it answers */
	size_t page_size;    /* 0: all on one page */
	int fault_at, fault_times;
	enum fake_fault fault;
	size_t damaged; /* with FAKE_FINE as the fault: this byte of the answer is another, `damage` */
	char damage;
	/* seen */
	int sent, asked, made; /* requests; calls asked for, calls made */
	int64_t now_ms, made_ms;
	char form[4096]; /* of the call */
	char log[65536];
	int tag, answer_status;
	char *body; /* malloc'd */
	bool waiting;
};

struct nm_transport fake_calls_transport(struct fake_calls *fake);
void fake_calls_clear(struct fake_calls *fake);

#endif
