/* SPDX-License-Identifier: MIT */
/*
 * Names that were others before: what a session's steps renamed, against a model that gives everybody a number for life;
 * a report and a replay before and after a rename, which must be equal but for the name; and plans that know only the
 * former name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/explain.h"
#include "nevermiss/names.h"
#include "nevermiss/replay.h"
#include "nevermiss/report.h"
#include "random_plan.h"

#define NAME 16

/* clang-format off */
#define HEAD \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n" \
	"account box { driver = sandbox }\n" \
	"line main { number = \"+15125550100\" account = box }\n" \
	"rule all { path = day }\n"
#define PLAN HEAD \
	"destination a { kind = personal number = \"+15125550111\" per_call = 2 }\n" \
	"destination b { kind = ai number = \"+15125550112\" per_month = 300 }\n" \
	"destination c { kind = voicemail greeting = \"Smith\" }\n" \
	"path day {\n\tstep { ring = a }\n\tstep { ring = b }\n\tstep { ring = c }\n}\n"
/* clang-format on */

#define MONDAY INT64_C(1795413600) /* 2026-11-23T06:00:00Z, midnight in Chicago */

struct place {
	char *folder, file[256];
	struct nm_document *document;
	struct nm_store *store;
};

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	char store[256];
	struct nm_error err;

	assert_non_null(place);
	place->folder = random_folder_new();
	assert_true(snprintf(place->file, sizeof(place->file), "%s/plan.conf", place->folder) <
		    (int)sizeof(place->file));
	assert_true(snprintf(store, sizeof(store), "%s/store.db", place->folder) < (int)sizeof(store));
	ok(nm_file_write(place->file, PLAN, strlen(PLAN), true, &err), &err);
	ok(nm_document_open(place->file, &place->document, &err), &err);
	ok(nm_store_open(store, false, &place->store, &err), &err);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	nm_document_free(place->document);
	nm_store_close(place->store);
	random_folder_free(place->folder);
	free(place);
	return 0;
}

/* --- edits --- */

static void apply(struct place *place, struct nm_edit edit)
{
	struct nm_error err;

	ok(nm_document_apply(place->document, &edit, "a step", &err), &err);
}

static void rename_section(struct place *place, const char *kind, const char *from, const char *to)
{
	apply(place, (struct nm_edit){ .op = NM_EDIT_RENAME, .place = { kind, from, -1 }, .value = to });
}

static void rename_to(struct place *place, const char *from, const char *to)
{
	rename_section(place, "destination", from, to);
}

/* As a session does it: what was renamed is known before the text is the file's. */
static void save(struct place *place)
{
	struct nm_renames renames;
	struct nm_error err;

	ok(nm_document_renames(place->document, &renames, &err), &err);
	ok(nm_document_save(place->document, &err), &err);
	ok(nm_store_renames_put(place->store, &renames, &err), &err);
	nm_renames_clear(&renames);
}

static struct nm_plan *plan_now(const struct place *place)
{
	return plan_of_text(nm_document_text(place->document, NULL), place->folder);
}

static void named_by(const struct place *place, const struct nm_plan *plan, const char *name, const char *expected)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_names names;
	struct nm_error err;

	assert_non_null(arena);
	ok(nm_names_read(place->store, plan, arena, &names, &err), &err);
	assert_string_equal(nm_names_of(&names, name), expected);
	nm_arena_free(arena);
}

/* What a name of the log is by the document's plan. */
static void named(const struct place *place, const char *name, const char *expected)
{
	struct nm_plan *plan = plan_now(place);

	named_by(place, plan, name, expected);
	nm_plan_free(plan);
}

static void nothing_kept(const struct place *place)
{
	struct nm_renames kept;
	struct nm_error err;

	ok(nm_store_renames(place->store, &kept, &err), &err);
	assert_int_equal(kept.n, 0);
	nm_renames_clear(&kept);
}

static void test_saved(void **state)
{
	struct place *place = *state;

	rename_to(place, "a", "owner");
	named(place, "a", "a");
	save(place);
	named(place, "a", "owner");
	named(place, "owner", "owner");
	named(place, "stranger", "stranger");
}

static void test_chain(void **state)
{
	struct place *place = *state;

	rename_to(place, "a", "owner");
	save(place);
	rename_to(place, "owner", "jane");
	rename_to(place, "jane", "mrs smith");
	save(place);
	named(place, "a", "mrs smith");
	named(place, "owner", "mrs smith");
	named(place, "jane", "jane");
}

static void test_undone(void **state)
{
	struct place *place = *state;

	rename_to(place, "a", "owner");
	assert_non_null(nm_document_undo(place->document));
	rename_to(place, "b", "desk");
	rename_to(place, "desk", "b");
	apply(place, (struct nm_edit){ .op = NM_EDIT_SET, .place = { "destination", "a", -1 }, .option = "notes",
				       .value = "\"new\"" });
	save(place);
	nothing_kept(place);
}

/* Taken back after it was saved: what was logged in between is found again, also when the way back was forgotten. */
static void test_taken_back(void **state)
{
	struct place *place = *state;

	rename_to(place, "a", "owner");
	save(place);
	assert_non_null(nm_document_undo(place->document));
	save(place);
	named(place, "owner", "a");
	assert_non_null(nm_document_redo(place->document));
	save(place);
	named(place, "a", "owner");
	assert_non_null(nm_document_undo(place->document));
	rename_to(place, "b", "desk");
	save(place);
	named(place, "owner", "a");
	named(place, "b", "desk");
}

/* Order, copies and other sections are no names. */
static void test_no_rename(void **state)
{
	struct place *place = *state;

	apply(place, (struct nm_edit){ .op = NM_EDIT_MOVE, .place = { "destination", "a", -1 }, .by = 1 });
	rename_section(place, "path", "day", "night");
	apply(place, (struct nm_edit){ .op = NM_EDIT_ADD, .place = { "destination", NULL, -1 },
				       .value = "destination d { kind = backup number = \"+15125550113\" }\n" });
	save(place);
	nothing_kept(place);
}

static void test_taken_by_another(void **state)
{
	struct place *place = *state;

	rename_to(place, "a", "owner");
	save(place);
	rename_to(place, "b", "a");
	save(place);
	named(place, "a", "a");
	named(place, "b", "a");
	rename_to(place, "a", "b");
	save(place);
	named(place, "a", "b");
}

/* Two who changed names: each name is somebody's still.  And one who is gone by the time of the save. */
static void test_swapped_and_gone(void **state)
{
	struct place *place = *state;

	rename_to(place, "a", "t");
	rename_to(place, "b", "a");
	rename_to(place, "t", "b");
	save(place);
	nothing_kept(place);
	rename_to(place, "c", "box");
	apply(place, (struct nm_edit){ .op = NM_EDIT_REMOVE, .place = { "destination", "box", -1 } });
	save(place);
	nothing_kept(place);
}

/* Calls of the name's earlier owner and of its later one cannot be told apart: nobody gets them when both are gone. */
static void test_name_of_two(void **state)
{
	struct place *place = *state;
	struct nm_plan *plan;

	rename_to(place, "a", "owner");
	save(place);
	rename_to(place, "b", "a");
	save(place);
	plan = plan_of_text(HEAD "destination owner { kind = personal number = \"+15125550111\" }\n"
				 "path day { step { ring = owner } }\n",
			    place->folder);
	named_by(place, plan, "a", "a");
	named_by(place, plan, "b", "a");
	nm_plan_free(plan);
}

/* The way back from what was saved is forgotten, and on it names went from one to the other: none is guessed. */
static void test_no_guess(void **state)
{
	struct place *place = *state;

	rename_to(place, "a", "first");
	rename_to(place, "b", "a");
	save(place);
	assert_non_null(nm_document_undo(place->document));
	assert_non_null(nm_document_undo(place->document));
	apply(place, (struct nm_edit){ .op = NM_EDIT_SET, .place = { "destination", "a", -1 }, .option = "notes",
				       .value = "\"new\"" });
	save(place);
	named(place, "first", "first");
}

static void test_line(void **state)
{
	struct place *place = *state;

	rename_section(place, "line", "main", "front");
	save(place);
	named(place, "main", "front");
}

/* A version of before a rename knows those by their former name whom the log calls by the new one. */
static void test_older_plan(void **state)
{
	struct place *place = *state;
	struct nm_plan *first = plan_now(place), *second;

	rename_to(place, "a", "owner");
	save(place);
	second = plan_now(place);
	rename_to(place, "owner", "jane");
	save(place);
	named_by(place, first, "owner", "a");
	named_by(place, first, "jane", "a");
	named_by(place, second, "jane", "owner");
	named_by(place, second, "a", "owner");
	nm_plan_free(first);
	nm_plan_free(second);
}

/* --- random sessions against a model --- */

#define PEOPLE 3
#define SAVES_MOST 200

struct model {
	uint64_t dice;
	int now[PEOPLE];  /* who is called by which of their names */
	bool seen[PEOPLE][4]; /* was called so in a saved text */
};

/* Nobody ever has a name that was somebody else's. */
static const char *name_of(int person, int name, char out[NAME])
{
	static const char *const first = "abc";

	snprintf(out, NAME, name ? "%c%d" : "%c", first[person], name);
	return out;
}

static void read_model(struct model *model, const struct nm_plan *plan)
{
	char name[NAME];

	for (int i = 0; i < PEOPLE; i++)
		for (int k = 0; k < 4; k++)
			if (nm_plan_find_destination(plan, name_of(i, k, name)) >= 0)
				model->now[i] = k;
}

static void rename_somebody(struct place *place, struct model *model)
{
	const int person = (int)random_below(&model->dice, PEOPLE);
	char from[NAME], to[NAME];

	name_of(person, model->now[person], from);
	name_of(person, (model->now[person] + 1 + (int)random_below(&model->dice, 3)) % 4, to);
	rename_to(place, from, to);
}

static void random_step(struct place *place, struct model *model)
{
	const uint32_t what = random_below(&model->dice, 10);
	struct nm_plan *plan;

	if (what < 5)
		rename_somebody(place, model);
	else if (what < 8)
		nm_document_undo(place->document);
	else
		nm_document_redo(place->document);
	plan = plan_now(place);
	read_model(model, plan);
	nm_plan_free(plan);
}

static void check_model(struct place *place, struct model *model)
{
	char was[NAME], is[NAME];

	for (int i = 0; i < PEOPLE; i++) {
		model->seen[i][model->now[i]] = true;
		for (int k = 0; k < 4; k++)
			named(place, name_of(i, k, was), name_of(i, model->seen[i][k] ? model->now[i] : k, is));
	}
}

static void test_random_sessions(void **state)
{
	struct place *place = *state;
	struct model model = { .dice = 7 };

	for (int i = 0; i < PEOPLE; i++)
		model.seen[i][0] = true;
	for (int i = random_few(SAVES_MOST); i > 0; i--) {
		for (uint32_t steps = random_below(&model.dice, 8); steps > 0; steps--)
			random_step(place, &model);
		save(place);
		check_model(place, &model);
	}
}

/* --- what is counted --- */

static void log_calls(struct place *place, int n, const char *const *names)
{
	struct nm_error err;
	uint64_t dice = 3;

	for (int i = 0; i < n; i++) {
		const char *who = names[random_below(&dice, 3)];
		const nm_time began = MONDAY + i * 3000;
		const struct nm_call_leg leg = { .leg = { .id = "l", .to = "+15125550188", .end = NM_LEG_ANSWERED,
							   .began = began, .ended = began + 90, .rang_s = 9 },
						 .who = who };
		char id[NAME];
		enum nm_call_kept kept;

		snprintf(id, sizeof(id), "c%d", i);
		ok(nm_store_call_put(place->store,
				     &(struct nm_call_entry){ .number = UINT64_C(15125550100),
							      .line = "main",
							      .driver = "sandbox",
							      .carrier_id = id,
							      .caller = { .number = UINT64_C(17375550100) + random_below(&dice, 9) },
							      .began = began,
							      .ended = began + 90,
							      .became = { .end = NM_CALL_ANSWERED, .by = who, .seconds = 9 },
							      .n = 1,
							      .legs = &leg },
				     &kept, &err),
		   &err);
	}
}

static const struct nm_span whole = { MONDAY, MONDAY + 7 * (nm_time)NM_DAY };

static void report_of(const struct place *place, const struct nm_plan *plan, struct nm_report *out)
{
	struct nm_error err;

	ok(nm_report(place->store, plan, &(struct nm_report_options){ .span = whole, .line = -1 }, out, &err), &err);
}

/* The layer of the second report under the name that it has there. */
static const struct nm_layer *same_layer(const struct nm_report *report, const char *name)
{
	const char *now = !strcmp(name, "a") ? "owner" : !strcmp(name, "b") ? "desk" : name;

	for (size_t i = 0; i < report->n_layers; i++)
		if (!strcmp(report->layers[i].name, now))
			return &report->layers[i];
	fail_msg("no layer %s", now);
	return NULL;
}

static void test_report(void **state)
{
	static const char *const names[] = { "a", "b", "+442079460000" };
	struct place *place = *state;
	struct nm_plan *before_plan = plan_now(place), *after_plan;
	struct nm_report before, after;

	log_calls(place, 200, names);
	report_of(place, before_plan, &before);
	rename_to(place, "a", "owner");
	rename_to(place, "b", "desk");
	save(place);
	after_plan = plan_now(place);
	report_of(place, after_plan, &after);
	assert_memory_equal(&before.figures, &after.figures, sizeof(before.figures));
	assert_memory_equal(&before.worth, &after.worth, sizeof(before.worth));
	assert_int_equal(before.n_layers, 3);
	assert_int_equal(after.n_layers, 3);
	for (size_t i = 0; i < before.n_layers; i++) {
		struct nm_layer layer = *same_layer(&after, before.layers[i].name);

		layer.name = before.layers[i].name;
		assert_memory_equal(&layer, &before.layers[i], sizeof(layer));
	}
	nm_report_clear(&before);
	nm_report_clear(&after);
	nm_plan_free(before_plan);
	nm_plan_free(after_plan);
}

static void replay_of(const struct place *place, const struct nm_plan *plan, struct nm_replay *out)
{
	const struct nm_replay_options options = { .span = whole, .most = 10 };
	struct nm_error err;

	ok(nm_replay(place->store, plan, &options, out, &err), &err);
}

static void test_replay(void **state)
{
	static const char *const names[] = { "a", "b", "b" };
	struct place *place = *state;
	struct nm_plan *before_plan = plan_now(place), *after_plan;
	struct nm_replay before, after;

	log_calls(place, 100, names);
	replay_of(place, before_plan, &before);
	assert_true(before.n_layers > 1);
	assert_true(before.layers[0].then > 0);
	rename_to(place, "a", "owner");
	rename_to(place, "b", "desk");
	save(place);
	after_plan = plan_now(place);
	replay_of(place, after_plan, &after);
	assert_memory_equal(&before.counts, &after.counts, sizeof(before.counts));
	assert_int_equal(before.n_layers, after.n_layers);
	for (size_t i = 0; i < before.n_layers; i++) {
		assert_int_equal(before.layers[i].then, after.layers[i].then);
		assert_int_equal(before.layers[i].now, after.layers[i].now);
		assert_int_equal(before.layers[i].kind, after.layers[i].kind);
	}
	nm_replay_clear(&before);
	nm_replay_clear(&after);
	nm_plan_free(before_plan);
	nm_plan_free(after_plan);
}

/* --- what is shown --- */

static enum nm_explained explained(const struct place *place, const struct nm_plan *plan, const char **by,
				   struct nm_arena *arena)
{
	struct nm_explainer *explainer;
	struct nm_explanation explanation;
	struct nm_call_entry call;
	struct nm_error err;

	ok(nm_store_call_get(place->store, 1, arena, &call, &err), &err);
	ok(nm_explainer_new(plan, place->store, &explainer, &err), &err);
	ok(nm_explain(explainer, &call, false, arena, &explanation, &err), &err);
	*by = explanation.real.answered_by;
	nm_explainer_free(explainer);
	return explanation.verdict;
}

static void test_explain(void **state)
{
	static const char *const names[] = { "a", "a", "a" };
	struct place *place = *state;
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan *before = plan_now(place), *after;
	const char *by;
	enum nm_explained verdict;

	assert_non_null(arena);
	log_calls(place, 1, names);
	verdict = explained(place, before, &by, arena);
	assert_int_equal(verdict, NM_EXPLAINED_PLANNED);
	assert_string_equal(by, "a");
	rename_to(place, "a", "owner");
	save(place);
	after = plan_now(place);
	assert_int_equal(explained(place, after, &by, arena), verdict);
	assert_string_equal(by, "owner");
	nm_arena_free(arena);
	nm_plan_free(before);
	nm_plan_free(after);
}

static void test_calls(void **state)
{
	static const char *const names[] = { "a", "a", "a" };
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 10 };
	struct place *place = *state;
	struct nm_call_entries calls;
	struct nm_call_entry call;
	struct nm_plan *plan;
	struct nm_error err;

	log_calls(place, 3, names);
	rename_to(place, "a", "owner");
	save(place);
	plan = plan_now(place);
	ok(nm_store_calls(place->store, &filter, &calls, &err), &err);
	ok(nm_calls_name(place->store, plan, &calls, &err), &err);
	for (size_t i = 0; i < calls.n; i++)
		assert_string_equal(calls.items[i].became.by, "owner");
	ok(nm_store_call_get(place->store, 1, calls.arena, &call, &err), &err);
	ok(nm_call_name(place->store, plan, calls.arena, &call, &err), &err);
	assert_string_equal(call.became.by, "owner");
	assert_string_equal(call.legs[0].who, "owner");
	nm_call_entries_clear(&calls);
	nm_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_saved, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_taken_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_rename, setup, teardown),
		cmocka_unit_test_setup_teardown(test_taken_by_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_swapped_and_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_name_of_two, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_guess, setup, teardown),
		cmocka_unit_test_setup_teardown(test_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_older_plan, setup, teardown),
		cmocka_unit_test_setup_teardown(test_random_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_report, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_calls, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
