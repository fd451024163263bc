/* SPDX-License-Identifier: MIT */
/*
 * Two routes compared as decisions: every instant, every class of callers of both.
 *
 * Comes in: two routes, of a plan and of what is live, or of two plans.  Goes out: the ways in which
 * they differ, each with all its windows and the callers that it concerns.  Exact: the instants at
 * which either route may change are gone through, and the classes are the common refinement of both.
 */
#include <stdlib.h>
#include <string.h>

#include "core/route_private.h"

#define ROWS_MAX ((size_t)20 * 1000 * 1000)

/* As long as neither route changes. */
struct stretch {
	int a, b; /* situations */
	struct nm_span span;
};

/* A class of both routes' callers for whom a pair of situations makes a difference. */
struct row {
	bool key;
	int a, b; /* treatments: a's as they are numbered, b's after them; -1 */
	size_t class;
	size_t first, n; /* stretches */
};

/* All the windows of one class with one difference. */
struct course {
	const struct row *row;
	size_t n;
	struct nm_span *windows;
	bool taken;
};

struct comparison {
	const struct nm_route *a, *b;
	nm_time from, until;
	struct nm_classes classes;
	size_t *class_a, *class_b; /* of each class: its class in either route */
	const char **words;
	int *canon; /* of each treatment, b's after a's: the first that is equal to it */
	struct stretch *stretches;
	size_t n_stretches, stretches_capacity;
	struct row *rows;
	size_t n_rows, rows_capacity;
	struct course *courses;
	size_t n_courses;
	struct nm_span *windows; /* of all courses */
	struct nm_differences out;
	size_t out_capacity;
};

/* --- classes --- */

static bool same_group(const struct nm_callers *a, const struct nm_route_group *b)
{
	if (strcmp(a->name, b->name) != 0 || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->patterns[i].anonymous != b->patterns[i].anonymous ||
		    a->patterns[i].prefix != b->patterns[i].prefix ||
		    a->patterns[i].number != b->patterns[i].number)
			return false;
	return true;
}

static void add_groups(const struct nm_route *route, struct nm_callers *callers, size_t *n)
{
	for (size_t g = 0; g < route->n_groups; g++) {
		const struct nm_route_group *group = &route->groups[g];
		size_t i = 0;

		while (i < *n && !same_group(&callers[i], group))
			i++;
		if (i == *n)
			callers[(*n)++] = (struct nm_callers){ .name = group->name,
							       .n = group->n,
							       .patterns = group->patterns };
	}
}

/* The classes of a plan that had the groups of both. */
static enum nm_code build_classes(struct comparison *c, struct nm_error *err)
{
	struct nm_callers *callers = calloc(c->a->n_groups + c->b->n_groups + 1, sizeof(*callers));
	struct nm_plan both = { .callers = callers };
	enum nm_code code;

	if (callers == NULL)
		return nm_fail_memory(err);
	add_groups(c->a, callers, &both.n_callers);
	add_groups(c->b, callers, &both.n_callers);
	if (both.n_callers > NM_PLAN_GROUPS)
		code = nm_fail(err, NM_INPUT, "together they have more than %d groups of callers",
			       NM_PLAN_GROUPS);
	else
		code = nm_classes_build(&both, &c->classes, err);
	free(callers);
	return code;
}

/* The same words where both routes have them for a class, else one of its callers. */
static const char *words_of(struct comparison *c, size_t i)
{
	const struct nm_caller witness = c->classes.items[i].witness;
	const char *a = c->a->classes[c->class_a[i]].words, *b = c->b->classes[c->class_b[i]].words;
	char number[NM_NUMBER_TEXT];

	if (witness.anonymous)
		return "anonymous callers";
	if (witness.number == 0)
		return c->classes.n > 1 ? "any other caller" : "any caller";
	if (strcmp(a, b) == 0 || c->b->n_groups == 0)
		return a;
	if (c->a->n_groups == 0)
		return b;
	nm_number_write(witness.number, number);
	return nm_arena_format(c->out.arena, "callers such as %s", number);
}

static enum nm_code match_classes(struct comparison *c, struct nm_error *err)
{
	enum nm_code code = build_classes(c, err);

	if (code != NM_OK)
		return code;
	c->class_a = calloc(c->classes.n, sizeof(*c->class_a));
	c->class_b = calloc(c->classes.n, sizeof(*c->class_b));
	c->words = calloc(c->classes.n, sizeof(*c->words));
	if (c->class_a == NULL || c->class_b == NULL || c->words == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < c->classes.n; i++) {
		struct nm_caller witness = c->classes.items[i].witness;

		c->class_a[i] = nm_route_class_of(c->a, nm_route_groups(c->a, witness));
		c->class_b[i] = nm_route_class_of(c->b, nm_route_groups(c->b, witness));
		c->words[i] = words_of(c, i);
		if (c->words[i] == NULL)
			return nm_fail_memory(err);
	}
	return NM_OK;
}

/* --- treatments --- */

static const struct nm_treatment *treatment_at(const struct comparison *c, int i)
{
	if (i < 0)
		return NULL;
	return (size_t)i < c->a->n_treatments ? c->a->treatments[i]
					      : c->b->treatments[(size_t)i - c->a->n_treatments];
}

static enum nm_code match_treatments(struct comparison *c, struct nm_error *err)
{
	size_t n = c->a->n_treatments + c->b->n_treatments;

	c->canon = calloc(n + 1, sizeof(*c->canon));
	if (c->canon == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < i && (c->canon[j] != (int)j ||
				 !nm_treatment_equal(treatment_at(c, (int)i), treatment_at(c, (int)j))))
			j++;
		c->canon[i] = (int)j;
	}
	return NM_OK;
}

/* --- time --- */

static int compare_stretches(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	return x->span.from < y->span.from ? -1 : x->span.from > y->span.from;
}

static enum nm_code walk(struct comparison *c, struct nm_error *err)
{
	struct nm_route_walk a, b;

	nm_route_walk_begin(&a, c->a, c->from);
	nm_route_walk_begin(&b, c->b, c->from);
	for (nm_time t = c->from, end; t < c->until; t = end) {
		struct stretch *last = c->n_stretches > 0 ? &c->stretches[c->n_stretches - 1] : NULL;

		nm_route_walk_to(&a, t);
		nm_route_walk_to(&b, t);
		end = a.end < b.end ? a.end : b.end;
		if (end > c->until)
			end = c->until;
		if (last != NULL && last->a == a.situation && last->b == b.situation) {
			last->span.until = end;
			continue;
		}
		if (!nm_grow((void **)&c->stretches, &c->stretches_capacity, c->n_stretches + 1,
			     sizeof(*c->stretches)))
			return nm_fail_memory(err);
		c->stretches[c->n_stretches++] = (struct stretch){ a.situation, b.situation, { t, end } };
	}
	if (c->n_stretches > 0)
		qsort(c->stretches, c->n_stretches, sizeof(*c->stretches), compare_stretches);
	return NM_OK;
}

/* --- rows: pairs of situations and classes that differ --- */

static enum nm_code add_row(struct comparison *c, bool key, size_t class, int a, int b, size_t first,
			    size_t n, struct nm_error *err)
{
	struct row row = { key,
			   a < 0 ? -1 : c->canon[a],
			   b < 0 ? -1 : c->canon[c->a->n_treatments + (size_t)b],
			   class,
			   first,
			   n };
	bool other_key = key && c->a->key != c->b->key && (a >= 0 || b >= 0);

	if (row.a == row.b && !other_key)
		return NM_OK;
	if (c->n_rows == ROWS_MAX)
		return nm_fail(err, NM_INPUT, "they differ in too many ways to be compared");
	if (!nm_grow((void **)&c->rows, &c->rows_capacity, c->n_rows + 1, sizeof(row)))
		return nm_fail_memory(err);
	c->rows[c->n_rows++] = row;
	return NM_OK;
}

static enum nm_code find_rows(struct comparison *c, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t first = 0, end; first < c->n_stretches; first = end) {
		const struct nm_situation *a = &c->a->situations[c->stretches[first].a];
		const struct nm_situation *b = &c->b->situations[c->stretches[first].b];

		for (end = first + 1; end < c->n_stretches && c->stretches[end].a == c->stretches[first].a &&
				      c->stretches[end].b == c->stretches[first].b;)
			end++;
		for (size_t i = 0; i < c->classes.n && code == NM_OK; i++) {
			code = add_row(c, false, i, a->treatment[c->class_a[i]], b->treatment[c->class_b[i]],
				       first, end - first, err);
			if (code == NM_OK)
				code = add_row(c, true, i, a->key[c->class_a[i]], b->key[c->class_b[i]],
					       first, end - first, err);
		}
		if (code != NM_OK)
			return code;
	}
	return code;
}

static int compare_difference(const struct row *x, const struct row *y)
{
	if (x->key != y->key)
		return x->key ? 1 : -1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = compare_difference(x, y);

	if (order != 0)
		return order;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* --- courses: all windows of one class and one difference --- */

static int compare_spans(const void *a, const void *b)
{
	const struct nm_span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static size_t gather_windows(const struct comparison *c, const struct row *rows, size_t n_rows,
			     struct nm_span *out)
{
	size_t n = 0, merged = 0;

	for (size_t i = 0; i < n_rows; i++)
		for (size_t j = 0; j < rows[i].n; j++)
			out[n++] = c->stretches[rows[i].first + j].span;
	qsort(out, n, sizeof(*out), compare_spans);
	for (size_t i = 0; i < n; i++) {
		if (merged > 0 && out[merged - 1].until == out[i].from)
			out[merged - 1].until = out[i].until;
		else
			out[merged++] = out[i];
	}
	return merged;
}

static enum nm_code make_courses(struct comparison *c, struct nm_error *err)
{
	size_t all = 0, used = 0;

	for (size_t i = 0; i < c->n_rows; i++)
		all += c->rows[i].n;
	if (all > ROWS_MAX)
		return nm_fail(err, NM_INPUT, "they differ at too many times to be compared");
	c->courses = calloc(c->n_rows + 1, sizeof(*c->courses));
	c->windows = calloc(all + 1, sizeof(*c->windows));
	if (c->courses == NULL || c->windows == NULL)
		return nm_fail_memory(err);
	if (c->n_rows > 0)
		qsort(c->rows, c->n_rows, sizeof(*c->rows), compare_rows);
	for (size_t first = 0, end; first < c->n_rows; first = end) {
		struct course *course = &c->courses[c->n_courses++];

		for (end = first + 1; end < c->n_rows &&
				      compare_difference(&c->rows[first], &c->rows[end]) == 0 &&
				      c->rows[end].class == c->rows[first].class;)
			end++;
		course->row = &c->rows[first];
		course->windows = c->windows + used;
		course->n = gather_windows(c, &c->rows[first], end - first, course->windows);
		used += course->n;
	}
	return NM_OK;
}

static bool same_course(const struct course *x, const struct course *y)
{
	return compare_difference(x->row, y->row) == 0 && x->n == y->n &&
	       memcmp(x->windows, y->windows, x->n * sizeof(*x->windows)) == 0;
}

/* --- differences: courses alike but for the callers --- */

/* "any caller", "callers vip and callers spam" */
static const char *callers_words(struct comparison *c, const size_t *classes, size_t n)
{
	struct nm_buf words;
	const char *copy;

	if (n == c->classes.n)
		return "any caller";
	nm_buf_init(&words, 65536);
	for (size_t i = 0; i < n && i < 8; i++)
		nm_buf_addf(&words, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", c->words[classes[i]]);
	if (n > 8)
		nm_buf_addf(&words, " and %zu more", n - 8);
	copy = words.failed ? NULL : nm_arena_text(c->out.arena, words.data);
	nm_buf_clear(&words);
	return copy;
}

/* What one side does, told apart from the other: "key 9: owner 20 s". */
static const char *side_words(struct comparison *c, const struct nm_route *route,
			      const struct nm_treatment *treatment, const struct nm_treatment *other, bool key)
{
	struct nm_buf words;
	const char *copy;

	if (treatment == NULL)
		return "no emergency key works";
	nm_buf_init(&words, 65536);
	if (key)
		nm_buf_addf(&words, "key %c: ", route->key);
	nm_treatment_words_beside(treatment, other, &words);
	copy = words.failed ? NULL : nm_arena_text(c->out.arena, words.data);
	nm_buf_clear(&words);
	return copy;
}

const char *nm_windows_text(const struct nm_route *route, const struct nm_span *windows, size_t n,
			    struct nm_span horizon, struct nm_arena *arena)
{
	struct nm_buf words;
	const char *copy;

	nm_buf_init(&words, 65536);
	nm_windows_words(route->zone, windows, n, horizon, NM_WINDOWS_TOLD, &words);
	copy = words.failed ? NULL : nm_arena_text(arena, words.data);
	nm_buf_clear(&words);
	return copy;
}

static enum nm_code add_difference(struct comparison *c, const struct course *course, const size_t *classes,
				   size_t n, struct nm_error *err)
{
	struct nm_span *windows = nm_arena_alloc(c->out.arena, course->n, sizeof(*windows));
	const struct row *row = course->row;
	struct nm_difference *item;

	if (windows == NULL ||
	    !nm_grow((void **)&c->out.items, &c->out_capacity, c->out.n + 1, sizeof(*c->out.items)))
		return nm_fail_memory(err);
	memcpy(windows, course->windows, course->n * sizeof(*windows));
	item = &c->out.items[c->out.n++];
	*item = (struct nm_difference){ .key = row->key, .n = course->n, .windows = windows };
	item->witness = c->classes.items[classes[0]].witness;
	item->line = nm_arena_text(c->out.arena, c->a->line);
	item->callers = callers_words(c, classes, n);
	item->when = nm_windows_text(c->a, windows, course->n, (struct nm_span){ c->from, c->until },
				     c->out.arena);
	item->a = treatment_at(c, row->a);
	item->b = treatment_at(c, row->b);
	item->a_words = side_words(c, c->a, item->a, item->b, row->key);
	item->b_words = side_words(c, c->b, item->b, item->a, row->key);
	if (item->line == NULL || item->callers == NULL || item->when == NULL || item->a_words == NULL ||
	    item->b_words == NULL)
		return nm_fail_memory(err);
	item->callers = nm_arena_text(c->out.arena, item->callers);
	return item->callers == NULL ? nm_fail_memory(err) : NM_OK;
}

static const char *fallback_words(struct comparison *c, const struct nm_route *route)
{
	return route->fallback != NULL ? nm_arena_format(c->out.arena, "fallback %s", route->fallback)
				       : "no fallback";
}

/* When all else fails: that is the line's, whoever calls and whenever. */
static enum nm_code compare_fallbacks(struct comparison *c, struct nm_error *err)
{
	const char *a = fallback_words(c, c->a), *b = fallback_words(c, c->b);
	struct nm_span *always = nm_arena_alloc(c->out.arena, 1, sizeof(*always));
	struct nm_difference *item;

	if (a == NULL || b == NULL || always == NULL)
		return nm_fail_memory(err);
	if (strcmp(a, b) == 0 || c->from >= c->until)
		return NM_OK;
	if (!nm_grow((void **)&c->out.items, &c->out_capacity, c->out.n + 1, sizeof(*c->out.items)))
		return nm_fail_memory(err);
	*always = (struct nm_span){ c->from, c->until };
	item = &c->out.items[c->out.n++];
	*item = (struct nm_difference){ .callers = "any caller",
					.n = 1,
					.windows = always,
					.when = "always",
					.a_words = a,
					.b_words = b };
	item->line = nm_arena_text(c->out.arena, c->a->line);
	return item->line == NULL ? nm_fail_memory(err) : NM_OK;
}

static int compare_items(const void *a, const void *b)
{
	const struct nm_difference *x = a, *y = b;

	if (x->windows[0].from != y->windows[0].from)
		return x->windows[0].from < y->windows[0].from ? -1 : 1;
	if (x->key != y->key)
		return x->key ? 1 : -1;
	return strcmp(x->callers, y->callers);
}

static enum nm_code make_differences(struct comparison *c, struct nm_error *err)
{
	size_t *classes = calloc(c->classes.n + 1, sizeof(*classes));
	enum nm_code code = classes != NULL ? NM_OK : nm_fail_memory(err);

	for (size_t i = 0; i < c->n_courses && code == NM_OK; i++) {
		size_t n = 0;

		if (c->courses[i].taken)
			continue;
		for (size_t j = i;
		     j < c->n_courses && compare_difference(c->courses[i].row, c->courses[j].row) == 0; j++)
			if (!c->courses[j].taken && same_course(&c->courses[i], &c->courses[j])) {
				c->courses[j].taken = true;
				classes[n++] = c->courses[j].row->class;
			}
		code = add_difference(c, &c->courses[i], classes, n, err);
	}
	free(classes);
	if (code == NM_OK)
		code = compare_fallbacks(c, err);
	if (code == NM_OK && c->out.n > 0)
		qsort(c->out.items, c->out.n, sizeof(*c->out.items), compare_items);
	return code;
}

enum nm_code nm_route_diff(const struct nm_route *a, const struct nm_route *b, nm_time from, nm_time until,
			   struct nm_differences *out, struct nm_error *err)
{
	struct comparison c = { .a = a, .b = b, .from = from, .until = until };
	enum nm_code code;

	c.out.arena = nm_arena_new();
	code = c.out.arena == NULL ? nm_fail_memory(err) : match_classes(&c, err);
	if (code == NM_OK)
		code = match_treatments(&c, err);
	if (code == NM_OK)
		code = walk(&c, err);
	if (code == NM_OK)
		code = find_rows(&c, err);
	if (code == NM_OK)
		code = make_courses(&c, err);
	if (code == NM_OK)
		code = make_differences(&c, err);
	nm_classes_clear(&c.classes);
	free(c.class_a);
	free(c.class_b);
	free(c.words);
	free(c.canon);
	free(c.stretches);
	free(c.rows);
	free(c.courses);
	free(c.windows);
	if (code == NM_OK)
		*out = c.out;
	else
		nm_differences_clear(&c.out);
	return code;
}

enum nm_code nm_route_outline(const struct nm_route *route, nm_time from, nm_time until,
			      struct nm_differences *out, struct nm_error *err)
{
	const int none = -1;
	const struct nm_route_change always = { 0, 0 };
	const struct nm_route_day day = { 1, &always };
	struct nm_situation nothing = { &none, &none };
	struct nm_route_class anybody = { .words = "any caller" };
	const struct nm_route empty = { .zone = route->zone,
					.fallback = route->fallback,
					.from = from,
					.until = until,
					.key = route->key,
					.n_classes = 1,
					.classes = &anybody,
					.n_situations = 1,
					.situations = &nothing,
					.week = { day, day, day, day, day, day, day } };

	return nm_route_diff(route, &empty, from, until, out, err);
}

bool nm_differences_for_callers(const struct nm_differences *differences)
{
	for (size_t i = 0; i < differences->n; i++)
		if (!differences->items[i].staff && !differences->items[i].renamed)
			return true;
	return false;
}

void nm_differences_clear(struct nm_differences *differences)
{
	free(differences->items);
	nm_arena_free(differences->arena);
	*differences = (struct nm_differences){ 0 };
}
