/* SPDX-License-Identifier: MIT */
/* What a line will do: see outline.h.  Comes in: a route, of a plan or as a carrier holds it. */
#include "outline.h"

#include <string.h>

#include "command.h"

#define HALF_HOUR     1800
#define SLOTS         48
#define DAYS          7
#define WINDOWS_SHOWN 100
#define LETTERS       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* The letter of what a caller gets; '?' beyond the alphabet. */
static char letter_of(const struct nm_differences *outline, const struct nm_treatment *treatment)
{
	const struct nm_treatment *seen[sizeof LETTERS];
	size_t n = 0;

	for (size_t i = 0; i < outline->n; i++) {
		size_t known = 0;

		while (known < n && !nm_treatment_equal(seen[known], outline->items[i].a))
			known++;
		if (known == n && n + 1 < sizeof LETTERS)
			seen[n++] = outline->items[i].a;
		if (nm_treatment_equal(outline->items[i].a, treatment))
			return known < n ? LETTERS[known] : '?';
	}
	return '?';
}

static void add_legend(struct nm_buf *out, const struct nm_differences *outline)
{
	for (size_t i = 0; i < outline->n; i++) {
		const struct nm_difference *item = &outline->items[i];

		nm_buf_addf(out, "  %c %s\n      %s, %s\n", letter_of(outline, item->a), item->a_words, item->when,
			    item->callers);
	}
}

/* What holds in a half hour; '*' where it changes within. */
static char slot_letter(const struct nm_route *route, const struct nm_differences *outline, size_t class,
			nm_time from, nm_time until)
{
	const struct nm_caller caller = route->classes[class].witness;
	const char letter = letter_of(outline, nm_route_treatment(route, from, caller, false));

	for (nm_time t = nm_route_next(route, from); t < until; t = nm_route_next(route, t))
		if (letter_of(outline, nm_route_treatment(route, t, caller, false)) != letter)
			return '*';
	return letter;
}

static void fill_day(const struct nm_route *route, const struct nm_differences *outline, size_t class, int64_t day,
		     char row[static SLOTS + 1])
{
	for (int slot = 0; slot < SLOTS; slot++) {
		const nm_local start = day * NM_DAY + slot * (nm_local)HALF_HOUR;
		enum nm_local_kind kind;
		const nm_time from = nm_zone_utc(route->zone, start, &kind);
		const nm_time until = nm_zone_utc(route->zone, start + HALF_HOUR, NULL);

		row[slot] = kind == NM_LOCAL_SKIPPED || from < route->from || from >= route->until || from >= until
				    ? ' '
				    : slot_letter(route, outline, class, from, until);
	}
	row[SLOTS] = '\0';
}

/* The one letter of the whole week; 0 when there are several. */
static char only_letter(char rows[static DAYS][SLOTS + 1])
{
	char letter = 0;

	for (int i = 0; i < DAYS * SLOTS; i++) {
		const char here = rows[i / SLOTS][i % SLOTS];

		if (here == '*' || (letter && here != ' ' && here != letter))
			return 0;
		letter = here == ' ' ? letter : here;
	}
	return letter;
}

/* The next seven days of one class of callers. */
static void add_grid(struct nm_buf *out, const struct nm_route *route, const struct nm_differences *outline,
		     size_t class, int64_t today)
{
	const char *who = route->n_classes > 1 ? route->classes[class].words : "any caller";
	char rows[DAYS][SLOTS + 1];

	for (int i = 0; i < DAYS; i++)
		fill_day(route, outline, class, today + i, rows[i]);
	if (only_letter(rows)) {
		nm_buf_addf(out, "    %s: always %c\n", who, only_letter(rows));
		return;
	}
	nm_buf_addf(out, "    %s\n               0     3     6     9     12    15    18    21\n", who);
	for (int i = 0; i < DAYS; i++) {
		const struct nm_date date = nm_date_from_days(today + i);

		nm_buf_addf(out, "    %s %2d %s %s\n", nm_weekday_names[nm_weekday(today + i)], date.day,
			    nm_month_names[date.month - 1], rows[i]);
	}
}

/* Do these callers get what those of an earlier class get, at every time? */
static bool like_earlier(const struct nm_route *route, size_t class)
{
	for (size_t c = 0; c < class; c++) {
		size_t s = 0;

		while (s < route->n_situations &&
		       route->situations[s].treatment[c] == route->situations[s].treatment[class])
			s++;
		if (s == route->n_situations)
			return true;
	}
	return false;
}

enum nm_code outline_add(struct nm_buf *out, const char *title, const struct nm_route *route, nm_time now,
			 struct nm_error *err)
{
	const int64_t today = nm_local_day(nm_zone_local(route->zone, now));
	char until[NM_TIME_TEXT];
	struct nm_differences outline;
	enum nm_code code = nm_route_outline(route, now, route->until, &outline, err);

	if (code)
		return code;
	nm_time_words(route->zone, route->until, true, until);
	nm_buf_addf(out, "  %s, exact until %s:\n", title, until);
	add_legend(out, &outline);
	nm_buf_add(out, "  the coming week, each half hour (* changes within it)\n");
	for (size_t c = 0; c < route->n_classes; c++)
		if (!like_earlier(route, c))
			add_grid(out, route, &outline, c, today);
	nm_differences_clear(&outline);
	return NM_OK;
}

enum nm_code outline_json(struct nm_json *json, const char *key, const struct nm_route *route, nm_time now,
			  struct nm_error *err)
{
	struct nm_differences outline;
	enum nm_code code = nm_route_outline(route, now, route->until, &outline, err);

	if (code)
		return code;
	nm_json_key(json, key);
	nm_json_array(json);
	for (size_t i = 0; i < outline.n; i++) {
		const struct nm_difference *item = &outline.items[i];

		nm_json_object(json);
		nm_json_key(json, "gets");
		nm_json_text(json, item->a_words);
		nm_json_key(json, "callers");
		nm_json_text(json, item->callers);
		nm_json_key(json, "when");
		nm_json_text(json, item->when);
		nm_json_key(json, "windows_total");
		nm_json_int(json, (int64_t)item->n);
		nm_json_key(json, "windows");
		nm_json_array(json);
		for (size_t w = 0; w < item->n && w < WINDOWS_SHOWN; w++) {
			nm_json_object(json);
			json_time(json, route->zone, "from", item->windows[w].from);
			json_time(json, route->zone, "until", item->windows[w].until);
			nm_json_end(json, '}');
		}
		nm_json_end(json, ']');
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
	nm_differences_clear(&outline);
	return NM_OK;
}
