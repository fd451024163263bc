/* SPDX-License-Identifier: MIT */
/*
 * Who calls the demo's business when, and what everybody does then.  In: an hour of the local calendar.  Out: calls to
 * be played.  The same hour always has as many calls; over the weeks fewer of them are missed.  No two dice are
 * thrown in one expression: compilers would throw them in different orders, and tell different stories.
 */
#include "demo.h"

#define SEED UINT64_C(0x6e657665726d6973)

/* Calls of a weekday, by local hour, in hundredths: most of them between 9 and 11 and between 13 and 15. */
static const double hour_calls[24] = { 4,  3,   3,   3,  4,  6,  15, 49, 98, 196, 208, 105,
				       86, 184, 180, 92, 96, 82, 61, 49, 37, 24,  15,  7 };
static const double day_shares[7] = { 1.1, 1.05, 1.0, 1.0, 0.95, 0.45, 0.25 };

/* Numbers ending in 555-01xx belong to nobody. */
static const int area_codes[] = { 210, 254, 325, 361, 430, 737, 806, 830, 903, 940 };
#define FIRST_NUMBER UINT64_C(15550100)
#define PREMIUM_NUMBER UINT64_C(19005550100)
#define VIP_NUMBER UINT64_C(15125550142) /* and the next one: the example's two property managers */
#define REGULARS 16

/* splitmix64 (Vigna, public domain: https://prng.di.unimi.it/splitmix64.c) */
static uint64_t roll(struct demo_story *story)
{
	uint64_t z = story->dice += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int demo_between(struct demo_story *story, int least, int most)
{
	return least + (int)(roll(story) % (uint64_t)(most - least + 1));
}

static double part(struct demo_story *story)
{
	return (double)(roll(story) >> 11) * 0x1p-53;
}

bool demo_chance(struct demo_story *story, double percent)
{
	return part(story) * 100 < percent;
}

int demo_hour_calls(struct demo_story *story, nm_time hour)
{
	const nm_local local = nm_zone_local(story->plan->zone, hour);
	const int64_t day = nm_local_day(local);
	const int64_t of_day = (local - day * NM_DAY) / 3600;

	story->dice = SEED ^ (uint64_t)(day * 24 + of_day);
	return (int)(hour_calls[of_day] / 100 * day_shares[nm_weekday(day)] + part(story));
}

static nm_number number_of(int area_code, int i)
{
	return (UINT64_C(1000) + (nm_number)area_code) * 10000000 + FIRST_NUMBER % 10000000 + (nm_number)i;
}

static struct nm_caller next_caller(struct demo_story *story)
{
	struct nm_caller caller = { .number = story->missed };
	const int areas = (int)(sizeof area_codes / sizeof area_codes[0]);
	int area;

	if (story->missed && demo_chance(story, 25)) {
		story->missed = 0;
		return caller;
	}
	if (demo_chance(story, 3))
		return (struct nm_caller){ .anonymous = true };
	if (demo_chance(story, 3))
		caller.number = PREMIUM_NUMBER + (nm_number)demo_between(story, 0, 99);
	else if (demo_chance(story, 4))
		caller.number = VIP_NUMBER + (nm_number)demo_between(story, 0, 1);
	else if (demo_chance(story, 8))
		caller.number = number_of(512, demo_between(story, 0, REGULARS - 1) + 50);
	else {
		area = demo_between(story, 0, areas - 1);
		caller.number = number_of(area_codes[area], demo_between(story, 0, 99));
	}
	return caller;
}

double demo_progress(const struct demo_story *story, nm_time at)
{
	return (double)(at - story->from) / (double)(story->now - story->from);
}

static struct nm_script_setting person_does(struct demo_story *story, const char *name, double answers)
{
	if (demo_chance(story, answers))
		return (struct nm_script_setting){ name, NM_ANSWERS, demo_between(story, 3, 13) };
	if (demo_chance(story, 30))
		return (struct nm_script_setting){ name, NM_BUSY, -1 };
	return (struct nm_script_setting){ name, demo_chance(story, 20) ? NM_UNREACHABLE : NM_NO_ANSWER, -1 };
}

static struct nm_script_setting machine_does(struct demo_story *story, const char *name, bool fails)
{
	if (!fails)
		return (struct nm_script_setting){ name, NM_ANSWERS, demo_between(story, 1, 3) };
	return (struct nm_script_setting){ name, demo_chance(story, 50) ? NM_UNREACHABLE : NM_NO_ANSWER, -1 };
}

/* Everybody who can ring does something; or nobody answers. */
static size_t all_do(struct demo_story *story, bool missed)
{
	const struct nm_plan *plan = story->plan;
	size_t n = 0, i;

	for (i = 0; i < plan->n_destinations; i++) {
		const struct nm_destination *one = &plan->destinations[i];

		if (one->kind == NM_AI)
			story->settings[n++] = machine_does(story, one->name, missed);
		else if (one->kind != NM_VOICEMAIL)
			story->settings[n++] = person_does(story, one->name,
							   missed                   ? 0
							   : one->kind == NM_BACKUP ? 75
										    : 50);
	}
	return n;
}

static int gives_up(struct demo_story *story, bool missed)
{
	if (demo_chance(story, 2))
		return demo_between(story, 6, NM_SHORT_ABANDON_S - 1);
	return missed && demo_chance(story, 30) ? demo_between(story, 16, 40) : -1;
}

/* One in seven at first, and one in twenty at last, as evenly as whole calls allow; of the last days, the three that
 * are missed just before the end. */
static bool is_missed(struct demo_story *story, nm_time at)
{
	story->owed += 0.15 - 0.1 * demo_progress(story, at);
	if (story->owed < 1 || at > story->now - 4 * (nm_time)NM_DAY)
		return false;
	story->owed -= 1;
	return true;
}

struct nm_call demo_next_call(struct demo_story *story, nm_time at)
{
	const bool missed = is_missed(story, at);
	const int hotline = nm_plan_find_line(story->plan, "hotline");
	struct nm_call call = { .at = at, .caller = next_caller(story) };

	if (hotline >= 0 && demo_chance(story, 2))
		call.line = hotline;
	call.script.n = all_do(story, missed);
	call.script.settings = story->settings;
	call.script.hangup_s = gives_up(story, missed);
	return call;
}

struct nm_call demo_missed_call(struct demo_story *story, nm_time at, int n)
{
	struct nm_call call = { .at = at, .caller.number = number_of(737, 20 * (n + 1)) };
	size_t settings = 0, i;

	for (i = 0; i < story->plan->n_destinations; i++)
		if (story->plan->destinations[i].kind == NM_AI)
			story->settings[settings++] =
				(struct nm_script_setting){ story->plan->destinations[i].name, NM_UNREACHABLE,
							    -1 };
	call.script = (struct nm_script){
		.nobody = true, .n = settings, .settings = story->settings, .hangup_s = -1
	};
	return call;
}
