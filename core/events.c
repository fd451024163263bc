/* SPDX-License-Identifier: MIT */
/*
 * What a CRM is told: see events.h.  Comes in: calls and follow-ups as they are written.  Goes out: events in the store,
 * with the bytes that will be sent.  A call is one event: of an emergency, else of how it ended.  A call whose record
 * changes gets another one only when it ends as something else then.
 */
#include "core/events_private.h"

#include "core/rules.h"
#include "nevermiss/decide.h"
#include "nevermiss/json.h"

#define BODY_MAX 65536 /* names and words of leads are bounded, far below */
#define ENDED_MAX 16   /* follow-ups that one call ends; there is one as a rule */

const char *nm_crm_kind_name(enum nm_crm_kind kind)
{
	static const char *const names[] = {
		[NM_CRM_MISSED] = "call.missed",
		[NM_CRM_ANSWERED] = "call.answered",
		[NM_CRM_EMERGENCY] = "call.emergency",
		[NM_CRM_FOLLOWUP] = "followup.ended",
	};

	return names[kind];
}

const char *nm_crm_state_name(enum nm_crm_state state)
{
	static const char *const names[] = {
		[NM_CRM_WAITING] = "waiting",
		[NM_CRM_DELIVERED] = "delivered",
		[NM_CRM_ASIDE] = "set aside",
	};

	return names[state];
}

/* --- the message --- */

struct message {
	const struct nm_plan *plan;
	struct nm_buf body;
	struct nm_json json;
};

static void add_text(struct message *message, const char *key, const char *text)
{
	nm_json_key(&message->json, key);
	nm_json_text(&message->json, text);
}

/* 0: null. */
static void add_number(struct message *message, const char *key, nm_number number)
{
	char text[NM_NUMBER_TEXT];

	if (number != 0)
		nm_number_write(number, text);
	add_text(message, key, number != 0 ? text : NULL);
}

/* 0: null. */
static void add_time(struct message *message, const char *key, nm_time t)
{
	char text[NM_TIME_TEXT];

	if (t != 0)
		nm_time_rfc3339(message->plan->zone, t, text);
	add_text(message, key, t != 0 ? text : NULL);
}

static void add_bool(struct message *message, const char *key, bool value)
{
	nm_json_key(&message->json, key);
	nm_json_bool(&message->json, value);
}

/* Up to what it tells of; end_message closes both. */
static void begin_message(struct message *message, const struct nm_plan *plan, const struct nm_crm_event *event)
{
	message->plan = plan;
	nm_buf_init(&message->body, BODY_MAX);
	nm_json_init(&message->json, &message->body);
	nm_json_object(&message->json);
	add_text(message, "id", event->key);
	add_text(message, "type", nm_crm_kind_name(event->kind));
	add_time(message, "timestamp", event->at);
	add_text(message, "business", plan->business);
	nm_json_key(&message->json, "data");
	nm_json_object(&message->json);
}

static void end_message(struct message *message)
{
	nm_json_end(&message->json, '}');
	nm_json_end(&message->json, '}');
}

static void add_call(struct message *message, const struct nm_call_entry *call, int64_t id, bool emergency)
{
	nm_json_count(&message->json, "call", id);
	add_text(message, "line", call->line);
	add_number(message, "number", call->number);
	add_number(message, "caller", call->caller.number);
	add_bool(message, "withheld", call->caller.anonymous);
	add_time(message, "began", call->began);
	add_time(message, "ended", call->ended);
	add_text(message, "outcome", nm_call_end_name(call->became.end));
	add_bool(message, "probably", call->became.probably);
	add_text(message, "answered_by", call->became.by);
	nm_json_key(&message->json, "seconds");
	if (call->became.seconds >= 0)
		nm_json_int(&message->json, call->became.seconds);
	else
		nm_json_null(&message->json);
	add_bool(message, "emergency", emergency);
}

/* Who has ended it: of its deeds the newest that did. */
static const char *ended_by(const struct nm_followup *followup)
{
	for (size_t i = followup->n_deeds; i > 0; i--)
		if (followup->deeds[i - 1].kind == NM_DEED_ENDED)
			return followup->deeds[i - 1].who;
	return NULL;
}

static void add_followup(struct message *message, const struct nm_followup *followup)
{
	nm_json_count(&message->json, "followup", followup->id);
	add_text(message, "channel", nm_channel_name(followup->channel));
	add_number(message, "caller", followup->number);
	add_text(message, "name", followup->name);
	add_text(message, "words", followup->words);
	add_text(message, "line", followup->line);
	add_time(message, "opened", followup->opened);
	add_time(message, "first_try", followup->first_try);
	add_time(message, "ended", followup->ended);
	add_text(message, "outcome", nm_followup_end_name(followup->end));
	add_text(message, "ended_by", ended_by(followup));
	nm_json_count(&message->json, "calls", followup->calls);
	nm_json_count(&message->json, "tries", followup->tries);
}

/* Queues the event with the message, which is cleared. */
static enum nm_code queue(struct nm_store *store, struct nm_crm_event *event, struct message *message,
			  struct nm_error *err)
{
	enum nm_code code = message->body.failed ? nm_fail_memory(err) : NM_OK;

	event->body = message->body.data;
	if (code == NM_OK)
		code = nm_store_event_add(store, event, err);
	nm_buf_clear(&message->body);
	return code;
}

/* --- follow-ups --- */

/* mark: as of nm_crm_event. */
static enum nm_code tell_followup(struct nm_store *store, const struct nm_plan *plan,
				  const struct nm_followup *followup, int64_t mark, nm_time now,
				  struct nm_error *err)
{
	char key[NM_EVENT_KEY];
	struct nm_crm_event event = { .key = key,
				  .at = now,
				  .kind = NM_CRM_FOLLOWUP,
				  .subject = followup->id,
				  .mark = mark,
				  .caller = followup->number };
	struct message message;
	enum nm_code code = nm_store_event_key(store, key, err);

	if (code != NM_OK)
		return code;
	begin_message(&message, plan, &event);
	add_followup(&message, followup);
	end_message(&message);
	return queue(store, &event, &message, err);
}

enum nm_code nm_events_followup(struct nm_store *store, const struct nm_plan *plan,
				const struct nm_followup *followup, nm_time now, struct nm_error *err)
{
	/* One that is reopened and ends again has more deeds then. */
	if (!plan->crm.given || followup->end == NM_FOLLOWUP_OPEN)
		return NM_OK;
	return tell_followup(store, plan, followup, (int64_t)followup->n_deeds, now, err);
}

/* Those that the answered call has ended. */
static enum nm_code tell_ended(struct nm_store *store, const struct nm_plan *plan,
			       const struct nm_call_entry *call, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	int64_t ids[ENDED_MAX];
	size_t n = 0;
	enum nm_code code = arena != NULL ? nm_store_followups_ended(store, call->caller.number, call->began,
								     ids, ENDED_MAX, &n, err)
					  : nm_fail_memory(err);

	for (size_t i = 0; i < n && code == NM_OK; i++) {
		struct nm_followup followup;

		code = nm_store_followup_get(store, ids[i], arena, &followup, err);
		if (code == NM_OK) /* the log's own deeds come and go: the instant is the mark */
			code = tell_followup(store, plan, &followup, followup.ended, followup.ended, err);
	}
	nm_arena_free(arena);
	return code;
}

/* --- calls --- */

enum nm_code nm_events_since(struct nm_store *store, const struct nm_plan *plan, nm_time now, nm_time *since,
			     struct nm_error *err)
{
	enum nm_code code = nm_store_reporting(store, since, err);

	if (code != NM_OK || plan->crm.given == (*since != NM_TIME_MAX))
		return code;
	*since = plan->crm.given ? now - NM_EVENTS_LATE_S : NM_TIME_MAX;
	return nm_store_reporting_put(store, *since, err);
}

/* The rules of the plan as it is now say what an emergency is. */
static bool is_emergency(const struct nm_plan *plan, const struct nm_call_entry *call)
{
	const int line = nm_plan_find_line(plan, call->line);

	return line >= 0 &&
	       nm_call_is_emergency(plan, line, nm_caller_groups(plan, call->caller), false);
}

/* False: nobody is told of such a call. */
static bool kind_of(const struct nm_call_entry *call, bool emergency, enum nm_crm_kind *kind)
{
	switch (call->became.end) {
	case NM_CALL_ANSWERED:
		*kind = NM_CRM_ANSWERED;
		break;
	case NM_CALL_VOICEMAIL:
	case NM_CALL_SWALLOWED:
	case NM_CALL_ABANDONED:
	case NM_CALL_LOST:
		*kind = NM_CRM_MISSED;
		break;
	case NM_CALL_REJECTED:
	case NM_CALL_UNKNOWN:
		return false;
	}
	if (emergency)
		*kind = NM_CRM_EMERGENCY;
	return !call->ours;
}

static enum nm_code tell_call(struct nm_store *store, const struct nm_plan *plan,
			      const struct nm_call_entry *call, struct nm_error *err)
{
	const bool emergency = is_emergency(plan, call);
	char key[NM_EVENT_KEY];
	struct nm_crm_event event = { .key = key, .at = call->began, .caller = call->caller.number };
	struct message message;
	enum nm_code code;

	if (!kind_of(call, emergency, &event.kind))
		return NM_OK;
	if (event.kind == NM_CRM_EMERGENCY)
		event.mark = call->became.end;
	code = nm_store_call_find(store, call, &event.subject, err);
	if (code == NM_OK)
		code = nm_store_event_key(store, key, err);
	if (code != NM_OK)
		return code;
	begin_message(&message, plan, &event);
	add_call(&message, call, event.subject, emergency);
	end_message(&message);
	code = queue(store, &event, &message, err);
	if (code == NM_OK && call->became.end == NM_CALL_ANSWERED && call->caller.number != 0)
		code = tell_ended(store, plan, call, err);
	return code;
}

enum nm_code nm_events_call_put(struct nm_store *store, const struct nm_plan *plan, nm_time since,
				const struct nm_call_entry *call, enum nm_call_kept *kept,
				struct nm_error *err)
{
	enum nm_code code = nm_store_begin(store, err);

	if (code != NM_OK)
		return code;
	code = nm_store_call_put(store, call, kept, err);
	if (code == NM_OK && *kept != NM_CALL_KNOWN && call->began >= since)
		code = tell_call(store, plan, call, err);
	if (code == NM_OK)
		code = nm_store_commit(store, err);
	if (code != NM_OK)
		nm_store_abandon(store);
	return code;
}
