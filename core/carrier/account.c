/* SPDX-License-Identifier: MIT */
/*
 * Is an account what its driver takes?  Comes in: an account of the plan.  Goes out: what is wrong with it, and
 * what would be right.  The options are those of the driver's table of keys; what their values must be is the
 * driver's own affair.
 */
#include <stddef.h>
#include <string.h>

#include "nevermiss/carrier.h"

struct option {
	const char *name;
	size_t at; /* where struct nm_account has its text */
};

static const struct option options[] = {
	{ "sid", offsetof(struct nm_account, sid) },
	{ "endpoint", offsetof(struct nm_account, endpoint) },
	{ "domain", offsetof(struct nm_account, domain) },
	{ "user", offsetof(struct nm_account, user) },
	{ "token_cmd", offsetof(struct nm_account, token_cmd) },
	{ "token_env", offsetof(struct nm_account, token_env) },
	{ "token_file", offsetof(struct nm_account, token_file) },
	{ "carrier", offsetof(struct nm_account, carrier) },
	{ "codes_file", offsetof(struct nm_account, codes_file) },
	{ "whisper", offsetof(struct nm_account, whisper) },
	{ "script_dir", offsetof(struct nm_account, script_dir) },
	{ "hours", offsetof(struct nm_account, hours) },
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

static bool given(const struct nm_account *account, const struct option *option)
{
	const char *text;

	memcpy(&text, (const char *)account + option->at, sizeof(text));
	return text != NULL;
}

static const struct nm_account_key *key_of(const struct nm_carrier *carrier, const char *name)
{
	const struct nm_account_key *key = carrier->keys;

	while (key->name != NULL && strcmp(key->name, name) != 0)
		key++;
	return key->name != NULL ? key : NULL;
}

static enum nm_code unknown_driver(const struct nm_account *account, struct nm_error *err)
{
	struct nm_buf known;
	enum nm_code code;

	nm_buf_init(&known, NM_ERROR_TEXT);
	for (size_t i = 0; i < nm_carriers_count; i++)
		nm_buf_addf(&known, "%s%s", i > 0 ? ", " : "", nm_carriers[i]->name);
	code = nm_fail(err, NM_INPUT, "account %s: no driver `%s` in this build yet; there are %s",
		       account->name, account->driver, known.data);
	nm_buf_clear(&known);
	return code;
}

static enum nm_code not_taken(const struct nm_account *account, const struct nm_carrier *carrier,
			      const char *name, struct nm_error *err)
{
	struct nm_buf known;
	enum nm_code code;

	nm_buf_init(&known, NM_ERROR_TEXT);
	for (const struct nm_account_key *key = carrier->keys; key->name != NULL; key++)
		nm_buf_addf(&known, "%s%s", key != carrier->keys ? ", " : "", key->name);
	code = nm_fail(err, NM_INPUT,
		       "account %s: driver %s does not take `%s`, so leave it out; it takes %s",
		       account->name, carrier->name, name, known.len > 0 ? known.data : "no options");
	nm_buf_clear(&known);
	return code;
}

static enum nm_code check_keys(const struct nm_account *account, const struct nm_carrier *carrier,
			       struct nm_error *err)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct nm_account_key *key = key_of(carrier, options[i].name);

		if (key == NULL && given(account, &options[i]))
			return not_taken(account, carrier, options[i].name, err);
		if (key != NULL && key->required && !given(account, &options[i]))
			return nm_fail(err, NM_INPUT, "account %s: driver %s needs `%s`: %s", account->name,
				       carrier->name, key->name, key->help);
	}
	return NM_OK;
}

enum nm_code nm_account_check(const struct nm_account *account, struct nm_error *err)
{
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);
	struct nm_error why;
	enum nm_code code;

	if (carrier == NULL)
		return unknown_driver(account, err);
	code = check_keys(account, carrier, err);
	if (code != NM_OK || carrier->account == NULL)
		return code;
	code = carrier->account(account, &why);
	return code == NM_OK ? NM_OK : nm_fail(err, code, "account %s: %s", account->name, why.text);
}
