/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a CalDAV server's answer: either an error, or a mark of one line's length and events that are within
 * their bound; and as a header of an answer.
 */
#include <stdlib.h>
#include <string.h>

#include "caldav.h"
#include "http_headers.h"
#include "nevermiss/ical.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void demand_text(const char *text)
{
	demand(strlen(text) < NM_HTTP_MARK);
	for (; *text; text++)
		demand((unsigned char)*text >= ' ' && *text != 127);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct nm_http_headers headers = { 0 };
	struct nm_arena *arena = nm_arena_new();
	char *text = malloc(size + 1);
	const char *mark = NULL;
	struct nm_buf events;

	demand(arena && text);
	memcpy(text, data, size);
	text[size] = '\0';
	nm_buf_init(&events, 1024);
	if (!nm_caldav_mark(text, size, arena, &mark, NULL) && mark)
		demand(strlen(mark) <= NM_HTTP_MARK);
	if (!nm_caldav_events(text, size, &events, NULL))
		demand(events.len > 0 && events.len <= 1024);
	nm_http_headers_take(&headers, text, size);
	demand_text(headers.etag);
	demand_text(headers.modified);
	nm_buf_clear(&events);
	nm_arena_free(arena);
	free(text);
	return 0;
}
