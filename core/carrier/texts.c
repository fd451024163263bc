/* SPDX-License-Identifier: MIT */
/* Looking for a text and following it: see texts.h.  Comes in: what a carrier lists.  Goes out: whether that is it. */
#include "core/carrier/texts.h"

#include <stdarg.h>
#include <string.h>

#define LOOK_PAUSE_S 5
#define LOOK_S 30
#define FOLLOW_PAUSE_S 3
#define CLOCKS_S NM_DAY /* nobody knows whose clock is right; and some tell a day only */

void nm_texts_asking(struct nm_exchange *x)
{
	x->texted->asked = true;
	x->texted->looked_s = 0;
}

void nm_texts_begin_look(struct nm_exchange *x)
{
	x->texted->doubtful = false;
}

/* Without the blanks around it, which a carrier may take off. */
static const char *trimmed(const char *text, size_t *len)
{
	text += strspn(text, " \n");
	*len = strlen(text);
	while (*len > 0 && (text[*len - 1] == ' ' || text[*len - 1] == '\n'))
		(*len)--;
	return text;
}

static bool same_words(const char *a, const char *b)
{
	size_t n, m;

	a = trimmed(a, &n);
	b = trimmed(b, &m);
	return n == m && memcmp(a, b, n) == 0;
}

bool nm_texts_known(const struct nm_exchange *x, const char *id)
{
	for (size_t i = 0; i < x->text->n_known; i++)
		if (strcmp(x->text->known[i], id) == 0)
			return true;
	return false;
}

bool nm_texts_is(struct nm_exchange *x, const char *id, const char *body, nm_time made)
{
	if (nm_texts_known(x, id) || (made != 0 && made < x->text->begun - CLOCKS_S))
		return false;
	/* Other words may be ours as well, which the carrier wrote in another way. */
	if (body != NULL && same_words(body, x->text->body))
		x->texted->id = nm_arena_text(x->arena, id);
	x->texted->doubtful = x->texted->doubtful || x->texted->id == NULL;
	return x->texted->id != NULL;
}

enum nm_step_result nm_texts_unsure(struct nm_exchange *x, const char *format, ...)
{
	struct nm_buf words;
	va_list args;

	nm_buf_init(&words, NM_ERROR_TEXT);
	va_start(args, format);
	nm_buf_vaddf(&words, format, args);
	va_end(args);
	x->texted->unsure = true;
	nm_exchange_fail(x, "%s", words.data);
	nm_buf_clear(&words);
	return NM_STEP_FAILED;
}

enum nm_texts_absence nm_texts_absent(struct nm_exchange *x)
{
	if (x->texted->looked_s < LOOK_S) {
		x->texted->looked_s += LOOK_PAUSE_S;
		x->pause_ms = LOOK_PAUSE_S * 1000;
		return NM_TEXTS_LOOK_AGAIN;
	}
	if (!x->texted->doubtful && !x->texted->taken && x->text->over == NULL)
		return NM_TEXTS_ABSENT;
	if (!x->texted->doubtful && !x->texted->taken)
		nm_texts_unsure(x, "it shows no text to %s, and %s it is not sent any more", x->text->to,
				x->text->over);
	else if (x->texted->taken)
		nm_texts_unsure(x, "it took the text, but shows none to %s", x->text->to);
	else
		nm_texts_unsure(x, "it has a text to %s with other words, which may be this one",
				x->text->to);
	return NM_TEXTS_UNSURE;
}

void nm_texts_refused(struct nm_exchange *x, const struct nm_response *last)
{
	/* A 408 is told by who was waiting, and may come after the effect. */
	if (last->status / 100 == 4 && last->status != 408)
		x->texted->asked = false;
}

bool nm_texts_follow(struct nm_exchange *x)
{
	const bool open = x->texted->end == NM_TEXT_QUEUED || x->texted->end == NM_TEXT_SENT;

	if (!open || x->texted->followed_s >= x->text->follow_s)
		return false;
	x->texted->followed_s += FOLLOW_PAUSE_S;
	x->pause_ms = FOLLOW_PAUSE_S * 1000;
	return true;
}
