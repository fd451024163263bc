/* SPDX-License-Identifier: MIT */
/*
 * What carriers keep of a number: that all of it is found and deleted, nothing of anybody else's, whatever fails, and
 * that doing it again does no harm.  The other end is a Twilio in memory that refuses to delete what is not the number's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_twilio.h"
#include "nevermiss/kept.h"
#include "push_rig.h"

#define ANN "+15125550199"
#define ANN_NUMBER UINT64_C(15125550199)
#define BOB "+15125550198"
#define LINE "+15125550100"
#define OWNER "+15125550111"
#define BASE "https://api.twilio.com/2010-04-01/Accounts/" FAKE_TWILIO_SID "/"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account twilio { driver = twilio sid = \"" FAKE_TWILIO_SID "\" }\n" \
	"account idle { driver = twilio sid = \"" FAKE_TWILIO_SID "\" }\n" \
	"account sandbox { driver = sandbox }\n" \
	"line main { number = \"" LINE "\" account = twilio }\n" \
	"line play { number = \"+15125550102\" account = sandbox }\n" \
	"destination owner { kind = personal number = \"" OWNER "\" own_voicemail = none }\n" \
	"path day { step { ring = owner } }\nrule all { path = day }\n"
/* clang-format on */

#define NAMING "SM0000000000000000000000000000000b"

struct thing {
	const char *sid, *from, *to;
	const char *call; /* that it was recorded of; NULL: it is no recording */
	bool open;        /* not over yet */
	bool gone;
};

static const struct thing all_things[] = {
	{ "CA00000000000000000000000000000001", ANN, LINE, NULL, false, false },
	{ "CA00000000000000000000000000000002", ANN, OWNER, NULL, false,
	  false }, /* a leg, which shows the caller */
	{ "CA00000000000000000000000000000003", LINE, ANN, NULL, false, false },
	{ "CA00000000000000000000000000000004", BOB, LINE, NULL, false, false },
	{ "SM00000000000000000000000000000005", LINE, ANN, NULL, false, false },
	{ "MM00000000000000000000000000000006", ANN, LINE, NULL, false, false },
	{ "SM00000000000000000000000000000007", LINE, BOB, NULL, false, false },
	{ "RE00000000000000000000000000000008", NULL, NULL, "CA00000000000000000000000000000001", false,
	  false },
	{ "RE00000000000000000000000000000009", NULL, NULL, "CA00000000000000000000000000000001", false,
	  false },
	{ "RE0000000000000000000000000000000a", NULL, NULL, "CA00000000000000000000000000000004", false,
	  false },
	{ NAMING, LINE, OWNER, NULL, false, false }, /* what it says names the number */
	{ "SM0000000000000000000000000000000c", LINE, OWNER, NULL, false, false },
};
#define THINGS (sizeof(all_things) / sizeof(all_things[0]))

struct bench {
	struct push_rig rig;
	struct thing things[THINGS];
	size_t page_size; /* 0: all on one page */
	bool leaky;       /* its lists have other people's as well */
	int fault_at, fault_times;
	enum fake_fault fault;
	int sent;
	struct nm_forgotten known; /* to the store */
	struct nm_kept_accounts kept;
	struct nm_error err;
	/* an answer on its way */
	int tag, status;
	bool waiting;
	char body[65536];
};

/* --- a Twilio --- */

static bool is_anns(const struct bench *bench, const struct thing *thing)
{
	if (strcmp(thing->sid, NAMING) == 0 && bench->known.n_left > 0)
		return true;
	if (thing->call == NULL)
		return strcmp(thing->from, ANN) == 0 || strcmp(thing->to, ANN) == 0;
	for (size_t i = 0; i < THINGS; i++)
		if (strcmp(bench->things[i].sid, thing->call) == 0)
			return is_anns(bench, &bench->things[i]);
	return false;
}

static bool is_listed(const struct bench *bench, const struct thing *thing, const char *tail)
{
	const char *sid = thing->sid;

	if (thing->gone)
		return false;
	if (strstr(tail, "/Recordings.json") != NULL)
		return thing->call != NULL && strncmp(tail + 6, thing->call, strlen(thing->call)) == 0;
	if (thing->call != NULL || (strncmp(tail, "Calls", 5) == 0) != (sid[0] == 'C'))
		return false;
	if (bench->leaky)
		return true;
	return strcmp(strstr(tail, "?From=") != NULL ? thing->from : thing->to, ANN) == 0;
}

static void serve_list(struct bench *bench, const char *tail)
{
	const char *page = strstr(tail, "&Page="), *member = "calls";
	const size_t from = page != NULL ? strtoul(page + 6, NULL, 10) : 0;
	struct nm_buf text;
	size_t n = 0, shown = 0;

	if (strstr(tail, "/Recordings.json") != NULL)
		member = "recordings";
	else if (strncmp(tail, "Messages", 8) == 0)
		member = "messages";
	nm_buf_init(&text, sizeof(bench->body));
	nm_buf_addf(&text, "{\"%s\":[", member);
	for (size_t i = 0; i < THINGS; i++) {
		const struct thing *thing = &bench->things[i];

		if (!is_listed(bench, thing, tail) || n++ < from ||
		    (bench->page_size > 0 && shown == bench->page_size))
			continue;
		nm_buf_addf(&text, "%s{\"sid\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}", shown++ > 0 ? "," : "",
			    thing->sid, thing->from != NULL ? thing->from : "",
			    thing->to != NULL ? thing->to : "");
	}
	if (from + shown < n)
		nm_buf_addf(&text,
			    "],\"next_page_uri\":\"/2010-04-01/Accounts/" FAKE_TWILIO_SID "/%.*s&Page=%zu\"}",
			    (int)(page != NULL ? page - tail : (long)strlen(tail)), tail, from + shown);
	else
		nm_buf_add(&text, "],\"next_page_uri\":null}");
	assert_false(text.failed);
	bench->status = 200;
	snprintf(bench->body, sizeof(bench->body), "%s", text.data);
	nm_buf_clear(&text);
}

static void serve_deletion(struct bench *bench, const char *tail)
{
	bench->status = 404;
	snprintf(bench->body, sizeof(bench->body),
		 "{\"code\":20404,\"message\":\"not found\",\"status\":404}");
	for (size_t i = 0; i < THINGS; i++) {
		struct thing *thing = &bench->things[i];

		if (thing->gone || strncmp(strchr(tail, '/') + 1, thing->sid, strlen(thing->sid)) != 0)
			continue;
		assert_true(is_anns(bench, thing)); /* the whole point */
		bench->status = thing->open ? 400 : 204;
		snprintf(bench->body, sizeof(bench->body), "%s",
			 thing->open
				 ? "{\"code\":20009,\"message\":\"Cannot delete this resource before it is "
				   "complete\",\"status\":400}"
				 : "");
		thing->gone = !thing->open;
	}
}

static void fail_now(struct bench *bench)
{
	bench->body[0] = '\0';
	switch (bench->fault) {
	case FAKE_BUSY:
		bench->status = 429;
		break;
	case FAKE_BROKEN:
		bench->status = 500;
		break;
	case FAKE_REFUSED:
		bench->status = 401;
		break;
	case FAKE_SILENT:
		bench->status = 0;
		break;
	default:
		bench->status = 200;
		snprintf(bench->body, sizeof(bench->body), "\xff not \x1b[2J JSON");
	}
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct bench *bench = context;
	const char *tail = request->url + strlen(BASE);

	(void)err;
	assert_false(bench->waiting);
	assert_int_equal(strncmp(request->url, BASE, strlen(BASE)), 0);
	assert_true(request->repeatable);
	bench->sent++;
	bench->tag = tag;
	bench->waiting = true;
	if (bench->fault_at > 0 && bench->sent >= bench->fault_at &&
	    bench->sent < bench->fault_at + bench->fault_times)
		fail_now(bench);
	else if (strcmp(request->method, "DELETE") == 0)
		serve_deletion(bench, tail);
	else
		serve_list(bench, tail);
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct bench *bench = context;

	(void)timeout_ms;
	(void)err;
	*tag = bench->waiting ? bench->tag : -1;
	bench->waiting = false;
	*response = (struct nm_response){ .status = bench->status,
					  .body = bench->body,
					  .len = strlen(bench->body),
					  .error = bench->status == 0 ? "the connection was cut" : NULL,
					  .retry_after_s = -1 };
	return NM_OK;
}

/* --- the bench --- */

static void begin(struct bench *bench)
{
	nm_kept_accounts_clear(&bench->kept);
	memcpy(bench->things, all_things, sizeof(all_things));
	bench->sent = bench->fault_at = 0;
	bench->fault_times = 1;
}

static void bench_open(struct bench *bench)
{
	*bench = (struct bench){ 0 };
	push_rig_open(&bench->rig, PLAN);
	bench->rig.context.transport =
		(struct nm_transport){ .context = bench, .submit = submit, .collect = collect };
	begin(bench);
}

static void bench_close(struct bench *bench)
{
	nm_kept_accounts_clear(&bench->kept);
	push_rig_close(&bench->rig);
}

static void find(struct bench *bench)
{
	nm_kept_accounts_clear(&bench->kept);
	if (nm_kept_find(&bench->rig.context, ANN_NUMBER, &bench->known, &bench->kept, &bench->err) != NM_OK)
		fail_msg("%s", bench->err.text);
	assert_int_equal(bench->kept.n, 1); /* of those with a line, the one that can */
}

static void find_and_delete(struct bench *bench)
{
	find(bench);
	if (nm_kept_delete(&bench->rig.context, &bench->kept, &bench->err) != NM_OK)
		fail_msg("%s", bench->err.text);
}

static void assert_counts(const struct bench *bench, bool gone, size_t calls, size_t recordings, size_t texts)
{
	const struct nm_kept *kept = &bench->kept.items[0].kept;

	assert_int_equal(nm_kept_count(kept, NM_KEPT_CALL, gone), calls);
	assert_int_equal(nm_kept_count(kept, NM_KEPT_RECORDING, gone), recordings);
	assert_int_equal(nm_kept_count(kept, NM_KEPT_TEXT, gone), texts);
}

static size_t left_of_ann(const struct bench *bench)
{
	size_t n = 0;

	for (size_t i = 0; i < THINGS; i++)
		n += is_anns(bench, &bench->things[i]) && !bench->things[i].gone;
	return n;
}

/* --- the tests --- */

static void test_all_is_found_and_deleted(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench);
	for (bench.page_size = 0; bench.page_size < 3; bench.page_size++) {
		begin(&bench);
		find(&bench);
		assert_null(bench.kept.items[0].words);
		assert_counts(&bench, false, 3, 2, 2);
		assert_int_equal(left_of_ann(&bench), 7); /* looking deletes nothing */
		find_and_delete(&bench);
		assert_null(bench.kept.items[0].words);
		assert_counts(&bench, true, 3, 2, 2);
		assert_int_equal(left_of_ann(&bench), 0);
		find_and_delete(&bench);
		assert_counts(&bench, false, 0, 0, 0);
	}
	bench_close(&bench);
}

/* What the store knows: a text of the account to somebody else, and what is none of its to delete. */
static const struct nm_trace_left all_known[] = {
	{ .driver = "twilio", .account = "twilio", .carrier_id = NAMING, .text = true, .naming = true },
	{ .driver = "twilio", .account = "idle", .carrier_id = "SM0000000000000000000000000000000c", .text = true,
	  .naming = true },
	{ .driver = "telnyx", .account = "twilio", .carrier_id = "SM0000000000000000000000000000000c", .text = true,
	  .naming = true },
	{ .driver = "twilio", .account = "twilio", .carrier_id = "SM0000000000000000000000000000000c", .text = true },
	{ .driver = "twilio", .account = "twilio", .text = true, .naming = true },
	{ .driver = "twilio", .number = UINT64_C(15125550100), .carrier_id = "CA00000000000000000000000000000001" },
	{ .driver = "twilio", .number = UINT64_C(15125550107), .carrier_id = "CA0000000000000000000000000000000d" },
};
#define KNOWN (sizeof(all_known) / sizeof(all_known[0]))

static void test_texts_that_name_it(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench);
	bench.known = (struct nm_forgotten){ .n_left = KNOWN, .left = all_known };
	find(&bench);
	assert_counts(&bench, false, 3, 2, 3);
	assert_int_equal(left_of_ann(&bench), 8);
	find_and_delete(&bench);
	assert_null(bench.kept.items[0].words);
	assert_counts(&bench, true, 3, 2, 3);
	assert_int_equal(left_of_ann(&bench), 0);
	bench_close(&bench);
}

/* Ids are parts of a path there. */
static void test_an_id_that_is_none(void **state)
{
	static const struct nm_trace_left odd = {
		.driver = "twilio", .account = "twilio", .carrier_id = "../Calls", .text = true, .naming = true
	};
	struct bench bench;

	(void)state;
	bench_open(&bench);
	bench.known = (struct nm_forgotten){ .n_left = 1, .left = &odd };
	find_and_delete(&bench);
	assert_counts(&bench, true, 3, 2, 2);
	assert_string_equal(bench.kept.items[0].kept.items[0].words, "that is no id of Twilio's");
	bench_close(&bench);
}

/* By account, and only of one that has answered. */
static void test_what_an_account_has_answered_for(void **state)
{
	static const bool covered[KNOWN] = { [0] = true, [3] = true, [5] = true };
	struct bench bench;

	(void)state;
	bench_open(&bench);
	find(&bench);
	for (size_t i = 0; i < KNOWN; i++)
		assert_int_equal(nm_kept_covers(&bench.kept, bench.rig.context.plan, &all_known[i]), covered[i]);
	begin(&bench);
	bench.fault = FAKE_REFUSED;
	bench.fault_at = 1;
	find(&bench);
	assert_non_null(bench.kept.items[0].words);
	for (size_t i = 0; i < KNOWN; i++)
		assert_false(nm_kept_covers(&bench.kept, bench.rig.context.plan, &all_known[i]));
	bench_close(&bench);
}

/* A filter that is not understood lists everybody's. */
static void test_nobody_elses_is_deleted(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench);
	bench.leaky = true;
	find_and_delete(&bench);
	assert_int_equal(left_of_ann(&bench), 0);
	bench_close(&bench);
}

static void test_what_is_gone_already(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench);
	find(&bench);
	bench.things[0].gone = bench.things[4].gone = bench.things[7].gone = true;
	assert_int_equal(nm_kept_delete(&bench.rig.context, &bench.kept, &bench.err), NM_OK);
	assert_null(bench.kept.items[0].words);
	assert_counts(&bench, true, 3, 2, 2);
	bench_close(&bench);
}

static void test_what_is_not_over_stays(void **state)
{
	struct bench bench;
	const struct nm_kept *kept;

	(void)state;
	bench_open(&bench);
	bench.things[0].open = true;
	find_and_delete(&bench);
	kept = &bench.kept.items[0].kept;
	assert_null(bench.kept.items[0].words);
	assert_counts(&bench, true, 2, 2, 2);
	assert_string_equal(kept->items[0].id, all_things[0].sid);
	assert_string_equal(kept->items[0].words,
			    "Cannot delete this resource before it is complete, Twilio's error 20009 (400)");
	bench.things[0].open = false;
	find_and_delete(&bench);
	assert_int_equal(left_of_ann(&bench), 0);
	bench_close(&bench);
}

/* It is found by its call. */
static void test_a_call_stays_with_its_recording(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench);
	bench.things[7].open = true;
	find_and_delete(&bench);
	assert_counts(&bench, true, 2, 1, 2);
	assert_string_equal(bench.kept.items[0].kept.items[0].words, "it stays until its recording is gone");
	bench.things[7].open = false;
	find_and_delete(&bench);
	assert_int_equal(left_of_ann(&bench), 0);
	bench_close(&bench);
}

/* Every fault at every request, once and often: what is said to be gone is gone, what is not said to be is there or said
 * to be in doubt, and doing it again finds the rest. */
static void test_any_fault_at_any_request(void **state)
{
	static const enum fake_fault faults[] = { FAKE_BUSY, FAKE_BROKEN, FAKE_REFUSED, FAKE_SILENT,
						  FAKE_GARBAGE };
	struct bench bench;

	(void)state;
	bench_open(&bench);
	bench.known = (struct nm_forgotten){ .n_left = KNOWN, .left = all_known };
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		for (int at = 1; at <= 16; at++)
			for (int times = 1; times <= 9; times += 8) {
				begin(&bench);
				bench.fault = faults[i];
				bench.fault_at = at;
				bench.fault_times = times;
				find_and_delete(&bench);
				assert_true(bench.kept.items[0].words != NULL || left_of_ann(&bench) == 0);
				bench.fault_at = 0;
				find_and_delete(&bench);
				assert_null(bench.kept.items[0].words);
				assert_int_equal(left_of_ann(&bench), 0);
			}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_found_and_deleted),
		cmocka_unit_test(test_texts_that_name_it),
		cmocka_unit_test(test_an_id_that_is_none),
		cmocka_unit_test(test_what_an_account_has_answered_for),
		cmocka_unit_test(test_nobody_elses_is_deleted),
		cmocka_unit_test(test_what_is_gone_already),
		cmocka_unit_test(test_what_is_not_over_stays),
		cmocka_unit_test(test_a_call_stays_with_its_recording),
		cmocka_unit_test(test_any_fault_at_any_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
