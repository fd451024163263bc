/* SPDX-License-Identifier: MIT */
/*
 * Liquid: see liquid.h.  Comes in: a template that a carrier holds, so hostile.  Goes out: what it prints at an
 * instant.  A value is either fixed or moves with the clock, a second a second, so that each comparison also
 * says when it may come out otherwise: the caller goes from change to change and misses none.
 */
#include "core/carrier/liquid.h"

#include <string.h>

#include "core/ascii.h"

#define VARIABLES_MAX 16
#define DEPTH_MAX 16
#define NUMBER_MAX ((int64_t)1000 * 1000 * 1000 * 1000)

enum operand_kind { NUMBER, VARIABLE, NOW };

struct operand {
	enum operand_kind kind;
	int64_t number;
	size_t variable;
};

enum filter_kind { PLUS, MINUS, MODULO };

struct filter {
	enum filter_kind kind;
	struct operand by;
	struct filter *next;
};

enum relation { LESS, LESS_EQUAL, MORE, MORE_EQUAL, EQUAL, UNEQUAL };

struct comparison {
	struct operand a, b;
	enum relation relation;
	struct comparison *next; /* all of them must hold */
};

struct branch {
	struct comparison *comparisons; /* NULL: else */
	struct node *body;
	struct branch *next;
};

enum node_kind { PRINT, ASSIGN, IF };

struct node {
	enum node_kind kind;
	const char *text; /* PRINT: without outer blanks, not empty */
	size_t variable;  /* ASSIGN */
	struct operand first;
	struct filter *filters;
	struct branch *branches; /* IF */
	struct node *next;
};

struct nm_liquid {
	struct node *nodes;
};

/* --- reading --- */

struct reader {
	const char *at;
	struct nm_arena *arena;
	struct nm_error *err;
	enum nm_code code; /* of what went wrong */
	size_t n_variables;
	const char *variables[VARIABLES_MAX];
	int depth;
};

static void *wrong(struct reader *r, const char *what)
{
	if (r->code == NM_OK)
		r->code = nm_fail(r->err, NM_INPUT, "a template has %s at \"%.24s\"", what, r->at);
	return NULL;
}

static void *make(struct reader *r, size_t size)
{
	void *made = nm_arena_alloc(r->arena, 1, size);

	if (made == NULL && r->code == NM_OK)
		r->code = nm_fail_memory(r->err);
	return made;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct reader *r)
{
	while (blank(*r->at))
		r->at++;
}

static bool word_char(char c)
{
	return nm_ascii_is_letter(c) || nm_ascii_is_digit(c) || c == '_';
}

/* Takes this text, whole words only, and the blanks before it. */
static bool take(struct reader *r, const char *text)
{
	const size_t len = strlen(text);

	skip_blanks(r);
	if (strncmp(r->at, text, len) != 0 || (word_char(text[len - 1]) && word_char(r->at[len])))
		return false;
	r->at += len;
	return true;
}

static bool need(struct reader *r, const char *text)
{
	if (take(r, text))
		return true;
	wrong(r, "something unknown");
	return false;
}

static bool read_number(struct reader *r, int64_t *out)
{
	const bool negative = *r->at == '-';
	int64_t number = 0;

	r->at += negative;
	if (!nm_ascii_is_digit(*r->at))
		return wrong(r, "no number") != NULL;
	for (; nm_ascii_is_digit(*r->at); r->at++) {
		number = number * 10 + (*r->at - '0');
		if (number > NUMBER_MAX)
			return wrong(r, "a number too large") != NULL;
	}
	*out = negative ? -number : number;
	return true;
}

/* A variable's index, new when `assigned`. */
static bool read_variable(struct reader *r, bool assigned, size_t *out)
{
	size_t len = 0, i = 0;

	skip_blanks(r);
	while (word_char(r->at[len]))
		len++;
	if (len == 0 || nm_ascii_is_digit(*r->at))
		return wrong(r, "no name") != NULL;
	while (i < r->n_variables &&
	       (strncmp(r->variables[i], r->at, len) != 0 || r->variables[i][len] != '\0'))
		i++;
	if (i == r->n_variables) {
		if (!assigned || i == VARIABLES_MAX)
			return wrong(r, assigned ? "one variable too many" : "an unknown name") != NULL;
		r->variables[i] = nm_arena_textn(r->arena, r->at, len);
		if (r->variables[i] == NULL) {
			r->code = nm_fail_memory(r->err);
			return false;
		}
		r->n_variables++;
	}
	r->at += len;
	*out = i;
	return true;
}

static bool read_operand(struct reader *r, struct operand *out)
{
	*out = (struct operand){ .kind = VARIABLE };
	skip_blanks(r);
	if (*r->at == '-' || nm_ascii_is_digit(*r->at)) {
		out->kind = NUMBER;
		return read_number(r, &out->number);
	}
	return read_variable(r, false, &out->variable);
}

static struct filter *read_filters(struct reader *r)
{
	static const char *const names[] = { "plus", "minus", "modulo" };
	struct filter *first = NULL, **link = &first;

	while (r->code == NM_OK && take(r, "|")) {
		struct filter *filter = make(r, sizeof(*filter));
		size_t kind = 0;

		while (filter != NULL && kind < 3 && !take(r, names[kind]))
			kind++;
		if (filter == NULL || kind == 3)
			return wrong(r, "an unknown filter");
		filter->kind = (enum filter_kind)kind;
		if (!need(r, ":") || !read_operand(r, &filter->by))
			return NULL;
		*link = filter;
		link = &filter->next;
	}
	return first;
}

/* The clock gives a text; a filter of numbers makes it one. */
static bool read_clock(struct reader *r)
{
	if (!need(r, "|") || !need(r, "date") || !need(r, ":") || !need(r, "'%s'"))
		return false;
	skip_blanks(r);
	return *r->at == '|' || wrong(r, "a time that is no number") != NULL;
}

static struct node *read_assign(struct reader *r)
{
	struct node *node = make(r, sizeof(*node));
	const char *name;

	if (node == NULL)
		return NULL;
	skip_blanks(r);
	name = r->at;
	while (word_char(*r->at))
		r->at++;
	if (!need(r, "="))
		return NULL;
	node->kind = ASSIGN;
	if (take(r, "'now'")) {
		node->first.kind = NOW;
		if (!read_clock(r))
			return NULL;
	} else if (!read_operand(r, &node->first)) {
		return NULL;
	}
	node->filters = read_filters(r);
	if (r->code == NM_OK && need(r, "%}")) {
		/* Known from here on, so that a name is never read before it has a value. */
		const char *after = r->at;

		r->at = name;
		if (read_variable(r, true, &node->variable)) {
			r->at = after;
			return node;
		}
	}
	return NULL;
}

static struct comparison *read_comparisons(struct reader *r)
{
	static const struct {
		const char *text;
		enum relation relation;
	} relations[] = { { "<=", LESS_EQUAL }, { ">=", MORE_EQUAL }, { "==", EQUAL },
			  { "!=", UNEQUAL },    { "<", LESS },        { ">", MORE } };
	struct comparison *first = NULL, **link = &first;

	do {
		struct comparison *comparison = make(r, sizeof(*comparison));
		size_t i = 0;

		if (comparison == NULL || !read_operand(r, &comparison->a))
			return NULL;
		while (i < 6 && !take(r, relations[i].text))
			i++;
		if (i == 6)
			return wrong(r, "no comparison");
		comparison->relation = relations[i].relation;
		if (!read_operand(r, &comparison->b))
			return NULL;
		*link = comparison;
		link = &comparison->next;
	} while (take(r, "and"));
	return need(r, "%}") ? first : NULL;
}

static struct node *read_nodes(struct reader *r);

/* After {% if: up to its {% endif %}. */
static struct node *read_if(struct reader *r)
{
	struct node *node = make(r, sizeof(*node));
	struct branch **link;
	bool last = false;

	if (node == NULL)
		return NULL;
	node->kind = IF;
	link = &node->branches;
	do {
		struct branch *branch = make(r, sizeof(*branch));

		if (branch == NULL)
			return NULL;
		if (!last)
			branch->comparisons = read_comparisons(r);
		if (r->code == NM_OK)
			branch->body = read_nodes(r);
		*link = branch;
		link = &branch->next;
		if (r->code != NM_OK || last || take(r, "endif"))
			break;
		last = take(r, "else");
		if (last ? !need(r, "%}") : !need(r, "elsif"))
			return NULL;
	} while (true);
	if (last && r->code == NM_OK && !need(r, "endif"))
		return NULL;
	return r->code == NM_OK && need(r, "%}") ? node : NULL;
}

/* Plain text up to the next tag; NULL when it is only blanks. */
static struct node *read_text(struct reader *r)
{
	const char *from = r->at, *until;
	struct node *node;

	while (*r->at != '\0' && strncmp(r->at, "{%", 2) != 0 && strncmp(r->at, "{{", 2) != 0)
		r->at++;
	until = r->at;
	if (strncmp(until, "{{", 2) == 0)
		return wrong(r, "a variable in its text");
	while (from < until && blank(*from))
		from++;
	while (until > from && blank(until[-1]))
		until--;
	if (from == until || (node = make(r, sizeof(*node))) == NULL)
		return NULL;
	node->kind = PRINT;
	node->text = nm_arena_textn(r->arena, from, (size_t)(until - from));
	if (node->text == NULL)
		r->code = nm_fail_memory(r->err);
	return node;
}

/* Up to the end, or to the inside of a tag that ends a branch. */
static struct node *read_nodes(struct reader *r)
{
	struct node *first = NULL, **link = &first, *node;

	if (++r->depth > DEPTH_MAX)
		return wrong(r, "too deep a nesting");
	while (r->code == NM_OK && *r->at != '\0') {
		if (strncmp(r->at, "{%", 2) != 0) {
			node = read_text(r);
		} else {
			r->at += 2;
			if (take(r, "assign"))
				node = read_assign(r);
			else if (take(r, "if"))
				node = read_if(r);
			else if (r->depth > 1)
				break;
			else
				node = wrong(r, "an unknown tag");
		}
		if (node != NULL) {
			*link = node;
			link = &node->next;
		}
	}
	r->depth--;
	return first;
}

enum nm_code nm_liquid_read(const char *text, struct nm_arena *arena, struct nm_liquid **out,
			    struct nm_error *err)
{
	struct reader r = { .at = text, .arena = arena, .err = err };
	struct nm_liquid *liquid = make(&r, sizeof(*liquid));

	if (liquid == NULL)
		return r.code;
	liquid->nodes = read_nodes(&r);
	if (r.code == NM_OK)
		*out = liquid;
	return r.code;
}

/* --- printing --- */

/* number, or the clock plus number. */
struct value {
	bool known, moves;
	int64_t number;
};

struct printer {
	nm_time t, until;
	struct value variables[VARIABLES_MAX];
	const char *printed;
	struct nm_error *err;
	enum nm_code code;
};

static void cannot(struct printer *p, const char *what)
{
	if (p->code == NM_OK)
		p->code = nm_fail(p->err, NM_INPUT, "a template %s", what);
}

static struct value value_of(struct printer *p, const struct operand *operand)
{
	if (operand->kind == NUMBER)
		return (struct value){ true, false, operand->number };
	if (operand->kind == NOW)
		return (struct value){ true, true, 0 };
	if (!p->variables[operand->variable].known)
		cannot(p, "uses a variable that has no value");
	return p->variables[operand->variable];
}

static void change_at(struct printer *p, nm_time at)
{
	if (at > p->t && at < p->until)
		p->until = at;
}

static struct value filtered(struct printer *p, struct value value, const struct filter *filter)
{
	const struct value by = value_of(p, &filter->by);
	int64_t now, rest;

	if (by.moves) {
		cannot(p, "reckons with the clock in a way that is not understood");
		return value;
	}
	if (filter->kind != MODULO) {
		value.number += filter->kind == PLUS ? by.number : -by.number;
		if (value.number > 4 * NUMBER_MAX || value.number < -4 * NUMBER_MAX)
			cannot(p, "reckons with numbers that are too large");
		return value;
	}
	now = value.number + (value.moves ? p->t : 0);
	if (by.number <= 0 || now < 0) {
		cannot(p, "divides what cannot be divided");
		return value;
	}
	rest = now % by.number;
	if (value.moves)
		change_at(p, p->t + by.number - rest);
	value.number += rest - now;
	return value;
}

static bool holds(struct printer *p, const struct comparison *comparison)
{
	const struct value a = value_of(p, &comparison->a), b = value_of(p, &comparison->b);
	int64_t difference = a.number - b.number;

	if (a.moves != b.moves) {
		difference += a.moves ? p->t : -p->t;
		/* Where the two are equal, and a second on: nowhere else can it come out otherwise. */
		change_at(p, a.moves ? p->t - difference : p->t + difference);
		change_at(p, (a.moves ? p->t - difference : p->t + difference) + 1);
	}
	switch (comparison->relation) {
	case LESS:
		return difference < 0;
	case LESS_EQUAL:
		return difference <= 0;
	case MORE:
		return difference > 0;
	case MORE_EQUAL:
		return difference >= 0;
	case EQUAL:
		return difference == 0;
	case UNEQUAL:
		break;
	}
	return difference != 0;
}

static void print_nodes(struct printer *p, const struct node *node);

static void print_if(struct printer *p, const struct node *node)
{
	for (const struct branch *branch = node->branches; branch != NULL; branch = branch->next) {
		const struct comparison *comparison = branch->comparisons;

		while (comparison != NULL && holds(p, comparison))
			comparison = comparison->next;
		if (comparison != NULL)
			continue;
		print_nodes(p, branch->body);
		return;
	}
}

static void print_nodes(struct printer *p, const struct node *node)
{
	for (; node != NULL && p->code == NM_OK; node = node->next) {
		struct value value;

		switch (node->kind) {
		case PRINT:
			if (p->printed != NULL)
				cannot(p, "prints several texts at once");
			p->printed = node->text;
			break;
		case ASSIGN:
			value = value_of(p, &node->first);
			for (const struct filter *f = node->filters; f != NULL && p->code == NM_OK;
			     f = f->next)
				value = filtered(p, value, f);
			p->variables[node->variable] = value;
			break;
		case IF:
			print_if(p, node);
			break;
		}
	}
}

enum nm_code nm_liquid_print(const struct nm_liquid *liquid, nm_time t, const char **out, nm_time *until,
			     struct nm_error *err)
{
	struct printer p = { .t = t, .until = NM_TIME_MAX, .err = err };

	print_nodes(&p, liquid->nodes);
	if (p.code == NM_OK) {
		*out = p.printed != NULL ? p.printed : "";
		*until = p.until;
	}
	return p.code;
}
