/* SPDX-License-Identifier: MIT */
/*
 * Which files are a session's own: what nobody means to write something else over.  In: a path,
 * under whatever name.  Out: what it is.  And a text of the plan beside its files, under names of its own.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "session.h"

#define PATH_BYTES (1u << 16)

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_at(const struct stat *one, const char *path)
{
	struct stat other;

	return stat(path, &other) == 0 && same_file(one, &other);
}

/* Included, a calendar's, an account's codes. */
static bool is_read_with(const struct session *session, const struct stat *one)
{
	const char *plan = session->options.plan_file, *slash = strrchr(plan, '/');
	const struct nm_plan_file *file = session->plan ? session->plan->files : NULL;
	bool found = false;

	for (; file && !found; file = file->next) {
		struct nm_buf path;

		nm_buf_init(&path, PATH_BYTES);
		if (file->name[0] != '/' && slash)
			nm_buf_addn(&path, plan, (size_t)(slash + 1 - plan));
		nm_buf_add(&path, file->name);
		found = !path.failed && is_at(one, path.data);
		nm_buf_clear(&path);
	}
	return found;
}

/* All that stands beside the store has a name that begins as its own does. */
static bool is_of_store(const struct session *session, const struct stat *one)
{
	const struct session_options *options = &session->options;
	DIR *folder = options->data_dir ? opendir(options->data_dir) : NULL;
	const struct dirent *entry;
	struct nm_buf path;
	bool found = false;

	if (!folder)
		return false;
	nm_buf_init(&path, PATH_BYTES);
	if (nm_store_path(options->data_dir, options->plan_file, &path, NULL) == NM_OK) {
		const char *name = strrchr(path.data, '/') + 1;
		struct stat other;

		while (!found && (entry = readdir(folder)))
			found = !strncmp(entry->d_name, name, strlen(name)) &&
				fstatat(dirfd(folder), entry->d_name, &other, 0) == 0 &&
				same_file(one, &other);
	}
	nm_buf_clear(&path);
	closedir(folder);
	return found;
}

enum nm_code session_write_beside(const struct session *session, struct nm_texts texts, struct nm_texts base,
				  const char *file, struct nm_error *err)
{
	enum nm_code code = nm_file_write(file, texts.bytes, strlen(texts.bytes), true, err);
	struct nm_file_text at = {0}, was;

	nm_texts_next(texts, &at);
	while (!code && nm_texts_next(texts, &at)) {
		struct nm_buf path;
		char *included;

		if (nm_texts_find(base, at.name, &was) && !strcmp(was.text, at.text))
			continue;
		included = nm_texts_path(session->options.plan_file, at.name);
		nm_buf_init(&path, PATH_BYTES);
		nm_buf_addf(&path, "%s.mine", included ? included : "");
		code = included && !path.failed ? nm_file_write(path.data, at.text, at.len, true, err) : nm_fail_memory(err);
		nm_buf_clear(&path);
		free(included);
	}
	return code;
}

const char *session_own_file(const struct session *session, const char *file)
{
	struct stat one;

	if (stat(file, &one))
		return NULL;
	if (is_at(&one, session->options.plan_file))
		return "the plan";
	if (is_read_with(session, &one))
		return "read with the plan";
	return is_of_store(session, &one) ? "a file of the store" : NULL;
}
