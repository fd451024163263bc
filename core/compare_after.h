/* SPDX-License-Identifier: MIT */
/* Core's own: what comes after a call that nobody answered, compared between two plans. */
#ifndef CORE_COMPARE_AFTER_H
#define CORE_COMPARE_AFTER_H

#include "core/route_private.h"
#include "nevermiss/timeline.h"

/* Takes a copy: what the difference points at is gone when it returns. */
typedef enum nm_code nm_difference_told(void *context, const struct nm_difference *item, struct nm_error *err);

/* Both timelines have the same span.  Tells of the text back and of the call back, each in as many differences as there
 * are ways in which it differs. */
enum nm_code nm_compare_after(const struct nm_timeline *old, const struct nm_timeline *new_timeline,
			      nm_difference_told *tell, void *context, struct nm_error *err) NM_WARN_UNUSED;

#endif
