/* SPDX-License-Identifier: MIT */
/*
 * Civil dates, and how people write times and durations.  In: text, instants, a zone.  Out: instants,
 * text.  Knows no wall clock: what `now` is comes from the caller.
 */
#include "nevermiss/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DURATION_MAX (3653 * (int64_t)NM_DAY) /* 10 years */
#define TIME_FORMS "write 2026-12-25 10:00, 2026-12-25T10:00:00-06:00, now or +2h"

const char *const nm_weekday_names[7] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
const char *const nm_month_names[12] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* --- civil dates --- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Counted from 1 March, so that the leap day is a year's last; 306 days lie between that and January. */
int64_t nm_days_from_date(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct nm_date nm_date_from_days(int64_t days)
{
	int64_t shifted = days + 719468; /* days since 0000-03-01 */
	int64_t era = floor_div(shifted, 146097);
	/* Inside an era numbers are small, and dividing small unsigned ones is cheap. */
	uint32_t day_of_era = (uint32_t)(shifted - era * 146097);
	uint32_t leap_days = day_of_era / 1460 - day_of_era / 36524 + day_of_era / 146096;
	uint32_t year_of_era = (day_of_era - leap_days) / 365;
	uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint32_t month = (5 * day_of_year + 2) / 153; /* March is 0 */
	struct nm_date date;

	date.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	date.month = (int)(month < 10 ? month + 3 : month - 9);
	date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
	return date;
}

int nm_weekday(int64_t days)
{
	return ((int)(days % 7) + 7 + 3) % 7; /* 1970-01-01 was a Thursday */
}

int nm_month_days(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month != 2)
		return days[month - 1];
	return 28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

int64_t nm_local_day(nm_local local)
{
	return floor_div(local, NM_DAY);
}

/* --- dates and times of the day --- */

#define YEAR_MAX 9999

struct parts {
	struct nm_date date;
	int weekday, hour, minute, second;
};

/* Years are written with four digits: what lies beyond is shown at the limit. */
static nm_local clamped(nm_local local)
{
	const nm_local least = nm_days_from_date(0, 1, 1) * NM_DAY;
	const nm_local most = nm_days_from_date(YEAR_MAX + 1, 1, 1) * NM_DAY - 1;

	return local < least ? least : local > most ? most : local;
}

static struct parts parts_of(nm_local local)
{
	int64_t day = nm_local_day(local);
	int rest = (int)(local - day * NM_DAY);

	return (struct parts){
		.date = nm_date_from_days(day),
		.weekday = nm_weekday(day),
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
	};
}

/* --- reading --- */

/* What a text says: which parts are there, and their values. */
struct reading {
	int year, month, day, hour, minute, second;
	bool has_time, has_offset;
	int offset_s;
};

static bool digits_read(const char **at, int n, int *out)
{
	int value = 0;
	int i;

	for (i = 0; i < n; i++) {
		if ((*at)[i] < '0' || (*at)[i] > '9')
			return false;
		value = value * 10 + ((*at)[i] - '0');
	}
	*at += n;
	*out = value;
	return true;
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool offset_read(const char **at, struct reading *r)
{
	int hours, minutes;
	bool west;

	r->has_offset = **at != '\0';
	if (!r->has_offset || take(at, 'Z') || take(at, 'z'))
		return true;
	west = take(at, '-');
	if ((!west && !take(at, '+')) || !digits_read(at, 2, &hours) || !take(at, ':') ||
	    !digits_read(at, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	r->offset_s = (hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

/* YYYY-MM-DD[( |T)HH:MM[:SS[.fraction]][offset]] */
static bool form_read(const char *text, struct reading *r)
{
	const char *at = text;
	int ignored;

	*r = (struct reading){ .year = 0 };
	if (!digits_read(&at, 4, &r->year) || !take(&at, '-') || !digits_read(&at, 2, &r->month) ||
	    !take(&at, '-') || !digits_read(&at, 2, &r->day))
		return false;
	if (!*at)
		return true;
	r->has_time = true;
	if (!take(&at, ' ') && !take(&at, 'T') && !take(&at, 't'))
		return false;
	if (!digits_read(&at, 2, &r->hour) || !take(&at, ':') || !digits_read(&at, 2, &r->minute))
		return false;
	if (take(&at, ':') && !digits_read(&at, 2, &r->second))
		return false;
	if (take(&at, '.')) {
		if (!digits_read(&at, 1, &ignored))
			return false;
		while (digits_read(&at, 1, &ignored))
			;
	}
	return offset_read(&at, r) && *at == '\0';
}

static enum nm_code ranges_check(const char *text, const struct reading *r, struct nm_error *err)
{
	if (r->year < 1)
		return nm_fail(err, NM_INPUT, "\"%.40s\": there is no year 0", text);
	if (r->month < 1 || r->month > 12)
		return nm_fail(err, NM_INPUT, "\"%.40s\": months are 01 to 12", text);
	if (r->day < 1 || r->day > nm_month_days(r->year, r->month))
		return nm_fail(err, NM_INPUT, "\"%.40s\": %s %d has the days 01 to %d", text,
			       nm_month_names[r->month - 1], r->year, nm_month_days(r->year, r->month));
	if (r->hour == 24)
		return nm_fail(err, NM_INPUT, "\"%.40s\": 24:00 is 00:00 of the next day", text);
	if (r->hour > 23 || r->minute > 59 || r->second > 59)
		return nm_fail(err, NM_INPUT, "\"%.40s\": times are 00:00 to 23:59, seconds 00 to 59", text);
	return NM_OK;
}

/* Writes a clock reading, with its date where that matters. */
static void reading_write(nm_local local, bool date, char out[static NM_TIME_TEXT])
{
	struct parts p = parts_of(local);
	int len = 0;

	if (date)
		len = snprintf(out, NM_TIME_TEXT, "%04d-%02d-%02d ", p.date.year, p.date.month, p.date.day);
	snprintf(out + len, (size_t)(NM_TIME_TEXT - len), "%02d:%02d", p.hour, p.minute);
}

/* Says which readings of the clock were left out: the change lies at most a day before `after`. */
static enum nm_code gap_fail(const char *text, const struct nm_zone *zone, nm_time after,
			     struct nm_error *err)
{
	nm_time change = nm_zone_next_change(zone, after - NM_DAY);
	char left[NM_TIME_TEXT], went[NM_TIME_TEXT];
	nm_local from, to;
	bool dates;

	while (nm_zone_next_change(zone, change) <= after)
		change = nm_zone_next_change(zone, change);
	from = change + nm_zone_offset(zone, change - 1);
	to = change + nm_zone_offset(zone, change);
	dates = nm_local_day(from) != nm_local_day(to);
	reading_write(from, dates, left);
	reading_write(to, dates, went);
	return nm_fail(err, NM_INPUT, "%.40s does not exist in %s: clocks went from %s to %s", text,
		       nm_zone_name(zone), left, went);
}

static enum nm_code local_resolve(const char *text, const struct reading *r, const struct nm_zone *zone,
				  nm_time *out, struct nm_error *err)
{
	int64_t day = nm_days_from_date(r->year, r->month, r->day);
	nm_local local = day * NM_DAY + r->hour * 3600 + r->minute * 60 + r->second;
	enum nm_local_kind kind = NM_LOCAL_ONCE;
	nm_time t = r->has_offset ? local - r->offset_s : nm_zone_utc(zone, local, &kind);

	/* A date whose midnight is skipped begins with the change, and that is where its t lies. */
	if (kind == NM_LOCAL_SKIPPED && (r->has_time || nm_local_day(nm_zone_local(zone, t)) != day))
		return gap_fail(text, zone, t, err);
	*out = t;
	return NM_OK;
}

enum nm_code nm_time_read(const char *text, const struct nm_zone *zone, nm_time now, nm_time *out,
			  struct nm_error *err)
{
	struct reading r;
	enum nm_code code;
	int64_t seconds;

	if (strcmp(text, "now") == 0) {
		*out = now;
		return NM_OK;
	}
	if (text[0] == '+') {
		code = nm_duration_read(text + 1, &seconds, err);
		if (code == NM_OK && __builtin_add_overflow(now, seconds, out))
			code = nm_fail(err, NM_INPUT, "\"%.40s\" is too far away", text);
		return code;
	}
	if (!form_read(text, &r))
		return nm_fail(err, NM_INPUT, "\"%.40s\" is not a time: " TIME_FORMS, text);
	code = ranges_check(text, &r, err);
	return code == NM_OK ? local_resolve(text, &r, zone, out, err) : code;
}

/* --- durations --- */

static const struct unit {
	char letter;
	int64_t seconds;
} units[] = { { 'w', 7 * NM_DAY }, { 'd', NM_DAY }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

#define N_UNITS (sizeof units / sizeof units[0])

enum nm_code nm_duration_read(const char *text, int64_t *seconds, struct nm_error *err)
{
	const char *at = text;
	int64_t value = 0;
	size_t i;

	while (*at >= '0' && *at <= '9' && value <= DURATION_MAX)
		value = value * 10 + (*at++ - '0');
	if (at > text && *at == '\0')
		return nm_fail(err, NM_INPUT, "\"%.40s\" has no unit: write %" PRId64 "s for seconds, %" PRId64 "m for minutes "
			       "or %" PRId64 "h for hours", text, value, value, value);
	for (i = 0; i < N_UNITS && *at != units[i].letter; i++)
		;
	if (at == text || i == N_UNITS || at[1] != '\0')
		return nm_fail(err, NM_INPUT, "\"%.40s\" is not a duration: write 20s, 15m, 4h, 2d or 1w",
			       text);
	if (value > DURATION_MAX / units[i].seconds)
		return nm_fail(err, NM_INPUT, "\"%.40s\" is too long: 10 years at most", text);
	if (value == 0 && units[i].seconds != 1)
		return nm_fail(err, NM_INPUT, "\"%.40s\" is no time at all: write 0s if that is meant", text);
	*seconds = value * units[i].seconds;
	return NM_OK;
}

void nm_duration_write(int64_t seconds, char out[static NM_TIME_TEXT])
{
	size_t i = 0;

	while (i + 1 < N_UNITS && (seconds == 0 || seconds % units[i].seconds != 0))
		i++;
	snprintf(out, NM_TIME_TEXT, "%" PRId64 "%c", seconds / units[i].seconds, units[i].letter);
}

/* Hours run on to two days, since "26 h 49 min" is read faster than "1 day 2 h 49 min". */
void nm_duration_words(int64_t seconds, char out[static NM_TIME_TEXT])
{
	static const char *const names[] = { "days", "h", "min", "s" };
	static const int64_t sizes[] = { NM_DAY, 3600, 60, 1 };
	uint64_t rest = seconds < 0 ? -(uint64_t)seconds : (uint64_t)seconds;
	int len = snprintf(out, NM_TIME_TEXT, "%s", seconds < 0 ? "-" : seconds == 0 ? "0 s" : "");
	bool first = true;
	size_t i;

	for (i = 0; i < 4; i++) {
		uint64_t size = (uint64_t)sizes[i];
		uint64_t n = rest / size;

		if (n == 0 || (i == 0 && n < 2 && rest % size != 0))
			continue;
		rest -= n * size;
		len += snprintf(out + len, (size_t)(NM_TIME_TEXT - len), "%s%" PRIu64 " %s", first ? "" : " ",
				n, i == 0 && n == 1 ? "day" : names[i]);
		first = false;
	}
}

/* --- writing --- */

/* RFC 3339 knows whole minutes of offset only: older local mean times are shown at the nearest one
 * towards UTC, so that the instant stays what it is. */
void nm_time_rfc3339(const struct nm_zone *zone, nm_time t, char out[static NM_TIME_TEXT])
{
	int32_t offset = nm_zone_offset(zone, t) / 60 * 60;
	struct parts p = parts_of(clamped(t) + offset);
	int minutes = (offset < 0 ? -offset : offset) / 60;

	snprintf(out, NM_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", p.date.year, p.date.month,
		 p.date.day, p.hour, p.minute, p.second, offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void nm_time_argument(const struct nm_zone *zone, nm_time t, char out[static NM_TIME_TEXT])
{
	nm_local local = nm_zone_local(zone, clamped(t));
	struct parts p = parts_of(local);
	enum nm_local_kind kind;
	size_t len;

	nm_zone_utc(zone, local, &kind);
	if (kind != NM_LOCAL_ONCE) {
		nm_time_rfc3339(zone, t, out);
		return;
	}
	reading_write(local, true, out);
	len = strlen(out);
	if (p.second)
		snprintf(out + len, NM_TIME_TEXT - len, ":%02d", p.second);
}

static void words_write(const struct nm_zone *zone, nm_time t, bool year, char out[static NM_TIME_TEXT])
{
	struct parts p = parts_of(nm_zone_local(zone, clamped(t)));
	int len = snprintf(out, NM_TIME_TEXT, "%s %d %s", nm_weekday_names[p.weekday], p.date.day,
			   nm_month_names[p.date.month - 1]);

	if (year)
		len += snprintf(out + len, (size_t)(NM_TIME_TEXT - len), " %d", p.date.year);
	len += snprintf(out + len, (size_t)(NM_TIME_TEXT - len), " %02d:%02d", p.hour, p.minute);
	if (p.second)
		snprintf(out + len, (size_t)(NM_TIME_TEXT - len), ":%02d", p.second);
}

static void abbreviation_add(const struct nm_zone *zone, nm_time t, char out[static NM_TIME_TEXT])
{
	const size_t len = strlen(out);

	snprintf(out + len, NM_TIME_TEXT - len, " %s", nm_zone_abbreviation(zone, t));
}

bool nm_time_repeated(const struct nm_zone *zone, nm_time t)
{
	enum nm_local_kind kind;

	nm_zone_utc(zone, nm_zone_local(zone, clamped(t)), &kind);
	return kind == NM_LOCAL_TWICE;
}

void nm_time_words(const struct nm_zone *zone, nm_time t, bool year, char out[static NM_TIME_TEXT])
{
	words_write(zone, t, year, out);
	if (nm_time_repeated(zone, t))
		abbreviation_add(zone, t, out);
}

void nm_time_words_zone(const struct nm_zone *zone, nm_time t, bool year, char out[static NM_TIME_TEXT])
{
	words_write(zone, t, year, out);
	abbreviation_add(zone, t, out);
}
