/* SPDX-License-Identifier: MIT */
/* What was live on a line at a time, by what the store has of it: one rule for whoever asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/live_then.h"
#include "random_plan.h"

#define LINE UINT64_C(15125550100)
#define T    1000 /* when it is asked about */

/* One that ended 0 is under way. */
struct push {
	nm_time at, ended;
	enum nm_push_state state;
	const char *before;
};

struct scene {
	struct push push;    /* at 0: there was none */
	nm_time read_at;     /* 0: nothing was read */
	bool read;           /* it could be */
	const char *live;    /* what was there; NULL: nothing of ours */
	const char *driver;
	enum nm_live_known known;
	const char *text;
	bool by_reading;
};

/* clang-format off */
static const struct scene scenes[] = {
	{ { 0 }, 0, false, NULL, "sandbox", NM_LIVE_NOTHING, NULL, false },
	{ { T - 100, T - 90, NM_PUSH_DONE, "b" }, 0, false, NULL, "sandbox", NM_LIVE_KNOWN, "w", false },
	{ { T, T, NM_PUSH_DONE, "b" }, 0, false, NULL, "sandbox", NM_LIVE_KNOWN, "w", false },
	{ { T + 1, T + 1, NM_PUSH_DONE, "b" }, 0, false, NULL, "sandbox", NM_LIVE_NOTHING, NULL, false },
	/* It may have done it or not, whatever was read meanwhile. */
	{ { T - 100, 0, NM_PUSH_APPLYING, "b" }, 0, false, NULL, "sandbox", NM_LIVE_UNDER_WAY, NULL, false },
	{ { T - 100, 0, NM_PUSH_APPLYING, "b" }, T - 50, true, "r", "sandbox", NM_LIVE_UNDER_WAY, NULL, false },
	{ { T - 100, T + 1, NM_PUSH_DONE, "b" }, T - 50, true, "r", "sandbox", NM_LIVE_UNDER_WAY, NULL, false },
	{ { T - 100, T - 90, NM_PUSH_FAILED, "b" }, 0, false, NULL, "sandbox", NM_LIVE_FAILED, NULL, false },
	{ { T - 100, T - 90, NM_PUSH_FAILED, "b" }, T - 80, true, "r", "sandbox", NM_LIVE_KNOWN, "r", true },
	{ { T - 100, T - 90, NM_PUSH_UNDONE, "b" }, 0, false, NULL, "sandbox", NM_LIVE_KNOWN, "b", false },
	{ { T - 100, T - 90, NM_PUSH_UNDONE, NULL }, 0, false, NULL, "sandbox", NM_LIVE_TAKEN_BACK, NULL, false },
	/* What was read since says more, also that nothing is there; what was read before, or could not be, nothing. */
	{ { T - 100, T - 90, NM_PUSH_DONE, "b" }, T - 80, true, "r", "sandbox", NM_LIVE_KNOWN, "r", true },
	{ { T - 100, T - 90, NM_PUSH_DONE, "b" }, T, true, NULL, "sandbox", NM_LIVE_KNOWN, "[]", true },
	{ { T - 100, T - 90, NM_PUSH_DONE, "b" }, T - 95, true, "r", "sandbox", NM_LIVE_KNOWN, "w", false },
	{ { T - 100, T - 90, NM_PUSH_DONE, "b" }, T - 80, false, NULL, "sandbox", NM_LIVE_KNOWN, "w", false },
	{ { T - 100, T - 90, NM_PUSH_DONE, "b" }, T + 1, true, "r", "sandbox", NM_LIVE_KNOWN, "w", false },
	{ { 0 }, T - 80, true, "r", "sandbox", NM_LIVE_KNOWN, "r", true },
	{ { 0 }, T + 1, true, "r", "sandbox", NM_LIVE_NOTHING, NULL, false },
	/* Of a phone that somebody dials codes on, nothing can be read. */
	{ { T - 100, T - 90, NM_PUSH_DONE, "b" }, T - 80, true, NULL, "codes", NM_LIVE_KNOWN, "w", false },
};
/* clang-format on */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* Of another line too, which says nothing of this one though it was called so. */
static void keep(struct nm_store *store, const struct scene *scene)
{
	const struct nm_push_record other = { .number = LINE + 1, .line = "main", .driver = "x", .who = "pat", .wanted = "x",
					      .at = T - 1, .ended = T - 1, .state = NM_PUSH_DONE };
	const struct nm_push_record push = { .number = LINE, .line = "main", .driver = "sandbox", .who = "pat", .wanted = "w",
					     .before = scene->push.before, .at = scene->push.at,
					     .ended = scene->push.ended, .state = scene->push.state };
	const struct nm_reading reading = { .at = scene->read_at, .known = scene->read, .live = scene->live };
	struct nm_error err;
	int64_t id;

	if (scene->push.at != 0)
		ok(nm_store_push_begin(store, &push, &id, &err), &err);
	ok(nm_store_push_begin(store, &other, &id, &err), &err);
	if (scene->read_at != 0)
		ok(nm_store_reading_put(store, LINE, &reading, &err), &err);
}

static void test_what_was_live(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		const struct scene *scene = &scenes[i];
		struct nm_arena *arena = nm_arena_new();
		struct nm_store *store;
		struct nm_live_then then;
		struct nm_error err;
		char *folder = random_folder_new(), file[512];

		assert_true(snprintf(file, sizeof(file), "%s/store.db", folder) < (int)sizeof(file));
		ok(nm_store_open(file, false, &store, &err), &err);
		keep(store, scene);
		ok(nm_live_then(store, LINE, T, scene->driver, arena, &then, &err), &err);
		if (then.known != scene->known || (scene->text != NULL && strcmp(then.text, scene->text) != 0) ||
		    (then.push == 0) != (scene->by_reading || scene->known == NM_LIVE_NOTHING))
			fail_msg("scene %zu: %d %s", i, then.known, then.known == NM_LIVE_KNOWN ? then.text : "");
		nm_store_close(store);
		nm_arena_free(arena);
		random_folder_free(folder);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
