/* SPDX-License-Identifier: MIT */
/*
 * The tokens of a plan's text: words, quoted texts, braces and signs, with their lines.  In: bytes; out:
 * one token after the other, and mistakes in the characters (not UTF-8, an open quote, ${VAR}).  Works on
 * a copy in which what is passed over becomes blanks.  Knows no option and no section.
 */
#include "plan_lex.h"

static struct nm_pos here(const struct nm_lex *lex)
{
	return (struct nm_pos){ lex->file, lex->line, lex->line };
}

void nm_lex_blank(struct nm_lex *lex, size_t from, size_t until)
{
	size_t i;

	for (i = from; i < until; i++)
		if (lex->text[i] != '\n')
			lex->text[i] = ' ';
}

const char *nm_lex_text(struct nm_lex *lex, struct nm_token token)
{
	const char *text = nm_arena_textn(lex->raw->arena, lex->text + token.from, token.until - token.from);

	if (!text)
		lex->raw->no_memory = true;
	return text ? text : "";
}

static const char *token_words(struct nm_lex *lex, struct nm_token token)
{
	return token.kind == NM_TOKEN_END ? "the end of the file"
					  : nm_raw_quote(lex->raw, nm_lex_text(lex, token));
}

/*
 * A syntax error.  When a text that went over several lines ends just before, its quote is the suspect: the
 * earliest, since a missing quote turns all that follow inside out.
 */
void nm_lex_fail(struct nm_lex *lex, struct nm_pos pos, const char *text)
{
	const int suspect = lex->long_before ? lex->long_before : lex->long_text_from;

	if (lex->broken)
		return;
	lex->broken = true;
	lex->raw->partial = true;
	if (suspect) {
		const int line = pos.line;

		pos.line = suspect;
		nm_raw_mistake(lex->raw, pos,
			       "the text that begins here goes on over several lines: is its closing "
			       "quote missing? (line %d: %s)",
			       line, text);
		return;
	}
	nm_raw_mistake(lex->raw, pos, "%s", text);
}

void nm_lex_expect(struct nm_lex *lex, struct nm_token token, const char *expected)
{
	const char *text;

	if (lex->broken || token.kind == NM_TOKEN_BROKEN)
		return;
	text = nm_arena_format(lex->raw->arena, "%s is expected here, not %s", expected,
			       token_words(lex, token));
	if (!text)
		lex->raw->no_memory = true;
	nm_lex_fail(lex, token.pos, text ? text : "");
}

/* Past blanks, line ends and comments; comments become blanks.  False: a comment without an end. */
static bool skip_blanks(struct nm_lex *lex)
{
	while (lex->at < lex->len) {
		const char *rest = lex->text + lex->at;
		const struct nm_pos pos = here(lex);
		size_t from = lex->at;

		if (*rest == ' ' || *rest == '\t' || *rest == '\n') {
			lex->line += *rest == '\n';
			lex->at++;
		} else if (*rest == '#' || !strncmp(rest, "//", 2)) {
			lex->at += strcspn(rest, "\n");
			nm_lex_blank(lex, from, lex->at);
		} else if (!strncmp(rest, "/*", 2)) {
			const char *end = strstr(rest + 2, "*/");

			if (!end) {
				nm_lex_fail(lex, pos, "this comment has no closing */");
				return false;
			}
			for (lex->at += (size_t)(end + 2 - rest); rest < end; rest++)
				lex->line += *rest == '\n';
			nm_lex_blank(lex, from, lex->at);
		} else {
			return true;
		}
	}
	return true;
}

static void refuse_environment(struct nm_lex *lex)
{
	nm_raw_mistake(lex->raw, here(lex),
		       "'${' would read the environment, which a plan does not: write the text "
		       "in single quotes, or '\\${' in double ones");
	lex->refused = true;
}

/* Octal and hexadecimal escapes and control characters have no place in names and texts. */
static void check_escape(struct nm_lex *lex, char c)
{
	if (!c || !strchr("0123456789xabefvr", c))
		return;
	nm_raw_mistake(lex->raw, here(lex),
		       "the escape '\\%c' is not taken: write the character itself, or '\\\\' for "
		       "a backslash",
		       c);
	lex->refused = true;
}

static bool quoted(struct nm_lex *lex, char quote)
{
	const struct nm_pos from = here(lex);

	for (lex->at++; lex->at < lex->len; lex->at++) {
		const char c = lex->text[lex->at], next = lex->text[lex->at + 1];

		if (c == quote) {
			lex->at++;
			if (lex->line > from.line && !lex->long_text_from)
				lex->long_text_from = from.line;
			return true;
		}
		if (c == '\\' && (quote == '"' || next == '\'' || next == '\\')) {
			check_escape(lex, quote == '"' ? next : 0);
			lex->line += next == '\n';
			lex->at++;
		} else if (c == '\n') {
			lex->line++;
		} else if (c == '$' && next == '{' && quote == '"') {
			refuse_environment(lex);
		}
	}
	lex->at = lex->len;
	nm_lex_fail(lex, from, "this text has no closing quote");
	return false;
}

/* The quotes of typesetters, U+2018 to U+201F and the guillemets, which word processors put in by themselves. */
static bool typeset_quote(const char *s)
{
	return (!strncmp(s, "\xE2\x80", 2) && (unsigned char)s[2] >= 0x98 && (unsigned char)s[2] <= 0x9F) ||
	       !strncmp(s, "\xC2\xAB", 2) || !strncmp(s, "\xC2\xBB", 2);
}

static void word(struct nm_lex *lex)
{
	lex->at += strcspn(lex->text + lex->at, " \t\n#\"'={}()+,*");
	if (lex->text[lex->at - 1] == '$' && lex->text[lex->at] == '{') {
		refuse_environment(lex);
		lex->at += strcspn(lex->text + lex->at, "}\n");
		lex->at += lex->text[lex->at] == '}';
	}
}

struct nm_token nm_lex_next(struct nm_lex *lex)
{
	struct nm_token token = { .kind = NM_TOKEN_BROKEN };
	const bool clear = skip_blanks(lex);
	char c;

	token.from = token.until = lex->at;
	token.pos = here(lex);
	if (!clear || lex->broken)
		return token;
	c = lex->text[lex->at];
	if (!c) {
		token.kind = NM_TOKEN_END;
	} else if (strchr("{}()=,", c) || (c == '+' && lex->text[lex->at + 1] == '=')) {
		lex->at += c == '+' ? 2 : 1;
		token.kind = c;
	} else if (c == '+' || c == '*') {
		nm_lex_fail(lex, token.pos, "'+' and '*' stand in quotes: \"+15125550100\", \"+1900*\"");
	} else if (c == '"' || c == '\'') {
		token.kind = quoted(lex, c) ? NM_TOKEN_TEXT : NM_TOKEN_BROKEN;
	} else if (typeset_quote(lex->text + lex->at)) {
		nm_lex_fail(lex, token.pos, "a text stands in plain quotes, \"like this\", not in typeset ones");
	} else {
		word(lex);
		token.kind = NM_TOKEN_WORD;
	}
	token.until = lex->at;
	return token;
}

/* Length of the UTF-8 sequence at s (RFC 3629: shortest form, no surrogates); 0 when it is none. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
	size_t i, n = 0;

	if (s[0] < 0x80)
		n = 1;
	else if (s[0] >= 0xC2 && s[0] < 0xE0)
		n = 2;
	else if ((s[0] & 0xF0) == 0xE0)
		n = 3;
	else if (s[0] >= 0xF0 && s[0] < 0xF5)
		n = 4;
	if (!n || n > left)
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
	    (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return n;
}

/* Only text: UTF-8 without control characters. */
static bool check_bytes(struct nm_lex *lex)
{
	const unsigned char *s = (const unsigned char *)lex->text;
	size_t i, n;

	for (i = 0; i < lex->len; i += n) {
		n = utf8_length(s + i, lex->len - i);
		if (!n)
			nm_raw_mistake(lex->raw, here(lex),
				       "this is not UTF-8 (byte 0x%02X): save the file as UTF-8", s[i]);
		else if ((s[i] < ' ' && s[i] != '\t' && s[i] != '\n') || s[i] == 0x7F)
			nm_raw_mistake(lex->raw, here(lex),
				       "control character 0x%02X: only tabs and line ends are taken", s[i]);
		else {
			lex->line += s[i] == '\n';
			continue;
		}
		lex->raw->partial = true;
		return false;
	}
	lex->line = 1;
	return true;
}

/* A copy of the text with one kind of line end, room for closing braces, and no byte order mark. */
static bool copy_text(struct nm_lex *lex, const char *text, size_t len)
{
	size_t i;

	lex->text = nm_arena_alloc(lex->raw->arena, len + NM_LEX_DEPTH + 1, 1);
	if (!lex->text) {
		lex->raw->no_memory = true;
		return false;
	}
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
		nm_raw_mistake(lex->raw, here(lex),
			       "the file begins with a byte order mark: save it as UTF-8 without one");
		text += 3;
		len -= 3;
	}
	for (i = 0; i < len; i++)
		if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
			lex->text[lex->len++] = text[i];
	return true;
}

bool nm_lex_init(struct nm_lex *lex, struct nm_raw *raw, const char *file, const char *text, size_t len)
{
	*lex = (struct nm_lex){ .raw = raw, .file = file, .line = 1 };
	return copy_text(lex, text, len) && check_bytes(lex);
}
