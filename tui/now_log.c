/* SPDX-License-Identifier: MIT */
/*
 * What the Now screen tells of the log: the figures of the last 30 days, and who is to be called back.
 * In: the session's store.  Out: now_log.  Reads when the keyboard is quiet.
 */
#include "now.h"

#define OPEN_MOST 10000 /* follow-ups that are looked at; the oldest */

void now_log_clear(struct now_log *log)
{
	nm_report_clear(&log->report);
	nm_arena_free(log->arena);
	*log = (struct now_log){ .due_at = NM_TIME_MAX };
}

static void read_due(struct now_log *log, struct app *app, struct nm_store *store)
{
	const struct nm_followup_filter open = {
		.open = true,
		.since = NM_TIME_MIN,
		.until = NM_TIME_MAX,
		.most = OPEN_MOST,
		.now = app_now(app),
	};
	struct nm_followups followups;

	if (nm_store_followups(store, &open, &followups, NULL))
		return;
	for (size_t i = 0; i < followups.n; i++) {
		const struct nm_followup_due due = session_due(app->session, &followups.items[i]);

		log->due += due.next != NM_NEXT_NONE;
		log->due_at = due.at < log->due_at ? due.at : log->due_at;
	}
	log->due_more = followups.more;
	nm_followups_clear(&followups);
}

void now_log_read(struct now_log *log, struct app *app)
{
	const struct nm_report_options options = { .span = nm_report_30_days(app_now(app)), .line = -1 };
	struct nm_store *store;

	now_log_clear(log);
	if (session_store(app->session, &store, NULL))
		return;
	if (nm_report(store, app_plan(app), &options, &log->report, NULL))
		log->report = (struct nm_report){ 0 };
	read_due(log, app, store);
	log->arena = nm_arena_new();
	if (!log->arena || session_floods(app->session, log->arena, &log->floods, &log->n_floods, NULL))
		log->n_floods = 0;
	log->crm_refused = app_plan(app)->crm.given ? session_crm_refused(app->session) : 0;
}
