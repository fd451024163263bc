/* SPDX-License-Identifier: MIT */
/*
 * A world for the agent: a clock that moves when somebody moves it, or waits; a store in a folder of its own, and a
 * carrier with another, which what befalls the agent's does not befall; the sandbox's transport behind one that can be
 * slow, cut off from the network, or the place where the process dies.
 */
#ifndef TESTS_AGENT_RIG_H
#define TESTS_AGENT_RIG_H

#include "nevermiss/agent.h"

#define RIG_TAGS 16

struct agent_rig {
	char *folder, *text;
	struct nm_plan *plan;
	uint64_t mark;
	const char *trouble; /* with what is on disk; NULL */
	struct nm_store *store, *carrier; /* carrier: what the sandbox has */
	struct nm_transport sandbox;
	struct nm_agent *agent;
	int64_t now_ms;
	int latency_s; /* of each answer */
	bool down;     /* requests reach nobody */
	int down_s;    /* and so long each waits to know that */
	bool mute;     /* requests are served, and no answer comes */
	/* In place of the four above, of one request: in how many seconds its answer comes, or below 0 that none does, since
	 * it reaches nobody.  NULL. */
	int (*answers_in)(const struct agent_rig *rig, const struct nm_request *request);
	/* Of a request to another carrier than the sandbox: the body of its answer, valid until the next.  NULL: there is none. */
	const char *(*serves)(struct agent_rig *rig, const struct nm_request *request);
	int served_tag; /* as crm_tag */
	const char *served;
	int waits_s[RIG_TAGS]; /* what it said, by tag */
	int64_t room;  /* bytes that a file of the agent's may have (disk_room), below 0: as many as it likes; set between rounds */
	int requests; /* that it made: */
	int die_at;   /* number of the one in front of which the process ends, without a word; 0 */
	int full_at;  /* of the one while which the disk fills up, so that nothing is written any more; 0 */
	size_t n_lost;
	int lost[RIG_TAGS];
	struct nm_buf log; /* "! " before a warning, a line each */
	size_t warnings;
	bool stopped;
	int crm_tag;    /* of the request to it that is under way, from 1 on; 0 */
	int crm_status; /* what the plan's CRM answers; 0: nobody does */
	struct nm_buf crm; /* the ids of the calls that it took ("3 4 "), as they came */
	/* Of each request that was served (the CRM's: that it took), before its answer; may end the process.  NULL. */
	void (*reached)(struct agent_rig *rig, const struct nm_request *request);
	int refreshed; /* times that a calendar was fetched */
	bool refresh_fails;
};

/* text: of a plan; at: on its clock.  Nothing is pushed, and no agent lives. */
void agent_rig_open(struct agent_rig *rig, const char *text, const char *at);
void agent_rig_close(struct agent_rig *rig);
/* Another plan, as if it had been saved. */
void agent_rig_plan(struct agent_rig *rig, const char *text);
/* A new process, and the end of one: in good order, or (its memory is given back, and nothing else) not. */
void agent_rig_begin(struct agent_rig *rig);
bool agent_rig_try(struct agent_rig *rig, struct nm_error *err); /* false: it cannot begin */
void agent_rig_end(struct agent_rig *rig);

/* From now on this process writes to the disk that the agent has, or to another one. */
void agent_rig_disk(const struct agent_rig *rig, bool its_own);

/* Gives the store to other processes, and takes it back: an agent may live in one of them then. */
void agent_rig_leave(struct agent_rig *rig);
void agent_rig_return(struct agent_rig *rig);

nm_time agent_rig_now(const struct agent_rig *rig);
nm_time agent_rig_time(const struct agent_rig *rig, const char *at);
/* The clock is set; or a round at that time. */
void agent_rig_set(struct agent_rig *rig, nm_time now);
struct nm_agent_round agent_rig_step(struct agent_rig *rig);
/* Round after round, each when it is due, until that time; sums up. */
struct nm_agent_round agent_rig_live(struct agent_rig *rig, nm_time until);
/* As somebody does it by hand. */
void agent_rig_push(struct agent_rig *rig);

/* What calls of nobody in particular get at that time: by the plan, and by what the sandbox holds; in words, malloc'd. */
char *agent_rig_wanted(const struct agent_rig *rig, int line, nm_time at);
char *agent_rig_held(const struct agent_rig *rig, int line, nm_time at);
/* How many pushes came to a good end, and lines of the log that have these words. */
size_t agent_rig_pushes(const struct agent_rig *rig);
size_t agent_rig_said(const struct agent_rig *rig, const char *words);

#endif
