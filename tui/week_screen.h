/* SPDX-License-Identifier: MIT */
/*
 * The Week screen between its files: what it knows (screen_week.c), how it looks (week_draw.c), and the painting
 * of hours (week_paint.c, paint_hours.c, paint_draw.c).  Private to these.
 */
#ifndef TUI_WEEK_SCREEN_H
#define TUI_WEEK_SCREEN_H

#include "list.h"
#include "nevermiss/hours.h"
#include "week.h"

#define WEEK_LEFT 9 /* columns before the grid */

#define WEEK_CHANGES 8
#define WEEK_TALL 36 /* rows of a window that has room for the coming changes */

/* What a call gets from an instant on. */
struct week_change {
	nm_time at;
	char *words; /* owned */
};

struct week_screen {
	struct week_subject subject;
	nm_time at; /* the cursor: a minute */
	struct week week;
	char search[LIST_SEARCH]; /* what was last searched for; "" */
	/* the call at the cursor */
	nm_time shown_at;
	unsigned generation;
	struct week_subject shown;
	bool shown_tall; /* in a window that has room for the coming changes */
	struct nm_simulation *call;
	struct nm_simulation *nobody, *failing; /* no human answers; the worst of one failing; NULL */
	const char *failing_who;
	struct week_change changes[WEEK_CHANGES]; /* after the cursor; n_changes 0: none known, or a low window */
	size_t n_changes;
	struct nm_error err;
};

nm_local week_cursor(const struct week_screen *week, const struct app *app);

/* week_find.c: to the next time (back: the latest before the cursor) from which words stand on this screen: why a call goes
 * as it does then, who is rung, what is out of the ordinary on that day.  Within about a year. */
bool week_find(void *state, struct app *app, bool back, bool here);

/* week_draw.c */
void week_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);
/* How many quarters of an hour one column stands for; and the hours above the grid, whose first column is x. */
int week_quarters(int width);
void week_draw_axis(struct canvas *canvas, int x, int y, int quarters);
#define WEEK_ROWS 8 /* seven days and their legend */
/* The days and their legend, and what else there is room for down to `end`: the hours of the day above, totals below. */
void week_draw_days(const struct week *week, const struct nm_plan *plan, struct canvas *canvas, int y, int end);

/* --- painting --- */

#define PAINT_SLOTS 48	 /* of a day: half hours */
#define PAINT_STROKES 16 /* that can be taken back */

/* Half hours of days; both ends belong to it. */
struct paint_block {
	int day, last_day, slot, last_slot;
};

struct paint {
	char *schedule;			/* its name; owned */
	char *old_text, *text;		/* expressions; owned */
	int64_t date;			/* of the week on screen */
	bool one_week;			/* that one is painted, not every week */
	int32_t *holidays;		/* days that PH means around it; owned */
	struct nm_holidays around;	/* these */
	char *season;			/* its dates; "": painted is every week; owned */
	struct nm_hours_week old, now;
	struct nm_error refused;	/* code not NM_OK: why the week cannot be written; text is an older one */
	unsigned generation;		/* of the session, of which old_text is */
	int day, slot;			/* the cursor */
	int begin_day, begin_slot;	/* where the selection began; begin_day -1: there is none */
	struct nm_hours_week strokes[PAINT_STROKES]; /* the week before each, the newest last */
	size_t n_strokes;
};

/* Opens the painting of a schedule's hours, the cursor at a local time. */
void app_paint(struct app *app, const char *schedule, nm_local at);
/* Takes over what the plan says now of the weeks that are painted. */
enum nm_code paint_take(struct paint *paint, struct app *app, struct nm_error *err) NM_WARN_UNUSED;
/* The expression of what is painted now: into text, or why not into refused. */
void paint_write(struct paint *paint);
/* What a stroke is made on: the selection, or the half hour at the cursor. */
struct paint_block paint_block(const struct paint *paint);
/* Of n minutes of a day from one on: 1: all are inside; -1: none; 0: some. */
int paint_inside(const struct nm_hours_week *week, int day, int minute, int n);
void paint_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body);

#endif
