/* SPDX-License-Identifier: MIT */
/*
 * Subcommands as rows of a table: usage, completion, the manual's test and dispatch come from it.
 *
 * A command reads its arguments and a session and writes its result into a buffer; only main.c
 * prints, and only main.c ends the process.
 */
#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "nevermiss/error.h"
#include "nevermiss/json.h"
#include "nevermiss/mem.h"
#include "nevermiss/texting.h"
#include "session.h"

#define COMMAND_OPTIONS 20

/* design.md 6: the exit statuses. */
enum status {
	STATUS_GOOD = 0,
	STATUS_WRONG = 1,   /* done, and something is wrong: errors found, test failed, drift */
	STATUS_INPUT = 2,
	STATUS_CARRIER = 3,
	STATUS_REFUSED = 4
};

struct command_option {
	const char *name;  /* without the dashes; NULL ends the list */
	const char *value; /* what it takes, "T"; NULL: it is a flag */
	const char *help;
};

/* What a value or a word may be, by what the tables call it; from it follow what is completed here and in the shell. */
enum value_kind {
	VALUE_FREE, /* a time, a number, words: nothing to choose among */
	VALUE_CHOICE,
	VALUE_FILE,
	VALUE_FOLDER,
	VALUE_LINE,
	VALUE_PATH,
	VALUE_CALLERS,
	VALUE_CALLER, /* a number, anonymous, or unknown */
	VALUE_ACCOUNT,
	VALUE_DESTINATION,
	VALUE_SETTING, /* destination=what it does */
	VALUE_OVERRIDE,
	VALUE_CALENDAR,
	VALUE_TEST,
	VALUE_SCREEN,
	VALUE_DRIVER,
	VALUE_ZONE,
	VALUE_VERSION, /* a kept one of the plan */
	VALUE_PLAN     /* a file, or a kept version */
};

struct value_word {
	enum value_kind kind;
	const char *choices; /* of VALUE_CHOICE: "mdy|dmy", static; len bytes of it */
	size_t len;
};

/* A parsed command line: options in the order given, then the words that are none. */
struct arguments {
	size_t n_options;
	struct {
		const char *name, *value;
	} *options;
	size_t n_words;
	const char **words;
};

/* Everything that a command works with. */
struct invocation {
	const struct arguments *args;
	const struct session_options *options; /* plan file, data folder, clock, read-only */
	bool json;
	bool raw;             /* out goes out as it is: escapes are meant */
	struct nm_buf *out;   /* standard output */
	struct nm_buf *notes; /* standard error, for what is not the result */
	struct session *session; /* NULL for a command with plan == PLAN_NONE */
	/* Who is asked instead of the terminal (NULL): yes or no, about the text that was shown first. */
	bool (*ask)(void *context, const char *text, const char *question);
	void *ask_context;
	struct nm_buf *first; /* with ask: the text that was shown */
	bool stopped; /* set by the run: whoever runs it stopped it, and what was done until then stays */
	bool goes_on; /* likewise, of what was stopped: the same command again does the rest */
};

enum plan_need {
	PLAN_NONE,  /* works without one */
	PLAN_FILE,  /* the session is open; a plan that does not read is the command's own business */
	PLAN_READ   /* the plan reads, or its mistakes are printed and the status is 2 */
};

struct command {
	const char *name;
	const char *words;   /* what follows the name: "OLD [NEW]" */
	const char *summary;
	enum plan_need plan;
	size_t words_least, words_most;
	struct command_option options[COMMAND_OPTIONS];
	/* Returns NM_OK and a status, or the error's code with err filled. */
	enum nm_code (*run)(struct invocation *run, enum status *status, struct nm_error *err);
};

extern const struct command commands[];
extern const size_t commands_count;
/* Options that stand before the command, or with any command. */
extern const struct command_option global_options[];

const struct command *command_find(const char *name);
/* Usage of one command, or of the program with command NULL. */
void command_usage(const struct command *command, struct nm_buf *out);
void command_completion(struct nm_buf *out);
/* What "L" or "mdy|dmy" means, len bytes. */
struct value_word command_value(const char *word, size_t len);
/* What the table calls the n-th word behind the command's name, the one before it being `first` (NULL: none); its length.
 * NULL: it takes none there. */
const char *command_word(const struct command *command, size_t n, const char *first, size_t *len);
/* The option that a word is, "--line" or "-p", of the command or of all; NULL: none. */
const struct command_option *command_option_named(const struct command *command, const char *word);
/* Name of the command nearest to a mistyped one; NULL when none is near. */
const char *command_nearest(const char *name);

/* --- arguments --- */

/* Fills args from words; options unknown to the command, or without their value, are NM_INPUT.  The
 * arrays are malloc'd: arguments_clear. */
enum nm_code arguments_read(const struct command *command, int n, char **words, struct arguments *args,
			    struct nm_error *err) NM_WARN_UNUSED;
void arguments_clear(struct arguments *args);
bool argument_given(const struct arguments *args, const char *name);
/* Last value given; NULL when not given. */
const char *argument(const struct arguments *args, const char *name);

/* --- what commands share (command_common.c) --- */

/* A clock that stands: context is the nm_time it shows. */
nm_time clock_fixed(void *context);

/* Passes a code on; a failure's text then says of which option it tells: "--hangup: ...". */
enum nm_code of_option(enum nm_code code, const char *option, struct nm_error *err) NM_WARN_UNUSED;
/* `--at`, or now. */
enum nm_code argument_time(const struct invocation *run, const char *name, nm_time fallback, nm_time *out,
			   struct nm_error *err) NM_WARN_UNUSED;
/* --count: how many, from 1 to `most`; without it `fallback`. */
enum nm_code argument_count(const struct invocation *run, size_t fallback, size_t most, size_t *out,
			    struct nm_error *err) NM_WARN_UNUSED;
/* `--line`; -1 (all or the first: the command decides) when not given. */
enum nm_code argument_line(const struct invocation *run, int *line, struct nm_error *err) NM_WARN_UNUSED;
/* --line --emergency --set --nobody --hangup, the time from option `at`, the caller from option
 * `caller`; script settings live in the arena. */
enum nm_code argument_call(const struct invocation *run, const char *at, const char *caller, struct nm_arena *arena,
			   struct nm_call *call, struct nm_error *err) NM_WARN_UNUSED;
void json_time(struct nm_json *json, const struct nm_zone *zone, const char *key, nm_time t);
void json_span(struct nm_json *json, const struct nm_zone *zone, struct nm_span span);
void json_finish(struct nm_json *json, struct nm_buf *out);
/* "proved": what calls have shown of a line that is set by hand; null. */
void json_proof(struct nm_json *json, const struct nm_zone *zone, const struct nm_proof *proof);
/* "answered by sam after 26 s (5 rings)" */
void outcome_words(const struct nm_outcome *outcome, struct nm_buf *out);
/* A line each: FILE:LINE: what is wrong. */
void print_diags(const struct nm_diags *diags, struct nm_buf *out);
/* Text from outside, safe for a terminal: control characters replaced. */
void add_safe(struct nm_buf *out, const char *text);
/* From here on what a person must do for a push is asked for on the terminal, but for lines of which --dialled says
 * that it was done.  NM_INPUT when that names a line for which nobody dials. */
enum nm_code dial_on_terminal(struct invocation *run, struct nm_error *err) NM_WARN_UNUSED;
/* Nobody is there to do by hand what this line needs: no terminal, and no --dialled that names it. */
bool lacks_hands(const struct invocation *run, int line);
/* Each --dialled must name a line that somebody works. */
enum nm_code check_dialled(const struct invocation *run, struct nm_error *err) NM_WARN_UNUSED;
/* When --dialled says that a list was done for the line, it must be this one: NM_REFUSED for another one. */
enum nm_code dialled_this(const struct invocation *run, int line, const struct nm_artefact *list,
			  struct nm_error *err) NM_WARN_UNUSED;
/* The same of each line of the plan, for nm_push_options; malloc'd. */
enum nm_code lines_without_hands(const struct invocation *run, bool **out,
				 struct nm_error *err) NM_WARN_UNUSED;
/* How a push or a rollback ended, line by line (cmd_push.c). */
void write_results(struct invocation *run, const struct nm_push_results *results);
/* "text 3 from +15125550100 to +15125550111: sent (delivered)", numbers as the carrier got them; and before it is sent,
 * what is sent from where to whom (name: theirs; NULL), and what the carrier does with it (cmd_text.c). */
void outbox_words(struct nm_buf *out, const struct nm_outbox_text *text);
void outgoing_words(const struct nm_plan *plan, const struct nm_outgoing *outgoing, const char *name,
		    struct nm_buf *words);
/* What a carrier cannot hold, a line or two for each: what, when and for whom, what will happen instead. */
void add_losses(struct nm_buf *out, const struct nm_losses *losses);
/* Fails with NM_REFUSED in a read-only session. */
enum nm_code need_write(const struct invocation *run, struct nm_error *err) NM_WARN_UNUSED;
/* Text that a question is about, on the screen before it. */
void show_first(const struct invocation *run, const char *text);
/* Asks on the terminal, or whoever is there instead; false for anything but yes, and where nobody can be asked. */
bool confirm_yes(const struct invocation *run, const char *question);
/* The same where only somebody at the terminal can know: whether a code was dialled. */
bool confirm_on_terminal(const char *question);

#define COMMAND(name) \
	enum nm_code cmd_##name(struct invocation *run, enum status *status, struct nm_error *err)
COMMAND(agent);
COMMAND(calendar);
COMMAND(calls);
COMMAND(check);
COMMAND(codes);
COMMAND(compare);
COMMAND(crm);
COMMAND(demo);
COMMAND(diff);
COMMAND(export);
COMMAND(followup);
COMMAND(history);
COMMAND(hours);
COMMAND(init);
COMMAND(keys);
COMMAND(next);
COMMAND(override);
COMMAND(push);
COMMAND(replay);
COMMAND(report);
COMMAND(rollback);
COMMAND(sandbox);
COMMAND(screen);
COMMAND(simulate);
COMMAND(sweep);
COMMAND(test);
COMMAND(text);
COMMAND(week);
#undef COMMAND

struct override_wish;
/* cmd_override.c: the override that the arguments wish for; texts borrowed of them. */
enum nm_code override_wished(const struct arguments *args, struct override_wish *wish, struct nm_error *err) NM_WARN_UNUSED;
/* cmd_compare.c: a plan file, or a kept version ("12", "#12"); what is wrong with it goes to the notes. */
enum nm_code plan_named(struct invocation *run, const char *what, struct nm_plan **plan,
			struct nm_error *err) NM_WARN_UNUSED;
/* cmd_calls_file.c: `calls import FILE`; "-" is the standard input. */
enum nm_code calls_import_file(struct invocation *run, const char *name, enum status *status,
			       struct nm_error *err) NM_WARN_UNUSED;
/* What of the calls that were made is new to follow-ups; nothing where there is none. */
void calls_attempts_words(struct invocation *run, int64_t attempts);
/* `calls forget` and `calls expire` (cmd_forget.c); what an import let go of because it is too old. */
enum nm_code calls_forget(struct invocation *run, enum status *status, struct nm_error *err);
enum nm_code calls_expire(struct invocation *run, enum status *status, struct nm_error *err);
struct nm_expired;
/* Lets go of what is older than the plan's retention, and tells how far that is. */
enum nm_code expire_now(struct session *session, struct nm_store *store, struct nm_expired *out,
			struct nm_error *err) NM_WARN_UNUSED;
void expired_words(struct invocation *run, const struct nm_expired *expired);
void expired_json(struct nm_json *json, const struct nm_expired *expired);
/* `calls explain ID` (cmd_explain.c) and `calls explain --all` (cmd_explain_log.c). */
enum nm_code calls_explain(struct invocation *run, enum status *status, struct nm_error *err);
enum nm_code calls_explain_all(struct invocation *run, enum status *status, struct nm_error *err);

#endif
