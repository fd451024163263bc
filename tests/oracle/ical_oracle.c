/* SPDX-License-Identifier: MIT */
/*
 * For tests/oracle/ical.py: FILE ZONE FROM UNTIL, the window in seconds since 1970; prints one line
 * "FROM UNTIL FLAGS SUMMARY" for each instance (a all day, t transparent, - neither), or the error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nevermiss/ical.h"

static char *read_all(const char *file, size_t *len)
{
	FILE *f = fopen(file, "rb");
	char *bytes = malloc(NM_ICAL_BYTES + 2);

	if (!f || !bytes)
		exit(2);
	*len = fread(bytes, 1, NM_ICAL_BYTES + 2, f);
	fclose(f);
	return bytes;
}

static int fail(const struct nm_error *err)
{
	printf("error %d %s\n", err->code, err->text);
	return 1;
}

int main(int argc, char **argv)
{
	struct nm_ical_events events = { 0 };
	struct nm_zone *zone = NULL;
	struct nm_ical *ical = NULL;
	struct nm_error err = { 0 };
	size_t len = 0;
	char *bytes;
	bool bad;

	if (argc != 5)
		return 2;
	bytes = read_all(argv[1], &len);
	bad = nm_zone_load(argv[2], &zone, &err) || nm_ical_read(argv[1], bytes, len, &ical, &err) ||
	      nm_ical_expand(ical, zone, strtoll(argv[3], NULL, 10), strtoll(argv[4], NULL, 10), &events,
			     &err);
	for (size_t i = 0; i < events.n; i++)
		printf("%lld %lld %s%s%s %s\n", (long long)events.items[i].from,
		       (long long)events.items[i].until, events.items[i].all_day ? "a" : "",
		       events.items[i].transparent ? "t" : "",
		       events.items[i].all_day || events.items[i].transparent ? "" : "-",
		       events.items[i].summary);
	nm_ical_events_clear(&events);
	nm_ical_free(ical);
	nm_zone_free(zone);
	free(bytes);
	return bad ? fail(&err) : 0;
}
