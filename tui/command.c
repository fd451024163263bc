/* SPDX-License-Identifier: MIT */
/*
 * The table of subcommands, and what follows from it: usage, completion, reading a command line.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
/* What simulate and sweep have in common. */
#define CALL_OPTIONS \
	{ "line", "L", "the line that is called (default the plan's first)" }, \
	{ "emergency", NULL, "the call is an emergency" }, \
	{ "held", NULL, "as the carriers can hold the plan, not as it is written" }, \
	{ "set", "DEST=DOES", "what a destination does: answer@6s, answer, noanswer, busy, declined, unreachable" }, \
	{ "nobody", NULL, "no human answers" }, \
	{ "hangup", "TIME", "the caller hangs up after so long: 28s" }

const struct command commands[] = {
	{ "check", "", "prove the plan and say what is wrong, when, and how to mend it", PLAN_READ, 0, 0,
	  { { "at", "T", "begin of the horizon (default now)" },
	    { "until", "T", "end of the horizon (default two years later)" },
	    { "strict", NULL, "warnings count as errors" } }, cmd_check },
	{ "simulate", "", "play one test call and say why it goes where it goes", PLAN_READ, 0, 0,
	  { { "at", "T", "when: 2026-12-25 10:00, RFC 3339, now, +2h (default now)" },
	    { "from", "CALLER", "the caller: a number, anonymous, or unknown (default unknown)" },
	    CALL_OPTIONS, { "live", NULL, "against what is at the carrier, not the plan" },
	    { "place", NULL, "a real call, which the carrier bills: what rings, against the simulation" },
	    { "yes", NULL, "place it without asking" } }, cmd_simulate },
	{ "sweep", "", "play the same call at many times; print where the result changes", PLAN_READ, 0, 0,
	  { { "from", "T", "the first call (default now)" }, { "until", "T", "the end (default a week later)" },
	    { "every", "TIME", "from one call to the next (default 15m)" },
	    { "caller", "CALLER", "the caller: a number, anonymous, or unknown (default unknown)" }, CALL_OPTIONS }, cmd_sweep },
	{ "test", "[TEST...]", "run the plan's own test calls", PLAN_READ, 0, 999,
	  { { "file", "FILE", "tests of another file, for this plan" } }, cmd_test },
	{ "hours", "EXPRESSION", "the intervals of an opening_hours expression", PLAN_NONE, 1, 1,
	  { { "from", "D", "first day (default today)" },
	    { "until", "D", "the day after the last (default a week later)" },
	    { "timezone", "Z", "IANA name (default the plan's, else UTC)" },
	    { "holidays", "FILE", "calendar of the days that PH means" } }, cmd_hours },
	{ "week", "", "who answers first, each half hour of a week", PLAN_READ, 0, 0,
	  { { "of", "D", "a day of the week (default today)" }, { "line", "L", "the line (default the first)" } }, cmd_week },
	{ "next", "", "the next times at which the answer changes", PLAN_READ, 0, 0,
	  { { "at", "T", "from when on (default now)" }, { "line", "L", "the line (default the first)" },
	    { "count", "N", "how many (default 10)" } }, cmd_next },
	{ "compare", "OLD [NEW]", "what changes for callers between two plans or kept versions (NEW: this plan)",
	  PLAN_FILE, 1, 2,
	  { { "at", "T", "begin of the horizon (default now)" },
	    { "until", "T", "end (default two years later)" } }, cmd_compare },
	{ "diff", "", "live against plan, per line, in words", PLAN_READ, 0, 0,
	  { { "line", "L", "only this line" }, { "artefacts", NULL, "the artefacts too" } }, cmd_diff },
	{ "push", "", "make the carriers do what the plan says; read back and verify", PLAN_READ, 0, 0,
	  { { "line", "L", "only this line" }, { "yes", NULL, "do not ask" },
	    { "dry-run", NULL, "only say what would happen" },
	    { "dialled", "L:LIST", "what line L needs dialled or set by hand is done, by the list that was shown (else it is asked for); once for each line" },
	    { "every-call-to", "N", "the number that every call is to go to, where somebody dials that (else it is asked for)" },
	    { "force", "REASON", "push although a guarantee would be broken or a number is forbidden; recorded" } }, cmd_push },
	{ "codes", "", "what to dial or set by hand now, and when it changes next; changes nothing", PLAN_READ, 0, 0,
	  { { "line", "L", "only this line" },
	    { "qr", NULL, "each code as a QR code of its text too; no phone dials one by itself" } }, cmd_codes },
	{ "agent", "", "the unattended part: pushes where a carrier keeps no hours, fetches calendars and calls, answers missed callers",
	  PLAN_READ, 0, 0,
	  { { "once", NULL, "do what is due now, and end" },
	    { "status", NULL, "only tell whether it runs and what fails; exit 1 when it should run and does not" },
	    { "mask", NULL, "show only the last two digits of numbers in the log" } },
	  cmd_agent },
	{ "calendar", "list|refresh|callbacks [CALENDAR]",
	  "the plan's calendars: where they come from and how old they are; fetch them; put callbacks into one",
	  PLAN_READ, 1, 2, { { NULL, NULL, NULL } }, cmd_calendar },
	{ "calls", "import|list|show|explain|forget|expire [FILE|ID|NUMBER]",
	  "the log of real calls: fill it from a carrier's records or a file, list it, tell or explain calls, forget a caller",
	  PLAN_READ, 1, 2,
	  { { "account", "A", "import: the account whose carrier is asked, for all its lines" },
	    { "columns", "MAP", "import FILE: what its columns are: \"at=Call Start,from=Caller ID\"" },
	    { "dates", "mdy|dmy", "import FILE: which number of a date comes first (default by the plan's country)" },
	    { "timezone", "Z", "import FILE: IANA name of the zone of times without an offset (default the plan's)" },
	    { "since", "T", "only calls from then on (import: default a day before the end of what was read, else 30 days)" },
	    { "until", "T", "list, explain --all: only calls before" },
	    { "line", "L", "list, explain --all: only this line; import FILE: the line that all its calls were to" },
	    { "count", "N", "list: how many of the newest (default 50); explain --all: of the worst (default 10)" },
	    { "caller", "NUMBER", "list: only calls from that number" },
	    { "all", NULL, "explain: all calls, how many went as planned, and the worst of the others" },
	    { "at-carriers", NULL, "forget: also delete what carriers keep of the number, where they can" },
	    { "yes", NULL, "forget: do not ask" } }, cmd_calls },
	{ "crm", "list|send|retry [ID]",
	  "what the CRM is told of calls and follow-ups: list what waits, send it, send again what was refused",
	  PLAN_READ, 1, 2,
	  { { "all", NULL, "list: what was delivered too, the newest first" },
	    { "count", "N", "list: how many (default 50)" } }, cmd_crm },
	{ "followup", "list|show|add|done|reopen|call|text [ID]", "whom to call back: list them, call or text them, say how it went, add a lead",
	  PLAN_READ, 1, 2,
	  { { "all", NULL, "list: the ended ones too, the newest first" },
	    { "count", "N", "list: how many (default 50)" },
	    { "outcome", "booked|resolved|no-answer|lost", "done: booked, resolved, no-answer or lost" },
	    { "words", "TEXT", "done: a note; add: what the lead said" },
	    { "channel", "phone|text|web", "add: how it came: phone, text or web" },
	    { "number", "N", "add: the lead's number" },
	    { "name", "NAME", "add: the lead's name" },
	    { "line", "L", "add: the line that the lead called or wrote to" },
	    { "at", "T", "add: when it came (default now)" },
	    { "jsonl", "FILE", "add: many, a JSON object a line with these as members; - for standard input" },
	    { "from", "DEST", "call: the destination who calls back (default whoever the plan rings first now)" },
	    { "yes", NULL, "call, text: do not ask" } }, cmd_followup },
	{ "report", "", "the figures over the log of calls against the targets, and what they are worth", PLAN_READ, 0, 0,
	  { { "from", "T", "calls from then on (default 30 days before the end)" }, { "until", "T", "calls before (default now)" },
	    { "month", "M", "of that month: 2026-11" }, { "line", "L", "only this line" },
	    { "csv", NULL, "every figure, one a line" },
	    { "what-if", "LIST", "the calculation with these numbers: job=500,booked=50,calls_a_day=10,missed_share=30,cost=100,days=22,recovered_calls=55" } },
	  cmd_report },
	{ "replay", "[PLAN]", "the log of calls through this plan, another one or a kept version: what would have been otherwise",
	  PLAN_READ, 0, 1,
	  { { "from", "T", "calls from then on (default 30 days before the end)" }, { "until", "T", "calls before (default now)" },
	    { "line", "L", "only this line" },
	    { "count", "N", "how many calls of each kind are told (default 10)" } }, cmd_replay },
	{ "rollback", "", "put back what was live before a push", PLAN_READ, 0, 0,
	  { { "line", "L", "the line (default the first)" },
	    { "to-before", "ID", "the push to take back (default the line's newest)" },
	    { "yes", NULL, "do not ask" },
	    { "dialled", "L:LIST", "what line L needs dialled or set by hand is done, by the list that was shown (else it is asked for)" },
	    { "every-call-to", "N", "the number that every call is to go to, where somebody dials that (else it is asked for)" },
	    { "force", "REASON", "go back to what broke a guarantee or has a forbidden number; recorded" } }, cmd_rollback },
	{ "history", "", "pushes and kept versions of the plan", PLAN_FILE, 0, 0,
	  { { "line", "L", "only this line" }, { "count", "N", "how many (default 20)" },
	    { "show", "VERSION", "the text of a kept version" } }, cmd_history },
	{ "export", "DRIVER", "the artefact that a driver makes, to standard output", PLAN_READ, 1, 1,
	  { { "line", "L", "the line (default the first)" } }, cmd_export },
	{ "override", "[NAME]", "for a while, calls go another way; --list, --end", PLAN_READ, 0, 1,
	  { { "for", "TIME", "how long, from now: 2h" }, { "path", "P", "the path that calls take" },
	    { "reject", "busy|silent", "or turn them away: busy, silent" },
	    { "line", "L", "only calls to this line" }, { "callers", "C", "only these callers" },
	    { "list", NULL, "all overrides with age and end" }, { "end", "OVERRIDE", "ends one now" },
	    { "no-push", NULL, "only write the plan" } }, cmd_override },
	{ "text", "[WORDS...]", "a test text, for real, to one of the plan's own destinations; --list, --read: what left, what came", PLAN_READ, 0, 999,
	  { { "to", "DEST", "the destination that gets it" },
	    { "line", "L", "the line whose number sends, through its own account (default as text_back says)" },
	    { "yes", NULL, "do not ask" }, { "list", NULL, "the texts that were sent and that came, the newest first" },
	    { "count", "N", "how many of them (default 20)" },
	    { "read", NULL, "read the texts that came to the plan's lines" },
	    { "opt-out", "N", "this number gets no texts any more, for good" },
	    { "missed", NULL, "text those who called in the last hour and were missed, as section text_back says" },
	    { "surveys", NULL, "ask customers whose follow-up was booked or resolved within a day, as follow_up's survey says" },
	    { "dry-run", NULL, "only say who would get one, and who not, and why" } }, cmd_text },
	{ "init", "", "write a first plan; asks for what is not given; never overwrites", PLAN_NONE, 0, 0,
	  { { "business", "NAME", "name of the business" }, { "timezone", "Z", "IANA name" },
	    { "country", "CC", "two letters (default US)" }, { "number", "N", "the number customers call" },
	    { "mobile", "N", "the owner's phone" }, { "backup", "N", "somebody who steps in: a name, if you like, and a number" },
	    { "ai", "N", "an AI answering service, likewise" },
	    { "hours", "EXPR", "when you are open (default Mo-Fr 08:00-18:00)" },
	    { "holidays", "us|none", "public holidays on which you are closed: us, none (default none)" },
	    { "emergency", "yes|no", "pressing 9 makes a call an emergency: yes, no (default no)" },
	    { "voicemail-after", "TIME", "when the owner's own voicemail picks up (default 25s)" } }, cmd_init },
	{ "demo", "", "a throw-away copy of the example plan, with twelve weeks of calls", PLAN_NONE, 0, 0,
	  { { "print", NULL, "only make it and print where" } }, cmd_demo },
	{ "sandbox", "", "the built-in carrier by hand: show what is live, change it, make it fail", PLAN_READ, 0, 0,
	  { { "line", "L", "the line (default the first)" },
	    { "put", "FILE", "make this text live, behind the plan's back" },
	    { "clear", NULL, "make nothing live" },
	    { "fail", "FAULT", "what the next requests meet: refuse, 500, 429, cut, hang, slow or garbage, "
			       "and how many, as in \"refuse 2\"; nothing" },
	    { "receive", "N", "a text comes to the line from this number" },
	    { "words", "TEXT", "what it says" } }, cmd_sandbox },
	{ "screen", "SCREEN", "a screen as text", PLAN_FILE, 1, 1,
	  { { "at", "T", "the clock (default now)" }, { "size", "WxH", "default 80x24" },
	    { "colour", NULL, "with colour escapes" }, { "ascii", NULL, "nothing beyond ASCII" } }, cmd_screen },
	{ "keys", "", "the table of keys", PLAN_NONE, 0, 0, { { NULL, NULL, NULL } }, cmd_keys },
};
/* clang-format on */
const size_t commands_count = sizeof commands / sizeof commands[0];

const struct command_option global_options[] = {
	{ "plan", "FILE", "the plan (-p; default $NEVERMISS_PLAN, then ~/.config/nevermiss/plan.conf)" },
	{ "data", "DIR", "where the store lives (default ~/.local/share/nevermiss)" },
	{ "read-only", NULL, "look and play, write nothing" },
	{ "json", NULL, "the result for scripts" },
	{ "now", "T", "as if it were that time; for tests and for looking ahead" },
	{ "help", NULL, "this text, or a command's" },
	{ "version", NULL, "the program's version" },
	{ NULL, NULL, NULL },
};

const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < commands_count; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static const struct {
	const char *word;
	enum value_kind kind;
	const char *choices;
} value_words[] = {
	{ "A", VALUE_ACCOUNT, NULL },
	{ "C", VALUE_CALLERS, NULL },
	{ "CALENDAR", VALUE_CALENDAR, NULL },
	{ "CALLER", VALUE_CALLER, NULL },
	{ "DEST", VALUE_DESTINATION, NULL },
	{ "DEST=DOES", VALUE_SETTING, NULL },
	{ "DIR", VALUE_FOLDER, NULL },
	{ "DRIVER", VALUE_DRIVER, NULL },
	{ "FAULT", VALUE_CHOICE, "refuse|500|429|cut|hang|slow|garbage|nothing" },
	{ "FILE", VALUE_FILE, NULL },
	{ "L", VALUE_LINE, NULL },
	{ "NEW", VALUE_PLAN, NULL },
	{ "OLD", VALUE_PLAN, NULL },
	{ "OVERRIDE", VALUE_OVERRIDE, NULL },
	{ "P", VALUE_PATH, NULL },
	{ "PLAN", VALUE_PLAN, NULL },
	{ "SCREEN", VALUE_SCREEN, NULL },
	{ "TEST", VALUE_TEST, NULL },
	{ "VERSION", VALUE_VERSION, NULL },
	{ "Z", VALUE_ZONE, NULL },
};

struct value_word command_value(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof value_words / sizeof *value_words; i++) {
		const char *choices = value_words[i].choices;

		if (strlen(value_words[i].word) == len && !strncmp(value_words[i].word, word, len))
			return (struct value_word){ value_words[i].kind, choices, choices ? strlen(choices) : 0 };
	}
	if (memchr(word, '|', len))
		return (struct value_word){ VALUE_CHOICE, word, len };
	return (struct value_word){ .kind = VALUE_FREE };
}

/* "import|list|show [FILE|ID]": the first in brackets is for the first of the choices, the rest are ids and numbers. */
static bool is_choice(const char *choices, const char *chosen)
{
	const size_t len = strcspn(choices, "| ");

	return chosen && strlen(chosen) == len && !strncmp(choices, chosen, len);
}

const char *command_word(const struct command *command, size_t n, const char *first, size_t *len)
{
	const char *at = command->words;

	while (n > 0 && at[strcspn(at, " ")]) {
		at += strcspn(at, " ") + 1;
		n--;
	}
	at += *at == '[';
	*len = strcspn(at, " ].");
	if (*len == 0 || (n > 0 && !strstr(at, "...")))
		return NULL;
	if (at <= command->words + 1 || !memchr(at, '|', *len))
		return at;
	*len = strcspn(at, "|");
	return is_choice(command->words, first) ? at : NULL;
}

/* Letters that must be added, dropped or changed to get from a to b, at most `most` + 1. */
static size_t distance(const char *a, const char *b, size_t most)
{
	size_t skipped;

	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (!*a && !*b)
		return 0;
	if (most == 0)
		return 1;
	skipped = *a && *b ? distance(a + 1, b + 1, most - 1) : most;
	if (*a && skipped) {
		const size_t other = distance(a + 1, b, most - 1);

		skipped = other < skipped ? other : skipped;
	}
	if (*b && skipped) {
		const size_t other = distance(a, b + 1, most - 1);

		skipped = other < skipped ? other : skipped;
	}
	return skipped + 1;
}

const char *command_nearest(const char *name)
{
	const char *nearest = NULL;
	size_t i, best = 3;

	for (i = 0; i < commands_count; i++) {
		const size_t far = distance(name, commands[i].name, 2);

		if (far < best) {
			best = far;
			nearest = commands[i].name;
		}
	}
	return nearest;
}

static void usage_option(const struct command_option *option, struct nm_buf *out)
{
	struct nm_buf left;

	nm_buf_init(&left, 256);
	nm_buf_addf(&left, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
	nm_buf_addf(out, "  %-22s %s\n", left.data, option->help);
	nm_buf_clear(&left);
}

static void usage_options(const struct command_option *options, struct nm_buf *out)
{
	size_t i;

	for (i = 0; options[i].name; i++)
		usage_option(&options[i], out);
}

void command_usage(const struct command *command, struct nm_buf *out)
{
	size_t i;

	if (command) {
		nm_buf_addf(out, "usage: nevermiss %s%s%s%s\n%s\n", command->name, *command->words ? " " : "",
			    command->words, command->options[0].name ? " [OPTION...]" : "", command->summary);
		usage_options(command->options, out);
		nm_buf_add(out, "and the options of every command: nevermiss --help\n");
		return;
	}
	nm_buf_add(out, "usage: nevermiss [-p PLAN] [--data DIR] [--read-only] [COMMAND ...]\n"
			"Never miss a customer's call: who answers, when, proved. Without a command: the interface.\n\n");
	for (i = 0; i < commands_count; i++)
		nm_buf_addf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	nm_buf_add(out, "\noptions of every command\n");
	usage_options(global_options, out);
	nm_buf_add(out, "\nExit status: 0 done and good; 1 done, and something is wrong; 2 the input is wrong;\n"
			"3 a carrier or the network failed; 4 refused.\n"
			"More: man nevermiss, man nevermiss-plan; nevermiss COMMAND --help\n");
}

static void completion_options(const struct command_option *options, struct nm_buf *out)
{
	size_t i;

	for (i = 0; options[i].name; i++)
		nm_buf_addf(out, "%s--%s", i ? " " : "", options[i].name);
}

static void completion_choices(struct value_word value, struct nm_buf *out)
{
	for (size_t i = 0; i < value.len; i++)
		nm_buf_addn(out, value.choices[i] == '|' ? " " : value.choices + i, 1);
}

/* What follows an option of the command where that needs no plan. */
static void completion_values(const struct command *command, struct nm_buf *out)
{
	for (const struct command_option *option = command->options; option->name; option++) {
		const struct value_word value = option->value ? command_value(option->value, strlen(option->value))
							      : (struct value_word){ .kind = VALUE_FREE };

		if (value.kind != VALUE_CHOICE && value.kind != VALUE_FILE && value.kind != VALUE_FOLDER)
			continue;
		nm_buf_addf(out, "\t%s--%s) COMPREPLY=($(compgen ", command->name, option->name);
		if (value.kind == VALUE_CHOICE) {
			nm_buf_add(out, "-W \"");
			completion_choices(value, out);
			nm_buf_add(out, "\"");
		} else {
			nm_buf_add(out, value.kind == VALUE_FILE ? "-f" : "-d");
		}
		nm_buf_add(out, " -- \"$cur\")); return ;;\n");
	}
}

void command_completion(struct nm_buf *out)
{
	size_t i;

	nm_buf_add(out, "# bash completion for nevermiss; made from the table of commands by `make completion`.\n"
			"_nevermiss()\n{\n"
			"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word\n"
			"\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
			"\t\tcase $word in\n\t\t-*) ;;\n\t\t");
	for (i = 0; i < commands_count; i++)
		nm_buf_addf(out, "%s%s", i ? "|" : "", commands[i].name);
	nm_buf_add(out, ") command=$word; break ;;\n\t\tesac\n\tdone\n"
			"\tcase $command$prev in\n"
			"\t*-p|*--plan) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
			"\t*--data) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n");
	for (i = 0; i < commands_count; i++)
		completion_values(&commands[i], out);
	nm_buf_add(out, "\tesac\n"
			"\tlocal options=\"");
	completion_options(global_options, out);
	nm_buf_add(out, "\"\n\tcase $command in\n\t'') options=\"$options ");
	for (i = 0; i < commands_count; i++)
		nm_buf_addf(out, "%s%s", i ? " " : "", commands[i].name);
	nm_buf_add(out, "\" ;;\n");
	for (i = 0; i < commands_count; i++) {
		size_t len;
		const char *word = command_word(&commands[i], 0, NULL, &len);

		if (!commands[i].options[0].name && !word)
			continue;
		nm_buf_addf(out, "\t%s) options=\"$options ", commands[i].name);
		if (word && command_value(word, len).kind == VALUE_CHOICE) {
			completion_choices(command_value(word, len), out);
			nm_buf_add(out, commands[i].options[0].name ? " " : "");
		}
		completion_options(commands[i].options, out);
		nm_buf_add(out, "\" ;;\n");
	}
	nm_buf_add(out, "\tesac\n\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n}\n"
			"complete -o bashdefault -F _nevermiss nevermiss\n");
}

/* --- arguments --- */

static const struct command_option *option_of(const struct command_option *options, const char *name, size_t len)
{
	size_t i;

	for (i = 0; options && options[i].name; i++)
		if (strlen(options[i].name) == len && !strncmp(options[i].name, name, len))
			return &options[i];
	return NULL;
}

const struct command_option *command_option_named(const struct command *command, const char *word)
{
	const struct command_option *option = NULL;

	if (!strcmp(word, "-p") || !strcmp(word, "-h"))
		return option_of(global_options, word[1] == 'p' ? "plan" : "help", 4);
	if (strncmp(word, "--", 2) != 0)
		return NULL;
	if (command)
		option = option_of(command->options, word + 2, strcspn(word + 2, "="));
	return option ? option : option_of(global_options, word + 2, strcspn(word + 2, "="));
}

/* Each --set is for another destination, each --dialled for another line; any other option has one value. */
static bool may_repeat(const struct command_option *option)
{
	return !option->value || !strcmp(option->name, "set") || !strcmp(option->name, "dialled");
}

/* Reads the option at words[*i], moving *i over its value. */
static enum nm_code read_option(const struct command *command, int n, char **words, int *i, struct arguments *args,
				struct nm_error *err)
{
	const char *name = words[*i] + 2;
	const char *equals = strchr(name, '=');
	const bool two_dashes = words[*i][1] == '-';
	const struct command_option *option = command_option_named(command, words[*i]);
	const char *value = NULL;

	if (!option)
		return nm_fail(err, NM_INPUT, "unknown option %s; `nevermiss %s%s--help` lists them", words[*i],
			       command ? command->name : "", command ? " " : "");
	if (option->value && equals && two_dashes)
		value = equals + 1;
	else if (option->value) {
		if (*i + 1 >= n)
			return nm_fail(err, NM_INPUT, "--%s needs a value: --%s %s", option->name, option->name, option->value);
		value = words[++*i];
	} else if (equals)
		return nm_fail(err, NM_INPUT, "--%s takes no value", option->name);
	if (!may_repeat(option) && argument_given(args, option->name))
		return nm_fail(err, NM_INPUT, "--%s is given twice; it takes one value", option->name);
	args->options[args->n_options].name = option->name;
	args->options[args->n_options++].value = value;
	return NM_OK;
}

/* "list|refresh|callbacks [NAME]" as "list, refresh or callbacks"; nothing when the first word is no choice. */
static void add_choices(const char *words, struct nm_buf *out)
{
	const char *end = words + strcspn(words, " ");

	if (!memchr(words, '|', (size_t)(end - words)))
		return;
	while (words < end) {
		const char *next = words + strcspn(words, "| ");

		nm_buf_add(out, out->len == 0 ? "" : next < end ? ", " : " or ");
		nm_buf_addn(out, words, (size_t)(next - words));
		words = next + (next < end);
	}
}

/* A word too many, or one that is missing. */
static enum nm_code wrong_words(const struct command *command, const struct arguments *args, struct nm_error *err)
{
	const char *gap = *command->words ? " " : "";
	struct nm_buf choices;
	enum nm_code code;

	if (args->n_words > command->words_most)
		return nm_fail(err, NM_INPUT, "`%s` is a word too many; usage: nevermiss %s%s%s [OPTION...]",
			       args->words[command->words_most], command->name, gap, command->words);
	nm_buf_init(&choices, 1024);
	if (args->n_words == 0)
		add_choices(command->words, &choices);
	code = nm_fail(err, NM_INPUT, "%s%s; usage: nevermiss %s%s%s [OPTION...]", choices.len > 0 ? "say which: " : command->words,
		       choices.len > 0 ? choices.data : " is missing", command->name, gap, command->words);
	nm_buf_clear(&choices);
	return code;
}

enum nm_code arguments_read(const struct command *command, int n, char **words, struct arguments *args,
			    struct nm_error *err)
{
	const size_t room = (size_t)n + 1;
	enum nm_code code = NM_OK;
	bool plain = false;
	int i;

	*args = (struct arguments){ .options = calloc(room, sizeof *args->options),
				    .words = calloc(room, sizeof *args->words) };
	if (!args->options || !args->words) {
		arguments_clear(args);
		return nm_fail_memory(err);
	}
	for (i = 0; i < n && code == NM_OK; i++) {
		if (!plain && !strcmp(words[i], "--"))
			plain = true;
		else if (!plain && words[i][0] == '-' && words[i][1])
			code = read_option(command, n, words, &i, args, err);
		else
			args->words[args->n_words++] = words[i];
	}
	if (code == NM_OK && command && !argument_given(args, "help") &&
	    (args->n_words < command->words_least || args->n_words > command->words_most))
		code = wrong_words(command, args, err);
	if (code != NM_OK)
		arguments_clear(args);
	return code;
}

void arguments_clear(struct arguments *args)
{
	free(args->options);
	free(args->words);
	*args = (struct arguments){ .n_options = 0 };
}

const char *argument(const struct arguments *args, const char *name)
{
	const char *value = NULL;
	size_t i;

	for (i = 0; i < args->n_options; i++)
		if (!strcmp(args->options[i].name, name))
			value = args->options[i].value;
	return value;
}

bool argument_given(const struct arguments *args, const char *name)
{
	size_t i;

	for (i = 0; i < args->n_options; i++)
		if (!strcmp(args->options[i].name, name))
			return true;
	return false;
}
