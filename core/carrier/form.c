/* SPDX-License-Identifier: MIT */
/* Forms: see form.h. */
#include "core/carrier/form.h"

#include "core/ascii.h"

static bool unreserved(char c)
{
	return nm_ascii_is_letter(c) || nm_ascii_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void nm_form_escape(struct nm_buf *out, const char *text)
{
	while (*text != '\0') {
		size_t plain = 0;

		while (unreserved(text[plain]))
			plain++;
		nm_buf_addn(out, text, plain);
		text += plain;
		if (*text != '\0')
			nm_buf_addf(out, "%%%02X", (unsigned char)*text++);
	}
}

void nm_form_add(struct nm_buf *body, const char *key, const char *value)
{
	nm_buf_add(body, body->len > 0 ? "&" : "");
	nm_form_escape(body, key);
	nm_buf_add(body, "=");
	nm_form_escape(body, value);
}

static int hex_digit(char c)
{
	if (nm_ascii_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *nm_form_unescape(struct nm_arena *arena, const char *text, size_t len)
{
	char *copy = nm_arena_textn(arena, text, len), *out = copy;

	for (size_t i = 0; copy != NULL && i < len; i++) {
		if (unreserved(text[i])) {
			*out++ = text[i];
			continue;
		}
		if (text[i] != '%' || i + 2 >= len || hex_digit(text[i + 1]) < 0 ||
		    hex_digit(text[i + 2]) < 0)
			return NULL;
		*out++ = (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
		i += 2;
	}
	if (copy != NULL)
		*out = '\0';
	return copy;
}
