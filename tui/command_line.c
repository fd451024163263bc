/* SPDX-License-Identifier: MIT */
/*
 * The `:` line: see command_line.h.  In: what was typed, the tables of keys and commands, the plan's names.
 * Out: an action, or a command's output as a page.  A command that asks ends there, its question becomes a dialog,
 * and with a yes it runs again from the beginning: the yes counts for the same question about the same text alone.
 */
#include "command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "cut_line.h"
#include "override.h"
#include "theme.h"

#define OUTPUT_BYTES (8u << 20)
#define LINES_MOST 5000 /* on a page */

void command_line_ask(struct app *app, const char *typed)
{
	app_ask_offering(app, TAG_COMMAND, ":", typed, command_line_offer);
}

/* --- actions --- */

/* The row that a word means here, whole or as the beginning of one only; *several: of more. */
static const struct key_row *find_action(const struct app *app, const char *word, bool *several)
{
	const enum context context = app_tab_context(app);
	const size_t len = strlen(word);
	const struct key_row *found = NULL;

	*several = false;
	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];

		if (!keymap_takes(context, row) || strncmp(row->name, word, len))
			continue;
		if (row->name[len] == '\0')
			return keymap_named(context, row->name);
		*several |= found && strcmp(found->name, row->name) != 0;
		found = found ? found : row;
	}
	return found ? keymap_named(context, found->name) : NULL;
}

/* --- commands --- */

/* What a command writes to standard error by itself, kept off the screen. */
struct aside {
	int saved, file;
};

static bool aside_begin(struct aside *aside)
{
	aside->saved = dup(STDERR_FILENO);
	aside->file = memfd_create("aside", MFD_CLOEXEC);
	if (aside->saved >= 0 && aside->file >= 0 && dup2(aside->file, STDERR_FILENO) >= 0)
		return true;
	close(aside->saved);
	close(aside->file);
	return false;
}

static void aside_end(struct aside *aside, struct nm_buf *out)
{
	char bytes[4096];
	ssize_t n;

	fflush(stderr);
	dup2(aside->saved, STDERR_FILENO);
	lseek(aside->file, 0, SEEK_SET);
	while ((n = read(aside->file, bytes, sizeof bytes)) > 0)
		nm_buf_addn(out, bytes, (size_t)n);
	close(aside->saved);
	close(aside->file);
}

/* Of options that a command has, those that the interface has decided already. */
static const char *decided_option(const struct arguments *args)
{
	static const char *const names[] = { "plan", "data", "read-only", "now" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (argument_given(args, names[i]))
			return names[i];
	}
	return NULL;
}

static bool only_looks(const struct command *command)
{
	static const char *const names[] = { "check",	"simulate", "sweep", "hours",	"week",	  "next",
					     "compare", "diff",	    "test",  "history", "export", "keys",
					     "report",	"replay",   "screen", "agent" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!strcmp(names[i], command->name))
			return true;
	}
	return false;
}

/* Not those that see the text as it is edited; an override does, which is asked about as one more edit of it. */
static bool works_on_file(const struct command *command)
{
	return !only_looks(command) && strcmp(command->name, "override") != 0;
}

/* May it run here?  Says why not. */
static bool may_run(struct app *app, const struct command *command, const struct arguments *args)
{
	const char *decided = decided_option(args);

	if (decided) {
		app_message(app, STYLE_WARNING, "--%s is for the shell: here the plan, its data and the clock are those on the screen",
			    decided);
		return false;
	}
	if (!strcmp(command->name, "demo")) {
		app_message(app, STYLE_WARNING, "the demo opens an interface of its own: start it from the shell");
		return false;
	}
	if (!strcmp(command->name, "agent") && !argument_given(args, "status")) {
		app_message(app, STYLE_WARNING, "%s: start it from the shell (here --status tells how it does)",
			    argument_given(args, "once") ? "a round of the agent pushes and sends texts without asking"
							 : "the agent runs until a signal ends it");
		return false;
	}
	if (works_on_file(command) && nm_document_dirty(app->session->document)) {
		app_message(app, STYLE_WARNING, "%s works on the file, and there are edits that are not saved: W saves them",
			    command->name);
		return false;
	}
	return true;
}

/* An override that is written or ended here goes the way of O on Now: its effect is seen and asked about, then its push.
 * True: it was one. */
static bool ask_override(struct app *app, const struct command *command, const struct arguments *args)
{
	struct override_order order = {.end = argument(args, "end"), .keep = argument_given(args, "no-push")};
	struct nm_error err;

	if (strcmp(command->name, "override") != 0 || argument_given(args, "list"))
		return false;
	if (session_need_plan(app->session, &err) || (!order.end && override_wished(args, &order.wish, &err)))
		app_error(app, &err);
	else if (app->depth)
		app_message(app, STYLE_WARNING, "an override is asked about on Now: close this page first");
	else
		app_go(app, &screen_now, &order);
	return true;
}

static void show_output(struct app *app, const char *text, const struct nm_buf *notes, const struct nm_buf *out)
{
	struct notes lines;
	size_t left = 0;

	notes_init(&lines);
	notes_lines(&lines, notes->data);
	for (size_t i = 0; i < lines.n; i++)
		lines.items[i].style = STYLE_WARNING;
	notes_lines(&lines, out->data);
	while (lines.n > LINES_MOST) {
		free((char *)lines.items[--lines.n].text);
		left++;
	}
	if (left)
		notes_addf(&lines, STYLE_WARNING, "and %zu more lines: run it from the shell to see all", left);
	app_page(app, text, &lines);
	notes_clear(&lines);
}

/* --- what a command asks --- */

void command_line_forget(struct app *app)
{
	free(app->command.line);
	free(app->command.question);
	free(app->command.text);
	memset(&app->command, 0, sizeof app->command);
}

/* A command's question: yes when that was said to it already, about this text; else it is kept to be asked. */
static bool hear_question(void *context, const char *text, const char *question)
{
	struct app *app = context;
	const bool said = app->command.text && app->command.question && !strcmp(app->command.text, text) &&
			  !strcmp(app->command.question, question);

	command_line_forget(app);
	if (said)
		return true;
	app->command.text = strdup(text);
	app->command.question = strdup(question);
	app->command.asked = app->command.text && app->command.question;
	return false;
}

/* What the command on that line asked as it ended. */
static void ask_question(struct app *app, const char *line)
{
	struct notes notes;

	app->command.asked = false;
	app->command.line = strdup(line);
	notes_init(&notes);
	notes_lines(&notes, app->command.text);
	app_confirm(app, TAG_COMMAND_YES, app->command.question, &notes);
	notes_clear(&notes);
}

bool command_line_answer(struct app *app, const struct event *event)
{
	char *line = app->command.line;

	if (event->tag != TAG_COMMAND_YES)
		return false;
	app->command.line = NULL;
	if (event->text && line) {
		command_line_run(app, line);
	} else {
		command_line_forget(app);
		app_message(app, STYLE_PLAIN, "nothing was done");
	}
	free(line);
	return true;
}

/* "calls import": the command, and which of its ways was asked for. */
static void work_words(const struct command *command, const struct arguments *args, char out[static MEANWHILE_WORK])
{
	const char *way = args->n_words ? args->words[0] : "";
	const bool known = *way && way[strspn(way, "abcdefghijklmnopqrstuvwxyz")] == '\0' && strstr(command->words, way);

	snprintf(out, MEANWHILE_WORK, "%s%s%s", command->name, known ? " " : "", known ? way : "");
}

static void tell_stopped(struct app *app, const struct invocation *run, const struct command *command)
{
	char work[MEANWHILE_WORK];

	work_words(command, run->args, work);
	app_message(app, STYLE_WARNING,
		    run->goes_on ? "%s was stopped: what was done stays, the same again goes on"
				 : "%s was stopped: what was done until then stays",
		    work);
}

/* Runs it on the session that is open, and puts back what it may have set there. */
static enum nm_code run_in_session(struct app *app, const struct command *command, struct invocation *run,
				   enum status *status, struct nm_error *err)
{
	struct session *session = app->session;
	const struct session before = *session;
	char work[MEANWHILE_WORK];
	enum nm_code code = command->plan == PLAN_READ ? session_need_plan(session, err) : NM_OK;

	run->session = command->plan == PLAN_NONE ? NULL : session;
	work_words(command, run->args, work);
	meanwhile_begin(app, work);
	app->running = command->name;
	if (!strcmp(command->name, "push") && app_plan(app))
		stages_begin(&app->stages, app_plan(app)->n_lines);
	if (!code)
		code = command->run(run, status, err);
	app->running = NULL;
	stages_end(&app->stages);
	meanwhile_end(app);
	session->options = before.options;
	session->keeps = before.keeps;
	session->progress = before.progress;
	session->idle = before.idle;
	session->working = before.working;
	session->progress_context = before.progress_context;
	return code;
}

/* Does it end one without a question? */
static bool ends_followup(const struct command *command, const struct arguments *args)
{
	return !strcmp(command->name, "followup") && args->n_words == 2 && !strcmp(args->words[0], "done");
}

static void run_command(struct app *app, const char *text, const struct command *command, const struct arguments *args)
{
	const bool help = argument_given(args, "help");
	enum status status = STATUS_GOOD;
	struct nm_buf out, notes;
	struct invocation run = { .args = args, .options = &app->session->options, .json = argument_given(args, "json"),
				  .out = &out, .notes = &notes };
	struct nm_buf first;
	struct aside aside;
	struct nm_error err;
	enum nm_code code = NM_OK;

	if (!help && (!may_run(app, command, args) || ask_override(app, command, args)))
		return;
	nm_buf_init(&out, OUTPUT_BYTES);
	nm_buf_init(&notes, OUTPUT_BYTES);
	nm_buf_init(&first, OUTPUT_BYTES);
	run.ask = hear_question;
	run.ask_context = app;
	run.first = &first;
	if (help) {
		command_usage(command, &out);
	} else if (aside_begin(&aside)) {
		code = run_in_session(app, command, &run, &status, &err);
		aside_end(&aside, &notes);
	}
	app_forget_facts(app);
	nm_buf_clear(&first);
	if (!app->command.asked)
		command_line_forget(app);
	else if (code)
		ask_question(app, text);
	if (!app->command.line && (out.len || notes.len))
		show_output(app, text, &notes, &out);
	if (app->command.line)
		app->message[0] = '\0';
	else if (code)
		app_error(app, &err);
	else if (run.stopped)
		tell_stopped(app, &run, command);
	else if (status != STATUS_GOOD)
		app_message(app, STYLE_WARNING, "%s is done, and something is wrong", command->name);
	else if (!help && ends_followup(command, args))
		app_message(app, STYLE_GOOD, "kept at once: followup reopen %s takes it back", args->words[1]);
	else if (out.len == 0 && notes.len == 0)
		app_message(app, STYLE_GOOD, "%s is done", command->name);
	nm_buf_clear(&out);
	nm_buf_clear(&notes);
}

/* A line that names a command; asked again when it is wrong. */
static void read_command(struct app *app, const char *text, const struct command *command, struct cut_line *cut, int first)
{
	struct arguments args;
	struct nm_error err;

	if (arguments_read(command, cut->n - first, cut->words + first, &args, &err)) {
		app_error(app, &err);
		command_line_ask(app, text);
		return;
	}
	run_command(app, text, command, &args);
	arguments_clear(&args);
}

static void run_words(struct app *app, const char *text, struct cut_line *cut)
{
	const bool said = !strcmp(cut->words[0], "nevermiss"); /* the command, where there is an action too */
	const char *word = cut->words[said && cut->n > 1];
	const struct command *command = command_find(word);
	bool several = false;
	const struct key_row *row = said || cut->n > 1 ? NULL : find_action(app, word, &several);

	if (cut->open) {
		app_message(app, STYLE_WARNING, "a quote is not closed");
		command_line_ask(app, text);
	} else if (!said && !strcmp(word, THEME_WORD) && cut->n == 2) {
		if (!theme_choose(app, cut->words[1]))
			command_line_ask(app, text);
	} else if (row && !several && (!command || !strcmp(row->name, word))) {
		app_act(app, &(struct event){ .action = row->action });
	} else if (command) {
		read_command(app, text, command, cut, 1 + said);
	} else {
		app_message(app, STYLE_WARNING,
			    several ? "%s could be more than one word: Tab completes"
				    : "%s is neither an action nor a screen nor a command: Tab completes",
			    word);
		command_line_ask(app, text);
	}
}

void command_line_run(struct app *app, const char *text)
{
	struct cut_line cut;

	if (!cut_line(text, &cut))
		app_message(app, STYLE_WARNING, "that are more than %d words", CUT_WORDS);
	else if (cut.n)
		run_words(app, text, &cut);
	free(cut.bytes);
}
