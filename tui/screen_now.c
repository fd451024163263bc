/* SPDX-License-Identifier: MIT */
/*
 * Now: what happens if a customer calls this minute.
 * In: the plan, the clock, the findings and facts when they are known.  Out: the ladder of who is rung,
 * the next change, the emergency path, what is wrong, what is still to do.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/calls.h"
#include "now.h"

static void *open_now(struct app *app, const void *argument, struct nm_error *err)
{
	struct now *now = calloc(1, sizeof *now);

	if (!now) {
		nm_fail_memory(err);
		return NULL;
	}
	now->play.hangup_s = now->found.at = -1;
	if (argument)
		now_override_decided(now, app, argument);
	return now;
}

static void go_now(void *state, struct app *app, const void *argument)
{
	now_override_decided(state, app, argument);
}

static void forget(struct now *now)
{
	nm_simulation_free(now->call);
	nm_simulation_free(now->emergency);
	nm_arena_free(now->arena);
	now->call = now->emergency = NULL;
	now->arena = NULL;
	now->next_words = now->skips = now->emergency_words = "";
	now->found.at = -1; /* rows are other ones now */
}

static void close_now(void *state)
{
	struct now *now = state;

	forget(now);
	now_log_clear(&now->log);
	nm_arena_free(now->wish_arena);
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

/* Who stands in a rotation's place until when, of the first one that is rung. */
static const char *turn_words(struct now *now, const struct nm_plan *plan, const struct nm_treatment *treatment)
{
	for (size_t i = 0; i < treatment->n; i++) {
		for (size_t j = 0; j < treatment->steps[i].n; j++) {
			const struct nm_party *party = &treatment->steps[i].parties[j];
			int rotation = party->turn_of ? nm_plan_find_rotation(plan, party->turn_of) : -1;
			char until[NM_TIME_TEXT];
			const char *words;
			nm_time next;

			if (rotation < 0)
				continue;
			nm_rotation_turn(plan, &plan->rotations[rotation], now->play.at, &next);
			if (next == NM_TIME_MAX)
				return "";
			nm_time_words(plan->zone, next, false, until);
			words = nm_arena_format(now->arena, " (%s is on turn until %s)", party->name, until);
			return words ? words : "";
		}
	}
	return "";
}

static void derive_emergency(struct now *now, struct app *app, const struct nm_timeline *timeline)
{
	struct play play = now->play;

	play.emergency = true;
	if (!app_plan(app)->emergency.given ||
	    play_simulate(app_plan(app), &play, false, timeline, &now->emergency, NULL))
		return;
	now->emergency_words = nm_arena_format(now->arena, "%s%s",
					       treatment_words(now->arena, now->emergency->treatment, false),
					       turn_words(now, app_plan(app), now->emergency->treatment));
	if (!now->emergency_words)
		now->emergency_words = "";
}

static void derive_now(void *state, struct app *app)
{
	struct now *now = state;
	const struct nm_plan *plan = app_plan(app);
	const struct nm_timeline *timeline;

	if (now->proofs != app->session->proofs) /* tests were played, or something was read or pushed */
		now->deeds_known = false;
	now->proofs = app->session->proofs;
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
	now->deeds_known = false;
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

/* --- the quick start --- */

struct checklist_facts now_facts(const struct now *now, const struct app *app)
{
	return (struct checklist_facts){
		.plan = app_plan(app),
		.findings = app->session->findings_known ? &app->session->findings : NULL,
		.store_read = app->facts_known && now->deeds_known,
		.lines = app->facts,
		.n_lines = app->n_facts,
		.tests = now->tests,
		.newest_call = now->newest_call,
		.agent_lives = now->agent_lives,
		.peaks = now->log.report.n_peaks > 0,
		.now = app_now(app),
	};
}

/* Without a store there are no deeds: that is an answer too. */
static void read_deeds(struct now *now, struct app *app)
{
	const struct nm_call_filter filter = {.since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 1};
	struct nm_call_entries calls;
	struct nm_store *store;

	now->deeds_known = true;
	now->newest_call = NM_TIME_MIN;
	now->tests = session_tests(app->session);
	now->agent_lives = session_agent_runs(app->session);
	now_log_read(&now->log, app);
	if (session_store(app->session, &store, NULL) || nm_store_calls(store, &filter, &calls, NULL))
		return;
	if (calls.n)
		now->newest_call = calls.items[0].began;
	nm_call_entries_clear(&calls);
}

static bool idle_now(void *state, struct app *app)
{
	struct now *now = state;

	if (now->deeds_known)
		return false;
	read_deeds(now, app);
	return true;
}

static void add_item(struct notes *notes, const struct checklist_item *item, const struct checklist_facts *facts)
{
	static const char *const marks[] = {[TICK_OPEN] = "·", [TICK_DONE] = "✓"};
	static const unsigned styles[] = {[TICK_OPEN] = STYLE_PLAIN, [TICK_DONE] = STYLE_GOOD};
	struct nm_buf missing;
	enum tick tick;

	nm_buf_init(&missing, 1u << 16);
	tick = item->tick(facts, &missing);
	notes_addf(notes, styles[tick], "  %s %s", marks[tick], item->words);
	notes_addf(notes, STYLE_DIM, "      looks at  %s", item->looks);
	if (tick != TICK_DONE)
		notes_addf(notes, STYLE_WARNING, "      missing   %s", missing.data);
	nm_buf_clear(&missing);
}

/* A page stays as it was opened: what it looks at is not left for a quiet moment. */
static struct checklist_facts settled_facts(struct now *now, struct app *app)
{
	const struct nm_findings *findings;

	app_need_facts(app);
	if (!now->deeds_known)
		read_deeds(now, app);
	if (session_findings(app->session, &findings, NULL))
		app_message(app, STYLE_WARNING, "the plan could not be proved: what follows from that is missing here");
	return now_facts(now, app);
}

static void show_checklist(struct now *now, struct app *app)
{
	const struct checklist_facts facts = settled_facts(now, app);
	struct notes notes;

	notes_init(&notes);
	for (size_t i = 0; i < checklist_count; i++) {
		if (i == 0 || strcmp(checklist[i].when, checklist[i - 1].when)) {
			notes_add(&notes, STYLE_PLAIN, "");
			notes_add(&notes, STYLE_HEAD, checklist[i].when);
		}
		add_item(&notes, &checklist[i], &facts);
	}
	app_page(app, "quick start", &notes);
	notes_clear(&notes);
}

/* Its rows are what the screen shows: there is no more of it anywhere. */
static bool find_row(void *state, struct app *app, bool back, bool here)
{
	struct now *now = state;
	const struct box body = app_body(app);
	struct canvas picture;
	bool found;

	if (!canvas_init(&picture, body.width, body.height, app_ascii(app)))
		return false;
	now_draw(now, app, &picture, (struct box){0, 0, body.width, body.height});
	found = search_picture(&now->found, &picture, now->search, back, here);
	now->found.width = app->canvas.width;
	now->found.height = app->canvas.height;
	canvas_clear(&picture);
	return found;
}

static const struct search_ops row_search = {.where = "on this screen", .find = find_row};

static enum verdict act_now(void *state, struct app *app, const struct event *event)
{
	struct now *now = state;

	if (search_act(&row_search, now, now->search, app, event))
		return VERDICT_REDRAW;
	now->found.at = -1;
	switch (event->action) {
	case ACTION_ENTER:
		app_go(app, &screen_simulate, &now->play);
		return VERDICT_REDRAW;
	case ACTION_LINE:
		now->play.line = (int)(((size_t)now->play.line + 1) % app_plan(app)->n_lines);
		return VERDICT_REDRAW;
	case ACTION_CHECKLIST:
		show_checklist(now, app);
		return VERDICT_REDRAW;
	case ACTION_OVERRIDE:
		now_override_ask(now, app);
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
	.go = go_now,
	.close = close_now,
	.act = act_now,
	.derive = derive_now,
	.idle = idle_now,
	.idle_beside = true,
	.draw = now_draw,
};
