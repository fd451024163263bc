/* SPDX-License-Identifier: MIT */
/*
 * Several ways as one transport, each request the right way; and the way of files that a server on this
 * machine reads.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "nevermiss/transport.h"
#include "random_plan.h"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* --- a way that answers each request after a while, by a clock that all ways share --- */

#define FAKE_MAX 8

static int fake_now_ms;

struct fake {
	struct {
		int tag, due_ms;
	} items[FAKE_MAX];
	size_t n;
	int delay_ms, longest_wait_ms;
	bool waits; /* false: it never waits, as for files */
	const char *name;
};

static enum nm_code fake_submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct fake *fake = context;

	if (strstr(request->url, "refused") != NULL)
		return nm_fail(err, NM_CARRIER, "refused by %s", fake->name);
	assert_true(fake->n < FAKE_MAX);
	fake->items[fake->n].tag = tag;
	fake->items[fake->n++].due_ms = fake_now_ms + fake->delay_ms;
	return NM_OK;
}

static enum nm_code fake_collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
				 struct nm_error *err)
{
	struct fake *fake = context;
	const int end_ms = fake_now_ms + timeout_ms;

	(void)err;
	assert_true(timeout_ms >= 0);
	if (timeout_ms > fake->longest_wait_ms)
		fake->longest_wait_ms = timeout_ms;
	*tag = -1;
	if (fake->n > 0 && fake->items[0].due_ms <= (fake->waits ? end_ms : fake_now_ms)) {
		if (fake->items[0].due_ms > fake_now_ms)
			fake_now_ms = fake->items[0].due_ms;
		*tag = fake->items[0].tag;
		*response = (struct nm_response){ .status = 200, .body = fake->name, .len = strlen(fake->name) };
		memmove(fake->items, fake->items + 1, --fake->n * sizeof(fake->items[0]));
	} else if (fake->waits) {
		fake_now_ms = end_ms;
	}
	return NM_OK;
}

static void fake_drop(void *context)
{
	((struct fake *)context)->n = 0;
}

struct joint {
	struct fake files, slow, quick;
	struct nm_transport all;
};

static void open_joint(struct joint *joint)
{
	struct nm_error err;

	*joint = (struct joint){
		.files = { .name = "files" },
		.slow = { .name = "slow", .delay_ms = 500, .waits = true },
		.quick = { .name = "quick", .delay_ms = 30, .waits = true },
	};
	const struct nm_way ways[] = {
		{ "file:", { &joint->files, fake_submit, fake_collect, fake_drop } },
		{ "slow:", { &joint->slow, fake_submit, fake_collect, fake_drop } },
		{ "quick:", { &joint->quick, fake_submit, fake_collect, fake_drop } },
	};

	fake_now_ms = 0;
	ok(nm_ways_transport(ways, 3, &joint->all, &err), &err);
}

static void send_to(struct joint *joint, int tag, const char *url)
{
	const struct nm_request request = { .method = "GET", .url = url };
	struct nm_error err;

	ok(joint->all.submit(joint->all.context, tag, &request, &err), &err);
}

/* The next answer within timeout_ms: whose it is; NULL: none. */
static const char *next_of(struct joint *joint, int timeout_ms, int wanted_tag)
{
	struct nm_response response = { 0 };
	struct nm_error err;
	int tag;

	ok(joint->all.collect(joint->all.context, timeout_ms, &tag, &response, &err), &err);
	assert_int_equal(tag, wanted_tag);
	return tag >= 0 ? response.body : NULL;
}

static void test_each_request_goes_its_way(void **state)
{
	struct joint joint;

	(void)state;
	open_joint(&joint);
	send_to(&joint, 1, "quick://x");
	assert_int_equal(joint.quick.n, 1);
	send_to(&joint, 2, "slow://x");
	assert_int_equal(joint.slow.n, 1);
	send_to(&joint, 3, "file:/x");
	assert_int_equal(joint.files.n, 1);
	/* What is there already comes first, then as they come. */
	assert_string_equal(next_of(&joint, 1000, 3), "files");
	assert_int_equal(fake_now_ms, 0);
	assert_string_equal(next_of(&joint, 1000, 1), "quick");
	assert_string_equal(next_of(&joint, 1000, 2), "slow");
	nm_ways_transport_clear(&joint.all);
}

static void test_no_way_for_a_url(void **state)
{
	static const char *const urls[] = { "ftp://pat:opensesame@x", "", "quick", "/file:/x", "SLOW://x" };
	struct joint joint;
	struct nm_error err;

	(void)state;
	open_joint(&joint);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const struct nm_request request = { .method = "GET", .url = urls[i] };

		assert_int_equal(joint.all.submit(joint.all.context, 0, &request, &err), NM_CARRIER);
		assert_non_null(strstr(err.text, "no request can be sent there"));
		assert_null(strstr(err.text, "opensesame"));
	}
	assert_int_equal(nm_ways_transport(NULL, 0, &joint.all, &err), NM_INPUT);
	nm_ways_transport_clear(&joint.all);
}

/* A request that its way refuses is not waited for. */
static void test_a_refused_request_is_not_under_way(void **state)
{
	const struct nm_request request = { .method = "GET", .url = "slow://refused" };
	struct joint joint;
	struct nm_error err;

	(void)state;
	open_joint(&joint);
	assert_int_equal(joint.all.submit(joint.all.context, 7, &request, &err), NM_CARRIER);
	assert_string_equal(err.text, "refused by slow");
	send_to(&joint, 1, "quick://x");
	assert_string_equal(next_of(&joint, 1000, 1), "quick");
	assert_int_equal(joint.slow.longest_wait_ms, 0);
	nm_ways_transport_clear(&joint.all);
}

/* While two have requests under way neither is waited for so long that the other's answers lie. */
static void test_several_busy_ways_are_waited_for_in_turns(void **state)
{
	struct joint joint;

	(void)state;
	open_joint(&joint);
	send_to(&joint, 1, "slow://x");
	fake_now_ms = 480;
	send_to(&joint, 2, "quick://x");
	joint.quick.items[0].due_ms = 5000;
	assert_string_equal(next_of(&joint, 1000, 1), "slow");
	assert_true(fake_now_ms <= 500 + 20);
	assert_true(joint.quick.longest_wait_ms <= 20);
	/* The only one left is waited for in one piece. */
	assert_null(next_of(&joint, 1000, -1));
	assert_int_equal(joint.quick.longest_wait_ms, 1000);
	nm_ways_transport_clear(&joint.all);
}

static void test_waiting_in_vain_takes_as_long_as_told(void **state)
{
	struct joint joint;

	(void)state;
	open_joint(&joint);
	assert_null(next_of(&joint, 130, -1)); /* nothing under way: a pause */
	assert_int_equal(fake_now_ms, 130);
	send_to(&joint, 1, "slow://x");
	send_to(&joint, 2, "quick://x");
	joint.quick.items[0].due_ms = 9999;
	assert_null(next_of(&joint, 250, -1));
	assert_int_equal(fake_now_ms, 380);
	assert_null(next_of(&joint, 0, -1));
	assert_int_equal(fake_now_ms, 380);
	nm_ways_transport_clear(&joint.all);
}

/* --- files --- */

struct place {
	char *folder;
	char url[512]; /* of a file in it */
	const char *path;
	struct nm_transport files;
	char body[8192]; /* of the last answer */
	size_t len;
};

static void open_place(struct place *place)
{
	struct nm_error err;

	*place = (struct place){ .folder = random_folder_new() };
	assert_true(snprintf(place->url, sizeof(place->url), "file:%s/script.cpl", place->folder) <
		    (int)sizeof(place->url));
	place->path = place->url + strlen("file:");
	ok(nm_file_transport(&place->files, &err), &err);
}

static void close_place(struct place *place)
{
	nm_file_transport_clear(&place->files);
	random_folder_free(place->folder);
}

/* The status of the answer; its body's beginning is kept. */
static int ask(struct place *place, const char *method, const char *url, const char *body)
{
	const struct nm_request request = { .method = method, .url = url, .body = body,
					    .len = body != NULL ? strlen(body) : 0 };
	struct nm_response response;
	struct nm_error err;
	int tag;

	ok(place->files.submit(place->files.context, 3, &request, &err), &err);
	ok(place->files.collect(place->files.context, 1000, &tag, &response, &err), &err);
	assert_int_equal(tag, 3);
	assert_int_equal(response.body[response.len], '\0');
	assert_int_equal(response.retry_after_s, -1);
	place->len = response.len;
	snprintf(place->body, sizeof(place->body), "%s", response.body);
	ok(place->files.collect(place->files.context, 0, &tag, &response, &err), &err);
	assert_int_equal(tag, -1);
	return response.status;
}

static mode_t mode_of(const char *path)
{
	struct stat about;

	assert_int_equal(stat(path, &about), 0);
	return about.st_mode & 07777;
}

static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2;
}

static void test_files_are_put_read_and_dropped(void **state)
{
	struct place place;

	(void)state;
	open_place(&place);
	assert_int_equal(ask(&place, "GET", place.url, NULL), 404);
	assert_string_equal(place.body, "{\"error\":\"there is no such file\"}");
	assert_int_equal(ask(&place, "DELETE", place.url, NULL), 404);
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "<cpl/>"), 200);
	assert_int_equal(ask(&place, "GET", place.url, NULL), 200);
	assert_string_equal(place.body, "<cpl/>");
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "<cpl>longer</cpl>"), 200);
	assert_int_equal(ask(&place, "GET", place.url, NULL), 200);
	assert_string_equal(place.body, "<cpl>longer</cpl>");
	assert_int_equal(ask(&place, "PUT-FILE", place.url, NULL), 200);
	assert_int_equal(ask(&place, "GET", place.url, NULL), 200);
	assert_int_equal(place.len, 0);
	assert_int_equal(ask(&place, "DELETE", place.url, NULL), 200);
	assert_int_equal(ask(&place, "GET", place.url, NULL), 404);
	assert_int_equal(entries(place.folder), 0); /* no temporary file either */
	assert_int_equal(ask(&place, "PATCH", place.url, "x"), 405);
	close_place(&place);
}

/* Who reads the file is another user, of the folder's group; what somebody chose afterwards stays. */
static void test_the_folders_group_reads_a_new_file(void **state)
{
	struct place place;

	(void)state;
	open_place(&place);
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "a"), 200);
	assert_int_equal(mode_of(place.path), 0640);
	assert_int_equal(chmod(place.path, 0604), 0);
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "b"), 200);
	assert_int_equal(mode_of(place.path), 0604);
	close_place(&place);
}

/* Whoever has the old file open reads it to its end: it is replaced, never overwritten. */
static void test_a_file_is_replaced_as_a_whole(void **state)
{
	struct place place;
	char bytes[64] = "";
	FILE *old;

	(void)state;
	open_place(&place);
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "the old one"), 200);
	old = fopen(place.path, "r");
	assert_non_null(old);
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "new"), 200);
	assert_non_null(fgets(bytes, sizeof(bytes), old));
	assert_string_equal(bytes, "the old one");
	fclose(old);
	assert_int_equal(entries(place.folder), 1);
	close_place(&place);
}

static void test_what_cannot_be_done_is_said(void **state)
{
	struct place place;
	char url[1024];

	(void)state;
	open_place(&place);
	snprintf(url, sizeof(url), "file:%s/no/such/folder", place.folder);
	assert_int_equal(ask(&place, "PUT-FILE", url, "x"), 403);
	assert_non_null(strstr(place.body, "{\"error\":\"there is no folder "));
	assert_non_null(strstr(place.body, "/no/such: make it first\"}"));
	/* A folder is no file. */
	snprintf(url, sizeof(url), "file:%s", place.folder);
	assert_int_equal(ask(&place, "GET", url, NULL), 403);
	assert_non_null(strstr(place.body, "not a regular file"));
	assert_int_equal(ask(&place, "DELETE", url, NULL), 403);
	assert_int_equal(ask(&place, "PUT-FILE", url, "x"), 403);
	assert_int_equal(access(place.folder, F_OK), 0);
	/* Nor is one below a file. */
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "x"), 200);
	snprintf(url, sizeof(url), "%s/below", place.url);
	assert_int_equal(ask(&place, "GET", url, NULL), 403);
	assert_int_equal(ask(&place, "PUT-FILE", url, "x"), 403);
	close_place(&place);
}

static void test_a_file_is_bounded(void **state)
{
	struct place place;

	(void)state;
	open_place(&place);
	assert_int_equal(ask(&place, "PUT-FILE", place.url, "x"), 200);
	assert_int_equal(truncate(place.path, (off_t)NM_ARTEFACT_BYTES), 0);
	assert_int_equal(ask(&place, "GET", place.url, NULL), 200);
	assert_int_equal(place.len, NM_ARTEFACT_BYTES); /* zeros are counted too */
	assert_int_equal(truncate(place.path, (off_t)NM_ARTEFACT_BYTES + 1), 0);
	assert_int_equal(ask(&place, "GET", place.url, NULL), 403);
	assert_non_null(strstr(place.body, "too large"));
	close_place(&place);
}

static void test_only_absolute_paths(void **state)
{
	static const char *const urls[] = { "file:", "file:script.cpl", "file:./x", "file:../x", "https://x", "" };
	struct place place;
	struct nm_response response;
	struct nm_error err;
	int tag;

	(void)state;
	open_place(&place);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const struct nm_request request = { .method = "PUT-FILE", .url = urls[i], .body = "x", .len = 1 };

		assert_int_equal(place.files.submit(place.files.context, 1, &request, &err), NM_CARRIER);
		assert_non_null(strstr(err.text, "not an absolute path"));
	}
	ok(place.files.collect(place.files.context, 0, &tag, &response, &err), &err);
	assert_int_equal(tag, -1);
	close_place(&place);
}

/* First in, first out; what nobody collected is freed. */
static void test_answers_wait_in_order(void **state)
{
	struct place place;
	const struct nm_request put = { .method = "PUT-FILE", .body = "text", .len = 4 };
	const struct nm_request get = { .method = "GET" };
	struct nm_response response;
	struct nm_error err;
	int tag;

	(void)state;
	open_place(&place);
	for (int i = 0; i < 40; i++) {
		struct nm_request request = i % 2 == 0 ? put : get;

		request.url = place.url;
		ok(place.files.submit(place.files.context, i, &request, &err), &err);
	}
	for (int i = 0; i < 20; i++) {
		ok(place.files.collect(place.files.context, 0, &tag, &response, &err), &err);
		assert_int_equal(tag, i);
		assert_string_equal(response.body, i % 2 == 0 ? "{}" : "text");
	}
	close_place(&place);
}

/* What was given up at all of them is answered by none, and nobody is waited for any more. */
static void test_what_is_dropped_is_never_answered(void **state)
{
	struct joint joint;

	(void)state;
	open_joint(&joint);
	send_to(&joint, 1, "slow://x");
	send_to(&joint, 2, "quick://x");
	joint.all.drop(joint.all.context);
	send_to(&joint, 3, "quick://x");
	assert_string_equal(next_of(&joint, 1000, 3), "quick");
	assert_int_equal(fake_now_ms, 30);
	assert_null(next_of(&joint, 1000, -1));
	nm_ways_transport_clear(&joint.all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_dropped_is_never_answered),
		cmocka_unit_test(test_each_request_goes_its_way),
		cmocka_unit_test(test_no_way_for_a_url),
		cmocka_unit_test(test_a_refused_request_is_not_under_way),
		cmocka_unit_test(test_several_busy_ways_are_waited_for_in_turns),
		cmocka_unit_test(test_waiting_in_vain_takes_as_long_as_told),
		cmocka_unit_test(test_files_are_put_read_and_dropped),
		cmocka_unit_test(test_the_folders_group_reads_a_new_file),
		cmocka_unit_test(test_a_file_is_replaced_as_a_whole),
		cmocka_unit_test(test_what_cannot_be_done_is_said),
		cmocka_unit_test(test_a_file_is_bounded),
		cmocka_unit_test(test_only_absolute_paths),
		cmocka_unit_test(test_answers_wait_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
