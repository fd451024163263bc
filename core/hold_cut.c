/* SPDX-License-Identifier: MIT */
/*
 * One treatment cut down to what a carrier can do with a call.
 *
 * Comes in: a treatment and traits.  Goes out: what is left of it, and a loss for everything that is not.
 */
#include <string.h>

#include "core/hold_private.h"

#define IN_MAILBOX "the number's own mailbox takes the call, with the greeting that was set there"
#define AT_REST    "it reaches the line's own phone, or whatever else the carrier connects the number to"

/* --- treatments --- */

void nm_cut_lose(struct nm_cut *cut, const struct nm_treatment_step *step, const char *what, const char *who,
		 const char *instead)
{
	struct nm_arena *arena = cut->words;
	const char *path = cut->treatment->path, *text;

	cut->changed = true;
	if (cut->h == NULL)
		return;
	if (path != NULL && step != NULL)
		text = nm_arena_format(arena, "%s (path %s, step %d: %s)", what, path, step->number, who);
	else if (path != NULL)
		text = nm_arena_format(arena, "%s (path %s)", what, path);
	else if (step != NULL)
		text = nm_arena_format(arena, "%s (step %d: %s)", what, step->number, who);
	else
		text = what;
	nm_hold_mark_treatment(cut->h, nm_hold_draft(cut->h, text, instead), cut->index);
}

static void cut_rejection(struct nm_cut *cut)
{
	const struct nm_traits *traits = cut->traits;
	struct nm_treatment *treatment = cut->treatment;
	const bool busy = treatment->reject == NM_REJECT_BUSY;

	if (busy ? traits->reject_busy : traits->reject_silent)
		return;
	if (traits->reject_busy || traits->reject_silent) {
		nm_cut_lose(cut, NULL,
			    busy ? "a busy tone cannot be given" : "a call cannot be refused silently", NULL,
			    busy ? "the call is refused silently" : "the caller hears that it is busy");
		treatment->reject = busy ? NM_REJECT_SILENT : NM_REJECT_BUSY;
		return;
	}
	nm_cut_lose(cut, NULL, "a call cannot be rejected", NULL,
		    traits->handset_at_rest ? AT_REST : "it is taken and ended at once, with nobody rung");
	treatment->verdict = NM_VERDICT_LOST;
	treatment->reject = NM_REJECT_NONE;
	treatment->n = 0;
}

/* Who is not rung, and why, for a call that is played. */
static void skip(struct nm_cut *cut, struct nm_treatment_step *step, const char *name, const char *why)
{
	struct nm_skip *skips = cut->h == NULL ? nm_arena_alloc(cut->arena, step->n_skips + 1, sizeof(*skips)) : NULL;

	if (cut->h != NULL)
		return;
	why = nm_arena_format(cut->arena, "its carrier: %s", why);
	if (skips == NULL || why == NULL) {
		cut->failed = true;
		return;
	}
	if (step->n_skips > 0)
		memcpy(skips, step->skips, step->n_skips * sizeof(*skips));
	skips[step->n_skips++] = (struct nm_skip){ name, why };
	step->skips = skips;
}

/* Takes party i out of the step. */
static void drop_party(struct nm_cut *cut, struct nm_treatment_step *step, size_t i, const char *why)
{
	skip(cut, step, step->parties[i].name, why);
	memmove(&step->parties[i], &step->parties[i + 1], (step->n - i - 1) * sizeof(*step->parties));
	step->n--;
}

/* "+1" and ten digits. */
static bool north_american(const char *number)
{
	return strncmp(number, "+1", 2) == 0 && strlen(number) == 12;
}

/* Why this party cannot be rung; NULL when it can. */
static const char *unreachable(const struct nm_traits *traits, const struct nm_party *party, bool first)
{
	if (party->kind == NM_VOICEMAIL)
		return traits->mailbox ? NULL : "this carrier has no voicemail of the plan's";
	if (party->native)
		return traits->handset == NM_HANDSET_ANY || (traits->handset == NM_HANDSET_FIRST && first)
			       ? NULL
		       : traits->handset == NM_HANDSET_FIRST ? "the line's own phone can only be rung first"
							     : "the line's own phone cannot be rung";
	if (party->number == NULL)
		return "it has no number";
	if (party->number[0] != '+')
		return traits->addresses ? NULL : "only numbers can be rung, no SIP addresses";
	return !traits->ten_digits || north_american(party->number)
		       ? NULL
		       : "only numbers of North America can be rung";
}

static bool takes_voicemail(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return true;
	return false;
}

/* Why party i cannot be rung together with the others of its step; NULL when it can. */
static const char *apart(const struct nm_cut *cut, const struct nm_treatment_step *step, size_t i)
{
	const struct nm_traits *traits = cut->traits;
	const struct nm_party *party = &step->parties[i];

	if (traits->mailbox_alone && takes_voicemail(step)) {
		if (party->kind != NM_VOICEMAIL)
			return "nobody can be rung beside a voicemail";
		for (size_t k = 0; k < i; k++)
			if (step->parties[k].kind == NM_VOICEMAIL)
				return "only one voicemail can take a call";
	}
	if (traits->addresses_alone && party->number != NULL && party->number[0] != '+')
		return "a SIP address cannot be rung together with others";
	if (traits->several_max > 0 && step->n > (size_t)traits->several_max)
		return nm_arena_format(cut->words, "only %d phones can be rung at once",
				       traits->several_max);
	return NULL;
}

static void cut_together(struct nm_cut *cut, struct nm_treatment_step *step)
{
	for (size_t i = step->n; i-- > 0 && step->n > 1;) {
		const char *why = apart(cut, step, i);

		if (why == NULL)
			continue;
		nm_cut_lose(cut, step, why, step->parties[i].name,
			    nm_arena_format(cut->words, "%s is not rung", step->parties[i].name));
		drop_party(cut, step, i, why);
	}
}

static void cut_parties(struct nm_cut *cut, struct nm_treatment_step *step, bool first)
{
	const struct nm_traits *traits = cut->traits;

	for (size_t i = 0; i < step->n;) {
		const struct nm_party *party = &step->parties[i];
		const char *why = unreachable(traits, party, first);

		if (why == NULL) {
			i++;
			continue;
		}
		nm_cut_lose(cut, step, why, party->name,
			    nm_arena_format(cut->words, "%s %s", party->name,
					    party->kind == NM_VOICEMAIL ? "does not take the call"
									: "is not rung"));
		drop_party(cut, step, i, why);
	}
	if (step->n > 1 && !traits->several) {
		static const char why[] = "several phones cannot be rung at once";

		nm_cut_lose(cut, step, why, step->parties[1].name,
			    nm_arena_format(cut->words, "only %s is rung", step->parties[0].name));
		while (step->n > 1)
			drop_party(cut, step, 1, why);
	}
	cut_together(cut, step);
}

/* Phones that ring together and are to be shown different numbers. */
static void cut_line_id(struct nm_cut *cut, struct nm_treatment_step *step)
{
	size_t line_ids = 0;

	for (size_t i = 0; i < step->n; i++)
		line_ids += step->parties[i].line_id;
	if (line_ids == 0 || line_ids == step->n)
		return;
	for (size_t i = 0; i < step->n; i++) {
		if (!step->parties[i].line_id)
			nm_cut_lose(cut, step, "phones that ring together are shown the same number",
				    step->parties[i].name, "it is shown the line's number");
		step->parties[i].line_id = true;
	}
}

static void cut_features(struct nm_cut *cut, struct nm_treatment_step *step)
{
	const struct nm_traits *traits = cut->traits;
	const bool confirms = traits->confirm == NM_CONFIRM_SEVERAL ||
			      (traits->confirm == NM_CONFIRM_ONE && step->n == 1);

	for (size_t i = 0; i < step->n; i++) {
		struct nm_party *party = &step->parties[i];

		if (party->kind == NM_VOICEMAIL)
			continue; /* it presses no key, and shows nothing */
		if (party->confirm && !confirms) {
			nm_cut_lose(cut, step, "nobody can be asked to press 1", party->name,
				    "whoever picks up has the call, that phone's voicemail too");
			party->confirm = false;
		}
		if (party->line_id && !traits->line_id) {
			nm_cut_lose(cut, step, "the line's number cannot be shown", party->name,
				    "the phone shows what the carrier sends, in general the caller's number");
			party->line_id = false;
		}
	}
	if (traits->line_id_all)
		cut_line_id(cut, step);
}

/* What happens where a ring time cannot be set. */
static const char *rings_on(const struct nm_traits *traits, const struct nm_party *party, bool line)
{
	if (line)
		return "the call is that line's for good";
	if (!party->native)
		return "it rings until the caller gives up or that phone's own voicemail takes the call";
	if (traits->only_on_failure)
		return "it rings until the caller gives up; what follows comes only when it declines or cannot be "
		       "reached";
	return "it rings until the carrier lets the call go on, and how long that is, is not known";
}

/* No time of its own: a phone rings on, a line has the call for good. */
static void cut_to_endless(struct nm_cut *cut, struct nm_treatment_step *step)
{
	const struct nm_party *party = &step->parties[0];
	const bool line = step->n == 1 && party->line != NULL;
	const bool goes_on = party->native && !cut->traits->only_on_failure;

	nm_cut_lose(cut, step,
		    party->native ? "how long the line's own phone rings cannot be set"
				  : "a ring time cannot be set",
		    party->name, rings_on(cut->traits, party, line));
	step->ring_time = line ? NM_RING_HANDOVER : goes_on ? NM_RING_OPEN : NM_RING_ON;
	step->for_s = line ? 0 : goes_on ? step->for_s : NM_FOR_MAX;
}

static void cut_ring_time(struct nm_cut *cut, struct nm_treatment_step *step)
{
	const struct nm_traits *traits = cut->traits;
	const int unit = traits->ring_step_s > 1 ? traits->ring_step_s : 1;
	int for_s;

	if (step->n == 0 || takes_voicemail(step))
		return;
	if (step->ring_time == NM_RING_HANDOVER && traits->handover_ends) {
		nm_cut_lose(cut, step, "a call cannot be handed to another line for good",
			    step->parties[0].name,
			    nm_arena_format(cut->words, "it rings there for %d s", traits->ring_max_s));
		step->ring_time = NM_RING_TIMED;
		step->for_s = traits->ring_max_s;
	}
	if (step->ring_time != NM_RING_TIMED)
		return;
	for_s = (step->for_s + unit - 1) / unit * unit;
	if (step->parties[0].native ? traits->handset_untimed : !traits->ring_times) {
		cut_to_endless(cut, step);
		return;
	}
	if (traits->ring_min_s > 0 && for_s < traits->ring_min_s)
		for_s = traits->ring_min_s;
	if (traits->ring_max_s > 0 && for_s > traits->ring_max_s)
		for_s = traits->ring_max_s;
	if (for_s == step->for_s)
		return;
	nm_cut_lose(cut, step, nm_arena_format(cut->words, "a ring of %d s cannot be set", step->for_s),
		    step->parties[0].name, nm_arena_format(cut->words, "it rings for %d s", for_s));
	step->for_s = for_s;
}

/* --- a carrier's own mailbox --- */

static const struct nm_party own_mailbox = {
	.name = NM_CARRIER_MAILBOX,
	.kind = NM_VOICEMAIL,
	.own_voicemail_s = NM_OWN_VOICEMAIL_NONE,
};

/* It takes the place of the plan's; who rings beside a voicemail never has a call. */
static void cut_mailbox(struct nm_cut *cut, struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++) {
		if (step->parties[i].kind != NM_VOICEMAIL)
			continue;
		nm_cut_lose(cut, step, "the plan's voicemail is not at this carrier", step->parties[i].name,
			    IN_MAILBOX);
		step->parties[0] = own_mailbox;
		step->n = 1;
		return;
	}
}

/* It stands behind every phone, asked for or not. */
static void add_mailbox(struct nm_cut *cut)
{
	struct nm_treatment *treatment = cut->treatment;
	struct nm_party *party = nm_arena_alloc(cut->arena, 1, sizeof(*party));
	struct nm_treatment_step *steps =
		nm_arena_alloc(cut->arena, treatment->n + 1, sizeof(*steps));

	if (party == NULL || steps == NULL) {
		cut->failed = true;
		return;
	}
	nm_cut_lose(cut, NULL, "a call that nobody answers cannot be left to end", NULL, IN_MAILBOX);
	*party = own_mailbox;
	memcpy(steps, treatment->steps, treatment->n * sizeof(*steps));
	steps[treatment->n] = (struct nm_treatment_step){
		.number = steps[treatment->n - 1].number + 1, .round = 1, .n = 1, .parties = party
	};
	treatment->steps = steps;
	treatment->n++;
}

/* Steps in which nobody is left are gone, but for those that say why. */
static void drop_empty(struct nm_treatment *treatment)
{
	size_t n = 0;

	for (size_t i = 0; i < treatment->n; i++)
		if (treatment->steps[i].n > 0 || treatment->steps[i].n_skips > 0)
			treatment->steps[n++] = treatment->steps[i];
	treatment->n = n;
}

/* The last step that rings anybody; NULL. */
static const struct nm_treatment_step *last_rung(const struct nm_treatment *treatment)
{
	for (size_t i = treatment->n; i-- > 0;)
		if (treatment->steps[i].n > 0)
			return &treatment->steps[i];
	return NULL;
}

/* Nobody gets past it: what stands behind is never noticed, and of it nothing is lost. */
static bool ends(const struct nm_treatment_step *step)
{
	return takes_voicemail(step) || step->ring_time == NM_RING_HANDOVER;
}

static void cut_steps(struct nm_cut *cut)
{
	const struct nm_traits *traits = cut->traits;
	struct nm_treatment *treatment = cut->treatment;
	bool first = true;
	int rung = 0;

	for (size_t i = 0; i < treatment->n && !cut->failed; i++) {
		struct nm_treatment_step *step = &treatment->steps[i];

		if (ends(step))
			treatment->n = i + 1;
		cut_parties(cut, step, first);
		if (step->n == 0)
			continue;
		first = false;
		if (traits->mailbox_own && takes_voicemail(step))
			cut_mailbox(cut, step);
		if (traits->steps_max > 0 && !step->parties[0].native && !takes_voicemail(step) &&
		    ++rung > traits->steps_max) {
			if (rung == traits->steps_max + 1)
				nm_cut_lose(cut, step,
					    "nothing behind it can be rung: this carrier goes no further",
					    step->parties[0].name, "nobody else is rung");
			while (step->n > 0)
				drop_party(cut, step, 0, "it goes no further");
			continue;
		}
		cut_features(cut, step);
		cut_ring_time(cut, step);
		if (ends(step))
			treatment->n = i + 1;
	}
}

/* The line's own phone as the plan knows it, or as far as it is known. */
static struct nm_party handset_of(const struct nm_route *route)
{
	for (size_t t = 0; t < route->n_treatments; t++)
		for (size_t s = 0; s < route->treatments[t]->n; s++)
			for (size_t p = 0; p < route->treatments[t]->steps[s].n; p++)
				if (route->treatments[t]->steps[s].parties[p].native)
					return route->treatments[t]->steps[s].parties[p];
	return (struct nm_party){ .name = route->line,
				  .number = route->number,
				  .own_voicemail_s = NM_OWN_VOICEMAIL_UNKNOWN,
				  .native = true };
}

/* Nobody is left to ring: what then rings is the line's own phone. */
static void rest_on_handset(struct nm_cut *cut)
{
	struct nm_treatment *treatment = cut->treatment;
	struct nm_party handset = *cut->handset;
	struct nm_treatment_step step = {
		.number = 1, .round = 1, .ring_time = NM_RING_ON, .for_s = NM_FOR_MAX, .n = 1, .parties = &handset
	};
	const struct nm_treatment resting = { .n = 1, .steps = &step };
	const struct nm_treatment *copy;
	struct nm_treatment_step *steps = nm_arena_alloc(cut->arena, treatment->n + 1, sizeof(*steps));

	handset.confirm = handset.line_id = false;
	copy = nm_treatment_copy(&resting, cut->arena);
	if (copy == NULL || steps == NULL) {
		cut->failed = true;
		return;
	}
	if (treatment->n > 0) /* they say who is not rung */
		memcpy(steps, treatment->steps, treatment->n * sizeof(*steps));
	steps[treatment->n] = copy->steps[0];
	*treatment = (struct nm_treatment){ .verdict = NM_VERDICT_PATH,
					    .rule = treatment->rule,
					    .path = treatment->path,
					    .emergency = treatment->emergency,
					    .alerts = treatment->alerts,
					    .n = treatment->n + 1,
					    .steps = steps };
}

/* What follows the line's own phone while it is busy or not there. */
static void cut_failing(struct nm_cut *cut)
{
	const struct nm_traits *traits = cut->traits;
	struct nm_treatment_step *step = NULL;

	for (size_t i = 0; i < cut->treatment->n; i++)
		if (cut->treatment->steps[i].n > 0 && cut->treatment->steps[i].parties[0].native)
			step = &cut->treatment->steps[i];
	if (step == NULL || step == last_rung(cut->treatment))
		return;
	step->parties[0].on_busy = traits->busy == NM_FAILING_SENT_ON;
	step->parties[0].on_unreachable = traits->unreachable == NM_FAILING_SENT_ON;
	if (traits->busy == NM_FAILING_UNKNOWN)
		nm_cut_lose(cut, step, "a call while the phone is busy cannot be sent on", step->parties[0].name,
			    "what becomes of it is not known");
	if (traits->unreachable == NM_FAILING_UNKNOWN)
		nm_cut_lose(cut, step, "a call while the phone cannot be reached cannot be sent on",
			    step->parties[0].name, "what becomes of it is not known");
}

static void cut_path(struct nm_cut *cut)
{
	const struct nm_traits *traits = cut->traits;
	struct nm_treatment *treatment = cut->treatment;
	const struct nm_treatment_step *last;

	if (treatment->greeting_s > 0 && !traits->greeting) {
		nm_cut_lose(cut, NULL, "no greeting can be played before the first ring", NULL,
			    "the first ring begins at once");
		treatment->greeting = NULL;
		treatment->greeting_s = 0;
	}
	cut_steps(cut);
	drop_empty(treatment);
	cut_failing(cut);
	last = last_rung(treatment);
	if (traits->mailbox_own && last != NULL && !takes_voicemail(last))
		add_mailbox(cut);
	if (traits->handset_at_rest && last == NULL)
		nm_cut_lose(cut, NULL, "a call that rings nobody cannot be ended", NULL, AT_REST);
}

static void cut_treatment(struct nm_cut *cut)
{
	if (cut->treatment->verdict == NM_VERDICT_REJECT)
		cut_rejection(cut);
	else
		cut_path(cut);
	nm_cut_texts(cut);
	if (cut->traits->handset_at_rest && cut->treatment->verdict != NM_VERDICT_REJECT &&
	    last_rung(cut->treatment) == NULL)
		rest_on_handset(cut);
}

bool nm_hold_treatments(struct nm_holder *h)
{
	const size_t n = h->route->n_treatments;
	const struct nm_party handset = handset_of(h->route);

	h->held->treatments = nm_arena_alloc(h->held->arena, n, sizeof(*h->held->treatments));
	h->held->n_treatments = h->held->treatments == NULL ? 0 : n;
	for (size_t i = 0; i < h->held->n_treatments && !h->failed; i++) {
		struct nm_cut cut = {
			.traits = h->traits,
			.handset = &handset,
			.treatment = nm_treatment_copy(h->route->treatments[i], h->held->arena),
			.arena = h->held->arena,
			.words = h->losses.arena,
			.h = h,
			.index = (int)i,
		};

		h->held->treatments[i] = cut.treatment;
		if (cut.treatment != NULL)
			cut_treatment(&cut);
		h->failed = h->failed || cut.failed || cut.treatment == NULL;
	}
	return h->held->treatments != NULL && !h->failed;
}

/* --- one call --- */

/* Its own where it may be changed; texts, positions and who is skipped stay as they are. */
static struct nm_treatment *own_copy(const struct nm_treatment *treatment, struct nm_arena *arena)
{
	struct nm_treatment *copy = nm_arena_alloc(arena, 1, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	*copy = *treatment;
	copy->steps = nm_arena_alloc(arena, treatment->n, sizeof(*copy->steps));
	if (copy->steps == NULL)
		return NULL;
	for (size_t i = 0; i < treatment->n; i++) {
		struct nm_treatment_step *step = &copy->steps[i];

		*step = treatment->steps[i];
		step->parties = nm_arena_alloc(arena, step->n, sizeof(*step->parties));
		if (step->parties == NULL)
			return NULL;
		if (step->n > 0)
			memcpy(step->parties, treatment->steps[i].parties, step->n * sizeof(*step->parties));
	}
	return copy;
}

struct nm_treatment *nm_hold_treatment(const struct nm_treatment *treatment, const struct nm_traits *traits,
				       const struct nm_party *handset, struct nm_arena *arena, bool *changed)
{
	struct nm_cut cut = { .traits = traits,
			      .handset = handset,
			      .treatment = own_copy(treatment, arena),
			      .arena = arena,
			      .words = arena };

	if (cut.treatment != NULL)
		cut_treatment(&cut);
	*changed = cut.changed;
	return cut.failed ? NULL : cut.treatment;
}
