/* SPDX-License-Identifier: MIT */
/*
 * What the dialogs have in common: being opened with a request, lines that scroll above and below a figure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

void figure_clear(struct figure *figure)
{
	if (figure->state)
		figure->close(figure->state);
	*figure = (struct figure){0};
}

void dialog_close(void *state)
{
	struct dialog *dialog = state;

	figure_clear(&dialog->figure);
	notes_clear(&dialog->items);
	free(dialog->taken);
	free(dialog->question);
	free(dialog);
}

/* False: the text is too long. */
static bool fill(struct typing *typing, const struct request *request)
{
	if (request->typed)
		return typing_set(typing, request->typed);
	return !request->offered || typing_offer(typing, request->offered);
}

void *dialog_open(struct app *app, const void *argument, struct nm_error *err)
{
	const struct request *request = argument;
	struct dialog *dialog = calloc(1, sizeof *dialog);

	if (dialog) {
		dialog->question = strdup(request->question);
		dialog->taken = calloc(request->n + 1, sizeof *dialog->taken);
	}
	if (!dialog || !dialog->question || !dialog->taken) {
		if (dialog)
			dialog_close(dialog);
		nm_fail_memory(err);
		return NULL;
	}
	dialog->tag = request->tag;
	if (!fill(&dialog->typing, request)) {
		dialog_close(dialog);
		nm_fail(err, NM_INPUT, "that is longer than can be typed here");
		return NULL;
	}
	for (size_t i = 0; i < request->n; i++)
		notes_add(&dialog->items, STYLE_PLAIN, request->items[i]);
	for (size_t i = 0; request->notes && i < request->notes->n; i++)
		notes_add(&dialog->items, request->notes->items[i].style, request->notes->items[i].text);
	dialog->items.lead = request->notes && request->notes->lead < dialog->items.n ? request->notes->lead : 0;
	if (request->figure) {
		dialog->figure = *request->figure;
		*request->figure = (struct figure){0};
	}
	if (request->ways)
		dialog->ways = *request->ways;
	dialog->offer = request->offer;
	dialog->hear = request->hear;
	dialog->open = request->open;
	dialog->stem = dialog->typing.len;
	if (dialog->offer)
		dialog->offer(app, dialog->typing.text, &dialog->items);
	list_set(&dialog->list, dialog->items.n);
	dialog->list.at = request->first < dialog->items.n ? request->first : 0;
	for (; dialog->n_taken < request->n_taken; dialog->n_taken++)
		dialog->taken[dialog->n_taken] = request->taken[dialog->n_taken];
	return dialog;
}

size_t dialog_figure_rows(const struct dialog *dialog, int width, int window)
{
	return dialog->figure.state ? (size_t)dialog->figure.rows(dialog->figure.state, width, window) : 0;
}

size_t dialog_rows(const struct dialog *dialog, int width, int window)
{
	return dialog_figure_rows(dialog, width, window) + notes_rows(&dialog->items, width);
}

bool dialog_figure_acts(struct dialog *dialog, enum action action)
{
	return dialog->figure.state && dialog->figure.act(dialog->figure.state, action);
}

/* The lines above the figure, or those below it; borrowed. */
static struct notes lines_above(const struct dialog *dialog)
{
	return (struct notes){.items = dialog->items.items, .n = dialog->items.lead};
}

static struct notes lines_below(const struct dialog *dialog)
{
	const size_t lead = dialog->items.lead;

	return (struct notes){.items = lead ? dialog->items.items + lead : dialog->items.items,
			      .n = dialog->items.n - lead};
}

/* Goes below `need` rows, of which the first `top` are scrolled away. */
static void advance(struct box *box, size_t *top, size_t need)
{
	const size_t drawn = need > *top ? need - *top : 0;

	box->y += (int)drawn;
	box->height -= (int)drawn;
	*top -= need - drawn;
}

/* The figure, whose first `top` rows are scrolled away. */
static void draw_figure(const struct dialog *dialog, struct canvas *canvas, struct box box, size_t top, int window)
{
	const struct box clip = canvas->clip;

	canvas_clip(canvas, box);
	dialog->figure.draw(dialog->figure.state, canvas,
			    (struct box){box.x, box.y - (int)top, box.width, window});
	canvas_clip(canvas, clip);
}

void dialog_draw_lines(const struct dialog *dialog, struct canvas *canvas, struct box box, size_t top, int window)
{
	const size_t figure = dialog_figure_rows(dialog, box.width, window);
	const struct notes above = lines_above(dialog), below = lines_below(dialog);

	notes_draw(&above, canvas, box, top);
	advance(&box, &top, notes_rows(&above, box.width));
	if (figure > top && box.height > 0)
		draw_figure(dialog, canvas, box, top, window);
	advance(&box, &top, figure);
	notes_draw(&below, canvas, box, top);
}

void dialog_more_words(size_t n, char *out, size_t size)
{
	out[0] = '\0';
	if (n)
		snprintf(out, size, "%zu more", n);
}

void dialog_scroll(struct dialog *dialog, size_t n, size_t shown)
{
	list_set(&dialog->list, n > shown ? n - shown + 1 : 1);
}
