/* SPDX-License-Identifier: MIT */
/* See push_rig.h. */
#include "push_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "old_store.h"
#include "numbers.h"
#include "random_plan.h"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct push_rig *rig = context;
	enum nm_code code;

	rig->sent++;
	assert_string_equal(request->account->name, "sandbox"); /* whose secrets the transport would take */
	rig->written += strcmp(request->method, "GET") != 0;
	if (rig->sent == rig->kill_before)
		return nm_fail(err, NM_SYSTEM, "killed");
	if (rig->sent == rig->fault_at)
		ok(nm_store_sandbox_fail(rig->store, line_text(rig->plan, rig->fault_line), rig->fault, err), err);
	if (rig->sent == rig->meddle_at)
		ok(nm_store_sandbox_put(rig->store, line_text(rig->plan, "main"), rig->meddle, err), err);
	code = rig->sandbox.submit(rig->sandbox.context, tag, request, err);
	if (code == NM_OK && rig->sent == rig->kill_after)
		return nm_fail(err, NM_SYSTEM, "killed");
	if (code == NM_OK && ++rig->under_way > rig->most_under_way)
		rig->most_under_way = rig->under_way;
	return code;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct push_rig *rig = context;
	enum nm_code code = rig->sandbox.collect(rig->sandbox.context, timeout_ms, tag, response, err);

	if (code == NM_OK && *tag < 0)
		rig->waited_ms += timeout_ms;
	else
		rig->under_way--;
	return code;
}

static bool progress(void *context, const char *line, const char *what, size_t done, size_t all)
{
	struct push_rig *rig = context;

	assert_non_null(line);
	assert_non_null(what);
	assert_true(done <= all);
	return rig->stop_after == 0 || ++rig->told != rig->stop_after;
}

static void open_store(struct push_rig *rig)
{
	char file[512];
	struct nm_error err;

	assert_true(snprintf(file, sizeof(file), "%s/store.db", rig->folder) < (int)sizeof(file));
	ok(nm_store_open(file, false, &rig->store, &err), &err);
	ok(nm_sandbox_transport(rig->store, &rig->sandbox, &err), &err);
	rig->context.store = rig->store;
}

void push_rig_plan(struct push_rig *rig, const char *text)
{
	nm_plan_free(rig->plan);
	rig->plan = plan_of_text(text, rig->folder);
	rig->context.plan = rig->plan;
}

void push_rig_open(struct push_rig *rig, const char *text)
{
	struct nm_error err;

	*rig = (struct push_rig){ .folder = random_folder_new() };
	push_rig_plan(rig, text);
	open_store(rig);
	rig->context.transport = (struct nm_transport){ .context = rig, .submit = submit, .collect = collect };
	rig->context.who = "pat over ssh";
	rig->context.progress = progress;
	rig->context.progress_context = rig;
	ok(nm_time_read("2026-11-23 05:11", rig->plan->zone, 0, &rig->context.now, &err), &err);
	rig->context.horizon = rig->context.now + 90 * NM_DAY;
}

static void close_store(struct push_rig *rig)
{
	nm_sandbox_transport_clear(&rig->sandbox);
	nm_store_close(rig->store);
}

void push_rig_close(struct push_rig *rig)
{
	close_store(rig);
	nm_plan_free(rig->plan);
	random_folder_free(rig->folder);
}

static void begin_anew(struct push_rig *rig)
{
	open_store(rig);
	rig->sent = rig->written = rig->under_way = rig->most_under_way = 0;
	rig->waited_ms = 0;
	rig->kill_before = rig->kill_after = rig->fault_at = 0;
	rig->stop_after = rig->told = 0;
	rig->context.now += 60;
}

void push_rig_restart(struct push_rig *rig)
{
	close_store(rig);
	begin_anew(rig);
}

void push_rig_older(struct push_rig *rig, int schema)
{
	char file[600];

	close_store(rig);
	snprintf(file, sizeof(file), "%s/store.db", rig->folder);
	old_store(file, schema);
	begin_anew(rig);
}

enum nm_code push_rig_push(struct push_rig *rig, int line, struct nm_push_results *results,
			   struct nm_error *err)
{
	const struct nm_push_options options = { .line = line, .plan_text = "the plan", .plan_len = 8 };
	struct nm_push_results own = { 0 };
	enum nm_code code = nm_push(&rig->context, &options, results != NULL ? results : &own, err);

	nm_push_results_clear(&own);
	return code;
}

enum nm_sync push_rig_sync(struct push_rig *rig, int line, char **words)
{
	struct nm_push_context context = rig->context;
	struct nm_status status;
	struct nm_error err;
	enum nm_sync sync;

	context.transport = rig->sandbox;
	context.progress = NULL;
	ok(nm_status_read(&context, line, &status, &err), &err);
	assert_int_equal(status.n, 1);
	sync = status.lines[0].sync;
	if (words != NULL)
		*words = strdup(status.lines[0].words);
	nm_status_clear(&status);
	return sync;
}

char *push_rig_live(struct push_rig *rig, const char *line)
{
	struct nm_error err;
	char *text;

	ok(nm_store_sandbox_get(rig->store, line_text(rig->plan, line), &text, &err), &err);
	return text;
}
