/* SPDX-License-Identifier: MIT */
/*
 * What became of a real call (calls.h).  Comes in: a plan and a carrier's record.  Goes out: an outcome, who took
 * the call, and how sure that is.  It knows no carrier and no store.
 *
 * A caller's own leg counts for little: a carrier calls it completed too when only a mailbox took the call.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/calls.h"

#define VOICEMAIL_NEAR_S 3 /* so near to a phone's own voicemail an answer is probably that */
#define MAILBOX_LEAST_S 3  /* a mailbox has a caller at least so long */
#define WENT_ON_S 5        /* a call that goes on so long after a leg's end was not that leg's any more */
#define TOGETHER_S 2       /* two ends so near are one */

struct judge {
	const struct nm_plan *plan;
	int line;
	const struct nm_record *record;
	bool confirms;
	struct nm_became *out;
};

const char *nm_call_end_name(enum nm_call_end end)
{
	static const char *const names[] = {
		[NM_CALL_ANSWERED] = "answered",   [NM_CALL_VOICEMAIL] = "voicemail",
		[NM_CALL_REJECTED] = "rejected",   [NM_CALL_SWALLOWED] = "swallowed",
		[NM_CALL_ABANDONED] = "abandoned", [NM_CALL_LOST] = "lost",
		[NM_CALL_UNKNOWN] = "unknown",
	};

	return names[end];
}

const char *nm_call_reason_words(enum nm_call_reason reason)
{
	static const char *const words[] = {
		[NM_CALL_LEG_ANSWERED] = "a phone that was rung answered",
		[NM_CALL_OWN_VOICEMAIL] = "it was answered when that phone's own voicemail picks up",
		[NM_CALL_OTHER_LINE] = "it went on to another line, whose own calls say who took it",
		[NM_CALL_OWN_PHONE] = "it was answered and nobody else was rung: the line's own phone",
		[NM_CALL_MAILBOX] = "nobody who was rung took it, and the carrier had it on after that",
		[NM_CALL_HUNG_UP] = "the caller hung up, and nobody had answered",
		[NM_CALL_NOBODY] = "nobody who was rung took it",
		[NM_CALL_TURNED_AWAY] = "the carrier turned it away and rang nobody",
		[NM_CALL_FAILED] = "the carrier calls it failed",
		[NM_CALL_NOT_TOLD] = "the record says that it was answered, not by what",
		[NM_CALL_NO_END] = "the record does not say how it ended",
	};

	return words[reason];
}

/* --- whose number it is --- */

static nm_number read_number(const char *text)
{
	return text[0] == '+' && strspn(text + 1, "0123456789") == strlen(text + 1)
		       ? strtoull(text + 1, NULL, 10)
		       : 0;
}

static const struct nm_destination *find_destination(const struct nm_plan *plan, const char *to)
{
	const nm_number number = read_number(to);

	for (size_t i = 0; i < plan->n_destinations; i++) {
		const struct nm_destination *one = &plan->destinations[i];

		if (number != 0 ? nm_destination_number(plan, one) == number
				: one->address != NULL && strcmp(one->address, to) == 0)
			return one;
	}
	return NULL;
}

static const struct nm_line *find_line(const struct nm_plan *plan, const char *to)
{
	const nm_number number = read_number(to);

	for (size_t i = 0; number != 0 && i < plan->n_lines; i++)
		if (plan->lines[i].number == number)
			return &plan->lines[i];
	return NULL;
}

const char *nm_call_who(const struct nm_plan *plan, const char *number)
{
	const struct nm_destination *destination = find_destination(plan, number);
	const struct nm_line *line = destination == NULL ? find_line(plan, number) : NULL;

	return destination != NULL ? destination->name : line != NULL ? line->name : NULL;
}

/* --- who took it --- */

static bool rings(const struct nm_plan *plan, struct nm_target target, int destination)
{
	if (target.kind == NM_TARGET_DESTINATION)
		return target.id == destination;
	if (target.kind != NM_TARGET_ROTATION)
		return false;
	for (size_t i = 0; i < plan->rotations[target.id].n; i++)
		if (plan->rotations[target.id].members[i] == destination)
			return true;
	return false;
}

static bool step_asks(const struct nm_plan *plan, const struct nm_step *step, int destination)
{
	for (size_t i = 0; i < step->ring.n; i++)
		if (rings(plan, step->ring.items[i], destination))
			return step->confirm == 1;
	return false;
}

/* May whoever picks up there have been asked to press 1? */
static bool may_ask(const struct judge *j, const struct nm_destination *destination)
{
	const struct nm_plan *plan = j->plan;

	if (!j->confirms || destination == NULL)
		return false;
	for (size_t p = 0; p < plan->n_paths && !destination->confirm; p++)
		for (size_t s = 0; s < plan->paths[p].n; s++)
			if (step_asks(plan, &plan->paths[p].steps[s],
				      (int)(destination - plan->destinations)))
				return true;
	return destination->confirm;
}

/* Others were rung after it, or the call went on without it: whoever was to press 1 there did not. */
static bool let_go(const struct judge *j, const struct nm_leg *leg)
{
	const struct nm_record *record = j->record;

	if (leg->ended == 0)
		return false;
	for (size_t i = 0; i < record->n; i++)
		if (&record->legs[i] != leg && record->legs[i].began >= leg->ended)
			return true;
	return record->ended > leg->ended + WENT_ON_S && may_ask(j, find_destination(j->plan, leg->to));
}

/* The leg that had the call in the end; NULL: none did. */
static const struct nm_leg *taker(const struct judge *j)
{
	for (size_t i = j->record->n; i-- > 0;)
		if (j->record->legs[i].end == NM_LEG_ANSWERED && !let_go(j, &j->record->legs[i]))
			return &j->record->legs[i];
	return NULL;
}

static bool is_swallowed(const struct judge *j, const struct nm_destination *destination, int rang_s)
{
	return destination != NULL && nm_kind_human(destination->kind) && destination->own_voicemail_s >= 0 &&
	       rang_s >= 0 && abs(rang_s - destination->own_voicemail_s) <= VOICEMAIL_NEAR_S &&
	       !may_ask(j, destination);
}

static int seconds_until(const struct judge *j, nm_time t)
{
	const nm_time seconds = t - j->record->began;

	return t != 0 && seconds >= 0 && seconds < NM_DAY ? (int)seconds : -1;
}

static void end(const struct judge *j, enum nm_call_end how, enum nm_call_reason reason, bool probably)
{
	j->out->end = how;
	j->out->reason = reason;
	j->out->probably = probably;
}

static void judge_taken(const struct judge *j, const struct nm_leg *leg)
{
	const struct nm_destination *destination = find_destination(j->plan, leg->to);
	const char *who = nm_call_who(j->plan, leg->to);

	j->out->by = who != NULL ? who : leg->to;
	if (leg->began != 0 && leg->rang_s >= 0)
		j->out->seconds = seconds_until(j, leg->began + leg->rang_s);
	if (destination == NULL && who != NULL)
		end(j, NM_CALL_UNKNOWN, NM_CALL_OTHER_LINE, false);
	else if (is_swallowed(j, destination, leg->rang_s))
		end(j, NM_CALL_SWALLOWED, NM_CALL_OWN_VOICEMAIL, true);
	else
		end(j, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, false);
}

/* --- nobody did --- */

static bool has_mailbox(const struct nm_plan *plan)
{
	for (size_t i = 0; i < plan->n_destinations; i++)
		if (plan->destinations[i].kind == NM_VOICEMAIL)
			return true;
	return false;
}

/* From the last moment at which somebody was rung. */
static nm_time last_ring(const struct nm_record *record)
{
	nm_time last = record->began;

	for (size_t i = 0; i < record->n; i++)
		last = record->legs[i].ended > last ? record->legs[i].ended : last;
	return last;
}

/* The caller's end and that of a leg which was called off are one. */
static bool hung_up_on(const struct nm_record *record)
{
	for (size_t i = 0; i < record->n; i++)
		if (record->legs[i].end == NM_LEG_CANCELED &&
		    record->legs[i].ended + TOGETHER_S >= record->ended)
			return true;
	return false;
}

static void judge_hung_up(const struct judge *j, bool probably)
{
	end(j, NM_CALL_ABANDONED, NM_CALL_HUNG_UP, probably);
	j->out->seconds = seconds_until(j, j->record->ended);
}

/* The carrier took the call, and nobody who was rung did. */
static void judge_held(const struct judge *j)
{
	const struct nm_record *record = j->record;
	const nm_time last = last_ring(record);
	const int handset = j->plan->lines[j->line].handset;

	if (!record->tells_legs || (record->own_phone && (record->n > 0 || handset < 0))) {
		end(j, NM_CALL_UNKNOWN, NM_CALL_NOT_TOLD, false);
	} else if (record->own_phone) {
		end(j, NM_CALL_ANSWERED, NM_CALL_OWN_PHONE, true);
		j->out->by = j->plan->destinations[handset].name;
	} else if (hung_up_on(record)) {
		judge_hung_up(j, false);
	} else if (has_mailbox(j->plan) && record->ended >= last + MAILBOX_LEAST_S) {
		end(j, NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, true);
		j->out->seconds = seconds_until(j, last);
	} else if (has_mailbox(j->plan)) {
		judge_hung_up(j, true);
	} else {
		end(j, NM_CALL_LOST, NM_CALL_NOBODY, true);
	}
}

/* It rang until it was over. */
static void judge_rung(const struct judge *j)
{
	const struct nm_record *record = j->record;

	if (record->n > 0 && !hung_up_on(record) && record->ended > last_ring(record) + TOGETHER_S)
		end(j, NM_CALL_LOST, NM_CALL_NOBODY, false);
	else
		judge_hung_up(j, !hung_up_on(record));
}

void nm_call_judge(const struct nm_plan *plan, int line, const struct nm_record *record, bool confirms,
		   struct nm_became *out)
{
	const struct judge j = { plan, line, record, confirms, out };
	const struct nm_leg *leg = taker(&j);

	*out = (struct nm_became){ .seconds = -1 };
	if (leg != NULL) {
		judge_taken(&j, leg);
		return;
	}
	switch (record->end) {
	case NM_LEG_OPEN:
		end(&j, NM_CALL_UNKNOWN, NM_CALL_NO_END, false);
		break;
	case NM_LEG_ANSWERED:
		judge_held(&j);
		break;
	case NM_LEG_NO_ANSWER:
		judge_rung(&j);
		break;
	case NM_LEG_BUSY:
		if (record->n > 0)
			end(&j, NM_CALL_LOST, NM_CALL_NOBODY, false);
		else
			end(&j, NM_CALL_REJECTED, NM_CALL_TURNED_AWAY, false);
		break;
	case NM_LEG_FAILED:
		end(&j, NM_CALL_LOST, NM_CALL_FAILED, false);
		break;
	case NM_LEG_CANCELED:
		judge_hung_up(&j, false);
		break;
	}
}
