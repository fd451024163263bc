/* SPDX-License-Identifier: MIT */
/*
 * Asking for a value: see plan_ask.h.  In: an option of the language, the plan's names, answers.  Out: dialogs,
 * a value.  Does not judge a value: the reader does, in its own words.
 */
#include "plan_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_parts.h"
#include "zones.h"

/* No section can be called so: names hold no brackets. */
#define TYPE_IT	  "(type it)"
#define LEAVE_OUT "(leave it out)"
#define NONE	  "(an empty list: it matches nothing)"

/* Values to choose from; texts borrowed from the plan, the table, `words` or `zones`. */
struct choices {
	const char **items;
	size_t n, capacity;
	struct nm_arena *words;
	struct zones zones;
};

static void choices_clear(struct choices *choices)
{
	free(choices->items);
	nm_arena_free(choices->words);
	zones_clear(&choices->zones);
}

/* What memory has no room for is not offered. */
static void offer(struct choices *choices, const char *text)
{
	void *items = choices->items;

	if (!text || !nm_grow(&items, &choices->capacity, choices->n + 1, sizeof *choices->items))
		return;
	choices->items = items;
	choices->items[choices->n++] = text;
}

static void offer_sections(struct choices *choices, const struct nm_plan *plan, const struct plan_kind *kind)
{
	for (size_t i = 0; i < plan_parts(plan, kind); i++)
		offer(choices, plan_part(plan, kind, i).name);
}

/* Each of the values of the table: the sections of a kind, or the word itself. */
static void offer_values(struct choices *choices, const struct nm_plan *plan, const struct nm_option_info *info)
{
	size_t len;

	for (const char *at = info->values; at; at = at[len] ? at + len + 1 : NULL) {
		char *word;
		const struct plan_kind *kind;

		len = strcspn(at, "|");
		word = choices->words ? nm_arena_textn(choices->words, at, len) : NULL;
		kind = word && plan_names_sections(info) ? plan_kind_of(word) : NULL;
		if (kind)
			offer_sections(choices, plan, kind);
		else
			offer(choices, word);
	}
}

/* Those of the plan's country; none where the machine knows of none. */
static void offer_zones(struct choices *choices, const struct nm_plan *plan)
{
	zones_read(&choices->zones);
	for (size_t i = 0; i < choices->zones.n; i++)
		if (!strcmp(choices->zones.items[i].country, plan->country))
			offer(choices, choices->zones.items[i].name);
}

/* Those that a number can be of. */
static void offer_countries(struct choices *choices)
{
	for (char a = 'A'; a <= 'Z'; a++) {
		for (char b = 'A'; b <= 'Z'; b++) {
			const char country[] = {a, b, '\0'};

			if (choices->words && nm_country_known(country))
				offer(choices, nm_arena_text(choices->words, country));
		}
	}
}

/* What each destination may do; when it answers is told by who types it. */
static void offer_settings(struct choices *choices, const struct nm_plan *plan)
{
	for (size_t i = 0; i < plan->n_destinations && choices->words; i++) {
		for (enum nm_behaviour does = NM_NO_ANSWER; does <= NM_UNREACHABLE; does++)
			offer(choices, nm_arena_format(choices->words, "%s=%s", plan->destinations[i].name,
						       nm_behaviour_name(does)));
	}
}

static struct choices choices_of(const struct nm_plan *plan, const struct nm_option_info *info)
{
	struct choices choices = {.words = nm_arena_new()};

	if (info->type == NM_TYPE_YES_NO) {
		offer(&choices, "yes");
		offer(&choices, "no");
	} else if (info->type == NM_TYPE_ZONE) {
		offer_zones(&choices, plan);
	} else if (info->type == NM_TYPE_COUNTRIES) {
		offer_countries(&choices);
	} else if (info->type == NM_TYPE_SETTINGS) {
		offer_settings(&choices, plan);
	} else {
		offer_values(&choices, plan, info);
	}
	return choices;
}

/* May it have a value that is none of the words? */
static bool open_ended(const struct nm_option_info *info)
{
	switch (info->type) {
	case NM_TYPE_TEXT:
	case NM_TYPE_ZONE:
	case NM_TYPE_COUNTRY:
	case NM_TYPE_OWN_VOICEMAIL:
	case NM_TYPE_PHONE:
	case NM_TYPE_PATTERNS:
		return true;
	default:
		return false;
	}
}

/* A list whose values are sections of the plan, and nothing else. */
static bool names_only(const struct nm_option_info *info)
{
	return info->type == NM_TYPE_REFERENCES || info->type == NM_TYPE_TARGETS;
}

/* Of a rule's schedules, callers and lines an empty list matches nothing, one that is not given everything. */
static bool empty_means(const struct nm_option_info *info)
{
	return info->type == NM_TYPE_REFERENCES;
}

/* --- a list as it is typed: "a, b, \"c, d\"" --- */

/* False: they are more than can be typed. */
static bool join(const char *const *values, size_t n, char out[static PROMPT_BYTES])
{
	struct nm_buf text;
	bool fits;

	nm_buf_init(&text, PROMPT_BYTES - 1);
	for (size_t i = 0; i < n; i++) {
		const bool quoted = n > 1 && strchr(values[i], ',');

		nm_buf_addf(&text, "%s%s%s%s", i ? ", " : "", quoted ? "\"" : "", values[i], quoted ? "\"" : "");
	}
	fits = !text.failed;
	snprintf(out, PROMPT_BYTES, "%s", fits ? text.data : "");
	nm_buf_clear(&text);
	return fits;
}

/* Cuts the text in place; values has room for one more than its commas.  How many there are. */
static size_t split(char *text, const char **values)
{
	size_t n = 0;

	while (*text) {
		char *end, *start;
		const bool quoted = *(text += strspn(text, " ,")) == '"';

		start = text + quoted;
		end = start + strcspn(start, quoted ? "\"" : ",");
		text = *end ? end + 1 : end;
		*end = '\0';
		while (!quoted && end > start && end[-1] == ' ')
			*--end = '\0';
		if (*start || quoted)
			values[n++] = start;
	}
	return n;
}

/* The same of names that stand a line each. */
static size_t split_lines(char *text, const char **values)
{
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		const bool more = text[len] != '\0';

		values[n++] = text;
		text[len] = '\0';
		text += len + more;
	}
	return n;
}

static enum ask_result write_list(const struct nm_option_info *info, const char *typed, bool lines, struct nm_buf *value)
{
	char *copy = strdup(typed);
	const char **values = calloc(strlen(typed) + 1, sizeof *values);

	if (copy && values)
		nm_edit_value(info, values, lines ? split_lines(copy, values) : split(copy, values), value);
	free(values);
	free(copy);
	return value->len ? ASK_VALUE : ASK_DISMISSED;
}

/* --- questions --- */

void ask_help(struct app *app, const struct ask *ask)
{
	app_message(app, STYLE_DIM, "%s%s", ask->info->help, ask->optional ? " Empty leaves it out." : "");
}

/* again: what is in ask->typed was typed, and is wrong. */
static void ask_line(struct app *app, int tag, struct ask *ask, bool again)
{
	char question[64];

	ask->typing = true;
	snprintf(question, sizeof question, "%s =", ask->info->name);
	if (!app->message[0])
		ask_help(app, ask);
	app_ask_heard(app, tag,
		      &(struct heard_line){.question = question,
					   .offered = ask->typed,
					   .typed = again ? ask->typed : NULL,
					   .hear = ask->hear});
}

static void ask_choice(struct app *app, int tag, struct ask *ask, struct choices *choices, const char *now)
{
	char question[256];
	size_t first = 0;

	if (open_ended(ask->info)) {
		first = now ? choices->n : 0;
		offer(choices, TYPE_IT);
	}
	if (ask->optional)
		offer(choices, LEAVE_OUT);
	for (size_t i = 0; i < choices->n; i++)
		first = now && !strcmp(choices->items[i], now) ? i : first;
	snprintf(question, sizeof question, "%s: %s", ask->info->name, ask->info->help);
	app_choose(app, tag, question, choices->items, choices->n, first);
}

static bool has(const char *const *values, size_t n, const char *value)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(values[i], value))
			return true;
	return false;
}

/* What a list has stands first where it may be anything; what else it could have, behind that. */
static void put_first(struct choices *choices, const char *const *values, size_t n)
{
	struct choices known = *choices;

	choices->items = NULL;
	choices->n = choices->capacity = 0;
	for (size_t i = 0; i < n; i++)
		offer(choices, values[i]);
	for (size_t i = 0; i < known.n; i++)
		if (!has(values, n, known.items[i]))
			offer(choices, known.items[i]);
	free(known.items);
}

static void ask_several(struct app *app, int tag, const struct ask *ask, struct choices *choices,
			const char *const *values, size_t n)
{
	size_t *taken = calloc(n + 1, sizeof *taken), n_taken = 0;
	char question[256];

	if (!names_only(ask->info)) {
		put_first(choices, values, n);
		for (; taken && n_taken < n; n_taken++)
			taken[n_taken] = n_taken;
	}
	for (size_t i = 0; taken && i < n && names_only(ask->info); i++)
		for (size_t j = 0; j < choices->n; j++)
			if (!strcmp(choices->items[j], values[i]) && n_taken < choices->n)
				taken[n_taken++] = j;
	snprintf(question, sizeof question, "%s: %s%s", ask->info->name, ask->info->help,
		 ask->optional && !empty_means(ask->info) ? " None leaves it out." : "");
	app_choose_several(app, tag,
			   &(struct several){.question = question,
					     .items = choices->items,
					     .n = choices->n,
					     .taken = taken,
					     .n_taken = n_taken,
					     .open = !names_only(ask->info),
					     .hear = ask->hear});
	free(taken);
}

static void tell_too_long(struct app *app, const struct nm_option_info *info)
{
	app_message(app, STYLE_WARNING, "%s is longer than can be typed here: e opens it in your editor", info->name);
}

/* Is it shown value by value?  The first number of a list is typed at once. */
static bool as_list(const struct nm_option_info *info, const struct choices *choices, size_t n)
{
	return nm_option_is_list(info->type) && (n || (choices->n && info->type != NM_TYPE_PATTERNS));
}

void ask_value(struct app *app, int tag, struct ask *ask, const struct nm_option_info *info, bool optional,
	       const char *const *values, size_t n)
{
	struct choices choices = choices_of(app_plan(app), info);

	*ask = (struct ask){.hear = ask->hear, .tag = tag, .info = info, .optional = optional};
	if (as_list(info, &choices, n))
		ask_several(app, tag, ask, &choices, values, n);
	else if (!join(values, n, ask->typed))
		tell_too_long(app, info);
	else if (choices.n && !nm_option_is_list(info->type))
		ask_choice(app, tag, ask, &choices, n ? values[0] : info->fallback);
	else if (plan_names_sections(info))
		app_message(app, STYLE_WARNING, "%s names a %s, and there is none yet: A adds one", info->name,
			    info->values);
	else
		ask_line(app, tag, ask, false);
	choices_clear(&choices);
}

/* Ringing is counted in seconds: a bare number can mean nothing else there. */
static bool counts_seconds(const struct nm_option_info *info)
{
	return nm_word_listed("for|lasts|own_voicemail|hangup", info->name);
}

static void read_value(const struct nm_option_info *info, const char *text, struct nm_buf *value)
{
	const bool bare = *text && !text[strspn(text, "0123456789")];
	struct nm_buf typed;
	const char *read;

	nm_buf_init(&typed, PROMPT_BYTES);
	nm_buf_addf(&typed, "%s%s", text, bare && counts_seconds(info) ? "s" : "");
	read = typed.failed ? text : typed.data;
	nm_edit_value(info, &read, 1, value);
	nm_buf_clear(&typed);
}

enum ask_result ask_read(const struct ask *ask, const char *text, struct nm_buf *value)
{
	if (ask->optional && !*text && empty_means(ask->info))
		return ASK_MORE;
	if (!ask->typing && !strcmp(text, NONE)) {
		nm_edit_value(ask->info, NULL, 0, value);
		return ASK_VALUE;
	}
	if (ask->optional && (!*text || !strcmp(text, LEAVE_OUT)))
		return ASK_LEAVE_OUT;
	if (nm_option_is_list(ask->info->type))
		return write_list(ask->info, text, !ask->typing, value);
	read_value(ask->info, text, value);
	return ASK_VALUE;
}

/* Goes on with what was taken of a list, a line each, as one text. */
static enum ask_result type_list(struct app *app, int tag, struct ask *ask, const char *lines)
{
	char *copy = strdup(lines);
	const char **values = calloc(strlen(lines) + 1, sizeof *values);
	bool fits = false;

	if (copy && values)
		fits = join(values, split_lines(copy, values), ask->typed);
	free(values);
	free(copy);
	if (!fits) {
		tell_too_long(app, ask->info);
		return ASK_DISMISSED;
	}
	ask_line(app, tag, ask, false);
	return ASK_MORE;
}

enum ask_result ask_take(struct app *app, int tag, struct ask *ask, const struct event *event, struct nm_buf *value)
{
	enum ask_result result;
	const char *text = event->text;

	if (!text)
		return ASK_DISMISSED;
	if (strcmp(text, TYPE_IT) != 0)
		ask->cut = (size_t)snprintf(ask->typed, sizeof ask->typed, "%s", text) >= sizeof ask->typed;
	if (!ask->typing && event->index == SEVERAL_AS_TEXT)
		return type_list(app, tag, ask, text);
	if (!ask->typing && !strcmp(text, TYPE_IT)) {
		ask_line(app, tag, ask, false);
		return ASK_MORE;
	}
	result = ask_read(ask, text, value);
	if (result == ASK_MORE) {
		static const char *const meanings[] = {LEAVE_OUT, NONE};

		ask->typing = false;
		app_choose(app, tag, "nothing is chosen: what is meant?", meanings, 2, 0);
	}
	return result;
}

void ask_again(struct app *app, int tag, struct ask *ask)
{
	char *copy = strdup(ask->typed);
	const char **values = calloc(strlen(ask->typed) + 1, sizeof *values);

	if (ask->cut) /* what is wrong was said: half a list is not asked about */
		ask->typing = false;
	else if (ask->typing)
		ask_line(app, tag, ask, true);
	else if (copy && values)
		ask_value(app, tag, ask, ask->info, ask->optional, values, split_lines(copy, values));
	free(values);
	free(copy);
}
