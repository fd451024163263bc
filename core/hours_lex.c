/* SPDX-License-Identifier: MIT */
/*
 * The opening_hours language, its words: text in, tokens out, and what to say when a token is not what the
 * grammar (hours_read.c) wants.  Parts of the language that we refuse are known here by name.
 */
#include "hours_lex.h"

#include <string.h>

#include "ascii.h"

/* clang-format off */
static const struct word {
	const char *text;
	enum kind kind;
	int value;
} words[] = {
	{ "mo", KIND_WEEKDAY, 0 }, { "tu", KIND_WEEKDAY, 1 }, { "we", KIND_WEEKDAY, 2 },
	{ "th", KIND_WEEKDAY, 3 }, { "fr", KIND_WEEKDAY, 4 }, { "sa", KIND_WEEKDAY, 5 },
	{ "su", KIND_WEEKDAY, 6 },
	{ "jan", KIND_MONTH, 1 }, { "feb", KIND_MONTH, 2 }, { "mar", KIND_MONTH, 3 },
	{ "apr", KIND_MONTH, 4 }, { "may", KIND_MONTH, 5 }, { "jun", KIND_MONTH, 6 },
	{ "jul", KIND_MONTH, 7 }, { "aug", KIND_MONTH, 8 }, { "sep", KIND_MONTH, 9 },
	{ "oct", KIND_MONTH, 10 }, { "nov", KIND_MONTH, 11 }, { "dec", KIND_MONTH, 12 },
	{ "ph", KIND_HOLIDAY, 0 }, { "day", KIND_DAYS, 0 }, { "days", KIND_DAYS, 0 },
	{ "open", KIND_STATE, 1 }, { "off", KIND_STATE, 0 }, { "closed", KIND_STATE, 0 },
};

/* Part of the language, and not of ours. */
static const struct refusal {
	const char *text, *name, *instead;
} refused[] = {
	{ "sunrise", "sunrise", "write a time of the clock, such as 06:30" },
	{ "sunset", "sunset", "write a time of the clock, such as 18:30" },
	{ "dawn", "dawn", "write a time of the clock, such as 06:00" },
	{ "dusk", "dusk", "write a time of the clock, such as 19:00" },
	{ "week", "week (a week number)", "write dates, such as Jan 05-11" },
	{ "sh", "SH (school holidays)", "write dates, such as Jul 01-Aug 31" },
	{ "easter", "easter", "put the day into the calendar of holidays and write PH" },
	{ "unknown", "unknown", "write open or off" },
	{ "||", "|| (a fallback rule)", "write ; or , between rules" },
	{ "|", "| (a fallback rule)", "write ; or , between rules" },
	{ "\"", "\" (a comment)", "write a comment of the plan file, behind #" },
	{ "+", "+ (an open end)", "write when it ends, such as 18:00-22:00" },
	{ "/", "/ (a repetition)", "write each time or date" },
	{ "(", "( (a calculated time)", "write a time of the clock, such as 06:30" },
};
/* clang-format on */

#define N_WORDS (sizeof words / sizeof words[0])
#define N_REFUSED (sizeof refused / sizeof refused[0])

/* --- saying what is wrong --- */

/* Characters, not bytes, counted from 1. */
static int character_of(const char *text, size_t at)
{
	int n = 1;
	size_t i;

	for (i = 0; i < at; i++)
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	return n;
}

bool nm_hours_fail(struct parser *p, size_t at, const char *what, const char *instead)
{
	if (!p->failed)
		nm_fail(p->err, NM_INPUT, "character %d of the hours: %s: %s",
			character_of(p->text, at), what, instead);
	p->failed = true;
	return false;
}

static bool fail_refused(struct parser *p, size_t at, const struct refusal *refusal)
{
	if (!p->failed)
		nm_fail(p->err, NM_INPUT, "character %d of the hours: %s is not supported: %s",
			character_of(p->text, at), refusal->name, refusal->instead);
	p->failed = true;
	return false;
}

static const struct refusal *refusal_find(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < N_REFUSED; i++) {
		if (strlen(refused[i].text) == len && nm_ascii_begins(text, refused[i].text, len))
			return &refused[i];
	}
	return NULL;
}

/* The next token is not what the grammar wants; a part of the language that we refuse is named as such. */
bool nm_hours_fail_here(struct parser *p, const char *expected)
{
	const struct token *token = p->next;
	const struct refusal *refusal = refusal_find(p->text + token->at, token->len);
	int len = token->len < 40 ? token->len : 40;

	if (p->failed)
		return false;
	if (refusal)
		return fail_refused(p, token->at, refusal);
	p->failed = true;
	if (token->kind == KIND_END)
		nm_fail(p->err, NM_INPUT, "the hours end too early: %s is missing", expected);
	else
		nm_fail(p->err, NM_INPUT, "character %d of the hours: \"%.*s\" where %s is wanted",
			character_of(p->text, token->at), len, p->text + token->at, expected);
	return false;
}

/* --- tokens --- */

static bool word_lex(struct parser *p, struct token *token)
{
	const char *text = p->text + token->at;
	size_t i;

	token->kind = KIND_SIGN; /* until it is known */
	while (nm_ascii_is_letter(text[token->len]))
		token->len++;
	for (i = 0; i < N_WORDS; i++) {
		if (strlen(words[i].text) != token->len || !nm_ascii_begins(text, words[i].text, token->len))
			continue;
		token->kind = words[i].kind;
		token->value = words[i].value;
		return true;
	}
	p->next = token;
	return nm_hours_fail_here(p, "one of Mo Tu We Th Fr Sa Su, Jan to Dec, PH, open, off or a number, as in "
				     "Mo-Fr 09:00-17:00,");
}

static bool number_lex(struct parser *p, struct token *token)
{
	const char *text = p->text + token->at;

	if (strncmp(text, "24/7", 4) == 0 && !nm_ascii_is_digit(text[4])) {
		token->kind = KIND_ALWAYS;
		token->len = 4;
		return true;
	}
	token->kind = KIND_NUMBER;
	while (nm_ascii_is_digit(text[token->len])) {
		token->value = token->value * 10 + (text[token->len] - '0');
		if (++token->len > 4)
			return nm_hours_fail(p, token->at, "a number of more than four digits",
				       "write a day, a time or a year");
	}
	return true;
}

static bool sign_lex(struct parser *p, struct token *token)
{
	const char *text = p->text + token->at;
	const struct refusal *refusal;

	token->kind = KIND_SIGN;
	token->value = *text;
	token->len = text[0] == '|' && text[1] == '|' ? 2 : 1;
	if (strchr("-,;:[]+/", *text))
		return true;
	refusal = refusal_find(text, token->len);
	if (refusal)
		return fail_refused(p, token->at, refusal);
	return nm_hours_fail(p, token->at, "a character that hours do not have",
		       "write words and numbers with - , ; : and [ ] between them");
}

static bool token_lex(struct parser *p, struct token *token)
{
	char c = p->text[token->at];

	if (nm_ascii_is_letter(c))
		return word_lex(p, token);
	return nm_ascii_is_digit(c) ? number_lex(p, token) : sign_lex(p, token);
}

bool nm_hours_lex(struct parser *p)
{
	struct token *token = p->tokens;
	const char *at = p->text;

	for (;;) {
		while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
			at++;
		*token = (struct token){ .at = (uint16_t)(at - p->text) };
		if (!*at)
			return true;
		if (!token_lex(p, token))
			return false;
		at += token->len;
		token++;
	}
}
