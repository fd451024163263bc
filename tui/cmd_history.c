/* SPDX-License-Identifier: MIT */
/* history: pushes and kept versions of the plan.  export: a driver's artefact. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"

#define HISTORY_MOST 10000

static void json_push(struct nm_json *json, const struct nm_zone *zone, const struct nm_push_record *push)
{
	char number[NM_NUMBER_TEXT];

	nm_number_write(push->number, number);
	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_int(json, push->id);
	json_time(json, zone, "at", push->at);
	nm_json_key(json, "line");
	nm_json_text(json, push->line);
	nm_json_key(json, "number");
	nm_json_text(json, push->number ? number : NULL);
	nm_json_key(json, "driver");
	nm_json_text(json, push->driver);
	nm_json_key(json, "who");
	nm_json_text(json, push->who);
	nm_json_key(json, "version");
	nm_json_int(json, push->version);
	nm_json_key(json, "result");
	nm_json_text(json, push->result);
	nm_json_key(json, "forced");
	nm_json_text(json, push->forced);
	nm_json_end(json, '}');
}

static void json_version(struct nm_json *json, const struct nm_zone *zone, const struct nm_version *version)
{
	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_int(json, version->id);
	json_time(json, zone, "at", version->at);
	nm_json_key(json, "who");
	nm_json_text(json, version->who);
	nm_json_key(json, "why");
	nm_json_text(json, version->why);
	nm_json_end(json, '}');
}

static void write_json(struct invocation *run, const struct nm_push_records *pushes, const struct nm_versions *versions)
{
	const struct nm_zone *zone = session_zone(run->session);
	struct nm_json json;
	size_t i;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "pushes");
	nm_json_array(&json);
	for (i = 0; i < pushes->n; i++)
		json_push(&json, zone, &pushes->items[i]);
	nm_json_end(&json, ']');
	nm_json_key(&json, "versions");
	nm_json_array(&json);
	for (i = 0; i < versions->n; i++)
		json_version(&json, zone, &versions->items[i]);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

static void write_text(struct invocation *run, const struct nm_push_records *pushes, const struct nm_versions *versions)
{
	const struct nm_zone *zone = session_zone(run->session);
	char when[NM_TIME_TEXT];
	size_t i;

	nm_buf_add(run->out, pushes->n ? "pushes\n" : "nothing was pushed yet\n");
	for (i = 0; i < pushes->n; i++) {
		const struct nm_push_record *push = &pushes->items[i];

		nm_time_words(zone, push->at, true, when);
		nm_buf_addf(run->out, "  #%-4lld %-24s %s%*s %s%*s %s%s%s\n", (long long)push->id, when, push->line,
			    text_gap(push->line, 12), "", push->who, text_gap(push->who, 16), "",
			    push->result ? push->result : "under way", push->forced ? "; forced: " : "",
			    push->forced ? push->forced : "");
	}
	nm_buf_add(run->out, versions->n ? "versions of the plan\n" : "no version of the plan is kept yet\n");
	for (i = 0; i < versions->n; i++) {
		nm_time_words(zone, versions->items[i].at, true, when);
		nm_buf_addf(run->out, "  #%-4lld %-24s %-16s %s\n", (long long)versions->items[i].id, when,
			    versions->items[i].who, versions->items[i].why);
	}
}

/* The text alone is the result, so that it can be written into a file; what was kept with it is named. */
static void write_version(struct invocation *run, int64_t id, const char *text, size_t len,
			  const struct nm_plan_file *file)
{
	struct nm_json json;

	if (!run->json) {
		nm_buf_addn(run->out, text, len);
		for (; file; file = file->next)
			nm_buf_addf(run->notes, "kept with it: %s (--json shows it)\n", file->name);
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "id");
	nm_json_int(&json, id);
	nm_json_key(&json, "text");
	nm_json_text(&json, text);
	nm_json_key(&json, "files");
	nm_json_array(&json);
	for (; file; file = file->next) {
		nm_json_object(&json);
		nm_json_key(&json, "name");
		nm_json_text(&json, file->name);
		nm_json_key(&json, "text");
		nm_json_text(&json, file->bytes);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

static enum nm_code show_version(struct invocation *run, struct nm_store *store, const char *id, struct nm_error *err)
{
	const char *digits = *id == '#' ? id + 1 : id;
	struct nm_plan_file *files = NULL;
	struct nm_arena *arena;
	char *text;
	size_t len;
	int64_t number;
	enum nm_code code;

	if (!*digits || digits[strspn(digits, "0123456789")])
		return nm_fail(err, NM_INPUT, "--show %s: the number of a version", id);
	number = strtoll(digits, NULL, 10);
	code = nm_store_version_text(store, number, &text, &len, err);
	if (code != NM_OK)
		return code;
	arena = nm_arena_new();
	code = arena ? nm_store_version_files(store, number, arena, &files, err) : nm_fail_memory(err);
	if (code == NM_OK)
		write_version(run, number, text, len, files);
	nm_arena_free(arena);
	free(text);
	return code;
}

/* The line that the plan calls so, or else the one that was last pushed under that name. */
static enum nm_code named_line(struct invocation *run, struct nm_store *store, nm_number *number, struct nm_error *err)
{
	const char *name = argument(run->args, "line");
	const int line = name ? nm_plan_find_line(run->session->plan, name) : -1;
	enum nm_code code = NM_OK;

	*number = line >= 0 ? run->session->plan->lines[line].number : 0;
	if (name && line < 0)
		code = nm_store_push_called(store, name, number, err);
	if (code == NM_OK && name && !*number)
		return nm_fail(err, NM_INPUT, "--line %s: the plan has no line of that name, and none was pushed", name);
	return code;
}

enum nm_code cmd_history(struct invocation *run, enum status *status, struct nm_error *err)
{
	const char *show = argument(run->args, "show");
	struct nm_push_records pushes = { .n = 0 };
	struct nm_versions versions = { .n = 0 };
	struct nm_store *store;
	nm_number line = 0;
	size_t most = 0;
	enum nm_code code = argument_count(run, 20, HISTORY_MOST, &most, err);

	*status = STATUS_GOOD;
	if (code == NM_OK)
		code = session_store(run->session, &store, err);
	if (code == NM_OK && show)
		return show_version(run, store, show, err);
	if (code == NM_OK)
		code = named_line(run, store, &line, err);
	if (code == NM_OK)
		code = nm_store_pushes(store, line, false, most, &pushes, err);
	if (code == NM_OK)
		code = nm_store_versions(store, most, &versions, err);
	if (code == NM_OK && run->json)
		write_json(run, &pushes, &versions);
	else if (code == NM_OK)
		write_text(run, &pushes, &versions);
	nm_push_records_clear(&pushes);
	nm_versions_clear(&versions);
	return code;
}

/* --- export --- */

static enum nm_code find_driver(const char *name, const struct nm_carrier **out, struct nm_error *err)
{
	struct nm_buf known;
	enum nm_code code;
	size_t i;

	*out = nm_carrier_find(name);
	if (*out)
		return NM_OK;
	nm_buf_init(&known, NM_ERROR_TEXT);
	for (i = 0; i < nm_carriers_count; i++)
		nm_buf_addf(&known, "%s%s", i ? ", " : "", nm_carriers[i]->name);
	code = nm_fail(err, NM_INPUT, "no driver `%s` in this build; there is %s", name, known.data);
	nm_buf_clear(&known);
	return code;
}

static enum nm_code build_route(struct invocation *run, int line, struct nm_route **route, struct nm_error *err)
{
	const nm_time now = session_now(run->session);
	const struct nm_timeline *timeline;
	const struct nm_classes *classes;
	enum nm_code code = session_timeline(run->session, now, now + NM_CHECK_HORIZON, &timeline, err);

	if (code == NM_OK)
		code = session_classes(run->session, &classes, err);
	if (code == NM_OK)
		code = nm_route_build(timeline, classes, line, route, err);
	return code;
}

/* What a machine reads stands alone; what a person does has headings. */
static void write_part(struct nm_buf *out, const struct nm_carrier *carrier, const struct nm_part *part)
{
	if (nm_part_is_fact(part))
		return;
	if (carrier->traits.by_hand)
		nm_buf_addf(out, "%s:\n",
			    strcmp(part->name, "codes") ? part->name : "codes to dial, in this order");
	nm_buf_addf(out, "%s\n", part->bytes);
}

static void write_parts(struct invocation *run, const struct nm_carrier *carrier,
			const struct nm_artefact *artefact)
{
	struct nm_json json;
	size_t i;

	if (!run->json) {
		for (i = 0; i < artefact->n; i++)
			write_part(run->out, carrier, &artefact->parts[i]);
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "driver");
	nm_json_text(&json, carrier->name);
	nm_json_key(&json, "parts");
	nm_json_array(&json);
	for (i = 0; i < artefact->n; i++) {
		nm_json_object(&json);
		nm_json_key(&json, "name");
		nm_json_text(&json, artefact->parts[i].name);
		nm_json_key(&json, "type");
		nm_json_text(&json, artefact->parts[i].type);
		nm_json_key(&json, "text");
		nm_json_text(&json, artefact->parts[i].bytes);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

/* Beside the artefact, which alone goes to standard output. */
static void tell_losses(const struct invocation *run, const struct nm_losses *losses)
{
	struct nm_buf words, safe;

	nm_buf_init(&words, run->out->max);
	nm_buf_init(&safe, run->out->max);
	add_losses(&words, losses);
	add_safe(&safe, words.data);
	fputs(safe.data, stderr);
	nm_buf_clear(&safe);
	nm_buf_clear(&words);
}

enum nm_code cmd_export(struct invocation *run, enum status *status, struct nm_error *err)
{
	const struct nm_plan *plan = run->session->plan;
	const struct nm_carrier *carrier;
	const struct nm_account *account;
	struct nm_route *route = NULL, *held = NULL;
	struct nm_losses losses = {0};
	struct nm_artefact artefact;
	int line;
	enum nm_code code = find_driver(run->args->words[0], &carrier, err);

	*status = STATUS_GOOD;
	if (code == NM_OK)
		code = argument_line(run, &line, err);
	if (code != NM_OK)
		return code;
	line = line < 0 ? 0 : line;
	code = build_route(run, line, &route, err);
	account = &plan->accounts[plan->lines[line].account];
	if (code == NM_OK)
		code = nm_carrier_hold(carrier, account, route, session_now(run->session), &held, &losses, err);
	if (code == NM_OK)
		code = carrier->render(held ? held : route, account, session_now(run->session), &artefact, err);
	if (code == NM_OK) {
		tell_losses(run, &losses);
		write_parts(run, carrier, &artefact);
		nm_artefact_clear(&artefact);
	}
	nm_losses_clear(&losses);
	nm_route_free(held);
	nm_route_free(route);
	return code;
}
