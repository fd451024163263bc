/* SPDX-License-Identifier: MIT */
/* For certificate.sh: get URL [AUTHORITIES].  Asks once, prints the status or why there was no answer. */
#include <stdio.h>
#include <time.h>

#include "nevermiss/transport.h"

static int64_t clock_ms(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	const struct nm_http_options options = { .clock_ms = clock_ms, .authorities = argc > 2 ? argv[2] : NULL };
	const struct nm_request request = { .method = "GET", .url = argc > 1 ? argv[1] : "", .timeout_s = 10 };
	struct nm_response response = { 0 };
	struct nm_transport http;
	struct nm_error err;
	int tag = -1;

	if (nm_http_transport(&options, &http, &err) != NM_OK ||
	    http.submit(http.context, 0, &request, &err) != NM_OK ||
	    http.collect(http.context, 20000, &tag, &response, &err) != NM_OK) {
		printf("%s\n", err.text);
		return 1;
	}
	if (tag < 0 || response.status == 0)
		printf("%s\n", tag < 0 ? "nothing came" : response.error);
	else
		printf("%d\n", response.status);
	nm_http_transport_clear(&http);
	return 0;
}
