/* SPDX-License-Identifier: MIT */
/*
 * What happens to a call, and what a phone does, as people say it.  nm_event_name and nm_behaviour_name are what commands,
 * files and JSON say instead.
 */
#ifndef TUI_SPOKEN_H
#define TUI_SPOKEN_H

#include "nevermiss/decide.h"

#define SPOKEN_WIDTH 9 /* columns of the longest */

const char *spoken_event(enum nm_event_kind kind);          /* "no answer", "swallowed" */
const char *spoken_behaviour(enum nm_behaviour behaviour);  /* the event that it comes to */

#endif
