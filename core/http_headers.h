/* SPDX-License-Identifier: MIT */
/* What is kept of an answer's headers, for http.c: by what a later request can ask whether anything is new. */
#ifndef CORE_HTTP_HEADERS_H
#define CORE_HTTP_HEADERS_H

#include <stddef.h>

#define NM_HTTP_MARK 1024 /* bytes; a longer one is as if it were not given */

struct nm_http_headers {
	char etag[NM_HTTP_MARK], modified[NM_HTTP_MARK]; /* "": not given */
};

/* One header line as it came, its end included.  A status line begins a new answer and forgets the last one's. */
void nm_http_headers_take(struct nm_http_headers *headers, const char *line, size_t len);

#endif
