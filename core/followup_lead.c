/* SPDX-License-Identifier: MIT */
/*
 * Leads as somebody wrote them: text -> a lead that can be kept, or the reason why not.  What comes from a web form is
 * anybody's: sizes are bounded, and nothing of it is taken for more than it is.
 */
#include <string.h>

#include "core/carrier/json.h"
#include "core/utf8.h"
#include "nevermiss/followup.h"

/* Text, and not more of it than is kept. */
static enum nm_code check_text(const char *what, const char *text, size_t most, struct nm_error *err)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t length;

	if (text == NULL)
		return NM_OK;
	if (strlen(text) > most)
		return nm_fail(err, NM_INPUT, "%s is longer than %zu bytes", what, most);
	for (; *at != '\0'; at += length) {
		length = nm_utf8_length(at);
		if (length == 0)
			return nm_fail(err, NM_INPUT, "%s is not UTF-8", what);
	}
	return NM_OK;
}

static enum nm_code read_channel(const char *text, enum nm_channel *out, struct nm_error *err)
{
	if (text == NULL)
		return nm_fail(err, NM_INPUT, "how did it come? channel is phone, text or web");
	if (nm_channel_find(text, out))
		return NM_OK;
	return nm_fail(err, NM_INPUT, "channel %.40s: phone, text or web", text);
}

/* By its name, as the plan has it, or its number, as whoever writes rows has it; -1. */
static int find_line(const struct nm_plan *plan, const char *text)
{
	const int named = nm_plan_find_line(plan, text);
	nm_number number;

	if (named >= 0 || nm_number_read(text, plan->country, &number, NULL) != NM_OK)
		return named;
	return nm_plan_find_number(plan, number);
}

static enum nm_code read_line(const struct nm_plan *plan, const char *text, const char **out,
			      struct nm_error *err)
{
	const int line = text != NULL ? find_line(plan, text) : -1;

	if (text != NULL && line < 0)
		return nm_fail(err, NM_INPUT, "no line `%.40s` in the plan: a name or the number of one is wanted", text);
	*out = line >= 0 ? plan->lines[line].name : NULL;
	return NM_OK;
}

static enum nm_code read_at(const struct nm_plan *plan, const char *text, nm_time now, nm_time *out,
			    struct nm_error *err)
{
	enum nm_code code;

	*out = now;
	if (text == NULL)
		return NM_OK;
	code = nm_time_read(text, plan->zone, now, out, err);
	if (code == NM_OK && (*out <= 0 || *out > now))
		return nm_fail(err, NM_INPUT, "at %.40s: a lead came by now, and not before 1970", text);
	return code;
}

enum nm_code nm_lead_read(const struct nm_plan *plan, const struct nm_lead_text *text, nm_time now,
			  struct nm_followup *out, struct nm_error *err)
{
	struct nm_followup lead = { .name = text->name, .words = text->words };
	enum nm_code code = read_channel(text->channel, &lead.channel, err);

	if (code == NM_OK && text->number != NULL)
		code = nm_number_read(text->number, plan->country, &lead.number, err);
	if (code == NM_OK)
		code = check_text("the name", text->name, NM_LEAD_NAME, err);
	if (code == NM_OK)
		code = check_text("what was said", text->words, NM_LEAD_WORDS, err);
	if (code == NM_OK)
		code = read_line(plan, text->line, &lead.line, err);
	if (code == NM_OK)
		code = read_at(plan, text->at, now, &lead.opened, err);
	if (code == NM_OK && lead.number == 0 && (lead.name == NULL || *lead.name == '\0'))
		code = nm_fail(err, NM_INPUT,
			       "a lead needs a number or a name, or nobody can be called back");
	if (code == NM_OK)
		*out = lead;
	return code;
}

/* The members of a row, borrowed from it. */
static enum nm_code read_members(const struct nm_node *row, struct nm_lead_text *out, struct nm_error *err)
{
	const struct {
		const char *key;
		const char **text;
	} members[] = {
		{ "channel", &out->channel }, { "number", &out->number }, { "name", &out->name },
		{ "words", &out->words },     { "line", &out->line },     { "at", &out->at },
	};
	static const char *const keys[] = { "channel", "number", "name", "words", "line", "at", NULL };
	const char *extra = NULL;

	if (!nm_node_is_object(row))
		return nm_fail(err, NM_INPUT, "not a JSON object");
	if (!nm_node_only(row, keys, &extra))
		return nm_fail(err, NM_INPUT,
			       "`%.40s` is no member of a lead: channel, number, name, words, line, at are",
			       extra != NULL ? extra : "");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct nm_node *member = nm_node_get(row, members[i].key);

		*members[i].text = nm_node_text(member);
		if (member != NULL && !nm_node_is_null(member) && *members[i].text == NULL)
			return nm_fail(err, NM_INPUT, "%s is not a text", members[i].key);
	}
	return NM_OK;
}

/* A text of a row that goes, in the arena; false: out of memory. */
static bool keep(struct nm_arena *arena, const char **text)
{
	if (*text == NULL)
		return true;
	*text = nm_arena_text(arena, *text);
	return *text != NULL;
}

enum nm_code nm_lead_read_json(const struct nm_plan *plan, const char *row, size_t len, nm_time now,
			       struct nm_arena *arena, struct nm_followup *out, struct nm_error *err)
{
	struct nm_lead_text text = { 0 };
	struct nm_followup lead;
	struct nm_node *node = NULL;
	enum nm_code code = nm_node_read(row, len, &node, err);

	if (code == NM_OK)
		code = read_members(node, &text, err);
	if (code == NM_OK)
		code = nm_lead_read(plan, &text, now, &lead, err);
	if (code == NM_OK && (!keep(arena, &lead.name) || !keep(arena, &lead.words)))
		code = nm_fail_memory(err);
	nm_node_free(node);
	if (code == NM_OK)
		*out = lead;
	return code;
}
