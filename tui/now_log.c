/* SPDX-License-Identifier: MIT */
/*
 * What the Now screen tells of the log: the figures of the last 30 days, who is to be called back, and emergencies
 * that nobody has answered.
 * In: the session's store.  Out: now_log.  Reads when the keyboard is quiet.
 */
#include "now.h"

#define OPEN_MOST 10000 /* follow-ups that are looked at; the oldest */

void now_log_clear(struct now_log *log)
{
	nm_report_clear(&log->report);
	nm_report_clear(&log->course);
	nm_arena_free(log->arena);
	*log = (struct now_log){ .due_at = NM_TIME_MAX };
}

struct counting {
	struct now_log *log;
	const struct session *session;
};

static enum nm_code count_due(void *context, const struct nm_followup *followup, struct nm_error *err)
{
	const struct counting *counting = context;
	const struct nm_followup_due due = session_due(counting->session, followup);
	struct now_log *log = counting->log;

	(void)err;
	log->due += due.next != NM_NEXT_NONE;
	log->due_at = due.at < log->due_at ? due.at : log->due_at;
	return NM_OK;
}

/* Where it fails, nothing is due. */
static void read_due(struct now_log *log, struct app *app, struct nm_store *store)
{
	struct counting counting = { log, app->session };
	const struct nm_followup_walk open = {
		.filter = { .open = true,
			    .since = NM_TIME_MIN,
			    .until = NM_TIME_MAX,
			    .most = OPEN_MOST,
			    .now = app_now(app) },
		.take = count_due,
		.context = &counting,
	};

	if (!nm_store_followups_walk(store, &open, &log->due_more, NULL))
		return;
	log->due = 0;
	log->due_at = NM_TIME_MAX;
}

/* Where it fails, none is open. */
static void read_alerts(struct now_log *log, struct nm_store *store)
{
	struct nm_call_alert *alerts;
	size_t n;

	if (nm_store_alerts(store, NM_TIME_MAX, log->arena, &alerts, &n, NULL) || n == 0)
		return;
	log->alert = alerts[n - 1];
	if (!nm_store_call_get(store, log->alert.call, log->arena, &log->alerted, NULL))
		log->n_alerts = n;
}

/* Of all lines; where it fails, of no calls. */
static void read_report(struct app *app, struct nm_store *store, struct nm_span span, struct nm_report *out)
{
	const struct nm_report_options options = { .span = span, .line = -1 };

	if (nm_report(store, app_plan(app), &options, out, NULL))
		*out = (struct nm_report){ 0 };
}

void now_log_read(struct now_log *log, struct app *app)
{
	struct nm_store *store;

	now_log_clear(log);
	if (session_store(app->session, &store, NULL))
		return;
	read_report(app, store, nm_report_last_30_days(app_now(app)), &log->report);
	read_report(app, store, nm_report_course(session_zone(app->session), app_now(app) / 60 * 60), &log->course);
	read_due(log, app, store);
	log->arena = nm_arena_new();
	if (!log->arena || session_floods(app->session, app_plan(app), log->arena, &log->floods, &log->n_floods, NULL))
		log->n_floods = 0;
	if (log->arena)
		read_alerts(log, store);
	log->crm_refused = app_plan(app)->crm.given ? session_crm_refused(app->session) : 0;
}
