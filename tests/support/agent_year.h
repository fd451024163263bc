/* SPDX-License-Identifier: MIT */
/*
 * A year of the agent's life, on a clock that is played: what callers must get at each instant of it, and one process
 * after the other that lives through it, each until it is killed wherever it is.  What befalls them is the test's; what
 * they must have kept to is judged here, round by round and at the end.
 */
#ifndef TESTS_AGENT_YEAR_H
#define TESTS_AGENT_YEAR_H

#include "agent_rig.h"

/* Hours, focus time, a rotation and an override at a carrier that keeps no time. */
#define AGENT_YEAR_PLAN                                                                                        \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                                   \
	"account toy { driver = sandbox hours = no }\nline main { number = \"+15125550100\" account = toy }\n"    \
	"schedule open { hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00; Dec 24-26 off; Su 01:30-02:30\" }\n"        \
	"schedule focus { hours = \"Tu 06:30-09:00\" }\n"                                                         \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none away = focus }\n"     \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n"                    \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                             \
	"rotation oncall { members = { owner, sam } from = \"2026-01-05 08:00\" every = 1w }\n"                   \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"                          \
	"path night { step { ring = oncall for = 15s } step { ring = fixly for = 10s } }\n"                       \
	"override dentist { from = \"2026-04-01 13:00\" until = \"2026-04-01 15:00\" path = night }\n"            \
	"rule open { during = open path = day }\nrule closed { path = night }\n"
#define AGENT_YEAR_BEGIN "2026-01-10 07:00"
#define AGENT_YEAR_DAYS  365

#define AGENT_SETTLED_S 360 /* so long after nothing was in its way any more all is right */
#define AGENT_CALLS_MOST 4000
#define AGENT_FAULTS 8

/* What callers get in each interval, by the plan. */
struct agent_year {
	struct nm_timeline *timeline;
	char **wanted;
	size_t changes; /* instants at which that becomes something else */
	nm_time begin, end;
};

/* From now on, for so many days. */
void agent_year_open(struct agent_year *year, const struct agent_rig *rig, int days);
void agent_year_close(struct agent_year *year);
/* Is what is held right from now on until the next round, at every instant?  *held (malloc'd, the caller's) is what was
 * held before the round, which is read anew when the round did anything to a line. */
bool agent_year_right(const struct agent_year *year, const struct agent_rig *rig, const struct nm_agent_round *round,
		      char **held);

/* What outlives a process: in memory that all of them share. */
struct agent_fate {
	int64_t now_ms;
	uint64_t seed;
	struct {
		nm_time until; /* so long it lasts */
		size_t times;
		int64_t what;  /* the test's */
	} faults[AGENT_FAULTS]; /* of each kind; the kinds are the test's */
	nm_time hurt;   /* when something was last in the agent's way */
	int calls;      /* that were missed; their ids are "call-0" and so on */
	nm_time kept[AGENT_CALLS_MOST]; /* when each was missed of which the store said that it has it; 0 */
	size_t excused; /* jobs that may fail: what is in their way is in no other's */
	size_t lives, stillborn; /* processes; and those that could not begin */
	size_t rounds, judged, warnings, texts; /* texts: that the carrier got */
	bool waits;      /* nothing is in the way any more, and not all is right yet */
	nm_time slowest; /* so long that took, at the most, of a process that lived on */
	bool wrong;
	char words[600];
};

struct agent_trial {
	uint64_t seed;
	/* What happens in the world before a process begins, and before each round (called: a call was just missed);
	 * true: it is in the agent's way. */
	bool (*befall)(struct agent_rig *rig, struct agent_fate *fate, bool called);
	nm_time calm_s;    /* so long after all that befell something may still wait for its next try */
	const char *judged; /* texts to numbers that begin so are judged by the test; NULL */
};

/* Befalls in a hard year: a carrier that goes away (faults[0]), a machine that sleeps, a clock that is set. */
bool agent_year_hard(struct agent_rig *rig, struct agent_fate *fate, bool called);

/* Lives through the year, and fails when a promise is broken: what is live is right as soon as nothing is in the way;
 * calls that were kept are there, each once (but for what the plan's retention takes out); no text is sent twice; no trouble is left at the end, and the store is
 * whole.  The rig has been pushed, and no agent lives.  *fate: what happened. */
void agent_year_live(struct agent_rig *rig, const struct agent_year *year, const struct agent_trial *trial,
		     struct agent_fate *fate);

#endif
