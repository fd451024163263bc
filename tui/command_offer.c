/* SPDX-License-Identifier: MIT */
/*
 * What the `:` line offers while it is typed.  In: the line so far, the tables of keys and commands, the plan, the
 * store, folders.  Out: whole lines.  What a value may be follows from its word in the table of commands.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "command_line.h"
#include "cut_line.h"
#include "nevermiss/carrier.h"
#include "theme.h"

#define OFFERS_MOST 500
#define VERSIONS_MOST 50
#define ENTRIES_MOST 10000 /* looked at in a folder */

/* A line being completed: what stands before its last word stays. */
struct offer {
	const struct app *app;
	const char *typed;
	size_t before;    /* bytes before the last word */
	const char *word; /* what of it is typed, without quotes */
	struct notes *out;
};

/* more: of which more is to be typed. */
static void offer_part(struct offer *offer, const char *word, bool more)
{
	struct nm_buf line;
	bool known = offer->out->n >= OFFERS_MOST || strncmp(word, offer->word, strlen(offer->word)) != 0;

	nm_buf_init(&line, PROMPT_BYTES);
	nm_buf_addn(&line, offer->typed, offer->before);
	known = known || !cut_quoted(word, more, &line) || line.failed;
	for (size_t i = 0; i < offer->out->n && !known; i++)
		known = !strcmp(offer->out->items[i].text, line.data);
	if (!known)
		notes_add(offer->out, STYLE_PLAIN, line.data);
	nm_buf_clear(&line);
}

static void offer_word(struct offer *offer, const char *word)
{
	offer_part(offer, word, false);
}

/* Those of "booked|resolved|lost". */
static void offer_choices(struct offer *offer, const char *choices, size_t len)
{
	const char *end = choices + len;

	for (const char *at = choices; at < end;) {
		const size_t n = strcspn(at, "| ");
		char word[64];

		snprintf(word, sizeof word, "%.*s", (int)n, at);
		offer_word(offer, word);
		at += n + 1;
	}
}

/* --- files --- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A hidden one only once its dot is typed; none that cannot be typed. */
static bool fits(const char *name, const char *begin)
{
	if (strncmp(name, begin, strlen(begin)) != 0 || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (const char *at = name; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 127)
			return false;
	}
	return *name != '.' || *begin == '.';
}

static void offer_entries(struct offer *offer, char **names, size_t n, const char *folder, bool folders_only)
{
	qsort(names, n, sizeof *names, compare_names);
	for (size_t i = 0; i < n; i++) {
		struct nm_buf path;
		bool inner;

		nm_buf_init(&path, PROMPT_BYTES);
		nm_buf_addf(&path, "%s%s", folder, names[i]);
		inner = !path.failed && is_folder(path.data);
		if (inner)
			nm_buf_add(&path, "/");
		if (!path.failed && (inner || !folders_only) && path.data[0] != '-')
			offer_part(offer, path.data, inner);
		nm_buf_clear(&path);
		free(names[i]);
	}
}

/* The entries of the folder whose name is typed, as far as their own is; a folder with its slash. */
static void offer_files(struct offer *offer, bool folders_only)
{
	const char *slash = strrchr(offer->word, '/'), *begin = slash ? slash + 1 : offer->word;
	char *folder = strndup(offer->word, (size_t)(begin - offer->word));
	DIR *dir = folder ? opendir(*folder ? folder : ".") : NULL;
	char **names = calloc(ENTRIES_MOST, sizeof *names);
	const struct dirent *entry;
	size_t n = 0;

	for (size_t looked = 0; dir && names && looked < ENTRIES_MOST && (entry = readdir(dir)); looked++) {
		if (fits(entry->d_name, begin) && (names[n] = strdup(entry->d_name)))
			n++;
	}
	if (n)
		offer_entries(offer, names, n, folder, folders_only);
	if (dir)
		closedir(dir);
	free(names);
	free(folder);
}

/* --- of the plan and the store --- */

/* "sam=busy", each with all that a destination can do. */
static void offer_settings(struct offer *offer, const struct nm_plan *plan)
{
	static const char *const does[] = {"answer", "answer@6s", "noanswer", "busy", "declined", "unreachable"};

	for (size_t i = 0; i < plan->n_destinations; i++) {
		for (size_t k = 0; k < sizeof does / sizeof *does; k++) {
			struct nm_buf word;

			nm_buf_init(&word, PROMPT_BYTES);
			nm_buf_addf(&word, "%s=%s", plan->destinations[i].name, does[k]);
			offer_word(offer, word.data);
			nm_buf_clear(&word);
		}
	}
}

static void offer_callers(struct offer *offer, const struct nm_plan *plan)
{
	offer_choices(offer, "unknown|anonymous", strlen("unknown|anonymous"));
	for (size_t i = 0; i < plan->n_callers; i++) {
		for (size_t k = 0; k < plan->callers[i].n && offer->out->n < OFFERS_MOST; k++) {
			const struct nm_caller_pattern *pattern = &plan->callers[i].patterns[k];
			char number[NM_NUMBER_TEXT];

			if (pattern->anonymous || pattern->prefix)
				continue;
			nm_number_write(pattern->number, number);
			offer_word(offer, number);
		}
	}
}

static void offer_versions(struct offer *offer)
{
	struct nm_versions versions;
	struct nm_store *store;

	if (session_store(offer->app->session, &store, NULL) || nm_store_versions(store, VERSIONS_MOST, &versions, NULL))
		return;
	for (size_t i = 0; i < versions.n; i++) {
		char id[32];

		snprintf(id, sizeof id, "%lld", (long long)versions.items[i].id);
		offer_word(offer, id);
	}
	nm_versions_clear(&versions);
}

/* Words that need no plan that reads. */
static void offer_other(struct offer *offer, enum value_kind kind)
{
	switch (kind) {
	case VALUE_FILE:
	case VALUE_FOLDER:
		offer_files(offer, kind == VALUE_FOLDER);
		break;
	case VALUE_PLAN:
		offer_versions(offer);
		offer_files(offer, false);
		break;
	case VALUE_VERSION:
		offer_versions(offer);
		break;
	case VALUE_DRIVER:
		for (size_t i = 0; i < nm_carriers_count; i++)
			offer_word(offer, nm_carriers[i]->name);
		break;
	case VALUE_SCREEN:
		for (size_t i = 0; i < APP_TABS; i++)
			offer_word(offer, app_screens[i]->name);
		break;
	default:
		break;
	}
}

#define OFFER_NAMES(ITEMS)                            \
	for (size_t i = 0; i < plan->n_##ITEMS; i++)  \
		offer_word(offer, plan->ITEMS[i].name)

static void offer_kind(struct offer *offer, enum value_kind kind)
{
	const struct nm_plan *plan = app_plan(offer->app);

	offer_other(offer, kind);
	if (!plan)
		return;
	switch (kind) {
	case VALUE_LINE:
		OFFER_NAMES(lines);
		break;
	case VALUE_PATH:
		OFFER_NAMES(paths);
		break;
	case VALUE_CALLERS:
		OFFER_NAMES(callers);
		break;
	case VALUE_ACCOUNT:
		OFFER_NAMES(accounts);
		break;
	case VALUE_DESTINATION:
		OFFER_NAMES(destinations);
		break;
	case VALUE_OVERRIDE:
		for (size_t i = 0; i < plan->n_overrides; i++)
			offer_word(offer, plan->overrides[i].rule.name);
		break;
	case VALUE_CALENDAR:
		OFFER_NAMES(calendars);
		break;
	case VALUE_TEST:
		OFFER_NAMES(tests);
		break;
	case VALUE_ZONE:
		offer_word(offer, nm_zone_name(plan->zone));
		offer_word(offer, "UTC");
		break;
	case VALUE_SETTING:
		offer_settings(offer, plan);
		break;
	case VALUE_CALLER:
		offer_callers(offer, plan);
		break;
	default:
		break;
	}
}

/* What the table calls a value, or a word: "L", "mdy|dmy". */
static void offer_value(struct offer *offer, const char *word, size_t len)
{
	const struct value_word value = command_value(word, len);

	if (value.kind == VALUE_CHOICE)
		offer_choices(offer, value.choices, value.len);
	else
		offer_kind(offer, value.kind);
}

/* --- lines --- */

static void offer_options(struct offer *offer, const struct command_option *options)
{
	for (; options->name; options++) {
		char word[64];

		snprintf(word, sizeof word, "--%s", options->name);
		offer_word(offer, word);
	}
}

/* The words of a command before the one that is typed: how many are none of its options, and the option whose value
 * it is. */
struct typed_before {
	const struct command_option *option;
	const char *first; /* of those that are no options; NULL */
	size_t n;
};

static struct typed_before before_of(const struct command *command, char *const *words, int n)
{
	struct typed_before context = {0};

	for (int i = 0; i < n; i++) {
		const struct command_option *was = context.option;

		context.option = NULL;
		if (was)
			continue;
		if (words[i][0] == '-' && words[i][1]) {
			context.option = strchr(words[i], '=') ? NULL : command_option_named(command, words[i]);
			if (context.option && !context.option->value)
				context.option = NULL;
		} else {
			context.first = context.n ? context.first : words[i];
			context.n++;
		}
	}
	return context;
}

/* What may follow the words before: the value of an option, or a word or another option. */
static void offer_next(struct offer *offer, const struct command *command, char *const *words, int n)
{
	const struct typed_before context = before_of(command, words, n);
	size_t len;
	const char *word = command_word(command, context.n, context.first, &len);

	if (context.option) {
		offer_value(offer, context.option->value, strlen(context.option->value));
		return;
	}
	if (word)
		offer_value(offer, word, len);
	offer_options(offer, command->options);
}

static void offer_first(struct offer *offer, bool actions)
{
	for (size_t i = 0; actions && i < key_rows_count; i++) {
		if (keymap_takes(app_tab_context(offer->app), &key_rows[i]))
			offer_word(offer, key_rows[i].name);
	}
	for (size_t i = 0; i < commands_count; i++)
		offer_word(offer, commands[i].name);
}

void command_line_offer(const struct app *app, const char *typed, struct notes *out)
{
	struct offer offer = {app, typed, cut_last(typed, strlen(typed)), "", out};
	struct cut_line cut;
	int n, first;

	if (cut_line(typed, &cut)) {
		n = cut.n - (typed[offer.before] != '\0');
		first = n > 0 && !strcmp(cut.words[0], "nevermiss");
		offer.word = n < cut.n ? cut.words[n] : "";
		if (n == first)
			offer_first(&offer, !first);
		else if (command_find(cut.words[first]))
			offer_next(&offer, command_find(cut.words[first]), cut.words + first + 1, n - first - 1);
		else if (!first && n == 1 && !strcmp(cut.words[0], THEME_WORD))
			for (int theme = 0; theme < THEME_COUNT; theme++)
				offer_word(&offer, theme_name((enum theme)theme));
	}
	free(cut.bytes);
}
