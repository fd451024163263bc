/* SPDX-License-Identifier: MIT */
/* The tokens of a plan's text. */
#ifndef NM_PLAN_LEX_H
#define NM_PLAN_LEX_H

#include "plan_private.h"

#define NM_LEX_DEPTH 3 /* the top, a section, a section in it: so many braces may have to be closed */

/* What a token is; a sign is its own character. */
enum { NM_TOKEN_END = 0, NM_TOKEN_WORD = 'w', NM_TOKEN_TEXT = 't', NM_TOKEN_BROKEN = '?' };

struct nm_token {
	int kind;
	size_t from, until; /* bytes of the copy */
	struct nm_pos pos;
};

struct nm_lex {
	struct nm_raw *raw; /* borrowed */
	const char *file;
	char *text; /* the copy, from raw's arena: comments become blanks, and what the reader refuses */
	size_t len, at;
	int line;
	bool broken;	    /* a syntax error: nothing after it can be trusted */
	bool refused;	    /* the statement holds something that is not taken */
	int long_text_from; /* line of the first text over several lines in this statement; 0 */
	int long_before;    /* the same of the statement before */
};

/* False when the bytes are no text (which is told) or memory is out. */
bool nm_lex_init(struct nm_lex *lex, struct nm_raw *raw, const char *file, const char *text, size_t len);
struct nm_token nm_lex_next(struct nm_lex *lex);
/* The token as it stands, quotes included. */
const char *nm_lex_text(struct nm_lex *lex, struct nm_token token);
void nm_lex_blank(struct nm_lex *lex, size_t from, size_t until);
/* Tells a syntax error, the first one only. */
void nm_lex_fail(struct nm_lex *lex, struct nm_pos pos, const char *text);
/* "... is expected here, not x" */
void nm_lex_expect(struct nm_lex *lex, struct nm_token token, const char *expected);

#endif
