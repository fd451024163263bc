/* SPDX-License-Identifier: MIT */
/*
 * Now: what happens if a customer calls this minute.
 * In: the plan, the clock, the findings and facts when they are known.  Out: the ladder of who is rung,
 * the next change, the emergency path, what is wrong, what is still to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "prompt.h"

enum { TAG_FOR, TAG_PATH, TAG_SURE };

struct now {
	struct play play;
	/* derived */
	unsigned generation;
	nm_time minute;
	int line;
	struct nm_arena *arena;
	struct nm_simulation *call;
	struct nm_simulation *emergency; /* NULL: no protocol */
	nm_time next;
	const char *next_words, *skips, *emergency_words;
	struct nm_error err; /* why there is nothing to show */
	/* the override being asked for */
	int64_t override_s;
	int override_path;
};

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

/* --- the override --- */

static void ask_length(struct app *app, const char *typed)
{
	app_ask(app, TAG_FOR, "override for how long:", typed, NULL);
}

static void ask_path(struct now *now, struct app *app, const char *text)
{
	const struct nm_plan *plan = app_plan(app);
	const char **names;
	struct nm_error err;

	if (nm_duration_read(text, &now->override_s, &err) || now->override_s == 0) {
		app_message(app, STYLE_ERROR, "%s is no length of time: 45m, 2h, 1d", text);
		ask_length(app, text);
		return;
	}
	names = calloc(plan->n_paths + 1, sizeof *names);
	for (size_t i = 0; names && i < plan->n_paths; i++)
		names[i] = plan->paths[i].name;
	if (names)
		app_choose(app, TAG_PATH, "which path do calls take?", names, plan->n_paths, 0);
	free(names);
}

/* by-hand-1, or the number after the highest that is there. */
static void override_name(const struct app *app, struct nm_buf *out)
{
	const struct nm_plan *plan = app_plan(app);
	int number = 1;

	for (size_t i = 0; i < plan->n_overrides; i++) {
		int taken = 0;

		if (!strncmp(plan->overrides[i].rule.name, "by-hand-", 8))
			taken = (int)strtol(plan->overrides[i].rule.name + 8, NULL, 10);
		if (taken >= number && taken < 1000000)
			number = taken + 1;
	}
	nm_buf_addf(out, "by-hand-%d", number);
}

static void override_text(const struct now *now, struct app *app, struct nm_buf *out)
{
	const struct nm_plan *plan = app_plan(app);
	nm_time from = app_now(app) / 60 * 60;
	char from_text[NM_TIME_TEXT], until_text[NM_TIME_TEXT];

	nm_buf_add(out, "override ");
	override_name(app, out);
	nm_time_argument(plan->zone, from, from_text);
	nm_time_argument(plan->zone, from + now->override_s, until_text);
	nm_buf_addf(out, " {\n\tfrom = \"%s\"\n\tuntil = \"%s\"\n\tpath = %s\n}", from_text, until_text,
		    plan->paths[now->override_path].name);
}

static void ask_sure(struct now *now, struct app *app)
{
	struct nm_buf text;
	struct notes notes;

	nm_buf_init(&text, 4096);
	notes_init(&notes);
	override_text(now, app, &text);
	notes_diff(&notes, "", text.data);
	app_confirm(app, TAG_SURE, "write this override into the plan?", &notes);
	notes_clear(&notes);
	nm_buf_clear(&text);
}

static void write_override(struct now *now, struct app *app)
{
	struct nm_buf text;
	struct nm_edit edit;

	nm_buf_init(&text, 4096);
	override_text(now, app, &text);
	edit = session_override(app->session, text.data);
	if (!text.failed && app_change(app, &edit, 1, "an override"))
		app_message(app, STYLE_GOOD, "saved: an override (u takes it back; screen 6 makes it live)");
	nm_buf_clear(&text);
}

static enum verdict take_answer(struct now *now, struct app *app, const struct event *event)
{
	if (!event->text)
		app_message(app, STYLE_PLAIN, "nothing was changed");
	else if (event->tag == TAG_FOR)
		ask_path(now, app, event->text);
	else if (event->tag == TAG_PATH && event->index < app_plan(app)->n_paths) {
		now->override_path = (int)event->index;
		ask_sure(now, app);
	} else if (event->tag == TAG_SURE && (size_t)now->override_path < app_plan(app)->n_paths)
		write_override(now, app);
	return VERDICT_REDRAW;
}

static const struct nm_findings *known_findings(const struct app *app)
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
		enum tick tick = item->tick(app_plan(app), known_findings(app));

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
		if (app_may_change(app) && app_plan(app)->n_paths)
			ask_length(app, "2h");
		return VERDICT_REDRAW;
	case ACTION_EDITOR:
		app_editor(app, deciding_place(now->call));
		return VERDICT_REDRAW;
	case ACTION_ANSWER:
		return take_answer(now, app, event);
	default:
		return VERDICT_STAY;
	}
}

/* --- drawing --- */

/* Where the next row goes, and how many are left. */
struct rows {
	struct canvas *canvas;
	int y, end, width;
	bool airy; /* there is room for blank rows */
	int spare; /* rows that nothing else needs: for what is long */
};

static struct pen next_row(struct rows *rows)
{
	struct pen pen = pen_at(rows->canvas, 1, rows->y, rows->y < rows->end ? rows->width - 1 : 0);

	rows->y++;
	return pen;
}

static void gap(struct rows *rows)
{
	rows->y += rows->airy;
}

static void draw_head(const struct now *now, const struct app *app, struct rows *rows)
{
	const struct nm_treatment *treatment = now->call->treatment;
	struct pen pen = next_row(rows);
	const char *why = deciding_words(app_plan(app), now->call);

	pen_text(&pen, STYLE_PLAIN, "A call to ");
	pen_text(&pen, STYLE_BOLD, app_plan(app)->lines[now->line].name);
	pen_text(&pen, STYLE_PLAIN, " now");
	pen_tab(&pen, pen.x + 4);
	pen_text(&pen, STYLE_BOLD, treatment->rule ? treatment->rule : "no rule");
	if (treatment->path)
		pen_textf(&pen, STYLE_BOLD, " → %s", treatment->path);
	if (why[0])
		pen_textf(&pen, STYLE_DIM, "   (%s)", why);
}

/* What a rung of the ladder does.  A line does not answer: the call goes on there. */
static void draw_ring(struct pen *pen, const struct app *app, const struct nm_party *party,
		      const struct nm_treatment_step *step)
{
	const int for_s = step->for_s;

	if (party->line) {
		pen_text(pen, STYLE_PLAIN, "goes on under that line's rules");
		if (step->ring_time != NM_RING_HANDOVER)
			pen_textf(pen, STYLE_PLAIN, " for %d s", for_s);
		return;
	}
	if (party->kind == NM_VOICEMAIL) {
		pen_text(pen, STYLE_PLAIN, party->greeting ? "greeting" : "no greeting");
		pen_text(pen, STYLE_PLAIN, app_plan(app)->text_back.missed ? ", then a text back" : "");
		return;
	}
	pen_textf(pen, STYLE_PLAIN, "rings %d s", for_s);
	pen_textf(pen, STYLE_DIM, ", usually answers in %d s", nm_default_answer_s(party->kind, party->role));
	if (party->confirm)
		pen_text(pen, STYLE_DIM, ", presses 1");
	if (party->own_voicemail_s >= 0 && party->own_voicemail_s < for_s)
		pen_textf(pen, STYLE_WARNING, ", own voicemail at %d s", party->own_voicemail_s);
}

/* Where kind and deed of those who are rung begin, so that they stand below each other. */
struct columns {
	int kind, does;
};

#define NAME_X 10
#define NAME_MOST 24 /* a longer name shifts its own row only */

static const char *party_words(const struct nm_party *party)
{
	return party->line ? "line" : kind_words(party->kind, party->role);
}

static struct columns columns_of(const struct nm_treatment *treatment, bool wide)
{
	int name = wide ? 9 : 7, kind = 9, gap = wide ? 2 : 1;

	for (size_t i = 0; i < treatment->n; i++) {
		for (size_t j = 0; j < treatment->steps[i].n; j++) {
			int its_name = text_width(treatment->steps[i].parties[j].name);
			int its_kind = text_width(party_words(&treatment->steps[i].parties[j]));

			name = its_name > name && its_name <= NAME_MOST ? its_name : name;
			kind = its_kind > kind ? its_kind : kind;
		}
	}
	return (struct columns){NAME_X + name + gap, NAME_X + name + kind + 2 * gap};
}

/* One who is rung: when, glyph of the ladder, who, and what that one does. */
static void draw_party(struct pen *pen, const char *glyph, const struct nm_party *party, struct columns columns)
{
	unsigned style = style_of_kind(party->kind);

	pen_tab(pen, NAME_X - 2);
	pen_text(pen, STYLE_RULE, glyph);
	pen_tab(pen, NAME_X);
	pen_text(pen, style, party->name);
	pen_tab(pen, columns.kind);
	pen_text(pen, style, party_words(party));
	pen_tab(pen, columns.does);
}

static size_t count_parties(const struct nm_treatment *treatment)
{
	size_t n = 0;

	for (size_t i = 0; i < treatment->n; i++)
		n += treatment->steps[i].n;
	return n;
}

static void draw_ladder(const struct now *now, const struct app *app, struct rows *rows, int most)
{
	const struct nm_treatment *treatment = now->call->treatment;
	size_t all = count_parties(treatment), shown = 0;
	struct columns columns = columns_of(treatment, rows->width > 60);
	int from = treatment->greeting_s;
	struct pen pen;

	if (treatment->verdict != NM_VERDICT_PATH || all == 0) {
		pen = next_row(rows);
		if (treatment->verdict == NM_VERDICT_REJECT)
			pen_text(&pen, STYLE_DIM,
				 treatment->reject == NM_REJECT_BUSY ? "rejected: busy"
								     : "rejected: silence");
		else
			pen_text(&pen, STYLE_NOBODY, " nobody: the call is lost ");
		return;
	}
	for (size_t i = 0; i < treatment->n; i++) {
		const struct nm_treatment_step *step = &treatment->steps[i];

		for (size_t j = 0; j < step->n; j++) {
			const char *glyph = all == 1 ? "─" : shown == 0 ? "┬" : shown + 1 == all ? "└" : "├";

			if ((int)shown == most - 1 && shown + 1 < all) {
				pen = next_row(rows);
				pen_textf(&pen, STYLE_DIM, "       and %zu more: Enter plays the call",
					  all - shown);
				return;
			}
			pen = next_row(rows);
			if (j == 0)
				pen_textf(&pen, STYLE_PLAIN, "%4d s ", from);
			draw_party(&pen, glyph, &step->parties[j], columns);
			draw_ring(&pen, app, &step->parties[j], step);
			shown++;
		}
		if (step->n)
			from += step->for_s;
	}
}

/* A name in front and text after it, on two rows at most (one in a low window), and on what is spare. */
static void draw_named(struct rows *rows, const char *name, unsigned style, const char *text)
{
	struct pen pen = next_row(rows);
	int own = rows->airy && rows->y < rows->end ? 2 : 1, used;

	pen_text(&pen, STYLE_HEAD, name);
	if (rows->y > rows->end)
		return;
	used = canvas_wrap(rows->canvas, 16, rows->y - 1, rows->width - 17, own + rows->spare, style, text);
	if (used > own)
		rows->spare -= used - own;
	rows->y += used > 1 ? used - 1 : 0;
}

static void draw_next(const struct now *now, const struct app *app, struct rows *rows)
{
	char when[NM_TIME_TEXT], in[NM_TIME_TEXT], text[2048];

	if (now->next == NM_TIME_MAX) {
		draw_named(rows, "Next change", STYLE_DIM, "none within a year");
		return;
	}
	nm_time_words(session_zone(app->session), now->next, false, when);
	nm_duration_words((now->next - app_now(app)) / 60 * 60, in);
	snprintf(text, sizeof text, "%s, in %s   %s", when, in, now->next_words);
	draw_named(rows, "Next change", STYLE_PLAIN, text);
}

static void draw_findings(const struct app *app, struct rows *rows)
{
	const struct nm_findings *findings = known_findings(app);
	size_t n[3] = {0};
	char text[1024];

	if (!findings) {
		draw_named(rows, "Findings", STYLE_DIM, "…");
		return;
	}
	for (size_t i = 0; i < findings->n; i++)
		n[findings->items[i].severity]++;
	snprintf(text, sizeof text, "%zu error%s, %zu warning%s, %zu advice%s%s", n[0], n[0] == 1 ? "" : "s",
		 n[1], n[1] == 1 ? "" : "s", n[2], findings->n ? ": " : "",
		 findings->n ? findings->items[0].message : "");
	draw_named(rows, "Findings", n[0] ? STYLE_ERROR : n[1] ? STYLE_WARNING : STYLE_GOOD, text);
}

/* How old that knowledge is, where it is not of this minute: " (read 3 days ago)". */
static const char *read_words(const struct app *app, nm_time read, char *room, size_t size)
{
	const int64_t age = app_now(app) - read;
	char words[NM_TIME_TEXT];

	if (read == NM_TIME_MAX || age < 60)
		return "";
	nm_duration_words(age / 60 * 60, words);
	snprintf(room, size, " (read %s ago; screen 6 reads it anew)", words);
	return room;
}

/* The first line that does not do what the plan says. */
static void draw_drift(const struct app *app, struct rows *rows)
{
	const struct nm_plan *plan = app_plan(app);
	size_t same = 0, assumed = 0, pushed = 0, unread = 0;
	nm_time oldest = NM_TIME_MAX;
	char text[1024], age[NM_TIME_TEXT + 64];

	if (!app->facts_known || app->n_facts == 0)
		return;
	for (size_t i = 0; i < app->n_facts; i++) {
		const struct nm_line_fact *fact = &app->facts[i];

		if (fact->known && fact->read_at < oldest)
			oldest = fact->read_at;
		same += fact->known && fact->in_sync;
		pushed += fact->pushed;
		assumed += !fact->known && fact->in_sync;
		unread += fact->pushed && !fact->known && !fact->in_sync;
		if (fact->pushed && fact->known && !fact->in_sync) {
			snprintf(text, sizeof text, "%s: %s", fact->line,
				 fact->words ? fact->words : "live is not the plan");
			draw_named(rows, "Drift", STYLE_WARNING, text);
			return;
		}
	}
	if (pushed == 0 && same == 0)
		snprintf(text, sizeof text, "not pushed yet: screen 6 makes the plan live");
	else if (assumed)
		snprintf(text, sizeof text, "%zu of %zu lines do what the plan says, %zu assumed", same,
			 plan->n_lines, assumed);
	else if (unread == pushed)
		snprintf(text, sizeof text, "what is live is not known since the plan changed: screen 6 reads it");
	else
		snprintf(text, sizeof text, "%zu of %zu lines do what the plan says%s", same, plan->n_lines,
			 read_words(app, oldest, age, sizeof age));
	draw_named(rows, "Drift", same == plan->n_lines ? STYLE_GOOD : STYLE_DIM, text);
}

static void draw_quick_start(const struct app *app, struct rows *rows)
{
	const char *next = NULL;
	struct nm_buf text;
	size_t i = 0;

	nm_buf_init(&text, 1024);
	while (i < checklist_count) {
		const char *when = checklist[i].when;
		size_t ticked = 0, all = 0;

		for (; i < checklist_count && !strcmp(checklist[i].when, when); i++) {
			enum tick tick = checklist[i].tick(app_plan(app), known_findings(app));

			all++;
			ticked += tick == TICK_DONE;
			if (tick == TICK_OPEN && !next)
				next = checklist[i].words;
		}
		nm_buf_addf(&text, "%s %zu of %zu   ", when, ticked, all);
	}
	if (next)
		nm_buf_addf(&text, "next: %s", next);
	draw_named(rows, "Quick start", next ? STYLE_PLAIN : STYLE_GOOD, text.data);
	nm_buf_clear(&text);
}

/* What is left of a large terminal: the rules that were looked at, and the other findings. */
static void draw_more(const struct now *now, const struct app *app, struct rows *rows)
{
	const struct nm_findings *findings = known_findings(app);
	int names = 0;

	if (rows->end - rows->y < (int)now->call->n_reasons + 2)
		return;
	rows->y++;
	for (size_t i = 0; i < now->call->n_reasons; i++) {
		int width = text_width(now->call->reasons[i].name);

		names = width > names ? width : names;
	}
	for (size_t i = 0; i < now->call->n_reasons; i++) {
		const struct nm_reason *reason = &now->call->reasons[i];
		struct pen pen = next_row(rows);

		pen_text(&pen, STYLE_HEAD, i ? "" : "Why");
		pen_tab(&pen, 16);
		pen_text(&pen, reason->matched ? STYLE_BOLD : STYLE_DIM, reason->name);
		pen_tab(&pen, 16 + names + 2);
		pen_textf(&pen, reason->matched ? STYLE_BOLD : STYLE_DIM, "%s %s",
			  reason->matched ? "yes" : "no ", reason->text);
	}
	rows->y++;
	for (size_t i = 1; findings && i < findings->n && rows->y < rows->end; i++) {
		struct pen pen = next_row(rows);

		pen_text(&pen, STYLE_HEAD, i == 1 ? "More findings" : "");
		pen_tab(&pen, 16);
		pen_text(&pen, STYLE_PLAIN, findings->items[i].message);
	}
}

/* Everything but what fills a large terminal.  Leaves in rows where it ended. */
static void draw_facts(const struct now *now, const struct app *app, struct rows *rows, int height)
{
	int fixed = rows->airy ? 12 : 5;

	draw_head(now, app, rows);
	draw_ladder(now, app, rows, height - fixed < 2 ? 2 : height - fixed);
	if (now->skips[0] && rows->airy) {
		char text[2048];

		snprintf(text, sizeof text, "not rung: %s", now->skips);
		rows->y += canvas_wrap(rows->canvas, 10, rows->y, rows->width - 11, 2, STYLE_DIM, text);
	}
	gap(rows);
	draw_next(now, app, rows);
	if (now->emergency)
		draw_named(rows, "Emergency", STYLE_PLAIN, now->emergency_words);
	else
		draw_named(rows, "Emergency", STYLE_WARNING,
			   "no protocol: an emergency is a call like any other");
	gap(rows);
	draw_quick_start(app, rows);
	gap(rows);
	draw_drift(app, rows);
	draw_findings(app, rows);
}

/* Drawn once to see what is left, and then with what is left handed out: nothing is cut beside empty rows. */
static void draw_now(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct now *now = state;
	struct rows rows = {canvas, body.y, body.y + body.height, body.width, body.height >= 14, 0};
	struct rows first = rows;

	if (!now->call) {
		canvas_text(canvas, 1, body.y, body.width - 2, STYLE_ERROR, now->err.text);
		return;
	}
	draw_facts(now, app, &first, body.height);
	if (first.y < first.end) {
		rows.spare = first.end - first.y;
		for (int y = body.y; y < rows.end; y++)
			canvas_fill(canvas, body.x, y, body.width, STYLE_PLAIN, ' ');
		draw_facts(now, app, &rows, body.height);
		draw_more(now, app, &rows);
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
	.draw = draw_now,
};
