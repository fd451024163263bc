/* SPDX-License-Identifier: MIT */
/* Whether bytes are text: see utf8.h.  Comes in: bytes that end with a NUL.  Goes out: lengths. */
#include "core/utf8.h"

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
