/* SPDX-License-Identifier: MIT */
/* See found.h.  In: findings.  Out: lines of text. */
#include "found.h"

#include <string.h>

#define SHOWN 3 /* more of them push the question itself away */

/* What may refuse a push is told by the push itself. */
static bool is_told(const struct nm_finding *finding)
{
	return finding->severity == NM_SEVERITY_ERROR && strcmp(finding->id, "guarantee-broken") != 0 &&
	       strcmp(finding->id, "forbidden-number") != 0;
}

struct errors {
	size_t told, all;
};

static struct errors count_errors(const struct nm_findings *findings)
{
	struct errors errors = {0};

	for (size_t i = 0; i < findings->n; i++) {
		errors.told += is_told(&findings->items[i]);
		errors.all += findings->items[i].severity == NM_SEVERITY_ERROR;
	}
	return errors;
}

void found_errors_add(struct nm_buf *out, const struct nm_findings *findings)
{
	const struct errors errors = count_errors(findings);
	size_t told = 0;

	for (size_t i = 0; i < findings->n && told < SHOWN; i++) {
		if (!is_told(&findings->items[i]))
			continue;
		if (told++ == 0)
			nm_buf_addf(out, "check finds %zu error%s: ", errors.all, errors.all == 1 ? "" : "s");
		else
			nm_buf_add(out, "  and: ");
		nm_buf_addf(out, "%s [%s]\n", findings->items[i].message, findings->items[i].id);
	}
	if (errors.told > told)
		nm_buf_addf(out, "  and %zu more, which check lists\n", errors.told - told);
	if (told && errors.all > errors.told)
		nm_buf_addf(out, "  and %zu of guarantees or forbidden numbers, which the push itself judges\n",
			    errors.all - errors.told);
}
