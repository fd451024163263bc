/* SPDX-License-Identifier: MIT */
/*
 * What a Studio flow decides: an interpreter for the flows that twilio_flow.c writes.
 *
 * Comes in: the parts that were read.  Goes out: a route.  A call is played through the widgets from the
 * trigger on, with the clock at an instant and the caller in some groups; what it comes to becomes the
 * steps of a treatment.  A call that comes to something else makes the whole flow foreign, and why is said.
 */
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/twilio_load.h"

#define VISITS_MAX 4000                      /* widgets in one call */
#define WORK_MAX ((size_t)100 * 1000 * 1000) /* parts of templates looked at: a second or so */
#define ALL_VISITS ((size_t)300 * 1000 * 1000)
#define PART_LETTERS 16

struct lift {
	const char *document; /* of the account, where that was read; NULL */
	struct nm_lifter lifter;
	struct nm_live_flow flow;
	size_t visits, work;
};

/* One call on its way. */
struct walk {
	struct lift *lift;
	nm_time t;
	uint64_t groups;
	bool key;    /* the caller presses the key at the first greeting */
	int pressed; /* where the key led in a greeting before; NM_FLOW_NOWHERE: there was none */
	bool deaf;   /* a greeting was played in which no key is heard */
	const char *values[NM_FLOW_VARIABLES];
	const char *mailbox_greeting;
	bool missed; /* somewhere the call was, and the caller then gets `text` (NULL: none) */
	const char *text;
	struct nm_arena *arena;
	struct nm_treatment *treatment;
	struct nm_error *err;
	enum nm_code code;
};

static int stop(struct walk *w, const struct nm_widget *widget, const char *why)
{
	if (w->code == NM_OK)
		w->code = nm_fail(
			w->err, NM_INPUT,
			"it is a flow that somebody else wrote or changed: its widget %.60s (%.30s) %s",
			widget->name, widget->type, why);
	return NM_FLOW_END;
}

static int out_of_memory(struct walk *w)
{
	w->code = nm_fail_memory(w->err);
	return NM_FLOW_END;
}

/* --- variables and splits --- */

static int set(struct walk *w, struct nm_widget *widget)
{
	for (size_t i = 0; i < widget->n_settings; i++) {
		struct nm_widget_setting *setting = &widget->settings[i];
		struct nm_error why;
		nm_time until;

		if (setting->at != w->t &&
		    nm_liquid_print(setting->liquid, w->t, &setting->printed, &until, &why) != NM_OK)
			return stop(w, widget, why.text);
		setting->at = w->t;
		w->values[setting->variable] = setting->printed;
	}
	return nm_widget_next(widget, "next");
}

/* Studio compares without regard to case. */
static bool same_text(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && nm_ascii_begins(a, b, strlen(b));
}

static bool has_value(const struct nm_widget_exit *exit, const char *value)
{
	for (size_t i = 0; i < exit->n; i++)
		if (same_text(exit->values[i], value))
			return true;
	return false;
}

static const char *value_of(const struct walk *w, const char *name)
{
	for (size_t i = 0; i < w->lift->flow.n_variables; i++)
		if (strcmp(w->lift->flow.variables[i], name) == 0)
			return w->values[i];
	return NULL;
}

static int split(struct walk *w, const struct nm_widget *widget)
{
	const char *value = widget->input == NM_INPUT_VARIABLE ? w->values[widget->variable] : NULL;

	if (widget->input == NM_INPUT_STATUS || widget->input == NM_INPUT_DIGITS)
		return stop(w, widget, "looks at something that did not happen right before");
	if (widget->input == NM_INPUT_VARIABLE && value == NULL)
		return stop(w, widget, "looks at a variable that was not set");
	for (size_t i = 0; i < widget->n_exits; i++) {
		const struct nm_widget_exit *exit = &widget->exits[i];

		if (strcmp(exit->event, "match") != 0)
			continue;
		if (value != NULL ? has_value(exit, value)
				  : exit->group >= 0 && (w->groups >> exit->group & 1) != 0)
			return exit->next;
	}
	return nm_widget_next(widget, "noMatch");
}

/* A split that looks at what this widget brought, with one value list; NULL. */
static const struct nm_widget_exit *judge_of(const struct walk *w, const struct nm_widget *widget, int next,
					     enum nm_split_input input, int *otherwise)
{
	const struct nm_widget *judge = next >= 0 ? &w->lift->flow.widgets[next] : NULL;
	const struct nm_widget_exit *match;

	if (judge == NULL || judge->kind != NM_WIDGET_SPLIT || judge->wrong != NULL ||
	    judge->input != input || strcmp(judge->of, widget->name) != 0 || judge->n_exits != 2)
		return NULL;
	match = nm_widget_exit(judge, "match");
	if (match == NULL || nm_widget_exit(judge, "noMatch") == NULL)
		return NULL;
	*otherwise = nm_widget_next(judge, "noMatch");
	return match;
}

/* --- missed callers --- */

/* The text that is sent from here on to callers who have a number; NULL: it is not that. */
static const char *text_at(const struct nm_live_flow *flow, int at)
{
	static const char *const parts[] = { NM_TWILIO_ADDRESS, NM_TWILIO_WITHHELD_DIGITS, NM_TWILIO_PLUS };
	const struct nm_widget *widget;

	for (size_t i = 0; i < 3; i++) {
		const struct nm_widget_exit *match, *other;

		if (at < 0 || flow->widgets[at].kind != NM_WIDGET_GUARD || flow->widgets[at].wrong != NULL)
			return NULL;
		match = nm_widget_exit(&flow->widgets[at], "match");
		other = nm_widget_exit(&flow->widgets[at], "noMatch");
		if (flow->widgets[at].n_exits != 2 || match == NULL || other == NULL ||
		    strcmp(match->values[0], parts[i]) != 0 || (i < 2 ? match : other)->next != NM_FLOW_END)
			return NULL;
		at = (i < 2 ? other : match)->next;
	}
	widget = at >= 0 ? &flow->widgets[at] : NULL;
	if (widget == NULL || widget->kind != NM_WIDGET_SEND || widget->wrong != NULL || widget->n > 0)
		return NULL;
	for (size_t i = 0; i < widget->n_exits; i++)
		if (widget->exits[i].next != NM_FLOW_END)
			return NULL;
	return widget->said;
}

static bool same_end(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

/* The call is over and nobody had it: nothing comes, or a text, and the same wherever that happens on a path. */
static int miss(struct walk *w, const struct nm_widget *widget, int next, const char *otherwise)
{
	const char *text = text_at(&w->lift->flow, next);

	if (next != NM_FLOW_END && text == NULL)
		return stop(w, widget, otherwise);
	if (w->missed && !same_end(w->text, text))
		return stop(w, widget,
			    "sends a missed caller another text than the rest of that path, or none");
	w->missed = true;
	w->text = text;
	return NM_FLOW_END;
}

/* --- ringing --- */

static bool all_unanswered(const struct nm_widget_exit *exit)
{
	static const char *const statuses[] = { "busy", "no-answer", "failed", "canceled" };

	for (size_t i = 0; i < 4; i++)
		if (!has_value(exit, statuses[i]))
			return false;
	return exit->n == 4;
}

static int ring(struct walk *w, const struct nm_widget *widget)
{
	const bool asks = widget->kind == NM_WIDGET_ASK;
	const int completed = nm_widget_next(widget, asks ? "return" : "callCompleted");
	const bool handed_over = completed == NM_FLOW_END && widget->for_s == NM_TWILIO_RING_MAX;
	const struct nm_widget_exit *unanswered;
	const char *strange = "is followed by something that is not understood";
	int answered = NM_FLOW_END;

	if (asks && nm_widget_next(widget, "timeout") != NM_FLOW_END)
		return stop(w, widget, "does something when the call has lasted long");
	if (!nm_lifter_step(w->arena, w->treatment, widget->parties, widget->n,
			    handed_over ? NM_RING_HANDOVER : NM_RING_TIMED, handed_over ? 0 : widget->for_s))
		return out_of_memory(w);
	if (!asks)
		miss(w, widget, nm_widget_next(widget, "hangup"),
		     "does something when the caller has hung up");
	if (completed == NM_FLOW_END && handed_over && !asks)
		return NM_FLOW_END;
	if (completed == NM_FLOW_END)
		return miss(w, widget, asks ? nm_widget_next(widget, "fail") : completed, strange);
	unanswered = judge_of(w, widget, completed, NM_INPUT_STATUS, &answered);
	if (unanswered == NULL || !all_unanswered(unanswered) || answered != NM_FLOW_END ||
	    (asks && nm_widget_next(widget, "fail") != unanswered->next))
		return stop(w, widget, strange);
	if (unanswered->next == NM_FLOW_END || text_at(&w->lift->flow, unanswered->next) != NULL)
		return miss(w, widget, unanswered->next, strange);
	return unanswered->next;
}

/* --- texts --- */

static bool seconds_of(const char *text, int *out)
{
	int seconds = 0;

	for (; nm_ascii_is_digit(*text) && seconds < NM_FOR_MAX; text++)
		seconds = seconds * 10 + (*text - '0');
	*out = seconds;
	return *text == '\0' && seconds > 0 && seconds <= NM_FOR_MAX;
}

/* A text was said, and the call went on to `next`. */
static int greet(struct walk *w, const struct nm_widget *widget, int next)
{
	const char *lasts = value_of(w, NM_TWILIO_GREETING);

	if (next >= 0 && w->lift->flow.widgets[next].kind == NM_WIDGET_RECORD) {
		w->mailbox_greeting = widget->said;
		return next;
	}
	if (w->treatment->n > 0 || w->treatment->greeting != NULL)
		return stop(w, widget, "says something after the first ring");
	if (lasts == NULL || !seconds_of(lasts, &w->treatment->greeting_s))
		return stop(w, widget, "says something of which it is not known how long it lasts");
	w->treatment->greeting = widget->said;
	return next;
}

static int say(struct walk *w, const struct nm_widget *widget)
{
	w->deaf = true;
	if (w->pressed != NM_FLOW_NOWHERE && !w->key)
		return stop(w, widget, "hears no key, though other greetings of that path do");
	return greet(w, widget, nm_widget_next(widget, "audioComplete"));
}

static int hear(struct walk *w, const struct nm_widget *widget)
{
	const int next = nm_widget_next(widget, "timeout");
	const struct nm_widget_exit *key;
	int otherwise = NM_FLOW_NOWHERE;

	key = judge_of(w, widget, nm_widget_next(widget, "keypress"), NM_INPUT_DIGITS, &otherwise);
	if (key == NULL || key->n != 1 || strlen(key->values[0]) != 1 || otherwise != next ||
	    nm_widget_next(widget, "speech") != next)
		return stop(w, widget, "makes something of keys that is not understood");
	if (w->deaf && !w->key)
		return stop(w, widget, "hears a key, though other greetings of that path do not");
	if (w->pressed == NM_FLOW_NOWHERE && w->key) {
		w->pressed = key->next;
		w->deaf = w->missed = false;
		w->text = NULL;
		w->treatment = nm_lifter_path(w->arena);
		return w->treatment != NULL ? key->next : out_of_memory(w);
	}
	if (w->pressed != NM_FLOW_NOWHERE && !w->key && w->pressed != key->next)
		return stop(w, widget, "leads elsewhere by the key than other greetings of that path");
	w->pressed = key->next;
	return greet(w, widget, next);
}

static int record(struct walk *w, const struct nm_widget *widget)
{
	const char *name = value_of(w, NM_TWILIO_MAILBOX);
	struct nm_party party = { .kind = NM_VOICEMAIL, .own_voicemail_s = NM_OWN_VOICEMAIL_NONE };

	for (size_t i = 0; i < widget->n_exits; i++)
		miss(w, widget, widget->exits[i].next, "does something after a message was left");
	party.name = name != NULL ? name : widget->name;
	party.greeting = w->mailbox_greeting;
	if (!nm_lifter_step(w->arena, w->treatment, &party, 1, NM_RING_TIMED, 0))
		return out_of_memory(w);
	return NM_FLOW_END;
}

/* --- alerts --- */

/* Somebody is texted before anything else happens, whether that can be sent or not. */
static int alert(struct walk *w, const struct nm_widget *widget)
{
	struct nm_alerts *alerts = &w->treatment->alerts;
	const int next = nm_widget_next(widget, "sent");
	struct nm_alert *items = nm_arena_alloc(w->arena, alerts->n + 1, sizeof(*items));

	if (items == NULL)
		return out_of_memory(w);
	if (widget->n == 0)
		return stop(w, widget, "texts the caller in the middle of the call");
	if (w->treatment->n > 0 || w->treatment->greeting != NULL)
		return stop(w, widget, "texts somebody after the first ring");
	if (nm_widget_next(widget, "failed") != next)
		return stop(w, widget, "goes elsewhere when its text cannot be sent");
	if (alerts->n > 0 && strcmp(alerts->text, widget->said) != 0)
		return stop(w, widget, "sends another text than the alert before it");
	if (alerts->n == NM_ALERTS_MAX)
		return stop(w, widget, "texts too many people");
	if (alerts->n > 0)
		memcpy(items, alerts->items, alerts->n * sizeof(*items));
	items[alerts->n++] = (struct nm_alert){ widget->parties[0].name, widget->parties[0].number, 0 };
	alerts->items = items;
	alerts->text = widget->said;
	w->treatment->emergency = true;
	return next;
}

/* --- a call --- */

static int visit(struct walk *w, struct nm_widget *widget)
{
	if (widget->wrong != NULL)
		return stop(w, widget, widget->wrong);
	switch (widget->kind) {
	case NM_WIDGET_SET:
		return set(w, widget);
	case NM_WIDGET_SPLIT:
		return split(w, widget);
	case NM_WIDGET_CONNECT:
	case NM_WIDGET_ASK:
		return ring(w, widget);
	case NM_WIDGET_SAY:
		return say(w, widget);
	case NM_WIDGET_GATHER:
		return hear(w, widget);
	case NM_WIDGET_RECORD:
		return record(w, widget);
	case NM_WIDGET_SEND:
		return alert(w, widget);
	case NM_WIDGET_TRIGGER:
	case NM_WIDGET_OTHER:
		break;
	case NM_WIDGET_GUARD:
		return stop(w, widget, "tells callers apart by a part of their number");
	}
	return stop(w, widget, "stands in the middle of the flow");
}

static enum nm_code treat(void *context, nm_time t, uint64_t groups, bool key, struct nm_arena *arena,
			  struct nm_treatment **out, struct nm_error *err)
{
	struct lift *lift = context;
	struct walk w = { .lift = lift,
			  .t = t,
			  .groups = groups,
			  .key = key,
			  .pressed = NM_FLOW_NOWHERE,
			  .arena = arena,
			  .treatment = nm_lifter_path(arena),
			  .err = err };
	int at = lift->flow.start, visits = 0;

	if (w.treatment == NULL)
		return nm_fail_memory(err);
	while (at >= 0 && w.code == NM_OK) {
		struct nm_widget *widget = &lift->flow.widgets[at];

		if (++visits > VISITS_MAX || ++lift->visits > ALL_VISITS)
			stop(&w, widget, "comes again and again");
		else if (text_at(&lift->flow, at) != NULL)
			at = miss(&w, widget, at, "is not understood");
		else
			at = visit(&w, widget);
	}
	if (w.code == NM_OK && at == NM_FLOW_NOWHERE)
		w.code = nm_fail(err, NM_INPUT, "it is a flow with an exit that leads to no widget");
	w.treatment->text_back = w.text;
	w.treatment->text_always = w.text != NULL;
	*out = key && w.pressed == NM_FLOW_NOWHERE ? NULL : w.treatment;
	return w.code;
}

/* --- the flow --- */

/* All instants at which a variable may change. */
static enum nm_code add_times(struct lift *lift, struct nm_widget *widget,
			      const struct nm_widget_setting *setting, struct nm_error *err)
{
	const struct nm_route *route = lift->lifter.facts.route;
	nm_time t = route->from;
	enum nm_code code = NM_OK;

	while (t < route->until && code == NM_OK) {
		const char *printed;
		struct nm_error why;
		nm_time until;

		lift->work += setting->len / PART_LETTERS + 1;
		if (lift->work > WORK_MAX)
			return nm_fail(err, NM_INPUT, "it is a flow that changes its mind too often");
		if (nm_liquid_print(setting->liquid, t, &printed, &until, &why) != NM_OK) {
			widget->wrong = nm_arena_text(lift->flow.arena, why.text);
			return widget->wrong != NULL ? NM_OK : nm_fail_memory(err);
		}
		t = until;
		code = nm_lifter_at(&lift->lifter, t, err);
	}
	return code;
}

static enum nm_code add_all_times(struct lift *lift, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < lift->flow.n; i++)
		for (size_t s = 0; s < lift->flow.widgets[i].n_settings && code == NM_OK; s++)
			if (lift->flow.widgets[i].wrong == NULL)
				code = add_times(lift, &lift->flow.widgets[i],
						 &lift->flow.widgets[i].settings[s], err);
	return code;
}

/* The one key that is heard anywhere. */
static enum nm_code find_key(struct lift *lift, struct nm_error *err)
{
	for (size_t i = 0; i < lift->flow.n; i++) {
		const struct nm_widget *widget = &lift->flow.widgets[i];
		const struct nm_widget_exit *match = nm_widget_exit(widget, "match");

		if (widget->kind != NM_WIDGET_SPLIT || widget->wrong != NULL ||
		    widget->input != NM_INPUT_DIGITS || match == NULL || match->n != 1 ||
		    match->values[0][0] == '\0')
			continue;
		if (lift->lifter.key != 0 && lift->lifter.key != match->values[0][0])
			return nm_fail(err, NM_INPUT, "it is a flow in which several keys mean something");
		lift->lifter.key = match->values[0][0];
	}
	return NM_OK;
}

/* As the line was called when the flow was written; NULL: memory. */
static const char *called(const struct nm_node *definition, const struct nm_facts *facts)
{
	static const char before[] = NM_TWILIO_DESCRIBED;
	const char *words = nm_node_member_text(definition, "description");

	if (words == NULL || strncmp(words, before, strlen(before)) != 0)
		return facts->route->line;
	return nm_arena_text(facts->route->arena, words + strlen(before));
}

static enum nm_code lift_definition(const struct nm_node *definition, struct lift *lift,
				    struct nm_route **out, struct nm_error *err)
{
	enum nm_code code = nm_flow_read(definition, lift->document, &lift->lifter, &lift->flow, err);

	lift->lifter.facts.route->line = called(definition, &lift->lifter.facts);
	if (code == NM_OK && lift->lifter.facts.route->line == NULL)
		code = nm_fail_memory(err);
	if (code == NM_OK)
		code = find_key(lift, err);
	if (code == NM_OK)
		code = add_all_times(lift, err);
	if (code != NM_OK) {
		nm_lifter_clear(&lift->lifter);
		return code;
	}
	return nm_lifter_finish(&lift->lifter, treat, lift, out, err);
}

/* Does the number send its calls elsewhere?  Says where. */
static enum nm_code check_number(const struct nm_node *number, bool flow, struct nm_error *err)
{
	const char *trunk = nm_node_member_text(number, "trunk_sid"),
		   *application = nm_node_member_text(number, "voice_application_sid"),
		   *url = nm_node_member_text(number, "voice_url");

	if (trunk != NULL && *trunk != '\0')
		return nm_fail(err, NM_INPUT,
			       "the number is on the SIP trunk %.40s (trunk_sid): no flow is asked", trunk);
	if (application != NULL && *application != '\0')
		return nm_fail(
			err, NM_INPUT,
			"the number is on the application %.40s (voice_application_sid): no flow is asked",
			application);
	if (!flow)
		return nm_fail(err, NM_INPUT, "calls to the number go to %.200s, which is no published flow",
			       url != NULL ? url : "nothing that is known");
	return NM_OK;
}

/* What is told of a foreign flow was written by others. */
static void make_plain(struct nm_error *err)
{
	for (char *c = err->text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
			*c = '?';
}

/* A part as JSON; nothing when there is no such part. */
static enum nm_code read_part(const struct nm_artefact *live, const char *name, struct nm_node **out,
			      struct nm_error *err)
{
	const struct nm_part *part = nm_artefact_find(live, name);

	return part == NULL ? NM_OK : nm_node_read(part->bytes, part->len, out, err);
}

enum nm_code nm_twilio_lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			    struct nm_error *err)
{
	struct nm_node *definition = NULL, *number = NULL;
	struct lift lift = { 0 };
	struct nm_route *route = NULL;
	struct nm_error why;
	enum nm_code code;

	*foreign = NULL;
	code = read_part(live, NM_TWILIO_NUMBER, &number, &why);
	if (code == NM_OK)
		code = read_part(live, NM_TWILIO_FLOW, &definition, &why);
	if (code == NM_OK)
		code = check_number(number, definition != NULL, &why);
	lift.document = nm_node_member_text(number, "document");
	if (code == NM_OK)
		code = nm_lifter_begin(live, &lift.lifter, &why);
	if (code == NM_OK)
		code = lift_definition(definition, &lift, &route, &why);
	if (code == NM_OK)
		code = nm_twilio_fallback_lift(live, route, &why);
	nm_node_free(definition);
	nm_node_free(number);
	if (code == NM_OK) {
		*out = route;
		return NM_OK;
	}
	nm_route_free(route);
	make_plain(&why);
	return nm_fail(err, code, "%s", why.text);
}
