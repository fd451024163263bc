/* SPDX-License-Identifier: MIT */
/* Keeping secrets out of what others say: an answer that quotes the request must not bring one into the journal. */
#ifndef CORE_REDACT_H
#define CORE_REDACT_H

#include <stddef.h>

/* A shorter one may be a word of the answer by chance, and is looked for after "password=" only. */
#define NM_REDACT_MIN 8

/* Blanks every occurrence of the secret in len bytes of text, as it is or as JSON escapes it, with as many
 * asterisks: JSON stays JSON. */
void nm_redact(char *text, size_t len, const char *secret);
/* What a URL or a form makes of a text, with these hexadecimal digits, malloc'd; NULL when memory is out. */
char *nm_url_escaped(const char *text, const char *digits);
/* What HTTP makes of a user and a secret ("Basic ..."), malloc'd; NULL when memory is out. */
char *nm_basic_credentials(const char *user, const char *secret);

#endif
