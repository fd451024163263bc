/* SPDX-License-Identifier: MIT */
/*
 * The program's door: environment and arguments in, exit status out.  The only place that reads the
 * environment, prints, and ends the process.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "command.h"
#include "config.h"
#include "preferences.h"
#include "wizard.h"

#define OUTPUT_BYTES (256u << 20)
#define TERMINAL_TEXT 64

static enum status status_of(enum nm_code code)
{
	switch (code) {
	case NM_OK:
		return STATUS_GOOD;
	case NM_CARRIER:
		return STATUS_CARRIER;
	case NM_REFUSED:
		return STATUS_REFUSED;
	case NM_INPUT:
	case NM_SYSTEM:
	case NM_NO_MEMORY:
		break;
	}
	return STATUS_INPUT;
}

static nm_time clock_now(void *context)
{
	(void)context;
	return (nm_time)time(NULL);
}

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* NAME in the folder that the XDG base directory specification gives. */
static void xdg_path(const char *variable, const char *below_home, const char *name, struct nm_buf *out)
{
	const char *folder = environment(variable);
	const char *home = environment("HOME");

	if (folder)
		nm_buf_addf(out, "%s/%s", folder, name);
	else
		nm_buf_addf(out, "%s/%s/%s", home ? home : ".", below_home, name);
}

/* "pat", or "pat over ssh": who is told as the author of a change. */
static void who_is_it(struct nm_buf *out)
{
	const struct passwd *user = getpwuid(getuid());

	if (user)
		nm_buf_add(out, user->pw_name);
	else
		nm_buf_addf(out, "user %lu", (unsigned long)getuid());
	if (environment("SSH_CONNECTION"))
		nm_buf_add(out, " over ssh");
}

/* "pts/3"; NULL when standard input is no terminal. */
static const char *which_terminal(char room[static TERMINAL_TEXT])
{
	if (ttyname_r(STDIN_FILENO, room, TERMINAL_TEXT) != 0)
		return NULL;
	return strncmp(room, "/dev/", 5) == 0 ? room + 5 : room;
}

/* All mistakes of a plan that does not read, and how many they are. */
static enum nm_code plan_mistakes(const struct session *session, struct nm_buf *notes, struct nm_error *err)
{
	const size_t n = session->diags.n;

	if (!n)
		return session_need_plan(session, err);
	print_diags(&session->diags, notes);
	return nm_fail(err, NM_INPUT, "%s does not read: %zu mistake%s", session->options.plan_file, n, n == 1 ? "" : "s");
}

/* The session, or why there is none: a plan that is not there yet is no mystery. */
static enum nm_code open_session(struct session *session, const struct session_options *options, struct nm_error *err)
{
	if (access(options->plan_file, F_OK))
		return nm_fail(err, NM_INPUT, "there is no plan at %s: `nevermiss init` writes a first one, -p names another",
			       options->plan_file);
	return session_open(session, options, err);
}

/* `--now`: the clock stands at a time that is read on the session's zone, or without one on UTC. */
static enum nm_code stop_clock(const struct arguments *args, const struct nm_zone *zone, struct session_options *options,
			       nm_time *shown, struct nm_error *err)
{
	const char *text = argument(args, "now");
	enum nm_code code;

	if (!text)
		return NM_OK;
	code = nm_time_read(text, zone, options->now(options->now_context), shown, err);
	if (code == NM_OK) {
		options->now = clock_fixed;
		options->now_context = shown;
	}
	return code;
}

static enum nm_code without_session(const struct command *command, struct invocation *run, enum status *status,
				    struct nm_error *err)
{
	struct session_options options = *run->options;
	struct nm_zone *utc;
	nm_time shown;
	enum nm_code code = nm_zone_load("UTC", &utc, err);

	if (code != NM_OK)
		return code;
	code = stop_clock(run->args, utc, &options, &shown, err);
	nm_zone_free(utc);
	run->options = &options;
	if (code == NM_OK)
		code = command->run(run, status, err);
	return code;
}

/* Of a store that had to be put right, once and whatever became of the rest. */
static void tell_mended(const struct session *session, struct nm_buf *notes)
{
	if (session->store && nm_store_mended(session->store))
		nm_buf_add(notes, "nevermiss: the sums that the store keeps of its calls were damaged: they were made anew from "
				  "the calls\n");
}

static enum nm_code with_session(const struct command *command, struct invocation *run, enum status *status,
				 struct nm_error *err)
{
	struct session session;
	nm_time shown;
	enum nm_code code = open_session(&session, run->options, err);

	if (code != NM_OK)
		return code;
	run->session = &session;
	code = stop_clock(run->args, session_zone(&session), &session.options, &shown, err);
	if (code != NM_OK) {
		session_close(&session);
		return code;
	}
	if (command->plan == PLAN_READ && !session.plan)
		code = plan_mistakes(&session, run->notes, err);
	else
		code = command->run(run, status, err);
	tell_mended(&session, run->notes);
	session_close(&session);
	return code;
}

static enum nm_code run_command(const struct command *command, struct invocation *run, enum status *status,
				struct nm_error *err)
{
	if (argument_given(run->args, "help")) {
		command_usage(command, run->out);
		return NM_OK;
	}
	if (command->plan == PLAN_NONE)
		return without_session(command, run, status, err);
	return with_session(command, run, status, err);
}

/* Where there is no plan yet its owner is asked for one; left without, there is none. */
static enum nm_code run_wizard(const struct arguments *args, const struct session_options *options, enum status *status,
			       struct nm_error *err)
{
	struct session_options drafting = *options;
	struct session session;
	nm_time shown;
	enum nm_code code;

	drafting.data_dir = NULL; /* nothing is written before there is a plan */
	code = session_draft(&session, &drafting, first_plan_files(), err);
	if (code != NM_OK)
		return code;
	code = stop_clock(args, session_zone(&session), &session.options, &shown, err);
	if (code == NM_OK && app_run_alone(&session, &screen_wizard, environment("TZ")))
		*status = STATUS_INPUT;
	session_close(&session);
	return code;
}

static enum nm_code run_interface(const struct invocation *run, enum status *status, struct nm_error *err)
{
	const struct arguments *args = run->args;
	const struct session_options *options = run->options;
	struct nm_error present;
	struct session session;
	nm_time shown;
	enum nm_code code;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return nm_fail(err, NM_INPUT, "the interface needs a terminal; `nevermiss --help` lists the commands");
	if (!options->read_only && first_plan_absent(options->plan_file, &present) == NM_OK) {
		code = run_wizard(args, options, status, err);
		if (code != NM_OK || first_plan_absent(options->plan_file, &present) == NM_OK)
			return code;
	}
	code = open_session(&session, options, err);
	if (code != NM_OK)
		return code;
	code = stop_clock(args, session_zone(&session), &session.options, &shown, err);
	if (code == NM_OK)
		*status = app_run(&session, "now") ? STATUS_INPUT : STATUS_GOOD;
	tell_mended(&session, run->notes);
	session_close(&session);
	return code;
}

/* The command among the words, taken out of them; NULL when there is none. */
static const char *take_command(int *n, char **words)
{
	int i, j;

	for (i = 0; i < *n; i++) {
		if (words[i][0] != '-')
			break;
		if (!strcmp(words[i], "-p") || !strcmp(words[i], "--plan") || !strcmp(words[i], "--data") ||
		    !strcmp(words[i], "--now"))
			i++;
	}
	if (i >= *n)
		return NULL;
	const char *name = words[i];

	for (j = i; j + 1 < *n; j++)
		words[j] = words[j + 1];
	--*n;
	return name;
}

/* Text for people goes out without anything that could act on a terminal. */
static bool print(FILE *file, const struct nm_buf *text, bool raw)
{
	struct nm_buf safe;
	bool good;

	if (text->failed)
		return false;
	if (raw)
		return fwrite(text->data, 1, text->len, file) == text->len && !fflush(file);
	nm_buf_init(&safe, OUTPUT_BYTES);
	add_safe(&safe, text->data);
	good = !safe.failed && fwrite(safe.data, 1, safe.len, file) == safe.len && !fflush(file);
	nm_buf_clear(&safe);
	return good;
}

static void print_error(const struct nm_error *err)
{
	struct nm_buf text;

	nm_buf_init(&text, NM_ERROR_TEXT * 2);
	nm_buf_addf(&text, "nevermiss: %s\n", err->text);
	print(stderr, &text, false);
	nm_buf_clear(&text);
}

static enum nm_code unknown_command(const char *name, struct nm_error *err)
{
	const char *nearest = command_nearest(name);

	if (nearest)
		return nm_fail(err, NM_INPUT, "unknown command `%s`; did you mean `%s`?", name, nearest);
	return nm_fail(err, NM_INPUT, "unknown command `%s`; `nevermiss --help` lists them", name);
}

static enum nm_code dispatch(const char *name, struct invocation *run, const struct command *command,
			     enum status *status, struct nm_error *err)
{
	if (argument_given(run->args, "version")) {
		nm_buf_add(run->out, PACKAGE_STRING "\n");
		return NM_OK;
	}
	if (name && !strcmp(name, "completion")) {
		command_completion(run->out);
		return NM_OK;
	}
	if (command)
		return run_command(command, run, status, err);
	if (name)
		return unknown_command(name, err);
	if (argument_given(run->args, "help")) {
		command_usage(NULL, run->out);
		return NM_OK;
	}
	return run_interface(run, status, err);
}

static bool plain_locale(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

/* Paths and names that the options point to, made before and freed after. */
struct surroundings {
	struct nm_buf plan, data, who, keys;
	char terminal[TERMINAL_TEXT];
	struct nm_diags mistakes; /* in the user's keys and theme */
};

/* No colour where none is wanted or can be; else as the environment says, else as the file. */
static enum theme choose_theme(enum theme theme, struct nm_diags *mistakes)
{
	const char *name = environment("NEVERMISS_THEME"), *term = environment("TERM");

	if (name && !theme_named(name, &theme))
		nm_diags_add(mistakes, "NEVERMISS_THEME", 0, "there is no theme `%s`: " THEME_NAMES, name);
	return environment("NO_COLOR") || (term && !strcmp(term, "vt100")) ? THEME_MONO : theme;
}

/* Keys and theme as the user wants them; without them nevermiss works as well. */
static enum theme read_preferences(struct surroundings *around)
{
	enum theme theme = THEME_DEFAULT;
	struct nm_error err;

	nm_diags_init(&around->mistakes);
	nm_buf_init(&around->keys, 4096);
	xdg_path("XDG_CONFIG_HOME", ".config", "nevermiss/keys.conf", &around->keys);
	if (preferences_read(around->keys.data, &theme, &around->mistakes, &err))
		nm_diags_add(&around->mistakes, around->keys.data, 0, "%s", err.text);
	return choose_theme(theme, &around->mistakes);
}

/* There only reading works, and is not to fail because a store could not be written to. */
static bool lies_read_only(const char *folder)
{
	return folder && access(folder, W_OK) && errno == EROFS;
}

static void surroundings_read(struct surroundings *around, const struct arguments *args, struct session_options *out)
{
	const char *plan = argument(args, "plan");
	const char *data = argument(args, "data");

	nm_buf_init(&around->plan, 4096);
	nm_buf_init(&around->data, 4096);
	nm_buf_init(&around->who, 256);
	if (!plan)
		plan = environment("NEVERMISS_PLAN");
	if (!plan)
		xdg_path("XDG_CONFIG_HOME", ".config", "nevermiss/plan.conf", &around->plan);
	if (!data)
		xdg_path("XDG_DATA_HOME", ".local/share", "nevermiss", &around->data);
	who_is_it(&around->who);
	*out = (struct session_options){
		.plan_file = plan ? plan : around->plan.data,
		.data_dir = data ? data : around->data.data,
		.who = around->who.data,
		.terminal = which_terminal(around->terminal),
		.editor = environment("VISUAL") ? environment("VISUAL") : environment("EDITOR"),
		.read_only = argument_given(args, "read-only"),
		.journal = environment("JOURNAL_STREAM"),
		.ascii = plain_locale(),
		.theme = read_preferences(around),
		.mistakes = &around->mistakes,
		.now = clock_now,
	};
	out->unwritable = lies_read_only(out->data_dir);
	out->read_only |= out->unwritable;
}

static void surroundings_clear(struct surroundings *around)
{
	nm_buf_clear(&around->plan);
	nm_buf_clear(&around->data);
	nm_buf_clear(&around->who);
	nm_buf_clear(&around->keys);
	nm_diags_clear(&around->mistakes);
	preferences_forget();
}

int main(int argc, char **argv)
{
	int n = argc - 1;
	const char *name = take_command(&n, argv + 1);
	const struct command *command = name ? command_find(name) : NULL;
	struct nm_error err = { NM_OK, "" };
	enum status status = STATUS_GOOD;
	struct surroundings around;
	struct session_options options;
	struct arguments args;
	struct nm_buf out, notes;
	struct invocation run;
	enum nm_code code;

	setlocale(LC_CTYPE, "");
	code = name && !command && strcmp(name, "completion") ? unknown_command(name, &err)
							      : arguments_read(command, n, argv + 1, &args, &err);
	if (code != NM_OK) {
		print_error(&err);
		return (int)status_of(code);
	}
	nm_buf_init(&out, OUTPUT_BYTES);
	nm_buf_init(&notes, OUTPUT_BYTES);
	surroundings_read(&around, &args, &options);
	run = (struct invocation){ .args = &args, .options = &options, .json = argument_given(&args, "json"),
				   .out = &out, .notes = &notes };
	code = dispatch(name, &run, command, &status, &err);
	if (code == NM_INPUT)
		nm_buf_clear(&out); /* half a result, written before the mistake was found, misleads scripts */
	if (!print(stdout, &out, run.json || run.raw) || !print(stderr, &notes, false)) {
		code = nm_fail(&err, NM_SYSTEM, "cannot print the result");
	}
	if (code != NM_OK) {
		print_error(&err);
		status = status_of(code);
	}
	surroundings_clear(&around);
	arguments_clear(&args);
	nm_buf_clear(&out);
	nm_buf_clear(&notes);
	return (int)status;
}
