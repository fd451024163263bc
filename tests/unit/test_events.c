/* SPDX-License-Identifier: MIT */
/*
 * What a CRM is told: that signatures are those of Standard Webhooks, and that whatever the CRM answers, and wherever the
 * program ends, each event is delivered or set aside, those of a caller in order, and none twice under two ids.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "books.h"
#include "core/base64.h"
#include "core/webhook.h"
#include "nevermiss/events.h"
#include "random_plan.h"

#define T ((nm_time)1795017600) /* 2026-11-18 16:00 UTC */
#define CALLERS 3
#define CALLS 12

/* clang-format off */
#define PLAN \
	"business = \"Smith \\\"& Sons\\\"\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n" \
	"path day { step { ring = owner } }\nrule all { path = day }\n"
#define CRM "crm { url = \"https://crm.example.org/hooks\" }\n"
/* clang-format on */

static struct books books;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int setup(void **state)
{
	(void)state;
	books_open(&books, PLAN CRM);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	books_close(&books);
	return 0;
}

/* --- signatures --- */

/* The example with which the libraries of Standard Webhooks test themselves, and a key that is no base64. */
static void signatures(void **state)
{
	static const char body[] = "{\"test\": 2432232314}", before[] = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.";
	char *mac, *plain;
	struct nm_error err;

	(void)state;
	ok(nm_webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", before, body, strlen(body), &mac, &err), &err);
	ok(nm_webhook_signature("Jefe", "what do ya ", "want for nothing?", 17, &plain, &err), &err);
	assert_string_equal(mac, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	assert_string_equal(plain, "v1,W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="); /* RFC 4231, 4.3 */
	free(mac);
	free(plain);
}

/* A secret that was cut or mistyped would sign what the CRM then refuses, and an empty one anybody can sign with. */
static void secrets_that_are_no_keys(void **state)
{
	static const char *const wrong[] = { "whsec_", "whsec_A", "whsec_opensesame!", "whsec_====" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *signature = NULL;
		struct nm_error err;

		assert_int_equal(nm_webhook_signature(wrong[i], "a.1.", "{}", 2, &signature, &err), NM_CARRIER);
		assert_null(signature);
		assert_non_null(strstr(err.text, "whsec_"));
		assert_null(strstr(err.text, "opensesame"));
	}
}

static void letters(void **state)
{
	static const char *const wrong[] = { "A", "AA", "AAA", "A===", "AA=A", "AA-_", "AAAA\n", "=AAA" };
	unsigned char bytes[64], back[80];
	char text[NM_BASE64_SIZE(sizeof(bytes))];
	size_t len;

	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)(251 * i + 17 * n);
		nm_base64_write(bytes, n, text);
		assert_int_equal(strlen(text) + 1, NM_BASE64_SIZE(n));
		assert_true(nm_base64_read(text, back, &len));
		assert_int_equal(len, n);
		assert_memory_equal(back, bytes, n);
	}
	nm_base64_write("fooba", 5, text);
	assert_string_equal(text, "Zm9vYmE="); /* RFC 4648, 10 */
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(nm_base64_read(wrong[i], back, &len));
}

/* --- a CRM --- */

struct crm {
	uint64_t seed;
	nm_time now;
	int status;              /* of the answer that is under way; 0: none comes */
	bool dies;               /* and the program does */
	bool refuses[CALLS + 1]; /* by the call's number */
	int got[CALLERS][8 * CALLS], n[CALLERS]; /* the calls that it has kept, as they came */
	char keys[CALLS + 1][64];
};

static uint64_t draw(struct crm *crm, uint64_t n)
{
	crm->seed = crm->seed * 6364136223846793005u + 1442695040888963407u;
	return (crm->seed >> 33) % n;
}

/* The number behind a member, or the end of the text. */
static const char *member(const char *body, const char *name)
{
	const char *at = strstr(body, name);

	assert_non_null(at);
	return at + strlen(name);
}

static void keep(struct crm *crm, const struct nm_request *request)
{
	const int call = (int)strtol(member(request->body, "\"call\":"), NULL, 10);
	const int caller = (int)strtol(member(request->body, "\"caller\":\"+1512555020"), NULL, 10);
	const char *key = request->headers[0];

	assert_in_range(call, 1, CALLS);
	assert_in_range(caller, 0, CALLERS - 1);
	if (crm->keys[call][0] == '\0') {
		snprintf(crm->keys[call], sizeof(crm->keys[call]), "%s", key);
		crm->got[caller][crm->n[caller]++] = call;
	}
	assert_string_equal(crm->keys[call], key);
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	static const int later[] = { 0, 429, 500, 503, 401, 302 };
	struct crm *crm = context;
	const int call = (int)strtol(member(request->body, "\"call\":"), NULL, 10);
	const bool refused = crm->refuses[call];

	(void)tag;
	(void)err;
	assert_string_equal(request->method, "POST");
	assert_int_equal(request->auth, NM_AUTH_NONE); /* the section names no token */
	assert_non_null(strstr(request->body, "\"business\":\"Smith \\\"& Sons\\\"\""));
	crm->status = draw(crm, 3) == 0 ? later[draw(crm, 6)] : refused ? 422 : 204;
	crm->dies = draw(crm, 8) == 0;
	if (crm->status == 204 || (crm->status == 0 && !refused && draw(crm, 2) == 0))
		keep(crm, request);
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct crm *crm = context;

	(void)timeout_ms;
	if (crm->dies)
		return nm_fail(err, NM_SYSTEM, "killed");
	*tag = 0;
	*response = (struct nm_response){ .status = crm->status, .body = "\x1b[31m no", .len = 8, .retry_after_s = -1 };
	return NM_OK;
}

/* Calls of some callers, a minute apart. */
static void put_calls(struct crm *crm)
{
	nm_time since;
	struct nm_error err;

	ok(nm_events_since(books.store, books.plan, T, &since, &err), &err);
	for (int i = 1; i <= CALLS; i++) {
		char id[16];
		const struct nm_call_entry call = {
			.number = UINT64_C(15125550100),
			.line = "main",
			.driver = "twilio",
			.carrier_id = id,
			.caller = { .number = UINT64_C(15125550200) + draw(crm, CALLERS) },
			.began = T + 60 * i,
			.ended = T + 60 * i + 9,
			.became = { .end = NM_CALL_VOICEMAIL, .seconds = -1 },
		};
		enum nm_call_kept kept;

		snprintf(id, sizeof(id), "call%d", i);
		ok(nm_events_call_put(books.store, books.plan, since, &call, &kept, &err), &err);
		ok(nm_events_call_put(books.store, books.plan, since, &call, &kept, &err), &err); /* once more says nothing new */
		crm->refuses[i] = draw(crm, 4) == 0;
	}
}

static nm_time clock_of(void *context)
{
	return ((struct crm *)context)->now;
}

static struct nm_push_context context_of(struct crm *crm)
{
	return (struct nm_push_context){ .plan = books.plan,
					 .store = books.store,
					 .transport = { crm, submit, collect, NULL },
					 .now = crm->now,
					 .clock = clock_of,
					 .clock_context = crm };
}

/* Until nothing waits, at the latest when it says that it wants to go on; a process that died is followed by another one. */
static void deliver_all(struct crm *crm)
{
	struct nm_events_sent sent = { .waiting = 1 };

	for (int i = 0; i < 2000 && sent.waiting > 0; i++) {
		const struct nm_push_context context = context_of(crm);
		struct nm_error err;

		if (nm_events_deliver(&context, 4, &sent, &err) != NM_OK) {
			assert_string_equal(err.text, "killed");
			books_reopen(&books, false);
			crm->now += 60;
			continue;
		}
		assert_true(sent.waiting == 0 || sent.next < NM_TIME_MAX);
		assert_true(sent.trouble.code == NM_OK || sent.next > crm->now);
		if (sent.waiting > 0 && sent.next > crm->now)
			crm->now += 1 + (nm_time)draw(crm, (uint64_t)(sent.next - crm->now));
	}
	assert_int_equal(sent.waiting, 0);
}

/* As many as were set aside then or later, from whenever on one counts. */
static void assert_refused(const struct nm_crm_events *list, nm_time since)
{
	int64_t expected = 0, refused = -1;
	struct nm_error err;

	for (size_t i = 0; i < list->n; i++)
		expected += list->items[i].state == NM_CRM_ASIDE && list->items[i].updated >= since;
	ok(nm_store_events_refused(books.store, since, &refused, &err), &err);
	assert_int_equal(refused, expected);
}

static void assert_told(const struct crm *crm)
{
	struct nm_crm_events list;
	struct nm_error err;
	int kept = 0;

	ok(nm_store_events(books.store, NM_EVENTS_ALL, 0, 100, &list, &err), &err);
	assert_int_equal(list.n, CALLS);
	for (size_t i = 0; i < list.n; i++) {
		const struct nm_crm_event *event = &list.items[i];

		assert_int_equal(event->state, crm->refuses[event->subject] ? NM_CRM_ASIDE : NM_CRM_DELIVERED);
		assert_int_equal(event->body[0] == '\0', event->state == NM_CRM_DELIVERED);
		assert_int_equal(crm->keys[event->subject][0] != '\0', event->state == NM_CRM_DELIVERED);
		assert_true(event->words == NULL || strchr(event->words, '\x1b') == NULL);
		kept += event->state == NM_CRM_DELIVERED;
		assert_refused(&list, event->updated);
		assert_refused(&list, event->updated + 1);
	}
	nm_crm_events_clear(&list);
	for (int caller = 0; caller < CALLERS; caller++) {
		kept -= crm->n[caller];
		for (int i = 1; i < crm->n[caller]; i++)
			assert_true(crm->got[caller][i - 1] < crm->got[caller][i]);
	}
	assert_int_equal(kept, 0);
}

static void whatever_happens(void **state)
{
	for (uint64_t seed = 1; seed <= (uint64_t)random_few(150); seed++) {
		struct crm crm = { .seed = seed, .now = T + 3600 };

		put_calls(&crm);
		deliver_all(&crm);
		assert_told(&crm);
		teardown(state);
		setup(state);
	}
}

/* --- who sends --- */

/* While one process waits for the answer, another one neither sends that event nor one behind it. */
static enum nm_code collect_while_another_sends(void *context, int timeout_ms, int *tag,
						struct nm_response *response, struct nm_error *err)
{
	struct crm *crm = context;
	struct crm other = { .seed = 1, .now = crm->now };
	const struct nm_push_context also = context_of(&other);
	struct nm_events_sent sent;
	int got = 0;

	(void)timeout_ms;
	ok(nm_events_deliver(&also, 100, &sent, err), err);
	for (int i = 0; i < CALLERS; i++)
		got += other.n[i];
	assert_int_equal(got, 0);
	assert_int_equal(sent.next, crm->now + 2 * NM_EVENTS_TIMEOUT_S);
	*tag = 0;
	*response = (struct nm_response){ .status = 200, .body = "", .retry_after_s = -1 };
	return NM_OK;
}

static void one_at_a_time(void **state)
{
	struct crm crm = { .now = T + 3600 };
	struct nm_push_context context;
	struct nm_events_sent sent;
	struct nm_error err;
	nm_time since;

	(void)state;
	ok(nm_events_since(books.store, books.plan, T, &since, &err), &err);
	for (int i = 0; i < 2; i++) {
		const struct nm_call_entry call = {
			.number = UINT64_C(15125550100), .line = "main", .driver = "twilio",
			.carrier_id = i == 0 ? "a" : "b", .caller = { .number = UINT64_C(15125550200) },
			.began = T + i, .became = { .end = NM_CALL_LOST, .seconds = -1 },
		};
		enum nm_call_kept kept;

		ok(nm_events_call_put(books.store, books.plan, since, &call, &kept, &err), &err);
	}
	context = context_of(&crm);
	context.transport.collect = collect_while_another_sends;
	ok(nm_events_deliver(&context, 1, &sent, &err), &err);
	assert_int_equal(sent.delivered, 1);
	assert_int_equal(sent.waiting, 1);
	assert_int_equal(sent.next, crm.now);
}

/* A CRM that thinks for long, and one that another process asks in the meantime. */
struct slow {
	struct crm *crm; /* the first: its clock is both's */
	int answer_s, seen, other_seen;
	int other_status;
};

static enum nm_code submit_slowly(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct slow *slow = context;

	(void)tag;
	(void)err;
	slow->seen |= 1 << strtol(member(request->body, "\"call\":"), NULL, 10);
	return NM_OK;
}

static enum nm_code submit_other(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct slow *slow = context;

	(void)tag;
	(void)err;
	slow->other_seen |= 1 << strtol(member(request->body, "\"call\":"), NULL, 10);
	return NM_OK;
}

static enum nm_code collect_other(void *context, int timeout_ms, int *tag, struct nm_response *response,
				  struct nm_error *err)
{
	(void)timeout_ms;
	(void)err;
	*tag = 0;
	*response = (struct nm_response){ .status = ((struct slow *)context)->other_status, .body = "", .retry_after_s = -1 };
	return NM_OK;
}

/* Second for second the other one tries its luck. */
static enum nm_code collect_slowly(void *context, int timeout_ms, int *tag, struct nm_response *response,
				   struct nm_error *err)
{
	struct slow *slow = context;

	(void)timeout_ms;
	for (int i = 0; i < slow->answer_s; i++) {
		struct nm_push_context other = context_of(slow->crm);
		struct nm_events_sent sent;

		slow->crm->now++;
		other.now = slow->crm->now;
		other.transport = (struct nm_transport){ slow, submit_other, collect_other, NULL };
		ok(nm_events_deliver(&other, 100, &sent, err), err);
	}
	*tag = 0;
	*response = (struct nm_response){ .status = 200, .body = "", .retry_after_s = -1 };
	return NM_OK;
}

/* Missed calls of one caller, whose events go out one after the other. */
static void put_calls_of_one(int n)
{
	struct nm_error err;
	nm_time since;

	ok(nm_events_since(books.store, books.plan, T, &since, &err), &err);
	for (int i = 0; i < n; i++) {
		char id[16];
		const struct nm_call_entry call = {
			.number = UINT64_C(15125550100), .line = "main", .driver = "twilio",
			.carrier_id = id, .caller = { .number = UINT64_C(15125550200) },
			.began = T + i, .became = { .end = NM_CALL_LOST, .seconds = -1 },
		};
		enum nm_call_kept kept;

		snprintf(id, sizeof(id), "call%d", i);
		ok(nm_events_call_put(books.store, books.plan, since, &call, &kept, &err), &err);
	}
}

/* However long a round lasts, what one process is sending no other one sends. */
static void a_slow_crm_gets_each_event_once(void **state)
{
	struct crm crm = { .now = T + 3600 };
	struct slow slow = { .crm = &crm, .answer_s = NM_EVENTS_TIMEOUT_S - 1, .other_status = 200 };
	struct nm_push_context context;
	struct nm_events_sent sent;
	struct nm_error err;

	(void)state;
	put_calls_of_one(8);
	context = context_of(&crm);
	context.transport = (struct nm_transport){ &slow, submit_slowly, collect_slowly, NULL };
	ok(nm_events_deliver(&context, 8, &sent, &err), &err);
	assert_int_equal(slow.seen, 0x1fe);
	assert_int_equal(slow.other_seen, 0);
	assert_int_equal(sent.delivered, 8);
	assert_int_equal(sent.waiting, 0);
}

/* Who comes back after its time finds that another one has it, and writes nothing over that. */
static void who_is_too_late_has_no_say(void **state)
{
	struct crm crm = { .now = T + 3600 };
	struct slow slow = { .crm = &crm, .answer_s = 2 * NM_EVENTS_TIMEOUT_S + 1, .other_status = 503 };
	struct nm_push_context context;
	struct nm_events_sent sent;
	struct nm_crm_events list;
	struct nm_error err;

	(void)state;
	put_calls_of_one(1);
	context = context_of(&crm);
	context.transport = (struct nm_transport){ &slow, submit_slowly, collect_slowly, NULL };
	ok(nm_events_deliver(&context, 1, &sent, &err), &err);
	assert_int_equal(slow.other_seen, 2);
	assert_int_equal(sent.delivered, 0);
	ok(nm_store_events(books.store, NM_EVENTS_ALL, 0, 1, &list, &err), &err);
	assert_int_equal(list.items[0].state, NM_CRM_WAITING);
	assert_int_equal(list.items[0].tries, 2);
	assert_true(list.items[0].due > crm.now); /* a pause from when it failed, not from when the round began */
	nm_crm_events_clear(&list);
}

/* --- since when --- */

static void since_it_is_there(void **state)
{
	struct nm_error err;
	nm_time since;

	(void)state;
	ok(nm_events_since(books.store, books.plan, T, &since, &err), &err);
	assert_int_equal(since, T - NM_EVENTS_LATE_S);
	ok(nm_events_since(books.store, books.plan, T + 99999, &since, &err), &err); /* an agent that was down for a day */
	assert_int_equal(since, T - NM_EVENTS_LATE_S);
	books_plan(&books, PLAN);
	ok(nm_events_since(books.store, books.plan, T + 99999, &since, &err), &err);
	assert_int_equal(since, NM_TIME_MAX);
	books_plan(&books, PLAN CRM);
	ok(nm_events_since(books.store, books.plan, T + 199999, &since, &err), &err);
	assert_int_equal(since, T + 199999 - NM_EVENTS_LATE_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(secrets_that_are_no_keys),
		cmocka_unit_test(letters),
		cmocka_unit_test_setup_teardown(whatever_happens, setup, teardown),
		cmocka_unit_test_setup_teardown(one_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(a_slow_crm_gets_each_event_once, setup, teardown),
		cmocka_unit_test_setup_teardown(who_is_too_late_has_no_say, setup, teardown),
		cmocka_unit_test_setup_teardown(since_it_is_there, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
