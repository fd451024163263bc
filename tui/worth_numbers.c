/* SPDX-License-Identifier: MIT */
/* See worth_numbers.h. */
#include "worth_numbers.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 40

const struct worth_number_info worth_numbers[WORTH_NUMBERS] = {
	[WORTH_CALLS_A_DAY] = {"calls_a_day", "calls a day", "as in the log", 1e6, WORTH_PLAIN},
	[WORTH_MISSED_SHARE] = {"missed_share", "missed share", "as in the log: certainly missed", 100, WORTH_PERCENT},
	[WORTH_BOOKED] = {"booked", "share that books", "as in the plan", 100, WORTH_PERCENT},
	[WORTH_JOB] = {"job", "average job", "as in the plan", 1e9, WORTH_MONEY},
	[WORTH_DAYS] = {"days", "working days a month", "as in the guide", 31, WORTH_PLAIN},
	[WORTH_RECOVERED] = {"recovered_calls", "recovered calls a month", "as in the log: by AI and backup", 1e7,
			     WORTH_PLAIN},
	[WORTH_COST] = {"cost", "cost of the system a month", "as the prices in the plan say", 1e9, WORTH_MONEY},
};

double *worth_number(struct nm_worth *worth, size_t i)
{
	double *const places[WORTH_NUMBERS] = {
		[WORTH_CALLS_A_DAY] = &worth->calls_a_day, [WORTH_MISSED_SHARE] = &worth->missed_share,
		[WORTH_BOOKED] = &worth->booked,	   [WORTH_JOB] = &worth->job,
		[WORTH_DAYS] = &worth->days,		   [WORTH_RECOVERED] = &worth->recovered_calls,
		[WORTH_COST] = &worth->cost,
	};

	return places[i];
}

/* Bytes of what a sum begins with: "$", "EUR"; 0: nothing. */
static size_t currency_bytes(const char *text, size_t len)
{
	static const char *const signs[] = {"$", "\u20ac", "\u00a3"};
	size_t letters = 0;

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (len >= strlen(signs[i]) && !memcmp(text, signs[i], strlen(signs[i])))
			return strlen(signs[i]);
	while (letters < len && text[letters] >= 'A' && text[letters] <= 'Z')
		letters++;
	return letters == 3 ? letters : 0;
}

/* Leaves out what a number is shown with, and blanks. */
static void strip(size_t i, const char **text, size_t *len)
{
	const char *from = *text, *until = from + *len;

	while (from < until && *from == ' ')
		from++;
	if (worth_numbers[i].kind == WORTH_MONEY)
		from += currency_bytes(from, (size_t)(until - from));
	while (from < until && *from == ' ')
		from++;
	while (from < until && until[-1] == ' ')
		until--;
	if (worth_numbers[i].kind == WORTH_PERCENT && from < until && until[-1] == '%')
		until--;
	while (from < until && until[-1] == ' ')
		until--;
	*text = from;
	*len = (size_t)(until - from);
}

/* Bytes of what stands between thousands: a comma, an apostrophe, a blank, no-break ones too; 0: it is none. */
static size_t mark_bytes(const char *text, size_t len)
{
	static const char *const marks[] = {",", "'", " ", "\u00a0", "\u202f", "\u2019"};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (len >= strlen(marks[i]) && !memcmp(text, marks[i], strlen(marks[i])))
			return strlen(marks[i]);
	return 0;
}

/* The number without the marks between its thousands; false where they stand elsewhere, or are not all the same. */
static bool ungroup(const char *text, size_t len, char out[static NUMBER_BYTES])
{
	const char *mark = NULL;
	size_t n = 0, group = 0, marked = 0, i = 0;

	while (i < len && text[i] != '.') {
		const size_t bytes = mark_bytes(text + i, len - i);

		if (bytes == 0) {
			out[n++] = text[i++];
			group++;
			continue;
		}
		if (group == 0 || group > 3 || (mark && (group != 3 || bytes != marked || memcmp(mark, text + i, bytes))))
			return false;
		mark = text + i;
		marked = bytes;
		group = 0;
		i += bytes;
	}
	if (mark && group != 3)
		return false;
	memcpy(out + n, text + i, len - i);
	out[n + len - i] = '\0';
	return true;
}

bool worth_number_read(size_t i, const char *text, size_t len, double *out)
{
	char number[NUMBER_BYTES];
	size_t digits, at;

	strip(i, &text, &len);
	if (len == 0 || len >= sizeof number || !ungroup(text, len, number))
		return false;
	len = strlen(number);
	at = digits = strspn(number, "0123456789");
	if (number[at] == '.') {
		digits += strspn(number + at + 1, "0123456789");
		at = digits + 1;
	}
	if (at != len || digits == 0)
		return false;
	*out = strtod(number, NULL);
	return *out <= worth_numbers[i].most;
}
