/* SPDX-License-Identifier: MIT */
/*
 * The files that stand beside a plan and that it is read with: those it includes, its calendars', star
 * codes written down.  In: a path; out: its bytes, from the disk or from what was kept with a version of
 * the plan, and a copy that stays with the plan, so that it can be kept with the next one.
 */
#include "plan_private.h"

#include "nevermiss/edit.h"

const char *nm_plan_beside(struct nm_arena *arena, const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');

	if (*name == '/' || !slash)
		return nm_arena_text(arena, name);
	return nm_arena_format(arena, "%.*s%s", (int)(slash + 1 - file), file, name);
}

const char *nm_beside_name(const char *plan, const char *path)
{
	const char *slash = strrchr(plan, '/');
	const size_t folder = slash ? (size_t)(slash + 1 - plan) : 0;

	return strncmp(path, plan, folder) ? path : path + folder;
}

const struct nm_plan_file *nm_plan_find_file(const struct nm_plan_file *files, const char *name)
{
	for (; files; files = files->next)
		if (!strcmp(files->name, name))
			return files;
	return NULL;
}

bool nm_beside_is_kept(const struct nm_beside *beside, const char *path)
{
	return nm_plan_find_file(beside->kept, nm_beside_name(beside->plan->file, path)) != NULL;
}

/* A calendar may be named twice. */
static bool remember(struct nm_beside *beside, const char *name, const struct nm_buf *bytes)
{
	struct nm_plan *plan = beside->plan;
	struct nm_plan_file *file, **end = &plan->files;

	for (; *end; end = &(*end)->next)
		if (!strcmp((*end)->name, name))
			return true;
	file = nm_arena_alloc(plan->arena, 1, sizeof *file);
	if (!file)
		return false;
	file->name = nm_arena_text(plan->arena, name);
	file->bytes = nm_arena_textn(plan->arena, bytes->data, bytes->len);
	file->len = bytes->len;
	*end = file;
	return file->name && file->bytes;
}

enum nm_code nm_beside_read(struct nm_beside *beside, const char *path, size_t max, struct nm_buf *out,
			    struct nm_error *err)
{
	const char *name = nm_beside_name(beside->plan->file, path);
	const struct nm_plan_file *kept = nm_plan_find_file(beside->kept, name);
	enum nm_code code = NM_OK;

	if (kept)
		nm_buf_addn(out, kept->bytes, kept->len);
	else
		code = nm_file_read(path, max, out, err);
	if (!code && (out->failed || !remember(beside, name, out)))
		code = nm_fail_memory(err);
	return code;
}
