/* SPDX-License-Identifier: MIT */
/*
 * What several screens ask of a plan: who answers at a time, when that changes, how a call is told to
 * the Simulate screen, and which letter stands for whom.
 */
#ifndef TUI_ANSWERS_H
#define TUI_ANSWERS_H

#include "app.h"
#include "nevermiss/decide.h"

#define PLAY_SETTINGS 32
#define PLAY_SETTINGS_FULL "at most %d phones can be told what to do"

/* A call to be played on the Simulate screen. */
struct play {
	nm_time at;
	int line;
	struct nm_caller caller;
	bool emergency, nobody;
	bool held; /* as the carriers can hold the plan */
	int hangup_s; /* -1 */
	size_t n;
	struct nm_setting settings[PLAY_SETTINGS];
};

bool play_equal(const struct play *a, const struct play *b);

/* The call that a finding's arguments for simulate describe. */
enum nm_code play_from_arguments(const struct nm_plan *plan, nm_time now, const char *const *arguments, size_t n,
				 struct play *out, struct nm_error *err) NM_WARN_UNUSED;

/* Plays it on the plan; timeline may be NULL.  The simulation does not keep the settings. */
enum nm_code play_simulate(const struct nm_plan *plan, const struct play *play, bool events,
			   const struct nm_timeline *timeline, struct nm_simulation **out, struct nm_error *err) NM_WARN_UNUSED;

/* Tells a phone what to do, whatever it was told before; false: no more can be told. */
bool play_set(struct play *play, struct nm_setting setting);
/* Lets the destination's phone be unreachable, under all names that it has, as far as there is room for settings. */
void play_fail(struct play *play, const struct nm_plan *plan, int destination);

/* The worst that comes of this call when the phone of one of those who ring in it cannot be reached and everybody else
 * does as usual: usual is its outcome with events, on other lines too.  NULL in *worst: nobody rings in it.  *who: whose
 * failing it is, as long as the plan is there. */
enum nm_code play_failing(const struct nm_plan *plan, const struct play *play, const struct nm_timeline *timeline,
			  const struct nm_outcome *usual, struct nm_simulation **worst, const char **who,
			  struct nm_error *err) NM_WARN_UNUSED;

enum answer_rank { RANK_PEOPLE, RANK_AI, RANK_VOICEMAIL, RANK_REJECTED, RANK_NOBODY, RANKS };
enum answer_rank answer_rank(const struct nm_outcome *outcome);
unsigned answer_style(enum answer_rank rank);
const char *answer_rank_words(enum answer_rank rank); /* "people", "AI", "voicemail", ... */

/* The next (back: the latest) instant at which a call like this gets something else; NM_TIME_MAX when there
 * is none within `days`. */
nm_time boundary_find(struct session *session, const struct play *play, nm_time at, bool back, int days);

/* Letters of the destinations, each its own: people in capitals.  n_destinations of them. */
void letters_give(const struct nm_plan *plan, char *letters);

/* Two instants between which nothing changes, on one local day: a call gets the same, for the same reasons in
 * the same words. */
bool same_stretch(const struct nm_timeline *timeline, nm_time a, nm_time b);

/* A timeline of some days around t that holds it, from the session. */
enum nm_code timeline_around(struct session *session, nm_time t, const struct nm_timeline **out,
			     struct nm_error *err) NM_WARN_UNUSED;

/* How long ago that was, no finer than one says it: "3 days", "5 h", "12 min". */
void age_words(int64_t seconds, char out[static NM_TIME_TEXT]);
#define AGO_TEXT (NM_TIME_TEXT + 8)
/* "3 days ago", "now" in its first minute; then 0: "never". */
void ago_words(nm_time then, nm_time now, char out[static AGO_TEXT]);

/* "yes" of `confirm`, kinds and roles as people say them: "AI", "staff", "personal". */
const char *kind_words(enum nm_kind kind, enum nm_role role);

/* Why the rule that decides does: its own reason, or, of a rule that matches everything, why the one before
 * it did not; "" when nothing is known. */
const char *deciding_words(const struct nm_plan *plan, const struct nm_simulation *simulation);
/* The schedule that this rule is about: the first of `during`, else of `outside`; -1: none, or it is no rule. */
int deciding_schedule(const struct nm_plan *plan, const struct nm_simulation *simulation);
/* Where the rule that decides stands. */
struct nm_pos deciding_place(const struct nm_simulation *simulation);

/* Tells who is not rung and why, each once: "owner (away: on-a-job is on), ..."; of one whom another step rings,
 * in which step: "sam in step 1 (not on turn)"; "" when all are rung. */
void skips_words(const struct nm_treatment *treatment, struct nm_buf *out);

/* Who is rung in a call, in order, by names alone and in so many columns: "sam → owner + sam → fixly, +1" of four, +1 for
 * one more.  The first is always named; nothing when nobody is. */
void chain_words(const struct nm_treatment *treatment, int width, struct nm_buf *out);

#endif
