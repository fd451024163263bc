/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of reading an hours expression share: tokens, and the parser's state.
 */
#ifndef NEVERMISS_CORE_HOURS_LEX_H
#define NEVERMISS_CORE_HOURS_LEX_H

#include "hours_private.h"

enum kind {
	KIND_END,
	KIND_SIGN,    /* value: the character */
	KIND_NUMBER,
	KIND_WEEKDAY, /* 0-6 */
	KIND_MONTH,   /* 1-12 */
	KIND_HOLIDAY,
	KIND_STATE,   /* 1: open */
	KIND_DAYS,    /* the word after a shift */
	KIND_ALWAYS   /* 24/7 */
};

struct token {
	enum kind kind;
	int value;
	uint16_t at, len; /* bytes */
};

struct parser {
	const char *text;
	struct token *tokens; /* ends with KIND_END */
	const struct token *next;
	struct nm_hours *hours;
	struct rule *rule;
	bool failed; /* err is filled */
	struct nm_error *err;
};

/* Fills tokens, which must have room for one token a byte and KIND_END; false after an error. */
bool nm_hours_lex(struct parser *p);

/* Both fill err, unless it is filled already, and return false: at a byte of the text, with what would
 * be right; and at the next token, where something else was expected. */
bool nm_hours_fail(struct parser *p, size_t at, const char *what, const char *instead);
bool nm_hours_fail_here(struct parser *p, const char *expected);

#endif
