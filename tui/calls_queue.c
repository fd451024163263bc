/* SPDX-License-Identifier: MIT */
/*
 * Whom to call back: what keys do about it.  In: the follow-up under the cursor, or the one of the call under it.
 * Out: deeds in the store, which `u` takes back; a text or a call to a customer is shown and asked about before.
 */
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call_words.h"
#include "followups.h"
#include "nevermiss/names.h"
#include "prompt.h"

#define HISTORY_CALLS 200 /* of one caller that are told of */

/* The one that a key is about, of several of one caller the most urgent; says so when there is none. */
static const struct nm_followup *find_target(const struct calls *calls, struct app *app)
{
	const struct nm_call_entry *call = calls->in_queue ? NULL : calls_chosen_call(calls);
	const struct nm_followup *target = calls->in_queue ? calls_chosen_followup(calls) : NULL;

	for (size_t i = 0; !target && call && call->caller.number && i < calls->queue.n; i++) {
		if (calls->queue.items[i].number == call->caller.number)
			target = &calls->queue.items[i];
	}
	if (!target)
		app_message(app, STYLE_PLAIN, "%s",
			    calls->in_queue ? "there is nobody to call back" :
			    call            ? "this caller is not to be called back" :
			    calls->queue.n  ? "no call is chosen: Tab goes to whom to call back" :
					      "no call is chosen, and there is nobody to call back");
	return target;
}

static void who_words(const struct app *app, const struct nm_followup *followup, char *out, size_t size)
{
	struct nm_buf words;

	nm_buf_init(&words, 1u << 16);
	calls_who(app_plan(app), followup, &words);
	snprintf(out, size, "%s", words.data);
	nm_buf_clear(&words);
}

/* --- outcomes --- */

static const struct {
	enum action action;
	enum nm_followup_end end;
} outcomes[] = {
	{ACTION_BOOKED, NM_FOLLOWUP_BOOKED},
	{ACTION_RESOLVED, NM_FOLLOWUP_RESOLVED},
	{ACTION_NOT_REACHED, NM_FOLLOWUP_NO_ANSWER},
	{ACTION_CUSTOMER_LOST, NM_FOLLOWUP_LOST},
};

static void tell_outcome(struct app *app, const char *who, const struct nm_followup *followup)
{
	const struct nm_followup_due due = session_due(app->session, followup);
	char at[32];

	if (followup->end != NM_FOLLOWUP_OPEN) {
		app_message(app, STYLE_GOOD, "%s: %s; u takes it back", who, nm_followup_end_name(followup->end));
		return;
	}
	if (due.next == NM_NEXT_NONE || due.at == NM_TIME_MAX) {
		app_message(app, STYLE_GOOD, "%s: tried, no answer; u takes it back", who);
		return;
	}
	calls_when(session_zone(app->session), due.at, app_now(app), false, at, sizeof at);
	app_message(app, STYLE_GOOD, "%s: tried, no answer; %s due %s; u takes it back", who,
		    due.next == NM_NEXT_TEXT ? "the text is" : "again", at);
}

/* The oldest one is forgotten for a new one. */
static void note_done(struct calls *calls, int64_t id)
{
	if (calls->n_done == CALLS_DONE)
		memmove(calls->done, calls->done + 1, --calls->n_done * sizeof *calls->done);
	calls->done[calls->n_done++] = id;
}

static enum nm_code do_outcome(struct calls *calls, struct app *app, const struct nm_followup *target,
			       enum nm_followup_end end, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup after;
	struct nm_store *store;
	char who[LEAD_BYTES];
	enum nm_code code = arena ? session_store(app->session, &store, err) : nm_fail_memory(err);

	who_words(app, target, who, sizeof who);
	if (!code)
		code = nm_followup_outcome(app_plan(app), store, target->id, end, app_now(app),
					   app->session->options.who, arena, &after, err);
	if (!code) {
		note_done(calls, after.id);
		calls->chosen = 0; /* the cursor stays where the next one comes */
		tell_outcome(app, who, &after);
	}
	nm_arena_free(arena);
	return code;
}

void calls_outcome(struct calls *calls, struct app *app, enum action action)
{
	const struct nm_followup *target;
	struct nm_error err;

	if (!app_may_change(app))
		return;
	target = find_target(calls, app);
	for (size_t i = 0; target && i < sizeof outcomes / sizeof *outcomes; i++) {
		if (outcomes[i].action == action && do_outcome(calls, app, target, outcomes[i].end, &err))
			app_error(app, &err);
	}
}

/* What was done last about it; who: in words, as it is known before. */
static enum nm_code undo_outcome(struct app *app, int64_t id, char *who, size_t size, struct nm_error *err)
{
	const struct nm_deed deed = {
		.at = app_now(app), .who = app->session->options.who, .kind = NM_DEED_REOPENED};
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_store *store;
	enum nm_code code = arena ? session_store(app->session, &store, err) : nm_fail_memory(err);

	if (!code) {
		code = nm_store_followup_get(store, id, arena, &followup, err);
		if (code == NM_INPUT)
			code = nm_fail(err, NM_INPUT, "whom that was done about is not kept any more");
		else if (!code)
			who_words(app, &followup, who, size);
	}
	if (!code) {
		code = nm_store_followup_deed(store, id, &deed, err);
		if (code == NM_INPUT)
			code = nm_fail(err, NM_INPUT, "%s: nothing was done here that could be taken back", who);
	}
	nm_arena_free(arena);
	return code;
}

/* What was done last on this screen, and so on back; then what was done last about the one under the cursor. */
void calls_take_back(struct calls *calls, struct app *app)
{
	const struct nm_followup *target;
	char who[LEAD_BYTES];
	struct nm_error err;
	int64_t id;

	if (!app_may_change(app))
		return;
	target = calls->n_done ? NULL : find_target(calls, app);
	if (!calls->n_done && !target)
		return;
	id = target ? target->id : calls->done[--calls->n_done];
	if (undo_outcome(app, id, who, sizeof who, &err)) {
		app_error(app, &err);
		return;
	}
	calls->chosen = id;
	calls->in_queue = true;
	app_message(app, STYLE_GOOD, "%s: taken back, to be called back as before", who);
}

/* --- the call --- */

static enum nm_code plan_call(struct app *app, int64_t id, struct nm_call_back *out, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_store *store;
	enum nm_code code = arena ? session_store(app->session, &store, err) : nm_fail_memory(err);

	if (!code)
		code = nm_store_followup_get(store, id, arena, &followup, err);
	if (!code)
		code = nm_call_back_plan(app_plan(app), &followup, -1, app_now(app), out, err);
	nm_arena_free(arena);
	return code;
}

void calls_call_ask(struct calls *calls, struct app *app)
{
	const struct nm_followup *target;
	char question[LEAD_BYTES], number[NM_NUMBER_TEXT];
	struct notes notes;
	struct nm_buf words;
	struct nm_error err;

	if (!app_may_change(app))
		return;
	target = find_target(calls, app);
	if (!target)
		return;
	if (plan_call(app, target->id, &calls->call_back, &err)) {
		app_error(app, &err);
		return;
	}
	nm_number_words(calls->call_back.customer, number);
	snprintf(question, sizeof question, "Call %s back?", number);
	nm_buf_init(&words, 1u << 16);
	followup_call_words(app_plan(app), &calls->call_back, app_now(app), &words);
	notes_init(&notes);
	notes_lines(&notes, words.data);
	notes_addf(&notes, STYLE_DIM, "somebody else calls back: `:followup call %lld --from NAME`",
		   (long long)calls->call_back.followup);
	app_confirm(app, TAG_CALL, question, &notes);
	notes_clear(&notes);
	nm_buf_clear(&words);
}

/* Is it still what was asked about?  The plan may have changed, or the hour. */
static enum nm_code plan_same(struct app *app, const struct nm_call_back *asked, struct nm_error *err)
{
	struct nm_call_back call;
	enum nm_code code = plan_call(app, asked->followup, &call, err);

	if (!code && (call.customer != asked->customer || call.line != asked->line || call.person != asked->person))
		code = nm_fail(err, NM_REFUSED, "somebody else would be rung by now, or through another line: ask again");
	return code;
}

static void place_call(const struct calls *calls, struct app *app)
{
	struct nm_push_context context;
	enum nm_call_back_end end;
	struct nm_error err;

	app_progress(app, "calling back", "call", 0, 1);
	if (plan_same(app, &calls->call_back, &err) || session_push_context(app->session, &context, &err) ||
	    nm_call_back_place(&context, &calls->call_back, &end, &err)) {
		app_error(app, &err);
		return;
	}
	app_message(app, end == NM_CALL_BACK_REACHED ? STYLE_GOOD : STYLE_WARNING, "%s%s", nm_call_back_words(end),
		    end == NM_CALL_BACK_REACHED ? ": B, R or X says how it ended" : "");
}

/* --- the text --- */

void calls_text_ask(struct calls *calls, struct app *app)
{
	const struct nm_followup *target;
	char question[LEAD_BYTES], number[NM_NUMBER_TEXT];
	struct nm_outgoing outgoing;
	struct notes notes;
	struct nm_error err;

	if (!app_may_change(app))
		return;
	target = find_target(calls, app);
	if (!target)
		return;
	if (followup_outgoing(app->session, target, &outgoing, &err)) {
		app_error(app, &err);
		return;
	}
	calls->asked = target->id;
	nm_number_words(outgoing.to, number);
	snprintf(question, sizeof question, "Send this text to %s?", number);
	notes_init(&notes);
	notes_add(&notes, STYLE_PLAIN, outgoing.body);
	notes_addf(&notes, STYLE_DIM, "from line %s", app_plan(app)->lines[outgoing.sender.line].name);
	app_confirm(app, TAG_TEXT, question, &notes);
	notes_clear(&notes);
}

/* Looked at again: what was asked about may have changed while it was shown. */
static enum nm_code send_text(const struct calls *calls, struct app *app, struct nm_outbox *out, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_outgoing outgoing;
	struct nm_store *store;
	enum nm_code code = arena ? session_store(app->session, &store, err) : nm_fail_memory(err);

	if (!code)
		code = nm_store_followup_get(store, calls->asked, arena, &followup, err);
	if (!code)
		code = followup_outgoing(app->session, &followup, &outgoing, err);
	if (!code)
		code = followup_send(app->session, followup.id, &outgoing, out, err);
	nm_arena_free(arena);
	return code;
}

static void text(struct calls *calls, struct app *app)
{
	struct nm_outbox sent = {0};
	struct nm_error err;

	app_progress(app, "sending", "text", 0, 1);
	if (send_text(calls, app, &sent, &err)) {
		app_error(app, &err);
		return;
	}
	app_message(app, sent.items->state == NM_OUTBOX_SENT ? STYLE_GOOD : STYLE_WARNING, "the text to %s: %s%s%s",
		    sent.items->to, nm_outbox_state_name(sent.items->state), sent.items->words ? ", " : "",
		    sent.items->words ? sent.items->words : "");
	nm_outbox_clear(&sent);
}

/* --- a lead --- */

static void ask_number(struct app *app, const char *typed)
{
	app_ask(app, TAG_LEAD_NUMBER, "number (empty: not known):", "", typed);
}

static void ask_name(struct app *app, const char *typed)
{
	app_ask(app, TAG_LEAD_NAME, "name (empty: not known):", "", typed);
}

static void ask_words(struct app *app, const char *typed)
{
	app_ask(app, TAG_LEAD_WORDS, "what is it about (empty: nothing):", "", typed);
}

void calls_lead_ask(struct calls *calls, struct app *app)
{
	static const char *const channels[] = {"by phone", "by text", "from the web"};

	(void)calls;
	if (app_may_change(app))
		app_choose(app, TAG_LEAD_CHANNEL, "how did they get in touch?", channels,
			   sizeof channels / sizeof *channels, 0);
}

static void take_number(struct calls *calls, struct app *app, const char *text)
{
	nm_number number = 0;
	struct nm_error err;

	if (*text && nm_number_read(text, app_plan(app)->country, &number, &err)) {
		app_error(app, &err);
		ask_number(app, text);
		return;
	}
	calls->lead_number[0] = '\0';
	if (number)
		nm_number_write(number, calls->lead_number);
	ask_name(app, "");
}

/* What is known of it by now; it borrows the texts. */
static enum nm_code read_lead(const struct calls *calls, const struct app *app, const char *name, const char *words,
			      struct nm_followup *out, struct nm_error *err)
{
	const struct nm_lead_text text = {.channel = nm_channel_name(calls->lead_channel),
					  .number = calls->lead_number[0] ? calls->lead_number : NULL,
					  .name = *name ? name : NULL,
					  .words = *words ? words : NULL};

	return nm_lead_read(app_plan(app), &text, app_now(app), out, err);
}

static void take_name(struct calls *calls, struct app *app, const char *text)
{
	struct nm_followup lead;
	struct nm_error err;

	if (read_lead(calls, app, text, "", &lead, &err)) {
		app_error(app, &err);
		ask_name(app, text);
		return;
	}
	snprintf(calls->lead_name, sizeof calls->lead_name, "%s", text);
	ask_words(app, "");
}

static void add_lead(struct calls *calls, struct app *app, const char *words)
{
	struct nm_followup lead;
	struct nm_store *store;
	struct nm_error err;
	int64_t id;

	if (read_lead(calls, app, calls->lead_name, words, &lead, &err)) {
		app_error(app, &err);
		ask_words(app, words);
		return;
	}
	if (session_store(app->session, &store, &err) || nm_store_followup_add(store, &lead, &id, &err)) {
		app_error(app, &err);
		return;
	}
	calls->chosen = id;
	calls->in_queue = true;
	app_message(app, STYLE_GOOD, "added to those who are to be called back");
}

void calls_queue_answer(struct calls *calls, struct app *app, const struct event *event)
{
	if (!event->text)
		return;
	switch (event->tag) {
	case TAG_CALL:
		place_call(calls, app);
		break;
	case TAG_TEXT:
		text(calls, app);
		break;
	case TAG_LEAD_CHANNEL:
		calls->lead_channel = (enum nm_channel)event->index;
		ask_number(app, "");
		break;
	case TAG_LEAD_NUMBER:
		take_number(calls, app, event->text);
		break;
	case TAG_LEAD_NAME:
		take_name(calls, app, event->text);
		break;
	case TAG_LEAD_WORDS:
		add_lead(calls, app, event->text);
		break;
	default:
		break;
	}
}

/* --- what was done --- */

static void add_deed(struct notes *notes, const struct app *app, const struct nm_deed *deed)
{
	struct nm_buf words;
	char at[NM_TIME_TEXT];

	nm_buf_init(&words, 1u << 16);
	deed_words(deed, &words);
	nm_time_words(session_zone(app->session), deed->at, true, at);
	if (deed_is_told(deed))
		notes_addf(notes, STYLE_PLAIN, "%s  the log %s", at, words.data);
	else
		notes_addf(notes, STYLE_PLAIN, "%s  %s, by %s", at, words.data, deed->who ? deed->who : "somebody");
	nm_buf_clear(&words);
}

static void add_call(struct notes *notes, const struct app *app, const struct nm_call_entry *call)
{
	struct nm_buf became;
	char at[NM_TIME_TEXT];

	nm_buf_init(&became, 1u << 16);
	call_became_words(&call->became, &became);
	nm_time_words(session_zone(app->session), call->began, true, at);
	notes_addf(notes, STYLE_PLAIN, "%s  call #%lld to %s: %s", at, (long long)call->id,
		   call_line(app_plan(app), call), became.data);
	nm_buf_clear(&became);
}

/* The caller's calls since it was opened. */
static enum nm_code add_calls(struct notes *notes, struct app *app, struct nm_store *store,
			      const struct nm_followup *followup, struct nm_error *err)
{
	const struct nm_call_filter filter = {
		.since = followup->opened, .until = NM_TIME_MAX, .most = HISTORY_CALLS, .caller = followup->number};
	struct nm_call_entries calls;
	enum nm_code code = followup->number ? nm_store_calls(store, &filter, &calls, err) : NM_OK;

	if (code || !followup->number)
		return code;
	code = nm_calls_name(store, app_plan(app), &calls, err);
	if (code) {
		nm_call_entries_clear(&calls);
		return code;
	}
	notes_add(notes, STYLE_PLAIN, "");
	notes_add(notes, STYLE_HEAD, "calls");
	if (calls.more)
		notes_addf(notes, STYLE_DIM, "the newest %d since then:", HISTORY_CALLS);
	for (size_t i = calls.n; i-- > 0;)
		add_call(notes, app, &calls.items[i]);
	nm_call_entries_clear(&calls);
	return NM_OK;
}

static void add_head(struct notes *notes, const struct app *app, const struct nm_followup *followup)
{
	struct nm_buf words;
	char at[NM_TIME_TEXT];

	nm_buf_init(&words, 1u << 16);
	followup_about(followup, &words);
	nm_buf_add(&words, "; ");
	followup_stands(app->session, followup, &words);
	nm_time_words(session_zone(app->session), followup->opened, true, at);
	notes_addf(notes, STYLE_PLAIN, "%s  %s", at, words.data);
	nm_buf_clear(&words);
}

static enum nm_code add_history(struct notes *notes, struct app *app, int64_t id, struct nm_arena *arena,
				struct nm_error *err)
{
	struct nm_followup followup;
	struct nm_store *store;
	enum nm_code code = session_store(app->session, &store, err);

	if (!code)
		code = nm_store_followup_get(store, id, arena, &followup, err);
	if (code)
		return code;
	add_head(notes, app, &followup);
	if (followup.words)
		notes_addf(notes, STYLE_BOLD, "“%s”", followup.words);
	notes_add(notes, STYLE_PLAIN, "");
	notes_add(notes, STYLE_HEAD, "what was done");
	for (size_t i = 0; i < followup.n_deeds; i++)
		add_deed(notes, app, &followup.deeds[i]);
	if (!followup.n_deeds)
		notes_add(notes, STYLE_DIM, "nothing yet");
	return add_calls(notes, app, store, &followup, err);
}

void calls_history(const struct calls *calls, struct app *app)
{
	const struct nm_followup *followup = find_target(calls, app);
	struct nm_arena *arena = nm_arena_new();
	char who[LEAD_BYTES];
	struct notes notes;
	struct nm_error err;

	notes_init(&notes);
	if (followup) {
		who_words(app, followup, who, sizeof who);
		if (!arena)
			nm_fail_memory(&err);
		if (!arena || add_history(&notes, app, followup->id, arena, &err))
			app_error(app, &err);
		else
			app_page(app, who, &notes);
	}
	notes_clear(&notes);
	nm_arena_free(arena);
}
