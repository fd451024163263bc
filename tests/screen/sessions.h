/* SPDX-License-Identifier: MIT */
/* Several sessions of one plan: in processes of their own, killed, and started again on the stage. */
#ifndef TESTS_SESSIONS_H
#define TESTS_SESSIONS_H

#include <sys/types.h>

#include "stage.h"

#define UNSAVED "data/*.unsaved-*"
#define OPEN "data/*.open-*"

/* How many files the pattern names. */
size_t sessions_files(const char *pattern);
/* A session in a process of its own: does something, tells, and waits to be killed. */
pid_t sessions_somebody_else(struct stage *stage, void (*work)(struct stage *stage));
void sessions_kill(pid_t child);
void sessions_start_again(struct stage *stage);
/* Edits of a session: its business (as the plan writes it), or that of "Jones Plumbing". */
void sessions_edit(struct stage *stage, const char *business);
void sessions_edit_jones(struct stage *stage);

#endif
