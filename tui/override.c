/* SPDX-License-Identifier: MIT */
/*
 * See override.h.  In: the session's plan and clock, a wish.  Out: edits.  Makes none, asks nobody.
 */
#include "override.h"

#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
#define NAME_FREE	"by-hand-"

/* NULL when there is none of that name. */
static const struct nm_override *find(const struct nm_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_overrides; i++)
		if (!strcmp(plan->overrides[i].rule.name, name))
			return &plan->overrides[i];
	return NULL;
}

/* The first number that nobody has; there are more numbers to try than overrides. */
static void free_name(const struct nm_plan *plan, struct nm_buf *out)
{
	for (size_t i = 1; i <= plan->n_overrides + 1; i++) {
		nm_buf_clear(out);
		nm_buf_addf(out, NAME_FREE "%zu", i);
		if (!find(plan, out->data))
			break;
	}
}

static enum nm_code choose_name(const struct nm_plan *plan, const char *wished, struct nm_buf *out, struct nm_error *err)
{
	if (!wished) {
		free_name(plan, out);
		return out->failed ? nm_fail_memory(err) : NM_OK;
	}
	if (!*wished || wished[strspn(wished, NAME_CHARACTERS)])
		return nm_fail(err, NM_INPUT, "`%s`: an override's name is letters, digits, - and _", wished);
	if (find(plan, wished))
		return nm_fail(err, NM_INPUT, "there is an override `%s` already: end it, or take another name", wished);
	nm_buf_add(out, wished);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}

/* Whole minutes read better. */
static nm_time unit_of(int64_t length_s)
{
	return length_s % 60 ? 1 : 60;
}

/* Already begun: it is in force as soon as it is written. */
static nm_time begin_of(nm_time now, int64_t length_s)
{
	const nm_time unit = unit_of(length_s);

	return now / unit * unit;
}

nm_time override_until(nm_time now, int64_t length_s)
{
	return begin_of(now, length_s) + length_s;
}

enum nm_code override_begin(const struct session *session, const struct override_wish *wish, struct nm_buf *name,
			    struct nm_buf *section, struct nm_edit *out, struct nm_error *err)
{
	const struct nm_zone *zone = session->plan->zone;
	const nm_time now = session_now(session);
	char from_text[NM_TIME_TEXT], until_text[NM_TIME_TEXT];
	enum nm_code code = choose_name(session->plan, wish->name, name, err);

	if (code)
		return code;
	nm_time_argument(zone, begin_of(now, wish->length_s), from_text);
	nm_time_argument(zone, override_until(now, wish->length_s), until_text);
	nm_buf_addf(section, "override %s {\n\tfrom = \"%s\"\n\tuntil = \"%s\"\n", name->data, from_text, until_text);
	if (wish->line)
		nm_buf_addf(section, "\tlines = %s\n", wish->line);
	if (wish->callers)
		nm_buf_addf(section, "\tcallers = %s\n", wish->callers);
	nm_buf_addf(section, "\t%s = %s\n}\n", wish->path ? "path" : "reject", wish->path ? wish->path : wish->reject);
	if (section->failed)
		return nm_fail_memory(err);
	*out = session_override(session, section->data);
	return NM_OK;
}

enum nm_code override_end(const struct session *session, const char *name, struct nm_edit *out, struct nm_error *err)
{
	const struct nm_override *override = find(session->plan, name);
	struct nm_file_text file;

	if (!override)
		return nm_fail(err, NM_INPUT, "no override `%s`; `nevermiss override --list` shows them", name);
	if (!nm_texts_find(session_texts(session), nm_texts_name(session->options.plan_file, override->rule.pos.file), &file))
		return nm_fail(err, NM_INPUT, "override `%s` stands in %s, line %d, which is not edited here: take it out there",
			       name, override->rule.pos.file, override->rule.pos.line);
	*out = (struct nm_edit){.op = NM_EDIT_REMOVE, .place = {.section = "override", .title = name, .step = -1}};
	return NM_OK;
}

bool override_in_force(const struct nm_override *override, nm_time now)
{
	return override->from <= now && now < override->until;
}

const char *override_state(const struct nm_override *override, nm_time now)
{
	if (now < override->from)
		return "to come";
	return override_in_force(override, now) ? "in force" : "over";
}

int64_t override_age(const struct nm_override *override, nm_time now)
{
	return now > override->from ? now - override->from : 0;
}
