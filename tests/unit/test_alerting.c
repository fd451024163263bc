/* SPDX-License-Identifier: MIT */
/*
 * The people whom emergencies alert, by an agent on a clock that is played: each is texted once when it is their turn,
 * until one of them answers, and whoever would be told in vain is told of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent_rig.h"
#include "carrier_rig.h"
#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/forget.h"
#include "nevermiss/optout.h"
#include "numbers.h"
#include "random_plan.h"

#define PLACES                                                                                                 \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                                   \
	"account toy { driver = sandbox }\n"                                                                      \
	"line main { number = \"+15125550100\" account = toy }\n"                                                 \
	"line hotline { number = \"+15125550190\" account = toy }\n"                                              \
	"callers vip { numbers = \"+15125550142\" }\ncallers spam { numbers = \"+15125550666\" }\n"               \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"                  \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n"                    \
	"destination pat { kind = personal number = \"+15125550115\" own_voicemail = none }\n"                    \
	"rotation oncall { members = { pat, sam } from = \"2026-11-23 08:00\" every = 1w }\n"                     \
	"path all { step { ring = owner for = 20s } step { ring = sam for = 10s } }\n"                            \
	"rule blocked { callers = spam lines = hotline reject = busy }\nrule always { path = all }\n"
#define WHO   "lines = hotline callers = vip path = all "
#define PLAN  PLACES "emergency { " WHO "alert = { owner, oncall } acknowledge = 5m then_alert = sam }\n"
#define QUIET PLACES "emergency { " WHO "alert = owner }\n"

#define OWNER "+15125550111"
#define SAM   "+15125550114"
#define PAT   "+15125550115"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void open_rig(struct agent_rig *rig, const char *text)
{
	agent_rig_open(rig, text, "2026-11-23 09:00");
	agent_rig_push(rig);
	agent_rig_begin(rig);
	agent_rig_step(rig);
}

/* A missed call that began so many seconds ago, by the rig's clock; its number in the log. */
static int64_t call_of(struct agent_rig *rig, nm_number line, nm_number caller, int64_t ago_s, const char *by)
{
	const nm_time began = agent_rig_now(rig) - ago_s;
	char id[48];
	struct nm_call_entry call = {
		.number = line,
		.line = "hotline",
		.driver = "twilio",
		.carrier_id = id,
		.caller = { .number = caller, .anonymous = caller == 0 },
		.began = began,
		.ended = began + 30,
		.became = { .end = by != NULL ? NM_CALL_ANSWERED : NM_CALL_VOICEMAIL, .by = by, .seconds = -1 },
	};
	enum nm_call_kept kept;
	struct nm_error err;
	int64_t found;

	snprintf(id, sizeof(id), "%llu-%lld", (unsigned long long)caller, (long long)began);
	ok(nm_store_call_put(rig->store, &call, &kept, &err), &err);
	ok(nm_store_call_find(rig->store, &call, &found, &err), &err);
	return found;
}

static int64_t emergency(struct agent_rig *rig)
{
	return call_of(rig, UINT64_C(15125550190), UINT64_C(15125550199), 30, NULL);
}

static void live_for(struct agent_rig *rig, int64_t seconds)
{
	agent_rig_live(rig, agent_rig_now(rig) + seconds + 1);
}

/* Texts that were sent to a number (NULL: any), of reasons that begin so. */
static size_t sent_as(const struct agent_rig *rig, const char *prefix, const char *to)
{
	struct nm_outbox outbox;
	struct nm_error err;
	size_t n = 0;

	ok(nm_store_outbox(rig->store, false, 1000, &outbox, &err), &err);
	for (size_t i = 0; i < outbox.n; i++)
		n += outbox.items[i].state == NM_OUTBOX_SENT && strncmp(outbox.items[i].why, prefix, strlen(prefix)) == 0 &&
		     (to == NULL || strcmp(outbox.items[i].to, to) == 0);
	nm_outbox_clear(&outbox);
	return n;
}

/* About alerts: the owner is told of follow-ups that are late, too. */
static size_t sent_to(const struct agent_rig *rig, const char *to)
{
	return sent_as(rig, "alert", to);
}

/* The alerts alone, without what the owner is told of them afterwards. */
static void assert_alerted(const struct agent_rig *rig, size_t owner, size_t pat, size_t sam)
{
	assert_int_equal(sent_as(rig, NM_ALERT_PREFIX, OWNER), owner);
	assert_int_equal(sent_as(rig, NM_ALERT_PREFIX, PAT), pat);
	assert_int_equal(sent_as(rig, NM_ALERT_PREFIX, SAM), sam);
}

static void assert_sent(const struct agent_rig *rig, size_t owner, size_t pat, size_t sam)
{
	assert_int_equal(sent_to(rig, OWNER), owner);
	assert_int_equal(sent_to(rig, PAT), pat);
	assert_int_equal(sent_to(rig, SAM), sam);
	assert_int_equal(sent_to(rig, NULL), owner + pat + sam);
}

static void reply(struct agent_rig *rig, const char *from, const char *body)
{
	const struct nm_sandbox_inbound text = { .from = from, .body = body, .at = agent_rig_now(rig) };
	struct nm_error err;

	ok(nm_store_sandbox_inbound_add(rig->carrier, line_text(rig->plan, "main"), &text, &err), &err);
}

/* How the alert of a call stands; its texts are the arena's. */
static struct nm_call_alert alert_of(const struct agent_rig *rig, int64_t call, struct nm_arena *arena)
{
	struct nm_call_alert alert;
	struct nm_error err;
	bool found;

	ok(nm_store_alert_get(rig->store, call, arena, &alert, &found, &err), &err);
	assert_true(found);
	return alert;
}

static void assert_state(const struct agent_rig *rig, int64_t call, enum nm_alert_state state, const char *by)
{
	struct nm_arena *arena = nm_arena_new();
	const struct nm_call_alert alert = alert_of(rig, call, arena);

	assert_string_equal(nm_alert_state_name(alert.state), nm_alert_state_name(state));
	assert_int_equal(alert.state == NM_ALERT_OPEN, alert.ended == 0);
	if (by != NULL)
		assert_string_equal(alert.by, by);
	else
		assert_null(alert.by);
	nm_arena_free(arena);
}

/* --- one after the other --- */

static void test_it_goes_on_until_nobody_is_left(void **state)
{
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = emergency(&rig);
	live_for(&rig, 60);
	assert_sent(&rig, 1, 1, 0);
	assert_int_equal(agent_rig_said(&rig, "emergency alerts: call #1: owner is texted"), 1);
	live_for(&rig, 180);
	assert_sent(&rig, 1, 1, 0);
	assert_state(&rig, call, NM_ALERT_OPEN, NULL);
	live_for(&rig, 120);
	assert_sent(&rig, 1, 1, 1);
	assert_int_equal(agent_rig_said(&rig, "!"), 0);
	live_for(&rig, 400);
	assert_state(&rig, call, NM_ALERT_UNANSWERED, NULL);
	assert_sent(&rig, 2, 1, 1); /* the owner is told */
	assert_int_equal(agent_rig_said(&rig, "! emergency alerts: call #1: nobody has answered the alert"), 1);
	assert_int_equal(agent_rig_said(&rig, "Smith: nobody has answered the alert of the emergency call from"), 1);
	live_for(&rig, NM_DAY);
	assert_sent(&rig, 2, 1, 1);
	agent_rig_close(&rig);
}

static void test_an_answer_ends_it(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_call_alert alert;
	struct agent_rig rig;
	nm_time at;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = emergency(&rig);
	live_for(&rig, 120);
	at = agent_rig_now(&rig);
	reply(&rig, PAT, "on my way");
	live_for(&rig, 120);
	assert_state(&rig, call, NM_ALERT_TAKEN, "pat");
	alert = alert_of(&rig, call, arena);
	assert_int_equal(alert.ended, at);
	live_for(&rig, NM_DAY);
	assert_sent(&rig, 1, 1, 0);
	assert_int_equal(agent_rig_said(&rig, "emergency alerts: call #1: pat has answered"), 1);
	assert_int_equal(agent_rig_said(&rig, "!"), 0);
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

/* Of those who were not texted yet, of before the text, of who wants no texts: no answer. */
static void test_what_is_no_answer(void **state)
{
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	reply(&rig, OWNER, "back at noon");
	live_for(&rig, 60);
	call = emergency(&rig);
	live_for(&rig, 60);
	reply(&rig, SAM, "what is it");
	reply(&rig, "+15125550142", "ok");
	reply(&rig, PAT, "STOP");
	live_for(&rig, 300);
	assert_sent(&rig, 1, 1, 1);
	assert_state(&rig, call, NM_ALERT_OPEN, NULL);
	reply(&rig, SAM, "I can stop by in ten minutes");
	live_for(&rig, 120);
	assert_state(&rig, call, NM_ALERT_TAKEN, "sam");
	call = emergency(&rig);
	live_for(&rig, 400);
	assert_sent(&rig, 2, 1, 2); /* pat wants none, sam does */
	agent_rig_close(&rig);
}

/* --- two at once --- */

/* Two emergencies, the second a minute after the first: the owner and pat are texted of both. */
static void open_two(struct agent_rig *rig, int64_t *first, int64_t *second)
{
	open_rig(rig, PLAN);
	*first = emergency(rig);
	live_for(rig, 60);
	*second = call_of(rig, UINT64_C(15125550100), UINT64_C(15125550142), 10, NULL);
	live_for(rig, 60);
	assert_sent(rig, 2, 2, 0);
}

/* A bare answer is for the one that its sender was texted of last, and they are told so; the next is for the other. */
static void test_two_at_once(void **state)
{
	struct agent_rig rig;
	int64_t first, second;

	(void)state;
	open_two(&rig, &first, &second);
	reply(&rig, OWNER, "on my way");
	live_for(&rig, 60);
	assert_state(&rig, first, NM_ALERT_OPEN, NULL);
	assert_state(&rig, second, NM_ALERT_TAKEN, "owner");
	assert_int_equal(sent_as(&rig, NM_ALERT_TAKEN_PREFIX, OWNER), 1);
	assert_int_equal(sent_as(&rig, NM_ALERT_TAKEN_PREFIX, NULL), 1);
	assert_int_equal(agent_rig_said(&rig, "emergency alerts: call #2: owner is told what else is open"), 1);
	reply(&rig, OWNER, "that one too");
	live_for(&rig, 900);
	assert_state(&rig, first, NM_ALERT_TAKEN, "owner");
	assert_alerted(&rig, 2, 2, 0);
	assert_int_equal(sent_as(&rig, NM_ALERT_TAKEN_PREFIX, NULL), 1);
	agent_rig_close(&rig);
}

/* The other is not taken with it: its next one is texted. */
static void test_the_other_goes_on(void **state)
{
	struct agent_rig rig;
	int64_t first, second;

	(void)state;
	open_two(&rig, &first, &second);
	reply(&rig, OWNER, "ok");
	for (int i = 0; i < 5; i++) { /* one answer is one answer, whichever process reads it */
		live_for(&rig, 60);
		agent_rig_end(&rig);
		agent_rig_begin(&rig);
	}
	assert_state(&rig, second, NM_ALERT_TAKEN, "owner");
	assert_state(&rig, first, NM_ALERT_OPEN, NULL);
	assert_alerted(&rig, 2, 2, 1);
	assert_int_equal(sent_as(&rig, NM_ALERT_TAKEN_PREFIX, NULL), 1);
	agent_rig_close(&rig);
}

/* The number of the call says which; of one that is taken already it takes no other. */
static void test_an_answer_that_says_which(void **state)
{
	struct agent_rig rig;
	struct nm_outbox outbox;
	struct nm_error err;
	int64_t first, second;

	(void)state;
	open_two(&rig, &first, &second);
	reply(&rig, PAT, "#1, on my way");
	live_for(&rig, 60);
	assert_state(&rig, first, NM_ALERT_TAKEN, "pat");
	assert_state(&rig, second, NM_ALERT_OPEN, NULL);
	ok(nm_store_outbox(rig.store, false, 1, &outbox, &err), &err);
	assert_string_equal(outbox.items[0].to, PAT);
	assert_string_equal(outbox.items[0].body,
			    "The call from +15125550199 is yours. Another is open: Smith: emergency call to line main from "
			    "+15125550142 - reply 2 to take it");
	nm_outbox_clear(&outbox);
	reply(&rig, OWNER, "1");
	live_for(&rig, 60);
	assert_state(&rig, second, NM_ALERT_OPEN, NULL);
	reply(&rig, OWNER, "2");
	live_for(&rig, 60);
	assert_state(&rig, second, NM_ALERT_TAKEN, "owner");
	assert_int_equal(sent_as(&rig, NM_ALERT_TAKEN_PREFIX, NULL), 1);
	agent_rig_close(&rig);
}

/* Who is texted late, as no agent lived, has as long as everybody else. */
static void test_a_turn_that_comes_late(void **state)
{
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = emergency(&rig);
	live_for(&rig, 60);
	agent_rig_end(&rig);
	agent_rig_set(&rig, agent_rig_now(&rig) + 1800);
	agent_rig_begin(&rig);
	live_for(&rig, 240);
	assert_sent(&rig, 1, 1, 1);
	assert_state(&rig, call, NM_ALERT_OPEN, NULL);
	live_for(&rig, 120);
	assert_state(&rig, call, NM_ALERT_UNANSWERED, NULL);
	agent_rig_close(&rig);
}

/* --- which calls --- */

static void test_which_calls_alert(void **state)
{
	struct agent_rig rig;
	int64_t hidden;

	(void)state;
	open_rig(&rig, PLAN);
	call_of(&rig, UINT64_C(15125550100), UINT64_C(15125550199), 10, NULL); /* no emergency */
	call_of(&rig, UINT64_C(15125550190), UINT64_C(15125550666), 10, NULL); /* rejected there */
	live_for(&rig, 900);
	assert_sent(&rig, 0, 0, 0);
	hidden = call_of(&rig, UINT64_C(15125550190), 0, 10, NULL);
	live_for(&rig, 60);
	assert_sent(&rig, 1, 1, 0);
	assert_state(&rig, hidden, NM_ALERT_OPEN, NULL);
	agent_rig_close(&rig);
}

/* Who took the call has it: the others are told of that, and nobody's turn comes. */
static void test_a_call_that_a_human_took(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = call_of(&rig, UINT64_C(15125550190), UINT64_C(15125550199), 30, "sam");
	live_for(&rig, 900);
	assert_sent(&rig, 1, 1, 0);
	assert_state(&rig, call, NM_ALERT_TOLD, NULL);
	assert_string_equal(alert_of(&rig, call, arena).text,
			    "Smith: emergency call to line hotline from +15125550199, taken by sam");
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

/* Without `acknowledge` no answer is asked for. */
static void test_no_answer_is_asked_for(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, QUIET);
	call = emergency(&rig);
	live_for(&rig, 900);
	assert_sent(&rig, 1, 0, 0);
	assert_state(&rig, call, NM_ALERT_TOLD, NULL);
	assert_string_equal(alert_of(&rig, call, arena).text, "Smith: emergency call to line hotline from +15125550199");
	assert_int_equal(agent_rig_said(&rig, "!"), 0);
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

/* A call that is seen late: its people are not woken, the owner is told; history is nobody's news. */
static void test_a_late_call(void **state)
{
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = call_of(&rig, UINT64_C(15125550190), UINT64_C(15125550199), NM_ALERT_WITHIN_S + 1, NULL);
	call_of(&rig, UINT64_C(15125550190), UINT64_C(15125550199), NM_ALERT_TOLD_S + 3600, NULL);
	live_for(&rig, 900);
	assert_state(&rig, call, NM_ALERT_LATE, NULL);
	assert_sent(&rig, 1, 0, 0);
	assert_int_equal(agent_rig_said(&rig, "! emergency alerts: call #1: nobody was alerted"), 1);
	assert_int_equal(agent_rig_said(&rig, "Smith: nobody was alerted in time of the emergency call from"), 1);
	assert_int_equal(agent_rig_said(&rig, "call #2"), 0);
	agent_rig_close(&rig);
}

/* --- what goes wrong --- */

/* Who wants no texts is out for good: the next one's turn comes at once, and has its time to answer from then on. */
static void test_who_wants_no_texts(void **state)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_call_alert alert;
	struct agent_rig rig;
	struct nm_error err;
	nm_time noticed;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	ok(nm_store_optout_add(rig.store, UINT64_C(15125550111), agent_rig_now(&rig), NM_OPTOUT_REPLY, &err), &err);
	call = emergency(&rig);
	live_for(&rig, 240); /* pat can answer */
	assert_sent(&rig, 0, 1, 0);
	ok(nm_store_optout_add(rig.store, UINT64_C(15125550115), agent_rig_now(&rig), NM_OPTOUT_REPLY, &err), &err);
	call = call_of(&rig, UINT64_C(15125550190), UINT64_C(15125550198), 10, NULL);
	noticed = agent_rig_now(&rig);
	live_for(&rig, 60);
	alert = alert_of(&rig, call, arena);
	assert_true(nm_alerted_refused(&alert.people[0]) && nm_alerted_refused(&alert.people[1]));
	assert_non_null(strstr(alert.people[0].words, "+1 512 555 0111 wants no texts"));
	assert_int_equal(alert.people[2].text, NM_OUTBOX_SENT);
	assert_in_range(alert.people[2].at, noticed, noticed + 60);
	assert_int_equal(nm_alert_until(&alert), alert.people[2].at + 300);
	assert_int_equal(nm_alert_due(&alert, 2), alert.people[2].at);
	live_for(&rig, 120);
	assert_state(&rig, call, NM_ALERT_OPEN, NULL);
	live_for(&rig, 180);
	assert_state(&rig, call, NM_ALERT_UNANSWERED, NULL);
	assert_int_equal(agent_rig_said(&rig, "the text to owner is refused (+1 512 555 0111 wants no texts"), 2);
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

/* Nobody is waited for who cannot be told. */
static void test_nobody_wants_texts(void **state)
{
	struct agent_rig rig;
	struct nm_error err;
	int64_t call;

	(void)state;
	open_rig(&rig, PLACES "emergency { " WHO "alert = owner acknowledge = 5m then_alert = sam }\n");
	ok(nm_store_optout_add(rig.store, UINT64_C(15125550111), agent_rig_now(&rig), NM_OPTOUT_REPLY, &err), &err);
	ok(nm_store_optout_add(rig.store, UINT64_C(15125550114), agent_rig_now(&rig), NM_OPTOUT_REPLY, &err), &err);
	call = emergency(&rig);
	live_for(&rig, 60);
	assert_state(&rig, call, NM_ALERT_UNANSWERED, NULL);
	assert_int_equal(agent_rig_said(&rig, "! emergency alerts: call #1: nobody could be alerted"), 1);
	assert_sent(&rig, 0, 0, 0);
	agent_rig_close(&rig);
}

/* A carrier that refuses texts for a while: each person is texted once, as soon as that works. */
static void test_texts_that_fail(void **state)
{
	struct agent_rig rig;
	struct nm_error err;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "hotline"), "refuse 1000", &err), &err);
	call = emergency(&rig);
	live_for(&rig, 240);
	assert_sent(&rig, 0, 0, 0);
	assert_int_equal(agent_rig_said(&rig, "! emergency alerts: call #1: the text to owner is failed"), 3);
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "hotline"), "", &err), &err);
	live_for(&rig, 300);
	assert_sent(&rig, 1, 1, 1);
	assert_state(&rig, call, NM_ALERT_OPEN, NULL);
	agent_rig_close(&rig);
}

/* Nobody can be texted for hours: that is told, and nobody is woken when it works again. */
static void test_nobody_can_be_texted(void **state)
{
	struct agent_rig rig;
	struct nm_error err;
	int64_t call;

	(void)state;
	open_rig(&rig, PLACES "emergency { " WHO "alert = owner }\n");
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "hotline"), "refuse 1000", &err), &err);
	call = emergency(&rig);
	live_for(&rig, 2 * NM_ALERT_WITHIN_S);
	assert_state(&rig, call, NM_ALERT_UNANSWERED, NULL);
	assert_int_equal(agent_rig_said(&rig, "! emergency alerts: call #1: nobody could be alerted"), 1);
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "hotline"), "", &err), &err);
	live_for(&rig, NM_DAY);
	assert_sent(&rig, 1, 0, 0); /* from line main, which works: what became of the alert */
	assert_int_equal(agent_rig_said(&rig, "Smith: nobody has answered the alert of the emergency call"), 1);
	agent_rig_close(&rig);
}

/* An answer that cannot be read is none: the next one is texted; and it is one as soon as it can be. */
static void test_answers_that_cannot_be_read(void **state)
{
	struct agent_rig rig;
	struct nm_error err;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = emergency(&rig);
	live_for(&rig, 60);
	reply(&rig, OWNER, "mine");
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "main"), "refuse 100000", &err), &err);
	live_for(&rig, 900);
	assert_sent(&rig, 1, 1, 1);
	assert_state(&rig, call, NM_ALERT_OPEN, NULL); /* that nobody has answered is not known */
	ok(nm_store_sandbox_fail(rig.carrier, line_text(rig.plan, "main"), "", &err), &err);
	live_for(&rig, 400);
	assert_state(&rig, call, NM_ALERT_TAKEN, "owner");
	assert_sent(&rig, 1, 1, 1);
	assert_int_equal(agent_rig_said(&rig, "emergency alerts: well again"), 1);
	agent_rig_close(&rig);
}

/* A business whose name is longer than a text may be: what matters stands at its end. */
static void test_a_long_name(void **state)
{
	struct agent_rig rig;
	struct nm_outbox outbox;
	struct nm_error err;
	char name[2 * NM_TEXT_MAX + 1] = "";
	char *plan;

	(void)state;
	for (size_t i = 0; i < NM_TEXT_MAX; i++)
		memcpy(name + 2 * i, "\xc3\xa9", 3);
	assert_true(asprintf(&plan, "business = \"%s\" %s", name, strstr(PLAN, "timezone")) > 0);
	open_rig(&rig, plan);
	emergency(&rig);
	live_for(&rig, 60);
	assert_sent(&rig, 1, 1, 0);
	ok(nm_store_outbox(rig.store, false, 1, &outbox, &err), &err);
	assert_memory_equal(outbox.items[0].body, "\xc3\xa9", 2);
	assert_string_equal(strchr(outbox.items[0].body, ':'),
			    ": emergency call to line hotline from +15125550199 - reply 1 to take it");
	nm_outbox_clear(&outbox);
	free(plan);
	agent_rig_close(&rig);
}

/* A new process after each minute goes on where the one before was. */
static void test_one_process_after_the_other(void **state)
{
	struct agent_rig rig;

	(void)state;
	open_rig(&rig, PLAN);
	emergency(&rig);
	for (int i = 0; i < 20; i++) {
		live_for(&rig, 60);
		agent_rig_end(&rig);
		agent_rig_begin(&rig);
	}
	assert_sent(&rig, 2, 1, 1);
	assert_int_equal(agent_rig_said(&rig, "nobody has answered the alert\n"), 1);
	agent_rig_close(&rig);
}

/* A plan without emergencies: what is open goes on to its end, by the next process too, and no new one begins. */
static void test_a_plan_that_has_emergencies_no_more(void **state)
{
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = emergency(&rig);
	live_for(&rig, 60);
	agent_rig_plan(&rig, PLACES);
	live_for(&rig, 120);
	agent_rig_end(&rig);
	agent_rig_begin(&rig);
	live_for(&rig, 180);
	assert_alerted(&rig, 1, 1, 1);
	live_for(&rig, 400);
	assert_state(&rig, call, NM_ALERT_UNANSWERED, NULL);
	assert_int_equal(agent_rig_said(&rig, "Smith: nobody has answered the alert of the emergency call from"), 1);
	emergency(&rig);
	live_for(&rig, 400);
	assert_alerted(&rig, 1, 1, 1);
	agent_rig_close(&rig);
}

/* Calls from made-up numbers do not become a bill. */
static void test_a_flood(void **state)
{
	struct agent_rig rig;

	(void)state;
	open_rig(&rig, QUIET);
	for (unsigned i = 0; i < 100; i++)
		call_of(&rig, UINT64_C(15125550190), UINT64_C(15125551000) + i, 10, NULL);
	live_for(&rig, 1800);
	assert_sent(&rig, NM_ALERTS_AN_HOUR, 0, 0);
	assert_int_equal(agent_rig_said(&rig, "! emergency alerts: so many texts went to people"), 1);
	agent_rig_close(&rig);
}

/* Whoever has the first turn leaves room for the next one: each has a share of the hour. */
static void test_a_flood_leaves_room_for_the_next(void **state)
{
	struct agent_rig rig;

	(void)state;
	open_rig(&rig, PLAN);
	for (unsigned i = 0; i < 60; i++)
		call_of(&rig, UINT64_C(15125550190), UINT64_C(15125551000) + i, 10, NULL);
	live_for(&rig, 60);
	assert_alerted(&rig, NM_ALERTS_AN_HOUR / 3, NM_ALERTS_AN_HOUR / 3, 0);
	live_for(&rig, 1800);
	assert_alerted(&rig, NM_ALERTS_AN_HOUR / 3, NM_ALERTS_AN_HOUR / 3, NM_ALERTS_AN_HOUR / 3);
	agent_rig_close(&rig);
}

/* What found no room is texted when there is some again, and is waited for as long as any other. */
static void test_room_that_comes_back(void **state)
{
	struct agent_rig rig;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	for (unsigned i = 0; i < 30; i++)
		call_of(&rig, UINT64_C(15125550190), UINT64_C(15125551000) + i, 10, NULL);
	live_for(&rig, 1800);
	call = emergency(&rig);
	live_for(&rig, 1200);
	assert_state(&rig, call, NM_ALERT_OPEN, NULL);
	assert_alerted(&rig, NM_ALERTS_AN_HOUR / 3, NM_ALERTS_AN_HOUR / 3, NM_ALERTS_AN_HOUR / 3);
	live_for(&rig, 900);
	assert_alerted(&rig, NM_ALERTS_AN_HOUR / 3 + 1, NM_ALERTS_AN_HOUR / 3 + 1, NM_ALERTS_AN_HOUR / 3);
	reply(&rig, PAT, "mine");
	live_for(&rig, 120);
	assert_state(&rig, call, NM_ALERT_TAKEN, "pat");
	agent_rig_close(&rig);
}

/* --- others --- */

#define FLOW                                                                                                   \
	PLACES "account twilio { driver = twilio sid = \"AC00000000000000000000000000000001\" }\n"           \
	       "line flow { number = \"+15125550195\" account = twilio }\n"
#define FLOW_ALERTS(who)                                                                                       \
	FLOW "emergency { lines = flow path = all alert = " who " acknowledge = 5m then_alert = sam }\n"

/* What a push of this plan makes live on line flow; malloc'd. */
static char *flow_of(const char *text)
{
	const struct nm_carrier *twilio = nm_carrier_find("twilio");
	struct nm_plan *plan = plan_of_text(text, "");
	const int index = nm_plan_find_line(plan, "flow");
	struct carrier_line line;
	struct nm_buf out;
	struct nm_error err;
	char *copy;

	carrier_line_open(&line, twilio, &plan->accounts[plan->lines[index].account], plan, index, "2026-11-23 00:00", 90);
	assert_null(line.refusal);
	nm_buf_init(&out, 1u << 20);
	ok(nm_artefact_write(&line.artefact, &out, &err), &err);
	copy = strdup(out.data);
	assert_non_null(copy);
	nm_buf_clear(&out);
	carrier_line_close(&line);
	return copy;
}

static void push_was(const struct agent_rig *rig, nm_time at, const char *wanted, const char *before,
		     enum nm_push_state state)
{
	const struct nm_push_record record = { .at = at, .number = line_number(rig->plan, "flow"), .line = "flow", .driver = "twilio", .who = "pat",
					       .state = NM_PUSH_INTENT, .wanted = wanted, .before = before };
	struct nm_error err;
	int64_t id;

	ok(nm_store_push_begin(rig->store, &record, &id, &err), &err);
	ok(nm_store_push_update(rig->store, id, state, at + 10, "so", NULL, &err), &err);
}

static void read_was(const struct agent_rig *rig, nm_time at, const char *live)
{
	const struct nm_reading reading = { .at = at, .known = true, .words = "so", .live = live };
	struct nm_error err;

	ok(nm_store_reading_put(rig->store, line_number(rig->plan, "flow"), &reading, &err), &err);
}

/* Whether the line's flow has texted the owner and pat, who are alerted at once, is what was live as the call came:
 * whom it has not, the agent does. */
static void test_a_line_that_texts_by_itself(void **state)
{
	enum { NONE, BOTH, OWN, GONE };
	static const char removed[] = "[]";
	char *const flows[] = { [NONE] = flow_of(FLOW), [BOTH] = flow_of(FLOW_ALERTS("{ owner, oncall }")),
				[OWN] = flow_of(FLOW_ALERTS("owner")), [GONE] = strdup(removed) };
	const struct {
		int64_t ago_s; /* before the call; 0: nothing was pushed */
		int wanted, before;
		enum nm_push_state state;
		int64_t read_s; /* after that it was read back; 0: it was not */
		int read;
		bool owner, pat; /* texted by the line */
	} cases[] = {
		{ 0, 0, 0, 0, 0, 0, false, false },
		{ 3600, BOTH, GONE, NM_PUSH_DONE, 0, 0, true, true },
		{ 3600, OWN, GONE, NM_PUSH_DONE, 0, 0, true, false },
		{ 3600, NONE, BOTH, NM_PUSH_DONE, 0, 0, false, false },
		{ 3600, GONE, BOTH, NM_PUSH_DONE, 0, 0, false, false },
		{ 3600, BOTH, BOTH, NM_PUSH_FAILED, 0, 0, false, false },
		{ 3600, NONE, BOTH, NM_PUSH_UNDONE, 0, 0, true, true },
		{ 3600, BOTH, NONE, NM_PUSH_UNDONE, 0, 0, false, false },
		{ 3600, BOTH, NONE, NM_PUSH_VERIFYING, 0, 0, false, false },
		{ 5, BOTH, GONE, NM_PUSH_DONE, 0, 0, false, false },
		{ -5, BOTH, GONE, NM_PUSH_DONE, 0, 0, false, false },
		{ 3600, BOTH, GONE, NM_PUSH_DONE, 60, OWN, true, false },
		{ 3600, BOTH, GONE, NM_PUSH_DONE, 60, GONE, false, false },
		{ 3600, NONE, GONE, NM_PUSH_DONE, 60, BOTH, true, true },
		{ 3600, BOTH, GONE, NM_PUSH_DONE, -60, NONE, true, true },
		{ 3600, BOTH, GONE, NM_PUSH_DONE, 3620, NONE, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nm_arena *arena = nm_arena_new();
		struct nm_call_alert alert;
		struct agent_rig rig;
		nm_time began;
		int64_t call;

		print_message("case %zu\n", i);
		agent_rig_open(&rig, FLOW_ALERTS("{ owner, oncall }"), "2026-11-23 09:00");
		agent_rig_begin(&rig);
		began = agent_rig_now(&rig) - 90;
		if (cases[i].ago_s != 0)
			push_was(&rig, began - cases[i].ago_s, flows[cases[i].wanted], flows[cases[i].before], cases[i].state);
		if (cases[i].read_s != 0)
			read_was(&rig, began - cases[i].ago_s + cases[i].read_s, cases[i].read == GONE ? NULL : flows[cases[i].read]);
		call = call_of(&rig, UINT64_C(15125550195), UINT64_C(15125550199), 90, NULL);
		live_for(&rig, 400);
		alert = alert_of(&rig, call, arena);
		assert_int_equal(alert.n, 3);
		assert_int_equal(alert.people[0].by_line, cases[i].owner);
		assert_int_equal(alert.people[1].by_line, cases[i].pat);
		for (size_t j = 0; j < 2; j++) {
			assert_int_equal(alert.people[j].tried, !alert.people[j].by_line);
			assert_true(!alert.people[j].by_line || alert.people[j].due == began);
		}
		assert_string_equal(alert.people[2].name, "sam");
		assert_true(!alert.people[2].by_line && alert.people[2].tried);
		if (cases[i].owner)
			assert_int_equal(alert.people[2].due, began + 300);
		nm_arena_free(arena);
		agent_rig_close(&rig);
	}
	for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++)
		free(flows[i]);
}

static bool names_the_caller(const struct nm_outbox_text *text)
{
	return strstr(text->body, "555 0199") != NULL || strstr(text->body, "5550199") != NULL;
}

/* Alerts that forgetting the caller would end. */
static void assert_open_traces(const struct agent_rig *rig, int64_t n)
{
	struct nm_forgotten found;
	struct nm_error err;

	ok(nm_store_traces(rig->store, UINT64_C(15125550199), &found, &err), &err);
	assert_int_equal(found.alerts, n);
	nm_forgotten_clear(&found);
}

/* Who is forgotten stands in no text about their call either. */
static void test_forgetting_a_caller(void **state)
{
	struct agent_rig rig;
	struct nm_outbox outbox;
	struct nm_call_alert alert;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	struct nm_forgotten traces;
	size_t naming = 0;
	bool whole, found;
	int64_t call;

	(void)state;
	open_rig(&rig, PLAN);
	call = emergency(&rig);
	live_for(&rig, 60);
	assert_open_traces(&rig, 1);
	live_for(&rig, 1140);
	assert_sent(&rig, 2, 1, 1);
	ok(nm_store_outbox(rig.store, false, 1000, &outbox, &err), &err);
	for (size_t i = 0; i < outbox.n; i++)
		naming += names_the_caller(&outbox.items[i]);
	nm_outbox_clear(&outbox);
	assert_int_equal(naming, 5); /* the alerts, that nobody answered, and of the callback that is late */
	ok(nm_store_traces(rig.store, UINT64_C(15125550199), &traces, &err), &err);
	for (size_t i = 0; i < traces.n_left; i++)
		naming -= traces.left[i].naming;
	assert_int_equal(naming, 0);
	nm_forgotten_clear(&traces);
	assert_open_traces(&rig, 0);
	ok(nm_store_forget(rig.store, UINT64_C(15125550199), agent_rig_now(&rig), &whole, &err), &err);
	ok(nm_store_alert_get(rig.store, call, arena, &alert, &found, &err), &err);
	assert_false(found);
	ok(nm_store_outbox(rig.store, false, 1000, &outbox, &err), &err);
	for (size_t i = 0; i < outbox.n; i++)
		assert_false(names_the_caller(&outbox.items[i]));
	nm_outbox_clear(&outbox);
	live_for(&rig, NM_DAY);
	assert_sent(&rig, 0, 0, 0);
	nm_arena_free(arena);
	agent_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_goes_on_until_nobody_is_left),
		cmocka_unit_test(test_an_answer_ends_it),
		cmocka_unit_test(test_what_is_no_answer),
		cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_the_other_goes_on),
		cmocka_unit_test(test_an_answer_that_says_which),
		cmocka_unit_test(test_a_turn_that_comes_late),
		cmocka_unit_test(test_which_calls_alert),
		cmocka_unit_test(test_a_call_that_a_human_took),
		cmocka_unit_test(test_no_answer_is_asked_for),
		cmocka_unit_test(test_a_late_call),
		cmocka_unit_test(test_who_wants_no_texts),
		cmocka_unit_test(test_nobody_wants_texts),
		cmocka_unit_test(test_texts_that_fail),
		cmocka_unit_test(test_nobody_can_be_texted),
		cmocka_unit_test(test_answers_that_cannot_be_read),
		cmocka_unit_test(test_a_long_name),
		cmocka_unit_test(test_one_process_after_the_other),
		cmocka_unit_test(test_a_plan_that_has_emergencies_no_more),
		cmocka_unit_test(test_a_flood),
		cmocka_unit_test(test_a_flood_leaves_room_for_the_next),
		cmocka_unit_test(test_room_that_comes_back),
		cmocka_unit_test(test_a_line_that_texts_by_itself),
		cmocka_unit_test(test_forgetting_a_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
