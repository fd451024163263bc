/* SPDX-License-Identifier: MIT */
/* Whether bytes are text: see utf8.h.  Comes in: bytes that end with a NUL.  Goes out: lengths, and text that may be shown. */
#include "core/utf8.h"

#include <stdbool.h>
#include <string.h>

size_t nm_utf8_length(const unsigned char *text)
{
	const unsigned char c = text[0];
	unsigned char low = 0x80, high = 0xbf;
	size_t n, i;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	if (text[1] < low || text[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	return n;
}

size_t nm_utf8_bidi(const unsigned char *text)
{
	if (text[0] == 0xd8 && text[1] == 0x9c)
		return 2;
	if (text[0] != 0xe2)
		return 0;
	if (text[1] == 0x80 && (text[2] == 0x8e || text[2] == 0x8f || (text[2] >= 0xaa && text[2] <= 0xae)))
		return 3;
	return text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9 ? 3 : 0;
}

/* C0, DEL, C1 (U+0080 to U+009F), and the separators of lines and paragraphs (U+2028, U+2029). */
static bool acts(const unsigned char *text)
{
	return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0) ||
	       (text[0] == 0xe2 && text[1] == 0x80 && (text[2] == 0xa8 || text[2] == 0xa9)) ||
	       nm_utf8_bidi(text) > 0;
}

void nm_utf8_clean(const char *text, char *out, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = 0;

	while (*p != '\0' && n + 4 < size) {
		const size_t len = acts(p) ? 0 : nm_utf8_length(p);

		if (len > 0)
			memcpy(out + n, p, len);
		else
			out[n] = *p < 0x80 ? ' ' : '?';
		n += len > 0 ? len : 1;
		p += len > 0 ? len : 1;
	}
	out[n] = '\0';
}
