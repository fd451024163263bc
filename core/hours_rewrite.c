/* SPDX-License-Identifier: MIT */
/*
 * Hours as people write them, "Mon-Fri 8am-6pm", put into the language.  In: a text that is not of it.  Out: a text that may
 * be, and what is not certain in it: "9-5" and "8-6pm" could be two things.
 */
#include <string.h>

#include "core/ascii.h"
#include "core/hours_private.h"

#define NOON 720

/* "8am", "6:30 p.m.", "8.30", "13" */
struct clock {
	int minutes;
	bool half;  /* am or pm */
	bool bare;  /* an hour and nothing else */
};

static void skip_blanks(const char **at)
{
	*at += strspn(*at, " \t");
}

static size_t word_length(const char *text)
{
	size_t n = 0;

	while (nm_ascii_is_letter(text[n]))
		n++;
	return n;
}

static int take_digits(const char **at, int *out)
{
	int n = 0;

	for (*out = 0; n < 2 && nm_ascii_is_digit((*at)[n]); n++)
		*out = *out * 10 + ((*at)[n] - '0');
	*at += n;
	return nm_ascii_is_digit(**at) ? 0 : n;
}

/* "am", "P.M." */
static bool take_half(const char **at, bool *afternoon)
{
	const char *to = *at;
	const char letter = nm_ascii_lower(*to);

	if (letter != 'a' && letter != 'p')
		return false;
	to += to[1] == '.' ? 2 : 1;
	if (nm_ascii_lower(*to) != 'm' || nm_ascii_is_letter(to[1]))
		return false;
	*at = to + (to[1] == '.' ? 2 : 1);
	*afternoon = letter == 'p';
	return true;
}

static bool take_clock(const char **at, struct clock *out)
{
	bool afternoon = false;
	int hour, minute = 0;
	const char *end;

	if (take_digits(at, &hour) == 0)
		return false;
	out->bare = **at != ':' && **at != '.';
	if (!out->bare) {
		++*at;
		if (take_digits(at, &minute) != 2)
			return false;
	}
	end = *at;
	skip_blanks(&end);
	out->half = take_half(&end, &afternoon);
	if (out->half) {
		*at = end;
		if (hour < 1 || hour > 12)
			return false;
		hour = hour % 12 + (afternoon ? 12 : 0);
	}
	out->minutes = hour * 60 + minute;
	return minute < 60 && out->minutes <= MINUTES_DAY;
}

/* A hyphen, a dash (U+2013), "to". */
static bool take_dash(const char **at)
{
	static const char *const dashes[] = { "-", "\xe2\x80\x93", "to " };

	skip_blanks(at);
	for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++)
		if (nm_ascii_begins(*at, dashes[i], strlen(dashes[i]))) {
			*at += strlen(dashes[i]);
			skip_blanks(at);
			return true;
		}
	return false;
}

/* Without am or pm an hour is one of 24 only where it can be no other. */
static bool is_certain(const struct clock *from, const struct clock *until)
{
	if (from->half != until->half)
		return false;
	return from->half || (!from->bare && !until->bare) ||
	       (from->minutes < until->minutes && until->minutes > NOON);
}

enum found { FOUND_NONE, FOUND_TIMES, FOUND_DOUBT };

/* Goes behind the times, those in doubt too. */
static enum found rewrite_times(const char **at, struct nm_buf *out)
{
	struct clock from, until;
	const char *to = *at;

	if (!take_clock(&to, &from) || !take_dash(&to) || !take_clock(&to, &until))
		return FOUND_NONE;
	*at = to;
	if (!is_certain(&from, &until)) {
		nm_buf_add(out, "00:00-24:00");
		return FOUND_DOUBT;
	}
	if (until.minutes == 0)
		until.minutes = MINUTES_DAY;
	nm_buf_addf(out, "%02d:%02d-%02d:%02d", from.minutes / 60, from.minutes % 60, until.minutes / 60,
		    until.minutes % 60);
	return FOUND_TIMES;
}

/* A weekday by any beginning of its English name that is long enough to be no other's; else the word as it is. */
static void rewrite_word(const char *word, size_t len, struct nm_buf *out)
{
	static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday", "Thursday",
						"Friday", "Saturday", "Sunday" };

	for (size_t i = 0; i < sizeof weekdays / sizeof *weekdays; i++)
		if (len >= 2 && len <= strlen(weekdays[i]) && nm_ascii_begins(weekdays[i], word, len)) {
			nm_buf_addn(out, weekdays[i], 2);
			return;
		}
	nm_buf_addn(out, word, len);
}

/* The days of a month are numbers that are no hours. */
static bool is_month(const char *word, size_t len)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	for (size_t i = 0; i < sizeof months / sizeof *months; i++)
		if (len >= 3 && nm_ascii_begins(word, months[i], 3))
			return true;
	return false;
}

bool nm_hours_rewrite(const char *text, struct nm_buf *out, struct nm_buf *doubt)
{
	bool month = false;

	while (*text != '\0') {
		const size_t len = word_length(text);
		const char *dash = text;

		if (len > 0 && !nm_ascii_begins(text, "to ", 3)) {
			rewrite_word(text, len, out);
			month = is_month(text, len);
			text += len;
		} else if (nm_ascii_is_digit(*text)) {
			const char *times = text;
			const enum found found = month ? FOUND_NONE : rewrite_times(&text, out);

			if (found == FOUND_DOUBT && doubt->len == 0)
				nm_buf_addn(doubt, times, (size_t)(text - times));
			for (; found == FOUND_NONE && nm_ascii_is_digit(*text); text++)
				nm_buf_addn(out, text, 1);
			month = false;
		} else if (take_dash(&dash)) {
			nm_buf_add(out, "-");
			text = dash;
		} else {
			nm_buf_addn(out, text++, 1);
		}
	}
	return !out->failed;
}
