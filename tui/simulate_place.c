/* SPDX-License-Identifier: MIT */
/*
 * simulate --place: a real call to a line, and what rang for it beside what the simulation says.
 */

#include "canvas.h"
#include "nevermiss/placing.h"
#include "simulation.h"

/* Everything about the call that is to be placed. */
struct trial {
	struct invocation *run;
	const struct nm_plan *plan;
	struct nm_call call;
	int ring_extra_s, stay_s;
	struct nm_placing_result result;
	struct nm_placed_view view;
};

/* --- whether, and who calls --- */

static enum nm_code check_options(const struct invocation *run, struct nm_error *err)
{
	static const char *const others[] = { "at",     "now",    "held",     "live", "set",
					      "nobody", "hangup", "emergency" };

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (argument_given(run->args, others[i]))
			return nm_fail(
				err, NM_INPUT,
				"--place is a real call, now, against the plan: it cannot be told --%s",
				others[i]);
	return need_write(run, err);
}

/* Another line of the same account; 0: there is none. */
static nm_number other_line(const struct nm_plan *plan, int line)
{
	for (size_t i = 0; i < plan->n_lines; i++)
		if ((int)i != line && plan->lines[i].account == plan->lines[line].account)
			return plan->lines[i].number;
	return 0;
}

static enum nm_code prepare(struct trial *trial, struct nm_error *err)
{
	const int line = trial->call.line;
	struct nm_simulation *simulation;
	enum nm_code code;

	if (!argument_given(trial->run->args, "from"))
		trial->call.caller = (struct nm_caller){ .number = other_line(trial->plan, line) };
	code = nm_placing_check(trial->plan, line, trial->call.caller.number, err);
	if (code == NM_OK)
		code = nm_simulate(trial->plan, &trial->call, &simulation, err);
	if (code != NM_OK)
		return code;
	trial->ring_extra_s = nm_carrier_find(trial->plan->accounts[trial->plan->lines[line].account].driver)
				      ->traits.ring_extra_s;
	trial->stay_s = nm_placing_stay_s(simulation->treatment, trial->ring_extra_s);
	nm_simulation_free(simulation);
	return NM_OK;
}

static void question_words(const struct trial *trial, const struct nm_simulation *simulation,
			   struct nm_buf *out)
{
	const struct nm_line *line = &trial->plan->lines[trial->call.line];
	char from[NM_NUMBER_TEXT], to[NM_NUMBER_TEXT];

	nm_number_words(trial->call.caller.number, from);
	nm_number_words(line->number, to);
	nm_buf_addf(
		out,
		"A real call, which the carrier bills, with one more for each phone that rings: %s calls %s (%s).\n",
		from, line->name, to);
	nm_buf_add(out, "It really rings, and texts go out as for any caller: ");
	nm_treatment_words(simulation->treatment, out);
	nm_buf_addf(
		out,
		".\nWho answers hears nothing and may hang up. It ends by itself after %d s at most, and nothing "
		"here ends it before.\n",
		trial->stay_s);
}

static enum nm_code ask(const struct trial *trial, struct nm_error *err)
{
	struct nm_simulation *simulation;
	struct nm_buf text;
	enum nm_code code;

	if (argument_given(trial->run->args, "yes"))
		return NM_OK;
	code = nm_simulate(trial->plan, &trial->call, &simulation, err);
	if (code != NM_OK)
		return code;
	nm_buf_init(&text, 65536);
	question_words(trial, simulation, &text);
	show_first(trial->run, text.data);
	nm_buf_clear(&text);
	nm_simulation_free(simulation);
	if (confirm_yes(trial->run, "Place it?"))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "no call was placed: say yes, or give --yes");
}

/* --- what it showed --- */

static const char *leg_name(const struct nm_placed_leg *leg)
{
	return leg->party ? leg->party->name : leg->leg->to;
}

/* "owner", or the number that took the call; NULL. */
static const char *answered_by(const struct nm_placed_view *view)
{
	return view->answered >= 0 ? leg_name(&view->legs[view->answered]) : NULL;
}

/* How long the line's end lasted; -1. */
static int held_s(const struct nm_placed *placed)
{
	if (!placed->line.began || placed->line.ended < placed->line.began)
		return -1;
	return (int)(placed->line.ended - placed->line.began);
}

static void print_leg(struct nm_buf *out, const struct nm_placed_leg *leg)
{
	if (leg->t >= 0)
		nm_buf_addf(out, "%5d s  ", leg->t);
	else
		nm_buf_add(out, "    ? s  ");
	nm_buf_addf(out, "%s%*s %s", leg_name(leg), text_gap(leg_name(leg), 28), "", nm_leg_end_name(leg->leg->end));
	if (leg->leg->rang_s >= 0)
		nm_buf_addf(out, ", rang for %d s", leg->leg->rang_s);
	if (!leg->party)
		nm_buf_add(out, ", not in the plan");
	nm_buf_add(out, "\n");
}

static void print_end(struct nm_buf *out, const struct trial *trial)
{
	const struct nm_placed_view *view = &trial->view;
	const struct nm_placed *placed = &trial->result.placed;

	if (answered_by(view) && view->seconds >= 0)
		nm_buf_addf(out, "answered by %s after %d s\n", answered_by(view), view->seconds);
	else if (answered_by(view))
		nm_buf_addf(out, "answered by %s\n", answered_by(view));
	else if (!placed->line.id)
		nm_buf_add(out, "it did not come to the line\n");
	else if (held_s(placed) >= 0)
		nm_buf_addf(out, "nobody who was rung took it; the carrier had it for %d s (%s)\n",
			    held_s(placed), nm_leg_end_name(placed->line.end));
	else
		nm_buf_addf(out, "nobody who was rung took it (%s)\n", nm_leg_end_name(placed->line.end));
}

static void print_trial(struct nm_buf *out, const struct trial *trial)
{
	const struct nm_placed_view *view = &trial->view;

	print_head(out, trial->plan, &view->told->call, view->told->treatment);
	nm_buf_add(out, "simulated, told what the phones did\n");
	print_outcome(out, &view->told->outcome);
	nm_buf_add(out, "\nreally, as the carrier tells it; how it times this is not verified\n");
	for (size_t i = 0; i < view->n; i++)
		print_leg(out, &view->legs[i]);
	nm_buf_add(out, view->n ? "\n" : "");
	print_end(out, trial);
	if (!view->n_differences)
		nm_buf_addf(out, "\nas the plan says (rings may last up to %d s longer)\n",
			    trial->ring_extra_s);
	else
		nm_buf_add(out, "\nnot as the plan says\n");
	for (size_t i = 0; i < view->n_differences; i++)
		nm_buf_addf(out, "  %s\n", view->differences[i]);
}

static void json_leg(struct nm_json *json, const struct nm_placed_leg *leg)
{
	nm_json_object(json);
	json_number(json, "t", leg->t >= 0, leg->t);
	nm_json_key(json, "to");
	nm_json_text(json, leg_name(leg));
	nm_json_key(json, "number");
	nm_json_text(json, leg->leg->to);
	json_number(json, "for", leg->leg->rang_s >= 0, leg->leg->rang_s);
	nm_json_key(json, "ended");
	nm_json_text(json, nm_leg_end_name(leg->leg->end));
	json_number(json, "step", leg->party, leg->party ? leg->step->number : 0);
	nm_json_key(json, "id");
	nm_json_text(json, leg->leg->id);
	nm_json_end(json, '}');
}

static void json_placed(struct nm_json *json, const struct trial *trial)
{
	const struct nm_placed_view *view = &trial->view;
	const struct nm_placed *placed = &trial->result.placed;

	nm_json_key(json, "placed");
	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_text(json, placed->caller.id);
	nm_json_key(json, "line_id");
	nm_json_text(json, placed->line.id);
	nm_json_key(json, "ended");
	nm_json_text(json, nm_leg_end_name(placed->line.id ? placed->line.end : placed->caller.end));
	nm_json_key(json, "answered_by");
	nm_json_text(json, answered_by(view));
	json_number(json, "seconds", view->seconds >= 0, view->seconds);
	json_number(json, "lasted", held_s(placed) >= 0, held_s(placed));
	nm_json_key(json, "legs");
	nm_json_array(json);
	for (size_t i = 0; i < view->n; i++)
		json_leg(json, &view->legs[i]);
	nm_json_end(json, ']');
	nm_json_end(json, '}');
}

static void json_trial(struct nm_buf *out, const struct trial *trial)
{
	const struct nm_placed_view *view = &trial->view;
	struct nm_json json;

	nm_json_init(&json, out);
	json_call(&json, trial->plan, &view->told->call, view->told->treatment);
	json_outcome(&json, &view->told->outcome);
	nm_json_key(&json, "text_back");
	nm_json_text(&json, view->told->text_back);
	nm_json_key(&json, "why");
	json_reasons(&json, view->told->reasons, view->told->n_reasons);
	json_placed(&json, trial);
	nm_json_key(&json, "differences");
	nm_json_array(&json);
	for (size_t i = 0; i < view->n_differences; i++)
		nm_json_text(&json, view->differences[i]);
	nm_json_end(&json, ']');
	nm_json_key(&json, "same");
	nm_json_bool(&json, view->n_differences == 0);
	json_finish(&json, out);
}

/* --- the call --- */

static enum nm_code place(struct trial *trial, struct nm_error *err)
{
	struct session *session = trial->run->session;
	struct nm_push_context context;
	enum nm_code code = session_push_context(session, &context, err);

	if (code == NM_OK)
		code = nm_placing_call(&context, trial->call.line, trial->call.caller.number, trial->stay_s,
				       &trial->result, err);
	if (code != NM_OK)
		return code;
	/* The question may have waited, and the carrier knows best when the call came. */
	trial->call.at = trial->result.placed.line.began ? trial->result.placed.line.began : context.now;
	return nm_placed_view(trial->plan, &trial->call, &trial->result.placed, trial->ring_extra_s,
			      &trial->view, err);
}

enum nm_code simulate_place(struct invocation *run, const struct nm_call *call, enum status *status,
			    struct nm_error *err)
{
	struct trial trial = { .run = run, .plan = run->session->plan, .call = *call };
	enum nm_code code = check_options(run, err);

	if (code == NM_OK)
		code = prepare(&trial, err);
	if (code == NM_OK)
		code = ask(&trial, err);
	if (code == NM_OK)
		code = place(&trial, err);
	if (code == NM_OK && run->json)
		json_trial(run->out, &trial);
	else if (code == NM_OK)
		print_trial(run->out, &trial);
	if (code == NM_OK) {
		*status = trial.view.n_differences ? STATUS_WRONG : STATUS_GOOD;
		code = session_tests_played(run->session, trial.view.told->after_hours, err);
	}
	nm_placed_view_clear(&trial.view);
	nm_placing_result_clear(&trial.result);
	return code;
}
