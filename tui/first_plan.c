/* SPDX-License-Identifier: MIT */
/*
 * The text of a first plan.  In: answers.  Out: a plan, commented, and clean in `check`; sentences about answers
 * that cannot be.  Asks nobody.
 */
#include "first_plan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nevermiss/edit.h"

/* The people's ring time, and how far the owner's own voicemail must stay behind it (design.md 5:
 * within 5 s of the race it may swallow the call). */
#define RING_LONGEST 15
#define VOICEMAIL_MARGIN 6
#define ANSWER_TAKES 6 /* seconds, design.md 5: a phone that rings less is answered by nobody */

const struct question_row questions[QUESTIONS] = {
	[QUESTION_BUSINESS] = { "business", "Name of the business", NULL, "Smith" },
	[QUESTION_COUNTRY] = { "country", "Country, two letters", "US", "US" },
	[QUESTION_TIMEZONE] = { "timezone", "Time zone (America/Chicago, Europe/Berlin, ...)", NULL, "UTC" },
	[QUESTION_NUMBER] = { "number", "The number that customers call", NULL, "+15125550100" },
	[QUESTION_MOBILE] = { "mobile", "Your own phone", NULL, "+15125550111" },
	[QUESTION_VOICEMAIL] = { "voicemail-after", "When your phone's own voicemail picks up (25s, none, unknown)", "25s", "25s" },
	[QUESTION_BACKUP] = { "backup", "Somebody who steps in, a name and a number (empty: nobody)", "", "" },
	[QUESTION_AI] = { "ai", "An AI answering service, a name and a number (empty: none)", "", "" },
	[QUESTION_HOLIDAYS] = { "holidays", "Public holidays on which you are closed (us, none)", "none", "none" },
	[QUESTION_HOURS] = { "hours", "When you are open", "Mo-Fr 08:00-18:00", "24/7" },
	[QUESTION_EMERGENCY] = { "emergency", "Does pressing 9 make a call an emergency (yes, no)", "no", "no" },
};

static const char holiday_text[] =
#include "holidays_data.h"
	;

static const struct nm_plan_file holidays = { .name = "us-federal-holidays.ics", .bytes = holiday_text,
					      .len = sizeof holiday_text - 1 };

static struct first_answers with_samples(const struct first_answers *given)
{
	struct first_answers all = *given;

	for (size_t i = 0; i < QUESTIONS; i++) {
		if (!all.texts[i])
			all.texts[i] = questions[i].sample;
	}
	return all;
}

static const char *answer(const struct first_answers *answers, enum question question)
{
	return answers->texts[question];
}

static bool says(const struct first_answers *answers, enum question question, const char *word)
{
	return !strcasecmp(answer(answers, question), word);
}

/* Is there somebody?  The words by which people say that there is not. */
static bool given(const struct first_answers *answers, enum question question)
{
	static const char *const absent[] = { "", "nobody", "none", "no" };

	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
		if (says(answers, question, absent[i]))
			return false;
	}
	return true;
}

static bool emergencies(const struct first_answers *answers)
{
	return says(answers, QUESTION_EMERGENCY, "yes") || says(answers, QUESTION_EMERGENCY, "y");
}

static bool rings_always(const struct first_answers *answers)
{
	return !given(answers, QUESTION_AI);
}

bool first_plan_rings_always(const struct first_answers *given_answers)
{
	const struct first_answers answers = with_samples(given_answers);

	return rings_always(&answers);
}

/* A bare number is one of seconds. */
static void add_voicemail(const struct first_answers *answers, struct nm_buf *out)
{
	const char *text = answer(answers, QUESTION_VOICEMAIL);

	nm_buf_addf(out, "%s%s", text, *text && !text[strspn(text, "0123456789")] ? "s" : "");
}

static void add_text(struct nm_buf *out, const char *before, const char *text)
{
	nm_buf_add(out, before);
	nm_edit_quote(text, out);
	nm_buf_add(out, "\n");
}

/* Country codes are capitals; people type them as they like. */
static char capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Customers call the owner's own phone: it is the line's handset, and rings before anything is forwarded. */
static bool own_phone(const struct first_answers *answers)
{
	const char *typed = answer(answers, QUESTION_COUNTRY);
	const char country[3] = { capital(typed[0]), typed[0] ? capital(typed[1]) : '\0', '\0' };
	nm_number number, mobile;

	return nm_number_read(answer(answers, QUESTION_NUMBER), country, &number, NULL) == NM_OK &&
	       nm_number_read(answer(answers, QUESTION_MOBILE), country, &mobile, NULL) == NM_OK && number == mobile;
}

/* "Sam 512 555 0112": the bytes of the name in front of a number; 0 when there is none. */
static size_t name_bytes(const char *text)
{
	size_t len = strcspn(text, "+(0123456789");

	if (!text[len])
		return 0;
	while (len > 0 && strchr(" ,:", text[len - 1]))
		len--;
	return len;
}

static const char *number_in(const char *text)
{
	const size_t len = strcspn(text, "+(0123456789");

	return text[len] ? text + len : text;
}

/* Adds the name of a destination, quoted where it must be; `fallback` when nobody gave it one. */
static void add_name(struct nm_buf *out, const struct first_answers *answers, enum question question, const char *fallback)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	const char *text = answer(answers, question);
	const int len = (int)name_bytes(text);

	if (len == 0)
		nm_buf_add(out, fallback);
	else
		nm_buf_addf(out, strspn(text, bare) >= (size_t)len ? "%.*s" : "\"%.*s\"", len, text);
}

static void add_backup(struct nm_buf *out, const char *before, const struct first_answers *answers, const char *after)
{
	nm_buf_add(out, before);
	add_name(out, answers, QUESTION_BACKUP, "backup");
	nm_buf_add(out, after);
}

static void add_ai(struct nm_buf *out, const char *before, const struct first_answers *answers, const char *after)
{
	nm_buf_add(out, before);
	add_name(out, answers, QUESTION_AI, "ai");
	nm_buf_add(out, after);
}

static void write_line(const struct first_answers *answers, struct nm_buf *out)
{
	nm_buf_add(out, "\n# The sandbox is a carrier for trying things out; name your own when you are ready.\n");
	if (own_phone(answers))
		nm_buf_add(out, "# The number is that of your own phone, which rings first by itself.  A mobile's carrier can\n"
				"# only forward what follows to one number: examples/alone.conf shows how the rest is done.\n");
	nm_buf_add(out, "account sandbox { driver = sandbox }\n");
	add_text(out, "line main {\n\tnumber = ", answer(answers, QUESTION_NUMBER));
	nm_buf_addf(out, "\taccount = sandbox\n%s}\n", own_phone(answers) ? "\thandset = owner\n" : "");
}

#define CONFIRM "\tconfirm = yes          # \"press 1 to accept\": its voicemail cannot\n"

static void write_owner(const struct first_answers *answers, struct nm_buf *out)
{
	if (own_phone(answers))
		nm_buf_add(out, "destination owner {\n\tkind = personal\n\tline = main\n");
	else
		add_text(out, "destination owner {\n\tkind = personal\n\tnumber = ", answer(answers, QUESTION_MOBILE));
	nm_buf_add(out, "\town_voicemail = ");
	add_voicemail(answers, out);
	nm_buf_add(out, "\n");
	/* What becomes of a call that does not get to the line's own phone is its carrier's to say. */
	if (!own_phone(answers) && !says(answers, QUESTION_VOICEMAIL, "none"))
		nm_buf_add(out, CONFIRM);
	nm_buf_add(out, "}\n");
}

static void write_phones(const struct first_answers *answers, struct nm_buf *out)
{
	nm_buf_add(out, "\n# Who can answer. own_voicemail is when that phone's own voicemail picks up: the\n"
			"# phone must stop ringing before, or the voicemail swallows the call. While that\n"
			"# phone is off it does so at once, unless who picks up has to press 1: confirm.\n");
	write_owner(answers, out);
	if (given(answers, QUESTION_BACKUP)) {
		add_backup(out, "destination ", answers, " {\n\tkind = backup\n\trole = staff\n");
		add_text(out, "\tnumber = ", number_in(answer(answers, QUESTION_BACKUP)));
		nm_buf_add(out, "\town_voicemail = unknown\n" CONFIRM "}\n");
	}
	if (given(answers, QUESTION_AI)) {
		add_ai(out, "destination ", answers, " {\n\tkind = ai\n");
		add_text(out, "\tnumber = ", number_in(answer(answers, QUESTION_AI)));
		nm_buf_add(out, "}\n");
	}
}

static void write_greeting(const struct first_answers *answers, struct nm_buf *out)
{
	struct nm_buf greeting;

	nm_buf_init(&greeting, NM_PLAN_BYTES);
	nm_buf_addf(&greeting, "You've reached %s. We're helping another customer right now. Leave a message or "
		    "text this number and we'll respond within 30 minutes.", answer(answers, QUESTION_BUSINESS));
	add_text(out, "destination mailbox {\n\tkind = voicemail\n\tgreeting = ", greeting.data);
	nm_buf_add(out, "}\n");
	nm_buf_clear(&greeting);
}

/* The key works while a greeting plays. */
static void write_key_greeting(const struct first_answers *answers, struct nm_buf *out)
{
	struct nm_buf greeting;

	if (!emergencies(answers))
		return;
	nm_buf_init(&greeting, NM_PLAN_BYTES);
	nm_buf_addf(&greeting, "%s. If this is an emergency, press 9.", answer(answers, QUESTION_BUSINESS));
	add_text(out, "\tgreeting = ", greeting.data);
	nm_buf_add(out, "\tlasts = 4s\n");
	nm_buf_clear(&greeting);
}

static void write_emergency(const struct first_answers *answers, int ring_s, struct nm_buf *out)
{
	const bool backup = given(answers, QUESTION_BACKUP);
	struct nm_buf greeting;

	if (!emergencies(answers))
		return;
	nm_buf_init(&greeting, NM_PLAN_BYTES);
	nm_buf_addf(&greeting, "%s emergencies. If anybody is in danger, hang up and call the emergency services.",
		    answer(answers, QUESTION_BUSINESS));
	add_text(out, "\n# A caller who presses 9 gets people, twice over, and they are texted at once.\n"
		      "path escalate {\n\tgreeting = ", greeting.data);
	nm_buf_addf(out, "\tlasts = 5s\n\trounds = 2\n\tstep { ring = owner for = %ds }\n", ring_s);
	if (backup)
		add_backup(out, "\tstep { ring = ", answers, " for = 15s }\n");
	nm_buf_add(out, "\tstep { ring = mailbox }\n}\nemergency {\n\tkey = \"9\"\n\tpath = escalate\n");
	if (backup)
		add_backup(out, "\talert = { owner, ", answers, " }\n");
	else
		nm_buf_add(out, "\talert = owner\n");
	nm_buf_add(out, "\tacknowledge = 5m\n\treach_human = 60s\n}\n");
	nm_buf_clear(&greeting);
}

/* The calendar is the program's own, and is written beside the plan. */
static void write_hours(const struct first_answers *answers, struct nm_buf *out)
{
	const bool closed = says(answers, QUESTION_HOLIDAYS, "us");
	struct nm_buf hours;

	nm_buf_init(&hours, NM_PLAN_BYTES);
	nm_buf_addf(&hours, "%s%s", answer(answers, QUESTION_HOURS),
		    closed && !strstr(answer(answers, QUESTION_HOURS), "PH") ? "; PH off" : "");
	if (closed)
		nm_buf_addf(out, "\n# The federal holidays, as yearly rules: they never run out.\ncalendar holidays { file = \"%s\" }\n",
			    holidays.name);
	add_text(out, "\nschedule business {\n\thours = ", hours.data);
	nm_buf_addf(out, "%s}\n", closed ? "\tholidays = holidays\n" : "");
	nm_buf_clear(&hours);
}

static void write_paths(const struct first_answers *answers, int ring_s, struct nm_buf *out)
{
	nm_buf_add(out, "\n# In which order they are rung, and for how long.\npath daytime {\n");
	write_key_greeting(answers, out);
	nm_buf_addf(out, "\tstep { ring = owner for = %ds }\n", ring_s);
	if (given(answers, QUESTION_BACKUP))
		add_backup(out, "\tstep { ring = ", answers, " for = 15s }\n");
	if (given(answers, QUESTION_AI))
		add_ai(out, "\tstep { ring = ", answers, " for = 10s }\n");
	nm_buf_add(out, "\tstep { ring = mailbox }\n}\npath after-hours {\n");
	write_key_greeting(answers, out);
	if (!rings_always(answers))
		add_ai(out, "\tstep { ring = ", answers, " for = 10s }\n");
	else
		nm_buf_addf(out, "\tstep { ring = owner for = %ds }     # nobody else is there at night yet\n", ring_s);
	nm_buf_add(out, "\tstep { ring = mailbox }\n}\n");
}

static void write_texts(const struct first_answers *answers, struct nm_buf *out)
{
	struct nm_buf text;

	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_addf(&text, "Thanks for calling %s. We're on a job but saw you called. What can we help with?",
		    answer(answers, QUESTION_BUSINESS));
	add_text(out, "\n# The text that a missed caller gets at once, and the queue of people to call back.\n"
		      "text_back {\n\tmissed = ", text.data);
	nm_buf_add(out, "\tonce_per = 4h\n}\nfollow_up { within = 15m  attempts = 3  retry = 30m }\n");
	nm_buf_clear(&text);
}

/* What is no code is told back as it was typed. */
static void add_country(struct nm_buf *out, const char *text)
{
	const char code[] = { capital(text[0]), text[0] ? capital(text[1]) : '\0', '\0' };

	add_text(out, "country  = ", strlen(text) == 2 ? code : text);
}

static void write_plan(const struct first_answers *answers, int ring_s, struct nm_buf *out)
{
	nm_buf_add(out, "# Who answers when a customer calls. `nevermiss check` proves it, `nevermiss` shows it,\n"
			"# man nevermiss-plan explains every word.\n");
	add_text(out, "business = ", answer(answers, QUESTION_BUSINESS));
	add_text(out, "timezone = ", answer(answers, QUESTION_TIMEZONE));
	add_country(out, answer(answers, QUESTION_COUNTRY));
	write_line(answers, out);
	write_hours(answers, out);
	write_phones(answers, out);
	write_greeting(answers, out);
	write_paths(answers, ring_s, out);
	write_emergency(answers, ring_s, out);
	nm_buf_add(out, "\n# The first rule that matches decides.\n"
			"rule open { during = business  path = daytime }\nrule closed { path = after-hours }\n");
	write_texts(answers, out);
	nm_buf_add(out, "\ntest \"a Sunday at noon\" { at = \"2027-01-03 12:00\"  nobody = yes  expect = ");
	if (given(answers, QUESTION_AI))
		add_ai(out, "", answers, " }\n");
	else
		nm_buf_add(out, "voicemail }\n");
}

/* The owner's ring must end well before the phone's own voicemail. */
static enum nm_code ring_time(const struct first_answers *answers, int *ring_s, struct nm_error *err)
{
	struct nm_buf text;
	struct nm_error why;
	int64_t voicemail;
	enum nm_code code;

	*ring_s = RING_LONGEST;
	if (!strcmp(answer(answers, QUESTION_VOICEMAIL), "none") || !strcmp(answer(answers, QUESTION_VOICEMAIL), "unknown"))
		return NM_OK;
	nm_buf_init(&text, NM_PLAN_BYTES);
	add_voicemail(answers, &text);
	code = nm_duration_read(text.data, &voicemail, &why);
	if (code != NM_OK)
		nm_fail(err, code, "own voicemail: %s", why.text);
	else if (voicemail <= VOICEMAIL_MARGIN + ANSWER_TAKES)
		code = nm_fail(err, NM_INPUT, "own voicemail after %s: too early to ring the phone at all; set it to 20 s "
			       "or more at your carrier, or switch it off and say none", text.data);
	else if (voicemail - VOICEMAIL_MARGIN < *ring_s)
		*ring_s = (int)(voicemail - VOICEMAIL_MARGIN);
	nm_buf_clear(&text);
	return code;
}

/* A number, and before it a name for the plan's quotes, in which nothing can be escaped. */
static enum nm_code name_and_number(const struct first_answers *answers, enum question question, struct nm_error *err)
{
	const char *text = answer(answers, question);

	if (given(answers, question) && !strpbrk(text, "0123456789"))
		return nm_fail(err, NM_INPUT, "%s: a number is expected too, as in Sam +15125550112", text);
	if (strcspn(text, "\"'\\$") < name_bytes(text))
		return nm_fail(err, NM_INPUT, "%s: a name without quotes, $ and \\ is expected before the number", text);
	return NM_OK;
}

/* The answers that are none of the plan's own values. */
static enum nm_code known_words(const struct first_answers *answers, struct nm_error *err)
{
	if (!says(answers, QUESTION_HOLIDAYS, "us") && !says(answers, QUESTION_HOLIDAYS, "none"))
		return nm_fail(err, NM_INPUT, "holidays %s: it is us or none; give the plan a calendar later for others",
			       answer(answers, QUESTION_HOLIDAYS));
	if (!emergencies(answers) && !says(answers, QUESTION_EMERGENCY, "no") && !says(answers, QUESTION_EMERGENCY, "n"))
		return nm_fail(err, NM_INPUT, "emergency %s: it is yes or no", answer(answers, QUESTION_EMERGENCY));
	return name_and_number(answers, QUESTION_BACKUP, err) == NM_OK ? name_and_number(answers, QUESTION_AI, err) : NM_INPUT;
}

const struct nm_plan_file *first_plan_files(void)
{
	return &holidays;
}

enum nm_code first_plan_text(const struct first_answers *given, struct nm_buf *out, struct nm_error *err)
{
	const struct first_answers answers = with_samples(given);
	int ring_s;
	enum nm_code code = ring_time(&answers, &ring_s, err);

	if (code == NM_OK)
		code = known_words(&answers, err);
	if (code != NM_OK)
		return code;
	write_plan(&answers, ring_s, out);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}

/* A phone that rings abroad or at a premium reads, and check would find it.  fallback: what it is called. */
static enum nm_code may_be_called(const struct first_answers *answers, enum question question, const char *fallback,
				  const struct nm_plan *plan, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	const char *words = arena ? "" : NULL;
	nm_number number;
	struct nm_buf who;
	enum nm_code code = NM_OK;

	nm_buf_init(&who, NM_PLAN_BYTES);
	nm_buf_add(&who, "destination ");
	add_name(&who, answers, question, fallback);
	if (words && nm_number_read(number_in(answer(answers, question)), plan->country, &number, NULL) == NM_OK)
		words = nm_toll_words(plan, number, who.data, arena);
	if (!words)
		code = nm_fail_memory(err);
	else if (*words)
		code = nm_fail(err, NM_INPUT, "%s", words);
	nm_buf_clear(&who);
	nm_arena_free(arena);
	return code;
}

/* Of the phones that are given: a sample may be another country's. */
static enum nm_code phones_may_be_called(const struct first_answers *given, const struct first_answers *trial,
					 const struct nm_plan *plan, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (given->texts[QUESTION_MOBILE] && !own_phone(trial))
		code = may_be_called(trial, QUESTION_MOBILE, "owner", plan, err);
	if (code == NM_OK && given->texts[QUESTION_BACKUP])
		code = may_be_called(trial, QUESTION_BACKUP, "backup", plan, err);
	if (code == NM_OK && given->texts[QUESTION_AI])
		code = may_be_called(trial, QUESTION_AI, "ai", plan, err);
	return code;
}

/* Whose phone each of these questions asks for, and what is said to one that was given before. */
static const struct {
	enum question question;
	const char *whose, *another;
} phones[] = {
	{ QUESTION_MOBILE, "your own phone", "" },
	{ QUESTION_BACKUP, "the phone of who steps in", "who steps in needs another one; empty: nobody" },
	{ QUESTION_AI, "the AI's phone", "an AI service has a number of its own; empty: none" },
};

#define PHONES (sizeof phones / sizeof *phones)

/* One phone cannot stand in for itself.  Of the phones that are given, each beside those before it. */
static enum nm_code phones_differ(const struct first_answers *given_answers, const struct first_answers *trial,
				  const struct nm_plan *plan, struct nm_error *err)
{
	nm_number numbers[PHONES] = { 0 };

	for (size_t i = 0; i < PHONES; i++) {
		const enum question question = phones[i].question;

		if (!given_answers->texts[question] || !given(trial, question) ||
		    nm_number_read(number_in(answer(trial, question)), plan->country, &numbers[i], NULL) != NM_OK)
			continue;
		for (size_t j = 0; j < i; j++) {
			if (numbers[i] == numbers[j])
				return nm_fail(err, NM_INPUT, "%s is %s: %s", answer(trial, question), phones[j].whose,
					       phones[i].another);
		}
	}
	return NM_OK;
}

enum nm_code first_plan_judge(const struct first_answers *answers, size_t n, struct nm_error *err)
{
	struct first_answers given = *answers, trial;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_buf text;
	enum nm_code code;

	for (size_t i = n; i < QUESTIONS; i++)
		given.texts[i] = NULL;
	trial = with_samples(&given);
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_diags_init(&diags);
	code = first_plan_text(&trial, &text, err);
	if (code == NM_OK)
		code = nm_plan_read_kept("plan", text.data, text.len, first_plan_files(), &plan, &diags, err);
	if (code != NM_OK && diags.n)
		nm_fail(err, NM_INPUT, "%s", diags.items[0].problem);
	if (code == NM_OK)
		code = phones_may_be_called(&given, &trial, plan, err);
	if (code == NM_OK)
		code = phones_differ(&given, &trial, plan, err);
	nm_diags_clear(&diags);
	nm_plan_free(plan);
	nm_buf_clear(&text);
	return code;
}
