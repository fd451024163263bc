/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the flow that Twilio holds: either refused in plain words, or a route that answers for any time and
 * caller.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/carrier.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char facts[] =
	"{\"timezone\":\"America/Chicago\",\"from\":\"2026-11-23T00:00:00-06:00\",\"until\":\"2026-12-13T00:00:00-06:00\","
	"\"line\":\"main\",\"number\":\"+15125550100\",\"callers\":[{\"name\":\"vip\",\"numbers\":[\"+15125550142\"]}],"
	"\"parties\":[{\"name\":\"ai\",\"kind\":\"ai\",\"number\":\"+15125550177\"},{\"name\":\"mailbox\",\"kind\":"
	"\"voicemail\",\"greeting\":\"Leave a message\"}]}";

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void ask(const struct nm_route *route)
{
	nm_time t = route->from;

	for (int i = 0; i < 200 && t < route->until; i++) {
		struct nm_caller caller = { .anonymous = i % 3 == 0, .number = i % 3 == 1 ? 15125550142 : 0 };
		nm_time next = nm_route_next(route, t);

		demand(nm_route_treatment(route, t, caller, false) != NULL);
		(void)nm_route_treatment(route, t, caller, true);
		demand(next > t);
		t = next;
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct nm_artefact live = { 0 };
	struct nm_route *route = NULL;
	const char *foreign = NULL;
	struct nm_error err = { 0 };
	char *bytes = malloc(size + 1);

	demand(bytes != NULL);
	memcpy(bytes, data, size);
	bytes[size] = 0;
	demand(nm_artefact_add(&live, "flow", "application/json", bytes, size, &err) == NM_OK);
	demand(nm_artefact_add(&live, "facts", "application/json", facts, sizeof(facts) - 1, &err) == NM_OK);
	if (nm_carrier_find("twilio")->lift(&live, &route, &foreign, &err) == NM_OK)
		ask(route);
	else
		for (const char *c = err.text; *c != '\0'; c++)
			demand(*c >= ' ' && *c <= '~');
	nm_route_free(route);
	nm_artefact_clear(&live);
	free(bytes);
	return 0;
}
