/* SPDX-License-Identifier: MIT */
/* diff, push: live against plan, and making it so. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forecast.h"
#include "found.h"
#include "handwork.h"

#define WINDOWS_SHOWN 100

static const char *sync_name(const struct nm_line_status *line)
{
	if (line->as_assumed)
		return "assumed";
	switch (line->sync) {
	case NM_SYNC_SAME:
		return "in sync";
	case NM_SYNC_RENAMED:
		return "renamed";
	case NM_SYNC_DRIFT:
		return "drifts";
	case NM_SYNC_NOTHING:
		return "nothing there";
	case NM_SYNC_FOREIGN:
		return "foreign";
	case NM_SYNC_UNKNOWN:
		break;
	}
	return "unknown";
}

/* --- diff --- */

static void json_differences(struct nm_json *json, const struct nm_zone *zone, const struct nm_differences *differences)
{
	size_t i, j;

	nm_json_key(json, "differences");
	nm_json_array(json);
	for (i = 0; i < differences->n; i++) {
		const struct nm_difference *item = &differences->items[i];

		for (j = 0; j < item->n && j < WINDOWS_SHOWN; j++) {
			nm_json_object(json);
			json_time(json, zone, "from", item->windows[j].from);
			json_time(json, zone, "until", item->windows[j].until);
			nm_json_key(json, "callers");
			nm_json_text(json, item->callers);
			nm_json_key(json, "plan");
			nm_json_text(json, item->a_words);
			nm_json_key(json, "live");
			nm_json_text(json, item->b_words);
			nm_json_key(json, "when");
			nm_json_text(json, item->when);
			nm_json_end(json, '}');
		}
	}
	nm_json_end(json, ']');
}

/* The losses in full, beside their sentences. */
static void json_losses(struct nm_json *json, const struct nm_zone *zone, const struct nm_losses *losses)
{
	nm_json_key(json, "lost");
	nm_json_array(json);
	for (size_t i = 0; i < losses->n; i++) {
		const struct nm_loss *loss = &losses->items[i];

		nm_json_object(json);
		nm_json_key(json, "what");
		nm_json_text(json, loss->text);
		nm_json_key(json, "instead");
		nm_json_text(json, loss->instead);
		nm_json_key(json, "callers");
		nm_json_text(json, loss->callers);
		nm_json_key(json, "when");
		nm_json_text(json, loss->when);
		nm_json_key(json, "windows");
		nm_json_array(json);
		for (size_t j = 0; j < loss->n && j < WINDOWS_SHOWN; j++) {
			nm_json_object(json);
			json_time(json, zone, "from", loss->windows[j].from);
			json_time(json, zone, "until", loss->windows[j].until);
			nm_json_end(json, '}');
		}
		nm_json_end(json, ']');
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
	nm_json_key(json, "needs_agent");
	nm_json_bool(json, losses->needs_agent);
}

/* Can it be pushed at all?  Of a line that cannot, nothing is told of what a push would do. */
static bool can_be_pushed(const struct nm_line_status *line)
{
	return line->carrier && !line->refusal;
}

static enum nm_code json_line(struct nm_json *json, const struct nm_plan *plan, const struct nm_line_status *line,
			      const nm_time *outline_from, struct nm_error *err)
{
	static const struct nm_losses none;
	const struct nm_losses *losses = can_be_pushed(line) ? &line->losses : &none;
	enum nm_code code = NM_OK;
	size_t i;

	nm_json_object(json);
	nm_json_key(json, "line");
	nm_json_text(json, plan->lines[line->line].name);
	nm_json_key(json, "driver");
	nm_json_text(json, plan->accounts[plan->lines[line->line].account].driver);
	nm_json_key(json, "in_sync");
	nm_json_bool(json, line->sync == NM_SYNC_SAME);
	nm_json_key(json, "state");
	nm_json_text(json, sync_name(line));
	nm_json_key(json, "words");
	nm_json_text(json, line->words);
	if (line->note) {
		nm_json_key(json, "note");
		nm_json_text(json, line->note);
	}
	if (line->assumed_at) {
		json_time(json, plan->zone, "pushed_at", line->assumed_at);
		json_proof(json, plan->zone, &line->proof);
	}
	json_differences(json, plan->zone, &line->differences);
	nm_json_key(json, "losses");
	nm_json_array(json);
	for (i = 0; i < losses->n; i++)
		nm_json_text(json, losses->items[i].text);
	nm_json_end(json, ']');
	json_losses(json, plan->zone, losses);
	nm_json_key(json, "refusal");
	nm_json_text(json, line->refusal);
	if (outline_from) {
		nm_json_key(json, "unverified");
		nm_json_text(json, line->carrier ? line->carrier->unverified : NULL);
		if (can_be_pushed(line)) {
			code = forecast_json(json, plan, line, *outline_from, err);
		} else {
			nm_json_key(json, "outline");
			nm_json_null(json);
		}
	}
	nm_json_end(json, '}');
	return code;
}

static bool all_in_sync(const struct nm_status *status)
{
	size_t i;

	for (i = 0; i < status->n; i++)
		if (status->lines[i].sync != NM_SYNC_SAME)
			return false;
	return true;
}

static void print_artefact(struct nm_buf *out, const char *title, const struct nm_artefact *artefact)
{
	size_t i;

	for (i = 0; i < artefact->n; i++)
		if (!nm_part_is_fact(&artefact->parts[i]))
			nm_buf_addf(out, "  %s, %s:\n%s\n", title, artefact->parts[i].name, artefact->parts[i].bytes);
}

/* What somebody must do for the line, and what then comes next. */
static void print_handwork(struct nm_buf *out, const struct nm_plan *plan, const struct nm_line_status *line, nm_time now)
{
	struct handwork work;

	if (!line->carrier->traits.by_hand || handwork_build(plan, line, now, &work, NULL))
		return;
	for (size_t i = 0; i < work.n && !line->as_assumed; i++)
		nm_buf_addf(out, "  by hand: %s%s%s\n", work.items[i].code ? work.items[i].code : "",
			    work.items[i].code ? "  " : "", work.items[i].words);
	if (work.next.at != NM_TIME_MAX) {
		nm_buf_add(out, "  and again: ");
		handwork_next_words(plan, line, &work, out);
		nm_buf_add(out, "\n");
	}
	handwork_clear(&work);
}

static void print_line(struct invocation *run, const struct nm_line_status *line, bool artefacts)
{
	const struct nm_plan *plan = run->session->plan;
	const struct nm_line *of = &plan->lines[line->line];
	size_t i;

	nm_buf_addf(run->out, "%s (%s): %s", of->name, plan->accounts[of->account].driver,
		    line->as_assumed || line->sync == NM_SYNC_RENAMED ? line->words : sync_name(line));
	if (line->words && !line->as_assumed && line->sync > NM_SYNC_DRIFT)
		nm_buf_addf(run->out, ": %s", line->words);
	nm_buf_add(run->out, "\n");
	for (i = 0; i < line->differences.n; i++) {
		const struct nm_difference *item = &line->differences.items[i];

		nm_buf_addf(run->out, "  %s, %s%s\n    plan %s\n    live %s\n", item->when, item->callers,
			    item->key ? " pressing the emergency key" : "", item->a_words, item->b_words);
	}
	if (line->note)
		nm_buf_addf(run->out, "  beside it: %s\n", line->note);
	if (line->refusal)
		nm_buf_addf(run->out, "  cannot be pushed: %s\n", line->refusal);
	if (can_be_pushed(line)) {
		print_handwork(run->out, plan, line, session_now(run->session));
		add_losses(run->out, &line->losses);
	}
	if (artefacts) {
		print_artefact(run->out, "plan", &line->wanted);
		print_artefact(run->out, "live", &line->live);
	}
}

static enum nm_code print_lines(struct invocation *run, const struct nm_status *found, const nm_time *outline_from,
				struct nm_error *err)
{
	enum nm_code code = NM_OK;

	for (size_t i = 0; i < found->n && code == NM_OK; i++) {
		print_line(run, &found->lines[i], argument_given(run->args, "artefacts"));
		if (outline_from && can_be_pushed(&found->lines[i]))
			code = forecast_add(run->out, run->session->plan, &found->lines[i], *outline_from, err);
	}
	if (found->cut_off > 0)
		nm_buf_addf(run->out, "pushes that were cut off: %zu; the next push settles them\n", found->cut_off);
	return code;
}

/* outline_from: also all that each line will do from then on; NULL. */
static enum nm_code write_status(struct invocation *run, const struct nm_status *found, const nm_time *outline_from,
				 struct nm_error *err)
{
	enum nm_code code = NM_OK;
	struct nm_json json;

	if (!run->json)
		return print_lines(run, found, outline_from, err);
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "in_sync");
	nm_json_bool(&json, all_in_sync(found));
	nm_json_key(&json, "cut_off");
	nm_json_int(&json, (int64_t)found->cut_off);
	nm_json_key(&json, "lines");
	nm_json_array(&json);
	for (size_t i = 0; i < found->n && code == NM_OK; i++)
		code = json_line(&json, run->session->plan, &found->lines[i], outline_from, err);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
	return code;
}

/* A line that could not be read is the carrier's failure, one that differs, or waits for somebody to do it, is
 * something wrong; of one that nobody can read all is well as long as it was last told what the plan wants. */
static enum status status_of_lines(const struct nm_status *found)
{
	enum status worst = STATUS_GOOD;
	size_t i;

	for (i = 0; i < found->n; i++) {
		const struct nm_line_status *line = &found->lines[i];
		const bool readable = !line->carrier || line->carrier->traits.reads_back;

		if (line->sync == NM_SYNC_UNKNOWN && readable)
			return STATUS_CARRIER;
		if (line->sync != NM_SYNC_SAME && !line->as_assumed)
			worst = STATUS_WRONG;
	}
	return worst;
}

static enum nm_code read_status(struct invocation *run, struct nm_push_context *context, int *line,
				struct nm_status *found, struct nm_error *err)
{
	enum nm_code code = argument_line(run, line, err);

	if (code == NM_OK)
		code = session_push_context(run->session, context, err);
	if (code == NM_OK)
		code = nm_status_read(context, *line, found, err);
	return code;
}

enum nm_code cmd_diff(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_push_context context;
	struct nm_status found;
	int line;
	enum nm_code code = read_status(run, &context, &line, &found, err);

	if (code != NM_OK)
		return code;
	code = write_status(run, &found, NULL, err);
	*status = status_of_lines(&found);
	nm_status_clear(&found);
	return code;
}

/* --- push --- */

static const char *push_state_name(enum nm_push_state state)
{
	static const char *const names[] = { "begun", "applying", "verifying", "done", "failed", "undone" };

	return names[state];
}

void write_results(struct invocation *run, const struct nm_push_results *results)
{
	const struct nm_plan *plan = run->session->plan;
	struct nm_json json;
	size_t i;

	nm_json_init(&json, run->out);
	if (run->json) {
		nm_json_object(&json);
		nm_json_key(&json, "lines");
		nm_json_array(&json);
	}
	for (i = 0; i < results->n; i++) {
		const struct nm_push_result *item = &results->items[i];

		if (!run->json) {
			nm_buf_addf(run->out, "%s: %s\n", plan->lines[item->line].name, item->words);
			continue;
		}
		nm_json_object(&json);
		nm_json_key(&json, "line");
		nm_json_text(&json, plan->lines[item->line].name);
		nm_json_key(&json, "push");
		nm_json_int(&json, item->id);
		nm_json_key(&json, "state");
		nm_json_text(&json, push_state_name(item->state));
		nm_json_key(&json, "waits");
		nm_json_bool(&json, item->waits);
		nm_json_key(&json, "words");
		nm_json_text(&json, item->words);
		nm_json_end(&json, '}');
	}
	if (run->json) {
		nm_json_end(&json, ']');
		json_finish(&json, run->out);
	}
}

static size_t lines_to_push(const struct nm_status *found)
{
	size_t i, n = 0;

	for (i = 0; i < found->n; i++)
		n += found->lines[i].to_push && !found->lines[i].refusal;
	return n;
}

static bool any_refused(const struct nm_status *found)
{
	for (size_t i = 0; i < found->n; i++)
		if (found->lines[i].refusal)
			return true;
	return false;
}

/* Also when all is in sync: a push that was cut off may have taken effect, and its end is to be written; and a
 * line that cannot be read, or cannot be held, is told by the push. */
static bool something_to_do(const struct nm_status *found)
{
	for (size_t i = 0; i < found->n; i++)
		if (found->lines[i].sync == NM_SYNC_UNKNOWN && !found->lines[i].as_assumed)
			return true;
	return any_refused(found) || lines_to_push(found) > 0 || found->cut_off > 0;
}

/* Why no line is to be pushed, where that is well; NULL. */
static const char *standing(const struct nm_status *found)
{
	size_t same = 0, assumed = 0;

	for (size_t i = 0; i < found->n; i++) {
		same += found->lines[i].sync == NM_SYNC_SAME;
		assumed += found->lines[i].as_assumed;
	}
	if (lines_to_push(found) > 0 || same + assumed < found->n)
		return NULL;
	return assumed == 0 ? "in sync" : same == 0 ? "assumed" : "in sync or assumed";
}

/* What check finds stands beside the results of a push that asks nobody. */
static void note_errors(struct invocation *run, const struct nm_findings *findings)
{
	struct nm_buf text;

	nm_buf_init(&text, run->notes->max);
	found_errors_add(&text, findings);
	if (text.len)
		nm_buf_addf(run->notes, "nevermiss: %s", text.data);
	nm_buf_clear(&text);
}

/* Shows what would change and asks; NM_REFUSED without a yes. */
static enum nm_code ask(struct invocation *run, const struct nm_status *found, struct nm_error *err)
{
	const struct nm_findings *findings;
	enum nm_code code = session_findings(run->session, &findings, err);
	char question[64];
	struct nm_buf shown;
	struct nm_buf *out = run->out;
	size_t i;

	if (code != NM_OK || lines_to_push(found) == 0)
		return code;
	if (argument_given(run->args, "yes")) {
		note_errors(run, findings);
		return NM_OK;
	}
	/* The question needs what it is about on the screen before it. */
	nm_buf_init(&shown, out->max);
	run->out = &shown;
	found_errors_add(run->out, findings);
	for (i = 0; i < found->n; i++)
		print_line(run, &found->lines[i], false);
	run->out = out;
	show_first(run, shown.data);
	nm_buf_clear(&shown);
	snprintf(question, sizeof question, "Push %zu line%s?", lines_to_push(found), lines_to_push(found) == 1 ? "" : "s");
	if (confirm_yes(run, question))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "not pushed: say yes, or give --yes");
}

/* What is left for somebody, and how to say that it is done; true when anything is. */
static bool write_waiting(struct invocation *run, const struct nm_status *found,
			  const struct nm_push_results *results)
{
	const struct nm_plan *plan = run->session->plan;
	char mark[HANDWORK_MARK];
	bool any = false;

	for (size_t i = 0; i < results->n; i++) {
		const struct nm_push_result *item = &results->items[i];
		const char *name = plan->lines[item->line].name;

		if (!item->waits)
			continue;
		any = true;
		if (run->json)
			continue;
		for (size_t j = 0; j < found->n; j++) {
			if (found->lines[j].line != item->line)
				continue;
			handwork_mark(&found->lines[j].wanted, mark);
			nm_buf_addf(run->out, "to be done for %s; when it is, push again with --dialled %s:%s\n",
				    name, name, mark);
			print_handwork(run->out, plan, &found->lines[j], session_now(run->session));
		}
	}
	return any;
}

/* What a push would do, below what check finds. */
static enum nm_code write_dry(struct invocation *run, const struct nm_status *found, nm_time now, struct nm_error *err)
{
	const struct nm_findings *findings;
	enum nm_code code = session_findings(run->session, &findings, err);

	if (code != NM_OK)
		return code;
	if (run->json)
		note_errors(run, findings);
	else
		found_errors_add(run->out, findings);
	return write_status(run, found, &now, err);
}

static enum nm_code do_push(struct invocation *run, const struct nm_push_context *context,
			    const struct nm_status *found, enum status *status, struct nm_error *err)
{
	struct nm_push_options options = { .force = argument(run->args, "force") };
	struct nm_push_results results = { .n = 0 };
	bool *nobody = NULL;
	enum nm_code code = argument_line(run, &options.line, err);

	if (code == NM_OK)
		code = dial_on_terminal(run, err);
	if (code == NM_OK)
		code = lines_without_hands(run, &nobody, err);
	if (code != NM_OK)
		return code;
	options.nobody = nobody;
	options.plan_text = nm_document_text(run->session->document, &options.plan_len);
	code = nm_push(context, &options, &results, err);
	write_results(run, &results);
	if (write_waiting(run, found, &results))
		*status = STATUS_WRONG;
	nm_push_results_clear(&results);
	free(nobody);
	return code;
}

/* What is refused without a reason, and how one is given here. */
static enum nm_code check_push(const struct invocation *run, const struct nm_push_context *context, struct nm_error *err)
{
	struct nm_error why;
	enum nm_code code;

	if (argument_given(run->args, "force"))
		return NM_OK;
	code = nm_push_check(context, &why);
	return code == NM_OK ? NM_OK : nm_fail(err, code, "%s%s", why.text, code == NM_REFUSED ? " (--force REASON)" : "");
}

enum nm_code cmd_push(struct invocation *run, enum status *status, struct nm_error *err)
{
	const bool dry = argument_given(run->args, "dry-run");
	struct nm_push_context context;
	struct nm_status found;
	const char *why;
	int line;
	enum nm_code code = dry ? NM_OK : need_write(run, err);

	*status = STATUS_GOOD;
	if (code == NM_OK) /* nobody is asked first, and no line read */
		code = of_option(nm_push_reason_check(argument(run->args, "force"), err), "force", err);
	if (code == NM_OK)
		code = check_dialled(run, err);
	if (code == NM_OK)
		code = read_status(run, &context, &line, &found, err);
	if (code != NM_OK)
		return code;
	why = standing(&found);
	for (size_t i = 0; i < found.n && code == NM_OK; i++)
		code = dialled_this(run, found.lines[i].line, &found.lines[i].wanted, err);
	if (code != NM_OK) {
		/* Nothing is done: what was said is not so. */
	} else if (dry) {
		code = write_dry(run, &found, context.now, err);
		if (code == NM_OK && !run->json)
			nm_buf_addf(run->out, "dry run: %zu of %zu lines would be pushed%s%s\n",
				    lines_to_push(&found), found.n, why ? ": " : "", why ? why : "");
		/* What would become of a real one: also that it would be refused. */
		if (code == NM_OK)
			code = check_push(run, &context, err);
		if (status_of_lines(&found) == STATUS_CARRIER)
			*status = STATUS_CARRIER;
		else if (any_refused(&found))
			*status = STATUS_WRONG;
	} else if (!something_to_do(&found)) {
		if (run->json)
			nm_buf_add(run->out, "{\"lines\":[]}\n");
		else
			nm_buf_addf(run->out, "%s: nothing to push\n", why ? why : "in sync");
	} else {
		code = check_push(run, &context, err);
		if (code == NM_OK)
			code = ask(run, &found, err);
		if (code == NM_OK)
			code = do_push(run, &context, &found, status, err);
	}
	nm_status_clear(&found);
	return code;
}
