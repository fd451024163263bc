/* SPDX-License-Identifier: MIT */
/* Core's own: whether bytes are text. */
#ifndef CORE_UTF_H
#define CORE_UTF_H

#include <stddef.h>

/* Length of the UTF-8 sequence at text (RFC 3629: no overlong forms, no surrogates), 0 when there is none. */
size_t nm_utf8_length(const unsigned char *text);
/* Length of the bidirectional control at text (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), 0 when there
 * is none: it makes words look like others than they are. */
size_t nm_utf8_bidi(const unsigned char *text);

/* A text from outside as it may be shown: controls, direction marks, line separators and broken UTF-8 replaced (by a
 * blank, or by ? what is beyond ASCII), cut to fit, NUL-terminated.  size > 4. */
void nm_utf8_clean(const char *text, char *out, size_t size);

#endif
