/* SPDX-License-Identifier: MIT */
/* Who wants no texts (optout.h).  Comes in: a text, a number.  Goes out: whether that is so, in words. */
#include "nevermiss/optout.h"

#include <string.h>

#include "core/ascii.h"
#include "core/utf8.h"

#define WORD_MAX 16 /* longer than any of the words */

/* The code point of a sequence that nm_utf8_length has measured. */
static uint32_t code_point(const unsigned char *text, size_t len)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t point = text[0] & masks[len];

	for (size_t i = 1; i < len; i++)
		point = point << 6 | (text[i] & 0x3f);
	return point;
}

/* Beyond ASCII: punctuation, blanks, symbols, emoji and what joins them.  Whatever else there is may be a word. */
static bool is_mark(uint32_t point)
{
	static const struct {
		uint32_t from, until;
	} marks[] = { { 0x80, 0xc0 },     { 0x2000, 0x2c00 }, { 0x3000, 0x3040 },
		      { 0xfe00, 0xfe10 }, { 0xfeff, 0xff00 }, { 0x1f000, 0x20000 } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (point >= marks[i].from && point < marks[i].until)
			return true;
	return false;
}

/* The letters of a text, as capitals, without what stands between them; false: there is something else, or more. */
static bool read_word(const char *body, char word[static WORD_MAX])
{
	const unsigned char *at = (const unsigned char *)body;
	size_t n = 0, len;

	for (; *at != '\0'; at += len) {
		len = nm_utf8_length(at);
		if (len == 0 || (len > 1 && !is_mark(code_point(at, len))) || nm_ascii_is_digit((char)*at))
			return false;
		if (len > 1 || !nm_ascii_is_letter((char)*at))
			continue;
		if (n + 1 == WORD_MAX)
			return false;
		word[n++] = (char)(*at & ~0x20);
	}
	word[n] = '\0';
	return true;
}

bool nm_optout_said(const char *body)
{
	static const char *const words[] = {
		"STOP", "STOPALL", "QUIT", "END", "REVOKE", "OPTOUT", "CANCEL", "UNSUBSCRIBE",
	};
	char word[WORD_MAX];

	if (!read_word(body, word))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

enum nm_code nm_optout_check(struct nm_store *store, nm_number number, struct nm_error *err)
{
	static const char *const hows[] = {
		[NM_OPTOUT_REPLY] = "as it answered",
		[NM_OPTOUT_CARRIER] = "its carrier said",
		[NM_OPTOUT_TOLD] = "as was written down here",
	};
	enum nm_optout_how how = NM_OPTOUT_CARRIER;
	char text[NM_NUMBER_TEXT];
	bool found;
	enum nm_code code = nm_store_optout_find(store, number, &found, &how, err);

	if (code != NM_OK || !found)
		return code;
	nm_number_words(number, text);
	return nm_fail(err, NM_REFUSED, "%s wants no texts, %s: none is sent any more, from no line", text,
		       hows[how]);
}
