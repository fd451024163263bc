/* SPDX-License-Identifier: MIT */
/*
 * The texts of a plan as they are on disk (plan_texts.h).  In: the plan's path.  Out: its text and those of the files that it
 * includes, and a stamp by which a change of any of them is noticed without reading it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/edit_scan.h"
#include "nevermiss/edit.h"
#include "nevermiss/plan_texts.h"
#include "plan_private.h"

#define PATHS_BYTES (1u << 20)
#define STAMP_FIRST 0xcbf29ce484222325u /* FNV-1a */

static uint64_t more(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	while (len--)
		hash = (hash ^ *at++) * 0x100000001b3u;
	return hash;
}

static uint64_t stamp_more(uint64_t stamp, const char *path)
{
	struct stat about;
	int64_t what[7] = { 0 };

	if (stat(path, &about) == 0) {
		const int64_t now[7] = { (int64_t)about.st_dev, (int64_t)about.st_ino, about.st_size, about.st_mtim.tv_sec,
					 about.st_mtim.tv_nsec, about.st_ctim.tv_sec, about.st_ctim.tv_nsec };

		memcpy(what, now, sizeof what);
	}
	return more(stamp, what, sizeof what);
}

uint64_t nm_files_stamp(const struct nm_buf *paths)
{
	uint64_t stamp = STAMP_FIRST;

	for (size_t at = 0; at < paths->len; at += strlen(paths->data + at) + 1)
		stamp = stamp_more(stamp, paths->data + at);
	return stamp;
}

/* --- reading --- */

struct reading {
	const char *file; /* the plan's */
	struct nm_texts_disk *out;
	size_t files;
	bool no_memory;
};

static bool looked_at(const struct nm_buf *paths, const char *path)
{
	for (size_t at = 0; at < paths->len; at += strlen(paths->data + at) + 1)
		if (!strcmp(paths->data + at, path))
			return true;
	return false;
}

static void look_at(struct reading *reading, const char *path)
{
	reading->out->stamp = stamp_more(reading->out->stamp, path);
	nm_buf_addn(&reading->out->paths, path, strlen(path) + 1);
}

static void follow(struct reading *reading, const char *path, const char *text, size_t len);

static void take(struct reading *reading, const char *path)
{
	struct nm_texts_disk *out = reading->out;
	const char *name = nm_beside_name(reading->file, path);
	struct nm_buf text;

	look_at(reading, path);
	nm_buf_init(&text, NM_PLAN_BYTES);
	if (nm_file_read(path, NM_PLAN_BYTES, &text, NULL) == NM_OK && !memchr(text.data, '\0', text.len) &&
	    out->texts.len + strlen(name) + text.len + 2 < NM_TEXTS_BYTES) {
		nm_texts_add(&out->texts, name, text.data, text.len);
		follow(reading, path, text.data, text.len);
	}
	nm_buf_clear(&text);
}

/* What a text includes, each once: a file that is included again is the same one. */
static void follow(struct reading *reading, const char *path, const char *text, size_t len)
{
	struct nm_arena *arena = nm_arena_new();
	struct outline outline;

	if (!arena || edit_outline_read(text, len, &outline, NULL)) {
		reading->no_memory = true;
		nm_arena_free(arena);
		return;
	}
	for (size_t i = 0; i < outline.n_items && !reading->no_memory; i++) {
		const struct item *item = &outline.items[i];
		const char *inner;
		struct span span;
		char *value;

		if (item->kind != ITEM_CALL || item->parent != OUTLINE_TOP || item->n_values != 1 ||
		    !edit_span_is(&outline, item->name, "include"))
			continue;
		span = outline.values[item->first_value];
		value = nm_arena_alloc(arena, span.until - span.from + 1, 1);
		if (value)
			edit_decode(&outline, span, value);
		inner = value ? nm_plan_beside(arena, path, value) : NULL;
		reading->no_memory = !inner;
		if (inner && *value && !looked_at(&reading->out->paths, inner) && reading->files++ < NM_PLAN_INCLUDES)
			take(reading, inner);
	}
	edit_outline_clear(&outline);
	nm_arena_free(arena);
}

enum nm_code nm_texts_read(const char *file, struct nm_texts_disk *out, struct nm_error *err)
{
	struct reading reading = { .file = file, .out = out };
	struct nm_buf own;
	enum nm_code code;

	nm_buf_init(&out->texts, NM_TEXTS_BYTES);
	nm_buf_init(&out->paths, PATHS_BYTES);
	out->stamp = STAMP_FIRST;
	look_at(&reading, file);
	nm_buf_init(&own, NM_PLAN_BYTES);
	code = nm_file_read(file, NM_PLAN_BYTES, &own, err);
	if (!code && memchr(own.data, '\0', own.len))
		code = nm_fail(err, NM_INPUT, "%s has a NUL byte: it is not a text", file);
	if (!code) {
		nm_texts_add(&out->texts, "", own.data, own.len);
		follow(&reading, file, own.data, own.len);
		if (reading.no_memory || out->texts.failed || out->paths.failed)
			code = nm_fail_memory(err);
	}
	nm_buf_clear(&own);
	if (code)
		nm_texts_disk_clear(out);
	return code;
}

void nm_texts_disk_clear(struct nm_texts_disk *disk)
{
	nm_buf_clear(&disk->texts);
	nm_buf_clear(&disk->paths);
	disk->stamp = 0;
}
