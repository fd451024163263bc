/* SPDX-License-Identifier: MIT */
/*
 * A carrier that misbehaves as told: an HTTP server on loopback in a child process.  What it answers stands in
 * the path of the request:
 *   /ok            200 {"ok":true}
 *   /seen          200, the bytes of the request in hexadecimal
 *   /echo          403, the request's own bytes
 *   /echo-well     200, the same
 *   /status/N      status N, {"message":"as told"}, and Retry-After: 7 with a 429
 *   /cut           ends after a part of what it promised
 *   /hang-up       ends before any answer
 *   /never         says nothing
 *   /drip          a byte every tenth of a second
 *   /huge          one byte more than an answer may have
 *   /endless       chunks without end
 *   /headers       headers without end
 *   /truncated     {"message":"as
 *   /zeros         text with a NUL in it
 *   /garbage       no HTTP at all
 *   /away          302 to another name of this server, /touched
 *   /calendar      200 an iCalendar object with ETag "v1"; 304 to who has that
 *   /calendar-moved 301 to calendar, as a relative URL
 *   /calendar-large more than NM_ARTEFACT_BYTES of one
 *   /slow          200 {"ok":true} after 50 ms
 *   /figures       200 {"requests":N,"touched":N,"most":N}: in all, of /touched, connections at once
 */
#ifndef TESTS_HTTP_SERVER_H
#define TESTS_HTTP_SERVER_H

#include <sys/types.h>

struct http_server {
	pid_t pid;
	int port;
};

/* It lives for two minutes at most, and no longer than the test. */
void http_server_start(struct http_server *server);
void http_server_stop(struct http_server *server);

#endif
