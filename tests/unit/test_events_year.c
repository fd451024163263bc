/* SPDX-License-Identifier: MIT */
/*
 * A year of events for a CRM that answers all that a server may: it takes them, at once or after a while, refuses some,
 * asks for patience, leads elsewhere, is away for days, or takes one and the answer is cut; and processes are killed in
 * front of a request, or behind what it did.  A model of each caller's events says which may come when: it knows nothing
 * of the store, and each request is held against it as it arrives.
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
#include "nevermiss/events.h"
#include "random_plan.h"

#define PLAN                                                                                              \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                          \
	"account toy { driver = sandbox }\nline main { number = \"+15125550100\" account = toy }\n"      \
	"destination fixly { kind = ai number = \"+15125550177\" }\npath day { step { ring = fixly } }\n" \
	"rule all { path = day }\ncrm { url = \"https://crm.example.org/hooks\" }\n"
#define BEGIN   "2026-01-10 07:00"
#define DAYS    365
#define CALLERS 20
#define EVENTS  600 /* of a caller */
#define POLL_S  60
#define TURN_S  (30 * 60) /* an event that nothing holds up is sent within so long, whatever is answered to others */
#define RETRY_AFTER_S 7200
#define WAIT_FIRST_S 15   /* as the manual has it: twice as long each time, up to six hours */
#define WAIT_MAX_S   (6 * 3600)

struct event {
	int64_t call; /* of the log */
	char key[64]; /* under which it came first; "" before */
	nm_time ready; /* since then nothing but its own pause holds it up; 0: something does */
	nm_time not_before, by; /* when it may and must be sent again */
	int failures;
	bool taken, aside; /* by the CRM; both also when we cannot know it */
	bool known; /* that it was taken */
};

/* In memory that all processes share. */
static struct world {
	int64_t now_ms;
	uint64_t seed;
	nm_time end, away_until;
	size_t n[CALLERS];
	struct event events[CALLERS][EVENTS];
	nm_time born; /* the process */
	bool calm, wrong;
	char words[300];
	/* counts of what was seen */
	size_t lives, taken, again, refused, retried, put_off, elsewhere, cut, killed_before, killed_behind;
} *world;

static struct agent_rig rig;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static void blame(const char *what, size_t caller, size_t i)
{
	if (!world->wrong)
		snprintf(world->words, sizeof(world->words), "event %zu of caller %zu: %s, at %" PRId64, i, caller, what,
			 agent_rig_now(&rig));
	world->wrong = true;
}

/* --- what may come --- */

/* The first of a caller's that is neither taken nor set aside, as far as we can know. */
static size_t head_of(size_t caller)
{
	size_t i = 0;

	while (i < world->n[caller] && (world->events[caller][i].known || world->events[caller][i].aside))
		i++;
	return i;
}

static void find(const struct nm_request *request, size_t *caller, size_t *i)
{
	const char *call = strstr(request->body, "\"call\":");
	const int64_t id = call != NULL ? strtoll(call + 7, NULL, 10) : 0;

	for (*caller = 0; *caller < CALLERS; ++*caller)
		for (*i = 0; *i < world->n[*caller]; ++*i)
			if (world->events[*caller][*i].call == id)
				return;
	fail_msg("an event of nothing: %s", request->body);
}

static void judge(const struct nm_request *request, size_t caller, size_t i)
{
	struct event *event = &world->events[caller][i];
	const char *key = request->headers[0];

	if (event->known)
		blame("sent again, though it was taken", caller, i);
	if (event->aside)
		blame("sent again, though it was refused", caller, i);
	if (i != head_of(caller))
		blame("sent before one that came earlier", caller, i);
	if (agent_rig_now(&rig) < event->not_before)
		blame("sent again too soon", caller, i);
	if (event->key[0] != '\0' && strcmp(event->key, key) != 0)
		blame("sent under another id", caller, i);
	snprintf(event->key, sizeof(event->key), "%s", key);
}

static nm_time pause_of(int failures)
{
	nm_time pause = WAIT_FIRST_S;

	for (int i = 1; i < failures && pause < WAIT_MAX_S; i++)
		pause *= 2;
	return pause < WAIT_MAX_S ? pause : WAIT_MAX_S;
}

/* --- the CRM --- */

static struct {
	int status, retry_after_s;
	int takes_s; /* until it is there */
	size_t caller, i;
	bool waiting;
} answer;

static int choose(const int *of, size_t n)
{
	return of[random_below(&world->seed, (uint32_t)n)];
}

#define CHOOSE(...) choose((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static int status_now(void)
{
	const uint32_t chance = random_below(&world->seed, 100);

	if (agent_rig_now(&rig) < world->away_until)
		return CHOOSE(0, 500, 502, 503, 504);
	if (world->calm || chance < 60)
		return CHOOSE(200, 201, 202, 204);
	if (chance < 68)
		return CHOOSE(400, 402, 405, 406, 409, 413, 415, 422, 451);
	if (chance < 76)
		return CHOOSE(301, 302, 303, 307, 308);
	return CHOOSE(0, 401, 403, 404, 408, 410, 425, 429, 500, 503);
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct event *event;
	const uint32_t chance = world->calm ? 100 : random_below(&world->seed, 100);

	(void)context;
	(void)err;
	assert_int_equal(tag, 0);
	assert_false(answer.waiting);
	find(request, &answer.caller, &answer.i);
	judge(request, answer.caller, answer.i);
	event = &world->events[answer.caller][answer.i];
	world->again += event->taken;
	if (chance == 0) {
		world->killed_before++;
		kill(getpid(), SIGKILL);
	}
	answer.waiting = true;
	answer.status = status_now();
	answer.retry_after_s = answer.status == 429 || answer.status == 503 ? (int)random_below(&world->seed, RETRY_AFTER_S) : -1;
	answer.takes_s = random_below(&world->seed, 4) == 0 ? (int)random_below(&world->seed, NM_EVENTS_TIMEOUT_S) : 0;
	event->taken |= answer.status >= 200 && answer.status < 300;
	if (chance == 1) {
		world->killed_behind++;
		kill(getpid(), SIGKILL);
	}
	if (chance == 2) { /* on its way back */
		answer.status = 0;
		world->cut++;
	}
	return NM_OK;
}

static void conclude(void)
{
	struct event *event = &world->events[answer.caller][answer.i];
	const int status = answer.status;
	const nm_time now = agent_rig_now(&rig);
	static const int not_now[] = { 401, 403, 404, 408, 410, 425, 429 };
	bool refused = status >= 400 && status < 500;

	for (size_t i = 0; i < sizeof(not_now) / sizeof(not_now[0]); i++)
		refused &= status != not_now[i];
	if (status >= 200 && status < 300) {
		event->known = true;
		world->taken++;
	} else if (refused) {
		event->aside = true;
		world->refused++;
	} else {
		event->failures++;
		event->not_before = now + (answer.retry_after_s >= 0 ? answer.retry_after_s : pause_of(event->failures));
		event->by = now + (answer.retry_after_s >= 0 ? answer.retry_after_s : WAIT_MAX_S) + TURN_S;
		world->put_off++;
		world->elsewhere += status >= 300 && status < 400;
	}
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response, struct nm_error *err)
{
	(void)context;
	(void)timeout_ms;
	(void)err;
	assert_true(answer.waiting);
	answer.waiting = false;
	rig.now_ms += (int64_t)answer.takes_s * 1000;
	conclude();
	*tag = 0;
	*response = (struct nm_response){ .status = answer.status,
					  .body = "no",
					  .len = 2,
					  .retry_after_s = answer.retry_after_s,
					  .error = answer.status == 0 ? "the connection was cut" : NULL };
	return NM_OK;
}

/* --- what is done --- */

static void call_comes(void)
{
	const size_t caller = random_below(&world->seed, CALLERS), i = world->n[caller];
	char id[64];
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = UINT64_C(17375550000) + (nm_number)caller },
		.began = agent_rig_now(&rig),
		.ended = agent_rig_now(&rig) + 30,
		.became = { .end = random_below(&world->seed, 2) == 0 ? NM_CALL_VOICEMAIL : NM_CALL_ABANDONED, .seconds = -1 },
	};
	enum nm_call_kept kept;
	struct nm_error err;
	nm_time since;

	assert_true(i < EVENTS);
	snprintf(id, sizeof(id), "caller-%zu-%zu", caller, i);
	ok(nm_events_since(rig.store, rig.plan, agent_rig_now(&rig), &since, &err), &err);
	ok(nm_events_call_put(rig.store, rig.plan, since, &call, &kept, &err), &err);
	ok(nm_store_call_find(rig.store, &call, &world->events[caller][i].call, &err), &err);
	world->n[caller]++;
}

/* Somebody has mended what a CRM refused, and sends one of those again: `nevermiss crm retry ID`. */
static void retry(void)
{
	struct nm_crm_events open;
	struct nm_error err;

	ok(nm_store_events(rig.store, NM_EVENTS_OPEN, agent_rig_now(&rig), 1000, &open, &err), &err);
	for (size_t i = 0; i < open.n; i++) {
		const struct nm_crm_event *item = &open.items[i];

		if (item->state != NM_CRM_ASIDE)
			continue;
		ok(nm_store_event_retry(rig.store, item->id, agent_rig_now(&rig), &err), &err);
		for (size_t k = 0; k < CALLERS; k++)
			for (size_t e = 0; e < world->n[k]; e++)
				if (world->events[k][e].call == item->subject) {
					world->events[k][e].aside = false;
					world->events[k][e].failures = 0; /* as if it had never been tried */
				}
		world->retried++;
		break;
	}
	nm_crm_events_clear(&open);
}

/* What nothing holds up is sent, whatever becomes of others. */
static void judge_turns(void)
{
	const nm_time now = agent_rig_now(&rig);

	for (size_t caller = 0; caller < CALLERS; caller++) {
		const size_t i = head_of(caller);
		struct event *event = &world->events[caller][i];

		if (i == world->n[caller])
			continue;
		if (event->ready == 0 || event->ready < world->born || now < world->away_until)
			event->ready = now;
		if (now > event->ready + TURN_S && now > event->by && now > world->away_until + WAIT_MAX_S + TURN_S)
			blame("not sent, though its turn has come", caller, i);
	}
}

static nm_time clock_now(void *context)
{
	(void)context;
	return agent_rig_now(&rig);
}

static nm_time deliver(void)
{
	const struct nm_push_context context = { .plan = rig.plan,
						 .store = rig.store,
						 .transport = { .submit = submit, .collect = collect },
						 .now = agent_rig_now(&rig),
						 .clock = clock_now };
	struct nm_events_sent sent;
	struct nm_error err;

	ok(nm_events_deliver(&context, NM_EVENTS_ROUND, &sent, &err), &err);
	return sent.next;
}

static void live(void)
{
	rig.now_ms = world->now_ms;
	world->born = agent_rig_now(&rig);
	agent_rig_return(&rig);
	while (agent_rig_now(&rig) < world->end && !world->wrong) {
		const nm_time soon = agent_rig_now(&rig) + POLL_S * (1 + random_below(&world->seed, 10));
		nm_time next;

		if (random_below(&world->seed, 20) == 0)
			call_comes();
		if (random_below(&world->seed, 100) == 0)
			retry();
		if (random_below(&world->seed, 8000) == 0)
			world->away_until = agent_rig_now(&rig) + random_below(&world->seed, 3 * NM_DAY);
		next = deliver();
		judge_turns();
		agent_rig_set(&rig, next > agent_rig_now(&rig) && next < soon ? next : soon);
		world->now_ms = rig.now_ms;
	}
	kill(getpid(), SIGKILL);
}

/* Nothing is in the way any more: all that was queued is there, but for what was refused. */
static void judge_end(void)
{
	const nm_time until = agent_rig_now(&rig) + RETRY_AFTER_S + WAIT_MAX_S + NM_DAY;

	world->calm = true;
	world->away_until = 0;
	while (agent_rig_now(&rig) < until) {
		deliver();
		agent_rig_set(&rig, agent_rig_now(&rig) + POLL_S);
	}
	for (size_t caller = 0; caller < CALLERS; caller++)
		for (size_t i = 0; i < world->n[caller]; i++)
			if (!world->events[caller][i].known && !world->events[caller][i].aside)
				blame("lost", caller, i);
}

static void test_a_year_of_events(void **state)
{
	const int days = random_few(DAYS);

	(void)state;
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(world != MAP_FAILED);
	world->seed = 8;
	agent_rig_open(&rig, PLAN, BEGIN);
	world->now_ms = rig.now_ms;
	world->end = agent_rig_now(&rig) + days * (nm_time)NM_DAY;
	agent_rig_leave(&rig);
	for (; world->now_ms / 1000 < world->end && !world->wrong; world->lives++) {
		const pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			live();
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		world->now_ms += (int64_t)random_below(&world->seed, 3600) * 1000;
	}
	agent_rig_return(&rig);
	rig.now_ms = world->now_ms;
	if (!world->wrong)
		judge_end();
	if (world->wrong)
		fail_msg("%s", world->words);
	print_message("%zu lives (%zu ended before a request, %zu behind one), %zu events taken, %zu of them again, %zu refused, %zu "
		      "retried, %zu put off, %zu led elsewhere, %zu answers cut\n", world->lives, world->killed_before,
		      world->killed_behind, world->taken, world->again, world->refused, world->retried, world->put_off,
		      world->elsewhere, world->cut);
	if (days == DAYS)
		assert_true(world->lives > 50 && world->killed_before > 20 && world->killed_behind > 20 && world->taken > 2000 &&
			    world->again > 20 && world->refused > 100 && world->retried > 100 && world->put_off > 500 &&
			    world->elsewhere > 100 && world->cut > 20);
	agent_rig_close(&rig);
	munmap(world, sizeof(*world));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_year_of_events),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
