/* SPDX-License-Identifier: MIT */
/*
 * Our side of the comparison with liquidjs (liquid.mjs drives it): liquid_oracle COUNT SEED.
 *
 * Out, for each line of COUNT random plans: the template in which its flow tells the time, then a line
 * "INSTANT SITUATION" for the seconds around each change of the route, then an empty line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "carrier/twilio_private.h"
#include "random_plan.h"

#define DAYS 400
#define CHANGES 150 /* of a route, evenly taken */

static void print_instants(const struct nm_route *route)
{
	size_t changes = 0, every, i = 0;

	for (nm_time t = route->from; t < route->until; t = nm_route_next(route, t))
		changes++;
	every = changes / CHANGES + 1;
	for (nm_time t = route->from; t < route->until; t = nm_route_next(route, t))
		for (nm_time near = t - (t > route->from); i++ % every == 0 && near <= t + 1; near++)
			printf("%" PRId64 " s%d\n", near, nm_route_situation(route, near));
	for (nm_time t = nm_zone_next_change(route->zone, route->from); t < route->until;
	     t = nm_zone_next_change(route->zone, t))
		for (nm_time near = t - 3601; near <= t + 7201; near += 1800)
			printf("%" PRId64 " s%d\n", near, nm_route_situation(route, near));
}

static void print_line(const struct nm_timeline *timeline, const struct nm_classes *classes, int line)
{
	struct nm_route *route;
	struct nm_error err;
	struct nm_buf template;

	if (nm_route_build(timeline, classes, line, &route, &err) != NM_OK)
		abort();
	nm_buf_init(&template, 1 << 22);
	nm_twilio_clock(route, &template);
	puts(template.data);
	print_instants(route);
	puts("");
	nm_buf_clear(&template);
	nm_route_free(route);
}

int main(int argc, char **argv)
{
	const long count = argc > 1 ? strtol(argv[1], NULL, 10) : 20;
	const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	const nm_time from = 1764000000;

	for (long i = 0; i < count; i++) {
		char *folder = random_folder_new();
		struct nm_plan *plan = random_plan_read(seed + (uint64_t)i, folder);
		struct nm_timeline *timeline;
		struct nm_classes classes;
		struct nm_error err;

		if (nm_timeline_build(plan, from, from + DAYS * (nm_time)NM_DAY, &timeline, &err) != NM_OK ||
		    nm_classes_build(plan, &classes, &err) != NM_OK)
			abort();
		for (size_t line = 0; line < plan->n_lines; line++)
			print_line(timeline, &classes, (int)line);
		nm_classes_clear(&classes);
		nm_timeline_free(timeline);
		nm_plan_free(plan);
		random_folder_free(folder);
	}
	return 0;
}
