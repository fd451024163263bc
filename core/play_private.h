/* SPDX-License-Identifier: MIT */
/*
 * Between playing a call (play.c) and telling why it went so (play_reasons.c).  Private to these two.
 */
#ifndef NEVERMISS_PLAY_PRIVATE_H
#define NEVERMISS_PLAY_PRIVATE_H

#include "nevermiss/decide.h"

enum leg_kind { LEG_SILENT, LEG_DROPS, LEG_ANSWERS, LEG_SWALLOWS, LEG_VOICEMAIL };

/* How one party's part of a step would end if it were alone; `at` in seconds from the step's start. */
struct leg {
	enum leg_kind kind;
	int at;
	const char *who;
	enum nm_kind who_kind;
	enum nm_event_kind event; /* LEG_DROPS: why */
	const struct nm_treatment *nested;
};

/* All of these are constant or from the arena, and NULL when memory is out. */
const char *nm_play_reject_reason(struct nm_arena *arena, const struct nm_treatment *treatment);
/* The first step of a line also names the rule that led there. */
const char *nm_play_step_reason(struct nm_arena *arena, const struct nm_treatment *treatment,
				const struct nm_treatment_step *step, bool first);
/* The first event of a step is told with the step's reason, others with what is special about them. */
const char *nm_play_ring_reason(struct nm_arena *arena, const struct nm_party *party, const char *reason,
				bool first);
/* Nobody took it in the time that it rang. */
const char *nm_play_silence_reason(struct nm_arena *arena, const struct nm_treatment_step *step);
const char *nm_play_drop_reason(struct nm_arena *arena, const struct nm_party *party, const struct leg *leg);
const char *nm_play_take_reason(struct nm_arena *arena, const struct nm_party *party, const struct leg *leg);

#endif
