/* SPDX-License-Identifier: MIT */
/*
 * What the demo's people did for those whom nobody took: called back, sooner from week to week, tried again, texted.
 * In: a call that opened a follow-up.  Out: deeds in the store, each once its time has come.
 */
#include "demo.h"

#define WHO "pat"
#define MINUTE 60
#define RETRY (30 * MINUTE)

void demo_followup_plan(struct demo_followups *followups, nm_time at, enum nm_deed_kind kind,
			enum nm_followup_end end)
{
	if (followups->n < DEMO_DEEDS)
		followups->deeds[followups->n++] =
			(struct demo_deed){ followups->opened, { at, WHO, kind, end, NULL } };
}

static enum nm_followup_end reached(struct demo_story *story)
{
	if (demo_chance(story, 55))
		return NM_FOLLOWUP_BOOKED;
	return demo_chance(story, 80) ? NM_FOLLOWUP_RESOLVED : NM_FOLLOWUP_LOST;
}

void demo_followup_work(struct demo_followups *followups, struct demo_story *story, nm_time opened,
			double progress)
{
	const int slowest = 55 - (int)(40 * progress);
	nm_time at = opened + demo_between(story, 3 * MINUTE, slowest * MINUTE);

	if (!demo_chance(story, 70)) {
		demo_followup_plan(followups, at, NM_DEED_TRIED, NM_FOLLOWUP_OPEN);
		at += RETRY + demo_between(story, 0, 10 * MINUTE);
	}
	if (demo_chance(story, 85)) {
		demo_followup_plan(followups, at, NM_DEED_ENDED, reached(story));
		return;
	}
	demo_followup_plan(followups, at, NM_DEED_TRIED, NM_FOLLOWUP_OPEN);
	demo_followup_plan(followups, at + RETRY, NM_DEED_TEXTED, NM_FOLLOWUP_OPEN);
	demo_followup_plan(followups, at + 6 * RETRY, NM_DEED_ENDED, NM_FOLLOWUP_NO_ANSWER);
}

/* The follow-up may be gone by then: its caller rang again and was answered. */
static enum nm_code is_open(struct nm_store *store, int64_t id, bool *open, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	enum nm_code code =
		arena ? nm_store_followup_get(store, id, arena, &followup, err) : nm_fail_memory(err);

	*open = !code && followup.end == NM_FOLLOWUP_OPEN;
	nm_arena_free(arena);
	return code;
}

enum nm_code demo_followups_until(struct demo_followups *followups, struct nm_store *store, nm_time due,
				  nm_time latest, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	size_t i, left = 0;

	for (i = 0; i < followups->n && !code; i++) {
		struct demo_deed *deed = &followups->deeds[i];
		bool open = false;

		if (deed->deed.at > due) {
			followups->deeds[left++] = *deed;
			continue;
		}
		if (deed->deed.at > latest)
			deed->deed.at = latest;
		code = is_open(store, deed->followup, &open, err);
		if (open)
			code = nm_store_followup_deed(store, deed->followup, &deed->deed, err);
	}
	followups->n = left;
	return code;
}

enum nm_code demo_followup_find(struct demo_followups *followups, struct nm_store *store, nm_time began,
				struct nm_error *err)
{
	const struct nm_followup_filter filter = {
		.open = true, .since = began, .until = began + 1, .most = 1
	};
	struct nm_followups found;
	enum nm_code code = nm_store_followups(store, &filter, &found, err);

	if (code)
		return code;
	followups->opened = found.n ? found.items[0].id : 0;
	nm_followups_clear(&found);
	return NM_OK;
}
