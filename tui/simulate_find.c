/* SPDX-License-Identifier: MIT */
/*
 * Searching a call.  In: its events and the reasons why it goes as it does.  Out: which of them has the words.
 */
#include "ladder.h"
#include "simulate.h"
#include "spoken.h"

static int reasons_of(const struct simulate *simulate)
{
	return simulate->live ? 0 : (int)simulate->call->n_reasons; /* the plan's are not the carrier's */
}

static void event_words(const struct nm_event *event, struct nm_buf *out)
{
	nm_buf_add(out, spoken_event(event->kind));
	for (size_t i = 0; i < event->n; i++)
		nm_buf_addf(out, " %s", event->to[i]);
	nm_buf_addf(out, " %s", event->why);
}

/* What a place says; "" of an event that has no row. */
static void place_words(const struct simulate *simulate, int at, struct nm_buf *out)
{
	const struct nm_outcome *outcome = &simulate->outcome;
	const struct nm_reason *reason;

	if (at < (int)outcome->n) {
		if (outcome->events[at].kind != NM_EVENT_SKIP)
			event_words(&outcome->events[at], out);
		return;
	}
	reason = &simulate->call->reasons[at - (int)outcome->n];
	nm_buf_addf(out, "%s %s: %s", reason->name, reason->matched ? "yes" : "no", reason->text);
}

static bool place_has(const struct simulate *simulate, int at)
{
	struct nm_buf words;
	bool has;

	nm_buf_init(&words, 1u << 16);
	place_words(simulate, at, &words);
	has = words.len && text_contains(words.data, simulate->search);
	nm_buf_clear(&words);
	return has;
}

/* A low window has no room for the reasons: the message line tells the one. */
static void show(struct simulate *simulate, struct app *app)
{
	struct nm_buf words;

	simulate->step = 0;
	if (simulate->found < (int)simulate->outcome.n && simulate->live)
		simulate->top = ladder_row_of(&simulate->outcome, (size_t)simulate->found, app->canvas.width);
	if (simulate->found < (int)simulate->outcome.n)
		return;
	nm_buf_init(&words, 1u << 16);
	place_words(simulate, simulate->found, &words);
	app_message(app, STYLE_PLAIN, "%s", words.data);
	nm_buf_clear(&words);
}

bool simulate_find(void *state, struct app *app, bool back, bool here)
{
	struct simulate *simulate = state;
	const int n = simulate->treatment ? (int)simulate->outcome.n + reasons_of(simulate) : 0;
	const bool stands = simulate->found >= 0 && simulate->found < n;
	const int at = stands ? simulate->found : back ? n : -1;

	for (int i = here && stands ? 0 : 1; i <= n; i++) {
		const int place = ((back ? at - i : at + i) % n + n) % n;

		if (place_has(simulate, place)) {
			simulate->found = place;
			show(simulate, app);
			return true;
		}
	}
	return false;
}
