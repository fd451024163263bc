/* SPDX-License-Identifier: MIT */
/*
 * The plan language: every word of it reads, every value is checked, every mistake is told with its
 * line, and nothing that stands in a file is dropped in silence.
 */
#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "plan_private.h"

#include "nevermiss/edit.h"

#define HEAD                                                                                                 \
	"timezone = \"America/Chicago\" country = \"US\"\naccount box { driver = sandbox }\n"                \
	"line main { number = \"+15125550100\" account = box }\n"
#define OWNER "destination owner { kind = personal number = \"+15125550111\" }\n"
#define DAY "path day { step { ring = owner } }\n"

/* --- helpers --- */

static char *source_path(const char *name)
{
	const char *top = getenv("NM_SRCDIR");
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", top ? top : ".", name) >= 0);
	return path;
}

static struct nm_buf read_whole(const char *path)
{
	struct nm_buf text;
	struct nm_error err;

	nm_buf_init(&text, 4 * NM_PLAN_BYTES);
	if (nm_file_read(path, 4 * NM_PLAN_BYTES, &text, &err))
		fail_msg("%s: %s", path, err.text);
	return text;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char *path = NULL;
	FILE *file;

	assert_true(asprintf(&path, "%s/%s", dir, name) >= 0);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	free(path);
}

/* All mistakes as FILE:LINE: text lines, `dir/` taken out wherever it stands.  Owned by the caller. */
static char *mistakes_text(const struct nm_diags *diags, const char *dir)
{
	struct nm_buf out;
	size_t i, dir_len = strlen(dir);

	nm_buf_init(&out, 1u << 20);
	for (i = 0; i < diags->n; i++) {
		char *line = NULL;
		const char *c;

		assert_true(asprintf(&line, "%s:%d: %s\n", diags->items[i].file, diags->items[i].line,
				     diags->items[i].text) >= 0);
		for (c = line; *c;) {
			if (dir_len && !strncmp(c, dir, dir_len) && c[dir_len] == '/')
				c += dir_len + 1;
			else
				nm_buf_addn(&out, c++, 1);
		}
		free(line);
	}
	assert_false(out.failed);
	return out.len ? nm_buf_take(&out) : strdup("");
}

static void assert_ends_with_problem(const struct nm_diag *diag)
{
	const size_t text = strlen(diag->text), problem = strlen(diag->problem);

	assert_true(problem > 0 && problem <= text);
	assert_string_equal(diag->text + text - problem, diag->problem);
	assert_true(problem == text || !strncmp(diag->text + text - problem - 2, ": ", 2));
}

/* Mistakes of a text that stands in no file; NULL when there are none. */
static char *mistakes_of(const char *file, const char *text, size_t len)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;
	enum nm_code code;
	char *told = NULL;

	nm_diags_init(&diags);
	code = nm_plan_read(file, text, len, &plan, &diags, &err);
	if (code) {
		assert_int_equal(code, NM_INPUT);
		assert_null(plan);
		assert_true(diags.n > 0);
		for (size_t i = 0; i < diags.n; i++)
			assert_ends_with_problem(&diags.items[i]);
		told = mistakes_text(&diags, "");
	} else {
		assert_int_equal(diags.n, 0);
		nm_plan_free(plan);
	}
	nm_diags_clear(&diags);
	return told;
}

static void expect_mistake(const char *text, const char *expected)
{
	char *told = mistakes_of("p", text, strlen(text));

	assert_non_null(told);
	if (!strstr(told, expected))
		fail_msg("expected: %s\ntold: %s", expected, told);
	free(told);
}

static struct nm_plan *read_good(const char *file, const char *text, size_t len)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;

	nm_diags_init(&diags);
	if (nm_plan_read(file, text, len, &plan, &diags, &err))
		fail_msg("%s: %s", err.text, diags.n ? diags.items[0].text : "");
	nm_diags_clear(&diags);
	return plan;
}

static struct nm_plan *read_text(const char *text)
{
	return read_good("p", text, strlen(text));
}

static char *full_path;
static struct nm_buf full;

static int load_full(void **state)
{
	(void)state;
	full_path = source_path("tests/golden/full.conf");
	full = read_whole(full_path);
	return 0;
}

static int free_full(void **state)
{
	(void)state;
	nm_buf_clear(&full);
	free(full_path);
	return 0;
}

/* The outline of full.conf, for going through what stands there. */
struct outline {
	struct nm_arena *arena;
	struct nm_diags diags;
	struct nm_raw raw;
	struct nm_scanned scanned;
};

static void outline_init(struct outline *outline)
{
	outline->arena = nm_arena_new();
	assert_non_null(outline->arena);
	nm_diags_init(&outline->diags);
	nm_raw_init(&outline->raw, outline->arena, &outline->diags);
	assert_true(nm_plan_scan(&outline->raw, full_path, full.data, full.len, &outline->scanned));
	assert_int_equal(outline->raw.mistakes, 0);
}

static void outline_clear(struct outline *outline)
{
	nm_diags_clear(&outline->diags);
	nm_arena_free(outline->arena);
}

/* --- the language --- */

static void every_word_of_the_language_is_read(void **state)
{
	struct outline outline;
	const struct nm_raw_option *option;
	const struct nm_raw_section *section;
	size_t i;

	(void)state;
	/* A text that reads without mistakes has every option used: one that no code reads is told. */
	nm_plan_free(read_good(full_path, full.data, full.len));
	outline_init(&outline);
	for (i = 0; i < nm_options_count; i++) {
		/* Of the ways to name a secret a section takes one: crm's other two are below. */
		bool found =
			nm_options[i].type == NM_TYPE_SECTION ||
			(!strcmp(nm_options[i].section, "crm") && !strncmp(nm_options[i].name, "token_", 6));

		for (option = outline.scanned.first; option; option = option->after)
			found |= option->info == &nm_options[i];
		if (!found)
			fail_msg("full.conf has no %s of section '%s'", nm_options[i].name,
				 nm_options[i].section);
	}
	for (i = 0; i < nm_sections_count; i++) {
		bool found = !strcmp(nm_sections[i].name, "step");

		for (section = outline.scanned.sections; section; section = section->next)
			found |= section->info == &nm_sections[i];
		if (!found)
			fail_msg("full.conf has no section '%s'", nm_sections[i].name);
	}
	outline_clear(&outline);
}

static void a_secret_is_named_in_one_of_three_ways(void **state)
{
	struct nm_plan *plan =
		read_text(HEAD "crm { url = \"https://crm.example.org/\" token_env = CRM_TOKEN }\n");

	(void)state;
	assert_string_equal(plan->crm.token_env, "CRM_TOKEN");
	nm_plan_free(plan);
	plan = read_text(HEAD "crm { url = \"https://crm.example.org/\" token_file = \"/etc/crm\" }\n");
	assert_string_equal(plan->crm.token_file, "/etc/crm");
	nm_plan_free(plan);
}

static void the_table_says_everything_once(void **state)
{
	size_t i, j;

	(void)state;
	assert_true(nm_sections_count < NM_SECTION_KINDS);
	for (i = 0; i < nm_options_count; i++) {
		const struct nm_option_info *info = &nm_options[i];

		assert_true(!*info->section || nm_section_find(info->section));
		assert_true(strlen(info->help) > 10);
		assert_int_equal(info->help[strlen(info->help) - 1], '.');
		assert_false(info->required && info->fallback);
		for (j = 0; j < i; j++)
			assert_false(!strcmp(info->section, nm_options[j].section) &&
				     !strcmp(info->name, nm_options[j].name));
		if (info->type == NM_TYPE_REFERENCE || info->type == NM_TYPE_REFERENCES) {
			const char *kind = strrchr(info->values, '|');

			assert_non_null(nm_section_find(kind ? kind + 1 : info->values));
		}
		if (info->type == NM_TYPE_CHOICE)
			assert_non_null(info->values);
	}
}

/* Reads a plan with each of the option's words in the place of the %s of these two. */
static void each_word_reads(const char *section, const char *option, const char *before, const char *after)
{
	const struct nm_option_info *info = nm_option_find(section, option);
	size_t len;

	assert_non_null(info);
	assert_non_null(info->values);
	for (const char *word = info->values; word; word = word[len] ? word + len + 1 : NULL) {
		struct nm_buf text;

		len = strcspn(word, "|");
		nm_buf_init(&text, 10000);
		nm_buf_addf(&text, "%s%s = \"%.*s\"%s", before, option, (int)len, word, after);
		nm_plan_free(read_good("p", text.data, text.len));
		nm_buf_clear(&text);
	}
}

/* What forms offer is taken. */
static void usual_values_read(void **state)
{
	const char *countries = nm_option_find("", "country")->values;
	size_t len;

	(void)state;
	each_word_reads("", "country", "", " timezone = UTC\naccount box { driver = sandbox }\n"
					   "line main { number = \"+15125550100\" account = box }\n" OWNER DAY);
	each_word_reads("", "currency", HEAD OWNER DAY, "\n");
	each_word_reads("emergency", "key", HEAD OWNER DAY "emergency { lines = main path = day ", " }\n");
	each_word_reads("account", "hours", HEAD OWNER DAY "account toy { driver = sandbox ", " }\n");
	each_word_reads("account", "carrier", HEAD OWNER DAY "account toy { driver = codes ", " }\n");
	for (const char *word = countries; word; word = word[len] ? word + len + 1 : NULL) {
		char country[3];

		len = strcspn(word, "|");
		snprintf(country, sizeof country, "%.*s", (int)len, word);
		if (!nm_word_listed(nm_option_find("", "currency")->values, nm_country_currency(country)))
			fail_msg("the currency of %s is not offered", country);
	}
}

/* Where the value of an option stands: [from, until) of full.data. */
static void value_span(const struct nm_raw_option *option, size_t *from, size_t *until)
{
	const char *c = full.data;
	const size_t len = strlen(option->info->name);
	int line;

	for (line = 1; line < option->pos.line; line++)
		c = strchr(c, '\n') + 1;
	for (;; c++) {
		const char *after = c + len + strspn(c + len, " ");

		if (!strncmp(c, option->info->name, len) && *after == '=' &&
		    (c == full.data || strchr(" \n{", c[-1]))) {
			c = after + 1 + strspn(after + 1, " ");
			break;
		}
		assert_int_not_equal(*c, '\0');
	}
	*from = (size_t)(c - full.data);
	if (*c == '"' || *c == '\'')
		c = strchr(c + 1, *c) + 1;
	else if (*c == '{')
		c = strchr(c, '}') + 1;
	else
		c += strcspn(c, " \n}");
	*until = (size_t)(c - full.data);
}

/* full.conf with [from, until) replaced; owned by the caller. */
static char *replaced(size_t from, size_t until, const char *with)
{
	char *text = NULL;

	assert_true(asprintf(&text, "%.*s%s%s", (int)from, full.data, with, full.data + until) >= 0);
	return text;
}

static void a_wrong_value_of_any_option_is_told_with_its_line(void **state)
{
	struct outline outline;
	const struct nm_raw_option *option;
	size_t checked = 0;

	(void)state;
	outline_init(&outline);
	for (option = outline.scanned.first; option; option = option->after) {
		size_t from, until;
		char *text, *told, *where = NULL;

		value_span(option, &from, &until);
		text = replaced(from, until, option->info->type == NM_TYPE_TEXT ? "''" : "'?!'");
		told = mistakes_of(full_path, text, strlen(text));
		assert_true(asprintf(&where, "%s:%d: ", full_path, option->pos.line) >= 0);
		if (!told || !strstr(told, where))
			fail_msg("%s of %s on line %d is not checked: %s", option->info->name,
				 option->info->section, option->pos.line, told ? told : "no mistake");
		free(where);
		free(told);
		free(text);
		checked++;
	}
	assert_true(checked > nm_options_count);
	outline_clear(&outline);
}

static void a_misspelt_option_is_never_dropped(void **state)
{
	struct outline outline;
	const struct nm_raw_option *option;

	(void)state;
	outline_init(&outline);
	for (option = outline.scanned.first; option; option = option->after) {
		size_t from, until;
		char *text, *told, *expected = NULL;

		value_span(option, &from, &until);
		while (full.data[from - 1] != '=')
			from--;
		from--;
		while (full.data[from - 1] == ' ')
			from--;
		text = replaced(from, from, "zz");
		told = mistakes_of(full_path, text, strlen(text));
		assert_true(asprintf(&expected, ":%d: unknown option '%szz'", option->pos.line,
				     option->info->name) >= 0);
		if (!told || !strstr(told, expected))
			fail_msg("%s: %s", expected, told ? told : "no mistake");
		free(expected);
		free(told);
		free(text);
	}
	outline_clear(&outline);
}

/* --- what a plan holds --- */

static void a_plan_holds_what_was_written(void **state)
{
	struct nm_plan *plan = read_good(full_path, full.data, full.len);
	const struct nm_destination *owner = &plan->destinations[nm_plan_find_destination(plan, "owner")];
	const struct nm_destination *desk = &plan->destinations[nm_plan_find_destination(plan, "desk")];
	const struct nm_path *escalate = &plan->paths[nm_plan_find_path(plan, "escalate")];
	char number[NM_NUMBER_TEXT];

	(void)state;
	assert_string_equal(plan->business, "Smith Plumbing");
	assert_string_equal(plan->timezone, "America/Chicago");
	assert_string_equal(plan->currency, "USD");
	assert_int_equal(plan->n_allow, 2);
	assert_string_equal(plan->allow[1], "CA");
	assert_int_equal(plan->retention_s, 52 * 7 * NM_DAY);
	assert_true(plan->targets.first_call > 80.49 && plan->targets.first_call < 80.51);
	assert_int_equal(plan->targets.callback_s, 900);
	assert_string_equal(plan->accounts[0].hours, "yes");
	assert_string_equal(plan->accounts[2].driver, "twilio");
	assert_string_equal(plan->accounts[2].token_cmd, "pass show twilio");
	assert_null(plan->accounts[2].endpoint);
	assert_string_equal(plan->accounts[1].endpoint, "http://127.0.0.1:5080/RPC");
	assert_string_equal(plan->accounts[5].script_dir, "/etc/asterisk/nevermiss");

	assert_int_equal(plan->n_lines, 3);
	nm_number_write(plan->lines[1].number, number);
	assert_string_equal(number, "+15125550190");
	nm_number_write(plan->lines[0].fallback, number);
	assert_string_equal(number, "+15125550112");
	assert_true(plan->lines[1].text_in_flow && !plan->lines[0].text_in_flow);
	assert_int_equal(plan->lines[0].handset, -1);
	assert_int_equal(plan->lines[2].handset, nm_plan_find_destination(plan, "owner"));
	for (size_t i = 0; i < plan->n_lines; i++)
		assert_int_equal(nm_plan_find_number(plan, plan->lines[i].number), i);
	assert_int_equal(nm_plan_find_number(plan, owner->number), -1);
	assert_int_equal(nm_plan_find_number(plan, 0), -1);

	assert_non_null(plan->calendars[0].ical);
	assert_null(plan->calendars[1].ical);
	assert_int_equal(plan->calendars[1].refresh_s, 900);
	assert_int_equal(plan->schedules[0].holidays, 0);
	assert_non_null(plan->schedules[0].hours);
	assert_int_equal(plan->schedules[0].calendar, -1);
	assert_int_equal(plan->schedules[2].calendar, 1);
	assert_null(plan->schedules[2].hours);

	assert_int_equal(plan->callers[0].n, 3);
	assert_true(plan->callers[0].patterns[1].prefix);
	assert_int_equal(plan->callers[0].patterns[1].number, 1737555);
	assert_int_equal(plan->callers[0].patterns[2].number, 15125550143);
	assert_true(plan->callers[1].patterns[0].anonymous);
	assert_int_equal(plan->callers[2].n, 0);

	assert_int_equal(owner->kind, NM_PERSONAL);
	assert_int_equal(owner->number, 0);
	assert_int_equal(owner->line, nm_plan_find_line(plan, "cell"));
	assert_int_equal(owner->away.n, 2);
	assert_int_equal(owner->away.ids[1], nm_plan_find_schedule(plan, "on-a-job"));
	assert_false(owner->hours.given);
	assert_int_equal(owner->own_voicemail_s, 25);
	assert_true(owner->confirm);
	assert_int_equal(owner->caller_id, NM_CALLER_ID_LINE);
	assert_int_equal(plan->destinations[1].own_voicemail_s, NM_OWN_VOICEMAIL_UNKNOWN);
	assert_int_equal(plan->destinations[2].own_voicemail_s, NM_OWN_VOICEMAIL_NONE);
	assert_int_equal(plan->destinations[4].own_voicemail_s, NM_OWN_VOICEMAIL_NONE);
	assert_int_equal(desk->role, NM_ROLE_RECEPTIONIST);
	assert_string_equal(desk->address, "sip:desk@example.org");
	assert_true(desk->per_minute > 1.049 && desk->per_minute < 1.051);
	assert_non_null(strstr(plan->destinations[5].greeting, "You've reached Smith Plumbing."));

	assert_int_equal(plan->rotations[0].n, 2);
	assert_int_equal(plan->rotations[0].every_s, 7 * NM_DAY);
	assert_int_equal(nm_zone_local(plan->zone, plan->rotations[0].from_at), plan->rotations[0].from);
	assert_int_equal(plan->rotations[0].from % NM_DAY, 8 * 3600);

	assert_int_equal(plan->paths[0].lasts_s, 4);
	assert_int_equal(plan->paths[0].rounds, 1);
	assert_int_equal(escalate->rounds, 2);
	assert_int_equal(escalate->n, 4);
	assert_int_equal(escalate->steps[0].ring.items[0].kind, NM_TARGET_ROTATION);
	assert_int_equal(escalate->steps[0].confirm, 1);
	assert_int_equal(escalate->steps[1].ring.n, 2);
	assert_int_equal(escalate->steps[2].for_s, NM_FOR_DEFAULT);
	assert_false(escalate->steps[2].for_given);
	assert_int_equal(escalate->steps[2].confirm, -1);
	assert_int_equal(plan->paths[3].steps[1].ring.items[0].kind, NM_TARGET_LINE);

	assert_int_equal(plan->rules[0].reject, NM_REJECT_BUSY);
	assert_int_equal(plan->rules[0].path, -1);
	assert_int_equal(plan->rules[1].reject, NM_REJECT_SILENT);
	assert_true(plan->rules[2].outside.given);
	assert_false(plan->rules[2].during.given);
	assert_int_equal(plan->rules[4].path, nm_plan_find_path(plan, "daytime"));
	assert_int_equal(plan->overrides[0].until - plan->overrides[0].from, 7200);
	assert_string_equal(plan->overrides[0].rule.name, "dentist");

	assert_true(plan->emergency.given && plan->emergency.callers.given);
	assert_int_equal(plan->emergency.callers.n, 0);
	assert_int_equal(plan->emergency.key, '9');
	assert_int_equal(plan->emergency.acknowledge_s, 300);
	assert_int_equal(plan->emergency.alert.items[1].kind, NM_TARGET_ROTATION);
	assert_int_equal(plan->text_back.once_per_s, 4 * 3600);
	assert_int_equal(plan->text_back.account, 2);
	assert_int_equal(plan->follow_up.attempts, 3);
	assert_string_equal(plan->crm.url, "https://crm.example.org/hooks/calls");
	assert_true(plan->value.given);

	assert_int_equal(plan->guarantees[0].emergency, 0);
	assert_int_equal(plan->guarantees[1].answered_by, NM_ANSWERED_HUMAN);
	assert_int_equal(plan->guarantees[2].emergency, -1);
	assert_int_equal(plan->guarantees[2].within_s, -1);
	assert_int_equal(plan->guarantees[3].answered_by, NM_ANSWERED_DESTINATION);
	assert_int_equal(plan->guarantees[3].first, nm_plan_find_destination(plan, "owner"));
	assert_int_equal(plan->tests[0].expect_id, nm_plan_find_destination(plan, "fixly"));
	assert_int_equal(plan->tests[0].hangup_s, -1);
	assert_int_equal(plan->tests[1].expect, NM_EXPECT_VOICEMAIL);
	assert_true(plan->tests[1].from.anonymous && plan->tests[1].nobody);
	assert_int_equal(plan->tests[1].settings[1].after_s, 30);
	assert_int_equal(plan->tests[1].within_s, -1);
	nm_plan_free(plan);
}

static void what_is_not_written_has_its_default(void **state)
{
	struct nm_plan *plan =
		read_text("timezone = \"America/Chicago\"\naccount box { driver = sandbox }\n"
			  "line main { number = \"+15125550100\" account = box }\n" OWNER
			  "path day { greeting = hello step { ring = owner } }\n"
			  "test t { at = 2026-12-01 expect = lost }\nemergency { path = day }\n");

	(void)state;
	assert_string_equal(plan->business, "");
	assert_string_equal(plan->country, "US"); /* that of the first line's number */
	assert_string_equal(plan->currency, "USD");
	assert_int_equal(plan->retention_s, 0);
	assert_true(plan->targets.answer_rate > 94.9 && plan->targets.answer_rate < 95.1);
	assert_true(plan->targets.rings > 2.9 && plan->targets.rings < 3.1);
	assert_int_equal(plan->targets.callback_s, 900);
	assert_int_equal(plan->targets.patience_s, 40);
	assert_false(plan->value.given);
	assert_true(plan->value.job > 399 && plan->value.booked > 59);
	assert_false(plan->text_back.given);
	assert_int_equal(plan->text_back.account, -1);
	assert_int_equal(plan->emergency.reach_human_s, 60);
	assert_int_equal(plan->emergency.acknowledge_s, 0);
	assert_int_equal(plan->emergency.key, 0);
	assert_int_equal(plan->paths[0].lasts_s, NM_GREETING_S);
	assert_int_equal(plan->tests[0].line, 0);
	assert_int_equal(plan->tests[0].from.number, 0);
	assert_false(plan->tests[0].from.anonymous);
	assert_int_equal(plan->tests[0].expect, NM_EXPECT_LOST);
	nm_plan_free(plan);
}

/* --- mistakes --- */

static void check_golden(const char *dir, const char *name)
{
	char *path = NULL, *wanted_path = NULL, *told;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;
	struct nm_buf text, wanted;

	assert_true(asprintf(&path, "%s/%s", dir, name) >= 0);
	assert_true(asprintf(&wanted_path, "%.*s.expected", (int)(strlen(name) - 5), name) >= 0);
	text = read_whole(path);
	nm_diags_init(&diags);
	if (nm_plan_read(path, text.data, text.len, &plan, &diags, &err) != NM_INPUT)
		fail_msg("%s: no mistake is told", name);
	told = mistakes_text(&diags, dir);
	if (getenv("NM_GOLDEN_UPDATE"))
		write_file(dir, wanted_path, told);
	free(path);
	assert_true(asprintf(&path, "%s/%s", dir, wanted_path) >= 0);
	wanted = read_whole(path);
	if (strcmp(told, wanted.data) || !wanted.len)
		fail_msg("%s\n--- expected\n%s--- told\n%s", name, wanted.data, told);
	free(told);
	nm_diags_clear(&diags);
	nm_buf_clear(&text);
	nm_buf_clear(&wanted);
	free(path);
	free(wanted_path);
}

static void every_mistake_is_told_as_expected(void **state)
{
	char *dir = source_path("tests/golden/plan-errors");
	struct dirent **entries;
	const int n = scandir(dir, &entries, NULL, alphasort);
	int i, cases = 0;

	(void)state;
	assert_true(n > 0);
	for (i = 0; i < n; i++) {
		const char *dot = strrchr(entries[i]->d_name, '.');

		if (dot && !strcmp(dot, ".conf")) {
			check_golden(dir, entries[i]->d_name);
			cases++;
		}
		free(entries[i]);
	}
	free(entries);
	free(dir);
	assert_true(cases >= 100);
}

static void all_mistakes_are_told_in_the_order_of_the_file(void **state)
{
	const char *text = HEAD "rule a { path = x }\nvalue { job = y }\n" OWNER "rule b { path = z }\n";
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;
	size_t i;

	(void)state;
	nm_diags_init(&diags);
	assert_int_equal(nm_plan_read("p", text, strlen(text), &plan, &diags, &err), NM_INPUT);
	assert_int_equal(diags.n, 3);
	assert_string_equal(err.text, "p: 3 mistakes, the first on line 4");
	for (i = 1; i < diags.n; i++)
		assert_true(diags.items[i - 1].line < diags.items[i].line);
	nm_diags_clear(&diags);
}

/* --- libconfuse's traps (style.md 3.12) --- */

static void lines_are_right_behind_comments_and_long_texts(void **state)
{
	struct nm_plan *plan = read_text(
		"/* two\nlines */ # and more\n// another\n" HEAD
		"/* one line */ destination owner {\n kind = personal // c\n number /* n */ = "
		"\"+15125550111\"\n notes = \"a\nb\n\\\nc\" }\n\npath\nday\n{\nstep { ring = {\n owner, "
		"# he\n} }\n}\n");

	(void)state;
	assert_int_equal(plan->lines[0].pos.line, 6);
	assert_int_equal(plan->lines[0].pos.end_line, 6);
	assert_int_equal(plan->destinations[0].pos.line, 7);
	assert_int_equal(plan->destinations[0].pos.end_line, 13);
	assert_string_equal(plan->destinations[0].notes, "a\nb\nc");
	assert_int_equal(plan->paths[0].pos.line, 15);
	assert_int_equal(plan->paths[0].pos.end_line, 21);
	assert_int_equal(plan->paths[0].steps[0].pos.line, 18);
	assert_int_equal(plan->paths[0].steps[0].pos.end_line, 20);
	nm_plan_free(plan);
	expect_mistake("/* a */ /* b */\n/* c\n*/\n" HEAD "value { /* d */\n job\n=\n x }\n",
		       "p:8: job = \"x\"");
}

static void comments_may_stand_in_lists(void **state)
{
	struct nm_plan *plan =
		read_text(HEAD "callers vip { numbers = { # first\n \"+15125550142\", // second\n"
			       " /* third */ \"+15125550143\", } }\n");

	(void)state;
	assert_int_equal(plan->callers[0].n, 2);
	nm_plan_free(plan);
}

static void the_environment_is_never_read(void **state)
{
	struct nm_plan *plan;

	(void)state;
	expect_mistake("business = \"${HOME}\"\n" HEAD, "p:1: '${'");
	expect_mistake("business = x${HOME}\n" HEAD, "p:1: '${'");
	expect_mistake(HEAD "path \"${HOME}\" { }\n", "p:4: '${'");
	plan = read_text("business = '${HOME}'\n" HEAD
			 "destination \"m\" { kind = voicemail greeting = \"\\${HOME} $5\" }\n");
	assert_string_equal(plan->business, "${HOME}");
	assert_string_equal(plan->destinations[0].greeting, "${HOME} $5");
	nm_plan_free(plan);
}

static void a_list_given_twice_or_appended_to_is_refused(void **state)
{
	(void)state;
	expect_mistake(HEAD "callers a { numbers = \"+15125550142\"\n numbers = \"+15125550143\" }\n",
		       "p:5: 'numbers' is given twice");
	expect_mistake(HEAD "callers a { numbers += \"+15125550142\" }\n", "p:4: 'numbers +='");
	expect_mistake(HEAD "allow = MX\nallow += CA\n", "p:5: 'allow +='");
}

static void quotes_and_escapes_are_libconfuses(void **state)
{
	struct nm_plan *plan =
		read_text(HEAD "business = \"A \\\"B\\\" \\\\ \\n C\"\ndestination m { kind = voicemail\n"
			       "greeting = 'it\\'s \\n # no comment // nor this' }\n");

	(void)state;
	assert_string_equal(plan->business, "A \"B\" \\ \n C");
	assert_string_equal(plan->destinations[0].greeting, "it's \\n # no comment // nor this");
	nm_plan_free(plan);
}

/* A missing quote turns those behind it inside out: the first text that is too long is the suspect. */
static void an_open_quote_is_told_where_it_opens(void **state)
{
	(void)state;
	expect_mistake("business = \"Smith\ntimezone = \"America/Chicago\"   # where\ncountry = \"US\"\n",
		       "p:1: the text that begins here goes on over several lines");
	expect_mistake(HEAD "destination m { kind = voicemail greeting = \"Hello. }\n"
			    "rotation r { from = \"2026-11-23 08:00\" every = 1w }\ntest \"x\" { }\n",
		       "p:4: the text that begins here goes on over several lines");
}

static void typeset_quotes_are_named(void **state)
{
	(void)state;
	expect_mistake("business = \u201cSmith Plumbing\u201d\n" HEAD, "p:1: a text stands in plain quotes");
	expect_mistake(HEAD "test \u00abearly\u00bb { }\n", "p:4: a text stands in plain quotes");
}

static void words_without_quotes_may_hold_slashes(void **state)
{
	struct nm_plan *plan =
		read_text(HEAD "calendar shop { url = https://calendar.example.org/a//b }//c\n");

	(void)state;
	assert_string_equal(plan->calendars[0].url, "https://calendar.example.org/a//b");
	nm_plan_free(plan);
}

static void line_ends_may_be_those_of_windows(void **state)
{
	struct nm_plan *plan = read_text(
		"business = \"a\r\nb\" # c\r\ntimezone = \"America/Chicago\"\r\naccount box {\r\n"
		"driver = sandbox }\r\nline main { number = \"+15125550100\"\r\naccount = box }\r\n");

	(void)state;
	assert_string_equal(plan->business, "a\nb");
	assert_int_equal(plan->lines[0].pos.line, 6);
	nm_plan_free(plan);
}

static void numbers_do_not_follow_the_locale(void **state)
{
	struct nm_plan *plan;

	(void)state;
	setlocale(LC_ALL, "de_DE.UTF-8"); /* where it is installed */
	plan = read_text(HEAD "value { job = 1.5 booked = 12.25 }\n");
	assert_true(plan->value.job > 1.49 && plan->value.job < 1.51);
	assert_true(plan->value.booked > 12.24 && plan->value.booked < 12.26);
	nm_plan_free(plan);
	expect_mistake(HEAD "value { job = 0x10 }\n", "p:4: job");
	expect_mistake(HEAD "value { job = 1e3 }\n", "p:4: job");
	expect_mistake(HEAD "value { job = inf }\n", "p:4: job");
	setlocale(LC_ALL, "C");
}

static void a_bad_text_leaves_nothing_behind_for_the_next(void **state)
{
	static const char *const bad[] = { "business = \"open", "a { b", "/* open",
					   "business = 'open",	"x = {", "\"" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *told = mistakes_of("p", bad[i], strlen(bad[i]));

		assert_non_null(told);
		free(told);
		nm_plan_free(read_text(HEAD));
	}
}

/* --- includes --- */

static char *make_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = NULL;

	assert_true(asprintf(&dir, "%s/nm-plan-XXXXXX", tmp ? tmp : "/tmp") >= 0);
	assert_non_null(mkdtemp(dir));
	return dir;
}

static void remove_file(const char *dir, const char *name)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", dir, name) >= 0);
	assert_int_equal(remove(path), 0);
	free(path);
}

static void an_included_file_stands_where_it_is_included(void **state)
{
	char *dir = make_folder(), *file = NULL, *sub = NULL;
	struct nm_plan *plan;
	const char *text =
		HEAD "rule first { path = day }\ninclude(\"sub/a.conf\")\nrule last { path = day }\n";

	(void)state;
	assert_true(asprintf(&sub, "%s/sub", dir) >= 0 && asprintf(&file, "%s/plan.conf", dir) >= 0);
	assert_int_equal(mkdir(sub, 0700), 0);
	write_file(sub, "a.conf",
		   "# beside it\ninclude('b.conf') rule second { path = day }\nbusiness = Smith\n");
	write_file(sub, "b.conf", OWNER "\n" DAY);
	plan = read_good(file, text, strlen(text));
	assert_int_equal(plan->n_rules, 3);
	assert_string_equal(plan->rules[0].name, "first");
	assert_string_equal(plan->rules[1].name, "second");
	assert_string_equal(plan->rules[2].name, "last");
	assert_string_equal(plan->rules[2].pos.file, file);
	assert_int_equal(plan->rules[1].pos.line, 2);
	assert_non_null(strstr(plan->rules[1].pos.file, "/sub/a.conf"));
	assert_int_equal(plan->paths[0].pos.line, 3);
	assert_non_null(strstr(plan->paths[0].pos.file, "/sub/b.conf"));
	assert_string_equal(plan->business, "Smith");
	nm_plan_free(plan);
	remove_file(sub, "a.conf");
	remove_file(sub, "b.conf");
	remove_file(dir, "sub");
	remove_file(dir, "");
	free(dir);
	free(sub);
	free(file);
}

static void includes_end(void **state)
{
	char *dir = make_folder(), *file = NULL, *told;
	const char *text = HEAD "include(\"a.conf\")\n";
	struct nm_buf many;
	int i;

	(void)state;
	assert_true(asprintf(&file, "%s/plan.conf", dir) >= 0);
	write_file(dir, "a.conf", "include(\"b.conf\")\n");
	write_file(dir, "b.conf", "\ninclude(\"a.conf\")\n");
	told = mistakes_of(file, text, strlen(text));
	assert_non_null(strstr(told, "b.conf:2: "));
	assert_non_null(strstr(told, "includes itself"));
	free(told);
	write_file(dir, "b.conf", "# nothing\n");
	nm_buf_init(&many, 1u << 16);
	nm_buf_add(&many, HEAD);
	for (i = 0; i <= NM_PLAN_INCLUDES; i++)
		nm_buf_add(&many, "include(\"b.conf\")\n");
	told = mistakes_of(file, many.data, many.len);
	assert_non_null(strstr(told, ":36: more than 32 files are included"));
	free(told);
	nm_buf_clear(&many);
	remove_file(dir, "a.conf");
	remove_file(dir, "b.conf");
	remove_file(dir, "");
	free(dir);
	free(file);
}

static void a_calendar_is_read_from_the_plans_folder(void **state)
{
	struct nm_plan *plan = read_good(full_path, full.data, full.len);

	(void)state;
	assert_string_equal(plan->calendars[0].file, "us-federal-holidays.ics");
	assert_int_equal(strncmp(plan->calendars[0].path, full_path, strlen(full_path) - strlen("full.conf")),
			 0);
	/* One of the network goes by where it comes from. */
	assert_non_null(strstr(plan->calendars[1].path, plan->calendars[1].name));
	assert_null(plan->calendars[1].ical);
	nm_plan_free(plan);
}

/* --- limits --- */

static void expect_limit(const char *format, int n, const char *after, const char *expected)
{
	struct nm_buf text;
	int i;

	nm_buf_init(&text, 4 * NM_PLAN_BYTES);
	nm_buf_add(&text, HEAD OWNER);
	for (i = 0; i < n; i++) {
		char *item = NULL;

		assert_true(asprintf(&item, "%s%d", format, i) >= 0);
		nm_buf_add(&text, item);
		nm_buf_add(&text, after);
		free(item);
	}
	expect_mistake(text.data, expected);
	nm_buf_clear(&text);
}

static void too_much_of_anything_is_told(void **state)
{
	struct nm_buf text;
	int i;

	(void)state;
	expect_limit("callers c", NM_PLAN_GROUPS + 1, " { numbers = anonymous }\n",
		     "p:69: more than 64 callers sections");
	expect_limit("schedule s", NM_PLAN_SCHEDULES + 1, " { hours = Mo }\n",
		     "p:261: more than 256 schedule sections");
	expect_limit("rule r", NM_PLAN_ITEMS + 2, " { reject = busy }\n",
		     "p:4101: more than 4096 rule sections");
	nm_buf_init(&text, NM_PLAN_BYTES * 2);
	nm_buf_add(&text, HEAD OWNER "path day {\n");
	for (i = 0; i <= NM_STEPS_MAX; i++)
		nm_buf_add(&text, "step { ring = owner }\n");
	nm_buf_add(&text, "}\n");
	expect_mistake(text.data, "p:70: more than 64 step sections in one path");
	nm_buf_clear(&text);
	nm_buf_add(&text, HEAD OWNER "path day { step { ring = { ");
	for (i = 0; i <= NM_RING_MAX; i++)
		nm_buf_add(&text, "owner, ");
	nm_buf_add(&text, "} } }\n");
	expect_mistake(text.data, "p:5: ring in step 1 of path 'day' names 17: at most 16 are taken");
	nm_buf_clear(&text);
	while (text.len <= NM_PLAN_BYTES)
		nm_buf_add(&text, "################################\n");
	expect_mistake(text.data, "p:0: the file is larger than 1048576 bytes");
	nm_buf_clear(&text);
}

static void large_groups_of_callers_are_read(void **state)
{
	struct nm_buf text;
	struct nm_plan *plan;
	int i;

	(void)state;
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_add(&text, HEAD "callers all { numbers = {\n");
	for (i = 0; i < 9200; i++)
		nm_buf_addf(&text, "\"+1737555%04d\", # one\n", i);
	nm_buf_add(&text, "} }\n");
	plan = read_good("p", text.data, text.len);
	assert_int_equal(plan->callers[0].n, 9200);
	assert_int_equal(plan->callers[0].patterns[9199].number, 17375559199);
	nm_plan_free(plan);
	nm_buf_clear(&text);
}

static void thousands_of_mistakes_come_to_an_end(void **state)
{
	struct nm_buf text;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;
	int i;

	(void)state;
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_add(&text, HEAD);
	for (i = 0; i < 4000; i++)
		nm_buf_addf(&text, "rule r%d { path = p%d }\n", i, i);
	nm_diags_init(&diags);
	assert_int_equal(nm_plan_read("p", text.data, text.len, &plan, &diags, &err), NM_INPUT);
	assert_int_equal(diags.n, NM_PLAN_MISTAKES + 1);
	assert_string_equal(err.text, "p: more than 1000 mistakes, the first on line 4");
	nm_diags_clear(&diags);
	nm_buf_clear(&text);
}

/* --- hostile text --- */

/* Reads a text that may be anything: the outline and libconfuse must agree on what stands there. */
static void survive(const char *text, size_t len)
{
	char *told = mistakes_of(full_path, text, len);

	if (told && strstr(told, "this cannot be read"))
		fail_msg("the two readings do not agree: %s\n%.*s", told, (int)len, text);
	free(told);
}

static void a_text_cut_off_anywhere_is_survived(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < full.len; len += 17)
		survive(full.data, len);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void a_damaged_text_is_survived(void **state)
{
	static const char pieces[] = "{}()=,+*\"'#/\\$;\n\t \0\xC3\xFF"
				     "a9";
	uint32_t seed = 20261123;
	char *text = malloc(full.len + 1);
	int run, i;

	(void)state;
	assert_non_null(text);
	for (run = 0; run < 400; run++) {
		memcpy(text, full.data, full.len + 1);
		for (i = 0; i < 1 + run % 5; i++)
			text[next_random(&seed) % full.len] =
				pieces[next_random(&seed) % (sizeof pieces - 1)];
		survive(text, full.len);
	}
	free(text);
}

static void deep_braces_are_survived(void **state)
{
	struct nm_buf text;
	int i;

	(void)state;
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_add(&text, HEAD);
	for (i = 0; i < 200000; i++)
		nm_buf_add(&text, "a{");
	expect_mistake(text.data, "p:4: ");
	nm_buf_clear(&text);
}

/* --- names --- */

static void the_nearest_name_is_offered(void **state)
{
	(void)state;
	assert_int_equal(nm_raw_distance("", ""), 0);
	assert_int_equal(nm_raw_distance("path", "path"), 0);
	assert_int_equal(nm_raw_distance("", "abc"), 3);
	assert_int_equal(nm_raw_distance("number", "nmber"), 1);
	assert_int_equal(nm_raw_distance("during", "druing"), 1);
	assert_int_equal(nm_raw_distance("owner", "sam"), 5);
	assert_int_equal(nm_raw_distance("kitten", "sitting"), 3);
	expect_mistake(HEAD "schedule business { hours = Mo }\nrule a { druing = business reject = busy }\n",
		       "did you mean 'during'?");
	expect_mistake(HEAD "schedule business { hours = Mo }\nrule a { during = busines reject = busy }\n",
		       "did you mean 'business'?");
	expect_mistake(HEAD "rule a { path = x }\n", "there is no path 'x'; the plan has none yet\n");
}

static void callers_are_read_as_people_write_them(void **state)
{
	struct nm_plan *plan = read_text(HEAD);
	struct nm_caller caller;
	struct nm_error err;
	char text[NM_NUMBER_TEXT];

	(void)state;
	assert_int_equal(nm_caller_read(plan, "anonymous", &caller, &err), NM_OK);
	assert_true(caller.anonymous);
	nm_caller_write(caller, text);
	assert_string_equal(text, "anonymous");
	assert_int_equal(nm_caller_read(plan, "unknown", &caller, &err), NM_OK);
	assert_false(caller.anonymous);
	nm_caller_write(caller, text);
	assert_string_equal(text, "unknown");
	assert_int_equal(nm_caller_read(plan, "(512) 555-0199", &caller, &err), NM_OK);
	nm_caller_write(caller, text);
	assert_string_equal(text, "+15125550199");
	assert_int_equal(nm_caller_read(plan, "nobody", &caller, &err), NM_INPUT);
	nm_plan_free(plan);
}

static void settings_are_read_as_people_write_them(void **state)
{
	struct nm_plan *plan = read_text(HEAD OWNER);
	struct nm_setting setting;
	struct nm_error err;
	static const char *const wrong[] = { "owner",		"owner=",	  "owner=asleep",
					     "sam=busy",	"owner=answer@",  "owner=busy@6s",
					     "=busy",		"owner=answer@6", "owne=busy",
					     "owner=answer@2h", "owner=BUSY",	  "owner=answers" };
	size_t i;

	(void)state;
	assert_int_equal(nm_setting_read(plan, "owner=answer@6s", &setting, &err), NM_OK);
	assert_int_equal(setting.destination, 0);
	assert_int_equal(setting.behaviour, NM_ANSWERS);
	assert_int_equal(setting.after_s, 6);
	assert_int_equal(nm_setting_read(plan, "owner=answer", &setting, &err), NM_OK);
	assert_int_equal(setting.after_s, -1);
	for (i = NM_NO_ANSWER; i <= NM_UNREACHABLE; i++) {
		char *text = NULL;

		assert_true(asprintf(&text, "owner=%s", nm_behaviour_name((enum nm_behaviour)i)) >= 0);
		assert_int_equal(nm_setting_read(plan, text, &setting, &err), NM_OK);
		assert_int_equal(setting.behaviour, i);
		free(text);
	}
	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(nm_setting_read(plan, wrong[i], &setting, &err), NM_INPUT);
	nm_plan_free(plan);
}

static void names_are_looked_up(void **state)
{
	struct nm_plan *plan = read_good(full_path, full.data, full.len);
	size_t i;

	(void)state;
	for (i = 0; i < plan->n_destinations; i++)
		assert_int_equal(nm_plan_find_destination(plan, plan->destinations[i].name), i);
	for (i = 0; i < plan->n_callers; i++)
		assert_int_equal(nm_plan_find_callers(plan, plan->callers[i].name), i);
	assert_int_equal(nm_plan_find_rotation(plan, "oncall"), 0);
	assert_int_equal(nm_plan_find_rotation(plan, "owner"), -1);
	assert_int_equal(nm_plan_find_path(plan, "nothing"), -1);
	assert_string_equal(nm_plan_target_name(plan, plan->paths[2].steps[0].ring.items[0]), "oncall");
	assert_string_equal(nm_plan_target_name(plan, plan->paths[3].steps[1].ring.items[0]), "main");
	assert_true(nm_set_has(&plan->destinations[0].away, plan->destinations[0].away.ids[1]));
	assert_false(nm_set_has(&plan->destinations[0].away, 99));
	assert_string_equal(nm_kind_name(NM_AI), "ai");
	assert_true(nm_kind_human(NM_BACKUP) && !nm_kind_human(NM_AI) && !nm_kind_human(NM_VOICEMAIL));
	nm_plan_free(plan);
}

/* --- files --- */

static void every_example_reads(void **state)
{
	static const char *const examples[] = { "examples/plumber.conf", "examples/alone.conf",
						"examples/team.conf" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		char *path = source_path(examples[i]);
		struct nm_plan *plan = NULL;
		struct nm_diags diags;
		struct nm_error err;

		nm_diags_init(&diags);
		if (nm_plan_read_file(path, &plan, &diags, &err))
			fail_msg("%s: %s", err.text, diags.n ? diags.items[0].text : "");
		assert_true(plan->n_tests >= 3);
		nm_plan_free(plan);
		nm_diags_clear(&diags);
		free(path);
	}
}

static void a_file_that_is_not_there_is_said_so(void **state)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;

	(void)state;
	nm_diags_init(&diags);
	assert_int_not_equal(nm_plan_read_file("not-there.conf", &plan, &diags, &err), NM_OK);
	assert_non_null(strstr(err.text, "not-there.conf"));
	assert_null(plan);
	nm_diags_clear(&diags);
}

/* Each such text, and the same with something behind it. */
static void a_text_without_a_section_is_no_plan_yet(void **state)
{
	static const char *const nothing[] = { "", "\n", " \t\r\n", "# a", "# a\n// b\n/* c\n{ */ ", "#\r\n", "/**/",
					       "# rule open { path = x }", "business = \"Ann's\"",
					       "timezone = 'UTC' # hers\nallow = { \"MX\", \"CA\" }" };
	static const char *const something[] = { "x", "}", "\"", "/* open", "/", "\xff", "# \xff", "#\x01",
						 "include(\"x\")", "rule open {}", "country =", "colour = \"red\"",
						 "emergency { }" };

	(void)state;
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		char text[128];

		assert_true(nm_plan_has_no_section(nothing[i], strlen(nothing[i])));
		for (size_t k = 0; k < sizeof something / sizeof *something; k++) {
			snprintf(text, sizeof text, "%s\n%s", nothing[i], something[k]);
			assert_false(nm_plan_has_no_section(text, strlen(text)));
		}
	}
	assert_false(nm_plan_has_no_section("\xef\xbb\xbf# a", 6)); /* a byte order mark */
	assert_false(nm_plan_has_no_section("\0", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_of_the_language_is_read),
		cmocka_unit_test(a_secret_is_named_in_one_of_three_ways),
		cmocka_unit_test(the_table_says_everything_once),
		cmocka_unit_test(usual_values_read),
		cmocka_unit_test(a_wrong_value_of_any_option_is_told_with_its_line),
		cmocka_unit_test(a_misspelt_option_is_never_dropped),
		cmocka_unit_test(a_plan_holds_what_was_written),
		cmocka_unit_test(what_is_not_written_has_its_default),
		cmocka_unit_test(every_mistake_is_told_as_expected),
		cmocka_unit_test(all_mistakes_are_told_in_the_order_of_the_file),
		cmocka_unit_test(lines_are_right_behind_comments_and_long_texts),
		cmocka_unit_test(comments_may_stand_in_lists),
		cmocka_unit_test(the_environment_is_never_read),
		cmocka_unit_test(a_list_given_twice_or_appended_to_is_refused),
		cmocka_unit_test(quotes_and_escapes_are_libconfuses),
		cmocka_unit_test(an_open_quote_is_told_where_it_opens),
		cmocka_unit_test(typeset_quotes_are_named),
		cmocka_unit_test(words_without_quotes_may_hold_slashes),
		cmocka_unit_test(line_ends_may_be_those_of_windows),
		cmocka_unit_test(numbers_do_not_follow_the_locale),
		cmocka_unit_test(a_bad_text_leaves_nothing_behind_for_the_next),
		cmocka_unit_test(an_included_file_stands_where_it_is_included),
		cmocka_unit_test(includes_end),
		cmocka_unit_test(a_calendar_is_read_from_the_plans_folder),
		cmocka_unit_test(too_much_of_anything_is_told),
		cmocka_unit_test(large_groups_of_callers_are_read),
		cmocka_unit_test(thousands_of_mistakes_come_to_an_end),
		cmocka_unit_test(a_text_cut_off_anywhere_is_survived),
		cmocka_unit_test(a_damaged_text_is_survived),
		cmocka_unit_test(deep_braces_are_survived),
		cmocka_unit_test(the_nearest_name_is_offered),
		cmocka_unit_test(callers_are_read_as_people_write_them),
		cmocka_unit_test(settings_are_read_as_people_write_them),
		cmocka_unit_test(names_are_looked_up),
		cmocka_unit_test(every_example_reads),
		cmocka_unit_test(a_file_that_is_not_there_is_said_so),
		cmocka_unit_test(a_text_without_a_section_is_no_plan_yet),
	};

	return cmocka_run_group_tests(tests, load_full, free_full);
}
