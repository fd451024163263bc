/* SPDX-License-Identifier: MIT */
/*
 * How a call ends.  In: a treatment and what everybody does; out: who took the call, after how many
 * seconds, and every event with its reason.  design.md 4.3 and 4.4.  What a party does is worked out
 * by itself (a leg), and a step ends with the first leg that takes the call, or when nobody is left.
 * A leg to a line is a call of its own, played the same way.  Knows no plan and no clock.
 */
#include "core/play_private.h"

#include <stdlib.h>
#include <string.h>

#define FOREVER (1 << 28) /* seconds; far beyond any call, and twice it still fits an int */

/* Lines that the call has passed, the last one first. */
struct passed {
	const char *line;
	int depth;
	const struct passed *up;
};

struct ending {
	enum nm_result result;
	int at; /* from the call's arrival */
	const char *who;
	enum nm_kind who_kind;
	size_t step; /* in which it ended; n behind the last */
};

struct record {
	struct nm_event event;
	size_t order;
};

struct player {
	const struct nm_script *script;
	const struct nm_lines *lines;
	struct nm_arena *arena;
	int steps_left;
	bool failed; /* memory */
	bool recording;
	bool takes;  /* the leg being recorded is the one that takes the call */
	int cut;     /* what would come later did not happen */
	struct record *records; /* malloc'd */
	size_t n, capacity;
};

static struct ending line_play(struct player *p, const struct nm_treatment *treatment,
			       const struct passed *passed, int start);

static int later(int at, int seconds)
{
	return at >= FOREVER - seconds ? FOREVER : at + seconds;
}

int nm_default_answer_s(enum nm_kind kind, enum nm_role role)
{
	return nm_kind_human(kind) && role != NM_ROLE_ANSWERING_SERVICE ? 6 : 3;
}

/* --- recording --- */

static const char **names(struct player *p, const char *name)
{
	const char **to = nm_arena_alloc(p->arena, 1, sizeof(*to));

	if (to)
		to[0] = name;
	return to;
}

/* why comes from the arena or is constant; NULL says that memory was out. */
static void record(struct player *p, struct nm_event event)
{
	if (!p->recording || event.t > p->cut)
		return;
	if (!event.why || (event.n > 0 && !event.to) ||
	    !nm_grow((void **)&p->records, &p->capacity, p->n + 1, sizeof(*p->records))) {
		p->failed = true;
		return;
	}
	p->records[p->n] = (struct record){ event, p->n };
	p->n++;
}

static void record_one(struct player *p, int t, enum nm_event_kind kind, const char *name, const char *why,
		       struct nm_pos pos, int depth)
{
	if (p->recording)
		record(p, (struct nm_event){ t, kind, 1, names(p, name), 0, why, pos, depth });
}

/* Who is texted as the call arrives; the rest depends on who replies, which is no part of the call. */
static void record_alerts(struct player *p, const struct nm_alerts *alerts, int t, int depth)
{
	struct nm_event event = {
		.t = t, .kind = NM_EVENT_ALERT, .why = "texted at once", .pos = alerts->pos, .depth = depth
	};

	if (!p->recording || alerts->n == 0)
		return;
	event.to = nm_arena_alloc(p->arena, alerts->n, sizeof(*event.to));
	for (size_t i = 0; event.to && i < alerts->n; i++)
		if (alerts->items[i].after_s == 0)
			event.to[event.n++] = alerts->items[i].name;
	if (!event.to)
		p->failed = true;
	else if (event.n > 0)
		record(p, event);
}

/* --- what one party does --- */

static enum nm_behaviour behaviour_of(const struct player *p, const struct nm_party *party, int *after_s)
{
	const struct nm_script *script = p->script;

	*after_s = nm_default_answer_s(party->kind, party->role);
	for (size_t i = 0; i < script->n; i++) {
		if (strcmp(script->settings[i].name, party->name))
			continue;
		if (script->settings[i].after_s >= 0)
			*after_s = script->settings[i].after_s;
		return script->settings[i].behaviour;
	}
	return script->nobody && nm_kind_human(party->kind) ? NM_NO_ANSWER : NM_ANSWERS;
}

/* When a phone's own voicemail picks up; FOREVER: none does. */
static int own_voicemail_of(const struct player *p, const struct nm_party *party)
{
	int at = party->own_voicemail_s;

	if (at < 0)
		return FOREVER;
	for (size_t i = 0; i < p->script->n_late; i++)
		if (p->script->late[i].least_s > at && !strcmp(p->script->late[i].name, party->name))
			at = p->script->late[i].least_s;
	return at < FOREVER ? at : FOREVER;
}

static enum nm_event_kind drop_event(enum nm_behaviour behaviour)
{
	switch (behaviour) {
	case NM_BUSY:
		return NM_EVENT_BUSY;
	case NM_DECLINED:
		return NM_EVENT_DECLINED;
	case NM_UNREACHABLE:
		return NM_EVENT_UNREACHABLE;
	case NM_ANSWERS:
	case NM_NO_ANSWER:
		break;
	}
	return NM_EVENT_NO_ANSWER;
}

/* A phone, an AI or a mailbox, rung for at most for_s. */
static struct leg phone_leg(const struct player *p, const struct nm_party *party, int for_s)
{
	struct leg leg = { .kind = LEG_SILENT, .who = party->name, .who_kind = party->kind };
	int voicemail_s = own_voicemail_of(p, party);
	bool guessed = p->script->unknown_takes && party->own_voicemail_s == NM_OWN_VOICEMAIL_UNKNOWN;
	bool swallows = (voicemail_s < FOREVER || guessed) && !party->confirm;
	int after_s;
	enum nm_behaviour behaviour = behaviour_of(p, party, &after_s);

	leg.event = drop_event(behaviour);
	if (leg.event != NM_EVENT_NO_ANSWER) {
		const bool sent_on = leg.event == NM_EVENT_UNREACHABLE
					     ? party->on_unreachable
					     : party->on_busy || p->script->busy_drops;

		leg.kind = swallows && !sent_on && party->kind != NM_VOICEMAIL ? LEG_SWALLOWS : LEG_DROPS;
		if (p->script->drops_timed)
			leg.at = after_s < for_s ? after_s : for_s;
	} else if (party->kind == NM_VOICEMAIL) {
		leg.kind = LEG_VOICEMAIL;
	} else if (behaviour == NM_ANSWERS && after_s < for_s && after_s < voicemail_s) {
		leg.kind = LEG_ANSWERS;
		leg.at = after_s;
	} else if (voicemail_s < for_s) {
		leg.kind = swallows ? LEG_SWALLOWS : LEG_DROPS;
		leg.at = voicemail_s;
	}
	return leg;
}

static bool passed_line(const struct passed *passed, const char *line)
{
	for (; passed; passed = passed->up)
		if (!strcmp(passed->line, line))
			return true;
	return false;
}

/* How the call to a line would end, as a leg. */
static struct leg line_leg_of(struct ending ending, int for_s, struct leg leg)
{
	if (ending.at >= for_s)
		return leg;
	leg.at = ending.at;
	leg.who = ending.who;
	leg.who_kind = ending.who_kind;
	switch (ending.result) {
	case NM_ANSWERED:
		leg.kind = LEG_ANSWERS;
		break;
	case NM_TO_VOICEMAIL:
		leg.kind = LEG_VOICEMAIL;
		break;
	case NM_SWALLOWED:
		leg.kind = LEG_SWALLOWS;
		break;
	case NM_REJECTED:
		leg.kind = LEG_DROPS;
		leg.event = NM_EVENT_BUSY;
		break;
	case NM_ABANDONED:
	case NM_LOST:
		leg.kind = LEG_DROPS;
		leg.event = NM_EVENT_NO_ANSWER;
		break;
	}
	return leg;
}

static struct leg line_leg(struct player *p, const struct nm_party *party, int for_s,
			   const struct passed *passed)
{
	struct leg leg = { .kind = LEG_SILENT };
	struct passed next = { party->line, passed->depth + 1, passed };
	bool recording = p->recording;
	struct ending ending;

	if (passed_line(passed, party->line) || passed->depth >= NM_LINES_DEEP) {
		leg.kind = LEG_DROPS;
		leg.event = passed_line(passed, party->line) ? NM_EVENT_LOOP : NM_EVENT_LIMIT;
		return leg;
	}
	leg.nested =
		p->lines && p->lines->treatment ? p->lines->treatment(p->lines->context, party->line) : NULL;
	if (!leg.nested) {
		/* Nothing is known of it: it rings, at most as long as any carrier lets it. */
		leg.kind = for_s >= FOREVER ? LEG_DROPS : LEG_SILENT;
		leg.at = NM_FOR_MAX;
		leg.event = NM_EVENT_NO_ANSWER;
		return leg;
	}
	p->recording = false;
	ending = line_play(p, leg.nested, &next, 0);
	p->recording = recording;
	leg = line_leg_of(ending, for_s, leg);
	/* No voicemail of the line can press 1. */
	if (party->confirm && (leg.kind == LEG_SWALLOWS || leg.kind == LEG_VOICEMAIL)) {
		leg.kind = LEG_DROPS;
		leg.event = NM_EVENT_NO_ANSWER;
	}
	return leg;
}

static struct leg party_leg(struct player *p, const struct nm_party *party, int for_s,
			    const struct passed *passed)
{
	return party->line ? line_leg(p, party, for_s, passed) : phone_leg(p, party, for_s);
}

/* --- a step --- */

static bool leg_takes(const struct leg *leg)
{
	return leg->kind == LEG_ANSWERS || leg->kind == LEG_SWALLOWS || leg->kind == LEG_VOICEMAIL;
}

/* In the same second an answer comes before a voicemail; otherwise the step's order stands. */
static bool leg_before(const struct leg *a, const struct leg *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	return a->kind == LEG_ANSWERS && b->kind != LEG_ANSWERS;
}

struct step_end {
	size_t taker; /* index of the party; n when nobody took it */
	struct leg leg;
	int at;       /* seconds from the step's start */
	bool silent;  /* somebody rang to the end */
};

static struct step_end step_end(struct player *p, const struct nm_treatment_step *step, int for_s,
				const struct passed *passed)
{
	struct step_end end = { .taker = step->n };
	int last_drop = 0;

	for (size_t i = 0; i < step->n; i++) {
		struct leg leg = party_leg(p, &step->parties[i], for_s, passed);

		if (leg_takes(&leg) && (end.taker == step->n || leg_before(&leg, &end.leg))) {
			end.taker = i;
			end.leg = leg;
		} else if (leg.kind == LEG_SILENT) {
			last_drop = for_s;
			end.silent = true;
		} else if (leg.kind == LEG_DROPS && leg.at > last_drop) {
			last_drop = leg.at;
		}
	}
	end.at = end.taker < step->n ? end.leg.at : last_drop;
	return end;
}

/* --- recording a step whose end is known --- */

static bool rings(const struct nm_party *party)
{
	return !party->line && party->kind != NM_VOICEMAIL;
}

static bool rings_alike(const struct nm_party *a, const struct nm_party *b)
{
	return rings(a) && rings(b) && a->confirm == b->confirm && a->turn_of == b->turn_of;
}

static bool alike_before(const struct nm_treatment_step *step, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (rings_alike(&step->parties[k], &step->parties[i]))
			return true;
	return false;
}

/* One event for all who are rung in the same way. */
static void record_rings(struct player *p, const struct nm_treatment_step *step, const char *reason, int t,
			 int depth)
{
	bool first = true;

	for (size_t i = 0; i < step->n; i++) {
		const struct nm_party *party = &step->parties[i];
		const char **to;
		size_t n = 0;

		if (!rings(party) || alike_before(step, i))
			continue;
		to = nm_arena_alloc(p->arena, step->n, sizeof(*to));
		for (size_t k = i; to && k < step->n; k++)
			if (rings_alike(party, &step->parties[k]))
				to[n++] = step->parties[k].name;
		record(p, (struct nm_event){ t, NM_EVENT_RING, to ? n : 1, to,
					     step->ring_time == NM_RING_TIMED ? step->for_s : 0,
					     nm_play_ring_reason(p->arena, party, reason, first), step->pos,
					     depth });
		first = false;
	}
}

static enum nm_event_kind take_event(enum leg_kind kind)
{
	if (kind == LEG_VOICEMAIL)
		return NM_EVENT_VOICEMAIL;
	return kind == LEG_SWALLOWS ? NM_EVENT_SWALLOW : NM_EVENT_ANSWER;
}

/* What happens on a line that was rung, as far as it happened. */
static void record_nested(struct player *p, const struct nm_party *party, const struct leg *leg, int start,
			  int last, bool takes, const struct passed *passed)
{
	struct passed next = { party->line, passed->depth + 1, passed };
	bool outer_takes = p->takes;
	int outer_cut = p->cut;

	p->takes = p->takes && takes;
	p->cut = last < p->cut ? last : p->cut;
	line_play(p, leg->nested, &next, start);
	p->takes = outer_takes;
	p->cut = outer_cut;
}

static void record_leg(struct player *p, const struct nm_treatment_step *step, size_t i, int for_s, int start,
		       const struct step_end *end, const struct passed *passed)
{
	const struct nm_party *party = &step->parties[i];
	struct leg leg = party_leg(p, party, for_s, passed);
	bool takes = end->taker == i;
	int depth = passed->depth, last = end->at < for_s ? end->at : for_s - 1;

	if (leg.nested)
		record_nested(p, party, &leg, start, later(start, last), takes, passed);
	if (leg.kind == LEG_DROPS && leg.at <= end->at)
		record_one(p, later(start, leg.at), leg.event, party->name,
			   nm_play_drop_reason(p->arena, party, &leg), step->pos, depth);
	else if (leg.kind == LEG_SILENT && end->taker == step->n)
		record_one(p, later(start, for_s), NM_EVENT_NO_ANSWER, party->name,
			   nm_play_silence_reason(p->arena, step), step->pos, depth);
	else if (takes && !leg.nested && p->takes)
		record_one(p, later(start, leg.at), take_event(leg.kind), party->name,
			   nm_play_take_reason(p->arena, party, &leg), step->pos, depth);
}

static void record_step(struct player *p, const struct nm_treatment_step *step, int for_s, const char *reason,
			int start, const struct step_end *end, const struct passed *passed)
{
	record_rings(p, step, reason, start, passed->depth);
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].line)
			record_one(p, start, NM_EVENT_LINE, step->parties[i].name,
				   reason ? nm_arena_format(p->arena, "%s: a call to line %s", reason,
							    step->parties[i].line) : NULL,
				   step->pos, passed->depth);
	for (size_t i = 0; i < step->n; i++)
		record_leg(p, step, i, for_s, start, end, passed);
}

static void record_skips(struct player *p, const struct nm_treatment_step *step, int t, int depth)
{
	for (size_t i = 0; i < step->n_skips; i++)
		record_one(p, t, NM_EVENT_SKIP, step->skips[i].name, step->skips[i].why, step->pos, depth);
}

/* --- a line --- */

static enum nm_result result_of(enum leg_kind kind)
{
	if (kind == LEG_VOICEMAIL)
		return NM_TO_VOICEMAIL;
	return kind == LEG_SWALLOWS ? NM_SWALLOWED : NM_ANSWERED;
}

/* A call that ends before anybody is rung, or behind the last step; a leg tells this in its own words. */
static struct ending line_ends(struct player *p, enum nm_result result, const char *why, int at, size_t step,
			       int depth)
{
	if (p->recording && depth == 0)
		record(p, (struct nm_event){ .t = at,
					     .kind = result == NM_REJECTED ? NM_EVENT_REJECT : NM_EVENT_LOST,
					     .why = why });
	return (struct ending){ .result = result, .at = at, .step = step };
}

/* Why the call ends with a step that nobody took; NULL: it goes on to the next one. */
static const char *last_words(const struct nm_treatment_step *step, bool silent)
{
	/* Handed over for good: whatever became of it there, it does not come back. */
	if (step->ring_time == NM_RING_HANDOVER)
		return "the line that took the call over lets it go";
	return step->ring_time == NM_RING_ON && silent ? "the caller gives up, and nobody took the call" : NULL;
}

/* Plays one step; its end is ending->at.  True when somebody took the call, otherwise *last says whether and
 * why it ends there all the same. */
static bool step_play(struct player *p, const struct nm_treatment *treatment,
		      const struct nm_treatment_step *step, bool first, const struct passed *passed,
		      struct ending *ending, const char **last)
{
	int for_s = step->ring_time == NM_RING_HANDOVER ? FOREVER : step->for_s, start = ending->at;
	struct step_end end = step_end(p, step, for_s, passed);

	if (p->recording)
		record_step(p, step, for_s, nm_play_step_reason(p->arena, treatment, step, first), start,
			    &end, passed);
	ending->at = later(start, end.at);
	*last = NULL;
	if (end.taker == step->n) {
		*last = last_words(step, end.silent);
		return false;
	}
	ending->result = result_of(end.leg.kind);
	ending->who = end.leg.who;
	ending->who_kind = end.leg.who_kind;
	return true;
}

static struct ending steps_play(struct player *p, const struct nm_treatment *treatment,
				const struct passed *passed, int at)
{
	const char *why = "the path ends and nobody took the call", *last;
	struct ending ending = { .at = at };
	bool first = true;

	for (; ending.step < treatment->n && !p->failed; ending.step++) {
		const struct nm_treatment_step *step = &treatment->steps[ending.step];

		if (p->steps_left-- <= 0)
			break;
		record_skips(p, step, ending.at, passed->depth);
		if (step->n == 0)
			continue;
		if (step_play(p, treatment, step, first, passed, &ending, &last))
			return ending;
		if (last != NULL) {
			why = last;
			break;
		}
		first = false;
	}
	return line_ends(p, NM_LOST, why, ending.at, ending.step, passed->depth);
}

static struct ending line_play(struct player *p, const struct nm_treatment *treatment,
			       const struct passed *passed, int start)
{
	int depth = passed->depth;

	if (treatment->verdict == NM_VERDICT_REJECT)
		return line_ends(p, NM_REJECTED,
				 p->recording ? nm_play_reject_reason(p->arena, treatment) : "", start, 0,
				 depth);
	if (treatment->verdict == NM_VERDICT_LOST)
		return line_ends(p, NM_LOST,
				 treatment->rule != NULL ? "its carrier cannot reject a call: it is taken and ended"
							 : "no rule matches",
				 start, 0, depth);
	record_alerts(p, &treatment->alerts, start, depth);
	if (treatment->greeting_s > 0 && p->recording)
		record(p, (struct nm_event){ start,
					     NM_EVENT_GREETING,
					     0,
					     NULL,
					     treatment->greeting_s,
					     "plays before the first ring",
					     { NULL, 0, 0 },
					     depth });
	return steps_play(p, treatment, passed, later(start, treatment->greeting_s));
}

/* --- the whole call --- */

/* The caller gives up at hangup_s: in that second an answer still counts, nothing else does. */
static bool hangs_up(const struct nm_script *script, const struct ending *ending)
{
	if (script->hangup_s < 0 || ending->result == NM_REJECTED)
		return false;
	return ending->result == NM_ANSWERED ? ending->at > script->hangup_s : ending->at >= script->hangup_s;
}

static bool ends_call(const struct nm_event *event)
{
	return event->kind == NM_EVENT_SWALLOW || event->kind == NM_EVENT_VOICEMAIL ||
	       event->kind == NM_EVENT_LOST;
}

static int record_compare(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->event.t != y->event.t)
		return x->event.t < y->event.t ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Puts the events in order and takes those away that a caller who hung up no longer saw. */
static void events_finish(struct player *p, bool hung_up, struct nm_outcome *out)
{
	size_t n = 0;

	if (p->n > 1)
		qsort(p->records, p->n, sizeof(*p->records), record_compare);
	out->events = nm_arena_alloc(p->arena, p->n + 1, sizeof(*out->events));
	if (!out->events) {
		p->failed = true;
		return;
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct nm_event *event = &p->records[i].event;

		if (hung_up && (event->t > p->script->hangup_s ||
				(event->t == p->script->hangup_s && ends_call(event))))
			continue;
		out->events[n++] = *event;
	}
	if (hung_up)
		out->events[n++] = (struct nm_event){ .t = p->script->hangup_s, .kind = NM_EVENT_HANGUP,
						      .why = "the caller hangs up" };
	out->n = n;
}

static struct nm_outcome outcome_of(const struct ending *ending, bool hung_up, const struct nm_script *script)
{
	struct nm_outcome outcome = { .result = hung_up ? NM_ABANDONED : ending->result };

	outcome.step = ending->step;
	outcome.ended_s = hung_up ? script->hangup_s : ending->at;
	outcome.seconds = outcome.ended_s;
	if (outcome.result == NM_REJECTED || outcome.result == NM_LOST)
		outcome.seconds = -1;
	outcome.rings = nm_rings(outcome.seconds);
	if (!hung_up) {
		outcome.answered_by = ending->who;
		outcome.kind = ending->who_kind;
	}
	return outcome;
}

enum nm_code nm_play(const struct nm_treatment *treatment, const char *line, const struct nm_script *script,
		     const struct nm_lines *lines, bool events, struct nm_arena *arena,
		     struct nm_outcome *out, struct nm_error *err)
{
	struct passed passed = { line ? line : "", 0, NULL };
	struct player p = {
		.script = script,
		.lines = lines,
		.arena = arena,
		.steps_left = NM_STEPS_PLAYED,
		.recording = events,
		.takes = true,
		.cut = FOREVER,
	};
	struct ending ending = line_play(&p, treatment, &passed, 0);
	bool hung_up = hangs_up(script, &ending);

	*out = outcome_of(&ending, hung_up, script);
	if (events && !p.failed)
		events_finish(&p, hung_up, out);
	free(p.records);
	if (p.failed)
		return nm_fail_memory(err);
	if (p.steps_left < 0)
		return nm_fail(err, NM_INPUT,
			       "a call to %s goes through more than %d steps: let fewer lines ring lines",
			       passed.line, NM_STEPS_PLAYED);
	return NM_OK;
}
