/* SPDX-License-Identifier: MIT */
/*
 * Core's own: the parts of a replay (replay.h).
 */
#ifndef CORE_REPLAY_PRIVATE_H
#define CORE_REPLAY_PRIVATE_H

#include "nevermiss/decider.h"
#include "nevermiss/replay.h"

#define NM_REPLAY_SETTINGS 12 /* phones of a record that are played; of any further one nothing is known */

/* One who does something, by index: calls whose people do the same are one call to the memory of outcomes. */
struct nm_replay_setting {
	int32_t party; /* destinations of the plan, then its lines */
	int32_t behaviour;
	int32_t after_s; /* -1: the usual */
	int32_t not_before_s; /* nor does its own voicemail take it; 0: not known */
};

/* What people do in a call, in bytes that compare. */
struct nm_replay_script {
	int32_t hangup_s; /* -1 */
	int32_t nobody, n;
	struct nm_replay_setting settings[NM_REPLAY_SETTINGS];
};

#define NM_REPLAY_KNOWN 256 /* a power of two */
#define NM_REPLAY_TEXT 28

/* Who is meant by the texts of records: a log has many calls and few of these. */
struct nm_replay_parties {
	const struct nm_plan *plan;
	struct {
		int32_t party;
		char text[NM_REPLAY_TEXT]; /* "": none yet */
	} known[NM_REPLAY_KNOWN];
};

/* replay_script.c: of whom the plan knows, by what the record says. */
void nm_replay_script_of(struct nm_replay_parties *parties, const struct nm_call_entry *call,
			 struct nm_replay_script *out);
/* Whose name or number it is; destinations first, then lines behind them; -1: nobody's. */
int nm_replay_party(struct nm_replay_parties *parties, const char *text);
/* Who took the call, as nm_replay_party: by the name in the record, or where the plan calls nobody so by the number of the phone. */
int nm_replay_taker(struct nm_replay_parties *parties, const struct nm_call_entry *call);

/* How a call goes by the plan. */
struct nm_replay_outcome {
	enum nm_result result;
	int party; /* who took it, as nm_replay_party; -1 */
	int seconds;
};

/* replay_play.c: many calls through one plan. */
struct nm_player;
/* parties: of the plan; borrowed. */
enum nm_code nm_player_new(struct nm_replay_parties *parties, struct nm_span span, struct nm_player **out,
			   struct nm_error *err) NM_WARN_UNUSED;
void nm_player_free(struct nm_player *player); /* takes NULL */
/* A call to a line (index) of the plan, within the span. */
enum nm_code nm_player_play(struct nm_player *player, const struct nm_call_entry *call, int line,
			    const struct nm_replay_script *script, struct nm_replay_outcome *out,
			    struct nm_error *err) NM_WARN_UNUSED;

#endif
