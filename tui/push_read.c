/* SPDX-License-Identifier: MIT */
/* What came of reading the lines when somebody asked for it, in a sentence: whether it is as before, how many stand how. */
#include <stdio.h>

#include "push.h"

#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	return (hash ^ '\n') * FNV_PRIME;
}

/* All that the screen can tell of a line. */
static uint64_t hash_line(uint64_t hash, const struct nm_line_status *line)
{
	hash = (hash ^ (unsigned)line->sync) * FNV_PRIME;
	hash = (hash ^ (unsigned)line->as_assumed) * FNV_PRIME;
	hash = hash_text(hash, line->words);
	hash = hash_text(hash, line->note);
	for (size_t i = 0; i < line->differences.n; i++) {
		const struct nm_difference *difference = &line->differences.items[i];

		hash = hash_text(hash, difference->when);
		hash = hash_text(hash, difference->callers);
		hash = hash_text(hash, difference->a_words);
		hash = hash_text(hash, difference->b_words);
	}
	return hash;
}

uint64_t push_read_mark(const struct session *session)
{
	uint64_t hash = FNV_BASIS;

	if (!session->status_known)
		return 0;
	for (size_t i = 0; i < session->status.n; i++)
		hash = hash_line(hash, &session->status.lines[i]);
	return hash ? hash : 1;
}

enum stand { STAND_SAME, STAND_RENAMED, STAND_DRIFT, STAND_NOTHING, STAND_FOREIGN, STAND_ASSUMED, STAND_HAND, STAND_UNKNOWN, STANDS };

static enum stand stand_of(const struct nm_line_status *line)
{
	if (push_by_hand(line))
		return line->as_assumed ? STAND_ASSUMED : STAND_HAND;
	switch (line->sync) {
	case NM_SYNC_SAME:
		return STAND_SAME;
	case NM_SYNC_RENAMED:
		return STAND_RENAMED;
	case NM_SYNC_DRIFT:
		return STAND_DRIFT;
	case NM_SYNC_NOTHING:
		return STAND_NOTHING;
	case NM_SYNC_FOREIGN:
		return STAND_FOREIGN;
	case NM_SYNC_UNKNOWN:
		break;
	}
	return STAND_UNKNOWN;
}

/* ": in sync"; of several lines ": 3 in sync, 1 unknown". */
static void add_counts(struct nm_buf *out, const struct nm_status *status)
{
	/* One of them, and more. */
	static const char *const words[STANDS][2] = {
		[STAND_SAME] = {"in sync", "in sync"},
		[STAND_RENAMED] = {"renamed", "renamed"},
		[STAND_DRIFT] = {"drifts", "drift"},
		[STAND_NOTHING] = {"nothing there", "with nothing there"},
		[STAND_FOREIGN] = {"not ours", "not ours"},
		[STAND_ASSUMED] = {"assumed", "assumed"},
		[STAND_HAND] = {"to be done by hand", "to be done by hand"},
		[STAND_UNKNOWN] = {"unknown", "unknown"},
	};
	size_t n[STANDS] = {0};
	const char *between = ": ";

	for (size_t i = 0; i < status->n; i++)
		n[stand_of(&status->lines[i])]++;
	for (size_t i = 0; i < STANDS; i++) {
		if (!n[i])
			continue;
		nm_buf_add(out, between);
		if (status->n > 1)
			nm_buf_addf(out, "%zu ", n[i]);
		nm_buf_add(out, words[i][n[i] > 1 || (status->n > 1 && i == STAND_NOTHING)]);
		between = ", ";
	}
}

void push_read_words(const struct session *session, uint64_t before, struct nm_buf *out)
{
	const nm_local local = nm_zone_local(session_zone(session), session->status_at);
	const int minute = (int)((local - nm_local_day(local) * NM_DAY) / 60);

	nm_buf_addf(out, "read at %02d:%02d%s", minute / 60, minute % 60,
		    before && before == push_read_mark(session) ? ", as before" : "");
	add_counts(out, &session->status);
}
