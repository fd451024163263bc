/* SPDX-License-Identifier: MIT */
/*
 * The other end of the twilio driver: one account with numbers and flows, which remembers what it was told and can
 * be made to fail.  A transport for nm_push_context.
 */
#ifndef TESTS_FAKE_TWILIO_H
#define TESTS_FAKE_TWILIO_H

#include "nevermiss/carrier.h"

#define FAKE_TWILIO_SID "AC0123456789abcdef0123456789abcdef"
#define FAKE_TWILIO_FLOWS 16

enum fake_fault {
	FAKE_FINE,
	FAKE_BUSY,        /* 429, nothing done */
	FAKE_BROKEN,      /* 500, nothing done */
	FAKE_DONE_BROKEN, /* done, and then 500 */
	FAKE_SILENT,      /* done, and no answer */
	FAKE_REFUSED,     /* 400 with Twilio's words */
	FAKE_GARBAGE,     /* done, 200 and no JSON */
	FAKE_CUT,         /* done, 200 and half of the JSON */
	FAKE_HUGE,        /* done, 200 and an array of a hundred thousand */
	FAKE_TYPES        /* done, 200 and every text a number */
};

struct fake_flow {
	char name[128];
	char *definition; /* malloc'd */
	int revision;
};

struct fake_twilio {
	char voice_url[512], fallback_url[512], trunk_sid[64], application_sid[64];
	struct fake_flow flows[FAKE_TWILIO_FLOWS]; /* in the list from the last one on */
	size_t n_flows, page_size;                 /* 0: all on one page */
	bool endless;                              /* every page of a list has another one */
	bool invalid;                              /* no definition is taken */
	bool deaf;                                 /* a number stays as it is, whatever is said */
	bool draft;                                /* every flow has an unpublished one over it */
	int fault_at;                              /* number of the request that fails; 0 */
	int fault_times;                           /* how many in a row; 0: one */
	enum fake_fault fault;
	int sent, written, created;
	char log[8192]; /* "GET /v2/Flows\n" */
	int tag;
	int status;
	char *body; /* malloc'd */
	bool waiting;
};

struct nm_transport fake_twilio_transport(struct fake_twilio *fake);
void fake_twilio_clear(struct fake_twilio *fake);

#endif
