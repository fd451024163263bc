/* SPDX-License-Identifier: MIT */
/* Findings beside the plan: see plan_findings.h.  In: findings, the plan and what is written.  Changes nothing. */
#include "plan_findings.h"

#include <string.h>

#include "plan_parts.h"

static bool lies_in(const struct nm_finding *finding, struct nm_pos pos)
{
	return finding->pos.line >= pos.line && finding->pos.line <= pos.end_line && pos.file && finding->pos.file &&
	       !strcmp(finding->pos.file, pos.file);
}

/* The plan knows the places of included files too, the text those of sections that the plan keeps no place of. */
static bool lies_in_section(const struct app *app, const struct nm_finding *finding)
{
	const struct nm_plan *plan = app_plan(app);
	const struct nm_written *written;

	for (size_t k = 0; k < plan_kinds_count; k++) {
		for (size_t i = 0; i < plan_parts(plan, &plan_kinds[k]); i++) {
			if (lies_in(finding, plan_part(plan, &plan_kinds[k], i).pos))
				return true;
		}
	}
	if (session_written(app->session, &written, NULL))
		return false;
	for (size_t i = 0; i < written->n; i++) {
		const struct nm_written_section *section = &written->sections[i];
		const struct nm_pos pos = {nm_document_path(app->session->document, section->file), section->line, section->end_line};

		if (section->kind[0] && lies_in(finding, pos))
			return true;
	}
	return false;
}

bool finding_concerns(const struct app *app, const struct nm_finding *finding, struct nm_pos pos)
{
	return pos.line ? lies_in(finding, pos) : !lies_in_section(app, finding);
}

const char *finding_misses(const struct nm_finding *finding)
{
	return strcmp(finding->id, "no-emergency") ? NULL : "emergency";
}

unsigned severity_style(enum nm_severity severity)
{
	return severity == NM_SEVERITY_ERROR	 ? STYLE_ERROR
	       : severity == NM_SEVERITY_WARNING ? STYLE_WARNING
						 : STYLE_DIM;
}

const char *severity_sign(enum nm_severity severity)
{
	return severity == NM_SEVERITY_ERROR ? "✗" : severity == NM_SEVERITY_WARNING ? "!" : "·";
}
