/* SPDX-License-Identifier: MIT */
/* See carrier_rig.h. */
#include "carrier_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random_plan.h"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

const struct nm_route *carrier_line_held(const struct carrier_line *line)
{
	return line->held != NULL ? line->held : line->route;
}

void carrier_line_open(struct carrier_line *line, const struct nm_carrier *carrier,
		       const struct nm_account *account, struct nm_plan *plan, int index, const char *at, int days)
{
	struct nm_error err;
	enum nm_code code;

	*line = (struct carrier_line){ .plan = plan, .line = index };
	ok(nm_time_read(at, plan->zone, 0, &line->at, &err), &err);
	ok(nm_timeline_build(plan, line->at, line->at + days * (nm_time)NM_DAY, &line->timeline, &err), &err);
	ok(nm_classes_build(plan, &line->classes, &err), &err);
	ok(nm_route_build(line->timeline, &line->classes, index, &line->route, &err), &err);
	ok(nm_carrier_hold(carrier, account, line->route, line->at, &line->held, &line->losses, &err), &err);
	code = carrier->render(carrier_line_held(line), account, line->at, &line->artefact, &err);
	if (code == NM_INPUT)
		line->refusal = strdup(err.text);
	else
		ok(code, &err);
}

void carrier_line_close(struct carrier_line *line)
{
	nm_artefact_clear(&line->artefact);
	nm_losses_clear(&line->losses);
	nm_route_free(line->held);
	nm_route_free(line->route);
	nm_classes_clear(&line->classes);
	nm_timeline_free(line->timeline);
	nm_plan_free(line->plan);
	free(line->refusal);
}

/* Is this class among the callers of a loss?  Those that the words only count may be it. */
static bool among(const char *callers, const char *class)
{
	const size_t len = strlen(class);

	if (!strcmp(callers, "any caller") || strstr(callers, " more") != NULL)
		return true;
	for (const char *at = callers; (at = strstr(at, class)) != NULL; at++)
		if ((at == callers || at[-1] == ' ') && (at[len] == '\0' || at[len] == ','))
			return true;
	return false;
}

static bool told(const struct nm_losses *losses, nm_time t, const char *class)
{
	for (size_t i = 0; i < losses->n; i++)
		for (size_t j = 0; j < losses->items[i].n; j++)
			if (losses->items[i].windows[j].from <= t && t < losses->items[i].windows[j].until &&
			    among(losses->items[i].callers, class))
				return true;
	return false;
}

static bool alike(const struct nm_treatment *a, const struct nm_treatment *b)
{
	return a == NULL || b == NULL ? a == b : nm_treatment_equal(a, b);
}

static void assert_told_at(const struct carrier_line *line, const struct nm_route *held, nm_time t)
{
	for (size_t c = 0; c < line->route->n_classes; c++)
		for (int key = 0; key < 2; key++) {
			const struct nm_caller caller = line->route->classes[c].witness;
			const struct nm_treatment *plan = nm_route_treatment(line->route, t, caller, key),
						  *left = nm_route_treatment(held, t, caller, key);

			if (!alike(plan, left) && !told(&line->losses, t, line->route->classes[c].words))
				fail_msg("%s at %lld, %s: something is lost that no loss tells",
					 line->route->line, (long long)t, line->route->classes[c].words);
		}
}

void assert_losses_tell_all(const struct carrier_line *line, const struct nm_carrier *carrier)
{
	const struct nm_route *held = carrier_line_held(line);
	struct nm_differences differences = { 0 };
	struct nm_error err;

	for (nm_time t = line->route->from; t < line->route->until; t = nm_route_next(line->route, t))
		assert_told_at(line, held, t);
	/* And nothing is said to be lost that is not. */
	ok(nm_route_diff(line->route, held, line->route->from, line->route->until, &differences, &err), &err);
	if (differences.n == 0 && line->losses.n > 0)
		fail_msg("%s: \"%s\" is said to be lost, and nothing is", carrier->name,
			 line->losses.items[0].text);
	nm_differences_clear(&differences);
}

void assert_lifts_back(const struct carrier_line *line, const struct nm_carrier *carrier)
{
	const struct nm_route *held = carrier_line_held(line);
	struct nm_differences differences;
	struct nm_route *lifted;
	const char *foreign = NULL;
	struct nm_error err;

	ok(carrier->lift(&line->artefact, &lifted, &foreign, &err), &err);
	if (foreign != NULL)
		fail_msg("%s takes its own artefact for foreign: %s", carrier->name, foreign);
	ok(nm_route_diff(held, lifted, line->route->from, line->route->until, &differences, &err), &err);
	if (differences.n > 0)
		fail_msg("%s, line %s: %s, %s: held %s, lifted %s", carrier->name, held->line,
			 differences.items[0].when, differences.items[0].callers, differences.items[0].a_words,
			 differences.items[0].b_words);
	nm_differences_clear(&differences);
	nm_route_free(lifted);
}

static void assert_played_at(const struct carrier_line *line, const struct nm_route *held, nm_time t,
			     const struct nm_route_class *class, bool key)
{
	const struct nm_call call = { .at = t, .line = line->line, .caller = class->witness, .emergency = key,
				      .held = true, .script = { .hangup_s = -1 } };
	const struct nm_treatment *live = nm_route_treatment(held, t, class->witness, key);
	struct nm_simulation *simulation;
	struct nm_treatment a, b;
	struct nm_buf words;
	struct nm_error err;

	if (live == NULL)
		return;
	ok(nm_simulate_on(line->timeline, &call, false, &simulation, &err), &err);
	a = *live;
	b = *simulation->treatment;
	a.text_back = b.text_back = NULL;
	if (!nm_treatment_equal(&a, &b)) {
		nm_buf_init(&words, 1 << 16);
		nm_treatment_words_beside(&a, &b, &words);
		nm_buf_add(&words, "; played: ");
		nm_treatment_words_beside(&b, &a, &words);
		fail_msg("%s at %lld, %s%s: live: %s", held->line, (long long)t, class->words, key ? ", key" : "",
			 words.data);
	}
	nm_simulation_free(simulation);
}

void assert_played_as_held(const struct carrier_line *line, const struct nm_carrier *carrier,
			   const struct nm_account *account)
{
	struct nm_account *own = &line->plan->accounts[line->plan->lines[line->line].account];
	const struct nm_account as_written = *own;
	struct nm_route *anew = NULL;
	const struct nm_route *held;
	struct nm_error err;

	ok(nm_carrier_hold_anew(carrier, account, line->route, &anew, &err), &err);
	held = anew != NULL ? anew : line->route;
	if (account != NULL)
		*own = *account;
	own->driver = carrier->name;
	for (nm_time t = line->route->from; t < line->route->until; t = nm_route_next(line->route, t))
		for (size_t c = 0; c < line->route->n_classes; c++)
			for (int key = 0; key < 2; key++)
				assert_played_at(line, held, t, &line->route->classes[c], key);
	*own = as_written;
	nm_route_free(anew);
}

size_t assert_carrier_keeps_plans(const struct nm_carrier *carrier, const struct nm_account *account,
				  uint64_t seed, int plans)
{
	static const char *const starts[] = { "2026-11-20T12:00:00Z", "2026-02-25T00:00:00Z",
					      "2026-10-01T06:30:00Z" };
	size_t rendered = 0;

	for (int i = 0; i < plans; i++) {
		char *folder = random_folder_new();
		struct nm_plan *first = random_plan_read(seed + (uint64_t)i, folder);
		const size_t n_lines = first->n_lines;

		nm_plan_free(first);
		for (size_t l = 0; l < n_lines; l++) {
			struct carrier_line line;

			carrier_line_open(&line, carrier, account, random_plan_read(seed + (uint64_t)i, folder),
					  (int)l, starts[i % 3], 120);
			assert_losses_tell_all(&line, carrier);
			if (nm_carrier_find(carrier->name) == carrier)
				assert_played_as_held(&line, carrier, account);
			if (line.refusal == NULL) {
				rendered++;
				if (carrier->lift != NULL)
					assert_lifts_back(&line, carrier);
			}
			carrier_line_close(&line);
		}
		random_folder_free(folder);
	}
	return rendered;
}
