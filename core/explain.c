/* SPDX-License-Identifier: MIT */
/*
 * Explaining real calls (explain.h): which plan was in force, the call beside it, and what may lie behind a difference.
 *
 * Comes in: today's plan, the store with its kept versions, a call.  Goes out: an explanation.  What may lie behind is
 * found by playing the call again with one thing changed: when the call then goes as it really did, that is likely.
 */
#include <stdlib.h>
#include <string.h>

#include "core/explain_private.h"
#include "nevermiss/names.h"

#define LATE_S 90 /* so near to a change of hours a carrier may still do what was before, or do what comes */

enum nm_code nm_explainer_new(const struct nm_plan *plan, struct nm_store *store, struct nm_explainer **out,
			      struct nm_error *err)
{
	struct nm_explainer *explainer = calloc(1, sizeof(*explainer));

	if (explainer == NULL)
		return nm_fail_memory(err);
	explainer->today = plan;
	explainer->store = store;
	*out = explainer;
	return NM_OK;
}

void nm_explainer_free(struct nm_explainer *explainer)
{
	if (explainer == NULL)
		return;
	for (size_t i = 0; i < explainer->n; i++)
		nm_plan_free(explainer->versions[i].plan);
	free(explainer->versions);
	free(explainer);
}

const char *nm_explained_name(enum nm_explained verdict)
{
	static const char *const names[] = {
		[NM_EXPLAINED_UNTOLD] = "untold",
		[NM_EXPLAINED_PLANNED] = "as planned",
		[NM_EXPLAINED_DIFFERS] = "differs",
	};

	return names[verdict];
}

const char *nm_departure_name(enum nm_departure departure)
{
	static const char *const names[] = {
		[NM_DEPARTURE_NONE] = "",           [NM_DEPARTURE_NOT_RUNG] = "not-rung",
		[NM_DEPARTURE_RUNG] = "rung",       [NM_DEPARTURE_ORDER] = "order",
		[NM_DEPARTURE_LONGER] = "longer",   [NM_DEPARTURE_SHORTER] = "shorter",
		[NM_DEPARTURE_OUTCOME] = "outcome",
	};

	return names[departure];
}

const char *nm_cause_name(enum nm_cause cause)
{
	static const char *const names[NM_CAUSES] = {
		[NM_CAUSE_DECLINED] = "declined",
		[NM_CAUSE_OWN_VOICEMAIL] = "own-voicemail",
		[NM_CAUSE_RING_TIMES] = "ring-times",
		[NM_CAUSE_HELD] = "held",
		[NM_CAUSE_EMERGENCY] = "emergency",
		[NM_CAUSE_CHANGED_LATE] = "changed-late",
		[NM_CAUSE_CHANGED_EARLY] = "changed-early",
		[NM_CAUSE_TODAY] = "today",
		[NM_CAUSE_DRIFT] = "drift",
		[NM_CAUSE_CALLER] = "caller",
		[NM_CAUSE_UNNAMED] = "unnamed",
	};

	return names[cause];
}

/* --- the plan then --- */

/* *out NULL: it is not kept, or does not read any more. */
static enum nm_code read_version(struct nm_explainer *explainer, int64_t id, struct nm_plan **out,
				 struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_plan_file *kept = NULL;
	struct nm_diags diags;
	char *text = NULL;
	size_t len = 0;
	enum nm_code code = arena != NULL ? nm_store_version_text(explainer->store, id, &text, &len, err)
					  : nm_fail_memory(err);

	*out = NULL;
	nm_diags_init(&diags);
	if (code == NM_OK)
		code = nm_store_version_files(explainer->store, id, arena, &kept, err);
	if (code == NM_OK)
		code = nm_plan_read_kept(explainer->today->file, text, len, kept, out, &diags, err);
	nm_diags_clear(&diags);
	free(text);
	nm_arena_free(arena);
	return code == NM_INPUT ? NM_OK : code;
}

enum nm_code nm_explainer_plan(struct nm_explainer *explainer, int64_t *version, const struct nm_plan **out,
			       struct nm_error *err)
{
	const struct nm_plan *plan = NULL;
	enum nm_code code = NM_OK;
	size_t i = 0;

	while (i < explainer->n && explainer->versions[i].id != *version)
		i++;
	if (*version != 0 && i == explainer->n) {
		if (!nm_grow((void **)&explainer->versions, &explainer->capacity, i + 1,
			     sizeof(*explainer->versions)))
			return nm_fail_memory(err);
		code = read_version(explainer, *version, &explainer->versions[i].plan, err);
		if (code != NM_OK)
			return code;
		explainer->versions[i].id = *version;
		explainer->n++;
	}
	if (*version != 0 && i < explainer->n)
		plan = explainer->versions[i].plan;
	if (plan == NULL)
		*version = 0;
	*out = plan != NULL ? plan : explainer->today;
	return NM_OK;
}

int nm_explain_line(const struct nm_plan *plan, const struct nm_call_entry *call)
{
	const int line = nm_plan_find_number(plan, call->number);

	return line >= 0 ? line : nm_plan_find_line(plan, call->line);
}

/* --- the call beside a plan --- */

enum nm_code nm_explain_simulate(const struct nm_explain_variant *variant, const struct nm_call_entry *call,
				 struct nm_simulation **out, struct nm_error *err)
{
	const struct nm_call made = { .at = call->began + variant->later_s,
				      .line = nm_explain_line(variant->plan, call),
				      .caller = call->caller,
				      .emergency = variant->emergency,
				      .held = variant->held,
				      .script = { .hangup_s = -1 } };

	if (made.line < 0)
		return nm_fail(err, NM_INPUT, "call #%lld: line %s is not in the plan any more",
			       (long long)call->id, call->line);
	return nm_simulate(variant->plan, &made, out, err);
}

static struct nm_traits traits_of(const struct nm_plan *plan, const struct nm_call_entry *call)
{
	const struct nm_carrier *carrier = nm_carrier_find(call->driver);
	const struct nm_account *account = &plan->accounts[plan->lines[nm_explain_line(plan, call)].account];

	if (carrier == NULL)
		return (struct nm_traits){ .ring_step_s = 1 };
	return nm_carrier_traits(carrier, strcmp(account->driver, call->driver) == 0 ? account : NULL);
}

/* Why the plan decided so, past the life of the simulation. */
static enum nm_code copy_reasons(const struct nm_simulation *simulation, struct nm_arena *arena,
				 struct nm_explanation *out, struct nm_error *err)
{
	struct nm_reason *reasons = nm_arena_alloc(arena, simulation->n_reasons, sizeof(*reasons));

	if (reasons == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < simulation->n_reasons; i++) {
		reasons[i] = simulation->reasons[i];
		reasons[i].name = nm_arena_text(arena, reasons[i].name);
		reasons[i].text = nm_arena_text(arena, reasons[i].text);
		if (reasons[i].name == NULL || reasons[i].text == NULL)
			return nm_fail_memory(err);
	}
	out->reasons = reasons;
	out->n_reasons = simulation->n_reasons;
	return NM_OK;
}

enum nm_code nm_explain_beside(const struct nm_explain_variant *variant, const struct nm_call_entry *call,
			       const struct nm_treatment *treatment, const char *by, struct nm_arena *arena,
			       struct nm_explanation *out, struct nm_error *err)
{
	const struct nm_traits traits = traits_of(variant->plan, call);
	struct nm_call_entry named = *call;
	const struct nm_comparison comparison = {
		.call = &named, .treatment = treatment, .traits = &traits, .arena = arena, .by = by
	};
	enum nm_code code = nm_call_name(variant->store, variant->plan, arena, &named, err);

	if (code == NM_OK)
		code = nm_explain_compare(&comparison, out, err);
	return code == NM_OK ? nm_explain_real(&named, arena, &out->real, err) : code;
}

static enum nm_code compare(const struct nm_explain_variant *variant, const struct nm_call_entry *call,
			    struct nm_arena *arena, struct nm_explanation *out, struct nm_error *err)
{
	const struct nm_treatment *treatment;
	struct nm_simulation *simulation;
	enum nm_code code = nm_explain_simulate(variant, call, &simulation, err);

	if (code != NM_OK)
		return code;
	treatment = nm_treatment_copy(simulation->treatment, arena);
	code = treatment != NULL ? nm_explain_beside(variant, call, treatment, "the plan", arena, out, err)
				 : nm_fail_memory(err);
	if (code == NM_OK) {
		out->rule = treatment->rule;
		out->path = treatment->path;
		code = copy_reasons(simulation, arena, out, err);
	}
	nm_simulation_free(simulation);
	return code;
}

/* --- what may lie behind it --- */

static enum nm_code add_likely(struct nm_explanation *out, enum nm_cause cause, const char *words,
			       struct nm_error *err)
{
	if (words == NULL)
		return nm_fail_memory(err);
	out->likely[out->n_likely++] = (struct nm_likely){ .cause = cause, .words = words };
	return NM_OK;
}

/* Adds it when the call goes as it really did with this one thing changed. */
static enum nm_code try_variant(const struct nm_explain_variant *variant, const struct nm_call_entry *call,
				const struct nm_likely *likely, struct nm_explanation *out,
				struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_explanation tried = { .verdict = NM_EXPLAINED_UNTOLD };
	enum nm_code code;

	if (arena == NULL)
		return nm_fail_memory(err);
	code = compare(variant, call, arena, &tried, err);
	nm_arena_free(arena);
	if (code == NM_INPUT) /* another plan may not have the line */
		return NM_OK;
	return code == NM_OK && tried.verdict == NM_EXPLAINED_PLANNED
		       ? add_likely(out, likely->cause, likely->words, err)
		       : code;
}

static enum nm_code try_variants(const struct nm_explainer *explainer, const struct nm_plan *then,
				 const struct nm_call_entry *call, struct nm_explanation *out,
				 struct nm_error *err)
{
	struct nm_store *store = explainer->store;
	const struct {
		struct nm_explain_variant variant;
		bool apt;
		struct nm_likely likely;
	} tries[] = {
		{ { .store = store, .plan = then, .held = true },
		  true,
		  { .cause = NM_CAUSE_HELD,
		    .words =
			    "the carrier cannot hold all of the plan: what it can hold of it does just this" } },
		{ { .store = store, .plan = then, .emergency = true },
		  then->emergency.given,
		  { .cause = NM_CAUSE_EMERGENCY,
		    .words = "an emergency goes just so: the caller may have pressed the key" } },
		{ { .store = store, .plan = then, .later_s = -LATE_S },
		  true,
		  { .cause = NM_CAUSE_CHANGED_LATE,
		    .words = "a minute before, the plan did just this: the carrier changed over late" } },
		{ { .store = store, .plan = then, .later_s = LATE_S },
		  true,
		  { .cause = NM_CAUSE_CHANGED_EARLY,
		    .words = "a minute later, the plan does just this: the carrier changed over early" } },
		{ { .store = store, .plan = explainer->today },
		  out->version != 0,
		  { .cause = NM_CAUSE_TODAY,
		    .words =
			    "the plan of today does just this: it may have been made live by another way than a push" } },
	};
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]) && code == NM_OK; i++)
		if (tries[i].apt)
			code = try_variant(&tries[i].variant, call, &tries[i].likely, out, err);
	return code;
}

/* What would keep a phone's own voicemail out, if anything would: "" when the plan asks for a 1 already, or the line's
 * carrier cannot. */
static const char *keeps_out(const struct nm_plan *plan, const struct nm_call_entry *call,
			     const struct nm_destination *destination)
{
	const struct nm_account *account = &plan->accounts[plan->lines[nm_explain_line(plan, call)].account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);

	if (destination->confirm)
		return ", though the plan has `confirm` for it: the carrier asked nobody for a 1";
	if (carrier == NULL || nm_carrier_traits(carrier, account).confirm == NM_CONFIRM_NONE)
		return "";
	return ": `confirm` keeps it out";
}

/* What a phone, or its carrier, does by itself. */
static enum nm_code likely_phone(const struct nm_plan *plan, const struct nm_call_entry *call,
				 struct nm_arena *arena, struct nm_explanation *out, struct nm_error *err)
{
	const size_t taker = nm_explain_taker(call);
	const int rang_s = taker < call->n ? call->legs[taker].leg.rang_s : -1;
	const int id = out->who != NULL ? nm_plan_find_destination(plan, out->who) : -1;
	const struct nm_destination *destination = id >= 0 ? &plan->destinations[id] : NULL;

	if (out->departure == NM_DEPARTURE_SHORTER)
		return add_likely(out, NM_CAUSE_DECLINED,
				  out->unanswered
					  ? "a phone that is busy, is off or declines the call ends its ring sooner"
					  : "a phone that declines the call ends its ring as well",
				  err);
	if (call->became.end != NM_CALL_SWALLOWED || id < 0 || rang_s < 0)
		return NM_OK;
	if (call->became.reason == NM_CALL_AT_ONCE)
		return add_likely(out, NM_CAUSE_OWN_VOICEMAIL,
				  nm_arena_format(arena,
						  "%s's phone was off or without a network: then its own "
						  "voicemail picks up at once%s",
						  out->who, keeps_out(plan, call, destination)),
				  err);
	if (abs(destination->own_voicemail_s - rang_s) <= NM_EXPLAIN_SLACK_S)
		return add_likely(out, NM_CAUSE_OWN_VOICEMAIL,
				  nm_arena_format(arena,
						  "%s's own voicemail picks up after %d s, as the plan says%s",
						  out->who, destination->own_voicemail_s,
						  keeps_out(plan, call, destination)),
				  err);
	return add_likely(
		out, NM_CAUSE_OWN_VOICEMAIL,
		nm_arena_format(arena,
				"%s's own voicemail picks up after %d s: `own_voicemail = %ds` would "
				"say so in the plan%s",
				out->who, rang_s, rang_s, keeps_out(plan, call, destination)),
		err);
}

static enum nm_code likely_longer(const struct nm_plan *plan, const struct nm_call_entry *call,
				  struct nm_arena *arena, struct nm_explanation *out, struct nm_error *err)
{
	const struct nm_traits traits = traits_of(plan, call);

	if (out->departure != NM_DEPARTURE_LONGER)
		return NM_OK;
	/* Of a table or a server's own records nobody knows what the carrier can be told. */
	if (nm_carrier_find(call->driver) != NULL && !traits.ring_times)
		return add_likely(
			out, NM_CAUSE_RING_TIMES,
			nm_arena_format(arena, "%s cannot be told how long a phone rings", call->driver),
			err);
	return NM_OK;
}

/* What was last read back of the line. */
static enum nm_code likely_drift(const struct nm_explainer *explainer, const struct nm_plan *plan,
				 const struct nm_call_entry *call, struct nm_arena *arena,
				 struct nm_explanation *out, struct nm_error *err)
{
	struct nm_reading reading;
	bool found = false;
	char at[NM_TIME_TEXT];
	enum nm_code code = nm_store_reading_get(explainer->store, call->number, arena, &reading, &found, err);

	if (code != NM_OK || !found || !reading.known || reading.in_sync)
		return code;
	nm_time_words(plan->zone, reading.at, true, at);
	return add_likely(
		out, NM_CAUSE_DRIFT,
		nm_arena_format(arena,
				"what was live differed from the plan when it was last read, on %s: %s", at,
				reading.words != NULL ? reading.words : "drift"),
		err);
}

static enum nm_code likely_untold(const struct nm_plan *plan, const struct nm_call_entry *call,
				  struct nm_explanation *out, struct nm_error *err)
{
	if (plan->n_callers == 0 || call->caller.number != 0 || call->caller.anonymous)
		return NM_OK;
	return add_likely(out, NM_CAUSE_CALLER,
			  "the record does not tell who called: rules for callers may have decided otherwise",
			  err);
}

/* Servers write down extensions, which may be those of people whom the plan has under their numbers. */
static enum nm_code likely_unnamed(const struct nm_plan *plan, const struct nm_call_entry *call,
				   struct nm_arena *arena, struct nm_explanation *out, struct nm_error *err)
{
	size_t i = 0;

	if (out->departure != NM_DEPARTURE_NOT_RUNG && out->departure != NM_DEPARTURE_RUNG)
		return NM_OK;
	while (i < call->n && (call->legs[i].who != NULL || call->legs[i].leg.to == NULL ||
			       nm_call_who(plan, call->legs[i].leg.to) != NULL))
		i++;
	if (i == call->n)
		return NM_OK;
	return add_likely(out, NM_CAUSE_UNNAMED,
			  nm_arena_format(arena,
					  "%s is nobody's number in the plan: it may be another number of "
					  "somebody whom the plan rings",
					  call->legs[i].leg.to),
			  err);
}

static enum nm_code find_likely(const struct nm_explainer *explainer, const struct nm_plan *plan,
				const struct nm_call_entry *call, struct nm_arena *arena,
				struct nm_explanation *out, struct nm_error *err)
{
	enum nm_code code = likely_phone(plan, call, arena, out, err);

	if (code == NM_OK)
		code = likely_longer(plan, call, arena, out, err);
	if (code == NM_OK)
		code = try_variants(explainer, plan, call, out, err);
	if (code == NM_OK)
		code = likely_drift(explainer, plan, call, arena, out, err);
	if (code == NM_OK)
		code = likely_untold(plan, call, out, err);
	return code == NM_OK ? likely_unnamed(plan, call, arena, out, err) : code;
}

enum nm_code nm_explain(struct nm_explainer *explainer, const struct nm_call_entry *call, bool likely,
			struct nm_arena *arena, struct nm_explanation *out, struct nm_error *err)
{
	struct nm_explain_variant variant = { .store = explainer->store };
	struct nm_explanation explanation;
	int64_t version = call->version;
	enum nm_code code = nm_explainer_plan(explainer, &version, &variant.plan, err);

	if (code == NM_OK)
		code = compare(&variant, call, arena, &explanation, err);
	if (code != NM_OK)
		return code;
	explanation.version = version;
	if (likely && explanation.verdict == NM_EXPLAINED_DIFFERS)
		code = find_likely(explainer, variant.plan, call, arena, &explanation, err);
	if (code == NM_OK)
		*out = explanation;
	return code;
}
