/* SPDX-License-Identifier: MIT */
/*
 * When the chosen phone answers, and when the caller hangs up.  In: a time as somebody types it.  Out: what the call is
 * played with.
 */
#include <stdio.h>
#include <string.h>

#include "prompt.h"
#include "simulate.h"

/* Beyond an hour no call rings. */
static enum nm_code read_seconds(const char *text, int *seconds, struct nm_error *err)
{
	char with_unit[64];
	int64_t value;
	const char *unit = text[strspn(text, "0123456789")] ? "" : "s";
	enum nm_code code;

	snprintf(with_unit, sizeof with_unit, "%.40s%s", text, unit);
	code = nm_duration_read(with_unit, &value, err);
	if (code == NM_OK && value > 3600)
		code = nm_fail(err, NM_INPUT, "%.40s is longer than any phone rings: at most an hour", text);
	if (code == NM_OK)
		*seconds = (int)value;
	return code;
}

void simulate_ask_after(struct simulate *simulate, struct app *app, const char *typed)
{
	char question[160];

	if (!simulate_phone_chosen(simulate, app_plan(app))) {
		app_message(app, STYLE_PLAIN, "this call rings no phone");
		return;
	}
	snprintf(question, sizeof question, "%.80s answers after (14s):",
		 app_plan(app)->destinations[simulate->phone].name);
	app_ask(app, TAG_AFTER, question, "", typed);
}

void simulate_take_after(struct simulate *simulate, struct app *app, const char *text)
{
	struct nm_setting setting = {(int)simulate->phone, NM_ANSWERS, -1};
	struct nm_error err;

	if (read_seconds(text, &setting.after_s, &err) != NM_OK) {
		app_error(app, &err);
		simulate_ask_after(simulate, app, text);
	} else if (!play_set(&simulate->play, setting)) {
		app_message(app, STYLE_WARNING, PLAY_SETTINGS_FULL, PLAY_SETTINGS);
	}
}

void simulate_ask_hangup(struct app *app, const char *typed)
{
	app_ask(app, TAG_HANGUP, "the caller hangs up after (28s; never):", "", typed);
}

void simulate_take_hangup(struct simulate *simulate, struct app *app, const char *text)
{
	struct nm_error err;

	if (!strcmp(text, "never")) {
		simulate->play.hangup_s = -1;
	} else if (read_seconds(text, &simulate->play.hangup_s, &err) != NM_OK) {
		app_error(app, &err);
		simulate_ask_hangup(app, text);
	}
}
