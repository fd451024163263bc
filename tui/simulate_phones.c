/* SPDX-License-Identifier: MIT */
/*
 * What the phones do: a row of those that the call rings.  In: the call that is played, the plan, which phone is chosen,
 * keys.  Out: cells, and what a phone is told to do.  Where not all have room, no phone is cut: the row is moved so that the chosen one is seen.
 */
#include "simulate.h"

#include <string.h>

#include "spoken.h"

bool simulate_phone_shown(const struct simulate *simulate, const struct nm_plan *plan, size_t destination)
{
	if (plan->destinations[destination].kind == NM_VOICEMAIL)
		return false;
	for (size_t i = 0; i < simulate->play.n; i++) {
		if ((size_t)simulate->play.settings[i].destination == destination)
			return true;
	}
	for (size_t i = 0; simulate->treatment && i < simulate->treatment->n; i++) {
		const struct nm_treatment_step *step = &simulate->treatment->steps[i];

		for (size_t j = 0; j < step->n; j++) {
			if (!strcmp(step->parties[j].name, plan->destinations[destination].name))
				return true;
		}
	}
	return false;
}

const struct nm_setting *simulate_setting(const struct play *play, size_t destination)
{
	for (size_t i = 0; i < play->n; i++) {
		if ((size_t)play->settings[i].destination == destination)
			return &play->settings[i];
	}
	return NULL;
}

/* --- keys --- */

void simulate_phone_move(struct simulate *simulate, const struct nm_plan *plan, bool back)
{
	size_t n = plan->n_destinations;

	for (size_t i = 1; i <= n; i++) {
		size_t at = back ? (simulate->phone + n - i) % n : (simulate->phone + i) % n;

		if (simulate_phone_shown(simulate, plan, at)) {
			simulate->phone = at;
			return;
		}
	}
}

void simulate_phone_next(struct simulate *simulate, const struct nm_plan *plan)
{
	const size_t was = simulate->phone;

	if (!simulate->phones) {
		simulate->phones = simulate_phone_chosen(simulate, plan);
		return;
	}
	simulate_phone_move(simulate, plan, false);
	simulate->phones = simulate->phone > was;
}

bool simulate_phone_chosen(struct simulate *simulate, const struct nm_plan *plan)
{
	if (!simulate_phone_shown(simulate, plan, simulate->phone))
		simulate_phone_move(simulate, plan, false);
	return simulate_phone_shown(simulate, plan, simulate->phone);
}

void simulate_phone_cycle(struct simulate *simulate, struct app *app)
{
	struct play *play = &simulate->play;
	const struct nm_setting *setting;
	struct nm_setting next = {0};

	if (!simulate_phone_chosen(simulate, app_plan(app)))
		return;
	setting = simulate_setting(play, simulate->phone);
	if (!setting)
		next = (struct nm_setting){(int)simulate->phone, NM_NO_ANSWER, -1};
	else if (setting->behaviour == NM_UNREACHABLE)
		play->settings[setting - play->settings] = play->settings[--play->n];
	else
		next = (struct nm_setting){(int)simulate->phone, setting->behaviour + 1, -1};
	if (next.behaviour && !play_set(play, next))
		app_message(app, STYLE_WARNING, PLAY_SETTINGS_FULL, PLAY_SETTINGS);
}

/* --- the row --- */

/* "answers 6 s", "busy"; the style that goes with it. */
static unsigned does_words(const struct simulate *simulate, const struct nm_plan *plan, size_t phone, struct nm_buf *out)
{
	const struct nm_destination *destination = &plan->destinations[phone];
	const struct nm_setting *setting = simulate_setting(&simulate->play, phone);

	if (setting && setting->behaviour != NM_ANSWERS) {
		nm_buf_add(out, spoken_behaviour(setting->behaviour));
		return STYLE_BOLD;
	}
	if (!setting && simulate->play.nobody && nm_kind_human(destination->kind)) {
		nm_buf_add(out, spoken_behaviour(NM_NO_ANSWER));
		return STYLE_BOLD;
	}
	nm_buf_addf(out, "answers %d s",
		    setting && setting->after_s >= 0 ? setting->after_s
						     : nm_default_answer_s(destination->kind, destination->role));
	return STYLE_PLAIN;
}

/* The first one of the row from this one on; n_destinations: there is none. */
static size_t shown_from(const struct simulate *simulate, const struct nm_plan *plan, size_t phone)
{
	while (phone < plan->n_destinations && !simulate_phone_shown(simulate, plan, phone))
		phone++;
	return phone;
}

#define GAP 2  /* columns ahead of a phone, the second of them for the pointer */
#define MORE 2 /* columns of the sign that there are more, with its blank */

static int width_of(const struct simulate *simulate, const struct nm_plan *plan, size_t phone)
{
	struct nm_buf words;
	int width;

	nm_buf_init(&words, 1u << 12);
	does_words(simulate, plan, phone, &words);
	width = GAP + text_width(plan->destinations[phone].name) + 1 + text_width(words.data);
	nm_buf_clear(&words);
	return width;
}

/* With which the row begins, of `room` columns. */
static size_t first_phone(const struct simulate *simulate, const struct nm_plan *plan, int room)
{
	const size_t none = plan->n_destinations;
	size_t first = shown_from(simulate, plan, 0), next;
	int width = 0;

	if (!simulate->phones || simulate->phone >= none)
		return first;
	for (size_t i = first; i <= simulate->phone; i = shown_from(simulate, plan, i + 1))
		width += width_of(simulate, plan, i);
	next = shown_from(simulate, plan, simulate->phone + 1);
	while (first < simulate->phone && width > room - (next < none ? MORE : 0)) {
		width -= width_of(simulate, plan, first);
		first = shown_from(simulate, plan, first + 1);
	}
	return first;
}

static void draw_phone(const struct simulate *simulate, const struct nm_plan *plan, size_t phone, struct pen *pen)
{
	const struct nm_destination *destination = &plan->destinations[phone];
	const unsigned cursor = simulate->phones && simulate->phone == phone ? STYLE_CURSOR : 0;
	struct nm_buf words;
	unsigned style;

	nm_buf_init(&words, 1u << 12);
	style = does_words(simulate, plan, phone, &words);
	pen->x += GAP;
	if (cursor)
		canvas_pointer(pen->canvas, pen->x - 1, pen->y);
	pen_textf(pen, style_of_kind(destination->kind) | cursor, "%s ", destination->name);
	pen_text(pen, style | cursor, words.data);
	nm_buf_clear(&words);
}

void simulate_draw_phones(const struct simulate *simulate, const struct nm_plan *plan, struct canvas *canvas, int y)
{
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	size_t phone = shown_from(simulate, plan, 0), next, first;
	int room;

	if (phone == plan->n_destinations)
		return;
	pen_text(&pen, STYLE_HEAD, "does");
	first = first_phone(simulate, plan, pen.end - pen.x);
	if (first != phone)
		canvas_text(canvas, pen.x, y, 1, STYLE_HEAD, "…");
	for (phone = first; phone < plan->n_destinations; phone = next) {
		next = shown_from(simulate, plan, phone + 1);
		room = pen.end - pen.x - (next < plan->n_destinations ? MORE : 0);
		if (phone != first && width_of(simulate, plan, phone) > room) {
			pen_text(&pen, STYLE_HEAD, " …");
			return;
		}
		draw_phone(simulate, plan, phone, &pen);
	}
}
