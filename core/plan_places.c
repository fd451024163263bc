/* SPDX-License-Identifier: MIT */
/*
 * The sections that say what there is: accounts, lines, calendars, schedules, callers, destinations
 * and rotations.  In: one raw section; out: an element of the plan, or mistakes.  Calendars are read
 * from their files here, or from the copy that was kept of them; nothing is fetched.
 */
#include "plan_private.h"

#include "core/carrier/codes_table.h"
#include "nevermiss/edit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check_one_secret(struct nm_build *build, struct nm_raw_section *section)
{
	static const char *const tokens[] = { "token_cmd", "token_env", "token_file" };

	if (nm_build_given(section, tokens, COUNT(tokens)) > 1)
		nm_raw_mistake(build->raw, section->pos,
			       "%s takes one of token_cmd, token_env and token_file",
			       nm_raw_where(build->raw, section));
}

/* The star codes that the owner wrote down. */
static void read_codes(struct nm_build *build, struct nm_raw_section *section, struct nm_account *account)
{
	const char *path = nm_plan_beside(build->arena, build->plan->file, account->codes_file);
	struct nm_error err = { .code = NM_OK };
	enum nm_code code;
	struct nm_buf text;

	if (!path) {
		build->raw->no_memory = true;
		return;
	}
	nm_buf_init(&text, NM_CODES_BYTES);
	code = nm_beside_read(build->raw->beside, path, NM_CODES_BYTES, &text, &err);
	if (!code && strlen(text.data) != text.len)
		code = nm_fail(&err, NM_INPUT, "it is no text: it holds a NUL byte");
	if (!code)
		code = nm_codes_check(text.data, &err);
	if (!code && !(account->codes = nm_arena_text(build->arena, text.data)))
		build->raw->no_memory = true;
	nm_buf_clear(&text);
	if (code && !nm_raw_starved(build->raw, code))
		nm_raw_wrong(build->raw, nm_value_pos(section, "codes_file"),
			     nm_arena_format(build->raw->arena, "codes_file of account '%s'", account->name), err.text);
}

void nm_build_account(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_account *account = &build->plan->accounts[build->plan->n_accounts++];

	account->name = nm_build_name(build, section);
	account->pos = section->pos;
	if (nm_value_choice(build, section, "driver") >= 0)
		account->driver = nm_value_text(build, section, "driver");
	account->sid = nm_value_text(build, section, "sid");
	/* An Asterisk is not reached at a URL: how it dials stands there, which its driver checks. */
	account->endpoint = account->driver != NULL && !strcmp(account->driver, "asterisk")
				    ? nm_value_text(build, section, "endpoint")
				    : nm_value_url(build, section, "endpoint");
	account->domain = nm_value_text(build, section, "domain");
	account->user = nm_value_text(build, section, "user");
	account->token_cmd = nm_value_text(build, section, "token_cmd");
	account->token_env = nm_value_text(build, section, "token_env");
	account->token_file = nm_value_text(build, section, "token_file");
	account->carrier = nm_value_text(build, section, "carrier");
	account->whisper = nm_value_text(build, section, "whisper");
	account->script_dir = nm_value_text(build, section, "script_dir");
	if (nm_value_choice(build, section, "hours") >= 0)
		account->hours = nm_value_text(build, section, "hours");
	account->codes_file = nm_value_text(build, section, "codes_file");
	if (account->codes_file)
		read_codes(build, section, account);
	check_one_secret(build, section);
}

void nm_build_crm(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_crm *crm = &build->plan->crm;

	crm->given = true;
	crm->pos = section->pos;
	crm->url = nm_value_url(build, section, "url");
	crm->token_cmd = nm_value_text(build, section, "token_cmd");
	crm->token_env = nm_value_text(build, section, "token_env");
	crm->token_file = nm_value_text(build, section, "token_file");
	check_one_secret(build, section);
}

void nm_build_line(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_line *line = &build->plan->lines[build->plan->n_lines++];

	line->name = nm_build_name(build, section);
	line->pos = section->pos;
	line->number = nm_value_phone(build, section, "number");
	line->account = nm_value_reference(build, section, "account");
	line->handset = nm_value_reference(build, section, "handset");
	line->fallback = nm_value_phone(build, section, "fallback");
	line->text_in_flow = nm_value_yes(build, section, "text_in_flow") == 1;
	if (line->fallback && line->fallback == line->number)
		nm_raw_mistake(build->raw, nm_value_pos(section, "fallback"),
			       "fallback of line '%s' is its own number", line->name);
}

/* --- calendars --- */

/* A calendar of the network is empty until it was fetched.  Its copy goes by all that the plan says of where it
 * comes from: one of another source, or another user's, is not its own. */
static void read_copy(struct nm_build *build, struct nm_calendar *calendar)
{
	struct nm_beside *beside = build->raw->beside;
	const char *from = calendar->url ? calendar->url : calendar->url_cmd;
	struct nm_error err = { .code = NM_OK };
	enum nm_code code;
	struct nm_buf bytes;

	calendar->path = nm_arena_format(build->arena, "calendar %s: %s %s%s%s", calendar->name,
					 calendar->url ? "url" : "url_cmd", from, calendar->user ? " as " : "",
					 calendar->user ? calendar->user : "");
	if (!calendar->path) {
		build->raw->no_memory = true;
		return;
	}
	if (!nm_beside_is_kept(beside, calendar->path))
		return;
	nm_buf_init(&bytes, NM_ICAL_BYTES);
	code = nm_beside_read(beside, calendar->path, NM_ICAL_BYTES, &bytes, &err);
	if (!code)
		code = nm_ical_remember(beside->memory, calendar->name, bytes.data, bytes.len, &calendar->ical, &err);
	nm_buf_clear(&bytes);
	/* Only what reads is kept: what another version of the program took for a calendar is fetched again. */
	if (code && code != NM_INPUT && !nm_raw_starved(build->raw, code))
		nm_raw_mistake(build->raw, calendar->pos,
			       "the copy of calendar '%s': %s", calendar->name, err.text);
}

static void read_calendar(struct nm_build *build, struct nm_raw_section *section,
			  struct nm_calendar *calendar)
{
	struct nm_error err = { .code = NM_OK };
	enum nm_code code;
	struct nm_buf bytes;

	calendar->path = nm_plan_beside(build->arena, build->plan->file, calendar->file);
	if (!calendar->path) {
		build->raw->no_memory = true;
		return;
	}
	nm_buf_init(&bytes, NM_ICAL_BYTES);
	code = nm_beside_read(build->raw->beside, calendar->path, NM_ICAL_BYTES, &bytes, &err);
	if (!code)
		code = nm_ical_remember(build->raw->beside->memory, calendar->file, bytes.data, bytes.len,
					&calendar->ical, &err);
	nm_buf_clear(&bytes);
	if (code && !nm_raw_starved(build->raw, code))
		nm_raw_wrong(build->raw, nm_value_pos(section, "file"),
			     nm_arena_format(build->raw->arena, "file of calendar '%s'", calendar->name), err.text);
}

void nm_build_calendar(struct nm_build *build, struct nm_raw_section *section)
{
	static const char *const sources[] = { "file", "url", "url_cmd" };
	struct nm_calendar *calendar = &build->plan->calendars[build->plan->n_calendars++];

	calendar->name = nm_build_name(build, section);
	calendar->pos = section->pos;
	calendar->file = nm_value_text(build, section, "file");
	calendar->url = nm_value_url(build, section, "url");
	calendar->url_cmd = nm_value_text(build, section, "url_cmd");
	calendar->user = nm_value_text(build, section, "user");
	calendar->password_cmd = nm_value_text(build, section, "password_cmd");
	calendar->refresh_s = nm_value_duration(build, section, "refresh", 60, 366 * (int64_t)NM_DAY);
	if (nm_build_given(section, sources, COUNT(sources)) != 1 && !build->raw->partial)
		nm_raw_mistake(build->raw, section->pos,
			       "calendar '%s' takes exactly one of file, url and url_cmd", calendar->name);
	if (calendar->file)
		read_calendar(build, section, calendar);
	else if (calendar->url || calendar->url_cmd)
		read_copy(build, calendar);
}

/* --- schedules --- */

static void read_hours(struct nm_build *build, struct nm_raw_section *section, struct nm_schedule *schedule)
{
	struct nm_error err = { .code = NM_OK };
	struct nm_hours *hours;
	const enum nm_code code = nm_hours_read(schedule->expression, &hours, &err);

	if (nm_raw_starved(build->raw, code))
		return;
	if (code) {
		nm_raw_wrong(build->raw, nm_value_pos(section, "hours"),
			     nm_arena_format(build->raw->arena, "hours of schedule '%s'", schedule->name), err.text);
	} else {
		schedule->hours = hours;
		if (nm_hours_uses_holidays(hours) && schedule->holidays < 0 &&
		    !nm_value_given(section, "holidays"))
			nm_raw_mistake(build->raw, nm_value_pos(section, "hours"),
				       "hours of schedule '%s' name PH: write holidays = "
				       "CALENDAR, whose days PH means",
				       schedule->name);
	}
}

void nm_build_schedule(struct nm_build *build, struct nm_raw_section *section)
{
	static const char *const sources[] = { "hours", "calendar" };
	struct nm_schedule *schedule = &build->plan->schedules[build->plan->n_schedules++];

	schedule->name = nm_build_name(build, section);
	schedule->pos = section->pos;
	schedule->expression = nm_value_text(build, section, "hours");
	schedule->calendar = nm_value_reference(build, section, "calendar");
	schedule->holidays = nm_value_reference(build, section, "holidays");
	if (nm_build_given(section, sources, COUNT(sources)) != 1 && !build->raw->partial)
		nm_raw_mistake(build->raw, section->pos,
			       "schedule '%s' takes exactly one of hours and calendar", schedule->name);
	if (nm_value_given(section, "calendar") && nm_value_given(section, "holidays"))
		nm_raw_mistake(build->raw, nm_value_pos(section, "holidays"),
			       "holidays in schedule '%s': they belong to hours that "
			       "name PH",
			       schedule->name);
	if (schedule->expression)
		read_hours(build, section, schedule);
}

void nm_build_callers(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_callers *callers = &build->plan->callers[build->plan->n_callers++];

	callers->name = nm_build_name(build, section);
	callers->pos = section->pos;
	nm_value_patterns(build, section, "numbers", callers);
}

/* --- destinations --- */

static void check_reached(struct nm_build *build, struct nm_raw_section *section,
			  const struct nm_destination *who)
{
	static const char *const ways[] = { "number", "line", "address" };
	const size_t given = nm_build_given(section, ways, COUNT(ways));
	size_t i;

	if (who->kind != NM_VOICEMAIL && given != 1 && !build->raw->partial)
		nm_raw_mistake(build->raw, section->pos,
			       "destination '%s' rings: it takes exactly one of number, line and address%s",
			       who->name, given ? "" : ", as number = \"+15125550111\"");
	for (i = 0; nm_ringing_options[i] && who->kind == NM_VOICEMAIL; i++)
		if (nm_value_given(section, nm_ringing_options[i]))
			nm_raw_mistake(build->raw, nm_value_pos(section, nm_ringing_options[i]),
				       "destination '%s' is a voicemail, which takes "
				       "the call at once: %s has no meaning there",
				       who->name, nm_ringing_options[i]);
	if (who->kind != NM_BACKUP && who->kind != NM_VOICEMAIL && nm_value_given(section, "role"))
		nm_raw_mistake(build->raw, nm_value_pos(section, "role"),
			       "role of destination '%s': only a backup has one, kind = "
			       "backup",
			       who->name);
	if (!strcmp(who->name, "voicemail") && who->kind != NM_VOICEMAIL)
		nm_raw_mistake(build->raw, section->pos,
			       "only a voicemail can be called 'voicemail', which has a meaning of its own "
			       "in 'expect'");
}

static void check_address(struct nm_build *build, struct nm_raw_section *section, const char *address)
{
	const size_t scheme = !strncmp(address, "sips:", 5) ? 5 : !strncmp(address, "sip:", 4) ? 4 : 0;

	if (!scheme || !address[scheme] || strpbrk(address, " \t\n\"<>\\;,") ||
	    strchr(address + scheme, ':') == address + scheme)
		nm_raw_wrong(build->raw, nm_value_pos(section, "address"),
			     nm_arena_format(build->raw->arena, "address = \"%s\"", nm_raw_quote(build->raw, address)),
			     "a SIP address is expected, as \"sip:sam@example.org\"");
}

/* What is only said of one that rings. */
static void read_ringing(struct nm_build *build, struct nm_raw_section *section, struct nm_destination *who)
{
	static const enum nm_role roles[] = { NM_ROLE_STAFF, NM_ROLE_RECEPTIONIST,
					      NM_ROLE_ANSWERING_SERVICE };
	const int role = nm_value_choice(build, section, "role"),
		  caller_id = nm_value_choice(build, section, "caller_id");

	who->role = role < 0 ? NM_ROLE_NONE : roles[role];
	who->caller_id = caller_id < 0 ? NM_CALLER_ID_DEFAULT
			 : caller_id   ? NM_CALLER_ID_LINE
				       : NM_CALLER_ID_CALLER;
	who->number = nm_value_phone(build, section, "number");
	who->line = nm_value_reference(build, section, "line");
	if (who->line < 0)
		who->line = nm_plan_find_number(build->plan, who->number);
	who->address = nm_value_text(build, section, "address");
	if (who->address)
		check_address(build, section, who->address);
	who->hours = nm_value_references(build, section, "hours");
	who->away = nm_value_references(build, section, "away");
	who->own_voicemail_s = nm_value_own_voicemail(build, section, "own_voicemail",
						      nm_kind_human(who->kind) ? NM_OWN_VOICEMAIL_UNKNOWN
									       : NM_OWN_VOICEMAIL_NONE);
	who->confirm = nm_value_yes(build, section, "confirm") == 1;
}

void nm_build_destination(struct nm_build *build, struct nm_raw_section *section)
{
	static const enum nm_kind kinds[] = { NM_PERSONAL, NM_BACKUP, NM_AI, NM_VOICEMAIL };
	struct nm_destination *who = &build->plan->destinations[build->plan->n_destinations++];
	const int kind = nm_value_choice(build, section, "kind");

	who->name = nm_build_name(build, section);
	who->pos = section->pos;
	who->kind = kind < 0 ? NM_PERSONAL : kinds[kind];
	read_ringing(build, section, who);
	who->greeting = nm_value_text(build, section, "greeting");
	who->notes = nm_value_text(build, section, "notes");
	who->per_month = nm_value_decimal(build, section, "per_month");
	who->per_call = nm_value_decimal(build, section, "per_call");
	who->per_minute = nm_value_decimal(build, section, "per_minute");
	who->per_booking = nm_value_decimal(build, section, "per_booking");
	if (kind >= 0)
		check_reached(build, section, who);
}

void nm_build_rotation(struct nm_build *build, struct nm_raw_section *section)
{
	struct nm_rotation *rotation = &build->plan->rotations[build->plan->n_rotations++];
	const struct nm_set members = nm_value_references(build, section, "members");
	bool timed;

	rotation->name = nm_build_name(build, section);
	rotation->pos = section->pos;
	rotation->n = members.n;
	rotation->members = members.ids;
	rotation->every_s =
		nm_value_duration(build, section, "every", NM_TURN_MIN, 10 * 366 * (int64_t)NM_DAY);
	timed = nm_value_time(build, section, "from", &rotation->from_at);
	if (timed)
		rotation->from = nm_zone_local(build->plan->zone, rotation->from_at);
	if (!nm_value_time(build, section, "until", &rotation->until_at))
		rotation->until_at = NM_TIME_MAX;
	if (members.given && !members.n && !build->raw->partial)
		nm_raw_mistake(build->raw, nm_value_pos(section, "members"),
			       "rotation '%s' has no members: nobody would be on turn", rotation->name);
	if (timed && rotation->until_at <= rotation->from_at)
		nm_raw_mistake(build->raw, nm_value_pos(section, "until"),
			       "rotation '%s' ends before it begins: until must be later than from",
			       rotation->name);
}
