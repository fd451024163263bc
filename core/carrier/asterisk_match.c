/* SPDX-License-Identifier: MIT */
/* A line of a dialplan against one of the forms of asterisk.h: the counterpart of printf for what it wrote. */
#include "core/carrier/asterisk_read.h"

#include <stdint.h>
#include <string.h>

#include "core/ascii.h"

#define NUMBER_DIGITS 18 /* that always fit into 64 bits */

/* As printf writes it: no sign, no zeros in front. */
static bool take_number(const char **text, int64_t most, int64_t *out)
{
	const char *c = *text;
	int64_t value = 0;

	while (nm_ascii_is_digit(*c) && c - *text < NUMBER_DIGITS)
		value = value * 10 + (*c++ - '0');
	if (c == *text || (**text == '0' && c - *text > 1) || value > most)
		return false;
	*text = c;
	*out = value;
	return true;
}

static bool take_two_digits(const char **text, int *out)
{
	const char *c = *text;

	if (!nm_ascii_is_digit(c[0]) || !nm_ascii_is_digit(c[1]))
		return false;
	*out = (c[0] - '0') * 10 + (c[1] - '0');
	*text += 2;
	return true;
}

/* Up to the first character that is what stands behind it in the form. */
static void take_word(const char **text, char end, struct word *out)
{
	const char *stop = strchr(*text, end);

	out->at = *text;
	out->len = stop != NULL ? (size_t)(stop - *text) : strlen(*text);
	*text += out->len;
}

static bool take_text(const char **text, const char *expected)
{
	const size_t len = strlen(expected);

	if (strncmp(*text, expected, len) != 0)
		return false;
	*text += len;
	return true;
}

/* One conversion of the form; its length there, 0 when the text does not fit. */
static size_t take(const char **text, const char *form, const char *base, va_list *args)
{
	int64_t number = 0;
	bool fits;

	if (strncmp(form, "%s", 2) == 0)
		return take_text(text, base) ? 2 : 0;
	if (strncmp(form, "%.*s", 4) == 0) {
		take_word(text, form[4], va_arg(*args, struct word *));
		return 4;
	}
	if (strncmp(form, "%02d", 4) == 0)
		return take_two_digits(text, va_arg(*args, int *)) ? 4 : 0;
	if (strncmp(form, "%lld", 4) == 0) {
		fits = take_number(text, INT64_MAX, &number);
		*va_arg(*args, int64_t *) = number;
		return fits ? 4 : 0;
	}
	fits = take_number(text, INT32_MAX, &number);
	*va_arg(*args, int *) = (int)number;
	return fits ? 2 : 0;
}

bool nm_dialplan_match(const char *text, const char *base, const char *form, va_list *args)
{
	while (*form != '\0') {
		if (*form == '%') {
			const size_t used = take(&text, form, base, args);

			if (used == 0)
				return false;
			form += used;
		} else if (*text++ != *form++) {
			return false;
		}
	}
	return *text == '\0';
}
