/* SPDX-License-Identifier: MIT */
/*
 * Lines that are called something else: what was pushed to a line, read back of it and put back on it is that number's,
 * whatever the line was called then and is called now.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "numbers.h"
#include "old_store.h"
#include "push_rig.h"
#include "random_plan.h"

#define NUMBERS  4
#define LINES    2
#define STEPS    60
#define ROUNDS   40
#define FIRST    UINT64_C(15125550100)
#define OLD      19 /* the last schema in which lines were their names */
#define REQUESTS 40 /* more than any push of two lines sends */

static const char *const names[] = { "main", "office", "front desk/2", "caf\xc3\xa9 9", "+15125550101" };

#define NAMES ((uint32_t)(sizeof(names) / sizeof(names[0])))

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* --- a small model --- */

/* What is live on a number: a route that was pushed. */
struct live {
	char *text; /* malloc'd; NULL: nothing is there */
	const char *name, *path;
};

struct number {
	struct live live, before; /* before: the newest push */
	int pushes;
};

struct line {
	uint32_t number;
	const char *name, *path;
};

struct model {
	struct push_rig rig;
	uint64_t random;
	struct number numbers[NUMBERS];
	struct line lines[LINES];
};

static struct live copy_of(const struct live *live)
{
	return (struct live){ live->text != NULL ? strdup(live->text) : NULL, live->name, live->path };
}

static void write_plan(struct model *m)
{
	struct nm_buf text;

	nm_buf_init(&text, 1u << 16);
	nm_buf_add(&text, "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\naccount sandbox { driver = sandbox }\n"
			  "destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"
			  "destination fixly { kind = ai number = \"+15125550177\" }\n"
			  "path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"
			  "path night { step { ring = fixly for = 10s } }\n");
	for (size_t i = 0; i < LINES; i++) {
		const struct line *line = &m->lines[i];

		nm_buf_addf(&text, "line \"%s\" { number = \"+%llu\" account = sandbox }\n", line->name,
			    (unsigned long long)(FIRST + line->number));
		nm_buf_addf(&text, "rule r%zu { lines = \"%s\" path = %s }\n", i, line->name, line->path);
	}
	assert_false(text.failed);
	push_rig_plan(&m->rig, text.data);
	m->rig.context.plan_mark++;
	nm_buf_clear(&text);
}

static char *live_of(struct push_rig *rig, nm_number number)
{
	char key[NM_NUMBER_TEXT], *text;
	struct nm_error err;

	nm_number_write(number, key);
	ok(nm_store_sandbox_get(rig->store, key, &text, &err), &err);
	return text;
}

static char *live_text(struct model *m, uint32_t number)
{
	return live_of(&m->rig, FIRST + number);
}

/* --- what is done --- */

static struct line *any_line(struct model *m)
{
	return &m->lines[random_below(&m->random, LINES)];
}

static bool taken(const struct model *m, const char *name)
{
	for (size_t i = 0; i < LINES; i++)
		if (!strcmp(m->lines[i].name, name))
			return true;
	return false;
}

static void rename_one(struct model *m)
{
	const char *name = names[random_below(&m->random, NAMES)];

	if (!taken(m, name))
		any_line(m)->name = name;
}

static void swap_names(struct model *m)
{
	const char *name = m->lines[0].name;

	m->lines[0].name = m->lines[1].name;
	m->lines[1].name = name;
}

static void renumber_one(struct model *m)
{
	const uint32_t number = random_below(&m->random, NUMBERS);

	if (m->lines[0].number != number && m->lines[1].number != number)
		any_line(m)->number = number;
}

static void change_one(struct model *m)
{
	struct line *line = any_line(m);

	line->path = !strcmp(line->path, "day") ? "night" : "day";
}

/* The newest push has this in the place of what was there. */
static void now_live(struct number *number, struct live live)
{
	free(number->before.text);
	number->before = number->live;
	number->live = live;
	number->pushes++;
}

static void push_one(struct model *m, int i)
{
	const struct line *line = &m->lines[i];
	struct number *number = &m->numbers[line->number];
	struct nm_error err;

	ok(push_rig_push(&m->rig, i, NULL, &err), &err);
	if (number->live.text != NULL && !strcmp(number->live.name, line->name) && !strcmp(number->live.path, line->path))
		return;
	now_live(number, (struct live){ live_text(m, line->number), line->name, line->path });
	assert_non_null(number->live.text);
}

static void roll_back(struct model *m, int i)
{
	struct number *number = &m->numbers[m->lines[i].number];
	struct nm_push_results results = { 0 };
	struct nm_error err;
	const enum nm_code code = nm_rollback(&m->rig.context, i, 0, NULL, &results, &err);

	nm_push_results_clear(&results);
	if (number->pushes == 0) {
		assert_int_equal(code, NM_INPUT);
		return;
	}
	ok(code, &err);
	now_live(number, copy_of(&number->before));
}

/* --- what then holds --- */

static enum nm_sync expected(const struct number *number, const struct line *line)
{
	if (number->live.text == NULL)
		return NM_SYNC_NOTHING;
	if (strcmp(number->live.path, line->path) != 0)
		return NM_SYNC_DRIFT;
	return strcmp(number->live.name, line->name) != 0 ? NM_SYNC_RENAMED : NM_SYNC_SAME;
}

static void assert_history(struct model *m, const struct number *number, nm_number line)
{
	struct nm_push_records records;
	struct nm_error err;

	ok(nm_store_pushes(m->rig.store, line, false, 1000, &records, &err), &err);
	assert_int_equal(records.n, number->pushes);
	for (size_t i = 0; i < records.n; i++)
		assert_int_equal(records.items[i].number, line);
	nm_push_records_clear(&records);
}

static void assert_line(struct model *m, int i, const struct nm_status *kept)
{
	const struct line *line = &m->lines[i];
	const struct number *number = &m->numbers[line->number];
	char *words, *text = live_text(m, line->number);

	if (number->live.text == NULL)
		assert_null(text);
	else
		assert_string_equal(text, number->live.text);
	assert_int_equal(push_rig_sync(&m->rig, i, &words), expected(number, line));
	if (kept != NULL && kept->lines[i].read_at != 0)
		assert_int_equal(kept->lines[i].sync, expected(number, line));
	if (expected(number, line) == NM_SYNC_RENAMED)
		assert_non_null(strstr(words, "renamed: "));
	if (number->pushes == 0)
		assert_string_equal(words, "nothing was pushed yet");
	assert_history(m, number, FIRST + line->number);
	free(words);
	free(text);
}

/* What is left is what is live on numbers that the plan has not. */
static void assert_left(struct model *m)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_pushed_line *pushed;
	struct nm_error err;
	size_t n, live = 0;

	ok(nm_store_pushed_lines(m->rig.store, arena, &pushed, &n, &err), &err);
	for (size_t i = 0; i < n; i++) {
		const struct number *number = &m->numbers[pushed[i].number - FIRST];

		assert_non_null(number->live.text);
	}
	for (size_t i = 0; i < NUMBERS; i++)
		live += m->numbers[i].live.text != NULL;
	assert_int_equal(n, live);
	nm_arena_free(arena);
}

/* By what was read last, before it is read again. */
static void assert_all(struct model *m)
{
	struct nm_status kept;
	struct nm_error err;

	ok(nm_status_kept(&m->rig.context, &kept, &err), &err);
	for (int i = 0; i < LINES; i++)
		assert_line(m, i, &kept);
	nm_status_clear(&kept);
	assert_left(m);
}

static void take_step(struct model *m)
{
	const int i = (int)random_below(&m->random, LINES);

	switch (random_below(&m->random, 9)) {
	case 0:
	case 1:
		rename_one(m);
		break;
	case 2:
		swap_names(m);
		break;
	case 3:
		rename_one(m);
		renumber_one(m);
		break;
	case 4:
		renumber_one(m);
		break;
	case 5:
		change_one(m);
		break;
	case 6:
		write_plan(m);
		roll_back(m, i);
		break;
	default:
		write_plan(m);
		push_one(m, i);
		if (random_below(&m->random, 2))
			push_one(m, 1 - i);
	}
	write_plan(m);
}

/* "Push history, the last reading, drift and roll back are the line's, whatever it is called": two that swap their
 * names, a name and a number changed at once, a name there and back, a number that comes and goes. */
static void test_a_line_is_its_number(void **state)
{
	(void)state;
	for (int round = 0; round < random_few(ROUNDS); round++) {
		struct model m = { .random = (uint64_t)round,
				   .lines = { { 0, "main", "day" }, { 1, "office", "night" } } };

		push_rig_open(&m.rig, PUSH_HEAD PUSH_RULES);
		write_plan(&m);
		for (int step = 0; step < STEPS; step++) {
			take_step(&m);
			assert_all(&m);
			if (random_below(&m.random, 5) == 0)
				push_rig_restart(&m.rig);
		}
		for (size_t i = 0; i < NUMBERS; i++) {
			free(m.numbers[i].live.text);
			free(m.numbers[i].before.text);
		}
		push_rig_close(&m.rig);
	}
}

/* --- cut off, and renamed before the next push --- */

static const char before[] = PUSH_HEAD "rule desk { lines = \"front desk/2\" path = day }\n" PUSH_RULES;
/* The two have each other's names. */
static const char swapped[] =
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
	"account sandbox { driver = sandbox }\n"
	"line \"front desk/2\" { number = \"+15125550100\" account = sandbox }\n"
	"line main { number = \"+15125550101\" account = sandbox }\n"
	"schedule open { hours = \"Mo-Fr 08:00-18:00\" }\nschedule sunday { hours = \"Su 09:00-13:00\" }\n"
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"
	"destination fixly { kind = ai number = \"+15125550177\" }\n"
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"
	"path night { step { ring = fixly for = 10s } }\nrule desk { lines = main path = day }\n" PUSH_RULES;

/* What was under way on the number is said to have taken effect where it had, and nowhere else. */
static void assert_settled(struct push_rig *rig, nm_number number, bool was_live)
{
	struct nm_push_records records;
	struct nm_error err;

	ok(nm_store_pushes(rig->store, number, false, 100, &records, &err), &err);
	assert_true(records.n > 0);
	assert_int_equal(records.items[records.n - 1].state == NM_PUSH_DONE, was_live || records.n == 1);
	nm_push_records_clear(&records);
}

/* "Stopped at any point, the next push finishes or undoes it": also under other names. */
static void test_cut_off_and_then_renamed(void **state)
{
	(void)state;
	for (int at = 1; at < REQUESTS; at++) {
		struct push_rig rig;
		struct nm_push_records records;
		struct nm_error err;
		bool was_live[2];

		push_rig_open(&rig, before);
		rig.kill_after = at;
		(void)!push_rig_push(&rig, -1, NULL, &err);
		for (nm_number i = 0; i < 2; i++) {
			char *live = live_of(&rig, FIRST + i);

			was_live[i] = live != NULL;
			free(live);
		}
		push_rig_plan(&rig, swapped);
		push_rig_restart(&rig);
		ok(push_rig_push(&rig, -1, NULL, &err), &err);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(push_rig_sync(&rig, i, NULL), NM_SYNC_SAME);
			assert_settled(&rig, FIRST + (nm_number)i, was_live[i]);
		}
		ok(nm_store_pushes(rig.store, 0, true, 100, &records, &err), &err);
		assert_int_equal(records.n, 0);
		nm_push_records_clear(&records);
		push_rig_close(&rig);
	}
}

/* --- guarantees that name a line --- */

#define GUARDED(name, rule)                                                                                                \
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\naccount sandbox { driver = sandbox }\n"          \
	"line " name " { number = \"+15125550100\" account = sandbox }\n"                                                   \
	"destination owner { kind = personal number = \"+15125550111\" own_voicemail = none }\n"                            \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                                       \
	"path day { step { ring = owner for = 20s } step { ring = fixly for = 10s } }\n"                                     \
	"path night { step { ring = fixly for = 10s } }\nrule all { path = " rule " }\n"                                     \
	"guarantee \"somebody live\" { lines = " name " live = yes within = 40s }\n"

/* What was proved of the line under its former name is proved of it: going back needs no reason. */
static void test_a_guarantee_follows_its_line(void **state)
{
	static const char *const plans[] = { GUARDED("main", "day"), GUARDED("main", "night"), GUARDED("office", "night") };
	struct nm_push_options options = { .line = -1 };
	struct nm_push_results results;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, plans[0]);
	for (int i = 0; i < 2; i++) {
		push_rig_plan(&rig, plans[i]);
		options.plan_text = plans[i];
		options.plan_len = strlen(plans[i]);
		ok(nm_push(&rig.context, &options, &results, &err), &err);
		nm_push_results_clear(&results);
	}
	push_rig_plan(&rig, plans[2]);
	ok(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_DRIFT);
	push_rig_close(&rig);
}

/* --- stores of older programs --- */

/* They have lines by their names: what such a store has is the plan's, before and after the line is renamed. */
static void test_an_older_store_is_taken_over(void **state)
{
	struct push_rig rig;
	struct nm_push_record record;
	struct nm_push_results results;
	struct nm_arena *arena = nm_arena_new();
	struct nm_error err;
	int64_t id;

	(void)state;
	push_rig_open(&rig, before);
	ok(push_rig_push(&rig, -1, NULL, &err), &err);
	for (size_t i = 0; i < rig.plan->n_lines; i++) {
		char *live = push_rig_live(&rig, rig.plan->lines[i].name);

		ok(nm_store_sandbox_put(rig.store, rig.plan->lines[i].name, live, &err), &err);
		free(live);
	}
	push_rig_older(&rig, OLD);
	ok(nm_store_push_newest(rig.store, line_number(rig.plan, "main"), &id, &err), &err);
	assert_int_equal(id, 0);
	for (int again = 0; again < 2; again++)
		ok(nm_store_know_lines(rig.store, rig.plan, &err), &err);
	ok(nm_store_push_newest(rig.store, line_number(rig.plan, "main"), &id, &err), &err);
	ok(nm_store_push_get(rig.store, id, arena, &record, &err), &err);
	assert_string_equal(record.line, "main");
	push_rig_plan(&rig, swapped);
	ok(nm_store_know_lines(rig.store, rig.plan, &err), &err);
	for (int i = 0; i < 2; i++)
		assert_int_equal(push_rig_sync(&rig, i, NULL), NM_SYNC_RENAMED);
	ok(nm_rollback(&rig.context, 0, 0, NULL, &results, &err), &err);
	nm_push_results_clear(&results);
	assert_int_equal(push_rig_sync(&rig, 0, NULL), NM_SYNC_NOTHING);
	assert_int_equal(push_rig_sync(&rig, 1, NULL), NM_SYNC_RENAMED);
	nm_arena_free(arena);
	push_rig_close(&rig);
}

/* Who may only read such a store knows its lines all the same, and nothing is written to it. */
static void test_an_older_store_is_read_only(void **state)
{
	struct push_rig rig;
	struct nm_error err;
	int64_t id;
	char file[512];

	(void)state;
	push_rig_open(&rig, before);
	ok(push_rig_push(&rig, -1, NULL, &err), &err);
	assert_true(snprintf(file, sizeof(file), "%s/store.db", rig.folder) < (int)sizeof(file));
	nm_sandbox_transport_clear(&rig.sandbox);
	nm_store_close(rig.store);
	old_store(file, OLD);
	ok(nm_store_open(file, true, &rig.store, &err), &err);
	ok(nm_store_know_lines(rig.store, rig.plan, &err), &err);
	ok(nm_store_push_newest(rig.store, line_number(rig.plan, "main"), &id, &err), &err);
	assert_int_not_equal(id, 0);
	nm_store_close(rig.store);
	ok(nm_store_open(file, false, &rig.store, &err), &err);
	ok(nm_sandbox_transport(rig.store, &rig.sandbox, &err), &err);
	ok(nm_store_push_newest(rig.store, line_number(rig.plan, "main"), &id, &err), &err);
	assert_int_equal(id, 0);
	push_rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_is_its_number),
		cmocka_unit_test(test_cut_off_and_then_renamed),
		cmocka_unit_test(test_a_guarantee_follows_its_line),
		cmocka_unit_test(test_an_older_store_is_taken_over),
		cmocka_unit_test(test_an_older_store_is_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
