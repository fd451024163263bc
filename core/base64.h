/* SPDX-License-Identifier: MIT */
/* Bytes as letters and back: base64 (RFC 4648, 4), with padding. */
#ifndef CORE_BASE_SIXTY_FOUR_H
#define CORE_BASE_SIXTY_FOUR_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of what `len` bytes become, with a NUL. */
#define NM_BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)

/* out has room for NM_BASE64_SIZE(len). */
void nm_base64_write(const void *bytes, size_t len, char *out);
/* out has room for three quarters of the text's length; false when the text is no base64. */
bool nm_base64_read(const char *text, unsigned char *out, size_t *len);

#endif
