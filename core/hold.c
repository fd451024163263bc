/* SPDX-License-Identifier: MIT */
/*
 * What a carrier can hold of a route: everything that its traits do not allow is taken out, and said.
 *
 * Comes in: a route and the traits of a carrier.  Goes out: the route that is left, which the driver can
 * render without further thought, and the losses, each with the times and the callers that it concerns.
 * One place for all drivers, so that none of them drops anything silently.
 */
#include <stdlib.h>
#include <string.h>

#include "core/route_private.h"
#include "nevermiss/carrier.h"

#define CALLERS_TOLD 8
#define IN_MAILBOX "the number's own mailbox takes the call, with the greeting that was set there"
#define AT_REST "it reaches the line's own phone, or whatever else the carrier connects the number to"

/* A loss in the making: which calls it changes. */
struct draft {
	const char *text, *instead;
	bool *marks; /* [n_situations * n_classes] */
};

struct holder {
	const struct nm_route *route;
	const struct nm_traits *traits;
	struct nm_route *held;
	struct nm_losses losses;
	struct draft *drafts;
	size_t n, capacity;
	bool failed; /* memory */
};

struct nm_traits nm_carrier_traits(const struct nm_carrier *carrier, const struct nm_account *account)
{
	struct nm_traits traits = carrier->traits;

	if (carrier->adapt != NULL && account != NULL)
		carrier->adapt(account, &traits);
	return traits;
}

void nm_losses_clear(struct nm_losses *losses)
{
	free(losses->items);
	nm_arena_free(losses->arena);
	*losses = (struct nm_losses){ 0 };
}

/* --- losses in the making --- */

/* The loss of these words, new or as before; NULL when memory is out.  Texts are the arena's or constant. */
static struct draft *draft_of(struct holder *h, const char *text, const char *instead)
{
	struct draft draft = { .text = text, .instead = instead };

	if (text == NULL || instead == NULL) {
		h->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->drafts[i].text, text) == 0 && strcmp(h->drafts[i].instead, instead) == 0)
			return &h->drafts[i];
	draft.marks = nm_arena_alloc(h->losses.arena, h->route->n_situations * h->route->n_classes,
				     sizeof(*draft.marks));
	if (draft.marks == NULL || !nm_grow((void **)&h->drafts, &h->capacity, h->n + 1, sizeof(draft))) {
		h->failed = true;
		return NULL;
	}
	h->drafts[h->n] = draft;
	return &h->drafts[h->n++];
}

static void mark(const struct holder *h, struct draft *draft, size_t situation, size_t class)
{
	if (draft != NULL)
		draft->marks[situation * h->route->n_classes + class] = true;
}

static bool gets(const struct holder *h, size_t s, size_t c, int treatment)
{
	const struct nm_situation *situation = &h->route->situations[s];

	return situation->treatment[c] == treatment || (h->traits->key && situation->key[c] == treatment);
}

/* Every call that gets this treatment.  Where callers cannot be told apart these are only the times at which
 * all others get it too: of the rest drop_callers says what is lost. */
static void mark_treatment(const struct holder *h, struct draft *draft, int treatment)
{
	const size_t none = nm_route_class_of(h->route, 0);

	for (size_t s = 0; s < h->route->n_situations; s++)
		for (size_t c = 0; c < h->route->n_classes; c++)
			if (gets(h, s, c, treatment) && (h->traits->callers || gets(h, s, none, treatment)))
				mark(h, draft, s, c);
}

/* --- treatments --- */

/* A treatment that is being cut down to what the carrier can do. */
struct cut {
	struct holder *h;
	struct nm_treatment *treatment; /* its own copy */
	int index;
};

/* Something about the treatment is lost; of a step when step is not NULL. */
static void lose(struct cut *cut, const struct nm_treatment_step *step, const char *what, const char *who,
		 const char *instead)
{
	struct nm_arena *arena = cut->h->losses.arena;
	const char *path = cut->treatment->path, *text;

	if (path != NULL && step != NULL)
		text = nm_arena_format(arena, "%s (path %s, step %d: %s)", what, path, step->number, who);
	else if (path != NULL)
		text = nm_arena_format(arena, "%s (path %s)", what, path);
	else if (step != NULL)
		text = nm_arena_format(arena, "%s (step %d: %s)", what, step->number, who);
	else
		text = what;
	mark_treatment(cut->h, draft_of(cut->h, text, instead), cut->index);
}

static void cut_rejection(struct cut *cut)
{
	const struct nm_traits *traits = cut->h->traits;
	struct nm_treatment *treatment = cut->treatment;
	const bool busy = treatment->reject == NM_REJECT_BUSY;

	if (busy ? traits->reject_busy : traits->reject_silent)
		return;
	if (traits->reject_busy || traits->reject_silent) {
		lose(cut, NULL, busy ? "a busy tone cannot be given" : "a call cannot be refused silently",
		     NULL, busy ? "the call is refused silently" : "the caller hears that it is busy");
		treatment->reject = busy ? NM_REJECT_SILENT : NM_REJECT_BUSY;
		return;
	}
	lose(cut, NULL, "a call cannot be rejected", NULL,
	     traits->handset_at_rest ? AT_REST : "it is taken and ended at once, with nobody rung");
	treatment->verdict = NM_VERDICT_LOST;
	treatment->reject = NM_REJECT_NONE;
	treatment->n = 0;
}

/* Takes party i out of the step. */
static void drop_party(struct nm_treatment_step *step, size_t i)
{
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
static const char *apart(const struct cut *cut, const struct nm_treatment_step *step, size_t i)
{
	const struct nm_traits *traits = cut->h->traits;
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
		return nm_arena_format(cut->h->losses.arena, "only %d phones can be rung at once",
				       traits->several_max);
	return NULL;
}

static void cut_together(struct cut *cut, struct nm_treatment_step *step)
{
	for (size_t i = step->n; i-- > 0 && step->n > 1;) {
		const char *why = apart(cut, step, i);

		if (why == NULL)
			continue;
		lose(cut, step, why, step->parties[i].name,
		     nm_arena_format(cut->h->losses.arena, "%s is not rung", step->parties[i].name));
		drop_party(step, i);
	}
}

static void cut_parties(struct cut *cut, struct nm_treatment_step *step, bool first)
{
	const struct nm_traits *traits = cut->h->traits;

	for (size_t i = 0; i < step->n;) {
		const struct nm_party *party = &step->parties[i];
		const char *why = unreachable(traits, party, first);

		if (why == NULL) {
			i++;
			continue;
		}
		lose(cut, step, why, party->name,
		     nm_arena_format(cut->h->losses.arena, "%s %s", party->name,
				     party->kind == NM_VOICEMAIL ? "does not take the call" : "is not rung"));
		drop_party(step, i);
	}
	if (step->n > 1 && !traits->several) {
		lose(cut, step, "several phones cannot be rung at once", step->parties[1].name,
		     nm_arena_format(cut->h->losses.arena, "only %s is rung", step->parties[0].name));
		step->n = 1;
	}
	cut_together(cut, step);
}

/* Phones that ring together and are to be shown different numbers. */
static void cut_line_id(struct cut *cut, struct nm_treatment_step *step)
{
	size_t line_ids = 0;

	for (size_t i = 0; i < step->n; i++)
		line_ids += step->parties[i].line_id;
	if (line_ids == 0 || line_ids == step->n)
		return;
	for (size_t i = 0; i < step->n; i++) {
		if (!step->parties[i].line_id)
			lose(cut, step, "phones that ring together are shown the same number",
			     step->parties[i].name, "it is shown the line's number");
		step->parties[i].line_id = true;
	}
}

static void cut_features(struct cut *cut, struct nm_treatment_step *step)
{
	const struct nm_traits *traits = cut->h->traits;
	const bool confirms = traits->confirm == NM_CONFIRM_SEVERAL ||
			      (traits->confirm == NM_CONFIRM_ONE && step->n == 1);

	for (size_t i = 0; i < step->n; i++) {
		struct nm_party *party = &step->parties[i];

		if (party->confirm && !confirms) {
			lose(cut, step, "nobody can be asked to press 1", party->name,
			     "whoever picks up has the call, that phone's voicemail too");
			party->confirm = false;
		}
		if (party->line_id && !traits->line_id) {
			lose(cut, step, "the line's number cannot be shown", party->name,
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
static void cut_to_endless(struct cut *cut, struct nm_treatment_step *step)
{
	const struct nm_party *party = &step->parties[0];
	const bool line = step->n == 1 && party->line != NULL;

	if (!line && step->for_s == NM_FOR_MAX)
		return;
	lose(cut, step,
	     party->native ? "how long the line's own phone rings cannot be set"
			   : "a ring time cannot be set",
	     party->name, rings_on(cut->h->traits, party, line));
	step->unlimited = line;
	step->for_s = line ? 0 : NM_FOR_MAX;
}

static void cut_ring_time(struct cut *cut, struct nm_treatment_step *step)
{
	const struct nm_traits *traits = cut->h->traits;
	const int unit = traits->ring_step_s > 1 ? traits->ring_step_s : 1;
	int for_s;

	if (step->n == 0 || takes_voicemail(step))
		return;
	if (step->unlimited && traits->handover_ends) {
		lose(cut, step, "a call cannot be handed to another line for good", step->parties[0].name,
		     nm_arena_format(cut->h->losses.arena, "it rings there for %d s", traits->ring_max_s));
		step->unlimited = false;
		step->for_s = traits->ring_max_s;
	}
	if (step->unlimited)
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
	lose(cut, step, nm_arena_format(cut->h->losses.arena, "a ring of %d s cannot be set", step->for_s),
	     step->parties[0].name, nm_arena_format(cut->h->losses.arena, "it rings for %d s", for_s));
	step->for_s = for_s;
}

/* --- a carrier's own mailbox --- */

static const struct nm_party own_mailbox = {
	.name = NM_CARRIER_MAILBOX,
	.kind = NM_VOICEMAIL,
	.own_voicemail_s = NM_OWN_VOICEMAIL_NONE,
};

/* It takes the place of the plan's; who rings beside a voicemail never has a call. */
static void cut_mailbox(struct cut *cut, struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++) {
		if (step->parties[i].kind != NM_VOICEMAIL)
			continue;
		lose(cut, step, "the plan's voicemail is not at this carrier", step->parties[i].name,
		     IN_MAILBOX);
		step->parties[0] = own_mailbox;
		step->n = 1;
		return;
	}
}

/* It stands behind every phone, asked for or not. */
static void add_mailbox(struct cut *cut)
{
	struct nm_treatment *treatment = cut->treatment;
	struct nm_party *party = nm_arena_alloc(cut->h->held->arena, 1, sizeof(*party));
	struct nm_treatment_step *steps =
		nm_arena_alloc(cut->h->held->arena, treatment->n + 1, sizeof(*steps));

	if (party == NULL || steps == NULL) {
		cut->h->failed = true;
		return;
	}
	lose(cut, NULL, "a call that nobody answers cannot be left to end", NULL, IN_MAILBOX);
	*party = own_mailbox;
	memcpy(steps, treatment->steps, treatment->n * sizeof(*steps));
	steps[treatment->n] = (struct nm_treatment_step){
		.number = steps[treatment->n - 1].number + 1, .round = 1, .n = 1, .parties = party
	};
	treatment->steps = steps;
	treatment->n++;
}

/* Steps in which nobody is left are gone. */
static void drop_empty(struct nm_treatment *treatment)
{
	size_t n = 0;

	for (size_t i = 0; i < treatment->n; i++)
		if (treatment->steps[i].n > 0)
			treatment->steps[n++] = treatment->steps[i];
	treatment->n = n;
}

static void cut_steps(struct cut *cut)
{
	const struct nm_traits *traits = cut->h->traits;
	struct nm_treatment *treatment = cut->treatment;
	bool first = true;
	int rung = 0;

	for (size_t i = 0; i < treatment->n && !cut->h->failed; i++) {
		struct nm_treatment_step *step = &treatment->steps[i];

		cut_parties(cut, step, first);
		if (step->n == 0)
			continue;
		first = false;
		if (traits->mailbox_own && takes_voicemail(step)) {
			cut_mailbox(cut, step);
			treatment->n = i + 1; /* nobody gets past it */
		}
		if (traits->steps_max > 0 && !step->parties[0].native && !takes_voicemail(step) &&
		    ++rung > traits->steps_max) {
			if (rung == traits->steps_max + 1)
				lose(cut, step, "what follows is lost: this carrier goes no further",
				     step->parties[0].name, "nobody else is rung");
			step->n = 0;
			continue;
		}
		cut_features(cut, step);
		cut_ring_time(cut, step);
		if (takes_voicemail(step) || step->unlimited)
			treatment->n = i + 1; /* nobody gets past it: of what follows nothing is lost */
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
static void rest_on_handset(struct cut *cut)
{
	struct nm_party handset = handset_of(cut->h->route);
	struct nm_treatment_step step = {
		.number = 1, .round = 1, .for_s = NM_FOR_MAX, .n = 1, .parties = &handset
	};
	const struct nm_treatment resting = { .verdict = NM_VERDICT_PATH,
					      .rule = cut->treatment->rule,
					      .path = cut->treatment->path,
					      .emergency = cut->treatment->emergency,
					      .n = 1,
					      .steps = &step };
	struct nm_treatment *copy;

	handset.confirm = handset.line_id = false;
	copy = nm_treatment_copy(&resting, cut->h->held->arena);
	if (copy == NULL)
		cut->h->failed = true;
	else
		*cut->treatment = *copy;
}

static void cut_path(struct cut *cut)
{
	const struct nm_traits *traits = cut->h->traits;
	struct nm_treatment *treatment = cut->treatment;

	if (treatment->greeting_s > 0 && !traits->greeting) {
		lose(cut, NULL, "no greeting can be played before the first ring", NULL,
		     "the first ring begins at once");
		treatment->greeting = NULL;
		treatment->greeting_s = 0;
	}
	cut_steps(cut);
	drop_empty(treatment);
	if (traits->mailbox_own && treatment->n > 0 && !takes_voicemail(&treatment->steps[treatment->n - 1]))
		add_mailbox(cut);
	if (traits->handset_at_rest && treatment->n == 0)
		lose(cut, NULL, "a call that rings nobody cannot be ended", NULL, AT_REST);
}

static void cut_treatment(struct holder *h, int index)
{
	struct cut cut = { h, nm_treatment_copy(h->route->treatments[index], h->held->arena), index };

	if (cut.treatment == NULL) {
		h->failed = true;
		return;
	}
	h->held->treatments[index] = cut.treatment;
	if (cut.treatment->verdict == NM_VERDICT_REJECT)
		cut_rejection(&cut);
	else
		cut_path(&cut);
	if (h->traits->handset_at_rest && cut.treatment->verdict != NM_VERDICT_REJECT &&
	    cut.treatment->n == 0)
		rest_on_handset(&cut);
}

static bool make_treatments(struct holder *h)
{
	const size_t n = h->route->n_treatments;

	h->held->treatments = nm_arena_alloc(h->held->arena, n, sizeof(*h->held->treatments));
	h->held->n_treatments = h->held->treatments == NULL ? 0 : n;
	for (size_t i = 0; i < h->held->n_treatments && !h->failed; i++)
		cut_treatment(h, (int)i);
	return h->held->treatments != NULL && !h->failed;
}

/* --- callers --- */

/* Index of the class of these groups; n_classes when there is none. */
static size_t class_of(const struct nm_route *route, uint64_t groups)
{
	size_t c = 0;

	while (c < route->n_classes && route->classes[c].groups != groups)
		c++;
	return c;
}

/* The groups of which a beginning of numbers is a part. */
static uint64_t groups_by_beginning(const struct nm_route *route)
{
	uint64_t groups = 0;

	for (size_t g = 0; g < route->n_groups; g++)
		for (size_t i = 0; i < route->groups[g].n; i++)
			if (route->groups[g].patterns[i].prefix)
				groups |= (uint64_t)1 << g;
	return groups;
}

/* Some who are in class `c` only by how their number begins are in no group without it: where that matters. */
static void mark_beginnings(const struct holder *h, struct draft *draft, size_t c, uint64_t lost)
{
	const struct nm_route *route = h->route;
	const size_t none = class_of(route, 0);

	if ((route->classes[c].groups & ~lost) != 0 || route->classes[c].groups == 0 || none == route->n_classes)
		return;
	for (size_t s = 0; s < route->n_situations; s++) {
		const struct nm_situation *situation = &route->situations[s];

		if (situation->treatment[c] != situation->treatment[none] ||
		    situation->key[c] != situation->key[none])
			mark(h, draft, s, c);
	}
}

/* Group g without beginnings: in their place stand the whole numbers of other groups that begin so, which the
 * carrier knows and can still tell. */
static bool spell_out(struct holder *h, size_t g)
{
	const struct nm_route *route = h->route;
	const struct nm_route_group *from = &route->groups[g];
	struct nm_caller_pattern *patterns, *beginnings = nm_arena_alloc(h->held->arena, from->n, sizeof(*beginnings));
	struct nm_route_group begun = { from->name, 0, beginnings };
	const struct nm_route only = { .n_groups = 1, .groups = &begun };
	size_t most = 0, n = 0;

	for (size_t k = 0; k < route->n_groups; k++)
		most += route->groups[k].n;
	patterns = nm_arena_alloc(h->held->arena, most, sizeof(*patterns));
	if (patterns == NULL || beginnings == NULL)
		return false;
	for (size_t i = 0; i < from->n; i++)
		if (from->patterns[i].prefix)
			beginnings[begun.n++] = from->patterns[i];
	for (size_t k = 0; k < route->n_groups; k++)
		for (size_t i = 0; i < route->groups[k].n; i++) {
			const struct nm_caller_pattern *pattern = &route->groups[k].patterns[i];
			const struct nm_caller caller = { pattern->anonymous, pattern->number };

			if (!pattern->prefix && (k == g || nm_route_groups(&only, caller) != 0))
				patterns[n++] = *pattern;
		}
	h->held->groups[g].patterns = patterns;
	h->held->groups[g].n = n;
	return true;
}

static bool drop_beginnings(struct holder *h)
{
	const uint64_t lost = groups_by_beginning(h->route);
	struct draft *draft;

	if (lost == 0)
		return true;
	for (size_t g = 0; g < h->held->n_groups; g++)
		if ((lost >> g & 1) != 0 && !spell_out(h, g))
			return false;
	draft = draft_of(h, "callers cannot be told by how their number begins",
			 "those who are in a group only by that get what others get");
	for (size_t c = 0; c < h->route->n_classes; c++)
		mark_beginnings(h, draft, c, lost);
	return !h->failed;
}

/* All callers get what those get who are in no group. */
static bool drop_callers(struct holder *h)
{
	const struct nm_route *route = h->route;
	const size_t none = class_of(route, 0) < route->n_classes ? class_of(route, 0) : 0;
	struct draft *draft = draft_of(h, "callers cannot be told apart", "they get what any other caller gets");

	for (size_t s = 0; s < route->n_situations; s++)
		for (size_t c = 0; c < route->n_classes; c++)
			if (route->situations[s].treatment[c] != route->situations[s].treatment[none])
				mark(h, draft, s, c);
	h->held->n_groups = 0;
	h->held->n_classes = 1;
	h->held->classes[0] = route->classes[none];
	h->held->classes[0].words = "any caller";
	for (size_t s = 0; s < route->n_situations; s++) {
		int *treatment = nm_arena_alloc(h->held->arena, 2, sizeof(int));

		if (treatment == NULL)
			return false;
		treatment[0] = route->situations[s].treatment[none];
		treatment[1] = h->held->situations[s].key[none]; /* the key may be gone by now */
		h->held->situations[s] = (struct nm_situation){ treatment, treatment + 1 };
	}
	return !h->failed;
}

/* --- the key, the hours --- */

static bool drop_key(struct holder *h)
{
	const struct nm_route *route = h->route;
	struct draft *draft = NULL;

	for (size_t s = 0; s < route->n_situations; s++) {
		int *none = nm_arena_alloc(h->held->arena, route->n_classes, sizeof(int));

		if (none == NULL)
			return false;
		for (size_t c = 0; c < route->n_classes; c++) {
			none[c] = -1;
			if (route->situations[s].key[c] < 0)
				continue;
			if (draft == NULL)
				draft = draft_of(h, "the emergency key cannot be heard",
						 "pressing it does nothing");
			mark(h, draft, s, c);
		}
		h->held->situations[s].key = none;
	}
	h->held->key = 0;
	return !h->failed;
}

static bool changes_ever(const struct nm_route *route)
{
	for (int w = 0; w < 7; w++)
		if (route->week[w].n > 1 ||
		    route->week[w].changes[0].situation != route->week[0].changes[0].situation)
			return true;
	return route->n_exceptions > 0;
}

/* What holds at one instant holds for good. */
static bool freeze(struct holder *h, nm_time at)
{
	const int now = nm_route_situation(h->route, at);
	struct nm_route_change *change;
	struct draft *draft;

	if (!changes_ever(h->route))
		return true;
	draft = draft_of(h, "this carrier keeps no hours",
			 h->traits->by_hand
				 ? "what was set by hand stays until the next time: somebody must do it at each change"
				 : "what holds at the time of a push stays until the next one: the agent must push at "
				   "each change");
	for (size_t s = 0; s < h->route->n_situations; s++)
		for (size_t c = 0; c < h->route->n_classes; c++)
			if ((int)s != now)
				mark(h, draft, s, c);
	h->losses.needs_agent = !h->traits->by_hand;
	change = nm_arena_alloc(h->held->arena, 1, sizeof(*change));
	if (change == NULL)
		return false;
	change->situation = now;
	for (int w = 0; w < 7; w++)
		h->held->week[w] = (struct nm_route_day){ 1, change };
	h->held->n_exceptions = 0;
	return !h->failed;
}

/* --- from drafts to losses --- */

static const char *callers_of(const struct holder *h, const struct draft *draft)
{
	const struct nm_route *route = h->route;
	struct nm_buf words;
	const char *copy;
	size_t told = 0, n = 0;

	nm_buf_init(&words, 65536);
	for (size_t c = 0; c < route->n_classes; c++) {
		bool any = false;

		for (size_t s = 0; s < route->n_situations; s++)
			any = any || draft->marks[s * route->n_classes + c];
		n += any;
		if (any && told < CALLERS_TOLD)
			nm_buf_addf(&words, "%s%s", told++ > 0 ? ", " : "", route->classes[c].words);
	}
	if (n > told)
		nm_buf_addf(&words, " and %zu more", n - told);
	copy = words.failed            ? NULL
	       : n == route->n_classes ? "any caller"
				       : nm_arena_text(h->losses.arena, words.data);
	nm_buf_clear(&words);
	return copy;
}

static bool concerned(const struct holder *h, const struct draft *draft, int situation)
{
	for (size_t c = 0; c < h->route->n_classes; c++)
		if (draft->marks[(size_t)situation * h->route->n_classes + c])
			return true;
	return false;
}

/* All windows in which it matters, in the arena; false when memory is out. */
static bool windows_of(struct holder *h, const struct draft *draft, struct nm_loss *loss)
{
	struct nm_span *windows = NULL, *copy;
	size_t capacity = 0;
	struct nm_route_walk walk;

	nm_route_walk_begin(&walk, h->route, h->route->from);
	for (nm_time t = h->route->from, end; t < h->route->until; t = end) {
		nm_route_walk_to(&walk, t);
		end = walk.end < h->route->until ? walk.end : h->route->until;
		if (!concerned(h, draft, walk.situation))
			continue;
		if (loss->n > 0 && windows[loss->n - 1].until == t) {
			windows[loss->n - 1].until = end;
			continue;
		}
		if (!nm_grow((void **)&windows, &capacity, loss->n + 1, sizeof(*windows))) {
			free(windows);
			return false;
		}
		windows[loss->n++] = (struct nm_span){ t, end };
	}
	copy = nm_arena_alloc(h->losses.arena, loss->n, sizeof(*copy));
	if (copy != NULL && loss->n > 0)
		memcpy(copy, windows, loss->n * sizeof(*copy));
	free(windows);
	loss->windows = copy;
	return copy != NULL;
}

static bool finish_losses(struct holder *h)
{
	const struct nm_span horizon = { h->route->from, h->route->until };

	for (size_t i = 0; i < h->n; i++) {
		struct nm_loss loss = { .text = h->drafts[i].text, .instead = h->drafts[i].instead };

		if (!windows_of(h, &h->drafts[i], &loss))
			return false;
		if (loss.n == 0)
			continue; /* of callers or times that never come */
		loss.callers = callers_of(h, &h->drafts[i]);
		loss.when = nm_windows_text(h->route, loss.windows, loss.n, horizon, h->losses.arena);
		if (loss.callers == NULL || loss.when == NULL ||
		    !nm_grow((void **)&h->losses.items, &h->losses.capacity, h->losses.n + 1, sizeof(loss)))
			return false;
		h->losses.items[h->losses.n++] = loss;
	}
	return true;
}

/* --- the whole --- */

/* A route of its own with everything but the treatments: these are cut one by one. */
static enum nm_code copy_frame(struct holder *h, struct nm_error *err)
{
	const struct nm_route *route = h->route;
	struct nm_arena *arena;
	enum nm_code code = nm_route_new(route->timezone, route->from, route->until, &h->held, err);

	if (code != NM_OK)
		return code;
	arena = h->held->arena;
	h->held->line = nm_arena_text(arena, route->line);
	h->held->number = nm_arena_text(arena, route->number);
	h->held->key = route->key;
	h->held->n_groups = route->n_groups;
	h->held->groups = nm_arena_alloc(arena, route->n_groups, sizeof(*h->held->groups));
	h->held->n_classes = route->n_classes;
	h->held->classes = nm_arena_alloc(arena, route->n_classes, sizeof(*h->held->classes));
	h->held->n_situations = route->n_situations;
	h->held->situations = nm_arena_alloc(arena, route->n_situations, sizeof(*h->held->situations));
	if (h->held->line == NULL || h->held->number == NULL || h->held->groups == NULL ||
	    h->held->classes == NULL || h->held->situations == NULL)
		return nm_fail_memory(err);
	return NM_OK;
}

static bool copy_lists(struct holder *h)
{
	const struct nm_route *route = h->route;
	struct nm_arena *arena = h->held->arena;
	bool ok = true;

	for (size_t g = 0; g < route->n_groups && ok; g++) {
		const struct nm_route_group *from = &route->groups[g];
		struct nm_caller_pattern *patterns = nm_arena_alloc(arena, from->n, sizeof(*patterns));

		h->held->groups[g] = (struct nm_route_group){ nm_arena_text(arena, from->name), from->n, patterns };
		ok = patterns != NULL && h->held->groups[g].name != NULL;
		if (ok && from->n > 0)
			memcpy(patterns, from->patterns, from->n * sizeof(*patterns));
	}
	for (size_t c = 0; c < route->n_classes && ok; c++) {
		h->held->classes[c] = route->classes[c];
		h->held->classes[c].words = nm_arena_text(arena, route->classes[c].words);
		ok = h->held->classes[c].words != NULL;
	}
	for (size_t s = 0; s < route->n_situations && ok; s++) {
		int *row = nm_arena_alloc(arena, 2 * route->n_classes, sizeof(*row));

		ok = row != NULL;
		if (!ok)
			break;
		memcpy(row, route->situations[s].treatment, route->n_classes * sizeof(*row));
		memcpy(row + route->n_classes, route->situations[s].key, route->n_classes * sizeof(*row));
		h->held->situations[s] = (struct nm_situation){ row, row + route->n_classes };
	}
	for (int w = 0; w < 7 && ok; w++) {
		struct nm_route_change *changes =
			nm_arena_alloc(arena, route->week[w].n, sizeof(*changes));

		ok = changes != NULL;
		if (ok)
			memcpy(changes, route->week[w].changes, route->week[w].n * sizeof(*changes));
		h->held->week[w] = (struct nm_route_day){ route->week[w].n, changes };
	}
	h->held->n_exceptions = route->n_exceptions;
	h->held->exceptions = nm_arena_alloc(arena, route->n_exceptions, sizeof(*h->held->exceptions));
	if (h->held->exceptions != NULL && route->n_exceptions > 0)
		memcpy(h->held->exceptions, route->exceptions,
		       route->n_exceptions * sizeof(*route->exceptions));
	return ok && h->held->exceptions != NULL;
}

static bool hold(struct holder *h, nm_time at)
{
	if (!copy_lists(h) || !make_treatments(h))
		return false;
	if (!h->traits->key && !drop_key(h))
		return false;
	if (!h->traits->callers && h->route->n_classes > 1) {
		if (!drop_callers(h))
			return false;
	} else if (!h->traits->beginnings && !drop_beginnings(h)) {
		return false;
	}
	if (!h->traits->keeps_time && !freeze(h, at))
		return false;
	return finish_losses(h) && !h->failed;
}

enum nm_code nm_carrier_hold(const struct nm_carrier *carrier, const struct nm_account *account,
			     const struct nm_route *route, nm_time at, struct nm_route **held,
			     struct nm_losses *losses, struct nm_error *err)
{
	const struct nm_traits traits = nm_carrier_traits(carrier, account);
	struct holder h = { .route = route, .traits = &traits };
	enum nm_code code;

	h.losses.arena = nm_arena_new();
	code = h.losses.arena == NULL ? nm_fail_memory(err) : copy_frame(&h, err);
	if (code == NM_OK && !hold(&h, at))
		code = nm_fail_memory(err);
	free(h.drafts);
	if (code == NM_OK && h.n > 0) {
		*held = h.held;
	} else {
		nm_route_free(h.held);
		*held = NULL;
	}
	if (code == NM_OK)
		*losses = h.losses;
	else
		nm_losses_clear(&h.losses);
	return code;
}
