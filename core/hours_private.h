/* SPDX-License-Identifier: MIT */
/*
 * An hours expression as hours_read.c leaves it and hours.c evaluates it.  One block of memory, fixed
 * bounds: no list inside can grow beyond what the text's length allows anyway.
 *
 * A rule is a conjunction of up to four conditions on a date (years, dates, holidays, weekdays; each a
 * list of which one must match), a list of spans, and whether it opens or closes.
 */
#ifndef NEVERMISS_CORE_HOURS_PRIVATE_H
#define NEVERMISS_CORE_HOURS_PRIVATE_H

#include "nevermiss/hours.h"
#include "nevermiss/mem.h"

/* A span adds at most one to the spans of its date and of the next: 2 * ITEMS_MAX fit NM_HOURS_SPANS. */
#define ITEMS_MAX 64
#define SHIFT_MAX 6 /* days that PH and Su[1] can be moved by */
#define MINUTES_DAY 1440
#define ATOMS_MAX 32
#define ATOM_BITS 5 /* 7 << ATOM_BITS stays below NM_HOURS_SIGNATURES */

/* Where a rule's part of a list lies. */
struct slice {
	uint8_t first, n;
};

struct year_range {
	int16_t from, until; /* both included */
};

/* From and until are included.  With years: days since 1970; without: month * 32 + day, may wrap. */
struct date_range {
	bool with_year;
	int32_t from, until;
};

/* The nth weekdays of a month, moved by shift days. */
struct nth {
	uint8_t weekday;
	int8_t shift;
	uint16_t which; /* bit n - 1: the nth; bit 4 + n: the nth from the end */
};

/* 0 <= from < 1440, from < until <= 2880: what is beyond 1440 belongs to the next date. */
struct span {
	int16_t from, until;
	bool equal_ends; /* written so */
};

struct rule {
	bool opens, additional;
	bool has_dates;         /* any condition on the date */
	bool replaces;          /* on its dates it takes the place of the rules before it */
	bool wraps;             /* a span goes past midnight */
	bool has_weekdays;      /* a condition on weekdays, of which PH and nths may be part */
	uint8_t weekdays;       /* bit 0: Monday */
	uint16_t weekday_holidays; /* bit SHIFT_MAX + s: PH moved by s days */
	uint16_t holidays;      /* the same, as a condition of its own: `PH Mo-Fr` */
	uint16_t months;        /* bit m: all of month m */
	uint16_t months_touched; /* bit m: a date of month m may match; 0: no condition on dates */
	struct slice years, dates, nths, spans; /* no spans: all day */
	uint16_t text_from, text_len;
	uint16_t dates_len; /* of these, years and dates; 0: none */
};

/* Something besides the weekday on which a date's spans depend. */
struct atom {
	enum { ATOM_HOLIDAY, ATOM_RULE } kind;
	int8_t offset; /* days from the date: where the holiday is, or the date that the rule looks at */
	uint8_t rule;  /* RULE: it has years, dates or nth weekdays, and matches */
};

struct nm_hours {
	size_t n_rules, n_years, n_dates, n_nths, n_spans;
	struct rule rules[ITEMS_MAX];
	struct year_range years[ITEMS_MAX];
	struct date_range dates[ITEMS_MAX];
	struct nth nths[ITEMS_MAX];
	struct span spans[ITEMS_MAX];
	bool wraps, looks_at_dates, uses_holidays;
	bool shortcut; /* there are signatures */
	size_t n_atoms, n_holiday_atoms; /* those of holidays first, by offset */
	struct atom atoms[ATOMS_MAX];
	char text[NM_HOURS_TEXT + 1];
};

/* Derives what evaluation needs from the rules that were read. */
void nm_hours_prepare(struct nm_hours *hours);

/* The first year of which the expression says anything of its own. */
int nm_hours_first_year(const struct nm_hours *hours);

/* "08:00-12:00,22:00-06:00": until may be beyond 24:00, up to 48:00. */
void nm_hours_spans_write(const struct nm_minutes *spans, size_t n, struct nm_buf *out);
/* Hours as people write them ("Mon-Fri 8am-6pm") as the language may have them.  The first times that could be two things
 * ("9-5") are in doubt; in out all day stands for such.  False: no room in out. */
bool nm_hours_rewrite(const char *text, struct nm_buf *out, struct nm_buf *doubt);
#define HOURS_DAYS 24 /* "Mo-Tu,Th-Fr,Su" is the longest */
/* Weekdays (bit 0: Monday) from Monday on, or round the week's end where that is shorter; "" for all.  Returns the
 * length. */
int nm_hours_days_write(unsigned days, char out[static HOURS_DAYS]);
/* Are weekdays, one at least and not all, those that follow each other in one week? */
bool nm_hours_days_run(unsigned days);
/* Adds to out the shortest expression of all that have rules of weekdays and times (nm_hours_week_write says which), if
 * there is one of fewer than `length` bytes and it is found before the search is given up. */
enum nm_code nm_hours_search(const struct nm_hours_week *week, size_t length, struct nm_buf *out, bool *found,
			     struct nm_error *err) NM_WARN_UNUSED;
/* A week that is not shut throughout, written as short as can be.  NM_INPUT: too many spans. */
enum nm_code nm_hours_shortest(const struct nm_hours_week *week, struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
