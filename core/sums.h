/* SPDX-License-Identifier: MIT */
/*
 * Core's own: what the store keeps added up of its calls, by the hour in which they began (hours of UTC, so that no plan's
 * zone is in them) and by line, brought up to date in the transaction that changes a call.
 */
#ifndef CORE_SUMS_H
#define CORE_SUMS_H

#include "core/fate.h"
#include "core/packed_sums.h"

#define NM_SUM_S 3600

/* A row of sums is of so many weeks, of what callers did in them, or of a day: of what callers did in it, of its waits hour by
 * hour, or of all else hour by hour and the waits of all hours together, for hardly any day's are needed one by one. */
#define NM_SUMS_DAY_WAITS (-2)
#define NM_SUMS_DAY_CALLERS (-1)
#define NM_SUMS_DAY 0
/* Of what callers did there are sums of all these, ascending; each lies within one of the next. */
#define NM_SUMS_UNITS 3
extern const int nm_sums_units[NM_SUMS_UNITS];

/* The how manieth of such rows since 1970 holds an instant, by UTC. */
nm_time nm_sums_nth(int weeks, nm_time t);

/* Calls of one hour that count as the same and that the same one took. */
struct nm_call_sum {
	nm_time hour;   /* its first second */
	enum nm_fate fate;
	const char *by; /* as nm_became.by; only until the reader returns */
	int64_t calls;
	int64_t timed, waited; /* calls whose seconds are known, and these added up */
	int64_t talked_s;
};

/* Calls that certainly were answered after so many seconds. */
struct nm_wait_sum {
	nm_time began; /* or the first second of the hour, or of the day's last hour */
	int seconds;
	int64_t calls; /* below 0: so many were told of too many */
};

/* Matters (report.h) whose first call began then. */
struct nm_matter_sum {
	nm_time began; /* or the first second of the hour */
	int64_t matters;
	int64_t single, single_perhaps; /* of one call, which was answered: as proved, and as possible */
};

/* Follow-ups that were opened then, to calls to the same line (or to none), and stand alike. */
struct nm_followup_sum {
	nm_time opened; /* or the first second of the hour */
	bool rang_again; /* the caller, and was answered before anybody had tried */
	bool tried;
	nm_time waited; /* if so, seconds until then */
	int64_t followups;
};
/* How one stands; and as one number, which stores keep. */
struct nm_followup_sum nm_followup_stands(nm_time opened, int outcome, nm_time first_try);
int64_t nm_followup_mark(const struct nm_followup_sum *sum);
struct nm_followup_sum nm_followup_marked(int64_t mark);

/* Takes what is read; only those are needed that a function below names.  False: out of memory. */
struct nm_sums_taker {
	bool (*call)(void *context, const struct nm_call_sum *sum);
	bool (*wait)(void *context, const struct nm_wait_sum *sum);
	bool (*matter)(void *context, const struct nm_matter_sum *sum);
	bool (*followup)(void *context, const struct nm_followup_sum *sum);
	/* Some of those whose calls began in the span (struct nm_caller_sum of packed_sums.h). */
	bool (*callers)(void *context, struct nm_span span, const struct nm_caller_sum *sums, size_t n);
	void *context;
};

struct nm_sums_reader {
	nm_number number;    /* of a line; 0: all, and matters of all lines together */
	struct nm_span span; /* [from, until); for sums whole hours */
	size_t n_cuts;
	const nm_time *cuts; /* the waits of a day before and behind one of these are told apart; ascending; borrowed */
	struct nm_sums_taker taker;
};

/* From the sums: to `call`, `wait`, `matter` and `followup`.  Follow-ups of a line are those that calls to it opened; of
 * all lines also those that no call did. */
enum nm_code nm_store_sums_each(struct nm_store *store, const struct nm_sums_reader *reader,
				struct nm_error *err) NM_WARN_UNUSED;
/* When sums that were read turned out to be damaged, and this store may write: makes all of them anew from the calls and
 * follow-ups, not within a transaction; what was read is to be read again then. */
enum nm_code nm_store_sums_mend(struct nm_store *store, bool *mended, struct nm_error *err) NM_WARN_UNUSED;
/* Matters from the calls themselves, for a span that is not of whole hours: to `matter`. */
enum nm_code nm_store_matters_each(struct nm_store *store, const struct nm_sums_reader *reader,
				   struct nm_error *err) NM_WARN_UNUSED;
/* What customers answered to surveys (survey.h), of matters whose first call lies in the span: what that adds to or takes
 * from those that were resolved on the first call; `matters` is 0.  Of several follow-ups of a matter that were answered
 * the newest counts. */
enum nm_code nm_store_matters_answered(struct nm_store *store, const struct nm_sums_reader *reader,
				       struct nm_error *err) NM_WARN_UNUSED;
/* The whole days of a span, which have sums of callers; empty at the span's end when there are none. */
struct nm_span nm_sums_days(struct nm_span span);
/* Of such a span the longest unit that begins then and ends within it: what nm_store_callers_each tells of at once. */
struct nm_span nm_sums_unit(struct nm_span days, nm_time from);
/* Callers of such a span, those of a unit at once and the oldest first, of each line of a unit in the order of their
 * numbers: to `callers`. */
enum nm_code nm_store_callers_each(struct nm_store *store, const struct nm_sums_reader *reader,
				   struct nm_error *err) NM_WARN_UNUSED;
/* Missed calls one by one, for a span that is not of whole days, each with that span: to `callers`. */
enum nm_code nm_store_missed_each(struct nm_store *store, const struct nm_sums_reader *reader,
				  struct nm_error *err) NM_WARN_UNUSED;
/* How many calls of the caller (nm_caller_sum) lie in the reader's span. */
enum nm_code nm_store_calls_of(struct nm_store *store, const struct nm_sums_reader *reader, nm_number caller,
			       int64_t *out, struct nm_error *err) NM_WARN_UNUSED;
/* And how many of them up to the first that was missed, and with it; 0: none was. */
enum nm_code nm_store_calls_until_missed(struct nm_store *store, const struct nm_sums_reader *reader,
					 nm_number caller, int64_t *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
