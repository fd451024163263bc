/* SPDX-License-Identifier: MIT */
/*
 * The outline of a plan's text for editing.  The syntax is libconfuse 3.3's (its lexer.l), without
 * what the environment and include files would add.
 */
#include "core/edit_scan.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/mem.h"

#define DEPTH_MAX 8 /* the language has 2 */

enum {
	TOKEN_END = 0,
	TOKEN_WORD = 'w',
	TOKEN_TEXT = 't',
	TOKEN_BAD = '?'
}; /* others: the character itself */

struct token {
	int kind;
	struct span span;
};

struct scan {
	struct outline *out;
	size_t at;
	int open[DEPTH_MAX];
	int depth; /* open[depth - 1] is the section that we are in */
	bool no_memory;
};

static struct token broken(struct scan *scan, size_t at, const char *why)
{
	struct outline *out = scan->out;
	size_t i;

	if (!out->broken) {
		out->broken = why;
		out->broken_line = 1;
		for (i = 0; i < at; i++)
			out->broken_line += out->text[i] == '\n';
	}
	return (struct token){ .kind = TOKEN_BAD, .span = { at, at } };
}

static bool span_add(struct scan *scan, struct span **array, size_t *n, size_t *capacity, struct span span)
{
	void *grown = *array;

	if (!nm_grow(&grown, capacity, *n + 1, sizeof **array)) {
		scan->no_memory = true;
		return false;
	}
	*array = grown;
	(*array)[(*n)++] = span;
	return true;
}

/* The end of a comment that begins here; at itself when none does, 0 when it has no end. */
static size_t comment_end(const struct outline *out, size_t at)
{
	const char *text = out->text, *end;

	if (text[at] == '#' || (text[at] == '/' && text[at + 1] == '/')) {
		at += strcspn(text + at, "\n");
		return text[at] && text[at - 1] == '\r' ? at - 1 : at;
	}
	if (text[at] == '/' && text[at + 1] == '*') {
		end = strstr(text + at + 2, "*/");
		return end ? (size_t)(end - text) + 2 : 0;
	}
	return at;
}

/* Past blanks, line ends and comments. */
static bool skip(struct scan *scan)
{
	struct outline *out = scan->out;
	size_t end;

	for (;;) {
		scan->at += strspn(out->text + scan->at, " \t\r\n");
		end = comment_end(out, scan->at);
		if (end == scan->at)
			return true;
		if (!end) {
			broken(scan, scan->at, "a comment has no closing */");
			return false;
		}
		if (!span_add(scan, &out->comments, &out->n_comments, &out->cap_comments,
			      (struct span){ scan->at, end }))
			return false;
		scan->at = end;
	}
}

static struct token text_read(struct scan *scan)
{
	const char *text = scan->out->text;
	const size_t from = scan->at;
	const char quote = text[from];
	size_t at;

	for (at = from + 1; text[at] != quote; at++) {
		if (text[at] == '\\' && text[at + 1])
			at++;
		else if (!text[at])
			return broken(scan, from, "a text has no closing quote");
	}
	scan->at = at + 1;
	return (struct token){ TOKEN_TEXT, { from, at + 1 } };
}

static struct token word_read(struct scan *scan)
{
	const char *text = scan->out->text;
	const size_t from = scan->at;
	size_t at = from;

	while (text[at] && !strchr(" \t\r\n#\"'={}(),", text[at])) {
		if ((text[at] == '/' && (text[at + 1] == '/' || text[at + 1] == '*')) ||
		    (text[at] == '+' && text[at + 1] == '='))
			break;
		at++;
	}
	scan->at = at;
	return (struct token){ TOKEN_WORD, { from, at } };
}

static struct token next(struct scan *scan)
{
	const char *text = scan->out->text;
	struct token token = { .kind = TOKEN_BAD };
	size_t len = 1;

	if (!skip(scan))
		return token;
	if (text[scan->at] == '"' || text[scan->at] == '\'')
		return text_read(scan);
	token.kind = text[scan->at];
	token.span.from = scan->at;
	if (text[scan->at] == '+' && text[scan->at + 1] == '=') {
		token.kind = '=';
		len = 2;
	} else if (token.kind == TOKEN_END) {
		len = 0;
	} else if (!strchr("{}()=,", text[scan->at])) {
		return word_read(scan);
	}
	scan->at += len;
	token.span.until = scan->at;
	return token;
}

static bool is_value(struct token token)
{
	return token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT;
}

static bool value_add(struct scan *scan, struct item *item, struct span span)
{
	struct outline *out = scan->out;

	item->n_values++;
	return span_add(scan, &out->values, &out->n_values, &out->cap_values, span);
}

/* Values separated by commas up to a closing brace or bracket. */
static bool list_read(struct scan *scan, struct item *item, int closing)
{
	struct token token = next(scan);

	while (token.kind != closing) {
		if (!is_value(token)) {
			broken(scan, token.span.from, "a list needs a value, or its end, here");
			return false;
		}
		if (!value_add(scan, item, token.span))
			return false;
		token = next(scan);
		if (token.kind == ',') {
			token = next(scan);
		} else if (token.kind != closing) {
			broken(scan, token.span.from, "a list needs a comma, or its end, here");
			return false;
		}
	}
	item->all.until = token.span.until;
	return true;
}

static bool value_read(struct scan *scan, struct item *item)
{
	const struct token token = next(scan);

	item->value.from = token.span.from;
	if (token.kind == '{') {
		if (!list_read(scan, item, '}'))
			return false;
	} else if (is_value(token)) {
		item->all.until = token.span.until;
		if (!value_add(scan, item, token.span))
			return false;
	} else {
		broken(scan, token.span.from, "an option needs a value here");
		return false;
	}
	item->value.until = item->all.until;
	return true;
}

static bool item_add(struct scan *scan, const struct item *item)
{
	struct outline *out = scan->out;
	void *grown = out->items;

	if (!nm_grow(&grown, &out->cap_items, out->n_items + 1, sizeof *out->items)) {
		scan->no_memory = true;
		return false;
	}
	out->items = grown;
	out->items[out->n_items++] = *item;
	return true;
}

static bool section_open(struct scan *scan, struct item *item, struct token brace)
{
	item->kind = ITEM_SECTION;
	item->open = brace.span.from;
	if (scan->depth == DEPTH_MAX) {
		broken(scan, brace.span.from, "sections stand too deep in sections");
		return false;
	}
	scan->open[scan->depth++] = (int)scan->out->n_items;
	return item_add(scan, item);
}

/* What begins with a name. */
static bool item_read(struct scan *scan, struct token name)
{
	struct item item = { .kind = ITEM_OPTION, .name = name.span, .all = { name.span.from, 0 } };
	struct token token = next(scan);

	item.parent = scan->depth ? scan->open[scan->depth - 1] : OUTLINE_TOP;
	item.first_value = scan->out->n_values;
	if (token.kind == '=')
		return value_read(scan, &item) && item_add(scan, &item);
	if (token.kind == '(') {
		item.kind = ITEM_CALL;
		return list_read(scan, &item, ')') && item_add(scan, &item);
	}
	if (is_value(token)) {
		item.title = token.span;
		token = next(scan);
	}
	if (token.kind == '{')
		return section_open(scan, &item, token);
	broken(scan, token.span.from, "a name needs '=' or '{' after it");
	return false;
}

static bool section_close(struct scan *scan, struct token brace)
{
	if (!scan->depth) {
		broken(scan, brace.span.from, "a closing brace has no opening one");
		return false;
	}
	scan->out->items[scan->open[--scan->depth]].all.until = brace.span.until;
	return true;
}

static bool outline_scan(struct scan *scan)
{
	struct token token;
	bool good = true;

	while (good) {
		token = next(scan);
		if (token.kind == TOKEN_END) {
			if (scan->depth)
				broken(scan, token.span.from, "a section has no closing brace");
			break;
		}
		if (token.kind == '}')
			good = section_close(scan, token);
		else if (token.kind == TOKEN_WORD)
			good = item_read(scan, token);
		else
			good = broken(scan, token.span.from, "an option or a section must begin here").kind !=
			       TOKEN_BAD;
	}
	return !scan->no_memory;
}

enum nm_code edit_outline_read(const char *text, size_t len, struct outline *out, struct nm_error *err)
{
	struct scan scan = { .out = out };

	*out = (struct outline){ .text = text, .len = len };
	if (memchr(text, '\0', len))
		return nm_fail(err, NM_INPUT, "the plan's text has a NUL byte: it is not a text");
	if (!outline_scan(&scan)) {
		edit_outline_clear(out);
		return nm_fail_memory(err);
	}
	return NM_OK;
}

void edit_outline_clear(struct outline *outline)
{
	free(outline->items);
	free(outline->values);
	free(outline->comments);
	*outline = (struct outline){ .text = outline->text, .len = outline->len };
}

bool edit_span_is(const struct outline *outline, struct span span, const char *text)
{
	const size_t len = span.until - span.from;

	return strlen(text) == len && !memcmp(outline->text + span.from, text, len);
}

/* The byte that a backslash and what follows stand for; *used bytes of it are read. */
static int escape_read(const char *at, size_t left, size_t *used)
{
	static const char names[] = "nrbfaetv", bytes[] = "\n\r\b\f\007\033\t\v";
	const char *name;
	int value = 0;
	size_t i;

	*used = 1;
	if (*at == 'x' && left > 1) {
		for (i = 1; i < 3 && i < left; i++) {
			const char *hex = "0123456789abcdef",
				   *digit = strchr(hex, at[i] | (at[i] > '9' ? 0x20 : 0));

			if (!digit)
				break;
			value = value * 16 + (int)(digit - hex);
		}
		*used = i;
		return i > 1 ? value : 'x';
	}
	if (*at >= '0' && *at <= '7') {
		for (i = 0; i < 3 && i < left && at[i] >= '0' && at[i] <= '7'; i++)
			value = value * 8 + (at[i] - '0');
		*used = i;
		return value & 0xff;
	}
	name = strchr(names, *at);
	return name ? bytes[name - names] : *at;
}

void edit_decode(const struct outline *outline, struct span span, char *out)
{
	const char *text = outline->text;
	const char quote = text[span.from];
	const bool quoted = quote == '"' || quote == '\'';
	size_t at = span.from + quoted, until = span.until - quoted, used;

	while (at < until) {
		if (!quoted || text[at] != '\\' || at + 1 >= until) {
			*out++ = text[at++];
		} else if (text[at + 1] == '\n') {
			at += 2;
		} else if (quote == '"') {
			*out++ = (char)escape_read(text + at + 1, until - at - 1, &used);
			at += 1 + used;
		} else {
			/* In single quotes a backslash is itself, but before another and before the quote. */
			if (text[at + 1] == '\\' || text[at + 1] == '\'')
				at++;
			else
				*out++ = text[at++];
			*out++ = text[at++];
		}
	}
	*out = '\0';
}

bool edit_value_is(const struct outline *outline, struct span span, const char *text)
{
	char small[512];

	/* No name is that long. */
	if (span.until - span.from >= sizeof small)
		return false;
	edit_decode(outline, span, small);
	return !strcmp(small, text);
}
