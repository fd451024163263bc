/* SPDX-License-Identifier: MIT */
/* What may be against an agent through a year of its life (agent_year.h): in its store, and in the world. */
#ifndef TESTS_AGENT_FAULTS_H
#define TESTS_AGENT_FAULTS_H

#include "agent_year.h"

/* Indices into a fate's faults; the first three are the store's. */
enum { AGENT_FULL, AGENT_REFUSED, AGENT_HELD, AGENT_CLOCK, AGENT_AWAY, AGENT_SILENT, AGENT_OTHERS };

/* The disk is full, or takes nothing, or somebody else does not let the store go.  The process must ignore SIGXFSZ. */
bool agent_faults_store(struct agent_rig *rig, struct agent_fate *fate, bool called);
/* Clocks jump; the carrier is away for three days, or serves and does not answer. */
bool agent_faults_world(struct agent_rig *rig, struct agent_fate *fate, bool called);

/* Begins one time in so many, rather when a call was just missed and its text is to be sent, and lasts so long; true: it
 * has just begun. */
bool agent_faults_begin(const struct agent_rig *rig, struct agent_fate *fate, int kind, uint32_t one_in, bool called,
			nm_time lasts);
bool agent_faults_last(const struct agent_rig *rig, const struct agent_fate *fate, int kind);

#endif
