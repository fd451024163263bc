/* SPDX-License-Identifier: MIT */
/*
 * One call beside the plan, ready to be drawn: what became of it, where it parted from the plan, what may lie behind that,
 * what was and is live, whom it alerted, and both ladders.
 */
#ifndef TUI_CALL_PAGE_H
#define TUI_CALL_PAGE_H

#include "answers.h"
#include "nevermiss/alerts.h"
#include "nevermiss/explain.h"
#include "prompt.h"

struct call_page {
	int64_t id; /* 0: nothing is there */
	struct nm_arena *arena;
	struct nm_explainer *explainer;
	struct nm_call_entry call;
	struct nm_explanation explanation;
	struct nm_explained_lives lives;
	bool alerted; /* it was an emergency that alerted people: */
	struct nm_call_alert alert;
	struct notes head, foot; /* above the ladders, and below */
};

/* Reads and explains it.  On failure there is nothing to clear. */
enum nm_code call_page_read(struct call_page *page, struct session *session, int64_t id,
			    struct nm_error *err) NM_WARN_UNUSED;
void call_page_clear(struct call_page *page);
/* Rows that it needs. */
int call_page_rows(const struct call_page *page, int width);
/* Without its first `top` rows. */
void call_page_draw(const struct call_page *page, struct canvas *canvas, struct box box, int top);
/* For the Simulate screen, on today's plan: everybody does what they did. */
enum nm_code call_page_play(const struct nm_call_entry *call, const struct nm_plan *plan, struct play *out,
			    struct nm_error *err) NM_WARN_UNUSED;

#endif
