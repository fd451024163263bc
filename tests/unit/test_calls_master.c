/* SPDX-License-Identifier: MIT */
/*
 * What Asterisk writes into which column of Master.csv: the answer is the caller's, whom the server may have taken long
 * before a phone was picked up, and phones are named by their channels
 * (https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/CDR-Specification/).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "log_rig.h"

/* clang-format off */
#define PLAN \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\n" \
	"destination owner { kind = personal address = \"sip:101@pbx.example.org\" own_voicemail = 25s }\n" \
	"destination sam { kind = personal address = \"sips:102@pbx.example.org:5061\" own_voicemail = 25s }\n" \
	"destination desk { kind = personal address = \"sip:200@a.example.org\" own_voicemail = none }\n" \
	"destination shop { kind = personal address = \"sip:200@b.example.org\" own_voicemail = none }\n" \
	"destination mobile { kind = personal number = \"+15125550111\" own_voicemail = 25s }\n" \
	"destination mailbox { kind = voicemail greeting = \"Smith\" }\n" \
	"path day { step { ring = { owner, sam } for = 15s } step { ring = mobile } step { ring = mailbox } }\n" \
	"rule all { path = day }\n"
/* clang-format on */

#define ROW(app, data, peer, start, answer, end, how)                                                        \
	"\"\",\"15125550199\",\"15125550100\",\"in\",\"\",\"PJSIP/t-1\",\"" peer "\",\"" app "\",\"" data    \
	"\",\"2026-01-05 " start "\",\"" answer "\",\"2026-01-05 " end "\",20,0,\"" how                      \
	"\",\"DOCUMENTATION\",\"1.1\",\"\"\n"

static struct books books;
static struct nm_arena *arena;

static int setup(void **state)
{
	(void)state;
	books_open(&books, PLAN);
	arena = nm_arena_new();
	return arena == NULL;
}

static int teardown(void **state)
{
	(void)state;
	nm_arena_free(arena);
	books_close(&books);
	return 0;
}

/* The one call of the rows. */
static struct nm_call_entry call_of(const char *rows)
{
	struct nm_calls_file file = log_rig_import(&books, rows);

	assert_int_equal(file.fresh, 1);
	assert_int_equal(file.n_wrong, 0);
	nm_calls_file_clear(&file);
	return log_rig_call(&books, 0, arena);
}

static void rang(const struct nm_call_entry *call, size_t leg, const char *to, int seconds)
{
	assert_true(leg < call->n);
	assert_string_equal(call->legs[leg].leg.to, to);
	assert_int_equal(call->legs[leg].leg.rang_s, seconds);
}

/* "a phone that nobody picked up rang until it was let go, whenever the server had taken the call" */
static void who_did_not_answer_in_a_queue_rang_to_the_end(void **state)
{
	const struct nm_call_entry call = call_of(
		ROW("Queue", "help,t", "PJSIP/101-0000002a", "10:00:00", "2026-01-05 10:00:00", "10:00:15", "NO ANSWER")
		ROW("Queue", "help,t", "PJSIP/102-0000002b", "10:00:15", "2026-01-05 10:00:15", "10:00:40", "NO ANSWER"));

	(void)state;
	assert_int_equal(call.n, 2);
	rang(&call, 0, "sip:101@pbx.example.org", 15);
	rang(&call, 1, "sips:102@pbx.example.org:5061", 25);
	assert_int_equal(call.became.end, NM_CALL_ABANDONED);
}

/* "in a queue it is not told when the phone was picked up": so no voicemail is seen in an answer at once. */
static void when_a_phone_of_a_queue_answered_is_not_told(void **state)
{
	const struct nm_call_entry call = call_of(
		ROW("Queue", "help,t", "PJSIP/101-0000002a", "10:00:00", "2026-01-05 10:00:01", "10:03:00", "ANSWERED"));

	(void)state;
	rang(&call, 0, "sip:101@pbx.example.org", -1);
	assert_int_equal(call.became.end, NM_CALL_ANSWERED);
	assert_string_equal(call.became.by, "owner");
	assert_int_equal(call.became.seconds, -1);
}

/* A queue that does not take the call itself: the answer is that of the phone. */
static void a_later_answer_of_a_queue_is_the_phones(void **state)
{
	const struct nm_call_entry call = call_of(
		ROW("Queue", "help,t", "PJSIP/101-0000002a", "10:00:00", "2026-01-05 10:00:09", "10:03:00", "ANSWERED"));

	(void)state;
	rang(&call, 0, "sip:101@pbx.example.org", 9);
	assert_int_equal(call.became.seconds, 9);
}

/* A row before it shows that the server had the call: then the next phone's answer is its row's beginning, too. */
static void a_call_that_was_held_tells_no_answer_of_a_phone(void **state)
{
	const struct nm_call_entry call = call_of(
		ROW("Dial", "PJSIP/101,15", "PJSIP/101-0000002a", "10:00:00", "2026-01-05 10:00:00", "10:00:15", "NO ANSWER")
		ROW("Dial", "PJSIP/102,15", "PJSIP/102-0000002b", "10:00:15", "2026-01-05 10:00:15", "10:02:00", "ANSWERED"));

	(void)state;
	rang(&call, 0, "sip:101@pbx.example.org", 15);
	rang(&call, 1, "sips:102@pbx.example.org:5061", -1);
	assert_int_equal(call.became.end, NM_CALL_ANSWERED);
}

/* Where nothing had the call before, an answer at once is one: of the voicemail of a phone that is off. */
static void an_answer_at_once_of_a_dialled_phone_stays_one(void **state)
{
	const struct nm_call_entry call = call_of(
		ROW("Dial", "PJSIP/101,15", "PJSIP/101-0000002a", "10:00:00", "2026-01-05 10:00:00", "10:00:50", "ANSWERED"));

	(void)state;
	rang(&call, 0, "sip:101@pbx.example.org", 0);
	assert_int_equal(call.became.end, NM_CALL_SWALLOWED);
}

/* The server had the call on, and the last that it did was to let the caller wait. */
static void who_leaves_a_queue_hung_up(void **state)
{
	const struct nm_call_entry call = call_of(
		ROW("Queue", "help,t", "PJSIP/101-0000002a", "10:00:00", "2026-01-05 10:00:00", "10:00:15", "NO ANSWER")
		ROW("Queue", "help,t", "", "10:00:15", "2026-01-05 10:00:15", "10:01:05", "ANSWERED"));

	(void)state;
	assert_int_equal(call.became.end, NM_CALL_ABANDONED);
	assert_false(call.became.probably);
	assert_int_equal(call.became.seconds, 65);
}

/* "PJSIP/101 is sip:101@host": by its channel or by what was dialled, in whichever form. */
static void a_channel_is_the_phone_whose_address_has_its_user(void **state)
{
	static const struct {
		const char *app, *data, *peer, *to;
	} forms[] = {
		{ "Dial", "PJSIP/101,20", "PJSIP/101-0000002a", "sip:101@pbx.example.org" },
		{ "Dial", "PJSIP/101/sip:101@192.0.2.5:5060,20,t", "PJSIP/101-0000002a", "sip:101@pbx.example.org" },
		{ "Dial", "PJSIP/trunk/sip:101@pbx.example.org,20", "PJSIP/trunk-0000002a", "sip:101@pbx.example.org" },
		{ "Dial", "PJSIP/101&PJSIP/102,20", "PJSIP/102-0000002a", "sips:102@pbx.example.org:5061" },
		{ "Queue", "help", "Local/102@from-queue-0000002a;1", "sips:102@pbx.example.org:5061" },
		{ "Queue", "help", "PJSIP/owner-0000002a", "sip:101@pbx.example.org" },
		{ "Queue", "help", "PJSIP/mobile-0000002a", "+15125550111" },
		{ "Queue", "help", "SIP/15125550111-0000002a", "+15125550111" },
		{ "Dial", "PJSIP/200,20", "PJSIP/200-0000002a", "200" }, /* two have it: no guess */
		{ "Dial", "PJSIP/10,20", "PJSIP/10-0000002a", "10" },
		{ "Dial", "PJSIP/1011,20", "PJSIP/1011-0000002a", "1011" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char row[512];
		struct nm_calls_file file;
		struct nm_call_entry call;

		snprintf(row, sizeof(row),
			 "\"\",\"15125550199\",\"15125550100\",\"in\",\"\",\"PJSIP/t-1\",\"%s\",\"%s\",\"%s\","
			 "\"2026-01-05 10:00:%02zu\",\"\",\"2026-01-05 10:01:00\",20,0,\"NO ANSWER\",\"DOCUMENTATION\","
			 "\"7.%zu\",\"\"\n",
			 forms[i].peer, forms[i].app, forms[i].data, i, i);
		file = log_rig_import(&books, row);
		assert_int_equal(file.fresh, 1);
		nm_calls_file_clear(&file);
		call = log_rig_call(&books, 0, arena);
		assert_int_equal(call.n, 1);
		assert_string_equal(call.legs[0].leg.to, forms[i].to);
	}
}

/* Whoever answered is named so in tables, too: by an extension. */
static void an_extension_of_a_table_is_that_phone(void **state)
{
	struct nm_calls_file file = log_rig_import(&books, "at,from,to,status,rang,by\n"
							    "2026-01-05 10:00,+15125550199,main,answered,5,102\n");

	(void)state;
	nm_calls_file_clear(&file);
	log_rig_says(&books, 0, "2026-01-05 10:00;+15125550199;main;answered;sam;5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_did_not_answer_in_a_queue_rang_to_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(when_a_phone_of_a_queue_answered_is_not_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_later_answer_of_a_queue_is_the_phones, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_that_was_held_tells_no_answer_of_a_phone, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_at_once_of_a_dialled_phone_stays_one, setup, teardown),
		cmocka_unit_test_setup_teardown(who_leaves_a_queue_hung_up, setup, teardown),
		cmocka_unit_test_setup_teardown(a_channel_is_the_phone_whose_address_has_its_user, setup, teardown),
		cmocka_unit_test_setup_teardown(an_extension_of_a_table_is_that_phone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
