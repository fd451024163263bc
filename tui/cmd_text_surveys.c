/* SPDX-License-Identifier: MIT */
/* text --surveys: the follow-ups that ended within a day, and whether their customers are asked, or why not. */
#include "texts.h"

#include "nevermiss/survey.h"

/* --- what each follow-up comes to --- */

/* Those whose customer was asked are told of in `followup show`. */
static bool is_told(const struct nm_survey_item *item)
{
	return item->choice.why != NM_SURVEY_HAD_ONE;
}

static void add_item(const struct session *session, const struct nm_survey_item *item, struct nm_buf *out)
{
	char at[NM_TIME_TEXT], who[NM_NUMBER_TEXT];

	nm_time_words(session_zone(session), item->ended, true, at);
	nm_buf_addf(out, "follow-up #%lld, ended %s", (long long)item->followup, at);
	if (item->number) {
		nm_number_words(item->number, who);
		nm_buf_addf(out, ", %s", who);
	}
	nm_buf_addf(out, ": %s", nm_survey_why_words(item->choice.why));
	if (nm_survey_waits(item->choice.why)) {
		nm_time_words(session_zone(session), item->choice.at, true, at);
		nm_buf_addf(out, ", until %s at least", at);
	}
	nm_buf_add(out, "\n");
}

static void add_items(const struct session *session, const struct nm_survey_list *list, struct nm_buf *out)
{
	size_t told = 0, due = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!is_told(&list->items[i]))
			continue;
		add_item(session, &list->items[i], out);
		told++;
		due += list->items[i].choice.why == NM_SURVEY_DUE;
	}
	if (!told)
		nm_buf_add(out, "no follow-up was booked or resolved in the last 24 hours whose customer was not asked\n");
	if (due)
		nm_buf_addf(out, "the survey:\n  %s\n", session->plan->follow_up.survey);
}

static void json_item(struct nm_json *json, const struct session *session, const struct nm_survey_item *item)
{
	char number[NM_NUMBER_TEXT];

	nm_number_write(item->number, number);
	nm_json_object(json);
	nm_json_count(json, "followup", item->followup);
	json_time(json, session_zone(session), "ended", item->ended);
	nm_json_key(json, "to");
	nm_json_text(json, item->number ? number : NULL);
	nm_json_key(json, "due");
	nm_json_bool(json, item->choice.why == NM_SURVEY_DUE);
	nm_json_key(json, "waits");
	nm_json_bool(json, nm_survey_waits(item->choice.why));
	nm_json_key(json, "why");
	nm_json_text(json, nm_survey_why_words(item->choice.why));
	nm_json_end(json, '}');
}

/* --- sending --- */

/* One `text --surveys`. */
struct surveys {
	struct invocation *run;
	struct nm_push_context context;
	struct nm_survey_list list;
	struct nm_surveys counts;
	bool dry, failed; /* failed: a text that was tried did not leave */
	struct nm_buf words;
	struct nm_json texts;
};

static void tell_text(void *context, const struct nm_outbox_text *text)
{
	struct surveys *surveys = context;

	surveys->failed = surveys->failed || text->state != NM_OUTBOX_SENT;
	if (surveys->run->json)
		json_outbox_text(&surveys->texts, session_zone(surveys->run->session), text);
	else
		outbox_words(&surveys->words, text);
}

static void begin_json(struct surveys *surveys)
{
	const struct session *session = surveys->run->session;
	struct nm_json *json = &surveys->texts;

	nm_json_init(json, &surveys->words);
	nm_json_object(json);
	nm_json_key(json, "followups");
	nm_json_array(json);
	for (size_t i = 0; i < surveys->list.n; i++)
		if (is_told(&surveys->list.items[i]))
			json_item(json, session, &surveys->list.items[i]);
	nm_json_end(json, ']');
	nm_json_key(json, "survey");
	nm_json_text(json, session->plan->follow_up.survey);
	nm_json_key(json, "dry_run");
	nm_json_bool(json, surveys->dry);
	nm_json_key(json, "texts");
	nm_json_array(json);
}

static void end_json(struct surveys *surveys)
{
	struct nm_json *json = &surveys->texts;

	nm_json_end(json, ']');
	nm_json_count(json, "sent", (int64_t)surveys->counts.sent);
	nm_json_count(json, "waiting", (int64_t)surveys->counts.waiting);
	nm_json_count(json, "refused", (int64_t)surveys->counts.refused);
	json_finish(json, &surveys->words);
}

static void end_words(struct surveys *surveys)
{
	const struct nm_surveys *counts = &surveys->counts;

	nm_buf_addf(&surveys->words, "%zu %s, %zu wait%s, %zu get%s none\n", counts->sent,
		    surveys->dry ? "would be sent" : "sent", counts->waiting, counts->waiting == 1 ? "s" : "",
		    counts->refused, counts->refused == 1 ? "s" : "");
}

static enum nm_code ask(struct surveys *surveys, struct nm_error *err)
{
	struct nm_buf words;

	if (argument_given(surveys->run->args, "yes"))
		return NM_OK;
	nm_buf_init(&words, 1u << 20);
	add_items(surveys->run->session, &surveys->list, &words);
	nm_buf_add(&words, "Surveys that an earlier run left are gone on with.\n");
	show_first(surveys->run, words.data);
	nm_buf_clear(&words);
	if (confirm_yes(surveys->run, "Send what is due?"))
		return NM_OK;
	return nm_fail(err, NM_REFUSED, "no text was sent: say yes, or give --yes");
}

/* What was sent before something failed is told too. */
static enum nm_code send_and_tell(struct surveys *surveys, struct nm_error *err)
{
	const struct nm_surveys_run run = {.dry = surveys->dry, .tell = tell_text, .context = surveys};
	enum nm_code code;

	if (surveys->run->json)
		begin_json(surveys);
	else if (surveys->dry)
		add_items(surveys->run->session, &surveys->list, &surveys->words);
	code = nm_surveys_run(&surveys->context, &run, &surveys->counts, err);
	if (surveys->run->json)
		end_json(surveys);
	else
		end_words(surveys);
	if (code == NM_OK || surveys->counts.sent || surveys->failed)
		nm_buf_add(surveys->run->out, surveys->words.data);
	return code;
}

static enum nm_code send_surveys(struct surveys *surveys, struct nm_error *err)
{
	struct session *session = surveys->run->session;
	struct nm_store *store;
	enum nm_code code = session_store(session, &store, err);

	if (code == NM_OK)
		code = nm_surveys_list(session->plan, store, session_now(session), &surveys->list, err);
	if (code == NM_OK && surveys->dry)
		surveys->context = (struct nm_push_context){.plan = session->plan, .store = store,
							    .now = session_now(session)};
	else if (code == NM_OK)
		code = ask(surveys, err);
	if (code == NM_OK && !surveys->dry)
		code = session_push_context(session, &surveys->context, err);
	return code == NM_OK ? send_and_tell(surveys, err) : code;
}

enum nm_code text_surveys(struct invocation *run, enum status *status, struct nm_error *err)
{
	struct surveys surveys = {.run = run, .dry = argument_given(run->args, "dry-run")};
	enum nm_code code = surveys.dry ? NM_OK : need_write(run, err);

	nm_buf_init(&surveys.words, 1u << 22);
	if (code == NM_OK && (argument_given(run->args, "to") || run->args->n_words))
		code = nm_fail(err, NM_INPUT, "--surveys sends the plan's own text: give it without --to and words");
	if (code == NM_OK && !run->session->plan->follow_up.survey)
		code = nm_fail(err, NM_INPUT, "the plan has no survey: write survey = \"...\" in section follow_up");
	if (code == NM_OK)
		code = send_surveys(&surveys, err);
	if (surveys.failed)
		*status = STATUS_CARRIER;
	nm_buf_clear(&surveys.words);
	nm_survey_list_clear(&surveys.list);
	return code;
}
