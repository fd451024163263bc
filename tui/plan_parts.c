/* SPDX-License-Identifier: MIT */
/*
 * The kinds of sections: see plan_parts.h.  In: a plan, what is written.  Out: sections and references.
 * Knows no screen.
 */
#include "plan_parts.h"

#include <stdio.h>
#include <string.h>

#define ARRAY(section, title, array, type, name, pos)                                                        \
	{                                                                                                    \
		section, title, false, offsetof(struct nm_plan, array), offsetof(struct nm_plan, n_##array), \
			sizeof(struct type), offsetof(struct type, name), offsetof(struct type, pos)         \
	}
/* count is where `given` is */
#define SINGLE(section, title, member)                                                                       \
	{                                                                                                    \
		section, title, true, 0, offsetof(struct nm_plan, member.given), 0, 0,                       \
			offsetof(struct nm_plan, member.pos)                                                 \
	}
#define WRITTEN_ONLY(section, title)                                                                         \
	{                                                                                                    \
		section, title, true, 0, 0, 0, 0, 0                                                          \
	}

const struct plan_kind plan_kinds[] = {
	WRITTEN_ONLY("", "business"),
	ARRAY("line", "lines", lines, nm_line, name, pos),
	ARRAY("destination", "destinations", destinations, nm_destination, name, pos),
	ARRAY("rotation", "rotations", rotations, nm_rotation, name, pos),
	ARRAY("path", "paths", paths, nm_path, name, pos),
	ARRAY("schedule", "schedules", schedules, nm_schedule, name, pos),
	ARRAY("calendar", "calendars", calendars, nm_calendar, name, pos),
	ARRAY("callers", "callers", callers, nm_callers, name, pos),
	ARRAY("rule", "rules", rules, nm_rule, name, pos),
	ARRAY("override", "overrides", overrides, nm_override, rule.name, rule.pos),
	SINGLE("emergency", "emergency", emergency),
	SINGLE("text_back", "text back", text_back),
	SINGLE("follow_up", "follow up", follow_up),
	ARRAY("guarantee", "guarantees", guarantees, nm_guarantee, name, pos),
	ARRAY("test", "tests", tests, nm_test, name, pos),
	ARRAY("account", "accounts", accounts, nm_account, name, pos),
	WRITTEN_ONLY("targets", "targets"),
	WRITTEN_ONLY("value", "value"),
	SINGLE("crm", "crm", crm),
};

const size_t plan_kinds_count = sizeof plan_kinds / sizeof *plan_kinds;

const struct plan_kind *plan_kind_of(const char *section)
{
	for (size_t i = 0; i < plan_kinds_count; i++)
		if (!strcmp(plan_kinds[i].section, section))
			return &plan_kinds[i];
	return NULL;
}

size_t plan_parts(const struct nm_plan *plan, const struct plan_kind *kind)
{
	const char *at = (const char *)plan;
	bool given = false;
	size_t n;

	if (!kind->single) {
		memcpy(&n, at + kind->count, sizeof n);
		return n;
	}
	if (kind->count)
		memcpy(&given, at + kind->count, sizeof given);
	return given;
}

struct plan_part plan_part(const struct nm_plan *plan, const struct plan_kind *kind, size_t i)
{
	struct plan_part part = {.name = ""};
	const char *at = (const char *)plan;

	if (!kind->single) {
		memcpy(&at, at + kind->array, sizeof at);
		at += i * kind->size;
		memcpy(&part.name, at + kind->name, sizeof part.name);
	}
	memcpy(&part.pos, at + kind->pos, sizeof part.pos);
	return part;
}

/* --- references --- */

bool plan_names_sections(const struct nm_option_info *info)
{
	return info->type == NM_TYPE_REFERENCE || info->type == NM_TYPE_REFERENCES || info->type == NM_TYPE_TARGETS;
}

/* "owner=busy" names owner. */
static bool sets(const char *value, const char *name)
{
	const size_t len = strlen(name);

	return !strncmp(value, name, len) && value[len] == '=';
}

bool value_names(const struct nm_option_info *info, const char *value, const char *name)
{
	return info->type == NM_TYPE_SETTINGS ? sets(value, name) : !strcmp(value, name);
}

/* The values are looked at first: few are the name, and which option it is takes longer to find out. */
static bool names(const char *section, const struct nm_written_option *option, const char *kind, const char *name)
{
	const struct nm_option_info *info;
	bool has = false, set = false;

	for (size_t i = 0; i < option->n; i++) {
		has |= !strcmp(option->values[i], name);
		set |= sets(option->values[i], name);
	}
	info = has || set ? nm_option_find(section, option->name) : NULL;
	if (!info)
		return false;
	if (info->type == NM_TYPE_SETTINGS)
		return set && !strcmp(kind, "destination");
	return has && plan_names_sections(info) && nm_word_listed(info->values, kind);
}

void plan_namings(const struct nm_written *written, const char *kind, const char *name, plan_naming *found,
		  void *context)
{
	for (size_t i = 0; i < written->n; i++) {
		const struct nm_written_section *section = &written->sections[i];

		for (size_t j = 0; j < section->n; j++) {
			if (names(section->kind, &section->options[j], kind, name))
				found(context, section, &section->options[j]);
		}
	}
}

void place_words(const struct nm_place *place, char out[static PLACE_TEXT])
{
	if (!place->section[0])
		snprintf(out, PLACE_TEXT, "the plan");
	else if (place->step >= 0)
		snprintf(out, PLACE_TEXT, "step %d of path %s", place->step + 1, place->title);
	else
		snprintf(out, PLACE_TEXT, "%s%s%s", place->section, place->title ? " " : "",
			 place->title ? place->title : "");
}

void pos_words(struct nm_pos pos, char *out, size_t size)
{
	const char *slash = pos.file ? strrchr(pos.file, '/') : NULL;
	int n = 0;

	if (pos.file && pos.line > 0)
		n = snprintf(out, size, "%s:%d", slash ? slash + 1 : pos.file, pos.line);
	if (n <= 0 || (size_t)n >= size)
		out[0] = '\0';
}

enum nm_code title_write(const char *name, struct nm_buf *out, struct nm_error *err)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	struct nm_buf quoted;
	enum nm_code code;

	nm_buf_init(&quoted, 4096);
	code = nm_edit_quote_name(name, &quoted, err);
	if (!code)
		nm_buf_add(out, name[strspn(name, bare)] ? quoted.data : name);
	nm_buf_clear(&quoted);
	return code;
}

struct nm_place place_of(const struct nm_written_section *section)
{
	return (struct nm_place){
		.section = section->step < 0 ? section->kind : "path", .title = section->title, .step = section->step};
}
