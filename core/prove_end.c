/* SPDX-License-Identifier: MIT */
/*
 * What only the whole walk can tell: an emergency key that nobody can press, and lines whose hours hang
 * on the agent.  Comes in: the prover after its walk.  Goes out: drafts.
 */
#include "check_private.h"

#include <string.h>

#include "nevermiss/carrier.h"

/* --- the key --- */

static bool anybody_greeted(const struct nm_prover *prover)
{
	size_t i;

	for (i = 0; i < prover->n_slots; i++)
		if (prover->slots[i] && !prover->slots[i]->planned && prover->slots[i]->greets && !prover->slots[i]->decision.emergency)
			return true;
	return false;
}

/* Could the key be pressed in a greeting on any line at all? */
static bool any_carrier_hears(const struct nm_prover *prover)
{
	for (size_t i = 0; i < prover->checker->plan->n_lines; i++) {
		const struct nm_holding *holding = &prover->holdings[i];

		if (!holding->known || (holding->traits.greeting && holding->traits.key))
			return true;
	}
	return false;
}

static const char *key_words(struct nm_prover *prover, bool heard)
{
	const char *why = !heard ? "no line's carrier plays a greeting in which it could be pressed"
			  : prover->unheard ? "where a greeting plays the line's carrier does not hear it"
					    : "no greeting plays in which to press it";

	return nm_arena_format(prover->checker->arena, "the emergency key %c is set, and %s",
			       prover->checker->plan->emergency.key, why);
}

/* A greeting where most calls end up. */
static void mend_greeting(struct nm_checker *checker, struct nm_draft *draft)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_edit edits[2];
	const char *path, *text;

	if (!plan->n_rules || plan->rules[plan->n_rules - 1].path < 0)
		return;
	path = plan->paths[plan->rules[plan->n_rules - 1].path].name;
	text = nm_arena_format(checker->arena, "You've reached %s. In an emergency, press %c now.",
			       plan->business, plan->emergency.key);
	if (!text) {
		checker->failed = true;
		return;
	}
	edits[0] = nm_edit_option("path", path, "greeting", nm_check_quoted(checker, text));
	edits[1] = nm_edit_option("path", path, "lasts", "6s");
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "let path %s begin with a greeting", path),
		      edits[0].value ? 2 : 0, edits);
}

static void find_key(struct nm_prover *prover)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_plan *plan = checker->plan;
	const bool heard = any_carrier_hears(prover);
	struct nm_draft *draft;

	if (!plan->emergency.given || !plan->emergency.key || anybody_greeted(prover))
		return;
	draft = nm_draft_add(checker, "key-unreachable", 0, 0, plan->emergency.pos, key_words(prover, heard));
	if (heard && !prover->unheard)
		mend_greeting(checker, draft);
	else
		nm_draft_mend(checker, draft,
			      "move the line to a carrier that plays greetings and hears keys, or give "
			      "emergencies a line of their own",
			      0, NULL);
}

/* --- lines that cannot keep time --- */

/* A driver that this build does not have is taken for one that does. */
static bool keeps_time(const struct nm_holding *holding)
{
	return !holding->known || holding->traits.keeps_time;
}

/* Only a person can change it, and no agent. */
static bool by_hand(const struct nm_holding *holding)
{
	return holding->known && holding->traits.by_hand;
}

/* For whom the line does something else in this state than what would be frozen; -1. */
static int differs_for(struct nm_prover *prover, int line, uint32_t state, const struct nm_frozen *frozen)
{
	int caller;

	for (caller = 0; caller < (int)prover->checker->classes.n; caller++) {
		const struct nm_case *a = nm_case_get(prover, state, line, caller, false);
		const struct nm_case *b = frozen->cases[caller];

		if (!a)
			return -1;
		if (a != b && !nm_treatment_equal(a->treatment, b->treatment))
			return caller;
	}
	return -1;
}

/* Marks the guarantees that the frozen case breaks for a call of this state, and the one that the state has
 * does not. */
static void mark_broken(struct nm_prover *prover, int line, uint32_t state, const struct nm_frozen *frozen, bool *broken)
{
	int caller;
	size_t i;
	bool breaks;

	for (caller = 0; caller < (int)prover->checker->classes.n; caller++) {
		struct nm_case *now = nm_case_get(prover, state, line, caller, false);
		struct nm_case *then = frozen->cases[caller];

		for (i = 0; now && now != then && i < prover->checker->plan->n_guarantees; i++) {
			if (broken[i] || prover->code || nm_case_kept_out(prover, then) ||
			    !nm_prover_covers(prover, i, state, line, caller, now->decision.emergency))
				continue;
			prover->code = nm_case_breaks(prover, then, (int)i, &breaks);
			broken[i] = !prover->code && breaks && now->proofs[i] != NM_PROOF_BROKEN;
		}
	}
}

/* "; then guarantees are broken: "a", "b"" */
static const char *broken_words(struct nm_prover *prover, const bool *broken)
{
	const struct nm_plan *plan = prover->checker->plan;
	const char *lead = "; then guarantees are broken: ";
	struct nm_buf words;
	size_t i;

	nm_buf_init(&words, NM_WORDS_MOST);
	for (i = 0; i < plan->n_guarantees; i++) {
		if (!broken[i])
			continue;
		nm_buf_addf(&words, "%s\"%s\"", lead, plan->guarantees[i].name);
		lead = ", ";
	}
	return nm_check_text_of(prover->checker, &words);
}

/* "what was pushed Wed 25 Nov 2026 10:00 stays in force: " */
static void since_words(struct nm_prover *prover, const struct nm_frozen *frozen, bool hand, struct nm_buf *out)
{
	char since[NM_TIME_TEXT];

	if (frozen->since == NM_TIME_MIN) {
		nm_buf_add(out, hand ? "what is set now stays in force until then: "
				     : "what is pushed now stays in force: ");
		return;
	}
	nm_time_words(prover->checker->plan->zone, frozen->since, true, since);
	nm_buf_addf(out, "what was %s %s stays in force%s: ", frozen->read_back ? "read back" : hand ? "set" : "pushed",
		    since, hand ? " until then" : "");
}

static const char *frozen_words(struct nm_prover *prover, int line, const struct nm_frozen *frozen)
{
	const bool hand = by_hand(&prover->holdings[line]);
	struct nm_buf words;

	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_addf(&words,
		    hand ? "the hours of line %s hold only if somebody sets them by hand at each change; "
			 : "the hours of line %s hold only while the agent runs; without it ",
		    prover->checker->plan->lines[line].name);
	since_words(prover, frozen, hand, &words);
	nm_treatment_words(frozen->cases[0]->treatment, &words);
	return nm_check_text_of(prover->checker, &words);
}

#define REST_FOR "30d" /* an override has an end, which without the agent does nothing */

/* What helps for good, and what is safe to be left in force until then. */
static const char *dependent_mend(struct nm_prover *prover, int line)
{
	const struct nm_plan *plan = prover->checker->plan;
	const struct nm_case *rest = nm_prove_rest(prover, line);
	struct nm_buf words;

	if (prover->code)
		return NULL;
	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_add(&words,
		   by_hand(&prover->holdings[line])
			   ? "move the line to a carrier that keeps hours, or do at these times what nevermiss codes shows"
			   : "let nevermiss agent run on a machine that is always on, or move the line to a carrier that "
			     "keeps hours");
	if (!rest) {
		nm_buf_add(&words, "; no path of the line is safe to be left in force: each breaks a guarantee or leaves a hole");
		return nm_check_text_of(prover->checker, &words);
	}
	nm_buf_addf(&words, "; until then path %s is safe to be left in force, it breaks no guarantee and leaves no hole (",
		    plan->paths[rest->decision.path].name);
	nm_treatment_words(rest->treatment, &words);
	nm_buf_add(&words, "): nevermiss override --for " REST_FOR " --line");
	nm_check_argument(&words, plan->lines[line].name);
	nm_buf_add(&words, " --path");
	nm_check_argument(&words, plan->paths[rest->decision.path].name);
	return nm_check_text_of(prover->checker, &words);
}

static struct nm_draft *add_dependent(struct nm_prover *prover, int line, const struct nm_frozen *frozen)
{
	struct nm_checker *checker = prover->checker;
	const bool hand = by_hand(&prover->holdings[line]);
	struct nm_draft *draft =
		nm_draft_add(checker, "agent-dependent", line, 0, checker->plan->lines[line].pos,
			     frozen_words(prover, line, frozen));
	const char *mend = dependent_mend(prover, line);

	if (draft) {
		draft->plain = true;
		draft->why =
			hand ? "what somebody set stays in force until somebody sets something else: whoever "
			       "forgets a change leaves callers with the hours before it"
			     : NULL;
	}
	if (draft && mend)
		nm_draft_mend(checker, draft, mend, 0, NULL);
	return draft;
}

static void line_dependent(struct nm_prover *prover, int line)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_frozen frozen = nm_prove_frozen(prover, line);
	struct nm_hit hit = { .probe = NM_PROBE_PLAIN, .line = line, .who = -1 };
	struct nm_draft *draft = NULL;
	bool *broken = nm_arena_alloc(checker->arena, checker->plan->n_guarantees, sizeof *broken);
	const char *words;
	uint32_t state;

	checker->failed |= !broken;
	if (!broken || prover->code)
		return;
	for (state = 0; state < checker->timeline->n_states; state++) {
		hit.caller = differs_for(prover, line, state, &frozen);
		if (hit.caller < 0)
			continue;
		if (!draft)
			draft = add_dependent(prover, line, &frozen);
		nm_draft_hit(checker, draft, state, hit);
		mark_broken(prover, line, state, &frozen, broken);
	}
	words = broken_words(prover, broken);
	if (!draft || !words)
		return;
	draft->sentence = nm_arena_format(checker->arena, "%s%s", draft->sentence, words);
	checker->failed |= !draft->sentence;
}

static enum nm_code find_dependent(struct nm_prover *prover)
{
	int line;

	prover->quiet = true;
	for (line = 0; line < (int)prover->checker->plan->n_lines && !prover->code; line++)
		if (!keeps_time(&prover->holdings[line]))
			line_dependent(prover, line);
	return prover->code;
}

enum nm_code nm_prove_end(struct nm_prover *prover)
{
	enum nm_code code;

	if (prover->checker->guarantees_only)
		return NM_OK;
	code = nm_prove_loops(prover);
	if (code)
		return code;
	nm_prove_behind(prover);
	nm_prove_shadowed(prover);
	find_key(prover);
	return find_dependent(prover);
}
