/* SPDX-License-Identifier: MIT */
/* See cut_line.h.  In: text.  Out: words, and the other way round. */
#include "cut_line.h"

#include <string.h>

static char *cut_word(char *at, struct cut_line *cut)
{
	char *to = at;
	char quote = '\0';

	cut->words[cut->n++] = to;
	for (; *at && (quote || *at != ' '); at++) {
		if (quote ? *at == quote : *at == '"' || *at == '\'')
			quote = quote ? '\0' : *at;
		else
			*to++ = *at;
	}
	cut->open |= quote != '\0';
	at += *at == ' ';
	*to = '\0';
	return at;
}

bool cut_line(const char *text, struct cut_line *cut)
{
	char *at;

	*cut = (struct cut_line){ .bytes = strdup(text) };
	if (!cut->bytes)
		return false;
	for (at = cut->bytes + strspn(cut->bytes, " "); *at && cut->n < CUT_WORDS; at += strspn(at, " "))
		at = cut_word(at, cut);
	return *at == '\0';
}

size_t cut_last(const char *text, size_t len)
{
	size_t begin = 0;
	char quote = '\0';

	for (size_t i = 0; i < len; i++) {
		if (quote ? text[i] == quote : text[i] == '"' || text[i] == '\'')
			quote = quote ? '\0' : text[i];
		else if (!quote && text[i] == ' ')
			begin = i + 1;
	}
	return begin;
}

bool cut_quoted(const char *word, bool more, struct nm_buf *out)
{
	const char *quote = *word && !strpbrk(word, " \"'") ? "" : strchr(word, '"') ? "'" : "\"";

	if (*quote && strchr(word, *quote))
		return false;
	nm_buf_addf(out, "%s%s%s", quote, word, more ? "" : quote);
	return true;
}
