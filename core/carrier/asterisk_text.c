/* SPDX-License-Identifier: MIT */
/*
 * What a plan says, made harmless for a dialplan: commas, semicolons, brackets, quotes, ${} and line ends
 * have a meaning there, so none of them ever comes from a name, a greeting or an account.
 */
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/asterisk.h"
#include "core/utf8.h"

#define COMMENT_BYTES 400 /* of a greeting on one line */
#define TEMPLATE_BYTES 200

const char *const nm_dialplan_days[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int hex_of(char c)
{
	if (nm_ascii_is_digit(c))
		return c - '0';
	c = nm_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that two hexadecimal digits name; -1 when they are not such. */
static int byte_of(const char *text)
{
	const int high = hex_of(text[0]), low = high < 0 ? -1 : hex_of(text[1]);

	return low < 0 ? -1 : high * 16 + low;
}

/* --- names --- */

/* Only a greeting's own line ends and tabs are control characters. */
static bool is_text(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0';) {
		const size_t n = nm_utf8_length(c);

		if (n == 0 || (*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
			return false;
		c += n;
	}
	return true;
}

void nm_dialplan_name(const char *name, struct nm_buf *out)
{
	if (*name == '\0')
		nm_buf_add(out, "_00");
	for (const char *c = name; *c != '\0'; c++) {
		const bool plain = *c == '_' ? byte_of(c + 1) < 0
					     : nm_ascii_is_letter(*c) || nm_ascii_is_digit(*c) || *c == '-';

		nm_buf_addf(out, plain ? "%c" : "_%02X", (unsigned char)*c);
	}
}

bool nm_dialplan_name_read(const char *safe, size_t len, struct nm_arena *arena, const char **out)
{
	char *name = nm_arena_alloc(arena, len + 3, 1); /* byte_of may look two beyond */
	struct nm_buf again;
	size_t n = 0;
	bool same, no_memory;

	*out = NULL;
	if (name == NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		const int byte = safe[i] == '_' && i + 2 < len ? byte_of(safe + i + 1) : -1;

		name[n++] = byte < 0 ? safe[i] : (char)byte;
		i += byte < 0 ? 0 : 2;
	}
	name[n] = '\0';
	nm_buf_init(&again, 4 * len + 8);
	nm_dialplan_name(name, &again);
	no_memory = again.failed;
	same = !again.failed && again.len == len && memcmp(again.data, safe, len) == 0;
	nm_buf_clear(&again);
	*out = no_memory ? NULL : name;
	return same && is_text(name) && strpbrk(name, "\n\t") == NULL;
}

/* --- texts --- */

static bool is_escaped(unsigned char c)
{
	return c < 0x20 || c == 0x7f || c == '%' || c == ';';
}

void nm_dialplan_sound(const char *sound, const char *text, struct nm_buf *out)
{
	const char *c = text;

	do {
		const size_t begin = out->len;

		nm_buf_addf(out, NM_DP_SOUND, (int)strlen(sound), sound);
		for (; *c != '\0' && !out->failed; c++) {
			const size_t len = out->len - begin;
			/* A blank at a line's end would not be seen, nor kept by everybody. */
			const bool last = *c == ' ' && (c[1] == '\0' || len + 1 >= COMMENT_BYTES);

			/* A line may end where a character does. */
			if (len >= COMMENT_BYTES && ((unsigned char)*c & 0xc0) != 0x80)
				break;
			nm_buf_addf(out, last || is_escaped((unsigned char)*c) ? "%%%02X" : "%c",
				    (unsigned char)*c);
		}
		nm_buf_add(out, "\n");
	} while (*c != '\0' && !out->failed);
}

bool nm_dialplan_text_read(const char *line, struct nm_buf *out)
{
	const size_t begin = out->len;

	for (const char *c = line; *c != '\0'; c++) {
		const int byte = *c == '%' ? byte_of(c + 1) : (unsigned char)*c;
		const char text[2] = { (char)byte, '\0' };

		if (byte <= 0 || (*c != '%' && is_escaped((unsigned char)*c)))
			return false;
		nm_buf_add(out, text);
		c += *c == '%' ? 2 : 0;
	}
	return is_text(out->data + begin);
}

/* --- dialling --- */

bool nm_dialplan_is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!nm_ascii_is_letter(text[i]) && !nm_ascii_is_digit(text[i]) &&
		    (text[i] == '\0' || strchr("+-_./:@", text[i]) == NULL))
			return false;
	return len > 0;
}

/* E.164: never an emergency number, which is shorter. */
bool nm_dialplan_is_number(const char *text, size_t len)
{
	if (len < 8 || len > 16 || text[0] != '+' || text[1] == '0')
		return false;
	for (size_t i = 1; i < len; i++)
		if (!nm_ascii_is_digit(text[i]))
			return false;
	return true;
}

enum nm_code nm_dialplan_trunk_read(const char *template, struct nm_dialplan_trunk *out, struct nm_error *err)
{
	static const char place[] = "{number}";
	const char *number = template != NULL ? strstr(template, place) : NULL, *slash;
	struct nm_dialplan_trunk trunk;

	if (template == NULL)
		return nm_fail(err, NM_INPUT,
			       "the account says nowhere how a number is dialled: endpoint = "
			       "\"PJSIP/{number}@trunk\" would");
	if (number != NULL) {
		trunk.before = template;
		trunk.before_len = (size_t)(number - template);
		trunk.after = number + strlen(place);
		slash = memchr(template, '/', trunk.before_len);
		if (slash != NULL && slash > template && !nm_ascii_begins(template, "Local/", 6) &&
		    nm_dialplan_is_word(template, trunk.before_len) &&
		    (*trunk.after == '\0' || nm_dialplan_is_word(trunk.after, strlen(trunk.after))) &&
		    strchr(template, '+') == NULL && !nm_ascii_is_digit(*trunk.after) &&
		    strlen(template) < TEMPLATE_BYTES) {
			*out = trunk;
			return NM_OK;
		}
	}
	return nm_fail(
		err, NM_INPUT,
		"endpoint = \"%.80s\" is no way to dial: one as \"PJSIP/{number}@trunk\" is expected, of "
		"letters, digits and - _ . / : @ around {number}",
		template);
}

const char *nm_dialplan_trunk_endpoint(const struct nm_dialplan_trunk *trunk)
{
	if (trunk->before_len != 6 || memcmp(trunk->before, "PJSIP/", 6) != 0 || trunk->after[0] != '@' ||
	    strpbrk(trunk->after + 1, "/:@+") != NULL || trunk->after[1] == '\0')
		return NULL;
	return trunk->after + 1;
}
