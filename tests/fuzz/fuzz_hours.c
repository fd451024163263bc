/* SPDX-License-Identifier: MIT */
/*
 * Any text as opening hours: either an error, or days whose spans are sorted and apart, the same
 * wherever the signature is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/hours.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define FIRST 20454 /* 2026-01-01 */
#define DAYS 800

struct seen {
	bool any;
	size_t n;
	struct nm_minutes spans[NM_HOURS_SPANS];
};

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void found(void *context, const char *text)
{
	size_t *n = context;

	demand(text && *text);
	++*n;
}

static void check_spans(const struct nm_minutes *spans, size_t n)
{
	demand(n <= NM_HOURS_SPANS);
	for (size_t i = 0; i < n; i++) {
		demand(spans[i].from >= 0 && spans[i].from < spans[i].until && spans[i].until <= 1440);
		demand(i == 0 || spans[i - 1].until < spans[i].from);
	}
}

static void check_days(const struct nm_hours *hours)
{
	static const int32_t days[] = { 20454, 20500, 20812, 20813, 21000 };
	static struct seen seen[NM_HOURS_SIGNATURES];
	const struct nm_holidays holidays = { days, sizeof days / sizeof days[0] };
	struct nm_minutes spans[NM_HOURS_SPANS];

	memset(seen, 0, sizeof seen);
	for (int64_t day = FIRST; day < FIRST + DAYS; day++) {
		struct nm_hours_date date = nm_hours_date_of(day);
		uint32_t signature = nm_hours_signature(hours, &date, &holidays);
		size_t n = nm_hours_day(hours, day, &holidays, spans);

		check_spans(spans, n);
		if (signature == UINT32_MAX)
			continue;
		demand(signature < NM_HOURS_SIGNATURES);
		if (seen[signature].any)
			demand(seen[signature].n == n &&
			       !memcmp(seen[signature].spans, spans, n * sizeof spans[0]));
		seen[signature].any = true;
		seen[signature].n = n;
		memcpy(seen[signature].spans, spans, n * sizeof spans[0]);
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *text = malloc(size + 1);
	struct nm_hours *hours = NULL;
	struct nm_error err;
	size_t lints = 0;

	demand(text != NULL);
	memcpy(text, data, size);
	text[size] = 0;
	if (!nm_hours_read(text, &hours, &err)) {
		check_days(hours);
		nm_hours_lint(hours, found, &lints);
		(void)nm_hours_uses_holidays(hours);
	} else {
		demand(err.text[0] != 0);
	}
	nm_hours_free(hours);
	free(text);
	return 0;
}
