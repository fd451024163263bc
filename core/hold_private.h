/* SPDX-License-Identifier: MIT */
/* Core's own: the parts of taking out of a route what a carrier cannot hold (hold.c). */
#ifndef CORE_HOLD_PRIVATE_H
#define CORE_HOLD_PRIVATE_H

#include "nevermiss/carrier.h"

/* A loss in the making: which calls it changes. */
struct nm_hold_draft {
	const char *text, *instead;
	bool *marks; /* [n_situations * n_classes] */
};

struct nm_holder {
	const struct nm_route *route;
	const struct nm_traits *traits;
	struct nm_route *held; /* what is left, in the making */
	struct nm_losses losses;
	struct nm_hold_draft *drafts;
	size_t n, capacity;
	bool failed; /* memory */
};

/* The loss of these words, new or as before; NULL when memory is out.  Texts are the arena's (of the losses) or
 * constant.  The pointer holds until the next one is made. */
struct nm_hold_draft *nm_hold_draft(struct nm_holder *h, const char *text, const char *instead);
/* A draft of NULL is passed over. */
void nm_hold_mark(const struct nm_holder *h, struct nm_hold_draft *draft, size_t situation, size_t class);
/* Every call that gets this treatment. */
void nm_hold_mark_treatment(const struct nm_holder *h, struct nm_hold_draft *draft, int treatment);
/* From the drafts to h->losses; false when memory is out. */
bool nm_hold_losses(struct nm_holder *h);
/* The held route's treatments, each cut down; false when memory is out. */
bool nm_hold_treatments(struct nm_holder *h);
/* One treatment cut down, its text back aside; who is not rung stands among the skips of the step.  *changed:
 * something is lost.  From the arena, sharing the texts of both; NULL: out of memory. */
struct nm_treatment *nm_hold_treatment(const struct nm_treatment *treatment, const struct nm_traits *traits,
				       const struct nm_party *handset, struct nm_arena *arena, bool *changed);

/* A treatment that is being cut down to what the carrier can do. */
struct nm_cut {
	const struct nm_traits *traits;
	const struct nm_party *handset; /* the line's own phone */
	struct nm_treatment *treatment; /* its own copy */
	struct nm_arena *arena;         /* of what is left */
	struct nm_arena *words;         /* of what is said */
	struct nm_holder *h; /* who gathers losses; NULL: nobody, who is not rung is told as skipped */
	int index;           /* of the treatment, with h */
	bool changed, failed;
};
/* Something about the treatment is lost; of a step when step is not NULL.  Texts are of cut->words or constant. */
void nm_cut_lose(struct nm_cut *cut, const struct nm_treatment_step *step, const char *what, const char *who,
		 const char *instead);
/* hold_text.c: its texts; the text back only where losses are gathered. */
void nm_cut_texts(struct nm_cut *cut);

#endif
