/* SPDX-License-Identifier: MIT */
/* A business as a test has it: a plan, and a store in a folder of its own. */
#ifndef TESTS_BOOKS_H
#define TESTS_BOOKS_H

#include "nevermiss/plan.h"
#include "nevermiss/store.h"

struct books {
	char *folder;
	struct nm_plan *plan;
	struct nm_store *store;
};

/* text: of the plan.  Fails the test when it does not read. */
void books_open(struct books *books, const char *text);
void books_close(struct books *books);
/* Another plan instead. */
void books_plan(struct books *books, const char *text);
/* The same store opened anew, as another process has it, after books->store, which may be NULL, was closed. */
void books_reopen(struct books *books, bool read_only);

#endif
