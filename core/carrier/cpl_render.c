/* SPDX-License-Identifier: MIT */
/*
 * A route as a CPL script (RFC 3880), in the part of the language that Kamailio's cplc 5.6.3 runs rightly.
 *
 *   incoming -> callers who always get the same -> exceptions -> the week -> callers of a situation -> rings
 *
 * Every arrow is a reference to a subaction, and equal subactions stand there once: so treatments share
 * their tails, and nothing is nested near the server's limits.
 */
#include "core/carrier/cpl.h"

#include <stdlib.h>
#include <string.h>

#include "core/carrier/cpl_callers.h"
#include "core/carrier/cpl_script.h"
#include "core/carrier/cpl_times.h"
#include "core/carrier/facts.h"

#define COMPILED_MAX 65535 /* offsets in the compiled form have 16 bits */
#define BRANCHES_MAX 12    /* Kamailio's max_branches, when its configuration does not say */
#define CALLERS_ONCE 200   /* a node has at most 255 in it */

struct renderer {
	const struct nm_route *route;
	const struct nm_account *account;
	struct nm_arena *arena;
	struct nm_error *err;
	struct nm_cpl_script script;
	struct nm_cpl_callers callers;
	size_t *classes;           /* of each caller */
	bool *always;              /* this caller gets the same at all times */
	const char **treatments;   /* ids; NULL until written */
	const char **situations;
	size_t n_times;
};

static enum nm_code given(const char *id, const char **out, struct nm_error *err)
{
	*out = id;
	return id == NULL ? nm_fail_memory(err) : NM_OK;
}

/* --- rings --- */

static const char *reject(struct renderer *r, int status, const char *reason)
{
	struct nm_cpl_piece piece;

	nm_cpl_piece_init(&piece);
	nm_cpl_open(&piece, "reject");
	nm_cpl_set_number(&piece, "status", status);
	nm_cpl_set(&piece, "reason", reason);
	nm_cpl_empty(&piece);
	return nm_cpl_share(&r->script, NM_CPL_RINGS, &piece);
}

static const char *nobody(struct renderer *r)
{
	return reject(r, NM_CPL_NOBODY, "Temporarily Unavailable");
}

static void set_url(struct renderer *r, struct nm_cpl_piece *piece, const struct nm_party *party)
{
	struct nm_buf url;

	nm_buf_init(&url, 4096);
	if (party->kind == NM_VOICEMAIL) {
		nm_buf_add(&url, "sip:" NM_CPL_VOICEMAIL);
		for (const char *c = party->name; *c != '\0'; c++)
			nm_buf_addf(&url, nm_cpl_is_plain(*c) ? "%c" : "%%%02X", (unsigned char)*c);
		nm_buf_addf(&url, "@%s", r->account->domain);
	} else if (party->number[0] == '+') {
		nm_buf_addf(&url, "sip:%s@%s", party->number, r->account->domain);
	} else {
		nm_buf_add(&url, party->number);
	}
	nm_cpl_set(piece, "url", url.data);
	piece->xml.failed |= url.failed;
	nm_buf_clear(&url);
}

static int ring_s(const struct nm_treatment_step *step)
{
	return step->ring_time == NM_RING_HANDOVER ? NM_CPL_FOREVER_S : step->for_s;
}

static void add_proxy(struct nm_cpl_piece *piece, const struct nm_treatment_step *step, const char *next)
{
	nm_cpl_open(piece, "proxy");
	nm_cpl_set_number(piece, "timeout", ring_s(step));
	nm_cpl_set(piece, "recurse", "no");
	nm_cpl_set(piece, "ordering", "parallel");
	nm_cpl_inside(piece);
	nm_cpl_open(piece, "default");
	nm_cpl_inside(piece);
	nm_cpl_sub(piece, next);
	nm_cpl_close(piece, "default");
	nm_cpl_close(piece, "proxy");
}

static void add_output(struct nm_cpl_piece *piece, const char *output, const char *id)
{
	nm_cpl_open(piece, output);
	nm_cpl_inside(piece);
	nm_cpl_sub(piece, id);
	nm_cpl_close(piece, output);
}

/* The phones that registered as the line's own; `rest` goes on with the others. */
static void add_lookup(struct nm_cpl_piece *piece, bool first, const char *rest, const char *without)
{
	nm_cpl_open(piece, "lookup");
	nm_cpl_set(piece, "source", "registration");
	nm_cpl_set(piece, "clear", first ? "yes" : "no");
	nm_cpl_inside(piece);
	add_output(piece, "success", rest);
	add_output(piece, "notfound", without);
	add_output(piece, "failure", without);
	nm_cpl_close(piece, "lookup");
}

/* A step from its party `from` on; then `next`.  NULL: memory. */
static const char *add_step(struct renderer *r, const struct nm_treatment_step *step, size_t from,
			    const char *next)
{
	struct nm_cpl_piece piece;
	size_t i = from;
	const char *rest = NULL;

	nm_cpl_piece_init(&piece);
	for (; i < step->n && !step->parties[i].native; i++) {
		nm_cpl_open(&piece, "location");
		set_url(r, &piece, &step->parties[i]);
		nm_cpl_set(&piece, "clear", i == 0 ? "yes" : "no");
		nm_cpl_inside(&piece);
	}
	if (i < step->n) {
		rest = add_step(r, step, i + 1, next);
		if (rest == NULL) {
			nm_cpl_piece_clear(&piece);
			return NULL;
		}
		add_lookup(&piece, i == 0, rest, step->n == 1 ? next : rest);
	} else {
		add_proxy(&piece, step, next);
	}
	while (i-- > from)
		nm_cpl_close(&piece, "location");
	return nm_cpl_share(&r->script, NM_CPL_RINGS, &piece);
}

static bool takes_call(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return true;
	return false;
}

/* The steps that can be reached: nobody gets past a voicemail, or a line that takes the call over for good. */
static size_t steps_of(const struct nm_treatment *treatment)
{
	for (size_t i = 0; i < treatment->n; i++)
		if (takes_call(&treatment->steps[i]) || treatment->steps[i].ring_time == NM_RING_HANDOVER)
			return i + 1;
	return treatment->n;
}

static enum nm_code check_size(struct renderer *r, const struct nm_treatment *treatment)
{
	const char *path = treatment->path != NULL ? treatment->path : treatment->rule;
	size_t destinations = 0;
	int total_s = 0;

	for (size_t i = 0; i < steps_of(treatment); i++) {
		destinations += treatment->steps[i].n;
		total_s += treatment->steps[i].n > 0 ? ring_s(&treatment->steps[i]) : 0;
	}
	if (destinations > BRANCHES_MAX)
		return nm_fail(r->err, NM_INPUT,
			       "path %s tries %zu destinations, rounds counted, and the server tries at most %d "
			       "in one call (max_branches): fewer rounds or destinations would fit",
			       path != NULL ? path : "?", destinations, BRANCHES_MAX);
	if (total_s > NM_CPL_TOTAL_S)
		return nm_fail(r->err, NM_INPUT,
			       "path %s rings for up to %d s, and the server ends a call that nobody took after "
			       "%d s (max_inv_lifetime): shorter rings or fewer rounds would fit",
			       path != NULL ? path : "?", total_s, NM_CPL_TOTAL_S);
	return NM_OK;
}

static enum nm_code write_treatment(struct renderer *r, const struct nm_treatment *treatment, const char **id)
{
	enum nm_code code;

	if (treatment->verdict == NM_VERDICT_REJECT)
		return given(treatment->reject == NM_REJECT_BUSY ? reject(r, NM_CPL_BUSY, "Busy Here")
								 : reject(r, NM_CPL_SILENT, "Decline"),
			     id, r->err);
	code = given(nobody(r), id, r->err);
	if (treatment->verdict == NM_VERDICT_LOST)
		return code;
	if (code == NM_OK)
		code = check_size(r, treatment);
	for (size_t i = steps_of(treatment); i-- > 0 && code == NM_OK;)
		if (treatment->steps[i].n > 0)
			code = given(add_step(r, &treatment->steps[i], 0, *id), id, r->err);
	return code;
}

static enum nm_code write_treatments(struct renderer *r)
{
	const struct nm_route *route = r->route;
	enum nm_code code = NM_OK;

	for (size_t s = 0; s < route->n_situations; s++)
		for (size_t c = 0; c < route->n_classes && code == NM_OK; c++) {
			const int t = route->situations[s].treatment[c];

			if (r->treatments[t] == NULL)
				code = write_treatment(r, route->treatments[t], &r->treatments[t]);
		}
	return code;
}

/* --- callers --- */

/* Groups of a caller: those that name it, and those of who covers it. */
static uint64_t groups_of(const struct renderer *r, const uint64_t *wider, const struct nm_cpl_caller *caller)
{
	const struct nm_route *route = r->route;
	uint64_t groups = caller->wider < r->callers.n ? wider[caller->wider] : 0;

	for (size_t g = 0; g < route->n_groups; g++)
		for (size_t i = 0; i < route->groups[g].n; i++)
			if (nm_cpl_caller_same(&route->groups[g].patterns[i], &caller->pattern))
				groups |= (uint64_t)1 << g;
	return groups;
}

static bool gather_callers(struct renderer *r)
{
	const struct nm_route *route = r->route;
	uint64_t *groups;

	for (size_t g = 0; g < route->n_groups; g++)
		for (size_t i = 0; i < route->groups[g].n; i++)
			if (!nm_cpl_callers_add(&r->callers, &route->groups[g].patterns[i]))
				return false;
	nm_cpl_callers_settle(&r->callers);
	groups = nm_arena_alloc(r->arena, r->callers.n, sizeof(*groups));
	r->classes = nm_arena_alloc(r->arena, r->callers.n, sizeof(*r->classes));
	r->always = nm_arena_alloc(r->arena, r->callers.n, sizeof(*r->always));
	if (groups == NULL || r->classes == NULL || r->always == NULL)
		return false;
	for (size_t i = r->callers.n; i-- > 0;) {
		groups[i] = groups_of(r, groups, &r->callers.items[i]);
		r->classes[i] = nm_route_class_of(route, groups[i]);
	}
	return true;
}

/* What caller i gets in a situation; i may be the number of callers: anybody else. */
static const char *gets(const struct renderer *r, size_t situation, size_t i)
{
	const size_t class = i < r->callers.n ? r->classes[i] : nm_route_class_of(r->route, 0);

	return r->treatments[r->route->situations[situation].treatment[class]];
}

/* A whole number that gets one thing at all times, and not what others of its beginning always get. */
static void find_always(struct renderer *r)
{
	const size_t n = r->route->n_situations;

	for (size_t i = 0; i < r->callers.n_whole && n > 1; i++) {
		bool same = true, special = false;

		for (size_t s = 0; s < n; s++) {
			same = same && gets(r, s, i) == gets(r, 0, i);
			special = special || gets(r, s, i) != gets(r, s, r->callers.items[i].wider);
		}
		r->always[i] = same && special;
	}
}

/* Whether caller i must be told from who covers it. */
static bool stands_out(const struct renderer *r, size_t situation, size_t i, bool always)
{
	if (always || r->always[i])
		return always && r->always[i];
	return gets(r, situation, i) != gets(r, situation, r->callers.items[i].wider);
}

/* Callers [from, until) of those that stand out, as one switch; others get `next`. */
static const char *add_switch(struct renderer *r, size_t situation, size_t from, size_t until, bool always,
			      const char *next)
{
	const bool whole = from < r->callers.n_whole;
	struct nm_cpl_piece piece;

	nm_cpl_piece_init(&piece);
	nm_cpl_open(&piece, "address-switch");
	nm_cpl_set(&piece, "field", "origin");
	nm_cpl_set(&piece, "subfield", whole ? "user" : "tel");
	nm_cpl_inside(&piece);
	for (size_t i = from; i < until; i++) {
		if (!stands_out(r, situation, i, always))
			continue;
		nm_cpl_open(&piece, "address");
		nm_cpl_set(&piece, whole ? "is" : "subdomain-of", r->callers.items[i].text);
		nm_cpl_inside(&piece);
		nm_cpl_sub(&piece, gets(r, situation, i));
		nm_cpl_close(&piece, "address");
	}
	add_output(&piece, "otherwise", next);
	nm_cpl_close(&piece, "address-switch");
	return nm_cpl_share(&r->script, NM_CPL_CALLERS, &piece);
}

/* Callers [from, until), from the last to the first, so many to a switch. */
static const char *add_switches(struct renderer *r, size_t situation, size_t from, size_t until, bool always,
				const char *next)
{
	while (until > from && next != NULL) {
		size_t begin = until, found = 0;

		while (begin > from && found < CALLERS_ONCE)
			found += stands_out(r, situation, --begin, always);
		if (found > 0)
			next = add_switch(r, situation, begin, until, always, next);
		until = begin;
	}
	return next;
}

static enum nm_code write_situations(struct renderer *r)
{
	enum nm_code code = NM_OK;

	find_always(r);
	for (size_t s = 0; s < r->route->n_situations && code == NM_OK; s++) {
		const char *next = gets(r, s, r->callers.n);

		next = add_switches(r, s, r->callers.n_whole, r->callers.n, false, next);
		if (next != NULL)
			next = add_switches(r, s, 0, r->callers.n_whole, false, next);
		code = given(next, &r->situations[s], r->err);
	}
	return code;
}

/* --- the whole --- */

static enum nm_code check_compiled(struct renderer *r)
{
	const struct nm_cpl_script *script = &r->script;

	if (script->piece.compiled <= COMPILED_MAX)
		return NM_OK;
	return nm_fail(r->err, NM_INPUT,
		       "the script would take up to %zu bytes compiled, and the server holds at most %d: %zu for "
		       "%zu times of the week or of single days, %zu for callers, %zu for rings; fewer of the "
		       "most would fit",
		       script->piece.compiled, COMPILED_MAX, script->compiled[NM_CPL_TIMES], r->n_times,
		       script->compiled[NM_CPL_CALLERS], script->compiled[NM_CPL_RINGS]);
}

static enum nm_code write_script(struct renderer *r)
{
	const char *id = NULL;
	enum nm_code code;

	r->treatments = nm_arena_alloc(r->arena, r->route->n_treatments, sizeof(*r->treatments));
	r->situations = nm_arena_alloc(r->arena, r->route->n_situations, sizeof(*r->situations));
	if (r->treatments == NULL || r->situations == NULL || !gather_callers(r))
		return nm_fail_memory(r->err);
	code = write_treatments(r);
	if (code == NM_OK)
		code = write_situations(r);
	if (code == NM_OK)
		code = given(nm_cpl_times(&r->script, r->route, r->situations, &r->n_times), &id, r->err);
	if (code == NM_OK)
		code = given(add_switches(r, 0, 0, r->callers.n_whole, true, id), &id, r->err);
	if (code != NM_OK)
		return code;
	nm_cpl_incoming(&r->script, id);
	if (r->script.piece.xml.failed)
		return nm_fail_memory(r->err);
	return check_compiled(r);
}

static enum nm_code make_artefact(struct renderer *r, struct nm_artefact *out)
{
	const struct nm_buf *xml = &r->script.piece.xml;
	enum nm_code code =
		nm_artefact_add(out, NM_CPL_PART, "application/cpl+xml", xml->data, xml->len, r->err);

	if (code == NM_OK)
		code = nm_artefact_add(out, NM_CPL_DOMAIN, "text/plain", r->account->domain,
				       strlen(r->account->domain), r->err);
	return code == NM_OK ? nm_facts_add_route(r->route, out, r->err) : code;
}

enum nm_code nm_cpl_render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	struct renderer r = { .route = route, .account = account, .err = err };
	struct nm_artefact artefact = { 0 };
	enum nm_code code;

	(void)at;
	if (account == NULL || account->domain == NULL)
		return nm_fail(err, NM_INPUT, "account %s names no domain: the SIP domain of the server",
			       account != NULL ? account->name : "?");
	r.arena = nm_arena_new();
	if (r.arena == NULL)
		return nm_fail_memory(err);
	nm_cpl_script_init(&r.script, r.arena);
	code = write_script(&r);
	if (code == NM_OK)
		code = make_artefact(&r, &artefact);
	nm_cpl_script_clear(&r.script);
	nm_cpl_callers_clear(&r.callers);
	nm_arena_free(r.arena);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	return code;
}
