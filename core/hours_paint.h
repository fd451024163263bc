/* SPDX-License-Identifier: MIT */
/*
 * The painting of hours between its files: which rules are painted (hours_season.c), the rules written anew
 * (hours_paint.c, hours_place.c, hours_dates.c), and whether nothing else changed (hours_same.c).  Private to these and hours_week.c.
 */
#ifndef NEVERMISS_CORE_HOURS_PAINT_H
#define NEVERMISS_CORE_HOURS_PAINT_H

#include "hours_private.h"

#define WEEK_DAYS 7
#define TEXT_MAX (8 * NM_HOURS_TEXT) /* of a text being written: more than can be read again */

/* What a rule has to do with the week of a date. */
enum painted_kind {
	PAINTED_DATES,	   /* nothing: it is for single dates, holidays, nth weekdays */
	PAINTED_ELSEWHEN,  /* nothing: it is for a season that the date is not in */
	PAINTED_BEHIND,	   /* it is for another season that the date is in, in front of the one that is painted */
	PAINTED_ALWAYS,	   /* it is for every week */
	PAINTED_SEASON,	   /* it is for the season that is painted */
};

struct painted {
	const struct nm_hours *hours;
	enum painted_kind kinds[ITEMS_MAX];
	enum painted_kind own;	   /* ALWAYS or SEASON: the rules that painting changes */
	const struct rule *season; /* one of them, when it is SEASON; NULL */
};

/* NM_INPUT: a rule can be neither left alone nor painted. */
enum nm_code nm_painted_find(const struct nm_hours *hours, int64_t day, struct painted *out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* What rules of weekdays say of every week, in their order, dates and holidays left aside. */
enum nm_code nm_painted_week(const struct nm_hours *hours, const bool rules[static ITEMS_MAX], struct nm_hours_week *out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* The week that is painted. */
enum nm_code nm_painted_shown(const struct painted *painted, struct nm_hours_week *out, struct nm_error *err) NM_WARN_UNUSED;
/* The hours with other rules: a copy without any.  NULL when memory is out. */
struct nm_hours *nm_hours_without_rules(const struct nm_hours *hours);
/* The dates of a rule, on whatever weekday; NULL when memory is out. */
struct nm_hours *nm_hours_dates_of(const struct nm_hours *hours, const struct rule *rule);

/* Minutes of a date that are inside. */
void nm_hours_minutes(const struct nm_hours *hours, int64_t day, const struct nm_holidays *holidays,
		      bool out[static MINUTES_DAY]);

/* Whether `after` says what nm_hours_paint promises, of every week or, painted NULL, of the one from Monday `day` on. */
struct same {
	const struct nm_hours *before, *after;
	const struct painted *painted; /* of before */
	int64_t monday;
	const struct nm_hours_week *old, *now;
};
enum nm_code nm_hours_differ_as_painted(const struct same *same, bool *out, struct nm_error *err) NM_WARN_UNUSED;

/* --- places of the painted rules, hours_place.c --- */

/* Rules that stand together.  n 0: none yet, before rule `first`. */
struct place {
	size_t first, n;
	unsigned days;		 /* of which its rules say anything */
	struct nm_hours_week week; /* what they say, without all others */
};

#define WEEKS_KEPT 8

/* A week that was written already: it takes long, and several ways have the same. */
struct kept_week {
	struct nm_hours_week week;
	struct nm_buf text;
};

struct places {
	const struct painted *painted;
	struct kept_week kept[WEEKS_KEPT];
	size_t n_kept;
	const struct nm_hours_week *old, *now;
	size_t n;
	struct place items[]; /* up to two more than there are rules */
};

/* A way to write it. */
struct way {
	size_t on;    /* the place into which goes what is put on */
	bool cut;     /* nights are cut at midnight: at the ends of a season the morning stays as it was */
	bool whole;   /* a day that the place says nothing of gets all of its hours there */
	bool replace; /* that place takes the place of rules before it */
	bool offs;    /* days of which nothing is left are off, not just without hours */
};

/* Fills the items; nm_places_clear whatever comes of it. */
enum nm_code nm_places_find(struct places *places, struct nm_error *err) NM_WARN_UNUSED;
/* Adds the expression in which the places say `now`, written that way. */
enum nm_code nm_places_write(struct places *places, const struct way *way, struct nm_buf *out,
			     struct nm_error *err) NM_WARN_UNUSED;
void nm_places_clear(struct places *places);

/* Adds what stands before a rule, unless nothing stands in out yet: as it stood, or (anew) ";". */
void nm_hours_separator(const struct nm_hours *hours, size_t rule, bool anew, struct nm_buf *out);

enum nm_code nm_hours_paint_weeks(const struct nm_hours_subject *subject, const struct nm_hours *hours,
				  const struct nm_hours_week *old, const struct nm_hours_week *now, struct nm_buf *out,
				  struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_hours_paint_dates(const struct nm_hours_subject *subject, const struct nm_hours *hours,
				  const struct nm_hours_week *old, const struct nm_hours_week *now, struct nm_buf *out,
				  struct nm_error *err) NM_WARN_UNUSED;

#endif
