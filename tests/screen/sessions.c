/* SPDX-License-Identifier: MIT */
/* Several sessions of one plan: see sessions.h. */
#include "sessions.h"

#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void sessions_edit(struct stage *stage, const char *business)
{
	const struct nm_edit edit = {
		.op = NM_EDIT_SET, .place = {.section = "", .step = -1}, .option = "business", .value = business};

	assert_true(app_edit(&stage->app, &edit, 1, "business"));
	app_settle(&stage->app);
	app_draw(&stage->app);
}

size_t sessions_files(const char *pattern)
{
	glob_t found;
	size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;

	globfree(&found);
	return n;
}

pid_t sessions_somebody_else(struct stage *stage, void (*work)(struct stage *stage))
{
	int ends[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
		stage_start(stage);
		recovery_begin(&stage->app);
		work(stage);
		if (write(ends[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	return child;
}

void sessions_kill(pid_t child)
{
	int status;

	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

void sessions_start_again(struct stage *stage)
{
	stage_start(stage);
	recovery_begin(&stage->app);
	app_settle(&stage->app);
	app_draw(&stage->app);
}

void sessions_edit_jones(struct stage *stage)
{
	sessions_edit(stage, "\"Jones Plumbing\"");
}
