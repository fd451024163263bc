/* SPDX-License-Identifier: MIT */
/*
 * Where a driver's requests go (struct nm_transport, carrier.h).  Each way knows one scheme of URLs; one that
 * joins them sends each request the right way.  Nothing here listens.
 */
#ifndef NEVERMISS_TRANSPORT_H
#define NEVERMISS_TRANSPORT_H

#include "nevermiss/carrier.h"
#include "nevermiss/store.h"

/* --- sandbox: the built-in carrier, in the store --- */

/* Is it a fault that the sandbox knows ("refuse 2")?  NM_INPUT says what would be one. */
enum nm_code nm_sandbox_fault_check(const char *text, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code nm_sandbox_transport(struct nm_store *store, struct nm_transport *out,
				  struct nm_error *err) NM_WARN_UNUSED;
void nm_sandbox_transport_clear(struct nm_transport *transport);

/* --- file: files on this machine that a server reads ---
 *   GET file:/PATH         200 the text; 404
 *   PUT-FILE file:/PATH    200; written as a whole or not at all; a new file is for its folder's group to read
 *   DELETE file:/PATH      200; 404
 * 403 with the system's words in "error" when it cannot be done.  A path must be absolute. */
enum nm_code nm_file_transport(struct nm_transport *out, struct nm_error *err) NM_WARN_UNUSED;
void nm_file_transport_clear(struct nm_transport *transport);

/* --- http: and https: --- */

struct nm_http_options {
	void *context; /* of both */
	/* The secret of an account, added to out, which is wiped after use.  NULL: there are none. */
	enum nm_code (*secret)(void *context, const struct nm_account *account, struct nm_buf *out,
			       struct nm_error *err);
	int64_t (*clock_ms)(void *context); /* a clock that never goes back */
	const char *authorities; /* file of certificates to trust in place of the system's; NULL */
};

/* Plain http only goes to loopback addresses, all else must be https with a valid certificate.  Redirects are
 * not followed; an answer is bounded by the request's answer_max and a request by its timeout.  Where an answer quotes the
 * request's secret, asterisks stand in its place.  A request that may not leave is NM_CARRIER on submit.  The
 * options are copied. */
enum nm_code nm_http_transport(const struct nm_http_options *options, struct nm_transport *out,
			       struct nm_error *err) NM_WARN_UNUSED;
void nm_http_transport_clear(struct nm_transport *transport);

/* --- all of them together --- */

struct nm_way {
	const char *scheme; /* "https:" */
	struct nm_transport transport;
};

/* The ways are copied; their transports must outlive this one.  No way for a URL: NM_CARRIER on submit. */
enum nm_code nm_ways_transport(const struct nm_way *ways, size_t n, struct nm_transport *out,
			       struct nm_error *err) NM_WARN_UNUSED;
void nm_ways_transport_clear(struct nm_transport *transport);

#endif
