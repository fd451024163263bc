/* SPDX-License-Identifier: MIT */
/*
 * Now: what happens if a customer calls this minute.
 * In: the plan, the clock, the findings and facts when they are known.  Out: the ladder of who is rung,
 * the next change, the emergency path, what is wrong, what is still to do.
 */
#include <stdlib.h>
#include <string.h>

#include "now.h"

static void *open_now(struct app *app, const void *argument, struct nm_error *err)
{
	struct now *now = calloc(1, sizeof *now);

	(void)app;
	(void)argument;
	if (!now)
		nm_fail_memory(err);
	else
		now->play.hangup_s = -1;
	return now;
}

static void forget(struct now *now)
{
	nm_simulation_free(now->call);
	nm_simulation_free(now->emergency);
	nm_arena_free(now->arena);
	now->call = now->emergency = NULL;
	now->arena = NULL;
	now->next_words = now->skips = now->emergency_words = "";
}

static void close_now(void *state)
{
	forget(state);
	free(state);
}

static const char *treatment_words(struct nm_arena *arena, const struct nm_treatment *treatment, bool skips)
{
	struct nm_buf buf;
	const char *text;

	nm_buf_init(&buf, 1u << 16);
	if (skips)
		skips_words(treatment, &buf);
	else
		nm_treatment_words(treatment, &buf);
	text = nm_arena_text(arena, buf.data);
	nm_buf_clear(&buf);
	return text ? text : "";
}

/* When the answer changes next, and to what. */
static void derive_next(struct now *now, struct app *app)
{
	struct play then = now->play;
	struct nm_simulation *simulation;
	const char *rule;

	now->next = boundary_find(app->session, &now->play, now->play.at, false, 400);
	if (now->next == NM_TIME_MAX)
		return;
	then.at = now->next;
	if (play_simulate(app_plan(app), &then, false, NULL, &simulation, NULL))
		return;
	rule = simulation->treatment->rule ? simulation->treatment->rule : "no rule";
	now->next_words =
		nm_arena_format(now->arena, "%s%s%s: %s", rule, simulation->treatment->path ? " → " : "",
				simulation->treatment->path ? simulation->treatment->path : "",
				treatment_words(now->arena, simulation->treatment, false));
	if (!now->next_words)
		now->next_words = "";
	nm_simulation_free(simulation);
}

static void derive_emergency(struct now *now, struct app *app, const struct nm_timeline *timeline)
{
	struct play play = now->play;

	play.emergency = true;
	if (!app_plan(app)->emergency.given ||
	    play_simulate(app_plan(app), &play, false, timeline, &now->emergency, NULL))
		return;
	now->emergency_words = treatment_words(now->arena, now->emergency->treatment, false);
}

static void derive_now(void *state, struct app *app)
{
	struct now *now = state;
	const struct nm_plan *plan = app_plan(app);
	const struct nm_timeline *timeline;

	if (now->arena && now->generation == app->session->generation && now->minute == app_now(app) / 60 &&
	    now->line == now->play.line)
		return;
	forget(now);
	if ((size_t)now->play.line >= plan->n_lines)
		now->play.line = 0;
	now->generation = app->session->generation;
	now->minute = app_now(app) / 60;
	now->line = now->play.line;
	now->play.at = app_now(app);
	now->arena = nm_arena_new();
	now->err = (struct nm_error){0};
	if (!now->arena) {
		nm_fail_memory(&now->err);
		return;
	}
	if (timeline_around(app->session, now->play.at, &timeline, &now->err) ||
	    play_simulate(plan, &now->play, true, timeline, &now->call, &now->err))
		return;
	now->skips = treatment_words(now->arena, now->call->treatment, true);
	derive_emergency(now, app, timeline);
	derive_next(now, app);
}

const struct nm_findings *now_findings(const struct app *app)
{
	return app->session->findings_known ? &app->session->findings : NULL;
}

static void show_checklist(struct app *app)
{
	static const char *const marks[] = {[TICK_OPEN] = "·", [TICK_DONE] = "✓", [TICK_LATER] = " "};
	static const unsigned styles[] = {
		[TICK_OPEN] = STYLE_PLAIN, [TICK_DONE] = STYLE_GOOD, [TICK_LATER] = STYLE_DIM};
	struct notes notes;

	notes_init(&notes);
	for (size_t i = 0; i < checklist_count; i++) {
		const struct checklist_item *item = &checklist[i];
		enum tick tick = item->tick(app_plan(app), now_findings(app));

		if (i == 0 || strcmp(item->when, item[-1].when)) {
			notes_add(&notes, STYLE_PLAIN, "");
			notes_add(&notes, STYLE_HEAD, item->when);
		}
		notes_addf(&notes, styles[tick], "  %s %s%s", marks[tick], item->words,
			   tick == TICK_LATER ? " (needs the call log, which this version does not keep)"
					      : "");
	}
	app_page(app, "quick start", &notes);
	notes_clear(&notes);
}

static enum verdict act_now(void *state, struct app *app, const struct event *event)
{
	struct now *now = state;

	switch (event->action) {
	case ACTION_ENTER:
		app_go(app, &screen_simulate, &now->play);
		return VERDICT_REDRAW;
	case ACTION_LINE:
		now->play.line = (int)(((size_t)now->play.line + 1) % app_plan(app)->n_lines);
		return VERDICT_REDRAW;
	case ACTION_CHECKLIST:
		show_checklist(app);
		return VERDICT_REDRAW;
	case ACTION_OVERRIDE:
		now_override_ask(app);
		return VERDICT_REDRAW;
	case ACTION_EDITOR:
		app_editor(app, deciding_place(now->call));
		return VERDICT_REDRAW;
	case ACTION_ANSWER:
		now_override_answer(now, app, event);
		return VERDICT_REDRAW;
	default:
		return VERDICT_STAY;
	}
}

const struct screen_ops screen_now = {
	.name = "now",
	.title = "Now",
	.context = CONTEXT_NOW,
	.open = open_now,
	.close = close_now,
	.act = act_now,
	.derive = derive_now,
	.draw = now_draw,
};
