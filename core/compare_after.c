/* SPDX-License-Identifier: MIT */
/*
 * What comes after a call that nobody answered, compared between two plans: the text, and the call back.
 * Comes in: two timelines of the same span.  Goes out: at most two differences of the plan as a whole, with the times at
 * which they hold.
 */
#include <stdlib.h>
#include <string.h>

#include "core/compare_after.h"

/* One of the two things that come after a call. */
struct topic {
	const char *callers, *nothing;
	const char *(*words)(const struct nm_plan *plan, struct nm_arena *arena); /* NULL: out of memory */
	const struct nm_set *(*during)(const struct nm_plan *plan);              /* NULL: it is never done */
};

static const char *from_words(const struct nm_plan *plan, int line, struct nm_arena *arena)
{
	return line < 0 ? "" : nm_arena_format(arena, ", from line %s", plan->lines[line].name);
}

static const char *text_words(const struct nm_plan *plan, struct nm_arena *arena)
{
	const struct nm_text_back *text_back = &plan->text_back;
	const char *from = from_words(plan, text_back->from, arena), *away = "", *missed;
	char once[NM_TIME_TEXT];

	nm_duration_words(text_back->once_per_s, once);
	missed = text_back->missed != NULL ? nm_arena_format(arena, "text \"%s\"", text_back->missed) : "no text";
	if (text_back->away != NULL)
		away = nm_arena_format(arena, "; while somebody is away \"%s\"", text_back->away);
	if (missed == NULL || away == NULL || from == NULL)
		return NULL;
	return nm_arena_format(arena, "%s%s; at most once in %s%s", missed, away, once, from);
}

static const struct nm_set *text_during(const struct nm_plan *plan)
{
	return plan->text_back.given ? &plan->text_back.during : NULL;
}

/* Every call that was not answered is followed up, whether or not the plan has the section. */
static const char *back_words(const struct nm_plan *plan, struct nm_arena *arena)
{
	const struct nm_follow_up *follow_up = &plan->follow_up;
	const char *from = from_words(plan, follow_up->from, arena), *text = "", *survey = "";
	char within[NM_TIME_TEXT], retry[NM_TIME_TEXT];

	nm_duration_words(follow_up->within_s, within);
	nm_duration_words(follow_up->retry_s, retry);
	if (follow_up->then_text != NULL)
		text = nm_arena_format(arena, ", then text \"%s\"", follow_up->then_text);
	if (follow_up->survey != NULL)
		survey = nm_arena_format(arena, "; once it is done, text \"%s\"", follow_up->survey);
	if (from == NULL || text == NULL || survey == NULL)
		return NULL;
	return nm_arena_format(arena, "called back within %s, %d attempt%s %s apart%s%s%s", within, follow_up->attempts,
			       follow_up->attempts == 1 ? "" : "s", retry, text, survey, from);
}

static const struct nm_set *back_during(const struct nm_plan *plan)
{
	return &plan->follow_up.during;
}

static const struct topic topics[] = {
	{ "callers who are missed", "no text", text_words, text_during },
	{ "callers to be called back", "not called back at that time", back_words, back_during },
};

static bool is_on(const struct nm_timeline *timeline, size_t interval, const struct nm_set *during)
{
	const struct nm_state *state = &timeline->states[timeline->state[interval]];

	if (during == NULL)
		return false;
	for (size_t i = 0; i < during->n; i++)
		if (nm_bit(state->schedules, during->ids[i]))
			return true;
	return !during->given;
}

/* Two timelines gone through side by side, and where a topic differs in one way. */
struct comparison {
	const struct nm_timeline *old, *new_timeline;
	bool a_on, b_on; /* the way that is looked for */
	struct nm_span *windows;
	size_t n;
};

static void add_window(struct comparison *c, nm_time from, nm_time until)
{
	if (c->n > 0 && c->windows[c->n - 1].until == from)
		c->windows[c->n - 1].until = until;
	else
		c->windows[c->n++] = (struct nm_span){ from, until };
}

/* All times at which it is on, or not, in both as the comparison says. */
static void find_windows(struct comparison *c, const struct topic *topic)
{
	const struct nm_timeline *a = c->old, *b = c->new_timeline;
	const struct nm_set *a_during = topic->during(a->plan), *b_during = topic->during(b->plan);
	nm_time at = a->from;

	c->n = 0;
	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		const nm_time until = a->start[i + 1] < b->start[j + 1] ? a->start[i + 1] : b->start[j + 1];

		if (is_on(a, i, a_during) == c->a_on && is_on(b, j, b_during) == c->b_on)
			add_window(c, at, until);
		at = until;
		i += a->start[i + 1] == until;
		j += b->start[j + 1] == until;
	}
}

/* The difference of one way, if it is one and ever holds. */
static enum nm_code compare_way(struct comparison *c, const struct topic *topic, struct nm_arena *arena,
				nm_difference_told *tell, void *context, struct nm_error *err)
{
	const char *a = c->a_on ? topic->words(c->old->plan, arena) : topic->nothing;
	const char *b = c->b_on ? topic->words(c->new_timeline->plan, arena) : topic->nothing;
	struct nm_difference item = { .line = "every line", .callers = topic->callers, .after = true };
	struct nm_buf when;
	enum nm_code code;

	if (a == NULL || b == NULL)
		return nm_fail_memory(err);
	if (strcmp(a, b) == 0)
		return NM_OK;
	find_windows(c, topic);
	if (c->n == 0)
		return NM_OK;
	nm_buf_init(&when, NM_ERROR_TEXT);
	nm_windows_words(c->new_timeline->plan->zone, c->windows, c->n,
			 (struct nm_span){ c->old->from, c->old->until }, NM_WINDOWS_TOLD, &when);
	item.n = c->n;
	item.windows = c->windows;
	item.when = when.data;
	item.a_words = a;
	item.b_words = b;
	code = when.data != NULL ? tell(context, &item, err) : nm_fail_memory(err);
	nm_buf_clear(&when);
	return code;
}

enum nm_code nm_compare_after(const struct nm_timeline *old, const struct nm_timeline *new_timeline,
			      nm_difference_told *tell, void *context, struct nm_error *err)
{
	struct comparison c = { .old = old, .new_timeline = new_timeline };
	struct nm_arena *arena = nm_arena_new();
	enum nm_code code = NM_OK;

	c.windows = calloc(old->n + new_timeline->n, sizeof(*c.windows));
	if (arena == NULL || c.windows == NULL)
		code = nm_fail_memory(err);
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++) {
		for (int way = 1; way < 4 && code == NM_OK; way++) {
			c.a_on = (way & 1) != 0;
			c.b_on = (way & 2) != 0;
			code = compare_way(&c, &topics[i], arena, tell, context, err);
		}
	}
	free(c.windows);
	nm_arena_free(arena);
	return code;
}
