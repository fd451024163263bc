/* SPDX-License-Identifier: MIT */
/*
 * The wizard's last page: what the plan does with a call, what check says of it, its text; and the key that
 * writes it, which asks where check finds errors.  In: the draft.  Out: the file of the plan.
 */
#include <stdlib.h>
#include <string.h>

#include <stdio.h>

#include "wizard.h"

enum { TAG_ERRORS };

struct review {
	const struct wizard *wizard; /* below it */
	struct notes notes;
	struct notes errors; /* what check finds that is one */
	bool sound;          /* it was proved that there is none: W writes at once */
	struct list list; /* its row is the first one shown */
};

static struct box lines_box(const struct app *app)
{
	const struct box body = app_body(app);

	return (struct box){1, body.y + 2, body.width - 2, body.height > 2 ? body.height - 2 : 0};
}

/* Who is rung at this time, and who answers when everybody does as usual. */
static void add_call(struct notes *notes, struct session *session, const char *what, nm_time at)
{
	const struct play play = {.at = at, .hangup_s = -1};
	struct nm_simulation *call;
	char when[NM_TIME_TEXT];
	struct nm_buf words;
	struct nm_error err;

	if (play_simulate(session->plan, &play, false, NULL, &call, &err)) {
		notes_addf(notes, STYLE_ERROR, "%s", err.text);
		return;
	}
	nm_time_words(session_zone(session), at, false, when);
	nm_buf_init(&words, 1u << 16);
	nm_treatment_words(call->treatment, &words);
	notes_addf(notes, answer_style(answer_rank(&call->outcome)), "  %s, %s", what, when);
	notes_addf(notes, STYLE_PLAIN, "      %s", words.data);
	nm_buf_clear(&words);
	nm_simulation_free(call);
}

static void add_calls(struct notes *notes, struct session *session, bool rings_always)
{
	const struct play now = {.at = session_now(session) / 60 * 60, .hangup_s = -1};
	const nm_time next = boundary_find(session, &now, now.at, false, 14);

	notes_add(notes, STYLE_HEAD, "A customer who calls");
	add_call(notes, session, "now", now.at);
	if (next != NM_TIME_MAX)
		add_call(notes, session, "from the next change on", next);
	if (rings_always)
		notes_add(notes, STYLE_WARNING, "  Without an AI service your own phone rings outside the open hours too.");
	notes_add(notes, STYLE_PLAIN, "");
}

/* Two findings may differ in the calls that they concern alone, of which this page does not tell. */
static bool told_before(const struct nm_findings *findings, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (findings->items[k].severity == findings->items[i].severity &&
		    !strcmp(findings->items[k].message, findings->items[i].message))
			return true;
	}
	return false;
}

/* Each sentence once; until: the mildest severity of interest. */
static void add_sentences(struct notes *notes, const struct nm_findings *findings, enum nm_severity until)
{
	static const unsigned styles[] = {STYLE_ERROR, STYLE_WARNING, STYLE_DIM};

	for (size_t i = 0; i < findings->n; i++) {
		const struct nm_finding *finding = &findings->items[i];

		if (finding->severity <= until && !told_before(findings, i))
			notes_addf(notes, styles[finding->severity], "  %s: %s", nm_severity_name(finding->severity),
				   finding->message);
	}
}

static void add_findings(struct review *review, struct session *session)
{
	const struct nm_findings *findings;
	struct nm_error err;

	if (session_findings(session, &findings, &err)) {
		notes_addf(&review->errors, STYLE_ERROR, "%s", err.text);
		notes_addf(&review->notes, STYLE_ERROR, "%s", err.text);
		return;
	}
	review->sound = findings->ok;
	add_sentences(&review->errors, findings, NM_SEVERITY_ERROR);
	if (findings->ok)
		notes_add(&review->notes, STYLE_GOOD, "check: no errors, at any minute of two years");
	else
		notes_addf(&review->notes, STYLE_ERROR, "check finds %zu error%s", review->errors.n,
			   review->errors.n == 1 ? "" : "s");
	add_sentences(&review->notes, findings, NM_SEVERITY_ADVICE);
	notes_add(&review->notes, STYLE_PLAIN, "");
}

static void add_next(struct notes *notes, const char *file)
{
	notes_addf(notes, STYLE_PLAIN,
		   first_plan_place(file) == FIRST_BELOW ? "W adds it below what stands in %s, and opens nevermiss on it."
							 : "W writes it to %s, and opens nevermiss on it.", file);
	notes_add(notes, STYLE_DIM, "No caller notices before you push, on screen 6. It is pushed to the sandbox, a carrier for trying "
				    "things out, until you change the account to your own carrier's, on screen 2.");
	notes_add(notes, STYLE_PLAIN, "");
}

static void *open_review(struct app *app, const void *argument, struct nm_error *err)
{
	const struct wizard *wizard = argument;
	struct review *review = calloc(1, sizeof *review);

	if (!review) {
		nm_fail_memory(err);
		return NULL;
	}
	review->wizard = wizard;
	notes_init(&review->notes);
	notes_init(&review->errors);
	add_next(&review->notes, app->session->options.plan_file);
	add_calls(&review->notes, app->session, wizard->rings_always);
	add_findings(review, app->session);
	notes_add(&review->notes, STYLE_HEAD, "The plan");
	notes_lines(&review->notes, nm_document_text(app->session->document, NULL));
	return review;
}

static void close_review(void *state)
{
	struct review *review = state;

	notes_clear(&review->notes);
	notes_clear(&review->errors);
	free(review);
}

/* The app ends: whoever ran it finds the file. */
static void write_plan(const struct review *review, struct app *app)
{
	const struct nm_buf *plan = &review->wizard->plan;
	struct nm_error err;

	if (first_plan_write(app->session->options.plan_file, plan->data, plan->len, app_plan(app)->files, &err))
		app_error(app, &err);
	else
		app->ended = true;
}

static void ask_to_write(const struct review *review, struct app *app)
{
	if (review->sound)
		write_plan(review, app);
	else
		app_confirm(app, TAG_ERRORS, "Write a plan that does not pass check?", &review->errors);
}

static enum verdict act_review(void *state, struct app *app, const struct event *event)
{
	struct review *review = state;
	const struct box box = lines_box(app);
	const size_t n = notes_rows(&review->notes, box.width), shown = (size_t)box.height;

	if (event->action == ACTION_DISMISS)
		return VERDICT_POP;
	if (event->action == ACTION_SAVE)
		ask_to_write(review, app);
	else if (event->action == ACTION_ANSWER && event->tag == TAG_ERRORS && event->text)
		write_plan(review, app);
	list_set(&review->list, n > shown ? n - shown + 1 : 1);
	review->list.page = shown;
	list_act(&review->list, event->action);
	return VERDICT_REDRAW;
}

static void draw_review(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct review *review = state;
	const struct box box = lines_box(app);
	const size_t n = notes_rows(&review->notes, box.width), shown = (size_t)box.height;
	const size_t last = n > shown ? n - shown : 0, top = review->list.at < last ? review->list.at : last;
	struct pen pen = pen_at(canvas, 1, body.y, body.width - 1);
	char more[48] = "";

	for (int y = body.y; y < body.y + body.height; y++)
		canvas_fill(canvas, 0, y, canvas->width, STYLE_PLAIN, ' ');
	if (top < last)
		snprintf(more, sizeof more, "   %zu more below", last - top);
	pen.end -= text_width(more); /* a narrow window cuts the title, not the count */
	pen_text(&pen, STYLE_TITLE, "The plan that your answers make");
	pen.end += text_width(more);
	pen_text(&pen, STYLE_DIM, more);
	notes_draw(&review->notes, canvas, box, top);
}

static void head_review(const void *state, const struct app *app, struct heading *out)
{
	(void)state;
	out->whose = app_plan(app) ? app_plan(app)->business : "";
	snprintf(out->words, sizeof out->words, "not written yet");
}

static const struct screen_ops review_ops = {
	.name = "review",
	.title = "The plan",
	.context = CONTEXT_REVIEW,
	.dialog = true,
	.alone = true,
	.open = open_review,
	.close = close_review,
	.act = act_review,
	.heading = head_review,
	.draw = draw_review,
};

void wizard_review(struct app *app, const struct wizard *wizard)
{
	app_push(app, &review_ops, wizard);
}
