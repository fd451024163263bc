/* SPDX-License-Identifier: MIT */
/*
 * Text-backs and surveys, each minute.  Comes in: an agent that has looked.  Goes out: texts to missed callers and to
 * customers, all of whose rules are nm_text_backs_run's and nm_surveys_run's.
 */
#include "core/agent_private.h"
#include "nevermiss/inbound.h"
#include "nevermiss/text_back.h"
#include "nevermiss/texting.h"

/* What is told of: the agent, and the job as which it goes. */
struct telling {
	struct nm_agent *agent;
	const struct nm_agent_job *job;
};

static void tell_text(void *context, const struct nm_outbox_text *text)
{
	const struct telling *telling = context;

	nm_agent_tell(telling->agent, telling->job,
		      text->state == NM_OUTBOX_SENT ? NM_AGENT_NOTICE : NM_AGENT_WARNING, "%s: %s%s%s", text->to,
		      nm_outbox_state_name(text->state), text->state == NM_OUTBOX_SENT || text->words == NULL ? "" : ": ",
		      text->state == NM_OUTBOX_SENT || text->words == NULL ? "" : text->words);
}

/* Texts go out all the same: whoever is known to want none gets none, and the others would wait for a day. */
static void add_flood(const struct nm_agent *agent, int full, struct nm_buf *words)
{
	if (full >= 0)
		nm_buf_addf(words, "so many texts came to line %s that some may be missing, a STOP among them: ask its carrier "
				   "who opted out",
			    agent->view.push.plan->lines[full].name);
}

static void add_capped(size_t capped, struct nm_buf *words)
{
	if (capped > 0)
		nm_buf_addf(words, "%s%zu missed caller%s for a text, and %s none after an hour: at most %d an hour and %d a "
				   "day go to customers",
			    words->len > 0 ? "; " : "", capped, capped == 1 ? " waits" : "s wait",
			    capped == 1 ? "gets" : "get", NM_TEXT_BACKS_AN_HOUR, NM_TEXT_BACKS_A_DAY);
}

/* What is no failure, and somebody should know all the same.  full: the line to which too many texts came; -1. */
static void tell_floods(struct nm_agent *agent, struct nm_agent_job *job, int full)
{
	struct nm_buf words;

	job->lasts = full >= 0 || job->capped > 0;
	if (!job->lasts)
		return;
	nm_buf_init(&words, NM_ERROR_TEXT);
	add_flood(agent, full, &words);
	add_capped(job->capped, &words);
	nm_agent_ill(agent, job, words.data);
	nm_buf_clear(&words);
}

/* It was sent before, by this job or another: the reason in the outbox says what it was about. */
static void tell_late(struct nm_agent *agent, const struct nm_agent_job *job, const struct nm_outbox_text *text)
{
	const bool arrived = text->state == NM_OUTBOX_SENT;

	nm_agent_tell(agent, job, arrived ? NM_AGENT_NOTICE : NM_AGENT_WARNING, "%s, sent to %s before: %s%s%s", text->why, text->to,
		      nm_outbox_state_name(text->state), arrived || text->words == NULL ? "" : ": ",
		      arrived || text->words == NULL ? "" : text->words);
}

enum nm_code nm_agent_follow(struct nm_agent *agent, const struct nm_agent_job *job, struct nm_error *err)
{
	struct nm_push_context context = agent->view.push;
	struct nm_outbox texts = { 0 };
	enum nm_code code;

	context.who = "the agent";
	code = nm_texting_follow(&context, &texts, err);
	for (size_t i = 0; i < texts.n; i++)
		tell_late(agent, job, &texts.items[i]);
	nm_outbox_clear(&texts);
	return code;
}

static enum nm_code text_back(struct nm_agent *agent, struct nm_agent_job *job, nm_time *next, struct nm_error *err)
{
	struct telling telling = { agent, job };
	struct nm_text_backs backs;
	struct nm_outbox texts;
	enum nm_code code = nm_text_backs_run(&agent->view.push, false, &backs, &texts, err);

	for (size_t i = 0; i < texts.n; i++)
		tell_text(&telling, &texts.items[i]);
	agent->round.texts += backs.sent;
	*next = backs.next;
	nm_outbox_clear(&texts);
	job->capped = backs.capped;
	if (code == NM_OK)
		tell_floods(agent, job, backs.full);
	return code;
}

/* Without text-backs nobody else reads what customers answer. */
static enum nm_code read_answers(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	struct nm_inbound_reading reading = { 0 };
	enum nm_code code = nm_inbound_read(&agent->view.push, &reading, err);

	if (code == NM_OK)
		tell_floods(agent, job, nm_inbound_full(&reading));
	nm_inbound_reading_clear(&reading);
	return code;
}

static enum nm_code survey(struct nm_agent *agent, struct nm_agent_job *job, nm_time *next, struct nm_error *err)
{
	struct telling telling = { agent, job };
	const struct nm_surveys_run run = { .tell = tell_text, .context = &telling };
	struct nm_push_context context = agent->view.push;
	struct nm_surveys surveys = { .next = NM_TIME_MAX };
	enum nm_code code = context.plan->text_back.given ? NM_OK : read_answers(agent, job, err);

	context.who = "the agent";
	if (code == NM_OK)
		code = nm_surveys_run(&context, &run, &surveys, err);
	agent->round.texts += surveys.sent;
	*next = surveys.next;
	return code;
}

enum nm_code nm_agent_texts(struct nm_agent *agent, struct nm_agent_job *job, struct nm_error *err)
{
	const struct nm_plan *plan = agent->view.push.plan;
	nm_time back = NM_TIME_MAX, asked = NM_TIME_MAX, next;
	enum nm_code code;

	if (nm_agent_busy(agent, job))
		return NM_OK;
	job->capped = 0;
	code = nm_agent_follow(agent, job, err); /* first: who is told of there gets no other */
	if (code == NM_OK && plan->text_back.given)
		code = text_back(agent, job, &back, err);
	if (code == NM_OK && plan->follow_up.survey != NULL)
		code = survey(agent, job, &asked, err);
	next = back < asked ? back : asked;
	job->due = agent->now + NM_AGENT_POLL_S;
	if (next > agent->now && next < job->due)
		job->due = next;
	return code;
}
