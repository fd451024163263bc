/* SPDX-License-Identifier: MIT */
/*
 * compare: what changes for callers between two plans, which may be files or kept versions.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "12" or "#12" is a kept version, unless a file has that name. */
static bool is_version(const char *text, int64_t *id)
{
	const char *digits = *text == '#' ? text + 1 : text;
	char *end;

	if (!*digits || digits[strspn(digits, "0123456789")] || access(text, F_OK) == 0)
		return false;
	*id = strtoll(digits, &end, 10);
	return true;
}

static void note_diags(struct invocation *run, const struct nm_diags *diags)
{
	size_t i;

	for (i = 0; i < diags->n; i++)
		nm_buf_addf(run->notes, "%s:%d: %s\n", diags->items[i].file, diags->items[i].line, diags->items[i].text);
}

/* A version of an older nevermiss was kept without the files beside it. */
static void note_not_kept(struct invocation *run, int64_t id, const struct nm_plan *plan, const struct nm_plan_file *kept)
{
	const struct nm_plan_file *file;

	for (file = plan->files; file; file = file->next)
		if (!nm_plan_find_file(kept, file->name))
			nm_buf_addf(run->notes, "version %lld was kept without %s, which is read as it is now\n", (long long)id,
				    file->name);
}

static enum nm_code read_version(struct invocation *run, int64_t id, struct nm_plan **plan, struct nm_diags *diags,
				 struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *kept = NULL;
	struct nm_store *store;
	char *text = NULL;
	size_t len;
	enum nm_code code = arena ? session_store(run->session, &store, err) : nm_fail_memory(err);

	if (code == NM_OK)
		code = nm_store_version_text(store, id, &text, &len, err);
	if (code == NM_OK)
		code = nm_store_version_files(store, id, arena, &kept, err);
	/* It is read under the plan's own name, so that what was not kept with it is found beside it. */
	if (code == NM_OK)
		code = nm_plan_read_kept(run->options->plan_file, text, len, kept, plan, diags, err);
	if (code == NM_OK)
		note_not_kept(run, id, *plan, kept);
	nm_arena_free(arena);
	free(text);
	return code;
}

/* Another plan file; calendars of the network are to it what they are to this one. */
static enum nm_code read_other(struct invocation *run, const char *file, struct nm_plan **plan, struct nm_diags *diags,
			       struct nm_error *err)
{
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_PLAN_BYTES);
	code = nm_file_read(file, NM_PLAN_BYTES, &text, err);
	if (code == NM_OK)
		code = session_plan_read(run->session, file, text.data, text.len, plan, diags, err);
	nm_buf_clear(&text);
	return code;
}

enum nm_code plan_named(struct invocation *run, const char *what, struct nm_plan **plan, struct nm_error *err)
{
	struct nm_diags diags;
	enum nm_code code;
	int64_t id;

	nm_diags_init(&diags);
	if (is_version(what, &id))
		code = read_version(run, id, plan, &diags, err);
	else
		code = read_other(run, what, plan, &diags, err);
	note_diags(run, &diags);
	nm_diags_clear(&diags);
	return code;
}

static void json_difference(struct nm_json *json, const struct nm_zone *zone, const struct nm_difference *difference)
{
	size_t i;

	nm_json_object(json);
	nm_json_key(json, "line");
	nm_json_text(json, difference->line);
	nm_json_key(json, "callers");
	nm_json_text(json, difference->callers);
	nm_json_key(json, "when");
	nm_json_text(json, difference->when);
	nm_json_key(json, "old");
	nm_json_text(json, difference->a_words);
	nm_json_key(json, "new");
	nm_json_text(json, difference->b_words);
	nm_json_key(json, "windows");
	nm_json_array(json);
	for (i = 0; i < difference->n && i < 100; i++)
		json_span(json, zone, difference->windows[i]);
	nm_json_end(json, ']');
	nm_json_key(json, "windows_total");
	nm_json_int(json, (int64_t)difference->n);
	nm_json_end(json, '}');
}

static void write_difference(struct nm_buf *out, const struct nm_difference *item)
{
	if (item->renamed)
		nm_buf_addf(out, "line %s is now called %s\n", item->a_words, item->b_words);
	else
		nm_buf_addf(out, "%s, %s%s, %s\n    now    %s\n    before %s\n", item->line, item->callers,
			    item->key ? " pressing the emergency key" : "", item->when, item->b_words, item->a_words);
}

static void write_result(struct invocation *run, const struct nm_plan *plan, const struct nm_differences *differences)
{
	struct nm_json json;
	size_t i;

	if (!run->json) {
		if (!nm_differences_for_callers(differences))
			nm_buf_add(run->out, "nothing changes for any caller\n");
		for (i = 0; i < differences->n; i++)
			write_difference(run->out, &differences->items[i]);
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "same");
	nm_json_bool(&json, differences->n == 0);
	nm_json_key(&json, "differences");
	nm_json_array(&json);
	for (i = 0; i < differences->n; i++)
		json_difference(&json, plan->zone, &differences->items[i]);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

static bool go_on(void *context, size_t done, size_t all)
{
	const struct session *session = context;

	return session->working(session->progress_context, "lines of both plans", done, all);
}

enum nm_code cmd_compare(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_plan *old = NULL, *named = NULL;
	const struct nm_plan *new_plan = run->session->plan;
	struct nm_differences differences;
	nm_time from, until;
	enum nm_code code = plan_named(run, run->args->words[0], &old, err);

	*status = STATUS_GOOD;
	if (code == NM_OK && run->args->n_words > 1) {
		code = plan_named(run, run->args->words[1], &named, err);
		new_plan = named;
	} else if (code == NM_OK)
		code = session_need_plan(run->session, err);
	if (code == NM_OK)
		code = argument_time(run, "at", session_now(run->session), &from, err);
	if (code == NM_OK)
		code = argument_time(run, "until", from + NM_CHECK_HORIZON, &until, err);
	if (code == NM_OK)
		code = nm_plan_compare(&(struct nm_plan_pair){ .old = old,
							       .new_plan = new_plan,
							       .from = from,
							       .until = until,
							       .go_on = run->session->working ? go_on : NULL,
							       .context = run->session },
				       &differences, err);
	if (code == NM_OK) {
		write_result(run, new_plan, &differences);
		nm_differences_clear(&differences);
	}
	nm_plan_free(named);
	nm_plan_free(old);
	return code;
}
