/* SPDX-License-Identifier: MIT */
/*
 * text: a test text to one of the plan's own destinations, for real; what else the command does is in texts.h.  What earlier runs left in the
 * middle is named in the question, and gone on with after a yes.
 */
#include "texts.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/optout.h"

#define FOLLOW_S 20 /* what becomes of a text is waited for so long */

/* --- a text in words and in JSON --- */

static const char *outlook(enum nm_outbox_state state)
{
	switch (state) {
	case NM_OUTBOX_SENDING:
		return "; whether it was sent is not known yet: `nevermiss text` looks for it when it is run again";
	case NM_OUTBOX_UNSURE:
		return "; it may have been sent, and is not sent again";
	default:
		return "";
	}
}

void outbox_words(struct nm_buf *out, const struct nm_outbox_text *text)
{
	nm_buf_addf(out, "text %lld from %s to %s: %s", (long long)text->id, text->from, text->to,
		    nm_outbox_state_name(text->state));
	if (text->words && strcmp(text->words, nm_outbox_state_name(text->state)) != 0)
		nm_buf_addf(out, " (%s)", text->words);
	nm_buf_addf(out, "%s\n", outlook(text->state));
}

void json_outbox_text(struct nm_json *json, const struct nm_zone *zone, const struct nm_outbox_text *text)
{
	const struct {
		const char *key, *value;
	} members[] = {
		{ "state", nm_outbox_state_name(text->state) },
		{ "words", text->words },
		{ "from", text->from },
		{ "to", text->to },
		{ "body", text->body },
		{ "why", text->why },
		{ "line", text->line },
		{ "account", text->account },
		{ "driver", text->driver },
		{ "carrier_id", text->carrier_id },
	};

	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_int(json, text->id);
	json_time(json, zone, "at", text->at);
	json_time(json, zone, "updated", text->updated);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		nm_json_key(json, members[i].key);
		nm_json_text(json, members[i].value);
	}
	nm_json_end(json, '}');
}

static void json_texts(struct nm_json *json, const char *key, const struct nm_zone *zone,
		       const struct nm_outbox *outbox)
{
	nm_json_key(json, key);
	nm_json_array(json);
	for (size_t i = 0; i < outbox->n; i++)
		json_outbox_text(json, zone, &outbox->items[i]);
	nm_json_end(json, ']');
}

/* --- what is sent to whom --- */

/* Everything about the text that is to be sent. */
struct test {
	struct invocation *run;
	struct nm_push_context context;
	const struct nm_destination *to;
	struct nm_buf body;
	struct nm_outgoing outgoing;
	struct nm_outbox left;     /* by earlier runs */
	struct nm_outbox finished; /* of these, what was gone on with */
	struct nm_outbox sent;
	const struct nm_outbox_text *text; /* of either; NULL: none was sent */
};

static enum nm_code read_recipient(struct test *test, struct nm_error *err)
{
	const struct nm_plan *plan = test->run->session->plan;
	const char *name = argument(test->run->args, "to");
	const int destination = name ? nm_plan_find_destination(plan, name) : -1;
	struct nm_buf known;
	nm_number number;

	if (destination >= 0) {
		test->to = &plan->destinations[destination];
		return nm_texting_recipient(plan, destination, &test->outgoing.to, err);
	}
	nm_buf_init(&known, NM_ERROR_TEXT);
	for (size_t i = 0; i < plan->n_destinations; i++)
		if (nm_texting_recipient(plan, (int)i, &number, NULL) == NM_OK)
			nm_buf_addf(&known, "%s%s", known.len ? ", " : "", plan->destinations[i].name);
	if (name)
		nm_fail(err, NM_INPUT,
			"no destination `%s` in the plan; a test text goes to one of its own: %s", name,
			known.data);
	else
		nm_fail(err, NM_INPUT,
			"say whom the text is for: --to NAME, one of the plan's destinations: %s",
			known.data);
	nm_buf_clear(&known);
	return NM_INPUT;
}

static enum nm_code read_words(struct test *test, struct nm_error *err)
{
	const struct arguments *args = test->run->args;
	const char *business = test->run->session->plan->business;

	for (size_t i = 0; i < args->n_words; i++)
		nm_buf_addf(&test->body, "%s%s", i ? " " : "", args->words[i]);
	if (!args->n_words && business)
		nm_buf_addf(&test->body, "%s: a test of our texts, no answer is needed", business);
	else if (!args->n_words)
		nm_buf_add(&test->body, "a test of texts, no answer is needed");
	test->outgoing.body = test->body.data;
	return test->body.failed ? nm_fail(err, NM_INPUT, "the text is too long") : NM_OK;
}

static enum nm_code read_test(struct test *test, struct nm_error *err)
{
	const struct nm_plan *plan = test->run->session->plan;
	struct nm_store *store;
	int line;
	enum nm_code code = read_recipient(test, err);

	if (code == NM_OK)
		code = argument_line(test->run, &line, err);
	if (code == NM_OK)
		code = nm_texting_sender(plan, line, &test->outgoing.sender, err);
	if (code == NM_OK)
		code = read_words(test, err);
	if (code == NM_OK)
		code = nm_texting_check(plan, test->outgoing.sender, test->outgoing.to, test->outgoing.body,
					err);
	if (code == NM_OK)
		code = session_store(test->run->session, &store, err);
	return code == NM_OK ? nm_optout_check(store, test->outgoing.to, err) : code;
}

/* --- sending --- */

/* Is it the very text that is asked for now?  Then the run that was cut off is this one. */
static bool same_text(const struct test *test, const struct nm_outbox_text *text)
{
	const struct nm_plan *plan = test->run->session->plan;
	char from[NM_NUMBER_TEXT], to[NM_NUMBER_TEXT];

	nm_number_write(plan->lines[test->outgoing.sender.line].number, from);
	nm_number_write(test->outgoing.to, to);
	return !strcmp(text->from, from) && !strcmp(text->to, to) &&
	       !strcmp(text->body, test->outgoing.body) &&
	       !strcmp(text->account, plan->accounts[test->outgoing.sender.account].name);
}

/* --yes is said to the text that the command names, which an earlier run may have left, and to no other. */
static bool is_agreed(const struct test *test, const struct nm_outbox_text *text)
{
	return !argument_given(test->run->args, "yes") || same_text(test, text);
}

/* The texts that earlier runs left, and what a yes does about each. */
static void left_words(const struct test *test, struct nm_buf *words)
{
	char at[NM_TIME_TEXT];

	for (size_t i = 0; i < test->left.n; i++) {
		const struct nm_outbox_text *text = &test->left.items[i];
		const bool stale = nm_texting_stale(text, session_now(test->run->session));

		nm_time_words(session_zone(test->run->session), text->at, true, at);
		nm_buf_addf(words, "Left by an earlier run: text %lld of %s, from %s to %s:\n  %s\n  ",
			    (long long)text->id, at, text->from, text->to, text->body);
		if (!is_agreed(test, text))
			nm_buf_add(words, "--yes does not speak of this one: it stays as it is.\n");
		else if (text->state == NM_OUTBOX_WAITING)
			nm_buf_add(words, stale ? "It is too old to be sent, and ended.\n"
						: "It was not asked for yet, and is sent now.\n");
		else
			nm_buf_add(
				words,
				stale ? "It may have been sent: it is looked for, and not sent again.\n"
				      : "It may have been sent: it is looked for, and sent if it was not.\n");
	}
}

void outgoing_words(const struct nm_plan *plan, const struct nm_outgoing *outgoing, const char *name,
		    struct nm_buf *words)
{
	const struct nm_line *line = &plan->lines[outgoing->sender.line];
	const struct nm_account *account = &plan->accounts[outgoing->sender.account];
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);
	char from[NM_NUMBER_TEXT], to[NM_NUMBER_TEXT];

	nm_number_words(line->number, from);
	nm_number_words(outgoing->to, to);
	nm_buf_addf(words, "%s, from %s (%s, account %s) to %s",
		    carrier->traits.remote ? "A real text, which the carrier bills"
					   : "A text that stays in the sandbox and reaches nobody",
		    from, line->name, account->name, to);
	if (name)
		nm_buf_addf(words, " (%s)", name);
	nm_buf_addf(words, ":\n  %s\n", outgoing->body);
	if (carrier->unverified)
		nm_buf_addf(words, "The driver %s was %s.\n", carrier->name, carrier->unverified);
}

static enum nm_code ask(const struct test *test, struct nm_error *err)
{
	const bool yes = argument_given(test->run->args, "yes");
	struct nm_buf words;

	nm_buf_init(&words, 1u << 20);
	left_words(test, &words);
	if (!yes)
		outgoing_words(test->run->session->plan, &test->outgoing, test->to->name, &words);
	show_first(test->run, words.data);
	nm_buf_clear(&words);
	if (yes || confirm_yes(test->run, test->left.n ? "Do all that?" : "Send it?"))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "no text was sent: say yes, or give --yes");
}

/* The text that is asked for now, as a run that was cut off left it: unless that is over without it being sent. */
static const struct nm_outbox_text *find_same(const struct test *test)
{
	const struct nm_outbox_text *found = NULL;

	for (size_t i = 0; i < test->finished.n; i++) {
		const struct nm_outbox_text *text = &test->finished.items[i];

		if (same_text(test, text) && !(text->state == NM_OUTBOX_FAILED &&
					       nm_texting_stale(text, session_now(test->run->session))))
			found = text;
	}
	return found;
}

static enum nm_code finish_earlier(struct test *test, struct nm_error *err)
{
	int64_t *ids = calloc(test->left.n + 1, sizeof *ids);
	struct nm_finishing finishing = { .ids = ids, .follow_s = FOLLOW_S };
	struct nm_buf words;
	enum nm_code code = ids ? NM_OK : nm_fail_memory(err);

	for (size_t i = 0; code == NM_OK && i < test->left.n; i++)
		if (is_agreed(test, &test->left.items[i]))
			ids[finishing.n++] = test->left.items[i].id;
	if (code == NM_OK && finishing.n)
		code = nm_texting_finish(&test->context, &finishing, &test->finished, err);
	free(ids);
	if (code != NM_OK)
		return code;
	nm_buf_init(&words, 1u << 20);
	for (size_t i = 0; i < test->finished.n; i++) {
		nm_buf_add(&words, "left by an earlier run: ");
		outbox_words(&words, &test->finished.items[i]);
	}
	show_first(test->run, words.data);
	nm_buf_clear(&words);
	test->text = find_same(test);
	return NM_OK;
}

static enum nm_code send_test(struct test *test, struct nm_error *err)
{
	enum nm_code code = nm_texting_left(test->context.store, &test->left, err);

	if (code == NM_OK)
		code = ask(test, err);
	if (code == NM_OK)
		code = finish_earlier(test, err);
	if (code != NM_OK || test->text)
		return code;
	code = nm_texting_send(&test->context, &test->outgoing, &test->sent, err);
	if (code == NM_OK)
		test->text = test->sent.items;
	return code;
}

static void tell(struct test *test)
{
	struct nm_json json;

	if (!test->run->json) {
		outbox_words(test->run->out, test->text);
		return;
	}
	nm_json_init(&json, test->run->out);
	nm_json_object(&json);
	nm_json_key(&json, "text");
	json_outbox_text(&json, session_zone(test->run->session), test->text);
	json_texts(&json, "finished", session_zone(test->run->session), &test->finished);
	json_finish(&json, test->run->out);
}

static enum nm_code test_text(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct test test = { .run = run, .outgoing = { .why = "test", .follow_s = FOLLOW_S } };
	enum nm_code code;

	nm_buf_init(&test.body, 65536);
	code = need_write(run, err);
	if (code == NM_OK)
		code = read_test(&test, err);
	if (code == NM_OK)
		code = session_push_context(run->session, &test.context, err);
	if (code == NM_OK)
		code = send_test(&test, err);
	if (code == NM_OK) {
		*status = test.text->state == NM_OUTBOX_SENT ? STATUS_GOOD : STATUS_CARRIER;
		tell(&test);
	}
	nm_outbox_clear(&test.sent);
	nm_outbox_clear(&test.finished);
	nm_outbox_clear(&test.left);
	nm_buf_clear(&test.body);
	return code;
}

enum nm_code cmd_text(struct invocation *run, enum status *status, struct nm_error *err)
{
	*status = STATUS_GOOD;
	if (argument_given(run->args, "list"))
		return text_list(run, err);
	if (argument_given(run->args, "read"))
		return text_read(run, err);
	if (argument_given(run->args, "opt-out"))
		return text_opt_out(run, err);
	if (argument_given(run->args, "missed"))
		return text_missed(run, status, err);
	if (argument_given(run->args, "surveys"))
		return text_surveys(run, status, err);
	if (argument_given(run->args, "dry-run"))
		return nm_fail(err, NM_INPUT, "--dry-run goes with --missed and --surveys");
	return test_text(run, status, err);
}
