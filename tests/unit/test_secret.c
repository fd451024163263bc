/* SPDX-License-Identifier: MIT */
/*
 * Secrets: from a command, the environment or a file, once each; nothing that a shell would make of them;
 * nothing of them in an error, nor in memory that was given back.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "program.h"
#include "random_plan.h"
#include "secret.h"

#define SECRET "s3cr3t-of-the-office"

/* --- memory that is given back must hold no secret: the linker has all calls come here --- */

static int leaked;

void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void __wrap_free(void *memory);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
	return calloc(1, size);
}

void __wrap_free(void *memory)
{
	if (memory != NULL && memmem(memory, malloc_usable_size(memory), SECRET, strlen(SECRET)) != NULL)
		leaked++;
	__real_free(memory);
}

/* As one that always moves. */
void *__wrap_realloc(void *memory, size_t size)
{
	const size_t old = memory != NULL ? malloc_usable_size(memory) : 0;
	void *moved = calloc(1, size);

	if (moved != NULL && memory != NULL) {
		memcpy(moved, memory, old < size ? old : size);
		__wrap_free(memory);
	}
	return moved;
}

/* --- the place --- */

struct place {
	char *folder;
	char script[512];  /* a program */
	char command[1024]; /* the same with words after it */
	struct secrets secrets;
};

static int open_place(void **state)
{
	static struct place place;

	place = (struct place){ .folder = random_folder_new() };
	assert_true(snprintf(place.script, sizeof(place.script), "%s/script", place.folder) < (int)sizeof(place.script));
	leaked = 0;
	*state = &place;
	return 0;
}

static int close_place(void **state)
{
	struct place *place = *state;

	secrets_clear(&place->secrets);
	random_folder_free(place->folder);
	assert_int_equal(leaked, 0);
	return 0;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void write_script(const struct place *place, const char *body)
{
	char text[2048];

	assert_true(snprintf(text, sizeof(text), "#!/bin/sh\ncd %s\n%s\n", place->folder, body) < (int)sizeof(text));
	write_file(place->script, text, 0700);
}

static void give(struct place *place, const struct nm_account *account, const char *expected)
{
	struct nm_buf out;
	struct nm_error err;

	nm_buf_init(&out, 8192);
	if (secrets_get(&place->secrets, account, place->folder, &out, &err) != NM_OK)
		fail_msg("%s", err.text);
	assert_string_equal(out.data, expected);
	explicit_bzero(out.data, out.len);
	nm_buf_clear(&out);
}

static void refuse(struct place *place, const struct nm_account *account, enum nm_code code, const char *why)
{
	struct nm_buf out;
	struct nm_error err;

	nm_buf_init(&out, 8192);
	assert_int_equal(secrets_get(&place->secrets, account, place->folder, &out, &err), code);
	assert_int_equal(out.len, 0);
	nm_buf_clear(&out);
	assert_non_null(strstr(err.text, "account office: "));
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	assert_null(strstr(err.text, "s3cr3t"));
}

/* --- commands --- */

static struct nm_account by_command(struct place *place, const char *words)
{
	assert_true(snprintf(place->command, sizeof(place->command), "%s%s", place->script, words) <
		    (int)sizeof(place->command));
	return (struct nm_account){ .name = "office", .token_cmd = place->command };
}

static void test_a_command_prints_it(void **state)
{
	struct place *place = *state;
	const struct nm_account account = by_command(place, "");

	write_script(place, "echo " SECRET);
	give(place, &account, SECRET);
}

/* There is no shell: words are words. */
static void test_nothing_in_a_command_is_special(void **state)
{
	struct place *place = *state;
	const struct nm_account account =
		by_command(place, " ; touch\ttouched $(touch touched) `touch touched` && * ~ $HOME 'a  b' > touched");

	write_script(place, "printf '%s|' \"$@\"");
	give(place, &account,
	     ";|touch|touched|$(touch|touched)|`touch|touched`|&&|*|~|$HOME|'a|b'|>|touched|");
	snprintf(place->command, sizeof(place->command), "%s/touched", place->folder);
	assert_int_not_equal(access(place->command, F_OK), 0);
}

static void test_a_command_runs_once(void **state)
{
	struct place *place = *state;
	const struct nm_account account = by_command(place, " one"), again = account;
	struct nm_account other = { .name = "other" };
	char command[1024];
	struct nm_buf log;
	char path[512];

	write_script(place, "echo ran $1 >>log; echo " SECRET "-$1");
	give(place, &account, SECRET "-one");
	give(place, &again, SECRET "-one");
	snprintf(command, sizeof(command), "%s two", place->script);
	other.token_cmd = command;
	give(place, &other, SECRET "-two");
	give(place, &account, SECRET "-one");
	snprintf(path, sizeof(path), "%s/log", place->folder);
	nm_buf_init(&log, 4096);
	assert_int_equal(nm_file_read(path, 4096, &log, NULL), NM_OK);
	assert_string_equal(log.data, "ran one\nran two\n");
	nm_buf_clear(&log);
}

/* One that failed is not kept: whoever mends it need not begin anew. */
static void test_a_failure_is_not_kept(void **state)
{
	struct place *place = *state;
	const struct nm_account account = by_command(place, "");

	write_script(place, "echo " SECRET "; exit 3");
	refuse(place, &account, NM_CARRIER, "ended with an error");
	write_script(place, "echo " SECRET "; kill -9 $$");
	refuse(place, &account, NM_CARRIER, "ended with an error");
	write_script(place, "echo " SECRET);
	give(place, &account, SECRET);
}

static void test_no_such_command(void **state)
{
	struct place *place = *state;
	struct nm_account account = { .name = "office", .token_cmd = "/nowhere/to/be/found x" };

	refuse(place, &account, NM_CARRIER, "there is no program `/nowhere/to/be/found x`");
	account.token_cmd = "";
	refuse(place, &account, NM_CARRIER, "there is no program");
	account.token_cmd = "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h";
	refuse(place, &account, NM_CARRIER, "more than 32 words");
}

static void test_what_a_command_may_print(void **state)
{
	static const struct {
		const char *body, *why;
	} cases[] = {
		{ ":", "its secret is empty" },
		{ "echo", "its secret is empty" },
		{ "echo " SECRET "; echo more", "more than one line" },
		{ "printf 'tab\\there'", "more than one line" },
		{ "printf '\\033[31mred'", "more than one line" },
		{ "printf '" SECRET "\\177'", "more than one line" },
		{ "printf 'a\\000b'", "more than one line" },
		{ "head -c 4097 /dev/zero | tr '\\000' x", "too much" },
		{ "while :; do echo " SECRET "; done", "too much" },
	};
	struct place *place = *state;
	const struct nm_account account = by_command(place, "");
	char longest[4097];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_script(place, cases[i].body);
		refuse(place, &account, NM_CARRIER, cases[i].why);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	write_script(place, "head -c 4096 /dev/zero | tr '\\000' x");
	give(place, &account, longest);
}

/* In pieces, with an end of line of another system. */
static void test_a_slow_command(void **state)
{
	struct place *place = *state;
	const struct nm_account account = by_command(place, "");

	write_script(place, "printf s3cr3t-of; sleep 0.1; printf -- '-the-'; sleep 0.1; printf 'office\\r\\n'");
	give(place, &account, SECRET);
}

/* What is typed in the interface is not for it, and what it complains of not for the screen. */
static void test_a_command_has_no_keyboard(void **state)
{
	struct place *place = *state;
	const struct nm_account account = by_command(place, "");
	int ends[2], before = dup(STDIN_FILENO);

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "typed\n", 6), 6);
	dup2(ends[0], STDIN_FILENO);
	write_script(place, "cat >/dev/null; echo complaint >&2; echo " SECRET);
	give(place, &account, SECRET);
	dup2(before, STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	close(before);
}

static void assert_given_up(const char *command)
{
	struct timespec from, until;
	struct nm_buf out;
	struct nm_error err;

	nm_buf_init(&out, 4096);
	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(program_read(command, 1, &out, &err), NM_INPUT);
	clock_gettime(CLOCK_MONOTONIC, &until);
	assert_non_null(strstr(err.text, "does not end"));
	assert_in_range(until.tv_sec - from.tv_sec, 0, 10);
	nm_buf_clear(&out);
}

/* Nobody waits for ever, also not for one that has closed its output. */
static void test_a_command_that_never_ends(void **state)
{
	struct place *place = *state;

	write_script(place, "echo half; exec sleep 600");
	assert_given_up(place->script);
	write_script(place, "echo whole; exec sleep 600 >&-");
	assert_given_up(place->script);
}

/* --- the environment --- */

static void test_the_environment(void **state)
{
	struct place *place = *state;
	struct nm_account account = { .name = "office", .token_env = "NM_TEST_TOKEN" };

	unsetenv("NM_TEST_TOKEN");
	refuse(place, &account, NM_CARRIER, "the environment has no NM_TEST_TOKEN");
	setenv("NM_TEST_TOKEN", "", 1);
	refuse(place, &account, NM_CARRIER, "its secret is empty");
	setenv("NM_TEST_TOKEN", SECRET, 1);
	give(place, &account, SECRET);
	unsetenv("NM_TEST_TOKEN"); /* it is kept */
	give(place, &account, SECRET);
}

/* A variable, a command and a file of one name are three things. */
static void test_sources_of_one_name(void **state)
{
	struct place *place = *state;
	const struct nm_account command = { .name = "office", .token_cmd = place->script },
				variable = { .name = "office", .token_env = place->script },
				file = { .name = "office", .token_file = place->script };

	write_script(place, "echo " SECRET);
	give(place, &command, SECRET);
	refuse(place, &variable, NM_CARRIER, "the environment has no");
	refuse(place, &file, NM_CARRIER, "more than one line");
}

static void test_no_source(void **state)
{
	const struct nm_account account = { .name = "office" };

	refuse(*state, &account, NM_CARRIER, "give token_cmd, token_env or token_file");
}

/* --- files --- */

static void test_a_file(void **state)
{
	struct place *place = *state;
	char path[512], link[512];
	struct nm_account account = { .name = "office", .token_file = "token" };

	refuse(place, &account, NM_CARRIER, "token: No such file");
	snprintf(path, sizeof(path), "%s/token", place->folder);
	write_file(path, SECRET "\n", 0600);
	give(place, &account, SECRET);
	account.token_file = path;
	give(place, &account, SECRET);
	snprintf(link, sizeof(link), "%s/link", place->folder);
	assert_int_equal(symlink("token", link), 0);
	account.token_file = "link";
	give(place, &account, SECRET);
}

static void test_a_file_that_others_can_read(void **state)
{
	static const mode_t modes[] = { 0604, 0640, 0644, 0660, 0602, 0601, 0610 };
	struct place *place = *state;
	char path[512], link[512];
	struct nm_account account = { .name = "office", .token_file = "token" };

	snprintf(path, sizeof(path), "%s/token", place->folder);
	snprintf(link, sizeof(link), "%s/link", place->folder);
	assert_int_equal(symlink("token", link), 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		write_file(path, SECRET "\n", modes[i]);
		account.token_file = "token";
		refuse(place, &account, NM_CARRIER, "can be read by others: chmod 600 it");
		account.token_file = "link"; /* what counts is the file */
		refuse(place, &account, NM_CARRIER, "can be read by others: chmod 600 it");
	}
	if (geteuid() == 0) {
		write_file(path, SECRET "\n", 0600);
		assert_int_equal(chown(path, 65534, (gid_t)-1), 0);
		refuse(place, &account, NM_CARRIER, "belongs to somebody else");
	}
}

static void test_what_is_no_file(void **state)
{
	struct place *place = *state;
	char path[512];
	struct nm_account account = { .name = "office", .token_file = place->folder };

	refuse(place, &account, NM_CARRIER, "is no file");
	snprintf(path, sizeof(path), "%s/pipe", place->folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	account.token_file = path;
	refuse(place, &account, NM_CARRIER, "is no file"); /* and is not waited for */
	snprintf(path, sizeof(path), "%s/dangling", place->folder);
	assert_int_equal(symlink("nothing", path), 0);
	refuse(place, &account, NM_CARRIER, "No such file");
}

static void test_what_a_file_may_hold(void **state)
{
	struct place *place = *state;
	char path[512], text[4098];
	const struct nm_account account = { .name = "office", .token_file = "token" };

	snprintf(path, sizeof(path), "%s/token", place->folder);
	write_file(path, "", 0600);
	refuse(place, &account, NM_CARRIER, "its secret is empty");
	write_file(path, SECRET "\n" SECRET "\n", 0600);
	refuse(place, &account, NM_CARRIER, "more than one line");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	write_file(path, text, 0600);
	refuse(place, &account, NM_CARRIER, "longer than 4096 bytes");
	text[4096] = '\0';
	write_file(path, text, 0600);
	give(place, &account, text);
}

/* --- at the end --- */

static void test_all_is_forgotten_at_the_end(void **state)
{
	struct place *place = *state;
	struct nm_account account = { .name = "office", .token_env = "NM_TEST_TOKEN" };

	setenv("NM_TEST_TOKEN", SECRET, 1);
	give(place, &account, SECRET);
	assert_int_equal(place->secrets.n, 1);
	secrets_clear(&place->secrets);
	assert_int_equal(place->secrets.n, 0);
	assert_null(place->secrets.items);
	assert_int_equal(leaked, 0);
	unsetenv("NM_TEST_TOKEN");
	refuse(place, &account, NM_CARRIER, "the environment has no");
}

/* The watch itself: it does see what is not wiped. */
static void test_the_watch_sees(void **state)
{
	char *volatile copy = strdup(SECRET); /* volatile: or a compiler leaves both calls out */

	(void)state;
	free(copy);
	assert_int_equal(leaked, 1);
	leaked = 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)
	const struct CMUnitTest tests[] = {
		CASE(test_a_command_prints_it),
		CASE(test_nothing_in_a_command_is_special),
		CASE(test_a_command_runs_once),
		CASE(test_a_failure_is_not_kept),
		CASE(test_no_such_command),
		CASE(test_what_a_command_may_print),
		CASE(test_a_slow_command),
		CASE(test_a_command_has_no_keyboard),
		CASE(test_a_command_that_never_ends),
		CASE(test_the_environment),
		CASE(test_sources_of_one_name),
		CASE(test_no_source),
		CASE(test_a_file),
		CASE(test_a_file_that_others_can_read),
		CASE(test_what_is_no_file),
		CASE(test_what_a_file_may_hold),
		CASE(test_all_is_forgotten_at_the_end),
		CASE(test_the_watch_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
