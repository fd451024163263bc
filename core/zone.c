/* SPDX-License-Identifier: MIT */
/*
 * Time zones: from a TZif file (RFC 8536) to offsets, both ways.  In: the bytes of a file below
 * /usr/share/zoneinfo; they are not trusted.  Out: offset at an instant, instant of a local time.
 *
 * Our own reader, because libical's zones take longer to start than the rest of the program, and turn
 * a local time in a gap or an overlap into the wrong instant.  The footer's rule is written out for one
 * whole 400-year cycle of the Gregorian calendar, after which weekdays and leap years repeat exactly:
 * so every question is one binary search, and later instants are folded back into the cycle.
 */
#include "nevermiss/clock.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"

#define FOLDER "/usr/share/zoneinfo"
#define NAME_MAX_BYTES 64
#define FILE_MAX (128u << 10)
#define HEADER 44
#define OFFSET_MAX (26 * 3600) /* RFC 8536 3.2 asks for at most 25:59:59 */
#define LAST_YEAR_MAX 3000
#define FIRST_RULE_YEAR 1900 /* of a file that has a rule and no transitions */
#define CYCLE_YEARS 400
#define CYCLE (146097 * (int64_t)NM_DAY)
#define RULE_YEARS (CYCLE_YEARS + 4)

struct kind {
	int32_t offset;
	char abbreviation[16];
};

struct nm_zone {
	struct nm_arena *arena; /* holds all of it */
	const char *name;
	size_t n;         /* segments, at least 1; each lasts until the next one */
	int64_t *from;    /* from[0] is NM_TIME_MIN; ascending */
	uint16_t *kind;   /* of each segment: index into kinds */
	size_t n_kinds;
	struct kind *kinds;
	int64_t fold_from; /* instants from here on are those of an earlier cycle */
};

/* A day of the year and a time on it, as POSIX TZ has them: Mm.w.d, Jn or n. */
struct rule_day {
	char form; /* 'M', 'J' or 'n' */
	int month, week, weekday, day;
	int32_t seconds;
};

struct rule {
	struct kind standard, summer;
	bool has_summer;
	struct rule_day begin, end;
};

/* --- looking up --- */

static int64_t fold(const struct nm_zone *zone, int64_t *t)
{
	int64_t shift;

	if (*t < zone->fold_from)
		return 0;
	shift = ((*t - zone->fold_from) / CYCLE + 1) * CYCLE;
	*t -= shift;
	return shift;
}

static size_t segment_find(const struct nm_zone *zone, nm_time t)
{
	const int64_t *base = zone->from;
	size_t n = zone->n;

	while (n > 1) {
		size_t half = n / 2;

		base += base[half] <= t ? half : 0;
		n -= half;
	}
	return (size_t)(base - zone->from);
}

static int32_t segment_offset(const struct nm_zone *zone, size_t i)
{
	return zone->kinds[zone->kind[i]].offset;
}

static int64_t add_clamped(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

const char *nm_zone_name(const struct nm_zone *zone)
{
	return zone->name;
}

int32_t nm_zone_offset(const struct nm_zone *zone, nm_time t)
{
	fold(zone, &t);
	return segment_offset(zone, segment_find(zone, t));
}

const char *nm_zone_abbreviation(const struct nm_zone *zone, nm_time t)
{
	fold(zone, &t);
	return zone->kinds[zone->kind[segment_find(zone, t)]].abbreviation;
}

nm_local nm_zone_local(const struct nm_zone *zone, nm_time t)
{
	return add_clamped(t, nm_zone_offset(zone, t));
}

int64_t nm_zone_monday(const struct nm_zone *zone, nm_time t)
{
	const int64_t day = nm_local_day(nm_zone_local(zone, t));

	return day - nm_weekday(day);
}

nm_time nm_zone_next_change(const struct nm_zone *zone, nm_time t)
{
	int64_t shift = fold(zone, &t);
	size_t i;

	for (i = segment_find(zone, t) + 1; i < zone->n; i++) {
		if (segment_offset(zone, i) != segment_offset(zone, i - 1))
			return add_clamped(zone->from[i], shift);
	}
	return NM_TIME_MAX;
}

/*
 * Goes through the segments that can hold `local`.  In each, local - offset either lies inside (it is an
 * answer), or past its end (the clock had not come so far), or before its beginning (it already was
 * beyond): the step from past to before is the gap.
 */
nm_time nm_zone_utc(const struct nm_zone *zone, nm_local local, enum nm_local_kind *kind)
{
	int64_t shift = fold(zone, &local);
	int64_t latest = add_clamped(local, OFFSET_MAX);
	size_t i = segment_find(zone, add_clamped(local, -OFFSET_MAX));
	nm_time first = 0, gap = 0;
	bool skipped = false;
	int hits = 0;

	for (;; i++) {
		nm_time t = add_clamped(local, -segment_offset(zone, i));
		nm_time end = i + 1 < zone->n ? zone->from[i + 1] : NM_TIME_MAX;

		if (t >= zone->from[i] && (t < end || i + 1 == zone->n)) {
			if (!hits++)
				first = t;
		} else if (t < zone->from[i] && !skipped && i > 0) {
			gap = add_clamped(local, -segment_offset(zone, i - 1));
			skipped = true;
		}
		if (i + 1 == zone->n || end > latest)
			break;
	}
	if (kind)
		*kind = hits == 0 ? NM_LOCAL_SKIPPED : hits == 1 ? NM_LOCAL_ONCE : NM_LOCAL_TWICE;
	return add_clamped(hits ? first : gap, shift);
}

size_t nm_zone_spans(const struct nm_zone *zone, nm_local from, nm_local until,
		     struct nm_span out[static NM_ZONE_SPANS])
{
	nm_time t = add_clamped(from, -OFFSET_MAX), end = add_clamped(until, OFFSET_MAX);
	size_t n = 0;

	while (t < end) {
		int32_t offset = nm_zone_offset(zone, t);
		nm_time change = nm_zone_next_change(zone, t);
		struct nm_span span = { add_clamped(from, -offset), add_clamped(until, -offset) };

		if (span.from < t)
			span.from = t;
		if (span.until > change)
			span.until = change;
		if (span.from < span.until && n > 0 && out[n - 1].until == span.from)
			out[n - 1].until = span.until;
		else if (span.from < span.until && n < NM_ZONE_SPANS)
			out[n++] = span;
		t = change;
	}
	return n;
}

/* --- the footer: a POSIX TZ string (RFC 8536 3.3) --- */

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool number_read(const char **at, int max, int *out)
{
	int value = 0;

	if (!nm_ascii_is_digit(**at))
		return false;
	while (nm_ascii_is_digit(**at) && value <= max) {
		value = value * 10 + (**at - '0');
		(*at)++;
	}
	*out = value;
	return value <= max;
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool seconds_read(const char **at, int max_hours, int32_t *out)
{
	int hours, minutes = 0, seconds = 0;
	bool negative = take(at, '-');

	if (!negative)
		take(at, '+');
	if (!number_read(at, max_hours, &hours))
		return false;
	if (take(at, ':')) {
		if (!number_read(at, 59, &minutes) || (take(at, ':') && !number_read(at, 59, &seconds)))
			return false;
	}
	*out = hours * 3600 + minutes * 60 + seconds;
	if (negative)
		*out = -*out;
	return true;
}

static bool abbreviation_read(const char **at, struct kind *kind)
{
	bool quoted = take(at, '<');
	size_t len = 0;

	while (nm_ascii_is_letter(**at) ||
	       (quoted && (nm_ascii_is_digit(**at) || **at == '+' || **at == '-'))) {
		if (len + 1 >= sizeof kind->abbreviation)
			return false;
		kind->abbreviation[len++] = *(*at)++;
	}
	kind->abbreviation[len] = '\0';
	return len >= 3 && (!quoted || take(at, '>'));
}

/* POSIX counts offsets west of UTC, we east of it. */
static bool offset_read(const char **at, struct kind *kind)
{
	if (!seconds_read(at, 24, &kind->offset))
		return false;
	kind->offset = -kind->offset;
	return true;
}

static bool rule_day_read(const char **at, struct rule_day *day)
{
	day->form = 'n';
	day->seconds = 2 * 3600;
	if (take(at, 'M')) {
		day->form = 'M';
		if (!number_read(at, 12, &day->month) || day->month < 1 || !take(at, '.') ||
		    !number_read(at, 5, &day->week) || day->week < 1 || !take(at, '.') ||
		    !number_read(at, 6, &day->weekday))
			return false;
	} else {
		if (take(at, 'J'))
			day->form = 'J';
		if (!number_read(at, 365, &day->day) || (day->form == 'J' && day->day < 1))
			return false;
	}
	return !take(at, '/') || seconds_read(at, 167, &day->seconds);
}

static bool rule_read(const char *text, struct rule *rule)
{
	const char *at = text;

	if (!abbreviation_read(&at, &rule->standard) || !offset_read(&at, &rule->standard))
		return false;
	rule->has_summer = *at != '\0';
	if (!rule->has_summer)
		return true;
	if (!abbreviation_read(&at, &rule->summer))
		return false;
	rule->summer.offset = rule->standard.offset + 3600;
	if (*at != ',' && !offset_read(&at, &rule->summer))
		return false;
	return take(&at, ',') && rule_day_read(&at, &rule->begin) && take(&at, ',') &&
	       rule_day_read(&at, &rule->end) && *at == '\0';
}

static int64_t rule_day_of(const struct rule_day *day, int year)
{
	int64_t first = nm_days_from_date(year, 1, 1);
	int in_month;

	if (day->form == 'n')
		return first + day->day;
	if (day->form == 'J') /* 1-365, 29 February is not counted */
		return first + day->day - 1 + (day->day > 59 && nm_month_days(year, 2) == 29);
	first = nm_days_from_date(year, day->month, 1);
	in_month = (day->weekday + 6 - nm_weekday(first)) % 7 + (day->week - 1) * 7; /* theirs: Sunday is 0 */
	if (in_month >= nm_month_days(year, day->month))
		in_month -= 7;
	return first + in_month;
}

/* before: the offset that the day's time is told in. */
static int64_t rule_instant(const struct rule_day *day, int year, int32_t before)
{
	return rule_day_of(day, year) * NM_DAY + day->seconds - before;
}

/* --- building the segments --- */

/* Of two at the same instant the later counts: a summer that ends where the next one begins never ends. */
static void segment_add(struct nm_zone *zone, int64_t from, uint16_t kind)
{
	if (from < zone->from[zone->n - 1])
		return;
	if (from == zone->from[zone->n - 1])
		zone->n--;
	if (kind == zone->kind[zone->n - 1])
		return;
	zone->from[zone->n] = from;
	zone->kind[zone->n] = kind;
	zone->n++;
}

/* Room for the segments is there: segments_new made it. */
static void rule_expand(struct nm_zone *zone, const struct rule *rule)
{
	uint16_t standard = (uint16_t)zone->n_kinds;
	uint16_t summer = (uint16_t)(standard + 1);
	int first = FIRST_RULE_YEAR;
	int year;

	zone->kinds[zone->n_kinds++] = rule->standard;
	zone->kinds[zone->n_kinds++] = rule->summer;
	if (zone->n > 1)
		first = nm_date_from_days(nm_local_day(zone->from[zone->n - 1])).year;
	for (year = first; year < first + RULE_YEARS; year++) {
		int64_t on = rule_instant(&rule->begin, year, rule->standard.offset);
		int64_t off = rule_instant(&rule->end, year, rule->summer.offset);

		segment_add(zone, on < off ? on : off, on < off ? summer : standard);
		segment_add(zone, on < off ? off : on, on < off ? standard : summer);
	}
	/* The last change of all may be one that the next year would take back at once. */
	zone->n--;
	/* What is folded lands at least one year behind the rule's beginning. */
	zone->fold_from = nm_days_from_date(first + 2 + CYCLE_YEARS, 1, 1) * NM_DAY;
}

/* --- the file --- */

struct counts {
	size_t isut, isstd, leap, times, kinds, chars;
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool header_read(const unsigned char *bytes, size_t len, struct counts *out)
{
	if (len < HEADER || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
		return false;
	*out = (struct counts){ be32(bytes + 20), be32(bytes + 24), be32(bytes + 28),
				be32(bytes + 32), be32(bytes + 36), be32(bytes + 40) };
	return true;
}

static size_t data_size(const struct counts *c, size_t time_size)
{
	return c->times * (time_size + 1) + c->kinds * 6 + c->chars + c->leap * (time_size + 4) + c->isstd +
	       c->isut;
}

static bool kinds_read(struct nm_zone *zone, const unsigned char *at, const struct counts *c)
{
	const unsigned char *names = at + c->kinds * 6;
	size_t i;

	for (i = 0; i < c->kinds; i++) {
		struct kind *kind = &zone->kinds[i];
		size_t name = at[i * 6 + 5];
		const unsigned char *end = name < c->chars ? memchr(names + name, 0, c->chars - name) : NULL;

		kind->offset = (int32_t)be32(at + i * 6);
		if (!end || (size_t)(end - names) - name >= sizeof kind->abbreviation)
			return false;
		memcpy(kind->abbreviation, names + name, (size_t)(end - names) - name + 1);
		if (kind->offset > OFFSET_MAX || kind->offset < -OFFSET_MAX)
			return false;
	}
	zone->n_kinds = c->kinds;
	return true;
}

static bool times_read(struct nm_zone *zone, const unsigned char *at, const struct counts *c)
{
	const int64_t last = nm_days_from_date(LAST_YEAR_MAX, 1, 1) * NM_DAY;
	const unsigned char *kinds = at + c->times * 8;
	size_t i;

	for (i = 0; i < c->times; i++) {
		int64_t from = be64(at + i * 8);

		if (kinds[i] >= c->kinds || from > last || from <= zone->from[zone->n - 1])
			return false;
		zone->from[zone->n] = from;
		zone->kind[zone->n] = kinds[i];
		zone->n++;
	}
	return true;
}

/* The footer is the rest of the file: a newline, the rule (may be empty), a newline. */
static bool footer_read(struct nm_zone *zone, const unsigned char *at, size_t len)
{
	const unsigned char *end = len > 1 && at[0] == '\n' ? memchr(at + 1, '\n', len - 1) : NULL;
	struct rule rule = { .has_summer = false };
	char text[128];
	size_t size;

	if (!end)
		return false;
	size = (size_t)(end - at) - 1;
	if (size >= sizeof text)
		return false;
	memcpy(text, at + 1, size);
	text[size] = '\0';
	if (size && !rule_read(text, &rule))
		return false;
	if (rule.has_summer)
		rule_expand(zone, &rule);
	return true;
}

static bool segments_new(struct nm_zone *zone, const struct counts *c)
{
	size_t most = 1 + c->times + 2 * RULE_YEARS;

	zone->from = nm_arena_alloc(zone->arena, most, sizeof *zone->from);
	zone->kind = nm_arena_alloc(zone->arena, most, sizeof *zone->kind);
	zone->kinds = nm_arena_alloc(zone->arena, c->kinds + 2, sizeof *zone->kinds);
	if (!zone->from || !zone->kind || !zone->kinds)
		return false;
	zone->from[0] = NM_TIME_MIN; /* before the first transition, kind 0 holds (RFC 8536 3.2) */
	zone->n = 1;
	return true;
}

/* The first block has 32-bit times and is passed over; the second one counts (RFC 8536 3.1). */
static enum nm_code blocks_read(struct nm_zone *zone, const unsigned char *bytes, size_t len,
				struct nm_error *err)
{
	struct counts c;
	size_t skip;

	if (!header_read(bytes, len, &c) || len - HEADER < data_size(&c, 4))
		goto bad;
	skip = HEADER + data_size(&c, 4);
	bytes += skip;
	len -= skip;
	if (!header_read(bytes, len, &c) || len - HEADER < data_size(&c, 8))
		goto bad;
	if (c.kinds < 1 || c.kinds > 256 || c.leap > 0)
		goto bad;
	if (!segments_new(zone, &c))
		return nm_fail_memory(err);
	bytes += HEADER;
	len -= HEADER;
	if (!kinds_read(zone, bytes + c.times * 9, &c) || !times_read(zone, bytes, &c) ||
	    !footer_read(zone, bytes + data_size(&c, 8), len - data_size(&c, 8)))
		goto bad;
	return NM_OK;
bad:
	return nm_fail(err, NM_INPUT, "the file of time zone \"%s\" is damaged: a TZif file of version 2 or "
		       "later without leap seconds is needed", zone->name);
}

enum nm_code nm_zone_read(const char *name, const void *bytes, size_t len, struct nm_zone **out,
			  struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_zone *zone = arena ? nm_arena_alloc(arena, 1, sizeof *zone) : NULL;
	enum nm_code code;

	if (zone) {
		zone->arena = arena;
		zone->fold_from = NM_TIME_MAX;
		zone->name = nm_arena_text(arena, name);
	}
	code = zone && zone->name ? blocks_read(zone, bytes, len, err) : nm_fail_memory(err);
	if (code == NM_OK)
		*out = zone;
	else
		nm_arena_free(arena);
	return code;
}

/* Only what can be a name below the folder: no absolute path, and nothing that climbs out of it. */
static bool name_is_sane(const char *name)
{
	const char *p;

	for (p = name; *p; p++) {
		if (!nm_ascii_is_letter(*p) && !nm_ascii_is_digit(*p) && !strchr("_+-/", *p))
			return false;
	}
	return p > name && p - name <= NAME_MAX_BYTES && name[0] != '/';
}

static enum nm_code file_read(const char *name, FILE *file, struct nm_zone **out, struct nm_error *err)
{
	unsigned char *bytes = malloc(FILE_MAX + 1);
	enum nm_code code;
	size_t len;

	if (!bytes)
		return nm_fail_memory(err);
	len = fread(bytes, 1, FILE_MAX + 1, file);
	if (len < 4 || len > FILE_MAX || memcmp(bytes, "TZif", 4) != 0)
		code = nm_fail(err, NM_INPUT, "\"%s\" is not a time zone: use an IANA name such as "
			       "America/Chicago", name);
	else
		code = nm_zone_read(name, bytes, len, out, err);
	free(bytes);
	return code;
}

enum nm_code nm_zone_load(const char *name, struct nm_zone **out, struct nm_error *err)
{
	char path[sizeof FOLDER + 1 + NAME_MAX_BYTES];
	enum nm_code code;
	FILE *file;

	if (!name_is_sane(name))
		return nm_fail(err, NM_INPUT, "\"%.64s\" cannot be a time zone: use an IANA name such as "
			       "America/Chicago", name);
	snprintf(path, sizeof path, FOLDER "/%s", name);
	file = fopen(path, "re");
	if (!file && errno == ENOMEM)
		return nm_fail_memory(err);
	if (!file)
		return nm_fail(err, NM_INPUT, "there is no time zone \"%s\" on this system: use an IANA name "
			       "such as America/Chicago", name);
	code = file_read(name, file, out, err);
	fclose(file);
	return code;
}

void nm_zone_free(struct nm_zone *zone)
{
	if (zone)
		nm_arena_free(zone->arena);
}
