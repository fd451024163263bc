/* SPDX-License-Identifier: MIT */
/*
 * The store: what is kept is there when it is opened again, older schemas are brought up to date, newer
 * ones and strangers' files refused, and read-only writes nothing.
 */
#include <dirent.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/store_private.h"
#include "nevermiss/plan.h"
#include "old_store.h"
#include "random_plan.h"
#include "store_faults.h"

#define MAIN    UINT64_C(15125550100)
#define HOTLINE UINT64_C(15125550101)

static char *folder;
static char file[512];

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	return folder != NULL && snprintf(file, sizeof(file), "%s/store.db", folder) > 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	random_folder_free(folder);
	return 0;
}

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static struct nm_store *open_store(bool read_only)
{
	struct nm_store *store;
	struct nm_error err;

	ok(nm_store_open(file, read_only, &store, &err), &err);
	return store;
}

static int64_t keep(struct nm_store *store, nm_time at, const char *text)
{
	struct nm_error err;
	int64_t id;

	ok(nm_store_keep(store, at, "pat", "saved", text, strlen(text), &id, &err), &err);
	return id;
}

static size_t count_versions(struct nm_store *store)
{
	struct nm_versions versions;
	struct nm_error err;
	size_t n;

	ok(nm_store_versions(store, 100, &versions, &err), &err);
	n = versions.n;
	nm_versions_clear(&versions);
	return n;
}

static int64_t ask(struct nm_store *store, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t value;

	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* A whole file's bytes, malloc'd. */
static char *bytes_of(const char *name, size_t *len)
{
	FILE *in = fopen(name, "rb");
	char *bytes = calloc(1, 1 << 20);

	assert_non_null(in);
	*len = fread(bytes, 1, 1 << 20, in);
	fclose(in);
	return bytes;
}

/* "File mode 0600, folder made 0700": whatever the umask. */
static void test_only_the_owner_can_read_it(void **state)
{
	char deep[600], inner[600];
	struct nm_store *store;
	struct nm_error err;
	struct stat st;
	mode_t mask = umask(0);

	(void)state;
	assert_true(snprintf(inner, sizeof(inner), "%s/a/b", folder) > 0);
	assert_true(snprintf(deep, sizeof(deep), "%s/store.db", inner) > 0);
	ok(nm_store_open(deep, false, &store, &err), &err);
	umask(mask);
	keep(store, 1, "x");
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	nm_store_close(store);
}

/* "Keeps a text once": the same text as the newest version is not kept again. */
static void test_versions(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_versions versions;
	struct nm_error err;
	int64_t first = keep(store, 100, "one"), second;
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(keep(store, 200, "one"), first);
	second = keep(store, 300, "two");
	assert_int_not_equal(second, first);
	assert_int_not_equal(keep(store, 400, "one"), first);
	nm_store_close(store);
	store = open_store(false);
	ok(nm_store_versions(store, 2, &versions, &err), &err);
	assert_int_equal(versions.n, 2);
	assert_int_equal(versions.items[1].id, second);
	assert_int_equal(versions.items[1].at, 300);
	assert_string_equal(versions.items[1].who, "pat");
	assert_string_equal(versions.items[1].why, "saved");
	nm_versions_clear(&versions);
	ok(nm_store_version_text(store, second, &text, &len, &err), &err);
	assert_string_equal(text, "two");
	assert_int_equal(len, 3);
	free(text);
	assert_int_equal(nm_store_version_text(store, 99, &text, &len, &err), NM_INPUT);
	nm_store_close(store);
}

/* Any bytes of a text come back as they were. */
static void test_a_version_is_kept_byte_for_byte(void **state)
{
	static const char text[] = "# caf\xc3\xa9\r\n\tline \"two\"\n";
	struct nm_store *store = open_store(false);
	struct nm_error err;
	int64_t id = keep(store, 1, text);
	char *back;
	size_t len;

	(void)state;
	ok(nm_store_version_text(store, id, &back, &len, &err), &err);
	assert_int_equal(len, sizeof(text) - 1);
	assert_memory_equal(back, text, sizeof(text));
	free(back);
	nm_store_close(store);
}

static int64_t begin_push(struct nm_store *store, nm_number number, const char *line, int64_t version)
{
	const struct nm_push_record record = { .version = version,
					       .at = 1000,
					       .number = number,
					       .line = line,
					       .driver = "sandbox",
					       .who = "pat",
					       .forced = "must be",
					       .wanted = "W",
					       .before = "B",
					       .horizon = 5000 };
	struct nm_error err;
	int64_t id;

	ok(nm_store_push_begin(store, &record, &id, &err), &err);
	return id;
}

/* A push is unfinished until it is done, has failed, or is undone; everything about it comes back. */
static void test_pushes(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_push_records records;
	struct nm_error err;
	int64_t version = keep(store, 1, "plan"), a = begin_push(store, MAIN, "main", version),
		b = begin_push(store, HOTLINE, "hotline", 0);

	(void)state;
	ok(nm_store_push_update(store, a, NM_PUSH_APPLYING, 1001, NULL, "{\"id\":\"7\"}", &err), &err);
	ok(nm_store_push_update(store, a, NM_PUSH_VERIFYING, 1002, NULL, NULL, &err), &err);
	nm_store_close(store);
	store = open_store(false);
	ok(nm_store_pushes(store, 0, true, 10, &records, &err), &err);
	assert_int_equal(records.n, 2);
	assert_int_equal(records.items[0].id, b);
	assert_int_equal(records.items[1].id, a);
	assert_int_equal(records.items[1].state, NM_PUSH_VERIFYING);
	assert_int_equal(records.items[1].ended, 0);
	assert_int_equal(records.items[1].version, version);
	assert_string_equal(records.items[1].ids, "{\"id\":\"7\"}");
	assert_string_equal(records.items[1].forced, "must be");
	assert_string_equal(records.items[1].wanted, "W");
	assert_string_equal(records.items[1].before, "B");
	assert_int_equal(records.items[1].horizon, 5000);
	nm_push_records_clear(&records);
	ok(nm_store_push_update(store, a, NM_PUSH_DONE, 1003, "same", NULL, &err), &err);
	ok(nm_store_pushes(store, 0, true, 10, &records, &err), &err);
	assert_int_equal(records.n, 1);
	nm_push_records_clear(&records);
	ok(nm_store_pushes(store, MAIN, false, 10, &records, &err), &err);
	assert_int_equal(records.n, 1);
	assert_int_equal(records.items[0].ended, 1003);
	assert_string_equal(records.items[0].result, "same");
	assert_string_equal(records.items[0].ids, "{\"id\":\"7\"}");
	nm_push_records_clear(&records);
	assert_int_equal(nm_store_push_update(store, 999, NM_PUSH_DONE, 1, NULL, NULL, &err), NM_INPUT);
	nm_store_close(store);
}

/* "Foreign keys": a push of a version that is not there cannot be written. */
static void test_foreign_keys_hold(void **state)
{
	const struct nm_push_record record = {
		.version = 12345, .line = "main", .driver = "sandbox", .who = "pat", .wanted = "W"
	};
	struct nm_store *store = open_store(false);
	struct nm_error err;
	int64_t id;

	(void)state;
	assert_int_equal(nm_store_push_begin(store, &record, &id, &err), NM_SYSTEM);
	nm_store_close(store);
}

static void test_readings(void **state)
{
	const struct nm_reading first = { 10, true, false, UINT64_MAX, "differs", "live", UINT64_MAX - 1 },
				second = { 20, false, false, 7, "no answer", NULL, 0 };
	struct nm_store *store = open_store(false);
	struct nm_arena *arena = nm_arena_new();
	struct nm_reading reading;
	struct nm_error err;
	bool found;

	(void)state;
	ok(nm_store_reading_get(store, MAIN, arena, &reading, &found, &err), &err);
	assert_false(found);
	ok(nm_store_reading_put(store, MAIN, &first, &err), &err);
	ok(nm_store_reading_get(store, MAIN, arena, &reading, &found, &err), &err);
	assert_true(found && reading.known && !reading.in_sync && reading.at == 10);
	assert_true(reading.plan_mark == UINT64_MAX);
	assert_string_equal(reading.words, "differs");
	assert_string_equal(reading.live, "live");
	assert_true(reading.place == UINT64_MAX - 1);
	ok(nm_store_reading_put(store, MAIN, &second, &err), &err);
	ok(nm_store_reading_get(store, MAIN, arena, &reading, &found, &err), &err);
	assert_true(found && !reading.known && reading.live == NULL);
	nm_arena_free(arena);
	nm_store_close(store);
}

/* Several writes are one step: all or nothing, however deep. */
static void test_steps_are_whole(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_error err;

	(void)state;
	ok(nm_store_begin(store, &err), &err);
	keep(store, 1, "a");
	keep(store, 2, "b");
	nm_store_abandon(store);
	assert_int_equal(count_versions(store), 0);
	ok(nm_store_begin(store, &err), &err);
	keep(store, 1, "a");
	ok(nm_store_commit(store, &err), &err);
	assert_int_equal(count_versions(store), 1);
	nm_store_close(store);
}

/* In a process of its own: keeps one version, begins a second, says so, and waits to be killed. */
static void work_until_killed(int ready)
{
	struct nm_store *store;
	struct nm_error err;
	int64_t id;

	if (nm_store_open(file, false, &store, &err) != NM_OK ||
	    nm_store_keep(store, 1, "pat", "saved", "text", 4, &id, &err) != NM_OK ||
	    nm_store_begin(store, &err) != NM_OK ||
	    nm_store_keep(store, 2, "pat", "saved", "half", 4, &id, &err) != NM_OK ||
	    write(ready, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* "Killed at any instruction, nothing acknowledged is lost"; what was not is not half there. */
static void test_what_was_acknowledged_is_there(void **state)
{
	struct nm_store *store;
	int status, ready[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0)
		work_until_killed(ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	store = open_store(false);
	assert_int_equal(count_versions(store), 1);
	nm_store_close(store);
}

/* "A missing store is an empty one in memory", and stays missing; nothing can be written. */
static void test_read_only_makes_nothing(void **state)
{
	struct nm_store *store = open_store(true);
	struct nm_error err;
	int64_t id;

	(void)state;
	assert_true(nm_store_read_only(store));
	assert_int_equal(count_versions(store), 0);
	assert_int_equal(nm_store_keep(store, 1, "pat", "saved", "x", 1, &id, &err), NM_REFUSED);
	assert_int_equal(nm_store_sandbox_put(store, "+15125550100", "x", &err), NM_REFUSED);
	assert_int_equal(nm_store_begin(store, &err), NM_REFUSED);
	nm_store_close(store);
	assert_int_not_equal(access(file, F_OK), 0);
}

/* An existing store is read, and not a byte of it changes. */
static void test_read_only_changes_nothing(void **state)
{
	struct nm_store *store = open_store(false);
	char *before, *after;
	size_t n, m;

	(void)state;
	keep(store, 1, "x");
	nm_store_close(store);
	before = bytes_of(file, &n);
	store = open_store(true);
	assert_int_equal(count_versions(store), 1);
	nm_store_close(store);
	after = bytes_of(file, &m);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
	free(before);
	free(after);
}

/* How many files stand in the store's folder. */
static size_t files_there(void)
{
	DIR *there = opendir(folder);
	size_t n = 0;

	assert_non_null(there);
	while (readdir(there) != NULL)
		n++;
	closedir(there);
	return n;
}

/* Nothing is left beside a store that was only read, by one or several, nor is it written to. */
static void test_read_only_leaves_nothing(void **state)
{
	struct nm_store *store = open_store(false), *other;
	struct stat before, after;
	size_t n;

	(void)state;
	keep(store, 1, "x");
	nm_store_close(store);
	n = files_there();
	assert_int_equal(stat(file, &before), 0);
	store = open_store(true);
	assert_int_equal(count_versions(store), 1);
	other = open_store(true);
	assert_int_equal(count_versions(other), 1);
	nm_store_close(store);
	assert_true(files_there() > n);
	assert_int_equal(count_versions(other), 1);
	nm_store_close(other);
	assert_int_equal(files_there(), n);
	assert_int_equal(stat(file, &after), 0);
	assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

/* A reader that ends takes nothing from those who write. */
static void test_read_only_leaves_what_others_write(void **state)
{
	struct nm_store *store = open_store(false), *reader;
	const size_t n = files_there();

	(void)state;
	nm_store_close(open_store(true)); /* the log is empty still */
	keep(store, 1, "x");
	reader = open_store(true);
	assert_int_equal(count_versions(reader), 1);
	keep(store, 2, "y");
	nm_store_close(reader);
	keep(store, 3, "z");
	assert_int_equal(files_there(), n);
	reader = open_store(true);
	nm_store_close(store);
	assert_int_equal(count_versions(reader), 3);
	nm_store_close(reader);
	store = open_store(false);
	assert_int_equal(count_versions(store), 3);
	nm_store_close(store);
}

/* What a writer that was killed left in the log is read where it is. */
static void test_read_only_leaves_a_log_alone(void **state)
{
	char log[600], *before, *after, *log_before, *log_after;
	struct nm_store *reader;
	size_t n, m, log_n, log_m;
	int ready[2];
	char byte;
	pid_t child;

	(void)state;
	assert_true(snprintf(log, sizeof(log), "%s-wal", file) > 0);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		keep(open_store(false), 1, "x");
		_exit(write(ready[1], "", 1) == 1 ? pause() : 1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(ready[0]);
	close(ready[1]);
	before = bytes_of(file, &n);
	log_before = bytes_of(log, &log_n);
	assert_true(log_n > 0);
	reader = open_store(true);
	assert_int_equal(count_versions(reader), 1);
	nm_store_close(reader);
	after = bytes_of(file, &m);
	log_after = bytes_of(log, &log_m);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
	assert_int_equal(log_n, log_m);
	assert_memory_equal(log_before, log_after, log_n);
	free(before);
	free(after);
	free(log_before);
	free(log_after);
}

/* In a child that may do no more than its owner: root, too, is bound by a folder's mode then. */
static int read_without_powers(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	struct nm_store *store;
	struct nm_error err;
	size_t n;

	if (syscall(SYS_capset, &head, none) != 0)
		return 1;
	if (nm_store_open(file, true, &store, &err) != NM_OK) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	n = count_versions(store);
	nm_store_close(store);
	return n == 1 ? 0 : 3;
}

static void empty_file_beside(const char *end)
{
	char name[600];
	FILE *made;

	assert_true(snprintf(name, sizeof(name), "%s%s", file, end) > 0);
	made = fopen(name, "w");
	assert_non_null(made);
	fclose(made);
}

/* Somebody else's store, in a folder that we may not write to, is read all the same. */
static void test_read_only_in_a_folder_of_others(void **state)
{
	struct nm_store *store;
	int status;
	pid_t child;

	(void)state;
	/* What means something in a URI is only a name here. */
	assert_true(snprintf(file, sizeof(file), "%s/a %%41?b#c.db", folder) > 0);
	store = open_store(false);
	keep(store, 1, "x");
	nm_store_close(store);
	empty_file_beside("-wal"); /* as a reader leaves it */
	assert_int_equal(chmod(folder, 0500), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(read_without_powers());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* "One process at a time": whoever holds the lock keeps others out, until it ends, however that is. */
static void test_the_lock_ends_with_its_process(void **state)
{
	struct nm_store *store = open_store(false), *reader;
	struct nm_error err;
	int ready[2], status;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct nm_store *own = open_store(false);

		byte = nm_store_lock(own, &err) == NM_OK ? 'y' : 'n';
		_exit(write(ready[1], &byte, 1) == 1 ? pause() : 1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(nm_store_lock(store, &err), NM_REFUSED);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	ok(nm_store_lock(store, &err), &err);
	nm_store_unlock(store);
	ok(nm_store_lock(store, &err), &err);
	nm_store_close(store);
	close(ready[0]);
	close(ready[1]);
	reader = open_store(true);
	assert_int_equal(nm_store_lock(reader, &err), NM_REFUSED);
	nm_store_close(reader);
}

/* Whether an agent holds its lock is seen by whoever only reads, and seeing it takes nothing. */
static void test_whether_an_agent_lives(void **state)
{
	struct nm_store *agent = open_store(false), *reader = open_store(true);
	struct nm_error err;

	(void)state;
	assert_false(nm_store_agent_gone(reader)); /* none ever was: nothing is certain */
	for (int i = 0; i < 3; i++) {
		ok(nm_store_agent_lock(agent, &err), &err);
		assert_false(nm_store_agent_gone(reader));
		assert_false(nm_store_agent_gone(agent));
		nm_store_agent_unlock(agent);
		assert_true(nm_store_agent_gone(reader));
		assert_true(nm_store_agent_gone(agent));
	}
	nm_store_close(reader);
	nm_store_close(agent);
}

/* Opens the store once to write to it, or many times to read; in words what fails. */
static int open_among_others(bool reads)
{
	struct nm_store *store = NULL;
	struct nm_error err;

	for (int i = 0; i < (reads ? 30 : 1); i++) {
		if (nm_store_open(file, reads, &store, &err) != NM_OK) {
			print_error("%s\n", err.text);
			return 1;
		}
		nm_store_close(store);
	}
	return 0;
}

/* Several processes that make a store at once make one; they, and those who look meanwhile, are told nothing else. */
static void test_made_by_several_at_once(void **state)
{
	(void)state;
	for (int round = 0; round < 40; round++) {
		int gate[2], failed = 0, status;
		pid_t children[4];
		char byte;

		assert_int_equal(pipe(gate), 0);
		unlink(file);
		for (int i = 0; i < 4; i++) {
			children[i] = fork();
			assert_true(children[i] >= 0);
			if (children[i] == 0) {
				close(gate[1]);
				_exit(read(gate[0], &byte, 1) != 0 || open_among_others(i % 2 == 0));
			}
		}
		close(gate[0]);
		close(gate[1]); /* all begin */
		for (int i = 0; i < 4; i++) {
			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
			failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
		}
		assert_int_equal(failed, 0);
	}
}

/* The push to go back behind is found without reading all of them. */
static void test_the_newest_push_that_was_not_undone(void **state)
{
	struct nm_push_record record = {
		.number = MAIN, .line = "main", .driver = "sandbox", .who = "pat", .wanted = "[]"
	};
	struct nm_store *store = open_store(false);
	struct nm_error err;
	int64_t id = 7, first, second;

	(void)state;
	ok(nm_store_push_newest(store, MAIN, &id, &err), &err);
	assert_int_equal(id, 0);
	record.state = NM_PUSH_DONE;
	ok(nm_store_push_begin(store, &record, &first, &err), &err);
	record.state = NM_PUSH_UNDONE;
	ok(nm_store_push_begin(store, &record, &second, &err), &err);
	record.number = HOTLINE;
	record.state = NM_PUSH_DONE;
	ok(nm_store_push_begin(store, &record, &second, &err), &err);
	ok(nm_store_push_newest(store, MAIN, &id, &err), &err);
	assert_int_equal(id, first);
	nm_store_close(store);
}

/* Changes a 32-bit field of the SQLite header (its file format, 1.3): user_version 60, application_id 68. */
static void poke(long offset, uint32_t value)
{
	const unsigned char bytes[4] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16),
					 (unsigned char)(value >> 8), (unsigned char)value };
	FILE *out = fopen(file, "r+b");

	assert_non_null(out);
	assert_int_equal(fseek(out, offset, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, 4, out), 4);
	fclose(out);
}

/* "A newer schema than ours is NM_REFUSED", with words, and left as it is; read-only too. */
static void test_a_newer_schema_is_refused(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_error err;

	(void)state;
	nm_store_close(store);
	poke(60, 99);
	assert_int_equal(nm_store_open(file, false, &store, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "newer nevermiss (schema 99"));
	assert_int_equal(nm_store_open(file, true, &store, &err), NM_REFUSED);
}

/* Somebody else's database, or no database at all, is not written into. */
static void test_a_strangers_file_is_refused(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_error err;
	FILE *out;

	(void)state;
	nm_store_close(store);
	poke(68, 1234);
	assert_int_equal(nm_store_open(file, false, &store, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "not a store of nevermiss"));
	out = fopen(file, "wb");
	for (int i = 0; i < 100; i++)
		fputs("this is a letter to the bank\n", out);
	fclose(out);
	assert_int_equal(nm_store_open(file, false, &store, &err), NM_SYSTEM);
}

/* "An older schema is upgraded in one transaction": the oldest is an empty file. */
static void test_an_older_schema_is_brought_up_to_date(void **state)
{
	struct nm_store *store;
	FILE *out = fopen(file, "wb");

	(void)state;
	fclose(out);
	store = open_store(true);
	assert_int_equal(count_versions(store), 0);
	nm_store_close(store);
	store = open_store(false);
	keep(store, 1, "x");
	nm_store_close(store);
	store = open_store(true);
	assert_int_equal(count_versions(store), 1);
	nm_store_close(store);
}

/* "Schema 1 is brought to 2": a store of the first release keeps what it has and learns of tests. */
static void test_schema_1_is_brought_up_to_date(void **state)
{
	struct nm_store *store = open_store(false);
	nm_time last, after_hours;
	struct nm_error err;

	(void)state;
	keep(store, 1, "x");
	nm_store_close(store);
	old_store(file, 1);
	store = open_store(true);
	assert_int_equal(nm_store_tests_last(store, &last, &after_hours, &err), NM_OK);
	assert_int_equal(last, NM_TIME_MIN);
	nm_store_close(store);
	store = open_store(false);
	assert_int_equal(count_versions(store), 1);
	assert_int_equal(nm_store_tests_add(store, 5, true, &err), NM_OK);
	assert_int_equal(nm_store_tests_add(store, 9, false, &err), NM_OK);
	nm_store_close(store);
	store = open_store(true);
	assert_int_equal(nm_store_tests_last(store, &last, &after_hours, &err), NM_OK);
	assert_int_equal(last, 9);
	assert_int_equal(after_hours, 5);
	assert_int_equal(nm_store_tests_add(store, 10, false, &err), NM_REFUSED);
	nm_store_close(store);
}

/* "Schema 2 is brought to 3": versions are kept without files until then, and with them from then on. */
static void test_schema_2_is_brought_up_to_date(void **state)
{
	struct nm_plan_file beside = { .name = "b.ics", .bytes = "b", .len = 1 };
	struct nm_arena *arena = nm_arena_new();
	struct nm_store *store = open_store(false);
	struct nm_plan_file *files;
	struct nm_error err;
	int64_t id;

	(void)state;
	id = keep(store, 1, "x");
	nm_store_close(store);
	old_store(file, 2);
	store = open_store(true);
	ok(nm_store_version_files(store, id, arena, &files, &err), &err);
	assert_null(files);
	nm_store_close(store);
	store = open_store(false);
	nm_store_files(store, &beside);
	assert_int_not_equal(keep(store, 2, "x"), id);
	assert_int_equal(count_versions(store), 2);
	nm_store_close(store);
	nm_arena_free(arena);
}

/* A version stands on its own: what was read beside the plan is kept with it, and makes another version
 * when it changes. */
static void test_files_are_kept_with_a_version(void **state)
{
	struct nm_plan_file empty = { .name = "z.conf", .bytes = "", .len = 0 },
			    calendar = { .next = &empty, .name = "b.ics", .bytes = "one", .len = 3 },
			    include = { .next = &calendar, .name = "sub/a.conf", .bytes = "a = 1", .len = 5 };
	struct nm_store *store = open_store(false);
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *files;
	struct nm_error err;
	int64_t first, second;

	(void)state;
	nm_store_files(store, &include);
	first = keep(store, 1, "x");
	assert_int_equal(keep(store, 2, "x"), first);
	include.bytes = "a = 2";
	second = keep(store, 3, "x");
	assert_int_not_equal(second, first);
	assert_int_equal(keep(store, 4, "x"), second);
	/* What did not change is there once. */
	assert_int_equal(ask(store, "SELECT count(*) FROM file"), 4);
	nm_store_files(store, &calendar);
	assert_int_not_equal(keep(store, 5, "x"), second);
	ok(nm_store_version_files(store, first, arena, &files, &err), &err);
	assert_string_equal(files->name, "b.ics");
	assert_string_equal(files->next->name, "sub/a.conf");
	assert_string_equal(files->next->bytes, "a = 1");
	assert_string_equal(nm_plan_find_file(files, "z.conf")->bytes, "");
	assert_null(files->next->next->next);
	nm_store_close(store);
	nm_arena_free(arena);
}

/* Two at once: the second sees what the first wrote, and may write when it is done. */
static void test_two_at_once(void **state)
{
	struct nm_store *a = open_store(false), *b = open_store(false);

	(void)state;
	keep(a, 1, "one");
	assert_int_equal(count_versions(b), 1);
	keep(b, 2, "two");
	assert_int_equal(count_versions(a), 2);
	nm_store_close(a);
	nm_store_close(b);
}

/* What does not fit is refused, leaves no trace, and is in nobody's way later. */
static void test_a_disk_that_takes_nothing(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_error err;
	int64_t id;

	(void)state;
	keep(store, 1, "a");
	signal(SIGXFSZ, SIG_IGN);
	disk_room(0);
	assert_int_equal(nm_store_keep(store, 2, "pat", "edited", "b", 1, &id, &err), NM_SYSTEM);
	disk_room(-1);
	signal(SIGXFSZ, SIG_DFL);
	assert_non_null(strstr(err.text, "store.db: writing: "));
	assert_int_equal(count_versions(store), 1);
	keep(store, 3, "c");
	assert_int_equal(count_versions(store), 2);
	ok(nm_store_check(store, &err), &err);
	nm_store_close(store);
}

/* Of this connection, of another one, and read-only. */
static void test_what_is_written_is_noticed(void **state)
{
	struct nm_store *store = open_store(false), *other = open_store(false), *reader = open_store(true);
	const uint64_t first = nm_store_changes(store), read = nm_store_changes(reader);
	uint64_t own, others;

	(void)state;
	count_versions(store);
	assert_true(nm_store_changes(store) == first);
	keep(store, 1000, "one");
	own = nm_store_changes(store);
	assert_true(own != first);
	keep(other, 2000, "two");
	others = nm_store_changes(store);
	assert_true(others != own && others != first);
	assert_true(nm_store_changes(store) == others);
	assert_true(nm_store_changes(reader) != read);
	nm_store_close(reader);
	nm_store_close(other);
	nm_store_close(store);
}

/* "Backup": a whole store by itself; an existing file is not overwritten. */
static void test_backup(void **state)
{
	struct nm_store *store = open_store(false), *copy;
	char name[600];
	struct stat st;
	struct nm_error err;

	(void)state;
	assert_true(snprintf(name, sizeof(name), "%s/copy.db", folder) > 0);
	keep(store, 1, "x");
	ok(nm_store_backup(store, name, &err), &err);
	assert_int_equal(nm_store_backup(store, name, &err), NM_REFUSED);
	keep(store, 2, "y");
	ok(nm_store_open(name, false, &copy, &err), &err);
	assert_int_equal(count_versions(copy), 1);
	ok(nm_store_check(copy, &err), &err);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	nm_store_close(copy);
	nm_store_close(store);
}

/* "integrity_check": a damaged store is found out. */
static void test_damage_is_found(void **state)
{
	struct nm_store *store = open_store(false);
	struct nm_error err;
	char text[20000];
	struct stat st;
	FILE *out;

	(void)state;
	ok(nm_store_check(store, &err), &err);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	keep(store, 1, text);
	for (int i = 0; i < 100; i++)
		begin_push(store, MAIN, "main", 0);
	nm_store_close(store);
	assert_int_equal(stat(file, &st), 0);
	out = fopen(file, "r+b");
	/* The last: the first say which tables there are, and without them it cannot be opened. */
	for (long page = st.st_size / 4096 - 4; page * 4096 < st.st_size; page++) {
		fseek(out, page * 4096, SEEK_SET);
		fwrite("\xff\xff\xff\xff\xff\xff\xff\xff", 1, 8, out);
	}
	fclose(out);
	store = open_store(false);
	assert_int_equal(nm_store_check(store, &err), NM_SYSTEM);
	nm_store_close(store);
}

/* "One store per plan file": the same for every way to name it, another one for another folder's. */
static void test_path(void **state)
{
	char plan[600], other[600], same[700];
	struct nm_buf a, b, c;
	struct nm_error err;

	(void)state;
	assert_true(snprintf(other, sizeof(other), "%s/x", folder) > 0);
	assert_int_equal(mkdir(other, 0700), 0);
	assert_true(snprintf(plan, sizeof(plan), "%s/plan.conf", folder) > 0);
	assert_true(snprintf(other, sizeof(other), "%s/x/plan.conf", folder) > 0);
	assert_true(snprintf(same, sizeof(same), "%s/x/../plan.conf", folder) > 0);
	fclose(fopen(plan, "w"));
	fclose(fopen(other, "w"));
	nm_buf_init(&a, 4096);
	nm_buf_init(&b, 4096);
	nm_buf_init(&c, 4096);
	ok(nm_store_path("/data", plan, &a, &err), &err);
	ok(nm_store_path("/data", same, &b, &err), &err);
	ok(nm_store_path("/data", other, &c, &err), &err);
	assert_string_equal(a.data, b.data);
	assert_string_not_equal(a.data, c.data);
	assert_memory_equal(a.data, "/data/plan.conf-", 16);
	nm_buf_clear(&a);
	nm_buf_clear(&b);
	nm_buf_clear(&c);
	nm_buf_init(&a, 4096);
	assert_int_equal(nm_store_path("/data", "/nowhere/plan.conf", &a, &err), NM_INPUT);
	nm_buf_clear(&a);
}

/* "SQLite store (WAL, foreign keys, versioned schema, STRICT tables)", each write on the disk when it is said. */
static void test_how_it_is_kept(void **state)
{
	struct nm_store *store = open_store(false);

	(void)state;
	assert_int_equal(ask(store, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
	assert_int_equal(ask(store, "PRAGMA synchronous"), 2); /* FULL */
	assert_int_equal(ask(store, "PRAGMA foreign_keys"), 1);
	assert_true(ask(store, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
			       " AND name NOT LIKE 'sqlite_%'") >= 4);
	assert_int_equal(ask(store, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
				    " AND name NOT LIKE 'sqlite_%' AND NOT strict"), 0);
	nm_store_close(store);
}

/* --- what is asked for each minute --- */

/* However long the outbox and the queue have become: no row is read that is not asked for. */
static void test_no_table_is_scanned(void **state)
{
	static const enum nm_store_statement often[] = { NM_SQL_EVENTS_DUE,    NM_SQL_EVENTS_OPEN,  NM_SQL_EVENT_COUNTS,
							 NM_SQL_EXPIRE_EVENTS, NM_SQL_EXPIRE_TEXTS, NM_SQL_OUTBOX_WHY };
	struct nm_store *store;
	struct nm_error err;

	(void)state;
	ok(nm_store_open(file, false, &store, &err), &err);
	for (size_t i = 0; i < sizeof(often) / sizeof(often[0]); i++) {
		char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", nm_store_sql[often[i]]);
		sqlite3_stmt *statement;

		assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
		while (sqlite3_step(statement) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(statement, 3);

			if (strncmp(step, "SCAN ", 5) == 0 && strcmp(step, "SCAN CONSTANT ROW") != 0 &&
			    strstr(step, "USING") == NULL)
				fail_msg("%s: %s", sql, step);
			assert_null(strstr(step, "TEMP B-TREE"));
		}
		sqlite3_finalize(statement);
		sqlite3_free(sql);
	}
	nm_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_how_it_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_the_owner_can_read_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_version_is_kept_byte_for_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pushes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign_keys_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(test_readings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_steps_are_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_acknowledged_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_makes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_leaves_what_others_write, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_leaves_a_log_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_in_a_folder_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_lock_ends_with_its_process, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whether_an_agent_lives, setup, teardown),
		cmocka_unit_test_setup_teardown(test_made_by_several_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_newest_push_that_was_not_undone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_newer_schema_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_strangers_file_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_older_schema_is_brought_up_to_date, setup, teardown),
		cmocka_unit_test_setup_teardown(test_schema_1_is_brought_up_to_date, setup, teardown),
		cmocka_unit_test_setup_teardown(test_schema_2_is_brought_up_to_date, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_are_kept_with_a_version, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_disk_that_takes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_written_is_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_backup, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(test_path, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_table_is_scanned, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
