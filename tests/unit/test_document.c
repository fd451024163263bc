/* SPDX-License-Identifier: MIT */
/*
 * The file being edited: undo and redo, what is unsaved, who else changed it, and a save that leaves
 * the old bytes or the new ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/edit.h"
#include "nevermiss/plan.h"

#define PATH_SIZE 512

struct place {
	char folder[PATH_SIZE / 2], file[PATH_SIZE], other[PATH_SIZE];
};

static void put(const char *file, const char *text)
{
	FILE *stream = fopen(file, "w");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static void holds(const char *file, const char *text)
{
	struct nm_buf got;

	nm_buf_init(&got, 1u << 22);
	assert_int_equal(nm_file_read(file, 1u << 22, &got, NULL), NM_OK);
	assert_string_equal(got.data, text);
	nm_buf_clear(&got);
}

static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	const char *tmp = getenv("TMPDIR");

	assert_non_null(place);
	snprintf(place->folder, sizeof place->folder, "%s/nm-document-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof place->file, "%s/plan.conf", place->folder);
	snprintf(place->other, sizeof place->other, "%s/other", place->folder);
	put(place->file, "a = 1\n");
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	unlink(place->other);
	assert_int_equal(rmdir(place->folder), 0);
	free(place);
	return 0;
}

static struct nm_document *open_document(const char *file)
{
	struct nm_document *document = NULL;

	assert_int_equal(nm_document_open(file, &document, NULL), NM_OK);
	return document;
}

static void replace(struct nm_document *document, const char *text, const char *what)
{
	assert_int_equal(nm_document_replace(document, text, strlen(text), what, NULL), NM_OK);
}

static void reads(const struct nm_document *document, const char *text)
{
	size_t len;

	assert_string_equal(nm_document_text(document, &len), text);
	assert_int_equal(len, strlen(text));
}

static void undo_and_redo_go_over_whole_texts(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);
	const struct nm_edit edit = {
		.op = NM_EDIT_SET, .place = { "", NULL, -1 }, .option = "a", .value = "2"
	};
	const struct nm_edit wrong = { .op = NM_EDIT_UNSET, .place = { "", NULL, -1 }, .option = "b" };

	reads(document, "a = 1\n");
	assert_null(nm_document_undo(document));
	assert_null(nm_document_redo(document));
	assert_int_equal(nm_document_apply(document, &edit, "two", NULL), NM_OK);
	assert_int_equal(nm_document_apply(document, &edit, "two again", NULL), NM_OK);
	assert_int_equal(nm_document_apply(document, &wrong, "b", NULL), NM_INPUT);
	replace(document, "a = 3\n", "three");
	assert_int_equal(nm_document_edits(document), 2);
	assert_string_equal(nm_document_undo(document), "three");
	reads(document, "a = 2\n");
	assert_string_equal(nm_document_redo(document), "three");
	reads(document, "a = 3\n");
	assert_null(nm_document_redo(document));
	assert_string_equal(nm_document_undo(document), "three");
	assert_string_equal(nm_document_undo(document), "two");
	assert_null(nm_document_undo(document));
	reads(document, "a = 1\n");
	assert_false(nm_document_dirty(document));
	/* A new edit is a new way: what was undone is gone. */
	replace(document, "a = 4\n", "four");
	assert_null(nm_document_redo(document));
	assert_string_equal(nm_document_undo(document), "four");
	nm_document_free(document);
}

/* Whatever stands on the disk meanwhile, and it is not looked at. */
static void a_new_document_is_nowhere_yet(void **state)
{
	const struct place *place = *state;
	struct nm_document *document;
	struct nm_error err;

	assert_int_equal(nm_document_new(place->file, &document, &err), NM_OK);
	reads(document, "");
	assert_false(nm_document_dirty(document));
	assert_false(nm_document_stale(document));
	replace(document, "a = 2\n", "two");
	assert_true(nm_document_dirty(document));
	nm_document_drop(document);
	reads(document, "");
	nm_document_free(document);
}

static void what_is_dropped_is_not_made_again(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);

	nm_document_drop(document);
	reads(document, "a = 1\n");
	replace(document, "a = 2\n", "two");
	replace(document, "a = 3\n", "three");
	nm_document_drop(document);
	reads(document, "a = 2\n");
	assert_null(nm_document_redo(document));
	assert_string_equal(nm_document_undo(document), "two");
	assert_string_equal(nm_document_redo(document), "two");
	nm_document_free(document);
}

static void edits_since_the_last_save_are_counted(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);

	assert_int_equal(nm_document_edits(document), 0);
	replace(document, "b", "b");
	replace(document, "c", "c");
	assert_true(nm_document_dirty(document));
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	assert_false(nm_document_dirty(document));
	assert_int_equal(nm_document_edits(document), 0);
	holds(place->file, "c");
	assert_non_null(nm_document_undo(document));
	assert_true(nm_document_dirty(document));
	assert_int_equal(nm_document_edits(document), 1);
	replace(document, "d", "d");
	assert_int_equal(nm_document_edits(document), 2); /* what was taken back is one, and no redo makes it again */
	assert_non_null(nm_document_undo(document));
	assert_int_equal(nm_document_edits(document), 1);
	replace(document, "c", "c");
	assert_false(nm_document_dirty(document));
	replace(document, "e", "e");
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	assert_int_equal(nm_document_edits(document), 0);
	nm_document_free(document);
}

static void the_steps_can_be_looked_at(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);
	const char *what;
	size_t now;

	replace(document, "b", "to b");
	replace(document, "cc", "to c");
	assert_non_null(nm_document_undo(document));
	assert_int_equal(nm_document_steps(document, &now), 3);
	assert_int_equal(now, 1);
	assert_string_equal(nm_document_step(document, 2, &what).bytes, "cc");
	assert_string_equal(what, "to c");
	assert_int_equal(nm_document_step(document, 2, &what).len, 2);
	assert_string_equal(nm_document_saved(document).bytes, "a = 1\n");
	nm_document_free(document);
}

static void what_is_discarded_can_be_brought_back(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);

	replace(document, "b", "b");
	assert_int_equal(nm_document_discard(document, "discarded", NULL), NM_OK);
	reads(document, "a = 1\n");
	assert_false(nm_document_dirty(document));
	assert_int_equal(nm_document_edits(document), 0);
	assert_string_equal(nm_document_undo(document), "discarded");
	reads(document, "b");
	nm_document_free(document);
}

static void a_file_read_again_is_a_step_and_our_text_is_not_lost(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);

	replace(document, "ours", "ours");
	/* A file that did not change leaves the edit alone. */
	assert_int_equal(nm_document_reload(document, "theirs", NULL), NM_OK);
	reads(document, "ours");
	assert_int_equal(nm_file_write(place->file, "theirs", 6, false, NULL), NM_OK);
	assert_true(nm_document_stale(document));
	assert_int_equal(nm_document_reload(document, "theirs", NULL), NM_OK);
	reads(document, "theirs");
	assert_false(nm_document_stale(document));
	assert_false(nm_document_dirty(document));
	assert_string_equal(nm_document_undo(document), "theirs");
	reads(document, "ours");
	assert_true(nm_document_dirty(document));
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	holds(place->file, "ours");
	assert_int_equal(remove(place->file), 0);
	assert_int_not_equal(nm_document_reload(document, "gone", NULL), NM_OK);
	reads(document, "ours");
	nm_document_free(document);
}

static void undo_is_bounded_to_a_thousand_steps(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);
	char text[32];
	int i;

	for (i = 0; i < 1500; i++) {
		snprintf(text, sizeof text, "a = %d\n", i);
		replace(document, text, text);
	}
	for (i = 0; nm_document_undo(document); i++)
		;
	assert_int_equal(i, 1000);
	reads(document, "a = 499\n");
	assert_int_equal(nm_document_edits(document), 498); /* from "a = 1", to which no undo leads any more */
	nm_document_free(document);
}

static void undo_is_bounded_in_bytes(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);
	const size_t len = 1u << 20;
	char *text = calloc(1, len + 2);
	int i;

	assert_non_null(text);
	memset(text, '#', len);
	for (i = 0; i < 100; i++) {
		text[0] = (char)(' ' + i);
		replace(document, text, "x");
	}
	for (i = 0; nm_document_undo(document); i++)
		;
	assert_int_equal(i, 63);
	text[len] = '#';
	assert_int_equal(nm_document_replace(document, text, len + 1, "x", NULL), NM_INPUT);
	free(text);
	nm_document_free(document);
}

static void a_file_changed_underneath_is_told_and_never_overwritten(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);
	struct nm_error err;
	struct stat about;
	struct timespec times[2];

	assert_false(nm_document_stale(document));
	replace(document, "mine\n", "mine");
	assert_false(nm_document_stale(document));
	put(place->file, "yours, longer\n");
	assert_true(nm_document_stale(document));
	assert_int_equal(nm_document_save(document, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "changed by somebody else"));
	holds(place->file, "yours, longer\n");
	assert_int_equal(entries(place->folder), 1);
	/* Written again with the same bytes: not stale, though its times are others. */
	put(place->file, "a = 1\n");
	assert_int_equal(stat(place->file, &about), 0);
	times[0] = times[1] = (struct timespec){ .tv_sec = about.st_mtim.tv_sec + 10 };
	assert_int_equal(utimensat(AT_FDCWD, place->file, times, 0), 0);
	assert_false(nm_document_stale(document));
	/* Of the same size: told by its bytes. */
	put(place->file, "a = 9\n");
	assert_int_equal(utimensat(AT_FDCWD, place->file, times, 0), 0);
	assert_true(nm_document_stale(document));
	assert_int_equal(nm_document_save(document, NULL), NM_REFUSED);
	unlink(place->file);
	assert_true(nm_document_stale(document));
	assert_int_equal(nm_document_save(document, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "no longer there"));
	put(place->file, "a = 1\n");
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	assert_false(nm_document_stale(document));
	holds(place->file, "mine\n");
	nm_document_free(document);
}

static void of_two_who_save_at_once_the_second_is_refused(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file), *second = open_document(place->file);
	const int folder = open(place->folder, O_RDONLY | O_DIRECTORY);
	struct nm_error err;

	replace(document, "mine\n", "mine");
	replace(second, "yours\n", "yours");
	assert_int_equal(flock(folder, LOCK_EX), 0);
	assert_int_equal(nm_document_save(document, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "being saved by somebody else"));
	close(folder);
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	assert_int_equal(nm_document_save(second, NULL), NM_REFUSED);
	holds(place->file, "mine\n");
	nm_document_free(document);
	nm_document_free(second);
}

static void saving_replaces_the_file_and_keeps_its_mode(void **state)
{
	const struct place *place = *state;
	struct nm_document *document;
	struct stat before, after;

	assert_int_equal(chmod(place->file, 0640), 0);
	assert_int_equal(stat(place->file, &before), 0);
	document = open_document(place->file);
	replace(document, "new\n", "new");
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	assert_int_equal(stat(place->file, &after), 0);
	/* Another file took its place: whoever reads the old one still reads the old bytes. */
	assert_int_not_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_mode & 07777, 0640);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_int_equal(after.st_gid, before.st_gid);
	assert_int_equal(entries(place->folder), 1);
	nm_document_free(document);
}

static void a_symbolic_link_stays_one(void **state)
{
	const struct place *place = *state;
	struct nm_document *document;
	struct stat about;

	assert_int_equal(symlink("plan.conf", place->other), 0);
	document = open_document(place->other);
	replace(document, "new\n", "new");
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	assert_int_equal(lstat(place->other, &about), 0);
	assert_true(S_ISLNK(about.st_mode));
	holds(place->file, "new\n");
	nm_document_free(document);
	unlink(place->other);
	assert_int_equal(symlink("other", place->other), 0);
	assert_int_equal(nm_file_write(place->other, "x", 1, false, NULL), NM_INPUT);
}

static void a_fresh_file_is_private_and_never_replaces_one(void **state)
{
	const struct place *place = *state;
	struct nm_error err;
	struct stat about;

	assert_int_equal(nm_file_write(place->file, "x", 1, true, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "is there already"));
	holds(place->file, "a = 1\n");
	assert_int_equal(entries(place->folder), 1);
	assert_int_equal(nm_file_write(place->other, "x", 1, true, NULL), NM_OK);
	assert_int_equal(stat(place->other, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	holds(place->other, "x");
	unlink(place->other);
	/* Not through a link that leads nowhere either. */
	assert_int_equal(symlink("nowhere", place->other), 0);
	assert_int_equal(nm_file_write(place->other, "x", 1, true, NULL), NM_REFUSED);
	assert_int_equal(entries(place->folder), 2);
}

static void reading_is_bounded_and_takes_files_only(void **state)
{
	const struct place *place = *state;
	struct nm_buf text;
	struct nm_error err;

	nm_buf_init(&text, 100);
	assert_int_equal(nm_file_read(place->file, 6, &text, NULL), NM_OK);
	nm_buf_clear(&text);
	assert_int_equal(nm_file_read(place->file, 5, &text, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "5 bytes at most"));
	nm_buf_clear(&text);
	assert_int_equal(nm_file_read(place->folder, 100, &text, &err), NM_INPUT);
	assert_int_equal(nm_file_read(place->other, 100, &text, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "No such file"));
	assert_int_equal(mkfifo(place->other, 0600), 0);
	assert_int_equal(nm_file_read(place->other, 100, &text, &err), NM_INPUT);
	assert_non_null(strstr(err.text, "not a regular file"));
	nm_buf_clear(&text);
}

/* The disk is full: the file size limit fails a write in the middle, as that would. */
static void a_write_that_fails_leaves_the_old_bytes_and_nothing_else(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);
	struct rlimit was, small;
	char text[20001];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	replace(document, text, "x");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 10000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(nm_document_save(document, NULL), NM_SYSTEM);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	holds(place->file, "a = 1\n");
	assert_int_equal(entries(place->folder), 1);
	assert_true(nm_document_dirty(document));
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	holds(place->file, text);
	nm_document_free(document);
}

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

/* As edits that were cut off, which somebody drops, brings back and drops again. */
static void steps_of_what_was_dropped_are_not_counted(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);

	replace(document, "a = 2\n", "cut off");
	assert_int_equal(nm_document_discard(document, "dropped", NULL), NM_OK);
	assert_string_equal(nm_document_undo(document), "dropped");
	assert_int_equal(nm_document_edits(document), 1);
	assert_string_equal(nm_document_undo(document), "cut off");
	assert_int_equal(nm_document_edits(document), 0);
	replace(document, "a = 3\n", "three");
	assert_int_equal(nm_document_edits(document), 1);
	assert_int_equal(nm_document_saved_step(document), 0);
	nm_document_free(document);
}

/* Does one thing or another; true: it was a new step. */
static bool step_at_random(struct nm_document *document, unsigned *seed, int i)
{
	char text[32];
	const unsigned dice = next(seed) % 16;

	if (dice < 7) {
		snprintf(text, sizeof text, "a = %d\n", dice ? i + 2 : 1);
		replace(document, text, text);
		return true;
	}
	if (dice < 11)
		nm_document_undo(document);
	else if (dice < 14)
		nm_document_redo(document);
	else if (dice == 14)
		assert_int_equal(nm_document_discard(document, "dropped", NULL), NM_OK);
	else
		assert_int_equal(nm_document_save(document, NULL), NM_OK);
	return false;
}

/* Whatever was done: none where nothing is unsaved, some where something is, and of new steps on top each is one. */
static void edits_are_counted_from_the_text_last_saved(void **state)
{
	const struct place *place = *state;
	struct nm_document *document = open_document(place->file);
	unsigned seed = 1;

	for (int i = 0; i < 5000; i++) {
		const size_t before = nm_document_edits(document);
		const bool was_dirty = nm_document_dirty(document), step = step_at_random(document, &seed, i);
		const bool dirty = nm_document_dirty(document);

		assert_true(dirty == (nm_document_edits(document) > 0));
		if (step && dirty && !was_dirty)
			assert_int_equal(nm_document_edits(document), 1);
		else if (step && dirty)
			assert_true(nm_document_edits(document) > before);
	}
	nm_document_free(document);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- a plan of several files --- */

#define FILES 3

/* The plan includes two, of which one in a folder includes another from there. */
struct files {
	char name[FILES + 1][PATH_SIZE * 2], folder[PATH_SIZE];
};

static void files_put(const struct place *place, struct files *files)
{
	snprintf(files->folder, sizeof files->folder, "%s/sub", place->folder);
	assert_int_equal(mkdir(files->folder, 0700), 0);
	snprintf(files->name[0], sizeof files->name[0], "%s", place->file);
	snprintf(files->name[1], sizeof files->name[1], "%s/b.conf", place->folder);
	snprintf(files->name[2], sizeof files->name[2], "%s/c.conf", files->folder);
	snprintf(files->name[3], sizeof files->name[3], "%s/d.conf", files->folder);
	put(files->name[0], "a = 0\ninclude('b.conf')\n  include(\"sub/c.conf\") # the rest\n");
	put(files->name[1], "rule b { x = 0 }");
	put(files->name[2], "include('d.conf')\nrule c { x = 0 }\n");
	put(files->name[3], "# d\r\nrule d { x = 0 }\r\n");
}

static void files_remove(const struct files *files)
{
	for (size_t i = 1; i <= FILES; i++)
		unlink(files->name[i]);
	assert_int_equal(rmdir(files->folder), 0);
}

static void set(struct nm_document *document, size_t file, const char *value)
{
	static const struct nm_place places[] = { { "", NULL, -1 }, { "rule", "b", -1 }, { "rule", "c", -1 }, { "rule", "d", -1 } };
	const struct nm_edit edit = { .op = NM_EDIT_SET, .place = places[file], .option = file ? "x" : "a", .value = value };

	assert_int_equal(nm_document_apply(document, &edit, "an edit", NULL), NM_OK);
}

static uint32_t below(uint32_t *random, uint32_t n)
{
	*random = *random * 1664525u + 1013904223u;
	return (*random >> 8) % n;
}

/* Is what is on disk what the document shows, when it is saved? */
static void shown_is_saved(const struct nm_document *document, const struct place *place)
{
	struct nm_document *again = open_document(place->file);

	assert_true(nm_texts_same(nm_document_texts(document), nm_document_texts(again)));
	assert_false(nm_document_dirty(document));
	assert_false(nm_document_stale(document));
	nm_document_free(again);
}

static void edits_undone_redone_and_saved_at_random_are_what_is_on_disk(void **state)
{
	const struct place *place = *state;
	struct nm_document *document;
	struct files files;
	uint32_t random = 17;

	files_put(place, &files);
	document = open_document(place->file);
	for (int i = 0; i < 600; i++) {
		char value[16];

		snprintf(value, sizeof value, "%d", i);
		switch (below(&random, 6)) {
		case 0:
			nm_document_undo(document);
			break;
		case 1:
			nm_document_redo(document);
			break;
		case 2:
			assert_int_equal(nm_document_save(document, NULL), NM_OK);
			shown_is_saved(document, place);
			break;
		default:
			set(document, below(&random, FILES + 1), value);
		}
	}
	while (nm_document_undo(document))
		;
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	holds(files.name[0], "a = 0\ninclude('b.conf')\n  include(\"sub/c.conf\") # the rest\n");
	holds(files.name[1], "rule b { x = 0 }");
	holds(files.name[2], "include('d.conf')\nrule c { x = 0 }\n");
	holds(files.name[3], "# d\r\nrule d { x = 0 }\r\n");
	assert_int_equal(entries(place->folder), 3);
	assert_int_equal(entries(files.folder), 2);
	nm_document_free(document);
	files_remove(&files);
}

/* Only what changed is written, and not over what others wrote meanwhile in any of them. */
static void a_file_without_edits_is_not_written_and_one_of_others_not_overwritten(void **state)
{
	const struct place *place = *state;
	struct nm_document *document;
	struct stat before, after;
	struct nm_error err;
	struct files files;

	files_put(place, &files);
	document = open_document(place->file);
	assert_int_equal(stat(files.name[2], &before), 0);
	set(document, 1, "1");
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	assert_int_equal(stat(files.name[2], &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	holds(files.name[1], "rule b { x = 1 }");
	set(document, 1, "2");
	put(files.name[3], "rule d { x = 9 }");
	assert_true(nm_document_stale(document));
	assert_int_equal(nm_document_save(document, &err), NM_REFUSED);
	assert_non_null(strstr(err.text, "sub/d.conf was changed by somebody else"));
	holds(files.name[1], "rule b { x = 1 }");
	nm_document_free(document);
	files_remove(&files);
}

/* One that others took away comes back with undo, and is written again when that is saved. */
static void an_included_file_that_is_gone_is_written_again(void **state)
{
	const struct place *place = *state;
	struct nm_document *document;
	struct files files;

	files_put(place, &files);
	document = open_document(place->file);
	assert_int_equal(unlink(files.name[1]), 0);
	assert_true(nm_document_stale(document));
	assert_int_equal(nm_document_reload(document, "on disk", NULL), NM_OK);
	assert_false(nm_document_stale(document));
	assert_non_null(nm_document_undo(document));
	assert_true(nm_document_dirty(document));
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	holds(files.name[1], "rule b { x = 0 }");
	shown_is_saved(document, place);
	nm_document_free(document);
	files_remove(&files);
}

static void files_that_include_each_other_end(void **state)
{
	const struct place *place = *state;
	struct nm_document *document;
	struct files files;

	files_put(place, &files);
	put(files.name[3], "include('c.conf')\ninclude('../plan.conf')\ninclude('d.conf')\n");
	document = open_document(place->file);
	set(document, 2, "1");
	assert_int_equal(nm_document_save(document, NULL), NM_OK);
	holds(files.name[2], "include('d.conf')\nrule c { x = 1 }\n");
	nm_document_free(document);
	files_remove(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(undo_and_redo_go_over_whole_texts),
		CASE(a_new_document_is_nowhere_yet),
		CASE(what_is_dropped_is_not_made_again),
		CASE(the_steps_can_be_looked_at),
		CASE(what_is_discarded_can_be_brought_back),
		CASE(a_file_read_again_is_a_step_and_our_text_is_not_lost),
		CASE(edits_since_the_last_save_are_counted),
		CASE(undo_is_bounded_to_a_thousand_steps),
		CASE(undo_is_bounded_in_bytes),
		CASE(a_file_changed_underneath_is_told_and_never_overwritten),
		CASE(of_two_who_save_at_once_the_second_is_refused),
		CASE(saving_replaces_the_file_and_keeps_its_mode),
		CASE(a_write_that_fails_leaves_the_old_bytes_and_nothing_else),
		CASE(a_symbolic_link_stays_one),
		CASE(a_fresh_file_is_private_and_never_replaces_one),
		CASE(reading_is_bounded_and_takes_files_only),
		CASE(steps_of_what_was_dropped_are_not_counted),
		CASE(edits_are_counted_from_the_text_last_saved),
		CASE(edits_undone_redone_and_saved_at_random_are_what_is_on_disk),
		CASE(a_file_without_edits_is_not_written_and_one_of_others_not_overwritten),
		CASE(an_included_file_that_is_gone_is_written_again),
		CASE(files_that_include_each_other_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
