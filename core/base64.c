/* SPDX-License-Identifier: MIT */
/* Base64: see base64.h. */
#include "core/base64.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void nm_base64_write(const void *bytes, size_t len, char *out)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i += 3) {
		unsigned bits = 0;

		for (size_t j = i; j < i + 3; j++)
			bits = bits << 8 | (j < len ? p[j] : 0u);
		*out++ = letters[bits >> 18];
		*out++ = letters[bits >> 12 & 63];
		*out++ = i + 1 < len ? letters[bits >> 6 & 63] : '=';
		*out++ = i + 2 < len ? letters[bits & 63] : '=';
	}
	*out = '\0';
}

bool nm_base64_read(const char *text, unsigned char *out, size_t *len)
{
	const size_t n = strlen(text);
	size_t padding = n > 0 && text[n - 1] == '=';
	unsigned bits = 0;

	padding += padding == 1 && n > 1 && text[n - 2] == '=';
	*len = 0;
	if (n % 4 != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *letter = i < n - padding ? strchr(letters, text[i]) : letters;

		if (letter == NULL)
			return false;
		bits = bits << 6 | (unsigned)(letter - letters);
		if (i % 4 != 3)
			continue;
		for (int shift = 16; shift >= 0; shift -= 8)
			out[(*len)++] = (unsigned char)(bits >> shift);
		bits = 0;
	}
	*len -= padding;
	return true;
}
