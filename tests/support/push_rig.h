/* SPDX-License-Identifier: MIT */
/*
 * A place to push in: plans of a few lines, a store in a folder of its own, and the sandbox's transport
 * behind one that counts, can be cut like a process that is killed, and can plant a fault.
 */
#ifndef TESTS_PUSH_RIG_H
#define TESTS_PUSH_RIG_H

#include "nevermiss/push.h"

struct push_rig {
	char *folder;
	struct nm_plan *plan;
	struct nm_store *store;
	struct nm_transport sandbox;
	struct nm_push_context context; /* its transport counts */
	int sent, written, under_way, most_under_way; /* requests; written: those that change something */
	int64_t waited_ms;           /* in vain */
	int kill_before, kill_after; /* number of the request before or after which everything ends; 0 */
	int fault_at;                /* number of the request before which `fault` is set for its line; 0 */
	const char *fault, *fault_line;
	int meddle_at; /* number of the request before which somebody puts `meddle` on the line main; 0 */
	const char *meddle;
	int stop_after; /* calls of progress; 0 */
	int told;
};

/* text: a plan's; see PUSH_HEAD. */
void push_rig_open(struct push_rig *rig, const char *text);
void push_rig_close(struct push_rig *rig);
/* Another plan, the same store and time. */
void push_rig_plan(struct push_rig *rig, const char *text);
/* As a process that begins anew: the counters, the transport, the store. */
void push_rig_restart(struct push_rig *rig);
/* The same after the store was one of an older schema (old_store.h), which opening it has brought up to date. */
void push_rig_older(struct push_rig *rig, int schema);

/* Pushes all lines (-1) or one; results may be NULL. */
enum nm_code push_rig_push(struct push_rig *rig, int line, struct nm_push_results *results,
			   struct nm_error *err);
/* How a line stands now, read over a transport without faults: the sync, and its words malloc'd. */
enum nm_sync push_rig_sync(struct push_rig *rig, int line, char **words);
/* What the sandbox holds of a line, malloc'd; NULL: nothing. */
char *push_rig_live(struct push_rig *rig, const char *line);

/* clang-format off */
#define PUSH_HEAD \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account sandbox { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = sandbox }\n" \
	"line \"front desk/2\" { number = \"+15125550101\" account = sandbox }\n" \
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\nschedule sunday { hours = \"Su 09:00-13:00\" }\n" \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n" \
	"path night { step { ring = fixly for = 10s } }\n"
#define PUSH_RULES "rule open { during = open path = day }\nrule closed { path = night }\n"
/* clang-format on */

#endif
