/* SPDX-License-Identifier: MIT */
/*
 * The effect of an edit.  In: the plan as it is, edits of its text, or two texts.  Out: lines of text, one group for each
 * thing that callers get differently, and a question.  Changes nothing.
 */
#include "change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR 3600
#define WEEK (7 * (int64_t)NM_DAY)
#define SELDOM 0.1 /* hours a week; less is no figure of a week */

/* --- in words --- */

/* "5.0 h a week"; of what comes once or seldom, how much it is in all. */
static void hours_words(const struct nm_difference *difference, char *out, size_t size)
{
	int64_t seconds = 0;
	double a_week;

	for (size_t i = 0; i < difference->n; i++)
		seconds += difference->windows[i].until - difference->windows[i].from;
	a_week = (double)seconds * WEEK / NM_CHECK_HORIZON / HOUR;
	if (a_week >= SELDOM)
		snprintf(out, size, "%.1f h a week", a_week);
	else
		snprintf(out, size, "%.1f h in all", (double)seconds / HOUR);
}

static void note_heading(struct notes *notes, const struct nm_difference *difference)
{
	char hours[48];

	if (difference->renamed) {
		notes_addf(notes, STYLE_BOLD, "line %s is now called %s", difference->a_words, difference->b_words);
		return;
	}
	if (difference->staff) {
		notes_addf(notes, STYLE_BOLD, "%s: %s are texted other words", difference->line, difference->callers);
		return;
	}
	if (difference->after) {
		notes_addf(notes, STYLE_BOLD, "%s, %s", difference->callers, difference->when);
		return;
	}
	hours_words(difference, hours, sizeof hours);
	notes_addf(notes, STYLE_BOLD, "%s, %s%s, %s: %s", difference->line, difference->callers,
		   difference->key ? " pressing the emergency key" : "", difference->when, hours);
}

static void note_differences(struct notes *notes, const struct nm_differences *differences)
{
	if (!nm_differences_for_callers(differences))
		notes_add(notes, STYLE_PLAIN, "nothing changes for any caller");
	for (size_t i = 0; i < differences->n; i++) {
		const struct nm_difference *item = &differences->items[i];

		note_heading(notes, item);
		if (item->renamed)
			continue;
		notes_addf(notes, STYLE_REMOVED, "  was  %s", item->a_words);
		notes_addf(notes, STYLE_ADDED, "  now  %s", item->b_words);
	}
}

void change_tell(struct notes *notes, struct figure *figure, const struct session *session, const struct change *change)
{
	change_findings(notes, session->options.plan_file, change);
	notes->lead = notes->n; /* what is wrong then is read before how it looks */
	note_differences(notes, change->differences);
	if (figure)
		change_figure(figure, session, change->before, change->after, change->differences);
}

/* --- of edits that are not made --- */

/* The plan of a text; the caller frees it. */
static enum nm_code read_plan(const struct session *session, const char *text, size_t len, struct nm_plan **out,
			      struct nm_error *err)
{
	struct nm_diags diags;
	enum nm_code code;

	nm_diags_init(&diags);
	code = session_plan_read(session, session->options.plan_file, text, len, out, &diags, err);
	if (code && diags.n)
		nm_fail(err, code, "%s", diags.items[0].text);
	nm_diags_clear(&diags);
	return code;
}

enum nm_code change_add_text(struct notes *notes, struct figure *figure, struct session *session, const char *text,
			     size_t len, struct nm_error *err)
{
	const nm_time now = session_now(session);
	struct change change = {.after = {text, len}};
	struct nm_differences differences;
	struct nm_findings then;
	struct nm_plan *plan = NULL;
	enum nm_code code = read_plan(session, text, len, &plan, err);

	change.before = session_texts(session);
	if (!code)
		code = session_findings_then(session, &change.was, err);
	if (!code)
		code = session_check(session, plan, text, len, &then, err);
	if (code)
		goto out;
	code = nm_plan_compare(&(struct nm_plan_pair){.old = session->plan, .new_plan = plan, .from = now,
						       .until = now + NM_CHECK_HORIZON},
			       &differences, err);
	if (!code) {
		change.then = &then;
		change.differences = &differences;
		change_tell(notes, figure, session, &change);
		nm_differences_clear(&differences);
	}
	nm_findings_clear(&then);
out:
	nm_plan_free(plan);
	return code;
}

enum nm_code change_add(struct notes *notes, struct figure *figure, struct session *session, const struct nm_edit *edits,
			size_t n, struct nm_error *err)
{
	char *text = NULL;
	size_t len;
	enum nm_code code = session_edited(session, edits, n, &text, &len, err);

	if (!code)
		code = change_add_text(notes, figure, session, text, len, err);
	free(text);
	return code;
}

enum nm_code change_add_since(struct notes *notes, struct figure *figure, struct session *session, struct nm_texts before,
			      struct nm_error *err)
{
	const nm_time now = session_now(session);
	struct change change = {.before = before, .after = session_texts(session)};
	struct nm_plan_pair pair = {.new_plan = session->plan, .from = now, .until = now + NM_CHECK_HORIZON};
	struct nm_differences differences;
	struct nm_findings was;
	struct nm_plan *plan = NULL;
	enum nm_code code = session_findings_then(session, &change.then, err);

	if (!code)
		code = read_plan(session, before.bytes, before.len, &plan, err);
	if (!code)
		code = session_check(session, plan, before.bytes, before.len, &was, err);
	if (code)
		goto out;
	pair.old = plan;
	code = nm_plan_compare(&pair, &differences, err);
	if (!code) {
		change.was = &was;
		change.differences = &differences;
		change_tell(notes, figure, session, &change);
		nm_differences_clear(&differences);
	}
	nm_findings_clear(&was);
out:
	nm_plan_free(plan);
	return code;
}

/* The lines of the files that edits change. */
static void note_lines(struct notes *notes, const struct session *session, const struct nm_edit *edits, size_t n)
{
	char *text;
	size_t len;

	if (session_edited(session, edits, n, &text, &len, NULL))
		return;
	notes_diff_texts(notes, session_texts(session), (struct nm_texts){text, len});
	notes_add(notes, STYLE_PLAIN, "");
	free(text);
}

/* The question, and that the edits join others that are not saved either. */
static void question_words(const struct app *app, const char *question, char *out, size_t size)
{
	const size_t others = nm_document_edits(app->session->document);

	if (nm_document_dirty(app->session->document))
		snprintf(out, size, "%s It joins %zu edit%s not saved, which W saves.", question, others,
			 others == 1 ? "" : "s");
	else
		snprintf(out, size, "%s", question);
}

void change_ask(struct app *app, int tag, const char *question, const struct nm_edit *edits, size_t n)
{
	struct figure figure = {0};
	struct notes notes;
	struct nm_error err;
	char words[APP_MESSAGE];

	notes_init(&notes);
	note_lines(&notes, app->session, edits, n);
	question_words(app, question, words, sizeof words);
	if (change_add(&notes, &figure, app->session, edits, n, &err))
		app_error(app, &err);
	else
		app_confirm_with(app, tag, words, &notes, &figure);
	figure_clear(&figure);
	notes_clear(&notes);
}
