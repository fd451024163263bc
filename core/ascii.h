/* SPDX-License-Identifier: MIT */
/*
 * Letters and digits as plans, calendars and hours mean them: ASCII, whatever the locale is.  <ctype.h>
 * and strncasecmp would ask it.
 */
#ifndef NEVERMISS_ASCII_H
#define NEVERMISS_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline bool nm_ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool nm_ascii_is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static inline char nm_ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the text begins with the word's first len bytes, the case of letters apart. */
static inline bool nm_ascii_begins(const char *text, const char *word, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] && nm_ascii_lower(text[i]) == nm_ascii_lower(word[i]))
		i++;
	return i == len;
}

#endif
