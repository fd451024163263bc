/* SPDX-License-Identifier: MIT */
/*
 * A year of two lines at two carriers that keep no hours, each slow in its own way and away for hours and days on its own,
 * while processes are killed wherever they are.  What a carrier is told is written down with its time, and held against the
 * plan: what protects goes out early, and is there before its time; what rings a person goes out on time, and never before.
 * No boundary is missed for longer than the process or the carrier took to come back, whatever befalls the other carrier.
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
#include "random_plan.h"

#define PLAN                                                                                                        \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"                                    \
	"account north { driver = sandbox hours = no }\naccount south { driver = sandbox hours = no }\n"            \
	"line main { number = \"+15125550100\" account = north }\nline desk { number = \"+15125550101\" account = south }\n" \
	"schedule open { hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00; Dec 24-26 off; Su 01:30-02:30\" }\n"           \
	"schedule lunch { hours = \"Mo-Fr 12:00-13:00\" }\n"                                                         \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none away = lunch }\n"       \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none }\n"                      \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                               \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"                            \
	"path office { step { ring = sam for = 15s } step { ring = fixly for = 10s } }\n"                           \
	"path night { step { ring = fixly for = 10s } }\n"                                                          \
	"rule desk { lines = desk during = open path = office }\nrule open { during = open path = day }\n"          \
	"rule closed { path = night }\n"
#define BEGIN "2026-01-10 07:00"
#define DAYS  365
#define LINES 2
#define WANTED_MAX 1500 /* changes of what a line is to do */
#define TOLD_MAX   4000
#define SPANS_MAX  4000
#define WORDS_MAX  80

/* What the manual promises, and what carriers are like here; seconds. */
#define LEAD_MAX_S  120 /* nothing is pushed ahead by more */
#define RETRY_MAX_S 300 /* what failed is tried again by then */
#define LASTS_S     10  /* so long one line's work may hold up another's */
#define AWAY_S      10  /* until a request that reaches nobody is given up, */
#define AWAY_TRIES  6   /* and so many of them until a push is, pauses included */
#define TEXTS_S     90  /* the owner is told of a line that is in trouble, and of a text it is asked whether it came */
#define SLEEPS_S    1800 /* around a boundary, and after a carrier was away, the machine is awake */
#define FORGOTTEN_S (4 * (nm_time)NM_DAY) /* how long a push took when its carrier was away is */

static const char *const names[LINES] = { "main", "desk" }, *const numbers[LINES] = { "+15125550100", "+15125550101" };

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* --- what is seen --- */

/* What a line is to do from then on. */
struct wanted {
	nm_time at;
	char words[WORDS_MAX];
};

/* What its carrier was told, and holds from then on. */
struct told {
	nm_time at;
	int64_t pushes_s; /* how long a push of each line takes at that time, added up */
	bool learns;      /* this process has not pushed both before, and does not know */
	char words[WORDS_MAX];
};

/* When something was in a line's way: no process lived, or its carrier was away. */
struct span {
	nm_time from, until;
	bool away;
};

struct line {
	size_t n_wanted, n_told, n_spans;
	struct wanted wanted[WANTED_MAX];
	struct told told[TOLD_MAX];
	struct span spans[SPANS_MAX];
	nm_time away_until;
	int latency_s; /* of each answer */
	bool known;    /* this process has pushed it */
};

/* In memory that all processes share. */
static struct world {
	int64_t now_ms; /* as far as is known of a process that was killed */
	uint64_t seed;
	nm_time end;
	size_t lives;
	struct line lines[LINES];
	/* counts of what was seen to hold */
	size_t early, on_time, outlived, outwaited;
} *world;

static nm_time later(nm_time a, nm_time b)
{
	return a > b ? a : b;
}

static int line_of(const struct nm_request *request)
{
	int i = 0;

	while (strstr(request->url, numbers[i]) == NULL)
		assert_true(++i < LINES);
	return i;
}

static void in_the_way(struct line *line, nm_time from, nm_time until, bool away)
{
	assert_true(line->n_spans < SPANS_MAX);
	line->spans[line->n_spans++] = (struct span){ from, until, away };
}

static int answers_in(const struct agent_rig *rig, const struct nm_request *request)
{
	const struct line *line = &world->lines[line_of(request)];

	world->now_ms = rig->now_ms;
	return agent_rig_now(rig) < line->away_until ? -AWAY_S : line->latency_s;
}

/* A push looks what is there, puts, and reads it back. */
static int64_t pushes_take(void)
{
	return 5 * (int64_t)(world->lines[0].latency_s + world->lines[1].latency_s);
}

static void reached(struct agent_rig *rig, const struct nm_request *request)
{
	const int index = line_of(request);
	struct line *line = &world->lines[index];
	struct told *told = &line->told[line->n_told];
	char *words;

	if (strcmp(request->method, "GET") == 0 || strstr(request->url, "/route") == NULL)
		return;
	assert_true(line->n_told++ < TOLD_MAX);
	words = agent_rig_held(rig, index, agent_rig_now(rig));
	*told = (struct told){ .at = agent_rig_now(rig),
			       .pushes_s = pushes_take(),
			       .learns = !world->lines[0].known || !world->lines[1].known };
	snprintf(told->words, sizeof(told->words), "%s", words);
	line->known = true;
	free(words);
}

/* --- what befalls --- */

static void leave_carriers(const struct agent_rig *rig)
{
	const nm_time now = agent_rig_now(rig);

	for (int i = 0; i < LINES; i++) {
		struct line *line = &world->lines[i];
		const uint32_t most = random_below(&world->seed, 4) == 0 ? 3 * NM_DAY : 4 * 3600;

		if (now < line->away_until || random_below(&world->seed, 700) > 0)
			continue;
		line->away_until = now + 60 + random_below(&world->seed, most);
		in_the_way(line, now, line->away_until, true);
	}
}

/* The machine sleeps through most of the hours in which nothing is to be done. */
static nm_time sleeps_until(nm_time now)
{
	nm_time until = world->end;

	for (int i = 0; i < LINES; i++) {
		const struct line *line = &world->lines[i];

		if (now < line->away_until + SLEEPS_S)
			return now;
		for (size_t k = 0; k < line->n_wanted; k++)
			if (line->wanted[k].at > now - SLEEPS_S && line->wanted[k].at < until)
				until = line->wanted[k].at;
	}
	return later(now, until - SLEEPS_S);
}

/* Until it dies in front of a request, between two rounds, or at the year's end. */
static void live(struct agent_rig *rig)
{
	struct nm_error err;

	rig->now_ms = world->now_ms;
	rig->answers_in = answers_in;
	for (int i = 0; i < LINES; i++) {
		world->lines[i].latency_s = (int)random_below(&world->seed, 6);
		world->lines[i].known = false;
	}
	if (!agent_rig_try(rig, &err))
		fail_msg("%s", err.text);
	while (agent_rig_now(rig) < world->end && random_below(&world->seed, 700) > 0) {
		struct nm_agent_round round;

		leave_carriers(rig);
		if (random_below(&world->seed, 300) == 0)
			rig->die_at = rig->requests + 1 + (int)random_below(&world->seed, 12);
		round = agent_rig_step(rig);
		agent_rig_set(rig, later(later(round.next, agent_rig_now(rig)), sleeps_until(agent_rig_now(rig))));
		world->now_ms = rig->now_ms;
	}
	kill(getpid(), SIGKILL);
}

static void one_life(struct agent_rig *rig)
{
	const pid_t child = fork();
	nm_time died;
	int status;

	assert_true(child >= 0);
	if (child == 0)
		live(rig);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	died = world->now_ms / 1000;
	world->now_ms += (int64_t)random_below(&world->seed, 3 * 3600) * 1000;
	for (int i = 0; i < LINES; i++)
		in_the_way(&world->lines[i], died, world->now_ms / 1000, false);
	world->lives++;
}

/* --- what must be --- */

static void read_wanted(const struct agent_rig *rig, int index, const struct nm_timeline *timeline)
{
	struct line *line = &world->lines[index];

	for (size_t i = 0; i < timeline->n; i++) {
		char *words = agent_rig_wanted(rig, index, timeline->start[i]);

		if (line->n_wanted == 0 || strcmp(line->wanted[line->n_wanted - 1].words, words) != 0) {
			struct wanted *wanted = &line->wanted[line->n_wanted++];

			assert_true(line->n_wanted < WANTED_MAX);
			wanted->at = timeline->start[i];
			snprintf(wanted->words, sizeof(wanted->words), "%s", words);
		}
		free(words);
	}
}

/* From then on no person is rung first. */
static bool protects(const struct wanted *wanted)
{
	return strncmp(wanted->words, "fixly", 5) == 0;
}

/* The end of what was last in a line's way between the two; NM_TIME_MIN: nothing was. */
static nm_time freed(const struct line *line, bool away, nm_time from, nm_time until)
{
	nm_time last = NM_TIME_MIN;

	for (size_t i = 0; i < line->n_spans; i++) {
		const struct span *span = &line->spans[i];

		if (span->away == away && span->from <= until && span->until >= from && span->until > last)
			last = span->until;
	}
	return last;
}

/* By when a change that was there at `at`, as told, must have been. */
static nm_time due_by(const struct line *line, const struct line *other, const struct wanted *wanted, const struct told *told,
		      nm_time at)
{
	const nm_time from = wanted->at - LEAD_MAX_S, lived = freed(line, false, from, at),
		      back = freed(line, true, from - RETRY_MAX_S - AWAY_TRIES * AWAY_S, at);
	const bool distracted = freed(other, true, from - RETRY_MAX_S - AWAY_TRIES * AWAY_S, at) != NM_TIME_MIN;
	const nm_time begin = later(wanted->at, lived);

	if (back != NM_TIME_MIN)
		return later(begin, back) + RETRY_MAX_S + AWAY_TRIES * AWAY_S + TEXTS_S + told->pushes_s;
	if (distracted)
		return begin + LASTS_S + AWAY_S + told->pushes_s;
	return lived != NM_TIME_MIN || told->learns || !protects(wanted) ? begin + told->pushes_s : begin;
}

/* Each change is there when it must be. */
static void judge_changes(const struct line *line, const struct line *other, const char *name)
{
	const struct told *told = line->told, *end = line->told + line->n_told;

	for (size_t i = 1; i + 1 < line->n_wanted; i++) {
		const struct wanted *wanted = &line->wanted[i];
		const nm_time until = line->wanted[i + 1].at;
		const struct told *now;
		nm_time at, must;

		while (told + 1 < end && told[1].at <= wanted->at)
			told++;
		now = told;
		while (strcmp(now->words, wanted->words) != 0 && now + 1 < end && now[1].at < until)
			now++;
		at = strcmp(now->words, wanted->words) == 0 ? later(now->at, wanted->at) : until;
		must = due_by(line, other, wanted, now, at);
		if (at > must)
			fail_msg("%s: \"%s\" of %" PRId64 " came %" PRId64 " s late, %" PRId64 " s more than it may", name,
				 wanted->words, wanted->at, at - wanted->at, at - must);
		if (at == wanted->at)
			world->early++;
		else if (freed(line, true, wanted->at - LEAD_MAX_S, at) != NM_TIME_MIN)
			world->outwaited++;
		else if (freed(line, false, wanted->at - LEAD_MAX_S, at) != NM_TIME_MIN)
			world->outlived++;
		else
			world->on_time++;
	}
}

/* By how much what protects may go out early: by what pushes took, also one that waited for its carrier, while that is known. */
static nm_time lead_of(const struct told *told)
{
	for (int i = 0; i < LINES; i++)
		if (freed(&world->lines[i], true, told->at - FORGOTTEN_S, told->at) != NM_TIME_MIN)
			return LEAD_MAX_S;
	return told->pushes_s;
}

/* Nothing is told but what is in force, what protects in a moment, and what was in force when the push began. */
static void judge_told(const struct line *line, const struct told *told, const char *name)
{
	const nm_time began = told->at - told->pushes_s -
			      (freed(line, true, told->at - RETRY_MAX_S, told->at) != NM_TIME_MIN ? AWAY_TRIES * AWAY_S : 0);
	size_t i = 0;

	while (i + 1 < line->n_wanted && line->wanted[i + 1].at <= told->at)
		i++;
	if (strcmp(told->words, line->wanted[i].words) == 0)
		return;
	if (i > 0 && line->wanted[i].at > began && strcmp(told->words, line->wanted[i - 1].words) == 0)
		return;
	if (i + 1 < line->n_wanted && protects(&line->wanted[i + 1]) &&
	    line->wanted[i + 1].at - told->at <= lead_of(told) && strcmp(told->words, line->wanted[i + 1].words) == 0)
		return;
	fail_msg("%s: was told \"%s\" at %" PRId64 ": it is \"%s\" since %" PRId64 " s, the next change is in %" PRId64
		 " s, pushes take %" PRId64 " s",
		 name, told->words, told->at, line->wanted[i].words, told->at - line->wanted[i].at,
		 line->wanted[i + 1].at - told->at, told->pushes_s);
}

static void test_a_year_of_pushes(void **state)
{
	const int days = random_few(DAYS);
	struct nm_timeline *timeline;
	struct agent_rig rig;
	struct nm_error err;

	(void)state;
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(world != MAP_FAILED);
	world->seed = 9;
	agent_rig_open(&rig, PLAN, BEGIN);
	world->now_ms = rig.now_ms;
	world->end = agent_rig_now(&rig) + days * (nm_time)NM_DAY;
	ok(nm_timeline_build(rig.plan, agent_rig_now(&rig), world->end, &timeline, &err), &err);
	for (int i = 0; i < LINES; i++)
		read_wanted(&rig, i, timeline);
	nm_timeline_free(timeline);
	rig.reached = reached;
	agent_rig_push(&rig);
	agent_rig_leave(&rig);
	while (world->now_ms / 1000 < world->end)
		one_life(&rig);
	agent_rig_return(&rig);
	for (int i = 0; i < LINES; i++) {
		judge_changes(&world->lines[i], &world->lines[1 - i], names[i]);
		for (size_t k = 0; k < world->lines[i].n_told; k++)
			judge_told(&world->lines[i], &world->lines[i].told[k], names[i]);
	}
	print_message("%zu lives, %zu changes were there by their time, %zu so late as pushes take, %zu when a process was back, %zu "
		      "when a carrier was\n", world->lives, world->early, world->on_time, world->outlived, world->outwaited);
	if (days == DAYS)
		assert_true(world->lives > 50 && world->early > 300 && world->on_time > 300 && world->outlived > 30 &&
			    world->outwaited > 30);
	agent_rig_close(&rig);
	munmap(world, sizeof(*world));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_year_of_pushes),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
