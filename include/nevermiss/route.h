/* SPDX-License-Identifier: MIT */
/*
 * A route: all that one line does, lowered to a weekly pattern and dated exceptions, the one form in
 * which drivers get time.  It knows no plan: one lifted from a carrier is the same thing, so that live
 * and plan, or two plans, are compared as decisions and not as text.
 */
#ifndef NEVERMISS_ROUTE_H
#define NEVERMISS_ROUTE_H

#include "nevermiss/decide.h"
#include "nevermiss/timeline.h"

/* A named group of caller numbers. */
struct nm_route_group {
	const char *name;
	size_t n;
	const struct nm_caller_pattern *patterns;
};

/* Callers who are in exactly these groups of the route; class 0 is in none. */
struct nm_route_class {
	uint64_t groups; /* bit i: route group i */
	const char *words;
	struct nm_caller witness;
};

/* What holds for as long as nothing changes: for each class what a call gets, and what pressing the
 * emergency key in a greeting then gives (-1: no key). */
struct nm_situation {
	const int *treatment; /* [n_classes], index into treatments */
	const int *key;       /* [n_classes] */
};

struct nm_route_change {
	int minute; /* local minute of the day from which it holds; the first of a day is 0 */
	int situation;
};

struct nm_route_day {
	size_t n;
	const struct nm_route_change *changes;
};

struct nm_exception {
	struct nm_span span; /* instants */
	int situation;
};

struct nm_route {
	struct nm_arena *arena;
	const char *line, *number, *timezone;
	const char *fallback; /* number to which the carrier sends calls when all else fails; NULL */
	struct nm_zone *zone; /* owned */
	nm_time from, until;  /* the horizon for which it is exact */
	char key;             /* emergency key; 0 */
	size_t n_groups;
	struct nm_route_group *groups;
	size_t n_classes;
	struct nm_route_class *classes;
	size_t n_treatments;
	struct nm_treatment **treatments;
	size_t n_situations;
	struct nm_situation *situations;
	struct nm_route_day week[7]; /* Monday first */
	size_t n_exceptions;         /* sorted, disjoint, not touching when equal; ahead of the week */
	struct nm_exception *exceptions;
};

enum nm_code nm_route_build(const struct nm_timeline *timeline, const struct nm_classes *classes, int line,
			    struct nm_route **out, struct nm_error *err) NM_WARN_UNUSED;
void nm_route_free(struct nm_route *route);

/* For drivers that lift: an empty route (its zone loaded, its arena made) to be filled in. */
enum nm_code nm_route_new(const char *timezone, nm_time from, nm_time until, struct nm_route **out,
			  struct nm_error *err) NM_WARN_UNUSED;
/* One piece of a course of time, from its start to the next one's. */
struct nm_route_piece {
	nm_time start;
	int situation;
};
/* Fills week and exceptions, so that the route is exactly this course: pieces[0] begins at route->from, the
 * last one ends at route->until, starts ascend.  The week is what comes most often; every whole or part day
 * that is otherwise is an exception (so are the weeks of a rotation that are not the commonest). */
enum nm_code nm_route_lower(struct nm_route *route, const struct nm_route_piece *pieces, size_t n,
			    struct nm_error *err) NM_WARN_UNUSED;
/* A copy without the names of rule and path, its steps borrowed: rules that give the same are one treatment of a
 * route, which has the names of one of them.  NULL: out of memory. */
const struct nm_treatment *nm_treatment_unnamed(const struct nm_treatment *treatment, struct nm_arena *arena);
/* A deep copy without the steps that ring nobody, without skips and file positions; NULL: out of memory. */
struct nm_treatment *nm_treatment_copy(const struct nm_treatment *treatment, struct nm_arena *arena);

int nm_route_situation(const struct nm_route *route, nm_time t);
/* First instant > t at which the situation may change; NM_TIME_MAX beyond the horizon's last. */
nm_time nm_route_next(const struct nm_route *route, nm_time t);
/* Index of the class of exactly these groups; 0 when the route has none such. */
size_t nm_route_class_of(const struct nm_route *route, uint64_t groups);
uint64_t nm_route_groups(const struct nm_route *route, struct nm_caller caller);
/* What a call gets; key: the caller presses the emergency key (NULL when there is none). */
const struct nm_treatment *nm_route_treatment(const struct nm_route *route, nm_time t,
					      struct nm_caller caller, bool key);

/* What a call gets that is an emergency, or is none: on a line that is not one for emergencies it is the key that
 * makes it one.  NULL: nothing on this route does. */
const struct nm_treatment *nm_route_call(const struct nm_route *route, nm_time t, struct nm_caller caller,
					 bool emergency);

/* One way in which two routes differ: these callers, at all these times, get b instead of a. */
struct nm_difference {
	const char *line;
	const char *callers; /* "any caller", "callers vip" */
	bool key;            /* it is what the emergency key gives */
	bool renamed;        /* nothing changes for callers: line a_words is called b_words now; n is 0 */
	bool after;          /* it comes after a call that nobody answered, on every line */
	bool staff;          /* nothing changes for callers: those who are alerted are texted b_words, not a_words; n is 0 */
	struct nm_caller witness;
	size_t n; /* all windows, merged, sorted */
	const struct nm_span *windows;
	const char *when;                 /* "Thursdays 12:00-13:00" */
	const struct nm_treatment *a, *b; /* borrowed from the routes; NULL: there is no such line, both: it is the line as a whole */
	const char *a_words, *b_words;
};

struct nm_differences {
	struct nm_arena *arena;
	size_t n;
	struct nm_difference *items; /* by first window */
};

/* Exact over [from, until) and over all classes of callers of both. */
enum nm_code nm_route_diff(const struct nm_route *a, const struct nm_route *b, nm_time from, nm_time until,
			   struct nm_differences *out, struct nm_error *err) NM_WARN_UNUSED;
/* Is any of them one for callers, and not of the staff's texts or of a line's name alone? */
bool nm_differences_for_callers(const struct nm_differences *differences);
void nm_differences_clear(struct nm_differences *differences);
/* All that a route does in [from, until), as if it were compared with nothing: an item for each thing that
 * callers get (a; b is NULL), with all its windows.  Every instant is in exactly one item of every caller, those
 * of the key apart. */
enum nm_code nm_route_outline(const struct nm_route *route, nm_time from, nm_time until,
			      struct nm_differences *out, struct nm_error *err) NM_WARN_UNUSED;

/* The line of another plan that this one is: of its name, else of its number where neither plan has a line of the other's
 * name; -1: none. */
int nm_plan_same_line(const struct nm_plan *plan, int line, const struct nm_plan *other);
/* What is compared: two plans over [from, until). */
struct nm_plan_pair {
	const struct nm_plan *old, *new_plan;
	nm_time from, until;
	/* Asked before each line, with how many of both plans' lines are done; false: NM_REFUSED.  NULL: nobody is. */
	bool (*go_on)(void *context, size_t done, size_t all);
	void *context;
};
/* Two plans, all lines of either, a line that both have under its new name.  A line that only one has is a difference as
 * a whole (its number), followed by all that it does, against a line that is not there.  Where only the text of alerts
 * differs, that is one difference of its line, after those of callers (staff).  Last what missed callers get after the
 * call, which is the plan's (after). */
enum nm_code nm_plan_compare(const struct nm_plan_pair *pair, struct nm_differences *out, struct nm_error *err) NM_WARN_UNUSED;

/*
 * Windows in words: weekly ones are folded ("weekdays 08:00-18:00", "Mondays and Thursdays 12:00-13:00",
 * "always"), single ones dated ("Thu 26 Nov 2026 08:00-18:00"), at most `most` of them, then
 * "and N more".  horizon says how often a weekly one would have to come; a single one that reaches to its edge has no
 * beginning or no end there ("until Mon 30 Nov 2026 08:00", "from Thu 26 Nov 2026 08:00 on").
 */
void nm_windows_words(const struct nm_zone *zone, const struct nm_span *windows, size_t n,
		      struct nm_span horizon, size_t most, struct nm_buf *out);

#endif
