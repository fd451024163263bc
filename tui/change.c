/* SPDX-License-Identifier: MIT */
/*
 * The effect of an edit.  In: the plan as it is, an edit of its text.  Out: lines of text, one group for each thing
 * that callers get differently.  Changes nothing.
 */
#include "change.h"

#include <stdlib.h>

#include "saving.h"

/* The text with the edit, and its plan: both are the caller's. */
static enum nm_code plan_with(const struct session *session, const struct nm_edit *edit, char **text,
			      struct nm_plan **out, struct nm_error *err)
{
	struct nm_diags diags;
	size_t len;
	enum nm_code code = session_edited(session, edit, 1, text, &len, err);

	if (code)
		return code;
	nm_diags_init(&diags);
	code = session_plan_read(session, session->options.plan_file, *text, len, out, &diags, err);
	if (code && diags.n)
		nm_fail(err, code, "%s", diags.items[0].text);
	nm_diags_clear(&diags);
	return code;
}

bool change_add(struct notes *notes, struct figure *figure, const struct app *app, const struct nm_edit *edit)
{
	struct nm_differences differences;
	struct nm_plan *plan = NULL;
	char *text = NULL;
	size_t len;
	struct nm_error err;
	enum nm_code code = plan_with(app->session, edit, &text, &plan, &err);

	*figure = (struct figure){0};
	if (!code)
		code = nm_plan_compare(app_plan(app), plan, app_now(app), app_now(app) + NM_CHECK_HORIZON,
				       &differences, &err);
	if (code) {
		notes_addf(notes, STYLE_ERROR, "%s", err.text);
	} else {
		notes_add(notes, STYLE_HEAD, "what changes for callers");
		notes_differences(notes, &differences);
		change_figure(figure, app->session, nm_document_text(app->session->document, &len), text,
			      &differences);
		nm_differences_clear(&differences);
	}
	nm_plan_free(plan);
	free(text);
	return code == NM_OK;
}
