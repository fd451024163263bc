/* SPDX-License-Identifier: MIT */
/*
 * A first plan on disk.  In: its text, and the files that it was read with.  Out: the plan file, below the comments and options that
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
	if (nm_plan_has_no_section(text, len))
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

/* --- below what stands there --- */

/* The two texts while options go from the plan to where they stand already. */
struct joined {
	char *there, *plan;
	size_t there_len, plan_len;
};

static void joined_clear(struct joined *joined)
{
	free(joined->there);
	free(joined->plan);
}

static enum nm_code apply(const struct nm_edit *edit, char **text, size_t *len, struct nm_error *err)
{
	char *edited = NULL;
	enum nm_code code = nm_edit_apply(edit, *text, *len, &edited, len, err);

	if (code != NM_OK)
		return code;
	free(*text);
	*text = edited;
	return NM_OK;
}

static const struct nm_written_option *option_at_top(const struct nm_written *written, const char *name)
{
	return written->n ? nm_written_option(&written->sections[0], name) : NULL;
}

static bool same_value(const struct nm_written_option *a, const struct nm_written_option *b)
{
	return a->n == 1 && b->n == 1 && !strcmp(a->values[0], b->values[0]);
}

/* An option that both have stands where it stood, with the value that was answered; twice it would be refused. */
static enum nm_code join_option(struct joined *joined, const char *name, struct nm_error *err)
{
	const struct nm_place top = { .section = "", .step = -1 };
	const struct nm_edit out = { .op = NM_EDIT_UNSET, .place = top, .option = name };
	const struct nm_written_option *old, *own;
	struct nm_written there = { 0 }, plan = { 0 };
	enum nm_code code = nm_written_read(joined->there, joined->there_len, &there, err);

	if (code == NM_OK)
		code = nm_written_read(joined->plan, joined->plan_len, &plan, err);
	old = code == NM_OK ? option_at_top(&there, name) : NULL;
	own = old ? option_at_top(&plan, name) : NULL;
	if (own && !same_value(old, own)) {
		const struct nm_edit set = { .op = NM_EDIT_SET, .place = top, .option = name, .value = own->text };

		code = apply(&set, &joined->there, &joined->there_len, err);
	}
	if (own && code == NM_OK)
		code = apply(&out, &joined->plan, &joined->plan_len, err);
	nm_written_clear(&there);
	nm_written_clear(&plan);
	return code;
}

/* Of the options that a first plan has at its top. */
static enum nm_code join(struct joined *joined, struct nm_error *err)
{
	static const char *const options[] = { "business", "timezone", "country" };
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < sizeof options / sizeof *options && code == NM_OK; i++)
		code = join_option(joined, options[i], err);
	return code;
}

enum nm_code first_plan_below(const char *there, size_t there_len, const char *plan, size_t plan_len, struct nm_buf *out,
			      struct nm_error *err)
{
	struct joined joined = { strndup(there, there_len), strndup(plan, plan_len), there_len, plan_len };
	enum nm_code code = joined.there && joined.plan ? NM_OK : nm_fail_memory(err);

	if (code == NM_OK && there_len > 0)
		code = join(&joined, err);
	if (code == NM_OK) {
		nm_buf_addn(out, joined.there, joined.there_len);
		if (joined.there_len > 0)
			nm_buf_add(out, joined.there[joined.there_len - 1] == '\n' ? "\n" : "\n\n");
		nm_buf_addn(out, joined.plan, joined.plan_len);
	}
	joined_clear(&joined);
	return code;
}

/* What stands there may have been written meanwhile: what both make must read. */
static enum nm_code must_read(const struct nm_document *document, const struct nm_buf *text, struct nm_error *err)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	enum nm_code code;

	nm_diags_init(&diags);
	code = nm_plan_read_kept(nm_document_file(document), text->data, text->len, first_plan_files(), &plan, &diags, err);
	if (code != NM_OK && diags.n)
		nm_fail(err, NM_INPUT, "%s", diags.items[0].text);
	nm_diags_clear(&diags);
	nm_plan_free(plan);
	return code;
}

/* What stands in a file that is no plan yet stays. */
static enum nm_code write_below(struct nm_document *document, const char *plan, size_t plan_len, struct nm_error *err)
{
	struct nm_buf text;
	size_t len;
	const char *there = nm_document_text(document, &len);
	enum nm_code code;

	nm_buf_init(&text, NM_PLAN_BYTES);
	code = first_plan_below(there, len, plan, plan_len, &text, err);
	if (code == NM_OK && text.failed)
		code = nm_fail(err, NM_REFUSED, "%s: its comments leave no room for a plan: move the file away",
			       nm_document_file(document));
	if (code == NM_OK)
		code = must_read(document, &text, err);
	if (code == NM_OK)
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
