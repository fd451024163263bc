/* SPDX-License-Identifier: MIT */
/*
 * Findings that look at the plan's text only: greetings, texts, numbers, hours, what is missing.
 * Comes in: the plan.  Goes out: drafts that hold at no particular time.
 */
#include "check_private.h"

#include <string.h>

#include "ascii.h"
#include "nevermiss/hours.h"
#include "nevermiss/number.h"
#include "toll.h"


static bool says(const char *text, const char *word, size_t len)
{
	for (; *text; text++) {
		if (nm_ascii_begins(text, word, len))
			return true;
	}
	return false;
}

static bool says_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (says(text, *words, strlen(*words)))
			return true;
	return false;
}

/* The first word of its name is how people call a business, unless it is an article. */
static bool names_business(const struct nm_plan *plan, const char *text)
{
	const char *name = plan->business;
	const size_t first = strcspn(name, " ");

	if (first > 3 && says(text, name, first))
		return true;
	return says(text, name, strlen(name));
}

/* --- greetings and texts --- */

static const char *greeting_lacks(const struct nm_plan *plan, const char *greeting)
{
	static const char *const times[] = { "minute", "hour",	"soon",	    "shortly",
					     "within", "today", "tomorrow", NULL };
	static const char *const offers[] = { "text", "sms", NULL };

	if (!greeting)
		return "has no greeting";
	if (!names_business(plan, greeting))
		return "does not name the business";
	if (!says_any(greeting, times))
		return "does not promise when somebody calls back";
	return says_any(greeting, offers) ? NULL : "does not offer to text";
}

static void find_greetings(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	size_t i;

	for (i = 0; i < plan->n_destinations; i++) {
		const struct nm_destination *destination = &plan->destinations[i];
		const char *lacks = destination->kind == NM_VOICEMAIL
					    ? greeting_lacks(plan, destination->greeting)
					    : NULL;
		struct nm_draft *draft;
		struct nm_edit edit;
		const char *better;

		if (!lacks)
			continue;
		draft = nm_draft_add(
			checker, "greeting", (int)i, 0, destination->pos,
			nm_arena_format(checker->arena, "the greeting of %s %s", destination->name,
					destination->greeting ? lacks : "is missing"));
		better = nm_arena_format(checker->arena,
					 "You've reached %s. We're helping another customer right now. Leave "
					 "a message or text "
					 "this number and we'll respond within 30 minutes.",
					 plan->business);
		edit = nm_edit_option("destination", destination->name, "greeting",
				      better ? nm_check_quoted(checker, better) : NULL);
		nm_draft_mend(checker, draft, better, edit.value ? 1 : 0, &edit);
	}
}

static void find_anonymous(struct nm_checker *checker, const char *section, const char *option,
			   const char *text, struct nm_pos pos)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_draft *draft;
	struct nm_edit edit;
	const char *better;

	if (!text || names_business(plan, text))
		return;
	draft = nm_draft_add(checker, "text-anonymous", 0, 0, pos,
			     nm_arena_format(checker->arena, "the text `%s` of %s does not name the business",
					     option, section));
	better = nm_arena_format(checker->arena, "%s: %s", plan->business, text);
	edit = nm_edit_option(section, NULL, option, better ? nm_check_quoted(checker, better) : NULL);
	nm_draft_mend(checker, draft, better, edit.value ? 1 : 0, &edit);
}

/* --- numbers --- */

static void mend_allow(struct nm_checker *checker, struct nm_draft *draft, const char *country)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_edit edit;
	struct nm_buf list;
	size_t i;

	nm_buf_init(&list, NM_WORDS_MOST);
	nm_buf_add(&list, "{ ");
	for (i = 0; i < plan->n_allow; i++)
		nm_buf_addf(&list, "\"%s\", ", plan->allow[i]);
	nm_buf_addf(&list, "\"%s\" }", country);
	edit = nm_edit_option("", NULL, "allow", nm_check_text_of(checker, &list));
	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "if you mean it, allow numbers of %s", country),
		      edit.value ? 1 : 0, &edit);
}

static void find_numbers(struct nm_checker *checker)
{
	const struct nm_toll_number *tolls;
	struct nm_error err;
	size_t n;

	if (nm_toll_find(checker->plan, checker->arena, &tolls, &n, &err)) {
		checker->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const bool premium = nm_plan_toll(checker->plan, tolls[i].number) == NM_TOLL_PREMIUM;
		const char *country = premium ? "" : nm_number_country(tolls[i].number);
		struct nm_draft *draft = nm_draft_add(checker, "forbidden-number", (int)tolls[i].pos.line, 0,
						      tolls[i].pos, tolls[i].words);

		if (*country)
			mend_allow(checker, draft, country);
		else
			nm_draft_mend(checker, draft, "use an ordinary number", 0, NULL);
	}
}

/* --- accounts --- */

static void find_accounts(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;

	for (size_t i = 0; i < plan->n_accounts; i++) {
		struct nm_draft *draft;
		struct nm_error why;

		if (nm_account_check(&plan->accounts[i], &why) == NM_OK)
			continue;
		draft = nm_draft_add(checker, "account-unusable", (int)i, 0, plan->accounts[i].pos,
				     nm_arena_text(checker->arena, why.text));
		nm_draft_mend(checker, draft,
			      "give the account what its driver takes: nevermiss-plan(5) says what that is",
			      0, NULL);
	}
}

/* --- the texts of lines --- */

/* Of an account that cannot be used at all, find_accounts tells. */
static void find_unsent(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;

	for (size_t i = 0; i < plan->n_lines; i++) {
		const struct nm_line *line = &plan->lines[i];
		const struct nm_account *account = &plan->accounts[line->account];
		const struct nm_carrier *carrier = nm_carrier_find(account->driver);
		const struct nm_edit edit = nm_edit_option("line", line->name, "text_in_flow", NULL);
		struct nm_draft *draft;

		if (!line->text_in_flow || !carrier || nm_carrier_traits(carrier, account).texting != NM_TEXTING_NONE)
			continue;
		draft = nm_draft_add(checker, "text-unsent", (int)i, 0, line->pos,
				     nm_arena_format(checker->arena,
						     "line %s leaves the text to missed callers to its carrier, and "
						     "driver %s sends none",
						     line->name, account->driver));
		nm_draft_mend(checker, draft, "leave text_in_flow out: the agent then sends the text", 1, &edit);
	}
}

/* --- hours --- */

struct linting {
	struct nm_checker *checker;
	const struct nm_schedule *schedule;
};

static void lint_found(void *context, const char *text)
{
	const struct linting *linting = context;
	struct nm_checker *checker = linting->checker;
	struct nm_draft *draft = nm_draft_add(
		checker, "hours-typo", 0, 0, linting->schedule->pos,
		nm_arena_format(checker->arena, "the hours of %s: %s", linting->schedule->name, text));

	nm_draft_mend(checker, draft, "write what is meant; `nevermiss hours` shows what an expression gives",
		      0, NULL);
}

static void find_typos(struct nm_checker *checker)
{
	struct linting linting = { .checker = checker };
	size_t i;

	for (i = 0; i < checker->plan->n_schedules; i++) {
		linting.schedule = &checker->plan->schedules[i];
		if (linting.schedule->hours)
			nm_hours_lint(linting.schedule->hours, lint_found, &linting);
	}
}

/* --- what is missing --- */

static struct nm_pos whole_file(const struct nm_plan *plan)
{
	return (struct nm_pos){ plan->file, 1, 1 };
}

static void find_missing(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_draft *draft;
	struct nm_edit edit;
	const char *text;

	if (!plan->emergency.given) {
		draft = nm_draft_add(checker, "no-emergency", 0, 0, whole_file(plan),
				     "nothing says what makes a call an emergency, and who gets it");
		nm_draft_mend(checker, draft,
			      "add a section emergency: a line, a key or callers that make a call one, and a "
			      "path that rings "
			      "people until somebody answers",
			      0, NULL);
	}
	if (plan->text_back.given)
		return;
	draft = nm_draft_add(checker, "no-text-back", 0, 0, whole_file(plan), "missed callers get no text");
	text = nm_arena_format(
		checker->arena,
		"Thanks for calling %s. We're on a job but saw you called. What can we help with?",
		plan->business);
	text = text ? nm_check_quoted(checker, text) : NULL;
	text = text ? nm_arena_format(checker->arena, "text_back {\n  missed = %s\n}\n", text) : NULL;
	edit = nm_edit_section(NM_EDIT_ADD, "text_back", NULL, text);
	nm_draft_mend(checker, draft, "add a section text_back", text ? 1 : 0, &edit);
}

static void find_callback(struct nm_checker *checker)
{
	const struct nm_follow_up *follow_up = &checker->plan->follow_up;
	const struct nm_edit edit = nm_edit_option("follow_up", NULL, "within", "15m");
	struct nm_draft *draft;
	char words[NM_TIME_TEXT];

	if (!follow_up->given || follow_up->within_s <= NM_CHECK_CALLBACK_S)
		return;
	nm_duration_words(follow_up->within_s, words);
	draft = nm_draft_add(
		checker, "callback-slow", 0, 0, follow_up->pos,
		nm_arena_format(checker->arena, "missed callers are called back within %s only", words));
	nm_draft_mend(checker, draft, "call back within 15 min", 1, &edit);
}

void nm_check_text(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;

	find_greetings(checker);
	find_anonymous(checker, "text_back", "missed", plan->text_back.missed, plan->text_back.pos);
	find_anonymous(checker, "text_back", "away", plan->text_back.away, plan->text_back.pos);
	find_anonymous(checker, "follow_up", "then_text", plan->follow_up.then_text, plan->follow_up.pos);
	find_anonymous(checker, "follow_up", "survey", plan->follow_up.survey, plan->follow_up.pos);
	find_numbers(checker);
	find_accounts(checker);
	find_unsent(checker);
	find_typos(checker);
	find_missing(checker);
	find_callback(checker);
}
