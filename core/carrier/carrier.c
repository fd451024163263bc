/* SPDX-License-Identifier: MIT */
/*
 * The drivers of this build, and what all of them need: the memory of a conversation.
 */
#include "nevermiss/carrier.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/carrier/drivers.h"

const struct nm_carrier *const nm_carriers[] = {
	&nm_carrier_asterisk,
	&nm_carrier_codes,
	&nm_carrier_cpl,
	&nm_carrier_gateway,
	&nm_carrier_manual,
	&nm_carrier_sandbox,
	&nm_carrier_telnyx,
	&nm_carrier_twilio,
	&nm_carrier_voipms,
};

const size_t nm_carriers_count = sizeof(nm_carriers) / sizeof(nm_carriers[0]);

const struct nm_carrier *nm_carrier_find(const char *name)
{
	for (size_t i = 0; i < nm_carriers_count; i++)
		if (strcmp(nm_carriers[i]->name, name) == 0)
			return nm_carriers[i];
	return NULL;
}

const struct nm_carrier *nm_carrier_of(const struct nm_plan *plan, int account)
{
	return nm_carrier_find(plan->accounts[account].driver);
}

void nm_carriers_that(bool (*can)(const struct nm_traits *traits), struct nm_buf *out)
{
	for (size_t i = 0; i < nm_carriers_count; i++)
		if (can(&nm_carriers[i]->traits))
			nm_buf_addf(out, "%s%s", out->len > 0 ? ", " : "", nm_carriers[i]->name);
}

const char *nm_exchange_id(const struct nm_exchange *exchange, const char *name)
{
	for (size_t i = 0; i < exchange->n_ids; i++)
		if (strcmp(exchange->ids[i].name, name) == 0)
			return exchange->ids[i].value;
	return NULL;
}

enum nm_code nm_exchange_set_id(struct nm_exchange *exchange, const char *name, const char *value,
				struct nm_error *err)
{
	const size_t most = sizeof(exchange->ids) / sizeof(exchange->ids[0]);
	const char *copy = nm_arena_text(exchange->arena, value);
	size_t i = 0;

	while (i < exchange->n_ids && strcmp(exchange->ids[i].name, name) != 0)
		i++;
	if (i == most)
		return nm_fail(err, NM_INPUT, "a conversation keeps at most %zu ids", most);
	if (copy == NULL)
		return nm_fail_memory(err);
	if (i == exchange->n_ids) {
		exchange->ids[i].name = nm_arena_text(exchange->arena, name);
		if (exchange->ids[i].name == NULL)
			return nm_fail_memory(err);
		exchange->n_ids++;
	}
	exchange->ids[i].value = copy;
	return NM_OK;
}

enum nm_step_result nm_exchange_fail(struct nm_exchange *exchange, const char *format, ...)
{
	struct nm_buf words;
	va_list args;

	nm_buf_init(&words, NM_ERROR_TEXT);
	va_start(args, format);
	nm_buf_vaddf(&words, format, args);
	va_end(args);
	exchange->note = words.failed ? NULL : nm_arena_text(exchange->arena, words.data);
	nm_buf_clear(&words);
	return NM_STEP_FAILED;
}
