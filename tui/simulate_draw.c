/* SPDX-License-Identifier: MIT */
/*
 * The Simulate screen as it looks.  In: the call, played.  Out: the question, the ladder, the result in
 * a sentence, why, and what the phones do.  Changes nothing.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ladder.h"
#include "simulate.h"

static const char *caller_words(const struct app *app, struct nm_caller caller, char *out, size_t size)
{
	char number[NM_NUMBER_TEXT];
	uint64_t groups = nm_caller_groups(app_plan(app), caller);
	size_t n;

	if (caller.anonymous)
		snprintf(number, sizeof number, "anonymous");
	else if (caller.number == 0)
		snprintf(number, sizeof number, "an unknown number");
	else
		nm_number_words(caller.number, number);
	n = (size_t)snprintf(out, size, "%s", number);
	for (size_t i = 0; groups && i < app_plan(app)->n_callers; i++) {
		if (groups >> i & 1 && n < size)
			n += (size_t)snprintf(out + n, size - n, " (%s)", app_plan(app)->callers[i].name);
	}
	return out;
}

#define FLAGS 4

/* What is not as usual about the call: "emergency", ...; "" where it is. */
struct flags {
	char items[FLAGS][32];
};

static struct flags flags_of(const struct simulate *simulate)
{
	const struct play *play = &simulate->play;
	struct flags flags = {{"", "", "", ""}};

	snprintf(flags.items[0], sizeof flags.items[0], "%s", play->emergency ? "emergency" : "");
	if (play->hangup_s >= 0)
		snprintf(flags.items[1], sizeof flags.items[1], "hangs up at %d s", play->hangup_s);
	snprintf(flags.items[2], sizeof flags.items[2], "%s", play->nobody ? "no human answers" : "");
	snprintf(flags.items[3], sizeof flags.items[3], "%s", play->held && !simulate->live ? "AS HELD" : "");
	return flags;
}

static int flags_width(const struct flags *flags)
{
	int width = 0;

	for (size_t i = 0; i < FLAGS; i++)
		width += flags->items[i][0] ? 3 + text_width(flags->items[i]) : 0;
	return width;
}

static void pen_flags(struct pen *pen, const struct flags *flags, const char *between)
{
	for (size_t i = 0; i < FLAGS; i++) {
		if (flags->items[i][0])
			pen_textf(pen, i == 0 ? STYLE_ERROR : STYLE_WARNING, "%s%s", pen->x > 1 ? between : "", flags->items[i]);
	}
}

/* "LIVE, read 3 days ago: r reads it anew": how old is what is played, and what to do about it. */
static void pen_age(struct pen *pen, const struct simulate *simulate, const struct app *app)
{
	const struct nm_line_status *line = session_line_status(app->session, simulate->play.line);
	const struct key_row *key = keymap_named(CONTEXT_SIMULATE, "reread");
	const bool assumed = simulate_assumed(simulate, app);
	char when[AGO_TEXT], label[2 * KEY_TEXT];

	if (!line)
		return;
	ago_words(assumed ? line->assumed_at : line->read_at, app_now(app), when);
	pen_text(pen, STYLE_WARNING, assumed ? "ASSUMED" : "LIVE");
	pen_textf(pen, STYLE_PLAIN, assumed ? ", done by hand %s" : ", read %s", when);
	if (assumed || !*key_row_keys(key))
		return;
	key_label(key, pen->canvas->ascii, label);
	pen_textf(pen, STYLE_PLAIN, ": %s reads it anew", label);
}

/* The call in one row, where words that only join the others go when it is too long; what has no room there, and how old
 * what is live is, in a second one.  How many rows. */
static int draw_question(const struct simulate *simulate, const struct app *app, struct canvas *canvas, int y)
{
	const struct play *play = &simulate->play;
	const struct nm_zone *zone = session_zone(app->session);
	const char *line = app_plan(app)->lines[play->line].name;
	const struct flags flags = flags_of(simulate);
	char at[NM_TIME_TEXT], caller[512];
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	const char *from = caller_words(app, play->caller, caller, sizeof caller);
	bool tight, beside;

	nm_time_words_zone(zone, play->at, true, at);
	tight = text_width(at) + text_width(line) + text_width(from) + 20 + flags_width(&flags) > pen.end - pen.x;
	if (tight)
		nm_time_words(zone, play->at, true, at);
	beside = flags_width(&flags) == 0 ||
		 text_width(at) + text_width(line) + text_width(from) + 4 + flags_width(&flags) <= pen.end - pen.x;
	pen_text(&pen, STYLE_PLAIN, tight ? "" : "at ");
	pen_text(&pen, STYLE_BOLD, at);
	pen_text(&pen, STYLE_PLAIN, tight ? "  " : "   line ");
	pen_text(&pen, STYLE_BOLD, line);
	pen_text(&pen, STYLE_PLAIN, tight ? "  " : "   from ");
	pen_text(&pen, STYLE_BOLD, from);
	if (beside)
		pen_flags(&pen, &flags, tight ? "  " : "   ");
	if (beside && !simulate->live)
		return 1;
	pen = pen_at(canvas, 1, y + 1, canvas->width - 1);
	if (simulate->live)
		pen_age(&pen, simulate, app);
	if (!beside)
		pen_flags(&pen, &flags, "  ");
	return 2;
}

static bool was_rung(const struct nm_outcome *outcome, const char *name)
{
	for (size_t i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		for (size_t j = 0; j < event->n && event->kind != NM_EVENT_SKIP && event->kind != NM_EVENT_ALERT; j++) {
			if (!strcmp(event->to[j], name))
				return true;
		}
	}
	return false;
}

/* Has the path named this one before party j of step i? */
static bool named_before(const struct nm_treatment *treatment, size_t i, size_t j)
{
	const char *name = treatment->steps[i].parties[j].name;

	for (size_t k = 0; k <= i; k++) {
		for (size_t m = 0; m < (k < i ? treatment->steps[k].n : j); m++) {
			if (!strcmp(treatment->steps[k].parties[m].name, name))
				return true;
		}
	}
	return false;
}

/* "Not needed: office, sam.": whom the call never reached, after the one who took it; "" when it reached all. */
static void not_needed_words(const struct simulate *simulate, struct nm_buf *out)
{
	const struct nm_treatment *treatment = simulate->treatment;

	for (size_t i = 0; i < treatment->n; i++) {
		for (size_t j = 0; j < treatment->steps[i].n; j++) {
			const char *name = treatment->steps[i].parties[j].name;

			if (!was_rung(&simulate->outcome, name) && !named_before(treatment, i, j))
				nm_buf_addf(out, out->len ? ", %s" : "Not needed: %s", name);
		}
	}
	if (out->len)
		nm_buf_add(out, ".");
}

/* Behind the result, or where that has no room on rows of its own, if there are any; how many. */
static int draw_not_needed(const struct simulate *simulate, struct pen *pen, int most)
{
	struct nm_buf words;
	int rows = 0;

	nm_buf_init(&words, 1u << 16);
	not_needed_words(simulate, &words);
	if (words.len && (most == 0 || text_width(words.data) < pen->end - pen->x))
		pen_textf(pen, STYLE_DIM, " %s", words.data);
	else
		rows = canvas_wrap(pen->canvas, 1, pen->y + 1, pen->end - 1, most, STYLE_DIM, words.data);
	nm_buf_clear(&words);
	return rows;
}

unsigned simulate_result_words(const struct nm_outcome *outcome, struct nm_buf *out)
{
	switch (outcome->result) {
	case NM_ANSWERED:
		nm_buf_addf(out, "Answered by %s after %d s, %d ring%s.", outcome->answered_by, outcome->seconds,
			    outcome->rings, outcome->rings == 1 ? "" : "s");
		break;
	case NM_TO_VOICEMAIL:
		nm_buf_addf(out, "Voicemail %s takes the call after %d s.", outcome->answered_by, outcome->seconds);
		break;
	case NM_SWALLOWED:
		nm_buf_addf(out, "Swallowed by %s's own voicemail after %d s.", outcome->answered_by,
			    outcome->seconds);
		return STYLE_ERROR;
	case NM_REJECTED:
		nm_buf_add(out, "Rejected.");
		break;
	case NM_ABANDONED:
		nm_buf_addf(out, "The caller hangs up after %d s.", outcome->ended_s);
		break;
	case NM_LOST:
		nm_buf_addf(out, "Lost: nobody took the call, it ended after %d s.", outcome->ended_s);
		return STYLE_ERROR;
	}
	return answer_style(answer_rank(outcome));
}

/* A line sends its text only from its own flow, and none goes back for what nobody missed. */
static const char *text_words(const struct simulate *simulate)
{
	if (!simulate->call->text_back)
		return " No text.";
	return simulate->treatment->text_back ? " A text goes back." : " The agent texts back.";
}

/* In one row, and at most so many below it for what has no room there; how many rows it took. */
static int draw_result(const struct simulate *simulate, struct canvas *canvas, int y, int below)
{
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	struct nm_buf words;
	unsigned style;

	nm_buf_init(&words, NM_ERROR_TEXT);
	style = simulate_result_words(&simulate->outcome, &words);
	pen_text(&pen, style, words.data);
	nm_buf_clear(&words);
	if (!simulate->live)
		pen_text(&pen, STYLE_PLAIN, text_words(simulate));
	return 1 + draw_not_needed(simulate, &pen, below);
}

/* "step 1 of 4  rule open, step 1", on as many rows as there are; how many it took. */
static int draw_step_why(const struct simulate *simulate, struct canvas *canvas, int y, int most)
{
	const struct box box = {1, y, canvas->width - 2, most};
	struct nm_buf words;
	int rows;

	nm_buf_init(&words, 1u << 16);
	nm_buf_addf(&words, "step %d of %d  %s", simulate->step, simulate_steps(simulate), simulate_step_why(simulate));
	rows = canvas_hang(canvas, box, 0, STYLE_HEAD, words.data);
	nm_buf_clear(&words);
	return rows < most ? rows : most;
}

/* How far the call has come and why, and the line of the plan behind the step; how many rows it took. */
static int draw_step(const struct simulate *simulate, const struct app *app, struct canvas *canvas, int y, int below)
{
	struct nm_buf place;
	int rows;

	if (simulate->step < simulate_steps(simulate))
		rows = draw_step_why(simulate, canvas, y, below > 1 ? below : 1);
	else
		rows = draw_result(simulate, canvas, y, 0);
	nm_buf_init(&place, 1u << 16);
	simulate_step_place(simulate, app, &place);
	if (rows < 1 + below)
		canvas_text(canvas, 1, y + rows++, canvas->width - 2, STYLE_DIM, place.data);
	nm_buf_clear(&place);
	return rows;
}

/* The reason that was searched for, counted from the first; -1. */
static int reason_found(const struct simulate *simulate)
{
	const int at = simulate->found - (int)simulate->outcome.n;

	return at < 0 ? -1 : at;
}

/* Of more reasons than there are rows the last ones decide; the one that was searched for is seen all the same. */
static size_t first_reason(const struct simulate *simulate, int rows)
{
	const size_t n = simulate->call->n_reasons, first = rows > 0 && n > (size_t)rows ? n - (size_t)rows : 0;
	const int found = reason_found(simulate);

	return found >= 0 && (size_t)found < first ? (size_t)found : first;
}

static void mark_found(struct canvas *canvas, int y)
{
	canvas_mark(canvas, 1, y, canvas->width - 2);
	canvas_pointer(canvas, 0, y);
}

#define WHY_LEFT 20 /* where the reasons begin, behind the rules' names */

static void reason_words(const struct nm_reason *reason, struct nm_buf *out)
{
	nm_buf_addf(out, "%s: %s", reason->matched ? "yes" : "no", reason->text);
}

/* A rule and its reason, on at most so many rows; how many it took. */
static int draw_reason(const struct nm_reason *reason, struct canvas *canvas, int y, int most)
{
	const unsigned style = reason->matched ? STYLE_BOLD : STYLE_DIM;
	struct pen pen = pen_at(canvas, 6, y, canvas->width / 2);
	struct nm_buf words;
	int left, rows;

	pen_text(&pen, style, reason->name);
	left = pen.x + 1 > WHY_LEFT ? pen.x + 1 : WHY_LEFT;
	nm_buf_init(&words, 1u << 16);
	reason_words(reason, &words);
	rows = canvas_wrap(canvas, left, y, canvas->width - 1 - left, most, style, words.data);
	nm_buf_clear(&words);
	return rows;
}

/* The last reasons that have room, for the last one decides; and rows that are left are theirs whose reasons are long. */
static void draw_why(const struct simulate *simulate, struct canvas *canvas, int y, int end)
{
	const struct nm_simulation *call = simulate->call;
	const bool live = simulate->live && simulate->treatment;
	struct pen told = pen_at(canvas, 1, y, canvas->width - 1);
	const size_t room = end > y ? (size_t)(end - y) : 0, first = first_reason(simulate, (int)room);
	const size_t shown = call->n_reasons - first;
	int spare = shown < room ? (int)(room - shown) : 0;

	if (room)
		pen_text(&told, STYLE_HEAD, "why");
	/* The plan's reasons are not the carrier's. */
	if (live && room) {
		pen_tab(&told, 6);
		pen_text(&told, STYLE_BOLD, "as the carrier has it, which knows no rules");
	}
	for (size_t i = live ? call->n_reasons : first; i < call->n_reasons && y < end; i++) {
		const int rows = draw_reason(&call->reasons[i], canvas, y, 1 + spare);

		if ((int)i == reason_found(simulate))
			mark_found(canvas, y);
		spare -= rows - 1;
		y += rows;
	}
}

/* At the end of the ladder's last row: Down shows the rest. */
static void draw_more(struct canvas *canvas, int y, int n)
{
	char words[32];
	int width;

	snprintf(words, sizeof words, "… %d more", n);
	width = text_width(words);
	canvas_fill(canvas, canvas->width - 1 - width, y, width, STYLE_PLAIN, ' ');
	canvas_text(canvas, canvas->width - 1 - width, y, width, STYLE_HEAD, words);
}

/* The row of the ladder with which the box begins: the step that is played, or what was searched for, is seen. */
static int first_row(const struct simulate *simulate, struct box box)
{
	int row, top = simulate->top;

	if (simulate->step)
		return simulate->step >= box.height ? simulate->step + 1 - box.height : top;
	if (simulate->found < 0 || simulate->found >= (int)simulate->outcome.n)
		return top;
	row = ladder_row_of(&simulate->outcome, (size_t)simulate->found, box.width);
	if (row < top)
		top = row;
	return row >= top + box.height ? row + 1 - box.height : top;
}

static void mark_event(const struct simulate *simulate, struct canvas *canvas, struct box box, int top)
{
	int row;

	if (simulate->found < 0 || simulate->found >= (int)simulate->outcome.n)
		return;
	row = ladder_row_of(&simulate->outcome, (size_t)simulate->found, box.width) - top;
	if (row >= 0 && row < box.height)
		mark_found(canvas, box.y + row);
}

/* The ladder in the box, and its end below that; how many rows it took. */
static int draw_call(const struct simulate *simulate, const struct app *app, struct canvas *canvas, struct box box,
		     int below)
{
	const int top = first_row(simulate, box);
	const int all = ladder_rows(&simulate->outcome) - top;
	const int rows = all > box.height ? box.height : all;

	box.height = rows;
	ladder_draw_until(&simulate->outcome, canvas, box, top, simulate->step ? simulate->step - 1 : INT_MAX);
	mark_event(simulate, canvas, box, top);
	if (all > rows && rows > 0 && !simulate->step)
		draw_more(canvas, box.y + rows - 1, all - rows);
	return rows + (simulate->step ? draw_step(simulate, app, canvas, box.y + rows, below)
				      : draw_result(simulate, canvas, box.y + rows, below));
}

/* Rows for the ladder, which gets what the others leave, and the reasons give way to its first rows. */
static int ladder_room(const struct simulate *simulate, struct box body, int asked)
{
	int most = body.height - 2 - asked - (body.height >= 14 ? (int)simulate->call->n_reasons + 2 : 0);

	if (most < 4)
		most = body.height >= 14 ? 6 : body.height - 2 - asked;
	return most > 0 ? most : 0;
}

int simulate_top_most(const struct simulate *simulate, const struct app *app, struct box body)
{
	struct canvas question;
	int rows;

	if (!simulate->call || !simulate->treatment || !canvas_init(&question, body.width, 2, app_ascii(app)))
		return 0;
	rows = ladder_rows(&simulate->outcome) - ladder_room(simulate, body, draw_question(simulate, app, &question, 0));
	canvas_clear(&question);
	return rows > 0 ? rows : 0;
}

void simulate_draw(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct simulate *simulate = state;
	int y = body.y, end = body.y + body.height, asked, most;

	if (!simulate->treatment) {
		canvas_text(canvas, 1, y, body.width - 2, STYLE_ERROR, simulate->err.text);
		return;
	}
	asked = draw_question(simulate, app, canvas, y);
	y += asked;
	most = ladder_room(simulate, body, asked);
	if (simulate->live)
		y += simulate_draw_against(simulate, canvas, (struct box){0, y, body.width, most + 3});
	else
		y += draw_call(simulate, app, canvas, (struct box){0, y, body.width, most}, body.height >= 14 ? 2 : 0);
	if (body.height >= 14)
		y++;
	draw_why(simulate, canvas, y, end - 1);
	if (y < end)
		simulate_draw_phones(simulate, app_plan(app), canvas, end - 1);
}
