/* SPDX-License-Identifier: MIT */
/*
 * The Now screen drawn: the ladder of who is rung, the next change, the emergency path, what is still to do, what is
 * wrong.  In: the screen's state.  Out: cells.  Derives nothing.
 */
#include <stdio.h>
#include <string.h>

#include "now_rows.h"

struct pen now_row(struct rows *rows)
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
	struct pen pen = now_row(rows);
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
static void draw_ring(struct pen *pen, const struct nm_treatment *treatment, const struct nm_party *party,
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
		pen_text(pen, STYLE_PLAIN, treatment->text_back ? ", then a text back" : "");
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

static void draw_ladder(const struct now *now, struct rows *rows, int most)
{
	const struct nm_treatment *treatment = now->call->treatment;
	size_t all = count_parties(treatment), shown = 0;
	struct columns columns = columns_of(treatment, rows->width > 60);
	int from = treatment->greeting_s;
	struct pen pen;

	if (treatment->verdict != NM_VERDICT_PATH || all == 0) {
		pen = now_row(rows);
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
				pen = now_row(rows);
				pen_textf(&pen, STYLE_DIM, "       and %zu more: Enter plays the call",
					  all - shown);
				return;
			}
			pen = now_row(rows);
			if (j == 0)
				pen_textf(&pen, STYLE_PLAIN, "%4d s ", from);
			draw_party(&pen, glyph, &step->parties[j], columns);
			draw_ring(&pen, treatment, &step->parties[j], step);
			shown++;
		}
		if (step->n)
			from += step->for_s;
	}
}

#define NAMED_X 16

static int named_width(const struct rows *rows)
{
	return rows->width - NAMED_X - 1;
}

/* That the text of a name may have, once its first row is taken, but for what is spare. */
static int own_rows(const struct rows *rows)
{
	return rows->airy && !rows->tight && rows->y < rows->end ? 2 : 1;
}

/* A name in front and text after it, on its own rows, and on what is spare. */
static void draw_named_on(struct rows *rows, int own, const char *name, unsigned style, const char *text)
{
	struct pen pen = now_row(rows);
	const int most = own + rows->spare, left = rows->end - (rows->y - 1);
	int used;

	pen_text(&pen, STYLE_HEAD, name);
	if (left < 1)
		return;
	used = canvas_wrap(NULL, 0, 0, named_width(rows), most, style, text);
	canvas_wrap(rows->canvas, NAMED_X, rows->y - 1, named_width(rows), most < left ? most : left, style, text);
	if (used > own)
		rows->spare -= used - own;
	rows->y += used > 1 ? used - 1 : 0;
}

void now_named(struct rows *rows, const char *name, unsigned style, const char *text)
{
	const struct rows then = {.y = rows->y + 1, .end = rows->end, .airy = rows->airy, .tight = rows->tight};

	draw_named_on(rows, own_rows(&then), name, style, text);
}

static void draw_next(const struct now *now, const struct app *app, struct rows *rows)
{
	char when[NM_TIME_TEXT], in[NM_TIME_TEXT], text[2048];

	if (now->next == NM_TIME_MAX) {
		now_named(rows, "Next change", STYLE_DIM, "none within a year");
		return;
	}
	nm_time_words(session_zone(app->session), now->next, false, when);
	nm_duration_words((now->next - app_now(app)) / 60 * 60, in);
	snprintf(text, sizeof text, "%s, in %s   %s", when, in, now->next_words);
	now_named(rows, "Next change", STYLE_PLAIN, text);
}

/* Where rows are few an alert has this one.  Whole, or by names alone where that is too long: whom an emergency reaches
 * last is never cut off.  Without what is spare it would be the names, so what it takes beyond their rows is spare. */
static void draw_emergency(const struct now *now, struct rows *rows)
{
	const char *name = now->log.n_alerts ? "" : "Emergency"; /* the open one stands above */
	const int width = named_width(rows);
	struct nm_buf names;
	struct rows then = *rows;
	int own, whole;

	if (now->log.n_alerts && !rows->airy)
		return;
	if (!now->emergency) {
		now_named(rows, name, STYLE_WARNING,
			   "no protocol: an emergency is a call like any other");
		return;
	}
	then.y++;
	own = own_rows(&then);
	nm_buf_init(&names, 1u << 16);
	whole = canvas_wrap(NULL, 0, 0, width, own + rows->spare + 1, STYLE_PLAIN, now->emergency_words);
	if (whole > own) {
		chain_words(now->emergency->treatment, width, &names);
		own = names.len ? canvas_wrap(NULL, 0, 0, width, own, STYLE_PLAIN, names.data) : own;
	}
	draw_named_on(rows, own, name, STYLE_PLAIN,
		      names.len && whole > own + rows->spare ? names.data : now->emergency_words);
	nm_buf_clear(&names);
}

/* What is wrong with what is live: lines that do not do what the plan says, else lines of which nobody knows what they
 * do. */
struct trouble {
	const struct nm_line_fact *first; /* NULL: nothing */
	bool drifts;
	size_t n;
};

static struct trouble trouble_of(const struct app *app)
{
	struct trouble drifts = {.drifts = true}, unread = {0};

	for (size_t i = app->n_facts; i-- > 0;) {
		const struct nm_line_fact *fact = &app->facts[i];

		if (fact->pushed && fact->known && !fact->in_sync) {
			drifts.first = fact;
			drifts.n++;
		}
		if (fact->pushed && fact->unread) {
			unread.first = fact;
			unread.n++;
		}
	}
	return drifts.n ? drifts : unread;
}

/* How live and plan differ is long, and screen 6 has it: it stands here where that takes no row from anything else. */
static bool draw_trouble(const struct app *app, struct rows *rows)
{
	const struct trouble trouble = trouble_of(app);
	const struct nm_line_fact *fact = trouble.first;
	char text[1024];

	if (!fact)
		return false;
	if (!trouble.drifts)
		snprintf(text, sizeof text, "what is live on %s is not known: %s", fact->line,
			 fact->words ? fact->words : "it could not be read");
	else if (rows->tall)
		snprintf(text, sizeof text, "%s: %s", fact->line, fact->words ? fact->words : "live is not the plan");
	else if (trouble.n > 1)
		snprintf(text, sizeof text, "%zu lines drift: screen 6 tells where live and plan part", trouble.n);
	else
		snprintf(text, sizeof text, "%s drifts: screen 6 tells where live and plan part", fact->line);
	now_named(rows, "Drift", STYLE_WARNING, text);
	return true;
}

/* Is it what the row Drift says, of that line or of all lines? */
static bool told_as_drift(const struct app *app, const struct rows *rows, const struct nm_finding *finding)
{
	const struct trouble trouble = trouble_of(app);
	int line;

	if (!trouble.first || strcmp(finding->id, trouble.drifts ? "drift" : "unread"))
		return false;
	if (trouble.drifts && !rows->tall)
		return true;
	line = nm_plan_find_line(app_plan(app), trouble.first->line);
	return line >= 0 && app_plan(app)->lines[line].pos.line == finding->pos.line;
}

/* The next finding from `i` on that no other row tells; findings->n: none. */
static size_t next_untold(const struct app *app, const struct rows *rows, const struct nm_findings *findings, size_t i)
{
	while (i < findings->n && told_as_drift(app, rows, &findings->items[i]))
		i++;
	return i;
}

static void draw_findings(const struct now *now, const struct app *app, struct rows *rows)
{
	const struct nm_findings *findings = now_facts(now, app).findings;
	const struct nm_diags *diags = &app->session->diags;
	size_t n[3] = {0}, first;
	char text[1024];

	if (!findings) {
		now_named(rows, "Findings", STYLE_DIM, "…");
		return;
	}
	if (!app_reads(app)) {
		snprintf(text, sizeof text, "the plan's text has %zu mistake%s and does not read: 5 Check tells %s",
			 diags->n, diags->n == 1 ? "" : "s", diags->n == 1 ? "it" : "them");
		now_named(rows, "Findings", STYLE_ERROR, text);
		return;
	}
	for (size_t i = 0; i < findings->n; i++)
		n[findings->items[i].severity]++;
	first = next_untold(app, rows, findings, 0);
	snprintf(text, sizeof text, "%zu error%s, %zu warning%s, %zu advice%s%s", n[0], n[0] == 1 ? "" : "s",
		 n[1], n[1] == 1 ? "" : "s", n[2], findings->n ? ": " : "",
		 first < findings->n ? findings->items[first].message : findings->n ? "the drift above" : "");
	now_named(rows, "Findings", n[0] ? STYLE_ERROR : n[1] ? STYLE_WARNING : STYLE_GOOD, text);
}

/* How old that knowledge is, where it is not of this minute: " (read 3 days ago)". */
static const char *read_words(const struct app *app, nm_time read, char *room, size_t size)
{
	const int64_t age = app_now(app) - read;
	char words[NM_TIME_TEXT];

	if (read == NM_TIME_MAX || age < 60)
		return "";
	age_words(age, words);
	snprintf(room, size, " (read %s ago; screen 6 reads it anew)", words);
	return room;
}

static void draw_drift(const struct app *app, struct rows *rows)
{
	const struct nm_plan *plan = app_plan(app);
	size_t same = 0, assumed = 0, pushed = 0, unread = 0;
	const char *says = "the plan";
	nm_time oldest = NM_TIME_MAX;
	char text[1024], lines[64], age[NM_TIME_TEXT + 64];

	if (!app->facts_known || app->n_facts == 0 || draw_trouble(app, rows))
		return;
	for (size_t i = 0; i < app->n_facts; i++) {
		const struct nm_line_fact *fact = &app->facts[i];

		if (fact->known && fact->read_at < oldest)
			oldest = fact->read_at;
		if (fact->saved)
			says = "the saved plan";
		same += fact->known && fact->in_sync;
		pushed += fact->pushed;
		assumed += !fact->known && fact->in_sync;
		unread += fact->pushed && !fact->known && !fact->in_sync;
	}
	if (plan->n_lines == 1)
		snprintf(lines, sizeof lines, "the line %s", same ? "does" : "does not do");
	else
		snprintf(lines, sizeof lines, "%zu of %zu lines do", same, plan->n_lines);
	if (pushed == 0 && same == 0)
		snprintf(text, sizeof text, "not pushed yet: screen 6 makes the plan live");
	else if (assumed)
		snprintf(text, sizeof text, "%s what %s says, %zu assumed", lines, says, assumed);
	else if (unread == pushed)
		snprintf(text, sizeof text, "what is live is not known since the plan changed: screen 6 reads it");
	else
		snprintf(text, sizeof text, "%s what %s says%s", lines, says, read_words(app, oldest, age, sizeof age));
	now_named(rows, "Drift", same == plan->n_lines ? STYLE_GOOD : STYLE_DIM, text);
}

static void draw_quick_start(const struct now *now, const struct app *app, struct rows *rows)
{
	const struct checklist_facts facts = now_facts(now, app);
	const char *next = NULL;
	struct nm_buf text, missing;
	size_t i = 0;

	nm_buf_init(&text, 1024);
	nm_buf_init(&missing, 1u << 16);
	while (i < checklist_count) {
		const char *when = checklist[i].when;
		size_t ticked = 0, all = 0;

		for (; i < checklist_count && !strcmp(checklist[i].when, when); i++) {
			enum tick tick = checklist[i].tick(&facts, &missing);

			all++;
			ticked += tick == TICK_DONE;
			if (tick == TICK_OPEN && !next)
				next = checklist[i].words;
		}
		nm_buf_addf(&text, "%.*s %zu of %zu   ", (int)strcspn(when, ","), when, ticked, all);
	}
	if (next)
		nm_buf_addf(&text, "next: %s", next);
	now_named(rows, "Quick start", next ? STYLE_PLAIN : STYLE_GOOD, text.data);
	nm_buf_clear(&missing);
	nm_buf_clear(&text);
}

/* All but the one that the row Findings names. */
static void draw_more_findings(const struct app *app, const struct nm_findings *findings, struct rows *rows)
{
	const size_t named = next_untold(app, rows, findings, 0);
	const char *head = "More findings";

	for (size_t i = named; rows->y < rows->end; head = "") {
		struct pen pen;

		i = next_untold(app, rows, findings, i + 1);
		if (i >= findings->n)
			return;
		pen = now_row(rows);
		pen_text(&pen, STYLE_HEAD, head);
		pen_tab(&pen, 16);
		pen_text(&pen, STYLE_PLAIN, findings->items[i].message);
	}
}

/* What is left of a large terminal: the rules that were looked at, and the other findings. */
static void draw_more(const struct now *now, const struct app *app, struct rows *rows)
{
	const struct nm_findings *findings = now_facts(now, app).findings;
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
		struct pen pen = now_row(rows);

		pen_text(&pen, STYLE_HEAD, i ? "" : "Why");
		pen_tab(&pen, 16);
		pen_text(&pen, reason->matched ? STYLE_BOLD : STYLE_DIM, reason->name);
		pen_tab(&pen, 16 + names + 2);
		pen_textf(&pen, reason->matched ? STYLE_BOLD : STYLE_DIM, "%s %s",
			  reason->matched ? "yes" : "no ", reason->text);
	}
	rows->y++;
	if (findings)
		draw_more_findings(app, findings, rows);
}

#define FIXED 12      /* rows that an airy window needs beside the ladder and the log, */
#define FIXED_TIGHT 9 /* one in which nothing long has a second row, */
#define FIXED_LOW 5   /* and a low one */
#define FIGURE_X 76   /* columns that a figure's own row has: "... target 95 %       ▁▂▃▄▅▆▄▁▃▄█▇ better" */
#define FIGURES_X 76  /* columns in which all figures stand beside each other */

#define SKIPS_X 10
#define SKIPS_ROWS 2

/* "not rung: ...", when there is somebody to name; with canvas NULL only counts its rows. */
static int draw_skips(const struct now *now, const struct rows *rows, struct canvas *canvas)
{
	char text[2048];

	if (!now->skips[0] || !rows->airy)
		return 0;
	snprintf(text, sizeof text, "not rung: %s", now->skips);
	return canvas_wrap(canvas, SKIPS_X, rows->y, rows->width - SKIPS_X - 1, SKIPS_ROWS, STYLE_DIM, text);
}

/* With these figures, and the ladder whole?  What is long may be cut for them. */
static bool has_room(const struct now *now, const struct rows *rows, int height)
{
	return (int)count_parties(now->call->treatment) + draw_skips(now, rows, NULL) + FIXED_TIGHT + now_log_rows(now, rows) <= height;
}

/* A row for each of them, which has its course too, or one for all of them with one for the targets. */
static void choose_figures(const struct now *now, struct rows *rows, int height)
{
	rows->each = rows->tall;
	if (rows->tall || !rows->airy)
		return;
	rows->each = rows->pressed = true;
	if (rows->width >= FIGURE_X && has_room(now, rows, height))
		return;
	rows->each = false;
	rows->targets = true;
	if (rows->width >= FIGURES_X && has_room(now, rows, height))
		return;
	rows->targets = false;
	rows->pressed = has_room(now, rows, height);
}

/* Everything but what fills a large terminal.  Leaves in rows where it ended. */
static void draw_facts(const struct now *now, const struct app *app, struct rows *rows, int height)
{
	int fixed = (rows->pressed ? FIXED_TIGHT : rows->airy ? FIXED : FIXED_LOW) + now_log_rows(now, rows);

	draw_head(now, app, rows);
	draw_ladder(now, rows, height - fixed < 2 ? 2 : height - fixed);
	rows->y += draw_skips(now, rows, rows->canvas);
	gap(rows);
	draw_next(now, app, rows);
	now_draw_alert(now, app, rows);
	draw_emergency(now, rows);
	gap(rows);
	now_draw_figures(now, app, rows);
	if (!rows->cramped)
		draw_quick_start(now, app, rows);
	gap(rows);
	now_draw_due(now, app, rows);
	now_draw_refused(now, rows);
	now_draw_floods(now, rows);
	draw_drift(app, rows);
	draw_findings(now, app, rows);
}

/* As draw_facts, to see how many rows it needs: what it has drawn is taken away. */
static int rows_needed(const struct now *now, const struct app *app, struct rows rows, int height)
{
	const int top = rows.y;

	draw_facts(now, app, &rows, height);
	for (int y = top; y < rows.end; y++)
		canvas_fill(rows.canvas, 0, y, rows.width, STYLE_PLAIN, ' ');
	return rows.y - top;
}

/* Drawn first to see what is left, which is then handed out: nothing is cut beside empty rows, nor left out below what is
 * long. */
void now_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct now *now = state;
	struct rows rows = {.canvas = canvas,
			    .y = body.y,
			    .end = body.y + body.height,
			    .width = body.width,
			    .airy = body.height >= 14,
			    .tall = body.height >= 26};
	int spare;

	if (!now->call) {
		canvas_text(canvas, 1, body.y, body.width - 2, STYLE_ERROR, now->err.text);
		return;
	}
	choose_figures(now, &rows, body.height);
	rows.tight = rows_needed(now, app, rows, body.height) > body.height;
	rows.cramped = rows_needed(now, app, rows, body.height) > body.height;
	spare = body.height - rows_needed(now, app, rows, body.height);
	rows.spare = spare > 0 ? spare : 0;
	draw_facts(now, app, &rows, body.height);
	if (spare > 0)
		draw_more(now, app, &rows);
	search_mark(&now->found, canvas, body.y);
}
