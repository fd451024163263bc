/* SPDX-License-Identifier: MIT */
/*
 * Any text as a plan: either mistakes, each with a text and a line, or a plan on which every line can
 * be called.  The plan's folder is empty, and no text that names a device is tried.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nevermiss/decide.h"
#include "nevermiss/plan.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define CALLS 3
#define AT INT64_C(1794600000) /* November 2026 */

static void demand(bool holds)
{
	if (!holds)
		abort();
}

/* A name in a folder of our own, so that no include and no calendar is there. */
static const char *name(void)
{
	static char folder[] = "/tmp/fuzz-plan-XXXXXX";
	static char file[64];

	if (!file[0]) {
		demand(mkdtemp(folder) != NULL);
		snprintf(file, sizeof file, "%s/plan.conf", folder);
	}
	return file;
}

static void call(const struct nm_plan *plan)
{
	for (int i = 0; i < CALLS && (size_t)i < plan->n_lines; i++) {
		const struct nm_call made = {
			.at = AT,
			.line = i,
			.caller = { .anonymous = i == 1 },
			.emergency = i == 2,
			.script = { .nobody = i == 0, .hangup_s = -1 },
		};
		struct nm_simulation *simulation = NULL;
		struct nm_error err;

		if (nm_simulate(plan, &made, &simulation, &err))
			demand(err.text[0] != 0);
		else
			demand(simulation->outcome.ended_s >= 0);
		nm_simulation_free(simulation);
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct nm_diags diags;
	struct nm_plan *plan = NULL;
	struct nm_error err;

	if (memmem(data, size, "/dev", 4) || memmem(data, size, "/proc", 5))
		return 0;
	nm_diags_init(&diags);
	if (nm_plan_read(name(), (const char *)data, size, &plan, &diags, &err)) {
		demand(diags.n > 0 || err.text[0] != 0);
		for (size_t i = 0; i < diags.n; i++)
			demand(diags.items[i].file && diags.items[i].text && diags.items[i].text[0] &&
			       diags.items[i].line >= 0);
	} else {
		demand(diags.n == 0);
		call(plan);
	}
	nm_plan_free(plan);
	nm_diags_clear(&diags);
	return 0;
}
