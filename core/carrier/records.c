/* SPDX-License-Identifier: MIT */
/* Call records: see records.h.  Comes in: what carriers write.  Goes out: instants, numbers, a list. */
#include "core/carrier/records.h"

#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"

#define YEAR_LEAST 1970

void nm_records_begin(struct nm_records *records)
{
	*records = (struct nm_records){ .since = records->since, .now = records->now, .until = records->since };
}

/* A number of so many digits at the beginning; false: there is none from `least` to `most`. */
static bool digits(const char *text, int n, int least, int most, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if (!nm_ascii_is_digit(text[i]))
			return false;
		*out = *out * 10 + text[i] - '0';
	}
	return *out >= least && *out <= most;
}

/* Nothing, ".123", "Z", "+00:00": what may follow an instant that is in UTC. */
static bool ends_in_utc(const char *text)
{
	if (*text == '.')
		for (text++; nm_ascii_is_digit(*text); text++)
			;
	return *text == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "+00:00") == 0;
}

nm_time nm_records_instant(const char *text)
{
	int year, month, day, hour, minute, second;

	if (text == NULL || strlen(text) < 19 || text[4] != '-' || text[7] != '-' ||
	    (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
		return 0;
	if (!digits(text, 4, YEAR_LEAST, 9999, &year) || !digits(text + 5, 2, 1, 12, &month) ||
	    !digits(text + 8, 2, 1, nm_month_days(year, month), &day) ||
	    !digits(text + 11, 2, 0, 23, &hour) || !digits(text + 14, 2, 0, 59, &minute) ||
	    !digits(text + 17, 2, 0, 60, &second) || !ends_in_utc(text + 19))
		return 0;
	return nm_days_from_date(year, month, day) * NM_DAY + hour * 3600 + minute * 60 + second;
}

static bool two_digits(const char *text, int most, int *out)
{
	if (!nm_ascii_is_digit(text[0]) || !nm_ascii_is_digit(text[1]))
		return false;
	*out = (text[0] - '0') * 10 + text[1] - '0';
	return *out <= most;
}

static int month_of(const char *text)
{
	int month = 0;

	while (month < 12 && strncmp(text, nm_month_names[month], 3) != 0)
		month++;
	return month + 1;
}

nm_time nm_records_mail_time(const char *text)
{
	int day, century, year, month, hour, minute, second;

	if (text == NULL || strlen(text) != 31 || strncmp(text + 3, ", ", 2) != 0 ||
	    strcmp(text + 25, " +0000") != 0 || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
	    text[19] != ':' || text[22] != ':')
		return 0;
	month = month_of(text + 8);
	if (month > 12 || !two_digits(text + 5, 31, &day) || !two_digits(text + 12, 99, &century) ||
	    !two_digits(text + 14, 99, &year) || !two_digits(text + 17, 23, &hour) ||
	    !two_digits(text + 20, 59, &minute) || !two_digits(text + 23, 60, &second))
		return 0;
	year += century * 100;
	if (day < 1 || day > nm_month_days(year, month))
		return 0;
	return nm_days_from_date(year, month, day) * NM_DAY + hour * 3600 + minute * 60 + second;
}

const char *nm_records_day(struct nm_arena *arena, nm_time t)
{
	const struct nm_date date = nm_date_from_days(nm_local_day(t));

	return nm_arena_format(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

nm_number nm_records_number(const char *text)
{
	const size_t plus = text != NULL && text[0] == '+',
		     n = text != NULL ? strspn(text + plus, "0123456789") : 0;

	if (n < 7 || n > 15 || text[plus + n] != '\0' || text[plus] == '0' || (plus == 0 && n == 10))
		return 0;
	return strtoull(text + plus, NULL, 10);
}

bool nm_records_lasts(nm_time began, nm_time ended)
{
	return ended == 0 || (ended >= began && ended - began <= NM_RECORDS_LONGEST_S);
}

/* Room for one more item of an array of the arena; false: memory is out. */
static bool grow(struct nm_arena *arena, void **items, size_t size, size_t n, size_t *capacity)
{
	const size_t more = *capacity > 0 ? *capacity * 2 : 64;
	void *grown;

	if (n < *capacity)
		return true;
	grown = nm_arena_alloc(arena, more, size);
	if (grown == NULL)
		return false;
	if (n > 0)
		memcpy(grown, *items, n * size);
	*items = grown;
	*capacity = more;
	return true;
}

bool nm_records_add(struct nm_exchange *exchange, const struct nm_record *record)
{
	struct nm_records *records = exchange->records;

	if (!grow(exchange->arena, (void **)&records->items, sizeof(*records->items), records->n, &records->capacity))
		return false;
	records->items[records->n++] = *record;
	return true;
}

bool nm_records_add_made(struct nm_exchange *exchange, const struct nm_made *made)
{
	struct nm_records *records = exchange->records;

	if (records->n_made == NM_RECORDS_MAX)
		return true;
	if (!grow(exchange->arena, (void **)&records->made, sizeof(*records->made), records->n_made,
		  &records->made_capacity))
		return false;
	records->made[records->n_made++] = *made;
	return true;
}

/* Those of one second by their ids: a carrier's lists need not come in the same order each time. */
static bool in_order(const struct nm_leg *a, const struct nm_leg *b)
{
	return a->began != b->began ? a->began < b->began : strcmp(a->id, b->id) <= 0;
}

bool nm_records_put_leg(struct nm_leg *legs, size_t *n, const struct nm_leg *leg)
{
	size_t at = 0;

	for (size_t i = 0; i < *n; i++)
		if (strcmp(legs[i].id, leg->id) == 0)
			return true;
	if (*n == NM_LEGS_MAX)
		return false;
	while (at < *n && in_order(&legs[at], leg))
		at++;
	memmove(legs + at + 1, legs + at, (*n - at) * sizeof(*legs));
	legs[at] = *leg;
	(*n)++;
	return true;
}

bool nm_records_end(struct nm_records *records)
{
	if (records->until >= records->now) {
		records->until = records->now;
		return true;
	}
	records->cut = records->n >= NM_RECORDS_ENOUGH;
	return records->cut;
}
