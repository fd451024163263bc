/* SPDX-License-Identifier: MIT */
/*
 * Whom new emergencies alert (alerts.h).  Comes in: the log's last day, the plan.  Goes out: in the store, once for each
 * call, its people, when it is their turn, and what they are told.
 */
#include "core/alerting_private.h"

#include <stdio.h>
#include <string.h>

#include "core/rules.h"
#include "nevermiss/calls.h"
#include "nevermiss/optout.h"

#define CALLS_MOST 10000 /* of a day that are looked at: the newest */
#define REPLY " - reply %" PRId64 " to take it"

/* The alerts of a call, of no people when it is no emergency by the plan and the time at which it began. */
static enum nm_code resolve(struct nm_alerter *a, const struct nm_call_entry *call, int line, struct nm_alerts *out,
			    struct nm_error *err)
{
	const struct nm_plan *plan = a->context->plan;
	const nm_time now = a->context->now;
	const struct nm_state *state;
	enum nm_code code = NM_OK;

	*out = (struct nm_alerts){ 0 };
	if (a->timeline == NULL)
		code = nm_timeline_build(plan, now - NM_ALERT_TOLD_S, now + NM_DAY, &a->timeline, err);
	if (code != NM_OK)
		return code;
	state = nm_timeline_state(a->timeline, call->began);
	if (nm_decide(plan, state, line, nm_caller_groups(plan, call->caller), false).by != NM_BY_EMERGENCY)
		return NM_OK;
	return nm_alerts_resolve(plan, state, line, a->arena, out) ? NM_OK : nm_fail_memory(err);
}

/* Who has proved to be human and took the call; NULL. */
static const char *human_of(const struct nm_plan *plan, const struct nm_call_entry *call)
{
	const int id = call->became.end == NM_CALL_ANSWERED && !call->became.probably && call->became.by != NULL
			       ? nm_plan_find_destination(plan, call->became.by)
			       : -1;

	return id >= 0 && nm_kind_human(plan->destinations[id].kind) ? plan->destinations[id].name : NULL;
}

const char *nm_alerting_caller(struct nm_alerter *a, const struct nm_call_entry *call)
{
	char number[NM_NUMBER_TEXT];

	if (call->caller.anonymous)
		return "a withheld number";
	if (call->caller.number == 0)
		return "a number that is not known";
	nm_number_write(call->caller.number, number);
	return nm_arena_text(a->arena, number);
}

static const char *text_of(struct nm_alerter *a, const struct nm_call_entry *call, const struct nm_alerts *alerts,
			   const char *human, bool asks)
{
	const char *caller = nm_alerting_caller(a, call), *text = NULL;

	if (caller != NULL)
		text = nm_arena_replaced(a->arena, alerts->text, NM_ALERT_CALLER, caller);
	if (text == NULL || (human == NULL && !asks))
		return text;
	return human != NULL ? nm_arena_format(a->arena, "%s, taken by %s", text, human)
			     : nm_arena_format(a->arena, "%s" REPLY, text, call->id);
}

static bool is_texted(const struct nm_alerts *by_line, const char *number)
{
	for (size_t i = 0; i < by_line->n; i++)
		if (by_line->items[i].after_s == 0 && strcmp(by_line->items[i].number, number) == 0)
			return true;
	return false;
}

/* Each one's turn: those whom the line texted as the call arrived have had theirs, but for those who want no texts: of
 * them it is found out like of anybody else's. */
static enum nm_code person_of(const struct nm_alerter *a, const struct nm_call_entry *call,
			      const struct nm_alerts *by_line, const struct nm_alert *alert, struct nm_alerted *out,
			      struct nm_error *err)
{
	const nm_time from = by_line->n > 0 ? call->began : a->context->now, due = from + alert->after_s;
	enum nm_optout_how how;
	bool unwanted;
	nm_number number;
	enum nm_code code = nm_number_read(alert->number, a->context->plan->country, &number, err);

	if (code == NM_OK)
		code = nm_store_optout_find(a->context->store, number, &unwanted, &how, err);
	if (code != NM_OK)
		return code;
	*out = (struct nm_alerted){ .name = alert->name, .number = alert->number };
	out->by_line = alert->after_s == 0 && is_texted(by_line, alert->number) && !unwanted;
	out->due = out->by_line || due > a->context->now ? due : a->context->now;
	return NM_OK;
}

static bool is_among(const struct nm_call_alert *alert, const char *number)
{
	for (size_t i = 0; i < alert->n; i++)
		if (strcmp(alert->people[i].number, number) == 0)
			return true;
	return false;
}

/* Writes down whom the call alerts, nobody twice.  Who took it has answered: nobody else's turn comes then. */
static enum nm_code write_alert(struct nm_alerter *a, const struct nm_call_entry *call, int line,
				const struct nm_alerts *alerts, struct nm_error *err)
{
	const char *human = human_of(a->context->plan, call);
	const int64_t wait_s = a->context->plan->emergency.acknowledge_s;
	struct nm_call_alert alert = { .call = call->id, .noticed = a->context->now };
	struct nm_alerts by_line;
	enum nm_code code = nm_alerting_line(a, call, line, &by_line, err);

	if (code != NM_OK)
		return code;
	alert.people = nm_arena_alloc(a->arena, alerts->n, sizeof(*alert.people));
	alert.text = text_of(a, call, alerts, human, wait_s > 0);
	if (alert.people == NULL || alert.text == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < alerts->n && code == NM_OK; i++)
		if ((human == NULL || alerts->items[i].after_s == 0) && !is_among(&alert, alerts->items[i].number))
			code = person_of(a, call, &by_line, &alerts->items[i], &alert.people[alert.n++], err);
	if (code != NM_OK)
		return code;
	for (size_t i = 0; i < alert.n && human == NULL && wait_s > 0; i++)
		if (alert.people[i].due + wait_s > alert.until)
			alert.until = alert.people[i].due + wait_s;
	if (a->context->now - call->began > NM_ALERT_WITHIN_S)
		alert.state = NM_ALERT_LATE;
	if (alert.state == NM_ALERT_LATE)
		nm_alerting_tell(a, true, "call #%" PRId64 ": nobody was alerted, for it was seen more than an hour late", call->id);
	return nm_store_alert_add(a->context->store, &alert, err);
}

static enum nm_code notice_call(struct nm_alerter *a, const struct nm_call_entry *call, struct nm_error *err)
{
	const struct nm_plan *plan = a->context->plan;
	const int line = nm_plan_find_number(plan, call->number);
	struct nm_call_alert known;
	struct nm_alerts alerts;
	bool found;
	enum nm_code code;

	if (line < 0 || !nm_call_is_emergency(plan, line, nm_caller_groups(plan, call->caller), false))
		return NM_OK;
	code = nm_store_alert_get(a->context->store, call->id, a->arena, &known, &found, err);
	if (code != NM_OK || found)
		return code;
	code = resolve(a, call, line, &alerts, err);
	if (code != NM_OK || alerts.n == 0)
		return code;
	return write_alert(a, call, line, &alerts, err);
}

enum nm_code nm_alerting_notice(struct nm_alerter *a, struct nm_error *err)
{
	const nm_time now = a->context->now;
	const struct nm_call_filter filter = { .since = now - NM_ALERT_TOLD_S, .until = now + NM_DAY, .most = CALLS_MOST };
	struct nm_call_entries calls;
	enum nm_code code = nm_store_calls(a->context->store, &filter, &calls, err);

	if (code != NM_OK)
		return code;
	for (size_t i = calls.n; i-- > 0 && code == NM_OK;)
		code = notice_call(a, &calls.items[i], err);
	nm_call_entries_clear(&calls);
	return code;
}
