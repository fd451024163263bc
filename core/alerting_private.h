/* SPDX-License-Identifier: MIT */
/* Core's own: one run over the alerts of emergencies (alerts.h), for alerting.c and alerting_notice.c. */
#ifndef CORE_ALERTING_PRIVATE_H
#define CORE_ALERTING_PRIVATE_H

#include "nevermiss/alerts.h"
#include "nevermiss/timeline.h"

struct nm_alerter {
	const struct nm_push_context *context;
	const struct nm_alerts_run *run;
	struct nm_alerts_done *out;
	struct nm_arena *arena;       /* of this run */
	struct nm_timeline *timeline; /* of the log's last day; NULL until a new emergency is there; owned */
	bool read;                    /* the texts that came are known */
	struct nm_error trouble;      /* the first, of pieces of work that are all done; NM_OK */
};

/* Tells of one event (nm_alerts_run.tell).  What cannot be told for want of memory is trouble. */
void nm_alerting_tell(struct nm_alerter *a, bool warning, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* alerting_notice.c: writes down whom calls of the log alert that were not seen before, the oldest call first. */
enum nm_code nm_alerting_notice(struct nm_alerter *a, struct nm_error *err) NM_WARN_UNUSED;

#endif
