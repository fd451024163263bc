/* SPDX-License-Identifier: MIT */
/* Values as a Studio flow writes them.  Comes in: text that anybody may have written.  Goes out: its parts. */
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/twilio_load.h"

#define VALUES_MAX 100000
#define DIGITS_MAX 15 /* of a number, ITU-T E.164 */

size_t nm_flow_trimmed(const char **from, size_t len)
{
	while (len > 0 && **from == ' ') {
		(*from)++;
		len--;
	}
	while (len > 0 && (*from)[len - 1] == ' ')
		len--;
	return len;
}

bool nm_flow_list(const char *text, struct nm_arena *arena, const char ***out, size_t *n)
{
	const char **values;
	size_t count = 1;

	for (const char *c = text; *c != '\0'; c++)
		count += *c == ',';
	if (count > VALUES_MAX)
		count = VALUES_MAX;
	values = nm_arena_alloc(arena, count, sizeof(*values));
	if (values == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		const size_t len = strcspn(text, ",");
		const char *from = text;
		const size_t kept = nm_flow_trimmed(&from, len);

		values[i] = nm_arena_textn(arena, from, kept);
		if (values[i] == NULL)
			return false;
		text += len + (text[len] == ',');
	}
	*out = values;
	*n = count;
	return true;
}

bool nm_flow_phone(const char *text, nm_number *out)
{
	nm_number number = 0;
	size_t n = 1;

	if (text[0] != '+' || text[1] == '0')
		return false;
	for (; nm_ascii_is_digit(text[n]) && n <= DIGITS_MAX; n++)
		number = number * 10 + (nm_number)(text[n] - '0');
	*out = number;
	return n > 1 && text[n] == '\0';
}
