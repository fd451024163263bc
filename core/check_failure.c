/* SPDX-License-Identifier: MIT */
/*
 * One thing failing: what becomes of a call when one of the phones it rings cannot be reached.
 * Comes in: a case with its probes.  Goes out: marks on the case.
 */
#include "check_private.h"

#include <string.h>

static const struct nm_path *path_of(const struct nm_prover *prover, const struct nm_case *one)
{
	return &prover->checker->plan->paths[one->decision.path];
}

static bool rung_before(const struct nm_case *one, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (one->rung[j].destination == one->rung[i].destination)
			return true;
	return false;
}

static const char *lost_words(struct nm_checker *checker, int phone, const char *path)
{
	const bool shared = checker->n_names[phone] > 1;
	struct nm_buf words;

	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_add(&words, shared ? "if the phone of " : "if ");
	nm_check_phone_names(checker->plan, phone, &words);
	nm_buf_addf(&words, " fails, path %s loses the call", path);
	return nm_check_text_of(checker, &words);
}

static void lost_found(struct nm_prover *prover, struct nm_case *one, int id)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const int phone = nm_check_phone(checker->plan, id);
	struct nm_draft *draft = nm_draft_find(checker, "single-failure", one->decision.path, phone);

	if (!draft) {
		draft = nm_draft_add(checker, "single-failure", one->decision.path, phone, path->pos,
				     lost_words(checker, phone, path->name));
		nm_mend_last_step(checker, draft, nm_case_path_ending(prover, one));
	}
	nm_case_mark(prover, one, draft, NM_PROBE_UNREACHABLE, id);
}

/* --- its own voicemail takes the call --- */

static const char *swallowed_words(struct nm_checker *checker, enum nm_probe probe, const char *who, const char *path)
{
	struct nm_buf words;

	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_addf(&words, probe == NM_PROBE_BUSY ? "if %s is busy or declines" : "if %s's phone is off or out of range",
		    who);
	nm_buf_addf(&words, ", its own voicemail%s takes the call at once, and path %s gets no further",
		    probe == NM_PROBE_GUESSED ? ", should it have one," : "", path);
	return nm_check_text_of(checker, &words);
}

/* The phone itself in a step of the plan; NULL where it rings on another line, or no step of the plan says so. */
static const struct nm_party *phone_in(const struct nm_treatment_step *step, const char *who)
{
	size_t i;

	for (i = 0; step && step->pos.file && i < step->n; i++)
		if (!step->parties[i].line && !strcmp(step->parties[i].name, who))
			return &step->parties[i];
	return NULL;
}

/* Nobody is asked to press 1 on the line's own phone, and on another line its own path has to. */
static void mend_swallowed(struct nm_checker *checker, struct nm_draft *draft, const struct nm_case *one,
			   const struct nm_treatment_step *step, const struct nm_party *phone, int id)
{
	const char *who = checker->plan->destinations[id].name;

	if (phone && phone->native)
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena,
					      "have the carrier of line %s send on calls that do not get to %s's phone, "
					      "ahead of its voicemail",
					      checker->plan->lines[one->line].name, who),
			      0, NULL);
	else if (phone)
		nm_mend_confirm(checker, draft, one->decision.path, step->number - 1, id);
	else
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "ask %s to press 1 where a step rings that phone", who), 0,
			      NULL);
}

static void swallowed_found(struct nm_prover *prover, struct nm_case *one, const struct nm_tried *tried, int id,
			    enum nm_probe probe)
{
	struct nm_checker *checker = prover->checker;
	const struct nm_path *path = path_of(prover, one);
	const struct nm_treatment *treatment = one->treatment;
	const struct nm_treatment_step *step = tried->step < treatment->n ? &treatment->steps[tried->step] : NULL;
	const char *who = checker->plan->destinations[id].name;
	const struct nm_party *phone = phone_in(step, who);
	const int part = id * NM_PROBES + (int)probe;
	struct nm_draft *draft = nm_draft_find(checker, "failure-swallowed", one->decision.path, part);

	if (!draft) {
		draft = nm_draft_add(checker, "failure-swallowed", one->decision.path, part,
				     phone ? step->pos : path->pos, swallowed_words(checker, probe, who, path->name));
		mend_swallowed(checker, draft, one, step, phone, id);
	}
	nm_case_mark(prover, one, draft, probe, id);
}

/* With nothing failing somebody else has the call: an AI, a voicemail of the plan, or another phone's own.  Where
 * the same phone's takes it at any rate, `swallowed` says so, or nothing stands behind it. */
static bool others_have_it(const struct nm_case *one, int id)
{
	return one->nobody.result != NM_SWALLOWED || one->nobody.by != id;
}

/* Tries one way in which a phone can hand calls to its own voicemail. */
static enum nm_code try_swallow(struct nm_prover *prover, struct nm_case *one, int id, enum nm_probe probe)
{
	struct nm_tried tried;
	const enum nm_code code = nm_case_try(prover, one, probe, id, &tried);

	if (!code && tried.result == NM_SWALLOWED && tried.by == id)
		swallowed_found(prover, one, &tried, id, probe);
	return code;
}

/* --- each of those who are rung --- */

static enum nm_code find_failure(struct nm_prover *prover, struct nm_case *one, int id)
{
	const struct nm_destination *destination = &prover->checker->plan->destinations[id];
	struct nm_tried tried;
	const enum nm_code code = nm_case_try(prover, one, NM_PROBE_UNREACHABLE, id, &tried);

	if (code)
		return code;
	if (tried.result == NM_LOST)
		lost_found(prover, one, id);
	if (!others_have_it(one, id))
		return NM_OK;
	if (tried.result == NM_SWALLOWED && tried.by == id) {
		swallowed_found(prover, one, &tried, id, NM_PROBE_UNREACHABLE);
		return NM_OK;
	}
	/* A carrier may send on what cannot be delivered, and not what is refused. */
	if (destination->own_voicemail_s >= 0)
		return try_swallow(prover, one, id, NM_PROBE_BUSY);
	if (destination->own_voicemail_s == NM_OWN_VOICEMAIL_UNKNOWN && nm_kind_human(destination->kind))
		return try_swallow(prover, one, id, NM_PROBE_GUESSED);
	return NM_OK;
}

/* Those who are rung: a voicemail is the carrier's own, and without the carrier no call arrives. */
enum nm_code nm_case_find_failures(struct nm_prover *prover, struct nm_case *one)
{
	enum nm_code code = NM_OK;
	size_t i;

	for (i = 0; i < one->n_rung && !code && one->nobody.result != NM_LOST; i++)
		if (!rung_before(one, i))
			code = find_failure(prover, one, one->rung[i].destination);
	return code;
}
