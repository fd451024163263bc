/* SPDX-License-Identifier: MIT */
/*
 * Telephone numbers: text -> E.164 digits or the reason why not, and what kind of number one is.
 *
 * "Possible" is the test, not "in service": a length that exists under that country code.  What is in
 * service changes every month; a plan must not become wrong because this program is old.
 */
#include "nevermiss/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/ascii.h"
#include "core/number_private.h"

#define DIGITS_E164 15  /* ITU-T E.164: digits of a number, country code included */
#define DIGITS_TYPED 24 /* with what is dialled before a country code */

/* What was typed, separators gone. */
struct typed {
	char digits[DIGITS_TYPED + 1];
	size_t n;
	bool international; /* began with + */
};

/* Called everywhere, so refused as the number of anybody everywhere. */
static const char universal[][4] = { "000", "061", "108", "110", "111", "112", "117", "118",
				     "119", "911", "988", "995", "997", "998", "999" };

static const struct number_region *region_find(const char *country)
{
	size_t low = 0, high = number_regions_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(number_regions[middle].country, country);

		if (!order)
			return &number_regions[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The country code that digits begin with.  No code is the beginning of another. */
static const struct number_code *code_find(const char *digits, size_t n)
{
	unsigned int value = 0;
	size_t i, low, high;

	/* A leading 0 would count for nothing. */
	for (i = 0; i < n && i < 3 && digits[0] != '0'; i++) {
		value = value * 10 + (unsigned int)(digits[i] - '0');
		for (low = 0, high = number_codes_count; low < high;) {
			const size_t middle = low + (high - low) / 2;

			if (number_codes[middle].code == value)
				return &number_codes[middle];
			if (number_codes[middle].code < value)
				low = middle + 1;
			else
				high = middle;
		}
	}
	return NULL;
}

static size_t code_digits(unsigned int code)
{
	return code < 10 ? 1 : code < 100 ? 2 : 3;
}

static enum nm_code typed_read(const char *text, struct typed *out, struct nm_error *err)
{
	const char *at = text;

	memset(out, 0, sizeof *out);
	while (*at == ' ' || *at == '\t')
		at++;
	if (*at == '+') {
		out->international = true;
		at++;
	}
	for (; *at; at++) {
		if (nm_ascii_is_digit(*at)) {
			if (out->n == DIGITS_TYPED)
				return nm_fail(err, NM_INPUT, "too many digits: %d at most", DIGITS_E164);
			out->digits[out->n++] = *at;
			continue;
		}
		if (nm_ascii_is_letter(*at))
			return nm_fail(err, NM_INPUT,
				       "a number has no letters, this one has '%c': write the digits", *at);
		if (!strchr(" \t.-()/", *at))
			return nm_fail(err, NM_INPUT,
				       "a number is digits, blanks, dots, dashes and brackets, "
				       "after a + when it begins with its country code");
	}
	if (!out->n)
		return nm_fail(err, NM_INPUT, "a number is missing: write it like +15125550100");
	return NM_OK;
}

static bool number_matches(const char *pattern, size_t len, const char *digits, size_t n)
{
	size_t i;

	for (i = 0; i < len && i < n; i++)
		if (pattern[i] != digits[i] && pattern[i] != 'x')
			return false;
	return len == n;
}

static bool is_emergency(const struct number_region *region, const char *digits, size_t n)
{
	const char *at;
	size_t i, len;

	for (i = 0; i < sizeof universal / sizeof universal[0]; i++)
		if (number_matches(universal[i], strlen(universal[i]), digits, n))
			return true;
	for (at = region ? region->emergency : ""; *at; at += len + (at[len] == ' ')) {
		len = strcspn(at, " ");
		if (number_matches(at, len, digits, n))
			return true;
	}
	return false;
}

static bool length_possible(const struct number_code *code, size_t national)
{
	const size_t n = code_digits(code->code) + national;

	return n <= DIGITS_E164 && (code->lengths >> n & 1);
}

/* How many digits of a national number are only dialled within the country ("+44 (0)20 ..."). */
static size_t trunk_length(const struct number_code *code, const struct number_region *region,
			   const char *digits, size_t n)
{
	const size_t len = region ? strlen(region->trunk) : 0;

	if (!len || n <= len || memcmp(digits, region->trunk, len) != 0)
		return 0;
	if (!(region->alike >> (digits[len] - '0') & 1))
		return len;
	return !length_possible(code, n) && length_possible(code, n - len) ? len : 0;
}

/* The lengths that are possible, for the message: "10", "7 to 10". */
static enum nm_code fail_length(const struct number_code *code, const char *digits, size_t n,
				struct nm_error *err)
{
	const size_t skip = code_digits(code->code);
	size_t low = 0, high = 0, i;
	const char *how;

	for (i = skip + 1; i <= DIGITS_E164; i++)
		if (code->lengths >> i & 1) {
			high = i - skip;
			if (!low)
				low = high;
		}
	how = n < low ? "too short" : n > high ? "too long" : "of a length that is not in use";
	if (low == high)
		return nm_fail(err, NM_INPUT, "+%u %.*s is %s: %zu digits follow +%u, not %zu", code->code,
			       (int)n, digits, how, low, code->code, n);
	return nm_fail(err, NM_INPUT, "+%u %.*s is %s: %zu to %zu digits follow +%u", code->code, (int)n,
		       digits, how, low, high, code->code);
}

static nm_number join(const struct number_code *code, const char *digits, size_t n)
{
	nm_number number = code->code;
	size_t i;

	for (i = 0; i < n; i++)
		number = number * 10 + (nm_number)(digits[i] - '0');
	return number;
}

/* The digits after the country code -> the number. */
static enum nm_code national_read(const struct number_code *code, const struct number_region *region,
				  const char *digits, size_t n, nm_number *out, struct nm_error *err)
{
	const size_t trunk = trunk_length(code, region, digits, n);

	if (is_emergency(region, digits, n) || is_emergency(region, digits + trunk, n - trunk))
		return nm_fail(err, NM_INPUT, "%.*s is an emergency number, which no plan may call", (int)n,
			       digits);
	if (!length_possible(code, n - trunk))
		return fail_length(code, digits + trunk, n - trunk, err);
	if (trunk && trunk_length(code, region, digits + trunk, n - trunk))
		return nm_fail(err, NM_INPUT, "no number behind +%u begins with %s, as %.*s does", code->code,
			       region->trunk, (int)(n - trunk), digits + trunk);
	*out = join(code, digits + trunk, n - trunk);
	return NM_OK;
}

/* digits begin with the country code. */
static enum nm_code international_read(const char *digits, size_t n, nm_number *out, struct nm_error *err)
{
	const struct number_code *code = code_find(digits, n);
	size_t skip;

	if (!code)
		return nm_fail(err, NM_INPUT, "+%.*s: no country has this code", (int)n, digits);
	skip = code_digits(code->code);
	return national_read(code, region_find(code->country), digits + skip, n - skip, out, err);
}

bool nm_number_is_emergency(const char *text, const char *country)
{
	struct typed typed;

	return typed_read(text, &typed, NULL) == NM_OK &&
	       is_emergency(region_find(country), typed.digits, typed.n);
}

enum nm_code nm_number_read(const char *text, const char *country, nm_number *out, struct nm_error *err)
{
	const struct number_region *region = region_find(country);
	const struct number_code *code;
	struct typed typed;
	enum nm_code result = typed_read(text, &typed, err);
	char digits[4];
	size_t n;

	if (result)
		return result;
	if (is_emergency(region, typed.digits, typed.n))
		return nm_fail(err, NM_INPUT, "%s is an emergency number, which no plan may call",
			       typed.digits);
	if (typed.international)
		return international_read(typed.digits, typed.n, out, err);
	if (!region)
		return nm_fail(err, NM_INPUT,
			       "%s can be read with a country only: write it like +15125550100",
			       typed.digits);
	n = strlen(region->abroad);
	if (n && typed.n > n && !memcmp(typed.digits, region->abroad, n) && typed.digits[n] != '0')
		return international_read(typed.digits + n, typed.n - n, out, err);
	n = (size_t)snprintf(digits, sizeof digits, "%u", region->code);
	code = code_find(digits, n);
	/* Whole, without its +: only when it cannot be a national one. */
	if (typed.n > n && !memcmp(typed.digits, digits, n) && length_possible(code, typed.n - n) &&
	    !length_possible(code, typed.n - trunk_length(code, region, typed.digits, typed.n)))
		return international_read(typed.digits, typed.n, out, err);
	return national_read(code, region, typed.digits, typed.n, out, err);
}

bool nm_country_known(const char *country)
{
	return region_find(country) != NULL;
}

void nm_number_write(nm_number number, char out[static NM_NUMBER_TEXT])
{
	snprintf(out, NM_NUMBER_TEXT, "+%" PRIu64, number);
}

/* A number as its digits; how many. */
static size_t digits_of(nm_number number, char out[static NM_NUMBER_TEXT])
{
	return (size_t)snprintf(out, NM_NUMBER_TEXT, "%" PRIu64, number);
}

/* Threes, and what is left over in fours at the end: 10 is 3 3 4, 8 is 4 4, 11 is 3 4 4. */
static size_t group_length(size_t left)
{
	if (left <= 5)
		return left;
	return left % 4 == 0 && left < 12 ? 4 : 3;
}

void nm_number_words(nm_number number, char out[static NM_NUMBER_TEXT])
{
	char digits[NM_NUMBER_TEXT];
	const size_t n = digits_of(number, digits);
	const struct number_code *code = code_find(digits, n);
	size_t at, len, used;

	if (!code || n > DIGITS_E164) {
		nm_number_write(number, out);
		return;
	}
	used = (size_t)snprintf(out, NM_NUMBER_TEXT, "+%u", code->code);
	for (at = code_digits(code->code); at < n; at += len) {
		len = group_length(n - at);
		used += (size_t)snprintf(out + used, NM_NUMBER_TEXT - used, " %.*s", (int)len, digits + at);
	}
}

enum nm_number_kind nm_number_kind(nm_number number)
{
	char digits[NM_NUMBER_TEXT];
	const size_t n = digits_of(number, digits);
	uint64_t prefix;

	if (n > DIGITS_E164)
		return NM_NUMBER_ORDINARY;
	for (prefix = number; prefix; prefix /= 10) {
		size_t low = 0, high = number_ranges_count;

		while (low < high) {
			const size_t middle = low + (high - low) / 2;

			if (number_ranges[middle].prefix < prefix)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < number_ranges_count && number_ranges[low].prefix == prefix; low++)
			if (number_ranges[low].lengths >> n & 1)
				return (enum nm_number_kind)number_ranges[low].kind;
	}
	return NM_NUMBER_ORDINARY;
}

/* The country of an area code, NULL when it is the main one's. */
static const char *area_country(nm_number number, size_t n)
{
	uint64_t prefix;

	for (prefix = number; prefix; prefix /= 10) {
		size_t low = 0, high = number_areas_count;

		while (low < high) {
			const size_t middle = low + (high - low) / 2;

			if (number_areas[middle].prefix < prefix)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < number_areas_count && number_areas[low].prefix == prefix; low++)
			if (number_areas[low].lengths >> n & 1)
				return number_areas[low].country;
	}
	return NULL;
}

const char *nm_number_country(nm_number number)
{
	char digits[NM_NUMBER_TEXT];
	const size_t n = digits_of(number, digits);
	const struct number_code *code = code_find(digits, n);
	const char *country;

	if (!code || n > DIGITS_E164)
		return "";
	country = area_country(number, n);
	return country ? country : code->country;
}

const char *nm_country_currency(const char *country)
{
	const struct number_region *region = region_find(country);

	return region ? region->currency : "USD";
}

int nm_number_length(nm_number prefix)
{
	char digits[NM_NUMBER_TEXT];
	const struct number_code *code = code_find(digits, digits_of(prefix, digits));
	int length = 0, n;

	for (n = 1; code && n <= DIGITS_E164; n++)
		if (code->lengths >> n & 1) {
			if (length)
				return 0;
			length = n;
		}
	return length;
}
