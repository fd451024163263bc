/* SPDX-License-Identifier: MIT */
/* See redact.h. */
#include "core/redact.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/base64.h"

/* The value of four hexadecimal digits; -1: they are none. */
static int hexadecimal(const char *text, size_t len)
{
	int value = 0;

	if (len < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		const char c = text[i];
		const int digit = c >= '0' && c <= '9'	 ? c - '0'
				  : c >= 'a' && c <= 'f' ? c - 'a' + 10
				  : c >= 'A' && c <= 'F' ? c - 'A' + 10
							 : -1;

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* How many bytes stand for `c` here; 0: something else does. */
static size_t stands_for(const char *text, size_t len, char c)
{
	const bool escaped = len >= 2 && text[0] == '\\';

	if (escaped && text[1] == 'u' && hexadecimal(text + 2, len - 2) == (unsigned char)c)
		return 6;
	if (len > 0 && text[0] == c)
		return 1;
	return escaped && text[1] == c ? 2 : 0;
}

/* The bytes of the secret when it begins here; 0: it does not. */
static size_t occurs(const char *text, size_t len, const char *secret)
{
	size_t used = 0;

	for (; *secret != '\0'; secret++) {
		const size_t n = stands_for(text + used, len - used, *secret);

		if (n == 0)
			return 0;
		used += n;
	}
	return used;
}

/* Does what stands before say that a password follows, as in a form or a query? */
static bool is_announced(const char *text, size_t at)
{
	static const char name[] = "password=";
	const size_t len = sizeof(name) - 1;

	return at >= len && memcmp(text + at - len, name, len) == 0;
}

void nm_redact(char *text, size_t len, const char *secret)
{
	const bool is_long = strlen(secret) >= NM_REDACT_MIN;

	for (size_t i = 0; i < len;) {
		const size_t n = is_long || is_announced(text, i) ? occurs(text + i, len - i, secret) : 0;

		if (n > 0)
			memset(text + i, '*', n);
		i += n > 0 ? n : 1;
	}
}

char *nm_url_escaped(const char *text, const char *digits)
{
	char *out = malloc(3 * strlen(text) + 1), *at = out;

	if (out == NULL)
		return NULL;
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;

		if (nm_ascii_is_letter(*text) || nm_ascii_is_digit(*text) || strchr("-._~", c) != NULL) {
			*at++ = *text;
			continue;
		}
		*at++ = '%';
		*at++ = digits[c >> 4];
		*at++ = digits[c & 15];
	}
	*at = '\0';
	return out;
}

char *nm_basic_credentials(const char *user, const char *secret)
{
	const size_t user_len = strlen(user), secret_len = strlen(secret), len = user_len + 1 + secret_len;
	char *both = malloc(len), *out = malloc(NM_BASE64_SIZE(len));

	if (both != NULL && out != NULL) {
		memcpy(both, user, user_len);
		both[user_len] = ':';
		memcpy(both + user_len + 1, secret, secret_len);
		nm_base64_write(both, len, out);
	} else {
		free(out);
		out = NULL;
	}
	if (both != NULL)
		explicit_bzero(both, len);
	free(both);
	return out;
}
