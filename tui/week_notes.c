/* SPDX-License-Identifier: MIT */
/*
 * What is out of the ordinary on the days of a week.  In: the plan and its calendars.  Out: a line of words for
 * each day: clock changes, holidays, overrides, events, in this order.
 */
#include <stdlib.h>
#include <string.h>

#include "week.h"

#define NOTE_MOST 4096 /* of a day, before it is cut */

/* A week being noted. */
struct notebook {
	const struct nm_plan *plan;
	int64_t monday;
	nm_time from, until;
	struct nm_buf days[7];
};

/* Each word once: two schedules may look at one calendar. */
static void add_note(struct nm_buf *note, const char *mark, const char *text)
{
	const char *before = note->data;
	size_t len = strlen(text);

	while (len && (before = strstr(before, text))) {
		if (before[len] == ',' || before[len] == '\0')
			return;
		before += len;
	}
	nm_buf_addf(note, "%s%s%s%s", note->len ? ", " : "", mark, len ? " " : "", text);
}

static void note_clock(struct notebook *book, int day)
{
	const struct nm_zone *zone = book->plan->zone;
	nm_time from = nm_zone_utc(zone, (book->monday + day) * NM_DAY, NULL);
	nm_time until = nm_zone_utc(zone, (book->monday + day + 1) * NM_DAY, NULL);
	/* A change at midnight itself is of the day that begins with it. */
	int32_t shift = nm_zone_offset(zone, until - 1) - nm_zone_offset(zone, from - 1);

	if (shift)
		nm_buf_addf(&book->days[day], "clock %s %d min", shift > 0 ? "on" : "back", abs(shift) / 60);
}

/* On each day that [from, until) touches. */
static void note_span(struct notebook *book, nm_time from, nm_time until, const char *mark, const char *text)
{
	const struct nm_zone *zone = book->plan->zone;
	int64_t first, last;

	if (from >= book->until || until <= book->from || from >= until)
		return;
	first = nm_local_day(nm_zone_local(zone, from)) - book->monday;
	last = nm_local_day(nm_zone_local(zone, until - 1)) - book->monday;
	for (int64_t day = first > 0 ? first : 0; day <= last && day < 7; day++)
		add_note(&book->days[day], mark, text);
}

/* Events of a calendar; of those that make somebody busy, only the ones that do. */
static void note_events(struct notebook *book, int calendar, bool busy, const char *mark)
{
	const struct nm_ical *ical = calendar < 0 ? NULL : book->plan->calendars[calendar].ical;
	struct nm_ical_events events;

	if (!ical || nm_ical_expand(ical, book->plan->zone, book->from, book->until, &events, NULL))
		return;
	for (size_t i = 0; i < events.n; i++) {
		const struct nm_ical_event *event = &events.items[i];

		if (!busy || !event->transparent)
			note_span(book, event->from, event->until, mark,
				  event->summary ? event->summary : "");
	}
	nm_ical_events_clear(&events);
}

/* As much of it as there is room for, never half a character. */
static void take_text(const struct nm_buf *from, char out[static WEEK_NOTE])
{
	static const char more[] = "…";
	size_t len = from->len;

	if (len >= WEEK_NOTE) {
		len = WEEK_NOTE - sizeof more;
		while (len && ((unsigned char)from->data[len] & 0xC0) == 0x80)
			len--;
	}
	memcpy(out, from->data, len);
	memcpy(out + len, len < from->len ? more : "", len < from->len ? sizeof more : 1);
}

static void take_note(const struct nm_buf *from, size_t given, struct week_note *out)
{
	size_t len;

	take_text(from, out->text);
	len = strlen(out->text);
	out->given = (uint8_t)(given < len ? given : len);
}

void week_note(struct week *week, const struct nm_plan *plan)
{
	struct notebook book = { .plan = plan, .monday = week->monday };
	size_t given[7];

	book.from = nm_zone_utc(plan->zone, week->monday * NM_DAY, NULL);
	book.until = nm_zone_utc(plan->zone, (week->monday + 7) * NM_DAY, NULL);
	for (int day = 0; day < 7; day++) {
		nm_buf_init(&book.days[day], NOTE_MOST);
		note_clock(&book, day);
	}
	/* To hours that do not name them holidays are days like any other. */
	for (size_t i = 0; i < plan->n_schedules; i++) {
		const struct nm_schedule *schedule = &plan->schedules[i];

		if (schedule->hours && nm_hours_uses_holidays(schedule->hours))
			note_events(&book, schedule->holidays, false, "PH");
	}
	for (int day = 0; day < 7; day++)
		given[day] = book.days[day].len;
	for (size_t i = 0; i < plan->n_overrides; i++)
		note_span(&book, plan->overrides[i].from, plan->overrides[i].until, "override",
			  plan->overrides[i].rule.name);
	for (size_t i = 0; i < plan->n_schedules; i++)
		note_events(&book, plan->schedules[i].calendar, true, "event");
	for (int day = 0; day < 7; day++) {
		take_note(&book.days[day], given[day], &week->notes[day]);
		nm_buf_clear(&book.days[day]);
	}
}
