/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a calendar -> its events and time zones as small texts.  Alarms, attachments,
 * descriptions and everything else that nothing here reads falls through, so that libical only sees
 * short, unfolded, known lines of one component at a time.  Knows no meaning of any value.
 */
#include <string.h>

#include "ascii.h"
#include "ical_model.h"

#define DEPTH 16
#define LINE_BYTES (256u << 10)	     /* longest line that is kept, unfolded */
#define COMPONENT_BYTES (512u << 10) /* longest kept text of one event or zone */
#define DIGITS 9		     /* longest number in a value: fits an int in libical */

enum place { IN_CALENDAR, IN_EVENT, IN_ZONE, IN_OBSERVANCE, IN_OTHER };

struct scan {
	const struct ical_sieve *sieve;
	struct nm_error *err;
	struct nm_buf line, text;
	int number; /* of the physical line at hand */
	int first;  /* of the logical one */
	int begin;  /* of the component being kept */
	size_t depth, events;
	bool any; /* a calendar was seen */
	enum place places[DEPTH];
};

/* How a property is kept: as it is; without parameters; and so with a text in which no number counts. */
enum keeping { WHOLE, PLAIN, TEXT };

static const struct {
	const char *name;
	enum place place;
	enum keeping keeping;
} kept[] = {
	{ "DTEND", IN_EVENT, WHOLE },
	{ "DTSTAMP", IN_EVENT, PLAIN },
	{ "DTSTART", IN_EVENT, WHOLE },
	{ "DURATION", IN_EVENT, PLAIN },
	{ "EXDATE", IN_EVENT, WHOLE },
	{ "EXRULE", IN_EVENT, PLAIN },
	{ "RDATE", IN_EVENT, WHOLE },
	{ "RECURRENCE-ID", IN_EVENT, WHOLE },
	{ "RRULE", IN_EVENT, PLAIN },
	{ "SEQUENCE", IN_EVENT, TEXT },
	{ "STATUS", IN_EVENT, TEXT },
	{ "SUMMARY", IN_EVENT, TEXT },
	{ "TRANSP", IN_EVENT, TEXT },
	{ "UID", IN_EVENT, TEXT },
	{ "TZID", IN_ZONE, TEXT },
	{ "X-LIC-LOCATION", IN_ZONE, TEXT },
	{ "DTSTART", IN_OBSERVANCE, WHOLE },
	{ "RDATE", IN_OBSERVANCE, WHOLE },
	{ "RRULE", IN_OBSERVANCE, PLAIN },
	{ "TZOFFSETFROM", IN_OBSERVANCE, PLAIN },
	{ "TZOFFSETTO", IN_OBSERVANCE, PLAIN },
};

static enum nm_code fail(struct scan *s, const char *why)
{
	return nm_fail(s->err, NM_INPUT, "%s:%d: %s", s->sieve->name, s->first, why);
}

static enum place place_of(const struct scan *s)
{
	return s->depth ? s->places[s->depth - 1] : IN_OTHER;
}

static bool begins(const char *text, const char *name)
{
	return nm_ascii_begins(text, name, strlen(name));
}

static bool same(const char *text, const char *name)
{
	return begins(text, name) && !text[strlen(name)];
}

/* As nm_buf_clear, but the memory stays for the next line. */
static void empty(struct nm_buf *buf)
{
	if (buf->cap)
		buf->data[buf->len = 0] = 0;
}

static bool line_is(const struct nm_buf *line, const char *text)
{
	return same(line->data, text);
}

static bool is_number_too_long(const char *value)
{
	size_t run = 0;

	for (; *value; value++) {
		run = *value >= '0' && *value <= '9' ? run + 1 : 0;
		if (run > DIGITS)
			return true;
	}
	return false;
}

/* libical reads INTERVAL into a short without a look at its size, and COUNT=0 as no COUNT at all. */
static bool is_count_wrong(const char *rule, const char *part, size_t digits)
{
	size_t len = strlen(part);

	for (; *rule; rule++) {
		if (begins(rule, part) &&
		    (rule[len] < '1' || rule[len] > '9' || strspn(rule + len, "0123456789") > digits))
			return true;
	}
	return false;
}

/* The colon before the value: the first one that stands in no quoted parameter. */
static const char *find_value(const char *line)
{
	bool quoted = false;

	for (; *line; line++) {
		if (*line == '"')
			quoted = !quoted;
		else if (*line == ':' && !quoted)
			return line;
	}
	return NULL;
}

static enum nm_code keep(struct scan *s, size_t name_len, enum keeping keeping)
{
	const char *line = s->line.data;
	const char *colon = find_value(line);

	if (!colon)
		return fail(s, "a property has no value: a colon is missing");
	if (!colon[1])
		return NM_OK;
	if (keeping != TEXT && is_number_too_long(colon))
		return fail(s, "a number is too long");
	if (begins(line, "RRULE") || begins(line, "EXRULE")) {
		if (is_count_wrong(colon, "INTERVAL=", 4))
			return fail(s, "the rule's INTERVAL is not a number from 1 to 9999");
		if (is_count_wrong(colon, "COUNT=", DIGITS))
			return fail(s, "the rule's COUNT is not a number from 1 to 999999999");
	}
	nm_buf_addn(&s->text, line, keeping == WHOLE ? (size_t)(colon - line) : name_len);
	nm_buf_add(&s->text, colon);
	nm_buf_add(&s->text, "\r\n");
	if (s->text.failed)
		return s->text.len + strlen(line) + 3 > COMPONENT_BYTES ? fail(s, "an event is too long")
									: nm_fail_memory(s->err);
	return NM_OK;
}

static enum nm_code handle_property(struct scan *s)
{
	size_t name_len = strcspn(s->line.data, ";:");

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		if (kept[i].place == place_of(s) && strlen(kept[i].name) == name_len &&
		    begins(s->line.data, kept[i].name))
			return keep(s, name_len, kept[i].keeping);
	}
	return NM_OK;
}

static enum place entered(const struct scan *s)
{
	if (place_of(s) == IN_CALENDAR && line_is(&s->line, "BEGIN:VEVENT"))
		return IN_EVENT;
	if (place_of(s) == IN_CALENDAR && line_is(&s->line, "BEGIN:VTIMEZONE"))
		return IN_ZONE;
	if (place_of(s) == IN_ZONE &&
	    (line_is(&s->line, "BEGIN:STANDARD") || line_is(&s->line, "BEGIN:DAYLIGHT")))
		return IN_OBSERVANCE;
	return !s->depth && line_is(&s->line, "BEGIN:VCALENDAR") ? IN_CALENDAR : IN_OTHER;
}

static void copy_line(struct scan *s)
{
	nm_buf_add(&s->text, s->line.data);
	nm_buf_add(&s->text, "\r\n");
}

static enum nm_code handle_begin(struct scan *s)
{
	enum place place = entered(s);

	if (!s->depth && place != IN_CALENDAR)
		return fail(s, "this is not a calendar: BEGIN:VCALENDAR is expected");
	if (s->depth == DEPTH)
		return fail(s, "components are nested too deeply");
	if (place == IN_OTHER && line_is(&s->line, "BEGIN:VEVENT"))
		return fail(s, "an event begins within another component");
	if (place == IN_EVENT && ++s->events > NM_ICAL_EVENTS)
		return fail(s, "there are too many events: at most 100000 are read");
	s->any = true;
	s->places[s->depth++] = place;
	if (place == IN_EVENT || place == IN_ZONE) {
		s->begin = s->first;
		empty(&s->text);
	}
	if (place == IN_EVENT || place == IN_ZONE || place == IN_OBSERVANCE)
		copy_line(s);
	return NM_OK;
}

static bool fits(enum place place, const char *end)
{
	static const char *const ends[] = {
		[IN_CALENDAR] = "VCALENDAR",
		[IN_EVENT] = "VEVENT",
		[IN_ZONE] = "VTIMEZONE",
	};

	if (place == IN_OBSERVANCE)
		return same(end, "STANDARD") || same(end, "DAYLIGHT");
	if (place == IN_OTHER)
		return !same(end, "VCALENDAR") && !same(end, "VEVENT");
	return same(end, ends[place]);
}

static enum nm_code handle_end(struct scan *s)
{
	enum place place = place_of(s);
	const char *what = s->line.data + 4;

	if (!s->depth)
		return fail(s, "END without BEGIN");
	if (!fits(place, what))
		return fail(s, "END does not fit the BEGIN before it");
	s->depth--;
	if (place == IN_CALENDAR || place == IN_OTHER)
		return NM_OK;
	copy_line(s);
	if (s->text.failed)
		return s->text.len + 64 > COMPONENT_BYTES ? fail(s, "an event is too long")
							  : nm_fail_memory(s->err);
	if (place == IN_OBSERVANCE)
		return NM_OK;
	return s->sieve->take(s->sieve->context, place == IN_EVENT ? ICAL_EVENT : ICAL_TIMEZONE, s->begin,
			      s->text.data, s->err);
}

static enum nm_code handle_line(struct scan *s)
{
	const char *line = s->line.data;

	while (s->line.len && (line[s->line.len - 1] == ' ' || line[s->line.len - 1] == '\t'))
		s->line.data[--s->line.len] = 0;
	if (!s->line.len)
		return NM_OK;
	if (begins(line, "BEGIN:"))
		return handle_begin(s);
	if (begins(line, "END:"))
		return handle_end(s);
	if (!s->depth)
		return s->any ? NM_OK : fail(s, "this is not a calendar: BEGIN:VCALENDAR is expected");
	return handle_property(s);
}

/* Only the beginning of a line that is too long is kept: enough for a property nobody reads. */
static enum nm_code add_piece(struct scan *s, const char *piece, size_t len)
{
	if (s->line.len + len > LINE_BYTES)
		len = LINE_BYTES - s->line.len;
	nm_buf_addn(&s->line, piece, len);
	return s->line.failed ? nm_fail_memory(s->err) : NM_OK;
}

static enum nm_code end_line(struct scan *s)
{
	enum nm_code code;
	size_t before = s->text.len;

	code = handle_line(s);
	if (!code && s->line.len >= LINE_BYTES && s->text.len > before)
		code = fail(s, "a line is too long");
	empty(&s->line);
	return code;
}

/* Unfolds (RFC 5545 3.1): a line that begins with a blank goes on with the one before. */
static enum nm_code scan_lines(struct scan *s, const char *bytes, size_t len)
{
	const char *end = bytes + len;
	enum nm_code code = NM_OK;

	while (bytes < end && !code) {
		const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *next = stop ? stop + 1 : end;

		stop = stop ? stop : end;
		if (stop > bytes && stop[-1] == '\r')
			stop--;
		s->number++;
		if (s->number > 1 && stop > bytes && (*bytes == ' ' || *bytes == '\t')) {
			bytes++;
		} else {
			code = end_line(s);
			s->first = s->number;
		}
		if (!code)
			code = add_piece(s, bytes, (size_t)(stop - bytes));
		bytes = next;
	}
	return code ? code : end_line(s);
}

enum nm_code nm_ical_sieve(const struct ical_sieve *sieve, const char *bytes, size_t len,
			   struct nm_error *err)
{
	struct scan s = { .sieve = sieve, .err = err, .first = 1 };
	enum nm_code code;

	if (len > NM_ICAL_BYTES)
		return nm_fail(err, NM_INPUT, "%s: the calendar is longer than 16 MiB", sieve->name);
	if (memchr(bytes, 0, len))
		return nm_fail(err, NM_INPUT, "%s: this is not a calendar: it has NUL bytes", sieve->name);
	if (len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
		bytes += 3;
		len -= 3;
	}
	nm_buf_init(&s.line, LINE_BYTES);
	nm_buf_init(&s.text, COMPONENT_BYTES);
	code = scan_lines(&s, bytes, len);
	if (!code && !s.any)
		code = nm_fail(err, NM_INPUT, "%s: this is not a calendar: BEGIN:VCALENDAR is expected",
			       sieve->name);
	if (!code && s.depth)
		code = nm_fail(err, NM_INPUT, "%s: the calendar is cut off: its end is missing", sieve->name);
	nm_buf_clear(&s.line);
	nm_buf_clear(&s.text);
	return code;
}
