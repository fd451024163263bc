/* SPDX-License-Identifier: MIT */
/* See agent_rig.h. */
#include "agent_rig.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/carrier/route_json.h"
#include "random_plan.h"
#include "numbers.h"
#include "store_faults.h"

#define HORIZON_S (150 * (nm_time)NM_DAY)

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

void agent_rig_disk(const struct agent_rig *rig, bool its_own)
{
	if (rig->room >= 0)
		disk_room(its_own ? rig->room : -1);
}

/* --- the network --- */

static bool for_crm(const struct agent_rig *rig, const struct nm_request *request)
{
	return rig->plan->crm.url != NULL && strcmp(request->url, rig->plan->crm.url) == 0;
}

static bool crm_takes(const struct agent_rig *rig)
{
	return rig->crm_status >= 200 && rig->crm_status < 300;
}

static enum nm_code crm_submit(struct agent_rig *rig, int tag, const struct nm_request *request)
{
	const char *call = strstr(request->body, "\"call\":");

	assert_int_equal(rig->crm_tag, 0);
	rig->crm_tag = tag + 1;
	if (crm_takes(rig) && call != NULL)
		nm_buf_addf(&rig->crm, "%ld ", strtol(call + 7, NULL, 10));
	return NM_OK;
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct agent_rig *rig = context;
	enum nm_code code;

	if (++rig->requests == rig->die_at)
		kill(getpid(), SIGKILL);
	if (rig->requests == rig->full_at) {
		rig->room = 0;
		agent_rig_disk(rig, true);
	}
	assert_true(tag < RIG_TAGS);
	rig->waits_s[tag] = rig->answers_in != NULL ? rig->answers_in(rig, request) : rig->down ? -rig->down_s : rig->latency_s;
	if (rig->answers_in != NULL ? rig->waits_s[tag] < 0 : rig->down) {
		assert_true(rig->n_lost < RIG_TAGS);
		rig->lost[rig->n_lost++] = tag;
		return NM_OK;
	}
	if (rig->serves != NULL && strncmp(request->url, "sandbox:", 8) != 0) {
		assert_int_equal(rig->served_tag, 0);
		rig->served_tag = tag + 1;
		rig->served = rig->serves(rig, request);
		return NM_OK;
	}
	agent_rig_disk(rig, false);
	code = for_crm(rig, request) ? crm_submit(rig, tag, request)
				     : rig->sandbox.submit(rig->sandbox.context, tag, request, err);
	if (code == NM_OK && rig->reached != NULL && (rig->crm_tag == 0 || crm_takes(rig)))
		rig->reached(rig, request);
	agent_rig_disk(rig, true);
	return code;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response, struct nm_error *err)
{
	struct agent_rig *rig = context;
	enum nm_code code;

	if (rig->crm_tag > 0) {
		*tag = rig->crm_tag - 1;
		rig->crm_tag = 0;
		*response = (struct nm_response){ .status = rig->mute ? 0 : rig->crm_status, .body = "no",
						  .len = 2, .retry_after_s = -1,
						  .error = rig->mute || rig->crm_status == 0 ? "no route to host" : NULL };
		rig->now_ms += 1000;
		return NM_OK;
	}
	if (rig->served_tag > 0) {
		*tag = rig->served_tag - 1;
		rig->served_tag = 0;
		*response = (struct nm_response){ .status = 200, .body = rig->served, .len = strlen(rig->served), .retry_after_s = -1 };
		return NM_OK;
	}
	if (rig->n_lost > 0) {
		*tag = rig->lost[--rig->n_lost];
		*response = (struct nm_response){ .error = "no route to host", .retry_after_s = -1 };
		rig->now_ms -= (int64_t)rig->waits_s[*tag] * 1000;
		return NM_OK;
	}
	agent_rig_disk(rig, false);
	code = rig->sandbox.collect(rig->sandbox.context, timeout_ms, tag, response, err);
	agent_rig_disk(rig, true);
	if (code == NM_OK)
		rig->now_ms += *tag < 0 ? timeout_ms : (int64_t)rig->waits_s[*tag] * 1000;
	if (code == NM_OK && *tag >= 0 && rig->mute)
		*response = (struct nm_response){ .error = "timed out", .retry_after_s = -1 };
	return code;
}

/* --- the world --- */

static nm_time world_now(void *context)
{
	return agent_rig_now(context);
}

static enum nm_code world_look(void *context, struct nm_agent_view *out, struct nm_error *err)
{
	struct agent_rig *rig = context;
	const nm_time now = agent_rig_now(rig);

	(void)err;
	*out = (struct nm_agent_view){
		.push = { .plan = rig->plan,
			  .store = rig->store,
			  .transport = { .context = rig, .submit = submit, .collect = collect },
			  .now = now,
			  .horizon = now + HORIZON_S,
			  .who = "pat",
			  .plan_mark = rig->mark,
			  .clock = world_now,
			  .clock_context = rig },
		.text = rig->text,
		.len = strlen(rig->text),
		.trouble = rig->trouble,
	};
	return NM_OK;
}

static enum nm_code world_refresh(void *context, int calendar, struct nm_refreshes *out, struct nm_error *err)
{
	struct agent_rig *rig = context;
	const struct nm_calendar *at = &rig->plan->calendars[calendar];
	const struct nm_calendar_copy copy = {
		.source = at->path, .name = at->name, .tried = agent_rig_now(rig), .fetched = agent_rig_now(rig)
	};
	struct nm_refreshed *item;

	*out = (struct nm_refreshes){ .arena = nm_arena_new(), .n = 1 };
	item = nm_arena_alloc(out->arena, 1, sizeof(*item));
	assert_non_null(item);
	*item = (struct nm_refreshed){ calendar, rig->refresh_fails ? NM_REFRESH_FAILED : NM_REFRESH_SAME,
				       rig->refresh_fails ? "the server is away" : NULL };
	out->items = item;
	rig->refreshed++;
	return nm_store_calendar_put(rig->store, &copy, err);
}

static bool world_stopped(void *context)
{
	return ((struct agent_rig *)context)->stopped;
}

static void world_tell(void *context, enum nm_agent_level level, const char *words)
{
	struct agent_rig *rig = context;

	assert_null(strchr(words, '\n'));
	rig->warnings += level == NM_AGENT_WARNING;
	nm_buf_addf(&rig->log, "%s%s\n", level == NM_AGENT_WARNING ? "! " : "", words);
}

/* --- the rig --- */

static enum nm_code open_store(const struct agent_rig *rig, const char *name, struct nm_store **out, struct nm_error *err)
{
	char file[512];

	assert_true(snprintf(file, sizeof(file), "%s/%s.db", rig->folder, name) < (int)sizeof(file));
	return nm_store_open(file, false, out, err);
}

static bool open_stores(struct agent_rig *rig, struct nm_error *err)
{
	ok(open_store(rig, "carrier", &rig->carrier, err), err);
	ok(nm_sandbox_transport(rig->carrier, &rig->sandbox, err), err);
	agent_rig_disk(rig, true);
	if (open_store(rig, "store", &rig->store, err) != NM_OK)
		rig->store = NULL;
	agent_rig_disk(rig, false);
	return rig->store != NULL;
}

static void close_stores(struct agent_rig *rig)
{
	nm_sandbox_transport_clear(&rig->sandbox);
	nm_store_close(rig->carrier);
	nm_store_close(rig->store);
	rig->carrier = rig->store = NULL;
}

void agent_rig_plan(struct agent_rig *rig, const char *text)
{
	nm_plan_free(rig->plan);
	free(rig->text);
	rig->text = strdup(text);
	rig->plan = plan_of_text(text, rig->folder);
	rig->mark++;
}

void agent_rig_open(struct agent_rig *rig, const char *text, const char *at)
{
	struct nm_error err;

	*rig = (struct agent_rig){ .folder = random_folder_new(), .down_s = 1, .room = -1 };
	nm_buf_init(&rig->log, 1u << 26);
	nm_buf_init(&rig->crm, 1u << 20);
	agent_rig_plan(rig, text);
	agent_rig_set(rig, agent_rig_time(rig, at));
	if (!open_stores(rig, &err))
		fail_msg("%s", err.text);
}

void agent_rig_close(struct agent_rig *rig)
{
	agent_rig_end(rig);
	close_stores(rig);
	nm_plan_free(rig->plan);
	free(rig->text);
	nm_buf_clear(&rig->log);
	nm_buf_clear(&rig->crm);
	random_folder_free(rig->folder);
}

bool agent_rig_try(struct agent_rig *rig, struct nm_error *err)
{
	const struct nm_agent_world world = { .context = rig,
					      .host = "here",
					      .pid = 7,
					      .now = world_now,
					      .look = world_look,
					      .refresh = world_refresh,
					      .stopped = world_stopped,
					      .tell = world_tell };
	enum nm_code code;

	if (rig->store == NULL && !open_stores(rig, err))
		return false;
	agent_rig_disk(rig, true);
	code = nm_agent_new(&world, rig->store, &rig->agent, err);
	agent_rig_disk(rig, false);
	return code == NM_OK;
}

void agent_rig_begin(struct agent_rig *rig)
{
	struct nm_error err;

	if (!agent_rig_try(rig, &err))
		fail_msg("%s", err.text);
}

void agent_rig_end(struct agent_rig *rig)
{
	nm_agent_free(rig->agent);
	rig->agent = NULL;
}

void agent_rig_leave(struct agent_rig *rig)
{
	close_stores(rig);
}

void agent_rig_return(struct agent_rig *rig)
{
	struct nm_error err;

	if (!open_stores(rig, &err))
		fail_msg("%s", err.text);
}

nm_time agent_rig_now(const struct agent_rig *rig)
{
	return rig->now_ms / 1000;
}

nm_time agent_rig_time(const struct agent_rig *rig, const char *at)
{
	struct nm_error err;
	nm_time t;

	ok(nm_time_read(at, rig->plan->zone, 0, &t, &err), &err);
	return t;
}

void agent_rig_set(struct agent_rig *rig, nm_time now)
{
	rig->now_ms = now * 1000;
}

struct nm_agent_round agent_rig_step(struct agent_rig *rig)
{
	struct nm_agent_round round;

	agent_rig_disk(rig, true);
	nm_agent_step(rig->agent, &round);
	agent_rig_disk(rig, false);
	return round;
}

struct nm_agent_round agent_rig_live(struct agent_rig *rig, nm_time until)
{
	struct nm_agent_round sum = { .next = agent_rig_now(rig) };

	while (sum.next < until) {
		struct nm_agent_round round;

		if (agent_rig_now(rig) < sum.next)
			agent_rig_set(rig, sum.next);
		round = agent_rig_step(rig);
		sum.works += round.works;
		sum.failed += round.failed;
		sum.pushed += round.pushed;
		sum.calls += round.calls;
		sum.texts += round.texts;
		sum.next = round.next;
	}
	if (agent_rig_now(rig) < until)
		agent_rig_set(rig, until);
	return sum;
}

void agent_rig_push(struct agent_rig *rig)
{
	const struct nm_push_options options = { .line = -1, .plan_text = rig->text, .plan_len = strlen(rig->text) };
	struct nm_push_results results = { 0 };
	struct nm_agent_view view;
	struct nm_error err;

	ok(world_look(rig, &view, &err), &err);
	ok(nm_push(&view.push, &options, &results, &err), &err);
	nm_push_results_clear(&results);
}

static char *words_of(const struct nm_treatment *treatment)
{
	struct nm_buf words;
	char *text;

	nm_buf_init(&words, 65536);
	nm_treatment_words(treatment, &words);
	text = nm_buf_take(&words);
	nm_buf_clear(&words);
	return text;
}

char *agent_rig_wanted(const struct agent_rig *rig, int line, nm_time at)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_timeline *timeline;
	struct nm_treatment *treatment;
	struct nm_error err;
	const struct nm_state *state;
	char *words;

	ok(nm_timeline_build(rig->plan, at, at + 1, &timeline, &err), &err);
	state = nm_timeline_state(timeline, at);
	ok(nm_resolve(rig->plan, state, line, nm_decide(rig->plan, state, line, 0, false), false, arena, &treatment, &err),
	   &err);
	words = words_of(treatment);
	nm_timeline_free(timeline);
	nm_arena_free(arena);
	return words;
}

char *agent_rig_held(const struct agent_rig *rig, int line, nm_time at)
{
	const struct nm_caller any = { 0 };
	struct nm_route *route;
	struct nm_error err;
	char *text, *words;

	ok(nm_store_sandbox_get(rig->carrier, line_text(rig->plan, rig->plan->lines[line].name), &text, &err), &err);
	if (text == NULL)
		return strdup("nothing");
	ok(nm_route_read(text, strlen(text), &route, &err), &err);
	words = words_of(nm_route_treatment(route, at, any, false));
	nm_route_free(route);
	free(text);
	return words;
}

size_t agent_rig_pushes(const struct agent_rig *rig)
{
	struct nm_push_records records;
	struct nm_error err;
	size_t n = 0;

	ok(nm_store_pushes(rig->store, 0, false, 1000000, &records, &err), &err);
	for (size_t i = 0; i < records.n; i++)
		n += records.items[i].state == NM_PUSH_DONE;
	nm_push_records_clear(&records);
	return n;
}

size_t agent_rig_said(const struct agent_rig *rig, const char *words)
{
	size_t n = 0;

	for (const char *at = strstr(rig->log.data, words); at != NULL; at = strstr(at + 1, words))
		n++;
	return n;
}
