/* SPDX-License-Identifier: MIT */
/*
 * demo: a throw-away copy of the example plan, pushed to the sandbox, with twelve weeks of calls, and opened in the
 * interface.
 * The example is part of the program (demo_data.h, made from examples/), so that it works before
 * anything is installed.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "command.h"
#include "demo.h"
#include "demo_data.h"

struct demo {
	char *folder; /* malloc'd */
	struct nm_buf plan, data;
};

static enum nm_code make_folder(struct demo *demo, struct nm_error *err)
{
	const char *temporary = getenv("TMPDIR");
	struct nm_buf path;

	nm_buf_init(&path, 4096);
	nm_buf_addf(&path, "%s/nevermiss-demo-XXXXXX", temporary && *temporary ? temporary : "/tmp");
	demo->folder = nm_buf_take(&path);
	if (!demo->folder)
		return nm_fail_memory(err);
	if (!mkdtemp(demo->folder))
		return nm_fail(err, NM_SYSTEM, "cannot make a folder for the demo at %s", demo->folder);
	nm_buf_addf(&demo->plan, "%s/plan.conf", demo->folder);
	nm_buf_addf(&demo->data, "%s/data", demo->folder);
	return NM_OK;
}

static enum nm_code write_files(const struct demo *demo, struct nm_error *err)
{
	enum nm_code code = NM_OK;
	size_t i;

	for (i = 0; i < sizeof demo_files / sizeof demo_files[0] && code == NM_OK; i++) {
		struct nm_buf path;

		nm_buf_init(&path, 4096);
		nm_buf_addf(&path, "%s/%s", demo->folder, demo_files[i].name);
		code = nm_file_write(path.data, demo_files[i].text, strlen(demo_files[i].text), true, err);
		nm_buf_clear(&path);
	}
	return code;
}

static enum nm_code push_demo(struct session *session, struct nm_error *err)
{
	struct nm_push_options options = { .line = -1 };
	struct nm_push_results results = { .n = 0 };
	struct nm_push_context context;
	enum nm_code code = session_need_plan(session, err);

	if (code == NM_OK)
		code = session_push_context(session, &context, err);
	if (code != NM_OK)
		return code;
	context.now = demo_pushed_at(session);
	options.plan_text = nm_document_text(session->document, &options.plan_len);
	code = nm_push(&context, &options, &results, err);
	nm_push_results_clear(&results);
	return code;
}

static int remove_one(const char *path, const struct stat *what, int type, struct FTW *walk)
{
	(void)what;
	(void)type;
	(void)walk;
	return remove(path);
}

/* What its carriers hold and its log says is written, also for somebody who then only looks. */
static enum nm_code fill_demo(const struct session_options *options, struct nm_error *err)
{
	struct session_options writing = *options;
	const struct nm_status *status_now;
	struct session session;
	enum nm_code code;

	writing.read_only = false;
	code = session_open(&session, &writing, err);
	if (code != NM_OK)
		return code;
	code = push_demo(&session, err);
	if (code == NM_OK)
		code = demo_calls(&session, err);
	/* Between the push and now somebody looked. */
	if (code == NM_OK)
		code = session_status(&session, true, &status_now, err);
	session_close(&session);
	return code;
}

static enum nm_code open_demo(struct invocation *run, struct demo *demo, enum status *status, struct nm_error *err)
{
	struct session_options options = *run->options;
	struct session session;
	enum nm_code code;

	options.plan_file = demo->plan.data;
	options.data_dir = demo->data.data;
	code = fill_demo(&options, err);
	if (code != NM_OK || argument_given(run->args, "print"))
		return code;
	code = session_open(&session, &options, err);
	if (code != NM_OK)
		return code;
	*status = app_run(&session, "now") ? STATUS_INPUT : STATUS_GOOD;
	session_close(&session);
	return NM_OK;
}

static void tell(struct invocation *run, const struct demo *demo)
{
	struct nm_json json;

	if (!run->json) {
		nm_buf_addf(run->out, "%s\nopen it with: nevermiss -p %s --data %s\n", demo->plan.data, demo->plan.data,
			    demo->data.data);
		return;
	}
	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "plan");
	nm_json_text(&json, demo->plan.data);
	nm_json_key(&json, "data");
	nm_json_text(&json, demo->data.data);
	json_finish(&json, run->out);
}

enum nm_code cmd_demo(struct invocation *run, enum status *status, struct nm_error *err)
{
	const bool print = argument_given(run->args, "print");
	struct demo demo = { .folder = NULL };
	enum nm_code code;

	*status = STATUS_GOOD;
	if (!print && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return nm_fail(err, NM_INPUT, "the demo opens the interface, which needs a terminal; --print only makes it");
	nm_buf_init(&demo.plan, 4096);
	nm_buf_init(&demo.data, 4096);
	code = make_folder(&demo, err);
	if (code == NM_OK)
		code = write_files(&demo, err);
	if (code == NM_OK)
		code = open_demo(run, &demo, status, err);
	if (code == NM_OK && print)
		tell(run, &demo);
	if (demo.folder && (!print || code != NM_OK))
		nftw(demo.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(demo.folder);
	nm_buf_clear(&demo.plan);
	nm_buf_clear(&demo.data);
	return code;
}
