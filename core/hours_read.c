/* SPDX-License-Identifier: MIT */
/*
 * The opening_hours language, read: text in, rules out.  The text is the user's and may be anything.
 *
 * One function for each line of the grammar (the words are those of hours_lex.c):
 *	expression = rule { (";" | ",") rule }
 *	rule       = [years] [dates] [days] [times] [open | off | closed], at least one of them
 *	years      = YEAR ["-" YEAR] { "," ... }
 *	dates      = (MONTH ["-" MONTH] | [YEAR] MONTH DAY ["-" ([YEAR] MONTH DAY | DAY)]) { "," ... }
 *	days       = (WEEKDAY ["-" WEEKDAY] | WEEKDAY "[" N,N-N,-N "]" [SHIFT] | PH [SHIFT]) { "," ... }
 *	times      = "24/7" | TIME "-" TIME { "," ... }
 */
#include "hours_lex.h"

#include <stdlib.h>
#include <string.h>

#define BACKWARDS "a range that runs backwards"
#define MONTHS_ALL 0x1FFEu
#define REWRITE_MAX 200 /* bytes that an error has room for */

/* --- looking ahead; beyond the end nothing matches, since KIND_END does not --- */

static bool is(const struct token *token, enum kind kind)
{
	return token->kind == kind;
}

static bool is_sign(const struct token *token, char c)
{
	return token->kind == KIND_SIGN && token->value == c;
}

static bool take_sign(struct parser *p, char c)
{
	if (!is_sign(p->next, c))
		return false;
	p->next++;
	return true;
}

/* Numbers above 1900 are years, as in the reference. */
static bool is_year(const struct token *token)
{
	return is(token, KIND_NUMBER) && token->value > 1900;
}

static bool is_time(const struct token *token)
{
	return is(token, KIND_NUMBER) && is_sign(token + 1, ':');
}

static bool is_day(const struct token *token)
{
	return is(token, KIND_NUMBER) && !is_year(token) && !is_time(token);
}

static bool is_date(const struct token *token)
{
	if (is_year(token))
		token++;
	return is(token, KIND_MONTH) && is_day(token + 1);
}

/* --- room --- */

static bool room(struct parser *p, struct slice *slice, size_t n)
{
	if (n >= ITEMS_MAX)
		return nm_hours_fail(p, p->next->at, "too much for one expression",
			       "at most 64 rules, 64 dates and 64 times");
	if (slice->n == 0)
		slice->first = (uint8_t)n;
	slice->n++;
	return true;
}

/* --- years --- */

static bool years_read(struct parser *p)
{
	struct nm_hours *hours = p->hours;
	struct year_range range;

	do {
		if (!is_year(p->next))
			return nm_hours_fail_here(p, "a year");
		if (!room(p, &p->rule->years, hours->n_years))
			return false;
		range.from = range.until = (int16_t)p->next++->value;
		if (take_sign(p, '-')) {
			if (!is_year(p->next))
				return nm_hours_fail_here(p, "the year in which it ends");
			range.until = (int16_t)p->next->value;
			if (range.until <= range.from)
				return nm_hours_fail(p, p->next->at, BACKWARDS,
						     "write the earlier year first");
			p->next++;
		}
		hours->years[hours->n_years++] = range;
	} while (take_sign(p, ','));
	return true;
}

/* --- dates --- */

struct day {
	int year, month, day; /* year 0: every year */
};

static unsigned months_between(int from, int until)
{
	unsigned mask = 1u << from;

	while (from != until) {
		from = from % 12 + 1;
		mask |= 1u << from;
	}
	return mask;
}

static bool day_check(struct parser *p, const struct token *token, struct day day)
{
	/* 2000 was a leap year: 29 February is a date without its year. */
	if (day.day >= 1 && day.day <= nm_month_days(day.year ? day.year : 2000, day.month))
		return true;
	return nm_hours_fail(p, token->at, "a day that the month does not have", "write one that it has");
}

/* [YEAR] MONTH DAY; the caller has looked ahead. */
static bool day_read(struct parser *p, struct day *day)
{
	day->year = is_year(p->next) ? p->next++->value : 0;
	day->month = p->next++->value;
	day->day = p->next++->value;
	return day_check(p, p->next - 1, *day);
}

/* The months in which days of the range lie; without years it may go round the year's end. */
static unsigned range_months(struct day from, struct day until)
{
	int years = until.year - from.year;

	if (years > 1 || (years == 1 && until.month >= from.month) ||
	    (years == 0 && until.month == from.month && until.day < from.day))
		return MONTHS_ALL;
	return months_between(from.month, until.month);
}

static bool range_add(struct parser *p, struct day from, struct day until)
{
	struct date_range range = { .with_year = from.year != 0 };

	if (range.with_year) {
		range.from = (int32_t)nm_days_from_date(from.year, from.month, from.day);
		range.until = (int32_t)nm_days_from_date(until.year, until.month, until.day);
		if (range.until < range.from)
			return nm_hours_fail(p, p->next[-1].at, BACKWARDS, "write the earlier date first");
	} else {
		range.from = from.month * 32 + from.day;
		range.until = until.month * 32 + until.day;
	}
	if (!room(p, &p->rule->dates, p->hours->n_dates))
		return false;
	p->hours->dates[p->hours->n_dates++] = range;
	p->rule->months_touched |= (uint16_t)range_months(from, until);
	return true;
}

/* What follows `MONTH DAY`: days of the same month, or the date in which the range ends. */
static bool days_of_month_read(struct parser *p, struct day from)
{
	struct day until = from;

	if (is_sign(p->next, '-') && is_date(p->next + 1)) {
		p->next++;
		if (is_year(p->next) != (from.year != 0))
			return nm_hours_fail_here(p, from.year ? "the year of the last day"
							       : "a date without a year");
		return day_read(p, &until) && range_add(p, from, until);
	}
	for (;;) {
		if (take_sign(p, '-')) {
			if (!is_day(p->next))
				return nm_hours_fail_here(p, from.year && is(p->next, KIND_MONTH) ?
						 "the year of the last day" : "the last day");
			until.day = p->next++->value;
			if (!day_check(p, p->next - 1, until))
				return false;
			if (until.day < from.day)
				return nm_hours_fail(p, p->next[-1].at, BACKWARDS,
					       "write the month again, such as Dec 24-Jan 02");
		}
		if (!range_add(p, from, until))
			return false;
		if (!is_sign(p->next, ',') || !is_day(p->next + 1))
			return true;
		p->next++;
		from.day = p->next++->value;
		until = from;
		if (!day_check(p, p->next - 1, from))
			return false;
	}
}

static bool months_read(struct parser *p)
{
	int from = p->next++->value;
	int until = from;

	if (take_sign(p, '-')) {
		if (!is(p->next, KIND_MONTH))
			return nm_hours_fail_here(p, "the month in which it ends");
		until = p->next++->value;
	}
	p->rule->months |= (uint16_t)months_between(from, until);
	p->rule->months_touched |= p->rule->months;
	return true;
}

static bool dates_read(struct parser *p)
{
	struct day from;

	do {
		if (is_date(p->next)) {
			if (!day_read(p, &from) || !days_of_month_read(p, from))
				return false;
		} else if (is(p->next, KIND_MONTH)) {
			if (!months_read(p))
				return false;
		} else {
			return nm_hours_fail_here(p, "another month or date (a rule of its own follows ;)");
		}
	} while (take_sign(p, ','));
	return true;
}

/* --- weekdays and holidays --- */

/* [("+" | "-") N ("day" | "days")] */
static bool shift_read(struct parser *p, int *shift)
{
	const struct token *t = p->next;

	*shift = 0;
	if (!(is_sign(t, '+') || is_sign(t, '-')) || !is(t + 1, KIND_NUMBER) || !is(t + 2, KIND_DAYS))
		return true;
	if (t[1].value < 1 || t[1].value > SHIFT_MAX)
		return nm_hours_fail(p, t[1].at, "a day offset out of range", "write 1 to 6 days");
	*shift = is_sign(t, '-') ? -t[1].value : t[1].value;
	p->next += 3;
	return true;
}

static bool nth_number_read(struct parser *p, int *n)
{
	bool negative = take_sign(p, '-');

	if (!is(p->next, KIND_NUMBER))
		return nm_hours_fail_here(p, "a number from 1 to 5 or -1 to -5");
	if (p->next->value < 1 || p->next->value > 5)
		return nm_hours_fail(p, p->next->at, "no such weekday of a month",
			       "write 1 to 5, or -1 to -5 from its end");
	*n = p->next++->value;
	if (negative)
		*n = -*n;
	return true;
}

/* "[" N | N-N | -N { "," ... } "]" */
static bool nth_read(struct parser *p, int weekday)
{
	struct nm_hours *hours = p->hours;
	struct nth nth = { .weekday = (uint8_t)weekday };
	int from, until, shift;

	if (!room(p, &p->rule->nths, hours->n_nths))
		return false;
	p->next++;
	do {
		if (!nth_number_read(p, &from))
			return false;
		until = from;
		if (from > 0 && take_sign(p, '-') && !nth_number_read(p, &until))
			return false;
		if (until < from)
			return nm_hours_fail(p, p->next[-1].at, BACKWARDS, "write the smaller one first");
		if (from < 0)
			nth.which |= (uint16_t)(1u << (4 - from));
		for (; from > 0 && from <= until; from++)
			nth.which |= (uint16_t)(1u << (from - 1));
	} while (take_sign(p, ','));
	if (!take_sign(p, ']'))
		return nm_hours_fail_here(p, "]");
	if (!shift_read(p, &shift))
		return false;
	nth.shift = (int8_t)shift;
	hours->nths[hours->n_nths++] = nth;
	return true;
}

static bool weekday_read(struct parser *p)
{
	int from = p->next++->value;
	int until = from;

	if (is_sign(p->next, '['))
		return nth_read(p, from);
	if (take_sign(p, '-')) {
		if (!is(p->next, KIND_WEEKDAY))
			return nm_hours_fail_here(p, "the weekday on which it ends");
		until = p->next++->value;
	}
	p->rule->weekdays |= (uint8_t)(1u << from);
	while (from != until) {
		from = (from + 1) % 7;
		p->rule->weekdays |= (uint8_t)(1u << from);
	}
	return true;
}

static bool day_list_read(struct parser *p)
{
	int shift;

	p->rule->has_weekdays = true;
	do {
		if (is(p->next, KIND_HOLIDAY)) {
			p->next++;
			if (!shift_read(p, &shift))
				return false;
			p->rule->weekday_holidays |= (uint16_t)(1u << (SHIFT_MAX + shift));
		} else if (is(p->next, KIND_WEEKDAY)) {
			if (!weekday_read(p))
				return false;
		} else {
			return nm_hours_fail_here(p, "another weekday or PH");
		}
	} while (take_sign(p, ','));
	return true;
}

/* Two lists are two conditions: `PH Mo-Fr` are the holidays that fall on a day from Monday to Friday. */
static bool days_read(struct parser *p)
{
	struct rule *rule = p->rule;

	if (!day_list_read(p))
		return false;
	if (is(p->next, KIND_WEEKDAY) && !rule->weekdays && !rule->nths.n) {
		rule->holidays = rule->weekday_holidays;
		rule->weekday_holidays = 0;
		if (!day_list_read(p))
			return false;
	}
	if (is(p->next, KIND_WEEKDAY) || is(p->next, KIND_HOLIDAY))
		return nm_hours_fail_here(p, "a comma before another day");
	return true;
}

/* --- times --- */

static bool time_read(struct parser *p, int16_t *minutes)
{
	const struct token *t = p->next;

	if (!is_time(t))
		return nm_hours_fail_here(p, "a time such as 08:00");
	if (is(t + 2, KIND_NUMBER) && t[2].len == 2 && t[2].value > 59)
		return nm_hours_fail(p, t[2].at, "an hour has no such minute", "write 00 to 59");
	if (!is(t + 2, KIND_NUMBER) || t[2].len != 2 || t->len > 2) {
		p->next = t + (t->len > 2 ? 0 : 2);
		return nm_hours_fail_here(p, "a time such as 08:00");
	}
	*minutes = (int16_t)(t->value * 60 + t[2].value);
	p->next += 3;
	return true;
}

static bool span_read(struct parser *p)
{
	const struct token *begin = p->next, *end;
	struct nm_hours *hours = p->hours;
	struct span span;

	if (!time_read(p, &span.from))
		return false;
	if (span.from >= MINUTES_DAY)
		return nm_hours_fail(p, begin->at, "a day has no such time",
				     "write 00:00 to 23:59; only an end may be past midnight, as in 22:00-26:00");
	if (is_sign(p->next, '+'))
		return nm_hours_fail_here(p, "an end");
	if (!take_sign(p, '-'))
		return nm_hours_fail(p, begin->at, "a point in time is not supported",
			       "write a span, such as 08:00-18:00");
	end = p->next;
	if (!time_read(p, &span.until))
		return false;
	if (span.until > 2 * MINUTES_DAY)
		return nm_hours_fail(p, end->at, "a span ends after 48:00", "write at most 48:00");
	span.equal_ends = span.until == span.from;
	if (span.until <= span.from)
		span.until = (int16_t)(span.until + MINUTES_DAY);
	if (is_sign(p->next, '/') || is_sign(p->next, '+'))
		return nm_hours_fail_here(p, "the end of the span");
	if (!room(p, &p->rule->spans, hours->n_spans))
		return false;
	hours->spans[hours->n_spans++] = span;
	return true;
}

static bool times_read(struct parser *p)
{
	struct nm_hours *hours = p->hours;

	if (is(p->next, KIND_ALWAYS)) {
		p->next++;
		if (!room(p, &p->rule->spans, hours->n_spans))
			return false;
		hours->spans[hours->n_spans++] = (struct span){ 0, MINUTES_DAY, false };
		return true;
	}
	if (!span_read(p))
		return false;
	while (is_sign(p->next, ',') && is_time(p->next + 1)) {
		p->next++;
		if (!span_read(p))
			return false;
	}
	return true;
}

/* --- rules --- */

static bool rule_read(struct parser *p, bool additional)
{
	struct nm_hours *hours = p->hours;
	const struct token *first = p->next;
	struct slice rules = { 0, 0 };

	if (!room(p, &rules, hours->n_rules))
		return false;
	p->rule = &hours->rules[hours->n_rules++];
	p->rule->additional = additional;
	p->rule->opens = true;
	if (is_year(p->next) && !is_date(p->next) && !years_read(p))
		return false;
	if ((is(p->next, KIND_MONTH) || is_date(p->next)) && !dates_read(p))
		return false;
	if (p->next != first)
		p->rule->dates_len = (uint16_t)(p->next[-1].at + p->next[-1].len - first->at);
	if ((is(p->next, KIND_WEEKDAY) || is(p->next, KIND_HOLIDAY)) && !days_read(p))
		return false;
	if ((is_time(p->next) || is(p->next, KIND_ALWAYS)) && !times_read(p))
		return false;
	if (is(p->next, KIND_STATE))
		p->rule->opens = p->next++->value;
	if (p->next == first)
		return nm_hours_fail_here(p, "a weekday, a date, a time, open or off, as in Mo-Fr 09:00-17:00,");
	p->rule->text_from = first->at;
	p->rule->text_len = (uint16_t)(p->next[-1].at + p->next[-1].len - first->at);
	return true;
}

static bool expression_read(struct parser *p)
{
	bool additional = false;

	for (;;) {
		while (!additional && take_sign(p, ';'))
			;
		if (is(p->next, KIND_END) && !additional)
			break;
		if (!rule_read(p, additional))
			return false;
		additional = take_sign(p, ',');
		if (!additional && is(p->next, KIND_NUMBER))
			return nm_hours_fail_here(p, "a time with its minutes, such as 08:00-18:00,");
		if (!additional && p->rule->has_weekdays && is(p->next, KIND_WEEKDAY))
			return nm_hours_fail_here(p, "a ; before other days, as in Mo-Fr 08:00-18:00; Sa 09:00-13:00,");
		if (!additional && !is(p->next, KIND_END) && !is_sign(p->next, ';'))
			return nm_hours_fail_here(p, "; or , or the end (years, dates, days, times, open or "
						     "off stand in this order)");
	}
	if (p->hours->n_rules == 0)
		return nm_hours_fail(p, 0, "no hours", "write hours such as Mo-Fr 08:00-18:00, or 24/7");
	return true;
}

static enum nm_code read_text(const char *text, struct nm_hours **out, struct nm_error *err)
{
	size_t len = strnlen(text, NM_HOURS_TEXT + 1);
	struct parser p = { .text = text, .err = err };
	enum nm_code code = NM_OK;

	if (len > NM_HOURS_TEXT)
		return nm_fail(err, NM_INPUT, "the hours are too long: %d characters at most", NM_HOURS_TEXT);
	p.hours = calloc(1, sizeof *p.hours);
	/* Looking ahead goes two tokens beyond the end. */
	p.tokens = calloc(len + 3, sizeof *p.tokens);
	p.next = p.tokens;
	if (!p.hours || !p.tokens) {
		code = nm_fail_memory(err);
	} else if (!nm_hours_lex(&p) || !expression_read(&p)) {
		code = NM_INPUT;
	} else {
		memcpy(p.hours->text, text, len);
		nm_hours_prepare(p.hours);
		*out = p.hours;
	}
	free(p.tokens);
	if (code != NM_OK)
		nm_hours_free(p.hours);
	return code;
}

/* How it would be right, instead of what is wrong, where that is sure; which times leave open what is meant. */
static void tell_rewrite(const char *text, struct nm_error *err)
{
	struct nm_hours *hours = NULL;
	struct nm_error ignored;
	struct nm_buf out, doubt;

	nm_buf_init(&out, REWRITE_MAX);
	nm_buf_init(&doubt, REWRITE_MAX);
	if (nm_hours_rewrite(text, &out, &doubt) && out.len > 0 && read_text(out.data, &hours, &ignored) == NM_OK) {
		if (doubt.len > 0)
			nm_fail(err, NM_INPUT, "\"%s\" could be in the morning or in the evening: write times of 24 hours "
				"with their minutes, as in Mo-Fr 09:00-17:00", doubt.data);
		else
			nm_fail(err, NM_INPUT, "hours are not written so: write %s", out.data);
	}
	nm_hours_free(hours);
	nm_buf_clear(&doubt);
	nm_buf_clear(&out);
}

enum nm_code nm_hours_read(const char *text, struct nm_hours **out, struct nm_error *err)
{
	const enum nm_code code = read_text(text, out, err);

	if (code == NM_INPUT && err != NULL)
		tell_rewrite(text, err);
	return code;
}
