/* SPDX-License-Identifier: MIT */
/*
 * What people do in a call that is played once more (replay.h).  In: the call's record, a plan.  Out: a script of those
 * of whom the record tells.
 */
#include <limits.h>
#include <string.h>

#include "core/explain_private.h"
#include "core/replay_private.h"
#include "nevermiss/explain.h"

static int find_party(const struct nm_plan *plan, const char *text)
{
	const char *who = nm_call_who(plan, text);
	const char *name = who != NULL ? who : text;
	const int destination = nm_plan_find_destination(plan, name);
	const int line = destination < 0 ? nm_plan_find_line(plan, name) : -1;

	return line >= 0 ? (int)plan->n_destinations + line : destination;
}

/* A text that is as long as there is room, or none, is looked up each time. */
int nm_replay_party(struct nm_replay_parties *parties, const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t len = 0;

	if (text == NULL)
		return -1;
	for (; text[len] != '\0' && len < NM_REPLAY_TEXT; len++)
		hash = (hash ^ (unsigned char)text[len]) * 16777619u;
	if (len == 0 || len == NM_REPLAY_TEXT)
		return find_party(parties->plan, text);
	hash = (hash ^ hash >> 16) % NM_REPLAY_KNOWN;
	if (memcmp(parties->known[hash].text, text, len + 1) != 0) {
		memcpy(parties->known[hash].text, text, len + 1);
		parties->known[hash].party = find_party(parties->plan, text);
	}
	return parties->known[hash].party;
}

/* By the number, which stays when a plan calls somebody otherwise; else by the name. */
static int party_of_leg(struct nm_replay_parties *parties, const struct nm_call_leg *leg)
{
	const int party = nm_replay_party(parties, leg->leg.to);

	return party >= 0 ? party : nm_replay_party(parties, leg->who);
}

int nm_replay_taker(struct nm_replay_parties *parties, const struct nm_call_entry *call)
{
	const char *by = call->became.by;
	int party = nm_replay_party(parties, by);

	for (size_t i = 0; by != NULL && i < call->n && party < 0; i++)
		if (call->legs[i].who != NULL && strcmp(call->legs[i].who, by) == 0)
			party = nm_replay_party(parties, call->legs[i].leg.to);
	if (party < 0 && call->became.reason == NM_CALL_OWN_PHONE) {
		const int line = nm_plan_find_number(parties->plan, call->number);

		party = line >= 0 ? parties->plan->lines[line].handset : -1;
	}
	return party;
}

static struct nm_replay_setting *setting_for(struct nm_replay_script *script, int party)
{
	for (int i = 0; i < script->n; i++)
		if (script->settings[i].party == party)
			return &script->settings[i];
	if (script->n == NM_REPLAY_SETTINGS)
		return NULL;
	script->settings[script->n] = (struct nm_replay_setting){ party, -1, -1, 0 };
	return &script->settings[script->n++];
}

/* Who answers one of several rings answers. */
static void add_setting(struct nm_replay_script *script, int party, enum nm_behaviour behaviour, int after_s)
{
	struct nm_replay_setting *setting = party >= 0 ? setting_for(script, party) : NULL;

	if (setting == NULL || setting->behaviour == NM_ANSWERS)
		return;
	setting->behaviour = (int32_t)behaviour;
	setting->after_s = behaviour == NM_ANSWERS ? after_s : -1;
}

/* Did it ring, and its own voicemail not take it? */
static bool rang_on(const struct nm_call_entry *call, size_t leg)
{
	const enum nm_leg_end end = call->legs[leg].leg.end;

	return end == NM_LEG_NO_ANSWER || end == NM_LEG_CANCELED ||
	       (leg == nm_explain_taker(call) && call->became.end == NM_CALL_ANSWERED);
}

/* A phone that rang on past the time of its own voicemail: that one is later, or where it would be by more than such
 * times are apart, there is none in that call. */
static void add_voicemail(struct nm_replay_parties *parties, const struct nm_call_entry *call, size_t leg, int party,
			  struct nm_replay_script *script)
{
	const struct nm_plan *plan = parties->plan;
	const int rang_s = call->legs[leg].leg.rang_s;
	const int own_s = party >= 0 && (size_t)party < plan->n_destinations ? plan->destinations[party].own_voicemail_s : -1;
	struct nm_replay_setting *setting;
	int32_t not_before_s;

	if (own_s < 0 || rang_s < own_s || !rang_on(call, leg))
		return;
	not_before_s = rang_s > own_s + NM_EXPLAIN_SLACK_S ? INT_MAX : rang_s + 1;
	setting = setting_for(script, party);
	if (setting != NULL && setting->not_before_s < not_before_s)
		setting->not_before_s = not_before_s;
}

/* The line's own phone leaves no leg, and a file may name who answered and nobody else. */
static void add_taker(struct nm_replay_parties *parties, const struct nm_call_entry *call,
		      struct nm_replay_script *script)
{
	const int party = call->became.end == NM_CALL_ANSWERED ? nm_replay_taker(parties, call) : -1;

	add_setting(script, party, NM_ANSWERS,
		    call->became.reason == NM_CALL_OWN_PHONE ? call->became.seconds : -1);
}

static int hangup_of(const struct nm_call_entry *call)
{
	if (call->became.end != NM_CALL_ABANDONED)
		return -1;
	if (call->became.seconds >= 0 || call->ended <= call->began || call->ended - call->began > NM_DAY)
		return call->became.seconds;
	return (int)(call->ended - call->began);
}

/* A leg that ended busy or failed was that for the caller, too: no voicemail of that phone's own took the call. */
static enum nm_behaviour behaviour_of(const struct nm_call_entry *call, size_t leg)
{
	return call->legs[leg].leg.end == NM_LEG_FAILED ? NM_BUSY : nm_explain_behaviour(call, leg);
}

void nm_replay_script_of(struct nm_replay_parties *parties, const struct nm_call_entry *call,
			 struct nm_replay_script *out)
{
	*out = (struct nm_replay_script){ .hangup_s = hangup_of(call) };
	for (size_t i = 0; i < call->n; i++) {
		const int party = party_of_leg(parties, &call->legs[i]);

		add_setting(out, party, behaviour_of(call, i), call->legs[i].leg.rang_s);
		add_voicemail(parties, call, i, party, out);
	}
	add_taker(parties, call, out);
	out->nobody = call->became.end != NM_CALL_ANSWERED && !nm_explain_tells(call);
}
