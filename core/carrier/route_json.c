/* SPDX-License-Identifier: MIT */
/*
 * Writing a route as JSON.  Comes in: a route.  Goes out: text that is the same for the same route, with one
 * element of a long list to a line, so that two of them can be compared line by line.
 */
#include "core/carrier/route_json.h"

#include <string.h>

#include "nevermiss/json.h"

static void member_text(struct nm_json *json, const char *key, const char *text)
{
	nm_json_key(json, key);
	nm_json_text(json, text);
}

/* Members that are seldom there are left out then: the reader knows what is meant. */
static void member_some(struct nm_json *json, const char *key, const char *text)
{
	if (text != NULL)
		member_text(json, key, text);
}

static void member_int(struct nm_json *json, const char *key, int value)
{
	nm_json_key(json, key);
	nm_json_int(json, value);
}

static void member_true(struct nm_json *json, const char *key, bool value)
{
	if (value) {
		nm_json_key(json, key);
		nm_json_bool(json, true);
	}
}

static void line_break(struct nm_json *json)
{
	nm_buf_add(json->out, "\n");
}

static const char *verdict_name(enum nm_verdict verdict)
{
	return verdict == NM_VERDICT_PATH ? "path" : verdict == NM_VERDICT_REJECT ? "reject" : "lost";
}

static const char *role_name(enum nm_role role)
{
	static const char *const names[] = { NULL, "staff", "receptionist", "answering-service" };

	return names[role];
}

void nm_party_write(struct nm_json *json, const struct nm_party *party)
{
	nm_json_object(json);
	member_text(json, "name", party->name);
	member_text(json, "kind", nm_kind_name(party->kind));
	member_some(json, "role", role_name(party->role));
	member_some(json, "number", party->number);
	if (party->own_voicemail_s == NM_OWN_VOICEMAIL_UNKNOWN)
		member_text(json, "own_voicemail", "unknown");
	else if (party->own_voicemail_s != NM_OWN_VOICEMAIL_NONE)
		member_int(json, "own_voicemail", party->own_voicemail_s);
	member_true(json, "confirm", party->confirm);
	member_true(json, "line_id", party->line_id);
	member_some(json, "greeting", party->greeting);
	member_some(json, "line", party->line);
	member_true(json, "native", party->native);
	member_some(json, "turn_of", party->turn_of);
	nm_json_end(json, '}');
}

static void write_step(struct nm_json *json, const struct nm_treatment_step *step)
{
	nm_json_object(json);
	member_int(json, "number", step->number);
	member_int(json, "round", step->round);
	member_int(json, "for", step->for_s);
	member_true(json, "untimed", step->ring_time == NM_RING_OPEN);
	member_true(json, "rings_on", step->ring_time == NM_RING_ON);
	member_true(json, "unlimited", step->ring_time == NM_RING_HANDOVER);
	nm_json_key(json, "ring");
	nm_json_array(json);
	for (size_t i = 0; i < step->n; i++)
		nm_party_write(json, &step->parties[i]);
	nm_json_end(json, ']');
	nm_json_end(json, '}');
}

static void write_alerts(struct nm_json *json, const struct nm_alerts *alerts)
{
	if (alerts->n == 0)
		return;
	nm_json_key(json, "alerts");
	nm_json_array(json);
	for (size_t i = 0; i < alerts->n; i++) {
		nm_json_object(json);
		member_text(json, "name", alerts->items[i].name);
		member_text(json, "number", alerts->items[i].number);
		if (alerts->items[i].after_s != 0)
			member_int(json, "after", alerts->items[i].after_s);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
	member_text(json, "alert_text", alerts->text);
}

static void write_treatment(struct nm_json *json, const struct nm_treatment *treatment)
{
	nm_json_object(json);
	member_text(json, "verdict", verdict_name(treatment->verdict));
	if (treatment->reject != NM_REJECT_NONE)
		member_text(json, "reject", treatment->reject == NM_REJECT_BUSY ? "busy" : "silent");
	member_some(json, "rule", treatment->rule);
	member_some(json, "path", treatment->path);
	member_true(json, "emergency", treatment->emergency);
	member_some(json, "greeting", treatment->greeting);
	if (treatment->greeting_s != 0)
		member_int(json, "lasts", treatment->greeting_s);
	member_some(json, "text_back", treatment->text_back);
	member_true(json, "text_always", treatment->text_always);
	write_alerts(json, &treatment->alerts);
	nm_json_key(json, "steps");
	nm_json_array(json);
	for (size_t i = 0; i < treatment->n; i++)
		write_step(json, &treatment->steps[i]);
	nm_json_end(json, ']');
	nm_json_end(json, '}');
	line_break(json);
}

void nm_groups_write(struct nm_json *json, const struct nm_route_group *groups, size_t n)
{
	nm_json_key(json, "callers");
	nm_json_array(json);
	for (size_t g = 0; g < n; g++) {
		const struct nm_route_group *group = &groups[g];

		nm_json_object(json);
		member_text(json, "name", group->name);
		nm_json_key(json, "numbers");
		nm_json_array(json);
		for (size_t i = 0; i < group->n; i++) {
			char number[NM_NUMBER_TEXT + 2] = "anonymous";
			size_t len;

			if (!group->patterns[i].anonymous)
				nm_number_write(group->patterns[i].number, number);
			len = strlen(number);
			if (group->patterns[i].prefix)
				memcpy(number + len, "*", 2);
			nm_json_text(json, number);
		}
		nm_json_end(json, ']');
		nm_json_end(json, '}');
		line_break(json);
	}
	nm_json_end(json, ']');
	line_break(json);
}

static void write_classes(struct nm_json *json, const struct nm_route *route)
{
	nm_json_key(json, "classes");
	nm_json_array(json);
	for (size_t c = 0; c < route->n_classes; c++) {
		const struct nm_route_class *class = &route->classes[c];
		char number[NM_NUMBER_TEXT] = "anonymous";

		nm_json_object(json);
		nm_json_key(json, "in");
		nm_json_array(json);
		for (size_t g = 0; g < route->n_groups; g++)
			if (class->groups >> g & 1)
				nm_json_int(json, (int64_t)g);
		nm_json_end(json, ']');
		member_text(json, "words", class->words);
		if (!class->witness.anonymous)
			nm_number_write(class->witness.number, number);
		if (class->witness.anonymous || class->witness.number != 0)
			member_text(json, "example", number);
		nm_json_end(json, '}');
		line_break(json);
	}
	nm_json_end(json, ']');
	line_break(json);
}

static void write_indices(struct nm_json *json, const char *key, const int *values, size_t n)
{
	nm_json_key(json, key);
	nm_json_array(json);
	for (size_t i = 0; i < n; i++)
		nm_json_int(json, values[i]);
	nm_json_end(json, ']');
}

static bool any_key(const struct nm_situation *situation, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (situation->key[i] >= 0)
			return true;
	return false;
}

static void write_situations(struct nm_json *json, const struct nm_route *route)
{
	nm_json_key(json, "treatments");
	nm_json_array(json);
	for (size_t i = 0; i < route->n_treatments; i++)
		write_treatment(json, route->treatments[i]);
	nm_json_end(json, ']');
	line_break(json);
	nm_json_key(json, "situations");
	nm_json_array(json);
	for (size_t i = 0; i < route->n_situations; i++) {
		nm_json_object(json);
		write_indices(json, "calls", route->situations[i].treatment, route->n_classes);
		if (any_key(&route->situations[i], route->n_classes))
			write_indices(json, "key", route->situations[i].key, route->n_classes);
		nm_json_end(json, '}');
		line_break(json);
	}
	nm_json_end(json, ']');
	line_break(json);
}

static void write_week(struct nm_json *json, const struct nm_route *route)
{
	nm_json_key(json, "week");
	nm_json_object(json);
	for (int w = 0; w < 7; w++) {
		nm_json_key(json, nm_weekday_names[w]);
		nm_json_object(json);
		for (size_t i = 0; i < route->week[w].n; i++) {
			const struct nm_route_change *change = &route->week[w].changes[i];
			struct nm_buf time;

			nm_buf_init(&time, 16);
			nm_buf_addf(&time, "%02d:%02d", change->minute / 60, change->minute % 60);
			member_int(json, time.data, change->situation);
			json->out->failed = json->out->failed || time.failed;
			nm_buf_clear(&time);
		}
		nm_json_end(json, '}');
		line_break(json);
	}
	nm_json_end(json, '}');
	line_break(json);
}

static void member_time(struct nm_json *json, const struct nm_route *route, const char *key, nm_time t)
{
	char text[NM_TIME_TEXT];

	nm_time_rfc3339(route->zone, t, text);
	member_text(json, key, text);
}

static void write_exceptions(struct nm_json *json, const struct nm_route *route)
{
	nm_json_key(json, "exceptions");
	nm_json_array(json);
	for (size_t i = 0; i < route->n_exceptions; i++) {
		nm_json_object(json);
		member_time(json, route, "from", route->exceptions[i].span.from);
		member_time(json, route, "until", route->exceptions[i].span.until);
		member_int(json, "situation", route->exceptions[i].situation);
		nm_json_end(json, '}');
		line_break(json);
	}
	nm_json_end(json, ']');
	line_break(json);
}

enum nm_code nm_route_write(const struct nm_route *route, struct nm_buf *out, struct nm_error *err)
{
	const char key[2] = { route->key, '\0' };
	struct nm_json json;

	nm_json_init(&json, out);
	nm_json_object(&json);
	member_text(&json, "format", NM_ROUTE_FORMAT);
	member_text(&json, "line", route->line);
	member_text(&json, "number", route->number);
	member_some(&json, "fallback", route->fallback);
	member_text(&json, "timezone", route->timezone);
	line_break(&json);
	member_time(&json, route, "from", route->from);
	member_time(&json, route, "until", route->until);
	member_some(&json, "key", route->key != 0 ? key : NULL);
	line_break(&json);
	nm_groups_write(&json, route->groups, route->n_groups);
	write_classes(&json, route);
	write_situations(&json, route);
	write_week(&json, route);
	write_exceptions(&json, route);
	nm_json_end(&json, '}');
	line_break(&json);
	if (out->failed && out->max > 0 && out->len >= out->max - 1)
		return nm_fail(err, NM_INPUT, "the route of %s is longer than %zu bytes", route->line,
			       out->max);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}
