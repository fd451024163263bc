/* SPDX-License-Identifier: MIT */
/*
 * calls explain: one call of the log beside the plan that was live then, and where the two part.
 */
#include "command.h"

#include "call_words.h"
#include "canvas.h"
#include "nevermiss/explain.h"
#include "nevermiss/names.h"
#include "simulation.h"

/* --- in words --- */

static void plan_words(const struct nm_explanation *explanation, struct nm_buf *out)
{
	if (explanation->version)
		nm_buf_addf(out, "version %lld, pushed to the line then", (long long)explanation->version);
	else
		nm_buf_add(out, "today's: which one was live then is not known");
	if (explanation->rule)
		nm_buf_addf(out, "; rule %s", explanation->rule);
	if (explanation->path)
		nm_buf_addf(out, " -> path %s", explanation->path);
	nm_buf_add(out, "\n");
}

static void verdict_words(const struct nm_explanation *explanation, struct nm_buf *out)
{
	if (explanation->verdict == NM_EXPLAINED_PLANNED)
		nm_buf_add(out, "as planned, as far as the call went\n");
	else
		nm_buf_addf(out, "%s%s\n", explanation->verdict == NM_EXPLAINED_DIFFERS ? "not as planned: " : "",
			    explanation->words);
	for (size_t i = 0; i < explanation->n_likely; i++)
		nm_buf_addf(out, "  perhaps  %s\n", explanation->likely[i].words);
}

static void explain_text(struct invocation *run, const struct nm_call_entry *call,
			 const struct nm_call_alert *alert, const struct nm_explanation *explanation)
{
	char text[NM_TIME_TEXT];

	nm_time_words_zone(session_zone(run->session), call->began, true, text);
	nm_buf_addf(run->out, "call #%lld to %s, %s\n  from     ", (long long)call->id,
		    call_line(run->session->plan, call), text);
	call_who_words(call, run->out);
	nm_buf_add(run->out, "\n  plan     ");
	plan_words(explanation, run->out);
	nm_buf_add(run->out, "  outcome  ");
	call_became_words(&call->became, run->out);
	nm_buf_add(run->out, "\n");
	call_alert_words(run->session, alert, run->out);
	nm_buf_add(run->out, "\n");
	verdict_words(explanation, run->out);
	nm_buf_add(run->out, "\nreally\n");
	print_events(run->out, &explanation->real);
	nm_buf_add(run->out, "\nby the plan, everybody doing what they did\n");
	print_outcome(run->out, &explanation->expected);
	nm_buf_add(run->out, "\nwhy\n");
	print_reasons(run->out, explanation->reasons, explanation->n_reasons);
	if (call_doubt(call->driver))
		nm_buf_addf(run->notes, "of %s: %s\n", call->driver, call_doubt(call->driver));
}

/* --- in JSON --- */

static void json_parting(struct nm_json *json, const struct nm_explanation *explanation)
{
	const bool differs = explanation->verdict == NM_EXPLAINED_DIFFERS;

	nm_json_key(json, "as_planned");
	if (explanation->verdict == NM_EXPLAINED_UNTOLD)
		nm_json_null(json);
	else
		nm_json_bool(json, !differs);
	nm_json_key(json, "difference");
	nm_json_text(json, differs ? nm_departure_name(explanation->departure) : NULL);
	nm_json_key(json, "about");
	nm_json_text(json, differs ? explanation->who : NULL);
	json_known(json, "parted_at", explanation->t, differs && explanation->t >= 0);
	nm_json_key(json, "words");
	nm_json_text(json, *explanation->words ? explanation->words : NULL);
	nm_json_key(json, "perhaps");
	nm_json_array(json);
	for (size_t i = 0; i < explanation->n_likely; i++)
		nm_json_text(json, explanation->likely[i].words);
	nm_json_end(json, ']');
}

static void explain_json(struct invocation *run, const struct nm_call_entry *call,
			 const struct nm_call_alert *alert, const struct nm_explanation *explanation)
{
	struct nm_json json;

	nm_json_init(&json, run->out);
	json_logged_call(&json, run->session, call);
	json_parting(&json, explanation);
	json_known(&json, "compared_with", explanation->version, explanation->version != 0);
	nm_json_key(&json, "legs");
	nm_json_array(&json);
	for (size_t i = 0; i < call->n; i++)
		json_leg(&json, session_zone(run->session), &call->legs[i]);
	nm_json_end(&json, ']');
	nm_json_key(&json, "expected");
	nm_json_object(&json);
	nm_json_key(&json, "rule");
	nm_json_text(&json, explanation->rule);
	nm_json_key(&json, "path");
	nm_json_text(&json, explanation->path);
	json_outcome(&json, &explanation->expected);
	nm_json_key(&json, "why");
	json_reasons(&json, explanation->reasons, explanation->n_reasons);
	nm_json_end(&json, '}');
	json_call_alert(&json, run->session, alert);
	nm_json_key(&json, "unverified");
	nm_json_text(&json, call_doubt(call->driver));
	json_finish(&json, run->out);
}

/* --- the command --- */

static enum nm_code explain_one(struct invocation *run, struct nm_store *store, int64_t id, struct nm_arena *arena,
				enum status *status, struct nm_error *err)
{
	struct nm_explainer *explainer = NULL;
	struct nm_explanation explanation;
	struct nm_call_entry call;
	struct nm_call_alert alert;
	bool alerted = false;
	enum nm_code code = nm_store_call_get(store, id, arena, &call, err);

	if (!code)
		code = nm_call_name(store, run->session->plan, arena, &call, err);
	if (!code)
		code = nm_store_alert_get(store, id, arena, &alert, &alerted, err);
	if (!code)
		code = nm_explainer_new(run->session->plan, store, &explainer, err);
	if (!code)
		code = nm_explain(explainer, &call, true, arena, &explanation, err);
	if (!code) {
		*status = explanation.verdict == NM_EXPLAINED_DIFFERS ? STATUS_WRONG : STATUS_GOOD;
		(run->json ? explain_json : explain_text)(run, &call, alerted ? &alert : NULL, &explanation);
	}
	nm_explainer_free(explainer);
	return code;
}

enum nm_code calls_explain(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_arena *arena;
	struct nm_store *store;
	int64_t id = 0;
	enum nm_code code;

	if (run->args->n_words < 2)
		return nm_fail(err, NM_INPUT,
			       "calls explain takes the number of a call (`nevermiss calls list` has them), or --all");
	code = call_read_id("explain", run->args->words[1], &id, err);
	if (!code)
		code = session_store(run->session, &store, err);
	if (code)
		return code;
	arena = nm_arena_new();
	code = arena ? explain_one(run, store, id, arena, status, err) : nm_fail_memory(err);
	nm_arena_free(arena);
	return code;
}
