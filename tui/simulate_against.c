/* SPDX-License-Identifier: MIT */
/*
 * One call on what is live and on the plan, beside each other.  In: both calls, played.  Out: two ladders with where
 * they part marked between them, or in a narrow window the live one and the plan's end below it.
 */
#include <limits.h>
#include <string.h>

#include "ladder.h"
#include "simulate.h"
#include "spoken.h"

#define WIDE 100 /* from here on two ladders stand beside each other */
#define ENDS 4   /* rows below the ladders */

/* Both sides of a call: who a name is there depends on the side. */
struct sides {
	const struct nm_treatment *live, *plan;
};

static const struct nm_party *party_named(const struct nm_treatment *treatment, const char *name)
{
	for (size_t i = 0; i < treatment->n; i++) {
		for (size_t j = 0; j < treatment->steps[i].n; j++) {
			if (!strcmp(treatment->steps[i].parties[j].name, name))
				return &treatment->steps[i].parties[j];
		}
	}
	return NULL;
}

/* Somebody who has another name by now is still the one at that number. */
static bool same_person(const struct sides *sides, const char *live, const char *plan)
{
	const struct nm_party *there = party_named(sides->live, live), *here = party_named(sides->plan, plan);

	if (!strcmp(live, plan))
		return true;
	return there && here && there->number && here->number && !strcmp(there->number, here->number);
}

static bool has_person(const struct sides *sides, const struct nm_event *plan, const char *live)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (same_person(sides, live, plan->to[i]))
			return true;
	}
	return false;
}

/* Those that are rung, or texted, at once stand in any order. */
static bool same_event(const struct sides *sides, const struct nm_event *live, const struct nm_event *plan)
{
	if (live->t != plan->t || live->kind != plan->kind || live->n != plan->n || live->for_s != plan->for_s)
		return false;
	for (size_t i = 0; i < live->n; i++) {
		if (!has_person(sides, plan, live->to[i]))
			return false;
	}
	return true;
}

/* Does a caller or a phone get it?  How a call came to be an emergency is not known of one that is live. */
static bool is_got(const struct nm_event *event)
{
	return event->kind != NM_EVENT_SKIP && event->kind != NM_EVENT_KEY;
}

/* The event from i on that somebody gets; n: none is. */
static size_t got_from(const struct nm_outcome *outcome, size_t i)
{
	while (i < outcome->n && !is_got(&outcome->events[i]))
		i++;
	return i;
}

/* The first events that are not the same, NULL for a call that has no more; false: they never part. */
static bool parts(const struct sides *sides, const struct nm_outcome *a, const struct nm_outcome *b,
		  const struct nm_event **at_a, const struct nm_event **at_b)
{
	size_t i = got_from(a, 0), j = got_from(b, 0);

	while (i < a->n && j < b->n && same_event(sides, &a->events[i], &b->events[j])) {
		i = got_from(a, i + 1);
		j = got_from(b, j + 1);
	}
	*at_a = i < a->n ? &a->events[i] : NULL;
	*at_b = j < b->n ? &b->events[j] : NULL;
	return *at_a || *at_b;
}

static void add_event(struct nm_buf *out, const struct nm_event *event)
{
	if (!event) {
		nm_buf_add(out, "nothing more");
		return;
	}
	nm_buf_addf(out, "at %d s %s", event->t, spoken_event(event->kind));
	for (size_t i = 0; i < event->n; i++)
		nm_buf_addf(out, "%s %s", i ? " +" : "", event->to[i]);
	if (event->for_s > 0)
		nm_buf_addf(out, " for %d s", event->for_s);
}

/* Who is rung at another number than the plan has for that name: the same calls then go to other phones. */
static bool add_other_number(const struct nm_treatment *live, const struct nm_treatment *plan, struct nm_buf *out)
{
	for (size_t i = 0; i < live->n; i++) {
		for (size_t j = 0; j < live->steps[i].n; j++) {
			const struct nm_party *there = &live->steps[i].parties[j];
			const struct nm_party *here = party_named(plan, there->name);

			if (!here || !there->number || !here->number || !strcmp(there->number, here->number))
				continue;
			nm_buf_addf(out, "They part: live rings %s at %s, the plan at %s.", there->name,
				    there->number, here->number);
			return true;
		}
	}
	return false;
}

static int draw_parting(const struct simulate *simulate, struct canvas *canvas, int y, int most)
{
	const struct sides sides = {simulate->treatment, simulate->call->treatment};
	const struct nm_event *live, *plan;
	bool differ = true;
	struct nm_buf words;
	int rows;

	nm_buf_init(&words, NM_ERROR_TEXT);
	if (parts(&sides, &simulate->outcome, &simulate->call->outcome, &live, &plan)) {
		nm_buf_add(&words, "They part: live ");
		add_event(&words, live);
		nm_buf_add(&words, ", the plan ");
		add_event(&words, plan);
		nm_buf_add(&words, ".");
	} else if (!add_other_number(sides.live, sides.plan, &words)) {
		nm_buf_add(&words, "The plan does the same to this call.");
		differ = false;
	}
	rows = canvas_wrap(canvas, 1, y, canvas->width - 2, most, differ ? STYLE_WARNING : STYLE_GOOD, words.data);
	nm_buf_clear(&words);
	return rows;
}

static void draw_end(struct canvas *canvas, int x, int y, int width, const char *whose, const struct nm_outcome *outcome)
{
	struct pen pen = pen_at(canvas, x, y, x + width - 1);
	struct nm_buf words;
	unsigned style;

	nm_buf_init(&words, NM_ERROR_TEXT);
	style = simulate_result_words(outcome, &words);
	pen_text(&pen, STYLE_HEAD, whose);
	pen_tab(&pen, x + 6);
	pen_text(&pen, style, words.data);
	nm_buf_clear(&words);
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* How far the plan's call has come when the live one is at its step: the last row of that second. */
static int plan_step(const struct simulate *simulate)
{
	const struct nm_event *now = ladder_event(&simulate->outcome, simulate->step - 1), *event;
	int row = 0;

	while (now && (event = ladder_event(&simulate->call->outcome, row)) != NULL && event->t <= now->t)
		row++;
	return row - 1;
}

static void draw_ladders(const struct simulate *simulate, struct canvas *canvas, struct box box, int half)
{
	const bool all = simulate->step == 0;
	const int top = simulate->step >= box.height ? simulate->step + 1 - box.height : simulate->top;

	ladder_draw_until(&simulate->outcome, canvas, (struct box){box.x, box.y, half, box.height}, top,
			  all ? INT_MAX : simulate->step - 1);
	if (half < box.width)
		ladder_draw_until(&simulate->call->outcome, canvas,
				  (struct box){box.x + half, box.y, box.width - half, box.height}, top,
				  all ? INT_MAX : plan_step(simulate));
}

/* Both ends, and where the calls part; how many rows. */
static int draw_ends(const struct simulate *simulate, struct canvas *canvas, struct box box, int half)
{
	const bool wide = half < box.width;
	int y = box.y;

	draw_end(canvas, box.x + 1, y, half - 1, "live", &simulate->outcome);
	y += !wide;
	draw_end(canvas, wide ? box.x + half + 1 : box.x + 1, y, wide ? box.width - half - 1 : half - 1, "plan",
		 &simulate->call->outcome);
	y++;
	return y + draw_parting(simulate, canvas, y, least(2, box.y + box.height - y)) - box.y;
}

int simulate_draw_against(const struct simulate *simulate, struct canvas *canvas, struct box box)
{
	const int half = box.width >= WIDE ? box.width / 2 : box.width;
	int rows = ladder_rows(&simulate->outcome);

	if (half < box.width && ladder_rows(&simulate->call->outcome) > rows)
		rows = ladder_rows(&simulate->call->outcome);
	rows = least(rows - simulate->top, box.height - ENDS);
	if (rows < 0)
		rows = 0;
	draw_ladders(simulate, canvas, (struct box){box.x, box.y, box.width, rows}, half);
	if (simulate->step == 0 || simulate->step == simulate_steps(simulate))
		return rows + draw_ends(simulate, canvas, (struct box){box.x, box.y + rows, box.width, ENDS}, half);
	canvas_textf(canvas, box.x + 1, box.y + rows, box.width - 1, STYLE_HEAD, "step %d of %d", simulate->step,
		     simulate_steps(simulate));
	return rows + 1;
}
