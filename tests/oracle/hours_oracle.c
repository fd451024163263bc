/* SPDX-License-Identifier: MIT */
/*
 * Our side of the comparison with opening_hours.js (hours.mjs drives it).
 *
 * In, a line each: expression, TAB, first day, TAB, day after the last (days since 1970), TAB, holidays as
 * sorted days with commas between.  Out: "error TEXT" or "ok", and for each day that has spans
 * " DAY:FROM-UNTIL,FROM-UNTIL" in minutes.
 */
#include "nevermiss/hours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLIDAYS_MAX 4096

static size_t holidays_parse(char *text, int32_t *days)
{
	size_t n = 0;
	char *rest = text;

	while (n < HOLIDAYS_MAX && *rest && *rest != '\n') {
		days[n++] = (int32_t)strtol(rest, &rest, 10);
		if (*rest == ',')
			rest++;
	}
	return n;
}

static void days_print(const struct nm_hours *hours, long from, long until,
		       const struct nm_holidays *holidays)
{
	struct nm_minutes spans[NM_HOURS_SPANS];
	size_t i, n;
	long day;

	for (day = from; day < until; day++) {
		n = nm_hours_day(hours, day, holidays, spans);
		for (i = 0; i < n; i++) {
			if (i)
				putchar(',');
			else
				printf(" %ld:", day);
			printf("%d-%d", spans[i].from, spans[i].until);
		}
	}
	putchar('\n');
}

static int line_answer(char *line)
{
	static int32_t days[HOLIDAYS_MAX];
	char *from = strchr(line, '\t');
	char *until = from ? strchr(from + 1, '\t') : NULL;
	char *list = until ? strchr(until + 1, '\t') : NULL;
	struct nm_holidays holidays = { days, 0 };
	struct nm_hours *hours;
	struct nm_error err;

	if (!list)
		return 1;
	*from++ = '\0';
	holidays.n = holidays_parse(list + 1, days);
	if (nm_hours_read(line, &hours, &err) != NM_OK) {
		printf("error %s\n", err.text);
		return 0;
	}
	printf("ok");
	days_print(hours, strtol(from, NULL, 10), strtol(until + 1, NULL, 10), &holidays);
	nm_hours_free(hours);
	return 0;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	int status = 0;

	while (status == 0 && getline(&line, &size, stdin) >= 0)
		status = line_answer(line);
	free(line);
	if (status)
		fputs("hours_oracle: a line is EXPRESSION, FROM, UNTIL, HOLIDAYS with tabs between\n", stderr);
	return status;
}
