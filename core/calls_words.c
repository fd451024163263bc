/* SPDX-License-Identifier: MIT */
/* What the fields of exported calls say: times, lengths, outcomes, as telephone systems write them. */
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/calls_file_private.h"
#include "core/carrier/records.h"

void nm_words_plain(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < size; text++)
		if (nm_ascii_is_digit(*text) || nm_ascii_is_letter(*text))
			out[n++] = nm_ascii_lower(*text);
	out[n] = '\0';
}

void nm_words_put(const char *text, char *out, size_t size)
{
	const size_t n = strnlen(text, size - 1);

	memcpy(out, text, n);
	out[n] = '\0';
}

/* --- times --- */

/* A number of at most `most` digits; how many there were, 0: none. */
static int take_number(const char **at, int most, int *out)
{
	int digits = 0;

	*out = 0;
	while (digits < most && (*at)[digits] >= '0' && (*at)[digits] <= '9')
		*out = *out * 10 + ((*at)[digits++] - '0');
	*at += digits;
	return digits;
}

static bool take_mark(const char **at, const char *marks)
{
	if (**at == '\0' || strchr(marks, **at) == NULL)
		return false;
	++*at;
	return true;
}

static bool day_of(int year, int month, int of_month, int64_t *day)
{
	if (year < 1970 || year > 9999 || month < 1 || month > 12 || of_month < 1 ||
	    of_month > nm_month_days(year, month))
		return false;
	*day = nm_days_from_date(year, month, of_month);
	return true;
}

/* "Nov", "november"; false: it is no month's name. */
static bool take_month(const char **at, int *month)
{
	for (*month = 1; *month <= 12; ++*month) {
		const char *name = nm_month_names[*month - 1];
		size_t i = 0;

		while (i < 3 && nm_ascii_lower((*at)[i]) == nm_ascii_lower(name[i]))
			i++;
		if (i < 3)
			continue;
		while (nm_ascii_is_letter(**at))
			++*at;
		return true;
	}
	return false;
}

/* "Mon ", "monday, ", or any word before a comma: what stands before a date says nothing that it does not. */
static void skip_weekday(const char **at)
{
	const char *text = *at;
	size_t letters = 0;
	bool known = false;

	while (nm_ascii_is_letter(text[letters]))
		letters++;
	for (int i = 0; i < 7 && letters >= 3; i++)
		known = known || nm_ascii_begins(text, nm_weekday_names[i], 3);
	if (letters > 0 && (text[letters] == ',' || (known && text[letters] != '\0' && strchr(" .", text[letters]) != NULL)))
		*at = text + letters + 1 + strspn(text + letters + 1, " ");
}

/* "1-Nov-2026", "1-Nov-26", "1 November 2026", "Nov 1, 2026" */
static bool take_named_date(const char **at, int64_t *day)
{
	const char *text = *at;
	int year, month, of_month, digits;
	bool first;

	first = take_month(&text, &month);
	text += strspn(text, " .-");
	if (take_number(&text, 2, &of_month) == 0)
		return false;
	text += strspn(text, " .,-");
	if (!first && !take_month(&text, &month))
		return false;
	text += strspn(text, " .,-");
	digits = take_number(&text, 4, &year);
	if ((digits != 4 && digits != 2) || !day_of(digits == 2 ? 2000 + year : year, month, of_month, day))
		return false;
	*at = text;
	return true;
}

/* "11/25/2026", "25.11.2026", "2026-11-25".  Dots stand in dates that begin with their day. */
static bool take_date(const char **at, enum nm_date_order order, int64_t *day)
{
	int part[3], digits[3];
	bool day_first = order == NM_DATE_DAY_FIRST;

	for (int i = 0; i < 3; i++) {
		day_first = day_first || (i > 0 && **at == '.');
		if (i > 0 && !take_mark(at, "/.-"))
			return false;
		digits[i] = take_number(at, 4, &part[i]);
		if (digits[i] == 0)
			return false;
	}
	if (digits[0] == 4)
		return day_of(part[0], part[1], part[2], day);
	return day_of(digits[2] == 2 ? 2000 + part[2] : part[2], part[day_first ? 1 : 0], part[day_first ? 0 : 1],
		      day);
}

/* "-0600", "+05:30", "-06"; with least 1 (else 2) also "-6". */
static bool take_shift(const char **at, int least, int *seconds)
{
	const int sign = **at == '-' ? -1 : 1;
	int hours, minutes = 0, digits;

	if (!take_mark(at, "+-") || (digits = take_number(at, 2, &hours)) < least)
		return false;
	if ((take_mark(at, ":") || (digits == 2 && nm_ascii_is_digit(**at))) && take_number(at, 2, &minutes) != 2)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return hours <= 14 && minutes <= 59;
}

/* "GMT", "utc", "Z", "GMT-06:00", "-0600"; false: there is none. */
static bool take_offset(const char **at, int *seconds)
{
	static const char *const names[] = { "GMT", "UTC", "Z" };

	*seconds = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const size_t n = strlen(names[i]);

		if (!nm_ascii_begins(*at, names[i], n) || nm_ascii_is_letter((*at)[n]))
			continue;
		*at += n;
		*at += strspn(*at, " ");
		return **at == '\0' || take_shift(at, 1, seconds);
	}
	return take_shift(at, 2, seconds);
}

/* "PM", "am", "p.m." */
static bool take_half(const char **at, bool *afternoon)
{
	const char *text = *at;

	*afternoon = nm_ascii_lower(*text) == 'p';
	if (nm_ascii_lower(*text) != 'a' && !*afternoon)
		return false;
	text += text[1] == '.' ? 2 : 1;
	if (nm_ascii_lower(*text) != 'm' || nm_ascii_is_letter(text[1]))
		return false;
	*at = text + (text[1] == '.' ? 2 : 1);
	return true;
}

/* "10:05", "10:05:30", "10:05 PM" */
static bool take_time(const char **at, int64_t *seconds)
{
	int hour, minute, second = 0;
	bool half, afternoon;

	if (take_number(at, 2, &hour) == 0 || !take_mark(at, ":") || take_number(at, 2, &minute) != 2)
		return false;
	if (take_mark(at, ":") && take_number(at, 2, &second) != 2)
		return false;
	if (take_mark(at, "."))
		while (**at >= '0' && **at <= '9')
			++*at;
	while (take_mark(at, " "))
		;
	half = take_half(at, &afternoon);
	if (half && (hour < 1 || hour > 12))
		return false;
	if (half)
		hour = hour % 12 + (afternoon ? 12 : 0);
	*seconds = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 60;
}

nm_time nm_words_second_time(const struct nm_zone *zone, nm_time t)
{
	const nm_local local = t + nm_zone_offset(zone, t);
	enum nm_local_kind kind;

	if (nm_zone_utc(zone, local, &kind) != t || kind != NM_LOCAL_TWICE)
		return t;
	return local - nm_zone_offset(zone, nm_zone_next_change(zone, t));
}

static bool same_letters(const char *a, const char *b)
{
	while (*a != '\0' && nm_ascii_lower(*a) == nm_ascii_lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

/* A local time whose clock is named, which may be the second one of that time. */
static enum nm_row_time on_clock(const struct nm_zone *zone, const char *clock, nm_time *t)
{
	const nm_time second = nm_words_second_time(zone, *t);

	if (same_letters(clock, nm_zone_abbreviation(zone, *t)))
		return NM_ROW_TIME;
	if (!same_letters(clock, nm_zone_abbreviation(zone, second)))
		return NM_ROW_OTHER_ZONE;
	*t = second;
	return NM_ROW_TIME;
}

static bool is_word(const char *text)
{
	size_t n = 0;

	while (nm_ascii_is_letter(text[n]))
		n++;
	return n > 0 && text[n] == '\0';
}

/* Seconds since 1970, with a fraction, or thousandths or millionths of them. */
static bool read_epoch(const char *text, nm_time *out)
{
	const size_t n = strspn(text, "0123456789");
	const char *rest = text + n;

	if (n == 10 && *rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if ((n != 10 && n != 13 && n != 16) || *rest != '\0')
		return false;
	*out = strtoll(text, NULL, 10) / (n == 16 ? 1000000 : n == 13 ? 1000 : 1);
	return true;
}

#define SERIAL_1970 25569 /* days from 30 December 1899, where spreadsheets begin to count */

/* A spreadsheet's: days, and behind a point the part of one, on the wall clock; "45981.4201", "45981 0.4201". */
static bool read_serial(const char *text, nm_local *out)
{
	int64_t part = 0, whole = 1;
	int days;

	if (take_number(&text, 5, &days) != 5 || days < SERIAL_1970)
		return false;
	text += strncmp(text, " 0", 2) == 0 ? 2 : 0;
	if (!take_mark(&text, ".,") || !nm_ascii_is_digit(*text))
		return false;
	for (; nm_ascii_is_digit(*text); text++)
		if (whole < INT64_C(1000000000000)) {
			part = part * 10 + (*text - '0');
			whole *= 10;
		}
	*out = (days - SERIAL_1970) * NM_DAY + (part * NM_DAY + whole / 2) / whole;
	return *text == '\0';
}

enum nm_row_time nm_words_when(const char *text, const struct nm_zone *zone, enum nm_date_order order,
			       nm_time *out)
{
	const char *at = text, *rest;
	enum nm_local_kind kind;
	int64_t day, seconds;
	nm_local local;
	int offset;

	if (read_epoch(text, out))
		return NM_ROW_TIME;
	*out = nm_records_mail_time(text);
	if (*out != 0)
		return NM_ROW_TIME;
	if (read_serial(text, &local)) {
		*out = nm_zone_utc(zone, local, &kind);
		return kind == NM_LOCAL_SKIPPED ? NM_ROW_SKIPPED : NM_ROW_TIME;
	}
	if (strlen(text) > 10 && text[4] == '-' && nm_time_read(text, zone, 0, out, NULL) == NM_OK)
		return NM_ROW_TIME;
	skip_weekday(&at);
	if (!take_named_date(&at, &day) && !take_date(&at, order, &day))
		return NM_ROW_NO_TIME;
	while (take_mark(&at, " ,T"))
		;
	if (!take_time(&at, &seconds))
		return NM_ROW_NO_TIME;
	at += strspn(at, " ");
	rest = at;
	if (take_offset(&rest, &offset)) {
		*out = day * NM_DAY + seconds - offset;
		return *rest == '\0' ? NM_ROW_TIME : NM_ROW_NO_TIME;
	}
	if (*at != '\0' && !is_word(at))
		return NM_ROW_NO_TIME;
	*out = nm_zone_utc(zone, day * NM_DAY + seconds, &kind);
	if (kind == NM_LOCAL_SKIPPED)
		return NM_ROW_SKIPPED;
	return *at != '\0' ? on_clock(zone, at, out) : NM_ROW_TIME;
}

/* "1h 2m 3s", "2 min", "1 hour 5 minutes" */
static bool read_units(const char *text, int64_t *out)
{
	static const struct {
		const char *name;
		int seconds;
	} units[] = { { "h", 3600 }, { "hr", 3600 }, { "hrs", 3600 }, { "hour", 3600 }, { "hours", 3600 }, { "m", 60 },
		      { "min", 60 }, { "mins", 60 }, { "minute", 60 }, { "minutes", 60 }, { "s", 1 },	   { "sec", 1 },
		      { "secs", 1 }, { "second", 1 }, { "seconds", 1 } };
	const size_t known = sizeof(units) / sizeof(units[0]);
	int number;

	for (*out = 0; *text != '\0'; text += strspn(text, " ,.")) {
		size_t unit = 0, n = 0;

		if (take_number(&text, 6, &number) == 0)
			return false;
		text += strspn(text, " ");
		while (nm_ascii_is_letter(text[n]))
			n++;
		while (unit < known && (strlen(units[unit].name) != n || !nm_ascii_begins(text, units[unit].name, n)))
			unit++;
		if (unit == known)
			return false;
		*out += (int64_t)number * units[unit].seconds;
		text += n;
	}
	return *out <= 7 * NM_DAY;
}

/* Seconds, with a fraction, "m:ss" or "h:mm:ss". */
static bool read_seconds(const char *text, int64_t *out)
{
	int64_t total = 0;
	int part;

	for (int parts = 0; parts < 3; parts++) {
		const int digits = take_number(&text, 7, &part);

		if (digits == 0 || (parts > 0 && part > 59))
			return false;
		total = total * 60 + part;
		if (!take_mark(&text, ":"))
			break;
	}
	if (take_mark(&text, "."))
		while (*text >= '0' && *text <= '9')
			text++;
	while (take_mark(&text, " "))
		;
	*out = total;
	return total <= 7 * NM_DAY && (*text == '\0' || strcmp(text, "s") == 0 || strcmp(text, "sec") == 0);
}

bool nm_words_seconds(const char *text, int64_t *out)
{
	return read_seconds(text, out) || (*text != '\0' && read_units(text, out));
}

/* --- what became of it --- */

bool nm_words_status(const char *text, enum nm_row_status *out)
{
	static const struct {
		const char *words;
		enum nm_row_status status;
	} known[] = {
		{ "answered", NM_STATUS_ANSWERED },
		{ "answeredcall", NM_STATUS_ANSWERED },
		{ "answer", NM_STATUS_ANSWERED },
		{ "completed", NM_STATUS_ANSWERED },
		{ "connected", NM_STATUS_ANSWERED },
		{ "callconnected", NM_STATUS_ANSWERED },
		{ "accepted", NM_STATUS_ANSWERED },
		{ "noanswer", NM_STATUS_MISSED },
		{ "notanswered", NM_STATUS_MISSED },
		{ "unanswered", NM_STATUS_MISSED },
		{ "missed", NM_STATUS_MISSED },
		{ "missedcall", NM_STATUS_MISSED },
		{ "busy", NM_STATUS_BUSY },
		{ "failed", NM_STATUS_FAILED },
		{ "congestion", NM_STATUS_FAILED },
		{ "canceled", NM_STATUS_HUNG_UP },
		{ "cancelled", NM_STATUS_HUNG_UP },
		{ "abandoned", NM_STATUS_HUNG_UP },
		{ "abandonedcall", NM_STATUS_HUNG_UP },
		{ "hungup", NM_STATUS_HUNG_UP },
		{ "hangup", NM_STATUS_HUNG_UP },
		{ "voicemail", NM_STATUS_MAILBOX },
		{ "vm", NM_STATUS_MAILBOX },
		{ "leftvoicemail", NM_STATUS_MAILBOX },
		{ "message", NM_STATUS_MAILBOX },
		{ "", NM_STATUS_UNKNOWN },
		{ "unknown", NM_STATUS_UNKNOWN },
		{ "queued", NM_STATUS_UNKNOWN }, /* under way, as Twilio says it */
		{ "initiated", NM_STATUS_UNKNOWN },
		{ "ringing", NM_STATUS_UNKNOWN },
		{ "inprogress", NM_STATUS_UNKNOWN },
	};
	char plain[NM_ROW_TEXT];

	nm_words_plain(text, plain, sizeof(plain));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(plain, known[i].words) != 0)
			continue;
		*out = known[i].status;
		return true;
	}
	return false;
}

bool nm_words_outgoing(const char *text)
{
	char plain[NM_ROW_TEXT];

	nm_words_plain(text, plain, sizeof(plain));
	return strncmp(plain, "out", 3) == 0; /* outbound, outgoing, outgoing-api */
}
