/* SPDX-License-Identifier: MIT */
/*
 * Accounts as drivers take them: options that one needs, options that it does not take, values that are none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/carrier.h"

#define SID "AC00000000000000000000000000000001"

static void test_what_drivers_take(void **state)
{
	static const struct nm_account accounts[] = {
		{ .name = "a", .driver = "sandbox" },
		{ .name = "a", .driver = "manual" },
		{ .name = "a", .driver = "codes", .carrier = "gsm" },
		{ .name = "a", .driver = "twilio", .sid = SID },
		{ .name = "a",
		  .driver = "twilio",
		  .sid = SID,
		  .token_cmd = "x",
		  .whisper = "https://a.example/b" },
		{ .name = "a", .driver = "telnyx", .token_env = "X", .endpoint = "http://127.0.0.1:1" },
		{ .name = "a", .driver = "voipms", .user = "a@example.org" },
		{ .name = "a", .driver = "sandbox", .hours = "no" },
		{ .name = "a", .driver = "asterisk", .endpoint = "PJSIP/{number}@t", .script_dir = "/etc/a" },
		{ .name = "a",
		  .driver = "cpl",
		  .endpoint = "http://127.0.0.1:1",
		  .domain = "example.org",
		  .script_dir = "/srv/cpl" },
	};
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		if (nm_account_check(&accounts[i], &err) != NM_OK)
			fail_msg("%zu: %s", i, err.text);
}

static void test_what_they_do_not(void **state)
{
	static const struct {
		struct nm_account account;
		const char *words;
	} cases[] = {
		{ { .name = "a", .driver = "pigeon" },
		  "account a: no driver `pigeon` in this build yet; there are asterisk, codes, cpl, gateway, manual, "
		  "sandbox, telnyx, twilio, voipms" },
		{ { .name = "a", .driver = "sandbox", .sid = SID },
		  "account a: driver sandbox does not take `sid`, so leave it out; it takes hours" },
		{ { .name = "a", .driver = "sandbox", .hours = "none" },
		  "account a: hours is yes or no, not \"none\"" },
		{ { .name = "a", .driver = "codes", .carrier = "gsm", .sid = SID },
		  "account a: driver codes does not take `sid`, so leave it out; it takes carrier, codes_file" },
		{ { .name = "a", .driver = "codes" },
		  "account a: driver codes needs `carrier`: whose codes: gsm, att, tmobile, verizon, uscellular, "
		  "landline, att-landline, or your own" },
		{ { .name = "a", .driver = "codes", .carrier = "vodafone" },
		  "account a: no codes of a carrier `vodafone` are known (gsm, att, tmobile, verizon, uscellular, "
		  "landline, att-landline are): write them into a codes_file, or set it by hand with driver = manual" },
		{ { .name = "a", .driver = "twilio", .token_env = "X" },
		  "account a: driver twilio needs `sid`: the Account SID, AC and 32 hexadecimal digits" },
		{ { .name = "a", .driver = "twilio", .sid = "AC12" },
		  "account a: sid must be AC and 32 hexadecimal digits" },
		{ { .name = "a", .driver = "twilio", .sid = SID, .whisper = "press 1" },
		  "account a: whisper \"press 1\" is no https URL of a document, without ? and #" },
		{ { .name = "a", .driver = "voipms" },
		  "account a: driver voipms needs `user`: e-mail address with which one logs in at VoIP.ms" },
	};
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(nm_account_check(&cases[i].account, &err), NM_INPUT);
		assert_string_equal(err.text, cases[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_drivers_take),
		cmocka_unit_test(test_what_they_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
