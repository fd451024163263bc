/* SPDX-License-Identifier: MIT */
/*
 * Reading a route from JSON.  What comes in may have been written by anybody: every member is checked,
 * and a text that nm_route_write cannot have written is refused with the reason.
 */
#include <string.h>

#include "core/carrier/json.h"
#include "core/carrier/route_json.h"

/* What a list may hold: far more than a plan can need, and few enough to be compared pair by pair. */
#define NUMBERS_MAX    65536
#define CLASSES_MAX    4096
#define TREATMENTS_MAX 4096
#define SITUATIONS_MAX 16384
#define EXCEPTIONS_MAX 131072
#define YEARS_MAX      20

struct reader {
	struct nm_route *route;
	struct nm_error *err;
};

static enum nm_code wrong(struct reader *r, const char *where, const char *right)
{
	return nm_fail(r->err, NM_INPUT, "not a route of nevermiss: %s must be %s", where, right);
}

static enum nm_code check_members(struct reader *r, const struct nm_node *object, const char *where,
				  const char *const *keys)
{
	if (!nm_node_is_object(object))
		return wrong(r, where, "an object");
	if (!nm_node_only(object, keys, NULL))
		return wrong(r, where, "without members that nevermiss never writes");
	return NM_OK;
}

/* The elements of a list, in the arena; *n of them, of `size` bytes each. */
static enum nm_code make_list(struct reader *r, const struct nm_node *list, const char *where, size_t most,
			      size_t size, void **out, size_t *n)
{
	if (!nm_node_is_array(list))
		return wrong(r, where, "a list");
	*n = nm_node_count(list);
	if (*n > most)
		return wrong(r, where, "a shorter list");
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
static enum nm_code copy_some(struct reader *r, const struct nm_node *object, const char *key,
			      const char **out)
{
	const struct nm_node *node = nm_node_get(object, key);
	const char *text = nm_node_text(node);

	*out = NULL;
	if (node == NULL)
		return NM_OK;
	if (text == NULL)
		return wrong(r, key, "a text");
	if (!is_one_line(text) && strcmp(key, "greeting") != 0 && strcmp(key, "text_back") != 0 &&
	    strcmp(key, "alert_text") != 0)
		return wrong(r, key, "without control characters");
	*out = nm_arena_text(r->route->arena, text);
	return *out == NULL ? nm_fail_memory(r->err) : NM_OK;
}

static enum nm_code copy_text(struct reader *r, const struct nm_node *object, const char *key,
			      const char **out)
{
	enum nm_code code = copy_some(r, object, key, out);

	return code == NM_OK && *out == NULL ? wrong(r, key, "there") : code;
}

static enum nm_code take_int(struct reader *r, const struct nm_node *object, const char *key, int min,
			     int max, int *out)
{
	int64_t value;

	if (!nm_node_int(nm_node_get(object, key), min, max, &value))
		return wrong(r, key, "a whole number within its bounds");
	*out = (int)value;
	return NM_OK;
}

static enum nm_code take_bool(struct reader *r, const struct nm_node *object, const char *key, bool *out)
{
	const struct nm_node *node = nm_node_get(object, key);

	*out = false;
	if (node != NULL && !nm_node_bool(node, out))
		return wrong(r, key, "true or false");
	return NM_OK;
}

/* Index of a name in a list that ends with NULL; -1. */
static int index_of(const char *name, const char *const *names)
{
	for (int i = 0; name != NULL && names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static enum nm_code read_own_voicemail(struct reader *r, const struct nm_node *object, struct nm_party *party)
{
	const struct nm_node *node = nm_node_get(object, "own_voicemail");
	const char *text = nm_node_text(node);

	party->own_voicemail_s = NM_OWN_VOICEMAIL_NONE;
	if (node == NULL)
		return NM_OK;
	if (text != NULL && strcmp(text, "unknown") == 0) {
		party->own_voicemail_s = NM_OWN_VOICEMAIL_UNKNOWN;
		return NM_OK;
	}
	return take_int(r, object, "own_voicemail", 0, 86400, &party->own_voicemail_s);
}

static enum nm_code read_party(struct reader *r, const struct nm_node *node, struct nm_party *party)
{
	static const char *const keys[] = { "name",          "kind",    "role",    "number",
					    "own_voicemail", "confirm", "line_id", "greeting",
					    "line",          "native",  "turn_of", NULL };
	static const char *const roles[] = { "staff", "receptionist", "answering-service", NULL };
	const char *kind = nm_node_member_text(node, "kind"), *role = nm_node_member_text(node, "role");
	enum nm_code code = check_members(r, node, "a destination", keys);
	int k = 0;

	if (code != NM_OK)
		return code;
	while (k <= NM_VOICEMAIL && (kind == NULL || strcmp(nm_kind_name((enum nm_kind)k), kind) != 0))
		k++;
	if (k > NM_VOICEMAIL)
		return wrong(r, "kind", "one of the four kinds");
	party->kind = (enum nm_kind)k;
	if (nm_node_get(node, "role") != NULL && index_of(role, roles) < 0)
		return wrong(r, "role", "one of the three roles");
	party->role = (enum nm_role)(index_of(role, roles) + 1);
	if ((code = copy_text(r, node, "name", &party->name)) != NM_OK ||
	    (code = copy_some(r, node, "number", &party->number)) != NM_OK ||
	    (code = read_own_voicemail(r, node, party)) != NM_OK ||
	    (code = take_bool(r, node, "confirm", &party->confirm)) != NM_OK ||
	    (code = take_bool(r, node, "line_id", &party->line_id)) != NM_OK ||
	    (code = copy_some(r, node, "greeting", &party->greeting)) != NM_OK ||
	    (code = copy_some(r, node, "line", &party->line)) != NM_OK ||
	    (code = take_bool(r, node, "native", &party->native)) != NM_OK)
		return code;
	return copy_some(r, node, "turn_of", &party->turn_of);
}

static enum nm_code read_ring_time(struct reader *r, const struct nm_node *node, enum nm_ring_time *out)
{
	bool open = false, on = false, handover = false;
	enum nm_code code;

	if ((code = take_bool(r, node, "untimed", &open)) != NM_OK ||
	    (code = take_bool(r, node, "rings_on", &on)) != NM_OK ||
	    (code = take_bool(r, node, "unlimited", &handover)) != NM_OK)
		return code;
	if (open + on + handover > 1)
		return wrong(r, "a step", "one of untimed, rings_on and unlimited at most");
	*out = open ? NM_RING_OPEN : on ? NM_RING_ON : handover ? NM_RING_HANDOVER : NM_RING_TIMED;
	return NM_OK;
}

static enum nm_code read_step(struct reader *r, const struct nm_node *node, struct nm_treatment_step *step)
{
	static const char *const keys[] = { "number",   "round",     "for",  "untimed",
					    "rings_on", "unlimited", "ring", NULL };
	const struct nm_node *ring = nm_node_get(node, "ring");
	void *parties = NULL;
	enum nm_code code = check_members(r, node, "a step", keys);

	if (code != NM_OK || (code = take_int(r, node, "number", 1, NM_STEPS_MAX, &step->number)) != NM_OK ||
	    (code = take_int(r, node, "round", 1, NM_ROUNDS_MAX, &step->round)) != NM_OK ||
	    (code = take_int(r, node, "for", 0, 86400, &step->for_s)) != NM_OK ||
	    (code = read_ring_time(r, node, &step->ring_time)) != NM_OK ||
	    (code = make_list(r, ring, "ring", NM_RING_MAX * NM_ROUNDS_MAX, sizeof(*step->parties), &parties,
			      &step->n)) != NM_OK)
		return code;
	step->parties = parties;
	if (step->n == 0)
		return wrong(r, "ring", "somebody");
	for (size_t i = 0; i < step->n && code == NM_OK; i++)
		code = read_party(r, nm_node_at(ring, i), &step->parties[i]);
	return code;
}

static enum nm_code read_verdict(struct reader *r, const struct nm_node *node, struct nm_treatment *treatment)
{
	static const char *const verdicts[] = { "path", "reject", "lost", NULL };
	static const char *const rejects[] = { "busy", "silent", NULL };
	int verdict = index_of(nm_node_member_text(node, "verdict"), verdicts);
	int reject = index_of(nm_node_member_text(node, "reject"), rejects);

	if (verdict < 0)
		return wrong(r, "verdict", "path, reject or lost");
	if ((verdict == NM_VERDICT_REJECT) != (reject >= 0) ||
	    (reject < 0 && nm_node_get(node, "reject") != NULL))
		return wrong(r, "reject", "busy or silent, and only with the verdict reject");
	treatment->verdict = (enum nm_verdict)verdict;
	treatment->reject = (enum nm_reject)(reject + 1);
	return NM_OK;
}

static enum nm_code read_alert(struct reader *r, const struct nm_node *node, struct nm_alert *alert)
{
	static const char *const keys[] = { "name", "number", "after", NULL };
	enum nm_code code = check_members(r, node, "an alert", keys);

	if (code != NM_OK || (code = copy_text(r, node, "name", &alert->name)) != NM_OK ||
	    (code = copy_text(r, node, "number", &alert->number)) != NM_OK ||
	    nm_node_get(node, "after") == NULL)
		return code;
	return take_int(r, node, "after", 1, 86400, &alert->after_s);
}

static enum nm_code read_alerts(struct reader *r, const struct nm_node *node, struct nm_treatment *treatment)
{
	const struct nm_node *list = nm_node_get(node, "alerts");
	struct nm_alerts *alerts = &treatment->alerts;
	void *items = NULL;
	enum nm_code code = copy_some(r, node, "alert_text", &alerts->text);

	if (code != NM_OK || (list == NULL && alerts->text == NULL))
		return code;
	if (list == NULL || alerts->text == NULL || treatment->verdict != NM_VERDICT_PATH)
		return wrong(r, "alerts", "there with alert_text, and only with the verdict path");
	code = make_list(r, list, "alerts", NM_ALERTS_MAX, sizeof(*alerts->items), &items, &alerts->n);
	alerts->items = items;
	if (code == NM_OK && alerts->n == 0)
		return wrong(r, "alerts", "somebody");
	for (size_t i = 0; i < alerts->n && code == NM_OK; i++)
		code = read_alert(r, nm_node_at(list, i), &alerts->items[i]);
	return code;
}

static enum nm_code read_treatment(struct reader *r, const struct nm_node *node, struct nm_treatment **out)
{
	static const char *const keys[] = { "verdict",    "reject", "rule",      "path",        "emergency",
					    "greeting",   "lasts",  "text_back", "text_always", "alerts",
					    "alert_text", "steps",  NULL };
	struct nm_treatment *treatment = nm_arena_alloc(r->route->arena, 1, sizeof(*treatment));
	const struct nm_node *steps = nm_node_get(node, "steps");
	void *list = NULL;
	enum nm_code code = check_members(r, node, "a treatment", keys);

	if (treatment == NULL)
		return nm_fail_memory(r->err);
	*out = treatment;
	if (code != NM_OK || (code = read_verdict(r, node, treatment)) != NM_OK ||
	    (code = copy_some(r, node, "rule", &treatment->rule)) != NM_OK ||
	    (code = copy_some(r, node, "path", &treatment->path)) != NM_OK ||
	    (code = take_bool(r, node, "emergency", &treatment->emergency)) != NM_OK ||
	    (code = copy_some(r, node, "greeting", &treatment->greeting)) != NM_OK ||
	    (code = copy_some(r, node, "text_back", &treatment->text_back)) != NM_OK ||
	    (code = take_bool(r, node, "text_always", &treatment->text_always)) != NM_OK ||
	    (code = read_alerts(r, node, treatment)) != NM_OK)
		return code;
	if (nm_node_get(node, "lasts") != NULL)
		code = take_int(r, node, "lasts", 1, 86400, &treatment->greeting_s);
	if (code == NM_OK)
		code = make_list(r, steps, "steps", NM_STEPS_MAX * NM_ROUNDS_MAX, sizeof(*treatment->steps),
				 &list, &treatment->n);
	if (code != NM_OK)
		return code;
	treatment->steps = list;
	for (size_t i = 0; i < treatment->n && code == NM_OK; i++)
		code = read_step(r, nm_node_at(steps, i), &treatment->steps[i]);
	return code;
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

static enum nm_code read_callers(struct reader *r, const struct nm_node *list)
{
	static const char *const keys[] = { "name", "numbers", NULL };
	struct nm_route *route = r->route;
	void *groups = NULL;
	enum nm_code code = make_list(r, list, "callers", NM_PLAN_GROUPS, sizeof(*route->groups), &groups,
				      &route->n_groups);

	route->groups = groups;
	for (size_t g = 0; g < route->n_groups && code == NM_OK; g++) {
		const struct nm_node *node = nm_node_at(list, g), *numbers = nm_node_get(node, "numbers");
		struct nm_route_group *group = &route->groups[g];
		void *patterns = NULL;

		if ((code = check_members(r, node, "callers", keys)) != NM_OK ||
		    (code = copy_text(r, node, "name", &group->name)) != NM_OK ||
		    (code = make_list(r, numbers, "numbers", NUMBERS_MAX, sizeof(*group->patterns), &patterns,
				      &group->n)) != NM_OK)
			return code;
		group->patterns = patterns;
		for (size_t i = 0; i < group->n; i++)
			if (!read_pattern(nm_node_text(nm_node_at(numbers, i)),
					  (struct nm_caller_pattern *)patterns + i))
				return wrong(r, "numbers", "anonymous, a number or a beginning of numbers");
	}
	return code;
}

enum nm_code nm_party_read(const struct nm_node *node, struct nm_route *route, struct nm_party *out,
			   struct nm_error *err)
{
	struct reader r = { .route = route, .err = err };

	return read_party(&r, node, out);
}

enum nm_code nm_groups_read(const struct nm_node *list, struct nm_route *route, struct nm_error *err)
{
	struct reader r = { .route = route, .err = err };

	return read_callers(&r, list);
}

static enum nm_code read_class(struct reader *r, const struct nm_node *node, struct nm_route_class *class)
{
	static const char *const keys[] = { "in", "words", "example", NULL };
	const struct nm_node *in = nm_node_get(node, "in"), *example = nm_node_get(node, "example");
	struct nm_caller_pattern pattern = { 0 };
	enum nm_code code = check_members(r, node, "a class", keys);
	int64_t group;

	if (code != NM_OK)
		return code;
	if (!nm_node_is_array(in))
		return wrong(r, "in", "a list");
	for (size_t i = 0; i < nm_node_count(in); i++) {
		if (!nm_node_int(nm_node_at(in, i), 0, (int64_t)r->route->n_groups - 1, &group))
			return wrong(r, "in", "of groups of callers");
		class->groups |= (uint64_t)1 << group;
	}
	if (example != NULL && (!read_pattern(nm_node_text(example), &pattern) || pattern.prefix))
		return wrong(r, "example", "a caller");
	class->witness = (struct nm_caller){ pattern.anonymous, pattern.number };
	return copy_text(r, node, "words", &class->words);
}

static enum nm_code read_classes(struct reader *r, const struct nm_node *list)
{
	struct nm_route *route = r->route;
	void *classes = NULL;
	enum nm_code code = make_list(r, list, "classes", CLASSES_MAX, sizeof(*route->classes), &classes,
				      &route->n_classes);

	route->classes = classes;
	for (size_t i = 0; i < route->n_classes && code == NM_OK; i++)
		code = read_class(r, nm_node_at(list, i), &route->classes[i]);
	if (code != NM_OK)
		return code;
	if (route->n_classes == 0 || route->classes[0].groups != 0)
		return wrong(r, "classes", "begun by the callers who are in no group");
	return NM_OK;
}

static enum nm_code read_treatments(struct reader *r, const struct nm_node *list)
{
	struct nm_route *route = r->route;
	void *treatments = NULL;
	enum nm_code code = make_list(r, list, "treatments", TREATMENTS_MAX, sizeof(*route->treatments),
				      &treatments, &route->n_treatments);

	route->treatments = treatments;
	for (size_t i = 0; i < route->n_treatments && code == NM_OK; i++)
		code = read_treatment(r, nm_node_at(list, i), &route->treatments[i]);
	return code;
}

/* One index per class; with none (no list at all) -1 for each. */
static enum nm_code read_indices(struct reader *r, const struct nm_node *list, int min, const int **out)
{
	const size_t n = r->route->n_classes;
	int *values = nm_arena_alloc(r->route->arena, n, sizeof(*values));

	if (values == NULL)
		return nm_fail_memory(r->err);
	if (list != NULL && (!nm_node_is_array(list) || nm_node_count(list) != n))
		return wrong(r, "a situation", "a list of one treatment per class");
	for (size_t i = 0; i < n; i++) {
		int64_t value = -1;

		if (list != NULL &&
		    !nm_node_int(nm_node_at(list, i), min, (int64_t)r->route->n_treatments - 1, &value))
			return wrong(r, "a situation", "of treatments that are there");
		values[i] = (int)value;
	}
	*out = values;
	return NM_OK;
}

static enum nm_code read_situations(struct reader *r, const struct nm_node *list)
{
	static const char *const keys[] = { "calls", "key", NULL };
	struct nm_route *route = r->route;
	void *situations = NULL;
	enum nm_code code = make_list(r, list, "situations", SITUATIONS_MAX, sizeof(*route->situations),
				      &situations, &route->n_situations);

	route->situations = situations;
	for (size_t i = 0; i < route->n_situations && code == NM_OK; i++) {
		const struct nm_node *node = nm_node_at(list, i), *calls = nm_node_get(node, "calls");

		code = check_members(r, node, "a situation", keys);
		if (code == NM_OK && calls == NULL)
			code = wrong(r, "calls", "there");
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

static enum nm_code read_day(struct reader *r, const struct nm_node *node, struct nm_route_day *day)
{
	struct nm_route_change *changes;
	size_t n = nm_node_members(node), i = 0;
	int64_t situation;

	if (!nm_node_is_object(node) || n == 0 || n > 1440)
		return wrong(r, "a day of the week", "its changes");
	changes = nm_arena_alloc(r->route->arena, n, sizeof(*changes));
	if (changes == NULL)
		return nm_fail_memory(r->err);
	for (const char *key = nm_node_first(node); key != NULL && i < n;
	     key = nm_node_after(node, key), i++) {
		changes[i].minute = read_minute(key);
		if (changes[i].minute < 0 ||
		    (i == 0 ? changes[i].minute != 0 : changes[i].minute <= changes[i - 1].minute))
			return wrong(r, "a day of the week", "its changes from 00:00 on, in order");
		if (!nm_node_int(nm_node_get(node, key), 0, (int64_t)r->route->n_situations - 1, &situation))
			return wrong(r, "a day of the week", "of situations that are there");
		changes[i].situation = (int)situation;
	}
	day->n = n;
	day->changes = changes;
	return NM_OK;
}

static enum nm_code read_week(struct reader *r, const struct nm_node *week)
{
	const char *const keys[] = { nm_weekday_names[0], nm_weekday_names[1],
				     nm_weekday_names[2], nm_weekday_names[3],
				     nm_weekday_names[4], nm_weekday_names[5],
				     nm_weekday_names[6], NULL };
	enum nm_code code = check_members(r, week, "week", keys);

	for (int w = 0; w < 7 && code == NM_OK; w++)
		code = read_day(r, nm_node_get(week, keys[w]), &r->route->week[w]);
	return code;
}

static enum nm_code take_time(struct reader *r, const struct nm_node *object, const char *key,
			      struct nm_zone *zone, nm_time *out)
{
	const char *text = nm_node_member_text(object, key);

	if (text == NULL || strchr(text, 'T') == NULL || nm_time_read(text, zone, 0, out, NULL) != NM_OK)
		return wrong(r, key, "an RFC 3339 time");
	return NM_OK;
}

static enum nm_code read_exceptions(struct reader *r, const struct nm_node *list)
{
	static const char *const keys[] = { "from", "until", "situation", NULL };
	struct nm_route *route = r->route;
	void *exceptions = NULL;
	enum nm_code code = make_list(r, list, "exceptions", EXCEPTIONS_MAX, sizeof(*route->exceptions),
				      &exceptions, &route->n_exceptions);

	route->exceptions = exceptions;
	for (size_t i = 0; i < route->n_exceptions && code == NM_OK; i++) {
		const struct nm_node *node = nm_node_at(list, i);
		struct nm_exception *at = &route->exceptions[i], *last = i > 0 ? at - 1 : NULL;

		if ((code = check_members(r, node, "an exception", keys)) != NM_OK ||
		    (code = take_time(r, node, "from", route->zone, &at->span.from)) != NM_OK ||
		    (code = take_time(r, node, "until", route->zone, &at->span.until)) != NM_OK ||
		    (code = take_int(r, node, "situation", 0, (int)route->n_situations - 1,
				     &at->situation)) != NM_OK)
			return code;
		if (at->span.from >= at->span.until || at->span.from < route->from ||
		    at->span.until > route->until || (last != NULL && last->span.until > at->span.from) ||
		    (last != NULL && last->span.until == at->span.from && last->situation == at->situation))
			return wrong(r, "exceptions",
				     "spans in order, within the route's time, that do not overlap");
	}
	return code;
}

static enum nm_code read_head(struct reader *r, const struct nm_node *root)
{
	const struct nm_node *node = nm_node_get(root, "key");
	const char *key = nm_node_text(node);
	enum nm_code code;

	if ((code = copy_text(r, root, "line", &r->route->line)) != NM_OK ||
	    (code = copy_text(r, root, "number", &r->route->number)) != NM_OK ||
	    (code = copy_some(r, root, "fallback", &r->route->fallback)) != NM_OK)
		return code;
	if (node != NULL && (key == NULL || strlen(key) != 1 || strchr("0123456789*#", *key) == NULL))
		return wrong(r, "key", "a key of a telephone");
	r->route->key = key != NULL ? *key : '\0';
	return NM_OK;
}

/* The route as far as time goes: its zone and horizon. */
static enum nm_code begin_route(struct reader *r, const struct nm_node *root)
{
	static const char *const keys[] = { "format",     "line",       "number", "fallback",   "timezone",
					    "from",       "until",      "key",    "callers",    "classes",
					    "treatments", "situations", "week",   "exceptions", NULL };
	const char *format = nm_node_member_text(root, "format"),
		   *timezone = nm_node_member_text(root, "timezone");
	enum nm_code code;

	if (format == NULL || strcmp(format, NM_ROUTE_FORMAT) != 0)
		return wrong(r, "format", "\"" NM_ROUTE_FORMAT "\"");
	code = check_members(r, root, "it", keys);
	if (code != NM_OK)
		return code;
	if (timezone == NULL)
		return wrong(r, "timezone", "there");
	code = nm_route_new(timezone, 0, 1, &r->route, r->err);
	if (code == NM_OK)
		code = take_time(r, root, "from", r->route->zone, &r->route->from);
	if (code == NM_OK)
		code = take_time(r, root, "until", r->route->zone, &r->route->until);
	if (code == NM_OK && (r->route->from >= r->route->until ||
			      r->route->until - r->route->from > YEARS_MAX * 366 * (int64_t)NM_DAY))
		code = wrong(r, "until", "after from, at most 20 years");
	return code;
}

enum nm_code nm_route_read(const char *text, size_t len, struct nm_route **out, struct nm_error *err)
{
	struct reader r = { .err = err };
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
