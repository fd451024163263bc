/* SPDX-License-Identifier: MIT */
/*
 * The effect of an edit.  In: the plan as it is, an edit of its text.  Out: lines of text, one group for each thing
 * that callers get differently.  Changes nothing.
 */
#include <stdlib.h>

#include "change.h"
#include "nevermiss/route.h"

#define SHOWN_MOST 20 /* of the differences: more would hide what was asked */

/* The plan with the edit; NULL when it would not read. */
static enum nm_code plan_with(const struct session *session, const struct nm_edit *edit, struct nm_plan **out,
			      struct nm_error *err)
{
	struct nm_diags diags;
	size_t len;
	const char *text = nm_document_text(session->document, &len);
	char *edited = NULL;
	enum nm_code code = nm_edit_apply(edit, text, len, &edited, &len, err);

	nm_diags_init(&diags);
	if (!code)
		code = session_plan_read(session, session->options.plan_file, edited, len, out, &diags, err);
	if (code && diags.n)
		nm_fail(err, code, "%s", diags.items[0].text);
	nm_diags_clear(&diags);
	free(edited);
	return code;
}

static void add_difference(struct notes *notes, const struct nm_difference *difference)
{
	notes_addf(notes, STYLE_PLAIN, "%s, %s%s, %s", difference->line, difference->callers,
		   difference->key ? " pressing the emergency key" : "", difference->when);
	notes_addf(notes, STYLE_ADDED, "  then  %s", difference->b_words);
	notes_addf(notes, STYLE_REMOVED, "  now   %s", difference->a_words);
}

bool change_add(struct notes *notes, const struct app *app, const struct nm_edit *edit)
{
	struct nm_differences differences;
	struct nm_plan *plan = NULL;
	struct nm_error err;
	enum nm_code code = plan_with(app->session, edit, &plan, &err);

	if (!code)
		code = nm_plan_compare(app_plan(app), plan, app_now(app), app_now(app) + NM_CHECK_HORIZON,
				       &differences, &err);
	if (code) {
		notes_addf(notes, STYLE_ERROR, "%s", err.text);
		nm_plan_free(plan);
		return false;
	}
	notes_add(notes, STYLE_HEAD,
		  differences.n ? "what changes for callers" : "nothing changes for any caller");
	for (size_t i = 0; i < differences.n && i < SHOWN_MOST; i++)
		add_difference(notes, &differences.items[i]);
	if (differences.n > SHOWN_MOST)
		notes_addf(notes, STYLE_DIM, "and %zu more changes like these", differences.n - SHOWN_MOST);
	nm_differences_clear(&differences);
	nm_plan_free(plan);
	return true;
}
