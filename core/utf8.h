/* SPDX-License-Identifier: MIT */
/* Core's own: whether bytes are text. */
#ifndef CORE_UTF_H
#define CORE_UTF_H

#include <stddef.h>

/* Length of the UTF-8 sequence at text (RFC 3629: no overlong forms, no surrogates), 0 when there is none. */
size_t nm_utf8_length(const unsigned char *text);

#endif
