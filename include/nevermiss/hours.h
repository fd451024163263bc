/* SPDX-License-Identifier: MIT */
/*
 * The opening_hours language of OpenStreetMap, as far as design.md section 3 takes it.
 *
 * An expression is a set of local wall-clock times: for each local date a list of spans in minutes
 * of that date.  A span past midnight appears on the date on which its minutes lie.
 */
#ifndef NEVERMISS_HOURS_H
#define NEVERMISS_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/clock.h"
#include "nevermiss/error.h"
#include "nevermiss/mem.h"

#define NM_HOURS_TEXT 4096 /* longest expression, bytes */
#define NM_HOURS_SPANS 128 /* most spans of one date */

struct nm_hours;

/* Minutes of a day, [from, until), 0 <= from < until <= 1440. */
struct nm_minutes {
	int16_t from, until;
};

/* Days that PH means: sorted, unique, as days since 1970. */
struct nm_holidays {
	const int32_t *days;
	size_t n;
};

/* What is not supported is refused by name; the error says at which character, or, where it is certain what is meant, how
 * that is written. */
enum nm_code nm_hours_read(const char *text, struct nm_hours **out, struct nm_error *err) NM_WARN_UNUSED;
void nm_hours_free(struct nm_hours *hours);

/* The spans of one date: sorted, disjoint, not touching.  Returns how many (<= NM_HOURS_SPANS). */
size_t nm_hours_day(const struct nm_hours *hours, int64_t day, const struct nm_holidays *holidays,
		    struct nm_minutes out[static NM_HOURS_SPANS]);

/* The expression names PH. */
bool nm_hours_uses_holidays(const struct nm_hours *hours);

/* A date with all that expressions look at, worked out once for many of them. */
struct nm_hours_date {
	int64_t day;
	int weekday;
	struct nm_date date;
	int month_days;
};

struct nm_hours_date nm_hours_date_of(int64_t day);

/* Two dates with the same signature have the same spans; UINT32_MAX: no such shortcut for this date
 * (the expression looks at months, dates or years).  Signatures are below NM_HOURS_SIGNATURES. */
#define NM_HOURS_SIGNATURES 256
uint32_t nm_hours_signature(const struct nm_hours *hours, const struct nm_hours_date *date,
			    const struct nm_holidays *holidays);

/* Calls look() for the days, from one on, on which expressions say all that they ever say, each with every
 * set of holidays around it that they tell apart (one calendar's for all of them), until it returns false.
 * False when they look at too many holidays for that. */
bool nm_hours_tell(const struct nm_hours *const *hours, size_t n, int64_t from,
		   bool (*look)(void *context, int64_t day, const struct nm_holidays *holidays), void *context);

/* Things that are allowed and probably not meant: a span of equal ends, a rule of the expression
 * that later ones wholly override.  Calls found() once for each, in order. */
void nm_hours_lint(const struct nm_hours *hours, void (*found)(void *context, const char *text), void *context);

/* --- the week in an expression --- */

#define NM_WEEK_MINUTES (7 * 1440)

/* The minutes of a week that are inside, from Monday 00:00 on. */
struct nm_hours_week {
	bool open[NM_WEEK_MINUTES];
};

/* Hours that are painted: those of every week, as they are in the season of a date, or of the one week with that date. */
struct nm_hours_subject {
	const char *expression;
	int64_t day; /* days since 1970 */
	bool one_week;
	const struct nm_holidays *holidays; /* one_week: those of the weeks around; NULL: none */
};

/* The week of it.  One week: what its seven dates have.  Every week: what rules of weekdays say, those of a season (years
 * and dates that make 28 days of a year or more; 184 where they shut every weekday) on its dates; other dates, holidays and nth
 * weekdays are left aside.  NM_INPUT, saying what to write instead, when the two cannot be taken apart. */
enum nm_code nm_hours_week_of(const struct nm_hours_subject *subject, struct nm_hours_week *out,
			      struct nm_error *err) NM_WARN_UNUSED;
/* Adds to out the years and dates of the season of whose weeks that is ("Apr-Sep"); nothing: of every week that has none. */
enum nm_code nm_hours_season_of(const struct nm_hours_subject *subject, struct nm_buf *out,
				struct nm_error *err) NM_WARN_UNUSED;
/* Adds to out the expression with another week in it.  Hours differ from before only where `week` differs from
 * nm_hours_week_of, on all dates that there ever are and whatever is a holiday, and only on the dates of the subject (a
 * night belongs to the date on which it begins); what is for other dates and holidays decides these as before.  Every
 * week: the rules of weekdays that are painted become as short as nm_hours_week_write makes them, every other stays byte
 * for byte.  One week: rules of its dates ("2026 Nov 26-27 off") stand last, for days that are not as usual.  NM_INPUT
 * when that cannot be done exactly, or is more than one expression holds. */
enum nm_code nm_hours_paint(const struct nm_hours_subject *subject, const struct nm_hours_week *week,
			    struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;
/* Adds a week to out: the shortest of all expressions whose rules give weekdays spans
 * ("08:00-18:00", ending before the second midnight) or off, and replace (;) or add (,).  A rule without weekdays is the
 * first, and only where the days that have its times are not a run ("Mo-Fr").  Of several one in which the times of a
 * day stand together is taken; so it is, the shortest of these, when a bound on the work is met (some tenths of a
 * second).  NM_INPUT when it is more than one expression holds. */
enum nm_code nm_hours_week_write(const struct nm_hours_week *week, struct nm_buf *out,
				 struct nm_error *err) NM_WARN_UNUSED;

#endif
