/* SPDX-License-Identifier: MIT */
/*
 * init: a first plan from a few answers, commented, and clean in `check`.  Never overwrites.
 */
#include "command.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The people's ring time, and how far the owner's own voicemail must stay behind it (design.md 5:
 * within 5 s of the race it may swallow the call). */
#define RING_LONGEST 15
#define VOICEMAIL_MARGIN 6
#define ANSWER_BYTES 512

struct answers {
	struct nm_buf business, timezone, country, number, mobile, backup, ai, hours, voicemail;
};

struct prompt_row {
	const char *option, *question, *fallback; /* fallback NULL: it must be answered */
	const char *sample;                       /* stands for it while others are judged */
	size_t offset;
};

static const struct prompt_row rows[] = {
	{ "business", "Name of the business", NULL, "Smith", offsetof(struct answers, business) },
	{ "country", "Country, two letters", "US", "US", offsetof(struct answers, country) },
	{ "timezone", "Time zone (America/Chicago, Europe/Berlin, ...)", NULL, "UTC",
	  offsetof(struct answers, timezone) },
	{ "number", "The number that customers call", NULL, "+15125550100", offsetof(struct answers, number) },
	{ "mobile", "Your own phone", NULL, "+15125550111", offsetof(struct answers, mobile) },
	{ "voicemail-after", "When your phone's own voicemail picks up (25s, none, unknown)", "25s", "25s",
	  offsetof(struct answers, voicemail) },
	{ "backup", "Somebody who steps in, a number (empty: nobody)", "", "", offsetof(struct answers, backup) },
	{ "ai", "An AI answering service, a number (empty: none)", "", "", offsetof(struct answers, ai) },
	{ "hours", "When you are open", "Mo-Fr 08:00-18:00", "24/7", offsetof(struct answers, hours) },
};
#define ROWS (sizeof rows / sizeof rows[0])

static struct nm_buf *answer_of(struct answers *answers, size_t i)
{
	return (struct nm_buf *)((char *)answers + rows[i].offset);
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
static bool own_phone(const struct answers *answers)
{
	const char *typed = answers->country.data;
	const char country[3] = { capital(typed[0]), typed[0] ? capital(typed[1]) : '\0', '\0' };
	nm_number number, mobile;

	return nm_number_read(answers->number.data, country, &number, NULL) == NM_OK &&
	       nm_number_read(answers->mobile.data, country, &mobile, NULL) == NM_OK && number == mobile;
}

static void write_line(const struct answers *answers, struct nm_buf *out)
{
	nm_buf_add(out, "\n# The sandbox is a carrier for trying things out; name your own when you are ready.\n");
	if (own_phone(answers))
		nm_buf_add(out, "# The number is that of your own phone, which rings first by itself.  A mobile's carrier can\n"
				"# only forward what follows to one number: examples/alone.conf shows how the rest is done.\n");
	nm_buf_add(out, "account sandbox { driver = sandbox }\n");
	add_text(out, "line main {\n\tnumber = ", answers->number.data);
	nm_buf_addf(out, "\taccount = sandbox\n%s}\n", own_phone(answers) ? "\thandset = owner\n" : "");
}

static void write_owner(const struct answers *answers, struct nm_buf *out)
{
	if (own_phone(answers))
		nm_buf_add(out, "destination owner {\n\tkind = personal\n\tline = main\n");
	else
		add_text(out, "destination owner {\n\tkind = personal\n\tnumber = ", answers->mobile.data);
	nm_buf_addf(out, "\town_voicemail = %s\n}\n", answers->voicemail.data);
}

static void write_phones(const struct answers *answers, struct nm_buf *out)
{
	nm_buf_add(out, "\n# Who can answer. own_voicemail is when that phone's own voicemail picks up: the\n"
			"# phone must stop ringing before, or the voicemail swallows the call.\n");
	write_owner(answers, out);
	if (answers->backup.len) {
		add_text(out, "destination backup {\n\tkind = backup\n\trole = staff\n\tnumber = ", answers->backup.data);
		nm_buf_add(out, "\town_voicemail = unknown\n\tconfirm = yes          # \"press 1 to accept\": its voicemail cannot\n}\n");
	}
	if (answers->ai.len)
		add_text(out, "destination ai {\n\tkind = ai\n\tnumber = ", answers->ai.data);
	if (answers->ai.len)
		nm_buf_add(out, "}\n");
}

static void write_greeting(const struct answers *answers, struct nm_buf *out)
{
	struct nm_buf greeting;

	nm_buf_init(&greeting, 1024);
	nm_buf_addf(&greeting, "You've reached %s. We're helping another customer right now. Leave a message or "
		    "text this number and we'll respond within 30 minutes.", answers->business.data);
	add_text(out, "destination mailbox {\n\tkind = voicemail\n\tgreeting = ", greeting.data);
	nm_buf_add(out, "}\n");
	nm_buf_clear(&greeting);
}

static void write_paths(const struct answers *answers, int ring_s, struct nm_buf *out)
{
	nm_buf_add(out, "\n# In which order they are rung, and for how long.\npath daytime {\n");
	nm_buf_addf(out, "\tstep { ring = owner for = %ds }\n", ring_s);
	if (answers->backup.len)
		nm_buf_add(out, "\tstep { ring = backup for = 15s }\n");
	if (answers->ai.len)
		nm_buf_add(out, "\tstep { ring = ai for = 10s }\n");
	nm_buf_add(out, "\tstep { ring = mailbox }\n}\npath after-hours {\n");
	if (answers->ai.len)
		nm_buf_add(out, "\tstep { ring = ai for = 10s }\n");
	else
		nm_buf_addf(out, "\tstep { ring = owner for = %ds }     # nobody else is there at night yet\n", ring_s);
	nm_buf_add(out, "\tstep { ring = mailbox }\n}\n");
}

static void write_texts(const struct answers *answers, struct nm_buf *out)
{
	struct nm_buf text;

	nm_buf_init(&text, 1024);
	nm_buf_addf(&text, "Thanks for calling %s. We're on a job but saw you called. What can we help with?",
		    answers->business.data);
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

static void write_plan(const struct answers *answers, int ring_s, struct nm_buf *out)
{
	nm_buf_add(out, "# Who answers when a customer calls. `nevermiss check` proves it, `nevermiss` shows it,\n"
			"# man nevermiss-plan explains every word.\n");
	add_text(out, "business = ", answers->business.data);
	add_text(out, "timezone = ", answers->timezone.data);
	add_country(out, answers->country.data);
	write_line(answers, out);
	add_text(out, "\nschedule business {\n\thours = ", answers->hours.data);
	nm_buf_add(out, "}\n");
	write_phones(answers, out);
	write_greeting(answers, out);
	write_paths(answers, ring_s, out);
	nm_buf_add(out, "\n# The first rule that matches decides.\n"
			"rule open { during = business  path = daytime }\nrule closed { path = after-hours }\n");
	write_texts(answers, out);
	nm_buf_add(out, "\ntest \"a Sunday at noon\" { at = \"2027-01-03 12:00\"  nobody = yes  expect = ");
	nm_buf_addf(out, "%s }\n", answers->ai.len ? "ai" : "voicemail");
}

/* The owner's ring must end well before the phone's own voicemail. */
static enum nm_code ring_time(const struct answers *answers, int *ring_s, struct nm_error *err)
{
	int64_t voicemail;
	enum nm_code code;

	*ring_s = RING_LONGEST;
	if (!strcmp(answers->voicemail.data, "none") || !strcmp(answers->voicemail.data, "unknown"))
		return NM_OK;
	code = of_option(nm_duration_read(answers->voicemail.data, &voicemail, err), "voicemail-after", err);
	if (code != NM_OK)
		return code;
	if (voicemail <= VOICEMAIL_MARGIN + 4)
		return nm_fail(err, NM_INPUT, "--voicemail-after %s: too early to ring the phone at all; set it to 20 s "
			       "or more at your carrier, or switch it off and say none", answers->voicemail.data);
	if (voicemail - VOICEMAIL_MARGIN < *ring_s)
		*ring_s = (int)(voicemail - VOICEMAIL_MARGIN);
	return NM_OK;
}

static enum nm_code write_answers(const struct answers *answers, struct nm_buf *out, struct nm_error *err)
{
	int ring_s;
	enum nm_code code = ring_time(answers, &ring_s, err);

	if (code != NM_OK)
		return code;
	write_plan(answers, ring_s, out);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}

/* The first answers, with samples for the others, as a plan that must read. */
static enum nm_code judge(struct answers *answers, size_t n, struct nm_error *err)
{
	struct answers trial = *answers;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_buf text;
	enum nm_code code;

	for (size_t i = n; i < ROWS; i++) {
		answer_of(&trial, i)->data = (char *)rows[i].sample;
		answer_of(&trial, i)->len = strlen(rows[i].sample);
	}
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_diags_init(&diags);
	code = write_answers(&trial, &text, err);
	if (code == NM_OK)
		code = nm_plan_read("plan", text.data, text.len, &plan, &diags, err);
	if (code != NM_OK && diags.n)
		nm_fail(err, NM_INPUT, "%s", diags.items[0].text);
	nm_diags_clear(&diags);
	nm_plan_free(plan);
	nm_buf_clear(&text);
	return code;
}

/* False at the end of the input. */
static bool ask_one(const struct prompt_row *row, struct nm_buf *answer)
{
	char line[512];
	const char *first = line;

	fprintf(stderr, "%s%s%s%s: ", row->question, row->fallback && *row->fallback ? " [" : "",
		row->fallback ? row->fallback : "", row->fallback && *row->fallback ? "]" : "");
	fflush(stderr);
	if (!fgets(line, sizeof line, stdin))
		return false;
	first += strspn(line, " \t");
	nm_buf_addn(answer, first, strcspn(first, "\r\n"));
	return true;
}

/* Asks until the answer is a good one: a slip must not cost the answers before it. */
static void ask(struct answers *answers, size_t i)
{
	struct nm_buf *answer = answer_of(answers, i);
	struct nm_error err;

	while (ask_one(&rows[i], answer)) {
		if (!answer->len && rows[i].fallback)
			return;
		if (!answer->len)
			fprintf(stderr, "  this one must be answered\n");
		else if (judge(answers, i + 1, &err) == NM_OK)
			return;
		else
			fprintf(stderr, "  %s\n", err.text);
		nm_buf_clear(answer);
		nm_buf_init(answer, ANSWER_BYTES);
	}
}

/* Answers from the options, else from the terminal, else the fallbacks; what is still missing is named. */
static enum nm_code collect(const struct invocation *run, struct answers *answers, struct nm_error *err)
{
	const bool terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	enum nm_code code = NM_OK;
	size_t i;

	for (i = 0; i < ROWS && code == NM_OK; i++) {
		const char *given = argument(run->args, rows[i].option);
		struct nm_buf *answer = answer_of(answers, i);

		if (given)
			nm_buf_add(answer, given);
		else if (terminal)
			ask(answers, i);
		if (!answer->len && rows[i].fallback)
			nm_buf_add(answer, rows[i].fallback);
		if (!answer->len && !rows[i].fallback)
			return nm_fail(err, NM_INPUT, "--%s is missing: %s", rows[i].option, rows[i].question);
		if (given && terminal)
			code = judge(answers, i + 1, err);
	}
	return code;
}

/* The folder of the plan, made when it is not there. */
static void make_folder(const char *file)
{
	char *path = strdup(file), *slash;

	for (slash = path ? strchr(path + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	free(path);
}

/* Nothing is written that does not read: every mistake in the answers is told in their own words. */
static enum nm_code try_and_write(struct invocation *run, const struct nm_buf *text, struct nm_error *err)
{
	const char *file = run->options->plan_file;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	enum nm_code code;
	size_t i;

	nm_diags_init(&diags);
	code = nm_plan_read(file, text->data, text->len, &plan, &diags, err);
	for (i = 0; i < diags.n; i++)
		nm_buf_addf(run->notes, "nevermiss: %s\n", diags.items[i].text);
	if (code != NM_OK && diags.n)
		code = nm_fail(err, NM_INPUT, "no plan written: mend the answers above");
	nm_diags_clear(&diags);
	nm_plan_free(plan);
	if (code != NM_OK)
		return code;
	make_folder(file);
	return nm_file_write(file, text->data, text->len, true, err);
}

static enum nm_code make_plan(struct invocation *run, struct answers *answers, struct nm_error *err)
{
	struct nm_buf text;
	enum nm_code code = collect(run, answers, err);

	if (code != NM_OK)
		return code;
	nm_buf_init(&text, NM_PLAN_BYTES);
	code = write_answers(answers, &text, err);
	if (code == NM_OK)
		code = try_and_write(run, &text, err);
	nm_buf_clear(&text);
	if (code != NM_OK)
		return code;
	if (run->json) {
		struct nm_json json;

		nm_json_init(&json, run->out);
		nm_json_object(&json);
		nm_json_key(&json, "plan");
		nm_json_text(&json, run->options->plan_file);
		json_finish(&json, run->out);
	} else
		nm_buf_addf(run->out, "wrote %s\nnext: check, week, push, or no command for the interface%s%s\n",
			    run->options->plan_file, argument_given(run->args, "plan") ? ", each with -p " : "",
			    argument_given(run->args, "plan") ? run->options->plan_file : "");
	return NM_OK;
}

enum nm_code cmd_init(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct answers answers;
	enum nm_code code = need_write(run, err);
	size_t i;

	*status = STATUS_GOOD;
	if (code == NM_OK && access(run->options->plan_file, F_OK) == 0)
		code = nm_fail(err, NM_REFUSED, "%s is there already and is not overwritten; -p FILE names another place",
			       run->options->plan_file);
	if (code != NM_OK)
		return code;
	for (i = 0; i < ROWS; i++)
		nm_buf_init(answer_of(&answers, i), ANSWER_BYTES);
	code = make_plan(run, &answers, err);
	for (i = 0; i < ROWS; i++)
		nm_buf_clear(answer_of(&answers, i));
	return code;
}
