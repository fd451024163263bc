/* SPDX-License-Identifier: MIT */
/* The ways out: see network.h. */
#include "network.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t clock_ms(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum nm_code secret(void *context, const struct nm_account *account, struct nm_buf *out,
			   struct nm_error *err)
{
	struct network *network = context;

	return secrets_get(&network->secrets, account, network->folder, out, err);
}

static bool needs_http(const struct network *network, const struct nm_plan *plan)
{
	if (network->wants_web || plan->crm.given)
		return true;
	for (size_t i = 0; i < plan->n_accounts; i++) {
		const struct nm_carrier *carrier = nm_carrier_find(plan->accounts[i].driver);

		if (carrier && carrier->traits.remote)
			return true;
	}
	return false;
}

static enum nm_code keep_folder(struct network *network, const char *file, struct nm_error *err)
{
	const char *end = strrchr(file, '/');

	free(network->folder);
	network->folder = end ? strndup(file, (size_t)(end - file)) : strdup(".");
	return network->folder ? NM_OK : nm_fail_memory(err);
}

/* The ways that are there, as one. */
static enum nm_code join(struct network *network, struct nm_error *err)
{
	const struct nm_way ways[] = {
		{"sandbox:", network->sandbox},
		{"file:", network->files},
		{"dial:", dial_transport(&network->dial)},
		{"https:", network->http},
		{"http:", network->http},
	};
	const size_t n = network->http.context ? 5 : 3;

	if (network->ways.context)
		nm_ways_transport_clear(&network->ways);
	return nm_ways_transport(ways, n, &network->ways, err);
}

static enum nm_code open_ways(struct network *network, const struct nm_plan *plan, struct nm_store *store,
			      struct nm_error *err)
{
	const struct nm_http_options options = {.context = network, .secret = secret, .clock_ms = clock_ms};
	enum nm_code code = NM_OK;

	if (!network->sandbox.context)
		code = nm_sandbox_transport(store, &network->sandbox, err);
	if (!code && !network->files.context)
		code = nm_file_transport(&network->files, err);
	if (!code && !network->http.context && needs_http(network, plan))
		code = nm_http_transport(&options, &network->http, err);
	return code;
}

enum nm_code network_open(struct network *network, const struct nm_plan *plan, struct nm_store *store,
			  struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (!network->open || (!network->http.context && needs_http(network, plan))) {
		code = open_ways(network, plan, store, err);
		if (!code)
			code = keep_folder(network, plan->file, err);
		if (!code)
			code = join(network, err);
		network->open = code == NM_OK;
	}
	return code;
}

enum nm_code network_open_web(struct network *network, const struct nm_plan *plan, struct nm_store *store,
			      struct nm_error *err)
{
	network->wants_web = true;
	return network_open(network, plan, store, err);
}

void network_close(struct network *network)
{
	if (network->ways.context)
		nm_ways_transport_clear(&network->ways);
	if (network->http.context)
		nm_http_transport_clear(&network->http);
	if (network->files.context)
		nm_file_transport_clear(&network->files);
	if (network->sandbox.context)
		nm_sandbox_transport_clear(&network->sandbox);
	dial_clear(&network->dial);
	secrets_clear(&network->secrets);
	free(network->folder);
	*network = (struct network){0};
}
