/* SPDX-License-Identifier: MIT */
/*
 * A call played step by step.  In: the call, how far it was played.  Out: how far it is played, and what of the plan
 * stands behind the step.
 */
#include <string.h>

#include "ladder.h"
#include "plan_parts.h"
#include "simulate.h"

int simulate_steps(const struct simulate *simulate)
{
	return simulate->treatment ? ladder_rows(&simulate->outcome) - 1 : 0;
}

void simulate_step(struct simulate *simulate, bool back)
{
	const int n = simulate_steps(simulate);

	simulate->top = 0;
	if (back)
		simulate->step = simulate->step > 0 ? simulate->step - 1 : n;
	else
		simulate->step = simulate->step < n ? simulate->step + 1 : 0;
}

static const struct nm_event *event_at(const struct simulate *simulate)
{
	return simulate->step > 0 && simulate->treatment ? ladder_event(&simulate->outcome, simulate->step - 1) : NULL;
}

/* A line of a file of the plan, without the blanks before it; len 0 when it is not known. */
static const char *line_of(const struct app *app, struct nm_pos pos, size_t *len)
{
	const struct nm_document *document = app->session->document;
	struct nm_file_text file;
	const char *text;

	*len = 0;
	if (!document || !session_texts(app->session).bytes ||
	    !nm_texts_find(session_texts(app->session), nm_texts_name(nm_document_file(document), pos.file), &file))
		return "";
	text = file.text;
	for (int line = 1; line < pos.line && text; line++) {
		text = strchr(text, '\n');
		text += text != NULL;
	}
	if (!text)
		return "";
	text += strspn(text, " \t");
	*len = strcspn(text, "\r\n");
	return text;
}

void simulate_step_place(const struct simulate *simulate, const struct app *app, struct nm_buf *out)
{
	const struct nm_event *event = event_at(simulate);
	char where[PLACE_TEXT];
	const char *text;
	size_t len;

	if (!event || !event->pos.file || event->pos.line <= 0)
		return;
	pos_words(event->pos, where, sizeof where);
	text = line_of(app, event->pos, &len);
	nm_buf_addf(out, "%s  %.*s", where, (int)len, text);
}

const char *simulate_step_why(const struct simulate *simulate)
{
	const struct nm_event *event = event_at(simulate);

	return event && event->why ? event->why : "";
}

struct nm_pos simulate_step_pos(const struct simulate *simulate)
{
	const struct nm_event *event = event_at(simulate);

	return event && event->pos.file ? event->pos : deciding_place(simulate->call);
}
