/* SPDX-License-Identifier: MIT */
/* One call beside the plan: see call_page.h.  In: the store's call, the plan of then.  Out: rows of cells. */
#include "call_page.h"

#include <stdio.h>
#include <string.h>

#include "alert_words.h"
#include "call_words.h"
#include "ladder.h"
#include "nevermiss/names.h"

#define BESIDE 100 /* columns from which on the ladders stand side by side */

/* --- reading --- */

static void add_who(struct call_page *page, const struct session *session)
{
	const struct nm_call_entry *call = &page->call;
	char at[NM_TIME_TEXT];
	struct nm_buf who, groups;

	nm_buf_init(&who, 1024);
	nm_buf_init(&groups, 1u << 16);
	call_who_words(call, &who);
	call_groups_words(session->plan, call->caller, &groups);
	nm_time_words_zone(session_zone(session), call->began, true, at);
	notes_addf(&page->head, STYLE_BOLD, "#%lld  %s to %s, from %s%s%s%s", (long long)call->id, at,
		   call_line(session->plan, call), who.data, groups.len ? " (" : "", groups.data,
		   groups.len ? ")" : "");
	nm_buf_clear(&who);
	nm_buf_clear(&groups);
}

static void add_became(struct call_page *page)
{
	struct nm_buf words;

	nm_buf_init(&words, 1u << 16);
	call_became_words(&page->call.became, &words);
	notes_addf(&page->head, STYLE_PLAIN, "outcome  %s: %s", words.data,
		   nm_call_reason_words(page->call.became.reason));
	nm_buf_clear(&words);
}

static void add_verdict(struct call_page *page)
{
	const struct nm_explanation *explanation = &page->explanation;

	if (explanation->verdict == NM_EXPLAINED_PLANNED)
		notes_add(&page->head, STYLE_GOOD, "planned  yes, as far as the call went");
	else if (explanation->verdict == NM_EXPLAINED_DIFFERS)
		notes_addf(&page->head, STYLE_WARNING, "planned  no: %s", explanation->words);
	else
		notes_addf(&page->head, STYLE_DIM, "planned  %s", explanation->words);
	for (size_t i = 0; i < explanation->n_likely; i++)
		notes_addf(&page->head, STYLE_PLAIN, "%s  %s", explanation->likely[i].certain ? "because" : "perhaps",
			   explanation->likely[i].words);
}

static void add_live(struct call_page *page, const struct session *session, const char *when,
		     const struct nm_explained_live *live)
{
	const bool other = live->known && live->match == NM_LIVE_OTHER;
	struct nm_buf words;

	nm_buf_init(&words, 1u << 16);
	call_live_words(session, live, &words);
	notes_addf(&page->head, other ? STYLE_WARNING : STYLE_DIM, "live %-4s  %s", when, words.data);
	nm_buf_clear(&words);
	if (other)
		notes_addf(&page->head, STYLE_PLAIN, "  live   %s", live->words);
	if (other)
		notes_addf(&page->head, STYLE_PLAIN, "  plan   %s", live->plan_words);
	nm_buf_init(&words, 1u << 16);
	call_live_parting(live, &words);
	if (words.len)
		notes_addf(&page->head, STYLE_PLAIN, "  call   %s", words.data);
	nm_buf_clear(&words);
}

static void add_plan(struct call_page *page)
{
	const struct nm_explanation *explanation = &page->explanation;
	char version[64] = "today's, for the one of then is not known";

	if (explanation->version)
		snprintf(version, sizeof version, "version %lld, pushed to the line then",
			 (long long)explanation->version);
	notes_addf(&page->head, STYLE_DIM, "plan     %s; rule %s%s%s", version,
		   explanation->rule ? explanation->rule : "none", explanation->path ? " → " : "",
		   explanation->path ? explanation->path : "");
	if (call_doubt(page->call.driver))
		notes_addf(&page->head, STYLE_DIM, "record   of %s: %s", page->call.driver,
			   call_doubt(page->call.driver));
}

static void add_alert(struct call_page *page, const struct session *session)
{
	const struct nm_call_alert *alert = &page->alert;
	const bool open = alert->state == NM_ALERT_OPEN || alert->state == NM_ALERT_UNANSWERED;
	struct nm_buf words;

	if (!page->alerted)
		return;
	nm_buf_init(&words, 1u << 16);
	alert_state_words(session_zone(session), session_now(session), alert, &words);
	notes_addf(&page->head, open ? STYLE_WARNING : STYLE_PLAIN, "alert    %s", words.data);
	nm_buf_clear(&words);
	for (size_t i = 0; i < alert->n; i++) {
		nm_buf_init(&words, 1u << 16);
		alert_person_words(session_zone(session), session_now(session), alert, i, &words);
		notes_addf(&page->head, STYLE_PLAIN, "         %s", words.data);
		nm_buf_clear(&words);
	}
}

static void add_why(struct call_page *page)
{
	const struct nm_explanation *explanation = &page->explanation;

	for (size_t i = 0; i < explanation->n_reasons; i++) {
		const struct nm_reason *reason = &explanation->reasons[i];

		notes_addf(&page->foot, reason->matched ? STYLE_PLAIN : STYLE_DIM, "%s  %s%*s %-4s %s",
			   i ? "   " : "why", reason->name, text_gap(reason->name, 14), "",
			   reason->matched ? "yes" : "no", reason->text);
	}
}

static enum nm_code explain(struct call_page *page, struct session *session, int64_t id, struct nm_error *err)
{
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);

	if (!code)
		code = nm_store_call_get(store, id, page->arena, &page->call, err);
	if (!code)
		code = nm_store_alert_get(store, id, page->arena, &page->alert, &page->alerted, err);
	if (!code)
		code = nm_call_name(store, session->plan, page->arena, &page->call, err);
	if (!code)
		code = nm_explainer_new(session->plan, store, &page->explainer, err);
	if (!code)
		code = nm_explain(page->explainer, &page->call, true, page->arena, &page->explanation, err);
	return code ? code
		    : nm_explain_lives(page->explainer, &page->call, page->arena, &page->explanation, &page->lives, err);
}

enum nm_code call_page_read(struct call_page *page, struct session *session, int64_t id, struct nm_error *err)
{
	enum nm_code code;

	*page = (struct call_page){.id = id, .arena = nm_arena_new()};
	notes_init(&page->head);
	notes_init(&page->foot);
	code = page->arena ? explain(page, session, id, err) : nm_fail_memory(err);
	if (code) {
		call_page_clear(page);
		return code;
	}
	add_who(page, session);
	add_became(page);
	add_verdict(page);
	add_plan(page);
	add_live(page, session, "then", &page->lives.then);
	add_live(page, session, "now", &page->lives.now);
	add_alert(page, session);
	add_why(page);
	return NM_OK;
}

void call_page_clear(struct call_page *page)
{
	notes_clear(&page->head);
	notes_clear(&page->foot);
	nm_explainer_free(page->explainer);
	nm_arena_free(page->arena);
	*page = (struct call_page){0};
}

/* --- drawing --- */

static int ladders_rows(const struct call_page *page, int width)
{
	const int real = ladder_rows(&page->explanation.real), expected = ladder_rows(&page->explanation.expected);

	if (width >= BESIDE)
		return 1 + (real > expected ? real : expected);
	return real + expected + 3;
}

int call_page_rows(const struct call_page *page, int width)
{
	return (int)notes_rows(&page->head, width - 2) + 1 + ladders_rows(page, width) + 1 +
	       (int)notes_rows(&page->foot, width - 2);
}

static int draw_notes(const struct notes *notes, struct canvas *canvas, struct box box, int y)
{
	for (size_t i = 0; i < notes->n; i++) {
		const struct box line = {box.x + 1, y, box.width - 2, box.y + box.height - y};
		const int rows = canvas_hang(NULL, line, 0, STYLE_PLAIN, notes->items[i].text);
		const int above = box.y > y ? box.y - y : 0;

		if (above < rows && y < box.y + box.height)
			canvas_hang(canvas, (struct box){line.x, y + above, line.width, line.height - above}, above,
				    notes->items[i].style, notes->items[i].text);
		y += rows;
	}
	return y;
}

/* The first event that is about somebody, from a second on. */
static size_t event_about(const struct nm_outcome *outcome, const char *who, int t)
{
	for (size_t i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		if (event->t >= t && (!who || (event->n && !strcmp(event->to[0], who))))
			return i;
	}
	return outcome->n;
}

static int draw_ladder(const char *title, const struct nm_outcome *outcome, size_t mark, struct canvas *canvas,
		       struct box box)
{
	const int rows = ladder_rows(outcome);

	canvas_text(canvas, box.x + 1, box.y, box.width - 2, STYLE_HEAD, title);
	ladder_draw(outcome, canvas, (struct box){box.x, box.y + 1, box.width, rows}, 0);
	if (mark < outcome->n)
		canvas_text(canvas, box.x, box.y + 1 + ladder_row_of(outcome, mark, box.width), 1, STYLE_WARNING, "!");
	return box.y + 1 + rows;
}

static int draw_ladders(const struct call_page *page, struct canvas *canvas, struct box box, int y)
{
	const struct nm_explanation *explanation = &page->explanation;
	const bool differs = explanation->verdict == NM_EXPLAINED_DIFFERS;
	const bool beside = box.width >= BESIDE;
	const int half = beside ? box.width / 2 : box.width;
	const size_t none = (size_t)-1;
	const size_t real = differs ? event_about(&explanation->real, NULL, explanation->t) : none;
	const size_t expected = differs ? event_about(&explanation->expected, explanation->who, 0) : none;
	int end = draw_ladder("really", &explanation->real, real, canvas, (struct box){box.x, y, half, 0});
	const struct box second = {beside ? box.x + half : box.x, beside ? y : end + 1, half, 0};
	char title[64];

	snprintf(title, sizeof title, "by the plan, %s", call_played_words(explanation));
	y = draw_ladder(title, &explanation->expected, expected, canvas, second);
	return y > end ? y : end;
}

void call_page_draw(const struct call_page *page, struct canvas *canvas, struct box box, int top)
{
	const struct box before = canvas->clip;
	int y;

	canvas_clip(canvas, box);
	y = draw_notes(&page->head, canvas, box, box.y - top) + 1;
	y = draw_ladders(page, canvas, box, y) + 1;
	draw_notes(&page->foot, canvas, box, y);
	canvas_clip(canvas, before);
}

/* --- played --- */

/* One who rang more than once does what was done last. */
static void add_setting(struct play *play, const struct nm_setting *setting)
{
	size_t i = 0;

	while (i < play->n && play->settings[i].destination != setting->destination)
		i++;
	if (i == PLAY_SETTINGS)
		return;
	play->settings[i] = *setting;
	play->n += i == play->n;
}

static int line_now(const struct nm_plan *plan, const struct nm_call_entry *call)
{
	const int line = nm_plan_find_number(plan, call->number);

	return line >= 0 ? line : nm_plan_find_line(plan, call->line);
}

enum nm_code call_page_play(const struct nm_call_entry *call, const struct nm_plan *plan, struct play *out,
			    struct nm_error *err)
{
	const int line = line_now(plan, call);

	if (line < 0)
		return nm_fail(err, NM_INPUT, "line %s is not in the plan any more", call->line);
	*out = (struct play){.at = call->began, .line = line, .caller = call->caller, .hangup_s = -1};
	if (call->became.end == NM_CALL_ABANDONED)
		out->hangup_s = call->became.seconds;
	for (size_t i = 0; i < call->n; i++) {
		const struct nm_call_leg *leg = &call->legs[i];
		const struct nm_setting setting = {.destination = leg->who ? nm_plan_find_destination(plan, leg->who) : -1,
						   .behaviour = nm_explain_behaviour(call, i),
						   .after_s = leg->leg.rang_s};

		if (setting.destination >= 0)
			add_setting(out, &setting);
	}
	return NM_OK;
}
