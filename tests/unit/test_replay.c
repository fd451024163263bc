/* SPDX-License-Identifier: MIT */
/*
 * Replaying a log: what a plan plays, written down as a carrier's record, goes just so when it is played once more through
 * that plan; through another one it goes as nm_simulate says of each call by itself; and what a replay assumes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/decide.h"
#include "nevermiss/replay.h"
#include "random_plan.h"

/* clang-format off */
#define LONG_NAME "whoever_has_a_longer_name_than_anybody_else"
#define HEAD \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\nline over { number = \"+15125550101\" account = box }\n" \
	"schedule day { hours = \"Mo-Fr 08:00-18:00\" }\nschedule noon { hours = \"11:00-15:00\" }\ncallers spam { numbers = { \"+1900*\", anonymous } }\n" \
	"destination sam { kind = personal number = \"+15125550114\" own_voicemail = none away = noon }\n" \
	"destination pat { kind = personal number = \"+15125550115\" own_voicemail = 20s }\n" \
	"destination " LONG_NAME " { kind = personal number = \"+15125550116\" own_voicemail = none }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"destination mailbox { kind = voicemail greeting = \"Smith.\" }\n" \
	"rule spam { callers = spam reject = busy }\nrule open { during = day path = day }\nrule closed { path = night }\n"
#define OWNER "destination owner { kind = personal number = \"+15125550111\" own_voicemail = 25s confirm = yes }\n"
#define SMITH HEAD OWNER \
	"path day { step { ring = owner for = 15s } step { ring = { pat, sam } for = 25s } step { ring = mailbox } }\n" \
	"path night { step { ring = fixly for = 10s } step { ring = owner for = 30s } }\n"
/* Another way at each hour; the owner has another name, and the same number. */
#define OTHER HEAD "destination boss { kind = personal number = \"+15125550111\" own_voicemail = 25s confirm = yes }\n" \
	"path day { step { ring = sam for = 12s } step { ring = { boss, fixly } for = 20s } step { ring = pat for = 25s } }\n" \
	"path night { step { ring = boss for = 8s } step { ring = mailbox } }\n"
/* clang-format on */

#define T INT64_C(1767621600) /* Monday 2026-01-05 08:00 in Chicago */
#define SPAN ((struct nm_span){ T - 7 * NM_DAY, T + 61 * NM_DAY })
#define LEGS 16
#define MOST 400

/* A call as it was played, and as its record tells of it. */
struct played {
	struct nm_call_entry call;
	struct nm_call_leg legs[LEGS];
	char id[16];
};

static char *folder;
static struct nm_plan *smith, *other;
static struct nm_store *store;
static struct played calls[MOST];
static size_t n_calls;

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	smith = plan_of_text(SMITH, folder);
	other = plan_of_text(OTHER, folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nm_store_close(store);
	nm_plan_free(smith);
	nm_plan_free(other);
	random_folder_free(folder);
	return 0;
}

static void open_store(void)
{
	char file[512];
	struct nm_error err;

	nm_store_close(store);
	store = NULL;
	assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
	remove(file);
	ok(nm_store_open(file, false, &store, &err), &err);
	n_calls = 0;
}

static void keep(struct played *played)
{
	enum nm_call_kept kept;
	struct nm_error err;

	snprintf(played->id, sizeof(played->id), "c%zu", n_calls);
	played->call.driver = "sandbox";
	played->call.carrier_id = played->id;
	played->call.legs = played->legs;
	ok(nm_store_call_put(store, &played->call, &kept, &err), &err);
	n_calls++;
}

static struct nm_replay replay_of(const struct nm_plan *plan, size_t most)
{
	const struct nm_replay_options options = { .span = SPAN, .most = most };
	struct nm_replay replay;
	struct nm_error err;

	ok(nm_replay(store, plan, &options, &replay, &err), &err);
	return replay;
}

/* --- a record of what was played --- */

static struct nm_call_leg *ringing(struct played *p, const char *name)
{
	for (size_t i = p->call.n; i-- > 0;)
		if (strcmp(p->legs[i].who, name) == 0 && p->legs[i].leg.end == NM_LEG_OPEN)
			return &p->legs[i];
	return NULL;
}

static enum nm_leg_end end_of(enum nm_event_kind kind)
{
	switch (kind) {
	case NM_EVENT_BUSY:
	case NM_EVENT_DECLINED:
		return NM_LEG_BUSY;
	case NM_EVENT_UNREACHABLE:
		return NM_LEG_FAILED;
	case NM_EVENT_ANSWER:
	case NM_EVENT_SWALLOW:
		return NM_LEG_ANSWERED;
	default:
		return NM_LEG_NO_ANSWER;
	}
}

static void stop(struct played *p, struct nm_call_leg *one, enum nm_leg_end how, int t)
{
	if (one == NULL)
		return;
	one->leg.end = how;
	one->leg.rang_s = (int)(p->call.began + t - one->leg.began);
	one->leg.ended = p->call.began + t;
}

static const char *number_of(const char *name)
{
	const int id = nm_plan_find_destination(smith, name);
	static char numbers[8][NM_NUMBER_TEXT];

	assert_true(id >= 0 && id < 8);
	nm_number_write(smith->destinations[id].number, numbers[id]);
	return numbers[id];
}

static void write_legs(struct played *p, const struct nm_outcome *outcome)
{
	for (size_t i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		for (size_t k = 0; k < event->n; k++) {
			if (event->kind == NM_EVENT_RING) {
				assert_true(p->call.n < LEGS);
				p->legs[p->call.n++] = (struct nm_call_leg){
					.leg = { .to = number_of(event->to[k]),
						 .began = p->call.began + event->t,
						 .rang_s = -1 },
					.who = smith->destinations[nm_plan_find_destination(smith,
											    event->to[k])]
						       .name,
				};
				p->legs[p->call.n - 1].leg.end = NM_LEG_OPEN;
			} else if (event->kind != NM_EVENT_SKIP && event->kind != NM_EVENT_VOICEMAIL) {
				stop(p, ringing(p, event->to[k]), end_of(event->kind), event->t);
			}
		}
	}
	for (size_t i = 0; i < p->call.n; i++)
		if (p->legs[i].leg.end == NM_LEG_OPEN)
			stop(p, &p->legs[i], NM_LEG_CANCELED, outcome->ended_s);
}

static void write_end(struct played *p, const struct nm_outcome *outcome)
{
	static const struct {
		enum nm_call_end end;
		enum nm_call_reason reason;
	} ends[] = {
		[NM_ANSWERED] = { NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED },
		[NM_TO_VOICEMAIL] = { NM_CALL_VOICEMAIL, NM_CALL_MAILBOX },
		[NM_REJECTED] = { NM_CALL_REJECTED, NM_CALL_TURNED_AWAY },
		[NM_SWALLOWED] = { NM_CALL_SWALLOWED, NM_CALL_OWN_VOICEMAIL },
		[NM_ABANDONED] = { NM_CALL_ABANDONED, NM_CALL_HUNG_UP },
		[NM_LOST] = { NM_CALL_LOST, NM_CALL_NOBODY },
	};
	const int id = outcome->answered_by ? nm_plan_find_destination(smith, outcome->answered_by) : -1;

	p->call.became =
		(struct nm_became){ .end = ends[outcome->result].end,
				    .reason = ends[outcome->result].reason,
				    .by = id >= 0 ? smith->destinations[id].name : NULL,
				    .seconds = outcome->result == NM_REJECTED || outcome->result == NM_LOST
						       ? -1
						       : outcome->ended_s };
	p->call.ended = p->call.began + outcome->ended_s;
}

/* A call in the plan's hours or not, in which each does something. */
static void play_random(uint64_t *dice)
{
	struct nm_script_setting settings[8];
	struct played *p = &calls[n_calls];
	struct nm_simulation *simulation;
	struct nm_error err;
	const uint32_t who = random_below(dice, 20);
	struct nm_call call = {
		.at = SPAN.from + random_below(dice, (uint32_t)(SPAN.until - SPAN.from)),
		.line = (int)random_below(dice, 2),
		.caller = { .anonymous = who == 0,
			    .number = who == 0   ? 0
				      : who == 1 ? 19005550000
						 : 17375550100 + who },
		.script = { .busy_drops = random_below(dice, 2) == 0, /* one phone's voicemail takes it, another's not */
			    .n = smith->n_destinations,
			    .settings = settings,
			    .hangup_s = random_below(dice, 4) ? -1 : 15 + (int)random_below(dice, 40) },
	};

	assert_true(n_calls < MOST && smith->n_destinations <= 8);
	for (size_t i = 0; i < smith->n_destinations; i++)
		settings[i] = (struct nm_script_setting){ smith->destinations[i].name,
							  smith->destinations[i].kind == NM_VOICEMAIL
								  ? NM_ANSWERS
								  : (enum nm_behaviour)random_below(dice, 5),
							  3 + (int)random_below(dice, 20) };
	ok(nm_simulate(smith, &call, &simulation, &err), &err);
	*p = (struct played){ .call = { .number = smith->lines[call.line].number,
					.line = smith->lines[call.line].name,
					.caller = call.caller,
					.began = call.at } };
	write_legs(p, &simulation->outcome);
	write_end(p, &simulation->outcome);
	nm_simulation_free(simulation);
	keep(p);
}

static void play_log(uint64_t seed)
{
	open_store();
	for (int i = 0; i < MOST; i++)
		play_random(&seed);
}

static void assert_layers_equal(const struct nm_replay *replay)
{
	assert_true(replay->n_layers >= 4);
	for (size_t i = 0; i < replay->n_layers; i++)
		assert_int_equal(replay->layers[i].then, replay->layers[i].now);
}

static void test_through_its_own_plan_all_goes_as_it_went(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < (uint64_t)random_few(10); seed++) {
		struct nm_replay replay;

		play_log(seed);
		replay = replay_of(smith, 10);
		for (int then = 0; then < NM_REPLAY_ENDS; then++)
			for (int now = 0; now < NM_REPLAY_ENDS; now++)
				assert_true(then == now ? replay.counts.calls[then][now] > 0
							: replay.counts.calls[then][now] == 0);
		assert_int_equal(replay.at_once + replay.untold + replay.no_line, 0);
		assert_true(replay.counts.timed > 0);
		assert_int_equal(replay.counts.seconds_then, replay.counts.seconds_now);
		assert_int_equal(replay.lost.n + replay.won.n + replay.later.n, 0);
		assert_layers_equal(&replay);
		nm_replay_clear(&replay);
	}
}

/* The text with each of its people called otherwise. */
static void call_otherwise(const char *text, struct nm_buf *out)
{
	static const char *const names[] = { "sam", "pat", LONG_NAME, "owner", "fixly" };
	static const char word[] = "abcdefghijklmnopqrstuvwxyz_";

	while (*text != '\0') {
		const size_t n = strspn(text, word);

		nm_buf_addf(out, "%.*s", (int)(n > 0 ? n : 1), text);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (n == strlen(names[i]) && strncmp(text, names[i], n) == 0)
				nm_buf_add(out, "_too");
		text += n > 0 ? n : 1;
	}
}

/* A plan in which all have other names and the same numbers is the same plan. */
static void test_people_are_known_by_their_numbers(void **state)
{
	struct nm_plan *renamed;
	struct nm_buf text;

	(void)state;
	nm_buf_init(&text, 1u << 16);
	call_otherwise(SMITH, &text);
	renamed = plan_of_text(text.data, folder);
	assert_int_equal(nm_plan_find_destination(renamed, "owner"), -1);
	for (uint64_t seed = 0; seed < (uint64_t)random_few(5); seed++) {
		struct nm_replay replay, same;

		play_log(seed);
		replay = replay_of(renamed, 0);
		same = replay_of(smith, 0);
		assert_memory_equal(&replay.counts, &same.counts, sizeof(same.counts));
		assert_int_equal(replay.n_layers, same.n_layers);
		assert_layers_equal(&replay);
		nm_replay_clear(&replay);
		nm_replay_clear(&same);
	}
	nm_plan_free(renamed);
	nm_buf_clear(&text);
}

/* --- through another plan --- */

/* The slow way: each call by itself, of whoever its legs name what they did; names are the other plan's. */
static enum nm_replay_end end_by(const struct nm_plan *plan, const struct played *p, int *seconds)
{
	struct nm_script_setting settings[LEGS];
	struct nm_simulation *simulation;
	enum nm_replay_end end;
	struct nm_error err;
	const enum nm_call_end was = p->call.became.end;
	struct nm_call call = { .at = p->call.began,
				.line = p->call.number == plan->lines[0].number ? 0 : 1,
				.caller = p->call.caller,
				.script = { .busy_drops = true,
					    .settings = settings,
					    .hangup_s = was == NM_CALL_ABANDONED ? p->call.became.seconds
										 : -1 } };

	for (size_t i = 0; i < p->call.n; i++) {
		const struct nm_leg *leg = &p->legs[i].leg;
		const bool took = leg->end == NM_LEG_ANSWERED && was == NM_CALL_ANSWERED;

		settings[call.script.n++] =
			(struct nm_script_setting){ nm_call_who(plan, leg->to),
						    took ? NM_ANSWERS
						    : leg->end == NM_LEG_ANSWERED && leg->rang_s <= 2
							    ? NM_UNREACHABLE
						    : leg->end == NM_LEG_BUSY   ? NM_BUSY
						    : leg->end == NM_LEG_FAILED ? NM_BUSY
										: NM_NO_ANSWER,
						    took ? leg->rang_s : -1 };
	}
	ok(nm_simulate(plan, &call, &simulation, &err), &err);
	*seconds = simulation->outcome.seconds;
	end = simulation->outcome.result == NM_ANSWERED   ? NM_REPLAY_ANSWERED
	      : simulation->outcome.result == NM_REJECTED ? NM_REPLAY_REJECTED
							  : NM_REPLAY_MISSED;
	nm_simulation_free(simulation);
	return end;
}

static enum nm_replay_end end_then(const struct played *p)
{
	if (p->call.became.end == NM_CALL_REJECTED)
		return NM_REPLAY_REJECTED;
	return p->call.became.end == NM_CALL_ANSWERED ? NM_REPLAY_ANSWERED : NM_REPLAY_MISSED;
}

static void assert_counts_equal(const struct nm_replay_counts *got, const struct nm_replay_counts *want)
{
	assert_memory_equal(got->calls, want->calls, sizeof(got->calls));
	assert_int_equal(got->timed, want->timed);
	assert_int_equal(got->seconds_then, want->seconds_then);
	assert_int_equal(got->seconds_now, want->seconds_now);
}

static void count(struct nm_replay_counts *counts, const struct played *p, const struct nm_plan *plan)
{
	int seconds;
	const enum nm_replay_end then = end_then(p), now = end_by(plan, p, &seconds);

	counts->calls[then][now]++;
	if (then == NM_REPLAY_ANSWERED && now == NM_REPLAY_ANSWERED) {
		counts->timed++;
		counts->seconds_then += p->call.became.seconds;
		counts->seconds_now += seconds;
	}
}

static void check_lists(const struct nm_replay *replay)
{
	const struct nm_replay_calls *later = &replay->later;

	assert_int_equal(replay->lost.n, replay->counts.calls[NM_REPLAY_ANSWERED][NM_REPLAY_MISSED]);
	assert_int_equal(replay->won.n, replay->counts.calls[NM_REPLAY_MISSED][NM_REPLAY_ANSWERED]);
	assert_true(replay->lost.n > 0 && replay->won.n > 0 && later->n > 0);
	for (size_t i = 0; i < replay->won.n; i++) {
		assert_int_equal(replay->won.items[i].result, NM_ANSWERED);
		assert_non_null(replay->won.items[i].by);
		assert_true(i == 0 || replay->won.items[i - 1].began <= replay->won.items[i].began);
	}
	for (size_t i = 1; i < later->n; i++)
		assert_true(later->items[i - 1].seconds - later->items[i - 1].became.seconds >=
			    later->items[i].seconds - later->items[i].became.seconds);
}

static void test_through_another_plan_it_goes_as_each_call_by_itself(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < (uint64_t)random_few(10); seed++) {
		struct nm_replay_counts all = { 0 };
		struct nm_replay replay;

		play_log(seed + 100);
		replay = replay_of(other, MOST);
		for (size_t i = 0; i < n_calls; i++)
			count(&all, &calls[i], other);
		assert_counts_equal(&replay.counts, &all);
		for (size_t w = 0; w < replay.n_weeks; w++) {
			const struct nm_span span = replay.weeks[w].span;
			struct nm_replay_counts week = { 0 };

			for (size_t i = 0; i < n_calls; i++)
				if (calls[i].call.began >= span.from && calls[i].call.began < span.until)
					count(&week, &calls[i], other);
			assert_counts_equal(&replay.weeks[w].counts, &week);
		}
		check_lists(&replay);
		nm_replay_clear(&replay);
	}
}

/* However few are told one by one, they are the first and the worst ones. */
static void test_what_is_told_is_bounded(void **state)
{
	struct nm_replay all, few, none;

	(void)state;
	play_log(5);
	all = replay_of(other, MOST);
	few = replay_of(other, 2);
	none = replay_of(other, 0);
	assert_int_equal(few.lost.n, 2);
	assert_int_equal(few.lost.items[1].id, all.lost.items[1].id);
	assert_int_equal(few.later.n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(few.later.items[i].id, all.later.items[i].id);
	assert_int_equal(none.lost.n + none.won.n + none.later.n, 0);
	assert_counts_equal(&none.counts, &all.counts);
	nm_replay_clear(&all);
	nm_replay_clear(&few);
	nm_replay_clear(&none);
}

/* After so many questions (context) it is to stop. */
static bool goes_on(void *context, nm_time reached)
{
	int *left = context;

	assert_true(reached >= SPAN.from && reached < SPAN.until);
	return (*left)-- > 0;
}

static void test_it_stops_when_it_is_told_to(void **state)
{
	int left = 0;
	const struct nm_replay_options options = { .span = SPAN, .goes_on = goes_on, .context = &left };
	struct nm_replay replay;
	struct nm_error err;

	(void)state;
	play_log(6);
	assert_int_equal(nm_replay(store, smith, &options, &replay, &err), NM_REFUSED);
	assert_string_equal(err.text, "stopped after 0 calls");
	left = 1;
	ok(nm_replay(store, smith, &options, &replay, &err), &err);
	nm_replay_clear(&replay);
}

/* --- what is read --- */

struct reading {
	size_t n;
	nm_number number;
	nm_time began; /* of the call before, and its id */
	int64_t id;
};

static void assert_leg_equal(const struct nm_call_leg *got, const struct nm_call_leg *kept)
{
	assert_string_equal(got->leg.to, kept->leg.to);
	assert_string_equal(got->who, kept->who);
	assert_int_equal(got->leg.end, kept->leg.end);
	assert_int_equal(got->leg.rang_s, kept->leg.rang_s);
}

static enum nm_code take_read(void *context, const struct nm_call_entry *call, struct nm_error *err)
{
	struct reading *reading = context;
	const struct nm_call_entry *kept = &calls[call->id - 1].call;

	(void)err;
	assert_true(call->began > reading->began ||
		    (call->began == reading->began && call->id > reading->id));
	assert_true(reading->number == 0 || call->number == reading->number);
	assert_int_equal(call->number, kept->number);
	assert_int_equal(call->caller.number, kept->caller.number);
	assert_int_equal(call->caller.anonymous, kept->caller.anonymous);
	assert_int_equal(call->began, kept->began);
	assert_int_equal(call->ended, kept->ended);
	assert_int_equal(call->became.end, kept->became.end);
	assert_int_equal(call->became.reason, kept->became.reason);
	assert_int_equal(call->became.seconds, kept->became.seconds);
	if (kept->became.by == NULL)
		assert_null(call->became.by);
	else
		assert_string_equal(call->became.by, kept->became.by);
	assert_int_equal(call->n, kept->n);
	for (size_t i = 0; i < call->n; i++)
		assert_leg_equal(&call->legs[i], &kept->legs[i]);
	reading->began = call->began;
	reading->id = call->id;
	reading->n++;
	return NM_OK;
}

static void assert_read(nm_number number, struct nm_span span)
{
	struct reading reading = { .number = number, .began = NM_TIME_MIN };
	const struct nm_call_entry_reader reader = { number, span, take_read, &reading };
	struct nm_error err;
	size_t n = 0;

	for (size_t i = 0; i < n_calls; i++)
		n += (number == 0 || calls[i].call.number == number) && calls[i].call.began >= span.from &&
		     calls[i].call.began < span.until;
	ok(nm_store_played_each(store, &reader, &err), &err);
	assert_int_equal(reading.n, n);
}

static int by_time(const void *a, const void *b)
{
	const nm_time x = ((const struct played *)a)->call.began, y = ((const struct played *)b)->call.began;

	return (x > y) - (x < y);
}

/* The same calls, kept as time went on, or the newest first. */
static void keep_sorted(bool newest_first)
{
	static struct played sorted[MOST];

	memcpy(sorted, calls, sizeof(calls));
	qsort(sorted, MOST, sizeof(sorted[0]), by_time);
	open_store();
	for (size_t i = 0; i < MOST; i++) {
		calls[i] = sorted[newest_first ? MOST - 1 - i : i];
		keep(&calls[i]);
	}
}

static void test_each_call_is_read_with_its_own_legs(void **state)
{
	const struct nm_span weeks = { T, T + 14 * NM_DAY };

	(void)state;
	play_log(7);
	for (int order = 0; order < 3; order++) {
		if (order > 0)
			keep_sorted(order == 2);
		assert_read(0, SPAN);
		assert_read(0, weeks);
		assert_read(smith->lines[1].number, SPAN);
	}
}

/* --- who had them --- */

static int64_t had(const struct nm_replay *replay, const char *name)
{
	for (size_t i = 0; i < replay->n_layers; i++)
		if (strcmp(replay->layers[i].name, name) == 0)
			return replay->layers[i].then;
	return 0;
}

/* However many are named of whom the plan knows nothing. */
static void test_who_had_the_calls(void **state)
{
	static char strangers[MOST][16];
	static const char *const names[] = { "sam", LONG_NAME, "over", "+15125550115" };
	struct nm_replay replay;

	(void)state;
	open_store();
	for (size_t i = 0; i < MOST; i++) {
		snprintf(strangers[i], sizeof(strangers[i]), "+1737555%04zu", i);
		calls[i] = (struct played){
			.call = { .number = 15125550100,
				  .line = "main",
				  .caller = { .number = 17375550101 },
				  .began = T + (nm_time)i,
				  .became = { .end = NM_CALL_ANSWERED,
					      .by = i % 5 < 4 ? names[i % 5] : strangers[i],
					      .seconds = 5 } },
		};
		keep(&calls[i]);
	}
	replay = replay_of(smith, 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(had(&replay, names[i]), MOST / 5);
	assert_int_equal(had(&replay, "others"), 2 * MOST / 5);
	assert_int_equal(had(&replay, "pat"), MOST / 5);
	nm_replay_clear(&replay);
}

/* --- what it assumes --- */

static struct nm_replay replay_one(struct nm_became became, nm_number number, bool cut)
{
	open_store();
	calls[0] = (struct played){ .call = { .number = number,
					      .line = "main",
					      .caller = { .number = 17375550101 },
					      .began = T + 3600,
					      .ended = T + 3660,
					      .became = became,
					      .cut = cut } };
	keep(&calls[0]);
	return replay_of(other, 1);
}

static void assert_won_by(enum nm_call_reason reason, const char *by, int seconds)
{
	struct nm_replay replay =
		replay_one((struct nm_became){ .end = reason == NM_CALL_HUNG_UP ? NM_CALL_ABANDONED : NM_CALL_LOST,
					       .reason = reason,
					       .seconds = -1 },
			   15125550100, false);

	assert_int_equal(replay.won.n, 1);
	assert_string_equal(replay.won.items[0].by, by);
	assert_int_equal(replay.won.items[0].seconds, seconds);
	nm_replay_clear(&replay);
}

/* Sam answers as people do where the record would tell if somebody had rung; else no human is taken to. */
static void test_who_is_not_told_of(void **state)
{
	(void)state;
	assert_won_by(NM_CALL_NOBODY, "sam", 6);
	assert_won_by(NM_CALL_MISSED, "fixly", 12 + 3);
	assert_won_by(NM_CALL_SAID, "fixly", 12 + 3);
	assert_won_by(NM_CALL_BUSY, "fixly", 12 + 3);
	assert_won_by(NM_CALL_FAILED, "fixly", 12 + 3);
	assert_won_by(NM_CALL_HUNG_UP, "fixly", 12 + 3);
}

/* A call for which Pat's phone rang, by a plan that rings it for so long, and then Fixly; the plan is the caller's to free
 * when it is done with the names in it. */
static struct nm_replay replay_of_pat(int for_s, enum nm_leg_end end, int rang_s, enum nm_call_end became, struct nm_plan **plan)
{
	struct nm_replay replay;
	char text[4096];

	snprintf(text, sizeof(text),
		 HEAD "path day { step { ring = pat for = %ds } step { ring = fixly } }\npath night { step { ring = fixly } }\n",
		 for_s);
	*plan = plan_of_text(text, folder);
	open_store();
	calls[0] = (struct played){ .call = { .number = 15125550100,
					      .line = "main",
					      .caller = { .number = 17375550101 },
					      .began = T + 3600,
					      .ended = T + 3720,
					      .n = 1,
					      .became = { .end = became,
							  .reason = NM_CALL_NOBODY,
							  .by = became == NM_CALL_LOST ? NULL : "pat",
							  .seconds = became == NM_CALL_LOST ? -1 : rang_s } },
				    .legs = { { .leg = { .id = "l",
							 .to = "+15125550115",
							 .end = end,
							 .began = T + 3600,
							 .ended = T + 3600 + rang_s,
							 .rang_s = rang_s },
						.who = "pat" } } };
	keep(&calls[0]);
	replay = replay_of(*plan, 1);
	return replay;
}

static void assert_fixly_after(int for_s, enum nm_leg_end end, int rang_s)
{
	struct nm_plan *plan;
	struct nm_replay replay = replay_of_pat(for_s, end, rang_s, NM_CALL_LOST, &plan);

	assert_int_equal(replay.won.n, 1);
	assert_string_equal(replay.won.items[0].by, "fixly");
	assert_int_equal(replay.won.items[0].seconds, for_s + 3);
	nm_replay_clear(&replay);
	nm_plan_free(plan);
}

static void assert_missed_too(int for_s, enum nm_leg_end end, int rang_s, enum nm_call_end became)
{
	struct nm_plan *plan;
	struct nm_replay replay = replay_of_pat(for_s, end, rang_s, became, &plan);

	assert_int_equal(replay.counts.calls[NM_REPLAY_MISSED][NM_REPLAY_MISSED], 1);
	nm_replay_clear(&replay);
	nm_plan_free(plan);
}

/* "A phone that rang on past its own voicemail, and was not swallowed, has none in that call": Pat's is said to pick up
 * after 20 s. */
static void test_the_log_knows_an_own_voicemail_better(void **state)
{
	struct nm_replay replay;
	struct nm_plan *plan;

	(void)state;
	assert_fixly_after(40, NM_LEG_NO_ANSWER, 40);
	assert_fixly_after(60, NM_LEG_NO_ANSWER, 24);
	assert_fixly_after(40, NM_LEG_CANCELED, 30);
	/* "where it was by no more than 3 seconds, one that is so much later" */
	assert_fixly_after(22, NM_LEG_NO_ANSWER, 22);
	assert_missed_too(40, NM_LEG_NO_ANSWER, 22, NM_CALL_LOST);
	/* It did not ring so long; or the voicemail did take it. */
	assert_missed_too(40, NM_LEG_NO_ANSWER, 19, NM_CALL_LOST);
	assert_missed_too(40, NM_LEG_ANSWERED, 23, NM_CALL_SWALLOWED);
	/* "who answered answers after ringing as long", later than the voicemail is said to */
	replay = replay_of_pat(40, NM_LEG_ANSWERED, 31, NM_CALL_ANSWERED, &plan);
	assert_int_equal(replay.counts.calls[NM_REPLAY_ANSWERED][NM_REPLAY_ANSWERED], 1);
	assert_int_equal(replay.counts.seconds_now, 31);
	nm_replay_clear(&replay);
	nm_plan_free(plan);
}

static void test_what_is_left_out(void **state)
{
	struct nm_replay replay =
		replay_one((struct nm_became){ .end = NM_CALL_UNKNOWN, .seconds = -1 }, 15125550100, false);

	(void)state;
	assert_int_equal(replay.untold, 1);
	nm_replay_clear(&replay);
	replay = replay_one((struct nm_became){ .end = NM_CALL_ANSWERED, .by = "sam", .seconds = 4 },
			    15125550100, true);
	assert_int_equal(replay.untold, 1);
	nm_replay_clear(&replay);
	replay =
		replay_one((struct nm_became){ .end = NM_CALL_ABANDONED, .seconds = 14 }, 15125550100, false);
	assert_int_equal(replay.at_once, 1);
	nm_replay_clear(&replay);
	replay = replay_one((struct nm_became){ .end = NM_CALL_LOST, .seconds = -1 }, 15125550199, false);
	assert_int_equal(replay.no_line, 1);
	assert_int_equal(replay.n_gone, 1);
	assert_int_equal(replay.gone[0].number, 15125550199);
	assert_int_equal(replay.gone[0].calls, 1);
	assert_int_equal(nm_replay_then(&replay.counts, NM_REPLAY_MISSED), 0);
	nm_replay_clear(&replay);
}

/* Lines that are gone are told as they come, and of many the first ones. */
static void test_which_lines_are_gone(void **state)
{
	struct nm_replay replay;

	(void)state;
	open_store();
	for (size_t i = 0; i < 3 * NM_REPLAY_GONE; i++) {
		calls[i] = (struct played){ .call = { .number = 15125550200 + i % (NM_REPLAY_GONE + 1),
						      .line = "gone",
						      .caller = { .number = 17375550101 },
						      .began = T + (nm_time)i,
						      .became = { .end = NM_CALL_LOST, .seconds = -1 } } };
		keep(&calls[i]);
	}
	replay = replay_of(other, 0);
	assert_int_equal(replay.no_line, 3 * NM_REPLAY_GONE);
	assert_int_equal(replay.n_gone, NM_REPLAY_GONE);
	for (size_t i = 0; i < NM_REPLAY_GONE; i++) {
		assert_int_equal(replay.gone[i].number, 15125550200 + i);
		assert_in_range(replay.gone[i].calls, 2, 3);
	}
	nm_replay_clear(&replay);
}

static void test_options_that_are_refused(void **state)
{
	const struct nm_replay_options bad[] = {
		{ .span = { T, T } },
		{ .span = { T, T + 11 * 366 * (nm_time)NM_DAY } },
		{ .span = SPAN, .most = NM_REPLAY_LISTED + 1 },
	};
	struct nm_replay replay;
	struct nm_error err;

	(void)state;
	open_store();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(nm_replay(store, smith, &bad[i], &replay, &err), NM_INPUT);
	assert_string_equal(err.text, "a replay lists at most 500 calls of each kind");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_through_its_own_plan_all_goes_as_it_went),
		cmocka_unit_test(test_people_are_known_by_their_numbers),
		cmocka_unit_test(test_through_another_plan_it_goes_as_each_call_by_itself),
		cmocka_unit_test(test_what_is_told_is_bounded),
		cmocka_unit_test(test_each_call_is_read_with_its_own_legs),
		cmocka_unit_test(test_who_had_the_calls),
		cmocka_unit_test(test_it_stops_when_it_is_told_to),
		cmocka_unit_test(test_who_is_not_told_of),
		cmocka_unit_test(test_the_log_knows_an_own_voicemail_better),
		cmocka_unit_test(test_what_is_left_out),
		cmocka_unit_test(test_which_lines_are_gone),
		cmocka_unit_test(test_options_that_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
