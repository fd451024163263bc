/* SPDX-License-Identifier: MIT */
/*
 * A year in which whom to call back is put into a calendar again and again: leads come, are tried, and end; its server
 * refuses, is away, or does what it was asked for and does not answer; and processes are killed in front of a request, or
 * behind what it did.  A model of the leads says what must stand there; it knows nothing of the store.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_rig.h"
#include "nevermiss/callbacks.h"
#include "nevermiss/followup.h"
#include "random_plan.h"

#define URL "https://cal.example.org/pat/jobs/"
#define PLAN                                                                                         \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                     \
	"account toy { driver = sandbox }\nline main { number = \"+15125550100\" account = toy }\n" \
	"calendar jobs { url = \"" URL "\" }\n"                                                      \
	"destination fixly { kind = ai number = \"+15125550177\" }\npath day { step { ring = fixly } }\n" \
	"rule all { path = day }\n"                                                                  \
	"follow_up { within = 15m attempts = 3 retry = 30m then_text = \"Smith: ring us\" }\n"
#define BEGIN    "2026-01-10 07:00"
#define DAYS     365
#define WITHIN_S (15 * 60)
#define RETRY_S  (30 * 60)
#define ATTEMPTS 3
#define LEADS    4000
#define OPEN_MOST 60
#define EVENTS   200
#define NAME_MAX_BYTES 80

/* Somebody to be called back, of that number in the store. */
struct lead {
	int64_t id;
	int tries;
	nm_time due; /* 0: nobody is to call them any more */
};

/* In memory that all processes share: the model, and what the server has. */
static struct world {
	int64_t now_ms;
	uint64_t seed;
	nm_time end, away_until;
	size_t n_leads;
	struct lead leads[LEADS];
	size_t n_events;
	char events[EVENTS][NAME_MAX_BYTES];
	bool wrong;
	char words[300];
	/* counts of what was seen to hold */
	size_t right, troubles, killed_before, killed_behind, cut, put, removed;
} *world;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void blame(const char *what, const char *of)
{
	if (!world->wrong)
		snprintf(world->words, sizeof(world->words), "%s: %s", what, of);
	world->wrong = true;
}

/* --- the server --- */

static struct {
	bool waiting;
	int status;
	struct nm_buf body;
} answer;

static size_t find_event(const char *name)
{
	size_t i = 0;

	while (i < world->n_events && strcmp(world->events[i], name) != 0)
		i++;
	return i;
}

/* The follow-up that one of ours is of; 0: it is none of ours. */
static int64_t lead_in(const char *name, nm_time *at)
{
	unsigned business;
	int64_t id;

	return sscanf(name, "nevermiss-%8x-%" SCNd64 "-%" SCNd64 ".ics", &business, &id, at) == 3 && business != 0 ? id : 0;
}

static int serve_list(void)
{
	nm_buf_add(&answer.body, "<multistatus xmlns=\"DAV:\"><response><href>/pat/jobs/</href></response>");
	for (size_t i = 0; i < world->n_events; i++)
		nm_buf_addf(&answer.body, "<response><href>/pat/jobs/%s</href></response>", world->events[i]);
	nm_buf_add(&answer.body, "</multistatus>");
	return 207;
}

/* At no instant do two events stand there for one whom to call back. */
static int serve_put(const struct nm_request *request, const char *name)
{
	nm_time at, other;
	const int64_t lead = lead_in(name, &at);

	if (request->n_headers != 1 || strcmp(request->headers[0], "If-None-Match: *") != 0)
		blame("one is written over another", name);
	if (find_event(name) < world->n_events)
		return 412;
	for (size_t i = 0; i < world->n_events; i++)
		if (lead == 0 || lead_in(world->events[i], &other) == lead)
			blame("twice in the calendar", name);
	if (strstr(request->body, name) == NULL)
		blame("an event of another name", name);
	assert_true(world->n_events < EVENTS);
	snprintf(world->events[world->n_events++], NAME_MAX_BYTES, "%s", name);
	world->put++;
	return 201;
}

static int serve_delete(const char *name)
{
	const size_t i = find_event(name);
	nm_time at;

	if (lead_in(name, &at) == 0)
		blame("taken out, and none of ours", name);
	if (i == world->n_events)
		return 404;
	memmove(world->events[i], world->events[world->n_events - 1], NAME_MAX_BYTES);
	world->n_events--;
	world->removed++;
	return 204;
}

static int serve(const struct nm_request *request)
{
	const char *name = strrchr(request->url, '/') + 1;

	if (strcmp(request->method, "PROPFIND") == 0)
		return serve_list();
	return strcmp(request->method, "PUT") == 0 ? serve_put(request, name) : serve_delete(name);
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	const uint32_t chance = random_below(&world->seed, 100);

	(void)context;
	(void)err;
	assert_int_equal(tag, 0);
	assert_false(answer.waiting);
	if (chance == 0) {
		world->killed_before++;
		kill(getpid(), SIGKILL);
	}
	nm_buf_clear(&answer.body);
	nm_buf_init(&answer.body, 1u << 20);
	answer.waiting = true;
	answer.status = world->now_ms / 1000 < world->away_until ? 0 : chance == 1 ? 503 : serve(request);
	if (chance == 2 && strcmp(request->method, "PROPFIND") != 0) {
		world->killed_behind++;
		kill(getpid(), SIGKILL);
	}
	if (chance == 3) {
		world->cut++;
		answer.status = 0;
	}
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response, struct nm_error *err)
{
	(void)context;
	(void)timeout_ms;
	(void)err;
	assert_true(answer.waiting);
	answer.waiting = false;
	*tag = 0;
	*response = (struct nm_response){ .status = answer.status,
					  .body = answer.status != 0 ? answer.body.data : "",
					  .len = answer.status != 0 ? answer.body.len : 0,
					  .retry_after_s = -1,
					  .error = answer.status != 0 ? NULL : "the connection was cut" };
	return NM_OK;
}

static enum nm_code find_url(void *context, const struct nm_calendar *calendar, struct nm_buf *out, struct nm_error *err)
{
	(void)context;
	(void)calendar;
	(void)err;
	nm_buf_add(out, URL);
	return NM_OK;
}

/* --- what is done --- */

static void lead_comes(const struct agent_rig *rig)
{
	struct lead *lead = &world->leads[world->n_leads];
	const struct nm_followup asks = { .channel = NM_CHANNEL_WEB,
					  .number = UINT64_C(17375550000) + (nm_number)world->n_leads,
					  .name = "Dana",
					  .opened = agent_rig_now(rig) };
	struct nm_error err;

	assert_true(world->n_leads++ < LEADS);
	lead->due = asks.opened + WITHIN_S;
	ok(nm_store_followup_add(rig->store, &asks, &lead->id, &err), &err);
}

/* After the last try they are to get a text: nobody calls any more. */
static void lead_is_tried(const struct agent_rig *rig, struct lead *lead)
{
	static const enum nm_followup_end ends[] = { NM_FOLLOWUP_BOOKED, NM_FOLLOWUP_RESOLVED, NM_FOLLOWUP_LOST,
						     NM_FOLLOWUP_NO_ANSWER, NM_FOLLOWUP_NO_ANSWER };
	const enum nm_followup_end end = ends[random_below(&world->seed, 5)];
	const nm_time now = agent_rig_now(rig);
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_error err;

	lead->tries++;
	lead->due = end != NM_FOLLOWUP_NO_ANSWER || lead->tries == ATTEMPTS ? 0 : now + RETRY_S;
	ok(nm_followup_outcome(rig->plan, rig->store, lead->id, end, now, "pat", arena, &followup, &err), &err);
	nm_arena_free(arena);
}

static void act(const struct agent_rig *rig)
{
	size_t open = 0;

	for (size_t i = 0; i < world->n_leads; i++)
		if (world->leads[i].due != 0) {
			open++;
			if (random_below(&world->seed, 30) == 0)
				lead_is_tried(rig, &world->leads[i]);
		}
	if (open < OPEN_MOST && random_below(&world->seed, 3) == 0)
		lead_comes(rig);
}

/* --- what must be --- */

/* Ours are those that are due, each at its time, and what is not ours is there. */
static void judge(void)
{
	size_t due = 0, others = 0;

	for (size_t i = 0; i < world->n_leads; i++)
		due += world->leads[i].due != 0;
	for (size_t i = 0; i < world->n_events; i++) {
		nm_time at = 0;
		const int64_t id = lead_in(world->events[i], &at);
		bool wanted = id == 0;

		others += id == 0;
		for (size_t k = 0; k < world->n_leads; k++)
			wanted |= world->leads[k].id == id && world->leads[k].due == at;
		if (!wanted)
			blame("in the calendar, and not to be called then", world->events[i]);
	}
	if (others != 2)
		blame("gone from the calendar", "what is not ours");
	if (world->n_events != others + due)
		blame("not all are there", "who is to be called");
	world->right++;
}

static void bring_in_step(const struct agent_rig *rig)
{
	const struct nm_refresh into = { .plan = rig->plan,
					 .store = rig->store,
					 .transport = { .submit = submit, .collect = collect },
					 .now = agent_rig_now(rig),
					 .url = find_url };
	struct nm_callbacks done;
	struct nm_error err;

	ok(nm_callbacks_put(&into, 0, &done, &err), &err);
	if (done.trouble.code == NM_OK)
		judge();
	else
		world->troubles++;
}

static void live(struct agent_rig *rig)
{
	rig->now_ms = world->now_ms;
	agent_rig_return(rig);
	while (agent_rig_now(rig) < world->end && !world->wrong) {
		const nm_time now = agent_rig_now(rig) + 60 + random_below(&world->seed, 4 * 3600);

		agent_rig_set(rig, now);
		world->now_ms = rig->now_ms;
		if (random_below(&world->seed, 400) == 0)
			world->away_until = now + random_below(&world->seed, 3 * NM_DAY);
		act(rig);
		bring_in_step(rig);
	}
	kill(getpid(), SIGKILL);
}

static void test_a_year_of_callbacks(void **state)
{
	const int days = random_few(DAYS);
	struct agent_rig rig;
	size_t lives = 0;

	(void)state;
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(world != MAP_FAILED);
	world->seed = 3;
	agent_rig_open(&rig, PLAN, BEGIN);
	world->now_ms = rig.now_ms;
	world->end = agent_rig_now(&rig) + days * (nm_time)NM_DAY;
	snprintf(world->events[world->n_events++], NAME_MAX_BYTES, "birthday.ics");
	snprintf(world->events[world->n_events++], NAME_MAX_BYTES, "nevermiss-00000000-1-1767999600.ics"); /* of another business */
	agent_rig_leave(&rig);
	for (; world->now_ms / 1000 < world->end && !world->wrong; lives++) {
		const pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			live(&rig);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	if (world->wrong)
		fail_msg("%s", world->words);
	print_message("%zu lives (%zu ended before a request, %zu behind one), %zu leads, right %zu times, %zu troubles, %zu answers "
		      "cut, %zu put, %zu taken out\n", lives, world->killed_before, world->killed_behind, world->n_leads, world->right,
		      world->troubles, world->cut, world->put, world->removed);
	if (days == DAYS)
		assert_true(world->killed_before > 20 && world->killed_behind > 20 && world->cut > 20 && world->troubles > 100 &&
			    world->n_leads > 500 && world->right > 2000 && world->removed > 500);
	agent_rig_return(&rig);
	agent_rig_close(&rig);
	nm_buf_clear(&answer.body);
	munmap(world, sizeof(*world));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_year_of_callbacks),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
