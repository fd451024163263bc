/* SPDX-License-Identifier: MIT */
/*
 * Names that were others before (names.h).  In: the steps of a document; what the store keeps, and a plan.  Out: what
 * was renamed; names of the log as the plan has them.
 */
#include "nevermiss/names.h"

#include <stdlib.h>
#include <string.h>

void nm_renames_clear(struct nm_renames *renames)
{
	free(renames->items);
	nm_arena_free(renames->arena);
	*renames = (struct nm_renames){ 0 };
}

/* --- what was renamed --- */

/* What a call may be taken by, or a step name, has one name of its own among all of these (design.md 3). */
static bool shares_names(const char *kind)
{
	return !strcmp(kind, "destination") || !strcmp(kind, "line") || !strcmp(kind, "rotation");
}

static bool has_name(const struct nm_written *written, const char *name)
{
	for (size_t i = 0; i < written->n; i++) {
		const struct nm_written_section *section = &written->sections[i];

		if (section->title && shares_names(section->kind) && !strcmp(section->title, name))
			return true;
	}
	return false;
}

static bool same_sections(const struct nm_written *a, const struct nm_written *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->sections[i].kind, b->sections[i].kind) != 0 ||
		    a->sections[i].step != b->sections[i].step)
			return false;
	return true;
}

static enum nm_code add(struct nm_renames *renames, const char *from, const char *to, struct nm_error *err)
{
	struct nm_rename *rename = NULL;

	for (size_t i = 0; i < renames->n; i++)
		if (!strcmp(renames->items[i].to, from))
			rename = &renames->items[i];
	if (!rename) {
		if (!nm_grow((void **)&renames->items, &renames->capacity, renames->n + 1, sizeof *renames->items))
			return nm_fail_memory(err);
		rename = &renames->items[renames->n++];
		rename->from = nm_arena_text(renames->arena, from);
	}
	rename->to = nm_arena_text(renames->arena, to);
	return rename->from && rename->to ? NM_OK : nm_fail_memory(err);
}

static enum nm_code add_step(struct nm_renames *renames, const struct nm_written *was, const struct nm_written *is,
			     struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (!same_sections(was, is))
		return NM_OK;
	for (size_t i = 0; i < was->n && !code; i++) {
		const char *from = was->sections[i].title, *to = is->sections[i].title;

		if (from && to && shares_names(was->sections[i].kind) && !has_name(is, from) && !has_name(was, to))
			code = add(renames, from, to, err);
	}
	return code;
}

/* A name that came and went between was nobody's in any saved plan; one that is somebody's now is itself. */
static void keep_lasting(struct nm_renames *renames, const struct nm_written *now)
{
	size_t n = 0;

	for (size_t i = 0; i < renames->n; i++)
		if (has_name(now, renames->items[i].to) && !has_name(now, renames->items[i].from))
			renames->items[n++] = renames->items[i];
	renames->n = n;
}

/* The steps from the text on disk to the one of now, on or back. */
static enum nm_code walk(const struct nm_document *document, struct nm_renames *renames, struct nm_error *err)
{
	struct nm_written was = { 0 }, is;
	const char *what;
	size_t now, i = nm_document_saved_step(document);
	struct nm_texts texts = nm_document_saved(document);
	enum nm_code code = nm_written_read(texts.bytes, texts.len, &was, err);

	nm_document_steps(document, &now);
	while (!code) {
		texts = nm_document_step(document, i, &what);
		code = nm_written_read(texts.bytes, texts.len, &is, err);
		if (code)
			break;
		code = add_step(renames, &was, &is, err);
		nm_written_clear(&was);
		was = is;
		if (i == now)
			break;
		i = i < now ? i + 1 : i - 1;
	}
	if (!code)
		keep_lasting(renames, &was);
	nm_written_clear(&was);
	return code;
}

enum nm_code nm_document_renames(const struct nm_document *document, struct nm_renames *out, struct nm_error *err)
{
	struct nm_renames renames = { .arena = nm_arena_new() };
	enum nm_code code = renames.arena ? walk(document, &renames, err) : nm_fail_memory(err);

	if (code)
		nm_renames_clear(&renames);
	else
		*out = renames;
	return code;
}

/* --- a plan's names --- */

static bool in_plan(const struct nm_plan *plan, const char *name)
{
	return nm_plan_find_destination(plan, name) >= 0 || nm_plan_find_line(plan, name) >= 0;
}

static int compare_from(const void *a, const void *b)
{
	return strcmp(((const struct nm_rename *)a)->from, ((const struct nm_rename *)b)->from);
}

/* Those that lead to a name that the plan lacks from one that it has are taken the other way. */
static bool take_names(const struct nm_plan *plan, const struct nm_renames *all, struct nm_arena *arena,
		       struct nm_names *out)
{
	struct nm_rename *items = nm_arena_alloc(arena, all->n, sizeof *items);
	bool ok = items != NULL;

	*out = (struct nm_names){ .items = items };
	for (size_t i = 0; i < all->n && ok; i++) {
		const struct nm_rename *rename = &all->items[i];
		const bool back = in_plan(plan, rename->from);

		if (back && in_plan(plan, rename->to))
			continue;
		items[out->n] = (struct nm_rename){ nm_arena_text(arena, back ? rename->to : rename->from),
						    nm_arena_text(arena, back ? rename->from : rename->to) };
		ok = items[out->n].from && items[out->n].to;
		out->n++;
	}
	if (ok)
		qsort(items, out->n, sizeof *items, compare_from);
	return ok;
}

enum nm_code nm_names_read(struct nm_store *store, const struct nm_plan *plan, struct nm_arena *arena,
			   struct nm_names *out, struct nm_error *err)
{
	struct nm_renames all;
	enum nm_code code = nm_store_renames(store, &all, err);

	if (code)
		return code;
	if (!take_names(plan, &all, arena, out))
		code = nm_fail_memory(err);
	nm_renames_clear(&all);
	return code;
}

static const char *look_up(const struct nm_names *names, const char *name)
{
	const struct nm_rename wanted = { .from = name };
	const struct nm_rename *found = NULL;

	if (name && names->n)
		found = bsearch(&wanted, names->items, names->n, sizeof wanted, compare_from);
	return found ? found->to : name;
}

/* On to the newest name, and from there back to the one that an older plan has. */
const char *nm_names_of(const struct nm_names *names, const char *name)
{
	return look_up(names, look_up(names, name));
}

void nm_names_call(const struct nm_names *names, struct nm_call_entry *call, struct nm_call_leg *legs)
{
	if (names->n == 0)
		return;
	for (size_t i = 0; i < call->n; i++) {
		legs[i] = call->legs[i];
		legs[i].who = nm_names_of(names, legs[i].who);
	}
	call->legs = legs;
	call->became.by = nm_names_of(names, call->became.by);
}

enum nm_code nm_call_name(struct nm_store *store, const struct nm_plan *plan, struct nm_arena *arena,
			  struct nm_call_entry *call, struct nm_error *err)
{
	struct nm_call_leg *legs = nm_arena_alloc(arena, call->n, sizeof *legs);
	struct nm_names names;
	enum nm_code code = legs ? nm_names_read(store, plan, arena, &names, err) : nm_fail_memory(err);

	if (!code)
		nm_names_call(&names, call, legs);
	return code;
}

enum nm_code nm_calls_name(struct nm_store *store, const struct nm_plan *plan, struct nm_call_entries *calls,
			   struct nm_error *err)
{
	struct nm_names names;
	enum nm_code code = nm_names_read(store, plan, calls->arena, &names, err);

	for (size_t i = 0; i < calls->n && !code; i++)
		calls->items[i].became.by = nm_names_of(&names, calls->items[i].became.by);
	return code;
}
