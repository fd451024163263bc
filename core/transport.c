/* SPDX-License-Identifier: MIT */
/*
 * Several transports as one.  Comes in: requests, told apart by the scheme of their URL.  Goes out: whatever
 * answer comes first.  Ways that answer at once are asked before one that has to wait.
 */
#include "nevermiss/transport.h"

#include <stdlib.h>
#include <string.h>

#define SCHEME_MAX 20
#define SLICE_MS   20 /* for how long one way is waited for while another has requests under way too */

struct joint {
	size_t n;
	struct {
		struct nm_way way;
		size_t under_way;
	} items[];
};

static int scheme_width(const char *url)
{
	const size_t width = strcspn(url, ":");

	return width < SCHEME_MAX ? (int)width : SCHEME_MAX;
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct joint *joint = context;

	for (size_t i = 0; i < joint->n; i++) {
		const struct nm_way *way = &joint->items[i].way;
		enum nm_code code;

		if (strncmp(request->url, way->scheme, strlen(way->scheme)) != 0)
			continue;
		code = way->transport.submit(way->transport.context, tag, request, err);
		joint->items[i].under_way += code == NM_OK;
		return code;
	}
	/* No more of it: a URL may hold a password. */
	return nm_fail(err, NM_CARRIER, "`%.*s:`: no request can be sent there", scheme_width(request->url),
		       request->url);
}

static enum nm_code collect_from(struct joint *joint, size_t i, int timeout_ms, int *tag,
				 struct nm_response *response, struct nm_error *err)
{
	const struct nm_transport *transport = &joint->items[i].way.transport;
	enum nm_code code = transport->collect(transport->context, timeout_ms, tag, response, err);

	if (code == NM_OK && *tag >= 0)
		joint->items[i].under_way--;
	return code;
}

/* How many have something under way; *last is the one to wait for, any when there is none. */
static size_t busy_ways(const struct joint *joint, size_t *last)
{
	size_t busy = 0;

	*last = joint->n - 1;
	for (size_t i = 0; i < joint->n; i++)
		if (joint->items[i].under_way > 0) {
			*last = i;
			busy++;
		}
	return busy;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct joint *joint = context;
	enum nm_code code = NM_OK;
	size_t last, busy = busy_ways(joint, &last);

	*tag = -1;
	for (;;) {
		const int wait_ms = busy > 1 && timeout_ms > SLICE_MS ? SLICE_MS : timeout_ms;

		for (size_t i = 0; i < joint->n && code == NM_OK && *tag < 0; i++)
			if (i != last && joint->items[i].under_way > 0)
				code = collect_from(joint, i, 0, tag, response, err);
		if (code == NM_OK && *tag < 0)
			code = collect_from(joint, last, wait_ms, tag, response, err);
		timeout_ms -= wait_ms;
		if (code != NM_OK || *tag >= 0 || timeout_ms <= 0)
			return code;
	}
}

static void drop(void *context)
{
	struct joint *joint = context;

	for (size_t i = 0; i < joint->n; i++) {
		const struct nm_transport *transport = &joint->items[i].way.transport;

		if (joint->items[i].under_way > 0)
			transport->drop(transport->context);
		joint->items[i].under_way = 0;
	}
}

enum nm_code nm_ways_transport(const struct nm_way *ways, size_t n, struct nm_transport *out, struct nm_error *err)
{
	struct joint *joint;

	if (n == 0)
		return nm_fail(err, NM_INPUT, "no way to send requests");
	joint = calloc(1, sizeof(*joint) + n * sizeof(joint->items[0]));
	if (joint == NULL)
		return nm_fail_memory(err);
	joint->n = n;
	for (size_t i = 0; i < n; i++)
		joint->items[i].way = ways[i];
	*out = (struct nm_transport){ joint, submit, collect, drop };
	for (size_t i = 0; i < n; i++)
		if (ways[i].transport.drop == NULL)
			out->drop = NULL;
	return NM_OK;
}

void nm_ways_transport_clear(struct nm_transport *transport)
{
	free(transport->context);
	*transport = (struct nm_transport){ 0 };
}
