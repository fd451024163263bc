/* SPDX-License-Identifier: MIT */
/*
 * What became of a real call (calls.h).  Comes in: a plan and a carrier's record.  Goes out: an outcome, who took
 * the call, and how sure that is.  It knows no carrier and no store.
 *
 * A caller's own leg counts for little: a carrier calls it completed too when only a mailbox took the call.
 */
#include <stdlib.h>
#include <string.h>

#include "core/rules.h"
#include "nevermiss/calls.h"

#define VOICEMAIL_NEAR_S 3 /* so near to a phone's own voicemail an answer is probably that */
#define AT_ONCE_S 2        /* nobody picks up so soon: the voicemail of a phone that is off does */
#define PROMPT_S 20        /* whoever is asked for a 1 and presses none is let go by then */
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
		[NM_CALL_PERHAPS_VOICEMAIL] = "a phone that was rung answered, or its own voicemail did",
		[NM_CALL_AT_ONCE] =
			"it was answered as soon as it rang, as the voicemail of a phone that is off does",
		[NM_CALL_MISSED] = "the record says that nobody answered, not who was rung or who gave up",
		[NM_CALL_OVER_AT_ONCE] =
			"it ended at once and nobody was rung: turned away or hung up, the record does not say",
		[NM_CALL_BUSY] = "the record calls it busy: turned away or nobody free, it does not say",
		[NM_CALL_SAID] = "the record says so",
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
	const int line = nm_plan_find_number(plan, read_number(to));

	return line >= 0 ? &plan->lines[line] : NULL;
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

static bool step_rings(const struct nm_plan *plan, const struct nm_step *step, int destination)
{
	for (size_t i = 0; i < step->ring.n; i++)
		if (rings(plan, step->ring.items[i], destination))
			return true;
	return false;
}

/* Is whoever picks up there asked to press 1?  By which step it was rung the record does not say. */
enum asks { ASKS_NEVER, ASKS_SOMETIMES, ASKS_ALWAYS };

static enum asks asks(const struct judge *j, const struct nm_destination *destination)
{
	const struct nm_plan *plan = j->plan;
	bool some = false, none = false;

	if (!j->confirms || destination == NULL)
		return ASKS_NEVER;
	for (size_t p = 0; p < plan->n_paths; p++)
		for (size_t s = 0; s < plan->paths[p].n; s++) {
			const struct nm_step *step = &plan->paths[p].steps[s];
			const bool confirm = step->confirm >= 0 ? step->confirm == 1 : destination->confirm;

			if (!step_rings(plan, step, (int)(destination - plan->destinations)))
				continue;
			some = some || confirm;
			none = none || !confirm;
		}
	if (!some && !none)
		return destination->confirm ? ASKS_ALWAYS : ASKS_NEVER;
	return !some ? ASKS_NEVER : none ? ASKS_SOMETIMES : ASKS_ALWAYS;
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
	return record->ended > leg->ended + WENT_ON_S &&
	       asks(j, find_destination(j->plan, leg->to)) != ASKS_NEVER;
}

/* The leg that had the call in the end; NULL: none did. */
static const struct nm_leg *taker(const struct judge *j)
{
	for (size_t i = j->record->n; i-- > 0;)
		if (j->record->legs[i].end == NM_LEG_ANSWERED && !let_go(j, &j->record->legs[i]))
			return &j->record->legs[i];
	return NULL;
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

/* Was it over before whoever was asked for a 1 must have pressed it? */
static bool is_short(const struct nm_leg *leg)
{
	return leg->began == 0 || leg->ended == 0 || leg->rang_s < 0 ||
	       leg->ended - leg->began - leg->rang_s <= PROMPT_S;
}

/* A person's phone was picked up, by the person or by its own voicemail. */
static void judge_phone(const struct judge *j, const struct nm_destination *destination,
			const struct nm_leg *leg)
{
	const enum asks asked = asks(j, destination);
	const int own_s = destination->own_voicemail_s;
	const bool at_once = leg->rang_s >= 0 && leg->rang_s <= AT_ONCE_S;
	const bool near = own_s >= 0 && leg->rang_s >= 0 && abs(leg->rang_s - own_s) <= VOICEMAIL_NEAR_S;
	const bool perhaps = at_once || near || own_s < 0 || leg->rang_s < 0;

	if (!perhaps || (asked == ASKS_ALWAYS && !is_short(leg)))
		end(j, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, false);
	else if (asked == ASKS_NEVER && (at_once || near))
		end(j, NM_CALL_SWALLOWED, at_once ? NM_CALL_AT_ONCE : NM_CALL_OWN_VOICEMAIL, true);
	else
		end(j, NM_CALL_ANSWERED, NM_CALL_PERHAPS_VOICEMAIL, true);
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
	else if (destination == NULL) /* a phone of which nothing is known */
		end(j, NM_CALL_ANSWERED, NM_CALL_PERHAPS_VOICEMAIL, true);
	else if (nm_kind_human(destination->kind) && destination->own_voicemail_s != NM_OWN_VOICEMAIL_NONE)
		judge_phone(j, destination, leg);
	else
		end(j, NM_CALL_ANSWERED, NM_CALL_LEG_ANSWERED, false);
}

/* --- nobody did --- */

static bool path_has_mailbox(const struct nm_plan *plan, int path)
{
	for (size_t i = 0; i < plan->n_destinations; i++)
		for (size_t s = 0; path >= 0 && s < plan->paths[path].n; s++)
			if (plan->destinations[i].kind == NM_VOICEMAIL &&
			    step_rings(plan, &plan->paths[path].steps[s], (int)i))
				return true;
	return false;
}

static bool rule_has_mailbox(const struct judge *j, const struct nm_rule *rule)
{
	return (!rule->lines.given || nm_set_has(&rule->lines, j->line)) &&
	       path_has_mailbox(j->plan, rule->path);
}

/* May a call to the line end in a voicemail of the plan?  Who called and which hours held is not asked. */
static bool has_mailbox(const struct judge *j)
{
	const struct nm_plan *plan = j->plan;
	const struct nm_emergency *emergency = &plan->emergency;

	if (nm_line_is_emergency(plan, j->line))
		return path_has_mailbox(plan, emergency->path);
	if (emergency->given && (emergency->key != 0 || emergency->callers.n > 0) &&
	    path_has_mailbox(plan, emergency->path))
		return true;
	for (size_t i = 0; i < plan->n_overrides; i++)
		if (plan->overrides[i].from <= j->record->began &&
		    j->record->began < plan->overrides[i].until &&
		    rule_has_mailbox(j, &plan->overrides[i].rule))
			return true;
	for (size_t i = 0; i < plan->n_rules; i++)
		if (rule_has_mailbox(j, &plan->rules[i]))
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

/* Somebody else may have taken it, who need not be in the record. */
static bool called_off(const struct nm_record *record)
{
	for (size_t i = 0; i < record->n; i++)
		if (record->legs[i].end == NM_LEG_CANCELED)
			return true;
	return false;
}

/* All who were rung are told of, and none of them took it. */
static bool all_failed(const struct nm_record *record)
{
	bool failed = record->tells_legs && !record->cut && record->n > 0;

	for (size_t i = 0; i < record->n; i++)
		failed = failed && record->legs[i].end != NM_LEG_ANSWERED && record->legs[i].end != NM_LEG_OPEN;
	return failed;
}

/* What the plan makes of the call when nobody who is rung answers; false: it cannot be played. */
static bool play_unanswered(const struct judge *j, enum nm_result *result, int *seconds)
{
	const struct nm_plan *plan = j->plan;
	struct nm_script_setting *settings = calloc(plan->n_destinations + 1, sizeof(*settings));
	struct nm_call call = { .at = j->record->began, .line = j->line, .caller = j->record->caller };
	struct nm_simulation *simulation;
	struct nm_error err;
	bool played;

	for (size_t i = 0; settings != NULL && i < plan->n_destinations; i++)
		if (plan->destinations[i].kind != NM_VOICEMAIL)
			settings[call.script.n++] = (struct nm_script_setting){
				.name = plan->destinations[i].name, .behaviour = NM_NO_ANSWER, .after_s = -1
			};
	call.script.settings = settings;
	call.script.hangup_s = -1;
	played = settings != NULL && nm_simulate(plan, &call, &simulation, &err) == NM_OK;
	if (played) {
		*result = simulation->outcome.result;
		*seconds = simulation->outcome.seconds;
		nm_simulation_free(simulation);
	}
	free(settings);
	return played;
}

/* The record says busy, and not who was rung: whom the plan rejects was turned away, anybody else found nobody. */
static void judge_busy(const struct judge *j)
{
	enum nm_result result;
	int seconds;

	if (play_unanswered(j, &result, &seconds) && result == NM_REJECTED)
		end(j, NM_CALL_REJECTED, NM_CALL_BUSY, true);
	else
		end(j, NM_CALL_LOST, NM_CALL_BUSY, true);
}

/* Was the call over before the plan could have come to its mailbox? */
static bool is_before_mailbox(const struct judge *j)
{
	enum nm_result result;
	int seconds;

	return j->record->n == 0 && play_unanswered(j, &result, &seconds) && result == NM_TO_VOICEMAIL &&
	       j->record->ended < j->record->began + seconds;
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

	if (!record->tells_legs || (record->own_phone && record->n == 0 && handset < 0)) {
		end(j, NM_CALL_UNKNOWN, NM_CALL_NOT_TOLD, false);
	} else if (record->own_phone && record->n == 0) {
		end(j, NM_CALL_ANSWERED, NM_CALL_OWN_PHONE, true);
		j->out->by = j->plan->destinations[handset].name;
	} else if (record->own_phone && called_off(record) && !hung_up_on(record)) {
		end(j, NM_CALL_UNKNOWN, NM_CALL_NOT_TOLD, false);
	} else if (hung_up_on(record)) {
		judge_hung_up(j, false);
	} else if (record->n == 0 && record->ended < last + MAILBOX_LEAST_S) {
		end(j, NM_CALL_UNKNOWN, NM_CALL_OVER_AT_ONCE, false);
	} else if (is_before_mailbox(j)) {
		judge_hung_up(j, true);
	} else if (has_mailbox(j) && record->ended >= last + MAILBOX_LEAST_S) {
		end(j, NM_CALL_VOICEMAIL, NM_CALL_MAILBOX, true);
		j->out->seconds = seconds_until(j, last);
	} else if (has_mailbox(j)) {
		judge_hung_up(j, true);
	} else {
		end(j, NM_CALL_LOST, NM_CALL_NOBODY, true);
	}
}

/* It rang until it was over. */
static void judge_rung(const struct judge *j)
{
	const struct nm_record *record = j->record;

	if (!record->tells_legs)
		end(j, NM_CALL_LOST, NM_CALL_MISSED, false);
	else if (record->n > 0 && !hung_up_on(record) && record->ended > last_ring(record) + TOGETHER_S)
		end(j, NM_CALL_LOST, NM_CALL_NOBODY, false);
	else
		judge_hung_up(j, !hung_up_on(record));
}

/* How it ended is told of the phones alone. */
static void judge_open(const struct judge *j)
{
	const struct nm_record *record = j->record;

	if (!all_failed(record) || (called_off(record) && (record->ended == 0 || !hung_up_on(record))))
		end(j, NM_CALL_UNKNOWN, NM_CALL_NO_END, false);
	else if (record->ended != 0)
		judge_held(j);
	else
		end(j, NM_CALL_LOST, NM_CALL_NOBODY, true);
}

static void judge_missed(const struct judge *j)
{
	const struct nm_record *record = j->record;

	switch (record->end) {
	case NM_LEG_OPEN:
		judge_open(j);
		break;
	case NM_LEG_ANSWERED:
		judge_held(j);
		break;
	case NM_LEG_NO_ANSWER:
		judge_rung(j);
		break;
	case NM_LEG_BUSY:
		if (!record->tells_legs)
			judge_busy(j);
		else if (record->n > 0)
			end(j, NM_CALL_LOST, NM_CALL_NOBODY, false);
		else
			end(j, NM_CALL_REJECTED, NM_CALL_TURNED_AWAY, false);
		break;
	case NM_LEG_FAILED:
		end(j, NM_CALL_LOST, NM_CALL_FAILED, false);
		break;
	case NM_LEG_CANCELED:
		judge_hung_up(j, false);
		break;
	}
}

void nm_call_judge(const struct nm_plan *plan, int line, const struct nm_record *record, bool confirms,
		   struct nm_became *out)
{
	const struct judge j = { plan, line, record, confirms, out };
	const struct nm_leg *leg = taker(&j);

	*out = (struct nm_became){ .seconds = -1 };
	if (leg != NULL)
		judge_taken(&j, leg);
	else
		judge_missed(&j);
	/* Those that are not here may have taken it. */
	out->probably = out->probably || record->cut;
}

void nm_call_entry_of(const struct nm_plan *plan, int line, const char *driver,
		      const struct nm_record *record, bool confirms, struct nm_call_leg *legs,
		      struct nm_call_entry *out)
{
	char caller[NM_NUMBER_TEXT];

	for (size_t i = 0; i < record->n; i++)
		legs[i] = (struct nm_call_leg){ record->legs[i], nm_call_who(plan, record->legs[i].to) };
	nm_number_write(record->caller.number, caller);
	*out = (struct nm_call_entry){ .number = plan->lines[line].number,
				       .line = plan->lines[line].name,
				       .driver = driver,
				       .carrier_id = record->id,
				       .caller = record->caller,
				       .forwarded_from = record->forwarded_from,
				       .began = record->began,
				       .ended = record->ended,
				       .cut = record->cut,
				       .ours = nm_call_who(plan, caller) != NULL,
				       .n = record->n,
				       .legs = legs };
	nm_call_judge(plan, line, record, confirms, &out->became);
}
