/* SPDX-License-Identifier: MIT */
/*
 * Reading a route from JSON.  What comes in may have been written by anybody: every member is checked,
 * and a text that nm_route_write cannot have written is refused with the reason.
 */
#include <string.h>

#include "core/carrier/json.h"
#include "core/carrier/route_json_private.h"

/* What a list may hold: far more than a plan can need, and few enough to be compared pair by pair. */
#define NUMBERS_MAX    65536
#define CLASSES_MAX    4096
#define TREATMENTS_MAX 4096
#define SITUATIONS_MAX 16384
#define EXCEPTIONS_MAX 131072
#define YEARS_MAX      20

enum nm_code nm_route_wrong(struct nm_route_reader *r, const char *where, const char *right)
{
	return nm_fail(r->err, NM_INPUT, "not a route of nevermiss: %s must be %s", where, right);
}

enum nm_code nm_route_check_members(struct nm_route_reader *r, const struct nm_node *object,
				    const char *where, const char *const *keys)
{
	if (!nm_node_is_object(object))
		return nm_route_wrong(r, where, "an object");
	if (!nm_node_only(object, keys, NULL))
		return nm_route_wrong(r, where, "without members that nevermiss never writes");
	return NM_OK;
}

/* The elements of a list, in the arena; *n of them, of `size` bytes each. */
enum nm_code nm_route_make_list(struct nm_route_reader *r, const struct nm_node *list, const char *where,
				size_t most, size_t size, void **out, size_t *n)
{
	if (!nm_node_is_array(list))
		return nm_route_wrong(r, where, "a list");
	*n = nm_node_count(list);
	if (*n > most)
		return nm_route_wrong(r, where, "a shorter list");
	*out = nm_arena_alloc(r->route->arena, *n, size);
	return *out == NULL ? nm_fail_memory(r->err) : NM_OK;
}

/* A name of a plan is one line: a line end in a live one would let it say what it likes in a report. */
static bool is_one_line(const char *text)
{
	while ((unsigned char)*text >= ' ' && *text != '\x7f')
		text++;
	return *text == '\0';
}

/* A member that may be absent; *out is then NULL.  Only what a caller hears or reads may have
 * line ends. */
enum nm_code nm_route_copy_some(struct nm_route_reader *r, const struct nm_node *object, const char *key,
				const char **out)
{
	const struct nm_node *node = nm_node_get(object, key);
	const char *text = nm_node_text(node);

	*out = NULL;
	if (node == NULL)
		return NM_OK;
	if (text == NULL)
		return nm_route_wrong(r, key, "a text");
	if (!is_one_line(text) && strcmp(key, "greeting") != 0 && strcmp(key, "text_back") != 0 &&
	    strcmp(key, "alert_text") != 0)
		return nm_route_wrong(r, key, "without control characters");
	*out = nm_arena_text(r->route->arena, text);
	return *out == NULL ? nm_fail_memory(r->err) : NM_OK;
}

enum nm_code nm_route_copy_text(struct nm_route_reader *r, const struct nm_node *object, const char *key,
				const char **out)
{
	enum nm_code code = nm_route_copy_some(r, object, key, out);

	return code == NM_OK && *out == NULL ? nm_route_wrong(r, key, "there") : code;
}

enum nm_code nm_route_take_int(struct nm_route_reader *r, const struct nm_node *object, const char *key,
			       int min, int max, int *out)
{
	int64_t value;

	if (!nm_node_int(nm_node_get(object, key), min, max, &value))
		return nm_route_wrong(r, key, "a whole number within its bounds");
	*out = (int)value;
	return NM_OK;
}

enum nm_code nm_route_take_bool(struct nm_route_reader *r, const struct nm_node *object, const char *key,
				bool *out)
{
	const struct nm_node *node = nm_node_get(object, key);

	*out = false;
	if (node != NULL && !nm_node_bool(node, out))
		return nm_route_wrong(r, key, "true or false");
	return NM_OK;
}

/* "+15125550100", "+1737555*", "anonymous" */
static bool read_pattern(const char *text, struct nm_caller_pattern *out)
{
	nm_number number = 0;
	size_t digits = 0;

	*out = (struct nm_caller_pattern){ 0 };
	if (text == NULL)
		return false;
	out->anonymous = strcmp(text, "anonymous") == 0;
	if (out->anonymous)
		return true;
	if (*text++ != '+')
		return false;
	for (; *text >= '0' && *text <= '9' && digits < 16; text++, digits++)
		number = number * 10 + (nm_number)(*text - '0');
	out->prefix = *text == '*';
	out->number = number;
	return digits > 0 && digits < 16 && number > 0 && text[out->prefix ? 1 : 0] == '\0';
}

static enum nm_code read_callers(struct nm_route_reader *r, const struct nm_node *list)
{
	static const char *const keys[] = { "name", "numbers", NULL };
	struct nm_route *route = r->route;
	void *groups = NULL;
	enum nm_code code = nm_route_make_list(r, list, "callers", NM_PLAN_GROUPS, sizeof(*route->groups),
					       &groups, &route->n_groups);

	route->groups = groups;
	for (size_t g = 0; g < route->n_groups && code == NM_OK; g++) {
		const struct nm_node *node = nm_node_at(list, g), *numbers = nm_node_get(node, "numbers");
		struct nm_route_group *group = &route->groups[g];
		void *patterns = NULL;

		if ((code = nm_route_check_members(r, node, "callers", keys)) != NM_OK ||
		    (code = nm_route_copy_text(r, node, "name", &group->name)) != NM_OK ||
		    (code = nm_route_make_list(r, numbers, "numbers", NUMBERS_MAX, sizeof(*group->patterns),
					       &patterns, &group->n)) != NM_OK)
			return code;
		group->patterns = patterns;
		for (size_t i = 0; i < group->n; i++)
			if (!read_pattern(nm_node_text(nm_node_at(numbers, i)),
					  (struct nm_caller_pattern *)patterns + i))
				return nm_route_wrong(r, "numbers",
						      "anonymous, a number or a beginning of numbers");
	}
	return code;
}

enum nm_code nm_groups_read(const struct nm_node *list, struct nm_route *route, struct nm_error *err)
{
	struct nm_route_reader r = { .route = route, .err = err };

	return read_callers(&r, list);
}

static enum nm_code read_class(struct nm_route_reader *r, const struct nm_node *node,
			       struct nm_route_class *class)
{
	static const char *const keys[] = { "in", "words", "example", NULL };
	const struct nm_node *in = nm_node_get(node, "in"), *example = nm_node_get(node, "example");
	struct nm_caller_pattern pattern = { 0 };
	enum nm_code code = nm_route_check_members(r, node, "a class", keys);
	int64_t group;

	if (code != NM_OK)
		return code;
	if (!nm_node_is_array(in))
		return nm_route_wrong(r, "in", "a list");
	for (size_t i = 0; i < nm_node_count(in); i++) {
		if (!nm_node_int(nm_node_at(in, i), 0, (int64_t)r->route->n_groups - 1, &group))
			return nm_route_wrong(r, "in", "of groups of callers");
		class->groups |= (uint64_t)1 << group;
	}
	if (example != NULL && (!read_pattern(nm_node_text(example), &pattern) || pattern.prefix))
		return nm_route_wrong(r, "example", "a caller");
	class->witness = (struct nm_caller){ pattern.anonymous, pattern.number };
	return nm_route_copy_text(r, node, "words", &class->words);
}

static enum nm_code read_classes(struct nm_route_reader *r, const struct nm_node *list)
{
	struct nm_route *route = r->route;
	void *classes = NULL;
	enum nm_code code = nm_route_make_list(r, list, "classes", CLASSES_MAX, sizeof(*route->classes),
					       &classes, &route->n_classes);

	route->classes = classes;
	for (size_t i = 0; i < route->n_classes && code == NM_OK; i++)
		code = read_class(r, nm_node_at(list, i), &route->classes[i]);
	if (code != NM_OK)
		return code;
	if (route->n_classes == 0 || route->classes[0].groups != 0)
		return nm_route_wrong(r, "classes", "begun by the callers who are in no group");
	return NM_OK;
}

static enum nm_code read_treatments(struct nm_route_reader *r, const struct nm_node *list)
{
	struct nm_route *route = r->route;
	void *treatments = NULL;
	enum nm_code code = nm_route_make_list(r, list, "treatments", TREATMENTS_MAX,
					       sizeof(*route->treatments), &treatments, &route->n_treatments);

	route->treatments = treatments;
	for (size_t i = 0; i < route->n_treatments && code == NM_OK; i++)
		code = nm_treatment_read(r, nm_node_at(list, i), &route->treatments[i]);
	return code;
}

/* One index per class; with none (no list at all) -1 for each. */
static enum nm_code read_indices(struct nm_route_reader *r, const struct nm_node *list, int min,
				 const int **out)
{
	const size_t n = r->route->n_classes;
	int *values = nm_arena_alloc(r->route->arena, n, sizeof(*values));

	if (values == NULL)
		return nm_fail_memory(r->err);
	if (list != NULL && (!nm_node_is_array(list) || nm_node_count(list) != n))
		return nm_route_wrong(r, "a situation", "a list of one treatment per class");
	for (size_t i = 0; i < n; i++) {
		int64_t value = -1;

		if (list != NULL &&
		    !nm_node_int(nm_node_at(list, i), min, (int64_t)r->route->n_treatments - 1, &value))
			return nm_route_wrong(r, "a situation", "of treatments that are there");
		values[i] = (int)value;
	}
	*out = values;
	return NM_OK;
}

static enum nm_code read_situations(struct nm_route_reader *r, const struct nm_node *list)
{
	static const char *const keys[] = { "calls", "key", NULL };
	struct nm_route *route = r->route;
	void *situations = NULL;
	enum nm_code code = nm_route_make_list(r, list, "situations", SITUATIONS_MAX,
					       sizeof(*route->situations), &situations, &route->n_situations);

	route->situations = situations;
	for (size_t i = 0; i < route->n_situations && code == NM_OK; i++) {
		const struct nm_node *node = nm_node_at(list, i), *calls = nm_node_get(node, "calls");

		code = nm_route_check_members(r, node, "a situation", keys);
		if (code == NM_OK && calls == NULL)
			code = nm_route_wrong(r, "calls", "there");
		if (code == NM_OK)
			code = read_indices(r, calls, 0, &route->situations[i].treatment);
		if (code == NM_OK)
			code = read_indices(r, nm_node_get(node, "key"), -1, &route->situations[i].key);
	}
	return code;
}

/* "08:00"; -1 */
static int read_minute(const char *text)
{
	const bool form = strlen(text) == 5 && text[2] == ':';

	for (int i = 0; i < 5 && form; i++)
		if (i != 2 && (text[i] < '0' || text[i] > '9'))
			return -1;
	if (!form || (text[0] - '0') * 10 + text[1] - '0' > 23 || text[3] > '5')
		return -1;
	return ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
}

static enum nm_code read_day(struct nm_route_reader *r, const struct nm_node *node, struct nm_route_day *day)
{
	struct nm_route_change *changes;
	size_t n = nm_node_members(node), i = 0;
	int64_t situation;

	if (!nm_node_is_object(node) || n == 0 || n > 1440)
		return nm_route_wrong(r, "a day of the week", "its changes");
	changes = nm_arena_alloc(r->route->arena, n, sizeof(*changes));
	if (changes == NULL)
		return nm_fail_memory(r->err);
	for (const char *key = nm_node_first(node); key != NULL && i < n;
	     key = nm_node_after(node, key), i++) {
		changes[i].minute = read_minute(key);
		if (changes[i].minute < 0 ||
		    (i == 0 ? changes[i].minute != 0 : changes[i].minute <= changes[i - 1].minute))
			return nm_route_wrong(r, "a day of the week", "its changes from 00:00 on, in order");
		if (!nm_node_int(nm_node_get(node, key), 0, (int64_t)r->route->n_situations - 1, &situation))
			return nm_route_wrong(r, "a day of the week", "of situations that are there");
		changes[i].situation = (int)situation;
	}
	day->n = n;
	day->changes = changes;
	return NM_OK;
}

static enum nm_code read_week(struct nm_route_reader *r, const struct nm_node *week)
{
	const char *const keys[] = { nm_weekday_names[0], nm_weekday_names[1],
				     nm_weekday_names[2], nm_weekday_names[3],
				     nm_weekday_names[4], nm_weekday_names[5],
				     nm_weekday_names[6], NULL };
	enum nm_code code = nm_route_check_members(r, week, "week", keys);

	for (int w = 0; w < 7 && code == NM_OK; w++)
		code = read_day(r, nm_node_get(week, keys[w]), &r->route->week[w]);
	return code;
}

static enum nm_code take_time(struct nm_route_reader *r, const struct nm_node *object, const char *key,
			      struct nm_zone *zone, nm_time *out)
{
	const char *text = nm_node_member_text(object, key);

	if (text == NULL || strchr(text, 'T') == NULL || nm_time_read(text, zone, 0, out, NULL) != NM_OK)
		return nm_route_wrong(r, key, "an RFC 3339 time");
	return NM_OK;
}

static enum nm_code read_exceptions(struct nm_route_reader *r, const struct nm_node *list)
{
	static const char *const keys[] = { "from", "until", "situation", NULL };
	struct nm_route *route = r->route;
	void *exceptions = NULL;
	enum nm_code code = nm_route_make_list(r, list, "exceptions", EXCEPTIONS_MAX,
					       sizeof(*route->exceptions), &exceptions, &route->n_exceptions);

	route->exceptions = exceptions;
	for (size_t i = 0; i < route->n_exceptions && code == NM_OK; i++) {
		const struct nm_node *node = nm_node_at(list, i);
		struct nm_exception *at = &route->exceptions[i], *last = i > 0 ? at - 1 : NULL;

		if ((code = nm_route_check_members(r, node, "an exception", keys)) != NM_OK ||
		    (code = take_time(r, node, "from", route->zone, &at->span.from)) != NM_OK ||
		    (code = take_time(r, node, "until", route->zone, &at->span.until)) != NM_OK ||
		    (code = nm_route_take_int(r, node, "situation", 0, (int)route->n_situations - 1,
					      &at->situation)) != NM_OK)
			return code;
		if (at->span.from >= at->span.until || at->span.from < route->from ||
		    at->span.until > route->until || (last != NULL && last->span.until > at->span.from) ||
		    (last != NULL && last->span.until == at->span.from && last->situation == at->situation))
			return nm_route_wrong(r, "exceptions",
					      "spans in order, within the route's time, that do not overlap");
	}
	return code;
}

static enum nm_code read_head(struct nm_route_reader *r, const struct nm_node *root)
{
	const struct nm_node *node = nm_node_get(root, "key");
	const char *key = nm_node_text(node);
	enum nm_code code;

	if ((code = nm_route_copy_text(r, root, "line", &r->route->line)) != NM_OK ||
	    (code = nm_route_copy_text(r, root, "number", &r->route->number)) != NM_OK ||
	    (code = nm_route_copy_some(r, root, "fallback", &r->route->fallback)) != NM_OK)
		return code;
	if (node != NULL && (key == NULL || strlen(key) != 1 || strchr("0123456789*#", *key) == NULL))
		return nm_route_wrong(r, "key", "a key of a telephone");
	r->route->key = key != NULL ? *key : '\0';
	return NM_OK;
}

/* The route as far as time goes: its zone and horizon. */
static enum nm_code begin_route(struct nm_route_reader *r, const struct nm_node *root)
{
	static const char *const keys[] = { "format",     "line",       "number", "fallback",   "timezone",
					    "from",       "until",      "key",    "callers",    "classes",
					    "treatments", "situations", "week",   "exceptions", NULL };
	const char *format = nm_node_member_text(root, "format"),
		   *timezone = nm_node_member_text(root, "timezone");
	enum nm_code code;

	if (format == NULL || strcmp(format, NM_ROUTE_FORMAT) != 0)
		return nm_route_wrong(r, "format", "\"" NM_ROUTE_FORMAT "\"");
	code = nm_route_check_members(r, root, "it", keys);
	if (code != NM_OK)
		return code;
	if (timezone == NULL)
		return nm_route_wrong(r, "timezone", "there");
	code = nm_route_new(timezone, 0, 1, &r->route, r->err);
	if (code == NM_OK)
		code = take_time(r, root, "from", r->route->zone, &r->route->from);
	if (code == NM_OK)
		code = take_time(r, root, "until", r->route->zone, &r->route->until);
	if (code == NM_OK && (r->route->from >= r->route->until ||
			      r->route->until - r->route->from > YEARS_MAX * 366 * (int64_t)NM_DAY))
		code = nm_route_wrong(r, "until", "after from, at most 20 years");
	return code;
}

enum nm_code nm_route_read(const char *text, size_t len, struct nm_route **out, struct nm_error *err)
{
	struct nm_route_reader r = { .err = err };
	struct nm_node *root;
	enum nm_code code = nm_node_read(text, len, &root, err);

	if (code != NM_OK)
		return code;
	code = begin_route(&r, root);
	if (code == NM_OK)
		code = read_head(&r, root);
	if (code == NM_OK)
		code = read_callers(&r, nm_node_get(root, "callers"));
	if (code == NM_OK)
		code = read_classes(&r, nm_node_get(root, "classes"));
	if (code == NM_OK)
		code = read_treatments(&r, nm_node_get(root, "treatments"));
	if (code == NM_OK)
		code = read_situations(&r, nm_node_get(root, "situations"));
	if (code == NM_OK)
		code = read_week(&r, nm_node_get(root, "week"));
	if (code == NM_OK)
		code = read_exceptions(&r, nm_node_get(root, "exceptions"));
	nm_node_free(root);
	if (code == NM_OK)
		*out = r.route;
	else
		nm_route_free(r.route);
	return code;
}
