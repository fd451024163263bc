/* SPDX-License-Identifier: MIT */
/* Records of calls, put into a store: see records.h. */
#include "records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nevermiss/followup.h"

void record_begin(struct record *r, int number, nm_time at, nm_number caller)
{
	*r = (struct record){.call = {.number = UINT64_C(15125550100),
				      .line = "main",
				      .driver = "sandbox",
				      .carrier_id = r->id,
				      .caller = {.number = caller},
				      .began = at,
				      .legs = r->legs}};
	snprintf(r->id, sizeof r->id, "call-%d", number);
}

void record_leg(struct record *r, const char *who, const char *to, enum nm_leg_end how, int from, int rang_s)
{
	r->legs[r->call.n++] = (struct nm_call_leg){
		.leg = {.id = "leg",
			.to = to,
			.end = how,
			.began = r->call.began + from,
			.ended = r->call.began + from + rang_s + (how == NM_LEG_ANSWERED ? 90 : 0),
			.rang_s = rang_s},
		.who = who,
	};
}

void record_put(struct stage *stage, struct record *r, struct nm_became became, int lasted)
{
	struct nm_store *store;
	struct nm_error err;
	enum nm_call_kept kept;

	r->call.became = became;
	r->call.ended = r->call.began + lasted;
	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	if (nm_store_call_put(store, &r->call, &kept, &err))
		fail_msg("%s", err.text);
}

struct nm_became record_answered(const char *by, int seconds)
{
	return (struct nm_became){.end = NM_CALL_ANSWERED, .reason = NM_CALL_LEG_ANSWERED, .by = by, .seconds = seconds};
}

/* One of each kind, oldest first. */
void log_fill(struct stage *stage)
{
	struct record r;

	record_begin(&r, 1, FRIDAY, SOMEBODY);
	record_leg(&r, "owner", OWNER, NM_LEG_ANSWERED, 1, 6);
	record_put(stage, &r, record_answered("owner", 7), 97);
	record_begin(&r, 2, FRIDAY + 600, VIP);
	record_leg(&r, "owner", OWNER, NM_LEG_NO_ANSWER, 1, 20);
	record_leg(&r, "office", OFFICE, NM_LEG_ANSWERED, 22, 12);
	record_leg(&r, "sam", SAM, NM_LEG_CANCELED, 22, 12);
	record_put(stage, &r,
	    (struct nm_became){.end = NM_CALL_SWALLOWED, .reason = NM_CALL_OWN_VOICEMAIL, .probably = true,
			       .by = "office", .seconds = 34},
	    124);
	record_begin(&r, 3, FRIDAY + 1200, SPAM);
	record_put(stage, &r,
	    (struct nm_became){.end = NM_CALL_REJECTED, .reason = NM_CALL_TURNED_AWAY, .seconds = -1}, 0);
	record_begin(&r, 4, FRIDAY + 1800, SOMEBODY + 1);
	record_leg(&r, "fixly", FIXLY, NM_LEG_ANSWERED, 1, 3);
	record_put(stage, &r, record_answered("fixly", 4), 94);
	record_begin(&r, 5, FRIDAY + 2400, 0);
	r.call.caller.anonymous = true;
	record_leg(&r, "owner", OWNER, NM_LEG_CANCELED, 1, 8);
	record_put(stage, &r,
	    (struct nm_became){.end = NM_CALL_ABANDONED, .reason = NM_CALL_HUNG_UP, .seconds = 9}, 9);
	record_begin(&r, 6, FRIDAY + 3000, 0);
	record_put(stage, &r, (struct nm_became){.end = NM_CALL_UNKNOWN, .reason = NM_CALL_NOT_TOLD, .seconds = -1}, 60);
	record_begin(&r, 7, NIGHT, SOMEBODY + 2);
	record_leg(&r, "fixly", FIXLY, NM_LEG_NO_ANSWER, 1, 10);
	record_put(stage, &r,
	    (struct nm_became){.end = NM_CALL_VOICEMAIL, .reason = NM_CALL_MAILBOX, .probably = true, .seconds = 11},
	    41);
	record_begin(&r, 8, NIGHT + 600, SOMEBODY + 3);
	record_leg(&r, NULL, "sip:\033]0;evil\007\xe2\x80\xaeregnar@example.org", NM_LEG_ANSWERED, 1, 3);
	record_put(stage, &r, record_answered("sip:\033]0;evil\007\xe2\x80\xaeregnar@example.org", 4), 64);
}

void log_lead(struct stage *stage)
{
	const struct nm_followup lead = {.channel = NM_CHANNEL_WEB,
					 .name = "Dana \033[31mR.\u202e",
					 .words = "my sink leaks",
					 .opened = STAGE_NOW - 180};
	struct nm_store *store;
	struct nm_error err;
	int64_t id;

	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	if (nm_store_followup_add(store, &lead, &id, &err))
		fail_msg("%s", err.text);
}
