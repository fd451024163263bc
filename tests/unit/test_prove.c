/* SPDX-License-Identifier: MIT */
/*
 * The proof against the slow reading of random plans: a finding's windows hold at every instant that is
 * tried, on both sides of every edge, and nowhere else; and the call that it names shows it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "called.h"
#include "random_plan.h"
#include "slow.h"

#define PLANS 24
#define DAYS 24
#define EDGES 16 /* most edges and random instants tried in one plan */

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

/* --- one call, slowly --- */

struct scene {
	const struct slow *slow;
	nm_time at;
	int line;
	struct nm_caller caller;
	bool emergency;
	struct slow_outcome nobody, humans, silent;
};

static void scene_play(struct scene *scene, bool nobody, enum nm_behaviour ai, int human_s,
		       struct slow_outcome *out)
{
	const struct nm_plan *plan = scene->slow->plan;
	struct nm_script_setting settings[64];
	struct nm_call call = {
		.at = scene->at,
		.line = scene->line,
		.caller = scene->caller,
		.emergency = scene->emergency,
		.script = { .nobody = nobody, .settings = settings, .hangup_s = -1 },
	};
	size_t i;

	assert_true(plan->n_destinations < 64);
	for (i = 0; i < plan->n_destinations; i++) {
		const struct nm_destination *destination = &plan->destinations[i];

		if (destination->kind == NM_AI && ai != NM_ANSWERS)
			settings[call.script.n++] = (struct nm_script_setting){ destination->name, ai, -1 };
		if (nm_kind_human(destination->kind) && human_s >= 0)
			settings[call.script.n++] =
				(struct nm_script_setting){ destination->name, NM_ANSWERS, human_s };
	}
	slow_play(scene->slow, &call, out);
}

static bool slow_human(const struct scene *scene, const struct slow_outcome *outcome)
{
	const int by =
		outcome->answered_by ? nm_plan_find_destination(scene->slow->plan, outcome->answered_by) : -1;

	return outcome->result == NM_ANSWERED && by >= 0 &&
	       nm_kind_human(scene->slow->plan->destinations[by].kind);
}

/* Somebody live (or human) is rung, and not only at the very moment a voicemail takes the call. */
static bool slow_rings(const struct scene *scene, bool human)
{
	const struct slow_outcome *silent = &scene->silent;
	size_t i;

	for (i = 0; i < silent->n; i++) {
		const int id = nm_plan_find_destination(scene->slow->plan, silent->notes[i].name);
		enum nm_kind kind;

		if (silent->notes[i].skipped || id < 0)
			continue;
		kind = scene->slow->plan->destinations[id].kind;
		if (kind == NM_VOICEMAIL || (human && !nm_kind_human(kind)))
			continue;
		if (silent->result != NM_TO_VOICEMAIL || silent->notes[i].t < silent->ended_s)
			return true;
	}
	return false;
}

static const char *const ids[] = { "no-rule",	     "dead-end",	   "no-live-answer",
				   "too-slow",	     "emergency-no-human", "emergency-too-slow",
				   "single-failure", "guarantee-broken" };

enum { IDS = sizeof ids / sizeof ids[0] };

/* What a number that is dialled rings: a line's own is said by its name. */
static bool one_phone(const struct nm_plan *plan, const struct nm_destination *a, const struct nm_destination *b)
{
	const nm_number of_a = a->line < 0 ? a->number : plan->lines[a->line].number;
	const nm_number of_b = b->line < 0 ? b->number : plan->lines[b->line].number;

	return a == b || (of_a && of_a == of_b) || (a->address && b->address && !strcmp(a->address, b->address));
}

/* Whoever has this phone cannot be reached. */
static size_t phone_fails(const struct nm_plan *plan, size_t who, struct nm_script_setting settings[64])
{
	size_t n = 0;
	size_t i;

	assert_true(plan->n_destinations < 64);
	for (i = 0; i < plan->n_destinations; i++)
		if (one_phone(plan, &plan->destinations[who], &plan->destinations[i]))
			settings[n++] = (struct nm_script_setting){ plan->destinations[i].name, NM_UNREACHABLE, -1 };
	return n;
}

static bool slow_fails(struct scene *scene)
{
	const struct nm_plan *plan = scene->slow->plan;
	static struct slow_outcome outcome;
	size_t i;

	for (i = 0; i < plan->n_destinations; i++) {
		struct nm_script_setting settings[64];
		struct nm_call call = {
			.at = scene->at,
			.line = scene->line,
			.caller = scene->caller,
			.emergency = scene->emergency,
			.script = { .nobody = true, .n = phone_fails(plan, i, settings),
				    .settings = settings, .hangup_s = -1 },
		};

		if (plan->destinations[i].kind == NM_VOICEMAIL)
			continue;
		slow_play(scene->slow, &call, &outcome);
		if (outcome.result == NM_LOST)
			return true;
	}
	return false;
}

static bool any_on(const struct scene *scene, const struct nm_set *schedules)
{
	size_t i;

	for (i = 0; i < schedules->n; i++)
		if (slow_schedule_on(scene->slow, schedules->ids[i], scene->at))
			return true;
	return false;
}

static bool any_group(const struct scene *scene, const struct nm_set *callers)
{
	size_t i;

	for (i = 0; i < callers->n; i++)
		if (slow_caller_in(scene->slow, callers->ids[i], scene->caller))
			return true;
	return false;
}

static bool is_emergency(const struct scene *scene)
{
	const struct nm_emergency *emergency = &scene->slow->plan->emergency;

	return scene->emergency || (emergency->given && (nm_set_has(&emergency->lines, scene->line) ||
							 any_group(scene, &emergency->callers)));
}

static bool slow_covers(const struct scene *scene, const struct nm_guarantee *guarantee)
{
	if (guarantee->emergency >= 0 && (guarantee->emergency == 1) != is_emergency(scene))
		return false;
	return (!guarantee->lines.given || nm_set_has(&guarantee->lines, scene->line)) &&
	       (!guarantee->callers.given || any_group(scene, &guarantee->callers)) &&
	       (!guarantee->during.given || any_on(scene, &guarantee->during)) &&
	       !any_on(scene, &guarantee->outside);
}

static bool slow_rung(const struct scene *scene, int id, bool first)
{
	const struct slow_outcome *silent = &scene->silent;
	int at = -1;
	size_t i;

	for (i = 0; i < silent->n; i++) {
		const int rung = nm_plan_find_destination(scene->slow->plan, silent->notes[i].name);

		if (silent->notes[i].skipped || rung < 0 ||
		    scene->slow->plan->destinations[rung].kind == NM_VOICEMAIL)
			continue;
		at = at < 0 ? silent->notes[i].t : at;
		if (rung == id && (!first || silent->notes[i].t == at))
			return true;
	}
	return false;
}

static bool slow_broken(const struct scene *scene, const struct nm_guarantee *guarantee)
{
	const int64_t within = guarantee->within_s < 0 ? INT64_MAX : guarantee->within_s;
	const struct slow_outcome *nobody = &scene->nobody;

	if (!slow_covers(scene, guarantee))
		return false;
	if (guarantee->live && (nobody->result != NM_ANSWERED || nobody->seconds > within))
		return true;
	if (!guarantee->live && guarantee->answered_by == NM_ANSWERED_ANY && guarantee->within_s >= 0 &&
	    ((nobody->result != NM_ANSWERED && nobody->result != NM_TO_VOICEMAIL) ||
	     nobody->seconds > within))
		return true;
	if (guarantee->answered_by == NM_ANSWERED_HUMAN &&
	    (!slow_human(scene, &scene->humans) || scene->humans.seconds > within))
		return true;
	return (guarantee->first >= 0 && !slow_rung(scene, guarantee->first, true)) ||
	       (guarantee->never >= 0 && slow_rung(scene, guarantee->never, false));
}

/* Rejected by a rule or an override that names callers. */
static bool slow_kept_out(const struct scene *scene)
{
	const struct nm_plan *plan = scene->slow->plan;
	const struct slow_decision *decision = &scene->nobody.decision;

	if (!decision->reject)
		return false;
	return decision->by == NM_BY_OVERRIDE ? plan->overrides[decision->index].rule.callers.given
					      : plan->rules[decision->index].callers.given;
}

/* Which of ids the call shows, by the words of design.md section 5. */
static void scene_judge(struct scene *scene, bool shown[IDS])
{
	const struct nm_plan *plan = scene->slow->plan;
	size_t i;
	bool path;

	scene_play(scene, true, NM_ANSWERS, -1, &scene->nobody);
	if (slow_kept_out(scene))
		return;
	scene_play(scene, false, NM_ANSWERS, 6, &scene->humans);
	scene_play(scene, true, NM_NO_ANSWER, -1, &scene->silent);
	path = scene->nobody.decision.path >= 0;
	shown[0] |= scene->nobody.decision.by == NM_BY_NOTHING;
	shown[1] |= path && scene->nobody.result == NM_LOST;
	shown[2] |= scene->nobody.decision.by != NM_BY_NOTHING && !slow_rings(scene, false);
	shown[3] |= path && !is_emergency(scene) && scene->nobody.result == NM_ANSWERED &&
		    scene->nobody.seconds > plan->targets.patience_s;
	if (scene->nobody.decision.by == NM_BY_EMERGENCY &&
	    (!slow_human(scene, &scene->humans) || scene->humans.seconds > plan->emergency.reach_human_s))
		shown[slow_rings(scene, true) ? 5 : 4] = true;
	shown[6] |= path && scene->nobody.result != NM_LOST && slow_fails(scene);
	for (i = 0; i < plan->n_guarantees; i++)
		shown[7] |= slow_broken(scene, &plan->guarantees[i]);
}

/* --- all calls of one instant --- */

static void instant_judge(const struct slow *slow, const struct nm_classes *classes, nm_time at,
			  bool shown[IDS])
{
	static struct scene scene;
	size_t line, caller;

	memset(shown, 0, IDS * sizeof *shown);
	for (line = 0; line < slow->plan->n_lines; line++)
		for (caller = 0; caller < classes->n; caller++) {
			scene.slow = slow;
			scene.at = at;
			scene.line = (int)line;
			scene.caller = classes->items[caller].witness;
			scene.emergency = false;
			scene_judge(&scene, shown);
		}
}

static bool held(const struct nm_findings *findings, const char *id, nm_time at)
{
	size_t i, j;

	for (i = 0; i < findings->n; i++)
		for (j = 0; !strcmp(findings->items[i].id, id) && j < findings->items[i].n_windows; j++)
			if (findings->items[i].windows[j].from <= at &&
			    at < findings->items[i].windows[j].until)
				return true;
	return false;
}

static void instant_compare(const struct slow *slow, const struct nm_classes *classes,
			    const struct nm_findings *findings, nm_time at, uint64_t seed)
{
	bool shown[IDS];
	size_t i;

	if (at < findings->from || at >= findings->until)
		return;
	instant_judge(slow, classes, at, shown);
	for (i = 0; i < IDS; i++)
		if (shown[i] != held(findings, ids[i], at))
			fail_msg("plan %llu, %s at %lld: slowly %d", (unsigned long long)seed, ids[i],
				 (long long)at, shown[i]);
}

/* --- random plans with guarantees --- */

static struct nm_plan *plan_of_seed(uint64_t seed)
{
	static const char *const guarantees[] = {
		"guarantee g0 { emergency = no  live = yes  within = 40s }\n",
		"guarantee g1 { emergency = yes  answered_by = human  within = 60s }\n",
		"guarantee g2 { outside = s0  never = d2 }\n",
		"guarantee g3 { lines = l0  during = s0  within = 20s  first = d1 }\n",
		"guarantee g4 { emergency = no  first = d0  lines = { l0, l1 } }\n",
		"guarantee g5 { live = yes }\n",
	};
	char *text = random_plan_text(seed, folder);
	uint64_t random = seed;
	struct nm_plan *plan;
	struct nm_buf all;
	char *key;
	size_t i;

	/* A key would make further calls emergencies; the pairs of test_check.c are about that. */
	while ((key = strstr(text, " key = ")))
		memset(key, ' ', strcspn(key + 7, "\n }") + 7);
	nm_buf_init(&all, 1 << 20);
	nm_buf_add(&all, text);
	for (i = 0; i < sizeof guarantees / sizeof guarantees[0]; i++)
		if (random_below(&random, 3) == 0)
			nm_buf_add(&all, guarantees[i]);
	plan = plan_of_text(all.data, folder);
	nm_buf_clear(&all);
	free(text);
	return plan;
}

static struct nm_check_options horizon(uint64_t seed)
{
	uint64_t random = seed + 77;
	const nm_time from = (nm_days_from_date(2026, 1, 1) + random_below(&random, 340)) * (nm_time)NM_DAY;

	return (struct nm_check_options){ .now = from, .from = from, .until = from + DAYS * (nm_time)NM_DAY };
}

static void edges_compare(const struct slow *slow, const struct nm_classes *classes,
			  const struct nm_findings *findings, uint64_t seed)
{
	uint64_t random = seed;
	size_t n = 0;
	size_t i, j;

	for (i = 0; i < findings->n && n < EDGES; i++)
		for (j = 0; j < findings->items[i].n_windows && j < 2 && n < EDGES; j++, n++) {
			const struct nm_span window = findings->items[i].windows[j];

			instant_compare(slow, classes, findings, window.from, seed);
			instant_compare(slow, classes, findings, window.from - 1, seed);
			instant_compare(slow, classes, findings, window.until - 1, seed);
			instant_compare(slow, classes, findings, window.until, seed);
		}
	for (i = 0; i < EDGES; i++)
		instant_compare(slow, classes, findings,
				findings->from + (nm_time)random_below(&random, DAYS * (uint32_t)NM_DAY),
				seed);
}

static void windows_agree_with_a_slow_reading(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= PLANS; seed++) {
		struct nm_plan *plan = plan_of_seed(seed);
		const struct nm_check_options options = horizon(seed);
		struct nm_classes classes;
		struct nm_findings findings;
		struct nm_error err;
		struct slow slow;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		assert_int_equal(nm_classes_build(plan, &classes, &err), NM_OK);
		slow_init(&slow, plan, options.from, options.until);
		edges_compare(&slow, &classes, &findings, seed);
		slow_clear(&slow);
		nm_classes_clear(&classes);
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
}

/* What a window adds to an average week, day by day: some weekdays come once more than others. */
static double seconds_a_week(const struct nm_span *window, nm_time from)
{
	double seconds = 0;
	nm_time t, next;

	for (t = window->from; t < window->until; t = next) {
		const int64_t day = (t - from) / NM_DAY;

		next = from + (day + 1) * NM_DAY < window->until ? from + (day + 1) * NM_DAY : window->until;
		seconds += (double)(next - t) / (DAYS / 7 + (day % 7 < DAYS % 7));
	}
	return seconds;
}

static void windows_are_merged_and_sorted(void **state)
{
	uint64_t seed;
	size_t i, j;

	(void)state;
	for (seed = 1; seed <= PLANS; seed++) {
		struct nm_plan *plan = plan_of_seed(seed);
		const struct nm_check_options options = horizon(seed);
		struct nm_findings findings;
		struct nm_error err;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		for (i = 0; i < findings.n; i++) {
			const struct nm_finding *finding = &findings.items[i];
			double seconds = 0;

			for (j = 0; j < finding->n_windows; j++) {
				assert_true(finding->windows[j].from < finding->windows[j].until);
				assert_true(j == 0 ||
					    finding->windows[j - 1].until < finding->windows[j].from);
				seconds += seconds_a_week(&finding->windows[j], options.from);
			}
			assert_true(finding->hours_per_week * 3600 - seconds < 0.5);
			assert_true(seconds - finding->hours_per_week * 3600 < 0.5);
		}
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
}

static void the_call_of_a_finding_shows_it(void **state)
{
	uint64_t seed;
	size_t shown = 0;
	size_t i;

	(void)state;
	for (seed = 1; seed <= 4 * PLANS; seed++) {
		struct nm_plan *plan = plan_of_seed(seed);
		const struct nm_check_options options = horizon(seed);
		struct nm_findings findings;
		struct nm_error err;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		for (i = 0; i < findings.n; i++) {
			const struct nm_finding *finding = &findings.items[i];
			struct nm_simulation *simulation;

			assert_true(!finding->n_windows == !finding->n_call);
			if (!finding->n_call)
				continue;
			simulation = called(plan, finding);
			if (!called_shows(plan, finding, simulation))
				fail_msg("plan %llu: %s: %s", (unsigned long long)seed, finding->id,
					 finding->message);
			assert_int_equal(simulation->call.at, finding->windows[0].from);
			nm_simulation_free(simulation);
			shown++;
		}
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
	assert_true(shown > 200);
}

/* --- carriers that cannot hold everything --- */

/* The plan of a seed with all its lines on carriers of one kind, which keep ring times as they are told. */
static struct nm_plan *plan_on(uint64_t seed)
{
	static const char *const drivers[] = { "telnyx", "voipms", "codes", "manual", "cpl", "asterisk" };
	struct nm_plan *plan = plan_of_seed(seed);
	size_t i;

	for (i = 0; i < plan->n_accounts; i++) {
		plan->accounts[i].driver = drivers[seed % (sizeof drivers / sizeof drivers[0])];
		plan->accounts[i].carrier = "gsm";
	}
	return plan;
}

static void the_call_of_a_finding_shows_it_on_any_carrier(void **state)
{
	uint64_t seed;
	size_t shown = 0;
	size_t i;

	(void)state;
	for (seed = 1; seed <= 4 * PLANS; seed++) {
		struct nm_plan *plan = plan_on(seed);
		const struct nm_check_options options = horizon(seed);
		struct nm_findings findings;
		struct nm_error err;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		for (i = 0; i < findings.n; i++) {
			const struct nm_finding *finding = &findings.items[i];
			struct nm_simulation *simulation;

			if (!finding->n_call)
				continue;
			simulation = called(plan, finding);
			if (!called_shows(plan, finding, simulation))
				fail_msg("plan %llu on %s: %s: %s", (unsigned long long)seed,
					 plan->accounts[0].driver, finding->id, finding->message);
			shown += simulation->call.held;
			nm_simulation_free(simulation);
		}
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
	assert_true(shown > 50);
}

/* Does a call as held, with no human answering, end as this finding says? */
static bool shown_as_held(const struct nm_plan *plan, nm_time at, int line, struct nm_caller caller,
			  const char *id)
{
	const struct nm_call call = { .at = at, .line = line, .caller = caller, .held = true,
				      .script = { .nobody = true, .hangup_s = -1 } };
	struct nm_simulation *simulation;
	const struct nm_outcome *outcome;
	struct nm_error err;
	bool shown;

	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_OK);
	outcome = &simulation->outcome;
	if (simulation->treatment->verdict != NM_VERDICT_PATH || !simulation->treatment->path)
		shown = false;
	else if (!strcmp(id, "dead-end"))
		shown = outcome->result == NM_LOST;
	else
		shown = !simulation->treatment->emergency && outcome->result == NM_ANSWERED &&
			outcome->seconds > plan->targets.patience_s;
	nm_simulation_free(simulation);
	return shown;
}

/* And the other way round: what a call shows at some instant, a finding holds then. */
static void what_calls_show_as_held_is_found(void **state)
{
	static const char *const found[] = { "dead-end", "too-slow" };
	uint64_t seed;
	size_t shown = 0;
	size_t line, caller, i;
	int n;

	(void)state;
	for (seed = 1; seed <= 2 * PLANS; seed++) {
		struct nm_plan *plan = plan_on(seed);
		const struct nm_check_options options = horizon(seed);
		uint64_t random = seed;
		struct nm_findings findings;
		struct nm_classes classes;
		struct nm_error err;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		assert_int_equal(nm_classes_build_listed(plan, &classes, &err), NM_OK);
		for (n = 0; n < EDGES; n++) {
			const nm_time at = options.from + random_below(&random, DAYS * (uint32_t)NM_DAY);

			for (line = 0; line < plan->n_lines; line++)
				for (caller = 0; caller < classes.n; caller++)
					for (i = 0; i < 2; i++) {
						if (!shown_as_held(plan, at, (int)line,
								   classes.items[caller].witness, found[i]))
							continue;
						shown++;
						if (!held(&findings, found[i], at))
							fail_msg("plan %llu on %s: no %s at %lld",
								 (unsigned long long)seed,
								 plan->accounts[0].driver, found[i],
								 (long long)at);
					}
		}
		nm_classes_clear(&classes);
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
	assert_true(shown > 100);
}

/* --- loops --- */

static bool comes_back(const struct nm_plan *plan, nm_time at, int line, struct nm_caller caller, bool gone)
{
	struct nm_script_setting settings[64];
	struct nm_call call = { .at = at, .line = line, .caller = caller };
	struct nm_simulation *simulation;
	struct nm_error err;
	bool back = false;
	size_t i;

	call.script = (struct nm_script){ .nobody = true, .settings = settings, .hangup_s = -1 };
	for (i = 0; i < plan->n_destinations; i++)
		if (plan->destinations[i].kind != NM_VOICEMAIL &&
		    (gone ? plan->destinations[i].own_voicemail_s < 0 : plan->destinations[i].kind == NM_AI))
			settings[call.script.n++] =
				(struct nm_script_setting){ plan->destinations[i].name,
							    gone ? NM_UNREACHABLE : NM_NO_ANSWER, -1 };
	assert_int_equal(nm_simulate(plan, &call, &simulation, &err), NM_OK);
	for (i = 0; i < simulation->outcome.n; i++)
		back |= simulation->outcome.events[i].kind == NM_EVENT_LOOP;
	nm_simulation_free(simulation);
	return back;
}

static void a_call_that_comes_back_to_a_line_is_found_as_a_loop(void **state)
{
	uint64_t seed;
	size_t back = 0;
	size_t line, caller;
	int gone;

	(void)state;
	for (seed = 1; seed <= 4 * PLANS; seed++) {
		struct nm_plan *plan = plan_of_seed(seed);
		const struct nm_check_options options = horizon(seed);
		uint64_t random = seed;
		const nm_time at = options.from + random_below(&random, DAYS * (uint32_t)NM_DAY);
		struct nm_findings findings;
		struct nm_classes classes;
		struct nm_error err;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		assert_int_equal(nm_classes_build(plan, &classes, &err), NM_OK);
		for (line = 0; line < plan->n_lines; line++)
			for (caller = 0; caller < classes.n; caller++)
				for (gone = 0; gone < 2; gone++) {
					if (!comes_back(plan, at, (int)line, classes.items[caller].witness,
							gone))
						continue;
					assert_true(held(&findings, "loop", at));
					back++;
				}
		nm_classes_clear(&classes);
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
	assert_true(back > 10);
}

static void guarantees_alone_are_those_of_the_whole_check(void **state)
{
	uint64_t seed;
	size_t broken = 0;

	(void)state;
	for (seed = 1; seed <= PLANS; seed++) {
		struct nm_plan *plan = plan_of_seed(seed);
		const struct nm_check_options options = horizon(seed);
		struct nm_findings all, alone;
		struct nm_error err;
		size_t n = 0;
		size_t i;

		assert_int_equal(nm_check(plan, &options, &all, &err), NM_OK);
		assert_int_equal(nm_check_guarantees(plan, &options, &alone, &err), NM_OK);
		for (i = 0; i < all.n; i++) {
			if (strcmp(all.items[i].id, "guarantee-broken"))
				continue;
			assert_true(n < alone.n);
			assert_string_equal(all.items[i].message, alone.items[n].message);
			assert_int_equal(all.items[i].n_windows, alone.items[n].n_windows);
			n++;
		}
		assert_int_equal(n, alone.n);
		assert_int_equal(alone.ok, !n);
		broken += n;
		nm_findings_clear(&all);
		nm_findings_clear(&alone);
		nm_plan_free(plan);
	}
	assert_true(broken > 10);
}

/* --- own voicemails of phones that fail --- */

#define FAR_S (1 << 20) /* an own voicemail that no ring lasts long enough for */

static bool names_failure(const struct nm_findings *findings, const char *path, const char *who, nm_time at)
{
	char off[64], busy[64], where[64];
	size_t i, j;

	snprintf(off, sizeof off, "if %s's phone ", who);
	snprintf(busy, sizeof busy, "if %s is busy ", who);
	snprintf(where, sizeof where, " path %s gets no further", path);
	for (i = 0; i < findings->n; i++) {
		const struct nm_finding *finding = &findings->items[i];

		if (strcmp(finding->id, "failure-swallowed") || !strstr(finding->message, where) ||
		    (strncmp(finding->message, off, strlen(off)) && strncmp(finding->message, busy, strlen(busy))))
			continue;
		for (j = 0; j < finding->n_windows; j++)
			if (finding->windows[j].from <= at && at < finding->windows[j].until)
				return true;
	}
	return false;
}

/* Lets the unknown voicemails of this phone be there, when asked to; own_s: what they were. */
static void unknown_far(struct nm_plan *plan, size_t who, bool there, int own_s[64])
{
	size_t i;

	for (i = 0; i < plan->n_destinations; i++) {
		struct nm_destination *one = &plan->destinations[i];

		own_s[i] = one->own_voicemail_s;
		if (there && own_s[i] == NM_OWN_VOICEMAIL_UNKNOWN && one_phone(plan, one, &plan->destinations[who]))
			one->own_voicemail_s = FAR_S;
	}
}

static void unknown_back(struct nm_plan *plan, const int own_s[64])
{
	size_t i;

	for (i = 0; i < plan->n_destinations; i++)
		plan->destinations[i].own_voicemail_s = own_s[i];
}

/* Marks [path * n_destinations + destination] for each of whom this call would be swallowed. */
static void failures_of(struct slow *slow, struct nm_plan *plan, struct nm_call call, bool *swallowed)
{
	static struct slow_outcome nobody, failing;
	struct nm_script_setting settings[64];
	int own_s[64];
	size_t i;

	slow_play(slow, &call, &nobody);
	if (nobody.decision.path < 0 || nobody.result == NM_LOST)
		return;
	call.script.settings = settings;
	for (i = 0; i < plan->n_destinations; i++) {
		struct nm_destination *who = &plan->destinations[i];
		const bool unknown = who->own_voicemail_s == NM_OWN_VOICEMAIL_UNKNOWN;

		if (nobody.result == NM_SWALLOWED && !strcmp(nobody.answered_by, who->name))
			continue;
		call.script.n = phone_fails(plan, i, settings);
		unknown_far(plan, i, unknown, own_s);
		slow_play(slow, &call, &failing);
		unknown_back(plan, own_s);
		if (failing.result == NM_SWALLOWED && !strcmp(failing.answered_by, who->name))
			swallowed[(size_t)nobody.decision.path * plan->n_destinations + i] = true;
	}
}

static size_t failures_compare(struct slow *slow, struct nm_plan *plan, const struct nm_classes *classes,
			       const struct nm_findings *findings, nm_time at)
{
	const size_t n = plan->n_paths * plan->n_destinations;
	bool *swallowed = calloc(n + 1, sizeof *swallowed);
	size_t shown = 0;
	size_t line, caller, i;

	assert_non_null(swallowed);
	for (line = 0; line < plan->n_lines; line++)
		for (caller = 0; caller < classes->n; caller++)
			failures_of(slow, plan,
				    (struct nm_call){ .at = at,
						      .line = (int)line,
						      .caller = classes->items[caller].witness,
						      .script = { .nobody = true, .hangup_s = -1 } },
				    swallowed);
	for (i = 0; i < n; i++) {
		const char *path = plan->paths[i / plan->n_destinations].name;
		const char *who = plan->destinations[i % plan->n_destinations].name;

		if (swallowed[i] != names_failure(findings, path, who, at))
			fail_msg("%s on path %s at %lld: slowly %d", who, path, (long long)at, swallowed[i]);
		shown += swallowed[i];
	}
	free(swallowed);
	return shown;
}

/* Exactly those that playing every call with every one destination failing finds, path by path. */
static void each_phone_whose_failing_swallows_a_call_is_found(void **state)
{
	size_t shown = 0;
	uint64_t seed;
	int n;

	(void)state;
	for (seed = 1; seed <= 4 * PLANS; seed++) {
		struct nm_plan *plan = plan_of_seed(seed);
		const struct nm_check_options options = horizon(seed);
		uint64_t random = seed;
		struct nm_classes classes;
		struct nm_findings findings;
		struct nm_error err;
		struct slow slow;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		assert_int_equal(nm_classes_build(plan, &classes, &err), NM_OK);
		slow_init(&slow, plan, options.from, options.until);
		for (n = 0; n < EDGES; n++)
			shown += failures_compare(&slow, plan, &classes, &findings,
						  options.from + (nm_time)random_below(&random, DAYS * (uint32_t)NM_DAY));
		slow_clear(&slow);
		nm_classes_clear(&classes);
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
	assert_true(shown > 200);
}

/* --- phones of several names --- */

static void shared_path_add(uint64_t *random, struct nm_buf *out)
{
	const uint32_t steps = 2 + random_below(random, 3);
	uint32_t i;

	nm_buf_add(out, "path all {\n");
	for (i = 0; i < steps; i++) {
		const uint32_t first = random_below(random, 5);

		nm_buf_addf(out, "  step { ring = { d%u", first);
		if (random_below(random, 3) == 0)
			nm_buf_addf(out, ", d%u", (first + 1 + random_below(random, 4)) % 5);
		nm_buf_addf(out, " }  for = %us }\n", 5 + random_below(random, 16));
	}
	nm_buf_addf(out, "%s}\nrule all { path = all }\n", random_below(random, 2) ? "  step { ring = box }\n" : "");
}

/* Three people and two AIs of three phones, one path, at all times. */
static struct nm_plan *shared_plan(uint64_t seed)
{
	static const char *const voicemails[] = { "none", "unknown", "6s", "25s" };
	uint64_t random = seed;
	struct nm_plan *plan;
	struct nm_buf text;
	uint32_t i;

	nm_buf_init(&text, 1 << 16);
	nm_buf_add(&text, "business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
			  "account a { driver = sandbox }\nline l { number = \"+15125550100\"  account = a }\n"
			  "destination box { kind = voicemail }\n");
	for (i = 0; i < 5; i++) {
		nm_buf_addf(&text, "destination d%u { kind = %s", i, i < 3 ? "personal" : "ai");
		nm_buf_addf(&text, random_below(&random, 4) ? "  number = \"+1512555020%u\""
							    : "  address = \"sip:%u@example.org\"",
			    random_below(&random, 2));
		nm_buf_addf(&text, "  own_voicemail = %s  confirm = %s }\n",
			    i < 3 ? voicemails[random_below(&random, 4)] : "none",
			    random_below(&random, 4) ? "no" : "yes");
	}
	shared_path_add(&random, &text);
	plan = plan_of_text(text.data, folder);
	nm_buf_clear(&text);
	return plan;
}

static void calls_show(const struct nm_plan *plan, const struct nm_findings *findings, uint64_t seed)
{
	size_t i;

	for (i = 0; i < findings->n; i++) {
		struct nm_simulation *simulation =
			findings->items[i].n_call ? called(plan, &findings->items[i]) : NULL;

		if (simulation && !called_shows(plan, &findings->items[i], simulation))
			fail_msg("plan %llu: %s", (unsigned long long)seed, findings->items[i].message);
		nm_simulation_free(simulation);
	}
}

static void a_phone_fails_under_all_its_names(void **state)
{
	size_t shown = 0, lost = 0;
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 40 * PLANS; seed++) {
		struct nm_plan *plan = shared_plan(seed);
		const struct nm_check_options options = horizon(seed);
		struct nm_classes classes;
		struct nm_findings findings;
		struct nm_error err;
		struct slow slow;

		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		assert_int_equal(nm_classes_build(plan, &classes, &err), NM_OK);
		slow_init(&slow, plan, options.from, options.until);
		instant_compare(&slow, &classes, &findings, options.from, seed);
		shown += failures_compare(&slow, plan, &classes, &findings, options.from);
		lost += held(&findings, "single-failure", options.from);
		calls_show(plan, &findings, seed);
		slow_clear(&slow);
		nm_classes_clear(&classes);
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
	assert_true(shown > 200);
	assert_true(lost > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_agree_with_a_slow_reading),
		cmocka_unit_test(windows_are_merged_and_sorted),
		cmocka_unit_test(the_call_of_a_finding_shows_it),
		cmocka_unit_test(the_call_of_a_finding_shows_it_on_any_carrier),
		cmocka_unit_test(what_calls_show_as_held_is_found),
		cmocka_unit_test(a_call_that_comes_back_to_a_line_is_found_as_a_loop),
		cmocka_unit_test(each_phone_whose_failing_swallows_a_call_is_found),
		cmocka_unit_test(a_phone_fails_under_all_its_names),
		cmocka_unit_test(guarantees_alone_are_those_of_the_whole_check),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
