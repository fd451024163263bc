/* SPDX-License-Identifier: MIT */
/* Asking to press 1: see twilio_whisper.h.  Comes in: a step, or a URL.  Goes out: the other one. */
#include "core/carrier/twilio_whisper.h"

#include <string.h>

#include "core/ascii.h"
#include "core/carrier/form.h"

#define DOCUMENT_MAX 1024
#define FLOW "?flow={{flow.flow_sid}}&to="

const char *nm_twilio_document_of(const struct nm_account *account)
{
	const char *url = account != NULL ? account->whisper : NULL;
	size_t n = 0;

	if (url == NULL || strncmp(url, "https://", 8) != 0)
		return NULL;
	while (url[n] > ' ' && url[n] < 0x7f && strchr("?#{}\"\\", url[n]) == NULL && n < DOCUMENT_MAX)
		n++;
	return n > 8 && url[n] == '\0' ? url : NULL;
}

bool nm_twilio_asks(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].confirm)
			return true;
	return false;
}

/* Those who are rung, or of them only those who are asked. */
static void add_list(const struct nm_treatment_step *step, bool asked, struct nm_buf *out)
{
	const char *comma = "";

	for (size_t i = 0; i < step->n; i++) {
		if (asked && !step->parties[i].confirm)
			continue;
		nm_form_escape(out, comma);
		nm_form_escape(out, step->parties[i].number);
		comma = ",";
	}
}

void nm_twilio_whisper_write(const char *document, const struct nm_treatment_step *step, int for_s,
			     struct nm_buf *out)
{
	nm_buf_addf(out, "%s" FLOW, document);
	add_list(step, false, out);
	nm_buf_add(out, "&confirm=");
	add_list(step, true, out);
	nm_buf_addf(out, "&timeout=%d&caller_id=%s", for_s, step->parties[0].line_id ? "line" : "caller");
}

/* The value that stands before `next`, which is stepped over; NULL. */
static const char *take_value(const char **at, const char *next, struct nm_arena *arena)
{
	const size_t len = strcspn(*at, "&");
	const char *value = nm_form_unescape(arena, *at, len);

	if (strncmp(*at + len, next, strlen(next)) != 0)
		return NULL;
	*at += len + strlen(next);
	return value;
}

bool nm_twilio_whisper_read(const char *url, struct nm_arena *arena, struct nm_twilio_whisper *out)
{
	const char *at = strstr(url, FLOW), *seconds;

	if (at == NULL)
		return false;
	out->document = nm_arena_textn(arena, url, (size_t)(at - url));
	at += strlen(FLOW);
	out->to = take_value(&at, "&confirm=", arena);
	out->confirm = out->to != NULL ? take_value(&at, "&timeout=", arena) : NULL;
	seconds = out->confirm != NULL ? take_value(&at, "&caller_id=", arena) : NULL;
	if (out->document == NULL || seconds == NULL || seconds[0] == '\0')
		return false;
	out->for_s = 0;
	for (; nm_ascii_is_digit(*seconds) && out->for_s <= NM_FOR_MAX; seconds++)
		out->for_s = out->for_s * 10 + (*seconds - '0');
	out->line_id = strcmp(at, "line") == 0;
	return *seconds == '\0' && out->for_s >= 1 && out->for_s <= NM_FOR_MAX &&
	       (out->line_id || strcmp(at, "caller") == 0);
}
