/* SPDX-License-Identifier: MIT */
/*
 * Many calls through one plan (replay.h).  In: a plan and a span; calls of it, in any order.  Out: how each goes.  The
 * rule comes from the compiled decider; a call that goes by the same rule, at the same state, with everybody doing the
 * same as one before it ends as that one did, and is not played anew.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/callers.h"
#include "core/replay_private.h"

#define PLACES 16384 /* of the memory of outcomes; a power of two */

/* All that an outcome hangs on; without padding, so that bytes compare. */
struct key {
	uint64_t groups; /* of the caller; 0 where no path rings a line, for then the rule says all */
	uint32_t state, line, rule;
	struct nm_replay_script script;
};

#define KEY_HEAD offsetof(struct key, script.settings)

_Static_assert(KEY_HEAD == 32 && sizeof(struct key) == 20 + sizeof(struct nm_replay_script),
	       "keys are compared as bytes");

struct place {
	bool taken;
	struct key key;
	struct nm_replay_outcome outcome;
};

struct nm_player {
	const struct nm_plan *plan;
	struct nm_replay_parties *parties; /* of that plan */
	struct nm_timeline *timeline;
	struct nm_classes classes;
	struct nm_arena *arena;
	struct nm_caller_index callers;
	bool rings_lines;
	struct nm_decider **deciders; /* of each line; NULL until it is asked for */
	struct place *places;
	size_t interval; /* that held the call before: most calls come in the order of time */
};

static bool rings_lines(const struct nm_plan *plan)
{
	for (size_t p = 0; p < plan->n_paths; p++)
		for (size_t s = 0; s < plan->paths[p].n; s++)
			for (size_t i = 0; i < plan->paths[p].steps[s].ring.n; i++)
				if (plan->paths[p].steps[s].ring.items[i].kind == NM_TARGET_LINE)
					return true;
	for (size_t i = 0; i < plan->n_destinations; i++)
		if (plan->destinations[i].line >= 0)
			return true;
	return false;
}

static enum nm_code player_fill(struct nm_player *player, struct nm_span span, struct nm_error *err)
{
	const struct nm_plan *plan = player->plan;
	enum nm_code code = nm_classes_build(plan, &player->classes, err);

	if (code != NM_OK)
		return code;
	player->arena = nm_arena_new();
	player->deciders = calloc(plan->n_lines + 1, sizeof(struct nm_decider *));
	player->places = calloc(PLACES, sizeof(*player->places));
	if (player->arena == NULL || player->deciders == NULL || player->places == NULL)
		return nm_fail_memory(err);
	code = nm_caller_index_build(plan, player->arena, &player->callers, err);
	if (code == NM_OK)
		code = nm_timeline_build(plan, span.from, span.until, &player->timeline, err);
	return code;
}

enum nm_code nm_player_new(struct nm_replay_parties *parties, struct nm_span span, struct nm_player **out,
			   struct nm_error *err)
{
	struct nm_player *player = calloc(1, sizeof(*player));
	enum nm_code code;

	if (player == NULL)
		return nm_fail_memory(err);
	player->plan = parties->plan;
	player->parties = parties;
	player->rings_lines = rings_lines(player->plan);
	code = player_fill(player, span, err);
	if (code == NM_OK)
		*out = player;
	else
		nm_player_free(player);
	return code;
}

void nm_player_free(struct nm_player *player)
{
	if (player == NULL)
		return;
	for (size_t i = 0; player->deciders != NULL && i < player->plan->n_lines; i++)
		nm_decider_free(player->deciders[i]);
	free(player->deciders);
	free(player->places);
	nm_timeline_free(player->timeline);
	nm_classes_clear(&player->classes);
	nm_arena_free(player->arena);
	free(player);
}

/* --- what it hangs on --- */

static uint32_t state_at(struct nm_player *player, nm_time t)
{
	const struct nm_timeline *timeline = player->timeline;

	if (t < timeline->start[player->interval] || t >= timeline->start[player->interval + 1])
		player->interval = nm_timeline_find(timeline, t);
	return timeline->state[player->interval];
}

static enum nm_code key_of(struct nm_player *player, const struct nm_call_entry *call, int line,
			   const struct nm_replay_script *script, struct key *out, struct nm_error *err)
{
	struct nm_decider **decider = &player->deciders[line];
	enum nm_code code = NM_OK;

	if (*decider == NULL)
		code = nm_decider_build(player->timeline, &player->classes, line, decider, err);
	if (code != NM_OK)
		return code;
	memset(out, 0, sizeof(*out));
	out->line = (uint32_t)line;
	out->rule = nm_decider_rule(*decider, call->began,
				    call->caller.anonymous ? NM_ANONYMOUS : call->caller.number);
	out->state = state_at(player, call->began);
	if (player->rings_lines)
		out->groups = nm_caller_index_groups(&player->callers, call->caller);
	out->script = *script;
	return NM_OK;
}

/* Without the settings behind the last: most calls have one or two. */
static size_t key_size(const struct key *key)
{
	return KEY_HEAD + (size_t)key->script.n * sizeof(key->script.settings[0]);
}

/* FNV-1a, four bytes at a time. */
static size_t place_of(const struct key *key)
{
	const size_t n = key_size(key) / sizeof(uint32_t);
	uint32_t words[sizeof(*key) / sizeof(uint32_t)];
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	memcpy(words, key, key_size(key));
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ words[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 29) & (PLACES - 1);
}

/* --- one call --- */

static const char *party_name(const struct nm_plan *plan, int party)
{
	const size_t n = plan->n_destinations;

	return (size_t)party < n ? plan->destinations[party].name : plan->lines[(size_t)party - n].name;
}

static enum nm_code play(const struct nm_player *player, const struct nm_call_entry *call, int line,
			 const struct nm_replay_script *script, struct nm_replay_outcome *out,
			 struct nm_error *err)
{
	struct nm_script_setting settings[NM_REPLAY_SETTINGS];
	struct nm_script_late late[NM_REPLAY_SETTINGS];
	struct nm_simulation *simulation;
	struct nm_call made = {
		.at = call->began,
		.line = line,
		.caller = call->caller,
		.script = { .nobody = script->nobody != 0,
			    .busy_drops = true,
			    .n = (size_t)script->n,
			    .settings = settings,
			    .late = late,
			    .hangup_s = script->hangup_s },
	};
	enum nm_code code;

	for (int i = 0; i < script->n; i++) {
		settings[i] = (struct nm_script_setting){ party_name(player->plan, script->settings[i].party),
							  (enum nm_behaviour)script->settings[i].behaviour,
							  script->settings[i].after_s };
		if (script->settings[i].not_before_s > 0)
			late[made.script.n_late++] =
				(struct nm_script_late){ settings[i].name, script->settings[i].not_before_s };
	}
	code = nm_simulate_on(player->timeline, &made, false, &simulation, err);
	if (code != NM_OK)
		return code;
	*out = (struct nm_replay_outcome){
		.result = simulation->outcome.result,
		.party = nm_replay_party(player->parties, simulation->outcome.answered_by),
		.seconds = simulation->outcome.seconds,
	};
	nm_simulation_free(simulation);
	return NM_OK;
}

enum nm_code nm_player_play(struct nm_player *player, const struct nm_call_entry *call, int line,
			    const struct nm_replay_script *script, struct nm_replay_outcome *out,
			    struct nm_error *err)
{
	struct place *place;
	struct key key;
	enum nm_code code = key_of(player, call, line, script, &key, err);

	if (code != NM_OK)
		return code;
	place = &player->places[place_of(&key)];
	if (!place->taken || memcmp(&place->key, &key, key_size(&key)) != 0) {
		place->taken = false;
		code = play(player, call, line, script, &place->outcome, err);
		if (code != NM_OK)
			return code;
		place->taken = true;
		place->key = key;
	}
	*out = place->outcome;
	return NM_OK;
}
