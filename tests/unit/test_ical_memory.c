/* SPDX-License-Identifier: MIT */
/* What is remembered of calendars: the same comes out of it as of the text; of what is damaged, nothing does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ical_model.h"
#include "nevermiss/edit.h"

static const char *const files[] = {
	"examples/us-federal-holidays.ics",
	"tests/fuzz/seeds/ical/rules.ics",
	"tests/fuzz/seeds/ical/zones.ics",
	"tests/golden/screen/hostile/holidays.ics",
	"tests/golden/findings/calendar-stale/long.ics",
};

#define FILES (sizeof files / sizeof files[0])

static void read_file(const char *name, struct nm_buf *out)
{
	const char *top = getenv("NM_SRCDIR");
	struct nm_buf path;

	nm_buf_init(&path, 4096);
	nm_buf_init(out, NM_ICAL_BYTES);
	nm_buf_addf(&path, "%s/%s", top ? top : ".", name);
	assert_int_equal(nm_file_read(path.data, NM_ICAL_BYTES, out, NULL), NM_OK);
	nm_buf_clear(&path);
}

/* All instances of some years as text; or why there are none. */
static char *told(const struct nm_ical *ical)
{
	struct nm_ical_events events = { 0 };
	struct nm_error err = { 0 };
	struct nm_zone *zone = NULL;
	struct nm_buf buf;

	nm_buf_init(&buf, 64u << 20);
	assert_int_equal(nm_zone_load("America/Chicago", &zone, NULL), NM_OK);
	if (nm_ical_expand(ical, zone, 1600000000, 1900000000, &events, &err))
		nm_buf_addf(&buf, "error %d %s", err.code, err.text);
	for (size_t i = 0; i < events.n; i++)
		nm_buf_addf(&buf, "%lld %lld %d %d %s\n", (long long)events.items[i].from,
			    (long long)events.items[i].until, events.items[i].all_day,
			    events.items[i].transparent, events.items[i].summary);
	nm_buf_addf(&buf, "last %lld\n", (long long)nm_ical_last(ical, zone, 1900000000));
	nm_ical_events_clear(&events);
	nm_zone_free(zone);
	return nm_buf_take(&buf);
}

static char *remembered(struct nm_ical_memory *memory, const struct nm_buf *bytes)
{
	struct nm_ical *ical = NULL;
	char *text;

	assert_int_equal(nm_ical_remember(memory, "test.ics", bytes->data, bytes->len, &ical, NULL), NM_OK);
	text = told(ical);
	nm_ical_free(ical);
	return text;
}

/* The memory of one calendar, as a file. */
static void write_memory(const struct nm_buf *calendar, struct nm_buf *out)
{
	struct nm_ical_memory *memory = nm_ical_memory_new();

	assert_non_null(memory);
	nm_buf_init(out, NM_ICAL_MEMORY_BYTES);
	free(remembered(memory, calendar));
	assert_true(nm_ical_memory_changed(memory));
	assert_true(nm_ical_memory_write(memory, out));
	nm_ical_memory_free(memory);
}

static void test_the_same_comes_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < FILES; i++) {
		struct nm_ical_memory *memory = nm_ical_memory_new();
		struct nm_buf calendar, file;
		char *fresh, *kept;

		read_file(files[i], &calendar);
		fresh = remembered(NULL, &calendar);
		write_memory(&calendar, &file);
		nm_ical_memory_read(memory, file.data, file.len);
		kept = remembered(memory, &calendar);
		assert_string_equal(kept, fresh);
		assert_false(nm_ical_memory_changed(memory));
		free(fresh);
		free(kept);
		nm_buf_clear(&calendar);
		nm_buf_clear(&file);
		nm_ical_memory_free(memory);
	}
}

/* One byte more is another calendar; what nobody asks for any more is not written again. */
static void test_only_the_same_bytes(void **state)
{
	struct nm_ical_memory *memory = nm_ical_memory_new();
	struct nm_buf first, second, file, again;

	(void)state;
	read_file(files[0], &first);
	read_file(files[0], &second);
	nm_buf_add(&second, "\r\n");
	write_memory(&first, &file);
	nm_ical_memory_read(memory, file.data, file.len);
	free(remembered(memory, &second));
	assert_true(nm_ical_memory_changed(memory));
	nm_buf_init(&again, NM_ICAL_MEMORY_BYTES);
	assert_true(nm_ical_memory_write(memory, &again));
	assert_int_equal(again.len, file.len + 2);
	nm_ical_memory_free(memory);
	nm_buf_clear(&first);
	nm_buf_clear(&second);
	nm_buf_clear(&file);
	nm_buf_clear(&again);
}

/* Whatever bit of the file is another one, or however much of it is missing: the calendar is read anew. */
static void test_damaged_files_are_none(void **state)
{
	struct nm_buf calendar, file;

	(void)state;
	read_file(files[0], &calendar);
	write_memory(&calendar, &file);
	for (size_t i = 0; i < file.len; i += i < 200 ? 1 : 97) {
		struct nm_ical_memory *memory = nm_ical_memory_new();

		file.data[i] ^= 16;
		nm_ical_memory_read(memory, file.data, file.len);
		file.data[i] ^= 16;
		nm_ical_memory_read(memory, file.data, i);
		free(remembered(memory, &calendar));
		assert_true(nm_ical_memory_changed(memory));
		nm_ical_memory_free(memory);
	}
	nm_buf_clear(&calendar);
	nm_buf_clear(&file);
}

/* Of a calendar what cannot be read, in a file that is whole: as FORMAT has it, under a sum that is right. */
static void write_unreadable(const struct nm_buf *calendar, struct nm_buf *out)
{
	const uint64_t lengths[] = { calendar->len, 1 };
	uint64_t sum = 14695981039346656037u;
	struct nm_buf good, body;
	const char *head_end;

	write_memory(calendar, &good);
	head_end = memchr(good.data, '\n', good.len);
	assert_non_null(head_end);
	nm_buf_init(&body, NM_ICAL_MEMORY_BYTES);
	nm_buf_addn(&body, (const char *)lengths, sizeof lengths);
	nm_buf_addn(&body, calendar->data, calendar->len);
	nm_buf_addn(&body, "?", 1);
	for (size_t i = 0; i < body.len; i++)
		sum = (sum ^ (unsigned char)body.data[i]) * 1099511628211u;
	nm_buf_init(out, NM_ICAL_MEMORY_BYTES);
	nm_buf_addn(out, good.data, (size_t)(head_end + 1 - good.data));
	nm_buf_addn(out, (const char *)&sum, sizeof sum);
	nm_buf_addn(out, body.data, body.len);
	nm_buf_clear(&good);
	nm_buf_clear(&body);
}

/* Or each start would read the calendar anew. */
static void test_what_cannot_be_read_is_replaced(void **state)
{
	struct nm_ical_memory *memory = nm_ical_memory_new();
	struct nm_buf calendar, bad, good, written;

	(void)state;
	read_file(files[0], &calendar);
	write_unreadable(&calendar, &bad);
	write_memory(&calendar, &good);
	nm_ical_memory_read(memory, bad.data, bad.len);
	free(remembered(memory, &calendar));
	assert_true(nm_ical_memory_changed(memory));
	nm_buf_init(&written, NM_ICAL_MEMORY_BYTES);
	assert_true(nm_ical_memory_write(memory, &written));
	assert_int_equal(written.len, good.len);
	assert_memory_equal(written.data, good.data, good.len);
	nm_ical_memory_free(memory);
	nm_buf_clear(&calendar);
	nm_buf_clear(&bad);
	nm_buf_clear(&good);
	nm_buf_clear(&written);
}

/* Should a sum be right by chance: what is read does no harm, and what cannot be is refused. */
static void decode(const char *bytes, size_t len)
{
	struct nm_ical *ical = NULL;

	assert_int_equal(nm_ical_new("test.ics", &ical, NULL), NM_OK);
	if (nm_ical_decode(bytes, len, ical) && nm_ical_finish(ical, NULL) == NM_OK)
		free(told(ical));
	nm_ical_free(ical);
}

static void test_damaged_fields_do_no_harm(void **state)
{
	static const char values[] = { 0, 1, 127, -128, -1 };

	(void)state;
	for (size_t i = 0; i < FILES; i++) {
		struct nm_buf calendar, made;
		struct nm_ical *ical = NULL;

		read_file(files[i], &calendar);
		assert_int_equal(nm_ical_read("test.ics", calendar.data, calendar.len, &ical, NULL), NM_OK);
		nm_buf_init(&made, NM_ICAL_MEMORY_BYTES);
		nm_ical_encode(ical, &made);
		nm_ical_free(ical);
		for (size_t at = 0; at < made.len; at += getenv("NM_FEW") ? 101 : 3) {
			const char was = made.data[at];

			for (size_t v = 0; v < sizeof values; v++) {
				made.data[at] = values[v];
				decode(made.data, made.len);
			}
			made.data[at] = was;
			decode(made.data, at);
		}
		nm_buf_clear(&calendar);
		nm_buf_clear(&made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_comes_out),
		cmocka_unit_test(test_only_the_same_bytes),
		cmocka_unit_test(test_damaged_files_are_none),
		cmocka_unit_test(test_what_cannot_be_read_is_replaced),
		cmocka_unit_test(test_damaged_fields_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
