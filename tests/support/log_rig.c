/* SPDX-License-Identifier: MIT */
/* See log_rig.h. */
#include "log_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "text_file.h"

struct nm_calls_file_options log_rig_options(const struct books *books)
{
	return (struct nm_calls_file_options){
		.name = "calls.csv", .zone = books->plan->zone, .now = LOG_RIG_NOW, .line = -1
	};
}

enum nm_code log_rig_import_with(const struct books *books, const struct nm_calls_file_options *options,
				  const char *text, size_t len, struct nm_calls_file *out, struct nm_error *err)
{
	const int fd = text_file(text, len);
	const enum nm_code code = nm_calls_file_import(books->store, books->plan, fd, options, out, err);

	close(fd);
	return code;
}

struct nm_calls_file log_rig_import(const struct books *books, const char *text)
{
	const struct nm_calls_file_options options = log_rig_options(books);
	struct nm_calls_file out;
	struct nm_error err;

	if (log_rig_import_with(books, &options, text, strlen(text), &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	return out;
}

static struct nm_call_entries calls_of(const struct books *books)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 100000 };
	struct nm_call_entries calls;
	struct nm_error err;

	assert_int_equal(nm_store_calls(books->store, &filter, &calls, &err), NM_OK);
	return calls;
}

size_t log_rig_size(const struct books *books)
{
	struct nm_call_entries calls = calls_of(books);
	const size_t n = calls.n;

	nm_call_entries_clear(&calls);
	return n;
}

struct nm_call_entry log_rig_call(const struct books *books, size_t i, struct nm_arena *arena)
{
	struct nm_call_entries calls = calls_of(books);
	struct nm_call_entry call;
	struct nm_error err;

	assert_true(i < calls.n);
	assert_int_equal(nm_store_call_get(books->store, calls.items[i].id, arena, &call, &err), NM_OK);
	nm_call_entries_clear(&calls);
	return call;
}

void log_rig_says(const struct books *books, size_t i, const char *expected)
{
	struct nm_arena *arena = nm_arena_new();
	const struct nm_call_entry call = log_rig_call(books, i, arena);
	char at[NM_TIME_TEXT], from[NM_NUMBER_TEXT], text[512];

	nm_time_argument(books->plan->zone, call.began, at);
	nm_caller_write(call.caller, from);
	snprintf(text, sizeof(text), "%s;%s;%s;%s;%s;%d", at, from, call.line, nm_call_end_name(call.became.end),
		 call.became.by != NULL ? call.became.by : "-", call.became.seconds);
	assert_string_equal(text, expected);
	nm_arena_free(arena);
}
