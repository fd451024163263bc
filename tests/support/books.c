/* SPDX-License-Identifier: MIT */
/* See books.h. */
#include "books.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "random_plan.h"

void books_open(struct books *books, const char *text)
{
	*books = (struct books){ .folder = random_folder_new() };
	books_plan(books, text);
	books_reopen(books, false);
}

void books_close(struct books *books)
{
	nm_store_close(books->store);
	nm_plan_free(books->plan);
	random_folder_free(books->folder);
	*books = (struct books){ 0 };
}

void books_plan(struct books *books, const char *text)
{
	nm_plan_free(books->plan);
	books->plan = plan_of_text(text, books->folder);
}

void books_reopen(struct books *books, bool read_only)
{
	char file[512];
	struct nm_error err;

	nm_store_close(books->store);
	books->store = NULL;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", books->folder) < (int)sizeof(file));
	if (nm_store_open(file, read_only, &books->store, &err) != NM_OK)
		fail_msg("%s", err.text);
}
