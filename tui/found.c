/* SPDX-License-Identifier: MIT */
/* See found.h.  In: findings, a view of a rollback.  Out: lines of text. */
#include "found.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 3 /* more of them push the question itself away */

static bool is_error(const struct nm_finding *finding)
{
	return finding->severity == NM_SEVERITY_ERROR;
}

/* What may refuse a push is told by the push itself. */
static bool is_told(const struct nm_finding *finding)
{
	return is_error(finding) && strcmp(finding->id, "guarantee-broken") != 0 &&
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
		errors.all += is_error(&findings->items[i]);
	}
	return errors;
}

/* The first of those that are to be told, behind what is said ahead of them; how many. */
static size_t add_first(struct nm_buf *out, const struct nm_findings *findings,
			bool (*is_one)(const struct nm_finding *finding), const char *ahead)
{
	size_t told = 0;

	for (size_t i = 0; i < findings->n && told < SHOWN; i++) {
		if (!is_one(&findings->items[i]))
			continue;
		nm_buf_addf(out, "%s%s [%s]\n", told++ ? "  and: " : ahead, findings->items[i].message,
			    findings->items[i].id);
	}
	return told;
}

void found_errors_add(struct nm_buf *out, const struct nm_findings *findings)
{
	const struct errors errors = count_errors(findings);
	char ahead[64];
	size_t told;

	snprintf(ahead, sizeof ahead, "check finds %zu error%s: ", errors.all, errors.all == 1 ? "" : "s");
	told = add_first(out, findings, is_told, ahead);
	if (errors.told > told)
		nm_buf_addf(out, "  and %zu more, which check lists\n", errors.told - told);
	if (told && errors.all > errors.told)
		nm_buf_addf(out, "  and %zu of guarantees or forbidden numbers, which the push itself judges\n",
			    errors.all - errors.told);
}

void found_back_add(struct nm_buf *out, const struct nm_rollback_view *view)
{
	const struct errors errors = count_errors(&view->found);
	char ahead[96];
	size_t told;

	if (view->unproved)
		nm_buf_addf(out, "whether what is put back is right is not known: %s\n", view->unproved);
	snprintf(ahead, sizeof ahead, "the plan that is put back, of push #%lld, has %zu error%s: ",
		 (long long)view->source, errors.all, errors.all == 1 ? "" : "s");
	told = add_first(out, &view->found, is_error, ahead);
	if (errors.all > told)
		nm_buf_addf(out, "  and %zu more\n", errors.all - told);
}
