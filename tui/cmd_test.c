/* SPDX-License-Identifier: MIT */
/* test: the plan's own test calls, or another file's, played against the plan. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

struct tests {
	struct invocation *run;
	const struct nm_plan *plan;
	const char *only_file; /* NULL: all */
	struct nm_json json;
	int passed, failed;
	bool after_hours; /* one of them came outside all hours that rules name */
};

static bool wanted(const struct tests *tests, const struct nm_test *test)
{
	const struct arguments *args = tests->run->args;
	size_t i;

	if (tests->only_file && strcmp(test->pos.file, tests->only_file))
		return false;
	for (i = 0; i < args->n_words; i++)
		if (!strcmp(args->words[i], test->name))
			return true;
	return args->n_words == 0;
}

static void report(struct tests *tests, const struct nm_test *test, const struct nm_test_result *result)
{
	struct nm_json *json = &tests->json;

	if (result->ok)
		tests->passed++;
	else
		tests->failed++;
	if (tests->run->json) {
		nm_json_object(json);
		nm_json_key(json, "name");
		nm_json_text(json, test->name);
		nm_json_key(json, "ok");
		nm_json_bool(json, result->ok);
		nm_json_key(json, "expected");
		nm_json_text(json, result->expected);
		nm_json_key(json, "got");
		nm_json_text(json, result->got);
		nm_json_end(json, '}');
		return;
	}
	nm_buf_addf(tests->run->out, "%s  %s\n", result->ok ? "ok    " : "FAILED", test->name);
	if (!result->ok)
		nm_buf_addf(tests->run->out, "        expected %s, got %s  [%s:%d]\n", result->expected, result->got,
			    test->pos.file, test->pos.line);
}

static enum nm_code play_all(struct tests *tests, struct nm_error *err)
{
	struct nm_test_result result;
	const struct session *session = tests->run->session;
	enum nm_code code;
	size_t i;

	for (i = 0; i < tests->plan->n_tests; i++) {
		const struct nm_test *test = &tests->plan->tests[i];

		if (session->working && !session->working(session->progress_context, "tests played", i, tests->plan->n_tests))
			return nm_fail(err, NM_REFUSED, "stopped after %zu of %zu tests", i, tests->plan->n_tests);
		if (!wanted(tests, test))
			continue;
		code = nm_test_run(tests->plan, test, &result, err);
		if (code != NM_OK)
			return code;
		report(tests, test, &result);
		tests->after_hours |= result.simulation->after_hours;
		nm_simulation_free(result.simulation);
	}
	if (tests->passed + tests->failed == 0 && tests->run->args->n_words)
		return nm_fail(err, NM_INPUT, "no test named `%s`", tests->run->args->words[0]);
	return NM_OK;
}

/* The tests were played, whether that can be written down or not. */
static void keep(const struct tests *tests)
{
	struct nm_error err;

	if (!tests->run->options->data_dir)
		return;
	if (session_tests_played(tests->run->session, tests->after_hours, &err) != NM_OK)
		nm_buf_addf(tests->run->notes, "nevermiss: that they were played is not kept: %s\n",
			    err.text);
}

static enum nm_code run_tests(struct tests *tests, enum status *status, struct nm_error *err)
{
	enum nm_code code;

	nm_json_init(&tests->json, tests->run->out);
	if (!tests->run->json) {
		code = play_all(tests, err);
		if (code == NM_OK)
			nm_buf_addf(tests->run->out, "%d passed, %d failed\n", tests->passed, tests->failed);
	} else {
		struct nm_buf *out = tests->run->out, list;

		/* The counts stand first, and are known last. */
		nm_buf_init(&list, out->max);
		tests->json.out = &list;
		nm_json_array(&tests->json);
		code = play_all(tests, err);
		nm_json_end(&tests->json, ']');
		if (code == NM_OK)
			nm_buf_addf(out, "{\"passed\":%d,\"failed\":%d,\"tests\":%s}\n", tests->passed, tests->failed,
				    list.data);
		nm_buf_clear(&list);
	}
	if (code == NM_OK)
		*status = tests->failed ? STATUS_WRONG : STATUS_GOOD;
	if (code == NM_OK && tests->passed + tests->failed)
		keep(tests);
	return code;
}

/* The plan's text with the other file included at its end, so that positions name the right file. */
static enum nm_code plan_with(struct invocation *run, const char *file, struct nm_plan **plan, struct nm_error *err)
{
	struct nm_diags diags;
	struct nm_buf text;
	char *path = realpath(file, NULL);
	const char *own;
	size_t len, i;
	enum nm_code code;

	if (!path)
		return nm_fail(err, NM_INPUT, "cannot read %s", file);
	nm_buf_init(&text, NM_PLAN_BYTES);
	own = nm_document_text(run->session->document, &len);
	nm_buf_addn(&text, own, len);
	nm_buf_add(&text, "\ninclude(");
	nm_edit_quote(path, &text);
	nm_buf_add(&text, ")\n");
	nm_diags_init(&diags);
	code = text.failed ? nm_fail(err, NM_INPUT, "%s and the plan are too long together", file)
			   : session_plan_read(run->session, nm_document_file(run->session->document), text.data, text.len, plan,
					       &diags, err);
	for (i = 0; i < diags.n; i++)
		nm_buf_addf(run->notes, "%s:%d: %s\n", diags.items[i].file, diags.items[i].line, diags.items[i].text);
	nm_diags_clear(&diags);
	nm_buf_clear(&text);
	free(path);
	return code;
}

enum nm_code cmd_test(struct invocation *run, enum status *status, struct nm_error *err)
{
	const char *file = argument(run->args, "file");
	struct tests tests = { .run = run, .plan = run->session->plan };
	struct nm_plan *with = NULL;
	enum nm_code code;

	if (!file)
		return run_tests(&tests, status, err);
	code = plan_with(run, file, &with, err);
	if (code != NM_OK)
		return code;
	char *path = realpath(file, NULL);

	tests.plan = with;
	tests.only_file = path;
	code = path ? run_tests(&tests, status, err) : nm_fail_memory(err);
	free(path);
	nm_plan_free(with);
	return code;
}
