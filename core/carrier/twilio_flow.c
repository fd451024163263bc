/* SPDX-License-Identifier: MIT */
/*
 * A route as the definition of a Twilio Studio flow.
 *
 *   Trigger -> clock (which situation holds) -> callers (which list they are in)
 *           -> hours_N (what these callers get in which situation) -> pN_PATH_... (a path's widgets)
 *
 * Comes in: a route that the traits allow.  Goes out: JSON, its members sorted, so that the same route makes
 * the same bytes.  Only what is verified of the format is used (docs_url; the schema takes 1,000 widgets).
 */
#include <string.h>

#include "core/carrier/facts.h"
#include "core/carrier/twilio_flow.h"
#include "core/carrier/twilio_whisper.h"

#define STATES_MAX 1000
#define LIST_NUMBERS 250        /* in one condition */
#define FLOW_BYTES (512u << 10) /* this program's own bound: what Studio takes is not known */
#define KEY_WAIT_S 1            /* that a key is waited for after a greeting */
#define TEXT_BYTES 1600         /* of a text; the most */
#define ASKING_S "14400"        /* that a call may last which the document has; the most */

/* A widget that sets one variable. */
static void write_variable(struct nm_flow *f, const char *name, const char *key, const char *value,
			   const char *next)
{
	nm_flow_state(f, name);
	nm_flow_offset(f);
	nm_json_key(&f->json, "variables");
	nm_json_array(&f->json);
	nm_json_object(&f->json);
	nm_flow_member(f, "key", key);
	nm_flow_member(f, "value", value);
	nm_json_end(&f->json, '}');
	nm_json_end(&f->json, ']');
	nm_flow_exits(f);
	nm_flow_exit(f, "next", next);
	nm_flow_state_end(f, "set-variables");
}

/* --- paths --- */

/* Name of one of the chain's widgets. */
static const char *widget(struct nm_flow *f, const struct nm_flow_chain *chain, const char *what)
{
	return nm_flow_kept(f, nm_arena_format(f->arena, "%s_%s", chain->name, what));
}

static const char *step_widget(struct nm_flow *f, const struct nm_flow_chain *chain, size_t step,
			       const char *what)
{
	return nm_flow_kept(f, nm_arena_format(f->arena, "%s_%s%zu", chain->name, what, step + 1));
}

static const struct nm_party *voicemail_of(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return &step->parties[i];
	return NULL;
}

static const char *message_widget(struct nm_flow *f, const struct nm_flow_chain *chain, const char *what)
{
	return nm_flow_kept(f,
			    nm_arena_format(f->arena, "%s_text_%s", nm_flow_texts_as(f, chain)->name, what));
}

/* Where a missed caller gets a text; NULL: none does. */
static const char *missed(struct nm_flow *f, const struct nm_flow_chain *chain)
{
	return f->route->treatments[chain->treatment]->text_back != NULL ? message_widget(f, chain, "address")
									 : NULL;
}

/* The first widget of a step; what comes when nobody answered behind the last one. */
static const char *step_head(struct nm_flow *f, const struct nm_flow_chain *chain, size_t step)
{
	const struct nm_treatment *treatment = f->route->treatments[chain->treatment];
	const struct nm_treatment_step *at = &treatment->steps[step];

	if (step == treatment->n)
		return missed(f, chain);
	if (voicemail_of(at) != NULL)
		return widget(f, chain, "mailbox");
	return nm_flow_kept(f, nm_arena_format(f->arena, "%s_ring%zu_%s", chain->name, step + 1,
					       nm_flow_plain(f, at->parties[0].name)));
}

/* The widget that texts who is alerted at this place; what the caller hears first behind the last of them. */
static const char *alert_head(struct nm_flow *f, const struct nm_flow_chain *chain, size_t index)
{
	const struct nm_treatment *treatment = f->route->treatments[chain->treatment];

	if (index < treatment->alerts.n)
		return nm_flow_kept(f,
				    nm_arena_format(f->arena, "%s_alert%zu_%s", chain->name, index + 1,
						    nm_flow_plain(f, treatment->alerts.items[index].name)));
	return treatment->greeting != NULL ? widget(f, chain, "greeting") : step_head(f, chain, 0);
}

static const char *chain_head(struct nm_flow *f, int chain)
{
	return chain == NM_NOWHERE ? NULL : alert_head(f, &f->chains[chain], 0);
}

/* A text from the line; whether it could be sent is nothing that a call waits for. */
static void write_sending(struct nm_flow *f, const char *name, const char *body, const char *to,
			  const char *next)
{
	nm_flow_state(f, name);
	nm_flow_member(f, "body", body);
	nm_flow_member(f, "from", NM_TWILIO_LINE);
	nm_flow_offset(f);
	nm_flow_member(f, "to", to);
	nm_flow_exits(f);
	nm_flow_exit(f, "failed", next);
	nm_flow_exit(f, "sent", next);
	nm_flow_state_end(f, "send-message");
}

static void write_alerts(struct nm_flow *f, const struct nm_flow_chain *chain)
{
	const struct nm_alerts *alerts = &f->route->treatments[chain->treatment]->alerts;
	const char *body;

	if (alerts->n == 0)
		return;
	nm_flow_check_plain(f, alerts->text);
	body = nm_flow_kept(f, nm_arena_replaced(f->arena, alerts->text, NM_ALERT_CALLER, NM_TWILIO_CALLER));
	if (strlen(body) > TEXT_BYTES)
		nm_flow_fail(
			f,
			nm_fail(f->err, NM_INPUT,
				"the text of an alert has %zu bytes, and Twilio takes %d: a shorter name of the "
				"business would help",
				strlen(body), TEXT_BYTES));
	for (size_t i = 0; i < alerts->n; i++)
		write_sending(f, alert_head(f, chain, i), body, alerts->items[i].number,
			      alert_head(f, chain, i + 1));
}

static void write_said(struct nm_flow *f, const char *name, const char *text, const char *next)
{
	nm_flow_state(f, name);
	nm_flow_int(f, "loop", 1);
	nm_flow_offset(f);
	nm_flow_spoken(f, "say", text);
	nm_flow_exits(f);
	nm_flow_exit(f, "audioComplete", next);
	nm_flow_state_end(f, "say-play");
}

/* A text in which the emergency key can be pressed. */
static void write_gather(struct nm_flow *f, const struct nm_flow_chain *chain, const char *name,
			 const char *text, const char *next)
{
	const char key[] = { f->route->key, '\0' };
	const char *pressed = nm_flow_kept(f, nm_arena_format(f->arena, "%s_key", name)),
		   *digits = nm_flow_kept(f, nm_arena_format(f->arena, "{{widgets.%s.Digits}}", name));

	nm_flow_state(f, name);
	nm_flow_member(f, "finish_on_key", f->route->key == '#' ? "*" : "#");
	nm_flow_int(f, "loop", 1);
	nm_flow_int(f, "number_of_digits", 1);
	nm_flow_offset(f);
	nm_flow_spoken(f, "say", text);
	nm_flow_bool(f, "stop_gather", true);
	nm_flow_int(f, "timeout", KEY_WAIT_S);
	nm_flow_exits(f);
	nm_flow_exit(f, "keypress", pressed);
	nm_flow_exit(f, "speech", next);
	nm_flow_exit(f, "timeout", next);
	nm_flow_state_end(f, "gather-input-on-call");
	nm_flow_split(f, pressed, digits);
	nm_flow_exit(f, "noMatch", next);
	nm_flow_match(f, digits, "equal_to", key, "the emergency key",
		      chain_head(f, nm_flow_chain(f, chain->key, NM_NOWHERE)));
	nm_flow_state_end(f, "split-based-on");
}

static void write_text(struct nm_flow *f, const struct nm_flow_chain *chain, const char *name,
		       const char *text, const char *next)
{
	if (chain->key != NM_NOWHERE)
		write_gather(f, chain, name, text, next);
	else
		write_said(f, name, text, next);
}

static void write_greeting(struct nm_flow *f, const struct nm_flow_chain *chain)
{
	const struct nm_treatment *treatment = f->route->treatments[chain->treatment];
	const char *said = widget(f, chain, "greet");

	if (treatment->greeting == NULL)
		return;
	write_variable(f, widget(f, chain, "greeting"), NM_TWILIO_GREETING,
		       nm_flow_kept(f, nm_arena_format(f->arena, "%d", treatment->greeting_s)), said);
	write_text(f, chain, said, treatment->greeting, step_head(f, chain, 0));
}

static void write_mailbox(struct nm_flow *f, const struct nm_flow_chain *chain, const struct nm_party *party)
{
	const char *said = widget(f, chain, "mailbox_greet"), *record = widget(f, chain, "record");

	write_variable(f, widget(f, chain, "mailbox"), NM_TWILIO_MAILBOX, party->name,
		       party->greeting != NULL ? said : record);
	if (strstr(party->name, "{{") != NULL || strstr(party->name, "{%") != NULL)
		nm_flow_fail(f, nm_fail(f->err, NM_INPUT, "the name %.60s has {{ or {%% in it", party->name));
	if (party->greeting != NULL)
		write_text(f, chain, said, party->greeting, record);
	nm_flow_state(f, record);
	nm_flow_member(f, "finish_on_key", "#");
	nm_flow_int(f, "max_length", 120);
	nm_flow_offset(f);
	nm_flow_member(f, "play_beep", "true");
	nm_flow_int(f, "timeout", 5);
	nm_flow_bool(f, "transcribe", false);
	nm_flow_member(f, "trim", "trim-silence");
	nm_flow_exits(f);
	nm_flow_exit(f, "hangup", missed(f, chain));
	nm_flow_exit(f, "noAudio", missed(f, chain));
	nm_flow_exit(f, "recordingComplete", missed(f, chain));
	nm_flow_state_end(f, "record-voicemail");
}

static void write_targets(struct nm_flow *f, const struct nm_treatment_step *step)
{
	struct nm_buf to;

	if (step->parties[0].number[0] != '+') {
		nm_flow_spoken(f, "sip_endpoint", step->parties[0].number);
		return;
	}
	nm_buf_init(&to, 4096);
	for (size_t i = 0; i < step->n; i++)
		nm_buf_addf(&to, "%s%s", i > 0 ? "," : "", step->parties[i].number);
	if (to.failed)
		nm_flow_fail(f, nm_fail_memory(f->err));
	nm_json_key(&f->json, "to");
	nm_json_text(&f->json, to.data);
	nm_buf_clear(&to);
}

static int seconds_of(const struct nm_treatment_step *step)
{
	return step->ring_time == NM_RING_HANDOVER ? NM_TWILIO_RING_MAX : step->for_s;
}

/* The document rings and asks, and gives the call back when nobody took it; when it is not there, the call goes
 * on at once. */
static void write_asking(struct nm_flow *f, const struct nm_treatment_step *step, const char *name,
			 const char *after, const char *next)
{
	struct nm_buf url;

	nm_buf_init(&url, 8192);
	nm_twilio_whisper_write(f->document, step, seconds_of(step), &url);
	if (url.failed)
		nm_flow_fail(f, nm_fail_memory(f->err));
	nm_flow_state(f, name);
	nm_flow_member(f, "method", "POST");
	nm_flow_offset(f);
	nm_flow_member(f, "timeout", ASKING_S);
	nm_flow_member(f, "url", url.data);
	nm_flow_exits(f);
	nm_flow_exit(f, "fail", next);
	nm_flow_exit(f, "return", after);
	nm_flow_exit(f, "timeout", NULL);
	nm_flow_state_end(f, "add-twiml-redirect");
	nm_buf_clear(&url);
}

static void write_connecting(struct nm_flow *f, const struct nm_treatment_step *step, const char *name,
			     const char *after, const char *hung_up)
{
	const bool sip = step->parties[0].number[0] != '+';

	nm_flow_state(f, name);
	nm_flow_member(f, "caller_id", step->parties[0].line_id ? NM_TWILIO_LINE : NM_TWILIO_CALLER);
	nm_flow_member(f, "noun", sip ? "sip" : step->n > 1 ? "number-multi" : "number");
	nm_flow_offset(f);
	nm_flow_bool(f, "record", false);
	if (sip)
		write_targets(f, step);
	nm_flow_int(f, "timeout", seconds_of(step));
	if (!sip)
		write_targets(f, step);
	nm_flow_exits(f);
	nm_flow_exit(f, "callCompleted", after);
	nm_flow_exit(f, "hangup", hung_up);
	nm_flow_state_end(f, "connect-call-to");
}

/* Rings somebody.  There is no event for "nobody answered": a split looks at how the call went. */
static void write_ring(struct nm_flow *f, const struct nm_flow_chain *chain, size_t index)
{
	const struct nm_treatment_step *step = &f->route->treatments[chain->treatment]->steps[index];
	const char *name = step_head(f, chain, index),
		   *next = step->ring_time == NM_RING_HANDOVER ? missed(f, chain) : step_head(f, chain, index + 1),
		   *after = step->ring_time == NM_RING_HANDOVER ? NULL : step_widget(f, chain, index, "after"), *status;

	if (nm_twilio_asks(step))
		write_asking(f, step, name, after, next);
	else
		write_connecting(f, step, name, after, missed(f, chain));
	if (step->ring_time == NM_RING_HANDOVER)
		return;
	status = nm_flow_kept(f, nm_arena_format(f->arena, "{{widgets.%s.DialCallStatus}}", name));
	nm_flow_split(f, after, status);
	nm_flow_exit(f, "noMatch", NULL);
	nm_flow_match(f, status, "matches_any_of", NM_TWILIO_UNANSWERED, "nobody answered", next);
	nm_flow_state_end(f, "split-based-on");
}

/* Goes on when the caller's address has this part in it, or when it has not. */
static void write_guard(struct nm_flow *f, const char *name, const char *part, const char *label, bool has,
			const char *next)
{
	nm_flow_split(f, name, NM_TWILIO_CALLER);
	nm_flow_exit(f, "noMatch", has ? NULL : next);
	nm_flow_match(f, NM_TWILIO_CALLER, "contains", part, label, has ? next : NULL);
	nm_flow_state_end(f, "split-based-on");
}

/* A text to a missed caller, if that is a number: three splits, since in which order one looks at its conditions
 * is not known. */
static void write_message(struct nm_flow *f, const struct nm_flow_chain *chain)
{
	const struct nm_treatment *treatment = f->route->treatments[chain->treatment];
	const char *withheld = message_widget(f, chain, "withheld"),
		   *number = message_widget(f, chain, "number"), *send = message_widget(f, chain, "send");

	if (treatment->text_back == NULL || nm_flow_texts_as(f, chain) != chain)
		return;
	write_guard(f, missed(f, chain), NM_TWILIO_ADDRESS, "a SIP address", false, withheld);
	write_guard(f, withheld, NM_TWILIO_WITHHELD_DIGITS, "a withheld number", false, number);
	write_guard(f, number, NM_TWILIO_PLUS, "a number", true, send);
	nm_flow_check_plain(f, treatment->text_back);
	write_sending(f, send, treatment->text_back, NM_TWILIO_CALLER, NULL);
}

static void write_chain(struct nm_flow *f, const struct nm_flow_chain *chain)
{
	const struct nm_treatment *treatment = f->route->treatments[chain->treatment];

	write_alerts(f, chain);
	write_greeting(f, chain);
	for (size_t i = 0; i < treatment->n && f->code == NM_OK; i++) {
		const struct nm_treatment_step *step = &treatment->steps[i];
		const struct nm_party *voicemail = voicemail_of(step);

		if (voicemail != NULL) {
			write_mailbox(f, chain, voicemail);
			return; /* nobody gets past it */
		}
		write_ring(f, chain, i);
		if (step->ring_time == NM_RING_HANDOVER)
			return;
	}
}

/* --- from the trigger to a path --- */

static const char *timetable_name(struct nm_flow *f, size_t timetable)
{
	return nm_flow_kept(f, nm_arena_format(f->arena, "hours_%zu", timetable + 1));
}

static void write_clock(struct nm_flow *f)
{
	struct nm_buf template;

	nm_buf_init(&template, FLOW_BYTES);
	nm_twilio_clock(f->route, &template);
	if (template.failed)
		nm_flow_fail(
			f,
			nm_fail(f->err, NM_INPUT,
				"the hours of this line change too often for a flow: %zu times that are not "
				"as in other weeks; a shorter rotation or fewer overrides would help",
				f->route->n_exceptions));
	write_variable(f, "clock", NM_TWILIO_SITUATION, template.data,
		       f->n_lists > 0 ? "callers" : timetable_name(f, 0));
	nm_buf_clear(&template);
}

static void add_number(struct nm_buf *out, nm_number number)
{
	char text[NM_NUMBER_TEXT];

	nm_number_write(number, text);
	nm_buf_addf(out, "%s%s", out->len > 0 ? "," : "", text);
}

static void write_list(struct nm_flow *f, const struct nm_flow_list *list)
{
	const char *label = f->route->classes[list->class].words;
	const char *next = timetable_name(f, nm_flow_timetable(f, list->class));
	bool anonymous = list->anonymous;
	size_t i = 0;

	while (anonymous || i < list->n) {
		const size_t end = list->n - i > LIST_NUMBERS ? i + LIST_NUMBERS : list->n;
		struct nm_buf numbers;

		nm_buf_init(&numbers, 65536);
		if (anonymous)
			nm_buf_add(&numbers, NM_TWILIO_WITHHELD "," NM_TWILIO_WITHHELD_DIGITS);
		anonymous = false;
		for (; i < end; i++)
			add_number(&numbers, list->numbers[i]);
		nm_flow_match(f, NM_TWILIO_CALLER, "matches_any_of", numbers.data, label, next);
		if (numbers.failed)
			nm_flow_fail(f, nm_fail_memory(f->err));
		nm_buf_clear(&numbers);
	}
}

static void write_callers(struct nm_flow *f)
{
	if (f->n_lists == 0)
		return;
	nm_flow_split(f, "callers", NM_TWILIO_CALLER);
	nm_flow_exit(f, "noMatch", timetable_name(f, 0));
	for (size_t i = 0; i < f->n_lists; i++)
		write_list(f, &f->lists[i]);
	nm_flow_state_end(f, "split-based-on");
}

/* The situations in which this chain is due, when `first` is the first of them. */
static bool list_situations(const struct nm_flow *f, const struct nm_flow_timetable *timetable, size_t first,
			    struct nm_buf *out)
{
	for (size_t s = 0; s < first; s++)
		if (timetable->chains[s] == timetable->chains[first])
			return false;
	for (size_t s = first; s < f->route->n_situations; s++)
		if (timetable->chains[s] == timetable->chains[first])
			nm_buf_addf(out, "%ss%zu", out->len > 0 ? "," : "", s);
	return true;
}

/* A clock that makes no sense loses no call: what holds most of the time is taken to hold. */
static void write_timetable(struct nm_flow *f, size_t index)
{
	static const char input[] = "{{flow.variables." NM_TWILIO_SITUATION "}}";
	const struct nm_flow_timetable *timetable = &f->timetables[index];
	const char *safest = chain_head(f, timetable->chains[f->commonest]);

	nm_flow_split(f, timetable_name(f, index), input);
	nm_flow_exit(f, "noMatch", safest);
	nm_flow_match(f, input, "equal_to", NM_TWILIO_CLOCK_UNKNOWN, "the clock makes no sense", safest);
	for (size_t s = 0; s < f->route->n_situations; s++) {
		const int chain = timetable->chains[s];
		struct nm_buf situations;

		nm_buf_init(&situations, FLOW_BYTES);
		if (list_situations(f, timetable, s, &situations))
			nm_flow_match(f, input, "matches_any_of", situations.data,
				      chain == NM_NOWHERE ? "nobody" : f->chains[chain].name,
				      chain_head(f, chain));
		if (situations.failed)
			nm_flow_fail(f, nm_fail_memory(f->err));
		nm_buf_clear(&situations);
	}
	nm_flow_state_end(f, "split-based-on");
}

static void write_flow(struct nm_flow *f)
{
	nm_flow_begin(f, nm_flow_kept(f, nm_arena_format(f->arena, NM_TWILIO_DESCRIBED "%s", f->route->line)),
		      "clock");
	write_clock(f);
	write_callers(f);
	for (size_t i = 0; i < f->n_timetables; i++)
		write_timetable(f, i);
	for (size_t i = 0; i < f->n_chains && f->code == NM_OK; i++)
		write_chain(f, &f->chains[i]);
	for (size_t i = 0; i < f->n_chains && f->code == NM_OK; i++)
		write_message(f, &f->chains[i]);
	nm_flow_end(f);
}

static void check_size(struct nm_flow *f)
{
	if (f->code != NM_OK)
		return;
	if (f->n_states > STATES_MAX)
		nm_flow_fail(
			f,
			nm_fail(f->err, NM_INPUT,
				"the flow of this line needs %zu widgets, and Twilio takes %d; fewer paths, steps "
				"or rounds, or fewer reasons to be away, would help",
				f->n_states, STATES_MAX));
	else if (f->text.failed)
		nm_flow_fail(
			f,
			nm_fail(f->err, NM_INPUT,
				"the flow of this line is larger than %u bytes; fewer callers in lists, or "
				"fewer dates on which hours differ, would help",
				FLOW_BYTES));
}

enum nm_code nm_twilio_render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			      struct nm_artefact *out, struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	struct nm_flow f = { .route = route, .err = err, .arena = nm_arena_new() };

	(void)at;
	if (f.arena == NULL)
		return nm_fail_memory(err);
	f.document = nm_twilio_document_of(account);
	nm_buf_init(&f.text, FLOW_BYTES);
	nm_json_init(&f.json, &f.text);
	nm_flow_gather(&f);
	if (f.code == NM_OK)
		write_flow(&f);
	check_size(&f);
	if (f.code == NM_OK)
		f.code = nm_artefact_add(&artefact, NM_TWILIO_FLOW, "application/json", f.text.data,
					 f.text.len, err);
	if (f.code == NM_OK)
		f.code = nm_twilio_fallback_render(route, &artefact, err);
	if (f.code == NM_OK)
		f.code = nm_facts_add_route(route, &artefact, err);
	if (f.code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	nm_flow_clear(&f);
	return f.code;
}
