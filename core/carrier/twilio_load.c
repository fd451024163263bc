/* SPDX-License-Identifier: MIT */
/*
 * Reading a Studio flow: see twilio_load.h.  Comes in: a definition that anybody may have written.  Goes out:
 * widgets; what is not understood of one is kept as a sentence, since nobody may ever come to it.
 */
#include "core/carrier/twilio_load.h"

#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/twilio_whisper.h"

#define WIDGETS_MAX 1000
#define EXITS_MAX 4096
#define PHONES_MAX 10

struct loader {
	struct nm_lifter *lifter;
	struct nm_live_flow *flow;
	const char *document;
	struct nm_arena *arena;
	struct nm_error *err;
	enum nm_code code; /* memory, or the lifter's */
};

static void *room(struct loader *l, size_t n, size_t size)
{
	void *made = nm_arena_alloc(l->arena, n, size);

	if (made == NULL && l->code == NM_OK)
		l->code = nm_fail_memory(l->err);
	return made;
}

static const char *copied(struct loader *l, const char *text, size_t len)
{
	const char *copy = nm_arena_textn(l->arena, text, len);

	if (copy == NULL && l->code == NM_OK)
		l->code = nm_fail_memory(l->err);
	return copy;
}

/* A list between commas; false: memory. */
static bool read_list(struct loader *l, const char *text, const char ***out, size_t *n)
{
	if (nm_flow_list(text, l->arena, out, n))
		return true;
	if (l->code == NM_OK)
		l->code = nm_fail_memory(l->err);
	return false;
}

/* --- exits --- */

static int find_widget(const struct nm_live_flow *flow, const char *name)
{
	size_t low = 0, high = flow->n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(flow->widgets[middle].name, name);

		if (order == 0)
			return (int)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NM_FLOW_NOWHERE;
}

/* Why a condition is not understood; NULL when it is. */
static const char *read_condition(struct loader *l, const struct nm_node *list, const char *input,
				  struct nm_widget_exit *exit)
{
	const struct nm_node *condition = nm_node_at(list, 0),
			     *arguments = nm_node_get(condition, "arguments");
	const char *type = nm_node_member_text(condition, "type"),
		   *value = nm_node_member_text(condition, "value");
	const char *argument = nm_node_text(nm_node_at(arguments, 0));

	if (nm_node_count(list) != 1 || nm_node_count(arguments) != 1 || type == NULL || value == NULL ||
	    argument == NULL || input == NULL || strcmp(argument, input) != 0)
		return "has a condition that is not understood";
	if (strcmp(type, "matches_any_of") == 0) {
		read_list(l, value, &exit->values, &exit->n);
		return NULL;
	}
	exit->part = strcmp(type, "contains") == 0;
	if (!exit->part && strcmp(type, "equal_to") != 0)
		return "compares in a way that is not understood";
	exit->values = room(l, 1, sizeof(*exit->values));
	if (exit->values != NULL)
		exit->values[0] = copied(l, value, nm_flow_trimmed(&value, strlen(value)));
	exit->n = 1;
	return NULL;
}

static void read_exits(struct loader *l, struct nm_widget *widget, const struct nm_node *list,
		       const char *input)
{
	const size_t n = nm_node_count(list);

	if (n > EXITS_MAX) {
		widget->wrong = "has too many exits";
		return;
	}
	widget->exits = room(l, n, sizeof(*widget->exits));
	for (size_t i = 0; i < n && l->code == NM_OK; i++) {
		const struct nm_node *node = nm_node_at(list, i),
				     *conditions = nm_node_get(node, "conditions");
		struct nm_widget_exit *exit = &widget->exits[i];
		const char *event = nm_node_member_text(node, "event"),
			   *next = nm_node_member_text(node, "next");

		*exit = (struct nm_widget_exit){ .next = NM_FLOW_END, .group = -1 };
		exit->event = copied(l, event != NULL ? event : "", event != NULL ? strlen(event) : 0);
		if (next != NULL && *next != '\0')
			exit->next = find_widget(l->flow, next);
		if (widget->kind == NM_WIDGET_SPLIT && event != NULL && strcmp(event, "match") == 0 &&
		    widget->wrong == NULL)
			widget->wrong = read_condition(l, conditions, input, exit);
		else if (conditions != NULL && nm_node_count(conditions) > 0)
			widget->wrong = "has conditions where none are understood";
		widget->n_exits = i + 1;
	}
}

const struct nm_widget_exit *nm_widget_exit(const struct nm_widget *widget, const char *event)
{
	for (size_t i = 0; i < widget->n_exits; i++)
		if (strcmp(widget->exits[i].event, event) == 0)
			return &widget->exits[i];
	return NULL;
}

int nm_widget_next(const struct nm_widget *widget, const char *event)
{
	const struct nm_widget_exit *exit = nm_widget_exit(widget, event);

	return exit != NULL ? exit->next : NM_FLOW_END;
}

/* --- splits --- */

static size_t find_variable(struct loader *l, const char *name)
{
	struct nm_live_flow *flow = l->flow;
	size_t i = 0;

	while (i < flow->n_variables && strcmp(flow->variables[i], name) != 0)
		i++;
	if (i == flow->n_variables && i < NM_FLOW_VARIABLES) {
		flow->variables[i] = copied(l, name, strlen(name));
		flow->n_variables += flow->variables[i] != NULL;
	}
	return i;
}

/* The name between what an input begins and ends with; NULL. */
static const char *between(struct loader *l, const char *input, const char *begin, const char *end)
{
	const size_t n = strlen(input), n_begin = strlen(begin), n_end = strlen(end);

	if (n <= n_begin + n_end || strncmp(input, begin, n_begin) != 0 ||
	    strcmp(input + n - n_end, end) != 0)
		return NULL;
	return copied(l, input + n_begin, n - n_begin - n_end);
}

static const char *read_input(struct loader *l, struct nm_widget *widget, const char *input)
{
	const char *variable;

	if (input == NULL)
		return "looks at nothing";
	if (strcmp(input, NM_TWILIO_CALLER) == 0) {
		widget->input = NM_INPUT_CALLER;
		return NULL;
	}
	variable = between(l, input, "{{flow.variables.", "}}");
	if (variable != NULL) {
		widget->input = NM_INPUT_VARIABLE;
		widget->variable = find_variable(l, variable);
		return widget->variable < NM_FLOW_VARIABLES ? NULL : "has one variable too many";
	}
	widget->input = NM_INPUT_STATUS;
	widget->of = between(l, input, "{{widgets.", ".DialCallStatus}}");
	if (widget->of != NULL)
		return NULL;
	widget->input = NM_INPUT_DIGITS;
	widget->of = between(l, input, "{{widgets.", ".Digits}}");
	return widget->of != NULL ? NULL : "looks at something that is not understood";
}

/* The callers of an exit and of those right behind it that lead to the same place. */
static const char *read_callers(struct loader *l, struct nm_widget *widget, size_t first, size_t last)
{
	struct nm_caller_pattern *patterns;
	size_t n = 0;
	int group = -1;

	for (size_t i = first; i <= last; i++)
		n += widget->exits[i].n;
	patterns = room(l, n, sizeof(*patterns));
	if (patterns == NULL)
		return NULL;
	n = 0;
	for (size_t i = first; i <= last; i++)
		for (size_t v = 0; v < widget->exits[i].n; v++) {
			const char *value = widget->exits[i].values[v];

			patterns[n] = (struct nm_caller_pattern){ 0 };
			if (strcmp(value, NM_TWILIO_WITHHELD) == 0 ||
			    strcmp(value, NM_TWILIO_WITHHELD_DIGITS) == 0)
				patterns[n].anonymous = true;
			else if (!nm_flow_phone(value, &patterns[n].number))
				return "tells callers apart by something other than whole numbers";
			n++;
		}
	if (l->code == NM_OK)
		l->code = nm_lifter_group(l->lifter, patterns, n, &group, l->err);
	for (size_t i = first; i <= last; i++)
		widget->exits[i].group = group;
	return NULL;
}

static bool is_match(const struct nm_widget *widget, size_t i)
{
	return i < widget->n_exits && strcmp(widget->exits[i].event, "match") == 0;
}

static void read_split(struct loader *l, struct nm_widget *widget, const struct nm_node *node,
		       const struct nm_node *properties)
{
	const char *input = nm_node_member_text(properties, "input");

	widget->wrong = read_input(l, widget, input);
	read_exits(l, widget, nm_node_get(node, "transitions"), input);
	for (size_t i = 0; i < widget->n_exits; i++)
		if (widget->exits[i].part)
			widget->kind = NM_WIDGET_GUARD;
	if (widget->kind == NM_WIDGET_GUARD && widget->input != NM_INPUT_CALLER)
		widget->wrong = "compares in a way that is not understood";
	if (widget->kind == NM_WIDGET_GUARD || widget->input != NM_INPUT_CALLER)
		return;
	for (size_t i = 0; i < widget->n_exits && widget->wrong == NULL && l->code == NM_OK; i++) {
		const size_t first = i;

		if (!is_match(widget, i))
			continue;
		while (is_match(widget, i + 1) && widget->exits[i + 1].next == widget->exits[first].next)
			i++;
		widget->wrong = read_callers(l, widget, first, i);
	}
}

/* --- the other widgets --- */

static void read_settings(struct loader *l, struct nm_widget *widget, const struct nm_node *properties)
{
	const struct nm_node *list = nm_node_get(properties, "variables");
	const size_t n = nm_node_count(list);
	struct nm_error why;

	if (n > NM_FLOW_VARIABLES) {
		widget->wrong = "sets too many variables";
		return;
	}
	widget->settings = room(l, n, sizeof(*widget->settings));
	for (size_t i = 0; i < n && widget->wrong == NULL && l->code == NM_OK; i++) {
		const char *key = nm_node_member_text(nm_node_at(list, i), "key"),
			   *value = nm_node_member_text(nm_node_at(list, i), "value");
		struct nm_widget_setting *setting = &widget->settings[i];
		enum nm_code code;

		*setting = (struct nm_widget_setting){ .at = NM_TIME_MIN };
		if (key == NULL || value == NULL ||
		    (setting->variable = find_variable(l, key)) == NM_FLOW_VARIABLES) {
			widget->wrong = "sets something that is not understood";
			return;
		}
		setting->len = strlen(value);
		code = nm_liquid_read(value, l->arena, &setting->liquid, &why);
		if (code == NM_INPUT)
			widget->wrong = copied(l, why.text, strlen(why.text));
		else if (code != NM_OK)
			l->code = nm_fail(l->err, code, "%s", why.text);
		widget->n_settings = i + 1;
	}
}

static bool add_party(struct loader *l, struct nm_widget *widget, const char *number)
{
	const struct nm_party *party = nm_facts_by_number(&l->lifter->facts, number);

	if (party == NULL) {
		l->code = nm_fail_memory(l->err);
		return false;
	}
	widget->parties[widget->n++] = *party;
	return true;
}

static const char *read_numbers(struct loader *l, struct nm_widget *widget, const char *to, size_t most)
{
	const char **numbers;
	nm_number number;
	size_t n;

	if (to == NULL)
		return "rings nobody";
	if (!read_list(l, to, &numbers, &n) || n > most)
		return "rings too many phones";
	widget->parties = room(l, n, sizeof(*widget->parties));
	for (size_t i = 0; i < n && l->code == NM_OK; i++)
		if (!nm_flow_phone(numbers[i], &number))
			return "rings something that is no number";
		else if (!add_party(l, widget, numbers[i]))
			return NULL;
	return NULL;
}

/* A whole number, or a text that is one: Studio writes both. */
static bool read_seconds(const struct nm_node *node, int *out)
{
	const char *text = nm_node_text(node);
	int64_t number = 0;

	if (text == NULL && !nm_node_int(node, 1, NM_TWILIO_RING_MAX, &number))
		return false;
	for (size_t i = 0; text != NULL && text[i] != '\0'; i++) {
		if (!nm_ascii_is_digit(text[i]) || number > NM_TWILIO_RING_MAX)
			return false;
		number = number * 10 + (text[i] - '0');
	}
	*out = (int)number;
	return number >= 1 && number <= NM_TWILIO_RING_MAX;
}

static const char *read_ring(struct loader *l, struct nm_widget *widget, const struct nm_node *properties)
{
	const char *noun = nm_node_member_text(properties, "noun"),
		   *shown = nm_node_member_text(properties, "caller_id"),
		   *address = nm_node_member_text(properties, "sip_endpoint"), *why = NULL;
	const struct nm_node *limit = nm_node_get(properties, "time_limit");
	const bool line_id = shown != NULL && strcmp(shown, NM_TWILIO_LINE) == 0;

	if (!line_id && (shown == NULL || strcmp(shown, NM_TWILIO_CALLER) != 0))
		return "shows another number than the caller's or the line's";
	if (!read_seconds(nm_node_get(properties, "timeout"), &widget->for_s))
		return "rings for a time that is not understood";
	if (limit != NULL && !nm_node_is_null(limit))
		return "ends calls after a time";
	if (noun != NULL && strcmp(noun, "sip") == 0 && address != NULL) {
		widget->parties = room(l, 1, sizeof(*widget->parties));
		if (widget->parties != NULL)
			add_party(l, widget, address);
	} else if (noun != NULL && strcmp(noun, "number") == 0) {
		why = read_numbers(l, widget, nm_node_member_text(properties, "to"), 1);
	} else if (noun != NULL && strcmp(noun, "number-multi") == 0) {
		why = read_numbers(l, widget, nm_node_member_text(properties, "to"), PHONES_MAX);
	} else {
		why = "rings something that is neither a number nor a SIP address";
	}
	for (size_t i = 0; i < widget->n; i++)
		widget->parties[i].line_id = line_id;
	return why;
}

static bool in_list(const char **list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

static const char *read_asking(struct loader *l, struct nm_widget *widget, const struct nm_node *properties)
{
	static const char strange[] = "hands the call to a document that is not understood";
	const char *url = nm_node_member_text(properties, "url"), **to, **asked;
	struct nm_twilio_whisper whisper;
	size_t n, n_asked;
	nm_number number;

	if (url == NULL || !nm_twilio_whisper_read(url, l->arena, &whisper))
		return strange;
	if (l->document != NULL && strcmp(l->document, whisper.document) != 0)
		return "hands the call to another document than the account names";
	if (!read_list(l, whisper.to, &to, &n) || !read_list(l, whisper.confirm, &asked, &n_asked) ||
	    n > PHONES_MAX)
		return strange;
	for (size_t i = 0; i < n_asked; i++)
		if (!in_list(to, n, asked[i]))
			return strange;
	widget->for_s = whisper.for_s;
	widget->parties = room(l, n, sizeof(*widget->parties));
	for (size_t i = 0; i < n && l->code == NM_OK; i++) {
		if (!nm_flow_phone(to[i], &number) && strncmp(to[i], "sip", 3) != 0)
			return strange;
		if (!add_party(l, widget, to[i]))
			return NULL;
		widget->parties[i].line_id = whisper.line_id;
		widget->parties[i].confirm = in_list(asked, n_asked, to[i]);
	}
	return NULL;
}

/* No template: what is said or sent is this. */
static bool always_same(const char *text)
{
	return strstr(text, "{{") == NULL && strstr(text, "{%") == NULL;
}

static const char *read_said(struct loader *l, struct nm_widget *widget, const struct nm_node *properties)
{
	const struct nm_node *loop = nm_node_get(properties, "loop");
	const char *text = nm_node_member_text(properties, "say");
	int64_t times = 1;

	if (text == NULL)
		return "plays a recording, not a text";
	if (!always_same(text))
		return "says a text that is not always the same";
	if (loop != NULL && (!nm_node_int(loop, 1, 1, &times)))
		return "says its text more than once";
	widget->said = copied(l, text, strlen(text));
	return NULL;
}

/* A text to somebody whose number stands in the flow; it may name the caller. */
static const char *read_alert(struct loader *l, struct nm_widget *widget, const char *to, const char *body)
{
	const char *text = nm_arena_replaced(l->arena, body, NM_TWILIO_CALLER, NM_ALERT_CALLER);
	nm_number number;

	if (!nm_flow_phone(to, &number))
		return "sends a text to something that is neither the caller nor a number";
	if (text == NULL) {
		l->code = nm_fail_memory(l->err);
		return NULL;
	}
	if (strstr(body, NM_ALERT_CALLER) != NULL || !always_same(text))
		return "sends a text that is not understood";
	widget->said = text;
	widget->parties = room(l, 1, sizeof(*widget->parties));
	if (widget->parties != NULL)
		add_party(l, widget, to);
	return NULL;
}

static const char *read_message(struct loader *l, struct nm_widget *widget, const struct nm_node *properties)
{
	const char *from = nm_node_member_text(properties, "from"),
		   *to = nm_node_member_text(properties, "to"),
		   *body = nm_node_member_text(properties, "body");

	if (from == NULL || strcmp(from, NM_TWILIO_LINE) != 0 || to == NULL || body == NULL)
		return "sends a text that is not from the line";
	if (strcmp(to, NM_TWILIO_CALLER) != 0)
		return read_alert(l, widget, to, body);
	if (!always_same(body))
		return "sends a text that is not always the same";
	widget->said = copied(l, body, strlen(body));
	return NULL;
}

/* --- the whole --- */

static enum nm_widget_kind kind_of(const char *type)
{
	static const char *const types[] = { "trigger",          "set-variables",      "split-based-on",
					     "connect-call-to",  "say-play",           "gather-input-on-call",
					     "record-voicemail", "add-twiml-redirect", "send-message" };
	size_t i = 0;

	while (i < NM_WIDGET_OTHER && strcmp(types[i], type) != 0)
		i++;
	return (enum nm_widget_kind)i;
}

/* Its content; the names of all widgets are known by then. */
static void read_widget(struct loader *l, struct nm_widget *widget, const struct nm_node *node)
{
	const struct nm_node *properties = nm_node_get(node, "properties");

	if (widget->kind == NM_WIDGET_SPLIT) {
		read_split(l, widget, node, properties);
		return;
	}
	if (widget->kind == NM_WIDGET_SET)
		read_settings(l, widget, properties);
	else if (widget->kind == NM_WIDGET_CONNECT)
		widget->wrong = read_ring(l, widget, properties);
	else if (widget->kind == NM_WIDGET_ASK)
		widget->wrong = read_asking(l, widget, properties);
	else if (widget->kind == NM_WIDGET_SAY || widget->kind == NM_WIDGET_GATHER)
		widget->wrong = read_said(l, widget, properties);
	else if (widget->kind == NM_WIDGET_SEND)
		widget->wrong = read_message(l, widget, properties);
	else if (widget->kind == NM_WIDGET_OTHER)
		widget->wrong = "is of a type that is not understood";
	read_exits(l, widget, nm_node_get(node, "transitions"), NULL);
}

static int compare_widgets(const void *a, const void *b)
{
	const struct nm_widget *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static enum nm_code read_names(struct loader *l, const struct nm_node *states)
{
	struct nm_live_flow *flow = l->flow;

	for (size_t i = 0; i < flow->n; i++) {
		const char *name = nm_node_member_text(nm_node_at(states, i), "name"),
			   *type = nm_node_member_text(nm_node_at(states, i), "type");

		if (name == NULL || type == NULL)
			return nm_fail(l->err, NM_INPUT,
				       "it is a flow with a widget that has no name or no type");
		flow->widgets[i] = (struct nm_widget){ .kind = kind_of(type),
						       .name = copied(l, name, strlen(name)),
						       .type = copied(l, type, strlen(type)) };
		if (l->code != NM_OK)
			return l->code;
	}
	qsort(flow->widgets, flow->n, sizeof(*flow->widgets), compare_widgets);
	for (size_t i = 1; i < flow->n; i++)
		if (strcmp(flow->widgets[i - 1].name, flow->widgets[i].name) == 0)
			return nm_fail(l->err, NM_INPUT, "it is a flow with two widgets of one name, %.60s",
				       flow->widgets[i].name);
	return NM_OK;
}

static enum nm_code find_start(struct loader *l, const struct nm_node *definition)
{
	const char *name = nm_node_member_text(definition, "initial_state");
	const int first = name != NULL ? find_widget(l->flow, name) : NM_FLOW_NOWHERE;

	if (first < 0 || l->flow->widgets[first].kind != NM_WIDGET_TRIGGER)
		return nm_fail(l->err, NM_INPUT, "it is a flow that does not begin with a trigger");
	l->flow->start = nm_widget_next(&l->flow->widgets[first], "incomingCall");
	return NM_OK;
}

enum nm_code nm_flow_read(const struct nm_node *definition, const char *document, struct nm_lifter *lifter,
			  struct nm_live_flow *out, struct nm_error *err)
{
	struct nm_live_flow flow = { .arena = lifter->facts.route->arena };
	struct loader l = { lifter, &flow, document, flow.arena, err, NM_OK };
	const struct nm_node *states = nm_node_get(definition, "states");
	enum nm_code code;

	flow.n = nm_node_count(states);
	if (flow.n == 0 || flow.n > WIDGETS_MAX)
		return nm_fail(err, NM_INPUT, "it is a flow with %zu widgets, and 1 to %d can be", flow.n,
			       WIDGETS_MAX);
	flow.widgets = room(&l, flow.n, sizeof(*flow.widgets));
	code = flow.widgets == NULL ? l.code : read_names(&l, states);
	for (size_t i = 0; i < flow.n && code == NM_OK; i++) {
		const struct nm_node *node = nm_node_at(states, i);

		read_widget(&l, &flow.widgets[find_widget(&flow, nm_node_member_text(node, "name"))], node);
		code = l.code;
	}
	if (code == NM_OK)
		code = find_start(&l, definition);
	if (code == NM_OK)
		*out = flow;
	return code;
}
