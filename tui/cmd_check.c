/* SPDX-License-Identifier: MIT */
/* check: the findings, for people and for scripts. */
#include "command.h"

#include <string.h>

#define WINDOWS_SHOWN 100 /* design.md 6 */

static void json_windows(struct nm_json *json, const struct nm_zone *zone, const struct nm_finding *finding)
{
	size_t i;

	nm_json_key(json, "windows");
	nm_json_array(json);
	for (i = 0; i < finding->n_windows && i < WINDOWS_SHOWN; i++)
		json_span(json, zone, finding->windows[i]);
	nm_json_end(json, ']');
	nm_json_key(json, "windows_total");
	nm_json_int(json, (int64_t)finding->n_windows);
	nm_json_key(json, "hours_per_week");
	nm_json_double(json, finding->hours_per_week, 2);
}

static void json_finding(struct nm_json *json, const struct nm_zone *zone, const struct nm_finding *finding)
{
	size_t i;

	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_text(json, finding->id);
	nm_json_key(json, "severity");
	nm_json_text(json, nm_severity_name(finding->severity));
	nm_json_key(json, "message");
	nm_json_text(json, finding->message);
	nm_json_key(json, "why");
	nm_json_text(json, finding->why);
	nm_json_key(json, "file");
	nm_json_text(json, finding->pos.file);
	nm_json_key(json, "line");
	nm_json_int(json, finding->pos.line);
	json_windows(json, zone, finding);
	nm_json_key(json, "call");
	nm_json_array(json);
	for (i = 0; i < finding->n_call; i++)
		nm_json_text(json, finding->call[i]);
	nm_json_end(json, ']');
	nm_json_key(json, "mend");
	nm_json_text(json, finding->n_mends ? finding->mends[0].words : NULL);
	nm_json_end(json, '}');
}

static void write_json(struct invocation *run, const struct nm_findings *findings, bool ok)
{
	const struct nm_zone *zone = run->session->plan->zone;
	struct nm_json json;
	size_t i;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "ok");
	nm_json_bool(&json, ok);
	nm_json_key(&json, "horizon");
	json_span(&json, zone, (struct nm_span){ findings->from, findings->until });
	nm_json_key(&json, "findings");
	nm_json_array(&json);
	for (i = 0; i < findings->n; i++)
		json_finding(&json, zone, &findings->items[i]);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

static void print_finding(struct nm_buf *out, const struct nm_finding *finding)
{
	size_t i;

	nm_buf_addf(out, "%s:%d: %s: %s [%s]\n", finding->pos.file ? finding->pos.file : "plan", finding->pos.line,
		    nm_severity_name(finding->severity), finding->message, finding->id);
	if (finding->why)
		nm_buf_addf(out, "    why    %s\n", finding->why);
	if (finding->when)
		nm_buf_addf(out, "    when   %s; %s\n", finding->when, finding->amount);
	if (finding->n_call) {
		nm_buf_add(out, "    call   nevermiss simulate");
		for (i = 0; i < finding->n_call; i++)
			nm_check_argument(out, finding->call[i]);
		nm_buf_add(out, "\n");
	}
	for (i = 0; i < finding->n_mends; i++)
		nm_buf_addf(out, "    %s   %s\n", i ? "or  " : "mend", finding->mends[i].words);
}

static size_t count(const struct nm_findings *findings, enum nm_severity severity)
{
	size_t i, n = 0;

	for (i = 0; i < findings->n; i++)
		n += findings->items[i].severity == severity;
	return n;
}

static void write_text(struct invocation *run, const struct nm_findings *findings)
{
	const struct nm_zone *zone = run->session->plan->zone;
	char until[NM_TIME_TEXT];
	size_t i;

	for (i = 0; i < findings->n; i++)
		print_finding(run->out, &findings->items[i]);
	nm_time_words(zone, findings->until, true, until);
	nm_buf_addf(run->out, "proved to %s: %zu interval%s, %zu line%s, %zu class%s of callers, each destination failing alone\n",
		    until, findings->intervals, findings->intervals == 1 ? "" : "s", findings->lines,
		    findings->lines == 1 ? "" : "s", findings->classes, findings->classes == 1 ? "" : "es");
	nm_buf_addf(run->out, "errors: %zu, warnings: %zu, advice: %zu\n", count(findings, NM_SEVERITY_ERROR),
		    count(findings, NM_SEVERITY_WARNING), count(findings, NM_SEVERITY_ADVICE));
}

/* What the store knows of the lines.  The plan is proved without it, too: a store that cannot be read is
 * a note, not the end. */
static void facts(struct invocation *run, struct nm_arena *arena, struct nm_check_options *options)
{
	struct nm_line_fact *known = NULL;
	struct nm_left_fact *left = NULL;
	struct nm_calendar_fact *calendars = NULL;
	struct nm_flood_fact *floods = NULL;
	struct nm_optout_fact *optouts = NULL;
	struct nm_error err;

	if (!run->options->data_dir)
		return;
	if (session_left(run->session, run->session->plan, arena, &left, &options->n_left, &err) == NM_OK)
		options->left = left;
	if (session_calendars(run->session, run->session->plan, arena, &calendars, &options->n_calendars, &err) == NM_OK)
		options->calendars = calendars;
	if (session_floods(run->session, run->session->plan, arena, &floods, &options->n_floods, &err) == NM_OK)
		options->floods = floods;
	if (session_optouts(run->session, run->session->plan, arena, &optouts, &options->n_optouts, &err) == NM_OK)
		options->optouts = optouts;
	if (session_facts(run->session, arena, &known, &options->n_facts, &err) == NM_OK)
		options->facts = known;
	if (options->facts) {
		options->tests = session_tests(run->session);
		options->log = session_log(run->session);
		options->agent = session_agent(run->session, run->session->plan);
		options->crm_refused = session_crm_refused(run->session);
	} else {
		options->n_facts = 0;
		nm_buf_addf(run->notes, "nevermiss: drift is not looked at: %s\n", err.text);
	}
}

static bool go_on(void *context, size_t done, size_t all)
{
	const struct session *session = context;

	return session->working(session->progress_context, "situations proved", done, all);
}

enum nm_code cmd_check(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct nm_check_options options = { .now = session_now(run->session),
					    .progress = run->session->working ? go_on : NULL,
					    .progress_context = run->session };
	struct nm_arena *arena = nm_arena_new();
	struct nm_findings findings;
	enum nm_code code;

	if (!arena)
		return nm_fail_memory(err);
	code = argument_time(run, "at", options.now, &options.from, err);
	if (code == NM_OK)
		code = argument_time(run, "until", options.from + NM_CHECK_HORIZON, &options.until, err);
	if (argument_given(run->args, "at"))
		options.now = options.from;
	if (code == NM_OK) {
		facts(run, arena, &options);
		code = nm_check(run->session->plan, &options, &findings, err);
	}
	if (code == NM_OK) {
		const bool strict = argument_given(run->args, "strict");
		const bool good = findings.ok && !(strict && count(&findings, NM_SEVERITY_WARNING));

		if (run->json)
			write_json(run, &findings, good);
		else
			write_text(run, &findings);
		*status = good ? STATUS_GOOD : STATUS_WRONG;
		nm_findings_clear(&findings);
	}
	nm_arena_free(arena);
	return code;
}
