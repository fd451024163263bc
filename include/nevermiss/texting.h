/* SPDX-License-Identifier: MIT */
/*
 * Texts for real: each stands in the store's outbox before its carrier is asked for it, and is sent once: as far as
 * its carrier lists a text within the half minute for which it is looked for, which no carrier promises.  Who wants none
 * (optout.h) gets none: NM_REFUSED.
 */
#ifndef NEVERMISS_TEXTING_H
#define NEVERMISS_TEXTING_H

#include "nevermiss/push.h"

/* From where a text goes: a line's number, through an account of the plan. */
struct nm_sender {
	int line, account;
};

/* line >= 0: that one, through its own account.  -1: as section text_back says, the line `from`, else the first of its
 * account, else the first line whose account can send texts.  NM_INPUT: the plan has no such line. */
enum nm_code nm_texting_sender(const struct nm_plan *plan, int line, struct nm_sender *out,
			       struct nm_error *err) NM_WARN_UNUSED;
/* For a customer who called the line of that name (NULL: none): from the line `from`; -1: from the line called, where
 * its account can send texts, else as with -1 above. */
enum nm_code nm_texting_sender_called(const struct nm_plan *plan, int from, const char *called, struct nm_sender *out,
				      struct nm_error *err) NM_WARN_UNUSED;
/* The number at which a destination is reached; NM_INPUT when it has none. */
enum nm_code nm_texting_recipient(const struct nm_plan *plan, int destination, nm_number *out,
				  struct nm_error *err) NM_WARN_UNUSED;
/* Whether that may be sent: to numbers that nm_plan_toll lets pass, from an account that can, words of 1 to NM_TEXT_MAX
 * characters (or what its carrier takes) without control characters.  NM_REFUSED or NM_INPUT say why not. */
enum nm_code nm_texting_check(const struct nm_plan *plan, struct nm_sender sender, nm_number to,
			      const char *body, struct nm_error *err) NM_WARN_UNUSED;

struct nm_outgoing {
	struct nm_sender sender;
	nm_number to;
	const char *body;
	const char *why; /* it is sent; for the record: "test" */
	int follow_s;    /* how long to wait for what becomes of it */
	/* For a customer: the texts that came to the plan's lines are read right before (inbound.h), and when they cannot
	 * be, nothing is sent (NM_CARRIER): who wants none is not known then. */
	bool customer;
	/* Who wants none is no error: the outbox has the text then, as NM_OUTBOX_REFUSED, and why. */
	bool record;
	/* Asked when nobody else can send (the store's lock is held), right before; anything but NM_OK and nothing is sent.
	 * What it writes stands or falls with the text in the outbox.  NULL: nothing is to be asked. */
	enum nm_code (*check)(void *context, struct nm_error *err);
	void *context;
};

/* Sends it, and tells what is known of it then: out has one text, whose state and words say how that ended.  A text
 * that is NM_OUTBOX_SENDING still may have been sent: nm_texting_finish looks for it.  NM_REFUSED also while another
 * process sends.  The context's `idle` may stop it. */
enum nm_code nm_texting_send(const struct nm_push_context *context, const struct nm_outgoing *outgoing,
			     struct nm_outbox *out, struct nm_error *err) NM_WARN_UNUSED;
/* Texts that earlier runs left in the middle, the oldest first. */
enum nm_code nm_texting_left(struct nm_store *store, struct nm_outbox *out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Is it too old to be sent now?  One that waits ends so; one that may have been sent is only looked for. */
bool nm_texting_stale(const struct nm_outbox_text *text, nm_time now);

struct nm_finishing {
	const int64_t *ids; /* of texts that somebody has said yes to; no other is touched */
	size_t n;
	int follow_s;
};

/* Goes on with texts that earlier runs left: those that may have been sent are looked for first.  out has them, the
 * oldest first, as they stand now.  Where one is to a customer, as its `why` says, the texts that came are read before, and
 * when they cannot be (NM_CARRIER), all stay as they are. */
enum nm_code nm_texting_finish(const struct nm_push_context *context, const struct nm_finishing *finishing,
			       struct nm_outbox *out, struct nm_error *err) NM_WARN_UNUSED;
/* The same with all that were left of one reason (nm_outgoing.why). */
enum nm_code nm_texting_finish_why(const struct nm_push_context *context, const char *why, int follow_s,
				   struct nm_outbox *out, struct nm_error *err) NM_WARN_UNUSED;

/* Asks what became of texts whose carriers had only taken them (nm_store_outbox_unsettled), as far as these
 * tell: some say only minutes later that a number is a landline's, or that whom it was for has opted out, which counts as
 * if they had said so at once; an open follow-up for which one was has a note of it.  out has those that did not arrive, as they stand now.  A carrier that does not answer is
 * no error: what it has is asked about later. */
enum nm_code nm_texting_follow(const struct nm_push_context *context, struct nm_outbox *out,
			       struct nm_error *err) NM_WARN_UNUSED;

/* --- the texts that missed callers get (text_back.h) --- */

struct nm_text_backs {
	size_t sent;    /* with dry: that would be */
	size_t waiting; /* due, and not sent: why is nm_text_backs_list's to say */
	size_t capped;  /* of these, for which the caps of an hour or a day have no room */
	size_t refused; /* calls of the last hour that were missed and get none, or have had it */
	nm_time next;   /* when one that waits may leave; NM_TIME_MAX: none waits */
	int full;       /* as nm_inbound_full has it; with dry -1 */
};

/* Reads the texts that came, goes on with text-backs that an earlier run left, and sends those that are due for the
 * missed calls of the last hour in the log; older ones get none, for a text would not be an answer to them any more.
 * Stopped at any point, the next run sends no text twice.  dry: nothing is read from carriers, sent or written.
 * texts (nm_outbox_clear; may be NULL): those that were sent or tried, as they stand.  NM_CARRIER when the texts that
 * came could not be read, and then nothing was sent: all that is due waits; *out is filled then too. */
enum nm_code nm_text_backs_run(const struct nm_push_context *context, bool dry, struct nm_text_backs *out,
			       struct nm_outbox *texts, struct nm_error *err) NM_WARN_UNUSED;

/* --- the surveys that customers get (survey.h) --- */

struct nm_surveys_run {
	bool dry; /* nothing is read from carriers, sent or written */
	void (*tell)(void *context, const struct nm_outbox_text *text); /* of each that was sent or tried; NULL */
	void *context;
};

struct nm_surveys {
	size_t sent;    /* with dry: that would be */
	size_t waiting; /* due, or to be soon, and not sent: why is nm_surveys_list's to say */
	size_t refused; /* that get none, those left out whose customer was asked; and those that failed */
	nm_time next;   /* when one that waits may leave; NM_TIME_MAX: none waits */
};

/* Goes on with surveys that an earlier run left, and sends those that are due for follow-ups that ended within a day.
 * Stopped at any point, the next run sends none twice.  Answers are nm_inbound_read's to bring.  NM_CARRIER as with
 * nm_texting_send; *out is filled then too. */
enum nm_code nm_surveys_run(const struct nm_push_context *context, const struct nm_surveys_run *run,
			    struct nm_surveys *out, struct nm_error *err) NM_WARN_UNUSED;

#endif
