/* SPDX-License-Identifier: MIT */
/* A follow-up in words and in JSON. */
#include "followups.h"

#include "nevermiss/text_back.h"

#include <string.h>

#define FOLLOW_S 20 /* what becomes of a text is waited for so long */

void add_one_line(struct nm_buf *out, const char *text)
{
	for (; *text; text++)
		nm_buf_addn(out, (unsigned char)*text < ' ' ? " " : text, 1);
}

/* --- in words --- */

void followup_who(const struct nm_followup *followup, struct nm_buf *out)
{
	char number[NM_NUMBER_TEXT];

	if (followup->number) {
		nm_number_words(followup->number, number);
		nm_buf_add(out, number);
	} else if (followup->name) {
		add_one_line(out, followup->name);
	}
}

static void times_words(int n, struct nm_buf *out)
{
	if (n == 1)
		nm_buf_add(out, "once");
	else
		nm_buf_addf(out, "%d times", n);
}

void followup_about(const struct nm_followup *followup, struct nm_buf *out)
{
	if (!followup->call)
		nm_buf_addf(out, "%s lead%s", nm_channel_name(followup->channel), followup->calls ? ", " : "");
	if (followup->calls)
		nm_buf_addf(out, "%d%s missed call%s", followup->calls,
			    followup->calls < NM_FOLLOWUP_CALLS ? "" : " or more", followup->calls == 1 ? "" : "s");
	if (followup->line)
		nm_buf_addf(out, " to %s", followup->line);
	if (followup->tries) {
		nm_buf_add(out, ", tried ");
		times_words(followup->tries, out);
	}
	if (followup->texted)
		nm_buf_add(out, ", texted");
	if (followup->number && followup->name) {
		nm_buf_add(out, ", ");
		add_one_line(out, followup->name);
	}
}

/* Nobody calls back by the second: a time in words without them, which is not later. */
static void minute_words(const struct session *session, nm_time t, char out[static NM_TIME_TEXT])
{
	nm_time_words(session_zone(session), t - t % 60, true, out);
}

static void due_words(const struct session *session, struct nm_followup_due due, struct nm_buf *out)
{
	const nm_time now = session_now(session);
	char text[NM_TIME_TEXT];

	nm_buf_add(out, due.next == NM_NEXT_CALL ? "call back" : "send the text");
	if (due.at == NM_TIME_MAX) {
		nm_buf_add(out, ", but no schedule that follow_up names is on within a year");
		return;
	}
	minute_words(session, due.at, text);
	nm_buf_addf(out, " by %s", text);
	if (now - due.at >= 60) {
		nm_duration_words((now - due.at) / 60 * 60, text);
		nm_buf_addf(out, ", %s late", text);
	}
}

bool followup_toll(const struct nm_plan *plan, const struct nm_followup *followup, struct nm_buf *out)
{
	const enum nm_toll toll = followup->number ? nm_plan_toll(plan, followup->number) : NM_TOLL_FINE;
	const char *country;

	if (toll == NM_TOLL_FINE)
		return false;
	country = nm_number_country(followup->number);
	if (toll == NM_TOLL_PREMIUM)
		nm_buf_add(out, "not to be called back: a premium number");
	else
		nm_buf_addf(out, "not to be called back: in %s, which `allow` does not name",
			    *country ? country : "no country that is known");
	return true;
}

void followup_stands(const struct session *session, const struct nm_followup *followup, struct nm_buf *out)
{
	const struct nm_followup_due due = session_due(session, followup);
	char at[NM_TIME_TEXT];

	if (followup->end != NM_FOLLOWUP_OPEN) {
		minute_words(session, followup->ended, at);
		nm_buf_addf(out, "ended %s: %s", at, nm_followup_end_name(followup->end));
	} else if (followup_toll(session->plan, followup, out)) {
		return;
	} else if (nm_followup_awaits_end(followup)) {
		minute_words(session, followup->reached, at);
		nm_buf_addf(out, "reached %s: say how it ended", at);
		if (due.next != NM_NEXT_NONE) {
			nm_buf_add(out, "; else ");
			due_words(session, due, out);
		}
	} else if (due.next != NM_NEXT_NONE) {
		due_words(session, due, out);
	} else if (followup->texted) {
		minute_words(session, followup->texted, at);
		nm_buf_addf(out, "texted %s: waits for an answer", at);
	} else {
		nm_buf_add(out, "all attempts were made: say how it ended");
	}
}

bool deed_is_told(const struct nm_deed *deed)
{
	return deed->kind != NM_DEED_ENDED && deed->words && deed->who && !strcmp(deed->who, NM_FOLLOWUP_LOG);
}

void deed_words(const struct nm_deed *deed, struct nm_buf *out)
{
	static const char *const kinds[] = {
		[NM_DEED_TRIED] = "tried, no answer", [NM_DEED_TEXTED] = "texted", [NM_DEED_ENDED] = "ended",
		[NM_DEED_REOPENED] = "took the last of these back", [NM_DEED_NOTED] = "noted",
		[NM_DEED_SURVEYED] = "sent the survey", [NM_DEED_SAID_YES] = "answered yes", [NM_DEED_SAID_NO] = "answered no",
		[NM_DEED_REACHED] = "reached the customer",
	};

	if (deed_is_told(deed)) {
		nm_buf_add(out, "tells of ");
		add_one_line(out, deed->words);
		return;
	}
	nm_buf_add(out, kinds[deed->kind]);
	if (deed->kind == NM_DEED_ENDED)
		nm_buf_addf(out, ": %s", nm_followup_end_name(deed->end));
	if (deed->words) {
		nm_buf_add(out, ": ");
		add_one_line(out, deed->words);
	}
}

/* --- the text --- */

enum nm_code followup_outgoing(struct session *session, const struct nm_followup *followup, struct nm_outgoing *out,
			    struct nm_error *err)
{
	const struct nm_plan *plan = session->plan;
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);

	*out = (struct nm_outgoing){.to = followup->number,
				    .body = nm_followup_text(plan),
				    .why = NM_FOLLOWUP_TEXT,
				    .follow_s = FOLLOW_S,
				    .customer = true};
	if (code)
		return code;
	if (!out->body)
		return nm_fail(err, NM_INPUT, "the plan has no text for it: write then_text in section follow_up");
	code = nm_followup_text_check(plan, store, followup, session_now(session), err);
	if (!code)
		code = nm_texting_sender_called(plan, plan->follow_up.from, followup->line, &out->sender, err);
	return code ? code : nm_texting_check(plan, out->sender, out->to, out->body, err);
}

/* What a text is being sent for. */
struct sending {
	struct session *session;
	struct nm_store *store;
	int64_t id;
};

static enum nm_code may_still_be_sent(void *context, struct nm_error *err)
{
	const struct sending *sending = context;
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	enum nm_code code = arena ? nm_store_followup_get(sending->store, sending->id, arena, &followup, err)
				  : nm_fail_memory(err);

	if (!code)
		code = nm_followup_text_check(sending->session->plan, sending->store, &followup,
					      session_now(sending->session), err);
	nm_arena_free(arena);
	return code;
}

/* The text has left, whatever is known of that afterwards. */
static enum nm_code write_texted(const struct sending *sending, const char *to, struct nm_error *err)
{
	const struct nm_deed texted = {
		.at = session_now(sending->session), .who = sending->session->options.who, .kind = NM_DEED_TEXTED};
	struct nm_error why;
	enum nm_code code = nm_store_followup_deed(sending->store, sending->id, &texted, &why);

	return code ? nm_fail(err, code, "the text to %s was sent, but follow-up %lld does not say so: %s", to,
			      (long long)sending->id, why.text)
		    : NM_OK;
}

enum nm_code followup_send(struct session *session, int64_t id, const struct nm_outgoing *outgoing,
			    struct nm_outbox *out, struct nm_error *err)
{
	struct sending sending = {.session = session, .id = id};
	struct nm_outgoing checked = *outgoing;
	struct nm_push_context context;
	enum nm_code code = session_push_context(session, &context, err);

	if (code)
		return code;
	sending.store = context.store;
	checked.check = may_still_be_sent;
	checked.context = &sending;
	code = nm_texting_send(&context, &checked, out, err);
	if (code || out->items->state != NM_OUTBOX_SENT)
		return code;
	code = write_texted(&sending, out->items->to, err);
	if (code)
		nm_outbox_clear(out);
	return code;
}

/* --- the call --- */

/* When nobody gets a text either, by the plan's clock: the customer's own is not known. */
static void night_words(const struct nm_plan *plan, nm_time now, struct nm_buf *out)
{
	const nm_local local = nm_zone_local(plan->zone, now);
	const int minute = (int)((local - nm_local_day(local) * NM_DAY) / 60);

	if (nm_followup_texts_from(plan, now) != now)
		nm_buf_addf(out, "It is %d:%02d on the plan's clock: from %d:00 to %d:00 few people want to be called.\n",
			    minute / 60, minute % 60, NM_TEXTS_UNTIL_H, NM_TEXTS_FROM_H);
}

void followup_call_words(const struct nm_plan *plan, const struct nm_call_back *call, nm_time now, struct nm_buf *out)
{
	const struct nm_destination *destination = &plan->destinations[call->destination];
	const struct nm_account *account = &plan->accounts[plan->lines[call->line].account];
	const bool real = nm_carrier_find(account->driver)->traits.remote;
	char person[NM_NUMBER_TEXT], customer[NM_NUMBER_TEXT], line[NM_NUMBER_TEXT];

	nm_number_words(call->person, person);
	nm_number_words(call->customer, customer);
	nm_number_words(plan->lines[call->line].number, line);
	nm_buf_addf(out,
		    "%s: %s (%s) is rung for %d s, and whoever %s there is put "
		    "through to %s, who is rung for %d s. Both see line %s (%s).\n",
		    real ? "Two real calls, which the carrier bills" : "Two calls, which the sandbox only plays",
		    destination->name, person, call->person_s, call->confirm ? "presses 1" : "answers", customer,
		    NM_CALL_BACK_CUSTOMER_S,
		    plan->lines[call->line].name, line);
	if (destination->confirm && !call->confirm)
		nm_buf_addf(out, "%s is not asked to press 1, as `confirm` says: account %s has no `whisper`.\n", destination->name,
			    account->name);
	if (destination->own_voicemail_s != NM_OWN_VOICEMAIL_NONE && !call->confirm)
		nm_buf_addf(out,
			    "Should %s's own voicemail take the call, it is put through to the customer: do not decline "
			    "it.\n",
			    destination->name);
	night_words(plan, now, out);
}

/* --- in JSON --- */

/* A time that may not be there. */
static void json_known_time(struct nm_json *json, const struct nm_zone *zone, const char *key, nm_time t, bool known)
{
	if (known) {
		json_time(json, zone, key, t);
		return;
	}
	nm_json_key(json, key);
	nm_json_null(json);
}

static void json_word(struct nm_json *json, const char *key, const char *text)
{
	nm_json_key(json, key);
	nm_json_text(json, text);
}

static void json_toll(struct nm_json *json, const struct session *session, const struct nm_followup *followup)
{
	static const char *const tolls[] = {
		[NM_TOLL_FINE] = NULL, [NM_TOLL_PREMIUM] = "premium", [NM_TOLL_ABROAD] = "abroad",
	};

	json_word(json, "toll", followup->number ? tolls[nm_plan_toll(session->plan, followup->number)] : NULL);
}

static void json_due(struct nm_json *json, const struct session *session, const struct nm_followup *followup)
{
	static const char *const nexts[] = { [NM_NEXT_CALL] = "call", [NM_NEXT_TEXT] = "text" };
	const struct nm_followup_due due = session_due(session, followup);

	json_word(json, "next", due.next == NM_NEXT_NONE ? NULL : nexts[due.next]);
	json_known_time(json, session_zone(session), "due", due.at, due.at != NM_TIME_MAX);
	nm_json_key(json, "overdue");
	nm_json_bool(json, due.at < session_now(session));
}

void json_followup(struct nm_json *json, const struct session *session, const struct nm_followup *followup)
{
	const struct nm_zone *zone = session_zone(session);
	const bool open = followup->end == NM_FOLLOWUP_OPEN;
	char number[NM_NUMBER_TEXT];

	nm_number_write(followup->number, number);
	nm_json_object(json);
	nm_json_count(json, "id", followup->id);
	json_word(json, "channel", nm_channel_name(followup->channel));
	json_word(json, "number", followup->number ? number : NULL);
	json_word(json, "name", followup->name);
	json_word(json, "words", followup->words);
	json_word(json, "line", followup->line);
	nm_json_key(json, "call");
	if (followup->call)
		nm_json_int(json, followup->call);
	else
		nm_json_null(json);
	json_time(json, zone, "opened", followup->opened);
	json_time(json, zone, "newest", followup->newest);
	nm_json_count(json, "calls", followup->calls);
	json_word(json, "outcome", open ? NULL : nm_followup_end_name(followup->end));
	json_known_time(json, zone, "ended", followup->ended, !open);
	nm_json_count(json, "tries", followup->tries);
	json_known_time(json, zone, "first_try", followup->first_try, followup->first_try != 0);
	json_known_time(json, zone, "last_try", followup->last_try, followup->tries > 0);
	json_known_time(json, zone, "reached", followup->reached, followup->reached != 0);
	json_known_time(json, zone, "texted", followup->texted, followup->texted != 0);
	json_due(json, session, followup);
	json_toll(json, session, followup);
}

void json_deed(struct nm_json *json, const struct nm_zone *zone, const struct nm_deed *deed)
{
	static const char *const kinds[] = {
		[NM_DEED_TRIED] = "tried",       [NM_DEED_TEXTED] = "texted", [NM_DEED_ENDED] = "ended",
		[NM_DEED_REOPENED] = "reopened", [NM_DEED_NOTED] = "noted",
		[NM_DEED_SURVEYED] = "surveyed", [NM_DEED_SAID_YES] = "yes",  [NM_DEED_SAID_NO] = "no",
		[NM_DEED_REACHED] = "reached",
	};

	nm_json_object(json);
	json_time(json, zone, "at", deed->at);
	json_word(json, "who", deed->who);
	json_word(json, "deed", kinds[deed->kind]);
	json_word(json, "outcome", deed->kind == NM_DEED_ENDED ? nm_followup_end_name(deed->end) : NULL);
	json_word(json, "words", deed->words);
	nm_json_end(json, '}');
}
