/* SPDX-License-Identifier: MIT */
/*
 * The demo's past: twelve weeks of calls on its plan, the same ones at the same local time each time.
 */
#ifndef TUI_DEMO_H
#define TUI_DEMO_H

#include "nevermiss/report.h"
#include "session.h"

/* When the demo's plan was pushed: before the first of its calls. */
nm_time demo_pushed_at(const struct session *session);
/* Writes them into the store, up to now.  The plan must read. */
enum nm_code demo_calls(struct session *session, struct nm_error *err) NM_WARN_UNUSED;

/* Who calls when, and what everybody does then. */
struct demo_story {
	const struct nm_plan *plan; /* of the example; borrowed */
	nm_time from, now;
	uint64_t dice;
	double owed;      /* calls to be missed that were not yet */
	nm_number missed; /* the last caller whom nobody answered, and who may try again; 0 */
	struct nm_script_setting *settings; /* one for each destination; owned by whoever made the story */
};

/* How many calls come in the hour that begins then. */
int demo_hour_calls(struct demo_story *story, nm_time hour);
/* The next one, at that time; its script is the story's until the next call. */
struct nm_call demo_next_call(struct demo_story *story, nm_time at);
/* One that nobody takes, from another number for each n < 4. */
struct nm_call demo_missed_call(struct demo_story *story, nm_time at, int n);
/* How far the weeks are gone, from 0 to 1. */
double demo_progress(const struct demo_story *story, nm_time at);
/* From least to most, both included. */
int demo_between(struct demo_story *story, int least, int most);
bool demo_chance(struct demo_story *story, double percent);

/* What a carrier would tell of a call that was played (demo_record.c). */
struct demo_record {
	struct nm_record record;
	struct nm_leg legs[NM_LEGS_MAX];
	struct nm_call_leg kept[NM_LEGS_MAX];
	char numbers[NM_LEGS_MAX][NM_NUMBER_TEXT];
};
/* talk_s: for how long they speak, or the caller is in the voicemail. */
void demo_record_of(const struct nm_plan *plan, const struct nm_simulation *played, const char *id,
		    int talk_s, struct demo_record *out);

/* Deeds that are still to be done (demo_followups.c). */
#define DEMO_DEEDS 128
struct demo_followups {
	int64_t opened; /* the follow-up that the newest call opened; 0: it opened none */
	size_t n;
	struct demo_deed {
		int64_t followup;
		struct nm_deed deed;
	} deeds[DEMO_DEEDS]; /* those of one follow-up in their order */
};
/* Sets `opened`, of a call that was just written down. */
enum nm_code demo_followup_find(struct demo_followups *followups, struct nm_store *store, nm_time began,
				struct nm_error *err) NM_WARN_UNUSED;
/* For the one that was opened: one deed, and all that somebody may do. */
void demo_followup_plan(struct demo_followups *followups, nm_time at, enum nm_deed_kind kind,
			enum nm_followup_end end);
void demo_followup_work(struct demo_followups *followups, struct demo_story *story, nm_time opened,
			double progress);
/* Does those that are due, those after `latest` at that time. */
enum nm_code demo_followups_until(struct demo_followups *followups, struct nm_store *store, nm_time due,
				  nm_time latest, struct nm_error *err) NM_WARN_UNUSED;

#endif
