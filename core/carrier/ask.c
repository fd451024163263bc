/* SPDX-License-Identifier: MIT */
/* Asking over HTTP: see ask.h.  Comes in: an account, answers.  Goes out: addresses and words. */
#include "core/carrier/ask.h"

#include <string.h>

#include "core/ascii.h"
#include "core/carrier/json.h"
#include "core/utf8.h"

#define WORDS_MAX 240
#define ID_MAX 64

const char *nm_ask_url(const struct nm_exchange *exchange, const char *base, const char *tail)
{
	size_t len;

	if (exchange->account != NULL && exchange->account->endpoint != NULL)
		base = exchange->account->endpoint;
	len = strlen(base);
	while (len > 0 && base[len - 1] == '/')
		len--;
	return nm_arena_format(exchange->arena, "%.*s%s", (int)len, base, tail);
}

/* Bytes of the control character that begins here: those below blank, DEL, U+0080 to U+009F, and those that turn the
 * direction of writing. */
static size_t control(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;

	if (bytes[0] < 0x20 || bytes[0] == 0x7f)
		return 1;
	return bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0 ? 2 : nm_utf8_bidi(bytes);
}

const char *nm_ask_words(struct nm_arena *arena, const char *text)
{
	struct nm_buf words;
	const char *copy;

	nm_buf_init(&words, WORDS_MAX + 8);
	/* Cut between characters only: a UTF-8 character goes on with bytes 10xxxxxx. */
	while (*text != '\0' && (words.len < WORDS_MAX || ((unsigned char)*text & 0xc0) == 0x80)) {
		const size_t len = control(text);

		if (words.len >= WORDS_MAX + 4)
			break;
		nm_buf_addn(&words, len > 0 ? " " : text, 1);
		text += len > 0 ? len : 1;
	}
	if (*text != '\0')
		nm_buf_add(&words, "...");
	copy = words.failed ? NULL : nm_arena_text(arena, words.data);
	nm_buf_clear(&words);
	return copy;
}

const char *nm_ask_foreign(struct nm_arena *arena, const char *before, const char *words, const char *after)
{
	const char *clean = words != NULL ? nm_ask_words(arena, words) : NULL;
	const char *text = clean != NULL ? nm_arena_format(arena, "%s%s%s", before, clean, after) : NULL;

	return text != NULL ? text : "what is there is not from here";
}

enum nm_step_result nm_ask_refused(struct nm_exchange *exchange, const struct nm_response *last,
				   const char *words)
{
	if (last->status == 0)
		return nm_exchange_fail(exchange, "no answer: %s",
					last->error != NULL ? last->error : "unknown");
	if (words != NULL)
		words = nm_ask_words(exchange->arena, words);
	if (words != NULL && words[0] != '\0')
		return nm_exchange_fail(exchange, "%s (%d)", words, last->status);
	return nm_exchange_fail(exchange, "it answered %d without a reason", last->status);
}

/* The member "error" of an answer of one of our own transports, clean, in the arena; NULL. */
static const char *words_here(struct nm_exchange *exchange, const struct nm_response *last)
{
	struct nm_node *root = NULL;
	const char *words = NULL;

	if (nm_node_read(last->body, last->len, &root, NULL) == NM_OK)
		words = nm_node_member_text(root, "error");
	if (words != NULL)
		words = nm_ask_words(exchange->arena, words);
	nm_node_free(root);
	return words;
}

enum nm_step_result nm_ask_refused_here(struct nm_exchange *exchange, const struct nm_response *last)
{
	return nm_ask_refused(exchange, last, words_here(exchange, last));
}

enum nm_step_result nm_ask_refused_file(struct nm_exchange *exchange, const struct nm_response *last)
{
	const char *words = last->status != 0 ? words_here(exchange, last) : NULL;

	if (words == NULL || words[0] == '\0')
		return nm_ask_refused(exchange, last, NULL);
	return nm_exchange_fail(exchange, "%s", words);
}

bool nm_ask_is_id(const char *text)
{
	size_t n = 0;

	while (nm_ascii_is_letter(text[n]) || nm_ascii_is_digit(text[n]) || text[n] == '-' || text[n] == '_')
		n++;
	return n > 0 && n <= ID_MAX && text[n] == '\0';
}
