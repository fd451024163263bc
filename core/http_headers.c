/* SPDX-License-Identifier: MIT */
/* Headers of an answer (RFC 9110): see http_headers.h.  What comes in is hostile; values are one line of text. */
#include "core/http_headers.h"

#include <stdbool.h>
#include <string.h>

#include "core/ascii.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value behind the colon, if it is text that a request may repeat. */
static void take_value(char *out, const char *value, size_t len)
{
	out[0] = '\0';
	while (len > 0 && is_blank(value[0])) {
		value++;
		len--;
	}
	while (len > 0 && is_blank(value[len - 1]))
		len--;
	if (len >= NM_HTTP_MARK)
		return;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 127)
			return;
	memcpy(out, value, len);
	out[len] = '\0';
}

void nm_http_headers_take(struct nm_http_headers *headers, const char *line, size_t len)
{
	const struct {
		const char *name;
		char *value;
	} known[] = {
		{ "ETag:", headers->etag },
		{ "Last-Modified:", headers->modified },
	};

	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
		*headers = (struct nm_http_headers){ 0 };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const size_t name = strlen(known[i].name);

		if (len >= name && nm_ascii_begins(line, known[i].name, name))
			take_value(known[i].value, line + name, len - name);
	}
}
