/* SPDX-License-Identifier: MIT */
/*
 * What a line will do, to be read without any other knowledge: everything that callers get, with a letter, when
 * and for whom, and the coming week hour by hour.
 */
#ifndef TUI_OUTLINE_H
#define TUI_OUTLINE_H

#include "nevermiss/json.h"
#include "nevermiss/route.h"

/* From `now` to the end of the route; indented by two blanks.  The title is half a sentence: "what callers get". */
enum nm_code outline_add(struct nm_buf *out, const char *title, const struct nm_route *route, nm_time now,
			 struct nm_error *err) NM_WARN_UNUSED;
/* The same as the member `key`: an item for each thing that callers get, its first windows with it. */
enum nm_code outline_json(struct nm_json *json, const char *key, const struct nm_route *route, nm_time now,
			  struct nm_error *err) NM_WARN_UNUSED;

#endif
