/* SPDX-License-Identifier: MIT */
/* Which options go with what a section is: see plan_fit.h.  In: the language's table, the drivers' keys.  Changes nothing. */
#include "plan_fit.h"

#include <string.h>

#include "nevermiss/carrier.h"

const char *fit_decider(const char *section)
{
	if (!strcmp(section, "destination"))
		return "kind";
	return strcmp(section, "account") ? NULL : "driver";
}

/* A voicemail takes the call at once, and only a backup has a role. */
static bool destination_takes(const char *kind, const char *option)
{
	if (strcmp(kind, "voicemail") != 0)
		return strcmp(option, "role") != 0 || !strcmp(kind, "backup");
	for (size_t i = 0; nm_ringing_options[i]; i++) {
		if (!strcmp(nm_ringing_options[i], option))
			return false;
	}
	return true;
}

static bool account_takes(const char *driver, const char *option)
{
	const struct nm_carrier *carrier = nm_carrier_find(driver);

	if (!carrier || !strcmp(option, "driver"))
		return true;
	for (const struct nm_account_key *key = carrier->keys; key->name; key++) {
		if (!strcmp(key->name, option))
			return true;
	}
	return false;
}

bool fit_takes(const char *section, const char *value, const char *option)
{
	if (!strcmp(section, "destination"))
		return destination_takes(value, option);
	return strcmp(section, "account") || account_takes(value, option);
}

const char *fit_value(const struct nm_written_section *section)
{
	const char *decider = fit_decider(section->kind);
	const struct nm_written_option *option = decider ? nm_written_option(section, decider) : NULL;

	return option && option->n ? option->values[0] : NULL;
}

const char *fit_fallback(const struct nm_written_section *section, const struct nm_option_info *info)
{
	const char *value = fit_value(section);

	/* nevermiss-plan(5): only a person's phone has a voicemail unless it is said. */
	if (value && !strcmp(value, "ai") && !strcmp(info->name, "own_voicemail"))
		return "none";
	return info->fallback;
}
