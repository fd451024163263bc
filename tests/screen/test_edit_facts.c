/* SPDX-License-Identifier: MIT */
/*
 * What is said before saving of what check finds is what check then finds, also where that hangs on what the store knows of
 * lines: random edits of a plan that is pushed, or not, or that somebody else has changed at its carrier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "change.h"
#include "nevermiss/edit.h"
#include "nevermiss/store.h"
#include "random.h"
#include "saving.h"
#include "numbers.h"
#include "stage.h"

#define ROUNDS 12
#define STEPS 5

#define OVERRIDE "override by-hand { from = \"2026-11-22 05:00\"  until = \"2026-11-22 09:00\"  path = daytime }"

/* Each is made where `from` stands in the text; most have their way back. */
static const struct {
	const char *from, *to;
} changes[] = {
	{"hotline", "burst"},
	{"burst", "hotline"},
	{"line main ", "line front "},
	{"line front ", "line main "},
	{"ring = owner  for = 20s", "ring = owner  for = 15s"},
	{"ring = owner  for = 15s", "ring = owner  for = 60s"},
	{"ring = owner  for = 60s", "ring = owner  for = 20s"},
	{"Mo-Fr 08:00-18:00", "Mo-Fr 08:00-17:00"},
	{"Mo-Fr 08:00-17:00", "Mo-Fr 08:00-18:00"},
	{"override dentist", OVERRIDE "\noverride dentist"},
	{OVERRIDE "\n", ""},
	{"+15125550190", "+15125550191"},
	{"+15125550191", "+15125550190"},
};

#define CHANGES (sizeof changes / sizeof *changes)

/* What was found, or is said to be: "warning  drift  line main does ...". */
struct found {
	struct nm_arena *arena;
	const char *items[64];
	size_t n;
};

static void add(struct found *found, const char *text)
{
	if (!found->arena)
		found->arena = nm_arena_new();
	assert_true(found->n < sizeof found->items / sizeof *found->items);
	found->items[found->n] = nm_arena_text(found->arena, text);
	assert_non_null(found->items[found->n++]);
}

static void forget(struct found *found)
{
	nm_arena_free(found->arena);
	*found = (struct found){0};
}

/* Of a new drift is told that there is one. */
static bool same_words(const char *a, const char *b)
{
	static const char drift[] = "warning  drift  ";
	const size_t len = strcspn(a, ":");

	return !strcmp(a, b) ||
	       (!strncmp(a, drift, strlen(drift)) && len == strcspn(b, ":") && !strncmp(a, b, len) && (!a[len] || !b[len]));
}

static size_t count(const struct found *found, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++)
		n += same_words(found->items[i], text);
	return n;
}

static void find(struct session *session, struct found *out)
{
	const struct nm_findings *findings;

	assert_int_equal(session_findings(session, &findings, NULL), NM_OK);
	for (size_t i = 0; i < findings->n; i++) {
		const struct nm_finding *finding = &findings->items[i];
		struct nm_buf text;

		nm_buf_init(&text, 4096);
		nm_buf_addf(&text, "%s  %s  %s", nm_severity_name(finding->severity), finding->id, finding->message);
		add(out, text.data);
		nm_buf_clear(&text);
	}
}

/* What is told of them. */
struct told {
	struct found then, reworded, gone;
	size_t same;
};

static void take_told(const struct notes *notes, struct told *out)
{
	static const char then[] = "check then finds  ", reworded[] = "check still finds, in other words  ",
			  gone[] = "check no longer finds  ", same[] = "check finds the same ", more[] = "check still finds ";

	for (size_t i = 0; i < notes->n; i++) {
		const char *text = notes->items[i].text;

		if (!strncmp(text, then, strlen(then)))
			add(&out->then, text + strlen(then));
		else if (!strncmp(text, reworded, strlen(reworded)))
			add(&out->reworded, text + strlen(reworded));
		else if (!strncmp(text, gone, strlen(gone)))
			add(&out->gone, text + strlen(gone));
		else if (!strncmp(text, same, strlen(same)))
			out->same = strtoul(text + strlen(same), NULL, 10);
		else if (!strncmp(text, more, strlen(more)))
			out->same = strtoul(text + strlen(more), NULL, 10);
	}
}

static void forget_told(struct told *told)
{
	forget(&told->then);
	forget(&told->reworded);
	forget(&told->gone);
	*told = (struct told){0};
}

/* Each of these is one of those, as often. */
static void all_among(const struct found *these, const struct found *those)
{
	for (size_t i = 0; i < these->n; i++)
		if (count(these, these->items[i]) > count(those, these->items[i]))
			fail_msg("told, and not so: %s", these->items[i]);
}

/* Whatever one has that the other has not was told, as one of two kinds. */
static void differences_told(const struct found *one, const struct found *other, const struct found *told,
			     size_t n_reworded, const struct found *reworded)
{
	size_t untold = 0;

	for (size_t i = 0; i < one->n; i++)
		if (count(one, one->items[i]) > count(other, one->items[i]) && !count(told, one->items[i]) &&
		    !(reworded && count(reworded, one->items[i])))
			untold++;
	if (untold > n_reworded)
		fail_msg("%zu of %zu are not told", untold, one->n);
}

static void expect_told(const struct told *told, const struct found *before, const struct found *after)
{
	all_among(&told->then, after);
	all_among(&told->reworded, after);
	all_among(&told->gone, before);
	differences_told(after, before, &told->then, 0, &told->reworded);
	differences_told(before, after, &told->gone, told->reworded.n, NULL);
	assert_int_equal(told->same + told->reworded.n + told->then.n, after->n);
	assert_int_equal(told->same + told->reworded.n + told->gone.n, before->n);
}

static void expect_as_many(const struct told *a, const struct told *b)
{
	all_among(&a->then, &b->then);
	all_among(&b->then, &a->then);
	all_among(&a->reworded, &b->reworded);
	all_among(&a->gone, &b->gone);
	all_among(&b->gone, &a->gone);
	assert_int_equal(a->same, b->same);
}

/* The text with every `from` as `to`; malloc'd, NULL: there is none, or `to` is there already. */
static char *changed(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	struct nm_buf out;

	if (!at || (*to && strstr(text, to)))
		return NULL;
	nm_buf_init(&out, 1u << 20);
	for (; at; text = at + strlen(from), at = strstr(text, from))
		nm_buf_addf(&out, "%.*s%s", (int)(at - text), text, to);
	nm_buf_addf(&out, "%s", text);
	return nm_buf_take(&out);
}

/* One of the changes, whichever can be made: told of before it is made, and made. */
static void edit(uint64_t *random, struct session *session, struct told *told)
{
	size_t which;
	const char *text = session_texts(session).bytes;
	struct notes notes;
	char *then;

	do {
		which = (size_t)random_below(random, (int)CHANGES);
		then = changed(text, changes[which].from, changes[which].to);
	} while (!then);
	notes_init(&notes);
	assert_int_equal(change_add_text(&notes, NULL, session, then, strlen(then), NULL), NM_OK);
	take_told(&notes, told);
	notes_clear(&notes);
	assert_int_equal(session_replace(session, then, strlen(then), "a change", NULL), NM_OK);
	free(then);
}

/* Somebody takes away what was pushed, or nobody does; what is live is read then. */
static void others_change(uint64_t *random, struct session *session)
{
	const char *line = session->plan->lines[random_below(random, 2)].name;
	const struct nm_status *status;
	struct nm_store *store;

	assert_int_equal(session_store(session, &store, NULL), NM_OK);
	if (random_below(random, 2))
		assert_int_equal(nm_store_sandbox_put(store, line_text(session->plan, line), NULL, NULL), NM_OK);
	assert_int_equal(session_status(session, true, &status, NULL), NM_OK);
}

/* Something else is live, or what is live is read, or pushed, or nothing of the kind. */
static void meddle(uint64_t *random, struct stage *stage)
{
	switch (random_below(random, 4)) {
	case 0:
		stage_keys(stage, "6 A y q");
		break;
	case 1:
		others_change(random, &stage->session);
		break;
	case 2:
		stage->now += 600;
		break;
	default:
		break;
	}
}

/* From a saved plan through some edits to the next one that is saved; starts again, so that nothing is remembered. */
static void save_one(uint64_t *random, struct stage *stage)
{
	struct session *session = &stage->session;
	struct found before = {0}, after = {0};
	struct told made = {0}, saved = {0};
	struct notes notes;
	bool alone = true;

	find(session, &before);
	edit(random, session, &made);
	if (random_below(random, 3) == 0) {
		forget_told(&made);
		edit(random, session, &made);
		alone = false;
	}
	if (random_below(random, 3) == 0) {
		others_change(random, session);
		alone = false;
	}
	notes_init(&notes);
	notes_changes(&notes, session);
	take_told(&notes, &saved);
	notes_clear(&notes);
	if (alone)
		expect_as_many(&made, &saved);
	assert_int_equal(session_save(session, NULL), NM_OK);
	stage_stop(stage);
	stage_start(stage);
	find(session, &after);
	expect_told(&saved, &before, &after);
	forget_told(&made);
	forget_told(&saved);
	forget(&before);
	forget(&after);
}

static void what_is_told_before_saving_is_found_then(void **state)
{
	uint64_t random = 20261122;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct stage stage;

		stage_open(&stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24});
		if (random_below(&random, 4))
			stage_keys(&stage, "A y q");
		for (int step = 0; step < STEPS; step++) {
			save_one(&random, &stage);
			meddle(&random, &stage);
		}
		stage_close(&stage);
	}
}

static void rename_hotline(struct stage *stage)
{
	stage_keys(stage, "2 /");
	stage_type(stage, "hotline");
	stage_keys(stage, "Enter C C-u");
	stage_type(stage, "burst");
	stage_keys(stage, "Enter");
	assert_int_equal(nm_plan_find_line(stage->session.plan, "hotline"), -1);
}

/* What was pushed to a line is that number's: a line that is called otherwise loses nothing of it, and the next push tells its
 * carrier the new name. */
static void a_line_that_was_pushed_keeps_its_pushes_when_it_is_renamed(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 100, .height = 30});
	stage_keys(&stage, "A y q");
	rename_hotline(&stage);
	stage_keys(&stage, "W");
	stage_hides(&stage, "left-behind");
	stage_keys(&stage, "y 5");
	stage_hides(&stage, "left-behind");
	stage_hides(&stage, "burst");
	stage_keys(&stage, "6 r Down");
	stage_shows(&stage, "renamed");
	stage_shows(&stage, "#2");
	stage_keys(&stage, "A y q");
	stage_hides(&stage, "renamed");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_before_saving_is_found_then),
		cmocka_unit_test(a_line_that_was_pushed_keeps_its_pushes_when_it_is_renamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
