/* SPDX-License-Identifier: MIT */
/* Work by hand (handwork.h).  Comes in: the status of a line.  Goes out: what somebody is to do for it. */
#include "handwork.h"

#include <stdio.h>
#include <string.h>

bool handwork_line(const struct nm_plan *plan, int line)
{
	const struct nm_carrier *carrier = nm_carrier_find(plan->accounts[plan->lines[line].account].driver);

	return carrier && carrier->traits.by_hand;
}

/* Facts are no part of what is to be done. */
void handwork_mark(const struct nm_artefact *artefact, char out[HANDWORK_MARK])
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < artefact->n; i++)
		for (size_t j = 0; !nm_part_is_fact(&artefact->parts[i]) && j < artefact->parts[i].len; j++)
			hash = (hash ^ (unsigned char)artefact->parts[i].bytes[j]) * 16777619u;
	snprintf(out, HANDWORK_MARK, "%04x", (hash ^ hash >> 16) & 0xffff);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

enum nm_code handwork_items(const struct nm_artefact *artefact, struct nm_arena *arena,
			    struct handwork_item **items, size_t *n, struct nm_error *err)
{
	const bool codes = artefact->n && !strcmp(artefact->parts[0].name, "codes");

	return handwork_lines(artefact->n ? artefact->parts[0].bytes : "", codes, arena, items, n, err);
}

enum nm_code handwork_lines(const char *at, bool codes, struct nm_arena *arena, struct handwork_item **items,
			    size_t *n, struct nm_error *err)
{
	const size_t most = count_lines(at);

	*n = 0;
	*items = nm_arena_alloc(arena, most, sizeof **items);
	if (!*items)
		return nm_fail_memory(err);
	while (*n < most) {
		struct handwork_item *item = &(*items)[(*n)++];
		const size_t len = strcspn(at, "\n"), code = codes ? strcspn(at, " \n") : 0;
		const size_t words = code + strspn(at + code, " ");

		item->code = codes ? nm_arena_textn(arena, at, code) : NULL;
		item->words = nm_arena_textn(arena, at + words, len - words);
		if (!item->words || (codes && !item->code))
			return nm_fail_memory(err);
		at += len + 1;
	}
	return NM_OK;
}

/* When each was done for the newest push. */
static bool take_done(struct handwork *work, const struct nm_line_status *status)
{
	for (size_t i = 0; i < work->n; i++) {
		struct handwork_item *item = &work->items[i];
		const char *name = item->code ? item->code : item->words;

		for (size_t j = 0; j < status->n_done; j++) {
			if (!strcmp(status->done[j].what, name) &&
			    !(item->when = nm_arena_text(work->arena, status->done[j].when)))
				return false;
		}
	}
	return true;
}

static bool copy_part(struct handwork *work, const struct nm_artefact *artefact, const char *name,
		      const char **out)
{
	const struct nm_part *part = nm_artefact_find(artefact, name);

	*out = part ? nm_arena_text(work->arena, part->bytes) : NULL;
	return !part || *out;
}

static enum nm_code fill(struct handwork *work, const struct nm_plan *plan,
			 const struct nm_line_status *status, nm_time now, struct nm_error *err)
{
	const struct nm_account *account = &plan->accounts[plan->lines[status->line].account];
	const struct nm_span within = { now, now + HANDWORK_DAYS * (nm_time)NM_DAY };
	enum nm_code code = handwork_items(&status->wanted, work->arena, &work->items, &work->n, err);

	if (code)
		return code;
	if (status->refusal && !(work->refusal = nm_arena_text(work->arena, status->refusal)))
		return nm_fail_memory(err);
	if (!take_done(work, status) || !copy_part(work, &status->wanted, "every call to", &work->every) ||
	    !copy_part(work, &status->wanted, "to take it back", &work->back) ||
	    !copy_part(work, &status->wanted, "notes", &work->notes))
		return nm_fail_memory(err);
	return nm_carrier_next(status->carrier, account, status->plan_route, within, &status->wanted,
			       &work->next, err);
}

enum nm_code handwork_build(const struct nm_plan *plan, const struct nm_line_status *status, nm_time now,
			    struct handwork *out, struct nm_error *err)
{
	struct handwork work = { .arena = nm_arena_new(), .line = status->line, .next.at = NM_TIME_MAX };
	enum nm_code code = work.arena ? fill(&work, plan, status, now, err) : nm_fail_memory(err);

	if (code)
		handwork_clear(&work);
	else
		*out = work;
	return code;
}

void handwork_clear(struct handwork *work)
{
	nm_next_clear(&work->next);
	nm_arena_free(work->arena);
	*work = (struct handwork){ .next.at = NM_TIME_MAX };
}

void handwork_next_words(const struct nm_plan *plan, const struct nm_line_status *status,
			 const struct handwork *work, struct nm_buf *out)
{
	const struct nm_route *route = work->next.held ? work->next.held : status->plan_route;
	const struct nm_treatment *treatment;
	char when[NM_TIME_TEXT];

	if (work->next.at == NM_TIME_MAX)
		return;
	nm_time_words(plan->zone, work->next.at, false, when);
	nm_buf_addf(out, "%s: ", when);
	if (work->next.refusal.code) {
		nm_buf_addf(out, "cannot be done: %s", work->next.refusal.text);
		return;
	}
	treatment = nm_route_treatment(route, work->next.at, (struct nm_caller){ 0 }, false);
	if (treatment)
		nm_treatment_words(treatment, out);
}
