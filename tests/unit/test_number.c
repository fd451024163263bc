/* SPDX-License-Identifier: MIT */
/*
 * Telephone numbers: what is read and how, what is refused and why.  tests/oracle/number.py compares
 * thousands more with libphonenumber.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/number.h"

static void reads(const char *country, const char *text, nm_number wanted)
{
	struct nm_error err = { NM_OK, "" };
	nm_number got = 0;

	if (nm_number_read(text, country, &got, &err))
		fail_msg("%s in %s: %s", text, country, err.text);
	assert_int_equal(got, wanted);
}

static void refuses(const char *country, const char *text, const char *why)
{
	struct nm_error err = { NM_OK, "" };
	nm_number got = 77;

	assert_int_equal(nm_number_read(text, country, &got, &err), NM_INPUT);
	assert_int_equal(got, 77);
	if (!strstr(err.text, why))
		fail_msg("%s in %s: \"%s\" does not say \"%s\"", text, country, err.text, why);
}

static void numbers_with_a_country_code_are_read_anywhere(void **state)
{
	(void)state;
	reads("US", "+15125550100", 15125550100);
	reads("GB", "+1 (512) 555-0100", 15125550100);
	reads("US", " +1.512.555.0100\t", 15125550100);
	reads("US", "+44 20 7946 0000", 442079460000);
	reads("US", "+44 (0)20 7946 0000", 442079460000);
	reads("US", "+44 020 7946 0000", 442079460000);
	reads("", "+49 30 901820", 4930901820);
	reads("US", "+882 16 12345678", 8821612345678);
	reads("US", "+88 2161234 5678", 8821612345678);
}

static void numbers_of_the_country_are_read_as_people_dial_them(void **state)
{
	(void)state;
	reads("GB", "020 7946 0000", 442079460000);
	reads("GB", "442079460000", 442079460000);
	reads("GB", "00 1 512 555 0100", 15125550100);
	reads("US", "(512) 555-0100", 15125550100);
	reads("US", "1-512-555-0100", 15125550100);
	reads("US", "011 44 20 7946 0000", 442079460000);
	reads("RU", "8 (495) 123-45-67", 74951234567);
	reads("RU", "800 123-45-67", 78001234567);
	reads("HU", "06 1 234 5678", 3612345678);
	reads("DE", "030/901820", 4930901820);
	reads("JP", "03-1234-5678", 81312345678);
	reads("DK", "32 12 34 56", 4532123456);
}

static void an_italian_leading_zero_is_kept(void **state)
{
	(void)state;
	reads("IT", "06 4567 8901", 390645678901);
	reads("US", "+39 06 4567 8901", 390645678901);
	reads("US", "+39 (0)6 4567 8901", 390645678901);
}

static void fictional_numbers_are_possible(void **state)
{
	int i;
	char text[32];

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "+1 737 555 01%02d", i);
		reads("US", text, 17375550100 + (nm_number)i);
	}
	reads("GB", "020 7946 0999", 442079460999);
	reads("GB", "07700 900123", 447700900123);
}

static void emergency_numbers_are_refused_however_written(void **state)
{
	static const char *const texts[] = { "911",    "+911",    "+1911",  "+1 911", "1911", "(911)",
					     "9-1-1",  "112",     "999",    "000",    "110",  "119",
					     "+44999", "+49 112", "+61000", "988" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		refuses("US", texts[i], "emergency");
	refuses("GB", "0112", "emergency");
	refuses("GA", "1345", "emergency");
	refuses("US", "+241 1345", "emergency");
	refuses("DE", "0110", "emergency");
	refuses("XX", "911", "emergency");
	reads("US", "911 555 0100", 19115550100);
}

static void what_cannot_be_a_number_is_refused_with_the_reason(void **state)
{
	(void)state;
	refuses("US", "", "missing");
	refuses("US", " + ", "missing");
	refuses("US", "555-0100", "too short: 10 digits follow +1, not 7");
	refuses("US", "+1 512 555 01000", "too long: 10 digits follow +1, not 11");
	refuses("US", "1234567890123456789012345", "too many digits: 15 at most");
	refuses("US", "+4912345678901234", "too long");
	refuses("US", "+1 800 FLOWERS", "letters, this one has 'F'");
	refuses("US", "512-555-0100 x5", "letters, this one has 'x'");
	refuses("US", "+1512+5550100", "digits, blanks");
	refuses("US", "512\n5550100", "digits, blanks");
	refuses("US", "\xd9\xa1\xd9\xa2", "digits, blanks");
	refuses("US", "+999123456789", "no country has this code");
	refuses("US", "+0 44 2079460000", "no country has this code");
	refuses("US", "+44 20794600", "in use");
	refuses("US", "+1 1512555010", "too short");
	refuses("XX", "512 555 0100", "country");
	refuses("us", "512 555 0100", "country");
}

static void premium_and_toll_free_numbers_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(nm_number_kind(19005550100), NM_NUMBER_PREMIUM);
	assert_int_equal(nm_number_kind(19000000000), NM_NUMBER_PREMIUM);
	assert_int_equal(nm_number_kind(449098790123), NM_NUMBER_PREMIUM);
	assert_int_equal(nm_number_kind(4990012345678 / 100), NM_NUMBER_ORDINARY);
	assert_int_equal(nm_number_kind(499001234567), NM_NUMBER_PREMIUM);
	assert_int_equal(nm_number_kind(979123456789), NM_NUMBER_PREMIUM);
	assert_int_equal(nm_number_kind(18005550100), NM_NUMBER_TOLL_FREE);
	assert_int_equal(nm_number_kind(18335550100), NM_NUMBER_TOLL_FREE);
	assert_int_equal(nm_number_kind(448081570000), NM_NUMBER_TOLL_FREE);
	assert_int_equal(nm_number_kind(80012345678), NM_NUMBER_TOLL_FREE);
	assert_int_equal(nm_number_kind(15125550100), NM_NUMBER_ORDINARY);
	assert_int_equal(nm_number_kind(442079460000), NM_NUMBER_ORDINARY);
	assert_int_equal(nm_number_kind(0), NM_NUMBER_ORDINARY);
	assert_int_equal(nm_number_kind(UINT64_MAX), NM_NUMBER_ORDINARY);
}

static void countries_that_share_a_code_are_told_apart(void **state)
{
	static const struct {
		nm_number number;
		const char *country;
	} rows[] = {
		{ 15125550100, "US" },    { 18765550100, "JM" },  { 16585550100, "JM" },
		{ 12425550100, "BS" },    { 12685550100, "AG" },  { 18095550100, "DO" },
		{ 18295550100, "DO" },    { 17875550100, "PR" },  { 14165550100, "CA" },
		{ 16715550100, "GU" },    { 17845550100, "VC" },  { 18685550100, "TT" },
		{ 19005550100, "US" },    { 18005550100, "US" },  { 442079460000, "GB" },
		{ 441534123456, "JE" },   { 441624123456, "IM" }, { 441481256789, "GG" },
		{ 74951234567, "RU" },    { 77012345678, "KZ" },  { 390645678901, "IT" },
		{ 390669812345, "VA" },   { 61298765432, "AU" },  { 358181234567, "AX" },
		{ 8821612345678, "001" }, { 999123456, "" },      { 0, "" },
		{ UINT64_MAX, "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(nm_number_country(rows[i].number), rows[i].country);
}

static void words_are_grouped_for_people(void **state)
{
	static const struct {
		nm_number number;
		const char *words;
	} rows[] = {
		{ 15125550100, "+1 512 555 0100" },
		{ 442079460000, "+44 207 946 0000" },
		{ 4532123456, "+45 3212 3456" },
		{ 33123456789, "+33 123 456 789" },
		{ 8613912345678, "+86 139 1234 5678" },
		{ 999123456, "+999123456" },
		{ 0, "+0" },
		{ UINT64_MAX, "+18446744073709551615" },
		{ 1, "+1" },
	};
	char out[NM_NUMBER_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		nm_number_words(rows[i].number, out);
		assert_string_equal(out, rows[i].words);
	}
	nm_number_write(15125550100, out);
	assert_string_equal(out, "+15125550100");
}

/* Of every length under every code: what was read is written and read back as the same number. */
static void what_is_written_is_read_back(void **state)
{
	char text[NM_NUMBER_TEXT];
	size_t read = 0;
	int code, digits, i;

	(void)state;
	for (code = 1; code < 1000; code++)
		for (digits = 3; digits <= 14; digits++) {
			nm_number number = (nm_number)code, got;

			for (i = 0; i < digits; i++)
				number = number * 10 + (nm_number)(2 + (i * 7 + code) % 7);
			nm_number_write(number, text);
			if (nm_number_read(text, "US", &got, NULL))
				continue;
			read++;
			number = got;
			nm_number_write(number, text);
			assert_int_equal(nm_number_read(text, "US", &got, NULL), NM_OK);
			assert_int_equal(got, number);
			assert_string_not_equal(nm_number_country(got), "");
			nm_number_words(number, text);
			assert_int_equal(nm_number_read(text, "US", &got, NULL), NM_OK);
			assert_int_equal(got, number);
		}
	assert_true(read > 1500);
}

static void a_country_has_a_code_and_a_currency(void **state)
{
	(void)state;
	assert_true(nm_country_known("US"));
	assert_true(nm_country_known("JM"));
	assert_true(nm_country_known("AX"));
	assert_false(nm_country_known("XX"));
	assert_false(nm_country_known("us"));
	assert_false(nm_country_known("USA"));
	assert_false(nm_country_known(""));
	assert_false(nm_country_known("001"));
	assert_string_equal(nm_country_currency("US"), "USD");
	assert_string_equal(nm_country_currency("GB"), "GBP");
	assert_string_equal(nm_country_currency("DE"), "EUR");
	assert_string_equal(nm_country_currency("JM"), "JMD");
	assert_string_equal(nm_country_currency("XX"), "USD");
}

static void the_length_of_a_number_is_known_where_there_is_one(void **state)
{
	(void)state;
	assert_int_equal(nm_number_length(1), 11);
	assert_int_equal(nm_number_length(1737555), 11);
	assert_int_equal(nm_number_length(33), 11);
	assert_int_equal(nm_number_length(44), 0);
	assert_int_equal(nm_number_length(999), 0);
	assert_int_equal(nm_number_length(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_with_a_country_code_are_read_anywhere),
		cmocka_unit_test(numbers_of_the_country_are_read_as_people_dial_them),
		cmocka_unit_test(an_italian_leading_zero_is_kept),
		cmocka_unit_test(fictional_numbers_are_possible),
		cmocka_unit_test(emergency_numbers_are_refused_however_written),
		cmocka_unit_test(what_cannot_be_a_number_is_refused_with_the_reason),
		cmocka_unit_test(premium_and_toll_free_numbers_are_told_apart),
		cmocka_unit_test(countries_that_share_a_code_are_told_apart),
		cmocka_unit_test(words_are_grouped_for_people),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_country_has_a_code_and_a_currency),
		cmocka_unit_test(the_length_of_a_number_is_known_where_there_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
