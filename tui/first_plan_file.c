/* SPDX-License-Identifier: MIT */
/*
 * A first plan on disk.  In: its text, and the files that it was read with.  Out: the plan file, below the comments that
 * stood in it, and those files beside it.  Overwrites nothing that anybody wrote.
 */
#include "first_plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nevermiss/edit.h"

/* What is there, to be written on: *out is NULL when there is no file. */
static enum nm_code open_empty(const char *file, struct nm_document **out, struct nm_error *err)
{
	const char *text;
	size_t len;
	enum nm_code code;

	*out = NULL;
	if (access(file, F_OK) != 0)
		return NM_OK;
	code = nm_document_open(file, out, err);
	if (code != NM_OK)
		return code;
	text = nm_document_text(*out, &len);
	if (nm_plan_says_nothing(text, len))
		return NM_OK;
	nm_document_free(*out);
	*out = NULL;
	return nm_fail(err, NM_REFUSED, "%s is there already and is not overwritten; -p FILE names another place", file);
}

enum nm_code first_plan_absent(const char *file, struct nm_error *err)
{
	struct nm_document *document;
	const enum nm_code code = open_empty(file, &document, err);

	nm_document_free(document);
	return code;
}

enum first_place first_plan_place(const char *file)
{
	struct stat about;

	if (stat(file, &about))
		return FIRST_NO_FILE;
	return about.st_size > 0 ? FIRST_BELOW : FIRST_EMPTY_FILE;
}

/* The folder of the plan, made when it is not there. */
static void make_folder(const char *file)
{
	char *path = strdup(file), *slash;

	for (slash = path ? strchr(path + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	free(path);
}

/* A file of the plan's folder by its name there. */
static void name_beside(const char *plan, const char *name, struct nm_buf *out)
{
	const char *slash = strrchr(plan, '/');

	nm_buf_addn(out, plan, slash ? (size_t)(slash + 1 - plan) : 0);
	nm_buf_add(out, name);
}

/* One that is there already must be the same. */
static enum nm_code write_beside(const char *plan, const struct nm_plan_file *file, struct nm_error *err)
{
	struct nm_buf path, there;
	enum nm_code code = NM_OK;

	nm_buf_init(&path, 1u << 16);
	nm_buf_init(&there, NM_PLAN_BYTES);
	name_beside(plan, file->name, &path);
	if (access(path.data, F_OK) != 0)
		code = nm_file_write(path.data, file->bytes, file->len, true, err);
	else if (nm_file_read(path.data, NM_PLAN_BYTES, &there, NULL) != NM_OK || there.len != file->len ||
		 memcmp(there.data, file->bytes, file->len) != 0)
		code = nm_fail(err, NM_REFUSED, "%s is there already and is another file: move it away, or do without these holidays",
			       path.data);
	nm_buf_clear(&path);
	nm_buf_clear(&there);
	return code;
}

enum nm_code first_plan_write_files(const char *plan, const struct nm_plan_file *files, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (; files && code == NM_OK; files = files->next)
		code = write_beside(plan, files, err);
	return code;
}

/* Comments of a file that has nothing else stay as they are. */
static enum nm_code write_below(struct nm_document *document, const char *plan, size_t plan_len, struct nm_error *err)
{
	struct nm_buf text;
	size_t len;
	const char *comments = nm_document_text(document, &len);
	enum nm_code code;

	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addn(&text, comments, len);
	if (len > 0)
		nm_buf_add(&text, comments[len - 1] == '\n' ? "\n" : "\n\n");
	nm_buf_addn(&text, plan, plan_len);
	if (text.failed)
		code = nm_fail(err, NM_REFUSED, "%s: its comments leave no room for a plan: move the file away",
			       nm_document_file(document));
	else
		code = nm_document_replace(document, text.data, text.len, "a first plan", err);
	nm_buf_clear(&text);
	return code == NM_OK ? nm_document_save(document, err) : code;
}

enum nm_code first_plan_write(const char *file, const char *text, size_t len, const struct nm_plan_file *files,
			      struct nm_error *err)
{
	struct nm_document *empty;
	enum nm_code code = open_empty(file, &empty, err);

	if (code != NM_OK)
		return code;
	make_folder(file);
	code = first_plan_write_files(file, files, err);
	if (code == NM_OK)
		code = empty ? write_below(empty, text, len, err) : nm_file_write(file, text, len, true, err);
	nm_document_free(empty);
	return code;
}
