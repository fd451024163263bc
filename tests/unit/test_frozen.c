/* SPDX-License-Identifier: MIT */
/*
 * What is frozen when the agent stops: check says "what would be frozen if it stopped now", against the slow reading of
 * what the plan said when the line was pushed; and it "proposes a resting state that is safe", against the slow reading of
 * every path of random plans, left in force at all times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carrier_rig.h"
#include "nevermiss/carrier.h"
#include "nevermiss/check.h"
#include "nevermiss/live_then.h"
#include "random_plan.h"
#include "slow.h"

#define DAYS 9

#define PLAN                                                                                          \
	"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                     \
	"account tx { driver = sandbox hours = no }\n"                                                \
	"line main { number = \"+15125550100\" account = tx }\n"                                      \
	"schedule day { hours = \"Mo-Fr 08:00-18:00\" }\n"                                            \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"      \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                 \
	"destination box { kind = voicemail }\n"                                                      \
	"path a { step { ring = owner for = 15s } step { ring = box } }\n"                            \
	"path b { step { ring = fixly for = 15s } step { ring = box } }\n"                            \
	"rule open { during = day path = a }\nrule closed { path = b }\n"                             \
	"guarantee \"night live\" { outside = day live = yes within = 10s }\n"

static char *folder;

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	random_folder_free(folder);
	return 0;
}

static nm_time time_of(const struct nm_plan *plan, const char *text)
{
	struct nm_error err;
	nm_time t = 0;

	if (nm_time_read(text, plan->zone, 0, &t, &err))
		fail_msg("%s", err.text);
	return t;
}

/* A line as the sandbox has it, pushed at `at` by this plan's text. */
struct live {
	struct carrier_line line;
	struct nm_buf text;
	struct nm_live_then then;
	struct nm_line_fact fact;
};

static void live_open(struct live *live, const char *text, const char *at)
{
	struct nm_plan *plan = plan_of_text(text, folder);
	struct nm_error err;

	carrier_line_open(&live->line, nm_carrier_find("sandbox"), &plan->accounts[0], plan, 0, at, 14);
	assert_null(live->line.refusal);
	nm_buf_init(&live->text, 1 << 20);
	assert_int_equal(nm_artefact_write(&live->line.artefact, &live->text, &err), NM_OK);
	live->then = (struct nm_live_then){ .known = NM_LIVE_KNOWN, .text = live->text.data, .driver = "sandbox",
					    .at = live->line.at, .push = 7 };
	live->fact = (struct nm_line_fact){ .line = "main", .pushed = true, .known = true, .in_sync = true,
					    .horizon = NM_TIME_MAX, .live = &live->then };
}

static void live_close(struct live *live)
{
	nm_buf_clear(&live->text);
	carrier_line_close(&live->line);
}

static const struct nm_finding *find(const struct nm_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (!strcmp(findings->items[i].id, "agent-dependent"))
			return &findings->items[i];
	return NULL;
}

static void check_at(const struct nm_plan *plan, const struct live *live, const char *now, struct nm_findings *out)
{
	const nm_time at = time_of(plan, now);
	const struct nm_check_options options = { .now = at, .from = at, .until = at + DAYS * (nm_time)NM_DAY,
						  .n_facts = live ? 1 : 0, .facts = live ? &live->fact : NULL };
	struct nm_error err;

	if (nm_check(plan, &options, out, &err))
		fail_msg("%s", err.text);
}

static bool in_windows(const struct nm_finding *finding, nm_time t)
{
	for (size_t i = 0; i < finding->n_windows; i++)
		if (t >= finding->windows[i].from && t < finding->windows[i].until)
			return true;
	return false;
}

/* Frozen is what held when it was pushed, at whatever time somebody asks: the windows are those in which the slow reading
 * takes another path than it took then. */
static void what_was_pushed_is_what_is_frozen(void **state)
{
	static const char *const pushed[] = { "2026-11-25 10:00", "2026-11-25 20:00", "2026-11-21 12:00", "2026-11-25 17:59" };
	static const char *const asked[] = { "2026-11-25 20:00", "2026-11-26 09:00", "2026-11-29 03:00" };

	(void)state;
	for (size_t p = 0; p < 4; p++) {
		for (size_t a = 0; a < 3; a++) {
			struct nm_findings findings;
			const struct nm_finding *finding;
			const struct nm_plan *plan;
			struct slow slow;
			struct live live;
			int then;

			live_open(&live, PLAN, pushed[p]);
			plan = live.line.plan;
			check_at(plan, &live, asked[a], &findings);
			finding = find(&findings);
			assert_non_null(finding);
			slow_init(&slow, plan, live.line.at - NM_DAY, findings.until + NM_DAY);
			then = slow_decide(&slow, live.line.at, 0, (struct nm_caller){ 0 }, false).path;
			assert_non_null(strstr(finding->message, then == 0 ? "force: owner 15 s" : "force: fixly 15 s"));
			assert_non_null(strstr(finding->message, "what was pushed "));
			assert_int_equal(strstr(finding->message, "\"night live\"") != NULL, then == 0);
			for (nm_time t = findings.from; t < findings.until; t += 10 * 60)
				assert_int_equal(in_windows(finding, t),
						 slow_decide(&slow, t, 0, (struct nm_caller){ 0 }, false).path != then);
			slow_clear(&slow);
			nm_findings_clear(&findings);
			live_close(&live);
		}
	}
}

/* What no state of the plan does any more is frozen all the same, and at no time what the plan says. */
static void what_an_older_text_pushed_is_frozen(void **state)
{
	static const char older[] = "15125550199";
	struct nm_buf text;
	struct nm_findings findings;
	const struct nm_finding *finding;
	struct nm_plan *plan;
	struct live live;
	char *number;

	(void)state;
	nm_buf_init(&text, 1 << 16);
	nm_buf_add(&text, PLAN);
	number = strstr(text.data, "15125550111");
	memcpy(number, older, sizeof older - 1);
	live_open(&live, text.data, "2026-11-25 10:00");
	plan = plan_of_text(PLAN, folder);
	check_at(plan, &live, "2026-11-25 20:00", &findings);
	finding = find(&findings);
	assert_non_null(finding);
	assert_non_null(strstr(finding->message, "\"night live\""));
	for (nm_time t = findings.from; t < findings.until; t += 60 * 60)
		assert_true(in_windows(finding, t));
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	live_close(&live);
	nm_buf_clear(&text);
}

/* Where nothing is known to be live, it is what a push now would leave. */
static void what_nobody_pushed_is_what_is_pushed_now(void **state)
{
	static const enum nm_live_known unknown[] = { NM_LIVE_NOTHING, NM_LIVE_UNDER_WAY, NM_LIVE_FAILED, NM_LIVE_TAKEN_BACK };
	struct nm_findings findings;
	struct live live;

	(void)state;
	live_open(&live, PLAN, "2026-11-25 10:00");
	for (size_t i = 0; i < 4; i++) {
		live.then.known = unknown[i];
		check_at(live.line.plan, &live, "2026-11-25 20:00", &findings);
		assert_non_null(find(&findings));
		assert_non_null(strstr(find(&findings)->message, "what is pushed now stays in force: fixly 15 s"));
		nm_findings_clear(&findings);
	}
	live_close(&live);
}

/* --- the resting state --- */

#define RESTS 300 /* plans */
#define NOW "2026-11-25 20:00"
#define VIP "15125550142"

/* A plan in which paths, hours and guarantees are drawn, malloc'd: rules take paths 0 to 2 of four. */
static char *drawn_plan(uint64_t *seed)
{
	static const char *const rings[] = { "owner", "tech", "fixly" };
	static const char *const wishes[] = { "live = yes within = 10s", "never = owner", "answered_by = human within = 30s",
					      "live = yes" };
	static const char *const times[] = { "during = day", "outside = day", "" };
	struct nm_buf out;

	nm_buf_init(&out, 1 << 16);
	nm_buf_addf(&out,
		    "business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		    "account tx { driver = sandbox hours = no }\nline main { number = \"+15125550100\" account = tx }\n"
		    "callers vip { numbers = \"+" VIP "\" }\n"
		    "schedule day { hours = \"Mo-Fr 08:00-18:00\" }\nschedule lunch { hours = \"Mo-Su 12:00-13:00\" }\n"
		    "destination owner { kind = personal number = \"+15125550111\" own_voicemail = %s %s }\n"
		    "destination tech { kind = backup number = \"+15125550112\" own_voicemail = none %s }\n"
		    "destination fixly { kind = ai number = \"+15125550177\" %s }\ndestination box { kind = voicemail }\n",
		    random_below(seed, 4) ? "none" : "12s", random_below(seed, 2) ? "away = lunch" : "",
		    random_below(seed, 2) ? "hours = day" : "", random_below(seed, 4) ? "" : "hours = day");
	for (int p = 0; p < 4; p++) {
		nm_buf_addf(&out, "path p%d { %s", p, random_below(seed, 2) ? "greeting = \"Smith here\" lasts = 4s " : "");
		for (uint32_t n = 1 + random_below(seed, 2); n > 0; n--)
			nm_buf_addf(&out, "step { ring = %s for = %ds } ", rings[random_below(seed, 3)],
				    random_below(seed, 2) ? 5 : 15);
		nm_buf_add(&out, random_below(seed, 4) ? "step { ring = box } }\n" : "}\n");
	}
	nm_buf_add(&out, "rule vip { callers = vip path = p0 }\nrule open { during = day path = p1 }\nrule closed { path = p2 }\n");
	for (uint32_t g = random_below(seed, 3); g > 0; g--)
		nm_buf_addf(&out, "guarantee \"g%u\" { %s %s }\n", g, times[random_below(seed, 3)], wishes[random_below(seed, 4)]);
	return nm_buf_take(&out);
}

enum who { NOBODY, SILENT, HUMANS };

static void play(const struct slow *slow, nm_time at, struct nm_caller caller, enum who who, struct slow_outcome *out)
{
	struct nm_script_setting settings[] = { { "fixly", NM_NO_ANSWER, -1 }, { "owner", NM_ANSWERS, 6 }, { "tech", NM_ANSWERS, 6 } };
	struct nm_call call = { .at = at, .caller = caller, .script = { .nobody = who != HUMANS, .hangup_s = -1 } };

	call.script.settings = who == HUMANS ? settings + 1 : settings;
	call.script.n = who == NOBODY ? 0 : who == SILENT ? 1 : 2;
	slow_play(slow, &call, out);
}

/* When and of which kind the first live one is rung; -1: none. */
static int first_live(const struct slow *slow, const struct slow_outcome *silent, enum nm_kind *kind)
{
	for (size_t i = 0; i < silent->n; i++) {
		*kind = slow->plan->destinations[nm_plan_find_destination(slow->plan, silent->notes[i].name)].kind;
		if (!silent->notes[i].skipped && *kind != NM_VOICEMAIL)
			return silent->notes[i].t;
	}
	return -1;
}

static bool rings_owner(const struct slow_outcome *silent)
{
	for (size_t i = 0; i < silent->n; i++)
		if (!silent->notes[i].skipped && !strcmp(silent->notes[i].name, "owner"))
			return true;
	return false;
}

/* What a call at `at` gets has no hole, and breaks no guarantee about calls at `t`. */
static bool slow_safe(const struct slow *slow, nm_time at, nm_time t, struct nm_caller caller)
{
	static struct slow_outcome nobody, silent, humans;
	const struct nm_plan *plan = slow->plan;
	const bool day = slow_schedule_on(slow, 0, t);
	enum nm_kind kind;

	play(slow, at, caller, NOBODY, &nobody);
	play(slow, at, caller, SILENT, &silent);
	play(slow, at, caller, HUMANS, &humans);
	if ((nobody.result != NM_ANSWERED && nobody.result != NM_TO_VOICEMAIL) ||
	    first_live(slow, &silent, &kind) < 0)
		return false;
	for (size_t g = 0; g < plan->n_guarantees; g++) {
		const struct nm_guarantee *wish = &plan->guarantees[g];
		const bool human = humans.result == NM_ANSWERED && strcmp(humans.answered_by, "fixly") != 0;

		if ((wish->during.n && !day) || (wish->outside.n && day))
			continue;
		if (wish->live && (nobody.result != NM_ANSWERED || (wish->within_s >= 0 && nobody.seconds > wish->within_s)))
			return false;
		if (wish->never >= 0 && rings_owner(&silent))
			return false;
		if (wish->answered_by == NM_ANSWERED_HUMAN && !(human && humans.seconds <= wish->within_s))
			return false;
	}
	return true;
}

/* The path left in force from now on, at each half hour, for every caller. */
struct rested {
	bool safe, owner; /* the owner is the first live */
	int at_s;
};

static struct rested rest_slowly(const char *text, int path)
{
	static struct slow_outcome silent;
	const struct nm_caller callers[] = { { 0 }, { .number = UINT64_C(15125550142) } };
	struct rested out = { .safe = true };
	struct nm_plan *plan;
	struct slow slow;
	struct nm_buf with;
	enum nm_kind kind = NM_VOICEMAIL;
	nm_time now;

	nm_buf_init(&with, 1 << 16);
	nm_buf_addf(&with, "%soverride rest { from = \"2026-11-20 00:00\" until = \"2026-12-20 00:00\" path = p%d }\n", text, path);
	plan = plan_of_text(with.data, folder);
	now = time_of(plan, NOW);
	slow_init(&slow, plan, now - NM_DAY, now + (DAYS + 1) * (nm_time)NM_DAY);
	for (nm_time t = now; out.safe && t < now + DAYS * (nm_time)NM_DAY; t += 30 * 60)
		for (size_t c = 0; c < 2; c++)
			out.safe = out.safe && slow_safe(&slow, now, t, callers[c]) && slow_safe(&slow, t, t, callers[c]);
	play(&slow, now, callers[0], SILENT, &silent);
	out.at_s = first_live(&slow, &silent, &kind);
	out.owner = kind == NM_PERSONAL;
	slow_clear(&slow);
	nm_plan_free(plan);
	nm_buf_clear(&with);
	return out;
}

/* Every path that the line ever gets is tried slowly: the one that is named is safe and no other safe one protects more;
 * and where none is named none is safe. */
static void assert_rests(const char *text, const struct nm_finding *finding, size_t *named)
{
	const char *words = finding->mends[0].words, *at = strstr(words, "until then path p");
	const int path = at ? at[strlen("until then path p")] - '0' : -1;
	const struct rested best = path >= 0 ? rest_slowly(text, path) : (struct rested){ 0 };
	char command[96];

	if (path >= 0) {
		assert_in_range(path, 0, 2);
		assert_true(best.safe);
		snprintf(command, sizeof command, "nevermiss override --for 30d --line main --path p%d", path);
		assert_non_null(strstr(words, command));
		++*named;
	} else {
		assert_non_null(strstr(words, "no path of the line is safe"));
	}
	for (int other = 0; other < 3; other++) {
		const struct rested rested = rest_slowly(text, other);

		if (!rested.safe)
			continue;
		assert_true(path >= 0);
		assert_true(rested.owner || !best.owner);
		if (rested.owner == best.owner)
			assert_true(best.at_s <= rested.at_s);
	}
}

static void the_resting_state_is_safe_and_protects_most(void **state)
{
	const int plans = random_few(RESTS);
	size_t found = 0, named = 0;
	uint64_t seed = 17;

	(void)state;
	for (int i = 0; i < plans; i++) {
		char *text = drawn_plan(&seed);
		struct nm_plan *plan = plan_of_text(text, folder);
		struct nm_findings findings;

		check_at(plan, NULL, NOW, &findings);
		if (find(&findings)) {
			assert_rests(text, find(&findings), &named);
			found++;
		}
		nm_findings_clear(&findings);
		nm_plan_free(plan);
		free(text);
	}
	/* Both answers came. */
	if (plans == RESTS) {
		assert_true(named > RESTS / 8);
		assert_true(found - named > RESTS / 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_pushed_is_what_is_frozen),
		cmocka_unit_test(what_an_older_text_pushed_is_frozen),
		cmocka_unit_test(what_nobody_pushed_is_what_is_pushed_now),
		cmocka_unit_test(the_resting_state_is_safe_and_protects_most),
	};

	return cmocka_run_group_tests_name("frozen", tests, setup, teardown);
}
